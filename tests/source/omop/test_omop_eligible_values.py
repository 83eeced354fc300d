"""Eligibility by a value in small databases: which rows are read for it, refused rows, and time that was not observed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.source.omop.conftest import PROTOCOL, SMALL, Database

from caseseries.protocol.load import parse
from caseseries.protocol.protocol import Protocol
from caseseries.source.omop import read_omop
from caseseries.study import Results, Study

LONG_AGO = "  long ago: {{from: -330 days, to: -200 days, take: highest, same_day: mean, components: nearest each}}\n"
#: Both had a pressure 270 days before the index date, which no outcome looks at.
ROWS = {
    "measurement": [
        *SMALL["measurement"],
        (5, 1, 3004249, "2019-04-06", 139.9, None, 8876, None),
        (6, 2, 3004249, "2019-04-06", 140, None, 8876, None),
    ],
    "condition_occurrence": [(1, 1, 300, "2019-12-01"), (2, 2, 300, "2019-12-01")],
}


def protocol(line: str, part: str = "include") -> Protocol:
    text = PROTOCOL.replace("windows:\n", "windows:\n" + LONG_AGO)
    text = text.replace(
        "measures:\n", f"{'' if part == 'include' else 'exclude:'}\n  - {{{{{line}, label: asked}}}}\nmeasures:\n", 1
    )
    return parse(text.format(measures="", concepts="")).protocol


def answers(study: Protocol, path: Path) -> dict[str, str]:
    """Why each person is no case, patient by patient; counted, the same."""
    cases = Study(study).run(path).summary.shown.rows
    told = {one.case_id: one.failed_criterion + "?" * one.undetermined for one in cases}
    counted = Study(study).run(path, show=0)
    assert isinstance(counted, Results)
    found = {f"{why}{'?' if unsure else ''}": n for (why, unsure), n in counted.tally.section("cases") if n}
    counted.close()
    assert {why: list(told.values()).count(why) for why in told.values()} == found
    return told


@pytest.mark.parametrize(
    ("line", "part", "expected"),
    [
        ("value: sbp, in: long ago, at_least: 140 mmHg", "include", {"1": "asked", "2": ""}),
        ("value: sbp, in: long ago, at_least: 140 mmHg", "exclude", {"1": "", "2": "asked"}),
        ("value: sbp, in: before, more_than: 140.5 mmHg", "include", {"1": "", "2": "asked"}),
    ],
)
def test_rows_that_only_a_criterion_asks_for_are_read(
    database: Database, line: str, part: str, expected: dict[str, str]
) -> None:
    assert expected == answers(protocol(line, part), database(**ROWS))


def test_the_highest_of_days_that_were_not_all_observed_is_not_known(database: Database) -> None:
    periods = [(1, 1, "2019-02-05", "2020-12-31"), (2, 2, "2019-02-06", "2020-12-31")]
    line = "value: sbp, in: long ago, less_than: 150 mmHg"
    assert {"1": "", "2": "asked?"} == answers(protocol(line), database(**ROWS, observation_period=periods))


def test_a_refused_value_of_a_criterion_is_told(database: Database) -> None:
    rows = [*ROWS["measurement"][:-1], (6, 2, 3004249, "2019-04-06", 140, None, 9529, None)]  # kilograms
    study = protocol("value: sbp, in: long ago, at_least: 100 mmHg")
    path = database(**(ROWS | {"measurement": rows}))
    assert {"1": "", "2": "asked?"} == answers(study, path)
    told = [one.message for one in read_omop(study, path).findings if one.rule == "refused in a window"]
    assert ["sbp: cases with a refused value in the window long ago, and no other value there: 1 case"] == told
