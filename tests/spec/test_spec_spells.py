"""Spells: in which state a case was on each visit, which visits are one spell, how it ended, and when there is none."""

from __future__ import annotations

from typing import Any

import pytest
from tests.spec.small import IMPLEMENTATIONS, protocol
from tests.spec.spelled import spells, told

MEASURES = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  cmas: {quantity: endurance, unit: points, range: [0, 52], better: high}
  dose: {daily_dose: prednisone, as: mg/day, outside_courses: zero, if_zero_baseline: not evaluable}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  course: {from: 0 days, to: 200 days, take: last, same_day: worst, components: nearest each}
  unsaid: {from: 0 days, to: 200 days, take: last, same_day: not evaluable}
  with the past: {from: -60 days, to: 200 days, take: last, same_day: worst}
"""


def study(states: str, window: str = "course", gap: str = "60 days", more: str = "", among: str = "") -> Any:
    how = f"in: {window}, gap: {gap}{among}"
    return protocol(f"{MEASURES}\n{more}\noutcomes:\n  response: ~\n  states: {{spells: {states}, {how}}}")


WELL, ILL = "{value: mmt, at_least: 70 points}", "{value: mmt, less_than: 60 points}"
TWO = f"{{well: {WELL}, ill: {ILL}}}"
#: The first that holds: who is strong is well, and of the others who is quick is fair.
ORDER = f"{{well: {WELL}, fair: {{value: cmas, at_least: 40 points}}}}"
TURNED = f"{{fair: {{value: cmas, at_least: 40 points}}, well: {WELL}}}"
OFF = f"{{off: {{all: [{WELL}, {{value: dose, at_most: 0 mg/day}}]}}, ill: {ILL}}}"
DOSES = "{high: {value: dose, more_than: 10 mg/day}, low: {value: dose, more_than: 0 mg/day}}"
RISEN = "{better: {gain: mmt, at_least: 10 points}, worse: {decrease: mmt, at_least: 10 points}}"
#: States, window, gap, more of the protocol, who belongs; then lines of name: rows of one patient => what is said.
CASES = [
    (TWO, "course", "60 days", "", "", """
one spell: mmt | 0:70, 30:75, 90:70 ; visit | 250 => well 0..90 x3 > no later visit
seen once: mmt | 20:70 => well 20 x1 > no later visit
no state on any visit: mmt | 0:65, 30:66 => none 0 30
remission, relapse, remission: mmt | 0:70, 50:75, 100:50, 120:55, 150:70 => well 0..50 x2 > ill; ill 100..120 x2 > well; well 150 x1 > no later visit
none of the states between: mmt | 0:70, 50:65, 100:70 => well 0 x1 > no state; well 100 x1 > no later visit; none 50
not known between: mmt | 0:70, 100:70 ; visit | 50 => well 0 x1 > not known; well 100 x1 > no later visit; ? ill; not known 50
not known at the end: mmt | 0:70, 20:70 ; visit | 50 => well 0..20 x2 > not known; ? ill; not known 50
just not too far apart: mmt | 0:70, 60:70 => well 0..60 x2 > no later visit
too far apart: mmt | 0:70, 61:70 => well 0 x1 > gap; well 61 x1 > no later visit
another state after a gap: mmt | 0:70, 150:50 => well 0 x1 > ill; ill 150 x1 > no later visit
followed to its last day: mmt | 0:70 ; visit | 200 => well 0 x1 > not known; ? ill; not known 200
seen on its last day: mmt | 200:70 => well 200 x1 > end of window
seen on the day after it: mmt | 0:70, 199:50, 201:70 => well 0 x1 > ill; ill 199 x1 > end of window
before the window: mmt | -1:50, 0:70 => well 0 x1 > no later visit
no visit in it: mmt | -1:50 => no visit in window
a visit on which nothing was written: visit | 10 => ? well; ? ill; not known 10
a bound decides: mmt | 0:>=70, 30:<60 => well 0 x1 > ill; ill 30 x1 > no later visit
a bound that leaves one of them possible: mmt | 0:>60 => ? well; not known 0
a bound that leaves the other possible: mmt | 0:<65 => ? ill; not known 0
the worst of a day: mmt | 0:70, 10:70, 10:50 => well 0 x1 > ill; ill 10 x1 > no later visit
the dead: mmt | 0:70, 30:70 ; death | 60 => well 0..30 x2 > no later visit
"""),
    (TWO, "unsaid", "60 days", "", "", """
different values of one day: mmt | 0:70, 10:70, 10:50 => well 0 x1 > not known; ? ill; not known 10
"""),
    (TWO, "with the past", "60 days", "", "", """
days before the index date: mmt | -60:50, -61:70, 0:50, 40:70 => ill -60..0 x2 > well; well 40 x1 > no later visit
outside observed time: observed | -30..100 ; mmt | -40:50, 0:70, 40:70, 110:50 => well 0..40 x2 > no later visit
observed to the end of the window: observed | -30..200 ; mmt | 140:70 => well 140 x1 > end of window
observed to the end, and last seen too long before: observed | -30..200 ; mmt | 139:70 => well 139 x1 > no later visit
"""),
    (TWO, "course", "60 days", "partial_dates: bounds", "", """
