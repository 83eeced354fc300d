"""`caseseries check` of unfinished files: questions and mistakes apart, of both files at once, each answer with what it does to the chart."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from caseseries.cli.main import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def study(project_root: Path, tmp_path: Path) -> Path:
    shutil.copytree(project_root / "examples" / "jdm-mmf", tmp_path / "study")
    return tmp_path / "study"


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def checked(study: Path, capsys: Capture, *flags: str) -> dict[str, Any]:
    assert 1 == main(["check", str(study / "protocol.yaml"), str(study / "chart.yaml"), "--json", *flags])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def answers(told: dict[str, Any], field: str) -> list[tuple[str, str]]:
    (asked,) = [one for one in told["questions"] if f"`{field}` is TO DECIDE" in one["what"]]
    return [(one["answer"], one["effect"]) for one in asked["answers"]]


def test_questions_and_mistakes_of_both_files_come_in_one_list(study: Path, capsys: Capture) -> None:
    spoil(study / "protocol.yaml", "death: non-responder", "death: TO DECIDE")
    spoil(study / "protocol.yaml", "take: last", "take: lst")
    spoil(study / "chart.yaml", "blank_stop: ongoing", "blank_stop: TO DECIDE")
    spoil(study / "chart" / "visits.csv", "P2,2007-04-03,58,", "P2,2007-04-03,580,")
    told = checked(study, capsys)
    assert {"mistakes": 2, "questions": 2} == told["counts"]
    assert "protocol.yaml and chart.yaml have 2 mistakes and 2 questions." == told["error"]["what"]
    assert ["protocol.yaml", "visits.csv"] == [one["place"]["file"] for one in told["problems"]]
    assert ["protocol.yaml", "chart.yaml"] == [one["place"]["file"] for one in told["questions"]]
    assert 1 == main(["check", str(study / "protocol.yaml"), str(study / "chart.yaml")])
    printed = capsys.readouterr().err
    assert "\nMistakes: 2\n" in printed and "\nQuestions: 2\n" in printed
    assert printed.index("Mistakes") < printed.index("Questions")
    assert "580" not in printed


def test_each_answer_says_what_it_does_to_the_file(study: Path, capsys: Capture) -> None:
    spoil(study / "chart.yaml", "blank_stop: ongoing", "blank_stop: TO DECIDE")
    spoil(study / "chart.yaml", "stop_means: ", "stop_means: TO DECIDE  # ")
    drugs = (study / "chart" / "drugs.csv").read_text(encoding="utf-8").splitlines()
    blank = sum(line.split(",")[3] == "" for line in drugs[1:])
    told = checked(study, capsys)
    assert ("ongoing", f"{blank} of 77 courses have a blank last day and count as still taken") == answers(
        told, "tables > drugs > blank_stop"
    )[0]
    assert (
        f"of 77 courses {77 - blank} have a last day: the drug counts on it"
        == dict(answers(told, "tables > drugs > stop_means"))["last day taken"]
    )


def test_the_order_of_dates_that_reads_most_is_named_first_and_used_to_look_on(study: Path, capsys: Capture) -> None:
    spoil(study / "chart.yaml", "dates: year-month-day", "dates: TO DECIDE")
    spoil(study / "chart" / "visits.csv", "P2,2007-04-03,58,", "P2,2007-04-03,580,")
    told = checked(study, capsys)
    (best, effect), *others = answers(told, "dates")
    every = effect.split(" of ")[0]
    assert ("year-month-day", f"{every} of {every} dates written as text can be read") == (best, effect)
    assert {f"0 of {every} dates written as text can be read"} == {words for _, words in others}
    # 580 is a mistake whatever the order; no date is one, because another order was tried too
    assert [("visits.csv", "mmt")] == [(one["place"]["file"], one["place"]["column"]) for one in told["problems"]]


def test_a_missing_code_says_where_it_stands(study: Path, capsys: Capture) -> None:
    text = (study / "chart.yaml").read_text(encoding="utf-8")
    (study / "chart.yaml").write_text(
        text.replace("missing: {", "missing: {XX: TO DECIDE, YY: TO DECIDE, ") if "missing: {" in text
        else text.replace("\ntables:", "\nmissing: {XX: TO DECIDE, YY: TO DECIDE}\ntables:", 1), encoding="utf-8"
    )  # fmt: skip
    spoil(study / "chart" / "visits.csv", "P2,2007-04-03,58,", "P2,2007-04-03,XX,")
    told = checked(study, capsys)
    assert [("", "1 cell in mmt")] == answers(told, "missing > XX")
    assert [("", "no cell holds it: the line can be deleted")] == answers(told, "missing > YY")
    assert [] == told["problems"]


def test_a_mistake_in_the_description_hides_no_question_and_invents_no_mistake(study: Path, capsys: Capture) -> None:
    spoil(study / "chart.yaml", "blank_stop: ongoing", "blank_stop: TO DECIDE")
    spoil(study / "chart.yaml", "kind: patients", "kind: patient")
    told = checked(study, capsys)
    assert {"mistakes": 1, "questions": 1} == told["counts"]
    assert "patient" in told["problems"][0]["found"]


def test_a_study_drug_to_decide_lists_those_of_the_chart(study: Path, capsys: Capture) -> None:
    spoil(study / "protocol.yaml", "first_exposure: mycophenolate mofetil", "first_exposure: TO DECIDE")
    told = checked(study, capsys)
    assert ("mycophenolate mofetil", "taken by 8 of 8 patients") in answers(told, "case > index_date > first_exposure")
    assert {"mistakes": 0, "questions": 1} == told["counts"]


def test_overlapping_courses_are_counted_in_pairs(study: Path, capsys: Capture) -> None:
    spoil(study / "chart.yaml", "blank_stop: ongoing", "blank_stop: ongoing\n    overlaps: TO DECIDE")
    told = checked(study, capsys)
    (replace, _), (add, _) = answers(told, "tables > drugs > overlaps")
    assert ("replace", "add") == (replace, add)


def test_a_sheet_that_is_not_there_is_told_beside_the_questions(study: Path, capsys: Capture) -> None:
    spoil(study / "protocol.yaml", "death: non-responder", "death: TO DECIDE")
    spoil(study / "chart.yaml", "file: visits.csv", "file: visit.csv")
    told = checked(study, capsys)
    assert {"mistakes": 1, "questions": 1} == told["counts"]
    assert ("chart.yaml", "write `file: visits.csv`") == (
        told["problems"][0]["place"]["file"],
        told["problems"][0]["do"],
    )


def test_a_run_stops_on_questions_with_the_same_words(study: Path, tmp_path: Path, capsys: Capture) -> None:
    spoil(study / "protocol.yaml", "death: non-responder", "death: TO DECIDE")
    files = [str(study / "protocol.yaml"), str(study / "chart.yaml")]
    assert 1 == main(["run", *files, "--out", str(tmp_path / "out")])
    printed = capsys.readouterr().err
    assert "protocol.yaml has 1 question." in printed and "`intercurrent > death` is TO DECIDE" in printed
    assert "one of: as observed, responder, non-responder, not evaluable" in printed


def test_a_unit_to_decide_says_what_each_would_make_of_the_numbers(study: Path, capsys: Capture) -> None:
    spoil(study / "chart.yaml", "unit: kg", "unit: TO DECIDE")
    told = dict(answers(checked(study, capsys), "tables > visits > measures > weight > unit"))
    assert "none of the numbers lie outside what is possible or plausible" == told["kg"]
    assert "43 of the numbers lie outside what is possible or plausible" == told["g"]


def test_check_says_in_how_many_cases_each_window_holds_a_value(study: Path, capsys: Capture) -> None:
    assert 0 == main(["check", str(study / "protocol.yaml"), str(study / "chart.yaml"), "--json"])
    assert {"baseline": 8, "month 3": 8} == json.loads(capsys.readouterr().out)["windows"]


def test_a_study_in_which_nobody_is_eligible_is_said_to_hold_no_case(study: Path, capsys: Capture) -> None:
    spoil(study / "protocol.yaml", "below: 18 years", "below: 1 years")
    assert 0 == main(["check", str(study / "protocol.yaml"), str(study / "chart.yaml")])
    assert "nobody is eligible: its report would hold no case" in capsys.readouterr().out


def test_mistakes_of_both_files_are_told_where_one_cannot_be_read_at_all(study: Path, capsys: Capture) -> None:
    spoil(study / "protocol.yaml", "take: last", "take: lst")
    spoil(study / "chart.yaml", "    file: visits.csv", "\tfile: visits.csv")
    told = checked(study, capsys)
    assert ["protocol.yaml", "chart.yaml"] == [one["place"]["file"] for one in told["problems"]]
    assert "a tab stands where only spaces may" == told["problems"][1]["what"]


def test_planned_visits_name_the_windows_of_the_protocol(shared_data: Path, tmp_path: Path, capsys: Capture) -> None:
    assert 0 == main(["new", str(shared_data / "messy-sheets" / "messy_bp.xlsx"), "--out", str(tmp_path)])
    capsys.readouterr()
    assert 1 == main(["check", str(tmp_path / "protocol.yaml"), str(tmp_path / "chart.yaml"), "--json"])
    told = json.loads(capsys.readouterr().out)
    effects = [effect for _, effect in answers(told, "tables > visits > visits > Visit 2 > date > nominal_day")]
    assert "20 of 20 patients have a value at this visit" in effects
    assert any(effect.startswith("windows of the protocol: baseline") for effect in effects)
    assert {"messy_bp.xlsx"} == {one["place"]["file"] for one in told["problems"]}


def test_what_new_writes_is_counted_with_every_course(study: Path, tmp_path: Path, capsys: Capture) -> None:
    assert 0 == main(["new", str(study / "chart"), "--out", str(tmp_path / "new")])
    capsys.readouterr()
    assert 1 == main(["check", str(tmp_path / "new" / "protocol.yaml"), str(tmp_path / "new" / "chart.yaml"), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert ("mycophenolate mofetil", "taken by 8 of 8 patients") in answers(told, "case > index_date > first_exposure")
    assert [] == told["problems"]


def test_a_table_whose_place_is_open_is_a_question_and_no_mistake(study: Path, capsys: Capture) -> None:
    spoil(study / "chart.yaml", "file: visits.csv", "file: TO DECIDE")
    told = checked(study, capsys)
    assert {"mistakes": 0, "questions": 1} == told["counts"]


def test_an_order_that_no_text_needs_may_go(study: Path, capsys: Capture) -> None:
    spoil(study / "chart.yaml", "decimal: point", "decimal: TO DECIDE")
    effects = [effect for _, effect in answers(checked(study, capsys), "decimal")]
    assert effects[0].endswith("numbers written as text can be read")


def test_drugs_beside_each_other_and_years_of_two_digits_say_what_answers_do(tmp_path: Path, capsys: Capture) -> None:
    data = tmp_path / "data"
    data.mkdir()
    rows = ["id,score_before,date_before,score_6m,date_6m,MTX start,MTX stop,IVIG start,IVIG stop"]
    rows += [
        "P1,60,1/10/05,40,7/10/05,1/15/05,,,",
        "P2,50,1/10/18,48,7/13/18,1/15/18,12/1/18,3/1/17,9/1/17",
        "P3,70,1/10/20,30,7/13/20,1/15/20,,3/1/20,",
    ]
    (data / "wide.csv").write_text("\n".join(rows) + "\n")
    assert 0 == main(["new", str(data), "--out", str(tmp_path / "study"), "-q"])
    capsys.readouterr()
    told = checked(tmp_path / "study", capsys)
    assert [] == told["problems"]
    assert ("ongoing", "3 of 5 courses have a blank last day and count as still taken") in answers(
        told, "tables > drugs > blank_stop"
    )
    assert ("last day taken", "of 5 courses 2 have a last day: the drug counts on it") in answers(
        told, "tables > drugs > stop_means"
    )
    assert [("1950", "13 dates with a year of two digits: from 2005 to 2020")] == answers(told, "two_digit_years_from")
