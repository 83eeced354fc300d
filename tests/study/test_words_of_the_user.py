"""No word that somebody wrote is read as SQL: outcomes, measures, windows, levels, terms and words of any name, counted and shown."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import duckdb
import pytest
from ruamel.yaml import YAML

from caseseries import Study
from caseseries.protocol.specs import plan
from caseseries.response.verdict_counts import ANSWERS
from caseseries.study import Results
from caseseries.study.patients_file import outcome_columns, time_columns

#: Words of SQL, names of tables and columns of the stages, names that differ little, and names that are no plain names.
NASTY = (
    "true", "null", "false", "left", "end", "order", "case", "select", "user", "group", "not", "place", "patient", "patient because",
    "episode", "c0", "c1", "k", "p0", "verdict", "cases", "quantity", "case_no", "response", "response day", "response because",
    "response decided by", "response_2", "Response 2 day", "response since", "response unread", "late", "late since", "a b", "a_b", "a-b",
    "1st", "50 %", "x) DROP TABLE verdict --", "o'brien", 'q"uote', 'a" AS b, "c', "Ünï", "日本", "日本語", "?", "$1", "{name}", "%s",
    "back\\slash", "`tick`",
    "long " * 30 + "1", "long " * 30 + "2",
)  # fmt: skip
FILES = {
    "chart.yaml": (
        "source: .\ndated: no\ninvented: yes\nhistory: complete\ntables:\n"
        "  patients: {kind: patients, file: patients.csv, patient: id, attributes: {kind: kind}}\n"
        "  visits: {kind: visits, file: visits.csv, patient: id, date: day, measures: {'o''brien \" select': {column: v, unit: points}}}\n"
        "  events: {kind: events, file: events.csv, patient: id, date: day, event: event}\n"
    ),
    "patients.csv": "id,kind\nP1,null\nP2,o'brien\nP3,select\nP4,END\n",
    "visits.csv": "id,day,v\nP1,0,5\nP1,30,9\nP2,0,5\nP2,30,5\nP3,0,5\nP3,30,1\nP4,0,5\n",
    "events.csv": "id,day,event\nP1,10,o'brien --\nP2,100,null\n",
}


def protocol_of(names: list[str], times: list[str]) -> dict[str, Any]:
    """A study whose every word is a trap: a threshold of its own for each outcome, so that no two have the same answers throughout."""
    measure = "o'brien \" select"
    window = {"take": "nearest", "tie": "earlier", "same_day": "highest", "overlap": "yes"}
    outcomes: dict[str, Any] = {}
    for place, name in enumerate(names):
        rule: dict[str, Any] = {"value": measure, "at_least": f"{place % 9 + 1} points"}
        if place % 3 == 1:
            rule = {"any": [rule, {"occurs": "o'brien --", "in": "order"}]}
        outcomes[name] = {"at": "' end", "rule": rule if place % 2 else {"not": rule}}
    outcomes[names[0]] |= {"good": "yes", "by": {"attribute": "kind", "of": ["null", "o'brien"]}}
    for place, name in enumerate(times):
        what: Any = {"value": measure, "at_least": f"{place + 2} points"} if place % 2 else "o'brien --"
        outcomes[name] = {"time_to": what, "in": "order", "censored": ["lost", "data cutoff", "death"]}
    outcomes["WITH"] = {
        "at": "' end",
        "levels": {
            "true": {"value": measure, "at_least": "8 points"},
            "o'brien": {"value": measure, "at_least": "3 points"},
            "null": "otherwise",
        },
    }
    return {
        "study": "Words",
        "invented": "yes",
        "case": {"index_date": {"nominal_day": "0 days"}, "per": "patient"},
        "measures": {measure: {"quantity": "select", "unit": "points", "range": ["0", "10"], "better": "high"}},
        "windows": {
            "baseline": {"from": "-7 days", "to": "0 days", "take": "last", "same_day": "highest"},
            "' end": {"from": "20 days", "to": "40 days", "target": "30 days", **window},
            "order": {"from": "1 day", "to": "60 days", "take": "last", "same_day": "highest", "overlap": "yes"},
        },
        "safety": {"until_after_last_dose": "30 days", "events": ["o'brien --", "null"]},
        "intercurrent": dict.fromkeys(
            ("death", "lost", "rescue added", "drug stopped", "steroid raised above baseline", "pulse"), "as observed"
        ),
        "outcomes": outcomes,
    }


@pytest.mark.parametrize("half", range(2))
def test_any_name_is_a_column_of_its_own(half: int, tmp_path: Path) -> None:
    drawn = random.Random(1).sample(NASTY, len(NASTY))[half::2]
    names, times = drawn[:-4], drawn[-4:]
    for file, text in FILES.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    with (tmp_path / "protocol.yaml").open("w", encoding="utf-8") as out:
        YAML().dump(protocol_of(names, times), out)
    study = Study.load(tmp_path / "protocol.yaml")
    shown, counted = study.run(tmp_path / "chart.yaml"), study.run(tmp_path / "chart.yaml", show=0)
    assert isinstance(shown, Results) and isinstance(counted, Results)
    assert shown.tally.counts == counted.tally.counts
    counted.write(tmp_path / "out")
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT * FROM '{tmp_path / 'out' / 'patients.parquet'}'")
        columns = [column[0] for column in found.description or ()]
        rows = found.fetchall()
    assert len(set(map(str.casefold, columns))) == len(columns)
    by_patient = {row[0]: dict(zip(columns, row, strict=True)) for row in rows}
    plans = [plan(study.protocol, name) for name in study.protocol.verdicts]
    of_outcomes = outcome_columns(plans)
    taken = ["patient", "episode", *(one.name for of in of_outcomes for one in of)]
    of_times = time_columns([one.plan for one in counted.summary.times.values()], taken)
    assert [*taken, *(one.name for of in of_times for one in of)] == columns
    for one, of in zip(plans, of_outcomes, strict=True):
        for verdict in shown.summary.shown.outcomes[one.name].verdicts[0]:
            told = [ANSWERS[verdict.truth], verdict.absent or None, verdict.decided_by or None, verdict.day]
            assert told == [by_patient[verdict.case_id][column.name] for column in of[:4]], one.name
    for (name, _), of in zip(counted.summary.times.items(), of_times, strict=True):
        for row in (row for row in shown.table("times") if row["outcome"] == name):
            there = by_patient[row["case_id"]]
            assert (row["ended"] or row["because"], row["day"]) == tuple(there[one.name] for one in of[:2]), name
    counted.close()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("response day", "response"),
        ("response because", "response"),
        ("response decided by", "response"),
        ("response", "response day"),
    ],
)
def test_the_columns_of_an_outcome_are_not_those_of_another(first: str, second: str, tmp_path: Path) -> None:
    for file, text in FILES.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    with (tmp_path / "protocol.yaml").open("w", encoding="utf-8") as out:
        YAML().dump(protocol_of([first, second], []), out)
    protocol = Study.load(tmp_path / "protocol.yaml").protocol
    plans = [plan(protocol, name) for name in protocol.verdicts]
    names = [one.name for of in outcome_columns(plans) for one in of]
    assert len(set(names)) == len(names)
