"""Names of drugs as charts write them: brands, salts, forms, other medicines, spellings, and names that stand for several."""

import pytest

from caseseries.catalogue import (
    CatalogueMiss,
    drug,
    drugs_in,
    fold,
    meant_drugs,
    other_medicine,
    same_drug,
    written_drug,
)
from caseseries.catalogue.raw import read

#: What a rheumatology chart holds, and the ingredient that each name means.
BRANDS = {
    "methylprednisolone": "Medrone, Solu-Medrone, Depo-Medrone, Urbason",
    "prednisone": "Decortin, Meticorten, Lodotra, Prednison",
    "prednisolone": "Prednisolon, Decortin H, Deltacortril",
    "hydrocortisone": "Hydrocortone",
    "triamcinolone": "Kenacort, Aristospan",
    "deflazacort": "Flantadin, Zamene",
    "corticotropin": "Acthar, ACTH",
    "tetracosactide": "Synacthen",
    "IVIG": "Kiovig, Privigen, Octagam, Flebogamma",
    "SCIG": "Hizentra",
    "rituximab": "Truxima, Rixathon, Ruxience",
    "infliximab": "Inflectra, Remsima",
    "adalimumab": "Amgevita, Imraldi",
    "etanercept": "Benepali",
    "secukinumab": "Cosentyx",
    "antithymocyte globulin": "ATG",
    "everolimus": "Certican",
    "tacrolimus": "Advagraf",
    "upadacitinib": "Rinvoq",
    "methotrexate": "Otrexup, Trexall, Nordimet",
    "azathioprine": "Imurek",
    "hydroxychloroquine": "Quensyl",
    "mycophenolic acid": "Myfortic, EC-MPS, mycophenolate sodium, enteric-coated mycophenolate sodium",
    "mycophenolate mofetil": "CellCept, mycophenolate mofetil hydrochloride, MMF tablets",
}


@pytest.mark.parametrize(("name", "key"), [(name, key) for key, names in BRANDS.items() for name in names.split(", ")])
def test_a_brand_is_its_ingredient(name: str, key: str) -> None:
    assert key == written_drug(name).drug.key


@pytest.mark.parametrize(
    ("group", "members"),
    [
        ("biologics", "secukinumab ixekizumab sarilumab eculizumab vedolizumab omalizumab mepolizumab obinutuzumab ofatumumab efgartigimod"),
        ("biologics", "rilonacept emapalumab daratumumab"),
        ("JAK inhibitors", "brepocitinib"),
        ("other immunomodulators", "apremilast colchicine dapsone thalidomide"),
        ("conventional immunosuppressants", "everolimus"),
        ("systemic glucocorticoids", "fluocortolone cloprednol paramethasone meprednisone"),
    ],
)  # fmt: skip
def test_drugs_of_today_are_in_their_class(group: str, members: str) -> None:
    assert set(members.split()) <= drugs_in(group)


@pytest.mark.parametrize(
    ("text", "key", "route", "salt"),
    [
        ("prednisolone acetate", "prednisolone", "", "acetate"),
        ("methylprednisolone sodium succinate", "methylprednisolone", "", ""),
        ("Dexamethasone sodium phosphate", "dexamethasone", "", ""),
        ("hydrocortisone sodium succinate injection", "hydrocortisone", "", ""),
        ("hydroxychloroquine sulphate tabs", "hydroxychloroquine", "oral", ""),
        ("hydrocortisone cream", "hydrocortisone", "topical", ""),
        ("prednisolone acetate eye drops", "prednisolone", "ophthalmic", "acetate"),
        ("IV methylprednisolone", "methylprednisolone", "intravenous", ""),
        ("methotrexate s.c.", "methotrexate", "subcutaneous", ""),
        ("tofacitinib citrate", "tofacitinib", "", ""),
        ("betamethasone valerate", "betamethasone valerate", "", ""),
        ("cortisone acetate", "cortisone", "", ""),
    ],
)
def test_salts_and_forms_are_set_aside_before_the_look_up(text: str, key: str, route: str, salt: str) -> None:
    found = written_drug(text)
    assert (key, route, salt) == (found.drug.key, found.route, found.maybe_local)


@pytest.mark.parametrize(
    "text", ["betamethasone dipropionate", "acetate", "sodium", "tablets", "newdrug acetate", "x" * 300]
)
def test_an_ester_that_may_stay_local_and_a_bare_salt_are_no_drug(text: str) -> None:
    with pytest.raises(CatalogueMiss):
        written_drug(text)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("TAC", ("tacrolimus", "triamcinolone")),
        ("MP", ("methylprednisolone", "mercaptopurine")),
        ("MPA", ("mycophenolic acid", "methylprednisolone", "medroxyprogesterone")),
        ("CTX", ("cyclophosphamide", "ceftriaxone", "cetuximab")),
        ("Gamunex", ("IVIG", "SCIG")),
        ("gammaglobulin", ("IVIG", "SCIG")),
    ],
)
def test_a_name_of_several_drugs_is_asked_and_not_chosen(word: str, meant: tuple[str, ...]) -> None:
    with pytest.raises(CatalogueMiss, match="more than one"):
        drug(word)
    assert meant == meant_drugs(word)


@pytest.mark.parametrize(
    "word",
    [
        "tralokinumab", "nemolizumab", "tildrakizumab", "reslizumab", "itolizumab", "olokizumab", "captopril", "clonidine",
        "AZB", "ABC", "MTZ", "hydrocodone", "sulfadiazine", "penicillin V", "cetirizine", "Zinbryta", "",
    ],
)  # fmt: skip
def test_another_drug_is_no_spelling_of_a_known_one(word: str) -> None:
    assert () == meant_drugs(word)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("methotrexat", "methotrexate"),
        ("metothrexate", "methotrexate"),
        ("ICVY", "IVCY"),
        ("rituxmab", "rituximab"),
        ("ritixumab", "rituximab"),
        ("cyclophosphomide", "cyclophosphamide"),
        ("predniso1one tablets", "prednisolone"),
        ("hydroxychlor", "hydroxychloroquine"),
        ("methotrexate/folic acid", "methotrexate"),
        ("IVIG 2 g/kg", "IVIG"),
    ],
)
def test_another_spelling_of_the_same_word_is_suggested(word: str, meant: str) -> None:
    assert meant in {meant_drugs(word)[0], drug(meant_drugs(word)[0]).key}


def test_every_name_of_another_medicine_is_in_no_class_and_said_once() -> None:
    names = [name for kind, listed in read("drugs")["other_medicines"].items() if kind != "source" for name in listed]
    assert all(other_medicine(name) for name in names)
    assert (
        len({fold(name) for name in names}) > len(names) - 10
    )  # spellings such as vitamin D and vitamin-D fold together
    assert not any(other_medicine(name) for names in BRANDS.values() for name in names.split(", "))
    assert other_medicine("omeprazole tablets") and not other_medicine("newdrug")


def test_forms_of_one_drug_have_amounts_that_are_worth_the_same() -> None:
    assert same_drug("mycophenolate mofetil") == same_drug("mycophenolic acid")
    assert {"mycophenolate mofetil": 1000, "mycophenolic acid": 720} == dict(same_drug("mycophenolic acid"))
    assert ["prednisone"] == list(same_drug("prednisone"))
