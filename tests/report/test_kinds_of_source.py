"""What follows from the kind of source, a chart or routine data, and what from the number of cases alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.spec.small import analyse, chart, protocol

from caseseries.report.contents import TITLES
from caseseries.report.exhibits.cannot_show import limits
from caseseries.report.exhibits.checklist import checklist_table
from caseseries.report.exhibits.event_rates import rate_table
from caseseries.report.exhibits.follow_up import AT_SITES, IN_A_CHART, IN_A_DATABASE, follow_up_table
from caseseries.report.exhibits.headline import headline, lines
from caseseries.report.exhibits.methods import methods
from caseseries.report.exhibits.safety import records_words, safety_words
from caseseries.report.exhibits.table_one import table_one
from caseseries.report.page.render import front
from caseseries.summary.model import Kept, Summary

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


def of(summary: Summary, kept: Kept) -> Summary:
    return replace(summary, kept=kept)


def checklists(summary: Summary) -> list[str]:
    return [row.cells[0].text.partition(",")[0] for row in checklist_table(summary, TITLES).rows if row.heading]


def test_the_checklists_are_those_of_the_kind_of_source(run: Summary) -> None:
    strobe = "STROBE"
    assert ["JBI critical appraisal checklist for case series", strobe] == checklists(of(run, "chart"))
    for kept in ("database", "sites"):
        assert [strobe, "RECORD"] == checklists(of(run, kept))
        note = checklist_table(of(run, kept), TITLES).footnotes[-1]
        assert "von Elm" in note and "Benchimol" in note and "Munn" not in note


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
    told = {kept: {one.label: one.text for one in methods(of(run, kept))} for kept in ("chart", "database", "sites")}
    assert told["chart"]["Design"].startswith("This was a retrospective chart review: a case series")
    assert "Data" not in told["chart"]
    for kept in ("database", "sites"):
        assert told[kept]["Design"].startswith(
            "This was a retrospective study of data recorded for care: a case series"
        )
        assert told[kept]["Data"].startswith("A person counts as observed within the observation periods")


def test_the_limits_of_routine_data_stand_in_place_of_that_of_charts(run: Summary) -> None:
    of_chart, routine = limits(of(run, "chart")).items, limits(of(run, "database")).items
    assert [text for text in of_chart if text not in routine] == [
        "Retrospective. Values were recorded for care, not for this question; what was not recorded is not known to be normal.",
        "“None recorded” is not “none”: adverse events are those the notes mention.",
    ]
    assert any(text.startswith("Missing is not random") for text in routine)
    assert "“None recorded” is not “none”: adverse events are those with a code in the data." == routine[-1]


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


def test_what_counts_as_an_event_stands_beside_a_rate_that_may_count_one_illness_several_times(run: Summary) -> None:
    study = protocol(STUDY)
    twice = analyse(study, chart(f"{ROWS}a | event: rash | 30", study))
    for kept, told in (
        ("chart", "Every row counts"),
        ("database", "Every record counts"),
        ("sites", "Every record counts"),
    ):
        table = rate_table(of(twice, kept))
        assert table is not None and told in safety_words(of(twice, kept)).text
        assert any(note.startswith(told) for note in table.footnotes)
        assert not records_words(of(run, kept))


def test_a_rate_stands_in_the_headline_of_routine_data(run: Summary) -> None:
    line = "Adverse events from the index date on: 1 recorded in 0.5 patient-years"
    assert line in headline(run).splitlines()
    assert any(one.startswith(f"{line} (") and "per 100 patient-years" in one for one in lines(of(run, "database")))


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
        kept: (front(of(run, kept)).kind, front(of(run, kept)).made_from) for kept in ("chart", "database", "sites")
    }
    assert kinds == {
        "chart": ("Treatment case series · retrospective chart review", "the protocol and chart"),
        "database": ("Treatment case series · routine data", "the protocol and source"),
        "sites": ("Treatment case series · routine data · several sites", "the protocol and the counts of the sites"),
    }


def test_of_sites_nothing_is_said_as_if_all_were_databases() -> None:
    """Each may be a chart, and the counts do not tell which."""
    study = protocol(STUDY)
    aged = analyse(study, chart(f"{ROWS}a | age | 7", study))
    for kept, observed, ages in (
        ("chart", IN_A_CHART, "as recorded."),
        ("database", IN_A_DATABASE, "an age is given where it is certain."),
        ("sites", AT_SITES, "as recorded."),
    ):
        assert follow_up_table(of(aged, kept)).footnotes[0].startswith(observed)
        (told,) = [note for note in table_one(of(aged, kept)).footnotes if note.startswith("Ages")]
        assert told.endswith(ages)
    assert "in a database" in AT_SITES and "in a chart" in AT_SITES
