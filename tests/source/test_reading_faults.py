"""One spoilt cell at a time: the outcome, then the address, then that nothing else suffered."""

from __future__ import annotations

from fractions import Fraction

import pytest

from caseseries.chart.findings import DRUG_NAMES, stop_on_errors
from caseseries.errors import ChartError, ChoiceNeeded


def test_the_clean_chart_has_no_error_and_every_row_is_used(chart_of, errors_of):
    chart = chart_of()
    assert [] == errors_of(chart)
    assert chart is stop_on_errors(chart)
    assert {"read": 4, "used": 4, "out of scope": 0, "refused": 0} == chart.account()["visits"]
    assert ["P1", "P2"] == [person.patient for person in chart.people]
    censored = [one for one in chart.measurements if one.censor]
    assert [(Fraction(50), "<")] == [(one.value, one.censor) for one in censored]
    assert ["not done"] == [one.missing for one in chart.measurements if one.value is None]


CELLS = [
    # file, what stood there, what stands there now, row, column, found, rule
    ("visits.csv", "P1,2008-01-01,30", "P1,2008-01-01,1_000", 2, "cmas", "1_000", "number"),
    ("visits.csv", "P1,2008-01-01,30", "P1,2008-01-01,６６", 2, "cmas", "６６", "number"),
    ("visits.csv", "P1,2008-01-01,30", "P1,2008-01-01,nan", 2, "cmas", "nan", "number"),
    ("visits.csv", "P1,2008-01-01,30", "P1,2008-01-01,1e1", 2, "cmas", "1e1", "number"),
    ("visits.csv", "P1,2008-01-01,30", 'P1,2008-01-01,"30,5"', 2, "cmas", "30,5", "decimal mark"),
    ("visits.csv", "P1,2008-01-01,30", "P1,2008-01-01,30\u00a0", 2, "cmas", "30\u00a0", "number"),
    ("visits.csv", "P1,2008-01-01,30", "P1,2008-01-01,NA", 2, "cmas", "NA", "code"),
    ("visits.csv", "P1,2008-01-01,30", "P1,2008-01-01,-999", 2, "cmas", "-999", "range"),
    ("visits.csv", "P1,2008-01-01,30", "P1,2008-01-01,4+/5", 2, "cmas", "4+/5", "number"),
    ("visits.csv", "P1,2008-01-01,30", "P1,2008-01-01,30 points", 2, "cmas", "30 points", "number"),
    ("visits.csv", "P1,2008-01-01,30", "P1,2008-01-01,0.1234567", 2, "cmas", "0.1234567", "decimals"),
    ("visits.csv", "P1,2008-01-01,30", "P1,2008-01-01,53", 2, "cmas", "53", "range"),
    ("visits.csv", "P1,2008-01-01,30", "P1,01/02/2008,30", 2, "date", "01/02/2008", "date"),
    ("visits.csv", "P1,2008-01-01,30", "P1,2008-W10-1,30", 2, "date", "2008-W10-1", "date"),
    ("visits.csv", "P1,2008-01-01,30", "P1,20080101,30", 2, "date", "20080101", "date"),
    ("visits.csv", "P1,2008-01-01,30", "P1,2008-1-1,30", 2, "date", "2008-1-1", "date"),
    ("visits.csv", "P1,2008-01-01,30", "P1,2008-02-30,30", 2, "date", "2008-02-30", "date"),
    ("visits.csv", "P1,2008-01-01,30", "P1,,30", 2, "date", "", "date"),
    ("visits.csv", "P1,2008-01-01,30", "P1,39000,30", 2, "date", "39000", "date"),
    ("visits.csv", "P1,2008-01-01,30", "P1,1998-01-01,30", 2, "date", "1998-01-01", "before birth"),
    ("visits.csv", "P1,2008-01-01,30", "P9,2008-01-01,30", 2, "id", "P9", "unknown id"),
    ("visits.csv", "P1,2008-01-01,30", "p1,2008-01-01,30", 2, "id", "p1", "unknown id"),
    ("visits.csv", "P1,2008-01-01,30", ",2008-01-01,30", 2, "id", "", "id"),
    ("visits.csv", "150,yes", "150,perhaps", 3, "better", "perhaps", "yes or no"),
    ("visits.csv", "150,yes,10", "150,yes,-1", 3, "pred", "-1", "range"),
    ("patients.csv", "P2,M", "P1,M", 3, "id", "P1", "duplicate id"),
    ("patients.csv", "P2,M", "p1,M", 3, "id", "p1", "duplicate id"),
    ("patients.csv", "P2,M", "P1.0,M", 3, "id", "P1.0", "duplicate id"),
    ("patients.csv", "1999-02", "1999-13", 3, "born", "1999-13", "date"),
    ("drugs.csv", "2008-02-02,2008-12-31", "2008-02-02,2008-01-31", 5, "stop", "2008-01-31", "course"),
    ("drugs.csv", "P2,MMF", "P2,", 5, "drug", "", "drug"),
    ("drugs.csv", "P1,prednisone,2008-02-02", "P1,predisone,2008-02-02", 4, "drug", "predisone", "drug"),
    ("drugs.csv", "P1,prednisone,2008-02-02", "P1,azathioprin,2008-02-02", 4, "drug", "azathioprin", "drug"),
    ("drugs.csv", "P1,prednisone,2008-02-02", "P1,pred,2008-02-02", 4, "drug", "pred", "drug"),
    ("drugs.csv", "P1,prednisone,2008-02-02", "P1,steroids,2008-02-02", 4, "drug", "steroids", "drug"),
    ("drugs.csv", "P1,prednisone,2008-02-02,,10,mg,once daily,oral", "P1,prednisone,2008-02-02,,10,mg,once daily,kissing", 4,
     "route", "kissing", "route"),
    ("drugs.csv", "2008-12-31,500", "2008-12-31,<500", 5, "dose", "<500", "dose"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "row", "column", "found", "rule"), CELLS, ids=[f"{c[6]}: {c[5] or 'blank'}" for c in CELLS]
)
def test_a_spoilt_cell_is_refused_at_its_address(
    chart_of, errors_of, address_of, file, old, new, row, column, found, rule
):
    chart = chart_of({file: (old, new)})
    first = next(finding for finding in errors_of(chart) if finding.place.file == file)
    assert (rule, (file, row, column, found)) == (first.rule, address_of(first))
    assert 1 <= chart.account()[file.removesuffix(".csv")]["refused"]
    with pytest.raises(ChartError) as wrong:
        stop_on_errors(chart)
    assert not found or f"'{found}" not in str(wrong.value)
    assert repr(found)[:-1] in wrong.value.describe(values=True) or not found


