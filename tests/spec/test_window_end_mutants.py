"""Break one thing of how windows that move are ended: the case that holds it must turn red."""

from __future__ import annotations

import pytest
from tests.spec import test_spec_window_end
from tests.spec.mutating import break_it

ENDS, ASKED = "caseseries.assessment.window_end", "caseseries.response.window_end"
REFERENCE = "caseseries.reference.window_end"
CASES = {one.name: one for one in test_spec_window_end.SPECS}

#: Module, name, what is broken, what it becomes, the case that holds it.
MUTANTS = [
    (ENDS, "_UNTIL", "min(CASE WHEN sure THEN high END)", "min(CASE WHEN sure THEN low END)", "an end of some month, and the event in it"),
    (ENDS, "_UNTIL", "min(CASE WHEN sure THEN high END)", "max(CASE WHEN sure THEN high END)", "the first of two ends it"),
    (ENDS, "_UNTIL", "min(CASE WHEN sure THEN high END)", "min(high)", "an end that may lie before the window, and an event later"),
    (ENDS, "_UNTIL", ", coalesce(perhaps, high)", "", "an end of some month, and the event in it"),
    (ENDS, "_UNTIL", "NOT {told} OR ", "", "what ends it is not charted"),
    (ENDS, "_UNTIL", "greatest(last + 1, {low})", "{low}", "not seen to its end, and the event before"),
    (ENDS, "_AFTER", "perhaps < 2", "perhaps < 1", "an event and nothing to measure from"),
    (ENDS, "_AFTER", "WHEN surely <> perhaps THEN {no_length}", "", "a day that is not known, and an event later"),
    (ENDS, "_AFTER", "last > {high}", "last >= {high}", "as long as it may be"),
    (ENDS, "_AFTER", "WHEN last > {high} THEN {too_long}", "", "longer than it may be"),
    (ENDS, "_AFTER", "max(gap)", "min(gap)", "the longest of several"),
    (ENDS, "_AFTER", " - 1 AS last", " AS last", "three times thirty days, and one more"),
    (ENDS, "_AFTER", "greatest({floor}, {length})", "{length}", "as long at least, to the day"),
    (ENDS, "_AFTER", "NOT {told} OR ", "", "a past that was not charted"),
    (ENDS, "_AFTER", " OR c.uncovered", "", "a past that is not known"),
    (ENDS, "_AFTER", "WHEN apart THEN", "WHEN TRUE THEN", "two events of one month may be one"),
    (REFERENCE, "_after", "latest(one) < earliest(other)", "True", "two events of one month may be one"),
    (ENDS, "_AFTER", "THEN {shortest}", "THEN {high}", "a day that is not known, and an event later"),
    (ASKED, "_ANSWER", "WHEN l.truth = h.truth THEN l.truth", "ELSE h.truth", "an end of some month, and the event in it"),
    (ASKED, "_ANSWER", "WHEN l.truth IS NULL THEN l.why", "", "no visit before it may end"),
    (ASKED, "stays", "not (", "(", "longer than it may be, and yet an event"),
    (ASKED, "answer_where_it_ends", "< way.question.shortest", "< 0", "so long does not fit into it"),
    (ASKED, "answer_where_it_ends", "< way.question.shortest", "<= way.question.shortest", "so long just fits into it"),
    (REFERENCE, "_until", "min(certain, default=window.to)", "window.to", "on the day after"),
    (REFERENCE, "_until", "max(last + 1, window.from_)", "window.from_", "not seen to its end, and the event before"),
    (REFERENCE, "_until", "not_told(study, name) or ", "", "what ends it is not charted"),
    (REFERENCE, "_surely_begins", " and latest(fact) - index <= window.to", "", "an end that may lie behind the window, and the event there"),
    (REFERENCE, "_after", "found.perhaps < 2", "found.perhaps < 1", "an event and nothing to measure from"),
    (REFERENCE, "_after", "found.surely != found.perhaps", "False", "a day that is not known, and an event later"),
    (REFERENCE, "_after", "longest) - 1", "longest)", "three times thirty days, and one more"),
    (REFERENCE, "_after", "end <= window.to", "end < window.to", "as long as it may be"),
    (REFERENCE, "in_its_window", "first.truth is last.truth", "first.truth is not None", "an end of some month, and the event in it"),
    (REFERENCE, "in_its_window", "< asked.shortest", "<= asked.shortest", "so long just fits into it"),
    (REFERENCE, "in_its_window", "< asked.shortest", "< 0", "so long does not fit into it"),
]  # fmt: skip


@pytest.mark.long(but_every=4)
@pytest.mark.parametrize(
    ("module", "name", "old", "new", "case"), MUTANTS, ids=[f"{one[1]}: {one[2]} -> {one[3]}" for one in MUTANTS]
)
def test_what_is_broken_turns_red(
    module: str, name: str, old: str, new: str, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_it(monkeypatch, module, name, old, new)
    try:
        CASES[case].holds("reference" if module == REFERENCE else "duckdb", alone=True)
    except Exception:  # also a query that no engine takes is red
        return
    pytest.fail(f"{case} still holds")
