"""The first days of observation in a database: a supply collected before may still be taken, patient by patient and in counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseseries.protocol.load import parse
from caseseries.study import Results, Study

PROTOCOL = """
study: First days
case: {{index_date: {{first_exposure: drug x, restart_after: 30 days}}, per: patient}}
drugs: {{drug x: {{}}}}
measures:
  pressure: {{instrument: systolic blood pressure}}
  steroid: {{daily_dose: systemic glucocorticoids, as: prednisone mg/day, outside_courses: zero, if_zero_baseline: not met}}
windows:
  baseline: {{from: 0 days, to: 0 days, take: last}}
  after: {{from: 90 days, to: 90 days, take: last}}
intercurrent: {{drug stopped: as observed, rescue added: {{drugs: [methotrexate], verdict: {rescue}, restart_after: 30 days}},
  steroid raised above baseline: {raised}, pulse: as observed, death: as observed, lost: as observed}}
outcomes: {{lower: {{at: after, rule: {rule}}}}}
concepts: {{drug x: {{ids: [100]}}, prednisone: {{ids: [1551099]}}, methotrexate: {{ids: [1305058]}},
  pressure: {{ids: [3004249], units: {{8876: 1}}}}}}
"""
PRESSURE, STEROID = "{decrease: pressure, at_least: 10 mmHg}", "{decrease: steroid, at_least: 50 % of baseline}"
#: Person 1 was observed for ten days before the index date, person 2 for two years, person 3 since birth. Everybody begins both drugs on day 20.
PEOPLE = {1: ("1980", "2019-12-22"), 2: ("1980", "2018-01-01"), 3: ("2019", "2019-12-22")}


@pytest.fixture
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    (tmp_path / "cdm").mkdir()
    exposures, measured = [], []
    for who in PEOPLE:
        for concept, first, last, supply in (
            (100, "2020-01-01", "2020-12-30", 365), (1551099, "2020-01-21", "2020-12-15", 330), (1305058, "2020-01-21", "2020-12-15", 330),
        ):  # fmt: skip
            exposures.append(f"{len(exposures) + 1},{who},{concept},{first},{last},{supply},{supply},4132161")
        measured += [f"{2 * who},{who},3004249,2020-01-01,140,8876", f"{2 * who + 1},{who},3004249,2020-03-31,120,8876"]
    tables = {
        "person": ["person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth",
                   *(f"{who},8532,{born},12,22" for who, (born, _) in PEOPLE.items())],
        "observation_period": ["observation_period_id,person_id,observation_period_start_date,observation_period_end_date",
                               *(f"{who},{who},{since},2021-12-31" for who, (_, since) in PEOPLE.items())],
        "drug_exposure": ["drug_exposure_id,person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_end_date,days_supply,quantity,"
                          "route_concept_id", *exposures],
        "measurement": ["measurement_id,person_id,measurement_concept_id,measurement_date,value_as_number,unit_concept_id", *measured],
        "drug_strength": ["drug_concept_id,ingredient_concept_id,amount_value,amount_unit_concept_id", "1551099,1551099,5,8576",
                          "1305058,1305058,10,8576"],
    }  # fmt: skip
    for name, rows in tables.items():
        (tmp_path / "cdm" / f"{name}.csv").write_text("\n".join(rows) + "\n")
    described = tmp_path / "omop.yaml"
    described.write_text(f'omop: {{cdm: "5.4", from: {{csv: cdm}}, invented: yes{request.param}}}\n')
    return described


UNKNOWN, COMPLETE = {"1": None, "2": False, "3": False}, dict.fromkeys("123", False)
KINDS = {
    "a dose of 0": ("as observed", "as observed", STEROID),
    "a rescue drug": ("non-responder", "as observed", PRESSURE),
    "a start from nothing": ("as observed", "non-responder", PRESSURE),
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [("", UNKNOWN), (", history: complete", COMPLETE)],
    indirect=["path"],
    ids=["open", "complete"],
)
@pytest.mark.parametrize(("rescue", "raised", "rule"), KINDS.values(), ids=KINDS.keys())
def test_what_was_collected_before_observation_is_not_known(
    path: Path, expected: dict[str, bool | None], rescue: str, raised: str, rule: str
) -> None:
    study = parse(PROTOCOL.format(rescue=rescue, raised=raised, rule=rule)).protocol
    found = {one.case_id: one.truth for one in Study(study).run(path).summary.shown.outcomes["lower"].verdicts[0]}
    assert expected == found
    counted = Study(study).run(path, show=0)
    assert isinstance(counted, Results)
    answers = {str(key[4]): n for key, n in counted.tally.counts.items() if key[:3] == ("answer", "lower", 0)}
    counted.close()
    words = {None: "not evaluable", False: "no"}
    told = [words[truth] for truth in expected.values() if truth is not True]
    assert {word: told.count(word) for word in told} == answers
