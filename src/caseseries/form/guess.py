"""What the tables of a source are probably for. Every guess is written down as a suggestion that a person confirms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from caseseries.form.column_look import FEW, Column
from caseseries.form.events_found import about_events, events_on_row
from caseseries.form.found import MeasureGuess, TableGuess
from caseseries.form.heading import all_said, plain, says, words
from caseseries.form.long_words import long_words
from caseseries.form.measure_names import few_own, measures_of
from caseseries.form.one_row import course_on_rows, courses_in_cells, earlier, one_row
from caseseries.form.people_found import DEMOGRAPHIC, filled_down, one_list_of_patients
from caseseries.form.profile import Looked
from caseseries.form.roles import counted_time, ids_of, once, only_date, roles_of, unnamed_id
from caseseries.form.several import signs_between, signs_of_drugs
from caseseries.form.units_seen import with_units
from caseseries.form.visit_words import visit_in

#: Parts whose columns hold no measure. Others, such as an outcome or a grade, may be one.
_NO_MEASURE = words(
    "patient sex birth age note drug start stop dose unit frequency route event date visit diagnosis death list "
    "screened group value"
)


def guess(tables: Sequence[Looked]) -> list[TableGuess]:
    """The probable use of each table; a sheet that holds patients, visits and courses side by side is named several times."""
    parts = [roles_of(looked) for looked in tables]
    ids = set().union(*(ids_of(looked, roles.get("patient", "")) for looked, roles in zip(tables, parts, strict=True)))
    found: list[TableGuess] = []
    for looked, roles in zip(tables, parts, strict=True):
        if not roles.get("patient"):
            roles["patient"] = unnamed_id(looked, ids)
        found += _uses(filled_down(looked, roles), roles)
    return _with_names(with_units(with_start(one_list_of_patients(found))))


def with_start(found: list[TableGuess]) -> list[TableGuess]:
    """The tables, and a course of the study drug whose start is to be said, where visits have dates and no table holds courses."""
    dated = [one for one in found if _date_of(one)]
    if not dated or any(one.kind == "drugs" and not one.undated_drugs for one in found):
        return found
    first = next((one for one in dated if one.kind == "side by side"), dated[0])
    return [*found, course_on_rows(first.looked, dict(first.roles), _date_of(first))]


def _date_of(one: TableGuess) -> str:
    """The column of dates of a table's first visit; empty where it has none."""
    if one.kind == "side by side":
        return one.visits[0].date
    return one.roles.get("date", "") if one.kind in {"visits", "long"} else ""


def _with_names(found: Sequence[TableGuess]) -> list[TableGuess]:
    """Each table under a name of its own."""
    named: list[TableGuess] = []
    taken: set[str] = set()
    for one in found:
        name = one.name
        if name in taken and one.kind == "visits":
            name = plain(one.looked.title) or name
        name = name if name not in taken else f"{one.name} {len(taken) + 1}"
        taken.add(name)
        named.append(replace(one, name=name))
    return named


def _uses(looked: Looked, roles: dict[str, str]) -> list[TableGuess]:
    """What a table is used for, by its title, the roles of its columns and whether each patient stands in it once."""
    title = plain(looked.title)
    single = once(looked, roles["patient"])
    if looked.one_row:
        return _use(looked, roles, "patients") + courses_in_cells(looked, roles)
    if "screen" in title:
        return _use(looked, roles, "screening")
    if not single and not roles.get("date") and not roles.get("start") and (date := only_date(looked, roles)):
        roles["date"] = date
    if roles.get("measure") and roles.get("value"):
        words, labels = long_words(looked, roles), _labels(looked, roles)
        return _people(looked, roles, single) + _use(looked, roles, "long", words=words, labels=labels)
    if single and (of_one_visit := _of_one_visit(looked, roles)):
        return of_one_visit
    own = roles.get("event") and about_events(title) and not _is_demographic(roles)
    if single and not own and (beside := one_row(looked, roles)):
        return beside
    return _of_events_or_drugs(looked, roles) or _of_patients_or_visits(looked, roles, single)


def _use(looked: Looked, roles: Mapping[str, str], kind: str, **more: object) -> list[TableGuess]:
    return [TableGuess(kind, kind, looked, roles, **more)]  # type: ignore[arg-type]  # each by the name of its field


def _is_demographic(roles: Mapping[str, str]) -> bool:
    return any(roles.get(role) for role in DEMOGRAPHIC)


def _people(looked: Looked, roles: Mapping[str, str], single: bool) -> list[TableGuess]:
    """The patients, where what is known of them is repeated in their rows of something else."""
    return [] if single or not _is_demographic(roles) else _use(looked, roles, "patients", several_rows=True)


