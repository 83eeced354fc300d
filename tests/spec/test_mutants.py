"""Break one thing in the stages or in the reference: at least one spec must turn red.

Each mutant changes one piece of text or one word of the program, as a slip of the hand would.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
from tests.spec import (
    test_spec_cases,
    test_spec_derived,
    test_spec_domains,
    test_spec_dose,
    test_spec_eligible_values,
    test_spec_events,
    test_spec_extremes,
    test_spec_free_of,
    test_spec_grades,
    test_spec_held,
    test_spec_levels,
    test_spec_nodes,
    test_spec_normal_limits,
    test_spec_observed,
    test_spec_questions,
    test_spec_recorded_days,
    test_spec_rules,
    test_spec_score,
    test_spec_unchanged,
    test_spec_windows,
)
from tests.spec.small import Spec

WINDOWS, DOSES, EVENTS, CASES = (
    test_spec_windows.SPECS,
    test_spec_dose.SPECS,
    test_spec_events.SPECS,
    test_spec_cases.SPECS,
)
#: Boundaries that other spec files hold in tables of their own.
MORE = [
    Spec(
        "the later of two tied days",
        "windows: {baseline: {from: -90 days, to: 0 days, take: last}, after: {from: 46 days, to: 134 days, "
        "target: 90 days, take: nearest, tie: later, components: nearest each}}",
        "1 | mmt | 0:50, 88:55, 92:59",
        {"1": "after mmt 59 @92"},
    ),
    Spec(
        "the best of a day",
        "windows: {baseline: {from: -90 days, to: 0 days, take: last}, after: {from: 46 days, to: 134 days, "
        "take: last, same_day: best}}",
        "1 | mmt | 0:50, 92:55, 92:59",
        {"1": "after mmt 59 @92"},
    ),
    Spec(
        "a gap of just so many days is no restart",
        "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 60 days}, per: patient}\n"
        "intercurrent: {drug stopped: non-responder}",
        "1 | mycophenolate mofetil | 0..10 500 mg x2; 71..95 500 mg x2\n1 | mmt | 0:50, 90:60",
        {"1": "yes"},
    ),
]
WINDOWS, CASES = [*MORE, *WINDOWS], [*MORE, *CASES]
OBSERVED = test_spec_observed.SPECS
ELIGIBLE = test_spec_eligible_values.SPECS
HELD = test_spec_held.SPECS
ASKED = test_spec_questions.SPECS
DRUGS = test_spec_unchanged.SPECS
STRETCHES = test_spec_free_of.SPECS
NODES = test_spec_nodes.SPECS
GRADES = test_spec_grades.SPECS
DERIVED = test_spec_derived.SPECS
DOMAINS = test_spec_domains.SPECS
SO_FAR = test_spec_extremes.SPECS
NORMAL = test_spec_normal_limits.SPECS
LEVELS: list[Any] = test_spec_levels.SPECS
SCORES = test_spec_score.SPECS
RECORDED = test_spec_recorded_days.SPECS
RULES = [*test_spec_rules.THRESHOLDS, *test_spec_rules.KLEENE, *test_spec_rules.MISSING]


@dataclass(frozen=True)
class Mutant:
    """`old` becomes `new` in a text constant (`name` in capitals), or in the source of a function, of `module`."""

    what: str
    module: str
    name: str
    old: str
    new: str
    specs: list[Spec]
    implementation: str = "duckdb"

    def __str__(self) -> str:
        return f"{self.implementation}: {self.what}"


WINDOW = "caseseries.assessment.window"
DOSE = "caseseries.assessment.dose"
RULE = "caseseries.response.rule_sql"
LEAF = "caseseries.response.leaf_sql"
FREE = "caseseries.response.free_of"
UNALTERED = "caseseries.response.unchanged"
OCCURRENCE = "caseseries.response.occurrence"
BEGINS = "caseseries.assessment.occurrence"
HELD_RULE = "caseseries.response.held_rule"
LIMITS = "caseseries.assessment.normal_limits"
EXTREMES = "caseseries.assessment.extremes"
EVENT = "caseseries.response.intercurrent"
RAISED = "caseseries.response.raised"
RECORDED_DAYS = "caseseries.assessment.recorded_days"
LEVEL = "caseseries.protocol.levels"
REFERENCE = "caseseries.reference"

MUTANTS = [
    Mutant(
        "a window leaves out its first day", WINDOW, "_CANDIDATE", "BETWEEN c.low AND", "BETWEEN c.low + 1 AND", WINDOWS
    ),
    Mutant("a window leaves out its last day", WINDOW, "_CANDIDATE", "AND c.high END", "AND c.high - 1 END", WINDOWS),
    Mutant("a tie goes the other way", WINDOW, "_VISIT_DAY", "tie = 'later'", "tie <> 'later'", WINDOWS),
    Mutant(
        "a tie of single values goes the other way",
        WINDOW,
        "_TAKEN",
        "tie = 'later' THEN -day",
        "tie = 'later' THEN day",
        WINDOWS,
    ),
    Mutant(
        "nearest becomes furthest",
        WINDOW,
        "_VISIT_DAY",
        "THEN abs(days.day - v.target)",
        "THEN -abs(days.day - v.target)",
        WINDOWS,
    ),
    Mutant(
        "last becomes first",
        WINDOW,
        "_VISIT_DAY",
        "THEN -days.day ELSE days.day END AS distance",
        "THEN days.day ELSE days.day END AS distance",
        WINDOWS,
    ),
    Mutant(
        "best of a day becomes worst", WINDOW, "_DAY_VALUE", "'best' AND c.sign > 0", "'best' AND c.sign < 0", WINDOWS
    ),
    Mutant("a mean of a day is a sum", WINDOW, "_DAY_VALUE", "* {share}", "* {parts}", WINDOWS),
    Mutant(
        "an undeclared tie is settled in silence",
        WINDOW,
        "_VISIT_DAY",
        "tie IS NULL THEN NULL",
        "FALSE THEN NULL",
        WINDOWS,
    ),
    Mutant("a bound counts as the value", WINDOW, "_TAKEN", "chosen.censor <> 0", "FALSE", WINDOWS),
    Mutant(
        "a dose counts from the day of change",
        DOSE,
        "_SUMMED",
        "< a.day",
        "<= a.day",
        DOSES,
    ),
    Mutant("a dose ends a day early", DOSE, "_SUMMED", ">= a.day - 1", ">= a.day", DOSES),
    Mutant("a dose ends a day late", DOSE, "_SUMMED", ">= a.day - 1", ">= a.day - 2", DOSES),
    Mutant("the equivalence is left out", DOSE, "_COURSES", "* d.factor_num", "", DOSES),
    Mutant("the frequency is left out", DOSE, "_COURSES", "* CAST(c.per_day_num AS {wide})", "", DOSES),
    Mutant("pulses are added in", DOSE, "_COURSES", "(r.pulses OR NOT c.pulse)", "TRUE", DOSES),
    Mutant(
        "a cream is one of its class",
        "caseseries.protocol.drug_uses",
        "_local_forms",
        "if not named and group_of(protocol, drug_or_group)",
        "if False",
        EVENTS,
    ),
    Mutant("not recorded is zero", DOSE, "_ANSWER", "THEN {no_course}", "THEN 0", DOSES),
    Mutant(
        "the later of two weights",
        DOSE,
        "_NEAREST",
        "min(2 * abs(m.day - w.index_day - w.day)",
        "max(2 * abs(m.day - w.index_day - w.day)",
        DOSES,
    ),
    Mutant("not recorded is no event", OCCURRENCE, "_ANSWER", " AND NOT ended AND", " AND", ASKED),
    Mutant(
        "an event of another kind counts",
        BEGINS,
        "_FOUND",
        "JOIN occurrence_term AS t ON t.term = f.term",
        "",
        ASKED,
    ),
    Mutant("two rows of one day are two events", BEGINS, "_COUNTED", "count(DISTINCT CASE", "count(CASE", ASKED),
    Mutant(
        "a day known in part is certain",
        BEGINS,
        "_FOUND",
        "coalesce(f.low, f.day) - k.index_day >= {low}\n",
        "TRUE\n",
        ASKED,
    ),
    Mutant("not charted is none", OCCURRENCE, "_ANSWER", "AND {told} AND", "AND", ASKED),
    Mutant("unseen days are free", FREE, "_ANSWER", "{every}", "{certain}", STRETCHES),
    Mutant(
        "a stretch a day too short is enough", FREE, "_LONGEST", "first - 1) - 1 AS gap", "first - 1) AS gap", STRETCHES
    ),
    Mutant("an event without charts is none", FREE, "_ANSWER", "{told} AND a.longest", "a.longest", STRETCHES),
    Mutant("a date known in part leaves a stretch", FREE, "_LONGEST", "max(high) OVER", "max(low) OVER", STRETCHES),
    Mutant("the last day of the window counts", UNALTERED, "_COURSES", "<= {high} - 1", "<= {high} - 9", DRUGS),
    Mutant(
        "a second row of one drug adds nothing",
        UNALTERED,
        "_STATES",
        "sum(CASE WHEN unit = 'mg'",
        "max(CASE WHEN unit = 'mg'",
        DRUGS,
    ),
    Mutant("units are one", UNALTERED, "_ANSWER", "bool_or(more AND less) AS unlike", "FALSE AS unlike", DRUGS),
    Mutant(
        "a unit that nobody knows is one",
        UNALTERED,
        "_COURSES",
        "CASE WHEN unit IN ('mg', 'mg/kg', 'mg/m2') THEN part END",
        "part",
        DRUGS,
    ),
    Mutant(
        "a start about the window is certain",
        UNALTERED,
        "_MARKED",
        "c.first_low >= {low} AND",
        "c.first_high >= {low} AND",
        DRUGS,
    ),
    Mutant(
        "an end about the window is certain",
        UNALTERED,
        "_MARKED",
        "c.last_high <= {high} - 2\n",
        "c.last_low <= {high} - 2\n",
        DRUGS,
    ),
    Mutant("another row makes up for nothing", UNALTERED, "_MARKED", "o.case_no IS NOT NULL", "FALSE", DRUGS),
    Mutant("days not known are known", UNALTERED, "_STATES", "NOT sure OR part IS NULL", "part IS NULL", DRUGS),
    Mutant("a row not used is none", UNALTERED, "_ANSWER", "WHEN u.case_no IS NOT NULL THEN {unread} ", "", DRUGS),
    Mutant("drugs not charted are none", UNALTERED, "_ANSWER", "WHEN NOT {told} THEN {uncharted} ", "", DRUGS),
    Mutant(
        "a dose not recorded stays",
        UNALTERED,
        "_ANSWER",
        "WHEN coalesce(c.unknown_dose, FALSE) THEN {no_dose}",
        "",
        DRUGS,
    ),
    Mutant(
        "an attribute that is not known is another word",
        "caseseries.response.patient_is",
        "answer_patient",
        "WHEN a.word IS NULL THEN {UNKNOWN}",
        "WHEN FALSE THEN {UNKNOWN}",
        ASKED,
    ),
    Mutant(
        "an m is a man whatever the others are",
        "caseseries.chart.store",
        "store",
        "meaning(word, said)",
        "meaning(word, [word])",
        ASKED,
    ),
    Mutant(
        "whoever is no girl is a boy",
        "caseseries.response.patient_is",
        "answer_patient",
        "{SEX} IN ('F', 'M')",
        "TRUE",
        ASKED,
    ),
    Mutant(
        "values before the baseline visit count", EXTREMES, "_WITHIN", "BETWEEN s.first AND s.last", "<= s.last", SO_FAR
    ),
    Mutant(
        "values after the visit judged count", EXTREMES, "_WITHIN", "BETWEEN s.first AND s.last", ">= s.first", SO_FAR
    ),
    Mutant(
        "the baseline is no nadir",
        EXTREMES,
        "_WITHIN",
        "BETWEEN s.first AND s.last",
        "BETWEEN s.first + 1 AND s.last",
        SO_FAR,
    ),
    Mutant(
        "the day judged is no nadir",
        EXTREMES,
        "_WITHIN",
        "BETWEEN s.first AND s.last",
        "BETWEEN s.first AND s.last - 1",
        SO_FAR,
    ),
    Mutant(
        "a date known in part is certain to be since", EXTREMES, "_WITHIN", "(d.low < s.first OR", "(FALSE OR", SO_FAR
    ),
    Mutant(
        "without a baseline the rest is enough",
        EXTREMES,
        "_DAYS",
        "WHEN b.absent NOT IN ({numbered}) THEN b.absent",
        "",
        SO_FAR,
    ),
    Mutant("a nadir leaves observed time", EXTREMES, "take_extremes", "parts, choices)", "parts)", SO_FAR),
    Mutant(
        "each visit has the nadir of the last",
        HELD_RULE,
        "_begins",
        "f.v{number}_day - d.day",
        "f.v{number}_day",
        SO_FAR,
    ),
    Mutant(
        "the reference: values before the baseline visit",
        f"{REFERENCE}.extremes",
        "extreme_up_to",
        "from_=first",
        "from_=first - 30",
        SO_FAR,
        "reference",
    ),
    Mutant(
        "the reference: without the day judged",
        f"{REFERENCE}.extremes",
        "extreme_up_to",
        "to=last,",
        "to=max(first, last - 1),",
        SO_FAR,
        "reference",
    ),
    Mutant("a limit of 0 counts", LIMITS, "_OF_ROWS", "g.upper > 0", "g.upper >= 0", NORMAL),
    Mutant("a lower limit of 0 counts", LIMITS, "_OF_ROWS", "g.lower > 0", "g.lower >= 0", NORMAL),
    Mutant("the protocol's limits come first", LIMITS, "_LIMIT", "coalesce(own_upper, ", "coalesce(NULL, ", NORMAL),
    Mutant(
        "a row without a limit is passed over", LIMITS, "_LIMIT", "count(upper) < count(*)", "count(upper) = 0", NORMAL
    ),
    Mutant("the lower of two limits counts", LIMITS, "_LIMIT", "min(upper) < max(upper)", "FALSE", NORMAL),
    Mutant(
        "a value has the limits of its whole day",
        LIMITS,
        "_GIVING",
        "CAST(d.value AS {wide}) * t.den =",
        "t.num =",
        NORMAL,
    ),
    Mutant(
        "a mean that is a value has the limits of that value",
        LIMITS,
        "_GIVING",
        "coalesce(c.same_day, '') = 'mean'",
        "FALSE",
        NORMAL,
    ),
    Mutant(
        "a mean of days has the limits of the last",
        LIMITS,
        "_GIVING",
        "c.take IN ('mean', 'sum') OR",
        "FALSE OR",
        NORMAL,
    ),
    Mutant(
        "a bound of two days has the limit of one",
        LIMITS,
        "_GIVING",
        "t.absent <> 0 AND c.take IN",
        "FALSE AND c.take IN",
        NORMAL,
    ),
    Mutant(
        "a mean of two tied days has the limits of one", LIMITS, "_GIVING", "(c.tie = 'mean' OR", "(FALSE OR", NORMAL
    ),
    Mutant(
        "a sex not recorded is one of them",
        LIMITS,
        "_OF_ROWS",
        "coalesce({sex}, n.sex)",
        "coalesce({sex}, 'M')",
        NORMAL,
    ),
    Mutant("the older of two ages counts", LIMITS, "_OF_ROWS", "BETWEEN {youngest} AND {oldest}", "= {oldest}", NORMAL),
    Mutant(
        "the age is that at the first of both ages",
        LIMITS,
        "_LIMIT",
        "uppers = ways AND least_upper = most_upper",
        "TRUE",
        NORMAL,
    ),
    Mutant("a multiple is forgotten", LEAF, "_exact", "{threshold_num} * {limit}", "{limit}", NORMAL),
    Mutant(
        "a bound is held against 1",
        LEAF,
        "_of_spans",
        "spans.append((limit, limit))",
        "spans.append((_End(whole(1), whole(1)),) * 2)",
        NORMAL,
    ),
    Mutant(
        "the reference: a limit of 0 counts",
        f"{REFERENCE}.normal_limits",
        "_limit",
        "own > 0",
        "own >= 0",
        NORMAL,
        "reference",
    ),
    Mutant(
        "the reference: equal limits are not asked for",
        f"{REFERENCE}.normal_limits",
        "_agreed",
        "len(different) == 1",
        "different",
        NORMAL,
        "reference",
    ),
    Mutant(
        "the reference: the limits of the whole day",
        f"{REFERENCE}.normal_limits",
        "_giving",
        "row.value == chosen.value",
        "True",
        NORMAL,
        "reference",
    ),
    Mutant(
        "the reference: no multiple",
        f"{REFERENCE}.rule",
        "leaf_truth",
        "leaf.threshold * edge",
        "edge",
        NORMAL,
        "reference",
    ),
    Mutant("a row confirms itself", HELD_RULE, "_shown", ">= r{step}.day + {held.apart}", ">= r{step}.day", HELD),
    Mutant("one visit is enough for two", HELD_RULE, "_shown", "range(1, held.times)", "range(1, 1)", HELD),
    Mutant(
        "a run is a day shorter", HELD_RULE, "_shown", "length >= {held.lasting}", "length >= {held.lasting} - 1", HELD
    ),
    Mutant("a gap is a day longer", HELD_RULE, "_shown", "<= {held.gap} THEN 0", "<= {held.gap} + 1 THEN 0", HELD),
    Mutant("nothing breaks a run", HELD_RULE, "_shown", "against if", "'FALSE' if", HELD),
    Mutant("nobody came, so it held", HELD_RULE, "_EVERY", "visits = 0 OR", "FALSE OR", HELD),
    Mutant(
        "a visit of which it is not known is passed over",
        HELD_RULE,
        "_EVERY",
        " OR unknown > 0 THEN NULL",
        " THEN NULL",
        HELD,
    ),
    Mutant("too few visits are a no", HELD_RULE, "_RUNS", "NOT perhaps AND possible AND", "NOT perhaps AND", HELD),
    Mutant("a missing code is a visit", HELD_RULE, "_DAYS", "WHERE m.value IS NOT NULL AND m.day", "WHERE m.day", HELD),
    Mutant("recorded visits are passed over", HELD_RULE, "_VISITS", "f.kind = 'visit'", "FALSE", HELD),
    Mutant(
        "a dose is read at visits alone", HELD_RULE, "find_days", "if from_courses else []", "if False else []", HELD
    ),
    Mutant(
        "a score is asked for between visits", HELD_RULE, "_root", "NOT d.visited AS not_met", "FALSE AS not_met", HELD
    ),
    Mutant(
        "unknown points are none",
        RULE,
        "_score_sql",
        "WHEN NOT {child} THEN 0 ELSE {each} END",
        "WHEN {child} THEN {each} ELSE 0 END",
        SCORES,
    ),
    Mutant(
        "unknown points are all",
        RULE,
        "_score_sql",
        "WHEN {child} THEN {each} ELSE 0 END",
        "WHEN NOT {child} THEN 0 ELSE {each} END",
        SCORES,
    ),
    Mutant("points are rounded", RULE, "_score_sql", "int(one * scale)", "scale * int(one)", SCORES),
    Mutant("so many points are more", RULE, "_score_sql", '{least} >= {limit}"', '{least} > {limit}"', SCORES),
    Mutant(
        "more points are so many",
        RULE,
        "_score_sql",
        '{least} > {limit}", f"{most} <= {limit}"',
        '{least} >= {limit}", f"{most} < {limit}"',
        SCORES,
    ),
    Mutant(
        "unknown points are none in the reference",
        "caseseries.protocol.score",
        "Points",
        "truths[place] is not False",
        "truths[place] is True",
        SCORES,
        "reference",
    ),
    Mutant(
        "a day too few is enough",
        RECORDED_DAYS,
        "_KNOWN",
        "coalesce(d.days, 0) < l.least",
        "coalesce(d.days, 0) < l.least - 1",
        RECORDED,
    ),
    Mutant(
        "so many days are too few",
        RECORDED_DAYS,
        "_KNOWN",
        "coalesce(d.days, 0) < l.least",
        "coalesce(d.days, 0) <= l.least",
        RECORDED,
    ),
    Mutant("rows are days", RECORDED_DAYS, "_KNOWN", "count(DISTINCT day)", "count(*)", RECORDED),
    Mutant(
        "days without an entry are counted in the reference",
        f"{REFERENCE}.window",
        "value_by_itself",
        "< window.least",
        "< 1",
        RECORDED,
        "reference",
    ),
    Mutant("at least is more than", LEAF, "OPERATORS", "at_least", ">", RULES),
    Mutant("more than is at least", LEAF, "OPERATORS", "more_than", ">=", RULES),
    Mutant("at most is less than", LEAF, "OPERATORS", "at_most", "<", RULES),
    Mutant("less than is at most", LEAF, "OPERATORS", "less_than", "<=", RULES),
    Mutant(
        "unknown and yes is yes",
        RULE,
        "node_sql",
        "' AND '.join(children)",
        "' AND '.join(f'coalesce({c}, TRUE)' for c in children)",
        RULES,
    ),
    Mutant(
        "unknown or no is no",
        RULE,
        "node_sql",
        "' OR '.join(children)",
        "' OR '.join(f'coalesce({c}, FALSE)' for c in children)",
        RULES,
    ),
    Mutant(
        "not unknown is yes", RULE, "node_sql", "(NOT {children[0]})", "(NOT coalesce({children[0]}, FALSE))", RULES
    ),
    Mutant(
        "what is taken away keeps its direction",
        "caseseries.chart.derived",
        "_turned",
        "WHEN 1 THEN 2 WHEN 2 THEN 1",
        "WHEN 1 THEN 1 WHEN 2 THEN 2",
        DERIVED,
    ),
    Mutant(
        "a limit of a part is not carried",
        "caseseries.chart.derived",
        "_bits",
        'coded = f"CASE m.censor {signs} ELSE 0 END"',
        "coded = '0'",
        DERIVED,
    ),
    Mutant(
        "ratios are put in order as whole millionths",
        "caseseries.assessment.window",
        "_order",
        "4 * int(largest) ** 2",
        "1",
        DERIVED,
    ),
    Mutant(
        "a difference is turned round",
        "caseseries.protocol.derived",
        "formula",
        "[Fraction(1), Fraction(-1)]",
        "[Fraction(-1), Fraction(1)]",
        DERIVED,
    ),
    Mutant(
        "a part that is missing is passed over",
        "caseseries.reference.derived",
        "_rows",
        "    if lacking:",
        "    if len(lacking) == len(options):",
        DERIVED,
        "reference",
    ),
    Mutant(
        "a limit in the denominator is a number",
        "caseseries.reference.derived",
        "_ratio",
        "if below[1]:",
        "if not below:",
        DERIVED,
        "reference",
    ),
    Mutant(
        "a value beyond the range is used",
        "caseseries.chart.derived",
        "_outside",
        "if measure.range is None",
        "if measure.range is not None",
        DERIVED,
    ),
    Mutant(
        "a missing item of a domain is 0",
        "caseseries.chart.derived",
        "_ends",
        "absent = [] if of.answered else",
        "absent = [] if not of.answered else",
        DOMAINS,
    ),
    Mutant(
        "an aid that is not recorded is none",
        "caseseries.chart.derived",
        "_ends",
        "coalesce(v{aid}, 1) > 0",
        "coalesce(v{aid}, 0) > 0",
        DOMAINS,
    ),
    Mutant(
        "the mean is always of all domains",
        "caseseries.chart.derived",
        "_mean_of",
        "greatest({n}, 1)",
        "greatest({n}, 8)",
        DOMAINS,
    ),
    Mutant(
        "an aid raises a 3 to 2",
        "caseseries.reference.derived",
        "_score",
        "{max(score, of.aided) for score in highest}",
        "{of.aided for score in highest}",
        DOMAINS,
        "reference",
    ),
    Mutant(
        "a domain answered in part is left out",
        "caseseries.reference.derived",
        "_mean",
        "if any(parts[item] is not None",
        "if all(parts[item] is not None",
        DOMAINS,
        "reference",
    ),
    Mutant(
        "a grade is the next one",
        "caseseries.protocol.tree",
        "_of_value",
        "Fraction(place)",
        "Fraction(place + 1)",
        GRADES,
    ),
    Mutant(
        "of grades the highest is always best",
        "caseseries.protocol.measures",
        "measure_facts",
        "highest, _SIGN[written.better]",
        "highest, 1",
        GRADES,
    ),
    Mutant("a count needs one more", RULE, "node_sql", ">= {k} THEN TRUE", "> {k} THEN TRUE", RULES),
    Mutant(
        "an unknown counts as met",
        RULE,
        "node_sql",
        "{yes} + {unknown} <= {k} THEN TRUE",
        "{yes} <= {k} THEN TRUE",
        RULES,
    ),
    Mutant(
        "an unknown condition is never decided", RULE, "node_sql", "WHEN {then} = {otherwise} THEN {then}", "", NODES
    ),
    Mutant(
        "an unknown condition is no",
        RULE,
        "node_sql",
        "WHEN NOT {condition} THEN",
        "WHEN NOT coalesce({condition}, FALSE) THEN",
        NODES,
    ),
    Mutant("in proportion is of all parts", RULE, "node_sql", "{k} * ({n} - ({out}))", "{k} * {n}", NODES),
    Mutant("nothing measured is an answer", RULE, "node_sql", "{out} = {n} THEN NULL", "FALSE THEN NULL", NODES),
    Mutant("what is left out may yet be met", RULE, "node_sql", "{unknown} - ({out})) < ", "{unknown}) < ", NODES),
    Mutant("a bound is left out", LEAF, "left_out_sql", "IN ({NOT_MEASURED})", "<> 0", NODES),
    Mutant(
        "an unknown condition is yes",
        "caseseries.verdict.logic",
        "join",
        "then if then is otherwise else None",
        "then",
        NODES,
        "reference",
    ),
    Mutant(
        "left out where no value was measured",
        "caseseries.verdict.logic",
        "left_out",
        "return any(",
        "return all(",
        NODES,
        "reference",
    ),
    Mutant(
        "nothing measured is an answer of the reference",
        "caseseries.verdict.logic",
        "join",
        "if out == len(parts)",
        "if False",
        NODES,
        "reference",
    ),
    Mutant(
        "a zero baseline is a small one",
        LEAF,
        "_exact",
        "{before_num} = 0 THEN {at_zero}",
        "FALSE THEN {at_zero}",
        [*RULES, *DOSES],
    ),
    Mutant(
        "a death after the assessment counts",
        EVENT,
        "_OCCURRED",
        "WHEN b.death_high <= b.horizon THEN TRUE",
        "WHEN b.death_high IS NOT NULL THEN TRUE",
        EVENTS,
    ),
    Mutant(
        "a background drug is a rescue",
        EVENT,
        "_OCCURRED",
        "c.least_gap > {shortest}",
        "c.least_gap > -99999",
        EVENTS,
    ),
    Mutant(
        "a row not used goes on with nothing",
        "caseseries.response.last_dose",
        "LAST_DOSE",
        "CASE WHEN u.case_no IS NULL THEN k.end_high END",
        "k.end_high",
        EVENTS,
    ),
    Mutant(
        "a drug stopped late is stopped",
        EVENT,
        "_OCCURRED",
        "WHEN b.stopped_high < coalesce(b.assessed - 1, b.horizon)",
        "WHEN b.stopped_high < coalesce(b.assessed, b.horizon)",
        EVENTS,
    ),
    Mutant(
        "a dose kept is a dose raised",
        RAISED,
        "_OF_COURSES",
        "later.num * before.den > before",
        "later.num * before.den >= before",
        EVENTS,
    ),
    Mutant(
        "a dose that may be later than the assessment is before it",
        RAISED,
        "_OF_VISITS",
        "later.last <= b.until",
        "later.first <= b.until",
        EVENTS,
    ),
    Mutant(
        "a limit that may be reached is one that is not",
        RAISED,
        "_OF_VISITS",
        "(later.low_open OR before.high_open)",
        "TRUE",
        EVENTS,
    ),
    Mutant(
        "a restart within the gap is a new episode",
        "caseseries.cohort.index",
        "_EPISODES",
        "- 1 > {restart_after}",
        "- 1 >= {restart_after}",
        CASES,
    ),
    Mutant(
        "the first episode is the second", "caseseries.cohort.index", "find_index", "episode = 1", "episode = 2", CASES
    ),
    Mutant(
        "a birthday comes a day late",
        "caseseries.cohort.eligibility",
        "completed_years",
        "< {part.format(born)} THEN",
        "<= {part.format(born)} THEN",
        CASES,
    ),
    Mutant(
        "a period ends the day before its last",
        "caseseries.cohort.follow_up",
        "_UNTIL_PERIOD",
        "o.last >= i.index_day",
        "o.last > i.index_day",
        OBSERVED,
    ),
    Mutant(
        "observed to the end of the period, death or not",
        "caseseries.cohort.follow_up",
        "_UNTIL_PERIOD",
        "WHEN d.death_low < o.last THEN d.death_low ",
        "",
        OBSERVED,
    ),
    Mutant(
        "periods that touch are two",
        "caseseries.chart.store",
        "periods",
        "period.start <= before.end + 1",
        "period.start <= before.end",
        OBSERVED,
    ),
    Mutant(
        "observed before counts one day less",
        "caseseries.cohort.eligibility",
        "_answer",
        "f.index_day - f.observed_first >=",
        "f.index_day - f.observed_first >",
        OBSERVED,
    ),
    Mutant(
        "values of other periods are recorded",
        "caseseries.cohort.eligibility",
        "_RECORDED",
        "m.day BETWEEN f.observed_first AND f.observed_last",
        "TRUE",
        OBSERVED,
    ),
    Mutant(
        "a value that is not known is no",
        "caseseries.cohort.eligibility",
        "_VALUES",
        "truth IS NULL THEN 1",
        "truth IS NULL THEN 0",
        ELIGIBLE,
    ),
    Mutant(
        "a criterion is the other way round",
        "caseseries.cohort.eligibility",
        "_VALUES",
        "WHEN truth THEN 2",
        "WHEN truth THEN 0",
        ELIGIBLE,
    ),
    Mutant(
        "a declared choice is asked for",
        "caseseries.response.criteria",
        "_ON_SHEET",
        "{undeclared} AND ",
        "",
        ELIGIBLE,
    ),
    Mutant(
        "a declared choice is asked for the general way",
        "caseseries.response.criteria",
        "_ANSWERED",
        "{undeclared} AND ",
        "",
        ELIGIBLE,
    ),
    Mutant(
        "a value that is not known is not met",
        REFERENCE + ".eligibility",
        "_value_meets",
        '"not evaluable"',
        '"not met"',
        ELIGIBLE,
        "reference",
    ),
    Mutant(
        "a window that ends with the period leaves it",
        REFERENCE + ".follow_up",
        "leaves_observed_time",
        "or last > (",
        "or last >= (",
        OBSERVED,
        "reference",
    ),
    Mutant(
        "a window that begins with the period leaves it",
        REFERENCE + ".follow_up",
        "leaves_observed_time",
        "first < period[0]",
        "first <= period[0]",
        OBSERVED,
        "reference",
    ),
    Mutant(
        "unknown is yes", "caseseries.verdict.logic", "join", "None if unknown else True", "True", RULES, "reference"
    ),
    Mutant(
        "the window begins later",
        REFERENCE + ".window",
        "candidates_in",
        "first, last = index + window.from_,",
        "first, last = index + window.from_ + 1,",
        WINDOWS,
        "reference",
    ),
    Mutant(
        "the dose of the day itself",
        REFERENCE + ".dose",
        "_dose_on",
        "counts_on_arrival(course, day)",
        "counts_on_arrival(course, day + 1)",
        DOSES,
        "reference",
    ),
    Mutant(
        "a level does not ask that none above it holds",
        LEVEL,
        "rule_of",
        "All.model_construct(all=(above, rules[part.place]))",
        "rules[part.place]",
        LEVELS,
    ),
    Mutant(
        "none is only that the last rule does not hold",
        LEVEL,
        "rule_of",
        "any_of(rules[: part.place])",
        "rules[part.place - 1]",
        LEVELS,
    ),
    Mutant(
        "an event gives the level at the other end",
        LEVEL,
        "Part",
        '(effect == "responder") is (',
        '(effect != "responder") is (',
        LEVELS,
    ),
    Mutant(
        "an event gives the level at the other end of an unwanted outcome",
        LEVEL,
        "Part",
        "is (self.good is not False)",
        "is True",
        LEVELS,
    ),
    Mutant(
        "in the reference an event gives the level at the other end",
        REFERENCE + ".intercurrent",
        "_level",
        "0 if met else -1",
        "-1 if met else 0",
        LEVELS,
        "reference",
    ),
    Mutant(
        "each level is judged at a visit of its own",
        "caseseries.protocol.outcome",
        "LevelVerdict",
        "return self._beside",
        "return ()",
        LEVELS,
    ),
    Mutant(
        "none of the categories is only that the last does not hold",
        LEVEL,
        "rule_of",
        "any_of(rules[: part.place])",
        "rules[-1]",
        LEVELS,
        "reference",
    ),
    Mutant(
        "a category that holds leaves others open",
        "caseseries.verdict.level_sentence",
        "possible",
        "if True in truths:",
        "if False:",
        LEVELS,
        "reference",
    ),
    Mutant(
        "a level that is not known is not possible",
        "caseseries.verdict.level_sentence",
        "possible",
        "if truth is not False",
        "if truth",
        LEVELS,
        "reference",
    ),
]


#: The spec that turned red when this was written, asked first; any other counts as well.
ASK_FIRST = {
    "a row not used goes on with nothing": "stopped, unless a row that was not used goes on with it",
    "a day too few is enough": "a day too few",
    "so many days are too few": "just so many days",
    "rows are days": "a day twice is one",
    "days without an entry are counted in the reference": "a day too few",
    "unseen days are free": "seen for 49 days",
    "a stretch a day too short is enough": "49 days are too few",
    "an event without charts is none": "events were not charted",
    "a date known in part leaves a stretch": "a day that is not known, and not enough beside it",
    "the last day of the window counts": "begun the day before the last",
    "a second row of one drug adds nothing": "two rows on the same days are more than one",
    "units are one": "as much a kg",
    "a unit that nobody knows is one": "a unit of which nobody knows how much it is",
    "another row makes up for nothing": "the same dose, prescribed again",
    "days not known are known": "one row ends as two begin, one not to the day",
    "a start about the window is certain": "begun about the first day of the window",
    "an end about the window is certain": "it may go on, or have ended in the window",
    "a row not used is none": "a row that was not used",
    "drugs not charted are none": "not recorded, where drugs are not charted",
    "a dose not recorded stays": "a dose that is not recorded",
    "an attribute that is not known is another word": "a blank attribute",
    "an m is a man whatever the others are": "an m is a woman where others are hombres",
    "unknown points are none": "at_least 10",
    "unknown points are all": "at_least 10",
    "points are rounded": "at_least 10",
    "so many points are more": "at_least 10",
    "more points are so many": "more_than 10",
    "unknown points are none in the reference": "at_least 10",
    "values before the baseline visit count": "so far: a lower value before the baseline visit",
    "values after the visit judged count": "so far: a lower value after the visit judged",
    "the baseline is no nadir": "so far: the baseline is the nadir",
    "the day judged is no nadir": "so far: a day that is its own nadir has not changed",
    "a date known in part is certain to be since": "so far: a date that may be before the baseline visit",
    "without a baseline the rest is enough": "so far: no baseline",
    "a nadir leaves observed time": "so far: observed time that the windows leave",
    "each visit has the nadir of the last": "so far: held: up to each visit",
    "the reference: values before the baseline visit": "so far: a lower value before the baseline visit",
    "the reference: without the day judged": "so far: a day that is its own nadir has not changed",
    "a limit of 0 counts": "limits of normal: a limit of 0 is none",
    "a lower limit of 0 counts": "limits of normal: a lower limit of 0 is none",
    "the protocol's limits come first": "limits of normal: the row's own wins",
    "a row without a limit is passed over": "limits of normal: equal values of one day, one without a limit",
    "the lower of two limits counts": "limits of normal: equal values of one day with two limits",
    "a value has the limits of its whole day": "limits of normal: the row that is picked of a day has its own limit",
    "a mean that is a value has the limits of that value": "limits of normal: a mean that is one of the values has the limits of all",
    "a mean of days has the limits of the last": "limits of normal: a mean of days with two limits",
    "a bound of two days has the limit of one": "limits of normal: the highest of two days may be of the other limit",
    "a mean of two tied days has the limits of one": "limits of normal: the mean of two days equally near has those of both",
    "a sex not recorded is one of them": "limits of normal: sex not recorded",
    "the older of two ages counts": "limits of normal: a birth known to the month",
    "the age is that at the first of both ages": "limits of normal: a birth known to the month",
    "a multiple is forgotten": "limits of normal: a multiple",
    "a bound is held against 1": "limits of normal: <5 of a limit of 5",
    "the reference: a limit of 0 counts": "limits of normal: a limit of 0 is none",
    "the reference: equal limits are not asked for": "limits of normal: equal values of one day with two limits",
    "the reference: the limits of the whole day": "limits of normal: the row that is picked of a day has its own limit",
    "the reference: no multiple": "limits of normal: a multiple",
    "not recorded is no event": "nobody saw the patient to the end of the window",
    "an event of another kind counts": "another event",
    "two rows of one day are two events": "twice on one day is once",
    "a day known in part is certain": "the day is known in part and may lie outside",
    "not charted is none": "events were not charted",
    "whoever is no girl is a boy": "65 points, whoever it is",
    "a row confirms itself": "one row never confirms itself",
    "one visit is enough for two": "two visits, one not",
    "a run is a day shorter": "a day too short",
    "a gap is a day longer": "a gap a day too long",
    "nothing breaks a run": "broken",
    "nobody came, so it held": "no visit in the window",
    "a visit of which it is not known is passed over": "a visit of which it is not known",
    "too few visits are a no": "a day too near",
    "a missing code is a visit": "a missing code is no visit",
    "recorded visits are passed over": "a visit of which it is not known",
    "a dose is read at visits alone": "a burst between two visits",
    "a score is asked for between visits": "days between visits ask for no score",
    "what is taken away keeps its direction": "derived: what is taken away turns round",
    "a limit of a part is not carried": "derived: a sum with a limit that does not decide",
    "ratios are put in order as whole millionths": "derived: ratios less than a millionth apart",
    "a difference is turned round": "derived: a difference",
    "a part that is missing is passed over": "derived: a part is missing, each by itself",
    "a limit in the denominator is a number": "derived: a ratio over a limit",
    "a value beyond the range is used": "derived: beyond its range",
    "a missing item of a domain is 0": "domains: a missing item may have been the highest",
    "an aid that is not recorded is none": "domains: an aid that is not recorded",
    "the mean is always of all domains": "domains: one missing domain",
    "an aid raises a 3 to 2": "domains: an aid raises no 2 and no 3",
    "a domain answered in part is left out": "domains: a domain answered in part is not missing",
    "a grade is the next one": "grades: at most 0.5+, and the next",
    "of grades the highest is always best": "grades: higher does not improve what is better low",
    "a window leaves out its first day": "both ends of a window are inside",
    "a window leaves out its last day": "a gap of just so many days is no restart",
    "a tie goes the other way": "tie earlier",
    "a tie of single values goes the other way": "the later of two tied days",
    "nearest becomes furthest": "nearest on either side",
    "last becomes first": "last",
    "best of a day becomes worst": "the best of a day",
    "a mean of a day is a sum": "mean is exact and of days",
    "an undeclared tie is settled in silence": "an undeclared choice in the grid makes the value absent",
    "a bound counts as the value": "a censored value is absent",
    "a dose counts from the day of change": "a change on the visit's day counts from the next",
    "a dose ends a day early": "a change on the visit's day counts from the next",
    "a dose ends a day late": "a change the day before counts",
    "the equivalence is left out": "doses of several drugs are added",
    "the frequency is left out": "doses of several drugs are added",
    "pulses are added in": "pulses stand apart",
    "a cream is one of its class": "a drug of the class that is given locally is no rescue",
    "not recorded is zero": "no course at all is not recorded",
    "the later of two weights": "weights equally near: the earlier",
    "at least is more than": "at least, exactly met",
    "more than is at least": "more than, exactly met",
    "at most is less than": "at most, exactly met",
    "less than is at most": "less than, exactly met",
    "unknown and yes is yes": "all y?y ?",
    "unknown or no is no": "any n?n ?",
    "not unknown is yes": "not unknown",
    "a count needs one more": "at_least: 2 yyn yes",
    "an unknown counts as met": "at_most: 1 y?n ?",
    "an unknown condition is never decided": "a rule by a condition",
    "an unknown condition is no": "a rule by a condition",
    "in proportion is of all parts": "3 of 6, in proportion, 4 measured, 2 met",
    "nothing measured is an answer": "3 of 6, in proportion, 0 measured, 0 met",
    "what is left out may yet be met": "3 of 6, in proportion, 4 measured, 1 met",
    "a bound is left out": "a bound was measured",
    "an unknown condition is yes": "a rule by a condition",
    "left out where no value was measured": "a change without its baseline was not measured",
    "nothing measured is an answer of the reference": "3 of 6, in proportion, 0 measured, 0 met",
    "a zero baseline is a small one": "zero baseline",
    "a death after the assessment counts": "death the day after",
    "a background drug is a rescue": "a background drug restarted is not rescue",
    "a drug stopped late is stopped": "taken to the day before the assessment",
    "a dose kept is a dose raised": "the same dose is not raised",
    "a dose that may be later than the assessment is before it": "written at visits: a day that may lie after the assessment",
    "a limit that may be reached is one that is not": "written at visits: at an upper limit at baseline that may be reached",
    "a restart within the gap is a new episode": "a gap of just so many days is no restart",
    "the first episode is the second": "a gap of just so many days is no restart",
    "a birthday comes a day late": "18 on the birthday",
    "a period ends the day before its last": "index on the last day of a period",
    "observed to the end of the period, death or not": "died a day before",
    "periods that touch are two": "two periods that touch are one",
    "observed before counts one day less": "observed before for just so long",
    "values of other periods are recorded": "recorded in another period is not recorded",
    "a value that is not known is no": "no value is no answer",
    "a criterion is the other way round": "at least, and just so much",
    "a declared choice is asked for": "a dose between courses that is declared to be none",
    "a declared choice is asked for the general way": "a dose between courses that is declared to be none, beside partial dates",
    "a value that is not known is not met": "no value is no answer where the line excludes",
    "a window that ends with the period leaves it": "a window that ends with the period",
    "a window that begins with the period leaves it": "a window that begins with the period",
    "unknown is yes": "all y?y ?",
    "the window begins later": "both ends of a window are inside",
    "the dose of the day itself": "a change on the visit's day counts from the next",
    "a level does not ask that none above it holds": "the EULAR response at its boundaries",
    "none is only that the last rule does not hold": "the first that holds counts",
    "an event gives the level at the other end": "a non-responder has the last level",
    "an event gives the level at the other end of an unwanted outcome": "of an outcome that is not wanted the first",
    "in the reference an event gives the level at the other end": "a non-responder has the last level",
    "each level is judged at a visit of its own": "all levels are judged at one visit",
    "none of the categories is only that the last does not hold": "one that holds leaves no other open",
    "a category that holds leaves others open": "one that holds leaves no other open",
    "a level that is not known is not possible": "the first is unknown, the second holds",
}


def mutated(mutant: Mutant) -> tuple[Any, Any]:
    """The module and what `name` becomes in it."""
    module = importlib.import_module(mutant.module)
    present = getattr(module, mutant.name)
    if isinstance(present, dict):
        assert mutant.old in present
        return module, present | {mutant.old: mutant.new}
    source = present if isinstance(present, str) else inspect.getsource(present)
    assert source.count(mutant.old) >= 1, f"nothing to break: {mutant.old!r} is not in {mutant.module}.{mutant.name}"
    changed = source.replace(mutant.old, mutant.new)
    if isinstance(present, str):
        return module, changed
    scope: dict[str, Any] = dict(vars(module)) | {"Fraction": Fraction}
    exec(changed, scope)  # our own source, changed by the list above
    return module, scope[mutant.name]


def first_red(specs: list[Spec], implementation: str, ask_first: str = "") -> str:
    """The name of the first spec that does not hold; empty if all do."""
    for spec in sorted(specs, key=lambda one: one.name != ask_first):
        try:
            spec.holds(implementation, alone=True)  # what another run answered is no answer of the mutant
        except Exception:
            return spec.name
    return ""


@pytest.mark.long(but_every=4)
@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_broken_rule_turns_a_spec_red(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    module, changed = mutated(mutant)
    present = getattr(module, mutant.name)
    for name, user in list(sys.modules.items()):
        if name.startswith("caseseries") and getattr(user, mutant.name, None) is present:
            monkeypatch.setattr(user, mutant.name, changed)
    assert first_red(mutant.specs, mutant.implementation, ASK_FIRST[mutant.what]), f"{mutant}: every spec still holds"


def test_the_specs_hold_when_nothing_is_broken() -> None:
    assert first_red([*WINDOWS[:3], *DOSES[:3], *RULES[:3]], "duckdb") == ""
