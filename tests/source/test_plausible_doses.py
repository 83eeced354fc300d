"""Doses below as well as above what is plausible, of courses and at visits; one drug written in several units is told."""

import pytest

from caseseries.catalogue import drugs, plausible_dose
from caseseries.catalogue.raw import read

PRED = "P1,prednisone,2007-12-01,2008-02-01,20,mg,once daily,oral"
MMF = "P2,MMF,2008-02-02,2008-12-31,500,mg,bd,po"
STEROID = "daily_dose: systemic glucocorticoids, as: prednisone mg/day"


def row(drug, amount, unit, often="once daily", route="oral"):
    return {"drugs.csv": (PRED, f"P1,{drug},2007-12-01,2008-02-01,{amount},{unit},{often},{route}")}


@pytest.mark.parametrize(
    ("drug", "amount", "unit", "often", "size"),
    [
        ("prednisolone", "45", "µg", "once daily", "smaller"),
        ("prednisone", "0.099", "mg", "once daily", "smaller"),
        ("prednisone", "0.1", "mg", "once daily", ""),
        ("prednisone", "0", "mg", "once daily", ""),
        ("prednisone", "500", "mg", "once daily", ""),
        ("prednisone", "500.1", "mg", "once daily", "larger"),
        ("prednisone", "20", "g", "once daily", "larger"),
        ("dexamethasone", "0.02", "mg", "once daily", ""),  # 0.13 mg of prednisone
        ("dexamethasone", "0.01", "mg", "once daily", "smaller"),
        ("prednisone", "0.004", "mg/kg", "once daily", "smaller"),
        ("prednisone", "0.005", "mg/kg", "once daily", ""),
        ("prednisone", "21", "mg/kg/day", "", "larger"),
        ("prednisone", "0.5", "mg", "weekly", "smaller"),
    ],
)
def test_a_glucocorticoid_outside_the_plausible_doses_is_refused(chart_of, errors_of, drug, amount, unit, often, size):
    found = [(one.rule, one.place.row, one.value) for one in errors_of(chart_of(row(drug, amount, unit, often)))]
    assert ([("dose", 3, amount)] if size else []) == found
    if size:
        (wrong,) = errors_of(chart_of(row(drug, amount, unit, often)))
        assert f"is {size} than is plausible" in wrong.message and amount not in wrong.message


def test_a_dose_is_kept_once_a_person_accepts_it(chart_of, errors_of):
    accept = "accept:\n  - {file: drugs.csv, row: 3, column: dose, found: 45, as_found: yes, by: A. B., on: 2020-01-01, because: why}\n"
    assert [] == errors_of(chart_of(row("prednisolone", "45", "µg"), chart=("", accept)))


@pytest.mark.parametrize(
    ("amount", "unit", "often", "told"),
    [("500", "µg", "bd", True), ("500", "g", "bd", True), ("500", "mg", "bd", False), ("30", "mg/kg", "bd", False)],
)
def test_another_drug_is_told_and_refused_where_a_dose_is_made_of_it(chart_of, errors_of, amount, unit, often, told):
    spoil = {"drugs.csv": (MMF, f"P2,MMF,2008-02-02,2008-12-31,{amount},{unit},{often},po")}
    chart = chart_of(spoil)
    assert [] == errors_of(chart)
    assert told is any(
        one.rule == "dose" and one.severity == "warning" and one.place.row == 5 for one in chart.findings
    )
    asked = errors_of(chart_of(spoil, protocol=(STEROID, "daily_dose: MMF, as: mg/day")))
    assert ([5] if told else []) == [one.place.row for one in asked if one.rule == "dose"]


def test_a_weekly_dose_taken_daily_is_told(chart_of):
    for often, told in (("weekly", False), ("once daily", True)):
        chart = chart_of(row("methotrexate", "15", "mg", often))
        assert told is any("larger than is plausible" in one.message for one in chart.findings)


@pytest.mark.parametrize("source", ["", ", source: visits"])
@pytest.mark.parametrize(
    ("written", "wrong"), [("0.045", True), ("0", False), ("0.1", False), ("501", True), ("20", False), ("-5", True)]
)
def test_a_dose_written_at_a_visit_has_the_same_limits(chart_of, errors_of, source, written, wrong):
    chart = chart_of(
        {"visits.csv": ("P1,2008-01-01,30,200,,20", f"P1,2008-01-01,30,200,,{written}")},
        protocol=(STEROID, STEROID + source),
    )
    assert wrong is any(one.rule == "range" and one.place.row == 2 for one in errors_of(chart))


def test_a_dose_at_a_visit_has_the_limits_of_its_own_unit(chart_of, errors_of):
    per_kg = ("steroid: pred", "steroid: {column: pred, unit: mg/kg/day}")
    for written, wrong in (("0.5", False), ("25", True), ("0.004", True)):
        later = "P1,2008-04-01,40,150,yes,"
        spoil = {"visits.csv": (f"P1,2008-01-01,30,200,,20\n{later}10", f"P1,2008-01-01,30,200,,{written}\n{later}1")}
        assert wrong is bool(errors_of(chart_of(spoil, chart=per_kg)))


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("mg", "g", True),
        ("mg", "mg/kg", True),
        ("mg", "tablets", True),
        ("mg", "", True),
        ("mg", "MG", False),
        ("mg", "mg", False),
    ],
)
def test_several_units_of_one_drug_are_a_note(chart_of, first, second, told):
    rows = f"P1,MMF,2008-01-02,2008-02-01,2,{first},bd,oral\nP1,MMF,2008-02-02,,2,{second},bd,oral"
    chart = chart_of({"drugs.csv": ("P1,MMF,2008-01-02,,500,mg,twice daily,oral", rows)})
    found = [one for one in chart.findings if one.rule == "unit" and "written in several units" in one.message]
    assert (["note"] if told else []) == [one.severity for one in found if "mycophenolate mofetil" in one.message]


def test_every_limit_is_of_a_known_ingredient_and_the_least_is_below_the_most():
    for name in read("drugs")["plausible_mg_a_day"]:
        if name != "source":
            limits = plausible_dose(name)
            assert limits is not None and 0 < limits[0] < limits[1]
            assert name in {one.key for one in drugs()}
