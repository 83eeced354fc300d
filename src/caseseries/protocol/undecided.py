"""The words that a starting file leaves where a person must decide: where they still stand, and what each asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from caseseries.errors import Place, Problem
from caseseries.protocol.yaml import Document, Loc

#: Stands where a person must decide; it is never taken for an answer.
TO_DECIDE = "TO DECIDE"

#: What is asked, by the name of the field.
_ASKED = {
    "study": "the title of the study",
    "authors_knew": "what its authors knew of the outcomes when they wrote it",
    "first_exposure": "the study drug, whose first day is the index date",
    "first_event": "the event whose day is the index date",
    "per": "whether each patient is a case once (`patient`) or with every course of the drug (`course`)",
    "instrument": "which instrument of `caseseries catalogue` this measure is",
    "since": "since when the improvement was judged",
    "as": "the unit of the daily dose",
    "at_least": "how large a change counts, with its unit, such as 4 points or 20 % of baseline",
    "improves": "which measure must improve",
    "grading": "the scale of the grades with its version, such as CTCAE v5.0, or `as recorded`",
    "ascertainment": "how adverse events were looked for",
    "partial_dates": "what becomes of a date of which only the month or the year is known",
    "same_day": "what becomes of different values of one measure on one day",
    "dated": "whether the chart has dates (`yes`), or its visits stand on planned days (`no`)",
    "dates": "in which order day, month and year stand where dates are text",
    "decimal": "whether decimals are written with a point or a comma",
    "sheet": "on which sheet of the workbook the table is",
    "file": "in which file of the folder the table is",
    "patient": "the column with the patient's id",
    "date": "the column of the date",
    "unit": "the unit in which this column is written",
    "better": "whether more of it (`high`) or less of it (`low`) is better, or neither (`none`)",
    "two_digit_years_from": "the first of the hundred years in which years of two digits lie, such as 1950",
    "drug": "of which drug the doses of this column are",
    "nominal_day": "the planned day of this visit from the index date, such as 0 days or 3 months",
    "counted": "whether these days are those on which something happened (`study days`) or was planned (`planned days`)",
    "course": "from which course of the drug the days of a patient with several are counted",
    "stop_means": "whether the drug was still taken on the day that is written as its last",
    "blank_stop": "whether a blank last day means that the drug is still taken",
    "blank_start": "whether a blank first day means that the drug was never taken, or was begun before the index date",
    "blank_event": "whether a blank means that the event did not happen (`never`), or is `not known`",
    "overlaps": "whether the later of two overlapping courses of one drug replaces the earlier, or both are taken",
    "reason_without_stop": "what a row means that says why a drug was stopped, and not when",
    "depot_without_route": "whether a depot without a route counts towards the daily dose",
    "fatal": "whether an event that tells a death is one",
    "result": "the column that says what became of each person",
    "found": "the words for a chart that was found",
    "chart_missing": "the words for a chart that was not found",
    "excluded": "the words for people who were no cases",
}
#: What is asked of an entry that the author named, by the name above it.
_ASKED_OF = {
    "intercurrent": "what it does to the verdict",
    "missing": "what this code means, in words, such as not done",
    "measures": "the measure of the protocol that this stands for",
    "drugs": "which drug this is: an ingredient, a group, or `none of these`",
    "words": "what this word means",
    "terms": "which diagnosis or event this is",
    "frequencies": "how many times a day this is",
}
#: Fields of a table that name a column.
_COLUMNS = frozenset(
    [
        *(
            "sex",
            "birth",
            "age",
            "death",
            "diagnosis",
            "cause",
            "list",
            "reason",
            "measure",
            "value",
            "event",
            "until",
            "grade",
            "serious",
        ),
        *(
            "outcome",
            "attributed_to",
            "action",
            "drug",
            "start",
            "stop",
            "dose",
            "frequency",
            "route",
            "stop_reason",
            "pulse",
        ),
    ]
)
_NAME = "write it, or delete the entry"


@dataclass(frozen=True, slots=True)
class Undecided:
    """A place where `TO DECIDE` stands: the names that lead there, and whether it stands in place of a name."""

    loc: Loc
    key: bool

    @property
    def field(self) -> str:
        """The last name that leads there, which says what is asked."""
        return next((part for part in reversed(self.loc) if isinstance(part, str)), "")

    @property
    def above(self) -> str:
        """The name of the field above it, if it is no table."""
        if self.loc[0] == "tables" and len(self.loc) <= 3:
            return ""
        return next((part for part in reversed(self.loc[:-1]) if isinstance(part, str)), "")

    def asked(self) -> str:
        """What is to be decided, in words."""
        if self.key:
            return _NAME
        if self.loc[0] == "tables" and len(self.loc) == 3 and self.field in _COLUMNS:
            return f"the column of the {self.field.replace('_', ' ')}"
        named = self.above in {"missing", "words", "terms", "frequencies", "intercurrent"}
        known = "" if named else _ASKED.get(self.field, "")
        return known or _ASKED_OF.get(self.above, "what the comment beside it asks for")

    def problem(self, document: Document, answers: Sequence[tuple[str, str]] = ()) -> Problem:
        """The question with its place and its answers."""
        named = " > ".join(
            str(part + 1) if isinstance(part, int) else part for part in (self.loc[:-1] if self.key else self.loc)
        )
        what = (
            f"a name of `{named}` is {TO_DECIDE}: {self.asked()}"
            if self.key
            else f"`{named}` is {TO_DECIDE}: {self.asked()}"
        )
        return Problem(what, document.locate(self.loc, key=self.key), question=True, answers=tuple(answers))


def undecided(document: Document) -> tuple[Undecided, ...]:
    """Every place of a file where `TO DECIDE` still stands, as a value or as a name.

    >>> from caseseries.protocol.yaml import read
    >>> written = read("dates: TO DECIDE", file="chart.yaml")
    >>> [one.problem(written).describe() for one in undecided(written)]
    ['chart.yaml:1, column 8: `dates` is TO DECIDE: in which order day, month and year stand where dates are text']
    """
    return tuple(Undecided(loc, key) for loc, key in _places(document.data, ()))


def with_questions(document: Document, problems: Sequence[Problem]) -> list[Problem]:
    """The mistakes of a file and what it leaves open; a mistake that only repeats that something is open gives way to the question."""
    left = undecided(document)
    allowed: dict[Place, str] = {}
    for problem in problems:
        allowed.setdefault(problem.place, problem.allowed)
    places = {document.locate(one.loc, key=one.key): one for one in left}
    # without its name a whole mapping cannot be read
    unnamed = {document.locate(one.loc[:-1]) for one in left if one.key}
    asked = [one.problem(document, _words(allowed.get(place, ""))) for place, one in places.items()]
    return asked + [
        problem
        for problem in problems
        if problem.place not in places and not (problem.place in unnamed and TO_DECIDE in problem.found)
    ]


def _words(allowed: str) -> list[tuple[str, str]]:
    """The answers in a list of allowed words; of a list of examples or nearest names none."""
    words = [word.strip() for word in allowed.split(",") if word.strip()]
    plain = all(word.replace("-", "").replace(" ", "").isalpha() and "such as" not in word for word in words)
    return [(word, "") for word in words] if len(words) > 1 and plain else []


def _places(data: Any, loc: Loc) -> Iterator[tuple[Loc, bool]]:
    if isinstance(data, dict):
        for name, value in data.items():
            if name == TO_DECIDE:
                yield (*loc, name), True
            yield from _places(value, (*loc, name))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _places(value, (*loc, number))
    elif data == TO_DECIDE:
        yield loc, False
