"""Words shared by the exhibits: verdicts, windows, rules and criteria as they are printed."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

from caseseries.protocol.amount import SIDES
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.grades import told_grade
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.specs import OutcomePlan
from caseseries.protocol.tree import Leaf
from caseseries.protocol.window import Window
from caseseries.protocol.written import OPEN_END, OPEN_START
from caseseries.report.exhibits.printed_numbers import EN_DASH, MINUS, plain, span, whole
from caseseries.summary.model import Summary
from caseseries.verdict.denominator import absent_words, outside_words
from caseseries.verdict.leaf import moved_unit, percent_of
from caseseries.verdict.names import short_name
from caseseries.verdict.number_style import Style, style_in_force, with_percent
from caseseries.verdict.trace import Verdict
from caseseries.verdict.wanted import answered

#: Control characters, and the marks that reverse the order of letters, show as a replacement character.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


def seen(text: str) -> str:
    """Text as it may be printed: control and direction characters become �.

    >>> seen("a\\x07b"), seen("P\\u202e1")
    ('a�b', 'P�1')
    """
    return _UNSEEN.sub("�", text)


_HYPHEN_MINUS = re.compile(r"(?<![\w.–-])-(?=\d)")


def typeset(text: str) -> str:
    """Text of the software's own making with true minus signs.

    >>> typeset("from 20 to 25 from day -14"), typeset("COVID-19, 10-5 mg")
    ('from 20 to 25 from day −14', 'COVID-19, 10-5 mg')
    """
    return _HYPHEN_MINUS.sub(MINUS, text)


def band_text(band: str) -> str:
    """A band of ages, whose two ends are joined as in any other range.

    >>> band_text("2–11"), band_text("90 or more"), band_text("")
    ('2–11', '90 or more', '')
    """
    low, joined, high = band.partition(EN_DASH)
    return span(low, high) if joined else band


def listed(parts: Iterable[str], last: str = "and") -> str:
    """Parts as a list in a sentence.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"]), listed([])
    ('a', 'a and b', 'a, b and c', '')
    """
    found = list(parts)
    if len(found) < 2:
        return "".join(found)
    return f"{', '.join(found[:-1])} {last} {found[-1]}"


def counted(n: int, one: str, many: str = "") -> str:
    """A count with its noun.

    >>> counted(1, "patient"), counted(0, "patient"), counted(20000, "course")
    ('1 patient', '0 patients', '20,000 courses')
    """
    return f"{whole(n)} {one if n == 1 else many or one + 's'}"


_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def spelled(n: int, one: str, many: str = "") -> str:
    """A count with its noun as a sentence begins with it: small numbers as words.

    >>> spelled(1, "event"), spelled(0, "event"), spelled(12, "event")
    ('One event', 'No events', '12 events')
    """
    told = _SMALL[n] if 0 <= n < len(_SMALL) else whole(n)
    return capital(f"{told} {one if n == 1 else many or one + 's'}")


def capital(text: str) -> str:
    """The text with a capital first letter; the name of a table or column stays as it is written.

    >>> capital("two cases"), capital("drug_exposure: rows whose end lies before their start")
    ('Two cases', 'drug_exposure: rows whose end lies before their start')
    """
    return text if "_" in text.partition(" ")[0] else text[:1].upper() + text[1:]


def small(text: str) -> str:
    """The text without its capital first letter, unless it begins with an abbreviation.

    >>> small("Age below 18 years"), small("MMF before")
    ('age below 18 years', 'MMF before')
    """
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def placed(verdict: Verdict, plan: OutcomePlan, measures: Mapping[str, MeasureFacts]) -> str:
    """The printed verdict of a case, or why the case stands outside the outcome's denominator."""
    return outside_words(verdict, plan, measures) or answered(verdict.truth, plan.good)


def group(verdict: Verdict, good: bool | None) -> str:
    """The class a case is drawn in: its answer in the words of the outcome, or that it lies outside the denominator, or that this is not known."""
    if verdict.inside is False:
        return "outside the denominator"
    return "membership not known" if verdict.inside is None else answered(verdict.truth, good)


def day(value: int | None) -> str:
    """A study day.

    >>> day(-7), day(None)
    ('−7', '')
    """
    return "" if value is None else plain(value)


def days_range(window: Window) -> str:
    """The days of a window.

    >>> days_range(Window.model_validate({"from": "-20 days", "to": "0 days", "take": "last"}))
    'days −20 to 0'
    """
    return _days_range(window, style_in_force())


@functools.lru_cache(maxsize=1024)
def _days_range(window: Window, style: Style) -> str:
    """The days of a window in this style, which is the one in force: what was printed in one must not be found in another."""
    if window.from_ <= OPEN_START and window.to >= OPEN_END:
        return "any day"
    if window.from_ <= OPEN_START:
        return f"up to day {day(window.to)}"
    if window.to >= OPEN_END:
        return f"from day {day(window.from_)}"
    return f"days {span(day(window.from_), day(window.to))}"


