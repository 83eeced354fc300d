"""Laboratory grades of adverse events: the published words beside the bounds a machine can apply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from typing import Any, Literal

from caseseries.catalogue.citation import Source, cite
from caseseries.catalogue.instrument import NO_OVERRIDES, instrument, unit_fold
from caseseries.catalogue.lookup import CatalogueMiss, Index
from caseseries.catalogue.raw import exact, read

__all__ = ["Bound", "Grade", "GradedTerm", "graded_term", "graded_terms"]

Limit = Literal["", "lln", "uln", "base"]


@dataclass(frozen=True, slots=True)
class Bound:
    """One comparison of a value: with a number, or with a multiple of a limit of normal or of the baseline."""

    op: Literal["above", "at_least", "below", "at_most"]
    number: Fraction
    of: Limit

    def holds(self, value: Fraction, limits: Mapping[str, Fraction]) -> bool | None:
        """Whether the value is on the right side; unknown (None) when the limit it is compared with is unknown."""
        if self.of and self.of not in limits:
            return None
        edge = self.number * (limits[self.of] if self.of else 1)
        match self.op:
            case "above":
                return value > edge
            case "at_least":
                return value >= edge
            case "below":
                return value < edge
            case "at_most":
                return value <= edge


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade: its published words, and bounds of which one group must hold as a whole.

    ``baseline`` says for which patients: those whose baseline was normal (at most ULN), abnormal, low (below LLN), not low,
    or all ("").
    """

    grade: int
    words: str
    baseline: Literal["", "normal", "abnormal", "low", "not low"]
    any_of: tuple[tuple[Bound, ...], ...]

    def holds(self, value: Fraction, limits: Mapping[str, Fraction]) -> bool | None:
        """Kleene's answer over the groups: yes, no, or unknown (None) when a missing limit decides."""
        ours = True if not self.baseline else self._is_ours(limits)
        if ours is False:
            return False
        groups = [[bound.holds(value, limits) for bound in group] for group in self.any_of]
        answers = [False if False in group else None if None in group else True for group in groups]
        answer = True if True in answers else None if None in answers else False
        return None if ours is None and answer is not False else answer

    def _is_ours(self, limits: Mapping[str, Fraction]) -> bool | None:
        limit = "lln" if self.baseline in {"low", "not low"} else "uln"
        if "base" not in limits or limit not in limits:
            return None
        if limit == "lln":
            return (limits["base"] < limits["lln"]) == (self.baseline == "low")
        return (limits["base"] > limits["uln"]) == (self.baseline == "abnormal")


@dataclass(frozen=True, slots=True)
class GradedTerm:
    """An adverse event graded by a laboratory value, in one version of CTCAE; bounds in the instrument's unit.

    ``twins`` holds by unit the numbers that are published in it: 6.2 mmol/L of haemoglobin beside 10.0 g/dL.
    """

    key: str
    version: str
    instrument: str
    unit: str
    grades: tuple[Grade, ...]
    note: str
    source: Source
    twins: Mapping[str, Mapping[Fraction, Fraction]] = field(default_factory=dict)

    @property
    def limits(self) -> frozenset[Limit]:
        """What bounds are multiples of, besides plain numbers: ``lln``, ``uln``, ``base``."""
        return frozenset(bound.of for row in self.grades for group in row.any_of for bound in group if bound.of)

    @property
    def split(self) -> Literal["", "lln", "uln"]:
        """The limit of normal by which the baseline decides which grades are meant; empty where it decides nothing."""
        states = {row.baseline for row in self.grades}
        return "uln" if "abnormal" in states else "lln" if "low" in states else ""

    @property
    def numbered(self) -> bool:
        """Whether some bound is a plain number, which has a unit."""
        return any(not bound.of for row in self.grades for group in row.any_of for bound in group)

    def in_unit(self, unit: str) -> GradedTerm:
        """This term with its plain numbers in another unit: as published in it, else converted exactly.

        A term whose bounds are multiples alone does not change.

        Raises:
            CatalogueMiss: the unit is none of the instrument.

        >>> anemia = graded_term("Anemia", "5.0")
        >>> [anemia.in_unit(unit).grade(Fraction(value)) for unit, value in (("g/L", "99"), ("mmol/L", "6.19"), ("mmol/L", "4.9"))]
        [2, 2, 2]
        """
        if not self.numbered or unit_fold(unit) == unit_fold(self.unit):
            return replace(self, unit=unit)
        measured = instrument(self.instrument)
        factor = measured.convert(Fraction(1), self.unit) / measured.convert(Fraction(1), unit)
        twin = self.twins.get(unit_fold(unit), {})

        def moved(bound: Bound) -> Bound:
            return bound if bound.of else replace(bound, number=twin.get(bound.number, bound.number * factor))

        grades = tuple(
            replace(row, any_of=tuple(tuple(map(moved, group)) for group in row.any_of)) for row in self.grades
        )
        return replace(self, unit=unit, grades=grades)

    def grade(self, value: Fraction, limits: Mapping[str, Fraction] = NO_OVERRIDES) -> int | None:
        """The grade of a value, 0 when none applies, absent when a missing limit leaves it open.

        ``limits`` holds what is known of ``lln``, ``uln`` (limits of normal for this patient's age) and ``base``.

        >>> low = Fraction("0.9")
        >>> graded_term("Neutrophil count decreased", "5.0").grade(low), graded_term("neutrophils", "6.0").grade(low)
        (3, 2)
        >>> graded_term("Neutrophil count decreased", "5.0").grade(Fraction("1.7")) is None
        True
        """
        for grade in sorted(self.grades, key=lambda row: -row.grade):
            holds = grade.holds(value, limits)
            if holds is None:
                return None
            if holds:
                return grade.grade
        return 0


