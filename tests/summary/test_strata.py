"""The answers of an outcome by its strata: counted as they are shown, nobody left out, tested only where P values are asked for."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tests.spec.small import BASE, analyse, chart, merged, protocol_of
from tests.summary.counting import counted, tally_of, without_cases

from caseseries import stats
from caseseries.protocol.check import check_made
from caseseries.report.exhibits.methods import methods
from caseseries.report.exhibits.statistics import statistics_table
from caseseries.report.exhibits.strata import strata_blocks
from caseseries.stats.fisher import fisher
from caseseries.summary.aggregate import aggregate
from caseseries.summary.every_result import every_result
from caseseries.summary.summarise import summarise

PUBLISHED = Path(__file__).parent.parent / "spec" / "published" / "response-by-indication.yaml"
WRITTEN = YAML(typ="base").load(PUBLISHED.read_text(encoding="utf-8"))
SHARES = [("muscle", 2, 3), ("calcinosis", 0, 2), ("other", 1, 1), ("not known", 1, 1)]


def study(changes: str = ""):
    base = YAML(typ="base").load(BASE)
    return protocol_of(merged(merged(base, WRITTEN["protocol"]), YAML(typ="base").load(changes) or {}))


def by(written: str, more: str = ""):
    return study(f"outcomes: {{response: {{at: after, rule: {{gain: mmt, at_least: 4 points}}, by: {written}{more}}}}}")


def found(declared, rows: str = WRITTEN["chart"]):
    return analyse(declared, chart(rows, declared)).strata["response"]


def shares(declared, rows: str = WRITTEN["chart"]):
    return [(one.name, one.yes, one.inside) for one in found(declared, rows).strata]


def test_every_case_stands_in_one_stratum_with_its_interval():
    every = found(study()).strata
    assert SHARES == [(one.name, one.yes, one.inside) for one in every]
    assert (Fraction(2, 3), 2, 3) == (every[0].of_included.estimate, every[0].of_included.n, every[0].of_included.total)
    exact = stats.clopper_pearson(2, 3, level=Fraction(95, 100))
    assert (exact.lower, exact.upper) == (every[0].of_included.lower, every[0].of_included.upper)
    assert (0, 1, 1) == (every[1].of_evaluable.n, every[1].of_evaluable.total, every[1].not_evaluable)
    assert 7 == sum(one.inside for one in every)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("indication", [("calcinosis", 0, 2), ("muscle", 2, 3), ("rash", 1, 1), ("not known", 1, 1)]),
        ("{attribute: indication, of: [Calcinosis, skin]}", [("Calcinosis", 0, 2), ("skin", 0, 0), ("other", 3, 4), ("not known", 1, 1)]),
        ("{attribute: indication, of: [Calcinosis, Other]}", [("Calcinosis", 0, 2), ("Other", 0, 0), ("any other word", 3, 4), ("not known", 1, 1)]),
        ("sex", [("female", 0, 0), ("male", 0, 0), ("not known", 4, 7)]),
    ],
)  # fmt: skip
def test_strata_are_the_words_of_the_chart_or_those_named(written, expected):
    assert expected == shares(by(written))


def test_no_two_strata_have_one_id_or_one_name():
    words = ("a/b", "a or b", "A / b", "other", "other words", "(2)", "not recorded", "calcinosis")
    rows = "\n".join(f"p{n} | attribute: indication | {word}\np{n} | mmt | 0:50, 90:54" for n, word in enumerate(words))
    for declared in (by("indication"), by("{attribute: indication, of: [a/b, a or b, other, other words]}")):
        every = found(declared, rows).strata
        ids = [one.of_included.id.casefold() for one in every]
        assert len(set(ids)) == len(ids) == len({one.name.casefold() for one in every})
        assert [("not known", 1)] == [(one.name, one.inside) for one in every if one.kind == "not known"]


def test_by_sex_as_the_chart_says_it():
    rows = "a | sex | F\na | mmt | 0:50, 90:54\nb | sex | Male\nb | mmt | 0:50, 90:53\nc | mmt | 0:50, 90:60"
    assert [("female", 1, 1), ("male", 0, 1), ("not known", 1, 1)] == shares(by("sex"), rows)
    assert [("female", 0, 0), ("male", 0, 0), ("not known", 2, 3)] == shares(
        by("sex"), rows.replace("Male", "H").replace("| F", "| M")
    )


def test_it_is_counted_as_it_is_shown_and_a_denominator_is_kept():
    for declared in (study(), by("sex"), by("indication", ", among: {value: mmt, at: baseline, at_least: 51 points}")):
        read = chart(WRITTEN["chart"] + "h | mmt | 0:60, 90:64\nh | sex | F\n", declared)
        shown = analyse(declared, read)
        assert without_cases(shown).strata == counted(declared, read).strata
    outside = {one.name: one.outside for one in shown.strata["response"].strata}
    assert {"calcinosis": 2, "muscle": 3, "rash": 1, "not known": 1} == outside


def test_levels_are_told_apart_too():
    levels = "{good: {gain: mmt, at_least: 10 points}, some: {gain: mmt, at_least: 4 points}, none: otherwise}"
    declared = study(f"outcomes: {{response: ~, grade: {{at: after, levels: {levels}, by: indication}}}}")
    summary = analyse(declared, chart(WRITTEN["chart"], declared))
    assert {"grade good", "grade at least some"} == set(summary.strata)
    told = {name: [(one.name, one.yes, one.inside) for one in of.strata] for name, of in summary.strata.items()}
    assert ("muscle", 1, 3) in told["grade good"] and ("muscle", 2, 3) in told["grade at least some"]


def test_what_is_printed():
    declared = study()
    summary = analyse(declared, chart(WRITTEN["chart"], declared))
    words, table = strata_blocks(summary, "response")
    assert "Response by indication, of the included cases: muscle 2 of 3 (67 %), 95 % CI 9.4–99.2" in words.text
    assert "Of 1 case the indication is not known (1 of them met it)." in words.text
    assert "exploratory" in words.text and "Fisher" in words.text
    assert ["Muscle", "Calcinosis", "Other", "Not known"] == [row.cells[0].text for row in table.rows]
    assert any("Fisher exact test" in note and "exploratory" in note for note in table.footnotes)
    assert any("response by indication (muscle, calcinosis" in one.text for one in methods(summary))
    assert any("stratum" in row.cells[0].text for row in statistics_table(summary).rows)
    ids = {one.id for one in every_result(summary)}
    assert {
        "response/by indication/muscle/of_included",
        "response/by indication/not known/of_evaluable",
        "response/by indication/fisher",
    } <= ids


def test_no_test_without_p_values():
    declared = study("reporting: {p_values: no}")
    summary = analyse(declared, chart(WRITTEN["chart"], declared))
    assert summary.strata["response"].test is None
    words, table = strata_blocks(summary, "response")
    assert "P" not in words.text.replace("Response", "") and any(
        "No test compares the rows" in note for note in table.footnotes
    )


def test_sites_tell_no_strata_to_a_network():
    declared = by("indication")
    read = chart(_many(), declared)
    told = aggregate(declared, tally_of(declared, read), audience="network", smallest=2)
    assert not [key for key in told.counts if key[0] == "stratum"]
    again = summarise(declared, told, kept="chart", dated=False, invented=True)
    assert {} == again.strata and any("stratum" in one for one in again.limits)
    own = aggregate(declared, tally_of(declared, read), audience="own site")
    assert summarise(declared, own, kept="chart", dated=False, invented=True).strata


def _many() -> str:
    words = ["muscle", "calcinosis"]
    return "\n".join(
        f"p{place} | attribute: indication | {words[place % 2]}\np{place} | mmt | 0:50, 90:{50 + place % 8}"
        for place in range(24)
    )


@pytest.mark.parametrize(("written", "what"), [
    ("{attribute: indication, of: [muscle, Muscle]}", "twice"),
    ("{sex: yes, of: [female]}", "words of an attribute"),
    ("{of: [female]}", "one way"),
    ("{attribute: 'a; b'}", "not the name"),
    ("{attribute: indication, of: [unknown]}", "no more than a blank"),
])  # fmt: skip
def test_strata_that_cannot_be(written, what):
    with pytest.raises(ValueError, match=what):
        by(written)


def test_an_accepted_protocol_has_no_problem():
    assert [] == [one.what for one in check_made(study()).errors]


@pytest.mark.parametrize(
    "groups", [[(1, 3), (2, 2), (0, 2)], [(3, 3), (0, 3), (1, 2)], [(2, 4), (2, 3)], [(0, 1), (1, 3), (2, 2), (0, 1)]]
)
def test_fisher_adds_up_every_table(groups):
    """Every way in which as many of all could have had yes, one by one."""
    total, yes = sum(n for _, n in groups), sum(k for k, _ in groups)
    ends = [sum(n for _, n in groups[:place]) for place in range(len(groups) + 1)]
    often: dict[tuple[int, ...], int] = {}
    for chosen in combinations(range(total), yes):
        table = tuple(sum(low <= one < high for one in chosen) for low, high in pairwise(ends))
        often[table] = often.get(table, 0) + 1
    here = often[tuple(k for k, _ in groups)]
    expected = sum(n for n in often.values() if n <= here) / sum(often.values())
    assert expected == pytest.approx(fisher(groups).p, rel=1e-12)


def test_fisher_says_why_there_is_none():
    assert "fewer than two" in fisher([(1, 3), (0, 0)]).absent_because
    assert "same answer" in fisher([(3, 3), (2, 2)]).absent_because
    assert "too many" in fisher([(30, 90), (20, 90), (10, 90), (1, 90)]).absent_because
    with pytest.raises(ValueError, match="at most n"):
        fisher([(3, 2), (1, 2)])
