"""The Methods paragraphs, written from the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from caseseries.chart.tables import Kind
from caseseries.protocol.case import FirstEvent, FirstExposure
from caseseries.protocol.eligibility import AnyCriterion, MinimumFollowUp, OfValue
from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.protocol.measure import DailyDose
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, change_plan, criterion_plan
from caseseries.protocol.written import in_words
from caseseries.report.exhibits.charted import EVENTS, unseen_words
from caseseries.report.exhibits.choices import fixed, knew
from caseseries.report.exhibits.describe import method_words
from caseseries.report.exhibits.model import Paragraph
from caseseries.report.exhibits.run import Finished
from caseseries.report.exhibits.safety import ON_TREATMENT
from caseseries.report.exhibits.selection import called, courses_words, of_database
from caseseries.report.exhibits.source import value_name
from caseseries.report.exhibits.words import capital, counted, listed, measure_name, planned, small, with_unit
from caseseries.summary.model import ChangeSummary, Summary
from caseseries.verdict.denominator import among_words, denominator_words
from caseseries.verdict.dose_days import dose_days
from caseseries.verdict.names import short_name
from caseseries.verdict.rule_text import describe_rule, describe_window

#: What observed time means in a database.
OBSERVED = (
    "A person counts as observed within the observation periods that the source gives; a case belongs to the period that holds its "
    "index date, and rows outside observed time are not used, except courses of drugs and diagnoses, which are history. Where a window "
    "leaves observed time and holds no value, the value is not evaluable for that reason. Exposure is what was prescribed or "
    "dispensed. Deaths are the rows of the table death; a fatal event recorded elsewhere is not read as a death. Values in a unit for "
    "which no factor is declared are refused and counted."
)

#: How descriptions are computed and printed.
ROUNDING = (
    "Standard deviations divide by n − 1; quartiles are of type 7 (the default of R and Excel; Hyndman and Fan 1996). Printed numbers are "
    "rounded once, from the exact value, a half away from zero (12.5 % is printed as 13 % where percentages are whole); percentages may not add up "
    "to 100."
)


def methods(summary: Summary) -> tuple[Paragraph, ...]:
    """Design, cases, measures, outcomes, statistics: one paragraph each."""
    plans = {name: outcome.plan for name, outcome in summary.outcomes.items()}
    return (
        Paragraph(_design(summary), "Design"),
        *shared(summary, plans, [change.measure for change in summary.change_outcomes], unseen_words(summary)),
        Paragraph(safety_methods(summary, summary.not_charted), "Safety and other drugs"),
        Paragraph(_statistics(summary), "Statistics"),
    )


def safety_methods(run: Finished, not_charted: Mapping[Kind, str]) -> str:
    """What counts as on treatment, how adverse events were looked for, and of which kinds of fact nothing is known, with why."""
    declared, told = run.protocol.safety, []
    if "adverse events" not in not_charted:
        if declared is None:
            told.append(
                "The protocol declares no safety: adverse events are listed as charted, without a time on treatment or a rate."
            )
        else:
            lag = counted(declared.until_after_last_dose, "day")
            told.append(
                f"{ON_TREATMENT.format(lag=lag)} Ascertainment of adverse events: {declared.ascertainment}; grades: {declared.grading}."
            )
    if not_charted:
        lacking = "; ".join(f"{kind} ({why})" for kind, why in not_charted.items())
        told.append(f"Not charted, so that no number of them is given and none of them is taken for absent: {lacking}.")
    return " ".join(told) or "Adverse events, other drugs and deaths were charted."


def shared(
    run: Finished, plans: Mapping[str, OutcomePlan], changed: Iterable[str], untold: str = ""
) -> tuple[Paragraph, ...]:
    """The paragraphs that the protocol decides; `changed` are the measures of the change outcomes, `untold` what no source could tell of events."""
    return (
        Paragraph(_cases(run), "Cases"),
        Paragraph(_measures(run, plans, changed), "Measures"),
        Paragraph(_outcomes(run, plans, untold), "Outcomes"),
    )


def _design(summary: Summary) -> str:
    kind = "study of data recorded for care" if of_database(summary) else "chart review"
    told = f"This was a retrospective {kind}: a case series comparing values before and after, without a control group."
    parts = [
        told,
        looked_for(summary),
        studied(summary),
        OBSERVED if of_database(summary) else "",
    ]
    return " ".join(part for part in (*parts, fixed(summary), knew(summary)) if part)


def looked_for(run: Finished) -> str:
    """Where candidates were looked for, and whether they were taken consecutively; empty where neither is declared."""
    finding, told = run.protocol.case_finding, []
    if finding.sources:
        told.append(f"Candidates were looked for in these sources: {listed(finding.sources)}.")
    if finding.consecutive is not None:
        told.append(
            "The protocol declares that candidates were taken consecutively."
            if finding.consecutive
            else "Candidates were not taken consecutively."
        )
    return " ".join(told)


def studied(run: Finished) -> str:
    """The period of index dates and the data cut-off; empty where neither is declared."""
    period, told = run.protocol.period, []
    if period.from_ and period.to:
        told.append(f"Index dates lie from {period.from_.isoformat()} to {period.to.isoformat()}.")
    if period.data_cutoff:
        told.append(f"Nothing after {period.data_cutoff.isoformat()} was used.")
    return " ".join(told)


def _index(run: Finished) -> str:
    index = run.protocol.case.index_date
    if isinstance(index, FirstExposure):
        told = f"the first day of {index.first_exposure}"
        if index.restart_after is not None:
            told += f" (a gap of more than {in_words(index.restart_after)} begins another episode)"
        if index.washout is not None:
            told += f", after at least {in_words(index.washout)} without it"
        return told
    if isinstance(index, FirstEvent):
        return f"the first recorded {index.first_event}"
    return f"the visit on nominal day {index.nominal_day}"


def _cases(run: Finished) -> str:
    protocol = run.protocol
    per = "patient" if protocol.case.per == "patient" else "course of treatment"
    told = f"Each {per} is one case. The index date (day 0) is {_index(run)}; all days are counted from it."
    if protocol.case.per == "course":
        told += (
            " A case is followed until the next course of its patient begins; values, doses and events up to its assessment are those recorded, "
            "also where the next course has begun by then."
        )
    told += "".join(f" {note}" for note in planned(run))
    if protocol.include:
        told += f" Cases were included if they met {_criteria(run, protocol.include, 'all')}."
    if protocol.exclude:
        told += f" Cases were excluded if they met {_criteria(run, protocol.exclude, 'any')}."
    if protocol.include or protocol.exclude:
        told += " The criteria were applied in this order, and the first that decided is the reason of exclusion."
    else:
        told += " No criteria of eligibility were set beyond the index date."
    told += _values_of_criteria(run)
    if any(isinstance(found, MinimumFollowUp) for found in (*protocol.include, *protocol.exclude)):
        told += " The minimum follow-up looks into the future of each case and can select survivors."
    return told


def _values_of_criteria(run: Finished) -> str:
    """Where the values that criteria rest on were taken, and on which day doses were read; empty where none rests on one."""
    protocol = run.protocol
    criteria = [one for one in (*protocol.include, *protocol.exclude) if isinstance(one, OfValue)]
    if not criteria:
        return ""
    plans = [criterion_plan(protocol, one) for one in criteria]
    windows = dict.fromkeys(f"{plan.at} ({describe_window(plan.primary.windows[plan.at])})" for plan in plans)
    told = f" The values that criteria rest on were taken at {' and at '.join(windows)}, each measure by itself; a case without one was not included."
    for measure, window, days in dict.fromkeys(
        (one.measure, one.in_, dose_days(protocol, plan, one.measure, (one.in_,)))
        for one, plan in zip(criteria, plans, strict=True)
    ):
        name = capital(value_name(run.measures, measure))
        told += f" {name} of the criterion at {window} was read {days}." if days else ""
    return told


def _measures(run: Finished, plans: Mapping[str, OutcomePlan], changed: Iterable[str]) -> str:
    protocol = run.protocol
    criteria = (*protocol.include, *protocol.exclude)
    used = {slot.measure for plan in plans.values() for slot in plan.slots} | {*changed}
    used |= {one.measure for one in criteria if isinstance(one, OfValue)}
    named = [name for name in protocol.measures if name in used] or list(protocol.measures)
    parts = [
        _defined(run.measures[name]) for name in named if name in run.measures and run.measures[name].kind == "number"
    ]
    each = "; and ".join(part for part in ("; ".join(parts[:-1]), *parts[-1:]) if part)
    told = f"The {'measure was' if len(parts) == 1 else 'measures were'} {each}." if parts else ""
    for name, judgement in protocol.judgements.items():
        if name in used:
            told += (
                f" The {judgement.judgement} since the {judgement.since} was judged as yes or no (judged by: {judgement.judged_by}; "
                f"recorded: {judgement.recorded}; blinded: {judgement.blinded})."
            )
    for name, dose in protocol.doses.items():
        if name in used:
            told += f" {_dose(dose)}"
    overridden = [measure_name(run.measures, name) for name in run.measures if run.measures[name].overridden]
    if overridden:
        told += f" Unit, range or direction was set by this protocol for {listed(overridden)}."
    return told.strip()


def _criteria(run: Finished, criteria: Sequence[AnyCriterion], which: str) -> str:
    """Criteria in a sentence: of several, all or any of them."""
    words = [small(called(run, found)) for found in criteria]
    return f"this criterion: {words[0]}" if len(words) == 1 else f"{which} of these criteria: {'; '.join(words)}"


def _defined(facts: MeasureFacts) -> str:
    short, scale = (
        short_name(facts),
        with_unit(facts).removeprefix(f"{short_name(facts)}, ").replace(" (", ", ").rstrip(")"),
    )
    return f"{short} ({facts.label}; {scale})" if facts.label.casefold() != short.casefold() else f"{short} ({scale})"


def _dose(dose: DailyDose) -> str:
    source = "was added up from the recorded courses" if dose.source == "courses" else "is the one written at the visit"
    told = (
        f"The daily dose of {dose.daily_dose}, in {dose.as_}, {source}; it is the dose taken on arrival, so that a change agreed on that day "
        "counts from the next day."
    )
    told += f" Intravenous pulses were {'kept apart' if dose.pulses == 'apart' else 'included'}."
    if dose.if_zero_baseline is not None:
        told += f" A percentage of a dose of zero counted as {dose.if_zero_baseline}."
    return told


def _outcomes(run: Finished, plans: Mapping[str, OutcomePlan], untold: str) -> str:
    protocol = run.protocol
    parts = []
    for name, plan in plans.items():
        tree = plan.primary.tree
        asked = dict.fromkeys([*(slot.window for slot in tree.slots), plan.at])
        windows = sorted((w for w in asked if w in protocol.windows), key=lambda w: (protocol.windows[w].from_, w))
        told = f"{capital(name)} was defined as {describe_rule(tree, run.measures, at=plan.at)}. Values were taken at "
        told += " and at ".join(f"{window} ({describe_window(protocol.windows[window])})" for window in windows) + "."
        for measure in dict.fromkeys(slot.measure for slot in tree.slots):
            of_dose = sorted({slot.window for slot in tree.slots if slot.measure == measure}, key=windows.index)
            days = dose_days(protocol, plan, measure, of_dose)
            told += f" {capital(value_name(run.measures, measure))} was read {days}." if days else ""
        if any(protocol.windows[window].components == "same visit" for window in windows):
            told += " The measures of one window come from one visit."
        if plan.good is not None:
            told += f" This outcome is {'wanted' if plan.good else 'not wanted'}."
        if plan.among is not None:
            told += (
                f" The denominator is limited to {denominator_words(plan, run.measures)}; other cases are outside it, and one of which "
                "this is not known stands in the worst and the best case."
            )
        readings = [spec.reading for spec in plan.specs if spec.role == "reading"]
        if readings:
            told += (
                f" The same rule was also read in other ways, reported beside it: {listed(dict.fromkeys(readings))}."
            )
        parts.append(told)
    changes: dict[tuple[str, str, str], list[str]] = {}
    for name, change in protocol.changes.items():
        planned_change = change_plan(protocol, name)
        among = among_words(planned_change, run.measures)
        days = dose_days(protocol, planned_change, change.change, (change.from_, change.at))
        told = value_name(run.measures, change.change) + (f" (read {days})" if days else "")
        changes.setdefault((change.from_, change.at, among), []).append(told)
    for (start, end, among), names in changes.items():
        of = f", in the included cases {among}" if among else ""
        parts.append(
            f"Declared as outcomes by themselves are the changes of {listed(names)} from {start} to {end}{of}."
        )
    effects: dict[str, list[str]] = {}
    for field in EVENT_WORDS:
        effects.setdefault(getattr(protocol.intercurrent, field).verdict, []).append(EVENTS[field])
    if plans:
        left = effects.pop("as observed", [])
        told = "; ".join(f"{listed(events)} made the verdict “{effect}”" for effect, events in effects.items())
        told += f"{'; ' if told else ''}{listed(left)} left the verdict as observed" if left else ""
        parts.append(f"Of the events between the index date and the assessment, {told}.")
        parts += [f"{untold}."] if untold else []
        parts.append("A part of the rule whose value is missing is not evaluable, which is neither yes nor no.")
    if run.pending:
        parts.append(
            f"{capital(listed(run.pending))} {'is' if len(run.pending) == 1 else 'are'} declared and not computed yet."
        )
    return " ".join(parts)


def headline_denominator(protocol: Protocol) -> str:
    """Whom the headlines are of: all included cases, unless an outcome limits its own denominator."""
    limited = [name for name, outcome in protocol.verdicts.items() if outcome.among is not None]
    if not limited:
        return "all included cases"
    if len(limited) == len(protocol.verdicts):
        return "the included cases to which each outcome is limited"
    return f"all included cases, for {listed(limited)} those to which it is limited"


def _statistics(summary: Summary) -> str:
    protocol = summary.protocol
    level = protocol.reporting.level
    methods = list(
        dict.fromkeys(
            found.of_included.method
            for outcome in summary.outcomes.values()
            for found in outcome.responders
            if found.of_included.method
        )
    )
    told = f"Proportions are given with {level} % confidence intervals"
    told += f" ({listed(map(method_words, methods))})" if methods else ""
    told += f"; the headline denominator is {headline_denominator(protocol)}, with the evaluable only and both extremes beside it."
    courses = courses_words(summary, f"{'exact ' if all('exact' in method for method in methods) else ''}intervals")
    told += f" {courses}" if courses else ""
    typical = [found.change["hodges_lehmann"].method for found in _every_change(summary)]
    if typical:
        told += f" Typical changes are Hodges–Lehmann estimates ({listed(dict.fromkeys(map(_interval_of, typical)))})."
    told += f" {ROUNDING}"
    if protocol.reporting.p_values:
        told += " P values compare after with before in the same patients and are not adjusted; they do not test the drug against no drug."
        tests = dict.fromkeys(test.method for change in _every_change(summary) for test in change.tests if test.method)
        told += f" They are from the {listed(tests)}." if tests else ""
    else:
        told += " No p values are given: there is no group to compare with."
    return told


def _interval_of(method: str) -> str:
    """A method of the estimate without its name, which the sentence has said."""
    return method_words(method).removeprefix("Hodges–Lehmann estimate").lstrip(",; ")


def _every_change(summary: Summary) -> list[ChangeSummary]:
    every = [change for outcome in summary.outcomes.values() for change in outcome.changes]
    return [*every, *summary.change_outcomes]
