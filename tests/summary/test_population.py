"""Results from counts: the same as the small study gives, whole or in parts."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from tests.generate.studies import every_study
from tests.spec.small import chart, protocol
from tests.summary.counting import tally_of

from caseseries.chart.tables import Chart
from caseseries.errors import ChoiceNeeded, Defect
from caseseries.protocol.eligibility import MinimumFollowUp
from caseseries.protocol.protocol import Protocol
from caseseries.stats.tally import Tally
from tests.spec.small import analyse
from caseseries.study import Study
from caseseries.summary.model import ChangeSummary, Summary
from caseseries.summary.result import Result
from caseseries.summary.summarise import summarise
from caseseries.summary.population_cohort import dose_before
from caseseries.summary.model import ChangeSummary, Summary
from caseseries.summary.result import Count


def counted(study: Protocol, read: Chart, summary: Summary) -> Summary:
    tally = tally_of(study, read, summary)
    return summarise(study, tally, dated=read.dated, invented=read.invented, found="Charts found")


def assert_same(study: Protocol, read: Chart, small: Summary) -> None:
    found = counted(study, read, small)
    screened = small.flow[0].label == "Screened"
    assert small.flow[screened:] == found.flow
    assert len(small.included) == found.included
    for name, outcome in small.outcomes.items():
        large = found.outcomes[name]
        removed = any(isinstance(one, MinimumFollowUp) for one in study.include)
        if removed and outcome.plan.among is not None:
            assert outcome.responders[: len(large.answers)] == large.responders[: len(large.answers)]
        else:
            assert outcome.responders == large.responders
        for cell, counts in zip(outcome.grid, large.grid, strict=True):
            assert (cell.spec, cell.reading, cell.windows, cell.missing, cell.dose, cell.varied) == (
                counts.spec, counts.reading, counts.windows, counts.missing, counts.dose, counts.varied,
            )  # fmt: skip
            assert (cell.yes, cell.not_evaluable) == (counts.answers.yes.exact, counts.answers.not_evaluable.exact)
            flips: dict[str, int] = {}
            for _, words in cell.flips:
                flips[words] = flips.get(words, 0) + 1
            assert flips == {flip.words: flip.n.exact for flip in counts.flips}
        for change, counts_of in zip(outcome.changes, large.changes, strict=True):
            assert_same_change(study, change, counts_of)
        assert bool(large.years) is (read.dated and bool(small.included))
        assert sum(year.yes.low for year in large.years) in (0, large.answers[0].yes.low)
    for change, counts_of in zip(small.change_outcomes, found.change_outcomes, strict=True):
        assert_same_change(study, change, counts_of)
    assert small.follow_up == found.follow_up
    # A first diagnosis one day after the index date counts as an unknown one; the dose is not counted, and a database keeps no attributes.
    left = (
        "table1/dose",
        "table1/attribute/",
        *(("table1/disease",) if any(c.disease_duration_days == -1 for c in small.included) else ()),
    )
    assert [row for row in small.table_one if not row.id.startswith(left)] == [
        row for row in found.table_one if not row.id.startswith(left)
    ]
    assert small.prior == found.prior
    assert {table: dict(account) for table, account in small.accounts.items()} == {
        table: {key: n.exact for key, n in account.items()} for table, account in found.accounts.items()
    }
    assert len(small.findings) == sum(one.n.low for one in found.findings)
    assert (small.safety is None) is (found.safety is None)
    if small.safety is not None and found.safety is not None:
        assert small.safety.patient_years == found.safety.patient_years
        assert (small.safety.rate, small.safety.patients_with_event) == (found.safety.rate, found.safety.with_event)
        assert len(small.safety.events) == found.safety.events.low + sum(one.n.low for one in found.safety.not_counted)


def assert_same_change(study: Protocol, small: ChangeSummary, large: ChangeSummary) -> None:
    exact = as_recorded(study, small.measure)
    assert (small.outcome, small.measure, small.n, small.before_window, small.after_window) == (
        large.outcome, large.measure, large.n, large.before_window, large.after_window,
    )  # fmt: skip
    assert len(small.absent) == sum(n for _, _, n in large.absent)
    for part in ("before", "after", "change", "percent"):
        one, other = getattr(small, part), getattr(large, part)
        assert list(one) == list(other)
        for key in one:
            assert_same_result(one[key], other[key], exact)
    for test, same in zip(small.tests, large.tests, strict=True):
        assert (test.id, test.label) == (same.id, same.label)


def assert_same_result(small: Result, large: Result, exact: bool) -> None:
    """The same to the last digit where values are as recorded; doses were rounded to 4 decimals, percents to 2."""
    if exact:
        assert small == large
        return
    assert replace(small, estimate=None, lower=None, upper=None) == replace(
        large, estimate=None, lower=None, upper=None
    )
    rounding = Fraction(1, 100) if "percent" in small.id else Fraction(1, 10_000)
    numbers = zip((small.estimate, small.lower, small.upper), (large.estimate, large.lower, large.upper), strict=True)
    for one, other in numbers:
        assert (one is None) is (other is None)
        assert one is None or other is None or abs(one - other) <= rounding


def as_recorded(study: Protocol, measure: str) -> bool:
    """Whether the values of a measure are recorded ones, no dose that was added up and no mean."""
    means = {word for one in study.windows.values() for word in (one.take, one.tie, one.same_day)}
    return measure not in study.doses and "mean" not in means


@pytest.fixture(scope="module", params=["jdm-mmf", "rtx-sle"])
def example(request: pytest.FixtureRequest, project_root: Path) -> tuple[Protocol, Chart, Summary]:
    folder = project_root / "examples" / request.param
    study = Study.load(folder / "protocol.yaml")
    read = study.read(folder / "chart.yaml")
    return study.protocol, read, analyse(study.protocol, read)


def test_the_examples_counted_are_the_examples(example: tuple[Protocol, Chart, Summary]) -> None:
    assert_same(*example)


def test_the_dose_before_is_that_of_the_cases_with_one_later(example: tuple[Protocol, Chart, Summary]) -> None:
    study, read, small = example
    found = [row for row in counted(study, read, small).table_one if row.id.startswith("table1/dose")]
    alike = [row for row in small.table_one if row.id.startswith("table1/dose")]
    assert len(small.included) == found[0].n == alike[0].n
    for one, other in zip(alike, found, strict=True):
        assert_same_result(one, other, exact=False)
    # A change from another window says nothing of the dose at baseline; without a dose later nothing is told.
    without = replace(counted(study, read, small), change_outcomes=())
    changes = [change for outcome in without.outcomes.values() for change in outcome.changes]
    (dose,) = [change for change in changes if change.measure == found_dose(study)]
    assert dose_before(study, changes) == dose
    assert dose_before(study, [replace(dose, before_window="later")]) is None
    assert dose_before(study, [replace(dose, n=0)]) is None
    # That of the primary outcome, though another looks at days on which more cases have one.
    assert dose_before(study, [dose, replace(dose, n=dose.n + 1)]) == dose
    assert dose_before(study, [replace(dose, n=0), replace(dose, n=1)]) == replace(dose, n=1)


def found_dose(study: Protocol) -> str:
    return next(iter(study.doses))


def test_an_example_with_p_values(example: tuple[Protocol, Chart, Summary]) -> None:
    study, read, _ = example
    asked = study.model_copy(update={"reporting": study.reporting.model_copy(update={"p_values": True})})
    small = analyse(asked, read)
    found = counted(asked, read, small)
    for name, outcome in small.outcomes.items():
        for change, counts in zip(outcome.changes, found.outcomes[name].changes, strict=True):
            for test, same in zip(change.tests, counts.tests, strict=True):
                assert test == same


def drawn(study: Protocol, read: Chart) -> None:
    try:
        small = analyse(study, read)
    except ChoiceNeeded:
        return
    assert_same(study, read, small)
    if small.safety is not None and small.safety.monitoring:
        return  # its cases per part are not in the summary
    draw = random.Random(len(read.measurements))
    part = frozenset(person.patient for person in read.people if draw.random() < 0.5)
    rest = frozenset(person.patient for person in read.people) - part
    halves = [tally_of(study, replace(read), small, patients) for patients in (part, rest)]
    whole = tally_of(study, read, small)
    for key in [key for key in whole.counts if key[0] in {"rows", "finding"}]:
        halves[0].add(key, whole.counts[key])
    assert whole == halves[0] + halves[1] == halves[1] + halves[0]
    assert summarise(study, whole, dated=read.dated, invented=False) == population(
        study, Tally.read((halves[1] + halves[0]).lines()), dated=read.dated, invented=False
    )


def test_drawn_studies_counted_are_the_same_whole_and_in_parts() -> None:
    every_study(drawn, runs=1, studies_per_run=6)


@pytest.mark.long
def test_many_drawn_studies_counted_are_the_same() -> None:
    every_study(drawn, runs=4, first=100)


def test_nobody_is_a_case() -> None:
    study = protocol("include: [{age: {below: 3 years}, at: index date}]")
    read = chart("a | mmt | 0:50, 90:60\na | age | 7", study)
    assert_same(study, read, analyse(study, read))


def test_an_account_that_does_not_balance_stops() -> None:
    study = protocol()
    read = chart("a | mmt | 0:50, 90:60\nb | mmt | 0:50", study)
    tally = tally_of(study, read, analyse(study, read))
    for key in (("persons",), ("cases", "", ""), ("answer", "response", 0, 1970, "yes"), ("age", -1), ("sex", "")):
        wrong = Tally(tally.counts)
        wrong.add(key)
        with pytest.raises(Defect):
            summarise(study, wrong, dated=True, invented=False)
    for key in [key for key in tally.counts if key[0] in {"value", "absent", "why"}]:
        wrong = Tally({one: n for one, n in tally.counts.items() if one != key})
        with pytest.raises(Defect):
            summarise(study, wrong, dated=True, invented=False)


def test_counts_as_they_print() -> None:
    assert ["7", "1–4"] == [str(Count(7, 7)), str(Count(1, 4))]
    assert Count(3, 8) == Count(1, 4) + Count(2, 4)


def test_rates_by_term_and_reasons_of_events_not_counted() -> None:
    study = protocol("safety: {until_after_last_dose: 30 days}")
    rows = "a | mmt | 0:50, 90:60\na | event: rash | 10, 20, -5\nb | mmt | 0:50, 90:60\nb | event: cough | 3"
    read = chart(rows, study)
    found = counted(study, read, analyse(study, read)).safety
    assert found is not None
    assert [("rash", 2, 1), ("cough", 1, 1)] == [(one.term, one.events.low, one.patients.low) for one in found.terms]
    assert [("before the index date", 1)] == [(one.words, one.n.low) for one in found.not_counted]
    days = Fraction(2 * 90)
    assert found.terms[0].rate.estimate == 200 / (days / Fraction("365.25"))
