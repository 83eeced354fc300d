"""Measures with everything the catalogue and the protocol know about them, settled once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from caseseries import catalogue
from caseseries.protocol.counted import Counted
from caseseries.protocol.derived import Derived, is_ratio
from caseseries.protocol.grades import GRADE, STEPS
from caseseries.protocol.measure import Custom, DailyDose, Graded, Instrument, Judgement
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import folded
from caseseries.protocol.zero_baseline import IfZero

Kind = Literal["number", "judgement", "dose", "grade"]


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    """A measure as the stages use it.

    `sign` is +1 where higher is better, -1 where lower is better, 0 where neither is. `minimum` and `maximum` are None where
    the measure has no range, and only plausible limits where `scale` is false; `overridden` lists what the protocol changed,
    `called` is the name that it gives the measure for a reader. `grades` are the words of a graded measure: its values are their places.
    `parts` are the measures that a derived one is made of, and `ratio` says that a ratio is among what is computed. `counted` is the event
    that a count is of. `blank_zero` says that a day
    without an entry is one of 0 where days are added up; `summed` are the windows of the protocol in which they are. `if_zero` is what a percent of
    a value of 0 before is, where that was declared.
    """

    name: str
    kind: Kind
    label: str
    unit: str
    minimum: Fraction | None
    maximum: Fraction | None
    sign: int
    source: str = ""
    reliability: str = ""
    overridden: tuple[str, ...] = ()
    censored: Literal["not evaluable", "limit"] = "not evaluable"
    scale: bool = True
    called: str = ""
    grades: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    ratio: bool = False
    counted: str = ""
    blank_zero: bool = False
    summed: tuple[str, ...] = ()
    if_zero: IfZero | None = None

    @property
    def width(self) -> Fraction | None:
        """The width of the scale, for thresholds in percent of range; None where the limits are only plausible ones."""
        if not self.scale or self.minimum is None or self.maximum is None:
            return None
        return self.maximum - self.minimum

    @property
    def ends(self) -> tuple[Fraction | None, Fraction | None]:
        """The ends beyond which no value exists. Limits that are only plausible are none, except 0: such a quantity is never below it."""
        low = self.minimum if self.scale or self.minimum == 0 else None
        return low, self.maximum if self.scale else None

    def ends_in(self, window: str) -> tuple[Fraction | None, Fraction | None]:
        """The ends beyond which no value of a window lies: the range is that of one day, and a sum of days has no greatest value."""
        if window not in self.summed:
            return self.ends
        return (Fraction(0) if self.ends[0] == 0 else None), None

    @property
    def change_unit(self) -> str:
        """The unit of a change: steps of grades, and of a measure in percent percentage points, not to be taken for a percent of the value before."""
        return STEPS if self.grades else "percentage points" if "%" in self.unit else self.unit

    @property
    def bounds(self) -> bool:
        """Whether a value known only as above or below a limit is carried as such; else it is its limit, or not evaluable."""
        return self.kind == "number" and self.censored != "limit"


_SIGN = {"high": 1, "low": -1, "none": 0, "yes": 1, "no": -1, None: 0}


def measure_facts(protocol: Protocol, name: str) -> MeasureFacts:
    """What is known of one measure of the protocol."""
    facts, written = _facts(protocol, name), protocol.measures[name]
    if isinstance(written, Judgement | Graded):
        return facts
    return replace(facts, if_zero=written.if_zero_baseline)


def _facts(protocol: Protocol, name: str) -> MeasureFacts:
    written = protocol.measures[name]
    summed = tuple(window for window, declared in protocol.windows.items() if declared.take == "sum")
    if isinstance(written, Judgement):
        return MeasureFacts(
            name, "judgement", written.judgement, "yes/no", Fraction(0), Fraction(1), _SIGN[written.better]
        )
    if isinstance(written, Graded):
        highest, source = Fraction(len(written.grades) - 1), "the protocol"
        facts = MeasureFacts(
            name, "grade", written.label or name, GRADE, Fraction(0), highest, _SIGN[written.better], source
        )
        return replace(facts, called=written.label, grades=written.grades)
    if isinstance(written, DailyDose):
        return MeasureFacts(name, "dose", written.daily_dose, written.as_, Fraction(0), None, -1, called=written.label)
    if isinstance(written, Counted):
        facts = MeasureFacts(
            name,
            "number",
            written.label or written.count,
            written.unit,
            Fraction(0),
            None,
            _SIGN[written.better],
            "the protocol",
        )
        return replace(facts, called=written.label, counted=written.count)
    if isinstance(written, Custom):
        low, high = written.range or (None, None)
        return MeasureFacts(
            name,
            "number",
            written.quantity,
            written.unit,
            low,
            high,
            _SIGN[written.better],
            written.source or "the protocol",
            censored=written.censored,
            called=written.label,
            blank_zero=written.blank_days == "zero",
            summed=summed,
        )
    if isinstance(written, Derived):
        low, high = written.range or (None, None)
        facts = MeasureFacts(
            name,
            "number",
            written.label or name,
            written.unit,
            low,
            high,
            _SIGN[written.better],
            written.source or "the protocol",
        )
        return replace(
            facts, called=written.label, parts=written.parts, ratio=is_ratio(protocol.measures, name), summed=summed
        )
    assert isinstance(written, Instrument)
    entry = catalogue.instrument(written.instrument)
    low, high = written.range or (entry.minimum, entry.maximum)
    overridden = tuple(field for field in ("unit", "range", "better") if getattr(written, field) is not None)
    scale = written.range is not None or entry.limits == "scale"
    source, reliability = (
        (entry.source.text, entry.source.reliability) if written.range is None else ("declared by the study", "")
    )
    return MeasureFacts(
        name,
        "number",
        entry.name,
        written.unit or entry.unit,
        low,
        high,
        _SIGN[written.better or entry.better],
        source,
        reliability,
        overridden,
        written.censored,
        scale,
        written.label,
        blank_zero=written.blank_days == "zero",
        summed=summed,
    )


def all_measures(protocol: Protocol) -> dict[str, MeasureFacts]:
    """Every measure of the protocol, in the order written."""
    return {name: measure_facts(protocol, name) for name in protocol.measures}


def ingredients(protocol: Protocol, drug_or_group: str) -> frozenset[str]:
    """The ingredient keys that a drug or group name stands for, the protocol's own names first."""
    wanted = folded(drug_or_group)
    own: set[str] = set()
    for group, members in protocol.drug_groups.items():
        if group.casefold() == wanted:
            own |= {key for member in members for key in ingredients(protocol, member)}
    if own:
        return frozenset(own)
    for name, drug in protocol.drugs.items():
        if wanted in {name.casefold(), *(alias.casefold() for alias in drug.aliases)}:
            return frozenset(forms(protocol, name.casefold()))
    grouped = {
        name.casefold()
        for name, drug in protocol.drugs.items()
        if wanted in {group.casefold() for group in drug.groups}
    }
    try:
        found = catalogue.drugs_in(drug_or_group)
        return (frozenset(forms(protocol, next(iter(found)))) if len(found) == 1 else found) | grouped
    except catalogue.CatalogueMiss:
        if grouped:
            return frozenset(grouped)
        raise


