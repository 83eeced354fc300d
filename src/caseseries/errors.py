"""What can go wrong, and how it is worded.

Every error a user can cause is a :class:`CaseSeriesError` made of four short parts: what is wrong, where to
look, what was expected, and what to do. ``str(error)`` never holds a value read from a chart, because messages
get pasted into tickets; the value travels in :attr:`Problem.found` and is shown only on the user's own terminal
and in ``findings.csv``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look: a file, and inside it a sheet, row, column or a line; `within` says where in a record the row is."""

    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    line: int | None = None
    within: str = ""

    def __str__(self) -> str:
        parts = [f"{self.file}:{self.line}" if self.line is not None else self.file]
        if self.sheet:
            parts.append(f"sheet {self.sheet}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}")
        if self.within:
            parts.append(self.within)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake with its address.

    ``found`` is what was written there. It is printed for protocol and chart descriptions, which hold no patient;
    for chart cells set ``private=True`` and it is shown only where :meth:`describe` is asked for values. A ``question`` is no mistake: something is
    left for a person to decide. ``answers`` are those that it may have, each with what it does to the file at hand (an empty answer: what is
    asked about).
    """

    what: str
    place: Place = Place()
    found: str = ""
    allowed: str = ""
    do: str = ""
    private: bool = False
    question: bool = False
    answers: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"<Problem: {self.describe()}>"

    def describe(self, *, values: bool = False) -> str:
        """The problem in words: place, what is wrong, what was found, what is allowed, what to do.

        >>> problem = Problem("not a take rule", Place("p.yaml", line=9), "nearst", "nearest, last", "write nearest")
        >>> print(problem.describe())
        p.yaml:9: not a take rule (found 'nearst'; allowed: nearest, last). Write nearest.
        """
        inside = []
        if self.found and (values or not self.private):
            inside.append(f"found {shortened(self.found)!r}")
        if self.allowed:
            inside.append(f"allowed: {self.allowed}")
        place = f"{self.place}: " if str(self.place) else ""
        todo = f" {self.do[0].upper()}{self.do[1:]}." if self.do else ""
        detail = f" ({'; '.join(inside)})" if inside else ""
        said = f"{place}{self.what}{detail}{'.' if todo else ''}{todo}"
        answers = "; ".join(": ".join(part for part in answer if part) for answer in self.answers)
        return f"{said}{'' if said.endswith('.') else '.'} Answers: {answers}." if answers else said


def in_numbers(problems: Sequence[Problem]) -> str:
    """How many mistakes and how many questions there are.

    >>> in_numbers([Problem("no such drug"), Problem("the title", question=True), Problem("the drug", question=True)])
    '1 mistake and 2 questions'
    """
    asked = sum(problem.question for problem in problems)
    counted = ((len(problems) - asked, "mistake"), (asked, "question"))
    return " and ".join(f"{n} {word}{'s' * (n != 1)}" for n, word in counted if n)


#: A cell of more characters is shown by its beginning alone.
_MOST_SHOWN = 200


def shortened(text: str) -> str:
    """A text as a message shows it: whole, or its beginning and how long it is.

    >>> shortened("7O"), shortened("9" * 401)[-22:]
    ('7O', '... (401 characters)')
    """
    return text if len(text) <= _MOST_SHOWN else f"{text[:40]}... ({len(text)} characters)"


class CaseSeriesError(Exception):
    """Base of every error that a user's input, file or machine can cause."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", expected: str = "", do: str = "") -> None:
        self.what, self.where, self.expected, self.do = what, where, expected, do
        super().__init__("\n".join(part for part in (what, where, expected, do) if part))

    def stands(self, where: str) -> None:
        """Say where, for whoever raised it did not know."""
        self.where = where
        self.args = ("\n".join(part for part in (self.what, where, self.expected, self.do) if part),)


class InputError(CaseSeriesError):
    """One or more mistakes in what a person wrote, all found in one run."""

    def __init__(self, what: str, problems: Sequence[Problem], *, do: str = "") -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem.describe()}" for problem in self.problems)
        super().__init__(what, where=lines, do=do)

    def __repr__(self) -> str:
        """What it is about and how many problems there are; `str` and :meth:`describe` list them."""
        n = len(self.problems)
        return f"<{type(self).__name__}: {self.what} ({n:,} problem{'s' * (n != 1)})>"

    def describe(self, *, values: bool = False) -> str:
        """The whole message; ``values=True`` adds chart cells, for the user's own terminal only."""
        lines = [f"  {problem.describe(values=values)}" for problem in self.problems]
        return "\n".join([self.what, *lines, *([self.do] if self.do else [])])


class ProtocolError(InputError):
    """The protocol is not readable, not complete, or says two things."""


class ChartError(InputError):
    """The chart or its description cannot be read as declared."""


class ChoiceNeeded(InputError):
    """The data raise a choice that the protocol does not make; every case is listed once, as a question."""

    def __init__(self, what: str, problems: Sequence[Problem], *, do: str = "") -> None:
        super().__init__(what, [replace(problem, question=True) for problem in problems], do=do)


class OutputError(CaseSeriesError):
    """The results folder cannot be written as a whole; an earlier one is left as it was."""


class EngineError(CaseSeriesError):
    """The database engine stopped: memory, disk, or a lost connection."""


class Damaged(EngineError):
    """A file that the engine reads is not as it was written."""


class OutOfMemory(EngineError):
    """The database engine had too little memory."""


class Defect(CaseSeriesError):
    """Something that must hold in every run does not: a defect of this software, never of the data."""

    exit_code = 70


class Disagreement(Defect):
    """The stages and the reference oracle gave different answers."""


def ensure(holds: object, what: str = "accounts that must agree do not") -> None:
    """Stop where something that must hold does not; unlike `assert`, also where Python runs with -O.

    Raises:
        Defect: with `what`, which holds no value of a chart.

    >>> ensure(1 + 1 == 2, "a sum")
    >>> ensure(1 + 1 == 3, "a sum")
    Traceback (most recent call last):
        ...
    caseseries.errors.Defect: This software contradicts itself: a sum.
    Nothing was written. Please report this; the sentence above holds no value of your data.
    """
    if not holds:
        raise Defect(
            f"This software contradicts itself: {what}.",
            do="Nothing was written. Please report this; the sentence above holds no value of your data.",
        )
