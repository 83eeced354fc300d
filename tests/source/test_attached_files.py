"""Lists of patients and cohort definitions beside a protocol: read once, part of its fingerprint, answered from facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseseries.chart.tables import Chart
from caseseries.cohort import Cohort, select
from caseseries.engine.connecting import connect
from caseseries.errors import ProtocolError
from caseseries.protocol.load import Loaded, load
from caseseries.protocol.protocol import Protocol
from caseseries.reference.oracle import cases
from caseseries.source.attached import attach
from caseseries.source.read import read


@pytest.fixture
def folder(project_root: Path, tmp_path: Path) -> Path:
    """The example study with one more line under `include`, in a folder of its own."""
    example = project_root / "examples" / "jdm-mmf"
    (tmp_path / "protocol.yaml").write_text((example / "protocol.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def with_line(folder: Path, line: str) -> Loaded:
    path = folder / "protocol.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("include:\n", f"include:\n  - {line}\n", 1), encoding="utf-8")
    return load(path)


def found(protocol: Protocol, chart: Chart) -> Cohort:
    """The cohort by the engine; the reference must say the same of every case."""
    with connect() as engine:
        cohort = select(engine, protocol, chart)
    assert [(case.case_id, case.failed) for case in cohort.cases] == [
        (case.case_id, case.failed) for case in cases(protocol, chart)
    ]
    return cohort


def chart_of(project_root: Path, protocol: Protocol) -> Chart:
    return read(protocol, project_root / "examples" / "jdm-mmf" / "chart.yaml")


LINE = "{patients_file: ids.csv, reason: seen by both assessors}"


def test_a_list_of_patients_in_a_file(folder: Path, project_root: Path) -> None:
    everyone = [person.patient for person in chart_of(project_root, load(folder / "protocol.yaml").protocol).people]
    listed = everyone[:3]
    (folder / "ids.csv").write_text("patient\n" + "\n".join([*listed, "nobody", listed[0]]) + "\n", encoding="utf-8")
    loaded = with_line(folder, LINE)
    chart = chart_of(project_root, loaded.protocol)
    out = [
        case.patient
        for case in found(loaded.protocol, chart).cases
        if case.failed == "Listed patients: seen by both assessors"
    ]
    assert sorted(out) == sorted(set(everyone) - set(listed))
    told = [finding.message for finding in chart.findings if finding.rule == "listed patients that are not there"]
    assert told == ["1 id of the list is nobody's in this source."]
    assert "ids.csv" in chart.inputs


def test_ids_of_a_list_in_the_protocol_that_nobody_has_are_told(folder: Path, project_root: Path) -> None:
    loaded = with_line(folder, "{patients: [P1, p2, X9], reason: declined}")
    chart = chart_of(project_root, loaded.protocol)
    told = [(one.message, one.value) for one in chart.findings if one.rule == "listed patients that are not there"]
    assert told == [("2 ids of `patients` under `include` are nobody's in this source.", "p2, X9")]


def test_the_file_is_part_of_the_fingerprint(folder: Path) -> None:
    (folder / "ids.csv").write_text("A\n", encoding="utf-8")
    before = with_line(folder, LINE).fingerprint
    (folder / "ids.csv").write_text("B\n", encoding="utf-8")
    assert load(folder / "protocol.yaml").fingerprint != before


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("ids.csv", None, "there is no such file beside the protocol"),
        ("../ids.csv", b"1\n", "must lie beside the protocol"),
        ("/etc/hosts", b"1\n", "must lie beside the protocol"),
        ("ids.csv", b"person_id\n", "holds no id"),
        ("ids.csv", b"1,2\n", "line 1 of the file has more than one column"),
        ("ids.csv", b"\xff\xfe", "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_mistake_with_its_line(
    folder: Path, name: str, content: bytes | None, what: str
) -> None:
    if content is not None and not name.startswith("/"):
        (folder / name).write_bytes(content)
    with pytest.raises(ProtocolError) as refused:
        with_line(folder, f"{{patients_file: {name}, reason: listed}}")
    (problem,) = refused.value.problems
    assert what in problem.what
    assert problem.place.line is not None
    assert name == problem.found


def test_a_cohort_that_is_no_text_is_a_mistake_with_its_line(folder: Path) -> None:
    (folder / "c.json").write_bytes(b'{"a":\n"\xff"}')
    with pytest.raises(ProtocolError, match="line 2 of the file is not UTF-8 text"):
        with_line(folder, "{cohort: c.json, at: index date}")


def test_another_file_than_the_one_written_is_refused(folder: Path) -> None:
    (folder / "ids.csv").write_text("A\n", encoding="utf-8")
    with pytest.raises(ProtocolError, match="another one than that written under `sha256`"):
        with_line(folder, "{patients_file: ids.csv, reason: listed, sha256: abc}")


@pytest.mark.parametrize(("at", "expected"), [("index date", {0, 1}), ("any time", {0, 1, 2, 3})])
def test_entries_of_a_cohort_hold_the_index_date_or_not(
    folder: Path, project_root: Path, at: str, expected: set[int]
) -> None:
    """The first day and the last day of an entry belong to it; a day before and a day after do not."""
    (folder / "c.json").write_text("{}", encoding="utf-8")
    example = project_root / "examples" / "jdm-mmf"
    first = load(example / "protocol.yaml").protocol
    plain = read(first, example / "chart.yaml")
    four = found(first, plain).included[:4]
    loaded = with_line(folder, f"{{cohort: c.json, at: {at}, label: in the cohort}}")
    spans = [(0, 5), (-5, 0), (1, 5), (-5, -1)]
    entries = [
        (case.patient, (case.index or 0) + first, (case.index or 0) + last)
        for case, (first, last) in zip(four, spans, strict=True)
    ]
    entries.append(("nobody", 0, 1))
    (line,) = [one for one in loaded.protocol.include if getattr(one, "cohort", "")]
    chart = attach(plain, loaded.protocol, {line.sha256: entries})
    inside = {case.patient for case in found(loaded.protocol, chart).included}
    assert {four[place].patient for place in expected} == inside


def test_a_chart_cannot_answer_a_cohort_definition(folder: Path, project_root: Path) -> None:
    (folder / "c.json").write_text("{}", encoding="utf-8")
    loaded = with_line(folder, "{cohort: c.json, at: index date}")
    with pytest.raises(ProtocolError, match="needs a database"):
        chart_of(project_root, loaded.protocol)


def test_a_protocol_made_in_python_has_read_no_file() -> None:
    loaded = load(Path(__file__).parents[2] / "examples" / "jdm-mmf" / "protocol.yaml")
    line = {"patients_file": "ids.csv", "reason": "listed"}
    protocol = Protocol.model_validate({**loaded.document.data, "include": [line], "exclude": []})
    with pytest.raises(ProtocolError, match=r"ids\.csv was not read"):
        attach(Chart(True, True, (), (), (), (), ()), protocol)
