"""The list of tests that `make test` leaves out, and the parts of the long ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.lasting import LIST, STAY, lasting, measured


def test_every_test_of_the_list_exists(project_root: Path) -> None:
    names = [line.split() for line in LIST.read_text(encoding="utf-8").splitlines()]
    gone = [
        name
        for name, one_in in names
        if int(one_in) < 0
        or f"def {name.partition('::')[2]}(" not in (project_root / name.partition("::")[0]).read_text(encoding="utf-8")
    ]
    assert [] == gone, "`make measure` writes the list anew"
    assert not [name for name, _ in names if name.startswith(STAY)]
    for kept in STAY:
        file, _, test = kept.partition("::")
        assert not test or f"def {test}(" in (project_root / file).read_text(encoding="utf-8")


def test_what_lasts_is_what_takes_more_than_its_share(tmp_path: Path) -> None:
    written = "".join(
        f'<testcase classname="tests.a.test_b" name="{name}" time="{seconds}"/>'
        for name, seconds in [
            *((f"test_many[{n}]", 2.0) for n in range(10)),
            *((f"test_few[{n}]", 2.0) for n in range(3)),
            ("test_quick", 0.001),
            *((f"test_engines[{n}-{engine}]", 9.0) for n in range(4) for engine in ("reference", "duckdb")),
        ]
    )
    report = tmp_path / "measured.xml"
    report.write_text(f"<testsuites><testsuite>{written}</testsuite></testsuites>", encoding="utf-8")
    found = measured(report)
    assert {"test_many": 10, "test_few": 3, "test_quick": 1} == {
        name.partition("::")[2]: len(seconds) for name, seconds in found.items()
    }
    assert {"tests/a/test_b.py::test_few": 0, "tests/a/test_b.py::test_many": 8} == lasting(found)


def test_every_long_test_is_in_one_of_the_parts(request: pytest.FixtureRequest) -> None:
    of_part = request.config.pluginmanager.getplugin(str(Path(__file__).parents[1] / "conftest.py")).of_part
    items = request.session.items
    parts = [[item for item in items if of_part(item, f"{place}/3")] for place in (1, 2, 3)]
    assert len(items) == sum(map(len, parts))
    of_one_test = {item.nodeid.partition("[")[0] for item in parts[0]}
    assert not of_one_test & {item.nodeid.partition("[")[0] for item in parts[1]}
