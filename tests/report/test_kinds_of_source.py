"""What follows from the kind of source, a chart or routine data, and what from the number of cases alone."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from tests.spec.small import analyse, chart, protocol

from caseseries import report
from caseseries.report.contents import TITLES
from caseseries.report.exhibits.cannot_show import limits
from caseseries.report.exhibits.checklist import checklist_table
from caseseries.report.exhibits.event_rates import rate_table
from caseseries.report.exhibits.headline import headline, lines
from caseseries.report.exhibits.methods import methods
from caseseries.report.exhibits.notices import notices
from caseseries.report.exhibits.printed_blocks import Table
from caseseries.report.exhibits.printed_numbers import rate_text
from caseseries.report.exhibits.safety import records_words, safety_words
from caseseries.report.exhibits.sites_table import sites_table
from caseseries.report.page.render import front
from caseseries.summary.coarsen import AT_THE_SITE
from caseseries.summary.model import FindingCount, Kept, Site, SourceKind, Summary
from caseseries.summary.result import Count

STUDY = """
outcomes:
  response: {at: after, rule: {gain: mmt, at_least: 4 points}}
  any gain: {at: after, rule: {gain: mmt, at_least: 1 points}}
safety: {until_after_last_dose: 30 days, events: [rash, zoster]}
"""
ROWS = """
a | mmt | 0:50, 90:60
b | mmt | 0:50, 90:51
c | mmt | 0:50
a | event: rash | 20
"""


@pytest.fixture(scope="module")
def shown() -> Summary:
    study = protocol(STUDY)
    return analyse(study, chart(ROWS, study))


@pytest.fixture(scope="module", params=["shown", "counted"])
def run(request: pytest.FixtureRequest, shown: Summary) -> Summary:
    return shown if request.param == "shown" else replace(shown, cases=None)


KINDS: tuple[Kept, ...] = get_args(Kept)


def of(summary: Summary, kept: Kept) -> Summary:
    return replace(summary, kept=kept)


def of_sites(summary: Summary, *kinds: SourceKind) -> Summary:
    """The run as if sites of these kinds had counted it."""
    kept: Kept = kinds[0] if len(set(kinds)) == 1 else "both"
    sites = tuple(Site(name, "network", 3, 5, kind) for name, kind in zip("ABC", kinds, strict=False))
    return replace(summary, kept=kept, sites=sites, cases=None)


def checklists(summary: Summary) -> list[str]:
    return [row.cells[0].text.partition(",")[0] for row in checklist_table(summary, TITLES).rows if row.heading]


def test_the_checklists_are_those_of_the_kind_of_source(run: Summary) -> None:
    strobe = "STROBE"
    assert ["JBI critical appraisal checklist for case series", strobe] == checklists(of(run, "chart"))
    assert [strobe, "RECORD"] == checklists(of(run, "database"))
    note = checklist_table(of(run, "database"), TITLES).footnotes[-1]
    assert "von Elm" in note and "Benchimol" in note and "Munn" not in note
    assert ["JBI critical appraisal checklist for case series", strobe, "RECORD"] == checklists(of(run, "both"))
    note = checklist_table(of(run, "both"), TITLES).footnotes[-1]
    assert "von Elm" in note and "Benchimol" in note and "Munn" in note


def test_a_checklist_says_case_by_case_only_where_cases_are_shown(shown: Summary) -> None:
    def answer(summary: Summary) -> str:
        rows = {
            row.cells[0].text: row.cells[1].text for row in checklist_table(summary, TITLES).rows if not row.heading
        }
        return rows["15 Outcome data"]

    assert "Reported for every case" == answer(shown)
    counted = "Counted under every reading, with the reasons of those who are not evaluable"
    assert counted == answer(replace(shown, cases=None))


def test_the_design_and_the_data_are_those_of_the_kind_of_source(run: Summary) -> None:
    told = {kept: {one.label: one.text for one in methods(of(run, kept))} for kept in ("chart", "database", "both")}
    assert told["chart"]["Design"].startswith("This was a retrospective chart review: a case series")
    assert "Data" not in told["chart"]
    assert told["database"]["Design"].startswith(
        "This was a retrospective study of data recorded for care: a case series"
    )
    assert told["database"]["Data"].startswith("A person counts as observed within the observation periods")
    assert told["both"]["Design"].startswith(
        "This was a retrospective study of charts and of data recorded for care: a case series"
    )
    assert told["both"]["Data"].startswith("Some sites read charts and others databases. In a chart a case counts as")


def test_the_limits_of_routine_data_stand_in_place_of_that_of_charts(run: Summary) -> None:
    of_chart, routine = limits(of(run, "chart")).items, limits(of(run, "database")).items
    assert [text for text in of_chart if text not in routine] == [
        "Retrospective. Values were recorded for care, not for this question; what was not recorded is not known to be normal.",
        "“None recorded” is not “none”: adverse events are those the notes mention.",
    ]
    assert any(text.startswith("Missing is not random") for text in routine)
    assert "“None recorded” is not “none”: adverse events are those with a code in the data." == routine[-1]


def test_methods_say_which_numbers_were_counted_rounded(run: Summary) -> None:
    dose = {"steroid": {"daily_dose": "systemic glucocorticoids", "as": "prednisone mg/day"}}
    dosed = protocol(f"{STUDY}measures: {dose}\nwindows: {{baseline: {{from: -9 days, to: 0 days, take: mean}}}}")

    def statistics(summary: Summary) -> str:
        return next(one.text for one in methods(summary) if one.label == "Statistics")

    rounded = "for means and quartiles doses to 4 decimals and percentages of them to 2 and means of several values to 6 were counted"
    for cases in (run.cases, None):
        counted = replace(run, cases=cases, protocol=dosed)
        assert "from whole numbers and fractions." in statistics(counted)
        assert f"from whole numbers and fractions; {rounded}." in statistics(replace(counted, rounded=True))
        assert "from whole numbers and fractions." in statistics(replace(run, cases=cases, rounded=True))


def test_the_limits_of_a_mixture_say_of_which_source_they_speak(run: Summary) -> None:
    told = limits(of_sites(run, "chart", "database")).items
    assert any(text.startswith("Two kinds of source. Charts and databases tell drugs") for text in told)
    assert "In the databases: exposure is a prescription or a dispensing, not intake." in " ".join(told)
    assert (
        "“None recorded” is not “none”: adverse events are those the notes mention, or those with a code in the data."
        == told[-1]
    )


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        (("chart",), "the charts show"),
        (("database", "database"), "the databases show"),
        (("chart", "database"), "the charts and databases show"),
    ],
)
def test_nobody_at_any_site(run: Summary, kinds: tuple[SourceKind, ...], told: str) -> None:
    nobody = replace(of_sites(run, *kinds), included=0)
    assert f"No case was included, so {told} nothing about this question." == limits(nobody).items[0]


def test_charts_of_several_sites_are_told_as_charts(run: Summary) -> None:
    page = report.html(of_sites(run, "chart", "chart"))
    assert "retrospective chart review · several sites" in page and "JBI critical appraisal" in page
    for words in ("atabase", "rescription", "RECORD,", "outine data", "observation period", "as coded in the data"):
        assert words not in page


def test_a_mixture_of_charts_and_databases_is_stated(run: Summary) -> None:
    mixture = of_sites(run, "chart", "database")
    page = report.html(mixture)
    assert "Charts were read at A, a database at B: what is recorded, and how, differs between the two." in page
    assert "In the databases, looked for were rash and zoster, as coded in the data" in page
    assert "in a chart to the last day anything was recorded, or the data cut-off, in a database" in page
    assert [["A", "charts"], ["B", "database"]] == [
        [cell.text for cell in row.cells[:2]] for row in _table(mixture).rows
    ]


def _table(summary: Summary) -> Table:
    found = sites_table(summary)
    assert found is not None
    return found


def test_events_that_were_not_declared_are_those_of_the_charts_alone(run: Summary) -> None:
    undeclared = replace(of_sites(run, "chart", "database"), safety=None)
    assert safety_words(undeclared).text.count("In the databases adverse events were not looked for.") == 1
    for kind in ("chart", "database"):
        assert "In the databases" not in safety_words(of_sites(undeclared, kind, kind)).text


def test_a_window_that_is_empty_at_one_site_is_not_said_to_be_empty_at_all(run: Summary) -> None:
    what = "no included case has a value in the window after (46 to 134 days)"
    empty = replace(run, findings=(FindingCount("warning", "empty window", what, Count.of(1)),))
    told = "At 1 of 2 sites no included case has a value in the window after (46 to 134 days)"
    charts, databases, both = (
        of_sites(empty, *kinds) for kinds in (("chart", "chart"), ("database", "database"), ("chart", "database"))
    )
    for one in (charts, databases, both):
        assert told in headline(one).splitlines()
    assert told in lines(charts)
    for one in (databases, both):
        assert f"{told}." in notices(one)
    assert told.partition("sites ")[2].capitalize() in headline(empty)
    hidden = replace(empty, findings=(FindingCount("warning", "empty window", AT_THE_SITE, Count(1, 4)),))
    assert "Empty window: told at the site only (1–4)" in headline(of_sites(hidden, "chart", "chart")).splitlines()


@pytest.mark.parametrize(
    ("n", "place", "told"),
    [
        (0, 0, "No case was included, so the database shows nothing about this question."),
        (199, 3, "Few patients. The series includes 199 cases;"),
        (200, 0, "Narrow intervals are not certainty. With 200 cases"),
    ],
)
def test_what_the_number_of_cases_means_stands_first_where_it_invites_to_forget_the_rest(
    run: Summary, n: int, place: int, told: str
) -> None:
    assert limits(replace(run, kept="database", included=n)).items[place].startswith(told)


def test_the_sentences_on_adverse_events_say_what_a_database_was_asked_for(run: Summary) -> None:
    looked = "Looked for were rash and zoster, as coded in the data; other events were not looked for."
    assert looked in safety_words(of(run, "database")).text and "Looked for" not in safety_words(run).text


def test_a_rate_stands_in_the_headline_with_its_interval_whatever_was_read(run: Summary) -> None:
    assert run.safety is not None
    line = (
        f"Adverse events from the index date on: 1 recorded in 0.5 patient-years ({rate_text(run.safety.rate, '95')})"
    )
    assert "per 100 patient-years, 95 % CI" in line
    for kept in KINDS:
        assert line in headline(of(run, kept)).splitlines()
        assert line in lines(of(run, kept))


def test_what_counts_as_an_event_stands_beside_a_rate_that_may_count_one_illness_several_times(run: Summary) -> None:
    study = protocol(STUDY)
    twice = analyse(study, chart(f"{ROWS}a | event: rash | 30", study))
    told_of: dict[Kept, str] = {
        "chart": "Every row counts",
        "database": "Every record counts",
        "both": "Every record counts",
    }
    for kept, told in told_of.items():
        table = rate_table(of(twice, kept))
        assert table is not None and told in safety_words(of(twice, kept)).text
        assert any(note.startswith(told) for note in table.footnotes)
        assert not records_words(of(run, kept))


def test_of_several_outcomes_every_line_names_its_own(run: Summary) -> None:
    assert [
        "Response: of the evaluable 1 of 2, not evaluable 1, lowest 1, highest 2 of 3",
        "Any gain: of the evaluable 2 of 2, not evaluable 1, lowest 2, highest 3 of 3",
    ] == [line for line in lines(run) if "evaluable" in line]
    assert [line for line in headline(run).splitlines() if "of the evaluable" in line] == [
        "  of the evaluable 1 of 2, not evaluable 1, lowest 1, highest 2 of 3",
        "  of the evaluable 2 of 2, not evaluable 1, lowest 2, highest 3 of 3",
    ]
    one = replace(run, outcomes={"response": run.outcomes["response"]})
    assert "Of the evaluable 1 of 2, not evaluable 1, lowest 1, highest 2 of 3" == lines(one)[0]


def test_a_change_behind_two_outcomes_is_told_once_in_the_headline(run: Summary) -> None:
    assert 1 == sum(line.strip().startswith("Mmt: mean change") for line in headline(run).splitlines())


def test_the_page_says_what_was_read(run: Summary) -> None:
    kinds = {
        name: (front(one).kind.removesuffix(" · internal: for those who hold the data"), front(one).made_from)
        for name, one in {
            "chart": of(run, "chart"),
            "database": of(run, "database"),
            "charts": of_sites(run, "chart", "chart"),
            "databases": of_sites(run, "database"),
            "both": of_sites(run, "chart", "database"),
        }.items()
    }
    several, counts = "several sites", "the protocol and the counts of the sites"
    assert kinds == {
        "chart": ("Treatment case series · retrospective chart review", "the protocol and chart"),
        "database": ("Treatment case series · routine data", "the protocol and source"),
        "charts": (f"Treatment case series · retrospective chart review · {several}", counts),
        "databases": (f"Treatment case series · routine data · {several}", counts),
        "both": (f"Treatment case series · retrospective chart review and routine data · {several}", counts),
    }


def test_numbers_that_were_rounded_are_told_before_any_number_of_a_chart(run: Summary) -> None:
    what = "ferritin: numbers of a column are converted and rounded to a millionth"
    found = (
        FindingCount("warning", "rounded", what, Count.of(1)),
        FindingCount("note", "rounded", "seldom", Count.of(2)),
    )
    told = "Ferritin: numbers of a column are converted and rounded to a millionth."
    rounded = replace(run, findings=found)
    assert (told,) == notices(rounded) and told in headline(rounded)
    assert () == notices(run) and "rounded" not in headline(run)
