"""The total of an instrument from its items: their sum, or the mean of domains of which each is its highest item."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from caseseries import catalogue
from caseseries.protocol.derived import Better, Derived, Formula, Highest, Mean
from caseseries.protocol.written import mistake

#: One measure or several.
Measures = Annotated[tuple[str, ...], BeforeValidator(lambda one: (one,) if isinstance(one, str) else one)]

_MISSING = re.compile(r"at least (\d{1,2}) domains")
NOT_COUNTED = "not counted"


def _least(written: Any) -> int | None:
    if written is None or (isinstance(written, int) and not isinstance(written, bool)):
        return written
    found = _MISSING.fullmatch(" ".join(str(written).split()))
    if found is None:
        raise mistake("not a rule for missing domains", "at least 6 domains")
    return int(found[1])


def _aids(written: Any) -> Any:
    if written is None or written == NOT_COUNTED or isinstance(written, Mapping):
        return written
    raise mistake("neither measures of aids nor that they are not counted", "{DOMAIN: MEASURE, ...}, not counted")


class Items(Derived):
    """The total of an instrument from its items on one day: `{items: CMAS, of: {"head lift, time": head lift, ...}}`.

    Every item stands by its name in the catalogue, whose unit, range and direction are those of the total. An item that is scored on both sides has
    two measures: `deltoid: [left, right]`. Without one item there is no total: no rule for missing items is published.

    The total of an instrument with domains (CHAQ, HAQ-DI) is their mean. A domain has the measures of all its items, of which the highest counts, or
    one measure that is its score. `aids` names for a domain the judgements whether an aid, a device or help was used, which raises it to 2, or says
    `not counted`. `missing: at least 6 domains` takes the mean of the domains of which an item was answered; `missing_items: highest answered`
    takes the highest of the items that were answered. `charted` is the measure that holds the total where the chart has it too.
    """

    items: str
    of: dict[str, Measures]
    aids: Annotated[dict[str, Measures] | Literal["not counted"] | None, BeforeValidator(_aids)] = None
    missing: Annotated[
        int | None,
        BeforeValidator(_least),
        WithJsonSchema({"type": ["string", "null"], "examples": ["at least 6 domains"]}),
    ] = None
    missing_items: Literal["highest answered"] | None = None
    charted: str = ""
    unit: str = ""
    better: Better = "none"

    @model_validator(mode="after")
    def _check(self) -> Items:
        instrument = self.instrument
        if instrument is None or not (instrument.items or instrument.domains):
            known = ", ".join(one.key for one in catalogue.instruments() if one.items or one.domains)
            raise mistake("the catalogue has no items of this instrument", known, at=("items",))
        if instrument.domains:
            self._check_domains(instrument)
        else:
            self._check_items(instrument)
        written = [measure for measures in self.of.values() for measure in measures]
        if len(set(written)) < len(written):
            raise mistake("one measure stands for two items", "each once", at=("of",))
        if set(written) & {measure for measures in self.aids_of.values() for measure in measures}:
            raise mistake("one measure is an item and an aid", "measures of aids alone", at=("aids",))
        if self.charted in self.parts:
            raise mistake("the charted total is one of the items", do="name the measure of the total", at=("charted",))
        given = (self.unit, self.better, self.range)
        ends = (instrument.minimum, instrument.maximum)
        assert ends[0] is not None and ends[1] is not None
        if given not in {("", "none", None), (instrument.unit, instrument.better, ends)}:
            raise mistake("unit, range and direction are those of the catalogue", do="leave them out", at=("items",))
        self.__dict__.update(unit=instrument.unit, better=instrument.better, range=ends)
        return self

    def _check_items(self, instrument: catalogue.Instrument) -> None:
        """A sum: every item once, and nothing of domains."""
        declared = {item.name: item.times for item in instrument.items}
        self._check_names("item", tuple(declared), "; without one of them there is no total")
        for name, measures in self.of.items():
            if len(measures) != declared[name]:
                does = "has two measures, one for each side" if declared[name] == 2 else "has one measure"
                raise mistake(f"this item {does}", str(declared[name]), at=("of", name))
        for field in ("aids", "missing", "missing_items"):
            if getattr(self, field) is not None:
                what = f"{instrument.key} is the sum of its items, and has no domains"
                raise mistake(what, do=f"leave `{field}` out", at=(field,))

    def _check_domains(self, instrument: catalogue.Instrument) -> None:
        """A mean of domains: each with all its items or its score, and what aids do."""
        declared = {domain.name: domain.items for domain in instrument.domains}
        self._check_names("domain", tuple(declared), "")
        for name, measures in self.of.items():
            if len(measures) not in {1, declared[name]}:
                what = f"this domain has {declared[name]} items, and {len(measures)} measures are named"
                do = "name a measure for each item, or one that holds the score of the domain"
                raise mistake(what, f"{declared[name]} measures, or 1", do, at=("of", name))
        if self.aids is None:
            what = "whether aids, devices and help from another person raise a domain is not said"
            do = f"write `aids: {{DOMAIN: MEASURE, ...}}` with judgements, or `aids: {NOT_COUNTED}`"
            raise mistake(what, f"{{DOMAIN: MEASURE, ...}}, {NOT_COUNTED}", do, at=("of",))
        for name, measures in self.aids_of.items():
            if name not in declared:
                raise mistake(f"{instrument.key} has no domain of this name", ", ".join(declared), at=("aids", name))
            if not measures:
                raise mistake("no measure is named", "a judgement, or several", at=("aids", name))
        if self.aids == {}:
            raise mistake("no aid is named", do=f"write `aids: {NOT_COUNTED}`, or name them", at=("aids",))
        if self.missing is not None and not 1 <= self.missing < len(declared):
            what = f"{instrument.key} has {len(declared)} domains, of which some may be missing"
            raise mistake(what, f"at least 1 to at least {len(declared) - 1} domains", at=("missing",))

    def _check_names(self, word: str, declared: tuple[str, ...], without: str) -> None:
        """Every item or domain is named, and no other."""
        for name in self.of:
            if name not in declared:
                near = catalogue.nearest(name, declared)
                do = f"write {near[0]}" if near else f"write one of its {word}s"
                raise mistake(f"{self.key} has no {word} of this name", ", ".join(declared), do, at=("of", name))
        missing = [name for name in declared if name not in self.of]
        if missing:
            what = f"{len(missing)} of the {len(declared)} {word}s of {self.key} are not named: {', '.join(missing)}"
            raise mistake(what, do=f"name a measure for each{without}", at=("of",))

    @property
    def instrument(self) -> catalogue.Instrument | None:
        """The instrument in the catalogue; None where it has none of this name."""
        try:
            return catalogue.instrument(self.items)
        except catalogue.CatalogueMiss:
            return None

    @property
    def key(self) -> str:
        """The name of the instrument in the catalogue."""
        return self.items if self.instrument is None else self.instrument.key

    @property
    def has_domains(self) -> bool:
        """Whether the total is the mean of domains."""
        return self.instrument is not None and bool(self.instrument.domains)

    @property
    def aids_of(self) -> Mapping[str, tuple[str, ...]]:
        """The measures of aids by domain."""
        return self.aids if isinstance(self.aids, Mapping) else {}

    @property
    def parts(self) -> tuple[str, ...]:
        """The measures of the items, in the order written, and those of aids."""
        every = [*self.of.values(), *self.aids_of.values()]
        return tuple(dict.fromkeys(measure for measures in every for measure in measures))

    @property
    def charted_total(self) -> str:
        """The measure that holds the total where the chart has it too."""
        return self.charted

    @property
    def highest(self) -> dict[str, Fraction]:
        """The highest score of each item."""
        if self.instrument is None:
            return {}
        top = self.instrument.maximum or Fraction(0)
        found = {item.name: item.maximum for item in self.instrument.items}
        return {measure: found.get(name, top) for name, measures in self.of.items() for measure in measures}

    def computed_of(self, parts: tuple[Formula, ...]) -> Formula | None:
        """The mean of the domains, each of the scores of its items as they were recorded."""
        if self.instrument is None or not self.has_domains:
            return None
        aided = catalogue.constant(f"score of a {self.key} domain with an aid").value
        assert aided is not None and self.instrument.maximum is not None
        of = tuple(
            Highest(
                name,
                measures,
                self.aids_of.get(name, ()),
                aided,
                self.instrument.maximum,
                self.missing_items == "highest answered",
            )
            for name, measures in self.of.items()
        )
        return Mean(of, len(of) if self.missing is None else self.missing)
