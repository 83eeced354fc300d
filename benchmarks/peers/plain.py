"""Run plain.sql on a folder of Parquet files and print its answers as JSON: {what: [n, total]}."""

import json
import sys
from pathlib import Path

import duckdb

MEASURES = (
    "strength",
    "skin",
    "ck",
    "alt",
    "ast",
    "crp",
    "weight",
    "physician global",
    "patient global",
    "extramuscular",
)
WINDOWS = (0, 3, 6, 12)
TABLES = (
    "person",
    "observation_period",
    "condition_occurrence",
    "drug_exposure",
    "drug_strength",
    "measurement",
    "observation",
    "death",
    "concept_ancestor",
)


def answers(folder: Path) -> dict[str, list]:
    """Every count of the study, as written by hand."""
    picks = "".join(
        f"""
  , max(CASE WHEN measure = '{measure}' AND "window" = {window} THEN value END) AS {measure.replace(" ", "_")}_{window}
  , max(CASE WHEN measure = '{measure}' AND "window" = {window} THEN day END) AS day_{measure.replace(" ", "_")}_{window}"""
        for measure in MEASURES
        for window in WINDOWS
    )
    text = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").replace("{picks}", picks)
    with duckdb.connect(config={"threads": "2"}) as connection:
        connection.execute("SET enable_progress_bar = false")
        for table in TABLES:
            connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{folder / table}.parquet')")
        *stages, counted = (stage for stage in text.split(";\n") if stage.strip())
        for stage in stages:
            connection.execute(stage)
        return {
            what: [n, None if total is None else float(total)]
            for what, n, total in connection.execute(counted).fetchall()
        }


if __name__ == "__main__":
    print(json.dumps(answers(Path(sys.argv[1])), indent=1))
