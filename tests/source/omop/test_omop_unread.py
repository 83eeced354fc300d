"""Rows that may be the diagnosis or drug asked for, deaths told elsewhere, refused values of a window, and patients that nobody is."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from tests.source.omop.conftest import PROTOCOL, SMALL, Database, protocol

from caseseries.chart.tables import Chart
from caseseries.errors import ChoiceNeeded, InputError
from caseseries.protocol.drug_uses import LOCAL_ROWS
from caseseries.protocol.load import parse
from caseseries.protocol.protocol import Protocol
from caseseries.source.omop import read_omop
from caseseries.study import Checked, Results, Study


def said(chart: Chart, rule: str) -> list[tuple[str, str]]:
    return [(one.severity, one.message) for one in chart.findings if one.rule == rule]


def why_out(study: Protocol, path: Path) -> dict[str, str]:
    """Why each person is no case (empty: is one), patient by patient and by counts, which must agree."""
    cases = Study(study).run(path).summary.shown.rows
    told = {
        one.case_id: f"{'undetermined ' if one.undetermined else ''}{one.failed_criterion}"
        if one.status == "excluded"
        else ""
        for one in cases
    }
    counted = Study(study).run(path, show=0)
    assert isinstance(counted, Results)
    found = {f"{'undetermined ' if unsure else ''}{why}": n for (why, unsure), n in counted.tally.section("cases") if n}
    counted.close()
    assert {why: list(told.values()).count(why) for why in set(told.values())} == found
    return told


# --- Diagnoses and drugs without a concept ------------------------------------------------------------------------------

EXCLUDES = PROTOCOL.replace("include:\n  - {{diagnosis: disease, by: index date}}\n", "{lines}").replace(
    "  bleeding: {{ids: [301]}}\n", "  bleeding: {{ids: [301]}}\n  gout: {{ids: [302]}}\n  drug y: {{ids: [101]}}\n"
)


def excluding(line: str, part: str = "exclude") -> Protocol:
    text = EXCLUDES.replace("drugs: {{drug x: {{}}}}", "drugs: {{drug x: {{}}, drug y: {{}}}}")
    if "drug y" not in line:
        text = text.replace("  drug y: {{ids: [101]}}\n", "").replace(", drug y: {{}}", "")
    if "gout" not in line:
        text = text.replace("  gout: {{ids: [302]}}\n", "")
    if "disease" not in line:
        text = text.replace("  disease: {{ids: [300]}}\n", "")
    lines = f"{part}:\n  - {{{line}, label: barred}}\n"
    return parse(text.format(measures="", concepts="", lines=lines)).protocol


OPEN = "undetermined barred"


@pytest.mark.long(but_every=2)
@pytest.mark.parametrize(
    ("row", "more", "expected"),
    [
        (None, "", ""),
        ((9, 1, 0, "2019-12-20"), "", OPEN),
        ((9, 1, None, "2019-12-20"), "", OPEN),
        ((9, 1, 0, "2020-01-01"), "", OPEN),
        ((9, 1, 0, "2020-01-02"), "", ""),  # after the index date
        ((9, 1, 0, None), "", OPEN),
        ((9, 1, 0, "2019-12-20"), "  unmapped_diagnoses: {count: nothing, because: their source codes are of teeth}\n", ""),
        ((9, 1, 302, "soon"), "", OPEN),
        ((9, 1, 302, None), "", OPEN),
        ((9, 1, 302, "soon"), "  unmapped_diagnoses: {count: nothing, because: their source codes are of teeth}\n", OPEN),
        ((9, 1, 302, "2019-12-20"), "", "barred"),
        ((9, 1, 303, "2019-12-20"), "", ""),
    ],
)  # fmt: skip
def test_a_row_that_may_be_the_diagnosis_is_not_its_absence(
    database: Database, row: Any, more: str, expected: str
) -> None:
    rows = [*SMALL["condition_occurrence"], *([] if row is None else [row])]
    path = database(more=f"  history: complete\n{more}", condition_occurrence=rows)
    told = why_out(excluding("diagnosis: gout, by: index date"), path)
    assert {"1": expected, "2": ""} == told


def test_a_diagnosis_asked_for_may_be_the_row_without_a_concept(database: Database) -> None:
    rows = [*SMALL["condition_occurrence"], (9, 2, 0, "2019-12-20")]
    path = database(more="  history: complete\n", condition_occurrence=rows)
    told = why_out(excluding("diagnosis: disease, by: index date", "include"), path)
    assert {"1": "", "2": OPEN} == told


def test_rows_without_a_concept_are_told_with_the_line_that_would_settle_them(database: Database) -> None:
    rows = [*SMALL["condition_occurrence"], (9, 1, 0, "2019-12-20"), (10, 1, 0, "2019-12-20")]
    chart = read_omop(protocol(), database(condition_occurrence=rows))
    (told,) = [message for severity, message in said(chart, "unmapped") if severity == "warning"]
    assert "`unmapped_diagnoses` may say" in told and told.endswith(": 2 rows")
    account = chart.account()["condition_occurrence"]
    assert account["read"] == account["used"] + account["out of scope"] + account["refused"] == 4


@pytest.mark.long(but_every=2)
@pytest.mark.parametrize(
    ("row", "more", "expected"),
    [
        ((9, 1, 0, "2019-11-01", "2019-11-30", 30, 30, 0), "", OPEN),
        ((9, 1, 0, "2019-11-01", "2019-11-30", 30, 30, 0), "  unmapped_drugs: {count: nothing, because: vaccines}\n", ""),
        ((9, 1, 0, "2020-01-01", "2020-01-30", 30, 30, 0), "", ""),
        ((9, 1, 101, "2019-11-30", "2019-11-01", 30, 30, 0), "", OPEN),
        ((9, 1, 101, None, "2019-11-30", 30, 30, 0), "", OPEN),
        ((9, 1, 101, "2019-11-01", "2019-11-30", 30, 30, 0), "", "barred"),
    ],
)  # fmt: skip
def test_a_row_that_may_be_the_drug_is_not_its_absence(database: Database, row: Any, more: str, expected: str) -> None:
    path = database(more=f"  history: complete\n{more}", drug_exposure=[*SMALL["drug_exposure"], row])
    assert {"1": expected, "2": ""} == why_out(excluding("prior_drug: drug y"), path)


SOME = (
    EXCLUDES.replace("  gout: {{ids: [302]}}\n", "")
    .replace("  disease: {{ids: [300]}}\n", "")
    .replace(
        "drugs: {{drug x: {{}}}}",
        "drugs: {{drug x: {{}}, drug y: {{}}, drug z: {{}}}}\ndrug_groups: {{both: [drug y, drug z]}}",
    )
)


@pytest.mark.parametrize(
    ("concepts", "more", "expected"),
    [
        ("", "", OPEN),
        ("", "  unlisted_drugs: {count: nothing, because: it is not sold here}\n", ""),
        ("  drug z: {ids: [102]}\n", "", ""),
    ],
)
def test_a_group_of_which_some_drugs_have_no_concept_is_not_known_to_be_free_of_it(
    database: Database, concepts: str, more: str, expected: str
) -> None:
    lines = "exclude:\n  - {prior_drug: both, label: barred}\n"
    study = parse(SOME.format(measures="", concepts=concepts, lines=lines)).protocol
    rows = [*SMALL["drug_exposure"], (9, 2, 101, "2019-11-01", "2019-11-30", 30, 30, 0)]
    path = database(more=f"  history: complete\n{more}", drug_exposure=rows)
    assert {"1": expected, "2": "barred"} == why_out(study, path)
    assert [("warning", True)] * (expected == OPEN) == [
        (one, "no concept is known for drug z" in what) for one, what in said(read_omop(study, path), "not charted")
    ]


SKIN, MOUTH = 4263689, 4132161


@pytest.mark.parametrize(
    ("asked", "route", "expected"),
    [
        ("systemic glucocorticoids", SKIN, ""),
        ("systemic glucocorticoids", MOUTH, "barred"),
        ("prednisone", SKIN, "barred"),
        ("steroids of the study", SKIN, "barred"),
        ("a class of the study", SKIN, ""),
    ],
)
def test_a_local_route_is_none_of_a_class_of_drugs(database: Database, asked: str, route: int, expected: str) -> None:
    groups = "drug_groups: {steroids of the study: [prednisone], a class of the study: [systemic glucocorticoids]}\n"
    study = parse(
        EXCLUDES.replace("  gout: {{ids: [302]}}\n", "")
        .replace("  disease: {{ids: [300]}}\n", "")
        .replace("  drug y: {{ids: [101]}}\n", "")
        .format(measures="", concepts="", lines=f"exclude:\n  - {{prior_drug: {asked}, label: barred}}\n")
        + groups
    ).protocol
    row = (9, 1, 1551099, "2019-11-01", "2019-11-30", 30, 30, route)
    path = database(
        more="  history: complete\n  unlisted_drugs: {count: nothing, because: not sold here}\n",
        drug_exposure=[*SMALL["drug_exposure"], row],
    )
    assert {"1": expected, "2": ""} == why_out(study, path)
    told = [message for severity, message in said(read_omop(study, path), "route") if severity == "note"]
    assert [f"drug_exposure: {LOCAL_ROWS}"] * (expected == "") == told


# --- Births and first rows that cannot be ------------------------------------------------------------------------------


def test_a_birth_after_the_index_date_makes_no_age(database: Database) -> None:
    lines = "include:\n  - {age: {below: 18 years}, at: index date, label: barred}\n"
    text = EXCLUDES.replace("  gout: {{ids: [302]}}\n", "").replace("  drug y: {{ids: [101]}}\n", "")
    text = text.replace("  disease: {{ids: [300]}}\n", "")
    study = parse(text.format(measures="", concepts="", lines=lines)).protocol
    path = database(person=[(1, 8507, 2024, 2, 1), (2, 8532, 2010, None, None)])
    assert {"1": OPEN, "2": ""} == why_out(study, path)
    chart = read_omop(study, path)
    assert "person: a birth after the index date, read as not recorded: 1 row" in [
        one.message for one in chart.findings
    ]
    assert [None, 14610] == [one.birth_low for one in chart.people]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ((9, 1, 100, "2019-12-01", "2019-11-01", 30, 30, 0), True),
        ((9, 1, 100, None, "2019-12-30", 30, 30, 0), True),
        ((9, 1, 100, "2020-05-30", "2020-05-01", 30, 30, 0), True),  # either of the two may be wrong
        ((9, 1, 100, "2019-12-01", "2019-12-30", 30, 30, 0), False),
        ((9, 1, 101, "2019-12-01", "2019-11-01", 30, 30, 0), False),
    ],
)
def test_an_index_date_that_a_refused_row_may_come_before_is_told(database: Database, row: Any, told: bool) -> None:
    chart = read_omop(protocol(), database(drug_exposure=[*SMALL["drug_exposure"], row]))
    assert [True] * told == [what.endswith("index date: 1 person") for _, what in said(chart, "refused study drug")]


# --- Deaths told elsewhere ----------------------------------------------------------------------------------------------

DYING = PROTOCOL.replace("death: as observed", "death: non-responder").replace(
    "events: [bleeding]", "events: [bleeding, {death}]"
)


def dying(name: str = "fatal sepsis") -> Protocol:
    return parse(DYING.format(measures="", concepts=f"  {name}: {{ids: [305]}}\n", death=name)).protocol


FATAL = [*SMALL["condition_occurrence"], (9, 1, 305, "2020-03-15")]
VALUES = [one for one in SMALL["measurement"] if one[3] != "2020-03-31" or one[1] == 2]
EARLIER = [*VALUES, (2, 1, 3004249, "2020-03-10", 130, None, 8876, None)]


def truth(study: Protocol, path: Path) -> bool | None:
    """The verdict of person 1, patient by patient; as many say so in counts."""
    (verdict,) = Study(study).run(path).summary.shown.outcomes["fall"].verdicts[0]
    counted = Study(study).run(path, show=0)
    assert isinstance(counted, Results)
    answers = [str(key[4]) for key in counted.tally.counts if key[:3] == ("answer", "fall", 0)]
    counted.close()
    assert [{True: "yes", False: "no", None: "not evaluable"}[verdict.truth]] == answers
    return verdict.truth


def test_a_fatal_event_without_a_death_is_a_choice(database: Database) -> None:
    path = database(condition_occurrence=FATAL)
    (told,) = said(read_omop(dying(), path), "choice: fatal")
    assert told[0] == "error" and "`fatal` in the description" in told[1] and told[1].endswith(": 1 row")
    with pytest.raises(InputError, match="no death is recorded"):
        Study(dying()).run(path)
    with pytest.raises(ChoiceNeeded, match="no death is recorded"):
        Study(dying()).run(path, show=0)


@pytest.mark.parametrize(("fatal", "expected"), [("death", False), ("no death", True)])
def test_the_verdict_follows_what_a_fatal_event_is(database: Database, fatal: str, expected: bool) -> None:
    path = database(
        more=f"  fatal: {fatal}\n", condition_occurrence=[*FATAL[:1], (9, 1, 305, "2020-03-10")], measurement=EARLIER
    )
    assert expected is truth(dying(), path)
    chart = read_omop(dying(), path)
    assert [18331] * (fatal == "death") == [one.start for one in chart.facts if one.kind == "death"]
    assert 1 == sum(one.kind == "event" for one in chart.facts)
    assert ("deaths" in (chart.not_charted or {})) is (fatal == "no death")
    account = chart.account()["condition_occurrence"]
    assert {"read": 2, "used": 2, "out of scope": 0, "refused": 0} == account


@pytest.mark.parametrize(
    ("name", "rows", "deaths", "asked"),
    [
        ("fatal sepsis", FATAL, [], True),
        ("fatal sepsis", FATAL, [(1, "2020-03-15")], False),
        ("fatal sepsis", FATAL, [(1, "2020-05-01")], False),
        ("sepsis", FATAL, [], False),
        ("non-fatal sepsis", FATAL, [], False),
        ("fatal sepsis", SMALL["condition_occurrence"], [], False),
    ],
)
def test_which_events_tell_a_death(database: Database, name: str, rows: Any, deaths: Any, asked: bool) -> None:
    chart = read_omop(dying(name), database(condition_occurrence=rows, death=deaths))
    assert asked is bool(said(chart, "choice: fatal"))
    other = [message for _, message in said(chart, "death") if "another day" in message]
    assert [True] * (deaths == [(1, "2020-05-01")]) == ["which counts" in message for message in other]


def test_a_concept_whose_name_is_a_death_tells_one(database: Database) -> None:
    path = database(condition_occurrence=FATAL)
    names = "concept_id,vocabulary_id,concept_code,concept_name\n100,RxNorm,9,x\n305,SNOMED,5,Sudden cardiac death\n"
    (path.parent / "concept.csv").write_text(names)
    assert said(read_omop(dying("sepsis"), path), "choice: fatal")
    known = [*SMALL["condition_occurrence"], (9, 1, 4306655, "2020-03-15")]
    path = database("gz", condition_occurrence=known)
    study = parse(DYING.format(measures="", concepts="  the end: {ids: [4306655]}\n", death="the end")).protocol
    assert said(read_omop(study, path), "choice: fatal")


@pytest.mark.parametrize("column", ["discharged_to_concept_id", "discharge_to_concept_id"])
@pytest.mark.parametrize(("fatal", "deaths"), [("", None), ("death", [18331]), ("no death", [])])
def test_a_discharge_of_the_dead_tells_a_death(database: Database, column: str, fatal: str, deaths: Any) -> None:
    path = database(more=f"  fatal: {fatal}\n" if fatal else "", death=None, visit_occurrence=None)
    visits = (
        f"visit_occurrence_id,person_id,visit_start_date,visit_end_date,{column}\n"
        "1,1,2020-03-01,2020-03-10,4216643\n2,2,2020-03-01,2020-03-10,0\n"
    )
    (path.parent / "visit_occurrence.csv").write_text(visits)
    chart = read_omop(protocol(), path)
    if deaths is None:
        assert said(chart, "choice: fatal")
    else:
        assert deaths == [one.start for one in chart.facts if one.kind == "death"]
    account = chart.account()["visit_occurrence"]
    assert account["read"] == account["used"] + account["out of scope"] + account["refused"] == 2


def test_an_undated_fatal_event_cannot_be_a_death(database: Database) -> None:
    rows = [*SMALL["condition_occurrence"], (9, 1, 305, None)]
    chart = read_omop(dying(), database(more="  fatal: death\n", condition_occurrence=rows))
    assert [("error", True)] == [
        (one, "the day of death is not known" in what) for one, what in said(chart, "death") if one == "error"
    ]


# --- Refused values of a window, windows without any, patients that nobody is ------------------------------------------


def test_cases_in_which_another_value_takes_the_place_of_a_refused_one_are_counted(database: Database) -> None:
    rows = [
        *SMALL["measurement"],
        (5, 1, 3004249, "2019-12-30", 20, None, 9529, None),  # kilograms, nearer to the index date than the value
        (6, 2, 3004249, "2020-04-01", 20, None, 9529, None),
        (7, 2, 3004249, "2021-04-01", 20, None, 9529, None),  # in no window
    ]
    path = database(measurement=[row for row in rows if row[0] != 4])
    told = [what for _, what in said(read_omop(protocol(), path), "refused in a window")]
    assert [
        "sbp: cases with a refused value in the window after, and no other value there: 1 case",
        "sbp: cases with a refused value in the window before, of which another value is taken there: 1 case",
    ] == told
    counted = Study(protocol()).run(path, show=0)
    assert isinstance(counted, Results)
    assert {("before", 1)} == {
        (str(message).partition("window ")[2].partition(",")[0], n)
        for (_, rule, message), n in counted.tally.section("finding")
        if rule == "refused in a window"
    }
    counted.close()


def test_counted_runs_name_the_refused_rows_in_their_private_list_alone(database: Database, tmp_path: Path) -> None:
    rows = [*SMALL["measurement"], *((50 + n, 1, 3004249, "2019-12-30", 20, None, 9500 + n, None) for n in range(25))]
    exposures = [*SMALL["drug_exposure"], (70, 1, 100, "2020-05-30", "2020-05-01", 30, 30, 0)]
    path = database(
        measurement=rows,
        drug_exposure=exposures,
        condition_occurrence=[*SMALL["condition_occurrence"], (9, 1, 300, "soon")],
    )
    results = Study(protocol()).run(path, show=0)
    assert isinstance(results, Results)
    results.write(tmp_path / "out")
    results.close()
    with (tmp_path / "out" / "findings.csv").open(encoding="utf-8", newline="") as file:
        found = [(row["file"], row["row"], row["patient"]) for row in csv.DictReader(file) if row["rule"] == "row"]
    listed = [("measurement", str(50 + n), "1") for n in range(20)]
    assert [("condition_occurrence", "9", "1"), ("drug_exposure", "70", "1"), *listed] == found
    assert not any(str(key[0]) == "refused row" for key in results.tally.counts)
    assert '"row"' not in (tmp_path / "out" / "results.json").read_text(encoding="utf-8")


def test_a_window_without_any_value_is_told_by_counts_too(database: Database) -> None:
    path = database(measurement=[row for row in SMALL["measurement"] if row[3] < "2020"])
    told = "No included case has a value in the window after (days 1 to 180)"
    results = Study(protocol()).run(path, show=0)
    assert isinstance(results, Results)
    assert told.casefold() in results.headline().casefold()
    results.close()
    checked = Study(protocol()).check(path, show=0)
    assert isinstance(checked, Checked)
    assert "empty window" in {rule for (_, rule, _), _ in checked.tally.section("finding")}
    full = Study(protocol()).check(database("gz"), show=0)
    assert isinstance(full, Checked)
    assert "empty window" not in {rule for (_, rule, _), _ in full.tally.section("finding")}


def test_ids_of_a_line_that_are_nobodys_are_counted(database: Database) -> None:
    study = excluding("patients: ['2', '02', '77', 'P-7'], reason: asked to be left out")
    chart = read_omop(study, database(more="  history: complete\n"))
    told = "`patients` under `exclude`: 3 ids of the list are nobody's in this database"
    assert [("warning", told)] == said(chart, "listed patients that are not there")
