"""The protocol: everything a study declares, whatever its data source."""

from __future__ import annotations

from typing import Literal

from caseseries.errors import shortened
from caseseries.protocol.case import Case, CaseFinding, Period
from caseseries.protocol.concepts import AnySet
from caseseries.protocol.eligibility import AnyCriterion
from caseseries.protocol.event_count import EventCountOutcome
from caseseries.protocol.intercurrent import Events
from caseseries.protocol.measure import DailyDose, Judgement, Measure
from caseseries.protocol.outcome import ChangeOutcome, DescribeOutcome, Outcome, Several, VerdictOutcome
from caseseries.protocol.robustness import Robustness
from caseseries.protocol.safety import Safety
from caseseries.protocol.spells import SpellsOutcome
from caseseries.protocol.time_to import TimeToOutcome
from caseseries.protocol.trajectory import TrajectoryOutcome
from caseseries.protocol.window import Window
from caseseries.protocol.written import Date, Number, Written, YesNo

PartialDates = Literal["refuse", "earliest", "middle", "latest", "bounds"]


class Drug(Written):
    """A drug that the catalogue does not know, or knows under other names.

    `alone: yes` keeps it apart from other forms of the same drug, such as mycophenolate mofetil from mycophenolic acid.
    """

    aliases: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    alone: YesNo = False


class Amendment(Written):
    """A change made after the protocol was locked, with its reason."""

    date: Date
    what: str
    reason: str


class Reporting(Written):
    """How results are printed; p values are off unless asked for, and `paired_t` adds the paired t test to the exact ones.

    `agree` names pairs of outcomes whose verdicts are set side by side. `table_one_by` names an outcome with a rule, by whose answers the
    included cases are described beside all of them; `yes` is the first one.
    """

    p_values: YesNo = False
    paired_t: YesNo = False
    level: Literal["90", "95", "99"] = "95"
    agree: tuple[tuple[str, str], ...] = ()
    table_one_by: str | None = None


