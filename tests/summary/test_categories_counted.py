"""An outcome with categories: counted as shown, told once in the report, and stopped where two hold at once."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator
from tests.spec.small import analyse, chart, protocol
from tests.summary.counting import counted, tally_of
from tests.summary.test_shown_and_counted import drawn

from caseseries.errors import ProtocolError
from caseseries.report.contents import contents, tables_of
from caseseries.report.exhibits.headline import heads
from caseseries.report.files.results_file import results, schema
from caseseries.summary.aggregate import aggregate
from caseseries.summary.summarise import summarise

COURSES = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  relapsed: {judgement: relapsed, since: index date}
outcomes:
  response: "~"
  course:
    at: after
    categories:
      relapse: {is: relapsed}
      remission: {value: mmt, at_least: 78 points}
    readings:
      wider: {relapse: {is: relapsed}, remission: {value: mmt, at_least: 70 points}}
robustness: {missing: [not met]}
"""
ROWS = """
a | relapsed | 90:yes
a | mmt | 90:40
b | relapsed | 90:no
b | mmt | 90:80
c | relapsed | 90:no
c | mmt | 90:72
d | relapsed | 90:yes
e | mmt | 90:79
f | mmt | 90:60
g | mmt | 0:60
"""
BOTH = f"{ROWS}h | relapsed | 90:yes\nh | mmt | 90:80"


def test_every_case_has_one_category_or_none_or_is_not_evaluable() -> None:
    study = protocol(COURSES)
    primary, wider = analyse(study, chart(ROWS, study)).levels["course"].readings
    assert {"relapse": 2, "remission": 2, "none of them": 1} == {one.name: one.exactly.exact for one in primary.levels}
    assert {"relapse": 2, "remission": 3, "none of them": 0} == {one.name: one.exactly.exact for one in wider.levels}
    assert (7, 2) == (primary.inside.exact, primary.not_evaluable.exact)
    # The rule of relapse has no answer in e, f and g; e is in remission all the same.
    assert {"relapse": 3, "remission": 2, "none of them": 2} == {one.name: one.perhaps.exact for one in primary.levels}


def test_categories_counted_are_the_categories_shown_whole_and_in_parts() -> None:
    study = protocol(COURSES)
    drawn(study, chart(ROWS, study))


def test_two_that_hold_at_once_stop_the_run_and_name_the_case_to_its_reader_alone() -> None:
    study = protocol(COURSES)
    with pytest.raises(ProtocolError) as stopped:
        analyse(study, chart(BOTH, study))
    (as_written, wider) = stopped.value.problems
    assert "relapse and remission of course hold at once (found 'h')" == as_written.describe(values=True)
    assert "relapse and remission of course hold at once under 'wider' (found 'h')" == wider.describe(values=True)
    assert "'h'" not in str(stopped.value) and "found" not in str(stopped.value)


def test_two_that_hold_at_once_stop_a_run_that_counts_with_their_number() -> None:
    study = protocol(COURSES)
    with pytest.raises(ProtocolError, match=r"two categories of course hold at once: 1 case\(s\)"):
        counted(study, chart(BOTH, study))


def test_two_at_once_in_a_case_outside_the_denominator_do_not_matter() -> None:
    among = "    among: {value: mmt, at_most: 79 points}\n    categories:"
    study = protocol(COURSES.replace("    categories:", among))
    shown = analyse(study, chart(BOTH, study))
    assert 2 == shown.levels["course"].readings[0].outside.exact  # b and h, at 80


def test_the_report_names_the_outcome_once() -> None:
    study = protocol(COURSES)
    shown = analyse(study, chart(ROWS, study))
    ((title, text),) = heads(shown)
    assert "Course" == title
    assert text.startswith("relapse in 2 of 7 (29 %, 95 % CI 3.7–71.0), remission in 2 of 7")
    assert text.endswith("and none of them in 1 of 7 (14 %, 95 % CI 0.4–57.9)")
    found = {one.key: one for one in tables_of(contents(shown))}
    assert ["Category", "n/N (%)", "95 % CI, %", "n/N (%)", "95 % CI, %", "Its rule not evaluable"] == [
        column.title for column in found["levels-course"].columns
    ]
    assert "Every included case: values, category of course, and its reason" == found["patients-course"].title
    told = {row.cells[0].text: row.cells[-2].text for row in found["patients-course"].rows}
    assert ("relapse", "remission", "none of them", "relapse", "remission") == tuple(told[one] for one in "abcde")
    assert ("not evaluable: relapse or none of them", "not evaluable: any category") == (told["f"], told["g"])
    written = results(shown)
    assert [] == [str(one) for one in Draft202012Validator(schema()).iter_errors(written)]
    assert [False, {}] == [written["levels"][0][key] for key in ("ordered", "at_least")]


@pytest.mark.parametrize("sizes", [(40, 30, 20, 0), (40, 3, 40, 0), (30, 30, 20, 8), (30, 30, 28, 2)])
def test_what_a_site_tells_others_is_true_and_no_small_category(sizes: tuple[int, int, int, int]) -> None:
    cells = (
        "90:40\n{0} | relapsed | 90:yes",
        "90:80\n{0} | relapsed | 90:no",
        "90:60\n{0} | relapsed | 90:no",
        "90:60",
    )
    kinds = [kind for kind, n in enumerate(sizes) for _ in range(n)]
    study = protocol(COURSES)
    tally = tally_of(
        study, chart("\n".join(f"{n} | mmt | {cells[kind].format(n)}" for n, kind in enumerate(kinds)), study)
    )
    told = summarise(study, aggregate(study, tally, audience="network"), kept="chart", dated=True, invented=True)
    primary = told.levels["course"].readings[0]
    for one, n in zip(primary.levels, sizes, strict=False):
        assert one.exactly.low <= n <= one.exactly.high
        assert not 0 < n < 5 or one.exactly.high - one.exactly.low >= 3
    assert primary.not_evaluable.low <= sizes[3] <= primary.not_evaluable.high
    if all(n == 0 or n >= 5 for n in sizes):
        assert list(sizes[:3]) == [one.exactly.exact for one in primary.levels]
