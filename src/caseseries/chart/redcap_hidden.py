"""Branching logic over the rows of a REDCap export: where a field is not shown, and what stands there all the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from caseseries.chart.described_redcap import NOT_ASKED
from caseseries.chart.redcap_dictionary import box_column
from caseseries.chart.redcap_header import EVENT, INSTRUMENT
from caseseries.chart.redcap_logic import Asked, shown_by
from caseseries.chart.redcap_rows import TICKED, Export, says_something
from caseseries.chart.tables import Finding
from caseseries.errors import Place


def hidden_rows(export: Export, filled: Mapping[str, Collection[int]]) -> dict[str, set[int]]:
    """Of each field that somebody reads and that has branching logic, the rows of its form in which it is not shown.

    `filled` are the rows of each form. What an export of labels calls its events cannot be told from the name that logic uses: a field of another
    event is then not known.
    """
    asked = [
        (at, one.field)
        for at, one in enumerate(export.columns)
        if one.field is not None and one.field.logic is not None and one.name in export.told.wanted
    ]
    if not asked:
        return {}
    record, event = export.at(export.dictionary.record) or 0, export.at(EVENT)
    instrument = export.at(INSTRUMENT)
    whole = {row: _holds(export, row) for row in export.rows}
    single = {
        (export.text(row, record), export.text(row, event)): row
        for row in export.rows
        if not export.text(row, instrument)
    }
    hidden: dict[str, set[int]] = {}
    events = {export.text(row, event) for row in export.rows}
    for at, one in asked:
        name = export.columns[at].name
        for row in filled[one.form]:
            here = (export.text(row, record), export.text(row, event))

            def holds(asked: Asked, row: int = row, here: tuple[str, str] = here) -> str | None:
                name = box_column(asked.name, asked.code) if asked.code else asked.name
                if asked.event and asked.event not in events:
                    return None
                if asked.event:
                    other = single.get((here[0], asked.event))
                    return "" if other is None else whole[other].get(name)
                own = whole[row].get(name)
                if own == "" and export.text(row, instrument) and here in single:
                    return whole[single[here]].get(name)  # a repeating form asks what stands once for the record
                return own

            if one.logic is not None and shown_by(one.logic, holds) is False:
                hidden.setdefault(name, set()).add(row)
    for at, one in asked:
        name = export.columns[at].name
        rows = hidden.get(name, set())
        for row in sorted(row for row in rows if says_something(export, row, at)):
            what = "a value stands in a field that its form does not show here: it may be left from an earlier answer"
            place = Place(export.file, one.form, row, name)
            patient = export.text(row, record)
            export.findings.append(
                Finding(
                    "warning", "branching logic", what, place, patient, name, export.text(row, at), one.written_logic
                )
            )
    return hidden


def _holds(export: Export, row: int) -> dict[str, str]:
    """What is needed for branching logic: the code of each choice, whether a box is ticked, and other cells as they are."""
    held: dict[str, str] = {}
    for at, one in enumerate(export.columns):
        text = export.text(row, at)
        if one.code:
            held[one.name] = "1" if text.casefold() in TICKED else "0"
        elif one.field is not None and one.field.choices and export.labels:
            held[one.name] = next(
                (c for c, label in one.field.choices.items() if label.casefold() == text.casefold()), text
            )
        else:
            held[one.name] = text.replace(",", ".") if one.field is not None and one.field.comma else text
    return held


def not_asked(export: Export, hidden: Mapping[str, Collection[int]]) -> None:
    """Say of blank cells that their form does not ask there: counted, and in the values of measures with a code of its own."""
    for at, one in enumerate(export.columns):
        rows = [row for row in hidden.get(one.name, ()) if row in export.rows and not export.text(row, at)]
        if not rows or one.code:
            continue
        what = f"{len(rows)} blank cells of {one.name} stand where its form does not ask it"
        logic = one.field.written_logic if one.field is not None else ""
        place = Place(export.file, one.form, column=one.name)
        export.findings.append(Finding("note", "not asked", what, place, field=one.name, allowed=logic))
        for row in rows if one.name in export.told.measured else ():
            export.rows[row][at] = NOT_ASKED
