"""The summary of small charts: denominators, flow, pivotal components, Table 1, trends, optional p values."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from fractions import Fraction

import pytest
from tests.spec.small import analyse, chart, protocol

from caseseries.chart.tables import Fact
from caseseries.protocol.protocol import Protocol
from caseseries.report.exhibits.every_case import patients_table
from caseseries.report.exhibits.headline import headline
from caseseries.report.exhibits.methods import methods
from caseseries.report.exhibits.responders import responders_table
from caseseries.report.figures.flow import flow_alt, flow_scene
from caseseries.report.figures.scene import Label
from caseseries.report.files.csv_file import patients_csv
from caseseries.summary.model import Summary

JUDGED = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  better: {judgement: physician global improvement, since: index date}
"""


def summary(study: Protocol, rows: str) -> Summary:
    return analyse(study, chart(rows, study))


def kinds(found: Summary) -> list[tuple[str, str]]:
    return [(one.kind, one.case_id) for one in next(iter(found.shown.outcomes.values())).pivotal]


def test_denominators_with_cases_that_are_not_evaluable() -> None:
    found = summary(protocol(), "a | mmt | 0:50, 90:60\nb | mmt | 0:50, 90:51\nc | mmt | 0:50\nd | mmt | 0:50, 90:70")
    (head,) = found.outcomes["response"].responders
    assert (2, 1, 1, 0) == (head.yes, head.no, head.not_evaluable, head.outside)
    assert [Fraction(2, 4), Fraction(2, 3), Fraction(2, 4), Fraction(3, 4)] == [
        one.estimate for one in (head.of_included, head.of_evaluable, head.worst_case, head.best_case)
    ]
    assert [("Charts found", 4), ("Included", 4), ("response", 4)] == [(step.label, step.n) for step in found.flow]
    assert ((), ()) == (found.flow[1].removed, found.flow[2].removed)  # who is not evaluable is counted, not removed
    assert (("Met", 2), ("Not met", 1), ("Not evaluable", 1)) == found.flow[2].parts


def test_the_flow_has_a_branch_for_every_outcome_and_tells_who_is_outside() -> None:
    study = protocol(WEAK + "  everybody: {at: after, good: yes, rule: {gain: mmt, at_least: 4 points}}\n")
    found = summary(study, WEAK_ROWS)
    weak, everybody = [step for step in found.flow if step.outcome]
    assert ("response", 3, (("outside the denominator", 1), ("not known whether in the denominator", 2))) == (
        weak.label,
        weak.n,
        weak.removed,
    )
    assert (6, (("Responders", 3), ("Non-responders", 2), ("Not evaluable", 1))) == (everybody.n, everybody.parts)
    told = flow_alt(found)
    assert "Removed" not in told.split("Included")[1] and "not evaluable or outside" not in told
    drawn = " ".join(item.text for item in flow_scene(found).items if isinstance(item, Label))
    assert (
        "Not evaluable: 1" in drawn
        and "Everybody, of n = 6" in drawn
        and "Outside the denominator, no part of n: 1" in drawn
    )


GOOD = """
intercurrent: {{death: non-responder}}
outcomes: {{response: {{at: after, {good}rule: {{gain: mmt, at_least: 4 points}}}}}}
"""
GOOD_ROWS = "a | mmt | 0:50, 90:60\nb | mmt | 0:50, 90:51\nc | mmt | 0:50\nd | mmt | 0:50\nd | death | 60"


def test_an_outcome_that_is_not_wanted_has_its_worst_case_the_other_way_round() -> None:
    heads = {
        good: summary(protocol(GOOD.format(good=good)), GOOD_ROWS).outcomes["response"].responders[0]
        for good in ("good: yes, ", "good: no, ", "")
    }
    assert [(1, 2, 1), (2, 1, 1), (1, 2, 1)] == [
        (one.yes, one.no, one.not_evaluable) for one in heads.values()
    ]  # d died
    assert [(1, 2), (3, 2), (1, 2)] == [(one.worst_case.n, one.best_case.n) for one in heads.values()]
    labels = [
        "not evaluable counted as non-responders",
        "not evaluable counted as met (unwanted)",
        "not evaluable counted as not met",
    ]
    assert labels == [one.worst_case.label for one in heads.values()]


