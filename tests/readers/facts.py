"""What happened to a few invented patients, in plain values that know nothing of files or of the project's types.

Days are days since 1970-01-01, or nominal days where nothing is dated. Values are exact fractions.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction

from tests.readers.choosing import Chooser

PROTOCOL = """
study: Drawn for the readers
{period}
case: {{index_date: {{first_exposure: mycophenolate mofetil, restart_after: 60 days}}, per: patient}}
include: [{{diagnosis: juvenile dermatomyositis, by: any time}}]
partial_dates: bounds
measures:
  cmas: {{instrument: CMAS}}
  ck: {{instrument: CK}}
  weight: {{instrument: weight}}
  score: {{quantity: a score without limits, unit: points, better: high}}
  systolic: {{instrument: systolic blood pressure}}
  diastolic: {{instrument: diastolic blood pressure}}
  improved: {{judgement: physician global improvement, since: index date}}
{dose}windows:
  baseline: {{from: -20 days, to: 0 days, take: last}}
  month 3: {{from: 75 days, to: 105 days, target: 91 days, take: nearest, tie: earlier}}
intercurrent:
  drug stopped: as observed
  rescue added: as observed
  steroid raised above baseline: as observed
  pulse: {{within: 14 days, verdict: as observed}}
  death: non-responder
  lost: not evaluable
outcomes:
  good response: {{at: month 3, rule: {{all: [{{is: improved}}, {{gain: cmas, at_least: 4 points}}]}}}}
"""
#: The daily dose where there is one: written at visits, or added up from courses and only compared with what stands there.
DOSE = """  dose: {{daily_dose: systemic glucocorticoids, as: prednisone mg/day, source: {source}, outside_courses: zero,
    if_zero_baseline: not evaluable}}
