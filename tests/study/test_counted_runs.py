"""Many patients, range by range: the same counts as patient by patient, however they are divided and whichever way values are chosen."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from caseseries.assessment import outcome_sheet
from caseseries.chart.tables import day_number
from caseseries.engine.duckdb_engine import DuckDB
from caseseries.errors import ChartError, ChoiceNeeded, InputError, OutOfMemory, OutputError
from caseseries.invent import write
from caseseries.protocol.case import Period
from caseseries.protocol.protocol import Protocol
from caseseries.report.exhibits.deaths import deaths_words
from caseseries.report.exhibits.printed_numbers import whole
from caseseries.report.exhibits.table_one import table_one
from caseseries.report.exhibits.words import capital
from caseseries.response.verdict_counts import ANSWERS
from caseseries.stats.tally import Tally
from caseseries.study import Checked, Results, Study, check_ranges, count_range
from caseseries.study import ranges as ranges_module
from caseseries.study import study as study_module
from caseseries.study.work import Work
from caseseries.verdict.names import short_name

#: Sections that only a run has which counts its cases: the first refused rows, by their ids, and open choices.
OF_THE_SOURCE = {"cited", "open"}

#: Patients of the smaller database, and how many of them have a row of the study drug.
PATIENTS, WITH_EVENT = 600, 256

DESCRIPTION = "omop:\n  cdm: '5.4'\n  from: {from_}\n  invented: yes\n  no_route: systemic\n  refills: replace\n"


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An invented database of a few hundred patients, in Parquet files."""
    folder = tmp_path_factory.mktemp("invented") / "cdm"
    write(folder, patients=PATIENTS)
    (folder / "omop.yaml").write_text(DESCRIPTION.format(from_="{parquet: .}"))
    return folder


@pytest.fixture(scope="module")
def study(project_root: Path) -> Study:
    return Study.load(project_root / "examples" / "omop-demo" / "protocol.yaml")


def counted(study: Study, database: Path, **more: Any) -> Results:
    """The study on the database, its patients never taken one by one."""
    found = study.run(database / "omop.yaml", show=0, **more)
    assert isinstance(found, Results)
    return found


@pytest.fixture(scope="module")
def results(study: Study, database: Path) -> Iterator[Results]:
    found = counted(study, database)
    yield found
    found.close()


def of_patients(tally: Tally) -> dict[Any, int]:
    return {key: n for key, n in tally.counts.items() if key[0] not in OF_THE_SOURCE}


@pytest.fixture(scope="module")
def small(study: Study, database: Path) -> Results:
    """The study patient by patient."""
    return study.run(database / "omop.yaml")


def test_every_number_is_that_of_the_run_whose_cases_are_shown(
    small: Results, results: Results, tmp_path: Path
) -> None:
    assert of_patients(small.tally) == of_patients(results.tally)
    one, other = small.summary, results.summary
    assert one.cases is not None and other.cases is None
    told_otherwise = {"cases", "cited"}
    for name in set(one.__dataclass_fields__) - told_otherwise:
        assert getattr(one, name) == getattr(other, name), name
    files = [files_of(found.write(out)) for found, out in ((small, tmp_path / "one"), (results, tmp_path / "other"))]
    for name in files[0].keys() & files[1].keys() - {"report.html", "results.json", "findings.csv"}:
        assert files[0][name] == files[1][name], name


#: The words of a protocol that leaves out `components`, and of one that takes the mean of a day.
WORDS = {
    "one visit": {"components": "same visit"},
    "the mean of a day": {"same_day": "mean"},
    "the mean at one visit": {"components": "same visit", "same_day": "mean"},
}