def test_only_a_wanted_outcome_is_called_a_response() -> None:
    told = {}
    for good in ("good: yes, ", "good: no, ", ""):
        found = summary(protocol(GOOD.format(good=good)), GOOD_ROWS)
        table = patients_table(found, "response")
        place = [column.title for column in table.columns].index("Verdict")
        told[good] = [row.cells[place].text for row in table.rows]
        column = responders_table(found, "response").columns[1].title
        assert (
            column
            == {"good: yes, ": "Responders, n/N (%)", "good: no, ": "Met (unwanted), n/N (%)", "": "Met, n/N (%)"}[good]
        )
    assert {
        "good: yes, ": ["responder", "non-responder", "not evaluable", "non-responder"],
        "good: no, ": ["met (unwanted)", "avoided", "not evaluable", "met (unwanted)"],
        "": ["met", "not met", "not evaluable", "not met"],
    } == told


def test_nobody_evaluable_is_absent_with_a_reason() -> None:
    found = summary(protocol(), "a | mmt | 0:50")
    (head,) = found.outcomes["response"].responders
    assert head.of_evaluable.estimate is None
    assert "nothing was observed (n = 0)" in head.of_evaluable.absent_because
    (change,) = found.outcomes["response"].changes
    assert 0 == change.n
    assert change.change["mean"].estimate is None and change.change["hodges_lehmann"].estimate is None
    assert (("after", "no visit in window", 1),) == change.absent
    assert (("a", "after mmt: no visit in window"),) == found.shown.without_change["response", "mmt"]


def test_one_case_has_a_mean_and_no_spread() -> None:
    (change,) = summary(protocol(), "a | mmt | 0:50, 90:60").outcomes["response"].changes
    assert 10 == change.change["mean"].estimate
    assert change.change["sd"].estimate is None
    assert "one value has no standard deviation" == change.change["sd"].absent_because


def test_those_outside_the_denominator_are_counted_apart() -> None:
    study = protocol("""
outcomes:
  response: {at: after, rule: {gain: mmt, at_least: 4 points}, among: {value: mmt, at: baseline, less_than: 60}}
""")
    (head,) = (
        summary(study, "a | mmt | 0:50, 90:60\nb | mmt | 0:70, 90:75\nc | mmt | 90:75").outcomes["response"].responders
    )
    assert (1, 0, 0, 1, 1) == (head.yes, head.no, head.not_evaluable, head.outside, head.unplaced)
    assert (1, 1) == (head.of_included.n, head.of_included.total)


WEAK = """
measures: {cmas: {quantity: function, unit: points, range: [0, 52], better: high}}
outcomes:
  response: {at: after, rule: {gain: mmt, at_least: 4 points}, among: {value: cmas, at: baseline, less_than: 48 points}}
  strength of the weak: {change: mmt, at: after, among: {value: cmas, at: baseline, less_than: 48 points}}
  strength: {change: mmt, at: after}
"""
WEAK_ROWS = """
a | mmt | 0:50, 90:60
a | cmas | 0:40
b | mmt | 0:50, 90:51
b | cmas | 0:40
c | mmt | 0:50, 90:90
c | cmas | 0:50
d | mmt | 0:50, 90:70
e | mmt | 0:50, 90:50
f | cmas | 0:30
"""
WEAK_ONES = "with CMAS less than 48 points at baseline"


def test_a_case_whose_membership_is_not_known_stands_in_the_worst_and_the_best_case() -> None:
    (head,) = summary(protocol(WEAK), WEAK_ROWS).outcomes["response"].responders
    assert (1, 1, 1, 1, 2) == (head.yes, head.no, head.not_evaluable, head.outside, head.unplaced)
    assert (1, 3) == (head.of_included.n, head.of_included.total)
    assert (1, 4) == (head.worst_case.n, head.worst_case.total)  # e, no responder, inside; d, a responder, outside
    assert (3, 4) == (head.best_case.n, head.best_case.total)  # d inside; e outside; f a responder


