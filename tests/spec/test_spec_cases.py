"""Cases: episodes, index dates, eligibility with its reasons, follow-up."""

from __future__ import annotations

import pytest
from tests.spec.small import IMPLEMENTATIONS, Spec, answers, chart, check, on_every_engine, open_choices, protocol

from caseseries.errors import ChoiceNeeded
from caseseries.reference.oracle import cases


def first(rest: str = "", per: str = "patient") -> str:
    return f"case: {{index_date: {{first_exposure: mycophenolate mofetil{rest}}}, per: {per}}}\n"


def taken(rows: str, patient: str = "1") -> str:
    return f"{patient} | mycophenolate mofetil | {rows}\n"


INCLUDED = "decided by the rule"
MMF = taken("0..")


def spec(name: str, changes: str, rows: str, **expected: str) -> Spec:
    return Spec(
        name, changes, rows, {case.replace("_", "/").removeprefix("/"): answer for case, answer in expected.items()}
    )


def born(name: str, written: str, index: str, age: str, answer: str, at: str = "index date", more: str = "") -> Spec:
    rows = f"1 | born | {written}\n1 | mycophenolate mofetil | {index}..\n{more}"
    return Spec(name, first() + f"include: [{{age: {age}, at: {at}, label: age}}]", rows, {"1": answer})


ADULT, MINOR = "{at_least: 18 years}", "{below: 18 years}"
NO, UNKNOWN = "excluded: age", "excluded undetermined: age"


def diagnosed(name: str, rows: str, answer: str, by: str = "index date") -> Spec:
    return Spec(
        name, first() + f"include: [{{diagnosis: Juvenile  dermatomyositis, by: {by}}}]", MMF + rows, {"1": answer}
    )


JDM = "1 | diagnosis: juvenile DERMATOMYOSITIS |"
NOT_JDM = "excluded: Diagnosis of Juvenile  dermatomyositis by the index date"
UNKNOWN_JDM = NOT_JDM.replace("excluded:", "excluded undetermined:")


def prior(name: str, courses: str, answer: str, within: str = "") -> Spec:
    written = f"{{prior_drug: conventional immunosuppressants, label: prior{within}}}"
    return Spec(name, first() + f"include: [{written}]", MMF + courses, {"1": answer})


def prior_itself(name: str, courses: str, answer: str) -> Spec:
    changes = first() + "include: [{prior_drug: tacrolimus, label: prior}]"
    return Spec(name, changes, MMF + courses, {"1": answer})


def concurrent(name: str, courses: str, answer: str) -> Spec:
    written = "{concurrent_drug: methotrexate}"
    return Spec(name, first() + f"exclude: [{written}]", MMF + courses, {"1": answer})


def recorded(name: str, rows: str, answer: str, more: str = "") -> Spec:
    changes = first() + "include: [{recorded: mmt, in: baseline}]\n" + more
    return Spec(name, changes, MMF + rows, {"1": answer})


NOT_RECORDED = "excluded: A value of mmt in the window baseline"


def followed(name: str, rows: str, answer: str) -> Spec:
    written = "{minimum_follow_up: 90 days, flagged: looks into the future}"
    return Spec(name, first() + f"include: [{written}]", MMF + rows, {"1": answer})


TOO_SHORT = "excluded: Followed for at least 90 days after the index date"
PERIOD = "period: {from: 2005-01-01, to: 2009-12-31}\n"
OUTSIDE = "excluded: index date outside the study period"

STOPPED = "intercurrent: {drug stopped: non-responder}\n"
SEEN = "1 | mmt | 0:50, 90:54\n"

