"""The structured abstract, made from the numbers: who was treated, whether it worked, at what cost, and how far that depends on choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from caseseries.protocol.case import FirstExposure
from caseseries.protocol.specs import OutcomePlan
from caseseries.report.exhibits.adverse_events import only_event_words
from caseseries.report.exhibits.change import change_sentence, reasons_without, repeated, shown
from caseseries.report.exhibits.count_words import (
    answer_words,
    count_spelled,
    count_text,
    unplaced,
)
from caseseries.report.exhibits.deaths import deaths_words
from caseseries.report.exhibits.describe import grouped, known
from caseseries.report.exhibits.event_count import event_lines
from caseseries.report.exhibits.follow_up import lengths_words
from caseseries.report.exhibits.headline import extremes_words, head_results, heads, several_windows
from caseseries.report.exhibits.levels import in_order, shares_words
from caseseries.report.exhibits.printed_blocks import Block, Cell, Column, Paragraph, Row, Table
from caseseries.report.exhibits.printed_numbers import number, range_words, whole
from caseseries.report.exhibits.safety import in_short
from caseseries.report.exhibits.selection import nobody_words, people_words, several_courses
from caseseries.report.exhibits.spells import spell_lines
from caseseries.report.exhibits.spread_words import spread_words
from caseseries.report.exhibits.study_dose import study_dose, study_dose_words
from caseseries.report.exhibits.time_to import called, median_text
from caseseries.report.exhibits.trajectory import trajectory_lines
from caseseries.report.exhibits.value_at import value_at_lines
from caseseries.report.exhibits.words import capital, listed, spelled
from caseseries.summary.levels import LevelsSummary
from caseseries.summary.model import OutcomeSummary, Summary
from caseseries.summary.pivotal import STOOD_AGAINST, SUFFICED
from caseseries.summary.result import Count
from caseseries.verdict.denominator import denominator_words

#: Up to so many outcomes are told in sentences; more stand in a small table, and of very many the first.
IN_SENTENCES, IN_TABLE = 3, 12

#: So many changes are told; all of them are in the tables.
MOST_CHANGES = 4


def abstract(summary: Summary) -> tuple[Block, ...]:
    """The paragraphs of the abstract, each with its label; of several outcomes a small table."""
    if not summary.included:
        return (Paragraph(f"{capital(nobody_words(summary))}.", "Patients"),)
    told: list[Block] = [Paragraph(_patients(summary), "Patients"), *_outcomes(summary)]
    told += [Paragraph(_changes(summary), "Change"), Paragraph(_treatment(summary), "Treatment")]
    told += [Paragraph(_safety(summary), "Safety"), Paragraph(_robustness(summary), "Robustness")]
    return tuple(block for block in told if not isinstance(block, Paragraph) or block.text)


def _patients(summary: Summary) -> str:
    """How many of which age and sex received what, after what."""
    n, index = summary.included, summary.protocol.case.index_date
    who = capital(people_words(summary)) or spelled(n, "patient" if summary.protocol.case.per == "patient" else "case")
    inside = "; ".join(part for part in (_sex(summary), _age(summary)) if part)
    inside = f"by course: {inside}" if inside and several_courses(summary) else inside
    received = f"received {index.first_exposure}" if isinstance(index, FirstExposure) else "were included"
    if n == 1 and not isinstance(index, FirstExposure):
        received = "was included"
    dose = study_dose(summary)
    received += f" ({study_dose_words(summary, dose)})" if dose is not None else ""
    told = f"{who}{f' ({inside})' if inside else ''} {received}."
    told += " Courses of one patient are not independent." if several_courses(summary) else ""
    if summary.nowhere("other drugs"):
        return f"{told} Earlier treatment was not charted."
    prior = [one for one in summary.prior if one.n and one.total]
    if not prior:
        return told
    every = all(one.total == n for one in prior)
    groups = [
        f"{one.label.removesuffix(' before the index date')} in {whole(one.n or 0)}"
        + ("" if every else f" of {whole(one.total or 0)}")
        for one in prior
    ]
    return f"{told} Earlier treatment was recorded with {listed(groups)}."


def _sex(summary: Summary) -> str:
    found = [one for one in summary.table_one if one.id.startswith("table1/sex/")]
    if any(one.n is None for one in found):
        return ""
    if all(one.id.endswith("/unknown") for one in found if one.n):
        return "sex not recorded" if found else ""
    parts = [(one.id.rpartition("/")[2], one.n or 0) for one in found if one.n]
    return ", ".join(f"{whole(n)} {'of unknown sex' if level == 'unknown' else level}" for level, n in parts)


def _age(summary: Summary) -> str:
    """The median age with its range, and of how many it is where it is not known of all."""
    found = grouped({one.id.removeprefix("table1/"): one for one in summary.table_one}).get("age", {})
    median, low, high = found.get("median"), found.get("minimum"), found.get("maximum")
    if median is None or median.estimate is None or low is None or high is None:
        return ""
    n = median.n or 0
    told = f"{'age' if n == 1 else 'median age'} {known(median, 1)} {median.unit}".rstrip()
    if low.estimate is not None and high.estimate is not None:
        ends = range_words(number(low.estimate), number(high.estimate), n)
        told += f", {ends}" if ends else ""
    return told if n == summary.included else f"{told}, known of {whole(n)}"


def _outcomes(summary: Summary) -> Iterator[Block]:
    """Verdicts, levels, times, spells, counts and described values: sentences of a few, a small table of more."""
    first, others = heads(summary), list(_others(summary))
    if len(first) + len(others) <= IN_SENTENCES:
        told = [sentence for outcome in in_order(summary) for sentence in _sentences(summary, *outcome)]
        told += [_named(name, text) for name, text in others]
        if told:
            yield Paragraph(" ".join(told), "Response")
        return
    lost = [found.readings[0] if found is not None else outcome.answers[0] for _, outcome, found in in_order(summary)]
    rows = [
        *((name, text + _lost(one.not_evaluable)) for (name, text), one in zip(first, lost, strict=True)),
        *others,
    ]
    named = (*head_results(summary), *(() for _ in others))
    left = len(rows) - IN_TABLE
    further = spelled(left, "further outcome stands", "further outcomes stand")
    note = (f"{further} in the section Response.",) if left > 0 else ()
    yield Table(
        "outcomes",
        "Outcomes",
        (Column("Outcome"), Column("Result", "sentences")),
        tuple(
            Row((Cell(capital(name)), Cell(text).naming(*results)))
            for (name, text), results in zip(rows[:IN_TABLE], named, strict=False)
        ),
        note,
    )


def _sentences(summary: Summary, name: str, outcome: OutcomeSummary, found: LevelsSummary | None) -> list[str]:
    if found is None:
        return _verdict(summary, name, outcome)
    return [_named(name, f"{shares_words(summary, found)}{_lost(found.readings[0].not_evaluable)}")]


def _lost(n: Count) -> str:
    return f"; not evaluable: {count_text(n)}" if n.high else ""


def _named(name: str, text: str) -> str:
    return f"{capital(name)}: {text.rstrip('.')}."


def _others(summary: Summary) -> Iterator[tuple[str, str]]:
    """The outcomes that are no verdict, as (name, result); not the dose of the study drug, which is told of the patients."""
    dose = study_dose(summary)
    described = replace(summary, values_at=tuple(one for one in summary.values_at if one is not dose))
    for name in summary.times:
        yield f"time to {called(summary.times[name])}", median_text(summary, name)
    for line in (
        *spell_lines(summary),
        *event_lines(summary),
        *value_at_lines(described),
        *trajectory_lines(summary),
    ):
        name, _, text = line.partition(": ")
        yield name, text


def _verdict(summary: Summary, name: str, outcome: OutcomeSummary) -> list[str]:
    """One outcome in sentences: its share, the not evaluable, those outside, and what kept the others from it."""
    plan, head = outcome.plan, outcome.answers[0]
    if not head.inside.high:
        return [_named(name, answer_words(head, summary.protocol.reporting.level, nobody_words(summary)))]
    at = f" ({plan.at})" if plan.at and plan.at not in name else ""
    unwanted = ", which is not wanted," if plan.good is False else ""
    of = f" of {denominator_words(plan, summary.measures)}" if plan.among is not None else ""
    told = [f"{capital(name)}{at}{unwanted} was seen in {answer_words(head, summary.protocol.reporting.level)}{of}."]
    if head.not_evaluable.high:
        many = head.not_evaluable.exact != 1
        told.append(
            f"{count_spelled(head.not_evaluable, 'case was', 'cases were')} not evaluable and {'stay' if many else 'stays'} in the denominator "
            f"({extremes_words(outcome)})."
        )
    if unplaced(head).high:
        told.append(f"Of {count_text(unplaced(head))} it is not known whether they belong to it.")
    return [*told, *_kept_by_judgement(summary, name, plan)]


def _kept_by_judgement(summary: Summary, name: str, plan: OutcomePlan) -> Iterator[str]:
    """That what was measured would have sufficed, and only the judgement stood against it; of a run that shows its cases."""
    if summary.cases is None or not plan.good:
        return
    found = summary.cases.outcomes[name]
    no = {verdict.case_id for verdict in found.verdicts.get(0, ()) if verdict.inside and verdict.truth is False}
    against = {one.case_id for one in found.pivotal if one.detail == STOOD_AGAINST} & no
    kept = {one.case_id for one in found.pivotal if one.detail == SUFFICED} & no | against
    if kept:
        every = {1: "the non-responder", 2: "both non-responders"}.get(len(no), f"all {whole(len(no))} non-responders")
        told = every if len(kept) == len(no) else f"{whole(len(kept))} of the {whole(len(no))} non-responders"
        yield f"In {told} {STOOD_AGAINST if against else SUFFICED}."


def _changes(summary: Summary) -> str:
    """The first changes, each once."""
    own = [change for outcome in summary.outcomes.values() for change in shown(summary, outcome.changes)]
    own += [one for one in shown(summary, summary.change_outcomes) if not repeated(summary, one)]
    several = several_windows(summary)
    told = dict.fromkeys(
        change_sentence(summary, change, windows=change.measure in several, why=reasons_without(summary, change))
        for change in own
    )
    left = len(told) - MOST_CHANGES
    more = (
        [f"{spelled(left, 'further change stands', 'further changes stand')} in the section Response."]
        if left > 0
        else []
    )
    return " ".join([*list(told)[:MOST_CHANGES], *more])


def _treatment(summary: Summary) -> str:
    """How long everyone was followed and on the drug, and how many were still on it at the end."""
    told = lengths_words(summary).text
    cases = summary.cases.included if summary.cases is not None else ()
    taken = {course.case_id for course in summary.cases.study_drug} if summary.cases is not None else set[str]()
    seen = [case for case in cases if case.case_id in taken and case.on_drug_days is not None]
    if not seen:
        return told
    on = sum(case.ongoing for case in seen)
    last = "the last day on record" if len(seen) == 1 else "their last day on record"
    many = "None was" if not on else spelled(on, "was", "were")
    if len(seen) < len(cases):
        own = "none was" if not on else f"{whole(on)} {'was' if on == 1 else 'were'}"
        many = f"Of the {whole(len(seen))} of whom this is known, {own}"
    return f"{told} {many} still on the study drug at {last}."


def _safety(summary: Summary) -> str:
    if summary.nowhere("adverse events") and summary.nowhere("deaths"):
        return "Adverse events and deaths were not charted: nothing is known of them, and no number is given."
    return " ".join(part for part in (in_short(summary), only_event_words(summary), deaths_words(summary)) if part)


def _robustness(summary: Summary) -> str:
    """How far the first outcome depends on choices; of the others the tables tell."""
    first = next(iter(summary.outcomes), None)
    return spread_words(summary, first) if first is not None else ""
