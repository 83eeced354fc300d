"""Looking for concepts in the vocabulary of a database, and how much of it this database has.

omop_found(concept)            concepts that match, as many as are looked at
omop_read(found, concept)      for each of them the concepts that its line under `concepts:` reads: itself, what it maps to, all below
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from caseseries.chart.cells import clean
from caseseries.engine.machine import Machine
from caseseries.errors import CaseSeriesError
from caseseries.source.omop.cdm_tables import PLACES
from caseseries.source.omop.near_concepts import near_concepts, near_words
from caseseries.source.omop.opened import Opened
from caseseries.source.omop.opening import DEFAULT, opened_omop
from caseseries.source.omop.table_files import stop

#: What is read of a database.
TABLES = frozenset(
    {"person", "concept", "concept_ancestor", "concept_relationship", "concept_synonym"}
    | {place.table for place in PLACES.values()}
)
#: Concepts that are looked at; of what matches beyond them only the number is told.
LOOKED_AT = 1000
#: Fewer persons than this are told as fewer, as counts for a network are.
SMALLEST = 5

Standing = Literal["standard", "classification", "not standard"]
_STANDING: Mapping[str, Standing] = {"S": "standard", "C": "classification"}


@dataclass(frozen=True, slots=True)
class Carried:
    """How many rows of a table, and of how many persons, a concept's line would read; None where they are fewer than may be told."""

    place: str
    rows: int | None
    persons: int | None

    @property
    def table(self) -> str:
        """The table of the common data model."""
        return PLACES[self.place].table


