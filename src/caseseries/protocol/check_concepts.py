"""Whether the concept sets of a protocol fit the names it uses."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, ValidationError

from caseseries import catalogue
from caseseries.protocol.concepts import AnySet, ConceptSet, GradedSet, default_set, measured
from caseseries.protocol.counted import Counted
from caseseries.protocol.derived import Derived
from caseseries.protocol.draft import Draft, listed, mapping
from caseseries.protocol.grades import grade_place
from caseseries.protocol.measure import Graded, Judgement
from caseseries.protocol.measures import ingredient, ingredients
from caseseries.protocol.notes import Notes
from caseseries.protocol.written import folded
from caseseries.protocol.yaml import Loc

_SET: TypeAdapter[Any] = TypeAdapter(AnySet)


def check_concepts(known: Draft, notes: Notes) -> None:
    """Names in `concepts` that nothing in the protocol uses, empty sets, and measures that a database could not find."""
    written = mapping(known.data, "concepts")
    measures = {folded(name): name for name in known.measures}
    terms = {folded(name): name for name in _terms(known)}
    seen: set[str] = set()
    for name, one in written.items():
        loc: Loc = ("concepts", name)
        if folded(name) in seen:
            notes.wrong(loc, "two concept sets have names that look the same", name, do="delete one", key=True)
        seen.add(folded(name))
        read = _read(one)
        if folded(name) in measures:
            _measure(notes, loc, known.measures[measures[folded(name)]], read)
        elif folded(name) in terms:
            _needs_concepts(notes, loc, read)
            _no_values(notes, loc, read)
        else:
            _drug(known, notes, loc, name, read, [*measures.values(), *terms.values()])
    for place, name in enumerate(listed(known.data, "safety", "events")):
        if written and isinstance(name, str) and folded(name) not in seen:
            what = "an adverse event without a concept set is never found in a database"
            notes.wrong(("safety", "events", place), what, name, do="add it under `concepts:`")
    for name, measure in known.measures.items():
        if not written or measure is None or not measured(measure) or folded(name) in seen:
            continue
        ids, codes, _ = default_set(measure)
        if not ids and not codes:
            what = "the catalogue knows no concept for this measure, and `concepts` has none"
            notes.wrong(("measures", name), what, name, do="add it under `concepts:`", key=True)


def _read(one: Any) -> ConceptSet | None:
    try:
        read: ConceptSet = _SET.validate_python(one)
    except ValidationError:
        return None  # reported with its own line
    return read


def _terms(known: Draft) -> list[str]:
    found = [
        mapping(criterion).get("diagnosis") for side in ("include", "exclude") for criterion in listed(known.data, side)
    ]
    found += [mapping(known.data, "case", "index_date").get("first_event"), *listed(known.data, "safety", "events")]
    return [name for name in found if isinstance(name, str)]


def _measure(notes: Notes, loc: Loc, measure: Any, one: ConceptSet | None) -> None:
    if one is None or measure is None:
        return
    if not measured(measure):
        what, do = (
            "a daily dose from courses has no rows of its own",
            "name its drugs instead, or write `source: visits`",
        )
        if isinstance(measure, Derived):
            what, do = "a derived measure has no rows of its own", "give its parts concept sets"
        if isinstance(measure, Counted):
            what, do = "a count has no rows of its own", f"give the event {measure.count} a concept set"
        notes.wrong(loc, what, do=do, key=True)
        return
    ids, codes, _ = default_set(measure)
    if not ids and not codes:
        _needs_concepts(notes, loc, one)
    if isinstance(measure, Judgement) and not (one.yes and one.no):
        notes.wrong(
            loc, "which values mean yes and which no is not said", do="add `yes: [...]` and `no: [...]`", key=True
        )
    if not isinstance(measure, Judgement) and (one.yes or one.no):
        notes.wrong(loc, "only a judgement is yes or no", do="leave out `yes` and `no`", key=True)
    if isinstance(measure, Graded):
        _grades(notes, loc, measure, one)
    elif isinstance(one, GradedSet):
        notes.wrong((*loc, "grades"), "only a measure with `grades:` has grades", do="leave out `grades`", key=True)


def _grades(notes: Notes, loc: Loc, measure: Graded, one: ConceptSet) -> None:
    """Of a graded measure, values are read where they are concepts; a number or a text of a database says no grade."""
    if not isinstance(one, GradedSet) or not one.grades:
        what = "which concepts mean which grade is not said; a grade is read from value_as_concept_id alone"
        notes.wrong(loc, what, do='add `grades: {"0": [...], ...}`', key=True)
        return
    for grade in one.grades:
        if grade_place(measure.grades, grade) is None:
            notes.wrong(
                (*loc, "grades", grade), "the measure has no such grade", grade, ", ".join(measure.grades), key=True
            )
    if one.units is not None or one.no_unit:
        notes.wrong(loc, "a grade has no unit", do="leave out units and no_unit", key=True)


def _needs_concepts(notes: Notes, loc: Loc, one: ConceptSet | None) -> None:
    if one is not None and not one.ids and not one.codes:
        notes.wrong(loc, "the concept set is empty", do="add `ids: [...]`, or `codes: {VOCABULARY: [...]}`", key=True)


def _no_values(notes: Notes, loc: Loc, one: ConceptSet | None) -> None:
    if one is not None and (one.units is not None or one.no_unit or one.yes or one.no or isinstance(one, GradedSet)):
        notes.wrong(loc, "only a measure has units and values", do="leave out units, no_unit, yes and no", key=True)


def _drug(known: Draft, notes: Notes, loc: Loc, name: str, one: ConceptSet | None, names: list[str]) -> None:
    key = ingredient(known.protocol, name)
    if key is None:
        try:
            group = ingredients(known.protocol, name)
        except catalogue.CatalogueMiss:
            notes.unknown(loc, "measure, drug or term", name, [*names, *known.protocol.drugs], key=True)
            return
        what = "a concept set belongs to one drug, and this is a group"
        notes.wrong(loc, what, name, ", ".join(sorted(group)), "write a set for each of its drugs", key=True)
        return
    try:
        ids, codes = catalogue.drug_concepts(key)
    except catalogue.CatalogueMiss:
        ids, codes = (), {}
    if not ids and not codes:
        _needs_concepts(notes, loc, one)
    _no_values(notes, loc, one)
    if one is not None and one.table is not None:
        notes.wrong((*loc, "table"), "drugs are read from drug_exposure only", one.table, do="leave out `table`")
