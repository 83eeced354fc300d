"""Which products of the MIMIC-IV demo hold which glucocorticoid: found from drug_era alone, and the ids in the protocol are among them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from caseseries.protocol.load import load

ERAS = {
    "methylprednisolone": 1506270,
    "dexamethasone": 1518254,
    "prednisolone": 1550557,
    "prednisone": 1551099,
    "hydrocortisone": 975125,
}
#: Routes by name in these data: eyes, ears, rectal, skin.
LOCAL = {"BOTH EYES", "RIGHT EYE", "LEFT EYE", "RIGHT EAR", "LEFT EAR", "PR", "TP"}


@pytest.fixture(scope="module")
def mimic(shared_data: Path) -> duckdb.DuckDBPyConnection:
    folder, connection = shared_data / "omop-mimic-demo-partial", duckdb.connect()
    for name in ("drug_era", "drug_exposure"):
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv('{folder / name}.csv.gz')")
    return connection


def product_sets(mimic: duckdb.DuckDBPyConnection, ingredient: int) -> list[frozenset[int]]:
    """Every set of products whose exposures make up the eras of an ingredient, each era with its count and none outside."""
    mimic.execute(
        "CREATE OR REPLACE TEMP TABLE era AS SELECT row_number() OVER (ORDER BY person_id, drug_era_start_date) AS k, * "
        "FROM drug_era WHERE drug_concept_id = ?",
        [ingredient],
    )
    counts = mimic.execute(
        "WITH placed AS (SELECT d.drug_concept_id AS product, d.drug_exposure_id, max(e.k) AS k FROM drug_exposure AS d "
        "LEFT JOIN era AS e ON e.person_id = d.person_id AND d.drug_exposure_start_date >= e.drug_era_start_date "
        "AND d.drug_exposure_end_date <= e.drug_era_end_date WHERE d.drug_concept_id <> 0 GROUP BY ALL) "
        "SELECT product, k, count(*) FROM placed WHERE product IN (SELECT product FROM placed GROUP BY product "
        "HAVING count(*) = count(k)) GROUP BY ALL ORDER BY product, k"
    ).fetchall()
    products: dict[int, dict[int, int]] = {}
    for product, era, count in counts:
        products.setdefault(product, {})[era] = count
    order = sorted(products, key=lambda one: (-sum(products[one].values()), one))
    found: list[frozenset[int]] = []

    def reachable(place: int, left: dict[int, int]) -> bool:
        return all(n <= sum(products[one].get(era, 0) for one in order[place:]) for era, n in left.items())

    def search(place: int, left: dict[int, int], chosen: tuple[int, ...]) -> None:
        if not any(left.values()):
            found.append(frozenset(chosen))
        elif reachable(place, left):
            taken = products[order[place]]
            if all(left[era] >= count for era, count in taken.items()):
                search(place + 1, {era: n - taken.get(era, 0) for era, n in left.items()}, (*chosen, order[place]))
            search(place + 1, left, chosen)

    search(0, dict(mimic.execute("SELECT k, drug_exposure_count FROM era").fetchall()), ())
    return found


def routes(mimic: duckdb.DuckDBPyConnection, product: int) -> set[str]:
    rows = mimic.execute("SELECT DISTINCT route_source_value FROM drug_exposure WHERE drug_concept_id = ?", [product])
    return {route for (route,) in rows.fetchall()}


@pytest.mark.parametrize("drug", ERAS)
def test_the_products_in_the_protocol_make_up_the_eras(
    mimic: duckdb.DuckDBPyConnection, project_root: Path, drug: str
) -> None:
    concepts = load(project_root / "examples" / "omop-glucocorticoids" / "protocol.yaml").protocol.concepts
    named = set(concepts[drug].ids) if drug in concepts else set()
    sets = product_sets(mimic, ERAS[drug])
    assert len(sets) == {"methylprednisolone": 15, "dexamethasone": 2}.get(drug, 1)
    systemic = [{product for product in one if not routes(mimic, product) <= LOCAL} for one in sets]
    assert named in systemic
    assert not any(routes(mimic, product) & LOCAL for product in named)


def test_all_prednisolone_is_eye_drops(mimic: duckdb.DuckDBPyConnection) -> None:
    ((product,),) = [tuple(one) for one in product_sets(mimic, ERAS["prednisolone"])]
    assert routes(mimic, product) <= {"BOTH EYES", "RIGHT EYE"}
