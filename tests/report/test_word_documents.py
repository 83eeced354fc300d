"""The Word documents hold what was declared, no number more or less, in a form that Word and its readers can use."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from tests.report import declared_text

from caseseries import report
from caseseries.errors import CaseSeriesError
from caseseries.report.documents.cover import article_cover
from caseseries.report.documents.layout import Heading, in_pages, laid_out
from caseseries.report.documents.printed_text import plain_again
from caseseries.report.documents.word import word_document
from caseseries.report.documents.word_styles import read_template
from caseseries.report.exhibits.printed_blocks import Cell, Column, Figure, Paragraph, Row, Section, Table, of_layer
from caseseries.report.folder import page_of
from caseseries.report.page.render import front
from caseseries.summary.model import Summary

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SOFFICE = shutil.which("soffice")


def written(summary: Summary, **settings: Any) -> tuple[Any, tuple[Section, ...]]:
    """One document of everything, and its sections with the abstract."""
    cover, sections = article_cover(front(summary)), page_of(summary)[1]
    return opened(word_document(cover, sections, **settings)), (*cover.first, *sections)


def opened(document: bytes) -> Any:
    return docx.Document(io.BytesIO(document))


def text_of(element: Any) -> str:
    return plain_again("".join(one.text or "" for one in element.iter(f"{W}t")))


def body_texts(document: Any) -> list[str]:
    """The paragraphs outside tables that hold words, from the first section on, without what it was made from."""
    found = [text_of(one) for one in document.element.body.iterchildren(f"{W}p")]
    headings = [place for place, one in enumerate(document.paragraphs) if one.style.name == "Heading 1"]
    return [text for text in found[headings[0] :] if text and not text.startswith("Made by caseseries")]


def rows_of(table: Any) -> list[list[str]]:
    return [[text_of(cell) for cell in row.iterchildren(f"{W}tc")] for row in table._tbl.iterchildren(f"{W}tr")]


def held_against(document: Any, sections: tuple[Section, ...]) -> None:
    assert declared_text.paragraphs(sections) == body_texts(document)
    declared = declared_text.tables(sections)
    assert len(declared) == len(document.tables)
    for expected, found in zip(declared, document.tables, strict=True):
        rows = rows_of(found)
        depth = max((len(column.over) for column in expected.columns), default=0)
        assert declared_text.titles(expected) == rows[depth]
        assert declared_text.cells(expected) == rows[depth + 1 :]
        over = [plain_again(text) for column in expected.columns for text in column.over]
        assert {text for row in rows[:depth] for text in row if text} == {text for text in over if text}
    described = [
        plain_again(one.get("descr", "")) for one in document.element.body.iter() if one.tag.endswith("}docPr")
    ]
    assert [plain_again(figure.alt) for figure in declared_text.figures(sections)] == described


def test_every_word_and_number_is_the_declared_one(series: Summary) -> None:
    held_against(*written(series))


@pytest.mark.slow
def test_so_it_is_of_any_run(any_run: Summary) -> None:
    held_against(*written(any_run))


def test_the_same_run_gives_the_same_bytes(series: Summary) -> None:
    sections = page_of(series)[1]
    one, other = (word_document(article_cover(front(series)), sections) for _ in range(2))
    assert one == other
    with zipfile.ZipFile(io.BytesIO(one)) as package:
        assert {(1980, 1, 1, 0, 0, 0)} == {part.date_time for part in package.infolist()}
        assert not [name for name in package.namelist() if "thumbnail" in name or "customXml" in name]
    core = opened(one).core_properties
    assert ("caseseries", 2000) == (core.author, core.created.year) and series.protocol.study == core.title


def test_rows_stay_whole_and_headings_come_again(series: Summary) -> None:
    document, sections = written(series)
    for declared, table in zip(declared_text.tables(sections), document.tables, strict=True):
        rows = list(table._tbl.iterchildren(f"{W}tr"))
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
        again = [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows]
        depth = max(len(column.over) for column in declared.columns) + 1
        assert [True] * depth + [False] * (len(rows) - depth) == again


def test_captions_are_counted_by_word_and_show_their_number_before(series: Summary) -> None:
    document, _ = written(series)
    asked = [one.text.split()[:2] for one in document.element.body.iter(f"{W}instrText")]
    assert asked.count(["SEQ", "Table"]) == len(document.tables)
    named = [one.get(f"{W}name") for one in document.element.body.iter(f"{W}bookmarkStart")]
    assert {"table_1", "figure_1"} <= set(named) and len(set(named)) == len(named)


def test_a_caption_of_the_supplement_begins_with_s() -> None:
    table = Table("a", "One", (Column("x"),), (Row((Cell("1"),)),), number="S7")
    sections = (Section("s", "Rows", (Paragraph("As in Table S7, not Table 9."), table)),)
    document = opened(word_document(cover(), sections))
    assert declared_text.paragraphs(sections) == body_texts(document)
    asked = [one.text.strip() for one in document.element.body.iter(f"{W}instrText")]
    assert ["REF table_S7 \\h", "SEQ Table \\* ARABIC"] == asked


def cover() -> Any:
    from caseseries.report.documents.cover import Cover

    return Cover("A study", "Treatment case series", "A study", "")


def test_a_picture_is_held_by_its_caption_and_a_table_by_its_title(series: Summary) -> None:
    document, _ = written(series)
    children = list(document.element.body)
    for place, element in enumerate(children):
        if any(one.tag.endswith("}drawing") for one in element.iter()):
            assert element.find(f"{W}pPr/{W}keepNext") is not None
            assert text_of(children[place + 1]).startswith("Figure ")
        if element.tag == f"{W}tbl":
            assert children[place - 1].find(f"{W}pPr/{W}keepNext") is not None
            assert text_of(children[place - 1]).startswith("Table ")


def wide(columns: int) -> Table:
    row = Row(tuple(Cell("123.4 (120.1–140.5)") for _ in range(columns)))
    return Table("wide", "Wide", tuple(Column(f"Column {n}", "number") for n in range(columns)), (row, row))


def test_a_table_that_is_too_wide_stands_on_a_turned_page_with_its_heading() -> None:
    few, many = wide(3), wide(8)
    assert (False, True) == (laid_out(few).turned, laid_out(many).turned)
    sections = (Section("a", "Before", (Paragraph("x"),)), Section("b", "Turned", (many, Paragraph("y"))))
    pages = [(turned, [one.title for one in items if isinstance(one, Heading)]) for turned, items in in_pages(sections)]
    assert [(False, ["Before"]), (True, ["Turned"]), (False, [])] == pages
    document = opened(word_document(cover(), sections))
    turned = [section.page_width > section.page_height for section in document.sections]
    assert [False, True, False] == turned
    assert declared_text.paragraphs(sections) == body_texts(document)
    for section in document.sections:
        assert "Page 1 of 1" == text_of(section.footer._element)


def test_no_table_is_wider_than_its_page(any_run: Summary) -> None:
    for table in declared_text.tables(page_of(any_run)[1]):
        layout = laid_out(table)
        assert sum(layout.widths) <= (720.1 if layout.turned else 510.3), table.title


def test_invented_data_are_named_on_every_page(series: Summary) -> None:
    document, _ = written(series)
    assert "Invented data" in text_of(document.sections[0].header._element)
    real = opened(word_document(replace(article_cover(front(series)), invented=""), page_of(series)[1]))
    assert "Invented data" not in text_of(real.sections[0].header._element) + real.paragraphs[0].text


def test_control_characters_stop_nothing() -> None:
    cell = Cell("a\x07b\x00\ud800 <&> \x1b")
    figure = Figure(
        "f",
        "T\x01",
        "",
        "alt\x02",
        '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96" viewBox="0 0 96 96"></svg>',
    )
    sections = (Section("s", "H\x03", (Table("t", "x\x04", (Column("c\x05"),), (Row((cell,)),), ("n\x06",)), figure)),)
    document = opened(word_document(cover(), sections))
    assert declared_text.paragraphs(sections) == body_texts(document)
    assert "a�b�� <&> �" == rows_of(document.tables[0])[1][0]


def hospital(path: Path) -> Path:
    made = docx.Document()
    made.styles["Heading 1"].font.name = "Courier New"
    made.styles["Normal"].font.name = "Georgia"
    made.add_paragraph("Patient Nameless, born 1 April")
    made.sections[0].header.paragraphs[0].text = "Ward 7"
    made.sections[0].page_width, made.sections[0].page_height = docx.shared.Inches(8.5), docx.shared.Inches(11)
    made.core_properties.author = "Somebody"
    made.save(str(path))
    return path


def test_a_template_gives_its_styles_and_nothing_else(series: Summary, tmp_path: Path) -> None:
    template = read_template(hospital(tmp_path / "hospital.docx"))
    document, sections = written(series, template=template)
    held_against(document, sections)
    assert "Courier New" == document.styles["Heading 1"].font.name
    assert "Georgia" == document.styles["Normal"].font.name
    assert docx.shared.Inches(8.5) == document.sections[0].page_width
    kept = io.BytesIO()
    document.save(kept)
    with zipfile.ZipFile(kept) as package:
        parts = b"".join(package.read(name) for name in package.namelist())
    assert not [word for word in (b"Nameless", b"Ward 7", b"Somebody") if word in parts]


def test_a_style_goes_by_its_name_whatever_its_id(series: Summary, tmp_path: Path) -> None:
    path = hospital(tmp_path / "hospital.docx")
    made = docx.Document(str(path))
    made.styles["Heading 1"].element.set(f"{W}styleId", "berschrift1")
    made.save(str(path))
    document, _ = written(series, template=read_template(path))
    assert "berschrift1" in {one.style.style_id for one in document.paragraphs if one.style.name == "Heading 1"}


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut", "empty", "other"])
def test_a_file_that_is_no_template_is_refused_with_its_path(tmp_path: Path, content: bytes | str) -> None:
    path = tmp_path / "hospital.docx"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        with zipfile.ZipFile(path, "w") as package:
            package.writestr("x" if content == "empty" else "_rels/.rels", "<a/>")
    with pytest.raises(CaseSeriesError, match=r"cannot be read as a Word document\.(.|\n)*hospital\.docx"):
        read_template(path)
    with pytest.raises(CaseSeriesError, match="no such template"):
        read_template(tmp_path / "absent.docx")


def test_documents_are_written_when_they_are_asked_for(series: Summary, tmp_path: Path) -> None:
    report.write(series, tmp_path / "plain")
    report.write(series, tmp_path / "word", formats=("word",))
    plain, word = ({path.name for path in (tmp_path / name).iterdir()} for name in ("plain", "word"))
    assert {"article.docx", "supplement.docx"} == word - plain and not plain - word
    held = docx.Document(str(tmp_path / "word" / "supplement.docx"))
    supplement = of_layer(page_of(series)[1], "supplement")
    assert declared_text.paragraphs(supplement) == body_texts(held)
    assert (tmp_path / "plain" / "report.html").read_bytes() == (tmp_path / "word" / "report.html").read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice on this machine")
def test_another_program_reads_it_and_gives_it_back(series: Summary, tmp_path: Path) -> None:
    cover = article_cover(front(series))
    sections = (*cover.first, *of_layer(page_of(series)[1], "article"))
    (tmp_path / "article.docx").write_bytes(word_document(cover, sections[1:]))
    assert SOFFICE is not None
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "docx",
         "--outdir", str(tmp_path / "back"), str(tmp_path / "article.docx")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    back = docx.Document(str(tmp_path / "back" / "article.docx"))
    assert declared_text.paragraphs(sections) == body_texts(back)
    assert [declared_text.cells(one)[-1] for one in declared_text.tables(sections)] == [
        rows_of(one)[-1] for one in back.tables
    ]
