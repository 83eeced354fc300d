"""Looking into a workbook before it is opened: sizes, ratio, entities; counted while unpacking, because sizes lie."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO

from caseseries.chart.limits import Limits
from caseseries.errors import ChartError, Place, Problem

#: Memory that one cell takes once read is some 500 bytes, so this many stay below 1 GiB.
MOST_CELLS = 1_500_000
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Contents:
    """What the archive holds that matters: formulas, macros, links to other files."""

    formulas: bool
    macros: bool
    links: bool


def inspect(content: bytes, file: str, limits: Limits) -> Contents:
    """What a workbook holds, once its sizes are known to be bearable.

    Raises:
        ChartError: it would unpack to more than the limits, declares entities, or is damaged.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            declared = sum(member.file_size for member in members)
            most = min(limits.unpacked, max(10_000_000, limits.ratio * len(content)))
            if len(members) > limits.members or declared > most:
                allowed = f"at most {most} bytes in {limits.members} parts"
                raise _stop(file, "the workbook would unpack to far more than its size", allowed)
            if any(member.flag_bits & 1 for member in members):
                raise _stop(file, "the workbook is locked with a password", "", "save a copy without one")
            names = {member.filename for member in members}
            formulas, cells = False, 0
            for member in members:
                seen = _walk(archive, member, file, limits)
                if member.filename.startswith("xl/worksheets/"):
                    formulas = formulas or seen.formulas
                    cells += seen.cells
            if cells > MOST_CELLS:
                raise _stop(
                    file,
                    "the workbook holds too many cells",
                    f"at most {MOST_CELLS}",
                    "save its sheets as CSV, which may be larger",
                )
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise _stop(file, "the workbook is damaged", "", "open it in a spreadsheet program and save it again") from None
    return Contents(
        formulas=formulas,
        macros=any(name.endswith("vbaProject.bin") for name in names),
        links=any(name.startswith("xl/externalLinks/") for name in names),
    )


@dataclass(slots=True)
class _Seen:
    formulas: bool = False
    cells: int = 0


_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def _walk(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: str, limits: Limits) -> _Seen:
    seen, total, tail = _Seen(), 0, b""
    markup = member.filename.endswith((".xml", ".rels", ".vml"))
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            total += len(chunk)
            if total > limits.unpacked or total > member.file_size:
                raise _stop(file, "the workbook unpacks to more than it declares", f"at most {limits.unpacked} bytes")
            if markup:
                joined = tail + chunk
                if _ENTITY.search(joined):
                    raise _stop(
                        file,
                        "the workbook declares entities, which no spreadsheet program writes",
                        "",
                        "save it again as .xlsx",
                    )
                seen.formulas = seen.formulas or b"<f>" in joined or b"<f " in joined or b"<f/>" in joined
                seen.cells += chunk.count(b"<c ")
                tail = joined[-10:]
    return seen


def _stop(file: str, what: str, allowed: str = "", do: str = "") -> ChartError:
    return ChartError(
        f"{file} cannot be read.", [Problem(what, Place(file), allowed=allowed, do=do)], do="Nothing was run."
    )
