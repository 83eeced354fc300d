"""How derived measures are computed, in words."""

from __future__ import annotations

from collections.abc import Collection

from caseseries.protocol.derived import Derived, Difference, Items, PerKg, Ratio, Weighted
from caseseries.protocol.written import decimal_text
from caseseries.report.exhibits.words import capital, listed, measure_name
from caseseries.summary.model import Summary


def derived_words(summary: Summary, used: Collection[str]) -> str:
    """A sentence for each derived measure that is used, and for those that they are made of; empty where there is none."""
    measures = {name: one for name, one in summary.protocol.measures.items() if isinstance(one, Derived)}
    asked = [name for name in measures if name in used]
    for name in asked:  # grows while it is gone through
        asked += [part for part in measures[name].parts if part in measures and part not in asked]
    told = [f"{measure_name(summary.measures, name)} is {_computed(summary, measures[name])}" for name in asked]
    if not told:
        return ""
    told[0] = capital(told[0])
    limits = "" if len(told) > 1 else ", and with a part that is not recorded it is not evaluable"
    more = " With a part that is not recorded they are not evaluable." if len(told) > 1 else ""
    notes = [
        f" {instrument.key}: {note.words}."
        for name in asked
        if isinstance(one := measures[name], Items) and (instrument := one.instrument) is not None
        for note in instrument.notes
        if note.kind == "ceiling"
    ]
    return f"{'; '.join(told)}, computed of values of one day{limits}.{more}{''.join(dict.fromkeys(notes))}"


def _computed(summary: Summary, measure: Derived) -> str:
    names = [measure_name(summary.measures, part) for part in measure.parts]
    if isinstance(measure, Ratio | PerKg):
        return f"{names[0]} divided by {names[1]}"
    if isinstance(measure, Difference):
        return f"{names[0]} less {names[1]}"
    if isinstance(measure, Weighted):
        terms = [
            name if weight == 1 else f"{decimal_text(weight, 9)} times {name}"
            for name, weight in zip(names, measure.weighted.values(), strict=True)
        ]
        return terms[0] if len(terms) == 1 else f"the sum of {listed(terms)}"
    of = f"the {len(names)} items of {measure.items}: " if isinstance(measure, Items) else ""
    return f"the sum of {of}{listed(names)}"


def is_part(summary: Summary, name: str) -> bool:
    """Whether a measure is a part of a derived one."""
    return any(name in facts.parts for facts in summary.measures.values())
