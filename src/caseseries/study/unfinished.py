"""A protocol and a chart description in which something is open or wrong: everything of both in one list, before anything can be run.

What is open is asked with what each answer does to the files at hand. The chart is read with some answer in place of every open one, so that its own
mistakes are told too: those alone that no answer would change. Nothing is said of two points in time together, and no outcome.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from caseseries.chart.description import Description, load_description
from caseseries.chart.findings import problems
from caseseries.chart.limits import Limits
from caseseries.chart.opened import Opened
from caseseries.chart.tables import Chart, Finding
from caseseries.errors import ChartError, InputError, Place, Problem, ProtocolError, in_numbers
from caseseries.protocol.check import check
from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.protocol.load import SECTIONS, load
from caseseries.protocol.misspelt import respelt
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.provisional import provisional, words_allowed
from caseseries.protocol.undecided import Undecided, undecided
from caseseries.protocol.yaml import Data, Document, Loc, read
from caseseries.source.effects import Asked, Cells, effects
from caseseries.source.measure_cells import units_of
from caseseries.source.omop import is_omop, load_omop
from caseseries.source.read import chart_of
from caseseries.study.asked import protocol_effects
from caseseries.verdict.names import window_days

#: Stand in for sections of a protocol that cannot be read, while the chart is: no case comes of them.
_NOBODY: dict[str, Any] = {
    "study": "?",
    "case": {"index_date": {"first_event": "?"}, "per": "patient"},
    "measures": {},
    "windows": {},
    "outcomes": {},
    "intercurrent": dict.fromkeys(EVENT_WORDS.values(), "as observed"),
}
#: Answers of fields whose answers cannot be listed; with them a chart can be read.
_SOME = {"study": "?", "as": "prednisone mg/day", "nominal_day": "0 days", "two_digit_years_from": "1950"}
#: Names above fields that hold any text.
_TEXTS = frozenset({"missing", "words"})
#: Of a chart with more cells only the questions are told, not its own mistakes: it would be read once for every answer.
MOST_CELLS = 200_000
#: Of one with more it is not read once more for each unit that a column may have.
_QUICK_CELLS = 50_000


def unfinished(protocol: Path, chart: Path | None) -> InputError | None:
    """What keeps a protocol and a chart description from being used, together; None where both can be.

    Raises:
        CaseSeriesError: one of the files is of another kind altogether.
    """
    wrong_protocol = _refused(lambda: load(protocol))
    wrong_chart: list[Problem] = []
    if chart is not None:
        wrong_chart = _refused(lambda: load_omop(chart) if is_omop(chart) else load_description(chart))
    if not wrong_protocol and not wrong_chart:
        return None
    if chart is not None and not is_omop(chart):
        wrong_protocol, wrong_chart = _with_chart(protocol, chart, wrong_protocol, wrong_chart)
    told = [*wrong_protocol, *wrong_chart]
    files = [protocol.name] if wrong_protocol else []
    files += [chart.name] if wrong_chart and chart is not None else []
    kind = ProtocolError if wrong_protocol else ChartError
    have = "has" if len(files) == 1 else "have"
    return kind(f"{' and '.join(files)} {have} {in_numbers(told)}.", told, do="Nothing was run.")


def _refused(loading: Any) -> list[Problem]:
    try:
        loading()
    except InputError as refused:
        return list(refused.problems)
    return []


def _document(path: Path) -> Document | None:
    try:
        return read(path)
    except InputError:
        return None


def _with_chart(
    protocol: Path, chart: Path, wrong_protocol: list[Problem], wrong_chart: list[Problem]
) -> tuple[list[Problem], list[Problem]]:
    """What keeps each of the two from being used, with what the files of the chart say to each question, and with the chart's own mistakes."""
    written, described = _document(protocol), _document(chart)
    study = None if written is None else _study(written)
    left = () if described is None else undecided(described)
    answers = {} if described is None else words_allowed(described, Description, left)
    chosen = {loc: _first(loc, words) for loc, words in answers.items() if words} | _some(left, answers)
    described = None if described is None else _with_places(described, left)
    declared = None if described is None else provisional(described, Description, chosen)
    if described is None or declared is None:
        return wrong_protocol, wrong_chart
    opened = Opened(chart.parent / declared.model.source, declared.model, Limits(), described_in=chart)
    try:
        opened.open()
    except ChartError as refused:
        return wrong_protocol, [*wrong_chart, *refused.problems]
    cells = Cells(declared.model, opened)
    asked = {one.problem(described).place: Asked(one, cells) for one in left}
    read_once = None
    if study is not None and all(problem.question for problem in wrong_chart) and _cells(opened) <= MOST_CELLS:
        chosen |= _best(asked, answers)
        with suppress(InputError):
            read_once = _Readings(study, described, opened, chosen, frozenset(_names(written, "measures")))
    courses = () if read_once is None else read_once.chart.courses
    told = []
    for problem in wrong_chart:
        if problem.question and (one := asked.get(problem.place)) is not None:
            words = [answer for answer, _ in problem.answers]
            more = [
                *(read_once.units(one) if read_once is not None else ()),
                *(_windows(study) if one.question.field == "nominal_day" else ()),
            ]
            problem = replace(problem, answers=(*effects(one, courses, words), *more))
        told.append(problem)
    if read_once is not None and written is not None:
        told += problems(read_once.sure(left, answers))
        wrong_protocol = protocol_effects(wrong_protocol, written, read_once.chart)
    return wrong_protocol, told


