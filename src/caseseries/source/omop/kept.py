"""Tables of the database on their way to those of the chart: what is kept, and of whom."""

from __future__ import annotations

from caseseries.source.omop.database import Database


def keep(source: Database, table: str, name: str, query: str) -> None:
    """Keep what a query finds in a table of the database."""
    with source.opened.reading(table):
        source.engine.keep(name, query)


def of_index_persons(query: str, where: str) -> str:
    """The rows of persons who can be cases, and those that name no person, for they may be anybody's."""
    return (
        f"SELECT s.* FROM ({query}) AS s JOIN omop_index AS i ON i.patient = s.person_id WHERE {where} "
        f"UNION ALL SELECT s.* FROM ({query}) AS s WHERE s.person_id IS NULL AND {where}"
    )
