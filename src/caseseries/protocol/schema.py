"""The JSON Schema of protocol.yaml, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any, get_args

from caseseries.protocol.intercurrent import Effect
from caseseries.protocol.protocol import Protocol

SCHEMA_ID = "caseseries.protocol/1"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: What an editor shows beside a field, where the name alone does not say it. Model -> field -> words.
HINTS = {
    "Protocol": {
        "study": "the title of the study",
        "invented": "yes for a chart that describes nobody; every page then says so",
        "authors_knew": "what the authors knew of the results when they wrote this",
        "measures": "what is read before and after: name -> instrument, judgement, daily dose, grades or your own quantity",
        "windows": "name -> on which days a value may have been taken, and which one is chosen",
        "partial_dates": "what a date without its day or month stands for",
        "intercurrent": "what each event between the index date and the assessment does to the verdict",
        "outcomes": "name -> verdict, levels, categories, change, value, trajectory, time to an event, spells; the first verdict is the primary one",
        "prior_groups": "groups of drugs whose earlier use is counted",
        "equivalences": "drug -> mg equal to prednisone 5 mg, in place of the catalogue's",
        "concepts": "for databases: name of a measure, drug, diagnosis or event -> its concept set",
    },
    "ConceptSet": {
        "ids": "concept ids",
        "descendants": "no, to leave out what lies below these concepts",
        "codes": 'vocabulary -> codes, such as {RxNorm: ["161"]}',
        "units": "unit_concept_id -> factor to the measure's unit; rows in other units are refused",
        "no_unit": "what happens to a row that names no unit",
        "yes": "value_as_concept_id that mean yes",
        "no": "value_as_concept_id that mean no",
        "table": "where the rows are, if not in the usual table",
    },
    "GradedSet": {
        "ids": "concept ids",
        "descendants": "no, to leave out what lies below these concepts",
        "codes": 'vocabulary -> codes, such as {LOINC: ["1234-5"]}',
        "grades": "grade -> value_as_concept_id that mean it",
        "table": "where the rows are, if not in the usual table",
    },
    "Window": {
        "from": "first day of the window, counted from the index date (day 0); -20 days, 3 months, start",
        "to": "last day of the window, included",
        "target": "the day that `take: nearest` aims at",
        "take": "which day, or which value, is chosen",
        "tie": "which of two days equally near the target",
        "same_day": "which of several different values on one day",
        "components": "all measures from one visit, or each by itself",
    },
    **{
        kind: {"if_zero_baseline": "what a percent of a value of 0 before is"}
        for kind in (
            "Instrument",
            "Custom",
            "DailyDose",
            "Counted",
            "Sum",
            "Weighted",
            "Difference",
            "Ratio",
            "PerKg",
            "Items",
        )
    },
    "NormalLimits": {
        "sex": "whose limits these are, where they differ by sex",
        "age": "whose limits these are, by the age on the day of the value",
        "lower": "the lower limit of normal, in the unit of the measure",
        "upper": "the upper limit of normal, in the unit of the measure",
        "source": "where the limits come from",
    },
    "Graded": {
        "grades": "ordered words from the lowest to the highest",
        "better": "at which end it is better",
        "words": "other spellings in the chart -> grade",
    },
    "FirstExposure": {
        "restart_after": "courses with at most so many days between them are one episode",
        "washout": "so many days without the drug before the index date",
    },
    "Rescue": {
        "drugs": "drugs or groups that count as rescue when they are added after the index date",
        "restart_after": "courses of a rescue drug with at most so many days between them are one; after a longer gap it is added",
    },
    "CategoriesOutcome": {
        "at": "the window in which the categories are judged",
        "categories": "category -> its rule; no two hold at once",
        "readings": "other rules for the same categories, reported side by side",
        "among": "limits the denominator to cases for which this holds",
    },
    "SpellsOutcome": {
        "spells": "state -> its rule, read on each visit day; the first that holds is the state of the day",
        "in": "the window whose visits are read",
        "gap": "two visits of one state that are further apart are not one spell",
        "among": "limits the outcome to cases for which this holds",
    },
    "LevelsOutcome": {
        "at": "the window in which the levels are judged",
        "levels": "level -> its rule, the first that holds counts; the last one is `otherwise`",
        "good": "yes where the first level is the best, no where it is the worst",
        "readings": "other rules for the same levels, reported side by side",
        "among": "limits the denominator to cases for which this holds",
    },
    "VerdictOutcome": {
        "at": "the window in which the response is judged",
        "readings": "other ways to read the same sentence, reported side by side",
        "among": "limits the denominator to cases for which this holds",
    },
}


def protocol_schema() -> dict[str, Any]:
    """The schema, the same on every run; a value may be written with or without quotes.

    >>> schema = protocol_schema()
    >>> schema["$id"], schema["title"], "windows" in schema["required"]
    ('caseseries.protocol/1', 'Protocol', True)
    """
    made = Protocol.model_json_schema(by_alias=True, mode="validation")
    definitions = made.pop("$defs")
    for name, model in (("Protocol", made), *definitions.items()):
        _hint(model, HINTS.get(name, {}))
    _short_events(definitions["Events"])
    schema = {"$schema": DIALECT, "$id": SCHEMA_ID, **made, "$defs": dict(sorted(definitions.items()))}
    opened: dict[str, Any] = _open(schema)
    return opened


def _hint(model: dict[str, Any], hints: dict[str, str]) -> None:
    """Field titles repeat the field's name and are left out; hints are added."""
    for field, schema in model.get("properties", {}).items():
        schema.pop("title", None)
        if field in hints:
            schema["description"] = hints[field]


def _short_events(events: dict[str, Any]) -> None:
    """An event that only needs its effect may be written as that one word."""
    short = {"enum": list(get_args(Effect))}
    for field, schema in events["properties"].items():
        events["properties"][field] = {"anyOf": [short, schema]}


def _open(schema: Any) -> Any:
    """Text and number alike wherever one is expected: `at_least: 2` and `"2"` mean the same to the reader of the file."""
    if isinstance(schema, list):
        return [_open(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    opened = {name: _open(part) for name, part in schema.items()}
    if (
        opened.get("type") in ("integer", "string")
        and "format" not in opened
        and "enum" not in opened
        and "const" not in opened
    ):
        opened["type"] = ["string", "number"]
    if isinstance(words := opened.get("enum"), list):
        opened.pop("type", None)
        opened["enum"] = words + [int(word) for word in words if isinstance(word, str) and word.isdigit()]
    if opened.get("const") == "yes":
        opened = {"enum": ["yes", True]}
    return opened
