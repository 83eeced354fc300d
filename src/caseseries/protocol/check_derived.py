"""Whether derived measures can be meant: parts that are declared numbers, in units that add up, not made of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from caseseries.protocol.counted import Counted
from caseseries.protocol.derived import Derived, Difference, PerKg, Ratio, Sum
from caseseries.protocol.draft import Draft, in_circle, listed, mapping
from caseseries.protocol.items import Items
from caseseries.protocol.notes import Notes
from caseseries.protocol.written import decimal_text
from caseseries.protocol.yaml import Loc

#: What an aid, a device or help is recorded as.
_AID = "{judgement: ..., since: index date, better: no}"
_KINDS = {"judgement": "a judgement is yes or no", "grade": "grades have no sum and no ratio"}


def check_derived(draft: Draft, notes: Notes) -> None:
    """Every derived measure, and where one is named that must be recorded."""
    measures = {name: one for name, one in draft.measures.items() if isinstance(one, Derived)}
    parts = {name: [part for part in one.parts if part in measures] for name, one in measures.items()}
    for name, measure in measures.items():
        loc: Loc = ("measures", name)
        word = next(key for key in ("sum", "weighted", "difference", "ratio", "per_kg", "of") if hasattr(measure, key))
        if in_circle(parts, name):
            notes.wrong((*loc, word), "the measure is made of itself", name, do="name its parts", key=True)
            continue
        for place, part in enumerate(measure.parts):
            at = _place(loc, word, place, measure)
            if isinstance(measure, Items) and part not in measure.highest:
                _aid(draft, notes, at, part)
                continue
            _part(draft, notes, at, part)
            if isinstance(measure, Items):
                _item(draft, notes, at, measure, part)
        if isinstance(measure, Items) and measure.charted:
            _charted(draft, notes, (*loc, "charted"), measure)
        _units(draft, notes, loc, word, measure)
        if measure.range is not None and measure.range[0] >= measure.range[1]:
            found = " to ".join(decimal_text(end) for end in measure.range)
            notes.wrong((*loc, "range"), "the range ends before it begins", found, "the lower end, then the higher")
    for name, written in mapping(draft.data, "measures").items():
        weight = mapping(written).get("weight")
        counted = isinstance(draft.measures.get(str(weight)), Counted)
        if "daily_dose" in mapping(written) and (weight in measures or counted):
            what = "the weight of a daily dose is a measure that is recorded"
            notes.wrong(("measures", name, "weight"), what, str(weight), do="name the measure of the weight itself")
    for place, monitored in enumerate(listed(draft.data, "safety", "monitored")):
        if mapping(monitored).get("measure") in measures:
            what, do = "a derived measure is not monitored", "monitor its parts"
            notes.wrong(("safety", "monitored", place, "measure"), what, str(mapping(monitored)["measure"]), do=do)
        if isinstance(draft.measures.get(str(mapping(monitored).get("measure"))), Counted):
            what, do = "a count of events is not monitored", "name the event under `safety: events:`"
            notes.wrong(("safety", "monitored", place, "measure"), what, str(mapping(monitored)["measure"]), do=do)


def _place(loc: Loc, word: str, place: int, measure: Derived) -> Loc:
    if isinstance(measure, PerKg):
        return (*loc, "weight" if place else word)
    if isinstance(measure, Items):
        part, aids = measure.parts[place], measure.aids_of
        if part not in measure.highest:
            return (*loc, "aids", next(domain for domain, names in aids.items() if part in names))
        return (*loc, word, next(item for item, names in measure.of.items() if part in names))
    written: Any = getattr(measure, word)
    return (*loc, word, measure.parts[place] if isinstance(written, Mapping) else place)


def _part(draft: Draft, notes: Notes, loc: Loc, part: str) -> None:
    if part not in draft.measures:
        notes.unknown(loc, "measure", part, draft.measures)
        return
    facts = draft.facts.get(part)
    if facts is None or (facts.kind == "number" and not facts.counted):
        return
    numbers = ", ".join(name for name, one in draft.facts.items() if one.kind == "number")
    if facts.counted:
        notes.wrong(loc, f"{part} counts events of a window, and is no value of a day", part, numbers)
        return
    what = "a daily dose is no part of a derived measure" if facts.kind == "dose" else f"{part}: {_KINDS[facts.kind]}"
    do = (
        "ask for the dose in the rule, beside the derived measure"
        if facts.kind == "dose"
        else "name measures that are numbers"
    )
    notes.wrong(loc, what, part, numbers, do)


def _item(draft: Draft, notes: Notes, loc: Loc, measure: Items, part: str) -> None:
    """An item is scored from 0 to its highest score, so that a cell beyond it is refused where it is read."""
    facts, highest = draft.facts.get(part), measure.highest[part]
    if facts is None or facts.kind != "number":
        return
    ends = [facts.minimum, facts.maximum]
    sign = 1 if measure.better == "high" else -1
    if ends != [Fraction(0), highest] or not facts.scale or facts.unit != measure.unit or facts.sign != sign:
        given = "no range" if None in ends else " to ".join(decimal_text(end) for end in ends if end is not None)
        what = f"this item of {measure.items} is scored from 0 to {decimal_text(highest)} in {measure.unit}"
        do = f"declare it as {{quantity: ..., unit: {measure.unit}, range: [0, {decimal_text(highest)}], better: {measure.better}}}"
        notes.wrong(loc, what, f"{part}: {given}, {facts.unit}", do=do)

    if measure.has_domains and facts.parts:
        what, do = f"an item of {measure.items} is a measure that is recorded", "name the measures of the items"
        notes.wrong(loc, what, part, do=do)


def _aid(draft: Draft, notes: Notes, loc: Loc, part: str) -> None:
    """Whether an aid was used is yes or no."""
    facts, judged = draft.facts.get(part), ", ".join(n for n, one in draft.facts.items() if one.kind == "judgement")
    if part not in draft.measures:
        notes.unknown(loc, "measure", part, draft.measures)
    elif facts is not None and facts.kind != "judgement":
        notes.wrong(loc, "whether an aid was used is yes or no", part, judged, f"declare it as {_AID}")


def _charted(draft: Draft, notes: Notes, loc: Loc, measure: Items) -> None:
    """The total that the chart holds is a number of the same scale."""
    name, facts = measure.charted, draft.facts.get(measure.charted)
    if name not in draft.measures:
        notes.unknown(loc, "measure", name, draft.measures)
    elif facts is not None and (facts.kind != "number" or facts.parts or facts.counted):
        notes.wrong(loc, "the charted total is a measure that is recorded as a number", name)
    elif facts is not None and (
        facts.unit != measure.unit or (facts.minimum, facts.maximum) != measure.range or not facts.scale
    ):
        what = f"the charted total is on another scale than {measure.items}"
        notes.wrong(loc, what, name, do=f"declare it as {{instrument: {measure.items}}}")


def _units(draft: Draft, notes: Notes, loc: Loc, word: str, measure: Derived) -> None:
    """Parts that are added have one unit, that of the whole, unless weights are declared; a ratio is a plain number."""
    facts = [draft.facts[part] for part in measure.parts if part in draft.facts]
    units = list(dict.fromkeys(one.unit for one in facts))
    if isinstance(measure, Sum | Difference) and any(unit != measure.unit for unit in units):
        what = f"parts in {' and '.join(units)} do not make a {word} in {measure.unit}"
        do = "write `weighted: {part: weight}` with weights that bring them into one unit"
        if len(units) == 1:
            do = f"write `unit: {units[0]}`, or weights"
        notes.wrong((*loc, "unit"), what, measure.unit, units[0] if len(units) == 1 else "", do)
    if isinstance(measure, Ratio) and "%" in measure.unit:
        what, do = "a ratio is a plain number, and no percent", "for percent: `weighted: {RATIO: 100}` of this measure"
        notes.wrong((*loc, "unit"), what, measure.unit, "a unit without %, such as g/g", do)
    if isinstance(measure, PerKg):
        weight = draft.facts.get(measure.weight)
        if weight is not None and weight.unit != "kg":
            allowed = ", ".join(name for name, one in draft.facts.items() if one.unit == "kg")
            notes.wrong(
                (*loc, "weight"),
                "the weight must be a measure in kg",
                measure.weight,
                allowed,
                "for example {instrument: weight}",
            )
        if "/kg" not in measure.unit:
            of = units[0] if units else "mL"
            notes.wrong((*loc, "unit"), "a measure per kg has a unit per kg", measure.unit, do=f"write `unit: {of}/kg`")
