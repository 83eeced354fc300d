"""Laboratory values graded by CTCAE: each edge from both sides, the baseline, what is not known, what is new, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.generate.studies import every_study
from tests.spec.small import IMPLEMENTATIONS, chart, protocol
from tests.spec.stages import grades_by_stages

from caseseries.chart.tables import Chart
from caseseries.errors import ChoiceNeeded
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.safety import Safety
from caseseries.reference.oracle import cases, grades
from caseseries.verdict.lab_grades import CaseGrade

STUDY = """
case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 30 days}, per: %s}
partial_dates: bounds
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  m: %s
safety: {until_after_last_dose: 30 days, graded: [{measure: m, by: %s, baseline_within: 60 days%s}]}
"""
DRUG = "a | mycophenolate mofetil | 0..\na | visit | 300\n"


def study(measure: str, by: str, term: str = "", per: str = "patient") -> Protocol:
    return protocol(STUDY % (per, measure, by, f", term: {term}" if term else ""))


def told(one: CaseGrade) -> str:
    """A case in short: its worst grade, whether it is new, what became of it, and how many values had no grade."""
    words = [one.none] if one.worst is None else [str(one.worst), one.emergent, one.fate]
    words += [f"and {one.ungraded} not graded"] if one.ungraded else []
    words += [f"and {one.perhaps} perhaps, up to {one.reach}"] if one.perhaps else []
    return " ".join(word for word in words if word)


def graded(declared: Protocol, rows: str, implementation: str) -> dict[str, CaseGrade]:
    """By case, what an implementation says."""
    table = chart(rows, declared)
    if implementation == "reference":
        found = [grade for one in cases(declared, table) if one.included for grade in grades(declared, table, one)]
    else:
        found = [*grades_by_stages(declared, table, implementation)]
    return {one.case_id: one for one in found}


ALT, NORMAL = "{instrument: ALT}", "[..40]"
CK, PLATELETS = "{instrument: CK}", "{instrument: platelets}"
#: Measure, version, the value before and its limits, the limits of the values; then values with their grades.
EDGES = [
    (ALT, "5.0", "40[..40]", NORMAL, "40:0 40.000001:1 120:1 120.000001:2 200:2 200.000001:3 800:3 800.000001:4"),
    (ALT, "5.0", "40.000001[..40]", "[..40]", "60.000001:0 60.000002:1 120.000003:1 120.000004:2 800.00002:3 800.000021:4"),
    (ALT, "5.0", "100[..40]", NORMAL, "149.999999:0 150:1 300:1 300.000001:2 500:2 500.000001:3 2000:3 2000.000001:4 90:0"),
    (ALT, "6.0", "40[..40]", NORMAL, "40:0 40.000001:1 120:1 120.000001:2 200:2 200.000001:3 800:3 800.000001:4"),
    (ALT, "6.0", "100[..40]", NORMAL, "99.999999:0 100:1 150:1 150.000001:2 200:2 200.000001:3 400:3 400.000001:4"),
    ("{instrument: GGT}", "5.0", "50[..40]", NORMAL, "99.999999:0 100:1 125:1 125.000001:2 250:2 250.000001:3 1000:3 1000.000001:4"),
    (CK, "5.0", "1000[..200]", "[..200]", "200:0 200.000001:1 500:1 500.000001:2 1000:2 1000.000001:3 2000:3 2000.000001:4"),
    ("{instrument: neutrophils}", "5.0", "5[2..]", "[2..]", "2:0 1.999999:1 1.5:1 1.499999:2 1:2 0.999999:3 0.5:3 0.499999:4"),
    ("{instrument: neutrophils}", "6.0", "5", "", "1.5:0 1.499999:1 1:1 0.999999:2 0.5:2 0.499999:3 0.1:3 0.099999:4"),
    ("{instrument: neutrophils}", "5.0", "5[1.2..]", "[1.2..]", "1.5:0 1.499999:2 1.2:2"),
    ("{instrument: neutrophils, unit: cells/uL}", "5.0", "5000", "", "1499.999999:2 1000:2 999.999999:3 499:4"),
    ("{instrument: haemoglobin}", "5.0", "13[12..]", "[12..]", "12:0 11.999999:1 10:1 9.999999:2 8:2 7.999999:3 2:3"),
    ("{instrument: haemoglobin, unit: g/L}", "6.0", "130[120..]", "[120..]", "120:0 119:1 100:1 99.999999:2 80:2 79.999999:3"),
    ("{instrument: haemoglobin, unit: mmol/L}", "5.0", "8[7.5..]", "[7.5..]", "6.2:1 6.199999:2 4.9:2 4.899999:3"),
    (PLATELETS, "5.0", "200[150..]", "[150..]", "150:0 149.999999:1 75:1 74.999999:2 50:2 49.999999:3 25:3 24.999999:4"),
    (PLATELETS, "6.0", "200[150..]", "[150..]", "75:1 74.999999:2 50:2 49.999999:3 10:3 9.999999:4"),
    ("{instrument: leukocytes}", "6.0", "5[4..]", "[4..]", "4:0 3:1 2.999999:2 2:2 1.999999:3 1:3 0.999999:4"),
    ("{instrument: lymphocytes}", "5.0", "2[1..]", "[1..]", "0.8:1 0.799999:2 0.5:2 0.499999:3 0.2:3 0.199999:4"),
    ("{instrument: creatinine}", "5.0", "1[0.5..1]", "[0.5..1]", "1:0 1.000001:1 1.5:1 1.500001:2 3:2 3.000001:3 6:3 6.000001:4"),
    ("{instrument: creatinine}", "5.0", "0.4[0.3..1]", "[0.3..1]", "0.6:0 0.600001:2 1.2:2 1.200001:3 6:3 6.000001:4"),
    ("{instrument: creatinine}", "6.0", "0.5[0.5..1]", "[0.5..1]", "1:0 1.000001:1 1.5:1 1.500001:2 3:2 3.000001:3 6:3 6.000001:4"),
    ("{instrument: creatinine}", "6.0", "0.4[0.5..1]", "[0.5..1]", "0.6:0 0.600001:2 1.2:2 1.200001:3 6.000001:4"),
    ("{instrument: LDH}", "5.0", "300[..250]", "[..250]", "250:0 250.000001:1 9000:1"),
]  # fmt: skip


def edges(lines: list[tuple[str, str, str, str, str]]) -> Iterator[tuple[str, str, str, str]]:
    """Each line as a chart of one patient for each value: the measure, the version, the chart, the grades."""
    for measure, by, before, normal, values in lines:
        pairs = [one.split(":") for one in values.split()]
        rows = "".join(
            f"c{place} | mycophenolate mofetil | 0..\nc{place} | m | -5:{before}, 30:{value}{normal}\nc{place} | visit | 60\n"
            for place, (value, _) in enumerate(pairs)
        )
        yield measure, by, rows, " ".join(grade for _, grade in pairs)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_each_edge_from_both_sides(implementation: str) -> None:
    wrong = []
    for measure, by, rows, expected in edges(EDGES):
        found = graded(study(measure, by), rows, implementation)
        got = " ".join(str(found[f"c{place}"].worst) for place in range(len(found)))
        wrong += [(measure, by, expected, got)] if got != expected else []
    assert [] == wrong


#: Rows of one patient under ALT, CTCAE 5.0 (without another measure and version), and what is said.
CASES = [
    (ALT, "5.0", """
