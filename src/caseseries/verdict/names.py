"""What measures, judgements and reasons are called in sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cache

from caseseries import catalogue
from caseseries.protocol.extremes import ends_at, extreme_of
from caseseries.protocol.grades import GRADE
from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.window import Window
from caseseries.protocol.written import OPEN_END, OPEN_START
from caseseries.verdict.number_style import in_unit
from caseseries.verdict.numbers import MINUS, day_text, shown

#: Words left out of initials: Disease Activity Score of ... is DAS.
_SMALL = {"of", "the", "and", "or", "for", "in"}

#: Who a judgement may begin with, so that "physician global improvement" is judged by the physician.
_JUDGES = {
    "physician",
    "clinician",
    "doctor",
    "investigator",
    "assessor",
    "parent",
    "patient",
    "caregiver",
    "nurse",
    "radiologist",
}

#: Names of judgements besides those in -ed that read on after "judged": judged better, judged stable.
_JUDGED = {"better", "worse", "stable", "well", "active", "inactive", "responder", "cured", "flaring"}

_PREDNISONE = "prednisone "


def short_name(facts: MeasureFacts) -> str:
    """The measure in a sentence: as the protocol calls it, or in capitals where its name is the initials of what it stands for.

    >>> from caseseries.protocol.measures import MeasureFacts
    >>> short_name(MeasureFacts("cmas", "number", "Childhood Myositis Assessment Scale", "points", None, None, 1))
    'CMAS'
    >>> short_name(MeasureFacts("weight", "number", "Body weight", "kg", None, None, 0))
    'weight'
    >>> short_name(MeasureFacts("alt", "number", "Alanine aminotransferase", "U/L", None, None, -1))
    'ALT'
    >>> short_name(MeasureFacts("hba1c", "number", "Glycated haemoglobin (HbA1c)", "%", None, None, -1))
    'HbA1c'
    """
    if facts.called:
        return facts.called
    if facts.kind == "dose" and facts.unit.startswith(_PREDNISONE):
        return _PREDNISONE.strip()
    if facts.kind == "judgement":
        return facts.label
    letters = "".join(letter for letter in facts.name.casefold() if letter.isalpha())
    words = [word for word in re.findall(r"[^\W\d_]+", facts.label.casefold()) if word not in _SMALL]
    initials = "".join(word[0] for word in words)
    acronym = len(letters) > 1 and facts.name.isalnum() and initials.startswith(letters)
    written = re.search(rf"\b{re.escape(facts.name.upper())}\b", facts.label)
    spelt = next((word for word in re.findall(r"[^\W_]+", facts.label) if word.casefold() == facts.name.casefold()), "")
    if any(letter.isupper() for letter in spelt[1:]):
        return spelt
    # CHAQ of "Childhood Health Assessment Questionnaire" is initials; CK of "Creatine kinase" too, HbA1c as written.
    if acronym or (written and facts.name.islower()):
        return facts.name.upper()
    return _abbreviations().get(facts.name, facts.name) if facts.kind == "number" else facts.name


@cache
def _abbreviations() -> dict[str, str]:
    """The catalogue's abbreviations by their letters: ALT, LDH, ESR."""
    return {one.key.casefold(): one.key for one in catalogue.instruments() if one.key.isalpha() and one.key.isupper()}


def negated(outcome: str) -> str:
    """An outcome that was not met, as a sentence says it.

    >>> negated("good response"), negated("improved"), negated("no flare"), negated("much better"), negated("activity halved")
    ('no good response', 'not improved', 'no flare not met', 'not much better', 'activity halved not met')
    """
    if outcome.casefold().startswith(("no ", "not ", "non")):
        return f"{outcome} not met"
    *first, last = outcome.casefold().split()
    if first and last.endswith("ed") and not first[-1].endswith(("much", "well", "ly")):
        return f"{outcome} not met"  # `not three of six improved` would be another thing
    return f"not {outcome}" if last.endswith("ed") or last in _JUDGED - {"responder"} else f"no {outcome}"


def long_name(facts: MeasureFacts) -> str:
    """The measure as a Methods section names it."""
    return f"the daily dose of {facts.label}" if facts.kind == "dose" else short_name(facts)


