"""Time to an event: on which day after the index date it was first seen, or how else the time of the case ended.

    time_case(case_no, ending, day, since, unread, why)      grain: included case

`ending` is the place among ``ENDINGS`` (0 is the event), NULL where the case has no time; then `why` is the place among ``TIMELESS`` from 1 on.
What is looked for is read on the days that answering the questions of the outcome left (:mod:`caseseries.response.questions`).
"""

from __future__ import annotations

from caseseries.assessment.window import seen
from caseseries.chart.store import Numbers
from caseseries.chart.tables import day_number
from caseseries.cohort.look_back import known_from
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, visit_measure
from caseseries.protocol.time_to import ENDINGS, TimeToOutcome
from caseseries.protocol.tree import HeldRule, Occurrence
from caseseries.protocol.window import Window
from caseseries.response.occurrence import find_occurrences, uncovered
from caseseries.response.questions import asked, asked_of
from caseseries.stats.tally import Tally
from caseseries.verdict.time_to import TIMELESS, CaseTime

#: Later than any day that is asked for.
_NEVER = 1_000_000

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
    "at_index": 1, "no_visit_before": 2, "unknown_before": 3, "no_time": 4, "no_visit": 5, "unknown": 6, "death_unknown": 7,
    "stop_unknown": 8, "not_exact": 9, "uncharted": 10, "no_history": 11,
}  # fmt: skip

#: When the time of a case ends without the event: `cut` on a day that is known, for `how`; from `unsure` on it may have ended.
#: `seen` is the last day of follow-up, and `beyond` says that the window ends after the data cut-off.
_END = """
SELECT case_no, seen, beyond, least({to}, died, stopped) AS cut,
    CASE WHEN died <= stopped AND died <= {to} THEN {died} WHEN stopped <= {to} THEN {stopped} ELSE {end} END AS how,
    least(may_die, may_stop) AS unsure, CASE WHEN may_die <= may_stop THEN {death_unknown} ELSE {stop_unknown} END AS unsure_why
FROM (
    SELECT case_no, seen, beyond,
        CASE WHEN death_low = death_high THEN death_low ELSE {never} END AS died,
        CASE WHEN death_low <> death_high THEN death_low ELSE {never} END AS may_die,
        CASE WHEN stop_low = stop_high AND stop_low <= seen THEN stop_low ELSE {never} END AS stopped,
        CASE WHEN stop_low <= seen AND coalesce(stop_low <> stop_high, TRUE) THEN stop_low ELSE {never} END AS may_stop
    FROM (
        SELECT k.case_no, k.seen_end - k.index_day AS seen, {beyond} AS beyond, {death_low} AS death_low, {death_high} AS death_high,
            {stop_low} AS stop_low, {stop_high} AS stop_high
        FROM included_case AS k
    ) AS told
) AS known
"""

#: A day that is no visit can show that the rule does not hold, and nothing else.
_READ = "SELECT case_no, day, truth FROM answer_day WHERE asked = {place} AND (visited OR NOT truth)"

#: Whether by each day the rule has held for so long: surely, where no day between is anything but yes; surely not, where it has not even with
#: every day of which it is not known as yes.
_HELD_BY = """
SELECT r.case_no, r.day, CASE WHEN coalesce(s.length >= {lasting}, FALSE) THEN TRUE WHEN coalesce(p.length < {lasting}, TRUE) THEN FALSE END AS truth
FROM ({read}) AS r
LEFT JOIN ({surely}) AS s ON s.case_no = r.case_no AND s.day = r.day
LEFT JOIN ({perhaps}) AS p ON p.case_no = r.case_no AND p.day = r.day
"""
#: How long the run of met days is that ends on each of them; any other day begins a run, to which it does not belong itself.
_LENGTH = """
SELECT case_no, day, day - min(day) OVER (PARTITION BY case_no, run) AS length
FROM (
    SELECT case_no, day, met, sum(begun) OVER (PARTITION BY case_no ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS run
    FROM (
        SELECT case_no, day, met, CASE WHEN met AND day - lag(day) OVER days <= {gap} THEN 0 ELSE 1 END AS begun
        FROM (SELECT case_no, day, {met} AS met FROM answer_day WHERE asked = {place}{rows}) AS told
        WINDOW days AS (PARTITION BY case_no ORDER BY day)
    ) AS spaced
) AS runs WHERE met
"""

