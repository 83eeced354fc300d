"""A comparison for programs: every series with its source, the pooled share, printed means."""

from __future__ import annotations

from typing import Any

from caseseries.evidence.compare_words import mean_words
from caseseries.evidence.side_by_side import Compared
from caseseries.stats import Estimate, HypothesisTest

SCHEMA = "caseseries.compare/1"


def numbers(found: Compared) -> dict[str, Any]:
    """The content of compare.json, and of the answer with `--json`."""
    pooled = found.pooled
    return {
        "schema": SCHEMA,
        "series": [
            {
                "label": one.label,
                "own": one.own,
                "invented": one.invented,
                "drug": one.drug or None,
                "responders": one.responders,
                "n": one.n,
                **_interval(one.interval),
                "response": one.rule,
            }
            for one in found.rows
        ],
        "published": {
            name: one.model_dump(mode="json", by_alias=True, exclude_defaults=True)
            for name, one in found.published.items()
        },
        "pooled": {
            "over": [one.label for one in found.pooled_rows],
            "definitions": found.rules,
            **_interval(pooled.pooled),
            "log_odds": pooled.log_odds.value,
            "standard_error": pooled.standard_error.value,
            "tau2": pooled.tau2.value,
            "likelihood_ratio": _test(pooled.likelihood_ratio),
            "wald": _test(pooled.wald),
            "prediction": _interval(pooled.prediction),
        },
        "means": [
            {
                "label": one.label,
                "of": one.printed.of,
                "mean": one.printed.mean,
                "sd": one.printed.sd,
                "n": one.printed.n,
                "possible": one.grim.consistent,
                "told": mean_words(one),
            }
            for one in found.means
        ],
    }


def _interval(found: Estimate) -> dict[str, Any]:
    return {
        "estimate": None if found.estimate is None else float(found.estimate),
        "lower": found.lower,
        "upper": found.upper,
        "absent_because": found.absent_because or found.interval_absent_because,
    }


def _test(found: HypothesisTest) -> dict[str, Any]:
    statistic = None if found.statistic is None else float(found.statistic)
    return {"q": statistic, "p": found.p, "absent_because": found.absent_because}