class Protocol(Written):
    """A study as declared: who, when, what is measured, and what counts as a response."""

    study: str
    invented: YesNo = False
    citation: str = ""
    authors_knew: str = ""
    period: Period = Period()
    case_finding: CaseFinding = CaseFinding()
    case: Case
    include: tuple[AnyCriterion, ...] = ()
    exclude: tuple[AnyCriterion, ...] = ()
    measures: dict[str, Measure]
    windows: dict[str, Window]
    partial_dates: PartialDates | None = None
    intercurrent: Events
    outcomes: dict[str, Outcome]
    safety: Safety | None = None
    prior_groups: tuple[str, ...] = ()
    drugs: dict[str, Drug] = {}
    drug_groups: dict[str, tuple[str, ...]] = {}
    equivalences: dict[str, Number] = {}
    concepts: dict[str, AnySet] = {}
    robustness: Robustness = Robustness()
    amendments: tuple[Amendment, ...] = ()
    reporting: Reporting = Reporting()

    def __repr__(self) -> str:
        """The title and what there is; a protocol may list patients, and is long."""
        counts = {
            "measure": len(self.measures),
            "window": len(self.windows),
            "outcome": len(self.outcomes),
            "concept set": len(self.concepts),
        }
        told = [f"{n} {name}{'s' * (n != 1)}" for name, n in counts.items() if n]
        return f"<Protocol {shortened(self.study)!r}: {', '.join(told)}>"

    __str__ = __repr__

    @property
    def verdicts(self) -> dict[str, VerdictOutcome]:
        """Every verdict, in the order written; the first is the primary one. An outcome with levels or categories is several, any of them but the
        last first."""
        found: dict[str, VerdictOutcome] = {}
        for name, outcome in self.outcomes.items():
            if isinstance(outcome, VerdictOutcome):
                found |= {name: outcome, **outcome.at_each(name)}
            elif isinstance(outcome, Several):
                for point, one in {name: outcome, **outcome.at_each(name)}.items():
                    found |= {f"{point}{verdict.part.suffix}": verdict for verdict in one.verdicts}
        return found

    @property
    def over_time(self) -> dict[str, tuple[str, ...]]:
        """Of outcomes at several time points the names of the verdicts, the earliest window first; with levels of at least each."""
        found: dict[str, tuple[str, ...]] = {}
        for name in self.outcomes:
            points = self.time_points(name)
            outcome = self.outcomes[name]
            if not points:
                continue
            of = (
                [one.part.suffix for one in outcome.verdicts if one.part.kind == "at least"]
                if isinstance(outcome, Several)
                else [""]
            )
            found |= {f"{name}{suffix}": tuple(f"{point}{suffix}" for point in points) for suffix in of}
        return found

    def time_points(self, name: str) -> tuple[str, ...]:
        """The names that an outcome has at its time points, the earliest window first; none where it has one."""
        outcome = self.outcomes[name]
        if not isinstance(outcome, VerdictOutcome | Several) or not outcome.at_each(name):
            return ()
        windows = {name: outcome.at} | {point: one.at for point, one in outcome.at_each(name).items()}
        return tuple(sorted(windows, key=lambda one: self._middle(windows[one])))

    def _middle(self, window: str) -> tuple[int, int, int]:
        days = self.windows[window]
        return (days.from_ + days.to if days.target is None else 2 * days.target, days.from_, days.to)

    @property
    def levels(self) -> dict[str, Several]:
        """Outcomes with levels or categories."""
        several = {name: outcome for name, outcome in self.outcomes.items() if isinstance(outcome, Several)}
        return {
            point: one
            for name, outcome in several.items()
            for point, one in {name: outcome, **outcome.at_each(name)}.items()
        }

    @property
    def changes(self) -> dict[str, ChangeOutcome]:
        """Outcomes that are changes."""
        return {name: outcome for name, outcome in self.outcomes.items() if isinstance(outcome, ChangeOutcome)}

    @property
    def described(self) -> dict[str, DescribeOutcome]:
        """Outcomes that are values at one time."""
        return {name: outcome for name, outcome in self.outcomes.items() if isinstance(outcome, DescribeOutcome)}

    @property
    def valued(self) -> dict[str, ChangeOutcome | DescribeOutcome]:
        """Outcomes that are values and have no rule: changes before values at one time."""
        return {**self.changes, **self.described}

    @property
    def trajectories(self) -> dict[str, TrajectoryOutcome]:
        """Outcomes that are slopes over all the days of a window."""
        return {name: outcome for name, outcome in self.outcomes.items() if isinstance(outcome, TrajectoryOutcome)}

    @property
    def event_counts(self) -> dict[str, EventCountOutcome]:
        """The outcomes that count events over all cases."""
        return {name: outcome for name, outcome in self.outcomes.items() if isinstance(outcome, EventCountOutcome)}

    @property
    def times(self) -> dict[str, TimeToOutcome]:
        """Outcomes that are times to an event."""
        return {name: outcome for name, outcome in self.outcomes.items() if isinstance(outcome, TimeToOutcome)}

    @property
    def spells(self) -> dict[str, SpellsOutcome]:
        """Outcomes that are spells in states."""
        return {name: outcome for name, outcome in self.outcomes.items() if isinstance(outcome, SpellsOutcome)}

    @property
    def table_one_by(self) -> str | None:
        """The outcome by whose answers the included cases are described too; None where that is not asked for."""
        asked = self.reporting.table_one_by
        if asked is None or asked in self.outcomes:
            return asked
        ruled = (name for name, outcome in self.outcomes.items() if isinstance(outcome, VerdictOutcome))
        return next(ruled, None) if asked == "yes" else None

    @property
    def doses(self) -> dict[str, DailyDose]:
        """Measures that are daily doses."""
        return {name: measure for name, measure in self.measures.items() if isinstance(measure, DailyDose)}

    @property
    def judgements(self) -> dict[str, Judgement]:
        """Measures that are judgements."""
        return {name: measure for name, measure in self.measures.items() if isinstance(measure, Judgement)}
