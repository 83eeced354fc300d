"""A REDCap data dictionary: the forms of a project, their fields, choices, ranges and branching logic.

Both kinds of heading are read: that of a download ("Variable / Field Name") and that of the interface for programs ("field_name").
A place in it is the row of the dictionary as a spreadsheet shows it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from caseseries.chart.csv_file import read_csv
from caseseries.chart.limits import Limits
from caseseries.chart.redcap_logic import Logic, parsed
from caseseries.chart.sheet import Raw, Sheet, shown
from caseseries.chart.tables import Finding
from caseseries.errors import ChartError, Place, Problem

#: The columns of a dictionary that are read, in both spellings.
_COLUMNS = {
    "name": ("Variable / Field Name", "field_name"),
    "form": ("Form Name", "form_name"),
    "type": ("Field Type", "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"),
    "note": ("Field Note", "field_note"),
    "validation": ("Text Validation Type OR Show Slider Number", "text_validation_type_or_show_slider_number"),
    "least": ("Text Validation Min", "text_validation_min"),
    "most": ("Text Validation Max", "text_validation_max"),
    "identifier": ("Identifier?", "identifier"),
    "logic": ("Branching Logic (Show field only if...)", "branching_logic"),
    "annotation": ("Field Annotation", "field_annotation"),
}
_NEEDED = ("name", "form", "type", "label", "choices")
_TYPES = frozenset(
    [
        "text", "notes", "calc", "dropdown", "radio", "checkbox", "yesno", "truefalse", "file", "slider", "descriptive", "sql",
    ]
)  # fmt: skip
_NAME = re.compile(r"[a-z][a-z0-9_]*")
#: Marks of a label that are not part of its words; `<5 or >10` is none of them.
_MARK = re.compile(r"</?(?:b|i|u|em|strong|span|font|p|div|sup|sub|br|small|a|h[1-6])(?:\s[^<>]*)?/?>", re.IGNORECASE)

FieldType = Literal[
    "text", "notes", "calc", "dropdown", "radio", "checkbox", "yesno", "truefalse", "file", "slider", "descriptive", "sql"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RedcapField:
    """One field of a form. `choices` maps each code to its label, in order; empty where it has none.

    `row` is its row in the dictionary. `least` and `most` are the limits of the validation as written. `logic` says when it is shown; None:
    always. `written_logic` is its text.
    """

    name: str
    form: str
    type: str
    label: str
    row: int
    choices: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    validation: str = ""
    least: str = ""
    most: str = ""
    identifier: bool = False
    logic: Logic | None = None
    written_logic: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it has in an export: one, of checkboxes one for each choice, none of a text that is only shown.

        >>> RedcapField("gym", "visit", "checkbox", "Gym", 2, {"0": "Monday", "-9": "Unknown"}).columns
        ('gym___0', 'gym____9')
        """
        if self.type == "checkbox":
            return tuple(box_column(self.name, code) for code in self.choices)
        return () if self.type == "descriptive" else (self.name,)

    @property
    def comma(self) -> bool:
        """Whether its numbers are written with a decimal comma whatever the rest of the export does."""
        return self.validation.endswith("comma_decimal")


def box_column(name: str, code: str) -> str:
    """The column of one box: the field's name and the code in small letters, with `_` for every other sign.

    >>> box_column("race", "ABC"), box_column("race", "-1")
    ('race___abc', 'race____1')
    """
    return f"{name}___{re.sub(r'[^a-z0-9]', '_', code.lower())}"


