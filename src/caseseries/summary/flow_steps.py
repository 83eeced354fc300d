"""The flow diagram: from whoever was found to the included, and to the answers of each outcome."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.cohort.eligibility import (
    INDEX_UNSURE,
    NO_EVENT,
    NO_EXPOSURE,
    OUTSIDE_OBSERVED,
    OUTSIDE_PERIOD,
    START_UNSURE,
    WASHOUT,
)
from caseseries.errors import ensure
from caseseries.protocol.eligibility import MinimumFollowUp
from caseseries.protocol.naming import criterion_words
from caseseries.protocol.protocol import Protocol
from caseseries.summary.result import FlowStep
from caseseries.summary.tally_reader import OTHER, TallyReader

#: The step of a screening log.
SCREENED = "Screened"
#: Behind a reason that could not be decided.
UNDETERMINED = " (could not be determined)"


def flow(
    protocol: Protocol, counts: TallyReader, branches: Sequence[FlowStep], found: str, *, sites: bool = False
) -> tuple[FlowStep, ...]:
    """From the screened, where there is a log of them, and those found (`found` labels the step) to the included; each step is the one
    before less what was removed, and then a branch per outcome; this is asserted.

    Where a site withheld why persons were no cases, the flow begins with the included; where some of several `sites` have no screening log, it
    begins with those found.
    """
    included = counts.exact("cases", "", "")
    steps: list[FlowStep] = []
    if not counts.withheld("cases"):
        steps = [*_screened(counts, sites=sites), *_until_included(protocol, counts, included, found)]
    for branch in branches:
        ensure(
            included == branch.n + sum(n for _, n in branch.removed), "an outcome's branch holds every included case"
        )
    return (*steps, FlowStep("Included", included), *branches)


def _screened(counts: TallyReader, *, sites: bool) -> list[FlowStep]:
    """The step of a screening log: everybody on it or with a chart, less those without a chart; none where some sites have no log."""
    listed = {str(why): counts.exact("screened", why) for (why,) in counts.under("screened")}
    if not listed:
        return []
    everybody = listed.pop("")
    with_chart, persons = everybody - sum(listed.values()), counts.exact("persons")
    if sites and with_chart < persons:
        return []
    ensure(with_chart == persons, "who was screened has a chart or a reason")
    return [FlowStep(SCREENED, everybody, tuple(sorted(listed.items())))]


def _until_included(protocol: Protocol, counts: TallyReader, included: int, found: str) -> list[FlowStep]:
    persons = counts.exact("persons")
    removed: dict[str, int] = {}
    without = {NO_EXPOSURE: 0, NO_EVENT: 0}
    for (failed, undetermined), count in counts.under("cases").items():
        assert count.exact is not None, "why persons are no cases is told exactly or not at all"
        if failed in without:
            without[str(failed)] += count.exact
        elif failed:
            words = f"{failed}{UNDETERMINED}" if undetermined else str(failed)
            removed[words] = removed.get(words, 0) + count.exact
    missing = sum(without.values())
    exposed = included + sum(removed.values())
    if protocol.case.per == "patient":
        ensure(persons == missing + exposed, "every person is one case or has no index date")
    else:
        ensure(missing <= persons <= missing + exposed, "every person has a case or no index date")
    order = [INDEX_UNSURE, START_UNSURE, OUTSIDE_PERIOD, OUTSIDE_OBSERVED, WASHOUT]
    order += [criterion_words(criterion) for criterion in (*protocol.include, *protocol.exclude)]
    place = {words: number for number, words in reversed([*enumerate(order)])}
    ordered = sorted(
        removed.items(),
        key=lambda item: (place.get(item[0].removesuffix(UNDETERMINED), len(order)), item[0]),
    )
    steps = [FlowStep(found, persons, tuple((why, n) for why, n in without.items() if n))]
    if missing or protocol.case.per == "course":
        steps.append(FlowStep("Courses" if protocol.case.per == "course" else "With an index date", exposed))
    steps[-1] = FlowStep(steps[-1].label, steps[-1].n, (*steps[-1].removed, *ordered))
    return steps


def removed_by_minimum_follow_up(protocol: Protocol, counts: TallyReader) -> int:
    """How many cases only a minimum follow-up excluded; 0 where :func:`not_told_of_minimum_follow_up` says why it is not known."""
    words = {criterion_words(criterion) for criterion in protocol.include if isinstance(criterion, MinimumFollowUp)}
    return (
        0 if not_told_of_minimum_follow_up(protocol, counts) else sum(counts.exact("cases", one, "") for one in words)
    )


def not_told_of_minimum_follow_up(protocol: Protocol, counts: TallyReader) -> str:
    """A sentence where sites hid or pooled why cases were excluded, and a minimum follow-up may be among the reasons; else empty."""
    hidden = counts.withheld("cases") or counts.count("cases", OTHER, "").high
    if not hidden or not any(isinstance(criterion, MinimumFollowUp) for criterion in protocol.include):
        return ""
    return (
        "Not every site told how many cases the minimum follow-up alone excluded, so responders are not given with these counted as "
        "non-responders."
    )
