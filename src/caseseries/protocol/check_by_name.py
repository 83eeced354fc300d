"""Whether the measures that a criterion of the catalogue is given can be those that it was published for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caseseries import catalogue
from caseseries.catalogue.instrument import unit_fold
from caseseries.protocol.draft import Draft, mapping
from caseseries.protocol.items import Items
from caseseries.protocol.measure import Custom, Instrument
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
        place = (*loc, "with", domain.domain)
        _direction(draft, notes, place, domain, str(written))
        facts = draft.facts.get(str(written))
        if domain.domain in mapping(part, "ranges") and facts is not None and facts.width is not None:
            what = f"{facts.name} has a scale of its own, over which a percent of its range is counted"
            notes.wrong((*loc, "ranges", domain.domain), what, do="leave it out", key=True)
        if isinstance(measure, Custom):
            _scale(draft, notes, place, domain, str(written), measure)
        written_as = measure.instrument if isinstance(measure, Instrument) else ""
        written_as = measure.items if isinstance(measure, Items) else written_as
        if not written_as or not domain.instruments:
            continue
        try:
            key = catalogue.instrument(written_as).key
        except catalogue.CatalogueMiss:
            continue  # reported where the instrument is checked
        if isinstance(measure, Instrument) and measure.range is not None and not _same_scale(measure):
            what = f"{entry.key} was published for the scale of the catalogue, and this measure has a range of its own"
            notes.wrong(
                place,
                what,
                str(written),
                do="leave `range:` out; a percent of range may name its range here, under `ranges:`",
            )
        found[domain.domain] = key
        if key not in domain.instruments:
            what = f"{key} is no measure of {domain.domain} in {entry.key}"
            notes.wrong((*loc, "with", domain.domain), what, str(written), ", ".join(domain.instruments))
    _one_core_set(entry, notes, loc, found)


def _same_scale(measure: Instrument) -> bool:
    """Whether the range that a study gives an instrument is its scale, in the study's unit."""
    entry = catalogue.instrument(measure.instrument)
    if measure.range is None or entry.limits != "scale" or entry.minimum is None or entry.maximum is None:
        return False
    try:
        ends = tuple(entry.convert(end, measure.unit or entry.unit) for end in measure.range)
    except catalogue.CatalogueMiss:
        return False  # reported where the instrument is checked
    return ends == (entry.minimum, entry.maximum)


def _direction(draft: Draft, notes: Notes, loc: Loc, domain: catalogue.CriterionMeasure, written: str) -> None:
    """At which end a measure is better is part of what was published."""
    facts = draft.facts.get(written)
    if facts is None or not domain.better or facts.kind not in ("number", "grade"):
        return
    expected = 1 if domain.better == "high" else -1
    if facts.sign not in (expected, 0):
        what = f"of {domain.domain} {'higher' if expected > 0 else 'lower'} is better, and of this measure the other way round"
        notes.wrong(loc, what, written, do=f"give the measure `better: {domain.better}`")
    elif not facts.sign and facts.kind == "number":
        notes.warn(loc, f"of {domain.domain} {domain.better} is better, and this measure says nothing of it", written)


def _scale(
    draft: Draft, notes: Notes, loc: Loc, domain: catalogue.CriterionMeasure, written: str, measure: Custom
) -> None:
    """A measure of the study's own in place of an instrument: another unit or range makes other amounts of the published ones."""
    known = [catalogue.instrument(name) for name in domain.instruments]
    if not known:
        return
    units = {unit_fold(unit) for one in known for unit in one.accepted_units[:1]}
    scales = {(one.minimum, one.maximum) for one in known if one.limits == "scale"}
    other = unit_fold(measure.unit) not in units
    if other or (measure.range is not None and scales and tuple(measure.range) not in scales):
        names = ", ".join(one.key for one in known)
        what = f"{domain.domain} was published with the {'unit' if other else 'scale'} of {names}, and this measure has another"
        notes.warn(
            loc,
            what,
            written,
            do="see that every amount of the criterion means the same here, or declare the instrument",
        )


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
