"""A chart of CSV tables written as a REDCap project: a dictionary, and an export with codes or labels; independent of the reader."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

HEADINGS = [
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label", "Choices, Calculations, OR Slider Labels", "Field Note",
    "Text Validation Type OR Show Slider Number", "Text Validation Min", "Text Validation Max", "Identifier?",
    "Branching Logic (Show field only if...)", "Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name",
    "Matrix Ranking?", "Field Annotation",
]  # fmt: skip


def field(name: str, form: str, kind: str = "text", label: str = "", **more: str) -> dict[str, str]:
    """One row of a dictionary; `more` by the beginnings of the headings."""
    keys = {
        "choices": HEADINGS[5], "note": HEADINGS[6], "validation": HEADINGS[7], "least": HEADINGS[8], "most": HEADINGS[9],
        "identifier": HEADINGS[10], "logic": HEADINGS[11],
    }  # fmt: skip
    row = dict.fromkeys(HEADINGS, "")
    row |= {
        HEADINGS[0]: name,
        HEADINGS[1]: form,
        HEADINGS[3]: kind,
        HEADINGS[4]: label or name.replace("_", " ").title(),
    }
    return row | {keys[key]: value for key, value in more.items()}


def write_rows(path: Path, headings: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """A CSV file as REDCap writes it."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, headings, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def project(folder: Path, dictionary: Sequence[Mapping[str, str]], text: str) -> Path:
    """A folder with `dictionary.csv`, and `data.csv` as given."""
    folder.mkdir(parents=True, exist_ok=True)
    write_rows(folder / "dictionary.csv", HEADINGS, dictionary)
    (folder / "data.csv").write_text(text, encoding="utf-8")
    return folder


def of_chart(chart: Path, folder: Path, coded: Mapping[str, Sequence[str]], *, labels: bool = False) -> Path:
    """The tables of a chart as forms: the patients one row a record, all others repeating instruments. `coded` fields have choices, which are
    numbered from 1 in the export, or written out with `labels`; those of yes and no are REDCap's own type."""
    folder.mkdir(parents=True, exist_ok=True)
    fields, rows = [field("record_id", "patients")], []
    columns: list[str] = []
    tables = {path.stem: path for path in sorted(chart.glob("*.csv")) if path.stem != "screening"}
    for form in ("patients", *(name for name in tables if name != "patients")):
        with tables[form].open(newline="", encoding="utf-8") as stream:
            read = list(csv.DictReader(stream))
        names = [name for name in read[0] if name != "patient_id"]
        for name in names:
            choices = list(coded.get(name, ()))
            unique = name.lower() if name not in columns else f"{name}_{form}"
            columns.append(unique)
            if choices == ["yes", "no"]:
                fields.append(field(unique, form, "yesno"))
            elif choices:
                fields.append(
                    field(
                        unique, form, "dropdown", choices=" | ".join(f"{n}, {one}" for n, one in enumerate(choices, 1))
                    )
                )
            else:
                fields.append(field(unique, form))
        seen: dict[str, int] = {}
        for one in read:
            seen[one["patient_id"]] = seen.get(one["patient_id"], 0) + 1
            row = {"record_id": one["patient_id"], f"{form}_complete": "Complete" if labels else "2"}
            if form != "patients":
                row |= {"redcap_repeat_instrument": form, "redcap_repeat_instance": str(seen[one["patient_id"]])}
            for name in names:
                unique = f"{name}_{form}" if f"{name}_{form}" in columns else name.lower()
                row[unique] = _cell(one[name], coded.get(name, ()), labels=labels)
            rows.append(row)
        columns.append(f"{form}_complete")
    write_rows(folder / "dictionary.csv", HEADINGS, fields)
    rows.sort(key=lambda row: row["record_id"])
    write_rows(folder / "data.csv", ["record_id", "redcap_repeat_instrument", "redcap_repeat_instance", *columns], rows)
    return folder


def _cell(text: str, choices: Sequence[str], *, labels: bool) -> str:
    if not text or not choices:
        return text
    if list(choices) == ["yes", "no"]:
        return {"yes": "Yes", "no": "No"}[text] if labels else {"yes": "1", "no": "0"}[text]
    return text if labels else str(list(choices).index(text) + 1)
