"""Limits of normal in a database: read where a rule asks for them, converted with the value, and never half of a contradiction."""

from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.source.omop.conftest import COLUMNS, Database, protocol

from caseseries.chart.tables import Chart
from caseseries.protocol.protocol import Protocol
from caseseries.source.omop import read_omop
from caseseries.study import Study

SBP = 3004249


@pytest.fixture(autouse=True)
def _with_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        COLUMNS, "measurement", {**COLUMNS["measurement"], "range_low": "DOUBLE", "range_high": "DOUBLE"}
    )


def limited(concept: str = "") -> Protocol:
    made = protocol(concepts=concept)
    rule = made.outcomes["fall"].model_copy(update={"rule": _rule("{value: sbp, at_most: 1 x ULN}")})
    return made.model_copy(update={"outcomes": {"normal": rule}})


def _rule(written: str) -> Any:

    from caseseries.protocol.rule import parse as rule

    return rule(YAML(typ="base").load(written))


def row(record: int, patient: int, day: str, value: float, low: Any, high: Any, unit: int = 8876) -> tuple[Any, ...]:
    return record, patient, SBP, day, value, None, unit, None, low, high


def normal(chart: Chart) -> list[tuple[Any, Any, Any]]:
    return [(one.value, one.lower, one.upper) for one in chart.measurements]


ROWS = [
    row(1, 1, "2019-12-20", 150, 90, 140),
    row(2, 1, "2020-03-31", 130, None, 130.5),
    row(3, 2, "2019-12-24", 140.5, 140, 90),
    row(4, 2, "2020-03-31", 139, "NaN", None),
]


@pytest.mark.parametrize("kind", ["csv", "duckdb", "parquet"])
def test_ranges_are_read_where_they_are_asked_for(database: Database, kind: str) -> None:
    rows = [tuple(None if cell == "NaN" else cell for cell in one) for one in ROWS] if kind != "csv" else ROWS
    path = database(kind, measurement=rows)
    chart = read_omop(limited(), path)
    assert [(150, 90, 140), (130, None, 130.5), (140.5, None, None), (139, None, None)] == normal(chart)
    assert [("range_low", "range_high"), ("", "range_high")] == [
        (one.lower_column, one.upper_column) for one in chart.measurements[:2]
    ]
    told = "sbp: the lower limit of normal is above the upper one, and neither is used"
    assert [told] == [one.message for one in chart.findings if one.rule == "limit"]
    assert [(None, None)] * 4 == [one[1:] for one in normal(read_omop(protocol(), path))]


def test_ranges_are_converted_with_the_value(database: Database) -> None:
    rows = [row(1, 1, "2020-03-31", 17.5, 10.123, 16, 9999)]
    units = "  sbp: {ids: [3004249], units: {9999: 7.50062}}"
    (found,) = normal(read_omop(limited(units), database(measurement=rows)))
    assert [131260850, 75928776, 120009920] == [int(number * 10**6) for number in found]


def test_equal_values_with_other_ranges_are_two_rows(database: Database) -> None:
    again = [row(5, 1, "2020-03-31", 130, None, 130.5), row(6, 1, "2020-03-31", 130, None, 131)]
    chart = read_omop(limited(), database(measurement=[*ROWS, *again]))
    assert [(130, 130.5), (130, 131)] == [(one.value, one.upper) for one in chart.measurements if one.value == 130]


def test_a_run_of_a_database_judges_by_its_ranges(database: Database) -> None:
    results = Study(limited()).run(database(measurement=ROWS))
    answers = {one.case_id: (one.truth, one.absent) for one in results.summary.shown.outcomes["normal"].verdicts[0]}
    assert {"1": (True, "")} == answers
    (told,) = results.explain("1")
    (value,) = told.rests_on
    assert [("upper", 130.5, "measurement", 2, "range_high")] == [
        (one.side, one.limit, one.place.file, one.place.row, one.place.column) for one in value.limits
    ]
    assert "at most 1 × its upper limit of 130.5 mmHg" in told.sentence


def test_counting_judges_the_same(database: Database) -> None:
    path = database(measurement=ROWS)
    shown = Study(limited()).run(path)
    counted = Study(limited()).run(path, show=0)
    (first,), (second,) = (one.summary.outcomes.values() for one in (shown, counted))
    assert first.answers == second.answers
