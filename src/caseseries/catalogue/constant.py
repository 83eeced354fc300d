"""Single numbers the study may replace, each under a name: limits, prednisone equivalents, thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from caseseries.catalogue.citation import Source, cite
from caseseries.catalogue.instrument import NO_OVERRIDES, instruments
from caseseries.catalogue.lookup import Index
from caseseries.catalogue.raw import exact, exact_or_none, read
from caseseries.errors import ensure

__all__ = ["Constant", "constant", "constants"]


@dataclass(frozen=True, slots=True)
class Constant:
    """A named number. ``value`` is absent where no source gives one that could be used unasked."""

    key: str
    value: Fraction | None
    unit: str
    words: str
    source: Source


def constants() -> tuple[Constant, ...]:
    """Every number a study may put its own in the place of: thresholds first, then equivalents, then limits."""
    return tuple(_all().values())


def constant(name: str, overrides: Mapping[str, Fraction] = NO_OVERRIDES) -> Constant:
    """The constant of that name, with the study's own number where ``overrides`` gives one under its key.

    Raises:
        CatalogueMiss: no constant has this name; lets a protocol check the names it overrides.

    >>> constant("pulse threshold").value
    Fraction(200, 1)
    >>> constant("maximum of CMAS", {"maximum of CMAS": Fraction(49)}).source.reliability
    'declared by the study'
    """
    found = _all()[_index().key(name)]
    if found.key not in overrides:
        return found
    source = Source(f"Declared in place of: {found.source}", "", "declared by the study")
    return Constant(found.key, overrides[found.key], found.unit, found.words, source)


@cache
def _all() -> dict[str, Constant]:
    rows = [
        Constant(entry["key"], exact(entry["value"]), entry["unit"], entry["words"], cite(entry["source"]))
        for entry in read("constants")["constant"]
    ]
    rows += [
        Constant(
            f"prednisone equivalent of {entry['ingredient']}",
            exact_or_none(entry.get("mg")),
            "mg equal to prednisone 5 mg",
            entry.get("note", "oral and intravenous"),
            cite(entry["source"]),
        )
        for entry in read("glucocorticoids")["equivalent"]
    ]
    for entry in instruments():
        words = (
            "limit of the scale" if entry.limits == "scale" else "a value beyond is refused until a person accepts it"
        )
        for end, value in (("minimum", entry.minimum), ("maximum", entry.maximum)):
            rows.append(Constant(f"{end} of {entry.key}", value, entry.unit, words, entry.source))
    ensure(len({row.key for row in rows}) == len(rows))
    return {row.key: row for row in rows}


@cache
def _index() -> Index:
    return Index.of("constant", [(key, ()) for key in _all()])
