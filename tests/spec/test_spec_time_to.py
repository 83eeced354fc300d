"""Times to an event: when it was first seen, what else ended the time of a case, and when there is none."""

from __future__ import annotations

from typing import Any

import pytest
from tests.spec.small import IMPLEMENTATIONS, protocol
from tests.spec.times import times

MEASURES = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  cmas: {quantity: endurance, unit: points, range: [0, 52], better: high}
  dose: {daily_dose: prednisone, as: mg/day, outside_courses: zero, if_zero_baseline: not evaluable}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  course: {from: 0 days, to: 100 days, take: last, same_day: worst, components: nearest each}
  early: {from: 10 days, to: 40 days, take: last, same_day: worst}
  since day 1: {from: 1 day, to: 100 days, take: last, same_day: worst}
  with the past: {from: -30 days, to: 100 days, take: last, same_day: worst}
safety: {until_after_last_dose: 30 days, events: [flare]}
"""
DRUG = "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 30 days}, per: patient}"

#: What the outcome says beside its rule: nothing competes; death; both.
ALONE = "censored: [lost, data cutoff, death]"
DEATH = "competing: [death]"
BOTH = "competing: [death, drug stopped]"
STOP = "competing: [death], censored: [lost, data cutoff, drug stopped]"


def study(asked: str, how: str = ALONE, window: str = "course", more: str = "") -> Any:
    return protocol(f"{MEASURES}\n{more}\noutcomes:\n  response: ~\n  time: {{time_to: {asked}, in: {window}, {how}}}")


STRONG = "{value: mmt, at_least: 70 points}"
#: What is looked for, how, window, more of the protocol; then lines of name: rows of one patient => what is said.
CASES = [
    (STRONG, ALONE, "course", "", """
first seen: mmt | 0:50, 30:60, 60:70, 90:75 => event 60 after 30
on the first visit after the index date: mmt | 0:50, 30:70 => event 30 after 0
seen on the first day: mmt | 0:50, 1:70 => event 1 after 0
on the last day of the window: mmt | 0:50, 100:70 => event 100 after 0
after the window: mmt | 0:50, 60:60, 101:70 => end of window 60
already at the index date: mmt | 0:70, 30:60, 60:70 => already at the index date
no visit on the index date: mmt | -1:50, 30:70 => no visit by the index date
not known on the index date: visit | 0 ; mmt | 30:70 => not known at the index date
a bound decides: mmt | 0:50, 30:<70, 60:>=70 => event 60 after 30
a visit of which it is not known: mmt | 0:50, 20:60, 60:70 ; visit | 40 => event 60 after 20 ?
not known before the last no: mmt | 0:50, 40:60, 60:70 ; visit | 20 => event 60 after 40
lost: mmt | 0:50, 40:60 => lost 40
not known on the last visits: mmt | 0:50, 40:60 ; visit | 60, 80 => lost 40 ?
no visit after the index date: mmt | 0:50 => no visit after the index date
not known on any: mmt | 0:50 ; visit | 50 => not known on any visit
seen beyond the window: mmt | 0:50, 40:60 ; visit | 120 => end of window 40
the dead are censored: mmt | 0:50, 40:60 ; death | 70 => death 40
"""),
    (STRONG, ALONE, "since day 1", "", """
the state is not asked for: mmt | 0:70, 30:60, 60:70 => event 60 after 30
"""),
    (STRONG, ALONE, "with the past", "", """
the last visit before the index date tells: mmt | -20:70, -5:60, 40:70 => event 40 after 0
so by the last visit before the index date: mmt | -20:60, -5:70, 40:70 => already at the index date
"""),
    (STRONG, DEATH, "course", "", """
death competes: mmt | 0:50, 40:60 ; death | 70 => death 70
death competes without a visit: mmt | 0:50 ; death | 70 => death 70
not known on a visit before a death: mmt | 0:50 ; visit | 50 ; death | 70 => death 70 ?
on the day of death: mmt | 0:50, 70:70 ; death | 70 => event 70 after 0
death after the window: mmt | 0:50, 40:60 ; death | 101 => end of window 40
death on its last day: mmt | 0:50, 40:60 ; death | 100 => death 100
death on the index date: mmt | 0:50 ; death | 0 => no follow-up after the index date
"""),
    (STRONG, DEATH, "course", "partial_dates: bounds", """