def graded_terms() -> tuple[GradedTerm, ...]:
    """Every graded term of every version, in the order of the data file."""
    return tuple(_all().values())


def graded_term(name: str, version: str) -> GradedTerm:
    """The term of that name, or graded by that instrument, in one version ("5.0" or "6.0").

    Raises:
        CatalogueMiss: the version does not have it; the message says what became of it where that is known.

    >>> graded_term("platelets", "6.0").key
    'Thrombocytopenia'
    """
    index = _indexes().get(version)
    if index is None:
        raise CatalogueMiss("version of CTCAE", version, expected=", ".join(_indexes()))
    for absent in read("ctcae")["absent"]:
        named = {absent["key"].casefold(), absent.get("instrument", "").casefold()}
        if absent["version"] == version and name.casefold().strip() in named:
            raise CatalogueMiss("graded term", name, expected=absent["words"])
    return _all()[version, index.key(name)]


@cache
def _all() -> dict[tuple[str, str], GradedTerm]:
    raw = {(entry["version"], entry["key"]): entry for entry in read("ctcae")["term"]}
    return {place: _term(dict(entry), raw) for place, entry in raw.items()}


@cache
def _indexes() -> dict[str, Index]:
    versions = sorted({version for version, _ in _all()})
    return {
        version: Index.of("graded term", [(t.key, (t.instrument,)) for t in graded_terms() if t.version == version])
        for version in versions
    }


def _term(raw: dict[str, Any], every: Mapping[tuple[str, str], Mapping[str, Any]]) -> GradedTerm:
    same = raw.get("grades_of")
    rows = every[same["version"], same["key"]]["grades"] if same else raw["grades"]
    grades = tuple(_grade(row) for row in rows)
    twins = {
        unit_fold(unit): {exact(number): exact(other) for number, other in numbers.items()}
        for unit, numbers in (every[same["version"], same["key"]] if same else raw).get("twins", {}).items()
    }
    return GradedTerm(
        raw["key"],
        raw["version"],
        raw["instrument"],
        raw["unit"],
        grades,
        raw.get("note", ""),
        cite(raw["source"]),
        twins,
    )


def _grade(raw: Mapping[str, Any]) -> Grade:
    groups = tuple(tuple(_bound(name, number) for name, number in group.items()) for group in raw["any"])
    return Grade(raw["grade"], raw["words"], raw.get("baseline", ""), groups)


def _bound(name: str, number: str) -> Bound:
    ops: tuple[Literal["above", "at_least", "below", "at_most"], ...] = ("above", "at_least", "below", "at_most")
    limits: tuple[Limit, ...] = ("", "lln", "uln", "base")
    for op in ops:
        for limit in limits:
            if name == (f"{op}_{limit}" if limit else op):
                return Bound(op, exact(number), limit)
    raise AssertionError(name)
