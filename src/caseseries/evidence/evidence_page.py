"""A page beside the report of a run, from the same blocks: its folder with tables, figures and numbers, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from caseseries import __version__
from caseseries.errors import OutputError
from caseseries.report import bundle
from caseseries.report.contents import numbered, tables_of
from caseseries.report.exhibits.included import INVENTED
from caseseries.report.exhibits.printed_blocks import Block, Figure, Section, Table
from caseseries.report.figures.axis import FAINT
from caseseries.report.figures.scene import Scene
from caseseries.report.figures.svg import svg_text
from caseseries.report.files.csv_file import table_csv
from caseseries.report.page.render import Front, page
from caseseries.verdict.number_style import PLAIN, Style, in_style

#: As the run.json of a run, so that an earlier folder can be replaced by a later one; `made` says by which command.
SCHEMA = "caseseries.run/1"


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """A finished page: `made` is the command that makes it, `numbers` its content for programs, `texts` further files by name.

    `plain` are its tables as programs read them, where those of the page are printed in another style.
    """

    made: str
    front: Front
    sections: tuple[Section, ...]
    numbers: Mapping[str, Any]
    texts: Mapping[str, str]
    invented: bool
    plain: tuple[Table, ...] | None = None

    def page(self) -> str:
        """The whole page, self-contained."""
        return page(self.front, self.sections)

    def files(self) -> dict[str, bytes]:
        """Every file but run.json, by its path in the folder; equal evidence gives equal bytes."""
        note = INVENTED if self.invented else ""
        found = {f"{self.made}.html": self.page(), f"{self.made}.json": _json(self.numbers), **self.texts}
        for table in tables_of(self.sections) if self.plain is None else self.plain:
            found[f"tables/{table.number:0>2}-{table.key}.csv"] = table_csv(table, note)
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Figure):
                    found[f"figures/{block.key}.svg"] = f"{block.svg}\n"
        return {name: text.encode("utf-8", "replace") for name, text in found.items()}

    def write(self, out: Path, inputs: Sequence[Path] = ()) -> Path:
        """Write the folder, whole or not at all; an earlier folder of the same command is replaced.

        Raises:
            OutputError: the folder cannot be written, or holds something that this command did not write.
        """
        refuse(out, self.made, inputs)
        made = self.files()
        hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(made.items())}
        content = {
            "schema": SCHEMA,
            "made": self.made,
            "software": {"caseseries": __version__, "python": platform.python_version(), "platform": sys.platform},
            "study": self.front.study,
            "invented": self.invented,
            "fingerprints": dict(self.front.prints),
            "files": hashes,
        }
        bundle.write_folder(out, {**made, "run.json": _json(content).encode()}, inputs=inputs)
        return out


def styled(made: Callable[[], EvidencePage], style: Style) -> EvidencePage:
    """The page with its numbers printed in a style; its tables and numbers for programs are the same whatever it is."""
    with in_style(PLAIN):
        plain = made()
    if style == PLAIN:
        return plain
    with in_style(style):
        return replace(made(), numbers=plain.numbers, plain=tables_of(plain.sections))


def refuse(out: Path, made: str, inputs: Sequence[Path] = ()) -> None:
    """Refuse, before any work, a folder that could not be written, or that holds the report of a run or the work of another command.

    Raises:
        OutputError: with the place and what to do.
    """
    bundle.refuse(out, inputs=inputs)
    try:
        content = json.loads((out / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return
    if not isinstance(content, dict) or content.get("made") != made:
        raise OutputError(
            "The folder holds the results of something else.",
            where=str(out),
            do="Choose another folder: it would be replaced as a whole.",
        )


def sections_of(parts: Mapping[str, Sequence[Block | None]], titles: Mapping[str, str]) -> tuple[Section, ...]:
    """Sections with their tables and figures numbered; an empty one is left out."""
    return numbered(parts, titles)


def figure_of(key: str, title: str, caption: str, alt: str, scenes: tuple[Scene, Scene], invented: bool) -> Figure:
    """A figure from its scene and from that for narrow paper, marked where the data are invented."""
    if invented:
        alt = f"{INVENTED}. {alt}"
        for scene in scenes:
            scene.line((20, scene.height + 2), (scene.width - 20, scene.height + 2), stroke=FAINT, width=0.6)
            scene.label(scene.width / 2, scene.height + 15, INVENTED, size=9, anchor="middle", color="#8a3b00")
            scene.height += 22
    wide, narrow = scenes
    return Figure(
        key, title, caption, alt, svg_text(wide, key, title, alt), narrow=svg_text(narrow, f"{key}-narrow", title, alt)
    )


def fingerprint_of(asked: Mapping[str, Any]) -> str:
    """SHA-256 of what was asked."""
    return hashlib.sha256(_json(asked).encode()).hexdigest()


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
