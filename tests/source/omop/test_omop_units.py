"""Units that are not read: named, with the line of the protocol that reads them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from tests.source.omop.conftest import COLUMNS, PROTOCOL, SMALL, Database, protocol

from caseseries.errors import ProtocolError
from caseseries.protocol.load import parse
from caseseries.source.omop import read_omop
from caseseries.study import Checked, Study

SBP, HEART_RATE, PER_MINUTE, OTHER = 3004249, 3027018, 8541, 8483
#: Two units under names of their own, and one without a name.
NAMED = [
    (PER_MINUTE, "UCUM", "/min", "per minute"),
    (OTHER, "UCUM", "{counts}/min", "counts\nper \x1bminute" + " and more" * 20),
    (44777602, "UCUM", "kPa", "kilopascal"),
]


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COLUMNS, "concept", {**COLUMNS["concept"], "concept_name": "VARCHAR"})


def concepts() -> list[tuple[Any, ...]]:
    return [*((*row, "a name") for row in SMALL["concept"]), *NAMED]


def rows(*units: Any, concept: int = HEART_RATE) -> list[tuple[Any, ...]]:
    values = [
        (number, 1, concept, "2019-12-20", 70 + number, None, unit, None) for number, unit in enumerate(units, 50)
    ]
    return [*SMALL["measurement"], *values]


MEASURE = (
    "  heart rate: {quantity: heart rate, unit: beats/min, better: none}\n  kept: {quantity: k, unit: x, better: low}\n"
)
SET = "  heart rate: {ids: [3027018]}\n  kept: {ids: [1]}\n"


def told(chart: Any) -> list[str]:
    return [one.message for one in chart.findings if one.rule == "unit"]


def test_a_unit_is_named_with_the_line_that_reads_it(database: Database) -> None:
    study = protocol(MEASURE, SET)
    chart = read_omop(study, database(concept=concepts(), measurement=rows(PER_MINUTE, PER_MINUTE)))
    assert [
        "heart rate: rows in unit 8541 (per minute, /min), to which the concept set gives no factor, were refused; "
        "`units: {8541: FACTOR}` in its concept set would read them, where a value times FACTOR is in beats/min: 2 rows"
    ] == told(chart)


@pytest.mark.parametrize("kind", ["csv", "parquet", "duckdb"])
def test_the_line_pasted_reads_them_and_what_was_read_before(database: Database, kind: str) -> None:
    held: dict[str, Any] = {"concept": concepts(), "measurement": rows(PER_MINUTE, 44777602, concept=SBP)}
    path = database(kind, **held)
    before = read_omop(protocol(), path)
    (message,) = told(before)
    line = message.split("`")[1].replace("FACTOR", "1/3")
    assert "sbp: {units: {8876: 1, 44777602: 200000000000/26664477483, 8541: 1/3}}" == line
    after = read_omop(protocol(concepts=f"  {line}"), path)
    assert [] == told(after)
    found = [one.value for one in after.measurements]
    assert Fraction(round(Fraction(50 + 70) / 3 * 10**6), 10**6) in found
    assert {one.value for one in before.measurements} < set(found)
    assert len(before.measurements) + 1 == len(after.measurements)


def test_counts_say_the_same(database: Database) -> None:
    path = database(concept=concepts(), measurement=rows(PER_MINUTE, concept=SBP))
    checked = Study(protocol()).check(path, show=0)
    assert isinstance(checked, Checked)
    (found,) = [str(words) for (_, rule, words), _ in checked.tally.section("finding") if rule == "unit"]
    assert [f"{found}: 1 row"] == told(read_omop(protocol(), path))
    assert found.startswith("sbp: rows in unit 8541 (per minute, /min), ")


def test_a_factor_that_the_name_says_stands_in_the_line(database: Database) -> None:
    """Another concept of a unit that the measure is declared in, by its name; and one that the catalogue converts."""
    own = [(2_000_000_001, "site", "1", "Beats / min"), (2_000_000_002, "UCUM", "mm[Hg]", "x")]
    held: dict[str, Any] = {
        "concept": [*concepts(), *own],
        "measurement": [*rows(2_000_000_001), *rows(2_000_000_002, concept=SBP)[-1:]],
    }
    (rate, pressure) = told(read_omop(protocol(MEASURE, SET), database(**held)))
    assert "`units: {2000000001: 1}` in its concept set would read them: 1 row" in rate
    assert "44777602: 200000000000/26664477483, 2000000002: 1}}` under `concepts:` would read them: 1 row" in pressure


def test_names_of_the_database_keep_to_one_short_line(database: Database) -> None:
    (message,) = told(read_omop(protocol(MEASURE, SET), database(concept=concepts(), measurement=rows(OTHER))))
    assert "\n" not in message
    assert "\x1b" not in message
    assert "8483 (counts per �minute and more" in message
    assert len(message) < 330


def test_without_a_name_and_without_an_id(database: Database) -> None:
    """No row of concept for the unit, no table concept, and a unit column that holds a word."""
    held = rows(4711, "beats")
    first = told(read_omop(protocol(MEASURE, SET), database(concept=concepts(), measurement=held)))
    assert "heart rate: rows in unit 4711, to which the concept set" in first[0]
    assert "heart rate: rows whose unit is written as no concept id were refused: 1 row" == first[1]
    second = told(read_omop(protocol(MEASURE, SET), database("gz", concept=None, measurement=held)))
    assert first == second


def test_a_factor_may_be_a_quotient(database: Database) -> None:
    text = PROTOCOL.format(measures=MEASURE, concepts=SET)
    written = text.replace("ids: [3027018]", "ids: [3027018], units: {8541: 60/1}")
    assert {8541: Fraction(60)} == parse(written).protocol.concepts["heart rate"].factors
    for wrong in ("1/0", "0/7", "1/3/4", "-1/3", "1e-30", f"1/{10**18}", f"0.{'0' * 18}1"):
        with pytest.raises(ProtocolError):
            parse(text.replace("ids: [3027018]", f"ids: [3027018], units: {{8541: {wrong}}}"))
