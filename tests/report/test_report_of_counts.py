"""The report of a population: what it says, that it is whole, and that nothing of it is a patient."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest

from caseseries import report
from caseseries.protocol.measure import Custom
from caseseries.protocol.measures import all_measures
from caseseries.report.contents import contents, tables_of
from caseseries.report.exhibits.deaths import deaths_words
from caseseries.report.exhibits.every_case import excluded_table
from caseseries.report.exhibits.findings import not_used_table
from caseseries.report.exhibits.included import patients_words
from caseseries.report.exhibits.notices import notices
from caseseries.report.exhibits.printed_blocks import Paragraph, Table
from caseseries.report.figures import drawings
from caseseries.report.files.results_file import results, schema
from caseseries.report.files.run_file import is_run
from caseseries.report.folder import files
from caseseries.stats.tally import Tally
from caseseries.summary.aggregate import aggregate
from caseseries.summary.model import Site, Summary
from caseseries.summary.result import Count
from caseseries.summary.summarise import summarise


def _sample() -> ModuleType:
    name = "sample_of_counts"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("sample_of_counts.py"))
        assert spec is not None and spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


SAMPLE = _sample()
OUTCOME = SAMPLE.OUTCOME
PRINTS = {"protocol": "8f14e45fceea167a" * 4, "source": "c9f0f895fb98ab91" * 4}


def made(tally: Tally) -> Summary:
    found = summarise(SAMPLE.protocol(), tally, kept="database", dated=True, invented=True)
    return replace(found, fingerprints=PRINTS)


def nobody() -> Tally:
    return Tally({("persons",): 12, ("cases", "no first exposure", ""): 12, ("days at risk",): 0})


def without_values() -> Tally:
    """The sample, where no row of a measure has a value."""
    tally = Tally(
        {key: n for key, n in SAMPLE.tally(0.01).counts.items() if key[0] not in {"value", "absent", "answer", "why"}}
    )
    included = tally.total("cases", "", "")
    for outcome, measures in ((OUTCOME, ("sbp", "dbp")), (SAMPLE.CHANGE, ("sbp",))):
        for measure in measures:
            tally.add(("absent", outcome, measure, "baseline", "no value in window"), included)
    for spec in range(3):
        tally.add(("answer", OUTCOME, spec, 0 if spec else 2012, "not evaluable"), included)
        tally.add(("why", OUTCOME, spec, "baseline sbp: no value in window"), included)
    used = tally.total("rows", "measurement", "used")
    tally.add(("finding", "note", "no value", "sbp: rows without a value"), used)
    return tally


def for_network() -> Tally:
    return aggregate(SAMPLE.protocol(), SAMPLE.tally(0.002), audience="network", smallest=5)


TALLIES = {
    "large": SAMPLE.tally, "small": SAMPLE.small, "nobody": nobody, "without values": without_values, "network": for_network,
}  # fmt: skip


@pytest.fixture(scope="module", params=list(TALLIES))
def any_population(request: pytest.FixtureRequest) -> Summary:
    return made(TALLIES[request.param]())


@pytest.fixture(scope="module")
def large() -> Summary:
    return made(SAMPLE.tally())


@pytest.fixture(scope="module")
def network() -> Summary:
    return made(for_network())


def table(found: Summary, key: str) -> Table:
    return next(one for one in tables_of(contents(found)) if one.key == key)


def texts(found: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in found.rows]


def test_every_population_has_a_whole_folder_with_results_as_published(any_population: Summary) -> None:
    written = files(any_population)
    jsonschema.validate(json.loads(written["results.json"]), schema())
    assert {"report.html", "findings.csv", "results.json"} <= set(written)
    assert not any("patients" in name for name in written)
    page = written["report.html"].decode()
    assert [] == re.findall(r"\bnan\b|\binf\b|Fraction\(|Count\(|Result\(|Ellipsis", page)


def test_results_for_programs_have_the_keys_of_the_schema_in_its_order(large: Summary) -> None:
    """All but those of kinds of outcome that this protocol has not."""
    whole = schema()
    assert list(results(large)) == [name for name in whole["properties"] if name in whole["required"]]


def test_equal_counts_give_equal_bytes(large: Summary) -> None:
    again = made(Tally(dict(reversed(list(SAMPLE.tally().counts.items())))))
    assert files(large) == files(again)


def test_the_headline(large: Summary) -> None:
    lines = report.headline(large).splitlines()
    assert "Invented data: no row describes a real patient." == lines[0]
    assert "Pressure response: 131,685 of 382,838 (34.4 %, 95 % CI 34.2–34.5)" == lines[1]
    evaluable = "of the evaluable 131,685 of 225,875 (58.3 %), not evaluable 156,963"
    assert f"  {evaluable}, lowest 131,685, highest 288,648 of 382,838" == lines[2]
    assert any(
        line.startswith("Adverse events on treatment: 4889 recorded in 451,754.1 patient-years (1.08") for line in lines
    )


def test_figures_are_those_for_many_and_none_is_of_single_cases(large: Summary) -> None:
    keys = [drawing.figure.key for drawing in drawings(large)]
    assert [
        "flow", "readings-pressure-response", "years-pressure-response", "not-evaluable-pressure-response",
        "change-pressure-response", "specification-curve-pressure-response", "follow-up",
    ] == keys  # fmt: skip
    assert all(drawing.figure.narrow and drawing.figure.alt.startswith("Invented data") for drawing in drawings(large))


def test_the_histogram_counts_those_who_meet_the_rule(large: Summary) -> None:
    alt = next(drawing.figure.alt for drawing in drawings(large) if drawing.figure.key.startswith("change"))
    change = large.outcomes[OUTCOME].changes[0].spreads["change"]
    meets = sum(n for value, n in change.counts() if value <= -10)
    assert f"needed: falls at least 10 mmHg; {meets:,} of {change.n:,}" in alt


def test_a_year_with_three_cases_is_told_with_its_interval(large: Summary) -> None:
    assert ["2008", "1/3 (33)", "0.8–90.6", "1/2 (50)", "1.3–98.7", "1"] == texts(
        table(large, "years-pressure-response")
    )[0]


def test_courses_are_told_with_the_patients_whose_they_are() -> None:
    protocol = SAMPLE.protocol(**{"per: patient": "per: course"})
    tally = SAMPLE.small()
    for key in ("patients",), ("no death",):
        tally.counts[key] -= 7
    found = summarise(protocol, tally, kept="database", dated=True, invented=True)
    assert ": 39 courses in 32 patients." in patients_words(found).text
    assert "course" not in patients_words(made(SAMPLE.small())).text


def test_who_was_found_and_not_included_is_told_in_words_and_by_reason(large: Summary) -> None:
    assert patients_words(large).text == (
        "The database holds 1,204,331 persons (no first exposure, n = 771,006). Of 433,325 cases found, 382,838 were included and 50,487 "
        "excluded (index date outside the study period, n = 10,112; index date outside observed time, n = 4870; washout, n = 21,904; "
        "not met: diagnosis of hypertension by the index date, n = 12,388; not met: age at least 18 years at the index date, n = 1210; "
        "not recorded: age at least 18 years at the index date, n = 3)."
    )
    found = excluded_table(large)
    assert found is not None
    assert [
        ["Persons in the database, n = 1,204,331"],
        ["No first exposure", "–", "771,006"],
        ["With an index date, n = 433,325"],
        ["Index date outside the study period", "–", "10,112"],
        ["Index date outside observed time", "–", "4870"],
        ["Washout", "–", "21,904"],
        ["Diagnosis of hypertension by the index date", "not met", "12,388"],
        ["Age at least 18 years at the index date", "not met", "1210"],
        ["Age at least 18 years at the index date", "not recorded", "3"],
    ] == texts(found)


def test_sites_that_tell_nothing_of_those_not_included_are_said_to(network: Summary) -> None:
    included = tuple(step for step in network.flow if step.label == "Included" or step.outcome)
    told = patients_words(replace(network, flow=included)).text
    assert told.startswith(
        f"{network.included} cases were included. How many were looked at, and why others were not included, was not told."
    )


def test_deaths_are_told_under_safety(large: Summary) -> None:
    said = "18,230 of 382,838 included patients died, a median of 562 days after the index date (range 0–6754); 17,623 of the deaths lie"
    assert said in report.html(large)
    told = results(large)["deaths"]
    assert (382_838, 18_230, 17_623) == (told["patients"], told["died"], told["within_follow_up"])
    assert 18_230 == sum(n for _, n in told["days"])


def test_no_death_is_told_where_one_could_be_known() -> None:
    alive = Tally({key: n for key, n in SAMPLE.small().counts.items() if key[0] not in {"deaths", "deaths within"}})
    alive.counts["no death",] = alive.total("patients")
    assert "No death was recorded." == deaths_words(made(alive))


def of_a_source_without(kind: str, why: str = "the table is missing") -> Tally:
    """The sample from a source that could not tell a kind of fact."""
    gone = {"deaths": {"deaths", "deaths within", "no death"}, "other drugs": {"drug", "prior"}}
    gone["adverse events"] = {"adverse", "adverse patients", "adverse patients any"}
    tally = Tally({key: n for key, n in SAMPLE.small().counts.items() if key[0] not in gone[kind]})
    tally.add(("not charted", kind, "cases"), tally.total("cases", "", ""))
    tally.add(("not charted", kind, "patients"), tally.total("patients"))
    tally.add(("not charted because", kind, why), tally.total("cases", "", ""))
    if kind == "adverse events":
        tally.add(("not charted", kind, "days"), tally.total("days at risk"))
    return tally


def test_deaths_that_no_source_could_tell_are_not_charted() -> None:
    told = "Deaths were not charted (the table is missing): nothing is known of them, and no number is given."
    found = made(of_a_source_without("deaths"))
    assert (told, None) == (deaths_words(found), found.deaths)


def test_deaths_beside_a_source_that_could_not_tell_any_are_counted_among_the_others() -> None:
    alone, together = SAMPLE.small(), SAMPLE.small() + of_a_source_without("deaths")
    n = alone.total("cases", "", "")
    told = f"{deaths_words(made(alone))} Deaths were not charted for {n} of the {2 * n} cases (the table is missing), who count in no number of them."
    assert told == deaths_words(made(together))


def test_adverse_events_beside_a_source_that_could_not_tell_any_are_counted_in_the_time_of_the_others() -> None:
    alone, together = made(SAMPLE.small()).safety, made(SAMPLE.small() + of_a_source_without("adverse events")).safety
    assert alone is not None and together is not None
    assert (alone.rate, alone.with_event, alone.with_any, alone.people) == (
        together.rate, together.with_event, together.with_any, together.people,
    )  # fmt: skip
    assert 2 * alone.all_patient_years == together.all_patient_years


def test_nothing_is_said_of_adverse_events_that_no_source_could_tell_but_that_they_were_not_charted() -> None:
    found = made(of_a_source_without("adverse events"))
    page = report.html(found)
    assert "Adverse events: not charted (the table is missing)" in report.headline(found)
    assert "Adverse events were not charted (the table is missing): nothing is known of them" in page
    assert [] == re.findall("none recorded|0 recorded|No adverse event", page, re.IGNORECASE)
    assert found.safety is not None
    assert [(None, None, None)] * 3 == [
        (one.estimate, one.lower, one.upper)
        for one in (found.safety.rate, found.safety.with_event, found.safety.with_any)
    ]


def test_other_drugs_that_no_source_could_tell_are_not_charted() -> None:
    page = report.html(made(of_a_source_without("other drugs")))
    assert (
        "Other drugs were not charted (the table is missing): nothing is known of them, and no number is given." in page
    )


def test_every_reason_is_in_words(large: Summary) -> None:
    told = [row[0] for row in texts(table(large, "not-evaluable-pressure-response"))]
    assert "No SBP in the window month 6 (days 120 to 240)" == told[0]
    assert any("leaves the time in which the patient was observed" in reason for reason in told)
    assert "Decided by an event: lost to follow-up before month 6" in told


def test_what_is_approximate_is_named_with_its_n(large: Summary) -> None:
    rows = {row[0]: row[1:] for row in texts(table(large, "statistics"))}
    assert (
        rows["Typical change"][1:] == ["approximate", "225,875"] and "normal approximation" in rows["Typical change"][0]
    )
    assert "exact" == rows["Proportions of responders"][1] and "exact" == rows["Rate of adverse events"][1]


def test_small_runs_rest_on_no_approximation() -> None:
    found = made(SAMPLE.small())
    assert {"exact"} == {row[2] for row in texts(table(found, "statistics"))}


def test_rows_and_findings_are_all_told(large: Summary) -> None:
    rows = texts(table(large, "rows-read"))
    assert ["measurement", "27,121,534", "25,772,683", "1,324,764", "24,087"] in rows
    assert len(large.findings) == len(table(large, "findings").rows)
    assert ["A unit without a factor", "refused", "24,087"] in texts(table(large, "rows-not-used"))


def test_no_value_in_the_source_is_said_first_and_there_is_no_empty_table() -> None:
    found = made(without_values())
    told = notices(found)
    assert told[0].startswith("No measurement of this source that the protocol asks for has a value")
    keys = [one.key for one in tables_of(contents(found))]
    assert not any(key.startswith("change") for key in keys)
    assert not any(drawing.figure.key.startswith("change") for drawing in drawings(found))


def test_rows_without_a_value_are_counted_whether_a_finding_says_them_or_counts_them() -> None:
    """A database whose cases are shown has one finding, which says how many rows it is about."""
    found = made(without_values())
    (blank,) = [one for one in found.findings if one.rule == "no value"]
    said = replace(blank, message=f"{blank.message}: {blank.n.low} rows", n=Count.of(1))
    others = [one for one in found.findings if one.rule != "no value"]
    assert notices(found)[0] == notices(replace(found, findings=(*others, said)))[0]


def test_rows_that_were_not_used_for_no_told_reason_have_no_table(large: Summary) -> None:
    assert not_used_table(replace(large, rows=tuple(replace(row, reason="") for row in large.rows))) is None


def test_a_missing_table_is_said_before_any_number(large: Summary) -> None:
    assert "The source has no table observation." in notices(large)


def test_nobody_included_is_a_report_too() -> None:
    found = made(nobody())
    assert "Pressure response: 0 of 0 (not estimable: no case was included)" in report.headline(found)
    assert ["flow"] == [drawing.figure.key for drawing in drawings(found)]


def test_a_range_is_printed_as_one_and_has_no_interval(network: Summary) -> None:
    outcome = network.outcomes[OUTCOME]
    ends = replace(outcome.answers[0].of_included, estimate=None, lower=Fraction(1, 341), upper=Fraction(4, 335))
    answers = replace(outcome.answers[0], yes=Count(1, 4), no=Count(20, 23), of_included=ends)
    hidden = replace(network, outcomes={OUTCOME: replace(outcome, answers=(answers, *outcome.answers[1:]))})
    row = texts(table(hidden, "responders-pressure-response"))[0]
    assert row[1].startswith("1–4/") and "not estimable" == row[2]
    assert [1, 4] == results(hidden)["outcomes"][0]["answers"][0]["yes"]


def test_binned_values_are_ends_and_say_so(network: Summary) -> None:
    change = table(network, "change-pressure-response")
    assert any("binned values" in note for note in change.footnotes)
    assert any(cell.startswith("between ") for row in texts(change) for cell in row)


def test_sites_are_listed_with_audience_and_cases(network: Summary) -> None:
    sites = (Site("north", "network", 766, 5, "database"), Site("own", "own site", 383, 1, "database"))
    together = replace(network, sites=sites)
    page = report.html(together)
    assert "Counts of 2 sites were added up: north (766) and own (383)" in page and "several sites" in page
    found = table(together, "sites")
    assert [
        ["north", "database", "766", "network", "below 5 not told"],
        ["own", "database", "383", "own site", "all told"],
    ] == texts(found)


def test_the_folder_holds_the_patients_privately_and_their_hash(tmp_path: Path) -> None:
    found, patients = made(SAMPLE.small()), tmp_path / "made.parquet"
    patients.write_bytes(b"PAR1 patients PAR1")
    out = tmp_path / "results"
    report.write(found, out, patients={"patients.parquet": patients}, inputs={"person.parquet": "0" * 64})
    assert b"PAR1 patients PAR1" == (out / "patients.parquet").read_bytes() and patients.exists()
    assert 0o600 == (out / "patients.parquet").stat().st_mode & 0o777
    told = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert {"patients.parquet", "report.html"} <= set(told["files"]) and is_run(out)


def test_a_missing_file_of_patients_leaves_the_earlier_folder(tmp_path: Path) -> None:
    out = tmp_path / "results"
    report.write(made(SAMPLE.small()), out)
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    with pytest.raises(Exception, match="patients"):
        report.write(made(nobody()), out, patients={"patients.parquet": tmp_path / "gone-patients.parquet"})
    assert before == {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    assert ["results"] == [path.name for path in tmp_path.iterdir()]


def test_limits_of_routine_data_are_stated(large: Summary) -> None:
    page = report.html(large)
    for told in ("Narrow intervals are not certainty", "not intake", "Missing is not random", "somebody ordered"):
        assert told in page


def test_a_declared_measure_without_a_change_is_named_in_a_counted_run_too(large: Summary) -> None:
    measures = {**large.protocol.measures, "ferritin": Custom(quantity="ferritin", unit="ug/L", better="low")}
    study = large.protocol.model_copy(update={"measures": measures})
    found = replace(large, protocol=study, measures=all_measures(study))
    told = [block.text for section in contents(found) for block in section.blocks if isinstance(block, Paragraph)]
    assert any("has no change in this report: ferritin" in text for text in told)


@pytest.mark.parametrize("kind", ["adverse events", "other drugs", "deaths"])
def test_counts_for_other_sites_say_what_was_not_charted(kind: str) -> None:
    site = aggregate(SAMPLE.protocol(), of_a_source_without(kind), audience="network")
    alone, together = made(site), made(site + aggregate(SAMPLE.protocol(), SAMPLE.small(), audience="network"))
    n = SAMPLE.small().total("cases", "", "")
    assert (0, True) == (alone.charted(kind), alone.nowhere(kind))
    assert (n, False) == (together.charted(kind), together.nowhere(kind))
    assert f"were not charted for {n} of the {2 * n} cases" in report.html(together)
