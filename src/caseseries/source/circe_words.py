"""What is read of a cohort definition of ATLAS (Circe JSON), name by name; anything else is refused.

The names are those of OHDSI's circe-be. Its reader passes over names that it does not know: a misspelt rule would then select
more people, and nobody would hear of it. Here every name is known, or the definition is refused with the way to the name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from caseseries.errors import Place, Problem, ProtocolError

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A value that is no object: how it is called in a message, and whether a value is one."""

    words: str
    holds: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class _List:
    of: str


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31


def _one_of(*words: str) -> _Leaf:
    return _Leaf(", ".join(words), lambda value: isinstance(value, str) and value in words)


_WHOLE = _Leaf("a whole number", _whole)
_COUNT = _Leaf("a whole number of 0 or more", lambda value: _whole(value) and value >= 0)
_CONCEPT = _Leaf("a concept id", lambda value: _whole(value) and value >= 0)
_NUMBER = _Leaf("a number", lambda value: isinstance(value, int | float) and not isinstance(value, bool))
_YES = _Leaf("true or false", lambda value: isinstance(value, bool))
_TEXT = _Leaf("a text", lambda value: isinstance(value, str))
_DAY = _Leaf("a date, year-month-day", lambda value: isinstance(value, str) and _DATE.fullmatch(value) is not None)
_OPERATOR = _one_of("lt", "lte", "eq", "!eq", "gt", "gte", "bt", "!bt")
_LIMIT = _one_of("First", "Last", "All")
_SIGN = _Leaf("-1 or 1", lambda value: _whole(value) and value in (-1, 1))
_KIND_OF_COUNT = _Leaf("0 (exactly), 1 (at most) or 2 (at least)", lambda value: _whole(value) and value in (0, 1, 2))

_Names = Mapping[str, "_Leaf | _List | str"]

_PERSON: _Names = {"Age": "numbers", "Gender": _List("concept"), "GenderCS": "selection"}
_ERA: _Names = {
    "CodesetId": _WHOLE, "First": _YES, "EraStartDate": "dates", "EraEndDate": "dates", "EraLength": "numbers",
    "OccurrenceCount": "numbers", "AgeAtStart": "numbers", "AgeAtEnd": "numbers", "Gender": _List("concept"),
    "GenderCS": "selection", "CorrelatedCriteria": "group",
}  # fmt: skip


def _record(kind: str, **further: _Leaf | _List | str) -> _Names:
    """What all tables of records share: the concept set, the first one, dates, the type of record, the person."""
    return {
        "CodesetId": _WHOLE,
        "First": _YES,
        "OccurrenceStartDate": "dates",
        f"{kind}Type": _List("concept"),
        f"{kind}TypeCS": "selection",
        f"{kind}TypeExclude": _YES,
        f"{kind}SourceConcept": _WHOLE,
        **_PERSON,
        "VisitType": _List("concept"),
        "VisitTypeCS": "selection",
        "CorrelatedCriteria": "group",
        **further,
    }


#: Criteria by the table they look at.
_CRITERIA: Mapping[str, _Names] = {
    "ConditionOccurrence": _record(
        "Condition", OccurrenceEndDate="dates", ConditionStatus=_List("concept"), ConditionStatusCS="selection"
    ),
    "DrugExposure": _record(
        "Drug", OccurrenceEndDate="dates", Refills="numbers", Quantity="numbers", DaysSupply="numbers",
        RouteConcept=_List("concept"), RouteConceptCS="selection",
    ),
    "ProcedureOccurrence": _record("Procedure", Quantity="numbers", Modifier=_List("concept"), ModifierCS="selection"),
    "Measurement": _record(
        "Measurement", Operator=_List("concept"), OperatorCS="selection", ValueAsNumber="numbers",
        ValueAsConcept=_List("concept"), ValueAsConceptCS="selection", Unit=_List("concept"), UnitCS="selection",
        RangeLow="numbers", RangeHigh="numbers", RangeLowRatio="numbers", RangeHighRatio="numbers", Abnormal=_YES,
    ),
    "Observation": _record(
        "Observation", ValueAsNumber="numbers", ValueAsConcept=_List("concept"), ValueAsConceptCS="selection",
        Unit=_List("concept"), UnitCS="selection", Qualifier=_List("concept"), QualifierCS="selection",
    ),
    "VisitOccurrence": {
        "CodesetId": _WHOLE, "First": _YES, "OccurrenceStartDate": "dates", "OccurrenceEndDate": "dates",
        "VisitType": _List("concept"), "VisitTypeCS": "selection", "VisitTypeExclude": _YES, "VisitSourceConcept": _WHOLE,
        "VisitLength": "numbers", **_PERSON, "CorrelatedCriteria": "group",
    },
    "Death": {
        "CodesetId": _WHOLE, "OccurrenceStartDate": "dates", "DeathType": _List("concept"), "DeathTypeCS": "selection",
        "DeathTypeExclude": _YES, "DeathSourceConcept": _WHOLE, **_PERSON, "CorrelatedCriteria": "group",
    },
    "ObservationPeriod": {
        "First": _YES, "PeriodStartDate": "dates", "PeriodEndDate": "dates", "UserDefinedPeriod": "period",
        "PeriodType": _List("concept"), "PeriodTypeCS": "selection", "PeriodLength": "numbers", "AgeAtStart": "numbers",
        "AgeAtEnd": "numbers", "CorrelatedCriteria": "group",
    },
    "ConditionEra": _ERA,
    "DrugEra": {**_ERA, "GapDays": "numbers"},
}  # fmt: skip

