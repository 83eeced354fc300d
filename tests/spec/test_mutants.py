"""Break one thing in the stages or in the reference: at least one spec must turn red.

Each mutant changes one piece of text or one word of the program, as a slip of the hand would.
"""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest

from tests.spec import test_spec_cases, test_spec_dose, test_spec_events, test_spec_rules, test_spec_windows
from tests.spec.small import Spec

WINDOWS, DOSES, EVENTS, CASES = (
    test_spec_windows.SPECS,
    test_spec_dose.SPECS,
    test_spec_events.SPECS,
    test_spec_cases.SPECS,
)
RULES = [*test_spec_rules.THRESHOLDS, *test_spec_rules.KLEENE, *test_spec_rules.MISSING]


@dataclass(frozen=True)
class Mutant:
    """`old` becomes `new` in a text constant (`name` in capitals), or in the source of a function, of `module`."""

    what: str
    module: str
    name: str
    old: str
    new: str
    specs: list[Spec]
    implementation: str = "duckdb"

    def __str__(self) -> str:
        return f"{self.implementation}: {self.what}"


WINDOW = "caseseries.assessment.window"
DOSE = "caseseries.assessment.dose"
RULE = "caseseries.response.compile"
EVENT = "caseseries.response.intercurrent"
REFERENCE = "caseseries.reference"

MUTANTS = [
    Mutant("a window leaves out its first day", WINDOW, "_CANDIDATE", "BETWEEN v.low AND", "BETWEEN v.low + 1 AND", WINDOWS),
    Mutant("a window leaves out its last day", WINDOW, "_CANDIDATE", "AND v.high END", "AND v.high - 1 END", WINDOWS),
    Mutant("a tie goes the other way", WINDOW, "_VISIT_DAY", "tie = 'later'", "tie <> 'later'", WINDOWS),
    Mutant("a tie of single values goes the other way", WINDOW, "_TAKEN", "tie = 'later' THEN -day", "tie = 'later' THEN day", WINDOWS),
    Mutant("nearest becomes furthest", WINDOW, "_VISIT_DAY", "THEN abs(day - v.target)", "THEN -abs(day - v.target)", WINDOWS),
    Mutant("last becomes first", WINDOW, "_VISIT_DAY", "THEN -day ELSE day END AS distance", "THEN day ELSE day END AS distance", WINDOWS),
    Mutant("best of a day becomes worst", WINDOW, "_DAY_VALUE", "'best' AND c.sign > 0", "'best' AND c.sign < 0", WINDOWS),
    Mutant("a mean of a day is a sum", WINDOW, "_DAY_VALUE", "({parts} // kinds)", "{parts}", WINDOWS),
    Mutant("an undeclared tie is settled in silence", WINDOW, "_VISIT_DAY", "tie IS NULL THEN NULL", "FALSE THEN NULL", WINDOWS),
    Mutant("a bound counts as the value", WINDOW, "_TAKEN", "chosen.censor <> ''", "FALSE", WINDOWS),
    Mutant("a dose counts from the day of change", DOSE, "_ANSWER", "k.index_day < asked.day", "k.index_day <= asked.day", DOSES),
    Mutant("a dose ends a day early", DOSE, "_ANSWER", ">= asked.day - 1", ">= asked.day", DOSES),
    Mutant("a dose ends a day late", DOSE, "_ANSWER", ">= asked.day - 1", ">= asked.day - 2", DOSES),
    Mutant("the equivalence is left out", DOSE, "_ANSWER", "per_day_num * factor_num", "per_day_num", DOSES),
    Mutant("the frequency is left out", DOSE, "_ANSWER", "amount * per_day_num", "amount", DOSES),
    Mutant("pulses are added in", DOSE, "_ANSWER", "(dose_rule.pulses OR NOT course.pulse)", "TRUE", DOSES),
    Mutant("creams are added in", DOSE, "_ANSWER", "WHERE course.systemic AND (dose", "WHERE (dose", DOSES),
    Mutant("not recorded is zero", DOSE, "_ANSWER", "ELSE 'no course recorded'", "ELSE ''", DOSES),
    Mutant("the later of two weights", DOSE, "_ANSWER", "abs(weight_day - day), weight_day)", "abs(weight_day - day), -weight_day)", DOSES),
    Mutant("at least is more than", RULE, "OPERATORS", "at_least", ">", RULES),
    Mutant("more than is at least", RULE, "OPERATORS", "more_than", ">=", RULES),
    Mutant("at most is less than", RULE, "OPERATORS", "at_most", "<", RULES),
    Mutant("less than is at most", RULE, "OPERATORS", "less_than", "<=", RULES),
    Mutant("unknown and yes is yes", RULE, "node_sql", "' AND '.join(children)", "' AND '.join(f'coalesce({c}, TRUE)' for c in children)", RULES),
    Mutant("unknown or no is no", RULE, "node_sql", "' OR '.join(children)", "' OR '.join(f'coalesce({c}, FALSE)' for c in children)", RULES),
    Mutant("not unknown is yes", RULE, "node_sql", "(NOT {children[0]})", "(NOT coalesce({children[0]}, FALSE))", RULES),
    Mutant("a count needs one more", RULE, "node_sql", ">= {k} THEN TRUE", "> {k} THEN TRUE", RULES),
    Mutant("an unknown counts as met", RULE, "node_sql", "{yes} + {unknown} <= {k} THEN TRUE", "{yes} <= {k} THEN TRUE", RULES),
    Mutant("a zero baseline is a small one", RULE, "leaf_sql", "{before_num} = 0 THEN {at_zero}", "FALSE THEN {at_zero}", [*RULES, *DOSES]),
    Mutant("a death after the assessment counts", EVENT, "_OCCURRED", "b.death <= b.horizon, FALSE) AS death", "b.death IS NOT NULL, FALSE) AS death", EVENTS),
    Mutant("a background drug is a rescue", EVENT, "_OCCURRED", "AND NOT EXISTS (", "AND TRUE OR FALSE AND EXISTS (", EVENTS),
    Mutant("a drug stopped late is stopped", EVENT, "_OCCURRED", "coalesce(b.assessed - 1, b.horizon)", "coalesce(b.assessed, b.horizon)", EVENTS),
    Mutant("a dose kept is a dose raised", EVENT, "_OCCURRED", "later.num * before.den > before", "later.num * before.den >= before", EVENTS),
    Mutant("a restart within the gap is a new episode", "caseseries.cohort.index", "_EPISODES", "> {restart_after}", ">= {restart_after}", CASES),
    Mutant("the first episode is the second", "caseseries.cohort.index", "find_index", "episode = 1", "episode = 2", CASES),
    Mutant("a birthday comes a day late", "caseseries.cohort.eligibility", "_years", "< {part.format(born)} THEN", "<= {part.format(born)} THEN", CASES),
    Mutant("unknown is yes", REFERENCE + ".rule", "inner_truth", "None if unknown else True", "True", RULES, "reference"),
    Mutant("the window begins later", REFERENCE + ".window", "candidates_in", "index + window.from_,", "index + window.from_ + 1,", WINDOWS, "reference"),
    Mutant("the dose of the day itself", REFERENCE + ".dose", "_dose_on", "course.start < day", "course.start <= day", DOSES, "reference"),
]  # fmt: skip


