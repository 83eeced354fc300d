"""The counts of a small study by every implementation, for what is told of values and no verdict."""

from __future__ import annotations

import importlib
import inspect
import sys
from typing import Any

import pytest
from tests.spec.small import analyse_with_counts, chart
from tests.spec.stages import one_engine
from tests.summary.counting import tally_of

from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import plan
from caseseries.reference import oracle
from caseseries.reference.expected_counts import tally as oracle_tally
from caseseries.stats.tally import Tally
from caseseries.study.count_range import count_ranges
from caseseries.study.line import unwatched
from caseseries.study.ranges import WHOLE
from caseseries.study.sources import ChartSource
from caseseries.study.work import open_work

#: Who counts: the oracle; the line with cases; ranges (from a sheet where there is one), on two engines.
IMPLEMENTATIONS = ["reference", "duckdb", "counted", "postgres"]


def counts_of(study: Protocol, rows: str, implementation: str) -> Tally:
    """Everything that an implementation counts."""
    read = chart(rows, study)
    if implementation == "duckdb":
        return analyse_with_counts(study, read)[0]
    if implementation == "counted":
        return tally_of(study, read)
    if implementation == "postgres":
        with open_work(None) as work:
            source = ChartSource(one_engine("postgres"), study, read)
            return count_ranges(study, source, WHOLE, work, exact=True, progress=unwatched)
    answers = oracle.cases(study, read)
    verdicts = {
        name: {
            spec.number: {
                one.case_id: oracle.verdict(study, read, one, compiled, spec) for one in answers if one.included
            }
            for spec in compiled.specs
            if spec.role != "grid"
        }
        for name in study.verdicts
        for compiled in (plan(study, name),)
    }
    return oracle_tally(study, read, answers, verdicts)


def broken(module: str, name: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Break one piece of text of a module, or of one of its functions, wherever it is used."""
    home = importlib.import_module(module)
    present = getattr(home, name)
    source = present if isinstance(present, str) else inspect.getsource(present)
    assert old in source, "nothing to break"
    changed: Any = source.replace(old, new)
    if not isinstance(present, str):
        scope: dict[str, Any] = dict(vars(home))
        exec(changed, scope)  # our own source, changed by the lists of the tests
        changed = scope[name]
    for used, user in list(sys.modules.items()):
        if used.startswith("caseseries") and getattr(user, name, None) is present:
            monkeypatch.setattr(user, name, changed)