def _study(written: Document) -> Protocol | None:
    """The protocol as far as a chart can be read with it; None where it cannot."""
    document, _ = respelt(written, SECTIONS)
    left = undecided(document)
    words = words_allowed(document, Protocol, left)
    chosen = {loc: some[0] for loc, some in words.items() if some} | _some(left, words)
    found = provisional(document, Protocol, chosen, check=check, otherwise=_NOBODY)
    return None if found is None else found.model


def _windows(study: Protocol | None) -> list[tuple[str, str]]:
    """The windows into which a planned day may fall."""
    windows = {} if study is None else study.windows
    named = ", ".join(f"{name} ({window_days(window)})" for name, window in windows.items())
    return [("", f"windows of the protocol: {named}")] if named else []


def _first(loc: Loc, words: Sequence[str]) -> str:
    """The answer with which the chart is read first: one that refuses nothing, and changes no course."""
    return "add" if loc[-1] == "overlaps" and "add" in words else words[0]


def _with_places(described: Document, left: Sequence[Undecided]) -> Document:
    """The description without the tables of which it is open where they are."""
    unplaced = {
        one.loc[1] for one in left if one.loc[0] == "tables" and len(one.loc) == 3 and one.field in {"sheet", "file"}
    }
    tables = described.data.get("tables")
    if not unplaced or not isinstance(tables, dict):
        return described
    kept: dict[str, Data] = {name: table for name, table in tables.items() if name not in unplaced}
    return Document(described.file, {**described.data, "tables": kept}, described.spots)


def _some(left: Sequence[Undecided], answers: Mapping[Loc, Sequence[str]]) -> dict[Loc, str]:
    """Some answer to each question whose answers cannot be listed, and without which the rest could not be read."""
    chosen = {one.loc: _SOME[one.field] for one in left if not answers.get(one.loc) and one.field in _SOME}
    planned = [loc for loc in chosen if loc[-1] == "nominal_day"]
    chosen |= {loc: f"{30 * number} days" for number, loc in enumerate(planned)}
    return chosen | {one.loc: _meaning(one.loc) for one in left if one.above in _TEXTS and not one.key}


def _meaning(loc: Loc) -> str:
    """Some meaning of a code or a word: of `15 -> 12.5` in a column of numbers the first number."""
    number = re.search(r"\d+(?:[.,]\d+)?", str(loc[-1])) if "measures" in loc else None
    return "?" if number is None else number[0].replace(",", ".")


