"""Three studies on OMOP data of others: what a run says against plain SQL that knows nothing of this package.

The SQL reads the files of ../shared/data as they are, with DuckDB; the counts in the comments stand in the SOURCE.md of each
data set where they are given there.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest

from caseseries.errors import ChartError
from caseseries.study import Results, Study
from caseseries.summary.result import NONE

Connection = duckdb.DuckDBPyConnection


def one(connection: Connection, sql: str) -> tuple[Any, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row


def study(folder: Path, shared_data: Path, tmp_path: Path, changes: dict[str, str] | None = None) -> Results:
    """Run an example, with other words in its protocol where asked; the data are those beside the repository."""
    protocol = (folder / "protocol.yaml").read_text(encoding="utf-8")
    for old, new in (changes or {}).items():
        assert old in protocol
        protocol = protocol.replace(old, new)
    (tmp_path / "protocol.yaml").write_text(protocol, encoding="utf-8")
    described = (folder / "omop.yaml").read_text(encoding="utf-8")
    described = described.replace("../../../shared/data", str(shared_data))
    (tmp_path / "omop.yaml").write_text(described, encoding="utf-8")
    return Study.load(tmp_path / "protocol.yaml").run(tmp_path / "omop.yaml")


def removed(results: Results) -> dict[str, int]:
    """How many cases each reason removed."""
    found: dict[str, int] = {}
    for case in results.summary.shown.rows:
        if case.status == "excluded":
            found[case.failed_criterion] = found.get(case.failed_criterion, 0) + 1
    return found


def messages(results: Results) -> str:
    """What was found in all rows of these persons, also in those that no window reaches."""
    assert results.cases is not None
    return "\n".join(finding.message for finding in results.cases.findings)


# --- Synthea27Nj: before and after ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def synthea(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Connection:
    folder = tmp_path_factory.mktemp("synthea")
    with zipfile.ZipFile(shared_data / "omop-synthea27nj" / "Synthea27NjParquet_5.4.zip") as archive:
        archive.extractall(folder)
    connection = duckdb.connect()
    for name in ("person", "observation_period", "drug_exposure", "measurement", "death"):
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM '{folder}/Synthea27NjParquet/{name}.parquet'")
    return connection


MEASURES = {"systolic pressure": 3004249, "weight": 3025315, "body mass index": 3038553, "pain": 43055141}
LINE = "include:\n  - {observed_before: 365 days}\n"
#: Persons exposed, and those with a value on both sides of each measure: the table in the data set's SOURCE.md.
PAIRS = {1127433: (15, 9, 9, 9, 9), 19078461: (6, 6, 6, 6, 6), 19019979: (6, 5, 5, 2, 5)}


def pairs_by_sql(synthea: Connection, drug: int, measure: int) -> dict[str, Fraction]:
    """Change from the last value of days -365..0 to the first of days 1..365; days with two values give their mean."""
    rows = synthea.execute(
        "WITH first AS (SELECT person_id, min(drug_exposure_start_date) AS d FROM drug_exposure WHERE drug_concept_id = ? GROUP BY 1), "
        "days AS (SELECT person_id, measurement_date - d AS day, sum(DISTINCT value_as_number) AS total, "
        "count(DISTINCT value_as_number) AS n FROM measurement JOIN first USING (person_id) "
        "WHERE measurement_concept_id = ? AND value_as_number IS NOT NULL GROUP BY 1, 2), "
        "before AS (SELECT person_id, max(day) AS day FROM days WHERE day BETWEEN -365 AND 0 GROUP BY 1), "
        "after AS (SELECT person_id, min(day) AS day FROM days WHERE day BETWEEN 1 AND 365 GROUP BY 1) "
        "SELECT b.person_id, x.total, x.n, y.total, y.n FROM before AS b JOIN after AS a USING (person_id) "
        "JOIN days AS x ON x.person_id = b.person_id AND x.day = b.day JOIN days AS y ON y.person_id = a.person_id AND y.day = a.day",
        [drug, measure],
    ).fetchall()
    return {str(person): Fraction(after) / m - Fraction(before) / n for person, before, n, after, m in rows}


@pytest.fixture(scope="module", params=list(PAIRS))
def before_after(
    request: pytest.FixtureRequest, project_root: Path, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[int, Results]:
    folder = project_root / "examples" / "omop-acetaminophen"
    changes = {"{ids: [1127433]}": f"{{ids: [{request.param}]}}"}
    if request.param != 1127433:
        changes[LINE] = ""  # the counts of SOURCE.md are of everybody exposed
    return request.param, study(folder, shared_data, tmp_path_factory.mktemp("run"), changes)


def test_pairs_before_and_after(synthea: Connection, before_after: tuple[int, Results]) -> None:
    drug, results = before_after
    persons, *pairs = PAIRS[drug]
    assert persons == results.summary.included
    for (name, concept), count in zip(MEASURES.items(), pairs, strict=True):
        (change,) = [found for found in results.summary.change_outcomes if found.outcome == name]
        assert (count, persons - count) == (change.n, sum(n for _, _, n in change.absent)), name
        expected = pairs_by_sql(synthea, drug, concept)
        assert count == len(expected), name
        assert sum(expected.values()) / count == change.change["mean"].estimate, name
        assert (min(expected.values()), max(expected.values())) == (
            change.change["minimum"].estimate,
            change.change["maximum"].estimate,
        ), name
        without = {person for person, _ in results.summary.shown.without_change[name, change.measure]}
        assert not set(expected) & without and persons == len(set(expected) | without), name


def test_pressure_up_by_five(synthea: Connection, before_after: tuple[int, Results]) -> None:
    drug, results = before_after
    changes = pairs_by_sql(synthea, drug, MEASURES["systolic pressure"])
    (counted, *_) = results.summary.outcomes["pressure up by 5 mmHg"].responders
    up = sum(change >= 5 for change in changes.values())
    assert (up, len(changes) - up, PAIRS[drug][0] - len(changes)) == (counted.yes, counted.no, counted.not_evaluable)


def test_rows_of_the_drug_and_follow_up(synthea: Connection, before_after: tuple[int, Results]) -> None:
    drug, results = before_after
    rows, persons = one(
        synthea, f"SELECT count(*), count(DISTINCT person_id) FROM drug_exposure WHERE drug_concept_id = {drug}"
    )
    assert rows == results.summary.accounts["drug_exposure"]["used"].exact
    assert persons == len(results.summary.shown.rows)
    for table, counts in results.summary.accounts.items():
        (read,) = (
            one(synthea, f"SELECT count(*) FROM {table}") if table != "visit_occurrence" else (counts["read"].exact,)
        )
        parts = counts["used"] + counts["out of scope"] + counts["refused"]
        assert read == counts["read"].exact == parts.exact, table
    days = dict(
        synthea.execute(
            "SELECT person_id, least(max(observation_period_end_date), coalesce(min(death_date), max(observation_period_end_date))) - d "
            "FROM (SELECT person_id, min(drug_exposure_start_date) AS d FROM drug_exposure WHERE drug_concept_id = ? GROUP BY 1) "
            "JOIN observation_period USING (person_id) LEFT JOIN death USING (person_id) GROUP BY person_id, d",
            [drug],
        ).fetchall()
    )
    assert {str(person): day for person, day in days.items()} == {
        case.patient: case.observed_days for case in results.summary.shown.included
    }


def test_observed_before(synthea: Connection, project_root: Path, shared_data: Path, tmp_path: Path) -> None:
    """A child whose first tablet came 364 days or fewer after observation began."""
    folder = project_root / "examples" / "omop-acetaminophen"
    results = study(folder, shared_data, tmp_path, {"{ids: [1127433]}": "{ids: [19019979]}"})
    (short,) = one(
        synthea,
        "SELECT count(*) FROM (SELECT person_id, min(drug_exposure_start_date) AS d FROM drug_exposure WHERE drug_concept_id = 19019979 "
        "GROUP BY 1) JOIN observation_period USING (person_id) WHERE d - observation_period_start_date < 365",
    )
    assert short == 1
    assert removed(results) == {"Observed for at least 365 days before the index date": 1}


def test_it_says_what_the_vocabulary_lacks(project_root: Path, shared_data: Path, tmp_path: Path) -> None:
    """The ingredient instead of the tablet finds nobody here: the run stops and says why, and which tablets there are."""
    folder = project_root / "examples" / "omop-acetaminophen"
    empty = "acetaminophen: concept_ancestor is empty, so the concepts below are not found"
    assert empty in messages(study(folder, shared_data, tmp_path))
    with pytest.raises(ChartError) as stopped:
        study(folder, shared_data, tmp_path, {"{ids: [1127433]}": "{ids: [1125315]}"})
    (told,) = stopped.value.problems
    assert ("protocol.yaml", "acetaminophen") == (told.place.file, told.found) and told.place.line
    assert "no row of drug_exposure has one of the concepts 1125315" in told.what
    assert empty.split(": ")[1] in told.what
    assert "1127433 acetaminophen 325 mg oral tablet" in told.do


# --- GiBleed: an event after a drug --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gibleed(shared_data: Path) -> Connection:
    connection = duckdb.connect()
    for name in (
        "person",
        "observation_period",
        "drug_exposure",
        "condition_occurrence",
        "measurement",
        "concept_ancestor",
    ):
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM '{shared_data}/omop-gibleed/{name}.parquet'")
    return connection


DRUGS = {"celecoxib": 1118084, "diclofenac": 1124300}
LAG = 90


@pytest.fixture(scope="module", params=["celecoxib", pytest.param("diclofenac", marks=pytest.mark.slow)])
def bleeding(
    request: pytest.FixtureRequest, project_root: Path, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Results]:
    changes = {"first_exposure: celecoxib": f"first_exposure: {request.param}"}
    folder = project_root / "examples" / "omop-celecoxib"
    return request.param, study(folder, shared_data, tmp_path_factory.mktemp("run"), changes)


def exposed(drug: str) -> str:
    """Persons by their first exposure: its first day d, the end e of the episode, the period s..z that holds d (or none)."""
    return (
        "(SELECT f.person_id, f.d, f.e, o.observation_period_start_date AS s, o.observation_period_end_date AS z FROM "
        "(SELECT person_id, min(drug_exposure_start_date) AS d, max(drug_exposure_end_date) AS e FROM drug_exposure "
        f"WHERE drug_concept_id = {DRUGS[drug]} GROUP BY person_id) AS f LEFT JOIN observation_period AS o "
        "ON o.person_id = f.person_id AND f.d BETWEEN o.observation_period_start_date AND o.observation_period_end_date)"
    )


def test_eligibility_step_by_step(gibleed: Connection, bleeding: tuple[str, Results]) -> None:
    drug, results = bleeding
    persons, outside = one(gibleed, f"SELECT count(*), count(*) FILTER (s IS NULL) FROM {exposed(drug)}")
    young, short, bled = one(
        gibleed,
        "SELECT count(*) FILTER (NOT adult), count(*) FILTER (adult AND d - s < 365), count(*) FILTER (adult AND d - s >= 365 AND bled) "
        "FROM (SELECT x.*, date_diff('year', birth, d) - (strftime(birth, '%m%d') > strftime(d, '%m%d'))::INT >= 18 AS adult, "
        "b.person_id IS NOT NULL AS bled FROM "
        f"{exposed(drug)} AS x JOIN (SELECT person_id, make_date(year_of_birth, month_of_birth, day_of_birth) AS birth FROM person) "
        "USING (person_id) LEFT JOIN (SELECT DISTINCT c.person_id FROM condition_occurrence AS c JOIN "
        f"{exposed(drug)} AS y ON y.person_id = c.person_id AND c.condition_start_date <= y.d WHERE condition_concept_id = 192671) AS b "
        "USING (person_id) WHERE s IS NOT NULL)",
    )
    expected = {
        "index date outside observed time": outside,
        "Age at least 18 years at the index date": young,
        "Observed for at least 365 days before the index date": short,
        "Diagnosis of gastrointestinal haemorrhage by the index date": bled,
    }
    assert {reason: n for reason, n in expected.items() if n} == removed(results)
    assert persons - outside - young - short - bled == results.summary.included
    assert persons == {"celecoxib": 1844, "diclofenac": 850}[drug]
    assert results.summary.included == {"celecoxib": 1800, "diclofenac": 830}[drug]


def test_events_and_person_time(gibleed: Connection, bleeding: tuple[str, Results]) -> None:
    drug, results = bleeding
    safety = results.summary.safety
    assert safety is not None
    (days,) = one(gibleed, f"SELECT sum(least(e + {LAG}, z) - d) FROM {exposed(drug)} WHERE s IS NOT NULL")
    events, persons = one(
        gibleed,
        f"SELECT count(*), count(DISTINCT person_id) FROM {exposed(drug)} JOIN condition_occurrence USING (person_id) "
        f"WHERE condition_concept_id = 192671 AND s IS NOT NULL AND condition_start_date BETWEEN d AND least(e + {LAG}, z)",
    )
    assert Fraction(int(days) * 4, 1461) == safety.patient_years
    assert (events, persons) == (safety.events.exact, safety.with_event.n)
    assert Fraction(100 * events * 1461, int(days) * 4) == safety.rate.estimate
    assert (events, days) == {"celecoxib": (355, 161188), "diclofenac": (124, 74525)}[drug]


def test_the_exact_interval_of_the_rate(bleeding: tuple[str, Results]) -> None:
    """Garwood's limits are the gamma quantiles, here by scipy itself."""
    from scipy.stats import chi2

    _, results = bleeding
    safety = results.summary.safety
    assert safety is not None
    n, years = safety.events.low, float(safety.patient_years)
    lower = chi2.ppf(0.025, 2 * n) / 2 / years * 100 if n else 0.0
    upper = chi2.ppf(0.975, 2 * n + 2) / 2 / years * 100
    assert (safety.rate.lower, safety.rate.upper) == (pytest.approx(lower), pytest.approx(upper))