a death of which the day is not known: mmt | 0:50, 40:60 ; death | 70~80 => day of death not known
seen after it may have been too late: observed | -100..200 ; mmt | 0:50, 75:70 ; death | 70~80 => day of death not known
seen before it: mmt | 0:50, 40:70 ; death | 70~80 => event 40 after 0
perhaps dead after the window: mmt | 0:50, 40:60 ; death | 101~180 => end of window 40
perhaps dead in it: mmt | 0:50, 40:60 ; death | 100~180 => day of death not known
"""),
    (STRONG, ALONE, "course", "partial_dates: bounds", """
a value of a partial date before it: mmt | 0:50, 20~40@30:60, 60:70 => date not exact
a value that may be of the same day: mmt | 0:50, 30:60, 50~90@75:60, 60:70 => date not exact
a value of a partial date after it: mmt | 0:50, 61~90@75:60, 60:70 => event 60 after 0
of its day at the earliest: mmt | 0:50, 60:70, 60~90@75:70 => date not exact
the day after it at the earliest: mmt | 0:50, 60:70, 61~90@75:70, 95:50 => event 60 after 0
surely seen in a month and not after it: mmt | 0:50, 20~40@30:70, 60:60 => date not exact
not seen in a month nor after it: mmt | 0:50, 20~40@30:60, 60:60 => date not exact
surely before the start: mmt | -9~-1@-4:50, 0:50, 60:70 => event 60 after 0
not known for another reason: mmt | 0:50, 60:70 ; visit | 30 ; cmas | 20~40@30:40 => event 60 after 0 ?
a visit of its day at the earliest: mmt | 0:50, 60:70 ; visit | 60~90@75 => date not exact
a recorded visit of a partial date before it: mmt | 0:50, 60:70 ; visit | 20~40@30 => date not exact
a recorded visit that may be of the day of a value: mmt | 0:50, 30:60, 60:70 ; visit | 40~80@60 => date not exact
a recorded visit of a partial date after it: mmt | 0:50, 60:70 ; visit | 61~90@75 => event 60 after 0
a value that may lie in the window: mmt | 0:50, 40:60, 95~110@102:70 ; visit | 120 => date not exact
a value that lies beyond the window: mmt | 0:50, 40:60, 101~110@105:70 ; visit | 120 => end of window 40
"""),
    (STRONG, ALONE, "with the past", "partial_dates: bounds", """
perhaps already so, shown after it: mmt | -20:50, -5~10@5:70, 60:70 => not known at the index date
perhaps already so, shown before it: mmt | -20:50, -5~10@-2:70, 60:70 => not known at the index date
perhaps the only visit by it: mmt | -5~10@5:50, 60:70 => not known at the index date
surely after it: mmt | -20:50, 1~10@5:70, 60:70 => date not exact
of the index date at the latest: mmt | -20:50, -5~0@-2:70, 60:70 => not known at the index date
surely before the last visit: mmt | -20~-11@-15:70, -10:50, 60:70 => event 60 after 0
surely before the window: mmt | -50~-31@-40:70, 60:70 => no visit by the index date
"""),
    (STRONG, BOTH, "course", DRUG, """
the drug stopped: mycophenolate mofetil | 0..49 500 mg ; mmt | 0:50, 40:60, 80:75 => drug stopped 50
seen on the first day without it: mycophenolate mofetil | 0..49 500 mg ; mmt | 0:50, 40:60, 50:75 => event 50 after 40
stopped after the last visit: mycophenolate mofetil | 0..49 500 mg ; mmt | 0:50, 40:60 => drug stopped 50
perhaps stopped after the last visit: mycophenolate mofetil | 0..49~60 500 mg ; mmt | 0:50, 40:60 => last day of the drug not known
perhaps not stopped after the last visit: mycophenolate mofetil | 0..? 500 mg ; mmt | 0:50, 40:60 => last day of the drug not known
stopped after observed time: observed | -100..49 ; mycophenolate mofetil | 0..49 500 mg ; mmt | 0:50, 40:60 => lost 40
perhaps not stopped: mycophenolate mofetil | 0..49 500 mg ; unread | 50.. ; mmt | 0:50, 40:60, 80:75 => last day of the drug not known
the last day of the drug not known: mycophenolate mofetil | 0..40~60 500 mg ; mmt | 0:50, 40:60, 80:75 => last day of the drug not known
stopped and dead on one day: mycophenolate mofetil | 0..49 500 mg ; mmt | 0:50 ; death | 50 => death 50
"""),
    (STRONG, STOP, "course", DRUG, """
