"""Drawing books until every layout, spelling, kind of fact and defect has stood in a file that was read, and counting them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

import tests.readers.defects_answers
import tests.readers.defects_days
import tests.readers.defects_files
import tests.readers.defects_numbers
import tests.readers.defects_rows
import tests.readers.defects_words  # noqa: F401  # each registers its defects
from tests.readers.book import Book
from tests.readers.choosing import Chooser, options
from tests.readers.deciding import DECISIONS
from tests.readers.defects import DEFECTS, MEDIA_OF, WISHES, differences, judge
from tests.readers.facts import FACTS
from tests.readers.gaps import GAPS
from tests.readers.layouts import LAYOUTS, UNITS
from tests.readers.placing import MEDIA, draw_book
from tests.readers.reading import read_book, stated
from tests.readers.spellings import CSV, SPELLINGS, XLSX

ASPECTS: dict[str, tuple[str, ...]] = {
    "medium": MEDIA, **FACTS, **LAYOUTS, **DECISIONS,
    **{f"unit of {measure}": tuple(units) for measure, units in UNITS.items() if len(units) > 1}, **SPELLINGS,
    **CSV, **XLSX,
}  # fmt: skip
#: What must be reached: every option of every aspect, and every defect.
EXPECTED = [*options(ASPECTS), *(f"defect: {name}" for name in DEFECTS)]
#: Other choices without which an aspect, or one option of it, has no place.
BEFORE: dict[str, dict[str, str]] = {
    "nominal": {"days": "nominal"},
    "nominal: fixed": {"days": "nominal", "values": "side by side"},
    "a label": {"days": "nominal", "nominal": "labels"},
    "a nominal day": {"days": "nominal"},
    "id": {"ids": "site and number"},
    "dates": {"days": "dated"},
    "dates moved": {"days": "dated"},
    "days of visits": {"days": "dated"},
    "days of visits: fixed": {"days": "dated", "values": "side by side"},
    "history: since a date": {"days": "dated"},
    "age": {"days": "nominal"},
    "a diagnosis": {"diagnoses": "a table"},
    "a course that goes on: a day far ahead": {"days": "dated", "dates": "one column"},
    "a mixture of dates": {"days": "dated", "dates": "one column", "order of dates": "day-month-year"},
    "unit of dose": {"a dose at visits": "read"},
    "formatted": {"rounded": "no", "unit in the cell": "no"},
    "screening": {"days": "dated"},
    "patients": {"values": "side by side"},
    "pressure": {"values": "a visit a row"},
    "order of dates": {"days": "dated"},
    "a date as text: unpadded": {"days": "dated", "order of dates": "day-month-year", "dates": "one column"},
    "a date as text: dots": {"days": "dated", "order of dates": "day-month-year", "dates": "one column"},
    "a date as text: name of the month": {"days": "dated", "order of dates": "day-month-year", "dates": "one column"},
    "a date as text: two digits of the year": {
        "days": "dated",
        "order of dates": "day-month-year",
        "dates": "one column",
    },
    "a date as text: run together": {"days": "dated", "order of dates": "year-month-day", "dates": "one column"},
    "months in words": {"days": "dated", "dates": "one column"},
    "a number in words": {"values": "a visit a row", "rounded": "no", "unit in the cell": "no"},
    "yes and no in words": {"values": "a visit a row"},
    "a date as text: with a midnight": {"days": "dated", "order of dates": "year-month-day", "dates": "one column"},
    "a month": {"days": "dated", "dates": "one column"},
    "a date": {"days": "dated", "dates": "one column", "epoch": "1900"},
    "date format": {"days": "dated", "dates": "one column"},
    "merged heading": {"header": "two rows"},
    "an id in a cell: a number shown with zeros": {"ids": "leading zeros"},
    "an id in a cell: a number": {"ids": "whole numbers"},
    "an id in a cell: a number with a point": {"ids": "whole numbers"},
    "yes and no in a cell: a number": {"yes and no": "1, 0"},
    "yes and no in a cell: a truth value": {"yes and no": "true, false"},
    "unit in the cell": {"values": "a visit a row"},
    'number format: 0.0" kg"': {"values": "a visit a row", "unit of weight": "kg"},
}


def wishes_for(what: str) -> Mapping[str, str]:
    """The choices that give one expected thing a place."""
    name, _, option = what.partition(": ")
    if name == "defect":
        return WISHES[option]
    medium = {"medium": "csv"} if name in CSV else {"medium": "xlsx"} if name in XLSX else {}
    return {**medium, **BEFORE.get(what, BEFORE.get(name, {})), name: option}


@dataclass
class Reached:
    """What has been reached so far, what became of each defect, and which known gaps showed."""

    counts: Counter[str] = field(default_factory=Counter)
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    least: int = 1
    books: int = 0
    reads: int = 0

    def hold(self, choose: Chooser, book: Book, again: int, *, new: bool = True) -> None:
        """The book is read as it is; then with each defect that was not seen yet (`new`), and with `again` of those seen least."""
        self.books += 1
        clean = read_book(book)
        problems = [(one.what, one.place) for one in clean.problems] + [
            (one.message, one.place, one.value) for one in clean.errors
        ]
        wanted = stated(book)
        changed = differences(wanted, clean.rows)
        if book.first_entries is not None and not problems and clean.known_from != book.first_entries:
            changed.append(f"history: {book.first_entries} {clean.known_from}")
        if not problems and clean.not_charted != book.not_charted:
            changed.append(f"not charted: {sorted(book.not_charted)} {sorted(clean.not_charted)}")
        if problems or changed:
            raise AssertionError(f"facts are not read as they are: {problems} {changed}\n{said(book)}")
        self.counts.update(choose.reached)
        tried = 0
        # of defects seen equally often, others come first for every book
        turn = {name: choose.number(0, 999) for name in DEFECTS} if again else {}
        for name in sorted(DEFECTS, key=lambda name: (self.counts[f"defect: {name}"], turn.get(name))):
            seen = not new or self.counts[f"defect: {name}"] > 0
            if (
                (seen and tried >= again)
                or MEDIA_OF[name] not in ("", book.medium)
                or not granted(choose, WISHES[name])
            ):
                continue
            spoilt = DEFECTS[name](choose, book)
            if spoilt is None:
                continue
            tried += seen
            self.reads += 1
            self.counts[f"defect: {name}"] += 1
            for one in choose.reached:
                self.pairs[one, name] += 1
            try:
                outcome = judge(book, spoilt, read_book(spoilt.book))
            except AssertionError as wrong:
                if name not in GAPS:
                    raise AssertionError(f"defect {name!r}: {wrong}\n{said(spoilt.book)}") from wrong
                outcome = "a known gap"
            self.outcomes.setdefault(name, Counter())[outcome] += 1

    @property
    def missing(self) -> list[str]:
        """What was not reached as often as it must be."""
        return [what for what in EXPECTED if self.counts[what] < self.least]

    def closed(self) -> list[str]:
        """Known gaps that did not show: they are to be taken off the list."""
        return [name for name in GAPS if self.outcomes.get(name) and not self.outcomes[name]["a known gap"]]

    def said(self) -> str:
        """The counts, for whoever reads the output of a test."""
        outcomes = Counter(outcome for every in self.outcomes.values() for outcome in every.elements())
        lines = [f"{self.books} books, {self.reads} defects: {dict(outcomes)}"]
        for title, names in (
            ("facts, layouts, spellings", options(ASPECTS)),
            ("defects", [f"defect: {name}" for name in DEFECTS]),
        ):
            least = sorted(names, key=lambda name: self.counts[name])[:5]
            lines.append(
                f"{len(names)} {title}; the rarest: {', '.join(f'{name} ({self.counts[name]})' for name in least)}"
            )
        lines.append(f"{len(self.pairs)} pairs of a defect with a fact, layout or spelling; {len(GAPS)} known gaps")
        return "\n".join(lines)


def granted(choose: Chooser, wishes: Mapping[str, str]) -> bool:
    """Whether every choice of these aspects, where there was one, is the wished one."""
    made: dict[str, set[str]] = {}
    for what in choose.reached:
        name, _, option = what.partition(": ")
        made.setdefault(name, set()).add(option)
    return all(made.get(name, {option}) == {option} for name, option in wishes.items())


def said(book: Book) -> str:
    """The book for a person who looks for what went wrong."""
    rows = []
    for sheet in book.sheets.values():
        for row in sorted({row for row, _ in sheet.cells}):
            rows.append(
                f"{sheet.name} {row}: {[sheet.cells.get((row, place)) for place in range(1, sheet.widths.get(row, 9) + 1)]}"
            )
    return "\n".join([json.dumps(book.declared, ensure_ascii=False), str(book.made), *(row[:400] for row in rows[:40])])


def one_book(number: int, wishes: Mapping[str, str]) -> tuple[Chooser, Book]:
    """A drawn book, always the same for the same number and wishes."""
    choose = Chooser(Random(number), wishes)
    return choose, draw_book(choose)


def reach_everything(first: int, again: int, least: int = 1, most: int = 400) -> Reached:
    """Draw books, each towards something that was not reached `least` times, until all is reached or `most` were drawn."""
    reached, tries = Reached(least=least), Counter[str]()
    for number in range(first, first + most):
        missing = reached.missing
        if not missing:
            break
        target = min(missing, key=lambda what: tries[what])
        tries[target] += 1
        wishes = wishes_for(target)
        try:
            reached.hold(*one_book(number, wishes), again)
        except AssertionError as wrong:
            raise AssertionError(f"one_book({number}, {dict(wishes)}): {wrong}") from wrong
    return reached
