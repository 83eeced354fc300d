"""Laboratory values graded as adverse events: by which version of CTCAE, and against which value before the index date."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from caseseries import catalogue
from caseseries.catalogue import Grade, GradedTerm, unit_fold
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


def edges_in_both(protocol: Protocol, measure: str, unit: str) -> tuple[tuple[Fraction, Fraction], ...]:
    """The edges of the grades of a measure in a unit and in its own, where CTCAE prints them in several units and they are not what one of them is
    in the other: 6.2 mmol/L and 10.0 g/dL of haemoglobin. A number between such an edge and what it is in the other unit has two grades.
    """
    found: dict[tuple[Fraction, Fraction], None] = {}
    for plan in lab_grade_plans(protocol):
        own = measure_facts(protocol, measure).unit
        if plan.measure != measure or not plan.term.twins or unit_fold(unit) == unit_fold(own):
            continue
        published = catalogue.graded_term(plan.term.key, plan.term.version)
        there, here = ([_plain(one) for one in published.in_unit(name).grades] for name in (unit, own))
        found |= {
            (a, b): None for ours, others in zip(there, here, strict=True) for a, b in zip(ours, others, strict=True)
        }
    return tuple(found)


def units_of_edges(protocol: Protocol, measure: str) -> dict[str, Fraction]:
    """The other units in which the edges of the grades of a measure are printed as they are not in its own, and what one of them is there."""
    found = {}
    for plan in lab_grade_plans(protocol):
        if plan.measure == measure and plan.term.twins:
            measured, own = catalogue.instrument(plan.term.instrument), measure_facts(protocol, measure).unit
            for unit in measured.accepted_units:
                folded = unit_fold(unit)
                printed = folded == unit_fold(measured.unit) or folded in plan.term.twins
                if printed and edges_in_both(protocol, measure, unit):
                    found[unit] = measured.convert(Fraction(1), unit) / measured.convert(Fraction(1), own)
    return found


def _plain(grade: Grade) -> list[Fraction]:
    """The plain numbers of the bounds of a grade, in order."""
    return [bound.number for group in grade.any_of for bound in group if not bound.of]


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
