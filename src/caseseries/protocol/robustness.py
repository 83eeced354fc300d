"""Robustness: the other choices under which the headline is shown, as rows and never as new runs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from caseseries.protocol.measure import DoseUnit
from caseseries.protocol.window import Take
from caseseries.protocol.written import Days, Written, YesNo

Missing = Literal["not evaluable", "not met"]


class Width(Written):
    """Another width of a window."""

    from_: Days = Field(alias="from")
    to: Days


class Robustness(Written):
    """Alternatives beside the primary choice; every combination is one cell of the grid.

    `missing: not met` counts a component that was not recorded as not met, instead of not evaluable; under a `not` or `at_most` as met, so that
    it never makes what is wanted more likely, and of an outcome with `good: no` the other way round. Who belongs to a denominator (`among`)
    is not touched.
    """

    windows: dict[str, tuple[Width, ...]] = {}
    take: dict[str, tuple[Take, ...]] = {}
    readings: YesNo = True
    missing: tuple[Missing, ...] = ()
    dose: tuple[DoseUnit, ...] = ()