as before: m | -5:130[..40], 30:130[..40] => 0 no
raised before and half as much again: m | -5:100[..40], 30:150[..40] => 1 yes no later value
a raised baseline lets a value of 3.7 times the limit be no event: m | -5:130[..40], 30:150[..40] => 0 no
back to a lower grade: m | -5:40[..40], 30:130[..40], 60:40[..40] => 2 yes transient
back to a lower grade, not to none: m | -5:40[..40], 30:130[..40], 60:50[..40] => 2 yes transient
as bad again in the end: m | -5:40[..40], 30:130[..40], 60:40[..40], 90:130[..40] => 2 yes recurrent
as bad again, and lower in the end: m | -5:40[..40], 30:130[..40], 60:40[..40], 90:130[..40], 120:40[..40] => 2 yes transient
as bad later: m | -5:40[..40], 30:130[..40], 60:130[..40] => 2 yes persistent
as bad on the same day alone: m | -5:40[..40], 30:130[..40], 30:131[..40] => 2 yes no later value
a later value that has no grade: m | -5:40[..40], 30:130[..40], 60:130 => 2 yes not known and 1 not graded
one without grade, then a lower one: m | -5:40[..40], 30:130[..40], 60:130, 90:30[..40] => 2 yes transient and 1 not graded
no limit of normal: m | -5:40[..40], 30:500 => no value could be graded and 1 not graded
no limit with the value before: m | -5:60, 30:130[..40] => no value could be graded and 1 not graded
no limit with the value before, and both branches give one: m | -5:40, 30:900[..40] => 4 yes no later value
no value before: m | 30:130[..40] => no value could be graded and 1 not graded
no value before, and at most the limit of normal: m | 30:40[..40] => 0 no
a value before too long ago: m | -61:130[..40], 30:150[..40] => no value could be graded and 1 not graded
a value before just in time: m | -60:130[..40], 30:150[..40] => 0 no
the last before counts: m | -20:40[..40], -5:100[..40], 30:130[..40] => 0 no
the index day is before: m | -5:40[..40], 0:100[..40], 30:130[..40] => 0 no
a value of the index day is no event: m | 0:900[..40] => no value on treatment
only before the index date: m | -5:900[..40] => no value on treatment
two values before on one day of one branch: m | -5:30[..40], -5:40[..40], 30:130[..40] => 2 yes no later value
two values before on one day of two branches: m | -5:30[..40], -5:100[..40], 30:130[..40] => no value could be graded and 1 not graded
a bound above the edge: m | -5:40[..40], 30:>120[..40] => no value could be graded and 1 not graded
a bound beyond all edges: m | -5:40[..40], 30:>800[..40] => 4 yes no later value
a bound at the lower edge: m | -5:40[..40], 30:<=40[..40] => 0 no
less than the edge above the limit: m | -5:40[..40], 30:<41[..40] => no value could be graded and 1 not graded
a normal bound before: m | -5:<40[..40], 30:130[..40] => 2 yes no later value
a raised bound before has no multiple: m | -5:>100[..40], 30:130[..40] => no value could be graded and 1 not graded
a raised bound before, and a normal value: m | -5:>100[..40], 30:40[..40] => 0 no
limits of one value that differ: m | -5:40[..40], 30:130[..40], 30:130[..50] => no value could be graded and 1 not graded
equal rows are one value: m | -5:40[..40], 30:130, 30:130 => no value could be graded and 1 not graded
each value has its own limit: m | -5:100[..120], 30:100[..40] => 1 yes no later value
a partial date after the index date: m | -5:40[..40], 1~30@10:130[..40] => 2 yes no later value
a partial date that may be the index date: m | -5:40[..40], 0~30@10:130[..40], 60:30[..40] => 0 no and 1 perhaps, up to 2
perhaps before: m | -5:40[..40], 0~30@10:130[..40], 60:130[..40] => no value could be graded and 1 not graded and 1 perhaps, up to 2
zero is no baseline of which multiples are taken: m | -5:0[..40], 30:130[..40] => 2 yes no later value
"""),
    (ALT, "6.0", """
