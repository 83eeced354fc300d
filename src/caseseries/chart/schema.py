"""The JSON Schema of chart.yaml, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

from caseseries.chart.description import Description

SCHEMA_ID = "caseseries.chart/1"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: Models that may be written as the header of their column alone.
BY_NAME = ("TextColumn", "ListedColumn", "NumberColumn", "DateColumn")

_WORD: dict[str, Any] = {"type": ["string", "number"]}


def description_schema() -> dict[str, Any]:
    """The schema, the same on every run; a value may be written with or without quotes.

    >>> schema = description_schema()
    >>> schema["$id"], "tables" in schema["required"]
    ('caseseries.chart/1', True)
    """
    made = Description.model_json_schema(by_alias=True, mode="validation")
    made["$defs"] = dict(sorted(made["$defs"].items()))
    opened: dict[str, Any] = _open({"$schema": DIALECT, "$id": SCHEMA_ID, **made})
    return opened


def _open(schema: Any) -> Any:
    """What the reader of the file also takes: a column by its name alone, one entry in place of a list, text as number."""
    if isinstance(schema, list):
        return [_open(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    opened = {name: _open(part) for name, part in schema.items() if name != "title" or not isinstance(part, str)}
    if any(opened.get("$ref") == f"#/$defs/{model}" for model in BY_NAME):
        return {"anyOf": [_WORD, opened]}
    if opened.get("type") in ("string", "integer") and not {"enum", "const", "format"} & opened.keys():
        opened["type"] = _WORD["type"]
    if opened.get("type") == "array" and opened.get("items") == _WORD:
        return {"anyOf": [_WORD, opened]}
    return opened
