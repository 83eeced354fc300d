"""A protocol to start from: the choices every study makes, each explicit, most of them left to decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseseries import catalogue
from caseseries.form.guess import MeasureGuess, TableGuess
from caseseries.form.quote import quoted
from caseseries.protocol.undecided import TO_DECIDE

SUGGESTED = "# suggested"
_OUTSIDE = f"  outside_courses: zero   {SUGGESTED}: the dose on days between recorded courses: zero or not evaluable"
_CHOICES = {
    "target": "the day aimed at",
    "take": "which day of the window counts: first, last, nearest, best, worst, highest, lowest or mean",
    "tie": "of two days equally near the target: earlier or later",
    "same_day": "different values on one day: not evaluable, best, worst, highest, lowest or mean",
    "components": "the measures of a rule come from the same visit, or nearest each",
}


def start_protocol(guesses: Sequence[TableGuess]) -> str:
    """The text of protocol.yaml for tables that were looked at; a general one without tables."""
    measures = _measures(guesses)
    dated = not guesses or any(one.kind == "drugs" or one.roles.get("date") for one in guesses)
    lines = [
        "# The study: who is a case, what is measured when, and what counts as a response. It depends on no data source.",
        f"# Lines marked '{SUGGESTED[2:]}' were suggested after a look at the files: confirm each, then delete the mark.",
        f"# {TO_DECIDE} must be replaced; nothing runs before.",
        "",
        f"study: {TO_DECIDE}   # the title",
        f"authors_knew: {TO_DECIDE}   # what you knew of the outcomes when you wrote this",
        *_case(guesses, dated=dated),
        "",
        "# include:",
        "#   - {diagnosis: name of the disease, by: index date}",
        "#   - {age: {below: 18 years}, at: index date}",
        "#   - {value: name of a measure, in: baseline, at_least: 10 points}",
        "",
        "measures:",
        *(f"  {line}" for line in measures),
        "",
        "windows:   # days around the index date, which is day 0; both ends count",
        *_window("baseline", "-30 days", "0 days", {"take": "last"}),
        *_window("month 3", "75 days", "105 days", {"target": "91 days", "take": "nearest", "tie": "earlier"}),
        "",
        f"partial_dates: bounds   {SUGGESTED}: a date of which only the month or year is known: bounds, earliest, middle, latest, refuse",
        "",
        "intercurrent:   # what each does to the verdict: as observed, responder, non-responder or not evaluable",
        f"  drug stopped: {TO_DECIDE}",
        f"  rescue added: {TO_DECIDE}   # or {{drugs: [biologics], restart_after: 30 days, verdict: non-responder}}",
        f"  steroid raised above baseline: {TO_DECIDE}",
        f"  pulse: {TO_DECIDE}   # or {{within: 14 days, verdict: not evaluable}}",
        f"  death: {TO_DECIDE}",
        f"  lost: {TO_DECIDE}",
        "",
        "outcomes:",
        "  response:",
        f"    good: yes   {SUGGESTED}: whether it is wanted that this is met; no for a flare or a side effect",
        f"    at: month 3   {SUGGESTED}",
        "    rule:   # all, any, not, at_least ... of; is, gain, decrease, improves, worsens, value",
        *_rule(guesses),
        "",
        "safety:",
        f"  until_after_last_dose: 30 days   {SUGGESTED}",
        f"  grading: {TO_DECIDE}   # the scale of the grades with its version, such as CTCAE v5.0, or as recorded",
        f"  ascertainment: {TO_DECIDE}   # how adverse events were looked for",
        "",
        "reporting:",
        f"  p_values: no   {SUGGESTED}: yes prints them beside the intervals",
        f'  level: "95"   {SUGGESTED}: percent confidence of every interval: 90, 95 or 99',
    ]
    return "\n".join(lines) + "\n"


def _window(name: str, first: str, last: str, own: Mapping[str, str]) -> list[str]:
    """A window with every choice it has, one to a line, so that each is confirmed by itself."""
    choices = {**own, "same_day": "not evaluable", "components": "same visit"}
    return [
        f"  {name}:",
        f"    from: {first}   {SUGGESTED}",
        f"    to: {last}   {SUGGESTED}",
        *(f"    {field}: {value}   {SUGGESTED}: {_CHOICES[field]}" for field, value in choices.items()),
    ]


def _case(guesses: Sequence[TableGuess], *, dated: bool) -> list[str]:
    if not dated:
        return [f"case: {{index_date: {{nominal_day: 0 days}}, per: patient}}   {SUGGESTED}: the chart holds no dates"]
    drugs = next((one for one in guesses if one.kind == "drugs"), None)
    column = drugs.looked.column(drugs.roles["drug"]) if drugs is not None else None
    seen = f"; seen: {', '.join(column.words)}" if column is not None and column.words else ""
    return [
        "period: {}   # {from: 2005-01-01, to: 2009-12-31, data_cutoff: 2010-06-30}: nothing after the data cut-off is known",
        "case:",
        "  index_date:",
        f"    first_exposure: {TO_DECIDE}   # the study drug{seen}",
        f"    restart_after: 60 days   {SUGGESTED}: courses with a longer gap between them are two episodes",
        "    # washout: 90 days   # so many days without the drug before the index date",
        f"  per: {TO_DECIDE}   # patient (the first episode) or course (every episode)",
    ]


def _all(guesses: Sequence[TableGuess]) -> list[MeasureGuess]:
    found: dict[str, MeasureGuess] = {}
    for one in guesses:
        for measure in (*one.measures, *(m for measures in one.visits.values() for m in measures)):
            found.setdefault(measure.measure, measure)
    return list(found.values())


def _measures(guesses: Sequence[TableGuess]) -> list[str]:
    lines = []
    courses = any(one.kind == "drugs" for one in guesses)
    for one in _all(guesses):
        name = quoted(one.measure)
        if one.kind == "judgement":
            lines.append(
                f"{name}: {{judgement: {quoted(one.column)}, since: {TO_DECIDE}, recorded: not stated}}   # since: index date or last visit"
            )
        elif one.kind == "dose":
            source = (
                f"courses   {SUGGESTED}: added up from the drug rows"
                if courses
                else f"visits   {SUGGESTED}: as written at the visit"
            )
            lines += [
                f"{name}:",
                "  daily_dose: systemic glucocorticoids",
                f"  as: {TO_DECIDE}   # prednisone mg/day, prednisone mg/kg/day, mg/day or mg/kg/day",
                f"  source: {source}",
                *([_OUTSIDE] if courses else []),
                f"  pulses: apart   {SUGGESTED}: apart from the daily dose, or included",
                f"  if_zero_baseline: not evaluable   {SUGGESTED}: a percent of a dose of 0 before: not evaluable or not met",
                "  # weight: weight   # for mg/kg: the measure of body weight",
                "  # weight_within: 30 days   # and how far from the day of the dose it may be",
            ]
        elif one.instrument:
            lines.append(f"{name}: {{instrument: {quoted(one.instrument)}}}   {SUGGESTED}")
        else:
            lines.append(f"{name}: {{instrument: {TO_DECIDE}}}   # one of: {', '.join(one.choices)}")
    if not lines:
        lines.append(
            f"{TO_DECIDE}: {{instrument: {TO_DECIDE}}}   # your name for it and an entry of `caseseries catalogue`: cmas: {{instrument: CMAS}}"
        )
    return lines


def _rule(guesses: Sequence[TableGuess]) -> list[str]:
    """A rule of one condition, on the first measure of which more or less is better; else the direction is left to decide."""
    measures = _all(guesses)
    if not measures:
        return [f"      improves: {TO_DECIDE}", _AT_LEAST]
    first = next((one for one in measures if _has_direction(one)), measures[0])
    if first.kind == "judgement":
        return [f"      is: {quoted(first.measure)}   {SUGGESTED}"]
    if _has_direction(first):
        return [f"      improves: {quoted(first.measure)}   {SUGGESTED}", _AT_LEAST]
    why = "rises or falls: neither more nor less of it is always better"
    return [f"      {TO_DECIDE}: {quoted(first.measure)}   # {why}", _AT_LEAST]


_AT_LEAST = f"      at_least: {TO_DECIDE}   # such as 4 points, 20 % of baseline"


def _has_direction(one: MeasureGuess) -> bool:
    return one.kind != "instrument" or not one.instrument or catalogue.instrument(one.instrument).better != "none"
