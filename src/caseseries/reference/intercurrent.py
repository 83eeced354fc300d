"""What happened between the index date and the assessment, and what it does to the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseseries.chart.tables import UnreadCourse
from caseseries.protocol.drug_uses import substance
from caseseries.protocol.intercurrent import EVENT_WORDS, Effect, restart_gaps
from caseseries.protocol.levels import Part
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.reference.case import CaseAnswer, gap, in_order, may_go_on
from caseseries.reference.days import agreed, begun_by, both, either, lasts_to, negation
from caseseries.reference.follow_up import death_days
from caseseries.reference.look_back import supply_known
from caseseries.reference.raised import compared_dose, raised
from caseseries.reference.record import Indexed, PatientRows
from caseseries.reference.visit import WindowValues, window_values
from caseseries.verdict.trace import Truth

EFFECT_TRUTH: dict[Effect, Truth] = {"responder": True, "non-responder": False, "not evaluable": None}


def events(study: Indexed, case: CaseAnswer, plan: OutcomePlan, spec: Spec) -> dict[str, Truth]:
    """Whether each intercurrent event occurred, in the order in which they decide.

    Where the assessment has a partial date, what is so of its earliest and of its latest day; else it is not known.
    """
    at = window_values(study, case, plan, spec, plan.at)
    of_days = [_events(study, case, plan, spec, day, at) for day in at.ends]
    found = {name: _alike([of_day[name] for of_day in of_days]) for name in of_days[0]}
    if any(slot.window == "baseline" for slot in plan.slots):
        before = window_values(study, case, plan, spec, "baseline")
        if before.partly and compared_dose(study) is not None:
            found["raised"] = None  # nor is the dose of baseline known
    return found


def _alike(answers: Sequence[Truth]) -> Truth:
    return answers[0] if all(answer is answers[0] for answer in answers) else None


def _events(
    study: Indexed, case: CaseAnswer, plan: OutcomePlan, spec: Spec, assessed: int | None, at: WindowValues
) -> dict[str, Truth]:
    assert case.index is not None and case.seen_end is not None and case.seen_high is not None
    rows = study.patients[case.patient]
    window = spec.windows[plan.at]
    horizon = case.index + window.to if assessed is None else assessed
    died = death_days(rows)
    died_by_horizon = False if died is None else agreed(died[0] <= horizon, died[1] <= horizon)
    away = agreed(case.seen_end < case.index + window.from_, case.seen_high < case.index + window.from_)
    lost = False if assessed is not None else both(negation(died_by_horizon), away)
    last_dose_needed = horizon if assessed is None else assessed - 1
    stopped: Truth = False
    if case.end_low is not None:
        latest = None if case.end_high is None or may_go_on(study, case) else case.end_high
        stopped = agreed(case.end_low < last_dose_needed, latest is not None and latest < last_dose_needed)
        if stopped and rows.observed is not None and case.end_high is not None and case.end_high >= case.seen_end:
            stopped = None  # whether another supply was collected, nobody saw
    return {
        "death": died_by_horizon,
        "lost": lost,
        "rescue": _rescue(study, rows, case.index, assessed, horizon)[0],
        "stopped": stopped,
        "raised": raised(study, case, plan, spec, assessed, horizon),
        "pulse": _pulse(study, rows, assessed, at),
    }


def decide(study: Indexed, outcome: str, rule_truth: Truth, occurred: Mapping[str, Truth]) -> tuple[Truth, str, str]:
    """The verdict after intercurrent events, the one that decided ('' where the rule does), and the one on which it depends and is not known.

    Who is a non-responder has not what is wanted: of an outcome that is not wanted it is then met. Where the rule is not evaluable and no
    event decides, a rise that is not known is no further reason: most often both lack the same visit.
    """
    declared = study.protocol.verdicts[outcome]
    unwanted, part = declared.good is False, declared.part
    effects = {name: getattr(study.protocol.intercurrent, name).verdict for name in EVENT_WORDS}
    answers = {name: EFFECT_TRUTH[effect] for name, effect in effects.items() if effect != "as observed"}
    deciding = [(name, not answer if unwanted and answer is not None else answer) for name, answer in answers.items()]
    if part is not None:
        deciding = [(name, _level(part, met)) for name, met in deciding]
    certain = next((name for name, _ in deciding if occurred[name] is True), "")
    truth = dict(deciding)[certain] if certain else rule_truth
    for name, effect in deciding:
        if name == certain:
            break
        if name == "raised" and rule_truth is None and not certain:
            continue
        if occurred[name] is None and effect is not truth:
            return None, "", EVENT_WORDS[name]
    return truth, EVENT_WORDS[certain] if certain else "", ""


def _level(part: Part, met: Truth) -> Truth:
    """What an event says of a level: met is the first one, not met the last; not met is none of the categories, and met not said which."""
    if met is None or (met and not part.ordered):
        return None
    if part.kind != "exactly":
        return met  # at least the last level is never asked
    return part.name == part.names[0 if met else -1]


def rescue_depends_on_gap(study: Indexed, case: CaseAnswer, plan: OutcomePlan) -> bool:
    """Whether it depends on an undeclared `restart_after` that a rescue drug was added, under the protocol as written."""
    rescue = study.protocol.intercurrent.rescue
    if rescue.restart_after is not None or rescue.verdict == "as observed":
        return False
    assert case.index is not None
    rows, last = study.patients[case.patient], case.index + plan.primary.windows[plan.at].to
    days = window_values(study, case, plan, plan.primary, plan.at).ends
    return any(_rescue(study, rows, case.index, day, last if day is None else day)[1] for day in days)


def _rescue(study: Indexed, rows: PatientRows, index: int, assessed: int | None, horizon: int) -> tuple[Truth, bool]:
    """Whether a rescue drug was begun, or begun anew, after the index date; and whether that depends on how long a gap may be."""
    names = study.protocol.intercurrent.rescue.drugs
    drugs = frozenset(drug for name in names for drug in study.drugs(name)) - study.study_drug
    last = horizon if assessed is None else assessed - 1
    gaps = restart_gaps(study.protocol.intercurrent.rescue)
    forms: dict[str, set[str]] = {}
    for drug in drugs:
        forms.setdefault(substance(study.protocol, drug), set()).add(drug)
    unread: Truth = None if drugs and any(_may_be_added(row, drugs, index, last) for row in rows.unread) else False
    answers = [
        either([*(_added(study, rows, frozenset(of_one), index, last, longest) for of_one in forms.values()), unread])
        for longest in gaps
    ]
    return (answers[0] if answers[0] is answers[1] else None), answers[0] is not answers[1]


def _may_be_added(row: UnreadCourse, drugs: frozenset[str], index: int, last: int) -> bool:
    """Whether a drug row that became no course may be one of the drugs, begun after the index date and by the last day that counts."""
    if row.drug is not None and row.drug not in drugs:
        return False
    if row.first is None:
        return index < last and (row.last is None or row.last > index)
    return index < row.first <= last


def _added(study: Indexed, rows: PatientRows, drugs: frozenset[str], index: int, last: int, longest: int) -> Truth:
    """Whether an episode of one drug begins after the index date and by the last day that counts.

    Where a supply of it collected before observation would not be on record, it is not known whether a course begins one.
    """
    answers: list[Truth] = []
    for place, course in enumerate(ordered := sorted(rows.taken_of(drugs), key=lambda one: in_order(one.ends))):
        ends, before = course.ends, [one.ends for one in ordered[:place]]
        latest_low = _latest([one.last_low for one in before])
        latest_high = _latest([one.last_high for one in before])
        anew = agreed(
            gap(latest_low, ends.first_high) > longest if before else True,
            gap(latest_high, ends.first_low) > longest if before else True,
        )
        within = both(
            agreed(ends.first_low > index, ends.first_high > index),
            agreed(ends.first_low <= last, ends.first_high <= last),
        )
        told: Truth = True if supply_known(study, rows, index, ends.first_low) else None
        answers.append(both(both(anew, told), within))
    return either(answers)


def _latest(ends: list[int | None]) -> int | None:
    """The latest of several ends; None is without end."""
    return None if None in ends or not ends else max(end for end in ends if end is not None)


def _pulse(study: Indexed, rows: PatientRows, assessed: int | None, at: WindowValues) -> Truth:
    """A pulse on the assessment day or at most so many days before it."""
    if assessed is None:
        return False
    low, high = (at.low, at.high) if at.partly else (assessed, assessed)
    assert low is not None and high is not None
    within = study.protocol.intercurrent.pulse.within or 0
    return either(
        [
            both(
                agreed(begun_by(course, low) is True, begun_by(course, high) is not False),
                agreed(lasts_to(course, high - within) is True, lasts_to(course, low - within) is not False),
            )
            for course in rows.courses
            if course.pulse and course.taken
        ]
    )