@dataclass(frozen=True, slots=True)
class FoundConcept:
    """One concept of the vocabulary: what it is, what it maps to (where it is not standard), and what of this database it stands for.

    `invalid` says that the vocabulary has withdrawn it. `carried` is in order of the tables, the fullest first.
    """

    id: int
    name: str
    domain: str
    vocabulary: str
    concept_class: str
    code: str
    standing: Standing
    invalid: bool = False
    maps_to: tuple[tuple[int, str], ...] = ()
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found: `concepts` in order, and how many `more` match; `near` names where nothing does.

    `lacking` are the tables that could not be asked, each with why and what is not known without it. `domains` are those of what
    matches in other domains, where a domain was asked for and nothing of it does. `smallest` is the least number of persons that is told.
    """

    words: str
    concepts: tuple[FoundConcept, ...]
    more: int = 0
    near: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    lacking: Mapping[str, str] = field(default_factory=dict)
    smallest: int = SMALLEST


def search_concepts(
    omop: str | Path,
    words: str,
    *,
    domain: str | None = None,
    most: int = 20,
    smallest: int = SMALLEST,
    machine: Machine = DEFAULT,
) -> Search:
    """Concepts whose name or synonym holds all words, whose code begins with them, or whose id they are; of the database of an `omop.yaml`.

    Case is ignored, and every letter stands for itself. What is exactly called so comes first, then standard concepts, then those of which
    the database has most persons. `domain` limits them to one; `most` says how many are told.

    Raises:
        ChartError: the database cannot be opened, or has no vocabulary.
        CaseSeriesError: there is no word to look for.
    """
    with opened_omop(Path(omop), machine, TABLES) as opened:
        return search_opened(opened, words, domain=domain, most=most, smallest=smallest)


def search_opened(
    opened: Opened, words: str, *, domain: str | None = None, most: int = 20, smallest: int = SMALLEST
) -> Search:
    """The concepts of a database that is open, with :data:`TABLES`, that fit these words."""
    wanted = words.split()
    if not wanted:
        raise CaseSeriesError(
            "There is nothing to look for.", do="Write a word of a name, a code, or the id of a concept."
        )
    _need_vocabulary(opened)
    total, found = _matching(opened, wanted, domain)
    if not found:
        others = _domains(opened, wanted) if domain is not None else ()
        return Search(words, (), near=() if others else _near(opened, wanted), domains=others, smallest=smallest)
    opened.engine.table("omop_found", [("concept", "BIGINT")], [(one.id,) for one in found])
    maps, carried = _mapped(opened), _carried(opened, smallest)
    told = [
        replace(
            one, maps_to=() if one.standing == "standard" else maps.get(one.id, ()), carried=carried.get(one.id, ())
        )
        for one in found
    ]
    exact = {one.id for one in found if _exact(one, words)}
    told.sort(key=lambda one: (one.id not in exact, one.standing != "standard", -_persons(one), len(one.name), one.id))
    return Search(words, tuple(told[:most]), total - len(told[:most]), lacking=_lacking(opened), smallest=smallest)


def _persons(one: FoundConcept) -> int:
    """The persons of the fullest table as they are told: a number that is hidden orders nothing."""
    return max((1 if count.persons is None else count.persons for count in one.carried), default=0)


def _exact(one: FoundConcept, words: str) -> bool:
    asked = " ".join(words.split()).lower()
    return asked in {one.name.lower(), one.code.lower(), str(one.id)}


def _need_vocabulary(opened: Opened) -> None:
    named = opened.description.from_
    about = ("vocabulary",) if opened.description.vocabulary is not None else ("from", named.kind)
    if "concept" in opened.denied:
        raise stop("permission denied for table concept", do="grant SELECT on the table to the role", about=about)
    if opened.has("concept"):
        with opened.reading("concept"):
            if opened.engine.rows(f"SELECT 1 FROM {opened.relations['concept'].sql} LIMIT 1"):
                return
    how = "is empty" if opened.has("concept") else "is missing"
    do = "say under `vocabulary` which folder or schema holds one, or look the ids up in Athena (athena.ohdsi.org)"
    raise stop(f"the database has no vocabulary: the table concept {how}", do=do, about=about)


def _lacking(opened: Opened) -> dict[str, str]:
    """The tables that cannot be asked, each with why and what is not known without it."""
    then = {
        "concept_ancestor": "what lies below a concept is not known, and not counted",
        "concept_relationship": "what a concept that is not standard maps to is not known",
        "concept_synonym": "synonyms were not looked at",
        **{place.table: "its rows are not counted" for place in PLACES.values()},
    }
    found = {}
    for table, words in then.items():
        if table in opened.denied:
            found[table] = f"may not be read: {words}"
        elif not opened.has(table):
            found[table] = f"is missing: {words}"
        elif table in ("concept_ancestor", "concept_relationship"):
            with opened.reading(table):
                if not opened.engine.rows(f"SELECT 1 FROM {opened.relations[table].sql} LIMIT 1"):
                    found[table] = f"is empty: {words}"
    return found


# --- What matches ----------------------------------------------------------------------------------------------------------

_COLUMNS = (
    "concept_id", "concept_name", "domain_id", "vocabulary_id", "concept_class_id", "concept_code", "standard_concept",
    "invalid_reason",
)  # fmt: skip


def literal(word: str) -> str:
    """A word as a pattern of LIKE in which every letter stands for itself; `!` is the escape.

    >>> literal("50%_a!")
    '50!%!_a!!'
    """
    for sign in "!%_":
        word = word.replace(sign, f"!{sign}")
    return word


def _condition(opened: Opened, words: Collection[str]) -> tuple[str, list[Any]]:
    """SQL for: a row of concept, called c, matches; and the parameters it needs."""
    low = [word.lower() for word in words]
    parts = [f"%{literal(word)}%" for word in low]
    named = " AND ".join(["lower(c.concept_name) LIKE ? ESCAPE '!'"] * len(parts))
    ways, parameters = [f"({named})", "lower(c.concept_code) LIKE ? ESCAPE '!'"], [*parts, f"{literal(' '.join(low))}%"]
    if len(low) == 1 and low[0].removeprefix("-").isdecimal() and low[0].isascii() and len(low[0]) <= 18:
        ways.append(f"c.concept_id = {int(low[0])}")
    if opened.has("concept_synonym"):
        query = opened.query("concept_synonym", "concept_id", "concept_synonym_name")
        also = named.replace("c.concept_name", "s.concept_synonym_name")
        ways.append(
            f"c.concept_id IN (SELECT s.concept_id FROM ({query}) AS s WHERE s.concept_id IS NOT NULL AND {also})"
        )
        parameters += parts
    return f"c.concept_id IS NOT NULL AND ({' OR '.join(ways)})", parameters


def _matching(opened: Opened, words: Collection[str], domain: str | None) -> tuple[int, list[FoundConcept]]:
    """How many concepts match, and the first of them: exact ones, standard ones, short names first."""
    condition, parameters = _condition(opened, words)
    if domain is not None:
        condition, parameters = f"{condition} AND lower(c.domain_id) = ?", [*parameters, domain.strip().lower()]
    query, asked = opened.query("concept", *_COLUMNS), " ".join(words).lower()
    with opened.reading("concept"), opened.reading("concept_synonym"):
        ((total,),) = opened.engine.rows(
            f"SELECT count(DISTINCT c.concept_id) FROM ({query}) AS c WHERE {condition}", parameters
        )
        rows = opened.engine.rows(
            f"SELECT {', '.join(f'c.{name}' for name in _COLUMNS)} FROM ({query}) AS c WHERE {condition} "
            "ORDER BY CASE WHEN lower(c.concept_name) = ? OR lower(c.concept_code) = ? THEN 0 ELSE 1 END, "
            "CASE WHEN c.standard_concept = 'S' THEN 0 WHEN c.standard_concept = 'C' THEN 1 ELSE 2 END, "
            f"coalesce(length(c.concept_name), 0), c.concept_id LIMIT {LOOKED_AT}",
            [*parameters, asked, asked],
        )
    found: dict[int, FoundConcept] = {}
    for number, name, of, vocabulary, kind, code, standard, invalid in rows:
        one = FoundConcept(
            int(number),
            _told(name),
            _told(of),
            _told(vocabulary),
            _told(kind),
            _told(code),
            _STANDING.get((standard or "").strip().upper(), "not standard"),
            bool((invalid or "").strip()),
        )
        found.setdefault(one.id, one)
    return int(total), list(found.values())


def _told(text: str | None) -> str:
    """A text of the database on one line, without what a terminal would obey."""
    return " ".join(clean(text or "").split())


def _domains(opened: Opened, words: Collection[str]) -> tuple[str, ...]:
    condition, parameters = _condition(opened, words)
    query = opened.query("concept", *_COLUMNS)
    with opened.reading("concept"), opened.reading("concept_synonym"):
        rows = opened.engine.rows(
            f"SELECT DISTINCT c.domain_id FROM ({query}) AS c WHERE {condition} AND c.domain_id IS NOT NULL", parameters
        )
    return tuple(sorted(_told(one) for (one,) in rows))


def _near(opened: Opened, words: Collection[str]) -> tuple[str, ...]:
    """Names near the whole, or else words near those that no name holds."""
    whole = [f"{number} {_told(called)}" for number, called in near_concepts(opened, " ".join(words))]
    if whole:
        return tuple(whole)
    found = []
    for word in words:
        condition, parameters = _condition(opened, [word])
        query = opened.query("concept", *_COLUMNS)
        with opened.reading("concept"), opened.reading("concept_synonym"):
            held = opened.engine.rows(f"SELECT 1 FROM ({query}) AS c WHERE {condition} LIMIT 1", parameters)
        found += [_told(one) for one in near_words(opened, word)] if not held else []
    return tuple(dict.fromkeys(found))


# --- What the database has of it -----------------------------------------------------------------------------------------


def _maps(opened: Opened) -> str:
    """A query for what concepts map to: found, concept."""
    query = opened.query("concept_relationship", "concept_id_1", "concept_id_2", "relationship_id", "invalid_reason")
    return (
        f"SELECT DISTINCT f.concept AS found, r.concept_id_2 AS concept FROM omop_found AS f JOIN ({query}) AS r ON r.concept_id_1 = f.concept "
        "WHERE r.relationship_id = 'Maps to' AND coalesce(r.invalid_reason, '') = '' AND r.concept_id_2 IS NOT NULL "
        "AND r.concept_id_2 <> f.concept"
    )


def _mapped(opened: Opened) -> dict[int, tuple[tuple[int, str], ...]]:
    if not opened.has("concept_relationship"):
        return {}
    named = opened.query("concept", "concept_id", "concept_name")
    with opened.reading("concept_relationship"):
        rows = opened.engine.rows(
            f"SELECT m.found, m.concept, min(c.concept_name) FROM ({_maps(opened)}) AS m LEFT JOIN ({named}) AS c ON c.concept_id = m.concept "
            "GROUP BY m.found, m.concept ORDER BY m.found, m.concept"
        )
    found: dict[int, tuple[tuple[int, str], ...]] = {}
    for number, to, name in rows:
        found[number] = (*found.get(number, ()), (int(to), _told(name)))
    return found


def _carried(opened: Opened, smallest: int) -> dict[int, tuple[Carried, ...]]:
    """By concept: rows and persons in each table that has any, the fullest first."""
    engine = opened.engine
    own = "SELECT concept AS found, concept FROM omop_found"
    if opened.has("concept_relationship"):
        query = opened.query("concept", "concept_id", "standard_concept")
        standard = f"SELECT concept_id FROM ({query}) AS c WHERE concept_id IS NOT NULL AND coalesce(standard_concept, '') IN ('S', 'C')"
        own += f" UNION SELECT found, concept FROM ({_maps(opened)}) AS m WHERE found NOT IN ({standard})"
    with opened.reading("concept_relationship"):
        engine.keep("omop_own", own)
    every = "SELECT found, concept FROM omop_own"
    if opened.has("concept_ancestor"):
        query = opened.query("concept_ancestor", "ancestor_concept_id", "descendant_concept_id")
        every += (
            " UNION SELECT o.found, a.descendant_concept_id AS concept FROM omop_own AS o "
            f"JOIN ({query}) AS a ON a.ancestor_concept_id = o.concept WHERE a.descendant_concept_id IS NOT NULL"
        )
    with opened.reading("concept_ancestor"):
        engine.keep("omop_read", every)
    found: dict[int, list[tuple[int, int, str]]] = {}
    for name, place in PLACES.items():
        if opened.has(place.table):
            query = opened.query(place.table, "person_id", place.concept)
            with opened.reading(place.table):
                rows = engine.rows(
                    f"SELECT b.found, count(*), count(DISTINCT r.person_id) FROM ({query}) AS r "
                    f"JOIN omop_read AS b ON b.concept = r.{place.concept} GROUP BY b.found ORDER BY b.found"
                )
            for number, count, persons in rows:
                found.setdefault(number, []).append((int(persons), int(count), name))
    return {
        number: tuple(
            Carried(name, count if persons >= smallest else None, persons if persons >= smallest else None)
            for persons, count, name in sorted(counts, key=lambda one: (-one[0], -one[1], one[2]))
        )
        for number, counts in found.items()
    }
