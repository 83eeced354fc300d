"""Drawn databases in every layout are read as the facts they were drawn from, and no defect becomes another number."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings
from tests.readers_omop import facts, layouts
from tests.readers_omop.defects import DEFECTS, spoilt
from tests.readers_omop.reading import Answers, answered, read, told_of, written

from caseseries.errors import InputError

CI = settings.get_current_profile_name() == "ci"
OPTIONS = [(aspect, option) for aspect, options in layouts.LAYOUTS.items() for option in options]
KINDS = [(kind, option) for kind, options in facts.KINDS.items() for option in options]


def differences(drawn: facts.Drawn, path: Path) -> list[str]:
    """What was read otherwise than it was meant."""
    meant, found = drawn.told, told_of(read(path))
    told = []
    for name in ("people", "observed", "values", "courses", "facts"):
        one, other = getattr(meant, name), getattr(found, name)
        # Rows that say the same are read once.
        told += [f"{name}: not read {row}" for row in sorted(set(one) - set(other), key=repr)]
        told += [f"{name}: never written {row}" for row in sorted(set(other) - set(one), key=repr)]
    return told


def seeds() -> int:
    return 0 if CI else random.randrange(10**9)


def test_every_layout_and_every_kind_of_fact_is_reached_and_read_as_it_was_meant(tmp_path: Path) -> None:
    start, missing = seeds(), {*OPTIONS, *KINDS}
    reached: Counter[tuple[str, str]] = Counter()
    for seed in range(start, start + 200):
        if not missing:
            break
        chance = Random(seed)
        # What is missing is wished for, one option of an aspect at a time.
        wishes = dict(sorted(missing, key=repr))
        layout = layouts.choose(
            chance, {aspect: option for aspect, option in wishes.items() if aspect in layouts.LAYOUTS}
        )
        asked = {kind: option for kind, option in wishes.items() if kind in facts.KINDS}
        drawn = facts.draw(chance, 8, wide=layout["ids"] == "bigint", wishes=asked)
        path = written(drawn.tables, layout, tmp_path / str(seed), chance)
        assert [] == differences(drawn, path), f"seed {seed}: {dict(layout.chosen)}"
        used = Counter(layout.chosen.items()) + drawn.kinds
        if not layout.is_csv:
            for aspect in ("delimiter", "byte order mark"):
                used.pop((aspect, layout[aspect]))
        if layout.is_csv:
            for aspect in ("numbers",):
                used.pop((aspect, layout[aspect]))
        reached += used
        missing -= set(used)
    assert set() == missing
    assert {*OPTIONS, *KINDS} == set(reached)


@cache
def clean_of(seed: int) -> tuple[facts.Drawn, Answers | InputError]:
    """Four persons and what the study answers of them, which no layout changes."""
    drawn = facts.draw(Random(seed), 4)
    with tempfile.TemporaryDirectory() as folder:
        layout = layouts.choose(Random(0), {"store": "parquet"})
        return drawn, answered(written(drawn.tables, layout, Path(folder), Random(0)))


def judged(drawn: facts.Drawn, clean: Answers, found: Answers | InputError, *, harmless: bool) -> list[str]:
    """What a study said of spoilt rows that it must not say."""
    if isinstance(found, InputError):
        return ["a harmless defect stopped the study"] if harmless else []
    wrong, other = [], set()
    recorded = {(patient, measure, (value, censor)) for patient, measure, _, value, censor, _ in drawn.told.values}
    for key, value in found.values.items():
        patient, outcome, slot = key
        if value is None or value == clean.values.get(key) or slot == "verdict":
            continue
        # Where a row was refused, another of the same person and measure may be the nearest or the last, a number or a bound.
        if (patient, slot.rpartition(" ")[2], value) in recorded:
            other.add((patient, outcome))
        else:
            wrong.append(f"{key}: {clean.values.get(key)} became {value}")
    for (patient, outcome, slot), value in found.values.items():
        changed = value is not None and value != clean.values.get((patient, outcome, slot))
        if slot == "verdict" and changed and (patient, outcome) not in other:
            wrong.append(f"{patient} {outcome}: {clean.values.get((patient, outcome, slot))} became {value}")
    if harmless:
        wrong += [f"{key}: {value} changed" for key, value in clean.values.items() if value != found.values.get(key)]
    elif not found.said - clean.said:
        wrong.append("nothing was said")
    return wrong


@pytest.mark.long(but_every=8)
@pytest.mark.parametrize("kind", DEFECTS)
def test_a_defect_is_refused_or_told_and_never_becomes_another_number(kind: str, tmp_path: Path) -> None:
    """Every kind finds its place."""
    stated = DEFECTS[kind]
    start = seeds()
    for seed in range(start, start + 60):
        drawn, clean = clean_of(seed)
        chance = Random(f"{kind} {seed}")
        layout = layouts.choose(chance, stated.wishes)
        tables = drawn.tables if stated.damage is not None else spoilt(kind, chance, drawn.tables)
        if tables is None:
            continue
        if stated.read_as is not None:
            clean = answered(written(stated.read_as(tables), layout, tmp_path / "read as", chance))
        assert isinstance(clean, Answers)
        path = written(tables, layout, tmp_path / "spoilt", chance)
        if stated.damage is not None:
            assert stated.damage(path.parent)
        wrong = judged(drawn, clean, answered(path), harmless=stated.harmless)
        assert [] == wrong, f"{kind}, seed {seed}: {dict(layout.chosen)}"
        return
    raise AssertionError(f"{kind} found no place")
