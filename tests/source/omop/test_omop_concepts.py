"""Concept sets in a protocol: what is refused, with its line, and what a name means where the study is silent."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.source.omop.conftest import PROTOCOL

from caseseries import catalogue
from caseseries.catalogue.raw import exact, read
from caseseries.errors import ChartError, ProtocolError
from caseseries.protocol.fingerprint import fingerprint
from caseseries.protocol.load import parse
from caseseries.protocol.meant import meant
from caseseries.source.omop.source import _need_sets

PLAIN = PROTOCOL.format(measures="", concepts="")


def mistakes(text: str) -> list[str]:
    with pytest.raises(ProtocolError) as stopped:
        parse(text)
    return [f"{problem.place.line}: {problem.what}" for problem in stopped.value.problems]


@pytest.mark.parametrize(
    ("extra", "what"),
    [
        ("  diseese: {ids: [1]}", "no measure, drug or term has this name"),
        ("  Disease: {ids: [1]}", "two concept sets have names that look the same"),
        ("  prednisone: {ids: [x]}", "concepts > prednisone > ids"),
        ("  systemic glucocorticoids: {ids: [1]}", "a concept set belongs to one drug, and this is a group"),
        ("  prednisone: {units: {1: 1}}", "only a measure has units and values"),
        ("  prednisone: {table: condition}", "drugs are read from drug_exposure only"),
        ("  omeprazole: {ids: [1]}", "no measure, drug or term has this name"),
        ("  sbp: {yes: [1], no: [2]}", "only a judgement is yes or no"),
        ("  sbp: {units: {8876: 0}}", "more than 0"),
        ("  sbp: {yes: [1], no: [1]}", "one concept cannot mean yes and no"),
        ("  sbp: {ids: [3004249, 0]}", "0 is no concept"),
    ],
)
def test_mistakes_stand_at_their_line(extra: str, what: str) -> None:
    line = len(PLAIN.rstrip("\n").split("\n")) + 1
    found = mistakes(f"{PLAIN.rstrip()}\n{extra}\n")
    assert [one for one in found if one.startswith(f"{line}: ") or one.split(":")[0] == str(line)], found
    words = what.split(" > ")[-1]
    assert any(words in one for one in found), found


@pytest.mark.parametrize(
    ("concepts", "what"),
    [
        (
            "cells: {ids: [1]}",
            "which concepts mean which grade is not said; a grade is read from value_as_concept_id alone",
        ),
        ('cells: {ids: [1], grades: {"0": [1], "2+": [2]}}', "the measure has no such grade"),
        ('cells: {ids: [1], grades: {"0": [1], "1+": [1]}}', "one concept cannot mean two grades"),
        ('cells: {ids: [1], units: {1: 1}, grades: {"0": [1]}}', "a grade has no unit"),
        ("sbp: {grades: {high: [1]}}", "only a measure with `grades:` has grades"),
        ("prednisone: {grades: {high: [1]}}", "only a measure has units and values"),
    ],
)
def test_grades_need_their_concepts(concepts: str, what: str) -> None:
    graded = '  cells: {grades: ["0", "1+"], better: low}\n'
    declared = (
        f"  {concepts}\n"
        if concepts.startswith("cells")
        else f'  cells: {{ids: [1], grades: {{"0": [1]}}}}\n  {concepts}\n'
    )
    found = mistakes(PROTOCOL.format(measures=graded, concepts=declared))
    assert any(what in one for one in found), found


def test_a_set_without_grades_keeps_its_fingerprint() -> None:
    from caseseries.protocol.concepts import ConceptSet

    assert {ConceptSet} == {type(one) for one in parse(PLAIN).protocol.concepts.values()}


def test_empty_sets_and_names_without_any() -> None:
    assert any(
        "the concept set is empty" in one for one in mistakes(PLAIN.replace("{ids: [300]}", "{descendants: yes}"))
    )
    measures = "  score: {quantity: a score, unit: points, better: high}\n"
    found = mistakes(PROTOCOL.format(measures=measures, concepts=""))
    assert ["10: the catalogue knows no concept for this measure, and `concepts` has none"] == found
    found = mistakes(PLAIN.replace("  bleeding: {ids: [301]}\n", ""))
    assert ["19: an adverse event without a concept set is never found in a database"] == found
    judged = "  improved: {judgement: better, since: index date}\n"
    found = mistakes(PROTOCOL.format(measures=judged, concepts="  improved: {ids: [5]}\n"))
    assert any("which values mean yes and which no is not said" in one for one in found)


def test_the_same_protocol_without_sets_still_serves_a_chart_but_no_database() -> None:
    without = parse(PLAIN.split("concepts:")[0]).protocol
    with pytest.raises(ChartError, match="what its names are called") as stopped:
        _need_sets(without, meant(without))
    assert ["disease", "bleeding", "drug x"] == [problem.found for problem in stopped.value.problems]


def test_what_a_name_means() -> None:
    text = PROTOCOL.format(
        measures="  steroid: {daily_dose: prednisone, as: mg/day}\n  weight: {instrument: weight}\n",
        concepts="  weight: {units: {9529: 1, 8739: 0.45359237}, no_unit: accept}\n  MTX: {ids: [7], descendants: no, exclude: [8]}\n",
    )
    found = {one.key: one for one in meant(parse(text).protocol)}
    assert ["sbp", "weight", "drug x", "prednisone", "methotrexate", "disease", "bleeding"] == list(found)
    assert ((3004249,), {"LOINC": ("8480-6",)}) == (found["sbp"].ids, found["sbp"].codes)
    assert Fraction(1) == found["sbp"].units[8876]
    assert ({9529: Fraction(1), 8739: Fraction("0.45359237")}, "accept") == (
        found["weight"].units,
        found["weight"].no_unit,
    )
    assert (3025315,) == found["weight"].ids  # ids stay the catalogue's where the set writes none
    assert ((1551099,), {"RxNorm": ("8640",)}) == (found["prednisone"].ids, found["prednisone"].codes)
    assert ((7,), {}, False, (8,)) == (
        found["methotrexate"].ids, found["methotrexate"].codes, found["methotrexate"].descendants, found["methotrexate"].exclude,
    )  # fmt: skip
    assert ("condition", "diagnosis", "event") == (
        found["disease"].table,
        found["disease"].kind,
        found["bleeding"].kind,
    )


def test_sets_are_part_of_what_a_protocol_means() -> None:
    one, other = parse(PLAIN).protocol, parse(PLAIN.replace("ids: [300]", "ids: [302]")).protocol
    assert fingerprint(one) != fingerprint(other)


def test_every_known_concept_has_its_source() -> None:
    for entry in catalogue.instruments():
        ids, _ = catalogue.instrument_concepts(entry.key)
        assert all(concept.source.text for concept in ids)
        assert all(factor > 0 for factor in catalogue.unit_concepts(entry.key).values())
    assert "read" == catalogue.drug_concepts("mycophenolate mofetil")[0][0].source.reliability
    assert not catalogue.meaning("less than").source.recalled
    assert Fraction(60) == catalogue.unit_concepts("CK")[32995]
    assert Fraction(254, 100) == catalogue.unit_concepts("height")[9327]


@pytest.mark.parametrize(
    ("measure", "concept", "factor"),
    [
        ("weight", 8739, "0.45359237"),
        ("weight", 9373, "0.028349523125"),
        ("height", 9330, "100/39.37"),
        ("height", 8533, "2.54"),
        ("height", 9307, "1200/39.37"),
        ("neutrophils", 8816, "1"),
        ("neutrophils", 9436, "0.001"),
        ("neutrophils", 9442, "0.001"),
        ("neutrophils", 32706, "10"),
        ("platelets", 44777588, "1"),
    ],
)
def test_units_of_american_databases_are_known_with_their_factor(measure: str, concept: int, factor: str) -> None:
    assert exact(factor) == catalogue.unit_concepts(measure)[concept]


@pytest.mark.parametrize("concept", [9346, 8815, 8792])
def test_a_unit_that_is_no_weight_or_no_count_of_cells_stays_unknown(concept: int) -> None:
    # 9346 is the pound force, which a list of the field names among units of body weight
    assert concept not in catalogue.unit_concepts("weight") | catalogue.unit_concepts("neutrophils")


@pytest.mark.parametrize(
    "concept",
    [
        4006860, 4157758, 4156706, 40549429, 4302785, 4163770, 4157760, 40486069, 4217202, 4263689, 45956874, 4262914,
        4184451, 4023156, 4290759, 4225555, 4057765, 37397638,
    ],
)  # fmt: skip
def test_a_route_of_which_no_dose_is_systemic_is_among_the_local_ones(concept: int) -> None:
    assert concept in {one.id for one in catalogue.local_routes()}


@pytest.mark.parametrize("concept", [4132161, 4171047, 4142048, 4302612, 4262099, 4132711])
def test_a_systemic_route_is_known_and_not_local(concept: int) -> None:
    assert concept in {one.id for one in catalogue.route_concepts()} - {one.id for one in catalogue.local_routes()}


def test_no_concept_of_a_unit_or_of_a_route_stands_twice() -> None:
    content = read("concepts")
    for ids in ([row["id"] for row in content["unit"]["ids"]], [row["id"] for row in content["route"]]):
        assert sorted(set(ids)) == sorted(ids)
