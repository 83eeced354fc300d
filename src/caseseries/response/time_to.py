"""Time to an event: on which day after the index date or another start it was first seen, or how else the time of the case ended.

    time_case(case_no, ending, day, since, unread, why, start, unclear)      grain: included case

`ending` is the place among ``ENDINGS`` (0 is the event), NULL where the case has no time; then `why` is the place among ``TIMELESS`` from 1 on.
What is looked for is read on the days that answering the questions of the outcome left (:mod:`caseseries.response.questions`).
"""

from __future__ import annotations

from caseseries.assessment.occurrence import find_occurrences
from caseseries.chart.store import Numbers
from caseseries.chart.tables import day_number
from caseseries.cohort.look_back import uncovered, with_history
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, Spec, looked_for_in
from caseseries.protocol.time_to import AT_INDEX, AT_START, ENDINGS, OUTSIDE, TimeToOutcome
from caseseries.protocol.tree import Occurrence
from caseseries.protocol.window import Window
from caseseries.response.last_dose import find_last_doses
from caseseries.response.questions import asked, asked_of
from caseseries.response.settle import Evaluation, members_sql
from caseseries.response.time_days import days_read, partial_days
from caseseries.response.time_start import NEVER, find_starts
from caseseries.stats.tally import Key, Tally
from caseseries.verdict.time_to import TIMELESS, CaseTime

_CODES = {
    name: ENDINGS.index(ending)
    for name, ending in (
        ("event", "event"),
        ("died", "death"),
        ("stopped", "drug stopped"),
        ("end", "end of window"),
        ("cutoff", "data cutoff"),
        ("lost", "lost"),
    )
}
_WHY = {
    name: TIMELESS.index(why) + 1
    for name, why in (
        ("unknown", "not known on any visit"),
        ("death_unknown", "day of death not known"),
        ("stop_unknown", "last day of the drug not known"),
        ("not_exact", "date not exact"),
        ("uncharted", "not charted"),
        ("no_history", "before the known history"),
    )
}
_NAMES = ("at", "no_visit_before", "unknown_before", "no_time", "no_visit")
_OF_INDEX = (
    "no visit by the index date",
    "not known at the index date",
    "no follow-up after the index date",
    "no visit after the index date",
)
_OF_START = (
    "no visit by the start",
    "not known at the start",
    "no follow-up after the start",
    "no visit after the start",
)
#: The same of a time that counts from the index date, and of one that counts from a rule.
_WHY_FROM: dict[bool, dict[str, int]] = {
    of_rule: {name: TIMELESS.index(why) + 1 for name, why in zip(_NAMES, words, strict=True)}
    for of_rule, words in ((False, (AT_INDEX, *_OF_INDEX)), (True, (AT_START, *_OF_START)))
}

#: When the time of a case ends without the event: `cut` on a day that is known, for `how`; from `unsure` on it may have ended.
#: `seen` is the last day of follow-up, and `beyond` says that the window ends after the data cut-off. A stop of
#: the drug counts to `stop_told`, one of which a part is known too where it competes.
_END = """
SELECT case_no, seen, beyond, least({to}, died, stopped) AS cut,
    CASE WHEN died <= stopped AND died <= {to} THEN {died} WHEN stopped <= {to} THEN {stopped} ELSE {end} END AS how,
    least(may_die, may_stop) AS unsure, CASE WHEN may_die <= may_stop THEN {death_unknown} ELSE {stop_unknown} END AS unsure_why
FROM (
    SELECT case_no, seen, beyond,
        CASE WHEN death_low = death_high THEN death_low ELSE {never} END AS died,
        CASE WHEN death_low <> death_high THEN death_low ELSE {never} END AS may_die,
        CASE WHEN stop_low = stop_high AND stop_low <= stop_told THEN stop_low ELSE {never} END AS stopped,
        CASE WHEN stop_low <= {part_told} AND coalesce(stop_low <> stop_high, TRUE) THEN stop_low ELSE {never} END AS may_stop
    FROM (
        SELECT k.case_no, k.seen_end - k.index_day AS seen, {told} AS stop_told, {beyond} AS beyond,
            {death_low} AS death_low, {death_high} AS death_high, {stop_low} AS stop_low, {stop_high} AS stop_high
        FROM included_case AS k JOIN last_dose AS g ON g.case_no = k.case_no
    ) AS told
) AS known
"""

