"""A REDCap export taken apart: one sheet for each form, with the rows in which the form holds something.

The rows keep their numbers and all their columns, so that what stands in another form of the same event is at hand. Choices become their
labels, boxes yes and no, numbers with a decimal comma those with a point. What is blank because the form does not ask it, values that the form
would not show, and rows of forms with nothing in them are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from caseseries.chart.csv_file import read_csv
from caseseries.chart.described_redcap import RedcapProject
from caseseries.chart.limits import Limits
from caseseries.chart.redcap_cells import translate
from caseseries.chart.redcap_dictionary import RedcapDictionary
from caseseries.chart.redcap_header import EVENT, INSTANCE, INSTRUMENT, KEYS, STATUS, columns_of_export
from caseseries.chart.redcap_hidden import hidden_rows, not_asked
from caseseries.chart.redcap_readings import one_reading
from caseseries.chart.redcap_rows import Export, Told, says_something
from caseseries.chart.sheet import Raw, Sheet, shown
from caseseries.chart.tables import Finding
from caseseries.errors import ChartError, Place, Problem


def forms_of_export(
    content: bytes,
    file: str,
    declared: RedcapProject,
    dictionary: RedcapDictionary,
    told: Told,
    *,
    encoding: str = "utf-8",
    delimiter: str | None = None,
    limits: Limits | None = None,
) -> tuple[dict[str, Sheet], list[Finding]]:
    """The sheet of every form, and what was noticed; faults of single cells only in columns that somebody reads.

    Raises:
        ChartError: the file is not of this project, or which of several readings counts is not said.
    """
    sheet = read_csv(content, file, encoding=encoding, delimiter=delimiter, limits=limits or Limits())
    numbers = sorted(sheet.rows)
    if not numbers:
        raise _stop(file, "the file is empty", "")
    header = [" ".join(shown(cell).split()) for cell in sheet.rows[numbers[0]]]
    columns, findings = columns_of_export(header, dictionary, file)
    export = Export(file, declared, dictionary, told, columns, {}, [*sheet.findings, *findings])
    for row in numbers[1:]:
        cells = sheet.rows[row]
        if len(cells) != len(columns):
            more = "more" if len(cells) > len(columns) else "fewer"
            what = f"the row has {more} cells than the header"
            export.findings.append(Finding("error", "row", what, Place(file, row=row), value=str(len(cells))))
        else:
            export.rows[row] = cells
    export.rows, noticed = one_reading(export.rows, export.at(dictionary.record) or 0, _keys(export), declared, file)
    export.findings += noticed
    export.labels = _holds_labels(export)
    owner = _owners(export)
    filled = _filled(export, owner)
    hidden = hidden_rows(export, filled)
    translate(export)
    not_asked(export, hidden)
    return _sheets(export, filled), export.findings


def _stop(file: str, what: str, do: str, *, row: int | None = None) -> ChartError:
    return ChartError(f"{file} cannot be read.", [Problem(what, Place(file, row=row), do=do)], do="Nothing was run.")


def _keys(export: Export) -> list[int]:
    """The positions of what tells the rows of one record apart."""
    return [at for name in (EVENT, INSTRUMENT, INSTANCE) if (at := export.at(name)) is not None]


def _owners(export: Export) -> dict[int, str]:
    """The repeating form of each row; empty for rows of no repeating form. Rows that cannot be placed are findings and left out."""
    record, instrument = export.at(export.dictionary.record) or 0, export.at(INSTRUMENT)
    forms = {_plain(form): form for form in export.dictionary.forms}
    keys, seen, owner = _keys(export), dict[tuple[str, ...], int](), {}
    for row in list(export.rows):
        written = export.text(row, instrument)
        form = forms.get(_plain(written), "") if written else ""
        key = (export.text(row, record), *(export.text(row, at) for at in keys))
        problem: tuple[str, str] | None = None
        if not key[0]:
            problem = "the row says of no record", export.dictionary.record
        elif written and not form:
            problem = "the dictionary has no form of this name", INSTRUMENT
        elif key in seen:
            problem = f"the record, event and instance of row {seen[key]} once more", export.dictionary.record
        if problem is not None:
            place = Place(export.file, row=row, column=problem[1])
            export.findings.append(Finding("error", "row", problem[0], place, patient=key[0], value=written))
            del export.rows[row]
            continue
        seen[key] = row
        owner[row] = form
    return owner


def _known_keys(export: Export) -> set[str]:
    return {export.dictionary.record, *KEYS}


def _plain(text: str) -> str:
    return "_".join(text.replace("_", " ").split()).casefold()


def _filled(export: Export, owner: Mapping[int, str]) -> dict[str, list[int]]:
    """The rows in which each form holds something; what stands in the row of another repeating form is an error."""
    filled: dict[str, list[int]] = {form: [] for form in export.dictionary.forms}
    empty: Counter[str] = Counter()
    places: dict[str, list[int]] = {}
    for at, one in enumerate(export.columns):
        if one.form:
            places.setdefault(one.form, []).append(at)
    for row, of in owner.items():
        for form, columns in places.items():
            holds = [at for at in columns if says_something(export, row, at)]
            if of and form != of:
                for at in holds:
                    what = f"a value stands in the row of another form ({of})"
                    place = Place(export.file, form, row, export.columns[at].name)
                    export.findings.append(Finding("error", "row", what, place, value=export.text(row, at)))
                continue
            saved = any(
                export.columns[at].status and export.text(row, at) not in ("", "0", "Incomplete") for at in columns
            )
            answered = export.declared.nothing_ticked == "no" and any(
                export.columns[at].code and export.text(row, at) for at in columns
            )
            if holds or (saved and answered):
                filled[form].append(row)
            elif of or saved:
                empty[form] += 1
    _tell_status(export, filled)
    for form, n in empty.items():
        what = f"{n} row{'s' * (n != 1)} of this form hold nothing but its status, and are not read"
        export.findings.append(Finding("note", "empty form", what, Place(export.file, form)))
    return filled


def _tell_status(export: Export, filled: Mapping[str, list[int]]) -> None:
    """Count the rows of each form that are not marked as complete: they are read as they stand."""
    for at, one in enumerate(export.columns):
        if one.status and one.form:
            states = [STATUS.get(text := export.text(row, at), text or "blank") for row in filled[one.form]]
            left = {state: n for state, n in sorted(Counter(states).items()) if state != STATUS["2"]}
            if left:
                what = "rows that hold values and are not marked as complete are read: "
                what += ", ".join(f"{n} {state.lower()}" for state, n in left.items())
                export.findings.append(Finding("note", "form status", what, Place(export.file, one.form)))


def _holds_labels(export: Export) -> bool:
    """Whether choices are written as labels; codes otherwise.

    Raises:
        ChartError: both are possible and would not mean the same.
    """
    if export.declared.values is not None:
        return export.declared.values == "labels"
    raw = labels = differ = 0
    for at, one in enumerate(export.columns):
        codes = STATUS if one.status else one.field.choices if one.field is not None and not one.code else {}
        folded = {label.casefold() for label in codes.values()}
        boxes = bool(one.code)
        for text, n in Counter(export.text(row, at) for row in export.rows).items() if codes or boxes else ():
            if not text or text.casefold() in export.told.missing:
                continue
            is_code = text in ("0", "1") if boxes else text in codes
            is_label = text.casefold() in ("checked", "unchecked") if boxes else text.casefold() in folded
            raw += n * (is_code and not is_label)
            labels += n * (is_label and not is_code)
            differ += n * (is_code and is_label and not boxes and codes[text].casefold() != text.casefold())
    if differ and not raw and not labels:
        raise _stop(
            export.file,
            "the cells of choices are codes as well as labels of other choices",
            "say under `redcap` which they are: `values: raw` or `values: labels`",
        )
    return labels > raw


def _sheets(export: Export, filled: Mapping[str, list[int]]) -> dict[str, Sheet]:
    header: list[Raw] = [one.name for one in export.columns]
    event, instance = export.at(EVENT), export.at(INSTANCE)
    within: dict[int, str] = {}
    for row in export.rows:
        parts = [f"event {text}"] if (text := export.text(row, event)) else []
        parts += [f"instance {text}"] if (text := export.text(row, instance)) else []
        within[row] = ", ".join(parts)
    sheets = {}
    for form, rows in filled.items():
        own = {one.name for one in export.columns if one.field is not None and one.form == form}
        strange = {one.name for one in export.columns if not one.form and one.name not in _known_keys(export)}
        beside = frozenset({one.name for one in export.columns} - own - strange)
        sheets[form] = Sheet(
            export.file, form, {1: header} | {row: export.rows[row] for row in rows}, beside=beside, within=within
        )
    return sheets