#: How a cohort ends, other than with observed time.
_ENDS: Mapping[str, _Names] = {
    "DateOffset": {"DateField": _one_of("StartDate", "EndDate"), "Offset": _WHOLE},
    "CustomEra": {"DrugCodesetId": _WHOLE, "GapDays": _COUNT, "Offset": _COUNT, "DaysSupplyOverride": _COUNT},
}

_OBJECTS: Mapping[str, _Names] = {
    "cohort": {
        "cdmVersionRange": _TEXT, "Title": _TEXT, "ConceptSets": _List("concept set"), "PrimaryCriteria": "primary",
        "AdditionalCriteria": "group", "QualifiedLimit": "limit", "ExpressionLimit": "limit", "InclusionRules": _List("rule"),
        "EndStrategy": "end", "CensoringCriteria": _List("criterion"), "CollapseSettings": "collapse", "CensorWindow": "period",
    },
    "concept set": {"id": _WHOLE, "name": _TEXT, "expression": "concepts"},
    "concepts": {"items": _List("item")},
    "item": {"concept": "concept", "isExcluded": _YES, "includeDescendants": _YES, "includeMapped": _YES},
    "concept": {
        "CONCEPT_ID": _CONCEPT, "CONCEPT_NAME": _TEXT, "STANDARD_CONCEPT": _TEXT, "STANDARD_CONCEPT_CAPTION": _TEXT,
        "INVALID_REASON": _TEXT, "INVALID_REASON_CAPTION": _TEXT, "CONCEPT_CODE": _TEXT, "DOMAIN_ID": _TEXT,
        "VOCABULARY_ID": _TEXT, "CONCEPT_CLASS_ID": _TEXT,
    },
    "selection": {"CodesetId": _WHOLE, "IsExclusion": _YES},
    "numbers": {"Value": _NUMBER, "Extent": _NUMBER, "Op": _OPERATOR},
    "dates": {"Value": _DAY, "Extent": _DAY, "Op": _OPERATOR},
    "period": {"StartDate": _DAY, "EndDate": _DAY},
    "limit": {"Type": _LIMIT},
    "collapse": {"CollapseType": _one_of("ERA"), "EraPad": _COUNT},
    "primary": {"CriteriaList": _List("criterion"), "ObservationWindow": "observed", "PrimaryCriteriaLimit": "limit"},
    "observed": {"PriorDays": _COUNT, "PostDays": _COUNT},
    "rule": {"name": _TEXT, "description": _TEXT, "expression": "group"},
    "group": {
        "Type": _one_of("ALL", "ANY", "AT_LEAST", "AT_MOST"), "Count": _COUNT, "CriteriaList": _List("counted"),
        "DemographicCriteriaList": _List("person"), "Groups": _List("group"),
    },
    "counted": {
        "Criteria": "criterion", "StartWindow": "window", "EndWindow": "window", "Occurrence": "occurrence",
        "RestrictVisit": _YES, "IgnoreObservationPeriod": _YES,
    },
    "person": {
        **_PERSON, "Race": _List("concept"), "RaceCS": "selection", "Ethnicity": _List("concept"), "EthnicityCS": "selection",
        "OccurrenceStartDate": "dates", "OccurrenceEndDate": "dates",
    },
    "window": {"Start": "bound", "End": "bound", "UseIndexEnd": _YES, "UseEventEnd": _YES},
    "bound": {"Days": _COUNT, "Coeff": _SIGN},
    "occurrence": {"Type": _KIND_OF_COUNT, "Count": _COUNT, "IsDistinct": _YES, "CountColumn": _one_of("DOMAIN_CONCEPT", "START_DATE")},
}  # fmt: skip

