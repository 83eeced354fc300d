"""Whether the laboratory values of `safety: graded` can be graded: measures that are numbers, which the version has a term for."""

from __future__ import annotations

from caseseries.catalogue import CatalogueMiss
from caseseries.protocol.draft import Draft, listed, mapping
from caseseries.protocol.lab_grades import term_for
from caseseries.protocol.notes import Notes
from caseseries.protocol.safety import version_of
from caseseries.protocol.written import days
from caseseries.protocol.yaml import Loc


def check_lab_grades(draft: Draft, notes: Notes) -> None:
    """Every line of `safety: graded`."""
    seen: set[tuple[str, str]] = set()
    for place, written in enumerate(listed(draft.data, "safety", "graded")):
        loc: Loc = ("safety", "graded", place)
        name, by = mapping(written).get("measure"), version_of(mapping(written).get("by"))
        _baseline(notes, loc, mapping(written).get("baseline_within"))
        if not isinstance(name, str) or by is None:
            continue  # the schema says so
        if name not in draft.measures:
            notes.unknown((*loc, "measure"), "measure", name, draft.measures)
            continue
        facts = draft.facts.get(name)
        if facts is None:
            continue
        if facts.kind != "number" or facts.parts:
            what = "a derived measure is not graded" if facts.parts else "only a measured number can be graded"
            notes.wrong((*loc, "measure"), what, name, do="name a value that a laboratory measures")
            continue
        if (name, by) in seen:
            notes.wrong((*loc, "by"), f"{name} is graded by this version already", by, do="leave one of them out")
        seen.add((name, by))
        _term(draft, notes, loc, name, by, mapping(written).get("term") or "")


def _baseline(notes: Notes, loc: Loc, written: object) -> None:
    try:
        within = days(written)
    except ValueError:
        return  # the schema says so
    if within < 0:
        what = "the value before lies so many days before the index date"
        notes.wrong((*loc, "baseline_within"), what, str(written), "0 days or more")


def _term(draft: Draft, notes: Notes, loc: Loc, name: str, by: str, term: object) -> None:
    at: Loc = (*loc, "term") if term else (*loc, "measure")
    found = str(term or name)
    try:
        term_for(draft.measures[name], draft.facts[name].unit, by, str(term))
    except CatalogueMiss as miss:
        what = f"CTCAE {by}, as the catalogue has it, grades no such value" if miss.kind == "graded term" else miss.what
        notes.wrong(at, what, found, miss.expected)
    except ValueError as wrong:
        notes.wrong(at, str(wrong), found, do="write `term:`, such as Platelet count decreased")