#: The state by the index date (`before`: 0 no, 1 yes, 2 not known, 3 no visit), and the first day after it on which the rule holds.
_FIRST = """
SELECT e.case_no, e.seen, e.beyond, e.cut, e.how, e.unsure, e.unsure_why, {before} AS before, y.first,
    coalesce(y.first <= e.cut AND y.first <= e.unsure, FALSE) AS came
FROM time_end AS e
LEFT JOIN (SELECT case_no, min(day) AS first FROM time_day WHERE truth AND day > 0 GROUP BY case_no) AS y ON y.case_no = e.case_no
LEFT JOIN (
    SELECT d.case_no, d.truth
    FROM time_day AS d
    JOIN (SELECT case_no, max(day) AS day FROM time_day WHERE day <= 0 GROUP BY case_no) AS last ON last.case_no = d.case_no AND last.day = d.day
) AS b ON b.case_no = e.case_no
"""
_BEFORE = "CASE WHEN b.case_no IS NULL THEN 3 WHEN b.truth IS NULL THEN 2 WHEN b.truth THEN 1 ELSE 0 END"

#: The last day on which the rule surely did not hold, before it did or the time ended, and on how many days it was read.
_LAST = """
SELECT f.case_no, f.seen, f.beyond, f.cut, f.how, f.unsure, f.unsure_why, f.before, f.first, f.came, d.last, coalesce(d.visits, 0) AS visits
FROM time_first AS f
LEFT JOIN (
    SELECT f.case_no, max(CASE WHEN NOT d.truth THEN d.day END) AS last, count(*) AS visits
    FROM time_first AS f JOIN time_day AS d ON d.case_no = f.case_no
    WHERE d.day > 0 AND d.day <= CASE WHEN f.came THEN f.first ELSE f.cut END
    GROUP BY f.case_no
) AS d ON d.case_no = f.case_no
"""

_DECIDED = """
SELECT case_no, seen, beyond, cut, how, first, last, unsure_why,
    CASE WHEN before = 1 THEN {at_index} WHEN before = 3 THEN {no_visit_before} WHEN before = 2 THEN {unknown_before} WHEN cut < 1 THEN {no_time}
         WHEN came THEN 0 WHEN unsure <= cut THEN unsure_why WHEN how IN ({competing}) THEN 0 WHEN last IS NOT NULL THEN 0
         WHEN visits = 0 THEN {no_visit} ELSE {unknown} END AS why,
    CASE WHEN came THEN {event} WHEN how IN ({competing}) OR seen >= cut THEN how WHEN beyond THEN {cutoff} ELSE {lost} END AS ending
FROM time_last
"""

_RULE = """
SELECT t.case_no, CASE WHEN t.why = 0 THEN t.ending END AS ending,
    CASE WHEN t.why = 0 THEN CASE WHEN t.ending = {event} THEN t.first WHEN t.ending IN ({competing}) THEN t.cut ELSE t.last END END AS day,
    CASE WHEN t.why = 0 AND t.ending = {event} THEN coalesce(t.last, 0) END AS since,
    t.why = 0 AND coalesce(u.n, 0) > 0 AS unread, t.why
FROM time_decided AS t
LEFT JOIN (
    SELECT t.case_no, count(*) AS n
    FROM time_decided AS t JOIN ({unread}) AS d ON d.case_no = t.case_no
    WHERE d.high > coalesce(t.last, 0) AND d.low <= CASE WHEN t.ending = {event} THEN t.first - 1 WHEN t.ending IN ({competing}) THEN t.cut
        ELSE least(t.cut, t.seen) END
    GROUP BY t.case_no
) AS u ON u.case_no = t.case_no
"""
#: The days on which it was not known; of a value with a partial date any of its days, wherever they lie.
_UNREAD = "SELECT case_no, day AS low, day AS high FROM time_day WHERE truth IS NULL AND day > 0"
_UNREAD_PARTIAL = """
UNION ALL
SELECT k.case_no, m.low - k.index_day AS low, m.high - k.index_day AS high
FROM included_case AS k JOIN measurement AS m ON m.patient = k.patient
WHERE m.measure IN ({measures}) AND m.value IS NOT NULL AND m.low <> m.high AND m.high > k.index_day{seen}
"""