def test_ids_labels_and_changes_name_the_denominator_they_have() -> None:
    found = summary(protocol(WEAK), WEAK_ROWS)
    (head,) = found.outcomes["response"].responders
    assert ("response/0/of_among", f"of the included {WEAK_ONES}") == (head.of_included.id, head.of_included.label)
    assert f"the included cases {WEAK_ONES}" == head.denominator
    (change,) = [one for one in found.outcomes["response"].changes if one.measure == "mmt"]
    assert (2, WEAK_ONES) == (change.n, change.among)
    mean = change.change["mean"]
    assert ("response/0/mmt/among/change/mean", f"mmt, change ({WEAK_ONES})") == (
        mean.id,
        mean.label.removesuffix(", mean"),
    )
    assert Fraction(11, 2) == change.change["mean"].estimate
    weak, everybody = found.change_outcomes
    assert (2, 5, Fraction(11, 2)) == (weak.n, everybody.n, weak.change["mean"].estimate)
    assert ("", WEAK_ONES) == (everybody.among, weak.among)
    assert [] == [one.case_id for one in found.shown.outcomes["response"].pivotal if one.case_id in "cde"]


def test_a_case_outside_the_denominator_says_so_in_its_verdict_and_sentence() -> None:
    outcome = summary(protocol(WEAK), WEAK_ROWS).shown.outcomes["response"]
    inside = {one.case_id: one.inside for one in outcome.verdicts[0]}
    assert {"a": True, "b": True, "c": False, "d": None, "e": None, "f": True} == inside
    outside = "Outside: not among cases with CMAS less than 48 points at baseline. The rule alone says response: mmt 50 → 90 (+40; at least "
    outside += "4 points needed)."
    assert outside == outcome.sentences["c"]
    assert outcome.sentences["d"].startswith(
        "Not known whether among cases with CMAS less than 48 points at baseline: "
    )


def test_every_table_and_file_tells_who_is_outside_the_denominator() -> None:
    found = summary(protocol(WEAK), WEAK_ROWS)
    table = patients_table(found, "response")
    place = [column.title for column in table.columns].index("Verdict")
    told = {row.cells[0].text: row.cells[place].text for row in table.rows}
    assert "outside: not among cases with CMAS less than 48 points at baseline" == told["c"]
    assert "not known whether among cases with CMAS less than 48 points at baseline" == told["d"]
    assert "met" == told["a"]
    lines = {row["case"]: row for row in csv.DictReader(io.StringIO(patients_csv(found)))}
    assert told == {case: row["verdict"] for case, row in lines.items()}
    assert f"1 of 3 (33 %, 95 % CI 0.8–90.6) of the included cases {WEAK_ONES}" in headline(found)
    assert "lowest 1, highest 3 of 4" in headline(found)
    assert f"The denominator is limited to the included cases {WEAK_ONES}" in methods(found)[3].text
    assert f"the changes of mmt from baseline to after, in the included cases {WEAK_ONES}" in methods(found)[3].text


def test_those_removed_by_a_minimum_follow_up_count_as_non_responders_in_a_reading() -> None:
    study = protocol("include: [{minimum_follow_up: 80 days, flagged: looks into the future}]")
    found = summary(study, "a | mmt | 0:50, 90:60\nb | mmt | 0:50, 90:51\nc | mmt | 0:50, 20:50")
    head, reading = found.outcomes["response"].responders
    assert (1, 2) == (head.of_included.n, head.of_included.total)
    assert (1, 3, 2) == (reading.of_included.n, reading.of_included.total, reading.no)
    assert (("Followed for at least 80 days after the index date", 1),) == found.flow[0].removed


def test_the_judgement_alone() -> None:
    study = protocol(
        JUDGED + "outcomes: {response: {at: after, rule: {any: [{is: better}, {gain: mmt, at_least: 4 points}]}}}"
    )
    found = summary(study, "a | mmt | 0:50, 90:50\na | better | 90:yes\nb | mmt | 0:50, 90:60\nb | better | 90:no")
    assert [("judgement alone", "a")] == kinds(found)
    study = protocol(
        JUDGED + "outcomes: {response: {at: after, rule: {all: [{is: better}, {gain: mmt, at_least: 4 points}]}}}"
    )
    found = summary(study, "a | mmt | 0:50, 90:60\na | better | 90:no\nb | mmt | 0:50, 90:60\nb | better | 90:yes")
    assert [("judgement alone", "a"), ("judgement", "b")] == kinds(found)


