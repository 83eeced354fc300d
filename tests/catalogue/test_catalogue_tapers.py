"""Tapers in one cell: the steps of every form that is read, and what must not be read."""

from __future__ import annotations

from fractions import Fraction

import pytest

from caseseries.catalogue import UnclearTaper, dose_unit, frequency, like_taper, taper, taper_forms

#: Text, its steps as dose and days (0: it goes on), and whether it says that the drug was stopped.
READ = [
    ("40 mg 2 wk, then 5 mg less each week", "40:14 35:7 30:7 25:7 20:7 15:7 10:7 5:7", True),
    ("40 mg x 2 weeks, 30 mg x 2 weeks, 20 mg x 4 weeks", "40:14 30:14 20:28", False),
    ("60 mg/day for 14 days then 40 mg/day for 7 days then stop", "60:14 40:7", True),
    ("40 mg daily, reduce by 5 mg every week (to 10 mg)", "40:7 35:7 30:7 25:7 20:7 15:7 10:0", False),
    ("40 mg daily reducing by 10 mg weekly to 0", "40:7 30:7 20:7 10:7", True),
    ("20 mg daily, tapered by 5 mg every other week to 10 mg", "20:14 15:14 10:0", False),
    ("20 mg 1 week and then reduce by 5 mg every 5 days until 10 mg for 3 weeks, then stop", "20:7 15:5 10:21", True),
    ("20 mg 1 wk, then 7.5 mg less each week", "20:7 12.5:7 5:7", False),
    ("20 mg 1 wk, then 7.5 mg less each week, then stop", "20:7 12.5:7 5:7", True),
    ("5 mg 1 wk, then 5 mg less each week", "5:7", True),
    ("10 mg 3 days, 2.5 mg less each day, off", "10:3 7.5:1 5:1 2.5:1", True),
    ("10 mg fortnightly 4 weeks, then 5 mg less every 2 weeks to 5 mg", "10:28 5:0", False),
    ("30 mg 2 wk, then 5 mg/week less to 20 mg", "30:14 25:7 20:0", False),
    ("30 mg 2 wk, then reduce weekly by 10 mg", "30:14 20:7 10:7", True),
    ("40mg x 14d, 30mg x 14d, stop", "40:14 30:14", True),
    ("40 mg (2 weeks); 30 mg (10 days); 20 mg", "40:14 30:10 20:0", False),
    ("40 mg 2 wk -> 20 mg 2 wk -> off", "40:14 20:14", True),
    ("40 mg 2 wk\n30 mg 2 wk\nthen 10 mg", "40:14 30:14 10:0", False),
    ("40 mg 2 wk. Then 30 mg for two weeks, then 0 mg.", "40:14 30:14", True),
    ("40 x 2 weeks, 30 x 2 weeks, 20", "40:14 30:14 20:0", False),
    ("1 mg/kg/day x 4 weeks, then 0.5 mg/kg/day x 2 weeks", "1:28 0.5:14", False),
    ("2 Wochen 40 mg, dann 2 Wochen 30 mg, dann 10 mg weniger jede Woche", "40:14 30:14 20:7 10:7", True),
    ("20 mg 14 Tage, dann wöchentlich um 5 mg reduzieren bis auf 10 mg", "20:14 15:7 10:0", False),
    ("20 mg 2 semaines, puis 10 mg 2 semaines, puis arrêt", "20:14 10:14", True),
    ("7.5 mg weekly 4 weeks, then 10 mg weekly", "7.5:28 10:0", False),
    ("20 mg daily 2 wk, then 20 mg every other day", "20:14 20:0", False),
    ("1 mg/kg/d 2 wk, 0.5 mg / kg / d 2 wk, off", "1:14 0.5:14", True),
    ("20 mg daily 2 wk, then 20 mg every 2 days", "20:14 20:0", False),
    ("20 mg every 2 days for 2 wk, then 10 mg every 2 days", "20:14 10:0", False),
    ("20 mg b.d. 2 wk, 10 mg b.d. 2 wk", "20:14 10:14", False),
    ("40 mg 2 wk, reduce by 10 mg fortnightly to 20 mg", "40:14 30:14 20:0", False),
    ("40 mg 2 wk, reduce by 20 mg every 2 weeks until stop", "40:14 20:14", True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "steps", "stops"), READ)
