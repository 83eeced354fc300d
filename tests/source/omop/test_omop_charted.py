"""What a database could not tell is not charted, patient by patient and counted: no set, no table, no row in it; an event may lack its date."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from caseseries.protocol.load import parse
from caseseries.study import Results, Study

PROTOCOL = """
study: Pain
invented: yes
case: {index_date: {first_exposure: acetaminophen, restart_after: 30 days}, per: patient}
drugs: {acetaminophen: {}, methotrexate: {groups: [second drugs]}}
measures: {pressure: {instrument: systolic blood pressure}}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  after: {from: 60 days, to: 120 days, take: last}
intercurrent: {drug stopped: as observed, rescue added: as observed, steroid raised above baseline: as observed,
  pulse: as observed, death: as observed, lost: as observed}
outcomes: {lower: {at: after, rule: {decrease: pressure, at_least: 10 mmHg}}}
prior_groups: [second drugs]
safety: {until_after_last_dose: 30 days, events: [bleeding, rash]}
concepts: {acetaminophen: {ids: [1125315]}, methotrexate: {ids: [1305058]}, bleeding: {ids: [192671]}, rash: {ids: [140214]}}
"""
PEOPLE = range(1, 6)
TABLES = {
    "person": "person_id,gender_concept_id,year_of_birth\n" + "".join(f"{n},8532,1980\n" for n in PEOPLE),
    "observation_period": "observation_period_id,person_id,observation_period_start_date,observation_period_end_date\n"
    + "".join(f"{n},{n},2018-01-01,2021-12-31\n" for n in PEOPLE),
    "drug_exposure": "drug_exposure_id,person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_end_date\n"
    + "".join(f"{n},{n},1125315,2020-01-01,2020-06-30\n" for n in PEOPLE) + "9,1,1305058,2019-01-01,2019-02-01\n",
    "condition_occurrence": "condition_occurrence_id,person_id,condition_concept_id,condition_start_date\n"
    "1,1,192671,2020-02-01\n2,2,192671,\n3,3,192671,2019-12-01\n",
    "measurement": "measurement_id,person_id,measurement_concept_id,measurement_date,value_as_number,unit_concept_id\n"
    "1,1,3004249,2019-12-20,150,8876\n2,1,3004249,2020-03-10,130,8876\n",
    "death": "person_id,death_date\n5,2021-01-01\n",
}  # fmt: skip


def run(folder: Path, most: int, changes: dict[str, str], *tables: str, **rows: str) -> Results:
    """The study on the database without some tables, and with other rows in some; `most` is how many persons are shown one by one."""
    (folder / "cdm").mkdir()
    for name, written in {**TABLES, **rows}.items():
        if name not in tables:
            (folder / "cdm" / f"{name}.csv").write_text(written)
    (folder / "omop.yaml").write_text('omop: {cdm: "5.4", from: {csv: cdm}, invented: yes}\n')
    text = PROTOCOL
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return Study(parse(text).protocol).run(folder / "omop.yaml", show=most)


def told(found: Results, folder: Path) -> tuple[str, dict[str, dict[str, object]]]:
    """The headline and the page as text, and the results by id."""
    out = folder / "out"
    found.write(out)
    page = re.sub(r"(<[^>]+>|\s)+", " ", (out / "report.html").read_text(encoding="utf-8"))
    numbers = json.loads((out / "results.json").read_text(encoding="utf-8"))["results"]
    return f"{found.headline()}\n{page}", {one["id"]: one for one in numbers}


BOTH = pytest.mark.parametrize("most", [2000, 0], ids=["shown", "counted"])
EMPTY = TABLES["condition_occurrence"].partition("\n")[0] + "\n"


@BOTH
@pytest.mark.parametrize(
    ("changes", "tables", "rows", "why"),
    [
        ({", events: [bleeding, rash]": "", ", bleeding: {ids: [192671]}, rash: {ids: [140214]}": ""}, (), {},
         "the protocol names no adverse event to look for"),
        ({}, ("condition_occurrence",), {}, "the table condition_occurrence is missing"),
        ({}, (), {"condition_occurrence": EMPTY}, "the table condition_occurrence is empty"),
    ],
    ids=["no event named", "no table", "an empty table"],
)  # fmt: skip
def test_adverse_events_that_a_database_could_not_tell(
    tmp_path: Path, most: int, changes: dict[str, str], tables: tuple[str, ...], rows: dict[str, str], why: str
) -> None:
    text, numbers = told(run(tmp_path, most, changes, *tables, **rows), tmp_path)
    assert f"Adverse events were not charted ({why}): nothing is known of them, and no number is given." in text
    assert f"Adverse events: not charted ({why})" in text
    assert [] == re.findall(r"adverse events?[^.]{0,60}(?:none|0) recorded|No adverse event", text)
    for name in ("rate", "with_event", "with_any_event"):
        assert [None] * 4 == [numbers[f"safety/{name}"][part] for part in ("estimate", "lower", "upper", "n")]


@BOTH
def test_events_of_a_database_without_a_date_are_counted_apart(tmp_path: Path, most: int) -> None:
    text, numbers = told(run(tmp_path, most, {}), tmp_path)
    assert "Adverse events on treatment: 1 with a date" in text and "; 1 without a date" in text
    assert (1, 3, 5) == (
        numbers["safety/with_event"]["n"], numbers["safety/with_any_event"]["n"], numbers["safety/with_any_event"]["total"],
    )  # fmt: skip


@BOTH
def test_events_that_were_looked_for_and_are_not_there_are_none_recorded(tmp_path: Path, most: int) -> None:
    text, numbers = told(run(tmp_path, most, {}, condition_occurrence=f"{EMPTY}7,1,312327,2020-02-01\n"), tmp_path)
    assert "No adverse event on treatment was recorded, which is not the same as none" in text
    assert ("0", 0) == (numbers["safety/rate"]["estimate"], numbers["safety/with_event"]["n"])


@BOTH
def test_deaths_and_other_drugs_that_a_database_could_not_tell(tmp_path: Path, most: int) -> None:
    changes = {
        ", methotrexate: {groups: [second drugs]}": "",
        "prior_groups: [second drugs]": "",
        ", methotrexate: {ids: [1305058]}": "",
    }
    text, _ = told(run(tmp_path, most, changes, "death"), tmp_path)
    assert "Deaths were not charted (the table death is missing)" in text
    assert "Other drugs were not charted (the protocol names no drug beside the study drug to look for)" in text
    assert "No death was recorded" not in text


@BOTH
def test_deaths_and_other_drugs_that_a_database_tells(tmp_path: Path, most: int) -> None:
    text, numbers = told(run(tmp_path, most, {}), tmp_path)
    assert "1 of 5 included patients died, 366 days after the index date." in text
    assert [] == re.findall("(?:Deaths|Other drugs) were not charted", text)
    assert (1, 5) == (numbers["prior/second drugs"]["n"], numbers["prior/second drugs"]["total"])


@BOTH
def test_intercurrent_events_that_a_database_could_not_tell_are_named_with_the_verdicts(
    tmp_path: Path, most: int
) -> None:
    decide = {
        "rescue added: as observed": "rescue added: {drugs: [methotrexate], restart_after: 30 days, verdict: non-responder}",
        "pulse: as observed, death: as observed": "pulse: {within: 14 days, verdict: not evaluable}, death: non-responder",
        ", methotrexate: {ids: [1305058]}": "", "drugs: {acetaminophen: {}, methotrexate: {groups: [second drugs]}}":
        "drugs: {acetaminophen: {}, methotrexate: {groups: [second drugs]}, an unmapped drug: {}}", "[methotrexate]": "[an unmapped drug]",
        "prior_groups: [second drugs]\n": "",
    }  # fmt: skip
    text, _ = told(run(tmp_path, most, decide, "death"), tmp_path)
    pulse = "a database does not tell an intravenous pulse from other doses"
    line = re.search("Verdicts take no account of (.*)", text)
    assert line is not None
    assert [
        "death (deaths were not charted: the table death is missing)",
        "an added rescue drug (other drugs were not charted: no concept is known for the other drugs that the protocol names)",
        f"a pulse near the assessment ({pulse})",
    ] == line[1].rstrip(".").split(", nor of ")
    assert f"a pulse near the assessment ({pulse})." in text
    assert "a fatal event recorded elsewhere is not read as a death" in text


@BOTH
def test_what_a_database_could_tell_is_not_named(tmp_path: Path, most: int) -> None:
    decide = {
        "rescue added: as observed": "rescue added: {drugs: [methotrexate], restart_after: 30 days, verdict: non-responder}",
        "death: as observed": "death: non-responder",
    }
    text, _ = told(run(tmp_path, most, decide), tmp_path)
    assert "take no account" not in text


#: The protocol without its safety, and without the concepts of what it looked for.
NO_SAFETY = {
    "safety: {until_after_last_dose: 30 days, events: [bleeding, rash]}": "",
    ", bleeding: {ids: [192671]}, rash: {ids: [140214]}": "",
}


@BOTH
def test_rows_of_events_are_not_read_without_safety_and_that_is_told(tmp_path: Path, most: int) -> None:
    found = run(tmp_path, most, NO_SAFETY)
    text, numbers = told(found, tmp_path)
    why = "the protocol declares no safety"
    assert f"Adverse events: not charted ({why})" in found.headline()
    assert (
        "Adverse events were not charted: the series shows nothing about harm, neither that there was any nor" in text
    )
    assert f"Adverse events were not charted ({why}): nothing is known of them, and no number is given." in text
    assert [] == [one for one in numbers if one.startswith("safety/")]
    assert [] == re.findall(r"no adverse event|adverse events?[^.]{0,40} none|bleeding", text, re.IGNORECASE)
    out = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert out["safety"] is None and out["adverse_events"] is None
    not_charted = str(out["not_charted"])
    assert "adverse events" in not_charted and why in not_charted
    # No row of them counts as read or used.
    assert "condition_occurrence" not in json.dumps(out["accounts"])
    assert [] == [path for path in (tmp_path / "out" / "tables").iterdir() if "adverse" in path.name]
