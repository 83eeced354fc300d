"""Gathering everything that was noticed while a chart is read, and stopping a run on what must not pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from caseseries.chart.causes import causes
from caseseries.chart.natural import natural
from caseseries.chart.tables import Chart, Finding, Severity
from caseseries.errors import ChartError, ChoiceNeeded, Place, Problem, in_numbers

#: Rules of findings that ask for a choice rather than a correction of the chart.
PARTIAL_DATES = "choice: partial dates"
DRUG_NAMES = "choice: drugs that nobody knows"
FATAL_EVENTS = "choice: fatal events"
OVERLAPS = "choice: overlaps"
REASON_ALONE = "choice: reasons without a last day"
DEPOTS = "choice: depots without a route"
DOSE_DRUG = "choice: drug of the doses"

#: The rule of days counted from the index date of a patient who has several.
PLANNED_COURSE = "choice: course of a planned day"

#: What each of them is about, and what makes the choice.
CHOICES = {
    PARTIAL_DATES: (
        "The chart holds dates of which only the month or the year is known, and the protocol does not say what to do with them.",
        "Add `partial_dates: bounds` to the protocol, or refuse, earliest, middle, latest.",
    ),
    DRUG_NAMES: (
        "The chart holds drugs that nobody knows, and the protocol asks for drugs: which of its groups each is in decides.",
        "Say what each is under `drugs` of its table in the chart description: an ingredient, a group, or none of these.",
    ),
    FATAL_EVENTS: (
        "Adverse events, or reasons why a drug was stopped, say that patients died of whom no death is recorded.",
        "Add `fatal: death` to their table in the chart description (the last day of the event or the course is then that of the death), or "
        "`fatal: no death`.",
    ),
    REASON_ALONE: (
        "It is written why drugs were stopped, the last day is blank, and the chart description does not say what that means.",
        "Add `reason_without_stop: not known` to the table of drugs in the chart description (the drug was stopped, on a day that nobody knows), or "
        "`reason_without_stop: ongoing` (it was still taken).",
    ),
    OVERLAPS: (
        "Courses of one drug of which a daily dose is made overlap, and the chart description does not say whether the later replaces the earlier.",
        "Add `overlaps: replace` to the table of drugs in the chart description (the later start ends the earlier course on the day before), or "
        "`overlaps: add` (both are taken).",
    ),
    DEPOTS: (
        "Depots and injections of glucocorticoids, of which a daily dose is made, have no route, and the chart description does not say whether they "
        "count.",
        "Write the route, or say it under `drugs` of the table, name by name; or add `depot_without_route: local` to the table of drugs in the chart "
        "description (into joints or lesions: they add to no dose), or `depot_without_route: systemic`.",
    ),
    DOSE_DRUG: (
        "Doses written at visits count as prednisone equivalents, and the chart description does not say what they are of.",
        "Add `drug: prednisone` to the column in the chart description, where the doses are of prednisone or its equivalents already, or the "
        "glucocorticoid that they are of.",
    ),
    PLANNED_COURSE: (
        "Days are counted from the index date, some patients have several, and the chart description does not say which.",
        "Add `course: first` or `course: last` to the date.",
    ),
}

_ORDER = {"error": 0, "warning": 1, "note": 2}


@dataclass(slots=True)
class Findings:
    """What was noticed so far; the same thing is kept once."""

    found: dict[Finding, None] = field(default_factory=dict)

    def add(
        self,
        severity: Severity,
        rule: str,
        message: str,
        place: Place | None = None,
        *,
        patient: str = "",
        field: str = "",
        value: str = "",
        allowed: str = "",
        proposal: str = "",
        because: str = "",
    ) -> None:
        """Keep one finding; `message` holds no cell of the chart and no free text, `value`, `proposal` and `because` may."""
        finding = Finding(severity, rule, message, place or Place(), patient, field, value, allowed, proposal, because)
        self.found.setdefault(finding)

    def extend(self, findings: Iterable[Finding]) -> None:
        """Keep several."""
        for finding in findings:
            self.found.setdefault(finding)

    def sorted(self) -> tuple[Finding, ...]:
        """Errors first, then by file, sheet, row and column as the user sees them."""
        return tuple(sorted(self.found, key=_key))


def _key(finding: Finding) -> tuple[object, ...]:
    place = finding.place
    where = (place.file, place.sheet, place.row or 0, len(place.column), place.column)
    return (
        _ORDER[finding.severity],
        *where,
        finding.rule,
        finding.field,
        natural(finding.patient),
        finding.message,
        finding.value,
    )


_MEND = "correct the cell, or decide on it under `accept` in the chart description"
_SAY = "write `drugs: {NAME: what it is}` in this table, with the name as the cell holds it"


def problems(findings: Sequence[Finding]) -> tuple[Problem, ...]:
    """Findings as lines of an error, those alike together; the cell and its proposed reading are private: shown on the user's own terminal only."""
    told = []
    for cause in causes(findings):
        finding = cause.finding
        shown = (
            f"{finding.value}; proposed reading: {finding.proposal}"
            if finding.proposal and finding.value
            else finding.value
        )
        cell = _SAY if finding.rule == DRUG_NAMES else cause.mend or _MEND
        do = cell if finding.value and finding.place.row is not None and finding.place.column else cause.mend
        asked = finding.rule in CHOICES
        told.append(Problem(finding.message, finding.place, shown, finding.allowed, do, private=True, question=asked))
    return tuple(told)


def stop_on_errors(chart: Chart) -> Chart:
    """The chart as it is, if nothing in it must stop a run.

    Raises:
        ChartError: cells or tables could not be read as declared; all of them are listed.
        ChoiceNeeded: only choices are missing (partial dates, drugs that nobody knows, fatal events, overlapping courses, depots without a route, the
            drug of doses);
            each is listed.
    """
    errors = [finding for finding in chart.findings if finding.severity == "error"]
    if not errors:
        return chart
    rules = {finding.rule for finding in errors}
    if rules <= CHOICES.keys():
        asked = [CHOICES[rule] for rule in CHOICES if rule in rules]
        what, do = (" ".join(words) for words in zip(*asked, strict=True))
        raise ChoiceNeeded(what, problems(errors), do=f"{do} Nothing was run.")
    told = problems(errors)
    raise ChartError(f"The chart cannot be read as it is described: {in_numbers(told)}.", told, do="Nothing was run.")