stopping hides: mycophenolate mofetil | 0..49 500 mg ; mmt | 0:50, 40:60, 80:75 => drug stopped 40
perhaps stopping hides after the last visit: mycophenolate mofetil | 0..49~60 500 mg ; mmt | 0:50, 40:60 => lost 40
lost before it could hide: mycophenolate mofetil | 0..49 500 mg ; mmt | 0:50, 40:60 => lost 40
"""),
    ("{value: dose, at_most: 10 mg/day}", ALONE, "course", "", """
dose at or below a limit: prednisone | -9..39 20 mg; 40..200 10 mg ; visit | 100 => event 41 after 40
a dose that is not known counts as no visit: prednisone | -9..29 20 mg; 30..59; 60..200 5 mg ; visit | 100 => event 61 after 30 ?
"""),
    ("{decrease: dose, at_least: 50 % of baseline}", ALONE, "course", "", """
half of the first dose: prednisone | -9..39 20 mg; 40..200 10 mg ; visit | 100 => event 41 after 40
no dose is half of none: prednisone | -50..-40 20 mg; 40..200 10 mg ; visit | 100 => not known at the index date
"""),
    ("{all: [{value: mmt, at_least: 70 points}, {value: dose, at_most: 10 mg/day}]}", ALONE, "course", "", """
a dose between visits says no: prednisone | -9..49 20 mg ; mmt | 0:70, 40:70, 90:70 => event 90 after 50
"""),
    (STRONG, f"{ALONE}, lasting: 28 days, gap: 30 days", "course", "", """
for so long by the second visit: mmt | 0:50, 30:70, 58:70, 80:75 => event 58 after 30
not yet for so long: mmt | 0:50, 30:70, 57:70 => lost 57
by the third: mmt | 0:50, 30:70, 57:70, 59:70 => event 59 after 57
visits too far apart: mmt | 0:50, 30:70, 61:70, 89:70 => event 89 after 61
broken by a visit: mmt | 0:50, 30:70, 45:60, 58:70, 85:70 => lost 85
broken perhaps: mmt | 0:50, 30:70, 58:70 ; visit | 45 => lost 45 ?
unknown before it counts: mmt | 0:50, 20:60, 40:70, 68:70 ; visit | 30 => event 68 after 40
visits just as far apart as they may be: mmt | 0:50, 30:70, 60:70 => event 60 after 30
one visit is no time: mmt | 0:50, 30:70 => lost 30
only what the window holds counts: mmt | -40:70, -20:70, 0:70, 28:70 => event 28 after 0
"""),
    (STRONG, f"{ALONE}, lasting: 28 days, gap: 30 days", "with the past", "", """
held for so long by the index date: mmt | -29:70, -1:70, 28:70 => already at the index date
held since before it: mmt | -27:70, 0:70, 1:70 => event 1 after 0
"""),
    ("{value: dose, at_most: 10 mg/day}", f"{ALONE}, lasting: 30 days, gap: 1 day", "course", "", """
a dose at or below a limit for so long: prednisone | -9..39 20 mg; 40..200 10 mg ; visit | 100 => event 71 after 70
impossible after follow-up: prednisone | -9..39 20 mg; 40..200 10 mg ; visit | 50 => lost 50
a burst between: prednisone | -9..39 20 mg; 40..59 10 mg; 60..61 40 mg; 62..200 10 mg ; visit | 100 => event 93 after 92
"""),
    (STRONG, f"{ALONE}, lasting: 28 days, gap: 30 days", "course", "partial_dates: bounds", """
a partial date before it had held so long: mmt | 0:50, 10~25@17:60, 30:70, 58:70 => date not exact
a visit of a partial date that may break it: mmt | 0:50, 30:70, 58:70 ; visit | 40~70@58 => date not exact
a partial date after it had held so long: mmt | 0:50, 30:70, 58:70, 59~80@70:60 => event 58 after 30
"""),
    (STRONG, f"{ALONE}, lasting: 28 days, gap: 30 days", "with the past", "partial_dates: bounds", """
perhaps broken before the index date: mmt | -29:70, -14:70, -1:70, 28:50 ; visit | -20~-8@-14 => not known at the index date
"""),
    ("flare", ALONE, "course", "", """
