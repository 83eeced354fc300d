"""Break one thing of how spells are found: the case that holds it must turn red."""

from __future__ import annotations

import pytest
from tests.spec import test_spec_spells
from tests.spec.mutating import break_it
from tests.spec.spelled import spells, told

STAGE, REFERENCE = "caseseries.response.spells", "caseseries.reference.spells"
DAYS, HELD, READ = "caseseries.response.time_days", "caseseries.response.held_rule", "caseseries.reference.held_rule"
CASES: dict[str, tuple[str, ...]] = {str(one.id): one.values for one in test_spec_spells.each()}

#: Module, name, what is broken, what it becomes, the case that holds it.
MUTANTS = [
    (STAGE, "_DAY", "{at_visits} OR a.day <= k.seen_end - k.index_day AND", "{at_visits} OR", "nothing of days after follow-up"),
    (STAGE, "_DAY", "{at_visits} OR", "TRUE OR", "observed so long"),
    (STAGE, "_VISIT", "WHEN bool_or(truth IS NULL) THEN NULL", "", "not known between"),
    (STAGE, "_VISIT", "WHERE visited", "", "a dose not known between"),
    (STAGE, "_CASE", "WHEN u.case_no IS NOT NULL THEN {not_exact}", "", "a partial date within the window"),
    (STAGE, "_CASE", "d.low <= {to}", "d.low < {to} + 2", "a partial date beyond it"),
    (STAGE, "_CASE", "d.high >= {from_}", "d.high > {from_}", "a partial date on its first day"),
    (STAGE, "_CASE", "WHEN v.case_no IS NULL THEN {no_visit}", "", "no visit in it"),
    (STAGE, "_MEMBERS", "WHEN g.truth IS NULL THEN {unplaced}", "WHEN FALSE THEN 0", "not known whether in it"),
    (STAGE, "_MEMBERS", "WHEN NOT g.truth THEN {outside}", "", "outside it"),
    (STAGE, "_RUN", "GROUP BY case_no, run", "GROUP BY case_no", "remission, relapse, remission"),
    (STAGE, "_SPELL", "s.seen >= {to}", "s.seen > {to}", "seen on its last day"),
    (STAGE, "_SPELL", "WHEN s.next_state IS NULL THEN {not_known}", "", "followed to its last day"),
    (STAGE, "_SPELL", "WHEN s.next_state = 0 THEN {no_state}", "", "none of the states between"),
    (STAGE, "_SPELL", "s.next_day - s.last > {gap}", "FALSE", "too far apart"),
    (STAGE, "_SPELL", "WHEN b.case_no IS NOT NULL THEN {between_visits}", "", "a dose between two visits"),
    (STAGE, "_SPELL", "WHERE NOT d.visited AND NOT d.truth", "WHERE NOT d.visited", "a dose not known between"),
    (STAGE, "_SEEN", "WHEN bool_or(d.truth IS NULL) THEN NULL", "", "a bound that leaves one of them possible"),
    (DAYS, "_RUNS", "<= {gap}", "< {gap}", "just not too far apart"),
    (DAYS, "_RUNS", "THEN 0 ELSE 1 END AS begun", "THEN 0 ELSE 0 END AS begun", "none of the states between"),
    (HELD, "find_days", "measures_of_visits(protocol, held.read)", "measures_of_visits(protocol, held.daily)", "the second alone cannot be told"),
    (READ, "_at_visits", "held.read", "held.daily", "the second alone cannot be told"),
    (REFERENCE, "spells_of", "high >= window.from_", "high > window.from_", "a partial date on its first day"),
    (REFERENCE, "spells_of", "low <= window.to", "low <= window.to + 1", "a partial date beyond it"),
    (REFERENCE, "spells_of", "seen_to(case) >= window.to", "seen_to(case) > window.to", "seen on its last day"),
    (REFERENCE, "spells_of", "of_state[day].truth is None", "of_state[day].truth is not True", "a bound that leaves one of them possible"),
    (REFERENCE, "_followed", "day <= seen_to(case) and", "", "nothing of days after follow-up"),
    (REFERENCE, "_state", "return None if None in truths else", "return", "not known between"),
    (REFERENCE, "_ended", "day - one.last > gap", "False", "too far apart"),
    (REFERENCE, "_ended", "if False in between:", "if between:", "a dose not known between"),
    (REFERENCE, "_ended", "range(one.last + 1, day)", "range(0)", "a dose between two visits"),
    (REFERENCE, "_spells", "open_one.visits + 1", "open_one.visits", "one spell"),
]  # fmt: skip


def _said(case: str, implementation: str) -> str:
    states, window, gap, more, among, rows, _ = CASES[case]
    declared = test_spec_spells.study(states, window, gap, more, among)
    return told(spells(declared, test_spec_spells.rows_of(rows), implementation)["1"]["states"])


@pytest.mark.parametrize(
    ("module", "name", "old", "new", "case"), MUTANTS, ids=[f"{one[1]}: {one[2]}" for one in MUTANTS]
)
def test_what_is_broken_turns_red(
    module: str, name: str, old: str, new: str, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_it(monkeypatch, module, name, old, new)
    try:
        found = _said(case, "duckdb" if ".response." in module else "reference")
    except Exception:  # also a query that no engine takes is red
        return
    assert CASES[case][-1] != found, f"{case} still holds"
