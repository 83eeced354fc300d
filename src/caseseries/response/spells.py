"""Spells: the visits of every case, each with the state that it was in, and the runs of visits in one state.

    spell_visit(case_no, day, state)                                 grain: included case x visit day; 0 is none of the states, NULL not known
    spell_case(case_no, why)                                         grain: included case
    spell(case_no, state, first, last, visits, ended, followed_by)     grain: spell
    spell_seen(case_no, state, truth)                                grain: included case with visits x state

States count from 1; `why` is the place among ``SPELLESS`` from 1 on, 0 where the case has spells or surely none, and only then it stands in the
last two. `ended` is the place among ``SPELL_ENDS``, `followed_by` the state that came next, 0 where it was another end. The states are read on the
days that answering the questions of the outcome left (:mod:`caseseries.response.questions`).
"""

from __future__ import annotations

from caseseries.chart.store import Numbers
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, visit_measure
from caseseries.protocol.spell_plan import states_of
from caseseries.protocol.spells import SPELL_ENDS
from caseseries.protocol.time_to import OUTSIDE
from caseseries.response.questions import asked, asked_of
from caseseries.response.settle import Evaluation, members_sql
from caseseries.response.time_days import partial_days, runs_of
from caseseries.stats.tally import Tally
from caseseries.verdict.spells import SPELLESS, CaseSpells, Spell

_WHY = {
    name: SPELLESS.index(why) + 1
    for name, why in (
        ("not_exact", "date not exact"),
        ("no_visit", "no visit in window"),
        ("outside", OUTSIDE),
        ("unplaced", "denominator not known"),
    )
}
_ENDED = {ending.replace(" ", "_"): place for place, ending in enumerate(SPELL_ENDS)}

#: The answer of each state on each day. Of doses alone every day of the window is read, and nobody was seen on those that were not followed.
_DAY = """
SELECT a.case_no, a.asked, s.state, a.day, a.truth, a.visited
FROM answer_day AS a JOIN spell_state AS s ON s.asked = a.asked
JOIN included_case AS k ON k.case_no = a.case_no
WHERE {at_visits} OR a.day <= k.seen_end - k.index_day AND coalesce(a.day >= k.observed_first - k.index_day, TRUE)
"""
_VISIT = """
SELECT case_no, day, CASE WHEN bool_or(coalesce(truth, FALSE)) THEN max(CASE WHEN truth THEN state END)
    WHEN bool_or(truth IS NULL) THEN NULL ELSE 0 END AS state
FROM spell_day WHERE visited GROUP BY case_no, day
"""
#: A value of a partial date that may be of a day of the window leaves open in which state the case was on which day.
_CASE = """
SELECT k.case_no, CASE {members}WHEN u.case_no IS NOT NULL THEN {not_exact} WHEN v.case_no IS NULL THEN {no_visit} ELSE 0 END AS why
FROM included_case AS k
LEFT JOIN (SELECT DISTINCT case_no FROM spell_visit) AS v ON v.case_no = k.case_no
LEFT JOIN (SELECT DISTINCT case_no FROM ({partial}) AS d WHERE d.low <= {to} AND d.high >= {from_}) AS u ON u.case_no = k.case_no
{joined}
"""
_MEMBERS = "WHEN g.truth IS NULL THEN {unplaced} WHEN NOT g.truth THEN {outside} "
_RUN = """
SELECT case_no, CAST({state} AS INT) AS state, min(day) AS first, max(day) AS last, count(*) AS visits
FROM ({runs}) AS r GROUP BY case_no, run
"""

#: Each run with the visit that came next.
_NEXT = """
SELECT r.case_no, r.state, r.first, r.last, r.visits, n.next_day, n.next_state, k.seen_end - k.index_day AS seen
FROM ({runs}) AS r
JOIN spell_case AS c ON c.case_no = r.case_no AND c.why = 0
JOIN included_case AS k ON k.case_no = r.case_no
JOIN (
    SELECT case_no, day, lead(day) OVER visits AS next_day, lead(state) OVER visits AS next_state
    FROM spell_visit WINDOW visits AS (PARTITION BY case_no ORDER BY day)
) AS n ON n.case_no = r.case_no AND n.day = r.last
"""
_SPELL = """
SELECT s.case_no, s.state, s.first, s.last, s.visits,
    CASE WHEN s.next_day IS NULL THEN CASE WHEN s.seen >= {to} AND {to} - s.last <= {gap} THEN {end_of_window} ELSE {no_later_visit} END
         WHEN s.next_state IS NULL THEN {not_known} WHEN s.next_state = 0 THEN {no_state} WHEN s.next_state <> s.state THEN {another_state}
         WHEN s.next_day - s.last > {gap} THEN {far_away} WHEN b.case_no IS NOT NULL THEN {between_visits} ELSE {not_known} END AS ended,
    CASE WHEN s.next_state <> s.state THEN s.next_state ELSE 0 END AS followed_by
FROM spell_run AS s
LEFT JOIN (
    SELECT s.case_no, s.last
    FROM spell_run AS s JOIN spell_day AS d ON d.case_no = s.case_no AND d.state = s.state
    WHERE NOT d.visited AND NOT d.truth AND d.day > s.last AND d.day < s.next_day
    GROUP BY s.case_no, s.last
) AS b ON b.case_no = s.case_no AND b.last = s.last
"""
_SEEN = """
SELECT d.case_no, d.state, CASE WHEN bool_or(coalesce(d.truth, FALSE)) THEN TRUE WHEN bool_or(d.truth IS NULL) THEN NULL ELSE FALSE END AS truth
FROM spell_day AS d JOIN spell_case AS c ON c.case_no = d.case_no AND c.why = 0
WHERE d.visited GROUP BY d.case_no, d.state
"""

