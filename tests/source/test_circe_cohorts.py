"""Cohort definitions of ATLAS against plain SQL written beside them, on data of OHDSI (GiBleed)."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from caseseries.engine.connecting import connect
from caseseries.engine.connection import Engine
from caseseries.errors import CaseSeriesError, ProtocolError
from caseseries.source import circe
from caseseries.source.circe import keep_entries, steps
from caseseries.source.circe_words import cohort_definition

CELECOXIB, DICLOFENAC, BLEEDING, ACETAMINOPHEN_325, SINUSITIS = 1118084, 1124300, 192671, 1127433, 40481087
TABLES = (
    "concept", "concept_ancestor", "concept_relationship", "condition_era", "condition_occurrence", "death", "drug_era",
    "drug_exposure", "measurement", "observation", "observation_period", "person", "procedure_occurrence", "visit_occurrence",
)  # fmt: skip

Entries = list[tuple[int, int, int]]


@pytest.fixture(scope="module")
def gibleed(shared_data: Path) -> Iterator[Engine]:
    folder = shared_data / "omop-gibleed"
    files = {name: folder / f"{name}.parquet" for name in TABLES}
    with connect(readable=list(files.values())) as engine:
        for name, file in files.items():
            engine.view(f"cdm_{name}", f"SELECT * FROM read_parquet('{file}')")
        # The same in plain words, for the SQL written here.
        engine.view(
            "period",
            "SELECT person_id, observation_period_start_date AS a, observation_period_end_date AS z FROM cdm_observation_period",
        )
        engine.view(
            "drug",
            "SELECT person_id, drug_exposure_id AS id, drug_concept_id AS concept, drug_exposure_start_date AS day, "
            "coalesce(drug_exposure_end_date, drug_exposure_start_date + 1) AS until FROM cdm_drug_exposure",
        )
        engine.view(
            "condition",
            "SELECT person_id, condition_concept_id AS concept, condition_start_date AS day FROM cdm_condition_occurrence",
        )
        yield engine


def concepts(number: int, *ids: int, descendants: bool = True, without: tuple[int, ...] = ()) -> dict[str, Any]:
    items = [{"concept": {"CONCEPT_ID": one}, "includeDescendants": descendants} for one in ids]
    items += [{"concept": {"CONCEPT_ID": one}, "includeDescendants": True, "isExcluded": True} for one in without]
    return {"id": number, "name": f"set {number}", "expression": {"items": items}}


def cohort(entry: dict[str, Any], sets: list[dict[str, Any]], **further: Any) -> dict[str, Any]:
    """A definition with one way in; `prior`, `post` and `limit` go into the primary criteria."""
    prior, post, limit = (
        further.pop(name, default) for name, default in (("prior", 0), ("post", 0), ("limit", "First"))
    )
    primary = {
        "CriteriaList": [entry],
        "ObservationWindow": {"PriorDays": prior, "PostDays": post},
        "PrimaryCriteriaLimit": {"Type": limit},
    }
    return {"ConceptSets": sets, "PrimaryCriteria": primary, **further}


def rule(
    criteria: dict[str, Any],
    low: tuple[int | None, int],
    high: tuple[int | None, int],
    kind: int,
    count: int,
    **more: Any,
) -> Any:
    bounds = {"Start": {"Days": low[0], "Coeff": low[1]}, "End": {"Days": high[0], "Coeff": high[1]}}
    counted = {"Criteria": criteria, "StartWindow": bounds, "Occurrence": {"Type": kind, "Count": count}, **more}
    return {"name": "rule", "expression": {"Type": "ALL", "CriteriaList": [counted]}}


def drug(number: int, **more: Any) -> dict[str, Any]:
    return {"DrugExposure": {"CodesetId": number, **more}}


def condition(number: int, **more: Any) -> dict[str, Any]:
    return {"ConditionOccurrence": {"CodesetId": number, **more}}


def entries(engine: Engine, definition: dict[str, Any]) -> Entries:
    read = cohort_definition(json.dumps(definition), "cohort.json")
    keep_entries(engine, "found", read, {name: f"cdm_{name}" for name in TABLES}, "cohort.json")
    return [
        (int(p), int(a), int(z)) for p, a, z in engine.rows("SELECT patient, first, last FROM found ORDER BY 1, 2, 3")
    ]


def plain(engine: Engine, sql: str) -> Entries:
    """Rows of person, first and last date, by SQL that knows nothing of Circe."""
    day = "{0} - DATE '1970-01-01'"
    query = f"SELECT person_id, {day.format('a')}, {day.format('z')} FROM ({sql}) AS e ORDER BY 1, 2, 3"
    return [(int(p), int(a), int(z)) for p, a, z in engine.rows(query)]


FIRST = f"SELECT person_id, min(day) AS day FROM drug WHERE concept = {CELECOXIB} GROUP BY person_id"
IN_PERIOD = "JOIN period AS p ON p.person_id = f.person_id AND f.day BETWEEN p.a AND p.z"


def test_the_first_exposure_within_observed_time(gibleed: Engine) -> None:
    definition = cohort(drug(0, First=True), [concepts(0, CELECOXIB)])
    expected = plain(
        gibleed,
        f"SELECT f.person_id, f.day AS a, p.z FROM ({FIRST}) AS f {IN_PERIOD}",
    )
    assert len(expected) == 1800  # of 1844 persons; 44 took it outside observed time
    assert entries(gibleed, definition) == expected


@pytest.mark.parametrize(("prior", "post"), [(365, 0), (0, 180), (365, 180), (12_000, 0), (3_650, 3_650)])
def test_observed_before_and_after(gibleed: Engine, prior: int, post: int) -> None:
    definition = cohort(drug(0, First=True), [concepts(0, CELECOXIB)], prior=prior, post=post)
    expected = plain(
        gibleed,
        f"SELECT f.person_id, f.day AS a, p.z FROM ({FIRST}) AS f JOIN period AS p "
        f"ON p.person_id = f.person_id AND f.day - p.a >= {prior} AND p.z - f.day >= {post}",
    )
    assert 0 < len(expected) <= 1800
    assert entries(gibleed, definition) == expected


def test_the_first_one_ever_is_not_the_first_one_that_counts(gibleed: Engine) -> None:
    """`First` looks at all records; without it the first record that is observed long enough lets in."""
    sets = [concepts(0, ACETAMINOPHEN_325)]
    ever = entries(gibleed, cohort(drug(0, First=True), sets, prior=3_650))
    any_one = entries(gibleed, cohort(drug(0), sets, prior=3_650))
    first = "SELECT person_id, min(day) AS day FROM drug WHERE concept = 1127433 GROUP BY person_id"
    later = (
        "SELECT d.person_id, min(d.day) AS day FROM drug AS d JOIN period AS p ON p.person_id = d.person_id "
        "AND d.day - p.a >= 3650 AND d.day <= p.z WHERE concept = 1127433 GROUP BY d.person_id"
    )
    assert ever == plain(
        gibleed,
        f"SELECT f.person_id, f.day AS a, p.z FROM ({first}) AS f JOIN period AS p "
        "ON p.person_id = f.person_id AND f.day - p.a >= 3650 AND f.day <= p.z",
    )
    assert any_one == plain(
        gibleed, f"SELECT f.person_id, f.day AS a, p.z FROM ({later}) AS f JOIN period AS p USING (person_id)"
    )
    assert len(ever) < len(any_one)


def test_inclusion_rules_at_least_exactly_and_none(gibleed: Engine) -> None:
    sets = [concepts(0, CELECOXIB), concepts(1, BLEEDING), concepts(2, SINUSITIS)]
    entry = drug(0, First=True)
    base = f"SELECT f.person_id, f.day AS a, p.a AS pa, p.z FROM ({FIRST}) AS f {IN_PERIOD}"
    counted = "SELECT count(*) FROM condition AS c WHERE c.person_id = b.person_id AND c.concept"
    bled = f"{counted} = 192671 AND c.day - b.a BETWEEN 1 AND 30 AND c.day <= b.z"
    sinusitis = f"{counted} = 40481087 AND c.day BETWEEN b.pa AND b.a"
    cases = {
        "at least once": (rule(condition(1), (1, 1), (30, 1), 2, 1), f"({bled}) >= 1"),
        "never": (rule(condition(1), (1, 1), (30, 1), 0, 0), f"({bled}) = 0"),
        "at most once": (rule(condition(2), (None, -1), (0, 1), 1, 1), f"({sinusitis}) <= 1"),
        "exactly twice": (rule(condition(2), (None, -1), (0, 1), 0, 2), f"({sinusitis}) = 2"),
    }
    counts = {}
    for name, (one, where) in cases.items():
        found = entries(gibleed, cohort(entry, sets, InclusionRules=[one]))
        assert found == plain(gibleed, f"SELECT person_id, a, z FROM ({base}) AS b WHERE {where}"), name
        counts[name] = len(found)
    both = [cases["at least once"][0], cases["at most once"][0]]
    found = entries(gibleed, cohort(entry, sets, InclusionRules=both))
    assert found == plain(
        gibleed,
        f"SELECT person_id, a, z FROM ({base}) AS b WHERE {cases['at least once'][1]} AND {cases['at most once'][1]}",
    )
    assert counts["at least once"] + counts["never"] == 1800
    assert 0 < len(found) < counts["at least once"]


def test_age_and_sex_of_persons(gibleed: Engine) -> None:
    """Circe's age is the year less the year of birth, without the birthday."""
    person = {
        "Type": "ALL",
        "DemographicCriteriaList": [{"Age": {"Value": 40, "Op": "gte"}, "Gender": [{"CONCEPT_ID": 8532}]}],
    }
    definition = cohort(
        drug(0, First=True), [concepts(0, CELECOXIB)], InclusionRules=[{"name": "women of 40", "expression": person}]
    )
    expected = plain(
        gibleed,
        f"SELECT f.person_id, f.day AS a, p.z FROM ({FIRST}) AS f {IN_PERIOD} "
        "JOIN cdm_person AS q ON q.person_id = f.person_id WHERE year(f.day) - year_of_birth >= 40 AND gender_concept_id = 8532",
    )
    assert 0 < len(expected) < 1800
    assert entries(gibleed, definition) == expected


