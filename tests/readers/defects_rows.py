"""Rows that stand twice, are about nobody, or contradict each other."""

from __future__ import annotations

from collections import Counter

from tests.readers.book import Book, Row, Spot, X
from tests.readers.choosing import Chooser
from tests.readers.defects import Spoilt, Where, as_text, cells, defect, instead, pick, put, row_of, spoil_cell, spot
from tests.readers.defects_days import order_of, ordered
from tests.readers.defects_numbers import with_value
from tests.readers.facts import Number, When
from tests.readers.reading import stated
from tests.readers.spellings import digits, serial

# --- Rows -----------------------------------------------------------------------------------------------------------


def rows_of(book: Book, *tables: str) -> list[tuple[str, int]]:
    return [
        (sheet.name, number) for sheet in book.sheets.values() for number, row in sorted(sheet.rows.items())
        if row.status == "used" and row.table in tables
    ]  # fmt: skip


VALUES = ("visits", "later visits", "values")
_ALONE = {"sheets": "one table each", "around": "nothing", "merged ids": "no", "strangers": "none"}


def _append(book: Book, name: str, number: int) -> tuple[Book, int]:
    """A copy in which a row stands once more, below its table."""
    spoilt = book.copy()
    sheet = spoilt.sheets[name]
    new = max(sheet.rows) + 1
    for (row, place), cell in list(sheet.cells.items()):
        if row == number:
            sheet.cells[new, place] = cell
    for (row, place), here in list(sheet.spots.items()):
        if row == number:
            sheet.spots[new, place] = here
    row = sheet.rows[number]
    sheet.rows[new] = Row(row.table, row.patient, row.status, [])
    sheet.widths[new] = sheet.widths[number]
    return spoilt, new


def _doubled(name: str, tables: tuple[str, ...], once: bool, twice: bool) -> None:
    @defect(name, **_ALONE, patients="alone")
    def spoil(choose: Chooser, book: Book) -> Spoilt | None:
        found = pick(choose, rows_of(book, *tables))
        if found is None:
            return None
        sheet, number = found
        spoilt, new = _append(book, sheet, number)
        told = []
        if once:
            told.append(stated(spoilt))
            moved = stated(spoilt)  # which of the two rows is kept is all the same
            first, second = (*book.file(sheet), number), (*book.file(sheet), new)
            moved[first], moved[second] = moved[second], moved[first]
            told.append(moved)
        if twice:
            both = stated(spoilt)
            status, records = both[(*book.file(sheet), number)]
            both[(*book.file(sheet), new)] = status, records
            event = Counter({one: count for one, count in records.items() if one[:3:2] != ("fact", "death")})
            if event and event != records:  # an event that stands twice tells one death
                told += [both | {(*book.file(sheet), place): (status, event)} for place in (number, new)]
            else:
                told.append(both)
        row = row_of(book, (sheet, number, 0))
        return Spoilt(
            spoilt,
            [(sheet, new, None), (sheet, number, None)],
            told=told,
            patients=[row.patient] * (row.table == "patients"),
        )


_doubled("doubled: a patient's row", ("patients",), True, False)
_doubled("doubled: a visit", VALUES, True, True)
_doubled("doubled: a course", ("drugs",), True, False)
_doubled("doubled: an event", ("events",), True, True)
_doubled("doubled: a death", ("deaths",), True, True)
_doubled("doubled: a diagnosis", ("diagnoses",), True, True)
_doubled("doubled: a person screened", ("screening",), True, False)


@defect("doubled: a patient with another sex", **_ALONE, patients="alone")
def two_sexes(choose: Chooser, book: Book) -> Spoilt | None:
    """The id stands twice, and the rows say different things."""
    found = pick(choose, rows_of(book, "patients"))
    if found is None:
        return None
    sheet, number = found
    spoilt, new = _append(book, sheet, number)
    place = next(
        place for (row, place), here in book.sheets[sheet].spots.items() if row == number and here.key == "site"
    )
    spoilt.sheets[sheet].cells[new, place] = as_text(book, "Z")
    return Spoilt(spoilt, [(sheet, new, None)], patients=[row_of(book, (sheet, number, 0)).patient])