a raised baseline is grade 1 of itself: m | -5:100[..40], 30:120[..40] => 1 no no later value
below a raised baseline: m | -5:100[..40], 30:90[..40] => 0 no
more than half as much again: m | -5:100[..40], 30:151[..40] => 2 yes no later value
"""),
    (CK, "5.0", """
less than before: m | -5:4000[..200], 30:1500[..200] => 3 no no later value
worse than before: m | -5:1500[..200], 30:4000[..200] => 4 yes no later value
nothing before: m | 30:1500[..200] => 3 not known no later value
no limit before: m | -5:100, 30:1500[..200] => 3 not known no later value
no limit before, and none after: m | -5:100, 30:100[..200] => 0 no
two grades before: m | -5:300[..200], -5:3000[..200], 30:1500[..200] => 3 not known no later value
two grades before, both less: m | -5:300[..200], -5:600[..200], 30:1500[..200] => 3 yes no later value
"""),
    ("{instrument: neutrophils}", "5.0", """
no limit is needed far below: m | -5:5, 30:0.9 => 3 yes no later value
a value between the limit and 1.5 needs the limit: m | -5:5[2..], 30:1.7 => no value could be graded and 1 not graded
the limit of another value is not its own: m | -5:5[2..], 30:0.9[2..], 60:1.7 => 3 yes transient and 1 not graded
less than 0.5: m | -5:5[2..], 30:<0.5 => 4 yes no later value
at most 0.5: m | -5:5[2..], 30:<=0.5 => no value could be graded and 1 not graded
more than 0.4: m | -5:5[2..], 30:>0.4[2..] => no value could be graded and 1 not graded
at least 2: m | -5:5[2..], 30:>=2[2..] => 0 no
more than 1.9: m | -5:5[2..], 30:>1.9[2..] => no value could be graded and 1 not graded
a limit of 0 is none: m | -5:5[2..], 30:1.7[0..] => no value could be graded and 1 not graded
"""),
    ("{instrument: ALT, limits: [{sex: female, upper: 30}, {sex: male, upper: 40}]}", "5.0", """
