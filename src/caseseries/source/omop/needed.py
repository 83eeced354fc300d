"""What a study cannot do without: tables that may be read, and somebody with the index drug or event."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from caseseries.errors import ChartError, Place, Problem
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.concepts import Meant
from caseseries.protocol.measures import ingredients
from caseseries.protocol.written import folded
from caseseries.source.omop.cdm_tables import PLACES, READ, VOCABULARY
from caseseries.source.omop.database import Database
from caseseries.source.omop.near_concepts import near_concepts
from caseseries.source.omop.opened import Opened
from caseseries.source.omop.sets import within
from caseseries.source.omop.table_files import stop
from caseseries.stats.tally import Tally

#: Ids and names that a message lists.
LISTED = 8
#: The rule of the finding that a database has no row of a name.
NO_ROW = "no row"

#: Where a name of the protocol stands: the line of the value at these keys.
Locate = Callable[..., Place]


def nowhere(*keys: str) -> Place:
    """The protocol as a whole: one that was made in Python has no lines."""
    return Place("protocol")


def need_rights(opened: Opened, names: Sequence[Meant]) -> None:
    """Stop where a table that the study reads is there and may not be read: without it nothing would look wrong.

    Raises:
        ChartError: with the tables.
    """
    wanted = {"person", "observation_period", "death", "visit_occurrence", *VOCABULARY} & READ
    wanted |= {PLACES[one.table].table for one in names}
    denied = sorted(wanted & opened.denied)
    if denied:
        schema = opened.description.from_.schema_ or "public"
        about = ("from", "schema") if opened.description.from_.schema_ else ("from", opened.description.from_.kind)
        tables = "table" if len(denied) == 1 else "tables"
        what = f"permission denied for {tables} {', '.join(denied)}"
        raise stop(what, schema, f"grant SELECT on the {tables} to the role", about=about)


def nobody(source: Database, locate: Locate) -> ChartError:
    """Why nobody is a case: no row of the index drug or event, with the line of the protocol, the ids looked for, and near names."""
    protocol = source.protocol
    index = protocol.case.index_date
    if isinstance(index, FirstExposure):
        name, keys, kinds, called = (
            index.first_exposure,
            ingredients(protocol, index.first_exposure),
            {"drug"},
            "study drug",
        )
        written = "first_exposure"
    else:
        name = getattr(index, "first_event", "")
        keys, kinds, called, written = (
            frozenset({folded(name)}),
            {"diagnosis", "event"},
            "index event",
            "first_event",
        )
    found = [
        (one, ids)
        for one, ids in zip(source.sets.meant, source.sets.concepts, strict=True)
        if one.kind in kinds and one.key in keys
    ]
    problems = []
    for one, ids in found:
        declared = next((key for key in protocol.concepts if folded(key) == folded(one.name)), None)
        place = locate("concepts", declared) if declared is not None else locate("case", "index_date", written)
        noticed = [
            str(message).removeprefix(f"{one.name}: ")
            for (_, rule, message), _ in source.findings.section("finding")
            if rule == "descendants" and str(message).startswith(f"{one.name}: ")
        ]
        problems.append(_of_set(source.opened, one, ids, called, place, noticed))
    if not found:
        place = locate("case", "index_date", written)
        problems.append(Problem(f"the {called} has no concept set", place, name, do="add it under `concepts:`"))
    return ChartError(
        f"Nobody in the database has the {called}, so that nobody can be a case.", problems, do="Nothing was run."
    )


def _of_set(
    opened: Opened, one: Meant, ids: frozenset[int], called: str, place: Place, noticed: Sequence[str]
) -> Problem:
    table = PLACES[one.table].table
    near = ", ".join(f"{number} {called}" for number, called in near_concepts(opened, one.name))
    do = "look at the ids" if one.declared else "name its concepts under `concepts:`"
    do += f"; the vocabulary holds {near}" if near else ""
    if not opened.has(table):
        return Problem(
            f"{called}: there is no table {table}", place, one.name, do=f"look whether {table} is in the database"
        )
    if not ids:
        looked = ", ".join(
            [*map(str, one.ids), *(f"{name} {code}" for name, codes in sorted(one.codes.items()) for code in codes)]
        )
        what = (
            f"{called}: no concept of the vocabulary is meant by {_first(looked.split(', '))}"
            if looked
            else f"{called}: no concept is known"
        )
        return Problem(what, place, one.name, do=do)
    unknown = sorted(set(one.ids) - _there(opened, one.ids))
    what = f"{called}: no row of {table} has one of the concepts {_first([str(number) for number in sorted(ids)])}"
    if unknown and one.declared:
        what += f"; not in the table concept: {_first([str(number) for number in unknown])}"
    what += "".join(f"; {more}" for more in noticed)
    return Problem(what, place, one.name, do=do)


def unmatched(source: Database, seen: Collection[tuple[str, str]] = ()) -> Tally:
    """A finding for each name of the protocol of which the database has no row at all; nothing is asked of those `seen` (kind, key).

    Drugs of a group that the study did not declare are left out: hardly any database has all of them.
    """
    found = Tally()
    for one, ids in zip(source.sets.meant, source.sets.concepts, strict=True):
        table = PLACES[one.table].table
        if (
            (one.kind, one.key) in seen
            or (one.kind == "drug" and not one.declared)
            or not ids
            or not source.opened.has(table)
        ):
            continue  # an empty set and a table that is missing are findings already
        if not _any_row(source.opened, one, ids):
            looked = _first([str(number) for number in sorted(ids)])
            message = f"{one.name}: no row of {table} has one of its concepts ({looked})"
            found.add(("finding", "warning", NO_ROW, message))
    return found


def _any_row(opened: Opened, one: Meant, ids: frozenset[int]) -> bool:
    place = PLACES[one.table]
    query = opened.query(place.table, place.concept)
    listed = within(place.concept, ids)
    with opened.reading(place.table):
        if not opened.engine.rows(f"SELECT 1 FROM ({query}) AS r WHERE {listed} LIMIT 1"):
            return False
        if "BETWEEN" not in listed:
            return True
        rows = opened.engine.rows(f"SELECT DISTINCT {place.concept} FROM ({query}) AS r WHERE {listed}")
    return any(row[0] in ids for row in rows)


def _first(words: Sequence[str]) -> str:
    more = f" and {len(words) - LISTED} more" if len(words) > LISTED else ""
    return ", ".join(words[:LISTED]) + more


def _there(opened: Opened, ids: Sequence[int]) -> set[int]:
    """Those of the ids that the table concept holds; all of them where there is no such table."""
    if not opened.has("concept"):
        return set(ids)
    query = opened.query("concept", "concept_id")
    with opened.reading("concept"):
        rows = opened.engine.rows(f"SELECT DISTINCT concept_id FROM ({query}) AS c WHERE {within('concept_id', ids)}")
    return {int(row[0]) for row in rows} & set(ids)