SPECS = [
    spec("nobody without the drug", first(), "a | mmt | 5:50\n" + taken("0..", "b"), a="excluded: no first exposure", b=INCLUDED),
    spec("a change of form is no new first exposure", first(", restart_after: 60 days", "course"),
         "1 | mycophenolic acid | -200..-100 360 mg x2\n1 | mycophenolate mofetil | -80.. 500 mg x2\n1 | mmt | -205:40, -5:50, -110:60",
         _1_1="baseline mmt 40 @-5; after mmt 60 @90"),
    spec("a change of form is another drug where the study keeps them apart",
         first(", restart_after: 60 days") + "drugs: {mycophenolate mofetil: {alone: yes}}\n",
         "1 | mycophenolic acid | -200..-100 360 mg x2\n1 | mycophenolate mofetil | 0.. 500 mg x2\n1 | mmt | -5:50, 90:60",
         **{"1": "baseline mmt 50 @-5; after mmt 60 @90"}),
    spec("the first of several terms is the index event", "case: {index_date: {first_event: Biopsy}, per: patient}",
         "1 | event: biopsy | 30\n1 | diagnosis:  BIOPSY | 10\n1 | mmt | 10:50\n2 | event: biopsy |",
         **{"1": "baseline mmt 50 @0", "2": "excluded: no index event"}),
    spec("the study period includes both ends", first() + PERIOD,
         taken("2005-01-01..", "a") + taken("2009-12-31..", "b") + taken("2004-12-31..", "c") + taken("2010-01-01..", "d"),
         a=INCLUDED, b=INCLUDED, c=OUTSIDE, d=OUTSIDE),
    spec("the first episode decides", first(", restart_after: 60 days") + PERIOD,
         taken("2004-06-01..2004-09-01; 2006-01-01..", "1"), **{"1": OUTSIDE}),
    spec("every course is a case", first(", restart_after: 60 days", "course"),
         taken("0..10; 72..80; 141..") + "1 | mmt | 0:50, 72:60, 162:70",
         _1_1="baseline mmt 50 @0; after mmt 60 @72", _1_2="baseline mmt 60 @0; after mmt 70 @90"),
    spec("washout counts the free days", first(", restart_after: 10 days, washout: 90 days", "course"),
         taken("0..10; 100..110; 201..", "1"), _1_1=INCLUDED, _1_2="excluded: washout", _1_3=INCLUDED),
    spec("reasons in order: period, washout, include, exclude",
         first(", restart_after: 10 days, washout: 90 days", "course") + """
include: [{diagnosis: x, by: any time, label: first}, {diagnosis: y, by: any time, label: second}]
exclude: [{patients: [1, 2], reason: withdrew, label: third}]
""",
         taken("0..10; 50..", "1") + taken("0..", "2") + taken("0..", "3") + taken("0..", "4")
         + "2 | diagnosis: x |\n3 | diagnosis: x |\n3 | diagnosis: y |\n4 | diagnosis: y |\n",
         _1_1="excluded: first", _1_2="excluded: washout", _2_1="excluded: second", _3_1=INCLUDED, _4_1="excluded: first"),
    Spec("a gap of exactly restart_after is one episode", first(", restart_after: 60 days") + STOPPED,
         taken("0..10; 71..") + SEEN, {"1": "yes; decided by the rule"}),
    Spec("a dose of 0 begins no episode and bridges no gap", first(", restart_after: 60 days") + STOPPED,
         taken("-100..-1 0 mg; 0..10 500 mg; 11..71 0 mg; 72.. 500 mg") + SEEN, {"1": "event drug stopped; decided by drug stopped; no"}),
    Spec("a gap one day longer begins another", first(", restart_after: 60 days") + STOPPED,
         taken("0..10; 72..") + SEEN, {"1": "event drug stopped; decided by drug stopped; no"}),
    Spec("per patient the first episode is the case", first(", restart_after: 60 days"),
         taken("0..10; 90..100; 180..") + SEEN, {"1": "baseline mmt 50 @0; assessed @90"}),
    born("18 on the birthday", "1982-03-05", "2000-03-05", ADULT, INCLUDED),
    born("17 the day before", "1982-03-05", "2000-03-04", ADULT, NO),
    born("below 18 the day before", "1982-03-05", "2000-03-04", MINOR, INCLUDED),
    born("not below 18 on the birthday", "1982-03-05", "2000-03-05", MINOR, NO),
    born("29 February is 1 March in other years", "1984-02-29", "2002-02-28", ADULT, NO),
    born("29 February, on 1 March", "1984-02-29", "2002-03-01", ADULT, INCLUDED),
    born("29 February in a leap year", "1984-02-29", "2004-02-29", "{at_least: 20 years}", INCLUDED),
    born("a month of birth that decides", "1982-03-01~1982-03-31", "2000-04-01", ADULT, INCLUDED),
    born("a month of birth that does not", "1982-03-01~1982-03-31", "2000-03-15", ADULT, UNKNOWN),
    born("age at diagnosis", "1982-03-05", "2005-01-01", MINOR, INCLUDED, "diagnosis",
         "1 | diagnosis: a | 2001-01-01\n1 | diagnosis: b | 2000-03-04\n1 | diagnosis: c |"),
    born("no diagnosis, no age at it", "1982-03-05", "2005-01-01", MINOR, UNKNOWN, "diagnosis"),
    Spec("the age at diagnosis is that at the disease asked for, not at one that is excluded or that nobody asks for", first() + f"""
include: [{{diagnosis: juvenile dermatomyositis, by: any time, label: disease}}, {{age: {MINOR}, at: diagnosis, label: age}}]
exclude: [{{diagnosis: lupus, by: index date, within: 1 year, label: lupus}}]
""",
         "1 | born | 1982-03-05\n1 | diagnosis: asthma | 1990-01-01\n1 | diagnosis: lupus | 1991-01-01\n"
         "1 | diagnosis: juvenile dermatomyositis | 2001-01-01\n"
         "2 | born | 1982-03-05\n2 | diagnosis: asthma | 2001-01-01\n2 | diagnosis: Juvenile Dermatomyositis | 1999-01-01\n"
         "3 | born | 1982-03-05\n3 | diagnosis: asthma | 1990-01-01\n3 | diagnosis: juvenile dermatomyositis |\n"
         "   | history | complete\n" + taken("2005-01-01..", "1") + taken("2005-01-01..", "2") + taken("2005-01-01..", "3"),
         {"1": NO, "2": INCLUDED, "3": UNKNOWN}),
    Spec("a recorded age is rounded down", first() + f"include: [{{age: {MINOR}, at: index date, label: age}}]",
         "1 | age | 17.9\n2 | age | 18\n" + taken("0..", "1") + taken("0..", "2") + taken("0..", "3"),
         {"1": INCLUDED, "2": NO, "3": UNKNOWN}),
    Spec("a recorded age is that at the index date", first() + f"include: [{{age: {MINOR}, at: diagnosis, label: age}}]",
         "1 | age | 17.9\n1 | diagnosis: x | -5\n" + MMF, {"1": UNKNOWN}),
    Spec("an undated chart has no birthdays", f"include: [{{age: {MINOR}, at: index date, label: age}}]",
         "1 | born | 1960-01-01\n1 | age | 17.9\n2 | born | 1960-01-01", {"1": INCLUDED, "2": UNKNOWN}),
    diagnosed("diagnosed on the index date", JDM + " 0", INCLUDED),
    diagnosed("diagnosed the day after", JDM + " 1", NOT_JDM),
    diagnosed("another diagnosis", "1 | diagnosis: dermatomyositis | -5", NOT_JDM),
    diagnosed("a month that ends on the index date", JDM + " -30~0@-15", INCLUDED),
    diagnosed("a month around the index date", JDM + " -15~15@0", UNKNOWN_JDM),
    diagnosed("a month that begins on the index date", JDM + " 0~30@15", UNKNOWN_JDM),
    diagnosed("a month after", JDM + " 1~30@15", NOT_JDM),
    diagnosed("no date", JDM, UNKNOWN_JDM),
    diagnosed("no date, any time", JDM, INCLUDED, "any time"),
    diagnosed("one known is enough", JDM + "\n1 | diagnosis: juvenile dermatomyositis | 5, -5", INCLUDED),
    diagnosed("unknown before no", JDM + "\n1 | diagnosis: juvenile dermatomyositis | 5", UNKNOWN_JDM),
    prior("begun the day before", "1 | methotrexate | -1.. 10 mg", INCLUDED),
    prior("a cream of the class is not", "1 | tacrolimus | -30..-1 1 mg topical", "excluded: prior"),
    prior_itself("a cream of the drug itself is", "1 | tacrolimus | -30..-1 1 mg topical", INCLUDED),
    prior("a dose of 0 was not taken", "1 | methotrexate | -90..-1 0 mg", "excluded: prior"),
    prior("begun on the index date is not prior", "1 | methotrexate | 0.. 10 mg", "excluded: prior"),
    prior("the study drug itself is not", "", "excluded: prior"),
    prior("within, last day 30 days before", "1 | methotrexate | -90..-30 10 mg", INCLUDED, ", within: 30 days"),
    prior("within, last day 31 days before", "1 | methotrexate | -90..-31 10 mg", "excluded: prior", ", within: 30 days"),
    prior("within, still taken", "1 | methotrexate | -90.. 10 mg", INCLUDED, ", within: 30 days"),
    concurrent("taken to the index date", "1 | methotrexate | -90..0 10 mg", "excluded: Use of methotrexate on the index date"),
    concurrent("begun on the index date", "1 | methotrexate | 0..5 10 mg", "excluded: Use of methotrexate on the index date"),
    concurrent("a dose of 0 is not taken", "1 | methotrexate | -90.. 0 mg x1", INCLUDED),
    concurrent("ended the day before", "1 | methotrexate | -90..-1 10 mg", INCLUDED),
    concurrent("begun the day after", "1 | methotrexate | 1.. 10 mg", INCLUDED),
    recorded("a value", "1 | mmt | -5:50", INCLUDED),
    recorded("a censored value", "1 | mmt | -5:<50", INCLUDED),
    recorded("a missing code", "1 | mmt | -5:ND", NOT_RECORDED),
    recorded("outside the window", "1 | mmt | 1:50", NOT_RECORDED),
    recorded("a partial date at the edge", "1 | mmt | -5~5@0:50", NOT_RECORDED.replace("excluded", "excluded undetermined"),
             "partial_dates: bounds"),
    followed("to a measurement", "1 | mmt | 90:50", INCLUDED),
    followed("a missing code observes nobody", "1 | mmt | 90:ND", TOO_SHORT),
    followed("to a visit", "1 | visit | 90", INCLUDED),
    followed("to an event", "1 | event: fever | 90", INCLUDED),
    followed("one day short", "1 | mmt | 89:50", TOO_SHORT),
    followed("a course is no observation", "1 | prednisone | 0..90 10 mg", TOO_SHORT),
    followed("a diagnosis is no visit", "1 | diagnosis: x | 90", TOO_SHORT),
    followed("death ends it, whatever is written later", "1 | mmt | 90:50\n1 | death | 50", TOO_SHORT),
    followed("death on day 90", "1 | death | 90", INCLUDED),
    Spec("nothing is known after the data cut-off",
         first() + "period: {data_cutoff: 1970-03-31}\ninclude: [{minimum_follow_up: 90 days, flagged: looks into the future}]",
         MMF + "1 | mmt | 400:50", {"1": TOO_SHORT}),
]  # fmt: skip