def test_the_steps_of_a_taper(text: str, steps: str, stops: bool) -> None:
    found = taper(text)
    assert [(Fraction(dose), int(days)) for dose, days in (one.split(":") for one in steps.split())] == [
        (step.amount, step.days or 0) for step in found.steps
    ]
    assert found.stops is stops
    assert like_taper(text)


#: Text, and a word of the reason why it is not read.
REFUSED = [
    ("40 mg 2 wk, then 5 mg less each week, then 2 mg less each week", "before another fall"),
    ("40 mg 2 wk, reduce by 5 mg every week to 20 mg/kg", "another unit"),
    ("40 mg 2 wk, reduce by 5 mg every week to 20 mg twice daily", "at other times"),
    ("40 mg 2 wk, reduce by 5 mg every week to as little as possible", "is not read"),
    ("40 mg/day once daily 2 wk, then 20 mg 2 wk", "a part of the text"),
    ("taper over 6 weeks", "no taper"),
    ("reduce slowly", "no taper"),
    ("40 mg then taper", "a part of the text"),
    ("40 mg reducing", "no taper"),
    ("20-40 mg", "no taper"),
    ("40 mg 2 wk", "no taper"),
    ("40 mg, 30 mg, 20 mg", "for how long"),
    ("40 mg 2 wk, 30 mg, 20 mg 2 wk", "for how long"),
    ("40 mg then stop", "for how long"),
    ("40 mg daily, reduce by 10 mg every week to 20 mg, then stop", "for how long"),
    ("40 mg daily, reduce by 10 mg every week to 20 mg, then 15 mg for 2 weeks", "for how long"),
    ("40 mg 2 wk, 10 mg less each week to 20 mg, then 5 mg less each week", "for how long"),
    ("40 mg 2 wk, then 5 mg less each week, then 10 mg", "does not say to which dose"),
    ("40 mg 2 wk, then 7 mg less each week to 10 mg", "do not lead"),
    ("40 mg 2 wk, then 5 mg less each week to 40 mg", "no smaller dose"),
    ("40 mg 2 wk, then 50 mg less each week", "larger than the dose"),
    ("40 mg 2 wk, then 0 mg less each week", "by nothing"),
    ("5 mg less each week", "no taper"),
    ("5 mg less each week, then 20 mg", "without a dose before"),
    ("40 mg x 2 months, 20 mg x 1 month", "month"),
    ("40 mg 2 weeks, then 5 mg less each month", "month"),
    ("40 mg 2 wk, then 5 mg/day less", "of the dose of a day"),
    ("40 mg 2 wk, then reduce by 5 mg daily", "a part of the text"),
    ("40 mg 2 wk, then reduce to 20 mg", "a part of the text"),
    ("20 mg bd 2 wk, then 5 mg less each week", "of a dose or of a day"),
    ("15 mg weekly 4 weeks, reduce by 2.5 mg/week", "of a dose or of a day"),
    ("20 mg bd 2 wk, 10 mg 2 wk", "how often"),
    ("40 mg in the morning 2 weeks, 20 mg at night 2 weeks", "times of the day"),
    ("10 mg Mon/Wed/Fri 4 weeks, 5 mg Tue/Thu 4 weeks", "days or times"),
    ("40 mg 2 wk, then 5 mg each week", "a dose or a fall"),
    ("40 mg daily 2 wk, then 5 mg/week", "a dose or a fall"),
    ("40 mg daily 2 wk, then 5 mg weekly 4 weeks", "a dose or a fall"),
    ("40 mg 5 days, then 5 mg q3d", "a dose or a fall"),
    ("40 mg od ~2 wk, 30 mg od 2 wk", "a part of the text"),
    ("40 mg od ≥2 wk, 30 mg od 2 wk", "a part of the text"),
    ("40 mg (?) 2 wk, 30 mg 2 wk", "a part of the text"),
    ("40 mg od - 2 wk, 30 mg od 2 wk", "a part of the text"),
    ("40 mg ±5 2 wk, 30 mg 2 wk", "a part of the text"),
    ("40 mg 2 wk, 1 mg/kg 2 wk", "different units"),
    ("40 mg 2 wk, 1 g 2 wk", "different units"),
    ("40 mg 2 wk, then 1 g less each week", "another unit"),
    ("40 tablets 2 wk, 30 tablets 2 wk", "a part of the text"),
    ("40 mg 2 wk, then 10 % less each week", "a part of the text"),
    ("40 mg 2 wk, 0 mg 2 wk, 20 mg 2 wk", "of 0"),
    ("40 mg 2 wk, then stop, then 20 mg", "behind the end"),
    ("40 mg 2 wk?, 30 mg 2 wk", "a part of the text"),
    ("40 mg 2-3 wk, 30 mg 2 wk", "a part of the text"),
    ("40 mg about 2 wk, 30 mg 2 wk", "a part of the text"),
    ("40 mg 2 wk,, 30 mg 2 wk", "a part of the text"),
    ("40 mg until March, then 30 mg", "a part of the text"),
    ("week 1-2: 40 mg, week 3-4: 30 mg", "a part of the text"),
    ("40 mg x 14, 30 mg x 14", "a part of the text"),
    ("40 mg x 2/52, 30 mg x 2/52", "a part of the text"),
    ("1 500 mg 2 weeks, 500 mg 2 weeks", "a part of the text"),
    ("-40 mg 2 wk, 30 mg 2 wk", "a part of the text"),
    ("40 mg 0 weeks, 30 mg 2 weeks", "a part of the text"),
    ("7,5 mg 2 wk, 5 mg 2 wk", "decimal mark"),
    ("40 mg 2 wk, 30 mg 2 wk, etc", "a part of the text"),
    ("1000 mg 1 day, then 1 mg less each day", "too many"),
    ("40 mg 2 wk, " * 40 + "30 mg", "too long"),
]


