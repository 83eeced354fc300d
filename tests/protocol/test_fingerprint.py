"""Equal meaning has an equal fingerprint, on every run and machine; a changed meaning has another."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from decimal import Decimal, localcontext
from enum import Enum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from caseseries.protocol.fingerprint import canonical, fingerprint, short


class Better(Enum):
    HIGH = "high"


class Part(BaseModel):
    value: Any = None


class Other(BaseModel):
    value: Any = None


class Whole(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    from_: Fraction = Field(default=Fraction(1, 3), alias="from")
    at: dt.date = dt.date(2009, 12, 31)
    better: Better = Better.HIGH
    parts: dict[str, Part] = {}
    order: tuple[str, ...] = ("b", "a")
    drugs: frozenset[str] = frozenset({"IVIG", "MMF", "AZA", "CYC"})
    dose: Decimal | None = None
    on: bool = True


WHOLE = (
    '{"$model":"Whole","at":"2009-12-31","better":"high","dose":null,"drugs":["AZA","CYC","IVIG","MMF"],"from_":"1/3",'
    '"on":true,"order":["b","a"],"parts":{"month 3":{"$model":"Part","value":"ü"}}}'
)


def test_every_field_is_written_in_a_fixed_way() -> None:
    assert WHOLE == canonical(Whole(parts={"month 3": Part(value="ü")}))


def test_the_fingerprint_is_the_sha256_of_that_text() -> None:
    # printf '{"$model":"Part","value":"1"}' | sha256sum
    full = fingerprint(Part(value="1"))
    assert "40bc69da10e44159e092a1b6e0071ce3d20f475c44f90a2404dc968f871b9092" == full
    assert full[:12] == short(full)


def test_the_order_of_names_does_not_count_and_that_of_lists_does() -> None:
    one, two = Part(value="1"), Part(value="2")
    assert fingerprint(Whole(parts={"a": one, "b": two})) == fingerprint(Whole(parts={"b": two, "a": one}))
    assert fingerprint(Whole(order=("a", "b"))) != fingerprint(Whole(order=("b", "a")))


def test_a_default_counts_like_the_same_value_written() -> None:
    assert fingerprint(Whole()) == fingerprint(Whole.model_validate({"from": Fraction(2, 6)}))


def test_two_kinds_with_the_same_fields_differ() -> None:
    assert fingerprint(Part(value="mmt")) != fingerprint(Other(value="mmt"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(4, 2), "2"),
        (Fraction(-1, 3), "-1/3"),
        (Decimal("1.50"), "1.5"),
        (Decimal("-0.0"), "0"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.001"), "0.001"),
        (Decimal("1E+99"), "1E99"),
        (Decimal("-12E-99"), "-12E-99"),
        (Decimal("1234567890123456789012345678901.5"), "1234567890123456789012345678901.5"),  # more than 28 digits
    ],
)
def test_exact_numbers_are_written_exactly(value: Fraction | Decimal, text: str) -> None:
    with localcontext() as context:
        context.prec = 3
        assert f'{{"$model":"Part","value":"{text}"}}' == canonical(Part(value=value))


@given(st.decimals(allow_nan=False, allow_infinity=False), st.integers(0, 5))
def test_equal_decimals_have_equal_fingerprints(value: Decimal, zeros: int) -> None:
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    longer = Decimal((sign, digits + (0,) * zeros, exponent - zeros))
    assert fingerprint(Part(value=value)) == fingerprint(Part(value=longer))


@pytest.mark.parametrize("value", [object(), b"bytes", {1: "a"}, dt.timedelta(1)])
def test_what_has_no_written_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="fingerprint"):
        fingerprint(Part(value=value))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity")])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"fingerprint|JSON"):
        fingerprint(Part(value=value))


def test_the_hash_seed_changes_nothing() -> None:
    code = (
        "from pydantic import BaseModel\n"
        "from caseseries.protocol.fingerprint import fingerprint\n"
        "class M(BaseModel):\n    drugs: frozenset[str] = frozenset('abcdefgh')\n    parts: dict[str, int] = {'b': 1}\n"
        "print(fingerprint(M()))\n"
    )
    shown = {
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert 1 == len(shown)
