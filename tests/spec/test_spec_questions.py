"""Events and facts of the patient in a rule: not recorded is not none, and not known is neither."""

from __future__ import annotations

from tests.spec.small import Spec, on_every_engine

STUDY = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  after: {from: 30 days, to: 180 days, take: last, same_day: worst}
safety: {until_after_last_dose: 30 days, events: [flare]}
"""
UVEITIS = "exclude: [{diagnosis: uveitis, by: index date}]"
DATED = "case: {index_date: {first_exposure: mycophenolate mofetil}, per: patient}"


def spec(name: str, written: str, rows: str, answer: str, more: str = "") -> Spec:
    changes = f"{STUDY}{more}\noutcomes: {{response: {{at: after, rule: {written}}}}}"
    return Spec(name, changes, "\n".join(rows.split(" ; ")), {"1": answer})


def occurs(name: str, rows: str, answer: str, more: str = "") -> Spec:
    return spec(name, f"{{occurs: flare, in: after{more}}}", rows, answer)


SEEN = "1 | mmt | 0:50, 200:60"
OCCURS = [
    occurs("on the first day of the window", f"{SEEN} ; 1 | event: flare | 30", "yes"),
    occurs("on the last day of the window", f"{SEEN} ; 1 | event: Flare | 180", "yes"),
    occurs("a day before the window", f"{SEEN} ; 1 | event: flare | 29", "no"),
    occurs("a day after the window", f"{SEEN} ; 1 | event: flare | 181", "no"),
    occurs("another event", f"{SEEN} ; 1 | event: zoster | 60", "no"),
    occurs("nobody saw the patient to the end of the window", "1 | mmt | 0:50, 179:60",
           "not evaluable: after flare: after the end of follow-up"),
    occurs("seen to the last day of the window", "1 | mmt | 0:50, 180:60", "no"),
    occurs("an event is enough, whatever became of the patient", "1 | mmt | 0:50, 60:60 ; 1 | event: flare | 40", "yes"),
    occurs("events were not charted", f"{SEEN} ; - | not charted | adverse events", "not evaluable: after flare: not charted"),
    occurs("the day is known in part and lies in the window", f"{SEEN} ; 1 | event: flare | 30~60", "yes"),
    occurs("the day is known in part and may lie outside", f"{SEEN} ; 1 | event: flare | 29~60",
           "not evaluable: after flare: date not exact"),
    occurs("twice", f"{SEEN} ; 1 | event: flare | 40, 41", "yes", ", times: 2"),
    occurs("twice on one day is once", f"{SEEN} ; 1 | event: flare | 40, 40", "no", ", times: 2"),
    occurs("once, and perhaps a second time", f"{SEEN} ; 1 | event: flare | 40, 29~35",
           "not evaluable: after flare: date not exact", ", times: 2"),
    spec("no flare", "{not: {occurs: flare, in: after}}", SEEN, "yes"),
    spec("a diagnosis begins", "{occurs: uveitis, in: after}", f"{SEEN} ; 1 | diagnosis: uveitis | 60", "yes", UVEITIS),
    spec("an event of the name of a diagnosis is none", "{occurs: uveitis, in: after}", f"{SEEN} ; 1 | event: uveitis | 60", "no", UVEITIS),
    spec("no flare while a score was held",
         "{all: [{held: {value: mmt, at_least: 60 points}, in: after, on: every visit}, {not: {occurs: flare, in: after}}]}",
         "1 | mmt | 0:50, 60:60, 180:60", "yes"),
    spec("before the index date the history must be known", "{occurs: flare, in: baseline}", f"{SEEN} ; 1 | known from | -90", "no"),
    spec("a day of the history is missing", "{occurs: flare, in: baseline}", f"{SEEN} ; 1 | known from | -89",
         "not evaluable: baseline flare: before the known history"),
    spec("an event before the index date", "{occurs: flare, in: baseline}", f"{SEEN} ; 1 | known from | 0 ; 1 | event: flare | -90", "yes"),
    spec("the window leaves observed time", "{occurs: flare, in: after}", f"{SEEN} ; 1 | observed | -400..179",
         "not evaluable: after flare: window leaves observed time"),
    spec("observed to the last day of the window", "{occurs: flare, in: after}", f"{SEEN} ; 1 | observed | -400..180", "no"),
]  # fmt: skip

BY_SEX = (
    "{any: [{all: [{patient: {sex: female}}, {value: mmt, at_least: 60 points}]}, "
    "{all: [{patient: {sex: male}}, {value: mmt, at_least: 65 points}]}]}"
)
TAKEN = "1 | mycophenolate mofetil | 0.. 500 mg x2"
ACUTE = "{patient: {attribute: course, is: acute}}"
BELOW_6 = "{patient: {age: {below: 6 years}}}"
PATIENT = [
    spec("a girl of 60 points", BY_SEX, "1 | sex | F ; 1 | mmt | 0:50, 100:60", "yes"),
    spec("a boy of 60 points", BY_SEX, "1 | sex | M ; 1 | mmt | 0:50, 100:60", "no"),
    spec("a girl of 60 points, in a word", BY_SEX, "1 | sex | female ; 1 | mmt | 0:50, 100:60", "yes"),
    spec("a boy of 60 points, in a word", BY_SEX, "1 | sex | Male ; 1 | mmt | 0:50, 100:60", "no"),
    spec("65 points, whoever it is", BY_SEX, "1 | mmt | 0:50, 100:65", "not evaluable: index date sex: not recorded"),
    spec("59 points, whoever it is", BY_SEX, "1 | mmt | 0:50, 100:59", "no"),
    spec("an m is a woman where others are hombres", BY_SEX, "1 | sex | M ; 1 | mmt | 0:50, 100:60 ; 2 | sex | H",
         "not evaluable: index date sex: not recorded"),
    spec("an m is a man beside an f", BY_SEX, "1 | sex | M ; 1 | mmt | 0:50, 100:60 ; 2 | sex | F", "no"),
    spec("a mujer is a woman", BY_SEX, "1 | sex | Mujer ; 1 | mmt | 0:50, 100:60", "yes"),
    spec("a word of an attribute", ACUTE, "1 | attribute: course | acute ; 1 | mmt | 0:50", "yes"),
    spec("case and spacing aside", ACUTE, "1 | attribute: course |  ACUTE ; 1 | mmt | 0:50", "yes"),
    spec("another word of an attribute", ACUTE, "1 | attribute: course | chronic ; 1 | mmt | 0:50", "no"),
    spec("a blank attribute", ACUTE, "1 | mmt | 0:50 ; 2 | attribute: course | acute", "not evaluable: index date course: not recorded"),
    spec("an attribute that is unknown", ACUTE, "1 | attribute: course | Unknown ; 1 | mmt | 0:50",
         "not evaluable: index date course: not recorded"),
    *(spec(f"an attribute that says that it is not known: {word}", ACUTE, f"1 | attribute: course | {word} ; 1 | mmt | 0:50",
           "not evaluable: index date course: not recorded") for word in ("Not known", "not recorded", "unbekannt", "inconnue", "k. A.")),
    spec("one of several words", "{patient: {attribute: course, is: [acute, Late]}}", "1 | attribute: course | late ; 1 | mmt | 0:50", "yes"),
    spec("an attribute of another name", ACUTE, "1 | attribute: onset | acute ; 1 | mmt | 0:50", "not evaluable: index date course: not recorded"),
    spec("a day before the sixth birthday", BELOW_6, f"{TAKEN} ; 1 | born | 1964-01-02 ; 1 | mmt | 0:50, 100:60", "yes", DATED),
    spec("on the sixth birthday", BELOW_6, f"{TAKEN} ; 1 | born | 1964-01-01 ; 1 | mmt | 0:50, 100:60", "no", DATED),
    spec("a birthday known to the month", BELOW_6, f"{TAKEN} ; 1 | born | 1964-01-01~1964-01-31 ; 1 | mmt | 0:50, 100:60",
         "not evaluable: index date age: not recorded", DATED),
    spec("no birthday", BELOW_6, "1 | mmt | 0:50, 100:60", "not evaluable: index date age: not recorded"),
    spec("a limit by age on each visit day",
         "{held: {any: [{all: [{patient: {age: {below: 6 years}}}, {value: mmt, at_least: 50 points}]}, {value: mmt, at_least: 70 points}]},"
         " in: after, on: every visit}",
         f"{TAKEN} ; 1 | born | 1965-01-01 ; 1 | mmt | 60:50, 100:55", "yes", DATED),
]  # fmt: skip

SPECS = [*OCCURS, *PATIENT]


@on_every_engine(SPECS)
def test_questions(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)