_COMPARED = {
    "at_least": "at least {}",
    "more_than": "more than {}",
    "at_most": "at most {}",
    "less_than": "less than {}",
}


def threshold_words(leaf: Leaf, facts: MeasureFacts) -> str:
    """The threshold of a comparison, such as `more than 15 % of baseline`, of a measure in percent `percentage points`."""
    amount = plain(leaf.threshold, 6)
    if leaf.grades:
        steps = f"{amount}{moved_unit(facts.unit, leaf.threshold)}"
        amount = steps if leaf.kind == "change" else told_grade(leaf.grades, leaf.threshold)
    elif side := SIDES.get(leaf.basis):
        amount = f"{amount} × the {side} limit of normal"
    elif leaf.basis == "points":
        unit = leaf.unit or "points" if facts.change_unit == facts.unit else facts.change_unit
        amount = f"{amount} {unit.removesuffix('s') if amount == '1' and unit.endswith('points') else unit}"
    else:
        amount = f"{with_percent(amount)} of {percent_of(leaf) if leaf.basis == 'baseline' else 'the range'}"
    return _COMPARED[leaf.comparison].format(amount)


def measure_name(measures: Mapping[str, MeasureFacts], name: str) -> str:
    """The name under which a measure is printed, the same as in the sentences about cases."""
    return short_name(measures[name]) if name in measures else name


def value_name(measures: Mapping[str, MeasureFacts], name: str) -> str:
    """What there is a value of, or none: a dose is told as one, since `prednisone` alone reads as the drug."""
    facts = measures[name]
    return f"the daily dose ({facts.unit})" if facts.kind == "dose" else measure_name(measures, name)


_POWER = re.compile(r"\^([0-9]+)")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def unit_of(facts: MeasureFacts) -> str:
    """The unit as it stands beside the measure's name: `prednisone` is in the name already.

    >>> from fractions import Fraction
    >>> unit_of(MeasureFacts("neutrophils", "number", "Neutrophils", "10^9/L", None, None, 0))
    '10⁹/L'
    >>> unit_of(MeasureFacts("steroid", "dose", "systemic glucocorticoids", "prednisone mg/day", Fraction(0), None, -1))
    'mg/day'
    """
    return _POWER.sub(lambda found: found[1].translate(_RAISED), facts.unit.removeprefix(f"{short_name(facts)} "))


def change_unit(facts: MeasureFacts) -> str:
    """The unit of a change as it stands beside the measure's name."""
    return unit_of(facts) if facts.change_unit == facts.unit else facts.change_unit


def with_unit(facts: MeasureFacts, *, scale: bool = True) -> str:
    """A measure's name with its unit and `scale`, which is of one day, for table stubs and axes.

    >>> from fractions import Fraction
    >>> with_unit(MeasureFacts("cmas", "number", "Childhood Myositis Assessment Scale", "points", Fraction(0), Fraction(52), 1))
    'CMAS, points (0–52)'
    """
    text = f"{short_name(facts)}, {unit_of(facts)}" if facts.unit else short_name(facts)
    if scale and facts.kind == "number" and facts.scale and facts.minimum is not None and facts.maximum is not None:
        text += f" ({span(plain(facts.minimum), plain(facts.maximum))})"
    return f"{text} ({span(facts.grades[0], facts.grades[-1])})" if facts.grades else text


def days_words(summary: Summary) -> str:
    """What the days of a chart are: of a calendar, planned ones, or study days without a date."""
    if summary.dated:
        return "days"
    return "study days" if summary.relative == ("study days",) else "planned (nominal) days"


def planned(summary: Summary) -> tuple[str, ...]:
    """The footnote of days that nobody dated; nothing where every day has its date."""
    if summary.dated and "planned days" in summary.relative:
        return (
            "Some visits have no date: they stand on planned (nominal) days from the index date, not on the days on which patients were seen.",
        )
    if summary.dated and summary.relative:
        return ("Some visits have no date: they stand on study days, the days since the index date.",)
    if summary.dated:
        return ()
    if summary.relative == ("study days",):
        return ("The chart is undated: all days are study days, the days since the index date.",)
    return ("The chart is undated: all days are planned (nominal) days, not the days on which patients were seen.",)


def study_drug_name(summary: Summary) -> str:
    """The drug whose first day is the index date; `Study drug` where the index date is something else."""
    index = summary.protocol.case.index_date
    return capital(index.first_exposure) if isinstance(index, FirstExposure) else "Study drug"


def absence(reason: str, measures: Mapping[str, MeasureFacts], windows: Mapping[str, Window]) -> str:
    """A reason of absence (`window measure: code`) in words."""
    return absent_words(reason, measures, windows)
