"""What a run has found: counts and spreads, and where cases are few enough to be shown, the cases themselves.

Numbers are exact fractions where they are exact. No calendar date and no birth date is held here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from caseseries.brief import brief
from caseseries.chart.tables import Kind
from caseseries.errors import ensure
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan
from caseseries.safety.follow import Status
from caseseries.summary.agreement import Agreement
from caseseries.summary.answer_groups import TableOneBy
from caseseries.summary.cases import Cases
from caseseries.summary.event_count import EventCountSummary
from caseseries.summary.exposure import ExposureSummary
from caseseries.summary.lab_grades import LabGradesSummary
from caseseries.summary.levels import LevelsSummary
from caseseries.summary.over_time import OverTime
from caseseries.summary.result import NONE, Count, FlowStep, Reason, Result
from caseseries.summary.safety_summary import SafetySummary
from caseseries.summary.site import Site as Site
from caseseries.summary.site import SourceKind as SourceKind
from caseseries.summary.spells import SpellsSummary
from caseseries.summary.spread import Spread
from caseseries.summary.strata import StrataSummary
from caseseries.summary.time_to import TimeSummary
from caseseries.summary.trajectory import TrajectorySummary
from caseseries.summary.value_at import ValueSummary

#: Who a report is for: those who hold the data, a journal with its single cases, or the public, who see counts alone.
ReadBy = Literal["internal", "journal", "public"]

#: The fields of a summary that do not come from counts: who runs a study fills them.
FILLED_BY_STUDY = ("fingerprints", "locked", "deviations", "suggested", "unnoted", "choices")

#: What was read: the charts of a review, a database of routine data, or both, by several sites.
Kept = Literal["chart", "database", "both"]


@dataclass(frozen=True, slots=True)
class Answers:
    """The cases of one outcome under one spec (or of one index year) by their answer. `of_included` and `of_evaluable` are ranges
    where the counts are. `unplaced` are the cases of which it is not known whether they belong to the denominator, by answer: yes, no,
    not evaluable.
    """

    spec: int
    reading: str
    year: int
    yes: Count
    no: Count
    not_evaluable: Count
    outside: Count
    of_included: Result
    of_evaluable: Result
    unplaced: tuple[Count, Count, Count] = (NONE, NONE, NONE)

    @property
    def inside(self) -> Count:
        """The denominator: the cases that belong to it for certain."""
        return self.yes + self.no + self.not_evaluable


@dataclass(frozen=True, slots=True)
class Responders:
    """Counts of one outcome under one spec, with intervals. Denominators: all included, then evaluable, then worst and best case.

    With a rule `among` the included are those for which it holds: `outside` are those for which it does not, `unplaced` those of whom
    that is not known. These stand in the worst and the best case: counted there where that makes the share smaller, or larger.
    `denominator` names whom the headline is of.
    """

    outcome: str
    spec: int
    reading: str
    yes: int
    no: int
    not_evaluable: int
    outside: int
    of_included: Result
    of_evaluable: Result
    worst_case: Result
    best_case: Result
    intervals: tuple[Result, ...]
    unplaced: int = 0
    denominator: str = "the included cases"

    def __repr__(self) -> str:
        return f"<{self.outcome!r}, {self.reading}: {self.yes} yes, {self.no} no, {self.not_evaluable} not evaluable>"


@dataclass(frozen=True, slots=True)
class ChangeSummary:
    """Before, after and change of one measure under the protocol as written, over the cases with both values.

    `percent` is the percent decrease from the value before, of doses, and the percent change of others where it is declared; it is of the cases with
    a value before above 0. `absent` counts the cases without, as (window, reason, n); n, those, and `withheld` (cases of sites that told nothing of
    this measure) are the denominator. `spreads` holds `before`, `after`, `change` and `percent` where there is one. `among` names the cases it is
    limited to (`with ...`), as the outcome's verdict is; empty where all included count. `days` says on which days a dose from courses is read; empty
    for what is recorded at visits.
    """

    outcome: str
    measure: str
    before_window: str
    after_window: str
    n: int
    before: Mapping[str, Result]
    after: Mapping[str, Result]
    change: Mapping[str, Result]
    percent: Mapping[str, Result]
    tests: tuple[Result, ...]
    absent: tuple[tuple[str, str, int], ...]
    withheld: int
    spreads: Mapping[str, Spread]
    among: str = ""
    days: str = ""

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the robustness grid. `flips` counts the cases that answer otherwise than under the primary spec, by `from → to`."""

    spec: int
    reading: str
    role: Literal["primary", "reading", "grid"]
    windows: tuple[tuple[str, str], ...]
    missing: str
    dose: str
    answers: Answers
    flips: tuple[Reason, ...]
    varied: tuple[str, ...]

    __repr__ = brief

    @property
    def primary(self) -> bool:
        """Whether it is the protocol as written."""
        return self.role == "primary"


@dataclass(frozen=True, slots=True)
class OutcomeSummary:
    """Everything that is counted of one verdict outcome.

    `responders` are the primary spec and the readings whose counts are exact; `answers` has every one of them, exact or not. `years` are the answers
    under the primary spec by index year (none for charts without dates; 0 holds the years too small to be told). `why` are the reasons of the not
    evaluable, `decided` the events that decided, `occurred` the events that occurred, each by spec number, in the order of their counts.
    """

    plan: OutcomePlan
    responders: tuple[Responders, ...]
    answers: tuple[Answers, ...]
    years: tuple[Answers, ...]
    grid: tuple[Cell, ...]
    why: Mapping[int, tuple[Reason, ...]]
    decided: Mapping[int, tuple[Reason, ...]]
    occurred: Mapping[int, tuple[Reason, ...]]
    changes: tuple[ChangeSummary, ...]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class DrugCount:
    """Cases that took another drug before the index date, on it, or from after it on; once in each role it had.

    `unclear` are those of whom it is not known, because it depends on days that are not.
    """

    drug: str
    name: str
    groups: tuple[str, ...]
    earlier: Count
    background: Count
    added: Count
    unclear: Count = NONE