#: Names without which an object has no meaning; where circe-be has a default, it applies.
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "cohort": ("PrimaryCriteria",),
    "primary": ("CriteriaList", "ObservationWindow"),
    "concept set": ("id", "expression"),
    "concepts": ("items",),
    "item": ("concept",),
    "concept": ("CONCEPT_ID",),
    "rule": ("expression",),
    "group": ("Type",),
    "counted": ("Criteria", "StartWindow", "Occurrence"),
    "window": ("Start", "End"),
    "bound": ("Coeff",),
    "occurrence": ("Type", "Count"),
    "numbers": ("Value", "Op"),
    "dates": ("Value", "Op"),
    "end CustomEra": ("DrugCodesetId",),
}


def cohort_definition(text: str, file: str) -> dict[str, Any]:
    """The cohort definition in a JSON text, as ATLAS exports it: bare, or under `expression` (an object or a text).

    Raises:
        ProtocolError: no JSON, no cohort definition, or names and values that are not read; all of them, each with its way.

    >>> cohort_definition('{"PrimaryCriteria": {"CriteriaList": []}}', "cohort.json")
    Traceback (most recent call last):
    caseseries.errors.ProtocolError: cohort.json is not read as a cohort definition.
      cohort.json:1: PrimaryCriteria: `ObservationWindow` is missing
      cohort.json:1: PrimaryCriteria: nothing lets anybody in
    Nothing was run.
    """
    problems: list[str] = []
    data = _parsed(text, problems)
    if isinstance(data, Mapping) and "PrimaryCriteria" not in data and "expression" in data:
        inner = data["expression"]
        data = _parsed(inner, problems) if isinstance(inner, str) else inner
    if not problems:
        if isinstance(data, dict):
            _look(data, "cohort", (), problems)
            _look_at_sets(data, problems)
        else:
            problems.append("no object with `PrimaryCriteria`")
    if problems:
        lines = _lines(text) if isinstance(data, dict) else {}  # what is no JSON has brackets without end
        found = tuple(Problem(what, Place(file, line=_line(lines, what))) for what in sorted(problems))
        raise ProtocolError(f"{file} is not read as a cohort definition.", found, do="Nothing was run.")
    assert isinstance(data, dict)
    return data


def _parsed(text: str, problems: list[str]) -> Any:
    def no_number(word: str) -> Any:
        raise ValueError(word)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError("a name stands twice")
        return dict(pairs)

    try:
        return json.loads(text.removeprefix("\ufeff"), parse_constant=no_number, object_pairs_hook=once)
    except json.JSONDecodeError as wrong:
        problems.append(f"no JSON: line {wrong.lineno}, column {wrong.colno} cannot be read")
    except RecursionError:
        problems.append("no JSON that can be read: brackets too deep in one another")
    except ValueError as wrong:
        problems.append(f"no JSON that can be read: {wrong}")
    return None


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def _lines(text: str) -> dict[tuple[str, ...], int]:
    """The line on which each name, and each item of a list, stands; as far as the text is JSON.

    >>> _lines('{"A": {\\n"B": [1,\\n2]}}')
    {('A',): 1, ('A', 'B'): 2, ('A', 'B 1'): 2, ('A', 'B 2'): 3}
    """
    found: dict[tuple[str, ...], int] = {}
    boxes: list[_Box] = []
    line, read = 1, 0
    for token in _TOKEN.finditer(text):
        line += text.count("\n", read, token.start())
        word, read, box = token[0], token.start(), boxes[-1] if boxes else None
        if word in ("}", "]"):
            if boxes:
                boxes.pop()
        elif word == "," and box is not None:
            box.item, box.name = box.item + 1, ""
        elif word[0] == '"' and box is not None and not box.is_list and not box.name:
            box.name = word[1:-1]
            found.setdefault(box.inside, line)
        elif word not in (",", ":"):
            inside = box.inside if box is not None else ()
            if box is not None and box.is_list:
                found.setdefault(inside, line)
            if word in ("{", "["):
                boxes.append(_Box(word == "[", inside))
    top = ("expression",)
    return {way[1:] if way[:1] == top and len(way) > 1 else way: number for way, number in found.items()}


