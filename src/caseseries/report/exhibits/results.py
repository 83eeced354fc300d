"""The Results paragraphs and the headline: every number in them is drawn from the run's results."""

from __future__ import annotations

from caseseries.report.exhibits.cannot_show import IN_SHORT
from caseseries.report.exhibits.change import change_line, reasons_without
from caseseries.report.exhibits.charted import charted, uncharted_words, unseen_words
from caseseries.report.exhibits.findings import findings_words
from caseseries.report.exhibits.follow_up import lengths_words
from caseseries.report.exhibits.model import Paragraph
from caseseries.report.exhibits.numbers import rate_text, share_in_words
from caseseries.report.exhibits.responders import headline_words, reading_name, readings
from caseseries.report.exhibits.safety import (
    ascertainment,
    deaths_words,
    events_text,
    left_out_words,
    monitoring_words,
    years_cell,
)
from caseseries.report.exhibits.selection import (
    UNDETERMINED,
    database_words,
    in_sentence,
    nobody_words,
    of_database,
    people_words,
    reason_words,
    screening_words,
    several_courses,
)
from caseseries.report.exhibits.source import loud_words, valueless
from caseseries.report.exhibits.words import capital, counted, listed, seen, spelled, without_dates
from caseseries.summary.model import OutcomeSummary, Responders, SafetySummary, Summary

#: Up to so many included cases a figure that gives each of them a line, a bar or a row of its own can be read.
MOST_LINES, MOST_ROWS, MOST_TIMELINES = 400, 120, 60

#: Said on every page, figure and file of a run over an invented chart.
INVENTED = "Invented data: no row describes a real patient"


def primary(outcome: OutcomeSummary) -> Responders | None:
    """The responders of the protocol as written."""
    return next(iter(readings(outcome)), None)


def patients_words(summary: Summary) -> Paragraph:
    """How many were found, excluded and included, and who they are."""
    included, excluded = summary.included, len(summary.shown.rows) - summary.included
    told = (
        f"Of {counted(len(summary.shown.rows), 'case')} found, {included} {'was' if included == 1 else 'were'} included"
    )
    if included and not excluded:
        told = f"{'The case' if included == 1 else f'All {included} cases'} found {'was' if included == 1 else 'were'} included"
    if excluded:
        reasons: dict[str, int] = {}
        for case in summary.shown.rows:
            if case.status == "excluded":
                told_as = case.failed_criterion + (UNDETERMINED if case.undetermined else "")
                why = reason_words(summary, told_as)
                reasons[why] = reasons.get(why, 0) + 1
        told += f" and {excluded} excluded ({'; '.join(f'{in_sentence(reason)}, n = {n}' for reason, n in reasons.items())})"
    prior = [
        f"{result.label.removesuffix(' before the index date')} in {share_in_words(result.n, result.total)}"
        for result in summary.prior
        if result.n is not None and result.total
    ]
    people = people_words(summary)
    told += f": {people}." if people else "."
    for before in (screening_words(summary), database_words(summary)):
        told = f"{before} {told}" if before else told
    if prior:
        told += f" Treatments before the index date were {listed(prior)}."
    return Paragraph(told)


def _unknown(found: Responders) -> str:
    """How many are not evaluable, beside a count that alone would count them as non-responders."""
    return f", {found.not_evaluable} not evaluable" if found.not_evaluable else ""


def not_drawn_words(summary: Summary) -> Paragraph | None:
    """That figures of single cases are left out where there are too many of them."""
    n = summary.included
    if n <= MOST_TIMELINES:
        return None
    left = ["a timeline for each case"]
    left += ["the doses and the follow-up of every case"] if n > MOST_ROWS else []
    left += ["a line or a bar for every change"] if n > MOST_LINES else []
    return Paragraph(
        f"With {counted(n, 'case')} {listed(left)} cannot be read and {'is' if len(left) == 1 else 'are'} not drawn. "
        "The values and days of every case are in patients.csv, and `caseseries explain` tells each of them."
    )


def safety_words(summary: Summary) -> Paragraph:
    """Adverse events on treatment, how they were looked for, and the rate; or that they were not charted."""
    safety = summary.safety
    if not charted(summary, "adverse events"):
        told = uncharted_words("adverse events", summary.not_charted["adverse events"])
    elif safety is None:
        told = _charted_words(summary)
    else:
        told = _on_treatment_words(summary, safety)
    counts = monitoring_words(summary, safety) if safety is not None else ""
    return Paragraph(" ".join(part for part in (told, counts, deaths_words(summary)) if part))


def _charted_words(summary: Summary) -> str:
    """The adverse events of a study whose protocol declares no safety."""
    told = (
        "Safety is not declared in the protocol, so adverse events on treatment were not assessed and there is no rate."
    )
    events = summary.shown.events
    if not events:
        return f"{told} No adverse event of an included case is charted, which is not the same as none."
    patient_of = {case.case_id: case.patient for case in summary.shown.included}
    people = share_in_words(len({patient_of[event.case_id] for event in events}), len(set(patient_of.values())))
    undated = sum(event.status == "undated" for event in events)
    told += f" Charted are {counted(len(events), 'adverse event')}, in {people} of the patients"
    return told + (f"; {undated} of them without a date." if undated else ".")


