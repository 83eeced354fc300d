"""A run as an audience may see it: everything inside, cases under new numbers for a journal, counts alone for the public.

For a journal single cases stay, since a case series is read case by case: under new numbers in an order that tells nothing, with ages in bands and
without free text or the cells of findings. For the public no case is told: the counts are those that a site tells a network, where no small
count is told or follows from others (:mod:`caseseries.summary.coarsen`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from caseseries.chart.personal_words import private_attributes
from caseseries.errors import CaseSeriesError
from caseseries.stats.tally import Tally
from caseseries.summary.aggregate import aggregate
from caseseries.summary.attributes import is_number
from caseseries.summary.cases import AdverseEvent, CaseRow, Cases, DrugUse, OutcomeCases, StudyDrug
from caseseries.summary.model import ReadBy, Summary
from caseseries.summary.summarise import summarise

#: The least count that is told to the public.
SMALLEST_TOLD = 5

#: The last whole year of each band of ages: infants, children and adolescents (ICH E11), then tens of years.
AGE_BANDS = (1, 11, 17, 29, 39, 49, 59, 69, 79, 89)

#: What stands for free text of the chart.
NOT_SHOWN = "not shown"

_JOURNAL = (
    "patients and cases have new numbers, in an order that tells nothing",
    "ages of single cases are in bands",
    f"free text of the chart (why a drug was stopped, doses as written, what became of an event and what it was attributed to) is {NOT_SHOWN}",
    "attributes with a word of their own for a patient are left out",
    "dates of index and the cells of findings are left out",
)
_PUBLIC = (
    "no single case is told",
    "no count from 1 to {below} is told or follows from others: such counts are ranges, and rare categories are pooled",
    "the cells of findings are left out",
)


def for_readers(summary: Summary, tally: Tally, audience: ReadBy, smallest: int = SMALLEST_TOLD) -> Summary:
    """The run as these readers may see it; `changed` of the result lists what was done.

    Raises:
        CaseSeriesError: for the public, too few cases to tell anything of them; for a journal or the public, counts of several sites that were not
            made for others.
    """
    if audience == "journal":
        return _for_a_journal(summary)
    return summary if audience == "internal" else _for_the_public(summary, tally, smallest)


def age_band(age: int) -> str:
    """The band of an age in whole years.

    >>> age_band(1), age_band(8), age_band(17), age_band(34), age_band(93)
    ('0–1', '2–11', '12–17', '30–39', '90 or more')
    """
    low = 0
    for high in AGE_BANDS:
        if age <= high:
            return f"{low}–{high}"
        low = high + 1
    return f"{low} or more"


def _for_a_journal(summary: Summary) -> Summary:
    changed = (*_JOURNAL,) if summary.cases is not None else ("the cells of findings are left out",)
    cases = None if summary.cases is None else _renumbered(summary)
    return replace(summary, cases=cases, cited=(), audience="journal", changed=changed)


def _for_the_public(summary: Summary, tally: Tally, smallest: int) -> Summary:
    below = smallest - 1
    changed = tuple(one.format(below=f"{below}") for one in _PUBLIC)
    if summary.sites:  # what sites told each other is coarse already, or was never meant for others
        if any(site.audience != "network" for site in summary.sites):
            raise CaseSeriesError(
                "A site told every count, for its own readers: a public report cannot be made of them.",
                do="Ask it for counts with `--export-for network`.",
            )
        return replace(summary, cited=(), audience="public", changed=changed[1:])
    told = aggregate(summary.protocol, tally, audience="network", smallest=smallest)
    counted = summarise(
        summary.protocol,
        told,
        kept=summary.kept,
        dated=summary.dated,
        invented=summary.invented,
        relative=summary.relative,
        only=summary.only,
    )
    return replace(
        counted,
        fingerprints=summary.fingerprints,
        locked=summary.locked,
        deviations=summary.deviations,
        rounded=True,
        suggested=summary.suggested,
        unnoted=summary.unnoted,
        choices=summary.choices,
        audience="public",
        changed=changed,
    )


def _renumbered(summary: Summary) -> Cases:
    """The cases under new numbers, in the order of a digest of protocol, data and id; courses of a patient stay together."""
    cases = summary.shown
    salt = "".join(summary.fingerprints.values())
    people = dict.fromkeys(row.patient for row in cases.rows)
    order = sorted(people, key=lambda patient: hashlib.sha256(f"{salt}{patient}".encode()).hexdigest())
    number = {patient: f"{place}" for place, patient in enumerate(order, 1)}
    courses: dict[str, list[str]] = {}
    for row in cases.rows:
        courses.setdefault(row.patient, []).append(row.case_id)
    new: dict[str, str] = {}
    for patient, own in courses.items():
        for place, case_id in enumerate(own, 1):
            new[case_id] = number[patient] if len(own) == 1 else f"{number[patient]}/{place}"
    attributes = _kept_attributes(cases)
    rows = sorted(cases.rows, key=lambda row: (int(number[row.patient]), new[row.case_id]))
    told = replace(
        cases,
        rows=tuple(_row(row, new, number, attributes) for row in rows),
        outcomes={name: _outcome(one, new) for name, one in cases.outcomes.items()},
        without_change={
            key: tuple((new[case], why) for case, why in found) for key, found in cases.without_change.items()
        },
        drugs=tuple(_drug(one, new) for one in cases.drugs),
        study_drug=tuple(_course(one, new) for one in cases.study_drug),
        events=tuple(_event(one, new) for one in cases.events),
        doses=tuple((new[case], steps) for case, steps in cases.doses),
        findings=(),
        source_rows=(),
        levels={name: {new[case]: level for case, level in found.items()} for name, found in cases.levels.items()},
    )
    # What is left are values that name their case in a field of that name.
    named = ("beyond", "points", "times", "spells", "graded", "exposure")
    return replace(told, **{name: _with_ids(getattr(told, name), new) for name in named})


def _row(row: CaseRow, new: Mapping[str, str], number: Mapping[str, str], attributes: frozenset[str]) -> CaseRow:
    return replace(
        row,
        case_id=new[row.case_id],
        patient=number[row.patient],
        age_years=None,
        age_band=age_band(row.age_years) if row.age_years is not None else "",
        index_date="",
        attributes=tuple((name, word) for name, word in row.attributes if name in attributes),
    )


def _kept_attributes(cases: Cases) -> frozenset[str]:
    """The attributes that are numbers, or words that several patients share: any other is a text of single patients."""
    private, words = private_attributes(cases.rows), dict[str, dict[str, set[str]]]()
    for row in cases.rows:
        for name, word in row.attributes:
            if word.strip():
                words.setdefault(name, {}).setdefault(word.strip(), set()).add(row.patient)
    return frozenset(
        name
        for name, found in words.items()
        if name not in private and (is_number(list(found)) or all(len(people) > 1 for people in found.values()))
    )


def _hidden(text: str) -> str:
    return NOT_SHOWN if text.strip() else text


def _drug(use: DrugUse, new: Mapping[str, str]) -> DrugUse:
    return replace(use, case_id=new[use.case_id], stop_reason=_hidden(use.stop_reason))


def _course(course: StudyDrug, new: Mapping[str, str]) -> StudyDrug:
    return replace(
        course,
        case_id=new[course.case_id],
        dose_text=_hidden(course.dose_text),
        stop_reason=_hidden(course.stop_reason),
    )


def _event(event: AdverseEvent, new: Mapping[str, str]) -> AdverseEvent:
    return replace(
        event,
        case_id=new[event.case_id],
        outcome=_hidden(event.outcome),
        attribution=_hidden(event.attribution),
        action=_hidden(event.action),
    )


def _outcome(found: OutcomeCases, new: Mapping[str, str]) -> OutcomeCases:
    return replace(
        found,
        verdicts=_with_ids(found.verdicts, new),
        flips={spec: tuple((new[case], text) for case, text in told) for spec, told in found.flips.items()},
        pivotal=_with_ids(found.pivotal, new),
        sentences={new[case]: text for case, text in found.sentences.items()},
    )


def _with_ids(found: Any, new: Mapping[str, str]) -> Any:
    """Values with the new id wherever a field is called `case_id`."""
    if isinstance(found, tuple):  # of cases, or of what holds them
        return tuple(_with_ids(one, new) for one in found)
    if isinstance(found, Mapping):
        return {key: _with_ids(one, new) for key, one in found.items()}
    if not is_dataclass(found) or isinstance(found, type):
        return found
    if hasattr(found, "case_id"):
        return replace(found, case_id=new[found.case_id])
    values = ((one.name, getattr(found, one.name)) for one in fields(found) if one.init)
    inside = {name: _with_ids(value, new) for name, value in values if isinstance(value, tuple | Mapping)}
    return replace(found, **inside)
