"""Charts of many patients: the answers against an independent computation, and work that grows with the rows and no faster.

Steps of Python are counted, not seconds: a loop over all rows inside a loop over rows shows on any machine.
"""

from __future__ import annotations

import csv
import importlib.util
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest

from caseseries import Study
from caseseries.assessment import assess
from caseseries.chart.tables import Chart
from caseseries.cohort import Cohort, other_drugs, select
from caseseries.engine import connect
from caseseries.engine.duckdb_engine import DuckDB
from caseseries.protocol.specs import plan
from caseseries.response import answer_criteria, respond
from caseseries.safety import follow
from caseseries.verdict.trace import Verdict

PATIENTS = 2_050
#: Twice as many more patients may take at most so many times the further steps in any file; a square comes near 4.
AT_MOST = 2.1
#: Steps that are too few to tell anything.
FEW = 1_000


@pytest.fixture(scope="module")
def drawn(project_root: Path) -> ModuleType:
    """What the benchmark draws, and works out in plain Python."""
    file = project_root / "benchmarks" / "drawn_chart.py"
    spec = importlib.util.spec_from_file_location("drawn_chart", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["drawn_chart"] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


def stages(study: Study, chart: Chart) -> tuple[Cohort, tuple[Verdict, ...]]:
    """Who is a case, and the answers under the protocol as written."""
    protocol = study.protocol
    with connect() as engine:
        cohort = select(engine, protocol, chart, answer_criteria)
        (name,) = protocol.verdicts
        verdicts = respond(engine, protocol, cohort, assess(engine, protocol, cohort, plan(protocol, name)))
        follow(engine, protocol, cohort)
        other_drugs(engine, protocol, cohort)
    return cohort, verdicts[0]


def test_answers_of_many_patients_are_those_of_an_independent_computation(drawn: ModuleType, tmp_path: Path) -> None:
    drawn.draw(tmp_path / "study", PATIENTS, seed=5)
    expected = drawn.expected(tmp_path / "study")
    study = Study.load(tmp_path / "study" / "protocol.yaml")
    cohort, verdicts = stages(study, study.read(tmp_path / "study" / "chart.yaml"))
    slots = [(window, measure) for window in ("baseline", "month 3") for measure in drawn.MEASURES]
    found: dict[str, tuple[Any, ...]] = {case.patient: (case.failed,) for case in cohort.cases if not case.included}
    for verdict in verdicts:
        values = {(one.slot.window, one.slot.measure): one.value for one in verdict.quantities}
        found[verdict.case_id] = ("", verdict.truth, *(values[slot] for slot in slots))
    labels = {
        "": "",
        "age": "Age below 18 years at the index date",
        "diagnosis": "Diagnosis of juvenile dermatomyositis by the index date",
    }
    assert {one.failed for one in expected.values()} == set(labels)
    assert {one.good for one in expected.values() if not one.failed} == {True, False, None}
    assert found == {
        patient: (labels[one.failed],)
        if one.failed
        else ("", one.good, *(None if value is None else Fraction(value) for value in one.values))
        for patient, one in expected.items()
    }


def steps(work: Callable[[], object]) -> Counter[str]:
    """How many instructions of Python a piece of work takes in each file, those of its loops among them."""
    taken: Counter[str] = Counter()

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "call":
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        elif event == "opcode":
            taken[frame.f_code.co_filename] += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return taken


def grow_faster(taken: Sequence[Counter[str]]) -> dict[str, tuple[int, int, int]]:
    """The files in which the steps grow faster than the patients, with the steps for n, 2 n and 4 n of them."""
    some, more, most = taken
    return {
        Path(file).stem: (some[file], more[file], most[file])
        for file in most
        if most[file] - more[file] > AT_MOST * max(0, more[file] - some[file]) + FEW
    }


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write(path: Path, written: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(written)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def with_limits(study: Path, patients: int) -> None:
    """Limits of normal beside each value."""
    visits = rows(study / "chart" / "visits.csv")
    write(study / "chart" / "visits.csv", [[*visits[0], "low", "high"], *([*row, "10", "60"] for row in visits[1:])])
    edit(study / "chart.yaml", "mmt: mmt", "mmt: {column: mmt, lower: low, upper: high}")


def written_twice(study: Path, patients: int) -> None:
    """Each patient on two rows, word for word."""
    people = rows(study / "chart" / "patients.csv")
    write(study / "chart" / "patients.csv", [*people, *people[1:]])


def half_left_out(study: Path, patients: int) -> None:
    """Half of the patients below the last row that is read."""
    for column in ("sex", "drug"):
        table = f"    file: patients.csv\n    patient: patient_id\n    {column}"
        edit(
            study / "chart.yaml", table, table.replace(f"    {column}", f"    last_row: {patients // 2}\n    {column}")
        )


def ids_of_two_kinds(study: Path, patients: int) -> None:
    """Ids of two in five patients that are text where the others are numbers."""
    people = rows(study / "chart" / "patients.csv")
    strange = [[f"x{row[0]}y" if place % 5 < 2 else row[0][1:], *row[1:]] for place, row in enumerate(people[1:])]
    write(study / "chart" / "patients.csv", [people[0], *strange])


def an_attribute_of_dates(study: Path, patients: int) -> None:
    """Another date of each patient, kept as an attribute, which tells who they are."""
    people = rows(study / "chart" / "patients.csv")
    dates = [f"{1950 + place // 300}-{1 + place % 12:02}-{1 + place % 28:02}" for place in range(len(people) - 1)]
    written = [[*people[0], "seen"], *([*row, date] for row, date in zip(people[1:], dates, strict=True))]
    write(study / "chart" / "patients.csv", written)
    table = "    file: patients.csv\n    patient: patient_id\n    sex"
    edit(study / "chart.yaml", table, table.replace("    sex", "    attributes: {seen: seen}\n    sex"))


def a_file_for_each(study: Path, patients: int) -> None:
    """A file for each patient, with the visits below what is known of them."""
    people, visits = rows(study / "chart" / "patients.csv"), rows(study / "chart" / "visits.csv")
    for person in people[1:]:
        single = [[name, value] for name, value in zip(people[0], person, strict=True)]
        own = [[*row[1:], "2001-01-01"] for row in visits[1:] if row[0] == person[0]]
        write(study / "chart" / f"{person[0]}.csv", [*single, [*visits[0][1:], "mmf since"], *own])
    for name in ("patients", "visits"):
        (study / "chart" / f"{name}.csv").unlink()
    head, written = (study / "chart.yaml").read_text(encoding="utf-8").split("tables:\n")
    cells = "one_row: yes, patient: id, cells: {id: file name, sex: B2, born: B3, known: B4, start: B5}"
    tables = [
        f"  patients: {{kind: patients, files: all, {cells}, sex: {{column: sex, words: {{F: female, M: male}}}}, birth: born, "
        "diagnoses: [{diagnosis: {value: juvenile dermatomyositis}, date: known}]}",
        f"  drugs: {{kind: drugs, files: all, {cells}, drug: {{value: mycophenolate mofetil}}, start: start, blank_stop: ongoing}}",
        f"  visits: {{kind: visits, files: all, header: {len(people[0]) + 1}, patient: id, cells: {{id: file name}}, "
        + written[written.index("date: visit_date") :]
        .replace("\n    ", ", ")
        .replace("measures:,", "measures: {")
        .strip()
        + "}}",
    ]
    (study / "chart.yaml").write_text(head + "tables:\n" + "\n".join(tables) + "\n", encoding="utf-8")


LAYOUTS = (with_limits, written_twice, half_left_out, ids_of_two_kinds, an_attribute_of_dates, a_file_for_each)


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS, ids=[layout.__name__ for layout in LAYOUTS])
def test_reading_takes_steps_in_proportion_to_the_rows(
    drawn: ModuleType, tmp_path: Path, layout: Callable[[Path, int], None]
) -> None:
    from caseseries.source.read import read

    taken: list[Counter[str]] = []
    for patients in (8, 16, 32) if layout is a_file_for_each else (30, 60, 120):
        folder = tmp_path / str(patients)
        drawn.draw(folder, patients)
        layout(folder, patients)
        protocol = Study.load(folder / "protocol.yaml").protocol
        read(protocol, folder / "chart.yaml")  # what is looked up once for all charts
        taken.append(steps(partial(read, protocol, folder / "chart.yaml")))
    assert grow_faster(taken) == {}


def test_stages_take_as_many_statements_for_many_patients_and_steps_in_proportion(
    drawn: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    ask = DuckDB._asked

    def counted(engine: DuckDB, question: Callable[[], Any]) -> Any:
        nonlocal asked
        asked += 1
        return ask(engine, question)

    monkeypatch.setattr(DuckDB, "_asked", counted)
    statements: list[int] = []
    taken: list[Counter[str]] = []
    for patients in (30, 60, 120):
        folder = tmp_path / str(patients)
        drawn.draw(folder, patients)
        study = Study.load(folder / "protocol.yaml")
        chart = study.read(folder / "chart.yaml")
        stages(study, chart)
        asked = 0
        taken.append(steps(partial(stages, study, chart)))
        statements.append(asked)
    assert len(set(statements)) == 1
    assert grow_faster(taken) == {}
