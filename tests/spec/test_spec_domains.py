"""Totals that are the mean of domains (CHAQ, HAQ-DI), on every implementation: the highest item, aids, and what is not recorded."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random

import pytest
from tests.spec.small import IMPLEMENTATIONS, Spec, analyse, chart, on_every_engine, protocol
from tests.spec.test_spec_items import said_of
from tests.spec.valued import counts_of

from caseseries import catalogue, parts
from caseseries.protocol.check import check_made
from caseseries.protocol.derived import Mean, denominator, derived_measures, required_parts
from caseseries.protocol.differences import plain
from caseseries.protocol.protocol import Protocol
from caseseries.report.exhibits.methods import methods

SINGLE = ("dressing", "eating", "walking", "hygiene", "reach", "grip", "activities")
ITEM = "{quantity: an item, unit: points, range: [0, 3], better: low}"
AID = "{judgement: an aid, since: index date, better: no}"
MEASURES = "\n".join(
    [
        "measures:",
        *(f"  {name}: {ITEM}" for name in (*SINGLE, "bed", "chair")),
        f"  cane: {AID}",
        f"  help: {AID}",
        "  charted: {instrument: HAQ-DI}",
    ]
)
OF = f"{{arising: [bed, chair], {', '.join(f'{name}: {name}' for name in SINGLE)}}}"


def study(more: str, rule: str = "{value: total, more_than: 0 points}", after: str = "take: nearest") -> str:
    return (
        f"{MEASURES}\n  total: {{items: HAQ-DI, of: {OF}, {more}}}\nwindows:\n  baseline: {{from: -90 days, to: 0 days, take: last}}\n"
        f"  after: {{from: 46 days, to: 134 days, target: 90 days, {after}, components: nearest each}}\n"
        f"outcomes: {{response: {{at: after, rule: {rule}}}}}"
    )


def rows(day: int = 90, without: str = "", **scores: object) -> str:
    """Every domain at 1 but for those named, one left out."""
    every = dict.fromkeys((*SINGLE, "bed", "chair"), 1) | scores
    return "\n".join(f"1 | {name} | {day}:{score}" for name, score in every.items() if name not in without.split())


NOT = "aids: not counted"
AIDS = "aids: {walking: cane, arising: [cane, help]}"
SIX, ANSWERED = "missing: at least 6 domains", "missing_items: highest answered"
NONE = "not evaluable: after total: recorded without a number"


def one(words: str, more: str, of: str, answer: str, after: str = "take: nearest") -> Spec:
    return Spec(f"domains: {words}", study(more, after=after), of, {"1": answer})


SPECS = [
    one("all at 1", NOT, rows(), "after total 1 @90"),
    one("the highest item counts", NOT, rows(bed=0, chair=3), "after total 1.25 @90"),
    one("an eighth", NOT, rows(bed=2), "after total 1.125 @90"),
    one("a missing item may have been the highest", NOT, rows(without="bed"), NONE),
    one("a missing item does not matter beside a 3", NOT, rows(without="bed", chair=3), "after total 1.25 @90"),
    one("a missing item, the highest answered", f"{NOT}, {ANSWERED}", rows(without="bed"), "after total 1 @90"),
    one("a missing domain", NOT, rows(without="grip"), NONE),
    one("a missing domain with the highest answered", f"{NOT}, {ANSWERED}", rows(without="grip"), NONE),
    one("two missing domains", f"{NOT}, {SIX}", rows(without="grip reach", eating=2), "after total 1.166667 @90"),
    one("one missing domain", f"{NOT}, {SIX}", rows(without="bed chair", eating=2), "after total 1.142857 @90"),
    one("no missing domain, although some may", f"{NOT}, {SIX}", rows(eating=2), "after total 1.125 @90"),
    one("three missing domains", f"{NOT}, {SIX}", rows(without="grip reach eating"), NONE),
    one("a domain answered in part is not missing", f"{NOT}, {SIX}", rows(without="bed"), NONE),
    one("an item with a missing code", f"{NOT}, {SIX}", f"{rows(without='grip')}\n1 | grip | 90:ND", "after total 1 @90"),
    one("an item known as a limit", f"{NOT}, {SIX}, {ANSWERED}", rows(bed="<2"), NONE),
    one("an item known as a limit beside a 3", NOT, rows(bed="<2", chair=3), "after total 1.25 @90"),
    one("an item that is no score", NOT, rows(grip="1.5"), NONE),
    one("an aid raises 1 to 2", AIDS, f"{rows()}\n1 | cane | 90:yes\n1 | help | 90:no", "after total 1.25 @90"),
    one("an aid raises 0 to 2", "aids: {walking: cane}", f"{rows(walking=0)}\n1 | cane | 90:yes", "after total 1.125 @90"),
    one("an aid raises no 2 and no 3", AIDS, f"{rows(walking=2, bed=3)}\n1 | cane | 90:yes", "after total 1.375 @90"),
    one("no aid", AIDS, f"{rows()}\n1 | cane | 90:no\n1 | help | 90:no", "after total 1 @90"),
    one("one of two aids", AIDS, f"{rows()}\n1 | cane | 90:no\n1 | help | 90:yes", "after total 1.125 @90"),
    one("an aid that is not recorded", AIDS, rows(), NONE),
    one("an aid that is not recorded does not matter from 2 on", AIDS, rows(walking=2, bed=3), "after total 1.375 @90"),
    one("one of two aids is not recorded", AIDS, f"{rows()}\n1 | cane | 90:no", NONE),
    one("one of two aids is not recorded, and the other was used", AIDS, f"{rows(walking=3)}\n1 | help | 90:yes", "after total 1.375 @90"),
    one("an aid and a missing item", AIDS, f"{rows(without='bed')}\n1 | cane | 90:yes", NONE),
    one("an aid alone answers no domain", f"{AIDS}, {SIX}", f"{rows(without='walking')}\n1 | cane | 90:yes", "after total 1.142857 @90"),
    one("aids on a day alone", AIDS, "1 | cane | 90:yes", NONE),
    one("another day is complete", NOT, f"{rows(without='grip')}\n{rows(100, bed=2)}", "after total 1.125 @100"),
    one("different values of an item", NOT, f"{rows()}\n1 | grip | 90:3", "after total 1.25 @90", "take: nearest, same_day: worst"),
    one("different values below the highest are one total", NOT, f"{rows(bed=0, chair=3)}\n1 | bed | 90:2", "after total 1.25 @90"),
    one("different values of an item and of an aid", AIDS, f"{rows(walking=0)}\n1 | walking | 90:3\n1 | cane | 90:yes, 90:no\n1 | help | 90:no",
        "after total 1.375 @90", "take: nearest, same_day: worst"),
    one("different values, one of them unknown", AIDS, f"{rows()}\n1 | walking | 90:3\n1 | help | 90:yes", NONE, "take: nearest, same_day: worst"),
    one("the mean of days with other divisors", f"{NOT}, {SIX}", f"{rows(80, without='grip', bed=2)}\n{rows(90, bed=2)}",
        "after total 1.133929 @90", "take: mean"),
]  # fmt: skip
SPECS += [
    Spec(
        f"domains: {words}",
        study(more, f"{{value: total, {word}}}"),
        rows(without=without, **scores),
        {"1": answer},
    )
    for words, more, word, without, scores, answer in [
        ("an eighth is exact", NOT, "at_least: 1.125 points", "", {"bed": 2}, "yes"),
        ("a sixth is more than what it is rounded to", f"{NOT}, {SIX}", "more_than: 1.166666 points", "grip reach", {"bed": 2}, "yes"),
        ("a sixth is less than what it is rounded to", f"{NOT}, {SIX}", "less_than: 1.166667 points", "grip reach", {"bed": 2}, "yes"),
        ("percent of the range", NOT, "at_most: 37.5 % of range", "", {"bed": 2}, "yes"),
    ]
]  # fmt: skip
SPECS += [
    Spec(
        "domains: a part of a weighted sum",
        study(NOT, "{value: weighted, at_least: 113.5 points}").replace(
            "\nwindows:", "\n  weighted: {weighted: {total: 100, grip: 1}, unit: points, better: low}\nwindows:", 1
        ),
        rows(bed=2),
        {"1": "yes"},
    ),
    Spec(
        "domains: a part of a weighted sum without a total",
        study(NOT, "{value: weighted, at_least: 113.5 points}").replace(
            "\nwindows:", "\n  weighted: {weighted: {total: 100, grip: 1}, unit: points, better: low}\nwindows:", 1
        ),
        rows(without="bed"),
        {"1": "not evaluable: after weighted: recorded without a number"},
    ),
]


@on_every_engine(SPECS)
def test_a_mean_of_domains(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


def test_the_domains_of_the_catalogue() -> None:
    found = {one.key: [domain.items for domain in one.domains] for one in catalogue.instruments() if one.domains}
    assert {"CHAQ": [4, 2, 3, 2, 5, 4, 5, 5], "HAQ-DI": [2, 2, 3, 2, 3, 2, 3, 3]} == found
    assert [30, 20] == [sum(items) for items in found.values()]
    for key in found:
        assert [6, 2] == [
            catalogue.constant(name).value
            for name in (f"answered domains of a {key} total", f"score of a {key} domain with an aid")
        ]


def test_every_score_of_one_domain_with_an_aid_by_hand() -> None:
    """Two items and an aid, each recorded or not, against all the ways in which the unknown can be filled in."""
    made = study("aids: {arising: help}")
    text, expected = [], {}
    for number, (bed, chair, used) in enumerate(product((0, 1, 2, 3, None), (0, 2, 3, None), ("yes", "no", None))):
        every = [
            max(b, c, 2 if u == "yes" else 0)
            for b in ((bed,) if bed is not None else range(4))
            for c in ((chair,) if chair is not None else range(4))
            for u in ((used,) if used is not None else ("yes", "no"))
        ]
        cells = {"bed": bed, "chair": chair, "help": used, **dict.fromkeys(SINGLE, 1)}
        text += [f"p{number} | {name} | 90:{cell}" for name, cell in cells.items() if cell is not None]
        if bed is not None or chair is not None:
            expected[f"p{number}"] = Fraction(7 + every[0], 8) if len(set(every)) == 1 else None
    for implementation in IMPLEMENTATIONS:
        described = protocol(made.replace("outcomes: {", "outcomes: {of total: {describe: total, at: after}, "))
        counts = counts_of(described, "\n".join(text), implementation)
        found = {Fraction(int(value), 1_000_000): n for (_, _, value), n in counts.section("described", "of total")}
        assert found == {
            value: sum(1 for one in expected.values() if one == value) for value in set(expected.values()) - {None}
        }


@pytest.mark.parametrize(
    "more", [AIDS, f"{AIDS}, {SIX}", f"{NOT}, {SIX}, {ANSWERED}", f"{AIDS}, missing: at least 2 domains, {ANSWERED}"]
)
def test_drawn_days_are_the_same_on_every_implementation(more: str) -> None:
    """Days of which each cell is a score, absent, a code, a limit, no score, or two values: totals, and how many have none."""
    described = "outcomes: {of total: {describe: total, at: after}, "
    made = protocol(study(more, after="take: nearest, same_day: worst").replace("outcomes: {", described))
    draw, text = Random(more), []
    for patient in range(400):
        odd = draw.random() * 0.2
        for name in (*SINGLE, "bed", "chair", "cane", "help"):
            scores = ["yes", "no"] if name in {"cane", "help"} else ["0", "1", "2", "3"]
            strange = ["", "ND", "0, 90:3", "<2", "1.5", ""] if len(scores) == 4 else ["", "ND", "yes, 90:no", ""]
            cell = draw.choice(strange if draw.random() < odd else scores)
            text += [f"p{patient} | {name} | 90:{cell}"] if cell else []
    found = []
    for implementation in IMPLEMENTATIONS:
        counts = counts_of(made, "\n".join(text), implementation)
        found.append({section: dict(counts.section(section)) for section in ("described", "described absent")})
    assert found[0] == found[1] == found[2]
    assert len(found[0]["described"]) > 8 and found[0]["described absent"]


def test_what_is_computed() -> None:
    made = derived_measures(protocol(study(f"{AIDS}, {SIX}")).measures)["total"]
    assert isinstance(made, Mean) and () == required_parts(made)
    assert (21, 1) == (denominator(made), denominator(derived_measures(protocol(study(NOT)).measures)["total"]))


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (", aids: not counted", "", "whether aids, devices and help from another person raise a domain is not said"),
        ("aids: not counted", "aids: none", "neither measures of aids nor that they are not counted"),
        ("aids: not counted", "aids: {}", "no aid is named"),
        ("aids: not counted", "aids: {legs: cane}", "HAQ-DI has no domain of this name"),
        ("aids: not counted", "aids: {walking: []}", "no measure is named"),
        ("aids: not counted", "aids: {walking: grip}", "one measure is an item and an aid"),
        ("aids: not counted", "aids: {walking: charted}", "whether an aid was used is yes or no"),
        ("aids: not counted", "aids: {walking: sticks}", "no measure has this name"),
        ("aids: not counted", "aids: not counted, missing: at most 2 domains", "not a rule for missing domains"),
        ("aids: not counted", "aids: not counted, missing: at least 8 domains", "HAQ-DI has 8 domains, of which some may be missing"),
        ("aids: not counted", "aids: not counted, missing: at least 0 domains", "HAQ-DI has 8 domains, of which some may be missing"),
        ("eating: eating", "eating: [eating, cane]", "this domain has 3 items, and 2 measures are named"),
        ("grip: grip, ", "", "1 of the 8 domains of HAQ-DI are not named: grip"),
        ("grip: grip, ", "grasp: grip, ", "HAQ-DI has no domain of this name"),
        ("grip: grip, ", "grip: cane, ", "cane: a judgement is yes or no"),
        ("range: [0, 3]", "range: [0, 4]", "this item of HAQ-DI is scored from 0 to 3 in points"),
        ("aids: not counted", "aids: not counted, charted: grip, ", "the charted total is one of the items"),
        ("aids: not counted", "aids: not counted, charted: cane, ", "the charted total is a measure that is recorded as a number"),
        ("aids: not counted", "aids: not counted, charted: other, ", "no measure has this name"),
        ("instrument: HAQ-DI}", "instrument: CMAS}", "the charted total is on another scale than HAQ-DI"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant(old: str, new: str, what: str) -> None:
    text = f"{MEASURES}\n  total: {{items: HAQ-DI, of: {OF}, aids: not counted{', charted: charted' if 'CMAS' in new else ''}}}\n"
    assert old in text
    assert what in said_of(text.replace(old, new, 1))


def test_a_sum_of_items_has_no_domains() -> None:
    text = "measures: {total: {items: DAS, of: {muscle: a, skin: b}, WORD}}"
    for word in (NOT, SIX, ANSWERED):
        assert ["DAS is the sum of its items, and has no domains"] == said_of(text.replace("WORD", word))


def test_the_methods_say_how() -> None:
    for more, told in [
        (NOT, "aids, devices and help from another person do not count"),
        (AIDS, "raises arising and walking to 2 and does not count in the other domains"),
        (SIX, "domains of which no item was answered are left out, where at least 6 remain"),
        (ANSWERED, "the highest answered item"),
        (f"{NOT}, missing: at least 5 domains", "in place of the published 6"),
    ]:
        made = protocol(study(more if "aids" in more else f"{NOT}, {more}"))
        assert [] == [one.what for one in check_made(made).errors]
        said = " ".join(block.text for block in methods(analyse(made, chart(rows(), made))))
        assert told in said, said


def test_python_makes_it_and_reads_it_back() -> None:
    found = protocol(study(f"{AIDS}, {SIX}, {ANSWERED}, charted: charted"))
    of = {name: name for name in SINGLE} | {"arising": ("bed", "chair")}
    made = parts.Items(
        items="HAQ-DI",
        of=of,
        aids={"walking": "cane", "arising": ("cane", "help")},
        missing="at least 6 domains",
        missing_items="highest answered",
        charted="charted",
    )
    assert made == found.measures["total"]
    assert Protocol.model_validate(plain(found)) == found
