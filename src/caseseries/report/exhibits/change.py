"""Before, after and change of every measure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from caseseries.protocol.measures import MeasureFacts
from caseseries.report.exhibits.describe import (
    binned,
    binned_note,
    count,
    full_range,
    mean_sd,
    median_iqr,
    method_words,
    no_interval,
    p_cell,
    places,
    with_interval,
)
from caseseries.report.exhibits.graded import grade_notes, graded_change
from caseseries.report.exhibits.notices import valueless
from caseseries.report.exhibits.p_values import p_words
from caseseries.report.exhibits.printed_blocks import Cell, Column, Paragraph, Row, Table, heading
from caseseries.report.exhibits.printed_numbers import (
    absent,
    ci_text,
    ci_title,
    exact,
    interval,
    number,
    range_words,
    whole,
)
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.selection import of_charts
from caseseries.report.exhibits.words import absence, capital, change_unit, counted, listed, with_unit
from caseseries.summary.model import ChangeSummary, Summary
from caseseries.summary.result import Result
from caseseries.summary.result_rows import NO_PAIR
from caseseries.verdict.denominator import among_words
from caseseries.verdict.names import short_name
from caseseries.verdict.number_style import style_in_force, with_percent


def changes_words(summary: Summary, name: str) -> Paragraph | None:
    """The changes behind one outcome."""
    changes = shown(summary, summary.outcomes[name].changes)
    told = [change_sentence(summary, change, why=reasons_without(summary, change)) for change in changes]
    return Paragraph(" ".join(told), "Change") if told else None


def change_table(summary: Summary, name: str) -> Table | None:
    """The measures of one verdict outcome under the protocol as written."""
    changes = shown(summary, summary.outcomes[name].changes)
    title = f"Before, after and change of the measures behind {name}"
    among = among_words(summary.outcomes[name].plan, summary.measures)
    title += f", cases {among}" if among else ""
    return _table(summary, changes, f"change-{slug(name)}", title) if changes else None


def change_outcomes_table(summary: Summary) -> Table | None:
    """The outcomes that the protocol declares as changes, where they are not the same numbers as behind a verdict outcome."""
    changes = [change for change in shown(summary, summary.change_outcomes) if not repeated(summary, change)]
    return _table(summary, changes, "change", "Change outcomes") if changes else None


def repeated_words(summary: Summary) -> Paragraph | None:
    """Which declared changes stand in a table of a verdict outcome already."""
    same = [change for change in shown(summary, summary.change_outcomes) if repeated(summary, change)]
    if not same:
        return None
    names = listed(
        dict.fromkeys(
            short_name(summary.measures[change.measure]) + (f" in cases {change.among}" if change.among else "")
            for change in same
        )
    )
    return Paragraph(
        f"The change of {names}, declared as an outcome by itself, has the same values and stands in the tables above."
    )


def repeated(summary: Summary, change: ChangeSummary) -> bool:
    """Whether a declared change has the very values of one behind a verdict outcome, and no test that is not told there."""
    behind = [other for outcome in summary.outcomes.values() for other in outcome.changes]
    return any(
        (other.measure, other.before_window, other.after_window, other.among, other.days, other.spreads)
        == (change.measure, change.before_window, change.after_window, change.among, change.days, change.spreads)
        and _tests_told(change) <= _tests_told(other)
        for other in behind
    )


def _tests_told(change: ChangeSummary) -> set[str]:
    return {test.id.rpartition("/")[2] for test in change.tests}


def shown(summary: Summary, changes: Iterable[ChangeSummary]) -> list[ChangeSummary]:
    """The changes that are told: of databases not those of measures that are named together instead, nor any of nobody."""
    if not summary.included and not of_charts(summary):
        return []
    empty = valueless(summary)
    return [change for change in changes if change.measure not in empty]


def _absences(summary: Summary, changes: Sequence[ChangeSummary]) -> list[str]:
    """Why cases have no change, per measure; and in how many nothing was told of it."""
    notes = []
    for change in changes:
        reasons = reasons_without(summary, change)
        if reasons:
            name = capital(short_name(summary.measures[change.measure]))
            name += f", cases {change.among}" if change.among else ""
            name += f", {change.days}" if change.days else ""
            lacking = sum(n for _, _, n in change.absent)
            notes.append(f"{name}: no change for {counted(lacking, 'case')}: {reasons}.")
        if change.withheld:
            notes.append(f"Sites with {counted(change.withheld, 'included case')} told nothing of this measure.")
    return notes


def reasons_without(summary: Summary, change: ChangeSummary) -> str:
    """Why cases have no change of a measure, each with how many, the most frequent first; empty where all have one."""
    reasons: dict[str, int] = {}
    for window, code, n in change.absent:
        # Reasons too rare to be told apart have no window.
        reason = f"{window} {change.measure}: {code}" if window else code
        told = absence(reason, summary.measures, summary.protocol.windows)
        reasons[told] = reasons.get(told, 0) + n
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return "; ".join(f"{why} ({whole(n)})" for why, n in ordered)


def _table(summary: Summary, changes: Sequence[ChangeSummary], key: str, title: str) -> Table:
    """Rows before, after and change (and percent of baseline) under the name of each measure."""
    level = summary.protocol.reporting.level
    columns: tuple[Column, ...] = (
        Column("Measure"),
        Column("n", "number"),
        Column("Mean (SD)", "number"),
        Column("Median (IQR)", "number"),
        Column("Range", "number"),
        Column(f"Hodges–Lehmann ({ci_title(level)})", "number"),
    )
    tested = summary.protocol.reporting.p_values
    if tested:
        columns = (*columns, Column(style_in_force().p, "number"))
    rows: list[Row] = []
    notes: list[str] = []
    for change in changes:
        facts = summary.measures[change.measure]
        rows.append(
            heading(
                capital(with_unit(facts, scale=not change.days))
                + (f", cases {change.among}" if change.among and key == "change" else "")
                + (f", {change.days}" if change.days else "")
            )
        )
        rows += _rows(change, tested, facts)
        notes += _other_tests(change, facts, level) if tested else []
        notes += grade_notes(change, facts)
        notes += _without_percent(change, facts)
    methods = list(dict.fromkeys(_method(change.change) for change in changes if _method(change.change)))
    first = "IQR, interquartile range; SD, standard deviation; n, cases with both values."
    estimate = [f"Hodges–Lehmann: the estimate of the typical change; {'; '.join(methods)}."] if methods else []
    unlimited = [change.change.get("hodges_lehmann") for change in changes]
    whys = [
        no_interval(one, level)
        for one in unlimited
        if one is not None and one.estimate is not None and one.lower is None
    ]
    estimate += [f"No interval: {'; '.join(dict.fromkeys(whys))}."] if whys else []
    if any(binned(part) for change in changes for part in (change.before, change.after, change.change)):
        notes.append(binned_note())
    sign = "Change is after minus before. The changes are described, not tested against a control group."
    return Table(
        key,
        title,
        columns,
        tuple(rows),
        (first, *estimate, sign, *([_meaning(changes)] if tested else []), *_absences(summary, changes), *notes),
    )


def dose_days_words(summary: Summary, changes: Sequence[ChangeSummary]) -> str:
    """On which days the doses of some changes are read, and over how many days values are added up, as a sentence; empty where there is none."""
    read: dict[str, dict[str, str]] = {}
    for change in changes:
        if change.days:
            between, facts = f", {change.before_window} to {change.after_window}", summary.measures[change.measure]
            days = f"the dose {change.days}" if facts.kind == "dose" else change.days
            read.setdefault(capital(short_name(facts)), {}).setdefault(days, between)
    told = [
        f"{name}{between if len(of_measure) > 1 else ''}: {days}"
        for name, of_measure in read.items()
        for days, between in of_measure.items()
    ]
    return f"{'; '.join(told)}." if told else ""


def _meaning(changes: Sequence[ChangeSummary]) -> str:
    methods = dict.fromkeys(test.method for change in changes for test in change.tests[:1] if test.method)
    p = style_in_force().p
    return (
        f"{p}: {'; '.join(methods) or 'no test was possible'}; after against before in the same patients, not adjusted for the number "
        "of measures. It does not test the drug against no drug: the natural course, regression to the mean and other drugs "
        f"can give a small {p} as well."
    )


def _method(results: Mapping[str, Result]) -> str:
    found = results.get("hodges_lehmann")
    return method_words(found.method).removeprefix("Hodges–Lehmann estimate").lstrip(",; ") if found is not None else ""


def _rows(change: ChangeSummary, tested: bool, facts: MeasureFacts) -> list[Row]:
    levels = places(change.before, change.after)
    rows = [
        _row(capital(change.before_window), change.before, levels),
        _row(capital(change.after_window), change.after, levels),
    ]
    # A change has its own precision: from -0.2 to -0.6 around 250.
    moved = "Change" if facts.change_unit == facts.unit else f"Change, {facts.change_unit}"
    rows.append(_row(moved, change.change, places(change.change), signed=True))
    if facts.grades:
        rows = [replace(row, cells=(*row.cells[:2], Cell("–"), *row.cells[3:5], Cell(""))) for row in rows]
    if change.percent:
        fell = facts.kind == "dose"
        told = f"{'Decrease' if fell else 'Change'}, % of {change.before_window}"
        rows.append(_row(told, change.percent, _percent_places(change.percent), signed=not fell))
    if not tested:
        return rows
    return [
        replace(row, cells=(*row.cells, p_cell(change.tests) if row.cells[0].text == moved else Cell("")))
        for row in rows
    ]


def _percent_places(percent: Mapping[str, Result]) -> int:
    """One decimal, and more only where all percentages are below a tenth, or too near to each other to be told apart."""
    found = places(percent)
    ends = {
        part.estimate for name in ("minimum", "maximum") if (part := percent.get(name)) and part.estimate is not None
    }
    return found if found > 2 or len({number(end) for end in ends}) < len(ends) else 1


def _row(name: str, results: Mapping[str, Result], decimals: int, *, signed: bool = False) -> Row:
    n = count(results)
    typical = (
        with_interval(results.get("hodges_lehmann"), decimals, signed=signed)
        if "hodges_lehmann" in results
        else Cell("")
    )
    cells = (
        Cell(name),
        Cell(whole(n), n),
        mean_sd(results, decimals, signed=signed),
        median_iqr(results, decimals, signed=signed),
        full_range(results, decimals, signed=signed),
        typical,
    )
    return Row(cells, indent=1)


def _without_percent(change: ChangeSummary, facts: MeasureFacts) -> list[str]:
    """How many cases have a change and no percent of it: of 0 and of less there is none."""
    left = change.n - count(change.percent) if change.percent else 0
    return (
        [
            f"{capital(short_name(facts))}: no percent for {counted(left, 'case')} with 0 or less at {change.before_window}."
        ]
        if left
        else []
    )


def _other_tests(change: ChangeSummary, facts: MeasureFacts, level: str) -> list[str]:
    notes = []
    for test in change.tests[1:]:
        t = _mean_by_t(change, level) if test.id.endswith("/paired_t") else ""
        notes.append(f"{capital(short_name(facts))}: {p_words(test)}, {test.method or test.label}{t}, not adjusted.")
    return notes


def _mean_by_t(change: ChangeSummary, level: str) -> str:
    """t, and the mean change with its interval, which take the changes as normal."""
    t, mean = change.change["t"], change.change["mean_by_t"]
    if t.estimate is None or mean.estimate is None:
        return ""
    decimals = places(change.change)
    told = f" = {number(t.estimate, 2, signed=True)} with {t.unit.removeprefix('t, ')}"
    limits = interval(mean, decimals, signed=True)
    return f"{told}, mean change {number(mean.estimate, decimals, signed=True)} ({ci_text(level, limits)}), changes taken as normal"


def change_line(summary: Summary, change: ChangeSummary, *, windows: bool = False, why: str = "") -> str:
    """One measure's change as a line of a list: mean, range, Hodges–Lehmann; `windows` says between which windows, `why` what is absent."""
    facts = summary.measures[change.measure]
    name = capital(short_name(facts)) + (f", {change.before_window} to {change.after_window}" if windows else "")
    name += f", cases {change.among}" if change.among else ""
    name += f", {change.days}" if change.days else ""
    unit = "" if facts.unit in {"", "points"} else f" {change_unit(facts)}"
    if facts.grades:
        return f"{name}: {graded_change(change, why)}"
    mean = change.change.get("mean")
    if mean is None or mean.estimate is None:
        return f"{name}: change {_no_change(mean, why)}"
    decimals = places(change.change)
    told = f"{name}: mean change {number(mean.estimate, decimals, signed=True)}{unit}{_range(change.change, decimals, signed=True)}"
    typical = _typical(summary, change, decimals)
    told += f", Hodges–Lehmann {typical}" if typical else ""
    percent = change.percent.get("mean")
    if percent is not None and percent.estimate is not None:
        whole_percent = _percent_places(change.percent)
        fell = facts.kind == "dose"
        size = with_percent(number(percent.estimate, whole_percent, signed=not fell))
        told += f"; mean {'decrease' if fell else 'change'} {size} of {change.before_window}"
        told += _range(change.percent, whole_percent, signed=not fell, n=count(change.percent) != change.n)
    return told


