"""An empty workbook for a study whose charts are still to be abstracted, and the description that reads it."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from pathlib import Path
from typing import Any

from caseseries.disk.whole import write_new
from caseseries.errors import OutputError
from caseseries.form.fields import CODES, Field, Form, form
from caseseries.form.quote import quoted
from caseseries.protocol.fingerprint import fingerprint
from caseseries.protocol.protocol import Protocol

#: A fixed moment, so that one protocol always gives the same file.
MOMENT = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook has no time zones
#: Rows that carry validations; more may be typed below, and are checked when the chart is read.
ROWS = 2_000
_LISTS = "Lists"


def template(protocol: Protocol | None, out: Path) -> tuple[Path, Path]:
    """Write an empty workbook (`.xlsx`) for a protocol, and beside it the chart description that reads it.

    Cells say what belongs in them and refuse what the protocol does not allow; pasting gets around that, so everything is
    checked again when the chart is read. Without a protocol the visits have no measures.

    Raises:
        OutputError: one of the two files exists already, or cannot be written.
    """
    description = out.with_suffix(".yaml")
    for target in (out, description):
        if target.exists():
            raise OutputError(
                f"{target.name} exists already.", where=str(target), do="Name another file. Nothing was written."
            )
    fields = form(protocol)
    try:
        write_new({out: _workbook(fields, protocol), description: describe(fields, out.name).encode()}, readable=True)
    except OSError as wrong:
        raise OutputError("The empty workbook cannot be written.", where=str(out), do=f"{wrong.strerror}.") from None
    return out, description


def describe(fields: Form, source: str) -> str:
    """The chart description of a workbook made from these fields."""
    lines = [
        "# Reads the workbook beside it; written together with it, so nothing is left to decide.",
        "",
        f"source: {quoted(source)}",
        f"dated: {'yes' if fields.dated else 'no'}",
        "dates: year-month-day   # for dates that were typed as text",
        f"missing: {{{', '.join(f'{code}: {meaning}' for code, meaning in CODES.items())}}}",
        "",
        "tables:",
    ]
    for sheet in fields.sheets:
        lines += [
            f"  {sheet.title.lower()}:",
            f"    kind: {sheet.kind}",
            f"    sheet: {sheet.title}",
            *(f"    {line}" for line in sheet.reads),
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def _workbook(fields: Form, protocol: Protocol | None) -> bytes:
    import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

    written = BytesIO()
    book = xlsxwriter.Workbook(
        written, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties(
        {"title": fields.study, "created": MOMENT, "comments": "Made for abstracting charts; see the sheet README."}
    )
    if protocol is not None:
        book.set_custom_property("protocol", fingerprint(protocol), "text")
    bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF4", "text_wrap": True, "valign": "top"})
    needed = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F9DEDC", "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    text = book.add_format({"num_format": "@"})
    _readme(book, fields)
    names: dict[tuple[str, ...], str] = {}
    for sheet in fields.sheets:
        page = book.add_worksheet(sheet.title)
        for column, field in enumerate(sheet.fields):
            page.write_string(0, column, field.name, needed if field.needed else bold)
            page.write_comment(0, column, field.help, {"x_scale": 2, "author": "caseseries"})
            form_ = day if field.kind == "date" else text if field.kind == "id" else None
            page.set_column(column, column, max(12, min(30, len(field.name) + 4)), form_)
            page.data_validation(1, column, ROWS, column, _rule(field, column, names))
        page.freeze_panes(1, 1)
    _lists(book, names)
    book.close()
    return written.getvalue()


def _readme(book: Any, fields: Form) -> None:
    page = book.add_worksheet("README")
    page.set_column(0, 0, 110, book.add_format({"text_wrap": True}))
    title = book.add_format({"bold": True, "font_size": 14})
    page.write_string(0, 0, fields.study, title)
    for row, line in enumerate(fields.readme, 2):
        page.write_string(row, 0, line)


def _lists(book: Any, names: dict[tuple[str, ...], str]) -> None:
    page = book.add_worksheet(_LISTS)
    for column, (words, name) in enumerate(names.items()):
        page.write_column(0, column, words)
        letter = chr(65 + column)
        book.define_name(name, f"={_LISTS}!${letter}$1:${letter}${len(words)}")
    page.hide()


def _rule(field: Field, column: int, names: dict[tuple[str, ...], str]) -> dict[str, Any]:
    """The validation of a column; where anything may be written, its help alone."""
    message = {"input_title": field.name[:32], "input_message": field.help[:255]}
    cell = f"{chr(65 + column)}2" if column < 26 else f"A{chr(65 + column - 26)}2"
    codes = "".join(f',{cell}="{code}"' for code in CODES)
    error = {"error_title": "Not allowed here", "error_message": field.allowed[:255]}
    if field.words:
        name = names.setdefault(field.words, f"list_{len(names) + 1}")
        return {"validate": "list", "source": f"={name}", **message, **error}
    if field.kind == "date":
        low, high = "DATE(1905,1,1)", "TODAY()"
        formula = f"=OR(AND(ISNUMBER({cell}),{cell}>={low},{cell}<={high}),ISTEXT({cell}))"
        return {"validate": "custom", "value": formula, **message, **error}
    if field.kind in {"number", "day"}:
        inside = [f"ISNUMBER({cell})"]
        inside += [f"{cell}>={field.low}"] if field.low else []
        inside += [f"{cell}<={field.high}"] if field.high else []
        bound = f',LEFT({cell},1)="<",LEFT({cell},1)=">"' if field.kind == "number" else ""
        return {"validate": "custom", "value": f"=OR(AND({','.join(inside)}){codes}{bound})", **message, **error}
    return {"validate": "any", **message}
