"""The JSON Schema accepts what the software accepts, as texts and as an editor reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from caseseries.protocol.schema import protocol_schema
from caseseries.protocol.yaml import read

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "jdm-mmf" / "protocol.yaml"


def mistakes(data: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator(protocol_schema())
    return [error.message for error in validator.iter_errors(data)]


def test_the_schema_is_a_schema_and_stays_the_same() -> None:
    jsonschema.Draft202012Validator.check_schema(protocol_schema())
    assert json.dumps(protocol_schema()) == json.dumps(protocol_schema())
    assert "caseseries.protocol/1" == protocol_schema()["$id"]


def test_the_example_is_valid_as_texts() -> None:
    assert [] == mistakes(read(EXAMPLE).data)


def test_the_example_is_valid_as_an_editor_reads_it() -> None:
    data = YAML(typ="safe", pure=True).load(EXAMPLE.read_text(encoding="utf-8"))
    assert [] == mistakes(json.loads(json.dumps(data, default=str)))  # an editor's schema check has no dates


@pytest.mark.parametrize(
    ("section", "wrong"),
    [
        ("windows", {"baseline": {"from": "-20 days", "to": "0 days", "take": "nearst"}}),
        ("windows", {"baseline": {"from": "-20 days", "to": "0 days", "take": "last", "tke": "last"}}),
        ("intercurrent", {"death": "as it was"}),
        ("measures", {"mmt": {"instrment": "MMT8"}}),
        ("outcomes", {"good response": {"at": "month 3", "rule": {"gane": "mmt"}}}),
        ("case", {"index_date": {"first_exposure": "mycophenolate mofetil"}}),
        ("study", ["a", "list"]),
    ],
)
def test_what_is_refused(section: str, wrong: Any) -> None:
    assert mistakes({**read(EXAMPLE).data, section: wrong})


def test_every_model_says_what_it_is() -> None:
    definitions = protocol_schema()["$defs"]
    assert [] == [name for name, model in definitions.items() if not model.get("description")]
