"""The daily dose: what the patient took on arrival at the visit."""

from __future__ import annotations

from tests.spec.small import Spec, on_every_engine

STEROID = """
measures:
  steroid: {{daily_dose: systemic glucocorticoids, as: {unit}, if_zero_baseline: not evaluable{more}}}
  weight: {{quantity: weight, unit: kg, better: none}}
windows:
  baseline: {{from: -90 days, to: 0 days, take: last}}
  after: {{from: 46 days, to: 134 days, target: 90 days, take: nearest, tie: earlier}}
outcomes:
  response: {{at: after, rule: {{any: [{{gain: mmt, at_least: 4 points}}, {{decrease: steroid, more_than: 15 % of baseline}}]}}}}
robustness: {{dose: [{grid}]}}
"""
VISITS = "1 | mmt | 0:50, 90:50\n"


def steroid(more: str = "", unit: str = "prednisone mg/day", grid: str = "") -> str:
    more = f"{more}, outside_courses: zero" if more and "outside" not in more else more or "outside_courses: zero"
    return STEROID.format(unit=unit, more=f", {more}", grid=grid)


def dose(name: str, courses: str, answer: str, more: str = "", unit: str = "prednisone mg/day", cell: int = 0,
         grid: str = "") -> Spec:  # fmt: skip
    return Spec(name, steroid(more, unit, grid), VISITS + courses, {"1": answer}, cell)


def pred(rows: str) -> str:
    return f"1 | prednisone | {rows}"


KG = "weight: weight, weight_within: 30 days"

MMF_AND_ACID = "1 | mycophenolate mofetil | -30..20 500 mg x2\n1 | mycophenolic acid | 21.. 360 mg x2"


def of_form(name: str, drug: str, answer: str, more: str = "") -> Spec:
    changes = steroid(unit="mg/day").replace("systemic glucocorticoids", drug) + more
    return Spec(name, changes, VISITS + MMF_AND_ACID, {"1": answer})