the event: event: flare | 40, 60 ; visit | 90 => event 40
the event on the index date: event: flare | 0, 60 ; visit | 90 => already at the index date
the event before: event: flare | -1, 60 ; visit | 90 => event 60
no event, seen to day 90: visit | 90 ; event: other | 1 => lost 90
no event, seen beyond: visit | 190 ; event: other | 1 => end of window 100
no follow-up: visit | 0 ; event: other | -9 => no follow-up after the index date
events not charted: - | not charted | adverse events ; visit | 90 => not charted
one without a date beside the first day: event: flare | 1 ; event: flare | ; visit | 90 => date not exact
an event without a date: event: flare | ; visit | 90 => date not exact
the dead of an event are censored: death | 70 ; event: other | 1 => death 70
observed to the cut-off: observed | -100..60 ; event: other | 1 => lost 60
"""),
    ("flare", ALONE, "since day 1", "", """
the event on the index date is not asked for: event: flare | 0, 60 ; visit | 90 => event 60
"""),
    ("flare", ALONE, "with the past", "", """
an event within the past that counts:  | history | complete ; event: flare | -30, 60 => already at the index date
the past is not known:  | history | open ; event: flare | 60 => before the known history
"""),
    ("flare", ALONE, "course", "partial_dates: bounds", """
a partial date after the first: event: flare | 40, 40~60 ; visit | 90 => event 40
a partial date that may be the first: event: flare | 40, 39~60 ; visit | 90 => date not exact
a partial date that may be the index date: event: flare | 0~60 ; visit | 90 => date not exact
"""),
    ("flare", DEATH, "course", "", """
the event on the day of death: event: flare | 70 ; death | 70 => event 70
death before the event could be: death | 70 ; event: other | 1 => death 70
"""),
]  # fmt: skip

QUIET, WEAK = "{value: mmt, at_least: 70 points}", "{value: mmt, less_than: 60 points}"
FROM_QUIET = f"{ALONE}, after: {QUIET}"
STOPPED = "{stop: mycophenolate mofetil}"
TAPERED = f"{ALONE}, after: {{held: {{value: dose, at_most: 10 mg/day}}, in: course, lasting: 30 days, gap: 1 day}}"
#: The time counts from the first visit day on which a rule holds.
AFTER = [
    (WEAK, FROM_QUIET, "course", "", """
from the first visit on which it holds: mmt | 0:50, 20:65, 30:70, 60:65, 80:59 => event 80 after 60 from 30
met on the index date: mmt | 0:70, 40:59 => event 40 after 0
just below what it asks: mmt | 0:50, 30:69, 60:59 => the start was not met
met again later: mmt | 0:50, 30:70, 40:59, 50:70, 60:50 => event 40 after 30 from 30
lost after the start: mmt | 0:50, 30:70, 60:65 => lost 60 from 30
no visit after the start: mmt | 0:50, 30:70 => no visit after the start from 30
never met: mmt | 0:50, 30:60, 60:65 => the start was not met
no visit in the window: mmt | -9:50 ; visit | 101 => no visit on which the start could be met
not known on the only visits: visit | 0, 50 => not known whether the start was met
not known on one of them: mmt | 0:50, 60:65 ; visit | 30 => not known whether the start was met
not known after the end: mmt | 0:50, 60:65 ; visit | 101 => the start was not met
it may have begun earlier: mmt | 0:50, 60:70, 80:59 ; visit | 30 => event 80 after 60 from 60 ?
it may have begun before a no: mmt | 0:50, 40:60, 60:70, 80:59 ; visit | 30 => event 80 after 60 from 60 ?
not known after it: mmt | 0:50, 30:70, 80:59 ; visit | 50 => event 80 after 30 ? from 30
not known on the first day it could be: visit | 0 ; mmt | 60:65 => not known whether the start was met
met after the window: mmt | 0:50, 101:70, 120:50 => the start was not met
met on its last day: mmt | 0:50, 100:70, 120:50 => no follow-up after the start from 100
met the day before: mmt | 0:50, 99:70, 100:59 => event 100 after 99 from 99
a bound tells the start: mmt | 0:50, 30:>=70, 60:59 => event 60 after 30 from 30
a bound that does not: mmt | 0:50, 30:>=69, 60:59 => not known whether the start was met
"""),
    (QUIET, f"{ALONE}, after: {{value: mmt, less_than: 75 points}}", "course", "", """
so already at the start: mmt | 0:80, 30:72, 60:76 => already at the start from 30
by then it had come and gone: mmt | 0:80, 10:80, 30:69, 60:70 => event 60 after 30 from 30
"""),
    (QUIET, f"{BOTH}, after: {{value: mmt, less_than: 75 points}}", "course", DRUG, """
