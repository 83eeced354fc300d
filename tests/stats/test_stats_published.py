"""The same numbers from real before/after tables, as R printed them once for the shared data."""

import csv
import json
import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from caseseries.stats import describe, exact_number, signed_rank


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def changes(pairs):
    """After minus before, exactly as written and as R saw it, in binary."""
    both = [(before, after) for before, after in pairs if before and after]
    return (
        [exact_number(after) - exact_number(before) for before, after in both],
        [Fraction(float(after) - float(before)) for before, after in both],
    )


def lupus(data: Path) -> Iterator[tuple[str, tuple[list[Fraction], list[Fraction]]]]:
    table = rows(data / "patients.csv")
    for column, before in (("cs_dose_mg", "day0"), ("sledai", "day0"), ("bilag", "day0")):
        yield f"iwata2011_{column}_2y", changes((r[f"{column}_{before}"], r[f"{column}_2y"]) for r in table)


def classics(data: Path) -> Iterator[tuple[str, tuple[list[Fraction], list[Fraction]]]]:
    table = rows(data / "anorexia_mass.csv")
    for arm in ("FT", "CBT", "Cont"):
        yield f"anorexia_{arm}", changes((r["Prewt"], r["Postwt"]) for r in table if r["Treat"] == arm)
    table = rows(data / "btheb_hsaur.csv")
    for arm in ("TAU", "BtheB"):
        for month in ("2m", "4m", "6m", "8m"):
            pairs = ((r["bdi.pre"], r[f"bdi.{month}"]) for r in table if r["treatment"] == arm)
            yield f"btheb_{arm}_bdi.{month}", changes(pairs)
    table = rows(data / "polyps_medicaldata.csv")
    for arm in ("sulindac", "placebo"):
        for column in ("number3m", "number12m"):
            yield f"polyps_{arm}_{column}", changes((r["baseline"], r[column]) for r in table if r["treatment"] == arm)
    table = rows(data / "ra_auranofin_multgee.csv")
    for arm in ("1", "2"):
        pairs = ((r["baseline"], r["y"]) for r in table if r["trt"] == arm and r["time"] == "5")
        yield f"ra_auranofin_trt{arm}_month5", changes(pairs)
    table = rows(data / "cdystonia_medicaldata.csv")
    for arm in ("1", "2", "3"):
        at_week = {
            week: {(r["site"], r["id"]): r["twstrs"] for r in table if r["treat"] == arm and r["week"] == week}
            for week in ("0", "4")
        }
        pairs = ((before, at_week["4"].get(patient, "")) for patient, before in at_week["0"].items())
        yield f"cdystonia_treat{arm}_week4", changes(pairs)


@pytest.mark.parametrize(
    ("folder", "differences", "count"), [("ipd-rtx-sle-jrheum", lupus, 3), ("r-classics", classics, 20)]
)
def test_changes_equal_r(shared_data, folder, differences, count):
    expected = json.loads((shared_data / folder / "reference-r.json").read_text(encoding="utf-8"))
    seen = dict(differences(shared_data / folder))
    assert count == len(seen)
    assert {name for name, value in expected.items() if isinstance(value, dict)} == set(seen)
    exact_p = 0
    for name, (values, binary) in seen.items():
        r, found, tested = expected[name], describe(values), signed_rank(binary)
        assert r["n_pairs"] == found.n
        assert (r["n_down"], r["n_same"], r["n_up"]) == (
            sum(value < 0 for value in values),
            sum(value == 0 for value in values),
            sum(value > 0 for value in values),
        )
        for ours in ("mean", "sd", "median"):
            # The file keeps ten decimals.
            assert math.isclose(r[f"change_{ours}"], getattr(found, ours).value, rel_tol=1e-9, abs_tol=1e-10), name
        assert (r["change_min"], r["change_max"]) == (float(found.minimum.value), float(found.maximum.value))
        assert r["wilcoxon_V"] == tested.statistic, name
        if r["wilcoxon_method"] == "Wilcoxon signed rank exact test":
            assert math.isclose(r["wilcoxon_p"], tested.p, rel_tol=1e-9)
            exact_p += 1
        else:  # R approximated; the exact value differs, though not wildly
            assert abs(r["wilcoxon_p"] - tested.p) < 0.1
    assert exact_p == 1


def test_binary_differences_break_real_ties(shared_data):
    """Weights to a tenth of a pound: R, ranking binary differences, misses ties that are on paper."""
    seen = dict(classics(shared_data / "r-classics"))
    missed = {
        name: (float(signed_rank(values).statistic), float(signed_rank(binary).statistic))
        for name, (values, binary) in seen.items()
        if signed_rank(values).statistic != signed_rank(binary).statistic
    }
    assert {"anorexia_CBT": (304.5, 303.5)} == missed
