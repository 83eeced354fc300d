"""What the report says where cases were chosen by a value: criteria, where the values were taken, limits, measures without a change."""

from __future__ import annotations

from tests.spec.small import analyse, chart, protocol

from caseseries.report.exhibits.cannot_show import limits
from caseseries.report.exhibits.methods import methods
from caseseries.report.exhibits.selection import reason_words
from caseseries.report.exhibits.unreported import unreported
from caseseries.summary.model import Summary

DECLARED = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  vas: {quantity: activity, unit: cm, range: [0, 10], better: low}
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, outside_courses: zero, if_zero_baseline: not evaluable}
"""
CRITERIA = """
include:
  - {value: vas, in: baseline, at_least: 3 cm}
  - {value: steroid, in: baseline, more_than: 5 mg/day}
exclude:
  - {value: vas, in: baseline, above: 9 cm}
"""
ROWS = """
a | mmt | 0:50, 90:60
a | vas | 0:3
a | prednisone | -100..200 10 mg
b | mmt | 0:50, 90:60
b | vas | 0:2.9
c | mmt | 0:50, 90:60
d | vas | 0:9.1
d | prednisone | -100..200 10 mg
e | vas | 0:3
e | prednisone | -100..200 5 mg
"""
AT_LEAST = "A value of vas of at least 3 cm in the window baseline"
MORE_THAN = "A value of steroid of more than 5 mg/day in the window baseline"
#: The same as the report calls it.
DOSE = "A daily dose of more than 5 mg/day in the window baseline"
ABOVE = "A value of vas of more than 9 cm in the window baseline"


def run(criteria: str = CRITERIA) -> Summary:
    study = protocol(DECLARED + criteria)
    return analyse(study, chart(ROWS, study))


def test_the_flow_names_each_reason_in_the_order_of_the_criteria() -> None:
    found = run()
    removed = [reason for step in found.flow if not step.outcome for reason in step.removed]
    assert [(AT_LEAST, 1), (f"{AT_LEAST} (could not be determined)", 1), (MORE_THAN, 1), (ABOVE, 1)] == removed
    assert ["a"] == [case.case_id for case in found.shown.included]
    words = [reason_words(found, why) for why, _ in removed]
    assert [f"not met: {AT_LEAST}", f"not recorded: {AT_LEAST}", f"not met: {DOSE}", f"met: {ABOVE}"] == words


def test_the_methods_say_where_the_values_were_taken() -> None:
    told = " ".join(one.text for one in methods(run()))
    assert (
        "The values that criteria rest on were taken at baseline (days −90 to 0, for each measure the last value), each measure by itself; "
        "a case without one was not included. The daily dose (prednisone mg/day) of the criterion at baseline was read on day 0."
        in told
    )
    assert "vas (activity; cm" in told
    assert "values that criteria rest on" not in " ".join(one.text for one in methods(run("")))


def test_a_choice_by_a_value_adds_to_regression_to_the_mean() -> None:
    def said(found: Summary) -> str:
        (item,) = (item for item in limits(found).items if item.startswith("Regression to the mean."))
        return item

    assert said(run()).endswith(
        "Cases were also chosen by a value of vas and the daily dose (prednisone mg/day), which adds to this where the value lies at an extreme."
    )
    assert "chosen by a value" not in said(run(""))


def test_a_measure_that_only_decides_who_is_included_is_named_so() -> None:
    found = run()
    assert {"vas": "eligibility", "steroid": "eligibility"} == unreported(found)


RULE = "include: [{any: [{value: vas, at_least: 3 cm}, {value: steroid, more_than: 5 mg/day}], in: baseline}]\n"


def test_a_rule_that_decides_who_is_included_is_told_as_one() -> None:
    found = run(RULE)
    assert ["a", "d", "e"] == [case.case_id for case in found.shown.included]
    removed = [reason for step in found.flow if not step.outcome for reason in step.removed]
    named = "Vas at least 3 cm or steroid more than 5 mg/day in the window baseline"
    assert [(f"{named} (could not be determined)", 2)] == removed
    told = "Either vas at least 3 cm or the daily dose of systemic glucocorticoids more than 5 mg/day in the window baseline"
    assert [f"not recorded: {told}"] == [reason_words(found, why) for why, _ in removed]
    said = " ".join(one.text for one in methods(found))
    assert "each measure by itself; a case for which a criterion could not be determined was not included." in said
    assert any("chosen by a value of vas and the daily dose" in item for item in limits(found).items)
    assert {"vas": "eligibility", "steroid": "eligibility"} == unreported(found)
