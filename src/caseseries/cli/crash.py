"""What is kept of a defect of this software: where it happened, and no value of the chart."""

from __future__ import annotations

import os
import platform
import tempfile
import traceback
from pathlib import Path

from caseseries import __version__
from caseseries.cli.streams import UNHARMED


def report(error: BaseException, command: str) -> str:
    """Write a crash report that is safe to send, and return the line that says where it is.

    It holds versions, the command's name, and the places in the code; no message, no argument and no variable,
    because these may hold what a cell says. The file can be read by the user alone.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = Path(__file__).resolve().parents[1]
    where = "unknown"
    lines = []
    for frame in frames:
        path = Path(frame.filename)
        inside = path.resolve().is_relative_to(ours)
        short = str(path.resolve().relative_to(ours)) if inside else "/".join(path.parts[-2:])
        lines.append(f"  {short}:{frame.lineno} in {frame.name}")
        if inside:
            where = f"{short}:{frame.lineno}"
    kinds = []
    link: BaseException | None = error
    while link is not None:
        kinds.append(type(link).__name__)
        link = link.__cause__ or link.__context__
    text = "\n".join(
        [
            f"caseseries {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}",
            f"command: {command}",
            f"error: {' caused by '.join(kinds)} (its message is left out: it could hold a value of the chart)",
            "where:",
            *lines,
            "",
        ]
    )
    line = f"A defect of caseseries stopped this command ({type(error).__name__} at {where}). {UNHARMED}"
    try:
        handle, name = tempfile.mkstemp(prefix="caseseries-crash-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        return f"{line}\n{text}"
    return f"{line} A report that holds no value of your data is in {name}; please send it with the bug report."