#: Of an event: those whose day is known, and from which day on there may have been one whose day is not.
_EVENT = """
SELECT e.case_no, e.seen, e.beyond, e.cut, e.how, e.unsure, e.unsure_why, coalesce(o.first, {never}) AS first, coalesce(o.maybe, {never}) AS maybe,
    coalesce(o.had, FALSE) AS had, coalesce(o.may_have_had, FALSE) AS may_have_had, {hidden} AS hidden
FROM time_end AS e
JOIN included_case AS k ON k.case_no = e.case_no
JOIN (SELECT f.case_no, {known_from} AS known_from FROM included_case AS f JOIN person AS p ON p.patient = f.patient) AS h ON h.case_no = k.case_no
LEFT JOIN (
    SELECT case_no, min(CASE WHEN exact AND NOT unread AND day > 0 THEN day END) AS first,
        min(CASE WHEN exact AND NOT unread THEN NULL WHEN day IS NULL THEN 1 WHEN high > 0 THEN greatest(low, 1) END) AS maybe,
        bool_or(sure AND high <= 0) AS had, bool_or(day IS NULL OR (low <= 0 AND {from_} <= 0)) AS may_have_had
    FROM occurrence_found GROUP BY case_no
) AS o ON o.case_no = e.case_no
"""

_OF_EVENT = """
SELECT case_no, CASE WHEN why = 0 THEN ending END AS ending,
    CASE WHEN why = 0 THEN CASE WHEN ending = {event} THEN first WHEN ending IN ({competing}) THEN cut ELSE least(cut, seen) END END AS day,
    CAST(NULL AS INT) AS since, FALSE AS unread, why
FROM (
    SELECT case_no, first, cut, seen,
        CASE WHEN NOT {told} THEN {uncharted} WHEN had THEN {at_index} WHEN may_have_had THEN {not_exact} WHEN hidden THEN {no_history}
             WHEN cut < 1 THEN {no_time} WHEN first <= least(cut, unsure, maybe) THEN 0
             WHEN least(maybe, unsure) <= cut THEN CASE WHEN maybe <= unsure THEN {not_exact} ELSE unsure_why END
             WHEN how IN ({competing}) THEN 0 WHEN least(cut, seen) < 1 THEN {no_time} ELSE 0 END AS why,
        CASE WHEN first <= least(cut, unsure, maybe) THEN {event} WHEN how IN ({competing}) OR seen >= cut THEN how
             WHEN beyond THEN {cutoff} ELSE {lost} END AS ending
    FROM time_event
) AS decided
"""

#: What finding a time leaves and nobody asks for again.
_LEFT = (
    "time_end",
    "time_day",
    "time_first",
    "time_last",
    "time_decided",
    "time_event",
    "occurrence_found",
    "occurrence_term",
)


def find_times(engine: Engine, protocol: Protocol, numbers: Numbers, plan: OutcomePlan, *, dated: bool) -> None:
    """Keep ``time_case`` of one outcome; its questions are answered before (:func:`caseseries.response.questions.answer_questions`)."""
    outcome = protocol.times[plan.name]
    window = protocol.windows[outcome.in_]
    competing = ", ".join(str(ENDINGS.index(one)) for one in outcome.competing) or "-1"
    said = {**_CODES, **_WHY, "never": _NEVER, "to": window.to, "from_": window.from_, "competing": competing}
    engine.keep("time_end", _END.format(**said, **_ends(protocol, numbers, outcome, window, dated=dated)))
    (question,) = (node.question for node in plan.primary.tree.nodes)
    if isinstance(question, Occurrence):
        told = find_occurrences(engine, protocol, numbers, question.name, window)
        hidden = uncovered(numbers, window)
        if numbers.observed and window.from_ < 0:
            hidden = f"coalesce(k.observed_first > k.index_day + {window.from_}, FALSE)"
        engine.keep("time_event", _EVENT.format(hidden=hidden, known_from=known_from(numbers), **said))
        engine.keep("time_case", _OF_EVENT.format(told="TRUE" if told else "FALSE", **said))
    else:
        assert isinstance(question, HeldRule)
        place = asked_of(protocol, plan).index(asked(protocol, plan.primary, question))
        engine.keep("time_day", _days(outcome, place))
        engine.keep("time_first", _FIRST.format(before=_BEFORE if window.from_ <= 0 else "0"))
        engine.keep("time_last", _LAST)
        engine.keep("time_decided", _DECIDED.format(**said))
        unread = _UNREAD
        if protocol.partial_dates == "bounds":
            named = [slot.measure for slot in question.daily if visit_measure(protocol, slot.measure)]
            measures = ", ".join(str(numbers.measures.get(name, 0)) for name in named) or "0"
            unread += _UNREAD_PARTIAL.format(measures=measures, seen=seen(numbers, "m"))
        engine.keep("time_case", _RULE.format(unread=unread, **said))
    engine.forget(*_LEFT)


