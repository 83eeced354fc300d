"""A chart description to start from: every suggestion marked, everything uncertain left to decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from caseseries import catalogue
from caseseries.form.guess import MeasureGuess, TableGuess, dose_written
from caseseries.form.overlapping import overlapping
from caseseries.form.profile import Column, Looked
from caseseries.form.quote import listed, quoted
from caseseries.protocol.undecided import TO_DECIDE

SUGGESTED = "# suggested"

#: Instruments of which the first is lower than the second in everyone.
_LOWER_THAN = (("diastolic blood pressure", "systolic blood pressure"),)


def start_chart(source: str, guesses: Sequence[TableGuess], tables: Sequence[Looked]) -> str:
    """The text of chart.yaml for a source."""
    lines = [
        "# Where the rows of the study are and how their cells are written. The study itself is in protocol.yaml.",
        f"# Lines marked '{SUGGESTED[2:]}' were suggested after a look at the files: confirm each, then delete the mark.",
        f"# {TO_DECIDE} must be replaced; nothing runs before.",
        "",
        f"source: {quoted(source)}",
        f"dated: {_dated(guesses)}",
        *_dates(tables),
        *_csv(tables),
        *_decimal(tables),
        *_missing(tables),
        "yes: [yes, true]",
        "no: [no, false]",
        *_yes_no(tables),
        "# history: complete   # needed once the study looks back (washout, prior_drug): what the rows before an index date cover.",
        "#                       complete, {since: COLUMN} of the patients table, or {since: first entry}",
        "# charted: {adverse events: yes, other drugs: yes, deaths: yes}   # what was looked for in every chart, so that no row of it means none",
        "",
        "tables:",
    ]
    kinds = [one.kind for one in guesses]
    if "patients" not in kinds:
        lines += [
            f"  # {TO_DECIDE}: no sheet or file was recognised as the list of patients.",
            "  patients:",
            "    kind: patients",
            f"    {_where_word(tables)}: {TO_DECIDE}   # the sheet or file with one row per patient",
            f"    patient: {TO_DECIDE}",
            "",
        ]
    for one in guesses:
        beside = [other for other in guesses if other is not one and other.looked is one.looked]
        lines += [*_table(one, beside), ""]
    used = {(one.looked.file, one.looked.sheet) for one in guesses}
    for looked in tables:
        if (looked.file, looked.sheet) not in used:
            lines.append(
                f"  # Not recognised: {looked.title} with the columns {', '.join(column.name for column in looked.columns)}"
            )
    lines += _in_order(guesses)
    lines += [
        "",
        "# Decisions about single cells go here, as the findings of `caseseries check` print their addresses:",
        "# accept:",
        "#   - {sheet: Visits, row: 12, column: mmt, found: 7O, read_as: 70, by: name, on: 2026-01-31, because: letter O typed for zero}",
    ]
    return "\n".join(lines).rstrip() + "\n"


def _in_order(guesses: Sequence[TableGuess]) -> list[str]:
    """Pairs of measures of which the first must be lower, where one table holds both."""
    found: dict[tuple[str, str], None] = {}
    for one in guesses:
        for measures in (one.measures, *one.visits.values()):
            named = {measure.instrument: measure.measure for measure in measures if measure.instrument}
            for low, high in _LOWER_THAN:
                if low in named and high in named:
                    found[named[low], named[high]] = None
    if not found:
        return []
    pairs = ", ".join(f"[{quoted(low)}, {quoted(high)}]" for low, high in found)
    return [f"in_order: [{pairs}]   {SUGGESTED}: on each row the first must be lower than the second"]


def _where_word(tables: Sequence[Looked]) -> str:
    return "sheet" if any(looked.sheet for looked in tables) else "file"


def _columns(tables: Iterable[Looked]) -> list[Column]:
    return [column for looked in tables for column in looked.columns]


def _dated(guesses: Sequence[TableGuess]) -> str:
    if not guesses:
        return f"{TO_DECIDE}   # yes where visits have dates, no where they stand on nominal days"
    visits = [one for one in guesses if one.kind in {"visits", "long", "side by side"}]
    dates = any(one.roles.get("date") for one in visits) or any(one.kind == "drugs" for one in guesses)
    return (
        f"yes   {SUGGESTED}"
        if dates
        else f"no   {SUGGESTED}: no column of visit dates was found, so visits stand on nominal days"
    )


def _dates(tables: Sequence[Looked]) -> list[str]:
    written = [column for column in _columns(tables) if column.kind == "date" and column.text_dates]
    if not written:
        return ["# dates: year-month-day   # how dates are written where they are text: none was seen"]
    orders = [
        order
        for order in ("year-month-day", "day-month-year", "month-day-year")
        if all(order in column.orders for column in written)
    ]
    names = ", ".join(column.name for column in written)
    if len(orders) == 1:
        return [f"dates: {orders[0]}   {SUGGESTED}: the only order that every date in {names} allows"]
    why = "more than one order is possible" if orders else "no order fits every date"
    return [f"dates: {TO_DECIDE}   # {why} in {names}: year-month-day, day-month-year or month-day-year"]


def _csv(tables: Sequence[Looked]) -> list[str]:
    lines = []
    delimiters = sorted({looked.delimiter for looked in tables if looked.delimiter})
    if len(delimiters) == 1:
        lines.append(f'delimiter: "{delimiters[0]}"   {SUGGESTED}')
    encodings = sorted({looked.encoding for looked in tables if looked.encoding != "utf-8"})
    if encodings:
        lines.append(f"encoding: {encodings[0]}   {SUGGESTED}: the files are not UTF-8")
    return lines


def _decimal(tables: Sequence[Looked]) -> list[str]:
    commas = [column.name for column in _columns(tables) if column.kind == "number" and column.comma]
    return [f"decimal: comma   {SUGGESTED}: seen in {', '.join(commas)}"] if commas else ["decimal: point"]


def _missing(tables: Sequence[Looked]) -> list[str]:
    codes = sorted({code for column in _columns(tables) for code in column.codes})
    if not codes:
        return [
            "missing: {}   # codes for missing values, such as {ND: not done, UNK: unknown}; blank always means not recorded"
        ]
    inside = ", ".join(f"{quoted(code)}: {TO_DECIDE}" for code in codes)
    return [f"missing: {{{inside}}}   # what each of these means, such as not done or unknown"]


def _yes_no(tables: Sequence[Looked]) -> list[str]:
    words = sorted(
        {word for column in _columns(tables) if column.kind == "yes or no" for word in column.words}
        - {"yes", "no", "true", "false"}
    )
    return (
        [f"# also seen where yes and no are expected: {', '.join(words)}; add them to the right line above"]
        if words
        else []
    )


def _table(one: TableGuess, others: Sequence[TableGuess]) -> list[str]:
    looked, roles = one.looked, one.roles
    lines = [f"  {quoted(one.name)}:", f"    kind: {one.kind}   {SUGGESTED}"]
    lines.append(f"    sheet: {quoted(looked.sheet)}" if looked.sheet else f"    file: {quoted(looked.file)}")
    if looked.header != (1,):
        lines.append(f"    header: {list(looked.header) if len(looked.header) > 1 else looked.header[0]}   {SUGGESTED}")
    if looked.last_row is not None:
        lines.append(
            f"    last_row: {looked.last_row}   {SUGGESTED}: the rows below it look like means, a legend or notes, not like patients"
        )
    lines.append(f"    patient: {quoted(roles['patient'])}   {SUGGESTED}")
    read = {roles["patient"]}
    body = {
        "patients": _patients, "visits": _visits, "side by side": _beside, "long": _long, "drugs": _drugs, "events": _events,
        "diagnoses": _diagnoses, "deaths": _deaths, "screening": _screening,
    }[one.kind](one, read)  # fmt: skip
    lines += body
    beside = _all_measures(one).union(*(_all_measures(other) for other in others))
    left = [column.name for column in looked.columns if column.name not in read and column.name not in beside]
    if left:
        lines.append(f"    ignore: {listed(left)}   {SUGGESTED}: nothing reads these columns")
    return lines


def _all_measures(one: TableGuess) -> set[str]:
    own = {measure.column for measure in one.measures}
    return own | {measure.column for measures in one.visits.values() for measure in measures}


def _line(key: str, column: str, read: set[str]) -> str:
    read.add(column)
    return f"    {key}: {quoted(column)}   {SUGGESTED}"


def _roles(one: TableGuess, read: set[str], *names: str) -> list[str]:
    return [_line(name, one.roles[name], read) for name in names if one.roles.get(name)]


def _patients(one: TableGuess, read: set[str]) -> list[str]:
    roles, lines = one.roles, []
    if roles.get("sex"):
        lines.append(_line("sex", roles["sex"], read))
    if roles.get("birth"):
        lines.append(_line("birth", roles["birth"], read))
    elif roles.get("birth year"):
        parts = {"year": roles["birth year"], "month": roles.get("birth month", ""), "day": roles.get("birth day", "")}
        read |= {column for column in parts.values() if column}
        lines.append(
            f"    birth: {{{', '.join(f'{part}: {quoted(column)}' for part, column in parts.items() if column)}}}   {SUGGESTED}"
        )
    elif roles.get("age"):
        lines.append(_line("age", roles["age"], read) + ": the age at the index date")
    if roles.get("diagnosis"):
        date = f", date: {quoted(roles['diagnosis date'])}" if roles.get("diagnosis date") else ""
        lines.append(f"    diagnoses: [{{diagnosis: {quoted(roles['diagnosis'])}{date}}}]   {SUGGESTED}")
        read |= {roles["diagnosis"], roles.get("diagnosis date", roles["diagnosis"])}
    if roles.get("death"):
        lines.append(_line("death", roles["death"], read))
    taken = read | _all_measures(one)
    kept = [
        column
        for column in one.looked.columns
        if column.kind in {"words", "yes or no"}
        and column.different > 1
        and column.name not in taken
        and " / " not in column.name
    ]
    if kept:
        lines.append(f"    attributes:   {SUGGESTED}: further columns to keep; `words` says what each word means")
        for column in kept:
            read.add(column.name)
            lines.append(f"      {quoted(column.name.casefold())}: {quoted(column.name)}   # {', '.join(column.words)}")
    return lines


def _measure(one: MeasureGuess) -> str:
    """A measure and its column, with the unit where there is one to state."""
    more = [f"split: {one.split}", f"part: {one.part}"] if one.split else []
    comment = ""
    if one.kind == "dose":
        unit, drug = dose_written(one.column)
        more += [f"unit: {unit or TO_DECIDE}", f"drug: {quoted(drug) if drug else TO_DECIDE}"]
        meaning = "unit: mg/day or mg/kg/day; drug: what the doses are of, prednisone where they are its equivalents"
        comment = f"   {SUGGESTED}: {meaning}" if unit and drug else f"   # {meaning}"
    elif one.unit:
        more.append(f"unit: {quoted(one.unit)}")
    elif one.needs_unit:
        more.append(f"unit: {TO_DECIDE}")
        comment = f"   # one of: {', '.join(catalogue.instrument(one.instrument).accepted_units)}"
    column = f"{{column: {quoted(one.column)}, {', '.join(more)}}}" if more else quoted(one.column)
    return f"{quoted(one.measure)}: {column}{comment}"


def _visits(one: TableGuess, read: set[str]) -> list[str]:
    date = (
        _line("date", one.roles["date"], read)
        if one.roles.get("date")
        else f"    date: {TO_DECIDE}   # the column of the visit's date"
    )
    return [
        date,
        f"    measures:   {SUGGESTED}: measure of the protocol, then the column",
        *(f"      {_measure(m)}" for m in one.measures),
    ]


def _beside(one: TableGuess, read: set[str]) -> list[str]:
    lines = ["    visits:"]
    for visit, measures in one.visits.items():
        lines += [
            f"      {quoted(visit)}:",
            f"        date: {{nominal_day: {TO_DECIDE}}}   # its planned day from the index date, such as 0 days or 3 months; or a column of dates",
            "        measures:",
            *(f"          {_measure(measure)}" for measure in measures),
        ]
    read |= {column.name for column in one.looked.columns}
    return lines


def _long(one: TableGuess, read: set[str]) -> list[str]:
    column = one.looked.column(one.roles["measure"])
    words = column.words if column is not None else ()
    lines = [
        _line("date", one.roles["date"], read)
        if one.roles.get("date")
        else f"    date: {TO_DECIDE}   # the column of the date",
        _line("measure", one.roles["measure"], read),
        _line("value", one.roles["value"], read),
        *_roles(one, read, "unit"),
        "    measures:   # word of the file, then measure of the protocol; words that are not wanted go to `other`",
    ]
    return lines + [f"      {quoted(word)}: {TO_DECIDE}" for word in words or (TO_DECIDE,)]


def _drugs(one: TableGuess, read: set[str]) -> list[str]:
    lines = _roles(one, read, "drug", "start", "stop")
    lines += [
        f"    stop_means: {TO_DECIDE}   # last day taken, or first day without",
        f"    blank_stop: {TO_DECIDE}   # ongoing (blank means still taken), or refused",
    ]
    said = "replace (the later start ends the earlier course on the day before), or add (both are taken)"
    if overlapping(one):
        lines.append(f"    overlaps: {TO_DECIDE}   # courses of one drug overlap: {said}")
    else:
        lines.append(
            f"    # overlaps: replace   # needed once courses of one drug overlap and a daily dose is made of them: {said}"
        )
    return lines + _roles(one, read, "dose", "unit", "frequency", "route", "stop_reason") + _unknown_drugs(one)


def _unknown_drugs(one: TableGuess) -> list[str]:
    """Names of drugs that nobody knows or that stand for several, each to be said once."""
    column = one.looked.column(one.roles.get("drug", ""))
    lines = []
    for name in column.names if column is not None else ():
        try:
            catalogue.written_drug(name)
        except catalogue.CatalogueMiss:
            if not catalogue.other_medicine(name):
                near = catalogue.meant_drugs(name)
                lines.append(
                    f"      {quoted(name)}: {TO_DECIDE}" + (f"   # perhaps {' or '.join(near)}" if near else "")
                )
    if not lines:
        return []
    return [
        "    drugs:   # what each name is that nobody knows: an ingredient, a group such as biologics, or none of these",
        *lines,
    ]


def _events(one: TableGuess, read: set[str]) -> list[str]:
    fatal = "    # fatal: death   # needed once an event is fatal and no death is recorded: death on its last day, or no death"
    return [*_roles(one, read, "event", "date", "until", "grade", "serious", "outcome", "attributed_to"), fatal]


def _diagnoses(one: TableGuess, read: set[str]) -> list[str]:
    lines = [_line("diagnosis", one.roles["diagnosis"], read)]
    date = one.roles.get("diagnosis date") or one.roles.get("date")
    return lines + ([_line("date", date, read)] if date else [])


def _deaths(one: TableGuess, read: set[str]) -> list[str]:
    return [_line("date", one.roles["death"], read)]


def _screening(one: TableGuess, read: set[str]) -> list[str]:
    result = one.roles.get("result", "")
    column = one.looked.column(result)
    words = ", ".join(column.words) if column is not None else ""
    return [
        _line("result", result, read)
        if result
        else f"    result: {TO_DECIDE}   # the column that says what became of each person",
        f"    found: {TO_DECIDE}   # the word for a chart that was found{f'; seen: {words}' if words else ''}",
        f"    chart_missing: {TO_DECIDE}   # the word for a chart that was not found",
        f"    excluded: {TO_DECIDE}   # words for people who were no cases",
        *_screening_more(one, read),
    ]


def _screening_more(one: TableGuess, read: set[str]) -> list[str]:
    """The list a person was found in, the day and the reason, where columns say them."""
    roles = one.roles
    columns = {"list": roles.get("list"), "reason": roles.get("reason") or roles.get("stop_reason")}
    day = roles.get("screened") or roles.get("date")
    seen = one.looked.column(day) if day else None
    if seen is not None and seen.kind == "date":
        columns["date"] = day
    return [_line(key, column, read) for key, column in columns.items() if column]
