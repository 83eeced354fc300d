"""The PDF holds what was declared, is PDF/UA-1 as far as its parts say, and has every letter in the file."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any

import pypdf
import pytest
from tests.report import declared_text

from caseseries.report.documents import as_printed
from caseseries.report.documents.cover import Cover, article_cover
from caseseries.report.documents.pdf import pdf_document
from caseseries.report.documents.printed_text import plain_again
from caseseries.report.exhibits.printed_blocks import (
    Block,
    Cell,
    Column,
    Figure,
    Paragraph,
    Points,
    Row,
    Section,
    Table,
    of_layer,
)
from caseseries.report.figures.ink import lacking
from caseseries.report.folder import files, page_of
from caseseries.report.page.render import front
from caseseries.summary.model import Summary

COVER = Cover("A study", "Treatment case series", "A study", "")


def written(summary: Summary) -> tuple[pypdf.PdfReader, tuple[Section, ...]]:
    """One document of everything, and its sections with the abstract."""
    cover, sections = article_cover(front(summary)), page_of(summary)[1]
    return opened(pdf_document(cover, sections)), (*cover.first, *sections)


def opened(document: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(document))


def squeezed(text: str) -> str:
    """Without spaces, and without characters that are shown as a box."""
    kept = "".join(plain_again(text.replace("\u200b", "")).split())
    return kept.translate(dict.fromkeys(map(ord, lacking(kept))))


def told(reader: pypdf.PdfReader) -> str:
    return squeezed("".join(page.extract_text() for page in reader.pages))


def declared(sections: Sequence[Section]) -> Iterator[str]:
    """Every text but those of figures, in the order in which it must be read."""
    for section in sections:
        yield section.title
        for block in section.blocks:
            if isinstance(block, Table):
                yield f"Table {block.number}. {block.title}" if block.number else block.title
                yield from declared_text.titles(block)
                yield from (text for row in declared_text.cells(block) for text in row)
                yield from block.footnotes
            elif not isinstance(block, Figure):
                yield from declared_text.paragraphs([Section("", "", (block,))])[1:]


def captions(sections: Sequence[Section]) -> list[str]:
    """Captions in order: a figure may stand on the page after its mention, with the text going on before it."""
    return [declared_text.paragraphs([Section("", "", (one,))])[1] for one in declared_text.figures(sections)]


def held_against(reader: pypdf.PdfReader, sections: Sequence[Section]) -> None:
    in_order(told(reader), declared(sections))
    in_order(told(reader), captions(sections))


def in_order(text: str, expected: Iterable[str]) -> None:
    place = 0
    for one in map(squeezed, expected):
        found = text.find(one, place)
        if found < 0:  # a page ends inside it, where its header and footer stand
            half = next(n for n in range(len(one), -1, -1) if text.find(one[:n], place) >= 0)
            assert text.find(one[half:], place) >= 0, one
            found = text.find(one[:half], place)
        place = found + min(len(one), 1)


def test_every_word_and_number_is_the_declared_one_and_in_order(series: Summary) -> None:
    held_against(*written(series))


@pytest.mark.slow
def test_so_it_is_of_any_run(any_run: Summary) -> None:
    held_against(*written(any_run))


def test_the_same_run_gives_the_same_bytes(series: Summary) -> None:
    sections = page_of(series)[1]
    one, other = (pdf_document(article_cover(front(series)), sections) for _ in range(2))
    assert one == other


def nodes(part: Any) -> Iterator[Any]:
    part = part.get_object()
    if isinstance(part, list):
        for one in part:
            yield from nodes(one)
    elif isinstance(part, dict):
        yield part
        if "/K" in part:
            yield from nodes(part["/K"])


def test_it_says_of_itself_what_pdf_ua_asks(series: Summary) -> None:
    reader, sections = written(series)
    root: Any = reader.trailer["/Root"].get_object()
    assert root["/MarkInfo"]["/Marked"] and root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert str(root["/Lang"]).startswith("en")
    assert reader.metadata is not None and series.protocol.study == reader.metadata.title
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_data()
    tree = list(nodes(root["/StructTreeRoot"]["/K"]))
    alts = {squeezed(str(one["/Alt"])) for one in tree if "/Alt" in one}
    assert {squeezed(figure.alt) for figure in declared_text.figures(sections)} <= alts
    kinds = [str(one.get("/S")) for one in tree]
    assert len(declared_text.tables(sections)) == kinds.count("/Table")
    assert kinds.count("/TH") >= sum(len(table.columns) for table in declared_text.tables(sections))
    assert [section.title for section in sections] == [one.title for one in outline(reader)]


def outline(reader: pypdf.PdfReader) -> list[Any]:
    found: list[Any] = []
    for one in reader.outline:
        found += one if isinstance(one, list) else [one]
    return found


def test_every_font_is_in_the_file(series: Summary) -> None:
    reader, _ = written(series)
    fonts = {}
    for page in reader.pages:
        resources: Any = page["/Resources"]
        for font in resources.get("/Font", {}).values():
            fonts[font.get_object()["/BaseFont"]] = font.get_object()
    assert {"DejaVuSans", "STIXGeneral"} == {name.partition("+")[2].partition("-")[0] for name in fonts}
    for font in fonts.values():
        about = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(about)


def document(*blocks: Block) -> pypdf.PdfReader:
    sections = (Section("s", "Section", blocks),)
    reader = opened(pdf_document(COVER, sections))
    held_against(reader, sections)
    return reader


NASTY = "#let x = 1; $a$ *b* _c_ `d` <e> @f [g] ~h \\i {j} // k /* l */ \" ' = m + n - o a--b a---b ... https://x.org"


def test_what_typst_would_read_as_commands_is_text() -> None:
    table = Table("t", NASTY, (Column(NASTY, over=(NASTY,)),), (Row((Cell(NASTY, strong=True),)),), (NASTY,), "1")
    document(Paragraph(NASTY, NASTY), Points((NASTY, "- b", "+ c", "/ d: e", "= f")), table)


def test_control_characters_and_very_long_words_stop_nothing() -> None:
    table = Table("t", "x", (Column("c" * 90), Column("d")), (Row((Cell("e" * 400), Cell("a\x07\x00\ud800b"))),))
    reader = document(Paragraph("f" * 500), table)
    assert "a��" in told(reader)


def test_rows_stay_whole_and_headings_come_again() -> None:
    rows = tuple(Row((Cell(f"row{n}a"), Cell(f"row{n}a " * 12 + f"row{n}z"))) for n in range(150))
    reader = document(Table("t", "Long", (Column("First"), Column("Second", "sentences")), rows, number="1"))
    pages = [squeezed(page.extract_text()) for page in reader.pages]
    assert len(pages) > 2 and all("FirstSecond" in page for page in pages)
    for n in range(150):
        assert 1 == sum(f"row{n}a" in page for page in pages) == sum(f"row{n}z" in page for page in pages)


def test_a_row_higher_than_a_page_is_shown_whole_on_two() -> None:
    high = Table("t", "High", (Column("a"), Column("b")), (Row((Cell("word " * 3000), Cell("end"))),))
    reader = opened(pdf_document(COVER, (Section("s", "Section", (high,)),)))
    assert (3000, 1) == (told(reader).count("word"), told(reader).count("end")) and len(reader.pages) > 1


def test_a_title_is_never_left_at_the_end_of_a_page() -> None:
    for lines in range(34, 44):
        before = tuple(Paragraph(f"Line {n}") for n in range(lines))
        rows = tuple(Row((Cell(f"row{n}"),)) for n in range(60))
        reader = document(*before, Table("t", "Long", (Column("First"),), rows, number="1"))
        for page in reader.pages:
            text = squeezed(page.extract_text())
            assert ("Table1." in text) == ("row0" in text)


def test_a_heading_among_the_rows_is_never_left_at_the_end_of_a_page() -> None:
    rows: list[Row] = []
    for group in range(12):
        rows.append(Row((Cell(f"Group{group}."), Cell("")), heading=True))
        rows += [Row((Cell(f"row{group}x{n}"), Cell("1")), indent=1) for n in range(5)]
    table = Table("t", "Long", (Column("First"), Column("Second", "number")), tuple(rows), number="1")
    for lines in range(20, 32):
        reader = document(*(Paragraph(f"Line {n}") for n in range(lines)), table)
        for text in (squeezed(page.extract_text()) for page in reader.pages):
            assert all((f"Group{group}." in text) == (f"row{group}x0" in text) for group in range(12)), lines


def test_footnotes_that_are_longer_than_a_page_go_on_upon_the_next() -> None:
    notes = tuple(f"Note{n}: " + "no change for want of a value, " * 14 + f"end{n}." for n in range(40))
    for rows in (2, 80):
        cells = tuple(Row((Cell(f"row{n}"),)) for n in range(rows))
        reader = document(Table("t", "Noted", (Column("First"),), cells, notes, "1"), Paragraph("After."))
        pages = [squeezed(page.extract_text()) for page in reader.pages]
        held = [sum(f"end{n}." in page for n in range(len(notes))) for page in pages]
        assert sum(held) == len(notes) and max(held) < 30, "no more stand on a page than have a place there"


def drawing(number: int, height: int) -> Figure:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="680" height="{height}" viewBox="0 0 680 {height}"/>'
    return Figure(f"f{number}", f"Drawing{number}", "", "nothing is drawn", svg, str(number))


def test_a_figure_that_has_no_place_stands_on_the_next_page_and_the_text_goes_on() -> None:
    lines = [Paragraph(f"Line{n}.") for n in range(60)]
    reader = document(*lines[:22], drawing(1, 600), *lines[22:26], drawing(2, 60), *lines[26:])
    pages = [squeezed(page.extract_text()) for page in reader.pages]
    assert all(f"Line{n}." in pages[0] for n in range(26)), "the text goes on where the figure has no place"
    assert ("Drawing" in pages[0], pages[1].index("Drawing1") < pages[1].index("Drawing2")) == (False, True)
    in_order("".join(pages), (one.text for one in lines))


def test_figures_between_texts_keep_their_order_wherever_the_page_ends() -> None:
    for lines in range(0, 48, 4):
        text = [Paragraph(f"Line{n}.") for n in range(lines)]
        pairs = [(Paragraph(f"Before{n}."), drawing(n, height)) for n, height in enumerate((120, 150, 150, 330), 1)]
        reader = document(*text, *(one for pair in pairs for one in pair), Paragraph("After."))
        held = [squeezed(page.extract_text()) for page in reader.pages]
        for n in range(1, 5):
            named, shown = (
                next(k for k, page in enumerate(held) if word in page) for word in (f"Before{n}.", f"Drawing{n}")
            )
            assert shown > named or held[named].index(f"Before{n}.") < held[named].index(f"Drawing{n}"), lines


def test_the_heading_of_nothing_but_figures_stands_over_the_first_and_the_next_below_the_last() -> None:
    for lines in range(20, 44, 3):
        before = Section("b", "Before", tuple(Paragraph(f"Line{n}.") for n in range(lines)))
        drawn = Section("d", "Timelines", tuple(drawing(n, 300) for n in range(1, 6)))
        after = Section("a", "History", tuple(Paragraph(f"More{n}.") for n in range(30)))
        reader = opened(pdf_document(COVER, (before, drawn, after)))
        pages = [squeezed(page.extract_text()) for page in reader.pages]
        (first,) = [page for page in pages if "Timelines" in page]
        in_order(first, ("Timelines", "Drawing1"))
        in_order("".join(pages), ("Timelines", *(f"Drawing{n}" for n in range(1, 6)), "History", "More0."))


def test_a_figure_that_has_its_place_stands_where_it_is_named() -> None:
    (page,) = document(Paragraph("Before."), drawing(1, 300), Paragraph("After.")).pages
    in_order(squeezed(page.extract_text()), ("Before.", "Drawing1", "After."))


def test_the_article_of_eight_cases_has_six_pages(series: Summary) -> None:
    assert 6 >= len(opened(files(series, formats=("pdf",))["article.pdf"]).pages)


def test_tables_and_figures_that_a_text_names_are_links() -> None:
    table = Table("t", "One", (Column("x"),), (Row((Cell("1"),)),), number="S1")
    reader = document(Paragraph("See Table S1, and Table 9."), table)
    links = [one.get_object() for page in reader.pages for one in page.get("/Annots", [])]
    assert 1 == len(links)


def test_characters_that_the_font_lacks_are_told(runs: ModuleType) -> None:
    strange = runs.hostile()
    sections = page_of(strange, formats=("pdf",))[1]
    texts = declared_text.paragraphs(sections)
    assert any("show a box for" in text for text in texts) == any("show a box for" in text for text in
        declared_text.paragraphs(page_of(strange, "print")[1]))  # fmt: skip
    assert not any("show a box for" in text for text in declared_text.paragraphs(page_of(strange)[1]))


def test_article_and_supplement_are_files_of_their_own(series: Summary) -> None:
    found = files(series, formats=("pdf",))
    cover, sections = article_cover(front(series)), page_of(series)[1]
    assert {"article.pdf", "supplement.pdf"} == set(found) - set(files(series))
    printed = [as_printed(section) for section in sections]
    held_against(opened(found["article.pdf"]), (*cover.first, *of_layer(printed, "article")))
    held_against(opened(found["supplement.pdf"]), of_layer(printed, "supplement"))
