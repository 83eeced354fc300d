"""Totals of instruments from their items, on every implementation; without one item there is none."""

from __future__ import annotations

import pytest
from tests.spec.small import analyse, chart, protocol
from tests.spec.valued import IMPLEMENTATIONS, counts_of

from caseseries import catalogue, parts
from caseseries.errors import ProtocolError
from caseseries.protocol.check import check_made
from caseseries.protocol.load import parse
from caseseries.protocol.measures import measure_facts
from caseseries.report.exhibits.methods import methods

CMAS = {item.name: int(item.maximum) for item in catalogue.instrument("CMAS").items}
NAMES = {name: f"i{place}" for place, name in enumerate(CMAS, start=1)}


def measures(instrument: str, highest: dict[str, int], of: str) -> str:
    lines = [
        f"  {one}: {{quantity: {one}, unit: points, range: [0, {most}], better: high}}" for one, most in highest.items()
    ]
    return "\n".join(["measures:", *lines, f"  total: {{items: {instrument}, of: {{{of}}}}}", ""])


def cmas(more: str = "", without: str = "") -> str:
    of = ", ".join(f'"{name}": {one}' for name, one in NAMES.items() if name != without)
    return measures("CMAS", {NAMES[name]: most for name, most in CMAS.items()}, of) + more


OUTCOMES = "outcomes: {response: ~, total: {describe: total, at: baseline}}\n"


def full(patient: str, day: int, less: int = 0, without: str = "") -> str:
    """Every item at its highest, the first less so many points, one left out."""
    return "\n".join(
        f"{patient} | {one} | {day}:{CMAS[name] - (less if name == next(iter(CMAS)) else 0)}"
        for name, one in NAMES.items()
        if name != without
    )


ROWS = "\n".join(
    [
        full("a", 0),
        full("b", 0, less=5),
        full("c", 0, without="pick-up"),
        full("d", -5, less=2),
        full("d", 0, without="sit-ups"),
        "e | i1 | 0:3",
    ]
)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_total_needs_every_item_of_one_day(implementation: str) -> None:
    study = protocol(cmas(OUTCOMES))
    assert [] == [one.what for one in check_made(study).errors]
    counts = counts_of(study, ROWS, implementation)
    found = {int(value) // 1_000_000: n for (_, _, value), n in counts.section("described", "total")}
    assert {52: 1, 47: 1, 50: 1} == found  # d: the day with all items
    assert 2 == counts.total("described absent", "total")


def test_the_items_of_the_catalogue_add_up_to_its_total() -> None:
    assert 14 == len(CMAS) and 52 == sum(CMAS.values())
    facts = measure_facts(protocol(cmas(OUTCOMES)), "total")
    assert (0, 52, 1, "points") == (facts.minimum, facts.maximum, facts.sign, facts.unit)
    for one in catalogue.instruments():
        if one.items:
            assert one.maximum == sum(item.maximum * item.times for item in one.items), one.key


def test_both_sides_of_a_muscle_have_a_measure_each() -> None:
    both = catalogue.instrument("MMT8 bilateral")
    names = {item.name: [f"{item.name.replace(' ', '_')}_{side}" for side in range(item.times)] for item in both.items}
    of = ", ".join(f'"{name}": [{", ".join(sides)}]' for name, sides in names.items())
    study = protocol(
        measures('"MMT8 bilateral"', {one: 10 for sides in names.values() for one in sides}, of) + OUTCOMES
    )
    assert [] == [one.what for one in check_made(study).errors]
    rows = "\n".join(
        f"a | {one} | 0:{10 - place % 2}" for place, one in enumerate(one for sides in names.values() for one in sides)
    )
    assert 143 == analyse(study, chart(rows, study)).values_at[0].all.results["mean"].estimate


def said(what: str) -> str:
    """The message without its place."""
    return what.partition("`: ")[2] or what


def said_of(text: str) -> list[str]:
    base = (
        "study: s\nauthors_knew: nothing\ncase: {index_date: {nominal_day: 0 days}, per: patient}\n"
        "windows: {baseline: {from: -90 days, to: 0 days, take: last}}\nintercurrent: {death: as observed, lost: as observed, "
        "rescue added: as observed, drug stopped: as observed, steroid raised above baseline: as observed, pulse: as observed}\n"
        "outcomes: {total: {describe: total, at: baseline}}\n"
    )
    try:
        return [said(one.what) for one in parse(base + text, file="p.yaml").errors]
    except ProtocolError as error:
        return [said(one.what) for one in error.problems]


def test_what_cannot_be_a_total() -> None:
    assert ["the catalogue has no items of this instrument"] == said_of("measures: {total: {items: MMT26, of: {a: b}}}")
    assert ["1 of the 14 items of CMAS are not named: pick-up"] == said_of(cmas(without="pick-up"))
    assert ["CMAS has no item of this name"] == said_of(cmas().replace('"pick-up"', '"pickup"'))
    assert ["this item of CMAS is scored from 0 to 5 in points"] == said_of(
        cmas().replace("range: [0, 5]", "range: [0, 4]", 1)
    )
    assert ["this item has one measure"] == said_of(cmas().replace('"pick-up": i14', '"pick-up": [i14, i13]'))
    assert ["one measure stands for two items"] == said_of(cmas().replace('"pick-up": i14', '"pick-up": i13'))


def test_the_methods_name_the_items_and_the_ceiling_of_age() -> None:
    study = protocol(cmas(OUTCOMES))
    said = " ".join(block.text for block in methods(analyse(study, chart(ROWS, study))))
    assert "Total is the sum of the 14 items of CMAS: i1, i2," in said
    assert "CMAS: depends on age: healthy 4-year-olds score 46.6 on average" in said


def test_python_makes_it_and_reads_it_back() -> None:
    made = parts.Items(items="CMAS", of=NAMES)
    assert made == protocol(cmas(OUTCOMES)).measures["total"]
    assert ("points", "high", (0, 52)) == (made.unit, made.better, made.range)
