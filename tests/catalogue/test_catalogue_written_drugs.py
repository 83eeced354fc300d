"""Whole cells of a drug column as clinics write them: brand and generic together, salts with forms, foreign words, brands of one route."""

import pytest

from caseseries.catalogue import (
    CatalogueMiss,
    drugs,
    drugs_in,
    meant_drugs,
    names_several,
    other_medicine,
    prednisone_factor,
    says_local,
    written_drug,
)

#: Ingredients and the brands, forms and foreign names that mean them.
MORE_NAMES = {
    "prednisone": "Dacortin, Deltacortene, Encorton, DECORTIN",
    "prednisolone": "Decortin-H, DECORTIN H, Dacortin H, Solu-Decortin H, Predni H Tablinen, prednisolone e/c, Prednisolone EC tablets, Estilsona",
    "methylprednisolone": "Predni M, Metypred, Urbason solubile forte, A-Methapred, 6-methylprednisolone",
    "prednylidene": "Decortilen",
    "paramethasone": "parametasona",
    "cortivazol": "Altim",
    "corticotropin": "corticotrophin, Acthar Gel, H.P. Acthar Gel, Cortrophin Gel, repository corticotropin injection, ACTH gel injection",
    "tetracosactide": "Synacthen Depot, Cortrosyn, tetracosactrin",
    "mycophenolic acid": "mycophenolate sodium tablets, oral mycophenolate sodium, mycophenolate EC, Mycophenolat-Natrium, EC-MPS",
    "mycophenolate mofetil": "mycophenolate mofetil hydrochloride, mycophenolate tablets, Myfenax",
    "rituximab": "rituximab-abbs, rituximab-arrx infusion, Blitzima",
    "infliximab": "infliximab-dyyb, Zessly, Avsola",
    "adalimumab": "adalimumab-atto, Cyltezo, Hefiya",
    "etanercept": "Eticovo, etanercept-szzs",
    "tocilizumab": "Tyenne, tocilizumab-bavi",
    "golimumab": "Simponi Aria",
    "alemtuzumab": "Campath, Lemtrada",
    "antithymocyte globulin": "ATGAM, Thymoglobuline, rATG",
    "IVIG": "Panzyga, Intratect, immunoglobulin IV, Immunglobuline i.v., IV immunoglobulin infusion, inmunoglobulina intravenosa, IGEV",
    "SCIG": "Xembify, Cutaquig, Gammanorm, immunoglobulin SC",
    "ciclosporin": "Sandimmun Optoral, cyclosporine modified",
    "fluticasone": "fluticasone propionate",
    "clobetasol": "clobetasol propionate cream",
}


@pytest.mark.parametrize(
    ("name", "key"), [(name, key) for key, names in MORE_NAMES.items() for name in names.split(", ")]
)
def test_a_name_as_clinics_write_it_is_its_ingredient(name: str, key: str) -> None:
    assert key == written_drug(name).drug.key


