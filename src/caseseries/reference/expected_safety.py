"""Adverse events, the time in which they could be seen, and the values that were looked at, counted case by case."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from caseseries.chart.action_taken import ACTION_WORDS
from caseseries.chart.event_questions import SERIOUS_WORDS
from caseseries.chart.tables import Fact, Measurement
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.measure import Monitored
from caseseries.protocol.naming import beyond_words
from caseseries.protocol.unknown_words import says_unknown
from caseseries.reference.adverse import POSSIBLE, AtRisk, at_risk, events_of, perhaps_on_treatment
from caseseries.reference.case import CaseAnswer
from caseseries.reference.expected_people import of_patients
from caseseries.reference.exposure import count_exposure
from caseseries.reference.lab_grades import count_grades
from caseseries.reference.record import Indexed, folded
from caseseries.stats.tally import Tally
from caseseries.verdict.trace import Truth


def count_safety(counts: Tally, study: Indexed, included: Sequence[CaseAnswer]) -> None:
    """Count events and patients with one; where the protocol declares safety, days at risk and monitored values too."""
    charted = "adverse events" not in study.chart.unknown()
    if charted:
        _events(counts, study, included)
    if study.protocol.safety is None:
        return
    risks = {one.case_id: at_risk(study, one) for one in included}
    days, perhaps = sum(one.days for one in risks.values()), sum(one.most - one.days for one in risks.values())
    counts.add(("days at risk",), days)
    counts.add(("days perhaps at risk",), perhaps)
    if not charted:
        _no_rate(counts, "adverse events", days, perhaps)
    else:
        for question, answer in _asked(study).items():
            _told(counts, study, included, question, answer)
    _named_alone(counts, study, included, days, perhaps)
    _unnamed(counts, study, included, days, perhaps)
    for measure in dict.fromkeys(one.measure for one in study.protocol.safety.monitored):
        bounds = {beyond_words(one): one for one in study.protocol.safety.monitored if one.measure == measure}
        _monitored(counts, study, included, risks, measure, {words: one for words, one in bounds.items() if words})
    count_grades(counts, study, included)
    count_exposure(counts, study, included)


def _events(counts: Tally, study: Indexed, included: Sequence[CaseAnswer]) -> None:
    """Each event once, by its term (the empty one: any of them) and why it is not on treatment; patients with one for certain, and perhaps."""
    certain: dict[str, set[str]] = {"": set()}
    at_most: dict[str, set[str]] = {"": set()}
    any_event: set[str] = set()
    for one in included:
        for fact, why_not in events_of(study, one):
            counts.add(("adverse", folded(fact.term), why_not))
            any_event.add(one.patient)
            for held, whys in ((certain, ("",)), (at_most, ("", POSSIBLE))):
                if why_not in whys:
                    for term in ("", folded(fact.term)):
                        held.setdefault(term, set()).add(one.patient)
    for term, people in at_most.items():
        counts.add(("adverse patients", term), len(certain.get(term, ())))
        counts.add(("adverse patients perhaps", term), len(people) - len(certain.get(term, ())))
    counts.add(("adverse patients any",), len(any_event))


def _asked(study: Indexed) -> dict[str, Callable[[Fact], str]]:
    """What is asked of every event, and how it is answered."""
    assert study.protocol.safety is not None
    found: dict[str, Callable[[Fact], str]] = {"serious": _serious}
    if isinstance(study.protocol.case.index_date, FirstExposure):
        found["led to stopping"] = _action
    scale = study.protocol.safety.grading
    if scale == "as recorded" or "ctcae" in folded(scale):
        found["grade 3 or more"] = _severe
    return found


def _told(
    counts: Tally, study: Indexed, included: Sequence[CaseAnswer], question: str, answer_of: Callable[[Fact], str]
) -> None:
    """Each event that is or may be on treatment once, by the answer to one question; patients with one of which it is yes for certain, and further
    ones with one of which that cannot be ruled out."""
    certain: set[str] = set()
    at_most: set[str] = set()
    for one in included:
        for fact, why_not in events_of(study, one):
            if why_not not in {"", POSSIBLE}:
                continue
            answer = answer_of(fact)
            counts.add((question, answer, why_not))
            if answer != "no":
                at_most.add(one.patient)
                if answer == "yes" and not why_not:
                    certain.add(one.patient)
    counts.add((f"{question} patients",), len(certain))
    counts.add((f"{question} patients perhaps",), len(at_most - certain))


def _action(fact: Fact) -> str:
    """What is recorded of stopping the study drug because of an event: a word that nobody knows says nothing of it."""
    written = folded(fact.attribute("action"))
    if not written:
        return "not recorded"
    if says_unknown(written):
        return "not known"
    return (
        "yes" if written in ACTION_WORDS["stopped"] else "no" if written in ACTION_WORDS["not stopped"] else "not known"
    )


def _serious(fact: Fact) -> str:
    """Whether an event is recorded as serious."""
    written = folded(fact.attribute("serious"))
    if not written:
        return "not recorded"
    if says_unknown(written):
        return "not known"
    return "yes" if written in SERIOUS_WORDS["yes"] else "no" if written in SERIOUS_WORDS["no"] else "not known"


def _severe(fact: Fact) -> str:
    """Whether every grade that may be meant by what is written is 3 or more, or none of them."""
    written = folded(fact.attribute("grade"))
    if not written:
        return "not recorded"
    plain = _without_words(written)
    whole, _, rest = plain.replace(",", ".").partition(".")
    if rest and not rest.strip("0") and whole.isdigit():
        plain = whole
    plain = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}.get(plain, plain)
    for sign in (">=", "≥", "<=", "≤"):
        if plain.startswith(sign):
            plain = plain.removeprefix(sign).strip()
            ends = f"{plain} 99" if sign in {">=", "≥"} else f"0 {plain}"
            break
    else:
        ends = re.sub("-|–|/|to", " ", plain, count=1)
    numbers = ends.split()
    if not 1 <= len(numbers) <= 2 or not all(re.fullmatch("[0-9]{1,2}", one) for one in numbers):
        return "not known"
    severe = [int(one) >= 3 for one in numbers]
    return "yes" if all(severe) else "not known" if any(severe) else "no"


def _without_words(written: str) -> str:
    """A grade without the word for it, and without words in brackets behind it."""
    plain = " ".join(written.split())
    if plain.endswith(")"):
        before, _, words = plain.removesuffix(")").rpartition("(")
        if words[:1].isalpha() and all(letter.isalpha() or letter == " " for letter in words):
            plain = before.removesuffix(" ")
    rest = plain.removeprefix("ctcae").removeprefix(" ")
    for word in ("grade", "grad", "g"):
        if rest.startswith(word):
            rest = rest.removeprefix(word).removeprefix(".").removeprefix(" ")
            break
    told = rest[:1].isdigit() or rest[:1] in set("<>≤≥") or rest in {"i", "ii", "iii", "iv", "v"}
    return rest if told else plain


def _no_rate(counts: Tally, what: str, days: int, perhaps: int) -> None:
    """The time at risk of cases in whom nobody could have seen it."""
    counts.add(("not charted", what, "days"), days)
    counts.add(("not charted", what, "days perhaps"), perhaps)


def _named_alone(counts: Tally, study: Indexed, included: Sequence[CaseAnswer], days: int, perhaps: int) -> None:
    """The patients and the time of a chart in which these events were looked for, and no other."""
    words = study.chart.only.get("adverse events")
    if words is None or "adverse events" in study.chart.unknown():
        return
    names = json.dumps(sorted({folded(word) for word in words}), ensure_ascii=False)
    for part, n in (("patients", len(of_patients(included))), ("days", days), ("days perhaps", perhaps)):
        counts.add(("looked for alone", names, part), n)


def _unnamed(counts: Tally, study: Indexed, included: Sequence[CaseAnswer], days: int, perhaps: int) -> None:
    """Each declared event that is none of the words which the tables of events could hold."""
    assert study.protocol.safety is not None
    words = study.chart.only.get("adverse events")
    if "adverse events" in study.chart.unknown() or words is None:
        return
    for term in {folded(name) for name in study.protocol.safety.events} - {folded(word) for word in words}:
        what = f"adverse events: {term}"
        counts.add(("not charted", what, "cases"), len(included))
        counts.add(("not charted", what, "patients"), len(of_patients(included)))
        counts.add(("not charted because", what, "no concept or no table holds it"), len(study.chart.people))
        _no_rate(counts, what, days, perhaps)


def _monitored(
    counts: Tally,
    study: Indexed,
    included: Sequence[CaseAnswer],
    risks: dict[str, AtRisk],
    measure: str,
    bounds: dict[str, Monitored],
) -> None:
    """The values of a measure on treatment, equal ones of the same days once, and those beyond each declared bound, for certain or perhaps."""
    certain: set[str] = set()
    perhaps: set[str] = set()
    for patient, cases in of_patients(included).items():
        seen: set[tuple[object, ...]] = set()
        for row in study.patients[patient].measurements.get(measure, ()):
            begun = [one for one in cases if one.index is not None and one.index <= row.low]
            case = begun[-1] if begun else cases[0]
            what = (row.low, row.high, row.value, row.censor)
            days = set(range(row.low, row.high + 1))
            if row.value is None or what in seen or not days & perhaps_on_treatment(study, patient):
                continue
            on = days <= risks[case.case_id].on
            seen.add(what)
            (certain if on else perhaps).add(patient)
            counts.add(("monitored", measure, "values" if on else "values perhaps"))
            for words, declared in bounds.items():
                answer = _beyond(row, declared)
                counts.add(("monitored", measure, f"beyond {words}"), int(on and answer is True))
                counts.add(("monitored", measure, f"perhaps {words}"), int(answer is not False and not (on and answer)))
    counts.add(("monitored", measure, "patients"), len(certain))
    counts.add(("monitored", measure, "patients perhaps"), len(perhaps - certain))


def _beyond(row: Measurement, declared: Monitored) -> Truth:
    """Whether every number that the value may be is below the lower or above the upper bound; not known where some are."""
    assert row.value is not None
    answers = []
    if declared.below is not None:
        answers.append(_less(row.value, row.censor, declared.below))
    if declared.above is not None:
        mirrored = row.censor.translate(str.maketrans("<>", "><"))
        answers.append(_less(-row.value, mirrored, -declared.above))
    return True if True in answers else None if None in answers else False


def _less(value: Fraction, censor: str, bound: Fraction) -> Truth:
    """Whether a number, or every number that a limit leaves, is less than a bound.

    >>> [_less(Fraction(1), sign, Fraction(1)) for sign in ("", "<", "<=", ">", ">=")]
    [False, True, None, False, False]
    >>> [_less(Fraction(0), sign, Fraction(1)) for sign in ("", "<", ">")], _less(Fraction(2), "<", Fraction(1))
    ([True, True, None], None)
    """
    if censor == "":
        return value < bound
    if censor.startswith(">"):  # anything from the value on, so that none of it is less where the value is not
        return None if value < bound else False
    every = value < bound or (value == bound and censor == "<")  # anything up to the value
    return True if every else None
