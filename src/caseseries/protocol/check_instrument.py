"""The checks of one measure of the catalogue."""

from __future__ import annotations

from fractions import Fraction

from caseseries import catalogue
from caseseries.protocol.measure import Instrument
from caseseries.protocol.notes import Notes
from caseseries.protocol.yaml import Loc


def check_instrument(notes: Notes, loc: Loc, measure: Instrument) -> None:
    """Note what is wrong with a measure of the catalogue: its name, a name of several, a unit that it cannot have."""
    try:
        entry = catalogue.instrument(measure.instrument)
    except catalogue.CatalogueMiss as miss:
        own = "describe your own with `quantity:`, `unit:` and `better:`"
        do = f"write {miss.suggestions[0]}, or {own}" if miss.suggestions else own
        notes.wrong((*loc, "instrument"), miss.what, miss.word, miss.expected, do)
        return
    if measure.range is None and (shared := catalogue.shared_name(measure.instrument)):
        others = ", ".join((entry.name, *entry.aliases[:1]))
        notes.warn(
            (*loc, "instrument"), f"{measure.instrument} is a name of several scales: {shared}", do=f"write {others}"
        )
    if measure.unit is not None and measure.unit != entry.unit and measure.range is None and entry.span is not None:
        what = f"the range of {entry.key} is known in {entry.unit} only"
        notes.wrong((*loc, "unit"), what, measure.unit, entry.unit, "give the `range:` in the new unit")
        return
    if measure.unit is not None and measure.unit != entry.unit and entry.kind != "scale":
        try:
            entry.convert(Fraction(1), measure.unit)
        except catalogue.CatalogueMiss as miss:
            notes.wrong((*loc, "unit"), miss.what, measure.unit, miss.expected)
