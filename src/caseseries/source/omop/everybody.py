"""What is counted of everybody in the database, once for a run: rows of person, periods, and the rows that nothing asks for.

Who is a case or may be one does not matter here; nothing of it is kept, and no patient is joined to another table where that can be helped.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from caseseries.source.omop import rules
from caseseries.source.omop.cdm_tables import PLACES
from caseseries.source.omop.counts import counted, found
from caseseries.source.omop.database import Database
from caseseries.stats.tally import Tally

#: Tables of which :func:`count_everybody` counts every row.
COUNTED = ("person", "observation_period")

#: Stores that keep the least and the highest value of each part, by which a condition that no row meets is answered without reading.
_WITH_STATISTICS = ("parquet", "duckdb")


def people_query(source: Database) -> str:
    """The columns of person that are read."""
    return source.opened.query(
        "person", "person_id", "gender_concept_id", "year_of_birth", "month_of_birth", "day_of_birth"
    )


def periods_query(source: Database) -> str:
    """The columns of observation_period that are read."""
    return source.opened.query(
        "observation_period",
        "person_id",
        "observation_period_start_date",
        "observation_period_end_date",
        "observation_period_start_date!",
        "observation_period_end_date!",
    )


def count_everybody(source: Database, where: str = "TRUE") -> Tally:
    """The rows of person and observation_period, and what is wrong with them; `where` limits person_id, its name is filled in."""
    tally = Tally()
    _people(source, where, tally)
    if source.opened.has("observation_period"):
        made = rules.period(
            periods_query(source), where.format("r.patient"), source.latest, *source.people.stranger("r.patient")
        )
        with source.opened.reading("observation_period"):
            rows = source.engine.rows(f"SELECT why, count(*) FROM ({made}) AS p GROUP BY why ORDER BY why")
        for why, n in rows:
            counted(tally, "observation_period", why, int(n))
    return tally


def _people(source: Database, where: str, tally: Tally) -> None:
    born = rules.person(people_query(source), source.engine.dialect, where.format("patient"))
    people = "count(DISTINCT patient)" if where != "TRUE" else str(source.people.count)
    with source.opened.reading("person"):
        ((rows, nobody, odd, unborn, later, different),) = source.engine.rows(
            "SELECT count(*), coalesce(sum(CASE WHEN patient IS NULL THEN 1 ELSE 0 END), 0), "
            "coalesce(sum(CASE WHEN odd AND patient IS NOT NULL THEN 1 ELSE 0 END), 0), "
            "coalesce(sum(CASE WHEN low IS NULL AND patient IS NOT NULL THEN 1 ELSE 0 END), 0), "
            f"coalesce(sum(CASE WHEN low > {source.latest} THEN 1 ELSE 0 END), 0), {people} FROM ({born}) AS b"
        )
    tally.add(("rows", "person", "used", ""), int(rows) - int(nobody))
    if nobody:
        counted(tally, "person", rules.NO_PATIENT, int(nobody))
    found(tally, "warning", "person", "person: several rows of one person_id", int(rows) - int(nobody) - int(different))
    found(tally, "warning", "person", "person: a year, month or day of birth that cannot be", int(odd))
    found(tally, "note", "person", "person: no year of birth", int(unborn))
    found(tally, "error", "person", f"person: a birth {rules.FUTURE}", int(later))


def count_rows(source: Database, but: Collection[str] = ()) -> Mapping[str, tuple[int, int, int, int]]:
    """Of each table that the protocol asks anything of: all rows, those without a person, those of nobody in person, those without a concept.

    Tables in `but` are left out.
    """
    wanted = ["person", "observation_period", "death", "visit_occurrence", *source.sets.tables]
    totals = {}
    for table in dict.fromkeys(wanted):
        if table in but or not source.opened.has(table):
            continue
        concept = next((place.concept for place in PLACES.values() if place.table == table), None)
        query = source.opened.query(table, "person_id", *([concept] if concept else []))
        join, stranger = source.people.stranger("t.person_id")
        unmapped = "FALSE" if concept is None else f"t.{concept} = 0 OR t.{concept} IS NULL"
        conditions = ["TRUE", "t.person_id IS NULL", f"t.person_id IS NOT NULL AND {stranger}", unmapped]
        with source.opened.reading(table):
            rows, nameless, strangers, without = _met(source, f"({query}) AS t", conditions, join)
        totals[table] = (rows, nameless, strangers, without)
    return totals


def _met(source: Database, table: str, conditions: Sequence[str], join: str) -> list[int]:
    """How many rows meet each condition; asked one by one where most are answered by statistics, else in one pass."""
    if not join and source.described.from_.kind in _WITH_STATISTICS:
        return [
            int(n)
            for one in conditions
            for ((n,),) in [source.engine.rows(f"SELECT count(*) FROM {table} WHERE {one}")]
        ]
    sums = ", ".join(f"coalesce(sum(CASE WHEN {one} THEN 1 ELSE 0 END), 0)" for one in conditions)
    ((*counts,),) = source.engine.rows(f"SELECT {sums} FROM {table} {join}")
    return [int(n) for n in counts]


def count_unasked(counts: Mapping[str, tuple[int, int, int, int]], tally: Tally) -> Tally:
    """Of the rows of each table of the database (:func:`count_rows`) those that are not among the counts of all ranges together: they are out of
    scope."""
    rest = Tally()
    for table, (rows, nameless, strangers, unmapped) in counts.items():
        told = {str(why): n for (one, _, why), n in tally.section("rows") if one == table}
        for why, n in ((rules.NO_PATIENT, nameless), (rules.NOBODY, strangers)):
            more = 0 if table == "person" else max(0, n - told.get(why, 0))
            if more:
                counted(rest, table, why, more)
                told[why] = told.get(why, 0) + more
        if table != "drug_exposure":  # those are counted where they may belong to a dose
            message = f"{table}: {rules.UNMAPPED} (rows of any person)"
            found(rest, "note", "unmapped", message, unmapped)
        # A row that stands for two names of the protocol was counted for each.
        n = max(0, rows - sum(told.values()))
        rest.add(("rows", table, "out of scope", "nothing in the protocol asks for it"), n)
    return rest
