"""The rows of a REDCap export while it is taken apart, and when a cell of one says something."""

from __future__ import annotations

from dataclasses import dataclass, field

from caseseries.chart.described_redcap import RedcapProject
from caseseries.chart.redcap_dictionary import RedcapDictionary
from caseseries.chart.redcap_header import ExportColumn
from caseseries.chart.sheet import Bad, Raw, shown
from caseseries.chart.tables import Finding

TICKED = frozenset(["1", "checked", "yes", "true"])
NOT_TICKED = frozenset(["0", "unchecked", "no", "false"])


@dataclass(frozen=True, slots=True)
class Told:
    """What the chart description says: codes for missing values (folded), one word each for yes and no, and the columns that are
    read: of all tables (`wanted`), and of those the values of measures (`measured`).
    """

    missing: frozenset[str]
    yes: str = "yes"
    no: str = "no"
    wanted: frozenset[str] = frozenset()
    measured: frozenset[str] = frozenset()


@dataclass(slots=True)
class Export:
    """An export while it is taken apart."""

    file: str
    declared: RedcapProject
    dictionary: RedcapDictionary
    told: Told
    columns: list[ExportColumn]
    rows: dict[int, list[Raw]]
    findings: list[Finding] = field(default_factory=list)
    labels: bool = False

    def at(self, name: str) -> int | None:
        """The position of a column."""
        return next((at for at, one in enumerate(self.columns) if one.name == name), None)

    def text(self, row: int, at: int | None) -> str:
        """What stands in a cell as it was exported."""
        return "" if at is None else shown(self.rows[row][at])


def says_something(export: Export, row: int, at: int) -> bool:
    """Whether a cell shows that somebody filled in its form: not its status, and no box that is not ticked, which is written in any case."""
    one, text = export.columns[at], export.text(row, at)
    if isinstance(export.rows[row][at], Bad):  # two readings that differ
        return True
    if not text or one.status or one.field is None:
        return False
    return text.casefold() in TICKED if one.code else True
