"""Break one thing of how laboratory values are graded: a case of the specs must turn red."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.spec.mutating import break_it
from tests.spec.test_spec_lab_grades import ALT, EDGES, edges, graded, groups, perhaps, study, told

STAGE, REFERENCE = "caseseries.safety.lab_grades", "caseseries.reference.lab_grades"

#: Module, name, what is broken, what it becomes.
MUTANTS = [
    (STAGE, "_FOUND", "m.high >= k.index_day - {within}", "m.high > k.index_day - {within}"),
    (STAGE, "_FOUND", "m.low < k.next_index", "m.low <= k.next_index"),
    (STAGE, "_FOUND", " AND m.low >= t.first AND m.high <= t.last", ""),
    (STAGE, "_FOUND", "AND m.high > k.index_day", ""),
    (STAGE, "_FOUND", "t.certain AND m.low", "m.low"),
    (STAGE, "_FOUND", "m.low <= k.follow_high", "m.high <= k.follow_high"),
    (STAGE, "_GRADES", " OR v.taken = 1", ""),
    (STAGE, "_GIVING", "m.lower, m.upper\n", "m.lower, CAST(40000000 AS BIGINT) AS upper\n"),
    (STAGE, "_LATEST", "v.high <= k.index_day", "v.low <= k.index_day"),
    (STAGE, "_SCENARIOS", "b.high >= coalesce", "b.high > coalesce"),
    (STAGE, "_SCENARIOS", "b.censor = '' AND b.value > 0", "b.value > 0"),
    (STAGE, "_SCENARIOS", "WHERE l.latest IS NULL", "WHERE FALSE"),
    (STAGE, "_SCENARIOS", "0, {highest}", "0, 0"),
    (STAGE, "_GRADES", "max(severest)", "min(severest)"),
    (STAGE, "_CASES", "CASE WHEN mildest = severest THEN mildest END", "mildest"),
    (STAGE, "_CASES", "WHERE taken = 2 GROUP", "GROUP"),
    (STAGE, "_CASES", "g.low > s.last_high", "g.low >= s.last_high"),
    (STAGE, "_CASES", "g.severest < w.worst THEN 1", "g.mildest < w.worst THEN 1"),
    (STAGE, "_CASES", "s.last_low > s.first_high", "s.last_low >= s.first_high"),
    (STAGE, "_CASES", "g.severest < w.worst AND g.low > s.first_high", "g.severest < 0 AND g.low > s.first_high"),
    (STAGE, "_LISTED", "worst > severest", "worst > mildest"),
    (STAGE, "_LISTED", "worst <= mildest", "worst < mildest"),
    (STAGE, "_compared", 'bound.op == "at_least" and bound.number == 1', "False"),
    (STAGE, "_compared", 'state == "abnormal" and not sure', "False"),
    (STAGE, "_compared", 'state == "low" and sure', "False"),
    (STAGE, "_compared", "'FALSE' if sure else 'TRUE'", "'FALSE'"),
    (STAGE, "_grade_sql", '"least" if sure else "greatest"', '"greatest" if sure else "least"'),
    (STAGE, "_side", "{where('>')} THEN {left} >= {right}", "{where('>')} THEN {left} > {right}"),
    (STAGE, "_side", "WHEN {where('<')} THEN {left} <= {right}", "WHEN {where('<')} THEN {left} < {right}"),
    (STAGE, "_side", "WHEN {where('<', '<=')} THEN FALSE ELSE {left} >= {right} END", "WHEN FALSE THEN FALSE ELSE {left} > {right} END"),
    (STAGE, "_side", "THEN TRUE ELSE {left} > {right} END", "THEN TRUE ELSE {left} >= {right} END"),
    (STAGE, "_side", "ELSE {left} < {right} END", "ELSE {left} <= {right} END"),
    (STAGE, "_above_limit", "Fraction(1)", "Fraction(2)"),
    (REFERENCE, "_baselines", "one.high >= least", "one.high > least"),
    (REFERENCE, "_baselines", "one.high <= 0", "one.low <= 0"),
    (REFERENCE, "_grade", 'bound.op == "at_least" and bound.number == 1', "False"),
    (REFERENCE, "_values", "row.low < following", "row.low <= following"),
    (REFERENCE, "_fate", "one.low > last", "one.low >= last"),
    (REFERENCE, "_possible_states", "not all(beyond)", "True"),
    (REFERENCE, "_agreed_range", "min(low for", "max(low for"),
]  # fmt: skip


def _said(implementation: str) -> Iterator[tuple[object, object]]:
    """What is expected and what is found, of the cases of the specs."""
    for declared, rows, expected in groups():
        yield expected, {name: told(one) for name, one in graded(declared, rows, implementation).items()}
    rows, expected_perhaps = perhaps()
    yield expected_perhaps, {name: told(one) for name, one in graded(study(ALT, "5.0"), rows, implementation).items()}
    rows = "a | mycophenolate mofetil | 0..50; 100..150\na | visit | 300\n"
    rows += "a | m | -5:40[..40], 40:130[..40], 100:30[..40], 110:130[..40]\n"
    found = graded(study(ALT, "5.0", per="course"), rows, implementation)
    yield (
        {"a/1": "2 yes no later value", "a/2": "2 yes no later value"},
        {case: told(one) for case, one in found.items()},
    )
    rows = "a | mycophenolate mofetil | 0..50\na | visit | 300\na | m | -5:40[..40], 80:130[..40], 81:900[..40], 82:30[..40]\n"
    yield "2 yes transient", told(graded(study(ALT, "5.0"), rows, implementation)["a"])
    for measure, by, rows, grades in edges(EDGES):
        found = graded(study(measure, by), rows, implementation)
        yield grades, " ".join(str(found[f"c{place}"].worst) for place in range(len(found)))


def test_unbroken_every_case_holds() -> None:
    for expected, found in _said("duckdb"):
        assert expected == found


@pytest.mark.slow
@pytest.mark.parametrize(("module", "name", "old", "new"), MUTANTS, ids=[f"{one[1]}: {one[2]}" for one in MUTANTS])
def test_what_is_broken_turns_red(module: str, name: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    break_it(monkeypatch, module, name, old, new)
    try:
        held = all(expected == found for expected, found in _said("duckdb" if module == STAGE else "reference"))
    except Exception:  # also a query that no engine takes is red
        return
    assert not held, "every case still holds"
