"""`caseseries check`: every mistake, what became of every row, who is eligible; no outcome."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from caseseries.catalogue import fold
from caseseries.chart.annotate import annotate
from caseseries.chart.causes import Cause, causes
from caseseries.chart.description import load_description
from caseseries.chart.findings import CHOICES, problems
from caseseries.chart.tables import Chart, Kind, TakenWord
from caseseries.cli.files import load_study, new_file
from caseseries.cli.screen import MOST_SHOWN, Screen, apart, columns, place
from caseseries.cohort import Cohort
from caseseries.errors import CaseSeriesError, ChoiceNeeded, InputError, Problem
from caseseries.protocol.fingerprint import short
from caseseries.protocol.written import folded
from caseseries.source.omop import is_omop
from caseseries.stats.tally import Tally
from caseseries.study import Checked, Study
from caseseries.verdict.names import window_days

#: Columns whose words decide nothing: reasons in free text, which --json lists.
FREE_TEXT = frozenset({"stop reason", "reason", "cause"})
#: Words of one column that are shown.
WORDS_SHOWN = 30
#: Said of a case that a criterion excludes because it cannot be decided.
DOUBT = " (not recorded well enough to say)"


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """Check the protocol, and the chart where one is given."""
    study = load_study(arguments.protocol, arguments.chart)
    screen.say(f"{arguments.protocol}: no mistakes. {study.protocol.study} (fingerprint {short(study.fingerprint)})")
    screen.warn(study.warnings)
    if arguments.chart is None:
        if arguments.annotate:
            raise CaseSeriesError("There is no chart to annotate.", do="Name the chart description after the protocol.")
        screen.answer(protocol=_protocol(study, screen))
        return 0
    if arguments.annotate:
        new_file(Path(arguments.annotate), ".xlsx")
    if arguments.annotate and is_omop(Path(arguments.chart)):
        raise CaseSeriesError("Only a chart can be annotated, and this is a database.", do="Leave --annotate out.")
    screen.progress("checking the data")
    checked = study.check(
        arguments.chart,
        memory_limit=arguments.memory_limit,
        threads=arguments.threads,
        progress=screen.progress,
        master=arguments.master,
    )
    if checked.chart is None:
        _counted(checked, screen)
        screen.answer(
            checked.stops is None, annotated=None, protocol=_protocol(study, screen), **_counts(checked, screen)
        )
        return _ended(checked.stops, screen, checked.eligible)
    stops, chart = checked.stops, checked.chart
    _rows(chart, screen)
    _words(chart, screen)
    _not_charted(chart.unknown(), screen)
    _unseen(checked.unseen, screen)
    _findings(checked, chart, screen)
    if checked.cohort is not None:
        _eligible(checked.cohort, screen)
        _windows(checked, len(checked.cohort.included), screen)
    elif checked.has_cohort:
        _excluded(checked.tally, screen)
    marked = _annotate(chart, arguments, screen) if arguments.annotate else None
    screen.answer(stops is None, annotated=marked, protocol=_protocol(study, screen), **_chart(checked, chart, screen))
    return _ended(stops, screen, checked.eligible)


def _ended(stops: InputError | None, screen: Screen, eligible: int | None) -> int:
    if stops is None and eligible == 0:
        screen.say(
            "\nThe study can be run, but nobody is eligible: its report would hold no case. No outcome was shown."
        )
        return 0
    if stops is None:
        screen.say("\nThe study can be run. No outcome was shown.")
        return 0
    screen.stopped(f"{stops.what} {stops.do}")  # what stops it stands in the answer already
    return stops.exit_code


def _windows(checked: Checked, included: int, screen: Screen) -> None:
    """In how many cases something was recorded in each window; what it was is not looked at."""
    if checked.windows:
        screen.say("\nWindows in which a value was recorded")
        rows = [
            (name, window_days(checked.protocol.windows[name]), f"{n} of {included} cases")
            for name, n in checked.windows.items()
        ]
        screen.say(columns(rows))


def _rows(chart: Chart, screen: Screen) -> None:
    reasons: dict[tuple[str, str, str], int] = {}
    for row in chart.rows:
        if row.status != "used":
            key = (row.table, row.status, row.reason)
            reasons[key] = reasons.get(key, 0) + 1
    _accounts(chart.account(), reasons, screen)


def _not_charted(kinds: Mapping[Kind, str], screen: Screen) -> None:
    """Of which kinds of fact nothing is known, so that the report gives no number of them."""
    if kinds:
        screen.say("\nNot charted, so that nothing is known of them and no number is given")
        screen.say(columns(list(kinds.items())))


def _unseen(events: Mapping[str, str], screen: Screen) -> None:
    """Which intercurrent events of the protocol nobody could be seen to have had."""
    if events:
        screen.say("\nEvents of which the verdicts take no account, because nobody could be seen to have had them")
        screen.say(columns(list(events.items())))


def _words(chart: Chart, screen: Screen) -> None:
    """Every word of the columns that are read, how often it stands there and what it was taken for; without values only how many."""
    by_column: dict[tuple[str, str, str], list[TakenWord]] = {}
    for one in chart.words:
        if one.field in FREE_TEXT and not one.meaning.startswith("missing"):
            continue
        by_column.setdefault((one.table, one.column, one.field), []).append(one)
    if not by_column:
        return
    screen.say("\nWords of the columns that are read, and what each was taken for")
    for (table, column, field), words in by_column.items():
        named = f"{table}, {column}" if fold(column) == fold(field) else f"{table}, {column} ({field})"
        if not screen.values:
            screen.say(f"  {named}: {len(words)} different word{'s' * (len(words) != 1)}")
            continue
        shown = [_taken(one) for one in words[:WORDS_SHOWN]]
        more = [f"and {len(words) - WORDS_SHOWN} more; --json lists all"] if len(words) > WORDS_SHOWN else []
        screen.say(f"  {named}: {'; '.join(shown + more)}")
    if not screen.values:
        screen.advise("The words are not shown here; --values shows them.")


def _taken(one: TakenWord) -> str:
    same = folded(one.word) == one.meaning.casefold()
    return f"{one.word} ({one.count})" if same else f"{one.word} ({one.count}) = {one.meaning}"


def _accounts(
    accounts: Mapping[str, Mapping[str, int]], reasons: Mapping[tuple[str, str, str], int], screen: Screen
) -> None:
    screen.say("\nRows")
    lines = [
        (table, *(f"{account[word]} {word}" for word in ("read", "used", "out of scope", "refused")))
        for table, account in accounts.items()
    ]
    screen.say(columns(lines))
    for (table, status, reason), count in sorted(reasons.items()):
        screen.say(f"    {table}: {count} {status}: {reason}")


def _counted(checked: Checked, screen: Screen) -> None:
    """What became of the rows of a database in which patients are only counted, what was found, who is eligible."""
    reasons = {
        (str(table), str(status), str(reason)): n
        for (table, status, reason), n in checked.tally.section("rows")
        if status != "used"
    }
    _accounts(_account(checked.tally), reasons, screen)
    _stopping(_stops_of(checked), screen)
    found = [one for one in _findings_of(checked.tally) if one[0] != "error"]
    _severities(Counter(severity for severity, _, _, _ in found), screen)
    for severity, _, message, n in found[:MOST_SHOWN]:
        screen.say(f"  {severity}: {message}{f' ({n})' if n > 1 else ''}")
    _more([severity for severity, *_ in found[MOST_SHOWN:]], screen)
    _unseen(checked.unseen, screen)
    if checked.has_cohort:
        _excluded(checked.tally, screen)


def _excluded(tally: Tally, screen: Screen) -> None:
    """How many are eligible, and how many each criterion excluded."""
    cases = _cases_of(tally)
    screen.say(f"\nEligible: {sum(n for failed, _, n in cases if not failed)} of {sum(n for *_, n in cases)}")
    for failed, undetermined, n in cases:
        if failed:
            screen.say(f"  {n} excluded: {failed}{DOUBT if undetermined else ''}")


def _stops_of(checked: Checked) -> tuple[Problem, ...]:
    """What keeps the study from running, by how many rows or cases raise it."""
    if isinstance(checked.stops, ChoiceNeeded):
        return checked.stops.problems
    found = [(rule, message, n) for severity, rule, message, n in _findings_of(checked.tally) if severity == "error"]
    return tuple(
        Problem(f"{message}{f' ({n})' if n > 1 else ''}", question=rule in CHOICES) for rule, message, n in found
    )


def _account(tally: Tally) -> dict[str, dict[str, int]]:
    """Rows per table: read = used + out of scope + refused."""
    accounts: dict[str, dict[str, int]] = {}
    for (table, status, _), n in tally.section("rows"):
        account = accounts.setdefault(str(table), {"read": 0, "used": 0, "out of scope": 0, "refused": 0})
        account["read"] += n
        account[str(status)] += n
    return accounts


def _findings_of(tally: Tally) -> list[tuple[str, str, str, int]]:
    """Severity, rule, message and number of rows: errors before warnings before notes."""
    found = [(str(severity), str(rule), str(what), n) for (severity, rule, what), n in tally.section("finding")]
    return sorted(found, key=lambda one: (("error", "warning", "note").index(one[0]), *one[1:]))


def _cases_of(tally: Tally) -> list[tuple[str, bool, int]]:
    """Why they are no cases (empty for the included), whether that could not be decided, and how many; most first."""
    found = [(str(failed), bool(undetermined), n) for (failed, undetermined), n in tally.section("cases")]
    return sorted(found, key=lambda one: (-one[2], one[:2]))


def _findings(checked: Checked, chart: Chart, screen: Screen) -> None:
    """What is wrong, what is asked, and what else was noticed, apart."""
    _stopping(_stops(checked, chart), screen)
    others = [finding for finding in chart.findings if finding.severity != "error"]
    _severities(Counter(finding.severity for finding in others), screen)
    told = causes(others)
    for cause in told[:MOST_SHOWN]:
        screen.say(f"  {cause.finding.severity}: {_problem(cause, screen).describe(values=screen.values)}")
    _more([cause.finding.severity for cause in told[MOST_SHOWN:]], screen)


def _stops(checked: Checked, chart: Chart) -> tuple[Problem, ...]:
    """What keeps the study from running, as far as it stands in the chart: mistakes, and questions that the data raise."""
    choices = checked.stops.problems if isinstance(checked.stops, ChoiceNeeded) else ()
    found = problems([finding for finding in chart.findings if finding.severity == "error"])
    return found or tuple(choices)


def _stopping(told: Sequence[Problem], screen: Screen) -> None:
    mistakes, questions = apart(told)
    screen.say(f"\nMistakes: {len(mistakes) or 'none'}. Questions: {len(questions) or 'none'}.")
    if told:
        screen.say("\n".join(screen.listed(told, values=screen.values)))


def _severities(counted: Mapping[str, int], screen: Screen) -> None:
    screen.say(f"\nFindings: {_counted_severities(counted) or 'none'}")


def _counted_severities(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}{'s' * (count != 1)}" for name, count in sorted(counted.items()))


def _more(left: Sequence[str], screen: Screen) -> None:
    """What of the findings is not shown, by severity, and where it stands."""
    if left:
        screen.say(
            f"  ... and {_counted_severities(Counter(left))} more; --json lists all, and a run writes findings.csv"
        )


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
            reasons.setdefault(f"{case.failed}{DOUBT if case.undetermined else ''}", []).append(case.case_id)
    for reason, ids in reasons.items():
        who = f": {', '.join(ids)}" if screen.values else ""
        screen.say(f"  {len(ids)} excluded: {reason}{who}")
    if not screen.values:
        screen.advise("Patient ids are not shown here; --values shows them.")


def _problem(cause: Cause, screen: Screen) -> Problem:
    finding = cause.finding
    proposed = finding.proposal and not finding.value and (screen.values or not finding.because)
    do = cause.mend or (f"proposed: {finding.proposal}" if proposed else "")
    found = "; ".join(part for part in (finding.value, finding.because) if part)
    return Problem(finding.message, finding.place, found, finding.allowed, do, True)


def _protocol(study: Study, screen: Screen) -> dict[str, Any]:
    return {
        "study": study.protocol.study,
        "fingerprint": study.fingerprint,
        "warnings": [screen.problem(warning) for warning in study.warnings],
    }


def _chart(checked: Checked, chart: Chart, screen: Screen) -> dict[str, Any]:
    """What `--json` says of a chart: ids and cells only where values may be shown."""

    def shown(text: str) -> str | None:
        return text if screen.values else None

    counted = checked.cohort is None and checked.has_cohort
    cases = checked.cohort.cases if checked.cohort is not None else ()
    mistakes, questions = apart(_stops(checked, chart))
    return {
        "counts": {"mistakes": len(mistakes), "questions": len(questions)},
        "rows": chart.account(),
        "words": [
            {
                "table": one.table,
                "column": one.column,
                "field": one.field,
                "word": shown(one.word),
                "meaning": shown(one.meaning),
                "count": one.count,
            }
            for one in chart.words
        ],
        "not_charted": dict(chart.unknown()),
        "events_not_told": dict(checked.unseen),
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
                "because": shown(finding.because),
            }
            for finding in chart.findings
        ],
        "mistakes": [screen.problem(problem) for problem in mistakes],
        "questions": [screen.problem(problem) for problem in questions],
        "windows": None if counted else dict(checked.windows),
        "eligible": checked.eligible,
        **({"excluded": _excluded_parts(checked)} if counted else {}),
        "cases": None
        if counted
        else [
            {
                "case": shown(case.case_id),
                "included": case.included,
                "failed": case.failed or None,
                "undetermined": case.undetermined,
            }
            for case in cases
        ],
    }


def _counts(checked: Checked, screen: Screen) -> dict[str, Any]:
    """What `--json` says where patients are only counted; `excluded` stands in place of `cases`."""
    cases = _cases_of(checked.tally) if checked.has_cohort else []
    mistakes, questions = apart(_stops_of(checked))
    return {
        "counts": {"mistakes": len(mistakes), "questions": len(questions)},
        "rows": _account(checked.tally),
        "events_not_told": dict(checked.unseen),
        "findings": [
            {"severity": severity, "rule": rule, "message": message, "rows": n}
            for severity, rule, message, n in _findings_of(checked.tally)
        ],
        "mistakes": [screen.problem(problem) for problem in mistakes],
        "questions": [screen.problem(problem) for problem in questions],
        "eligible": sum(n for failed, _, n in cases if not failed) if checked.has_cohort else None,
        "excluded": _excluded_parts(checked) if checked.has_cohort else [],
    }


def _excluded_parts(checked: Checked) -> list[dict[str, Any]]:
    """How many each criterion excluded, where cases are only counted."""
    return [
        {"failed": failed, "undetermined": undetermined, "cases": n}
        for failed, undetermined, n in _cases_of(checked.tally)
        if failed
    ]
