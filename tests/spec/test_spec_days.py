"""Days that are not known to the day: what holds on each possible day is known, what differs between them is not."""

from __future__ import annotations

import pytest
from tests.spec.small import IMPLEMENTATIONS, Spec, answers, on_every_engine, protocol
from tests.spec.test_spec_cases import first, taken
from tests.spec.test_spec_dose import KG, VISITS, pred, steroid
from tests.spec.test_spec_events import MMF, SEEN, effects

UNSURE = "days of a course not known"
UNREAD = "a drug row not used"


def dose(name: str, rows: str, answer: str, more: str = "", unit: str = "prednisone mg/day") -> Spec:
    return Spec(name, steroid(more, unit), VISITS + rows, {"1": answer})


DOSES = [
    dose("a last day known to the month: still taken, or not", pred("-30..80~100 20 mg"),
         f"baseline steroid 20 @0; after steroid {UNSURE} @90; not evaluable: after steroid: {UNSURE}"),
    dose("the earliest last day is the day before", pred("-30..89~100 20 mg"), "after steroid 20 @90"),
    dose("the earliest last day is two days before", pred("-30..88~100 20 mg"), f"after steroid {UNSURE} @90"),
    dose("the latest last day is two days before", pred("-30..70~88 20 mg"), "after steroid 0 @90; yes"),
    dose("the latest last day is the day before", pred("-30..70~89 20 mg"), f"after steroid {UNSURE} @90"),
    dose("a first day known to the month: taken, or not yet", pred("-30..10 40 mg; 80~100.. 20 mg"), f"after steroid {UNSURE} @90"),
    dose("the latest first day is the day before", pred("-30..10 40 mg; 60~89.. 20 mg"), "after steroid 20 @90; yes"),
    dose("the latest first day is the day itself", pred("-30..10 40 mg; 60~90.. 20 mg"), f"after steroid {UNSURE} @90"),
    dose("the earliest first day is the day itself", pred("-30..10 40 mg; 90~110.. 20 mg"), "after steroid 0 @90"),
    dose("one dose after another, changed in a month: neither, both or the middle", pred("-30..80~100 40 mg; 80~100.. 20 mg"),
         f"baseline steroid 40 @0; after steroid {UNSURE} @90"),
    dose("after that month the new dose is known", pred("-30..50~80 40 mg; 50~80.. 20 mg"), "after steroid 20 @90; yes"),
    dose("what may be taken beside what is", pred("-30.. 20 mg; -30..80~100 5 mg"), f"after steroid {UNSURE} @90"),
    dose("a course of 0 mg changes nothing, whenever it ended", pred("-30.. 20 mg; -30..80~100 0 mg"), "after steroid 20 @90"),
    dose("nor does one of 0 mg alone, where outside courses is zero", pred("-30..80~100 0 mg"), "after steroid 0 @90"),
    dose("where it is not, it does", pred("-30..80~100 0 mg"), f"after steroid {UNSURE} @90", "outside_courses: not evaluable"),
    dose("duration unknown: taken on its day, and nobody knows how long", pred("-1..? 20 mg"),
         f"baseline steroid 20 @0; after steroid {UNSURE} @90"),
    dose("duration unknown, before the day asked", pred("-30..? 20 mg; 20.. 10 mg"), f"baseline steroid {UNSURE} @0; after steroid {UNSURE} @90"),
    dose("perhaps taken on", pred("-30..89~ 20 mg"), "after steroid 20 @90"),
    dose("perhaps taken on, after its known days", pred("-30..88~ 20 mg"), f"after steroid {UNSURE} @90"),
    dose("both ends known to the month", pred("-40~-20..80~95 20 mg"), f"baseline steroid 20 @0; after steroid {UNSURE} @90"),
    dose("a missing amount is named first where the course runs on each possible day", pred("-30..89~100 mg; -30..80~100 20 mg"),
         "after steroid dose not recorded @90"),
    dose("and not where it may have ended", pred("-30.. 20 mg; -30..80~100 mg"), f"after steroid {UNSURE} @90"),
    dose("a topical course does not matter", pred("-30.. 20 mg; -30..80~100 1 mg topical"), "after steroid 20 @90"),
    dose("a pulse apart does not matter", pred("-30.. 20 mg") + "\n1 | methylprednisolone | 80~95..100 1000 mg pulse", "after steroid 20 @90"),
    dose("another drug does not matter", pred("-30.. 20 mg") + "\n1 | methotrexate | -30..80~100 10 mg", "after steroid 20 @90"),
    dose("before the weight", pred("-30..80~100 20 mg"), f"after steroid {UNSURE} @90", KG, "prednisone mg/kg/day"),
    dose("a weight of which the day is not known is none", pred("-30.. 20 mg") + "\n1 | weight | 80~100@90:50, 65:40",
         "after steroid 0.5 @90", KG, "prednisone mg/kg/day"),
    dose("the weight is asked for what is taken for certain", pred("-30.. 20 mg; -30..80~100 0 mg"), "after steroid no weight @90", KG,
         "prednisone mg/kg/day"),
]  # fmt: skip

