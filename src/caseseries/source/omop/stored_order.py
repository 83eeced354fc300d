"""How rows stand in a store: by patient, so that a range of patients is a part of each file, or mixed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from caseseries.engine.connection import quoted
from caseseries.source.omop.opened import Opened

#: The tables that hold most rows.
LARGE = ("measurement", "observation", "drug_exposure")


def sorted_by_patient(opened: Opened, tables: Sequence[str]) -> bool:
    """Whether the rows of these tables stand by patient; no where there is no table.

    Known of Parquet and DuckDB files (ranges of person_id of their row groups hardly overlap) and Postgres (physical order of
    the column).
    """
    match opened.description.from_.kind:
        case "postgres":
            return _in_postgres(opened, tables)
        case "parquet":
            return bool(tables) and all(_hardly_overlap(_spans_in_parquet(opened, table)) for table in tables)
        case "duckdb":
            return bool(tables) and all(_hardly_overlap(_spans_in_duckdb(opened, table)) for table in tables)
    return False


def _spans_in_parquet(opened: Opened, table: str) -> list[tuple[int, int]] | None:
    """The least and the highest person_id of each row group; None where they are not known."""
    files = opened.relations[table].sql.removeprefix("read_parquet(").removesuffix(")")
    quoted_name, _ = opened.relations[table].columns["person_id"]
    rows = opened.engine.rows(
        f"SELECT stats_min_value, stats_max_value FROM parquet_metadata({files}) WHERE path_in_schema = ?",
        [quoted_name.strip('"')],
    )
    try:
        return [(int(low), int(high)) for low, high in rows]
    except (TypeError, ValueError):
        return None


def _spans_in_duckdb(opened: Opened, table: str) -> list[tuple[int, int]] | None:
    """The least and the highest person_id of each segment of a table of a DuckDB file; None for a view, and for ids that are no numbers."""
    relation = opened.relations[table]
    name, how = relation.columns["person_id"]
    tables = opened.engine.rows("SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'source'")
    if how != "whole" or relation.sql not in {f"source.{quoted(schema)}.{quoted(one)}" for schema, one in tables}:
        return None
    rows = opened.engine.rows(
        "SELECT stats FROM pragma_storage_info(?) WHERE column_name = ? AND segment_type <> 'VALIDITY'",
        [relation.sql, name.strip('"')],
    )
    told = [found for (found,) in rows]
    if any(not isinstance(found, dict) or ("min" not in found and found.get("has_no_null")) for found in told):
        return None
    return [(int(found["min"]), int(found["max"])) for found in told if "min" in found]


def _in_postgres(opened: Opened, tables: Sequence[str]) -> bool:
    schema = opened.description.from_.schema_ or "public"
    rows = opened.engine.rows(
        f"SELECT lower(tablename), correlation FROM pg_stats WHERE schemaname = '{schema}' AND lower(attname) = 'person_id'"
    )
    order = {str(table): float(found or 0) for table, found in rows}
    return bool(tables) and all(abs(order.get(table, 0.0)) > 0.99 for table in tables)


def _hardly_overlap(spans: Sequence[tuple[int, int]] | None) -> bool:
    """Whether the parts of a file, of each of which the least and the highest person_id is known, follow one another.

    >>> _hardly_overlap([(51, 100), (1, 52)]), _hardly_overlap([(1, 100), (2, 99)]), _hardly_overlap([(1, 100)]), _hardly_overlap(None)
    (True, False, True, False)
    """
    if spans is None:
        return False
    ordered = sorted(spans)
    overlap = sum(max(0, min(last, high) - low) for (_, last), (low, high) in pairwise(ordered))
    return len(ordered) < 2 or overlap * 20 <= ordered[-1][1] - ordered[0][0]
