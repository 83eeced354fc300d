"""Whether a drug or group that a protocol names is one that it or the catalogue knows."""

from __future__ import annotations

from caseseries import catalogue
from caseseries.protocol.draft import Draft, mapping
from caseseries.protocol.measures import ingredients
from caseseries.protocol.notes import Notes
from caseseries.protocol.yaml import Loc


def check_drug(known: Draft, notes: Notes, loc: Loc, written: object, *, key: bool = False) -> bool:
    """Whether a drug or group is known to the protocol or the catalogue; says so where it is not."""
    groups = mapping(known.data, "drug_groups")
    if not isinstance(written, str) or written.casefold() in {name.casefold() for name in groups}:
        return False  # a group of the protocol is checked where it is declared
    try:
        ingredients(known.protocol, written)
    except catalogue.CatalogueMiss as miss:
        drugs = known.protocol.drugs
        own = [*drugs, *(word for drug in drugs.values() for word in (*drug.aliases, *drug.groups)), *groups]
        vague = miss.expected.startswith("the word stands for")
        near = miss.suggestions if vague else catalogue.spelt_groups(written, own)
        allowed = miss.expected if vague else f"nearest: {', '.join(near)}" if near else ""
        declare = "declare it under `drugs:` or `drug_groups:`"
        do = f"write {near[0]}, or {declare}" if near else declare
        notes.wrong(loc, "no drug or group of drugs has this name", written, allowed, do, key=key)
        return False
    return True
