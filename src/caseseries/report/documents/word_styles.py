"""The styles of a Word document: our own, or those of a template, to which what is missing is added.

Of a template nothing but its styles, lists, colours and size of paper is taken: no text, header, picture, macro or property.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from caseseries.errors import CaseSeriesError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Width and height of A4, and the height of a Letter, in twentieths of a point.
A4, LETTER = (11906, 16838), 15840
_MOST = 20_000_000  # bytes of a template, and of each part of it that is read
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#: What cannot be read, whatever is wrong with it: no zip file, encrypted, a part missing, cut short, or no XML.
_BROKEN = (
    OSError,
    KeyError,
    ValueError,
    SyntaxError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Template:
    """What is taken of a hospital's document: parts as XML, and the width and height of its paper in twentieths of a point."""

    styles: bytes
    numbering: bytes = b""
    theme: bytes = b""
    paper: tuple[int, int] = A4


def read_template(path: Path) -> Template:
    """The styles of a Word document or template file.

    Raises:
        CaseSeriesError: there is no such file, or it is none that Word writes today (.docx, .dotx, .docm, .dotm).
    """
    try:
        if path.stat().st_size > _MOST:
            raise ValueError("larger than 20 MB")
        with zipfile.ZipFile(path) as package:
            return _read(package)
    except _BROKEN as failed:
        missing = isinstance(failed, FileNotFoundError)
        raise CaseSeriesError(
            "There is no such template." if missing else "The template cannot be read as a Word document.",
            where=str(path),
            expected="a file that Word saved as .docx or .dotx",
            do="Name another file, or leave the template away.",
        ) from failed


def _read(package: zipfile.ZipFile) -> Template:
    from docx.oxml.parser import parse_xml

    document = _targets(package, "_rels/.rels")["officeDocument"]
    folder, _, name = document.rpartition("/")
    parts = {kind: f"{folder}/{target}" for kind, target in _targets(package, f"{folder}/_rels/{name}.rels").items()}
    styles = _part(package, parts["styles"])
    if parse_xml(styles).tag != f"{_W}styles":
        raise ValueError("no styles")
    found = [_part(package, parts[kind]) if kind in parts else b"" for kind in ("numbering", "theme")]
    for part in filter(None, found):
        parse_xml(part)
    numbering, theme = found
    return Template(styles, numbering, theme, _paper(parse_xml(_part(package, document))))


def _part(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name.lstrip("/")) as part:
        content = part.read(_MOST + 1)
    if len(content) > _MOST:
        raise ValueError("a part larger than 20 MB")
    return content


def _targets(package: zipfile.ZipFile, name: str) -> dict[str, str]:
    from docx.oxml.parser import parse_xml

    found = {one.get("Type", ""): one.get("Target", "") for one in parse_xml(_part(package, name))}
    return {kind.removeprefix(_KINDS): target.removeprefix("/word/") for kind, target in found.items()}


def _paper(document: Any) -> tuple[int, int]:
    """Width and height of the last section's paper, where figures have room on it; else of A4."""
    sizes = [one for section in document.iter(f"{_W}sectPr") for one in section.iter(f"{_W}pgSz")]
    texts = [sizes[-1].get(f"{_W}{side}", "") for side in ("w", "h")] if sizes else []
    if not all(re.fullmatch(r"[0-9]{1,5}", text) for text in texts):
        return A4
    width, height = sorted(int(text) for text in texts) if texts else A4
    return (width, height) if A4[0] <= width <= 2 * A4[0] and LETTER <= height <= 2 * A4[1] else A4


def own_styles() -> Any:
    """Our own styles, with fonts that every Word has."""
    from docx.oxml.parser import parse_xml

    return parse_xml(resources.files("caseseries.report.documents").joinpath("word_styles.xml").read_bytes())


def joined(template: Template | None) -> tuple[Any, Any, Mapping[str, str]]:
    """The styles and lists of a document, and the id of each of our styles by its name: of the template where it has one of that name."""
    from docx.oxml.parser import parse_xml

    own = own_styles()
    lists = parse_xml(template.numbering if template and template.numbering else _NO_LISTS)
    bullet = _add_bullets(lists)
    if template is None:
        merged, added, ids = (
            own,
            list(own.iter(f"{_W}style")),
            {_name(one): one.get(f"{_W}styleId") for one in own.iter(f"{_W}style")},
        )
    else:
        merged = parse_xml(template.styles)
        ids, added = _added(merged, own)
    for style in added:
        for element in style.iter(f"{_W}numId"):
            element.set(f"{_W}val", str(bullet))
    return merged, lists, {name: str(found) for name, found in ids.items()}


def _added(merged: Any, own: Any) -> tuple[dict[str, str], list[Any]]:
    """Ids of our styles by name, and copies of those that the template lacks, in the font of its text."""
    there = {
        (_name(one).casefold(), one.get(f"{_W}type")): one.get(f"{_W}styleId") for one in merged.iter(f"{_W}style")
    }
    taken = set(there.values())
    ids: dict[str, str] = {}
    renamed: dict[str, str] = {}
    added = []
    for style in own.iter(f"{_W}style"):
        name, old = _name(style), style.get(f"{_W}styleId")
        found = there.get((name.casefold(), style.get(f"{_W}type")))
        if found is None:
            found = old
            while found in taken:
                found = f"Case{found}"
            taken.add(found)
            copy = deepcopy(style)
            copy.set(f"{_W}styleId", found)
            copy.attrib.pop(f"{_W}default", None)
            for fonts in list(copy.iter(f"{_W}rFonts")):
                fonts.getparent().remove(fonts)
            added.append(copy)
        ids[name] = renamed[old] = found
    for copy in added:
        for tag in ("basedOn", "next"):
            for element in copy.iter(f"{_W}{tag}"):
                element.set(f"{_W}val", renamed[element.get(f"{_W}val")])
        merged.append(copy)
    return ids, added


def _name(style: Any) -> str:
    element = style.find(f"{_W}name")
    return "" if element is None else str(element.get(f"{_W}val", ""))


_NO_LISTS = b'<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
_BULLETS = (
    '<w:abstractNum xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" w:abstractNumId="{number}">'
    '<w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/>'
    '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="284" w:hanging="227"/></w:pPr></w:lvl></w:abstractNum>'
)
_NUMBER = (
    '<w:num xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" w:numId="{number}">'
    '<w:abstractNumId w:val="{of}"/></w:num>'
)


def _add_bullets(lists: Any) -> int:
    """Add our list to those that there are, whose pictures are left out; its number."""
    from docx.oxml.parser import parse_xml

    for tag in ("numPicBullet", "lvlPicBulletId"):
        for element in list(lists.iter(f"{_W}{tag}")):
            element.getparent().remove(element)
    kinds = [int(one.get(f"{_W}abstractNumId")) for one in lists.findall(f"{_W}abstractNum")]
    numbers = [int(one.get(f"{_W}numId")) for one in lists.findall(f"{_W}num")]
    kind, number = max(kinds, default=-1) + 1, max(numbers, default=0) + 1
    lists.insert(len(kinds), parse_xml(_BULLETS.format(number=kind)))
    after = len(kinds) + 1 + len(numbers)
    lists.insert(after, parse_xml(_NUMBER.format(number=number, of=kind)))
    return number