a partial date within the window: mmt | 0:70, 20~40@30:60 => date not exact
a partial date that may lie in it: mmt | 0:70, 195~210@202:60 => date not exact
a partial date on its first day: mmt | 0:70, -20~0@-10:60 => date not exact
a partial date beyond it: mmt | 0:70, 201~210@205:60 => well 0 x1 > no later visit
a partial date before it: mmt | 0:70, -20~-1@-10:60 => well 0 x1 > no later visit
a recorded visit of a partial date: mmt | 0:70, 60:70 ; visit | 50~70@60 => date not exact
a recorded visit that may lie in it: mmt | 0:70, 60:70 ; visit | 195~210@202 => date not exact
a recorded visit beyond it: mmt | 0:70, 60:70 ; visit | 201~210@205 => well 0..60 x2 > no later visit
a partial date and no visit: mmt | 195~210@202:60 => date not exact
"""),
    (ORDER, "course", "60 days", "", "", """
the first that holds: mmt | 0:70, 30:60 ; cmas | 0:45, 30:45 => well 0 x1 > fair; fair 30 x1 > no later visit
the second alone cannot be told: mmt | 0:60 ; cmas | 0:45, 30:45 => fair 0 x1 > not known; ? well; not known 30
the second does not matter: mmt | 0:70, 30:70 ; cmas | 0:45 => well 0..30 x2 > no later visit
the second not known, the first not: mmt | 0:60 ; visit | 0 => ? fair; not known 0
neither is known: cmas | 0:30 => ? well; not known 0
"""),
    (TURNED, "course", "60 days", "", "", """
the other way round: mmt | 0:70, 30:60 ; cmas | 0:45, 30:45 => fair 0..30 x2 > no later visit
"""),
    (OFF, "course", "100 days", "", "", """
a dose between two visits: prednisone | 20..30 10 mg ; mmt | 0:70, 60:70 => off 0 x1 > between visits; off 60 x1 > no later visit
no dose between: prednisone | -50..-20 10 mg ; mmt | 0:70, 60:70 => off 0..60 x2 > no later visit
a dose on the visit: prednisone | 20..60 10 mg ; mmt | 0:70, 60:70 => off 0 x1 > no state; none 60
a dose not known between: prednisone | 20..30 ; mmt | 0:70, 60:70 => off 0 x1 > not known; off 60 x1 > no later visit
first not known, then surely not so: prednisone | 20..30; 40..45 10 mg ; mmt | 0:70, 60:70 => off 0 x1 > between visits; off 60 x1 > no later visit
ill without the dose: prednisone | 0..60 10 mg ; mmt | 0:50, 40:50 => ill 0..40 x2 > no later visit
a dose and then ill: prednisone | 20..30 10 mg ; mmt | 0:70, 60:50 => off 0 x1 > ill; ill 60 x1 > no later visit
a dose and too far apart: prednisone | 20..30 10 mg ; mmt | 0:70, 101:70 => off 0 x1 > gap; off 101 x1 > no later visit
a dose after the last visit: prednisone | 20..30 10 mg ; mmt | 0:70 => off 0 x1 > no later visit
"""),
    (DOSES, "course", "1 day", "", "", """
every day of a dose: prednisone | -9..19 20 mg; 20..39 5 mg ; visit | 60 => high 0..20 x21 > low; low 21..40 x20 > no state; none {41..60}
nothing of days after follow-up: prednisone | -9..300 20 mg ; visit | 30 => high 0..30 x31 > no later visit
observed so long: observed | -300..100 ; prednisone | -9..300 20 mg => high 0..100 x101 > no later visit
followed to the end: observed | -300..300 ; prednisone | -9..300 20 mg => high 0..200 x201 > end of window
no dose told: prednisone | -9..1 20 mg; 2..4; 5..6 20 mg ; visit | 6 => high 0..2 x3 > not known; high 6 x1 > no later visit; ? low; not known 3 4 5
"""),
    (RISEN, "course", "60 days", "", "", """
by the value before treatment: mmt | -5:60, 10:70, 20:50 => better 10 x1 > worse; worse 20 x1 > no later visit
without a value before treatment: mmt | 10:70 => ? better; ? worse; not known 10
"""),
    (TWO, "course", "60 days", "", ", among: {value: cmas, less_than: 40 points}", """
in the denominator: cmas | -9:39 ; mmt | 5:70 => well 5 x1 > no later visit
outside it: cmas | -9:40 ; mmt | 5:70 => outside the denominator
not known whether in it: mmt | 5:70 => denominator not known
outside it without a visit: cmas | -9:40 => outside the denominator
"""),
    (TWO, "course", "60 days", "partial_dates: bounds", ", among: {value: cmas, less_than: 40 points}", """
outside it whatever the date: cmas | -9:40 ; mmt | 0:70, 20~40@30:60 => outside the denominator
"""),
]  # fmt: skip


def each() -> list[Any]:
    found = []
    for *asked, lines in CASES:
        for line in lines.strip("\n").split("\n"):
            name, _, rest = line.partition(": ")
            rows, _, said = rest.partition(" => ")
            found.append(pytest.param(*asked, rows, _days(said), id=name))
    return found


def _days(said: str) -> str:
    """Days that follow each other are written by the first and the last."""
    before, brace, rest = said.partition("{")
    if not brace:
        return said
    first, _, last = rest.partition("}")[0].partition("..")
    return before + " ".join(str(day) for day in range(int(first), int(last) + 1)) + rest.partition("}")[2]


def rows_of(written: str) -> str:
    return "\n".join(f"1 | {row.strip()}" for row in written.split(" ; "))


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(("states", "window", "gap", "more", "among", "rows", "said"), each())
def test_the_spells_of_a_case(
    states: str, window: str, gap: str, more: str, among: str, rows: str, said: str, implementation: str
) -> None:
    found = spells(study(states, window, gap, more, among), rows_of(rows), implementation)
    assert said == told(found["1"]["states"])
