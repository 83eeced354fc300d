"""Free of an event, or of a rule, for so long somewhere in a window: a stretch counts where it was seen."""

from __future__ import annotations

from tests.spec.small import Spec, on_every_engine

STUDY = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  after: {from: 1 day, to: 100 days, take: last, same_day: worst}
  around: {from: -50 days, to: 49 days, take: last}
safety: {until_after_last_dose: 30 days, events: [flare]}
"""
NOT = "not evaluable: after flare: "
VISITS = "not evaluable: after visits: "
SEEN = "1 | visit | 0, 150"


def spec(name: str, rows: str, answer: str, rule: str = "{free_of: flare, for: 50 days, in: after}") -> Spec:
    changes = f"{STUDY}\noutcomes: {{response: {{at: after, rule: {rule}}}}}"
    return Spec(name, changes, "\n".join(f"{rows} ; 2 | event: flare | 5".split(" ; ")), {"1": answer})


def flare(name: str, days: str, answer: str) -> Spec:
    return spec(name, f"{SEEN} ; 1 | event: flare | {days}", answer)


AROUND = "{free_of: flare, for: 60 days, in: around}"
WEAK = "{free_of: {value: mmt, less_than: 60 points}, for: 50 days, in: after, gap: 40 days}"
FREE = [
    spec("no event at all", SEEN, "yes"),
    flare("fifty days behind it", "50", "yes"),
    flare("49 days on both sides", "50, 51", "no"),
    flare("49 days are too few", "50, 100", "no"),
    flare("50 days before and 49 behind", "51", "yes"),
    flare("three, with 49 days between", "1, 51", "no"),
    flare("three, with 50 days between", "1, 52", "yes"),
    flare("a day that is not known, and enough beside it", "10~20", "yes"),
    flare("a day that is not known, and not enough beside it", "40~60", f"{NOT}date not exact"),
    flare("days that are certain leave none", "40, 70, 10~90", "no"),
    flare("another event", "-5", "yes"),
    spec("events were not charted", f"{SEEN} ; - | not charted | adverse events", f"{NOT}not charted"),
    spec("not charted, and yet seen too often", f"{SEEN} ; 1 | event: flare | 30, 60, 90 ; - | not charted | adverse events", "no"),
    spec("seen for fifty days", "1 | visit | 0, 50", "yes"),
    spec("seen for 49 days", "1 | visit | 0, 49", f"{NOT}after the end of follow-up"),
    spec("seen for 60 days with an event", "1 | visit | 0, 60 ; 1 | event: flare | 30", f"{NOT}after the end of follow-up"),
    spec("the rest could not be enough either", "1 | visit | 0, 75 ; 1 | event: flare | 30, 60", "no"),
    spec("observed for long enough", "1 | observed | -10..50 ; 2 | observed | -10..50", "yes"),
    spec("observed a day too short", "1 | observed | -10..49 ; 2 | observed | -10..49", f"{NOT}window leaves observed time"),
    spec("before the index date the history must be known", f"{SEEN} ; - | history | complete", "yes", AROUND),
    spec("a history that is not known", f"{SEEN} ; - | history | open", "not evaluable: around flare: before the known history", AROUND),
    spec("a history known for ten days", f"{SEEN} ; 1 | known from | -10 ; 2 | known from | -10", "yes", AROUND),
    spec("a history known for nine days", f"{SEEN} ; 1 | known from | -9 ; 2 | known from | -9",
         "not evaluable: around flare: before the known history", AROUND),
    spec("a rule that is no for fifty days", "1 | mmt | 10:60, 40:61, 60:62", "yes", WEAK),
    spec("a rule that is no for 49 days", "1 | mmt | 1:59, 11:60, 40:61, 60:62, 61:50, 99:50", "no", WEAK),
    spec("visits too far apart", "1 | mmt | 10:60, 60:62", f"{VISITS}too few visits", WEAK),
    spec("a visit of which it is not known", "1 | mmt | 10:60, 60:62 ; 1 | visit | 40", f"{VISITS}not known on some day", WEAK),
]  # fmt: skip
SPECS = FREE


@on_every_engine(SPECS)
def test_free_of(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)
