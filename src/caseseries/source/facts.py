"""Adverse events, diagnoses and the screening log."""

from __future__ import annotations

import re

from caseseries.chart.dates import Span
from caseseries.chart.described import DiagnosesTable, EventsTable, ScreeningTable
from caseseries.chart.event_questions import GRADE_3, severe_of
from caseseries.chart.header import place_of
from caseseries.protocol.safety import grade_number
from caseseries.source.action_words import say_action, say_grade, say_serious
from caseseries.source.dates_of_rows import dates_of_rows
from caseseries.source.event_names import doubt_of, says_well, says_yes
from caseseries.source.fatal import (
    SAYS_NO_DIAGNOSIS,
    SAYS_NONE,
    names_ctcae,
    no_name,
    notice,
    says_none,
    scale_of,
    tells_nothing,
)
from caseseries.source.from_index import placed
from caseseries.source.happened import NOT_KNOWN, Happened
from caseseries.source.people import belongs
from caseseries.source.records import Records, fact
from caseseries.source.row import Row
from caseseries.source.several_in_cell import split_cell
from caseseries.source.table import TableReading
from caseseries.source.terms import term_of

#: What a screening entry says: its term in the chart.
FOUND, CHART_MISSING, EXCLUDED = "found", "chart missing", "excluded"


def read_events(reading: TableReading, records: Records) -> None:
    """Every adverse event; one without a date is kept, and listed apart later."""
    events = _Events(reading, records)
    for row in reading.rows:
        if belongs(reading, records, row):
            events.read(row)
    events.tell_not_known()


class _Events:
    """Reads the rows of one table of events."""

    def __init__(self, reading: TableReading, records: Records) -> None:
        table = reading.table
        assert isinstance(table, EventsTable)
        self.reading, self.records, self.table = reading, records, table
        self.event, self.happened = reading.texts(table.event, "event"), Happened.open(reading, table)
        self.date, self.until = dates_of_rows(reading, table.date, "date"), dates_of_rows(reading, table.until, "until")
        named = {
            "grade": table.grade,
            "serious": table.serious,
            "outcome": table.outcome,
            "attributed_to": table.attributed_to,
            "action": table.action,
            **table.attributes,
        }
        self.attributes = {name: reading.texts(column, name) for name, column in named.items() if column is not None}
        self.header = table.date.columns[0] if table.date is not None and table.date.columns else None
        self.until_header = table.until.columns[0] if table.until is not None and table.until.columns else None

    def read(self, row: Row) -> None:
        """The event of a row, or each of several in its cell."""
        reading, table = self.reading, self.table
        term, happened, began, ended = self.event(row), self.happened.read(row), self.date(row), self.until(row)
        kept = tuple((name, text) for name, read in sorted(self.attributes.items()) if (text := read(row)))
        if not row.is_used():
            return
        nothing_more = not happened and began is None and ended is None and all(_says_no(*one) for one in kept)
        if table.blank_event is not None and nothing_more and _grade_of_none(kept):
            row.status, row.reason = "out of scope", SAYS_NONE  # a column of grades: 0 says that it did not happen
            return
        if not _graded(reading, self.records, row, dict(kept).get("grade", "")):
            return
        if _grade_of_none(kept) and scale_of(self.records.protocol) is None and self._refuse_grade(row):
            return
        alone = began is None and ended is None and not kept
        if not self.happened.settle(row, happened, alone=alone):
            return
        if alone and happened is None and _event_not_known(reading, row, term):
            return
        if says_none(term) or (not term and alone):
            row.status, row.reason = "out of scope", SAYS_NONE if term else "no event is written"
            return
        column = table.event.column
        if not term:
            reading.refuse(row, "event", "an event without a name", column, field="event", allowed="what happened")
            return
        terms = [term] if table.event.separated_by is None else split_cell(term, table.event.separated_by)
        say_action(reading, row, dict(kept).get("action", ""))
        say_serious(reading, row, dict(kept).get("serious", ""))
        say_grade(reading, self.records, row, dict(kept).get("grade", ""))
        for one in dict.fromkeys(terms):
            if len(terms) > 1 and (says_none(one) or tells_nothing(one)):
                reading.refuse(
                    row,
                    "event",
                    "a word for none, or for not known, stands beside an event",
                    column,
                    field="event",
                    allowed="events, or none",
                )
                return
            self._event(row, one, began, ended, kept)

    def _refuse_grade(self, row: Row) -> bool:
        """Whether an event of grade 0 is refused: a column of grades says by it that there was none. In a row of its own it is told, and counts.

        A person may accept the cell as it stands.
        """
        column = self.table.grade.column if self.table.grade is not None else None
        decision = self.reading.decided(row, column) if column else None
        if decision is not None and decision.as_found:
            return False
        if self.table.blank_event is None:
            what = "a grade of 0 may say that the event did not happen; it is counted as an event"
            self.reading.look(row, "grade", what, column, field="grade", allowed="a grade of at least 1, or no event")
            return False
        what = "a grade of 0 says that the event did not happen, and something else is written of it"
        self.reading.refuse(row, "grade", what, column, field="grade", allowed="a grade of at least 1, or no event")
        return True

    def _event(
        self, row: Row, term: str, began: Span | None, ended: Span | None, kept: tuple[tuple[str, str], ...]
    ) -> None:
        """One event, kept or the reason why its row is refused."""
        reading, records, table = self.reading, self.records, self.table
        column, header, until_header = table.event.column, self.header, self.until_header
        decision = reading.decided(row, column) if column is not None else None
        if no_name(term) and not (decision is not None and decision.as_found):
            what = "the name of an event is a number or a date"
            allowed = "what happened; `words` of the column says what a code means"
            reading.refuse(row, "event", what, column, field="event", allowed=allowed)
            return
        if column is not None and not (decision is not None and decision.as_found):
            if says_yes(term):
                what = "the name of an event says that something happened, and not what"
                allowed = "what happened; a column of yes and no is `happened` of `events side by side`"
                reading.refuse(row, "event", what, column, field="event", allowed=allowed)
                return
            if says_well(term):
                what = "the name of an event says that all was well, which is no event"
                allowed = "what happened, or none; `words` of the column or a decision `as_found: yes` where it is the name of an event"
                reading.refuse(row, "event", what, column, field="event", allowed=allowed)
                return
            if doubt := doubt_of(term):
                reading.look(
                    row, "event", doubt, column, field="event", allowed="what happened, or a decision under `accept`"
                )
        term = term_of(reading, records, row, column, "event", term)
        if began is not None and table.date is not None:
            began = placed(reading, records, row, header, table.date, began)
        if ended is not None and table.until is not None and row.is_used():
            ended = placed(reading, records, row, until_header, table.until, ended)
        if not row.is_used():
            return
        began, ended = records.together(began, ended)
        first = _settled(reading, records, row, header, began)
        if not row.is_used():
            return
        last = None if ended is None else records.settle(reading, row, until_header, ended)
        if not row.is_used():
            return
        if first is not None and last is not None and last.high < first.low:
            reading.refuse(
                row,
                "event",
                "the event ends before it begins",
                until_header,
                field="until",
                allowed="the first day or later",
            )
            return
        notice(reading, records, row, term, dict(kept), first, last)
        records.facts.append(fact(row, "event", term, first, last, kept))

    def tell_not_known(self) -> None:
        """Say of how many patients it is not recorded whether the event happened."""
        rows = [row for row in self.reading.rows if row.reason == NOT_KNOWN]
        if rows and self.reading.is_first():
            what = f"of {len(rows)} patient{'s' * (len(rows) != 1)} it is not recorded whether this event happened; it is counted for none of them"
            place = place_of(self.reading.sheet, self.reading.table.header[-1])
            self.reading.findings.add("warning", "event", what, place, field=self.table.event.value or "event")


