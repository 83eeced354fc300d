"""What the abstract tells of the one adverse event on treatment, and that it tells nothing of several or of what is not recorded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from caseseries.report.exhibits.adverse_events import only_event_words
from caseseries.study import Study
from caseseries.summary.audience import for_readers
from caseseries.summary.cases import AdverseEvent
from caseseries.summary.model import Summary
from caseseries.summary.result import Count

EXAMPLE = Path(__file__).parents[2] / "examples" / "jdm-mmf"


@pytest.fixture(scope="module")
def example() -> Summary:
    return Study.load(EXAMPLE / "protocol.yaml").run(EXAMPLE / "chart.yaml").summary


def with_events(summary: Summary, *events: AdverseEvent, counted: Count) -> Summary:
    assert summary.cases is not None and summary.safety is not None
    return replace(summary, cases=replace(summary.cases, events=events), safety=replace(summary.safety, events=counted))


def the_event(summary: Summary) -> AdverseEvent:
    assert summary.cases is not None
    (event,) = [one for one in summary.cases.events if one.on_treatment]
    return event


def test_one_event_is_told_with_what_is_recorded_of_it(example: Summary) -> None:
    told = "Recorded of the event on treatment: grade 2; resolved; methotrexate and prednisone taken at the time."
    assert told == only_event_words(example)


def test_what_is_not_recorded_is_not_told(example: Summary) -> None:
    event, one = the_event(example), Count(1, 1)
    bare = with_events(example, replace(event, grade="", outcome="", concurrent=()), counted=one)
    assert "" == only_event_words(bare)
    graded = with_events(example, replace(event, outcome="", concurrent=()), counted=one)
    assert "Recorded of the event on treatment: grade 2." == only_event_words(graded)


def test_of_several_and_of_rows_that_count_as_one_nothing_is_told(example: Summary) -> None:
    event = the_event(example)
    assert "" == only_event_words(with_events(example, event, event, counted=Count(2, 2)))
    assert "" == only_event_words(with_events(example, event, event, counted=Count(1, 1)))
    assert "" == only_event_words(with_events(example, event, counted=Count(1, 2)))
    assert "" == only_event_words(replace(example, safety=None))
    assert "" == only_event_words(with_events(example, counted=Count(1, 1))), "its case is not shown"


def test_a_journal_is_not_told_free_text(example: Summary) -> None:
    results = Study.load(EXAMPLE / "protocol.yaml").run(EXAMPLE / "chart.yaml")
    told = only_event_words(for_readers(results.summary, results.tally, "journal"))
    assert "Recorded of the event on treatment: grade 2; methotrexate and prednisone taken at the time." == told
