"""Adverse events in sentences: how they were looked for, how many lie on treatment, and what the numbers leave out."""

from __future__ import annotations

from caseseries.chart.personal_words import without_dates
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import folded
from caseseries.report.exhibits.charted import nowhere_words, some_words
from caseseries.report.exhibits.count_words import count_text, of_words
from caseseries.report.exhibits.deaths import deaths_words
from caseseries.report.exhibits.printed_blocks import Paragraph
from caseseries.report.exhibits.printed_numbers import (
    absent,
    exact,
    number,
    per_year_text,
    rate_places,
    rate_text,
    share_in_words,
    years_text,
)
from caseseries.report.exhibits.selection import of_charts, of_database
from caseseries.report.exhibits.words import counted, listed, measure_name, spelled
from caseseries.safety.follow import Status
from caseseries.summary.model import Summary
from caseseries.summary.result import NONE, Count
from caseseries.summary.safety_summary import SafetySummary, ToldOfEvents
from caseseries.verdict.number_style import with_percent

#: What on treatment means.
ON_TREATMENT = (
    "On treatment: on a day on which the study drug was taken, or at most {lag} after the last dose before it, within follow-up; in a longer "
    "gap between courses the patient is off treatment."
)

#: The same where no drug is studied: `until_after_last_dose` then says nothing.
NO_STUDY_DRUG = (
    "On treatment: the index date is not the first day of a drug that is recorded, so every day from it to the end of follow-up counts, "
    "whatever was taken."
)

#: So many cases, or values, are named one by one inside a sentence or a cell; the same number of kinds of event.
MOST_NAMED = 60
MOST_TERMS = 12


def on_treatment_words(protocol: Protocol) -> str:
    """What on treatment means under this protocol; empty where it declares no safety."""
    if protocol.safety is None:
        return ""
    if not isinstance(protocol.case.index_date, FirstExposure):
        return NO_STUDY_DRUG
    return ON_TREATMENT.format(lag=counted(protocol.safety.until_after_last_dose, "day"))


def when_words(protocol: Protocol) -> str:
    """In which time events are counted."""
    return "on treatment" if isinstance(protocol.case.index_date, FirstExposure) else "from the index date on"


def ascertainment(summary: Summary) -> str:
    """How events were looked for, as the protocol states it."""
    declared = summary.protocol.safety
    return declared.ascertainment if declared is not None else "not stated in the protocol"


def patient_years(safety: SafetySummary) -> str:
    """Patient-years at risk, from the least to the most where days of courses are not known."""
    return years_text(safety.patient_years, safety.most_patient_years)


def written(summary: Summary, term: str) -> str:
    """An adverse event as the chart or the protocol writes it: terms are counted as they are compared, without capitals."""
    declared = summary.protocol.safety.events if summary.protocol.safety is not None else ()
    charted = (event.term for event in summary.cases.events) if summary.cases is not None else ()
    return without_dates(next((name for name in (*charted, *declared) if folded(name) == term), term))


def safety_words(summary: Summary) -> Paragraph:
    """Adverse events on treatment, how they were looked for, and the rate; or that they were not charted."""
    safety = summary.safety
    told = nowhere_words(summary, "adverse events") or (
        _charted_words(summary) if safety is None else _on_treatment_words(summary, safety)
    )
    some = some_words(summary, "adverse events")
    return Paragraph(" ".join(part for part in (told, some, monitoring_words(summary), deaths_words(summary)) if part))


def _charted_words(summary: Summary) -> str:
    """The adverse events of a study whose protocol declares no safety."""
    charted = sum(summary.adverse_events.values(), NONE)
    if not charted.high and of_database(summary):
        return (
            "Safety is not declared in the protocol, so adverse events were not looked for: nothing is known of them."
        )
    told = (
        "Safety is not declared in the protocol, so adverse events on treatment were not assessed and there is no rate."
    )
    if not charted.high:
        return f"{told} No adverse event of an included case is charted, which is not the same as none.{_only_in_charts(summary)}"
    told += f" Charted {'is' if charted.exact == 1 else 'are'} {count_text(charted)} adverse event{'' if charted.exact == 1 else 's'}"
    if summary.cases is not None:
        patient_of = {case.case_id: case.patient for case in summary.cases.included}
        people = {patient_of[event.case_id] for event in summary.cases.events}
        told += f", in {share_in_words(len(people), len(set(patient_of.values())))} of the patients"
    undated = summary.adverse_events["undated"]
    return (
        told + (f"; {count_text(undated)} of them without a date." if undated.high else ".") + _only_in_charts(summary)
    )