def test_all_mistakes_are_reported_in_one_run(chart_of, errors_of):
    chart = chart_of({"visits.csv": ("30,200", "3x,2oo"), "drugs.csv": ("2008-02-02,2008", "2008-02-31,2008")})
    assert [("drugs.csv", 5), ("visits.csv", 2), ("visits.csv", 2)] == [
        (f.place.file, f.place.row) for f in errors_of(chart)
    ]


def test_a_ragged_row_is_refused_by_its_number(chart_of, errors_of):
    for new in ("P1,2008-01-01,30,200,,20,more", "P1,2008-01-01,30"):
        (wrong,) = errors_of(chart_of({"visits.csv": ("P1,2008-01-01,30,200,,20", new)}))
        assert ("visits.csv", 2, "row") == (wrong.place.file, wrong.place.row, wrong.rule)


def test_partial_dates_ask_for_a_choice_once_with_every_cell(chart_of, errors_of):
    spoil = {"visits.csv": ("P1,2008-01-01", "P1,2008-01"), "patients.csv": ("JDM,2007-01-02", "JDM,2007")}
    chart = chart_of(spoil)
    with pytest.raises(ChoiceNeeded) as needed:
        stop_on_errors(chart)
    assert [("patients.csv", 2), ("visits.csv", 2)] == [(p.place.file, p.place.row) for p in needed.value.problems]


@pytest.mark.parametrize(
    ("policy", "days"),
    [("earliest", (0, 0, 0)), ("middle", (15, 15, 15)), ("latest", (30, 30, 30)), ("bounds", (15, 0, 30))],
)
def test_partial_dates_are_settled_as_the_protocol_says(chart_of, policy, days):
    chart = chart_of({"visits.csv": ("P1,2008-01-01", "P1,2008-01")}, protocol=("", f"partial_dates: {policy}\n"))
    one = next(one for one in chart.measurements if one.patient == "P1" and one.value == 30)
    first = 13879  # 2008-01-01
    assert days == (one.day - first, one.low - first, one.high - first)


def test_partial_dates_may_be_refused(chart_of, errors_of):
    (wrong,) = errors_of(
        chart_of({"visits.csv": ("P1,2008-01-01", "P1,2008-01")}, protocol=("", "partial_dates: refuse\n"))
    )
    assert ("partial date", 2) == (wrong.rule, wrong.place.row)


def test_the_study_drug_needs_a_full_first_day_even_under_bounds(chart_of, errors_of):
    chart = chart_of({"drugs.csv": ("MMF,2008-01-02", "MMF,2008-01")}, protocol=("", "partial_dates: bounds\n"))
    assert ["partial date"] == [wrong.rule for wrong in errors_of(chart)]


