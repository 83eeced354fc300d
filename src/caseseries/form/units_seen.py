"""Which unit, and which of several instruments, the numbers of a column leave possible: where only one, it need not be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from caseseries import catalogue
from caseseries.form.found import MeasureGuess, TableGuess, VisitGuess

Ends = tuple[Fraction, Fraction]


def with_units(found: Sequence[TableGuess]) -> list[TableGuess]:
    """The tables with the instrument and the unit of each measure where all its columns together leave one possible."""
    ends: dict[str, list[Ends]] = {}
    for table in found:
        for one in table.all_measures:
            if one.ends is not None and not one.unit:
                ends.setdefault(one.measure, []).append(one.ends)
    named: dict[str, str] = {}
    for table in found:
        for one in table.all_measures:
            if one.choices and not one.instrument:
                narrowed = [key for key in one.choices if _units(catalogue.instrument(key), ends.get(one.measure, []))]
                if len(narrowed) == 1:
                    named[one.measure] = narrowed[0]

    def told(one: MeasureGuess) -> MeasureGuess:
        if one.measure in named and not one.instrument:
            entry = catalogue.instrument(named[one.measure])
            one = replace(one, instrument=entry.key, needs_unit=entry.kind != "scale")
        if not one.instrument or one.unit or one.ends is None:
            return one
        entry = catalogue.instrument(one.instrument)
        possible = _units(entry, ends[one.measure])
        if len(possible) != 1 or (entry.kind == "scale" and possible[0] == entry.unit):
            return one
        if _perhaps_mixed(entry, possible[0], ends[one.measure]):
            return one
        return replace(one, unit=possible[0], needs_unit=False, only=True)

    return [
        replace(
            table,
            measures=tuple(map(told, table.measures)),
            visits=tuple(_visit(visit, tuple(map(told, visit.measures))) for visit in table.visits),
            words={word: None if one is None else told(one) for word, one in table.words.items()},
        )
        for table in found
    ]


def _visit(visit: VisitGuess, measures: tuple[MeasureGuess, ...]) -> VisitGuess:
    return replace(visit, measures=measures)


def _perhaps_mixed(entry: catalogue.Instrument, unit: str, ends: Sequence[Ends]) -> bool:
    """Whether the numbers may stand in two units: the least can be right in a larger one, and the greatest is as many times larger.

    >>> haemoglobin = catalogue.instrument("haemoglobin")
    >>> _perhaps_mixed(haemoglobin, "g/L", [(Fraction("11.5"), Fraction(121))]), _perhaps_mixed(haemoglobin, "g/L", [(Fraction(95), Fraction(150))])
    (True, False)
    """
    own = entry.convert(Fraction(1), unit)
    least, greatest = min(low for low, _ in ends), max(high for _, high in ends)
    sizes = {entry.convert(Fraction(1), other) / own for other in entry.accepted_units}
    return any(size > 1 and entry.holds(least * size * own) and greatest >= least * size for size in sizes)


def _units(entry: catalogue.Instrument, ends: Sequence[Ends]) -> list[str]:
    """One unit for each size of unit in which all numbers lie within the limits of the instrument.

    >>> height = catalogue.instrument("height")
    >>> _units(height, [(Fraction(110), Fraction(182))])
    ['cm']
    """
    by_size: dict[Fraction, str] = {}
    for unit in entry.accepted_units:
        by_size.setdefault(entry.convert(Fraction(1), unit), unit)
    return [
        unit
        for size, unit in by_size.items()
        if all(entry.holds(low * size) and entry.holds(high * size) for low, high in ends)
    ]
