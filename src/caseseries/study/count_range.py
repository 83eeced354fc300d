"""One range of patients after another, counted in the engine, and the counts added up.

No patient is ever held here: what leaves the engine is a :class:`~caseseries.stats.tally.Tally` and a part of patients.parquet.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from caseseries import cohort, safety
from caseseries.assessment import assess
from caseseries.assessment.compile import Compiled
from caseseries.assessment.open_choices import open_counts
from caseseries.assessment.outcome_sheet import Sheet, compile_sheet, fits, lay_sheet, open_on_sheet
from caseseries.cohort.index import count_gaps
from caseseries.engine.connection import Engine
from caseseries.errors import ChartError, ChoiceNeeded, Problem
from caseseries.protocol.lab_grades import graded_measures
from caseseries.protocol.plans import Plans, plans_of
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan
from caseseries.protocol.tree import Slot
from caseseries.response import (
    answer_criteria,
    answer_questions,
    count_open_criteria,
    find_spells,
    find_times,
    require_exclusive_counts,
    spell_tally,
    time_tally,
)
from caseseries.response.agreement_counts import count_agreement, keep_beside
from caseseries.response.baseline import baselines, count_baselines, measures_of
from caseseries.response.by_answer import count_by_answer, keep_answers
from caseseries.response.event_count import count_events
from caseseries.response.intercurrent import restarted_rescues
from caseseries.response.open_choices import CHOICE_WORDS, RESCUE
from caseseries.response.raised import ask_series, lay_series
from caseseries.response.settle import BASELINE, keep_members, lay_out, settle
from caseseries.response.strata_counts import count_strata
from caseseries.response.trajectory import trajectory_tally
from caseseries.response.value_at import forget_group, keep_group, value_tally
from caseseries.response.value_counts import count_values, open_doses
from caseseries.response.verdict_counts import change_tally, count_members, tally
from caseseries.stats.tally import Tally
from caseseries.study.charted_totals import count_different
from caseseries.study.empty_windows import count_filled
from caseseries.study.line import Progress
from caseseries.study.next_courses import count_late
from caseseries.study.patients_file import keep_outcome, keep_times, write_range
from caseseries.study.ranges import LARGE, READ, within_memory
from caseseries.study.sources import Source
from caseseries.study.work import Range, Work

#: The section of open choices: (kind, where) and the number of cases that raise it.
OPEN = "open"

#: Said where a run stops before any outcome.
NOTHING = "Nothing was decided and no outcome was shown."


def count_ranges(
    protocol: Protocol, source: Source, ranges: Sequence[Range], work: Work, *, exact: bool, progress: Progress
) -> Tally:
    """The counts of all ranges; those that `work` has finished already are read, not run again.

    With `exact` quotients such as doses are counted as the fractions they are, which is for few cases.

    Raises:
        ChoiceNeeded: the data raise a choice that the protocol does not make, with the number of cases; no outcome is shown then.
    """
    engine, plans, total = source.engine, plans_of(protocol), Tally()
    for part in ranges:
        counts = work.finished(part)
        if counts is None:
            where = f" (range {part.number} of {len(ranges)})" if len(ranges) > 1 else ""
            count = partial(
                _count, engine, protocol, source, part, plans, work, exact=exact, where=where, progress=progress
            )
            counts = within_memory(engine, count)
            work.finish(part, counts)
        total.merge(counts)
    require_choices(total)
    require_exclusive_counts(protocol, total, plans.verdicts)
    return total


def find_cases(
    engine: Engine,
    protocol: Protocol,
    source: Source,
    part: Range,
    *,
    repeated: bool,
    where: str,
    progress: Progress,
) -> tuple[Tally, str]:
    """Find the cases of one range and make their values; the counts of that, and the table of the patients whose values were made.

    With `repeated` equal rows of values stand as often as they were found (:meth:`OmopSource.values`).
    """
    progress(f"reading who took what and when{where}", None)
    counts = source.history(part.low, part.high)
    engine.forget(*READ)
    early = cohort.needs_values(protocol) or not source.numbers.observed
    near = "index_case" if early else "included_case"

    def load_values() -> None:
        progress(f"reading values{where}", None)
        counts.merge(source.values(near, repeated=repeated))

    progress(f"selecting the cohort{where}", None)
    cohort.find(
        engine,
        protocol,
        source.numbers,
        dated=source.dated,
        load_values=load_values if early else None,
        answer=answer_criteria,
    )
    counts.merge(cohort.tally(engine, protocol, source.numbers, dated=source.dated))
    counts.merge(source.described())
    counts.add((OPEN, "restart_after", "study drug"), count_gaps(engine, protocol))
    for (choice, at), n in count_open_criteria(engine, protocol).items():
        counts.add((OPEN, choice, at), n)
    if not early:
        load_values()
    counts.merge(count_filled(engine, protocol, source.numbers))
    counts.merge(count_late(engine, protocol, source.numbers))
    counts.merge(count_different(engine, protocol, source.numbers))
    return counts, near


def _count(
    engine: Engine,
    protocol: Protocol,
    source: Source,
    part: Range,
    plans: Plans,
    work: Work,
    *,
    exact: bool,
    where: str,
    progress: Progress,
) -> Tally:
    numbers, laid, own = source.numbers, fits(protocol, plans.at_windows), baselines(protocol, plans.all)
    counts, near = find_cases(engine, protocol, source, part, repeated=laid, where=where, progress=progress)
    ((included,),) = engine.rows("SELECT count(*) FROM included_case")
    progress(f"choosing values{where}", int(included))
    sheet = _laid(engine, protocol, source, plans) if laid else None
    if laid and sheet is None:
        source.values(near)  # again, for the general way reads equal rows once
    opened: dict[tuple[str, str], int] = dict(open_on_sheet(engine, protocol, sheet)) if sheet else {}
    members: dict[str, str] = {}
    for place, outcome in enumerate(plans.verdicts):
        progress(f"evaluating {outcome.name}{where}", int(included))
        compiled = _compiled(engine, protocol, source, outcome, sheet)
        settle(engine, protocol, numbers, compiled)
        counts.merge(tally(engine, protocol, compiled, dated=source.dated, exact=exact))
        counts.merge(count_baselines(engine, protocol, compiled, own[outcome.name], sheet, exact=exact))
        _raise(opened, engine, protocol, compiled, sheet)
        if again := len(restarted_rescues(engine, protocol)):
            opened["rescue_restart", RESCUE] = max(again, opened.get(("rescue_restart", RESCUE), 0))
        keep_outcome(engine, protocol, compiled, place)
        keep_beside(engine, protocol, outcome.name)
        keep_group(engine, protocol, outcome.name)
        keep_answers(engine, protocol, outcome.name)
        counts.merge(count_strata(engine, protocol, numbers, outcome.name))
        if sheet is not None and outcome.among is not None:
            members[outcome.name] = f"member_{len(members)}"
            keep_members(engine, protocol, compiled, members[outcome.name])
    counts.merge(count_agreement(engine, protocol))
    if sheet is not None:
        progress(f"counting values{where}", int(included))
        for outcome in plans.valued:
            if outcome.among is not None and outcome.name in protocol.changes:
                members[outcome.name] = f"member_{len(members)}"
                keep_members(engine, protocol, sheet.compiled[outcome.name], members[outcome.name])
                counts.merge(count_members(engine, outcome, members[outcome.name]))
        counts.merge(count_values(engine, protocol, sheet, members, exact=exact))
    for outcome in plans.valued:
        compiled = _compiled(engine, protocol, source, outcome, sheet)
        if sheet is None:
            progress(f"evaluating {outcome.name}{where}", int(included))
        if outcome.name in protocol.described:
            counts.merge(value_tally(engine, protocol, compiled, sheet, exact=exact))
        elif sheet is None:
            counts.merge(change_tally(engine, protocol, compiled, exact=exact))
        counts.merge(count_baselines(engine, protocol, compiled, own[outcome.name], sheet, exact=exact))
        _raise(opened, engine, protocol, compiled, sheet)
    forget_group(engine, protocol)
    if sheet is not None and (plans.times or plans.spells or plans.trajectories):
        source.values(near)  # again, for these are read on every visit, and the sheet has let go of what it holds
    for place, outcome in enumerate((*plans.times, *plans.spells)):
        what = "times to" if outcome.name in protocol.times else "spells of"
        progress(f"finding {what} {outcome.name}{where}", int(included))
        counts.merge(_by_day(engine, protocol, source, outcome, place, own[outcome.name], opened, exact=exact))
    for outcome in plans.trajectories:
        counts.merge(trajectory_tally(engine, protocol, numbers, outcome))
    for (choice, place_of), n in opened.items():
        counts.add((OPEN, choice, place_of), n)
    counts.merge(count_events(engine, protocol, numbers))
    counts.merge(count_by_answer(engine, protocol, numbers, source.described_by, measures_of(own), exact=exact))
    progress(f"safety{where}", int(included))
    counts.merge(safety.tally(engine, protocol, numbers))
    write_range(engine, plans.verdicts, work.unfinished_parquet(part), numbers.patients, plans.times)
    engine.forget(*LARGE, *members.values(), *(f"patient_{place}" for place in range(len(plans.verdicts))))
    engine.forget(*(f"patient_time_{place}" for place in range(len(plans.times))))
    return counts


def _by_day(
    engine: Engine,
    protocol: Protocol,
    source: Source,
    outcome: OutcomePlan,
    place: int,
    own: Sequence[Slot],
    opened: dict[tuple[str, str], int],
    *,
    exact: bool,
) -> Tally:
    """The times, or the spells, of one outcome; keeps the rows of times for the file of the patients."""
    answer_questions(engine, protocol, source.numbers, outcome, dated=source.dated)
    valued, counts = bool(outcome.slots) or outcome.among is not None, Tally()
    if valued:
        compiled = assess(engine, protocol, source.numbers, outcome).compiled
        lay_out(engine, protocol, compiled)
    if outcome.name in protocol.spells:
        find_spells(engine, protocol, source.numbers, outcome)
        counts.merge(spell_tally(engine, protocol, outcome))
    for spec in outcome.specs if outcome.name in protocol.times else ():
        find_times(engine, protocol, source.numbers, outcome, spec, dated=source.dated)
        counts.merge(time_tally(engine, outcome, spec))
        if spec.primary:
            keep_times(engine, place)
    if valued:
        counts.merge(count_baselines(engine, protocol, compiled, own, None, exact=exact))
        _raise(opened, engine, protocol, compiled, None)
    return counts


def _laid(engine: Engine, protocol: Protocol, source: Source, plans: Plans) -> Sheet | None:
    """The sheet of all outcomes with the doses that a raised dose is looked for in; None where a value is too large for one."""
    numbers = source.numbers
    sheet = compile_sheet(engine, protocol, numbers, plans.at_windows)
    ruled = [sheet.compiled[outcome.name].variants.items() for outcome in plans.verdicts]
    base = sorted({number for variants in ruled for (name, _), number in variants if name == BASELINE})
    days = [day for variants in ruled for (_, window), _ in variants for day in (window.from_, window.to)]
    series = ask_series(engine, protocol, numbers, base, min(days), max(days)) if days else ""
    still = {dose.weight for dose in protocol.doses.values() if dose.weight is not None}
    still |= {one.measure for one in protocol.safety.monitored} if protocol.safety is not None else set()
    still |= graded_measures(protocol)
    if not lay_sheet(engine, protocol, sheet, series, release=partial(source.release, still)):
        return None
    if plans.verdicts:
        lay_series(engine, protocol, numbers)
    return sheet


def _compiled(
    engine: Engine, protocol: Protocol, source: Source, outcome: OutcomePlan, sheet: Sheet | None
) -> Compiled:
    if sheet is not None:
        return sheet.compiled[outcome.name]
    answer_questions(engine, protocol, source.numbers, outcome, dated=source.dated)
    return assess(engine, protocol, source.numbers, outcome).compiled


def _raise(
    opened: dict[tuple[str, str], int], engine: Engine, protocol: Protocol, compiled: Compiled, sheet: Sheet | None
) -> None:
    """Note open choices; the same place in two outcomes is one choice, raised by the cases of that with more."""
    found = open_counts(engine, protocol, compiled) if sheet is None else open_doses(engine, protocol, compiled)
    for where, n in found.items():
        opened[where] = max(n, opened.get(where, 0))


def require_readable(told: Tally) -> None:
    """Stop on findings that must stop a run, as a chart's do.

    Raises:
        ChoiceNeeded: the only thing missing is a choice in the description of the database. ChartError: something else.
    """
    errors = [
        (str(rule), Problem(f"{message}: {n} row(s)"))
        for (severity, rule, message), n in told.section("finding")
        if severity == "error"
    ]
    if not errors:
        return
    problems = [problem for _, problem in errors]
    if all(rule.startswith("choice: ") for rule, _ in errors):
        raise ChoiceNeeded("The database raises choices that its description does not make.", problems, do=NOTHING)
    raise ChartError("The database cannot be read as it is described.", problems, do=NOTHING)


def require_choices(total: Tally) -> None:
    """Stop where a choice is open: how many cases raise it is told, and which protocol line makes it.

    While `restart_after` is open there are no cases, and no other choice counts.
    """
    needed = [(str(choice), str(where), n) for (choice, where), n in total.section(OPEN)]
    needed = [one for one in needed if one[0] == "restart_after"] or needed
    if needed:
        raise ChoiceNeeded(
            f"The data raise {len(needed)} choice(s) that the protocol does not make.",
            [
                Problem(f"{CHOICE_WORDS[choice][0]} ({where}): {n} case(s)", do=CHOICE_WORDS[choice][1])
                for choice, where, n in needed
            ],
            do=NOTHING,
        )
