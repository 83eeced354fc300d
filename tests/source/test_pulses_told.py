"""Whether a chart could tell a pulse from other doses: by a column of routes or pulses, or by the words of a row."""

from __future__ import annotations

import pytest
from tests.source.conftest import Spoil

from caseseries.cohort.unseen import NO_ROUTES

COLUMNS = "    frequency: often\n    route: route\n"


@pytest.mark.parametrize(
    ("columns", "drug", "untold"),
    [
        (COLUMNS, "prednisone", ""),
        ("    frequency: often\n    pulse: route\n", "prednisone", ""),
        ("    frequency: often\n", "prednisone", NO_ROUTES),
        ("    frequency: often\n", "methylprednisolone pulse", ""),
    ],
)
def test_a_chart_without_routes_and_pulses_tells_no_pulse(
    columns: str, drug: str, untold: str, chart_of: Spoil
) -> None:
    read = chart_of({"drugs.csv": ("P1,prednisone", f"P1,{drug}")}, chart=(COLUMNS, columns))
    assert untold == read.pulses_untold