@pytest.mark.parametrize(
    ("text", "key", "route"),
    [
        ("Decortin H Tabletten", "prednisolone", "oral"),
        ("Prednisolon Augentropfen", "prednisolone", "ophthalmic"),
        ("Hydrocortison Creme", "hydrocortisone", "topical"),
        ("prednisona comprimidos", "prednisone", "oral"),
        ("méthylprednisolone perfusion", "methylprednisolone", "intravenous"),
        ("Pred Forte", "prednisolone", "ophthalmic"),
        ("Protopic ointment", "tacrolimus", "topical"),
        ("Restasis", "ciclosporin", "ophthalmic"),
        ("Nasacort", "triamcinolone", "nasal"),
        ("Acthar gel", "corticotropin", ""),
        ("prednisolone (Pred Forte)", "prednisolone", "ophthalmic"),
        ("prednisolone (tablets)", "prednisolone", "oral"),
        ("methotrexate sodium injection", "methotrexate", ""),
    ],
)
def test_a_form_or_brand_says_its_route_and_a_gel_for_injection_none(text: str, key: str, route: str) -> None:
    found = written_drug(text)
    assert (key, route) == (found.drug.key, found.route)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("prednisolone (Decortin H)", "prednisolone"),
        ("Decortin H (prednisolone)", "prednisolone"),
        ("Decortin (prednisone) tablets", "prednisone"),
        ("MMF [CellCept]", "mycophenolate mofetil"),
        ("MPA (Myfortic)", "mycophenolic acid"),
        ("methylprednisolone (MP)", "methylprednisolone"),
        ("steroid (prednisolone)", "prednisolone"),
        ("infliximab (anti-TNF)", "infliximab"),
    ],
)
def test_a_name_and_another_of_it_in_brackets_are_one_drug(text: str, key: str) -> None:
    assert key == written_drug(text).drug.key


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("prednisolone (Decortin)", ("prednisolone", "prednisone")),
        ("prednisone (Decortin H)", ("prednisone", "prednisolone")),
        ("mycophenolate mofetil (Myfortic)", ("mycophenolate mofetil", "mycophenolic acid")),
        ("tacrolimus (MPA)", ("tacrolimus", "mycophenolic acid", "methylprednisolone", "medroxyprogesterone")),
        ("prednisone + MTX", ("prednisone", "methotrexate")),
        ("TAC 0.1% cream", ("tacrolimus", "triamcinolone")),
        ("MP pulse", ("methylprednisolone", "mercaptopurine")),
        ("Predni", ("prednisone", "prednisolone", "methylprednisolone")),
        ("Cortison 20 mg", ("cortisone", "hydrocortisone", "prednisolone", "prednisone")),
        ("Kortison", ("cortisone", "hydrocortisone", "prednisolone", "prednisone")),
        ("Gamunex-C", ("IVIG", "SCIG")),
        ("Immunglobuline", ("IVIG", "SCIG")),
        ("immunoglobulin (IVIG) / SCIG", ("IVIG", "SCIG")),
    ],
)
def test_what_may_be_two_drugs_is_refused_with_all_of_them(text: str, meant: tuple[str, ...]) -> None:
    with pytest.raises(CatalogueMiss):
        written_drug(text)
    assert meant == meant_drugs(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Decortin H 20 mg", "prednisolone"),
        ("Decortin 20 mg", "prednisone"),
        ("mycophenolate sodium 360 mg", "mycophenolic acid"),
        ("hydrocortisone 1%", "hydrocortisone"),
        ("Enbrel SureClick", "etanercept"),
        ("rituximab-plus", None),
        ("prednisolone-abbs", None),
    ],
)
def test_the_longest_name_among_other_words_is_the_one_meant(text: str, meant: str | None) -> None:
    assert (() if meant is None else (meant,)) == meant_drugs(text)


@pytest.mark.parametrize(
    "text", ["TAC ointment", "MP IV", "steroid tablets", "corticoïdes", "Kortikoide", "steroid cream"]
)
def test_a_name_of_several_stays_one_with_its_form(text: str) -> None:
    assert names_several(text)


def test_a_steroid_cream_is_one_of_the_local_glucocorticoids() -> None:
    assert ("one of the local glucocorticoids",) == meant_drugs("steroid cream")


def test_a_strength_behind_another_medicine_is_set_aside_and_nothing_else_is() -> None:
    assert other_medicine("omeprazole 20 mg") and other_medicine("Vitamin D 1000 IU/day")
    assert not any(map(other_medicine, ("calcium 500 mg + prednisone", "MTX 15 mg", "folic acid 5 mg (MTX 10 mg)")))


def test_every_glucocorticoid_without_a_table_has_no_equivalent_and_says_so() -> None:
    for key in (
        "fluocortolone",
        "cloprednol",
        "paramethasone",
        "meprednisone",
        "prednylidene",
        "rimexolone",
        "cortivazol",
    ):
        found = prednisone_factor(key)
        assert (None, None) == (found.mg, found.factor)
        assert "declares its equivalent" in found.note
    assert not drugs_in("systemic glucocorticoids") & drugs_in("corticotropins")