@dataclass(slots=True)
class _Box:
    """An object or list that is open: the way to it, and where in it the reading is."""

    is_list: bool
    way: tuple[str, ...]
    name: str = ""
    item: int = 1

    @property
    def inside(self) -> tuple[str, ...]:
        """The way to what is read now."""
        if self.is_list:
            return (*self.way[:-1], f"{self.way[-1] if self.way else ''} {self.item}")
        return (*self.way, self.name)


def _line(lines: Mapping[tuple[str, ...], int], problem: str) -> int | None:
    """The line of the place that a problem names, or of the nearest thing around it."""
    numbered = re.match(r"no JSON: line (\d+)", problem)
    if numbered:
        return int(numbered[1])
    way = tuple(problem.split(": ", 1)[0].split(" > "))
    named = re.search(r"`([^`]+)` is not read", problem)
    if named and (*(() if way == ("the definition",) else way), named[1]) in lines:
        return lines[(*(() if way == ("the definition",) else way), named[1])]
    if len(way) == 1 and way not in lines:
        below = [number for other, number in lines.items() if other[-1] == way[0]]
        return min(below, default=None)
    while way and way not in lines:
        way = way[:-1]
    return lines.get(way)


def _look(value: Any, kind: str, way: tuple[str, ...], problems: list[str]) -> None:
    """Every name and value below `value`, against what is read; null stands for a name left out."""

    def wrong(what: str) -> None:
        problems.append(f"{' > '.join(way) or 'the definition'}: {what}")

    if kind in ("criterion", "end"):
        choices = _CRITERIA if kind == "criterion" else _ENDS
        if not isinstance(value, Mapping) or len(value) != 1:
            wrong(f"not one of {', '.join(choices)}")
            return
        ((name, inner),) = value.items()
        if name not in choices:
            wrong(f"`{name}` is not read; read are {', '.join(choices)}")
            return
        _look_into(inner, choices[name], _NEEDED.get(f"{kind} {name}", ()), (*way, name), problems)
        return
    _look_into(value, _OBJECTS[kind], _NEEDED.get(kind, ()), way, problems)
    if not isinstance(value, Mapping):
        return
    if kind == "primary" and not value.get("CriteriaList"):
        wrong("nothing lets anybody in")
    if kind == "group" and str(value.get("Type", "")).startswith("AT_") and value.get("Count") is None:
        wrong("`Count` is missing")
    if kind in ("numbers", "dates") and str(value.get("Op", "")).endswith("bt") and value.get("Extent") is None:
        wrong("`Extent` is missing")


def _look_into(value: Any, names: _Names, needed: tuple[str, ...], way: tuple[str, ...], problems: list[str]) -> None:
    def wrong(what: str, *further: str) -> None:
        problems.append(f"{' > '.join((*way, *further)) or 'the definition'}: {what}")

    if not isinstance(value, Mapping):
        wrong("not an object")
        return
    for name in needed:
        if value.get(name) is None:
            wrong(f"`{name}` is missing")
    for name, inner in value.items():
        read = names.get(name)
        if read is None:
            if inner is not None:
                wrong(f"`{name}` is not read")
        elif inner is None:
            continue
        elif isinstance(read, _Leaf):
            if not read.holds(inner):
                wrong(f"not {read.words}, but {json.dumps(inner)[:60]}", name)
        elif isinstance(read, str):
            _look(inner, read, (*way, name), problems)
        elif isinstance(inner, list):
            for place, one in enumerate(inner, start=1):
                _look(one, read.of, (*way, f"{name} {place}"), problems)
        else:
            wrong("not a list", name)


def _look_at_sets(definition: Mapping[str, Any], problems: list[str]) -> None:
    """Concept sets have numbers of their own, and every number that is asked for is there."""
    sets = definition.get("ConceptSets")
    numbers = [one.get("id") for one in sets if isinstance(one, Mapping)] if isinstance(sets, list) else []
    if len(set(map(str, numbers))) < len(numbers):
        problems.append("ConceptSets: two have the same id")

    def walk(value: Any) -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                wanted = name.endswith(("CodesetId", "SourceConcept")) and _whole(inner)
                if wanted and inner not in numbers:
                    problems.append(f"{name}: there is no concept set {inner}")
                walk(inner)
        elif isinstance(value, list):
            for one in value:
                walk(one)

    walk(definition)
