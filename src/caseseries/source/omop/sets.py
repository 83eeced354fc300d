"""The concept sets of a protocol, found in the database's own vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from caseseries.protocol.concepts import Meant
from caseseries.source.omop.cdm_tables import PLACES
from caseseries.source.omop.opened import Opened
from caseseries.stats.tally import Tally

#: Up to so many concepts are named in a query, so that an engine can skip what holds none of them.
NAMED = 2000


@dataclass(frozen=True, slots=True)
class Sets:
    """For each name of the protocol, in order, the concepts it stands for in this database."""

    meant: tuple[Meant, ...]
    concepts: tuple[frozenset[int], ...]

    def within(self, kind: str, table: str) -> list[tuple[int, Meant, frozenset[int]]]:
        """The sets of a kind whose rows stand in a table: place in the order, what is meant, concepts."""
        found = enumerate(zip(self.meant, self.concepts, strict=True))
        return [
            (place, one, ids) for place, (one, ids) in found if one.kind == kind and PLACES[one.table].table == table
        ]

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that hold a row of any set."""
        return tuple(dict.fromkeys(PLACES[one.table].table for one in self.meant))


def within(column: str, concepts: Iterable[int]) -> str:
    """SQL for: the concept may be one of these; a few are named, of many only the range is."""
    ids = sorted(set(concepts))
    if not ids:
        return "FALSE"
    if len(ids) <= NAMED:
        return f"{column} IN ({', '.join(str(int(one)) for one in ids)})"
    return f"{column} BETWEEN {int(ids[0])} AND {int(ids[-1])}"


def resolve(opened: Opened, meant: Sequence[Meant]) -> tuple[Sets, Tally]:
    """Codes looked up and mapped to standard concepts, descendants added, exclusions taken away; and what was missing."""
    findings = Tally()
    wanted: list[set[int]] = [set(one.ids) for one in meant]
    _unknown(opened, meant, findings)
    for place, ids in _codes(opened, meant, findings).items():
        wanted[place] |= ids
    excluded = [set(one.exclude) for one in meant]
    below = _below(opened, meant, wanted, excluded, findings)
    found = []
    for place, one in enumerate(meant):
        ids, out = wanted[place], excluded[place]
        if one.descendants:
            ids, out = ids | below.get((place, False), set()), out | below.get((place, True), set())
        found.append(frozenset(ids - out))
        if not found[-1]:
            what = "no concept is known for this name" if not one.known else "the concept set is empty in this database"
            severity = "note" if one.kind == "drug" and not one.declared else "warning"
            findings.add(("finding", severity, "concept set", f"{one.name}: {what}, so nothing is found"))
    return Sets(tuple(meant), tuple(found)), findings


def _unknown(opened: Opened, meant: Sequence[Meant], findings: Tally) -> None:
    """Ids that the study wrote and the vocabulary does not hold are probably misspelt."""
    written = [
        (place, number) for place, one in enumerate(meant) if one.declared for number in (*one.ids, *one.exclude)
    ]
    if not written or not opened.has("concept"):
        return
    numbers = {number for _, number in written}
    query = opened.query("concept", "concept_id")
    with opened.reading("concept"):
        known = {
            row[0]
            for row in opened.engine.rows(
                f"SELECT DISTINCT concept_id FROM ({query}) AS c WHERE {within('concept_id', numbers)}"
            )
        }
        if not known and not opened.engine.rows(f"SELECT 1 FROM ({query}) AS c LIMIT 1"):
            return
    if not known and len(numbers) > 1:
        what = f"none of the {len(numbers)} concept ids of the study is in the table concept"
        message = f"{what}: it holds other concepts, so that no id could be checked"
        findings.add(("finding", "warning", "concept set", message))
        return
    for place, number in written:
        if number not in known:
            message = f"{meant[place].name}: concept {number} is not in the table concept"
            findings.add(("finding", "warning", "concept set", message))


