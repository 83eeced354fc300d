"""A rule that is held: read on each visit day, and never no because nobody came."""

from __future__ import annotations

import pytest
from tests.spec.small import Spec, answers, on_every_engine, protocol

from caseseries.response import held_rule

MEASURES = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  cmas: {quantity: endurance, unit: points, range: [0, 52], better: high}
  flare: {judgement: flare, since: last visit, better: no}
  dose: {daily_dose: prednisone, as: mg/day, outside_courses: zero}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  after: {from: 30 days, to: 180 days, take: last, same_day: worst}
"""


UNKNOWN = "not evaluable: after visits: not known on some day"
FEW = "not evaluable: after visits: too few visits"


def rule(written: str, missing: str = "") -> str:
    grid = f"\nrobustness: {{missing: [{missing}]}}" if missing else ""
    return f"{MEASURES}\noutcomes: {{response: {{at: after, rule: {written}}}}}{grid}"


def spec(name: str, written: str, rows: str, answer: str) -> Spec:
    return Spec(name, rule(written), "\n".join(f"1 | {row}" for row in rows.split(" ; ")), {"1": answer})


def every(name: str, rows: str, answer: str) -> Spec:
    return spec(name, "{held: {value: mmt, at_least: 70 points}, in: after, on: every visit}", rows, answer)


def twice(name: str, rows: str, answer: str, *, more: str = "apart: 28 days") -> Spec:
    return spec(name, f"{{held: {{value: mmt, at_least: 70 points}}, in: after, on: 2 visits, {more}}}", rows, answer)


def lasting(name: str, rows: str, answer: str) -> Spec:
    return spec(
        name, "{held: {value: mmt, at_least: 70 points}, in: after, lasting: 28 days, gap: 45 days}", rows, answer
    )


EVERY = [
    every("on each visit", "mmt | 30:70, 90:75, 180:80", "yes"),
    every("one visit is enough", "mmt | 90:70", "yes"),
    every("not on one", "mmt | 30:70, 90:69, 180:80", "no"),
    every("no visit in the window", "mmt | 29:70, 181:70", "not evaluable: after visits: no visit in window"),
    every(
        "a visit of which it is not known",
        "mmt | 60:70 ; visit | 90",
        UNKNOWN,
    ),
    every("a no decides whatever is not known", "mmt | 60:69 ; visit | 90", "no"),
    every("a missing code is no visit", "mmt | 60:70, 90:ND", "yes"),
    every("different values on one day: the worst", "mmt | 60:70, 60:69", "no"),
    every("a bound that decides", "mmt | 60:>=70", "yes"),
    every("a bound that does not", "mmt | 60:>=69", UNKNOWN),
    spec(
        "a change since baseline, on each",
        "{held: {gain: mmt, at_least: 10 points}, in: after, on: every visit}",
        "mmt | 0:50, 60:60, 90:65",
        "yes",
    ),
    spec(
        "a change since baseline, not on one",
        "{held: {gain: mmt, at_least: 10 points}, in: after, on: every visit}",
        "mmt | 0:50, 60:59.999999, 90:65",
        "no",
    ),
    spec(
        "a change without a value before",
        "{held: {gain: mmt, at_least: 10 points}, in: after, on: every visit}",
        "mmt | 60:60, 90:65",
        UNKNOWN,
    ),
    spec(
        "parts recorded on different days are different visits",
        "{held: {all: [{value: mmt, at_least: 70 points}, {value: cmas, at_least: 40 points}]}, in: after, on: every visit}",
        "mmt | 60:70 ; cmas | 61:45",
        UNKNOWN,
    ),
    spec(
        "no flare at any visit", "{held: {not: {is: flare}}, in: after, on: every visit}", "flare | 35:no, 90:no", "yes"
    ),
    spec(
        "a flare at the second of three",
        "{held: {not: {is: flare}}, in: after, on: every visit}",
        "flare | 35:no, 90:yes, 180:no",
        "no",
    ),
    spec("not held", "{not: {held: {is: flare}, in: after, on: every visit}}", "flare | 35:no, 90:yes", "yes"),
    spec(
        "beside another part",
        "{all: [{held: {is: flare}, in: after, on: every visit}, {value: mmt, at_least: 70 points}]}",
        "flare | 35:yes ; mmt | 35:70",
        "yes",
    ),
    spec(
        "a leaf with its own window is the same on every day",
        "{held: {all: [{value: mmt, at_least: 70 points}, {value: cmas, at_least: 40 points, at: baseline}]}, in: after, on: every visit}",
        "mmt | 60:70, 90:70 ; cmas | 0:40",
        "yes",
    ),
]

TIMES = [
    twice("exactly so far apart", "mmt | 60:70, 88:70", "yes"),
    twice("a day too near", "mmt | 60:70, 87:70", FEW),
    twice("one row never confirms itself", "mmt | 60:70", FEW),
    twice("the same value written twice on one day is one visit", "mmt | 60:70, 60:70", FEW),
    twice("two visits, one not", "mmt | 60:70, 88:69", "no"),
    twice("a no between does not matter", "mmt | 60:70, 70:60, 88:70", "yes"),
    twice("a no between matters where they must follow each other", "mmt | 60:70, 70:60, 88:70", "no", more="consecutive: yes"),
    twice("neighbours", "mmt | 60:60, 70:70, 88:70", "yes", more="consecutive: yes"),
    twice("not known between neighbours", "mmt | 60:70, 88:70 ; visit | 70", UNKNOWN, more="consecutive: yes"),
    twice("not known between others", "mmt | 60:70, 88:70 ; visit | 70", "yes"),
    twice("the second is not known", "mmt | 60:70 ; visit | 100", UNKNOWN),
    twice("the first of a near pair is left for a later one", "mmt | 60:70, 80:70, 100:70", "yes", more="apart: 40 days"),
    spec("three visits", "{held: {value: mmt, at_least: 70 points}, in: after, on: 3 visits, apart: 14 days}",
         "mmt | 40:70, 50:70, 54:70, 68:70", "yes"),
    spec("three visits, two of them too near", "{held: {value: mmt, at_least: 70 points}, in: after, on: 3 visits, apart: 14 days}",
         "mmt | 40:70, 50:70, 54:70, 67:70", FEW),
]  # fmt: skip

LASTING = [
    lasting("exactly so long", "mmt | 60:70, 88:70", "yes"),
    lasting("a day too short", "mmt | 60:70, 87:70", FEW),
    lasting("broken", "mmt | 60:70, 70:69, 88:70", "no"),
    lasting("a gap as long as allowed", "mmt | 60:70, 105:70", "yes"),
    lasting("a gap a day too long", "mmt | 60:70, 106:70", FEW),
    lasting("not known in the run", "mmt | 60:70, 88:70 ; visit | 70", UNKNOWN),
    lasting("a run after a break", "mmt | 40:60, 60:70, 100:70", "yes"),
    spec("without the drug for 28 days", "{held: {value: dose, at_most: 0 mg/day}, in: after, lasting: 28 days, gap: 1 day}",
         "prednisone | 0..60 20 mg ; prednisone | 90..200 5 mg ; visit | 200", "yes"),
    spec("without the drug for a day less", "{held: {value: dose, at_most: 0 mg/day}, in: after, lasting: 28 days, gap: 1 day}",
         "prednisone | 0..60 20 mg ; prednisone | 89..200 5 mg ; visit | 200", "no"),
]  # fmt: skip

DOSES = [
    spec("at most 5 mg on every day", "{held: {value: dose, at_most: 5 mg/day}, in: after, on: every visit}",
         "prednisone | 0..200 5 mg ; visit | 200", "yes"),
    spec("a burst between two visits", "{held: {value: dose, at_most: 5 mg/day}, in: after, on: every visit}",
         "prednisone | 0..200 5 mg ; prednisone | 100..102 1 mg ; visit | 60, 150, 200", "no"),
    spec("after the end of follow-up nobody knows", "{held: {value: dose, at_most: 5 mg/day}, in: after, on: every visit}",
         "prednisone | 0..170 5 mg ; visit | 170", UNKNOWN),
    spec("a rule of both is broken by a dose between visits",
         "{held: {all: [{value: mmt, at_least: 70 points}, {value: dose, at_most: 5 mg/day}]}, in: after, on: every visit}",
         "mmt | 60:70, 120:70 ; prednisone | 0..200 5 mg ; prednisone | 90..92 10 mg ; visit | 200", "no"),
    spec("days between visits ask for no score",
         "{held: {all: [{value: mmt, at_least: 70 points}, {value: dose, at_most: 5 mg/day}]}, in: after, on: every visit}",
         "mmt | 60:70, 180:70 ; prednisone | 0..200 5 mg", "yes"),
]  # fmt: skip


PARTS = """
measures:
  total: {sum: [tender, swollen], unit: joints, better: low}
  tender: {quantity: tender joints, unit: joints, better: low}
  swollen: {quantity: swollen joints, unit: joints, better: low}