perhaps not at risk at all: mycophenolate mofetil | 0..20~60 500 mg ; mmt | 0:80, 30:72 => last day of the drug not known from 30
"""),
    ("{value: cmas, less_than: 40 points}", FROM_QUIET, "course", "", """
its state by the last visit to the start: mmt | 30:70 ; cmas | 10:45, 50:39 => event 50 after 30 from 30
so by the last visit to the start: mmt | 30:70 ; cmas | 10:39, 50:39 => already at the start from 30
not known at the start: mmt | 0:50, 30:70 ; visit | 30 ; cmas | 10:45, 50:39 => not known at the start from 30
no visit by the start: mmt | 30:70 ; cmas | 50:39 => no visit by the start from 30
"""),
    ("{value: cmas, less_than: 40 points}", FROM_QUIET, "course", "partial_dates: bounds", """
a partial date between: mmt | 30:70 ; cmas | 5~9@7:45, 10:45, 50:39 => event 50 after 30 from 30
a partial date of what is looked for: mmt | 0:50, 30:70 ; cmas | 10:45, 31~49@40:45, 50:39 => date not exact from 30
a partial date of what begins it alone: mmt | 0:50, 30:70, 31~49@40:60 ; cmas | 10:45, 50:39 => event 50 after 30 from 30
"""),
    (WEAK, f"{DEATH}, after: {QUIET}", "course", "", """
death after the start: mmt | 0:50, 30:70, 60:65 ; death | 80 => death 80 from 30
death on the day of the start: mmt | 0:50, 30:70 ; death | 30 => no follow-up after the start from 30
death before it: mmt | 0:50, 30:60 ; death | 40 => the start was not met
"""),
    (WEAK, f"{BOTH}, after: {QUIET}", "course", DRUG, """
stopped before the start: mycophenolate mofetil | 0..29 500 mg ; mmt | 0:50, 40:70, 60:59 => the time ended before the start was met
perhaps met before the end: mycophenolate mofetil | 0..29 500 mg ; mmt | 0:50, 40:70, 60:59 ; visit | 20 => not known whether the start was met
perhaps met only after it: mycophenolate mofetil | 0..29 500 mg ; mmt | 0:50, 60:65 ; visit | 40 => the start was not met
stopped after the start: mycophenolate mofetil | 0..49 500 mg ; mmt | 0:50, 40:70, 60:59 => drug stopped 50 from 40
perhaps stopped before the start: mycophenolate mofetil | 0..29~60 500 mg ; mmt | 0:50, 40:70, 60:59 => last day of the drug not known from 40
perhaps stopped after the event: mycophenolate mofetil | 0..60~90 500 mg ; mmt | 0:50, 40:70, 60:59 => event 60 after 40 from 40
"""),
    (WEAK, FROM_QUIET, "course", "partial_dates: bounds", """
a partial date before the start: mmt | 0:50, 20~40@30:65, 60:70, 80:59 => date not exact
a partial date after the start: mmt | 0:50, 30:70, 31~40@35:65, 80:59 => date not exact from 30
a partial date from the day of the start: mmt | 0:50, 30:70, 30~40@35:65, 80:59 => date not exact
a partial date after both: mmt | 0:50, 30:70, 80:59, 81~99@90:65 => event 80 after 30 from 30
a partial date that may be the start: mmt | 0:50, 20~40@30:70, 60:65 => date not exact
a partial date and a start that was not met: mmt | 0:50, 20~40@30:65, 60:65 => date not exact
a partial date where follow-up has ended: mmt | 0:50, 60:65, 61~99@80:65 => date not exact
a visit of a partial date before the start: mmt | 0:50, 60:70, 80:59 ; visit | 20~40@30 => date not exact
not known for another reason before the start: mmt | 0:50, 60:70, 80:59 ; visit | 30 => event 80 after 60 from 60 ?
"""),
    (WEAK, f"{ALONE}, after: {{held: {QUIET}, in: course, lasting: 28 days, gap: 30 days}}", "course", "", """
from the day by which it had held: mmt | 0:50, 10:70, 38:70, 60:59 => event 60 after 38 from 38
not held for so long: mmt | 0:50, 10:70, 37:70, 60:59 => the start was not met
a visit between of which it is not known: mmt | 0:50, 10:70, 38:70, 60:59 ; visit | 20 => not known whether the start was met
lost again while it lasts: mmt | 0:50, 10:70, 30:59, 40:70, 68:70, 80:50 => event 80 after 68 from 68
"""),
    (WEAK, f"{ALONE}, after: {{held: {QUIET}, in: early, on: 1 visit}}", "course", "", """
