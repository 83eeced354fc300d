"""Whether the parts of a protocol fit together: names, drugs, units, windows, dates.

Everything is looked at in what was written, part by part, so that a mistake of spelling in one place does not hide
a wrong name in another.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from caseseries import catalogue
from caseseries.errors import Place, Problem
from caseseries.protocol.amount import AS_MADE
from caseseries.protocol.check_agree import check_agree
from caseseries.protocol.check_blank_days import check_blank_days
from caseseries.protocol.check_concepts import check_concepts
from caseseries.protocol.check_criteria import check_criterion
from caseseries.protocol.check_derived import check_derived
from caseseries.protocol.check_drug import check_drug
from caseseries.protocol.check_exposure import check_exposure
from caseseries.protocol.check_grades import check_order
from caseseries.protocol.check_instrument import check_instrument
from caseseries.protocol.check_lab_grades import check_lab_grades
from caseseries.protocol.check_rules import check_outcomes, check_robustness
from caseseries.protocol.check_sums import check_sums
from caseseries.protocol.check_widths import check_widths
from caseseries.protocol.check_window_end import check_window_end
from caseseries.protocol.check_windows import check_windows
from caseseries.protocol.check_zero_baseline import check_zero_baseline
from caseseries.protocol.draft import Draft, draft, in_circle, listed, mapping
from caseseries.protocol.measure import Custom, DailyDose, Graded, Instrument
from caseseries.protocol.measures import forms, ingredients
from caseseries.protocol.notes import Notes
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import date, days, decimal_text, folded, number, years
from caseseries.protocol.yaml import Document, Loc

#: The group whose drugs may be added up as prednisone equivalents.
GLUCOCORTICOIDS = "systemic glucocorticoids"

_PLURALS = {"category": "categories"}

#: Drugs of a group that a message lists.
MEMBERS_LISTED = 4


def check(document: Document) -> Notes:
    """Every mistake (`errors`) and every oddity (`warnings`) in how the parts of a written protocol fit together."""
    return _check(document.data, lambda loc, key: document.locate(loc, key=key))


def check_made(protocol: Protocol) -> Notes:
    """Every mistake and every oddity in how the parts of a protocol made in Python fit together; places are the names that lead there.

    >>> from caseseries.errors import Place
    >>> str(Place("outcomes > good response > rule"))
    'outcomes > good response > rule'
    """
    data = protocol.model_dump(mode="json", by_alias=True, exclude_none=True, context=AS_MADE)
    return _check(data, lambda loc, key: Place(" > ".join(str(part) for part in loc)), made=True)


def in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """Problems by line and column, each once."""

    def key(problem: Problem) -> tuple[int, int, str]:
        return problem.place.line or 0, int(problem.place.column or 0), problem.what

    return tuple(sorted(dict.fromkeys(problems), key=key))


def _check(data: Mapping[str, Any], locate: Any, *, made: bool = False) -> Notes:
    missing = frozenset(name for name in ("measures", "windows") if not isinstance(data.get(name), Mapping))
    notes, known = Notes(locate, missing, made), draft(data)
    for section in (
        _names,
        _period,
        _case,
        _criteria,
        _measures,
        check_derived,
        check_windows,
        check_window_end,
        check_sums,
        check_blank_days,
        check_zero_baseline,
        _events,
        check_outcomes,
        _safety,
        check_lab_grades,
        check_exposure,
        _drugs,
        check_robustness,
        check_widths,
        check_agree,
        check_concepts,
    ):
        section(known, notes)
    return notes


def _names(known: Draft, notes: Notes) -> None:
    """Names are printed and joined by `:` and `;`, so they hold neither; two that look alike are one mistake."""
    outcomes = mapping(known.data, "outcomes")
    kinds: list[tuple[str, Loc, list[str]]] = [
        ("measure", ("measures",), list(known.measures)),
        ("window", ("windows",), list(known.windows)),
        ("outcome", ("outcomes",), list(outcomes)),
    ]
    kinds += [
        (kind, ("outcomes", name, field), list(mapping(outcome, field)))
        for name, outcome in outcomes.items()
        for kind, field in (
            ("reading", "readings"),
            ("level", "levels"),
            ("category", "categories"),
            ("state", "spells"),
        )
    ]
    for kind, loc, names in kinds:
        seen: dict[str, str] = {}
        for name in names:
            if set(name) & set(":;") or name != name.strip():
                notes.wrong((*loc, name), f"the name of a {kind} holds no colon and no semicolon", name, key=True)
            compared = folded(name)
            if compared in seen:
                what = f"two {_PLURALS.get(kind, f'{kind}s')} have names that look the same"
                notes.wrong((*loc, name), what, name, f"another name than {seen[compared]}", key=True)
            seen.setdefault(compared, name)
    both = {name.casefold() for name in known.measures} & {name.casefold() for name in known.windows}
    for name in known.windows:
        if name.casefold() in both:
            notes.wrong(("windows", name), "a measure and a window have the same name", name, do="rename one", key=True)
    if not str(known.data.get("study") or "").strip():
        notes.wrong(("study",), "the study has no title", do="write `study:` with its title")


def _period(known: Draft, notes: Notes) -> None:
    period = mapping(known.data, "period")
    dates = [(field, _try(date, period.get(field))) for field in ("from", "to", "data_cutoff")]
    for (earlier, first), (later, second) in pairwise([(field, day) for field, day in dates if day is not None]):
        if first > second:
            what = f"`{later}` lies before `{earlier}`"
            notes.wrong(("period", later), what, str(second), f"{first} or later")


def _case(known: Draft, notes: Notes) -> None:
    loc: Loc = ("case", "index_date")
    index = mapping(known.data, "case", "index_date")
    per = mapping(known.data, "case").get("per")
    if "first_exposure" in index:
        check_drug(known, notes, (*loc, "first_exposure"), index["first_exposure"])
    elif per == "course" and index:
        what = "only an index date by first exposure has courses to count"
        notes.wrong(("case", "per"), what, "course", "patient")
    restart, washout = _try(days, index.get("restart_after")), _try(days, index.get("washout"))
    _not_negative(notes, (*loc, "restart_after"), restart)
    _not_negative(notes, (*loc, "washout"), washout)
    if restart is not None and washout is not None and washout <= restart:
        what = f"a gap of more than {restart} days begins a new episode, so a washout of {washout} days removes nobody"
        notes.warn((*loc, "washout"), what, do="ask for a longer washout, or leave it out")


def _criteria(known: Draft, notes: Notes) -> None:
    labels: dict[str, Loc] = {}
    for side in ("include", "exclude"):
        for place, criterion in enumerate(listed(known.data, side)):
            loc: Loc = (side, place)
            written = mapping(criterion)
            for field in ("prior_drug", "concurrent_drug"):
                if field in written:
                    check_drug(known, notes, (*loc, field), written[field])
            if "recorded" in written:
                _known(notes, (*loc, "recorded"), "measure", written["recorded"], known.measures)
                _known(notes, (*loc, "in"), "window", written.get("in"), known.windows)
            check_criterion(known, notes, loc, written)
            for field in ("within", "observed_before", "minimum_follow_up"):
                _not_negative(notes, (*loc, field), _try(days, written.get(field)))
            age = mapping(written, "age")
            low, high = _try(years, age.get("at_least")), _try(years, age.get("below"))
            if low is not None and high is not None and low >= high:
                notes.wrong((*loc, "age"), "nobody has such an age", f"at least {low}, below {high}")
            if "patients" in written and not listed(written, "patients"):
                notes.wrong((*loc, "patients"), "the list of patients is empty", do="name them, or delete the line")
            words = str(written["label"]) if written.get("label") else repr(sorted(written.items(), key=str))
            if words in labels:
                what = "two lines of the flow diagram have the same words"
                notes.wrong(loc, what, str(written.get("label", "")), do="give one another `label:`, or delete it")
            labels.setdefault(words, loc)


def _measures(known: Draft, notes: Notes) -> None:
    varied = listed(known.data, "robustness", "dose")
    per_kg = any(str(unit).endswith("mg/kg/day") for unit in varied)
    first_dose = next((one for one in known.measures.values() if isinstance(one, DailyDose)), None)
    for name, measure in known.measures.items():
        loc: Loc = ("measures", name)
        if isinstance(measure, DailyDose) and varied and first_dose is not None and measure.as_ != first_dose.as_:
            what = "the robustness grid varies the unit of all daily doses, and these have different ones side by side"
            notes.wrong(
                (*loc, "as"),
                what,
                measure.as_,
                first_dose.as_,
                "leave `dose` of `robustness` out, or give them one unit",
            )
        if isinstance(measure, Instrument):
            check_instrument(notes, loc, measure)
        elif isinstance(measure, Graded):
            check_order(notes, (*loc, "grades"), measure.grades)
        if (
            isinstance(measure, Instrument | Custom)
            and measure.range is not None
            and measure.range[0] >= measure.range[1]
        ):
            found = " to ".join(decimal_text(end) for end in measure.range)
            notes.wrong((*loc, "range"), "the range ends before it begins", found, "the lower end, then the higher")
        if isinstance(measure, DailyDose):
            _dose(known, notes, loc, measure, per_kg=per_kg)


def _dose(known: Draft, notes: Notes, loc: Loc, measure: DailyDose, *, per_kg: bool) -> None:
    if check_drug(known, notes, (*loc, "daily_dose"), measure.daily_dose) and measure.equivalents:
        own = {name.casefold() for name in mapping(known.data, "equivalences")}
        others = ingredients(known.protocol, measure.daily_dose) - catalogue.drugs_in(GLUCOCORTICOIDS) - own
        if others:
            what = f"{', '.join(sorted(others))}: no glucocorticoid, so no prednisone equivalent"
            notes.wrong((*loc, "as"), what, measure.as_, "mg/day, mg/kg/day")
    if not measure.equivalents:
        _one_drug(known, notes, loc, measure)
    if measure.per_kg and measure.weight is None:
        what = "a dose per kg needs to know which measure is the weight"
        notes.wrong((*loc, "as"), what, measure.as_, do="add `weight:` and `weight_within:`")
    if measure.weight is None:
        return
    _known(notes, (*loc, "weight"), "measure", measure.weight, known.measures)
    facts = known.facts.get(measure.weight)
    if facts is not None and facts.unit != "kg":
        allowed = ", ".join(name for name, one in known.facts.items() if one.unit == "kg")
        notes.wrong(
            (*loc, "weight"),
            "the weight must be a measure in kg",
            measure.weight,
            allowed,
            "for example {instrument: weight}",
        )
    if measure.weight_within is None:
        what = "how far from the day of the dose a weight may have been taken is not said"
        notes.wrong((*loc, "weight"), what, do="add `weight_within:`, such as 30 days")
    _not_negative(notes, (*loc, "weight_within"), measure.weight_within)


def _one_drug(known: Draft, notes: Notes, loc: Loc, measure: DailyDose) -> None:
    """Milligrams of different drugs are not added up; a dose written at visits is, by whoever wrote it."""
    try:
        members = ingredients(known.protocol, measure.daily_dose)
    except catalogue.CatalogueMiss:
        return  # an unknown name is said where it is written
    if len({frozenset(forms(known.protocol, one)) for one in members}) < 2 or measure.source == "visits":
        return
    listed_ = sorted(members)
    more = f" and {len(listed_) - MEMBERS_LISTED} more" if len(listed_) > MEMBERS_LISTED else ""
    what = f"milligrams of different drugs cannot be added up: {', '.join(listed_[:MEMBERS_LISTED])}{more}"
    do = "name one drug, with a measure for each"
    if members <= catalogue.drugs_in(GLUCOCORTICOIDS):
        do = f"write `as: prednisone {measure.as_}`, or {do}"
    notes.wrong((*loc, "daily_dose"), what, measure.daily_dose, "one drug", do)


def _events(known: Draft, notes: Notes) -> None:
    events = mapping(known.data, "intercurrent")

    def effect(name: str) -> object:
        written = events.get(name)
        return written.get("verdict") if isinstance(written, Mapping) else written

    def decides(name: str) -> bool:
        return effect(name) in ("responder", "non-responder", "not evaluable")

    loc: Loc = ("intercurrent",)
    if decides("pulse") and mapping(events, "pulse").get("within") is None:
        what = "how long before the assessment a pulse counts is not said"
        notes.wrong(
            (*loc, "pulse"), what, str(effect("pulse")), do="write {within: 14 days, verdict: ...}, or `as observed`"
        )
    _not_negative(notes, (*loc, "pulse", "within"), _try(days, mapping(events, "pulse").get("within")))
    drugs = listed(events, "rescue added", "drugs")
    if decides("rescue added") and not drugs:
        what = "which drugs count as rescue is not said"
        do = "write {drugs: [biologics, IVIG], verdict: ...}, or `as observed`"
        notes.wrong((*loc, "rescue added"), what, str(effect("rescue added")), do=do)
    for place, drug in enumerate(drugs):
        check_drug(known, notes, (*loc, "rescue added", "drugs", place), drug)
    study = mapping(known.data, "case", "index_date").get("first_exposure")
    for place, drug in enumerate(drugs):
        if isinstance(drug, str) and isinstance(study, str) and _is_form_of(known, drug, study):
            what = f"this is {study} or a form of it, so that its start is never a rescue"
            do = "to tell its forms apart, write `drugs: {NAME: {alone: yes}}`"
            notes.warn((*loc, "rescue added", "drugs", place), what, drug, do=do)
    name = "steroid raised above baseline"
    raised: Loc = (*loc, name)
    doses = [one for one in known.measures if "daily_dose" in mapping(known.data, "measures", one)]
    dose = mapping(events, name).get("dose")
    if isinstance(dose, str) and dose not in doses:
        _known(notes, (*raised, "dose"), "daily dose", dose, doses)
    elif dose is None and decides(name) and len(doses) != 1:
        what = "no measure is a daily dose" if not doses else "which of the daily doses is meant is not said"
        do = "declare one, or write `as observed`" if not doses else f"write {{dose: {doses[0]}, verdict: ...}}"
        notes.wrong(raised, what, allowed=", ".join(doses), do=do)


def _is_form_of(known: Draft, drug: str, study: str) -> bool:
    try:
        return ingredients(known.protocol, drug) <= ingredients(known.protocol, study)
    except catalogue.CatalogueMiss:
        return False  # an unknown name is said where it is written


def _safety(known: Draft, notes: Notes) -> None:
    _not_negative(
        notes,
        ("safety", "until_after_last_dose"),
        _try(days, mapping(known.data, "safety").get("until_after_last_dose")),
    )
    for place, monitored in enumerate(listed(known.data, "safety", "monitored")):
        loc: Loc = ("safety", "monitored", place)
        name = mapping(monitored).get("measure")
        _known(notes, (*loc, "measure"), "measure", name, known.measures)
        facts = known.facts.get(str(name))
        if facts is not None and facts.kind != "number":
            notes.wrong((*loc, "measure"), "only a measured number can be monitored", facts.name)


def _drugs(known: Draft, notes: Notes) -> None:
    groups = mapping(known.data, "drug_groups")
    tuples = {
        name: [one for one in members if isinstance(one, str)]
        for name, members in groups.items()
        if isinstance(members, list)
    }
    for name in groups:
        if name in tuples and in_circle(tuples, name):
            notes.wrong(("drug_groups", name), "the group holds itself", name, do="name its drugs", key=True)
            continue
        if not listed(groups, name):
            notes.wrong(("drug_groups", name), "the group holds no drug", name, do="name its drugs", key=True)
        for place, member in enumerate(listed(groups, name)):
            check_drug(known, notes, ("drug_groups", name, place), member)
        if _in_catalogue(name):
            notes.warn(("drug_groups", name), "this replaces the group of that name in the catalogue", name, key=True)
    for place, group in enumerate(listed(known.data, "prior_groups")):
        check_drug(known, notes, ("prior_groups", place), group)
    owners: dict[str, str] = {}
    for name, drug in known.protocol.drugs.items():
        for alias in (name, *drug.aliases):
            owner = owners.setdefault(alias.casefold(), name)
            if owner != name:
                notes.wrong(
                    ("drugs", name),
                    f"two drugs are called {alias}",
                    name,
                    do=f"leave it to {owner} or to {name}",
                    key=True,
                )
    for name, written in mapping(known.data, "equivalences").items():
        check_drug(known, notes, ("equivalences", name), name, key=True)
        milligrams = _try(number, written)
        if milligrams is not None and milligrams <= Fraction(0):
            what = "the milligrams equal to prednisone 5 mg are more than 0"
            notes.wrong(("equivalences", name), what, decimal_text(milligrams))


def _in_catalogue(name: str) -> bool:
    try:
        catalogue.drugs_in(name)
    except catalogue.CatalogueMiss:
        return False
    return True


def _known(notes: Notes, loc: Loc, kind: str, written: object, names: Any) -> None:
    if isinstance(written, str) and written not in names:
        notes.unknown(loc, kind, written, names)


def _not_negative(notes: Notes, loc: Loc, count: int | None) -> None:
    if count is not None and count < 0:
        notes.wrong(loc, "a length of time is not negative here", f"{count} days", "0 days or more")


def _try(read: Any, written: Any) -> Any:
    """What the text means; None where it is missing or the schema refuses it."""
    try:
        return None if written is None else read(written)
    except ValueError:
        return None
