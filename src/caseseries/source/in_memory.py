"""A chart of data frames in memory in place of files, read by the same description and the same readers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from caseseries.chart.described import Table
from caseseries.chart.description import Description, described, load_description
from caseseries.chart.frame_cells import HEADER, every_name, frame_digest, frame_sheet
from caseseries.chart.limits import Limits
from caseseries.chart.opened import Opened, read_bytes
from caseseries.chart.sheet import Sheet
from caseseries.chart.tables import Chart
from caseseries.disk.hashes import digest
from caseseries.errors import ChartError, Place, Problem
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.yaml import read as document
from caseseries.source.attached import attach
from caseseries.source.lines import with_lines
from caseseries.source.read import chart_of

#: Settings of a table that count the rows of a file, in which the names of the columns have rows of their own.
_COUNTED = ("header", "first_row", "last_row", "skip_rows")
#: Settings of a table that say on which sheets of which files it is, or name single cells of them.
_OF_SHEETS = ("files", "except_files", "sheets", "except_sheets", "cells", "one_row")


def read_frames(
    protocol: Protocol,
    description: Path | Mapping[str, Any],
    frames: Mapping[str, object],
    *,
    limits: Limits | None = None,
    day_of_run: int | None = None,
) -> Chart:
    """The chart of frames: pandas, polars or Arrow, or lists of dicts; each under the name of a table, or of the file or sheet that it names.

    `description` is that of the files (`chart.yaml`) or the same as a mapping; what it says of the source is not looked at. A cell
    is cited by the frame's name, its row (the first below the names is row 1) and its column.

    Raises:
        ChartError: the description is wrong, a table has no frame, a frame no table, or one cannot be read at all.
    """
    limits = limits or Limits()
    if isinstance(description, Mapping):
        text = json.dumps({"source": "frames", **description}, ensure_ascii=False, default=str)
        declared, inputs = (
            described(document(text, file="description", error=ChartError)),
            {"description": digest(text.encode())},
        )
    else:
        declared = load_description(description)
        inputs = {description.name: digest(read_bytes(description, limits))}
    names = _frame_of_each(declared, frames)
    _need_rows_of_frames(declared)
    sheets = {name: frame_sheet(frames[name], name, limits) for name in sorted(set(names.values()))}
    tables = {table: _of_frame(one, names[table]) for table, one in declared.tables.items()}
    here = declared.model_copy(update={"tables": tables})
    held: dict[tuple[str, str], Sheet] = {(name, ""): sheet for name, sheet in sheets.items()}
    opened = Opened(Path(), here, limits, sheets=held, of={table: [(name, "")] for table, name in names.items()})
    chart = chart_of(protocol, here, opened, day_of_run)
    if isinstance(description, Path):
        chart = replace(chart, findings=with_lines(chart.findings, document(description, error=ChartError)))
    inputs |= {f"frame {name}": frame_digest(sheet) for name, sheet in sheets.items()}
    return attach(replace(chart, inputs=inputs), protocol)


def _of_frame(table: Table, name: str) -> Table:
    return table.model_copy(
        update={"file": name, "sheet": None, "header": (HEADER,), "first_row": table.first_row or HEADER + 1}
    )


def _frame_of_each(declared: Description, frames: Mapping[str, object]) -> dict[str, str]:
    """The name of the frame of each table.

    Raises:
        ChartError: a table has none or two, or a frame is no table's.
    """
    problems, found = [], {}
    for name in frames:
        if not isinstance(name, str) or not name.strip():
            raise _stop([Problem("a frame has a name that is no text", allowed="the name of a table")])
    for table, one in declared.tables.items():
        named = [name for name in dict.fromkeys((table, one.file, one.sheet)) if name and name in frames]
        if len(named) == 1:
            found[table] = named[0]
        elif named:
            what = f"table {table!r} has two frames: {every_name(named)}"
            problems.append(Problem(what, do="leave one of them out"))
        else:
            names = every_name(name for name in (table, one.file, one.sheet) if name)
            problems.append(Problem(f"table {table!r} has no frame", allowed=f"one under {names}"))
    unused = sorted(set(frames) - set(found.values())) if not problems else []
    problems += [
        Problem(f"no table is read from the frame {name!r}", allowed=every_name(declared.tables)) for name in unused
    ]
    if problems:
        raise _stop(problems)
    return found


def _need_rows_of_frames(declared: Description) -> None:
    """Refuse rows counted in files, where row 1 holds the names of the columns: in a frame they would be other rows.

    Raises:
        ChartError: a table of a file, or of a sheet, names rows; or decisions about single cells stand beside one.
    """
    problems = []
    for name, table in declared.tables.items():
        said = [one for one in _COUNTED if getattr(table, one) != type(table).model_fields[one].default]
        if (table.file or table.sheet) and said:
            do = "leave out `file` and `sheet`, and count the rows of the frame: row 1 is the first below the names"
            problems.append(
                Problem(f"table {name!r}: `{said[0]}` counts the rows of {table.file or table.sheet}", do=do)
            )
        elif of_sheets := [one for one in _OF_SHEETS if getattr(table, one) != type(table).model_fields[one].default]:
            do = "one frame with the rows of all sheets, and columns in place of single cells"
            problems.append(Problem(f"table {name!r}: `{of_sheets[0]}` is about the sheets of files", do=do))
        elif "header" in said:
            problems.append(Problem(f"table {name!r}: a frame has its names apart", do="leave out `header`"))
    if any(table.file or table.sheet for table in declared.tables.values()) and (declared.accept or declared.doubtful):
        what = "`accept` and `doubtful` count the rows of files"
        do = "leave out `file` and `sheet` of the tables, name the frame as the `file` of a decision, and count its rows from 1"
        problems.append(Problem(what, do=do))
    if problems:
        raise _stop(problems)


def _stop(problems: list[Problem]) -> ChartError:
    placed = [replace(one, place=Place("frames")) for one in problems]
    return ChartError("The frames cannot be read as they are described.", placed, do="Nothing was run.")