def _only_in_charts(summary: Summary) -> str:
    """That events no protocol declares were not looked for in databases, where other sites read charts."""
    return " In the databases adverse events were not looked for." if summary.kept == "both" else ""


def in_short(summary: Summary) -> str:
    """Adverse events on treatment in a sentence with their rate; that they were not charted, or only listed."""
    safety = summary.safety
    if told := nowhere_words(summary, "adverse events"):
        return told
    return _charted_words(summary) if safety is None else " ".join(_recorded_words(summary, safety))


def _recorded_words(summary: Summary, safety: SafetySummary) -> list[str]:
    """How many events on treatment with their rate, and where events may or do lie outside it, of how many patients any event is charted."""
    on, when = safety.events.low, when_words(summary.protocol)
    told = (
        f"{_many(safety.events)} {when} {'was' if safety.events.exact == 1 else 'were'} recorded"
        if on
        else f"No adverse event was recorded that certainly lies {when}"
        if safety.events.high
        else f"No adverse event {when} was recorded, which is not the same as none"
    )
    people, every = safety.with_event, safety.with_any
    if on and people.n is not None and people.total is not None:
        told += f", in {share_in_words(people.n, people.total)} of the patients"
    told += f": {_terms(summary, safety)}" if on else ""
    told += f" ({patient_years(safety)} patient-years"
    rate = rate_text(safety.rate, summary.protocol.reporting.level)
    if not on and safety.events.high and rate:
        rate = f"{count_text(safety.events)} events, {rate}"
    found = [f"{told}; {rate or f'rate {absent(safety.rate.absent_because)}'})."]
    if every.n is not None and every.total is not None and safety.charted.high > on:
        found.append(
            f"With any charted event, {when} or not, dated or not: {share_in_words(every.n, every.total)} of the patients."
        )
    return found


def _on_treatment_words(summary: Summary, safety: SafetySummary) -> str:
    told = " ".join([*_recorded_words(summary, safety), *told_words(safety)])
    left_out = left_out_words(summary)
    told += f" {left_out}" if left_out else ""
    told += f" {limits}" if (limits := limits_words(summary)) else ""
    records = f" {records}" if (records := records_words(summary)) else ""
    return f"{told}{records} Ascertainment: {ascertainment(summary)}.{_looked_for(summary)}"


def told_words(safety: SafetySummary) -> list[str]:
    """How many events led to stopping the study drug, were serious, or of grade 3 or more, of how many of which it is recorded; what is recorded of
    none stands together. Empty where no event may be on treatment."""
    asked = [one for one in safety.told if (one.recorded + one.not_known + one.not_recorded).high]
    found, nothing = [], [one.question.one for one in asked if not (one.recorded + one.not_known).high]
    for one in asked:
        untold = untold_words(one)
        if one.recorded.high:
            of = f"{count_text(one.events)} of {recorded_words(one)} of which it is recorded{f' ({untold})' if untold else ''}"
            found.append(f"{one.question.title}: {of}, in {of_words(one.patients, safety.people)} of the patients.")
        elif one.not_known.high:
            found.append(f"Whether an event {one.question.one} is not known: {untold}.")
    return found + ([f"Whether an event {listed(nothing, 'or')} is not recorded."] if nothing else [])


def recorded_words(found: ToldOfEvents) -> str:
    """The events of which the answer to a question is recorded, with their noun."""
    return f"{count_text(found.recorded)} event{'' if found.recorded.exact == 1 else 's'}"


def untold_words(found: ToldOfEvents) -> str:
    """Of how many events the answer to a question is not known, and why; empty where it is known of all."""
    told = ((found.not_recorded, "it is not recorded"), (found.not_known, "what is written does not say it"))
    return ", ".join(f"of {count_text(n)} {words}" for n, words in told if n.high)


def limits_words(summary: Summary) -> str:
    """How frequent what was not seen may be at most; empty where nothing was looked for in vain."""
    limits = summary.safety.limits if summary.safety is not None else ()
    told = []
    for one, of_time in zip(limits[::2], limits[1::2], strict=True):
        assert one.upper is not None and of_time.upper is not None
        what = (
            "any"
            if one.id == "safety/with_event/upper limit"
            else written(summary, one.id.split("/", 2)[2].rsplit("/", 1)[0])
        )
        rate = number(of_time.upper, rate_places(of_time))
        told.append(
            f"{what} at most {with_percent(number(exact(one.upper) * 100))} of {counted(one.total or 0, 'patient')} and {rate} per 100 patient-years"
        )
    level = summary.protocol.reporting.level
    return (
        f"Not seen {when_words(summary.protocol)}, with the one-sided exact {with_percent(level)} limits: {'; '.join(told)}."
        if told
        else ""
    )


