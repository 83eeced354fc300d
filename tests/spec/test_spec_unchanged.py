"""A drug taken as before: a change is one from the day after the first of the window on, and what nobody knows is neither."""

from __future__ import annotations

from tests.spec.small import Spec, on_every_engine

STUDY = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  after: {from: 30 days, to: 60 days, take: last, same_day: worst}
"""
NOT = "not evaluable: after prednisone: "
SEEN = "1 | mmt | 0:50, 60:60"
#: A drug of another patient, so that drugs are charted.
CHARTED = "2 | mmt | 0:50 ; 2 | IVIG | -5..-4 ; 2 | methotrexate | -5..-4"


def spec(name: str, rows: str, answer: str, rule: str = "{unchanged: prednisone, in: after}", more: str = "") -> Spec:
    changes = f"{STUDY}{more}\noutcomes: {{response: {{at: after, rule: {rule}}}}}"
    return Spec(name, changes, "\n".join(f"{SEEN} ; {rows} ; {CHARTED}".split(" ; ")), {"1": answer})


def taken(name: str, courses: str, answer: str) -> Spec:
    return spec(name, f"1 | prednisone | {courses}", answer)


GLUCOCORTICOIDS = "{unchanged: systemic glucocorticoids, in: after}"
UNCHANGED = [
    taken("one dose throughout", "-90.. 10 mg", "yes"),
    taken("begun on the first day of the window", "30.. 10 mg", "no"),
    taken("begun the day before the window", "29.. 10 mg", "yes"),
    taken("begun on the last day of the window counts from the day after", "60.. 10 mg", "yes"),
    taken("begun the day before the last", "59.. 10 mg", "no"),
    taken("last taken the day before the window", "0..29 10 mg", "no"),
    taken("last taken two days before the window", "0..28 10 mg", "yes"),
    taken("last taken the day before the last", "0..59 10 mg", "yes"),
    taken("last taken two days before the last", "0..58 10 mg", "no"),
    taken("another dose", "0..40 10 mg; 41.. 5 mg", "no"),
    taken("the same dose, prescribed again", "0..40 10 mg; 41.. 10 mg", "yes"),
    taken("two rows on the same days are more than one", "0..45 10 mg; 35.. 10 mg", "no"),
    taken("two rows instead of one with their sum", "0..40 10 mg; 41.. 4 mg; 41.. 6 mg", "yes"),
    taken("two rows throughout", "0.. 4 mg; 10.. 6 mg", "yes"),
    taken("a second row beside for some days", "0.. 10 mg; 40..45 5 mg", "no"),
    taken("a second row beside ends as another begins", "0.. 10 mg; 20..40 5 mg; 41.. 5 mg", "yes"),
    taken("one row ends as two begin, one not to the day", "0..40 10 mg; 41.. 4 mg; 40~42.. 6 mg", f"{NOT}days of a course not known"),
    taken("less after days of which the dose is not known", "0..38~42 10 mg; 40.. 5 mg", "no"),
    taken("an addition on days that are not known", "0.. 10 mg; 35~50.. 10 mg", "no"),
    taken("parts of a week that add up", "0..40 10 mg; 41.. 35 mg x1/7; 41.. 35 mg x1/7", "yes"),
    taken("a dose not recorded beside one that is", "0.. 10 mg; 35..45", "no"),
    taken("a dose not recorded beside, throughout", "0.. 10 mg; 0..", f"{NOT}dose not recorded"),
    taken("as much a kg", "0..40 10 mg; 41.. 1 mg/kg", f"{NOT}doses in different units"),
    taken("so much a kg throughout", "0..40 1 mg/kg; 41.. 1 mg/kg", "yes"),
    taken("less a kg", "0..40 1 mg/kg; 41.. 0.5 mg/kg", "no"),
    taken("so much a kg beside", "0.. 10 mg; 41.. 1 mg/kg", "no"),
    taken("stopped, of two units", "0..40 10 mg; 0..40 1 mg/kg", "no"),
    taken("a unit of which nobody knows how much it is", "0..40 1 unit; 41.. 1 unit", f"{NOT}dose not recorded"),
    taken("begun in a unit of which nobody knows how much it is", "35.. 1 unit", "no"),
    taken("a day without it between", "0..40 10 mg; 42.. 10 mg", "no"),
    taken("the same dose of a day in two parts", "0..40 10 mg; 41.. 5 mg x2", "yes"),
    taken("the same amount twice a day", "0..40 10 mg; 41.. 10 mg x2", "no"),
    taken("a dose that is not recorded", "0..", f"{NOT}dose not recorded"),
    taken("a dose not recorded, begun in the window", "35..", "no"),
    taken("a dose not recorded follows one that is", "0..40 10 mg; 41..", f"{NOT}dose not recorded"),
    taken("a dose not recorded before the window", "-90..20; 21.. 10 mg", "yes"),
    taken("begun on a day that is not known, in the window", "35~50.. 10 mg", "no"),
    taken("begun about the first day of the window", "25~35.. 10 mg", f"{NOT}days of a course not known"),
    taken("begun before the window on a day that is not known", "10~29.. 10 mg", "yes"),
    taken("ended on a day that is not known, in the window", "0..35~50 10 mg", "no"),
    taken("it may go on, or have ended in the window", "0..40~ 10 mg", f"{NOT}days of a course not known"),
    taken("begun and ended in the window, on days that are not known", "35~45..40~50 10 mg", "no"),
    taken("prescribed again about the day on which it ended", "0..40 10 mg; 38~45.. 10 mg", f"{NOT}days of a course not known"),
    taken("a dose of 0 is not taken", "0..40 0 mg; 41.. 0 mg", "yes"),
    spec("never taken, where drugs are charted", "1 | IVIG | -40..-35", "yes"),
    spec("not recorded, where drugs are not charted", "- | not charted | other drugs", f"{NOT}not charted"),
    spec("changed, whatever was charted", "1 | prednisone | 35.. 10 mg ; - | not charted | other drugs", "no"),
    spec("of a group only some drugs were charted", "- | only other drugs | prednisone", "not evaluable: after systemic glucocorticoids: not charted",
         GLUCOCORTICOIDS),
    spec("a row that was not used", "1 | prednisone | 0.. 10 mg ; 1 | unread: prednisone | 40..50", f"{NOT}a drug row not used"),
    spec("a row of another drug", "1 | prednisone | 0.. 10 mg ; 1 | unread: methotrexate | 40..50", "yes"),
    spec("a row that was not used, before the window", "1 | prednisone | 0.. 10 mg ; 1 | unread | 10..28", "yes"),
    spec("begun in the window, unless by a row not used", "1 | prednisone | 40.. 10 mg ; 1 | unread | 20..39", f"{NOT}a drug row not used"),
    spec("from prednisone to as much prednisolone", "1 | prednisone | 0..40 10 mg ; 1 | prednisolone | 41.. 10 mg", "no", GLUCOCORTICOIDS),
    spec("a pulse beside", "1 | prednisone | 0.. 10 mg ; 1 | methylprednisolone | 40..42 1000 mg x1 intravenous pulse", "no", GLUCOCORTICOIDS),
    spec("another drug changes", "1 | prednisone | 0.. 10 mg ; 1 | methotrexate | 40.. 10 mg", "yes"),
    spec("follow-up ends before the window does", "1 | prednisone | 0.. 10 mg", "yes", "{unchanged: prednisone, in: baseline}"),
    Spec("not seen to the last day of the window", f"{STUDY}\noutcomes: {{response: {{at: after, rule: {{unchanged: prednisone, in: after}}}}}}",
         "1 | mmt | 0:50, 59:60\n1 | prednisone | 0.. 10 mg\n1 | IVIG | 0..1", {"1": f"{NOT}after the end of follow-up"}),
    spec("the window leaves observed time", "1 | prednisone | 0.. 10 mg ; 1 | observed | -400..59 ; 2 | observed | -400..59",
         f"{NOT}window leaves observed time"),
    spec("observed too late to see what was collected before", "1 | prednisone | 0.. 10 mg ; 1 | observed | -10..100 ; 2 | observed | -10..100",
         f"{NOT}supply before observation not known"),
    spec("observed too late to see what was taken before it began", "1 | prednisone | 40.. 10 mg ; 1 | observed | -10..100 ; 2 | observed | -10..100",
         f"{NOT}supply before observation not known"),
    spec("observed long enough before it began", "1 | prednisone | 40.. 10 mg ; 1 | observed | -60..99 ; 2 | observed | -60..99",
         "no"),
    spec("a supply lasts to the last day of observation", "1 | prednisone | 0..55 10 mg ; 1 | observed | -400..55 ; 2 | observed | -400..55",
         f"{NOT}window leaves observed time"),
    spec("a supply ends within observation", "1 | prednisone | 0..54 10 mg ; 1 | observed | -400..55 ; 2 | observed | -400..55",
         "no"),
    spec("stable while a score is held", "1 | prednisone | 0.. 10 mg", "yes",
         "{all: [{unchanged: prednisone, in: after}, {held: {value: mmt, at_least: 60 points}, in: after, on: every visit}]}"),
]  # fmt: skip


SPECS = UNCHANGED


@on_every_engine(SPECS)
def test_unchanged(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)
