"""Derived measures in databases: the rows of their parts are read, shown and counted alike, and refused ones are told."""

from __future__ import annotations

import pytest
from tests.source.omop.conftest import PROTOCOL, SMALL, Database

from caseseries.protocol.load import parse
from caseseries.source.omop import read_omop
from caseseries.source.omop.reach import reach
from caseseries.study import Results, Study

PULSE = """  dbp: {{instrument: diastolic blood pressure}}
  pulse pressure: {{difference: [sbp, dbp], unit: mmHg, better: low}}
"""
RATIO = "  quotient: {{ratio: [sbp, dbp], unit: x, better: low}}\n"
ROWS = {
    **SMALL,
    "condition_occurrence": [(1, 1, 300, "2019-12-01"), (2, 2, 300, "2019-12-01")],
    "measurement": [
        *SMALL["measurement"],
        (5, 1, 3012888, "2019-12-20", 80, None, 8876, None),
        (6, 1, 3012888, "2020-03-31", 70, None, 8876, None),
        (7, 2, 3012888, "2019-12-24", 80.5, None, 8876, None),
        (8, 2, 3012888, "2020-03-30", 90, None, 8876, None),
    ],
    "concept": [*SMALL["concept"], (3012888, "LOINC", "8462-4")],
}


@pytest.mark.parametrize("ratio", [False, True], ids=["packed", "the general way"])
def test_a_database_gives_the_parts_shown_and_counted(database: Database, ratio: bool) -> None:
    measures = PULSE + RATIO * ratio
    text = PROTOCOL.replace("decrease: sbp", "decrease: pulse pressure")
    if ratio:
        text = text.replace("same_day: mean", "same_day: worst").replace(
            "safety:", "  lower: {{at: after, rule: {{value: quotient, at_most: 2 x}}}}\nsafety:"
        )
    study = Study(parse(text.format(measures=measures.format(), concepts="")).protocol)
    path = database(**ROWS)
    shown, counted = study.run(path), study.run(path, show=0)
    assert isinstance(counted, Results)
    told = {one.case_id: one for one in shown.summary.shown.outcomes["fall"].verdicts[0]}
    assert [True, None] == [told[name].truth for name in ("1", "2")]
    assert "after pulse pressure: recorded without a number" == told["2"].absent  # its parts are of two days
    for section in ("answer", "value", "absent", "baseline"):
        assert dict(shown.tally.section(section)) == dict(counted.tally.section(section))
    counted.close()


def test_the_parts_are_read_where_the_whole_is_asked_for(database: Database) -> None:
    text = PROTOCOL.replace("decrease: sbp", "decrease: pulse pressure")
    study = parse(text.format(measures=PULSE.format(), concepts="")).protocol
    assert {"sbp": ((-90, 180),), "dbp": ((-90, 180),)} == reach(study)
    rows = [row if row[0] != 6 else (6, 1, 3012888, "2020-03-31", 70, None, 9529, None) for row in ROWS["measurement"]]
    told = [
        one.message
        for one in read_omop(study, database(**{**ROWS, "measurement": rows})).findings
        if one.rule == "refused in a window"
    ]
    assert ["dbp: cases with a refused value in the window after, and no other value there: 1 case"] == told


def test_a_total_that_was_charted_too_is_compared_shown_and_counted(database: Database) -> None:
    """The total is read where the derived measure is asked for, and as many differ however the cases are told."""
    measures = """  muscle: {quantity: muscle, unit: points, range: [0, 11], better: low}
  skin: {quantity: skin, unit: points, range: [0, 9], better: low}
  charted: {instrument: DAS}
  das: {items: DAS, of: {muscle: muscle, skin: skin}, charted: charted}
"""
    concepts = "".join(f"  {name}: {{ids: [{one}], no_unit: accept}}\n" for name, one in IDS.items())
    text = PROTOCOL.replace("decrease: sbp", "decrease: das").replace("mmHg}", "points}")
    study = Study(parse(text.format(measures=measures, concepts=concepts)).protocol)
    assert {"muscle", "skin", "charted"} <= reach(study.protocol).keys()
    rows = [(10 + place, person, IDS[name], day, value, None, None, None)
            for place, (person, name, day, value) in enumerate(TOTALS)]  # fmt: skip
    path = database(**{**ROWS, "measurement": [*ROWS["measurement"], *rows]})
    shown, counted = study.run(path), study.run(path, show=0)
    assert isinstance(counted, Results)
    of = [{key: n for key, n in one.tally.section("finding") if key[1] == "charted total"} for one in (shown, counted)]
    assert of[0] == of[1] and [1] == list(of[0].values())  # the day in 2024 lies in no window
    cells = [
        (one.patient, one.place.file, one.place.row)
        for one in shown.summary.shown.findings
        if one.rule == "charted total"
    ]
    assert ("1", 15) in {(patient, row) for patient, _, row in cells}
    counted.close()


IDS = {"muscle": 901, "skin": 902, "charted": 903}
TOTALS = [
    (1, "muscle", "2019-12-20", 8),
    (1, "skin", "2019-12-20", 3),
    (1, "charted", "2019-12-20", 11),
    (1, "muscle", "2020-03-31", 4),
    (1, "skin", "2020-03-31", 3),
    (1, "charted", "2020-03-31", 8),
    (1, "muscle", "2024-03-31", 4),
    (1, "skin", "2024-03-31", 3),
    (1, "charted", "2024-03-31", 9),
]
