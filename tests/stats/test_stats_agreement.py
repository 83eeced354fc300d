"""Kappa, AC1 and percent agreement of two answers: against R, where they are undefined, and what they must not depend on."""

import json
import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseseries.stats import PairedAnswers, cohen_kappa, gwet_ac1, percent_agreement

REFERENCE = json.loads((Path(__file__).parent / "agreement_r.json").read_text(encoding="utf-8"))
LEVELS = REFERENCE["levels"]
NAMES = ["a", "b", "c", "d", "e"]
CHANCE = "both answers are one category alone, so that chance agrees as well"
NO_SPREAD = "the large-sample standard error is 0, and no interval follows from it"


def close(expected, actual):
    return math.isclose(expected, actual, rel_tol=1e-9, abs_tol=1e-13)


def pairs(table):
    """The table as how often each pair was seen, with its categories."""
    names = NAMES[: len(table)]
    return {(a, b): table[i][j] for i, a in enumerate(names) for j, b in enumerate(names)}, names


def same_interval(expected, found):
    """R's limits go beyond -1 and 1, and are one number where the variance is 0."""
    if found.lower is None:
        assert NO_SPREAD == found.interval_absent_because
        # R has no number either, or sums of floats near 0 in place of 0.
        assert None in expected or expected[1] - expected[0] < 1e-6
        return False
    assert close(max(-1, expected[0]), found.lower)
    assert close(min(1, expected[1]), found.upper)
    return True


def test_kappa_equals_r():
    assert 31 == len(REFERENCE["agreement"])
    compared = intervals = 0
    for case in REFERENCE["agreement"]:
        counted, names = pairs(case["table"])
        for row in case["kappa"]:
            for level, expected in zip(LEVELS, row["intervals"], strict=True):
                found = cohen_kappa(counted, names, weights=row["weights"], level=level)
                if row["kappa"] is None:
                    assert (None, CHANCE, CHANCE) == (
                        found.estimate,
                        found.absent_because,
                        found.interval_absent_because,
                    )
                    continue
                compared += 1
                assert close(row["kappa"], found.estimate), case["name"]
                intervals += same_interval(expected, found)
    assert (243, 189) == (compared, intervals)


def test_ac1_equals_the_formula_of_irr_cac():
    intervals = 0
    for case in REFERENCE["agreement"]:
        counted, names = pairs(case["table"])
        for level, expected in zip(LEVELS, case["ac1"]["intervals"], strict=True):
            found = gwet_ac1(counted, names, level=level)
            assert close(case["ac1"]["ac1"], found.estimate), case["name"]
            intervals += same_interval(expected, found)
    assert 63 == intervals


def test_percent_agreement_equals_r():
    for case in REFERENCE["agreement"]:
        counted, names = pairs(case["table"])
        for level, expected in zip(LEVELS, case["agree"], strict=True):
            found = percent_agreement(counted, names, level=level)
            assert Fraction(case["same"], sum(map(sum, case["table"]))) == found.estimate
            assert close(expected[0], found.lower)
            assert close(expected[1], found.upper)


def test_a_table_of_the_first_paper():
    """Fleiss, Cohen & Everitt 1969, table 1 in shares of 200: kappa 0.429, standard error 0.054 (the squared one 0.002885)."""
    table = [[106, 10, 4], [22, 28, 10], [2, 12, 6]]
    counted, names = pairs(table)
    found = cohen_kappa(counted, names)
    assert 0.429 == round(float(found.estimate), 3)
    assert 0.002885 == round(((found.upper - found.lower) / 2 / 1.959963984540054) ** 2, 6)


def test_the_codebook_counts_not_what_was_used():
    """A category between two others that nobody used keeps its place."""
    seen = [("low", "low")] * 6 + [("low", "high")] * 2 + [("high", "low")] + [("high", "high")] * 7
    two = cohen_kappa(seen, ["low", "high"], weights="linear")
    three = cohen_kappa(seen, ["low", "middle", "high"], weights="linear")
    assert two.estimate == three.estimate  # with the ends alone every weight is 0 or 1
    with_middle = [*seen, ("middle", "high")]
    kept = cohen_kappa(with_middle, ["low", "lower middle", "middle", "high"], weights="linear").estimate
    assert kept != cohen_kappa(with_middle, ["low", "middle", "high"], weights="linear").estimate
    assert gwet_ac1(seen, ["low", "high"]).estimate != gwet_ac1(seen, ["low", "middle", "high"]).estimate


