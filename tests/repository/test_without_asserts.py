"""What must hold is checked also where Python runs with -O, which leaves every `assert` out."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest


def narrows(test: ast.expr) -> bool:
    """Whether an assert only tells a type checker what is known: `isinstance` or not, `is not None`, and several of these."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and isinstance(test.operand, ast.Call):
        return narrows(test.operand)
    if isinstance(test, ast.BoolOp):
        return all(narrows(part) for part in test.values)
    if isinstance(test, ast.Call):
        return isinstance(test.func, ast.Name) and test.func.id == "isinstance"
    one = isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.IsNot)
    return one and isinstance(test, ast.Compare) and ast.unparse(test.comparators[0]) == "None"


@pytest.mark.parametrize(
    ("written", "narrowing"),
    [("x is not None", True), ("isinstance(x, str) and y is not None", True), ("not isinstance(x, str)", True),
     ("not x", False), ("not (x is not None)", False), ("not read(x)", False), ("read == used", False), ("x", False),
     ("keys.setdefault(name, key) == key", False), ("x is not None and x > 0", False), ("x is not y", False)],
)  # fmt: skip
def test_an_account_in_an_assert_is_seen(written: str, narrowing: bool) -> None:
    assert narrowing == narrows(ast.parse(written, mode="eval").body)


def test_no_account_stands_in_an_assert(project_root: Path) -> None:
    found = [
        f"{path.relative_to(project_root)}:{node.lineno}: {ast.unparse(node.test)}"
        for path in sorted((project_root / "src").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert) and not narrows(node.test)
    ]
    assert [] == found


def run(*arguments: str, cwd: Path, optimised: bool) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *(["-O"] if optimised else []), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


#: Each argument is one call of the program, as JSON; one process, because starting takes longer than the study.
EACH = """
import json, sys
from caseseries.cli.main import main
print(__debug__, [main(json.loads(call)) for call in sys.argv[1:]], file=sys.stderr)
"""


@pytest.mark.long
def test_every_command_says_and_writes_the_same_with_asserts_left_out(project_root: Path, tmp_path: Path) -> None:
    study, chart = (
        str(project_root / "examples" / "jdm-mmf" / name) for name in ("protocol.yaml", "chart-workbook.yaml")
    )
    commands = [
        ["run", study, chart, "--out", "report", "--values"],
        ["check", study, chart, "--values"],
        ["explain", "P6", study, chart],
        ["catalogue", "prednisone"],
        ["demo", "--omop", "--patients", "2100", "--out", "database"],
    ]
    said, written = [], []
    for optimised in (False, True):
        folder = tmp_path / str(optimised)
        folder.mkdir()
        done = run("-c", EACH, *map(json.dumps, commands), cwd=folder, optimised=optimised)
        assert f"{not optimised} {[0] * len(commands)}" == done.stderr.splitlines()[-1]
        said.append(done.stdout)
        written.append({
            str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*") if path.is_file() and path.name != "run.json"
        })  # fmt: skip
    assert said[0] == said[1]
    assert {"report/report.html", "report/results.json", "database/results.json"} <= set(written[0])
    assert written[0] == written[1]


WRONG_ACCOUNT = """
import sys
from pathlib import Path
from caseseries.chart.tables import Chart
from caseseries.source import read

def one_short(chart):
    accounts = real(chart)
    accounts["visits"]["used"] -= 1
    return accounts

real = Chart.account
Chart.account = one_short
from caseseries.cli.main import main
print(__debug__, file=sys.stderr)
sys.exit(main(["check", *sys.argv[1:]]))
"""


@pytest.mark.parametrize("optimised", [False, True])
def test_an_account_that_does_not_add_up_stops(project_root: Path, tmp_path: Path, optimised: bool) -> None:
    files = [str(project_root / "examples" / "jdm-mmf" / name) for name in ("protocol.yaml", "chart.yaml")]
    done = run("-c", WRONG_ACCOUNT, *files, cwd=tmp_path, optimised=optimised)
    assert (70, f"{not optimised}") == (done.returncode, done.stderr.splitlines()[0])
    assert "contradicts itself" in done.stderr


SPECIFICATION = """
import importlib, json, sys
from pathlib import Path
from tests.spec.small import Spec, answers, protocol

asked, wrong = 0, []
for path in sorted(Path("tests/spec").glob("test_spec_*.py")):
    module = importlib.import_module(f"tests.spec.{path.stem}")
    lists = [value for name, value in sorted(vars(module).items()) if name.isupper() and isinstance(value, list)]
    for number, spec in enumerate(one for every in lists for one in every if isinstance(one, Spec)):
        for implementation in ("reference", "duckdb") if number % 8 == 0 else ("reference",):
            study = protocol(spec.changes, spec.base)
            found = answers(study, spec.rows, implementation)
            asked += 1
            for case, pieces in spec.expected.items():
                story = [] if found.needed else found.story(case, next(iter(study.verdicts), ""), spec.cell)
                if any(piece.strip() not in story for piece in pieces.split(";")):
                    wrong.append(f"{path.stem}: {spec.name}: {implementation}")
print(json.dumps({"asserts": __debug__, "asked": asked, "wrong": wrong}))
"""


@pytest.mark.long
def test_the_specification_holds_with_asserts_left_out(project_root: Path) -> None:
    done = run("-c", SPECIFICATION, cwd=project_root, optimised=True)
    found = json.loads(done.stdout or f'"{done.stderr[-2000:]}"')
    assert (False, []) == (found["asserts"], found["wrong"])
    assert found["asked"] > 1_000