_BEGUN = "{0}.case_no, {0}.seen, {0}.beyond, {0}.cut, {0}.how, {0}.unsure, {0}.unsure_why, {0}.start, {0}.unclear, {0}.no_start"

#: The state by the start (`before`: 0 no, 1 yes, 2 not known, 3 no visit), and the first day after it on which the rule holds. A value of a partial
#: date that may be of a later day than the last visit by the start, and of one by it, leaves the state open. From `perhaps` on a value of a partial
#: date may be of a day after the start.
_FIRST = """
SELECT {begun}, {before} AS before, y.first, coalesce(y.first <= e.cut AND y.first <= e.unsure, FALSE) AS came, coalesce(p.low, {never}) AS perhaps
FROM time_begun AS e
LEFT JOIN (
    SELECT d.case_no, min(d.day) AS first
    FROM time_day AS d JOIN time_begun AS s ON s.case_no = d.case_no
    WHERE d.truth AND d.day > s.start GROUP BY d.case_no
) AS y ON y.case_no = e.case_no
LEFT JOIN (
    SELECT d.case_no, d.day, d.truth
    FROM time_day AS d
    JOIN (
        SELECT d.case_no, max(d.day) AS day
        FROM time_day AS d JOIN time_begun AS s ON s.case_no = d.case_no
        WHERE d.day <= s.start GROUP BY d.case_no
    ) AS last ON last.case_no = d.case_no AND last.day = d.day
) AS b ON b.case_no = e.case_no
LEFT JOIN (
    SELECT d.case_no, max(d.high) AS high
    FROM ({partial}) AS d JOIN time_begun AS s ON s.case_no = d.case_no
    WHERE d.low <= s.start GROUP BY d.case_no
) AS h ON h.case_no = e.case_no
LEFT JOIN (
    SELECT d.case_no, min(d.low) AS low
    FROM ({partial}) AS d JOIN time_begun AS s ON s.case_no = d.case_no
    WHERE d.high > s.start GROUP BY d.case_no
) AS p ON p.case_no = e.case_no
"""
#: One that has to last depends on every day of the window.
_BEFORE = (
    "CASE WHEN h.high > {last} THEN 2 WHEN b.case_no IS NULL THEN 3 WHEN b.truth IS NULL THEN 2 "
    "WHEN b.truth THEN 1 ELSE 0 END"
)

#: The last day on which the rule surely did not hold, before it did or the time ended, and on how many days it was read. `seen_last` is also within
#: follow-up, after which one that has to last may still be impossible.
_LAST = """
SELECT {begun}, f.before, f.first, f.came, f.perhaps, d.last, d.seen_last, coalesce(d.visits, 0) AS visits
FROM time_first AS f
LEFT JOIN (
    SELECT f.case_no, count(*) AS visits, max(CASE WHEN NOT d.truth THEN d.day END) AS last,
        max(CASE WHEN NOT d.truth AND d.day <= f.seen THEN d.day END) AS seen_last
    FROM time_first AS f JOIN time_day AS d ON d.case_no = f.case_no
    WHERE d.day > f.start AND d.day <= CASE WHEN f.came THEN f.first ELSE f.cut END
    GROUP BY f.case_no
) AS d ON d.case_no = f.case_no
"""

_DECIDED = """
SELECT case_no, seen, beyond, cut, how, first, unsure_why, start, unclear,
    CASE WHEN came OR how IN ({competing}) THEN last ELSE seen_last END AS last,
    CASE WHEN no_start > 0 THEN no_start WHEN before = 1 THEN {at} WHEN before = 3 THEN {no_visit_before} WHEN before = 2 THEN {unknown_before}
         WHEN cut <= start THEN {no_time}
         WHEN came AND perhaps <= first THEN {not_exact} WHEN came THEN 0 WHEN unsure <= cut THEN unsure_why
         WHEN perhaps <= cut THEN {not_exact} WHEN how IN ({competing}) THEN 0 WHEN seen_last IS NOT NULL THEN 0
         WHEN visits = 0 THEN {no_visit} ELSE {unknown} END AS why,
    CASE WHEN came THEN {event} WHEN how IN ({competing}) OR seen >= cut THEN how WHEN beyond THEN {cutoff} ELSE {lost} END AS ending
FROM time_last
"""