def mutated(mutant: Mutant) -> tuple[Any, Any]:
    """The module and what `name` becomes in it."""
    module = importlib.import_module(mutant.module)
    present = getattr(module, mutant.name)
    if isinstance(present, dict):
        assert mutant.old in present
        return module, present | {mutant.old: mutant.new}
    source = present if isinstance(present, str) else inspect.getsource(present)
    assert source.count(mutant.old) >= 1, f"nothing to break: {mutant.old!r} is not in {mutant.module}.{mutant.name}"
    changed = source.replace(mutant.old, mutant.new)
    if isinstance(present, str):
        return module, changed
    scope: dict[str, Any] = dict(vars(module)) | {"Fraction": Fraction}
    exec(changed, scope)  # our own source, changed by the list above
    return module, scope[mutant.name]


def first_red(specs: list[Spec], implementation: str) -> str:
    """The name of the first spec that does not hold; empty if all do."""
    for spec in specs:
        try:
            spec.holds(implementation)
        except Exception:
            return spec.name
    return ""


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_broken_rule_turns_a_spec_red(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    module, changed = mutated(mutant)
    monkeypatch.setattr(module, mutant.name, changed)
    assert first_red(mutant.specs, mutant.implementation), f"{mutant}: every spec still holds"


def test_the_specs_hold_when_nothing_is_broken() -> None:
    assert first_red([*WINDOWS[:3], *DOSES[:3], *RULES[:3]], "duckdb") == ""

