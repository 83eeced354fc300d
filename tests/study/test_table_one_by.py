"""Table 1 by the answers to an outcome: every case in one group, each number that of the cases of its group, and nothing of it told to others."""

from __future__ import annotations

import csv
import datetime as dt
import statistics
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from tests.generate.studies import every_study
from tests.spec.small import analyse, chart, protocol
from tests.summary.counting import counted, tally_of, without_cases

from caseseries import Study
from caseseries.chart.tables import Chart
from caseseries.errors import ChoiceNeeded, Disagreement, ProtocolError
from caseseries.invent import write
from caseseries.protocol.protocol import Protocol
from caseseries.reference.expected_counts import tally as oracle_tally
from caseseries.report.exhibits.methods import methods
from caseseries.report.exhibits.table_one import table_one
from caseseries.report.files.results_file import results, schema
from caseseries.response.by_answer import SECTION
from caseseries.stats.tally import Tally
from caseseries.study import Results
from caseseries.study.line import analyse as analyse_with_counts
from caseseries.summary.aggregate import aggregate
from caseseries.summary.audience import for_readers
from caseseries.summary.compare import compare
from caseseries.summary.every_result import every_result
from caseseries.summary.model import Summary
from caseseries.summary.result import Result
from caseseries.summary.summarise import summarise

EXAMPLES = ("jdm-mmf", "rtx-jdm", "rtx-sle", "still-rtx", "adhesions-cells")

#: Two who meet it, one who does not, two of whom it is not known.
ROWS = """a | mmt | 0:50, 90:56
a | sex | F
a | age | 7
a | methotrexate | -60..-30 10 mg
a | attribute: course | mono
b | mmt | 0:60, 90:61
b | attribute: course | mono
c | mmt | 0:40
c | sex | M
c | age | 9
d | attribute: course | poly
e | mmt | 0:53, 90:70
e | sex | F
e | age | 12
e | attribute: course | poly
"""
ASKED = "prior_groups: [conventional DMARDs]\nreporting: {table_one_by: response}\n"


def asking(study: Study, outcome: str = "yes") -> Study:
    """The study, asking for Table 1 by an outcome."""
    told = study.protocol
    return Study(told.model_copy(update={"reporting": told.reporting.model_copy(update={"table_one_by": outcome})}))


def run_of(project_root: Path, example: str) -> Results:
    folder = project_root / "examples" / example
    return asking(Study.load(folder / "protocol.yaml")).run(folder / "chart.yaml")


@pytest.fixture(scope="module", params=EXAMPLES)
def example(request: pytest.FixtureRequest, project_root: Path) -> Results:
    """A run with cases is compared with the reference, section by section."""
    return run_of(project_root, request.param)


@pytest.fixture(scope="module")
def jdm(project_root: Path) -> Results:
    return run_of(project_root, "jdm-mmf")


def small(rows: str = ROWS, changes: str = ASKED) -> Summary:
    study = protocol(changes)
    return analyse(study, chart(rows, study))


def sizes(summary: Summary) -> dict[str, int]:
    assert summary.table_one_by is not None
    return {group.answer: group.n for group in summary.table_one_by.groups}


def texts(summary: Summary) -> dict[str, list[str]]:
    return {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in table_one(summary).rows}


def test_medians_and_shares_of_the_eight_children_worked_out_from_their_files(jdm: Results, project_root: Path) -> None:
    folder = project_root / "examples" / "jdm-mmf" / "chart"

    def rows(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader((folder / name).read_text(encoding="utf-8").splitlines()))

    day = dt.date.fromisoformat
    starts: dict[str, list[dt.date]] = {}
    for row in rows("drugs.csv"):
        if "mycophenolate" in row["drug"].casefold():
            starts.setdefault(row["patient_id"], []).append(day(row["start_date"]))
    index = {patient: min(found) for patient, found in starts.items()}
    ages, sexes, mmt = {}, {}, {}
    for row in rows("patients.csv"):
        then, born = index[row["patient_id"]], day(row["birth_date"])
        ages[row["patient_id"]] = then.year - born.year - ((then.month, then.day) < (born.month, born.day))
        sexes[row["patient_id"]] = row["sex"]
    for row in sorted(rows("visits.csv"), key=lambda one: one["visit_date"]):
        if row["mmt"] and day(row["visit_date"]) <= index[row["patient_id"]]:
            mmt[row["patient_id"]] = int(row["mmt"])
    answers = {one.case_id: one.truth for one in jdm.summary.shown.outcomes["good response"].verdicts[0]}
    assert {"yes": 6, "no": 2} == sizes(jdm.summary)
    numbers = jdm.numbers
    for answer, truth in (("yes", True), ("no", False)):
        of = [case for case, given in answers.items() if given is truth]
        at = f"table1/by good response/{answer}"
        for name, values in (("age", ages), ("baseline/mmt", mmt)):
            read = [values[case] for case in of]
            assert statistics.median(read) == numbers[f"{at}/{name}/median"].estimate
            quarters = statistics.quantiles(read, n=4, method="inclusive")
            assert quarters[0] == numbers[f"{at}/{name}/lower_quartile"].estimate
            assert len(read) == numbers[f"{at}/{name}/median"].n
        girls = numbers[f"{at}/sex/female"]
        assert (sum(sexes[case] == "F" for case in of), len(of)) == (girls.n, girls.total)