def _codes(opened: Opened, meant: Sequence[Meant], findings: Tally) -> dict[int, set[int]]:
    rows = [
        (place, vocabulary, code)
        for place, one in enumerate(meant)
        for vocabulary, codes in sorted(one.codes.items())
        for code in codes
    ]
    found: dict[int, set[int]] = {}
    if not rows:
        return found
    engine, text = opened.engine, opened.engine.dialect.text
    seen: set[tuple[int, str, str]] = set()
    if opened.has("concept"):
        engine.table("omop_code", [("meant", "INT"), ("vocabulary", text), ("code", text)], rows)
        query = opened.query("concept", "concept_id", "vocabulary_id", "concept_code")
        with opened.reading("concept"):
            engine.keep(
                "omop_coded",
                "SELECT w.meant, w.vocabulary, w.code, c.concept_id AS concept FROM omop_code AS w "
                f"JOIN ({query}) AS c ON c.vocabulary_id = w.vocabulary AND c.concept_code = w.code WHERE c.concept_id IS NOT NULL",
            )
        for place, vocabulary, code, concept in engine.rows("SELECT meant, vocabulary, code, concept FROM omop_coded"):
            found.setdefault(place, set()).add(concept)
            seen.add((place, vocabulary, code))
        if seen and opened.has("concept_relationship"):
            query = opened.query(
                "concept_relationship", "concept_id_1", "concept_id_2", "relationship_id", "invalid_reason"
            )
            with opened.reading("concept_relationship"):
                mapped = engine.rows(
                    f"SELECT DISTINCT w.meant, r.concept_id_2 FROM omop_coded AS w JOIN ({query}) AS r ON r.concept_id_1 = w.concept "
                    "WHERE r.relationship_id = 'Maps to' AND coalesce(r.invalid_reason, '') = '' AND r.concept_id_2 IS NOT NULL"
                )
            for place, concept in mapped:
                found[place].add(concept)
    for place, vocabulary, code in rows:
        # A code of the catalogue beside an id that is known needs no word; a code that a study wrote does.
        if (place, vocabulary, code) not in seen and (meant[place].declared or not meant[place].ids):
            message = f"{meant[place].name}: {vocabulary} {code} is not in the table concept"
            findings.add(("finding", "warning" if meant[place].declared else "note", "concept set", message))
    return found


def _below(
    opened: Opened, meant: Sequence[Meant], wanted: Sequence[set[int]], excluded: Sequence[set[int]], findings: Tally
) -> Mapping[tuple[int, bool], set[int]]:
    """Descendants of each set's concepts, and of its exclusions."""
    rows = [
        (place, out, number)
        for place, one in enumerate(meant)
        if one.descendants
        for out, ids in ((False, wanted[place]), (True, excluded[place]))
        for number in sorted(ids)
    ]
    found: dict[tuple[int, bool], set[int]] = {}
    if not rows:
        return found
    engine = opened.engine
    missing = not opened.has("concept_ancestor")
    if not missing:
        query = opened.query("concept_ancestor", "ancestor_concept_id", "descendant_concept_id")
        engine.table("omop_top", [("meant", "INT"), ("excluded", "BOOLEAN"), ("concept", "BIGINT")], rows)
        with opened.reading("concept_ancestor"):
            below = engine.rows(
                f"SELECT DISTINCT t.meant, t.excluded, a.descendant_concept_id FROM omop_top AS t JOIN ({query}) AS a "
                "ON a.ancestor_concept_id = t.concept WHERE a.descendant_concept_id IS NOT NULL"
            )
            missing = not below and not engine.rows(f"SELECT 1 FROM ({query}) AS a LIMIT 1")
        for place, out, concept in below:
            found.setdefault((place, out), set()).add(concept)
    if missing:
        why = "empty" if opened.has("concept_ancestor") else "missing"
        for place in sorted({place for place, _, _ in rows}):
            severity = "warning" if meant[place].kind != "measure" else "note"
            message = f"{meant[place].name}: concept_ancestor is {why}, so the concepts below are not found"
            findings.add(("finding", severity, "descendants", message))
    return found