@on_every_engine(SPECS)
def test_cases(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(
    ("courses", "restart_after", "episodes"),
    [
        ("0..10; 11..20", 0, [(0, 20)]),  # no day between
        ("0..10; 12..20", 0, [(0, 10), (12, 20)]),
        ("0..10; 12..20", 1, [(0, 20)]),  # exactly as many days as allowed
        ("0..10; 71..80", 60, [(0, 80)]),
        ("0..10; 72..80", 60, [(0, 10), (72, 80)]),
        ("0..50; 10..20; 60..70", 5, [(0, 50), (60, 70)]),  # the latest end so far counts
        ("0..50; 10..20; 60..70", 9, [(0, 70)]),
        ("0..; 500..510", 0, [(0, None)]),  # ongoing absorbs all later ones
        ("0..10; 5..; 500..510", 0, [(0, None)]),
        ("5..10; 0..3", 0, [(0, 3), (5, 10)]),
    ],
)
def test_episodes(
    courses: str, restart_after: int, episodes: list[tuple[int, int | None]], implementation: str
) -> None:
    study = protocol(first(f", restart_after: {restart_after} days", "course"))
    found = answers(study, taken(courses), implementation).cases.values()
    assert episodes == [(case.index, case.episode_end) for case in found]
    assert [f"1/{number}" for number in range(1, len(episodes) + 1)] == [case.case_id for case in found]
    assert [end is None for _, end in episodes] == [case.ongoing for case in found]


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_restarts_ask_for_their_rule_and_list_every_patient(implementation: str) -> None:
    rows = (
        taken("0..10; 12..", "a") + taken("0..10; 11..", "b") + taken("0..10; 5..; 90..", "c") + taken("0..1; 9..", "d")
    )
    needed = ["restart_after a: mycophenolate mofetil", "restart_after d: mycophenolate mofetil"]
    assert needed == open_choices(protocol(first()), rows, implementation)


def test_without_that_rule_there_are_no_cases_and_no_patient_in_the_message() -> None:
    study = protocol(first())
    with pytest.raises(ChoiceNeeded) as stopped:
        cases(study, chart(taken("0..10; 12..", "Ada Lovelace"), study))
    assert "Ada" not in str(stopped.value)
    assert "Ada Lovelace" in stopped.value.describe(values=True)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(
    ("rows", "follow_end", "on_drug_end"),
    [
        (taken("0..50") + "1 | mmt | 100:50", 100, 50),
        (taken("0..") + "1 | mmt | 100:50", 100, 100),
        (taken("0..500") + "1 | mmt | 100:50", 100, 100),
        (taken("0..50"), 0, 0),
        (taken("10..50") + "1 | mmt | -100:50", 10, 10),
        (taken("0..") + "1 | death | 70\n1 | visit | 90", 70, 70),
        (taken("0..") + "1 | death |\n1 | visit | 90", 90, 90),
        (taken("0..") + "1 | death | 80, 70\n1 | visit | 90", 70, 70),
    ],
)
def test_follow_up_is_observed_and_on_drug(rows: str, follow_end: int, on_drug_end: int, implementation: str) -> None:
    (case,) = answers(protocol(first()), rows, implementation).cases.values()
    assert (follow_end, on_drug_end) == (case.follow_end, case.on_drug_end)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_person_without_index_date(implementation: str) -> None:
    (case,) = answers(protocol(first(per="course")), "1 | mmt | 5:50", implementation).cases.values()
    assert ("1", 0, None, None) == (case.case_id, case.episode, case.index, case.follow_end)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_cases_are_listed_by_patient_and_episode(implementation: str) -> None:
    rows = taken("0..1; 100..", "P10") + taken("50..51; 90..", "P2") + taken("7..", "b")
    found = answers(protocol(first(", restart_after: 9 days", "course")), rows, implementation)
    assert ["P2/1", "P2/2", "P10/1", "P10/2", "b/1"] == list(found.cases)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_among_limits_the_denominator(implementation: str) -> None:
    study = protocol("""
outcomes:
  response: {at: after, rule: {gain: mmt, at_least: 4 points}, among: {value: mmt, at: baseline, less_than: 60}}
""")
    found = answers(study, "a | mmt | 0:59, 90:70\nb | mmt | 0:60, 90:70\nc | mmt | 90:70", implementation).among
    assert (True, "") == found["a", "response", 0]
    assert (False, "") == found["b", "response", 0]
    assert (None, "baseline mmt: no visit in window") == found["c", "response", 0]


PER_COURSE = """
case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 10 days}, per: course}
intercurrent: {lost: not evaluable}
"""
TWO = "1 | mycophenolate mofetil | 0..20 500 mg; 60..100 500 mg\n1 | visit | 0, 200\n"


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_follow_up_of_a_course_ends_where_the_next_begins(implementation: str) -> None:
    check(protocol(PER_COURSE), TWO, {"1/1": "followed to 60; on drug to 20", "1/2": "followed to 200"}, implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_it_ends_where_an_excluded_course_begins_too(implementation: str) -> None:
    study = protocol(PER_COURSE.replace("restart_after: 10 days", "restart_after: 10 days, washout: 50 days"))
    check(study, TWO, {"1/1": "followed to 60", "1/2": "excluded: washout"}, implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_the_next_course_may_begin_on_several_days(implementation: str) -> None:
    rows = "1 | mycophenolate mofetil | 0..20 500 mg; 60~70..100 500 mg\n1 | visit | 0, 200\n"
    unsure = "excluded undetermined: index date not known to the day"
    check(protocol(PER_COURSE), rows, {"1/1": "followed to 60~70", "1/2": unsure}, implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_whoever_began_the_drug_anew_is_not_lost(implementation: str) -> None:
    study = protocol(PER_COURSE)
    check(study, TWO + "1 | mmt | 0:50", {"1/1": "not evaluable: after mmt: no visit in window"}, implementation)
    lost = TWO.replace("0, 200", "0, 45") + "1 | mmt | 0:50"
    check(study, lost, {"1/1": "event lost; followed to 45"}, implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_minimum_follow_up_is_that_of_the_course(implementation: str) -> None:
    study = protocol(PER_COURSE + "include: [{minimum_follow_up: 61 days, flagged: looks into the future}]\n")
    check(
        study,
        TWO,
        {"1/1": "excluded: Followed for at least 61 days after the index date", "1/2": "included"},
        implementation,
    )