windows:
  after: {from: 30 days, to: 180 days, take: last, same_day: worst}
outcomes: {response: {at: after, rule: {held: {value: total, at_most: 4 joints}, in: after, on: every visit}}}
"""
QUIET = "1 | tender | 30:1, 90:1 ; 1 | swollen | 30:2, 90:2"
#: A day on which some part of a total was recorded is one on which the total is not known.
OF_PARTS = [
    Spec(name, PARTS, "\n".join(f"{QUIET}{more}".split(" ; ")), {"1": answer})
    for name, more, answer in (
        ("quiet on both visits", "", "yes"),
        ("a part on a third day", " ; 1 | tender | 60:1", UNKNOWN),
        ("a part on a third day, and not quiet on a fourth", " ; 1 | tender | 60:1, 120:9 ; 1 | swollen | 120:9", "no"),
        ("a missing code of a part alone is no visit", " ; 1 | tender | 60:ND", "yes"),
    )
]

#: A weight is recorded for many reasons, and says nothing of what is divided by it.
PER_KG = """
measures:
  share: {per_kg: volume, weight: weight, unit: mL/kg, better: high}
  volume: {quantity: volume, unit: mL, better: high}
  weight: {quantity: body weight, unit: kg, better: none}
windows:
  after: {from: 30 days, to: 180 days, take: last, same_day: worst}
