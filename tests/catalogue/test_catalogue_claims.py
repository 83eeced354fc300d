"""Over the whole catalogue: no name has two owners, and no number is without its source. Both searches are shown to find a broken line."""

import copy
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

import caseseries.catalogue as catalogue
from caseseries.catalogue import drug, drugs, fold, unit_fold, written_drug

DATA = Path(catalogue.__file__).with_name("data")
RAW: dict[str, dict[str, Any]] = {
    file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(DATA.glob("*.toml"))
}

#: Names that stand for two, and are owned by none: whoever writes one is asked.
UNCLEAR = "asked"

# ------------------------------------------------------------------------------------------------ who owns a name


def entries_of(raw: dict[str, Any], *lists: str) -> Iterator[tuple[str, str]]:
    """(owner, name) of the entries of these lists of tables, and of the file's unclear words."""
    for kind in lists:
        for entry in raw[kind]:
            owner = f"{kind} {entry['key']}"
            yield from ((owner, name) for name in (entry["key"], *entry.get("aliases", ())))
    yield from ((UNCLEAR, name) for name in raw.get("unclear", ()))


def medicines(raw: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Names of drugs, of their classes, of several drugs, and of medicines that belong to no class."""
    yield from entries_of(raw, "drug", "class")
    for kind, names in raw["other_medicines"].items():
        if kind != "source":
            yield from (("no class", name) for name in names)
    yield from (("a form", form) for form in raw["forms"] if form != "source")
    yield from (("a salt", salt) for salt in raw["salts"]["words"] if salt != "calcium")


def units(raw: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, row in raw["dose_units"].items():
        yield from ((key, unit_fold(name)) for name in (key, *row["aliases"]))


def spans(raw: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((f"span {per_day}", "".join(words.split())) for words, per_day in raw["dose_spans"].items())


def doubled(names: Iterable[tuple[str, str]], folded: Any = fold) -> list[str]:
    """Names with more than one owner, each with its owners."""
    owners: dict[str, set[str]] = {}
    for owner, name in names:
        owners.setdefault(folded(name), set()).add(owner)
    return [f"{name}: {', '.join(sorted(of))}" for name, of in owners.items() if len(of) > 1]


SPACES = {
    "medicines": lambda raw: medicines(raw["drugs"]),
    "routes": lambda raw: entries_of(raw["routes"], "route"),
    "schedules": lambda raw: entries_of(raw["frequencies"], "schedule"),
    "units of dose": lambda raw: units(raw["frequencies"]),
    "spans of a unit": lambda raw: spans(raw["frequencies"]),
    "constants": lambda raw: entries_of(raw["constants"], "constant"),
    "criteria": lambda raw: entries_of(raw["criteria"], "criterion"),
}


@pytest.mark.parametrize("space", SPACES)
def test_no_name_has_two_owners(space: str) -> None:
    same = str if space in {"units of dose", "spans of a unit"} else fold
    assert [] == doubled(SPACES[space](RAW), same)


def test_names_of_drugs_are_in_no_two_lists_of_brands() -> None:
    raw = RAW["drugs"]
    known = {fold(name) for owner, name in medicines(raw) if owner.startswith("drug ")}
    assert {fold(brand) for brand in raw["brand_routes"] if brand != "source"} <= known
    assert {fold(name) for name in raw["depots"]["names"]} <= known
    assert not {fold(name) for name in raw["depots"]["names"]} & {fold(name) for name in raw["brand_routes"]}


@pytest.mark.parametrize(
    ("space", "file", "kind", "key", "name", "owners"),
    [
        ("medicines", "drugs", "drug", "prednisolone", "DECORTIN", "decortin: drug prednisolone, drug prednisone"),
        ("medicines", "drugs", "drug", "rituximab", "anti-TNF", "antitnf: class TNF inhibitors, drug rituximab"),
        ("medicines", "drugs", "drug", "triamcinolone", "T.A.C.", "tac: asked, drug triamcinolone"),
        ("medicines", "drugs", "drug", "dapsone", "omeprazole", "omeprazole: drug dapsone, no class"),
        ("medicines", "drugs", "class", "biologics", "oral", "oral: a form, class biologics"),
        ("routes", "routes", "route", "topical", "Sub-Q", "subq: route subcutaneous, route topical"),
        ("routes", "routes", "route", "oral", "buccal", "buccal: asked, route oral"),
        ("schedules", "frequencies", "schedule", "once daily", "b d", "bd: schedule once daily, schedule twice daily"),
        ("schedules", "frequencies", "schedule", "monthly", "mo.", "mo: asked, schedule monthly"),
    ],
)
def test_a_name_given_to_a_second_owner_is_found(
    space: str, file: str, kind: str, key: str, name: str, owners: str
) -> None:
    raw = copy.deepcopy(RAW)
    entry = next(one for one in raw[file][kind] if one["key"] == key)
    entry["aliases"] = [*entry.get("aliases", ()), name]
    assert [owners] == doubled(SPACES[space](raw))


def test_a_unit_given_to_a_second_owner_is_found() -> None:
    raw = copy.deepcopy(RAW)
    raw["frequencies"]["dose_units"]["mg"]["aliases"].append("MCG")
    assert ["mcg: mg, ug"] == doubled(SPACES["units of dose"](raw), str)


#: Names that are another drug with this salt.
OTHER_WITH_SALT = {"mycophenolic acid"}


def names_of(key: str) -> tuple[str, ...]:
    return (key, *drug(key).aliases)


def test_a_salt_behind_a_name_leaves_its_drug_or_is_itself_a_name() -> None:
    salts = RAW["drugs"]["salts"]["words"]
    ends = {fold(salt) for salt in salts}
    changed = set()
    for entry in drugs():
        for name in names_of(entry.key):
            for salt in salts if fold(name.split()[-1]) not in ends else ():
                found = written_drug(f"{name} {salt}").drug.key
                if found != entry.key:
                    changed.add((found, fold(f"{name} {salt}") in {fold(one) for one in names_of(found)}))
    assert {(key, True) for key in OTHER_WITH_SALT} == changed


@pytest.mark.parametrize("way", ["tablets", "oral", "cream", "Tabletten", "injection"])
def test_a_form_beside_a_name_leaves_its_drug(way: str) -> None:
    for entry in drugs():
        for name in names_of(entry.key):
            for text in (f"{name} {way}", f"{way} {name}"):
                found = written_drug(text).drug.key
                assert found == entry.key or fold(text) in {fold(one) for one in names_of(found)}, text


# ------------------------------------------------------------------------------------------------ where a number comes from

#: Fields that hold a fact of medicine, not an order or a switch.
FACTS = {
    "mg", "value", "per_day", "per_month", "minimum", "maximum", "low", "high", "scale", "plausible", "factor", "code", "id", "loinc",
    "systemic", "equivalent", "days", "at_least", "at_most", "more_than", "less_than", "equals", "months", "unit_factor", "atc",
}  # fmt: skip
#: Parts of the files that hold a fact and whose source is said in words above them: a definition, or the list the comment names.
DEFINED = ("frequencies/dose_units", "frequencies/dose_spans", "frequencies/numbers")


def unsourced(tree: Any, path: str, inherited: bool = False) -> Iterator[str]:
    """Places of tables that hold a fact and have no source: none of their own, of a table around them, or of their file."""
    if isinstance(tree, list):
        for number, one in enumerate(tree):
            yield from unsourced(
                one, f"{path}[{one.get('key', number) if isinstance(one, dict) else number}]", inherited
            )
    if not isinstance(tree, dict):
        return
    sourced = (
        inherited or "source" in tree or "plausible" in tree
    )  # `plausible` limits are assumptions of the catalogue
    if (
        any(key in FACTS and not entries(value) for key, value in tree.items())
        and not sourced
        and not path.startswith(DEFINED)
    ):
        yield path
    for key, value in tree.items():
        yield from unsourced(value, f"{path}/{key}", sourced)


def entries(value: Any) -> bool:
    """Whether a value is a list of entries, each with facts of its own."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def facts_without_source(raw: dict[str, dict[str, Any]]) -> list[str]:
    return [
        place
        for name, content in raw.items()
        if name != "sources"
        for place in unsourced(content, name, "defaults" in content and "source" in content["defaults"])
    ]


def test_every_fact_has_a_source_or_a_mark() -> None:
    assert [] == facts_without_source(RAW)


def test_every_mark_is_one_of_those_that_are_explained() -> None:
    marks = {"read", "read weak", "derived", "recalled H", "recalled M", "recalled L", "assumption"}
    for name, content in RAW.items():
        if name != "sources":
            for words in sources(content):
                cited, _, mark = words.removesuffix("]").partition(" [")
                assert (cited in RAW["sources"], mark in marks) == (True, True), (name, words)


def test_what_is_recalled_is_never_marked_as_read() -> None:
    for content in RAW.values():
        for words in sources(content):
            if words.startswith(("recalled [", "usage [")):
                assert "recalled" in words.partition(" [")[2], words


def sources(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key == "source" and isinstance(value, str):
                yield value
            yield from sources(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from sources(value)


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("glucocorticoids", "equivalent"),
        ("constants", "constant"),
        ("routes", "route"),
        ("concepts", "ingredient"),
        ("concepts", "route"),
        ("concepts", "measurement"),
        ("concepts", "meaning"),
    ],
)
def test_a_fact_that_loses_its_source_is_found(file: str, kind: str) -> None:
    raw = copy.deepcopy(RAW)
    del raw[file][kind][0]["source"]
    assert 1 == len(facts_without_source(raw))


def test_a_code_of_a_drug_that_loses_its_source_and_its_default_is_found() -> None:
    raw = copy.deepcopy(RAW)
    del raw["drugs"]["defaults"]
    first = raw["drugs"]["drug"][0]
    del first["code"][0]["source"]
    assert any(place.endswith("drug[prednisone]/code[0]") for place in facts_without_source(raw))