def test_earlier_drugs_of_the_group(gibleed: Connection, bleeding: tuple[str, Results]) -> None:
    drug, results = bleeding
    others = ", ".join(str(n) for n in {1118084, 1124300, 1115008, 1177480} - {DRUGS[drug]})
    (expected,) = one(
        gibleed,
        f"SELECT count(DISTINCT x.person_id) FROM {exposed(drug)} AS x JOIN drug_exposure AS o USING (person_id) "
        f"JOIN concept_ancestor AS a ON a.descendant_concept_id = o.drug_concept_id AND a.ancestor_concept_id IN ({others}) "
        "WHERE s IS NOT NULL AND o.drug_exposure_start_date < d",
    )
    (prior,) = results.summary.prior
    assert expected == prior.n


def test_follow_up_ends_with_observed_time(gibleed: Connection, bleeding: tuple[str, Results]) -> None:
    drug, results = bleeding
    days = gibleed.execute(f"SELECT person_id, z - d FROM {exposed(drug)} WHERE s IS NOT NULL").fetchall()
    assert {str(person): day for person, day in days} == {
        case.patient: case.observed_days for case in results.summary.shown.included
    }


def test_it_says_that_no_measurement_has_a_value(
    gibleed: Connection, bleeding: tuple[str, Results], tmp_path: Path
) -> None:
    drug, results = bleeding
    assert one(gibleed, "SELECT count(value_as_number) FROM measurement") == (0,)
    (change,) = results.summary.change_outcomes
    assert change.n == 0 and sum(n for _, _, n in change.absent) == results.summary.included
    (rows,) = one(
        gibleed,
        f"SELECT count(*) FROM {exposed(drug)} AS x JOIN measurement AS m USING (person_id) JOIN observation_period AS o USING (person_id) "
        "WHERE measurement_concept_id = 3000963 AND measurement_date BETWEEN observation_period_start_date AND observation_period_end_date",
    )
    assert re.search(rf"haemoglobin: .*without a value: {rows} rows", messages(results))
    page = (results.write(tmp_path / "out") / "report.html").read_text(encoding="utf-8")
    (reached,) = (one.n.exact for one in results.summary.findings if one.rule == "no value")
    assert reached is not None and 0 < reached <= rows  # the page tells of the rows that a window reaches
    assert f"No measurement of this source that the protocol asks for has a value ({reached} rows without one)" in page


