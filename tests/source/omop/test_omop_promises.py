"""What docs/omop.md and docs/meaning.md promise to count, one promise at a time: the finding, and the ids of the rows it is about."""

from __future__ import annotations

from typing import Any

import pytest
from tests.source.omop.conftest import SMALL, Database, protocol

from caseseries.chart.tables import Chart
from caseseries.source.omop import read_omop
from caseseries.source.omop.cited import LISTED
from caseseries.study import Checked, Study

SBP, KG = 3004249, 9529


def said(chart: Chart) -> list[str]:
    return [finding.message for finding in chart.findings]


def listed(chart: Chart) -> list[tuple[str, int | None, str]]:
    """Table, id and person of each row that a finding is about."""
    return [(one.place.file, one.place.row, one.patient) for one in chart.findings if one.rule == "row"]


def value(number: int, person: Any = 1, day: Any = "2019-12-20", what: Any = 150, unit: Any = 8876) -> tuple[Any, ...]:
    return (number, person, SBP, day, what, None, unit, None)


PROMISES = [
    ("measurement", value(9, None), "measurement: no person_id: 1 row", None),
    ("measurement", value(9, 77), "measurement: the person is not in the table person: 1 row", None),
    ("measurement", value(9, day=None), "measurement: no date: 1 row", (9, "1")),
    ("measurement", value(9, day="2019-02-30"), "measurement: not a date between 1900 and 2399: 1 row", (9, "1")),
    ("measurement", value(9, day="1/2/2020"), "measurement: not a date between 1900 and 2399: 1 row", (9, "1")),
    ("measurement", value(9, what="high"), "measurement: the value is not a number: 1 row", (9, "1")),
    ("measurement", value(9, unit=KG), "sbp: rows in unit 9529, to which the concept set gives no factor, were refused; "
         "`sbp: {units: {8876: 1, 44777602: 200000000000/26664477483, 9529: FACTOR}}` under `concepts:` would read them, "
         "where a value times FACTOR is in mmHg: 1 row", (9, "1")),
    ("measurement", value(9, unit=0),
     "sbp: rows without a unit were refused; `no_unit: accept` in the concept set would read them: 1 row", (9, "1")),
    ("measurement", (*value(9)[:-1], 4139581), "measurement: a sign before the value that is none of <, <=, =, >= and >: 1 row", (9, "1")),
    ("measurement", value(9, what=None), "sbp: rows without a value: 1 row", None),
    ("measurement", value(9, what="NaN"), "sbp: rows without a value: 1 row", None),
    ("measurement", value(9, what="140.1234567"), "sbp: values rounded to a millionth: 1 row", None),
    ("measurement", value(1), "measurement: equal rows, read once: 1 row", None),
    ("measurement", value(1, day="2019-12-21"), "measurement: rows without an id, or with that of another row: 1 row", None),
    ("measurement", value(1, 2, "2019-12-21"), "measurement: rows without an id, or with that of another row: 1 row", None),
    ("measurement", value(1, what=151), "measurement: rows without an id, or with that of another row: 1 row", None),
    ("measurement", value(None, what=151), "measurement: rows without an id, or with that of another row: 1 row", None),  # type: ignore[arg-type]  # no id
    ("measurement", value(9, day="2018-12-31"), "measurement: outside observed time: 1 row", None),
    ("measurement", (9, 1, 0, "2019-12-20", 150, None, 8876, None),
     "measurement: no concept, so that nobody knows what was recorded (rows of any person): 1 row", None),
    ("condition_occurrence", (9, 1, None, "2019-12-20"),
     "condition_occurrence: no concept, so that nobody knows what was recorded (rows of any person): 1 row", None),
    ("condition_occurrence", (9, 77, 300, "2019-12-20"), "condition_occurrence: the person is not in the table person: 1 row", None),
    ("condition_occurrence", (9, 1, 300, "soon"), "condition_occurrence: not a date between 1900 and 2399: 1 row", (9, "1")),
    ("condition_occurrence", (1, 1, 300, "2019-12-02"),
     "condition_occurrence: rows without an id, or with that of another row: 1 row", None),
    ("condition_occurrence", (9, 1, 300, "2019-12-01"), "condition_occurrence: equal rows, read once: 1 row", None),
    ("condition_occurrence", (9, 1, 301, "2018-06-01"),
     "condition_occurrence: adverse events outside observed time, which do not count: 1 row", None),
    ("drug_exposure", (9, 77, 100, "2020-01-01", "2020-01-30", 30, 30, 0), "drug_exposure: the person is not in the table person: 1 row", (9, "77")),
    ("drug_exposure", (9, None, 100, "2020-01-01", "2020-01-30", 30, 30, 0), "drug_exposure: no person_id: 1 row", (9, "")),
    ("drug_exposure", (9, 1, 100, None, "2020-01-30", 30, 30, 0), "drug_exposure: no date: 1 row", (9, "1")),
    ("drug_exposure", (9, 1, 100, "2020-01-20", "2020-01-10", 30, 30, 0), "drug_exposure: the end is before the start: 1 row", (9, "1")),
    ("drug_exposure", (1, 1, 100, "2020-02-01", "2020-03-01", 30, 30, 0),
     "drug_exposure: rows without an id, or with that of another row: 1 row", None),
    ("drug_exposure", (9, 1, 100, "2020-02-01", "2020-02-01", 30, 30, 0),
     "drug_exposure: the end and the days of supply differ by more than a day, so the last day and the dose are not known; "
     "`end_and_supply` may say which counts: 1 row", (9, "1")),
    ("drug_exposure", (9, 1, 100, "2020-02-01", None, 30, None, 0),
     "drug_exposure: neither end nor days of supply, so the last day and the dose are not known; `no_duration` may say how long one lasts: 1 row",
     (9, "1")),
    ("drug_exposure", (9, 1, 100, "2020-02-01", "2020-03-01", 30, 0, 0),
     "drug_exposure: days of supply of zero, below, or of a hundred years, read as not recorded: 1 row", None),
    ("drug_exposure", (9, 1, 0, "2020-02-01", "2020-03-01", 30, 30, 0),
     "drug_exposure: no concept, so that nobody knows what was recorded; over the days they may cover no daily dose of the person is known; "
     "`unmapped_drugs` may say that none is a drug of the study: 1 row", (9, "1")),
    ("death", (1, "2019-06-01"), "death: a death before the index date: 1 row", (1, "1")),
    ("death", (77, "2020-06-01"), "death: the person is not in the table person: 1 row", None),
    ("observation_period", (9, 77, "2019-01-01", "2019-12-31"), "observation_period: the person is not in the table person: 1 row", None),
    ("observation_period", (9, 1, "2019-12-31", "2019-01-01"), "observation_period: the end is before the start: 1 row", None),
    ("visit_occurrence", (9, 77, "2019-12-20"), "visit_occurrence: the person is not in the table person: 1 row", None),
    ("visit_occurrence", (9, None, "2019-12-20"), "visit_occurrence: no person_id: 1 row", None),
    ("person", (2, 8532, 1990, None, None), "person: several rows of one person_id: 1 row", None),
]  # fmt: skip


