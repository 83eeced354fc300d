"""Cumulative doses in a database: no pulse can be told there, and few and many cases give the same numbers."""

from __future__ import annotations

from tests.source.omop.conftest import Database, protocol

from caseseries.cohort.unseen import NO_PULSES
from caseseries.protocol.safety import Safety
from caseseries.report.exhibits.exposure import exposure_cases, exposure_table
from caseseries.study import Study


def test_no_pulse_is_told_and_that_is_not_none(database: Database) -> None:
    made = protocol("  dose: {daily_dose: drug x, as: mg/day, outside_courses: zero}")
    safety = {
        "until_after_last_dose": "30 days",
        "events": ["bleeding"],
        "exposure": [{"dose": "dose", "in": "after"}],
    }
    study = Study(made.model_copy(update={"safety": Safety.model_validate(safety)}))
    path = database(
        more="  no_route: systemic\n", condition_occurrence=[(1, 1, 300, "2019-12-01"), (2, 2, 300, "2019-12-01")]
    )
    shown, counted = study.run(path), study.run(path, show=0)
    for found in (shown.summary, counted.summary):
        table = exposure_table(found)
        assert table is not None
        assert ["not known", "not known"] == [cell.text for cell in table.rows[0].cells[8:]]
        assert f"there may be more pulses in 2 of 2 cases ({NO_PULSES}, 2)." in " ".join(table.footnotes)
    single = exposure_cases(shown.summary)
    assert single is not None and {"not known"} == {row.cells[6].text for row in single.rows}
