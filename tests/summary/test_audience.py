"""A run for a journal and for the public: no id, no free text, no small count; what is hidden is never told as not recorded."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.spec.small import analyse, chart, protocol

from caseseries import CaseSeriesError
from caseseries.cli.main import main
from caseseries.report.folder import files
from caseseries.study import Results, Study
from caseseries.summary.audience import NOT_SHOWN, age_band, for_readers
from caseseries.summary.cases import Cases
from caseseries.summary.model import Summary
from caseseries.summary.site import Site

EXAMPLE = Path(__file__).parents[2] / "examples" / "jdm-mmf"


@pytest.fixture(scope="module")
def results() -> Results:
    study = Study.load(EXAMPLE / "protocol.yaml")
    return study.run(study.read(EXAMPLE / "chart.yaml"))


@pytest.fixture(scope="module")
def journal(results: Results) -> Summary:
    return for_readers(results.summary, results.tally, "journal")


def texts(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, Mapping):
        for key, value in found.items():
            yield from texts(key)
            yield from texts(value)
    elif isinstance(found, tuple | list | set | frozenset):
        for one in found:
            yield from texts(one)
    elif is_dataclass(found) and not isinstance(found, type):
        for one in fields(found):
            yield from texts(getattr(found, one.name))


def test_no_id_of_the_chart_is_left_anywhere(results: Results, journal: Summary) -> None:
    ids = {row.case_id for row in results.summary.shown.rows} | {row.patient for row in results.summary.shown.rows}
    assert ids <= set(texts(results.summary.cases)), "the walk finds them where they are"
    assert not ids & set(texts(journal))


def test_everything_of_a_case_stays_together(results: Results, journal: Summary) -> None:
    before, after = results.summary.shown, journal.shown
    told, now = (cases.outcomes["good response"].sentences for cases in (before, after))
    own = {case: next(new for new, text in now.items() if text == told[case]) for case in told}
    assert len(set(own.values())) == len(own)

    def of(cases: Cases, case: str) -> tuple[object, ...]:
        (row,) = [one for one in cases.included if one.case_id == case]
        specs = cases.outcomes["good response"].verdicts.values()
        verdicts = sorted((one.spec, one.truth, one.day) for found in specs for one in found if one.case_id == case)
        values = sorted((one.measure, one.day, one.value) for one in cases.points if one.case_id == case)
        return row.sex, row.observed_days, row.on_drug_days, verdicts, values, dict(cases.doses)[case]

    assert all(of(before, case) == of(after, new) for case, new in own.items())


def test_neither_ids_nor_the_order_of_the_chart_are_told(tmp_path: Path, journal: Summary) -> None:
    """The same patients under other ids, in another order, make the same report for a journal."""
    shutil.copytree(EXAMPLE, tmp_path / "study")
    for file in (tmp_path / "study" / "chart").glob("*.csv"):
        header, *lines = file.read_text(encoding="utf-8").splitlines()
        lines = [re.sub(r"^P([1-8])\b", lambda found: f"K{9 - int(found[1])}", line) for line in lines]
        file.write_text("\n".join([header, *reversed(lines), ""]), encoding="utf-8")
    study = Study.load(tmp_path / "study" / "protocol.yaml")
    other = study.run(study.read(tmp_path / "study" / "chart.yaml"))
    assert {"K1", "K8"} <= {row.case_id for row in other.summary.shown.rows}
    told = replace(for_readers(other.summary, other.tally, "journal"), fingerprints=journal.fingerprints)
    assert files(told) == files(journal)


def test_a_number_of_single_patients_is_no_attribute_for_a_journal(results: Results) -> None:
    cases = results.summary.shown
    own = [(("born", f"{1990 + at}"), ("onset", "acute"), ("seen", "rare" if at == 3 else "often")) for at in range(8)]
    rows = tuple(replace(row, attributes=told) for row, told in zip(cases.rows, own, strict=True))
    told = for_readers(replace(results.summary, cases=replace(cases, rows=rows)), results.tally, "journal")
    assert {("onset", "acute")} == {one for row in told.shown.rows for one in row.attributes}


def test_numbers_are_the_same_and_only_the_cases_are_others(results: Results, journal: Summary) -> None:
    untouched = ("outcomes", "table_one", "follow_up", "drugs", "prior", "safety", "flow", "spreads")
    assert all(getattr(results.summary, name) == getattr(journal, name) for name in untouched)
    assert "journal" == journal.audience and journal.changed


def test_free_text_is_not_shown_and_never_told_as_not_recorded(results: Results, journal: Summary) -> None:
    for name in ("drugs", "study_drug"):
        before, after = getattr(results.summary.shown, name), getattr(journal.shown, name)
        assert sorted(bool(one.stop_reason) for one in before) == sorted(bool(one.stop_reason) for one in after)
        assert {one.stop_reason for one in after} <= {"", NOT_SHOWN}
    assert {event.attribution for event in journal.shown.events} == {NOT_SHOWN}
    assert {event.term for event in journal.shown.events} == {event.term for event in results.summary.shown.events}
    assert {event.grade for event in journal.shown.events} == {event.grade for event in results.summary.shown.events}


def test_ages_are_bands_and_dates_are_gone(journal: Summary) -> None:
    assert {None} == {row.age_years for row in journal.shown.rows} and {""} == {
        row.index_date for row in journal.shown.rows
    }
    assert {"2–11", "12–17"} == {row.age_band for row in journal.shown.included}
    assert () == journal.shown.findings == journal.shown.source_rows == journal.cited


def test_every_age_has_one_band() -> None:
    bands = [age_band(age) for age in range(120)]
    assert bands == sorted(bands, key=lambda band: int(band.split("–")[0].split(" ")[0])) and 11 == len(set(bands))


def test_an_id_that_is_also_a_value_changes_only_where_it_is_an_id() -> None:
    study = protocol("outcomes: {response: {at: after, rule: {gain: mmt, at_least: 4 points}}}")
    run = analyse(study, chart("1 | mmt | 0:50, 90:60\n2 | mmt | 0:50, 90:51", study))
    cases = run.shown
    told = for_readers(replace(run, fingerprints={"protocol": "a"}), None, "journal")  # type: ignore[arg-type]
    assert sorted(str(one.value) for one in told.shown.points) == sorted(str(one.value) for one in cases.points)
    assert {"1", "2"} == {row.case_id for row in told.shown.rows}


def test_the_public_sees_counts_alone(results: Results) -> None:
    with pytest.raises(CaseSeriesError, match="Fewer than 20 cases"):
        for_readers(results.summary, results.tally, "public")
    told = for_readers(results.summary, results.tally, "public", 2)
    assert told.cases is None and "public" == told.audience
    assert told.fingerprints == results.summary.fingerprints and told.choices == results.summary.choices
    ids = {row.patient for row in results.summary.shown.rows}
    assert not ids & set(texts(told))


def test_counts_that_a_site_told_its_own_readers_are_not_for_the_public(results: Results) -> None:
    own = replace(results.summary, cases=None, sites=(Site("A", "own site", 8, 1, "chart"),))
    with pytest.raises(CaseSeriesError, match="own readers"):
        for_readers(own, results.tally, "public")
    network = replace(own, sites=(Site("A", "network", 8, 5, "chart"),))
    assert "public" == for_readers(network, results.tally, "public").audience


@pytest.mark.parametrize("audience", ["journal", "public"])
def test_the_folder_names_its_readers_and_holds_nothing_for_others(tmp_path: Path, audience: str) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "study")
    files = [str(tmp_path / "study" / name) for name in ("protocol.yaml", "chart.yaml")]
    out = tmp_path / "out"
    asked = ["run", *files, "--out", str(out), "--audience", audience, "-q"]
    assert 0 == main([*asked, *(["--smallest", "2"] if audience == "public" else [])])
    page = (out / "report.html").read_text(encoding="utf-8")
    who = {"journal": "a journal", "public": "the public"}[audience]
    assert f"This report was made for {who}: " in page and f"for {who}" in page.partition("<h1>")[0]
    assert (out / "patients.csv").exists() is (audience == "journal")
    every = "".join(
        file.read_text(encoding="utf-8")
        for file in out.rglob("*.*")
        if file.suffix in {".csv", ".json", ".html", ".svg"}
    )
    assert not any(f"P{place}" in every for place in range(1, 9))
    assert "2007-" not in (out / "results.json").read_text(encoding="utf-8")


def test_smallest_needs_somebody_to_hide_it_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(EXAMPLE / name) for name in ("protocol.yaml", "chart.yaml")]
    assert 1 == main(["run", *files, "--out", str(tmp_path / "out"), "--smallest", "3"])
    assert "--smallest is about what is told to the network or the public" in capsys.readouterr().err
