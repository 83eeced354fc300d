"""Looking for concepts in the vocabulary of a database: what matches, what this database has of it, and lines that load."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.source.omop.conftest import COLUMNS, PROTOCOL, SMALL, Database, describe, write_parquet

from caseseries.engine import Engine
from caseseries.errors import CaseSeriesError, ChartError
from caseseries.invent import write
from caseseries.protocol.load import parse
from caseseries.protocol.yaml import read as document
from caseseries.source.omop import read_omop
from caseseries.source.omop.concept_lines import concept_lines
from caseseries.source.omop.description import load_omop
from caseseries.source.omop.servers import over_spark
from caseseries.source.omop.vocabulary import TABLES, Search, search_concepts, search_opened
from caseseries.study import Results, Study

CONCEPT = {
    "concept_id": "INTEGER", "concept_name": "VARCHAR", "domain_id": "VARCHAR", "vocabulary_id": "VARCHAR", "concept_class_id": "VARCHAR",
    "standard_concept": "VARCHAR", "concept_code": "VARCHAR", "invalid_reason": "VARCHAR",
}  # fmt: skip
CONCEPTS = [
    (100, "Drug X", "Drug", "RxNorm", "Ingredient", "S", "9", None),
    (101, "drug x 5 MG Oral Tablet", "Drug", "RxNorm", "Clinical Drug", "S", "9a", None),
    (102, "Drugs of class X", "Drug", "ATC", "ATC 4th", "C", "X01", None),
    (300, "Rare disease", "Condition", "SNOMED", "Finding", "S", "30", None),
    (301, "Bleeding, 50% in few_cases", "Condition", "SNOMED", "Finding", "S", "31", None),
    (302, "Rare disease: code", "Condition", "ICD10CM", "code", None, "R.1", "D"),
    (303, "Bleeding, 50x in fewXcases", "Condition", "SNOMED", "Finding", "S", "33", None),
    (304, "Rare disease, unmapped", "Condition", "Local", "code", None, "L1", None),
    (305, "Rare disease of family member", "Observation", "SNOMED", "Context", "S", "35", None),
    (3004249, "Systolic blood pressure", "Measurement", "LOINC", "Clinical Observation", "S", "8480-6", None),
]  # fmt: skip
HELD: dict[str, Any] = {
    "concept": CONCEPTS,
    "concept_ancestor": [(100, 100), (100, 101), (102, 100), (102, 101), (300, 300), (300, 301), (3004249, 3004249)],
    "concept_relationship": [(302, 300, "Maps to", None), (302, 303, "Maps to", "D"), (304, 304, "Maps to", None)],
    "concept_synonym": [(300, "Orphan Disorder"), (300, "ZX"), (3004249, "upper pressure")],
    "observation": [(1, 1, 305, "2019-01-01", None, None, None)],
    "drug_exposure": [*SMALL["drug_exposure"], (3, 2, 101, "2020-03-01", None, 30, 30, 0)],
}


@pytest.fixture(autouse=True)
def vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COLUMNS, "concept", CONCEPT)
    monkeypatch.setitem(COLUMNS, "concept_synonym", {"concept_id": "INTEGER", "concept_synonym_name": "VARCHAR"})


def ids(search: Search) -> list[int]:
    return [one.id for one in search.concepts]


def counts(search: Search) -> dict[int, list[tuple[str, int | None, int | None]]]:
    return {one.id: [(count.table, count.rows, count.persons) for count in one.carried] for one in search.concepts}


MATCHES = [
    ("drug X", [100, 101, 102]),  # exact first, whatever its letters; then standard; a classification last
    ("x DRUG", [100, 101, 102]),
    ("oral drug", [101]),
    ("rare disease", [300, 305, 302, 304]),  # standard ones first
    ("orphan disorder", [300]),  # a synonym
    ("orphan zx", []),  # words of two synonyms are no name
    ("8480-6", [3004249]), ("8480", [3004249]), ("80-6", []),  # the beginning of a code
    ("r.1", [302]),
    ("3004249", [3004249]), ("300", [300]), ("-300", []),
    ("50%", [301]), ("few_cases", [301]), ("50_", []), ("!", []), ("%", [301]), ("'; DROP TABLE concept; --", []),
]  # fmt: skip


@pytest.mark.parametrize(("words", "expected"), MATCHES, ids=[one[0] for one in MATCHES])
def test_what_matches(database: Database, words: str, expected: list[int]) -> None:
    assert expected == ids(search_concepts(database("parquet", **HELD), words))


def everything(path: Path) -> list[Search]:
    return [search_concepts(path, words, smallest=1) for words in ("rare disease", "drug x", "50%", "8480", "upper")]


@pytest.mark.parametrize("kind", ["csv", "gz", "duckdb"])
def test_other_files_say_the_same(database: Database, kind: str) -> None:
    assert everything(database("parquet", **HELD)) == everything(database(kind, **HELD))


def test_a_zip_says_the_same(database: Database, tmp_path: Path) -> None:
    expected = everything(database("parquet", **HELD))
    with zipfile.ZipFile(tmp_path / "cdm.zip", "w") as packed:
        for file in (tmp_path / "parquet").glob("*.parquet"):
            packed.write(file, file.name)
    assert expected == everything(describe(tmp_path, "  from: {parquet: cdm.zip}\n"))


def test_postgres_says_the_same(database: Database, postgres: Any, tmp_path: Path) -> None:
    expected = everything(database("parquet", **HELD))
    with postgres.owner() as connection:
        connection.execute("DROP SCHEMA IF EXISTS words CASCADE; CREATE SCHEMA words")
        for name, rows in {**SMALL, **HELD}.items():
            columns = {
                column: kind.replace("DOUBLE", "DOUBLE PRECISION").replace("VARCHAR", "TEXT")
                for column, kind in COLUMNS[name].items()
            }
            connection.execute(
                f"CREATE TABLE words.{name} ({', '.join(f'{one} {kind}' for one, kind in columns.items())})"
            )
            with connection.cursor() as cursor:
                for row in rows:
                    cursor.execute(f"INSERT INTO words.{name} VALUES ({', '.join(['%s'] * len(columns))})", list(row))
        connection.execute(
            "GRANT USAGE ON SCHEMA words TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA words TO reader"
        )
    path = describe(tmp_path, f"  from: {{postgres: '{postgres.conninfo()}', schema: words}}\n")
    assert expected == everything(path)
    with postgres.owner() as connection:
        connection.execute("REVOKE SELECT ON words.drug_exposure, words.concept_synonym FROM reader")
    found = search_concepts(path, "drug x")
    assert {
        "concept_synonym": "may not be read: synonyms were not looked at",
        "drug_exposure": "may not be read: its rows are not counted",
        "procedure_occurrence": "is missing: its rows are not counted",
    } == found.lacking
    with postgres.owner() as connection:
        connection.execute("REVOKE SELECT ON words.concept FROM reader")
    with pytest.raises(ChartError, match="permission denied for table concept"):
        search_concepts(path, "drug x")


@pytest.mark.long
@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_spark_says_the_same(spark: Engine, database: Database, tmp_path: Path) -> None:
    expected = everything(database("parquet", **HELD))
    folder, private = tmp_path / "spark", tmp_path / "private"
    folder.mkdir()
    private.mkdir()
    write_parquet(folder, {**SMALL, **HELD})
    described = load_omop(describe(folder, "  from: {spark: {parquet: .}}\n"))
    opened = over_spark(spark, described, folder, private, TABLES)
    words = ("rare disease", "drug x", "50%", "8480", "upper")
    assert expected == [search_opened(opened, one, smallest=1) for one in words]


def test_what_this_database_has_of_it(database: Database) -> None:
    """Rows of a concept, of all below it, and of what it maps to: what its line reads. Rows of persons are counted, not persons twice."""
    path = database("parquet", **HELD)
    assert {
        100: [("drug_exposure", 3, 2)], 101: [("drug_exposure", 1, 1)], 102: [("drug_exposure", 3, 2)],
    } == counts(search_concepts(path, "drug x", smallest=1))  # fmt: skip
    found = search_concepts(path, "rare disease", smallest=1)
    both = [("condition_occurrence", 2, 2)]
    assert {300: both, 305: [("observation", 1, 1)], 302: both, 304: []} == counts(found)
    assert [(300, "Rare disease")] == [pair for one in found.concepts for pair in one.maps_to]
    assert ["standard", "standard", "not standard", "not standard"] == [one.standing for one in found.concepts]
    assert [302] == [one.id for one in found.concepts if one.invalid]


def test_few_persons_are_told_as_few(database: Database) -> None:
    path = database("parquet", **HELD)
    assert [("drug_exposure", None, None)] == counts(search_concepts(path, "drug x"))[100]
    found = counts(search_concepts(path, "drug x", smallest=2))
    assert ([("drug_exposure", 3, 2)], [("drug_exposure", None, None)]) == (found[100], found[101])


def test_a_list_is_bounded_and_says_how_many_more(database: Database) -> None:
    found = search_concepts(database("parquet", **HELD), "rare disease", most=1)
    assert ([300], 3) == (ids(found), found.more)


def test_a_domain(database: Database) -> None:
    path = database("parquet", **HELD)
    assert [305] == ids(search_concepts(path, "rare disease", domain="observation"))
    nothing = search_concepts(path, "rare disease", domain="drug")
    assert ((), ("Condition", "Observation"), ()) == (nothing.concepts, nothing.domains, nothing.near)


@pytest.mark.parametrize(
    ("words", "near"),
    [
        ("systolic blood presure", ("3004249 systolic blood pressure",)),
        ("disaese rare", ("disease",)),
        ("zzzz", ()),
    ],
)
def test_nothing_found_tells_near_names(database: Database, words: str, near: tuple[str, ...]) -> None:
    assert near == search_concepts(database("parquet", **HELD), words).near


@pytest.mark.parametrize(("concept", "how"), [(None, "is missing"), ([], "is empty")])
def test_a_database_without_a_vocabulary_says_so(database: Database, concept: Any, how: str) -> None:
    path = database("parquet", **{**HELD, "concept": concept})
    with pytest.raises(ChartError, match=f"no vocabulary: the table concept {how}") as caught:
        search_concepts(path, "drug")
    assert "omop.yaml" == caught.value.problems[0].place.file
    assert caught.value.problems[0].place.line == 4


def test_parts_of_the_vocabulary_that_are_not_there_are_told(database: Database) -> None:
    held = {**HELD, "concept_ancestor": [], "concept_relationship": None, "concept_synonym": None}
    found = search_concepts(database("parquet", **held), "rare disease", smallest=1)
    assert {
        "concept_ancestor": "is empty: what lies below a concept is not known, and not counted",
        "concept_relationship": "is missing: what a concept that is not standard maps to is not known",
        "concept_synonym": "is missing: synonyms were not looked at",
        "procedure_occurrence": "is missing: its rows are not counted",
    } == found.lacking
    assert [("condition_occurrence", 1, 1)] == counts(found)[300]
    assert () == found.concepts[-1].maps_to


def test_nothing_to_look_for(database: Database) -> None:
    with pytest.raises(CaseSeriesError, match="nothing to look for"):
        search_concepts(database("parquet", **HELD), "  ")


def test_a_study_does_not_look_into_synonyms(database: Database) -> None:
    """Neither their columns nor their bytes matter to a run."""
    path = database("csv", **HELD)
    with_names = Study(parse(PROTOCOL.format(measures="", concepts="")).protocol).read(path)
    (path.parent / "concept_synonym.csv").write_text("concept_idd,x\n1,2\n")
    assert with_names.inputs == Study(parse(PROTOCOL.format(measures="", concepts="")).protocol).read(path).inputs


# --- Lines for the protocol ----------------------------------------------------------------------------------------------


def lines(search: Search) -> dict[int, str]:
    return {one.id: line for one, line in concept_lines(search.concepts)}


def test_lines(database: Database) -> None:
    found = lines(search_concepts(database("parquet", **HELD), "rare disease"))
    assert {
        300: "Rare disease: {ids: [300]}",
        305: "Rare disease of family member: {ids: [305], table: observation}",
        302: '"Rare disease: code": {codes: {ICD10CM: ["R.1"]}}',
        304: '"Rare disease, unmapped": {ids: [304]}',
    } == found


def under(line: str, name: str) -> str:
    """A line with the protocol's own name before the colon."""
    return f"{name}{line[line.index(': {') :]}"


