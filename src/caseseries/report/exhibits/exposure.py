"""Cumulative doses: described over the cases of which the dose of every day is known, with pulses apart; and each case."""

from __future__ import annotations

from caseseries.report.exhibits.count_words import count_text, share_text
from caseseries.report.exhibits.describe import full_range, mean_sd, median_iqr, places
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table, numbers
from caseseries.report.exhibits.printed_numbers import number, plain, share, span, whole
from caseseries.report.exhibits.words import capital, counted, days_range, listed, measure_name
from caseseries.summary.exposure import ExposureSummary
from caseseries.summary.model import Summary
from caseseries.summary.result import Count
from caseseries.verdict.exposure import CaseExposure


def exposure_table(summary: Summary) -> Table | None:
    """One line for each dose that the protocol adds up; nothing where it adds up none."""
    if not summary.exposures:
        return None
    columns = (
        Column("Cumulative dose"),
        *numbers("Known, n/N (%)", "Mean (SD)", "Median (IQR)", "Range"),
        *numbers("n", "Median (IQR)", "Range", over=("Days above the limit",)),
        *numbers("Cases, n/N (%)", "Courses", over=("Pulses begun",)),
    )
    notes = [
        "The daily doses of every day of the window are added up; a case with a day on which the dose is not known, before "
        "observation begins or after the end of follow-up, "
        "has no cumulative dose, which is not 0.",
        "Pulses begun: courses of pulses, counted apart; in neither dose nor days above the limit. Where nobody could tell all of them, that none is "
        "recorded is not none.",
    ]
    for found in summary.exposures:
        if found.why:
            whys = "; ".join(f"{reason.words}, {count_text(reason.n)}" for reason in found.why)
            notes.append(
                f"{_name(summary, found)}: not known in {found.included - found.n} of {counted(found.included, 'case')} ({whys})."
            )
        if found.withheld:
            notes.append(
                f"{_name(summary, found)}: without {counted(found.withheld, 'case')} of sites that did not tell cumulative doses."
            )
        if found.untold and found.pulsed is not None:
            whys = "; ".join(f"{reason.words}, {count_text(reason.n)}" for reason in found.untold)
            unknown = found.included - found.pulses_known
            notes.append(
                f"{_name(summary, found)}: there may be more pulses in {unknown} of {counted(found.included, 'case')} ({whys})."
            )
    return Table(
        "exposure",
        "Cumulative doses",
        columns,
        tuple(_row(summary, found) for found in summary.exposures),
        tuple(notes),
    )


def _name(summary: Summary, found: ExposureSummary) -> str:
    window = days_range(summary.protocol.windows[found.declared.in_])
    return f"{capital(measure_name(summary.measures, found.declared.dose))}, {found.unit}, {window}"


def _row(summary: Summary, found: ExposureSummary) -> Row:
    decimals, of_days = places(found.total), places(found.above) if found.above else 0
    limit = f"; limit {found.declared.above}" if found.declared.above else ""
    above = [Cell("–")] * 3
    if found.above:
        above = [
            Cell(whole(found.above_n), found.above_n),
            median_iqr(found.above, of_days),
            full_range(found.above, of_days),
        ]
    pulsed = [Cell("in the dose"), Cell("–")]
    if found.pulsed is not None:
        pulsed = [Cell(share_text(found.pulsed, found.included)), Cell(count_text(found.pulses))]
        if found.untold and not found.pulses_known and not found.pulsed.low:
            pulsed = [Cell("not known"), Cell("not known")]
        elif found.untold:
            pulsed[1] = Cell(f"at least {whole(found.pulses.low)}")
    return Row(
        (
            Cell(f"{_name(summary, found)}{limit}"),
            Cell(share(found.n, found.included)),
            mean_sd(found.total, decimals),
            median_iqr(found.total, decimals),
            full_range(found.total, decimals),
            *above,
            *pulsed,
        )
    )


def exposure_cases(summary: Summary) -> Table | None:
    """The cumulative doses of each case; nothing where cases are counted."""
    if summary.cases is None or not summary.cases.exposure:
        return None
    lines = {(one.declared.dose, one.declared.in_): one for one in summary.exposures}
    columns = (
        Column("Case"),
        Column("Dose"),
        *numbers("Total", "Mean per day"),
        Column("Days known", "number"),
        *numbers("Days above the limit", "Pulses begun"),
        Column("Not known because"),
    )
    rows = tuple(_case(summary, one, lines[one.dose, one.window]) for one in summary.cases.exposure)
    return Table("exposure-cases", "Cumulative doses of the included cases", columns, rows)


def _case(summary: Summary, one: CaseExposure, found: ExposureSummary) -> Row:
    total = Cell(f"at least {plain(one.known, 2)}" if one.days else "not known")
    mean = Cell("–")
    if one.total is not None:
        total, mean = Cell(plain(one.total, 2), one.total), Cell(number(one.total / one.days, 1), one.total / one.days)
    return Row(
        (
            Cell(one.case_id),
            Cell(_name(summary, found)),
            total,
            mean,
            Cell(f"{whole(one.days)}/{whole(found.days)}"),
            Cell("–") if one.above is None else _between(one.above) if one.days else Cell("not known"),
            Cell("–") if one.pulses is None else _between(one.pulses),
            Cell(
                "; ".join([*([one.because] if one.because else []), *([f"pulses: {one.untold}"] if one.untold else [])])
            ),
        )
    )


def _between(ends: tuple[int, int | None]) -> Cell:
    low, high = ends
    if high is None:
        return Cell(f"at least {whole(low)}" if low else "not known")
    found = Count(low, high)
    return Cell(
        count_text(found) if found.exact is not None else span(whole(found.low), whole(found.high)), found.exact
    )


def methods_words(summary: Summary) -> str:
    """Which doses were added up over which days, and by which rule, for the Methods; empty where none was."""
    protocol = summary.protocol
    lines = protocol.safety.exposure if protocol.safety is not None else ()
    if not lines:
        return ""
    parts = []
    for line in lines:
        dose, window = protocol.doses[line.dose], protocol.windows[line.in_]
        rules = ["days outside all courses " + ("counted as 0" if dose.outside_courses == "zero" else "were not known")]
        if dose.weight is not None and dose.weight_within is not None:
            rules.append(f"by the weight nearest to each day within {counted(int(dose.weight_within), 'day')}")
        if line.above:
            rules.append(f"days above {line.above} counted")
        parts.append(f"{measure_name(summary.measures, line.dose)} over {days_range(window)} ({'; '.join(rules)})")
    return (
        f"Cumulative doses were added up from what was taken on every day of the window: {listed(parts)}. A case with a day of which the dose is not "
        "known has no cumulative dose, which is not 0."
    )
