"""Schedules and spans of units that name days, ranges and lengths of time: the number a day of each, and what must not be read."""

from fractions import Fraction

import pytest

from caseseries.catalogue import CatalogueMiss, dose_unit, frequency, schedule, schedules
from caseseries.catalogue.dose_schedule import _counted, _plain
from caseseries.catalogue.raw import exact, read

PER_DAY = {
    "1": "nightly, noct, om, qn, od mane, each evening, once daily at night, once per day, jeden Tag, tgl.",
    "2": "bds, b.d.s., twice per day, 1-0-1, 2 doses daily, 2 prises par jour",
    "3": "three times/day, 1-1-1, tds",
    "1/2": "alt days, every second day, every 2nd day, jeden 2. Tag, un jour sur deux",
    "1/3": "every third day, every 3rd day, jeden 3. Tag, every 72 hours, q3d",
    "1/4": "every fourth day, jeden vierten Tag",
    "5/7": "5 days/week, 5 days a week, monday to friday, mon-fri, Mon – Fri, Mo-Fr, Mo bis Fr, lunes a viernes, du lundi au vendredi, weekdays",
    "3/7": "MWF, mon/wed/fri, mon-wed-fri, Mo/Mi/Fr, Mo Mi Fr, lundi/mercredi/vendredi, lun mié vie",
    "4/7": "mon to thu, monday through thursday",
    "2/7": "twice/week, mon and thu, sat-sun, sun-mon, weekends, Mo + Do, samedi et dimanche, 2 doses per week",
    "1/7": "qwk, wkly, on mondays, montags, lundi, sat, 1x/Wo",
    "1/14": "every second week, 14-tägig, q2w",
    "1/56": "8-weekly, 8 weekly, q8wk",
    "1/84": "12-weekly, every 12 weeks",
    "16/487": "monthly, qmo, 1x/mo, qmonth",
    "32/487": "twice monthly",
    "8/487": "every second month, every 2 months",
    "8/1461": "q6mo, every 6 months, twice yearly, half-yearly",
    "16/1461": "quarterly",
    "4/1461": "yearly",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "per_day"), [(text, per_day) for per_day, texts in PER_DAY.items() for text in texts.split(", ")]
)
def test_a_schedule_as_clinics_write_it(text: str, per_day: str) -> None:
    assert Fraction(per_day) == frequency(text)


@pytest.mark.parametrize(
    "text",
    [
        "in two divided doses", "divided bid", "divided twice daily", "auf 2 Dosen verteilt", "en 2 prises", "en dos tomas",
        "split into two doses", "in 3 divided doses",
    ],
)  # fmt: skip
def test_an_amount_that_is_split_is_not_multiplied(text: str) -> None:
    assert 1 == frequency(text)
    assert "however many times" in schedule(text).note


@pytest.mark.parametrize(
    "text",
    [
        # a range or a list of days; a month or Monday; every morning or every month; every 6 weeks or on 6 days
        "mon-thu", "tue-sat", "thu-sun", "mon-wed, fri", "mon/mon", "mo", "Mo", "mar", "di", "do", "fr", "qm", "6-weekly", "biannually",
        # numbers that folding would write together
        "1-2 weekly", "1/2 weekly", "every 1-2 weeks", "every 1-4 weeks", "1-4-tägig", "1.4-tägig", "0.4 weekly", "1-2x/day",
        # four doses, a week apart, or four in each week; for some days; of a course
        "4 doses weekly", "three doses weekly", "weekly x4", "x3 days", "for 5 days", "5 days", "2 doses", "5/7", "2/7", "on", "1x1", "2x1",
        "every fifth", "every 3rd", "q3m", "q6m", "every other", "M-F", "L-V", "day 1-5",
    ],
)  # fmt: skip
def test_what_is_read_two_ways_or_not_at_all_stays_unknown(text: str) -> None:
    with pytest.raises(CatalogueMiss):
        frequency(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("mo", ("monthly", "on Mondays")),
        ("qm", ("once daily", "monthly")),
        ("6-weekly", ("every 6 weeks", "6 times a week")),
        ("on", ("at night", "as needed")),
    ],
)
def test_both_readings_of_an_unclear_schedule_are_told(text: str, meant: tuple[str, ...]) -> None:
    with pytest.raises(CatalogueMiss, match="stands for more than one") as caught:
        frequency(text)
    assert meant == caught.value.suggestions


def test_a_name_that_a_rule_reads_too_says_the_same_by_both() -> None:
    checked = 0
    for entry in schedules():
        for name in (entry.key, *entry.aliases):
            if (counted := _counted(_plain(name))) is not None:
                assert counted[0] == entry.per_day, name
                checked += 1
    assert checked > 25


@pytest.mark.parametrize(
    ("text", "mg", "per", "per_day"),
    [
        ("g/kg/month", "1000", "kg", "16/487"),
        ("mg per month", "1", "", "16/487"),
        ("g/kg/4 weeks", "1000", "kg", "1/28"),
        ("mg/2 weeks", "1", "", "1/14"),
        ("mg/kg bw/day", "1", "kg", "1"),
        ("mg/kg KG/Tag", "1", "kg", "1"),
        ("mg/24 hours", "1", "", "1"),
        ("mg tgl.", "1", "", "1"),
        ("mg/die", "1", "", "1"),
        ("mg/kg/sem", "1", "kg", "1/7"),
        ("mg/kg body weight", "1", "kg", None),
    ],
)
def test_a_unit_of_a_longer_time(text: str, mg: str, per: str, per_day: str | None) -> None:
    found = dose_unit(text)
    assert (Fraction(mg), per, None if per_day is None else Fraction(per_day)) == (found.mg, found.per, found.per_day)


@pytest.mark.parametrize(
    "text", ["IU", "IU/kg", "tablets", "tab", "mg/m", "mg/mo", "/month", "mg/12 weeks", "mg/12h", "mg bid", "mg/h", "mg/j", "mg/day/week", "U", "%"]
)  # fmt: skip
def test_a_unit_of_another_kind_or_of_two_readings_is_none(text: str) -> None:
    with pytest.raises(CatalogueMiss):
        dose_unit(text)


def test_a_month_is_as_long_in_units_as_in_schedules() -> None:
    raw = read("frequencies")
    months = {
        words: per_day
        for words, per_day in raw["dose_spans"].items()
        if any(one in words for one in ("month", "monat", "mois", "mes"))
    }
    assert {1 / exact(raw["month"]["days"])} == {exact(per_day) for per_day in months.values()}
    assert len(months) > 4