def unit_text(unit: str, number: Fraction | None = None) -> str:
    """The unit behind a value; points and grades are not said, and `prednisone` is in the name already.

    >>> unit_text("points"), unit_text("prednisone mg/day"), unit_text("U/L"), unit_text("events", Fraction(1))
    ('', ' mg/day', ' U/L', ' event')
    """
    if number == 1 and unit.split(" ")[0] == "events":
        unit = unit.replace("events", "event", 1)
    bare = unit.removeprefix(_PREDNISONE)
    return "" if bare in {"", "points", "yes/no", GRADE} else in_unit("", bare)


def judged(facts: MeasureFacts, *, yes: bool) -> str:
    """A judgement in words.

    >>> from fractions import Fraction
    >>> facts = MeasureFacts("improved", "judgement", "physician global improvement", "yes/no", Fraction(0), Fraction(1), 1)
    >>> judged(facts, yes=True), judged(facts, yes=False)
    ('physician judged improved', 'the physician did not judge improved')
    >>> judged(MeasureFacts("rash", "judgement", "rash gone in the notes", "yes/no", None, None, 1), yes=False)
    'rash gone in the notes: no'
    """
    who = facts.label.split(" ")[0].casefold()
    if who in _JUDGES and facts.name.isalpha() and (facts.name.endswith("ed") or facts.name in _JUDGED):
        return f"{who} judged {facts.name}" if yes else f"the {who} did not judge {facts.name}"
    return f"{facts.label}: {'yes' if yes else 'no'}"


def window_days(window: Window) -> str:
    """The days of a window.

    >>> from caseseries.protocol.window import Window
    >>> window_days(Window(from_=-20, to=0, take="last")), window_days(Window(from_=0, to="end", take="last"))
    ('days −20 to 0', 'from day 0 on')
    """
    if window.length is not None:
        length = window.length
        least = "" if length.at_least is None else f", at least {length.at_least} and"
        times = "" if length.times == 1 else f"{shown(length.times, 9)} times "
        longest = f"{times}the longest time between two events called {length.longest_between} in {length.in_}"
        return f"from {day_text(window.from_)} for {longest}{least or ','} at most {window.days} days"
    days = _days(window)
    return days if window.until is None else f"{days}, no longer than to the first {window.until} in it"


def _days(window: Window) -> str:
    if window.from_ <= OPEN_START and window.to >= OPEN_END:
        return "any day"
    if window.from_ <= OPEN_START:
        return f"any day up to {day_text(window.to)}"
    if window.to >= OPEN_END:
        return f"from {day_text(window.from_)} on"
    if window.from_ == window.to:
        return day_text(window.to)
    return f"days {window.from_} to {window.to}".replace("-", MINUS)


#: Why days without an entry are not known to be days of 0.
_BLANKS = {
    "after the end of follow-up": "follow-up ended before its last day",
    "before the known history": "it begins before the known history",
}


#: Why it is not known how many events there were.
_COUNTS = {
    "after the end of follow-up": "follow-up ended before its last day",
    "before the known history": "it begins before the known history",
    "window leaves observed time": "it leaves the time in which the patient was observed",
    "not charted": "events called {} were not charted",
    "too few days recorded": "too few of its days were observed",
    "date not exact": "the day of an event called {} is not known exactly",
}