def test_a_partial_birth_date_keeps_both_ends_and_needs_no_choice(chart_of, errors_of):
    chart = chart_of()
    assert 27 == chart.people[1].birth_high - chart.people[1].birth_low
    assert [] == errors_of(chart)


def test_rows_after_the_cut_off_are_out_of_scope(chart_of, errors_of):
    chart = chart_of({"visits.csv": ("P2,2008-05-01", "P2,2011-01-01")})
    assert [] == errors_of(chart)
    assert {"read": 4, "used": 3, "out of scope": 1, "refused": 0} == chart.account()["visits"]
    assert ["after the data cut-off"] == [row.reason for row in chart.rows if row.status == "out of scope"]


def test_the_day_of_the_cut_off_is_in_scope(chart_of):
    assert 0 == chart_of({"visits.csv": ("P2,2008-05-01", "P2,2010-12-31")}).account()["visits"]["out of scope"]


def warned(chart, rule):
    return [
        (f.place.file, f.place.row, f.proposal) for f in chart.findings if f.rule == rule and f.severity == "warning"
    ]


PREDISONE = {"drugs.csv": ("P1,prednisone,2008-02-02", "P1,predisone,2008-02-02")}
ACCEPT_DRUG = "accept:\n  - {file: drugs.csv, row: 4, column: drug, found: predisone, %s, by: A. B., on: 2020-01-01, because: why}\n"


def test_a_misspelt_drug_stops_the_run_and_the_nearest_name_is_proposed(chart_of, errors_of):
    (wrong,) = errors_of(chart_of(PREDISONE))
    assert ("prednisone", True) == (wrong.proposal, wrong.allowed.startswith("nearest: prednisone"))
    assert "predisone" not in wrong.message


def test_a_misspelt_name_of_the_protocol_s_own_drugs_stops_the_run(chart_of, errors_of):
    spoil = {"drugs.csv": ("P1,prednisone,2008-02-02", "P1,wunderdrog,2008-02-02")}
    assert [DRUG_NAMES] == [asked.rule for asked in errors_of(chart_of(spoil))]
    own = ("", "drugs: {wunderdrug: {groups: [biologics]}}\n")
    assert ["wunderdrug"] == [wrong.proposal for wrong in errors_of(chart_of(spoil, protocol=own))]


@pytest.mark.parametrize(
    ("chart", "protocol", "drug"),
    [
        (("", ACCEPT_DRUG % "as_found: yes"), ("", ""), "predisone"),
        (("", ACCEPT_DRUG % "read_as: prednisone"), ("", ""), "prednisone"),
        (("    route: route", "    route: route\n    drugs: {predisone: prednisone}"), ("", ""), "prednisone"),
        (("    route: route", "    route: route\n    drugs: {predisone: predisone}"), ("", ""), "predisone"),
        (("", ""), ("", "drugs: {predisone: {groups: []}}\n"), "predisone"),
    ],
)
def test_a_misspelt_drug_is_read_once_a_person_said_what_it_is(chart_of, errors_of, chart, protocol, drug):
    read = chart_of(PREDISONE, chart=chart, protocol=protocol)
    assert ([], [drug]) == (
        errors_of(read),
        [one.drug for one in read.courses if one.patient == "P1" and one.end is None][1:],
    )


def test_a_drug_in_none_of_the_groups_keeps_its_own_name(chart_of, errors_of):
    none = ("    route: route", "    route: route\n    drugs: {Wonderdrug X: none of these}")
    chart = chart_of({"drugs.csv": ("P2,MMF,2008-02-02", "P2,Wonderdrug X,2008-02-02")}, chart=none)
    assert ([], []) == (errors_of(chart), warned(chart, "drug"))
    assert ["wonderdrug x"] == [course.drug for course in chart.courses if course.patient == "P2"]


def test_an_unknown_frequency_leaves_the_daily_dose_unknown(chart_of):
    chart = chart_of({"drugs.csv": ("mg,bd", "mg,now and then")})
    assert [("drugs.csv", 5, "")] == warned(chart, "frequency")
    assert [None] == [course.per_day for course in chart.courses if course.patient == "P2"]


def test_a_declared_frequency_is_exact(chart_of):
    chart = chart_of(
        {"drugs.csv": ("mg,bd", "mg,Mon and Thu")},
        chart=("    route: route\n", "    route: route\n    frequencies: {mon and thu: 2/7}\n"),
    )
    assert [Fraction(2, 7)] == [course.per_day for course in chart.courses if course.patient == "P2"]


