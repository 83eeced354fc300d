"""What a rule asks besides values, in words: what is asked, what was found, and why there is no answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.tree import (
    INDEX_DATE,
    VISITS,
    FreeOfEvent,
    HeldRule,
    LookedBack,
    Occurrence,
    PatientIs,
    Question,
    UnchangedDrug,
)
from caseseries.protocol.window import Window
from caseseries.verdict.names import window_days
from caseseries.verdict.numbers import MINUS, day_text, listed
from caseseries.verdict.trace import NodeTruth, Stretch, Truth

_SAID: dict[Truth, str] = {True: "yes", False: "no", None: "not known"}


#: Why an event that is looked back for is not known from some visit.
_NOT_SEEN = {
    "date not exact": "{name} has a date of which it is not known whether it is of these days",
    "not charted": "{name} could not be told from this source",
    "window leaves observed time": "not all of these days were observed",
    "after the end of follow-up": "follow-up ended before",
    "before the known history": "not all of these days are in the known history",
}


def held_words(held: HeldRule, rule: str, measures: Mapping[str, MeasureFacts]) -> str:
    """When a rule must hold: `MMT8 at least 70 points at every visit in year 1`; `rule` is what must."""
    daily = bool(held.daily) and all(measures[slot.measure].kind == "dose" for slot in held.daily)
    if held.lasting is not None:
        apart = "" if daily else f", at visits no more than {_days(held.gap)} apart"
        return f"{rule} for at least {_days(held.lasting)} in {held.window}{apart}"
    if not held.times:
        return f"{rule} {'on every day of' if daily else 'at every visit in'} {held.window}"
    apart = "" if held.apart < 2 else f", each at least {_days(held.apart)} after the one before"
    between = ", with no visit between them at which it is not so" if held.consecutive else ""
    visits = "1 visit" if held.times == 1 else f"{held.times} {'consecutive ' if held.consecutive else ''}visits"
    return f"{rule} at {visits} in {held.window}{apart}{between}"


def fact_words(asked: FreeOfEvent | LookedBack | Occurrence | PatientIs | UnchangedDrug) -> str:
    """An event or a fact of the patient: `severe infection in year 1`, `age below 6 years at the index date`.

    >>> fact_words(PatientIs("F")), fact_words(PatientIs(least=2, below=6)), fact_words(Occurrence("flare", "year 1", 2))
    ('female sex', 'age at least 2 and below 6 years at the index date', 'flare on at least 2 days in year 1')
    >>> fact_words(PatientIs(attribute="course", words=("acute", "chronic")))
    'course acute or chronic'
    >>> fact_words(LookedBack("flare", 30)), fact_words(LookedBack("flare", 30, 2))
    ('flare on that day or in the 30 days before', 'flare on at least 2 days, of that day and the 30 days before')
    >>> fact_words(FreeOfEvent("flare", "year 1", 56))
    '56 days without flare in year 1'
    >>> fact_words(UnchangedDrug("prednisone", "baseline"))
    'no start, stop or change of dose of prednisone in baseline'
    """
    if isinstance(asked, Occurrence):
        return f"{asked.name}{'' if asked.times == 1 else f' on at least {asked.times} days'} in {asked.window}"
    if isinstance(asked, LookedBack):
        before = "the day before" if asked.days == 1 else f"the {asked.days} days before"
        if asked.times == 1:
            return f"{asked.name} on that day or {'' if asked.days == 1 else 'in '}{before}"
        return f"{asked.name} on at least {asked.times} days, of that day and {before}"
    if isinstance(asked, FreeOfEvent):
        return f"{_days(asked.days)} without {asked.name} in {asked.window}"
    if isinstance(asked, UnchangedDrug):
        return f"no start, stop or change of dose of {asked.drug} in {asked.window}"
    if asked.attribute:
        return f"{asked.attribute} {listed(list(asked.words), 'or')}"
    if asked.sex:
        return "female sex" if asked.sex == "F" else "male sex"
    bounds = [f"at least {asked.least}"] if asked.least is not None else []
    bounds += [f"below {asked.below}"] if asked.below is not None else []
    return f"age {' and '.join(bounds)} years at the {INDEX_DATE}"


def found_words(asked: Question, answer: NodeTruth) -> str:
    """What was found: `yes on days 30 to 60, no on day 90`, `on day 45`, `none`; of a rule that is held also what was looked back for from its
    visits, and of a window that moves where it ended."""
    return "; ".join(part for part in (_found(asked, answer), *_back_words(answer), end_words(answer.ends)) if part)


def end_words(ends: tuple[int, int | None] | None) -> str:
    """Where a window ended that has not the same days in every case.

    >>> end_words((540, 540)), end_words((365, None)), end_words(None)
    ('the window ended on day 540', 'the window ended on day 365 or later', '')
    >>> end_words((300, 365))
    'the window ended on day 300 at the earliest and day 365 at the latest'
    """
    if ends is None:
        return ""
    low, high = ends
    if high is None:
        return f"the window ended on {day_text(low)} or later"
    if low == high:
        return f"the window ended on {day_text(low)}"
    return f"the window ended on {day_text(low)} at the earliest and {day_text(high)} at the latest"


def _found(asked: Question, answer: NodeTruth) -> str:
    if isinstance(asked, HeldRule):
        return days_words(answer)
    if isinstance(asked, PatientIs):
        return _SAID[answer.truth]
    if isinstance(asked, UnchangedDrug):
        days = [_stretch(one) + (f", {one.read} different days" if one.read > 1 else "") for one in answer.days]
        changed = f"changed on {listed(days)}" if days else "changed"
        return changed if answer.truth is False else "yes" if answer.truth else ""
    days = [_stretch(one) + (f", {one.read} different days" if one.read > 1 else "") for one in answer.days]
    if isinstance(asked, FreeOfEvent):
        said = f"{_SAID[answer.truth]}, " if answer.truth is not None else ""
        return f"{said}{asked.name} on {listed(days)}" if days else said.removesuffix(", ")
    return f"on {listed(days)}" if days else "none" if answer.truth is False else ""


def days_words(answer: NodeTruth) -> str:
    """What a rule was on the days on which it was read; empty where there is none."""
    return _on_days(answer.days)


def _back_words(answer: NodeTruth) -> list[str]:
    """What was found by looking back from each visit, and why that is not known from some.

    >>> from caseseries.verdict.trace import SeenBack
    >>> asked = LookedBack("flare", 30)
    >>> seen = SeenBack(asked, (Stretch(10, 10, 1, None), Stretch(60, 90, 2, False)), ("before the known history",))
    >>> _back_words(NodeTruth("1", None, back=(seen,)))
    ['flare on that day or in the 30 days before: no on days 60 to 90, not known on day 10 (not all of these days are in the known history)']
    """
    told = []
    for one in answer.back:
        why = [_NOT_SEEN[code].format(name=one.asked.name) for code in one.why]
        told.append(f"{fact_words(one.asked)}: {_on_days(one.days)}" + (f" ({'; '.join(why)})" if why else ""))
    return told


def _on_days(days: Sequence[Stretch]) -> str:
    parts = []
    for truth, said in _SAID.items():
        of_truth = [one for one in days if one.truth is truth]
        if of_truth:
            parts.append(f"{said} on {listed([_stretch(one) for one in of_truth])}")
    return ", ".join(parts)


def why_open(asked: Question, answer: NodeTruth, windows: Mapping[str, Window]) -> str:
    """Why a question has no answer, with what was found."""
    return "; ".join([_why_open(asked, answer, windows), *_back_words(answer)])


def _why_open(asked: Question, answer: NodeTruth, windows: Mapping[str, Window]) -> str:
    code = answer.absent.rpartition(": ")[2]
    if code == "too few visits":
        return f"{_why(code, asked.named, asked.window, windows)} to show it ({days_words(answer)})"
    open_days = [_stretch(one) for one in answer.days if one.truth is None]
    if code == "not known on some day" and open_days:
        return f"not known on {listed(open_days)}"
    return _why(code, asked.named, asked.window, windows)


def question_absent(reason: str, windows: Mapping[str, Window]) -> str | None:
    """A reason (`window name: code`) of a question in words; None where no window of the study stands in it."""
    where, _, code = reason.rpartition(": ")
    for window in (*windows, INDEX_DATE):
        if where.startswith(f"{window} "):
            return _why(code, where.removeprefix(f"{window} "), window, windows)
    return None


def _why(code: str, name: str, window: str, windows: Mapping[str, Window]) -> str:
    within = f"the window {window}" + (f" ({window_days(windows[window])})" if window in windows else "")
    told = "" if name == VISITS else f"{name} not known: "
    return {
        "no visit in window": f"no visit in {within}",
        "too few visits": f"too few visits in {within}",
        "not known on some day": f"not known on some day of {within}",
        "window leaves observed time": f"{told}{within} leaves the time in which the patient was observed",
        "partial date at the edge of the window": f"a visit in {within} has a date known only in part",
        "after the end of follow-up": f"{told}follow-up ended before the end of {within}",
        "before the known history": f"{told}{within} begins before the known history",
        "not charted": f"{name} could not be told from this source",
        "date not exact": f"{name} has a date of which it is not known whether it lies in {within}",
        "not recorded": f"{name} not recorded",
        "last day of the window not known": f"{told}on which day the window {window} ended is not known",
        "length of the window not known": f"{told}how long the window {window} is cannot be told from the patient's past",
        "fewer than two events before": f"{told}there were fewer than two events to measure the window {window} by",
        "longer than the window may be": f"{told}the window {window} would be longer than it may be",
        "dose not recorded": f"{name} not known: a dose that may be taken in {within} is not recorded, or in no known unit",
        "doses in different units": f"{name} not known: its doses in {within} are in units that cannot be compared",
    }.get(code, f"{told}{code} in {within}")


def _stretch(one: Stretch) -> str:
    if one.first == one.last:
        return day_text(one.first)
    return f"days {one.first} to {one.last}".replace("-", MINUS)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
