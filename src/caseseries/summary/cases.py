"""The cases of a run one by one, where they are few enough to be shown: who, what was recorded of them, and what they hang on.

Days are relative to the index date; no calendar date and no birth date is held here. Numbers are exact fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from caseseries.brief import brief
from caseseries.chart.tables import Ends, Finding, SourceRow
from caseseries.response.threshold_counts import ThresholdCounts
from caseseries.safety.follow import Status, status
from caseseries.verdict.exposure import CaseExposure
from caseseries.verdict.lab_grades import CaseGrade
from caseseries.verdict.spells import CaseSpells
from caseseries.verdict.time_to import CaseTime
from caseseries.verdict.trace import Verdict


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case. Grain: patient x index episode, the excluded ones too.

    `attributes` are the columns of the patient table the chart description kept (such as onset or antibodies). `death_day` is
    relative to the index date, whether or not the case was still followed. `index_date` is for patients.csv alone, which stays with
    those who hold the chart: the date as YYYY-MM-DD, or the planned day of an undated chart. `age_band` stands
    for `age_years` where ages are not told.
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
    age_band: str = ""

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
    these days, and `concurrent` those taken on all. `ends` are the days between which it ended, where that is not known to the day. `action` is
    what was done with the study drug because of it, as written; empty where it is not recorded.
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
    action: str = ""

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
class Beyond:
    """The values of a monitored count beyond its declared bound on treatment, and those that may be: known only as a limit, or perhaps not
    on treatment."""

    measure: str
    bound: str
    values: tuple[MonitoredValue, ...]
    perhaps: tuple[MonitoredValue, ...] = ()

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class OutcomeCases:
    """The cases of one verdict outcome.

    `verdicts`, `flips` (case and `from → to` against the primary spec) and `mean_changes` (of the measures compared, over the denominator)
    are by spec number; `sentences` say why under the protocol as written (none of one on exactly a level); `thresholds` are the answers
    at other thresholds of the rule, where it has one.
    """

    verdicts: Mapping[int, tuple[Verdict, ...]]
    flips: Mapping[int, tuple[tuple[str, str], ...]]
    mean_changes: Mapping[int, Mapping[str, Fraction | None]]
    pivotal: tuple[Pivotal, ...]
    sentences: Mapping[str, str]
    thresholds: ThresholdCounts | None = None

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Cases:
    """Everything of a run that speaks of single cases; `rows` has the excluded ones too.

    `outcomes` has every verdict, also those on exactly one level; `levels` say by outcome and case why it has its level, `times`
    hold by outcome the time of each included case to an event, `spells` those of each included case.
    `without_change` lists, by outcome and measure, the cases of the denominator without a change and why. `events` are the adverse events
    of the included cases, whether or not the protocol declares safety; `doses` each case's daily dose as steps: the first day of it, and
    mg/day, None from where it is not known; `graded` the worst laboratory grade of each included case, `exposure` its
    cumulative doses. `findings` and `source_rows` stand with their
    cells.
    """

    rows: tuple[CaseRow, ...]
    outcomes: Mapping[str, OutcomeCases]
    without_change: Mapping[tuple[str, str], tuple[tuple[str, str], ...]]
    drugs: tuple[DrugUse, ...]
    study_drug: tuple[StudyDrug, ...]
    events: tuple[AdverseEvent, ...]
    beyond: tuple[Beyond, ...]
    pre_index: tuple[tuple[str, str], ...]
    points: tuple[Point, ...]
    doses: tuple[tuple[str, tuple[tuple[int, Fraction | None], ...]], ...]
    findings: tuple[Finding, ...]
    source_rows: tuple[SourceRow, ...]
    levels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    times: Mapping[str, tuple[CaseTime, ...]] = field(default_factory=dict)
    spells: Mapping[str, tuple[CaseSpells, ...]] = field(default_factory=dict)
    graded: tuple[CaseGrade, ...] = ()
    exposure: tuple[CaseExposure, ...] = ()

    __repr__ = brief

    @property
    def included(self) -> tuple[CaseRow, ...]:
        """The included cases."""
        return tuple(case for case in self.rows if case.status == "included")
