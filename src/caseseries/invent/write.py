"""Write an invented OMOP CDM 5.4 database as a folder of Parquet files, the same for the same (seed, patients)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caseseries.disk.modes import make_folder
from caseseries.engine.duckdb_engine import stoppable
from caseseries.errors import CaseSeriesError, OutputError
from caseseries.invent import rows
from caseseries.invent.concept_ids import CONCEPTS, MILLIGRAM, STRENGTHS
from caseseries.invent.persons import macros
from caseseries.invent.persons import patients as invented_patients

if TYPE_CHECKING:
    import duckdb

#: How the rows of the large tables lie: by patient, in no order, or by concept and then by patient.
LAYOUTS = ("sorted", "shuffled", "clustered")

#: The share of patients who get the study drug.
DENSE = 0.42

#: Global assessments that are due, on average over all patients and whatever the share of the drug; about 6 lie in observed time.
_ASSESSMENTS = 6.6

_CLINICAL: dict[str, Callable[[], str]] = {
    "person": rows.person,
    "observation_period": rows.observation_period,
    "visit_occurrence": rows.visit_occurrence,
    "condition_occurrence": rows.condition_occurrence,
    "drug_exposure": rows.drug_exposure,
    "measurement": rows.measurement,
    "observation": rows.observation,
    "death": rows.death,
}
#: Tables that a layout other than `sorted` rearranges: id and concept columns.
_ARRANGED = {
    "condition_occurrence": ("condition_occurrence_id", "condition_concept_id"),
    "drug_exposure": ("drug_exposure_id", "drug_concept_id"),
    "measurement": ("measurement_id", "measurement_concept_id"),
    "observation": ("observation_id", "observation_concept_id"),
}


@dataclass(frozen=True, slots=True)
class Invented:
    """What was written: the folder, and the rows of each table."""

    folder: Path
    rows: dict[str, int]


def write(
    folder: Path,
    *,
    patients: int,
    seed: int = 1,
    layout: str = "sorted",
    share: float = DENSE,
    threads: int = 2,
    memory_limit: str = "1GB",
) -> Invented:
    """Write the database into a folder that is not there yet.

    One file a table, row groups of about 100,000 rows, person_id 1 to `patients`. `share` of the patients get the study drug. Whatever the
    size, memory stays flat: rows are computed and written as a stream, and a layout other than `sorted` sorts on disk.

    Raises:
        CaseSeriesError: an unknown layout, fewer than one patient, or a share that is none.
        OutputError: the folder is there already, or cannot be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write(Path(place) / "cdm", patients=3).rows["person"]
    3
    """
    if layout not in LAYOUTS or patients < 1 or not 0 <= share <= 1:
        raise CaseSeriesError(
            "An invented database needs at least one patient, a share between 0 and 1, and a known layout.",
            expected=f"Layouts: {', '.join(LAYOUTS)}.",
        )
    if folder.exists():
        raise OutputError(f"{folder} is there already.", do="Name a folder that does not exist yet.")
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        make_folder(part)
        counted = _write_tables(part, patients, seed, layout, share, threads, memory_limit)
        part.rename(folder)
    except OSError as stopped:
        raise OutputError(f"{folder} cannot be written.", do="Free disk space, or choose another folder.") from stopped
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Invented(folder, counted)


def _write_tables(
    folder: Path, patients: int, seed: int, layout: str, share: float, threads: int, memory_limit: str
) -> dict[str, int]:
    import duckdb

    spill = folder / "spill"
    spill.mkdir(mode=0o700)
    settings: dict[str, Any] = {
        "threads": str(threads),
        "memory_limit": memory_limit,
        "temp_directory": str(spill),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    try:
        with stoppable(), duckdb.connect(":memory:", config=settings) as connection:
            connection.execute("SET enable_progress_bar = false")
            for macro in macros(seed):
                connection.execute(macro)
            connection.execute(f"CREATE TEMP VIEW patient AS {invented_patients(1, patients, share)}")
            counted = {
                name: _clinical(connection, folder, name, _query(query(), share), layout)
                for name, query in _CLINICAL.items()
            }
            counted.update(_vocabulary(connection, folder))
    except duckdb.IOException as stopped:
        raise OutputError(
            "The database cannot be written.", do="Free disk space, or choose another folder."
        ) from stopped
    shutil.rmtree(spill)
    return counted


def _query(query: str, share: float) -> str:
    # Those without the drug make up for the rest, so that the table has the same size whatever the share.
    missing = _ASSESSMENTS / 12 - share * 0.9
    return query.replace("$untreated", str(max(0.0, missing / (1 - share)) if share < 1 else 0.0))


def _clinical(connection: duckdb.DuckDBPyConnection, folder: Path, name: str, query: str, layout: str) -> int:
    file = folder / f"{name}.parquet"
    if layout == "sorted" or name not in _ARRANGED:
        return _copy(connection, query, file)
    by_patient = folder / f"{name}.sorted"
    counted = _copy(connection, query, by_patient)
    record, concept = _ARRANGED[name]
    order = f"hash({record}), {record}" if layout == "shuffled" else f"{concept}, person_id, {record}"
    _copy(connection, f"SELECT * FROM read_parquet({_quoted(by_patient)}) ORDER BY {order}", file)
    by_patient.unlink()
    return counted


def _copy(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> int:
    written = connection.execute(
        f"COPY ({query}) TO {_quoted(file)} (FORMAT parquet, ROW_GROUP_SIZE 102400)"
    ).fetchone()
    return int(written[0]) if written else 0


def _quoted(file: Path) -> str:
    return "'" + str(file).replace("'", "''") + "'"


def _vocabulary(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, int]:
    concepts = [
        (one.id, one.name, one.domain, one.vocabulary, "Invented" if one.id > 2_000_000_000 else "Concept", one.code)
        for one in sorted(CONCEPTS, key=lambda one: one.id)
    ]
    ancestors = sorted(
        [(one.id, one.id, 0) for one in CONCEPTS] + [(parent, one.id, 1) for one in CONCEPTS for parent in one.parents]
    )
    strengths = [(one.drug, one.ingredient, one.milligrams) for one in STRENGTHS]
    valid = (
        "DATE '1970-01-01' AS valid_start_date, DATE '2099-12-31' AS valid_end_date, NULL::VARCHAR AS invalid_reason"
    )
    tables: dict[str, tuple[str, Sequence[tuple[Any, ...]], str]] = {
        "concept": (
            "id BIGINT, name VARCHAR, domain VARCHAR, vocabulary VARCHAR, class VARCHAR, code VARCHAR",
            concepts,
            "id::INTEGER AS concept_id, name AS concept_name, domain AS domain_id, vocabulary AS vocabulary_id, "
            f"class AS concept_class_id, 'S' AS standard_concept, code AS concept_code, {valid} FROM input ORDER BY id",
        ),
        "concept_ancestor": (
            "ancestor BIGINT, descendant BIGINT, levels INTEGER",
            ancestors,
            "ancestor::INTEGER AS ancestor_concept_id, descendant::INTEGER AS descendant_concept_id, "
            "levels AS min_levels_of_separation, levels AS max_levels_of_separation FROM input ORDER BY 1, 2",
        ),
        "drug_strength": (
            "drug BIGINT, ingredient BIGINT, milligrams DOUBLE",
            strengths,
            "drug::INTEGER AS drug_concept_id, ingredient::INTEGER AS ingredient_concept_id, milligrams AS amount_value, "
            f"{MILLIGRAM} AS amount_unit_concept_id, NULL::DOUBLE AS numerator_value, NULL::INTEGER AS numerator_unit_concept_id, "
            "NULL::DOUBLE AS denominator_value, NULL::INTEGER AS denominator_unit_concept_id, NULL::INTEGER AS box_size, "
            f"{valid} FROM input ORDER BY 1",
        ),
        "cdm_source": (
            "words VARCHAR",
            [("Invented patients: nobody is described here.",)],
            "'Invented database of caseseries' AS cdm_source_name, 'invented' AS cdm_source_abbreviation, "
            "'caseseries' AS cdm_holder, words AS source_description, NULL::VARCHAR AS source_documentation_reference, "
            "NULL::VARCHAR AS cdm_etl_reference, DATE '2024-01-01' AS source_release_date, DATE '2024-01-01' AS cdm_release_date, "
            "'v5.4' AS cdm_version, 756265 AS cdm_version_concept_id, 'invented' AS vocabulary_version FROM input",
        ),
    }
    counted = {}
    for name, (columns, content, query) in tables.items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE input ({columns})")
        connection.executemany(f"INSERT INTO input VALUES ({', '.join('?' * len(content[0]))})", content)
        counted[name] = _copy(connection, f"SELECT {query}", folder / f"{name}.parquet")
    return counted
