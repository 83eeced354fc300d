"""A database with the names of one protocol found in it: what every step that reads it needs to know."""

from __future__ import annotations

from dataclasses import dataclass, field

from caseseries.chart.day_of_run import today
from caseseries.chart.store import Numbers
from caseseries.chart.tables import day_number
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.source.omop.description import Omop
from caseseries.source.omop.known_persons import People
from caseseries.source.omop.opened import Opened
from caseseries.source.omop.sets import Sets
from caseseries.source.omop.unit_name import UnitName
from caseseries.stats.tally import Tally

#: A day after every day that is read.
NO_CUTOFF = 1_000_000


#: The values before any were read.
NOTHING = "SELECT * FROM omop_nothing"


@dataclass(slots=True)
class Database:
    """A database opened for one protocol.

    `numbers` are the protocol's measures, drugs and terms by number (patients are their own numbers); `findings` what opening it
    showed; `people` who is in the table person; `fatal` the concepts of adverse events that say that the person died; `unit_names` those units
    that were looked up already; `with_event` how many persons have a row of the index drug or event, once they were looked for;
    `recorded` the query of the values that are read, before derived measures are added.
    """

    opened: Opened
    protocol: Protocol
    sets: Sets
    numbers: Numbers
    findings: Tally
    people: People
    fatal: frozenset[int] = frozenset()
    unit_names: dict[int, UnitName] = field(default_factory=dict)
    with_event: int | None = None
    recorded: str = NOTHING

    @property
    def engine(self) -> Engine:
        """The engine the tables are made in."""
        return self.opened.engine

    @property
    def described(self) -> Omop:
        """What `omop.yaml` says."""
        return self.opened.description

    @property
    def cutoff(self) -> int:
        """The last day the data speak about: the protocol's data cut-off, or a day after all days."""
        declared = self.protocol.period.data_cutoff
        return NO_CUTOFF if declared is None else day_number(declared)

    @property
    def latest(self) -> int:
        """Where no cut-off is declared, the day of the run, after which no row can be dated unless dates were shifted."""
        return NO_CUTOFF if self.protocol.period.data_cutoff is not None or self.described.shifted_dates else today()