in a window of its own: mmt | 0:70, 20:65, 40:70, 80:59 => event 80 after 40 from 40
too late for it: mmt | 0:70, 20:65, 41:70, 80:59 => the start was not met
too early for it: mmt | 0:70, 9:70, 20:65, 80:59 => the start was not met
not known beyond it: mmt | 0:70, 20:65, 80:59 ; visit | 50 => the start was not met
"""),
    (WEAK, f"{ALONE}, after: {{held: {QUIET}, in: early, on: 1 visit}}", "course", "partial_dates: bounds", """
a partial date before its own window: mmt | 0~9@5:70, 20:70, 80:59 => event 80 after 20 from 20
a partial date that may lie in its own window: mmt | 0~10@5:70, 20:70, 80:59 => date not exact
a partial date that may be of its last day: mmt | 0:50, 20:65, 40~60@50:70, 80:59 => date not exact
a partial date beyond its own window: mmt | 0:50, 20:65, 41~60@50:70, 80:59 => the start was not met
"""),
    ("{value: dose, more_than: 10 mg/day}", TAPERED, "course", "", """
a dose raised again: prednisone | -9..9 20 mg; 10..59 5 mg; 60..200 20 mg ; visit | 100 => event 61 after 60 from 41
not tapered: prednisone | -9..200 20 mg ; visit | 100 => the start was not met
not tapered while seen: prednisone | -9..200 20 mg ; visit | 50 => the start was not met
"""),
    (STRONG, f"{ALONE}, among: {{value: cmas, less_than: 40 points}}", "course", "", """
in the denominator: cmas | -9:39 ; mmt | 0:50, 30:60, 60:70 => event 60 after 30
outside it: cmas | -9:40 ; mmt | 0:50, 30:60, 60:70 => outside the denominator
outside it though already so: cmas | -9:40 ; mmt | 0:70, 30:60, 60:70 => outside the denominator
not known whether in it: mmt | 0:50, 30:60, 60:70 => denominator not known
in it without a time: cmas | -9:39 ; mmt | 0:70 => already at the index date
"""),
    (STOPPED, ALONE, "course", DRUG, """
