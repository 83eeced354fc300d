"""Deaths that a database tells elsewhere than in the table death: events that are fatal by their name, and discharges of the dead.

    omop_told(record, patient, concept, day, bad, source)     of persons of whom no death is recorded

They are no deaths until `fatal` of the description says so, for the day may be that of the death or that on which the event began.
"""

from __future__ import annotations

from caseseries import catalogue
from caseseries.source.fatal import means_death
from caseseries.source.omop.cdm_tables import PLACES
from caseseries.source.omop.counts import found
from caseseries.source.omop.database import Database
from caseseries.source.omop.kept import keep, of_index_persons
from caseseries.source.omop.opened import Opened
from caseseries.source.omop.sets import Sets, within
from caseseries.stats.tally import Tally

#: The column of visit_occurrence that says where a person was discharged to, in 5.4 and in 5.3.
_DISCHARGED = ("discharged_to_concept_id", "discharge_to_concept_id")
_RULE = "choice: fatal"


def fatal_concepts(opened: Opened, sets: Sets) -> frozenset[int]:
    """The concepts of the protocol's adverse events that say that the person died: by the event's name, or by the concept's own."""
    events = [(one, ids) for one, ids in zip(sets.meant, sets.concepts, strict=True) if one.kind == "event"]
    fatal = {number for one, ids in events if means_death(one.name) for number in ids}
    others = {number for one, ids in events if not means_death(one.name) for number in ids}
    fatal |= others & {catalogue.meaning(key).id for key in ("death", "patient died")}
    if others and opened.has("concept") and "concept_name" in opened.relations["concept"].columns:
        query = opened.query("concept", "concept_id", "concept_name")
        with opened.reading("concept"):
            rows = opened.engine.rows(
                f"SELECT concept_id, concept_name FROM ({query}) AS c WHERE {within('concept_id', others)}"
            )
        fatal |= {int(number) for number, name in rows if number in others and name and means_death(name)}
    return frozenset(fatal)


def told_deaths(source: Database, where: str, tally: Tally) -> list[str]:
    """Queries for the deaths that count as such, in the columns of :func:`~caseseries.source.omop.rules.death`; reads `omop_rows_...`."""
    parts = [*_events(source), *_discharges(source, where)]
    if not parts:
        return []
    engine, described = source.engine, source.described
    told = f"SELECT DISTINCT record, patient, concept, day, bad, source FROM ({' UNION ALL '.join(parts)}) AS t WHERE patient IS NOT NULL"
    if source.opened.has("death"):
        recorded = "SELECT patient, min(day) AS day FROM omop_rows_death WHERE day IS NOT NULL GROUP BY patient"
        ((other,),) = engine.rows(
            f"SELECT count(*) FROM ({told}) AS t JOIN ({recorded}) AS d ON d.patient = t.patient WHERE t.day <> d.day"
        )
        message = "fatal events, and discharges of the dead, on another day than the person's death, which counts"
        found(tally, "note", "death", message, int(other))
        told += (
            " AND patient NOT IN (SELECT patient FROM omop_rows_death WHERE day IS NOT NULL AND patient IS NOT NULL)"
        )
    engine.keep("omop_told", told)
    number = source.numbers.terms["death", "death"]
    for table, rows, undated in engine.rows(
        "SELECT source, count(*), sum(CASE WHEN day IS NULL THEN 1 ELSE 0 END) FROM omop_told GROUP BY source ORDER BY source"
    ):
        what = f"{table}: rows that say that the person died, of whom no death is recorded"
        if described.fatal is None:
            do = "`fatal` in the description says what they are: `death` (on their day), or `no death`"
            found(tally, "error", _RULE, f"{what}; {do}", int(rows))
        else:
            counts = "a death on their day" if described.fatal == "death" else "no death"
            found(tally, "note", "death", f"{what}; {counts}, as declared", int(rows))
        if described.fatal == "death":
            found(tally, "error", "death", f"{what}, and no date: the day of death is not known", int(undated))
    if described.fatal != "death":
        return []
    return [
        f"SELECT record, CAST(1 AS BIGINT) AS n, patient, concept, "
        f"CAST('death' AS {engine.dialect.text}) AS kind, {number} AS term, day, bad, source "
        "FROM omop_told"
    ]


def _events(source: Database) -> list[str]:
    parts = []
    for name, place in PLACES.items():
        ids = {
            number
            for _, one, numbers in source.sets.within("event", place.table)
            if one.table == name
            for number in numbers
        }
        if source.opened.has(place.table) and ids & source.fatal:
            fatal = within("concept", ids & source.fatal)
            parts.append(
                f"SELECT record, patient, concept, day, bad, '{place.table}' AS source FROM omop_rows_{name} WHERE kind = 'event' AND {fatal}"
            )
    return parts


def _discharges(source: Database, where: str) -> list[str]:
    opened = source.opened
    if not opened.has("visit_occurrence"):
        return []
    columns = [one for one in _DISCHARGED if one in opened.relations["visit_occurrence"].columns]
    if not columns:
        return []
    died = catalogue.meaning("patient died").id
    names = (
        "visit_occurrence_id",
        "person_id",
        "visit_start_date",
        "visit_end_date",
        "visit_start_date!",
        "visit_end_date!",
    )
    query = opened.query("visit_occurrence", *names, *columns)
    wanted = f"({' OR '.join(f'{one} = {died}' for one in columns)}) AND {where.format('person_id')}"
    day = "coalesce(visit_end_date, visit_start_date)"
    bad = "(coalesce(visit_start_date_refused, FALSE) OR coalesce(visit_end_date_refused, FALSE))"
    rows = (
        f"SELECT visit_occurrence_id AS record, person_id AS patient, CAST({died} AS BIGINT) AS concept, {day} AS day, {bad} AS bad, "
        f"'visit_occurrence' AS source FROM ({of_index_persons(query, wanted)}) AS s"
    )
    keep(source, "visit_occurrence", "omop_discharged", rows)
    return ["SELECT * FROM omop_discharged"]
