"""Gathering everything that was noticed while a chart is read, and stopping a run on what must not pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from caseseries.chart.natural import natural
from caseseries.chart.tables import Chart, Finding, Severity
from caseseries.errors import ChartError, ChoiceNeeded, Place, Problem

#: The rule of findings that ask for a choice in the protocol rather than a correction of the chart.
PARTIAL_DATES = "choice: partial dates"

_ORDER = {"error": 0, "warning": 1, "note": 2}


@dataclass(slots=True)
class Findings:
    """What was noticed so far; the same thing is kept once."""

    found: dict[Finding, None] = field(default_factory=dict)

    def add(
        self, severity: Severity, rule: str, message: str, place: Place | None = None, *, patient: str = "", field: str = "",
        value: str = "", allowed: str = "", proposal: str = "",
    ) -> None:  # fmt: skip
        """Keep one finding; `message` holds no cell of the chart, `value` and `proposal` may."""
        finding = Finding(severity, rule, message, place or Place(), patient, field, value, allowed, proposal)
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


def problems(findings: Sequence[Finding]) -> tuple[Problem, ...]:
    """Findings as lines of an error; the cell and its proposed reading are private: shown on the user's own terminal only."""
    return tuple(
        Problem(
            finding.message,
            finding.place,
            f"{finding.value}; proposed reading: {finding.proposal}" if finding.proposal else finding.value,
            finding.allowed,
            _MEND if finding.place.column and finding.value else "",
            private=True,
        )
        for finding in findings
    )


def stop_on_errors(chart: Chart) -> Chart:
    """The chart as it is, if nothing in it must stop a run.

    Raises:
        ChartError: cells or tables could not be read as declared; all of them are listed.
        ChoiceNeeded: the only thing missing is a choice in the protocol (`partial_dates`); every cell is listed.
    """
    errors = [finding for finding in chart.findings if finding.severity == "error"]
    if not errors:
        return chart
    if all(finding.rule == PARTIAL_DATES for finding in errors):
        raise ChoiceNeeded(
            "The chart holds dates of which only the month or the year is known, and the protocol does not say what to do with them.",
            problems(errors),
            do="Add `partial_dates: bounds` to the protocol, or refuse, earliest, middle, latest. Nothing was run.",
        )
    raise ChartError("The chart cannot be read as it is described.", problems(errors), do="Nothing was run.")
