"""Cumulative doses from counts: described over the cases of which the dose of every day is known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from caseseries.brief import brief
from caseseries.errors import ensure
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.safety import Exposure
from caseseries.stats.frequency import Frequencies
from caseseries.summary.result import NONE, Count, Reason, Result
from caseseries.summary.result_rows import description
from caseseries.summary.shares import reasons
from caseseries.summary.tally_reader import TallyReader


@dataclass(frozen=True, slots=True)
class ExposureSummary:
    """One dose added up over one window. Grain: the included cases of sites that told it; `withheld` are those of the others.

    `n` are the cases of which the dose of every day is known, `why` says of the others why not. `unit` is that of the dose, without the day.
    `above` describes the days above the limit over the `above_n` cases of which they are known. `pulsed` are the cases with a course of pulses
    begun in the window, for certain and at most; None where pulses are in the dose. `untold` says why there may be more of a case than anybody
    could tell: of the `pulses_known` cases there are none of these, and `pulses` are at least so many where there are some.
    """

    declared: Exposure
    unit: str
    days: int
    included: int
    n: int
    total: Mapping[str, Result]
    why: tuple[Reason, ...]
    above: Mapping[str, Result]
    above_n: int
    pulsed: Count | None
    pulses: Count
    pulses_known: int
    untold: tuple[Reason, ...]
    withheld: int = 0

    __repr__ = brief


def exposures(protocol: Protocol, reader: TallyReader, included: int) -> tuple[ExposureSummary, ...]:
    """Every dose that the protocol adds up, of the cases of sites that told it; none where all sites withheld them."""
    declared, withheld = protocol.safety.exposure if protocol.safety is not None else (), reader.withheld("exposure")
    if withheld >= included and withheld:
        return ()
    return tuple(_summary(protocol, reader, line, included - withheld, withheld) for line in declared)


def _summary(protocol: Protocol, reader: TallyReader, line: Exposure, included: int, withheld: int) -> ExposureSummary:
    measure, window = protocol.doses[line.dose], protocol.windows[line.in_]
    totals: dict[Fraction, int] = {}
    above: dict[Fraction, int] = {}
    why: dict[tuple[str | int, ...], Count] = {}
    untold: dict[tuple[str | int, ...], Count] = {}
    pulsed, pulses, pulses_known = NONE, NONE, 0
    for (kind, *more), cases in reader.under("exposure", line.dose, line.in_).items():
        many = cases.low
        if kind == "total":
            value = Fraction(more[0]) if isinstance(more[0], str) else Fraction(more[0], 1_000_000)
            totals[value] = totals.get(value, 0) + many
        elif kind == "none":
            why[more[0],] = cases
        elif kind == "above":
            sure, most = (int(one) for one in more)
            if sure == most:
                above[Fraction(sure)] = above.get(Fraction(sure), 0) + many
        elif isinstance(more[1], int):
            sure, most = (int(one) for one in more)
            pulsed += Count(many * (sure > 0), many * (most > 0))
            pulses += Count(many * sure, many * most)
            pulses_known += many
        else:
            sure = int(more[0])
            pulsed += Count(many * (sure > 0), many)
            pulses += Count.of(many * sure)
            untold[more[1],] = untold.get((more[1],), NONE) + cases
    n = sum(totals.values())
    ensure(
        n + sum(one.low for one in why.values()) == included,
        "every included case has a cumulative dose, or says why not",
    )
    at, unit = f"exposure/{line.dose}/{line.in_}", measure.as_.removesuffix("/day")
    label = f"{line.dose}, cumulative, {line.in_}"
    return ExposureSummary(
        line,
        unit,
        window.to - window.from_ + 1,
        included,
        n,
        description(f"{at}/total", label, _table(totals), unit),
        reasons(why),
        description(f"{at}/above", f"{line.dose}, days above {line.above}, {line.in_}", _table(above), "days")
        if line.limit is not None
        else {},
        sum(above.values()),
        None if measure.pulses == "included" else pulsed,
        pulses,
        pulses_known,
        reasons(untold),
        withheld,
    )


def _table(found: Mapping[Fraction, int]) -> Frequencies:
    """How often each exact value was seen, as whole numbers of their common part."""
    common = math.lcm(*(value.denominator for value in found))
    return Frequencies.of({int(value * common): n for value, n in found.items()}, common)
