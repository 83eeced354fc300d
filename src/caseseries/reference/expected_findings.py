"""Warnings that rest on the cases found or on what is computed, counted case by case: windows in which nobody has a value, courses that begin within
the windows of the one before, and totals that are not those of their items. How many of each there are is counted, not what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from caseseries.protocol.derived import CHARTED_TOTAL, charted_totals
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import looked_for, plan, valued_plan
from caseseries.protocol.spell_plan import daily_plans
from caseseries.reference.case import CaseAnswer, next_course
from caseseries.reference.record import Indexed
from caseseries.stats.tally import Tally

#: The rules of these findings, counted under one key each.
EMPTY_WINDOW, NEXT_COURSE = ("finding", "warning", "empty window"), ("finding", "warning", "next course")
OTHER_TOTAL = ("finding", "warning", CHARTED_TOTAL)


def count_findings(counts: Tally, study: Indexed, included: Sequence[CaseAnswer]) -> None:
    """Count the windows that an outcome looks at and that hold a value of nobody; and the cases of which one holds a value from after the
    patient's next course began; and the totals of a day, of everybody, that differ from what is computed of it."""
    totals = charted_totals(study.protocol.measures)
    if n := sum(_other_totals(study, *of) for of in totals.items()):
        counts.add(OTHER_TOTAL, n)
    asked = _asked(study.protocol)
    if included:
        counts.add(EMPTY_WINDOW, sum(not any(_filled(study, one, *of) for one in included) for of in asked.items()))
    if study.protocol.case.per == "course":
        counts.add(NEXT_COURSE, sum(any(_late(study, one, *of) for of in asked.items()) for one in included))


def _other_totals(study: Indexed, computed: str, charted: str) -> int:
    """The different charted totals of exactly known days that are none of those computed of the day; limits are not compared."""
    found: set[tuple[str, int, Fraction]] = set()
    for patient, of_patient in study.patients.items():
        rows = of_patient.measurements
        made: dict[int, set[Fraction]] = {}
        for row in rows.get(computed, ()):
            if row.value is not None and not row.censor and row.low == row.high:
                made.setdefault(row.day, set()).add(row.value)
        for row in rows.get(charted, ()):
            exact = row.value is not None and not row.censor and row.low == row.high
            if exact and row.value is not None and row.day in made and not _is_one_of(row.value, made[row.day]):
                found.add((patient, row.day, row.value))
    return len(found)


def _is_one_of(charted: Fraction, computed: set[Fraction]) -> bool:
    """Whether a charted value is one that was computed, or one rounded to the decimals that it has."""
    places = next((n for n in range(7) if (charted * 10**n).denominator == 1), 6)
    rounded = Fraction(1, 2 * 10**places) if places else Fraction(0)
    return any(abs(charted - one) <= rounded for one in computed)


def _asked(protocol: Protocol) -> Mapping[str, set[str]]:
    """By window, the measures that some outcome looks for at a visit there."""
    plans = [plan(protocol, name) for name in protocol.verdicts]
    plans += [valued_plan(protocol, name) for name in protocol.valued]
    plans += daily_plans(protocol)
    found: dict[str, set[str]] = {}
    for one in plans:
        for window, measures in looked_for(protocol, one).items():
            found[window] = found.get(window, set()) | measures
    return found


def _filled(study: Indexed, case: CaseAnswer, window: str, measures: set[str]) -> bool:
    """Whether a value of the case may lie in the window."""
    assert case.index is not None
    first, last = (
        case.index + days for days in (study.protocol.windows[window].from_, study.protocol.windows[window].to)
    )
    rows = study.patients[case.patient].measurements
    return any(
        row.value is not None and row.low <= last and row.high >= first for one in measures for row in rows.get(one, ())
    )


def _late(study: Indexed, case: CaseAnswer, window: str, measures: set[str]) -> bool:
    """Whether a value of the window stands after the day on which the patient's next course begins."""
    assert case.index is not None
    first, last = (
        case.index + days for days in (study.protocol.windows[window].from_, study.protocol.windows[window].to)
    )
    rows = study.patients[case.patient].measurements
    begins = next_course(study, case)
    return begins is not None and any(
        row.value is not None and first <= row.day <= last and row.day > begins
        for one in measures
        for row in rows.get(one, ())
    )
