"""Everything the catalogue holds as one list: what it is, what it says, where that comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from caseseries.catalogue.citation import Source, cite
from caseseries.catalogue.constant import constants
from caseseries.catalogue.criterion import criteria
from caseseries.catalogue.ctcae import graded_terms
from caseseries.catalogue.dose_schedule import schedules
from caseseries.catalogue.drug import drug_classes, drugs, drugs_in
from caseseries.catalogue.glucocorticoid import routes
from caseseries.catalogue.instrument import Instrument, instruments
from caseseries.catalogue.raw import read

__all__ = ["Entry", "entries", "words_of"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalogue: its kind, the name to use, what it says in words, its source, other names."""

    kind: str
    key: str
    says: str
    source: Source
    aliases: tuple[str, ...] = ()


def entries() -> tuple[Entry, ...]:
    """Everything the catalogue holds, kind by kind, each in the order of its data file.

    Limits of instruments are part of the instrument's line and not repeated as constants.

    >>> next(entry.says for entry in entries() if entry.key == "CMAS")
    '0 to 52 points, higher is better'
    """
    return tuple(_lines())


def words_of(number: Fraction) -> str:
    """A number as people write it: a decimal when it ends, else a fraction.

    >>> words_of(Fraction(3, 4)), words_of(Fraction(20, 3)), words_of(Fraction(52))
    ('0.75', '20/3', '52')
    """
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return str(number)
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
    digits = str(abs(number.numerator) * 10**places // number.denominator).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def _lines() -> Iterator[Entry]:
    for measure in instruments():
        yield Entry("instrument", measure.key, _range(measure), measure.source, (measure.name, *measure.aliases))
    for group in drug_classes():
        yield Entry("drug class", group.key, ", ".join(sorted(drugs_in(group.key))), group.source, group.aliases)
    for ingredient in drugs():
        yield Entry("drug", ingredient.key, ", ".join(ingredient.classes), ingredient.source, ingredient.aliases)
    for entry in read("drugs")["same_drug"]:
        yield Entry("same drug", entry["key"], entry["words"], cite(entry["source"]), tuple(entry["mg"]))
    limits = {f"{end} of {measure.key}" for measure in instruments() for end in ("minimum", "maximum")}
    for number in constants():
        if number.key not in limits:
            value = "no value" if number.value is None else words_of(number.value)
            yield Entry("constant", number.key, f"{value} {number.unit}: {number.words}", number.source)
    for way in routes():
        says = "systemic" if way.systemic else "never part of a systemic dose"
        depot = ", prednisone equivalents do not apply" if way.systemic and not way.equivalent else ""
        yield Entry("route", way.key, says + depot, way.source, way.aliases)
    for plan in schedules():
        says = plan.note if plan.per_day is None else f"{words_of(plan.per_day)} a day"
        yield Entry("schedule", plan.key, says, plan.source, plan.aliases)
    for rule in criteria():
        yield Entry("response criterion", rule.key, f"{rule.name}; {rule.population}", rule.source, rule.aliases)
    for term in graded_terms():
        says = "; ".join(f"{grade.grade}: {grade.words}" for grade in term.grades)
        yield Entry("graded term", f"{term.key}, CTCAE {term.version}", says, term.source)


def _range(measure: Instrument) -> str:
    direction = {"high": ", higher is better", "low": ", lower is better", "none": ""}[measure.better]
    if measure.minimum is None or measure.maximum is None:
        return f"{measure.unit}, no fixed range{direction}"
    plausible = "plausible " if measure.limits == "plausible" else ""
    return f"{plausible}{words_of(measure.minimum)} to {words_of(measure.maximum)} {measure.unit}{direction}"
