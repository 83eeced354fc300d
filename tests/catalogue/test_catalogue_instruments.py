"""Ranges, arithmetic, directions and units of what is measured."""

from fractions import Fraction

import pytest

from caseseries.catalogue import (
    CatalogueMiss,
    Instrument,
    constant,
    criterion,
    fold,
    instrument,
    instruments,
    shared_name,
)
from caseseries.catalogue.instrument import unit_fold


@pytest.mark.parametrize(
    ("name", "low", "high", "better"),
    [
        ("MMT8", 0, 80, "high"),
        ("MMT8 bilateral", 0, 150, "high"),
        ("MMT26", 0, 260, "high"),
        ("CMAS", 0, 52, "high"),
        ("PGA", 0, 10, "low"),
        ("PGA Likert", 0, 4, "low"),
        ("patient global", 0, 10, "low"),
        ("CHAQ", 0, 3, "low"),
        ("HAQ-DI", 0, 3, "low"),
        ("DAS", 0, 20, "low"),
        ("DAS muscle", 0, 11, "low"),
        ("DAS skin", 0, 9, "low"),
        ("DASmod", 0, 12, "low"),
        ("extramuscular VAS", 0, 10, "low"),
        ("MDAAT extramuscular sum", 0, 60, "low"),
        ("CDASI activity", 0, 100, "low"),
        ("CDASI damage", 0, 32, "low"),
        ("CAT", 0, 116, "low"),
        ("MDI extent", 0, 38, "low"),
        ("MDI severity", 0, 110, "low"),
        ("SLEDAI", 0, 105, "low"),
    ],
)
def test_scale(name: str, low: int, high: int, better: str) -> None:
    found = instrument(name)
    assert (Fraction(low), Fraction(high), better, "scale") == (
        found.minimum,
        found.maximum,
        found.better,
        found.limits,
    )


def item_total(found: Instrument) -> Fraction:
    return sum((item.maximum * item.times for item in found.items), Fraction(0))


def test_items_sum_to_the_maximum() -> None:
    totals = {found.key: (item_total(found), found.maximum) for found in instruments() if found.items}
    assert {"MMT8", "MMT8 bilateral", "CMAS", "DAS"} == set(totals)
    assert all(total == maximum for total, maximum in totals.values()), totals


def test_mmt8_is_8_groups_of_10_and_both_sides_150() -> None:
    assert [Fraction(10)] * 8 == [item.maximum for item in instrument("MMT8").items]
    assert 7 * 2 * 10 + 10 == instrument("MMT8 bilateral").maximum


def test_cmas_has_14_items_of_the_published_maxima() -> None:
    assert [5, 2, 5, 3, 6, 3, 3, 4, 3, 4, 4, 4, 3, 3] == [item.maximum for item in instrument("CMAS").items]


def test_parts_of_the_cutaneous_tool_and_of_the_activity_score_sum_to_the_whole() -> None:
    maximum = {name: instrument(name).maximum for name in ("CAT", "CAT activity", "CAT damage")}
    assert maximum["CAT"] == Fraction(96 + 20)
    assert (maximum["CAT activity"], maximum["CAT damage"]) == (96, 20)


def test_chaq_step_is_one_eighth() -> None:
    assert instrument("CHAQ").step == Fraction(1, 8)


def test_cmas_minimal_important_difference_and_cut_points() -> None:
    cmas = instrument("CMAS")
    assert [(Fraction(3, 2), Fraction(3))] == [(mid.low, mid.high) for mid in cmas.mids]
    huber = [cut.value for cut in cmas.cuts if cut.source.doi == "10.1002/art.20179"]
    assert [48, 45, 39, 30] == huber
    assert any(note.kind == "ceiling" and "age" in note.words for note in cmas.notes)


def test_chaq_sources_disagree_and_both_are_kept() -> None:
    found = [(mid.kind, mid.low) for mid in instrument("CHAQ").mids]
    assert [
        ("improvement", Fraction("0.188")),
        ("worsening", Fraction("0.125")),
        ("improvement", Fraction("0.13")),
        ("worsening", Fraction("0.75")),
    ] == found


def test_tis_ranges_agree_with_the_instruments() -> None:
    assert constant("TIS range of CMAS").value == instrument("CMAS").maximum
    assert constant("TIS range of CHAQ").value == instrument("CHAQ").maximum
    assert constant("TIS range of DAS").value == instrument("DAS").maximum
    assert constant("TIS range of global scales").value == instrument("PGA").maximum


def test_instruments_named_by_criteria_exist() -> None:
    for measure in (m for key in ("TIS", "IMACS DoI", "PRINTO 20") for m in criterion(key).measures):
        for name in (*measure.imacs, *measure.printo):
            assert instrument(name).key == name


# ------------------------------------------------------------------------------------------------------------ names


def test_aliases_are_unique() -> None:
    owner: dict[str, str] = {}
    for found in instruments():
        for name in (found.key, found.name, *found.aliases):
            assert owner.setdefault(fold(name), found.key) == found.key, name


@pytest.mark.parametrize("name", ["cmas", "CMAS", " c-m-a-s ", "Childhood Myositis Assessment Scale"])
def test_names_are_found_whatever_the_case_and_hyphens(name: str) -> None:
    assert instrument(name).key == "CMAS"


def test_litres_and_percent_are_not_the_same_name() -> None:
    assert ("FVC litres", "FVC % predicted") == (instrument("FVC L").key, instrument("FVC %").key)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("MMT", ("MMT8", "MMT8 bilateral", "MMT26")),
        ("physician global", ("PGA", "PGA Likert")),
        ("FVC", ("FVC litres", "FVC % predicted")),
    ],
)
def test_a_word_shared_by_several_is_refused_with_all_of_them(word: str, meant: tuple[str, ...]) -> None:
    with pytest.raises(CatalogueMiss, match="more than one") as caught:
        instrument(word)
    assert meant == caught.value.suggestions
    assert [instrument(name).key for name in meant] == list(meant)


