"""Reading a drawn book with the project's readers, and the chart in plain values: what each row came to say."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.readers.book import Book
from tests.readers.facts import CUT_OFF, DOSE, PROTOCOL, SHIFTED
from tests.readers.layouts import Record
from tests.readers.writer_csv import write_csv
from tests.readers.writer_xlsx import write_xlsx

from caseseries.chart.tables import Chart, Finding
from caseseries.errors import ChartError, Problem
from caseseries.protocol.load import parse
from caseseries.protocol.protocol import Protocol
from caseseries.source import read

#: A row as its reader names it: file, sheet, number.
Address = tuple[str, str, int]
#: What a row came to say: its status, and its records with how often each stands there.
Saying = tuple[str, Counter[Record]]


@cache
def protocol(cut_off: bool, dose: str, shifted: bool) -> Protocol:
    """The protocol of a drawn chart, with or without a data cut-off and a daily dose."""
    last = CUT_OFF.replace(year=CUT_OFF.year + SHIFTED * shifted)
    period = f"period: {{data_cutoff: {last.isoformat()}}}" if cut_off else ""
    source = {"read": "visits", "compared with courses": "courses"}.get(dose)
    return parse(PROTOCOL.format(period=period, dose="" if source is None else DOSE.format(source=source))).protocol


@dataclass(frozen=True)
class Read:
    """A chart in plain values, or the problems for which it could not be read at all."""

    rows: dict[Address, Saying]
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    not_charted: frozenset[str] = frozenset()
    known_from: dict[str, int] = field(default_factory=dict)

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "error"]


def write(book: Book, folder: Path) -> Path:
    """The files of a book and its chart.yaml, of which the path is returned."""
    if book.medium == "csv":
        (folder / "data").mkdir()
        write_csv(book, folder / "data")
    else:
        write_xlsx(book, folder / "chart.xlsx")
    description = folder / "chart.yaml"
    description.write_text(json.dumps(book.declared, ensure_ascii=False, indent=1), encoding="utf-8")
    return description


def read_book(book: Book) -> Read:
    """The book, written and read."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            study = protocol(book.cut_off, book.dose, book.shifted)
            return plain(read(study, write(book, Path(folder))), first_entry=book.first_entries is not None)
        except ChartError as wrong:
            return Read({}, problems=tuple(wrong.problems))


def stated(book: Book) -> dict[Address, Saying]:
    """What every row of the book says, as the generator knows it."""
    return {
        (*book.file(sheet.name), number): (row.status, Counter(row.records))
        for sheet in book.sheets.values()
        for number, row in sheet.rows.items()
    }


def plain(chart: Chart, *, first_entry: bool) -> Read:
    """The records of a chart by the row they came from."""
    said: dict[Address, Any] = {}
    where = {}
    for row in chart.rows:
        where[row.row_id] = address = (row.file, row.sheet, row.row)
        status, records = said.get(address, (row.status, Counter()))
        said[address] = (row.status if status == "used" else status, records)
    for row_id, record in _records(chart):
        # since the first entry is no matter of the patient's own row
        kept = (*record[:-1], None) if first_entry and record[0] == "person" else record
        said[where[row_id]][1][kept] += 1
    known = {one.patient: one.known_from for one in chart.people if one.known_from is not None}
    return Read(said, chart.findings, not_charted=frozenset(chart.not_charted), known_from=known)


def _records(chart: Chart) -> Any:
    for one in chart.people:
        yield (
            one.row_id,
            ("person", one.patient, one.sex, one.birth_low, one.birth_high, one.age, one.attributes, one.known_from),
        )
    for value in chart.measurements:
        yield (
            value.row_id,
            ("value", value.patient, value.measure, value.low, value.high, value.value, value.censor, value.missing),
        )
    for course in chart.courses:
        ends = course.ends
        first, last = (ends.first_low, ends.first_high), (ends.last_low, ends.last_high)
        yield course.row_id, ("course", course.patient, course.drug, *first, *last, course.amount, course.unit, course.per_day, course.route,
                              course.pulse, course.stop_reason)  # fmt: skip
    for fact in chart.facts:
        until = (fact.last_low, fact.last_high)
        attributes = tuple(sorted(fact.attributes))
        yield fact.row_id, ("fact", fact.patient, fact.kind, fact.term, fact.low, fact.high, *until, attributes)