def test_a_total_per_day_is_not_multiplied_by_the_frequency(chart_of):
    chart = chart_of({"drugs.csv": ("500,mg,bd", "1,g/day,bd")})
    (course,) = [course for course in chart.courses if course.patient == "P2"]
    assert (Fraction(1000), "mg", Fraction(1)) == (course.amount, course.unit, course.per_day)


def test_overlapping_courses_of_one_drug_are_asked_about(chart_of):
    chart = chart_of({"drugs.csv": ("2007-12-01,2008-02-01", "2007-12-01,2008-02-02")})
    asked = [one for one in chart.findings if one.rule == "choice: overlaps"]
    assert [("drugs.csv", 4, "stop_means: first day without")] == [
        (one.place.file, one.place.row, one.proposal) for one in asked
    ]


def test_stop_dates_may_be_the_first_day_without(chart_of):
    chart = chart_of(
        {"drugs.csv": ("2007-12-01,2008-02-01", "2007-12-01,2008-02-02")},
        chart=("stop_means: last day taken", "stop_means: first day without"),
    )
    assert [] == [one for one in chart.findings if "overlap" in one.rule]


def test_a_course_written_twice_counts_once(chart_of):
    line = "P2,MMF,2008-02-02,2008-12-31,500,mg,bd,po\n"
    chart = chart_of({"drugs.csv": (line, line + line)})
    assert 1 == len([course for course in chart.courses if course.patient == "P2"])
    assert 5 == chart.account()["drugs"]["used"]
    assert [("drugs.csv", 6, "")] == warned(chart, "duplicate row")


def test_a_patient_row_written_twice_counts_once(chart_of, errors_of):
    line = "P1,F,2000-05-01,JDM,2007-01-02\n"
    chart = chart_of({"patients.csv": (line, line + line)})
    assert ([], 2) == (errors_of(chart), len(chart.people))
    assert [("patients.csv", 3, "")] == warned(chart, "duplicate row")


def test_the_dose_at_a_visit_is_held_against_the_drug_rows_on_arrival(chart_of):
    # On 2 February the dose changes from 20 to 10; who arrives that day still took 20.
    on_the_day = chart_of({"visits.csv": ("P1,2008-04-01,40,150,yes,10", "P1,2008-02-02,40,150,yes,20")})
    assert [] == warned(on_the_day, "dose")
    next_day = chart_of({"visits.csv": ("P1,2008-04-01,40,150,yes,10", "P1,2008-02-03,40,150,yes,20")})
    assert [("visits.csv", 3, "10")] == warned(next_day, "dose")


def test_a_dose_at_a_visit_is_no_measurement_when_the_drug_rows_count(chart_of):
    assert {"cmas", "ck", "improved"} == {one.measure for one in chart_of().measurements}


BY_WEIGHT = (
    "  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day",
    "  kg: {instrument: weight}\n"
    "  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/kg/day, weight: kg, weight_within: 30 days",
)
DAILY = "steroid: {column: pred, unit: %s}"


@pytest.mark.parametrize(
    ("unit", "rows", "difference"),
    [
        ("mg/day", "mg", "10"),  # the last visit comes in a course of 10 mg and says 11
        ("mg/kg/day", "mg", None),
        ("mg/kg/day", "mg/kg", "10"),
        ("mg/day", "mg/kg", None),
    ],
)
def test_a_dose_that_is_only_compared_stands_in_its_own_unit(chart_of, errors_of, unit, rows, difference):
    spoil = {"visits.csv": ("150,yes,10", "150,yes,11")}
    drugs = "id,drug,start,stop,dose,unit,often,route\nP1,prednisone,2007-12-01,,10,UNIT,once daily,oral\n".replace(
        "UNIT", rows
    )
    chart = chart_of(
        spoil, chart=("steroid: pred", DAILY % unit), protocol=BY_WEIGHT,
        add={"drugs.csv": drugs},
    )  # fmt: skip
    assert [] == errors_of(chart)
    expected = [] if difference is None else [("visits.csv", 2, difference), ("visits.csv", 3, difference)]
    assert expected == warned(chart, "dose")
    told = [f.place.column for f in chart.findings if f.rule == "dose" and f.severity == "note"]
    assert (["pred"] if difference is None else []) == told


def test_the_unit_of_a_dose_that_counts_must_be_the_protocol_s_and_the_way_out_is_said(chart_of, errors_of):
    counts = BY_WEIGHT[0], BY_WEIGHT[1] + ", source: visits"
    (wrong,) = errors_of(chart_of(chart=("steroid: pred", DAILY % "mg/day"), protocol=counts))
    assert wrong.message.startswith("in table 'visits' the `unit` of 'steroid' is not a unit of this dose (chart.yaml:")
    assert "mg/kg/day; or change `as` of the measure in the protocol, which says prednisone mg/kg/day" == wrong.allowed
    (wrong,) = errors_of(chart_of(chart=("steroid: pred", DAILY % "g/day")))
    assert "mg/day or mg/kg/day" == wrong.allowed


