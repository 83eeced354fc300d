"""Response notions of published series, and the examples of the manual, as the protocol language says them, or cannot yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML
from tests.spec.small import BASE, IMPLEMENTATIONS, merged, protocol_of
from tests.spec.spec_file import CONCEPTS, PUBLISHED, read, said, study

from caseseries.protocol.check import check_made

PENDING = read(Path(__file__).with_name("published") / "pending.yaml")


@pytest.mark.parametrize("path", PUBLISHED + CONCEPTS, ids=lambda path: path.stem)
def test_the_protocol_is_accepted(path: Path) -> None:
    written = read(path)
    assert written["says"] and (path in CONCEPTS or written["source"])
    assert [] == [problem.what for problem in check_made(study(written["protocol"])).errors]


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_the_answers(path: Path, implementation: str) -> None:
    written = read(path)
    assert written["expected"] == said(study(written["protocol"]), written["chart"], implementation)


@pytest.mark.parametrize("path", CONCEPTS, ids=lambda path: path.stem)
def test_the_answers_of_the_manual(path: Path) -> None:
    written = read(path)
    assert written["expected"] == said(study(written["protocol"]), written["chart"], "reference")


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS[1:])
@pytest.mark.parametrize(
    "path", [pytest.param(path, marks=pytest.mark.long(but_every=4), id=path.stem) for path in CONCEPTS]
)
def test_the_answers_of_the_manual_on_engines(path: Path, implementation: str) -> None:
    written = read(path)
    assert written["expected"] == said(study(written["protocol"]), written["chart"], implementation)


@pytest.mark.parametrize("entry", PENDING, ids=lambda entry: entry["name"])
def test_what_cannot_be_said_yet_is_refused(entry: dict[str, Any]) -> None:
    assert entry["source"] and entry["missing"]
    steroid = {"daily_dose": "systemic glucocorticoids", "as": "prednisone mg/day", "if_zero_baseline": "not met"}
    base = merged(YAML(typ="base").load(BASE), {"measures": {"steroid": steroid}})
    assert protocol_of(base)
    with pytest.raises(ValidationError):
        protocol_of(merged(base, {"outcomes": entry["outcomes"]}))