def test_a_verdict_rests_on_the_judgement_where_the_rest_is_missing() -> None:
    study = protocol(
        JUDGED + "outcomes: {response: {at: after, rule: {any: [{is: better}, {gain: mmt, at_least: 4 points}]}}}"
    )
    found = summary(study, "a | mmt | 0:50\na | better | 90:yes")
    assert [("judgement alone", "a")] == kinds(found)
    study = protocol(
        JUDGED + "outcomes: {response: {at: after, rule: {all: [{is: better}, {gain: mmt, at_least: 4 points}]}}}"
    )
    (row,) = summary(study, "a | mmt | 0:50\na | better | 90:no").shown.outcomes["response"].pivotal
    missing = "with the other answer it could not be told, because something else is missing"
    assert ("judgement alone", f"not met by the judgement alone; {missing}") == (row.kind, row.detail)


def test_a_count_that_the_judgement_makes_full_rests_on_it() -> None:
    parts = "{is: better}, {gain: mmt, at_least: 4 points}, {value: mmt, at_least: 78 points}, {value: mmt, at_least: 79 points}"
    study = protocol(JUDGED + f"outcomes: {{response: {{at: after, rule: {{at_least: 2, of: [{parts}]}}}}}}")
    found = summary(
        study,
        "needs it | mmt | 0:50, 90:60\nneeds it | better | 90:yes\n"
        "three of four | mmt | 0:50, 90:78\nthree of four | better | 90:yes\n"
        "one of four | mmt | 0:50, 90:51\none of four | better | 90:yes\n"
        "would have made it | mmt | 0:50, 90:60\nwould have made it | better | 90:no",
    )
    assert [("judgement", "needs it"), ("judgement", "would have made it")] == kinds(found)
    assert [
        "met by the judgement together with what was measured",
        "what was measured would have sufficed; only the judgement was no",
    ] == [one.detail for one in found.shown.outcomes["response"].pivotal]


def test_measured_values_sufficed_only_where_the_rule_asks_for_them_too() -> None:
    """A judgement that alone would meet the rule, by itself or beside a value that is not needed, leaves nothing that was measured to suffice."""
    charted = "a | mmt | 0:50, 90:51\na | better | 90:no"
    for rule, detail in (
        ("{is: better}", "not met by the judgement alone"),
        (
            "{any: [{is: better}, {gain: mmt, at_least: 4 points}]}",
            "not met by the judgement together with what was measured",
        ),
    ):
        found = summary(protocol(JUDGED + f"outcomes: {{response: {{at: after, rule: {rule}}}}}"), charted)
        assert [detail] == [one.detail for one in found.shown.outcomes["response"].pivotal]


def test_a_percent_of_zero_is_no_ceiling() -> None:
    study = protocol(
        "measures: {crp: {quantity: CRP, unit: mg/L, range: [0, 500], better: low}}\n"
        "outcomes: {response: {at: after, rule: {any: [{falls: crp, more_than: 20 % of baseline}, {falls: crp, at_least: 5 mg/L}]}}}"
    )
    rows = summary(study, "zero | crp | 0:0, 90:0\nfour | crp | 0:4, 90:0").shown.outcomes["response"].pivotal
    assert ["four", "zero"] == sorted(row.case_id for row in rows)
    assert {
        "CRP was 0, the least is 0, before: a change of 5 could not be reached",
        "CRP was 4, the least is 0, before: a change of 5 could not be reached",
    } == {row.detail for row in rows}


def test_a_responder_with_a_worsened_component() -> None:
    study = protocol(
        JUDGED + "outcomes: {response: {at: after, rule: {any: [{is: better}, {gain: mmt, at_least: 4 points}]}}}"
    )
    found = summary(study, "a | mmt | 0:50, 90:45\na | better | 90:yes")
    assert [("judgement alone", "a"), ("worsened component", "a")] == kinds(found)
    assert "mmt 50 → 45" == found.shown.outcomes["response"].pivotal[1].detail


