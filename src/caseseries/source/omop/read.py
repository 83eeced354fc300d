"""A small study in a database as a chart: the persons with an index event, row by row, for the whole report and every explanation."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from caseseries.chart.findings import Findings
from caseseries.chart.store import MILLIONTH, Numbers
from caseseries.chart.tables import (
    Chart,
    Course,
    Ends,
    Fact,
    FactKind,
    Finding,
    Measurement,
    Observed,
    Person,
    Severity,
    SourceRow,
    UnreadCourse,
)
from caseseries.engine.connection import Engine
from caseseries.engine.machine import Machine
from caseseries.errors import Place
from caseseries.protocol.drug_uses import whole_drug
from caseseries.protocol.protocol import Protocol
from caseseries.source.attached import attach
from caseseries.source.omop.cdm_tables import PLACES
from caseseries.source.omop.cited import cited
from caseseries.source.omop.courses import REFUSED_INDEX
from caseseries.source.omop.everybody import COUNTED
from caseseries.source.omop.needed import unmatched
from caseseries.source.omop.opening import opened_omop
from caseseries.source.omop.refused_values import REFUSED_IN_WINDOW
from caseseries.source.omop.source import OmopSource, open_omop
from caseseries.source.omop.values import candidates
from caseseries.stats.tally import Tally


def read_omop(
    protocol: Protocol, description: Path, *, memory_limit: str = "1GB", threads: int = 2, only: int | None = None
) -> Chart:
    """The chart of the persons with an index event in the database that an `omop.yaml` describes.

    A row is cited by its table and its id there. Rows of other persons, and rows that nothing in the protocol asks for, are in
    `counted` only. Ids of patients are person_id. With `only` nobody but the person of this id is read.

    Raises:
        ChartError: the description or a file cannot be read, or the protocol's names have no concepts.
    """
    with opened_omop(description, Machine(memory_limit, threads)) as opened:
        return chart_of(open_omop(opened, protocol), only)


def chart_of(source: OmopSource, only: int | None = None) -> Chart:
    """The chart of a database that is open, of one person alone where `only` is the id."""
    engine, numbers = source.engine, source.numbers
    tally = source.everybody(only, only) + source.history(only, only)
    tally += source.ids()
    engine.keep(
        "omop_indexed", f"SELECT patient, min(index_day) AS index_day FROM ({candidates(source)}) AS c GROUP BY patient"
    )
    tally += source.values("omop_indexed", ever=True)
    tally += source.value_ids()
    if only is None:
        tally += unmatched(source, _seen(source)) + source.left_out()
    tally.merge(source.unasked(tally, COUNTED if only is None else ()))
    inside = "WHERE patient IN (SELECT patient FROM omop_indexed)"
    rows = _Rows()
    people = _people(engine, inside, rows)
    measurements = _measurements(source, inside, rows)
    courses = _courses(engine, numbers, inside, rows)
    facts = _facts(engine, numbers, inside, rows)
    names = {number: name for name, number in numbers.drugs.items()}
    unread = tuple(
        UnreadCourse(str(patient), None if drug is None else names[drug], first, last)
        for patient, drug, first, last in engine.rows(
            f"SELECT patient, drug, first, last FROM unread_course {inside} "
            "ORDER BY patient, first NULLS FIRST, last NULLS LAST, drug NULLS LAST"
        )
    )
    observed, watched = None, 0
    if numbers.observed:
        periods = engine.rows(f"SELECT patient, first, last FROM observed {inside} ORDER BY patient, first")
        observed = tuple(Observed(str(patient), first, last) for patient, first, last in periods)
        ((watched,),) = engine.rows(f"SELECT count(*) FROM omop_period {inside} AND why = ''")
    chart = Chart(
        True,
        source.described.invented,
        tuple(rows.rows),
        people,
        measurements,
        courses,
        facts,
        _findings(source, tally, len(people)),
        dict(source.opened.inputs),
        observed,
        _counted(tally, rows, {"observation_period": int(watched)}),
        unread,
        numbers.history,
        numbers.not_charted,
        numbers.only,
        unlisted=_unlisted(source, tally, len(people), only),
        pulses_untold=numbers.pulses_untold,
    )
    cohorts: dict[str, list[tuple[str, int, int]]] = {}
    words = {number: pair for pair, number in numbers.terms.items()}
    for patient, term, first, last in engine.rows(
        f"SELECT patient, term, first, last FROM omop_entry {inside} AND first IS NOT NULL ORDER BY patient, term, first, last"
    ):
        cohorts.setdefault(words[term][1], []).append((str(patient), first, last))
    return attach(chart, source.protocol, cohorts)


def _unlisted(source: OmopSource, tally: Tally, listed: int, only: int | None) -> int:
    """How many persons, of all or of one id alone, have no index event; several rows of one person_id are one person."""
    asked = source.people.count if only is None else int(tally.total("rows", "person", "used") > 0)
    return asked - listed


def _seen(source: OmopSource) -> set[tuple[str, str]]:
    """The names of the protocol (kind, key) of which rows were read."""
    measures = {number: name for name, number in source.numbers.measures.items()}
    drugs = {number: name for name, number in source.numbers.drugs.items()}
    terms = {number: pair for pair, number in source.numbers.terms.items()}
    rows = source.engine.rows
    return {
        *(("measure", measures[number]) for (number,) in rows("SELECT DISTINCT measure FROM measurement")),
        *(("drug", whole_drug(drugs[number])) for (number,) in rows("SELECT DISTINCT drug FROM course")),
        *(terms[number] for (number,) in rows("SELECT DISTINCT term FROM fact")),
    }


class _Rows:
    """Rows that became something, each with a number of its own."""

    def __init__(self) -> None:
        self.rows: list[SourceRow] = []
        self._numbers: dict[tuple[str, int | None, str, int], int] = {}

    def add(self, table: str, row: int | None, patient: str, day: int = 0) -> int:
        """The number of a row; one that stands for two names of the protocol is one row all the same."""
        key = (table, row, patient, day)
        if row is None or key not in self._numbers:
            self._numbers[key] = len(self.rows) + 1
            self.rows.append(SourceRow(len(self.rows) + 1, table, "", row or 0, table, patient, "used"))
        return self._numbers[key]


def _people(engine: Engine, inside: str, rows: _Rows) -> tuple[Person, ...]:
    found = engine.rows(f"SELECT patient, birth_low, birth_high, sex FROM person {inside} ORDER BY patient")
    return tuple(
        Person(str(patient), rows.add("person", patient, str(patient)), sex, low, high)
        for patient, low, high, sex in found
    )


def _measurements(source: OmopSource, inside: str, rows: _Rows) -> tuple[Measurement, ...]:
    engine = source.engine
    names = {number: name for name, number in source.numbers.measures.items()}
    tables = {one.key: PLACES[one.table].table for one in source.sets.meant if one.kind == "measure"}
    found = engine.rows(
        f"SELECT record, patient, measure, day, value, censor, missing, lower, upper FROM measurement {inside} "
        "ORDER BY patient, measure, day, value NULLS LAST, censor, missing, record, lower NULLS LAST, upper NULLS LAST"
    )
    made = []
    for place, (record, patient, measure, day, value, censor, missing, *ends) in enumerate(found, 1):
        row = rows.add(tables[names[measure]], record, str(patient), day)
        exact = None if missing or value is None else Fraction(value, MILLIONTH)
        low, high = (None if end is None else Fraction(end, MILLIONTH) for end in ends)
        where = ["" if end is None else column for end, column in zip(ends, ("range_low", "range_high"), strict=True)]
        made.append(
            Measurement(
                place, row, "", str(patient), names[measure], day, day, day, exact, censor, missing, low, high, *where
            )
        )
    return tuple(made)


def _courses(engine: Engine, numbers: Numbers, inside: str, rows: _Rows) -> tuple[Course, ...]:
    names = {number: name for name, number in numbers.drugs.items()}
    found = engine.rows(
        f"SELECT record, patient, drug, first, last, amount, systemic, pulse, first_low, first_high, last_low, last_high FROM course {inside} "
        "ORDER BY patient, first, drug, last NULLS LAST, amount NULLS LAST, record"
    )
    return tuple(
        Course(
            place,
            rows.add("drug_exposure", record, str(patient), first),
            str(patient),
            names[drug],
            first,
            last,
            None if amount is None else Fraction(amount, MILLIONTH),
            "" if amount is None else "mg",
            None if amount is None else Fraction(1),
            "",
            systemic,
            pulse,
            possible=None if (first, first, last, last) == tuple(ends) else Ends(*ends),
        )
        for place, (record, patient, drug, first, last, amount, systemic, pulse, *ends) in enumerate(found, 1)
    )


def _facts(engine: Engine, numbers: Numbers, inside: str, rows: _Rows) -> tuple[Fact, ...]:
    words = {number: pair for pair, number in numbers.terms.items()}
    kinds = "f.kind NOT IN ('cohort', 'unread diagnosis')"
    found: list[tuple[Any, ...]] = engine.rows(
        "SELECT f.record, f.patient, f.term, f.day, coalesce(o.source, 'visit_occurrence') AS source FROM fact AS f "
        "LEFT JOIN (SELECT record, patient, term, day, min(source) AS source FROM omop_fact WHERE why = '' GROUP BY record, patient, term, day) "
        "AS o ON o.record = f.record AND o.patient = f.patient AND o.term = f.term AND coalesce(o.day = f.day, o.day IS NULL AND f.day IS NULL) "
        f"{inside.replace('patient IN', 'f.patient IN')} AND {kinds} ORDER BY f.patient, f.term, f.day, f.record, source"
    )
    made = []
    for place, (record, patient, term, day, source) in enumerate(found, 1):
        kind, word = words[term]
        known: dict[str, FactKind] = {"diagnosis": "diagnosis", "event": "event", "death": "death", "visit": "visit"}
        discharged = kind == "death" and source == "visit_occurrence"  # the visit is a row of its own
        row = 0 if discharged else rows.add(source, record, str(patient), day or 0)
        made.append(Fact(place, row, str(patient), known[kind], word, day, day, day))
    unread = engine.rows(
        f"SELECT patient, term, day FROM fact AS f {inside} AND f.kind = 'unread diagnosis' ORDER BY patient, term, day NULLS FIRST"
    )
    for place, (patient, term, day) in enumerate(unread, len(made) + 1):
        made.append(Fact(place, 0, str(patient), "unread diagnosis", words[term][1], day, day, day))
    return tuple(made)


def _counted(tally: Tally, rows: _Rows, unlisted: Mapping[str, int]) -> Mapping[str, Mapping[str, int]]:
    """Rows by table and status that are not listed one by one; rows of persons without an index event are out of scope.

    `unlisted` are the rows of a table that are used although they are not listed.
    """
    listed: dict[str, int] = {}
    for row in rows.rows:
        listed[row.table] = listed.get(row.table, 0) + 1
    counted: dict[str, dict[str, int]] = {}
    for key, n in tally.section("rows"):
        table, status, _ = (str(part) for part in key)
        counts = counted.setdefault(table, {"used": 0, "out of scope": 0, "refused": 0})
        counts[status] += n
    for table, counts in counted.items():
        kept = unlisted.get(table, 0)
        counts["out of scope"] += max(0, counts["used"] - listed.get(table, 0) - kept)
        counts["used"] = kept
    return counted


def _findings(source: OmopSource, tally: Tally, people: int) -> tuple[Finding, ...]:
    findings = Findings()
    findings.add(
        "note", "database", f"{source.people.count} persons in the database, {people} of them with an index event"
    )
    severities: dict[str, Severity] = {"error": "error", "warning": "warning", "note": "note"}
    for key, n in (*source.findings.section("finding"), *tally.section("finding")):
        severity, rule, message = (str(part) for part in key)
        word = _COUNTS.get(rule, "row" if rule in _COUNTED else "")
        count = f": {n} {word}{'s' * (n > 1)}" if word else ""
        findings.add(
            severities[severity], rule, f"{message}{count}", Place(message.split(":", 1)[0] if rule == "rows" else "")
        )
    findings.extend(cited(source))
    return findings.sorted()


#: Rules of which a finding says how many it is about, where these are no rows.
_COUNTS = {REFUSED_IN_WINDOW: "case", REFUSED_INDEX: "person"}
#: Rules of which a finding says how many rows it is about.
_COUNTED = (
    "rows",
    "person",
    "duplicates",
    "unmapped",
    "end and supply",
    "end on first day",
    "no duration",
    "days of supply",
    "unit",
    "no value",
    "rounded",
    "id",
    "dose",
    "choice: no_route",
    "choice: refills",
    "choice: fatal",
    "death",
)