SPECS = [
    of_form("another form counts by what it is worth of the named one", "mycophenolate mofetil",
            "baseline steroid 1000 @0; after steroid 1000 @90; no"),
    of_form("named by its other form", "mycophenolic acid", "baseline steroid 720 @0; after steroid 720 @90; no"),
    of_form("forms kept apart by the study", "mycophenolate mofetil", "baseline steroid 1000 @0; after steroid 0 @90; yes",
            "drugs: {mycophenolate mofetil: {alone: yes}}\n"),
    dose("one course", pred("-30.. 20 mg"), "baseline steroid 20 @0; after steroid 20 @90; no"),
    dose("a change on the visit's day counts from the next", pred("-30..-1 40 mg; 0..89 30 mg; 90.. 20 mg"),
         "baseline steroid 40 @0; after steroid 30 @90; yes"),
    dose("a change the day before counts", pred("-30..-2 40 mg; -1..88 30 mg; 89.. 20 mg"),
         "baseline steroid 30 @0; after steroid 20 @90"),
    dose("the last day taken is the day before", pred("-30..-1 40 mg; 10..89 30 mg"),
         "baseline steroid 40 @0; after steroid 30 @90"),
    dose("stopped two days before is stopped", pred("-30..-2 40 mg; 10..88 30 mg"),
         "baseline steroid 0 @0; after steroid 0 @90; not evaluable: baseline steroid: zero baseline"),
    dose("begun on the day is not yet taken", pred("0.. 40 mg"), "baseline steroid 0 @0; after steroid 40 @90"),
    dose("doses of several drugs are added",
         pred("-30.. 10 mg") + "\n1 | methylprednisolone | -10.. 4 mg x2\n1 | hydrocortisone | -5.. 10 mg x2",
         "after steroid 25 @90"),
    dose("alternate days are halved", pred("-30.. 15 mg x1/2"), "after steroid 7.5 @90"),
    dose("weekly doses are spread", pred("-30.. 7 mg x1/7"), "after steroid 1 @90"),
    dose("topical, inhaled and intra-articular never count",
         pred("-30.. 10 mg") + "\n1 | triamcinolone | -30.. 40 mg intra-articular; -30.. 1 mg topical; -30.. 1 mg inhaled",
         "after steroid 10 @90"),
    dose("pulses stand apart", pred("-30.. 10 mg") + "\n1 | methylprednisolone | 88..90 1000 mg x1 intravenous pulse",
         "after steroid 10 @90"),
    dose("pulses included where declared",
         pred("-30.. 10 mg") + "\n1 | methylprednisolone | 88..90 1000 mg x1 intravenous pulse",
         "after steroid 1260 @90", "pulses: included"),
    dose("between courses zero", pred("-30..10 20 mg; 120.. 20 mg"), "baseline steroid 20 @0; after steroid 0 @90; yes"),
    dose("between courses not evaluable", pred("-30..10 20 mg; 120.. 20 mg"),
         "after steroid between courses @90; not evaluable: after steroid: between courses", "outside_courses: not evaluable"),
    dose("no course at all is not recorded", "1 | methotrexate | -30.. 10 mg x1/7",
         "baseline steroid no course recorded @0; after steroid no course recorded @90"),
    dose("only a pulse is no course", "1 | methylprednisolone | 5..7 1000 mg intravenous pulse",
         "after steroid no course recorded @90"),
    dose("never on the group is zero", "1 | never: Systemic  Glucocorticoids |",
         "baseline steroid 0 @0; after steroid 0 @90"),
    dose("never on one of its drugs is zero", "1 | never: prednisone |", "after steroid 0 @90"),
    dose("never on another group says nothing", "1 | never: biologics |", "after steroid no course recorded @90"),
    dose("a dose without amount", pred("-30.. 20 mg; -20.. mg"), "after steroid dose not recorded @90"),
    dose("a unit that is no weight", pred("-30.. 2 unit"), "after steroid dose not recorded @90"),
    dose("a drug without agreed equivalence", pred("-30.. 20 mg") + "\n1 | vamorolone | -30.. 100 mg",
         "after steroid no equivalence @90"),
    dose("the first reason in the stated order", "1 | vamorolone | -30.. 100 mg\n1 | prednisone | -30.. mg",
         "after steroid dose not recorded @90"),
    Spec("the study's own equivalence wins", "equivalences: {vamorolone: 7.5}\n" + steroid(),
         VISITS + "1 | vamorolone | -30.. 15 mg", {"1": "after steroid 10 @90"}),
    dose("not as equivalents", "1 | methylprednisolone | -30.. 8 mg\n1 | prednisone | -30.. 2 mg", "after steroid 10 @90",
         unit="mg/day"),
    dose("mg/kg with the nearest weight", pred("-30.. 20 mg") + "\n1 | weight | -5:40, 2:50, 61:64, 120:80",
         "baseline steroid 0.4 @0; after steroid 0.3125 @90", KG, "prednisone mg/kg/day"),
    dose("weights equally near: the earlier", pred("-30.. 20 mg") + "\n1 | weight | 85:40, 95:50",
         "after steroid 0.5 @90", KG, "prednisone mg/kg/day"),
    dose("weights of one day: their mean", pred("-30.. 20 mg") + "\n1 | weight | 90:40, 90:60, 90:60",
         "after steroid 0.4 @90", KG, "prednisone mg/kg/day"),
    dose("no weight near enough", pred("-30.. 20 mg") + "\n1 | weight | 59:40, 121:50, 90:<45",
         "after steroid no weight @90", KG, "prednisone mg/kg/day"),
    dose("a weight at the declared distance", pred("-30.. 20 mg") + "\n1 | weight | 60:40",
         "after steroid 0.5 @90", KG, "prednisone mg/kg/day"),
    dose("written per kg as it is", pred("-30.. 0.5 mg/kg x2"), "after steroid 1 @90", KG, "prednisone mg/kg/day"),
    dose("written per kg, wanted in mg", pred("-30.. 0.5 mg/kg x2") + "\n1 | weight | 88:30", "after steroid 30 @90", KG),
    dose("written per kg without weight", pred("-30.. 0.5 mg/kg x2"), "after steroid no weight @90", KG),
    dose("a weight of 0 is none", pred("-30.. 20 mg") + "\n1 | weight | 90:0, 95:40", "after steroid 0.5 @90", KG,
         "prednisone mg/kg/day"),
    dose("the grid's unit", pred("-30.. 20 mg") + "\n1 | weight | 90:50", "after steroid 0.4 @90", KG, cell=1,
         grid="prednisone mg/kg/day"),
    dose("doses written at visits", "1 | steroid | 0:20, 90:10", "baseline steroid 20 @0; after steroid 10 @90; yes",
         "source: visits"),
    dose("doses written at visits per kg in the grid", "1 | steroid | 0:20, 90:10\n1 | weight | 80:40",
         "baseline steroid no weight @0; after steroid 0.25 @90", f"source: visits, {KG}", cell=1,
         grid="prednisone mg/kg/day"),
    Spec("doses written at visits make a visit", steroid("source: visits"), "1 | mmt | 0:50\n1 | steroid | 0:20, 91:10",
         {"1": "after steroid 10 @91; after mmt not recorded at this visit @91; yes"}),
    Spec("without a visit there is no day", steroid(), "1 | mmt | 0:50\n" + pred("-30.. 20 mg"),
         {"1": "after steroid no visit in window; baseline steroid 20 @0"}),
]  # fmt: skip

