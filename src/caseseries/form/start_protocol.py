"""A protocol to start from: the choices every study makes, each explicit; what the files do not answer is left to decide."""

from __future__ import annotations

import re

from caseseries import catalogue
from caseseries.form.found import TableGuess
from caseseries.form.one_row import STUDY_DRUG
from caseseries.form.outline import RESTART_AFTER, Outline
from caseseries.form.quote import quoted
from caseseries.form.start_measures import change_lines, measure_lines, rule_lines
from caseseries.form.start_windows import SUGGESTED, plan_windows, window_lines
from caseseries.protocol.undecided import TO_DECIDE

_DEATH = re.compile(
    r"\b(death|died|dead|fatal|tod|verstorben|gestorben|d[ée]c[èe]s|d[ée]c[ée]d[ée]e?|muerte|exitus|fallec\w*)\b",
    re.IGNORECASE,
)


def start_protocol(out: Outline) -> str:
    """The text of protocol.yaml for tables that were looked at; a general one without tables."""
    windows = plan_windows(out)
    at = windows[-1].name
    others = ", ".join(window.name for window in windows[1:-1])
    lines = [
        "# The study: who is a case, what is measured when, and what counts as a response. It depends on no data source.",
        f"# Lines marked '{SUGGESTED[2:]}' were suggested after a look at the files: confirm each, then delete the mark.",
        f"# {TO_DECIDE} must be replaced; nothing runs before.",
        "",
        f"study: {TO_DECIDE}   # the title",
        f"authors_knew: {TO_DECIDE}   # what you knew of the outcomes when you wrote this",
        *_case(out),
        "",
        "# include:",
        "#   - {diagnosis: name of the disease, by: index date}",
        "#   - {age: {below: 18 years}, at: index date}",
        "#   - {value: name of a measure, in: baseline, at_least: 10 points}",
        "",
        "measures:",
        *(f"  {line}" for line in measure_lines(out)),
        "",
        "windows:   # days around the index date, which is day 0; both ends count",
        *(line for window in windows for line in window_lines(window)),
        "",
        f"partial_dates: bounds   {SUGGESTED}: a date of which only the month or year is known: bounds, earliest, middle, latest, refuse",
        "",
        "intercurrent:   # what each does to the verdict: as observed, responder, non-responder or not evaluable",
        *_intercurrent(out),
        "",
        "outcomes:",
        "  response:",
        f"    good: yes   {SUGGESTED}: whether it is wanted that this is met; no for a flare or a side effect",
        f"    at: {at}   {SUGGESTED}" + (f": or {others}" if others else ""),
        "    rule:   # all, any, not, at_least ... of; is, gain, decrease, improves, worsens, value",
        *rule_lines(out),
        *change_lines(out, windows, at),
        "",
        *_safety(out),
        "reporting:",
        f"  p_values: no   {SUGGESTED}: yes prints them beside the intervals",
        f'  level: "95"   {SUGGESTED}: percent confidence of every interval: 90, 95 or 99',
    ]
    return "\n".join(lines) + "\n"


def _case(out: Outline) -> list[str]:
    if out.guesses and not out.dated:
        return [f"case: {{index_date: {{nominal_day: 0 days}}, per: patient}}   {SUGGESTED}: the chart holds no dates"]
    names = [name for name in out.drugs if name]
    seen = f"; seen: {', '.join(names[:12])}" if names else ""
    unknown = "a name that the catalogue does not know is declared below: drugs: {NAME: {}}"
    drug = f"{TO_DECIDE}   # the study drug{seen}; {unknown}"
    if out.drug:
        took = f"{out.taken} of {out.patients} patients took it" if out.rows else "the only drug that may be meant"
        drug = f"{quoted(out.drug)}   {SUGGESTED}: {took}{_groups(out.drug)}"
    per = f"{TO_DECIDE}   # patient (the first episode) or course (every episode)"
    if out.one_episode:
        per = f"patient   {SUGGESTED}: nobody took it again after a longer gap; or course (every episode)"
    lines = [
        "period: {}   # {from: 2005-01-01, to: 2009-12-31, data_cutoff: 2010-06-30}: nothing after the data cut-off is known",
        "case:",
        "  index_date:",
        f"    first_exposure: {drug}",
        f"    restart_after: {RESTART_AFTER} days   {SUGGESTED}: courses with a longer gap between them are two episodes",
        "    # washout: 90 days   # so many days without the drug before the index date",
        f"  per: {per}",
    ]
    if out.guesses and not out.rows and not out.has("drugs"):
        lines.insert(
            1,
            "# No table of drugs was recognised. Without one the index date can be a dated event or diagnosis: index_date: {first_event: NAME}",
        )
    if out.drug and out.declared:
        why = "the catalogue does not know it"
        if out.drug == STUDY_DRUG:
            why = "no heading names it: its name may stand here, in first_exposure and in chart.yaml"
        lines.append(f"drugs: {{{quoted(out.drug)}: {{}}}}   {SUGGESTED}: {why}")
    return lines