@pytest.mark.parametrize(("text", "why"), REFUSED)
def test_what_is_read_two_ways_or_not_at_all_is_no_taper(text: str, why: str) -> None:
    with pytest.raises(UnclearTaper, match=why):
        taper(text)


def test_a_reason_holds_nothing_of_the_text() -> None:
    for text, _ in REFUSED:
        with pytest.raises(UnclearTaper) as caught:
            taper(text)
        assert not any(sign.isdigit() for sign in str(caught.value).replace("of 0", ""))


def test_the_decimal_mark_of_the_column_is_kept() -> None:
    assert [Fraction("7.5"), Fraction(5)] == [step.amount for step in taper("7,5 mg 2 wk, 5 mg 2 wk", comma=True).steps]
    with pytest.raises(UnclearTaper):
        taper("7.5 mg 2 wk, 5 mg 2 wk", comma=True)


def test_a_step_without_words_of_how_often_is_taken_as_the_one_before_where_that_is_once_a_day() -> None:
    found = taper("60 mg/day for 14 days, then 40 mg for 7 days, 20 mg on alternate days")
    assert [("mg/day", "", Fraction(1)), ("mg/day", "", Fraction(1)), ("mg", "on alternate days", Fraction(1, 2))] == [
        (step.unit, step.frequency, step.per_day) for step in found.steps
    ]
    silent = taper("40 mg 2 wk, 20 mg on alternate days")
    assert [None, Fraction(1, 2)] == [step.per_day for step in silent.steps]


def test_a_fall_that_says_no_end_may_be_cut_short_and_no_other() -> None:
    ends = {"": True, " to 10 mg": False, ", then stop": False, " to 0": False}
    assert list(ends.values()) == [taper(f"40 mg 2 wk, then 5 mg less each week{end}").open_ended for end in ends]
    assert not taper("40 mg 2 wk, 30 mg 2 wk").open_ended


@pytest.mark.parametrize(
    "text", ["40", "40 mg", "40 mg 2 wk", "20-40 mg", "7.5", "unknown", "500 mg 2x day", "none", "as needed"]
)
def test_what_is_no_list_is_no_taper_to_be_told_of(text: str) -> None:
    assert not like_taper(text)


def test_the_forms_that_messages_name_are_read() -> None:
    assert 63 == taper("40 mg 2 weeks, then 5 mg less each week").days
    assert taper("40 mg 2 weeks, 30 mg 14 days, then 10 mg").days is None
    assert taper("20 mg daily, reduce by 5 mg every 2 weeks to 10 mg").days is None
    assert all(
        form in taper_forms() for form in ("30 mg 14 days, then 10 mg", "5 mg less each week", "to 10 mg", "then stop")
    )


@pytest.mark.parametrize("text", ["mg 2 weeks", "mg 2 wk", "mg then", "mg, 30 mg"])
def test_no_unit_or_frequency_swallows_the_words_of_a_taper(text: str) -> None:
    with pytest.raises(LookupError):
        dose_unit(text)
    with pytest.raises(LookupError):
        frequency(text)
