"""GRIM and SPRITE against every set of whole numbers of a small range."""

from collections import defaultdict
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations_with_replacement
from statistics import stdev

import pytest

from caseseries import stats


def roundings(value: Fraction, places: int) -> set[str]:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return {str(exact.quantize(Decimal(1).scaleb(-places), way)) for way in (ROUND_HALF_UP, ROUND_HALF_DOWN)}


@pytest.mark.parametrize("n", [1, 3, 7, 8, 11, 30])
@pytest.mark.parametrize("places", [0, 1, 2])
def test_a_mean_is_possible_where_some_sum_is_rounded_to_it(n, places):
    possible = {text for total in range(-n, 3 * n + 1) for text in roundings(Fraction(total, n), places)}
    for step in range(-(10**places) // 2, 2 * 10**places + 1):
        text = f"{Decimal(step).scaleb(-places):f}"
        assert (text in possible) == stats.grim(text, n).consistent, text


def test_published_means():
    # Dagher 2012: MMT +10.6 and CMAS +7 of eight children; 85/8 is 10.625
    assert stats.grim("10.6", 8).possible == (85,)
    assert stats.grim("7", 8).consistent
    assert not stats.grim("1.17", 50).consistent
    # Brown & Heathers 2017: 19 whole numbers cannot have a mean of 3.45... but 20 can
    assert not stats.grim("3.45", 19).consistent
    assert stats.grim("3.45", 20).consistent


def test_items_add_up():
    assert stats.grim("3.45", 10, items=2).consistent
    assert not stats.grim("3.45", 19, items=1).consistent
    assert not stats.grim("3.45", 100).can_tell


def test_samples_have_the_printed_mean_and_sd():
    least, most, n = 0, 4, 5
    seen = defaultdict(int)
    for values in combinations_with_replacement(range(least, most + 1), n):
        mean, sd = f"{sum(values) / n:.2f}", f"{stdev(values):.2f}"
        seen[mean, sd] += 1
        found = stats.sprite(mean, sd, n, least=least, most=most)
        assert not found.impossible
        if found.sample:
            assert (mean, sd) == (f"{sum(found.sample) / n:.2f}", f"{stdev(found.sample):.2f}")
            assert least <= min(found.sample) and max(found.sample) <= most
    missed = [pair for pair in seen if not stats.sprite(*pair, n, least=least, most=most).sample]
    assert len(missed) < len(seen) / 20, missed
    for tenths in range(40):
        pair = ("2.00", f"{tenths / 10:.2f}")
        found = stats.sprite(*pair, n, least=least, most=most)
        if found.sample:
            assert pair in seen
        if found.impossible:
            assert pair not in seen


def test_what_is_impossible_says_why():
    assert "larger than numbers from 0 to 10" in stats.sprite("5.0", "9.9", 8, least=0, most=10).impossible
    assert "smaller" in stats.sprite("5.5", "0.1", 8, least=0, most=10).impossible
    assert "no whole numbers" in stats.sprite("10.5", "2.0", 7, least=0, most=21).impossible
    assert "no whole numbers" in stats.sprite("12", "2.0", 8, least=0, most=10).impossible


def test_what_is_no_printed_number_is_refused():
    for text in ("1,5", "", "1e3", "nan"):
        with pytest.raises(ValueError, match="printed number"):
            stats.grim(text, 8)
    with pytest.raises(ValueError, match="at least one number"):
        stats.grim("1.5", 0)
    with pytest.raises(ValueError, match="at least two numbers"):
        stats.sprite("1.5", "0.5", 1, least=0, most=3)
