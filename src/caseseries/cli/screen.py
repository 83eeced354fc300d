"""What a person, or a program, sees: text or one JSON object on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from caseseries.cli.progress import Progress
from caseseries.cli.streams import tell
from caseseries.errors import CaseSeriesError, InputError, Place, Problem

if TYPE_CHECKING:
    import argparse

SCHEMA = "caseseries.cli/1"

#: Mistakes printed as text; `--json` lists all.
MOST_SHOWN = 50


def clean(text: object) -> str:
    """Text without characters that could move the cursor or turn the writing direction.

    >>> clean("a\\x1b[31mb\\u202ec")
    'a�[31mb�c'
    """
    unseen = {"Cc", "Cf", "Cs"}
    return "".join(
        "�" if unicodedata.category(letter) in unseen and letter not in "\n\u00ad" else letter for letter in str(text)
    )


def columns(rows: Iterable[Sequence[object]], *, indent: int = 2, width: int = 110) -> str:
    """Rows as columns of text, two spaces apart; the last column is broken into lines where it is too long.

    >>> print(columns([("patients", 8), ("visits", 43)]))
      patients  8
      visits    43
    >>> print(columns([("why", "no visit in the window of month 3")], width=27))
      why  no visit in the
           window of month 3
    """
    import textwrap

    cells = [[clean(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*[row[:-1] for row in cells], strict=True)]
    start = indent + sum(widths) + 2 * len(widths)
    lines = []
    for row in cells:
        before = " " * indent + "".join(f"{cell.ljust(size)}  " for cell, size in zip(row, widths, strict=False))
        parts = textwrap.wrap(row[-1], max(width - start, 20), break_long_words=False, break_on_hyphens=False) or [""]
        lines += [(before + parts[0]).rstrip(), *(" " * start + part for part in parts[1:])]
    return "\n".join(lines)


class Screen:
    """Where a command writes.

    `values` tells whether chart values and patient ids may stand in the answer, on stdout; `told` whether they may in
    mistakes, on stderr.
    """

    def __init__(self, command: str, *, as_json: bool, values: bool, told: bool, quiet: bool) -> None:
        self.command, self.as_json, self.values, self.told, self.quiet = command, as_json, values, told, quiet
        self.progress = Progress(sys.stderr, silent=quiet)
        self.answered = False

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> Screen:
        """The screen the shared options ask for: values go to a terminal unless forbidden, elsewhere if asked for.

        `explain` asks for them by naming the patient; what it answers goes to stdout alone.
        """
        asked: bool | None = arguments.values
        told = sys.stderr.isatty() if asked is None else asked
        values = (sys.stdout.isatty() or arguments.command == "explain") if asked is None else asked
        return cls(arguments.command, as_json=arguments.json, values=values, told=told, quiet=arguments.quiet)

    def say(self, text: str = "") -> None:
        """A line of the answer; nothing with `--json`."""
        if not self.as_json:
            self.progress.close()
            print(clean(text))

    def advise(self, text: str) -> None:
        """A line beside the answer, on stderr; nothing with `--quiet` or `--json`."""
        if not (self.quiet or self.as_json):
            self.progress.close()
            tell(clean(text))

    def warn(self, problems: Sequence[Problem]) -> None:
        """Oddities that stop nothing, on stderr."""
        for problem in problems:
            self.advise(f"warning: {problem.describe(values=self.told)}")

    def answer(self, ok: bool = True, **content: Any) -> None:
        """The whole answer as one JSON object; nothing without `--json`."""
        if self.as_json:
            self.progress.close()
            self.answered = True
            whole = {"schema": SCHEMA, "command": self.command, "ok": ok, **content}
            print(json.dumps(whole, indent=2, ensure_ascii=False))

    def failed(self, error: CaseSeriesError) -> None:
        """A user's mistake, in our words and with its addresses."""
        self.progress.close()
        problems = error.problems if isinstance(error, InputError) else ()
        if self.as_json and self.answered:
            return
        if self.as_json:
            parts = {"kind": type(error).__name__, "what": error.what, "do": error.do}
            if not problems:
                parts |= {"where": error.where, "expected": error.expected}
            mistakes, questions = apart(problems)
            self.answer(
                False,
                error=parts,
                counts={"mistakes": len(mistakes), "questions": len(questions)},
                problems=[self.problem(problem) for problem in mistakes],
                questions=[self.problem(problem) for problem in questions],
            )
            return
        tell(clean(self._words(error, problems)))

    def _words(self, error: CaseSeriesError, problems: Sequence[Problem]) -> str:
        if not problems:
            return str(error)
        lines = self.listed(problems, values=self.told)
        hidden = any(problem.private and problem.found for problem in problems) and not self.told
        hint = ["What the cells hold is not shown here; --values shows it."] if hidden and not self.quiet else []
        return "\n".join([error.what, *lines, *([error.do] if error.do else []), *hint])

    def listed(self, problems: Sequence[Problem], *, values: bool) -> list[str]:
        """Problems as lines; where there are questions among them, mistakes and questions stand apart, each with their number."""
        lines = []
        mistakes, questions = apart(problems)
        for title, kind in (("Mistakes", mistakes), ("Questions", questions)):
            lines += [f"{title}: {len(kind)}"] if questions and kind else []
            for problem in kind[:MOST_SHOWN]:
                said = replace(problem, answers=()) if problem.question else problem
                lines += [f"  {said.describe(values=values)}", *_answers(problem)]
            if len(kind) > MOST_SHOWN:
                lines.append(f"  ... and {len(kind) - MOST_SHOWN} more; --json lists all")
        return lines

    def problem(self, problem: Problem) -> dict[str, Any]:
        """A problem for `--json`; a private value only where values may be shown."""
        found = problem.found if self.values or not problem.private else None
        answers = {"answers": [{"answer": answer, "effect": effect} for answer, effect in problem.answers]}
        return {
            "place": place(problem.place),
            "what": problem.what,
            "found": found,
            "allowed": problem.allowed,
            "do": problem.do,
            **(answers if problem.question else {}),
        }

    def stopped(self, text: str) -> None:
        """The one line after which the program ends."""
        self.progress.close()
        if self.as_json and not self.answered:
            self.answer(False, error={"kind": "Stopped", "what": text, "do": ""}, problems=[])
        elif not self.as_json:
            tell(clean(text))


def apart(problems: Sequence[Problem]) -> tuple[list[Problem], list[Problem]]:
    """The mistakes, where something is wrong, and the questions, where something is left to decide."""
    return [one for one in problems if not one.question], [one for one in problems if one.question]


def _answers(problem: Problem) -> list[str]:
    """A line for each answer that says what it does to the file; those of which nothing can be said stand together."""
    about = [f"      {effect}" for answer, effect in problem.answers if not answer]
    told = [answer for answer in problem.answers if all(answer)]
    bare = ", ".join(answer for answer, effect in problem.answers if not effect)
    lines = [*about, *([columns(told, indent=6)] if told else [])]
    return [*lines, *([f"      {'others' if told else 'one of'}: {bare}"] if bare else [])]


def place(where: Place) -> dict[str, Any]:
    """An address for `--json`."""
    named = {name: getattr(where, name) for name in ("file", "sheet", "row", "column", "line")}
    return {name: value for name, value in named.items() if value not in {"", None}}
