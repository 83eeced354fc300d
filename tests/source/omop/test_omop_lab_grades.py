"""Laboratory grades in a database: ranges are read for them, values far enough back, and few and many cases give the same numbers."""

from __future__ import annotations

from typing import Any

import pytest
from tests.source.omop.conftest import COLUMNS, Database, protocol

from caseseries.protocol.protocol import Protocol
from caseseries.protocol.safety import Safety
from caseseries.report.files.results_file import results
from caseseries.source.omop.reach import reach
from caseseries.study import Study

CK = 77


@pytest.fixture(autouse=True)
def _with_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        COLUMNS, "measurement", {**COLUMNS["measurement"], "range_low": "DOUBLE", "range_high": "DOUBLE"}
    )


def graded(within: str = "60 days") -> Protocol:
    made = protocol("  ck: {instrument: CK}", "  ck: {ids: [77], units: {8645: 1}}")
    line = {"measure": "ck", "by": "CTCAE 5.0", "baseline_within": within}
    return made.model_copy(
        update={
            "safety": Safety.model_validate(
                {"until_after_last_dose": "30 days", "events": ["bleeding"], "graded": [line]}
            ),
        }
    )


def row(record: int, patient: int, day: str, value: float, high: Any) -> tuple[Any, ...]:
    return record, patient, CK, day, value, None, 8645, None, None, high


ROWS = [
    row(1, 1, "2019-11-02", 150, 200),  # day -60
    row(2, 1, "2020-01-01", 1900, None),  # day 0 has no limit: the baseline is not known
    row(3, 1, "2020-01-20", 1100, 200),
    row(4, 2, "2019-11-02", 150, 200),
    row(5, 2, "2020-01-20", 1100, 200),
    row(6, 2, "2020-01-25", 100, 200),
    row(7, 2, "2020-01-26", 900, None),
]
ROWS += [(90 + patient, patient, 3004249, "2019-12-20", 140, None, 8876, None, None, None) for patient in (1, 2)]
ILL = [(1, 1, 300, "2019-12-01"), (2, 2, 300, "2019-12-01")]


def test_what_is_read_reaches_back_to_the_value_before() -> None:
    assert reach(graded())["ck"] == ((-60, 100_000),)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_few_and_many_cases_are_graded_alike(database: Database, kind: str) -> None:
    study = Study(graded())
    path = database(kind, measurement=ROWS, condition_occurrence=ILL)
    shown, counted = study.run(path), study.run(path, show=0)
    assert shown.cases is not None and counted.cases is None
    (found,) = results(shown.summary)["graded"]
    assert [found] == results(counted.summary)["graded"]
    assert (2, 0, 0, 1) == tuple(found[key] for key in ("gradable", "no_value", "none_gradable", "partly_gradable"))
    assert {3: (2, 1, 1)} == {
        one["grade"]: (one["n"], one["worse_than_before"], one["not_known"]) for one in found["worst"] if one["n"]
    }
    assert [{"reason": "no limit of normal, or several", "n": 1}] == found["not_graded"]
    assert ["not known", "yes"] == [one.emergent for one in shown.cases.graded]


def test_the_cells_of_value_limit_and_baseline_are_cited(database: Database) -> None:
    study = Study(graded())
    path = database(measurement=ROWS, condition_occurrence=ILL)
    (told,) = study.run(path).explain_grades("2")
    assert told.seen is not None and told.before is not None
    assert (
        "grade 3 at worst, with 1100 U/L on day 19; before, 150 U/L on day −60, grade 0; worse than before; transient"
        in told.sentence
    )
    assert "measurement" == told.seen.place.file and told.seen.place.row == 5
    (limit,) = told.seen.limits
    assert ("upper", 200, "range_high") == (limit.side, limit.limit, limit.place.column)
    assert ">5 x ULN - 10 x ULN" == told.words


@pytest.mark.parametrize(("factor", "told"), [("1.6113", True), ("1", False), ("0.1", False)])
def test_rows_in_the_other_unit_of_printed_edges_are_told(database: Database, factor: str, told: bool) -> None:
    made = protocol(
        "  hb: {instrument: haemoglobin, unit: g/dL}", f"  hb: {{ids: [77], units: {{8713: 1, 8753: {factor}}}}}"
    )
    line = {"measure": "hb", "by": "CTCAE 5.0", "baseline_within": "60 days"}
    safety = {"until_after_last_dose": "30 days", "events": ["bleeding"], "graded": [line]}
    study = Study(made.model_copy(update={"safety": Safety.model_validate(safety)}))
    found = [one.message for one in study.run(database(measurement=ROWS)).summary.findings if one.rule == "edge"]
    assert told == bool(found)
    assert all("rows in unit 8753 (mmol/L) are converted and graded by the edges in g/dL" in one for one in found)
