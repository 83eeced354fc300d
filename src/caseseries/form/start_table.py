"""The tables of a chart description to start from: where each is, and the columns of its kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from caseseries import catalogue
from caseseries.form.dose_names import dose_written
from caseseries.form.found import MeasureGuess, TableGuess
from caseseries.form.heading import says
from caseseries.form.outline import Outline
from caseseries.form.quote import listed, quoted
from caseseries.form.roles import counted_time
from caseseries.form.start_courses import course_lines, event_lines
from caseseries.form.start_lines import SUGGESTED, day_line, line, place_lines, roles_lines
from caseseries.form.start_people import patient_lines
from caseseries.protocol.undecided import TO_DECIDE


def table_lines(one: TableGuess, together: Sequence[TableGuess], out: Outline) -> list[str]:
    """One table; the first of those on one sheet says which of its columns nothing reads."""
    looked, roles = one.looked, one.roles
    lines = [f"  {quoted(one.name)}:", f"    kind: {one.written_kind}   {SUGGESTED}"]
    lines += place_lines(one)
    if looked.one_row:
        pass
    elif looked.header != (1,):
        lines.append(f"    header: {list(looked.header) if len(looked.header) > 1 else looked.header[0]}   {SUGGESTED}")
    if looked.units_row and not looked.one_row:
        first = max(looked.header) + 2
        lines.append(f"    first_row: {first}   {SUGGESTED}: the row below the header holds units")
    if looked.renamed:
        names = ", ".join(f"{quoted(at)}: {quoted(name)}" for at, name in looked.renamed.items())
        lines.append(f"    names: {{{names}}}   {SUGGESTED}: these headings stand several times")
    if looked.skipped:
        lines.append(
            f"    skip_rows: {list(looked.skipped)}   {SUGGESTED}: totals, means or notes among the rows, and no patients"
        )
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
    if one.kind == "dose" and one.words:
        more.append(f"words: {{{', '.join(f'{quoted(text)}: {TO_DECIDE}' for text, _ in one.words)}}}")
        comment = f"   # {meaning}; words: the dose on arrival where a cell holds two (a dose that was changed counts from the next day)"
    elif one.words:
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
    name, unit = counted_time(one.looked)
    if name:
        read.add(name)
        counted = f", counted: {TO_DECIDE}" if out.dated else ""
        of = "" if unit == "day" else f", in: {unit}s"
        meant = "# counted: study days (on which it happened) or planned days" if counted else SUGGESTED
        return f"    date: {{column: {quoted(name)}{counted}{of}}}   {meant}"
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
    seen = one.looked.column(day) if day else None
    if seen is not None and seen.kind == "date" and out.dated:
        columns["date"] = day
    return [line(key, column, read) for key, column in columns.items() if column]


_BODY: dict[str, Callable[[TableGuess, set[str], Outline], list[str]]] = {
    "patients": patient_lines, "visits": _visits, "side by side": _beside, "long": _long, "drugs": course_lines, "events": event_lines,
    "diagnoses": _diagnoses, "deaths": _deaths, "screening": _screening,
}  # fmt: skip