def test_pasted_lines_find_the_rows_that_were_counted(database: Database) -> None:
    """Each line in place of the set of the disease: the persons with a diagnosis are those that the search counted."""
    path = database("parquet", **HELD)
    text = PROTOCOL.format(measures="", concepts="")
    for one, line in concept_lines(search_concepts(path, "rare disease", smallest=1).concepts):
        chart = read_omop(parse(text.replace("disease: {ids: [300]}", under(line, "disease"))).protocol, path)
        found = {fact.patient for fact in chart.facts if fact.kind == "diagnosis"}
        assert sum(count.persons or 0 for count in one.carried) == len(found), line


def test_a_block_of_lines_has_each_name_once_and_loads(database: Database) -> None:
    odd = [
        (401, "no", "Condition", "x", "x", "S", "78", None),
        (402, 'a "b" \\ [c]: #d', "Condition", "x", "x", "S", "79", None),
    ]
    twice = [*CONCEPTS, (400, "RARE  disease", "Condition", "Other", "x", "S", "77", None), *odd]
    path = database("parquet", **{**HELD, "concept": twice})
    found = lines(search_concepts(path, "rare disease"))
    assert ["Rare disease: {ids: [300]}", "RARE disease (400): {ids: [400]}"] == [found[300], found[400]]
    found |= lines(search_concepts(path, "401")) | lines(search_concepts(path, "402"))
    block = "\n".join(f"  {line}" for line in found.values())
    read = document(f"concepts:\n{block}\n").data["concepts"]
    assert ["no", 'a "b" \\ [c]: #d'] == list(read)[-2:]
    assert len(found) == len(read)


