"""Which kinds of fact a database could tell for a protocol: a table that is missing or empty, or a name without a concept, tells nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from caseseries.chart.tables import Kind
from caseseries.cohort.unseen import untold_members
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.concepts import Meant
from caseseries.protocol.drug_uses import PRIOR_USES, drug_uses
from caseseries.protocol.measures import ingredients
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import folded
from caseseries.source.omop.cdm_tables import PLACES
from caseseries.source.omop.sets import Sets
from caseseries.stats.tally import Tally

#: Drugs that a finding lists.
_LISTED = 5
_OF: Mapping[str, Kind] = {"event": "adverse events", "diagnosis": "diagnoses", "drug": "other drugs"}


def uncharted(
    protocol: Protocol, sets: Sets, lacking: Mapping[str, str], *, vocabulary: bool
) -> tuple[dict[Kind, str], dict[Kind, tuple[str, ...]]]:
    """The kinds of fact that are not charted, with why, and of the others the names that were looked for.

    `lacking` says of each table without a row whether it is missing or empty. Of drugs those could be seen that have a concept, or a code of which
    the database's `vocabulary` has none, so that no row can be of it.
    """
    not_charted: dict[Kind, str] = {}
    only: dict[Kind, tuple[str, ...]] = {}
    if "death" in lacking:
        not_charted["deaths"] = f"the table death {lacking['death']}"
    index = protocol.case.index_date
    studied = ingredients(protocol, index.first_exposure) if isinstance(index, FirstExposure) else frozenset[str]()
    for kind, called in _OF.items():
        named = [
            (one, ids)
            for one, ids in zip(sets.meant, sets.concepts, strict=True)
            if one.kind == kind and not (kind == "drug" and one.key in studied)
        ]
        found = [one for one, ids in named if ids and PLACES[one.table].table not in lacking]
        if not found:
            not_charted[called] = _why(protocol, called, [one for one, _ in named], [ids for _, ids in named], lacking)
        elif called == "adverse events":
            keys = {one.key for one in found}
            assert protocol.safety is not None
            only[called] = tuple(name for name in protocol.safety.events if folded(name) in keys)
        elif called == "diagnoses":
            only[called] = tuple(one.name for one in found)
        else:
            told = [one.key for one, ids in named if ids or (vocabulary and one.codes and not one.declared)]
            if len(told) < len(named):
                only[called] = tuple(told)
    return not_charted, only


def _why(
    protocol: Protocol,
    kind: Kind,
    named: Sequence[Meant],
    concepts: Sequence[Collection[int]],
    lacking: Mapping[str, str],
) -> str:
    if kind == "adverse events" and protocol.safety is None:
        return "the protocol declares no safety"
    if not named:
        beside = " beside the study drug" if kind == "other drugs" else ""
        return f"the protocol names no {_ONE[kind]}{beside} to look for"
    if not any(concepts):
        return f"no concept is known for the {kind} that the protocol names"
    tables = sorted({PLACES[one.table].table for one, ids in zip(named, concepts, strict=True) if ids} & set(lacking))
    return "; ".join(f"the table {table} {lacking[table]}" for table in tables)


_ONE: Mapping[Kind, str] = {"adverse events": "adverse event", "diagnoses": "diagnosis", "other drugs": "drug"}


def untold_groups(protocol: Protocol, only: Mapping[Kind, tuple[str, ...]]) -> Tally:
    """A warning for each criterion that asks for drugs of which some have no concept, so that nobody could be seen to have had them."""
    found = Tally()
    for about, name in drug_uses(protocol):
        others = untold_members(protocol, {}, only, name) if about in PRIOR_USES[:3] else frozenset[str]()
        if others:
            listed = ", ".join(sorted(others)[:_LISTED]) + (
                f" and {len(others) - _LISTED} more" if len(others) > _LISTED else ""
            )
            what = f"{about} ({name}): no concept is known for {listed}: who has no other of them is not known to have had none"
            do = "name them under `concepts:`, or say `unlisted_drugs` in omop.yaml where none of them is in the data"
            found.add(("finding", "warning", "not charted", f"{what}; {do}"))
    return found
