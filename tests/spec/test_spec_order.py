"""Cases stand in the order in which a person counts them: 1, 2, 10 and not 1, 10, 2; in every implementation and every list."""

from __future__ import annotations

import csv
import io

import pytest
from tests.spec.small import IMPLEMENTATIONS, analyse, answers, chart, open_choices, protocol

from caseseries.errors import ChoiceNeeded
from caseseries.report.files.csv_file import patients_csv

IDS = ["1", "2", "3", "9", "10", "11", "20", "P2", "P10"]
ROWS = "\n".join(f"{name} | mmt | 0:50, 90:{60 if len(name) == 1 else 51}" for name in reversed(IDS))


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_verdicts_stand_in_natural_order(implementation: str) -> None:
    found = answers(protocol(), ROWS, implementation)
    assert IDS == list(found.cases)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_choices_are_listed_in_natural_order(implementation: str) -> None:
    rows = "\n".join(f"{name} | mmt | 0:50, 0:51, 90:60" for name in reversed(IDS))
    assert IDS == [line.split()[1].rstrip(":") for line in open_choices(protocol(), rows, implementation)]


def test_every_list_of_a_run_stands_in_natural_order() -> None:
    study = protocol()
    run = analyse(study, chart(ROWS, study))
    outcome = run.shown.outcomes["response"]
    assert IDS == [case.case_id for case in run.shown.rows]
    assert IDS == [verdict.case_id for verdict in outcome.verdicts[0]]
    assert IDS == list(dict.fromkeys(point.case_id for point in run.shown.points))
    rows = list(csv.DictReader(io.StringIO(patients_csv(run))))
    assert IDS == [row["case"] for row in rows]


def test_reasons_and_choices_stand_in_natural_order() -> None:
    study = protocol()
    without = analyse(study, chart("\n".join(f"{name} | mmt | 0:50" for name in reversed(IDS)), study))
    assert IDS == [case_id for case_id, _ in without.shown.without_change["response", "mmt"]]
    twice = chart("\n".join(f"{name} | mmt | 0:50, 0:51, 90:60" for name in reversed(IDS)), study)
    with pytest.raises(ChoiceNeeded) as caught:
        analyse(study, twice)
    assert IDS == [problem.found for problem in caught.value.problems]
