"""Concept sets, units and answers as small tables, so that no word of a protocol becomes SQL text."""

from __future__ import annotations

from fractions import Fraction

from caseseries.source.omop.database import Database
from caseseries.source.omop.reach import EVER, NEVER, reach


def write_sets(source: Database) -> None:
    """Write `omop_drug`, `omop_terms`, `omop_measures`, `omop_unit` and `omop_answer`."""
    engine, numbers = source.engine, source.numbers
    measures, drugs, terms = [], [], []
    near = reach(source.protocol)
    for one, ids in zip(source.sets.meant, source.sets.concepts, strict=True):
        if one.kind == "measure":
            judged, table, measure = one.judgement, one.table, numbers.measures[one.key]
            ranges = near.get(one.key, (NEVER,)) if numbers.observed else (EVER,)
            measures += [(number, measure, low, high, judged, table) for number in sorted(ids) for low, high in ranges]
        elif one.kind == "drug":
            drugs += [(number, numbers.drugs[one.key]) for number in sorted(ids)]
        else:
            terms += [(number, one.kind, numbers.terms[one.kind, one.key], one.table) for number in sorted(ids)]
    text = engine.dialect.text
    engine.table("omop_drug", [("concept", "BIGINT"), ("drug", "INT")], drugs)
    engine.table("omop_terms", [("concept", "BIGINT"), ("kind", text), ("term", "INT"), ("source", text)], terms)
    engine.table(
        "omop_measures",
        [
            ("concept", "BIGINT"),
            ("measure", "INT"),
            ("low", "INT"),
            ("high", "INT"),
            ("judgement", "BOOLEAN"),
            ("source", text),
        ],
        measures,
    )
    units, answers = [], []
    for one in source.sets.meant:
        if one.kind != "measure":
            continue
        number = numbers.measures[one.key]
        factors: dict[int, Fraction] = {unit: factor for unit, factor in one.units.items() if unit != 0}
        if one.no_unit == "accept" or 0 in one.units:
            factors[0] = one.units.get(0, Fraction(1))
        units += [(number, unit, factor.numerator, factor.denominator) for unit, factor in sorted(factors.items())]
        answers += [(number, concept, value) for value, ids in one.answers for concept in ids]
    engine.table("omop_unit", [("measure", "INT"), ("unit", "BIGINT"), ("num", "BIGINT"), ("den", "BIGINT")], units)
    engine.table(
        "omop_answer",
        [("measure", "INT"), ("concept", "BIGINT"), ("value", "BIGINT")],
        [(measure, concept, value * 1_000_000) for measure, concept, value in answers],
    )
