"""Values: wide visits, visits side by side, and one value per row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from caseseries.chart.cells import Quantity
from caseseries.chart.columns import DateColumn, NumberColumn
from caseseries.chart.dates import Span
from caseseries.chart.described import LongTable, SideBySideTable, VisitsTable
from caseseries.chart.header import place_of
from caseseries.chart.refusal import Missing
from caseseries.chart.tables import Measurement
from caseseries.source.dates_of_rows import dates_of_rows
from caseseries.source.from_index import placed
from caseseries.source.measure_cells import MeasureCells, has_unit
from caseseries.source.people import belongs
from caseseries.source.records import Records, fact
from caseseries.source.row import Row
from caseseries.source.table import TableReading
from caseseries.source.visit_dose import VisitDoses
from caseseries.source.visit_order import Told, tell_visit_order


def read_visits(reading: TableReading, records: Records, doses: VisitDoses) -> None:
    """A row per visit, a column per measure."""
    table = reading.table
    assert isinstance(table, VisitsTable)
    cells = _open(reading, records, table.measures)
    date = dates_of_rows(reading, table.date, "date")
    header = table.date.columns[0] if table.date.columns else None
    unseen, planned = 0, _planned(reading, table.date)
    for row in reading.rows:
        if not belongs(reading, records, row):
            continue
        written, values = date(row), [(one, one.take(row)) for one in cells]
        if planned and row.is_used() and written is not None and all(value is None for _, value in values):
            continue  # a row that was prepared for a planned visit
        day = _day(reading, records, row, header, table.date, written)
        if day is None or not row.is_used():
            continue
        _keep(reading, records, doses, row, day, values)
        if took_place([value for _, value in values]):
            records.facts.append(fact(row, "visit", "visit", day))
        else:
            unseen += 1
    say_unseen(reading, unseen)


def read_side_by_side(reading: TableReading, records: Records, doses: VisitDoses) -> None:
    """A row per patient with the visits next to each other; a visit whose cells are all blank did not take place."""
    table = reading.table
    assert isinstance(table, SideBySideTable)
    visits = [
        (
            name,
            dates_of_rows(reading, visit.date, f"date of {name}"),
            visit.date,
            _open(reading, records, visit.measures),
        )
        for name, visit in table.visits.items()
    ]
    unseen, told = 0, list[Told]()
    for row in reading.rows:
        if not belongs(reading, records, row):
            continue
        ready, dated = [], list[tuple[str, str | None, Span]]()
        for name, date, column, cells in visits:
            values = [(one, one.take(row)) for one in cells]
            header = column.columns[0] if column.columns else None
            written = date(row)
            if all(value is None for _, value in values) and (written is None or _planned(reading, column)):
                continue
            day = _day(reading, records, row, header, column, written, visit=True)
            if day is not None:
                ready.append((name, day, values))
                if written is not None and not written.relative and reading.description.dated:
                    dated.append((name, header, day))
        if not row.is_used():
            continue
        told.append((row, dated))
        for name, day, values in ready:
            _keep(reading, records, doses, row, day, values)
            if took_place([value for _, value in values]):
                records.facts.append(fact(row, "visit", name, day))
            else:
                unseen += 1
    tell_visit_order(reading, told)
    say_unseen(reading, unseen)


def read_long(reading: TableReading, records: Records, doses: VisitDoses) -> None:
    """A row per value."""
    table = reading.table
    assert isinstance(table, LongTable)
    word, unit = reading.texts(table.measure, "measure"), reading.texts(table.unit, "unit")
    date = dates_of_rows(reading, table.date, "date")
    header = table.date.columns[0] if table.date.columns else None
    measures = {" ".join(name.split()).casefold(): measure for name, measure in table.measures.items()}
    others = {" ".join(name.split()).casefold() for name in table.other}
    opened: dict[tuple[str, str], MeasureCells | None] = {}
    for row in reading.rows:
        if not belongs(reading, records, row):
            continue
        name, written_unit = word(row), unit(row)
        folded = name.casefold()
        if not row.is_used():
            continue
        if folded in others:
            row.status, row.reason = "out of scope", "a measure that is not read"
            continue
        if folded not in measures:
            reading.refuse(
                row,
                "measure",
                "not a declared measure",
                table.measure.column,
                field="measure",
                allowed=", ".join((*table.measures, *table.other)) + "; `other` lists words to leave out",
            )
            continue
        key = (measures[folded], written_unit)
        if key not in opened:
            # beside a column of units, the unit of the value column is that of values without one, where they have a unit at all
            known = (
                table.unit is None
                or measures[folded] not in records.protocol.measures
                or has_unit(records.protocol, measures[folded])
            )
            unit_ = written_unit or (table.value.unit if known else None)
            column = table.value.model_copy(update={"unit": unit_})
            opened[key] = MeasureCells.open(reading, records.protocol, measures[folded], column)
        cells = opened[key]
        if cells is None:
            wrong = (table.unit and table.unit.column) or table.measure.column
            reading.refuse(row, "unit", "the measure or its unit cannot be read", wrong, field=name)
            continue
        day = _day(reading, records, row, header, table.date, date(row))
        value = cells.take(row)
        if cells.needs_unit and isinstance(value, Quantity) and table.unit is not None:
            reading.refuse(
                row,
                "unit",
                "a value without its unit, in a table that has a column for units",
                table.unit.column,
                field=measures[folded],
                allowed="the unit; `unit` of the value column says it for rows without one",
            )
            continue
        if day is not None and row.is_used():
            _keep(reading, records, doses, row, day, [(cells, value)])
            if isinstance(value, Missing) and value.seen:
                records.facts.append(fact(row, "visit", "visit", day))
    for measure in sorted({measure for measure, _ in opened}):
        units = sorted(unit for one, unit in opened if one == measure)
        if len(units) > 1:
            place = place_of(reading.sheet, reading.table.header[-1])
            reading.findings.add(
                "note",
                "unit",
                "one measure is written in several units; each is converted",
                place,
                field=measure,
                value=", ".join(unit or "(none)" for unit in units),
            )


def took_place(values: Sequence[Quantity | Missing | None]) -> bool:
    """Whether a dated visit took place: it holds a value, a code under which the patient was seen, or nothing at all.

    >>> took_place([None, None]), took_place([None, Missing("dropped out")]), took_place([Missing("not done", seen=True)])
    (True, False, True)
    """
    written = [value for value in values if value is not None]
    return not written or any(isinstance(value, Quantity) or value.seen for value in written)


def say_unseen(reading: TableReading, unseen: int) -> None:
    """A warning that so many visits of a table hold nothing but codes for missing values, and count as not taken place."""
    if unseen:
        visits = "1 visit holds" if unseen == 1 else f"{unseen} visits hold"
        what = f"{visits} nothing but codes for missing values, and count as not taken place: nothing was observed then"
        reading.findings.add(
            "warning",
            "visit",
            what,
            place_of(reading.sheet, reading.table.header[-1]),
            allowed="`seen` of the chart description lists codes that say the patient was seen, such as not done",
        )


def _open(reading: TableReading, records: Records, measures: dict[str, NumberColumn]) -> list[MeasureCells]:
    opened = [MeasureCells.open(reading, records.protocol, measure, column) for measure, column in measures.items()]
    return [one for one in opened if one is not None]


def _planned(reading: TableReading, column: DateColumn) -> bool:
    """Whether a day is the one on which a visit was planned, so that it says nothing of whether the visit took place."""
    return (column.relative or not reading.description.dated) and column.counted != "study days"


def _day(
    reading: TableReading,
    records: Records,
    row: Row,
    header: str | None,
    column: DateColumn,
    written: Span | None,
    *,
    visit: bool = False,
) -> Span | None:
    """The day of the row's values; without one the row is refused, after the cut-off it is out of scope."""
    if not row.is_used():
        return None
    if written is None:
        reading.refuse(row, "date", "values without a date", header, field="date", allowed="the date of the visit")
        return None
    day = placed(reading, records, row, header, column, written)
    settled = None if day is None else records.settle(reading, row, header, day)
    if settled is None or not records.alive(reading, row, header, settled, after_death=not written.relative):
        return None
    if visit and records.cutoff is not None and settled.low > records.cutoff:
        reading.look(row, "cut-off", "the visit is after the data cut-off and not used", header, severity="note")
        return None
    return settled if records.in_scope(row, settled) else None