def test_a_cohort_ends_so_many_days_after_its_start(gibleed: Engine) -> None:
    end = {"DateOffset": {"DateField": "StartDate", "Offset": 90}}
    definition = cohort(drug(0, First=True), [concepts(0, CELECOXIB)], EndStrategy=end)
    expected = plain(
        gibleed,
        f"SELECT f.person_id, f.day AS a, least(f.day + 90, p.z) AS z FROM ({FIRST}) AS f JOIN period AS p "
        "ON p.person_id = f.person_id AND f.day BETWEEN p.a AND p.z",
    )
    assert entries(gibleed, definition) == expected


def test_a_cohort_ends_with_a_censoring_event(gibleed: Engine) -> None:
    definition = cohort(
        drug(0, First=True), [concepts(0, CELECOXIB), concepts(1, BLEEDING)], CensoringCriteria=[condition(1)]
    )
    expected = plain(
        gibleed,
        f"SELECT f.person_id, f.day AS a, coalesce(min(c.day), p.z) AS z FROM ({FIRST}) AS f JOIN period AS p "
        "ON p.person_id = f.person_id AND f.day BETWEEN p.a AND p.z LEFT JOIN condition AS c "
        "ON c.person_id = f.person_id AND c.concept = 192671 AND c.day BETWEEN f.day AND p.z GROUP BY f.person_id, f.day, p.z",
    )
    assert any(
        last < later
        for (_, _, last), (_, _, later) in zip(
            expected, entries(gibleed, cohort(drug(0, First=True), [concepts(0, CELECOXIB)])), strict=True
        )
    )
    assert entries(gibleed, definition) == expected


