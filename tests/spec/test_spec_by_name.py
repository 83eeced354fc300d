"""Criteria of the catalogue by name: the Total Improvement Score at every edge of its bands, the others as they are published."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML
from tests.spec.small import BASE, IMPLEMENTATIONS, answers, merged, protocol_of

from caseseries.catalogue import criteria, criterion, instrument
from caseseries.errors import ProtocolError
from caseseries.protocol.check import check_made
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.rule import parse
from caseseries.verdict.trace import Truth

#: Points by absolute percent improvement, as published (Rider LG 2017, doi 10.1002/art.40060): up to each edge, and above the last.
EDGES = ("5", "15", "25", "40")
OF_STRENGTH = ("2", "10", "20", "30")
TABLE = {
    "physician global": ("0", "7.5", "15", "17.5", "20"),
    "patient or parent global": ("0", "2.5", "5", "7.5", "10"),
    "muscle strength": ("0", "10", "20", "27.5", "32.5"),
    "function": ("0", "5", "7.5", "7.5", "10"),
    "enzyme or quality of life": ("0", "2.5", "5", "7.5", "7.5"),
    "extramuscular or overall activity": ("0", "7.5", "12.5", "15", "20"),
}
#: Every number of points that one measure can give.
POINTS = sorted({Fraction(one) for row in TABLE.values() for one in row} - {Fraction(0)})
NAMES = dict(zip(TABLE, ("pga", "ptg", "mmt", "chaq", "ck", "ext"), strict=True))
MEASURES = {
    "pga": {"instrument": "PGA"},
    "ptg": {"instrument": "parent global VAS"},
    "mmt": {"instrument": "MMT8"},
    "chaq": {"instrument": "CHAQ"},
    "ck": {"instrument": "CK"},
    "ext": {"instrument": "extramuscular VAS"},
}
WINDOWS = {
    "baseline": {"from": "-90 days", "to": "0 days", "take": "last", "components": "nearest each"},
    "after": {
        "from": "46 days",
        "to": "134 days",
        "take": "last",
        "same_day": "not evaluable",
        "components": "nearest each",
    },
}
#: Value before, from which each measure can improve by every edge, the direction, and one percent of its range.
BEFORE = {"pga": (5, -1, "0.1"), "ptg": (5, -1, "0.1"), "mmt": (40, 1, "0.8"), "chaq": (2, -1, "0.03"), "ck": (2400, -1, "30"),
          "ext": (5, -1, "0.1")}  # fmt: skip
LITTLE = Fraction(1, 100)


def study(outcomes: dict[str, Any], measures: dict[str, Any] | None = None) -> Protocol:
    base = YAML(typ="base").load(BASE)
    base["measures"], base["outcomes"] = measures or MEASURES, {}
    rules = {name: {"at": "after", "rule": rule} for name, rule in outcomes.items()}
    return protocol_of(merged(base, {"windows": WINDOWS, "outcomes": rules}))


def moved(measure: str, percent: Fraction) -> str:
    """The value after, once it improved by so many percent of the range."""
    before, sign, one_percent = BEFORE[measure]
    return f"{float(before + sign * percent * Fraction(one_percent)):.6g}"


def edges() -> list[tuple[str, str, Fraction]]:
    """A patient for each side of each edge of each measure: the name, its rows, and the points by the table above."""
    found = []
    for domain, row in TABLE.items():
        measure = NAMES[domain]
        for place, edge in enumerate(OF_STRENGTH if domain == "muscle strength" else EDGES):
            for side, more in (("at", Fraction(0)), ("above", LITTLE)):
                case = f"{measure} {edge} {side}"
                rows = [f"{case} | {name} | 0:{before}, 90:{before}" for name, (before, *_) in BEFORE.items()]
                rows.append(f"{case} | {measure} | 91:{moved(measure, Fraction(edge) + more)}")
                found.append((case, "\n".join(rows), Fraction(row[place + (side == "above")])))
    return found


def tis(at_least: str, population: str | None = None) -> dict[str, Any]:
    over = {"enzyme or quality of life": "3000"}  # 15 x an upper limit of 200
    rule: dict[str, Any] = {"criterion": "TIS", "with": NAMES, "at_least": at_least, "ranges": over}
    return rule | ({"population": population} if population else {})


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_every_edge_of_every_band_of_the_total_improvement_score(implementation: str) -> None:
    declared = study({f"{float(points)}": tis(str(float(points))) for points in POINTS})
    assert [] == [problem.what for problem in check_made(declared).errors]
    drawn = edges()
    assert 6 * 4 * 2 == len(drawn)
    told = answers(declared, "\n".join(rows for _, rows, _ in drawn), implementation)
    for case, _, points in drawn:
        said = {limit: told.verdicts[case, f"{float(limit)}", 0].truth for limit in POINTS}
        assert {limit: points >= limit for limit in POINTS} == said, case


#: 7.5 points of the physician's scale, 0, 20, 7.5, 0 and 12.5: 47.5 together.
PRINTO: dict[str, Any] = {
    "criterion": "PRINTO 20",
    "with": {measure.domain: f"m{place}" for place, measure in enumerate(criterion("PRINTO 20").measures)},
}
ALL_IMPROVED = {"pga": "3.5", "ptg": "4.5", "mmt": "56", "chaq": "1.4", "ck": "2400", "ext": "3"}


def of(values: dict[str, str], case: str = "1") -> str:
    return "\n".join(f"{case} | {name} | 0:{BEFORE[name][0]}, 90:{value}" for name, value in values.items())


CATEGORIES = {
    "juvenile dermatomyositis": {"minimal": "30", "moderate": "45", "major": "70"},
    "adult dermatomyositis and polymyositis": {"minimal": "20", "moderate": "40", "major": "60"},
}


@pytest.mark.parametrize("population", CATEGORIES)
def test_a_category_is_its_number_of_points(population: str) -> None:
    for category, points in CATEGORIES[population].items():
        assert parse(tis(category, population)).rule == parse(tis(points)).rule


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(
    ("left_out", "expected"),
    [
        ((), {"45": True, "47.5": True, "50": False}),
        # Without the parent's scale: 47.5 to 57.5.
        (("ptg",), {"45": True, "47.5": True, "50": None, "57.5": None, "60": False}),
        # Without strength: 27.5 to 60.
        (("mmt",), {"27.5": True, "30": None, "60": None, "62.5": False}),
    ],
)
def test_a_missing_part_makes_the_score_a_range(
    implementation: str, left_out: tuple[str, ...], expected: dict[str, Truth]
) -> None:
    declared = study({limit: tis(limit) for limit in expected})
    values = {name: value for name, value in ALL_IMPROVED.items() if name not in left_out}
    told = answers(declared, of(values), implementation)
    assert expected == {limit: told.verdicts["1", limit, 0].truth for limit in expected}


@pytest.mark.parametrize("entry", criteria(), ids=lambda entry: entry.key)
def test_every_criterion_that_is_a_rule_at_one_time_can_be_used_by_name(entry: Any) -> None:
    """Its measures are quantities of the study, with the units that the criterion asks for, or judgements."""
    if entry.kind == "written out":
        with pytest.raises(ValidationError, match="says more than its rule at one time"):
            parse({"criterion": entry.key, "with": {measure.domain: "a" for measure in entry.measures}})
        return
    units = {
        "CK": "U/L",
        "physician global": "cm",
        "morning stiffness": "minutes",
        "urine protein creatinine ratio": "g/g",
    }
    judged = {"systemic features", "active uveitis", "ESR and CRP normal or not due to arthritis"}
    measures: dict[str, Any] = {}
    names = {}
    for place, measure in enumerate(entry.measures):
        name = names[measure.domain] = f"m{place}"
        unit = units.get(measure.domain, "points")
        measures[name] = {
            "quantity": measure.domain,
            "unit": unit,
            "range": ["0", "200"],
            "better": measure.better or "low",
        }
        if measure.domain in judged:
            measures[name] = {"judgement": measure.domain, "since": "last visit"}
    rule = {"criterion": entry.aliases[0] if entry.aliases else entry.key, "with": names}
    rule |= {"at_least": "45"} if entry.kind == "points" else {}
    declared = study({"response": rule}, measures)
    assert [] == [problem.what for problem in check_made(declared).errors]
    written_out = study({"response": parse(rule).written}, measures)
    rows = "\n".join(
        f"{case} | {name} | 0:{20 + place}, 90:{(7 * place + 11 * case) % 24}"
        for case in range(1, 30)
        for place, name in enumerate(measures)
        if "quantity" in measures[name] and (case + place) % 7
    )
    rows += "".join(
        f"\n{case} | {name} | 90:{'yes' if (case + place) % 3 else 'no'}"
        for case in range(1, 30)
        for place, name in enumerate(measures)
        if "judgement" in measures[name] and (case + place) % 5
    )
    said = [{key: one.truth for key, one in answers(one, rows).verdicts.items()} for one in (declared, written_out)]
    assert said[0] == said[1]
    assert 25 <= len(said[0])


@pytest.mark.parametrize(
    ("rule", "what", "allowed"),
    [
        ({"criterion": "TOS"}, "the catalogue has no criterion of this name", ""),
        ({"criterion": "ACR20", "with": {"pain": "pga"}}, "no measure is named for: tender joints", "tender joints"),
        ({"criterion": "EULAR response", "with": {"DAS28": "pga"}, "at_least": "3"}, "it gives no points", ""),
        ({"criterion": "EULAR response", "with": {"DAS": "pga"}}, "has no such domain", "DAS28"),
        ({"criterion": "TIS", "with": NAMES}, "what the points must reach is not said", "minimal, moderate, major"),
        (tis("moderate"), "where the category begins depends on the population", "juvenile dermatomyositis"),
        (tis("45", "juvenile dermatomyositis"), "a population tells categories apart, and none is named", "moderate"),
        (tis("101"), "no sum of these points can make a difference", "100"),
        (tis("45") | {"with": NAMES | {"function": "pga"}}, "one measure stands for two domains", ""),
        (
            PRINTO | {"constants": {"PRINTO measures allowed to worsen": "1.5"}},
            "with these constants PRINTO 20 is no rule",
            "PRINTO",
        ),
        (
            PRINTO | {"constants": {"PRINTO measures allowed to worsen": "9"}},
            "with these constants PRINTO 20 is no rule",
            "PRINTO",
        ),
        (tis("45") | {"ranges": {"enzymes": "3000"}}, "has no such domain", "enzyme or quality of life"),
        (tis("45") | {"ranges": {"function": "0"}}, "a range is wider than 0", "above 0"),
        (PRINTO | {"ranges": {"function": "3"}}, "counts no change of this domain in percent of a range", ""),
        (tis("45") | {"constants": {"PRINTO worsening limit": "20"}}, "rests on no constant of this name", "none"),
    ],
)
def test_a_mistake_is_told(rule: dict[str, Any], what: str, allowed: str) -> None:
    with pytest.raises((ValidationError, ProtocolError)) as refused:
        study({"response": rule})
    (found,) = refused.value.errors()  # type: ignore[union-attr]
    assert what in found["msg"]
    assert allowed in found["ctx"]["allowed"]


def test_an_instrument_of_another_domain_is_refused() -> None:
    swapped = NAMES | {"physician global": "ptg", "patient or parent global": "pga"}
    found = check_made(study({"response": tis("45") | {"with": swapped}})).errors
    assert [
        "parent global VAS is no measure of physician global in TIS",
        "PGA is no measure of patient or parent global in TIS",
    ] == [problem.what for problem in found]


def test_a_total_of_items_of_another_domain_is_refused() -> None:
    """The total is the instrument whose items it adds up."""
    items = {f"item {place}": item for place, item in enumerate(instrument("CMAS").items)}
    parts = {
        name: {"quantity": name, "unit": "points", "better": "high", "range": ["0", str(item.maximum)]}
        for name, item in items.items()
    }
    cmas = {"items": "CMAS", "of": {item.name: name for name, item in items.items()}}
    measures = MEASURES | parts | {"cmas": cmas}
    found = check_made(study({"response": tis("45") | {"with": NAMES | {"function": "cmas"}}}, measures)).errors
    assert "CMAS is no measure of function in TIS" in [problem.what for problem in found]
    found = check_made(study({"response": tis("45") | {"with": NAMES | {"muscle strength": "cmas"}}}, measures)).errors
    assert [] == [problem.what for problem in found]


def test_the_scale_of_an_instrument_is_not_replaced() -> None:
    """Over 0 to 20 cm the same change of the physician's scale would give half the points."""
    wide = tis("45") | {"ranges": {"enzyme or quality of life": "3000", "physician global": "20"}}
    found = check_made(study({"response": wide})).errors
    assert ["pga has a scale of its own, over which a percent of its range is counted"] == [one.what for one in found]