def _keep(
    reading: TableReading,
    records: Records,
    doses: VisitDoses,
    row: Row,
    day: Span,
    values: Iterable[tuple[MeasureCells, Quantity | Missing | None]],
) -> None:
    in_order = reading.description.in_order
    numbers = (
        {one.measure: value.value for one, value in values if isinstance(value, Quantity) and not value.censor}
        if in_order
        else {}
    )
    for low, high in in_order:
        if low in numbers and high in numbers and numbers[low] >= numbers[high]:
            one = next(one for one, _ in values if one.measure == low)
            decision = reading.decided(row, one.column.column)
            if decision is None or not decision.as_found:
                what, allowed = f"{low} is not below {high}", f"{low} below {high}"
                reading.refuse(row, "order", what, one.column.column, field=low, allowed=allowed)
                return
    for one, value in values:
        if value is None:
            continue
        if one.is_dose and isinstance(value, Quantity):
            records.units.setdefault((f"the dose {one.measure}", one.column.column), {}).setdefault(
                one.unit, (reading, row)
            )
            doses.note(reading, row, one, day, value)
        if not one.at_visits:
            continue
        quantity = value if isinstance(value, Quantity) else None
        lower, upper = one.limits(row)
        records.measurements.append(
            Measurement(
                0,
                row.row_id,
                one.column.column,
                row.patient,
                one.measure,
                day.middle,
                day.low,
                day.high,
                quantity.value if quantity else None,
                quantity.censor if quantity else "",
                value.meaning if isinstance(value, Missing) else "",
                lower,
                upper,
                one.column.lower or "",
                one.column.upper or "",
            )
        )
