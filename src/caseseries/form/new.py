"""A study to start from: a protocol and a chart description written after a look at the files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from caseseries.disk.modes import make_folder
from caseseries.disk.whole import write_new
from caseseries.errors import OutputError
from caseseries.form.alike import together
from caseseries.form.guess import guess
from caseseries.form.looked_at import look
from caseseries.form.outline import outline
from caseseries.form.start_chart import start_chart
from caseseries.form.start_protocol import start_protocol


def new(paths: Sequence[Path], out: Path, *, dictionary: Path | None = None) -> tuple[Path, Path]:
    """Write protocol.yaml and chart.yaml to start from, after a look at a workbook, a folder of CSV files, or the files themselves; or
    at a REDCap export and its data `dictionary`.

    Without paths both are general. Suggestions are marked `# suggested`; where a person must decide, `TO DECIDE` stands, which
    nothing takes for an answer. The data stay where they are.

    Raises:
        ChartError: the files cannot be looked at.
        OutputError: one of the two files exists already, or cannot be written.
    """
    targets = out / "protocol.yaml", out / "chart.yaml"
    for target in targets:
        if target.exists():
            raise OutputError(
                f"{target.name} exists already.",
                where=str(target),
                do="Name another folder with --out. Nothing was written.",
            )
    source, tables = look(paths, dictionary=dictionary) if paths else (Path("chart"), [])
    tables = together(tables)
    found = outline(guess(tables), tables)
    name = _relative(source, out) if paths else "chart"
    texts = start_protocol(found), start_chart(name, found)
    try:
        files = {target: text.encode() for target, text in zip(targets, texts, strict=True)}
        make_folder(out, exist_ok=True)  # what a header or a cell says may stand in a comment
        write_new(files)
    except UnicodeEncodeError:
        raise OutputError(
            "The name of a file or folder of the chart is not in UTF-8, and cannot stand in chart.yaml.",
            where=str(source).encode("utf-8", "backslashreplace").decode(),
            do="Rename it. Nothing was written.",
        ) from None
    except OSError as wrong:
        raise OutputError("The files cannot be written.", where=str(out), do=f"{wrong.strerror}.") from None
    return targets


def _relative(source: Path, out: Path) -> str:
    """The way from the folder of the description to the source, with forward slashes; the whole path across drives."""
    try:
        return Path(os.path.relpath(source.resolve(), out.resolve())).as_posix()
    except ValueError:
        return source.resolve().as_posix()
