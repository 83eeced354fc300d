"""The cells of a REDCap export as a reader of its forms sees them: labels for codes, yes and no for boxes, points for commas."""

from __future__ import annotations

from collections.abc import Iterable

from caseseries.chart.cells import COMMA, POINT
from caseseries.chart.redcap_dictionary import RedcapField, box_column
from caseseries.chart.redcap_header import STATUS
from caseseries.chart.redcap_rows import NOT_TICKED, TICKED, Export
from caseseries.chart.sheet import Bad, Raw, shown
from caseseries.chart.tables import Finding
from caseseries.errors import Place


def translate(export: Export) -> None:
    """Put labels for codes, yes and no for boxes, points for commas; what the dictionary does not allow is a broken cell."""
    groups: dict[str, list[int]] = {}
    for at, one in enumerate(export.columns):
        if one.code and one.field is not None:
            groups.setdefault(one.field.name, []).append(at)
        elif one.status:
            for cells in export.rows.values():
                cells[at] = STATUS.get(shown(cells[at]), cells[at])
        elif one.field is not None and one.field.choices:
            _translate_choices(export, at, one.field)
        elif one.field is not None:
            _translate_numbers(export, at, one.field)
    for name, together in groups.items():
        _translate_boxes(export, export.dictionary.fields[name], together)


def _translate_choices(export: Export, at: int, one: RedcapField) -> None:
    labels = {label.casefold(): label for label in one.choices.values()}
    allowed = "; ".join(f"{code}, {label}" for code, label in one.choices.items())
    for cells in export.rows.values():
        text = shown(cells[at])
        if not text or text.casefold() in export.told.missing or isinstance(cells[at], Bad):
            continue
        label = labels.get(text.casefold()) if export.labels else one.choices.get(text)
        cells[at] = label or Bad(text, "none of the choices that the dictionary gives this field", allowed)


def _translate_numbers(export: Export, at: int, one: RedcapField) -> None:
    record = export.at(export.dictionary.record) or 0
    least, most = _limit(one.least, one), _limit(one.most, one)
    for row, cells in export.rows.items():
        text = shown(cells[at])
        if not text or text.casefold() in export.told.missing:
            continue
        if one.comma and COMMA.fullmatch(text):
            text = text.replace(",", ".")
            cells[at] = text
        if export.columns[at].name not in export.told.wanted or (least is None and most is None):
            continue
        found = POINT.fullmatch(text)
        value = float(f"{found[2]}{found[3]}.{found[4] or 0}") if found else None
        if value is not None and ((least is not None and value < least) or (most is not None and value > most)):
            what = "a value beyond the range that the dictionary gives"
            allowed = f"{one.least or '…'} to {one.most or '…'}"
            place = Place(export.file, one.form, row, one.name)
            export.findings.append(
                Finding("warning", "range", what, place, shown(cells[record]), one.name, text, allowed)
            )


def _limit(written: str, one: RedcapField) -> float | None:
    text = written.replace(",", ".") if one.comma else written
    found = POINT.fullmatch(text.strip())
    return float(f"{found[2]}{found[3]}.{found[4] or 0}") if found and not found[1] else None


def _translate_boxes(export: Export, one: RedcapField, together: Iterable[int]) -> None:
    """Boxes of one field: yes and no where one is ticked; a missing-data code where its box is; else not recorded, or no as declared."""
    places = list(together)
    own = {box_column(one.name, code) for code in one.choices}
    nothing = 0
    missing = {"".join(c if c.isalnum() else "_" for c in code): code for code in export.told.missing}
    for cells in export.rows.values():
        words = {at: shown(cells[at]).casefold() for at in places}
        if not any(words.values()):
            continue
        code = next(
            (
                missing[box]
                for at in places
                if words[at] in TICKED
                and export.columns[at].name not in own
                and (box := export.columns[at].code.casefold()) in missing
            ),
            None,
        )
        ticked = any(words[at] in TICKED for at in places if export.columns[at].name in own)
        nothing += not ticked and code is None
        for at in places:
            if words[at] in TICKED:
                answer: Raw = export.told.yes
            elif words[at] in NOT_TICKED or not words[at]:
                answer = export.told.no if ticked or export.declared.nothing_ticked == "no" else None
            elif isinstance(cells[at], Bad):
                continue  # two readings that differ
            else:
                answer = Bad(shown(cells[at]), "a box is ticked (1) or not (0)", "0, 1, Checked, Unchecked")
            cells[at] = code if code is not None and not ticked else answer
    if nothing and any(export.columns[at].name in export.told.wanted for at in places):
        meaning = "no" if export.declared.nothing_ticked == "no" else "not recorded"
        what = f"in {nothing} row{'s' * (nothing != 1)} no box of {one.name} is ticked, which is read as {meaning}"
        allowed = "`nothing_ticked: no` under `redcap` where every form asked it and none ticked means none"
        export.findings.append(
            Finding("note", "boxes", what, Place(export.file, one.form), field=one.name, allowed=allowed)
        )
