"""Published response criteria and laboratory grades."""

from fractions import Fraction

import pytest

from caseseries.catalogue import (
    CatalogueMiss,
    constant,
    criteria,
    criterion,
    graded_term,
    graded_terms,
    instrument,
)

# -------------------------------------------------------------------------------------- Total Improvement Score

BANDS = {
    "physician global": ["0", "7.5", "15", "17.5", "20"],
    "patient or parent global": ["0", "2.5", "5", "7.5", "10"],
    "muscle strength": ["0", "10", "20", "27.5", "32.5"],
    "function": ["0", "5", "7.5", "7.5", "10"],
    "enzyme or quality of life": ["0", "2.5", "5", "7.5", "7.5"],
    "extramuscular or overall activity": ["0", "7.5", "12.5", "15", "20"],
}
EDGES = {"muscle strength": ["2", "10", "20", "30"]}
OTHER_EDGES = ["5", "15", "25", "40"]


def test_tis_points_are_the_published_ones() -> None:
    found = {m.domain: [band.points for band in m.bands] for m in criterion("TIS").measures}
    assert {domain: [Fraction(p) for p in points] for domain, points in BANDS.items()} == found


def test_tis_edges_are_the_published_ones_and_meet() -> None:
    for measure in criterion("TIS").measures:
        edges = [Fraction(x) for x in EDGES.get(measure.domain, OTHER_EDGES)]
        assert [*edges, None] == [band.to for band in measure.bands]
        assert [None, *edges] == [band.over for band in measure.bands]


def test_tis_maxima_sum_to_100() -> None:
    assert sum(measure.bands[-1].points for measure in criterion("TIS").measures) == 100


def test_tis_edge_belongs_to_the_lower_band() -> None:
    physician = criterion("TIS").measures[0]
    assert [physician.points(Fraction(x)) for x in ("5", "5.001", "40", "40.001", "-20")] == [
        0,
        Fraction("7.5"),
        Fraction("17.5"),
        20,
        0,
    ]


def test_tis_ties_are_real() -> None:
    points = {m.domain: m.points for m in criterion("TIS").measures}
    assert points["function"](Fraction(20)) == points["function"](Fraction(30)) == Fraction("7.5")
    enzyme = points["enzyme or quality of life"]
    assert enzyme(Fraction(30)) == enzyme(Fraction(90)) == Fraction("7.5")


def test_tis_thresholds_by_population() -> None:
    juvenile, adult = criterion("TIS").categories
    assert dict(juvenile.at_least) == {"minimal": 30, "moderate": 45, "major": 70}
    assert dict(adult.at_least) == {"minimal": 20, "moderate": 40, "major": 60}


@pytest.mark.parametrize(("enzyme", "multiple"), [("CK", 15), ("aldolase", 6), ("LDH", 3), ("AST", 3), ("ALT", 3)])
def test_tis_enzyme_ranges_are_recalled_constants(enzyme: str, multiple: int) -> None:
    found = constant(f"TIS range of {enzyme}")
    assert (found.value, found.source.reliability) == (multiple, "recalled M")


# ------------------------------------------------------------------------------------------------- other criteria


def test_all_published_criteria_are_there() -> None:
    assert [
        "TIS", "IMACS DoI", "PRINTO 20", "PRINTO 50", "PRINTO 70", "PRINTO 90", "PRINTO inactive disease", "P-CID",
        "PRINTO clinical remission", "EULAR good response", "EULAR good or moderate response", "ACR20", "ACR50", "ACR70", "ACR Pedi 30",
        "ACR Pedi 50", "ACR Pedi 70", "ACR Pedi 90", "JIA inactive disease", "SRI-4", "KDIGO complete renal response",
        "Mayo clinical response", "Mayo clinical remission", "HiSCR", "PASI-50", "PASI-75", "PASI-90", "PASI-100", "EASI-50", "EASI-75",
        "EASI-90",
    ] == [entry.key for entry in criteria()]  # fmt: skip


