"""Two verdicts side by side: counted as they are shown, compared where both are known, and what each mistake is told."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.spec.small import analyse, chart, protocol
from tests.summary.counting import counted, tally_of, without_cases

from caseseries import stats
from caseseries.protocol.check import check_made
from caseseries.report.exhibits.agreement import agreement_tables
from caseseries.report.exhibits.methods import methods
from caseseries.report.exhibits.statistics import approximate, statistics_table
from caseseries.summary.aggregate import aggregate
from caseseries.summary.summarise import summarise

STUDY = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  cmas: {quantity: function, unit: points, range: [0, 52], better: high}
windows:
  baseline: {from: -90 days, to: 0 days, take: last, components: nearest each}
  after: {from: 46 days, to: 134 days, take: last, same_day: worst, components: nearest each}
outcomes:
  response: {at: after, rule: {gain: mmt, at_least: 4 points}}
  function: {at: after, rule: {gain: cmas, at_least: 4 points}%s}
reporting: {agree: [[response, function]]}
"""
#: Two with both, one each with one alone, one with neither, one without function, one without anything.
ROWS = """
a | mmt | 0:50, 90:54
a | cmas | 0:20, 90:24
b | mmt | 0:50, 90:60
b | cmas | 0:20, 90:30
c | mmt | 0:50, 90:60
c | cmas | 0:20, 90:23
d | mmt | 0:50, 90:53
d | cmas | 0:20, 90:24
e | mmt | 0:50, 90:50
e | cmas | 0:20, 90:20
f | mmt | 0:50, 90:60
g | visit | 90
"""
TABLE = {
    ("yes", "yes"): 2,
    ("yes", "no"): 1,
    ("no", "yes"): 1,
    ("no", "no"): 1,
    ("yes", "not evaluable"): 1,
    ("not evaluable",) * 2: 1,
}


def test_the_table_and_what_rests_on_those_known_in_both() -> None:
    study = protocol(STUDY % "")
    summary = analyse(study, chart(ROWS, study))
    (found,) = summary.agreements
    assert TABLE == {key: n.exact for key, n in found.counts.items()}
    assert (3, 5, Fraction(3, 5)) == (found.same.n, found.same.total, found.same.estimate)
    pairs = {key: n for key, n in TABLE.items() if "not evaluable" not in key}
    kappa, ac1 = stats.cohen_kappa(pairs, ["yes", "no"]), stats.gwet_ac1(pairs, ["yes", "no"])
    assert (kappa.estimate, kappa.lower, kappa.upper) == (found.kappa.estimate, found.kappa.lower, found.kappa.upper)
    assert (ac1.estimate, ac1.lower, ac1.upper) == (found.ac1.estimate, found.ac1.lower, found.ac1.upper)


def test_it_is_counted_as_it_is_shown() -> None:
    study = protocol(STUDY % ", among: {value: mmt, at: baseline, at_least: 50 points}")
    read = chart(ROWS + "h | mmt | 0:40, 90:50\nh | cmas | 0:20, 90:30", study)
    shown = analyse(study, read)
    (found,) = shown.agreements
    assert (1, 1) == (
        found.counts["yes", "outside"].exact,
        found.counts["not evaluable", "denominator not known"].exact,
    )
    assert without_cases(shown).agreements == counted(study, read).agreements


def test_what_is_printed() -> None:
    study = protocol(STUDY % "")
    (table,) = agreement_tables(analyse(study, chart(ROWS, study)))
    assert [["Yes", "2", "1", "1"], ["No", "1", "1", "0"], ["Not evaluable", "0", "0", "1"]] == [
        [cell.text for cell in row.cells] for row in table.rows
    ]
    assert "The same answer in 3 of 5 (60 %) with yes or no in both, 95 % CI 14.7–94.7." in table.footnotes
    assert any(note.startswith("Cohen’s kappa 0.17 (") for note in table.footnotes)


def test_the_methods_do_not_call_it_exact() -> None:
    study = protocol(STUDY % "")
    summary = analyse(study, chart(ROWS, study))
    assert ["intervals of kappa and AC1 (large-sample)"] == approximate(summary)
    told = " ".join(paragraph.text for paragraph in methods(summary))
    assert "No interval rests on a normal approximation" not in told and "kappa and AC1" in told
    table = statistics_table(summary)
    assert table is not None
    assert {"approximate"} == {
        row.cells[2].text for row in table.rows if row.cells[0].text == "Agreement beyond chance"
    }


def test_a_table_of_two_answers_leaves_no_site() -> None:
    study = protocol(STUDY % "")
    rows = "".join(f"{n} | mmt | 0:50, 90:{50 + n % 9}\n{n} | cmas | 0:20, 90:{20 + n % 7}\n" for n in range(60))
    told = aggregate(study, tally_of(study, chart(rows, study)), audience="network")
    assert not [key for key in told.counts if key[0] == "agreement"]
    summary = summarise(study, told, kept="chart", dated=False, invented=True)
    assert () == summary.agreements
    assert any("agreement" in sentence for sentence in summary.limits)
    both = tally_of(study, chart(rows, study)).copy()
    both.merge(told)
    joined = summarise(study, both, kept="chart", dated=False, invented=True)
    assert 60 == joined.agreements[0].withheld
    assert " Sites with 60 included cases told nothing of this." in agreement_tables(joined)[0].footnotes[0]


@pytest.mark.parametrize(
    ("pairs", "what"),
    [
        ("[[response, functoin]]", "no outcome has this name"),
        ("[[response, response]]", "an outcome is compared with itself"),
        ("[[response, function], [function, response]]", "these two are compared already"),
        ("[[response, strength]]", "an outcome with one rule has one verdict to compare"),
    ],
)
def test_a_mistake_is_told(pairs: str, what: str) -> None:
    more = "\n  strength: {change: mmt, at: after}\nreporting:"
    written = (STUDY % "").replace("\nreporting:", more).replace("[[response, function]]", pairs)
    found = check_made(protocol(written)).errors
    assert [what] == [problem.what for problem in found]
