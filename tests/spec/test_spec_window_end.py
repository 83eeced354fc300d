"""A window whose last day differs from case to case: it ends with an event, or after a length of the patient's own past."""

from __future__ import annotations

from tests.spec.small import Spec, on_every_engine

STUDY = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  before: {from: -200 days, to: -1 days, take: last, overlap: yes}
  follow-up: {from: 1 day, to: 100 days, take: last, same_day: worst, until: relapse}
  thrice: {from: 1 day, to: 120 days, take: last, same_day: worst,
           length: {longest_between: flare, in: before, times: 3, at_least: 30 days}}
  assessed: {from: 91 days, to: 100 days, take: last, overlap: yes}
safety: {until_after_last_dose: 30 days, events: [flare, relapse]}
"""
SEEN = "1 | visit | 0, 150"
OTHERS = "2 | event: flare | 5 ; 2 | event: relapse | 6"


def spec(name: str, rows: str, answer: str, rule: str) -> Spec:
    changes = f"{STUDY}\noutcomes: {{response: {{at: assessed, rule: {rule}}}}}"
    return Spec(name, changes, "\n".join(f"{rows} ; {OTHERS}".split(" ; ")), {"1": answer})


def until(name: str, rows: str, answer: str, rule: str = "{occurs: flare, in: follow-up}") -> Spec:
    return spec(name, f"{SEEN} ; {rows}" if rows else SEEN, answer, rule)


def thrice(name: str, rows: str, answer: str, rule: str = "{not: {occurs: flare, in: thrice}}") -> Spec:
    return spec(name, f"{SEEN} ; - | history | complete ; {rows}", answer, rule)


STRONG = "{held: {value: mmt, at_least: 60 points}, in: follow-up, on: every visit}"
TWICE = "{held: {value: mmt, at_least: 60 points}, in: follow-up, on: 2 visits, apart: 20 days}"
LASTS = "{held: {value: mmt, at_least: 60 points}, in: follow-up, lasting: 40 days, gap: 50 days}"
FREE = "{free_of: flare, for: 50 days, in: follow-up}"
NO_END = "not evaluable: follow-up flare: last day of the window not known"
NO_END_OF_VISITS = "not evaluable: follow-up visits: last day of the window not known"
NO_LENGTH = "not evaluable: thrice flare: length of the window not known"

WINDOWS = [
    until("no event ends it", "1 | event: flare | 99", "yes"),
    until("nothing at all", "", "no"),
    until("on the day before", "1 | event: flare | 49 ; 1 | event: relapse | 50", "yes"),
    until("on the day itself", "1 | event: flare | 50 ; 1 | event: relapse | 50", "yes"),
    until("on the day after", "1 | event: flare | 51 ; 1 | event: relapse | 50", "no"),
    until("the first of two ends it", "1 | event: flare | 51 ; 1 | event: relapse | 70, 50", "no"),
    until("one before it does not", "1 | event: flare | 51 ; 1 | event: relapse | 0, -5", "yes"),
    until("one after it does not", "1 | event: flare | 100 ; 1 | event: relapse | 101", "yes"),
    until("an end of some month, and the event before it", "1 | event: flare | 30 ; 1 | event: relapse | 31~60", "yes"),
    until("an end of some month, and the event on its first day", "1 | event: flare | 31 ; 1 | event: relapse | 31~60", "yes"),
    until("an end of some month, and the event in it", "1 | event: flare | 32 ; 1 | event: relapse | 31~60", NO_END),
    until("an end of some month, and the event on its last day", "1 | event: flare | 60 ; 1 | event: relapse | 31~60", NO_END),
    until("an end of some month, and the event after it", "1 | event: flare | 61 ; 1 | event: relapse | 31~60", "no"),
    until("an end that may lie before the window", "1 | event: flare | 2 ; 1 | event: relapse | -10~10", NO_END),
    until("an end that may lie behind the window", "1 | event: flare | 96 ; 1 | event: relapse | 95~110", NO_END),
    until("an end that may lie behind the window, and the event before it", "1 | event: flare | 94 ; 1 | event: relapse | 95~110", "yes"),
    until("an end that may lie behind the window, and the event there", "1 | event: flare | 105 ; 1 | event: relapse | 95~110", "no"),
    until("an end that may lie before the window, and an event later", "1 | event: flare | 50 ; 1 | event: relapse | -10~10", NO_END),
    until("no visit before it may end", "1 | mmt | 40:61 ; 1 | event: relapse | 30~50",
          "not evaluable: follow-up visits: no visit in window", STRONG),
    until("a later one that is certain", "1 | event: flare | 65 ; 1 | event: relapse | 31~60, 62", "no"),
    until("what ends it is not charted", "1 | event: flare | 30 ; - | only adverse events | flare", NO_END),
    until("what ends it is not charted, nor is there the event", "- | only adverse events | flare", "no"),
    spec("not seen to its end, and the event before", "1 | visit | 0, 40 ; 1 | event: flare | 30", "yes", "{occurs: flare, in: follow-up}"),
    spec("not seen to its end, and no event", "1 | visit | 0, 40", "not evaluable: follow-up flare: after the end of follow-up",
         "{occurs: flare, in: follow-up}"),
    spec("seen to its end", "1 | visit | 0, 40 ; 1 | event: relapse | 40", "no", "{occurs: flare, in: follow-up}"),
    spec("observed to its end", "1 | observed | -10..40 ; 2 | observed | -10..40 ; 1 | event: relapse | 40", "no",
         "{occurs: flare, in: follow-up}"),
    spec("not observed to its end", "1 | observed | -10..40 ; 2 | observed | -10..40",
         "not evaluable: follow-up flare: window leaves observed time", "{occurs: flare, in: follow-up}"),
    until("held to the end", "1 | mmt | 20:60, 40:61, 60:50 ; 1 | event: relapse | 59", "yes", STRONG),
    until("not held on its last day", "1 | mmt | 20:60, 40:61, 60:50 ; 1 | event: relapse | 60", "no", STRONG),
    until("no visit before the end", "1 | mmt | 20:60, 40:61 ; 1 | event: relapse | 19",
          "not evaluable: follow-up visits: no visit in window", STRONG),
    until("held whenever it ends", "1 | mmt | 20:60, 40:61 ; 1 | event: relapse | 30~50", "yes", STRONG),
    until("held or not as it ends", "1 | mmt | 20:60, 40:59 ; 1 | event: relapse | 30~50", NO_END_OF_VISITS, STRONG),
    until("against before it may end", "1 | mmt | 20:59, 40:61 ; 1 | event: relapse | 30~50", "no", STRONG),
    until("two visits before the end", "1 | mmt | 20:60, 40:61 ; 1 | event: relapse | 40", "yes", TWICE),
    until("the second is too late", "1 | mmt | 20:60, 40:61, 41:30 ; 1 | event: relapse | 39",
          "not evaluable: follow-up visits: too few visits", TWICE),
    until("two visits do not fit into it", "1 | mmt | 1:60, 21:60 ; 1 | event: relapse | 20", "no", TWICE),
    until("two visits just fit into it", "1 | mmt | 1:60, 21:60 ; 1 | event: relapse | 21", "yes", TWICE),
    until("so long does not fit into it", "1 | mmt | 1:60, 40:60 ; 1 | event: relapse | 40", "no", LASTS),
    until("so long just fits into it", "1 | mmt | 1:60, 41:60 ; 1 | event: relapse | 41", "yes", LASTS),
    until("free for long enough", "1 | event: relapse | 50", "yes", FREE),
    until("free, and a day too short", "1 | event: relapse | 49", "no", FREE),
    thrice("three times thirty days, and one more", "1 | event: flare | -100, -70, 91", "yes"),
    thrice("on the last of three times thirty days", "1 | event: flare | -100, -70, 90", "no"),
    thrice("the longest of several", "1 | event: flare | -100, -70, -50, 90", "no"),
    thrice("two on one day are one", "1 | event: flare | -100, -100, -70, 91", "yes"),
    thrice("as long at least", "1 | event: flare | -100, -95, 31", "yes"),
    thrice("as long at least, to the day", "1 | event: flare | -100, -95, 30", "no"),
    thrice("as long as it may be", "1 | event: flare | -100, -60", "yes"),
    thrice("longer than it may be", "1 | event: flare | -100, -59", "not evaluable: thrice flare: longer than the window may be"),
    thrice("longer than it may be, and yet an event", "1 | event: flare | -100, -59, 120", "no"),
    thrice("an event and nothing to measure from", "1 | event: flare | -100, 20",
           "not evaluable: thrice flare: fewer than two events before"),
    thrice("no event at all", "1 | event: relapse | 5", "not evaluable: thrice flare: fewer than two events before"),
    thrice("a day that is not known", "1 | event: flare | -100, -80~-60", NO_LENGTH),
    thrice("a day that is not known, and an event soon", "1 | event: flare | -100, -80~-60, -50, 30", "no"),
    thrice("a day that is not known, and an event later", "1 | event: flare | -100, -80~-60, -50, 31", NO_LENGTH),
    thrice("of two events one may lie behind the past, and an event soon", "1 | event: flare | -100, -3~5, 20", NO_LENGTH),
    thrice("two events of different months, and an event soon", "1 | event: flare | -100~-90, -80~-60, 20", "no"),
    thrice("two events of different months, and an event later", "1 | event: flare | -100~-90, -80~-60, 40", NO_LENGTH),
    thrice("two events of one month may be one", "1 | event: flare | -100~-70, -95~-72, 20", NO_LENGTH),
    spec("a past that is not known has perhaps no length", f"{SEEN} ; - | history | open ; 1 | event: flare | 20", NO_LENGTH,
         "{not: {occurs: flare, in: thrice}}"),
    spec("a past that is not known has a length, and an event soon", f"{SEEN} ; - | history | open ; 1 | event: flare | -100, -70, 20", "no",
         "{not: {occurs: flare, in: thrice}}"),
    thrice("one that may lie in the past", "1 | event: flare | -100, -70, -3~5", NO_LENGTH),
    spec("a past that is not known", f"{SEEN} ; - | history | open ; 1 | event: flare | -100, -70", NO_LENGTH,
         "{not: {occurs: flare, in: thrice}}"),
    thrice("a past that was not charted", "- | not charted | adverse events ; 1 | event: flare | -100, -70", NO_LENGTH),
]  # fmt: skip
SPECS = WINDOWS


@on_every_engine(SPECS)
def test_window_end(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)