def test_a_threshold_out_of_reach_at_the_ceiling() -> None:
    found = summary(protocol(), "a | mmt | 0:77, 90:80\nb | mmt | 0:76, 90:80")
    assert [("threshold out of reach", "a")] == kinds(found)
    study = protocol("outcomes: {response: {at: after, rule: {gain: mmt, more_than: 4 points}}}")
    assert [("threshold out of reach", "a"), ("threshold out of reach", "b")] == kinds(
        summary(study, "a | mmt | 0:77, 90:80\nb | mmt | 0:76, 90:80")
    )


def test_a_threshold_of_a_rule_that_does_not_apply_is_not_out_of_reach() -> None:
    sides = "then: {gain: mmt, at_least: %d points}, otherwise: {gain: mmt, at_least: %d points}"
    rule = f"{{when: {{value: mmt, at: baseline, at_least: 77 points}}, {sides}}}"
    rows = "a | mmt | 0:77, 90:80\nb | mmt | 0:76, 90:80"
    found = [
        kinds(summary(protocol(f"outcomes: {{response: {{at: after, rule: {rule % sides}}}}}"), rows))
        for sides in ((3, 5), (4, 4), (4, 5))
    ]
    a, b = ("threshold out of reach", "a"), ("threshold out of reach", "b")
    assert [[b], [a], [a, b]] == found


def test_decided_by_an_event() -> None:
    study = protocol("intercurrent: {death: non-responder}")
    found = summary(study, "a | mmt | 0:50\na | death: | 60")
    assert [("decided by event", "a")] == kinds(found)
    assert "death" == found.shown.outcomes["response"].verdicts[0][0].decided_by


def test_p_values_only_when_asked_for() -> None:
    rows = "a | mmt | 0:50, 90:60\nb | mmt | 0:50, 90:51\nc | mmt | 0:50, 90:55"
    assert () == summary(protocol(), rows).outcomes["response"].changes[0].tests
    (ranks, flips, signs) = summary(protocol("reporting: {p_values: yes}"), rows).outcomes["response"].changes[0].tests
    assert [0.25, 0.25, 0.25] == [ranks.estimate, flips.estimate, signs.estimate]


def test_a_change_outcome_stands_alone() -> None:
    study = protocol("outcomes: {response: ~, strength: {change: mmt, at: after}}")
    found = summary(study, "a | mmt | 0:50, 90:60\nb | mmt | 0:50, 90:51")
    (change,) = found.change_outcomes
    assert ("strength", 2, Fraction(11, 2)) == (change.outcome, change.n, change.change["mean"].estimate)
    assert {} == found.outcomes


def test_the_course_before_the_index_date_is_told() -> None:
    found = summary(protocol(), "a | mmt | -60:60, -5:50, 90:60\nb | mmt | 0:50, 90:60")
    assert (
        (
            "mmt",
            "1 of 2 cases had an earlier value; from it to the baseline value the mean change was -10 points, over a median of 55 days.",
        ),
    ) == found.shown.pre_index
    assert (("mmt", "no case of 1 had a value before its baseline value."),) == summary(
        protocol(), "b | mmt | 0:50, 90:60"
    ).shown.pre_index


def test_a_mean_of_blank_days_has_no_earlier_value() -> None:
    """A day with an entry was a bad day, and the mean is of all days."""
    mean = "take: mean, components: nearest each"
    windows = f"{{baseline: {{from: -3 days, to: 0 days, {mean}}}, after: {{from: 46 days, to: 49 days, {mean}}}}}"
    rows = "a | mmt | -60:60, -2:60, 47:60\na | visit | 90"
    for more, told in (("", 1), (", blank_days: zero", 0)):
        measure = f"{{mmt: {{quantity: strength, unit: points, better: high{more}}}}}"
        assert told == len(summary(protocol(f"windows: {windows}\nmeasures: {measure}"), rows).shown.pre_index)


def test_unknown_ages_are_counted() -> None:
    found = summary(protocol(), "a | mmt | 0:50, 90:60\na | age | 7.9\nb | mmt | 0:50, 90:60")
    rows = {one.id: one for one in found.table_one}
    assert 7 == rows["table1/age/mean"].estimate
    assert (1, 2) == (rows["table1/age/unknown"].n, rows["table1/age/unknown"].total)


