"""Drugs taken as before, stretches without an event, and answers by sex, of a database: shown and counted alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.source.omop.conftest import PROTOCOL, SMALL

from caseseries.protocol.load import parse
from caseseries.study import Study

#: The first patient goes on with the same amount a day, the second gets the double one; 10 mg a piece.
EXPOSURES = [
    (1, 1, 100, "2020-01-01", "2020-01-30", 30, 30, 0),
    (2, 1, 100, "2020-01-31", "2020-02-29", 30, 30, 0),
    (3, 1, 100, "2020-03-01", "2020-12-20", 295, 295, 0),
    (4, 2, 100, "2020-01-01", "2020-01-30", 30, 30, 0),
    (5, 2, 100, "2020-01-31", "2020-12-20", 650, 325, 0),
]
CONDITIONS = [(1, 1, 300, "2019-12-01"), (2, 2, 301, "2020-02-01"), (3, 2, 300, "2019-12-01")]
STRENGTH = [(100, 100, 10, 8576)]
OUTCOMES = (
    "outcomes:\n  stable: {at: after, by: sex, rule: {unchanged: drug x, in: after}}\n"
    "  quiet: {at: after, by: sex, rule: {free_of: bleeding, for: 60 days, in: after}}\nsafety:"
)


@pytest.mark.parametrize("show", [0, 100])
def test_a_dose_that_changes_and_a_stretch_without_an_event(database: Callable[..., Path], show: int) -> None:
    before, _, _ = PROTOCOL.partition("outcomes:")
    after = PROTOCOL.partition("safety:")[2]
    text = (before + OUTCOMES.replace("{", "{{").replace("}", "}}") + after).format(measures="", concepts="")
    found = database(
        more="  refills: add\n  no_route: systemic\n",
        drug_exposure=EXPOSURES,
        drug_strength=STRENGTH,
        condition_occurrence=CONDITIONS,
    )
    summary = Study(parse(text).protocol).run(found, show=show).summary
    told = {
        name: {one.name: (one.yes, one.no, one.not_evaluable) for one in of.strata}
        for name, of in summary.strata.items()
    }
    # the window begins the day after the index date, so that the start itself is none; patient 1 is a man, patient 2 a woman
    assert {"female": (0, 1, 0), "male": (1, 0, 0)} == told["stable"]
    assert {"female": (1, 0, 0), "male": (1, 0, 0)} == told["quiet"]


UNDATED = """outcomes:
  quiet: {at: after, by: sex, rule: {free_of: bleeding, for: 60 days, in: after}}
  bled: {at: after, by: sex, rule: {occurs: bleeding, in: after}}
  bled before: {at: after, by: sex, rule: {occurs: bleeding, in: before}}
  few: {at: after, by: sex, rule: {value: bleeds, at_most: 0 events}}
safety:"""


@pytest.mark.parametrize("show", [0, 100])
@pytest.mark.parametrize("written", [None, "soon", "0000-00-00"])
def test_an_event_whose_day_is_not_known_is_not_none(
    database: Callable[..., Path], show: int, written: str | None
) -> None:
    before, _, _ = PROTOCOL.partition("outcomes:")
    after = PROTOCOL.partition("safety:")[2]
    text = (before + UNDATED.replace("{", "{{").replace("}", "}}") + after).format(
        measures="  bleeds: {count: bleeding}", concepts=""
    )
    # a row without a concept is nobody's bleeding
    rows = [*CONDITIONS[:1], CONDITIONS[2], (9, 2, 301, written), (10, 1, 0, None), (11, 1, 0, "2020-02-01")]
    summary = Study(parse(text).protocol).run(database(condition_occurrence=rows), show=show).summary
    told = {
        name: {one.name: (one.yes, one.no, one.not_evaluable) for one in of.strata}
        for name, of in summary.strata.items()
    }
    assert {"female": (0, 0, 1), "male": (1, 0, 0)} == told["quiet"] == told["few"]
    assert {"female": (0, 0, 1), "male": (0, 1, 0)} == told["bled"] == told["bled before"]
    assert summary.safety is not None and summary.safety.undated.exact == 1


TIME = "  low: {time_to: {value: sbp, less_than: 100 mmHg}, in: course, censored: [lost, data cutoff, death, drug stopped]}\n"


@pytest.mark.parametrize("show", [0, 100])
@pytest.mark.parametrize("time", ["", TIME])
def test_a_monitored_value_that_stands_twice_is_one_whatever_else_is_asked(
    database: Callable[..., Path], show: int, time: str
) -> None:
    before, outcomes, after = PROTOCOL.partition("outcomes:\n")
    text = before.replace(
        "intercurrent:", "  course: {{from: 0 days, to: 180 days, take: last, same_day: worst}}\nintercurrent:"
    )
    after = after.replace(
        "safety: {{until_after_last_dose: 30 days,",
        "safety: {{until_after_last_dose: 120 days, monitored: [{{measure: sbp, below: 135}}],",
    )
    declared = (text + outcomes + time.replace("{", "{{").replace("}", "}}") + after).format(measures="", concepts="")
    twice = [(20 + number, *row[1:]) for number, row in enumerate(SMALL["measurement"])]
    found = database(measurement=[*SMALL["measurement"], *twice], condition_occurrence=CONDITIONS)
    summary = Study(parse(declared).protocol).run(found, show=show).summary
    assert summary.safety is not None
    (seen,) = summary.safety.monitoring
    assert (2, 2, 1) == (seen.values.exact, seen.patients.exact, seen.beyond.exact)