def why_absent(code: str, facts: MeasureFacts, window: str, windows: Mapping[str, Window], day: int | None) -> str:
    """A reason of absence in words; `day` is the day of the visit, where there is one.

    >>> facts = MeasureFacts("cmas", "number", "Childhood Myositis Assessment Scale", "points", None, None, 1)
    >>> why_absent("not recorded at this visit", facts, "month 3", {}, 90)
    'CMAS not recorded at the visit of day 90'
    >>> why_absent("window leaves observed time", facts, "month 3", {}, None)
    'CMAS not known in the window month 3, which leaves the time in which the patient was observed'
    >>> why_absent("no visit in window", facts, "peak up to month 3", {}, None)
    'the peak of CMAS from baseline to month 3 not known: no visit in window'
    """
    dose = f"{short_name(facts)} dose" if facts.kind == "dose" else short_name(facts)
    word = extreme_of(window)
    within = f"the window {window}" + (f" ({window_days(windows[window])})" if window in windows else "")
    if word and not code.endswith(" baseline"):
        return f"the {word} of {dose} from baseline to {ends_at(window)} not known: {code}"
    visit = f"the visit of {day_text(day)}" if day is not None else f"the visit taken for {window}"
    there = f"at {visit}" if day is not None else f"in {within}"
    if facts.counted and code in _COUNTS:
        return f"{dose} not known in {within}: {_COUNTS[code].format(facts.counted)}"
    if facts.blank_zero and code in _BLANKS:
        return f"{dose} not known in {within}: {_BLANKS[code]}, and only on observed days is a day without an entry one of 0"
    before = "" if word else " before"
    of = f"the {word} of {dose}" if word else dose
    fell = " and below it after" if facts.if_zero == "any rise counts" else ""
    declare = "" if facts.if_zero else ", unless if_zero_baseline of the measure says what it is"
    told = {
        "no visit in window": f"no visit in {within}",
        "no value in window": f"no {dose} in {within}",
        "window leaves observed time": f"{dose} not known in {within}, which leaves the time in which the patient was observed",
        "not recorded at this visit": f"{dose} not recorded at {visit}",
        "recorded without a number": f"{dose} noted without a number {there}",
        "censored": f"{dose} known only as above or below a limit {there}",
        "different values on one day": f"{dose} with different values on one day, {there}",
        "two days equally near": f"{dose} on two days equally near, and no rule says which counts, in {within}",
        "partial date at the edge of the window": f"{dose} with a date known only in part, at the edge of {within}",
        "no course recorded": f"no course of {facts.label} recorded, and no note that none was ever given",
        "between courses": f"{dose} not known outside the recorded courses {there}",
        "dose not recorded": f"{dose} not recorded in a course running {there}",
        "doses in different units": f"{dose} in units that cannot be compared {there}",
        "no equivalence": f"a drug taken {there} has no prednisone equivalent",
        "days of a course not known": f"{dose} not known {there}, because the days on which a course began or ended are not",
        "a drug row not used": f"{dose} not known {there}, because a drug row that may belong to it could not be used",
        "supply before observation not known": f"{dose} not known {there}, because a supply from before observation may still be taken",
        "no weight": f"no weight near enough for {dose} per kg {there}",
        "after the end of follow-up": f"follow-up ended before the day of {dose} for {window}",
        "zero baseline": f"{of} 0{before}{fell}, and percent of 0 is undefined{declare}",
        "negative baseline": f"{of} below 0{before}, and percent of it is undefined",
        "no lower limit of normal": f"no lower limit of normal recorded with {dose} {there}, and none declared for the patient",
        "no upper limit of normal": f"no upper limit of normal recorded with {dose} {there}, and none declared for the patient",
        "too few days recorded": f"{dose} on too few days {there}",
        "date not exact": f"{dose} with a date known only in part {there}, which may be a day with another entry",
        "limit of normal by a sex that is not known": f"the limit of normal of {dose} {there} is one by sex, and that of the patient is not known",
        "limit of normal by an age that is not known": f"the limit of normal of {dose} {there} is one by age, and that of the patient is not known",
        "limit of normal by a sex and an age that are not known": (
            f"the limit of normal of {dose} {there} is one by sex and age, and those of the patient are not known"
        ),
        "different limits of normal": f"{dose} of rows with different limits of normal {there}",
    }.get(code, f"{dose} absent in {within}: {code}")
    answer = "a grade" if facts.grades else "a yes or no" if facts.kind == "judgement" else "a number"
    return told.replace("without a number", f"without {answer}")


def event_words(event: str, protocol: Protocol, at: str, fact: str = "") -> str:
    """An intercurrent event as something that happened; `fact` is what is known of it, such as the drug and the day.

    With `fact` `azathioprine on day 40`, the event `rescue added` is `rescue drug added: azathioprine on day 40`.
    """
    within = protocol.intercurrent.pulse.within
    days = "" if within is None else f" within {within} day{'' if within == 1 else 's'}"
    by, before = ("", "") if fact else (" by the assessment", " before the assessment")
    words = {
        EVENT_WORDS["death"]: f"died{by}",
        EVENT_WORDS["lost"]: f"lost to follow-up before {at}",
        EVENT_WORDS["rescue"]: f"rescue drug added{before}",
        EVENT_WORDS["stopped"]: f"study drug stopped{before}",
        EVENT_WORDS["raised"]: f"daily dose raised above baseline{before}",
        EVENT_WORDS["pulse"]: f"pulse{days} of the assessment",
    }.get(event, event)
    return f"{words}{' ' if event == EVENT_WORDS['death'] else ': '}{fact}" if fact else words
