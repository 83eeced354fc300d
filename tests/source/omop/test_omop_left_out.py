"""In a database names are concepts: drugs of a class asked for that stand in no set are counted."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.source.omop.conftest import PROTOCOL, SMALL, Database

from caseseries.protocol.load import parse
from caseseries.source.omop import read_omop
from caseseries.source.omop.left_out import LEFT_OUT
from caseseries.study import Checked, Study

STEROID = "  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, outside_courses: zero}\n"
PREDNISONE, DEFLAZACORT, STRANGE, BUDESONIDE, CLOPREDNOL = 1551099, 19086888, 900, 901, 902
#: Products of prednisone, of a glucocorticoid of ATC that the catalogue does not know, of one it knows by name only, of a local one.
PRODUCTS = {PREDNISONE: 11, STRANGE: 12, CLOPREDNOL: 13, BUDESONIDE: 14}
NAMES = [
    (700, "ATC", "H02AB", "Glucocorticoids"),
    (PREDNISONE, "RxNorm", "8640", "prednisone"),
    (STRANGE, "RxNorm", "1", "prednylidene"),
    (CLOPREDNOL, "RxNorm", "2", "Cloprednol"),
    (BUDESONIDE, "RxNorm", "3", "budesonide"),
    *((product, "RxNorm", f"p{product}", f"product {product}") for product in PRODUCTS.values()),
]


def exposures(*products: int, start: int = 10) -> list[tuple[object, ...]]:
    rows = [
        (start + place, 1 + place % 2, product, "2020-02-01", "2020-02-28", 28, 28, 4132161)
        for place, product in enumerate(products)
    ]
    return [*SMALL["drug_exposure"], *rows]


def ancestors(*, atc: bool = True) -> list[tuple[int, int]]:
    rows = [(one, one) for one, *_ in NAMES] + list(PRODUCTS.items())
    classes = (
        [(700, one) for drug in (PREDNISONE, STRANGE, BUDESONIDE) for one in (drug, PRODUCTS[drug])] if atc else []
    )
    return [*SMALL["concept_ancestor"], *rows, *classes]


def with_names(described: Path, kind: str = "csv") -> Path:
    """The concept table with the names of its concepts."""
    file = described.parent / "concept.csv"
    with file.open("w", newline="", encoding="utf-8") as stream:
        written = csv.writer(stream)
        written.writerow(["concept_id", "vocabulary_id", "concept_code", "concept_name"])
        written.writerows([*((*row, "") for row in SMALL["concept"]), *NAMES])
    return described


def study(measures: str = STEROID, rescue: str = "as observed") -> Study:
    text = PROTOCOL.format(measures=measures, concepts="").replace(
        "rescue added: as observed", f"rescue added: {rescue}"
    )
    return Study(parse(text).protocol)


def said(found: list[tuple[str, str]]) -> list[str]:
    return [message for rule, message in found if rule == LEFT_OUT]


def of(described: Path, one: Study) -> list[str]:
    return said([(finding.rule, finding.message) for finding in read_omop(one.protocol, described).findings])


def test_drugs_of_the_class_in_no_set_are_counted_with_rows_and_persons(database: Database) -> None:
    described = with_names(database(drug_exposure=exposures(11, 12, 12, 12, 14), concept_ancestor=ancestors()))
    (message,) = of(described, study())
    assert message.startswith(
        "systemic glucocorticoids: 3 rows of 2 persons hold drugs of this class that are in no set: 12 product 12 (3);"
    )


def test_a_drug_of_the_catalogue_without_a_concept_is_found_by_its_name(database: Database) -> None:
    described = with_names(database(drug_exposure=exposures(13), concept_ancestor=ancestors(atc=False)))
    (message,) = of(described, study())
    assert "1 row of 1 person hold drugs of this class that are in no set: 13 product 13 (1);" in message


@pytest.mark.parametrize(
    "one",
    [
        study(measures=""),  # nothing is asked of the class
        study(measures=STEROID.replace("systemic glucocorticoids", "prednisone")),  # one drug alone is asked for
    ],
)
def test_nothing_is_said_where_the_class_is_not_asked_for(database: Database, one: Study) -> None:
    assert [] == of(with_names(database(drug_exposure=exposures(11, 12, 13), concept_ancestor=ancestors())), one)


def test_nothing_is_said_where_every_drug_stands_in_a_set_or_in_another_class(database: Database) -> None:
    described = with_names(database(drug_exposure=exposures(11, 14), concept_ancestor=ancestors()))
    assert [] == of(described, study())


def test_a_database_that_is_counted_says_the_same(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    described = with_names(database(drug_exposure=exposures(11, 12), concept_ancestor=ancestors()))
    one = study(rescue="{drugs: [systemic glucocorticoids], verdict: non-responder}")
    few = of(described, one)
    counted = one.check(described, show=0)
    assert isinstance(counted, Checked)
    many = said([(str(rule), str(message)) for (_, rule, message), _ in counted.tally.section("finding")])
    assert 1 == len(few) and few == many
