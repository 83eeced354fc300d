"""Cumulative doses: every day of the window, days above a limit, pulses apart; a day that is not known is never 0."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import jsonschema
import pytest
from ruamel.yaml import YAML
from tests.generate.studies import every_study
from tests.spec.small import BASE, IMPLEMENTATIONS, analyse_with_counts, chart, merged, protocol
from tests.spec.stages import one_engine

from caseseries.chart.tables import Chart
from caseseries.cohort import select
from caseseries.errors import ChoiceNeeded, ProtocolError
from caseseries.protocol.load import parse
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.safety import Safety
from caseseries.reference.oracle import cases, exposure
from caseseries.report.exhibits.exposure import exposure_cases, exposure_table, methods_words
from caseseries.report.exhibits.methods import methods
from caseseries.report.exhibits.unreported import reported, unreported
from caseseries.report.files.results_file import results, schema
from caseseries.response import answer_criteria
from caseseries.safety import exposure as stage
from caseseries.safety import follow
from caseseries.stats.tally import Tally
from caseseries.summary.compare import compare
from caseseries.summary.exposure import exposures
from caseseries.summary.tally_reader import TallyReader
from caseseries.verdict.exposure import CaseExposure

STUDY = """
case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 30 days}, per: patient}
partial_dates: bounds
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  weight: {quantity: weight, unit: kg, better: none}
  steroid: {daily_dose: systemic glucocorticoids, as: %s, outside_courses: %s, weight: weight, weight_within: 30 days}
windows:
  ten days: {from: 0 days, to: 9 days, take: last}
