"""The spells of a small chart, as text: `well 30..120 x4 > ill; ill 150 x1 > no later visit`, or why there are none.

After the sign stands how the spell ended, or the state that came next. Then come the states of which it is not known whether the case was in them
(`? ill`) and the days on which it was in none (`none 20`) or not known (`not known 40`).
"""

from __future__ import annotations

from tests.spec.small import chart
from tests.spec.stages import spells_by_stages

from caseseries.protocol.protocol import Protocol
from caseseries.protocol.spell_plan import spell_plan
from caseseries.reference.oracle import case_spells, cases
from caseseries.verdict.spells import CaseSpells


def told(one: CaseSpells) -> str:
    """The spells of one case in short."""
    if one.because is not None:
        assert not (one.spells or one.visits or one.perhaps)
        return one.because
    parts = []
    for spell in one.spells:
        assert (spell.ended == "another state") is bool(spell.then)
        days = str(spell.first) if spell.first == spell.last else f"{spell.first}..{spell.last}"
        parts.append(f"{spell.state} {days} x{spell.visits} > {spell.then or spell.ended}")
    parts += [f"? {state}" for state in one.perhaps]
    for side, word in (("", "none"), (None, "not known")):
        days = " ".join(str(day) for day, state in one.visits if state == side)
        parts += [f"{word} {days}"] if days else []
    return "; ".join(parts)


def spells(study: Protocol, rows: str, implementation: str) -> dict[str, dict[str, CaseSpells]]:
    """By case and outcome, what an implementation finds."""
    table = chart(rows, study)
    if implementation != "reference":
        found = spells_by_stages(study, table, implementation)
    else:
        plans = {name: spell_plan(study, name) for name in study.spells}
        included = [one for one in cases(study, table) if one.included]
        found = {
            (one.case_id, name): case_spells(study, table, one, plan)
            for name, plan in plans.items()
            for one in included
        }
    said: dict[str, dict[str, CaseSpells]] = {}
    for (case_id, name), one in found.items():
        said.setdefault(case_id, {})[name] = one
    return said
