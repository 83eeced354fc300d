"""What was read, who was screened, and what the source could not tell, counted from the chart."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.chart.personal_words import without_dates
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.reference.case import CaseAnswer
from caseseries.reference.eligibility import meant_by_word
from caseseries.reference.record import Indexed
from caseseries.stats.tally import Tally


def count_source(counts: Tally, study: Indexed, included: Sequence[CaseAnswer]) -> None:
    """Count rows and findings of the chart, its screening log, and the included cases for each kind of fact that was not charted."""
    for row in study.chart.rows:
        counts.add(("rows", row.table, row.status, row.reason))
    for table, statuses in study.chart.counted.items():
        for status, n in statuses.items():
            counts.add(("rows", table, status, ""), n)
    for finding in study.chart.findings:
        counts.add(("finding", finding.severity, finding.rule, finding.message))
    _screened(counts, study)
    patients = len({one.patient for one in included})
    for what, why in untold_kinds(study).items():
        counts.add(("not charted", what, "cases"), len(included))
        counts.add(("not charted", what, "patients"), patients)
        counts.add(("not charted because", what, why), len(study.chart.people))


def _screened(counts: Tally, study: Indexed) -> None:
    """Everybody who was screened or has a chart, and of those without a chart why."""
    log = {fact.patient: fact for fact in study.chart.facts if fact.kind == "screening"}
    if not log:
        return
    counts.add(("screened", ""), len(set(log) | set(study.patients)))
    for patient in set(log) - set(study.patients):
        fact = log[patient]
        refused = without_dates(fact.attribute("reason")) or "excluded at screening, reason not recorded"
        counts.add(("screened", refused if fact.term == "excluded" else "chart missing"))


def untold_kinds(study: Indexed) -> dict[str, str]:
    """Kinds of fact, intercurrent events that decide something, and groups of earlier drugs that could be seen in nobody, each with why."""
    unknown = study.chart.unknown()
    found: dict[str, str] = {str(kind): why for kind, why in unknown.items()}
    if study.protocol.verdicts:
        found |= {f"event: {event}": why for event, why in _events(study).items()}
    if "other drugs" not in unknown:
        reasons = {group: untold(study, group) for group in study.protocol.prior_groups}
        found |= {f"other drugs: {group}": why for group, why in reasons.items() if why}
    return found


def _events(study: Indexed) -> dict[str, str]:
    """The intercurrent events that decide something and that nobody could be seen to have had."""
    declared, unknown = study.protocol.intercurrent, study.chart.unknown()
    why = {"rescue": untold(study, *declared.rescue.drugs)}
    if "deaths" in unknown:
        why["death"] = f"deaths were not charted: {unknown['deaths']}"
        if declared.death.verdict != declared.lost.verdict:  # the dead stand among the lost, and that is not the same
            why["lost"] = f"whoever died stands among those lost to follow-up: {why['death']}"
    doses = study.protocol.doses
    name = declared.raised.dose or (next(iter(doses)) if len(doses) == 1 else "")
    if name and doses[name].source == "courses":
        why["raised"] = untold(study, doses[name].daily_dose)
    why["pulse"] = study.chart.pulses_untold
    if "person" not in study.chart.counted:
        why["pulse"] = untold(study, "systemic glucocorticoids") or why["pulse"]
    return {
        EVENT_WORDS[field]: reason
        for field, reason in why.items()
        if reason and getattr(declared, field).verdict != "as observed"
    }


def untold(study: Indexed, *names: str) -> str:
    """Why nobody could be seen to have taken any of these, the study drug apart, of which every course is told; empty where somebody could."""
    asked: set[str] = set()
    for name in names:
        asked |= drugs_of(study.protocol, name) - study.study_drug
    if not asked:
        return ""
    unknown, words = study.chart.unknown(), study.chart.only.get("other drugs")
    if "other drugs" in unknown:
        return f"other drugs were not charted: {unknown['other drugs']}"
    if words is None or any(asked & meant_by_word(study, word) for word in words):
        return ""
    return f"of drugs only {', '.join(words)} could be charted"