def test_imacs_definition() -> None:
    improved, worse, strength = criterion("DoI").written()["all"]
    (of_six,), (of_five,) = improved["of"], worse["of"]
    assert ("3", 6, "20 % of baseline") == (improved["at_least"], len(of_six["each"]), of_six["rule"]["at_least"])
    assert ("2", 5, "25 % of baseline") == (worse["at_most"], len(of_five["each"]), of_five["rule"]["at_least"])
    assert {"not": {"worsens": "muscle strength", "at_least": "25 % of baseline"}} == strength
    assert {m.domain for m in criterion("DoI").measures} == set(of_six["each"]) == {*of_five["each"], "muscle strength"}


def test_printo_worsening_is_a_named_recalled_constant() -> None:
    named = "PRINTO worsening limit"
    assert named in criterion("PRINTO").constants
    _, worse, strength = criterion("PRINTO").written({named: Fraction(25)})["all"]
    assert "25 % of baseline" == worse["of"][0]["rule"]["more_than"] == strength["not"]["more_than"]
    assert (constant(named).value, constant(named).source.recalled) == (30, True)


@pytest.mark.parametrize(
    ("name", "percent"), [("PRINTO", "20"), ("PRINTO 50", "50"), ("PRINTO 70", "70"), ("PRINTO 90", "90")]
)
def test_printo_definitions_differ_in_how_much_improves_alone(name: str, percent: str) -> None:
    improved, worse, _ = criterion(name).written()["all"]
    assert ("3", f"{percent} % of baseline") == (improved["at_least"], improved["of"][0]["rule"]["at_least"])
    assert ("1", "30 % of baseline") == (worse["at_most"], worse["of"][0]["rule"]["more_than"])


@pytest.mark.parametrize(
    ("name", "percent"), [("ACR Pedi 30", "30"), ("PedACR50", "50"), ("ACR Pedi 70", "70"), ("ACR Pedi 90", "90")]
)
def test_paediatric_responses_differ_in_how_much_improves_alone(name: str, percent: str) -> None:
    improved, worse = criterion(name).written()["all"]
    assert ("3", f"{percent} % of baseline") == (improved["at_least"], improved["of"][0]["rule"]["at_least"])
    assert ("1", "30 % of baseline") == (worse["at_most"], worse["of"][0]["rule"]["more_than"])
    assert len(improved["of"][0]["each"]) == len(worse["of"][0]["each"]) == 6


def test_what_is_only_recalled_stands_behind_a_constant() -> None:
    """A criterion of which the text was not read well rests on named numbers, or its name is the number."""
    for entry in criteria():
        if entry.source.recalled:
            assert entry.constants, entry.key


def values(tree: object) -> list[tuple[str, str, str]]:
    """Every comparison of a value: measure, comparison, amount."""
    if isinstance(tree, dict):
        if "value" in tree:
            ((word, amount),) = [(key, one) for key, one in tree.items() if key != "value"]
            return [(tree["value"], word, amount)]
        return [one for part in tree.values() for one in values(part)]
    return [one for part in tree for one in values(part)] if isinstance(tree, list) else []


INACTIVE = [
    ("CK", "at_most", "150 U/L"),
    ("CMAS", "at_least", "48 points"),
    ("MMT8", "at_least", "78 points"),
    ("physician global", "at_most", "0.2 cm"),
]


def test_inactive_disease_numbers() -> None:
    for name in ("PRINTO inactive disease", "P-CID"):
        assert sorted(INACTIVE) == sorted(values(criterion(name).written()))
    assert criterion("PRINTO inactive disease").written()["at_least"] == "3"
    essential, others = criterion("P-CID").written()["all"]
    assert ("physician global", "2") == (essential["value"], others["at_least"])


def test_numbers_of_inactive_disease_are_also_the_cut_points_of_the_instruments() -> None:
    keys = {measure.domain: measure.instruments[0] for measure in criterion("PRINTO inactive disease").measures}
    for domain, _, amount in INACTIVE:
        assert Fraction(amount.split()[0]) in [cut.value for cut in instrument(keys[domain]).cuts]