def _days(outcome: TimeToOutcome, place: int) -> str:
    """The query of the days that tell something, and the answer on each: of the rule, or whether it has held for so long."""
    read = _READ.format(place=place)
    if outcome.lasting is None:
        return read
    runs = {"gap": outcome.gap, "place": place}
    surely = _LENGTH.format(met="visited AND coalesce(truth, FALSE)", rows="", **runs)
    perhaps = _LENGTH.format(met="visited AND coalesce(truth, TRUE)", rows=" AND (visited OR NOT truth)", **runs)
    return _HELD_BY.format(read=read, surely=surely, perhaps=perhaps, lasting=outcome.lasting)


def _ends(
    protocol: Protocol, numbers: Numbers, outcome: TimeToOutcome, window: Window, *, dated: bool
) -> dict[str, object]:
    """SQL for what may end the time of a case: nothing that the outcome does not name."""
    named = {*outcome.competing, *outcome.censored}
    cutoff = protocol.period.data_cutoff if dated else None
    beyond = "FALSE"
    if cutoff is not None:
        # Whoever is still observed on the last day of a database is not lost; in a chart nobody is seen on every day.
        day = day_number(cutoff)
        beyond = (
            f"coalesce(k.observed_last >= {day}, FALSE)" if numbers.observed else f"k.index_day + {window.to} > {day}"
        )
    nothing = "CAST(NULL AS INT)"
    found: dict[str, object] = {"beyond": beyond}
    for end in ("low", "high"):
        found[f"death_{end}"] = f"k.death_{end} - k.index_day" if "death" in named else nothing
        # The drug is stopped on the first day without it.
        found[f"stop_{end}"] = f"k.end_{end} - k.index_day + 1" if "drug stopped" in named else nothing
    return found


def times_of(engine: Engine, cohort: Cohort) -> tuple[CaseTime, ...]:
    """The time of every included case, in case order; needs ``time_case``."""
    names = {case.number: case.case_id for case in cohort.included}
    rows = engine.rows("SELECT case_no, ending, day, since, unread, why FROM time_case ORDER BY case_no")
    return tuple(
        CaseTime(
            names[case_no],
            None if ending is None else ENDINGS[ending],
            day,
            since,
            bool(unread),
            TIMELESS[why - 1] if why else None,
        )
        for case_no, ending, day, since, unread, why in rows
    )


def time_tally(engine: Engine, plan: OutcomePlan) -> Tally:
    """Count the times of one outcome, from ``time_case``.

    Sections, each with the outcome first: `time` by ending and day, `no time` by reason, and `time unread`, by ending, of the cases in which it was
    not known on some day.
    """
    counts = Tally()
    rows = engine.rows(
        "SELECT ending, day, unread, why, count(*) FROM time_case GROUP BY ending, day, unread, why ORDER BY ending, day, unread, why"
    )
    for ending, day, unread, why, n in rows:
        if why:
            counts.add(("no time", plan.name, TIMELESS[why - 1]), int(n))
            continue
        counts.add(("time", plan.name, ENDINGS[ending], int(day)), int(n))
        if unread:
            counts.add(("time unread", plan.name, ENDINGS[ending]), int(n))
    return counts
