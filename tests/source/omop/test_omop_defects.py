"""Each defect of a database's rows is counted in its finding, and never used."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars
import pytest
from tests.source.omop.conftest import PROTOCOL, SMALL, protocol

from caseseries.chart.tables import Chart
from caseseries.errors import ChartError
from caseseries.protocol.drug_uses import OTHER_ROUTE, whole_drug
from caseseries.protocol.load import parse
from caseseries.source.omop import opened_omop, read_omop
from caseseries.source.omop.source import open_omop
from caseseries.study import Study
from caseseries.study.line import analyse
from caseseries.summary.compare import compare

Database = Callable[..., Path]

SBP = 3004249
PLAIN = PROTOCOL.format(measures="", concepts="")


def messages(chart: Chart) -> list[str]:
    return [f"{finding.severity}: {finding.message}" for finding in chart.findings]


def pressure(*rows: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return [*SMALL["measurement"], *rows]


def values(chart: Chart, measure: str = "sbp") -> list[tuple[str, int, Fraction | None]]:
    return [(one.patient, one.day, one.value) for one in chart.measurements if one.measure == measure]


def test_a_clean_database_has_nothing_to_say(database: Database) -> None:
    chart = read_omop(protocol(), database())
    told = [
        "note: 2 persons in the database, 2 of them with an index event",
        "note: the table death is empty: no death is known",
    ]
    assert told == messages(chart)
    assert ["1", "2"] == [person.patient for person in chart.people]
    assert [("M", 3711, 3711), ("F", 7305, 7669)] == [(one.sex, one.birth_low, one.birth_high) for one in chart.people]
    assert [Fraction(150), Fraction(130), Fraction("140.5"), Fraction(139)] == [one.value for one in chart.measurements]
    assert [(18262, 18291), (18262, 18291)] == [(course.start, course.end) for course in chart.courses]
    assert {
        ("1", "diagnosis", "disease"),
        ("1", "visit", "visit"),
        ("2", "diagnosis", "disease"),
        ("2", "event", "bleeding"),
    } == {(fact.patient, fact.kind, fact.term) for fact in chart.facts}
    assert {"read": 4, "used": 4, "out of scope": 0, "refused": 0} == chart.account()["measurement"]


def test_a_whole_study_runs_on_it_and_agrees_with_the_reference(database: Database) -> None:
    study = Study(protocol())
    chart = study.read(database())
    tally, summary = analyse(study.protocol, chart)
    compare(study.protocol, chart, summary.shown, tally)
    assert [("1", ""), ("2", "Diagnosis of disease by the index date")] == [
        (case.patient, case.failed_criterion) for case in summary.shown.rows
    ]
    assert 1 == summary.outcomes["fall"].responders[0].yes


def test_several_rows_of_one_person_are_one_person_however_the_run_counts(database: Database) -> None:
    """The second patient stands twice; so does a third person, who never took the drug, with another year of birth."""
    more = [(2, 8532, 1990, None, None), (3, 8532, 1990, None, None), (3, 8532, 1991, None, None)]
    found = database(person=[*SMALL["person"], *more])
    for show in (2000, 0):
        results = Study(protocol()).run(found, show=show)
        assert (3, 1) == (results.tally.total("persons"), results.tally.total("cases", "no first exposure"))
        results.close()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((9, 1, SBP, "2020-02-30", 1, None, 8876, None), "warning: measurement: not a date between 1900 and 2399: 1 row"),
        ((9, 1, SBP, "01/02/2020", 1, None, 8876, None), "warning: measurement: not a date between 1900 and 2399: 1 row"),
        ((9, 1, SBP, "2020-1-2", 1, None, 8876, None), "warning: measurement: not a date between 1900 and 2399: 1 row"),
        ((9, 1, SBP, "1899-12-31", 1, None, 8876, None), "warning: measurement: not a date between 1900 and 2399: 1 row"),
        ((9, 1, SBP, None, 1, None, 8876, None), "warning: measurement: no date: 1 row"),
        ((9, 1, SBP, "2021-01-01", 1, None, 8876, None), "note: measurement: outside observed time: 1 row"),
        ((9, 1, SBP, "2020-02-01", "n/a", None, 8876, None), "warning: measurement: the value is not a number: 1 row"),
        ((9, 1, SBP, "2020-02-01", "1_000", None, 8876, None), "warning: measurement: the value is not a number: 1 row"),
        ((9, 1, SBP, "2020-02-01", "1e400", None, 8876, None), "warning: measurement: the value is not a number: 1 row"),
        ((9, 1, SBP, "2020-02-01", "1e13", None, 8876, None), "warning: measurement: the value is not a number: 1 row"),
        ((9, 1, SBP, "2020-02-01", 1, None, 9529, None),
         "warning: sbp: rows in unit 9529, to which the concept set gives no factor, were refused; "
         "`sbp: {units: {8876: 1, 44777602: 200000000000/26664477483, 9529: FACTOR}}` under `concepts:` would read them, "
         "where a value times FACTOR is in mmHg: 1 row"),
        ((9, 1, SBP, "2020-02-01", 1, None, None, None),
         "warning: sbp: rows without a unit were refused; `no_unit: accept` in the concept set would read them: 1 row"),
        ((9, 1, SBP, "2020-02-01", 1, None, 0, None),
         "warning: sbp: rows without a unit were refused; `no_unit: accept` in the concept set would read them: 1 row"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_counted(database: Database, row: tuple[Any, ...], expected: str) -> None:
    chart = read_omop(protocol(), database(measurement=pressure(row)))
    assert expected in messages(chart)
    assert 4 == len(values(chart))
    account = chart.account()["measurement"]
    assert 5 == account["read"] == account["used"] + account["out of scope"] + account["refused"]
    assert ("out of scope" if "outside" in expected else "refused") in {
        status for status, n in account.items() if n == 1
    }


@pytest.mark.parametrize("nothing", [None, "NaN", "nan"])
def test_nan_and_null_are_rows_without_a_value(database: Database, nothing: str | None) -> None:
    chart = read_omop(protocol(), database(measurement=pressure((9, 1, SBP, "2020-02-01", nothing, None, 8876, None))))
    assert "note: sbp: rows without a value: 1 row" in messages(chart)
    assert [("1", 18293, None)] == [one for one in values(chart) if one[2] is None]
    assert "no value" == next(one.missing for one in chart.measurements if one.value is None)


def test_nan_in_parquet_is_no_value(database: Database) -> None:
    rows = pressure(
        (9, 1, SBP, "2020-02-01", float("nan"), None, 8876, None),
        (10, 1, SBP, "2020-02-02", float("inf"), None, 8876, None),
    )
    chart = read_omop(protocol(), database("parquet", measurement=rows))
    assert "note: sbp: rows without a value: 1 row" in messages(chart)
    assert "warning: measurement: the value is not a number: 1 row" in messages(chart)


@pytest.mark.parametrize("width", [polars.Float64, polars.Float32])
def test_nan_that_parquet_keeps_out_of_its_statistics_is_no_value(database: Database, width: Any) -> None:
    """By the least and the greatest value of the column every number lies within the limits, and an engine that believes them asks no further."""
    path = database("parquet", measurement=pressure())
    file = path.parent / "measurement.parquet"
    rows = polars.read_parquet(file).with_columns(
        polars.when(polars.col("measurement_id") == 1)
        .then(float("nan"))
        .otherwise(polars.col("value_as_number"))
        .cast(width)
        .alias("value_as_number")
    )
    rows.write_parquet(file)
    chart = read_omop(protocol(), path)
    assert "note: sbp: rows without a value: 1 row" in messages(chart)
    assert [None] == [one.value for one in chart.measurements if one.missing]
    assert 4 == len(chart.measurements)
    rows.with_columns(
        polars.when(polars.col("measurement_id") == 2)
        .then(1e15)
        .otherwise(polars.col("value_as_number"))
        .cast(width)
        .alias("value_as_number")
    ).write_parquet(file)
    told = messages(read_omop(protocol(), path))
    assert "note: sbp: rows without a value: 1 row" in told
    assert "warning: measurement: the value is not a number: 1 row" in told


def test_nan_for_an_id_or_an_amount_is_none(database: Database) -> None:
    path = database("parquet")
    for table, column in (("drug_exposure", "quantity"), ("measurement", "person_id")):
        file = path.parent / f"{table}.parquet"
        rows = polars.read_parquet(file)
        place = polars.int_range(polars.len()) == rows.height - 1
        value = polars.when(place).then(float("nan")).otherwise(polars.col(column).cast(polars.Float64))
        rows.with_columns(value.alias(column)).write_parquet(file)
    chart = read_omop(protocol(), path)
    assert "warning: measurement: no person_id: 1 row" in messages(chart)
    assert 3 == len(chart.measurements)


def test_units_are_converted_exactly_and_rounded_values_are_counted(database: Database) -> None:
    rows = [
        (1, 1, SBP, "2019-12-20", "13.3322387415", None, 44777602, None),  # kPa; the catalogue's factor
        (2, 1, SBP, "2019-12-21", "0.0000005", None, 8876, None),
        (3, 1, SBP, "2019-12-22", "-0.0000005", None, 8876, None),
        (4, 1, SBP, "2019-12-23", "0.1", None, 8876, None),
        (5, 1, SBP, "2019-12-24", "999999999999.5", None, 8876, None),
    ]
    chart = read_omop(protocol(), database(measurement=rows))
    found = [value for _, _, value in values(chart)]
    assert [
        Fraction("100.000002"),
        Fraction(1, 10**6),
        Fraction(-1, 10**6),
        Fraction(1, 10),
        Fraction("999999999999.5"),
    ] == found
    assert "note: sbp: values rounded to a millionth: 3 rows" in messages(chart)


def test_operators_censor(database: Database) -> None:
    signs = (4171756, 4171754, 4172704, 4171755, 4172703, 0)
    rows = [(n, 1, SBP, f"2019-12-{20 + n}", 100, None, 8876, sign) for n, sign in enumerate(signs)]
    chart = read_omop(protocol(), database(measurement=rows))
    assert ["<", "<=", ">", ">=", "", ""] == [one.censor for one in chart.measurements]


def test_duplicates_collapse_to_the_smallest_id(database: Database) -> None:
    again = [
        (9, 1, SBP, "2019-12-20", 150, None, 8876, None),
        (-3, 1, SBP, "2019-12-20", 150, None, 8876, None),
        (11, 1, SBP, "2019-12-20", 151, None, 8876, None),
    ]
    chart = read_omop(protocol(), database(measurement=pressure(*again)))
    assert "note: measurement: equal rows, read once: 2 rows" in messages(chart)
    kept = [row.row for row in chart.rows if row.table == "measurement" and row.native_key == "1"]
    assert [-3, 11, 2] == kept


def test_ids_that_are_missing_or_shared_are_found(database: Database) -> None:
    rows = [
        (1, 1, 100, "2020-01-01", "2020-01-30", 30, 30, 0),
        (1, 2, 100, "2020-01-01", None, 30, 30, 0),
        (None, 2, 100, "2020-02-10", None, 30, 30, 0),
    ]
    chart = read_omop(protocol(), database(drug_exposure=rows))
    assert "warning: drug_exposure: rows without an id, or with that of another row: 2 rows" in messages(chart)
    assert 3 == len(chart.courses)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            (9, 1, 100, "2020-05-01", "2020-04-30", 30, 30, 0),
            "warning: drug_exposure: the end is before the start: 1 row",
        ),
        (
            (9, 1, 100, "yesterday", "2020-04-30", 30, 30, 0),
            "warning: drug_exposure: not a date between 1900 and 2399: 1 row",
        ),
        (
            (9, 1, 100, "2020-05-01", "later", 30, 30, 0),
            "warning: drug_exposure: not a date between 1900 and 2399: 1 row",
        ),
        ((9, 1, 100, None, "2020-04-30", 30, 30, 0), "warning: drug_exposure: no date: 1 row"),
        ((9, None, 100, "2020-05-01", None, 30, 30, 0), "warning: drug_exposure: no person_id: 1 row"),
        (
            (9, 77, 100, "2020-05-01", None, 30, 30, 0),
            "warning: drug_exposure: the person is not in the table person: 1 row",
        ),
    ],
)
def test_a_course_that_cannot_be_used_is_counted(database: Database, row: tuple[Any, ...], expected: str) -> None:
    chart = read_omop(protocol(), database(drug_exposure=[*SMALL["drug_exposure"], row]))
    assert expected in messages(chart)
    assert 2 == len(chart.courses)
    assert {"read": 3, "used": 2, "out of scope": 0, "refused": 1} == chart.account()["drug_exposure"]


def test_the_end_of_a_course(database: Database) -> None:
    rows = [
        (1, 1, 100, "2020-01-01", "2020-01-30", 30, 5, 0),
        (2, 1, 100, "2020-02-01", None, 30, 10, 0),
        (3, 1, 100, "2020-03-01", None, 30, None, 0),
        (4, 1, 100, "2020-04-01", None, 30, -2, 0),
    ]
    chart = read_omop(protocol(), database(drug_exposure=rows))
    assert [30, 10] == [course.end - course.start + 1 for course in chart.courses if course.end is not None]
    assert [None, None] == [course.ends.last_high for course in chart.courses if course.end is None]
    missing = "neither end nor days of supply, so the last day and the dose are not known; `no_duration` may say how long one lasts"
    assert f"warning: drug_exposure: {missing}: 2 rows" in messages(chart)


def test_periods_merge_and_their_defects_are_counted(database: Database) -> None:
    rows = [
        (1, 1, "2019-01-01", "2019-06-30"),
        (2, 1, "2019-07-01", "2019-12-31"),
        (3, 1, "2019-12-15", "2020-01-15"),
        (4, 1, "2020-01-17", "2020-12-31"),
        (5, 1, "2020-12-31", "2020-01-01"),
        (6, 1, "2020-12-31", "soon"),
        (7, 2, "2019-01-01", "2020-12-31"),
    ]
    chart = read_omop(protocol(), database(observation_period=rows))
    assert chart.observed is not None
    assert [("1", 17897, 18276), ("1", 18278, 18627), ("2", 17897, 18627)] == [
        (one.patient, one.start, one.end) for one in chart.observed
    ]
    assert "warning: observation_period: the end is before the start: 1 row" in messages(chart)
    assert "warning: observation_period: not a date between 1900 and 2399: 1 row" in messages(chart)


def test_events_and_deaths_outside_observed_time_do_not_count_but_history_does(database: Database) -> None:
    conditions = [
        (1, 1, 300, "2010-12-01"),
        (2, 1, 301, "2010-12-01"),
        (3, 1, 301, "2021-01-01"),
        (4, 1, 301, "2020-12-31"),
    ]
    deaths = [(1, "2021-03-01"), (2, "2021-03-02")]
    chart = read_omop(protocol(), database(condition_occurrence=conditions, death=deaths))
    assert [
        ("diagnosis", 14944),
        ("diagnosis", 14944),
        ("diagnosis", 18627),
        ("diagnosis", 18628),
        ("event", 18627),
        ("death", 18687),
    ] == sorted(
        [(fact.kind, fact.start or 0) for fact in chart.facts if fact.kind != "visit" and fact.patient == "1"],
        key=lambda pair: (["diagnosis", "event", "death"].index(pair[0]), pair[1]),
    )
    assert "note: death: outside observed time: 1 row" in messages(chart)
    assert "note: condition_occurrence: adverse events outside observed time, which do not count: 2 rows" in messages(
        chart
    )


def test_rows_after_the_data_cut_off_are_out_of_scope(database: Database) -> None:
    asked = parse(PLAIN.replace("case:\n", "period: {data_cutoff: 2020-03-31}\ncase:\n")).protocol
    tables = {
        "measurement": pressure((9, 1, SBP, "2020-04-01", 1, None, 8876, None)),
        "drug_exposure": [*SMALL["drug_exposure"], (9, 1, 100, "2020-04-01", None, 30, 30, 0)],
        "condition_occurrence": [*SMALL["condition_occurrence"], (9, 1, 301, "2020-04-01")],
        "visit_occurrence": [*SMALL["visit_occurrence"], (9, 1, "2020-04-01")],
        "death": [(1, "2020-04-01")],
    }
    chart = read_omop(asked, database(**tables))
    for table in tables:
        assert f"note: {table}: after the data cut-off: 1 row" in messages(chart)
        assert 1 == chart.account()[table]["out of scope"]
    assert 18352 == max(one.day for one in chart.measurements)
    assert 18352 == max(fact.start or 0 for fact in chart.facts)


def test_birth_dates_that_cannot_be(database: Database) -> None:
    people = [(1, 8507, 1981, 2, 29), (2, 0, 1990, 13, 1), (3, 8532, 1700, 1, 1), (2, 8507, 1990, 13, 1)]
    chart = read_omop(protocol(), database(person=people))
    assert "warning: person: a year, month or day of birth that cannot be: 4 rows" in messages(chart)
    assert "warning: person: several rows of one person_id: 1 row" in messages(chart)
    assert "note: person: no year of birth: 1 row" in messages(chart)
    assert [("M", 4049, 4076), ("", 7305, 7669)] == [(one.sex, one.birth_low, one.birth_high) for one in chart.people]


def test_negative_and_long_ids_stay_what_they_are(database: Database) -> None:
    long, short = -7671795861352464589, 3589912774911670296
    tables = {
        "person": [(long, 8507, 1980, 1, 1), (short, 8532, 1990, 1, 1)],
        "observation_period": [(1, long, "2019-01-01", "2020-12-31"), (2, short, "2019-01-01", "2020-12-31")],
        "drug_exposure": [(-9, long, 100, "2020-01-01", None, 1, 30, 0), (5, short, 100, "2020-01-01", None, 1, 30, 0)],
        "measurement": [(-5, long, SBP, "2019-12-20", 150, None, 8876, None)],
    }
    for kind in ("csv", "parquet", "duckdb"):
        chart = read_omop(protocol(), database(kind, **tables))
        assert [str(long), str(short)] == [person.patient for person in chart.people]
        assert [-9, 5] == [row.row for row in chart.rows if row.table == "drug_exposure"]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("observation_period", "warning: the table observation_period is missing: observed time is not known"),
        ("measurement", "warning: the table measurement is missing: nothing of it is found"),
        ("death", "note: the table death is missing: no death is known"),
        ("condition_occurrence", "warning: the table condition_occurrence is missing: nothing of it is found"),
        ("concept_ancestor", "warning: disease: concept_ancestor is missing, so the concepts below are not found"),
    ],
)
def test_a_missing_table_is_a_finding(database: Database, table: str, expected: str) -> None:
    chart = read_omop(protocol(), database(**{table: None}))
    assert expected in messages(chart)
    assert (table == "observation_period") == (chart.observed is None)


@pytest.mark.parametrize("most", [0, 2000])
def test_a_run_without_the_table_of_the_index_drug_stops(database: Database, most: int) -> None:
    with pytest.raises(ChartError, match="there is no table drug_exposure"):
        Study(protocol()).run(database(drug_exposure=None), show=most)


def test_an_empty_table_is_a_finding(database: Database) -> None:
    chart = read_omop(protocol(), database(observation_period=[], concept_ancestor=[]))
    assert "warning: the table observation_period is empty: observed time is not known" in messages(chart)
    assert "warning: disease: concept_ancestor is empty, so the concepts below are not found" in messages(chart)
    assert chart.observed is None


def test_there_must_be_persons(database: Database) -> None:
    with pytest.raises(ChartError, match="there is no table person"):
        read_omop(protocol(), database(person=None))


def test_codes_are_mapped_to_standard_concepts(database: Database) -> None:
    links = [(999, 300, "Maps to", None), (999, 301, "Maps to", "D"), (999, 302, "Is a", None)]
    concept = [*SMALL["concept"], (999, "ICD10CM", "M33.0")]
    conditions = [(1, 1, 300, "2019-12-01"), (2, 2, 302, "2019-12-01")]
    description = database(concept=concept, concept_relationship=links, condition_occurrence=conditions)
    asked = parse(PLAIN.replace("disease: {ids: [300]}", "disease: {codes: {ICD10CM: [M33.0, M99.9]}}")).protocol
    with opened_omop(description) as opened:
        source = open_omop(opened, asked)
        found = dict(zip([one.name for one in source.sets.meant], source.sets.concepts, strict=True))
        assert frozenset({999, 300, 301}) == found["disease"]  # 301 lies below 300
        told = [str(key[2]) for key, _ in source.findings.section("finding")]
    assert "disease: ICD10CM M99.9 is not in the table concept" in told


def test_exclusions_take_what_lies_below_them(database: Database) -> None:
    for exclude, expected in (("[301]", {300}), ("[300]", set())):
        folder = database() if exclude == "[301]" else database("gz")
        text = PLAIN.replace("disease: {ids: [300]}", f"disease: {{ids: [300], exclude: {exclude}}}")
        with opened_omop(folder) as opened:
            source = open_omop(opened, parse(text).protocol)
            found = dict(zip([one.name for one in source.sets.meant], source.sets.concepts, strict=True))
            assert expected == found["disease"]
            told = {str(key[2]) for key, _ in source.findings.section("finding")}
        assert (not expected) == ("disease: the concept set is empty in this database, so nothing is found" in told)


def test_a_row_that_stands_for_two_names_is_one_row(database: Database) -> None:
    text = PLAIN.replace("measures:\n", "measures:\n  again: {instrument: systolic blood pressure}\n")
    conditions = [(1, 1, 301, "2019-12-01"), (2, 1, 301, "2021-01-01")]
    chart = read_omop(parse(text).protocol, database(condition_occurrence=conditions))
    assert 8 == len(chart.measurements)
    assert [("diagnosis", "disease"), ("diagnosis", "disease"), ("event", "bleeding")] == [
        (fact.kind, fact.term) for fact in chart.facts if fact.kind != "visit"
    ]
    assert {"read": 4, "used": 4, "out of scope": 0, "refused": 0} == chart.account()["measurement"]
    assert {"read": 2, "used": 2, "out of scope": 0, "refused": 0} == chart.account()["condition_occurrence"]
    assert not [finding for finding in chart.findings if finding.rule == "duplicates"]


def test_judgements_and_observations(database: Database) -> None:
    measures = "  improved: {judgement: better than before, since: index date}\n  score: {quantity: a score, unit: points, better: high}\n"
    concepts = "  improved: {ids: [500], yes: [1], no: [2], table: observation}\n  score: {ids: [501], no_unit: accept, table: observation}\n"
    rows = [
        (1, 1, 500, "2020-03-01", None, 1, None),
        (2, 1, 500, "2020-03-02", None, 2, None),
        (3, 1, 500, "2020-03-03", 5, 3, None),
        (4, 1, 501, "2020-03-01", 7.25, None, None),
        (5, 1, 501, "2020-03-02", 7.25, None, 8876),
    ]
    chart = read_omop(protocol(measures, concepts), database(observation=rows))
    assert [Fraction(1), Fraction(0), None] == [value for _, _, value in values(chart, "improved")]
    assert [Fraction("7.25")] == [value for _, _, value in values(chart, "score")]
    assert {"observation"} == {row.file for row in chart.rows if row.row in (4, 5) and row.table == "observation"}
    assert {"read": 5, "used": 4, "out of scope": 0, "refused": 1} == chart.account()["observation"]


def test_grades_are_read_from_their_concepts_alone(database: Database) -> None:
    measures = '  cells: {grades: ["0", "0.5+", "1+"], better: low}\n'
    concepts = '  cells: {ids: [500], grades: {"0": [10], "0.5+": [11, 12], 1+: [13]}}\n'
    rows = [
        (1, 1, 500, "2020-03-01", None, 10, None, None),
        (2, 1, 500, "2020-03-02", None, 12, None, None),
        (3, 1, 500, "2020-03-03", None, 13, None, None),
        (4, 1, 500, "2020-03-04", None, 14, None, None),  # another answer
        (5, 1, 500, "2020-03-05", 1, None, None, None),  # a number says no grade
        (6, 1, 500, "2020-03-06", None, 13, None, 4171756),  # less than a grade
    ]
    chart = read_omop(protocol(measures, concepts), database(measurement=rows))
    found = [one for one in chart.measurements if one.measure == "cells"]
    assert [0, 1, 2, None, None, 2] == [one.value for one in found]
    assert ["", "", "", "", "", "<"] == [one.censor for one in found]


@pytest.mark.parametrize(
    ("route", "unit", "told"),
    [(4302612, "prednisone mg/day", 1), (4302612, "mg/day", 0), (4132161, "prednisone mg/day", 0)],
)
def test_a_route_that_equivalents_are_not_stated_for_is_counted(
    database: Database, route: int, unit: str, told: int
) -> None:
    text = PLAIN.replace("measures:\n", f"measures:\n  steroid: {{daily_dose: prednisone, as: {unit}}}\n")
    text = text.replace('decrease: sbp, from: before, at_least: "10"', 'decrease: steroid, from: before, at_least: "1"')
    exposures = [*SMALL["drug_exposure"], (12, 1, 400, "2019-12-01", "2019-12-30", 60, None, route)]
    ancestors = [*SMALL["concept_ancestor"], (1551099, 1551099), (1551099, 400)]
    tables = {"drug_exposure": exposures, "drug_strength": [(400, 1551099, 5, 8576)], "concept_ancestor": ancestors}
    found = [one for one in read_omop(parse(text).protocol, database(**tables)).findings if OTHER_ROUTE in one.message]
    assert [("warning", "route")] * told == [(one.severity, one.rule) for one in found]


def test_daily_doses(database: Database) -> None:
    text = PLAIN.replace(
        "measures:\n", "measures:\n  steroid: {daily_dose: prednisone, as: mg/day, outside_courses: zero}\n"
    )
    text = text.replace('decrease: sbp, from: before, at_least: "10"', 'decrease: steroid, from: before, at_least: "1"')
    exposures = [
        *SMALL["drug_exposure"],
        (11, 1, 1551099, "2019-12-01", "2019-12-30", 60, None, 0),  # no strength of the ingredient itself
        (12, 1, 400, "2019-12-01", "2019-12-30", 60, None, 4132161),  # 5 mg x 60 / 30 days = 10 mg
        (13, 1, 400, "2020-01-01", None, 10, 3, 4132161),  # 5 x 10 / 3, rounded to a millionth
        (14, 1, 400, "2020-02-01", None, None, 3, 4132161),
        (15, 1, 401, "2020-03-01", None, 10, 10, 4132161),  # two ingredients
        (16, 1, 402, "2020-03-01", None, 10, 10, 4132161),  # 5000 micrograms
        (17, 1, 400, "2020-04-01", None, 10, 10, 4263689),  # on the skin
        (18, 1, 400, "2020-05-01", None, 10, None, 4132161),  # no days
    ]
    strengths = [(400, 1551099, 5, 8576), (401, 1551099, 5, 8576), (401, 2, 7, 8576), (402, 1551099, 5000, 9655)]
    ancestors = [*SMALL["concept_ancestor"], *((1551099, number) for number in (1551099, 400, 401, 402))]
    tables = {"drug_exposure": exposures, "drug_strength": strengths, "concept_ancestor": ancestors}
    chart = read_omop(parse(text).protocol, database(**tables))
    doses = {
        row.row: course
        for course in chart.courses
        for row in chart.rows
        if row.row_id == course.row_id and whole_drug(course.drug) == "prednisone"
    }
    amounts = {number: course.amount for number, course in doses.items()}
    assert {
        11: None,
        12: Fraction(10),
        13: Fraction("16.666667"),
        14: None,
        15: None,
        16: Fraction(5),
        17: Fraction(5),
        18: None,
    } == amounts
    assert {17} == {number for number, course in doses.items() if not course.systemic}
    assert "error: drug_exposure: no route, and `no_route` does not say whether that is systemic: 1 row" in messages(
        chart
    )
    with pytest.raises(ChartError, match="no_route"):
        Study(parse(text).protocol).read(database("gz", **tables))
    told = read_omop(parse(text).protocol, database("parquet", more="  no_route: local\n", **tables))
    assert {False} == {course.systemic for course in told.courses if course.amount is None and course.start == 18231}


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("person", (2, 8532, 2093, None, None)),
        ("observation_period", (3, 1, "2021-02-01", "2093-12-31")),
        ("drug_exposure", (3, 2, 100, "2093-01-01", None, 30, 30, 0)),
        ("drug_exposure", (3, 2, 100, "2020-05-01", "2093-01-01", 30, 30, 0)),
        ("condition_occurrence", (3, 1, 300, "2093-01-01")),
        ("measurement", (5, 1, SBP, "2093-03-31", 130, None, 8876, None)),
        ("visit_occurrence", (3, 1, "2093-03-31")),
        ("death", (1, "2093-03-31")),
    ],
)
def test_a_row_after_the_day_of_the_run_stops_it_unless_a_data_cut_off_leaves_it_out(
    database: Database, table: str, row: tuple[Any, ...]
) -> None:
    periods = None if table in {"measurement", "visit_occurrence", "death"} else SMALL["observation_period"]
    held = {"observation_period": periods, table: [*SMALL[table], row]}
    with pytest.raises(ChartError) as stopped:
        Study(protocol()).read(database("csv", **held))
    assert any("after the day of the run" in str(problem) for problem in stopped.value.problems)
    ended = parse(PLAIN + "period: {data_cutoff: 2020-12-31}\n").protocol
    told = Study(ended).read(database("parquet", **held))
    assert not any("day of the run" in message for message in messages(told))
    assert all(one.day < 18628 for one in told.measurements)
    if table not in {"person", "observation_period"}:
        Study(protocol()).read(database("gz", more="  shifted_dates: yes\n", **held))


def test_several_codes_of_one_event_on_one_day_are_one_event(database: Database) -> None:
    """An illness is often coded several times on a day; on another day, or without one, it counts again."""
    asked = parse(PLAIN.replace("bleeding: {ids: [301]}", "bleeding: {ids: [301, 302]}")).protocol
    conditions = [
        *(
            (number, 1, concept, day)
            for number, (concept, day) in enumerate(
                (
                    (301, "2020-02-01"),
                    (302, "2020-02-01"),
                    (302, "2020-02-01"),
                    (301, "2020-02-02"),
                    (301, None),
                    (302, None),
                )
            )
        ),
        (9, 1, 300, "2019-12-01"),
        (10, 2, 302, "2020-02-01"),
        (11, 1, 301, "2020-02-10"),
        (11, 1, 302, "2020-02-10"),  # an id that stands twice
    ]
    path = database(condition_occurrence=conditions, concept=[*SMALL["concept"], (302, "SNOMED", "32")])
    chart = read_omop(asked, path)
    assert [18293, 18294, 18302, None, None] == [
        fact.start for fact in chart.facts if fact.kind == "event" and fact.patient == "1"
    ]
    assert "note: several codes of one adverse event on one day, which are one event: 2 rows" in messages(chart)
    for show in (2000, 0):
        summary = Study(asked).run(path, show=show).summary
        assert summary.safety is not None
        assert (3, 2) == (summary.safety.events.exact, summary.safety.undated.exact)
