"""Safety: which adverse events count as on treatment, how they were looked for, and which laboratory values are graded."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from caseseries import catalogue
from caseseries.protocol.measure import Monitored
from caseseries.protocol.written import Days, Written, mistake

#: The grading of a study that names no scale.
AS_RECORDED = "as recorded"


def names_ctcae(grading: str) -> bool:
    """Whether the scale of a study is CTCAE, of any version.

    >>> names_ctcae("CTCAE 5.0"), names_ctcae("as recorded")
    (True, False)
    """
    return "ctcae" in catalogue.fold(grading)


Version = Literal["5.0", "6.0"]
_VERSION = re.compile(r"(?:ctcae\s*)?v?\s*(5|6)(?:\.0)?", re.IGNORECASE)


#: What stands before a grade, and words in brackets behind it.
_BEFORE = re.compile(r"(?:ctcae ?)?(?:(?:grade|grad|g)\.? ?)?", re.IGNORECASE)
_BEHIND = re.compile(r" ?\([^\W\d_](?:[^\W\d_]| )*\)$")
_GRADE = re.compile(r"([0-9]{1,2})(?:[.,]0+)?")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}


def bare_grade(written: str) -> str:
    """What is written of a grade without the word for it and without words in brackets.

    >>> bare_grade("CTCAE Grade 3-4 (severe)"), bare_grade("Grad III"), bare_grade("mild")
    ('3-4', 'III', 'mild')
    """
    plain = _BEHIND.sub("", " ".join(written.split()))
    before = _BEFORE.match(plain)
    rest = plain[before.end() :] if before is not None else plain
    return rest if rest[:1].isdigit() or rest[:1] in "<>≤≥" or rest.lower() in _ROMAN else plain


def grade_number(written: str) -> int | None:
    """The grade of an adverse event as a number; None where it is written in another way.

    >>> [grade_number(one) for one in ("Grade 2", "G 2", "3.0", "III", "CTCAE grade 4", "3 (sévère)", "2.5", "mild")]
    [2, 2, 3, 3, 4, 3, None, None]
    """
    bare = bare_grade(written)
    found = _GRADE.fullmatch(bare)
    return int(found[1]) if found is not None else _ROMAN.get(bare.lower())


def version_of(written: Any) -> str | None:
    """The version of CTCAE that is meant; None where it is none by which values are graded here.

    >>> version_of("CTCAE v5.0"), version_of("ctcae 6"), version_of("CTCAE 4.03")
    ('5.0', '6.0', None)
    """
    found = _VERSION.fullmatch(str(written).strip())
    return None if found is None else f"{found[1]}.0"


def _version(written: Any) -> str:
    found = version_of(written)
    if found is None:
        raise mistake("no version of CTCAE that values are graded by", "CTCAE 5.0, CTCAE 6.0")
    return found


class LabGrades(Written):
    """Values of a measure graded by CTCAE, and compared with the last value up to the index date.

    `by` is the version, which stands with each grade, because one value can have different grades in two of them. `baseline_within` says how
    many days before the index date the value before may lie. `term` names the adverse event of a measure that the catalogue does not know.
    """

    measure: str
    by: Annotated[
        Version, BeforeValidator(_version), WithJsonSchema({"type": "string", "examples": ["CTCAE 5.0", "CTCAE 6.0"]})
    ]
    baseline_within: Days
    term: str = ""


_AMOUNT = re.compile(r"([0-9]+(?:[.][0-9]+)?) (.+)")


def amount_above(written: str) -> tuple[Fraction, str] | None:
    """A limit of a dose as a number and its unit; None where it is no such amount.

    >>> amount_above("7.5 prednisone mg/day"), amount_above("much")
    ((Fraction(15, 2), 'prednisone mg/day'), None)
    """
    found = _AMOUNT.fullmatch(written)
    return None if found is None else (Fraction(found[1]), found[2])


class Exposure(Written):
    """The cumulative dose of a daily dose from courses over every day of a window, and on how many of its days the dose was above a limit.

    `above` is an amount in the unit of the dose, such as `7.5 prednisone mg/day`.
    """

    dose: str
    in_: str = Field(alias="in")
    above: str = ""

    @property
    def limit(self) -> Fraction | None:
        """The limit as a number; None where none is declared."""
        found = amount_above(self.above)
        return None if found is None else found[0]


class Safety(Written):
    """Adverse events from the index date until `until_after_last_dose` days after the last dose.

    `grading` names the scale with its version, because one value can have different grades in two versions. A chart lists its
    adverse events itself; `events` names those that a database is searched for, each with its set under `concepts`. `graded` names
    laboratory values that are graded as adverse events, `exposure` doses that are added up over a window.
    """

    until_after_last_dose: Days
    grading: str = AS_RECORDED
    ascertainment: str = "as recorded in the notes"
    monitored: tuple[Monitored, ...] = ()
    events: tuple[str, ...] = ()
    graded: tuple[LabGrades, ...] = ()
    exposure: tuple[Exposure, ...] = ()

    @property
    def added_up(self) -> frozenset[str]:
        """The doses of which a cumulative dose is asked for."""
        return frozenset(one.dose for one in self.exposure)