def _event_not_known(reading: TableReading, row: Row, term: str) -> bool:
    """Whether a row holds nothing but that it is not known whether there was an event: by a code or by its words; refused, for that is not none."""
    table = reading.table
    assert isinstance(table, EventsTable)
    column = table.event.column
    coded = not term and bool(reading.shown(row, column))
    decision = reading.decided(row, column) if column else None
    if column is None or not (coded or tells_nothing(term)):
        return False
    if decision is not None and (decision.as_found or decision.not_evaluable is not None):
        row.status, row.reason = "out of scope", "a person let stand that it is not known whether there was an event"
        return True
    what = "it is not known whether there was an event, which is not none"
    allowed = "what happened, `none` where nothing did; `skip_rows`, or a decision `as_found: yes`, leaves the row out"
    reading.refuse(row, "event", what, column, field="event", allowed=allowed)
    return True


def _grade_of_none(kept: tuple[tuple[str, str], ...]) -> bool:
    """Whether a grade of 0 is written."""
    return grade_number(dict(kept).get("grade", "")) == 0


def _says_no(name: str, written: str) -> bool:
    """Whether a column of an event says no more than a grade of 0 does: the grade itself, or a word for no."""
    return name == "grade" or written.strip() == "0" or says_none(written)


def _graded(reading: TableReading, records: Records, row: Row, grade: str) -> bool:
    """Whether a recorded grade is one of the scale that the protocol names; another refuses the row."""
    table = reading.table
    assert isinstance(table, EventsTable)
    scale = scale_of(records.protocol)
    if not grade or scale is None:
        return True
    column = table.grade.column if table.grade is not None else None
    decision = reading.decided(row, column) if column else None
    found = grade_number(grade)
    inside = found is not None and scale[0] <= found <= scale[1]
    if found is None:
        ends = [int(one) for one in re.findall(r"\d+", grade)]
        # A range of the scale, and a word, are kept: whether it is one of 3 or more is told where that is asked.
        inside = all(scale[0] <= one <= scale[1] for one in ends) and (not ends or severe_of(grade) is not None)
        if inside and not ends and not GRADE_3.asked(records.protocol) and (decision is None or not decision.as_found):
            told = "no grade in numbers; it is none of the scale that the protocol names"
            reading.look(row, "event", told, column, field="grade", allowed=f"{scale[0]} to {scale[1]}")
    if inside or (decision is not None and decision.as_found):
        return True
    what = f"not a grade of {'CTCAE, ' if names_ctcae(records.protocol) else ''}the scale that the protocol names"
    allowed = f"{scale[0]} to {scale[1]}, or blank where none is recorded"
    reading.refuse(row, "grade", what, column, field="grade", allowed=allowed)
    return False


