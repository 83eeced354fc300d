"""What the line asks of a source, whether it is a chart that was read or a database: the tables of some patients, and counts of what it read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol as Interface

from caseseries.chart.derived import derive, with_derived
from caseseries.chart.row_counts import count_attributes, count_attributes_by
from caseseries.chart.row_counts import tally as chart_tally
from caseseries.chart.store import Numbers, store
from caseseries.chart.tables import Chart, Kind
from caseseries.cohort import tally_others
from caseseries.cohort.eligibility import no_index
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.source.omop.cited import cite_history, cite_values
from caseseries.source.omop.needed import unmatched
from caseseries.source.omop.source import OmopSource
from caseseries.stats.tally import Key, Tally
from caseseries.summary.model import Kept


class Source(Interface):
    """Patients of one protocol, in an engine.

    `history` makes the tables of the patients with low <= number <= high (None: no bound) but for their values, which `values` makes for the
    patients of a table (patient, index_day), near their index dates; each counts what became of the rows it read. `described` counts what
    is told of the included cases beside the chart's tables, `described_by` that by the answer that a table of groups holds of a case; `rest`
    what belongs to no range, given the counts of all of them.
    """

    # What each of them is stands above and at the two sources below: no docstring for each here, hence D102.
    @property
    def engine(self) -> Engine: ...  # noqa: D102
    @property
    def numbers(self) -> Numbers: ...  # noqa: D102
    @property
    def dated(self) -> bool: ...  # noqa: D102
    @property
    def invented(self) -> bool: ...  # noqa: D102
    @property
    def kept(self) -> Kept: ...  # noqa: D102
    @property
    def relative(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def only(self) -> Mapping[Kind, tuple[str, ...]]: ...  # noqa: D102
    def history(self, low: int | None, high: int | None) -> Tally: ...  # noqa: D102
    def values(self, near: str, *, repeated: bool = False) -> Tally: ...  # noqa: D102
    def release(self, measures: Collection[str]) -> None: ...  # noqa: D102
    def described(self) -> Tally: ...  # noqa: D102
    def described_by(self, groups: str) -> Iterable[tuple[str, Key, int]]: ...  # noqa: D102
    def rest(self, counted: Tally, seen: Collection[tuple[str, str]] | None) -> Tally: ...  # noqa: D102


@dataclass(slots=True)
class ChartSource:
    """A chart that was read, loaded whole: one range."""

    engine: Engine
    protocol: Protocol
    chart: Chart
    numbers: Numbers = field(init=False)
    _stored: bool = field(init=False, default=True)

    def __post_init__(self) -> None:
        self._store()

    def _store(self) -> None:
        self.numbers = with_derived(self.protocol, store(self.engine, self.chart))
        derive(self.engine, self.protocol, self.numbers)

    @property
    def dated(self) -> bool:
        """Whether days are days of a calendar."""
        return self.chart.dated

    @property
    def invented(self) -> bool:
        """Whether the chart describes nobody."""
        return self.chart.invented

    @property
    def kept(self) -> Kept:
        """A database whose patients were read as a chart counts all its persons."""
        return "database" if "person" in self.chart.counted else "chart"

    @property
    def relative(self) -> tuple[str, ...]:
        """On which days counted from the index date rows stand."""
        return self.chart.relative

    @property
    def only(self) -> Mapping[Kind, tuple[str, ...]]:
        """The words of a kind that the chart could tell, where it could not tell others."""
        return self.chart.only

    def history(self, low: int | None = None, high: int | None = None) -> Tally:
        """Load the chart again, unless it is loaded; its values with it."""
        if not self._stored:
            self._store()
        self._stored = False
        return Tally()

    def values(self, near: str, *, repeated: bool = False) -> Tally:
        """Nothing: they are there."""
        return Tally()

    def release(self, measures: Collection[str]) -> None:
        """Nothing: a chart has room."""

    def described(self) -> Tally:
        """The attributes that the chart description keeps."""
        return count_attributes(self.engine, self.chart, self.numbers)

    def described_by(self, groups: str) -> Iterable[tuple[str, Key, int]]:
        """The attributes of the cases by their answer in a table of groups: the answer, the key as of all cases, how often."""
        return count_attributes_by(self.engine, self.chart, self.numbers, groups)

    def rest(self, counted: Tally, seen: Collection[tuple[str, str]] | None) -> Tally:
        """Rows, findings and the screening log of the whole chart."""
        return chart_tally(self.chart, no_index(self.protocol))


@dataclass(slots=True)
class DatabaseSource:
    """A database, range by range."""

    omop: OmopSource
    kept: Kept = "database"
    dated: bool = True
    relative: tuple[str, ...] = ()

    @property
    def engine(self) -> Engine:
        """The engine the tables are made in."""
        return self.omop.engine

    @property
    def numbers(self) -> Numbers:
        """Names by number."""
        return self.omop.numbers

    @property
    def invented(self) -> bool:
        """Whether the database describes nobody."""
        return self.omop.described.invented

    @property
    def only(self) -> Mapping[Kind, tuple[str, ...]]:
        """The words of a kind that the database could tell, where it could not tell others."""
        return self.omop.numbers.only

    def history(self, low: int | None = None, high: int | None = None) -> Tally:
        """Make the tables of a range, and note the first refused rows."""
        counts = self.omop.history(low, high)
        counts.merge(cite_history(self.omop))
        return counts

    def values(self, near: str, *, repeated: bool = False) -> Tally:
        """Make the values of a range, and note the first refused rows."""
        counts = self.omop.values(near, repeated=repeated)
        derive(self.omop.engine, self.omop.protocol, self.omop.numbers, self.omop.recorded)
        counts.merge(cite_values(self.omop))
        return counts

    def release(self, measures: Collection[str]) -> None:
        """Keep the values of these measures only."""
        self.omop.release(measures)

    def described(self) -> Tally:
        """Nothing: a database keeps no attributes."""
        return Tally()

    def described_by(self, groups: str) -> Iterable[tuple[str, Key, int]]:
        """Nothing, as in :meth:`described`."""
        return ()

    def rest(self, counted: Tally, seen: Collection[tuple[str, str]] | None) -> Tally:
        """What opening it showed, the rows of everybody, the persons without any row of the index drug or event, names without any row (`seen`
        are those that the counts show), and rows that nobody asked for."""
        others = self.omop.people.count - counted.total("persons")
        rest = self.omop.everybody() + tally_others(self.omop.protocol, others)
        rest.merge(self.omop.findings + unmatched(self.omop, seen or ()) + self.omop.left_out())
        rest.merge(self.omop.unasked(counted + rest))
        return rest
