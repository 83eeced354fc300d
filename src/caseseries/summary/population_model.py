"""What a run over very many patients has found: counts and spreads, no patient among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from caseseries.brief import brief
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan
from caseseries.summary.model import FlowStep, Number, Responders, Result
from caseseries.summary.population_spread import Spread


@dataclass(frozen=True, slots=True, order=True)
class Count:
    """A number of cases; where a site told only a range, it lies from `low` to `high`.

    >>> str(Count(7, 7)), str(Count(41, 44)), Count(7, 7).exact, Count(1, 4).exact
    ('7', '41–44', 7, None)
    """

    low: int
    high: int

    @property
    def relative(self) -> tuple[str, ...]:
        """A database stands on days of the calendar alone."""
        return ()

    @property
    def exact(self) -> int | None:
        """The number where it is known."""
        return self.low if self.low == self.high else None

    def __add__(self, other: Count) -> Count:
        return Count(self.low + other.low, self.high + other.high)

    def __str__(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low}–{self.high}"


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
    unplaced: tuple[Count, Count, Count] = (Count(0, 0), Count(0, 0), Count(0, 0))


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason or an event with the number of cases it applies to."""

    words: str
    n: Count


@dataclass(frozen=True, slots=True)
class PopulationCell:
    """One cell of the robustness grid. `flips` counts the cases that answer otherwise than under the primary spec, by `from → to`."""

    spec: int
    reading: str
    role: str
    windows: tuple[tuple[str, str], ...]
    missing: str
    dose: str
    answers: Answers
    flips: tuple[Reason, ...]
    varied: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PopulationChange:
    """Before, after and change of one measure under the protocol as written, over the cases with both values.

    The results have the keys and ids of :class:`caseseries.summary.model.ChangeSummary`. `absent` counts the cases without, as
    (window, reason, n); n, those, and `withheld` (cases of sites that told nothing of this measure) are all included cases.
    `spreads` holds `before`, `after`, `change` and for doses `percent` (percent decrease from baseline).
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
class PopulationOutcome:
    """Everything about one verdict outcome.

    `responders` are the primary spec and the readings whose counts are exact; `answers` has every one of them, exact or not.
    `years` are the answers under the primary spec by index year (none for charts without dates; 0 holds the years too small to be
    told). `why` are the reasons of the not evaluable, `decided` the events that decided, `occurred` the events that occurred, each
    by spec number, in the order of their counts.
    """

    plan: OutcomePlan
    responders: tuple[Responders, ...]
    answers: tuple[Answers, ...]
    years: tuple[Answers, ...]
    grid: tuple[PopulationCell, ...]
    why: Mapping[int, tuple[Reason, ...]]
    decided: Mapping[int, tuple[Reason, ...]]
    occurred: Mapping[int, tuple[Reason, ...]]
    changes: tuple[PopulationChange, ...]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Term:
    """One adverse event: how many on treatment, how many not and why, in how many patients, and its rate.

    `people` are the patients of the sources that could tell this event, on whose time the rate rests.
    """

    term: str
    events: Count
    patients: Count
    people: Count
    rate: Result
    not_counted: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PopulationMonitoring:
    """How a count was looked for: values, patients with one, values beyond the declared bound, values per patient-year."""

    measure: str
    values: Count
    patients: Count
    beyond: Count
    per_patient_year: Number | None
    bound: str

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class NotCharted:
    """A kind of fact of which nothing is known for so many cases of so many patients, with why."""

    cases: int
    patients: Count
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PopulationSafety:
    """Adverse events over person-time; `terms` by number of events on treatment, the most frequent first.

    `patient_years`, `people` and every number rest on the sources alone in which adverse events were charted; `all_patient_years` are those
    of all. Where no source charted them there is no estimate and no interval. `undated` counts events without a date.
    """

    events: Count
    not_counted: tuple[Reason, ...]
    patient_years: Fraction
    all_patient_years: Fraction
    people: Count
    rate: Result
    with_event: Result
    with_any: Result
    undated: Count
    terms: tuple[Term, ...]
    monitoring: tuple[PopulationMonitoring, ...]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class PopulationDeaths:
    """Who died of the included patients, each counted once, by the days from the index date of the last case before the death.

    `patients` are all of whom this is told, `within` the deaths within follow-up; `days` describes `spread`.
    """

    patients: int
    died: int
    within: Count
    share: Result
    days: Mapping[str, Result]
    spread: Spread

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
    unclear: Count = Count(0, 0)


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
class Population:
    """A finished run over very many patients, before any format.

    `included` counts cases and `patients` those whose cases they are. `limits` says in sentences what is a range or was not told,
    `not_charted` which kinds of fact some or all sources could not tell. The last fields are filled by the study, as in a summary.
    """

    protocol: Protocol
    measures: Mapping[str, MeasureFacts]
    invented: bool
    dated: bool
    included: int
    patients: Count
    flow: tuple[FlowStep, ...]
    outcomes: Mapping[str, PopulationOutcome]
    change_outcomes: tuple[PopulationChange, ...]
    table_one: tuple[Result, ...]
    follow_up: Mapping[str, Result]
    spreads: Mapping[str, Spread]
    drugs: tuple[DrugCount, ...]
    prior: tuple[Result, ...]
    safety: PopulationSafety | None
    deaths: PopulationDeaths | None
    not_charted: Mapping[str, NotCharted]
    findings: tuple[FindingCount, ...]
    rows: tuple[RowCount, ...]
    accounts: Mapping[str, Mapping[str, Count]]
    limits: tuple[str, ...]
    pending: tuple[str, ...]
    suggested: tuple[str, ...] = ()
    unnoted: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    cited: tuple[CitedRow, ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    locked: str = ""
    deviations: tuple[str, ...] = ()

    __repr__ = brief

    @property
    def relative(self) -> tuple[str, ...]:
        """A database stands on days of the calendar alone."""
        return ()

    def charted(self, kind: str) -> int:
        """How many included cases stand in sources that could tell this kind of fact, or one event (`adverse events: NAME`)."""
        lacking = self.not_charted.get(kind)
        return self.included - (lacking.cases if lacking is not None else 0)

    def nowhere(self, kind: str) -> bool:
        """Whether no source could tell this kind of fact, so that there is no number of it."""
        return kind in self.not_charted and not self.charted(kind)
