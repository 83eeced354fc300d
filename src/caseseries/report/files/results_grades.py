"""How results.json writes laboratory grades."""

from __future__ import annotations

from typing import Any

from caseseries.report.files.results_parts import count, reasons
from caseseries.summary.lab_grades import LabGradesSummary


def graded(found: LabGradesSummary) -> dict[str, Any]:
    """One measure under one version of CTCAE."""
    return {
        "measure": found.measure,
        "term": found.term.key,
        "ctcae": found.term.version,
        "baseline_within_days": found.within,
        "gradable": count(found.gradable),
        "no_value": count(found.no_value),
        "none_gradable": count(found.none_gradable),
        "none_certain": count(found.none_certain),
        "partly_gradable": count(found.partly),
        "withheld": found.withheld,
        "worst": [
            {
                "grade": one.grade,
                "n": count(one.cases),
                "worse_than_before": count(one.new),
                "not_known": count(one.perhaps),
                "became": {word: count(n) for word, n in one.became.items()},
            }
            for one in found.worst
        ],
        "may_be_worse": [count(one) for one in found.possible],
        "values": count(found.values),
        "not_graded": reasons(found.ungraded),
        "perhaps_on_treatment": count(found.perhaps),
    }
