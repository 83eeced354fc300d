"""Specs that stand in files of their own: a protocol, a small chart, and what must be said of each patient.

Published definitions are in `published/`, the pages of the manual in `concepts/`; docs/rules and docs/definitions are printed from both.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from tests.spec.small import BASE, answers, chart, merged, protocol_of
from tests.spec.spelled import spells
from tests.spec.spelled import told as told_spells
from tests.spec.times import times

from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import plan
from caseseries.reference.case import CaseAnswer

HERE = Path(__file__).parent
PUBLISHED = tuple(sorted(path for path in (HERE / "published").glob("*.yaml") if path.name != "pending.yaml"))
CONCEPTS = tuple(sorted((HERE / "concepts").glob("*.yaml")))
WORDS = {True: "yes", False: "no", None: "?"}

#: Under this name stands of a case that it was not included, and why.
NOT_INCLUDED = "not included"


def read(path: Path) -> Any:
    """A file as plain text values."""
    return YAML(typ="base").load(path.read_text(encoding="utf-8"))


@cache
def _base() -> dict[str, Any]:
    return YAML(typ="base").load(BASE)


def study(written: dict[str, Any]) -> Protocol:
    """The base protocol with these sections, its own outcome and measure left out where others are given."""
    base = dict(_base())
    for section in {"measures", "outcomes"} & written.keys():
        base[section] = {}
    return protocol_of(merged(base, written))


def excluded(case: CaseAnswer) -> str:
    """Why a case was not included."""
    return f"{case.failed}{' (undetermined)' if case.undetermined else ''}"


def said(declared: Protocol, rows: str, implementation: str) -> dict[str, dict[str, str]]:
    """By case, the answer of every outcome, reading, denominator and time; of an excluded one why."""
    table = chart(rows, declared)
    found = answers(declared, table, implementation)
    assert [] == found.needed
    told: dict[str, dict[str, str]] = {}
    for case in found.cases.values():
        if not case.included:
            told[case.case_id] = {NOT_INCLUDED: excluded(case)}
    for outcome in declared.verdicts:
        outcome_plan = plan(declared, outcome)
        for case in found.cases.values():
            if not case.included:
                continue
            answer = told.setdefault(case.case_id, {})
            for spec in outcome_plan.specs:
                if spec.role != "grid":
                    name = outcome if spec.primary else spec.reading
                    answer[name] = WORDS[found.verdicts[case.case_id, outcome, spec.number].truth]
            if outcome_plan.among is not None:
                answer["among"] = WORDS[found.among[case.case_id, outcome, 0][0]]
    for case_id, of_case in times(declared, rows, implementation).items():
        told.setdefault(case_id, {}).update(of_case)
    for case_id, spelled in spells(declared, rows, implementation).items():
        told.setdefault(case_id, {}).update({name: told_spells(one) for name, one in spelled.items()})
    return told
