"""The tables of a chart description to start from: where each is, and the columns of its kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from caseseries import catalogue
from caseseries.form.column_look import Column
from caseseries.form.dose_names import dose_written
from caseseries.form.found import MeasureGuess, TableGuess
from caseseries.form.heading import plain, says
from caseseries.form.outline import Outline
from caseseries.form.people_found import same_in_all_rows
from caseseries.form.quote import listed, quoted
from caseseries.form.sex_words import sex_words
from caseseries.form.start_courses import course_lines, event_lines
from caseseries.protocol.undecided import TO_DECIDE

SUGGESTED = "# suggested"
#: Headings of columns that count the days, or the months, of a visit.
_COUNTS = {
    "days": "day days tag jour dia studientag",
    "weeks": "week weeks woche semaine semana",
    "months": "month months monat mois mes",
}


def table_lines(one: TableGuess, together: Sequence[TableGuess], out: Outline) -> list[str]:
    """One table; the first of those on one sheet says which of its columns nothing reads."""
    looked, roles = one.looked, one.roles
    lines = [f"  {quoted(one.name)}:", f"    kind: {one.written_kind}   {SUGGESTED}"]
    lines += _place(one)
    if looked.one_row:
        pass
    elif looked.header != (1,):
        lines.append(f"    header: {list(looked.header) if len(looked.header) > 1 else looked.header[0]}   {SUGGESTED}")
    if looked.renamed:
        names = ", ".join(f"{quoted(at)}: {quoted(name)}" for at, name in looked.renamed.items())
        lines.append(f"    names: {{{names}}}   {SUGGESTED}: these headings stand several times")
    if looked.last_row is not None:
        lines.append(
            f"    last_row: {looked.last_row}   {SUGGESTED}: the rows below it look like means, a legend or notes, not like patients"
        )
    if roles.get("patient"):
        lines.append(f"    patient: {quoted(roles['patient'])}   {SUGGESTED}")
    else:
        lines.append(
            f"    patient: {TO_DECIDE}   # the column of the ids; no heading says so, and the first column repeats itself"
        )
    read: set[str] = set()
    lines += _BODY[one.kind](one, read, out)
    if one is together[0]:
        lines += _ignored(together, out)
    return lines


def _place(one: TableGuess) -> list[str]:
    """Where the table is: a sheet, a file, or the same on several."""
    looked, lines = one.looked, []
    for key, several in (("files", looked.files), ("sheets", looked.sheets)):
        if several:
            lines.append(f"    {key}: all   {SUGGESTED}: {len(several)} of them look alike, one for each patient")
            if others := [name for name in looked.book if name not in several]:
                lines.append(f"    except_{key}: {listed(others)}   {SUGGESTED}")
    if not looked.files and not looked.sheets and (not looked.sheet or looked.file in looked.book):
        lines.append(f"    file: {quoted(looked.file)}")
    if looked.sheet and not looked.sheets:
        lines.append(f"    sheet: {quoted(looked.sheet)}")
    if looked.one_row:
        lines.append(f"    one_row: yes   {SUGGESTED}: made of the cells named below alone")
    if looked.fixed:
        lines.append(
            f"    cells: {{{', '.join(f'{quoted(name)}: {at}' for name, at in looked.fixed.items())}}}   {SUGGESTED}"
        )
    if looked.same_as_above:
        lines.append(
            f"    same_as_above: {listed(list(looked.same_as_above))}   {SUGGESTED}: a blank means the id above it"
        )
    if one.several_rows:
        lines.append(f"    rows_per_patient: several   {SUGGESTED}: what stands in a patient's rows adds up to one")
    return lines


def unread(together: Sequence[TableGuess], out: Outline) -> list[str]:
    """The columns of a sheet that none of its tables reads."""
    taken: set[str] = set()
    for one in together:
        _BODY[one.kind](one, taken, out)
        taken |= one.columns | {one.roles.get("patient", "")}
    return [column.name for column in together[0].looked.columns if column.name not in taken]


def _ignored(together: Sequence[TableGuess], out: Outline) -> list[str]:
    left = unread(together, out)
    if not left:
        return []
    notes = [name for name in left if says(name, "note")]
    free = f"; free text: {', '.join(notes)}" if notes else ""
    numbers = [column.name for column in together[0].looked.columns if column.kind == "number" and column.name in left]
    if numbers:
        free += f"; numbers: {', '.join(numbers)}"
    return [f"    ignore: {listed(left)}   {SUGGESTED}: nothing reads these columns{free}"]


def line(key: str, column: str, read: set[str]) -> str:
    """A field and its column."""
    read.add(column)
    return f"    {key}: {quoted(column)}   {SUGGESTED}"


def day_line(key: str, one: TableGuess, name: str, read: set[str]) -> str:
    """A field and its column of dates, or of the numbers under which a spreadsheet keeps them."""
    column = one.looked.column(name)
    if column is None or column.kind != "number":
        return line(key, name, read)
    read.add(name)
    return f"    {key}: {{column: {quoted(name)}, serials: yes}}   {SUGGESTED}: the numbers under which a spreadsheet keeps dates"


def roles_lines(one: TableGuess, read: set[str], *names: str) -> list[str]:
    """The fields that are called as the roles are."""
    return [line(name, one.roles[name], read) for name in names if one.roles.get(name)]


def _patients(one: TableGuess, read: set[str], out: Outline) -> list[str]:
    roles, lines = dict(one.roles), []
    if one.several_rows:
        roles = {role: name for role, name in roles.items() if same_in_all_rows(one.looked, roles["patient"], name)}
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


def _attributes(one: TableGuess, read: set[str], out: Outline) -> list[str]:
    here = [other for other in out.guesses if other.looked is one.looked and other is not one]
    taken = (
        read | {name for other in here for name in other.columns | set(_parts(other))} | {one.roles.get("patient", "")}
    )
    kept = [
        column
        for column in one.looked.columns
        if column.kind in {"words", "yes or no"} and column.different > 1 and column.name not in taken and " / " not in column.name
        and not says(column.name, "note")
        and (not one.several_rows or same_in_all_rows(one.looked, one.roles["patient"], column.name))
    ]  # fmt: skip
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
        lines.append(f"      {quoted(name)}: {quoted(column.name)}   # {', '.join(column.words)}")
    return lines


def _parts(one: TableGuess) -> list[str]:
    """The columns that a table reads by their roles; patients and visits of one sheet share theirs."""
    if one.kind in {"patients", "side by side", "visits"}:
        return []
    return [name for name in one.roles.values() if name]


def measure_line(one: MeasureGuess, asked: Collection[str] = ()) -> str:
    """A measure and its column, with the unit where there is one to state; not of those `asked` in the protocol, once for several columns."""
    more = [f"split: {one.split}", f"part: {one.part}"] if one.split else []
    comment = ""
    seen = f"; seen: {one.seen}" if one.seen else ""
    if one.kind == "dose":
        unit, drug = dose_written(one.column)
        more += [f"unit: {unit or TO_DECIDE}", f"drug: {quoted(drug) if drug else TO_DECIDE}"]
        meaning = "unit: mg/day or mg/kg/day; drug: what the doses are of, prednisone where they are its equivalents"
        comment = f"   {SUGGESTED}: {meaning}" if unit and drug else f"   # {meaning}{seen}"
    elif one.unit and (one.unit != "points" or one.kind == "instrument"):
        more.append(f"unit: {quoted(one.unit)}")
        if one.only:
            comment = f"   {SUGGESTED}: {one.seen or 'the numbers'} in no other unit can be right"
    elif one.needs_unit and one.measure not in asked:
        more.append(f"unit: {TO_DECIDE}")
        comment = f"   # one of: {', '.join(catalogue.instrument(one.instrument).accepted_units)}{seen}"
    if one.words:
        more.append(f"words: {{{', '.join(f'{quoted(word)}: {meaning}' for word, meaning in one.words)}}}")
        comment = f"   {SUGGESTED}: yes where it says better"
    if one.in_cell:
        more.append("unit_in_cell: yes")
    column = f"{{column: {quoted(one.column)}, {', '.join(more)}}}" if more else quoted(one.column)
    return f"{quoted(one.measure)}: {column}{comment}"


def _when(one: TableGuess, read: set[str], out: Outline) -> str:
    """The day of a visit: its date, its planned day by the words of a column or the name of the sheet, or a column that counts days."""
    if one.roles.get("date"):
        return day_line("date", one, one.roles["date"], read)
    if "" in one.labels:
        day = one.labels[""] or TO_DECIDE
        mark = (
            f"{SUGGESTED}: as the sheet is called"
            if one.labels[""]
            else "# the planned day of the visits on this sheet"
        )
        return f"    date: {{nominal_day: {day}}}   {mark}"
    if one.labels:
        read.add(one.roles["visit"])
        inside = ", ".join(f"{quoted(word)}: {day or TO_DECIDE}" for word, day in one.labels.items())
        mark = SUGGESTED if all(one.labels.values()) else "# the planned day of each, from the index date"
        return f"    date: {{column: {quoted(one.roles['visit'])}, days: {{{inside}}}}}   {mark}"
    for unit, words in _COUNTS.items():
        for column in one.looked.columns:
            if column.kind == "number" and {
                word for word in plain(column.name).split() if word not in {"study", "visit", "nominal"}
            } <= set(words.split()):
                read.add(column.name)
                counted = f", counted: {TO_DECIDE}" if out.dated else ""
                of = "" if unit == "days" else f", in: {unit}"
                return f"    date: {{column: {quoted(column.name)}{counted}{of}}}   " + (
                    "# counted: study days (on which it happened) or planned days" if counted else SUGGESTED
                )
    dates = ", ".join(column.name for column in one.looked.columns if column.kind == "date")
    return f"    date: {TO_DECIDE}   # the column of the visit's date" + (
        f"; columns of dates: {dates}" if dates else ""
    )


def _visits(one: TableGuess, read: set[str], out: Outline) -> list[str]:
    read |= one.columns
    return [
        _when(one, read, out),
        f"    measures:   {SUGGESTED}: measure of the protocol, then the column",
        *(f"      {measure_line(m)}" for m in one.measures),
    ]


def _beside(one: TableGuess, read: set[str], out: Outline) -> list[str]:
    read |= one.columns
    lines = ["    visits:"]
    for visit in one.visits:
        why = f": {visit.why}" if visit.why else ""
        if visit.date:
            date = f"{quoted(visit.date)}   {SUGGESTED}"
        elif visit.nominal:
            date = f"{{nominal_day: {visit.nominal}}}   {SUGGESTED}{why or ': its planned day from the index date, as it is called'}"
        else:
            date = f"{{nominal_day: {TO_DECIDE}}}   # its planned day from the index date, such as 3 months; or a column of dates"
        lines += [f"      {quoted(visit.name)}:", f"        date: {date}", "        measures:"]
        lines += [f"          {measure_line(measure, out.units_asked)}" for measure in visit.measures]
    return lines


def _long(one: TableGuess, read: set[str], out: Outline) -> list[str]:
    value = one.looked.column(one.roles["value"])
    units = {measure.unit for measure in one.words.values() if measure is not None and measure.needs_unit}
    lines = [
        _when(one, read, out),
        line("measure", one.roles["measure"], read),
        line("value", one.roles["value"], read),
        *roles_lines(one, read, "unit"),
        f"    measures:   {SUGGESTED}: word of the file, then measure of the protocol; words that are not wanted go to `other`",
    ]
    wanted = {word: measure for word, measure in one.words.items() if measure is not None}
    if not wanted or value is None:
        return [*lines, f"      {TO_DECIDE}: {TO_DECIDE}"]
    for word, measure in wanted.items():
        lines.append(
            f"      {quoted(word)}: {quoted(measure.measure)}" + (f"   # seen: {measure.seen}" if measure.seen else "")
        )
    others = [word for word in one.words if word not in wanted]
    if others:
        lines.append(f"    other: {listed(others)}   {SUGGESTED}: words that are not read")
    if units and not one.roles.get("unit"):
        lines.append("    # the values have no unit: each is taken in the unit of its measure in the protocol")
    return lines


def _diagnoses(one: TableGuess, read: set[str], out: Outline) -> list[str]:
    lines = [line("diagnosis", one.roles["diagnosis"], read)]
    date = one.roles.get("diagnosis date") or one.roles.get("date")
    return lines + ([line("date", date, read)] if date and out.dated else [])


def _deaths(one: TableGuess, read: set[str], out: Outline) -> list[str]:
    return [line("date", one.roles["death"], read)]


def _screening(one: TableGuess, read: set[str], out: Outline) -> list[str]:
    result = one.roles.get("result", "")
    column = one.looked.column(result)
    words = ", ".join(column.words) if column is not None else ""
    return [
        line("result", result, read)
        if result
        else f"    result: {TO_DECIDE}   # the column that says what became of each person",
        f"    found: {TO_DECIDE}   # the word for a chart that was found{f'; seen: {words}' if words else ''}",
        f"    chart_missing: {TO_DECIDE}   # the word for a chart that was not found",
        f"    excluded: {TO_DECIDE}   # words for people who were no cases",
        *_screening_more(one, read, out),
    ]


def _screening_more(one: TableGuess, read: set[str], out: Outline) -> list[str]:
    """The list a person was found in, the day and the reason, where columns say them."""
    roles = one.roles
    columns = {"list": roles.get("list"), "reason": roles.get("reason") or roles.get("stop_reason")}
    day = roles.get("screened") or roles.get("date")
    seen: Column | None = one.looked.column(day) if day else None
    if seen is not None and seen.kind == "date" and out.dated:
        columns["date"] = day
    return [line(key, column, read) for key, column in columns.items() if column]


_BODY: dict[str, Callable[[TableGuess, set[str], Outline], list[str]]] = {
    "patients": _patients, "visits": _visits, "side by side": _beside, "long": _long, "drugs": course_lines, "events": event_lines,
    "diagnoses": _diagnoses, "deaths": _deaths, "screening": _screening,
}  # fmt: skip
