"""Every type that a public function of the package returns, or that stands inside one: for annotations, and to look them up."""

from caseseries.catalogue.citation import Source
from caseseries.catalogue.ctcae import Bound, Grade, GradedTerm
from caseseries.chart.event_questions import EventQuestion
from caseseries.chart.store import Numbers
from caseseries.chart.tables import (
    Chart,
    Course,
    Ends,
    Fact,
    Finding,
    Measurement,
    Observed,
    Person,
    SourceRow,
    TakenWord,
    UnreadCourse,
)
from caseseries.cohort.select import Cohort, CohortCase
from caseseries.errors import InputError, Place, Problem
from caseseries.evidence.comparison import Comparison
from caseseries.evidence.earlier_run import SeenSeries
from caseseries.evidence.next_study import NextStudy
from caseseries.evidence.planned import Across
from caseseries.evidence.series_file import PrintedMean, PublishedSeries
from caseseries.evidence.side_by_side import CheckedMean, SeriesRow
from caseseries.protocol.asked_of_patient import LookedBack
from caseseries.protocol.event_count import EventCountOutcome
from caseseries.protocol.levels import Part
from caseseries.protocol.measure import DailyDose, Judgement
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.outcome import ChangeOutcome, DescribeOutcome, LevelVerdict, Several, VerdictOutcome
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.rule_base import RuleBase
from caseseries.protocol.safety import Exposure
from caseseries.protocol.score import Points
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.spells import SpellsOutcome
from caseseries.protocol.strata import Strata
from caseseries.protocol.threshold_grid import VariedThreshold
from caseseries.protocol.time_to import Start, TimeToOutcome
from caseseries.protocol.trajectory import TrajectoryOutcome
from caseseries.protocol.tree import FreeOfEvent, HeldRule, Leaf, Node, Occurrence, PatientIs, Slot, Tree, UnchangedDrug
from caseseries.protocol.window import Window
from caseseries.response.threshold_counts import ThresholdCounts
from caseseries.stats.design_rule import Asked, NoDesign
from caseseries.stats.estimate import Estimate, HypothesisTest, Statistic
from caseseries.stats.event_curve import CurveStep, EventCurve
from caseseries.stats.frequency import Frequencies, Moments
from caseseries.stats.grim import Grim
from caseseries.stats.pooled_share import PooledShare
from caseseries.stats.precision import PrecisionSize
from caseseries.stats.single_arm import SingleArm
from caseseries.stats.sprite import Sprite
from caseseries.stats.tally import Counts, Tally
from caseseries.stats.two_stage import TwoStage, TwoStages
from caseseries.study.checked import Checked
from caseseries.study.kept_patients import KeptPatients
from caseseries.study.results import Results
from caseseries.study.study import Study
from caseseries.study.work import Range, Work
from caseseries.summary.agreement import Agreement
from caseseries.summary.answer_groups import AnswerGroup, TableOneBy
from caseseries.summary.behind import Traced, TracedCase, TracedRow
from caseseries.summary.cases import (
    AdverseEvent,
    Beyond,
    CaseRow,
    Cases,
    DrugUse,
    MonitoredValue,
    OutcomeCases,
    Pivotal,
    Point,
    StudyDrug,
)
from caseseries.summary.derived import PartOfValue
from caseseries.summary.event_count import EventCountSummary, EventSide
from caseseries.summary.explain import Explanation, Normally, Passed, Rested
from caseseries.summary.explain_grades import GradeExplained, SeenValue
from caseseries.summary.exposure import ExposureSummary
from caseseries.summary.lab_grades import LabGradesSummary, WorstGrade
from caseseries.summary.levels import LevelCount, LevelCounts, LevelsSummary
from caseseries.summary.model import (
    Answers,
    Cell,
    ChangeSummary,
    CitedRow,
    Deaths,
    DrugCount,
    FindingCount,
    NotCharted,
    OutcomeSummary,
    Responders,
    RowCount,
    Site,
    Summary,
)
from caseseries.summary.over_time import OverTime
from caseseries.summary.result import Count, FlowStep, Reason, Result
from caseseries.summary.safety_summary import LookedForAlone, Monitoring, SafetySummary, Term, ToldOfEvents
from caseseries.summary.spells import SpellsSummary, StateSummary
from caseseries.summary.spread import Bin, Spread
from caseseries.summary.strata import StrataSummary, Stratum
from caseseries.summary.time_to import TimeAgain, TimeSummary
from caseseries.summary.trajectory import Slope, TrajectorySummary
from caseseries.summary.value_at import ValueGroup, ValueSummary
from caseseries.verdict.exposure import CaseExposure
from caseseries.verdict.lab_grades import CaseGrade, GradedValue
from caseseries.verdict.number_style import Style
from caseseries.verdict.spells import CaseSpells, Spell
from caseseries.verdict.time_to import CaseTime
from caseseries.verdict.trace import NodeTruth, Normal, Quantity, SeenBack, Stretch, Verdict

