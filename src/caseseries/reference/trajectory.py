"""The values of a trajectory, one case at a time, and their sums of products."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from caseseries.protocol.specs import trajectory_plans
from caseseries.reference.case import CaseAnswer
from caseseries.reference.follow_up import index_period
from caseseries.reference.record import Indexed
from caseseries.reference.window import candidates_in, value_by_itself
from caseseries.stats.tally import Tally
from caseseries.verdict.trace import Quantity


def count_trajectories(counts: Tally, study: Indexed, included: Sequence[CaseAnswer]) -> None:
    """Count, by how many days of a case have a value, the cases and the sums over their days."""
    for name in study.protocol.trajectories:
        for plan in trajectory_plans(study.protocol, name):
            sums: Counter[tuple[str, int]] = Counter()
            for case in included:
                values = list(values_by_day(study, case, name, plan.at))
                known = [(one.day or 0, _millionths(one.value)) for one in values if one.value is not None]
                for one in values:
                    if one.value is None:
                        counts.add(("trajectory absent", name, plan.at, one.absent))
                if known:
                    counts.add(("trajectory", name, plan.at, "cases", len(known)))
                for what, size in _sums(known):
                    sums[f"{what} {'+' if size > 0 else '-'}", len(known)] += abs(size)
            for (what, days), total in sums.items():
                counts.add(("trajectory", name, plan.at, what, days), total)


def values_by_day(study: Indexed, case: CaseAnswer, name: str, window_name: str) -> Iterator[Quantity]:
    """What the measure was on each day of the window that has a value of it, or why that does not count."""
    assert case.index is not None
    measure, window = study.protocol.trajectories[name].trajectory, study.protocol.windows[window_name]
    (slot,) = trajectory_plans(study.protocol, name)[0].held[0].daily
    rows = study.patients[case.patient]
    first, last = index_period(rows, case.index) or (case.index + window.from_, case.index + window.to)
    found = {row.day for row in rows.measurements.get(measure, ()) if row.value is not None}
    for day in sorted(one - case.index for one in found if first <= one <= last):
        if not window.from_ <= day <= window.to:
            continue
        that_day = window.model_copy(update={"from_": day, "to": day, "take": "last", "recorded": None})
        near = candidates_in(study, rows, case.index, measure, that_day)
        chosen = value_by_itself(near, case.index, that_day, study.measures[measure])
        yield Quantity(slot, chosen.value, day, chosen.record, chosen.absent)


def _sums(known: Sequence[tuple[int, int]]) -> Iterator[tuple[str, int]]:
    t, y = sum(day for day, _ in known), sum(value for _, value in known)
    yield from (("t", t), ("y", y), ("t t", t * t), ("t y", t * y), ("y y", y * y))
    yield "tt", sum(day * day for day, _ in known)
    yield "ty", sum(day * value for day, value in known)
    yield "yy", sum(value * value for _, value in known)


def _millionths(value: Fraction) -> int:
    """The nearest whole number of millionths, a half away from zero: a mean of one day may be no whole one."""
    size = int(abs(value) * 1_000_000 + Fraction(1, 2))
    return size if value > 0 else -size
