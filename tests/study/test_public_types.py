"""What a public function returns can be named: the package, ``caseseries.types`` and ``caseseries.parts`` hold all of it."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any, get_args, get_origin, get_type_hints

import pytest

import caseseries
from caseseries import parts, types
from caseseries.protocol.measures import all_measures
from caseseries.protocol.protocol import Protocol


def reached(*of: Any) -> set[type]:
    """The types of the package that functions return and values hold, from these on."""
    found: set[type] = set()

    def walk(hint: Any) -> None:
        for inner in get_args(hint):
            walk(inner)
        kind = get_origin(hint) or hint
        if isinstance(kind, type) and kind.__module__.startswith("caseseries") and kind not in found:
            found.add(kind)
            members(kind)

    def members(kind: type) -> None:
        if dataclasses.is_dataclass(kind):
            for hint in hints(kind).values():
                walk(hint)
        for name, member in list(vars(kind).items()):
            function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
            if not name.startswith("_") and inspect.isfunction(function):
                walk(hints(function).get("return"))

    for one in of:
        walk(hints(one).get("return") if inspect.isfunction(one) else one)
    return found


def hints(of: Any) -> dict[str, Any]:
    try:
        return get_type_hints(of)
    except NameError:  # data frames, which may not be installed
        return {}


def test_every_type_that_is_returned_is_public() -> None:
    public = {getattr(types, name) for name in types.__all__}
    found = reached(
        *(
            getattr(caseseries, name)
            for name in caseseries.__all__
            if name in {"Study", "Results", "Checked", "combine", "plan", "compare"}
        )
    )
    assert {one.__name__ for one in found} > {"Summary", "Cases", "Verdict", "Spread"}
    assert set() == {f"{one.__module__}.{one.__name__}" for one in found - public}
    handed_in = {"Style"}  # of `write(..., style=...)`, and returned by nothing
    assert handed_in == {one.__name__ for one in public - found}


def test_every_part_of_a_protocol_is_public() -> None:
    from pydantic import BaseModel

    public, seen = {getattr(parts, name) for name in parts.__all__}, set[type]()

    def walk(hint: Any) -> None:
        for inner in get_args(hint):
            walk(inner)
        if isinstance(hint, type) and issubclass(hint, BaseModel) and hint not in seen:
            seen.add(hint)
            for field in hint.model_fields.values():
                walk(field.annotation)
                for one in field.metadata:
                    walk(one)

    walk(Protocol)
    assert len(seen) > 20
    assert set() == {one.__name__ for one in seen - public if not one.__name__.startswith("_")}


def test_a_protocol_made_of_parts_is_that_of_the_same_words(tmp_path: Any) -> None:
    made = parts.Protocol(
        study="Strength after a drug",
        case=parts.Case(index_date=parts.FirstExposure(first_exposure="mycophenolate mofetil"), per="patient"),
        measures={"mmt": parts.Instrument(instrument="MMT8")},
        windows={
            "baseline": parts.Window(from_="-20 days", to="0 days", take="last"),
            "month 3": parts.Window(from_="75 days", to="105 days", target="91 days", take="nearest", tie="earlier"),
        },
        intercurrent=parts.Events.model_validate(
            dict.fromkeys(("drug stopped", "steroid raised above baseline", "death", "lost"), "as observed")
            | {"rescue added": "as observed", "pulse": "as observed"}
        ),
        outcomes={
            "stronger": parts.VerdictOutcome(
                at="month 3", rule=caseseries.gain(caseseries.measure("mmt")) >= 4, good=True
            )
        },
    )
    assert "MMT8" in str(all_measures(made)["mmt"])
    assert caseseries.Study(made).fingerprint


@pytest.mark.parametrize("name", ["types", "parts"])
def test_names_are_sorted_and_there(name: str) -> None:
    module = {"types": types, "parts": parts}[name]
    assert sorted(module.__all__) == module.__all__
    assert all(inspect.isclass(getattr(module, one)) or one for one in module.__all__)
