"""Every name a person may write in a file is in the manual."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from caseseries.chart.description import Description
from caseseries.protocol.protocol import Protocol


def names(schema: Any) -> set[str]:
    """Every property of a JSON Schema, at any depth."""
    found: set[str] = set()
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict):
            found |= set(properties)
        found |= {name for part in schema.values() for name in names(part)}
    elif isinstance(schema, list):
        found |= {name for part in schema for name in names(part)}
    return found


@pytest.mark.parametrize(("page", "model"), [("protocol.md", Protocol), ("chart.md", Description)])
def test_every_name_is_in_the_manual(page: str, model: type[BaseModel], project_root: Path) -> None:
    manual = (project_root / "docs" / page).read_text(encoding="utf-8")
    prose = re.sub(r"```.*?```", "", manual, flags=re.DOTALL).replace("\n", " ")
    code = " ".join(re.findall(r"`[^`]+`", prose))
    allowed = names(model.model_json_schema(by_alias=True))
    assert len(allowed) > 30
    assert [] == sorted(name for name in allowed if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", code))


def test_links_between_pages_lead_somewhere(project_root: Path) -> None:
    pages = [*project_root.glob("*.md"), *(project_root / "docs").rglob("*.md")]
    links = [
        (page, target.split("#")[0])
        for page in pages
        for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("#")
    ]
    assert len(links) > 10
    assert [] == [f"{page.name}: {target}" for page, target in links if not (page.parent / target).exists()]