@pytest.mark.long(but_every=2)
@pytest.mark.parametrize(
    ("table", "row", "message", "cited"), PROMISES, ids=[f"{one[0]}: {one[2][:60]}" for one in PROMISES]
)
def test_a_promised_finding(
    database: Database, table: str, row: tuple[Any, ...], message: str, cited: tuple[int, str] | None
) -> None:
    rows = {table: [*SMALL[table], row]}
    chart = read_omop(protocol(), database(**rows))
    assert message in said(chart)
    assert ([] if cited is None else [(table, *cited)]) == [one for one in listed(chart) if one[0] == table]
    account = chart.account()[table]
    assert len(rows[table]) == account["read"] == account["used"] + account["out of scope"] + account["refused"]


#: Findings of which the counts of a large database say the same; those cite no row, and look at values near the index dates only.
COUNTED = [one for one in PROMISES if "an id" not in one[2] and one[2] != "measurement: outside observed time: 1 row"]


@pytest.mark.long(but_every=3)
@pytest.mark.parametrize(
    ("table", "row", "message", "cited"), COUNTED, ids=[f"{one[0]}: {one[2][:60]}" for one in COUNTED]
)
def test_a_promised_finding_in_counts(
    database: Database, table: str, row: tuple[Any, ...], message: str, cited: tuple[int, str] | None
) -> None:
    checked = Study(protocol()).check(database(**{table: [*SMALL[table], row]}), show=0)
    assert isinstance(checked, Checked)
    found = {str(words): n for (_, _, words), n in checked.tally.section("finding")}
    assert 1 == found[message.removesuffix(": 1 row")]


