"""The tables of the response are the same whether cases are shown or counted; what rests on single cases is there or is not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from tests.spec.small import analyse, chart, protocol

from caseseries.report.contents import contents, tables_of
from caseseries.report.exhibits import intercurrent, not_evaluable, responders, robustness, spread_words
from caseseries.report.exhibits.change import change_table, changes_words, shown
from caseseries.report.exhibits.printed_blocks import Table
from caseseries.report.exhibits.response import response_words
from caseseries.summary.model import Summary
from caseseries.summary.result import NONE, Count, Reason

NAME = "good response"
#: Tables of the response and of robustness that rest on counts alone.
COUNTED = ("responders", "years", "not-evaluable", "events", "change", "robustness", "flips")


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def of_response(summary: Summary) -> dict[str, Table]:
    keys = {f"{kind}-good-response" for kind in COUNTED}
    return {table.key: table for table in tables_of(contents(summary)) if table.key in keys}


def test_tables_of_counts_do_not_depend_on_whether_cases_are_shown(any_run: Summary) -> None:
    one_by_one, counted = of_response(any_run), of_response(replace(any_run, cases=None))
    assert list(one_by_one) == list(counted)
    for key, table in one_by_one.items():
        other = counted[key]
        wide = len(other.columns)
        assert (table.title, table.columns[:wide], table.footnotes) == (other.title, other.columns, other.footnotes)
        assert [row[:wide] for row in texts(table)] == texts(other)
        assert key.startswith("flips") or wide == len(table.columns)


def test_whose_verdict_changes_is_told_where_cases_are_shown(series: Summary) -> None:
    whose = robustness.flips_table(series, NAME)
    counted = robustness.flips_table(replace(series, cases=None), NAME)
    assert whose is not None and counted is not None
    assert "Whose verdict changes" == whose.columns[-1].title
    where, how_many = (
        "Baseline takes: first; month 3: days 61–121; not recorded: not met",
        "responder → non-responder: 1 (13)",
    )
    assert [where, "6", "5", how_many] in texts(counted)
    assert not any("P5" in cell for row in texts(counted) for cell in row)


def test_mean_changes_under_other_choices_need_cases(series: Summary) -> None:
    assert robustness.changes_table(series, NAME) is not None
    assert robustness.changes_table(replace(series, cases=None), NAME) is None


def test_years_are_told_where_there_are_several(series: Summary) -> None:
    table = responders.years_table(series, NAME)
    assert table is not None
    assert [["2006", "3/3 (100)"], ["2007", "3/3 (100)"], ["2008", "0/2 (0)"]] == [row[:2] for row in texts(table)]
    outcome = series.outcomes[NAME]
    one = replace(series, outcomes={NAME: replace(outcome, years=outcome.years[:1])})
    assert responders.years_table(one, NAME) is None


def test_the_most_frequent_of_several_reasons_is_named(series: Summary) -> None:
    outcome = series.outcomes[NAME]
    head = replace(outcome.answers[0], yes=Count.of(3), not_evaluable=Count.of(3))
    reasons = (
        Reason("month 3 mmt: no visit in window; month 3 cmas: no visit in window", Count.of(2)),
        Reason("event: lost", Count.of(1)),
    )
    found = replace(outcome, answers=(head, *outcome.answers[1:]), why={0: reasons})
    run = replace(series, outcomes={NAME: found})
    told = response_words(run, NAME).text
    assert "Three cases were not evaluable (38 %); of the evaluable, 3 of 5 (60 %) responded. The most frequent" in told
    assert "reason was: no visit in the window month 3 (days 75 to 105) (2)." in told
    alone = replace(series, outcomes={NAME: replace(found, why={0: reasons[:1]})})
    assert "The most frequent reason" not in response_words(alone, NAME).text
    table = not_evaluable.why_table(run, NAME)
    assert table is not None
    assert ["No visit in the window month 3 (days 75 to 105)", "2", "25"] == texts(table)[0]


def test_events_are_told_where_the_reasons_of_the_not_evaluable_do_not_say_all_of_them(series: Summary) -> None:
    outcome = series.outcomes[NAME]
    lost, stopped = Reason("lost", Count.of(2)), Reason("drug stopped", Count.of(1))

    def table(occurred: tuple[Reason, ...], decided: tuple[Reason, ...]) -> Table | None:
        why = {0: (Reason("event: lost", Count.of(2)),)}
        found = replace(outcome, occurred={0: occurred}, decided={0: decided}, why=why)
        return intercurrent.events_table(replace(series, outcomes={NAME: found}), NAME)

    assert table((), ()) is None and table((lost,), (lost,)) is None
    both = table((lost, stopped), (lost,))
    assert both is not None
    assert [["2", "2"], ["1", "0"]] == [row[1:] for row in texts(both)]


def test_counts_that_are_ranges_stand_in_the_grid_as_ranges(series: Summary) -> None:
    outcome = series.outcomes[NAME]
    first, second, *others = outcome.grid
    hidden = replace(second, answers=replace(second.answers, yes=Count(1, 4), no=Count(4, 7), not_evaluable=NONE))
    run = replace(series, cases=None, outcomes={NAME: replace(outcome, grid=(first, hidden, *others))})
    table, as_known = robustness.grid_table(run, NAME), robustness.grid_table(series, NAME)
    assert table is not None and as_known is not None
    different = [
        (mine.text, mine.value)
        for row, known in zip(table.rows, as_known.rows, strict=True)
        for mine, other in zip(row.cells, known.cells, strict=True)
        if mine != other
    ]
    assert [("1–4", None)] == different
    assert any("the ends of a range" in note for note in table.footnotes)
    assert not any("the ends of a range" in note for note in as_known.footnotes)
    assert spread_words.robustness_words(run, NAME) is None


def test_reasons_pooled_by_a_site_and_estimates_of_bins_that_print_alike_are_told_plainly(series: Summary) -> None:
    outcome = series.outcomes[NAME]
    mmt = outcome.changes[0]
    typical = replace(
        mmt.change["hodges_lehmann"],
        estimate=None,
        lower=Fraction("10.71"),
        upper=Fraction("10.74"),
        absent_because="bins",
    )
    told = replace(mmt, absent=(("", "other reasons", 15),), change={**mmt.change, "hodges_lehmann": typical})
    run = replace(series, cases=None, outcomes={NAME: replace(outcome, changes=(told,))})
    table, words = change_table(run, NAME), changes_words(run, NAME)
    assert table is not None and words is not None
    assert "MMT: no change for 15 cases: other reasons (15)." in table.footnotes
    assert "+10.7 (no interval)" == texts(table)[3][-1]
    assert words.text.endswith("the typical change (Hodges–Lehmann) was +10.7 (no 95 % CI: from binned values).")


def test_of_a_database_a_change_without_pairs_is_told_beside_another_of_its_measure(series: Summary) -> None:
    mmt, cmas, _ = series.outcomes[NAME].changes
    later = replace(mmt, outcome="later", after_window="month 12", n=0)
    run = replace(series, kept="database", change_outcomes=(later, replace(cmas, outcome="none", n=0)))
    assert ["mmt", "cmas"] == [one.measure for one in shown(run, run.change_outcomes)]
    assert [] == shown(replace(run, outcomes={}), run.change_outcomes)
    assert 2 == len(shown(replace(run, kept="chart", outcomes={}), run.change_outcomes))


def test_the_interval_of_a_share_whose_denominator_is_a_range_is_not_estimable(series: Summary) -> None:
    outcome = series.outcomes[NAME]
    head = outcome.answers[0]
    of_included = replace(head.of_included, estimate=None, total=None, absent_because="known only as a range")
    ranged = replace(head, no=Count(1, 4), of_included=of_included)
    table = responders.responders_table(
        replace(series, cases=None, outcomes={NAME: replace(outcome, answers=(ranged,), responders=())}), NAME
    )
    assert ["6/7–10", "not estimable"] == texts(table)[0][1:3]
    assert any("Ranges have no interval" in note for note in table.footnotes)


def test_a_minimum_follow_up_has_a_row_and_a_sentence_with_cases_and_without() -> None:
    rule = "{good: yes, at: after, rule: {gain: mmt, at_least: 4 points}}"
    study = protocol(
        f"include: [{{minimum_follow_up: 60 days, flagged: looks into the future}}]\noutcomes: {{response: {rule}}}"
    )
    run = analyse(study, chart("a | mmt | 0:50, 90:60\nb | mmt | 0:50, 90:51\nc | mmt | 0:50, 30:60", study))
    for summary in (run, replace(run, cases=None)):
        rows = texts(responders.responders_table(summary, "response"))
        assert ["As written (primary)", "1/2 (50)"] == rows[0][:2]
        assert ["Those removed by minimum follow-up counted as non-responders", "1/3 (33)"] == rows[1][:2]
        assert "1 of 3 (33 %) under “those removed by minimum" in response_words(summary, "response").text
