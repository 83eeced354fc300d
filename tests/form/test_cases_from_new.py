"""From `new` to a report on charts that the shared cases hold, with the numbers that a person works out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.form.started import started

import caseseries as cs

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


@pytest.mark.parametrize(("case", "counts", "change"), [
    ("07-serials-1904", (1, 1, 0), -11), ("10-time-of-day-mdy", (1, 1, 0), -11), ("15-ae-partial-date", (1, 1, 0), -11),
    ("20-course-partial-stop", (0, 2, 0), -3.5),
])  # fmt: skip
def test_a_score_before_and_after(
    shared_data: Path, tmp_path: Path, case: str, counts: tuple[int, int, int], change: float
) -> None:
    folder = shared_data.parent / "cases" / case
    study = started(
        folder / "data" if (folder / "data").is_dir() else next(folder.glob("*.xlsx")), tmp_path / "study"
    ).answer(**ANSWERS)
    assert counts == study.counts()
    assert [(2, change)] == list(study.changes().values())


def test_years_of_two_digits_and_of_four_give_the_same_study(shared_data: Path, tmp_path: Path) -> None:
    answers = {**ANSWERS, "unit": '"%"', "better": "high", "two_digit_years_from": "1950"}
    cases = shared_data.parent / "cases"
    short = started(cases / "05-mac-twodigit" / "data", tmp_path / "short").answer(**answers)
    long = started(cases / "44-mac-fev1" / "data", tmp_path / "long").answer(**answers)
    assert len(short.asked) <= 9 and long.counts()[0] > 0
    assert (short.counts(), short.changes()) == (long.counts(), long.changes())


@pytest.mark.parametrize(("case", "answers", "rows"), [
    # a number with words behind it, and two ids that stand twice
    ("01-aki-gfr", {"unit": "mL/min"}, {7, 9, 15}),
    # an id that stands twice, and means below the table
    ("02-glucose-formula", {"unit": "mg/dL", "1": "male", "2": "female", "nominal_day": ["0 days", "3 months"]}, {14, 30}),
    # half of the dates turned into other ones by a spreadsheet: of the column
    ("08-half-converted-dates", {}, {None}),
])  # fmt: skip
def test_what_only_a_person_can_know_stops_at_its_address(
    shared_data: Path, tmp_path: Path, case: str, answers: dict[str, Any], rows: set[int | None]
) -> None:
    study = started(next((shared_data.parent / "cases" / case).glob("*.xlsx")), tmp_path / "study").answer(
        **(ANSWERS | answers)
    )
    with pytest.raises(cs.ChartError) as stopped:
        study.results  # noqa: B018
    assert rows == {one.place.row for one in stopped.value.problems if one.place is not None}