UNREAD_ROWS = [
    dose("a drug row nobody can tell may be the drug", pred("-30..10 20 mg") + "\n1 | unread | 80..100",
         f"baseline steroid 20 @0; after steroid {UNREAD} @90; not evaluable: after steroid: {UNREAD}"),
    dose("also beside a course that is known", pred("-30.. 20 mg") + "\n1 | unread | 80..100", f"after steroid {UNREAD} @90"),
    dose("not before its days", pred("-30.. 20 mg") + "\n1 | unread | 90..100", "after steroid 20 @90"),
    dose("from the day after its first", pred("-30.. 20 mg") + "\n1 | unread | 89..100", f"after steroid {UNREAD} @90"),
    dose("to the day after its last", pred("-30.. 20 mg") + "\n1 | unread | 80..89", f"after steroid {UNREAD} @90"),
    dose("not after its days", pred("-30.. 20 mg") + "\n1 | unread | 80..88", "baseline steroid 20 @0; after steroid 20 @90"),
    dose("from its first day on, where its end is not known", pred("-30.. 20 mg") + "\n1 | unread | 5..",
         f"baseline steroid 20 @0; after steroid {UNREAD} @90"),
    dose("any day before its end, where its start is not known", pred("-30.. 20 mg") + "\n1 | unread | ..5",
         f"baseline steroid {UNREAD} @0; after steroid 20 @90"),
    dose("any day where neither is", pred("-30.. 20 mg") + "\n1 | unread | ..",
         f"baseline steroid {UNREAD} @0; after steroid {UNREAD} @90"),
    dose("a row of a drug of the group", pred("-30..10 20 mg") + "\n1 | unread: prednisolone | 80..", f"after steroid {UNREAD} @90"),
    dose("a row of another drug", pred("-30..10 20 mg") + "\n1 | unread: methotrexate | 80..", "after steroid 0 @90; yes"),
    dose("no course beside it", "1 | unread: prednisolone | 80..", f"baseline steroid no course recorded @0; after steroid {UNREAD} @90"),
    dose("a note that none was given is no proof against it", "1 | never: prednisone |\n1 | unread | 80..",
         f"baseline steroid 0 @0; after steroid {UNREAD} @90"),
    dose("the row of another patient", pred("-30.. 20 mg") + "\n2 | unread | ..", "after steroid 20 @90"),
]  # fmt: skip


