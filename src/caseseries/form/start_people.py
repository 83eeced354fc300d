"""The list of patients in a chart description to start from."""

from __future__ import annotations

from caseseries.form.column_look import Column
from caseseries.form.found import TableGuess
from caseseries.form.heading import plain, says, words
from caseseries.form.outline import Outline
from caseseries.form.people_found import same_in_all_rows
from caseseries.form.quote import quoted
from caseseries.form.roles import is_serial
from caseseries.form.sex_words import sex_words
from caseseries.form.start_lines import SUGGESTED, day_line, line
from caseseries.form.visit_words import visit_in
from caseseries.protocol.undecided import TO_DECIDE

#: So many different numbers may be codes of words; headings of numbers that describe nobody.
_CODES, _NUMBERS = (
    5,
    words("number nummer numero no nr phone telefon zip plz mrn code year jahr annee ano date datum row index record"),
)
_OF_PATIENT = ("sex", "birth", "birth year", "birth month", "birth day", "age", "diagnosis", "diagnosis date", "death")


def patient_lines(one: TableGuess, read: set[str], out: Outline) -> list[str]:
    """The columns of a list of patients; dates of birth, diagnosis and death only where the chart has dates."""
    roles, lines = dict(one.roles), []
    if one.several_rows:
        same = (role for role in _OF_PATIENT if role in roles)
        roles = {role: roles[role] for role in same if same_in_all_rows(one.looked, one.roles["patient"], roles[role])}
    if roles.get("sex"):
        lines.append(_sex(one, read))
    if out.dated and roles.get("birth"):
        lines.append(day_line("birth", one, roles["birth"], read))
    elif out.dated and roles.get("birth year"):
        parts = {"year": roles["birth year"], "month": roles.get("birth month", ""), "day": roles.get("birth day", "")}
        read |= {column for column in parts.values() if column}
        lines.append(
            f"    birth: {{{', '.join(f'{part}: {quoted(column)}' for part, column in parts.items() if column)}}}   {SUGGESTED}"
        )
    elif roles.get("age"):
        lines.append(line("age", roles["age"], read) + ": the age at the index date")
    if roles.get("diagnosis"):
        when = roles.get("diagnosis date", "") if out.dated else ""
        date = f", date: {quoted(when)}" if when else ""
        lines.append(f"    diagnoses: [{{diagnosis: {quoted(roles['diagnosis'])}{date}}}]   {SUGGESTED}")
        read |= {roles["diagnosis"], when or roles["diagnosis"]}
    if out.dated and roles.get("death"):
        lines.append(line("death", roles["death"], read))
    return lines + _attributes(one, read, out)


def _sex(one: TableGuess, read: set[str]) -> str:
    column = one.looked.column(one.roles["sex"])
    assert column is not None
    read.add(column.name)
    said = sex_words(column)
    if said is None:
        return f"    sex: {quoted(column.name)}   {SUGGESTED}"
    inside = ", ".join(f"{quoted(word)}: {meaning or TO_DECIDE}" for word, meaning in said.items())
    mark = SUGGESTED if all(said.values()) else "# what each word means: female or male"
    return f"    sex: {{column: {quoted(column.name)}, words: {{{inside}}}}}   {mark}"


def _describes(column: Column) -> bool:
    """Whether numbers describe patients, such as how long they were ill: no codes, no numbers of files, no values of a visit."""
    if column.kind != "number" or column.different <= _CODES or visit_in(column.name) is not None:
        return False
    return not _NUMBERS.intersection(plain(column.name).split()) and not is_serial(column)


def _attributes(one: TableGuess, read: set[str], out: Outline) -> list[str]:
    here = [other for other in out.guesses if other.looked is one.looked and other is not one]
    taken = (
        read | {name for other in here for name in other.columns | set(_parts(other))} | {one.roles.get("patient", "")}
    )
    kept = [
        column
        for column in one.looked.columns
        if (column.kind in {"words", "yes or no"} or _describes(column))
        and column.different > 1
        and column.name not in taken
        and " / " not in column.name
        and not says(column.name, "note")
        and (not one.several_rows or same_in_all_rows(one.looked, one.roles["patient"], column.name))
    ]
    if not kept:
        return []
    lines = [f"    attributes:   {SUGGESTED}: further columns to keep; `words` says what each word means"]
    names: dict[str, str] = {}
    for column in kept:
        read.add(column.name)
        name = column.name.casefold()
        while name in names:
            name += " again"
        names[name] = column.name
        lines.append(f"      {quoted(name)}: {quoted(column.name)}   # {', '.join(column.words) or column.seen}")
    return lines


def _parts(one: TableGuess) -> list[str]:
    """The columns that a table reads by their roles; patients and visits of one sheet share theirs."""
    if one.kind in {"patients", "side by side", "visits"}:
        return []
    return [name for name in one.roles.values() if name]