def test_a_cohort_ends_with_the_continuous_exposure(gibleed: Engine) -> None:
    """Every exposure lets in, and exposures with at most 30 days between them are one; 7 days are added at the end."""
    end = {"CustomEra": {"DrugCodesetId": 0, "GapDays": 30, "Offset": 7}}
    definition = cohort(
        drug(0), [concepts(0, ACETAMINOPHEN_325)], limit="All", QualifiedLimit={"Type": "All"},
        ExpressionLimit={"Type": "All"}, EndStrategy=end,
    )  # fmt: skip
    rows = gibleed.rows(
        "SELECT d.person_id, d.day - DATE '1970-01-01', d.until - DATE '1970-01-01', p.a - DATE '1970-01-01', p.z - DATE '1970-01-01' "
        "FROM drug AS d JOIN period AS p USING (person_id) WHERE concept = 1127433 ORDER BY 1, 2, 3"
    )
    eras: dict[int, list[list[int]]] = {}
    bounds = {int(row[0]): (int(row[3]), int(row[4])) for row in rows}
    for person, start, stop, _, _ in rows:
        last = eras.setdefault(int(person), [])
        if last and start <= last[-1][1] + 30 + 7:
            last[-1][1] = max(last[-1][1], stop)
        else:
            last.append([start, stop])
    expected: set[tuple[int, int, int]] = set()
    for person, start, _, low, high in rows:
        if not low <= start <= high:
            continue
        era = next(one for one in reversed(eras[int(person)]) if one[0] <= start)
        expected.add((int(person), start, min(era[1] + 7, high)))
    joined: Entries = []
    for person, start, stop in sorted(expected):  # entries of one person that overlap are one
        if joined and joined[-1][0] == person and start <= joined[-1][2]:
            joined[-1] = (person, joined[-1][1], max(stop, joined[-1][2]))
        else:
            joined.append((person, start, stop))
    assert len(bounds) > 2000
    assert entries(gibleed, definition) == joined