def _many(events: Count) -> str:
    """`One adverse event`, or from how many to how many."""
    return f"{count_text(events)} adverse events" if events.exact is None else spelled(events.exact, "adverse event")


def _terms(summary: Summary, safety: SafetySummary) -> str:
    """The kinds of event that occurred on treatment for certain, the most frequent first."""
    names = [written(summary, term.term) for term in safety.terms if term.events.low]
    if len(names) <= MOST_TERMS:
        return listed(names)
    return listed([*names[:MOST_TERMS], f"{len(names) - MOST_TERMS} others"])


def _looked_for(summary: Summary) -> str:
    """Which events a source of coded data was asked for, and which of them it could not tell."""
    declared = summary.protocol.safety
    if declared is None or not declared.events or of_charts(summary):
        return ""
    looked = [name for name in declared.events if not summary.nowhere(f"adverse events: {folded(name)}")]
    lost = [name for name in declared.events if f"adverse events: {folded(name)}" in summary.not_charted]
    where = "Looked for were" if of_database(summary) else "In the databases, looked for were"
    told = f" {where} {listed(looked)}, as coded in the data; other events were not looked for."
    if some := alone_words(summary):
        told = f" {some}"
    if lost:
        told += f" Not charted, in some or all sources, because no concept or no table holds them: {listed(lost)}."
    return told


def records_words(summary: Summary) -> str:
    """What counts as an event, where some patient has the same one several times; else empty."""
    terms = summary.safety.terms if summary.safety is not None else ()
    if not any(term.events.high > term.patients.high for term in terms):
        return ""
    what, several = ("row", "written down") if summary.kept == "chart" else ("record", "coded")
    return (
        f"Every {what} counts as an event: one illness that is {several} on several days counts several times, and its rate is then too "
        "high; the share of patients with one does not depend on it."
    )


def alone_words(summary: Summary) -> str:
    """Of how many patients certain events alone were looked for, where other sources could tell others; else empty."""
    safety = summary.safety
    if safety is None or (len(safety.alone) == 1 and safety.alone[0].patients == safety.people):
        return ""
    return " ".join(
        f"For {count_text(one.patients)} of {count_text(safety.people)} patients only {listed([written(summary, term) for term in one.terms])} "
        "could be told; no number of another event rests on them, but that of all events does."
        for one in safety.alone
    )


def left_out_words(summary: Summary) -> str:
    """Which charted events the numbers on treatment leave out, or count as a range; empty where all are dated exactly."""
    states: tuple[tuple[Status, str], ...] = (
        ("undated", "without a date"),
        ("possibly on treatment", "whose date is not exact enough to say"),
    )
    told = [
        f"{count_text(n)} event{'' if n.exact == 1 else 's'} {words}{_whose(summary, state)}"
        for state, words in states
        if (n := summary.adverse_events[state]).high
    ]
    return f"Not in a number on treatment, or only in its upper end: {'; '.join(told)}." if told else ""


def _whose(summary: Summary, state: Status) -> str:
    """The cases of events of one state, where they are few enough to be named."""
    events = summary.cases.events if summary.cases is not None else ()
    who = list(dict.fromkeys(event.case_id for event in events if event.status == state))
    return f" (case {listed(who)})" if 0 < len(who) <= MOST_NAMED else ""


def monitoring_words(summary: Summary) -> str:
    """One sentence on how often counts were taken."""
    monitoring = summary.safety.monitoring if summary.safety is not None else ()
    parts = [
        f"{measure_name(summary.measures, found.measure)} {per_year_text(found.per_patient_year)} times per patient-year"
        for found in monitoring
        if found.per_patient_year is not None and found.values.high
    ]
    none = [measure_name(summary.measures, found.measure) for found in monitoring if not found.values.high]
    open_ = [
        f"{count_text(found.values)} of {measure_name(summary.measures, found.measure)}"
        for found in monitoring
        if found.per_patient_year is None and found.values.high
    ]
    told = [f"Counts were taken: {listed(parts)}."] if parts else []
    when = when_words(summary.protocol)
    told += [f"Values {when}: {listed(open_)}."] if open_ else []
    told += [f"No value of {listed(none, 'or')} was recorded {when}, so it was not monitored."] if none else []
    return " ".join(told)
