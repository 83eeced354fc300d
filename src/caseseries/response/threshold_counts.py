"""How many cases meet an outcome at other thresholds of its rule: the verdicts of the stages over more specs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from caseseries.assessment.compile import Compiled
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.threshold_grid import VariedThreshold, threshold_grid
from caseseries.response.settle import settle
from caseseries.response.verdict_counts import ANSWERS, placed_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

_COUNTED = "SELECT spec, truth, inside, count(*) FROM verdict GROUP BY spec, truth, inside ORDER BY spec, truth, inside"


@dataclass(frozen=True, slots=True)
class ThresholdCounts:
    """The answers of an outcome at every combination of thresholds: those of the denominator, as (met, not evaluable).

    `cells` are in the order of the values, the last of `axes` changing fastest; that of the protocol as written stands at `primary`. `fixed` is how
    many further thresholds of the rule stay as written.
    """

    axes: tuple[VariedThreshold, ...]
    cells: tuple[tuple[int, int], ...]
    primary: int
    fixed: int


def count_thresholds(
    engine: Engine, protocol: Protocol, numbers: Numbers, compiled: Compiled
) -> ThresholdCounts | None:
    """Count the outcome that was assessed last at other thresholds of its rule; None where it has none.

    Its ``verdict`` and what was laid out for it are replaced: nothing of the outcome may be asked afterwards.
    """
    grid = threshold_grid(compiled.plan)
    if grid is None:
        return None
    settle(engine, protocol, numbers, replace(compiled, plan=grid.plan))
    found: dict[tuple[int, str], int] = {}
    for spec, truth, inside, n in engine.rows(_COUNTED):
        key = int(spec), placed_answer(truth, inside)
        found[key] = found.get(key, 0) + int(n)
    cells = tuple(_cell(found, spec.number) for spec in grid.plan.specs)
    return ThresholdCounts(grid.axes, cells, grid.primary, grid.fixed)


def _cell(found: Mapping[tuple[int, str], int], spec: int) -> tuple[int, int]:
    return found.get((spec, ANSWERS[True]), 0), found.get((spec, ANSWERS[None]), 0)
