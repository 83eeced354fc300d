"""A plan in words: a few lines for the terminal, and a paragraph for the grant."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from caseseries.evidence.planned import Planned, Told
from caseseries.report.exhibits.included import INVENTED
from caseseries.report.exhibits.printed_numbers import (
    ci_text,
    ends_span,
    exact,
    number,
    percent_limits,
    plain,
    whole,
)
from caseseries.report.exhibits.words import capital, counted, listed
from caseseries.stats import NoDesign, SingleArm, TwoStage
from caseseries.verdict.number_style import with_percent

#: Said wherever a plan is told.
IN_SHORT = (
    "A series without a control group, of patients who were not drawn at random, is a weak ground for an alternative; the sizes below say how "
    "much hangs on it."
)

_NAMES = {"optimal": "two stages, optimal", "minimax": "two stages, minimax"}


def percent_of(share: Fraction | float, places: int = 1) -> str:
    """A share in percent without trailing zeros.

    >>> percent_of(Fraction(3, 10)), percent_of(0.3491)
    ('30 %', '34.9 %')
    """
    return with_percent(plain(exact(share) * 100, places))


def rate(share: Fraction, places: int = 2) -> str:
    """An error rate or a power in percent; one that is not 0 or 1 is not printed as such.

    >>> rate(Fraction(4528, 100000)), rate(Fraction(1)), rate(Fraction(999999, 1000000))
    ('4.53 %', '100 %', '>99.99 %')
    """
    if share in {0, 1}:
        return percent_of(share)
    told = number(share * 100, places)
    if told == number(100, places):
        return with_percent(f">{number(100 - Fraction(1, 10**places), places)}")
    return with_percent(f"<{number(Fraction(1, 10**places), places)}" if told == number(0, places) else told)


def name_of(design: SingleArm | TwoStage) -> str:
    """What a design is called in a table."""
    return _NAMES[design.kind] if isinstance(design, TwoStage) else "one stage"


def kind_of(design: SingleArm | TwoStage) -> Told:
    """Which of the designs it is."""
    return design.kind if isinstance(design, TwoStage) else "one stage"


def seen_words(found: Planned) -> str:
    """What the series showed: `6 of 8 responded (75 %, exact 95 % CI 34.9–96.8)`."""
    series = found.series
    low, high = within(found)
    ends = ends_span(*percent_limits(low * 100, high * 100, series.n))
    share = percent_of(Fraction(series.responders, series.n))
    left = f"; {series.not_evaluable} not evaluable, counted as non-responders" if series.not_evaluable else ""
    return f"{whole(series.responders)} of {whole(series.n)} responded ({share}, exact {ci_text('95', ends)}{left})"


def boundaries(design: SingleArm | TwoStage) -> str:
    """The rule of a design in a few words."""
    if isinstance(design, SingleArm):
        return f"{whole(design.n)} patients; promising if at least {whole(design.r)} respond"
    return (
        f"{whole(design.n1)} patients, stop if at most {whole(design.r1)} respond; else {whole(design.n)} in all, promising if at least "
        f"{whole(design.r + 1)} respond"
    )


def within(found: Planned) -> tuple[Fraction, Fraction]:
    """The exact interval of the series."""
    assert found.interval.lower is not None and found.interval.upper is not None
    return Fraction(found.interval.lower), Fraction(found.interval.upper)


def across_words(found: Planned) -> str:
    """How much the size hangs on the alternative, from the lower to the upper limit of the series."""
    low, high = within(found)
    inside = [each for each in found.across if low <= each.alternative <= high]
    possible = [each for each in inside if each.alternative > found.null]
    told = f"Were the true share anywhere in the exact interval of the series ({percent_of(low)} to {percent_of(high)})"
    outside = "" if low <= found.alternative <= high else " The planned alternative lies outside this interval."
    if not possible:
        return f"{told}, it would not be above the null of {percent_of(found.null)}: this series gives no ground for such a study.{outside}"
    most, least = possible[0], possible[-1]
    sizes = (
        f"{_size(most.one)} ({percent_of(most.alternative)}) to {_size(least.one)} ({percent_of(least.alternative)})"
    )
    below = f"; up to the null of {percent_of(found.null)} there is no such study" if low <= found.null else ""
    return f"{told}, one stage would need from {sizes}{below}.{outside}"


def _size(design: SingleArm | NoDesign) -> str:
    return counted(design.n, "patient") if isinstance(design, SingleArm) else "more than 5000 patients"


def headline(found: Planned) -> str:
    """The plan in a few lines."""
    told = [f"{INVENTED}."] if found.series.invented else []
    told += [f"{found.series.name}: {seen_words(found)}", question(found)]
    for design in found.designs:
        told.append(f"  {capital(name_of(design))}: {boundaries(design)} ({_rates(design)})")
    told += [f"  Two stages: {found.two.because}"] if isinstance(found.two, NoDesign) else []
    return "\n".join([*told, across_words(found), *prior_lines(found), "", paragraph(found)])


def question(found: Planned) -> str:
    """What the study asks."""
    asked = found.one.asked
    return (
        f"Null {percent_of(asked.null)} ({found.cite}); alternative {percent_of(asked.alternative)}; one-sided alpha "
        f"{percent_of(asked.alpha)}, power {percent_of(asked.power)}"
    )


def _rates(design: SingleArm | TwoStage) -> str:
    told = f"alpha {rate(design.actual_alpha)}, power {rate(design.actual_power)}"
    if isinstance(design, SingleArm):
        return told
    return (
        f"{told}, {number(design.expected)} patients expected under the null, stops early with {rate(design.early, 1)}"
    )


def prior_lines(found: Planned) -> Iterator[str]:
    """What the series makes likely, of one stage and of two."""
    a, b = found.prior
    above = exact(found.above_null.value or 0)
    chances = [
        f"{rate(exact(chance.value or 0), 1)} ({name_of(design)})"
        for design, chance in zip(found.designs, found.success, strict=True)
    ]
    yield (
        f"With a beta({plain(a)}, {plain(b)}) prior, and if the next patients are like those of the series, the share is above the null with a "
        f"probability of {rate(above, 1)}, and the next study succeeds with one of {listed(chances)}."
    )


def paragraph(found: Planned) -> str:
    """The design, its boundaries and rates, where the null comes from, and what the alternative rests on."""
    asked = found.one.asked
    null, alternative = percent_of(asked.null), percent_of(asked.alternative)
    design = next((one for one in found.designs if isinstance(one, TwoStage) and one.kind == found.told), found.one)
    told = (
        f"The null hypothesis is a true response proportion of {null} (source: {_closed(found.cite)}); the alternative is {alternative}. "
        f"The one-sided type I error is at most {percent_of(asked.alpha)} and the power at least {percent_of(asked.power)}."
    )
    body = _two(design, null, alternative) if isinstance(design, TwoStage) else _single(design)
    other = ""
    if isinstance(design, TwoStage):
        other = (
            f" One stage with the same limits (A'Hern, Stat Med 2001;20:859-866) would need {whole(found.one.n)} patients, of whom at least "
            f"{whole(found.one.r)} would have to respond."
        )
    return f"{body[0]} {told} {body[1]}{other} {ground(found)}"


def _closed(text: str) -> str:
    return text.rstrip(".; ")


def _single(design: SingleArm) -> tuple[str, str]:
    return (
        "The study has one arm and one stage, with the exact sample size of A'Hern (Stat Med 2001;20:859-866).",
        f"Treated are {whole(design.n)} patients; the treatment is worth further study if at least {whole(design.r)} of them respond. "
        f"The exact type I error of this rule is {rate(design.actual_alpha)} and its exact power {rate(design.actual_power)}.",
    )


def _two(design: TwoStage, null: str, alternative: str) -> tuple[str, str]:
    n1, r1, n, r = (whole(part) for part in (design.n1, design.r1, design.n, design.r))
    none = "no patient responds" if design.r1 == 0 else f"at most {r1} respond"
    return (
        f"The study has one arm and Simon's {design.kind} two-stage design (Control Clin Trials 1989;10:1-10).",
        f"In the first stage {counted(design.n1, 'patient')} {'is' if design.n1 == 1 else 'are'} treated; if {none} (r1/n1 = {r1}/{n1}), the "
        f"study stops. Otherwise {whole(design.n - design.n1)} more are treated, {n} in all; the treatment is worth further study if at least "
        f"{whole(design.r + 1)} respond, and not with {r} or fewer (r/n = {r}/{n}). The exact type I error of these boundaries is "
        f"{rate(design.actual_alpha)} and their exact power {rate(design.actual_power)}. If the true proportion is {null}, the study stops after "
        f"the first stage with a probability of {rate(design.early, 1)}, and the expected sample size is {number(design.expected)}; if it is "
        f"{alternative}, {rate(design.early_alternative, 1)} and {number(design.expected_alternative)}.",
    )


def ground(found: Planned) -> str:
    """What the alternative rests on, and what the size would be elsewhere in the interval."""
    series = found.series
    name = f"an earlier series ({series.name})" if series.outcome else "an earlier series"
    return f"In {name} {seen_words(found)}. {across_words(found)}"