@defect("doubled: a patient in letters that look alike", **_ALONE, patients="alone", ids="letters", screening="none")
def twin(choose: Chooser, book: Book) -> Spoilt | None:
    """The same person once more, with a Cyrillic letter in the id: told or refused, never one more patient in silence."""
    found = pick(choose, rows_of(book, "patients"))
    if found is None or (book.medium == "csv" and book.made["encoding"] != "utf-8"):
        return None
    sheet, number = found
    spoilt, new = _append(book, sheet, number)
    patient = row_of(book, (sheet, number, 0)).patient
    other = patient.replace("P", choose.one(["Р", "Ｐ", "P\u200b"]))
    place = next(place for (row, place), here in book.sheets[sheet].spots.items() if row == number and here.key == "id")
    spoilt.sheets[sheet].cells[new, place] = as_text(book, other)
    spoilt.sheets[sheet].rows[new] = Row("patients", other, "used", [])
    more = stated(spoilt)
    records = more[(*book.file(sheet), number)][1]
    more[(*book.file(sheet), new)] = (
        "used",
        Counter({(record[0], other, *record[2:]): count for record, count in records.items()}),
    )
    return Spoilt(spoilt, [(sheet, new, None)], told=[more, stated(spoilt)], patients=[patient, other])


@defect("below: a row of means", sheets="one table each", around="nothing", strangers="none")
def means(choose: Chooser, book: Book) -> Spoilt | None:
    """A last row that is about nobody, and no `last_row`."""
    name = choose.one([name for name, sheet in book.sheets.items() if sheet.rows])
    sheet = book.sheets[name]
    number = max(sheet.rows) + 1
    if sum(row.table == "patients" for row in sheet.rows.values()) == 1:
        return None  # below a single patient nothing tells a legend from a second one
    spoilt = book.copy()
    other = spoilt.sheets[name]
    places = sorted(place for (row, place), here in sheet.spots.items() if row == number - 1 and here.key == "id")
    other.cells[number, places[0]] = as_text(
        book, choose.one(["Mean", "Total", "n = 3", "* estimated", "Legend: ND not done"])
    )
    for (row, place), here in sheet.spots.items():
        if row == number - 1 and here.kind == "number" and choose.yes():
            other.cells[number, place] = as_text(book, "20")
    other.widths[number] = sheet.widths[number - 1]
    return Spoilt(spoilt, [(name, number, None)], rows=[(name, number)])


@defect("below: the heading once more", sheets="one table each", around="nothing", strangers="none", header="first row")
def heading_again(choose: Chooser, book: Book) -> Spoilt | None:
    """Pages that were put together, each with its heading: the heading is no patient."""
    name = choose.one([name for name, sheet in book.sheets.items() if sheet.rows])
    spoilt = book.copy()
    sheet = spoilt.sheets[name]
    number = max(sheet.rows) + 1
    for row, place in list(sheet.cells):
        if row == 1:
            sheet.cells[number, place] = sheet.cells[row, place]
    sheet.widths[number] = sheet.widths[1]
    return Spoilt(spoilt, [(name, number, None)], rows=[(name, number)])


@defect("below: another table, and nothing says where the first ends", sheets="below each other")
def runs_on(choose: Chooser, book: Book) -> Spoilt | None:
    """Rows of the next table are no rows of this one."""
    (sheet,) = (sheet for sheet in book.sheets.values() if sheet.rows)
    ends = {table: int(said["last_row"]) for table, said in book.declared["tables"].items() if "last_row" in said}
    table = pick(choose, sorted(table for table, end in ends.items() if end < max(sheet.rows)))
    if table is None:
        return None
    spoilt = book.copy()
    del spoilt.declared["tables"][table]["last_row"]
    at: list[Where] = [(sheet.name, number, None) for number in range(ends[table] + 1, sheet.last + 1)]
    at.append((sheet.name, None, None))
    return Spoilt(spoilt, at, patients=[row.patient for row in sheet.rows.values()])


