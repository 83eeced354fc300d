"""Who they are, when they were observed, what they took and what they had: the tables that say who is a case.

Only persons with a row of the index drug or event are in them: nobody else is a case. Of the others no more is read than counts of everybody
(:mod:`caseseries.source.omop.everybody`).
"""

from __future__ import annotations

from caseseries.chart.store import columns
from caseseries.protocol.case import FirstEvent, FirstExposure
from caseseries.protocol.measures import ingredients
from caseseries.protocol.written import folded
from caseseries.source.omop import rules
from caseseries.source.omop.cdm_tables import PLACES
from caseseries.source.omop.counts import counted, found
from caseseries.source.omop.courses import make_courses
from caseseries.source.omop.database import Database
from caseseries.source.omop.everybody import people_query, periods_query
from caseseries.source.omop.kept import keep, of_index_persons
from caseseries.source.omop.sets import within
from caseseries.source.omop.told_deaths import told_deaths
from caseseries.source.omop.unread_diagnoses import make_unread_diagnoses
from caseseries.source.omop.values import candidates
from caseseries.stats.tally import Tally

#: The table of everyone with a row of the index drug or event, in all ranges.
WITH_EVENT = "omop_with_event"


def make_history(source: Database, where: str) -> Tally:
    """Make person, observed, course and fact; `where` limits person_id, its name is filled in."""
    tally = Tally()
    source.engine.keep("omop_index", _index_persons_of(source, where))
    _people(source, where)
    _periods(source, where)
    make_courses(source, where, tally)
    _facts(source, where, tally)
    _births(source, tally)
    return tally


def index_persons(source: Database, where: str = "TRUE") -> str:
    """A query for everyone with a row of the index drug or event, readable or not: nobody else can be a case."""
    index = source.protocol.case.index_date
    if isinstance(index, FirstExposure):
        keys, kinds = ingredients(source.protocol, index.first_exposure), {"drug"}
    else:
        assert isinstance(index, FirstEvent)
        keys, kinds = frozenset({folded(index.first_event)}), {"diagnosis", "event"}
    parts = []
    for one, ids in zip(source.sets.meant, source.sets.concepts, strict=True):
        place = PLACES[one.table]
        if one.kind in kinds and one.key in keys and ids and source.opened.has(place.table):
            query = source.opened.query(place.table, "person_id", place.concept)
            wanted = f"{within(place.concept, ids)} AND {where.format('person_id')}"
            parts.append(f"SELECT person_id AS patient FROM ({query}) AS r WHERE person_id IS NOT NULL AND {wanted}")
    return (
        f"SELECT DISTINCT patient FROM ({' UNION ALL '.join(parts)}) AS r"
        if parts
        else "SELECT patient FROM (SELECT CAST(NULL AS BIGINT) AS patient) AS nobody WHERE patient IS NOT NULL"
    )


def _index_persons_of(source: Database, where: str) -> str:
    """A query for those of the range, from the table of all of them where that is made."""
    if source.with_event is None:
        return index_persons(source, where)
    return f"SELECT patient FROM {WITH_EVENT} WHERE {where.format('patient')}"


def _people(source: Database, where: str) -> None:
    born = rules.person(people_query(source), source.engine.dialect, where.format("patient"))
    keep(
        source, "person", "omop_person", f"SELECT b.* FROM ({born}) AS b JOIN omop_index AS i ON i.patient = b.patient"
    )
    source.engine.keep("person", rules.PEOPLE)


def _births(source: Database, tally: Tally) -> None:
    """A birth after the first index date of its person counts as not recorded: one of the two is wrong, and no age follows from them."""
    engine = source.engine
    ((late,),) = engine.rows(f"SELECT count(*) FROM ({rules.born_late(candidates(source))}) AS b")
    if late:
        engine.keep("omop_person_held", rules.unborn(candidates(source)))
        engine.keep("person", "SELECT * FROM omop_person_held")
        found(tally, "warning", "person", "person: a birth after the index date, read as not recorded", int(late))


def _periods(source: Database, where: str) -> None:
    if not source.opened.has("observation_period"):
        return
    of_range = f"SELECT q.* FROM ({periods_query(source)}) AS q JOIN omop_index AS i ON i.patient = q.person_id"
    known = "LEFT JOIN person AS p ON p.patient = r.patient", "p.patient IS NULL"
    keep(
        source,
        "observation_period",
        "omop_period",
        rules.period(of_range, where.format("r.patient"), source.latest, *known),
    )
    if source.numbers.observed:
        source.engine.keep("observed", rules.PERIODS)


