"""Words shared by the exhibits: verdicts, windows, rules and criteria as they are printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.tree import Leaf, Node, Tree
from caseseries.protocol.window import Window
from caseseries.protocol.words import OPEN_END, OPEN_START
from caseseries.report.exhibits.numbers import MINUS, plain, span
from caseseries.verdict.trace import Truth, Verdict

#: Control characters, and the marks that reverse the order of letters, show as a replacement character.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_DATE = re.compile(
    r"\b(?:(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:0?[1-9]|[12]\d|3[01]))?"
    r"|(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:(?:19|20)?\d\d))\b"
    r"|\b(?:\d{1,2}\.? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? (?:\d{1,2}, )?(?:19|20)\d\d\b",
    re.IGNORECASE,
)


def seen(text: str) -> str:
    """Text as it may be printed: control and direction characters become �.

    >>> seen("a\\x07b"), seen("P\\u202e1")
    ('a�b', 'P�1')
    """
    return _UNSEEN.sub("�", text)


def without_dates(text: str) -> str:
    """Free text of a chart without calendar dates: a report shows ages and study days only.

    >>> without_dates("stopped 2009-03-14 (rash)"), without_dates("10-5 mg"), without_dates("since May 2007")
    ('stopped [date] (rash)', '10-5 mg', 'since [date]')
    """
    return _DATE.sub("[date]", text)


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

    >>> counted(1, "patient"), counted(0, "patient"), counted(2, "course")
    ('1 patient', '0 patients', '2 courses')
    """
    return f"{n} {one if n == 1 else many or one + 's'}"


_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def spelled(n: int, one: str, many: str = "") -> str:
    """A count with its noun as a sentence begins with it: small numbers as words.

    >>> spelled(1, "event"), spelled(0, "event"), spelled(12, "event")
    ('One event', 'No events', '12 events')
    """
    told = _SMALL[n] if 0 <= n < len(_SMALL) else str(n)
    return capital(f"{told} {one if n == 1 else many or one + 's'}")


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def answer(truth: Truth) -> str:
    """The printed verdict.

    >>> answer(True), answer(False), answer(None)
    ('responder', 'non-responder', 'not evaluable')
    """
    return {True: "responder", False: "non-responder", None: "not evaluable"}[truth]


def outside(verdict: Verdict) -> bool:
    """Whether a case is outside the denominator of an outcome (its among-rule does not hold)."""
    return verdict.truth is None and verdict.absent.startswith("outside")


def group(verdict: Verdict) -> str:
    """The class a case is drawn in: responder, non-responder, not evaluable or outside the denominator."""
    return "outside the denominator" if outside(verdict) else answer(verdict.truth)


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
    if window.from_ <= OPEN_START and window.to >= OPEN_END:
        return "any day"
    if window.from_ <= OPEN_START:
        return f"up to day {day(window.to)}"
    if window.to >= OPEN_END:
        return f"from day {day(window.from_)}"
    return f"days {span(day(window.from_), day(window.to))}"


_TAKE = {
    "nearest": "the value nearest day {target}",
    "last": "the last value",
    "first": "the first value",
    "best": "the best value",
    "worst": "the worst value",
    "highest": "the highest value",
    "lowest": "the lowest value",
    "mean": "the mean of the values",
}


def window_words(name: str, window: Window) -> str:
    """A window in a sentence: days, which value is taken, ties.

    >>> window = {"from": "75 days", "to": "105 days", "target": "91 days", "take": "nearest", "tie": "earlier"}
    >>> window_words("month 3", Window.model_validate(window))
    'month 3 (days 75–105, the value nearest day 91; of two equally near, the earlier)'
    """
    taken = _TAKE[window.take].format(target=day(window.target))
    if window.take == "nearest" and window.components == "same visit":
        taken = f"the visit nearest day {day(window.target)}"
    elif window.take in {"last", "first"} and window.components == "same visit":
        taken = f"the {window.take} visit"
    tie = f"; of two equally near, the {window.tie}" if window.take == "nearest" and window.tie else ""
    tie = "; of two equally near, their mean" if tie and window.tie == "mean" else tie
    same = f"; of different values on one day, {window.same_day}" if window.same_day else ""
    return f"{name} ({days_range(window)}, {taken}{tie}{same})"


_COMPARED = {
    "at_least": "at least {}",
    "more_than": "more than {}",
    "at_most": "at most {}",
    "less_than": "less than {}",
}
_CHANGED = {
    "gain": "a gain in {} of {}",
    "rises": "a rise in {} of {}",
    "decrease": "a decrease in {} of {}",
    "falls": "a fall in {} of {}",
    "improves": "an improvement in {} of {}",
    "worsens": "a worsening in {} of {}",
}


def threshold_words(leaf: Leaf) -> str:
    """The threshold of a comparison, such as `more than 15 % of baseline`."""
    amount = plain(leaf.threshold, 6)
    if leaf.basis == "points":
        amount = f"{amount} {leaf.unit or 'points'}"
    else:
        amount = f"{amount} % of {'baseline' if leaf.basis == 'baseline' else 'the range'}"
    return _COMPARED[leaf.comparison].format(amount)


def leaf_words(leaf: Leaf, measures: Mapping[str, MeasureFacts]) -> str:
    """One comparison of a rule in words."""
    name = measure_name(measures, leaf.after.measure)
    if leaf.kind == "is":
        return f"{name} judged yes"
    if leaf.kind == "value":
        return f"{name} of {threshold_words(leaf)}"
    return _CHANGED[leaf.word].format(name, threshold_words(leaf))


def rule_words(tree: Tree, measures: Mapping[str, MeasureFacts]) -> str:
    """A rule as one sentence part, brackets where it nests."""

    def told(node: Node, inner: bool) -> str:
        if node.kind == "leaf":
            assert node.leaf is not None
            return leaf_words(node.leaf, measures)
        parts = [told(tree.node(child), inner=True) for child in node.children]
        if node.kind == "not":
            return f"not ({parts[0]})"
        if node.kind == "count":
            bound = {"at_least": "at least", "at_most": "at most", "exactly": "exactly"}[node.bound]
            return f"{bound} {node.k} of: {'; '.join(parts)}"
        joined = f" {'and' if node.kind == 'all' else 'or'} ".join(parts)
        return f"({joined})" if inner and len(parts) > 1 else joined

    return told(tree.nodes[0], inner=False)


def measure_name(measures: Mapping[str, MeasureFacts], name: str) -> str:
    """The name under which a measure is printed: as the catalogue or protocol labels it."""
    return measures[name].label if name in measures else name


def with_unit(facts: MeasureFacts) -> str:
    """A measure's name with its unit, for table stubs and axes.

    >>> from fractions import Fraction
    >>> with_unit(MeasureFacts("cmas", "number", "CMAS", "points", Fraction(0), Fraction(52), 1))
    'CMAS, points (0–52)'
    """
    text = f"{facts.label}, {facts.unit}" if facts.unit else facts.label
    if facts.kind == "number" and facts.scale and facts.minimum is not None and facts.maximum is not None:
        text += f" ({span(plain(facts.minimum), plain(facts.maximum))})"
    return text


def minus_to_ascii(text: str) -> str:
    """A printed number with an ASCII minus, for programs."""
    return text.replace(MINUS, "-")
