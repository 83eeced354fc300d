"""The invented database: its shape, its sameness, its layouts and the defects that it must have."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from caseseries.errors import CaseSeriesError, OutputError
from caseseries.invent import write
from caseseries.invent.concept_ids import CONCEPTS, STRENGTHS

PATIENTS = 2000


@pytest.fixture(scope="module")
def cdm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("invented") / "cdm", patients=PATIENTS).folder


def one(cdm: Path, query: str) -> tuple:
    """The first row of a query over `{table}` names."""
    tables = {file.stem: f"'{file}'" for file in cdm.glob("*.parquet")}
    with duckdb.connect() as connection:
        row = connection.execute(query.format(**tables)).fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        ("person", 1, 1),
        ("observation_period", 1.02, 1.08),
        ("measurement", 58, 62),
        ("drug_exposure", 10.3, 11.3),
        ("observation", 5.5, 6.5),
        ("condition_occurrence", 2.4, 2.8),
        ("death", 0.01, 0.04),
    ],
)
def test_rows_per_patient(cdm: Path, table: str, low: float, high: float) -> None:
    (rows,) = one(cdm, f"SELECT count(*) FROM {{{table}}}")
    assert low <= rows / PATIENTS <= high


@pytest.mark.parametrize(
    "table", ["measurement", "drug_exposure", "observation", "condition_occurrence", "visit_occurrence"]
)
def test_ids_are_unique_and_rows_lie_by_patient(cdm: Path, table: str) -> None:
    rows, ids = one(cdm, f"SELECT count(*), count(DISTINCT {table}_id) FROM {{{table}}}")
    assert rows == ids
    (back,) = one(
        cdm,
        f"SELECT count(*) FROM (SELECT person_id - lag(person_id) OVER (ORDER BY file_row_number) AS step"
        f" FROM read_parquet({{{table}}}, file_row_number = true)) AS steps WHERE step < 0",
    )
    assert back == 0


def checksum(folder: Path, table: str = "measurement") -> tuple:
    return one(folder, f"SELECT count(*), sum(hash(t)::HUGEINT) FROM {{{table}}} AS t")


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    first = write(tmp_path / "a", patients=50, seed=7).folder
    again = write(tmp_path / "b", patients=50, seed=7, threads=1).folder
    other = write(tmp_path / "c", patients=50, seed=8).folder
    names = sorted(file.name for file in first.iterdir())
    assert names == sorted(file.name for file in again.iterdir())
    for name in names:
        assert (first / name).read_bytes() == (again / name).read_bytes()
    assert checksum(first) != checksum(other)


def test_a_patient_is_the_same_in_a_larger_database(tmp_path: Path) -> None:
    small = write(tmp_path / "small", patients=20).folder
    large = write(tmp_path / "large", patients=60).folder
    among = "SELECT count(*), sum(hash(t)::HUGEINT) FROM {measurement} AS t WHERE person_id <= 20"
    assert one(small, among) == one(large, among)


def test_layouts_hold_the_same_rows_in_another_order(tmp_path: Path) -> None:
    by_patient = write(tmp_path / "sorted", patients=200).folder
    for layout in ("shuffled", "clustered"):
        folder = write(tmp_path / layout, patients=200, layout=layout).folder
        assert checksum(by_patient) == checksum(folder)
        assert (by_patient / "measurement.parquet").read_bytes() != (folder / "measurement.parquet").read_bytes()
    (changes,) = one(
        tmp_path / "clustered",
        "SELECT count(*) FROM (SELECT measurement_concept_id <> lag(measurement_concept_id) OVER (ORDER BY file_row_number) AS new"
        " FROM read_parquet({measurement}, file_row_number = true)) AS rows WHERE new",
    )
    assert changes == 10


@pytest.mark.parametrize(("share", "low", "high"), [(0.42, 0.39, 0.45), (0.005, 0.001, 0.012)])
def test_the_share_of_patients_with_the_study_drug(tmp_path: Path, share: float, low: float, high: float) -> None:
    folder = write(tmp_path / "cdm", patients=PATIENTS, share=share).folder
    (treated,) = one(folder, "SELECT count(DISTINCT person_id) FROM {drug_exposure} WHERE drug_concept_id = 2000000101")
    assert low <= treated / PATIENTS <= high


@pytest.mark.parametrize(
    ("defect", "query"),
    [
        ("no value", "SELECT count(*) FROM {measurement} WHERE value_as_number IS NULL"),
        ("no number", "SELECT count(*) FROM {measurement} WHERE isnan(value_as_number)"),
        (
            "unit missing",
            "SELECT count(*) FROM {measurement} WHERE unit_concept_id = 0 AND measurement_concept_id = 3007220",
        ),
        ("another unit", "SELECT count(*) FROM {measurement} WHERE unit_concept_id = 8554"),
        ("pounds", "SELECT count(*) FROM {measurement} WHERE unit_concept_id = 8739"),
        ("below a limit", "SELECT count(*) FROM {measurement} WHERE operator_concept_id = 4171756"),
        (
            "copies",
            "SELECT count(*) FROM (SELECT 1 FROM {measurement} GROUP BY person_id, measurement_concept_id, measurement_date,"
            " value_as_number, unit_concept_id HAVING count(*) > 1) AS copies",
        ),
        (
            "two values on one day",
            "SELECT count(*) FROM (SELECT 1 FROM {measurement} GROUP BY person_id, measurement_concept_id, measurement_date"
            " HAVING count(DISTINCT value_as_number) > 1) AS conflicts",
        ),
        (
            "outside observed time",
            "SELECT count(*) FROM {measurement} AS m WHERE NOT EXISTS (SELECT 1 FROM {observation_period} AS o WHERE"
            " o.person_id = m.person_id AND m.measurement_date BETWEEN observation_period_start_date AND observation_period_end_date)",
        ),
        ("no end", "SELECT count(*) FROM {drug_exposure} WHERE drug_exposure_end_date IS NULL"),
        (
            "no end and no days",
            "SELECT count(*) FROM {drug_exposure} WHERE drug_exposure_end_date IS NULL AND days_supply IS NULL",
        ),
        (
            "ends before it starts",
            "SELECT count(*) FROM {drug_exposure} WHERE drug_exposure_end_date < drug_exposure_start_date",
        ),
        ("no quantity", "SELECT count(*) FROM {drug_exposure} WHERE quantity IS NULL"),
        ("no route", "SELECT count(*) FROM {drug_exposure} WHERE route_concept_id IS NULL"),
        ("local route", "SELECT count(*) FROM {drug_exposure} WHERE route_concept_id = 4184451"),
        ("no month of birth", "SELECT count(*) FROM {person} WHERE month_of_birth IS NULL"),
        ("no day of birth", "SELECT count(*) FROM {person} WHERE day_of_birth IS NULL AND month_of_birth IS NOT NULL"),
        (
            "no diagnosis",
            "SELECT count(*) FROM {person} WHERE person_id NOT IN (SELECT person_id FROM {condition_occurrence})",
        ),
    ],
)
def test_defects_are_there_and_are_few(cdm: Path, defect: str, query: str) -> None:
    (rows,) = one(cdm, query)
    assert 0 < rows < 0.06 * one(cdm, "SELECT count(*) FROM {measurement}")[0], defect


def test_the_study_drug_raises_strength_and_lowers_skin_activity(cdm: Path) -> None:
    change = """
    WITH start AS (SELECT person_id, min(drug_exposure_start_date) AS day FROM {drug_exposure}
                   WHERE drug_concept_id IN (%s) GROUP BY person_id)
    SELECT avg(CASE WHEN measurement_date - day BETWEEN 150 AND 400 THEN value_as_number END)
         - avg(CASE WHEN measurement_date - day BETWEEN -90 AND 0 THEN value_as_number END)
    FROM {measurement} JOIN start USING (person_id) WHERE measurement_concept_id = %s AND NOT isnan(value_as_number)
    """
    (strength,), (skin,), (enzyme,) = (
        one(cdm, change % ("2000000101", c)) for c in ("2000000001", "2000000002", "3006923")
    )
    assert strength > 6
    assert skin < -5
    assert abs(enzyme) < 3


def test_every_concept_of_a_row_is_in_the_vocabulary_and_every_tablet_has_a_strength(cdm: Path) -> None:
    for table in ("measurement", "drug_exposure", "observation", "condition_occurrence"):
        column = table.split("_")[0] + "_concept_id"
        (unknown,) = one(
            cdm, f"SELECT count(*) FROM {{{table}}} WHERE {column} NOT IN (SELECT concept_id FROM {{concept}})"
        )
        assert unknown == 0
    (unmarked,) = one(
        cdm, "SELECT count(*) FROM {concept} WHERE concept_id > 2000000000 AND concept_name NOT LIKE '%(invented)'"
    )
    assert unmarked == 0
    known = {one.id for one in CONCEPTS}
    assert len(CONCEPTS) == len(known)
    assert {strength.drug for strength in STRENGTHS} | {strength.ingredient for strength in STRENGTHS} <= known


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "cdm").mkdir()
    with pytest.raises(OutputError, match="there already"):
        write(tmp_path / "cdm", patients=1)
    assert [tmp_path / "cdm"] == list(tmp_path.iterdir())


@pytest.mark.parametrize("wrong", [{"patients": 0}, {"patients": 1, "layout": "heap"}, {"patients": 1, "share": 2.0}])
def test_what_cannot_be_written_is_refused(tmp_path: Path, wrong: dict) -> None:
    with pytest.raises(CaseSeriesError, match="at least one patient"):
        write(tmp_path / "cdm", **wrong)
    assert list(tmp_path.iterdir()) == []
