"""What a run has found: frozen tables that the report prints and computes nothing from.

Days are relative to the index date; no calendar date and no birth date is held here. Numbers are exact fractions where they are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from caseseries.brief import brief
from caseseries.chart.tables import Ends, Finding, Kind, SourceRow
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan
from caseseries.safety.follow import Status, status
from caseseries.verdict.trace import Verdict

Number = Fraction | float


@dataclass(frozen=True, slots=True)
class Result:
    """One number of the report. Grain: one estimate. `id` is stable: `outcome/spec/quantity`.

    `estimate`, `lower`, `upper` are None where undefined, and `absent_because` says why.
    """

    id: str
    label: str
    estimate: Number | None
    lower: Number | None = None
    upper: Number | None = None
    n: int | None = None
    total: int | None = None
    unit: str = ""
    method: str = ""
    absent_because: str = ""


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One box of the flow diagram. `removed` are the side boxes: reason and number of patients (or courses).

    A box of an `outcome` is a branch from the included: `n` its denominator, `parts` its answers, which add up to n; nobody who is not
    evaluable is removed. Those outside the denominator, or of whom that is not known, are.
    """

    label: str
    n: int
    removed: tuple[tuple[str, int], ...] = ()
    outcome: str = ""
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case. Grain: patient x index episode, the excluded ones too.

    `attributes` are the columns of the patient table the chart description kept (such as onset or antibodies). `death_day` is
    relative to the index date, whether or not the case was still followed. `index_date` is for patients.csv alone, which stays with
    those who hold the chart: the date as YYYY-MM-DD, or the planned day of an undated chart.
    """

    case_id: str
    patient: str
    status: Literal["included", "excluded"]
    failed_criterion: str
    undetermined: bool
    sex: str
    age_years: int | None
    disease_duration_days: int | None
    observed_days: int | None
    on_drug_days: int | None
    ongoing: bool
    attributes: tuple[tuple[str, str], ...] = ()
    death_day: int | None = None
    index_date: str = ""
    death_latest: int | None = None

    __repr__ = brief


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
    """Before, after and change of one measure under one spec. `percent` is percent of baseline where asked (doses).

    `among` names the cases it is limited to (`with ...`), as the outcome's verdict is; empty where all included count. `days` says on
    which days a dose from courses is read; empty for what is recorded at visits.
    """

    outcome: str
    spec: int
    measure: str
    before_window: str
    after_window: str
    n: int
    before: Mapping[str, Result]
    after: Mapping[str, Result]
    change: Mapping[str, Result]
    percent: Mapping[str, Result]
    tests: tuple[Result, ...]
    absent: tuple[tuple[str, str], ...]
    among: str = ""
    days: str = ""

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the robustness grid: who responds under one spec, and who flips against the primary one."""

    spec: int
    reading: str
    windows: tuple[tuple[str, str], ...]
    missing: str
    dose: str
    yes: int
    not_evaluable: int
    total: int
    flips: tuple[tuple[str, str], ...]
    changes: Mapping[str, Fraction | None]
    primary: bool
    varied: tuple[str, ...]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class DrugUse:
    """One drug of one case, beside the study drug, in one role. Days relative to index; `end` None where ongoing.

    `possible` are the days on which it may have begun and ended where they are not known to the day; then `start` and `end` only say where
    it is drawn.
    """

    case_id: str
    drug: str
    name: str
    groups: tuple[str, ...]
    role: Literal["earlier", "background", "added", "unclear"]
    start: int
    end: int | None
    stop_reason: str
    possible: Ends | None = None


@dataclass(frozen=True, slots=True)
class StudyDrug:
    """One course of the study drug, for the swimmer plot and the dose columns. `dose_text` as written."""

    case_id: str
    start: int
    end: int | None
    dose_text: str
    stop_reason: str = ""
    possible: Ends | None = None


@dataclass(frozen=True, slots=True)
class AdverseEvent:
    """One adverse event of one included case. `day` None where undated; `why_not` says why it is not on treatment.

    `low` and `high` are the earliest and the latest day that it may have had; where they differ, `perhaps` are the drugs taken on some of
    these days, and `concurrent` those taken on all. `ends` are the days between which it ended, where that is not known to the day.
    """

    case_id: str
    day: int | None
    end: int | None
    term: str
    grade: str
    serious: str
    outcome: str
    attribution: str
    concurrent: tuple[str, ...]
    on_treatment: bool
    why_not: str
    low: int | None = None
    high: int | None = None
    perhaps: tuple[str, ...] = ()
    ends: tuple[int, int] | None = None

    @property
    def status(self) -> Status:
        """On treatment, possibly, not, undated, or not assessed because the protocol declares no safety."""
        return status(self.why_not)


