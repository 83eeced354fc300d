"""The table of docs/statistics.md: how many cases of each function are compared with R, and by how much the two differ at most."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.stats.test_stats_large import RULES

from caseseries import stats

Numbers = Iterator[tuple[Any, Any, float]]
"""Each case's numbers: R's, ours, and the size below which a difference is no longer relative to R's."""

HERE = Path(__file__).parent
FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*_r.json"))}
LARGE = FILES["large_r"]
SMALL, NEVER = 1e-3, 1e-300


def interval(case: Any, found: stats.Estimate, size: float = SMALL) -> Numbers:
    yield case[0], found.lower, size
    yield case[1], found.upper, size


def shares(method: str) -> Iterator[Numbers]:
    for case in FILES["reference_r"]["proportions"]:
        yield interval(case[method], getattr(stats, method)(case["count"], case["n"], level=case["level"]))


def rates() -> Iterator[Numbers]:
    for case in FILES["reference_r"]["rates"]:
        yield interval(case["interval"], stats.poisson_rate(case["events"], case["person_time"], level=case["level"]))


def upper_shares() -> Iterator[Numbers]:
    for case in FILES["agreement_r"]["upper_shares"]:
        found = stats.clopper_pearson_upper(case["count"], case["n"], level=case["level"])
        yield iter([(case["upper"], found.upper, NEVER)])


def upper_rates() -> Iterator[Numbers]:
    for case in FILES["agreement_r"]["upper_rates"]:
        found = stats.poisson_rate_upper(case["events"], case["person_time"], level=case["level"])
        yield iter([(case["upper"], found.upper, NEVER)])


def described() -> Iterator[Numbers]:
    for case in FILES["reference_r"]["differences"]:
        found = stats.describe(case["values"])
        numbers = [
            (case[name], getattr(found, name).value, SMALL) for name in ("mean", "sd", "median", "minimum", "maximum")
        ]
        for row in case["quartiles"]:
            of_type = stats.describe(case["values"], quantile_type=row["type"])
            numbers += [(row[side], getattr(of_type, f"{side}_quartile").value, SMALL) for side in ("lower", "upper")]
        yield iter(numbers)


def differences(name: str, test: Callable[..., stats.HypothesisTest], **how: Any) -> Iterator[Numbers]:
    for case in FILES["reference_r"]["differences"]:
        if case[name] is not None:
            yield iter([(case[name], test(case["values"], **how).p, NEVER)])


def typical_changes() -> Iterator[Numbers]:
    for case in FILES["reference_r"]["differences"]:
        for row in case["hodges_lehmann"]:
            found = stats.hodges_lehmann(case["values"], level=row["level"])
            reached = found.lower is not None
            yield (
                (row[name], getattr(found, name), SMALL)
                for name in ("estimate", "lower", "upper")[: 3 if reached else 1]
            )


def curve(case: Any, found: stats.EventCurve, value: str) -> Numbers:
    for row, step in zip(case["steps"], found.steps, strict=True):
        yield row[value], step.value, SMALL
        if not step.no_band_because:
            yield row["error"], step.standard_error, SMALL
        yield row["lower"], step.lower, SMALL
        yield row["upper"], step.upper, SMALL


def kaplan_meier(part: str) -> Iterator[Numbers]:
    for case in FILES["survival_r"]["kaplan_meier"]:
        found = stats.kaplan_meier(zip(case["time"], case["event"], strict=True), level=case["level"])
        ours = (found.median.estimate, found.median.lower, found.median.upper)
        yield (
            curve(case, found.curve, "survival")
            if part == "curve"
            else ((r, own, SMALL) for r, own in zip(case["median"], ours, strict=True))
        )


def cumulative_incidence() -> Iterator[Numbers]:
    for case in FILES["survival_r"]["cumulative_incidence"]:
        observed = zip(case["time"], case["event"], strict=True)
        yield curve(case, stats.cumulative_incidence(observed, case["cause"], level=case["level"]), "value")


def within(expected: Any, found: stats.Estimate) -> Numbers:
    """Limits as they are kept within -1 and 1; none where the variance is 0."""
    if found.lower is not None:
        yield max(-1, expected[0]), found.lower, 1.0
        yield min(1, expected[1]), found.upper, 1.0


