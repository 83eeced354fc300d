"""Counts of events: a number where every day was observed, a rate over the observed days, and what is known where neither is."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.spec.small import IMPLEMENTATIONS, Spec, analyse, answers, chart, on_every_engine, protocol

from caseseries.protocol.check import check_made
from caseseries.protocol.measures import all_measures
from caseseries.protocol.specs import plan
from caseseries.report.exhibits.methods import methods
from caseseries.verdict.leaf import full, seen

STUDY = """
measures:
  mmt: {{count: flare, better: low{per}}}
windows:
  baseline: {{from: -30 days, to: -1 days, take: sum, components: nearest each{recorded}}}
  after: {{from: 0 days, to: 29 days, take: sum, components: nearest each{recorded}}}
safety: {{until_after_last_dose: 30 days, events: [flare]}}
outcomes: {{response: {{at: after, rule: {rule}}}}}
"""
SEEN = "1 | visit | 29"
WELL = "{value: mmt, at_most: 1}"
FEWER = "{decrease: mmt, at_least: 2 events}"
HALVED = "{improves: mmt, at_least: 50 % of baseline}"
EXACT = "not evaluable: after mmt: date not exact"


def counted(name: str, rows: str, answer: str, rule: str = WELL, per: str = "", recorded: str = "") -> Spec:
    return Spec(
        name,
        STUDY.format(rule=rule, per=per and f", per: {per}", recorded=recorded and f", recorded: {recorded}"),
        "\n".join(rows.split(" ; ")),
        {"1": answer},
    )


def rate(name: str, rows: str, answer: str, rule: str = WELL, recorded: str = "") -> Spec:
    return counted(name, rows, answer, rule, "15 days", recorded)


SPECS = [
    counted("none, and seen to the last day", SEEN, "yes; after mmt 0 @29; assessed @29"),
    counted("none, and seen to the day before", "1 | visit | 28", "not evaluable: after mmt: after the end of follow-up"),
    counted("on the first and on the last day", f"{SEEN} ; 1 | event: flare | 0, 29", "no; after mmt 2 @29"),
    counted("a day before and a day after the window", f"{SEEN} ; 1 | event: flare | -1, 30", "yes; after mmt 0 @29"),
    counted("twice on one day is once", f"{SEEN} ; 1 | event: flare | 5, 5", "yes; after mmt 1 @29"),
    counted("another event", f"{SEEN} ; 1 | event: zoster | 4, 5", "yes; after mmt 0 @29"),
    counted("too many, whatever came later", "1 | visit | 20 ; 1 | event: flare | 4, 9", "no"),
    counted("perhaps too many later", "1 | visit | 20 ; 1 | event: flare | 4", "not evaluable: after mmt: after the end of follow-up"),
    counted("not charted", f"{SEEN} ; - | not charted | adverse events", "not evaluable: after mmt: not charted"),
    counted("perhaps in the window, and few enough", f"{SEEN} ; 1 | event: flare | 29~40", "yes"),
    counted("perhaps too many in the window", f"{SEEN} ; 1 | event: flare | 4, 29~40", EXACT),
    counted("surely two", f"{SEEN} ; 1 | event: flare | 4, 9, 29~40", "no"),
    counted("an event without a day", f"{SEEN} ; 1 | event: flare | 4 ; 1 | event: flare |", EXACT),
    counted("the window leaves observed time", "1 | observed | -400..28", "not evaluable: after mmt: window leaves observed time"),
    counted("observed to the last day", "1 | observed | -400..29", "yes; after mmt 0 @29"),
    counted("fewer by so many", f"{SEEN} ; 1 | event: flare | -30, -1, 29 ; 1 | event: flare | -9", "yes", FEWER),
    counted("fewer by too few", f"{SEEN} ; 1 | event: flare | -30, -1, 29 ; 1 | event: flare | -31", "no; baseline mmt 2 @-1", FEWER),
    counted("halved", f"{SEEN} ; 1 | event: flare | -30, -1, 4", "yes", HALVED),
    counted("not quite halved", f"{SEEN} ; 1 | event: flare | -30, -20, -1, 4, 9", "no", HALVED),
    counted("halved from two or three", f"{SEEN} ; 1 | event: flare | -30, -20, -31~-29, 4", "yes", HALVED),
    counted("halved perhaps", f"{SEEN} ; 1 | event: flare | -30, -20, -15, -31~-29, 4, 9", "not evaluable: baseline mmt: date not exact", HALVED),
    counted("never halved, whatever came later", "1 | visit | 20 ; 1 | event: flare | -30, -20, -15, 4, 9", "no", HALVED),
    counted("none before", f"{SEEN} ; 1 | event: flare | 4", "not evaluable: baseline mmt: zero baseline", HALVED),
    counted("perhaps none before", f"{SEEN} ; 1 | event: flare | 4, -31~-29", "not evaluable: baseline mmt: date not exact", HALVED),
    counted("before the known history", f"{SEEN} ; 1 | known from | -29 ; 1 | event: flare | -5",
            "not evaluable: baseline mmt: before the known history", FEWER),
    counted("so many before the known history that it is enough", f"{SEEN} ; 1 | known from | -29 ; 1 | event: flare | -30, -5", "yes", FEWER),
    rate("a rate of all days", f"{SEEN} ; 1 | event: flare | 3, 5", "yes; after mmt 1 @29"),
    rate("a higher rate", f"{SEEN} ; 1 | event: flare | 3, 5, 9", "no; after mmt 1.5 @29"),
    rate("a rate of too few days", "1 | visit | 28 ; 1 | event: flare | 3, 5, 9", "not evaluable: after mmt: after the end of follow-up"),
    rate("a rate of just so many days", "1 | visit | 19 ; 1 | event: flare | 3, 5", "no; after mmt 1.5 @19", recorded="20 days"),
    rate("a rate of a day too few", "1 | visit | 18 ; 1 | event: flare | 3, 5",
         "not evaluable: after mmt: too few days recorded", recorded="20 days"),
    rate("a rate that is perhaps too high", f"{SEEN} ; 1 | event: flare | 3, 5, 29~40", EXACT),
    rate("a rate that is surely too high", f"{SEEN} ; 1 | event: flare | 3, 5, 9, 29~40", "no"),
    rate("rates of different days", "1 | visit | 19 ; 1 | event: flare | -30, -20, -10, 3",
         "yes; baseline mmt 1.5 @-1; after mmt 0.75 @19", HALVED, "20 days"),
    rate("rates of the known history", "1 | visit | 29 ; 1 | known from | -20 ; 1 | event: flare | -25, -21, -20, -10, 3",
         "yes; baseline mmt 1.5 @-1; after mmt 0.5 @29", HALVED, "20 days"),
    rate("too little of the history is known", "1 | visit | 29 ; 1 | known from | -19 ; 1 | event: flare | -21, -20, -10, 3",
         "not evaluable: baseline mmt: too few days recorded", HALVED, "20 days"),
    rate("rates of observed time", "1 | observed | -20..19 ; 1 | event: flare | -21, -20, -10, 3",
         "yes; baseline mmt 1.5 @-1; after mmt 0.75 @19", HALVED, "20 days"),
    rate("observed for a day too few", "1 | observed | -20..18 ; 1 | event: flare | -20, -10, 3",
         "not evaluable: after mmt: too few days recorded", HALVED, "20 days"),
    rate("rates are not charted", f"{SEEN} ; - | not charted | adverse events", "not evaluable: after mmt: not charted", recorded="20 days"),
]  # fmt: skip


@on_every_engine(SPECS)
def test_counts(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_what_is_told_of_a_count(implementation: str) -> None:
    def said(rows: str, per: str = "", recorded: str = "") -> str:
        spec = counted("", rows, "", WELL, per, recorded)
        study = protocol(spec.changes)
        found = answers(study, spec.rows, implementation).verdicts["1", "response", 0]
        of = plan(study, "response").primary
        (leaf,) = seen(of.tree, found, all_measures(study), of, "after").values()
        return full(leaf)

    assert "mmt 2 events (at most 1 event needed)" == said(f"{SEEN} ; 1 | event: flare | 0, 29")
    assert "mmt ≥2 events (at most 1 event needed)" == said("1 | event: flare | 0, 8")
    assert "mmt 2 to 3 events (at most 1 event needed)" == said(f"{SEEN} ; 1 | event: flare | 0, 8, 29~30")
    told = "mmt 1.5 events per 15 days (observed on 20 of 30 days) (at most 1 event per 15 days needed)"
    assert told == said("1 | visit | 19 ; 1 | event: flare | 0, 8", "15 days", "20 days")


def test_a_range_of_a_count_is_known_exactly() -> None:
    spec = counted("", f"{SEEN} ; 1 | event: flare | 3, 29~40", "", per="15 days")
    (found,) = answers(protocol(spec.changes), spec.rows, "duckdb").verdicts["1", "response", 0].quantities
    assert (None, Fraction(1, 2), Fraction(1), 30) == (found.value, found.limit, found.most, found.days)


def test_the_methods_say_that_events_of_a_window_are_counted_and_no_values_added_up() -> None:
    spec = counted("", SEEN, "", per="15 days", recorded="20 days")
    study = protocol(spec.changes)
    said = " ".join(paragraph.text for paragraph in methods(analyse(study, chart(spec.rows, study))))
    assert "Values were taken at after (days 0 to 29, whose events are counted)" in said
    assert "the sum of" not in said and "A sum at" not in said


CHECKED = """
measures:
  attacks: {{count: {event}, better: low{per}}}
  mmt: {{quantity: strength, unit: points, better: high}}
  both: {{sum: [mmt, {part}], unit: points, better: high}}