def _no_change(mean: Result | None, why: str) -> str:
    """That there is no change, and why: of no case with both values what became of the values."""
    if mean is not None and mean.absent_because == NO_PAIR and why:
        return absent(f"{NO_PAIR.removesuffix(' (n = 0)')}: {why}")
    return absent(mean.absent_because if mean is not None else "")


def change_sentence(summary: Summary, change: ChangeSummary, *, windows: bool = False, why: str = "") -> str:
    """A change as a sentence: mean, range, typical change, and of doses the percentage."""
    facts = summary.measures[change.measure]
    name = short_name(facts)
    unit = f" {change_unit(facts)}" if facts.unit else ""
    between = f" from {change.before_window} to {change.after_window}" if windows else ""
    between += f", in cases {change.among}," if change.among else ""
    name += f", {change.days}," if change.days else ""
    if facts.grades:
        return f"{capital(name)}{between}".removesuffix(",") + f": {graded_change(change, why)}."
    mean = change.change.get("mean")
    if mean is None or mean.estimate is None:
        return f"The change of {name}{between} is {_no_change(mean, why)}."
    decimals = places(change.change)
    size = number(abs(exact(mean.estimate)), decimals)
    moved = f"rose{between} by" if mean.estimate > 0 else f"fell{between} by"
    ranged = _range(change.change, decimals, signed=True)
    if mean.estimate:
        told = f"{capital(name)} {moved} a mean of {size}{unit}{ranged}"
    else:
        told = f"The mean change of {name}{between} was {size}{unit}{ranged}"
    typical = _typical(summary, change, decimals)
    told += f"; the typical change (Hodges–Lehmann) was {typical}" if typical else ""
    if change.percent:
        told += _percent_words(change, fell=facts.kind == "dose")
    return f"{told}."


