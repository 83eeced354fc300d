"""Break one thing of how times to an event are found: the case that holds it must turn red."""

from __future__ import annotations

import pytest
from tests.spec import test_spec_time_to
from tests.spec.mutating import break_it
from tests.spec.times import times

STAGE, REFERENCE = "caseseries.response.time_to", "caseseries.reference.time_to"
LAST = "caseseries.response.last_dose"
DAYS, START = "caseseries.response.time_days", "caseseries.response.time_start"
OF_DAYS, OF_STOPS = "caseseries.reference.time_days", "caseseries.reference.time_stops"
CASES: dict[str, tuple[str, ...]] = {str(one.id): one.values for one in test_spec_time_to._each()}

#: Module, name, what is broken, what it becomes, the case that holds it.
MUTANTS = [
    (STAGE, "_END", "least({to}, died, stopped)", "least(died, stopped)", "after the window"),
    (STAGE, "_END", "died <= stopped AND", "died < stopped AND", "stopped and dead on one day"),
    (STAGE, "_END", "died <= {to}", "died < {to}", "death on its last day"),
    (STAGE, "_END", "death_low <> death_high", "FALSE", "a death of which the day is not known"),
    (STAGE, "_END", "stop_low = stop_high AND stop_low <= stop_told", "stop_low = stop_high", "stopped after observed time"),
    (STAGE, "_END", "stop_low <= stop_told", "stop_low <= seen", "stopped after the last visit"),
    (STAGE, "_END", "coalesce(stop_low <> stop_high, TRUE)", "FALSE", "the last day of the drug not known"),
    (STAGE, "_END", "WHEN stop_low <= {part_told} AND coalesce", "WHEN stop_low <= seen AND coalesce", "perhaps stopped after the last visit"),
    (STAGE, "_FIRST", "y.first <= e.cut AND", "y.first < e.cut AND", "on the day of death"),
    (STAGE, "_FIRST", " AND y.first <= e.unsure", "", "seen after it may have been too late"),
    (STAGE, "_FIRST", "WHERE d.truth AND d.day > s.start", "WHERE d.truth", "the last visit before the index date tells"),
    (STAGE, "_FIRST", "max(d.day) AS day", "min(d.day) AS day", "so by the last visit before the index date"),
    (STAGE, "_BEFORE", "THEN 3", "THEN 0", "no visit on the index date"),
    (STAGE, "_BEFORE", "b.truth IS NULL THEN 2", "b.truth IS NULL THEN 0", "not known on the index date"),
    (STAGE, "_BEFORE", "b.truth THEN 1", "b.truth THEN 0", "already at the index date"),
    (STAGE, "_LAST", "CASE WHEN NOT d.truth THEN d.day END", "d.day", "a visit of which it is not known"),
    (STAGE, "_LAST", "CASE WHEN f.came THEN f.first ELSE f.cut END", "f.first", "lost"),
    (STAGE, "_DECIDED", "WHEN visits = 0 THEN {no_visit}", "WHEN FALSE THEN 0", "no visit after the index date"),
    (STAGE, "_DECIDED", "OR seen >= cut THEN how", "OR seen > cut THEN how", "the dead are censored"),
    (STAGE, "_DECIDED", "WHEN beyond THEN {cutoff}", "WHEN FALSE THEN 0", "the window ends after it"),
    (STAGE, "_DECIDED", "WHEN unsure <= cut THEN unsure_why", "WHEN unsure < cut THEN unsure_why", "perhaps dead in it"),
    (DAYS, "_HELD_BY", "s.length >= {lasting}", "s.length > {lasting}", "for so long by the second visit"),
    (DAYS, "_HELD_BY", "p.length < {lasting}", "p.length <= {lasting}", "broken perhaps"),
    (DAYS, "_RUNS", "<= {gap}", "< {gap}", "visits just as far apart as they may be"),
    (DAYS, "_RUNS", "THEN 0 ELSE 1 END AS begun", "THEN 0 ELSE 0 END AS begun", "broken by a visit"),
    (OF_DAYS, "_has_held", "last - one.day > gap", "False", "visits too far apart"),
    (OF_DAYS, "_has_held", "surely >= lasting", "perhaps >= lasting", "broken perhaps"),
    (STAGE, "_RULE", "coalesce(t.last, t.start) END AS since", "t.first - 1 END AS since", "first seen"),
    (STAGE, "_RULE", "ELSE t.last END END AS day", "ELSE least(t.cut, t.seen) END END AS day", "not known on the last visits"),
    (STAGE, "_RULE", "d.day > coalesce(t.last, t.start)", "d.day > 0", "not known before the last no"),
    (DAYS, "_PARTIAL", "m.low <> m.high", "FALSE", "a value that may lie in the window"),
    (DAYS, "_PARTIAL_VISIT", "f.low <> f.high", "FALSE", "a recorded visit of a partial date before it"),
    (STAGE, "_FIRST", "WHERE d.high > s.start", "WHERE d.high > 0", "a partial date between"),
    (STAGE, "_DECIDED", "came AND perhaps <= first", "came AND perhaps < first", "a visit of its day at the earliest"),
    (STAGE, "_DECIDED", "came AND perhaps <= first", "came AND perhaps <= cut", "the day after it at the earliest"),
    (STAGE, "_DECIDED", "WHEN perhaps <= cut THEN {not_exact}", "", "not seen in a month nor after it"),
    (OF_DAYS, "not_exact", "high > since", "high > 0", "a partial date between"),
    (OF_DAYS, "not_exact", "low <= until", "True", "the day after it at the earliest"),
    (STAGE, "_EVENT", "greatest(o.low, s.start + 1)", "o.high", "a partial date that may be the first"),
    (STAGE, "_EVENT", "o.day IS NULL OR (", "FALSE OR (", "one without a date beside the first day"),
    (STAGE, "_EVENT", "bool_or({had})", "FALSE", "the event on the index date"),
    (STAGE, "_OF_EVENT", "WHEN NOT {told} THEN {uncharted}", "WHEN FALSE THEN 0", "events not charted"),
    (STAGE, "_OF_EVENT", "WHEN hidden THEN {no_history}", "WHEN FALSE THEN 0", "the past is not known"),
    (STAGE, "_OF_EVENT", "ELSE least(cut, seen) END END AS day", "ELSE cut END END AS day", "no event, seen to day 90"),
    (STAGE, "_OF_EVENT", "WHEN least(cut, seen) <= start THEN {no_time}", "WHEN FALSE THEN 0", "no follow-up"),
    (STAGE, "_ends", "+ 1", "", "the drug stopped"),
    (REFERENCE, "_of_rule", "for day in range(start.day + 1,", "for day in range(start.day + 2,", "seen on the first day"),
    (REFERENCE, "_of_rule", "before[-1].truth is None", "False", "not known on the index date"),
    (REFERENCE, "_of_rule", "one.low <= day", "one.low < day", "perhaps dead in it"),
    (REFERENCE, "_without", "[one.day for one in seen if one.truth is False]", "[one.day for one in seen]", "not known on the last visits"),
    (REFERENCE, "_hidden", "seen_to(case) >= day", "seen_to(case) > day", "the dead are censored"),
    (REFERENCE, "_hidden", "case.index + window.to > day_number(cutoff)", "True", "the window ends on it"),
    (OF_STOPS, "end_of_drug", "case.end_low - case.index + 1", "case.end_low - case.index", "the drug stopped"),
    (OF_STOPS, "end_of_drug", "until is not None and low > until", "False", "stopped after observed time"),
    (OF_STOPS, "end_of_drug", "and study.chart.observed is None", "and False", "stopped long after it"),
    (OF_STOPS, "end_of_drug", " or (in_part and high is not None)", "", "stopped after it on a day that is not known"),
    (OF_STOPS, "end_of_drug", "None if cutoff is None else day_number(cutoff) - case.index", "None", "last taken on the cut-off"),
    (REFERENCE, "_of_event", "if day in days", "if day + 1 in days", "the event"),
    (REFERENCE, "_of_event", "low <= day for low in perhaps", "low < day for low in perhaps", "a partial date that may be the first"),
    (REFERENCE, "_of_event", "latest(one) <= index for one in dated", "latest(one) < index for one in dated", "the event on the index date"),
    (STAGE, "_FIRST", "WHERE d.truth AND d.day > s.start", "WHERE d.truth AND d.day > 0", "by then it had come and gone"),
    (STAGE, "_FIRST", "WHERE d.day <= s.start GROUP", "WHERE d.day <= 0 GROUP", "its state by the last visit to the start"),
    (STAGE, "_LAST", "d.day > f.start AND", "d.day > 0 AND", "no visit after the start"),
    (STAGE, "_DECIDED", "WHEN cut <= start THEN {no_time}", "WHEN FALSE THEN 0", "met on its last day"),
    (STAGE, "_EVENT", "o.day > s.start THEN o.day", "o.day > 0 THEN o.day", "an event after the start"),
    (STAGE, "_OF_EVENT", "WHEN no_start > 0 THEN no_start", "WHEN FALSE THEN 0", "the start of an event not met"),
    (LAST, "LAST_DOSE", "{restart_after} + 1", "{restart_after}", "a row not used within the gap"),
    (LAST, "LAST_DOSE", "u.last > k.end_low", "TRUE", "a row not used while it is taken"),
    (STAGE, "_OF_DRUG", "e.how = {died} THEN e.cut - 1", "FALSE THEN 0", "dead on the first day without it"),
    (STAGE, "_OF_DRUG", "g.end_low = g.end_high AND k.end_low - k.index_day < {told}", "g.end_low = g.end_high", "observed to its last day"),
    (STAGE, "_OF_DRUG", "k.end_low - k.index_day < {told}", "k.end_low - k.index_day < e.seen", "stopped long after it"),
    (STAGE, "_OF_DRUG", "CASE WHEN g.end_high IS NULL THEN e.seen ELSE {told} END", "e.seen", "stopped after it on a day that is not known"),
    (STAGE, "_ends", 'f"{day} - k.index_day"', "told", "last taken on the cut-off"),
    (STAGE, "_OF_DRUG", "coalesce(g.end_low <> g.end_high, TRUE)", "FALSE", "its last day not known at all"),
    (STAGE, "_OF_DRUG", "WHEN first <= start THEN {at}", "WHEN FALSE THEN 0", "stopped by the response"),
    (STAGE, "_OF_DRUG", "WHEN maybe <= start THEN {stop_unknown}", "WHEN FALSE THEN 0", "perhaps stopped on its last day"),
    (STAGE, "_OF_DRUG", "AND first < unsure THEN 0", "AND first <= unsure THEN 0", "perhaps dead before"),
    (STAGE, "_OF_DRUG", "maybe < unsure AND maybe <= last_day", "maybe <= last_day", "both not known, death first"),
    (STAGE, "_OF_DRUG", "AND maybe <= last_day", "", "its last day surely after the window"),
    (REFERENCE, "_of_the_drug", "ends.low <= day and ended is None", "ends.low <= day", "dead on the first day without it"),
    (REFERENCE, "_of_the_drug", "ends.day <= start.day", "ends.day < 0", "stopped by the response"),
    (REFERENCE, "_of_the_drug", "last = min(day, seen_to(case))", "last = day", "still taken"),
    (STAGE, "_BEFORE", "WHEN h.high > {last} THEN 2 ", "", "perhaps already so, shown after it"),
    (REFERENCE, "_of_rule", "low <= start.day and", "low < -90 and", "perhaps already so, shown after it"),
    (REFERENCE, "_of_rule", "and outcome.lasting is None", "", "perhaps broken before the index date"),
    (REFERENCE, "_of_rule", "if not_exact(", "if False and not_exact(", "a partial date after the start"),
    (REFERENCE, "_without", "if not_exact(", "if False and not_exact(", "not seen in a month nor after it"),
    (STAGE, "_LAST", "AND d.day <= f.seen", "", "impossible after follow-up"),
    (REFERENCE, "_without", "if one <= seen_to(case)", "", "impossible after follow-up"),
    (STAGE, "_AMONG", "WHEN g.truth THEN f.why WHEN", "WHEN TRUE THEN f.why WHEN", "outside it though already so"),
    (STAGE, "_AMONG", "WHEN g.truth IS NULL THEN {not_known}", "WHEN FALSE THEN 0", "not known whether in it"),
    (STAGE, "_AMONG", "AND g.spec = {spec}", "AND g.spec = {spec} + 1", "in the denominator"),
    (START, "_FIRST", "least(e.cut, e.seen)", "e.cut", "not tapered while seen"),
    (START, "_FIRST", "least(e.cut, e.seen)", "e.seen", "perhaps met only after it"),
    (START, "_FIRST", "WHERE truth GROUP", "WHERE coalesce(truth, TRUE) GROUP", "it may have begun earlier"),
    (START, "_AFTER_RULE", "CASE WHEN e.first <= e.cut AND e.inexact = 0 THEN e.first END AS start", "e.first AS start", "stopped before the start"),
    (START, "_AFTER_RULE", "e.first <= e.cut AND e.inexact = 0 AND e.unknown > 0 AS unclear", "FALSE AS unclear", "it may have begun before a no"),
    (START, "_AFTER_RULE", "WHEN e.unsure <= e.first", "WHEN e.unsure < 0", "perhaps not at risk at all"),
    (START, "_AFTER_RULE", "WHEN e.unknown > 0 THEN {not_known}", "", "not known on one of them"),
    (START, "_AFTER_RULE", "WHEN e.first < {never} THEN {late}", "", "stopped before the start"),
    (START, "_AFTER_RULE", "WHEN e.visits = 0 THEN {no_visit}", "WHEN FALSE THEN 0", "no visit in the window"),
    (START, "_AFTER_RULE", "least(f.reach, {to})", "{to}", "a partial date after both"),
    (START, "_AFTER_RULE", "d.high >= {from_} AND", "", "a partial date before its own window"),
    (START, "_AFTER_RULE", "least(f.reach, {to})", "f.reach", "a partial date beyond its own window"),
    (START, "_AFTER_RULE", "least(f.first - 1, f.until)", "f.until", "not known after it"),
    (START, "_AFTER_RULE", "d.truth IS NULL AND", "FALSE AND", "not known on the first day it could be"),
    (START, "_AFTER_RULE", "CASE WHEN e.inexact > 0 THEN {not_exact} WHEN", "CASE WHEN", "a partial date before the start"),
    (START, "_FIRST", "THEN d.first ELSE least", "THEN {never} ELSE least", "a partial date after both"),
    (OF_STOPS, "begun", "one.low <= first", "one.low < 0", "perhaps not at risk at all"),
    (OF_STOPS, "begun", "first - 1", "first + 20", "not known after it"),
    (OF_STOPS, "begun", "not in_time else first", "not in_time else until", "a partial date after both"),
    (OF_STOPS, "begun", "min(reach, window.to)", "reach", "a partial date beyond its own window"),
    (OF_STOPS, "begun", "if unclear:", "if False:", "not known on one of them"),
    (OF_STOPS, "begun", "until = min(cut, to, seen_to(case))", "until = to", "not tapered while seen"),
    (OF_STOPS, "begun", "first <= min(cut, to)", "first <= to", "stopped before the start"),
    (REFERENCE, "_of_rule", "one.day <= start.day]", "one.day <= 0]", "its state by the last visit to the start"),
    (REFERENCE, "_of_rule", "one.day > start.day]", "one.day > 0]", "no visit after the start"),
    (REFERENCE, "_of_event", "first = start.day + 1", "first = 1", "an event after the start"),
    (REFERENCE, "_of_event", "_exactly(one) and earliest(one) == at", "_exactly(one) and earliest(one) < 0", "an event on the day of the start"),
]  # fmt: skip


def _said(case: str, implementation: str) -> str:
    asked, how, window, more, rows, _ = CASES[case]
    declared = test_spec_time_to.study(asked, how, window, more)
    chart = "\n".join(map(test_spec_time_to._row, rows.split(" ; ")))
    return times(declared, chart, implementation)["1"]["time"]


@pytest.mark.long(but_every=4)
@pytest.mark.parametrize(
    ("module", "name", "old", "new", "case"), MUTANTS, ids=[f"{one[1]}: {one[2]}" for one in MUTANTS]
)
def test_what_is_broken_turns_red(
    module: str, name: str, old: str, new: str, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_it(monkeypatch, module, name, old, new)
    try:
        told = _said(case, "duckdb" if ".response." in module else "reference")
    except Exception:  # also a query that no engine takes is red
        return
    assert CASES[case][-1] != told, f"{case} still holds"