def _of_one_visit(looked: Looked, roles: dict[str, str]) -> list[TableGuess]:
    """A sheet that is called by a visit, with a row for each patient's values at it."""
    visit = visit_in(plain(looked.title))
    measures = table_measures(looked, roles) if visit is not None and not visit.stem and looked.sheet else ()
    if visit is None or not measures:
        return []
    people = _use(looked, roles, "patients") if _is_demographic(roles) else []
    return people + _use(looked, roles, "visits", measures=measures, labels={"": visit.nominal})


def _of_events_or_drugs(looked: Looked, roles: dict[str, str]) -> list[TableGuess]:
    graded = any(roles.get(role) for role in ("grade", "serious", "outcome"))
    if roles.get("event") and (graded or not (roles.get("drug") and roles.get("start"))):
        return events_of(looked, roles)
    if roles.get("drug") and roles.get("start"):
        return _use(looked, roles, "drugs", separated=signs_of_drugs(_names(looked, roles["drug"])))
    if roles.get("drug") and roles.get("date") and not table_measures(looked, roles):
        roles["start"] = roles.pop("date")  # a row for each time that it was given
        return _use(looked, roles, "drugs")
    return []


def _of_patients_or_visits(looked: Looked, roles: dict[str, str], single: bool) -> list[TableGuess]:
    called_so = re.search(r"patient|demog|stammdat|paciente", plain(looked.title))
    if single and (_is_demographic(roles) or called_so):
        more = earlier(looked, roles) + events_on_row(looked, roles, set(roles.values()))
        return _use(looked, roles, "patients") + more
    if single and len(looked.columns) == 1 and says(looked.columns[0].name, "patient"):
        return _use(looked, roles, "patients")
    if roles.get("death") and len(looked.columns) <= 4:
        return _use(looked, roles, "deaths")
    measures = table_measures(looked, roles)
    if roles.get("diagnosis") and not measures:
        return _use(looked, roles, "diagnoses")
    if not measures:
        return []
    visits = _use(looked, roles, "visits", measures=measures, labels=_labels(looked, roles))
    return _people(looked, roles, single) + visits


def events_of(looked: Looked, roles: Mapping[str, str]) -> list[TableGuess]:
    """A table of adverse events; the first and last days of one may be called as those of a drug are, and the drug suspected as one."""
    own = dict(roles)
    for role, other in (("date", "start"), ("until", "stop"), ("attributed_to", "drug")):
        if not own.get(role) and own.get(other):
            own[role] = own[other]
    if own.get("until") == own.get("date"):
        own.pop("until", None)
    event = _names(looked, own["event"])
    return [TableGuess("events", "events", looked, own, separated=signs_between(event))]


def _names(looked: Looked, name: str) -> tuple[str, ...]:
    column = looked.column(name)
    return column.names if column is not None else ()


def table_measures(looked: Looked, roles: dict[str, str]) -> tuple[MeasureGuess, ...]:
    """The measures of a table of visits, none of one name twice. A column of nothing but 0 and 1 is a code, no measure."""
    used = {column for role, column in roles.items() if role in _NO_MEASURE} | {counted_time(looked)[0]}
    found: dict[str, MeasureGuess] = {}
    for column in looked.columns:
        if (
            column.name in used
            or _NO_MEASURE.intersection(all_said(column.name.split(" / ")[-1]))
            or column.seen in {"0", "1", "0, 1"}
            or "_id" in column.name.casefold()
        ):
            continue
        for one in measures_of(column):
            name = one.measure if one.measure not in found else plain(column.name)
            while name in found:
                name += " again"
            found[name] = replace(one, measure=name)
    return few_own(tuple(found.values()))


def _numbered(column: Column) -> list[str]:
    """The few whole numbers of a column that numbers the visits; none where it counts days."""
    if column.different > FEW or "day" in plain(column.name) or not column.ends or column.ends[0][1] > FEW:
        return []
    numbers = column.seen.split(", ") if " to " not in column.seen else []
    return [number for number in numbers if number.isdigit()]


def _labels(looked: Looked, roles: dict[str, str]) -> dict[str, str]:
    """The words of a column of visits with the planned day of each, where a table has no column of dates."""
    column = looked.column(roles.get("visit", ""))
    if column is None or roles.get("date"):
        return {}
    if column.kind == "number" and (numbers := _numbered(column)):
        return {number: "0 days" if at == 0 else "" for at, number in enumerate(numbers)}
    if column.kind not in {"words", "text"}:
        return {}
    read = {word: visit_in(word) for word in column.names}
    return {word: "" if visit is None else visit.nominal for word, visit in read.items()} if any(read.values()) else {}
