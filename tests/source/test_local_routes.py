"""A drug that is given locally: none of its class, and told so."""

import pytest

from caseseries.protocol.drug_uses import LOCAL_ROWS, OTHER_ROUTE

RESCUE = (
    "  rescue added: as observed",
    "  rescue added: {drugs: [%s], verdict: non-responder, restart_after: 30 days}",
)


def read(chart_of, asked, name, route):
    row = f"P2,{name},2008-03-01,2008-03-09,1,mg,once daily,{route}\nP2,MMF"
    return chart_of({"drugs.csv": ("P2,MMF", row)}, protocol=(RESCUE[0], RESCUE[1] % asked))


@pytest.mark.parametrize(
    ("asked", "name", "route", "drug", "told"),
    [
        ("systemic glucocorticoids", "hydrocortisone", "topical", "hydrocortisone (local)", True),
        ("systemic glucocorticoids", "hydrocortisone cream", "", "hydrocortisone (local)", True),
        ("systemic glucocorticoids", "triamcinolone", "intra-articular", "triamcinolone (local)", True),
        ("systemic glucocorticoids", "hydrocortisone", "oral", "hydrocortisone", False),
        ("conventional immunosuppressants", "tacrolimus ointment", "", "tacrolimus (local)", True),
        ("conventional immunosuppressants", "tacrolimus", "", "tacrolimus", False),
        ("tacrolimus", "tacrolimus", "topical", "tacrolimus (local)", False),
    ],
)
def test_a_local_route_is_kept_apart_and_told(chart_of, asked, name, route, drug, told):
    chart = read(chart_of, asked, name, route)
    (course,) = [one for one in chart.courses if one.start == 13939]
    assert (drug, drug.endswith("(local)")) == (course.drug, not course.systemic)
    rows = [(one.severity, one.place.row) for one in chart.findings if one.message == LOCAL_ROWS]
    assert [("note", 5)] * told == rows


@pytest.mark.parametrize(
    ("route", "amount", "told"),
    [("IM", 40, True), ("SC", 40, True), ("oral", 40, False), ("IV", 40, False), ("", 40, False), ("IM", 0, False)],
)
def test_a_route_that_equivalents_are_not_stated_for_is_told(chart_of, route, amount, told):
    row = f"P2,methylprednisolone,2008-03-01,2008-03-01,{amount},mg,once daily,{route}\nP2,MMF"
    chart = chart_of({"drugs.csv": ("P2,MMF", row)})
    rows = [(one.severity, one.place.row, one.place.column) for one in chart.findings if one.message == OTHER_ROUTE]
    assert [("warning", 5, "route")] * told == rows
