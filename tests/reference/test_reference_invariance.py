"""What must not change an answer: the order of rows, the names, other patients, the calendar year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import fields, replace
from random import Random
from typing import Any

import pytest
from tests.generate.comparing import Answer, Key, compare, reference
from tests.generate.studies import every_study

from caseseries.chart.tables import Chart, Person
from caseseries.errors import ChoiceNeeded
from caseseries.protocol.protocol import Protocol
from caseseries.reference.case import CaseAnswer
from caseseries.verdict.trace import Verdict

#: 28 years: weekdays, leap days and birthdays all keep their place, so whole years of age do as well.
SHIFT = 1461 * 7
YEARS = 28

#: Each draws whole studies; `make test` runs them.
pytestmark = pytest.mark.long


def unchanged(
    other: Callable[[Protocol, Chart], tuple[Protocol, Chart]],
    back: Callable[[CaseAnswer], CaseAnswer] = lambda case: case,
    verdict_back: Callable[[Verdict], Verdict] = lambda verdict: verdict,
) -> None:
    """Hold the answers on a changed study, changed back, against those on the study itself."""

    def changed(protocol: Protocol, chart: Chart) -> Answer:
        cases, verdicts = reference(*other(protocol, chart))
        found = {key: verdict_back(verdict) for key, verdict in verdicts.items()}
        ordered = sorted(map(back, cases), key=lambda case: (case.patient, case.episode))
        return tuple(ordered), {_key(verdict): verdict for verdict in found.values()}

    def check(protocol: Protocol, chart: Chart) -> None:
        try:
            reference(protocol, chart)
        except ChoiceNeeded:
            return
        assert [] == compare(protocol, chart, reference, changed)

    every_study(check, runs=3)


def _key(verdict: Verdict) -> Key:
    return verdict.case_id, verdict.outcome, verdict.spec


def _each(chart: Chart, change: Callable[[Any], Any], *tables: str) -> Chart:
    return replace(
        chart, **{table: tuple(map(change, found)) for table in tables if (found := getattr(chart, table)) is not None}
    )


#: `observed` is None in a chart that does not say when patients were observed.
TABLES = ("people", "measurements", "courses", "facts", "observed", "unread")
#: The fields of rows and cases that hold days.
DAYS = {
    "day", "low", "high", "start", "end", "end_low", "end_high", "birth_low", "birth_high", "first", "last", "known_from", "index",
    "episode_end", "follow_end", "follow_high", "on_drug_end", "on_drug_low", "on_drug_high", "seen_end", "seen_high", "first_low",
    "first_high", "last_low", "last_high",
}  # fmt: skip


def test_the_order_of_rows() -> None:
    def shuffle(protocol: Protocol, chart: Chart) -> tuple[Protocol, Chart]:
        random = Random(7)
        mixed = {
            table: tuple(random.sample(rows, len(rows)))
            for table in TABLES
            if (rows := getattr(chart, table)) is not None
        }
        return protocol, replace(chart, **mixed)

    unchanged(shuffle)


def test_the_numbers_of_records_only_say_which_of_equal_rows_is_cited() -> None:
    def reverse(protocol: Protocol, chart: Chart) -> tuple[Protocol, Chart]:
        total = len(chart.measurements) + 1
        return protocol, _each(chart, lambda row: replace(row, record=total - row.record), "measurements")

    def without_records(protocol: Protocol, chart: Chart) -> Answer:
        cases, verdicts = reference(protocol, chart)
        return cases, {key: _uncited(verdict) for key, verdict in verdicts.items()}

    def check(protocol: Protocol, chart: Chart) -> None:
        assert [] == compare(
            protocol, chart, without_records, lambda study, rows: without_records(*reverse(study, rows))
        )

    every_study(check, runs=3)


def _uncited(verdict: Verdict) -> Verdict:
    return replace(verdict, quantities=tuple(replace(quantity, record=None) for quantity in verdict.quantities))


def test_the_names_of_patients() -> None:
    def rename(patient: str) -> str:
        return f"q{99 - int(patient[1:])}" if patient not in {"p01", "p02"} else patient

    def back(name: str) -> str:
        patient, *episode = name.split("/")
        return "/".join([f"p{99 - int(patient[1:]):02}" if patient.startswith("q") else patient, *episode])

    def renamed(protocol: Protocol, chart: Chart) -> tuple[Protocol, Chart]:
        return protocol, _each(chart, lambda row: replace(row, patient=rename(row.patient)), *TABLES)

    unchanged(
        renamed,
        lambda case: replace(case, case_id=back(case.case_id), patient=back(case.patient)),
        lambda verdict: replace(verdict, case_id=back(verdict.case_id)),
    )


def test_another_patient() -> None:
    def another(protocol: Protocol, chart: Chart) -> tuple[Protocol, Chart]:
        return protocol, replace(chart, people=(*chart.people, Person("zz", 0)))

    def check(protocol: Protocol, chart: Chart) -> None:
        def without(study: Protocol, rows: Chart) -> Answer:
            cases, verdicts = reference(*another(study, rows))
            others = tuple(case for case in cases if case.patient != "zz")
            return others, {key: verdict for key, verdict in verdicts.items() if key[0] != "zz"}

        assert [] == compare(protocol, chart, reference, without)

    every_study(check, runs=3)


def test_the_calendar() -> None:
    def later(day: int | None) -> int | None:
        return None if day is None else day + SHIFT

    def moved(protocol: Protocol, chart: Chart) -> tuple[Protocol, Chart]:
        if not chart.dated:
            return protocol, chart

        def move(row: Any) -> Any:
            held = {one.name: getattr(row, one.name) for one in fields(row)}
            moved = {name: later(value) for name, value in held.items() if name in DAYS}
            if held.get("possible") is not None:
                moved["possible"] = move(held["possible"])
            if held.get("until") is not None:
                moved["until"] = tuple(map(later, held["until"]))
            return replace(row, **moved)

        period = protocol.period.model_dump()
        dates = {name: day.replace(year=day.year + YEARS) for name, day in period.items() if isinstance(day, dt.date)}
        return (
            protocol.model_copy(update={"period": protocol.period.model_copy(update=dates)}),
            _each(chart, move, *TABLES),
        )

    def back(case: CaseAnswer) -> CaseAnswer:
        def earlier(day: int | None) -> int | None:
            return None if day is None or day < SHIFT else day - SHIFT

        if case.index is None or case.index < SHIFT:
            return case
        return replace(case, **{one.name: earlier(getattr(case, one.name)) for one in fields(case) if one.name in DAYS})

    unchanged(moved, back)
