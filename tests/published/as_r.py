"""Paired summaries of a published table, held to those of base R."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from caseseries.summary.model import ChangeSummary


def same_as_r(found: ChangeSummary, reference: Path, key: str) -> None:
    """Every number that R gives of the pairs of `key` is that of the change, to 1e-9."""
    expected = json.loads(reference.read_text(encoding="utf-8"))[key]
    assert expected["n_pairs"] == found.n
    told = {
        "baseline_mean": found.before["mean"],
        "baseline_median": found.before["median"],
        "followup_mean": found.after["mean"],
        "followup_median": found.after["median"],
        "change_mean": found.change["mean"],
        "change_sd": found.change["sd"],
        "change_median": found.change["median"],
        "change_min": found.change["minimum"],
        "change_max": found.change["maximum"],
    }
    for name, result in told.items():
        assert result.estimate is not None
        assert expected[name] == pytest.approx(float(result.estimate), abs=1e-9), name
