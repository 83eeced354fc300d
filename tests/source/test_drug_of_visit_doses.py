"""Doses written at visits count as prednisone equivalents only where somebody says of which drug they are."""

from __future__ import annotations

import pytest

from caseseries.chart.findings import DOSE_DRUG, stop_on_errors
from caseseries.errors import ChoiceNeeded

DOSE = "steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, if_zero_baseline: not evaluable}"
AT_VISITS = (DOSE, DOSE.replace("if_zero", "source: visits, if_zero"))


def of(drugs: str, unit: str = "prednisone mg/day") -> tuple[str, str]:
    return DOSE, AT_VISITS[1].replace("systemic glucocorticoids", drugs).replace("prednisone mg/day", unit)


def column(more: str) -> tuple[str, str]:
    return "steroid: pred", f"steroid: {{column: pred{more}}}"


@pytest.mark.parametrize(
    ("protocol", "more", "asked"),
    [
        (AT_VISITS, "", True),
        (AT_VISITS, ", unit: mg/day", True),
        (AT_VISITS, ", unit: prednisone mg/day", False),
        (AT_VISITS, ", drug: prednisone", False),
        (AT_VISITS, ", drug: methylprednisolone", False),
        (of("methylprednisolone"), "", True),
        (of("prednisone"), "", False),
        (of("systemic glucocorticoids", "mg/day"), "", False),
        ((DOSE, DOSE), "", False),  # the drug rows count
    ],
)
def test_a_column_that_does_not_say_its_drug_is_asked_about(chart_of, protocol, more, asked):
    chart = chart_of(chart=column(more), protocol=protocol)
    assert [("visits.csv", "pred")] * asked == [
        (one.place.file, one.place.column) for one in chart.findings if one.rule == DOSE_DRUG
    ]


def test_the_run_stops_once_and_says_what_to_write(chart_of):
    with pytest.raises(ChoiceNeeded) as stopped:
        stop_on_errors(chart_of(protocol=AT_VISITS))
    assert "Add `drug: prednisone` to the column" in str(stopped.value)


def test_a_dose_of_another_drug_counts_as_its_equivalent(chart_of):
    chart = chart_of(chart=column(", drug: methylprednisolone"), protocol=AT_VISITS)
    assert {"25", "12.5"} == {f"{float(one.value):g}" for one in chart.measurements if one.measure == "steroid"}
