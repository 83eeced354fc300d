"""The cumulative dose of a case, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from caseseries.reference.case import CaseAnswer
from caseseries.reference.dose import UNREAD, dose_on
from caseseries.reference.expected_source import untold
from caseseries.reference.follow_up import index_period
from caseseries.reference.record import Indexed
from caseseries.reference.seen import AFTER_END, UNOBSERVED
from caseseries.stats.tally import Tally, value_key
from caseseries.verdict.exposure import CaseExposure


def exposures(study: Indexed, case: CaseAnswer) -> tuple[CaseExposure, ...]:
    """The doses of an included case under each line of `safety: exposure`."""
    safety = study.protocol.safety
    found = []
    for line in safety.exposure if safety is not None else ():
        assert case.index is not None and case.follow_end is not None
        measure, window = study.protocol.doses[line.dose], study.protocol.windows[line.in_]
        period = index_period(study.patients[case.patient], case.index)
        known, because, above, unknown = [], "", 0, 0
        for day in range(case.index + window.from_, case.index + window.to + 1):
            absent, value = AFTER_END, None
            if period is not None and day < period[0]:
                absent = UNOBSERVED
            elif day <= case.follow_end:
                # What is taken on a day is what is taken on arrival on the next.
                dose = dose_on(study, case.patient, case.index, measure, measure.as_, day + 1)
                absent, value = dose.absent, dose.value
            if value is None:
                because, unknown = because or absent, unknown + 1
                continue
            known.append(value)
            above += line.limit is not None and value > line.limit
        total = sum(known, Fraction(0))
        found.append(
            CaseExposure(
                case.case_id,
                line.dose,
                line.in_,
                None if because else total,
                total,
                len(known),
                because,
                None if line.limit is None else (above, above + unknown),
                *_pulses(study, case, line.dose, window.from_, window.to),
            )
        )
    return tuple(found)


def _pulses(
    study: Indexed, case: CaseAnswer, name: str, first: int, last: int
) -> tuple[tuple[int, int | None] | None, str]:
    """The courses of pulses begun in the window, and why there may be more."""
    assert case.index is not None and case.follow_end is not None
    measure = study.protocol.doses[name]
    if measure.pulses == "included":
        return None, ""
    low, high = case.index + first, min(case.index + last, case.follow_end)
    group = study.drugs(measure.daily_dose)
    begun = [course.ends for course in study.patients[case.patient].taken_of(group) if course.systemic and course.pulse]
    sure = sum(low <= one.first_low and one.first_high <= high for one in begun)
    most = sum(one.first_low <= high and one.first_high >= low for one in begun)
    untold = _untold(study, case, name, first, last)
    return (sure, None if untold else most), untold


def _untold(study: Indexed, case: CaseAnswer, name: str, first: int, last: int) -> str:
    """Why there may be pulses that nobody could tell; empty where there are none."""
    assert case.index is not None and case.follow_end is not None
    rows, asked = study.patients[case.patient], study.protocol.doses[name].daily_dose
    source = study.chart.pulses_untold or untold(study, asked)
    if source:
        return source
    low, high = case.index + first, min(case.index + last, case.follow_end)
    for row in rows.unread:
        of_group = row.drug is None or row.drug in study.drugs(asked)
        if of_group and (row.first is None or row.first <= high) and (row.last is None or row.last >= low):
            return UNREAD
    period = index_period(rows, case.index)
    if period is not None and low < period[0]:
        return UNOBSERVED
    return AFTER_END if case.follow_end < case.index + last else ""


def count_exposure(counts: Tally, study: Indexed, included: Sequence[CaseAnswer]) -> None:
    """Count totals, why there is none, days above the limit and pulses."""
    for case in included:
        for one in exposures(study, case):
            at = ("exposure", one.dose, one.window)
            if one.total is not None:
                counts.add((*at, "total", value_key(one.total)))
            else:
                counts.add((*at, "none", one.because))
            if one.above is not None:
                counts.add((*at, "above", *one.above))
            if one.pulses is not None:
                sure, most = one.pulses
                counts.add((*at, "pulses", sure, *((one.untold,) if most is None else (most,))))