def agreement(name: str) -> Iterator[Numbers]:
    for case in FILES["agreement_r"]["agreement"]:
        names = "abcde"[: len(case["table"])]
        pairs = {(a, b): case["table"][i][j] for i, a in enumerate(names) for j, b in enumerate(names)}
        for place, level in enumerate(FILES["agreement_r"]["levels"]):
            if name == "ac1":
                found = stats.gwet_ac1(pairs, names, level=level)
                yield iter(
                    [(case["ac1"]["ac1"], found.estimate, SMALL), *within(case["ac1"]["intervals"][place], found)]
                )
            elif name == "agree":
                yield interval(case["agree"][place], stats.percent_agreement(pairs, names, level=level))
            for row in case["kappa"]:
                if row["weights"] == name:
                    found = stats.cohen_kappa(pairs, names, weights=row["weights"], level=level)
                    yield iter([(row["kappa"], found.estimate, SMALL), *within(row["intervals"][place], found)])


def mcnemar() -> Iterator[Numbers]:
    for case in FILES["agreement_r"]["mcnemar"]:
        changed = case["first"] + case["second"]
        yield iter([(case["p"], stats.mcnemar(case["first"], case["second"], changed).p, NEVER)])


def cochran_q(method: Any) -> Iterator[Numbers]:
    for case in FILES["agreement_r"]["cochran_q"]:
        found = stats.cochran_q([tuple(map(bool, row)) for row in case["rows"]], method=method)
        if case[method] is not None:
            yield iter([(case["q"], found.statistic, SMALL), (case[method], found.p, NEVER)])


def two_rates(part: str) -> Iterator[Numbers]:
    for case in FILES["agreement_r"]["rate_ratio"]:
        first, second = (stats.Followed(n, time) for n, time in zip(case["events"], case["times"], strict=True))
        if part == "p":
            yield iter([(case["p"], stats.rate_ratio_test(first, second).p, NEVER)])
            continue
        for level, expected in zip(FILES["agreement_r"]["levels"], case["intervals"], strict=True):
            found = stats.rate_ratio(first, second, level=level)
            yield iter([(case["ratio"], found.estimate, NEVER), *interval(expected, found, NEVER)])


def random_intercept() -> Iterator[Numbers]:
    levels = FILES["trend_r"]["levels"]
    for case in FILES["trend_r"]["cases"]:
        for place, level in enumerate(levels):
            found = stats.random_intercept(
                zip(case["groups"], case["x"], case["y"], strict=True), case["covariates"], level=level
            )
            yield of_fit(case["solved"], found, place)


def of_fit(solved: Any, found: stats.RandomIntercept, place: int) -> Numbers:
    yield solved["between"], found.between_variance.value, NEVER
    yield solved["within"], found.within_variance.value, NEVER
    for row, effect in zip(solved["effects"], found.effects, strict=True):
        yield row["estimate"], effect.estimate.estimate, SMALL
        yield row["error"], effect.standard_error.value, NEVER
        yield row["df"], effect.degrees_of_freedom.value, NEVER
        yield row["p"], effect.p.value, NEVER
        lower, upper = row["intervals"][place]
        yield from interval((lower, upper), effect.estimate, upper - lower)


def many_differences(part: str) -> Iterator[Numbers]:
    for case in LARGE["ranks"]:
        table = stats.Frequencies.of(Counter(RULES[case["rule"]](i) for i in range(1, case["n"] + 1)), 1)
        if part == "p":
            yield iter([(case["p"][0], stats.signed_rank(table).p, NEVER)])
        elif case["estimate"] is not None:  # R drops zeros before it estimates
            seen = zip(table.whole, table.counts, strict=True)
            found = stats.hodges_lehmann(stats.Frequencies.of({whole: n for whole, n in seen if whole}, 1))
            yield iter([(case["estimate"][0], found.estimate, SMALL), *interval(case["interval"], found)])


def large_shares() -> Iterator[Numbers]:
    for case in LARGE["shares"]:
        yield interval(case["interval"], stats.clopper_pearson(case["count"], case["n"]))