windows:
  baseline: {{from: -28 days, to: -1 days, take: last, components: nearest each}}
  after: {{from: 0 days, to: 27 days, take: {take}, components: nearest each, same_day: worst}}
  longer: {{from: 0 days, to: {end}, take: last, components: nearest each, same_day: worst, overlap: yes}}
safety: {{until_after_last_dose: 30 days, events: [flare]}}
outcomes: {{response: {{at: after, rule: {rule}}}}}
{also}
"""


def told(
    rule: str, event: str = "flare", per: str = "", part: str = "mmt", take: str = "last", end: str = "35 days", also: str = ""
) -> list[str]:  # fmt: skip
    written = CHECKED.replace("[mmt, {part}]", "[mmt, mmt2]") if part == "mmt" else CHECKED
    written = written.replace("  both:", "  mmt2: {{quantity: other, unit: points, better: high}}\n  both:")
    study = protocol(written.format(rule=rule, event=event, per=per, part=part, take=take, end=end, also=also))
    return [problem.what for problem in check_made(study).errors]


def test_what_no_count_could_mean_is_refused() -> None:
    well = "{value: attacks, at_most: 1}"
    assert [] == told(well)
    assert [] == told("{decrease: attacks, at_least: 50 % of baseline}")
    neither = "neither `safety: events:` nor a line of `include` or `exclude` names this event or diagnosis"
    assert [neither] == told(well, event="flares")
    longer = "events of 28 days are compared with those of 36: 'baseline' and 'longer'"
    assert [longer] == told("{decrease: attacks, at_least: 2 events, at: longer}")
    assert [] == told("{decrease: attacks, at_least: 2 events per 28 days, at: longer}", per=", per: 28 days")
    fewer = "a number of events is known where every day was observed: in the window 'after' fewer are asked for"
    assert [fewer] == told(well, take="sum, recorded: 20 days")
    assert [] == told("{value: attacks, at_most: 1}", per=", per: 28 days", take="sum, recorded: 20 days")
    open_ = "events are counted in days that are told, and the window 'longer' is open"
    assert [open_] == told("{value: attacks, at_most: 1, at: longer}", end="end")
    recorded = protocol(
        CHECKED.format(rule=well, event="flare", per="", part="attacks", take="last", end="35 days", also="")
    )
    line = recorded.model_copy(
        update={
            "include": protocol(
                "include: [{recorded: attacks, in: after}]\nmeasures: {attacks: {count: flare}}"
            ).include
        }
    )
    assert "a count of events is no value that is on record" in [one.what for one in check_made(line).errors]
    assert ["attacks counts events of a window, and is no value of a visit day"] == told(
        "{held: {value: attacks, at_most: 1}, in: after, on: every visit}"
    )
    assert ["attacks is a count of events, of which there is no nadir"] == told(
        "{gain: attacks, at_least: 1 event, from: nadir, at: longer}"
    )
    assert "attacks counts events of a window, and is no value of a day" in told(well, part="attacks")
    assert ["every value of attacks meets this"] == told("{value: attacks, at_least: 0}")
    assert ["attacks is not measured in this unit"] == told("{value: attacks, at_most: 1 mg}")


def test_no_width_of_the_grid_makes_another_count() -> None:
    def widths(
        window: str,
        *of: str,
        rule: str = "{decrease: attacks, at_least: 50 % of baseline}",
        per: str = "",
        take: str = "last",
    ) -> list[str]:
        written = ", ".join(f"{{from: {one.split('..')[0]}, to: {one.split('..')[1]}}}" for one in of)
        return told(rule, per=per, take=take, also=f"robustness: {{windows: {{{window}: [{written}]}}}}")

    rate = ", per: 28 days"
    other = "events of 56 days are another number than those of 28: {}"
    assert [other.format("'baseline'")] == widths("baseline", "-56 days..-1 days")
    assert [other.format("'after'")] == widths("after", "0 days..55 days", rule="{value: attacks, at_most: 1}")
    assert [] == widths("after", "7 days..34 days")
    assert [] == widths("longer", "0 days..55 days")
    assert [] == widths("after", "0 days..55 days", per=rate)
    open_ = "events are counted in days that are told, and this width of 'after' is open"
    assert [open_] == widths("after", "0 days..end", per=rate)
    assert [open_] == widths("after", "0 days..end")


def test_no_width_of_the_grid_has_fewer_days_than_are_asked_for() -> None:
    few = "so many days as `recorded` of the window asks for (20 days) this width has not"
    also = "robustness: {windows: {after: [{from: 0 days, to: 18 days}, {from: 0 days, to: 19 days}]}}"
    found = told("{value: mmt, at_most: 1}", take="mean, recorded: 20 days", also=also)
    assert [few] == found


def test_events_are_not_counted_where_those_of_a_month_would_be_of_one_day() -> None:
    month = "events are counted, two of one day as one, and all events of one month would be of one day"
    for policy in ("earliest", "middle", "latest"):
        assert [month] == told("{value: attacks, at_most: 1}", also=f"partial_dates: {policy}")
    assert [] == told("{value: attacks, at_most: 1}", also="partial_dates: bounds")
    none = "measures: {mmt: {quantity: strength, unit: points, better: high}}\npartial_dates: middle\n"
    flares = "safety: {until_after_last_dose: 30 days, events: [flare]}\n"

    def of(outcome: str) -> list[str]:
        return [one.what for one in check_made(protocol(f"{none}{flares}outcomes: {{response: {{{outcome}}}}}")).errors]

    assert [month] == of("count: flare, at: after")
    assert [month] == of("at: after, rule: {occurs: flare, times: 2, in: after}")
    assert [] == of("at: after, rule: {occurs: flare, in: after}")


def test_the_index_event_is_one_of_those_that_are_counted() -> None:
    own = "the index event itself lies in the window 'after', and every case has it"
    index = "case: {index_date: {first_event: Flare}, per: patient}"
    counted_ = CHECKED.replace("[mmt, {part}]", "[mmt, mmt2]").replace(
        "  both:", "  mmt2: {{quantity: other, unit: points, better: high}}\n  both:"
    )

    def warned(also: str, first: str = "0") -> list[str]:
        written = counted_.format(
            rule="{value: attacks, at_most: 1}", event="flare", per="", take="last", end="35 days", also=also
        )
        study = protocol(written.replace("after: {from: 0", f"after: {{from: {first}"))
        return [one.what for one in check_made(study).warnings if "index event" in one.what]

    assert [own] == warned(index)
    assert [] == warned(index, "1") + warned("")
