"""How results.json writes adverse events, monitored counts, laboratory grades and cumulative doses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caseseries.chart.event_questions import GRADE_3, SERIOUS, STOPPING
from caseseries.report.exhibits.printed_numbers import machine
from caseseries.report.files.results_parts import count, decimal, reasons
from caseseries.summary.exposure import ExposureSummary
from caseseries.summary.lab_grades import LabGradesSummary
from caseseries.summary.safety_summary import SafetySummary, ToldOfEvents


def graded(found: LabGradesSummary) -> dict[str, Any]:
    """One measure under one version of CTCAE."""
    return {
        "measure": found.measure,
        "term": found.term.key,
        "ctcae": found.term.version,
        "baseline_within_days": found.within,
        "gradable": count(found.gradable),
        "no_value": count(found.no_value),
        "none_gradable": count(found.none_gradable),
        "none_certain": count(found.none_certain),
        "partly_gradable": count(found.partly),
        "withheld": found.withheld,
        "worst": [
            {
                "grade": one.grade,
                "n": count(one.cases),
                "worse_than_before": count(one.new),
                "not_known": count(one.perhaps),
                "became": {word: count(n) for word, n in one.became.items()},
            }
            for one in found.worst
        ],
        "may_be_worse": [count(one) for one in found.possible],
        "values": count(found.values),
        "not_graded": reasons(found.ungraded),
        "perhaps_on_treatment": count(found.perhaps),
    }


def exposed(found: ExposureSummary) -> dict[str, Any]:
    """One daily dose added up over one window; its descriptions are among the results, whose ids it names."""
    return {
        "dose": found.declared.dose,
        "window": found.declared.in_,
        "unit": found.unit,
        "days": found.days,
        "limit": found.declared.above or None,
        "included": found.included,
        "withheld": found.withheld,
        "known": found.n,
        "not_known": reasons(found.why),
        "total": [one.id for one in found.total.values()],
        "days_above": {"known": found.above_n, "results": [one.id for one in found.above.values()]}
        if found.above
        else None,
        "pulses": None
        if found.pulsed is None
        else {
            "cases": count(found.pulsed),
            "courses": count(found.pulses),
            "known": found.pulses_known,
            "untold": reasons(found.untold),
        },
    }


def safety(found: SafetySummary, names: Mapping[str, str]) -> dict[str, Any]:
    """Adverse events over the time at risk; `names` tells each as it may be written."""
    return {
        "events": count(found.events),
        "undated": count(found.undated),
        "patient_years": machine(found.patient_years),
        "most_patient_years": machine(found.most_patient_years),
        "terms": [
            {
                "term": names[term.term],
                "events": count(term.events),
                "patients": count(term.patients),
                "not_counted": reasons(term.not_counted),
            }
            for term in found.terms
        ],
        "monitoring": [
            {
                "measure": one.measure,
                "values": count(one.values),
                "patients": count(one.patients),
                "beyond": count(one.beyond),
                "per_patient_year": decimal(one.per_patient_year),
                "bound": one.bound,
            }
            for one in found.monitoring
        ],
        "led_to_stopping": _told(found.told_of(STOPPING)),
        "serious": _told(found.told_of(SERIOUS)),
        "grade_3_or_more": _told(found.told_of(GRADE_3)),
    }


def _told(found: ToldOfEvents | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "events": count(found.events),
        "recorded": count(found.recorded),
        "not_known": count(found.not_known),
        "not_recorded": count(found.not_recorded),
        "patients": count(found.patients),
    }
