"""A depot or an injection of a glucocorticoid without a route: no systemic dose in silence, asked once where a daily dose is made of it."""

import pytest

from caseseries.chart.findings import stop_on_errors
from caseseries.errors import ChoiceNeeded

DEPOTS = (
    "Kenalog",
    "Depo-Medrol",
    "Lederspan",
    "cortisone injection",
    "triamcinolone inj.",
    "triamcinolone hexacetonide",
    "prednisolone acetate",
)
DOSE = "  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, if_zero_baseline: not evaluable}\n"
ROUTE = "    route: route"


def with_drug(name, route="", dose=40):
    return {"drugs.csv": ("P2,MMF", f"P2,{name},2008-03-01,2008-03-01,{dose},mg,once daily,{route}\nP2,MMF")}


def asked(chart):
    return [
        (f.severity, f.place.row, f.place.column, f.value)
        for f in chart.findings
        if f.rule == "choice: depots without a route"
    ]


def systemic(chart):
    return [one.systemic for one in chart.courses if one.patient == "P2" and one.drug != "mycophenolate mofetil"]


@pytest.mark.parametrize("name", DEPOTS)
def test_it_is_a_choice_that_lists_each_row(chart_of, name):
    chart = chart_of(with_drug(name))
    assert [("error", 5, "drug", name)] == asked(chart)
    with pytest.raises(ChoiceNeeded) as stopped:
        stop_on_errors(chart)
    assert "depot_without_route: local" in str(stopped.value) and name not in str(stopped.value)


@pytest.mark.parametrize(("said", "truth"), [("systemic", True), ("local", False)])
@pytest.mark.parametrize("name", DEPOTS)
def test_the_table_says_what_they_are(chart_of, errors_of, name, said, truth):
    chart = chart_of(with_drug(name), chart=(ROUTE, f"{ROUTE}\n    depot_without_route: {said}"))
    assert ([], [truth]) == (errors_of(chart), systemic(chart))


@pytest.mark.parametrize(("route", "truth"), [("IA", False), ("IM", True)])
def test_a_route_says_it(chart_of, errors_of, route, truth):
    chart = chart_of(with_drug("Kenalog", route), chart=(ROUTE, f"{ROUTE}\n    depot_without_route: systemic"))
    assert ([], [truth]) == (errors_of(chart), systemic(chart))


def test_drugs_of_the_table_says_it_for_one_name(chart_of, errors_of):
    chart = chart_of(
        with_drug("Kenalog"), chart=(ROUTE, f"{ROUTE}\n    drugs: {{Kenalog: triamcinolone intra-articular}}")
    )
    assert ([], [False]) == (errors_of(chart), systemic(chart))


def test_a_cell_accepted_as_found_is_systemic(chart_of, errors_of):
    accept = "accept:\n  - {file: drugs.csv, row: 5, column: drug, found: Kenalog, as_found: yes, by: A. B., on: 2020-01-01, because: why}\n"
    chart = chart_of(with_drug("Kenalog"), chart=("", accept))
    assert ([], [True]) == (errors_of(chart), systemic(chart))


@pytest.mark.parametrize(
    "name",
    [
        "prednisone",
        "Medrol",
        "Solu-Medrol",
        "methylprednisolone sodium succinate",
        "prednisolone tablets",
        "MTX injection",
    ],
)
def test_other_names_ask_nothing(chart_of, name):
    assert [] == asked(chart_of(with_drug(name, dose=10)))


def test_without_a_daily_dose_from_courses_it_is_a_warning(chart_of):
    visits = DOSE.replace("if_zero", "source: visits, if_zero")
    chart = chart_of(with_drug("Kenalog"), protocol=(DOSE, visits))
    assert [] == asked(chart)
    assert [("warning", 5)] == [(f.severity, f.place.row) for f in chart.findings if f.rule == "route"]


def test_a_pulse_asks_nothing(chart_of):
    assert [] == asked(chart_of(with_drug("methylprednisolone pulse injection", dose=1000)))
