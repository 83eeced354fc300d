"""Eligibility by a value in a database: counted as patient by patient, whichever way values are chosen and however patients are divided."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from caseseries.errors import ChoiceNeeded
from caseseries.invent import write
from caseseries.protocol.load import parse
from caseseries.source.omop.reach import reach
from caseseries.study import Results, Study, count_range
from caseseries.study import ranges as ranges_module

PATIENTS = 300
DESCRIPTION = "omop:\n  cdm: '5.4'\n  from: {parquet: .}\n  invented: yes\n  no_route: systemic\n  refills: replace\n"
RECORDED = "  - {recorded: strength, in: baseline}\n"
BY_VALUE = """\
  - {value: strength, in: baseline, at_least: 55 points, below: 74 points, label: strength}
  - {value: steroid, in: baseline, more_than: 0.1 mg/kg/day, label: steroid}
exclude:
  - {value: crp, in: long before, above: 3 mg/L, label: crp}
"""
LONG_BEFORE = "windows:\n  long before: {from: -300 days, to: -150 days, take: highest, same_day: mean, components: nearest each}\n"


@pytest.fixture(scope="module")
def text(project_root: Path) -> str:
    """The protocol of the example with criteria by a value, one of them of days that nothing else looks at."""
    written = (project_root / "examples" / "omop-demo" / "protocol.yaml").read_text()
    assert RECORDED in written and "\nwindows:\n" in written
    return written.replace(RECORDED, BY_VALUE).replace("windows:\n", LONG_BEFORE)


@pytest.fixture(scope="module")
def study(text: str) -> Study:
    return Study(parse(text).protocol)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("invented") / "cdm"
    write(folder, patients=PATIENTS)
    (folder / "omop.yaml").write_text(DESCRIPTION)
    return folder / "omop.yaml"


@pytest.fixture(scope="module")
def small(study: Study, database: Path) -> Results:
    """Patient by patient, and compared with the reference."""
    return study.run(database)


def counted(study: Study, database: Path, **more: Any) -> Results:
    found = study.run(database, show=0, **more)
    assert isinstance(found, Results)
    return found


def cases(found: Results) -> dict[Any, int]:
    return dict(found.tally.section("cases"))


def test_each_line_decides_some_and_leaves_some_open(small: Results) -> None:
    reasons = {
        (case.failed_criterion, case.undetermined) for case in small.summary.shown.rows if case.status == "excluded"
    }
    assert {("strength", False), ("strength", True), ("steroid", False), ("crp", False), ("crp", True)} <= reasons
    assert small.summary.included


@pytest.mark.parametrize(
    "way", ["sheet", *(pytest.param(way, marks=pytest.mark.long) for way in ("general", "ranges"))]
)
def test_counts_are_those_of_the_small_path(
    study: Study, database: Path, small: Results, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "general":
        monkeypatch.setattr(count_range, "fits", lambda protocol, plans: False)
    if way == "ranges":
        monkeypatch.setattr(ranges_module, "persons_of_range", lambda limit, indexed: 50)
    found = counted(study, database)
    expected = small.tally
    assert dict(expected.section("cases")) == cases(found)
    for section in ("answer", "why", "value", "absent"):
        assert dict(expected.section(section)) == dict(found.tally.section(section))
    found.close()


def test_days_that_only_a_criterion_looks_at_are_read(study: Study) -> None:
    days = reach(study.protocol)
    assert (-300, -150) in days["crp"] and not any(low <= -150 for low, _ in days["strength"])


def test_values_that_wait_for_a_choice_are_counted(text: str, database: Path) -> None:
    """Of included cases, and of those that are not because the value of a criterion waits."""
    declared = "    outside_courses: zero\n"
    assert declared in text
    study = Study(parse(text.replace(declared, "")).protocol)
    with pytest.raises(ChoiceNeeded) as one_by_one:
        study.run(database)
    cases = Counter(problem.what for problem in one_by_one.value.problems)
    assert {"a dose on a day outside the recorded courses (steroid)"} == cases.keys()
    with pytest.raises(ChoiceNeeded) as together:
        counted(study, database)
    told = {problem.what for problem in together.value.problems}
    assert {f"{what}: {n} case(s)" for what, n in cases.items()} == told