# --- MIMIC-IV demo: courses in hospital ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mimic(shared_data: Path) -> Iterator[Connection]:
    folder, connection = shared_data / "omop-mimic-demo-partial", duckdb.connect()
    for name in ("person", "observation_period", "drug_exposure", "condition_occurrence", "death"):
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv('{folder / name}.csv.gz')")
    products = (
        "19034645, 19034646, 19034805, 35606533, 35606536, 1518261, 1518292, 1719046, 19076145, "
        "1551101, 1551123, 1551170, 1551192, 19006967"
    )
    # Courses: a new one begins where more than 14 days lie between.
    connection.execute(
        "CREATE TABLE course AS WITH e AS (SELECT person_id, drug_exposure_start_date AS a, drug_exposure_end_date AS z "
        f"FROM drug_exposure WHERE drug_concept_id IN ({products})), "
        "m AS (SELECT *, CASE WHEN a - max(z) OVER (PARTITION BY person_id ORDER BY a, z ROWS BETWEEN UNBOUNDED PRECEDING "
        "AND 1 PRECEDING) - 1 <= 14 THEN 0 ELSE 1 END AS opens FROM e), "
        "n AS (SELECT *, sum(opens) OVER (PARTITION BY person_id ORDER BY a, z ROWS UNBOUNDED PRECEDING) AS k FROM m) "
        "SELECT person_id, k, min(a) AS first, max(z) AS last, count(*) AS n FROM n GROUP BY person_id, k"
    )
    connection.execute(
        "CREATE TABLE placed AS SELECT c.*, least(observation_period_end_date, coalesce(death_date, observation_period_end_date)) AS z, "
        "death_date, lead(first) OVER (PARTITION BY person_id ORDER BY first) AS next, "
        "row_number() OVER (PARTITION BY person_id ORDER BY first) AS k_of FROM course AS c JOIN observation_period AS o USING (person_id) "
        "LEFT JOIN death USING (person_id) WHERE first BETWEEN observation_period_start_date AND observation_period_end_date"
    )
    yield connection