def test_excluded_concepts_and_descendants(gibleed: Engine) -> None:
    """1125315 is the ingredient; 1127433 one of its products."""
    sets = [concepts(0, 1125315, without=(ACETAMINOPHEN_325,))]
    products = (
        "SELECT descendant_concept_id FROM cdm_concept_ancestor WHERE ancestor_concept_id = 1125315 EXCEPT "
        "SELECT descendant_concept_id FROM cdm_concept_ancestor WHERE ancestor_concept_id = 1127433"
    )
    expected = plain(
        gibleed,
        "SELECT d.person_id, min(d.day) AS a, p.z FROM drug AS d JOIN period AS p ON p.person_id = d.person_id "
        f"AND d.day BETWEEN p.a AND p.z WHERE concept IN ({products}) GROUP BY d.person_id, p.z",
    )
    assert entries(gibleed, cohort(drug(0), sets)) == expected
    itself = entries(gibleed, cohort(drug(0), [concepts(0, 1125315, descendants=False)]))
    assert len(itself) < len(expected)


def test_dates_of_the_cohort(gibleed: Engine) -> None:
    entry = drug(0, First=True, OccurrenceStartDate={"Value": "2000-01-01", "Extent": "2009-12-31", "Op": "bt"})
    window = {"StartDate": None, "EndDate": "2010-06-30"}
    definition = cohort(entry, [concepts(0, CELECOXIB)], CensorWindow=window)
    expected = plain(
        gibleed,
        f"SELECT f.person_id, f.day AS a, least(p.z, DATE '2010-06-30') AS z FROM ({FIRST}) AS f JOIN period AS p "
        "ON p.person_id = f.person_id AND f.day BETWEEN p.a AND p.z WHERE f.day BETWEEN DATE '2000-01-01' AND DATE '2009-12-31'",
    )
    assert 0 < len(expected) < 1800
    assert entries(gibleed, definition) == expected


def test_a_concept_set_that_finds_nothing_is_told(gibleed: Engine) -> None:
    definition = cohort(drug(0, First=True), [concepts(0, CELECOXIB), concepts(4, 999_999_999)])
    read = cohort_definition(json.dumps(definition), "cohort.json")
    findings = keep_entries(gibleed, "found", read, {name: f"cdm_{name}" for name in TABLES}, "cohort.json")
    assert [finding.field for finding in findings] == ["concept set 4"]


def test_a_table_that_the_source_lacks_is_named(gibleed: Engine) -> None:
    read = cohort_definition(json.dumps(cohort(drug(0), [concepts(0, CELECOXIB)])), "cohort.json")
    with pytest.raises(ProtocolError, match="table drug_exposure, which the source does not have"):
        keep_entries(
            gibleed, "found", read, {name: f"cdm_{name}" for name in TABLES if name != "drug_exposure"}, "cohort.json"
        )


GOOD = cohort(drug(0, First=True), [concepts(0, CELECOXIB)], InclusionRules=[rule(condition(0), (0, -1), (1, 1), 2, 1)])


def changed(way: list[Any], value: Any) -> str:
    definition = copy.deepcopy(GOOD)
    at: Any = definition
    for step in way[:-1]:
        at = at[step]
    at[way[-1]] = value
    return json.dumps(definition)


