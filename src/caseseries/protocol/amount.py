"""The amount that a comparison of a rule names: `4 points`, `15 % of baseline`, `20 % of range`, `1 x ULN`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, InstanceOf, PlainSerializer, PrivateAttr, SerializationInfo, WithJsonSchema

from caseseries.protocol.written import Number, Written, decimal_text, mistake, number

Basis = Literal["points", "baseline", "range", "nadir", "peak", "ULN", "LLN"]

#: The thresholds that are a multiple of a limit of normal, and which side that is.
SIDES: Mapping[str, Literal["upper", "lower"]] = MappingProxyType({"ULN": "upper", "LLN": "lower"})

_AMOUNT = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(.*)")
_TIMES = re.compile(r"[x×*] ?(ULN|LLN)", re.IGNORECASE)
_OF_WHAT = (
    "write `% of baseline` or `% of range`; of a measure that is itself in percent, such as HbA1c, write `points`"
)
AMOUNTS = "4 points, 15 % of baseline, 20 % of range, or a number with the measure's unit"
#: What stands behind the number of a grade such as 2+, and is no unit.
_SIGNS = frozenset("+-")


#: What a percent may be of.
_PERCENT: Mapping[str, Literal["baseline", "range", "nadir", "peak"]] = MappingProxyType(
    {f"% of {basis}": basis for basis in ("baseline", "range", "nadir", "peak")}
)


class Amount(Written):
    """A threshold: so many points (or units), or percent of baseline, or percent of the instrument's range, or a multiple of the upper
    (`ULN`) or lower (`LLN`) limit of normal; or a word, which may be a grade."""

    value: Number
    basis: Basis | Literal["grade"]
    unit: str = ""
    #: Written as a number without a unit. Whether that can be meant depends on the measure: the protocol is checked for it.
    _bare: bool = PrivateAttr(default=False)
    #: Such a number, and written as text, as a grade is.
    _as_text: bool = PrivateAttr(default=False)

    def __eq__(self, other: object) -> bool:
        """Whether it is the same amount, however it was written: 4 is 4 points."""
        if not isinstance(other, Amount):
            return NotImplemented
        return (self.value, self.basis, self.unit) == (other.value, other.basis, other.unit)

    def __hash__(self) -> int:
        return hash((self.value, self.basis, self.unit))

    def __str__(self) -> str:
        if self.basis == "grade":
            return self.unit
        if self._as_text:
            return decimal_text(self.value)
        if self.unit and set(self.unit) <= _SIGNS:
            return f"{decimal_text(self.value)}{self.unit}"
        if self.basis == "points":
            return f"{decimal_text(self.value)} {self.unit or 'points'}"
        if self.basis in SIDES:
            return f"{decimal_text(self.value)} x {self.basis}"
        return f"{decimal_text(self.value)} % of {self.basis}"


def amount(written: Any) -> Amount:
    """A threshold from its written form.

    >>> str(amount("15 % of baseline")), str(amount("4 points")), str(amount("20% of range")), str(amount("1.5x uln"))
    ('15 % of baseline', '4 points', '20 % of range', '1.5 x ULN')
    """
    if isinstance(written, Amount):
        return written
    if isinstance(written, (int, Fraction)) and not isinstance(written, bool):
        return _without_unit(number(written))
    found = _AMOUNT.fullmatch(str(written).strip())
    if not found:
        raise mistake("not a threshold", AMOUNTS)
    value, rest = number(found[1]), " ".join(found[2].split())
    if rest.startswith("%"):
        basis = _PERCENT.get(rest)
        if basis is None:
            raise mistake("percent of what is not said", AMOUNTS, _OF_WHAT)
        return Amount(value=value, basis=basis)
    if times := _TIMES.fullmatch(rest):
        return Amount(value=value, basis="ULN" if times[1].upper() == "ULN" else "LLN")
    if not rest:
        return _without_unit(value, as_text=True)
    return Amount(value=value, basis="points", unit="" if rest in {"point", "points"} else rest)


def _without_unit(value: Fraction, *, as_text: bool = False) -> Amount:
    bare = Amount(value=value, basis="points")
    bare._bare, bare._as_text = True, as_text
    return bare


#: What `model_dump` is given as context so that a threshold without a unit is written without one.
AS_MADE = "as made"


def without_unit(written: object) -> bool:
    """Whether a threshold, as read or as written, is a number and nothing else.

    >>> without_unit("20"), without_unit("20 points"), without_unit(amount(20)), without_unit(amount("20 % of baseline"))
    (True, False, True, False)
    """
    try:
        return amount(written)._bare
    except ValueError:
        return False


def _amount_text(value: Amount, info: SerializationInfo) -> str:
    return decimal_text(value.value, 9) if value._bare and info.context == AS_MADE else str(value)


def value_amount(written: Any) -> Amount:
    """A threshold of a value: an amount, or a word that may be a grade of its measure.

    >>> str(value_amount("4 points")), str(value_amount("0.5+")), value_amount("trace").basis
    ('4 points', '0.5+', 'grade')
    """
    word = " ".join(written.split()) if isinstance(written, str) else ""
    return (
        Amount(value=Fraction(0), basis="grade", unit=word) if word and not _AMOUNT.fullmatch(word) else amount(written)
    )


AmountText = Annotated[
    InstanceOf[Amount],
    BeforeValidator(value_amount),
    PlainSerializer(_amount_text, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["4 points"]}),
]
