"""Choices left open: all cases in one run, and no patient in what may be pasted into a ticket."""

from __future__ import annotations

import pytest
from tests.spec.small import chart, protocol

from caseseries.errors import ChoiceNeeded
from caseseries.protocol.eligibility import (
    Age,
    ConcurrentDrug,
    Diagnosis,
    MinimumFollowUp,
    Patients,
    PriorDrug,
    Recorded,
)
from caseseries.protocol.naming import criterion_words
from caseseries.reference.open_choices import require_choices


def test_every_case_is_listed_once_and_privately() -> None:
    study = protocol("windows: {baseline: {from: -90 days, to: 0 days, take: last}}")
    rows = "Ada Lovelace | mmt | -3:40, -3:44, 88:50, 92:54\nB | mmt | 0:40, 88:50, 92:54"
    with pytest.raises(ChoiceNeeded) as stopped:
        require_choices(study, chart(rows, study))
    assert "Ada" not in str(stopped.value)
    described = stopped.value.describe(values=True)
    assert [
        "The data raise choices that the protocol does not make.",
        "  same_day is not declared for baseline mmt (found 'Ada Lovelace')",
        "  tie is not declared for after (found 'Ada Lovelace')",
        "  tie is not declared for after (found 'B')",
    ] == described.splitlines()


def test_nothing_is_asked_where_nothing_is_open() -> None:
    study = protocol()
    require_choices(study, chart("1 | mmt | 0:40, 90:50", study))


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        (Diagnosis(diagnosis="lupus", by="any time"), "Diagnosis of lupus at any time"),
        (Age.model_validate({"age": {"below": "1 year"}, "at": "diagnosis"}), "Age below 1 year at diagnosis"),
        (PriorDrug(prior_drug="rituximab"), "Use of rituximab before the index date"),
        (ConcurrentDrug(concurrent_drug="IVIG"), "Use of IVIG on the index date"),
        (Recorded.model_validate({"recorded": "mmt", "in": "month 3"}), "A value of mmt in the window month 3"),
        (
            MinimumFollowUp.model_validate({"minimum_follow_up": "1 day", "flagged": "looks into the future"}),
            "Followed for at least 1 day after the index date",
        ),
        (Patients(patients=("a",), reason="withdrew consent"), "Listed patients: withdrew consent"),
        (Patients(patients=("a",), reason="withdrew", label="Withdrawn"), "Withdrawn"),
    ],
)
def test_criteria_in_words(criterion: Patients, words: str) -> None:
    assert words == criterion_words(criterion)
