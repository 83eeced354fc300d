"""Look-backs in a database: time that was not observed is not free of a drug or disease, patient by patient and in counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from caseseries.cohort import find, tally
from caseseries.protocol.load import parse
from caseseries.protocol.protocol import Protocol
from caseseries.source.omop import read_omop
from caseseries.source.omop.opening import opened_omop
from caseseries.source.omop.source import open_omop
from caseseries.study import Study

PROTOCOL = """
study: A look back
case: {index_date: {first_exposure: acetaminophen, restart_after: 30 days%s}, per: patient}
drugs: {acetaminophen: {}}
measures: {pressure: {instrument: systolic blood pressure}}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  after: {from: 60 days, to: 120 days, take: last}
intercurrent: {drug stopped: as observed, rescue added: as observed, steroid raised above baseline: as observed,
  pulse: as observed, death: as observed, lost: as observed}
outcomes: {lower: {at: after, rule: {decrease: pressure, at_least: 10 mmHg}}}
concepts: {acetaminophen: {ids: [1125315]}%s}
%s
"""
#: Person 1 was observed for ten days before, person 2 for two years, person 3 since birth, person 4 took methotrexate before.
TABLES = {
    "person": "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth\n"
    "1,8532,1980,1,1\n2,8532,1980,1,1\n3,8507,2019,12,22\n4,8507,1980,1,1\n",
    "observation_period": "observation_period_id,person_id,observation_period_start_date,observation_period_end_date\n"
    "1,1,2019-12-22,2021-12-31\n2,2,2018-01-01,2021-12-31\n3,3,2019-12-22,2021-12-31\n4,4,2019-12-22,2021-12-31\n",
    "drug_exposure": "drug_exposure_id,person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_end_date,days_supply,quantity,"
    "route_concept_id\n"
    "1,1,1125315,2020-01-01,2020-01-10,10,20,4132161\n2,2,1125315,2020-01-01,2020-01-10,10,20,4132161\n"
    "3,3,1125315,2020-01-01,2020-01-10,10,20,4132161\n4,4,1125315,2020-01-01,2020-01-10,10,20,4132161\n"
    "5,4,1305058,2019-12-25,2020-01-03,10,20,4132161\n",
    "condition_occurrence": "condition_occurrence_id,person_id,condition_concept_id,condition_start_date\n6,2,312327,2019-01-01\n",
}  # fmt: skip
LUPUS = "exclude: [{diagnosis: lupus, by: index date%s, label: barred}]"


@pytest.fixture
def cdm(tmp_path: Path) -> Callable[..., Path]:
    def made(more: str = "", without: str = "") -> Path:
        (tmp_path / "cdm").mkdir(exist_ok=True)
        for name, rows in TABLES.items():
            if name != without:
                (tmp_path / "cdm" / f"{name}.csv").write_text(rows)
        path = tmp_path / "omop.yaml"
        path.write_text(f'omop: {{cdm: "5.4", from: {{csv: cdm}}, invented: yes{more}}}\n')
        return path

    return made


CASES = [
    (", washout: 365 days", "", {"1": "washout?", "2": "", "3": "", "4": "washout?"}),
    ("", "exclude: [{prior_drug: methotrexate, within: 365 days, label: barred}]", {"1": "barred?", "2": "", "3": "", "4": "barred"}),
    ("", "exclude: [{prior_drug: methotrexate, label: barred}]", {"1": "barred?", "2": "barred?", "3": "", "4": "barred"}),
    ("", "exclude: [{concurrent_drug: methotrexate, label: barred}]", {"1": "barred?", "2": "", "3": "", "4": "barred"}),
    ("", LUPUS % ", within: 365 days", {"1": "barred?", "2": "", "3": "", "4": "barred?"}),
    ("", LUPUS % "", {"1": "barred?", "2": "barred?", "3": "", "4": "barred?"}),
    ("", "exclude: [{recorded: pressure, in: baseline, label: barred}]", {"1": "barred?", "2": "", "3": "barred?", "4": "barred?"}),
    ("", "include: [{observed_before: 10 days}]\n" + LUPUS % "", {"1": "", "2": "", "3": "", "4": ""}),
]  # fmt: skip


def protocol(washout: str, lines: str) -> Protocol:
    lupus = ", lupus: {ids: [257628]}" if "lupus" in lines else ""
    methotrexate = ", methotrexate: {ids: [1305058]}" if "methotrexate" in lines else ""
    return parse(PROTOCOL % (washout, methotrexate + lupus, lines)).protocol


def failures(study: Protocol, path: Path) -> dict[str, str]:
    checked = Study(study).check(path)
    assert checked.stops is None
    return {one.case_id: one.failed + ("?" if one.undetermined else "") for one in checked.cohort.cases}  # type: ignore[union-attr]  # few patients


@pytest.mark.parametrize(("washout", "lines", "expected"), CASES)
def test_unobserved_time_is_undetermined(
    cdm: Callable[..., Path], washout: str, lines: str, expected: dict[str, str]
) -> None:
    assert expected == failures(protocol(washout, lines), cdm())


@pytest.mark.parametrize(("washout", "lines", "expected"), CASES)
def test_counts_of_ranges_say_the_same(
    cdm: Callable[..., Path], washout: str, lines: str, expected: dict[str, str]
) -> None:
    study = protocol(washout, lines)
    with opened_omop(cdm()) as opened:
        source = open_omop(opened, study)
        source.history()
        find(opened.engine, study, source.numbers, dated=True, load_values=lambda: source.values("index_case"))  # type: ignore[arg-type,return-value]  # the counts are not looked at
        counts = tally(opened.engine, study, source.numbers, dated=True)
    found = [f"{why}{'?' if unknown else ''}" for (why, unknown), n in counts.section("cases") for _ in range(n)]
    assert sorted(expected.values()) == sorted(found)


def test_a_declared_history_is_all_there_ever_was(cdm: Callable[..., Path]) -> None:
    path = cdm(", history: complete")
    assert {"1": "", "2": "", "3": "", "4": "barred"} == failures(
        protocol(", washout: 365 days", "exclude: [{prior_drug: methotrexate, label: barred}]"), path
    )


def test_a_database_without_observed_time_knows_no_history(cdm: Callable[..., Path]) -> None:
    study = protocol(", washout: 365 days", "")
    assert dict.fromkeys("1234", "washout?") == failures(study, cdm(without="observation_period"))
    assert dict.fromkeys("1234", "") == failures(study, cdm(", history: complete", "observation_period"))


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("exclude: [{prior_drug: methotrexate, label: barred}]", 1),
        ("exclude: [{prior_drug: methotrexate, within: 30 days, label: barred}]", 0),
        ("include: [{prior_drug: methotrexate, label: wanted}]", 0),
        ("include: [{observed_before: 10 days}]\nexclude: [{prior_drug: methotrexate, label: barred}]", 0),
    ],
)
def test_a_line_that_hardly_anybody_can_pass_is_told(cdm: Callable[..., Path], lines: str, told: int) -> None:
    chart = read_omop(protocol("", lines), cdm())
    assert told == sum(finding.rule == "look-back" for finding in chart.findings)


def test_a_diagnosis_of_which_no_table_is_there_is_undetermined(cdm: Callable[..., Path]) -> None:
    study = protocol("", LUPUS % ", within: 365 days")
    assert dict.fromkeys("1234", "barred?") == failures(study, cdm(", history: complete", "condition_occurrence"))