@pytest.mark.parametrize(
    "words",
    [pytest.param(words, marks=pytest.mark.long) for words in WORDS],
)
def test_other_words_are_counted_as_in_the_small_path(
    study: Study, database: Path, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = {name: window.model_copy(update=WORDS[words]) for name, window in study.protocol.windows.items()}
    other = Study(study.protocol.model_copy(update={"windows": windows}))
    one_by_one = other.run(database / "omop.yaml")
    found, laid = counted(other, database), []
    assert of_patients(one_by_one.tally) == of_patients(found.tally)
    monkeypatch.setattr(
        count_range, "fits", lambda protocol, plans: laid.append(outcome_sheet.fits(protocol, plans)) or False
    )
    general = counted(other, database)
    assert laid == [True]
    assert found.tally == general.tally
    assert joined(found, general) == 1
    found.close()
    general.close()


def test_deaths_are_told_with_their_median(small: Results, results: Results) -> None:
    told = deaths_words(small.summary)
    assert re.fullmatch(r"\d+ of \d+ included patients died, a median of \d+ days after .*", told)
    assert told == deaths_words(results.summary)


def test_table_one_tells_the_dose_at_baseline_of_every_included_case(results: Results) -> None:
    found = results.summary
    dose = f"table1/baseline/{next(iter(found.protocol.doses))}"
    rows = {row.id: row for row in found.table_one if row.id.startswith(f"{dose}/")}
    known, unknown = rows[f"{dose}/median"].n, rows.get(f"{dose}/unknown")
    assert known is not None and known + (unknown.n or 0 if unknown is not None else 0) == found.included
    later = [one.n for one in found.changes if one.measure == next(iter(found.protocol.doses))]
    assert later and known >= max(later) and known > min(later)  # some have none later
    named = f"{capital(short_name(found.measures[next(iter(found.protocol.doses))]))} at baseline, mg/kg/day"
    assert [whole(known)] == [row.cells[1].text for row in table_one(found).rows if row.cells[0].text == named]


@pytest.mark.long
def test_the_general_way_counts_the_same(
    study: Study, database: Path, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_range, "fits", lambda protocol, plans: False)
    general = counted(study, database)
    assert results.tally == general.tally
    assert joined(results, general) == 1
    general.close()


def parts(one: Results) -> int:
    """Of how many ranges the patients wait."""
    assert one.patients_kept is not None
    return len(one.patients_kept.parts)


def joined(*of: Results) -> int:
    """How many different patients.parquet there are."""
    return len({hashlib.sha256(patients(one)).hexdigest() for one in of})


def patients(one: Results) -> bytes:
    from caseseries.study.patients_file import join_ranges

    assert one.patients_kept is not None
    file = one.patients_kept.work.folder / "joined.parquet"
    join_ranges(one.patients_kept.parts, file, memory_limit="500MB")
    return file.read_bytes()


@pytest.mark.long(but_every=2)
@pytest.mark.parametrize("size", [100, WITH_EVENT - 1])
def test_ranges_add_up(
    study: Study, database: Path, results: Results, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges_module, "persons_of_range", lambda limit, indexed: size)
    found = counted(study, database)
    assert parts(found) == -(-WITH_EVENT // size) > 1
    assert results.tally == found.tally
    assert joined(results, found) == 1
    found.close()


def test_a_range_is_divided_by_the_persons_with_the_event_not_by_everybody(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges_module, "persons_of_range", lambda limit, indexed: 10)
    write(tmp_path / "cdm", patients=PATIENTS, share=0.04)
    (tmp_path / "omop.yaml").write_text(DESCRIPTION.format(from_="{parquet: cdm}"))
    found = counted(study, tmp_path)
    with duckdb.connect() as connection:
        ids = connection.execute(
            "SELECT DISTINCT person_id FROM read_parquet(?) WHERE drug_concept_id IN (19003999, 2000000101) ORDER BY 1",
            [str(tmp_path / "cdm" / "drug_exposure.parquet")],
        ).fetchall()
    assert 20 < len(ids) < 30
    assert 3 == parts(found)
    assert PATIENTS == found.tally.total("persons")
    assert PATIENTS - len(ids) <= found.tally.total("cases", "no first exposure", "") < PATIENTS
    found.close()


def test_with_little_memory_there_are_more_ranges_and_the_same_bytes(
    study: Study, database: Path, results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges_module, "FEWEST", 50)
    monkeypatch.setattr(ranges_module, "OF_LITTLE", 1)
    monkeypatch.setattr(ranges_module, "PER_MEGABYTE", 1)
    found = counted(study, database, memory_limit="256MB")
    assert 1 == parts(results) and 3 == parts(found)
    assert results.tally == found.tally
    assert joined(results, found) == 1
    found.close()


@pytest.mark.long
def test_a_report_does_not_say_in_how_many_ranges_it_was_counted(
    study: Study, database: Path, results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges_module, "persons_of_range", lambda limit, indexed: 100)
    found = counted(study, database)
    assert (1, 3) == (parts(results), parts(found))
    written = [one.write(tmp_path / name) for name, one in (("one", results), ("three", found))]
    runs = [(out / "run.json").read_bytes() for out in written]  # it holds the hash of every other file
    assert runs[0] == runs[1]
    found.close()


def in_duckdb(database: Path, folder: Path, ordered: str) -> Path:
    """The database as a DuckDB file of small row groups, its rows in an order."""
    folder.mkdir()
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{folder / 'cdm.duckdb'}' AS cdm (ROW_GROUP_SIZE 2048)")
        for file in sorted(database.glob("*.parquet")):
            columns = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM '{file}'").fetchall()}
            order = f"ORDER BY {ordered}" if "person_id" in columns else ""
            connection.execute(f"CREATE TABLE cdm.{file.stem} AS SELECT * FROM '{file}' {order}")
    (folder / "omop.yaml").write_text(DESCRIPTION.format(from_="{duckdb: cdm.duckdb}"))
    return folder


@pytest.mark.long(but_every=2)
@pytest.mark.parametrize(("ordered", "ranges"), [("person_id", 3), ("hash(person_id)", 1)])
def test_a_duckdb_file_is_taken_in_ranges_where_rows_stand_by_patient(
    study: Study, database: Path, results: Results, ordered: str, ranges: int, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(ranges_module, "persons_of_range", lambda limit, indexed: 1 + WITH_EVENT // 3)
    found = counted(study, in_duckdb(database, tmp_path / "cdm", ordered))
    assert ranges == parts(found)
    assert results.tally == found.tally
    assert joined(results, found) == 1
    found.close()


@pytest.mark.long
def test_a_range_that_does_not_fit_into_little_memory_is_given_what_the_run_may_use(
    study: Study, database: Path, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges_module, "persons_of_range", lambda limit, indexed: 100)
    monkeypatch.setattr(ranges_module, "memory_of_range", lambda limit: "3MB")
    monkeypatch.setattr(study_module, "memory_of_range", lambda limit: "3MB")
    widened: list[bool] = []
    widen = DuckDB.widen
    monkeypatch.setattr(DuckDB, "widen", lambda engine: widened.append(widen(engine)) or widened[-1])
    found = counted(study, database)
    assert widened[-1]
    assert results.tally == found.tally
    assert joined(results, found) == 1
    found.close()


@pytest.mark.long
def test_where_a_value_is_too_large_for_a_sheet_equal_rows_are_read_once_all_the_same(
    study: Study, database: Path, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcome_sheet, "values_fit", lambda engine: False)
    found = counted(study, database)
    assert results.tally == found.tally
    found.close()


def test_a_range_that_does_not_fit_at_all_stops_the_run(
    study: Study, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges_module, "persons_of_range", lambda limit, indexed: 100)
    with pytest.raises(OutOfMemory, match="ran out of memory"):
        study.run(database / "omop.yaml", show=0, memory_limit="3MB")


@pytest.mark.long
def test_a_stopped_run_goes_on_from_its_finished_ranges(
    study: Study, database: Path, results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges_module, "persons_of_range", lambda limit, indexed: 1 + WITH_EVENT // 3)
    finish, done = Work.finish, []

    def stopping(self: Work, part: Any, tally: Tally) -> None:
        if len(done) == 2:
            raise KeyboardInterrupt
        finish(self, part, tally)
        done.append(part.number)

    monkeypatch.setattr(Work, "finish", stopping)
    with pytest.raises(KeyboardInterrupt):
        counted(study, database, work=tmp_path / "work")
    left = sorted(path.name for path in (tmp_path / "work").iterdir())
    assert left == ["plan.json", "range-00001.parquet", "range-00001.tally", "range-00002.parquet", "range-00002.tally"]
    done.clear()
    found = counted(study, database, work=tmp_path / "work")
    assert done == [3]
    assert results.tally == found.tally
    assert joined(results, found) == 1


def test_ranges_of_another_protocol_are_refused(
    study: Study, database: Path, tmp_path: Path, project_root: Path
) -> None:
    counted(study, database, work=tmp_path / "work")
    text = (project_root / "examples" / "omop-demo" / "protocol.yaml").read_text()
    (tmp_path / "protocol.yaml").write_text(text.replace("restart_after: 60 days", "restart_after: 61 days"))
    with pytest.raises(OutputError, match="different"):
        counted(Study.load(tmp_path / "protocol.yaml"), database, work=tmp_path / "work")


def test_open_choices_are_told_by_their_number(
    study: Study, database: Path, tmp_path: Path, project_root: Path
) -> None:
    text = (project_root / "examples" / "omop-demo" / "protocol.yaml").read_text()
    assert "same_day: worst, " in text
    (tmp_path / "protocol.yaml").write_text(text.replace("same_day: worst, ", ""))
    with pytest.raises(ChoiceNeeded) as stopped:
        counted(Study.load(tmp_path / "protocol.yaml"), database)
    assert any("different values on one day" in str(problem) for problem in stopped.value.problems)
    assert all("case(s)" in str(problem) for problem in stopped.value.problems)


def test_patients_are_those_of_the_small_path(small: Results, results: Results, tmp_path: Path) -> None:
    results.write(tmp_path / "out")
    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT * FROM '{tmp_path / 'out' / 'patients.parquet'}'").fetchall()
        names = [column[0] for column in connection.description or ()]
    assert results.summary.included == len(rows)
    assert names[:3] == ["patient", "episode", "stronger_or_clearer_on_less_steroid"]
    assert rows == sorted(rows, key=lambda row: row[:2])
    expected: dict[str, list[Any]] = {}
    for outcome in small.summary.outcomes.values():
        for verdict in small.summary.shown.outcomes[outcome.plan.name].verdicts[0]:
            chosen = {quantity.slot: quantity.value for quantity in verdict.quantities}
            expected.setdefault(verdict.case_id, []).extend(
                [ANSWERS[verdict.truth], verdict.absent or None, verdict.decided_by or None, verdict.day]
                + [None if value is None else float(value) for value in map(chosen.__getitem__, outcome.plan.slots)]
            )
    found = {str(patient): list(told) for patient, _, *told in rows}
    assert sorted(expected) == sorted(found)
    for patient, told in expected.items():
        # The file holds values to a millionth.
        assert [pytest.approx(one, abs=6e-7, rel=0) if isinstance(one, float) else one for one in told] == found[
            patient
        ]


def test_the_source_is_as_it_was(study: Study, database: Path) -> None:
    before = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(database.iterdir())}
    counted(study, database).close()
    assert before == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(database.iterdir())}


def bytes_of(found: Results, out: Path) -> dict[str, bytes]:
    """Every file of the report but run.json; what the files were is left out, for each engine reads others."""
    replace(found, summary=replace(found.summary, fingerprints={})).write(out)
    return files_of(out)


def files_of(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "run.json"
    }


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An invented database of 10,000 patients, in Parquet files."""
    folder = tmp_path_factory.mktemp("large") / "cdm"
    write(folder, patients=10_000)
    (folder / "omop.yaml").write_text(DESCRIPTION.format(from_="{parquet: .}"))
    return folder


@pytest.fixture(scope="module")
def expected(study: Study, large: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    found = counted(study, large)
    made = bytes_of(found, tmp_path_factory.mktemp("report") / "duckdb")
    found.close()
    return made


@pytest.mark.long
def test_postgres_gives_the_same_bytes(
    study: Study, large: Path, postgres: Any, expected: dict[str, bytes], tmp_path: Path
) -> None:
    load(postgres, large, "population")
    described = DESCRIPTION.format(from_=f"{{postgres: '{postgres.conninfo()}', schema: population}}")
    (tmp_path / "omop.yaml").write_text(described)
    found = counted(study, tmp_path)
    assert expected == bytes_of(found, tmp_path / "out")
    found.close()


@pytest.mark.long
def test_postgres_gives_the_same_bytes_under_other_words(
    study: Study, database: Path, postgres: Any, tmp_path: Path
) -> None:
    words = WORDS["the mean at one visit"]
    windows = {name: window.model_copy(update=words) for name, window in study.protocol.windows.items()}
    other = Study(study.protocol.model_copy(update={"windows": windows}))
    load(postgres, database, "worded")
    described = DESCRIPTION.format(from_=f"{{postgres: '{postgres.conninfo()}', schema: worded}}")
    (tmp_path / "omop.yaml").write_text(described)
    found, expected = counted(other, tmp_path), counted(other, database)
    assert bytes_of(expected, tmp_path / "expected") == bytes_of(found, tmp_path / "out")
    found.close()
    expected.close()


#: A process has one Spark session, and this one may have that of other tests.
_ON_SPARK = """
import sys
from dataclasses import replace
from caseseries.study import Study
study = Study.load(sys.argv[1])
found = study.run(sys.argv[2], show=0)
replace(found, summary=replace(found.summary, fingerprints={})).write(sys.argv[3])
"""


@pytest.mark.long
@pytest.mark.xdist_group("spark")
def test_spark_gives_the_same_bytes(
    project_root: Path, large: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    described = DESCRIPTION.format(from_=f"{{spark: {{parquet: '{large}'}}}}")
    (tmp_path / "omop.yaml").write_text(described)
    protocol = project_root / "examples" / "omop-demo" / "protocol.yaml"
    out = tmp_path / "out"
    # Java compiles what runs often into better code, which takes as long again as a run that is over so soon.
    quick = os.environ | {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
    words = [sys.executable, "-c", _ON_SPARK, protocol, tmp_path / "omop.yaml", out]
    subprocess.run(words, check=True, timeout=600, env=quick)
    assert expected == files_of(out)


def load(server: Any, database: Path, schema: str) -> None:
    """Copy Parquet files into tables of a schema that the reader may read."""
    kinds = {
        "BIGINT": "bigint",
        "INTEGER": "integer",
        "DOUBLE": "double precision",
        "DATE": "date",
        "VARCHAR": "text",
        "TIMESTAMP": "timestamp",
    }
    with duckdb.connect() as files, server.owner() as connection:
        connection.execute(f"CREATE SCHEMA {schema}; GRANT USAGE ON SCHEMA {schema} TO reader")
        for file in sorted(database.glob("*.parquet")):
            shape = files.execute(f"DESCRIBE SELECT * FROM '{file}'").fetchall()
            columns = ", ".join(f"{name} {kinds[kind]}" for name, kind, *_ in shape)
            table = f"{schema}.{file.stem}"
            connection.execute(f"CREATE TABLE {table} ({columns}); GRANT SELECT ON {table} TO reader")
            rows = files.execute(f"SELECT * FROM '{file}'")
            with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                while some := rows.fetchmany(50_000):
                    for row in some:
                        copy.write_row(row)
        connection.execute("ANALYZE")


@pytest.mark.long
def test_one_patient_is_explained_without_reading_the_others(study: Study, database: Path, small: Results) -> None:
    patient = next(case.patient for case in small.patients if case.status == "included")
    alone = study.read_patient(database / "omop.yaml", patient)
    assert [patient] == [person.patient for person in alone.people]

    def told(results: Results) -> list[Any]:
        # Records are numbered within what was read, so they differ; the cells they name do not.
        return [
            (one.sentence, one.trace, [(rested.place, rested.quantity.value, rested.passed) for rested in one.rests_on])
            for one in results.explain(patient)
        ]

    assert told(small) == told(study.run(alone))
    with pytest.raises(ChartError, match="nobody of that id"):
        study.read_patient(database / "omop.yaml", "P6")
    with pytest.raises(ChartError, match="nobody of that id"):
        study.run(study.read_patient(database / "omop.yaml", "999999")).explain("999999")


@pytest.mark.parametrize("most", [0, 2000])
def test_a_route_that_nobody_decided_on_stops_either_way(
    study: Study, database: Path, tmp_path: Path, most: int
) -> None:
    cdm = tmp_path / "cdm"
    cdm.mkdir()
    for file in database.glob("*.parquet"):
        (cdm / file.name).symlink_to(file)
    (cdm / "drug_exposure.parquet").unlink()
    with duckdb.connect() as connection:
        rows = f"SELECT * REPLACE (NULL::INTEGER AS route_concept_id) FROM '{database / 'drug_exposure.parquet'}'"
        connection.execute(f"COPY ({rows}) TO '{cdm / 'drug_exposure.parquet'}' (FORMAT parquet)")
    described = DESCRIPTION.format(from_="{parquet: cdm}").replace("  no_route: systemic\n", "")
    (tmp_path / "omop.yaml").write_text(described)
    with pytest.raises(InputError) as stopped:
        study.run(tmp_path / "omop.yaml", show=most)
    assert any("no_route" in str(problem) for problem in stopped.value.problems)


@pytest.mark.parametrize("most", [0, 2000])
def test_rows_after_the_day_of_the_run_stop_either_way(
    study: Study, database: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    undated = Study(study.protocol.model_copy(update={"period": Period()}))
    monkeypatch.setattr("caseseries.source.omop.database.today", lambda: day_number(dt.date(2005, 1, 1)))
    with pytest.raises(InputError) as stopped:
        undated.run(database / "omop.yaml", show=most)
    assert any("after the day of the run" in str(problem) for problem in stopped.value.problems)


@pytest.mark.long
def test_a_work_folder_may_have_any_name(study: Study, database: Path, results: Results, tmp_path: Path) -> None:
    (tmp_path / "o'brien's runs").mkdir()
    found = counted(study, database, work=tmp_path / "o'brien's runs" / "work; --")
    assert joined(results, found) == 1
    found.write(tmp_path / "o'brien's runs" / "out", patients_out=tmp_path / "o'brien's runs" / "them.parquet")
    assert 0o600 == (tmp_path / "o'brien's runs" / "them.parquet").stat().st_mode & 0o777


def test_without_room_for_the_patients_there_is_no_report(results: Results, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="patients could not be written"):
        results.write(tmp_path / "out", patients_out=tmp_path / "nowhere" / "them.parquet")
    assert [] == list(tmp_path.iterdir())


# --- Checking ---------------------------------------------------------------------------------------------------------------


def check_counted(study: Study, database: Path, **more: Any) -> Checked:
    checked = study.check(database / "omop.yaml", show=0, **more)
    assert isinstance(checked, Checked)
    return checked


def test_a_counted_check_has_the_rows_findings_and_cases_of_the_run(
    study: Study, database: Path, results: Results
) -> None:
    checked = check_counted(study, database)
    told = {"rows", "finding", "persons", "cases"}
    expected = {key: n for key, n in results.tally.counts.items() if key[0] in told}
    assert checked.stops is None and checked.has_cohort
    assert expected == {key: n for key, n in checked.tally.counts.items() if key[0] in told}


def test_a_counted_check_knows_no_answer(study: Study, database: Path) -> None:
    sections = {key[0] for key in check_counted(study, database).tally.counts}
    assert not sections & {"answer", "why", "decided", "occurred", "flip", "value", "absent", "adverse"}


@pytest.mark.long
def test_a_time_is_found_beside_the_packed_sheet_as_without_it(
    study: Study, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sheet lets go of the values that it holds; a time is read on every visit, so they are read again for it."""
    written = study.protocol.model_dump(by_alias=True, exclude_unset=True)
    written["windows"]["year"] = {"from": 1, "to": 365, "take": "last", "same_day": "worst"}
    quiet = {"value": "physician global", "at_most": "3 cm"}
    written["outcomes"]["time to quiet"] = {"time_to": quiet, "in": "year", "competing": ["death"]}
    active = {"value": "physician global", "at_least": "5 cm"}
    written["outcomes"]["states"] = {"spells": {"quiet": quiet, "active": active}, "in": "year", "gap": "120 days"}
    timed, laid = Study(Protocol.model_validate(written)), []
    found = counted(timed, database)
    monkeypatch.setattr(
        count_range, "fits", lambda protocol, plans: laid.append(outcome_sheet.fits(protocol, plans)) or False
    )
    general = counted(timed, database)
    assert laid == [True]
    assert found.tally == general.tally
    assert found.summary.times["time to quiet"].endings["event"] > 0
    states = found.summary.spells["states"].states
    assert all(one.yes and one.spells >= one.yes for one in states) and sum(states[0].then.values()) > 0
    found.close()
    general.close()


@pytest.mark.long
def test_few_patients_are_checked_one_by_one(study: Study, database: Path, small: Results) -> None:
    checked = study.check(database / "omop.yaml")
    assert isinstance(checked, Checked) and checked.cohort is not None
    assert small.summary.included == len(checked.cohort.included)


@pytest.mark.long(but_every=2)
@pytest.mark.parametrize("general", [False, True])
def test_a_counted_check_stops_on_the_choices_that_stop_the_run(
    study: Study, database: Path, general: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if general:
        for module in (count_range, check_ranges):
            monkeypatch.setattr(module, "fits", lambda protocol, plans: False)
    windows = {name: replace_window(window) for name, window in study.protocol.windows.items()}
    measures = {
        name: one.model_copy(update={"if_zero_baseline": None, "outside_courses": None})
        if hasattr(one, "if_zero_baseline")
        else one
        for name, one in study.protocol.measures.items()
    }
    protocol = study.protocol.model_copy(update={"windows": windows, "measures": measures})
    undecided = Study(protocol)
    with pytest.raises(ChoiceNeeded) as stopped:
        undecided.run(database / "omop.yaml", show=0)
    checked = check_counted(undecided, database)
    assert isinstance(checked.stops, ChoiceNeeded)
    assert stopped.value.problems == checked.stops.problems
    assert checked.has_cohort


def replace_window(window: Any) -> Any:
    return window.model_copy(update={"same_day": None, "tie": None})


def test_while_restart_after_is_open_there_are_no_cases(study: Study, database: Path) -> None:
    index = study.protocol.case.index_date.model_copy(update={"restart_after": None})
    case = study.protocol.case.model_copy(update={"index_date": index})
    checked = check_counted(Study(study.protocol.model_copy(update={"case": case})), database)
    assert isinstance(checked.stops, ChoiceNeeded) and not checked.has_cohort
    assert ["a gap between two courses"] == [problem.what.split(" (")[0] for problem in checked.stops.problems]
