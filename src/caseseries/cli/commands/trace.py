"""`caseseries trace`: the cases and the cells behind one number of the report."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any, get_args

from caseseries.cli.commands.explain import value_json, value_line
from caseseries.cli.files import load_study
from caseseries.cli.screen import Screen, columns, place
from caseseries.errors import CaseSeriesError
from caseseries.protocol.written import decimal_text
from caseseries.report.exhibits.printed_numbers import machine
from caseseries.report.exhibits.printed_result import printed_result
from caseseries.report.files.results_parts import result as result_json
from caseseries.study import Results
from caseseries.summary.behind import Part, Traced, TracedCase, TracedRow
from caseseries.summary.result import Result
from caseseries.summary.trace_number import HOW_TO_LIST
from caseseries.verdict.numbers import day_text

#: How each part is headed.
_HEADS: dict[Part, str] = {
    "counted": "Counted",
    "in the total": "In the total, not counted",
    "not known": "In the total, and not known whether counted",
    "left out": "Left out",
}


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """Run the study and tell what stands behind one number, or list all numbers."""
    number, protocol, chart = _places(arguments)
    study = load_study(protocol)
    screen.progress("reading the rows")
    results = study.run(chart, memory_limit=arguments.memory_limit, threads=arguments.threads, progress=screen.progress)
    with results:
        if arguments.list:
            _list(results, screen)
            return 0
        _tell(results.trace(number), results, screen)
    return 0


def _places(arguments: argparse.Namespace) -> tuple[str, str, str]:
    """The id, the protocol and the chart: with --list the first two words are the files.

    Raises:
        CaseSeriesError: neither an id nor --list, or both.
    """
    if not arguments.list:
        if arguments.number is None:
            raise CaseSeriesError("No number was named.", do=f"Give its id. {HOW_TO_LIST}")
        return arguments.number, arguments.protocol, arguments.chart
    if arguments.number is None:
        return "", arguments.protocol, arguments.chart
    if arguments.chart != "chart.yaml":
        raise CaseSeriesError("--list lists all numbers, and an id was named too.", do="Leave one of them out.")
    named = arguments.protocol if arguments.protocol != "protocol.yaml" else "chart.yaml"
    return "", arguments.number, named


def _list(results: Results, screen: Screen) -> None:
    numbers = results.numbers
    screen.say(columns([(named, one.label) for named, one in numbers.items()]))
    screen.answer(numbers=[{"id": named, "label": one.label} for named, one in numbers.items()])


def _tell(found: Traced, results: Results, screen: Screen) -> None:
    result, level = found.result, results.protocol.reporting.level
    printed = printed_result(result, level)
    screen.say(f"{result.id}{' (invented data)' if results.summary.invented else ''}")
    screen.say(columns([(name, said) for name, said in _about(result, printed) if said]))
    screen.say()
    screen.say(columns([("", f"Computed from {found.told}.")], indent=0))
    if found.results:
        screen.say(columns([(named, _label(results, named)) for named in found.results]))
    if found.not_shown:
        screen.say(columns([("", found.not_shown)], indent=0))
    parts = Counter(one.part for one in found.cases)
    for part in get_args(Part):
        if not parts[part]:
            continue
        many = "" if parts[part] == 1 else "s"
        screen.say(f"\n{_HEADS[part]}: {parts[part]} {found.grain}{many}")
        for one in found.cases if screen.values else ():
            if one.part == part:
                _tell_case(one, results, screen)
    if found.cases and not screen.values:
        screen.advise("Which cases these are, and what cells hold, is not shown here; --values shows it.")
    screen.answer(
        number=result_json(result),
        printed=printed,
        computed_from=found.told,
        results=list(found.results),
        grain=found.grain,
        counted=found.counted,
        total=found.total,
        not_shown=found.not_shown or None,
        parts={part: parts[part] for part in get_args(Part)},
        cases=[_case_json(one, results) for one in found.cases] if screen.values else None,
    )


def _about(result: Result, printed: str) -> list[tuple[str, str]]:
    """The lines about a number itself."""
    raw = [machine(one) for one in (result.estimate, result.lower, result.upper) if one is not None]
    of = "" if result.total is None else f" of {result.total}"
    return [
        ("what", result.label),
        ("value", printed),
        ("raw", ", ".join(raw)),
        ("n", "" if result.n is None else f"{result.n}{of}"),
        ("method", result.method),
        ("note", result.absent_because if result.estimate is not None else ""),
    ]


def _label(results: Results, named: str) -> str:
    found = results.numbers.get(named)
    return "" if found is None else found.label


def _tell_case(one: TracedCase, results: Results, screen: Screen) -> None:
    brought = "" if one.value is None or f"{decimal_text(one.value)} " in f"{one.how} " else f" ({_value(one)})"
    whose = (
        one.case_id
        if one.patient in one.case_id.split(", ") or one.case_id.startswith(f"{one.patient}/")
        else f"{one.case_id} of {one.patient}"
    )
    screen.say(f"  {whose}  {one.how}{brought}")
    lines = [value_line(rested, results.summary.measures) for rested in one.values]
    lines += [_row_line(row) for row in one.rows]
    if lines:
        screen.say(columns(lines, indent=6))


def _value(one: TracedCase) -> str:
    """What a case brings, to six decimals; exactly in --json."""
    assert one.value is not None
    said = machine(one.value, 6)
    return said if one.most in {None, one.value} else f"{said} to {machine(one.most or 0, 6)}"


def _row_line(row: TracedRow) -> tuple[str, str, str, str]:
    return row.what, row.value, "" if row.day is None else day_text(row.day), str(row.place) or "no row of its own"


def _case_json(one: TracedCase, results: Results) -> dict[str, Any]:
    measures = results.summary.measures
    return {
        "case": one.case_id,
        "patient": one.patient,
        "part": one.part,
        "how": one.how,
        "value": None if one.value is None else str(one.value),
        "most": None if one.most is None else str(one.most),
        "days": one.days,
        "most_days": one.most_days,
        "values": [value_json(rested, measures[rested.quantity.slot.measure].grades) for rested in one.values],
        "rows": [{"what": row.what, "value": row.value, "day": row.day, "place": place(row.place)} for row in one.rows],
    }