@pytest.mark.parametrize(
    ("way", "value", "what"),
    [
        (["InclusionRulez"], [], "`InclusionRulez` is not read"),
        (["PrimaryCriteria", "CriteriaList"], [], "nothing lets anybody in"),
        (["PrimaryCriteria", "CriteriaList", 0], {"DoseEra": {"CodesetId": 0}}, "`DoseEra` is not read"),
        (["PrimaryCriteria", "CriteriaList", 0, "DrugExposure", "StopReason"], {"Text": "'; DROP"}, "`StopReason` is not read"),
        (["PrimaryCriteria", "CriteriaList", 0, "DrugExposure", "CodesetId"], 7, "there is no concept set 7"),
        (["PrimaryCriteria", "CriteriaList", 0, "DrugExposure", "First"], "yes", "not true or false"),
        (["PrimaryCriteria", "ObservationWindow", "PriorDays"], 1.5, "not a whole number of 0 or more"),
        (["PrimaryCriteria", "ObservationWindow", "PriorDays"], -1, "not a whole number of 0 or more"),
        (["PrimaryCriteria", "PrimaryCriteriaLimit", "Type"], "Earliest", "not First, Last, All"),
        (["InclusionRules", 0, "expression", "Type"], "NONE", "not ALL, ANY, AT_LEAST, AT_MOST"),
        (["InclusionRules", 0, "expression", "Type"], "AT_LEAST", "`Count` is missing"),
        (["InclusionRules", 0, "expression", "CriteriaList", 0, "Occurrence", "Type"], 3, "0 (exactly), 1 (at most) or 2"),
        (["InclusionRules", 0, "expression", "CriteriaList", 0, "StartWindow"], None, "`StartWindow` is missing"),
        (["EndStrategy"], {"Forever": {}}, "`Forever` is not read"),
        (["CensorWindow"], {"EndDate": "2010-6-30'"}, "not a date, year-month-day"),
        (["ConceptSets"], [concepts(0, 1), concepts(0, 2)], "two have the same id"),
        (["ConceptSets", 0, "expression", "items", 0, "concept", "CONCEPT_ID"], "1 OR 1=1", "not a concept id"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused_with_its_place(way: list[Any], value: Any, what: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        cohort_definition(changed(way, value), "cohort.json")
    assert what in str(refused.value)


def test_all_mistakes_of_a_definition_at_once() -> None:
    text = '{"PrimaryCriteria":\n {"CriteriaList": [], "ObservationWindow": {\n"PriorDays": "x"}},\n "Titel": "a"}'
    with pytest.raises(ProtocolError) as refused:
        cohort_definition(text, "cohort.json")
    assert [problem.what for problem in refused.value.problems] == [
        'PrimaryCriteria > ObservationWindow > PriorDays: not a whole number of 0 or more, but "x"',
        "PrimaryCriteria: nothing lets anybody in",
        "the definition: `Titel` is not read",
    ]
    assert [3, 1, 4] == [problem.place.line for problem in refused.value.problems]


@pytest.mark.parametrize(
    "text", ["", "[1]", "{", '{"a": 1}', '{"expression": "{"}', '{"PrimaryCriteria": NaN}', "[" * 100_000]
)
def test_a_file_that_is_no_definition_is_refused(text: str) -> None:
    with pytest.raises(ProtocolError):
        cohort_definition(text, "cohort.json")


def test_the_ways_in_which_atlas_exports() -> None:
    bare = cohort_definition(json.dumps(GOOD), "c.json")
    assert bare == cohort_definition(json.dumps({"id": 1, "name": "n", "expression": GOOD}), "c.json")
    assert bare == cohort_definition(json.dumps({"id": 1, "expression": json.dumps(GOOD)}), "c.json")
    assert bare == cohort_definition("\ufeff" + json.dumps(GOOD), "c.json")


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_every_step_is_one_select_on_every_engine(dialect: str) -> None:
    definition = copy.deepcopy(GOOD)
    definition["EndStrategy"] = {"CustomEra": {"DrugCodesetId": 0, "GapDays": 30, "Offset": 7}}
    definition["CensoringCriteria"] = [condition(0)]
    made = steps(cohort_definition(json.dumps(definition), "c.json"), dialect)
    assert {step.query.lstrip("(").split()[0].lower() for step in made} <= {"select", "with"}
    assert not any(";" in step.query or "#" in step.query for step in made)
    assert made[-1].name == "circe_entries"


def test_the_same_definition_gives_the_same_steps() -> None:
    read = cohort_definition(json.dumps(GOOD), "c.json")
    assert steps(read, "spark") == steps(read, "spark")


def test_a_missing_package_is_told_with_the_way_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(circe.importlib, "import_module", absent)
    with pytest.raises(CaseSeriesError, match=r'pip install "caseseries\[circe\]"'):
        steps(GOOD, "duckdb")
