"""A chart that was checked: what became of its rows, who is a case, and what must be settled; no outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caseseries.brief import on_screen
from caseseries.chart.tables import Chart, Finding, SourceRow, TakenWord
from caseseries.cohort import Cohort
from caseseries.cohort.unseen import unseen_events
from caseseries.errors import InputError, shortened
from caseseries.protocol.protocol import Protocol
from caseseries.study import empty_windows
from caseseries.study.data_frames import as_pandas, as_polars, known
from caseseries.study.line import included_days
from caseseries.summary.frames import columns_of, flat

if TYPE_CHECKING:
    import pandas
    import polars


@dataclass(frozen=True, slots=True)
class CheckedCase:
    """One case: whether it is included, and otherwise the criterion that failed; `undetermined` where that is not known."""

    case_id: str
    patient: str
    included: bool
    failed: str
    undetermined: bool


#: The tables of a check and what one row of each is.
CHECKED: Mapping[str, type] = {"findings": Finding, "rows": SourceRow, "words": TakenWord, "cases": CheckedCase}


@dataclass(frozen=True, slots=True)
class Checked:
    """A chart as it was read, who is a case in it, and what must be settled before the study can run.

    `cohort` is None where that must be settled before there are cases.
    """

    protocol: Protocol
    chart: Chart
    cohort: Cohort | None
    stops: InputError | None = None

    def table(self, name: str) -> list[dict[str, Any]]:
        """`findings`, `rows`, `words` or `cases` as plain rows; no outcome stands in any of them."""
        known("table", name, CHECKED)
        return [flat(row) for row in self._rows(name)]

    def to_pandas(self, name: str = "findings") -> pandas.DataFrame:
        """One of these tables as a pandas data frame, where pandas is installed; one without rows has its columns."""
        return as_pandas(self.table(name), columns_of(CHECKED[name]))

    def to_polars(self, name: str = "findings") -> polars.DataFrame:
        """The same as a polars data frame."""
        return as_polars(self.table(name), columns_of(CHECKED[name]))

    def _rows(self, name: str) -> Iterable[Any]:
        match name:
            case "findings":
                return self.chart.findings
            case "rows":
                return self.chart.rows
            case "words":
                return self.chart.words
        cases = self.cohort.cases if self.cohort is not None else ()
        return [CheckedCase(one.case_id, one.patient, one.included, one.failed, one.undetermined) for one in cases]

    def __repr__(self) -> str:
        """What became of the rows and who is a case, in numbers; no outcome, and nothing of a patient."""
        found = Counter(finding.severity for finding in self.chart.findings)
        lines = [f"Checked {shortened(self.protocol.study)!r}"]
        lines += [
            f"  {name}: {', '.join(f'{n:,} {what}' for what, n in counts.items())}"
            for name, counts in self.chart.account().items()
        ]
        told = ", ".join(f"{n:,} {severity}{'s' * (n != 1)}" for severity, n in sorted(found.items()))
        lines.append(f"  findings: {told or 'none'}")
        if self.cohort is not None:
            lines.append(f"  eligible: {len(self.cohort.included):,} of {len(self.cohort.cases):,}")
        if self.stops is not None:
            lines.append(f"  the study cannot be run: {self.stops.what} ({len(self.stops.problems):,} to settle)")
        return on_screen("\n".join(lines))

    @property
    def windows(self) -> Mapping[str, int]:
        """How many included cases have a value in each window that an outcome looks at; empty while there are no cases."""
        if self.cohort is None:
            return {}
        return empty_windows.filled(self.protocol, self.chart, included_days(self.cohort))

    @property
    def unseen(self) -> Mapping[str, str]:
        """The intercurrent events that decide something and could be seen in nobody, each with why."""
        chart = self.chart
        return unseen_events(self.protocol, chart.unknown(), chart.only, database="person" in chart.counted)