the first day without it: mycophenolate mofetil | 0..49 500 mg ; visit | 90 => event 50
one dose: mycophenolate mofetil | 0..0 500 mg ; visit | 90 => event 1
interrupted for not long enough: mycophenolate mofetil | 0..20 500 mg; 40..49 500 mg ; visit | 90 => event 50
still taken: mycophenolate mofetil | 0.. 500 mg ; visit | 90 => lost 90
still taken at the end of the window: mycophenolate mofetil | 0.. 500 mg ; visit | 120 => end of window 100
a row not used goes on: mycophenolate mofetil | 0..49 500 mg ; unread: mycophenolate mofetil | 50..80 ; visit | 90 => last day of the drug not known
a row not used within the gap: mycophenolate mofetil | 0..49 500 mg ; unread | 80..85 ; visit | 90 => last day of the drug not known
a row not used after a longer gap: mycophenolate mofetil | 0..49 500 mg ; unread: mycophenolate mofetil | 81..85 ; visit | 90 => event 50
a row not used while it is taken: mycophenolate mofetil | 0..49 500 mg ; unread: mycophenolate mofetil | 20..49 ; visit | 90 => event 50
a row not used of any drug: mycophenolate mofetil | 0..49 500 mg ; unread | 60.. ; visit | 90 => last day of the drug not known
a row not used without days: mycophenolate mofetil | 0..49 500 mg ; unread | .. ; visit | 90 => last day of the drug not known
a row not used of another drug: mycophenolate mofetil | 0..49 500 mg ; unread: prednisone | 50..80 ; visit | 90 => event 50
a row not used of a drug still taken: mycophenolate mofetil | 0.. 500 mg ; unread: mycophenolate mofetil | 50..80 ; visit | 90 => lost 90
stopped on the last day of the window: mycophenolate mofetil | 0..99 500 mg ; visit | 120 => event 100
stopped after the window: mycophenolate mofetil | 0..100 500 mg ; visit | 120 => end of window 100
stopped on the last day that is known: mycophenolate mofetil | 0..89 500 mg ; visit | 90 => event 90
stopped on the day after it: mycophenolate mofetil | 0..90 500 mg ; visit | 90 => event 91
stopped long after it: mycophenolate mofetil | 0..62 500 mg ; visit | 50 => event 63
its last day known and nothing after the first: mycophenolate mofetil | 0..20 500 mg => event 21
stopped after it on a day that is not known: mycophenolate mofetil | 0..60~80 500 mg ; visit | 50 => last day of the drug not known
stopped after it, perhaps after the window: mycophenolate mofetil | 0..99~120 500 mg ; visit | 50 => last day of the drug not known
stopped surely after the window: mycophenolate mofetil | 0..100~120 500 mg ; visit | 50 => lost 50
perhaps not stopped after it: mycophenolate mofetil | 0..60 500 mg ; unread: mycophenolate mofetil | 61..80 ; visit | 50 => lost 50
begun again after it: mycophenolate mofetil | 0..20 500 mg; 45..62 500 mg ; visit | 18 => event 63
perhaps stopped after observed time: observed | -100..50 ; mycophenolate mofetil | 0..60~80 500 mg => lost 50
observed to its last day: observed | -100..90 ; mycophenolate mofetil | 0..90 500 mg => lost 90
observed to the day after: observed | -100..91 ; mycophenolate mofetil | 0..90 500 mg => event 91
nothing known after the first day: mycophenolate mofetil | 0.. 500 mg => no follow-up after the index date
its last day not known: mycophenolate mofetil | 0..40~60 500 mg ; visit | 90 => last day of the drug not known
its last day not known at all: mycophenolate mofetil | 0..? 500 mg ; visit | 90 => last day of the drug not known
its last day perhaps after the window: mycophenolate mofetil | 0..99~120 500 mg ; visit | 120 => last day of the drug not known
its last day surely after the window: mycophenolate mofetil | 0..100~120 500 mg ; visit | 120 => end of window 100
dead on the drug: mycophenolate mofetil | 0..60 500 mg ; death | 60 => death 60
dead on the first day without it: mycophenolate mofetil | 0..59 500 mg ; death | 60 => death 60
dead the day after: mycophenolate mofetil | 0..58 500 mg ; death | 60 => event 59
dead before it may have ended: mycophenolate mofetil | 0..59~70 500 mg ; death | 60 => death 60
"""),
    (STOPPED, DEATH, "course", f"partial_dates: bounds\n{DRUG}", """
perhaps dead before: mycophenolate mofetil | 0..59 500 mg ; death | 60~80 => day of death not known
surely stopped before: mycophenolate mofetil | 0..58 500 mg ; death | 60~80 => event 59
both not known, the drug first: mycophenolate mofetil | 0..50~70 500 mg ; death | 60~80 => last day of the drug not known
both not known, death first: mycophenolate mofetil | 0..59~70 500 mg ; death | 60~80 => day of death not known
"""),
    (STOPPED, f"{ALONE}, after: {QUIET}", "course", DRUG, """
stopped after a response: mycophenolate mofetil | 0..49 500 mg ; mmt | 0:50, 30:70, 90:60 => event 50 from 30
stopped by the response: mycophenolate mofetil | 0..29 500 mg ; mmt | 0:50, 30:70, 90:60 => already at the start from 30
perhaps stopped by it: mycophenolate mofetil | 0..20~60 500 mg ; mmt | 0:50, 30:70, 90:60 => last day of the drug not known from 30
perhaps stopped on its last day: mycophenolate mofetil | 0..90~110 500 mg ; mmt | 0:50, 100:70, 120:60 => last day of the drug not known from 100
still taken after a response: mycophenolate mofetil | 0.. 500 mg ; mmt | 0:50, 30:70, 90:60 => lost 90 from 30
"""),
    ("flare", f"{FROM_QUIET}, among: {{patient: {{sex: female}}}}", "course", "", """
a woman: sex | F ; mmt | 0:50, 30:70 ; event: flare | 50 ; visit | 90 => event 50 from 30
a man: sex | M ; mmt | 0:50, 30:70 ; event: flare | 50 ; visit | 90 => outside the denominator
the sex is not known: mmt | 0:50, 30:70 ; event: flare | 50 ; visit | 90 => denominator not known
"""),
    ("flare", FROM_QUIET, "course", "", """
