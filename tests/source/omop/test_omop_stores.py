"""The same rows in another store are the same chart: CSV, Parquet, a DuckDB file, a ZIP, Postgres, Spark."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.source.omop.conftest import COLUMNS, PROTOCOL, SMALL, describe, write_csv, write_parquet

from caseseries.chart.tables import Chart
from caseseries.engine import Engine
from caseseries.errors import ChartError
from caseseries.protocol.load import parse
from caseseries.source.omop import opened_omop, read_omop
from caseseries.source.omop.description import load_omop
from caseseries.source.omop.known_persons import People
from caseseries.source.omop.read import chart_of
from caseseries.source.omop.servers import over_spark
from caseseries.source.omop.source import open_omop

Database = Callable[..., Path]

SBP = 3004249

#: Every kind of row: doses, judgements, censored and refused values, events, deaths, two periods, duplicates.
FULL: dict[str, Any] = {
    "person": [*SMALL["person"], (3, None, 1985, 7, None), (-4, 8507, None, None, None)],
    "observation_period": [
        *SMALL["observation_period"], (3, 3, "2019-01-01", "2019-06-30"),
        (4, 3, "2019-07-01", "2020-06-30"), (5, -4, "2020-06-30", "2020-01-01")],
    "drug_exposure": [
        *SMALL["drug_exposure"],
        (3, 3, 100, "2020-01-01", "2020-01-30", 10, 30, 0),
        (4, 3, 1551099, "2019-12-01", "2020-02-28", 60, None, 4132161),
        (5, 1, 400, "2020-01-01", None, 10, 3, 4132161),
        (6, 1, 400, "2020-01-01", None, 10, 3, 4132161),
        (7, 1, 400, "2020-01-05", None, 0.333, 7, 4263689),
        (8, 2, 100, "2020-05-01", "2020-04-01", 10, 3, 4132161),
        (9, 99, 100, "2020-05-01", "2020-05-01", 10, 3, 4132161),
    ],
    "condition_occurrence": [*SMALL["condition_occurrence"], (3, 3, 300, "2019-03-01"), (4, 3, 301, "2020-07-01"), (5, None, 301, "2020-07-01")],
    "measurement": [
        *SMALL["measurement"],
        (5, 3, SBP, "2019-12-20", 18.75, None, 44777602, 4171756),
        (6, 3, SBP, "2020-03-20", float("nan"), None, 8876, None),
        (7, 3, SBP, "2020-03-21", 1.00000049, None, 8876, 4172704),
        (8, 3, SBP, "2020-03-22", -12345.678901, None, 8876, None),
        (9, 3, SBP, "2020-03-23", 100, None, 9529, None),
        (10, 3, SBP, "2020-03-24", 100, None, None, None),
        (11, 3, SBP, "2021-03-24", 100, None, 8876, None),
        (12, 3, SBP, None, 100, None, 8876, None),
        (13, 1, SBP, "2019-12-20", 150, None, 8876, None),
        (14, 1, SBP, "2020-02-20", 1e15, None, 8876, None),
    ],
    "observation": [(1, 1, 500, "2020-03-31", None, 1, None), (2, 2, 500, "2020-03-31", None, 2, None), (3, 2, 500, "2020-04-01", 1, 7, None)],
    "visit_occurrence": [*SMALL["visit_occurrence"], (3, 1, "2020-03-31"), (4, 3, "2021-01-01")],
    "death": [(3, "2020-08-29"), (2, "2021-03-02")],
    "concept": SMALL["concept"],
    "concept_ancestor": [*SMALL["concept_ancestor"], (1551099, 1551099), (1551099, 400)],
    "concept_relationship": [(9, 300, "Maps to", None)],
    "drug_strength": [(400, 1551099, 5, 8576)],
}  # fmt: skip

TEXT = PROTOCOL.format(
    measures="  improved: {judgement: better, since: index date}\n  steroid: {daily_dose: prednisone, as: mg/day, outside_courses: zero}\n",
    concepts="  improved: {ids: [500], yes: [1], no: [2], table: observation}\n",
).replace("disease: {ids: [300]}", "disease: {codes: {SNOMED: ['30']}}")
STUDY = parse(TEXT).protocol
MORE = "  no_route: systemic\n"


def told(chart: Chart) -> dict[str, Any]:
    """Everything a chart says but the names of its files."""
    return {
        "people": chart.people, "measurements": chart.measurements, "courses": chart.courses, "facts": chart.facts,
        "observed": chart.observed, "rows": chart.rows, "account": chart.account(), "findings": chart.findings,
    }  # fmt: skip


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("parquet")
    write_parquet(folder, FULL)
    return told(read_omop(STUDY, describe(folder, f"  from: {{parquet: .}}\n{MORE}")))


def test_the_expected_chart_holds_what_the_comparison_is_about(expected: dict[str, Any]) -> None:
    assert ["1", "2", "3"] == sorted(person.patient for person in expected["people"])
    assert {"", "<", ">"} == {one.censor for one in expected["measurements"]}
    assert {"diagnosis", "event", "visit", "death"} == {fact.kind for fact in expected["facts"]}
    assert {"warning", "note"} == {finding.severity for finding in expected["findings"]}
    assert {(None, True), (Fraction("16.666667"), True), (Fraction("0.237857"), False)} == {
        (one.amount, one.systemic) for one in expected["courses"]
    }
    assert 8 == sum(counts["refused"] for counts in expected["account"].values())


@pytest.mark.parametrize("kind", ["csv", "gz", "duckdb"])
def test_other_files(database: Database, expected: dict[str, Any], kind: str) -> None:
    tables = dict(FULL)
    assert expected == told(read_omop(STUDY, database(kind, more=MORE, **tables)))


def test_a_zip_with_strays(tmp_path: Path, expected: dict[str, Any]) -> None:
    write_parquet(tmp_path, FULL)
    with zipfile.ZipFile(tmp_path / "cdm.zip", "w") as packed:
        packed.writestr("__MACOSX/cdm/._person.parquet", b"junk")
        packed.writestr("cdm/._person.parquet", b"junk")
        packed.writestr("cdm/readme.txt", b"junk")
        for file in sorted(tmp_path.glob("*.parquet")):
            packed.write(file, f"cdm/{file.name.upper().replace('.PARQUET', '.parquet')}")
    assert expected == told(read_omop(STUDY, describe(tmp_path, f"  from: {{parquet: cdm.zip}}\n{MORE}")))


def test_tables_in_parts_with_columns_in_capitals_and_in_another_order(
    tmp_path: Path, expected: dict[str, Any]
) -> None:
    write_parquet(tmp_path, FULL)
    with duckdb.connect(":memory:") as connection:
        for name, columns in COLUMNS.items():
            file = tmp_path / f"{name}.parquet"
            if not file.exists():
                continue
            listed = ", ".join(f'{column} AS "{column.upper()}"' for column in reversed(columns))
            (tmp_path / name.upper()).mkdir()
            for part in (0, 1):
                rows = f"SELECT {listed}, 'x' AS extra FROM (SELECT *, row_number() OVER () AS n FROM '{file}') WHERE n % 2 = {part}"
                connection.execute(
                    f"COPY ({rows}) TO '{tmp_path / name.upper() / f'part-{part}.parquet'}' (FORMAT parquet)"
                )
            file.unlink()
    assert expected == told(read_omop(STUDY, describe(tmp_path, f"  from: {{parquet: .}}\n{MORE}")))


def test_a_vocabulary_elsewhere_and_semicolons(tmp_path: Path, expected: dict[str, Any]) -> None:
    (tmp_path / "cdm").mkdir()
    (tmp_path / "words").mkdir()
    names = ("concept", "concept_ancestor", "concept_relationship", "drug_strength")
    write_csv(tmp_path / "cdm", {name: rows for name, rows in FULL.items() if name not in names})
    write_csv(tmp_path / "words", {name: rows for name, rows in FULL.items() if name in names})
    for file in tmp_path.rglob("*.csv"):
        file.write_text(file.read_text().replace(",", ";"))
    more = f"  vocabulary: words\n{MORE}"
    assert expected == told(read_omop(STUDY, describe(tmp_path, f"  from: {{csv: cdm}}\n{more}")))
    assert expected == told(read_omop(STUDY, describe(tmp_path, f"  from: {{csv: cdm, delimiter: ';'}}\n{more}")))


def test_text_columns_in_parquet(tmp_path: Path, expected: dict[str, Any]) -> None:
    write_csv(tmp_path, FULL)
    with duckdb.connect(":memory:") as connection:
        for file in sorted(tmp_path.glob("*.csv")):
            target = file.with_suffix(".parquet")
            connection.execute(
                f"COPY (SELECT * FROM read_csv('{file}', all_varchar=true, header=true, delim=',')) TO '{target}' (FORMAT parquet)"
            )
    assert expected == told(read_omop(STUDY, describe(tmp_path, f"  from: {{parquet: .}}\n{MORE}")))


def test_a_schema_of_a_duckdb_file(tmp_path: Path, expected: dict[str, Any]) -> None:
    write_parquet(tmp_path, FULL)
    with duckdb.connect(str(tmp_path / "all.duckdb")) as connection:
        connection.execute("CREATE SCHEMA cdm54")
        for file in sorted(tmp_path.glob("*.parquet")):
            connection.execute(f"CREATE TABLE cdm54.\"{file.stem.upper()}\" AS SELECT * FROM '{file}'")
    described = describe(tmp_path, f"  from: {{duckdb: all.duckdb, schema: cdm54}}\n{MORE}")
    before = (tmp_path / "all.duckdb").read_bytes()
    assert expected == told(read_omop(STUDY, described))
    assert before == (tmp_path / "all.duckdb").read_bytes()


@pytest.mark.parametrize("schema", ["cdm_small"])
def test_postgres(postgres: Any, tmp_path: Path, expected: dict[str, Any], schema: str) -> None:
    with postgres.owner() as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        connection.execute(f"CREATE SCHEMA {schema}")
        for name, rows in FULL.items():
            columns = {
                column: kind.replace("DOUBLE", "DOUBLE PRECISION").replace("VARCHAR", "TEXT")
                for column, kind in COLUMNS[name].items()
            }
            connection.execute(
                f"CREATE TABLE {schema}.{name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})"
            )
            with connection.cursor() as cursor:
                cursor.executemany(
                    f"INSERT INTO {schema}.{name} VALUES ({', '.join(['%s'] * len(columns))})",
                    [list(row) for row in rows],
                )
        connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO reader")
        connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO reader")
    described = describe(tmp_path, f"  from: {{postgres: '{postgres.conninfo()}', schema: {schema}}}\n{MORE}")
    assert expected == told(read_omop(STUDY, described))


@pytest.mark.long
@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_spark(spark: Engine, tmp_path: Path, expected: dict[str, Any]) -> None:
    write_parquet(tmp_path, FULL)
    described = load_omop(describe(tmp_path, f"  from: {{spark: {{parquet: .}}}}\n{MORE}"))
    private = tmp_path / "private"
    private.mkdir()
    assert expected == told(chart_of(open_omop(over_spark(spark, described, tmp_path, private), STUDY)))


def test_ranges_together_are_the_whole(database: Database) -> None:
    with opened_omop(database("parquet", more=MORE, **FULL)) as opened:
        source = open_omop(opened, STUDY)
        assert People(4, -4, 3) == source.people
        whole = source.everybody() + source.history()
        whole += source.values()
        every = source.engine.rows("SELECT * FROM measurement ORDER BY ALL")
        parts, rows = None, []
        for low, high in ((None, 0), (1, 1), (2, None)):
            tally = source.everybody(low, high) + source.history(low, high)
            tally += source.values()
            rows += source.engine.rows("SELECT * FROM measurement")
            parts = tally if parts is None else parts + tally
        assert parts is not None
        assert every == sorted(rows)
        assert whole == parts


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("TABLE {0} AS SELECT * FROM {1} ORDER BY person_id", True),
        ("TABLE {0} AS SELECT * REPLACE (person_id::INTEGER AS person_id) FROM {1} ORDER BY person_id DESC", True),
        ("TABLE {0} AS SELECT * FROM {1} ORDER BY hash(person_id)", False),
        ("TABLE {0} AS SELECT * REPLACE (person_id::VARCHAR AS person_id) FROM {1} ORDER BY person_id", False),
        ("VIEW {0} AS SELECT * FROM {1} ORDER BY person_id", False),
    ],
)
def test_whether_the_rows_of_a_duckdb_file_stand_by_patient(
    database: Database, tmp_path: Path, made: str, expected: bool
) -> None:
    described = database("duckdb", more=MORE, **FULL)
    (file,) = described.parent.glob("*.duckdb")
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{file}' AS cdm (ROW_GROUP_SIZE 2048); USE cdm")
        for table in ("measurement", "observation", "drug_exposure"):
            columns = [name for name, *_ in connection.execute(f"DESCRIBE {table}").fetchall()]
            chosen = ", ".join("10 + i // 9 AS person_id" if name == "person_id" else name for name in columns)
            rows = f"(SELECT * FROM {table} LIMIT 1), range(9000) AS t(i)"
            connection.execute(f"CREATE TABLE rows_{table} AS SELECT {chosen} FROM {rows}; DROP TABLE {table}")
            connection.execute(f"CREATE {made.format(table, f'rows_{table}')}")
    with opened_omop(described) as opened:
        assert all(opened.has(table) for table in ("measurement", "observation", "drug_exposure"))
        assert expected == open_omop(opened, STUDY).sorted_by_patient()


def test_equal_rows_are_counted_alike_whether_or_not_they_are_made_one(database: Database) -> None:
    twice = {**FULL, "measurement": [*FULL["measurement"], *((100 + row[0], *row[1:]) for row in FULL["measurement"])]}
    with opened_omop(database("parquet", more=MORE, **twice)) as opened:
        source = open_omop(opened, STUDY)
        source.history()
        once = source.values()
        rows = source.engine.rows("SELECT patient, measure, day, value, censor FROM measurement ORDER BY ALL")
        repeated = source.values(repeated=True)
        found = source.engine.rows("SELECT patient, measure, day, value, censor FROM measurement ORDER BY ALL")
        assert once == repeated
        assert repeated.total("finding", "note", "duplicates") > 0
        assert len(found) > len(rows) == len(set(found))


def test_values_near_the_index_dates_are_all_that_matter(database: Database) -> None:
    with opened_omop(database("parquet", more=MORE, **FULL)) as opened:
        source = open_omop(opened, STUDY)
        source.history()
        source.engine.table("index_case", [("patient", "BIGINT"), ("index_day", "INT")], [(1, 18262), (2, None)])
        source.values("index_case")
        found = source.engine.rows("SELECT patient, min(day), max(day) FROM measurement GROUP BY patient")
        assert [(1, 18250, 18352)] == found
        assert [(1,)] == source.engine.rows("SELECT DISTINCT patient FROM fact WHERE kind = 'visit'")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (
            b"person_id,year_of_birth\n1,1980,3\n2,1990\n",
            r"person.csv:2: the row has 3 cells and the header 2\. Look for",
        ),
        (
            b'person_id,year_of_birth\n1,"1980\n',
            "person.csv:2: a quotation mark stands where none can, or is never closed",
        ),
        (
            b"person_id,year_of_birth\r\n1,1980\n2,1990\r\n",
            r"person.csv:2: this line ends with LF and those before it with CR LF: .* mixed\. Save",
        ),
        (
            b"person_id,year_of_birth\n1,1980\r2,1990\n",
            "person.csv:2: this line ends with CR and those before it with LF: the line ends are mixed",
        ),
        (b"\xff\xfe1", "no CSV file in UTF-8"),
        (b"person_id\n1\n\xff\n", "damaged|UTF-8"),
    ],
)
def test_damaged_csv_files_stop_the_run_and_tell_no_cell(database: Database, content: bytes, what: str) -> None:
    path = database()
    (path.parent / "person.csv").write_bytes(content)
    with pytest.raises(ChartError, match=what) as stopped:
        read_omop(STUDY, path)
    assert "1980" not in str(stopped.value)


def test_damaged_parquet_and_zip(tmp_path: Path) -> None:
    (tmp_path / "person.parquet").write_bytes(b"not parquet at all")
    with pytest.raises(ChartError, match="damaged"):
        read_omop(STUDY, describe(tmp_path, "  from: {parquet: .}\n"))
    (tmp_path / "x.zip").write_bytes(b"not a zip")
    with pytest.raises(ChartError, match="no ZIP"):
        read_omop(STUDY, describe(tmp_path, "  from: {parquet: x.zip}\n"))
    with pytest.raises(ChartError, match="neither a folder nor a ZIP"):
        read_omop(STUDY, describe(tmp_path, "  from: {parquet: nowhere}\n"))
    (tmp_path / "x.duckdb").write_bytes(b"not a database")
    with pytest.raises(ChartError, match="no DuckDB file"):
        read_omop(STUDY, describe(tmp_path, "  from: {duckdb: x.duckdb}\n"))


def test_what_was_unpacked_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_parquet(tmp_path, FULL)
    with zipfile.ZipFile(tmp_path / "cdm.zip", "w") as packed:
        for file in sorted(tmp_path.glob("*.parquet")):
            packed.write(file, file.name)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    read_omop(STUDY, describe(tmp_path, f"  from: {{parquet: cdm.zip}}\n{MORE}"))
    assert [] == list(temporary.iterdir())


def test_ctrl_c_while_the_files_are_looked_through_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(files: object) -> dict[str, str]:
        raise KeyboardInterrupt

    write_parquet(tmp_path, FULL)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setattr("caseseries.source.omop.embedded.digests", stopped)
    with pytest.raises(KeyboardInterrupt):
        read_omop(STUDY, describe(tmp_path, f"  from: {{parquet: {tmp_path}}}\n{MORE}"))
    assert [] == list(temporary.iterdir())


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("omop: {cdm: '5.2', from: {parquet: x}}", "5.3, 5.4"),
        ("omop: {cdm: '5.4'}", "`from` is missing"),
        ("omop: {cdm: '5.4', from: {parquet: x, csv: y}}", "said by one of these"),
        ("omop: {cdm: '5.4', from: {postgres: 'host=h password=secret'}}", "a password does not belong"),
        ("omop: {cdm: '5.4', from: {postgres: 'postgresql://me:secret@h/db'}}", "a password does not belong"),
        ("omop: {cdm: '5.4', from: {postgres: x, schema: 'a; b'}}", "not a plain name"),
        ("omop: {cdm: '5.4', from: {parquet: x, schema: main}}", "has schemas"),
        ("omop: {cdm: '5.4', from: {parquet: x, delimiter: ';'}}", "only CSV files"),
        ("omop: {cdm: '5.4', from: {spark: {parquet: x, database: y}}}", "one of two things"),
        ("omop: {cdm: '5.4', from: {parquet: x}, no_rout: local}", "did you mean `no_route`"),
    ],
)
def test_mistakes_in_a_description_have_their_line(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "omop.yaml"
    path.write_text(text)
    with pytest.raises(ChartError, match=what) as stopped:
        load_omop(path)
    assert "omop.yaml:1" in str(stopped.value)
    assert "secret" not in stopped.value.describe(values=True)