@dataclass(frozen=True, slots=True)
class RedcapDictionary:
    """The fields of a project in their order; `record` names the field that holds the id of the record: the first of all."""

    file: str
    fields: Mapping[str, RedcapField]

    @property
    def record(self) -> str:
        """The name of the field with the id of the record."""
        return next(iter(self.fields))

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms in their order."""
        return tuple(dict.fromkeys(one.form for one in self.fields.values()))

    def of_form(self, form: str) -> tuple[RedcapField, ...]:
        """The fields of a form that hold something, without the id of the record."""
        return tuple(
            one for one in self.fields.values() if one.form == form and one.columns and one.name != self.record
        )


def read_dictionary(
    content: bytes, file: str, *, encoding: str = "utf-8", limits: Limits | None = None
) -> tuple[RedcapDictionary, list[Finding]]:
    """A dictionary as downloaded (18 columns) or from the interface for programs, and what was noticed.

    Raises:
        ChartError: it is no dictionary, or a field cannot be understood; every mistake with its row.

    >>> heading = b"field_name,form_name,field_type,field_label,select_choices_or_calculations\\n"
    >>> read_dictionary(heading + b'id,base,text,Id,\\nsex,base,radio,Sex,"0, F | 1, M"\\n', "dictionary.csv")[0].fields["sex"].choices
    {'0': 'F', '1': 'M'}
    """
    sheet = read_csv(content, file, encoding=encoding, delimiter=None, limits=limits or Limits())
    positions = _positions(sheet)
    fields: dict[str, RedcapField] = {}
    problems: list[Problem] = []
    findings: list[Finding] = []
    for row in sorted(sheet.rows)[1:]:
        cells = sheet.rows[row]
        said = {key: _said(cells, at) for key, at in positions.items()}
        one = _field(said, row, file, problems, findings)
        if one.name in fields:
            problems.append(Problem("a field of this name stands above", Place(file, row=row, column="name"), one.name))
        fields.setdefault(one.name, one)
    if not fields and not problems:
        problems.append(Problem("the dictionary holds no field", Place(file)))
    problems += _shared_columns(fields, file)
    if problems:
        raise ChartError(f"{file} is no REDCap data dictionary that can be read.", problems, do="Nothing was run.")
    return RedcapDictionary(file, fields), findings


def is_dictionary(header: list[Raw]) -> bool:
    """Whether a row holds the headings of a dictionary, in either spelling.

    >>> is_dictionary(["Variable / Field Name", "Form Name", "Field Type", "Field Label", "Choices, Calculations, OR Slider Labels"])
    True
    """
    names = {_plain(shown(cell)) for cell in header}
    return all(any(_plain(one) in names for one in _COLUMNS[key]) for key in _NEEDED)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _positions(sheet: Sheet) -> dict[str, int]:
    header = sheet.rows[min(sheet.rows)] if sheet.rows else []
    if not is_dictionary(header):
        allowed = ", ".join(_COLUMNS[key][0] for key in _NEEDED)
        problem = Problem(
            "the first row does not hold the headings of a REDCap data dictionary",
            Place(sheet.file, row=1),
            allowed=allowed,
            do="download the dictionary under Project Setup, Data Dictionary",
        )
        raise ChartError(f"{sheet.file} is no REDCap data dictionary.", [problem], do="Nothing was run.")
    names = [_plain(shown(cell)) for cell in header]
    found = {key: [names.index(_plain(one)) for one in both if _plain(one) in names] for key, both in _COLUMNS.items()}
    return {key: at[0] for key, at in found.items() if at}


def _said(cells: list[Raw], at: int) -> str:
    return shown(cells[at]) if at < len(cells) else ""


def _field(
    said: Mapping[str, str], row: int, file: str, problems: list[Problem], findings: list[Finding]
) -> RedcapField:
    def wrong(what: str, column: str, allowed: str = "") -> None:
        problems.append(Problem(what, Place(file, row=row, column=_COLUMNS[column][0]), said.get(column, ""), allowed))

    name, kind = said["name"], said["type"]
    if not _NAME.fullmatch(name):
        wrong("not the name of a field", "name", "small letters, digits and _, beginning with a letter")
    if kind not in _TYPES:
        wrong("not a type of field", "type", ", ".join(sorted(_TYPES)))
    if not said["form"]:
        wrong("the field belongs to no form", "form", "the name of a form")
    choices: dict[str, str] = {}
    if kind in ("dropdown", "radio", "checkbox"):
        for part in filter(str.strip, said["choices"].split("|")):
            code, comma, label = part.partition(",")
            if not comma or not code.strip():
                wrong("a choice has no code, or no comma behind it", "choices", "1, Yes | 2, No")
            elif code.strip() in choices:
                wrong("two choices have one code", "choices", "a code of its own for each choice")
            else:
                choices[code.strip()] = _label(label) or code.strip()  # a picture alone has no words
        if not choices:
            wrong("the field has no choices", "choices", "1, Yes | 2, No")
    elif kind in ("yesno", "truefalse"):
        choices = {"1": "Yes", "0": "No"} if kind == "yesno" else {"1": "True", "0": "False"}
    written, logic = said.get("logic", ""), None
    if written:
        logic = parsed(written)
        if logic is None:
            what = "branching logic that is not understood: of this field it is not known where it was asked"
            at = Place(file, row=row, column=_COLUMNS["logic"][0])
            findings.append(Finding("note", "branching logic", what, at, field=name, value=written))
    return RedcapField(
        name,
        said["form"],
        kind,
        _label(said["label"]),
        row,
        choices,
        said.get("note", ""),
        said.get("validation", ""),
        said.get("least", ""),
        said.get("most", ""),
        said.get("identifier", "").casefold() == "y",
        logic,
        written,
    )


def _label(text: str) -> str:
    """The words of a label, without the marks that make them bold or coloured.

    >>> _label(" <b>Male</b>"), _label("<5 or >10")
    ('Male', '<5 or >10')
    """
    return " ".join(_MARK.sub(" ", text).split())


def _shared_columns(fields: Mapping[str, RedcapField], file: str) -> list[Problem]:
    """Boxes or fields that would share a column of an export, such as the boxes A and a of one field."""
    owner: dict[str, str] = {}
    problems = []
    for one in fields.values():
        for column in one.columns:
            if column in owner:
                what = "two choices or fields have one column in an export"
                problems.append(
                    Problem(what, Place(file, row=one.row), column, "codes that differ in more than their signs")
                )
            owner[column] = one.name
    return problems
