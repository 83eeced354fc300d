"""What the rows of a chart before an index date cover: declared once, and asked for only where a study looks back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from caseseries.chart.tables import Chart
from caseseries.errors import ChartError, ChoiceNeeded
from caseseries.protocol.load import parse
from caseseries.study import Study

Spoil = Callable[..., Chart]

LOOKS_BACK = ("restart_after: 60 days", "restart_after: 60 days, washout: 30 days")
SEEN = {"patients.csv": ("diagnosed\nP1,F,2000-05-01,JDM,2007-01-02\nP2,M,1999-02,JDM,2007-03-04",
                         "diagnosed,since\nP1,F,2000-05-01,JDM,2007-01-02,2007-12-03\nP2,M,1999-02,JDM,2007-03-04,2008-01-04")}  # fmt: skip
SINCE = ("", "history: {since: since}\n")


@pytest.fixture
def cases_of(chart_of: Spoil) -> Callable[..., dict[str, str]]:
    """Each case and why it is out; a mark for what could not be decided."""

    def found(**spoil: object) -> dict[str, str]:
        from tests.source.conftest import PROTOCOL

        chart = chart_of(**spoil)
        old, new = spoil.get("protocol", ("", ""))  # type: ignore[misc]  # a pair, as the fixture takes it
        checked = Study(parse(PROTOCOL.replace(old, new, 1) if old else PROTOCOL).protocol).check(chart)
        if checked.stops is not None:
            raise checked.stops
        assert checked.cohort is not None
        return {one.case_id: one.failed + ("?" if one.undetermined else "") for one in checked.cohort.cases}

    return found


def test_a_study_that_looks_back_asks_once(cases_of: Callable[..., dict[str, str]]) -> None:
    with pytest.raises(ChoiceNeeded) as stopped:
        cases_of(protocol=LOOKS_BACK)
    assert [("P1", "washout"), ("P2", "washout")] == [
        (one.found, one.what.rpartition("(")[2].rstrip(")")) for one in stopped.value.problems
    ]
    assert all("history" in one.do for one in stopped.value.problems)


def test_a_study_that_does_not_look_back_is_not_asked(cases_of: Callable[..., dict[str, str]]) -> None:
    assert {"P1": "", "P2": ""} == cases_of()


@pytest.mark.parametrize(
    ("declared", "rows", "expected"),
    [
        (("", "history: complete\n"), {}, {"P1": "", "P2": ""}),
        # P1 is known 30 days before the index date, P2 a day less.
        (SINCE, SEEN, {"P1": "", "P2": "washout?"}),
        (("", "history: {since: {column: since, dates: year-month-day}}\n"), SEEN, {"P1": "", "P2": "washout?"}),
        # A month may be its last day; nothing written is not known.
        (SINCE, {"patients.csv": (SEEN["patients.csv"][0], SEEN["patients.csv"][1].replace("2007-12-03", "2007-11"))},
         {"P1": "", "P2": "washout?"}),
        (SINCE, {"patients.csv": (SEEN["patients.csv"][0], SEEN["patients.csv"][1].replace("2007-12-03", "2007-12"))},
         {"P1": "washout?", "P2": "washout?"}),
        (SINCE, {"patients.csv": (SEEN["patients.csv"][0], SEEN["patients.csv"][1].replace("2007-12-03", ""))},
         {"P1": "washout?", "P2": "washout?"}),
        # The first value of P1 is a day before the index date.
        (("", "history: {since: first entry}\n"), {}, {"P1": "washout?", "P2": "washout?"}),
        (("", "history: {since: first entry}\n"), {"visits.csv": ("2008-01-01", "2007-12-03")}, {"P1": "", "P2": "washout?"}),
    ],
)  # fmt: skip
def test_a_declared_history(
    cases_of: Callable[..., dict[str, str]],
    declared: tuple[str, str],
    rows: dict[str, tuple[str, str]],
    expected: dict[str, str],
) -> None:
    assert expected == cases_of(protocol=LOOKS_BACK, chart=declared, spoil=rows)


def test_a_patient_whose_history_has_no_beginning_is_told(chart_of: Spoil) -> None:
    rows = {"patients.csv": (SEEN["patients.csv"][0], SEEN["patients.csv"][1].replace("2007-12-03", ""))}
    told = [(one.patient, one.field) for one in chart_of(rows, SINCE).findings if one.rule == "history"]
    assert [("P1", "history")] == told


@pytest.mark.parametrize("written", ["history: all", "history: {since: }", "history: {}", "history: [complete]"])
def test_what_is_no_declaration_is_refused(chart_of: Spoil, written: str) -> None:
    with pytest.raises(ChartError) as refused:
        chart_of(chart=("", written + "\n"))
    assert any("first entry" in one.allowed for one in refused.value.problems)
