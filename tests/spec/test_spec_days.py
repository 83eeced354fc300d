"""Days that are not known to the day: what holds on each possible day is known, what differs between them is not."""

from __future__ import annotations

from tests.spec.small import Spec, on_every_engine
from tests.spec.test_spec_dose import KG, VISITS, pred, steroid

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
