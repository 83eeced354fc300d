"""Haemoglobin in mmol/L of a measure in g/dL: CTCAE prints the edges of its grades in both, and a number between them is refused."""

from __future__ import annotations

import pytest
from tests.source.conftest import PROTOCOL, Spoil, address, errors

from caseseries.protocol.lab_grades import edges_in_both, units_of_edges
from caseseries.protocol.load import parse

GRADED = "safety: {until_after_last_dose: 30 days, graded: [{measure: ck, by: CTCAE 5.0, baseline_within: 90 days}]}\n"
CK = "  ck: {instrument: CK}\n"


def graded(unit: str) -> tuple[str, str]:
    """The protocol with haemoglobin in place of CK, in a unit."""
    old = PROTOCOL[PROTOCOL.index(CK) :]
    return old, old.replace(CK, f"  ck: {{instrument: haemoglobin, unit: {unit}}}\n") + GRADED


#: The unit of the measure, that of the column, and the numbers with whether they are refused: 6.2 mmol/L are 9.99 g/dL.
NUMBERS = [
    (
        "g/dL",
        "mmol/L",
        {"6.2": True, "6.21": False, "6.19": False, "4.9": True, "4.96": True, "4.97": False, "4.89": False},
    ),
    ("mmol/L", "g/dL", {"10": False, "9.995": True, "9.98": False, "8": False, "7.9": True, "7.89": False}),
    ("g/L", "mmol/L", {"6.2": True, "6.3": False}),
    ("g/dL", "g/L", {"100": False, "99.9": False, "80": False}),
    ("mmol/L", "mmol/L", {"6.2": False, "4.9": False}),
]


@pytest.mark.parametrize(("own", "column", "numbers"), NUMBERS)
def test_a_number_that_has_another_grade_in_the_unit_of_the_measure_is_refused(
    own: str, column: str, numbers: dict[str, bool], chart_of: Spoil
) -> None:
    for number, refused in numbers.items():
        read = chart_of(
            {"visits.csv": (",40,150,", f",40,{number},")}, chart=("unit: U/L", f"unit: {column}"), protocol=graded(own)
        )
        found = [one for one in errors(read) if one.rule == "edge"]
        assert refused == bool(found), (own, column, number)
        if found:
            assert [("visits.csv", 3, "ck", number)] == [address(one) for one in found]
            assert f"the measure in {column} in the protocol" in found[0].allowed


def test_a_measure_that_is_not_graded_is_only_converted(chart_of: Spoil) -> None:
    old, new = graded("g/dL")
    read = chart_of(
        {"visits.csv": (",40,150,", ",40,6.2,")},
        chart=("unit: U/L", "unit: mmol/L"),
        protocol=(old, new.replace(GRADED, "")),
    )
    assert [] == [one for one in errors(read) if one.rule == "edge"]


def test_numbers_that_are_rounded_when_converted_are_told_once_for_a_column(chart_of: Spoil) -> None:
    """180 and 90 umol/L: the one is twice the other, and of both in mg/dL rounded to a millionth it is not."""
    old, _ = graded("g/dL")
    for unit, rounded in (("umol/L", 1), ("mg/dL", 0)):
        read = chart_of(
            {"visits.csv": (",40,150,", ",40,180,")},
            chart=("unit: U/L", f"unit: {unit}"),
            protocol=(old, old.replace(CK, "  ck: {instrument: creatinine}\n")),
        )
        found = [one for one in read.findings if one.rule == "rounded"]
        assert len(found) == rounded
        assert all("the measure in umol/L in the protocol" in one.allowed for one in found)
        assert all(one.message.startswith("ck: numbers of a column are converted and rounded") for one in found)


def test_the_edges_are_those_of_the_catalogue() -> None:
    study = parse(PROTOCOL.replace(*graded("g/dL"))).protocol
    assert {(6.2, 10), (4.9, 8)} == {(float(there), here) for there, here in edges_in_both(study, "ck", "mmol/L")}
    assert (["mmol/L"], ()) == ([*units_of_edges(study, "ck")], edges_in_both(study, "ck", "g/dL"))
