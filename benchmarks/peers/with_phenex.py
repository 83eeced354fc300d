"""The study with PhenEx, as far as it goes.

Left out, because it has no word for it: the value nearest to a day (the last one in the window is taken), observed time, the dose per
kg, the earlier of two days, the worst of one day. Its composites know yes and no only: a value that is not there counts as no. Units, nulls and
dates of birth are put right in the views that it reads, as its documents advise. Prints the counts that `check` computes again.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import duckdb
import job
from phenex.aggregators import DailyMax, DailyMin
from phenex.codelists import Codelist
from phenex.core import Cohort
from phenex.filters import RelativeTimeRangeFilter, ValueFilter
from phenex.filters.value import GreaterThan, GreaterThanOrEqualTo, LessThan, LessThanOrEqualTo
from phenex.ibis_connect import DuckDBConnector
from phenex.mappers import OMOPDomains
from phenex.phenotypes import (
    AgePhenotype,
    ArithmeticPhenotype,
    CodelistPhenotype,
    LogicPhenotype,
    MeasurementPhenotype,
)

TABLETS = [2000000101]
DISEASES = [80182, 2000000201]
VIEWS = {
    "PERSON": "SELECT person_id AS PERSON_ID, gender_concept_id AS GENDER_CONCEPT_ID, year_of_birth AS YEAR_OF_BIRTH,"
    " make_date(year_of_birth, coalesce(month_of_birth, 12), coalesce(day_of_birth, 28))::TIMESTAMP AS BIRTH_DATETIME FROM {person}",
    "CONDITION_OCCURRENCE": "SELECT person_id AS PERSON_ID, condition_start_date AS CONDITION_START_DATE,"
    " condition_concept_id AS CONDITION_CONCEPT_ID FROM {condition_occurrence}",
    "DRUG_EXPOSURE": "SELECT person_id AS PERSON_ID, drug_exposure_start_date AS DRUG_EXPOSURE_START_DATE,"
    " drug_concept_id AS DRUG_CONCEPT_ID FROM {drug_exposure}",
    "MEASUREMENT": "SELECT person_id AS PERSON_ID, measurement_date AS MEASUREMENT_DATE,"
    " measurement_concept_id AS MEASUREMENT_CONCEPT_ID, CASE WHEN unit_concept_id = 8739 THEN value_as_number * 0.45359237"
    " ELSE value_as_number END AS VALUE_AS_NUMBER FROM {measurement}"
    " WHERE value_as_number IS NOT NULL AND NOT isnan(value_as_number) AND unit_concept_id <> 8554",
    "OBSERVATION": "SELECT person_id AS PERSON_ID, observation_date AS OBSERVATION_DATE,"
    " observation_concept_id AS OBSERVATION_CONCEPT_ID, value_as_number AS VALUE_AS_NUMBER FROM {observation}"
    " WHERE value_as_number IS NOT NULL",
}


def views(folder: Path) -> dict[str, str]:
    """The statement that makes each view of the Parquet files."""
    files = {file.stem: f"read_parquet('{file}')" for file in folder.glob("*.parquet")}
    return {name: f"CREATE VIEW {name} AS {query.format(**files)}" for name, query in VIEWS.items()}


def span(low: int, high: int) -> RelativeTimeRangeFilter:
    """Days of a window; PhenEx counts them forwards or backwards."""
    if high <= 0:
        return RelativeTimeRangeFilter(GreaterThanOrEqualTo(-high), LessThanOrEqualTo(-low), when="before")
    return RelativeTimeRangeFilter(GreaterThanOrEqualTo(low), LessThanOrEqualTo(high), when="after")


def value(measure: str, window: int) -> MeasurementPhenotype:
    """The last value of a measure in a window, one a day."""
    concept, better = (
        (job.MEASURES[measure][0], job.MEASURES[measure][2])
        if measure in job.MEASURES
        else (job.ASSESSMENTS[measure], False)
    )
    low, high = next((low, high) for one, low, high, _ in job.WINDOWS if one == window)
    return MeasurementPhenotype(
        name=f"{measure.replace(' ', '_')}_{window}",
        domain="MEASUREMENT" if measure in job.MEASURES else "OBSERVATION",
        codelist=Codelist([concept], name=measure),
        relative_time_range=span(low, high),
        return_date="last",
        value_aggregation=DailyMin() if better else DailyMax(),
    )


def main(folder: Path) -> None:
    measures = [name for name in (*job.MEASURES, *job.ASSESSMENTS) if name != "neutrophils"]
    v = {(measure, window): value(measure, window) for measure in measures for window, *_ in job.WINDOWS}

    def change(measure: str, window: int, threshold: ValueFilter, name: str) -> ArithmeticPhenotype:
        gain = v[measure, window] - v[measure, 0]
        return ArithmeticPhenotype(expression=gain, name=name, value_filter=threshold)

    def limit(measure: str, window: int, threshold: ValueFilter, name: str) -> ArithmeticPhenotype:
        return ArithmeticPhenotype(expression=v[measure, window] * 1, name=name, value_filter=threshold)

    entry = CodelistPhenotype(
        name="mycophenolate", domain="DRUG_EXPOSURE", codelist=Codelist(TABLETS, name="mycophenolate")
    )
    diagnosed = CodelistPhenotype(
        name="dermatomyositis",
        domain="CONDITION_OCCURRENCE",
        codelist=Codelist(DISEASES, name="dermatomyositis"),
        relative_time_range=RelativeTimeRangeFilter(GreaterThanOrEqualTo(0), when="before"),
    )
    adult = AgePhenotype(name="adult", value_filter=ValueFilter(min_value=GreaterThanOrEqualTo(18)))
    recorded = MeasurementPhenotype(
        name="strength_recorded",
        domain="MEASUREMENT",
        codelist=Codelist([job.MEASURES["strength"][0]], name="strength"),
        relative_time_range=span(-90, 0),
        return_date="last",
    )
    stronger = change("strength", 6, ValueFilter(min_value=GreaterThanOrEqualTo(8)), "stronger")
    clearer = change("skin", 6, ValueFilter(max_value=LessThanOrEqualTo(-5)), "clearer")
    eased = change("physician global", 6, ValueFilter(max_value=LessThan(0)), "eased")
    inflamed = change("crp", 3, ValueFilter(min_value=GreaterThan(5)), "inflamed")
    low_global = limit("physician global", 3, ValueFilter(max_value=LessThanOrEqualTo(3)), "low_global")
    low_skin = limit("skin", 3, ValueFilter(max_value=LessThanOrEqualTo(14)), "low_skin")
    strong = limit("strength", 3, ValueFilter(min_value=GreaterThanOrEqualTo(70)), "strong")
    low_ck = limit("ck", 3, ValueFilter(max_value=LessThanOrEqualTo(150)), "low_ck")
    parts = [
        ArithmeticPhenotype(
            expression=(v[measure, 12] - v[measure, 0]) / v[measure, 0] * (1 if high else -1),
            name=f"improved_{measure.replace(' ', '_')}",
            value_filter=ValueFilter(min_value=GreaterThanOrEqualTo(0.2)),
        )
        for measure, high in job.CORE
    ]
    composites = [
        LogicPhenotype(expression=(stronger | clearer) & eased, name="good"),
        LogicPhenotype(expression=(parts[0] & parts[1] & parts[2]) | (parts[3] & parts[4] & parts[5]), name="core"),
        LogicPhenotype(expression=low_global & (low_skin | strong | low_ck) & ~inflamed, name="quiet"),
    ]
    cohort = Cohort(
        name="demo",
        entry_criterion=entry,
        inclusions=[diagnosed, adult, recorded],
        outcomes=[*v.values(), *composites],
    )
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)  # it writes a folder of SQL where it stands
        con = DuckDBConnector()
        con.source_connection.raw_sql("SET threads = 2")
        for statement in views(folder).values():
            con.source_connection.raw_sql(statement)
        tables = {name: OMOPDomains.domains_dict[name](con.get_source_table(name)) for name in VIEWS}
        index = cohort.execute(tables, con=con, overwrite=True, sql_dir=None)
        answers = {
            "with an index date": entry.table.count().execute(),
            "included": index.count().execute(),
            **{f"value {m} {w}": one.table.PERSON_ID.nunique().execute() for (m, w), one in v.items()},
            **{
                f"rule {one.name} true": one.table.filter(one.table.BOOLEAN).PERSON_ID.nunique().execute()
                for one in composites
            },
        }
    print(json.dumps({what: [int(n), None] for what, n in sorted(answers.items())}))


def check(folder: Path) -> None:
    """The same counts in plain SQL: what PhenEx was asked, not what the protocol says."""
    with duckdb.connect(config={"threads": "2"}) as connection:
        connection.execute("SET enable_progress_bar = false")
        for statement in views(folder).values():
            connection.execute(statement)
        connection.execute(
            f"""CREATE TABLE entry AS SELECT person_id, min(drug_exposure_start_date) AS day FROM drug_exposure
            WHERE drug_concept_id IN ({TABLETS[0]}) GROUP BY person_id"""
        )
        connection.execute(
            f"""CREATE TABLE included AS SELECT entry.* FROM entry JOIN person USING (person_id)
            WHERE (day - birth_datetime::DATE) // 365 >= 18
            AND person_id IN (SELECT person_id FROM condition_occurrence JOIN entry USING (person_id)
                              WHERE condition_concept_id IN {tuple(DISEASES)} AND condition_start_date <= day)
            AND person_id IN (SELECT person_id FROM measurement JOIN entry USING (person_id) WHERE measurement_concept_id =
                              {job.MEASURES["strength"][0]} AND day - measurement_date BETWEEN 0 AND 90)"""
        )
        answers = {
            name: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for name, table in (("with an index date", "entry"), ("included", "included"))
        }
        for measure in (*job.MEASURES, *job.ASSESSMENTS):
            concept, table = (
                (job.MEASURES[measure][0], "measurement")
                if measure in job.MEASURES
                else (job.ASSESSMENTS[measure], "observation")
            )
            for window, low, high, _ in job.WINDOWS:
                if measure != "neutrophils":
                    answers[f"value {measure} {window}"] = connection.execute(
                        f"SELECT count(DISTINCT person_id) FROM {table} JOIN included USING (person_id)"
                        f" WHERE {table}_concept_id = {concept} AND {table}_date - day BETWEEN {low} AND {high}"
                    ).fetchone()[0]
    print(json.dumps({what: [int(n), None] for what, n in sorted(answers.items())}))


if __name__ == "__main__":
    (check if "--check" in sys.argv else main)(Path(sys.argv[1]).resolve())