def test_an_instrument_that_nobody_knows_is_told_where_it_stands() -> None:
    unknown = MEASURES | {"pga": {"instrument": "no such scale", "range": ["0", "10"]}}
    found = check_made(study({"response": tis("45")}, unknown)).errors
    assert any("not an instrument in the catalogue" in one.what for one in found)


def test_a_measure_without_a_range_has_no_percent_of_it() -> None:
    found = check_made(study({"response": tis("45") | {"ranges": {}}})).errors
    assert {"ck has no range, so percent of range says nothing"} == {problem.what for problem in found}


@pytest.mark.parametrize(
    ("measures", "what"),
    [
        ({"ck": {"instrument": "CK", "range": ["0", "3000"]}}, "this measure has a range of its own"),
        ({"pga": {"instrument": "PGA", "better": "high"}}, "of physician global lower is better"),
        ({"mmt": {"quantity": "strength", "unit": "points", "better": "low"}}, "of muscle strength higher is better"),
    ],
)
def test_a_measure_that_is_not_the_published_one_is_refused(measures: dict[str, Any], what: str) -> None:
    found = check_made(study({"response": tis("45")}, MEASURES | measures)).errors
    assert any(what in problem.what for problem in found)


@pytest.mark.parametrize("more", [{"unit": "mm", "range": ["0", "100"]}, {"unit": "cm", "range": ["0", "20"]}])
def test_a_measure_of_another_unit_or_scale_is_pointed_out(more: dict[str, Any]) -> None:
    own = {"pga": {"quantity": "physician global", "better": "low"} | more}
    found = check_made(study({"response": tis("45")}, MEASURES | own))
    assert any("physician global was published with the" in problem.what for problem in found.warnings)


def test_two_core_sets_are_not_mixed_without_a_word() -> None:
    mixed = MEASURES | {"mmt": {"instrument": "CMAS"}}
    (found,) = [one for one in check_made(study({"response": tis("45")}, mixed)).warnings if "core sets" in one.what]
    assert "muscle strength of PRINTO alone" in found.what


def test_a_constant_of_the_study_replaces_the_recalled_one() -> None:
    names = {measure.domain: f"m{place}" for place, measure in enumerate(criterion("PRINTO 20").measures)}
    rule = parse({"criterion": "PRINTO 20", "with": names, "constants": {"PRINTO worsening limit": "25"}})
    assert ["25 % of baseline", "25 % of baseline"] == [
        str(part["more_than"]) for part in (rule.written["all"][1]["of"][0]["rule"], rule.written["all"][2]["not"])
    ]
