"""Conditions, counts that leave parts out, and one rule for several measures, as they are told: letter by letter."""

from __future__ import annotations

import pytest
from tests.spec.small import answers, protocol
from tests.spec.test_spec_nodes import BY_BASELINE, EACH, SKIP, TWO_OF_THREE, WHEN, chart, count, part, rule

from caseseries.protocol.measures import all_measures
from caseseries.protocol.specs import plan
from caseseries.verdict.narrator import sentence
from caseseries.verdict.rule_text import describe_rule
from caseseries.verdict.trace_lines import trace_lines


def told(written: str, rows: str) -> tuple[str, list[str]]:
    """The sentence and the trace of the only case."""
    study = protocol(rule(written))
    spec, measures = plan(study, "response").primary, all_measures(study)
    ((_, verdict),) = answers(study, rows, "reference").verdicts.items()
    return sentence(spec.tree, verdict, measures, study, spec), trace_lines(spec.tree, verdict, measures, study, spec)


#: What is told: the rule, the chart, the sentence.
SENTENCES = {
    "holds": (
        BY_BASELINE,
        "1 | a | 0:5, 90:6",
        "Response at day 90: the condition holds: a (at baseline) 5 (at least 5 points needed), so: a 5 → 6 "
        "(+1; at least 1 point needed).",
    ),
    "does not hold": (
        BY_BASELINE,
        "1 | a | 0:4, 90:5",
        "No response at day 90: the condition does not hold: a (at baseline) 4 (at least 5 points needed), "
        "so: a 4 → 5 (+1; at least 2 points needed).",
    ),
    "not known, decided": (
        WHEN,
        chart(["mnn"]),
        "No response at day 90: whether the condition holds is not known: no a in the window after (days 46 "
        "to 134); either way: b 3 (at least 5 points needed); c 3 (at least 5 points needed).",
    ),
    "not known, open": (
        WHEN,
        chart(["myn"]),
        "Response not evaluable at day 90: no a in the window after (days 46 to 134). Known: b 7 (met); c 3 "
        "(not met). The verdict hangs on a.",
    ),
    "the rule that applies is open": (
        WHEN,
        chart(["ymy"]),
        "Response not evaluable at day 90: no b in the window after (days 46 to 134). Known: a 7 (met); c 7 "
        "(met). The verdict hangs on b.",
    ),
    "beside another": (
        f"{{all: [{WHEN}, {part('e')}]}}",
        chart(["ynnm"], "abce"),
        "No response at day 90: the condition holds: a 7 (at least 5 points needed), so: b 3 (at least 5 "
        "points needed). No e in the window after (days 46 to 134); this could not change the verdict.",
    ),
    "not, under a not": (
        f"{{not: {WHEN}}}",
        chart(["yym"]),
        "No response at day 90: the condition holds: a 7 (at least 5 points needed), so: b 7 (at least 5 "
        "points not allowed).",
    ),
    "in an any": (
        f"{{any: [{WHEN}, {part('e')}]}}",
        chart(["yymn"], "abce"),
        "Response at day 90: the condition holds: a 7 (at least 5 points needed), so: b 7 (at least 5 points "
        "needed). E alone would not have sufficed: e 3.",
    ),
    "in proportion": (
        TWO_OF_THREE,
        chart(["nmm"]),
        "No response at day 90: 0 of the 1 counted met, at least 1 needed (at least 2 of 3 in proportion; "
        "not met: a 3; left out: b not known, c not known).",
    ),
    "keep count": (
        count(2, "keep count", "ab"),
        chart(["mny"]),
        "No response at day 90: 1 of the 2 counted met, at least 2 needed (at least 2 of 3, left out or not; "
        "met: c 7; not met: b 3; left out: a not known).",
    ),
    "all left out": (
        TWO_OF_THREE,
        chart(["mmm"]),
        "Response not evaluable: no a in the window after (days 46 to 134); no b in the window after (days "
        "46 to 134); no c in the window after (days 46 to 134). Lost to follow-up before after; this decided "
        "nothing.",
    ),
    "one left out, one open": (
        TWO_OF_THREE,
        chart(["uym"]),
        "Response not evaluable at day 90: a known only as <9 at the visit of day 90. Left out: c. Known: b "
        "7 (met). The verdict hangs on a.",
    ),
    "none left out": (
        TWO_OF_THREE,
        chart(["yyn"]),
        "Response at day 90: 2 of 3 met, at least 2 needed (met: a 7, b 7; not met: c 3).",
    ),
    "several measures": (
        f"{{all: [{EACH}]}}",
        chart(["yyn"]),
        "No response at day 90: c 3 (at least 5 points needed). Met: a 7; b 7.",
    ),
    "several measures counted": (
        f"{{at_least: 2, skipped: in proportion, of: [{EACH.replace('points', 'points' + SKIP)}]}}",
        chart(["ymn"]),
        "No response at day 90: 1 of the 2 counted met, at least 2 needed (at least 2 of 3 in proportion; "
        "met: a 7; not met: c 3; left out: b not known).",
    ),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_the_sentence(name: str) -> None:
    written, rows, expected = SENTENCES[name]
    assert expected == told(written, rows)[0]


#: The rule, the chart, the lines of the trace.
TRACES = [
    (
        BY_BASELINE,
        "1 | a | 0:4, 90:5",
        [
            "✗ by a condition",
            "  ✗ where a (at baseline) at least 5 points: 4 (day 0)",
            "  ✓ then gain of at least 1 point on a: 4 → 5, +1 (day 0 → day 90)",
            "  ✗ otherwise gain of at least 2 points on a: 4 → 5, +1 (day 0 → day 90)",
        ],
    ),
    (
        TWO_OF_THREE,
        chart(["uym"]),
        [
            "? at least 2 of 3, 1 left out: at least 2 of 2",
            "  ? a at least 5 points: a known only as <9 at the visit of day 90",
            "  ✓ b at least 5 points: 7 (day 90)",
            "  – c at least 5 points: no c in the window after (days 46 to 134), left out",
        ],
    ),
    (
        TWO_OF_THREE,
        chart(["mmm"]),
        [
            "? at least 2 of 3, all left out",
            "  – a at least 5 points: no a in the window after (days 46 to 134), left out",
            "  – b at least 5 points: no b in the window after (days 46 to 134), left out",
            "  – c at least 5 points: no c in the window after (days 46 to 134), left out",
            "! lost to follow-up before after, decides nothing",
        ],
    ),
    (
        f"{{any: [{EACH}]}}",
        chart(["nym"]),
        [
            "✓ any of",
            "  ✗ a at least 5 points: 3 (day 90)",
            "  ✓ b at least 5 points: 7 (day 90)",
            "  ? c at least 5 points: no c in the window after (days 46 to 134)",
        ],
    ),
]


@pytest.mark.parametrize(("written", "rows", "expected"), TRACES)
def test_the_trace(written: str, rows: str, expected: list[str]) -> None:
    assert expected == told(written, rows)[1]


#: Rules as the Methods of a report say them.
METHODS = [
    (
        BY_BASELINE,
        "where a at least 5 points at baseline: a gain of at least 1 point on a; otherwise: a gain of at "
        "least 2 points on a",
    ),
    (
        TWO_OF_THREE,
        "at least 2 of these 3 (each left out where not measured, and of the others as large a share, "
        "rounded up, is needed): a, b, c at least 5 points",
    ),
    (
        count(2, "keep count", "ab"),
        "at least 2 of these 3 (a and b left out where not measured, and of the others as many are needed): "
        "a, b, c at least 5 points",
    ),
    (
        f"{{all: [{EACH}, {WHEN}]}}",
        "each of a, b and c at least 5 points, and (where a at least 5 points: b at least 5 points; "
        "otherwise: c at least 5 points)",
    ),
    (
        f"{{at_least: 2, of: [{EACH}]}}",
        "at least 2 of these 3: a, b, c at least 5 points",
    ),
    (f"{{not: {WHEN}}}", "not (where a at least 5 points: b at least 5 points; otherwise: c at least 5 points)"),
]


@pytest.mark.parametrize(("written", "expected"), METHODS)
def test_the_methods(written: str, expected: str) -> None:
    study = protocol(rule(written))
    tree = plan(study, "response").primary.tree
    assert expected == describe_rule(tree, all_measures(study), at="after")