@on_every_engine(DOSES)
def test_a_dose_is_known_where_each_possible_day_says_the_same(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@on_every_engine(UNREAD_ROWS)
def test_a_dose_is_not_known_on_days_that_a_row_not_used_may_have_covered(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


def event(name: str, rows: str, answer: str, **changed: str) -> Spec:
    return Spec(name, effects(**changed), rows, {"1": answer})


NOT_DIED = "decided by the rule; yes"
DIED = "event death; decided by death; no; rule yes"
UNKNOWN = "decided by the rule; rule yes; not evaluable: event not known: "
OBSERVED = "1 | mmt | 0:50, 90:54\n"
NO_VISIT = "1 | mmt | 0:50\n"

EVENTS = [
    event("a death in the month before the assessment or after it", SEEN + "1 | death | 80~100", f"{UNKNOWN}death; not known: death",
          death="non-responder"),
    event("a death of which the latest day is the assessment's", SEEN + "1 | death | 80~90", DIED, death="non-responder"),
    event("a death of which the earliest day is the assessment's", SEEN + "1 | death | 90~100", f"{UNKNOWN}death", death="non-responder"),
    event("a death after it, whenever it was", SEEN + "1 | death | 91~120", NOT_DIED, death="non-responder"),
    event("as observed a death that is not known decides nothing", SEEN + "1 | death | 80~100", f"{NOT_DIED}; not known: death"),
    event("nor where the rule answers as the death would", OBSERVED.replace("54", "50") + MMF + "1 | death | 80~100",
          "no; decided by the rule; rule no; not known: death", death="non-responder"),
    event("nor where another event is certain and answers the same",
          SEEN + "1 | death | 80~100\n1 | methotrexate | 20.. 10 mg", "no; decided by rescue added; not known: death", death="non-responder",
          rescue="non-responder"),
    event("where the certain event answers otherwise it does", SEEN + "1 | death | 80~100\n1 | methotrexate | 20.. 10 mg",
          "event rescue added; not evaluable: event not known: death", death="non-responder", rescue="not evaluable"),
    event("seen after the assessment in the month of the death", SEEN + "1 | death | 80~100\n1 | visit | 95",
          "yes; decided by the rule; followed to 95~100",
          death="non-responder"),
    event("seen on the day after the assessment", SEEN + "1 | death | 80~100\n1 | visit | 91", "yes; decided by the rule", death="non-responder"),
    event("a code in the month of the death observes nobody", SEEN + "1 | death | 80~100\n1 | mmt | 95:ND", f"{UNKNOWN}death", death="non-responder"),
    event("a day that may lie in the month of the death", SEEN + "1 | death | 80~100\n1 | visit | 85~95", f"{UNKNOWN}death", death="non-responder"),
    event("a certain event before it decides", SEEN + "1 | death | 90\n1 | methotrexate | 80~95.. 10 mg", "decided by death; no",
          death="non-responder", rescue="responder"),
    event("of two that are not known, the first that matters", SEEN + "1 | death | 80~100\n1 | methotrexate | 80~95.. 10 mg",
          "not evaluable: event not known: rescue added; not known: death", death="responder", rescue="non-responder"),
    event("lost, or dead before the window", MMF + NO_VISIT + "1 | death | 30~140",
          "not known: death; not known: lost; not evaluable: event not known: death", death="non-responder", lost="not evaluable"),
    event("dead within the window, on whatever day: not lost", MMF + NO_VISIT + "1 | death | 100~130", "event death; no",
          death="non-responder", lost="not evaluable"),
    event("last seen on a day that is known in part", MMF + NO_VISIT + "1 | visit | 40~50", "not known: lost; not evaluable: event not known: lost",
          lost="non-responder"),
    event("last seen before the window, on whatever day", MMF + NO_VISIT + "1 | visit | 40~45", "event lost; no", lost="non-responder"),
    event("rescue begun in the month of the assessment", SEEN + "1 | methotrexate | 80~100.. 10 mg", f"{UNKNOWN}rescue added",
          rescue="non-responder"),
    event("rescue begun by the day before, whenever", SEEN + "1 | methotrexate | 60~89.. 10 mg", "event rescue added; no", rescue="non-responder"),
    event("rescue begun on the assessment day at the earliest", SEEN + "1 | methotrexate | 90~100.. 10 mg", "yes", rescue="non-responder"),
    event("a drug row that may be a rescue", SEEN + "1 | unread | 20..30", f"{UNKNOWN}rescue added", rescue="non-responder"),
    event("a drug row of a rescue, its days unknown", SEEN + "1 | unread: methotrexate | ..", f"{UNKNOWN}rescue added", rescue="non-responder"),
    event("a drug row of the index date is no rescue", SEEN + "1 | unread | 0..30", "yes", rescue="non-responder"),
    event("nor one that began on the assessment day", SEEN + "1 | unread | 90..100", "yes", rescue="non-responder"),
    event("one of the day before may be", SEEN + "1 | unread | 89..100", f"{UNKNOWN}rescue added", rescue="non-responder"),
    event("one that ended by the index date is none", SEEN + "1 | unread | ..0", "yes", rescue="non-responder"),
    event("one that ended on the day after may be", SEEN + "1 | unread | ..1", f"{UNKNOWN}rescue added", rescue="non-responder"),
    event("a drug row of another drug is none", SEEN + "1 | unread: prednisolone | 20..30", "yes", rescue="non-responder"),
    event("beside a rescue for certain it decides nothing", SEEN + "1 | unread | 20..30\n1 | methotrexate | 60.. 10 mg", "event rescue added; no",
          rescue="non-responder, restart_after: 14 days"),
    event("begun in the month of the index date: before it, or added", SEEN + "1 | methotrexate | -10~10.. 10 mg", f"{UNKNOWN}rescue added",
          rescue="non-responder"),
    event("begun by the index date, whenever", SEEN + "1 | methotrexate | -10~0.. 10 mg", "yes", rescue="non-responder"),
    event("given on the index date for nobody knows how long, and again", SEEN + "1 | methotrexate | 0..? 10 mg; 60..? 10 mg",
          f"{UNKNOWN}rescue added", rescue="non-responder"),
    event("an earlier drug that may have run on", SEEN + "1 | methotrexate | -50..-20~30 10 mg; 40.. 10 mg", f"{UNKNOWN}rescue added",
          rescue="non-responder, restart_after: 14 days"),
    event("the study drug stopped in the month of the assessment", OBSERVED + "1 | mycophenolate mofetil | 0..80~100 500 mg",
          f"{UNKNOWN}drug stopped; last dose 80~100; on drug to 80~90", stopped="non-responder"),
    event("stopped two days before at the latest", OBSERVED + "1 | mycophenolate mofetil | 0..60~88 500 mg", "event drug stopped; no",
          stopped="non-responder"),
    event("taken to the day before at the earliest", OBSERVED + "1 | mycophenolate mofetil | 0..89~120 500 mg", "yes; on drug to 89~90",
          stopped="non-responder"),
    event("nobody knows how long it was taken", OBSERVED + "1 | mycophenolate mofetil | 0..? 500 mg", f"{UNKNOWN}drug stopped; last dose 0~",
          stopped="non-responder"),
    event("a pulse whose end is not known", SEEN + "1 | methylprednisolone | 60..70~80 1000 mg pulse", f"{UNKNOWN}pulse", pulse="not evaluable"),
    event("a pulse within the days before, whenever it ended", SEEN + "1 | methylprednisolone | 60..76~80 1000 mg pulse", "event pulse",
          pulse="not evaluable"),
    event("a pulse begun in the month of the assessment", SEEN + "1 | methylprednisolone | 80~100..100 1000 mg pulse", f"{UNKNOWN}pulse",
          pulse="not evaluable"),
    event("a dose raised, or only begun after the assessment", SEEN + "1 | prednisone | -30..40 20 mg; 80~100.. 40 mg",
          f"{UNKNOWN}steroid raised above baseline", raised="non-responder"),
    event("raised for certain, whatever else is not known",
          SEEN + "1 | prednisone | -30..40 20 mg; 41..60 40 mg; 80~100.. 40 mg", "event steroid raised above baseline; no", raised="non-responder"),
    event("a baseline that is not known", SEEN + "1 | prednisone | -30..-10~10 20 mg; 20.. 40 mg", f"{UNKNOWN}steroid raised above baseline",
          raised="non-responder"),
    event("a drug row not used in between", SEEN + "1 | prednisone | -30.. 20 mg\n1 | unread | 30..40", f"{UNKNOWN}steroid raised above baseline",
          raised="non-responder"),
    event("a drug row not used, after the assessment", SEEN + "1 | prednisone | -30.. 20 mg\n1 | unread | 90..", "yes", raised="non-responder"),
]  # fmt: skip


@on_every_engine(EVENTS)
def test_an_event_that_may_have_occurred_leaves_open_what_depends_on_it(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


def who(name: str, rows: str, answer: str, criteria: str = "", index: str = ", restart_after: 60 days") -> Spec:
    return Spec(name, first(index) + criteria, taken("0..") + rows, {"1": answer})


def courses(
    name: str, rows: str, answers: dict[str, str], index: str = ", restart_after: 60 days", per: str = "course"
) -> Spec:
    return Spec(name, first(index, per), taken(rows) + "1 | mmt | 400:50\n", answers)


PRIOR = "include: [{prior_drug: methotrexate, label: earlier}]\n"
RECENT = "include: [{prior_drug: methotrexate, within: 30 days, label: earlier}]\n"
FREE = "exclude: [{prior_drug: methotrexate, within: 30 days, label: too early}]\n"
BESIDE = "include: [{concurrent_drug: methotrexate, label: beside}]\n"
FOLLOWED = "include: [{minimum_follow_up: 90 days, flagged: looks into the future, label: followed}]\n"
AGED = "include: [{age: {below: 10 years}, at: diagnosis, label: aged}]\n"
START = "not known whether the drug was begun anew"

COHORT = [
    who("an earlier drug begun in the month of the index date", "1 | methotrexate | -10~10.. 10 mg", "excluded undetermined: earlier", PRIOR),
    who("begun the day before at the latest", "1 | methotrexate | -20~-1.. 10 mg", "included", PRIOR),
    who("begun on the index date at the earliest", "1 | methotrexate | 0~20.. 10 mg", "excluded: earlier", PRIOR),
    who("ended within the days before, or not", "1 | methotrexate | -90..-40~-20 10 mg", "excluded undetermined: earlier", RECENT),
    who("to be free of a drug that may have ended too late", "1 | methotrexate | -90..-40~-20 10 mg", "excluded undetermined: too early", FREE),
    who("to be free of a drug that ended in time", "1 | methotrexate | -90..-40~-31 10 mg", "included", FREE),
    who("nobody knows how long it was taken", "1 | methotrexate | -90..? 10 mg", "excluded undetermined: too early", FREE),
    who("another course decides", "1 | methotrexate | -90..? 10 mg; -20..-5 10 mg", "excluded: too early", FREE),
    who("taken beside the study drug, or ended", "1 | methotrexate | -90..-10~10 10 mg", "excluded undetermined: beside", BESIDE),
    who("taken beside it on each possible day", "1 | methotrexate | -90..0~10 10 mg", "included", BESIDE),
    who("a death in the month that ends the follow-up", "1 | death | 80~100", "excluded undetermined: followed", FOLLOWED),
    who("followed to a death late enough", "1 | death | 90~100", "included; followed to 90~100", FOLLOWED),
    who("followed to a death too early", "1 | death | 60~89", "excluded: followed", FOLLOWED),
    who("seen after the earliest possible day of death", "1 | visit | 95\n1 | death | 80~100", "included; followed to 95~100", FOLLOWED),
    who("last seen in a month", "1 | visit | 80~100", "excluded undetermined: followed", FOLLOWED),
    who("diagnosed in the month of a birthday", "1 | born | 1960-01-15\n1 | diagnosis: lupus | -20~20", "excluded undetermined: aged", AGED),
    who("diagnosed before it on each day", "1 | born | 1960-01-15\n1 | diagnosis: lupus | -20~13", "included", AGED),
]  # fmt: skip

EPISODES = [
    courses("an end known to the month, far from the next start", "0..10~40; 200..210",
            {"1/1": "included; last dose 10~40; on drug to 10~40", "1/2": "included; last dose 210"}),
    courses("near it on each day: one episode", "0..10~40; 60..210", {"1/1": "included; last dose 210"}),
    courses("near it on some days: the second may be no case, and the first may go on", "0..10~40; 90..210",
            {"1/1": "included; last dose 10~210; on drug to 10~210", "1/2": f"excluded undetermined: {START}"}),
    courses("the day decides: a gap of 60 or 61 days", "0..10~11; 72..210",
            {"1/1": "included; last dose 10~210", "1/2": f"excluded undetermined: {START}"}),
    courses("nobody knows how long the first was", "0..?; 90..210", {"1/1": "included; last dose 0~", "1/2": f"excluded undetermined: {START}"}),
    courses("per patient the first is the case, and how long it lasts is not known", "0..10~40; 90..210", {"1": "included; last dose 10~210"},
            per="patient"),
    courses("free for long enough on each day", "0..10~40; 130..210", {"1/2": "included"}, ", restart_after: 60 days, washout: 89 days"),
    courses("free for long enough on some days", "0..10~40; 130..210", {"1/2": "excluded undetermined: washout"},
            ", restart_after: 60 days, washout: 90 days"),
    courses("free for long enough on no day", "0..10~40; 130..210", {"1/2": "excluded: washout"},
            ", restart_after: 60 days, washout: 120 days"),
    courses("an index date known to the month", "0~20..", {"1": "excluded undetermined: index date not known to the day"}, per="patient"),
    courses("another row settles it", "0..5; 3~20..", {"1": "included; followed to 400"}, per="patient"),
    Spec("an index event known to the month", "case: {index_date: {first_event: Biopsy}, per: patient}", "1 | event: biopsy | 0~20\n1 | mmt | 0:5",
         {"1": "excluded undetermined: index date not known to the day"}),
    Spec("an earlier one settles it", "case: {index_date: {first_event: Biopsy}, per: patient}",
         "1 | event: biopsy | 0, 0~20\n1 | mmt | 0:50, 90:60", {"1": "yes"}),
]  # fmt: skip


@on_every_engine(COHORT)
def test_a_criterion_that_depends_on_the_day_is_undetermined(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@on_every_engine(EPISODES)
def test_an_episode_keeps_the_days_on_which_it_may_have_begun_and_ended(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


OUTSIDE = """
measures:
  steroid: {daily_dose: prednisone, as: mg/day, if_zero_baseline: not evaluable}
outcomes: {response: {at: after, rule: {decrease: steroid, at_least: 20 % of baseline}}}
"""


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_day_outside_all_courses_asks_what_it_means(implementation: str) -> None:
    rows = "1 | mmt | 0:50, 90:60\n1 | prednisone | -30..20 20 mg"
    assert ["outside_courses"] == sorted(
        {one.choice for one in answers(protocol(OUTSIDE), rows, implementation).needed}
    )
    declared = OUTSIDE.replace("mg/day,", "mg/day, outside_courses: zero,")
    assert [] == answers(protocol(declared), rows, implementation).needed
