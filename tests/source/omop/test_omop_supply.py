"""What a row of drug_exposure supplies: how much it holds, how long it lasts, what overlaps it, and what is not known of it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.source.omop.conftest import SMALL, Database

from caseseries.chart.tables import Chart, day_number
from caseseries.errors import ChartError, ChoiceNeeded
from caseseries.protocol.load import parse
from caseseries.source.omop import read_omop
from caseseries.study import Results, Study

PROTOCOL = parse("""
study: A taper
case: {index_date: {first_exposure: drug x, restart_after: 3650 days}, per: patient}
measures:
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, outside_courses: zero, if_zero_baseline: not evaluable}
windows:
  before: {from: 0 days, to: 0 days, take: last}
  after: {from: 90 days, to: 90 days, take: last}
intercurrent:
  {death: as observed, lost: as observed, rescue added: as observed, drug stopped: as observed,
   steroid raised above baseline: as observed, pulse: as observed}
outcomes: {taper: {at: after, rule: {decrease: steroid, from: before, more_than: 15 % of baseline}}}
drugs: {drug x: {}}
concepts: {drug x: {ids: [100]}, prednisone: {ids: [1551099]}}
""").protocol
ORAL, JOINT = 4132161, 4006860
MG, G, UG, ML, LITRE, PERCENT = 8576, 8504, 9655, 8587, 8519, 8554
#: 400: 5 mg, 401: 5 mg of another brand, 402: 1 mg.
STRENGTHS = [(400, 1551099, 5, MG), (401, 1551099, 5, MG), (402, 1551099, 1, MG)]
INDEX = (1, 1, 100, "2020-01-01", "2020-12-30", 365, 365, ORAL)


@pytest.fixture
def read(database: Database) -> Any:
    """The chart of one person, of rows of prednisone (concept, start, end, days of supply, quantity, route)."""

    def made(
        rows: Sequence[Sequence[Any]], more: str = "", strengths: Sequence[Any] = STRENGTHS, columns: str = ""
    ) -> Path:
        exposures = [INDEX, *((number, 1, c, a, b, q, d, r) for number, (c, a, b, d, q, r) in enumerate(rows, 2))]
        concepts = sorted({row[0] for row in strengths} | {1551099})
        path = database(
            more=more,
            person=[(1, 8507, 1980, 2, 29)],
            observation_period=[(1, 1, "2018-01-01", "2021-12-31")],
            drug_exposure=exposures,
            measurement=[],
            condition_occurrence=[],
            concept_ancestor=[*SMALL["concept_ancestor"], *((1551099, one) for one in concepts)],
            drug_strength=None,
        )
        header = columns or "drug_concept_id,ingredient_concept_id,amount_value,amount_unit_concept_id"
        lines = [",".join("" if cell is None else str(cell) for cell in row) for row in strengths]
        (path.parent / "drug_strength.csv").write_text("\n".join([header, *lines]) + "\n")
        return path

    return made


def doses(path: Path) -> list[Fraction | None]:
    return [one.amount for one in read_omop(PROTOCOL, path).courses if one.drug == "prednisone"]


def days(path: Path) -> list[tuple[int, int | None, int | None]]:
    """First day, and the bounds of the last, from 2020-01-01."""
    start = day_number_of_index()
    ends = [one.ends for one in read_omop(PROTOCOL, path).courses if one.drug == "prednisone"]
    return [
        (one.first_low - start, *(None if end is None else end - start for end in (one.last_low, one.last_high)))
        for one in ends
    ]


def day_number_of_index() -> int:
    import datetime as dt

    return day_number(dt.date(2020, 1, 1))


def said(chart: Chart, rule: str) -> list[str]:
    return [one.message for one in chart.findings if one.rule == rule]


def answer(path: Path) -> str:
    """What the study says of the person, patient by patient and in counts, which must agree."""
    (verdict,) = Study(PROTOCOL).run(path).summary.shown.outcomes["taper"].verdicts[0]
    counted = Study(PROTOCOL).run(path, show=0)
    assert isinstance(counted, Results)
    answers = [str(key[4]) for key in counted.tally.counts if key[:3] == ("answer", "taper", 0)]
    counted.close()
    words = {True: "yes", False: "no", None: "not evaluable"}
    assert [words[verdict.truth]] == answers
    return words[verdict.truth]


# --- How much a row holds ----------------------------------------------------------------------------------------------

SOLUTION = (
    "drug_concept_id,ingredient_concept_id,amount_value,amount_unit_concept_id,numerator_value,numerator_unit_concept_id,"
    "denominator_value,denominator_unit_concept_id,box_size,invalid_reason"
)


@pytest.mark.long(but_every=3)
@pytest.mark.parametrize(
    ("strength", "quantity", "expected"),
    [
        ((5, MG, None, None, None, None, None, ""), 60, 10),
        (("0.005", G, None, None, None, None, None, ""), 60, 10),
        ((5000, UG, None, None, None, None, None, ""), 60, 10),
        # Prednisolone of children: 3 mg/mL, 15 mg/5 mL, 3 g/L, 0.3 %; the quantity is in mL.
        ((None, None, 3, MG, None, ML, None, ""), 100, 10),
        ((None, None, 3, MG, 1, ML, None, ""), 100, 10),
        ((None, None, 15, MG, 5, ML, None, ""), 100, 10),
        ((None, None, 3000, UG, 1, ML, None, ""), 100, 10),
        ((None, None, 3, G, 1, LITRE, None, ""), 100, 10),
        ((None, None, "0.3", PERCENT, None, None, None, ""), 100, 10),
        ((None, None, 10, MG, 3, ML, None, ""), 90, 10),
        # A bottle of 100 mL: 100 are mL, 1 may be a bottle.
        ((None, None, 300, MG, 100, ML, None, ""), 100, 10),
        ((None, None, 300, MG, 100, ML, None, ""), 1, None),
        # A box of 30: 60 are tablets, 2 may be boxes.
        ((5, MG, None, None, None, None, 30, ""), 60, 10),
        ((5, MG, None, None, None, None, 30, ""), 2, None),
        # Units that are no mass, no volume and no strength.
        ((5, 8510, None, None, None, None, None, ""), 60, None),
        ((None, None, 3, MG, None, None, None, ""), 100, None),
        ((None, None, 3, MG, 1, 8505, None, ""), 100, None),
        ((None, None, 3, MG, 0, ML, None, ""), 100, None),
        ((5, MG, None, None, None, None, None, "D"), 60, None),
        ((5, MG, None, None, None, None, None, ""), 0, None),
        ((5, MG, None, None, None, None, None, ""), -60, None),
        ((5, MG, None, None, None, None, None, ""), None, None),
        # 500 mg a day is the most that is plausible.
        ((5, MG, None, None, None, None, None, ""), 3000, 500),
        ((5, MG, None, None, None, None, None, ""), 3001, None),
        ((1000, G, None, None, None, None, None, ""), 60, None),
    ],
)  # fmt: skip
def test_a_strength(read: Any, strength: tuple[Any, ...], quantity: float | None, expected: int | None) -> None:
    rows = [(400, "2020-01-01", "2020-01-30", 30, quantity, ORAL)]
    found = doses(read(rows, strengths=[(400, 1551099, *strength)], columns=SOLUTION))
    assert [None if expected is None else Fraction(expected)] == found


@pytest.mark.parametrize(
    ("strength", "quantity", "counts", "expected"),
    [
        ((None, None, 300, MG, 100, ML, None, ""), 1, "packages", 10),
        ((None, None, 300, MG, 100, ML, 2, ""), 1, "packages", 20),
        ((5, MG, None, None, None, None, 30, ""), 2, "packages", 10),
        ((5, MG, None, None, None, None, None, ""), 60, "packages", 10),
        ((5, MG, None, None, None, None, 30, ""), 2, "pieces", Fraction("0.333333")),
    ],
)
def test_what_a_quantity_counts_may_be_declared(
    read: Any, strength: tuple[Any, ...], quantity: float, counts: str, expected: Fraction
) -> None:
    rows = [(400, "2020-01-01", "2020-01-30", 30, quantity, ORAL)]
    path = read(rows, f"  quantity_counts: {counts}\n", [(400, 1551099, *strength)], SOLUTION)
    assert [Fraction(expected)] == doses(path)


def test_a_product_of_two_ingredients_and_one_known_twice(read: Any) -> None:
    rows = [(400, "2020-01-01", "2020-01-30", 30, 60, ORAL), (401, "2020-02-01", "2020-03-01", 30, 60, ORAL)]
    strengths = [(400, 1551099, 5, MG), (400, 999, 7, MG), (401, 1551099, 5, MG), (401, 1551099, 5, MG)]
    assert [None, Fraction(10)] == doses(read(rows, strengths=strengths))


# --- How long it lasts -------------------------------------------------------------------------------------------------


@pytest.mark.long(but_every=3)
@pytest.mark.parametrize(
    ("row", "more", "dose", "lasts"),
    [
        (("2020-01-01", "2020-01-30", 30, 60), "", 10, (0, 29, 29)),
        # The end is the first day without.
        (("2020-01-01", "2020-01-31", 30, 60), "", 10, (0, 29, 29)),
        (("2020-01-01", "2020-01-30", None, 60), "", 10, (0, 29, 29)),
        (("2020-01-01", None, 30, 60), "", 10, (0, 29, 29)),
        (("2020-01-01", None, 0, 60), "", None, (0, 0, None)),
        (("2020-01-01", None, -5, 60), "", None, (0, 0, None)),
        (("2020-01-01", None, None, 60), "", None, (0, 0, None)),
        (("2020-01-01", None, None, 60), "  no_duration: 30 days\n", 10, (0, 29, 29)),
        # Thirty tablets of a row that ends on its first day, without days of supply: nobody knows that they were taken on it.
        (("2020-01-01", "2020-01-01", None, 30), "", None, (0, 0, None)),
        (("2020-01-01", "2020-01-01", 0, 30), "", None, (0, 0, None)),
        (("2020-01-01", "2020-01-01", None, None), "", None, (0, 0, None)),
        (("2020-01-01", "2020-01-01", None, 30), "  end_on_first_day: no end\n", None, (0, 0, None)),
        (
            ("2020-01-01", "2020-01-01", None, 60),
            "  end_on_first_day: no end\n  no_duration: 30 days\n",
            10,
            (0, 29, 29),
        ),
        (("2020-01-01", "2020-01-01", None, 60), "  no_duration: 30 days\n", 10, (0, 29, 29)),
        (("2020-01-01", "2020-01-01", None, 2), "  end_on_first_day: one day\n", 10, (0, 0, 0)),
        # One tablet is the dose of a day, and a day of supply is one day.
        (("2020-01-01", "2020-01-01", None, 1), "", 5, (0, 0, 0)),
        (("2020-01-01", "2020-01-01", 1, 2), "", 10, (0, 0, 0)),
        # 90 days of supply that end on the day they begin: never 900 mg a day.
        (("2020-01-01", "2020-01-01", 90, 180), "", None, (0, 0, 89)),
        (("2020-01-01", "2020-02-01", 30, 60), "", None, (0, 29, 31)),
        (("2020-01-01", "2020-01-01", 90, 180), "  end_and_supply: supply\n", 10, (0, 89, 89)),
        # Who stops early did not take more a day.
        (("2020-01-01", "2020-01-01", 90, 180), "  end_and_supply: end\n", 10, (0, 0, 0)),
        (("2020-01-01", "2020-01-30", 90, 180), "  end_and_supply: end\n", 10, (0, 29, 29)),
        (("2020-01-01", "2020-02-29", 30, 60), "  end_and_supply: end\n", 10, (0, 59, 59)),
    ],
)
def test_days(read: Any, row: tuple[Any, ...], more: str, dose: int | None, lasts: tuple[int, Any, Any]) -> None:
    path = read([(400, *row, ORAL)], more)
    assert [lasts] == days(path)
    assert [None if dose is None else Fraction(dose)] == doses(path)


def test_what_is_not_known_of_the_days_is_told(read: Any) -> None:
    rows = [
        (400, "2020-01-01", "2020-01-01", 90, 180, ORAL),
        (400, "2020-06-01", None, 0, 60, ORAL),
        (400, "2020-08-01", "2020-08-01", 0, 60, ORAL),
        (400, "2020-08-01", "2020-08-01", None, 2, JOINT),
    ]
    chart = read_omop(PROTOCOL, read(rows))
    assert ["1 row"] == [one.rpartition(": ")[2] for one in said(chart, "end on first day")]
    assert ["1 row"] == [one.rpartition(": ")[2] for one in said(chart, "end and supply")]
    assert ["1 row"] == [one.rpartition(": ")[2] for one in said(chart, "no duration")]


BEFORE = (400, "2019-12-01", "2020-02-28", 90, 180, ORAL)


@pytest.mark.long(but_every=3)
@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((400, "2020-02-29", "2020-05-28", 90, 90, ORAL), "yes"),  # 10 to 5
        ((400, "2020-02-29", "2020-05-28", 90, 180, ORAL), "no"),  # 10 to 10
        ((400, "2020-03-20", None, 0, 30, ORAL), "not evaluable"),  # thirty tablets for nobody knows how long
        ((400, "2020-03-20", "2020-03-20", 90, 90, ORAL), "not evaluable"),  # one day or ninety
        ((400, "2020-03-20", "2020-03-20", 0, 30, ORAL), "not evaluable"),  # not 150 mg on a day, and then none
        ((400, "2020-02-29", "2020-05-28", 90, 0, ORAL), "not evaluable"),
        ((400, "2020-05-28", "2020-02-29", 90, 90, ORAL), "not evaluable"),  # refused: any day may be covered
        ((400, "2020-13-01", "2020-05-28", 90, 90, ORAL), "not evaluable"),
        ((400, None, "2020-02-29", 90, 90, ORAL), "not evaluable"),
        ((400, "2020-05-28", "2020-02-29", 90, 90, JOINT), "yes"),  # refused, into a joint
        ((0, "2020-03-01", "2020-04-30", 60, 60, ORAL), "not evaluable"),
        ((None, "2020-03-01", "2020-04-30", 60, 60, ORAL), "not evaluable"),
        ((0, "2020-03-01", None, None, None, ORAL), "not evaluable"),
        ((0, "2020-03-01", "2020-03-29", 29, 60, ORAL), "yes"),  # it ended two days before day 90
        ((0, "2020-03-01", "2020-04-30", 60, 60, JOINT), "yes"),
        ((400, "2020-02-29", "2020-05-28", 90, 90, JOINT), "yes"),  # 10 to 0: no dose of it is systemic
    ],
)
def test_a_dose_rests_on_what_is_known(read: Any, row: tuple[Any, ...], expected: str) -> None:
    assert expected == answer(read([BEFORE, row]))


@pytest.mark.long(but_every=3)
@pytest.mark.parametrize(
    ("row", "more", "expected"),
    [
        # Without its start the end of a row may be its first day, of which a row that is read says nothing else than the days of supply.
        ((400, None, "2019-11-30", 90, 90, ORAL), "", "not evaluable"),  # up to 2020-02-27
        ((400, "2019-13-01", "2019-11-30", 90, 90, ORAL), "", "not evaluable"),
        ((400, None, "2019-09-30", 90, 90, ORAL), "", "yes"),  # up to 2019-12-28
        ((400, None, "2019-11-30", 90, 90, ORAL), "  end_and_supply: supply\n", "not evaluable"),
        ((400, None, "2019-11-30", 90, 90, ORAL), "  end_and_supply: end\n", "yes"),
        ((400, None, "2019-11-30", None, 90, ORAL), "", "not evaluable"),
        ((400, None, "2019-11-30", None, 1, ORAL), "", "yes"),
        ((400, None, "2019-11-30", None, 90, ORAL), "  end_on_first_day: one day\n", "yes"),
        ((400, None, "2019-11-30", None, 90, ORAL), "  no_duration: 90 days\n", "not evaluable"),
        ((400, None, "2019-11-30", None, 90, ORAL), "  no_duration: 30 days\n", "yes"),
        # So of a row without a concept, which may be one of the dose.
        ((0, "2020-01-10", "2020-01-10", 90, 90, ORAL), "", "not evaluable"),  # up to 2020-04-08
        ((0, "2020-01-10", "2020-04-08", 10, 90, ORAL), "", "not evaluable"),
        ((0, "2020-01-10", "2020-01-10", 60, 60, ORAL), "", "yes"),  # up to 2020-03-09
        ((0, "2020-01-10", "2020-01-10", 90, 90, ORAL), "  end_and_supply: supply\n", "not evaluable"),
        ((0, "2020-01-10", "2020-01-10", 90, 90, ORAL), "  end_and_supply: end\n", "yes"),
        ((0, "2020-01-10", "2020-01-10", None, 90, ORAL), "", "not evaluable"),
        ((0, "2020-01-10", "2020-01-10", None, 1, ORAL), "", "yes"),
        ((0, "2020-01-10", "2020-01-10", None, 90, ORAL), "  end_on_first_day: one day\n", "yes"),
        ((0, "2020-01-10", None, None, 90, ORAL), "  no_duration: 30 days\n", "yes"),
        ((0, None, "2019-11-30", 90, 90, ORAL), "", "not evaluable"),
    ],
)  # fmt: skip
def test_the_end_of_a_row_that_is_not_used_is_believed_no_more_than_that_of_a_course(
    read: Any, row: tuple[Any, ...], more: str, expected: str
) -> None:
    assert expected == answer(read([BEFORE, row], more))


def test_rows_without_a_concept_may_be_declared_to_be_no_drug_of_the_study(read: Any) -> None:
    rows = [BEFORE, (0, "2020-03-01", "2020-04-30", 60, 60, ORAL), (None, "2020-03-01", None, 60, 60, ORAL)]
    told = read_omop(PROTOCOL, read(rows))
    assert {"read": 4, "used": 2, "out of scope": 0, "refused": 2} == told.account()["drug_exposure"]
    assert ["2 rows"] == [one.rpartition(": ")[2] for one in said(told, "unmapped")]


def test_declared_unmapped_rows_count_for_nothing(read: Any) -> None:
    rows = [BEFORE, (0, "2020-03-01", "2020-04-30", 60, 60, ORAL)]
    path = read(rows, '  unmapped_drugs: {count: nothing, because: "their source codes are vaccines"}\n')
    assert {"read": 3, "used": 2, "out of scope": 1, "refused": 0} == read_omop(PROTOCOL, path).account()[
        "drug_exposure"
    ]
    assert "yes" == answer(path)


def test_a_declaration_without_its_reason_is_refused(read: Any) -> None:
    with pytest.raises(ChartError, match="because"):
        read_omop(PROTOCOL, read([BEFORE], "  unmapped_drugs: {count: nothing}\n"))


# --- What overlaps it --------------------------------------------------------------------------------------------------

#: 10 mg a day throughout, a refill five days early.
EARLY = [(400, "2019-12-02", "2020-01-30", 60, 120, ORAL), (401, "2020-01-26", "2020-03-25", 60, 120, ORAL)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (EARLY, 1),
        ([EARLY[0], (400, "2020-01-31", "2020-03-30", 60, 120, ORAL)], 0),
        # The end written as the first day without is no overlap.
        ([(400, "2019-12-02", "2020-01-31", 60, 120, ORAL), (400, "2020-01-31", "2020-03-30", 60, 120, ORAL)], 0),
        # Two strengths taken together.
        ([EARLY[0], (402, "2020-01-01", "2020-03-25", 85, 85, ORAL)], 0),
        # Two collected on one day, and a row that stands twice.
        ([EARLY[0], (401, "2019-12-02", "2020-01-30", 60, 60, ORAL)], 1),
        ([EARLY[0], EARLY[0]], 0),
        ([EARLY[0], (400, "2020-01-26", "2020-03-25", 60, 120, JOINT)], 0),
    ],
)
def test_rows_of_one_product_that_overlap_are_a_choice(read: Any, rows: list[Any], expected: int) -> None:
    path = read(rows)
    told = said(read_omop(PROTOCOL, path), "choice: refills")
    assert [f"{expected} row"] * expected == [one.rpartition(": ")[2] for one in told]
    if expected:
        with pytest.raises(ChartError, match="overlap"):
            Study(PROTOCOL).read(path)
        with pytest.raises(ChoiceNeeded, match="overlap"):
            Study(PROTOCOL).run(path, show=0)


@pytest.mark.parametrize(
    ("refills", "rows", "expected"),
    [
        ("add", EARLY, [(-30, 29), (25, 84)]),
        ("replace", EARLY, [(-30, 24), (25, 84)]),
        ("extend", EARLY, [(-30, 29), (30, 89)]),
        # Three in a row, each early: what is left adds up.
        ("extend", [*EARLY, (400, "2020-03-01", "2020-04-29", 60, 120, ORAL)], [(-30, 29), (30, 89), (90, 149)]),
        ("replace", [*EARLY, (400, "2020-03-01", "2020-04-29", 60, 120, ORAL)], [(-30, 24), (25, 59), (60, 119)]),
        # After a pause the stock begins anew.
        ("extend", [EARLY[0], (400, "2020-03-01", "2020-04-29", 60, 120, ORAL)], [(-30, 29), (60, 119)]),
        # Two strengths are left alone.
        ("replace", [EARLY[0], (402, "2020-01-01", "2020-03-25", 85, 85, ORAL)], [(-30, 29), (0, 84)]),
        ("extend", [EARLY[0], (402, "2020-01-01", "2020-03-25", 85, 85, ORAL)], [(-30, 29), (0, 84)]),
        # Two that were collected on one day.
        ("replace", [EARLY[0], (401, "2019-12-02", "2020-01-30", 60, 60, ORAL)], [(-30, 29), (-30, 29)]),
        ("extend", [EARLY[0], (401, "2019-12-02", "2020-01-30", 60, 60, ORAL)], [(-30, 29), (30, 89)]),
    ],
)  # fmt: skip
def test_refills(read: Any, refills: str, rows: list[Any], expected: list[tuple[int, int]]) -> None:
    found = [(first, last) for first, _, last in days(read(rows, f"  refills: {refills}\n"))]
    assert expected == found


#: 3 mg/mL in four spellings: of 5 mL, of one, of a bottle of 120 mL, in percent.
SPELLINGS = [
    (410, 1551099, None, None, 15, MG, 5, ML, None, ""),
    (411, 1551099, None, None, 3, MG, None, ML, None, ""),
    (412, 1551099, None, None, 360, MG, 120, ML, None, ""),
    (413, 1551099, None, None, "0.3", PERCENT, None, None, None, ""),
]


@pytest.mark.long(but_every=3)
@pytest.mark.parametrize(
    ("refills", "expected"),
    [
        (None, "1 row"),
        ("replace", [(-30, 24, 24), (25, 84, 84)]),
        ("extend", [(-30, 29, 29), (30, 89, 89)]),
    ],
)
@pytest.mark.parametrize(("first", "second"), [(410, 411), (411, 412), (412, 410), (413, 410)])
def test_one_strength_written_in_two_ways_is_one_product(
    read: Any, first: int, second: int, refills: str | None, expected: Any
) -> None:
    rows = [(first, "2019-12-02", "2020-01-30", 60, 200, ORAL), (second, "2020-01-26", "2020-03-25", 60, 200, ORAL)]
    path = read(rows, "" if refills is None else f"  refills: {refills}\n", SPELLINGS, SOLUTION)
    if refills is None:
        (told,) = said(read_omop(PROTOCOL, path), "choice: refills")
        assert expected == told.rpartition(": ")[2]
    else:
        assert expected == days(path)


@pytest.mark.parametrize(
    ("third", "until"),
    [
        ([], 29),  # the rest of the first may have been taken
        ([(402, "2020-01-16", "2020-03-25", 70, 70, ORAL)], 29),  # another strength ends nothing
        ([(401, "2020-01-16", "2020-03-15", 60, 120, ORAL)], 14),  # up to the next row
    ],
)
def test_after_a_short_supply_within_a_longer_one_its_rest_may_be_taken(
    read: Any, third: list[Any], until: int
) -> None:
    rows = [EARLY[0], (401, "2020-01-05", "2020-01-09", 5, 10, ORAL), *third]
    assert [(-30, 3, 3), (4, 8, until)] == days(read(rows, "  refills: replace\n"))[:2]


def test_a_supply_of_unknown_length_ends_where_the_next_replaces_it(read: Any) -> None:
    rows = [(400, "2020-01-01", None, None, 60, ORAL), (401, "2020-02-01", "2020-03-01", 30, 60, ORAL)]
    assert [(0, 0, 30), (31, 60, 60)] == days(read(rows, "  refills: replace\n"))


@pytest.mark.parametrize(("refills", "expected"), [("replace", "yes"), ("extend", "no"), ("add", "yes")])
def test_an_early_refill_in_a_study(read: Any, refills: str, expected: str) -> None:
    rows = [*EARLY, (402, "2020-03-26", "2020-06-23", 90, 450, ORAL)]
    assert expected == answer(read(rows, f"  refills: {refills}\n"))


def test_no_overlap_is_asked_for_where_no_dose_is_added_up(database: Database) -> None:
    rows = [(1, 1, 100, "2020-01-01", "2020-01-30", 30, 30, 0), (2, 1, 100, "2020-01-10", "2020-02-08", 30, 30, 0)]
    from tests.source.omop.conftest import protocol

    assert [] == said(read_omop(protocol(), database(drug_exposure=rows)), "choice: refills")
