"""Break one thing of how an event is looked back for from each visit: the case that holds it must turn red."""

from __future__ import annotations

import pytest
from tests.spec import test_spec_since
from tests.spec.mutating import break_it

OCCURRENCE, BEGINS, HELD = (
    "caseseries.response.occurrence",
    "caseseries.assessment.occurrence",
    "caseseries.response.held_rule",
)
REFERENCE, READ = "caseseries.reference.held_rule", "caseseries.reference.occurrence"
VISITS = "caseseries.protocol.visits_read"
CASES = {one.name: one for one in test_spec_since.SPECS}

#: Module, name, what is broken, what it becomes, the case that holds it.
MUTANTS = [
    (OCCURRENCE, "_BACK", "day - {days}", "day - {days} + 1", "on the first of these days"),
    (OCCURRENCE, "_BACK", "day - {days}", "day - {days} - 1", "a day before them"),
    (OCCURRENCE, "_BACK", "CAST(day AS INT) AS high", "CAST(day - 1 AS INT) AS high", "on the day of the visit"),
    (OCCURRENCE, "_BACK", "CAST(day AS INT) AS high", "CAST(day + 1 AS INT) AS high", "on the day after it"),
    (OCCURRENCE, "look_back", "of_case=True", "of_case=False", "such a chart, and a visit so late that it does not matter"),
    (OCCURRENCE, "look_back", "times=asked.times", "times=1", "twice on one day is once"),
    (OCCURRENCE, "_ANSWER", "AND {told} AND", "AND", "events were not charted"),
    (OCCURRENCE, "_ANSWER", " AND NOT uncovered", "", "a day of the history is missing"),
    (OCCURRENCE, "_ANSWER", " AND NOT leaves", "", "days before observation began"),
    (BEGINS, "_FOUND", "f.day IS NULL\n    OR ", "", "without a day"),
    (HELD, "at_no_visit", "isinstance(node.question, LookedBack)", "False", "a day between visits is not looked back from"),
    (VISITS, "reads_visits", "not held.read or ", "", "a recorded visit whose day is known in part"),
    (REFERENCE, "_looked_back", "day - asked.days", "day - asked.days + 1", "on the first of these days"),
    (REFERENCE, "_looked_back", "day - asked.days", "day - asked.days - 1", "a day before them"),
    (REFERENCE, "_looked_back", ", day, asked", ", day - 1, asked", "on the day of the visit"),
    (REFERENCE, "_on_day", " if visited else fitting[node.id]", "", "a day between visits is not looked back from"),
    (READ, "occurred", "found.surely >= times", "found.surely >= 1", "twice on one day is once"),
    (READ, "occurred", "found.perhaps >= times", "False", "known in part, perhaps a day too early"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "name", "old", "new", "case"), MUTANTS, ids=[f"{one[1]}: {one[2]} -> {one[3]}" for one in MUTANTS]
)
def test_what_is_broken_turns_red(
    module: str, name: str, old: str, new: str, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_it(monkeypatch, module, name, old, new)
    try:
        CASES[case].holds("reference" if module in (REFERENCE, READ, VISITS) else "duckdb", alone=True)
    except Exception:  # also a query that no engine takes is red
        return
    pytest.fail(f"{case} still holds")
