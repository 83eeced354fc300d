"""Units in which values stand and are not read: what the database calls them, and the line of the protocol that would read them."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from caseseries import catalogue
from caseseries.chart.cells import clean
from caseseries.form.quote import quoted
from caseseries.protocol.concepts import Meant
from caseseries.protocol.measure import Instrument
from caseseries.protocol.measures import measure_facts
from caseseries.protocol.protocol import Protocol
from caseseries.source.omop.database import Database
from caseseries.source.omop.sets import within
from caseseries.source.omop.unit_name import UnitName
from caseseries.source.omop.value_rules import NO_ID

#: What stands in a line where a factor must be written.
FACTOR = "FACTOR"
#: Letters of a unit's name that are told.
_LETTERS = 60


def look_up_units(source: Database, units: Collection[int]) -> None:
    """Ask the table concept for the names of units that were not asked for yet."""
    new = sorted(set(units) - source.unit_names.keys() - {NO_ID})
    if not new:
        return
    source.unit_names |= dict.fromkeys(new, UnitName())
    opened = source.opened
    if not opened.has("concept"):
        return
    query = opened.query("concept", "concept_id", "concept_name", "vocabulary_id", "concept_code")
    with opened.reading("concept"):
        rows = opened.engine.rows(
            f"SELECT concept_id, concept_name, vocabulary_id, concept_code FROM ({query}) AS c WHERE {within('concept_id', new)} "
            "ORDER BY concept_id, concept_name, concept_code"
        )
    for unit, name, vocabulary, code in reversed(rows):
        if unit in source.unit_names:
            source.unit_names[unit] = UnitName(_told(name), _told(code) if vocabulary == "UCUM" else "")


def _told(text: str | None) -> str:
    """A text of the database on one line and no longer than a line of a list."""
    one = " ".join(clean(text or "").split())
    return one if len(one) <= _LETTERS else f"{one[: _LETTERS - 3]}..."


def unread_unit(source: Database, measure: str, unit: int) -> str:
    """The finding on rows of a measure in a unit to which the concept set gives no factor.

    It names the line that would read them: the whole of `units`, for what a study writes there stands in place of the catalogue's.
    """
    if unit == NO_ID:
        return f"{measure}: rows whose unit is written as no concept id were refused"
    protocol, named = source.protocol, source.unit_names[unit]
    one = next(one for one in source.sets.meant if one.kind == "measure" and one.key == measure)
    into = measure_facts(protocol, measure).unit
    known = factor_of(protocol, measure, named)
    what = f"{measure}: rows in unit {unit}{named.words}, to which the concept set gives no factor, were refused"
    line = units_line(one, unit, known)
    do = f"`{line}` in its concept set" if one.declared else f"`{quoted(measure)}: {{{line}}}` under `concepts:`"
    then = f", where a value times {FACTOR} is in {into}" if known is None else ""
    return f"{what}; {do} would read them{then}"


def units_line(one: Meant, unit: int, known: Fraction | None) -> str:
    """`units` of a concept set with what is read now and one more unit.

    >>> units_line(Meant("measure", "sbp", "sbp", units={8876: Fraction(1)}), 9529, None)
    'units: {8876: 1, 9529: FACTOR}'
    """
    factors = [f"{number}: {catalogue.words_of(factor)}" for number, factor in one.units.items()]
    factors.append(f"{unit}: {FACTOR if known is None else catalogue.words_of(known)}")
    return f"units: {{{', '.join(factors)}}}"


def factor_of(protocol: Protocol, measure: str, named: UnitName) -> Fraction | None:
    """The factor to the measure's unit where the name or the code of a unit says it; None where neither does."""
    into = measure_facts(protocol, measure).unit
    written = protocol.measures[measure]
    for word in filter(None, (named.code, named.name)):
        if catalogue.unit_fold(word) == catalogue.unit_fold(into):
            return Fraction(1)
        if isinstance(written, Instrument):
            entry = catalogue.instrument(written.instrument)
            try:
                return entry.convert(Fraction(1), word) / entry.convert(Fraction(1), into)
            except catalogue.CatalogueMiss:
                continue
    return None
