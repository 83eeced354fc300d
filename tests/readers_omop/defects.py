"""One defect at a time: what it spoils, and on which stores it can stand.

Whatever it is, the study may stop with an error, or say a finding that was not there and leave a value, a verdict or a person out, or
take another value that the clean rows hold of the same person and measure in place of one that it refused. What it must never do is to
say a number that stands nowhere. A few defects are none: whoever reads the file reads the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from tests.readers_omop.facts import INTO_A_JOINT, KG, PRODUCTS, SBP, STUDY_DRUG, Row, Tables
from tests.readers_omop.layouts import Spelt

#: Of a defect: change the rows. True where it found a place.
Spoil = Callable[[Random, Tables], bool]
#: Of a defect of files: change what was written.
Damage = Callable[[Path], bool]


#: The tables that a spoilt one is read as.
Change = Callable[[Tables], Tables]


@dataclass(frozen=True)
class Defect:
    """A kind of defect: how it spoils rows or files, the choices of layout it needs, and whether nobody need notice it.

    Of some the manual says what they are `read_as`, told: the answers are then those of these tables, and of no other.
    """

    spoil: Spoil | None = None
    damage: Damage | None = None
    wishes: Mapping[str, str] = field(default_factory=dict)
    harmless: bool = False
    read_as: Change | None = None


DEFECTS: dict[str, Defect] = {}
#: The id of a person who is not in the table person.
STRANGER = 999_999
TEXT = {"dates": "text", "numbers": "text", "ids": "text"}


def defect(kind: str, wishes: Mapping[str, str] | None = None, *, harmless: bool = False) -> Callable[[Spoil], Spoil]:
    def registered(spoil: Spoil) -> Spoil:
        DEFECTS[kind] = Defect(spoil, None, wishes or {}, harmless)
        return spoil

    return registered


def damage(kind: str, store: str, *, harmless: bool = False) -> Callable[[Damage], Damage]:
    def registered(change: Damage) -> Damage:
        DEFECTS[kind] = Defect(None, change, {"store": store}, harmless)
        return change

    return registered


def spoilt(kind: str, random: Random, tables: Tables) -> Tables | None:
    """The tables with the defect in them; None where it finds no place."""
    change = DEFECTS[kind].spoil
    copy = deepcopy(tables)
    return copy if change is not None and change(random, copy) else None


def _without_nobody(tables: Tables) -> Tables:
    """A row of no person, or of one who is not there, may be anybody's; no person's answers are unknown because of it."""
    return {
        table: [row for row in rows if row.get("person_id", 0) not in (None, STRANGER)]
        for table, rows in tables.items()
    }


def _without_days(tables: Tables) -> Tables:
    """Days of supply of zero or below are not recorded, so that the end alone says how long a row lasts."""
    rows = [row | {"days_supply": max(row["days_supply"] or 0, 0) or None} for row in tables["drug_exposure"]]
    return tables | {"drug_exposure": rows}


def _some(random: Random, rows: list[Row], where: Callable[[Row], bool] = lambda row: True) -> Row | None:
    found = [row for row in rows if where(row)]
    return random.choice(found) if found else None


def _set(table: str, column: str, value: Any, where: Callable[[Row], bool] = lambda row: True) -> Spoil:
    def change(random: Random, tables: Tables) -> bool:
        row = _some(random, tables[table], lambda one: one.get(column) is not None and where(one))
        if row is None:
            return False
        row[column] = value(row[column]) if callable(value) else value
        return True

    return change


def _pressure(row: Row) -> bool:
    return row["measurement_concept_id"] == SBP and row["value_as_number"] is not None


def _steroid(row: Row) -> bool:
    return row["drug_concept_id"] in PRODUCTS


def _dosed(row: Row) -> bool:
    """Whether the row enters a dose that is known."""
    end, days = row["drug_exposure_end_date"], row["days_supply"]
    known = (end is not None or days is not None) and end != row["drug_exposure_start_date"]
    return _steroid(row) and known and row["route_concept_id"] != INTO_A_JOINT and row["quantity"] is not None


def _indexed(row: Row) -> bool:
    return row["drug_concept_id"] == STUDY_DRUG


def _any(row: Row) -> bool:
    return True


def _ended(row: Row) -> bool:
    return _steroid(row) and row["drug_exposure_end_date"] not in (None, row["drug_exposure_start_date"])


for _kind, _table, _column, _value, _where, _wishes in (
    ("units: another unit", "measurement", "unit_concept_id", KG, _pressure, {}),
    ("units: no unit", "measurement", "unit_concept_id", None, _pressure, {}),
    ("units: zero for no unit", "measurement", "unit_concept_id", 0, _pressure, {}),
    ("units: a concept that is no unit", "measurement", "unit_concept_id", 4132161, _pressure, {}),
    ("epochs: a day number of Excel", "measurement", "measurement_date", Spelt("42005"), _pressure, TEXT),
    ("epochs: seconds of Unix", "drug_exposure", "drug_exposure_start_date", Spelt("1420070400"), _steroid, TEXT),
    ("epochs: day, month, year", "measurement", "measurement_date", Spelt("01/02/2015"), _pressure, TEXT),
    ("epochs: a year of two digits", "measurement", "measurement_date", Spelt("15-02-01"), _pressure, TEXT),
    ("epochs: a date that is none", "condition_occurrence", "condition_start_date", Spelt("2015-02-30"), lambda row: True, TEXT),
    ("epochs: a month", "measurement", "measurement_date", Spelt("2015-02"), _pressure, TEXT),
    ("epochs: before all records", "measurement", "measurement_date", dt.date(1800, 1, 1), _pressure, {}),
    ("time zones: an instant elsewhere", "measurement", "measurement_date", Spelt("2015-02-01T23:30:00+05:00"), _pressure, TEXT),
    ("time zones: a time of day", "drug_exposure", "drug_exposure_start_date", Spelt("2015-02-01 23:30:00"), _steroid, TEXT),
    ("signs: a quantity below zero", "drug_exposure", "quantity", -60, _dosed, {}),
    ("signs: a quantity of zero", "drug_exposure", "quantity", 0, _dosed, {}),
    ("signs: days below zero", "drug_exposure", "days_supply", -30, _steroid, {}),
    ("signs: days of zero", "drug_exposure", "days_supply", 0, _steroid, {}),
    ("numbers: a decimal comma", "measurement", "value_as_number", Spelt("120,5"), _pressure, TEXT | {"delimiter": ";"}),
    ("numbers: a word", "measurement", "value_as_number", Spelt("high"), _pressure, TEXT),
    ("numbers: infinity", "measurement", "value_as_number", float("inf"), _pressure, {"numbers": "double"}),
    ("numbers: no number", "measurement", "value_as_number", float("nan"), _pressure, {"numbers": "double"}),
    ("numbers: beyond all limits", "measurement", "value_as_number", 1e300, _pressure, {"numbers": "double"}),
    ("percent: a sign behind a value", "measurement", "value_as_number", Spelt("62 %"), _pressure, TEXT),
    ("absent: no quantity", "drug_exposure", "quantity", None, _dosed, {}),
    ("absent: no date of a value", "measurement", "measurement_date", None, _pressure, {}),
    ("absent: no start", "drug_exposure", "drug_exposure_start_date", None, _steroid, {}),
    ("absent: a value of no person", "measurement", "person_id", None, _pressure, {}),
    ("absent: a supply of no person", "drug_exposure", "person_id", None, _steroid, {}),
    ("joins: a value of a stranger", "measurement", "person_id", STRANGER, _pressure, {}),
    ("joins: a supply of a stranger", "drug_exposure", "person_id", STRANGER, _steroid, {}),
    ("joins: an id that is no number", "measurement", "person_id", Spelt("P-7"), _pressure, TEXT),
    ("unknown names: a drug of no concept", "drug_exposure", "drug_concept_id", 0, _steroid, {}),
    ("unknown names: a drug whose concept is empty", "drug_exposure", "drug_concept_id", None, _steroid, {}),
    ("unknown names: a value of no concept", "measurement", "measurement_concept_id", 0, _pressure, {}),
    ("unknown names: a diagnosis of no concept", "condition_occurrence", "condition_concept_id", 0, lambda row: True, {}),
    ("unknown names: an answer that is neither", "observation", "value_as_concept_id", 45877994, lambda row: True, {}),
    ("future: a value", "measurement", "measurement_date", dt.date(2093, 1, 1), _pressure, {}),
    ("future: a supply", "drug_exposure", "drug_exposure_start_date", dt.date(2093, 1, 1), _steroid, {}),
    ("future: a period", "observation_period", "observation_period_end_date", dt.date(2093, 1, 1), lambda row: True, {}),
    ("future: a birth", "person", "year_of_birth", 2093, lambda row: True, {}),
    ("contradictions: a supply ends before it begins", "drug_exposure", "drug_exposure_end_date", dt.date(2001, 1, 1), _steroid, {}),
    ("contradictions: a period ends before it begins", "observation_period", "observation_period_end_date", dt.date(2001, 1, 1), _any, {}),
    ("contradictions: ninety days that end on the first", "drug_exposure", "days_supply", 900, _ended, {}),
    ("contradictions: a month of birth of thirteen", "person", "month_of_birth", 13, lambda row: True, {}),
    ("plausibility: tablets for an army", "drug_exposure", "quantity", 900_000, _dosed, {}),
):  # fmt: skip
    DEFECTS[_kind] = Defect(_set(_table, _column, _value, _where), None, _wishes)

for _kind, _read_as in (
    ("absent: a value of no person", _without_nobody), ("absent: a supply of no person", _without_nobody),
    ("joins: a value of a stranger", _without_nobody), ("joins: a supply of a stranger", _without_nobody),
    ("signs: days below zero", _without_days), ("signs: days of zero", _without_days),
):  # fmt: skip
    DEFECTS[_kind] = replace(DEFECTS[_kind], read_as=_read_as)


def _again(table: str, change: Mapping[str, Any], where: Callable[[Row], bool] = lambda row: True) -> Spoil:
    def doubled(random: Random, tables: Tables) -> bool:
        row = _some(random, tables[table], where)
        if row is None:
            return False
        more = {name: value(row[name]) if callable(value) else value for name, value in change.items()}
        tables[table].append({**row, **more})
        return True

    return doubled


def _more(days: int) -> Callable[[Any], Any]:
    return lambda day: day + dt.timedelta(days=days)


DEFECTS |= {
    "doublings: a value twice": Defect(_again("measurement", {}, _pressure), harmless=True),
    "doublings: a supply twice": Defect(_again("drug_exposure", {}, _steroid), harmless=True),
    "doublings: an id on another day": Defect(_again("measurement", {"measurement_date": _more(-400)}, _pressure)),
    "doublings: a supply under a second id": Defect(
        _again("drug_exposure", {"drug_exposure_id": 12345}, lambda row: _steroid(row) and row["quantity"] is not None), harmless=True
    ),
    "doublings: a supply collected twice on one day": Defect(
        _again("drug_exposure", {"drug_exposure_id": 12345, "quantity": 59}, _dosed)
    ),
    "doublings: an early refill": Defect(
        _again(
            "drug_exposure",
            {
                "drug_exposure_id": 12345, "drug_exposure_start_date": _more(20), "drug_exposure_end_date": None, "days_supply": 60,
            },
            lambda row: _dosed(row) and row["days_supply"] == 60,
        )
    ),
    "doublings: a person": Defect(_again("person", {}), harmless=True),
    "doublings: a person born another year": Defect(
        _again("person", {"year_of_birth": 1950}, lambda row: row["year_of_birth"] is not None)
    ),
    "contradictions: a death before the index date": Defect(
        _again("observation_period", {})  # replaced below
    ),
    "contradictions: two deaths": Defect(_again("death", {"death_date": _more(-30)})),
}  # fmt: skip


@defect("contradictions: a death before the index date")
def _early_death(random: Random, tables: Tables) -> bool:
    row = _some(random, tables["drug_exposure"], _indexed)
    assert row is not None
    tables["death"] = [one for one in tables["death"] if one["person_id"] != row["person_id"]]
    day = row["drug_exposure_start_date"] - dt.timedelta(days=30)
    tables["death"].append({"person_id": row["person_id"], "death_date": day})
    return True


@defect("absent: a person's periods")
def _no_period(random: Random, tables: Tables) -> bool:
    row = _some(random, tables["observation_period"])
    assert row is not None
    tables["observation_period"] = [one for one in tables["observation_period"] if one["person_id"] != row["person_id"]]
    return True


@defect("absent: a person's own row")
def _no_person(random: Random, tables: Tables) -> bool:
    tables["person"].pop(random.randrange(len(tables["person"])))
    return True


@defect("absent: what a product holds")
def _no_strength(random: Random, tables: Tables) -> bool:
    row = _some(random, tables["drug_exposure"], _dosed)
    if row is None:
        return False
    tables["drug_strength"] = [
        one for one in tables["drug_strength"] if one["drug_concept_id"] != row["drug_concept_id"]
    ]
    return True


@defect("joins: a product of two ingredients")
def _two_ingredients(random: Random, tables: Tables) -> bool:
    row = _some(random, tables["drug_exposure"], _dosed)
    if row is None:
        return False
    held = next(one for one in tables["drug_strength"] if one["drug_concept_id"] == row["drug_concept_id"])
    tables["drug_strength"].append({**held, "ingredient_concept_id": 999})
    return True


@defect("units: what a product holds is in another unit")
def _units_of_strength(random: Random, tables: Tables) -> bool:
    row = _some(random, tables["drug_exposure"], _dosed)
    if row is None:
        return False
    held = next(one for one in tables["drug_strength"] if one["drug_concept_id"] == row["drug_concept_id"])
    held["amount_unit_concept_id"] = held["numerator_unit_concept_id"] = 8510
    return True


for _table in (
    "observation_period", "measurement", "condition_occurrence", "drug_strength", "concept_ancestor", "observation", "drug_exposure",
    "person",
):  # fmt: skip

    def _left_out(random: Random, tables: Tables, table: str = _table) -> bool:
        del tables[table]
        return True

    DEFECTS[f"absent: the table {_table}"] = Defect(_left_out)


for _table, _column in (
    ("measurement", "value_as_number"), ("measurement", "measurement_date"), ("measurement", "unit_concept_id"), ("measurement", "person_id"),
    ("drug_exposure", "quantity"), ("drug_exposure", "drug_exposure_start_date"), ("drug_exposure", "drug_concept_id"),
    ("observation_period", "observation_period_end_date"), ("person", "person_id"), ("drug_strength", "amount_unit_concept_id"),
):  # fmt: skip

    def _misnamed(random: Random, tables: Tables, table: str = _table, column: str = _column) -> bool:
        tables[table] = [
            {name.replace(column, f"{column}_"): cell for name, cell in row.items()} for row in tables[table]
        ]
        return True

    DEFECTS[f"unknown names: the column {_column} of {_table}"] = Defect(_misnamed)


@damage("encodings: UTF-16", "csv")
def _utf16(folder: Path) -> bool:
    path = folder / "measurement.csv"
    path.write_bytes(path.read_text(encoding="utf-8-sig").encode("utf-16"))
    return True


@damage("encodings: a letter of Latin-1", "csv")
def _latin(folder: Path) -> bool:
    path = folder / "concept.csv"
    path.write_bytes(path.read_bytes().replace(b"name 300", "Müller".encode("latin-1")))
    return True


@damage("absent: the end of a file of text", "csv")
def _cut_text(folder: Path) -> bool:
    path = folder / "measurement.csv"
    lines = path.read_bytes().rstrip().splitlines()
    path.write_bytes(b"\n".join([*lines[:-1], lines[-1][: len(lines[-1]) // 3]]))
    return True


@damage("absent: the end of a file of Parquet", "parquet")
def _cut_parquet(folder: Path) -> bool:
    path = folder / "measurement.parquet"
    path.write_bytes(path.read_bytes()[:-200])
    return True


@damage("absent: the end of a zip", "parquet in a zip")
def _cut_zip(folder: Path) -> bool:
    path = folder / "cdm.zip"
    path.write_bytes(path.read_bytes()[:-60])
    return True


@damage("doublings: the heading again below", "csv")
def _heading(folder: Path) -> bool:
    path = folder / "measurement.csv"
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([*lines, lines[0].removeprefix(b"\xef\xbb\xbf")]) + b"\n")
    return True
