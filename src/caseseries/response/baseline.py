"""The baseline of each measure as counts that add up: of every included case, whatever became of it later.

Sections baseline and baseline absent, each with the measure: the value that the first verdict uses as baseline; of a measure outside it, that of
the first outcome that compares it, by its own window.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from caseseries.assessment.absent import words
from caseseries.assessment.compile import Compiled
from caseseries.assessment.outcome_sheet import Sheet
from caseseries.chart.store import MILLIONTH
from caseseries.engine.connection import Engine
from caseseries.protocol.measures import all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import BASELINE, OutcomePlan
from caseseries.protocol.tree import Slot
from caseseries.response.by_answer import kept_baseline
from caseseries.response.settle import Evaluation
from caseseries.response.verdict_counts import QUOTIENT, millionths
from caseseries.stats.tally import Tally, value_key


def baselines(protocol: Protocol, plans: Sequence[OutcomePlan]) -> dict[str, tuple[Slot, ...]]:
    """By outcome, verdicts before changes as in `plans`, the slots whose values are the baselines of measures; each measure has one."""
    measures, taken, found = all_measures(protocol), set[str](), dict[str, tuple[Slot, ...]]()
    for plan in plans:
        offered = [slot for slot in plan.slots if slot.window == BASELINE]
        if plan.values:
            offered = [*plan.values[:1]] if len(plan.values) == 2 else []
        own = [slot for slot in offered if measures[slot.measure].kind != "judgement" and slot.measure not in taken]
        taken |= {slot.measure for slot in own}
        found[plan.name] = tuple(own)
    return found


def measures_of(own: Mapping[str, Sequence[Slot]]) -> list[str]:
    """The measures that have a baseline, of what :func:`baselines` found."""
    return [slot.measure for slots in own.values() for slot in slots]


def count_baselines(
    engine: Engine, protocol: Protocol, compiled: Compiled, slots: Sequence[Slot], sheet: Sheet | None, *, exact: bool
) -> Tally:
    """Count the values of these slots of one outcome under the protocol as written, and why they are absent.

    Without a sheet the outcome is the one laid out last. `exact` is as for :func:`caseseries.response.verdict_counts.tally`.
    """
    counts = Tally()
    evaluation = Evaluation.again(engine, protocol, compiled.plan, compiled.whole) if slots and sheet is None else None
    for slot in slots:
        choice = compiled.choice(protocol, compiled.plan.primary, slot)
        dose = all_measures(protocol)[slot.measure].kind == "dose"
        if evaluation is not None:
            num, den, absent = (evaluation.of_choice(choice, name) for name in ("num", "den", "absent"))
            of = "case_wide AS w"
        elif sheet is not None and not dose:
            place = sheet.place(choice)
            num, den, absent = f"n{place.window}", str(MILLIONTH), f"a{place.way}"
            den = f"(d{place.window} * {MILLIONTH})" if place.mean else den
            of = f"value_case WHERE measure = {place.measure}"
        else:
            num, den, absent, of = f"n{choice}", f"d{choice}", f"a{choice}", "case_sheet"
        if not exact:
            num, den = millionths(engine.dialect, num, den, QUOTIENT if dose else 1), str(MILLIONTH)
        query = (
            f"SELECT case_no, CASE WHEN {absent} = 0 THEN {num} END AS num, CASE WHEN {absent} = 0 THEN {den} END AS den, "
            f"{absent} AS absent FROM {of}"
        )
        chosen = kept_baseline(engine, protocol, slot.measure, query)
        for found, parts, why, n in engine.rows(
            f"SELECT num, den, absent, count(*) FROM {chosen} AS chosen GROUP BY num, den, absent"
        ):
            if why:
                counts.add(("baseline absent", slot.measure, words(why)), int(n))
            else:
                value = Fraction(int(found), int(parts))
                counts.add(("baseline", slot.measure, value_key(value) if exact else int(found)), int(n))
    return counts