def _percent_words(change: ChangeSummary, *, fell: bool) -> str:
    mean, n = change.percent.get("mean"), count(change.percent)
    what, before = "dose" if fell else "value", change.before_window
    if mean is None or mean.estimate is None:
        return f"; in percent of {before} it is not estimable, as no case had a {what} above zero at {before}"
    decimals, own = _percent_places(change.percent), n != change.n
    told = f"; the mean {'decrease' if fell else 'change'} was {with_percent(number(mean.estimate, decimals, signed=not fell))} of {before}"
    return f"{told}{_range(change.percent, decimals, signed=not fell, n=own)}" + (
        f", over the cases with a {what} above zero at {before}" if own else ""
    )


def _range(results: Mapping[str, Result], decimals: int, *, signed: bool = False, n: bool = True) -> str:
    """The range, with the decimals of the mean beside it, and the number of values in brackets."""
    low, high, seen = results.get("minimum"), results.get("maximum"), count(results)
    parts = [f"n = {whole(seen)}"] if n else []
    if low is not None and high is not None and low.estimate is not None and high.estimate is not None:
        first, last = (number(end, decimals, signed=signed) for end in (low.estimate, high.estimate))
        told = range_words(first, last, seen)
        parts = [told, *parts] if told else parts
    return f" ({'; '.join(parts)})" if parts else ""


def _typical(summary: Summary, change: ChangeSummary, decimals: int) -> str:
    """The Hodges–Lehmann estimate with its interval in words; empty where there is none."""
    typical, level = change.change.get("hodges_lehmann"), summary.protocol.reporting.level
    if typical is None:
        return ""
    if typical.estimate is None:
        if typical.lower is None or typical.upper is None:
            return ""
        low, high = (number(end, decimals, signed=True) for end in (typical.lower, typical.upper))
        return f"{low} (no {ci_title(level)}: from binned values)" if low == high else f"between {low} and {high}"
    limits = interval(typical, decimals, signed=True)
    told = ci_text(level, limits) if limits else f"no {ci_title(level)}: {typical.absent_because.partition(':')[0]}"
    return f"{number(typical.estimate, decimals, signed=True)} ({told})"
