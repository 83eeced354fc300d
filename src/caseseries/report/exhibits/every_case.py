"""Every patient: what was before and after, the verdict, and the sentence that says why."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.chart.personal_words import private_attributes, without_dates
from caseseries.protocol.grades import told_grade
from caseseries.protocol.specs import AS_WRITTEN, OutcomePlan
from caseseries.protocol.tree import Slot
from caseseries.report.exhibits import case_context
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table, heading
from caseseries.report.exhibits.printed_numbers import plain, whole
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.selection import boxes, criterion_answer, criterion_called
from caseseries.report.exhibits.words import band_text, capital, day, group, placed, planned, unit_of
from caseseries.summary.case_levels import levels_of_cases
from caseseries.summary.cases import CaseRow, OutcomeCases
from caseseries.summary.flow_steps import UNDETERMINED
from caseseries.summary.model import OutcomeSummary, Summary
from caseseries.verdict.names import short_name
from caseseries.verdict.numbers import bounded
from caseseries.verdict.trace import Quantity, Verdict


def patients_table(summary: Summary, name: str, *, context: bool = False) -> Table:
    """One row per included case of one outcome: values before and after, verdict, and below it the reason.

    With `context` also earlier drugs, the dose and the time of the study drug, and adverse events.
    """
    plan, pairs = summary.outcomes[name].plan, value_pairs(summary.outcomes[name])
    declared = plan.outcome
    columns = (
        Column("Case"),
        Column("Sex"),
        Column("Age, y", "number"),
        *(case_context.before(summary) if context else ()),
        *(_column(summary, pair) for pair in pairs),
        Column("Assessed on day", "number", again="at day {}"),
        Column("Verdict" if plan.part is None else capital(plan.part.one)),
        *(case_context.after(summary) if context else ()),
        Column("Why", "sentences"),
    )
    cases = summary.shown.outcomes[name]
    verdicts, sentences = primary_verdicts(cases), cases.sentences
    told = {case: _verdict(summary, plan, verdict) for case, verdict in verdicts.items()}
    if plan.part is not None:
        told = levels_of_cases(summary.levels[declared], summary.shown, AS_WRITTEN, summary.measures)
        sentences = summary.shown.levels[declared]
    rows = [
        _row(
            summary,
            case,
            plan,
            verdicts.get(case.case_id),
            pairs,
            told.get(case.case_id, "–"),
            sentences.get(case.case_id, ""),
            context=context,
        )
        for case in summary.shown.included
    ]
    what = "verdict on" if plan.part is None else f"{plan.part.one} of"
    title = f"Every included case: values, {what} {declared}, and its reason"
    notes = (
        "Before → after where the rule compares two windows. A dash: no value; the reason stands below.",
        *(case_context.notes(summary) if context else ()),
        *planned(summary),
    )
    return Table(f"patients-{slug(declared)}", title, columns, tuple(rows), notes, below=True)


def other_readings_table(summary: Summary, name: str) -> Table | None:
    """Which cases answer differently under another reading of the rule."""
    plan, verdicts = summary.outcomes[name].plan, summary.shown.outcomes[name].verdicts
    specs = [spec for spec in plan.specs if spec.role in {"primary", "reading"} and spec.number in verdicts]
    if len(specs) < 2:
        return None
    by_spec = {spec.number: {verdict.case_id: verdict for verdict in verdicts[spec.number]} for spec in specs}
    columns = (
        Column("Case"),
        *(Column("As written" if spec.reading == AS_WRITTEN else capital(spec.reading)) for spec in specs),
    )
    rows = []
    for case in summary.shown.included:
        words = [_verdict(summary, plan, by_spec[spec.number].get(case.case_id)) for spec in specs]
        rows.append(
            Row(
                (
                    Cell(case.case_id),
                    *(Cell(word, strong=place > 0 and word != words[0]) for place, word in enumerate(words)),
                )
            )
        )
    note = "Bold: another verdict than as written."
    return Table(f"readings-{slug(name)}", f"Verdicts on {name} under every reading", columns, tuple(rows), (note,))


def excluded_table(summary: Summary) -> Table | None:
    """Who was not included, each with the first criterion not met; where cases are only counted, how many for each reason."""
    if summary.cases is None:
        return _excluded_by_reason(summary)
    excluded = [case for case in summary.cases.rows if case.status == "excluded"]
    if not excluded:
        return None
    rows = [
        Row((Cell(case.case_id), *_decided(summary, case.failed_criterion, undetermined=case.undetermined)))
        for case in excluded
    ]
    columns = (Column("Case"), Column("Decided by"), Column("Which was"))
    return Table("excluded", "Cases not included, with the reason", columns, tuple(rows), (_FIRST,))


def _excluded_by_reason(summary: Summary) -> Table | None:
    """Each reason with its number, under the box of the flow that they left."""
    rows: list[Row] = []
    for step in boxes(summary):
        if step.removed:
            rows.append(heading(f"{without_dates(step.label)}, n = {whole(step.n)}"))
        for why, n in step.removed:
            criterion = why.removesuffix(UNDETERMINED)
            rows.append(Row((*_decided(summary, criterion, undetermined=criterion != why), Cell(whole(n), n)), 1))
    if not rows:
        return None
    columns = (Column("Decided by"), Column("Which was"), Column("n", "number"))
    return Table("excluded-by-reason", "Who was not included, by reason", columns, tuple(rows), (_FIRST,))


_FIRST = "Criteria are applied in the order written; the first criterion of inclusion not met, or of exclusion met, is the reason."


def _decided(summary: Summary, criterion: str, *, undetermined: bool) -> tuple[Cell, Cell]:
    """By what a case was excluded, and what this was."""
    was = "not recorded" if undetermined else criterion_answer(summary, criterion) or "–"
    return Cell(capital(without_dates(criterion_called(summary, criterion)))), Cell(was)


def primary_verdicts(cases: OutcomeCases) -> dict[str, Verdict]:
    """The verdicts on one outcome under the protocol as written, by case."""
    return {verdict.case_id: verdict for verdict in cases.verdicts.get(0, ())}


def classes(summary: Summary) -> dict[str, tuple[str, int | None]]:
    """The class in which each case is drawn, and the day of its verdict, by the first outcome; nothing without one."""
    name = next(iter(summary.outcomes), None)
    if name is None:
        return {}
    good = summary.outcomes[name].plan.good
    verdicts = primary_verdicts(summary.shown.outcomes[name])
    return {case: (group(verdict, good), verdict.day) for case, verdict in verdicts.items()}


def value_pairs(outcome: OutcomeSummary) -> tuple[tuple[Slot | None, Slot], ...]:
    """The values the rule as written rests on: (before, after), or (None, at) where only one window is asked."""
    pairs: dict[tuple[Slot | None, Slot], None] = {}
    for node in outcome.plan.primary.tree.leaves:
        if node.leaf is not None:
            pairs[(node.leaf.before, node.leaf.after)] = None
    compared = {after for before, after in pairs if before is not None}
    return tuple(pair for pair in pairs if pair[0] is not None or pair[1] not in compared)


def quantities(verdict: Verdict | None) -> dict[Slot, Quantity]:
    """The values of one verdict by their place."""
    return {} if verdict is None else {quantity.slot: quantity for quantity in verdict.quantities}


def _column(summary: Summary, pair: tuple[Slot | None, Slot]) -> Column:
    facts = summary.measures[pair[1].measure]
    if facts.grades:
        return Column(capital(short_name(facts)), "words")
    unit = "" if facts.kind == "judgement" or facts.unit in {"", "points"} else f", {unit_of(facts)}"
    return Column(f"{capital(short_name(facts))}{unit}", "words" if facts.kind == "judgement" else "number")


def _value(kind: str, grades: Sequence[str], quantity: Quantity | None) -> str:
    if quantity is not None and quantity.limit is not None:
        return bounded(quantity.bound, told_grade(grades, quantity.limit) if grades else plain(quantity.limit))
    if quantity is None or quantity.value is None:
        return "–"
    if grades:
        return told_grade(grades, quantity.value)
    if kind == "words":
        return "yes" if quantity.value == 1 else "no"
    return plain(quantity.value)


def _row(
    summary: Summary,
    case: CaseRow,
    plan: OutcomePlan,
    verdict: Verdict | None,
    pairs: tuple[tuple[Slot | None, Slot], ...],
    told: str,
    sentence: str,
    *,
    context: bool,
) -> Row:
    values, assessed = quantities(verdict), None if verdict is None else verdict.day
    cells = [
        Cell(case.case_id),
        Cell(case.sex or "–"),
        Cell((band_text(case.age_band) or "–") if case.age_years is None else str(case.age_years), case.age_years),
        *(case_context.before_cells(summary, case, assessed, {after.measure for _, after in pairs}) if context else ()),
    ]
    judged = {node.leaf.after for node in plan.primary.tree.leaves if node.leaf is not None and node.leaf.kind == "is"}
    for before, after in pairs:
        kind = "words" if after in judged else "number"
        grades = summary.measures[after.measure].grades
        late = _value(kind, grades, values.get(after))
        if before is None:
            cells.append(Cell(late))
            continue
        cells.append(Cell(f"{_value(kind, grades, values.get(before))} → {late}"))
    cells += [Cell(day(assessed) or "–", assessed), Cell(told, strong=True)]
    cells += case_context.after_cells(summary, case) if context else ()
    cells.append(Cell(without_dates(sentence or _reason(verdict))))
    return Row(tuple(cells))


def _verdict(summary: Summary, plan: OutcomePlan, verdict: Verdict | None) -> str:
    return "–" if verdict is None else placed(verdict, plan, summary.measures)


def _reason(verdict: Verdict | None) -> str:
    if verdict is None:
        return ""
    return f"decided by: {verdict.decided_by}" if verdict.decided_by else verdict.absent


def attributes_table(summary: Summary) -> Table | None:
    """The columns of the patient table that the chart description kept; nothing where cases are only counted.

    Those that tell who a patient is stand in patients.csv alone.
    """
    included = summary.cases.included if summary.cases is not None else ()
    private = private_attributes(summary.cases.rows) if summary.cases is not None else {}
    names = list(dict.fromkeys(name for case in included for name, _ in case.attributes if name not in private))
    if not names:
        return None
    rows: list[Row] = []
    for case in included:
        kept = dict(case.attributes)
        rows.append(Row((Cell(case.case_id), *(Cell(without_dates(kept.get(name, "")) or "–") for name in names))))
    columns = (Column("Case"), *(Column(capital(name)) for name in names))
    return Table(
        "features",
        "Features of the included cases, as recorded",
        columns,
        tuple(rows or [heading("No case was included.")]),
    )