def test_pulses_are_flagged_by_the_threshold_or_by_the_word(chart_of):
    line = "P2,MMF,2008-02-02,2008-12-31,500,mg,bd,po"
    for new, pulse in [
        ("P2,methylprednisolone,2008-02-02,2008-02-04,500,mg,once daily,iv", True),
        ("P2,methylprednisolone,2008-02-02,2008-02-04,200,mg,once daily,iv", True),
        ("P2,methylprednisolone,2008-02-02,2008-02-04,199,mg,once daily,iv", False),
        ("P2,methylprednisolone,2008-02-02,2008-02-04,30,mg/kg,once daily,iv", True),
        ("P2,methylprednisolone,2008-02-02,2008-02-04,400,mg,once daily,oral", False),
        ("P2,dexamethasone,2008-02-02,2008-02-04,100,mg,pulse,iv", True),
    ]:
        chart = chart_of({"drugs.csv": (line, new)})
        assert [pulse] == [course.pulse for course in chart.courses if course.patient == "P2"], new


def test_a_missing_code_that_is_a_possible_value_must_be_declared_for_its_column(chart_of, errors_of):
    chart = chart_of(chart=("missing: {ND: not done", 'missing: {"9": unknown, ND: not done'))
    assert {("code", "cmas"), ("code", "ck")} <= {(f.rule, f.field) for f in errors_of(chart)}
    declared = chart_of(
        {"visits.csv": ("P1,2008-01-01,30", "P1,2008-01-01,9")},
        chart=("cmas: cmas", 'cmas: {column: cmas, missing: {"9": unknown}}'),
    )
    assert [] == errors_of(declared)
    assert ["unknown"] == [one.missing for one in declared.measurements if one.measure == "cmas" and one.value is None]


def test_units_are_converted_or_refused(chart_of, errors_of):
    chart = chart_of({"visits.csv": ("200,,20", "2,,20")}, chart=("unit: U/L", "unit: ukat/L"))
    assert [] == errors_of(chart)
    assert Fraction(120) in {one.value for one in chart.measurements if one.measure == "ck"}
    (wrong,) = errors_of(chart_of(chart=("unit: U/L", "unit: mmHg")))
    assert ("unit", "ck") == (wrong.rule, wrong.place.column)


def test_an_undeclared_unit_of_a_laboratory_value_and_of_a_dose_is_said(chart_of):
    dose = ("visits.csv", 1, "unit: prednisone mg/day")
    assert [dose] == warned(chart_of(), "unit")
    assert [("visits.csv", 1, "unit: U/L"), dose] == warned(chart_of(chart=("{column: ck, unit: U/L}", "ck")), "unit")
    assert [] == warned(chart_of(chart=("steroid: pred", "steroid: {column: pred, unit: mg/day}")), "unit")


WEIGHT = ("    measures: {cmas: cmas,", "    measures: {weight: {column: kg, unit: kg}, cmas: cmas,")
WEIGHED = ("  cmas: {instrument: CMAS}", "  cmas: {instrument: CMAS}\n  weight: {instrument: weight}")


def weighed(number: str) -> dict[str, str]:
    return {"visits.csv": f"id,date,kg,cmas,ck,better,pred\nP1,2008-01-01,{number},30,200,,20\n"}


@pytest.mark.parametrize(
    ("number", "wrong"), [("0.3", False), ("0.29", True), ("400", False), ("401", True), ("2740", True)]
)
def test_a_value_outside_the_plausible_limits_stops_the_run(chart_of, errors_of, address_of, number, wrong):
    found = errors_of(chart_of(chart=WEIGHT, protocol=WEIGHED, add=weighed(number)))
    expected = [("outside the plausible limits", ("visits.csv", 2, "kg", number), "0.3 to 400")] if wrong else []
    assert expected == [(one.message, address_of(one), one.allowed) for one in found]


LAST_DOSE = "P1,prednisone,2008-02-02,,10,mg,once daily,oral"


