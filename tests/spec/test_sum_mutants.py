"""Break one thing of how days are added up: the spec that holds it must turn red."""

from __future__ import annotations

import importlib
import inspect
import sys
from typing import Any

import pytest
from tests.spec import test_spec_sums

DAYS, WINDOW, REFERENCE = (
    "caseseries.assessment.recorded_days",
    "caseseries.assessment.window",
    "caseseries.reference.window",
)
SPECS = {spec.name: spec for spec in test_spec_sums.SPECS}

#: Module, name, what is broken, what it becomes, the spec that holds it.
MUTANTS = [
    (WINDOW, "_TAKEN", "CAST(CASE WHEN take = 'mean' THEN days", "CAST(CASE WHEN take IN ('mean', 'sum') THEN days", "every day"),
    (DAYS, "_KEPT", "WHEN m.value IS NULL THEN 0 ELSE 1 END", "WHEN m.value IS NULL THEN 1 ELSE 1 END", "nobody who kept no diary has none"),
    (DAYS, "_KEPT", " AND d.choice IS NULL THEN m.day", " THEN m.day", "a code beside a value"),
    (DAYS, "_KNOWN", "WHEN {ended} THEN", "WHEN FALSE THEN", "seen to the day before"),
    (DAYS, "_KNOWN", "WHEN {uncovered} THEN", "WHEN FALSE THEN", "a blank day before the known history"),
    (DAYS, "_KNOWN", "WHEN {leaves} THEN", "WHEN FALSE THEN", "an empty window that leaves observed time"),
    (DAYS, "_KNOWN", "+ 1 - z.noted < l.least", "+ 1 < l.least", "a code is no blank day"),
    (DAYS, "_KNOWN", "+ 1 - z.noted < l.least", "+ 1 - z.noted <= l.least", "blank days are days of 0"),
    (DAYS, "_TAKEN", "t.blank AND t.averaged AND", "FALSE AND", "the mean of blank days"),
    (DAYS, "require_days", "< l.high", "<= l.high", "seen just to the last day"),
    (DAYS, "require_days", "(protocol, measure).blank_zero and", "(protocol, measure) and", "the mean without blank days"),
    (REFERENCE, "_blank", "[0] - index < window.to", "[0] - index < window.from_", "seen to the day before"),
    (REFERENCE, "_blank", "if not any(", "if False and not any(", "nobody who kept no diary has none"),
    (REFERENCE, "_of_all_days", "- len(candidates.without_number - candidates.days)", "", "a code is no blank day"),
    (REFERENCE, "_of_all_days", "candidates.without_number - candidates.days", "candidates.without_number", "a code beside a value"),
    (REFERENCE, "_by_value", "if known is None else known", "", "the mean of blank days"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "name", "old", "new", "spec"), MUTANTS, ids=[f"{one[1]}: {one[2]} {one[3]}" for one in MUTANTS]
)
def test_what_is_broken_turns_red(
    module: str, name: str, old: str, new: str, spec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = importlib.import_module(module)
    present = getattr(home, name)
    source = present if isinstance(present, str) else inspect.getsource(present)
    assert old in source, "nothing to break"
    changed: Any = source.replace(old, new)
    if not isinstance(present, str):
        scope: dict[str, Any] = dict(vars(home))
        exec(changed, scope)  # our own source, changed by the list above
        changed = scope[name]
    for user in [one for key, one in sys.modules.items() if key.startswith("caseseries")]:
        if getattr(user, name, None) is present:
            monkeypatch.setattr(user, name, changed)
    try:
        SPECS[spec].holds("reference" if module == REFERENCE else "duckdb", alone=True)
    except Exception:  # also a query that no engine takes is red
        return
    pytest.fail(f"{spec} still holds")