def _on_treatment_words(summary: Summary, safety: SafetySummary) -> str:
    on = [event for event in safety.events if event.on_treatment]
    perhaps = [event for event in safety.events if event.status == "possibly on treatment"]
    told = (
        f"{spelled(len(on), 'adverse event')} on treatment {'was' if len(on) == 1 else 'were'} recorded"
        if on
        else "No adverse event was recorded that certainly lies on treatment"
        if perhaps
        else "No adverse event on treatment was recorded, which is not the same as none"
    )
    people, every = safety.with_event, safety.with_any
    if on and people.n is not None and people.total is not None:
        told += f", in {share_in_words(people.n, people.total)} of the patients"
    if on:
        told += f": {listed(dict.fromkeys(without_dates(event.term) for event in on))}"
    told += f" ({years_cell(safety).text} patient-years"
    rate = rate_text(safety.rate, summary.protocol.reporting.level)
    if rate:
        told += f"; {rate}" if safety.rate.estimate is not None else f"; {events_text(safety)} events, {rate}"
    told += ")."
    if every.n is not None and every.total is not None and len(safety.events) > len(on):
        told += f" With any charted event, on treatment or not, dated or not: {share_in_words(every.n, every.total)} of the patients."
    left_out = left_out_words(safety)
    told += f" {left_out}" if left_out else ""
    return f"{told} Ascertainment: {ascertainment(summary)}."


def headline(summary: Summary) -> str:
    """The run in a few lines, for the terminal: responders with exact interval, changes, follow-up, safety."""
    if summary.cases is None:
        from caseseries.report.exhibits.population_results import headline as of_counts

        return of_counts(summary)
    lines = [*([f"{INVENTED}."] if summary.invented else []), *loud_words(summary), *headline_lines(summary), IN_SHORT]
    return "\n".join(seen(line) for line in lines)


def _several_windows(summary: Summary) -> set[str]:
    """The measures whose change is told between different windows, so that each line must say between which."""
    told = [change for outcome in summary.outcomes.values() for change in outcome.changes] + [*summary.change_outcomes]
    windows: dict[str, set[tuple[str, str]]] = {}
    for change in told:
        if change.spec == 0:
            windows.setdefault(change.measure, set()).add((change.before_window, change.after_window))
    return {measure for measure, found in windows.items() if len(found) > 1}


def headline_lines(summary: Summary) -> tuple[str, ...]:
    """The run in a few lines, for the box on top of the page and for the terminal."""
    level, empty, several = summary.protocol.reporting.level, valueless(summary), _several_windows(summary)
    lines = [capital(finding.message) for finding in summary.findings if finding.rule == "empty window"]
    for name, outcome in summary.outcomes.items():
        found = primary(outcome)
        if found is None:
            continue
        of = f" of {found.denominator}" if outcome.plan.among is not None else ""
        lines.append(f"{capital(name)}: {headline_words(found, level, nobody_words(summary))}{of}")
        people = people_words(summary)
        if found.of_included.total and people:
            dependent = ": courses of one patient are not independent" if several_courses(summary) else ""
            lines.append(f"  {people}{dependent}")
        if found.of_included.total:
            lines.append(f"  {_denominators(found, outcome.plan.good)}")
        others = [
            f"{reading_name(other.reading).lower()} {other.of_included.n} of {other.of_included.total}{_unknown(other)}"
            for other in readings(outcome)[1:]
        ]
        if others:
            lines.append(f"  other readings: {'; '.join(others)}")
        lines += [
            f"  {change_line(summary, change, windows=change.measure in several, why=reasons_without(summary, change))}"
            for change in outcome.changes
            if change.spec == 0 and change.measure not in empty
        ]
    told = {line.strip() for line in lines}
    shown = [change for change in summary.change_outcomes if change.spec == 0 and change.measure not in empty]
    changes = [
        change_line(summary, change, windows=change.measure in several, why=reasons_without(summary, change))
        for change in shown
    ]
    lines += [line for line in changes if line not in told]  # one that a rule rests on stands under its outcome already
    if summary.follow_up:
        lines.append(lengths_words(summary, summary.follow_up).text.rstrip("."))
    untold = unseen_words(summary)
    lines += [untold] if untold else []
    lines += _safety_line(summary)
    findings = findings_words(summary)
    return (*lines, findings) if findings else tuple(lines)


def _safety_line(summary: Summary) -> list[str]:
    """Adverse events in one line: how many on treatment and how many not dated, charted ones alone, or that they were not charted."""
    safety, events = summary.safety, summary.shown.events
    if not charted(summary, "adverse events"):
        return [f"Adverse events: not charted ({summary.not_charted['adverse events']})"]
    if safety is None:
        found = f"{len(events)} charted" if events else "none charted"
        return [f"Adverse events: {found}; the protocol declares no safety, so there is no rate"]
    undated = sum(event.status == "undated" for event in events)
    how = "with a date" if undated else "recorded"
    told = f"Adverse events on treatment: {events_text(safety)} {how} in {years_cell(safety).text} patient-years{_rate(summary)}"
    return [f"{told}; {undated} without a date" if undated else told]


def _rate(summary: Summary) -> str:
    """The rate with its exact interval, for the many persons of a database; a handful of events is told without one."""
    rate = summary.safety.rate if summary.safety is not None else None
    if rate is None or rate.estimate is None or not of_database(summary):
        return ""
    return f" ({rate_text(rate, summary.protocol.reporting.level)})"


def _denominators(found: Responders, good: bool | None) -> str:
    evaluable, worst, best = found.of_evaluable, found.worst_case, found.best_case
    told = [f"not evaluable {found.not_evaluable}"]
    told += [f"outside {found.outside}"] if found.outside else []
    told += [f"membership not known {found.unplaced}"] if found.unplaced else []
    if evaluable.n is not None and evaluable.total is not None:
        told.insert(0, f"of the evaluable {evaluable.n} of {evaluable.total}")
    if (found.not_evaluable or found.unplaced) and worst.n is not None and best.n is not None:
        of_worst = f" of {worst.total}" if worst.total != best.total else ""
        first, second = ("worst case", "best case") if good is not None else ("lowest", "highest")
        told.append(f"{first} {worst.n}{of_worst}, {second} {best.n} of {best.total}")
    return ", ".join(told)
