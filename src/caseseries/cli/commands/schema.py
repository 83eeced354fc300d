"""`caseseries schema`: the JSON Schema of a file, for editors and programs."""

from __future__ import annotations

import argparse
import json
from typing import Any

from caseseries.cli.screen import Screen


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """Print the schema; it is JSON with or without `--json`."""
    made = _schema(arguments.name)
    screen.say(json.dumps(made, indent=2, ensure_ascii=False))
    screen.answer(name=arguments.name, json_schema=made)
    return 0


def _schema(name: str) -> dict[str, Any]:
    if name == "protocol":
        from caseseries.protocol.schema import protocol_schema

        return protocol_schema()
    if name == "chart":
        from caseseries.chart.schema import description_schema

        return description_schema()
    from importlib import resources

    file = f"{name}.schema.json"
    published = resources.files("caseseries.report").joinpath(file).read_text(encoding="utf-8")
    results: dict[str, Any] = json.loads(published)
    return results