_RULE = """
SELECT t.case_no, CASE WHEN t.why = 0 THEN t.ending END AS ending,
    CASE WHEN t.why = 0 THEN CASE WHEN t.ending = {event} THEN t.first WHEN t.ending IN ({competing}) THEN t.cut ELSE t.last END END AS day,
    CASE WHEN t.why = 0 AND t.ending = {event} THEN coalesce(t.last, t.start) END AS since,
    t.why = 0 AND coalesce(u.n, 0) > 0 AS unread, t.why, t.start, t.unclear
FROM time_decided AS t
LEFT JOIN (
    SELECT t.case_no, count(*) AS n
    FROM time_decided AS t JOIN time_day AS d ON d.case_no = t.case_no
    WHERE d.truth IS NULL AND d.day > coalesce(t.last, t.start)
        AND d.day <= CASE WHEN t.ending = {event} THEN t.first - 1 WHEN t.ending IN ({competing}) THEN t.cut ELSE least(t.cut, t.seen) END
    GROUP BY t.case_no
) AS u ON u.case_no = t.case_no
"""

#: Of an event: those whose day is known, and from which day on there may have been one whose day is not.
_EVENT = """
SELECT {begun}, coalesce(o.first, {never}) AS first, coalesce(o.maybe, {never}) AS maybe,
    coalesce(o.had, FALSE) AS had, coalesce(o.may_have_had, FALSE) AS may_have_had, {hidden} AS hidden
FROM time_begun AS e
JOIN included_case AS k ON k.case_no = e.case_no
{history}
LEFT JOIN (
    SELECT o.case_no, min(CASE WHEN o.exact AND NOT o.unread AND o.day > s.start THEN o.day END) AS first,
        min(CASE WHEN o.exact AND NOT o.unread THEN NULL WHEN o.day IS NULL THEN s.start + 1
            WHEN o.high > s.start THEN greatest(o.low, s.start + 1) END) AS maybe,
        bool_or({had}) AS had, bool_or(o.day IS NULL OR ({may_have_had})) AS may_have_had
    FROM occurrence_found AS o JOIN time_begun AS s ON s.case_no = o.case_no
    GROUP BY o.case_no
) AS o ON o.case_no = e.case_no
"""
#: One by the index date had come by then. Of a start an earlier one says nothing of those that follow it, and one of its day had come by then.
_HAD_AT_INDEX = ("o.sure AND o.high <= 0", "o.low <= 0 AND {from_} <= 0")
_HAD_AT_START = (
    "o.exact AND NOT o.unread AND o.day = s.start",
    "NOT (o.exact AND NOT o.unread) AND o.low <= s.start AND o.high >= s.start",
)

_OF_EVENT = """
SELECT case_no, CASE WHEN why = 0 THEN ending END AS ending,
    CASE WHEN why = 0 THEN CASE WHEN ending = {event} THEN first WHEN ending IN ({competing}) THEN cut ELSE least(cut, seen) END END AS day,
    CAST(NULL AS INT) AS since, FALSE AS unread, why, start, unclear
FROM (
    SELECT case_no, first, cut, seen, start, unclear,
        CASE WHEN no_start > 0 THEN no_start WHEN NOT {told} THEN {uncharted} WHEN had THEN {at} WHEN may_have_had THEN {not_exact}
             WHEN hidden THEN {no_history} WHEN cut <= start THEN {no_time} WHEN first <= least(cut, unsure, maybe) THEN 0
             WHEN least(maybe, unsure) <= cut THEN CASE WHEN maybe <= unsure THEN {not_exact} ELSE unsure_why END
             WHEN how IN ({competing}) THEN 0 WHEN least(cut, seen) <= start THEN {no_time} ELSE 0 END AS why,
        CASE WHEN first <= least(cut, unsure, maybe) THEN {event} WHEN how IN ({competing}) OR seen >= cut THEN how
             WHEN beyond THEN {cutoff} ELSE {lost} END AS ending
    FROM time_event
) AS decided
"""