@pytest.mark.parametrize(
    ("course", "column", "what"),
    [
        ("P1,prednisone,2008-02-02,,,mg,once daily,oral", "dose", "no dose is recorded"),
        ("P1,prednisone,2008-02-02,,ND,mg,once daily,oral", "dose", "no dose is recorded"),
        (
            "P1,prednisone,2008-02-02,,10,mg,as needed,oral",
            "often",
            "the frequency gives no number of administrations per day",
        ),
        ("P1,prednisone,2008-02-02,,10,mg,,oral", "often", "no frequency is recorded"),
        ("P1,prednisone,2008-02-02,,10,,once daily,oral", "unit", "no unit of the dose is recorded"),
        ("P1,prednisone,2008-02-02,,10,drops,once daily,oral", "unit", "not a known unit of dose"),
        ("P1,prednisone,2008-02-02,,10,mg/day,,oral", "", ""),  # the total of a day needs no frequency
        ("P1,prednisone,2008-02-02,,,mg,once daily,topical", "", ""),
        ("P1,methylprednisolone pulse,2008-02-02,,,mg,once daily,iv", "", ""),
        ("P1,MMF,2008-02-02,,,mg,once daily,oral", "", ""),
    ],
)
def test_a_glucocorticoid_course_whose_daily_dose_is_not_known_is_said(chart_of, errors_of, course, column, what):
    table = "    route: route", "    route: route\n    drugs: {methylprednisolone pulse: methylprednisolone}"
    chart = chart_of({"drugs.csv": (LAST_DOSE, course)}, chart=table)
    found = [
        (f.severity, f.place.row, f.place.column, f.message)
        for f in chart.findings
        if "is not known while" in f.message
    ]
    after = ", so the daily dose of a systemic glucocorticoid is not known while this course lasts"
    assert ([] if not what else [("warning", 4, column, what + after)]) == found
    assert [] == errors_of(chart)


@pytest.mark.parametrize(
    ("course", "wrong"),
    [
        ("P1,prednisone,2008-02-02,,500,mg,once daily,oral", False),
        ("P1,prednisone,2008-02-02,,500.1,mg,once daily,oral", True),
        ("P1,prednisone,2008-02-02,,12,g,twice daily,oral", True),
        ("P1,prednisone,2008-02-02,,251,mg,bd,", True),
        ("P1,dexamethasone,2008-02-02,,75,mg,once daily,oral", False),
        ("P1,dexamethasone,2008-02-02,,75.1,mg,once daily,oral", True),
        ("P1,prednisone,2008-02-02,,20,mg/kg,once daily,oral", False),
        ("P1,prednisone,2008-02-02,,21,mg/kg,once daily,oral", True),
        ("P1,prednisone,2008-02-02,,2000,mg/m2,once daily,oral", False),
        ("P1,methylprednisolone,2008-02-02,,1,g,once daily,iv", False),  # a pulse
        ("P1,methylprednisolone,2008-02-02,,1,g,once daily,oral", True),
        ("P1,prednisone,2008-02-02,,1000,mg,once daily,topical", False),
        ("P1,MMF,2008-02-02,,1,g,once daily,oral", False),
    ],
)
def test_a_daily_dose_beyond_the_plausible_limit_stops_the_run(chart_of, errors_of, course, wrong):
    found = [(f.rule, f.place.row, f.place.column) for f in errors_of(chart_of({"drugs.csv": (LAST_DOSE, course)}))]
    assert ([("dose", 4, "dose")] if wrong else []) == found


def test_a_daily_dose_beyond_the_plausible_limit_or_a_blank_one_may_be_accepted(chart_of, errors_of):
    start = "accept:\n  - {file: drugs.csv, row: 4, column: dose, found: '%s', as_found: yes, by: A. B., on: 2020-01-01, because: why}\n"
    for found in ("1000", ""):
        course = LAST_DOSE.replace(",10,", f",{found},")
        chart = chart_of({"drugs.csv": (LAST_DOSE, course)}, chart=("", start % found))
        assert ([], []) == (errors_of(chart), [f for f in chart.findings if f.rule == "dose" and f.place.row == 4])


def test_a_table_without_doses_says_it_once(chart_of):
    chart = chart_of(chart=("    dose: dose\n", "    ignore: dose\n"))
    assert [(None, "dose")] == [(f.place.row, f.field) for f in chart.findings if "is not known while" in f.message]


def test_a_value_outside_the_plausible_limits_may_be_accepted(chart_of, errors_of):
    start = (
        "accept:\n  - {file: visits.csv, row: 2, column: ck, found: 99999999, by: A. B., on: 2020-01-01, because: why, "
    )
    for decision, kept in (("as_found: yes", 99999999), ("read_as: 999", 999)):
        chart = chart_of({"visits.csv": ("30,200", "30,99999999")}, chart=("", start + decision + "}\n"))
        assert ([], True) == (errors_of(chart), kept in {one.value for one in chart.measurements})


def test_values_between_two_steps_are_asked_about(chart_of, errors_of):
    chart = chart_of({"visits.csv": ("P1,2008-01-01,30", "P1,2008-01-01,30.5")})
    assert ([], [("visits.csv", 2, "")]) == (errors_of(chart), warned(chart, "step"))


