"""Routes in the words of clinics, in five languages: whether a dose counts as systemic, and which words are asked."""

import pytest

from caseseries.catalogue import CatalogueMiss, route

#: (systemic, the prednisone equivalents hold) and the words of each route.
WORDS = {
    (True, True): {
        "oral": "PO, per os, v.o., VO, vía oral, voie orale, peroral, NGT, G-tube",
        "intravenous": "IV, IVPB, IV drip, IVP, intravenös, intraveineuse, endovenosa, e.v., perfusion",
    },
    (True, False): {
        "subcutaneous": "subQ, sub-Q, s/c, subkutan, sous-cutané, subcutánea, sottocute",
        "intramuscular": "IM, intramuskulär, intramusculaire, depot",
        "transdermal": "TD, patch, transdermal patch",
    },
    (False, False): {
        "topical": "topically, Salbe, Creme, pommade, tópico, gel",
        "inhaled": "neb, nebs, inhalativ, inhal., MDI",
        "intra-articular": "IA, intraartikulär, intra-articulaire, into the joint",
        "intralesional": "intradermal, intraläsional",
        "nasal": "IN, nasally, Nasenspray",
        "ophthalmic": "subconjunctival, periocular, sub-Tenon, sub-Tenon's, Augentropfen, collyre, intravitreal",
        "otic": "ear drops, intratympanic",
        "epidural": "IT, intrathecally, i.th.",
        "rectal": "PR, Zäpfchen, rektal",
        "mouth and teeth": "mouthwash",
    },
}


@pytest.mark.parametrize(
    ("text", "key", "counts"),
    [
        (text, key, counts)
        for counts, routes in WORDS.items()
        for key, texts in routes.items()
        for text in texts.split(", ")
    ],
)
def test_a_route_as_clinics_write_it(text: str, key: str, counts: tuple[bool, bool]) -> None:
    found = route(text)
    assert (key, counts) == (found.key, (found.systemic, found.equivalent))


@pytest.mark.parametrize("text", ["buccal", "oromucosal", "inj.", "injected", "Spritze", "drops", "Tropfen", "spray"])
def test_a_word_of_several_routes_is_asked(text: str) -> None:
    with pytest.raises(CatalogueMiss, match="stands for more than one"):
        route(text)


@pytest.mark.parametrize("text", ["OD", "OS", "ID", "IP", "iv/po", "IV or PO", "tube", "port", "IVT", "on", ""])
def test_a_word_that_may_be_something_else_is_no_route(text: str) -> None:
    with pytest.raises(CatalogueMiss):
        route(text)
