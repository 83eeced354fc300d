"""A comparison in words: what stands beside what, what is pooled, and what is not."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from caseseries.evidence.plan_words import percent_of
from caseseries.evidence.side_by_side import CheckedMean, Compared, SeriesRow
from caseseries.report.exhibits.included import INVENTED
from caseseries.report.exhibits.p_values import p_compared
from caseseries.report.exhibits.printed_numbers import (
    ci_text,
    ends_span,
    exact,
    number,
    percent_limits,
    share_in_words,
    span,
)
from caseseries.report.exhibits.words import counted
from caseseries.stats import Estimate, HypothesisTest, PooledShare
from caseseries.verdict.number_style import style_in_force, with_percent

#: The level of every interval of a comparison.
LEVEL = "95"

IN_SHORT = "Series differ in whom they treated, for how long, and in what they called a response; side by side they show a range, not an effect."


def interval_words(found: Estimate) -> str:
    """The interval in percent; empty where there is none."""
    ends = _limits(found)
    return span(*ends) if ends else ""


def ends_words(found: Estimate) -> str:
    """The interval behind its share in a sentence; empty where there is none."""
    ends = _limits(found)
    return ends_span(*ends) if ends else ""


def _limits(found: Estimate) -> tuple[str, str] | None:
    if found.lower is None or found.upper is None:
        return None
    return percent_limits(exact(found.lower) * 100, exact(found.upper) * 100, found.n)


def row_words(row: SeriesRow) -> str:
    """`6 of 8 (75 %), 95 % CI 34.9–96.8`."""
    return f"{share_in_words(row.responders, row.n)}, {ci_text(LEVEL, ends_words(row.interval))}"


def definitions_words(found: Compared) -> str:
    """That definitions and diseases differ, or do not, among the series that are pooled."""
    if found.rules == 1:
        told = "All of the pooled series define response in the same words."
    else:
        told = (
            f"The definitions of response differ: among {len(found.pooled_rows)} pooled series there are {found.rules}. The pooled share is of no "
            "single definition."
        )
    diseases = len({one.disease for one in found.published.values() if one.responders is not None})
    return f"{told} Nor is it of one disease: there are {diseases}." if diseases > 1 else told


def over_words(found: Compared) -> str:
    """Which series the pooled share is over."""
    told = counted(len(found.pooled_rows), "published series", "published series")
    if not any(row.own for row in found.rows):
        return f"over {told}"
    return (
        f"over {len(found.pooled_rows)} series, this run among them"
        if found.pool_own
        else f"over {told}, this run not among them"
    )


def pooled_lines(found: Compared) -> Iterator[str]:
    """The pooled share, how much the series differ, the interval for a further series; or why there is none."""
    pooled = found.pooled
    if pooled.pooled.estimate is None or pooled.tau2.value is None:
        yield f"No pooled share: {pooled.pooled.absent_because}."
        return
    yield (
        f"Pooled share {over_words(found)}: {percent_of(exact(pooled.pooled.estimate))} ({ci_text(LEVEL, ends_words(pooled.pooled))}). "
        f"{definitions_words(found)}"
    )
    yield (
        f"Heterogeneity: variance between series τ² = {tau_words(pooled)} on the log-odds scale; likelihood ratio test "
        f"{test_words(pooled.likelihood_ratio)}; Wald test {test_words(pooled.wald)}."
    )
    ahead = _limits(pooled.prediction)
    nothing = ", which says nothing" if ahead and pooled_width(pooled) > Fraction(19, 20) else ""
    low, high = ahead or ("", "")
    between = f"{with_percent(low) if style_in_force().percent_twice else low} and {with_percent(high)}"
    yield (
        f"In a further series the share would lie between {between} ({with_percent(LEVEL)} prediction interval){nothing}."
        if ahead
        else f"No prediction interval: {pooled.prediction.interval_absent_because}."
    )


def pooled_width(pooled: PooledShare) -> Fraction:
    """How wide the interval for a further series is, as a share."""
    return exact(pooled.prediction.upper or 0) - exact(pooled.prediction.lower or 0)


def tau_words(pooled: PooledShare) -> str:
    """The variance between series; 0 where it is estimated as that."""
    value = exact(pooled.tau2.value or 0)
    return number(value, 3) if value >= Fraction(1, 1000) else "<0.001" if value else "0"


def test_words(test: HypothesisTest) -> str:
    """The statistic with its degrees of freedom and P, or why there is none."""
    if test.statistic is None or test.p is None:
        return f"absent ({test.absent_because})"
    return f"Q = {number(test.statistic, 2)}, {test.n - 1} df, {p_compared(test.p)}"


def mean_words(one: CheckedMean) -> str:
    """What GRIM and SPRITE say of a printed mean."""
    mean = one.printed
    if not one.grim.consistent:
        return f"not possible: no sum of {mean.n * mean.items} whole numbers is rounded to this mean"
    if one.sprite is not None and one.sprite.impossible:
        return f"mean possible, not with this SD: {one.sprite.impossible}"
    if not one.grim.can_tell:
        return f"every mean is possible with {mean.n * mean.items} numbers and so many decimals"
    if one.sprite is None:
        return "possible"
    return (
        "possible, with this SD too"
        if one.sprite.sample
        else "mean possible; no numbers with this SD were found, none were ruled out"
    )


def headline(found: Compared) -> str:
    """The comparison in a few lines."""
    told = [f"{INVENTED}."] if found.invented else []
    for row in found.rows:
        told.append(f"{row.label}{' (this run)' if row.own else f', {row.drug}'}: {row_words(row)}")
        told.append(f"  Response: {row.rule or 'not known; run the study again'}")
    told += [
        f"{one.label}, {one.drug}: {one.n} patients, responders not printed ({one.response})" for one in found.uncounted
    ]
    told += list(pooled_lines(found))
    wrong = [
        one for one in found.means if not one.grim.consistent or (one.sprite is not None and one.sprite.impossible)
    ]
    told += [f"Printed mean {one.printed.mean} of {one.label}, {one.printed.of}: {mean_words(one)}" for one in wrong]
    return "\n".join([*told, IN_SHORT])
