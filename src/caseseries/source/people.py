"""The patients: one row each, with birth, sex, diagnoses, death, and what they never took."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from fractions import Fraction

from caseseries import catalogue
from caseseries.chart.cells import Quantity, YesNoReader
from caseseries.chart.columns import DateColumn
from caseseries.chart.dates import Span
from caseseries.chart.described import DeathsTable, PatientsTable
from caseseries.chart.header import place_of
from caseseries.chart.tables import Fact, Person
from caseseries.protocol.drug_uses import drugs_of
from caseseries.source.dates_of_rows import dates_of_rows
from caseseries.source.fatal import says_none
from caseseries.source.patients_in_rows import MORE_OF_A_PATIENT, gather_patients, several_rows
from caseseries.source.records import Records, fact
from caseseries.source.row import Row
from caseseries.source.row_order import near
from caseseries.source.rows_of_table import ONLY_AN_ID
from caseseries.source.table import TableReading
from caseseries.source.terms import term_of


@dataclass(frozen=True, slots=True)
class _Diagnoses:
    """The columns of one diagnosis of each patient: readers of its words and its date, and where both stand."""

    words: Callable[[Row], str]
    date: Callable[[Row], Span | None]
    header: str | None
    date_header: str | None


def read_patients(reading: TableReading, records: Records) -> None:
    """Every person of a patients table; an id that stands twice, or nearly twice, is refused."""
    table = reading.table
    assert isinstance(table, PatientsTable)
    history = reading.description.history
    since = history.since if history is not None and isinstance(history.since, DateColumn) else None
    birth, death = dates_of_rows(reading, table.birth, "birth"), dates_of_rows(reading, table.death, "death")
    person_of = _person_reader(reading, table, since)
    diagnoses = [
        _Diagnoses(
            reading.texts(one.diagnosis, "diagnosis"),
            dates_of_rows(reading, one.date, "diagnosis date"),
            one.diagnosis.column,
            _first_header(one.date),
        )
        for one in table.diagnoses
    ]
    never = _never_columns(reading, records, table)
    if several_rows(reading, records):
        gather_patients(reading, since.columns if since is not None else ())
    own = {row.row_id for row in reading.rows}
    for row in sorted(reading.rows, key=lambda row: row.number):  # of two rows with one id, the lower one is pointed at
        if row.reason == MORE_OF_A_PATIENT:
            continue
        if row.strange and not row.is_refused():
            reading.no_patient(row)
        if row.is_refused() or not _new(reading, records, row, own):
            records.known.setdefault(row.patient, row)
            continue
        records.known[row.patient] = row
        born, died = birth(row), death(row)
        records.people[row.patient] = person_of(row, born)
        facts = _never_taken(reading, row, never)
        facts += _death(reading, records, row, died, _first_header(table.death))
        facts += [one for columns in diagnoses for one in _diagnosis(reading, records, row, columns, table)]
        if row.is_refused():
            del records.people[row.patient]
            records.deaths.pop(row.patient, None)
        else:
            records.facts += facts


def _first_header(column: DateColumn | None) -> str | None:
    return column.columns[0] if column is not None and column.columns else None


def _person_reader(
    reading: TableReading, table: PatientsTable, since: DateColumn | None
) -> Callable[[Row, Span | None], Person]:
    """A function from a row, and the days that its date of birth can be, to its person; `since` says since when the history is known."""
    sex = reading.texts(table.sex, "sex")
    age_column = table.age.column if table.age is not None and reading.has(table.age.column) else None
    age_reader = None if table.age is None or age_column is None else reading.number_reader(table.age)
    known = dates_of_rows(reading, since, "history")
    attributes = {name: reading.texts(column, name) for name, column in table.attributes.items()}

    def person(row: Row, born: Span | None) -> Person:
        dated = born is not None and reading.description.dated
        age = None if age_reader is None or age_column is None else reading.take(row, age_column, age_reader, "age")
        kept = tuple((name, text) for name, read in sorted(attributes.items()) if (text := read(row)))
        return Person(
            row.patient,
            row.row_id,
            sex(row),
            born.low if born and dated else None,
            born.high if born and dated else None,
            _age(reading, row, age),
            kept,
            _known_from(reading, row, since, known(row)),
        )

    return person


def _never_columns(reading: TableReading, records: Records, table: PatientsTable) -> dict[str, tuple[str, YesNoReader]]:
    """By drug or group: the column that says whether the patient never took it, and its reader. An unknown drug is an error."""
    for drug in table.never:
        try:
            drugs_of(records.protocol, drug)
        except catalogue.CatalogueMiss as miss:
            what = "`never` names a drug or group that neither the protocol nor the catalogue knows"
            place = place_of(reading.sheet, reading.table.header[-1])
            reading.findings.add("error", "drug", what, place, field=f"never {drug}", allowed=miss.expected)
    return {
        drug: (column.column, reading.yes_no_reader(column.missing))
        for drug, column in table.never.items()
        if column.column is not None and reading.has(column.column)
    }


def _never_taken(reading: TableReading, row: Row, never: Mapping[str, tuple[str, YesNoReader]]) -> list[Fact]:
    facts = []
    for drug, (header, reader) in never.items():
        answer = reading.take(row, header, reader, f"never {drug}")
        if isinstance(answer, Quantity) and answer.value == 1:
            facts.append(fact(row, "never", drug, None))
    return facts


def _death(reading: TableReading, records: Records, row: Row, died: Span | None, header: str | None) -> list[Fact]:
    """The death of a patient, unless it is after the data cut-off or cannot be; it is held against later tables."""
    settled = None if died is None else records.settle(reading, row, header, died)
    if settled is None or not records.alive(reading, row, header, settled, after_death=False):
        return []
    if records.cutoff is not None and settled.low > records.cutoff:
        reading.look(row, "cut-off", "the death is after the data cut-off and not used", header, severity="note")
        return []
    records.deaths[row.patient] = settled
    return [fact(row, "death", "death", settled)]


def _diagnosis(
    reading: TableReading, records: Records, row: Row, columns: _Diagnoses, table: PatientsTable
) -> list[Fact]:
    """The diagnosis that a patient's row tells, with its day where there is one."""
    words, day = columns.words(row), columns.date(row)
    if not words:
        if reading.shown(row, columns.header):
            what = "the diagnosis is recorded as missing; the patient counts as without it, which is not known"
            reading.look(row, "diagnosis", what, columns.header, field="diagnosis", allowed="the diagnosis")
        return []
    if says_none(words) and words.casefold() not in {one.casefold() for one in table.terms}:
        return []
    words = term_of(reading, records, row, columns.header, "diagnosis", words)
    if day is None:
        return [fact(row, "diagnosis", words, None)]
    header = columns.date_header
    settled = records.settle(reading, row, header, day)
    if settled is None or not records.alive(reading, row, header, settled):
        return []
    if records.cutoff is not None and settled.low > records.cutoff:
        what = "the diagnosis is after the data cut-off and not used"
        reading.look(row, "cut-off", what, header, severity="note")
        return []
    return [fact(row, "diagnosis", words, settled)]


