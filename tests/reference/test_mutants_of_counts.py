"""Single clauses of the engine's counts broken, one at a time: the comparison with the oracle stops a small study that reaches the boundary."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest
from tests.spec.small import analyse_with_counts, chart, protocol

from caseseries.cohort import case_counts
from caseseries.errors import Disagreement
from caseseries.response import strata_counts
from caseseries.safety import event_counts, monitored_values
from caseseries.summary.compare import compare

# The packages offer functions of these names.
other_drugs, follow = (sys.modules[f"caseseries.{name}"] for name in ("cohort.other_drugs", "safety.follow"))

COURSES = "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 30 days, washout: 20 days}, per: course}\n"
ONCE = "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 30 days}, per: patient}\n"
SAFETY = "safety: {until_after_last_dose: 30 days, monitored: [{measure: mmt, below: 45, above: 60}]}\n"
LONGER = SAFETY.replace("30 days", "60 days")
GROUPS = "prior_groups: [IVIG]\n"
DRUG, TWICE = "a | mycophenolate mofetil | 0..\na | visit | 100\n", "a | mycophenolate mofetil | 0..10; 100..\n"

#: Studies that lie on one boundary each: the lines of the protocol, and the chart.
BOUNDARIES = {
    "died as the second course begins": (COURSES, TWICE + "a | death | 100"),
    "died after the second course": (COURSES, TWICE + "a | death | 120"),
    "died before both courses": (COURSES, TWICE + "a | death | -5"),
    "died between two days": (ONCE, DRUG + "a | death | 120~130"),
    "died after the data cut-off": (ONCE + "period: {data_cutoff: 1970-03-01}\n", DRUG + "a | death | 90"),
    "a dose of 0": (ONCE + GROUPS, DRUG + "a | IVIG | -30..-20 0 mg"),
    "no other drug": (ONCE + "prior_groups: [mycophenolate mofetil]\n", "a | mycophenolate mofetil | 0..10; 20..\na | visit | 100"),
    "begun with the next course": (COURSES, TWICE + "a | visit | 200\na | IVIG | 100..105"),
    "begun the day before the next course": (COURSES, TWICE + "a | visit | 200\na | IVIG | 99..99"),
    "a gap of 30 days": (ONCE, DRUG + "a | IVIG | -40..-31; 0..5\na | rituximab | -20..-10; 21..30"),
    "a gap of 31 days": (ONCE, DRUG + "a | rituximab | -20..-10; 22..30"),
    "ended on the index date": (ONCE, DRUG + "a | IVIG | -10..0"),
    "ended about the index date": (ONCE, DRUG + "a | IVIG | -10..-2~2"),
    "begun on the index date": (ONCE + GROUPS, DRUG + "a | IVIG | 0..5"),
    "begun about the index date": (ONCE + GROUPS, DRUG + "a | IVIG | -2~2..5"),
    "begun about the end": (ONCE, DRUG + "a | IVIG | 95~105..110"),
    "begun at the end": (ONCE, DRUG + "a | IVIG | 100..110"),
    "a supply from before observation": (ONCE, DRUG + "a | observed | -10..200\na | IVIG | 30..40"),
    "the same role twice": (ONCE, DRUG + "a | IVIG | 10..12; 60..70\nb | mycophenolate mofetil | 0.."),
    "a value on the last day on treatment": (ONCE + SAFETY, "a | mycophenolate mofetil | 0..10\na | visit | 100\na | mmt | 40:50"),
    "a value on the index date": (ONCE + SAFETY, DRUG + "a | mmt | 0:50"),
    "a value as the next course begins": (COURSES + LONGER, "a | mycophenolate mofetil | 0..50; 82..\na | mmt | 80:40, 82:50"),
    "a value as an excluded course begins": (
        COURSES.replace("washout: 20", "washout: 60") + LONGER,
        "a | mycophenolate mofetil | 0..50; 82..\na | mmt | 80:40, 79~82:40\na | visit | 100",
    ),
    "a value about the day on which the next course begins": (COURSES + LONGER, "a | mycophenolate mofetil | 0..60; 92..\na | mmt | 88~92:50, 99:50"),
    "values that perhaps are on treatment": (
        ONCE + SAFETY,
        "a | mycophenolate mofetil | 0..10\na | visit | 100\na | mmt | -3~0:40, 40~44:<70, 50~55:40, 5:50, -5~-1:40, 2~400:70\n"
        "b | mycophenolate mofetil | 0..10\nb | visit | 100\nb | mmt | 38~41:44",
    ),
    "a value while it is not known whether the drug is taken": (
        ONCE + SAFETY, "a | mycophenolate mofetil | 0..10~80\na | visit | 200\na | mmt | 40:40, 41:40, 90:40, 110:40, 111:40",
    ),
    "a value that may be of the next course": (
        COURSES + SAFETY, "a | mycophenolate mofetil | 0..10; 100..\na | visit | 200\na | mmt | 60~100:40, 60~99:40, 61~150:50, 107:50",
    ),
    "an event that may be of the next course": (
        COURSES + SAFETY, "a | mycophenolate mofetil | 0..10; 100..\na | visit | 200\na | event: fever | 60~100, 60~99\na | event: rash | 110",
    ),
    "two values of one patient": (ONCE + SAFETY, DRUG + "a | mmt | 5:50, 6:50\nb | mycophenolate mofetil | 0.."),
    "a value that stands twice": (ONCE + SAFETY, DRUG + "a | mmt | 5:50, 5:50"),
    "values at the bounds": (ONCE + SAFETY, DRUG + "a | mmt | 1:45, 2:60, 3:<45, 4:>60, 5:<=45, 6:>=60, 7:<50, 8:>50, 9:>44, 10:<61"),
    "an event on the last day on treatment": (ONCE + SAFETY, "a | mycophenolate mofetil | 0..10\na | event: fever | 40\na | visit | 100"),
    "a stratum that is not known": (
        ONCE + "outcomes: {response: {at: after, rule: {gain: mmt, at_least: 4 points}, by: course}}\n",
        DRUG + "a | mmt | 0:50, 90:60\nb | mycophenolate mofetil | 0..\nb | attribute: course | late",
    ),
    "a word beside those named": (
        ONCE + "outcomes: {response: {at: after, rule: {gain: mmt, at_least: 4 points}, by: {attribute: course, of: [acute]}}}\n",
        DRUG + "a | attribute: course | late\na | mmt | 0:50, 90:60",
    ),
    "a boy": (
        ONCE + "outcomes: {response: {at: after, rule: {gain: mmt, at_least: 4 points}, by: sex}}\n",
        DRUG + "a | sex | M\na | mmt | 0:50, 90:60",
    ),
    "events without safety": (ONCE, DRUG + "a | event: fever | -1, 0, 100, 101"),
}  # fmt: skip

DIED, ROLES = "_DIED", "_COUNT_ROLES"
#: What is broken (a module, the name of a statement, its clause and another), and the study that shows it.
MUTANTS: list[tuple[ModuleType, str, str, str, str]] = [
    (strata_counts, "_ANSWERS", "WHERE v.spec = 0", "WHERE v.spec = 0 AND {stratum} IS NOT NULL", "a stratum that is not known"),
    (strata_counts, "_ANSWERS", "WHEN v.truth THEN 'yes'", "WHEN NOT v.truth THEN 'yes'", "a boy"),
    (case_counts, DIED, ">= index_day THEN", "> index_day THEN", "died as the second course begins"),
    (case_counts, DIED, "coalesce(min(CASE", "coalesce(max(CASE", "died after the second course"),
    (case_counts, DIED, "max(death_low - index_day))", "min(death_low - index_day))", "died before both courses"),
    (case_counts, DIED, "<= max(follow_end)", "<= min(follow_end)", "died after the second course"),
    (case_counts, DIED, "<= max(follow_end)", "< max(follow_end)", "died between two days"),
    (case_counts, DIED, "min(death_low) < max(death_high)", "FALSE", "died between two days"),
    (case_counts, DIED, "THEN 1 ELSE 0 END AS in_time", "THEN 1 ELSE 1 END AS in_time", "died after the data cut-off"),
    (other_drugs, "_OTHERS", "coalesce(c.amount > 0, TRUE)", "TRUE", "a dose of 0"),
    (other_drugs, "_OTHERS", "WHERE s.drug IS NULL", "WHERE TRUE", "no other drug"),
    (other_drugs, "_OTHERS", "next_low - 1", "next_low", "begun with the next course"),
    (other_drugs, "_OTHERS", "next_low - 1", "next_low - 2", "begun the day before the next course"),
    (other_drugs, ROLES, "- 1 > {longest}", "- 1 >= {longest}", "a gap of 30 days"),
    (other_drugs, ROLES, "- 1 > {longest}", "- 2 > {longest}", "a gap of 31 days"),
    (other_drugs, ROLES, "max(last_high) < index_day", "max(last_high) <= index_day", "ended on the index date"),
    (other_drugs, ROLES, "max(last_high) < index_day", "max(last_low) < index_day", "ended about the index date"),
    (other_drugs, ROLES, "max(last_low) >= index_day", "max(last_low) > index_day", "ended on the index date"),
    (other_drugs, ROLES, "max(last_low) >= index_day", "max(last_high) >= index_day", "ended about the index date"),
    (other_drugs, ROLES, "min(first_low) > index_day", "min(first_low) >= index_day", "begun on the index date"),
    (other_drugs, ROLES, "min(first_low) > index_day", "min(first_high) > index_day", "begun about the index date"),
    (other_drugs, ROLES, "min(first_high) <= index_day", "min(first_low) <= index_day", "begun about the index date"),
    (other_drugs, ROLES, "min(first_high) <= until", "TRUE", "begun about the end"),
    (other_drugs, ROLES, "o.first_low <= o.until", "o.first_low < o.until", "begun at the end"),
    (other_drugs, ROLES, "AND NOT bool_or(not_known)", "", "a supply from before observation"),
    (other_drugs, ROLES, "count(DISTINCT case_no)", "count(*)", "the same role twice"),
    (other_drugs, "_COUNT_PRIOR", "o.first_low < o.index_day", "o.first_low <= o.index_day", "begun on the index date"),
    (other_drugs, "_COUNT_PRIOR", "o.first_high < o.index_day", "o.first_low < o.index_day", "begun about the index date"),
    (monitored_values, "_COUNTED", "t.last >= m.high", "t.last > m.high", "a value on the last day on treatment"),
    (monitored_values, "_COUNTED", "t.first <= m.low", "t.first < m.low", "a value on the index date"),
    (monitored_values, "_COUNTED", "t.first <= m.high", "t.first < m.high", "values that perhaps are on treatment"),
    (monitored_values, "_COUNTED", "t.last >= m.low", "t.last > m.low", "values that perhaps are on treatment"),
    (monitored_values, "_COUNTED", "t.certain AND", "", "a value while it is not known whether the drug is taken"),
    (monitored_values, "_COUNTED", "AS t ON t.patient = k.patient", "AS t ON t.case_no = k.case_no", "a value that may be of the next course"),
    (monitored_values, "_COUNTED", "k.place = 1", "FALSE", "values that perhaps are on treatment"),
    (monitored_values, "_COUNTED", "sum(CASE WHEN reach = 1", "sum(CASE WHEN reach = 2", "values that perhaps are on treatment"),
    (monitored_values, "_COUNTED", "patient) - count(DISTINCT", "patient) + count(DISTINCT", "values that perhaps are on treatment"),
    (follow, "_REACHED", "AS t ON t.patient = e.patient", "AS t ON t.case_no = e.case_no", "an event that may be of the next course"),
    (monitored_values, "_COUNTED", "m.low < k.next_index", "m.low <= k.next_index", "a value as the next course begins"),
    (
        monitored_values, "_COUNTED", "k.next_index IS NULL OR m.low < k.next_index", "k.next_low IS NULL OR m.high < k.next_low",
        "a value as an excluded course begins",
    ),
    (
        monitored_values, "_COUNTED", "m.low < k.next_index", "m.high < k.next_index",
        "a value about the day on which the next course begins",
    ),
    (monitored_values, "_COUNTED", "GROUP BY", "GROUP BY m.record,", "a value that stands twice"),
    (monitored_values, "_COUNTED", "count(DISTINCT patient)", "count(*)", "two values of one patient"),
    (follow, "_TREATED", "{end}) + {lag}, {end}", "{end}) + {lag} - 1, {end}", "an event on the last day on treatment"),
    (follow, "ADVERSE", "e.high < e.index_day", "e.high <= e.index_day", "events without safety"),
    (follow, "_NOT_ASSESSED", "e.low > e.follow_end", "e.low >= e.follow_end", "events without safety"),
    (event_counts, "_PEOPLE", "count(DISTINCT patient)", "0", "events without safety"),
]  # fmt: skip


def hold(study: str) -> None:
    declared = protocol(BOUNDARIES[study][0])
    read = chart(BOUNDARIES[study][1], declared)
    counts, summary = analyse_with_counts(declared, read)
    compare(declared, read, summary.shown, counts)


@pytest.mark.parametrize("study", BOUNDARIES)
def test_on_the_boundary_both_count_alike(study: str) -> None:
    hold(study)


@pytest.mark.slow
@pytest.mark.parametrize(("module", "name", "clause", "other", "study"), MUTANTS)
def test_a_broken_clause_stops_the_study(
    module: Any, name: str, clause: str, other: str, study: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = getattr(module, name)
    assert clause in statement
    monkeypatch.setattr(module, name, statement.replace(clause, other))
    with pytest.raises(Disagreement, match="counts of "):
        hold(study)


@pytest.mark.slow
@pytest.mark.parametrize("clause", ["value < ", "value > ", "AND censor NOT IN", "AND censor = "])
def test_a_broken_bound_stops_the_study(clause: str, monkeypatch: pytest.MonkeyPatch) -> None:
    others = {
        "value < ": "value <= ",
        "value > ": "value >= ",
        "AND censor NOT IN": "AND '' NOT IN",
        "AND censor = ": "AND censor <> ",
    }
    whole = monitored_values._beyond

    def broken(declared: Any) -> tuple[str, ...]:
        return tuple(text.replace(clause, others[clause]) for text in whole(declared))

    monkeypatch.setattr(monitored_values, "_beyond", broken)
    with pytest.raises(Disagreement, match="counts of 'monitored'"):
        hold("values at the bounds")