def _groups(drug: str) -> str:
    groups = [
        group.key for group in catalogue.drug_classes() if drug != group.key and drug in catalogue.drugs_in(group.key)
    ]
    return f"; or a group that holds it: {', '.join(groups)}" if groups else ""


def _intercurrent(out: Outline) -> list[str]:
    """What the chart cannot hold is `as observed`, which decides nothing; the rest is asked."""
    kinds = {one.kind for one in out.guesses}
    dose = any(one.kind == "dose" for one in out.measures)
    deaths = (out.dated and "deaths" in kinds) or any(_tells_death(one, dated=out.dated) for one in out.guesses)
    ends = any(not row.no_stop for row in out.rows) or any(row.stop is not None for row in out.rows)
    unsure = (
        any(one.kind == "drugs" and not one.courses and not one.undated_drugs for one in out.guesses) and not out.drug
    )
    others = bool(out.others) or unsure or (not out.drug and len(out.drugs) > 1)
    general = not out.guesses

    def line(event: str, absent: str, more: str = "") -> str:
        if absent and not general:
            return f"  {event}: as observed   {SUGGESTED}: {absent}"
        return f"  {event}: {TO_DECIDE}{more}"

    seen = f"; other drugs: {', '.join(out.others[:8])}" if out.others else ""
    return [
        line("drug stopped", "" if ends else "no day on which a drug was stopped is recorded"),
        line(
            "rescue added",
            "" if others else "no other drug is recorded with its days",
            f"   # or {{drugs: [biologics], restart_after: 30 days, verdict: non-responder}}{seen}",
        ),
        line("steroid raised above baseline", "" if dose else "no dose of a glucocorticoid is a measure"),
        line(
            "pulse",
            "" if out.pulse_rows else "no course of a glucocorticoid is intravenous or called a pulse",
            "   # or {within: 14 days, verdict: not evaluable}",
        ),
        line("death", "" if deaths else "no death is recorded"),
        line("lost", "", "   # nothing is known of the patient as far as the window"),
    ]


def _tells_death(one: TableGuess, *, dated: bool) -> bool:
    """Whether a table may say that a patient died: a date of death, or an event that is fatal or graded."""
    if one.kind == "patients":
        return dated and bool(one.roles.get("death"))
    if one.kind != "events":
        return False
    column = one.looked.column(one.roles.get("event", ""))
    graded = any(one.roles.get(role) for role in ("grade", "outcome", "serious"))
    return graded or any(_DEATH.search(name) for name in (column.names if column is not None else ()))


def _safety(out: Outline) -> list[str]:
    if out.guesses and not out.has("events"):
        return [
            "# No table of adverse events was found. Once there is one, `safety` says how they were looked for and graded:",
            "# safety: {until_after_last_dose: 30 days, grading: CTCAE v5.0, ascertainment: as recorded in the notes}",
            "",
        ]
    grades = not out.guesses or any(one.kind == "events" and one.roles.get("grade") for one in out.guesses)
    grading = f"{TO_DECIDE}   # the scale of the grades with its version, such as CTCAE v5.0, or as recorded"
    if not grades:
        grading = f"as recorded   {SUGGESTED}: no column of grades was found"
    return [
        "safety:",
        f"  until_after_last_dose: 30 days   {SUGGESTED}",
        f"  grading: {grading}",
        f"  ascertainment: {TO_DECIDE}   # how adverse events were looked for",
        "",
    ]