def test_groups_hold_every_case_once_and_each_number_is_made_by_its_cases(example: Results) -> None:
    summary = example.summary
    by = summary.table_one_by
    assert by is not None and sum(sizes(summary).values()) == summary.included and not by.withheld
    told = [*summary.table_one, *summary.prior]
    for whole in told:
        parts = [group.results[whole.id] for group in by.groups]
        if whole.n is not None:
            assert sum(one.n or 0 for one in parts) == whole.n, whole.id
    ids = {one.id for one in every_result(summary)}
    assert len(by.results) == len(told) * len(by.groups) and {one.id for one in by.results} <= ids
    answers: dict[str, set[str]] = {}
    for verdict in summary.shown.outcomes[by.outcome].verdicts[0]:
        answer = {True: "yes", False: "no", None: "not evaluable"}[verdict.truth]
        placed = {True: answer, False: "outside", None: "denominator not known"}[verdict.inside]
        answers.setdefault(placed, set()).add(verdict.case_id)
    assert {answer: len(found) for answer, found in answers.items()} == {
        key: n for key, n in sizes(summary).items() if n
    }
    for group in by.groups:
        for one in group.results.values():
            found = example.trace(one.id)  # counts it again, and stops where it is another number
            assert {case.case_id for case in found.cases} <= answers.get(group.answer, set())
            _described(one, [case.value for case in found.cases if case.part == "counted" and case.value is not None])
    jsonschema.validate(results(summary), schema())


def _described(one: Result, read: list[Fraction]) -> None:
    part = one.id.rpartition("/")[2]
    if part == "median" and read and not one.words:
        assert one.estimate == statistics.median(read)


def test_it_is_the_same_counted_as_shown(project_root: Path) -> None:
    for name in ("jdm-mmf", "rtx-sle"):
        folder = project_root / "examples" / name
        study = asking(Study.load(folder / "protocol.yaml"))
        read = study.read(folder / "chart.yaml")
        shown = analyse(study.protocol, read)
        one, other = without_cases(shown), counted(study.protocol, read)
        assert one.table_one_by == other.table_one_by and one.table_one_by is not None
        assert results(one) == results(other)
        rounded = counted(study.protocol, read, tally_of(study.protocol, read, exact=False)).table_one_by
        assert rounded is not None
        assert [group.n for group in rounded.groups] == [group.n for group in one.table_one_by.groups]


