"""Every declared measure is reported with its change, or named with the reason why not; the checklist counts what is reported."""

from __future__ import annotations

from tests.spec.small import analyse, chart, protocol

from caseseries.report.contents import contents
from caseseries.report.exhibits.checklist import checklist_table
from caseseries.report.exhibits.printed_blocks import Paragraph
from caseseries.report.exhibits.unreported import unreported_words
from caseseries.summary.model import Summary

DECLARED = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  ferritin: {quantity: ferritin, unit: ug/L, better: low}
  ck: {quantity: creatine kinase, unit: U/L, better: low}
  neutrophils: {quantity: neutrophils, unit: 10^9/L, better: high}
  weight: {instrument: weight}
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/kg/day, weight: weight, weight_within: 30 days}
include:
  - {recorded: ck, in: baseline}
safety: {until_after_last_dose: 30 days, monitored: [{measure: neutrophils, below: 1.5}]}
"""


def run() -> Summary:
    study = protocol(DECLARED)
    return analyse(study, chart("a | mmt | 0:50, 90:60\na | ck | 0:200", study))


def told(found: Summary) -> str:
    words = unreported_words(found)
    assert words is not None
    return words.text


def test_a_measure_without_a_change_is_named_with_its_reason() -> None:
    found = run()
    assert told(found) == (
        "Measures that the protocol declares and that have no change in this report are ferritin and the daily dose (prednisone mg/kg/day) "
        "(no outcome asks for them); CK (it only decides who is included); "
        "neutrophils (it is monitored for safety and reported there); weight (it only converts doses by weight)."
    )
    (response,) = (section for section in contents(found) if section.key == "response")
    assert told(found) in [block.text for block in response.blocks if isinstance(block, Paragraph)]


def test_the_checklist_counts_what_is_reported() -> None:
    rows = {row.cells[0].text: row.cells[1].text for row in checklist_table(run(), {}).rows if not row.heading}
    assert rows["2 Condition measured in a standard, reliable way in all"] == (
        "2 reported measures with unit and range; 5 declared measures without a change, named under Response"
    )


def test_nothing_is_said_where_every_measure_has_its_change() -> None:
    study = protocol()
    found = analyse(study, chart("a | mmt | 0:50, 90:60", study))
    assert unreported_words(found) is None
