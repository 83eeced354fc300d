"""The description of a database (`omop.yaml`): where its tables are, and the few things its rows leave open."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from caseseries.errors import ChartError
from caseseries.protocol.concepts import ConceptId
from caseseries.protocol.problems import validate
from caseseries.protocol.written import Days, Written, YesNo, mistake
from caseseries.protocol.yaml import Document, Limits, read

#: The longest supply in days that is taken for one.
_LONGEST = 36_500
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")


def _name(text: Any) -> str:
    if not isinstance(text, str) or not _NAME.fullmatch(text):
        raise mistake("not a plain name", "letters, digits and _", "write the name without dots and quotes")
    return text


def _no_password(text: Any) -> str:
    if re.search(r"password|passwd|:[^/@]+@", str(text), re.IGNORECASE):
        raise mistake(
            "a password does not belong into this file",
            "service=NAME, or host, port, dbname and user",
            "use PGPASSWORD, .pgpass or a service file",
            secret=True,
        )
    return str(text)


Name = Annotated[str, BeforeValidator(_name)]
Connection = Annotated[str, BeforeValidator(_no_password)]


class SparkSource(Written):
    """Tables of a Spark catalogue, or a folder with Parquet files of each table."""

    parquet: str | None = None
    database: Name | None = None

    @model_validator(mode="after")
    def _one(self) -> SparkSource:
        if (self.parquet is None) == (self.database is None):
            raise mistake("a Spark source is one of two things", "parquet, database")
        return self


class From(Written):
    """Where the tables are: exactly one of a folder or ZIP of Parquet files, a folder or ZIP of CSV files (also .gz), a
    DuckDB file, a Postgres connection, or Spark. `schema` belongs to duckdb and postgres, `delimiter` to csv.
    """

    parquet: str | None = None
    csv: str | None = None
    duckdb: str | None = None
    postgres: Connection | None = None
    spark: SparkSource | None = None
    schema_: Name | None = Field(default=None, alias="schema")
    delimiter: Literal[",", ";", "tab", "|"] | None = None

    @model_validator(mode="after")
    def _one(self) -> From:
        kinds = [name for name in ("parquet", "csv", "duckdb", "postgres", "spark") if getattr(self, name) is not None]
        if len(kinds) != 1:
            raise mistake("where the tables are is said by one of these", "parquet, csv, duckdb, postgres, spark")
        if self.schema_ is not None and kinds[0] not in ("duckdb", "postgres"):
            raise mistake("only a DuckDB file or Postgres has schemas", do="leave out `schema`", at=("schema",))
        if self.delimiter is not None and kinds[0] != "csv":
            raise mistake("only CSV files have a delimiter", do="leave out `delimiter`", at=("delimiter",))
        return self

    @property
    def kind(self) -> Literal["parquet", "csv", "duckdb", "postgres", "spark"]:
        """Which of the five it is."""
        if self.parquet is not None:
            return "parquet"
        if self.csv is not None:
            return "csv"
        if self.duckdb is not None:
            return "duckdb"
        return "postgres" if self.postgres is not None else "spark"

    @property
    def folder(self) -> str | None:
        """The folder, ZIP or file named, as written."""
        return self.parquet or self.csv or self.duckdb or (self.spark.parquet if self.spark else None)


class Unmapped(Written):
    """What cannot be told counts as, and why: `count: nothing` says that none of it is a drug, or a diagnosis, of the study."""

    count: Literal["nothing"]
    because: str


class Omop(Written):
    """A database of the OMOP common data model.

    `vocabulary` is another folder (or schema) for concept, concept_ancestor, concept_relationship and drug_strength. `no_route`
    says what an exposure without a route counts as, `local_routes` are the route concepts of which a dose is never systemic
    (in place of the catalogue's). `shifted_dates: yes` says that dates were moved to hide who the persons are, and may lie in the future.
    `history: complete` says that the rows before an index date are all there are, observed or not. Of drug_exposure: `end_and_supply` says
    which counts where the end and the days of supply differ, `end_on_first_day` whether an end on the first day, without days of supply, is one,
    `no_duration` how long a row without both lasts, `quantity_counts` what the quantity of a product in packages counts (pieces, mL, or
    packages), `refills` what becomes of the rest of a supply when the next of the same product is collected, `unmapped_drugs` what rows without a
    concept count as; so does `unmapped_diagnoses` of the tables in which the protocol's diagnoses are looked for, and `unlisted_drugs` of the
    drugs of a group for which no concept is known. `fatal` says what adverse events that are fatal by their name, and discharges of the dead, are
    where no death is recorded.
    """

    cdm: Literal["5.3", "5.4"]
    from_: From = Field(alias="from")
    vocabulary: str | None = None
    invented: YesNo = False
    shifted_dates: YesNo = False
    no_route: Literal["systemic", "local"] | None = None
    history: Literal["complete"] | None = None
    end_and_supply: Literal["end", "supply"] | None = None
    end_on_first_day: Literal["one day", "no end"] | None = None
    no_duration: Days | None = None
    quantity_counts: Literal["pieces", "packages"] | None = None
    refills: Literal["replace", "extend", "add"] | None = None
    unmapped_drugs: Unmapped | None = None
    unmapped_diagnoses: Unmapped | None = None
    unlisted_drugs: Unmapped | None = None
    fatal: Literal["death", "no death"] | None = None
    local_routes: tuple[ConceptId, ...] | None = None

    @model_validator(mode="after")
    def _lasts(self) -> Omop:
        if self.no_duration is not None and not 1 <= self.no_duration <= _LONGEST:
            raise mistake("a supply lasts at least a day", f"1 to {_LONGEST} days", at=("no_duration",))
        return self


class OmopDescription(Written):
    """An `omop.yaml`: everything stands under `omop`."""

    omop: Omop


def load_omop(path: Path) -> Omop:
    """The description in a YAML file.

    Raises:
        ChartError: the file is not readable, or says something unknown; every mistake with its line.
    """
    return described(path)[0]


def described(path: Path) -> tuple[Omop, Document]:
    """The description, and the file with the line of each value.

    Raises:
        ChartError: as :func:`load_omop`.
    """
    document = read(path, error=ChartError)
    return validate(OmopDescription, document, error=ChartError).omop, document


def is_omop(path: Path) -> bool:
    """Whether a YAML file describes a database rather than a chart: its only section is `omop`."""
    try:
        if not path.is_file():
            return False  # a device may have no end
        with path.open(encoding="utf-8-sig") as file:
            return re.search(r"^omop[ \t]*:", file.read(Limits().size), re.MULTILINE) is not None
    except (OSError, UnicodeDecodeError):
        return False  # whoever reads the chart description says what is wrong with the file
