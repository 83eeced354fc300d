"""What became of the rows that were read, and what was found in them, counted where the cases are shown one by one.

Of a chart that is counted from its own rows. Of a database it is counted there, of the rows that a run which only counts its cases would look
at, so that both tell the same: the chart that its persons are read into holds all their rows, whether any window reaches them or not.
"""

from __future__ import annotations

from collections.abc import Callable

from caseseries.chart.derived import derive
from caseseries.chart.row_counts import tally as chart_tally
from caseseries.chart.tables import Chart
from caseseries.cohort import Cohort
from caseseries.cohort.eligibility import needs_values, no_index
from caseseries.protocol.derived import charted_totals
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import folded
from caseseries.source.omop.source import OmopSource
from caseseries.stats.tally import Tally
from caseseries.study.charted_totals import count_different
from caseseries.study.empty_windows import EMPTY_WINDOW, NEXT_COURSE
from caseseries.study.sources import DatabaseSource

#: The sections of an account, given the cases and everything else that was counted of them.
Account = Callable[[Protocol, Chart, Cohort, Tally], Tally]


def of_chart(protocol: Protocol, chart: Chart, cohort: Cohort, counts: Tally) -> Tally:
    """Rows, findings and the screening log of a chart."""
    return chart_tally(chart, no_index(protocol))


def of_database(source: OmopSource, *, checked: bool = False) -> Account:
    """The account of a database that is still open, and of which the history of everybody was made last.

    For a check, names without any row are told of the whole of it.
    """

    def account(protocol: Protocol, chart: Chart, cohort: Cohort, counts: Tally) -> Tally:
        found = Tally() + source.history_counts
        early = needs_values(protocol) or not source.numbers.observed
        days = [
            (int(case.patient), case.index)
            for case in (cohort.cases if early else cohort.included)
            if case.index is not None
        ]
        source.engine.table("included_case", [("patient", "BIGINT"), ("index_day", "INT")], days)
        found.merge(source.values("included_case"))
        if charted_totals(protocol.measures):
            derive(source.engine, protocol, source.numbers, source.recorded)
            found.merge(count_different(source.engine, protocol, source.numbers))
        for one in chart.findings:
            if one.rule in {EMPTY_WINDOW, NEXT_COURSE}:
                found.add(("finding", one.severity, one.rule, one.message))
        every = counts + found
        found.merge(DatabaseSource(source).rest(every, None if checked else counted_names(every)))
        return found

    return account


def counted_names(tally: Tally) -> set[tuple[str, str]]:
    """The names of the protocol (kind, key) of which the counts show a row."""
    seen = {("measure", str(prefix[2])) for prefix, _ in tally.tables() if prefix[:1] == ("value",)}
    seen |= {("measure", str(measure)) for (measure, what), _ in tally.section("monitored") if what == "values"}
    seen |= {("drug", str(drug)) for (drug, *_), _ in tally.section("drug")}
    return seen | {("event", folded(str(term))) for (term, *_), _ in tally.section("adverse") if term}
