"""Read the columns that the study needs once, and nothing else: the yardstick of every other run."""

import json
import sys
from pathlib import Path

import duckdb

COLUMNS = {
    "person": "person_id gender_concept_id year_of_birth month_of_birth day_of_birth",
    "observation_period": "person_id observation_period_start_date observation_period_end_date",
    "condition_occurrence": "condition_occurrence_id person_id condition_concept_id condition_start_date",
    "drug_exposure": "drug_exposure_id person_id drug_concept_id drug_exposure_start_date drug_exposure_end_date quantity"
    " days_supply route_concept_id",
    "measurement": "measurement_id person_id measurement_concept_id measurement_date operator_concept_id value_as_number"
    " unit_concept_id",
    "observation": "observation_id person_id observation_concept_id observation_date value_as_number unit_concept_id",
    "death": "person_id death_date",
}

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    rows = {}
    with duckdb.connect(config={"threads": "2"}) as connection:
        connection.execute("SET enable_progress_bar = false")
        for table, columns in COLUMNS.items():
            # max() needs every value, which count() does not, and adds next to nothing to reading them.
            read = ", ".join(f"max({column})" for column in columns.split())
            query = f"SELECT count(*), {read} FROM read_parquet('{folder / table}.parquet')"
            rows[table] = connection.execute(query).fetchone()[0]
    print(json.dumps(rows))