__all__ = [
    "Across",
    "AdverseEvent",
    "Agreement",
    "AnswerGroup",
    "Answers",
    "Asked",
    "Beyond",
    "Bin",
    "Bound",
    "CaseExposure",
    "CaseGrade",
    "CaseRow",
    "CaseSpells",
    "CaseTime",
    "Cases",
    "Cell",
    "ChangeOutcome",
    "ChangeSummary",
    "Chart",
    "Checked",
    "CheckedMean",
    "CitedRow",
    "Cohort",
    "CohortCase",
    "Comparison",
    "Count",
    "Counts",
    "Course",
    "CurveStep",
    "DailyDose",
    "Deaths",
    "DescribeOutcome",
    "DrugCount",
    "DrugUse",
    "Ends",
    "Estimate",
    "EventCountOutcome",
    "EventCountSummary",
    "EventCurve",
    "EventQuestion",
    "EventSide",
    "Explanation",
    "Exposure",
    "ExposureSummary",
    "Fact",
    "Finding",
    "FindingCount",
    "FlowStep",
    "FreeOfEvent",
    "Frequencies",
    "Grade",
    "GradeExplained",
    "GradedTerm",
    "GradedValue",
    "Grim",
    "HeldRule",
    "HypothesisTest",
    "InputError",
    "Judgement",
    "KeptPatients",
    "LabGradesSummary",
    "Leaf",
    "LevelCount",
    "LevelCounts",
    "LevelVerdict",
    "LevelsSummary",
    "LookedBack",
    "LookedForAlone",
    "MeasureFacts",
    "Measurement",
    "Moments",
    "MonitoredValue",
    "Monitoring",
    "NextStudy",
    "NoDesign",
    "Node",
    "NodeTruth",
    "Normal",
    "Normally",
    "NotCharted",
    "Numbers",
    "Observed",
    "Occurrence",
    "OutcomeCases",
    "OutcomePlan",
    "OutcomeSummary",
    "OverTime",
    "Part",
    "PartOfValue",
    "Passed",
    "PatientIs",
    "Person",
    "Pivotal",
    "Place",
    "Point",
    "Points",
    "PooledShare",
    "PrecisionSize",
    "PrintedMean",
    "Problem",
    "Protocol",
    "PublishedSeries",
    "Quantity",
    "Range",
    "Reason",
    "Responders",
    "Rested",
    "Result",
    "Results",
    "RowCount",
    "RuleBase",
    "SafetySummary",
    "SeenBack",
    "SeenSeries",
    "SeenValue",
    "SeriesRow",
    "Several",
    "SingleArm",
    "Site",
    "Slope",
    "Slot",
    "Source",
    "SourceRow",
    "Spec",
    "Spell",
    "SpellsOutcome",
    "SpellsSummary",
    "Spread",
    "Sprite",
    "Start",
    "StateSummary",
    "Statistic",
    "Strata",
    "StrataSummary",
    "Stratum",
    "Stretch",
    "Study",
    "StudyDrug",
    "Style",
    "Summary",
    "TableOneBy",
    "TakenWord",
    "Tally",
    "Term",
    "ThresholdCounts",
    "TimeAgain",
    "TimeSummary",
    "TimeToOutcome",
    "ToldOfEvents",
    "Traced",
    "TracedCase",
    "TracedRow",
    "TrajectoryOutcome",
    "TrajectorySummary",
    "Tree",
    "TwoStage",
    "TwoStages",
    "UnchangedDrug",
    "UnreadCourse",
    "ValueGroup",
    "ValueSummary",
    "VariedThreshold",
    "Verdict",
    "VerdictOutcome",
    "Window",
    "Work",
    "WorstGrade",
]
