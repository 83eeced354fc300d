"""What only shows when all rows are read: repeated rows, near-equal categories, cases without anything after the index date."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.chart.described import DrugsTable, EventsTable, LongTable, PatientsTable
from caseseries.chart.natural import natural
from caseseries.chart.tables import Course
from caseseries.protocol.case import FirstEvent, FirstExposure
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.written import folded
from caseseries.source.action_words import check_stopping
from caseseries.source.ages import check_ages
from caseseries.source.attribute_words import tell_attribute_words
from caseseries.source.blocks import tell_blocks
from caseseries.source.endings import check_endings
from caseseries.source.fatal import check_attribution, codes_of_death
from caseseries.source.records import Records
from caseseries.source.row import Row
from caseseries.source.table import TableReading
from caseseries.source.visits import say_unseen


def check(readings: Sequence[TableReading], records: Records) -> None:
    """Every check over the whole chart; it adds findings."""
    rows = {row.row_id: (reading, row) for reading in readings for row in reading.rows}
    _index_days(records, rows)
    records.keep_used(readings)
    _unseen_days(readings, records)
    _repeated_rows(readings, records)
    _repeated_events(records, rows)
    tell_blocks(readings, records)
    for reading in readings:
        if isinstance(reading.table, PatientsTable) and reading.is_first():
            _categories(reading)
            tell_attribute_words(reading)
    _nothing_after_index(records, {row.patient for reading in readings for row in reading.rows if row.is_refused()})
    check_endings(readings, records)
    _never_taken(records, rows)
    check_ages(records, rows)
    check_attribution(records, rows)
    check_stopping(records, rows)
    codes_of_death(records, rows)


def _index_days(records: Records, rows: dict[int, tuple[TableReading, Row]]) -> None:
    """The index date rests on a full date: dates of the study drug or the index event known in part are refused, unless another row settles it."""
    index, first = records.protocol.case.index_date, dict[str, list[tuple[int, int, int]]]()
    if isinstance(index, FirstExposure):
        what, study = "study drug", drugs_of(records.protocol, index.first_exposure)
        for course in records.courses:
            if course.taken and course.drug in study:
                days = (course.ends.first_low, course.ends.first_high, course.row_id)
                first.setdefault(course.patient, []).append(days)
    elif isinstance(index, FirstEvent):
        what = "index event"
        for fact in records.facts:
            named = fact.kind in {"diagnosis", "event"} and folded(fact.term) == folded(index.first_event)
            if named and fact.low is not None and fact.high is not None:
                first.setdefault(fact.patient, []).append((fact.low, fact.high, fact.row_id))
    for dates in first.values():
        settled = min(high for _, high, _ in dates)
        for low, high, row_id in dates:
            if low < settled and low < high:
                reading, row = rows[row_id]
                reading.refuse(
                    row,
                    "partial date",
                    f"the {what} needs a full date: the index date rests on it",
                    _date_header(reading),
                    field="date",
                    allowed="a full date, or a day accepted for this cell",
                )


def _unseen_days(readings: Sequence[TableReading], records: Records) -> None:
    """Say of a table with a value in each row on how many days of a patient it holds nothing but codes for missing values, and no other does more."""
    seen = {(one.patient, one.day) for one in records.measurements if one.value is not None}
    seen |= {
        (one.patient, (one.low + one.high) // 2)
        for one in records.facts
        if one.kind == "visit" and one.low is not None and one.high is not None
    }
    missing: dict[int, tuple[str, int]] = {
        one.row_id: (one.patient, one.day) for one in records.measurements if one.value is None
    }
    for reading in readings:
        if isinstance(reading.table, LongTable):
            say_unseen(reading, len({missing[row.row_id] for row in reading.rows if row.row_id in missing} - seen))


def _date_header(reading: TableReading) -> str | None:
    """The column of the dates of a table; None where they stand in another way."""
    table = reading.table
    if isinstance(table, DrugsTable):
        return table.start_header
    written = getattr(table, "date", None)
    return written.columns[0] if written is not None and written.columns else None


def _repeated_rows(readings: Sequence[TableReading], records: Records) -> None:
    """Say of a row that says word for word what another one of its table says; an event is then one event.

    Not where a decision on a cell of one of them makes it say something else.
    """
    twice: set[int] = set()
    events: dict[int, list[tuple[object, ...]]] = {}
    for one in records.facts:
        if one.kind == "event":
            said = (one.patient, folded(one.term), one.low, one.high, one.last_low, one.last_high, one.attributes)
            events.setdefault(one.row_id, []).append(said)
    for reading in readings:
        if isinstance(reading.table, PatientsTable | DrugsTable):
            continue
        seen: dict[tuple[object, ...], Row] = {}
        for row in reading.rows:
            key = tuple(map(repr, row.cells))
            first = seen.setdefault(key, row)
            if first is row or not row.is_used() or events.get(row.row_id) != events.get(first.row_id):
                continue
            what = f"the row says the same as row {first.number}"
            if isinstance(reading.table, EventsTable):
                twice.add(row.row_id)
                row.reason = "says the same as another row"
                what += "; it is counted once"
            reading.look(row, "duplicate row", what, reading.id_column(row), field="patient")
    records.facts = [one for one in records.facts if one.kind != "event" or one.row_id not in twice]


def _repeated_events(records: Records, rows: dict[int, tuple[TableReading, Row]]) -> None:
    """Say of an event that stands in several rows which differ in what is not of it, as in an export with a row per visit."""
    seen: dict[tuple[object, ...], tuple[TableReading, Row]] = {}
    for one in sorted(records.facts, key=lambda one: one.row_id):
        if one.kind != "event":
            continue
        days = (one.low, one.high, one.last_low, one.last_high)
        reading, row = rows[one.row_id]
        where, first = seen.setdefault((one.patient, folded(one.term), days, one.attributes), (reading, row))
        if first is row or (where is reading and list(map(repr, first.cells)) == list(map(repr, row.cells))):
            continue
        named = first.named(row) if where.name == reading.name else f"row {first.number} of {where.name!r}"
        what = f"the event says the same as {named}, on the same day; each of them is counted"
        reading.look(row, "duplicate row", what, reading.id_column(row), field="event", allowed="each event in one row")


def _categories(reading: TableReading) -> None:
    """Words of one column that differ in case or spaces only."""
    table = reading.table
    assert isinstance(table, PatientsTable)
    columns = {"sex": table.sex, **table.attributes}
    for name, column in columns.items():
        if (
            column is None
            or column.column is None
            or column.words is not None
            or column.column not in reading.positions
        ):
            continue
        spellings: dict[str, dict[str, list[tuple[TableReading, Row]]]] = {}
        for one in reading.siblings or (reading,):
            for row in one.rows:
                if written := one.shown(row, column.column):
                    spellings.setdefault("".join(written.split()).casefold(), {}).setdefault(written, []).append(
                        (one, row)
                    )
        for variants in spellings.values():
            if len(variants) < 2:
                continue
            usual = max(sorted(variants), key=lambda word: len(variants[word]))
            for word, rows in sorted(variants.items()):
                for where, row in rows if word != usual else ():
                    where.look(
                        row,
                        "category",
                        "the same word is written in another way elsewhere",
                        column.column,
                        field=name,
                        allowed="one spelling, or `words` that says what each means",
                        proposal=usual,
                    )


def _never_taken(records: Records, rows: dict[int, tuple[TableReading, Row]]) -> None:
    """A drug that the patient's row says was never taken, beside a course of it."""
    courses: dict[str, list[Course]] = {}
    for course in sorted((one for one in records.courses if one.taken), key=lambda one: one.row_id):
        courses.setdefault(course.patient, []).append(course)
    for fact in records.facts:
        if fact.kind != "never":
            continue
        drugs = records.drugs(fact.term)
        taken = next((course for course in courses.get(fact.patient, ()) if course.drug in drugs), None)
        if taken is None:
            continue
        reading, row = rows[fact.row_id]
        assert isinstance(reading.table, PatientsTable)
        where, other = rows[taken.row_id]
        what = f"the drug was never taken according to this cell, but row {other.number} of {where.name!r} is a course of it; the course counts"
        reading.look(row, "never taken", what, reading.table.never[fact.term].column, field=f"never {fact.term}")


def _nothing_after_index(records: Records, refused: set[str]) -> None:
    """Patients who took the study drug and of whom nothing is recorded afterwards; of those with a `refused` row that is not known."""
    index = records.protocol.case.index_date
    if not isinstance(index, FirstExposure):
        return
    study = drugs_of(records.protocol, index.first_exposure)
    first: dict[str, int] = {}
    for course in records.courses:
        if course.taken and course.drug in study:
            first[course.patient] = min(course.start, first.get(course.patient, course.start))
    last: dict[str, int] = {}
    for one in (one for one in records.measurements if one.value is not None):
        last[one.patient] = max(one.day, last.get(one.patient, one.day))
    for fact in records.facts:
        if fact.kind in {"visit", "event", "death"} and fact.start is not None:
            last[fact.patient] = max(fact.start, last.get(fact.patient, fact.start))
    for patient in sorted(first, key=natural):
        if patient not in refused and (patient not in last or last[patient] < first[patient]):
            records.findings.add(
                "note",
                "follow-up",
                "nothing is recorded after the first day of the study drug",
                patient=patient,
                field="patient",
                value=patient,
            )
