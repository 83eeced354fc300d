"""A run as an audience may see it: everything inside, cases under new numbers for a journal, counts alone for the public.

For a journal single cases stay, since a case series is read case by case: under new numbers in an order that tells nothing, with ages in bands and
without free text or the cells of findings. For the public no case is told: the counts are those that a site tells a network, where no small
count is told or follows from others (:mod:`caseseries.summary.coarsen`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from caseseries.chart.natural import natural
from caseseries.chart.personal_words import private_attributes
from caseseries.errors import CaseSeriesError
from caseseries.response.strata_counts import IS
from caseseries.stats.tally import Tally
from caseseries.summary.aggregate import aggregate
from caseseries.summary.cases import AdverseEvent, CaseRow, Cases, DrugUse, OutcomeCases, StudyDrug
from caseseries.summary.model import FILLED_BY_STUDY, ReadBy, Summary
from caseseries.summary.result import Result
from caseseries.summary.summarise import summarise
from caseseries.verdict.told_again import renamed

#: The least count that is told to the public.
SMALLEST_TOLD = 5

#: The last whole year of each band of ages: infants, children and adolescents (ICH E11), then tens of years.
AGE_BANDS = (1, 11, 17, 29, 39, 49, 59, 69, 79, 89)

#: What stands for free text of the chart.
NOT_SHOWN = "not shown"

#: What the ids of the attributes of Table 1 begin with; words of them that tell of nobody who it is.
_OF_ATTRIBUTE, _YES_OR_NO = "table1/attribute/", frozenset(["yes", "no", "true", "false", "0", "1"])

Told = TypeVar("Told")

_JOURNAL = (
    "patients and cases have new numbers, in an order that has nothing to do with their ids",
    "ages of single cases are in bands",
    f"free text of the chart (why a drug was stopped, doses as written, what became of an event and what it was attributed to) is {NOT_SHOWN}",
    "attributes with a word of their own for a patient are left out, also of Table 1 and the strata (but yes and no, and numbers)",
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
        CaseSeriesError: for the public, too few cases to tell anything of them, or counts of a site that were not made for others.
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
    changed = (*_JOURNAL,) if summary.cases is not None else (*_JOURNAL[-1:], "patients one by one stand in no file")
    cases = None if summary.cases is None else _renumbered(summary)
    left = _told_by_one(summary)
    by = summary.table_one_by
    if by is not None:
        groups = tuple(
            replace(one, results={key: row for key, row in one.results.items() if _attribute(key) not in left})
            for one in by.groups
        )
        by = replace(by, groups=groups)
    return replace(
        summary,
        cases=cases,
        cited=(),
        audience="journal",
        changed=changed,
        table_one=tuple(one for one in summary.table_one if _attribute(one.id) not in left),
        table_one_by=by,
        strata={name: one for name, one in summary.strata.items() if one.by.attribute not in left},
    )


def _attribute(result_id: str) -> str:
    """The attribute that a result of Table 1 is about; empty where it is about none."""
    return result_id.removeprefix(_OF_ATTRIBUTE).rpartition("/")[0] if result_id.startswith(_OF_ATTRIBUTE) else ""


def _told_by_one(summary: Summary) -> frozenset[str]:
    """The attributes of which a word is that of one patient, and may tell who it is; yes and no tell nobody, and numbers are described."""
    people: dict[tuple[str, str], set[str]] = {}
    for row in () if summary.cases is None else summary.cases.rows:
        for name, word in row.attributes:
            people.setdefault((name, word.strip().casefold()), set()).add(row.patient)
    levels = {(_attribute(one.id), one.id.rpartition("/")[2]): one.n for one in summary.table_one if _is_level(one)}
    strata = {
        (by.by.attribute or "", one.word): one.yes + one.no + one.not_evaluable + one.outside + one.unplaced
        for by in summary.strata.values()
        for one in by.strata
        if one.kind == IS
    }
    return frozenset(
        name
        for (name, word), n in {**levels, **strata}.items()
        if word.casefold() not in _YES_OR_NO and (n == 1 or len(people.get((name, word.casefold()), ())) == 1) and name
    )


def _is_level(result: Result) -> bool:
    return bool(_attribute(result.id)) and result.unit == "proportion"


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
    of_study = {name: getattr(summary, name) for name in FILLED_BY_STUDY}
    return replace(counted, **of_study, rounded=True, audience="public", changed=changed)


def _renumbered(summary: Summary) -> Cases:
    """The cases under new numbers; courses of a patient stay together.

    The order is that of a digest of what the report tells of each patient, in which no id has a part: who knows the ids learns nothing from it.
    """
    cases = summary.shown
    told_of = {patient: _told(cases, patient) for patient in dict.fromkeys(row.patient for row in cases.rows)}
    order = sorted(told_of, key=lambda patient: hashlib.sha256(told_of[patient].encode()).hexdigest())
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
        without_change={key: _pairs(found, new) for key, found in cases.without_change.items()},
        drugs=_with_ids(tuple(map(_drug, cases.drugs)), new),
        study_drug=_with_ids(tuple(map(_course, cases.study_drug)), new),
        events=_with_ids(tuple(map(_event, cases.events)), new),
        doses=_pairs(cases.doses, new),
        findings=(),
        source_rows=(),
        levels={name: _sentences(found, new) for name, found in cases.levels.items()},
    )
    # What is left are values that name their case in a field of that name.
    named = ("beyond", "points", "times", "spells", "graded", "exposure")
    return replace(told, **{name: _with_ids(getattr(told, name), new) for name in named})


def _told(cases: Cases, patient: str) -> str:
    """What the report tells of a patient, but for the ids."""
    own = [row for row in cases.rows if row.patient == patient]
    about = [
        (
            row.status,
            row.failed_criterion,
            row.sex,
            row.disease_duration_days,
            row.observed_days,
            row.on_drug_days,
            row.death_day,
        )
        for row in own
    ]
    ids = {row.case_id for row in own}
    return repr((about, sorted((one.measure, one.day, one.value) for one in cases.points if one.case_id in ids)))


def _pairs(found: Iterable[tuple[str, Told]], new: Mapping[str, str]) -> tuple[tuple[str, Told], ...]:
    """What is told of cases under their new numbers, in the order of these: that in which they were read is not told either."""
    return tuple(sorted(((new[case], told) for case, told in found), key=lambda one: natural(one[0])))


def _sentences(found: Mapping[str, str], new: Mapping[str, str]) -> Mapping[str, str]:
    """The sentences of cases under their new numbers, in the order of these."""
    return renamed(found, {case: new[case] for case in sorted(found, key=lambda case: natural(new[case]))})


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
    """The attributes of which every word, or number, is that of several patients: any other may tell who one of them is."""
    private, words = private_attributes(cases.rows), dict[str, dict[str, set[str]]]()
    for row in cases.rows:
        for name, word in row.attributes:
            if word.strip():
                words.setdefault(name, {}).setdefault(word.strip(), set()).add(row.patient)
    return frozenset(
        name
        for name, found in words.items()
        if name not in private and all(len(people) > 1 for people in found.values())
    )


def _hidden(text: str) -> str:
    return NOT_SHOWN if text.strip() else text


def _drug(use: DrugUse) -> DrugUse:
    return replace(use, stop_reason=_hidden(use.stop_reason))


def _course(course: StudyDrug) -> StudyDrug:
    return replace(course, dose_text=_hidden(course.dose_text), stop_reason=_hidden(course.stop_reason))


def _event(event: AdverseEvent) -> AdverseEvent:
    return replace(
        event,
        outcome=_hidden(event.outcome),
        attribution=_hidden(event.attribution),
        action=_hidden(event.action),
    )


def _outcome(found: OutcomeCases, new: Mapping[str, str]) -> OutcomeCases:
    return replace(
        found,
        verdicts=_with_ids(found.verdicts, new),
        flips={spec: _pairs(told, new) for spec, told in found.flips.items()},
        pivotal=_with_ids(found.pivotal, new),
        sentences=_sentences(found.sentences, new),
    )


def _with_ids(found: Any, new: Mapping[str, str]) -> Any:
    """Values with the new id wherever a field is called `case_id`, in the order of the new ids."""
    if isinstance(found, tuple):  # of cases, or of what holds them
        told = tuple(_with_ids(one, new) for one in found)
        return (
            tuple(sorted(told, key=lambda one: natural(one.case_id)))
            if hasattr(next(iter(told), None), "case_id")
            else told
        )
    if isinstance(found, Mapping):
        return {key: _with_ids(one, new) for key, one in found.items()}
    if not is_dataclass(found) or isinstance(found, type):
        return found
    if hasattr(found, "case_id"):
        return replace(found, case_id=new[found.case_id])
    values = ((one.name, getattr(found, one.name)) for one in fields(found) if one.init)
    inside = {name: _with_ids(value, new) for name, value in values if isinstance(value, tuple | Mapping)}
    return replace(found, **inside)