"""
CUT_OFF = dt.date(2015, 12, 31)
#: By how many years dates are moved where they are, to hide who the patients are.
SHIFTED = 80


@dataclass(frozen=True)
class When:
    """A day, a month (`day` is 0) or a year (`month` is 0 too)."""

    year: int
    month: int = 0
    day: int = 0

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> dt.date:
        if self.day:
            return self.first
        following = dt.date(self.year + (self.month in (0, 12)), self.month % 12 + 1 if self.month else 1, 1)
        return following - dt.timedelta(days=1)

    @property
    def low(self) -> int:
        return (self.first - dt.date(1970, 1, 1)).days

    @property
    def high(self) -> int:
        return (self.last - dt.date(1970, 1, 1)).days


@dataclass(frozen=True)
class Nominal:
    """A day that has no date."""

    low: int

    @property
    def high(self) -> int:
        return self.low


@dataclass(frozen=True)
class FromIndex:
    """A day counted from the index date; there is none where the patient has no index date."""

    count: int
    index: int

    @property
    def low(self) -> int:
        return self.index + self.count

    @property
    def high(self) -> int:
        return self.low


@dataclass(frozen=True)
class Word:
    """What stands in a cell in place of a date."""

    text: str


Day = When | Nominal | FromIndex


@dataclass(frozen=True)
class Number:
    """An exact number, or its bound."""

    value: Fraction
    bound: str = ""


@dataclass(frozen=True)
class Code:
    """Noted without a value, and why."""

    meaning: str


Value = Number | Code | bool | None


@dataclass(frozen=True)
class Visit:
    day: Day
    values: dict[str, Value]


@dataclass(frozen=True)
class Course:
    drug: str
    start: Day
    stop: Day | None
    amount: Fraction | None
    unit: str
    per_day: Fraction | None
    route: str
    reason: str


@dataclass(frozen=True)
class Event:
    term: str
    day: Day | None
    until: Day | None
    grade: str
    outcome: str
    serious: str = ""
    due_to: str = ""


@dataclass
class Patient:
    id: str
    sex: str
    birth: When | None
    site: str
    never: bool | None
    diagnosis: str
    diagnosed: Day | None
    death: Day | None
    visits: list[Visit] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


@dataclass
class Facts:
    dated: bool
    patients: list[Patient]
    shifted: bool = False
    #: Whether a dose is written at visits: none, read, or compared with the courses.
    dose: str = "none"
    overlaps: str = "not said"
    fatal: str = "none"
    #: Looked for and not among the patients: id, and what became of them.
    others: list[tuple[str, str, str]] = field(default_factory=list)


FACTS = {
    "ids": ("letters", "leading zeros", "whole numbers", "site and number"),
    "days": ("dated", "nominal"),
    "a day known to": ("the day", "the month", "the year"),
    "a value": ("a number", "a bound", "a code", "nothing"),
    "a course": ("stopped", "ongoing"),
    "an event": ("dated", "not dated"),
    "dates moved": ("no", "yes"),
    "a dose at visits": ("none", "read", "compared with courses"),
    "courses of one drug at one time": ("not said", "replace", "add"),
    "a drug nobody knows": ("none", "in none of the groups", "in a group"),
    "a fatal event": ("none", "death", "no death"),
}
MEANINGS = ("not done", "unknown", "refused follow-up")
#: Nominal days and what charts call them.
LABELS = {-7: "screening", 0: "baseline", 30: "month 1", 91: "month 3"}
TERMS = (
    "neutropenia",
    'infection, "chest"',
    "rash; mild | moderate",
    "Fièvre après perfusion",
    "zona lumbar",
    "tab\there",
    "pain in arm/leg",
    "= not a formula",
    "<b>bold & brash</b>",
)
SEXES = ("F", "M", "")


def draw_facts(choose: Chooser) -> Facts:
    """One to three patients with what happened to them."""
    dated = choose.aspect("days", FACTS["days"]) == "dated"
    scheme = choose.aspect("ids", FACTS["ids"])
    made = {"letters": "P{}", "leading zeros": "{:03}", "whole numbers": "{}", "site and number": "S1-{}"}[scheme]
    numbers = [1, 2, 10][: choose.number(1, 3)]
    facts = Facts(dated, [])
    facts.shifted = dated and choose.aspect("dates moved", FACTS["dates moved"]) == "yes"
    facts.dose = choose.aspect("a dose at visits", FACTS["a dose at visits"])
    facts.overlaps = choose.aspect("courses of one drug at one time", FACTS["courses of one drug at one time"])
    facts.fatal = choose.aspect("a fatal event", FACTS["a fatal event"])
    unknown = choose.aspect("a drug nobody knows", FACTS["a drug nobody knows"])
    facts.patients = [_patient(choose, made.format(number), facts, unknown) for number in numbers]
    facts.others = [(made.format(20), "chart missing", ""), (made.format(30), "excluded", "other disease")]
    return facts


def _patient(choose: Chooser, patient: str, facts: Facts, unknown: str) -> Patient:
    dated, moved = facts.dated, SHIFTED * facts.shifted
    born = _known(choose, dt.date(choose.number(1996, 2003) + moved, choose.number(1, 12), choose.number(1, 28)))
    start = dt.date(2006 + moved, 1, 1) + dt.timedelta(days=choose.number(0, 700))
    never = choose.one([True, False, None])
    sex = choose.one(SEXES)  # a row with nothing but an id is refused: it may stand below a table
    one = Patient(
        patient, sex, born if dated else None, choose.one(["A", "B", ""] if sex else ["A", "B"]), never,
        "juvenile dermatomyositis", _day(choose, start, -400, dated) if choose.yes() else None, None,
    )  # fmt: skip
    days = [-7, 0, 30, 91] if not dated else sorted({choose.number(-60, 500) for _ in range(3)})
    for day in days[: choose.number(0, 3)]:
        one.visits.append(Visit(_day(choose, start, day, dated), _values(choose, facts.dose)))
    one.courses = _courses(choose, start, facts, never, unknown)
    for _ in range(choose.number(0, 2)):
        with_day = choose.aspect("an event", FACTS["an event"]) == "dated"
        day = choose.number(0, 400)
        one.events.append(
            Event(
                choose.one(TERMS),
                _day(choose, start, day, dated) if with_day else None,
                _day(choose, start, day + 800, dated, whole=True) if choose.yes() else None,
                choose.one(["", "1", "2", "3"]),
                choose.one(["", "recovered", "recovering"]),
                choose.one(["", "no"]),
                choose.one(["", "MMF", "unrelated"]),
            )
        )
    if choose.number(0, 3) == 3:
        one.death = _day(choose, start, 2400, dated)
    elif facts.fatal != "none":
        last = _day(choose, start, 2300, dated, whole=True)
        one.events.append(Event("sepsis", last, choose.one([None, last]), choose.one(["", "5"]), "fatal"))
    return one


def _day(choose: Chooser, start: dt.date, after: int, dated: bool, *, whole: bool = False) -> Day:
    if not dated:
        return Nominal(after)
    date = start + dt.timedelta(days=after)
    return When(date.year, date.month, date.day) if whole else _known(choose, date)


def _known(choose: Chooser, date: dt.date) -> When:
    known = choose.aspect("a day known to", ("the day", "the day", *FACTS["a day known to"]))
    return When(date.year, date.month if known != "the year" else 0, date.day if known == "the day" else 0)


def _values(choose: Chooser, dose: str) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for measure, low, high, parts in (
        ("cmas", 0, 52, 1), ("ck", 10, 4000, 10), ("weight", 4_000, 90_000, 1000), ("score", -10**7, 10**7, 10**6),
    ):  # fmt: skip
        kind = choose.aspect("a value", FACTS["a value"])
        if kind == "a bound" and measure != "ck":
            kind = "a number"
        number = Fraction(choose.number(low, high), parts)
        if measure == "ck":  # so that it can be written in µkat/L and nkat/L as well
            number = number * 6
        if measure == "weight" and choose.yes():
            number = Fraction(max(4, int(number)))
        if measure == "score":
            number = choose.one([number, Fraction(choose.number(-40, 2000)), Fraction(choose.number(-50, 50), 4)])
        values[measure] = {
            "a number": Number(number),
            "a bound": Number(number, choose.one(["<", "<=", ">", ">="])),
            "a code": Code(choose.one(MEANINGS)),
            "nothing": None,
        }[kind]
    pressure = choose.one(["numbers", "code", "nothing"])
    systolic = choose.number(80, 180)
    code = Code(choose.one(MEANINGS))
    for measure, value in (("systolic", systolic), ("diastolic", systolic - choose.number(10, 45))):
        values[measure] = Number(Fraction(value)) if pressure == "numbers" else code if pressure == "code" else None
    if dose != "none":
        values["dose"] = choose.one([Number(Fraction(choose.number(1, 120), 2)), Code(choose.one(MEANINGS)), None])
    values["improved"] = choose.one([True, False, None, Code("unknown")])
    return values


def _courses(choose: Chooser, start: dt.date, facts: Facts, never: bool | None, unknown: str) -> list[Course]:
    courses, dated = list[Course](), facts.dated
    drugs = [("mycophenolate mofetil", "mg", 500), ("prednisone", "mg", 20)]
    drugs += [("methotrexate", "mg", 15)] * (never is False) + [("prednisolone", "mg/kg", 1)] * choose.yes()
    drugs += {"in none of the groups": [("wundersaft", "mg", 5)], "in a group": [("unnamed biologics", "mg", 50)]}.get(
        unknown, []
    )
    together = facts.overlaps != "not said" and choose.yes()
    for drug, unit, most in drugs:
        day = choose.number(-30, 30)
        if drug == "prednisone" and together:
            courses += _at_one_time(choose, start, day, dated)
            continue
        for _ in range(choose.number(0, 2)):
            ongoing = choose.aspect("a course", FACTS["a course"]) == "ongoing"
            length = choose.number(1, 200)
            amount = choose.one([None, Fraction(most), Fraction(most, 2), Fraction(most * 3, 4)])
            schedule = choose.one([None, Fraction(1), Fraction(2), Fraction(1, 2), Fraction(1, 7)])
            courses.append(
                Course(
                    drug,
                    _day(choose, start, day, dated, whole=drug == "mycophenolate mofetil"),
                    None
                    if ongoing
                    else _day(choose, start, day + length, dated, whole=drug == "mycophenolate mofetil"),
                    amount,
                    unit if amount is not None else "",
                    schedule,
                    choose.one(["", "oral", "intravenous"]),
                    "" if ongoing else choose.one(["", "side effect", "remission"]),
                )
            )
            if ongoing:
                break
            day += length + choose.number(1, 90)
    return courses


def _at_one_time(choose: Chooser, start: dt.date, day: int, dated: bool) -> list[Course]:
    """Two courses of prednisone, of which the second begins while the first goes on."""
    last, again = day + choose.number(40, 60), day + choose.number(1, 30)
    ends = [choose.one([None, last]), choose.one([None, again + choose.number(5, 90)])]
    return [
        Course(
            "prednisone",
            _day(choose, start, first, dated, whole=True),
            None if end is None else _day(choose, start, end, dated, whole=True),
            amount, "mg", Fraction(1), "oral", "",
        )
        for first, end, amount in zip([day, again], ends, [Fraction(20), Fraction(15)], strict=True)
    ]  # fmt: skip
