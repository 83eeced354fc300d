"""Drugs of a class that the protocol asks for, and that no concept set holds: counted, because they decide nothing in silence."""

from __future__ import annotations

from caseseries import catalogue
from caseseries.protocol.drug_uses import drug_uses
from caseseries.protocol.measures import ingredients
from caseseries.source.omop.cdm_tables import PLACES
from caseseries.source.omop.database import Database
from caseseries.source.omop.sets import within
from caseseries.stats.tally import Tally

#: Concepts that a finding lists.
LISTED = 8
#: The rule of the finding.
LEFT_OUT = "drugs in no set"
_ATC = "ATC"


def left_out(source: Database) -> Tally:
    """A finding for each class asked for with rows of drugs that stand in no set of the protocol, by the vocabulary's own classes.

    A class of the vocabulary is that of ATC; a drug of the catalogue for which no concept is known is looked for by its name.
    """
    found = Tally()
    opened, table = source.opened, PLACES["drug"].table
    if not opened.has("concept") or not opened.has("concept_ancestor") or not opened.has(table):
        return found
    pairs = list(zip(source.sets.meant, source.sets.concepts, strict=True))
    held = frozenset[int]().union(*(ids for one, ids in pairs if one.kind == "drug"))
    empty = {one.key for one, ids in pairs if one.kind == "drug" and not ids and not one.declared}
    groups = _classes(source)
    named = _named(source) if groups else {}
    for group in groups:
        members = catalogue.drugs_in(group)
        tops = _of_class(source, group) | {number for number, key in named.items() if key in members & empty}
        others = {number for number, key in named.items() if key not in members}
        outside = _below(source, tops) - held - _below(source, others)
        rows = _rows(source, outside)
        if not rows:
            continue
        persons, total = _persons(source, rows), sum(rows.values())
        names = _names(source, sorted(rows, key=lambda one: (-rows[one], one))[:LISTED])
        listed = ", ".join(f"{name} ({rows[number]})" for number, name in names.items())
        more = f" and {len(rows) - LISTED} more" if len(rows) > LISTED else ""
        what = f"{group}: {total} row{'s' * (total != 1)} of {persons} person{'s' * (persons != 1)} hold drugs of this class that are in no set"
        do = "name those that count under `concepts:`, with a drug of `drugs:` in the group"
        found.add(("finding", "warning", LEFT_OUT, f"{what}: {listed}{more}; {do}"))
    return found


def _classes(source: Database) -> list[str]:
    """Classes of the catalogue that lie within a group the protocol asks for."""
    asked = [ingredients(source.protocol, name) for _, name in drug_uses(source.protocol)]
    groups = [group.key for group in catalogue.drug_classes()]
    members = {key: catalogue.drugs_in(key) for key in groups}
    return [key for key in groups if any(len(one) > 1 and members[key] <= one for one in asked)]


def _named(source: Database) -> dict[int, str]:
    """Concepts that are called as an ingredient of the catalogue is, each with the ingredient."""
    opened = source.opened
    if "concept_name" not in opened.relations["concept"].columns:
        return {}
    keys = {entry.key.casefold(): entry.key for entry in catalogue.drugs()}
    query = opened.query("concept", "concept_id", "concept_name")
    with opened.reading("concept"):
        rows = opened.engine.rows(
            f"SELECT concept_id, lower(concept_name) FROM ({query}) AS c WHERE lower(concept_name) IN ({', '.join('?' * len(keys))})",
            list(keys),
        )
    return {int(number): keys[name] for number, name in rows if number is not None}


def _of_class(source: Database, group: str) -> set[int]:
    """The concepts of the class in ATC."""
    opened = source.opened
    codes = next(one.atc for one in catalogue.drug_classes() if one.key == group)
    if not codes:
        return set()
    query = opened.query("concept", "concept_id", "vocabulary_id", "concept_code")
    marks = ", ".join("?" * len(codes))
    with opened.reading("concept"):
        rows = opened.engine.rows(
            f"SELECT concept_id FROM ({query}) AS c WHERE vocabulary_id = '{_ATC}' AND concept_code IN ({marks})",
            list(codes),
        )
    return {int(row[0]) for row in rows if row[0] is not None}


def _below(source: Database, tops: set[int]) -> frozenset[int]:
    if not tops:
        return frozenset()
    opened = source.opened
    query = opened.query("concept_ancestor", "ancestor_concept_id", "descendant_concept_id")
    with opened.reading("concept_ancestor"):
        rows = opened.engine.rows(
            f"SELECT DISTINCT descendant_concept_id, ancestor_concept_id FROM ({query}) AS a WHERE {within('ancestor_concept_id', tops)}"
        )
    return frozenset(tops) | {int(below) for below, above in rows if below is not None and above in tops}


def _rows(source: Database, concepts: frozenset[int]) -> dict[int, int]:
    """How many rows of drug_exposure each concept has."""
    if not concepts:
        return {}
    place, opened = PLACES["drug"], source.opened
    query = opened.query(place.table, place.concept)
    with opened.reading(place.table):
        rows = opened.engine.rows(
            f"SELECT {place.concept}, count(*) FROM ({query}) AS r WHERE {within(place.concept, concepts)} GROUP BY {place.concept}"
        )
    return {int(number): int(n) for number, n in rows if number in concepts}


def _persons(source: Database, rows: dict[int, int]) -> int:
    place, opened = PLACES["drug"], source.opened
    query = opened.query(place.table, place.concept, "person_id")
    listed = ", ".join(str(number) for number in sorted(rows))
    with opened.reading(place.table):
        ((count,),) = opened.engine.rows(
            f"SELECT count(DISTINCT person_id) FROM ({query}) AS r WHERE {place.concept} IN ({listed})"
        )
    return int(count)


def _names(source: Database, concepts: list[int]) -> dict[int, str]:
    """The ids in their order, each with its name in the vocabulary where it has one."""
    opened, names = source.opened, {}
    if "concept_name" in opened.relations["concept"].columns:
        query = opened.query("concept", "concept_id", "concept_name")
        with opened.reading("concept"):
            names = dict(
                opened.engine.rows(
                    f"SELECT concept_id, concept_name FROM ({query}) AS c WHERE {within('concept_id', concepts)}"
                )
            )
    return {number: f"{number} {names[number]}" if names.get(number) else str(number) for number in concepts}
