"""Laboratory values graded as adverse events: by which version of CTCAE, and against which value before the index date."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from caseseries import catalogue
from caseseries.catalogue import GradedTerm
from caseseries.protocol.limited import limited_measures
from caseseries.protocol.measure import Custom, Instrument, Measure
from caseseries.protocol.measures import measure_facts
from caseseries.protocol.protocol import Protocol


@dataclass(frozen=True, slots=True)
class LabGradePlan:
    """One measure with the term that grades it, its numbers in the measure's unit; `within` in days."""

    measure: str
    term: GradedTerm
    within: int

    @property
    def key(self) -> tuple[str, str]:
        """The measure and the version; no two plans have the same."""
        return self.measure, self.term.version


def term_for(measure: Measure, unit: str, by: str, term: str) -> GradedTerm:
    """The graded term of a measure in one version, its numbers in `unit`.

    Raises:
        CatalogueMiss: the version does not grade it, or the unit is none of its own.
        ValueError: the term grades another measure, or none is named for one that the catalogue does not know.
    """
    own = _own(measure)
    if not own and not (term and isinstance(measure, Custom)):
        raise ValueError("the catalogue does not know this measure, so the adverse event must be named")
    found = catalogue.graded_term(term or own, by)
    if own and found.instrument != own:
        raise ValueError(f"{found.key} is graded by {found.instrument}")
    return found.in_unit(unit)


def lab_grade_plans(protocol: Protocol) -> tuple[LabGradePlan, ...]:
    """What the protocol has graded, in the order written."""
    declared = protocol.safety.graded if protocol.safety is not None else ()
    return tuple(
        LabGradePlan(
            one.measure,
            _term(_own(protocol.measures[one.measure]), measure_facts(protocol, one.measure).unit, one.by, one.term),
            int(one.baseline_within),
        )
        for one in declared
    )


@cache
def _term(measure: str, unit: str, by: str, term: str) -> GradedTerm:
    return catalogue.graded_term(term or measure, by).in_unit(unit)


def _own(measure: Measure) -> str:
    return catalogue.instrument(measure.instrument).key if isinstance(measure, Instrument) else ""


def graded_measures(protocol: Protocol) -> frozenset[str]:
    """The measures whose values are graded."""
    return frozenset(one.measure for one in protocol.safety.graded) if protocol.safety is not None else frozenset()


def limits_read(protocol: Protocol) -> frozenset[str]:
    """The measures of which a source reads limits of normal: some rule compares a value with one, or values are graded."""
    return limited_measures(protocol) | graded_measures(protocol)