def test_screened_patients_without_a_chart() -> None:
    found = summary(protocol(), "a | mmt | 0:50, 90:60\na | screening: found |")
    assert [("Screened", 1, ()), ("Charts found", 1, ())] == [
        (step.label, step.n, step.removed) for step in found.flow[:2]
    ]


def test_a_log_names_those_missing_and_those_excluded() -> None:
    study = protocol()
    read = chart("a | mmt | 0:50, 90:60", study)
    entries = [
        ("a", "found", ""),
        ("x", "chart missing", "archive"),
        ("y", "excluded", "another disease"),
        ("z", "excluded", ""),
    ]
    facts = tuple(
        Fact(
            number, number, patient, "screening", term, None, None, None, None, (("reason", reason),) if reason else ()
        )
        for number, (patient, term, reason) in enumerate(entries, start=1)
    )
    found = analyse(study, replace(read, facts=facts))
    assert (
        ("another disease", 1),
        ("chart missing", 1),
        ("excluded at screening, reason not recorded", 1),
    ) == found.flow[0].removed
    assert [4, 1] == [step.n for step in found.flow[:2]]


def test_a_chart_of_more_than_a_thousand_has_its_typical_change_and_tests() -> None:
    """There was no typical change above 1,000 patients, the signed rank test was drawn at random, and at 1,076 the sign test broke."""
    rows = "\n".join(f"p{n} | mmt | 0:50, 90:{52 + n % 9}" for n in range(1080))
    study = protocol("reporting: {level: 95, p_values: yes}\n" + JUDGED)
    (change,) = summary(study, rows).outcomes["response"].changes
    typical = change.change["hodges_lehmann"]
    assert (6, 6, 6) == (typical.estimate, typical.lower, typical.upper)
    assert "normal approximation of the signed rank distribution, n = 1,080" in typical.method
    assert ["approximate", "approximate", "exact"] == [test.label.split()[1] for test in change.tests]
    assert all(test.estimate is not None and 0 < test.estimate < 1e-150 for test in change.tests)


def test_a_sex_that_is_written_in_two_ways_is_one() -> None:
    """As where a chart and a database are combined; two sources write them so."""
    study = protocol()
    found = chart("\n".join(f"{name} | mmt | 0:50, 90:60" for name in "abcde"), study)
    sexes = dict(zip("abcde", ("female", "F", "M", "F", ""), strict=True))
    known = replace(found, people=tuple(replace(person, sex=sexes[person.patient]) for person in found.people))
    told = {one.id: (one.n, one.total) for one in analyse(study, known).table_one if one.id.startswith("table1/sex")}
    assert {"table1/sex/female": (3, 4), "table1/sex/M": (1, 4), "table1/sex/unknown": (1, 5)} == told


def test_the_percent_of_the_sexes_is_of_those_whose_sex_is_known() -> None:
    study = protocol()
    rows = "\n".join(f"{name} | mmt | 0:50, 90:60" for name in "abcd")
    found = chart(rows, study)
    sexes = dict(zip("abcd", ("female", "female", "male", ""), strict=True))
    known = replace(found, people=tuple(replace(person, sex=sexes[person.patient]) for person in found.people))
    rows_of = {one.id: one for one in analyse(study, known).table_one}
    assert (2, 3) == (rows_of["table1/sex/female"].n, rows_of["table1/sex/female"].total)
    assert Fraction(1, 3) == rows_of["table1/sex/male"].estimate
    assert (1, 4) == (rows_of["table1/sex/unknown"].n, rows_of["table1/sex/unknown"].total)


@pytest.mark.parametrize(
    ("rule", "told"), [("mean", "+1"), ("highest", "−4"), ("lowest", "+6"), ("not evaluable", "−1")]
)
def test_before_the_index_date_a_day_of_different_values_counts_as_a_window_takes_it(rule: str, told: str) -> None:
    windows = f"windows: {{baseline: {{from: -20 days, to: 0 days, take: last, same_day: {rule}}}}}\n"
    study = protocol(windows)
    rows = "a | mmt | -300:54, -300:44, -200:51, 0:50, 90:60"
    ((_, trend),) = analyse(study, chart(rows, study)).shown.pre_index
    assert f"the mean change was {told} points" in trend.replace("-", "−")
