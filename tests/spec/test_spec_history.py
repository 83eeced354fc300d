"""Look-backs: what is not recorded before the index date is absent only over the days that the history covers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.spec.small import IMPLEMENTATIONS, Spec, answers, on_every_engine, open_choices, protocol

CASE = "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 0 days%s}, per: %s}\n"
FIRST, EVERY = CASE % ("", "patient"), CASE % ("", "course")
WASHOUT = CASE % (", washout: 365 days", "patient")
MMF = "1 | mycophenolate mofetil | 0..90 500 mg x2\n"
IN = "decided by the rule"


def exclude(line: str) -> str:
    groups = "drug_groups: {both of them: [methotrexate, rituximab]}\n" if line == GROUP else ""
    return f"{groups}{FIRST}exclude: [{{{line}, label: barred}}]\n"


def include(line: str) -> str:
    return f"{FIRST}include: [{{{line}, label: wanted}}]\n"


def demanded(line: str) -> str:
    return f"{FIRST}include: [{{observed_before: 90 days}}]\nexclude: [{{{line}, label: barred}}]\n"


def spec(name: str, changes: str, rows: str, answer: str) -> Spec:
    return Spec(name, changes, MMF + rows, {"1": answer})


def seen(first: int) -> str:
    return f"1 | observed | {first}..300\n"


PRIOR, YEAR = "prior_drug: methotrexate", "prior_drug: methotrexate, within: 365 days"
TAKING = "concurrent_drug: methotrexate"
GROUP = "prior_drug: both of them"
HAD = "diagnosis: lupus, by: index date"
HAD_IN = "diagnosis: lupus, by: index date, within: 100 days"
SPECS = [
    spec("a washout over days observed to the first", WASHOUT, seen(-365), IN),
    spec("a washout with one day not observed", WASHOUT, seen(-364), "excluded undetermined: washout"),
    spec("a washout of a patient observed since birth", WASHOUT, seen(-10) + "1 | born | -10", IN),
    spec("a period before another is no part of it", WASHOUT, "1 | observed | -500..-20; -10..300", "excluded undetermined: washout"),
    spec("periods that touch are one", WASHOUT, "1 | observed | -500..-11; -10..300", IN),
    Spec(
        "an episode within the washout decides whatever was observed",
        CASE % (", washout: 50 days", "course"),
        "1 | mycophenolate mofetil | 0..10 500 mg x2; 40..90 500 mg x2\n" + seen(-60),
        {"1/1": IN, "1/2": "excluded: washout"},
    ),
    Spec(
        "the second course has its washout inside the period",
        CASE % (", washout: 50 days", "course"),
        "1 | mycophenolate mofetil | 0..10 500 mg x2; 61..90 500 mg x2\n" + seen(-10),
        {"1/1": "excluded undetermined: washout", "1/2": IN},
    ),
    spec("no earlier drug within days observed", exclude(YEAR), seen(-365), IN),
    spec("no earlier drug within days of which one was not observed", exclude(YEAR), seen(-364), "excluded undetermined: barred"),
    spec("an earlier drug on record decides", exclude(YEAR), seen(-10) + "1 | methotrexate | -30..-20 10 mg x1", "excluded: barred"),
    spec("an earlier drug asked for and on record", include(YEAR), seen(-10) + "1 | methotrexate | -30..-20 10 mg x1", IN),
    spec("an earlier drug asked for and unseen", include(YEAR), seen(-10), "excluded undetermined: wanted"),
    spec("never before is not known of somebody observed for years", exclude(PRIOR), seen(-3000), "excluded undetermined: barred"),
    spec("never before is known since birth", exclude(PRIOR), seen(-3000) + "1 | born | -3000", IN),
    spec("birth in a year that began before observation", exclude(PRIOR), seen(-2999) + "1 | born | -3000~-2700", "excluded undetermined: barred"),
    spec("a drug taken on the index date, its supply unseen", exclude(TAKING), seen(-89), "excluded undetermined: barred"),
    spec("a drug taken on the index date, supplies observed", exclude(TAKING), seen(-90), IN),
    spec("a drug taken on the index date is on record", exclude(TAKING), seen(-5) + "1 | methotrexate | -3.. 10 mg x1", "excluded: barred"),
    spec("a drug row that may be the earlier drug", exclude(YEAR), seen(-365) + "1 | unread | -30..-20", "excluded undetermined: barred"),
    spec("a drug row that may be the earlier drug asked for", include(YEAR), seen(-365) + "1 | unread | -30..-20", "excluded undetermined: wanted"),
    spec("a drug row of the earlier drug, its days unknown", exclude(YEAR),
         seen(-365) + "1 | unread: methotrexate | ..", "excluded undetermined: barred"),
    spec("a drug row of another drug", exclude(YEAR), seen(-365) + "1 | unread: prednisone | -30..-20\n1 | prednisone | -9..-8 10 mg x1", IN),
    spec("a drug row that ended before the year", exclude(YEAR), seen(-365) + "1 | unread | -400..-366", IN),
    spec("a drug row that ended on the first day of the year", exclude(YEAR),
         seen(-365) + "1 | unread | -400..-365", "excluded undetermined: barred"),
    spec("a drug row of the index date is no earlier drug", exclude(YEAR), seen(-365) + "1 | unread | 0..20", IN),
    spec("a drug row that may be taken on the index date", exclude(TAKING), seen(-90) + "1 | unread | 0..20", "excluded undetermined: barred"),
    spec("a drug row of the day after", exclude(TAKING), seen(-90) + "1 | unread | 1..20", IN),
    spec("a drug row that ended on the day before", exclude(TAKING), seen(-90) + "1 | unread | ..-1", IN),
    spec("a row that may be the diagnosis", exclude(HAD_IN), seen(-100) + "1 | unread diagnosis: lupus | -50", "excluded undetermined: barred"),
    spec("a row without a day that may be the diagnosis", exclude(HAD_IN),
         seen(-100) + "1 | unread diagnosis: lupus |", "excluded undetermined: barred"),
    spec("a row that may be another diagnosis", exclude(HAD_IN), seen(-100) + "1 | unread diagnosis: gout | -50", IN),
    spec("a row of the day after that may be the diagnosis", exclude(HAD_IN), seen(-100) + "1 | unread diagnosis: lupus | 1", IN),
    spec("a row before the last days that may be the diagnosis", exclude(HAD_IN), seen(-200) + "1 | unread diagnosis: lupus | -101", IN),
    spec("a row that may be the diagnosis beside one that is", exclude(HAD_IN),
         seen(-100) + "1 | unread diagnosis: lupus | -50\n1 | diagnosis: lupus | -40", "excluded: barred"),
    spec("a row that may be the diagnosis of any time", exclude("diagnosis: lupus, by: any time"),
         "1 | unread diagnosis: lupus | 50", "excluded undetermined: barred"),
    spec("a diagnosis of any time beside such a row", include("diagnosis: lupus, by: any time"),
         "1 | unread diagnosis: lupus | 50\n1 | diagnosis: lupus | 60", IN),
    spec("a diagnosis that may be older than observation", exclude(HAD), seen(-3000), "excluded undetermined: barred"),
    spec("a diagnosis of the last days", exclude(HAD_IN), seen(-100), IN),
    spec("a diagnosis of the last days, one of them unobserved", exclude(HAD_IN), seen(-99), "excluded undetermined: barred"),
    spec("a diagnosis on the first of the last days", include(HAD_IN), seen(-100) + "1 | diagnosis: lupus | -100", IN),
    spec("a diagnosis just before the last days", include(HAD_IN), seen(-200) + "1 | diagnosis: lupus | -101", "excluded: wanted"),
    spec("a diagnosis whose date may lie in the last days", include(HAD_IN), "1 | diagnosis: lupus | -120~-90@-105", "excluded undetermined: wanted"),
    spec("a value asked for in days that nobody observed", exclude("recorded: mmt, in: baseline"), seen(-10), "excluded undetermined: barred"),
    spec("a value asked for in days observed", exclude("recorded: mmt, in: baseline"), seen(-90), IN),
    spec("a value asked for after the end of observation", include("recorded: mmt, in: after"),
         "1 | observed | -90..133", "excluded: wanted"),
    spec("a value of days after the end of observation", exclude("recorded: mmt, in: after"),
         "1 | observed | -90..133", "excluded undetermined: barred"),
    spec("a value of days up to the end of observation", exclude("recorded: mmt, in: after"), "1 | observed | -90..134", IN),
    spec("never before, in a study that demands so many days observed", demanded(PRIOR), seen(-90), IN),
    spec("no diagnosis ever, in a study that demands so many days observed", demanded(HAD), seen(-90), IN),
    spec("below an age at a diagnosis that may be older", include("age: {below: 18 years}, at: diagnosis"),
         seen(-10) + "1 | born | -5000\n1 | diagnosis: lupus | -5", IN),
    spec("above an age at a diagnosis that may be older", include("age: {at_least: 12 years}, at: diagnosis"),
         seen(-10) + "1 | born | -5000\n1 | diagnosis: lupus | -5", "excluded undetermined: wanted"),
    spec("an age at a diagnosis that stands nowhere", include("age: {at_least: 12 years}, at: diagnosis"),
         seen(-10) + "1 | born | -5000", "excluded undetermined: wanted"),
    spec("above an age at a diagnosis observed since birth", include("age: {at_least: 12 years}, at: diagnosis"),
         seen(-5000) + "1 | born | -5000\n1 | diagnosis: lupus | -5", IN),
    spec("below an age that has passed at a diagnosis that may be older", include("age: {below: 12 years}, at: diagnosis"),
         seen(-10) + "1 | born | -5000\n1 | diagnosis: lupus | -5", "excluded undetermined: wanted"),
    spec("a declared history covers what was not observed", WASHOUT, seen(-10) + " | history | complete", IN),
    spec("a chart whose history is complete", exclude(PRIOR), " | history | complete", IN),
    spec("a chart known from the first day of the washout", WASHOUT, "1 | known from | -365", IN),
    spec("a chart known from a day within the washout", WASHOUT, "1 | known from | -364", "excluded undetermined: washout"),
    spec("a chart that does not know since when it knows a patient", WASHOUT, "1 | known from | unknown", "excluded undetermined: washout"),
    spec("tables of fixed drugs cannot tell another earlier one", exclude(PRIOR),
         " | history | complete\n- | only other drugs | IVIG", "excluded undetermined: barred"),
    spec("tables of fixed drugs cannot tell another one taken", exclude(TAKING),
         " | history | complete\n- | only other drugs | IVIG, a drug nobody knows", "excluded undetermined: barred"),
    spec("a table of that drug can tell it", exclude(PRIOR), " | history | complete\n- | only other drugs | IVIG, MTX", IN),
    spec("tables of some drugs of a group cannot tell that none was taken", exclude(GROUP),
         " | history | complete\n- | only other drugs | IVIG, MTX", "excluded undetermined: barred"),
    spec("tables of all drugs of a group can", exclude(GROUP), " | history | complete\n- | only other drugs | rituximab, MTX", IN),
    spec("a table of the group can", exclude(GROUP), " | history | complete\n- | only other drugs | both of them", IN),
    spec("one drug of a group is enough where it was taken", exclude(GROUP),
         " | history | complete\n- | only other drugs | MTX\n1 | methotrexate | -30..-20 10 mg x1", "excluded: barred"),
    spec("a row of a drug that tables could not hold decides", include(PRIOR),
         " | history | complete\n- | only other drugs | IVIG\n1 | methotrexate | -30..-20 10 mg x1", IN),
    spec("a chart with a beginning cannot say never", exclude(PRIOR), "1 | known from | -3000", "excluded undetermined: barred"),
]  # fmt: skip


@on_every_engine(SPECS)
def test_what_is_not_recorded_before_the_index_date(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


TWO = MMF + "2 | mycophenolate mofetil | 0..90 500 mg x2\n2 | methotrexate | -30..-20 10 mg x1\n | history | open\n"


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        (WASHOUT, ["history 1: washout", "history 2: washout"]),
        (exclude(PRIOR), ["history 1: barred"]),
        (include(YEAR), ["history 1: wanted"]),
        (exclude(HAD_IN), ["history 1: barred", "history 2: barred"]),
        (exclude(HAD), []),
        (exclude(TAKING), []),
        (FIRST, []),
        # Who is out before the look-back does not ask.
        (f"{FIRST}include: [{{age: {{below: 18 years}}, at: index date}}]\nexclude: [{{{PRIOR}}}]\n", []),
    ],
)
def test_a_chart_that_does_not_say_what_its_history_covers_is_asked(
    changes: str, asked: list[str], implementation: str
) -> None:
    assert asked == open_choices(protocol(changes), TWO, implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(
    "told", [lambda rows: rows.replace("open", "complete"), lambda rows: rows.split(" | history")[0]]
)
def test_a_history_that_is_declared_asks_nothing(told: Callable[[str], str], implementation: str) -> None:
    found = answers(protocol(exclude(PRIOR)), told(TWO), implementation)
    assert {"1": "", "2": "barred"} == {case_id: case.failed for case_id, case in found.cases.items()}
