"""Laboratory grades of adverse events: the published words beside the bounds a machine can apply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Literal

from caseseries.catalogue.citation import Source, cite
from caseseries.catalogue.instrument import NO_OVERRIDES
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
    """An adverse event graded by a laboratory value, in one version of CTCAE; bounds in the instrument's unit."""

    key: str
    version: str
    instrument: str
    unit: str
    grades: tuple[Grade, ...]
    note: str
    source: Source

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
        if (absent["key"].casefold(), absent["version"]) == (name.casefold().strip(), version):
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
    note = raw.get("note", "")
    return GradedTerm(raw["key"], raw["version"], raw["instrument"], raw["unit"], grades, note, cite(raw["source"]))


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
