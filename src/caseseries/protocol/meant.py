"""What each name of a protocol stands for in a database: the study's concept sets first, then the catalogue's."""

from __future__ import annotations

from caseseries import catalogue
from caseseries.protocol.concepts import ConceptSet, GradedSet, Meant, default_set, groups, measured, terms
from caseseries.protocol.grades import grade_place
from caseseries.protocol.measure import Graded, Judgement, Measure
from caseseries.protocol.measures import ingredient, ingredients
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import folded


def meant(protocol: Protocol) -> tuple[Meant, ...]:
    """Every measure, drug, diagnosis and event that a database is asked for, in that order, each with its concepts.

    A daily dose that is added up from courses has no values of its own. Every ingredient of a named group is there, and
    every further drug with a concept set.
    """
    written = {folded(name): one for name, one in protocol.concepts.items()}
    found = [
        _measure(protocol, name, written.get(folded(name))) for name, one in protocol.measures.items() if measured(one)
    ]
    keys = [key for group in groups(protocol) for key in sorted(ingredients(protocol, group))]
    named = {ingredient(protocol, name): one for name, one in protocol.concepts.items() if not _taken(protocol, name)}
    keys += [key for key in named if key is not None]
    found += [_drug(key, named.get(key)) for key in dict.fromkeys(keys)]
    for kind, name in dict.fromkeys((kind, folded(name)) for kind, name in terms(protocol)):
        one = written.get(name)
        table = (one.table if one is not None else None) or "condition"
        found.append(_set(Meant(kind, name, name, table=table), one))
    return tuple(found)


def _taken(protocol: Protocol, name: str) -> bool:
    """Whether a name is a measure's or a term's, and so no drug's."""
    return folded(name) in {folded(one) for one in (*protocol.measures, *(term for _, term in terms(protocol)))}


def _measure(protocol: Protocol, name: str, one: ConceptSet | None) -> Meant:
    ids, codes, units = default_set(protocol.measures[name])
    measure = protocol.measures[name]
    judgement = isinstance(measure, Judgement | Graded)
    table = (one.table if one is not None else None) or "measurement"
    answers = _answers(measure, one)
    return _set(
        Meant("measure", name, name, ids, codes, units=units, answers=answers, judgement=judgement, table=table), one
    )


def _answers(measure: Measure, one: ConceptSet | None) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """The values of a measure whose values are concepts: 1 for yes and 0 for no, or the place of a grade."""
    if isinstance(measure, Judgement) and one is not None:
        return (1, one.yes), (0, one.no)
    if isinstance(measure, Graded) and isinstance(one, GradedSet):
        places = [(grade_place(measure.grades, grade), ids) for grade, ids in one.grades.items()]
        return tuple((place, ids) for place, ids in places if place is not None)
    return ()


def _drug(key: str, one: ConceptSet | None) -> Meant:
    try:
        known, codes = catalogue.drug_concepts(key)
    except catalogue.CatalogueMiss:
        known, codes = (), {}
    return _set(Meant("drug", key, key, tuple(concept.id for concept in known), codes, table="drug"), one)


def _set(default: Meant, one: ConceptSet | None) -> Meant:
    if one is None:
        return default
    own = bool(one.ids or one.codes)
    return Meant(
        default.kind,
        default.name,
        default.key,
        ids=one.ids if own else default.ids,
        codes=one.codes if own else default.codes,
        descendants=one.descendants,
        exclude=one.exclude,
        units=default.units if one.factors is None else one.factors,
        no_unit=one.no_unit,
        answers=default.answers,
        table=default.table,
        judgement=default.judgement,
        declared=True,
    )