def _left_out(name: str, field: str) -> None:
    @defect(name, **_ALONE, header="first row", patients="alone", rows="in order")
    def spoil(choose: Chooser, book: Book) -> Spoilt | None:
        """A row of a patient beyond the rows that chart.yaml lists, or among those it leaves out: told."""
        tables = [*VALUES, "drugs", "events", "diagnoses", "deaths"]
        found = pick(choose, [one for one in tables if len(rows_of(book, one)) > 1])
        if found is None:
            return None
        if found == "drugs" and (book.replaces or book.counted != "dates"):
            return None  # other rows rest on it
        rows = rows_of(book, found)
        sheet, number = {"first_row": rows[0], "last_row": rows[-1], "skip_rows": choose.one(rows)}[field]
        decided = [*book.declared.get("doubtful", ()), *book.declared.get("accept", ())]
        if any(one["row"] == str(number) for one in decided):
            return None  # a decision about a cell that nothing reads stops the run
        spoilt = book.copy()
        line = {"first_row": str(number + 1), "last_row": str(number - 1), "skip_rows": [str(number)]}[field]
        spoilt.declared["tables"][found][field] = line
        if field != "skip_rows" and number not in (min(book.sheets[sheet].rows), max(book.sheets[sheet].rows)):
            return None
        left = stated(book)
        del left[(*book.file(sheet), number)]
        return Spoilt(spoilt, [(sheet, number, None)], told=[left], refused=False)


_left_out("rows: the first one left out", "first_row")
_left_out("rows: the last one left out", "last_row")
_left_out("rows: one of them skipped", "skip_rows")


@defect("doubled: a visit with another value", **_ALONE, patients="alone")
def another_value(choose: Chooser, book: Book) -> Spoilt | None:
    """The row once more, one number changed: both stand there, and the choice between them is asked later."""
    where = pick(choose, cells(book, lambda spot: _numbered(spot) and spot.table in VALUES))
    if where is None:
        return None
    name, number, place = where
    here = spot(book, where)
    spoilt, new = _append(book, name, number)
    other = here.said.value - 1 if here.said.value > 1 else here.said.value + 1
    spoilt.sheets[name].cells[new, place] = as_text(book, digits(other))
    both = stated(spoilt)
    status, records = stated(book)[(*book.file(name), number)]
    changed = Counter(records)
    changed[here.record] -= 1
    changed[with_value(here.record, here, other)] += 1
    both[(*book.file(name), new)] = (status, +changed)
    return Spoilt(spoilt, [(name, new, None), (name, number, None)], silent=[both])


@defect("doubled: a course with another dose", **_ALONE, patients="alone")
def another_dose(choose: Chooser, book: Book) -> Spoilt | None:
    """The course once more, with another dose on the same days: told, for both count."""
    where = pick(choose, cells(book, lambda spot: _numbered(spot) and spot.table == "drugs"))
    if where is None:
        return None
    name, number, place = where
    here = spot(book, where)
    record = here.record
    assert record is not None
    if record[3] != record[4] or (record[6] is not None and record[5] != record[6]):
        return None  # where its days are not known the two may not run at the same time
    spoilt, new = _append(book, name, number)
    spoilt.sheets[name].cells[new, place] = as_text(book, digits(here.said.value + 1))
    both = stated(spoilt)
    both[(*book.file(name), new)] = ("used", Counter([with_value(record, here, here.said.value + 1)]))
    return Spoilt(spoilt, [(name, new, None), (name, number, None)], told=[both])


def _numbered(spot: Spot) -> bool:
    """A whole number that a record rests on."""
    number = spot.kind == "number" and isinstance(spot.said, Number) and not spot.said.bound
    return number and spot.said.value.denominator == 1 and spot.record is not None and not spot.rounded


