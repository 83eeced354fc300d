"""Cohorts of ATLAS: who has an entry, and from when to when, by SELECTs that any of the engines keeps for the session.

The SQL is that of OHDSI's circe-be, in the Python port `duckcdm` (Apache-2.0; the extra `circe`), which is imported only when a
protocol names a cohort definition. Of its script only the SELECTs are taken, each kept as a table of the session: nothing is
created, emptied or dropped in the database (docs/decisions/0006-circe.md). The names in the definition are looked at first
(`circe_words`), so that a rule which would be passed over is refused, and no text of the definition becomes SQL.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from caseseries.chart.tables import Finding
from caseseries.engine.connection import Engine
from caseseries.errors import CaseSeriesError, Place, Problem, ProtocolError

#: The schema and the result table of the script, in names that nothing else has.
_SCHEMA, _RESULT, _OWN = "omop_cdm_tables", "circe_entries", "circe_"
#: SqlRender's names of the engines.
_DIALECTS = {"duckdb": "duckdb", "postgres": "postgresql", "spark": "spark"}
#: Spark's scripts put eight characters before the names of temporary tables; these occur in nothing else.
_SESSION = "zq7kx0jv"
#: The day number of a date or of a time at midnight.
_DAY = {
    "duckdb": "(CAST({0} AS DATE) - DATE '1970-01-01')",
    "postgres": "(CAST({0} AS DATE) - DATE '1970-01-01')",
    "spark": "datediff(CAST({0} AS DATE), DATE '1970-01-01')",
}

_KEPT = re.compile(
    r"CREATE (?:TEMP(?:ORARY)? )?(?:TABLE|VIEW)\s+(\w+)\s+(?:USING \w+\s+)?AS\s+(.*)", re.DOTALL | re.IGNORECASE
)
_INSERTED = re.compile(r"INSERT INTO\s+(\w+)\s*\(([^)]*)\)\s*(.*)", re.DOTALL | re.IGNORECASE)
_EMPTY = re.compile(r"CREATE TEMP TABLE\s+(\w+)\s*\(([\w\s,]*)\)", re.DOTALL | re.IGNORECASE)
_PASSED_OVER = re.compile(r"(ANALYZE|TRUNCATE|DELETE|DROP|UPDATE STATISTICS)\b.*", re.DOTALL | re.IGNORECASE)
_TABLE = re.compile(rf"\b{_SCHEMA}\.(\w+)", re.IGNORECASE)
#: Tables whose first event of a day is left open; the event's number decides then.
_OPEN_ORDERS = {
    f"{_OWN}qualified_events": re.compile(r"(order by (pe\.)start_date (?:ASC|DESC))\)", re.IGNORECASE),
    f"{_OWN}included_events": re.compile(
        r"(partition by person_id order by ()start_date (?:ASC|DESC))\)", re.IGNORECASE
    ),
}
_CODESETS = f"{_OWN}Codesets"


@dataclass(frozen=True, slots=True)
class Step:
    """One table of the session: its name and the SELECT whose rows it keeps. `{schema}.table` stands for a table of the CDM."""

    name: str
    query: str


def steps(definition: Mapping[str, Any], dialect: str) -> tuple[Step, ...]:
    """The SELECTs of a cohort definition in order; the last one has the columns person, start and end.

    `dialect` is the name of an engine: duckdb, postgres or spark.

    Raises:
        CaseSeriesError: duckcdm is not installed, or its script holds a statement of another kind.
    """
    circe, render = _library()
    try:
        script = circe.build_cohort_query(
            json.dumps(definition), cdm_schema=_SCHEMA, target_table=_RESULT, cohort_id=1, generate_stats=False
        )
        script = script.replace("#", f"#{_OWN}")
        script = render.translate(render.render(script), _DIALECTS[dialect], session_id=_SESSION)
    except (circe.CirceError, render.JavaError) as refused:
        raise CaseSeriesError("A cohort definition could not be turned into SQL.", expected=str(refused)) from refused
    kept: dict[str, str] = {}
    for statement in render.split_sql(script):
        text = (
            "\n".join(line for line in statement.splitlines() if not line.strip().startswith("--")).strip().rstrip(";")
        )
        text = text.replace(_SESSION, "")
        if found := _KEPT.fullmatch(text):
            kept[found[1]] = _ordered(found[1], found[2].strip())
        elif found := _INSERTED.fullmatch(text):
            kept[found[1]] = f"SELECT * FROM ({found[3].strip()}) AS rows_of ({found[2]})"
        elif found := _EMPTY.fullmatch(text):
            columns = [column.split()[:2] for column in found[2].split(",")]
            kept[found[1]] = (
                f"SELECT {', '.join(f'CAST(NULL AS {kind}) AS {column}' for column, kind in columns)} WHERE 1 = 0"
            )
        elif text and not _PASSED_OVER.fullmatch(text):
            raise CaseSeriesError(
                "A cohort definition asks for a statement that is no SELECT.", do="Use a list of patient ids instead."
            )
    return tuple(Step(name, query) for name, query in kept.items())


def keep_entries(
    engine: Engine, name: str, definition: Mapping[str, Any], tables: Mapping[str, str], file: str
) -> tuple[Finding, ...]:
    """Keep the entries of a cohort as the table `name(patient, first, last)`: days since 1970-01-01, both included.

    `tables` gives the SQL for each table of the CDM that the source has, in lower case. `file` is what messages call the
    definition. A concept set that finds no concept is a finding, not a mistake: the rest of the definition may still hold.

    Raises:
        ProtocolError: the definition needs a table that the source does not have.
        CaseSeriesError: as :func:`steps`.
    """
    made = steps(definition, engine.dialect.name)
    wanted = sorted({table.lower() for step in made for table in _TABLE.findall(step.query)})
    missing = [table for table in wanted if table not in tables]
    if missing:
        problems = [
            Problem(f"the cohort needs the table {table}, which the source does not have", Place(file))
            for table in missing
        ]
        raise ProtocolError(f"{file} cannot be used with this source.", problems, do="Nothing was run.")
    for step in made:
        engine.keep(step.name, _TABLE.sub(lambda found: tables[found[1].lower()], step.query))
    day = _DAY[engine.dialect.name]
    first, last = day.format("cohort_start_date"), day.format("cohort_end_date")
    engine.keep(
        name, f"SELECT DISTINCT CAST(subject_id AS BIGINT) AS patient, {first} AS first, {last} AS last FROM {_RESULT}"
    )
    return _unfound(engine, definition, file)


def _unfound(engine: Engine, definition: Mapping[str, Any], file: str) -> tuple[Finding, ...]:
    found = {number for (number,) in engine.rows(f"SELECT DISTINCT codeset_id FROM {_CODESETS} ORDER BY codeset_id")}
    return tuple(
        Finding(
            "warning",
            "concept set without concepts",
            f"The concept set {one['id']} of the cohort finds no concept in this database, so that its criteria meet no record.",
            Place(file),
            field=f"concept set {one['id']}",
        )
        for one in sorted(definition.get("ConceptSets") or (), key=lambda one: int(one["id"]))
        if one["id"] not in found
    )


def _ordered(name: str, query: str) -> str:
    """The query with the order completed where circe-be leaves open which of several events of one day is the first."""
    if name not in _OPEN_ORDERS:
        return query
    ordered, changed = _OPEN_ORDERS[name].subn(r"\1, \2event_id)", query)
    if changed != 1:
        raise CaseSeriesError("This version of duckcdm writes its events in an order that is not known.")
    return ordered


def _library() -> tuple[Any, Any]:
    try:
        return importlib.import_module("duckcdm.circe"), importlib.import_module("duckcdm.sqlrender")
    except ImportError as absent:
        raise CaseSeriesError(
            "The protocol names a cohort definition of ATLAS, and the package that reads them is not installed.",
            do='Install it: pip install "caseseries[circe]". A list of patient ids (patients_file) needs no package.',
        ) from absent