def large_rates() -> Iterator[Numbers]:
    for case in LARGE["rates"]:
        yield interval(case["interval"], stats.poisson_rate(case["events"], 12345), NEVER)


def one_stage() -> Iterator[Numbers]:
    for case in FILES["design_r"]["designs"]:
        found = stats.single_arm(case["null"], case["alternative"], alpha=case["alpha"], power=case["power"])
        assert isinstance(found, stats.SingleArm)
        r = case["one"]
        yield iter(
            [
                (r["n"], found.n, 1.0),
                (r["r"], found.r, 1.0),
                (r["alpha"], found.actual_alpha, NEVER),
                (r["power"], found.actual_power, NEVER),
            ]
        )


def two_stages() -> Iterator[Numbers]:
    for case in FILES["design_r"]["designs"]:
        found = stats.two_stage(case["null"], case["alternative"], alpha=case["alpha"], power=case["power"])
        assert isinstance(found, stats.TwoStages)
        numbers: list[tuple[Any, Any, float]] = []
        for own in (found.optimal, found.minimax):
            r = case["two"][own.kind]
            numbers += [(r[name], getattr(own, name), 1.0) for name in ("r1", "n1", "r", "n")]
            numbers += [(r["alpha"], own.actual_alpha, NEVER), (r["power"], own.actual_power, NEVER)]
            numbers += [(r[name], getattr(own, name), NEVER) for name in ("early", "expected", "expected_alternative")]
        yield iter(numbers)


def precisions() -> Iterator[Numbers]:
    for case in FILES["design_r"]["precision"]:
        found = stats.precision_size(case["expected"], case["half_width"], level=case["level"])
        assert isinstance(found, stats.PrecisionSize)
        yield iter([(case[name], getattr(found, name), SMALL) for name in ("n", "count", "lower", "upper")])


def posteriors(part: str) -> Iterator[Numbers]:
    ways = [stats.single_arm("0.3", "0.75"), stats.single_arm("0.3", "0.5")]
    stages = [stats.two_stage("0.3", "0.75"), stats.two_stage("0.3", "0.5")]
    for case in FILES["design_r"]["beta"]:
        count, n, prior = case["count"], case["n"], tuple(case["prior"])
        if part == "posterior":
            numbers: list[tuple[Any, Any, float]] = []
            for level, ends in zip(("0.9", "0.95"), case["intervals"], strict=True):
                found = stats.beta_posterior(count, n, prior=prior, level=level)
                numbers += [(case["mean"], found.estimate, SMALL), *interval(ends, found)]
            yield iter(numbers)
        elif part == "above":
            own = [stats.posterior_above(count, n, share, prior=prior).value for share in ("0.1", "0.3", "0.75")]
            yield iter([(r, one, SMALL) for r, one in zip(case["above"], own, strict=True)])
        else:
            designs = [*ways, *(one.optimal for one in stages if isinstance(one, stats.TwoStages))]
            own = [stats.predictive_success(count, n, one.ways, prior=prior).value for one in designs]  # type: ignore[union-attr]
            yield iter([(r, one, NEVER) for r, one in zip(case["one_stage"] + case["two_stages"], own, strict=True)])


def pooled() -> Iterator[Numbers]:
    for case in FILES["pooled_r"]:
        found = stats.pooled_share(zip(case["responders"], case["patients"], strict=True))
        numbers: list[tuple[Any, Any, float]] = [
            (case["log_odds"], found.log_odds.value, 1.0),
            (case["error"], found.standard_error.value, NEVER),
            (case["tau2"], found.tau2.value, SMALL),
            (case["log_likelihood"], found.log_likelihood.value, NEVER),
            *interval(case["intervals"][1], found.pooled),
            (case["likelihood_ratio"], found.likelihood_ratio.statistic, SMALL),
            (case["wald"], found.wald.statistic, SMALL),
            (case["wald_p"], found.wald.p, NEVER),
        ]
        if case["prediction"] is not None:
            numbers += interval(case["prediction"], found.prediction)
        yield iter(numbers)