safety: {until_after_last_dose: 30 days, exposure: [{dose: steroid, in: ten days, above: %s}]}
"""
MG = ("prednisone mg/day", "zero", "7.5 prednisone mg/day")
#: Name, what is declared, the rows of one patient, and what is said: the total, or at least how much and why not; days above 7.5; pulses begun.
CASES = [
    ("one dose", MG, "prednisone | -5..100 10 mg", "100, 10, 0"),
    ("the first day counts, and what is taken on it", MG, "prednisone | 0..100 10 mg", "100, 10, 0"),
    ("the last day counts", MG, "prednisone | -30..9 10 mg; 10..40 80 mg", "100, 10, 0"),
    ("begun on the last day", MG, "prednisone | -30..8 10 mg; 9..40 80 mg", "170, 10, 0"),
    ("a taper", MG, "prednisone | -5..2 20 mg; 3..5 7.5 mg; 6..9 5 mg", "102.5, 3, 0"),
    ("exactly the limit is not above it", MG, "prednisone | -5..100 7.5 mg", "75, 0, 0"),
    ("every second day is half of it a day", MG, "prednisone | -5..100 10 mg x1/2", "50, 0, 0"),
    ("once a week", MG, "prednisone | -5..100 70 mg x1/7", "100, 10, 0"),
    ("equivalents", MG, "methylprednisolone | -5..100 8 mg", "100, 10, 0"),
    ("two drugs", MG, "prednisone | -5..100 5 mg\na | methylprednisolone | 0..4 4 mg", "75, 5, 0"),
    ("days outside courses are 0 where declared", MG, "prednisone | -5..4 10 mg", "50, 5, 0"),
    ("days outside courses are not known", ("prednisone mg/day", "not evaluable", MG[2]), "prednisone | -5..4 10 mg",
     ">=50 between courses, 5-10, 0"),
    ("a dose not recorded", MG, "prednisone | -5..4 10 mg; 5..100", ">=50 dose not recorded, 5-10, 0"),
    ("no course at all", MG, "mmt | 0:50", ">=0 no course recorded, 0-10, 0"),
    ("never", MG, "never: prednisone |", "0, 0, 0"),
    ("the end of a course not known", MG, "prednisone | -5..3~6 10 mg", ">=40 days of a course not known, 4-7, 0"),
    ("followed to day 5", MG, "prednisone | -5..100 10 mg\na | death | 5",
     ">=60 after the end of follow-up, 6-10, 0 or more (after the end of follow-up)"),
    ("observed to the last day of the window", MG, "prednisone | -5..4 10 mg\na | observed | -400..9", "50, 5, 0"),
    ("a pulse apart", MG, "prednisone | -5..100 10 mg\na | methylprednisolone | 3..5 1000 mg x1 intravenous pulse", "100, 10, 1"),
    ("a pulse begun before", MG, "prednisone | -5..100 10 mg\na | methylprednisolone | -1..1 1000 mg x1 intravenous pulse", "100, 10, 0"),
    ("a pulse begun perhaps before", MG, "prednisone | -5..100 10 mg\na | methylprednisolone | -1~1..5 1000 mg x1 intravenous pulse", "100, 10, 0-1"),
    ("a row of a drug that is not used", MG, "prednisone | -5..100 10 mg\na | unread: prednisone | 9..9",
     ">=90 a drug row not used, 9-10, 0 or more (a drug row not used)"),
    ("a row of any drug that is not used", MG, "prednisone | -5..100 10 mg\na | unread | -9..0",
     ">=90 a drug row not used, 9-10, 0 or more (a drug row not used)"),
    ("a row of another drug that is not used", MG, "prednisone | -5..100 10 mg\na | unread: adalimumab | 3..5", "100, 10, 0"),
    ("a row that is not used, after the window", MG, "prednisone | -5..100 10 mg\na | unread: prednisone | 10..20", "100, 10, 0"),
    ("a row that is not used, before the window", MG, "prednisone | -5..100 10 mg\na | unread: prednisone | -20..-1", "100, 10, 0"),
    ("pulses, and one more perhaps", MG, "prednisone | -5..100 10 mg\na | methylprednisolone | 3..5 1000 mg x1 intravenous pulse\na | unread | 7..7",
     ">=90 a drug row not used, 9-10, 1 or more (a drug row not used)"),
    ("other drugs not charted", MG, "prednisone | -5..100 10 mg\na | not charted | other drugs",
     "100, 10, 0 or more (other drugs were not charted: nobody looked)"),
    ("per kg", ("prednisone mg/kg/day", "zero", "0.4 mg/kg/day"), "prednisone | -5..100 10 mg\na | weight | 0:20", "5, 10, 0"),
    ("per kg without a weight near the last days", ("prednisone mg/kg/day", "zero", "0.4 mg/kg/day"),
     "prednisone | -5..100 10 mg\na | weight | -25:20", ">=2.5 no weight, 5-10, 0"),
]  # fmt: skip


def told(one: CaseExposure) -> str:
    amount = str(float(one.known)).removesuffix(".0")
    ends = [
        ("" if two is None else str(two[0]) if two[0] == two[1] else f"{two[0]}-{two[1]}")
        for two in (one.above, None if one.untold else one.pulses)
    ]
    if one.untold and one.pulses is not None:
        assert one.pulses[1] is None
        ends[1] = f"{one.pulses[0]} or more ({one.untold})"
    return ", ".join([amount if one.total is not None else f">={amount} {one.because}", *ends])


def found(study: Protocol, rows: str, implementation: str, **of_chart: str) -> str:
    read = replace(chart(rows, study), **of_chart)  # type: ignore[arg-type]
    if implementation == "reference":
        (answer,) = cases(study, read)
        (one,) = exposure(study, read, answer)
    else:
        engine = one_engine(implementation)
        (one,) = follow(engine, study, select(engine, study, read, answer_criteria)).exposure
    return told(one)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_every_day_is_added_up_or_said_not_to_be_known(implementation: str) -> None:
    drug = "a | mycophenolate mofetil | 0..\na | visit | 100\n"
    said = {
        name: found(protocol(STUDY % declared), f"{drug}a | {rows}", implementation)
        for name, declared, rows, _ in CASES
    }
    assert {name: expected for name, _, _, expected in CASES} == said


#: The window, and what is said of whoever takes 10 mg on days -50 to 20 and is observed on days -5 to 100.
BEFORE = [
    ("from: -20 days, to: 9 days", ">=150 window leaves observed time, 15-30, 0 or more (window leaves observed time)"),
    ("from: -5 days, to: 9 days", "150, 15, 0"),
    ("from: -20 days, to: -6 days", ">=0 window leaves observed time, 0-15, 0 or more (window leaves observed time)"),
]


def found_before(implementation: str) -> list[str]:
    rows = "a | mycophenolate mofetil | 0..\na | visit | 100\na | observed | -5..100\na | prednisone | -50..20 10 mg"
    text = STUDY % MG
    return [
        found(protocol(text.replace("from: 0 days, to: 9 days", window)), rows, implementation) for window, _ in BEFORE
    ]


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_days_before_observed_time_are_not_known(implementation: str) -> None:
    assert [said for _, said in BEFORE] == found_before(implementation)


def test_without_the_first_day_of_observation_they_would_be_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "_ASK", stage._ASK.replace("k.observed_first, TRUE", "k.observed_first - 1, TRUE"))
    assert [said for _, said in BEFORE] != found_before("duckdb")


def test_the_report_has_denominators_and_what_is_not_known() -> None:
    study = protocol(STUDY % MG)
    rows = "".join(
        f"{case} | mycophenolate mofetil | 0..\n{case} | visit | 100\n{case} | prednisone | {courses}\n"
        for case, courses in {"a": "-5..100 10 mg", "b": "-5..100 5 mg", "c": "-5..4 10 mg; 5..100"}.items()
    )
    read = chart(rows, study)
    counts, summary = analyse_with_counts(study, read)
    compare(study, read, summary.shown, counts)
    (one,) = summary.exposures
    assert (2, 3, 75) == (one.n, one.included, one.total["mean"].estimate)
    table, single = exposure_table(summary), exposure_cases(summary)
    assert table is not None and single is not None
    (row,) = table.rows
    assert ["2/3 (67)", "75.0 (35.4)", "0/3 (0)", "0"] == [row.cells[place].text for place in (1, 2, 8, 9)]
    assert "not known in 1 of 3 cases (dose not recorded, 1)." in " ".join(table.footnotes)
    assert ["at least 50", "–", "5/10", "5–10", "0", "dose not recorded"] == [
        cell.text for cell in single.rows[2].cells[2:]
    ]


UNTOLD = "no table of drugs has a route or says which rows are pulses"


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_where_nobody_could_tell_a_pulse_there_is_not_none(implementation: str) -> None:
    rows = "a | mycophenolate mofetil | 0..\na | visit | 100\na | prednisone | -5..100 10 mg"
    assert f"100, 10, 0 or more ({UNTOLD})" == found(protocol(STUDY % MG), rows, implementation, pulses_untold=UNTOLD)


def test_the_report_says_where_nobody_could_tell_a_pulse() -> None:
    study = protocol(STUDY % MG)
    pulse = "prednisone | -5..100 10 mg\n%s | methylprednisolone | 3..5 1000 mg x1 intravenous pulse"
    rows = {
        "a": pulse % "a",
        "b": "prednisone | -5..100 10 mg",
        "c": "prednisone | -5..100 10 mg\nc | unread | 200..210",
    }
    read = chart(
        "".join(
            f"{case} | mycophenolate mofetil | 0..\n{case} | visit | 300\n{case} | {of}\n" for case, of in rows.items()
        ),
        study,
    )
    short = chart(
        "".join(
            f"{case} | mycophenolate mofetil | 0..\n{case} | visit | {5 if case == 'c' else 300}\n{case} | {of}\n"
            for case, of in rows.items()
        ),
        study,
    )
    said = []
    for one in (
        read,
        short,
        replace(read, pulses_untold=UNTOLD),
        replace(
            chart("b | mycophenolate mofetil | 0..\nb | visit | 300\nb | " + rows["b"], study), pulses_untold=UNTOLD
        ),
    ):
        counts, summary = analyse_with_counts(study, one)
        compare(study, one, summary.shown, counts)
        table, single = exposure_table(summary), exposure_cases(summary)
        assert table is not None and single is not None
        said.append(([cell.text for cell in table.rows[0].cells[8:]], [row.cells[6].text for row in single.rows]))
        assert ("there may be more pulses in" in " ".join(table.footnotes)) == (one is not read)
    assert [
        (["1/3 (33)", "1"], ["1", "0", "0"]),
        (["1–2/3 (33–67)", "at least 1"], ["1", "0", "not known"]),
        (["1–3/3 (33–100)", "at least 1"], ["at least 1", "not known", "not known"]),
        (["not known", "not known"], ["not known"]),
    ] == said


def test_a_dose_that_is_added_up_is_reported_and_its_rule_told() -> None:
    study = protocol(STUDY % CASES[-2][1])
    rows = "a | mycophenolate mofetil | 0..\na | visit | 100\na | prednisone | -5..100 10 mg\na | weight | 0:20"
    _, summary = analyse_with_counts(study, chart(rows, study))
    assert "added up" == unreported(summary)["steroid"] and "steroid" in reported(summary)
    words = methods_words(summary)
    assert (
        "over days 0–9 (days outside all courses counted as 0; by the weight nearest to each day within 30 days"
        in words
    )
    assert "days above 0.4 mg/kg/day counted)" in words
    told = {one.label: one.text for one in methods(summary)}
    assert words in told["Safety and other drugs"]
    assert "The daily dose of systemic glucocorticoids, in prednisone mg/kg/day" in told["Measures"]


def test_where_one_site_withholds_the_cases_of_the_others_are_described() -> None:
    study = protocol(STUDY % MG)
    rows = "a | mycophenolate mofetil | 0..\na | visit | 100\na | prednisone | -5..100 10 mg"
    counts, summary = analyse_with_counts(study, chart(rows, study))
    reader = TallyReader(counts)
    other = TallyReader(Tally({**counts.counts, ("withheld", "exposure"): 4}))
    (one,) = exposures(study, other, 5)
    assert ((one.n, one.included, one.withheld), exposures(study, reader, 1)[0].n) == ((1, 1, 4), 1)
    assert () == exposures(study, TallyReader(Tally({("withheld", "exposure"): 4})), 4)
    table = exposure_table(replace(summary, exposures=(one,)))
    assert table is not None and "without 4 cases of sites that did not tell cumulative doses." in " ".join(
        table.footnotes
    )


MISTAKES = [
    ("{dose: steroids, in: ten days}", "no daily dose has this name"),
    ("{dose: steroid, in: ten}", "no window has this name"),
    ("{dose: written, in: ten days}", "a dose written at visits is not known on the days between them"),
    ("{dose: steroid, in: open}", "a window over which a dose is added up has a first and a last day"),
    ("{dose: steroid, in: ten days, above: 7.5 mg/kg/day}", "not an amount in the unit of the dose"),
    ("{dose: steroid, in: ten days, above: much}", "not an amount in the unit of the dose"),
]


@pytest.mark.parametrize(("line", "said"), MISTAKES)
def test_mistakes_are_told(line: str, said: str) -> None:
    yaml = YAML(typ="base")
    more = "measures: {written: {daily_dose: prednisone, as: prednisone mg/day, source: visits}}\n"
    more += "windows: {open: {from: 0 days, to: end, take: last}}\n"
    written = merged(merged(merged(yaml.load(BASE), yaml.load(STUDY % MG)), yaml.load(more)), {})
    written["safety"]["exposure"] = [yaml.load(line)]
    text = StringIO()
    YAML().dump(written, text)
    with pytest.raises(ProtocolError) as wrong:
        parse(text.getvalue())
    assert [said] == [one.what for one in wrong.value.problems]


#: What is broken of the stage, what it becomes, and the case that holds it.
MUTANTS = [
    ("_ASK", "d.day + 1", "d.day", "the first day counts, and what is taken on it"),
    ("_ASK", "<= k.follow_end", "< k.follow_end", "followed to day 5"),
    ("_PULSES", "AND c.pulse", "", "the first day counts, and what is taken on it"),
    ("_PULSES", "c.first_low >= k.index_day + {first} AND", "", "a pulse begun perhaps before"),
    ("_PULSES", "AND c.first_high >= k.index_day + {first}", "", "a pulse begun before"),
    ("_CASES", "(u.drug IS NULL OR d.drug IS NOT NULL) AND", "", "a row of another drug that is not used"),
    ("_CASES", "(u.drug IS NULL OR d.drug IS NOT NULL)", "d.drug IS NOT NULL", "a row of any drug that is not used"),
    ("_CASES", "u.first <= least", "u.first < least", "a row of a drug that is not used"),
    (
        "_CASES",
        "k.index_day + {last}, k.follow_end), TRUE)",
        "k.index_day + {last} + 1, k.follow_end), TRUE)",
        "a row that is not used, after the window",
    ),
    (
        "_CASES",
        "u.last >= k.index_day + {first}",
        "u.last >= k.index_day + {first} - 1",
        "a row that is not used, before the window",
    ),
    ("_CASES", "k.index_day + {last} > k.follow_end", "FALSE", "followed to day 5"),
]


@pytest.mark.parametrize(("name", "old", "new", "case"), MUTANTS)
def test_what_is_broken_turns_red(name: str, old: str, new: str, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = getattr(stage, name)
    assert old in whole
    monkeypatch.setattr(stage, name, whole.replace(old, new))
    (declared, rows, expected) = next(one[1:] for one in CASES if one[0] == case)
    drug = "a | mycophenolate mofetil | 0..\na | visit | 100\n"
    assert expected != found(protocol(STUDY % declared), f"{drug}a | {rows}", "duckdb")


def test_the_stages_and_the_reference_agree_on_drawn_charts() -> None:
    happened = set()

    def hold(drawn: Protocol, read: Chart) -> None:
        if drawn.doses["dose"].source != "courses":
            return
        lines = [
            {"dose": "dose", "in": "baseline"},
            {"dose": "dose", "in": "after", "above": f"7.5 {drawn.doses['dose'].as_}"},
        ]
        asked = drawn.model_copy(
            update={"safety": Safety.model_validate({"until_after_last_dose": "30 days", "exposure": lines})}
        )
        try:
            expected = {one for case in cases(asked, read) if case.included for one in exposure(asked, read, case)}
            engine = one_engine()
            cohort = select(engine, asked, read, answer_criteria)
        except ChoiceNeeded:
            return
        happened.update(one.because for one in expected)
        assert expected == set(follow(engine, asked, cohort).exposure)

    every_study(hold, 2)
    assert {"", "after the end of follow-up", "no course recorded"} <= happened


def test_results_json_has_each_dose_that_is_added_up() -> None:
    study = protocol(STUDY % MG)
    pulse = "\nb | methylprednisolone | 3..5 1000 mg x1 intravenous pulse"
    rows = "".join(
        f"{case} | mycophenolate mofetil | 0..\n{case} | visit | 100\n{case} | prednisone | {courses}\n"
        for case, courses in {"a": "-5..100 10 mg", "b": "-5..100 5 mg" + pulse, "c": "-5..4 10 mg; 5..100"}.items()
    )
    written = results(analyse_with_counts(study, chart(rows, study))[1])
    (found,) = written["exposures"]
    assert ("steroid", "ten days", "prednisone mg", 10, "7.5 prednisone mg/day", 3, 0, 2) == tuple(
        found[key] for key in ("dose", "window", "unit", "days", "limit", "included", "withheld", "known")
    )
    assert [{"reason": "dose not recorded", "n": 1}] == found["not_known"]
    assert {"cases": 1, "courses": 1, "known": 3, "untold": []} == found["pulses"]
    assert 2 == found["days_above"]["known"]
    told = {one["id"]: one for one in written["results"]}
    assert {*found["total"], *found["days_above"]["results"]} <= told.keys()
    assert "75" in {told[one]["estimate"] for one in found["total"]}
    jsonschema.validate(written["exposures"], schema()["properties"]["exposures"] | {"$defs": schema()["$defs"]})
    assert "exposures" not in results(analyse_with_counts(protocol(), chart(rows, protocol()))[1])