limits of the protocol by sex: sex | F ; m | -5:30, 30:35 => 1 yes no later value
limits of the protocol of the other sex: sex | M ; m | -5:30, 30:35 => 0 no
limits of the protocol, sex not known: m | -5:30, 30:35 => no value could be graded and 1 not graded
the limit of the row before those of the protocol: sex | F ; m | -5:30, 30:35[..50] => 0 no
"""),
    ("{quantity: transaminase, unit: fold, better: none}", "5.0, term: Alanine aminotransferase increased", """
multiples alone need no unit: m | -5:1[..1], 30:3.1[..1] => 2 yes no later value
"""),
    ("{instrument: creatinine}", "6.0", """
no value before, and beyond every branch: m | 30:6.1[0.5..1] => 4 not known no later value
no value before, and three times the lower limit: m | 30:3.5[0.5..1] => 3 not known no later value
no value before, between the branches: m | 30:2[0.5..1] => no value could be graded and 1 not graded
"""),
]  # fmt: skip


def groups() -> Iterator[tuple[Protocol, str, dict[str, str]]]:
    """Each measure and version with a chart of one patient for each case, and what is said of them."""
    for measure, by, lines in CASES:
        version, _, term = by.partition(", term: ")
        rows, expected = "", {}
        for line in lines.strip().splitlines():
            name, rest = line.split(": ", 1)
            of_case, expected[name] = rest.split(" => ")
            parts = [part.strip() for part in of_case.split(";")]
            rows += "".join(f"{name} | {part}\n" for part in ("mycophenolate mofetil | 0..", "visit | 300", *parts))
        yield study(measure, version, term), rows, expected


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_what_is_known_what_is_new_and_what_became_of_it(implementation: str) -> None:
    for declared, rows, expected in groups():
        assert expected == {name: told(one) for name, one in graded(declared, rows, implementation).items()}


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_values_off_treatment_are_no_events_and_tell_what_became_of_one(implementation: str) -> None:
    rows = "a | mycophenolate mofetil | 0..50\na | visit | 300\na | m | -5:40[..40], 80:130[..40], 81:900[..40], 90:30[..40]\n"
    rows += "b | mycophenolate mofetil | 0..50\nb | visit | 300\nb | m | -5:40[..40], 80:130[..40], 81:30[..40]\n"
    rows += "c | mycophenolate mofetil | 0..50\nc | visit | 300\nc | m | -5:40[..40], 81:900[..40]\n"
    found = graded(study(ALT, "5.0"), rows, implementation)
    assert {"a": "2 yes transient", "b": "2 yes transient", "c": "no value on treatment"} == {
        case: told(one) for case, one in found.items()
    }


#: On treatment to day 80, followed to day 300: values of one patient that may be on treatment or not.
PERHAPS = """
across the last day on treatment: m | -5:40[..40], 70~90@80:900[..40] => no value certainly on treatment and 1 perhaps, up to 4
to the last day on treatment: m | -5:40[..40], 70~80@80:900[..40] => 4 yes no later value
after the last day on treatment: m | -5:40[..40], 81~90@81:900[..40] => no value on treatment
beside a milder one: m | -5:40[..40], 30:130[..40], 80~90@80:900[..40] => 2 yes persistent and 1 perhaps, up to 4
beside a worse one: m | -5:40[..40], 30:900[..40], 80~90@80:130[..40] => 4 yes transient and 1 perhaps, up to 4
without a grade: m | -5:40[..40], 30:30[..40], 80~90@80:500 => 0 no and 1 perhaps, up to 4
none of them can be an event: m | -5:40[..40], 30:30[..40], 80~90@80:30[..40] => 0 no and 1 perhaps, up to 0
across the index date: m | -5:40[..40], 0~1@0:900[..40] => no value certainly on treatment and 1 perhaps, up to 4
up to the index date: m | -1~0@0:900[..40], 0:40[..40] => no value on treatment
beyond the last day of follow-up: m | -5:40[..40], 79~400@79:900[..40]; death | 85 => no value certainly on treatment and 1 perhaps, up to 4
all the time after the index date: m | -5:40[..40], -90~400@30:900[..40], 30:30[..40] => 0 no and 1 perhaps, up to 4
a course that may go on: ; mycophenolate mofetil | 0..40~60; m | -5:40[..40], 80:900[..40] => no value certainly on treatment and 1 perhaps, up to 4
"""


def perhaps() -> tuple[str, dict[str, str]]:
    """Their chart, and what is said of each."""
    rows, expected = "", {}
    for line in PERHAPS.strip().splitlines():
        name, rest = line.split(": ", 1)
        of_case, expected[name] = rest.split(" => ")
        parts = [part.strip() for part in of_case.split(";")]
        parts = parts[1:] if not parts[0] else ["mycophenolate mofetil | 0..50", *parts]
        rows += "".join(f"{name} | {part}\n" for part in ("visit | 300", *parts))
    return rows, expected


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_value_that_may_be_on_treatment_is_no_worst_grade_and_told(implementation: str) -> None:
    rows, expected = perhaps()
    assert expected == {name: told(one) for name, one in graded(study(ALT, "5.0"), rows, implementation).items()}


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_each_course_has_the_values_from_its_index_date_on(implementation: str) -> None:
    rows = "a | mycophenolate mofetil | 0..50; 100..150\na | visit | 300\na | m | -5:40[..40], 40:130[..40], 100:900[..40], 110:1400[..40]\n"
    found = graded(study(ALT, "5.0", per="course"), rows, implementation)
    assert {"a/1": "2 yes no later value", "a/2": "1 yes no later value"} == {
        case: told(one) for case, one in found.items()
    }


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_the_first_value_of_the_worst_grade_is_told_with_its_limit_and_the_value_before(implementation: str) -> None:
    rows = DRUG + "a | m | -5:38[..40], 20:130[..42], 30:150[..40], 60:40[..40]\n"
    one = graded(study(ALT, "5.0"), rows, implementation)["a"]
    assert one.seen is not None and one.baseline is not None
    assert (20, 130, 42) == (one.seen.low, one.seen.value, one.seen.upper)
    assert (-5, 38, 40, (0, 0)) == (one.baseline.low, one.baseline.value, one.baseline.upper, one.before)


#: The drawn enzyme has limits of normal, bounds, partial dates, and values of 0 and below.
GRADED = [
    {"measure": "enzyme", "by": by, "baseline_within": within, "term": term}
    for by, within, term in (
        ("CTCAE 5.0", "90 days", "Alanine aminotransferase increased"),
        ("CTCAE 6.0", "7 days", "Alanine aminotransferase increased"),
        ("CTCAE 5.0", "0 days", "Creatinine increased"),
        ("CTCAE 6.0", "90 days", "Creatinine increased"),
    )
]


def test_the_stages_and_the_reference_agree_on_drawn_charts() -> None:
    happened = set()

    def hold(drawn: Protocol, read: Chart) -> None:
        asked = drawn.model_copy(
            update={"safety": Safety.model_validate({"until_after_last_dose": "30 days", "graded": GRADED})}
        )
        try:
            expected = [one for case in cases(asked, read) if case.included for one in grades(asked, read, case)]
        except ChoiceNeeded:
            return
        happened.update(told(one) for one in expected)
        assert set(expected) == set(grades_by_stages(asked, read))

    every_study(hold, 1)
    said = " ".join(happened)
    for words in ("no value on treatment", "no value could be graded", "yes", "0 no", "not graded"):
        assert words in said, words
