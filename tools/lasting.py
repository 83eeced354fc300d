"""Write down which tests last, from a run of what `make test` would run without that list: `make measure`.

tests/lasting.txt has a line for each test function of which `make test` does not run every parameter: its name, and one in how many stay
(0: none). What lasts is what takes more than its share of the processor time of all tests, so that a slower machine has the same list.
"""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

LIST = Path(__file__).resolve().parents[1] / "tests" / "lasting.txt"
#: The share of all time above which a test function lasts; of one with so many parameters or more, one in n stays, n at most `ONE_IN`.
SHARE, MANY, ONE_IN = 0.00015, 6, 8
#: From chart to report, once each way: these stay whatever they take.
STAY = (
    "tests/published/test_published_jdm_mmf.py",
    "tests/published/test_published_report.py",
    "tests/docs/test_manual.py",
    "tests/cli/test_commands.py::test_run_writes_the_report_and_prints_the_headline",
    "tests/cli/test_commands.py::test_explain_tells_one_patient",
    "tests/study/test_study.py::test_the_example_gives_the_published_totals",
    "tests/generate/test_generate_stages.py::test_drawn_studies_agree",
    "tests/generate/test_generate_engines.py::test_a_few_drawn_studies_agree_on_postgres",
    "tests/summary/test_shown_and_counted.py::test_drawn_studies_counted_are_the_same_whole_and_in_parts",
    "tests/reference/test_expected_counts.py::test_drawn_studies_are_counted_alike",
    "tests/repository/test_installed_wheel.py",
)


def measured(report: Path) -> dict[str, list[float]]:
    """The seconds of every item, by test function (`file::name`), from a JUnit report; tests/conftest.py spreads what asks each engine in turn."""
    found: dict[str, list[float]] = defaultdict(list)
    engines = set()
    for case in ElementTree.parse(report).iter("testcase"):
        test, _, parameters = str(case.get("name")).partition("[")
        name = f"{str(case.get('classname')).replace('.', '/')}.py::{test}"
        found[name].append(float(str(case.get("time"))))
        if parameters.endswith("-reference]"):
            engines.add(name)
    return {name: seconds for name, seconds in found.items() if name not in engines and name.startswith("tests/")}


def lasting(found: Mapping[str, list[float]]) -> dict[str, int]:
    """One in how many items of a test function stay in `make test`, of those that last.

    >>> lasting({"tests/a.py::test_b": [1.0] * 8, "tests/a.py::test_c": [9.0], "tests/a.py::test_d": [0.0001]})
    {'tests/a.py::test_b': 8, 'tests/a.py::test_c': 0}
    """
    most = SHARE * sum(map(sum, found.values()))
    told = {}
    for name, seconds in sorted(found.items()):
        if sum(seconds) > most and not name.startswith(STAY):
            told[name] = min(math.ceil(sum(seconds) / most), len(seconds), ONE_IN) if len(seconds) >= MANY else 0
    return told


if __name__ == "__main__":
    lines = [f"{name} {one_in}" for name, one_in in lasting(measured(Path(sys.argv[1]))).items()]
    LIST.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} tests last")
