"""What is planned: how many patients, which boundaries, and what this series says of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, get_args

from caseseries import stats
from caseseries.errors import CaseSeriesError
from caseseries.evidence.earlier_run import SeenSeries, read_run, seen_counts
from caseseries.stats import Estimate, NoDesign, PrecisionSize, SingleArm, Statistic, TwoStage, TwoStages

#: Half widths of the interval of the next study, in shares.
HALF_WIDTHS = tuple(Fraction(part, 1000) for part in (50, 75, 100, 125, 150, 200, 250))

#: The least and the most that a size is asked for across the interval of the series, in steps of a hundredth.
STEP = Fraction(1, 100)


Told = Literal["optimal", "minimax", "one stage"]
"""Which design the paragraph describes."""


@dataclass(frozen=True, slots=True)
class Across:
    """The sizes for one alternative: `why` says what it is (the lower limit, observed, planned), empty for one in between."""

    alternative: Fraction
    one: SingleArm | NoDesign
    two: TwoStages | NoDesign | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan: what was asked, the designs that answer it, and what the series makes likely.

    `told` is the design that the paragraph describes. `across` are the sizes at alternatives over the whole exact interval of the series;
    `precision` the sizes by half width at the planned alternative, and where half of the patients respond. `success` are the predictive
    probabilities of `one` and of both `two`.
    """

    series: SeenSeries
    interval: Estimate
    cite: str
    one: SingleArm
    two: TwoStages | NoDesign
    across: tuple[Across, ...]
    half_width: Fraction | None
    precision: tuple[tuple[Fraction, PrecisionSize | NoDesign, PrecisionSize | NoDesign], ...]
    prior: tuple[Fraction, Fraction]
    posterior: Estimate
    above_null: Statistic
    success: tuple[Statistic, ...]
    told: Told

    @property
    def null(self) -> Fraction:
        """The share that would be no news."""
        return self.one.asked.null

    @property
    def alternative(self) -> Fraction:
        """The share that would be worth having, which the study must not miss."""
        return self.one.asked.alternative

    @property
    def designs(self) -> tuple[SingleArm | TwoStage, ...]:
        """One stage, then two (optimal, minimax) where there are such."""
        return (self.one, *((self.two.optimal, self.two.minimax) if isinstance(self.two, TwoStages) else ()))


def planned(
    results: str | Path | None,
    outcome: str | None,
    counts: tuple[int | None, int | None],
    given: Mapping[str, str | float],
    *,
    cite: str,
    half_width: str | float | None,
    prior: tuple[str | int, str | int],
    design: Told,
) -> Planned:
    """Everything that a plan tells; `given` are the null, the alternative, alpha and power, as they are written.

    Raises:
        CaseSeriesError: as :func:`caseseries.evidence.plan`.
    """
    series = _series(results, outcome, *counts)
    cited = " ".join(cite.split())
    if not any(letter.isalpha() for letter in cited):
        raise CaseSeriesError(
            "The null has no citation.",
            expected="the paper, registry or review that says what is reached without the treatment, or with the usual one",
            do='Give it with --cite "…". A size is only as good as the share that it is measured against.',
        )
    asked = {name: _share(name, value) for name, value in given.items()}
    half = None if half_width is None else _share("half width", half_width)
    try:
        one, two = _designs(asked)
        before = tuple(stats.exact_number(part) for part in prior)
        posterior = stats.beta_posterior(series.responders, series.n, prior=(before[0], before[1]))
        precision = tuple(_precision(asked["alternative"], half))
    except ValueError as wrong:
        raise CaseSeriesError(f"The plan cannot be made: {wrong}.", do="Nothing was computed.") from None
    if isinstance(one, NoDesign):
        said = f"{_told(asked['alternative'])} against {_told(asked['null'])}"
        raise CaseSeriesError(
            f"There is no such study: {one.because} ({said}).", do="Choose an alternative further above the null."
        )
    if design not in get_args(Told):
        raise CaseSeriesError("There is no such design.", expected=", ".join(get_args(Told)))
    interval = stats.clopper_pearson(series.responders, series.n)
    designs: list[SingleArm | TwoStage] = [one, *((two.optimal, two.minimax) if isinstance(two, TwoStages) else ())]
    return Planned(
        series,
        interval,
        cited,
        one,
        two,
        tuple(_across(series, interval, asked)),
        half,
        precision,
        (before[0], before[1]),
        posterior,
        stats.posterior_above(series.responders, series.n, asked["null"], prior=(before[0], before[1])),
        tuple(
            stats.predictive_success(series.responders, series.n, each.ways, prior=(before[0], before[1]))
            for each in designs
        ),
        design if isinstance(two, TwoStages) else "one stage",
    )


def _series(results: str | Path | None, outcome: str | None, responders: int | None, of: int | None) -> SeenSeries:
    if (responders is None) != (of is None):
        raise CaseSeriesError(
            "Responders and the number of patients go together.", do="Give both --responders and --of."
        )
    if (results is None) == (responders is None):
        raise CaseSeriesError(
            "It is not said which series the plan rests on." if results is None else "Two series are named.",
            do="Give the results folder of an earlier run, or --responders and --of.",
        )
    if results is not None:
        return read_run(results, outcome)
    if outcome is not None:
        raise CaseSeriesError(
            "An outcome is named, but no results folder.", do="Leave --outcome out, or name the folder."
        )
    assert responders is not None and of is not None
    return seen_counts(responders, of)


def _share(name: str, value: str | float) -> Fraction:
    """A number as it is written: 0.3, or a float as the decimal it prints as."""
    try:
        found = Fraction(repr(value)) if isinstance(value, float) else stats.exact_number(value)
    except (TypeError, ValueError):
        found = Fraction(-1)
    if not 0 <= found <= 1:
        raise CaseSeriesError(
            f"The {name} is no share.", expected="a number from 0 to 1, such as 0.30", do="Nothing was computed."
        )
    return found


def _precision(
    alternative: Fraction, half: Fraction | None
) -> Iterator[tuple[Fraction, PrecisionSize | NoDesign, PrecisionSize | NoDesign]]:
    for width in sorted({*HALF_WIDTHS, *(() if half is None else (half,))}):
        yield width, stats.precision_size(alternative, width), stats.precision_size(Fraction(1, 2), width)


def _across(series: SeenSeries, interval: Estimate, given: dict[str, Fraction]) -> Iterator[Across]:
    """Sizes from the lower to the upper limit of the series: every hundredth in one stage, and what has a name, and every twentieth, in two."""
    assert interval.lower is not None and interval.upper is not None
    low, high = Fraction(interval.lower), Fraction(interval.upper)
    named = {
        low: "lower limit of this series",
        high: "upper limit of this series",
        Fraction(series.responders, series.n): "observed in this series",
        given["alternative"]: "planned",
    }
    steps = {STEP * place for place in range(101) if low < STEP * place < high}
    for alternative in sorted({*named, *steps}):
        asked = given | {"alternative": alternative}
        shown = alternative in named or (alternative * 20).denominator == 1
        one, two = _designs(asked, twice=shown)
        yield Across(alternative, one, two if shown else None, named.get(alternative, ""))


def _designs(given: Mapping[str, Fraction], *, twice: bool = True) -> tuple[SingleArm | NoDesign, TwoStages | NoDesign]:
    null, alternative, alpha, power = (given[name] for name in ("null", "alternative", "alpha", "power"))
    one = stats.single_arm(null, alternative, alpha=alpha, power=power)
    return one, stats.two_stage(null, alternative, alpha=alpha, power=power) if twice else NoDesign("")


def _told(share: Fraction) -> str:
    return f"{float(share):g}"