def _facts(source: Database, where: str, tally: Tally) -> None:
    engine, dialect = source.engine, source.engine.dialect
    parts = []
    for name, place in PLACES.items():
        ids = {
            number
            for kind in ("diagnosis", "event")
            for _, one, numbers in source.sets.within(kind, place.table)
            if one.table == name
            for number in numbers
        }
        if not ids or not source.opened.has(place.table):
            continue
        engine.keep("omop_term", f"SELECT concept, kind, term FROM omop_terms WHERE source = '{name}'")
        query = source.opened.query(place.table, place.id, "person_id", place.concept, place.day, f"{place.day}!")
        wanted = f"{within(place.concept, ids)} AND {where.format('person_id')}"
        kept = f"omop_rows_{name}"
        keep(source, place.table, kept, rules.term(of_index_persons(query, wanted), place.id, place.concept, place.day))
        parts.append(f"SELECT *, '{place.table}' AS source FROM {kept}")
    if source.opened.has("death"):
        query = source.opened.query("death", "person_id", "death_date", "death_date!")
        number = source.numbers.terms["death", "death"]
        keep(
            source,
            "death",
            "omop_rows_death",
            rules.death(of_index_persons(query, where.format("person_id")), number, dialect),
        )
        parts.append("SELECT *, 'death' AS source FROM omop_rows_death")
    parts += [
        f"SELECT record, n, patient, concept, kind, term, day, bad, source FROM ({one}) AS told"
        for one in told_deaths(source, where, tally)
    ]
    if parts:
        engine.keep(
            "omop_fact",
            rules.fact(" UNION ALL ".join(parts), source.cutoff, source.latest, observed=source.numbers.observed),
        )
    else:
        text = dialect.text
        engine.table(
            "omop_fact",
            [
                ("record", "BIGINT"),
                ("n", "BIGINT"),
                ("patient", "BIGINT"),
                ("concept", "BIGINT"),
                ("kind", text),
                ("term", "INT"),
                ("day", "INT"),
                ("bad", "BOOLEAN"),
                ("source", text),
                ("why", text),
            ],
            [],
        )
    make_unread_diagnoses(source, where, tally)
    engine.keep("fact", rules.FACT)
    engine.table("event_told", columns(dialect.text)["event_told"], [])  # no table of a database holds it
    if parts:
        engine.keep("omop_fact_held", rules.contradicted(candidates(source)))
        engine.keep("omop_fact", "SELECT * FROM omop_fact_held")
        engine.keep("fact", rules.FACT)
    for table, why, rows, equal in engine.rows(rules.FACT_ROWS):
        counted(tally, table, why, int(rows), told=table == "death" or why != rules.OUTSIDE)
        if why == "":
            found(tally, "note", "duplicates", f"{table}: equal rows, read once", int(equal))
    for table, rows in engine.rows(
        f"SELECT source, sum(n) FROM omop_fact WHERE kind = 'event' AND why = '{rules.OUTSIDE}' GROUP BY source ORDER BY source"
    ):
        found(tally, "note", "rows", f"{table}: adverse events {rules.OUTSIDE}, which do not count", int(rows))
    for table, bad, rows in engine.rows(
        "SELECT source, bad, sum(n) FROM omop_fact WHERE kind = 'event' AND why = '' AND day IS NULL GROUP BY source, bad ORDER BY source, bad"
    ):
        which = "with a text or number that is no date" if bad else "without a date"
        message = f"{table}: adverse events {which}, which are listed apart and count in no rate"
        found(tally, "warning" if bad else "note", "rows", message, int(rows))
    ((again,),) = engine.rows(
        "SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM omop_fact WHERE kind = 'event' AND why = '' AND day IS NOT NULL "
        "GROUP BY patient, term, day) AS e"
    )
    found(tally, "note", "duplicates", "several codes of one adverse event on one day, which are one event", int(again))
    ((several,),) = engine.rows(
        "SELECT count(*) FROM (SELECT patient FROM omop_fact WHERE kind = 'death' AND why = '' GROUP BY patient HAVING count(*) > 1) AS d"
    )
    found(tally, "warning", "death", "death: several days of death of one person; the earliest counts", int(several))
