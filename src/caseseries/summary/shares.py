"""From counts that may be ranges to rows of the report."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from caseseries import stats
from caseseries.protocol.written import DAYS_PER_UNIT
from caseseries.stats.tally import Key
from caseseries.summary.result import Count, Reason, Result
from caseseries.summary.result_rows import of_estimate, proportion

#: Why a number has no estimate but only ends: sites told ranges; events, or days at risk, of which it is not known whether they count.
RANGED = "known only as a range, from counts too small to be told"
INEXACT = "events whose date is not exact may lie on treatment or not"
TIME_INEXACT = "days of which it is not known whether they were on treatment"


def share(
    result_id: str,
    label: str,
    count: Count,
    total: Count,
    level: Fraction,
    *,
    why: str = RANGED,
    method: str = "clopper_pearson",
) -> Result:
    """`count` of `total` with its interval; as a range from the least to the most where one of them is a range, and `why`."""
    if count.exact is not None and total.exact is not None:
        return proportion(result_id, label, count.exact, total.exact, level, method)
    if not total.low:
        return Result(result_id, label, None, unit="proportion", absent_because=why)
    low, high = Fraction(count.low, total.high), min(Fraction(1), Fraction(count.high, total.low))
    return Result(result_id, label, None, low, high, None, total.exact, "proportion", "", why)


def rate(result_id: str, label: str, events: Count, days: Count, level: Fraction, *, why: str = RANGED) -> Result:
    """Events per 100 patient-years with the exact Poisson interval; a range where the events or the days at risk are one.

    The least rate is that of the least events in all the time there may have been, and the other way round. Where no event can have
    occurred the rate is 0 whatever the time; its interval is that of the least time, the widest.
    """
    years = [Fraction(one) / DAYS_PER_UNIT["year"] for one in (days.low, days.high)]
    unit = "events per 100 patient-years"
    if not events.high or not days.high or (events.exact is not None and days.exact is not None):
        return of_estimate(result_id, label, stats.poisson_rate(events.low, years[0], per=100, level=level, unit=unit))
    upper = 100 * events.high / years[0] if years[0] else None
    because = why if events.exact is None else TIME_INEXACT
    return Result(result_id, label, None, 100 * events.low / years[1], upper, None, None, unit, "", because)


def reasons(found: Mapping[Key, Count]) -> tuple[Reason, ...]:
    """Reasons with their counts, the most frequent first, then by their words."""
    rows = [Reason(" → ".join(str(part) for part in key), n) for key, n in found.items()]
    return tuple(sorted(rows, key=lambda row: (-row.n.high, row.words)))
