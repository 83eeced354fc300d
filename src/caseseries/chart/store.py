"""The chart's rows as tables of the engine, under generated numbers instead of names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caseseries.chart.tables import Chart
from caseseries.engine.connection import Engine

#: Values have at most six decimals; the engine holds them as whole millionths.
MILLIONTH = 1_000_000


@dataclass(frozen=True, slots=True)
class Numbers:
    """Patients, measures, drugs and terms by the number they have in the engine."""

    patients: tuple[str, ...]
    measures: Mapping[str, int]
    drugs: Mapping[str, int]
    terms: Mapping[tuple[str, str], int]


def plain(term: str) -> str:
    """A term as it is compared: case and spacing ignored.

    >>> plain("Juvenile  Dermatomyositis ")
    'juvenile dermatomyositis'
    """
    return " ".join(term.split()).casefold()


def millionths(value: Fraction | None) -> int | None:
    """A value as whole millionths; readers refuse more than six decimals."""
    if value is None:
        return None
    scaled = value * MILLIONTH
    assert scaled.denominator == 1, "a value with more than six decimals passed the reader"
    return int(scaled)


def _numbered(names: Sequence[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(sorted(set(names)), start=1)}


def store(engine: Engine, chart: Chart) -> Numbers:
    """Load the chart into the tables person, measurement, course and fact.

    ``measurement(record, patient, measure, day, low, high, value, censor, missing)``,
    ``course(record, patient, drug, first, last, ongoing, amount, unit, per_day_num, per_day_den, systemic, pulse)``,
    ``fact(record, patient, kind, term, day, low, high, last)``, ``person(patient, birth_low, birth_high, age_years)``.
    Values and amounts are whole millionths; an ongoing course has no last day.
    """
    patients = tuple(sorted(person.patient for person in chart.people))
    patient = {name: place for place, name in enumerate(patients, start=1)}
    measures = _numbered([row.measure for row in chart.measurements])
    drugs = _numbered([row.drug for row in chart.courses])
    named: set[tuple[str, str]] = {(row.kind, plain(row.term)) for row in chart.facts}
    terms = {pair: place for place, pair in enumerate(sorted(named), start=1)}
    wide = engine.dialect.wide
    engine.table(
        "person",
        [("patient", "INTEGER"), ("birth_low", "INTEGER"), ("birth_high", "INTEGER"), ("age_years", "INTEGER")],
        [
            (patient[row.patient], row.birth_low, row.birth_high, None if row.age is None else int(row.age))
            for row in chart.people
        ],
    )
    engine.table(
        "measurement",
        [
            ("record", "BIGINT"), ("patient", "INTEGER"), ("measure", "INTEGER"), ("day", "INTEGER"), ("low", "INTEGER"),
            ("high", "INTEGER"), ("value", wide), ("censor", "VARCHAR"), ("missing", "VARCHAR"),
        ],
        [
            (row.record, patient[row.patient], measures[row.measure], row.day, row.low, row.high, millionths(row.value), row.censor, row.missing)
            for row in chart.measurements
            if row.patient in patient
        ],
    )  # fmt: skip
    engine.table(
        "course",
        [
            ("record", "BIGINT"), ("patient", "INTEGER"), ("drug", "INTEGER"), ("first", "INTEGER"), ("last", "INTEGER"),
            ("amount", wide), ("unit", "VARCHAR"), ("per_day_num", wide), ("per_day_den", wide), ("systemic", "BOOLEAN"),
            ("pulse", "BOOLEAN"),
        ],
        [
            (
                row.record, patient[row.patient], drugs[row.drug], row.start, row.end, millionths(row.amount), row.unit,
                None if row.per_day is None else row.per_day.numerator, None if row.per_day is None else row.per_day.denominator,
                row.systemic, row.pulse,
            )
            for row in chart.courses
            if row.patient in patient
        ],
    )  # fmt: skip
    engine.table(
        "fact",
        [
            ("record", "BIGINT"), ("patient", "INTEGER"), ("kind", "VARCHAR"), ("term", "INTEGER"), ("day", "INTEGER"),
            ("low", "INTEGER"), ("high", "INTEGER"), ("last", "INTEGER"),
        ],
        [
            (row.record, patient[row.patient], row.kind, terms[row.kind, plain(row.term)], row.start, row.low, row.high, row.end)
            for row in chart.facts
            if row.patient in patient
        ],
    )  # fmt: skip
    return Numbers(patients, measures, drugs, terms)
