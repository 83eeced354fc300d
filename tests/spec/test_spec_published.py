"""Response notions of published series, as the protocol language says them, or cannot yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML
from tests.spec.small import BASE, IMPLEMENTATIONS, answers, merged, protocol_of
from tests.spec.times import times

from caseseries.protocol.check import check_made
from caseseries.protocol.specs import plan

FOLDER = Path(__file__).with_name("published")
FILES = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "pending.yaml")
WORDS = {True: "yes", False: "no", None: "?"}


def read(path: Path) -> Any:
    return YAML(typ="base").load(path.read_text(encoding="utf-8"))


PENDING = read(FOLDER / "pending.yaml")


def study(written: dict[str, Any]) -> Any:
    """The base protocol with these sections, its own outcome and measure left out where others are given."""
    base = YAML(typ="base").load(BASE)
    for section in {"measures", "outcomes"} & written.keys():
        base[section] = {}
    return merged(base, written)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_protocol_is_accepted(path: Path) -> None:
    written = read(path)
    assert written["source"] and written["says"]
    assert [] == [problem.what for problem in check_made(protocol_of(study(written["protocol"]))).errors]


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_answers(path: Path, implementation: str) -> None:
    written = read(path)
    declared = protocol_of(study(written["protocol"]))
    found = answers(declared, written["chart"], implementation)
    assert [] == found.needed
    said: dict[str, dict[str, str]] = {}
    for outcome in declared.verdicts:
        outcome_plan = plan(declared, outcome)
        for case in found.cases.values():
            answer = said.setdefault(case.case_id, {})
            for spec in outcome_plan.specs:
                name = outcome if spec.primary else spec.reading
                answer[name] = WORDS[found.verdicts[case.case_id, outcome, spec.number].truth]
            if outcome_plan.among is not None:
                answer["among"] = WORDS[found.among[case.case_id, outcome, 0][0]]
    for case_id, of_case in times(declared, written["chart"], implementation).items():
        said.setdefault(case_id, {}).update(of_case)
    assert written["expected"] == said


@pytest.mark.parametrize("entry", PENDING, ids=lambda entry: entry["name"])
def test_what_cannot_be_said_yet_is_refused(entry: dict[str, Any]) -> None:
    assert entry["source"] and entry["missing"]
    steroid = {"daily_dose": "systemic glucocorticoids", "as": "prednisone mg/day", "if_zero_baseline": "not met"}
    base = merged(YAML(typ="base").load(BASE), {"measures": {"steroid": steroid}})
    assert protocol_of(base)
    with pytest.raises(ValidationError):
        protocol_of(merged(base, {"outcomes": entry["outcomes"]}))
