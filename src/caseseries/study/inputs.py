"""What a study is run on: a chart or a database by its description, frames, or a chart that was read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeGuard

from caseseries.chart.row_counts import tally as chart_tally
from caseseries.chart.tables import Chart
from caseseries.errors import CaseSeriesError
from caseseries.source.omop import is_omop
from caseseries.stats.tally import Tally

#: What a study is run on: the path of a description, one in Python (with `frames`), or a chart that was read.
Described = str | Path | Chart | Mapping[str, Any]
#: Data frames by the names of their tables.
Frames = Mapping[str, object] | None


def description_of(chart: Described) -> Path | Mapping[str, Any]:
    """The description of frames.

    Raises:
        CaseSeriesError: a chart that was read, or a database, has no frames.
    """
    if isinstance(chart, Chart):
        raise CaseSeriesError("A chart that was read has no frames.", do="Name its description, or leave out `frames`.")
    if isinstance(chart, Mapping):
        return chart
    if is_omop(Path(chart)):
        raise CaseSeriesError("A database has no frames.", where=str(chart), do="Name a chart description.")
    return Path(chart)


def read_only(read: Chart) -> Tally:
    """The rows and findings of a chart without cases."""
    every = chart_tally(read, "")
    return Tally({key: n for key, n in every.counts.items() if key[0] in {"rows", "finding"}})


def decimals_words(*, exact: bool) -> str:
    """How doses, percents and means were counted, for run.json."""
    return "exactly" if exact else "to 4 decimals, percents to 2"


def is_database(source: Described) -> TypeGuard[str | Path]:
    """Whether it is the description of a database."""
    return isinstance(source, str | Path) and is_omop(Path(source))


def digest(inputs: Mapping[str, str]) -> str:
    """The SHA-256 of everything that was read: each file's name and hash, by name."""
    lines = "".join(f"{name} {found}\n" for name, found in sorted(inputs.items()))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()
