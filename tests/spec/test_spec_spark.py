"""The specs on Spark: charts of specs under one protocol are stacked into one, because each job takes seconds.

`make test` asks those protocols under which most specs stand; with the environment variable SPARK_SPECS=all every spec is
asked, which takes minutes.
"""

from __future__ import annotations

import os

import pytest
from tests.generate.stacking import answered_together, of_one, stacks
from tests.spec import (
    test_spec_bounds,
    test_spec_branches,
    test_spec_candidates,
    test_spec_cases,
    test_spec_children,
    test_spec_counted,
    test_spec_days,
    test_spec_derived,
    test_spec_dose,
    test_spec_eligible_values,
    test_spec_events,
    test_spec_extremes,
    test_spec_free_of,
    test_spec_grades,
    test_spec_held,
    test_spec_history,
    test_spec_levels,
    test_spec_nodes,
    test_spec_normal_limits,
    test_spec_observed,
    test_spec_observing,
    test_spec_questions,
    test_spec_recorded_days,
    test_spec_rules,
    test_spec_score,
    test_spec_since,
    test_spec_sums,
    test_spec_unchanged,
    test_spec_window_end,
    test_spec_windows,
)
from tests.spec.small import Spec, check_answers, protocol

MODULES = (
    test_spec_bounds, test_spec_branches, test_spec_candidates, test_spec_cases, test_spec_children, test_spec_counted, test_spec_days,
    test_spec_derived, test_spec_dose, test_spec_eligible_values, test_spec_events, test_spec_extremes, test_spec_free_of, test_spec_grades,
    test_spec_held, test_spec_history, test_spec_levels, test_spec_nodes, test_spec_normal_limits, test_spec_observed, test_spec_observing,
    test_spec_questions, test_spec_recorded_days, test_spec_rules, test_spec_score, test_spec_since, test_spec_sums, test_spec_unchanged,
    test_spec_window_end, test_spec_windows,
)  # fmt: skip


#: Protocols asked in every run.
ASKED = 10


def every_spec() -> list[Spec]:
    """The specs of all pages, each once."""
    lists = [value for module in MODULES for value in vars(module).values() if isinstance(value, list)]
    return list({id(spec): spec for one in lists for spec in one if isinstance(spec, Spec)}.values())


STACKS = stacks(every_spec())


def answered(specs: list[Spec], engine: str) -> None:
    study, found = protocol(specs[0].changes, specs[0].base), answered_together(specs, engine)
    assert [] == found.needed
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