def test_a_search_on_the_invented_database_makes_a_study_that_runs(tmp_path: Path) -> None:
    """From nothing but what the search prints: a drug, a diagnosis and a measure."""
    write(tmp_path / "cdm", patients=400)
    path = describe(tmp_path, "  from: {parquet: cdm}\n")
    said = {}
    for word, domain in (
        ("mycophenolate", "drug"),
        ("dermatomyositis", "condition"),
        ("creatine kinase", "measurement"),
    ):
        said[word] = under(concept_lines(search_concepts(path, word, domain=domain).concepts)[0][1], word)
    text = f"""
study: From a search
case: {{index_date: {{first_exposure: mycophenolate, restart_after: 90 days}}, per: patient}}
drugs: {{mycophenolate: {{}}}}
include: [{{diagnosis: dermatomyositis, by: index date}}]
measures: {{creatine kinase: {{instrument: CK}}}}
windows:
  before: {{from: -90 days, to: 0 days, take: last, same_day: mean}}
  after: {{from: 1 day, to: 270 days, take: last, same_day: mean}}
intercurrent:
  {{death: as observed, lost: as observed, rescue added: as observed, drug stopped: as observed,
   steroid raised above baseline: as observed, pulse: as observed}}
outcomes: {{lower: {{at: after, rule: {{decrease: creatine kinase, from: before, at_least: 20 % of baseline}}}}}}
concepts:
  {said["mycophenolate"]}
  {said["dermatomyositis"]}
  {said["creatine kinase"]}
"""
    results = Study(parse(text).protocol).run(path)
    assert isinstance(results, Results)
    values = [verdict.truth for verdict in results.summary.shown.outcomes["lower"].verdicts[0]]
    assert {True, False} <= set(values)


# --- Published databases -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder", "source", "words", "expected"),
    [
        ("omop-gibleed", "parquet: {0}", "celecoxib", (1118084, [("drug_exposure", 1844, 1844)])),
        ("omop-gibleed", "parquet: {0}", "K92.2", (35208414, [("condition_occurrence", 479, 479)])),
        ("omop-synthea27nj", "parquet: {0}/Synthea27NjParquet_5.4.zip", "acetaminophen", None),
        ("omop-mimic-demo-partial", "csv: {0}", "dose", None),
    ],
)
def test_published_databases(
    shared_data: Path, tmp_path: Path, folder: str, source: str, words: str, expected: Any
) -> None:
    found = search_concepts(describe(tmp_path, f"  from: {{{source.format(shared_data / folder)}}}\n"), words)
    assert found.concepts
    assert all(count.persons is None or count.persons >= 5 for one in found.concepts for count in one.carried)
    if expected is not None:
        assert expected == (found.concepts[0].id, counts(found)[expected[0]])
