"""Intercurrent events: when each occurs, and which one decides."""

from __future__ import annotations

import pytest
from tests.spec.small import IMPLEMENTATIONS, Spec, answers, on_every_engine, open_choices, protocol

EVENTS = """
case: {{index_date: {{first_exposure: mycophenolate mofetil, restart_after: 60 days}}, per: patient}}
measures:
  steroid: {{daily_dose: systemic glucocorticoids, as: prednisone mg/day, if_zero_baseline: not evaluable{dose}, outside_courses: {outside}}}
  weight: {{quantity: weight, unit: kg, better: none}}
windows:
  baseline: {{from: -90 days, to: 0 days, take: last{before}}}
  after: {{from: 46 days, to: 134 days, target: 90 days, take: nearest, tie: earlier}}
intercurrent:
  death: {death}
  lost: {lost}
  rescue added: {{drugs: [conventional immunosuppressants, IVIG], verdict: {rescue}}}
  drug stopped: {stopped}
  steroid raised above baseline: {raised}
  pulse: {{within: 14 days, verdict: {pulse}}}
"""
MMF = "1 | mycophenolate mofetil | 0.. 500 mg x2\n"
VISITS = "1 | mmt | 0:50, 90:54\n"
SEEN = MMF + VISITS


def effects(**changed: str) -> str:
    names = ("death", "lost", "rescue", "stopped", "raised", "pulse")
    return EVENTS.format(
        **dict.fromkeys(names, "as observed") | {"dose": "", "before": "", "outside": "zero"} | changed
    )


def event(name: str, rows: str, answer: str, **changed: str) -> Spec:
    return Spec(name, effects(**changed), rows, {"1": answer})


def rescue(name: str, courses: str, answer: str) -> Spec:
    return event(name, SEEN + courses, answer, rescue="non-responder")


RESCUED = "event rescue added; decided by rescue added; no; rule yes"
NOT_RESCUED = "decided by the rule; yes"
RAISED = "event steroid raised above baseline; no; rule yes"
NOT_RAISED = "decided by the rule; yes"
PERHAPS_RAISED = "not evaluable: event not known: steroid raised above baseline; rule yes"


def raised(name: str, rows: str, answer: str, dose: str = "", before: str = "", outside: str = "zero") -> Spec:
    return event(name, rows, answer, raised="non-responder", dose=dose, before=before, outside=outside)


def pred(rows: str) -> str:
    return SEEN + f"1 | prednisone | {rows}"


def written(before: str = "", after: str = "", partial: str = "bounds") -> str:
    """A dose written at visits, under which a rise makes a non-responder."""
    page = effects(raised="non-responder", dose=", source: visits", before=before).replace(
        ", outside_courses: zero", ""
    )
    return page.replace("tie: earlier", f"tie: earlier{after}") + f"partial_dates: {partial}\n"


def visits(name: str, doses: str, answer: str, **changed: str) -> Spec:
    return Spec(f"written at visits: {name}", written(**changed), f"{SEEN}1 | steroid | {doses}", {"1": answer})


UNSEEN = MMF + "1 | mmt | 0:50\n1 | visit | 200\n"
ONLY_AFTER = MMF + "1 | mmt | 90:54\n"
ASKED = """
safety: {until_after_last_dose: 30 days, events: [flare]}
outcomes: {response: {at: after, rule: {all: [{value: mmt, at_least: 54 points}, {not: {occurs: flare, in: baseline}}]}}}
"""
LOW = "outcomes: {response: {at: after, rule: {value: mmt, at_least: 50 points}}}\n"