def _best(asked: Mapping[Place, Asked], answers: Mapping[Loc, Sequence[str]]) -> dict[Loc, str]:
    """Of answers that concern how cells are written, the one with which most can be read."""
    found: dict[Loc, str] = {}
    for one in asked.values():
        if one.question.field in {"dates", "decimal"} and answers.get(one.question.loc):
            best = effects(one, (), ())[0][0]
            found |= {one.question.loc: best} if best else {}
    return found


def _cells(opened: Opened) -> int:
    return sum(len(row) for sheet in opened.sheets.values() for row in sheet.rows.values())


def _names(written: Document | None, section: str) -> Iterable[str]:
    found = written.data.get(section) if written is not None else None
    return found if isinstance(found, dict) else ()


class _Readings:
    """A chart read with provisional answers: once with those that were `chosen`, and again with each other one."""

    def __init__(
        self, study: Protocol, described: Document, opened: Opened, chosen: Mapping[Loc, str], measures: frozenset[str]
    ) -> None:
        self.study, self.described, self.opened, self.chosen, self.measures = study, described, opened, chosen, measures
        chart = self._read(chosen)
        assert chart is not None  # a description whose only faults are open questions has answers
        self.chart = chart
        self.quick = _cells(opened) <= _QUICK_CELLS

    def _read(self, answers: Mapping[Loc, str]) -> Chart | None:
        declared = provisional(self.described, Description, answers)
        return None if declared is None else chart_of(self.study, declared.model, self.opened)

    def sure(self, left: Sequence[Undecided], answers: Mapping[Loc, Sequence[str]]) -> list[Finding]:
        """What keeps the chart from being read whatever the answers are."""
        found = {_said(one): one for one in self.chart.findings if one.severity == "error"}
        for loc, words in answers.items():
            for word in words:
                other = self._read({**self.chosen, loc: word}) if found and word != self.chosen.get(loc) else None
                if other is not None:
                    still = {_said(one) for one in other.findings if one.severity == "error"}
                    found = {said: one for said, one in found.items() if said in still}
        unsure = self._columns(left)
        return [
            one
            for one in found.values()
            if not (one.rule == "measure" and one.field in self.measures)
            and not any(
                header in {one.place.column, one.place.column.partition(" (")[2].rstrip(")")} for header in unsure
            )
        ]

    def units(self, asked: Asked) -> list[tuple[str, str]]:
        """How many numbers of a column are possible in each unit that its measure may have."""
        loc = asked.question.loc
        column = getattr(asked.around, "column", None)
        if asked.question.field != "unit" or column is None or not self.quick:
            return []
        told = []
        for unit in units_of(self.study, str(loc[-2])):
            chart = self._read({**self.chosen, loc: unit})
            if chart is not None:
                beyond = sum(
                    one.rule == "range" and one.field == str(loc[-2]) and column in _headers(one)
                    for one in chart.findings
                )
                told.append(
                    (
                        unit,
                        f"{beyond or 'none'} of the numbers {'lies' if beyond == 1 else 'lie'} outside what is possible or plausible",
                    )
                )
        return told

    def _columns(self, left: Sequence[Undecided]) -> set[str]:
        """Columns that cannot be judged, because their unit, or what they are of, is open."""
        found = set()
        for one in left:
            column: Any = self.described.data
            for part in one.loc[:-1]:
                column = column.get(part) if isinstance(column, dict) else None
            if one.field in {"unit", "drug"} and isinstance(column, dict) and isinstance(column.get("column"), str):
                found.add(" ".join(column["column"].split()))
        return found


def _headers(finding: Finding) -> set[str]:
    """The header of the column of a finding, as it may stand in its address."""
    return {finding.place.column, finding.place.column.partition(" (")[2].removesuffix(")")}


def _said(finding: Finding) -> tuple[object, ...]:
    return finding.rule, finding.message, finding.place, finding.field