#: Of the study drug the first day without it, which may be unknown from `maybe` on; whoever dies on that day died on the drug.
_OF_DRUG = """
SELECT case_no, CASE WHEN why = 0 THEN ending END AS ending,
    CASE WHEN why = 0 THEN CASE WHEN ending = {event} THEN first WHEN ending IN ({competing}) THEN cut ELSE least(cut, seen) END END AS day,
    CAST(NULL AS INT) AS since, FALSE AS unread, why, start, unclear
FROM (
    SELECT case_no, first, cut, seen, start, unclear,
        CASE WHEN no_start > 0 THEN no_start WHEN first <= start THEN {at} WHEN maybe <= start THEN {stop_unknown} WHEN cut <= start THEN {no_time}
             WHEN first <= last_day AND first < unsure THEN 0 WHEN maybe < unsure AND maybe <= last_day THEN {stop_unknown}
             WHEN unsure <= cut THEN unsure_why WHEN how IN ({competing}) THEN 0 WHEN least(cut, seen) <= start THEN {no_time} ELSE 0 END AS why,
        CASE WHEN first <= last_day AND first < unsure THEN {event} WHEN how IN ({competing}) OR seen >= cut THEN how
             WHEN beyond THEN {cutoff} ELSE {lost} END AS ending
    FROM (
        SELECT {begun}, CASE WHEN e.how = {died} THEN e.cut - 1 ELSE e.cut END AS last_day,
            CASE WHEN g.end_low = g.end_high AND k.end_low - k.index_day < {told} THEN k.end_low - k.index_day + 1 ELSE {never} END AS first,
            CASE WHEN k.end_low - k.index_day < CASE WHEN g.end_high IS NULL THEN e.seen ELSE {told} END AND coalesce(g.end_low <> g.end_high, TRUE)
                THEN k.end_low - k.index_day + 1 ELSE {never} END AS maybe
        FROM time_begun AS e JOIN included_case AS k ON k.case_no = e.case_no JOIN last_dose AS g ON g.case_no = e.case_no
    ) AS known
) AS decided
"""

#: Only cases of the denominator have a time.
_AMONG = """
SELECT f.case_no, CASE WHEN g.truth THEN f.ending END AS ending, CASE WHEN g.truth THEN f.day END AS day, CASE WHEN g.truth THEN f.since END AS since,
    g.truth IS NOT NULL AND g.truth AND f.unread AS unread,
    CASE WHEN g.truth THEN f.why WHEN g.truth IS NULL THEN {not_known} ELSE {outside} END AS why, CASE WHEN g.truth THEN f.start END AS start,
    g.truth IS NOT NULL AND g.truth AND f.unclear AS unclear
FROM ({found}) AS f JOIN ({members}) AS g ON g.case_no = f.case_no AND g.spec = {spec}
"""
_MEMBERS = {"not_known": TIMELESS.index("denominator not known") + 1, "outside": TIMELESS.index(OUTSIDE) + 1}

#: What finding a time leaves and nobody asks for again.
_LEFT = (
    "time_end",
    "last_dose",
    "time_begun",
    "time_day",
    "time_first",
    "time_last",
    "time_decided",
    "time_event",
    "occurrence_found",
    "occurrence_term",
)


def find_times(
    engine: Engine, protocol: Protocol, numbers: Numbers, plan: OutcomePlan, spec: Spec, *, dated: bool
) -> None:
    """Keep ``time_case`` of one outcome under one spec.

    Its questions are answered before (:func:`caseseries.response.questions.answer_questions`); with `among` its values are laid out as well.
    """
    outcome = protocol.times[plan.name]
    window = spec.windows[outcome.in_]
    competing = ", ".join(str(ENDINGS.index(one)) for one in outcome.competing) or "-1"
    codes = {**_CODES, **_WHY, **_WHY_FROM[outcome.start is not None]}
    said = {**codes, "never": NEVER, "to": window.to, "from_": window.from_, "competing": competing}
    find_last_doses(engine, protocol)
    ends = _ends(protocol, numbers, outcome, window, dated=dated)
    engine.keep("time_end", _END.format(**said, **ends))
    find_starts(engine, protocol, numbers, plan, spec, outcome)
    question = looked_for_in(spec.tree)
    if question is None:
        found = _OF_DRUG.format(begun=_BEGUN.format("e"), told=ends["told"], **said)
    elif isinstance(question, Occurrence):
        charted = find_occurrences(engine, protocol, numbers, question.name, window)
        hidden = uncovered(numbers, f"({window.from_})")
        if numbers.observed and window.from_ < 0:
            hidden = f"coalesce(k.observed_first > k.index_day + {window.from_}, FALSE)"
        had, may = (one.format(**said) for one in (_HAD_AT_INDEX if outcome.start is None else _HAD_AT_START))
        of_row = {"begun": _BEGUN.format("e"), "had": had, "may_have_had": may, "history": with_history(numbers, "k")}
        engine.keep("time_event", _EVENT.format(hidden=hidden, **of_row, **said))
        found = _OF_EVENT.format(told="TRUE" if charted else "FALSE", **said)
    else:
        place = asked_of(protocol, plan).index(asked(protocol, spec, question))
        engine.keep("time_day", days_read(place, outcome.lasting, outcome.gap))
        last = f"coalesce(b.day, {window.from_} - 1)" if outcome.lasting is None else f"{window.from_} - 1"
        before = _BEFORE.format(last=last) if window.from_ <= 0 or outcome.start is not None else "0"
        partial = partial_days(protocol, numbers, question)
        engine.keep("time_first", _FIRST.format(begun=_BEGUN.format("e"), before=before, partial=partial, never=NEVER))
        engine.keep("time_last", _LAST.format(begun=_BEGUN.format("f")))
        engine.keep("time_decided", _DECIDED.format(**said))
        found = _RULE.format(**said)
    if plan.among is not None:
        members = members_sql(engine, protocol, plan, Evaluation.again(engine, protocol, plan))
        found = _AMONG.format(found=found, members=members, spec=spec.number, **_MEMBERS)
    engine.keep("time_case", found)
    engine.forget(*_LEFT)


