"""At large n: against R (`make_large_reference.R`), the normal approximations and the limits that stay exact."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from caseseries import stats

REFERENCE = json.loads((Path(__file__).parent / "large_r.json").read_text(encoding="utf-8"))
RULES = {
    "fine": lambda i: i * 7919 % 20011 - 9000,
    "tied": lambda i: i * 31 % 67 - 30,
    "zeros": lambda i: i * 17 % 9 - 3,
}


@pytest.mark.parametrize("case", REFERENCE["ranks"], ids=lambda case: f"{case['rule']}-{case['n']}")
def test_signed_ranks_and_typical_changes_are_those_of_r(case: dict[str, Any]) -> None:
    table = stats.Frequencies.of(Counter(RULES[case["rule"]](i) for i in range(1, case["n"] + 1)), 1)
    test = stats.signed_rank(table)
    assert case["v"] == [test.statistic]
    assert test.p == pytest.approx(case["p"][0], rel=1e-9)
    if case["estimate"] is None:
        return  # R drops zeros before it estimates
    nonzero = stats.Frequencies.of({whole: n for whole, n in zip(table.whole, table.counts, strict=True) if whole}, 1)
    found = stats.hodges_lehmann(nonzero)
    # R searches for the place where its statistic passes the quantile; ours is the Walsh average that stands there.
    assert [float(found.lower or 0), float(found.upper or 0)] == pytest.approx(case["interval"], abs=1e-6)
    assert found.estimate is not None and float(found.estimate) == pytest.approx(case["estimate"][0], abs=1e-6)


@pytest.mark.parametrize("case", REFERENCE["shares"], ids=lambda case: f"{case['count']}-of-{case['n']}")
def test_clopper_pearson_stays_exact(case: dict[str, Any]) -> None:
    found = stats.clopper_pearson(case["count"], case["n"])
    assert [found.lower, found.upper] == pytest.approx(case["interval"], rel=1e-10, abs=1e-16)


@pytest.mark.parametrize("case", REFERENCE["rates"], ids=lambda case: str(case["events"]))
def test_poisson_limits_stay_exact(case: dict[str, Any]) -> None:
    found = stats.poisson_rate(case["events"], 12345)
    assert [found.lower, found.upper] == pytest.approx(case["interval"], rel=1e-12)