def _known_from(reading: TableReading, row: Row, column: DateColumn | None, found: Span | None) -> int | None:
    """The first day that the patient's history covers for certain, where the chart declares a column for it."""
    if column is not None and found is None and not row.is_refused():
        header = next((header for header in column.columns if reading.has(header)), None)
        what = "no date since when the patient's history is known: what is not recorded before the index date stays undetermined"
        reading.look(row, "history", what, header, severity="warning", field="history")
    return None if found is None else found.high


def _age(reading: TableReading, row: Row, read: object) -> Fraction | None:
    table = reading.table
    if not isinstance(read, Quantity):
        return None
    if read.censor or not 0 <= read.value <= 130:
        assert isinstance(table, PatientsTable) and table.age is not None
        reading.refuse(row, "range", "not an age in years", table.age.column, field="age", allowed="0 to 130")
        return None
    return read.value


def _new(reading: TableReading, records: Records, row: Row, own: Container[int]) -> bool:
    """Whether this row is the first of its patient; a second one is refused unless it says the same word for word, and the first is one of `own`."""
    header = reading.id_column(row)
    first = records.known.get(row.patient)
    if first is not None:
        if first.row_id in own and first.cells == row.cells:
            row.reason = "says the same as another row"
            reading.look(
                row,
                "duplicate row",
                f"the row says the same as {first.named(row)}; it is counted once",
                header,
                field="patient",
            )
        else:
            reading.refuse(
                row,
                "duplicate id",
                f"the id stands twice, first in {first.named(row)}",
                header,
                field="patient",
                allowed="each patient once, `rows_per_patient: several` where rows add up to one; of two people, accept another id for one",
            )
        return False
    key = near(row.patient)
    twin = records.near.setdefault(key, row.patient)
    decision = reading.decided(row, header)
    if twin != row.patient and not (decision is not None and decision.as_found):
        reading.refuse(
            row,
            "duplicate id",
            f"the id is nearly the same as one in {records.known[twin].named(row)}",
            header,
            field="patient",
            allowed="each patient once; if they are two people, accept the cell `as_found: yes`",
            proposal=twin,
        )
        return False
    return True


def read_deaths(reading: TableReading, records: Records) -> None:
    """Every death of a deaths table."""
    table = reading.table
    assert isinstance(table, DeathsTable)
    date, cause = dates_of_rows(reading, table.date, "death"), reading.texts(table.cause, "cause")
    header = table.date.columns[0] if table.date.columns else None
    for row in reading.rows:
        if not belongs(reading, records, row):
            continue
        day, words = date(row), cause(row)
        if row.is_refused():
            continue
        if day is None:
            reading.refuse(
                row,
                "date",
                "a death without a date",
                header,
                field="date",
                allowed="the date of death, a month or a year",
            )
            continue
        settled = records.settle(reading, row, header, day)
        if (
            settled is None
            or not records.in_scope(row, settled)
            or not records.alive(reading, row, header, settled, after_death=False)
        ):
            continue
        if row.patient in records.deaths and records.deaths[row.patient] != settled:
            reading.refuse(
                row,
                "death",
                "the patient died on another day according to another row",
                header,
                field="date",
                allowed="one date of death",
            )
            continue
        records.deaths[row.patient] = settled
        kept = (("cause", words),) if words else ()
        records.facts.append(fact(row, "death", "death", settled, None, kept))


def belongs(reading: TableReading, records: Records, row: Row) -> bool:
    """Whether the row is about a patient of the patients table; otherwise it is refused, or out of scope where so declared."""
    if not row.is_used():
        return False
    if row.patient in records.known:
        return True
    if not records.known:  # said once, at the table of patients
        row.status, row.reason = "refused", "no patient was read"
        return False
    header = reading.id_column(row)
    twin = records.near.get(near(row.patient))
    if row.strange and row.strange != ONLY_AN_ID:
        reading.no_patient(row)
    elif twin is not None:
        reading.refuse(
            row,
            "unknown id",
            "no patient has this id, but one has nearly the same",
            header,
            field="patient",
            allowed="the id as it stands among the patients",
            proposal=twin,
        )
    elif reading.table.other_patients == "out of scope":
        row.status, row.reason = "out of scope", "not one of the patients"
    else:
        reading.refuse(
            row,
            "unknown id",
            "no patient has this id",
            header,
            field="patient",
            allowed="an id of the patients table; `other_patients: out of scope` leaves others out",
        )
    return False
