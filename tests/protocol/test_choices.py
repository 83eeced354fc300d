"""Open choices, printed defaults, and what was left as suggested."""

from __future__ import annotations

from pathlib import Path

from caseseries.protocol.choices import defaults, in_force, suggested, undeclared
from caseseries.protocol.load import load, parse
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.yaml import read

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "jdm-mmf" / "protocol.yaml"

BARE = """\
study: A study with everything left open
case: {index_date: {first_exposure: methotrexate}, per: patient}
measures:
  cmas: {instrument: CMAS}
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day}
windows:
  baseline: {from: -20 days, to: 0 days, take: last}
  month 3: {from: 75 days, to: 105 days, target: 91 days, take: nearest}
intercurrent: {death: as observed, lost: as observed, rescue added: as observed, drug stopped: as observed,
  steroid raised above baseline: as observed, pulse: as observed}
outcomes:
  response: {at: month 3, rule: {not: {any: [{decrease: steroid, more_than: 15 % of baseline}]}}}
"""

OPEN = [
    "case > index_date > restart_after",
    "windows > baseline > same_day",
    "windows > month 3 > tie",
    "windows > month 3 > same_day",
    "partial_dates",
    "measures > steroid > if_zero_baseline",
    "measures > steroid > outside_courses",
]


def protocol(*changes: tuple[str, str]) -> Protocol:
    text = BARE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse(text).protocol


def names(made: Protocol) -> list[str]:
    return [choice.name for choice in undeclared(made)]


def test_what_is_left_open() -> None:
    assert OPEN == names(protocol())


def test_what_is_declared_is_not_open() -> None:
    assert [] == names(
        protocol(
            ("methotrexate}", "methotrexate, restart_after: 60 days}"),
            ("take: last}", "take: last, same_day: mean}"),
            ("take: nearest}", "take: nearest, tie: earlier, same_day: mean}"),
            ("as: prednisone mg/day}", "as: prednisone mg/day, if_zero_baseline: not met, outside_courses: zero}"),
            ("study:", "partial_dates: refuse\nstudy:"),
        )
    )


def test_a_tie_is_open_only_where_the_nearest_is_taken_or_tried() -> None:
    assert "windows > month 3 > tie" not in names(
        protocol(("target: 91 days, take: nearest", "target: 91 days, take: last"))
    )
    tried = ("outcomes:", "robustness: {take: {month 3: [nearest]}}\noutcomes:")
    assert "windows > month 3 > tie" in names(
        protocol(("target: 91 days, take: nearest", "target: 91 days, take: last"), tried)
    )


def test_percent_of_zero_is_open_only_where_a_percent_is_asked() -> None:
    assert "measures > steroid > if_zero_baseline" not in names(protocol(("15 % of baseline", "5 mg/day")))


def test_restarts_are_open_only_for_a_first_exposure() -> None:
    assert OPEN[1:] == names(protocol(("first_exposure: methotrexate", "first_event: flare")))


def test_defaults_name_only_what_was_not_written() -> None:
    written = {choice.name: choice.value for choice in defaults(protocol())}
    assert "as taken on arrival" == written["measures > steroid > day of the dose"]
    assert "courses" == written["measures > steroid > source"]
    assert "95" == written["reporting > level"]
    declared = protocol(
        ("as: prednisone mg/day}", "as: prednisone mg/day, source: visits}"),
        ("study:", "reporting: {level: 90}\nstudy:"),
    )
    assert not {"measures > steroid > source", "reporting > level"} & {choice.name for choice in defaults(declared)}


def test_every_choice_in_force_is_named_once() -> None:
    for made in (protocol(), load(EXAMPLE).protocol):
        listed = [name for name, _ in in_force(made)]
        assert sorted(set(listed)) == sorted(listed)
    assert ("windows > month 3 > take", "nearest") in in_force(protocol())
    assert ("partial_dates", "not declared; needed once a date lacks its day or month") in in_force(protocol())


def test_what_is_left_as_suggested() -> None:
    text = (
        "windows:\n"
        "  baseline: {from: -20 days, to: 0 days, take: last}  # suggested\n"
        "  month 3:\n"
        "    # suggested: the middle of the third month\n"
        "    target: 91 days\n"
        "    take: nearest # Suggested by the software\n"
        "    tie: earlier\n"
        "    # suggested\n"
        "\n"
        "    same_day: mean\n"
        "include:\n"
        "  - {diagnosis: lupus, by: any time}  # suggested\n"
        "study: a suggested title, not # commented on\n"
        'authors_knew: "#suggested"\n'
    )
    assert (
        "windows > baseline: {from: -20 days, to: 0 days, take: last}",
        "windows > month 3 > target: 91 days",
        "windows > month 3 > take: nearest",
        "windows > month 3 > same_day: mean",
        "include > 1: {diagnosis: lupus, by: any time}",
    ) == suggested(read(text), text)


def test_loading_lists_what_is_left_as_suggested() -> None:
    assert ("windows > baseline: {from: -20 days, to: 0 days, take: last}",) == parse(
        BARE.replace("take: last}", "take: last} # suggested")
    ).suggested
    assert () == load(EXAMPLE).suggested


def test_forms_of_one_drug_are_printed_with_what_they_are_worth() -> None:
    made = protocol(("first_exposure: methotrexate", "first_exposure: mycophenolate mofetil"))
    found = [choice for choice in defaults(made) if choice.name.startswith("drugs > ")]
    assert [("drugs > mycophenolate mofetil > alone", "no")] == [(choice.name, choice.value) for choice in found]
    assert "720 mg of mycophenolic acid counts as 1000 mg" in found[0].words
    assert not [choice for choice in defaults(protocol()) if choice.name.startswith("drugs > ")]
