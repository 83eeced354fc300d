"""What `explain` tells of an outcome without a rule: the values of the case with their cells, or why there are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseseries.errors import CaseSeriesError
from caseseries.study import Results, Study

PROTOCOL = """
study: values explained
case: {index_date: {first_exposure: methotrexate}, per: patient}
measures: {mmt: {instrument: MMT8}}
windows:
  baseline: {from: -30 days, to: 0 days, take: last}
  after: {from: 60 days, to: 120 days, take: mean, components: nearest each, same_day: mean}
intercurrent:
  death: as observed
  lost: as observed
  rescue added: as observed
  drug stopped: as observed
  steroid raised above baseline: as observed
  pulse: as observed
outcomes:
  strong: {good: yes, at: baseline, rule: {value: mmt, at_least: 70 points}}
  moved: {change: mmt, at: after}
  weak before: {describe: mmt, at: baseline, among: {value: mmt, less_than: 70 points}}
  slope: {trajectory: mmt, in: after}
"""
CHART = """
source: .
invented: yes
dates: year-month-day
decimal: point
history: complete
tables:
  patients: {kind: patients, file: patients.csv, patient: id, sex: sex}
  visits: {kind: visits, file: visits.csv, patient: id, date: date, measures: {mmt: mmt}}
  drugs: {kind: drugs, file: drugs.csv, patient: id, drug: drug, start: start, stop: stop, stop_means: last day taken, blank_stop: ongoing}
"""
VISITS = "id,date,mmt\na,2020-01-01,60\na,2020-03-05,70\na,2020-04-05,76\nb,2020-01-01,75\nb,2020-12-01,70\n"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("values")
    for name, text in {
        "protocol.yaml": PROTOCOL,
        "chart.yaml": CHART,
        "patients.csv": "id,sex\na,F\nb,M\n",
        "visits.csv": VISITS,
        "drugs.csv": "id,drug,start,stop\na,methotrexate,2020-01-01,\nb,methotrexate,2020-01-01,\n",
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Study.load(Path(folder / "protocol.yaml")).run(Path(folder / "chart.yaml"))


def test_a_change_has_its_two_values_with_cell_and_days(results: Results) -> None:
    (told,) = results.explain("a", outcome="moved")
    assert (told.verdict, told.sentence) == (None, "moved: values, and no verdict.")
    before, after = told.rests_on
    assert (before.quantity.value, str(before.place)) == (60, "visits.csv, row 2, column mmt")
    assert (after.quantity.value, after.quantity.days, after.averaged) == (73, 2, True)


def test_of_a_change_that_is_not_known_the_reason_is_told(results: Results) -> None:
    (told,) = results.explain("b", outcome="moved")
    assert told.sentence == "moved: not evaluable: no MMT in the window after (days 60 to 120)."


def test_who_is_outside_the_denominator_has_no_values(results: Results) -> None:
    (told,) = results.explain("b", outcome="weak before")
    assert (told.sentence, told.rests_on) == ("weak before: outside the denominator of this outcome.", ())
    (told,) = results.explain("a", outcome="weak before")
    assert [one.quantity.value for one in told.rests_on] == [60]


def test_a_line_over_all_cases_says_nothing_of_one(results: Results) -> None:
    (told,) = results.explain("a", outcome="slope")
    assert told.sentence.endswith("no case has an answer of its own.")
    assert {one.outcome for one in results.explain("a")} == {"strong", "moved", "weak before", "slope"}
    with pytest.raises(CaseSeriesError):
        results.explain("a", outcome="sloop")
