"""Adverse events, and reasons for stopping a drug, that say that the patient died; what an event says that cannot be true together.

A fatal event is no death until somebody says so: its day may be that of the death or that on which the event began. `fatal` of the
table decides, once an event or a reason of a patient without a recorded death asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from caseseries.chart.dates import Span
from caseseries.chart.described import DrugsTable, EventsTable
from caseseries.chart.findings import FATAL_EVENTS
from caseseries.protocol import safety
from caseseries.protocol.drug_uses import substance
from caseseries.protocol.measures import ingredient
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.safety import AS_RECORDED, grade_number
from caseseries.protocol.unknown_words import UNKNOWN_WORDS
from caseseries.source.records import FatalRow, Records, fact
from caseseries.source.row import Row
from caseseries.source.table import TableReading

#: The grades of CTCAE, of which the last is death; 0 is none of them, for an event that did not happen has none.
_CTCAE = (1, 5)
_DEATH = _CTCAE[1]
#: A range that the name of a scale says: `WHO, grades 0-4`.
_RANGE = re.compile(r"(?<![\d.])(\d)\s*(?:-|–|to)\s*(\d)(?![\d.])")

#: Words of an outcome, a seriousness or a name that mean death, in the languages that charts are kept in; ICH E2B(R3) calls it `fatal`.
_FATAL = re.compile(
    r"\b(?:fatal|lethal|death|died|dead|deceased|exitus|tod|todesfall|tödlich|gestorben|verstorben|décès|décédée?|morte?|mortel(?:le)?"
    r"|passed away|muerte|murió|fallecid[oa]|falleció|mortal|letal|morto|decesso|decedut[oa])\b"
)
#: Words beside them that say otherwise, or speak of another death than the patient's.
_OTHERWISE = re.compile(
    r"\b(?:not?|non|none|never|without|near|almost|nicht|keine?|ohne|pas|sans|sin|fear|risk|threat(?:en(?:ing|ed))?|averted"
    r"|f[eo]+tal|intrauterine|infant|newborn|neonatal|cell|father|mother|family)\b"
)
#: How a reason for stopping begins that says that the drug was not stopped.
_GOES_ON = re.compile(
    r"(?:on-?going|continu\w*|still|not stopped|current(?:ly)?|laufend|weiter|läuft|en cours|en curso|in corso)\b"
)
#: Words of an outcome that tell nothing.
_UNTOLD = UNKNOWN_WORDS | {"na", "n/a", "?", "-"}
#: Words of the name of an event that tell nothing as well.
_UNTOLD_EVENTS = frozenset(
    (
        "nk",
        "unk",
        "nd",
        "n.d",
        "k.a",
        "keine angabe",
        "not documented",
        "not available",
        "no information",
        "no data",
        "missing",
        "??",
        "???",
    )
)
_PARTS = re.compile(r"\s*(?:[,;/+&]|\band\b|\bor\b|\bund\b|\boder\b|\bet\b|\bou\b|\by\b|\bo\b)\s*", re.IGNORECASE)
_NUMBER_OR_DATE = re.compile(r"[\s\d.,:/+-]*\d[\s\d.,:/+-]*(?:[tTzZ][\d:.\s+zZ-]*)?")


def means_death(words: str) -> bool:
    """Whether words say that the patient died.

    >>> [means_death(one) for one in ("Fatal", "died of sepsis", "not fatal", "non-fatal", "recovered", "intrauterine death")]
    [True, True, False, False, False, False]
    """
    told = words.casefold()
    return _FATAL.search(told) is not None and _OTHERWISE.search(told) is None


def tells_no_stop(reason: str) -> bool:
    """Whether the reason why a drug was stopped is none, or says that it was not.

    >>> [tells_no_stop(one) for one in ("", "ongoing", "n/a", "not stopped", "still taking it", "toxicity")]
    [True, True, True, True, True, False]
    """
    words = " ".join(reason.casefold().split()).rstrip(".")
    return not words or words in _UNTOLD or says_none(words) or _GOES_ON.match(words) is not None


def tells_nothing(term: str) -> bool:
    """Whether the name of an event says that it is not known.

    >>> [tells_nothing(one) for one in ("NK", "unknown", "k. A.", "none", "fever of unknown origin", "")]
    [True, True, True, False, False, False]
    """
    words = "".join(term.split()).casefold().rstrip(".")
    return words in {"".join(one.split()) for one in _UNTOLD | _UNTOLD_EVENTS} and not says_none(term)


def no_name(term: str) -> bool:
    """Whether the name of an event is a number or a date.

    >>> [no_name(one) for one in ("2009-03-05", "3", "05.03.2009 00:00:00", "COVID-19", "grade 3 rash")]
    [True, True, True, False, False]
    """
    return bool(_NUMBER_OR_DATE.fullmatch(term.strip()))


#: What became of a row that says that there was no event.
SAYS_NONE = "says that there was no event"
#: The same of a row of diagnoses.
SAYS_NO_DIAGNOSIS = "says that there was no diagnosis"
#: The same of a row of drugs.
SAYS_NO_DRUG = "says that there was no drug"
_NONE = frozenset(
    (
        "none", "none known", "none recorded", "no", "nil", "nothing", "no event", "no events", "no adverse event", "no adverse events",
        "no side effect", "no side effects", "no complication", "no complications", "keine", "keiner", "nein", "aucun", "aucune", "non",
        "none reported", "none noted", "none observed", "none documented", "nil reported", "nil noted", "no ae", "no aes", "no adverse effect",
        "no adverse effects", "no adverse reaction", "no adverse reactions", "no side-effect", "no side-effects", "keine nebenwirkung",
        "keine nebenwirkungen", "keine unerwünschten wirkungen", "keine uaw", "keine ue", "aucun effet indésirable", "aucun effet secondaire",
        "pas d'effet indésirable", "pas d'effet secondaire", "pas d’effet indésirable", "pas d’effet secondaire", "pas d'effets secondaires",
        "aucun ei", "sin efectos adversos", "sin efectos secundarios", "ningún efecto adverso", "nessun effetto collaterale",
        "no drug", "no drugs", "no other drugs", "no medication", "ninguno", "ninguna", "nessuno", "nessuna", "-", "–", "—",
    )
)  # fmt: skip


def says_none(term: str) -> bool:
    """Whether the name of an event says that there was none.

    >>> [says_none(one) for one in ("None", "no side effects", "–", "nausea", "")]
    [True, True, True, False, False]
    """
    return " ".join(term.split()).casefold().rstrip(".") in _NONE


def grade_of(protocol: Protocol, grade: str) -> int | None:
    """A grade as a number of CTCAE; None where there is none, or the protocol names another scale."""
    safety = protocol.safety
    if safety is not None and safety.grading != AS_RECORDED and not names_ctcae(protocol):
        return None
    return grade_number(grade)


def names_ctcae(protocol: Protocol) -> bool:
    """Whether the protocol grades by CTCAE."""
    return protocol.safety is not None and safety.names_ctcae(protocol.safety.grading)


def scale_of(protocol: Protocol) -> tuple[int, int] | None:
    """The least and the highest grade of the scale that the protocol names; None where it does not say them."""
    if protocol.safety is None:
        return None
    said = _RANGE.search(protocol.safety.grading)
    return _CTCAE if names_ctcae(protocol) else None if said is None else (int(said[1]), int(said[2]))


def notice(
    reading: TableReading,
    records: Records,
    row: Row,
    term: str,
    kept: Mapping[str, str],
    first: Span | None,
    last: Span | None,
) -> None:
    """Keep a fatal event for later, and note what an event says that cannot be true together."""
    table = reading.table
    assert isinstance(table, EventsTable)
    outcome, serious = kept.get("outcome", ""), kept.get("serious", "")
    grade = grade_of(records.protocol, kept.get("grade", ""))
    columns = {"grade": table.grade, "outcome": table.outcome, "serious": table.serious, "event": table.event}
    said = {
        "grade": grade == _DEATH,
        "outcome": means_death(outcome),
        "serious": means_death(serious),
        "event": means_death(term),
    }

    def column(name: str) -> str | None:
        one = columns[name]
        return one.column if one is not None else None

    def look(name: str, what: str) -> None:
        decision = reading.decided(row, column(name) or "")
        if decision is None or not decision.as_found:
            reading.look(
                row,
                "contradiction",
                what,
                column(name),
                field=name,
                allowed="what the chart says, once it is looked up",
            )

    fatal = next((name for name, yes in said.items() if yes), None)
    told = " ".join(outcome.casefold().split())
    if said["grade"] and told and told not in _UNTOLD and not said["outcome"]:
        look("outcome", "grade 5 is death, and the outcome is another")
    if said["outcome"] and grade is not None and grade != _DEATH:
        look("grade", "the outcome is death, and the grade is not 5")
    if fatal is not None and not said["serious"] and serious.casefold() in reading.yes_no_reader().no:
        look("serious", "a fatal event that is not serious")
    died = records.deaths.get(row.patient)
    if last is not None and died is not None and last.low > died.high:
        until = table.until.columns[0] if table.until is not None and table.until.columns else None
        reading.look(row, "contradiction", "the event ends after the patient's death", until, field="until")
    records.attributed.append((row, kept.get("attributed_to", ""), first))
    if fatal is not None:
        records.fatal.append(FatalRow(reading, row, column(fatal), last or first))


def settle_fatal(records: Records) -> None:
    """What says that a patient died against the deaths that were read: told twice, told differently, or told by this row alone."""
    for one in records.fatal:
        if not one.row.is_used():
            continue
        table = one.reading.table
        assert isinstance(table, EventsTable | DrugsTable)
        event = isinstance(table, EventsTable)
        died = records.deaths.get(one.row.patient)
        if died is not None:
            if event and one.day is not None and (one.day.low > died.high or one.day.high < died.low):
                what = "a fatal event on another day than the patient's death"
                one.reading.look(one.row, "contradiction", what, one.column, field="date")
        elif table.fatal is None:
            who, kind, day = ("an event", "events", "its last day")
            if not event:
                who, kind, day = ("the reason why a drug was stopped", "drugs", "the drug's last day")
            what = f"{who} says that the patient died, and no death is recorded"
            allowed = f"`fatal: death` in the table of {kind} takes {day} for the day of death; `fatal: no death`"
            field = "outcome" if event else "stop reason"
            one.reading.refuse(one.row, FATAL_EVENTS, what, one.column, field=field, allowed=allowed)
        elif table.fatal == "death" and one.day is None:
            what = (
                f"a {'fatal event' if event else 'drug stopped by death'} without a date: the day of death is not known"
            )
            one.reading.refuse(one.row, "death", what, one.column, field="date", allowed="a date, a month or a year")
        elif table.fatal == "death" and one.day is not None:
            records.deaths[one.row.patient] = one.day
            kept = (("cause", "adverse event" if event else "reason for stopping a drug"),)
            records.facts.append(fact(one.row, "death", "death", one.day, None, kept))


def after_told_deaths(readings: Sequence[TableReading], records: Records) -> None:
    """Rows after a death that an event or a reason for stopping alone tells are refused, as they are after a death of a table of deaths."""
    told = {one.row.patient for one in records.fatal if one.row.is_used()}
    rows = {row.row_id: (reading, row) for reading in readings for row in reading.rows}
    days = [(one.row_id, one.patient, one.low) for one in records.measurements]
    days += [(one.row_id, one.patient, one.ends.first_low) for one in records.courses]
    days += [
        (one.row_id, one.patient, one.low) for one in records.facts if one.low is not None and one.kind != "screening"
    ]
    for row_id, patient, low in days:
        died = records.deaths.get(patient)
        if patient in told and died is not None and low > died.high:
            reading, row = rows[row_id]
            if row.is_used():
                what = "the date is after the patient's death, which another row tells"
                reading.refuse(row, "after death", what, None, field="date", allowed="an earlier date")


def codes_of_death(records: Records, rows: Mapping[int, tuple[TableReading, Row]]) -> None:
    """A code in place of a value that says that the patient died, of a patient without a recorded death: told, for it is no death."""
    for one in records.measurements:
        if one.value is None and means_death(one.missing) and one.patient not in records.deaths:
            reading, row = rows[one.row_id]
            what = (
                "a code for a missing value says that the patient died, and no death is recorded; it counts as no death"
            )
            reading.look(
                row,
                "death",
                what,
                one.column,
                field=one.measure,
                allowed="the death in the table of patients or of deaths",
            )


def check_attribution(records: Records, rows: Mapping[int, tuple[TableReading, Row]]) -> None:
    """An event that is attributed to a drug of which the patient has no course, or none begun by then."""
    taken: dict[tuple[str, str], int] = {}
    for course in (one for one in records.courses if one.taken):
        key = (course.patient, substance(records.protocol, course.drug))
        taken[key] = min(course.ends.first_low, taken.get(key, course.ends.first_low))
    for row, words, first in records.attributed:
        reading = rows[row.row_id][0]
        table = reading.table
        assert isinstance(table, EventsTable)
        if not row.is_used() or not words:
            continue
        column = table.attributed_to.column if table.attributed_to is not None else None
        for part in _PARTS.split(words):
            named = ingredient(records.protocol, part) if part else None
            if named is None:
                continue
            since = taken.get((row.patient, substance(records.protocol, named)))
            if since is None:
                what = "attributed to a drug of which the patient has no course"
            elif first is not None and since > first.high:
                what = "attributed to a drug that the patient had not begun by then"
            else:
                continue
            reading.look(
                row,
                "contradiction",
                what,
                column,
                field="attributed_to",
                allowed="a drug that the patient took by then",
            )