def test_the_instruments_of_every_domain_are_in_the_catalogue() -> None:
    for entry in criteria():
        for measure in entry.measures:
            assert [instrument(name).key for name in measure.instruments] == list(measure.instruments)


def test_a_rule_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        criterion("TIS").rule["x"] = 1
    with pytest.raises(TypeError):
        criterion("P-CID").rule["all"][1]["at_least"] = "1"


# ---------------------------------------------------------------------------------------------------------- grades


@pytest.mark.parametrize(
    ("term", "version", "value", "grade"),
    [
        ("neutrophils", "5.0", "2.0", 0),
        ("neutrophils", "5.0", "1.9", 1),  # below the limit of normal
        ("neutrophils", "5.0", "1.5", 1),
        ("neutrophils", "5.0", "1.499", 2),
        ("neutrophils", "5.0", "1.0", 2),
        ("neutrophils", "5.0", "0.9", 3),
        ("neutrophils", "5.0", "0.5", 3),
        ("neutrophils", "5.0", "0.499", 4),
        ("neutrophils", "6.0", "1.5", 0),
        ("neutrophils", "6.0", "1.0", 1),
        ("neutrophils", "6.0", "0.9", 2),
        ("neutrophils", "6.0", "0.5", 2),
        ("neutrophils", "6.0", "0.1", 3),
        ("neutrophils", "6.0", "0.09", 4),
    ],
)
def test_grade_of_neutrophils(term: str, version: str, value: str, grade: int) -> None:
    assert graded_term(term, version).grade(Fraction(value), {"lln": Fraction(2)}) == grade


@pytest.mark.parametrize(
    ("term", "lln", "bounds"),
    [
        ("leukocytes", "4", ["4", "3", "2", "1"]),
        ("lymphocytes", "1", ["1", "0.8", "0.5", "0.2"]),
        ("platelets", "150", ["150", "75", "50", "25"]),
        ("haemoglobin", "11.5", ["11.5", "10", "8"]),
    ],
)
def test_each_bound_still_belongs_to_the_milder_grade(term: str, lln: str, bounds: list[str]) -> None:
    graded = graded_term(term, "5.0")
    limits = {"lln": Fraction(lln)}
    assert list(range(len(bounds))) == [graded.grade(Fraction(bound), limits) for bound in bounds]
    below = [graded.grade(Fraction(bound) - Fraction("0.001"), limits) for bound in bounds]
    assert list(range(1, len(bounds) + 1)) == below


def test_thrombocytopenia_of_version_6_begins_grade_4_at_10() -> None:
    graded = graded_term("platelets", "6.0")
    assert [graded.grade(Fraction(x), {"lln": Fraction(150)}) for x in ("10", "9.9")] == [3, 4]


@pytest.mark.parametrize(
    ("version", "base", "value", "grade"),
    [
        ("5.0", "40", "40", 0),
        ("5.0", "40", "40.1", 1),
        ("5.0", "40", "120", 1),
        ("5.0", "40", "120.1", 2),
        ("5.0", "40", "200.1", 3),
        ("5.0", "40", "800.1", 4),
        ("5.0", "100", "149", 0),
        ("5.0", "100", "150", 1),  # 1.5 x baseline counts
        ("5.0", "100", "300.1", 2),
        ("5.0", "100", "500.1", 3),
        ("6.0", "100", "99", 0),
        ("6.0", "100", "100", 1),
        ("6.0", "100", "150.1", 2),
        ("6.0", "100", "200.1", 3),
        ("6.0", "100", "400.1", 4),
    ],
)
@pytest.mark.parametrize("enzyme", ["ALT", "AST"])
def test_transaminases_by_baseline(enzyme: str, version: str, base: str, value: str, grade: int) -> None:
    limits = {"uln": Fraction(40), "base": Fraction(base)}
    assert graded_term(enzyme, version).grade(Fraction(value), limits) == grade


