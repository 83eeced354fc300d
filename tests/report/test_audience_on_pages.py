"""Who a report is for, and that its data are invented, stand on every page of every document."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import docx
import openpyxl
import pypdf
import pytest

from caseseries.report.documents.cover import article_cover, supplement_cover
from caseseries.report.documents.pdf import pdf_document
from caseseries.report.documents.word import word_document
from caseseries.report.exhibits.included import INVENTED
from caseseries.report.exhibits.printed_blocks import Cell, Column, Paragraph, Row, Section, Table
from caseseries.report.folder import files
from caseseries.report.formats import Format
from caseseries.report.page.render import front
from caseseries.summary.model import ReadBy, Summary

FOR: dict[ReadBy, str] = {
    "internal": "Internal: for those who hold the data",
    "journal": "For a journal",
    "public": "For the public",
}
SOFFICE = shutil.which("soffice")
EACH = pytest.mark.parametrize("audience", FOR)


def test_each_audience_has_its_words() -> None:
    assert set(get_args(ReadBy)) == set(FOR)


def upright_and_turned(text: str = "word ") -> tuple[Section, ...]:
    """Sections of several pages, of which the second holds a table that is too wide for an upright page."""
    columns = tuple(Column(f"A column {n} " + "x" * 14) for n in range(14))
    wide = Table("t", "Wide", columns, tuple(Row((Cell("0000000000"),) * 14) for _ in range(60)), number="1")
    return (
        Section("a", "Upright", tuple(Paragraph(text * 300) for _ in range(6))),
        Section("b", "Turned", (wide,)),
        Section("c", "Upright again", (Paragraph(text),)),
    )


def pages(document: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(document)).pages]


def around(section: Any) -> tuple[str, str]:
    """The text above and below the pages of a section of Word's."""
    return section.header.paragraphs[0].text, section.footer.paragraphs[0].text


def held(document: bytes, who: str, *, turned: bool = False) -> None:
    """Every section has both lines, and Word is not told that first or even pages have others."""
    found = docx.Document(io.BytesIO(document))
    assert not turned or len(found.sections) == 3
    for section in found.sections:
        above, below = around(section)
        assert above.startswith(f"{INVENTED}. ") and below.startswith(f"{who} · Page ")
        assert not section.different_first_page_header_footer
    assert not found.settings.odd_and_even_pages_header_footer


@EACH
def test_every_page_of_the_files_says_both(series: Summary, audience: ReadBy) -> None:
    formats: tuple[Format, ...] = ("word", "pdf", "excel") if audience == "journal" else ("word", "excel")
    found = files(replace(series, audience=audience), formats=formats)
    who = FOR[audience]
    for name in ("article", "supplement"):
        held(found[f"{name}.docx"], who)
        for text in pages(found[f"{name}.pdf"]) if "pdf" in formats else ():
            assert INVENTED in text and f"{who} · Page " in text
    page = found["report.html"].decode()
    above, below = f'@top-center {{ content: "{INVENTED}"', f'@bottom-left {{ content: "{who}"'
    assert above in page.partition("</style>")[0] and below in page.partition("</style>")[0]
    assert who[0].lower() + who[1:] in page.partition("<h1>")[0]
    book = openpyxl.load_workbook(io.BytesIO(found["tables.xlsx"]))
    assert f"{who}." == book["Tables"]["A3"].value
    for sheet in book:
        assert INVENTED == sheet.oddHeader.left.text and who == sheet.oddFooter.left.text


@EACH
def test_turned_pages_say_both(series: Summary, audience: ReadBy) -> None:
    before = front(replace(series, audience=audience))
    for cover in (article_cover(before), supplement_cover(before)):
        held(word_document(cover, upright_and_turned()), FOR[audience], turned=True)
        document = pdf_document(cover, upright_and_turned())
        sizes = [page.mediabox for page in pypdf.PdfReader(io.BytesIO(document)).pages]
        assert any(size.width > size.height for size in sizes)
        for text in pages(document):
            assert INVENTED in text and f"{FOR[audience]} · Page " in text


def test_real_data_are_not_called_invented(series: Summary) -> None:
    cover = article_cover(front(replace(series, invented=False)))
    assert not any("Invented" in text for text in pages(pdf_document(cover, upright_and_turned())))
    found = docx.Document(io.BytesIO(word_document(cover, upright_and_turned())))
    assert not any("Invented" in text for section in found.sections for text in around(section))


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice on this machine")
def test_so_it_is_printed_by_another_program(series: Summary, tmp_path: Path) -> None:
    cover = supplement_cover(front(replace(series, audience="journal")))
    (tmp_path / "s.docx").write_bytes(word_document(cover, upright_and_turned()))
    assert SOFFICE is not None
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(tmp_path / "s.docx")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    printed = pypdf.PdfReader(tmp_path / "s.pdf").pages
    assert any(page.mediabox.width > page.mediabox.height for page in printed) and len(printed) > 4
    for text in pages((tmp_path / "s.pdf").read_bytes()):
        assert INVENTED in text and "For a journal · Page " in text