@defect("join: a row about a stranger", strangers="none", around="nothing", sheets="one table each", patients="alone")
def stranger(choose: Chooser, book: Book) -> Spoilt | None:
    """A row about someone who is not among the patients, not declared."""
    found = pick(choose, rows_of(book, *VALUES, "drugs", "events", "diagnoses", "deaths"))
    if found is None:
        return None
    sheet, number = found
    spoilt, new = _append(book, sheet, number)
    places = sorted(
        place for (row, place), here in book.sheets[sheet].spots.items() if row == number and here.key in ("id", "id2")
    )
    spoilt.sheets[sheet].cells[new, places[-1]] = as_text(book, "99")
    spoilt.sheets[sheet].rows[new] = Row(row_of(book, (sheet, number, 0)).table, "99", "used", [])
    return Spoilt(spoilt, [(sheet, new, None)])


@defect("absent: the date of a row with values", days="dated", dates="one column", values="a visit a row")
def no_date(choose: Chooser, book: Book) -> Spoilt | None:
    """Values without a day."""
    where = pick(choose, cells(book, lambda spot: spot.table in VALUES and spot.key == "day"))
    return None if where is None else spoil_cell(book, where, "" if book.medium == "csv" else None)


@defect("absent: the first day of a course", days="dated", dates="one column")
def no_start(choose: Chooser, book: Book) -> Spoilt | None:
    """A course that began on no day."""
    where = pick(choose, cells(book, lambda spot: spot.key == "start"))
    return None if where is None else spoil_cell(book, where, "" if book.medium == "csv" else None)


@defect(
    "absent: the last day of a course is a code",
    days="dated",
    dates="one column",
    courses_of_one_drug_at_one_time="not said",
)
def unknown_stop(choose: Chooser, book: Book) -> Spoilt | None:
    """`unknown` as the last day is not `still taken`: refused, told, or not known."""
    where = pick(choose, cells(book, lambda spot: spot.key == "stop"))
    codes = _codes(book)
    if where is None or not codes:
        return None
    record = next((one for one in row_of(book, where).records if one[0] == "course"), None)
    assert record is not None
    sheet, number, _ = where
    starts = [one.said for (row, _), one in book.sheets[sheet].spots.items() if row == number and one.key == "start"]
    if starts[0] is None:
        return None  # somebody decided about the first day
    # without a last day nothing says any more that the first one lies before it
    first = (starts[0].low, starts[0].high)
    goes_on = instead(book, where, record, (*record[:3], *first, None, None, *record[7:]))
    may_go_on = instead(book, where, record, (*record[:3], *first, first[0], None, *record[7:]))
    return spoil_cell(book, where, as_text(book, choose.one(codes)), told=[goes_on, may_go_on], silent=[may_go_on])


def _codes(book: Book) -> list[str]:
    declared = book.declared.get("missing") or next(
        (table["missing"] for table in book.declared["tables"].values() if "missing" in table), None
    )
    return list(declared or [])


# --- Contradictions -------------------------------------------------------------------------------------------------


def _retold(book: Book, where: tuple[str, int, int], day: When) -> Book:
    if book.medium == "csv":
        return put(book, where, ordered(day.year, day.month, day.day, order_of(book)))
    return put(book, where, X("n", str(serial(day.first, book.made["epoch"])), "dd/mm/yyyy"))


_DATED = {"days": "dated", "dates": "one column"}


@defect("contradiction: a course ends before it begins", **_DATED)
def ends_first(choose: Chooser, book: Book) -> Spoilt | None:
    """The last day years before the first."""
    where = pick(choose, cells(book, lambda spot: spot.key == "stop"))
    return None if where is None else Spoilt(_retold(book, where, When(2004, 5, 6)), [where])


@defect("contradiction: an event ends before it begins", **_DATED)
def event_ends_first(choose: Chooser, book: Book) -> Spoilt | None:
    """The last day years before the first."""

    def both(one: Spot) -> bool:
        return one.key == "until"

    where = pick(
        choose, [at for at in cells(book, both) if any(record[4] is not None for record in row_of(book, at).records)]
    )
    return None if where is None else Spoilt(_retold(book, where, When(2004, 5, 6)), [where])


