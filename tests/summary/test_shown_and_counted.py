"""One world: every number of a run is the same whether its cases are shown one by one or only counted, whole or in parts."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from tests.generate.studies import every_study
from tests.report.one_number import not_the_number
from tests.spec.small import analyse, chart, protocol
from tests.summary.counting import counted, tally_of, without_cases

from caseseries.chart.tables import Chart
from caseseries.errors import ChoiceNeeded, Defect
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import folded
from caseseries.report.exhibits.safety import safety_words
from caseseries.report.files.results_file import results
from caseseries.stats.tally import Tally
from caseseries.study import Study
from caseseries.summary.aggregate import aggregate
from caseseries.summary.model import Summary
from caseseries.summary.result import Count
from caseseries.summary.result_rows import proportion

EXAMPLES = ("jdm-mmf", "rtx-sle", "tcl-e7777", "adhesions-cells", "rtx-jdm", "still-rtx")


def assert_same(study: Protocol, read: Chart, shown: Summary) -> None:
    """Number for number, and in results.json to the letter."""
    one, other = without_cases(shown), counted(study, read)
    for name in one.__dataclass_fields__:
        assert getattr(one, name) == getattr(other, name), name
    written = results(one)
    assert written == results(other) and written["cases"] is None


@pytest.fixture(scope="module", params=EXAMPLES)
def example(request: pytest.FixtureRequest, project_root: Path) -> tuple[Protocol, Chart, Summary]:
    folder = project_root / "examples" / request.param
    study = Study.load(folder / "protocol.yaml")
    read = study.read(folder / "chart.yaml")
    return study.protocol, read, analyse(study.protocol, read)


def test_the_examples_counted_are_the_examples(example: tuple[Protocol, Chart, Summary]) -> None:
    assert_same(*example)
    assert [] == not_the_number(example[2])


def test_an_example_with_p_values(example: tuple[Protocol, Chart, Summary]) -> None:
    study, read, _ = example
    asked = study.model_copy(update={"reporting": study.reporting.model_copy(update={"p_values": True})})
    assert_same(asked, read, analyse(asked, read))


def test_the_baseline_is_that_of_every_included_case() -> None:
    """Whatever became of it later: a case without a value after it has one before."""
    study = protocol()
    tally = tally_of(study, chart("a | mmt | 0:50, 90:60\nb | mmt | 0:40\nc | mmt | 90:40", study))
    assert {50_000_000: 1, 40_000_000: 1} == {key[0]: n for key, n in tally.section("baseline", "mmt")}
    assert [n for _, n in tally.section("baseline absent", "mmt")] == [1]
    assert tally.total("value", "response", "mmt", "before") == 1


def spelt(tally: Tally) -> Tally:
    """The counts with the words of strata in one spelling; every part of a chart has that of its own patients."""
    found = Tally()
    for key, n in tally.counts.items():
        found.add(tuple(folded(str(one)) for one in key) if key[0] == "stratum" else key, n)
    return found


def drawn(study: Protocol, read: Chart) -> None:
    try:
        shown = analyse(study, read)
    except ChoiceNeeded:
        return
    assert_same(study, read, shown)
    draw = random.Random(len(read.measurements))
    part = frozenset(person.patient for person in read.people if draw.random() < 0.5)
    rest = frozenset(person.patient for person in read.people) - part
    halves = [tally_of(study, read, patients) for patients in (part, rest)]
    whole = tally_of(study, read)
    counted_by_case = set(halves[0].counts) | set(halves[1].counts)  # among them the values from after a next course
    for key in [
        key for key in whole.counts if key[0] in {"rows", "finding", "screened"} and key not in counted_by_case
    ]:
        halves[0].add(key, whole.counts[key])
    assert spelt(whole) == spelt(halves[0] + halves[1]) == spelt(halves[1] + halves[0])
    again = Tally.read(spelt(halves[1] + halves[0]).lines())
    assert counted(study, read, spelt(whole)) == counted(study, read, again)


def test_drawn_studies_counted_are_the_same_whole_and_in_parts() -> None:
    every_study(drawn, runs=1, studies_per_run=2)


@pytest.mark.long
def test_many_drawn_studies_counted_are_the_same() -> None:
    every_study(drawn, runs=4, first=100)


def test_doses_of_many_cases_are_counted_to_four_decimals(project_root: Path) -> None:
    folder = project_root / "examples" / "jdm-mmf"
    study = Study.load(folder / "protocol.yaml")
    read = study.read(folder / "chart.yaml")
    exact, rounded = (counted(study.protocol, read, tally_of(study.protocol, read, exact=one)) for one in (True, False))
    for one, other in zip(exact.changes, rounded.changes, strict=True):
        for part in ("before", "after", "change", "percent"):
            for key, result in getattr(one, part).items():
                like = getattr(other, part)[key]
                assert replace(result, estimate=None, lower=None, upper=None) == replace(
                    like, estimate=None, lower=None, upper=None
                )
                for a, b in zip((result.estimate, result.lower), (like.estimate, like.lower), strict=True):
                    assert (a is None) is (b is None)
                    assert a is None or b is None or abs(a - b) <= Fraction(1, 100)


def test_what_leaves_a_site_is_rounded_as_counts_of_many_cases_are(project_root: Path) -> None:
    for name in ("jdm-mmf", "rtx-sle"):
        folder = project_root / "examples" / name
        study = Study.load(folder / "protocol.yaml")
        read = study.read(folder / "chart.yaml")
        exact, rounded = (tally_of(study.protocol, read, exact=one) for one in (True, False))
        assert rounded == aggregate(study.protocol, exact, audience="own site")
        assert rounded == aggregate(study.protocol, rounded, audience="own site")


def test_a_mean_leaves_a_site_to_a_millionth_and_a_dose_to_four_decimals() -> None:
    changes = """
    measures:
      mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
      steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, outside_courses: zero, if_zero_baseline: not evaluable}
    windows:
      baseline: {from: -90 days, to: 0 days, take: last, same_day: mean}
      after: {from: 46 days, to: 134 days, target: 90 days, take: nearest, same_day: mean}
    outcomes:
      response: {at: after, rule: {gain: mmt, at_least: 4 points}}
      taper: {change: steroid, at: after}
    """
    study = protocol(changes)
    rows = "a | mmt | 0:50, 0:51, 0:53, 90:60\na | prednisone | -30..30 12.345678 mg; 31..200 7.000049 mg"
    read = chart(rows, study)
    exact, rounded = (tally_of(study, read, exact=one) for one in (True, False))
    assert ("baseline", "mmt", "154/3") in exact.counts and ("baseline", "steroid", 12_345_678) in exact.counts
    told = aggregate(study, exact, audience="own site")
    assert ("baseline", "mmt", 51_333_333) in told.counts and ("baseline", "steroid", 12_345_700) in told.counts
    assert ("value", "taper", "steroid", "after", 7_000_000) in told.counts
    assert rounded == told == aggregate(study, rounded, audience="own site")


def test_nobody_is_a_case() -> None:
    study = protocol("include: [{age: {below: 3 years}, at: index date}]")
    read = chart("a | mmt | 0:50, 90:60\na | age | 7", study)
    assert_same(study, read, analyse(study, read))


def test_what_was_not_charted_is_told_of_nobody_too() -> None:
    study = protocol("include: [{age: {below: 3 years}, at: index date}]\nsafety: {until_after_last_dose: 30 days}")
    read = chart("- | not charted | adverse events, deaths\na | mmt | 0:50, 90:60\na | age | 7", study)
    shown = analyse(study, read)
    assert 0 == shown.included
    assert shown.nowhere("adverse events") and shown.nowhere("deaths") and not shown.nowhere("other drugs")
    assert shown.safety is not None and "adverse events were not charted" == shown.safety.rate.absent_because
    assert "Adverse events were not charted" in safety_words(shown).text
    assert_same(study, read, shown)
    with_case = protocol("safety: {until_after_last_dose: 30 days}")
    somebody = tally_of(with_case, chart("a | mmt | 0:50, 90:60\na | age | 7", with_case))
    together = counted(with_case, read, tally_of(study, read) + somebody)
    assert (1, {}) == (together.included, dict(together.not_charted))


def test_an_account_that_does_not_balance_stops() -> None:
    study = protocol()
    read = chart("a | mmt | 0:50, 90:60\nb | mmt | 0:50", study)
    tally = tally_of(study, read)
    for key in (("persons",), ("cases", "", ""), ("answer", "response", 0, 1970, "yes"), ("age", -1), ("sex", "")):
        wrong = Tally(tally.counts)
        wrong.add(key)
        with pytest.raises(Defect):
            counted(study, read, wrong)
    for key in [key for key in tally.counts if key[0] in {"value", "absent", "why"}]:
        wrong = Tally({one: n for one, n in tally.counts.items() if one != key})
        with pytest.raises(Defect):
            counted(study, read, wrong)


def test_counts_as_they_print() -> None:
    assert ["7", "1–4"] == [str(Count(7, 7)), str(Count(1, 4))]
    assert Count(3, 8) == Count(1, 4) + Count(2, 4)


def test_rates_by_term_and_reasons_of_events_not_counted() -> None:
    study = protocol("safety: {until_after_last_dose: 30 days}")
    rows = "a | mmt | 0:50, 90:60\na | event: rash | 10, 20, -5\nb | mmt | 0:50, 90:60\nb | event: cough | 3"
    read = chart(rows, study)
    found = counted(study, read).safety
    assert found is not None
    assert [("rash", 2, 1), ("cough", 1, 1)] == [(one.term, one.events.low, one.patients.low) for one in found.terms]
    shares = [(one.share.id, one.share.n, one.share.total, one.share.lower, one.share.upper) for one in found.terms]
    both = proportion("x", "x", 1, 2, Fraction(95, 100))
    assert [(f"safety/with_event/{name}", 1, 2, both.lower, both.upper) for name in ("rash", "cough")] == shares
    assert [("before the index date", 1)] == [(one.words, one.n.low) for one in found.not_counted]
    days = Fraction(2 * 90)
    assert found.terms[0].rate.estimate == 200 / (days / Fraction("365.25"))
