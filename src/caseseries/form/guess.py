"""What the tables of a source are probably for. Every guess is written down as a suggestion that a person confirms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from caseseries import catalogue
from caseseries.form.profile import Column, Looked

TableKind = Literal["patients", "visits", "long", "side by side", "drugs", "events", "diagnoses", "deaths", "screening"]

#: Words in a header that tell what a column is, the more telling first. The words of one field are alternatives.
_WORDS: dict[str, str] = {
    "patient": r"(patient|pat|subject|case|record|study|person|participant)[ _]?(id|no|nr|number|code)?|id|mrn|pid",
    "sex": r"sex|gender",
    "birth": r"(date[ _]of[ _])?birth([ _]?(date|day))?|dob|born",
    "birth year": r"(year[ _](of[ _])?birth|birth[ _]year|yob)",
    "birth month": r"(month[ _](of[ _])?birth|birth[ _]month|mob)",
    "birth day": r"(day[ _](of[ _])?birth|birth[ _]day)",
    "death": r"(date[ _]of[ _])?death([ _]date)?|died([ _]on)?|dod",
    "drug": r"drug([ _]name)?|medication|medicine|agent|substance|drugname",
    "start": r"(start|begin|from|onset|first)([ _]?(date|day|dose))?|date[ _]?start(ed)?|started",
    "stop": r"(stop|end|until|last|to)([ _]?(date|day|dose))?|date[ _]?(stop|end)(ped|ed)?|stopped|ended",
    "dose": r"(dose|amount)([ _]?(per[ _]administration|mg))?",
    "unit": r"(dose[ _])?units?",
    "frequency": r"frequency|freq|how[ _]often|schedule|often",
    "route": r"route([ _]of[ _]administration)?",
    "stop_reason": r"(stop[ _])?reason([ _]for[ _]stopping)?|why[ _]stopped",
    "event": r"(adverse[ _])?event([ _]?(name|term))?|ae([ _]?term)?|adverse[ _]?effect|complication",
    "grade": r"(ctcae[ _])?grade|severity",
    "serious": r"serious|sae",
    "outcome": r"outcome",
    "until": r"(resolved|end|resolution|stop)([ _]?date)?",
    "attributed_to": r"attribut(ed|ion)([ _]to)?|suspect(ed)?([ _]drug)?|cause|related[ _]?to",
    "diagnosis": r"diagnosis|diagnosis[ _]?name|disease|condition",
    "diagnosis date": r"(diagnosis[ _]date|date[ _](of[ _])?diagnosis|diagnosed([ _]on)?)",
    "date": r"(visit|assessment|exam|sample|event)?[ _]?(date|day)|date([ _]of)?[ _]?(visit|assessment|event)?",
    "measure": r"(measure|test|variable|parameter|analyte|item)([ _]?name)?",
    "value": r"(value|result)",
    "result": r"(screening[ _])?(result|status|outcome)",
    "reason": r"(exclusion[ _])?reasons?([ _](for[ _])?(exclusion|excluded|not[ _].*))?|why([ _](excluded|not[ _].*))?",
    "list": r"found[ _]in|(source[ _])?list|register|registry|source",
    "screened": r"screened([ _]?(on|date|day))?|screening[ _](date|day)|date[ _](of[ _]screening|screened)",
    "age": r"age([ _]?(at[ _](index|start|onset))?)?([ _]?(years|y))?",
    "note": r"notes?|comments?|remarks?|free[ _]?text",
    "steroid": r".*(predniso|steroid|corticoid|gluco|cs[ _]dose|gc[ _]dose|pdn|pred[ _]).*",
}
_UNITLIKE = re.compile(r"[_\s(\[]+")


def named(table: Looked, what: str, among: Sequence[str] = ()) -> str:
    """The first column whose name says that it is this, empty where none does."""
    pattern = re.compile(_WORDS[what], re.IGNORECASE)
    for column in table.columns:
        name = column.name.split(" / ")[-1] if among == () else column.name
        if pattern.fullmatch(" ".join(name.replace("-", " ").split())):
            return column.name
    return ""


@dataclass(frozen=True, slots=True)
class MeasureGuess:
    """A column that is probably a measure. `instrument` is a key of the catalogue, or empty with the `choices` to decide among."""

    measure: str
    column: str
    kind: Literal["instrument", "judgement", "dose"]
    instrument: str = ""
    choices: tuple[str, ...] = ()
    unit: str = ""
    needs_unit: bool = False
    split: str = ""
    part: int = 0


@dataclass(frozen=True, slots=True)
class TableGuess:
    """A table with its probable kind, its columns by role, and its measures."""

    name: str
    kind: TableKind
    looked: Looked
    roles: dict[str, str]
    measures: tuple[MeasureGuess, ...] = ()
    visits: dict[str, tuple[MeasureGuess, ...]] = field(default_factory=dict)


def guess(tables: Sequence[Looked]) -> list[TableGuess]:
    """The probable use of each table; a sheet that holds patients and visits side by side is named twice."""
    guesses: list[TableGuess] = []
    taken: set[str] = set()
    for looked in tables:
        for one in _uses(looked):
            name = one.name if one.name not in taken else f"{one.name} {len(taken) + 1}"
            taken.add(name)
            guesses.append(TableGuess(name, one.kind, looked, one.roles, one.measures, one.visits))
    return guesses


def _uses(looked: Looked) -> list[TableGuess]:
    roles = {what: name for what in _WORDS if (name := named(looked, what))}
    patient = roles.get("patient") or (looked.columns[0].name if looked.columns else "")
    roles["patient"] = patient
    column = looked.column(patient)
    once = column is not None and 10 * column.different >= 9 * column.filled
    title = looked.title.casefold()
    found: list[TableGuess] = []

    def use(
        kind: TableKind,
        measures: tuple[MeasureGuess, ...] = (),
        visits: dict[str, tuple[MeasureGuess, ...]] | None = None,
    ) -> None:
        found.append(
            TableGuess(kind if kind != "side by side" else "visits", kind, looked, roles, measures, visits or {})
        )

    if "screen" in title:
        use("screening")
    elif roles.get("measure") and roles.get("value"):
        use("long")
    elif roles.get("drug") and roles.get("start"):
        use("drugs")
    elif roles.get("event") and _is_event(looked, roles):
        use("events")
    elif len(looked.header) > 1:
        use("patients")
        visits = _side_by_side(looked)
        if visits:
            use("side by side", visits=visits)
    elif once and (
        roles.get("sex") or roles.get("birth") or roles.get("birth year") or "patient" in title or "demog" in title
    ):
        use("patients")
        visits = _suffixed(looked)
        if visits:
            use("side by side", visits=visits)
    elif roles.get("death") and len(looked.columns) <= 4:
        use("deaths")
    elif roles.get("diagnosis") and not _measures(looked, roles):
        use("diagnoses")
    elif measures := _measures(looked, roles):
        use("visits", measures)
    return found


def _is_event(looked: Looked, roles: dict[str, str]) -> bool:
    column = looked.column(roles["event"])
    return column is not None and column.kind in {"words", "text"}


def _measures(
    looked: Looked, roles: dict[str, str], columns: Sequence[Column] | None = None
) -> tuple[MeasureGuess, ...]:
    used = {column for role, column in roles.items() if role not in {"steroid", "outcome", "grade"}}
    found: list[MeasureGuess] = []
    for column in columns if columns is not None else looked.columns:
        if column.name not in used or columns is not None:
            found += measure_of(column)
    return tuple(found)


def measure_of(column: Column) -> list[MeasureGuess]:
    """The measures that one column probably holds: none, one, or two where a cell holds two numbers."""
    name = column.name.split(" / ")[-1]
    if column.kind == "yes or no":
        return [MeasureGuess(_slug(name), column.name, "judgement")]
    if column.kind == "pair":
        meant = _choices(name)
        if len(meant) == 2:
            return [
                MeasureGuess(
                    _slug(one),
                    column.name,
                    "instrument",
                    one,
                    split="/",
                    part=part,
                    needs_unit=catalogue.instrument(one).kind != "scale",
                )
                for part, one in enumerate(meant, 1)
            ]
        return []
    if column.kind != "number":
        return []
    if re.fullmatch(_WORDS["steroid"], name, re.IGNORECASE):
        return [MeasureGuess("steroid", column.name, "dose")]
    tokens = [token for token in _UNITLIKE.split(name.strip(")]")) if token]
    known: list[MeasureGuess] = []
    for length in range(len(tokens), 0, -1):
        words, rest = " ".join(tokens[:length]), "".join(tokens[length:]).replace("per", "/")
        try:
            entry = catalogue.instrument(words)
        except catalogue.CatalogueMiss:
            continue
        unit = _unit(entry, rest)
        needed = entry.kind != "scale" and not unit
        known.append(MeasureGuess(_slug(words), column.name, "instrument", entry.key, unit=unit, needs_unit=needed))
    if known:
        return [next((one for one in known if one.unit), known[0])]
    choices = _choices(tokens[0]) if tokens else ()
    return [MeasureGuess(_slug(name), column.name, "instrument", "", choices)] if choices else []


def _choices(word: str) -> tuple[str, ...]:
    """What a word that stands for several instruments may mean."""
    try:
        return (catalogue.instrument(word).key,)
    except catalogue.CatalogueMiss as miss:
        return miss.suggestions if "more than one" in miss.expected else ()


def _unit(entry: catalogue.Instrument, written: str) -> str:
    wanted = re.sub(r"[^a-z0-9/%^*]", "", written.casefold())
    for unit in entry.accepted_units:
        if wanted and re.sub(r"[^a-z0-9/%^*]", "", unit.casefold()) == wanted:
            return unit
    return ""


def dose_written(name: str) -> tuple[str, str]:
    """The unit and the glucocorticoid that the name of a dose column tells; each empty where it does not.

    >>> dose_written("prednisone_mg_per_day"), dose_written("cs dose (mg/kg/d)"), dose_written("steroid dose")
    (('mg/day', 'prednisone'), ('mg/kg/day', ''), ('', ''))
    >>> dose_written("methotrexate mg")  # a drug, but no glucocorticoid
    ('mg/day', '')
    """
    words = re.findall(r"[a-z]+", name.casefold())
    unit = "" if "mg" not in words else "mg/kg/day" if "kg" in words else "mg/day"
    for word in words:
        try:
            drug = catalogue.drug(word)
        except catalogue.CatalogueMiss:
            continue
        if drug.key in catalogue.drugs_in("systemic glucocorticoids"):
            return unit, drug.key
    return unit, ""


def _side_by_side(looked: Looked) -> dict[str, tuple[MeasureGuess, ...]]:
    """Visits by the upper row of a two-row header."""
    groups: dict[str, list[Column]] = {}
    for column in looked.columns:
        upper, _, lower = column.name.rpartition(" / ")
        if upper and lower:
            groups.setdefault(upper, []).append(column)
    found = {upper: _measures(looked, {}, columns) for upper, columns in groups.items()}
    return {upper: measures for upper, measures in found.items() if measures}


_SUFFIX = re.compile(
    r"(.+?)[ _]((?:day|week|month|year|visit|v|m|t|w|y)[ _]?\d+|\d+[ _]?(?:d|w|m|y|days|weeks|months|years?)|baseline|pre|post|before|after|end)",
    re.IGNORECASE,
)


def _suffixed(looked: Looked) -> dict[str, tuple[MeasureGuess, ...]]:
    """Visits by what stands behind the measure in the names of columns, such as sledai_day0 and sledai_2y."""
    groups: dict[str, list[MeasureGuess]] = {}
    for column in looked.columns:
        match = _SUFFIX.fullmatch(column.name)
        if match is None:
            continue
        plain = Column(
            match[1],
            column.kind,
            column.filled,
            column.different,
            column.orders,
            column.codes,
            column.words,
            column.comma,
        )
        for one in measure_of(plain):
            groups.setdefault(match[2], []).append(
                MeasureGuess(
                    one.measure,
                    column.name,
                    one.kind,
                    one.instrument,
                    one.choices,
                    one.unit,
                    one.needs_unit,
                    one.split,
                    one.part,
                )
            )
    return {visit: tuple(measures) for visit, measures in groups.items() if len(groups) > 1}


def _slug(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9%]+", " ", name).strip().lower()
    return plain or "measure"