def forms(protocol: Protocol, drug: str) -> Mapping[str, Fraction]:
    """The ingredients that are forms of the same drug as one, with milligrams worth the same; itself alone where the study says so.

    A change from one form to another stops nothing and begins nothing.
    """
    found = catalogue.same_drug(drug)
    apart = {name.casefold() for name, own in protocol.drugs.items() if own.alone}
    return {drug: Fraction(1)} if apart & found.keys() else found


def dose_factor(protocol: Protocol, measure: DailyDose, unit: str, drug: str) -> Fraction | None:
    """What a milligram of a drug counts in a daily dose: its prednisone equivalent, or what it is worth of the form that was named.

    None where the drug has no equivalent.
    """
    if unit.startswith("prednisone"):
        return equivalence(protocol, drug)
    named, worth = ingredient(protocol, measure.daily_dose), forms(protocol, drug)
    return worth[named] / worth[drug] if named is not None and named in worth else Fraction(1)


def ingredient(protocol: Protocol, written: str) -> str | None:
    """The ingredient key of a drug name as written in a chart; None where neither protocol nor catalogue knows it."""
    if (own := _own_drug(protocol, written)) is not None:
        return own
    try:
        return str(catalogue.written_drug(written).drug.key)
    except catalogue.CatalogueMiss:
        return _own_drug(protocol, catalogue.plain_name(written)[0])


def _own_drug(protocol: Protocol, written: str) -> str | None:
    """The drug that the protocol declares under this name."""
    wanted = folded(written)
    for name, drug in protocol.drugs.items():
        if wanted in {name.casefold(), *(alias.casefold() for alias in drug.aliases)}:
            return name.casefold()
    return None


def equivalence(protocol: Protocol, drug: str) -> Fraction | None:
    """mg of prednisone equal to 1 mg of the drug: the protocol's value first, then the catalogue's.

    The protocol gives mg equal to prednisone 5 mg, as the published tables do.
    """
    for name, milligrams in protocol.equivalences.items():
        if ingredient(protocol, name) == drug or name.casefold() == drug:
            return Fraction(5) / milligrams
    try:
        return catalogue.prednisone_factor(drug).factor
    except catalogue.CatalogueMiss:
        return None
