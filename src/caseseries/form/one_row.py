"""A sheet with a row per patient: who the patient is, visits beside each other, drugs beside each other, side effects."""

from __future__ import annotations

from dataclasses import replace

from caseseries.form.drug_columns import courses_beside, drug_in
from caseseries.form.events_found import events_on_row
from caseseries.form.found import CourseGuess, TableGuess
from caseseries.form.profile import Looked
from caseseries.form.several import drugs_in_words, is_earlier
from caseseries.form.visits_beside import visits_beside

_WHO = (
    "patient",
    "sex",
    "birth",
    "birth year",
    "birth month",
    "birth day",
    "age",
    "note",
    "group",
    "diagnosis",
    "diagnosis date",
)
#: What the drug is called where only one can be meant and nothing names it.
STUDY_DRUG = "study drug"


def earlier(looked: Looked, roles: dict[str, str]) -> list[TableGuess]:
    """The columns of drugs in words without days, such as earlier ones, each a table of drugs."""
    found = []
    for column in looked.columns:
        if signs := drugs_in_words(column):
            own = {"patient": roles["patient"], "drug": column.name}
            found.append(
                TableGuess(
                    "earlier drugs" if is_earlier(column.name) else "other drugs", "drugs", looked, own, separated=signs
                )
            )
    return found


def one_row(looked: Looked, roles: dict[str, str]) -> list[TableGuess]:
    """The tables that one sheet with a row per patient makes; none where it holds neither visits nor courses beside each other."""
    who = {roles[role] for role in _WHO if roles.get(role)}
    visits = visits_beside(looked, who)
    used = who | {visit.date for visit in visits} | {one.column for visit in visits for one in visit.measures}
    rest = {roles[role] for role in ("death",) if roles.get(role)}
    courses = _courses(looked, roles, used | rest)
    if not visits and not courses:
        return []
    if not visits and roles.get("drug") and not any(roles.get(role) for role in ("sex", "birth", "birth year", "age")):
        return []
    found = [TableGuess("patients", "patients", looked, {role: name for role, name in roles.items() if role != "date"})]
    if visits:
        found.append(TableGuess("visits", "side by side", looked, roles, visits=visits))
    if courses:
        found.append(TableGuess("drugs", "drugs", looked, _of_drugs(roles), courses=courses))
    found += earlier(looked, roles)
    return found + events_on_row(looked, roles, used)


def _of_drugs(roles: dict[str, str]) -> dict[str, str]:
    kept = ("patient", "drug", "dose", "unit", "frequency", "route", "stop_reason")
    return {role: roles[role] for role in kept if roles.get(role)}


def _courses(looked: Looked, roles: dict[str, str], used: set[str]) -> tuple[CourseGuess, ...]:
    """The courses of a sheet, the only drug by the name that a column or the title gives it."""
    found = courses_beside(looked, used)
    if len(found) == 1 and not found[0].name:
        named = looked.column(roles.get("drug", ""))
        name = "" if named is not None else drug_in([*looked.above, looked.title, looked.file.rsplit(".", 1)[0]])
        why = "" if named is not None or not name else "the drug that the title names"
        if named is None and not name:
            name, why = STUDY_DRUG, "no heading names the drug"
        return (replace(found[0], name=name, drug=name, why=why),)
    return found


def course_on_rows(looked: Looked, roles: dict[str, str], first: str) -> TableGuess:
    """The course of a study drug that is written on rows of visits, or of which no column says when it was started.

    `first` is a column that may say it then, that of the first visit.
    """
    titled = drug_in([*looked.above, looked.title, looked.file.rsplit(".", 1)[0]])
    name = titled or STUDY_DRUG
    course = CourseGuess(name, name, "", why=first)
    if named := tuple(
        one for one in _courses(looked, roles, {roles[role] for role in _WHO if roles.get(role)}) if one.drug
    ):
        return TableGuess("drugs", "drugs", looked, {"patient": roles["patient"]}, courses=named)
    if roles.get("start"):
        why = "the drug that the title names" if titled else "no heading names the drug"
        course = CourseGuess(name, name, roles["start"], roles.get("stop", ""), why)
    return TableGuess("drugs", "drugs", looked, {"patient": roles["patient"]}, courses=(course,))


def courses_in_cells(looked: Looked, roles: dict[str, str]) -> list[TableGuess]:
    """The table of drugs that cells above the visits of a patient make, such as `Adalimumab start`; none where there are none."""
    who = {roles[role] for role in _WHO if roles.get(role)}
    courses = _courses(looked, roles, who)
    return [TableGuess("drugs", "drugs", looked, _of_drugs(roles), courses=courses)] if courses else []
