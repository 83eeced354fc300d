"""A chart that was checked: what became of its rows, who is a case, and what must be settled; no outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from caseseries.brief import on_screen
from caseseries.chart.tables import Chart, Finding, RowStatus, SourceRow, TakenWord
from caseseries.cohort import Cohort
from caseseries.cohort.unseen import unseen_events
from caseseries.errors import CaseSeriesError, InputError, shortened
from caseseries.protocol.protocol import Protocol
from caseseries.stats.tally import Tally
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
    """What became of every row, who is a case and why others are none, and what must be settled before the study can run; no outcome.

    `tally` has the sections rows, finding, persons and cases; the last two are missing while there are no cases yet. `chart` is
    what was read of a chart, `cohort` the cases one by one where they are few enough for it; None where something must be settled before there
    are cases.
    """

    protocol: Protocol
    tally: Tally
    stops: InputError | None = None
    chart: Chart | None = None
    cohort: Cohort | None = None

    @property
    def has_cohort(self) -> bool:
        """Whether there are cases."""
        return any(True for _ in self.tally.section("persons"))

    @property
    def eligible(self) -> int | None:
        """How many cases are included; None while there are none yet."""
        return self.tally.total("cases", "", "") if self.has_cohort else None

    def table(self, name: str) -> list[dict[str, Any]]:
        """`findings`, `rows`, `words` or `cases` as plain rows; no outcome stands in any of them.

        Raises:
            CaseSeriesError: no such table; the patients were counted, and `tally` holds the counts.
        """
        known("table", name, CHECKED)
        return [flat(row) for row in self._rows(name)]

    def to_pandas(self, name: str = "findings") -> pandas.DataFrame:
        """One of these tables as a pandas data frame, where pandas is installed; one without rows has its columns."""
        return as_pandas(self.table(name), columns_of(CHECKED[name]))

    def to_polars(self, name: str = "findings") -> polars.DataFrame:
        """One of these tables as a polars data frame, where polars is installed; one without rows has its columns."""
        return as_polars(self.table(name), columns_of(CHECKED[name]))

    def _rows(self, name: str) -> Iterable[Any]:
        if self.chart is None:
            raise CaseSeriesError("This check counted its patients: none is held one by one.", do="Look into `tally`.")
        match name:
            case "findings":
                return self.chart.findings
            case "rows":
                return self.chart.rows
            case "words":
                return self.chart.words
        if self.cohort is None and self.has_cohort:
            raise CaseSeriesError("This check counted its cases: none is held one by one.", do="Look into `tally`.")
        cases = self.cohort.cases if self.cohort is not None else ()
        return [CheckedCase(one.case_id, one.patient, one.included, one.failed, one.undetermined) for one in cases]

    def __repr__(self) -> str:
        """What became of the rows and who is a case, in numbers; no outcome, and nothing of a patient."""
        lines = [f"Checked {shortened(self.protocol.study)!r}"]
        accounts: dict[str, Counter[str]] = {}
        for (table, status, *_), n in self.tally.section("rows"):
            accounts.setdefault(str(table), Counter())[str(status)] += n
        for table, counts in accounts.items():
            each = "".join(f", {counts[status]:,} {status}" for status in get_args(RowStatus))
            lines.append(f"  {table}: {counts.total():,} read{each}")
        found = Counter[str]()
        for (severity, *_), n in self.tally.section("finding"):
            found[str(severity)] += n
        told = ", ".join(f"{n:,} {severity}{'s' * (n != 1)}" for severity, n in sorted(found.items()))
        lines.append(f"  findings: {told or 'none'}")
        if self.has_cohort:
            lines.append(f"  eligible: {self.tally.total('cases', '', ''):,} of {self.tally.total('cases'):,}")
        if self.stops is not None:
            lines.append(f"  the study cannot be run: {self.stops.what} ({len(self.stops.problems):,} to settle)")
        return on_screen("\n".join(lines))

    @property
    def windows(self) -> Mapping[str, int]:
        """How many included cases have a value in each window that an outcome looks at; empty where cases are not held one by one."""
        if self.cohort is None or self.chart is None:
            return {}
        return empty_windows.filled(self.protocol, self.chart, included_days(self.cohort))

    @property
    def unseen(self) -> Mapping[str, str]:
        """The intercurrent events that decide something and could be seen in nobody, each with why."""
        chart = self.chart
        if chart is not None:
            return unseen_events(self.protocol, chart.unknown(), chart.only, pulses_untold=chart.pulses_untold)
        found = {str(what): str(why) for (what, why), _ in self.tally.section("not charted because")}
        return {what.removeprefix("event: "): why for what, why in found.items() if what.startswith("event: ")}
