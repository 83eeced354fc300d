"""The comparison finds what differs, and says where."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from tests.generate.comparing import Answer, compare, reference
from tests.spec.small import chart, protocol

from caseseries.chart.tables import Chart
from caseseries.errors import ChoiceNeeded, Problem
from caseseries.protocol.protocol import Protocol

STUDY = protocol()
CHART = chart("1 | mmt | 0:50, 90:54\n2 | mmt | 0:50, 90:53", STUDY)


def test_equal_answers_have_no_differences() -> None:
    assert [] == compare(STUDY, CHART, reference, reference)


def test_a_different_value_is_named_with_its_slot() -> None:
    def other(study: Protocol, table: Chart) -> Answer:
        cases, verdicts = reference(study, table)
        verdict = verdicts["2", "response", 0]
        quantities = (replace(verdict.quantities[0], value=Fraction(49)), *verdict.quantities[1:])
        return cases, dict(verdicts) | {("2", "response", 0): replace(verdict, quantities=quantities)}

    (line,) = compare(STUDY, CHART, reference, other)
    assert line.startswith("verdict 2 / response / 0: left baseline mmt 50 @0 record ")
    assert "| right baseline mmt 49 @0" in line


def test_a_different_truth_a_missing_case_and_another_order() -> None:
    def other(study: Protocol, table: Chart) -> Answer:
        cases, verdicts = reference(study, table)
        return cases[:1], {key: replace(one, truth=None) for key, one in verdicts.items() if key[0] == "1"}

    assert [
        "case 2: only left",
        "verdict 1 / response / 0: truth: left True | right None",
        "verdict 2 / response / 0: only left",
    ] == compare(STUDY, CHART, reference, other)

    def reverse(study: Protocol, table: Chart) -> Answer:
        cases, verdicts = reference(study, table)
        return cases[::-1], verdicts

    assert ["cases: another order"] == compare(STUDY, CHART, reference, reverse)


def test_only_one_side_stops_for_a_choice() -> None:
    def stop(study: Protocol, table: Chart) -> Answer:
        raise ChoiceNeeded("a choice", [Problem("tie", found="1", private=True)])

    (line,) = compare(STUDY, CHART, reference, stop)
    assert line.startswith("only right stops for a choice")
    assert [] == compare(STUDY, CHART, stop, stop)


def test_a_choice_named_for_another_case() -> None:
    tied = chart("1 | mmt | 0:50, 88:54, 92:54", STUDY)

    def other(study: Protocol, table: Chart) -> Answer:
        raise ChoiceNeeded("a choice", [Problem("tie", found="7", private=True)])

    assert ["choices of: left ['1'], right ['7']"] == compare(STUDY, tied, reference, other)