COMPARED: dict[str, Callable[[], Iterator[Numbers]]] = {
    "`clopper_pearson`": lambda: shares("clopper_pearson"),
    "`wilson`": lambda: shares("wilson"),
    "`mid_p`": lambda: shares("mid_p"),
    "`clopper_pearson_upper`": upper_shares,
    "`poisson_rate`": rates,
    "`poisson_rate_upper`": upper_rates,
    "`rate_ratio`": lambda: two_rates("interval"),
    "`rate_ratio_test`": lambda: two_rates("p"),
    "`describe`": described,
    "`hodges_lehmann`": typical_changes,
    "`signed_rank`": lambda: differences("signed_rank_exact_rank_tests", stats.signed_rank),
    "`signed_rank`, Pratt": lambda: differences("pratt_coin", stats.signed_rank, zeros="pratt"),
    "`sign_flip`": lambda: differences("sign_flip", stats.sign_flip),
    "`sign_test`": lambda: differences("sign_test", stats.sign_test),
    "`mcnemar`": mcnemar,
    "`cochran_q`, exact": lambda: cochran_q("exact"),
    "`cochran_q`, chi-square": lambda: cochran_q("asymptotic"),
    "`percent_agreement`": lambda: agreement("agree"),
    "`cohen_kappa`": lambda: agreement("none"),
    "`cohen_kappa`, linear": lambda: agreement("linear"),
    "`cohen_kappa`, quadratic": lambda: agreement("quadratic"),
    "`gwet_ac1`": lambda: agreement("ac1"),
    "`kaplan_meier`, curve": lambda: kaplan_meier("curve"),
    "`kaplan_meier`, median": lambda: kaplan_meier("median"),
    "`cumulative_incidence`": cumulative_incidence,
    "`random_intercept`": random_intercept,
    "`signed_rank`, above 1000 differences": lambda: many_differences("p"),
    "`hodges_lehmann`, above 1000 differences": lambda: many_differences("estimate"),
    "`clopper_pearson`, up to 5 million": large_shares,
    "`poisson_rate`, up to 5 million events": large_rates,
    "`single_arm`": one_stage,
    "`two_stage`": two_stages,
    "`precision_size`": precisions,
    "`beta_posterior`": lambda: posteriors("posterior"),
    "`posterior_above`": lambda: posteriors("above"),
    "`predictive_success`": lambda: posteriors("success"),
    "`pooled_share`": pooled,
}


def measured(cases: Iterator[Numbers]) -> tuple[int, float]:
    """How many cases, and the largest difference of any of their numbers."""
    count, largest = 0, 0.0
    for numbers in cases:
        count += 1
        for expected, actual, size in numbers:
            assert (expected is None) == (actual is None)
            if expected is not None:
                largest = max(largest, abs(expected - float(actual)) / max(abs(expected), size))
    return count, largest


@pytest.fixture(scope="module")
def page(project_root: Path) -> dict[str, list[str]]:
    text = (project_root / "docs" / "statistics.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("| \n").split(" | ")]
        for line in text.splitlines()
        if line.startswith("| `")
    ]
    return {row[0]: row[1:] for row in rows if len(row) == 5}


def test_the_page_has_a_row_for_each_function(page: dict[str, list[str]]) -> None:
    assert list(COMPARED) == list(page)
    functions = {word for name in page for word in re.findall(r"`(\w+)`", name)}
    prepare = {"event_times", "exact_level", "exact_number", "exact_numbers", "frequencies", "square_root"}
    hand_on = {"proportion", "random_intercept_of_sums"}  # to three of them; from random_intercept
    otherwise = {"paired_t", "grim", "sprite"}  # tests/stats/test_stats_paired_t.py, test_stats_printed_means.py
    words = {"too_few_words"}  # why there is no interval
    assert functions == {name for name in stats.__all__ if name[0].islower()} - prepare - hand_on - otherwise - words


@pytest.mark.parametrize("name", COMPARED)
def test_the_page_tells_what_is_measured(name: str, page: dict[str, list[str]]) -> None:
    _, _, cases, most = page[name]
    count, largest = measured(COMPARED[name]())
    assert int(cases) == count
    # Told as the power of ten above, so that another processor's last digit changes nothing.
    assert largest <= float(most) <= 1e-9
    assert re.fullmatch(r"1e-\d+", most)