SPECS = [
    event("nothing happened", SEEN, "yes; decided by the rule; assessed @90"),
    event("death on the assessment day", SEEN + "1 | death | 90", "event death; decided by death; no; rule yes", death="non-responder"),
    event("death the day after", SEEN + "1 | death | 91", "decided by the rule; yes", death="non-responder"),
    event("death without assessment, on the last day", MMF + "1 | mmt | 0:50\n1 | death | 134",
          "event death; no; rule not evaluable; not assessed", death="non-responder"),
    event("death after the window", MMF + "1 | mmt | 0:50\n1 | death | 135",
          "decided by the rule; not evaluable: after mmt: no visit in window", death="non-responder"),
    event("as observed lists and does not decide", SEEN + "1 | death | 90", "event death; decided by the rule; yes"),
    event("lost before the window", MMF + "1 | mmt | 0:50\n1 | visit | 45",
          "event lost; not evaluable: event: lost; rule not evaluable", lost="not evaluable"),
    event("seen on the first day of the window without values", MMF + "1 | mmt | 0:50\n1 | visit | 46",
          "decided by the rule; not evaluable: after mmt: not recorded at this visit; assessed @46", lost="not evaluable"),
    event("a missing code observes nobody", MMF + "1 | mmt | 0:50, 60:ND", "event lost; decided by lost; no", lost="non-responder"),
    event("the dead are not lost", MMF + "1 | mmt | 0:50\n1 | death | 30", "event death; decided by death; no",
          death="non-responder", lost="not evaluable"),
    rescue("rescue the day after the index date", "1 | methotrexate | 1.. 10 mg x1/7", RESCUED),
    rescue("begun on the index date is not rescue", "1 | methotrexate | 0.. 10 mg x1/7", NOT_RESCUED),
    rescue("rescue the day before the assessment", "1 | methotrexate | 89.. 10 mg x1/7", RESCUED),
    rescue("begun at the assessment is not rescue", "1 | methotrexate | 90.. 10 mg x1/7", NOT_RESCUED),
    rescue("a dose of 0 is no rescue", "1 | methotrexate | 30.. 0 mg x1/7", NOT_RESCUED),
    rescue("nor does it make what is begun later background", "1 | methotrexate | -50..29 0 mg x1/7; 30.. 10 mg x1/7", RESCUED),
    rescue("given on the index date alone is background", "1 | methotrexate | 0..0 10 mg", NOT_RESCUED),
    rescue("given on the index date and again on day 60 is rescue", "1 | methotrexate | 0..0 10 mg; 60..60 10 mg", RESCUED),
    rescue("taken through the index date and again after a long gap is rescue", "1 | methotrexate | -50..20 10 mg x1/7; 52.. 10 mg x1/7", RESCUED),
    rescue("taken to the index date and again after a long gap is rescue", "1 | methotrexate | -50..0 10 mg x1/7; 40.. 10 mg x1/7", RESCUED),
    rescue("a new dose of what is taken is no rescue", "1 | methotrexate | -50..20 10 mg x1/7; 21.. 15 mg x1/7", NOT_RESCUED),
    rescue("nor is a row that overlaps", "1 | methotrexate | -50..40 10 mg x1/7; 21.. 15 mg x1/7", NOT_RESCUED),
    rescue("nor one within a longer row", "1 | methotrexate | -50.. 10 mg x1/7; 21..25 5 mg; 80..85 5 mg", NOT_RESCUED),
    rescue("again after the assessment", "1 | methotrexate | 0..0 10 mg; 90.. 10 mg", NOT_RESCUED),
    event("a gap of just so many days is no restart", SEEN + "1 | methotrexate | -50..20 10 mg; 40.. 10 mg", NOT_RESCUED,
          rescue="non-responder, restart_after: 19 days"),
    event("a gap of a day more is", SEEN + "1 | methotrexate | -50..20 10 mg; 40.. 10 mg", RESCUED,
          rescue="non-responder, restart_after: 18 days"),
    event("declared, a long gap may be none", SEEN + "1 | methotrexate | 0..0 10 mg; 60.. 10 mg", NOT_RESCUED,
          rescue="non-responder, restart_after: 60 days"),
    event("declared, an earlier drug may go on", SEEN + "1 | methotrexate | -50..-10 10 mg; 5.. 10 mg", NOT_RESCUED,
          rescue="non-responder, restart_after: 14 days"),
    event("what is added, stopped and taken again stays added", SEEN + "1 | methotrexate | 10..20 10 mg; 22.. 10 mg", RESCUED,
          rescue="non-responder, restart_after: 14 days"),
    event("where a rescue decides nothing, nothing is asked", SEEN + "1 | methotrexate | -50..20 10 mg; 30.. 10 mg",
          "decided by the rule; yes; not known: rescue added"),
    rescue("an earlier drug taken again is rescue", "1 | methotrexate | -50..-1 10 mg x1/7; 40.. 10 mg x1/7", RESCUED),
    rescue("one background drug does not excuse another",
           "1 | methotrexate | -50.. 10 mg x1/7\n1 | azathioprine | 40.. 50 mg", RESCUED),
    rescue("a drug of which only the group asked for is known is rescue",
           "1 | unnamed conventional immunosuppressants | 30.. 10 mg", RESCUED),
    rescue("a drug of which only a part of the group asked for is known is rescue",
           "1 | unnamed calcineurin inhibitors | 30.. 10 mg", RESCUED),
    rescue("a drug of which only another group is known is no rescue", "1 | unnamed antimalarials | 30.. 10 mg", NOT_RESCUED),
    rescue("another form of the study drug is never rescue", "1 | mycophenolic acid | 30.. 360 mg x2", NOT_RESCUED),
    Spec("another form of the study drug is rescue where the study keeps the forms apart",
         effects(rescue="non-responder") + "drugs: {mycophenolate mofetil: {alone: yes}}\n",
         SEEN + "1 | mycophenolic acid | 30.. 360 mg x2", {"1": RESCUED}),
    Spec("a change of form of a background drug is no rescue",
         effects(rescue="non-responder").replace("first_exposure: mycophenolate mofetil", "first_exposure: rituximab"),
         VISITS + "1 | rituximab | 0..0 500 mg\n1 | mycophenolate mofetil | -50..20 500 mg x2\n1 | mycophenolic acid | 21.. 360 mg x2",
         {"1": NOT_RESCUED}),
    event("a change of form of the study drug stops nothing",
          "1 | mycophenolate mofetil | 0..40 500 mg x2\n1 | mycophenolic acid | 41.. 360 mg x2\n" + VISITS,
          "decided by the rule; yes", stopped="non-responder"),
    event("without another form the study drug was stopped",
          "1 | mycophenolate mofetil | 0..40 500 mg x2\n" + VISITS, "event drug stopped; no; rule yes", stopped="non-responder"),
    Spec("a change of form stops the drug where the study keeps the forms apart",
         effects(stopped="non-responder") + "drugs: {mycophenolic acid: {alone: yes}}\n",
         "1 | mycophenolate mofetil | 0..40 500 mg x2\n1 | mycophenolic acid | 41.. 360 mg x2\n" + VISITS,
         {"1": "event drug stopped; no; rule yes"}),
    rescue("the study drug is never rescue", "1 | mycophenolate mofetil | 30.. 500 mg", NOT_RESCUED),
    rescue("other drugs are not rescue", "1 | rituximab | 30..30 500 mg", NOT_RESCUED),
    rescue("a drug of the class that is given locally is no rescue", "1 | tacrolimus | 30.. 1 mg topical", NOT_RESCUED),
    rescue("nor is its cream what makes the tablets background", "1 | tacrolimus | -30.. 1 mg topical; 30.. 1 mg", RESCUED),
    Spec("a drug that is named itself is rescue by any route",
         effects(rescue="non-responder").replace("conventional immunosuppressants, IVIG", "tacrolimus"),
         SEEN + "1 | tacrolimus | 30.. 1 mg topical", {"1": RESCUED}),
    event("without assessment, rescue to the window's last day",
          MMF + "1 | mmt | 0:50\n1 | IVIG | 134..134 2 mg\n1 | visit | 200",
          "event rescue added; no; not assessed", rescue="non-responder"),
    event("without assessment, rescue after the window", MMF + "1 | mmt | 0:50\n1 | IVIG | 135..135 2 mg\n1 | visit | 200",
          "decided by the rule", rescue="non-responder"),
    event("taken to the day before the assessment", VISITS + "1 | mycophenolate mofetil | 0..89 500 mg",
          "decided by the rule; yes", stopped="non-responder"),
    event("stopped, unless a row that was not used goes on with it",
          VISITS + "1 | mycophenolate mofetil | 0..60 500 mg\n1 | unread: mycophenolate mofetil | 61..80",
          "not evaluable: event not known: drug stopped", stopped="non-responder"),
    event("a row that was not used and of which nobody knows the drug",
          VISITS + "1 | mycophenolate mofetil | 0..60 500 mg\n1 | unread | 61..80",
          "not evaluable: event not known: drug stopped", stopped="non-responder"),
    event("a row of another drug that was not used does not go on with it",
          VISITS + "1 | mycophenolate mofetil | 0..60 500 mg\n1 | unread: methotrexate | 61..80",
          "event drug stopped; no; rule yes", stopped="non-responder"),
    event("a row that was not used of days on which it is taken says nothing of its end",
          VISITS + "1 | mycophenolate mofetil | 0..60 500 mg\n1 | unread: mycophenolate mofetil | 40..60",
          "event drug stopped; no; rule yes", stopped="non-responder"),
    event("stopped two days before", VISITS + "1 | mycophenolate mofetil | 0..88 500 mg",
          "event drug stopped; no; rule yes", stopped="non-responder"),
    event("a short pause is not stopping", VISITS + "1 | mycophenolate mofetil | 0..20 500 mg; 81.. 500 mg",
          "decided by the rule; yes", stopped="non-responder"),
    event("a long pause is", VISITS + "1 | mycophenolate mofetil | 0..20 500 mg; 82.. 500 mg",
          "event drug stopped; no", stopped="non-responder"),
    event("without assessment, stopped before the window's end",
          "1 | mmt | 0:50\n1 | mycophenolate mofetil | 0..133 500 mg\n1 | visit | 200",
          "event drug stopped; decided by drug stopped; no", stopped="non-responder"),
    event("without assessment, taken to the window's end",
          "1 | mmt | 0:50\n1 | mycophenolate mofetil | 0..134 500 mg\n1 | visit | 200",
          "decided by the rule", stopped="non-responder"),
    raised("a glucocorticoid of which only the group is known has no equivalent",
           SEEN + "1 | prednisone | -20.. 10 mg\n1 | unnamed systemic glucocorticoids | 30.. 10 mg", PERHAPS_RAISED),
    raised("raised in between and lowered again", pred("-30..20 20 mg; 21..40 25 mg; 41.. 10 mg"), RAISED),
    Spec("raised where the rule asks for nothing at baseline", effects(raised="non-responder") + LOW,
         pred("-30..20 20 mg; 21..40 25 mg; 41.. 10 mg"), {"1": RAISED}),
    Spec("not raised where the rule asks for nothing at baseline", effects(raised="non-responder") + LOW,
         pred("-30..-2 30 mg; -1..20 20 mg; 21.. 10 mg"), {"1": NOT_RAISED}),
    Spec("raised above the dose written at a visit where the rule asks for nothing at baseline",
         effects(raised="non-responder", dose=", source: visits").replace(", outside_courses: zero", "") + LOW,
         SEEN + "1 | steroid | -5:20, 30:25, 90:10", {"1": RAISED}),
    raised("one day is enough", pred("-30..20 20 mg; 21..21 25 mg; 22.. 10 mg"), RAISED),
    raised("raised the day before the assessment", pred("-30..88 20 mg; 89.. 25 mg"), RAISED),
    raised("raised at the assessment counts from the next day", pred("-30..89 20 mg; 90.. 25 mg"), NOT_RAISED),
    raised("raised on the baseline day counts", pred("-30..-1 20 mg; 0.. 25 mg"), RAISED),
    raised("raised the day before baseline is the baseline", pred("-30..-2 20 mg; -1.. 25 mg"), NOT_RAISED),
    raised("the same dose is not raised", pred("-30..20 20 mg; 21.. 10 mg x2"), NOT_RAISED),
    raised("begun from zero", pred("-30..-10 20 mg; 21.. 10 mg"), RAISED),
    raised("begun after days without a course, where those are not zero", pred("-60..-30 20 mg; 21.. 10 mg"), RAISED,
           outside="not evaluable"),
    raised("taken up again at the same dose as none", pred("-60..-30 20 mg; 21.. 0 mg"), NOT_RAISED, outside="not evaluable"),
    raised("of an unknown dose it is not known whether it was raised", pred("-30..20 20 mg; 21..30 mg; 31.. 20 mg"), PERHAPS_RAISED),
    raised("raised under an unknown dose, and known again",
           pred("-30.. 20 mg") + "\n1 | methylprednisolone | 21..60 8 mg\n1 | prednisolone | 21..30 mg", RAISED),
    raised("raised under an unknown dose only",
           pred("-30.. 20 mg") + "\n1 | methylprednisolone | 21..30 8 mg\n1 | prednisolone | 21..30 mg", PERHAPS_RAISED),
    raised("the end of a course beside an unknown dose", pred("-30.. 20 mg; -30..40 5 mg") + "\n1 | prednisolone | 21..30 mg", PERHAPS_RAISED),
    raised("a row that was not used, and no course beside it", SEEN + "1 | unread: prednisolone | 80..", PERHAPS_RAISED),
    raised("a row that was not used after the assessment, and no course beside it", SEEN + "1 | unread: prednisolone | 90..", NOT_RAISED),
    raised("a row that was not used, after a note that none was given", SEEN + "1 | never: prednisone |\n1 | unread | 80..", PERHAPS_RAISED),
    raised("nor above an unknown baseline", pred("-30..20 mg; 21.. 20 mg"), PERHAPS_RAISED),
    raised("no weight for a dose per kg", pred("-30..20 20 mg; 21..30 2 mg/kg; 31.. 20 mg"), PERHAPS_RAISED),
    raised("unknown until the baseline day is no matter", pred("-90..-2 mg; -1.. 20 mg"), NOT_RAISED),
    raised("a pulse does not raise", pred("-30.. 20 mg") + "\n1 | methylprednisolone | 20..22 1000 mg pulse", NOT_RAISED),
    raised("unless pulses are included", pred("-30.. 20 mg") + "\n1 | methylprednisolone | 20..22 1000 mg pulse", RAISED,
           dose=", pulses: included"),
    raised("without assessment, raised by the window's last day", UNSEEN + "1 | prednisone | -30..20 20 mg; 21.. 40 mg",
           "event steroid raised above baseline; no; not assessed"),
    raised("without assessment, raised after the window", UNSEEN + "1 | prednisone | -30..133 20 mg; 134.. 40 mg",
           "decided by the rule; not evaluable: after mmt: no visit in window"),
    raised("without assessment, of an unknown dose the rule says why", UNSEEN + "1 | prednisone | -30..20 20 mg; 21.. mg",
           "not known: steroid raised above baseline; not evaluable: after mmt: no visit in window"),
    raised("an unknown baseline day, with doses", ONLY_AFTER + "1 | prednisone | -200..20 20 mg; 21.. 10 mg",
           "not known: steroid raised above baseline; not evaluable: baseline mmt: no visit in window"),
    raised("an unknown baseline day, and nothing taken since its window", ONLY_AFTER + "1 | prednisone | -200..-91 20 mg",
           "decided by the rule; rule not evaluable"),
    raised("an unknown baseline day, and taken on the last day before", ONLY_AFTER + "1 | prednisone | -200..-90 20 mg",
           "not known: steroid raised above baseline"),
    raised("an unknown baseline day, and no course at all", ONLY_AFTER, "decided by the rule; rule not evaluable"),
    Spec("no baseline day, where the rule asks for nothing at baseline", written() + LOW,
         MMF + "1 | mmt | 90:54\n1 | steroid | -100:5, 40:40, 90:40", {"1": PERHAPS_RAISED}),
    Spec("no baseline day and never a dose above 0", written() + LOW, MMF + "1 | mmt | 90:54\n1 | steroid | 40:0, 90:0", {"1": NOT_RAISED}),
    Spec("a rise where the visit of the assessment is missing and the rule does not need it",
         effects(raised="non-responder") + "outcomes: {response: {at: after, rule: {value: mmt, at_least: 50 points, at: baseline}}}\n",
         UNSEEN + "1 | prednisone | -30..20 20 mg; 21.. 40 mg", {"1": "event steroid raised above baseline; no; rule yes"}),
    visits("written at visits", "0:20, 40:25, 90:10", RAISED),
    visits("written at visits, on the assessment day", "0:20, 90:25", RAISED),
    visits("written at visits, the same", "0:20, 40:20, 90:20, 91:40", NOT_RAISED),
    visits("no dose at baseline", "-5:20, 40:25, 90:20", PERHAPS_RAISED),
    visits("no dose at baseline, none given later", "-5:20, 40:0, 90:0", NOT_RAISED),
    visits("a code in place of the dose at baseline", "0:ND, 90:20", PERHAPS_RAISED),
    visits("a code at baseline, of which a mean is taken", "0:ND, 90:20", PERHAPS_RAISED, before=", same_day: mean"),
    visits("a code in place of a dose in between", "0:20, 40:ND, 90:20", PERHAPS_RAISED),
    visits("a code in between, and raised", "0:20, 40:ND, 90:25", RAISED),
    visits("no dose in the window of the assessment", "0:20, 45:20", PERHAPS_RAISED),
    visits("a dose in the window of the assessment", "0:20, 46:20", NOT_RAISED),
    visits("a dose after the assessment only", "0:20, 91:20", PERHAPS_RAISED),
    visits("raised before the window, and no dose in it", "0:20, 45:25", RAISED),
    visits("a lower limit above the dose at baseline", "0:10, 40:>10, 90:10", RAISED),
    visits("a lower limit at the dose at baseline", "0:10, 40:>=10, 90:10", PERHAPS_RAISED),
    visits("a lower limit below the dose at baseline", "0:10, 40:>5, 90:10", PERHAPS_RAISED),
    visits("an upper limit above the dose at baseline", "0:10, 40:<=20, 90:10", PERHAPS_RAISED),
    visits("an upper limit at the dose at baseline", "0:10, 40:<=10, 90:10", NOT_RAISED),
    visits("above an upper limit at baseline", "0:<=5, 90:10", RAISED),
    visits("at an upper limit at baseline that is not reached", "0:<5, 90:5", RAISED),
    visits("at an upper limit at baseline that may be reached", "0:<=5, 90:5", PERHAPS_RAISED),
    visits("a lower limit at baseline", "0:>5, 90:40", PERHAPS_RAISED),
    visits("a lower limit at baseline, and none later", "0:>5, 90:0", NOT_RAISED),
    visits("different values, all of them higher", "0:20, 40:25, 40:30, 90:20", RAISED),
    visits("different values, one of them higher", "0:20, 40:10, 40:30, 90:20", PERHAPS_RAISED),
    visits("different values, none of them higher", "0:20, 40:10, 40:15, 90:20", NOT_RAISED),
    visits("different values at baseline, the dose above both", "0:10, 0:20, 90:25", RAISED),
    visits("different values at baseline, the dose above one", "0:10, 0:20, 90:15", PERHAPS_RAISED),
    visits("the highest of a number and a limit", "0:10, 40:8, 40:>10, 90:5", RAISED, after=", same_day: highest"),
    visits("the highest is at least the number", "0:10, 40:12, 40:>8, 90:5", RAISED, after=", same_day: highest"),
    visits("the lowest of a number and a limit", "0:10, 40:8, 40:>10, 90:5", NOT_RAISED, after=", same_day: best"),
    visits("the lowest of two limits", "0:10, 40:>=12, 40:>11, 90:5", RAISED, after=", same_day: lowest"),
    visits("the mean of a number and a limit", "0:10, 40:7, 40:>12, 90:5", PERHAPS_RAISED, after=", same_day: mean"),
    visits("the mean with a limit that suffices", "0:10, 40:9, 40:>=11, 90:5", PERHAPS_RAISED, after=", same_day: mean"),
    visits("the mean with a limit that is not reached", "0:10, 40:9, 40:>11, 90:5", RAISED, after=", same_day: mean"),
    visits("the mean of three against that of two", "0:10, 0:11, 40:10, 40:11, 40:12, 90:5", RAISED,
           before=", same_day: mean", after=", same_day: mean"),
    visits("a day that lies in between for certain", "0:20, 30~60:25, 90:20", RAISED),
    visits("a day that may lie before baseline", "0:20, -10~50@20:25, 90:20", PERHAPS_RAISED),
    visits("a day that may lie after the assessment", "0:20, 60~120@100:25, 90:20", PERHAPS_RAISED),
    visits("a day after the assessment for certain", "0:20, 91~120:25, 90:20", NOT_RAISED),
    visits("a day that may lie anywhere, not higher", "0:20, -10~120@50:20, 90:20", NOT_RAISED),
    visits("a day that counts as its middle", "0:20, -10~50@20:25, 90:20", RAISED, partial="middle"),
    event("a pulse 14 days before", SEEN + "1 | methylprednisolone | 74..76 1000 mg pulse",
          "event pulse; not evaluable: event: pulse; rule yes", pulse="not evaluable"),
    event("a pulse 15 days before", SEEN + "1 | methylprednisolone | 73..75 1000 mg pulse", "decided by the rule; yes",
          pulse="not evaluable"),
    event("a pulse begun on the day", SEEN + "1 | methylprednisolone | 90..92 1000 mg pulse", "event pulse", pulse="not evaluable"),
    event("a pulse begun the day after", SEEN + "1 | methylprednisolone | 91..92 1000 mg pulse", "decided by the rule; yes",
          pulse="not evaluable"),
    event("an event may make a responder", VISITS.replace("54", "50") + "1 | mycophenolate mofetil | 0..50 500 mg",
          "yes; rule no; decided by drug stopped", stopped="responder"),
    event("the first in order decides, all are listed",
          VISITS + "1 | mycophenolate mofetil | 0..50 500 mg\n1 | methotrexate | 20.. 10 mg\n1 | death | 90",
          "event death; event rescue added; event drug stopped; decided by rescue added; not evaluable: event: rescue added",
          rescue="not evaluable", stopped="non-responder"),
]  # fmt: skip


