"""An amount a day that cannot be meant is no dose: below as well as above what is plausible of the drug."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.source.omop.conftest import SMALL, Database
from tests.source.omop.test_omop_left_out import PREDNISONE, study

from caseseries.source.omop import read_omop


@pytest.mark.parametrize(
    ("strength", "daily"),
    [(5, 5), (0.1, Fraction("0.1")), (0.099, None), (0.045, None), (500, 500), (501, None)],
)
def test_an_amount_a_day_outside_what_is_plausible_is_not_known_and_counted(
    database: Database, strength: float, daily: Fraction | int | None
) -> None:
    described = database(
        drug_exposure=[*SMALL["drug_exposure"], (9, 1, PREDNISONE, "2020-01-01", "2020-01-30", 30, 30, 4132161)],
        drug_strength=[(PREDNISONE, PREDNISONE, strength, 8576)],
        concept_ancestor=[*SMALL["concept_ancestor"], (PREDNISONE, PREDNISONE)],
    )
    chart = read_omop(study().protocol, described)
    assert [daily] == [course.amount for course in chart.courses if course.drug == "prednisone"]
    message = "drug_exposure: no daily dose, because strength x quantity / days is more or less than is plausible"
    assert (daily is None) is any(finding.message.startswith(message) for finding in chart.findings)