def read_diagnoses(reading: TableReading, records: Records) -> None:
    """Every diagnosis of a diagnoses table."""
    table = reading.table
    assert isinstance(table, DiagnosesTable)
    term, date = reading.texts(table.diagnosis, "diagnosis"), dates_of_rows(reading, table.date, "date")
    header = table.date.columns[0] if table.date is not None and table.date.columns else None
    for row in reading.rows:
        if not belongs(reading, records, row):
            continue
        words, written = term(row), date(row)
        if not row.is_used():
            continue
        if not words:
            reading.refuse(
                row,
                "diagnosis",
                "a diagnosis without a name",
                table.diagnosis.column,
                field="diagnosis",
                allowed="the diagnosis",
            )
            continue
        if says_none(words) and words.casefold() not in {term.casefold() for term in table.terms}:
            row.status, row.reason = "out of scope", SAYS_NO_DIAGNOSIS
            continue
        day = _settled(reading, records, row, header, written)
        several = [words] if table.diagnosis.separated_by is None else split_cell(words, table.diagnosis.separated_by)
        terms = [
            term_of(reading, records, row, table.diagnosis.column, "diagnosis", one) for one in dict.fromkeys(several)
        ]
        if row.is_used():
            records.facts += [fact(row, "diagnosis", one, day) for one in terms]


def _settled(
    reading: TableReading, records: Records, row: Row, header: str | None, written: Span | None
) -> Span | None:
    if written is None:
        return None
    settled = records.settle(reading, row, header, written)
    if settled is None or not records.in_scope(row, settled) or not records.alive(reading, row, header, settled):
        return None
    return settled


def read_screening(reading: TableReading, records: Records) -> None:
    """Everyone who was met while looking for cases: found, chart missing, or excluded with the reason written."""
    table = reading.table
    assert isinstance(table, ScreeningTable)
    result, why = reading.texts(table.result, "result"), reading.texts(table.reason, "reason")
    listed, date = reading.texts(table.list, "list"), dates_of_rows(reading, table.date, "date")
    groups = {FOUND: table.found, CHART_MISSING: table.chart_missing, EXCLUDED: table.excluded}
    meaning = {" ".join(word.split()).casefold(): term for term, words in groups.items() for word in words}
    header = table.date.columns[0] if table.date is not None and table.date.columns else None
    seen: dict[str, Row] = {}
    for row in reading.rows:
        if row.strange and row.is_used() and row.patient not in records.known:
            reading.no_patient(row)
        if not row.is_used():
            continue
        words, reason, source, written = result(row), why(row), listed(row), date(row)
        if not row.is_used():
            continue
        if words.casefold() not in meaning:
            reading.refuse(
                row,
                "screening",
                "not one of the declared results",
                table.result.column,
                field="result",
                allowed=", ".join((*table.found, *table.chart_missing, *table.excluded)),
            )
            continue
        if row.patient in seen:
            reading.refuse(
                row,
                "duplicate id",
                f"the person is in the screening log twice, first in row {seen[row.patient].number}",
                reading.id_column(row),
                field="patient",
                allowed="each person once",
            )
            continue
        seen[row.patient] = row
        term = meaning[words.casefold()]
        if (term == FOUND) != (row.patient in records.known):
            what = "found, but not among the patients" if term == FOUND else "not found, but among the patients"
            reading.refuse(
                row,
                "screening",
                what,
                reading.id_column(row),
                field="patient",
                allowed="found exactly if among the patients",
            )
            continue
        settled = None if written is None else records.settle(reading, row, header, written)
        if not row.is_used():
            continue
        kept = {"list": source, "reason": reason or ("" if term != EXCLUDED else words)}
        attributes = tuple((name, text) for name, text in sorted(kept.items()) if text)
        records.facts.append(fact(row, "screening", term, settled, None, attributes))
    for patient in sorted(set(records.people) - set(seen)):
        row = records.known[patient]
        records.findings.add(
            "warning",
            "screening",
            f"a patient is not in the screening log (table {reading.name!r})",
            patient=patient,
            field="patient",
            value=patient,
        )