@dataclass(frozen=True, slots=True)
class MonitoredValue:
    """A value of a monitored count, with the days between which its date lies; `censor` where it is known only as a limit."""

    case_id: str
    low: int
    high: int
    value: Fraction
    censor: str = ""


@dataclass(frozen=True, slots=True)
class Monitoring:
    """How a count was looked for: number of values, per patient-year, those beyond the declared bound, and those that may be."""

    measure: str
    values: int
    patients: int
    per_patient_year: Number | None
    beyond: tuple[MonitoredValue, ...]
    bound: str
    perhaps: tuple[MonitoredValue, ...] = ()

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class SafetySummary:
    """Adverse events over person-time: `patient_years` for certain, `most_patient_years` with all days that may have been on treatment.

    `patients_any` are those with any charted event, on treatment or not, dated or not.

    Where adverse events were not charted there are no events, and the results have neither an estimate nor an interval.
    """

    events: tuple[AdverseEvent, ...]
    patient_years: Fraction
    most_patient_years: Fraction
    rate: Result
    patients_with_event: Result
    patients_any: Result
    monitoring: tuple[Monitoring, ...]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Pivotal:
    """What the verdicts of one outcome hang on, as lists of case ids with a reason each.

    kinds: `judgement alone` and `judgement` (without it the rule would answer otherwise; alone, where nothing measured had a part
    in it), `worsened component` (a responder one of whose components moved the wrong way), `threshold out of reach` (baseline too near
    the ceiling), `raised before index` (glucocorticoid dose raised within 60 days before the index date), `decided by event`.
    """

    kind: str
    case_id: str
    detail: str


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a series, for figures."""

    case_id: str
    measure: str
    day: int
    value: Fraction
    chosen: str


@dataclass(frozen=True, slots=True)
class OutcomeSummary:
    """Everything about one verdict outcome."""

    plan: OutcomePlan
    verdicts: Mapping[int, tuple[Verdict, ...]]
    responders: tuple[Responders, ...]
    changes: tuple[ChangeSummary, ...]
    grid: tuple[Cell, ...]
    pivotal: tuple[Pivotal, ...]
    sentences: Mapping[str, str]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Summary:
    """A finished run, before any format.

    `charted_events` are the adverse events of the included cases, whether or not the protocol declares safety. `not_charted` holds the
    kinds of fact of which nothing is known, with why; `only` the names of a kind that could be charted where others could not.
    """

    protocol: Protocol
    measures: Mapping[str, MeasureFacts]
    invented: bool
    dated: bool
    relative: tuple[str, ...]
    flow: tuple[FlowStep, ...]
    cases: tuple[CaseRow, ...]
    outcomes: Mapping[str, OutcomeSummary]
    change_outcomes: tuple[ChangeSummary, ...]
    drugs: tuple[DrugUse, ...]
    study_drug: tuple[StudyDrug, ...]
    prior: tuple[Result, ...]
    follow_up: Mapping[str, Result]
    table_one: tuple[Result, ...]
    safety: SafetySummary | None
    charted_events: tuple[AdverseEvent, ...]
    not_charted: Mapping[Kind, str]
    only: Mapping[Kind, tuple[str, ...]]
    pre_index: tuple[tuple[str, str], ...]
    points: tuple[Point, ...]
    doses: tuple[tuple[str, tuple[tuple[int, Fraction | None], ...]], ...]
    findings: tuple[Finding, ...]
    rows: tuple[SourceRow, ...]
    accounts: Mapping[str, Mapping[str, int]]
    suggested: tuple[str, ...]
    unnoted: str
    choices: tuple[tuple[str, str], ...]
    fingerprints: Mapping[str, str]
    locked: str
    deviations: tuple[str, ...]
    pending: tuple[str, ...]

    __repr__ = brief

    @property
    def included(self) -> tuple[CaseRow, ...]:
        """The included cases."""
        return tuple(case for case in self.cases if case.status == "included")
