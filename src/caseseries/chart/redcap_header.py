"""The columns of a REDCap export: which field, box, status or key of the record each one is, by its name or by its label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from caseseries.catalogue.lookup import nearest
from caseseries.chart.redcap_dictionary import RedcapDictionary, RedcapField, box_column
from caseseries.chart.tables import Finding
from caseseries.errors import ChartError, Place, Problem

EVENT, INSTRUMENT, INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
_GROUP, _SURVEY = "redcap_data_access_group", "redcap_survey_identifier"
#: The columns that say where a row belongs, and their labels.
KEYS = {
    EVENT: "Event Name",
    INSTRUMENT: "Repeat Instrument",
    INSTANCE: "Repeat Instance",
    _GROUP: "Data Access Group",
    _SURVEY: "Survey Identifier",
}
#: The status of a form: what an export writes for it.
STATUS = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column of an export. `field` None: a key, a status or a time stamp; `code` is that of a box, `form` empty for what belongs to all."""

    name: str
    form: str = ""
    field: RedcapField | None = None
    code: str = ""
    status: bool = False


def columns_of_export(
    header: Sequence[str], dictionary: RedcapDictionary, file: str
) -> tuple[list[ExportColumn], list[Finding]]:
    """Each column of the header, in its order, under the name of its variable.

    Raises:
        ChartError: the record or the form of a column cannot be told, or one stands twice.
    """
    known = _every_column(dictionary)
    named = sum(name in known for name in header)
    if 2 * named < len(header):
        labelled = _by_label(header, known, dictionary, file)
        if labelled is not None:
            return labelled, []
    columns, unknown = [], []
    for name in header:
        one = known.get(name) or _missing_code_box(name, dictionary)
        if one is None:
            unknown.append(name)
        columns.append(one or ExportColumn(name))
    twice = [name for name, n in Counter(header).items() if n > 1]
    if twice or dictionary.record not in header:
        what = (
            f"two columns have the name {twice[0]!r}"
            if twice
            else f"there is no column {dictionary.record!r}, which holds the id of the record"
        )
        near = ", ".join(nearest(dictionary.record, header))
        problem = Problem(what, Place(file, row=1), allowed=f"nearest: {near}" if near and not twice else "")
        do = "Is it the dictionary of this project? Nothing was run."
        raise ChartError(f"{file} cannot be read by its dictionary.", [problem], do=do)
    findings = []
    if unknown:
        what = f"columns that the dictionary does not know: {', '.join(unknown)}"
        findings.append(Finding("warning", "column", what, Place(file, row=1)))
    absent = [name for name, one in known.items() if one.field is not None and name not in header]
    if absent:
        what = f"fields of the dictionary that the export does not hold: {', '.join(absent)}"
        findings.append(Finding("note", "column", what, Place(file, row=1)))
    return columns, findings


def _every_column(dictionary: RedcapDictionary) -> dict[str, ExportColumn]:
    """The columns that an export of the project may have, in its order."""
    columns = {dictionary.record: ExportColumn(dictionary.record)} | {key: ExportColumn(key) for key in KEYS}
    for form in dictionary.forms:
        columns[f"{form}_timestamp"] = ExportColumn(f"{form}_timestamp", form)
        for one in dictionary.of_form(form):
            if one.type == "checkbox":
                boxes = {box_column(one.name, code): code for code in one.choices}
                columns |= {name: ExportColumn(name, form, one, code) for name, code in boxes.items()}
            else:
                columns[one.name] = ExportColumn(one.name, form, one)
        columns[f"{form}_complete"] = ExportColumn(f"{form}_complete", form, status=True)
    return columns


def _missing_code_box(name: str, dictionary: RedcapDictionary) -> ExportColumn | None:
    """The box of a missing-data code of the project, which is no choice of the field."""
    owner, box, code = name.partition("___")
    one = dictionary.fields.get(owner)
    return ExportColumn(name, one.form, one, code) if box and one is not None and one.type == "checkbox" else None


def _by_label(
    header: Sequence[str], known: Mapping[str, ExportColumn], dictionary: RedcapDictionary, file: str
) -> list[ExportColumn] | None:
    """The columns of a header of labels; None where it is no header of labels either.

    Two fields may have one label: they are then told apart by their order, if all of them are there.

    Raises:
        ChartError: some of several columns of one label are not there, so that nobody knows which.
    """
    names: dict[str, list[str]] = {}
    for name, one in known.items():
        names.setdefault(_label_of(name, one, dictionary), []).append(name)
    plain = [" ".join(cell.split()) for cell in header]
    if 2 * sum(label in names for label in plain) < len(header):
        return None
    there = Counter(plain)
    unsure = [
        label for label, n in there.items() if label in names and n != len(names[label]) and len(names[label]) > 1
    ]
    if unsure:
        what = f"{len(names[unsure[0]])} fields have one label, and {there[unsure[0]]} of them are in the export"
        do = "export the data with variable names as headers (raw headers)"
        problem = Problem(what, Place(file, row=1), unsure[0], do=do)
        raise ChartError(f"{file} cannot be read by its dictionary.", [problem], do="Nothing was run.")
    turns: Counter[str] = Counter()
    columns = []
    for label in plain:
        if label not in names:
            columns.append(ExportColumn(label))
            continue
        columns.append(known[names[label][min(turns[label], len(names[label]) - 1)]])
        turns[label] += 1
    return columns


def _label_of(name: str, one: ExportColumn, dictionary: RedcapDictionary) -> str:
    if one.field is None:
        if name == dictionary.record:
            return dictionary.fields[name].label
        return "Complete?" if one.status else KEYS.get(name, "Survey Timestamp")
    label = one.field.label
    return f"{label} (choice={one.field.choices[one.code]})" if one.code else label