def test_a_count_that_the_reference_does_not_make_stops_the_run(
    project_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(*asked: object) -> Tally:
        found = oracle_tally(*asked)  # type: ignore[arg-type]
        found.add((SECTION, "yes", "age", 41))
        return found

    monkeypatch.setattr("caseseries.summary.compare.oracle_tally", other)
    with pytest.raises(Disagreement, match=r"counts of 'characteristics by answer': 1"):
        run_of(project_root, "jdm-mmf")


def test_every_group_has_its_own_denominators_and_its_unknown() -> None:
    found = small()
    assert {"yes": 2, "no": 1, "not evaluable": 2} == sizes(found)
    table = table_one(found)
    assert ["Met (n = 2)", "Not met (n = 1)", "Not evaluable (n = 2)"] == [one.title for one in table.columns[5:]]
    assert {("By response: n/N (%) or median (IQR)",)} == {one.over for one in table.columns[5:]}
    told = texts(found)
    assert ["9.5 (8.3–10.8)", "–", "9.0"] == told["Age at index, years"][4:]
    assert ["2/2 (100)", "0/0", "0/1 (0)"] != told["Female"][4:] == ["2/2 (100)", "–", "0/1 (0)"]
    assert ["51.5 (50.8–52.3)", "60.0", "40.0"] == told["Mmt at baseline, points (0–80)"][4:]
    assert ["1/2 (50)", "1/1 (100)", "0/1 (0)"] == told["Mono"][4:]
    assert ["1/2 (50)", "0/1 (0)", "0/2 (0)"] == told["Conventional DMARDs"][4:]
    unknown = [[cell.text for cell in row.cells[5:]] for row in table.rows if row.cells[0].text == "Unknown"]
    assert ["0/2 (0)", "1/1 (100)", "1/2 (50)"] == unknown[0] and ["0/2 (0)", "0/1 (0)", "1/2 (50)"] in unknown
    notes = " ".join(table.footnotes)
    assert "describe and test nothing" in notes and "–, known of no case of the column." in notes
    assert (
        "Every case was evaluable." not in notes
        and "Mmt is a part of the rule" in notes
        and "all cases of the column" in notes
    )
    assert "by response; no test compares the columns" in " ".join(one.text for one in methods(found))


def test_nobody_who_meets_it_and_nobody_with_a_known_age() -> None:
    found = small(ROWS.replace("90:56", "90:50").replace("90:70", "90:53"))
    assert {"yes": 0, "no": 3, "not evaluable": 2} == sizes(found)
    columns = [one.title for one in table_one(found).columns[5:]]
    assert ["Met (n = 0)", "Not met (n = 3)", "Not evaluable (n = 2)"] == columns
    assert {"–"} == {cells[4] for cells in texts(found).values() if len(cells) > 4}
    every = small(
        ROWS.replace("c | mmt | 0:40", "c | mmt | 0:40, 90:40").replace("d | att", "d | mmt | 0:40, 90:40\nd | att")
    )
    assert {"yes": 2, "no": 3} == sizes(every) and "Every case was evaluable." in " ".join(table_one(every).footnotes)


def test_cases_outside_the_denominator_have_a_column() -> None:
    among = "outcomes: {response: {at: after, rule: {gain: mmt, at_least: 4 points}, among: {value: mmt, at: baseline, at_least: 50 points}}}"
    found = small(changes=f"{ASKED}{among}")
    assert {"yes": 2, "no": 1, "outside": 1, "denominator not known": 1} == sizes(found)
    titles = [one.title for one in table_one(found).columns[7:]]
    assert ["Outside the denominator (n = 1)", "Not known whether in the denominator (n = 1)"] == titles


def test_the_first_outcome_with_a_rule_or_the_one_that_is_named() -> None:
    later = "{late: {good: yes, at: after, rule: {gain: mmt, at_least: 15 points}}}"
    first = small(changes=f"reporting: {{table_one_by: yes}}\noutcomes: {later}")
    named = small(changes=f"reporting: {{table_one_by: late}}\noutcomes: {later}")
    assert ("response", 2) == (first.table_one_by.outcome, sizes(first)["yes"])  # type: ignore[union-attr]
    assert ("late", 1) == (named.table_one_by.outcome, sizes(named)["yes"])  # type: ignore[union-attr]
    assert "Responders (n = 1)" in [one.title for one in table_one(named).columns]
    assert small(changes="reporting: {table_one_by: no}").table_one_by is None
    assert 5 == len(table_one(small(changes="")).columns)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("remission", "no outcome has this name"),
        ("gain", "only an outcome with one rule"),
        ("grade", "only an outcome with one rule"),
    ],
)
def test_another_outcome_is_refused_where_it_stands(
    project_root: Path, tmp_path: Path, written: str, said: str
) -> None:
    text = (project_root / "examples" / "jdm-mmf" / "protocol.yaml").read_text(encoding="utf-8")
    more = "  gain: {change: mmt, at: month 3}\n  grade: {at: month 3, levels: {good: {gain: mmt, at_least: 9 points}, none: otherwise}}\n"
    text = text.replace("\noutcomes:\n", f"\noutcomes:\n{more}") + f"\nreporting:\n  table_one_by: {written}\n"
    (tmp_path / "protocol.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ProtocolError) as refused:
        Study.load(tmp_path / "protocol.yaml")
    (problem,) = refused.value.problems
    assert said in problem.what and (len(text.splitlines()), written) == (problem.place.line, problem.found)
    assert "good response" in problem.allowed


def _many() -> str:
    return "\n".join(
        f"p{n} | mmt | 0:50, 90:{50 + n % 8}\np{n} | attribute: course | {'mono' if n % 2 else 'poly'}"
        for n in range(24)
    )


def _of(tally: Tally) -> Summary:
    return summarise(protocol(ASKED), tally, kept="chart", dated=False, invented=True)


def test_nothing_of_it_leaves_for_a_network_or_the_public() -> None:
    study = protocol(ASKED)
    read = chart(_many(), study)
    counts = tally_of(study, read)
    told = aggregate(study, counts, audience="network", smallest=2)
    assert [("withheld", SECTION)] == [key for key in told.counts if SECTION in key]
    found = _of(told)
    assert found.table_one_by is not None and (24, ()) == (found.table_one_by.withheld, found.table_one_by.groups)
    assert any(SECTION in one for one in found.limits)
    public = for_readers(replace(analyse(study, read)), counts, "public", smallest=2)
    table = table_one(public)
    assert 5 == len(table.columns) and any("by response are not told" in one for one in table.footnotes)
    assert not [one.id for one in every_result(public) if "/by " in one.id]
    jsonschema.validate(results(public), schema())


def test_sites_that_see_every_count_add_up_and_a_network_site_is_left_out() -> None:
    study = protocol(ASKED)
    one, other = (
        aggregate(study, tally_of(study, chart(rows, study)), audience="own site") for rows in (ROWS, _many())
    )
    both = _of(one + other)
    assert {"yes": 14, "no": 13, "not evaluable": 2} == sizes(both) and sum(sizes(both).values()) == both.included == 29
    network = aggregate(study, tally_of(study, chart(_many(), study)), audience="network", smallest=2)
    mixed = _of(one + network)
    assert {"yes": 2, "no": 1, "not evaluable": 2} == sizes(mixed) and 29 == mixed.included
    notes = " ".join(table_one(mixed).footnotes)
    assert (
        "Sites with 24 included cases told nothing by response" in notes
        and "add up" not in notes.partition("By response")[2]
    )


def test_words_that_stay_at_a_site_stay_there_in_every_group() -> None:
    study = protocol(ASKED)
    rows = ROWS + "".join(f"{case} | attribute: story | word of {case}\n" for case in "abcde")
    told = aggregate(study, tally_of(study, chart(rows, study)), audience="own site")
    assert not [line for line in told.lines() if "word of" in line]
    assert {"yes": 2, "no": 1, "not evaluable": 2} == sizes(_of(told))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("by_answer") / "cdm"
    write(folder, patients=600)
    described = "omop:\n  cdm: '5.4'\n  from: {parquet: .}\n  invented: yes\n  no_route: systemic\n  refills: replace\n"
    (folder / "omop.yaml").write_text(described)
    return folder


@pytest.fixture(scope="module")
def of_database(database: Path, project_root: Path) -> Iterator[tuple[Results, Results]]:
    """The cases of a database, shown and compared with the reference; and counted on the way of many."""
    study = asking(Study.load(project_root / "examples" / "omop-demo" / "protocol.yaml"))
    shown, many = study.run(database / "omop.yaml"), study.run(database / "omop.yaml", show=0)
    yield shown, many
    many.close()


def test_a_database_is_counted_as_it_is_shown(of_database: tuple[Results, Results]) -> None:
    one, other = (found.summary for found in of_database)
    assert one.table_one_by == other.table_one_by and other.cases is None
    assert len([n for n in sizes(one).values() if n]) > 1 and sum(sizes(one).values()) == one.included > 50
    assert any(row.id.startswith("table1/baseline/") for row in one.table_one)
    told = [table_one(summary) for summary in (one, other)]
    assert told[0] == told[1]


@pytest.mark.long
def test_drawn_studies_are_counted_as_the_reference_counts_them() -> None:
    found: set[str] = set()

    def check(study: Protocol, read: Chart) -> None:
        try:
            counts, summary = analyse_with_counts(study, read)
        except ChoiceNeeded:
            return
        compare(study, read, summary.shown, counts)
        if summary.table_one_by is not None:
            found.update(sizes(summary))
            assert summary.table_one_by == counted(study, read).table_one_by

    every_study(check, 2)
    assert {"yes", "no", "not evaluable"} <= found


def test_a_run_without_a_case_has_its_columns() -> None:
    nobody = small("a | event: seen | 5", ASKED + "include: [{diagnosis: x, by: index date}]\n")
    assert {"yes": 0, "no": 0} == sizes(nobody) and {"–"} == {
        one for cells in texts(nobody).values() for one in cells[4:]
    }
    assert "evaluable" not in " ".join(table_one(nobody).footnotes)
