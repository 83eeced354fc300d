"""Break one thing of how days are added up or events counted: the spec that holds it must turn red."""

from __future__ import annotations

import pytest
from tests.spec import test_spec_counted, test_spec_sums
from tests.spec.mutating import break_it

DAYS, WINDOW, REFERENCE = (
    "caseseries.assessment.recorded_days",
    "caseseries.assessment.window",
    "caseseries.reference.window",
)
CONTENDERS = "caseseries.reference.contenders"
COUNTED, LEAF = "caseseries.assessment.counted", "caseseries.response.leaf_sql"
OF_COUNTS, BEGUN = "caseseries.reference.counted", "caseseries.reference.occurrence"
SEEN, SEEN_SQL = "caseseries.reference.seen", "caseseries.assessment.seen"
SPECS = {spec.name: spec for spec in (*test_spec_sums.SPECS, *test_spec_sums.PARTIAL, *test_spec_counted.SPECS)}

#: Module, name, what is broken, what it becomes, the spec that holds it.
MUTANTS = [
    (WINDOW, "_TAKEN", "CAST(CASE WHEN take = 'mean' THEN days", "CAST(CASE WHEN take IN ('mean', 'sum') THEN days", "every day"),
    (DAYS, "_KEPT", "WHEN m.value IS NULL THEN 0 ELSE 1 END", "WHEN m.value IS NULL THEN 1 ELSE 1 END", "nobody who kept no diary has none"),
    (DAYS, "_KEPT", " AND d.choice IS NULL THEN m.day", " THEN m.day", "a code beside a value"),
    (DAYS, "_KNOWN", "WHEN {ended} THEN", "WHEN FALSE THEN", "seen to the day before"),
    (DAYS, "_KNOWN", "WHEN {uncovered} THEN", "WHEN FALSE THEN", "a blank day before the known history"),
    (DAYS, "_KNOWN", "WHEN {leaves} THEN", "WHEN FALSE THEN", "an empty window that leaves observed time"),
    (DAYS, "_KNOWN", "+ 1 - z.noted < l.least", "+ 1 < l.least", "a code is no blank day"),
    (DAYS, "_KNOWN", "+ 1 - z.noted < l.least", "+ 1 - z.noted <= l.least", "blank days are days of 0"),
    (DAYS, "_TAKEN", "t.blank AND t.averaged AND", "FALSE AND", "the mean of blank days"),
    (DAYS, "require_days", "< l.high", "<= l.high", "seen just to the last day"),
    (DAYS, "require_days", "(protocol, measure).blank_zero and", "(protocol, measure) and", "the mean without blank days"),
    (SEEN, "not_seen", "[0] - index < high", "[0] - index < low", "seen to the day before"),
    (REFERENCE, "_blank", "if not any(", "if False and not any(", "nobody who kept no diary has none"),
    (REFERENCE, "_of_all_days", "- len(candidates.without_number - candidates.days)", "", "a code is no blank day"),
    (REFERENCE, "_of_all_days", "candidates.without_number - candidates.days", "candidates.without_number", "a code beside a value"),
    (REFERENCE, "_by_value", "if known is None else known", "", "the mean of blank days"),
    (COUNTED, "_KNOWN", "WHEN NOT {told} THEN {uncharted}", "WHEN FALSE THEN 0", "not charted"),
    (COUNTED, "_KNOWN", "WHEN c.surely <> c.perhaps THEN {not_exact}", "", "perhaps too many in the window"),
    (COUNTED, "_KNOWN", "{not_exact}){seen} THEN", "{not_exact}) THEN", "too many, whatever came later"),
    (COUNTED, "_KNOWN", "THEN CAST(perhaps * {per}", "THEN CAST(surely * {per}", "perhaps too many in the window"),
    (COUNTED, "_WHOLE", "WHEN c.ended THEN {after_end}", "", "none, and seen to the day before"),
    (COUNTED, "_WHOLE", "WHEN c.leaves THEN {unobserved}", "", "the window leaves observed time"),
    (COUNTED, "_WHOLE", "WHEN c.uncovered THEN {no_history}", "", "before the known history"),
    (COUNTED, "_ENOUGH", "< {least}", "<= {least}", "a rate of just so many days"),
    (COUNTED, "_ENOUGH", "< {least}", "< {least} - 1", "a rate of a day too few"),
    (COUNTED, "find_counted", '"count_days" if observed else ""', '""', "rates of the known history"),
    (SEEN_SQL, "keep_days_seen", "k.observed_first - k.index_day", "-9999", "rates of observed time"),
    (SEEN_SQL, "keep_days_seen", "coalesce(h.known_from - k.index_day, {low})", "{low}", "rates of the known history"),
    (LEAF, "_of_counts", '("least", "most")', '("least", "least")', "perhaps too many in the window"),
    (OF_COUNTS, "counted", "days < window.recorded", "days <= window.recorded", "a rate of just so many days"),
    (OF_COUNTS, "_known", "None if why else perhaps * worth", "perhaps * worth", "perhaps too many later"),
    (OF_COUNTS, "_known", "surely == perhaps", "True", "perhaps too many in the window"),
    (SEEN, "days_seen", "min(max(first, since - index), 0)", "first", "rates of the known history"),
    (SEEN, "not_seen", "return AFTER_END", "pass", "none, and seen to the day before"),
    (CONTENDERS, "which_days", "row is one or ", "", "a day of its own, whichever it is"),
    (CONTENDERS, "which_days", "return EDGE", "pass", "a code perhaps beside the window"),
    (CONTENDERS, "which_days", '"" if alone else NOT_EXACT', '""', "perhaps the day of another entry"),
    (DAYS, "_UNSURE", "together > 1", "FALSE", "perhaps the day of another entry"),
    (DAYS, "_UNSURE", "WHEN beside THEN {edge}", "WHEN FALSE THEN {edge}", "a code perhaps beside the window"),
    (DAYS, "_UNSURE", "(m.value IS NOT NULL OR l.blank) AND ", "", "a code is no entry of a sum"),
    (DAYS, "_KNOWN", "(NOT l.blank OR z.kept = 1)", "TRUE", "codes of nobody with a diary"),
    (BEGUN, "begun", "{fact.start for fact in sure if _exact(fact)}", "[fact.start for fact in sure if _exact(fact)]", "twice on one day is once"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "name", "old", "new", "spec"), MUTANTS, ids=[f"{one[1]}: {one[2]} {one[3]}" for one in MUTANTS]
)
def test_what_is_broken_turns_red(
    module: str, name: str, old: str, new: str, spec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_it(monkeypatch, module, name, old, new)
    try:
        SPECS[spec].holds("reference" if ".reference." in module else "duckdb", alone=True)
    except Exception:  # also a query that no engine takes is red
        return
    pytest.fail(f"{spec} still holds")
