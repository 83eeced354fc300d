"""What a stranger is told where a database cannot be opened: the line of omop.yaml, what is wrong there, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.source.omop.conftest import PROTOCOL, SMALL, describe, protocol, write_csv, write_duckdb, write_parquet

from caseseries.engine.postgres_engine import _not_opened
from caseseries.errors import ChartError, EngineError
from caseseries.source.omop import opened_omop, read_omop
from caseseries.study import Study

Database = Callable[..., Path]


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other.duckdb").write_text("not a database at all")
    (tmp_path / "bad.zip").write_text("no")
    with duckdb.connect(tmp_path / "good.duckdb") as made:
        made.execute("CREATE SCHEMA cdm; CREATE TABLE cdm.person (person_id INT); CREATE TABLE death (person_id INT)")
    (tmp_path / "cdm").mkdir()
    write_csv(tmp_path / "cdm", SMALL)
    return tmp_path


@pytest.mark.parametrize(
    ("written", "line", "said"),
    [
        ("  from: {parquet: nowhere}\n", 4, "neither a folder nor a ZIP is there (found 'nowhere'). Write its path"),
        ("  from:\n    csv: bad.zip\n", 5, "the file is no ZIP, or it is damaged (found 'bad.zip')"),
        ("  from: {parquet: empty}\n", 4, "there is no table person, nor any other (found 'empty'). Name the folder"),
        ("  from:\n    duckdb: deep/no.duckdb\n", 5, "the DuckDB file is not there (found 'deep/no.duckdb')"),
        ("  from: {duckdb: other.duckdb}\n", 4, "it is no DuckDB file (found 'other.duckdb')"),
        ("  from:\n    duckdb: good.duckdb\n    schema: vocab\n", 6, "Write `schema: cdm`; a table person is in: cdm"),
        ("  from: {duckdb: good.duckdb}\n", 4, "there is no table person, only death (found 'good.duckdb')"),
        ("  from: {csv: cdm}\n  vocabulary: words\n", 5, "neither a folder nor a ZIP is there (found 'words')"),
    ],
)
def test_the_line_that_names_what_is_not_there(stored: Path, written: str, line: int, said: str) -> None:
    with pytest.raises(ChartError) as wrong:
        opened_omop(describe(stored, written)).close()
    assert f"omop.yaml:{line}: " in str(wrong.value)
    assert said in str(wrong.value)


def test_a_row_of_another_width_has_its_line(stored: Path) -> None:
    (stored / "cdm" / "person.csv").write_text("person_id,year_of_birth\n1,1980,3\n")
    with pytest.raises(ChartError, match=r"person.csv:2: the row has 3 cells and the header 2"):
        read_omop(protocol(), describe(stored, "  from: {csv: cdm}\n"))


#: What DuckDB has no kind of error of its own for ended as a defect of this software.
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "a byte too many at the start": lambda data: data[:4] + b"\xff" + data[4:],
    "a byte too few in the footer": lambda data: data[:-40] + data[-39:],
    "a footer of other types": lambda data: data[:-30] + bytes([byte ^ 0x0F for byte in data[-30:-8]]) + data[-8:],
}


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("table", ["person", "drug_exposure"])
def test_a_damaged_parquet_file_has_its_line(tmp_path: Path, table: str, name: str) -> None:
    write_parquet(tmp_path, SMALL)
    file = tmp_path / f"{table}.parquet"
    file.write_bytes(DAMAGES[name](file.read_bytes()))
    with pytest.raises((ChartError, EngineError), match=r"damaged|cannot be read") as wrong:
        read_omop(protocol(), describe(tmp_path, "  from: {parquet: .}\n"))
    assert "omop.yaml:4" in str(wrong.value)


def test_a_damaged_block_of_a_duckdb_file_has_its_line(tmp_path: Path) -> None:
    """A block that opening looks into, and one that is read later."""
    file = write_duckdb(tmp_path, SMALL)
    whole, told = file.read_bytes(), []
    for place in range(12_288 + 5_000, len(whole), 262_144):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            read_omop(protocol(), describe(tmp_path, "  from: {duckdb: cdm.duckdb}\n"))
        except (ChartError, EngineError) as wrong:
            told.append(str(wrong))
    assert len(told) > 1
    assert [] == [one for one in told if "omop.yaml:4" not in one or "damaged" not in one]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('connection is bad: definition of service "cdm" not found', "service is not defined"),
        ('FATAL:  database "cdm" does not exist', "no such database"),
        ('FATAL:  role "ana" does not exist', "no such role"),
        ('FATAL:  password authentication failed for user "ana"', "refused the role or its password"),
        ("fe_sendauth: no password supplied", "wants a password"),
        ('FATAL:  no pg_hba.conf entry for host "x", user "ana"', "does not let this role into this database"),
        ('FATAL:  permission denied for database "cdm"', "may not connect"),
        ("Connection refused\n\tIs the server running on that host?", "nothing answers there"),
        ("failed to resolve host 'cdm.example'", "no host of that name"),
        ("connection timeout expired", "did not answer in time"),
        ("FATAL:  Passwort-Authentifizierung fehlgeschlagen: ana", "cannot be reached, or refused the user"),
    ],
)
def test_refusals_of_a_server_are_told_apart_and_not_repeated(said: str, told: str) -> None:
    wrong = _not_opened(f'connection to server at "cdm.example" (10.0.0.1), port 5432 failed: {said}')
    assert told in wrong.what and wrong.do
    assert not [word for word in ("ana", "cdm.example", "10.0.0.1", "FATAL") if word in str(wrong).split()]


def test_a_server_that_is_not_there_has_its_line(tmp_path: Path) -> None:
    path = describe(tmp_path, '  from:\n    postgres: "host=/nowhere user=ana"\n')
    with pytest.raises(EngineError, match=r"cannot be reached: nothing answers there.\nomop.yaml:5\n"):
        opened_omop(path)


def test_rights_and_schemas_of_a_server_are_told_apart(postgres: Any, tmp_path: Path) -> None:
    def told(schema: str, user: str = "reader") -> str:
        path = describe(tmp_path, f'  from:\n    postgres: "{postgres.conninfo(user)}"\n    schema: {schema}\n')
        with pytest.raises((ChartError, EngineError)) as wrong, opened_omop(path) as opened:
            from caseseries.source.omop.source import open_omop

            open_omop(opened, protocol())
        return str(wrong.value)

    with postgres.owner() as owner:
        owner.execute(
            "CREATE SCHEMA shut; CREATE TABLE shut.person (person_id INT); CREATE SCHEMA bare; GRANT USAGE ON SCHEMA bare TO reader;"
            "CREATE SCHEMA half; GRANT USAGE ON SCHEMA half TO reader; CREATE TABLE half.person (person_id INT);"
            "GRANT SELECT ON half.person TO reader; CREATE TABLE half.drug_exposure (person_id INT); CREATE TABLE half.note (n INT);"
            "CREATE SCHEMA nobody; GRANT USAGE ON SCHEMA nobody TO reader; CREATE TABLE nobody.person (person_id INT)"
        )
    try:
        assert "omop.yaml:6: the database has no such schema (found 'absent')" in told("absent")
        assert "a table person is in: half" in told("absent")
        assert "omop.yaml:6: permission denied for the schema (found 'shut'). Grant USAGE" in told("shut")
        assert "omop.yaml:6: there is no table person, nor any other (found 'bare')" in told("bare")
        assert "omop.yaml:6: permission denied for table drug_exposure (found 'half'). Grant SELECT" in told("half")
        assert "omop.yaml:6: permission denied for table person (found 'nobody')" in told("nobody")
        assert "no such role.\nomop.yaml:5\n" in told("half", "stranger")
    finally:
        with postgres.owner() as owner:
            owner.execute("DROP SCHEMA shut, bare, half, nobody CASCADE")


# --- Nobody took the drug


def written(tmp_path: Path) -> Path:
    """The small study as a file."""
    text = PROTOCOL.format(measures="", concepts="")
    path = tmp_path / "protocol.yaml"
    path.write_text(text.lstrip("\n"), encoding="utf-8")
    return path


NAMED = [(100, "RxNorm", "9", "Drug X 5 mg"), (7, "RxNorm", "10", "drux x"), (300, "SNOMED", "30", "Disease")]


@pytest.mark.parametrize("most", [0, 2000])
def test_an_index_drug_without_rows_stops_with_its_line_and_ids(tmp_path: Path, most: int) -> None:
    rows = {**SMALL, "drug_exposure": [], "concept": [row[:3] for row in NAMED]}
    write_parquet(tmp_path, rows)
    path = written(tmp_path)
    line = 1 + path.read_text().splitlines().index(
        next(one for one in path.read_text().splitlines() if "drug x: {ids" in one)
    )
    study = Study.load(path)
    with pytest.raises(ChartError) as wrong:
        study.run(describe(tmp_path, "  from: {parquet: .}\n"), show=most)
    assert (
        f"protocol.yaml:{line}: study drug: no row of drug_exposure has one of the concepts 100 (found 'drug x')"
        in str(wrong.value)
    )


def test_an_id_that_is_not_in_the_vocabulary_brings_near_names(tmp_path: Path) -> None:
    write_csv(tmp_path, {name: rows for name, rows in SMALL.items() if name != "concept"})
    names = "\n".join(",".join(map(str, row)) for row in NAMED)
    (tmp_path / "concept.csv").write_text(f"concept_id,vocabulary_id,concept_code,concept_name\n{names}\n")
    path = written(tmp_path)
    path.write_text(path.read_text().replace("drug x: {ids: [100]", "drug x: {ids: [111]"))
    with pytest.raises(ChartError) as wrong:
        Study.load(path).check(describe(tmp_path, "  from: {csv: .}\n"))
    assert "concepts 111; not in the table concept: 111" in str(wrong.value)
    assert "the vocabulary holds 100 drug x 5 mg" in str(wrong.value)


@pytest.mark.parametrize("most", [0, 2000])
def test_a_measure_without_a_row_is_said_loudly(tmp_path: Path, most: int) -> None:
    write_parquet(tmp_path, {**SMALL, "measurement": [(1, 1, 5, "2019-12-20", 150, None, 8876, None)]})
    found = Study(protocol()).run(describe(tmp_path, "  from: {parquet: .}\n"), show=most)
    assert "SBP: no row of measurement has one of its concepts (3004249)" in found.headline()


@pytest.mark.parametrize(
    ("table", "header", "said"),
    [
        ("drug_exposure", ("days_supply", "day_supply"), "drug_exposure has day_supply for days_supply"),
        ("drug_exposure", ("drug_exposure_start_date", "drug_exposure_start_datg"), "has drug_exposure_start_datg for"),
        ("drug_exposure", ("drug_exposure_start_date", "begin"), "drug_exposure has no drug_exposure_start_date"),
        ("drug_exposure", ("quantity", "person_id"), "drug_exposure has two columns person_id"),
    ],
)
def test_a_column_that_would_be_read_as_empty_stops(
    tmp_path: Path, table: str, header: tuple[str, str], said: str
) -> None:
    """One letter of a heading made every row of its table refused, or every dose not known, and nothing else was told."""
    write_csv(tmp_path, SMALL)
    file = tmp_path / f"{table}.csv"
    first, rest = file.read_text().split("\n", 1)
    assert header[0] in first.split(",")
    file.write_text(",".join(header[1] if one == header[0] else one for one in first.split(",")) + "\n" + rest)
    with pytest.raises(ChartError) as wrong:
        opened_omop(describe(tmp_path, "  from: {csv: .}\n")).close()
    assert "omop.yaml:4: " in str(wrong.value) and said in str(wrong.value)
