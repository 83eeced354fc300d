"""Cells of a drug column that hold two names, a brand of one route or a glucocorticoid without an equivalent: read right, refused or told."""

import pytest

from caseseries.protocol.measures import equivalence

LINE = "P1,prednisone,2008-02-02,,10"


def spoil(name: str, dose: str = "10") -> dict[str, tuple[str, str]]:
    return {"drugs.csv": (LINE, f"P1,{name},2008-02-02,,{dose}")}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("prednisolone (Decortin H)", "prednisolone"),
        ("DECORTIN-H TBL", "prednisolone"),
        ("Decortilen", "prednylidene"),
        ("mycophenolate sodium tablets", "mycophenolic acid"),
    ],
)
def test_a_cell_with_brand_and_generic_is_the_one_drug(chart_of, errors_of, name, key):
    chart = chart_of(spoil(name, "720" if "sodium" in name else "10"))
    assert [] == errors_of(chart)
    assert key in {course.drug for course in chart.courses}


@pytest.mark.parametrize(
    ("name", "proposal"),
    [
        ("prednisolone (Decortin)", ""),
        ("prednisone + MTX", ""),
        ("TAC ointment", ""),
        ("TAC 0.1% cream", ""),
        ("Cortison", ""),
        ("Predni", ""),
        ("steroid cream", ""),
        ("dexamethasone 0.1% eye drops bd", ""),
        ("tacrolimus 0.1%", ""),
        ("Decortin H 20 mg", "prednisolone"),
        ("predisone", "prednisone"),
    ],
)
def test_what_may_be_two_drugs_is_refused_and_none_of_them_proposed(chart_of, errors_of, name, proposal):
    assert [("drug", name, proposal)] == [
        (one.rule, one.value, one.proposal) for one in errors_of(chart_of(spoil(name)))
    ]


@pytest.mark.parametrize("name", ["fluocortolone", "Ultralan", "prednylidene", "cloprednol", "paramethasone"])
def test_a_glucocorticoid_without_an_equivalent_keeps_its_dose_and_has_no_factor(chart_of, small_protocol, name):
    chart = chart_of(spoil(name))
    found = next(course for course in chart.courses if course.amount == 10)
    assert (10, "mg", True) == (found.amount, found.unit, found.systemic)
    assert equivalence(small_protocol, found.drug) is None


def test_a_gel_for_injection_is_not_local_and_a_brand_for_the_eye_is(chart_of):
    def systemic(name):
        chart = chart_of({"drugs.csv": (f"{LINE},mg,once daily,oral", f"P1,{name},2008-02-02,,10,mg,once daily,")})
        return next(course.systemic for course in chart.courses if course.amount == 10)

    assert (True, False, False) == (systemic("Acthar gel"), systemic("Pred Forte"), systemic("Protopic"))


def test_a_glucocorticoid_in_percent_without_a_route_is_asked_whether_it_is_local(chart_of, errors_of):
    row = {"drugs.csv": (f"{LINE},mg,once daily,oral", "P1,hydrocortisone 1%,2008-02-02,,10,mg,once daily,")}
    asked = errors_of(chart_of(row))
    assert [("hydrocortisone 1%", True)] == [(one.value, "a preparation in percent" in one.message) for one in asked]
