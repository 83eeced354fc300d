"""Who stands behind the numbers of Table 1, of follow-up and of deaths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from caseseries.chart.personal_words import WITH_THE_PATIENTS
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.eligibility import studied_diagnoses
from caseseries.protocol.unknown_words import says_unknown
from caseseries.protocol.written import DAYS_PER_UNIT
from caseseries.summary.attributes import is_number
from caseseries.summary.behind import Part, TracedCase, TracedRow
from caseseries.summary.behind_number import Again, Behind, count_again, part_again, share_again
from caseseries.summary.cases import CaseRow
from caseseries.summary.chart_rows import ChartRows
from caseseries.summary.model import Summary
from caseseries.summary.result import Result
from caseseries.summary.sexes import called

#: A case of a description: its value, how it is said, and the rows that say it. None: not known, and how that is said.
Told = tuple[Fraction | None, str, tuple[TracedRow, ...]]


def behind_people(summary: Summary, level: Fraction) -> Iterator[Behind]:
    """Table 1 but for the dose, earlier treatment, follow-up, deaths."""
    for result in summary.table_one:
        if result.id.startswith("table1/age/"):
            yield described_behind(result, "the age of each included case at the index date, in whole years", _age)
        elif result.id.startswith("table1/disease_duration/"):
            yield described_behind(result, "the days from the first recorded diagnosis to the index date", _since)
        elif result.id.startswith("table1/sex/"):
            yield _of_sex(result, level)
        elif result.id.startswith("table1/attribute/"):
            yield _of_attribute(summary, result, level)
    for group, result in zip(summary.protocol.prior_groups, summary.prior, strict=True):
        yield _prior(group, result, level)
    for key, result in summary.follow_up.items():
        observed = key.startswith("observed/")
        told = "the days from the index date to the last day " + ("of observation" if observed else "on the study drug")
        yield described_behind(result, f"{told}, in months of 30.4375 days", _observed if observed else _on_drug)
    if summary.deaths is not None:
        yield Behind(
            summary.deaths.share,
            "every patient with an included case once: whether a death is recorded",
            _died,
            share_again(summary.deaths.share, level),
            "patient",
        )
        for result in summary.deaths.days.values():
            told = (
                "the days from the index date of the last case before it to the death, of those who died on a known day"
            )
            yield Behind(result, told, _days_to_death, part_again(result), "patient")


def described_behind(result: Result, told: str, of: object) -> Behind:
    """A description of one value of each included case, or the number of those of whom it is unknown."""
    unknown = result.id.endswith("/unknown")

    def find(rows: ChartRows) -> Iterator[TracedCase]:
        for case in rows.included:
            value, said, found = of(rows, case)  # type: ignore[operator]  # a function of rows and case
            part: Part = "counted" if (value is None) == unknown else "in the total" if unknown else "left out"
            yield TracedCase(case.case_id, case.patient, part, said, value, rows=found)

    again: Again = count_again(result) if unknown else part_again(result)
    return Behind(result, f"{told}{'; counted are those of whom it is not known' if unknown else ''}", find, again)


def _age(rows: ChartRows, case: CaseRow) -> Told:
    known = case.age_years is not None
    said = f"{case.age_years} years" if known else "not known"
    (person,) = rows.of(case).people
    of = "birth date" if person.birth_low is not None else "age as recorded"
    return None if case.age_years is None else Fraction(case.age_years), said, (rows.person(case, of, said),)


def _since(rows: ChartRows, case: CaseRow) -> Told:
    days = case.disease_duration_days
    said = "not known" if days is None else f"{days} days"
    diagnoses = rows.facts(case, ("diagnosis",), studied_diagnoses(rows.protocol.include))
    index = rows.index(case)
    dated = [one for one in diagnoses if one.start is not None]
    first = min((one.start for one in dated if one.start is not None), default=None)
    found = tuple(rows.fact(one, index) for one in diagnoses if days is None or one.start == first)
    return None if days is None else Fraction(days) / DAYS_PER_UNIT["year"], said, found


def _of_sex(result: Result, level: Fraction) -> Behind:
    asked = result.id.removeprefix("table1/sex/")

    def find(rows: ChartRows) -> Iterator[TracedCase]:
        names = called(list(dict.fromkeys(case.sex for case in rows.included)))
        for case in rows.included:
            name = names[case.sex] or "unknown"
            part: Part = "counted" if name == asked else "in the total"
            if name == "unknown" != asked:
                part = "left out"
            yield TracedCase(
                case.case_id, case.patient, part, name, rows=(rows.person(case, "sex", case.sex or "not recorded"),)
            )

    told = "the sex of each included case"
    if asked == "unknown":
        return Behind(result, f"{told}; counted are those of whom it is not recorded", find, count_again(result))
    return Behind(result, f"{told}; the total are those of whom it is recorded", find, share_again(result, level))


def _of_attribute(summary: Summary, result: Result, level: Fraction) -> Behind:
    told = "an attribute of each included case, as it is written"

    def named(rows: ChartRows) -> str:
        """The attribute: an id has no slash behind its name, and of two names that fit the longer one is meant."""
        names = dict.fromkeys(name for person in rows.chart.people for name, _ in person.attributes)
        fit = [one for one in names if result.id.startswith(f"table1/attribute/{one}/")]
        return max((one for one in fit if "/" not in result.id[len(f"table1/attribute/{one}/") :]), key=len)

    def words(rows: ChartRows) -> dict[str, str]:
        name = named(rows)
        found = {case.case_id: dict(case.attributes).get(name, "") for case in rows.included}
        assert WITH_THE_PATIENTS not in found.values()
        return {
            case: "" if not word.strip() or says_unknown(word) else " ".join(word.split())
            for case, word in found.items()
        }

    unknown = result.id.endswith("/unknown") and result.unit == "count"

    def find(rows: ChartRows) -> Iterator[TracedCase]:
        name, said = named(rows), words(rows)
        level_word = result.label.removeprefix(f"{name} ").removesuffix(" (as written)")
        numbers = is_number([word for word in said.values() if word])
        for case in rows.included:
            word = said[case.case_id]
            row = rows.person(case, name, word or "not recorded")
            part: Part = "counted" if not word else "in the total"
            if not unknown:
                part = "left out" if not word else "counted" if numbers or word == level_word else "in the total"
            value = Fraction(word.replace(",", ".")) if numbers and word else None
            yield TracedCase(case.case_id, case.patient, part, word or "not recorded", value, rows=(row,))

    if unknown:
        return Behind(result, f"{told}; counted are those of whom it is not recorded", find, count_again(result))
    again = share_again(result, level) if result.unit == "proportion" else part_again(result)
    return Behind(result, told, find, again)


def _prior(group: str, result: Result, level: Fraction) -> Behind:
    def find(rows: ChartRows) -> Iterator[TracedCase]:
        members = drugs_of(rows.protocol, group)
        for case in rows.included:
            uses = [one for one in rows.cases.drugs if one.case_id == case.case_id and group in one.groups]
            first = [one.start if one.possible is None else one.possible.first_high for one in uses]
            perhaps = [one.start if one.possible is None else one.possible.first_low for one in uses]
            part: Part = "counted" if any(day < 0 for day in first) else "in the total"
            if part != "counted" and any(day < 0 for day in perhaps):
                part = "left out"
            how = {"counted": "begun before the index date", "left out": "not known whether before the index date"}
            index = rows.index(case)
            studied = _studied(rows)
            found = [one for one in rows.of(case).courses if one.taken and one.drug in members - studied]
            before = tuple(rows.course(one, index) for one in found if one.ends.first_low < index)
            yield TracedCase(case.case_id, case.patient, part, how.get(part, "none on record before it"), rows=before)

    told = f"the courses of {group} other than the study drug, begun before the index date"
    return Behind(
        result,
        told,
        find if not result.absent_because or result.lower is not None else None,
        share_again(result, level),
    )


def _studied(rows: ChartRows) -> frozenset[str]:
    index = rows.protocol.case.index_date
    return drugs_of(rows.protocol, index.first_exposure) if isinstance(index, FirstExposure) else frozenset()


def _observed(rows: ChartRows, case: CaseRow) -> Told:
    days = case.observed_days
    if days is None:
        return None, "not known", ()
    return Fraction(days) / DAYS_PER_UNIT["month"], f"{days} days", (*_begun(rows, case), *rows.last_seen(case, days))


def _on_drug(rows: ChartRows, case: CaseRow) -> Told:
    days, found = case.on_drug_days, tuple(_courses(rows, case))
    if days is None:
        return None, "the last day is not known" if found else "no course of the study drug is charted", found
    return Fraction(days) / DAYS_PER_UNIT["month"], f"{days} days{', still taken at the end' * case.ongoing}", found


def _begun(rows: ChartRows, case: CaseRow) -> Iterable[TracedRow]:
    """The rows of the day that makes the index date, where it is that of a course."""
    return (replace(one, what=f"index date: {one.what}") for one in _courses(rows, case) if one.day == 0)


def _courses(rows: ChartRows, case: CaseRow) -> Iterator[TracedRow]:
    """The courses of the study drug that belong to a case."""
    index, own = rows.index(case), {one.start for one in rows.cases.study_drug if one.case_id == case.case_id}
    for course in rows.of(case).courses:
        if course.taken and course.drug in _studied(rows) and course.start - index in own:
            yield rows.course(course, index)


def by_patient(rows: ChartRows) -> dict[str, list[CaseRow]]:
    """The included cases of each patient, in order."""
    found: dict[str, list[CaseRow]] = {}
    for case in rows.included:
        found.setdefault(case.patient, []).append(case)
    return found


def ids_of(cases: Sequence[CaseRow]) -> str:
    """What the cases of one patient are called together."""
    return ", ".join(case.case_id for case in cases)


def _died(rows: ChartRows) -> Iterator[TracedCase]:
    for patient, cases in by_patient(rows).items():
        last = cases[-1]
        dead = last.death_day is not None
        found = tuple(rows.fact(one, rows.index(last)) for one in rows.facts(last, ("death",)))
        part: Part = "counted" if dead else "in the total"
        yield TracedCase(ids_of(cases), patient, part, "died" if dead else "no death on record", rows=found)


def _days_to_death(rows: ChartRows) -> Iterator[TracedCase]:
    for one in _died(rows):
        cases = by_patient(rows)[one.patient]
        known = cases[-1].death_latest == cases[-1].death_day
        days = [case.death_day for case in cases if case.death_day is not None]
        after = [day for day in days if day >= 0]
        if one.part != "counted" or not known:
            yield replace(one, part="left out", how="the day is not known" if days else one.how)
        else:
            yield replace(one, value=Fraction(min(after) if after else max(days)))