@on_every_engine(SPECS)
def test_intercurrent_events(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(
    ("courses", "asked"),
    [
        ("-50..20 10 mg; 22.. 10 mg", True),  # a gap of a day
        ("-50..20 10 mg; 51.. 10 mg", True),  # of 30 days
        ("-50..20 10 mg; 52.. 10 mg", False),  # of 31
        ("-50..20 10 mg; 21.. 10 mg", False),  # none
        ("-50..-1 10 mg; 1.. 10 mg", True),  # over the index date
        ("0..0 10 mg; 28..28 10 mg; 56..56 10 mg", True),  # given every four weeks
        ("-50..20 10 mg; 91..95 10 mg", False),  # after the assessment
        ("10..20 10 mg; 22.. 10 mg", False),  # added either way
        ("-50..20 10 mg; 22..30 10 mg; 70.. 10 mg", False),  # added once more, either way
    ],
)
def test_a_rescue_drug_taken_again_after_a_gap_of_a_few_days_is_asked_about(
    courses: str, asked: bool, implementation: str
) -> None:
    study = protocol(effects(rescue="non-responder"))
    needed = ["rescue_restart 1: rescue added"] if asked else []
    assert needed == open_choices(study, f"{SEEN}1 | methotrexate | {courses}", implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(("good", "answer"), [("yes", "no"), ("no", "yes"), ("", "no")])
def test_who_has_not_what_is_wanted_has_met_an_outcome_that_is_not_wanted(
    good: str, answer: str, implementation: str
) -> None:
    """Death as a non-responder: no response; a flare, where the flare is the outcome."""
    wanted = f"good: {good}, " if good else ""
    study = protocol(
        "intercurrent: {death: non-responder, lost: responder}\n"
        f"outcomes: {{response: {{at: after, {wanted}rule: {{gain: mmt, at_least: 4 points}}}}}}"
    )
    found = answers(study, "1 | mmt | 0:50\n1 | death | 60\n2 | mmt | 0:50", implementation)
    assert answer in found.story("1") and "decided by death" in found.story("1")
    assert {"no": "yes", "yes": "no"}[answer] in found.story("2") and "decided by lost" in found.story("2")


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_an_event_that_the_rule_asks_for_at_baseline_is_no_dose_to_rise_from(implementation: str) -> None:
    """Nothing is read on a day of that window, so nothing is compared with its dose: also not as perhaps higher."""
    told = answers(protocol(effects() + ASKED), pred("-30..20 20 mg; 21..40 25 mg; 41.. 10 mg"), implementation)
    (found,) = told.verdicts.values()
    assert (True, (), ()) == (found.truth, found.events, found.unsure)
