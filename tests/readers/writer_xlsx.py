"""Workbooks, written by hand as the parts of OOXML (ECMA-376): no library, so that none of its habits is shared with the reader."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from tests.readers.book import Book, Sheet, X, letters

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
#: Formats that every spreadsheet program knows by number, ECMA-376 part 1, 18.8.30.
BUILT_IN = {
    "General": 0, "0": 1, "0.00": 2, "#,##0": 3, "#,##0.00": 4, "0%": 9, "0.00%": 10, "0.00E+00": 11, "# ?/?": 12, "mm-dd-yy": 14,
    "d-mmm-yy": 15, "d-mmm": 16, "mmm-yy": 17, "h:mm": 20, "m/d/yy h:mm": 22, "[h]:mm:ss": 46, "@": 49,
}  # fmt: skip


def write_xlsx(book: Book, path: Path) -> None:
    """The workbook of all sheets."""
    if "chart.xlsx" in book.instead:
        path.write_bytes(book.instead["chart.xlsx"])
        return
    strings: dict[str, int] = {}
    formats: dict[str, int] = {"General": 0}
    sheets = list(book.sheets.values())
    parts = {f"xl/worksheets/sheet{n}.xml": _sheet(book, sheet, strings, formats) for n, sheet in enumerate(sheets, 1)}
    parts["xl/sharedStrings.xml"] = _strings(strings)
    parts["xl/styles.xml"] = _styles(formats)
    parts["xl/workbook.xml"] = _workbook(book, sheets)
    target = "/xl/" if book.made["targets"] == "from the root" else ""
    relations = [(f"rId{n}", "worksheet", f"{target}worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
    relations += [("rIdS", "sharedStrings", f"{target}sharedStrings.xml"), ("rIdT", "styles", f"{target}styles.xml")]
    parts["xl/_rels/workbook.xml.rels"] = _relations(relations)
    parts["_rels/.rels"] = _relations([("rId1", "officeDocument", "xl/workbook.xml")])
    parts["[Content_Types].xml"] = _types(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(parts, key=lambda name: name != "[Content_Types].xml"):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), parts[name])


def _sheet(book: Book, sheet: Sheet, strings: dict[str, int], formats: dict[str, int]) -> str:
    with_references = book.made["references"] == "written"
    rows: dict[int, dict[int, X]] = {}
    for (row, place), cell in sheet.cells.items():
        if isinstance(cell, X):
            rows.setdefault(row, {})[place] = cell
    lines = []
    for row in sorted(rows):
        cells = []
        for place in range(1, max(rows[row]) + 1):
            cell = rows[row].get(place)
            if cell is None and with_references:
                continue
            reference = f' r="{letters(place)}{row}"' if with_references else ""
            cells.append(_cell(cell or X("blank"), reference, strings, formats))
        hidden = ' hidden="1"' if row in sheet.hidden_rows else ""
        lines.append(f'<row r="{row}"{hidden}>{"".join(cells)}</row>')
    columns = "".join(
        f'<col min="{place}" max="{place}" width="9" hidden="1"/>' for place in sorted(sheet.hidden_columns)
    )
    merged = "".join(f'<mergeCell ref="{letters(a)}{r}:{letters(b)}{s}"/>' for r, s, a, b in sheet.merged)
    width = max((place for _, place in sheet.cells), default=1)
    dimension = "A1" if book.made["dimension"] == "wrong" else f"A1:{letters(width)}{sheet.last}"
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}" xmlns:r="{_REL}"><dimension ref="{dimension}"/>'
        + (f"<cols>{columns}</cols>" if columns else "")
        + f"<sheetData>{''.join(lines)}</sheetData>"
        + (f'<autoFilter ref="A1:{letters(width)}{max(sheet.last, 1)}"/>' if sheet.filtered else "")
        + (f'<mergeCells count="{len(sheet.merged)}">{merged}</mergeCells>' if merged else "")
        + "</worksheet>"
    )


def _cell(cell: X, reference: str, strings: dict[str, int], formats: dict[str, int]) -> str:
    style = formats.setdefault(cell.format, len(formats))
    start = f'<c{reference} s="{style}"'
    formula = f"<f>{escape(cell.formula)}</f>" if cell.formula else ""
    text = f'<t xml:space="preserve">{escape(cell.stored)}</t>'
    if cell.type == "blank":
        return f"{start}/>"
    if cell.type == "n":
        value = f"<v>{cell.stored}</v>" if cell.stored else ""
        return f"{start}>{formula}{value}</c>"
    if cell.type in ("s", "rich", "phonetic"):
        half = len(cell.stored) // 2
        if cell.type == "rich":
            runs = (cell.stored[:half], cell.stored[half:])
            text = "".join(f'<r><rPr><b/></rPr><t xml:space="preserve">{escape(run)}</t></r>' for run in runs if run)
        elif cell.type == "phonetic":
            text += f'<rPh sb="0" eb="{max(half, 1)}"><t>ヨミ</t></rPh><phoneticPr fontId="0"/>'
        return f'{start} t="s"><v>{strings.setdefault(text, len(strings))}</v></c>'
    if cell.type == "inline":
        return f'{start} t="inlineStr"><is>{text}</is></c>'
    return f'{start} t="{cell.type}">{formula}<v>{escape(cell.stored)}</v></c>'


def _strings(strings: dict[str, int]) -> str:
    items = "".join(f"<si>{text}</si>" for text in strings)
    return f'{_HEAD}<sst xmlns="{_MAIN}" count="{len(strings)}" uniqueCount="{len(strings)}">{items}</sst>'


def _styles(formats: dict[str, int]) -> str:
    own = {name: 164 + place for place, name in enumerate(name for name in formats if name not in BUILT_IN)}
    written = "".join(f'<numFmt numFmtId="{number}" formatCode={quoteattr(name)}/>' for name, number in own.items())
    ids = [BUILT_IN.get(name, own.get(name)) for name in formats]
    styles = "".join(
        f'<xf numFmtId="{one}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>' for one in ids
    )
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
        + (f'<numFmts count="{len(own)}">{written}</numFmts>' if own else "")
        + '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        + '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        + '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        + '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        + f'<cellXfs count="{len(formats)}">{styles}</cellXfs></styleSheet>'
    )


def _workbook(book: Book, sheets: list[Sheet]) -> str:
    listed = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{n}"{"" if sheet.state == "visible" else f" state={quoteattr(sheet.state)}"} r:id="rId{n}"/>'
        for n, sheet in enumerate(sheets, 1)
    )
    epoch = '<workbookPr date1904="1"/>' if book.made["epoch"] == "1904" else "<workbookPr/>"
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}">{epoch}<sheets>{listed}</sheets></workbook>'


def _relations(relations: list[tuple[str, str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{name}" Type="{_REL}/{kind}" Target="{target}"/>' for name, kind, target in relations
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _types(parts: dict[str, str]) -> str:
    kinds = {"xl/workbook.xml": "sheet.main", "xl/styles.xml": "styles", "xl/sharedStrings.xml": "sharedStrings"}
    listed = "".join(
        f'<Override PartName="/{name}" ContentType="{_TYPE}.{kinds.get(name, "worksheet")}+xml"/>'
        for name in parts if name.startswith("xl/") and not name.endswith(".rels")
    )  # fmt: skip
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )
