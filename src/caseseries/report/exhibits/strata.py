"""The answers of an outcome by sex, or by an attribute of the patients."""

from __future__ import annotations

from caseseries.protocol.outcome import Several, VerdictOutcome
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.strata import Strata
from caseseries.report.exhibits.count_words import ends_text
from caseseries.report.exhibits.describe import method_words
from caseseries.report.exhibits.p_values import p_words
from caseseries.report.exhibits.printed_blocks import Cell, Column, Paragraph, Row, Table, numbers
from caseseries.report.exhibits.printed_numbers import ci_text, ci_title, percent_ends, share, share_in_words
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import capital, listed
from caseseries.summary.model import Summary
from caseseries.summary.strata import NOT_KNOWN, OTHERS, StrataSummary, Stratum
from caseseries.verdict.denominator import among_words, denominator_words
from caseseries.verdict.number_style import style_in_force
from caseseries.verdict.wanted import those_met


def strata_blocks(summary: Summary, name: str) -> list[Paragraph | Table]:
    """The sentence and the table of one verdict; nothing where it has no strata, or sites did not tell them."""
    found = summary.strata.get(name)
    return [] if found is None else [_words(summary, found), _table(summary, found)]


def strata_words(by: Strata) -> str:
    """By what answers are told apart: `sex`, `course (acute, late, other)`.

    >>> strata_words(Strata(attribute="course", of=("acute", "late"))), strata_words(Strata(sex=True))
    ('course (acute, late, and all other words together)', 'sex')
    """
    return f"{by.name} ({', '.join(by.of)}, and all other words together)" if by.of else by.name


def strata_methods(protocol: Protocol) -> str:
    """A sentence on every outcome that has strata; empty where none has."""
    told = [
        f"{name} by {strata_words(outcome.by)}"
        for name, outcome in protocol.outcomes.items()
        if isinstance(outcome, VerdictOutcome | Several) and outcome.by is not None
    ]
    if not told:
        return ""
    tested = (
        "; their shares are compared by Fisher’s exact test of the evaluable, which is exploratory and not adjusted"
        if protocol.reporting.p_values
        else "; no test compares them"
    )
    return f" Told apart: {listed(told)}; cases of which that is not known are counted by themselves{tested}."


def _words(summary: Summary, found: StrataSummary) -> Paragraph:
    level = summary.protocol.reporting.level
    known = [one for one in found.strata if one.kind != NOT_KNOWN and one.inside]
    of = denominator_words(summary.outcomes[found.outcome].plan, summary.measures)
    if not known:
        return Paragraph(f"{capital(found.outcome)} by {found.by.name}: of none of {of} is it known.")
    told = f"{capital(found.outcome)} by {found.by.name}, of {of}: {listed([_share(one, level) for one in known])}."
    unknown = sum(one.inside for one in found.strata if one.kind == NOT_KNOWN)
    if unknown:
        yes = sum(one.yes for one in found.strata if one.kind == NOT_KNOWN)
        told += f" Of {unknown} {'case' if unknown == 1 else 'cases'} the {found.by.name} is not known ({yes} of them met it)."
    if found.test is not None:
        told += f" {p_words(found.test)} (Fisher exact test of the evaluable, exploratory)."
    return Paragraph(told)


def _share(one: Stratum, level: str) -> str:
    interval = percent_ends(one.of_included)
    return f"{one.name} {share_in_words(one.yes, one.inside)}{f', {ci_text(level, interval)}' if interval else ''}"


def _table(summary: Summary, found: StrataSummary) -> Table:
    outcome = summary.outcomes[found.outcome]
    among = among_words(outcome.plan, summary.measures)
    titles = f"{capital(those_met(outcome.plan.good))}, n/N (%)", f"{ci_title(summary.protocol.reporting.level)}, %"
    of = f"Of the included {among}" if among else "Of all included"
    beyond = [
        (title, values)
        for title, values in (
            ("Outside the denominator", [one.outside for one in found.strata]),
            ("Membership not known", [one.unplaced for one in found.strata]),
        )
        if any(values)
    ]
    columns = (
        Column(capital(found.by.name)),
        *numbers(*titles, over=(of,)),
        *numbers(*titles, over=("Of the evaluable",)),
        Column("Not evaluable", "number"),
        *(Column(title, "number") for title, _ in beyond),
    )
    rows = tuple(
        Row(
            (
                Cell(capital(one.name)),
                Cell(share(one.yes, one.inside)).naming(one.of_included),
                Cell(ends_text(one.of_included)).naming(one.of_included),
                Cell(share(one.yes, one.yes + one.no)).naming(one.of_evaluable),
                Cell(ends_text(one.of_evaluable)).naming(one.of_evaluable),
                Cell(str(one.not_evaluable), one.not_evaluable),
                *(Cell(str(values[place]), values[place]) for _, values in beyond),
            )
        )
        for place, one in enumerate(found.strata)
    )
    return Table(
        f"strata-{slug(found.outcome)}",
        f"{capital(found.outcome)} by {found.by.name}",
        columns,
        rows,
        _notes(summary, found),
    )


def _notes(summary: Summary, found: StrataSummary) -> tuple[str, ...]:
    methods = dict.fromkeys(one.of_included.method for one in found.strata if one.of_included.method)
    told = ["Under the protocol as written. Each share is of the cases of its row."]
    told += [f"CI, confidence interval: {method_words(method)}." for method in methods]
    others = next((one.name for one in found.strata if one.kind == OTHERS), "")
    if others:
        told.append(f"{capital(others)}: every word that the protocol does not name.")
    if any(one.kind == NOT_KNOWN for one in found.strata):
        told.append(f"Not known: {found.by.name} not recorded, or by a word that says as little.")
    told.append("Intervals that overlap, or do not, are no test: groups of a series differ in more than this.")
    if found.test is not None:
        told.append(
            f"{found.test.method}, of yes and no in the rows that are known, exploratory and not adjusted: {p_words(found.test)}."
        )
    elif not summary.protocol.reporting.p_values:
        told.append(f"No test compares the rows, for the protocol prints no {style_in_force().p} values.")
    return tuple(told)