def test_one_category_alone():
    same = [("yes", "yes")] * 8
    for weights in ("none", "linear", "quadratic"):
        for names in (["yes", "no"], ["yes"], ["no", "yes", "perhaps"]):
            kappa = cohen_kappa(same, names, weights=weights)
            assert (None, None, None, 8) == (kappa.estimate, kappa.lower, kappa.upper, kappa.n)
            assert CHANCE == kappa.absent_because == kappa.interval_absent_because
    ac1 = gwet_ac1(same, ["yes", "no"])
    assert (1, None, NO_SPREAD) == (ac1.estimate, ac1.lower, ac1.interval_absent_because)
    only = gwet_ac1(same, ["yes"])
    assert (None, "the codebook has fewer than two categories") == (only.estimate, only.absent_because)


def test_nothing_observed():
    for function in (cohen_kappa, gwet_ac1, percent_agreement):
        found = function([], ["yes", "no"])
        assert (None, None, None, 0) == (found.estimate, found.lower, found.upper, found.n)
        assert "nothing was observed (n = 0)" == found.absent_because == found.interval_absent_because


def test_all_agree_has_no_interval():
    found = cohen_kappa([("yes", "yes"), ("no", "no"), ("no", "no")], ["yes", "no"])
    assert (1, None, None, "") == (found.estimate, found.lower, found.upper, found.absent_because)
    assert NO_SPREAD == found.interval_absent_because


def test_limits_stay_within_their_range():
    found = cohen_kappa([("yes", "yes"), ("yes", "yes"), ("no", "no"), ("no", "yes")], ["yes", "no"])
    assert (Fraction(1, 2), 1.0) == (found.estimate, found.upper)
    assert found.lower > -1


answers = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=25)


@given(answers, st.sampled_from(["none", "linear", "quadratic"]))
def test_the_two_readers_may_be_exchanged(drawn, weights):
    turned = [(b, a) for a, b in drawn]
    assert cohen_kappa(drawn, "abc", weights=weights) == cohen_kappa(turned, "abc", weights=weights)
    assert gwet_ac1(drawn, "abc") == gwet_ac1(turned, "abc")


@given(answers)
def test_the_order_of_the_codebook_matters_to_weights_alone(drawn):
    assert cohen_kappa(drawn, "abc").estimate == cohen_kappa(drawn, "cab").estimate
    assert gwet_ac1(drawn, "abc").estimate == gwet_ac1(drawn, "cab").estimate
    assert cohen_kappa(drawn, "abc", weights="linear") == cohen_kappa(drawn, "cba", weights="linear")


@given(answers, st.sampled_from(["none", "linear", "quadratic"]))
def test_the_variance_is_the_delta_method(drawn, weights):
    """The exact variance against a derivative of kappa taken numerically, cell by cell."""
    table = PairedAnswers.of(drawn, "abc")
    found = cohen_kappa(drawn, "abc", weights=weights)
    if found.lower is None or max(abs(found.lower), abs(found.upper)) == 1:
        return
    n, step = table.n, 10**6
    grown = []
    for i in range(3):
        for j in range(3):
            counts = {(a, b): table.counts[x][y] * step for x, a in enumerate("abc") for y, b in enumerate("abc")}
            counts["abc"[i], "abc"[j]] += n
            share = Fraction(table.counts[i][j], n)
            grown.append((share, (cohen_kappa(counts, "abc", weights=weights).estimate - found.estimate) * step))
    mean = sum(share * slope for share, slope in grown)
    variance = sum(share * slope**2 for share, slope in grown) - mean**2
    reach = (found.upper - found.lower) / 2 / 1.959963984540054
    assert math.isclose(float(variance) / n, reach**2, rel_tol=1e-3, abs_tol=1e-6)


def test_what_is_no_table_is_refused():
    with pytest.raises(ValueError, match=r"^an answer is none of the categories$"):
        cohen_kappa([("yes", "maybe")], ["yes", "no"])
    with pytest.raises(ValueError, match="a category is named twice"):
        gwet_ac1([], ["yes", "yes"])
    with pytest.raises(ValueError, match="a frequency is 0 or more"):
        cohen_kappa({("yes", "no"): -1}, ["yes", "no"])
    with pytest.raises(ValueError, match="none, linear or quadratic"):
        cohen_kappa([], ["yes", "no"], weights="cubic")