outcomes: {response: {at: after, rule: {held: {value: share, at_least: 10 mL/kg}, in: after, on: every visit}}}
"""
VOLUMES = "1 | volume | 30:200, 90:220\n1 | weight | 30:20, 90:20"
OF_PARTS += [
    Spec("a weight on a third day is no visit", PER_KG, f"{VOLUMES}, 60:20", {"1": "yes"}),
    Spec("a volume on a third day is one", PER_KG, f"{VOLUMES}\n1 | volume | 60:500", {"1": UNKNOWN}),
]
EDGE = "not evaluable: after visits: partial date at the edge of the window"
#: Nobody knows on which day somebody looked, and did not write down how it was.
PARTIAL_VISITS = [
    Spec(
        name,
        f"{rule(written)}\npartial_dates: bounds",
        "\n".join(f"1 | {row}" for row in rows.split(" ; ")),
        {"1": answer},
    )
    for written in ("{held: {value: mmt, at_least: 70 points}, in: after, on: every visit}",)
    for name, rows, answer in (
        ("a recorded visit of a partial date", "mmt | 40:72, 90:75 ; visit | 80~100@90", EDGE),
        ("a recorded visit of a partial date that may lie behind", "mmt | 40:72, 90:75 ; visit | 175~190@185", EDGE),
        ("a recorded visit of a partial date behind it", "mmt | 40:72, 90:75 ; visit | 181~190@185", "yes"),
        (
            "a recorded visit of a partial date, and not strong on another",
            "mmt | 40:60, 90:75 ; visit | 80~100@90",
            "no",
        ),
    )
]


SPECS = [*PARTIAL_VISITS, *OF_PARTS, *EVERY, *TIMES, *LASTING, *DOSES]


@on_every_engine(SPECS)
def test_held(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@pytest.mark.parametrize("most", [1, 200])
def test_days_read_in_parts_give_the_same_answers(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every day is read, so many days are read at once that they fit into memory: one case, or a few."""
    study = protocol(rule("{held: {value: dose, at_most: 5 mg/day}, in: after, on: every visit}"))
    rows = "\n".join(
        f"{patient} | prednisone | 0..{5 + 10 * patient} 10 mg; {6 + 10 * patient}.. 5 mg\n{patient} | visit | 200"
        for patient in range(1, 8)
    )
    at_once = answers(study, rows, "duckdb")
    monkeypatch.setattr(held_rule, "MOST_DAYS", most)
    assert at_once == answers(study, rows, "duckdb")
    assert {True, False} == {one.truth for one in at_once.verdicts.values()}
