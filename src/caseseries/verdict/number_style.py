"""How journals print numbers: the percent sign, the announcement of an interval, ranges, P values, and decimals of percents.

A style is in force for a block of code (:func:`in_style`): what is printed there follows it, and nothing else does. Files for programs are
written in the style `plain`. Only what the program prints follows a style; text that a user wrote stays as it was written.

Facts of which the page was read name its address; the others are recalled, not confirmed. Every one is a field, which an own `Style` sets.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Literal

from caseseries.errors import CaseSeriesError

#: AMA Manual of Style, 11th edition, as told by dragonflyeditorial.com/resources/statistics-for-medical-editors-and-writers (`95% CI, 1-3.5`,
#: `95% CI, −5 to 24.17`, `P < .001`) and support.jmir.org/hc/en-us/articles/360019690851 (no zero before the point of P; in a
#: journal that follows it one decimal of percents from 100 on).
AMA_SEPARATOR, AMA_RANGE, AMA_TENTHS_FROM = ", ", "-", 100
#: recalled, not confirmed: the percent sign stands at both ends of a range (`34.9%-96.8%`).
AMA_PERCENT_TWICE = True
#: nascentmc.com/blog/2019/01/24/p-value-pointers: three digits of P below .01, and where rounding would bring it to .05.
AMA_SHOWS_BELOW_05 = True

#: NEJM: two digits of P above 0.01, three from there to 0.001, then P<0.001, as quoted in doi.org/10.1136/bmjebm-2019-111264.
NEJM_P_THREE_TO = Decimal("0.009")
#: recalled, not confirmed: zero before the point, no space about the sign, `95% CI, 34.9 to 96.8`, one decimal of percents from 100 on.
NEJM_SEPARATOR, NEJM_RANGE, NEJM_TENTHS_FROM = ", ", " to ", 100

#: Annals of Internal Medicine, annals.org/aim/pages/AuthorInformationStatisticsOnly: no decimal of percents below 200, one from there on; P to the
#: nearest thousandth up to 0.20, above that to the nearest hundredth, and `P<0.001`.
ANNALS_TENTHS_FROM, ANNALS_P_THREE_TO = 200, Decimal("0.2")
#: recalled, not confirmed: `95% CI, 35% to 97%`.
ANNALS_SEPARATOR, ANNALS_RANGE, ANNALS_PERCENT_TWICE = ", ", " to ", True

#: recalled, not confirmed, from papers of Annals of the Rheumatic Diseases: small p, `p=0.03`, `95% CI 34.9% to 96.8%`. Rheumatology (Oxford)
#: prints a capital P, which an own style has, and a comma between the limits, which none has: of days and ages a comma would read as a list.
RHEUM_LETTER: Literal["p"] = "p"
RHEUM_RANGE, RHEUM_PERCENT_TWICE, RHEUM_TENTHS_FROM = " to ", True, 100


@dataclass(frozen=True, slots=True)
class Style:
    """How numbers are printed. Left as they are the fields are those of `plain`.

    `percent` is what stands behind a number in percent, with its space; `percent_twice` whether it stands at both ends of a range, or behind the last
    alone (of an interval in brackets behind its share not at all). `before_ends` stands between `95% CI` and its limits, `to` between two
    numbers; where one has a sign the word `to` stands there in every style.

    `p` is the letter of P values, `p_spaced` whether spaces stand about `=`, `<` and `>`, `p_zero` whether a zero stands before the point. P has
    two digits, and three where it is at most `p_three_to`; with `p_shows_below_05` also where two would print .05 of one that is less. Of P below
    .001 that is said.

    Percents have no decimal below `tenths_from` cases, and one from there on; the limits of their intervals from `limit_tenths_from` cases on, and
    wherever a limit would else be printed as 0 or 100 that is neither.

    Raises:
        CaseSeriesError: a field that would print numbers which cannot be read.

    >>> Style(percent="%", to=" to ") == Style(percent="%", to="-")
    False
    """

    percent: str = " %"
    percent_twice: bool = False
    before_ends: str = " "
    to: str = "–"
    p: Literal["P", "p"] = "P"
    p_spaced: bool = True
    p_zero: bool = False
    p_three_to: Decimal = Decimal("0.009")
    p_shows_below_05: bool = False
    tenths_from: int = 100
    limit_tenths_from: int = 0

    def __post_init__(self) -> None:
        wrong = [name for name, allowed in _ALLOWED.items() if getattr(self, name) not in allowed]
        if wrong:
            told = "; ".join(f"{name}: one of {', '.join(map(repr, _ALLOWED[name]))}" for name in wrong)
            raise CaseSeriesError("A style that numbers cannot be read in.", expected=told)
        if not Decimal("0.009") <= self.p_three_to <= 1 or min(self.tenths_from, self.limit_tenths_from) < 0:
            raise CaseSeriesError(
                "A style that numbers cannot be read in.",
                expected="p_three_to: from 0.009 to 1; tenths_from and limit_tenths_from: 0 or more",
            )


#: What these fields may be: anything else would print a sign that is none, or a range that reads as one number.
_ALLOWED = {
    "percent": (" %", "%", "\u202f%", "\u00a0%"),
    "before_ends": (" ", ", ", ": "),
    "to": ("–", "-", " to "),
    "p": ("P", "p"),
}

PLAIN = Style()

#: The styles by name; `plain` is the one in force where nothing else is said.
STYLES = {
    "plain": PLAIN,
    "jama": Style(
        percent="%",
        percent_twice=AMA_PERCENT_TWICE,
        before_ends=AMA_SEPARATOR,
        to=AMA_RANGE,
        p_shows_below_05=AMA_SHOWS_BELOW_05,
        tenths_from=AMA_TENTHS_FROM,
    ),
    "nejm": Style(
        percent="%",
        before_ends=NEJM_SEPARATOR,
        to=NEJM_RANGE,
        p_spaced=False,
        p_zero=True,
        p_three_to=NEJM_P_THREE_TO,
        tenths_from=NEJM_TENTHS_FROM,
    ),
    "annals": Style(
        percent="%",
        percent_twice=ANNALS_PERCENT_TWICE,
        before_ends=ANNALS_SEPARATOR,
        to=ANNALS_RANGE,
        p_spaced=False,
        p_zero=True,
        p_three_to=ANNALS_P_THREE_TO,
        tenths_from=ANNALS_TENTHS_FROM,
        limit_tenths_from=ANNALS_TENTHS_FROM,
    ),
    "rheum": Style(
        percent="%",
        percent_twice=RHEUM_PERCENT_TWICE,
        to=RHEUM_RANGE,
        p=RHEUM_LETTER,
        p_spaced=False,
        p_zero=True,
        tenths_from=RHEUM_TENTHS_FROM,
    ),
}

_IN_FORCE: ContextVar[Style] = ContextVar("caseseries_number_style", default=PLAIN)


def style_in_force() -> Style:
    """The style in which numbers are printed here."""
    return _IN_FORCE.get()


@contextmanager
def in_style(style: Style) -> Iterator[None]:
    """Print what is printed inside in this style. Another thread has its own.

    >>> with in_style(STYLES["jama"]):
    ...     with_percent("75")
    '75%'
    >>> with_percent("75")
    '75 %'
    """
    token = _IN_FORCE.set(style)
    try:
        yield
    finally:
        _IN_FORCE.reset(token)


def style_named(style: str | Style) -> Style:
    """A style by its name, or an own one.

    >>> style_named("jama").to
    '-'

    Raises:
        CaseSeriesError: no style has this name.
    """
    if isinstance(style, Style):
        return style
    if style not in STYLES:
        near = get_close_matches(f"{style}", STYLES, 1)
        raise CaseSeriesError(
            f"There is no style {style!r}.",
            expected=f"There are: {', '.join(STYLES)}.",
            do=f"Did you mean {near[0]!r}?" if near else "",
        )
    return STYLES[style]


def with_percent(told: str) -> str:
    """A number in percent with its sign.

    >>> with_percent("75"), with_percent("<0.1")
    ('75 %', '<0.1 %')
    """
    return f"{told}{_IN_FORCE.get().percent}"


def in_unit(told: str, unit: str) -> str:
    """A number with its unit, which may be a percent of something.

    >>> in_unit("−50", "% of baseline"), in_unit("12", "points"), in_unit("3", "")
    ('−50 % of baseline', '12 points', '3')
    """
    if unit.startswith("%"):
        return f"{with_percent(told)}{unit[1:]}"
    return f"{told} {unit}" if unit else told
