"""From `new` to a report on charts that the shared cases hold, with the numbers that a person works out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.form.started import started

#: What a person answers, by field; each study has some of them.
ANSWERS = {
    "study": "Score after a drug", "authors_knew": "Nothing.", "per": "patient", "first_exposure": "methotrexate", "better": "low",
    "drug_stopped": "as observed", "rescue_added": "as observed", "death": "non-responder", "lost": "not evaluable", "at_least": "10 points",
    "stop_means": "last day taken", "blank_stop": "ongoing", "grading": "as recorded", "ascertainment": "notes", "since": "index date",
}  # fmt: skip


@pytest.mark.parametrize(("case", "counts", "change", "most", "answers"), [
    # 60 -> 40 yes, 50 -> 48 no, 70 -> 30 with immunoglobulin added on day 46: no
    ("25-wide-drug-columns", (1, 2, 0), (3, -62 / 3), 13, {"rescue_added": "{drugs: [IVIG], restart_after: 30 days, verdict: non-responder}"}),
    # 60 -> 40 and 50 -> 48, the demographics on the first row of each patient
    ("21-redcap-longitudinal", (1, 1, 0), (2, -11), 9, {}),
    ("26-sas-date9", (1, 1, 0), (2, -11), 8, {}),
    # and 20 -> 5 of a third, who would not be eligible by a value of 50 at baseline
    ("27-include-by-value", (2, 1, 0), (3, -37 / 3), 8, {}),
])  # fmt: skip
def test_a_case_runs_once_its_questions_are_answered(
    shared_data: Path,
    tmp_path: Path,
    case: str,
    counts: tuple[int, int, int],
    change: tuple[int, float],
    most: int,
    answers: dict[str, str],
) -> None:
    study = started(shared_data.parent / "cases" / case / "data", tmp_path / "study")
    assert len(study.asked) <= most, study.asked
    study.answer(**(ANSWERS | answers))
    assert counts == study.counts()
    assert [change] == [
        (n, pytest.approx(mean)) for (measure, _), (n, mean) in study.changes().items() if measure == "score"
    ]
