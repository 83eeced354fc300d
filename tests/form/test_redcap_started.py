"""A study started from a REDCap export: forms as tables, called by the labels of their fields and written by their names."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from tests.source.redcap_maker import field, project

from caseseries.cli.main import main
from caseseries.errors import ChartError
from caseseries.form import new

DICTIONARY = [
    field("record_id", "base", label="Record ID"),
    field("q1", "base", "radio", "Sex", choices="1, Female | 2, Male"),
    field("q2", "base", label="Date of birth", validation="date_dmy", identifier="y"),
    field("q3", "base", label="Last name", identifier="y"),
    field("q4", "visit", label="Visit date", validation="date_dmy"),
    field("q5", "visit", label="Creatinine", note="mg/dL"),
    field("q6", "visit", label="In your own words, how has the patient been since the last visit?"),
]
DATA = """record_id,redcap_repeat_instrument,redcap_repeat_instance,q1,q2,q3,base_complete,q4,q5,q6,visit_complete
1,,,1,2000-05-01,Able,2,,,,
1,visit,1,,,,,2008-01-01,0.8,well,2
1,visit,2,,,,,2008-04-01,0.9,,2
2,,,2,2001-05-01,Baker,2,,,,
2,visit,1,,,,,2008-02-01,1.1,,2
3,,,2,2001-05-01,Able,2,,,,
3,visit,1,,,,,2008-02-01,1.1,,2
"""


def started(folder: Path, out: Path) -> str:
    new([folder], out)
    return (out / "chart.yaml").read_text(encoding="utf-8")


def test_a_folder_with_a_dictionary_is_known_for_what_it_is(tmp_path: Path) -> None:
    text = started(project(tmp_path / "export", DICTIONARY, DATA), tmp_path / "study")
    assert "redcap: {data: data.csv, dictionary: dictionary.csv}" in text
    for line in (
        "sheet: base", "patient: record_id", "sex: q1", "birth: q2", "sheet: visit", "date: q4", "{column: q5, unit: mg/dL}",
    ):  # fmt: skip
        assert line in text, line


def test_what_identifies_a_patient_is_no_attribute(tmp_path: Path) -> None:
    text = started(project(tmp_path / "export", DICTIONARY, DATA), tmp_path / "study")
    assert "attributes" not in text
    assert re.search(r"ignore: \[q3\]", text)
    assert "Able" not in text


def test_the_command_takes_the_dictionary_of_one_of_several_exports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = project(tmp_path / "export", DICTIONARY, DATA)
    shutil.copy(export / "data.csv", export / "older.csv")
    with pytest.raises(ChartError) as wrong:
        new([export], tmp_path / "study")
    assert "several files are exports of the project" in wrong.value.problems[0].what
    done = main(
        [
            "new",
            str(export / "data.csv"),
            "--dictionary",
            str(export / "dictionary.csv"),
            "--out",
            str(tmp_path / "study"),
        ]
    )
    capsys.readouterr()
    assert 0 == done
    assert "redcap: {data: data.csv" in (tmp_path / "study/chart.yaml").read_text(encoding="utf-8")


def test_a_dictionary_without_its_export_says_what_is_missing(tmp_path: Path) -> None:
    export = project(tmp_path / "export", DICTIONARY, DATA)
    (export / "data.csv").write_text("patient,age\n1,3\n", encoding="utf-8")
    with pytest.raises(ChartError) as wrong:
        new([export], tmp_path / "study")
    assert "none of the files is an export of the project that dictionary.csv describes" == wrong.value.problems[0].what


@pytest.mark.parametrize(
    "name",
    [
        "clinical-trial-1", "longitudinal", "multilevel-model-1", "redcapAPI-offline", "repeating-instruments", "repeating-instruments-sparse",
        "vignette-repeating",
    ],
)  # fmt: skip
def test_the_projects_of_others_begin_without_a_word_of_names(shared_data: Path, tmp_path: Path, name: str) -> None:
    text = started(shared_data / "redcap" / name, tmp_path)
    assert "redcap: {" in text
    assert "attributes:" not in text or not re.search(r"^ {6}\S*(name|phone|email|address)", text, re.MULTILINE)


def test_an_export_without_a_value_is_nothing_to_start_from(shared_data: Path, tmp_path: Path) -> None:
    with pytest.raises(ChartError) as wrong:
        started(shared_data / "redcap/validation-types-1", tmp_path)
    assert "no form of the export holds a value" == wrong.value.problems[0].what
