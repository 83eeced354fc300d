"""Opening a database: whatever its description names, what comes out can be asked in the same words."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from caseseries.engine.machine import Machine
from caseseries.source.omop.description import Omop, load_omop
from caseseries.source.omop.embedded import open_duckdb_file, open_files
from caseseries.source.omop.files import sha256, stop
from caseseries.source.omop.opened import Opened
from caseseries.source.omop.servers import open_postgres, open_spark

DEFAULT = Machine()


def opened_omop(path: Path, machine: Machine = DEFAULT) -> Opened:
    """Open the database that an `omop.yaml` describes. Paths in it are relative to the file.

    Raises:
        ChartError: the description is wrong, a file is not there, cannot be read, or there is no person table.
        EngineError: the server cannot be reached.
    """
    described = load_omop(path)
    return open_described(described, path.parent, machine, inputs={path.name: sha256(path)})


def open_described(
    described: Omop, base: Path, machine: Machine = DEFAULT, *, inputs: Mapping[str, str] | None = None
) -> Opened:
    """The same for a description made in Python; `base` is where its relative paths begin."""
    private = Path(tempfile.mkdtemp(prefix="caseseries-omop-"))
    private.chmod(0o700)
    try:
        opened = _open(described, base, private, machine)
        opened.inputs = {**(inputs or {}), **opened.inputs}
        if not opened.has("person"):
            opened.engine.close()
            raise stop(
                "there is no table person",
                described.from_.folder or "",
                "name the folder or schema that holds the tables",
            )
        return opened
    except BaseException:
        shutil.rmtree(private, ignore_errors=True)
        raise


def _open(described: Omop, base: Path, private: Path, machine: Machine) -> Opened:
    source = described.from_
    if machine.master is not None and source.kind != "spark":
        raise stop("a Spark master is named, and this database is not read by Spark", do="leave out --master")
    if source.kind in ("parquet", "csv"):
        return open_files(described, base, private, machine)
    if source.kind == "duckdb":
        return open_duckdb_file(described, base, private, machine)
    if source.kind == "postgres":
        return open_postgres(described, private, machine)
    return open_spark(described, base, private, machine)
