"""Before, after and change of each measure, from the values the verdicts rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from caseseries import stats
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.specs import pairs_of as pairs_of
from caseseries.protocol.tree import Slot
from caseseries.summary.model import ChangeSummary, Result
from caseseries.summary.results import change_tests, description, of_estimate, without_pairs
from caseseries.verdict.trace import Quantity

#: Cases and the values chosen for them, by slot.
Chosen = Sequence[tuple[str, Mapping[Slot, Quantity]]]


def summarise_change(
    outcome: str,
    spec: int,
    facts: MeasureFacts,
    before_window: str,
    after_window: str,
    chosen: Chosen,
    level: Fraction,
    p_values: bool,
    among: str = "",
    days: str = "",
) -> ChangeSummary:
    """Change is after minus before, over the cases with both values; for doses also the percent decrease from baseline.

    `chosen` are the cases of the outcome's denominator; `among` names it where it is not all included (`with ...`). `days` says on which days
    a dose is read.
    """
    name = facts.name
    pairs: list[tuple[Fraction, Fraction]] = []
    absent: list[tuple[str, str]] = []
    for case_id, values in chosen:
        before, after = values[Slot(name, before_window)], values[Slot(name, after_window)]
        if before.value is None or after.value is None:
            missing = before if before.value is None else after
            absent.append((case_id, f"{missing.slot.window} {name}: {missing.absent}"))
        else:
            pairs.append((before.value, after.value))
    prefix, whose = f"{outcome}/{spec}/{name}", labelled(among, days)
    prefix += "/among" if among else ""
    befores, afters = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    changes = [after - before for before, after in pairs]
    change = description(f"{prefix}/change", f"{name}, change{whose}", changes, facts.change_unit)
    estimate = stats.hodges_lehmann(changes, level=level, unit=facts.change_unit)
    change["hodges_lehmann"] = of_estimate(
        f"{prefix}/change/hodges_lehmann", f"{name}, change, Hodges–Lehmann{whose}", estimate
    )
    percent: dict[str, Result] = {}
    if facts.kind == "dose":
        decreases = [100 * (before - after) / before for before, after in pairs if before > 0]
        percent = description(f"{prefix}/percent_decrease", f"{name}, percent decrease{whose}", decreases, "%")
    tests = change_tests(prefix, f"{name}{whose}", changes) if p_values else ()
    return ChangeSummary(
        outcome, spec, name, before_window, after_window, len(pairs),
        without_pairs(description(f"{prefix}/before", f"{name}, before{whose}", befores, facts.unit)),
        without_pairs(description(f"{prefix}/after", f"{name}, after{whose}", afters, facts.unit)),
        without_pairs(change), percent if pairs else without_pairs(percent),
        tuple(without_pairs({one.id: one for one in tests}).values()), tuple(absent), among, days,
    )  # fmt: skip


def labelled(among: str, days: str) -> str:
    """What stands behind the label of a change: whose it is, and on which days its dose is read.

    >>> labelled("", ""), labelled("with CK", "on day 0 and on day 91")
    ('', ' (with CK; on day 0 and on day 91)')
    """
    return f" ({'; '.join(part for part in (among, days) if part)})" if among or days else ""
