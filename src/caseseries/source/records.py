"""The records of a chart while they are gathered; they are numbered when all are there, in an order of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Protocol as Shape
from typing import TypeVar

from caseseries.chart.dates import Span, possible_together
from caseseries.chart.findings import PARTIAL_DATES, Findings
from caseseries.chart.natural import natural
from caseseries.chart.tables import Course, Fact, FactKind, Measurement, Person, day_number
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.every_rule import unchanged_drugs
from caseseries.protocol.measures import equivalence
from caseseries.protocol.protocol import Protocol
from caseseries.source.row import Row
from caseseries.source.table import TableReading


def fact(
    row: Row,
    kind: FactKind,
    term: str,
    day: Span | None,
    last: Span | None = None,
    attributes: tuple[tuple[str, str], ...] = (),
) -> Fact:
    """A fact of a row, on the middle of its possible days, as is its last day; its number comes later."""
    end = None if last is None else last.middle
    until = (last.low, last.high) if last is not None and last.partial else None
    if day is None:
        return Fact(0, row.row_id, row.patient, kind, term, None, None, None, end, attributes, until)
    return Fact(0, row.row_id, row.patient, kind, term, day.middle, day.low, day.high, end, attributes, until)


@dataclass(frozen=True, slots=True)
class FatalRow:
    """A fatal event, or a drug stopped by death, with the days on which the patient died, if the row tells the death; None without a date."""

    reading: TableReading
    row: Row
    column: str | None
    day: Span | None


@dataclass(slots=True)
class Records:
    """What has been read so far, and what later tables are held against."""

    protocol: Protocol
    findings: Findings
    dated: bool = True
    latest: int | None = None
    readings: Sequence[TableReading] = ()
    people: dict[str, Person] = field(default_factory=dict)
    known: dict[str, Row] = field(default_factory=dict)
    near: dict[tuple[str, ...], str] = field(default_factory=dict)
    deaths: dict[str, Span] = field(default_factory=dict)
    measurements: list[Measurement] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    waiting: list[Callable[[], None]] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    index_days: dict[str, tuple[int, ...]] | None = None
    units: dict[tuple[str, str], dict[str, tuple[TableReading, Row]]] = field(default_factory=dict)
    near_terms: dict[tuple[str, str, str], list[tuple[TableReading, Row, str]]] = field(default_factory=dict)
    unknown_drugs: dict[tuple[str, str], list[tuple[TableReading, Row, str]]] = field(default_factory=dict)
    fatal: list[FatalRow] = field(default_factory=list)
    attributed: list[tuple[Row, str, Span | None]] = field(default_factory=list)
    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    worth: dict[str, Fraction | None] = field(default_factory=dict)
    compared: frozenset[str] = frozenset()
    #: File, sheet and id columns of the tables of visits, once they were asked for.
    visits_on: set[tuple[str, str, tuple[str, ...]]] | None = None

    def __post_init__(self) -> None:
        """`compared` are the drugs of which a rule asks whether they were taken as before."""
        self.compared = frozenset[str]().union(*(self.drugs(name) for name in unchanged_drugs(self.protocol)))

    @property
    def cutoff(self) -> int | None:
        """The last day the data speak about, where the protocol states one and the chart has dates."""
        declared = self.protocol.period.data_cutoff
        return None if declared is None or not self.dated else day_number(declared)

    def drugs(self, drug_or_group: str) -> frozenset[str]:
        """Every name of a drug in a chart that belongs to a drug or group, as :func:`drugs_of` finds it, once for each."""
        if drug_or_group not in self.groups:
            self.groups[drug_or_group] = drugs_of(self.protocol, drug_or_group)
        return self.groups[drug_or_group]

    def equivalence(self, drug: str) -> Fraction | None:
        """mg of prednisone equal to 1 mg of a drug, as :func:`equivalence` finds it, once for each."""
        if drug not in self.worth:
            self.worth[drug] = equivalence(self.protocol, drug)
        return self.worth[drug]

    def settle(self, reading: TableReading, row: Row, header: str | None, span: Span) -> Span | None:
        """The days a written date stands for under the protocol's `partial_dates`; None refuses the row."""
        policy = self.protocol.partial_dates
        if not span.partial or policy == "bounds":
            return span
        if policy is None:
            reading.refuse(
                row,
                PARTIAL_DATES,
                "only the month or the year is known, and `partial_dates` is not declared",
                header,
                field="date",
                allowed="partial_dates: refuse, earliest, middle, latest, bounds",
            )
            return None
        if policy == "refuse":
            reading.refuse(
                row, "partial date", "only the month or the year is known", header, field="date", allowed="a full date"
            )
            return None
        day = {"earliest": span.low, "middle": span.middle, "latest": span.high}[policy]
        if self.latest is not None and day > self.latest:
            what = f"the {policy} day of the month or year, which `partial_dates` takes, is in the future"
            reading.refuse(row, "future", what, header, field="date", allowed="a full date, or `partial_dates: bounds`")
            return None
        return Span(day, day, span.note)

    def together(self, first: Span | None, last: Span | None, shift: int = 0) -> tuple[Span | None, Span | None]:
        """A first and a last day before a partial one becomes a single day: none of them a day that the other makes impossible."""
        if first is None or last is None or self.protocol.partial_dates not in {"earliest", "middle", "latest"}:
            return first, last
        return possible_together(first, last, shift)

    def in_scope(self, row: Row, span: Span) -> bool:
        """Whether the day is not after the data cut-off; a row after it is out of scope."""
        if self.cutoff is None or span.low <= self.cutoff:
            return True
        row.status, row.reason = "out of scope", "after the data cut-off"
        return False

    def alive(
        self, reading: TableReading, row: Row, header: str | None, span: Span, *, after_death: bool = True
    ) -> bool:
        """Whether the day lies within the patient's life, as far as birth and death are known; otherwise the row is refused."""
        decision = reading.decided(row, header) if header else None
        if decision is not None and decision.as_found:
            return True
        person, death = self.people.get(row.patient), self.deaths.get(row.patient)
        if person is not None and person.birth_low is not None and span.high < person.birth_low:
            reading.refuse(
                row,
                "before birth",
                "the date is before the patient's birth",
                header,
                field="date",
                allowed="a later date",
            )
            return False
        if after_death and death is not None and span.low > death.high:
            reading.refuse(
                row,
                "after death",
                "the date is after the patient's death",
                header,
                field="date",
                allowed="an earlier date",
            )
            return False
        return True

    def keep_used(self, readings: Iterable[TableReading]) -> None:
        """Leave out what came from rows that were refused after all, because of another of their cells."""
        used = {row.row_id for reading in readings for row in reading.rows if row.is_used()}
        self.measurements = [one for one in self.measurements if one.row_id in used]
        self.courses = [one for one in self.courses if one.row_id in used]
        self.facts = [one for one in self.facts if one.row_id in used]
        self.people = {patient: person for patient, person in self.people.items() if person.row_id in used}

    # --- Numbered, in an order that depends on the records alone; each is handed out once, so that none is held twice ---

    def numbered_measurements(self) -> tuple[Measurement, ...]:
        """By patient, measure, day and value."""

        def key(one: Measurement) -> tuple[object, ...]:
            value = (0, one.value) if one.value is not None else (1, 0)
            return (one.measure, one.day, one.low, one.high, value, one.censor, one.missing, one.column, one.row_id)

        gathered, self.measurements = self.measurements, []
        return tuple(replace(one, record=number) for number, one in enumerate(_in_order(gathered, key), 1))

    def numbered_courses(self) -> tuple[Course, ...]:
        """By patient, start, drug, end and dose."""

        def key(one: Course) -> tuple[object, ...]:
            end = (0, one.end) if one.end is not None else (1, 0)
            dose = (0, one.amount) if one.amount is not None else (1, 0)
            return (one.start, one.drug, end, dose, repr(one.possible), one.row_id)

        gathered, self.courses = self.courses, []
        return tuple(replace(one, record=number) for number, one in enumerate(_in_order(gathered, key), 1))

    def numbered_facts(self) -> tuple[Fact, ...]:
        """By patient, kind, start and term."""

        def key(one: Fact) -> tuple[object, ...]:
            start = (0, one.start) if one.start is not None else (1, 0)
            return (one.kind, start, one.term, one.end or 0, one.attributes, one.row_id)

        gathered, self.facts = self.facts, []
        return tuple(replace(one, record=number) for number, one in enumerate(_in_order(gathered, key), 1))


class _OfPatient(Shape):
    """Anything that is of one patient."""

    @property
    def patient(self) -> str:
        """The id."""


_One = TypeVar("_One", bound=_OfPatient)


def _in_order(records: list[_One], key: Callable[[_One], tuple[object, ...]]) -> Iterator[_One]:
    """Records by patient and then by a key; the list is left empty, and those of a patient are let go once they were handed out."""
    by_patient: dict[str, list[_One]] = {}
    for one in records:
        by_patient.setdefault(one.patient, []).append(one)
    records.clear()
    for patient in sorted(by_patient, key=natural):
        yield from sorted(by_patient.pop(patient), key=key)
