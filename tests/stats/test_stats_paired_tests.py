"""McNemar and Cochran's Q: against R, counted by hand, and how the two meet."""

import json
import math
from fractions import Fraction
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseseries.stats import cochran_q, mcnemar

REFERENCE = json.loads((Path(__file__).parent / "agreement_r.json").read_text(encoding="utf-8"))
THE_SAME = "nobody has two different answers"


def close(expected, actual):
    return math.isclose(expected, actual, rel_tol=1e-9)


def test_mcnemar_equals_r():
    assert 104 == len(REFERENCE["mcnemar"])
    for case in REFERENCE["mcnemar"]:
        changed = case["first"] + case["second"]
        found = mcnemar(case["first"], case["second"], changed + 3)
        assert close(case["p"], found.p)
        assert (case["first"], changed, changed + 3) == (found.statistic, found.n_used, found.n)


@pytest.mark.parametrize(
    ("n", "because"), [(0, "nothing was observed (n = 0)"), (1, "no pair has two different answers"), (9, None)]
)
def test_nobody_changed(n, because):
    found = mcnemar(0, 0, n)
    assert (None, None, 0) == (found.statistic, found.p, found.n_used)
    assert (because or "no pair has two different answers") == found.absent_because


def test_cochran_q_equals_r():
    assert 14 == len(REFERENCE["cochran_q"])
    with_friedman = 0
    for case in REFERENCE["cochran_q"]:
        rows = [tuple(map(bool, row)) for row in case["rows"]]
        exact, asymptotic = cochran_q(rows), cochran_q(rows, method="asymptotic")
        assert close(case["q"], exact.statistic) or case["q"] == exact.statistic == 0
        assert exact.statistic == asymptotic.statistic
        assert close(case["exact"], exact.p), case["name"]
        assert ("exact", "approximate") == (exact.kind, asymptotic.kind)
        if case["asymptotic"] is not None:
            with_friedman += 1
            assert math.isclose(case["friedman_q"], exact.statistic, rel_tol=1e-9, abs_tol=1e-12)
            assert close(case["asymptotic"], asymptotic.p)
    assert 12 == with_friedman


def test_a_table_of_the_first_paper():
    """Cochran 1950, table 1: four media, 69 specimens; Q = 8.05 with 3 degrees of freedom, P between 0.02 and 0.05."""
    seen = {
        (True, True, True, True): 4,
        (True, True, False, True): 2,
        (False, True, True, True): 3,
        (False, True, False, True): 1,
        (False, False, False, False): 59,
    }
    found = cochran_q(seen)
    assert 8.05 == round(float(found.statistic), 2)
    assert (69, 6, "exact") == (found.n, found.n_used, found.kind)
    assert 0.045 == round(cochran_q(seen, method="asymptotic").p, 3)


def counted_one_by_one(rows):
    """The share of all arrangements with column sums at least as uneven, each written out."""
    k = len(rows[0])
    seen = sum(sum(row[place] for row in rows) ** 2 for place in range(k))
    reached = every = 0
    for chosen in product(*(tuple(combinations(range(k), sum(row))) for row in rows)):
        every += 1
        reached += sum(sum(place in row for row in chosen) ** 2 for place in range(k)) >= seen
    return Fraction(reached, every)


@given(st.integers(2, 4).flatmap(lambda k: st.lists(st.tuples(*[st.booleans()] * k), min_size=1, max_size=6)))
def test_the_exact_p_is_counted(rows):
    found = cochran_q(rows)
    if found.absent_because:
        assert all(len(set(row)) == 1 for row in rows)
        assert THE_SAME == found.absent_because
    else:
        assert float(counted_one_by_one(rows)) == found.p


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_two_columns_are_mcnemar(rows):
    first, second = rows.count((True, False)), rows.count((False, True))
    q, changed = cochran_q(rows), mcnemar(first, second, len(rows))
    assert (q.n, q.n_used) == (changed.n, changed.n_used)
    assert (q.p is None) == (changed.p is None)
    if q.p is not None:
        assert math.isclose(changed.p, q.p, rel_tol=1e-12)
        assert Fraction((first - second) ** 2, first + second) == q.statistic


def test_too_many_arrangements_are_said_so():
    rows = [tuple((row * 7 + place * place) % 5 < 2 for place in range(9)) for row in range(90)]
    found = cochran_q(rows)
    assert "approximate" == found.kind
    assert "Cochran's Q test, too many arrangements to count: chi-square distribution, 8 df" == found.method
    assert found.p == cochran_q(rows, method="asymptotic").p


def test_nothing_decides():
    nobody = cochran_q([])
    assert (None, None, "nothing was observed (n = 0)") == (nobody.statistic, nobody.p, nobody.absent_because)
    same = cochran_q([(True, True, True), (False, False, False)])
    assert (None, None, THE_SAME, 2, 0) == (same.statistic, same.p, same.absent_because, same.n, same.n_used)


def test_a_p_value_beyond_floats_is_not_0():
    assert 0 < cochran_q({(True, False): 9000}, method="asymptotic").p < 1e-300


def test_impossible_input_is_refused():
    with pytest.raises(ValueError, match="as many answers"):
        cochran_q([(True, False), (True, False, True)])
    with pytest.raises(ValueError, match="two or more"):
        cochran_q([(True,)])
    with pytest.raises(ValueError, match="exact or asymptotic"):
        cochran_q([(True, False)], method="mid-P")
    with pytest.raises(ValueError, match="a frequency is 0 or more"):
        cochran_q({(True, False): -1})
    with pytest.raises(ValueError, match="at most n of n pairs"):
        mcnemar(3, 2, 4)
    with pytest.raises(ValueError, match="first_alone is 0 or more"):
        mcnemar(-1, 2, 4)