def test_a_decimal_comma_is_read_where_it_is_declared(chart_of, errors_of):
    chart = chart_of(
        {"visits.csv": ("P1,2008-01-01,30", 'P1,2008-01-01,"30,0"')},
        chart=("dates: year", "decimal: comma\ndates: year"),
    )
    assert [] == errors_of(chart)


def test_an_accepted_cell_is_read_as_decided_and_said(chart_of, errors_of):
    decision = "accept:\n  - {file: visits.csv, row: 2, column: cmas, found: 3O, read_as: 30, by: A. B., on: 2020-01-01, because: letter O}\n"
    chart = chart_of({"visits.csv": ("P1,2008-01-01,30", "P1,2008-01-01,3O")}, chart=("", decision))
    assert [] == errors_of(chart)
    assert Fraction(30) in {one.value for one in chart.measurements}
    assert [("a person decided about this cell, under `accept`", "accepted by A. B. on 2020-01-01: letter O")] == [
        (f.message, f.because) for f in chart.findings if f.rule == "accepted cell"
    ]


def test_an_accepted_cell_that_changed_since_is_an_error(chart_of, errors_of):
    decision = "accept:\n  - {file: visits.csv, row: 2, column: cmas, found: 3O, read_as: 30, by: A. B., on: 2020-01-01, because: letter O}\n"
    (wrong,) = errors_of(chart_of(chart=("", decision)))
    assert ("accepted cell", "30") == (wrong.rule, wrong.value)


def test_a_decision_about_a_cell_that_is_not_there_is_an_error(chart_of, errors_of):
    decision = "accept:\n  - {file: visit.csv, row: 2, column: cmas, found: 30, read_as: 31, by: A. B., on: 2020-01-01, because: why}\n"
    assert ["accepted cell"] == [wrong.rule for wrong in errors_of(chart_of(chart=("", decision)))]


def test_a_cell_may_be_declared_not_evaluable_or_right_as_it_is(chart_of, errors_of):
    spoil = {"visits.csv": ("P1,2008-01-01,30", "P1,2008-01-01,53")}
    start = "accept:\n  - {file: visits.csv, row: 2, column: cmas, found: 53, by: A. B., on: 2020-01-01, because: why, "
    chart = chart_of(spoil, chart=("", start + "not_evaluable: impossible score}\n"))
    assert ([], ["impossible score"]) == (
        errors_of(chart),
        [one.missing for one in chart.measurements if one.missing and one.measure == "cmas"],
    )
    assert Fraction(53) in {one.value for one in chart_of(spoil, chart=("", start + "as_found: yes}\n")).measurements}


def test_two_people_under_one_id_are_told_apart_by_decisions_in_every_table(chart_of, errors_of):
    decisions = """accept:
  - {file: patients.csv, row: 3, column: id, found: P1, read_as: P1b, by: A. B., on: 2020-01-01, because: born in another year}
  - {file: visits.csv, row: 4, column: id, found: P1, read_as: P1b, by: A. B., on: 2020-01-01, because: born in another year}
  - {file: visits.csv, row: 5, column: id, found: P1, read_as: P1b, by: A. B., on: 2020-01-01, because: born in another year}
  - {file: drugs.csv, row: 5, column: id, found: P1, read_as: P1b, by: A. B., on: 2020-01-01, because: born in another year}
"""
    spoil = {
        "patients.csv": ("P2", "P1"),
        "visits.csv": ("P2,2008-02-01,35,ND,,\nP2", "P1,2008-02-01,35,ND,,\nP1"),
        "drugs.csv": ("P2", "P1"),
    }
    chart = chart_of(spoil, chart=("", decisions))
    assert ([], ["P1", "P1b"]) == (errors_of(chart), [person.patient for person in chart.people])


def test_a_missing_column_names_the_nearest(chart_of, errors_of):
    (wrong,) = errors_of(chart_of({"visits.csv": ("cmas", "cmass")}))
    assert ("column", "nearest: cmass", 1) == (wrong.rule, wrong.value, wrong.place.row)


def test_columns_that_nothing_reads_are_noted(chart_of):
    chart = chart_of(
        {
            "visits.csv": (
                "id,date,cmas,ck,better,pred\nP1,2008-01-01,30,200,,20",
                "id,date,cmas,ck,better,pred,mood\nP1,2008-01-01,30,200,,20,ok",
            )
        }
    )
    assert ["ignore: [mood]"] == [f.proposal for f in chart.findings if f.rule == "column" and f.severity == "note"]


def test_two_columns_of_one_name_are_refused(chart_of, errors_of):
    wrong = errors_of(chart_of({"visits.csv": ("better,pred", "cmas,pred")}))
    assert ["column", "header"] == [one.rule for one in wrong if one.place.row == 1]