def _ends(
    protocol: Protocol, numbers: Numbers, outcome: TimeToOutcome, window: Window, *, dated: bool
) -> dict[str, object]:
    """SQL for what may end the time of a case: nothing that the outcome does not name."""
    named = {*outcome.competing, *outcome.censored}
    cutoff = protocol.period.data_cutoff if dated else None
    # Who wrote down the last day of the drug saw that it was stopped; whether another supply was collected is seen within observed time alone.
    beyond, told = "FALSE", "k.seen_end - k.index_day" if numbers.observed else f"CAST({NEVER} AS INT)"
    if cutoff is not None:
        # Whoever is still observed on the last day of a database is not lost; in a chart nobody is seen on every day.
        day = day_number(cutoff)
        beyond = (
            f"coalesce(k.observed_last >= {day}, FALSE)" if numbers.observed else f"k.index_day + {window.to} > {day}"
        )
        told = told if numbers.observed else f"{day} - k.index_day"
    nothing = "CAST(NULL AS INT)"
    part = "CASE WHEN stop_high IS NULL THEN seen ELSE stop_told END" if "drug stopped" in outcome.competing else "seen"
    found: dict[str, object] = {"beyond": beyond, "told": told, "part_told": part}
    for end in ("low", "high"):
        found[f"death_{end}"] = f"k.death_{end} - k.index_day" if "death" in named else nothing
        # The drug is stopped on the first day without it.
        found[f"stop_{end}"] = f"g.end_{end} - k.index_day + 1" if "drug stopped" in named else nothing
    return found


def times_of(engine: Engine, cohort: Cohort) -> tuple[CaseTime, ...]:
    """The time of every included case, in case order; needs ``time_case``."""
    names = {case.number: case.case_id for case in cohort.included}
    rows = engine.rows(
        "SELECT case_no, ending, day, since, unread, why, start, unclear FROM time_case ORDER BY case_no"
    )
    return tuple(
        CaseTime(
            names[case_no],
            None if ending is None else ENDINGS[ending],
            day,
            since,
            bool(unread),
            TIMELESS[why - 1] if why else None,
            start,
            bool(unclear),
        )
        for case_no, ending, day, since, unread, why, start, unclear in rows
    )


def time_tally(engine: Engine, plan: OutcomePlan, spec: Spec) -> Tally:
    """Count the times of one outcome under the spec they were found for, from ``time_case``.

    Sections, each with the outcome first: `time` by ending and days from the start, `no time` by reason, and by ending of the cases with a time
    `time unread`, in which it was not known on some day, and `time unclear`, which may have begun earlier. Under another spec than the protocol as
    written `time again` and `no time again`, with the number of the spec behind the outcome.
    """
    counts = Tally()
    parts = "ending, day - start AS days, unread, why, unclear"
    by = "1, 2, 3, 4, 5"
    for ending, days, unread, why, unclear, n in engine.rows(
        f"SELECT {parts}, count(*) FROM time_case GROUP BY {by} ORDER BY {by}"
    ):
        again: Key = () if spec.primary else (spec.number,)
        word = "" if spec.primary else " again"
        if why:
            counts.add((f"no time{word}", plan.name, *again, TIMELESS[why - 1]), int(n))
            continue
        counts.add((f"time{word}", plan.name, *again, ENDINGS[ending], int(days)), int(n))
        if unread and spec.primary:
            counts.add(("time unread", plan.name, ENDINGS[ending]), int(n))
        if unclear and spec.primary:
            counts.add(("time unclear", plan.name, ENDINGS[ending]), int(n))
    return counts