@dataclass(frozen=True, slots=True)
class Deaths:
    """Who died of the included patients, each counted once, by the days from the index date of the last case before the death.

    `patients` are all of whom this is told, `within` the deaths within follow-up; `days` describes `spread`, which leaves out the deaths
    `between` two days, whose day is not known.
    """

    patients: int
    died: int
    within: Count
    share: Result
    days: Mapping[str, Result]
    spread: Spread
    between: int = 0


@dataclass(frozen=True, slots=True)
class NotCharted:
    """A kind of fact of which nothing is known for so many cases of so many patients, with why."""

    cases: int
    patients: Count
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowCount:
    """Rows of one table of the source that had one fate."""

    table: str
    status: str
    reason: str
    n: Count


@dataclass(frozen=True, slots=True)
class FindingCount:
    """Something a person should look at, and how often it was met."""

    severity: str
    rule: str
    message: str
    n: Count


@dataclass(frozen=True, slots=True)
class CitedRow:
    """A refused row by its table and id, with its person; for the private list of findings alone."""

    table: str
    reason: str
    row: int | None
    person: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A finished run, before any format: what every source can tell as counts, and `cases` where they are few enough to be shown.
    `event_counts` are events over all cases, `times` times to an event, `spells` in states, `values_at` values at one time, `trajectories`
    slopes, `outcomes` verdicts;
    of `levels` at least each, the widest first. `included` counts cases, `patients` those whose they are; `rounded`: quotients were counted rounded.
    `limits` says in sentences what is a range or was not told, `not_charted` which kinds of fact (or `event: NAME`, `other drugs: GROUP`,
    `adverse events: NAME`) some or all sources could not tell. `adverse_events` counts the charted ones by what is known of them, declared or
    not; `graded` are laboratory values graded by CTCAE, `exposures` doses added up; the study fills the last fields. `audience` is who
    may read it, `changed` what was left out or made coarse for them.
    """

    protocol: Protocol
    measures: Mapping[str, MeasureFacts]
    kept: Kept
    invented: bool
    dated: bool
    relative: tuple[str, ...]
    included: int
    patients: Count
    flow: tuple[FlowStep, ...]
    outcomes: Mapping[str, OutcomeSummary]
    change_outcomes: tuple[ChangeSummary, ...]
    table_one: tuple[Result, ...]
    follow_up: Mapping[str, Result]
    spreads: Mapping[str, Spread]
    drugs: tuple[DrugCount, ...]
    prior: tuple[Result, ...]
    safety: SafetySummary | None
    adverse_events: Mapping[Status, Count]
    deaths: Deaths | None
    not_charted: Mapping[str, NotCharted]
    findings: tuple[FindingCount, ...]
    rows: tuple[RowCount, ...]
    accounts: Mapping[str, Mapping[str, Count]]
    limits: tuple[str, ...]
    pending: tuple[str, ...]
    cases: Cases | None = None
    sites: tuple[Site, ...] = ()
    rounded: bool = False
    only: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    suggested: tuple[str, ...] = ()
    unnoted: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    cited: tuple[CitedRow, ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    locked: str = ""
    deviations: tuple[str, ...] = ()
    levels: Mapping[str, LevelsSummary] = field(default_factory=dict)
    agreements: tuple[Agreement, ...] = ()
    over_time: tuple[OverTime, ...] = ()
    strata: Mapping[str, StrataSummary] = field(default_factory=dict)
    times: Mapping[str, TimeSummary] = field(default_factory=dict)
    event_counts: Mapping[str, EventCountSummary] = field(default_factory=dict)
    spells: Mapping[str, SpellsSummary] = field(default_factory=dict)
    values_at: tuple[ValueSummary, ...] = ()
    graded: tuple[LabGradesSummary, ...] = ()
    trajectories: tuple[TrajectorySummary, ...] = ()
    exposures: tuple[ExposureSummary, ...] = ()
    table_one_by: TableOneBy | None = None
    audience: ReadBy = "internal"
    changed: tuple[str, ...] = ()

    __repr__ = brief

    @property
    def shown(self) -> Cases:
        """The cases, of a run that shows them one by one; whoever asks knows that this one does."""
        ensure(self.cases is not None, "single cases of a run that only counts them")
        assert self.cases is not None
        return self.cases

    @property
    def changes(self) -> tuple[ChangeSummary, ...]:
        """Every change, those of verdict outcomes first."""
        return (*(change for one in self.outcomes.values() for change in one.changes), *self.change_outcomes)

    @property
    def valued_measures(self) -> set[str]:
        """The measures of which a change, a value at one time or a trajectory is declared as an outcome by itself."""
        return {one.measure for kind in (self.change_outcomes, self.values_at, self.trajectories) for one in kind}

    @property
    def measures_by_day(self) -> set[str]:
        """The measures that times to an event and spells read on the visit days of a window."""
        timed = {measure for one in self.times.values() for measure in one.measures}
        return timed | {measure for one in self.spells.values() for measure in one.measures}

    def charted(self, kind: str) -> int:
        """How many included cases stand in sources that could tell this kind of fact, or one event (`adverse events: NAME`)."""
        lacking = self.not_charted.get(kind)
        return self.included - (lacking.cases if lacking is not None else 0)

    def nowhere(self, kind: str) -> bool:
        """Whether no source could tell this kind of fact, so that there is no number of it."""
        return kind in self.not_charted and not self.charted(kind)