@pytest.mark.parametrize(
    ("text", "key", "route", "maybe_local"),
    [
        ("Prednisolone acetate 1% eye drops", "prednisolone", "ophthalmic", "acetate"),
        ("Hydrocortison 0,5% Salbe", "hydrocortisone", "topical", "a preparation in percent"),
        ("hydrocortisone 1%", "hydrocortisone", "", "a preparation in percent"),
        ("Tacrolimus 0.1% ointment", "tacrolimus", "topical", "a preparation in percent"),
        ("Privigen 10%", "IVIG", "", "a preparation in percent"),
        ("Prednisolon-Augentropfen", "prednisolone", "ophthalmic", ""),
        ("Hydrocortison-Creme", "hydrocortisone", "topical", ""),
        ("prednisolon-natriumsuccinat", "prednisolone", "", ""),
        ("Kenalog intralesional", "triamcinolone", "intralesional", "a depot"),
        ("CYC pulse", "cyclophosphamide", "", ""),
        ("pulse methylprednisolone IV", "methylprednisolone", "intravenous", ""),
        ("Humira pen", "adalimumab", "", ""),
    ],
)
def test_a_strength_in_percent_or_a_joined_form_is_read_with_what_it_says(
    text: str, key: str, route: str, maybe_local: str
) -> None:
    found = written_drug(text)
    assert (key, route, maybe_local) == (found.drug.key, found.route, found.maybe_local)


def test_a_strength_in_percent_alone_is_refused_where_nothing_would_ask() -> None:
    with pytest.raises(CatalogueMiss, match="not a drug"):
        written_drug("tacrolimus 0.1%")
    assert ("tacrolimus",) == meant_drugs("tacrolimus 0.1%")


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("dexamethasone 0.1% eye drops bd", True),
        ("hydrocortisone cream twice", True),
        ("Tacrolimus 0.1%", True),
        ("Solu-Medrol 1 g IV x3", False),
        ("MTX 15 mg sc", False),
    ],
)
def test_a_name_that_says_a_local_form_is_known_to(text: str, local: bool) -> None:
    assert local is says_local(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("hydrocortisone butyrat", "hydrocortisone butyrate"),
        ("betamethasone vallerate", "betamethasone valerate"),
        ("Decortin HH", "prednisolone"),
        ("antithymocyte globuline", "antithymocyte globulin"),
        ("mycophenolic acid delayd release", "mycophenolic acid"),
        ("methotrexat", "methotrexate"),
        ("hydroxycloroquine", "hydroxychloroquine"),
        ("prednisilone", "prednisolone"),
    ],
)
def test_a_slip_in_a_name_of_several_words_is_that_name_and_not_the_drug_in_it(text: str, key: str) -> None:
    assert [key] == [written_drug(one).drug.key for one in meant_drugs(text)]


#: What clinics write around a name.
AROUND = (
    "{n} 20 mg", "{n} 5mg tabs", "oral {n} 10 mg/d", "{n} bd", "{N}", "{n} + folic acid", "{n} (Kortizolex)", "{n}, 2x tgl.", "  {n};",
    "{n} 10 mg (since 2010)", "{n}/omeprazole", "{n}?", "Inj. {n}", "{n} stopped", "{n} ({k})", "{k} ({n})", "Tab. {n}", "{n} 0.1% cream bd",
)  # fmt: skip


@pytest.mark.parametrize("around", AROUND)
def test_no_name_among_other_words_is_another_drug_or_none_without_a_word(around: str) -> None:
    for entry in drugs()[AROUND.index(around) % 4 :: 4]:
        for name in (entry.key, *entry.aliases[::3]):
            text = around.format(n=name, N=name.upper(), k=entry.key)
            try:
                meant = {written_drug(text).drug.key}
            except CatalogueMiss:
                meant = {written_drug(one).drug.key for one in meant_drugs(text) if not one.startswith("one of ")}
            assert entry.key in meant, text