#: What finding spells leaves and nobody asks for again.
LEFT = ("spell_state", "spell_day", "spell_visit", "spell_case", "spell_run", "spell", "spell_seen")


def find_spells(engine: Engine, protocol: Protocol, numbers: Numbers, plan: OutcomePlan) -> None:
    """Keep the tables of this module for one outcome.

    Its questions are answered before (:func:`caseseries.response.questions.answer_questions`); with `among` its values are laid out as well.
    """
    outcome, spec, states = protocol.spells[plan.name], plan.primary, states_of(plan)
    window = spec.windows[outcome.in_]
    ways = asked_of(protocol, plan)
    places = [ways.index(asked(protocol, spec, held)) for held in states]
    engine.table("spell_state", [("asked", "INT"), ("state", "INT")], [(one, n) for n, one in enumerate(places, 1)])
    at_visits = any(visit_measure(protocol, slot.measure) for held in states for slot in held.daily)
    engine.keep("spell_day", _DAY.format(at_visits="TRUE" if at_visits else "FALSE"))
    engine.keep("spell_visit", _VISIT)
    members, joined = "", ""
    if plan.among is not None:
        found = members_sql(engine, protocol, plan, Evaluation.again(engine, protocol, plan))
        members, joined = (
            _MEMBERS.format(**_WHY),
            f"JOIN ({found}) AS g ON g.case_no = k.case_no AND g.spec = {spec.number}",
        )
    said = {"to": window.to, "from_": window.from_, "gap": outcome.gap, "far_away": _ENDED["gap"], **_WHY}
    said |= {name: place for name, place in _ENDED.items() if name != "gap"}
    partial = partial_days(protocol, numbers, states[0])
    engine.keep("spell_case", _CASE.format(members=members, joined=joined, partial=partial, **said))
    runs = (
        _RUN.format(state=state, runs=runs_of(place, outcome.gap, "spell_day")) for state, place in enumerate(places, 1)
    )
    engine.keep("spell_run", _NEXT.format(runs=" UNION ALL ".join(runs)))
    engine.keep("spell", _SPELL.format(**said))
    engine.keep("spell_seen", _SEEN)


def spells_by_case(engine: Engine, cohort: Cohort, protocol: Protocol, plan: OutcomePlan) -> tuple[CaseSpells, ...]:
    """The spells of every included case, in case order; needs the tables of this module."""
    states = ("", *protocol.spells[plan.name].states)
    spells: dict[int, list[Spell]] = {}
    for case_no, state, first, last, visits, ended, followed_by in engine.rows(
        "SELECT case_no, state, first, last, visits, ended, followed_by FROM spell ORDER BY case_no, first"
    ):
        told = Spell(states[state], first, last, int(visits), SPELL_ENDS[ended], states[followed_by])
        spells.setdefault(case_no, []).append(told)
    read: dict[int, list[tuple[int, str | None]]] = {}
    for case_no, day, state in engine.rows("SELECT case_no, day, state FROM spell_visit ORDER BY case_no, day"):
        read.setdefault(case_no, []).append((day, None if state is None else states[state]))
    perhaps: dict[int, list[str]] = {}
    for case_no, state in engine.rows(
        "SELECT case_no, state FROM spell_seen WHERE truth IS NULL ORDER BY case_no, state"
    ):
        perhaps.setdefault(case_no, []).append(states[state])
    names = {case.number: case.case_id for case in cohort.included}
    found = []
    for case_no, why in engine.rows("SELECT case_no, why FROM spell_case ORDER BY case_no"):
        if why:
            found.append(CaseSpells(names[case_no], because=SPELLESS[why - 1]))
            continue
        known = tuple(spells.get(case_no, ())), tuple(read.get(case_no, ())), tuple(perhaps.get(case_no, ()))
        found.append(CaseSpells(names[case_no], *known))
    return tuple(found)


def spell_tally(engine: Engine, protocol: Protocol, plan: OutcomePlan) -> Tally:
    """Count the spells of one outcome; needs the tables of this module.

    Sections, each with the outcome first: `no spells` of cases by reason; `spells` of the other cases by state and whether it was seen in them
    (yes, no, not evaluable); `spell` of spells by state, how they ended and days from first to last seen; `spell then` of spells by state and
    the one that followed.
    """
    counts, states = Tally(), ("", *protocol.spells[plan.name].states)
    for why, n in engine.rows("SELECT why, count(*) FROM spell_case WHERE why > 0 GROUP BY why ORDER BY why"):
        counts.add(("no spells", plan.name, SPELLESS[why - 1]), int(n))
    answers = {True: "yes", False: "no", None: "not evaluable"}
    for state, truth, n in engine.rows("SELECT state, truth, count(*) FROM spell_seen GROUP BY state, truth"):
        counts.add(("spells", plan.name, states[state], answers[None if truth is None else bool(truth)]), int(n))
    of = "state, ended, last - first AS days"
    for state, ended, days, n in engine.rows(f"SELECT {of}, count(*) FROM spell GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"):
        counts.add(("spell", plan.name, states[state], SPELL_ENDS[ended], int(days)), int(n))
    for state, followed_by, n in engine.rows(
        "SELECT state, followed_by, count(*) FROM spell WHERE followed_by > 0 GROUP BY 1, 2 ORDER BY 1, 2"
    ):
        counts.add(("spell then", plan.name, states[state], states[followed_by]), int(n))
    return counts