@pytest.fixture(scope="module")
def courses(project_root: Path, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return study(project_root / "examples" / "omop-glucocorticoids", shared_data, tmp_path_factory.mktemp("run"))


def test_courses_of_the_drug(mimic: Connection, courses: Results) -> None:
    rows = mimic.execute(
        "SELECT person_id, k, least(z, coalesce(next, z)) - first, least(last, z) - first FROM placed ORDER BY 1, 2"
    ).fetchall()
    assert len(rows) == 25 and len({row[0] for row in rows}) == 17
    found = {case.case_id: (case.observed_days, case.on_drug_days) for case in courses.summary.shown.included}
    assert found == {f"{person}/{k}": (observed, on_drug) for person, k, observed, on_drug in rows}
    assert one(mimic, "SELECT sum(n) FROM course") == (courses.summary.accounts["drug_exposure"]["used"].exact,)


def test_person_time_and_events_of_courses(mimic: Connection, courses: Results) -> None:
    safety = courses.summary.safety
    assert safety is not None
    until = "least(last + 14, z, coalesce(next - 1, z))"
    (days,) = one(mimic, "SELECT sum(least(last + 14, z, coalesce(next, z)) - first) FROM placed")
    assert Fraction(int(days) * 4, 1461) == safety.patient_years
    (events,) = one(
        mimic,
        f"SELECT count(*) FROM (SELECT DISTINCT person_id, k, condition_concept_id, condition_start_date FROM placed JOIN condition_occurrence "
        f"USING (person_id) WHERE condition_concept_id IN (197320, 255848) AND condition_start_date BETWEEN first AND {until})",
    )
    assert events == safety.events.exact


def test_deaths_within_observed_time(mimic: Connection, courses: Results) -> None:
    (deaths,) = one(mimic, "SELECT count(DISTINCT person_id) FROM placed WHERE death_date IS NOT NULL")
    assert deaths == courses.summary.accounts["death"]["used"].exact == 5


def test_the_report_tells_deaths_and_when(mimic: Connection, courses: Results, tmp_path: Path) -> None:
    days = mimic.execute(
        "SELECT min(death_date - first) AS after FROM placed WHERE death_date >= first GROUP BY person_id ORDER BY after"
    ).fetchall()
    after = [day for (day,) in days]
    told = (
        f"{len(after)} of 17 included patients died, a median of {after[len(after) // 2]} days after the index date of their last case "
        f"(range {after[0]}–{after[-1]})"
    )
    assert told in (courses.write(tmp_path / "out") / "report.html").read_text(encoding="utf-8")


def test_it_says_what_is_missing(courses: Results) -> None:
    (change,) = courses.summary.change_outcomes
    assert {(window, reason) for window, reason, _ in change.absent} == {("first day", "dose not recorded")}
    told = messages(courses)
    assert "the table drug_strength is missing: no daily dose is known" in told
    assert "the table measurement is missing: nothing of it is found" in told
    assert "drug_exposure: no daily dose, because strength, quantity or days are not recorded: 63 rows" in told
    assert told.count("is in the table concept") == 1  # one line for all, not one for each of the concepts
    (monitored,) = [] if courses.summary.safety is None else courses.summary.safety.monitoring
    assert (monitored.measure, monitored.values) == ("glucose", NONE)
