"""The Methods paragraphs, written from the protocol."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.chart.tables import KINDS
from caseseries.protocol.case import FirstEvent, FirstExposure
from caseseries.protocol.eligibility import AnyCriterion, MinimumFollowUp, OfValue, RuleIn
from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.protocol.measure import DailyDose
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import criterion_plan, valued_plan
from caseseries.protocol.written import in_words
from caseseries.report.exhibits.blank_days import blank_words, count_words
from caseseries.report.exhibits.cannot_show import MANY
from caseseries.report.exhibits.charted import EVENTS, unseen_words, why_not_charted
from caseseries.report.exhibits.choices import fixed, knew
from caseseries.report.exhibits.derived import derived_words
from caseseries.report.exhibits.describe import method_words
from caseseries.report.exhibits.event_count import event_methods
from caseseries.report.exhibits.exposure import methods_words as exposure_methods
from caseseries.report.exhibits.findings import rows_words
from caseseries.report.exhibits.lab_grades import methods_words as lab_grades_methods
from caseseries.report.exhibits.levels import in_order, rules_words
from caseseries.report.exhibits.measures_used import named_measures, used_measures
from caseseries.report.exhibits.named_criteria import criteria_words
from caseseries.report.exhibits.normal_limits import normal_words
from caseseries.report.exhibits.printed_blocks import Paragraph
from caseseries.report.exhibits.safety import on_treatment_words
from caseseries.report.exhibits.selection import called, courses_words, looked_for_in, of_charts, of_database, studied
from caseseries.report.exhibits.spells import spell_methods
from caseseries.report.exhibits.statistics import approximate, typical
from caseseries.report.exhibits.strata import strata_methods
from caseseries.report.exhibits.time_to import time_methods
from caseseries.report.exhibits.trajectory import trajectories_words
from caseseries.report.exhibits.value_at import described_words
from caseseries.report.exhibits.windows_told import one_visit_told, windows_of, windows_told
from caseseries.report.exhibits.words import capital, listed, measure_name, planned, small, value_name, with_unit
from caseseries.report.exhibits.zero_words import zero_told, zero_words
from caseseries.summary.model import Kept, Summary
from caseseries.verdict.denominator import among_words, denominator_words
from caseseries.verdict.dose_days import dose_days
from caseseries.verdict.names import short_name
from caseseries.verdict.number_style import style_in_force, with_percent
from caseseries.verdict.rule_text import describe_rule, describe_window

#: What observed time means in a database.
OBSERVED = (
    "A person counts as observed within the observation periods that the source gives; a case belongs to the period that holds its "
    "index date, and rows outside observed time are not used, except courses of drugs and diagnoses, which are history. Where a window "
    "leaves observed time and holds no value, the value is not evaluable for that reason. Exposure is what was prescribed or "
    "dispensed. Deaths are the rows of the table death; a fatal event recorded elsewhere is not read as a death. Values in a unit for "
    "which no factor is declared are refused and counted."
)

#: What it means where some sites read charts and others databases.
OBSERVED_IN_BOTH = (
    "Some sites read charts and others databases. In a chart a case counts as observed to the last day anything was recorded, or the data "
    f"cut-off. In a database: {small(OBSERVED)}"
)
_OBSERVED: dict[Kept, str] = {"chart": "", "database": OBSERVED, "both": OBSERVED_IN_BOTH}
_KIND: dict[Kept, str] = {
    "chart": "chart review",
    "database": "study of data recorded for care",
    "both": "study of charts and of data recorded for care",
}


def methods(summary: Summary) -> tuple[Paragraph, ...]:
    """Design, data, cases, measures, outcomes, safety, statistics: one paragraph each."""
    paragraphs = (
        ("Design", _design(summary)),
        ("Data", "" if of_charts(summary) else f"{_OBSERVED[summary.kept]} {rows_words(summary)}".strip()),
        ("Cases", _cases(summary)),
        ("Measures", _measures(summary)),
        ("Outcomes", _outcomes(summary)),
        ("Published criteria", criteria_words(summary)),
        ("Safety and other drugs", _safety(summary)),
        ("Statistics", _statistics(summary)),
    )
    return tuple(
        Paragraph(text, label) for label, text in paragraphs if text or label not in {"Data", "Published criteria"}
    )


def _safety(summary: Summary) -> str:
    """What counts as on treatment, how adverse events were looked for, and of which kinds of fact nothing is known, with why."""
    declared, told = summary.protocol.safety, []
    if not summary.nowhere("adverse events"):
        if declared is None:
            told.append(
                "The protocol declares no safety: adverse events were not looked for."
                if of_database(summary)
                else "The protocol declares no safety: adverse events are listed as charted, without a time on treatment or a rate"
                + ("." if of_charts(summary) else "; in the databases they were not looked for.")
            )
        else:
            told.append(
                f"{on_treatment_words(summary.protocol)} Ascertainment of adverse events: {declared.ascertainment}; grades: {declared.grading}."
            )
    if graded := lab_grades_methods(summary):
        told.append(graded)
    if doses := exposure_methods(summary):
        told.append(doses)
    lacking = [f"{kind} ({why})" for kind in KINDS if (why := why_not_charted(summary, kind))]
    if lacking:
        told.append(
            f"Not charted, so that no number of them is given and none of them is taken for absent: {'; '.join(lacking)}."
        )
    return " ".join(told)


def _design(summary: Summary) -> str:
    told = f"This was a retrospective {_KIND[summary.kept]}: a case series comparing values before and after, without a control group."
    parts = (told, looked_for_in(summary), studied(summary), fixed(summary), knew(summary))
    return " ".join(part for part in parts if part)


def _index(summary: Summary) -> str:
    index = summary.protocol.case.index_date
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


def _cases(summary: Summary) -> str:
    protocol = summary.protocol
    per = "patient" if protocol.case.per == "patient" else "course of treatment"
    told = f"Each {per} is one case. The index date (day 0) is {_index(summary)}; all days are counted from it."
    if protocol.case.per == "course":
        told += (
            " A case is followed until the next course of its patient begins; values, doses and events up to its assessment are those recorded, "
            "also where the next course has begun by then."
        )
    told += "".join(f" {note}" for note in planned(summary))
    if protocol.include:
        told += f" Cases were included if they met {_criteria(summary, protocol.include, 'all')}."
    if protocol.exclude:
        told += f" Cases were excluded if they met {_criteria(summary, protocol.exclude, 'any')}."
    if protocol.include or protocol.exclude:
        told += " The criteria were applied in this order, and the first that decided is the reason of exclusion."
    else:
        told += " No criteria of eligibility were set beyond the index date."
    told += _values_of_criteria(summary)
    if any(isinstance(found, MinimumFollowUp) for found in (*protocol.include, *protocol.exclude)):
        told += " The minimum follow-up looks into the future of each case and can select survivors."
    return told


def _values_of_criteria(summary: Summary) -> str:
    """Where the values that criteria rest on were taken, and on which day doses were read; empty where none rests on one."""
    protocol = summary.protocol
    criteria = [one for one in (*protocol.include, *protocol.exclude) if isinstance(one, OfValue)]
    if not criteria:
        return ""
    plans = [criterion_plan(protocol, one) for one in criteria]
    windows = dict.fromkeys(f"{plan.at} ({describe_window(plan.primary.windows[plan.at])})" for plan in plans)
    rules = any(isinstance(one, RuleIn) for one in criteria)
    without = "for which a criterion could not be determined" if rules else "without one"
    told = f" The values that criteria rest on were taken at {' and at '.join(windows)}, each measure by itself; a case {without} was not included."
    for measure, window, days in dict.fromkeys(
        (measure, one.in_, dose_days(protocol, plan, measure, (one.in_,)))
        for one, plan in zip(criteria, plans, strict=True)
        for measure in one.measures
    ):
        name = capital(value_name(summary.measures, measure))
        told += f" {name} of the criterion at {window} was read {days}." if days else ""
    return told


def _measures(summary: Summary) -> str:
    protocol = summary.protocol
    used, named = used_measures(summary), named_measures(summary)
    parts = [
        _defined(summary.measures[name])
        for name in named
        if name in summary.measures and summary.measures[name].kind in {"number", "grade"}
    ]
    each = "; and ".join(part for part in ("; ".join(parts[:-1]), *parts[-1:]) if part)
    told = f"The {'measure was' if len(parts) == 1 else 'measures were'} {each}." if parts else ""
    told += f" {words}" if (words := derived_words(summary, used)) else ""
    for name, judgement in protocol.judgements.items():
        if name in used:
            told += (
                f" The {judgement.judgement} since the {judgement.since} was judged as yes or no (judged by: {judgement.judged_by}; "
                f"recorded: {judgement.recorded}; blinded: {judgement.blinded})."
            )
    for name, dose in protocol.doses.items():
        if name in used:
            told += f" {_dose(dose)}"
    overridden = [
        measure_name(summary.measures, name) for name in summary.measures if summary.measures[name].overridden
    ]
    if overridden:
        told += f" Unit, range or direction was set by this protocol for {listed(overridden)}."
    return f"{told}{count_words(summary, used)}{blank_words(summary, used)}{zero_words(summary, used)}{normal_words(summary)}".strip()


def _criteria(summary: Summary, criteria: Sequence[AnyCriterion], which: str) -> str:
    """Criteria in a sentence: of several, all or any of them."""
    words = [small(called(summary, found)) for found in criteria]
    return f"this criterion: {words[0]}" if len(words) == 1 else f"{which} of these criteria: {'; '.join(words)}"


def _defined(facts: MeasureFacts) -> str:
    if facts.grades:
        return f"{short_name(facts)} (graded {', '.join(facts.grades)})"
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
        told += f" {zero_told(dose.if_zero_baseline, 'a dose of zero')}"
    return told


def _outcomes(summary: Summary) -> str:
    protocol = summary.protocol
    parts = []
    effects: dict[str, list[str]] = {}
    for field in EVENT_WORDS:
        effects.setdefault(getattr(protocol.intercurrent, field).verdict, []).append(EVENTS[field])
    for name, outcome, levels in in_order(summary):
        plan = outcome.plan
        tree = plan.primary.tree
        windows = windows_of(summary, tree, plan.at)
        if levels is None:
            told = f"{capital(name)} was defined as {describe_rule(tree, summary.measures, at=plan.at)}."
        else:
            rules = rules_words(summary, levels, protocol.levels[name].ways[""])
            how = (
                "the first of these levels that holds"
                if levels.ordered
                else "one of these categories, of which no two hold at once"
            )
            told = f"{capital(name)} was {how}: {rules}."
        told += windows_told(summary, tree, plan.at)
        for measure in dict.fromkeys(slot.measure for slot in tree.slots):
            of_dose = sorted(
                {slot.window for slot in tree.slots if slot.measure == measure} & {*windows}, key=windows.index
            )
            days = dose_days(protocol, plan, measure, of_dose)
            told += f" {capital(value_name(summary.measures, measure))} was read {days}." if days else ""
        told += one_visit_told(summary, tree)
        if plan.part is not None and any(effect.endswith("responder") for effect in effects):
            lost, had = (plan.part.names[place] for place in ((-1, 0) if plan.good is not False else (0, -1)))
            told += f" An event that made the verdict “non-responder” gave the {plan.part.one} {lost}"
            told += f", one that made it “responder” {had}." if plan.part.ordered else "."
        if plan.good is not None:
            told += f" This outcome is {'wanted' if plan.good else 'not wanted'}."
        if plan.among is not None:
            told += (
                f" The denominator is limited to {denominator_words(plan, summary.measures)}; other cases are outside it, and one of which "
                "this is not known stands in the worst and the best case."
            )
        readings = [spec.reading for spec in plan.specs if spec.role == "reading"]
        if readings:
            what = "The same rule was also" if levels is None else "The same answers were also"
            told += f" {what} read in other ways, reported beside it: {listed(dict.fromkeys(readings))}."
        parts.append(told)
    changes: dict[tuple[str, str, str], list[str]] = {}
    for name, change in protocol.changes.items():
        planned_change = valued_plan(protocol, name)
        among = among_words(planned_change, summary.measures)
        days = dose_days(protocol, planned_change, change.change, (change.from_, change.at))
        told = value_name(summary.measures, change.change) + (f" (read {days})" if days else "")
        changes.setdefault((change.from_, change.at, among), []).append(told)
    for (start, end, among), names in changes.items():
        of = f", in the included cases {among}" if among else ""
        parts.append(
            f"Declared as outcomes by themselves are the changes of {listed(names)} from {start} to {end}{of}."
        )
    if summary.values_at:
        parts.append(described_words(summary))
    if summary.trajectories:
        parts.append(trajectories_words(summary))
    if summary.outcomes:
        left = effects.pop("as observed", [])
        told = "; ".join(f"{listed(events)} made the verdict “{effect}”" for effect, events in effects.items())
        told += f"{'; ' if told else ''}{listed(left)} left the verdict as observed" if left else ""
        parts.append(f"Of the events between the index date and the assessment, {told}.")
        untold = unseen_words(summary)
        parts += [f"{untold}."] if untold else []
        parts.append("A part of the rule whose value is missing is not evaluable, which is neither yes nor no.")
    parts += filter(None, (time_methods(summary), spell_methods(summary), event_methods(summary)))
    if summary.pending:
        parts.append(
            f"{capital(listed(summary.pending))} {'is' if len(summary.pending) == 1 else 'are'} declared and not computed yet."
        )
    return " ".join(parts)


def _headline_denominator(protocol: Protocol) -> str:
    """Whom the headlines are of: all included cases, unless an outcome limits its own denominator."""
    judged = [*(name for name, one in protocol.verdicts.items() if one.part is None), *protocol.levels]
    judged = [name for name in protocol.outcomes if name in judged]
    limited = [name for name in judged if getattr(protocol.outcomes[name], "among", None) is not None]
    if not limited:
        return "all included cases"
    if len(limited) == len(judged):
        return "the included cases to which each outcome is limited"
    return f"all included cases, for {listed(limited)} those to which it is limited"


def _statistics(summary: Summary) -> str:
    protocol, level = summary.protocol, with_percent(f"{summary.protocol.reporting.level}")
    told = (
        f"Proportions{' and rates' if summary.safety is not None else ''} are given with {level} confidence intervals"
    )
    methods = dict.fromkeys(
        answers.of_included.method
        for outcome in summary.outcomes.values()
        for answers in outcome.answers
        if answers.of_included.method
    )
    told += f" ({listed(map(method_words, methods))})" if methods else ""
    told += f"; the headline denominator is {_headline_denominator(protocol)}, with the evaluable only and both extremes beside it."
    courses = courses_words(summary, f"{'exact ' if all('exact' in method for method in methods) else ''}intervals")
    told += f" {courses}" if courses else ""
    shifts = dict.fromkeys(_interval_of(found.method) for found in typical(summary))
    told += f" Typical changes are Hodges–Lehmann estimates ({listed(filter(None, shifts))})." if any(shifts) else ""
    told += f" Counts, means, quartiles and thresholds were computed exactly, from whole numbers and fractions{_counted_rounded(summary)}."
    told += f" {_rounding()}"
    normal = approximate(summary)
    told += (
        f" Approximate, by a normal distribution{'' if summary.times else ' because of the number of cases'}, are: {listed(normal)}."
        if normal
        else " No interval rests on a normal approximation."
    )
    told += " The table of statistics names the method of each kind of number and on how many cases it rests."
    told += strata_methods(protocol)
    if protocol.table_one_by is not None:
        told += f" Characteristics are told of all included cases and by {protocol.table_one_by}; no test compares the columns."
    if not protocol.reporting.p_values:
        return f"{told} No p values are given: the series has no control group."
    p = style_in_force().p
    told += (
        f" {p if p == 'P' else 'The p'} values compare after with before in the same patients and are not adjusted; they do not test the drug "
        "against no drug."
    )
    if summary.included >= MANY:
        told += f" Among so many cases a difference too small to matter has a small {p}."
    tests = dict.fromkeys(test.method for change in summary.changes for test in change.tests if test.method)
    if any("mean_by_t" in change.change for change in summary.changes):
        told += " The paired t test takes the changes as normally distributed, which few values can neither show nor refute; the exact tests do not."
    return told + (f" They are from the {listed(map(method_words, tests))}." if tests else "")


def _rounding() -> str:
    """How descriptions are computed and printed."""
    half, up = with_percent("12.5"), with_percent("13")
    return (
        "Standard deviations divide by n − 1; quartiles are of type 7 (the default of R and Excel; Hyndman and Fan 1996). Printed numbers are "
        f"rounded once, from the exact value, a half away from zero ({half} is printed as {up} where percentages are whole); percentages may not add "
        "up to 100."
    )


def _counted_rounded(summary: Summary) -> str:
    """That numbers which are quotients were counted rounded, for their means and quartiles; no verdict rests on a rounded one. Else empty."""
    protocol = summary.protocol
    told = ["doses to 4 decimals and percentages of them to 2"] if protocol.doses else []
    means = any("mean" in {one.take, one.same_day} for one in protocol.windows.values())
    told += ["means of several values to 6"] if means else []
    return f"; for means and quartiles {' and '.join(told)} were counted" if summary.rounded and told else ""


def _interval_of(method: str) -> str:
    """A method of the estimate without its name, which the sentence has said."""
    return method_words(method).removeprefix("Hodges–Lehmann estimate").lstrip(",; ")
