"""`caseseries check`: every mistake, what became of every row, who is eligible; no outcome."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from caseseries.chart.annotate import annotate
from caseseries.chart.description import load_description
from caseseries.chart.tables import Chart, Finding
from caseseries.cli.files import load_study, new_file
from caseseries.cli.screen import MOST_SHOWN, Screen, columns, place
from caseseries.cohort import Cohort
from caseseries.errors import CaseSeriesError, ChartError, ChoiceNeeded, Problem
from caseseries.protocol.fingerprint import short
from caseseries.study import Checked, Study


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """Check the protocol, and the chart where one is given."""
    study = load_study(arguments.protocol)
    screen.say(f"{arguments.protocol}: no mistakes. {study.protocol.study} (fingerprint {short(study.fingerprint)})")
    screen.warn(study.warnings)
    if arguments.chart is None:
        if arguments.annotate:
            raise CaseSeriesError("There is no chart to annotate.", do="Name the chart description after the protocol.")
        screen.answer(protocol=_protocol(study, screen))
        return 0
    if arguments.annotate:
        new_file(Path(arguments.annotate), ".xlsx")
    screen.progress("checking the chart")
    checked = study.check(arguments.chart, memory_limit=arguments.memory_limit, threads=arguments.threads)
    stops = checked.stops
    _rows(checked.chart, screen)
    _findings(checked.chart, screen)
    if checked.cohort is not None:
        _eligible(checked.cohort, screen)
    marked = _annotate(checked.chart, arguments, screen) if arguments.annotate else None
    screen.answer(stops is None, annotated=marked, protocol=_protocol(study, screen), **_chart(checked, screen))
    if stops is None:
        screen.say("\nThe study can be run. No outcome was shown.")
        return 0
    if isinstance(stops, ChartError):
        screen.stopped(f"{stops.what} {stops.do}")  # its cells stand among the findings already
    else:
        screen.failed(stops)
    return stops.exit_code


def _rows(chart: Chart, screen: Screen) -> None:
    screen.say("\nRows")
    lines = [
        (table, *(f"{account[word]} {word}" for word in ("read", "used", "out of scope", "refused")))
        for table, account in chart.account().items()
    ]
    screen.say(columns(lines))
    reasons = Counter((row.table, row.status, row.reason) for row in chart.rows if row.status != "used")
    for (table, status, reason), count in sorted(reasons.items()):
        screen.say(f"    {table}: {count} {status}: {reason}")


def _findings(chart: Chart, screen: Screen) -> None:
    counted = Counter(finding.severity for finding in chart.findings)
    told = ", ".join(f"{count} {name}{'s' * (count != 1)}" for name, count in sorted(counted.items()))
    screen.say(f"\nFindings: {told or 'none'}")
    for finding in chart.findings[:MOST_SHOWN]:
        screen.say(f"  {finding.severity}: {_problem(finding).describe(values=screen.values)}")
    if len(chart.findings) > MOST_SHOWN:
        screen.say(f"  ... and {len(chart.findings) - MOST_SHOWN} more; --json lists all")


def _annotate(chart: Chart, arguments: argparse.Namespace, screen: Screen) -> int:
    """Write the commented copy, whole or not at all."""
    described = Path(arguments.chart)
    copy = Path(arguments.annotate)
    draft = copy.with_name(f".{copy.name}.part")
    try:
        marked = annotate(chart, described.parent / load_description(described).source, draft)
        draft.replace(copy)
    finally:
        draft.unlink(missing_ok=True)
    screen.advise(f"{copy}: a copy of the chart with comments on {marked} cell{'s' * (marked != 1)}.")
    return marked


def _eligible(cohort: Cohort, screen: Screen) -> None:
    cases, included = cohort.cases, cohort.included
    screen.say(f"\nEligible: {len(included)} of {len(cases)}")
    if screen.values and included:
        screen.say(columns([("included", ", ".join(case.case_id for case in included))]))
    reasons: dict[str, list[str]] = {}
    for case in cases:
        if not case.included:
            doubt = " (not recorded well enough to say)" if case.undetermined else ""
            reasons.setdefault(f"{case.failed}{doubt}", []).append(case.case_id)
    for reason, ids in reasons.items():
        who = f": {', '.join(ids)}" if screen.values else ""
        screen.say(f"  {len(ids)} excluded: {reason}{who}")
    if not screen.values:
        screen.advise("Patient ids are not shown here; --values shows them.")


def _problem(finding: Finding) -> Problem:
    do = f"proposed: {finding.proposal}" if finding.proposal else ""
    return Problem(
        finding.message, finding.place, finding.value, finding.allowed, do if not finding.value else "", True
    )


def _protocol(study: Study, screen: Screen) -> dict[str, Any]:
    return {
        "study": study.protocol.study,
        "fingerprint": study.fingerprint,
        "warnings": [screen.problem(warning) for warning in study.warnings],
    }


def _chart(checked: Checked, screen: Screen) -> dict[str, Any]:
    """What `--json` says of a chart: ids and cells only where values may be shown."""

    def shown(text: str) -> str | None:
        return text if screen.values else None

    cases = checked.cohort.cases if checked.cohort is not None else ()
    choices = checked.stops.problems if isinstance(checked.stops, ChoiceNeeded) else ()
    return {
        "rows": checked.chart.account(),
        "findings": [
            {
                "severity": finding.severity,
                "rule": finding.rule,
                "message": finding.message,
                "place": place(finding.place),
                "patient": shown(finding.patient),
                "field": finding.field,
                "value": shown(finding.value),
                "allowed": finding.allowed,
                "proposal": shown(finding.proposal),
            }
            for finding in checked.chart.findings
        ],
        "choices_needed": [screen.problem(problem) for problem in choices],
        "eligible": len(checked.cohort.included) if checked.cohort is not None else None,
        "cases": [
            {
                "case": shown(case.case_id),
                "included": case.included,
                "failed": case.failed or None,
                "undetermined": case.undetermined,
            }
            for case in cases
        ],
    }