def test_a_missing_limit_leaves_the_grade_open_only_where_it_matters() -> None:
    graded = graded_term("Neutrophil count decreased", "5.0")
    assert [graded.grade(Fraction(x)) for x in ("1.7", "0.9")] == [None, 3]
    alt = graded_term("ALT", "5.0")
    assert alt.grade(Fraction(50), {"uln": Fraction(40)}) is None
    assert alt.grade(Fraction(30), {"uln": Fraction(40), "base": Fraction(30)}) == 0


@pytest.mark.parametrize("term", ["Lymphocyte count decreased", "platelet count decreased", "CPK increased"])
def test_what_version_6_does_not_have_says_why(term: str) -> None:
    with pytest.raises(CatalogueMiss, match=r"version 6\.0"):
        graded_term(term, "6.0")


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(CatalogueMiss, match=r"5\.0, 6\.0"):
        graded_term("Anemia", "4.0")


def test_bounds_are_in_the_unit_of_the_instrument() -> None:
    for graded in graded_terms():
        assert graded.unit == instrument(graded.instrument).unit
        assert graded.source.text.startswith(f"NCI CTCAE v{graded.version}")


@pytest.mark.parametrize(
    ("base", "value", "grade"),
    [
        ("60", "60", 0),
        ("60", "60.1", 1),
        ("60", "150.1", 2),
        ("60", "300.1", 3),
        ("60", "1200.1", 4),
        ("100", "99", 0),
        ("100", "100", 1),  # 1.0 x an abnormal baseline counts
        ("100", "150", 1),
        ("100", "150.1", 2),
        ("100", "300.1", 3),
        ("100", "1000.1", 4),
    ],
)
def test_ggt_of_version_6_by_baseline(base: str, value: str, grade: int) -> None:
    limits = {"uln": Fraction(60), "base": Fraction(base)}
    assert grade == graded_term("GGT", "6.0").grade(Fraction(value), limits)


@pytest.mark.parametrize(
    ("base", "value", "grade"),
    [
        ("0.8", "1.0", 0),
        ("0.8", "1.1", 1),
        ("0.8", "1.5", 1),
        ("0.8", "1.6", 2),
        ("0.8", "3.1", 3),
        ("0.8", "6.1", 4),
        ("0.2", "0.4", 2),  # a baseline below the lower limit: 2 x the baseline
        ("0.2", "0.61", 3),
        ("0.2", "0.3", 0),
        ("0.5", "1.1", 1),  # at the lower limit the baseline does not count, though this is more than twice it
    ],
)
def test_creatinine_of_version_6_counts_multiples_of_the_baseline_only_where_it_was_low(
    base: str, value: str, grade: int
) -> None:
    limits = {"lln": Fraction("0.5"), "uln": Fraction(1), "base": Fraction(base)}
    assert grade == graded_term("creatinine", "6.0").grade(Fraction(value), limits)


def test_creatinine_of_version_6_is_unknown_where_it_is_not_known_whether_the_baseline_was_low() -> None:
    graded = graded_term("creatinine", "6.0")
    assert graded.grade(Fraction(2), {"uln": Fraction(1), "base": Fraction("0.8")}) is None
    assert 4 == graded.grade(Fraction(7), {"uln": Fraction(1)})


@pytest.mark.parametrize("version", ["5.0", "6.0"])
def test_lactate_dehydrogenase_has_one_grade(version: str) -> None:
    graded = graded_term("LDH", version)
    assert [0, 1] == [graded.grade(Fraction(value), {"uln": Fraction(250)}) for value in (250, 251)]
    assert graded.grade(Fraction(251)) is None


def test_creatinine_clearance_of_version_6_says_why_it_is_not_graded() -> None:
    with pytest.raises(CatalogueMiss, match="does not grade it"):
        graded_term("Creatinine clearance decreased", "6.0")
