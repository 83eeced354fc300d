"""The specs on Spark: charts of specs under one protocol are stacked into one, because each job takes seconds.

`make test` asks those protocols under which most specs stand; with the environment variable SPARK_SPECS=all every spec is
asked, which takes minutes.
"""

from __future__ import annotations

import os

import pytest
from tests.generate.stacking import for_all, prefix, stacked, stacks
from tests.spec import (
    test_spec_bounds,
    test_spec_branches,
    test_spec_candidates,
    test_spec_cases,
    test_spec_children,
    test_spec_days,
    test_spec_dose,
    test_spec_events,
    test_spec_history,
    test_spec_observed,
    test_spec_observing,
    test_spec_rules,
    test_spec_windows,
)
from tests.spec.small import Answers, Spec, chart, check_answers, protocol
from tests.spec.stages import by_stages

from caseseries.chart.tables import Chart

MODULES = (
    test_spec_bounds, test_spec_branches, test_spec_candidates, test_spec_cases, test_spec_children, test_spec_days, test_spec_dose,
    test_spec_events, test_spec_history, test_spec_observed, test_spec_observing, test_spec_rules, test_spec_windows,
)  # fmt: skip


#: Protocols asked in every run.
ASKED = 10


def every_spec() -> list[Spec]:
    """The specs of all pages, each once."""
    lists = [value for module in MODULES for value in vars(module).values() if isinstance(value, list)]
    return list({id(spec): spec for one in lists for spec in one if isinstance(spec, Spec)}.values())


STACKS = stacks(every_spec())


def of_one(found: Answers, place: int) -> Answers:
    """What is answered about the chart at one place of a stack, under its own names."""
    start = prefix(place)
    cases = {name.removeprefix(start): case for name, case in found.cases.items() if name.startswith(start)}
    verdicts = {
        (name.removeprefix(start), *rest): verdict
        for (name, *rest), verdict in found.verdicts.items()
        if name.startswith(start)
    }
    return Answers(cases, verdicts, {}, [])


def answered(specs: list[Spec], engine: str) -> None:
    study = protocol(specs[0].changes, specs[0].base)
    charts: list[Chart] = [chart(spec.rows, study) for spec in specs]
    cases, verdicts, within, needed = by_stages(for_all(study, len(charts)), stacked(charts), engine)
    found = Answers(cases, verdicts, within, needed)
    for place, spec in enumerate(specs):
        check_answers(study, of_one(found, place), spec.expected, spec.cell)


@pytest.mark.parametrize("place", range(3))
def test_a_stack_of_specs_is_answered_as_each_is(place: int) -> None:
    answered(STACKS[place], "duckdb")


@pytest.mark.xdist_group("spark")
@pytest.mark.parametrize(
    "specs",
    [
        pytest.param(specs, id=f"{specs[0].name} and {len(specs) - 1} more")
        for specs in (STACKS if os.environ.get("SPARK_SPECS") == "all" else STACKS[:ASKED])
    ],
)
def test_specs_on_spark(specs: list[Spec]) -> None:
    answered(specs, "spark")
