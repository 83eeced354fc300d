"""Whether the measures that a criterion of the catalogue is given can be those that it was published for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caseseries import catalogue
from caseseries.protocol.draft import Draft, mapping
from caseseries.protocol.measure import Instrument
from caseseries.protocol.notes import Notes
from caseseries.protocol.yaml import Loc


def check_by_name(draft: Draft, notes: Notes, loc: Loc, part: Mapping[str, Any]) -> None:
    """Each domain: its measure is declared, and an instrument of the catalogue is one that may stand for it."""
    try:
        entry = catalogue.criterion(str(part.get("criterion")))
    except catalogue.CatalogueMiss:
        return  # the schema says so
    given = mapping(part, "with")
    found = {}
    for domain in entry.measures:
        written = given.get(domain.domain)
        measure = draft.measures.get(str(written))
        if isinstance(written, str) and written not in draft.measures:
            notes.unknown((*loc, "with", domain.domain), "measure", written, draft.measures)
        if not isinstance(measure, Instrument) or not domain.instruments:
            continue
        try:
            key = catalogue.instrument(measure.instrument).key
        except catalogue.CatalogueMiss:
            continue  # reported where the instrument is checked
        found[domain.domain] = key
        if key not in domain.instruments:
            what = f"{key} is no measure of {domain.domain} in {entry.key}"
            notes.wrong((*loc, "with", domain.domain), what, str(written), ", ".join(domain.instruments))
    _one_core_set(entry, notes, loc, found)


def _one_core_set(entry: catalogue.Criterion, notes: Notes, loc: Loc, found: Mapping[str, str]) -> None:
    """All measures of one core set of myositis, where the criterion has both."""
    only = {
        name: [
            one.domain
            for one in entry.measures
            if found.get(one.domain) in set(one.imacs if name == "IMACS" else one.printo)
            and found[one.domain] not in set(one.printo if name == "IMACS" else one.imacs)
        ]
        for name in ("IMACS", "PRINTO")
    }
    if all(only.values()):
        what = f"measures of both core sets are mixed: {only['IMACS'][0]} is of IMACS alone, {only['PRINTO'][0]} of PRINTO alone"
        notes.warn((*loc, "with"), what, do="take all from one core set, as the criterion was made for")