def test_a_visit_after_death_is_refused(chart_of, errors_of):
    deaths = ("  visits:\n", "  deaths: {kind: deaths, file: deaths.csv, patient: id, date: died}\n  visits:\n")
    chart = chart_of(chart=deaths, add={"deaths.csv": "id,died\nP2,2008-04-30\n"})
    assert [("after death", "visits.csv", 5)] == [(w.rule, w.place.file, w.place.row) for w in errors_of(chart)]
    same_day = chart_of(chart=deaths, add={"deaths.csv": "id,died\nP2,2008-05-01\n"})
    assert [] == errors_of(same_day)
    assert ["death"] == [fact.kind for fact in same_day.facts if fact.kind == "death"]


def test_nothing_after_the_index_date_is_noted(chart_of):
    chart = chart_of({"visits.csv": ("P2,2008-05-01,36,<50,no,\n", "")})
    assert ["P2"] == [f.patient for f in chart.findings if f.rule == "follow-up"]


def test_a_measure_the_protocol_does_not_have_is_an_error(chart_of, errors_of):
    (wrong,) = errors_of(chart_of(chart=("cmas: cmas", "cmass: cmas")))
    assert ("measure", "nearest: cmas") == (wrong.rule, wrong.allowed)


def test_rows_about_others_may_be_out_of_scope(chart_of, errors_of):
    chart = chart_of(
        {"visits.csv": ("P2,2008-05-01", "X9,2008-05-01")},
        chart=("    date: date\n", "    date: date\n    other_patients: out of scope\n"),
    )
    assert ([], 1) == (errors_of(chart), chart.account()["visits"]["out of scope"])


# --- Grades ---------------------------------------------------------------------------------------------------------

EVENTS = "\n  events: {kind: events, file: events.csv, patient: id, event: event, date: date, grade: grade, fatal: no death}\n"
SAFETY = "safety: {until_after_last_dose: 30 days, grading: %s}\n"


@pytest.mark.parametrize("grade", ["0", "1", "5", "6", "7", "-1", "1.5", "1-2", "Grade 3", "severe", "", "ND"])
@pytest.mark.parametrize("grading", ["CTCAE v5.0", "NCI-CTCAE 4.03", "WHO", "as recorded"])
def test_a_grade_outside_1_to_5_is_refused_where_grading_is_ctcae(chart_of, errors_of, address_of, grade, grading):
    events = {"events.csv": f"id,event,date,grade\nP1,rash,2008-02-01,2\nP1,cough,2008-03-01,{grade}\n"}
    chart = chart_of(chart=("", EVENTS), protocol=("", SAFETY % grading), add=events)
    wrong = "CTCAE" in grading and grade not in {"1", "5", "1-2", "Grade 3", "severe", "", "ND"}
    expected = [("grade", ("events.csv", 3, "grade", grade))] if wrong else []
    assert expected == [(one.rule, address_of(one)) for one in errors_of(chart)]
    told = [address_of(one) for one in chart.findings if one.severity == "warning" and "3 or more" in one.message]
    if "CTCAE" in grading:
        assert (grade == "severe") == (("events.csv", 3, "grade", "severe") in told)


@pytest.mark.parametrize(
    ("grade", "fits"), [("0", True), ("4", True), ("grade 2", True), ("5", False), ("9", False), ("mild", True)]
)
@pytest.mark.parametrize("grading", ["WHO, grades 0-4", "WHO (0 to 4)", "WHO 0–4"])
def test_a_grade_outside_a_scale_that_says_its_range_is_refused(chart_of, errors_of, grade, grading, *, fits):
    events = {"events.csv": f"id,event,date,grade\nP1,cough,2008-03-01,{grade}\n"}
    chart = chart_of(chart=("", EVENTS), protocol=("", SAFETY % f'"{grading}"'), add=events)
    assert ([] if fits else ["grade"]) == [one.rule for one in errors_of(chart)]


def test_a_grade_may_be_accepted_or_the_protocol_may_have_no_safety(chart_of, errors_of):
    events = {"events.csv": "id,event,date,grade\nP1,cough,2008-03-01,7\n"}
    accept = "accept:\n  - {file: events.csv, row: 2, column: grade, found: '7', as_found: yes, by: A. B., on: 2020-01-01, because: why}\n"
    for more, safety in ((accept, SAFETY % "CTCAE v5.0"), ("", "")):
        chart = chart_of(chart=("", EVENTS + more), protocol=("", safety), add=events)
        assert ([], "7") == (
            errors_of(chart),
            next(one.attribute("grade") for one in chart.facts if one.kind == "event"),
        )