def test_of_many_rows_the_first_are_listed_and_the_rest_are_counted(database: Database) -> None:
    rows = [value(number, what="high", day=f"2019-12-{number - 99:02}") for number in range(100, 100 + LISTED + 3)]
    chart = read_omop(protocol(), database(measurement=[*SMALL["measurement"], *rows]))
    assert [None, *range(100, 100 + LISTED)] == [row for _, row, _ in listed(chart)]
    assert "the value is not a number: 3 more rows" in said(chart)


@pytest.mark.parametrize(
    ("version", "told"), [("5.4", 0), ("v5.4.0", 0), ("CDM v5.4", 0), ("4.0", 1), ("5.3.1", 1), ("", 0)]
)
def test_the_version_that_a_database_gives_itself(database: Database, version: str, told: int) -> None:
    path = database()
    (path.parent / "cdm_source.csv").write_text(f"cdm_source_name,cdm_version\nsmall,{version}\n")
    messages = [one.message for one in read_omop(protocol(), path).findings if one.rule == "version"]
    assert told == len(messages)
    assert all("5.4" in message for message in messages)


def test_a_refused_death_ends_nothing(database: Database) -> None:
    chart = read_omop(protocol(), database(death=[(1, "2019-12-31"), (2, "2020-01-01")]))
    assert [("2", 18262)] == [(fact.patient, fact.start) for fact in chart.facts if fact.kind == "death"]


@pytest.mark.parametrize(("day", "answer"), [("2020-03-31", True), ("2020-03-30", None), ("2020-02-01", None)])
def test_nothing_is_measured_after_the_death(database: Database, day: str, answer: bool | None) -> None:
    """A value of the dead is one of somebody else, or the death is: no change rests on it, patient by patient or in counts."""
    study, path = Study(protocol()), database(death=[(1, day)])
    after = "measurement: after the death of the person"
    found = study.run(path)
    (verdict,) = found.summary.shown.outcomes["fall"].verdicts[0]
    assert answer == verdict.truth
    told = [one for one in said(found.chart) if one.startswith(after)]
    rows = [("measurement", 2, "1")] if answer is None else []
    assert ([f"{after}: 1 row"] * len(rows), rows) == (told, listed(found.chart))
    assert len(rows) == found.chart.account()["measurement"]["refused"]
    counted = study.run(path, show=0)
    answers = [str(key[4]) for key in counted.tally.counts if key[:3] == ("answer", "fall", 0)]
    assert ["yes" if answer else "not evaluable"] == answers
    assert ([f"{after}"] * len(rows)) == [
        str(key[3]) for key in counted.tally.counts if key[0] == "finding" and after in str(key[3])
    ]
    counted.close()


def test_no_visit_is_after_the_death(database: Database) -> None:
    path = database(observation_period=[], death=[(1, "2020-02-01")])
    assert "visit_occurrence: after the death of the person: 1 row" in said(read_omop(protocol(), path))