an event after the start: mmt | 0:50, 30:70 ; event: flare | 10, 50 ; visit | 90 => event 50 from 30
an event on the day of the start: mmt | 0:50, 30:70 ; event: flare | 30, 50 ; visit | 90 => already at the start from 30
no event after the start: mmt | 0:50, 30:70 ; event: flare | 10 ; visit | 90 => lost 90 from 30
nothing seen after the start: mmt | 0:50, 30:70 ; event: flare | 10 => no follow-up after the start from 30
the start of an event not met: mmt | 0:50, 30:60 ; event: flare | 50 => the start was not met
an event without a day: mmt | 0:50, 30:70 ; event: flare | ; visit | 90 => date not exact from 30
"""),
    ("flare", FROM_QUIET, "course", "partial_dates: bounds", """
perhaps on the day of the start: mmt | 0:50, 30:70 ; event: flare | 20~30, 50 ; visit | 90 => date not exact from 30
surely before it: mmt | 0:50, 30:70 ; event: flare | 20~29, 50 ; visit | 90 => event 50 from 30
perhaps before the other: mmt | 0:50, 30:70 ; event: flare | 31~60, 50 ; visit | 90 => date not exact from 30
perhaps after the other: mmt | 0:50, 30:70 ; event: flare | 51~60, 50 ; visit | 90 => event 50 from 30
"""),
]  # fmt: skip

CUTOFF = "period: {data_cutoff: 2020-03-31}\ncase: {index_date: {first_event: start}, per: patient}"
#: In dated charts with a cut-off.
WITH_CUTOFF = (STRONG, ALONE, "course", CUTOFF, """
the window ends before the cut-off: diagnosis: start | 2019-12-01 ; mmt | 2019-12-01:50, 2020-01-10:60 => lost 40
the window ends after it: diagnosis: start | 2020-01-01 ; mmt | 2020-01-01:50, 2020-02-10:60 => data cutoff 40
the window ends on it: diagnosis: start | 2019-12-22 ; mmt | 2019-12-22:50, 2020-01-31:60 => lost 40
observed to it: observed | 2019-01-01..2020-03-31 ; diagnosis: start | 2020-01-01 ; mmt | 2020-01-01:50, 2020-02-10:60 => data cutoff 40
observation ended before it: observed | 2019-01-01..2020-03-30 ; diagnosis: start | 2020-01-01 ; mmt | 2020-01-01:50, 2020-02-10:60 => lost 40
""")  # fmt: skip
UNTIL = f"period: {{data_cutoff: 2020-03-31}}\n{DRUG}"
#: Of the drug in dated charts with a cut-off.
STOPS_AND_CUTOFF = (STOPPED, ALONE, "course", UNTIL, """
stopped before the cut-off: mycophenolate mofetil | 2020-01-10..2020-03-29 500 mg ; visit | 2020-02-10 => event 80
stopped on the cut-off: mycophenolate mofetil | 2020-01-10..2020-03-30 500 mg ; visit | 2020-02-10 => event 81
last taken on the cut-off: mycophenolate mofetil | 2020-01-10..2020-03-31 500 mg ; visit | 2020-02-10 => data cutoff 31
stopped after the cut-off: mycophenolate mofetil | 2020-01-10..2020-04-10 500 mg ; visit | 2020-02-10 => data cutoff 31
perhaps before it: mycophenolate mofetil | 2020-01-10..2020-03-20~2020-04-10 500 mg ; visit | 2020-02-10 => last day of the drug not known
surely after it: mycophenolate mofetil | 2020-01-10..2020-03-31~2020-04-10 500 mg ; visit | 2020-02-10 => data cutoff 31
""")  # fmt: skip


def _each() -> list[Any]:
    found = []
    for *asked, lines in (*CASES, *AFTER, WITH_CUTOFF, STOPS_AND_CUTOFF):
        for line in lines.strip("\n").split("\n"):
            name, _, rest = line.partition(": ")
            rows, _, said = rest.partition(" => ")
            found.append(pytest.param(*asked, rows, said, id=name))
    return found


def _row(written: str) -> str:
    return written.strip() if written.strip().startswith("-") else f"1 | {written}".replace("1 |  |", "1 |")


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(("asked", "how", "window", "more", "rows", "said"), _each())
def test_the_time_of_a_case(
    asked: str, how: str, window: str, more: str, rows: str, said: str, implementation: str
) -> None:
    declared = study(asked, how, window, more)
    chart = "\n".join(map(_row, rows.split(" ; ")))
    assert {"1": {"time": said}} == times(declared, chart, implementation)