@defect("contradiction: born after what happened", **_DATED, dates_moved="no")
def born_late(choose: Chooser, book: Book) -> Spoilt | None:
    """Every dated row before the birth is refused, where it stands."""
    where = pick(
        choose,
        [at for at in cells(book, lambda spot: spot.key == "birth") if _dated_rows(book, row_of(book, at).patient)],
    )
    if where is None:
        return None
    patient = row_of(book, where).patient
    at: list[Where] = [(*where[:2], None), *((name, row, None) for name, row in _dated_rows(book, patient))]
    return Spoilt(_retold(book, where, When(2014, 5, 6)), at, patients=[patient])


@defect(
    "contradiction: dead before what happened",
    **_DATED,
    deaths="on the patient's row",
    dates_moved="no",
    days_of_visits="dates",
)
def dead_early(choose: Chooser, book: Book) -> Spoilt | None:
    """Every dated row after the death is refused, where it stands."""
    where = pick(
        choose,
        [at for at in cells(book, lambda spot: spot.key == "death") if _dated_rows(book, row_of(book, at).patient)],
    )
    if where is None:
        return None
    patient = row_of(book, where).patient
    at: list[Where] = [(*where[:2], None), *((name, row, None) for name, row in _dated_rows(book, patient))]
    return Spoilt(_retold(book, where, When(2005, 5, 6)), at, patients=[patient])


def _dated_rows(book: Book, patient: str) -> list[tuple[str, int]]:
    """Rows of a patient, other than the patient's own, that say something of a day."""
    found = []
    for name, number in rows_of(book, *VALUES, "drugs", "events"):
        row = book.sheets[name].rows[number]
        if row.patient == patient and any(record[4] is not None for record in row.records):
            found.append((name, number))
    return found


@defect("contradiction: two days of death", **_DATED, **_ALONE, deaths="a table")
def two_deaths(choose: Chooser, book: Book) -> Spoilt | None:
    """A patient who died on two days."""
    found = pick(choose, rows_of(book, "deaths"))
    if found is None:
        return None
    sheet, number = found
    spoilt, new = _append(book, sheet, number)
    place = next(
        place for (row, place), here in book.sheets[sheet].spots.items() if row == number and here.key == "day"
    )
    again = _retold(spoilt, (sheet, new, place), When(2015, 11, 12))
    return Spoilt(
        again, [(sheet, new, None), (sheet, number, None)], patients=[row_of(book, (sheet, number, 0)).patient]
    )


@defect("contradiction: never on a drug that was taken")
def never_taken(choose: Chooser, book: Book) -> Spoilt | None:
    """`MTX never: yes` beside a course of methotrexate is told."""
    where = pick(choose, [
        at for at in cells(book, lambda spot: spot.key == "never" and spot.said is False)
        if any(record[2] == "methotrexate" for name, number in rows_of(book, "drugs") for record in book.sheets[name].rows[number].records
               if record[1] == row_of(book, at).patient)
    ])  # fmt: skip
    if where is None:
        return None
    yes = (book.declared.get("yes") or ["yes"])[0]
    patient = row_of(book, where).patient
    said = stated(book)
    address = (*book.file(where[0]), where[1])
    said[address] = (
        said[address][0],
        said[address][1] + Counter([("fact", patient, "never", "methotrexate", None, None, None, None, ())]),
    )
    rows: list[Where] = [
        (name, number, None)
        for name, number in rows_of(book, "drugs")
        if book.sheets[name].rows[number].patient == patient
    ]
    return Spoilt(put(book, where, as_text(book, yes)), [where, *rows], told=[said], patients=[patient])


@defect("contradiction: found but not a patient", screening="a table")
def found_nobody(choose: Chooser, book: Book) -> Spoilt | None:
    """The log says that a chart was found of somebody who is not among the patients, or the other way round."""
    where = pick(choose, cells(book, lambda spot: spot.key == "result"))
    if where is None:
        return None
    spoilt = put(book, where, as_text(book, "not found" if spot(book, where).said == "yes" else "yes"))
    return Spoilt(spoilt, [(where[0], where[1], None)])
