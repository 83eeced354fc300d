"""`caseseries concepts`: looks into the vocabulary of a database, and prints lines for the protocol."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from caseseries.cli.screen import Screen, columns
from caseseries.engine.machine import Machine
from caseseries.errors import CaseSeriesError
from caseseries.source.omop.concept_lines import concept_lines
from caseseries.source.omop.vocabulary import LOOKED_AT, Carried, FoundConcept, Search, search_concepts

#: Concepts that are listed unless it is said how many.
LISTED = 20


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """Search, list what was found, and print the lines for `concepts:`."""
    screen.progress("looking into the vocabulary")
    most = arguments.most or (LOOKED_AT if screen.as_json else LISTED)
    search = search_concepts(
        arguments.omop,
        " ".join(arguments.words),
        domain=arguments.domain,
        most=most,
        smallest=arguments.smallest,
        machine=Machine(arguments.memory_limit, arguments.threads, None, arguments.master),
    )
    if not search.concepts:
        raise _nothing(search, arguments.domain)
    lines = concept_lines(search.concepts)
    screen.answer(
        concepts=[_as_json(one, line) for one, line in lines],
        more=search.more,
        smallest=search.smallest,
        lacking=dict(search.lacking),
    )
    screen.say(columns([_row(one, search.smallest) for one, _ in lines]))
    if search.more:
        screen.say(f"  ... and {search.more:,} more match; --most shows more, another word or --domain fewer.")
    screen.say("\nconcepts:\n" + "\n".join(f"  {line}" for _, line in lines))
    screen.advise("\nTake the lines that are meant, and put the protocol's own name before each colon.")
    for table, then in search.lacking.items():
        screen.advise(f"The table {table} {then}.")
    return 0


def _nothing(search: Search, domain: str | None) -> CaseSeriesError:
    if search.domains:
        what = f"No concept of the domain {domain} matches {search.words!r}."
        return CaseSeriesError(what, do=f"Concepts of these domains do: {', '.join(search.domains)}.")
    near = f"Near it: {', '.join(search.near)}." if search.near else "Try fewer or other words, a code, or an id."
    return CaseSeriesError(f"The vocabulary has no concept that matches {search.words!r}.", do=near)


def _row(one: FoundConcept, smallest: int) -> tuple[object, ...]:
    what = [f"{one.domain or 'no domain'}, {' '.join(filter(None, (one.vocabulary, one.concept_class, one.code)))}"]
    what.append(f"{one.standing}{', withdrawn' if one.invalid else ''}")
    if one.maps_to:
        what.append("maps to " + ", ".join(f"{number} {name}".strip() for number, name in one.maps_to))
    elif one.standing == "not standard":
        what.append("maps to nothing that is known here")
    what.append(_counts(one.carried, smallest))
    return one.id, f"{one.name or '(no name)'}: {'; '.join(what)}"


def _counts(carried: Sequence[Carried], smallest: int) -> str:
    """What its line would find in this database, in words."""
    if not carried:
        return "no row of this database"
    return ", ".join(
        f"{one.table}: fewer than {smallest} persons"
        if one.rows is None or one.persons is None
        else f"{one.table}: {one.rows:,} row{'s' * (one.rows != 1)} of {one.persons:,} person{'s' * (one.persons != 1)}"
        for one in carried
    )


def _as_json(one: FoundConcept, line: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "domain": one.domain,
        "vocabulary": one.vocabulary,
        "class": one.concept_class,
        "code": one.code,
        "standing": one.standing,
        "withdrawn": one.invalid,
        "maps_to": [{"id": number, "name": name} for number, name in one.maps_to],
        "in_this_database": [
            {"table": count.table, "rows": count.rows, "persons": count.persons} for count in one.carried
        ],
        "line": line,
    }