ALONE = """
measures: {{mmt: ~, steroid: {{daily_dose: systemic glucocorticoids, as: prednisone mg/day}}}}
windows:
  baseline: {{from: -90 days, to: -5 days, take: {before}}}
  after: {{from: 46 days, to: 134 days, target: 90 days, take: {after}}}
outcomes: {{response: {{at: after, rule: {{decrease: steroid, more_than: 15 % of baseline}}}}}}
"""
COURSES = "1 | prednisone | -100..-20 40 mg; -19..60 30 mg; 61..110 20 mg; 111.. 10 mg\n"


def alone(name: str, before: str, after: str, seen: int, answer: str) -> Spec:
    return Spec(name, ALONE.format(before=before, after=after), f"{COURSES}1 | visit | {seen}", {"1": answer})


SPECS += [
    alone("a rule on doses alone: target and last day", "last", "nearest", 200,
          "baseline steroid 30 @-5; after steroid 20 @90; assessed @90; yes"),
    alone("first and last day", "first", "last", 200, "baseline steroid 40 @-90; after steroid 10 @134; assessed @134"),
    alone("observed to that very day", "last", "nearest", 90, "after steroid 20 @90; assessed @90"),
    alone("not observed any more", "last", "nearest", 89,
          "after steroid after the end of follow-up @90; not assessed; "
          "not evaluable: after steroid: after the end of follow-up"),
]  # fmt: skip

SIDE_BY_SIDE = """
measures:
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, outside_courses: zero}
  per kilo: {daily_dose: systemic glucocorticoids, as: prednisone mg/kg/day, outside_courses: zero, weight: weight, weight_within: 60 days}
  weight: {quantity: weight, unit: kg, better: none}
outcomes: {response: {at: after, rule: {all: [{value: steroid, at_most: 10 mg/day}, {value: per kilo, at_most: 0.5 mg/kg/day}]}}}
"""
CHILDREN = """
1 | mmt | 0:50, 90:60
1 | prednisone | -100..300 10 mg
1 | weight | 90:20
2 | mmt | 0:50, 90:60
2 | prednisone | -100..300 10 mg
2 | weight | 90:19
3 | mmt | 0:50, 90:60
3 | prednisone | -100..300 11 mg
3 | weight | 90:30
4 | mmt | 0:50, 90:60
4 | prednisone | -100..300 10 mg
5 | mmt | 0:50, 90:60
5 | prednisone | -100..300 11 mg
"""
SPECS.append(
    Spec("mg a day and mg per kg a day, each in its own unit", SIDE_BY_SIDE, CHILDREN,
         {"1": "yes; after steroid 10 @90; after per kilo 0.5 @90", "2": "no", "3": "no",
          "4": "not evaluable: after per kilo: no weight", "5": "no"})
)  # fmt: skip


@on_every_engine(SPECS)
def test_doses(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)