def test_a_miss_suggests_the_nearest_and_hides_the_word_from_str() -> None:
    with pytest.raises(LookupError) as caught:
        instrument("CMSA")
    assert isinstance(caught.value, CatalogueMiss)
    assert caught.value.suggestions[0] == "CMAS"
    assert caught.value.word == "CMSA"
    assert "CMSA" not in str(caught.value)


# ------------------------------------------------------------------------------------------------------------ units


@pytest.mark.parametrize(
    ("name", "value", "unit", "expected"),
    [
        ("CK", "1", "ukat/L", "60"),
        ("CK", "1.8", "µkat/L", "108"),  # micro sign
        ("CK", "1.8", "μkat/L", "108"),  # Greek mu
        ("CK", "150", "IU/L", "150"),
        ("CK", "150", "u/l", "150"),
        ("neutrophils", "1500", "/mm3", "1.5"),
        ("neutrophils", "1500", "cells/µL", "1.5"),
        ("neutrophils", "1.5", "10⁹/L", "1.5"),
        ("neutrophils", "1.5", "10^3/uL", "1.5"),
        ("neutrophils", "1.5", "K/µL", "1.5"),
        ("haemoglobin", "100", "g/L", "10"),
        ("CRP", "1.2", "mg/dL", "12"),
        ("weight", "1", "lb", "0.45359237"),
        ("weight", "2500", "g", "2.5"),
        ("height", "1.32", "m", "132"),
        ("height", "50", "in", "127"),
        ("PGA", "45", "mm", "4.5"),
        ("FVC litres", "850", "mL", "0.85"),
        ("CMAS", "40", "points", "40"),
    ],
)
def test_conversion_is_exact(name: str, value: str, unit: str, expected: str) -> None:
    assert Fraction(expected) == instrument(name).convert(Fraction(value), unit)


def test_creatinine_and_pressure_are_quotients_kept_exact() -> None:
    assert instrument("creatinine").convert(Fraction("88.4"), "µmol/L") == Fraction(1)
    assert instrument("SBP").convert(Fraction("0.133322387415"), "kPa") == Fraction(1)


def test_haemoglobin_in_mmol_agrees_with_the_published_twin() -> None:
    assert abs(instrument("Hb").convert(Fraction("6.2"), "mmol/L") - 10) < Fraction("0.05")


@pytest.mark.parametrize(("name", "unit"), [("CMAS", "%"), ("CK", "mg/dL"), ("CK", ""), ("weight", "stone")])
def test_an_unknown_unit_is_refused_and_the_accepted_ones_listed(name: str, unit: str) -> None:
    with pytest.raises(CatalogueMiss) as caught:
        instrument(name).convert(Fraction(987654), unit)
    assert all(accepted in str(caught.value) for accepted in instrument(name).accepted_units)
    assert "987654" not in str(caught.value)


def test_no_unit_of_an_instrument_means_two_things() -> None:
    for found in instruments():
        factors: dict[str, Fraction] = {unit_fold(found.unit): Fraction(1)}
        for unit in found.units:
            for name in unit.names:
                assert factors.setdefault(unit_fold(name), unit.factor) == unit.factor, (found.key, name)


def test_limits_include_both_ends_and_span_needs_a_real_scale() -> None:
    cmas = instrument("CMAS")
    assert [cmas.holds(Fraction(x)) for x in ("-0.001", "0", "52", "52.001")] == [False, True, True, False]
    assert (cmas.span, instrument("CK").span, instrument("CHQ-PhS").span) == (52, None, None)
    assert instrument("CHQ-PhS").holds(Fraction(-5))


def test_a_declared_maximum_makes_a_range_of_the_scale_without_one() -> None:
    both = {"minimum of CHQ-PhS": Fraction(0), "maximum of CHQ-PhS": Fraction(100)}
    assert instrument("CHQ-PhS", both).span == 100


# -------------------------------------------------------------------------------------------- versions that share a name


def cuts(name: str) -> list[Fraction]:
    return [cut.value for cut in instrument(name).cuts]


def test_each_version_of_das28_has_cut_points_of_its_own_and_the_bare_name_has_none() -> None:
    assert [Fraction(text) for text in ("2.6", "3.2", "5.1")] == cuts("DAS28-ESR")
    assert [Fraction(text) for text in ("2.4", "2.9", "4.6")] == cuts("DAS28-CRP")
    assert [] == cuts("DAS28")


@pytest.mark.parametrize("name", ["PGA", "pga", "DAS28"])
def test_a_name_that_scales_share_says_what_else_it_could_mean(name: str) -> None:
    assert shared_name(name)


@pytest.mark.parametrize("name", ["PGA VAS", "PGA Likert", "DAS28-CRP", "DAS28-ESR", "lupus PGA", "CMAS"])
def test_a_name_of_one_scale_says_nothing(name: str) -> None:
    assert "" == shared_name(name)


def test_differences_that_sources_state_stand_with_their_kind() -> None:
    found = {(mid.kind, mid.low, mid.high) for mid in instrument("FVC % predicted").mids}
    assert ("improvement", Fraction(3), Fraction("5.3")) in found and (
        "worsening",
        Fraction(3),
        Fraction("3.3"),
    ) in found
    assert Fraction("0.375") in {mid.low for mid in instrument("HAQ-DI").mids}
    assert {"improvement", "worsening"} == {mid.kind for mid in instrument("SLEDAI").mids}
    assert "paediatric" not in instrument("MDI extent").name
