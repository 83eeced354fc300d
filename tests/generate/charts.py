"""Drawn charts of about forty patients, built so that every boundary of a protocol is reached.

Each patient is told from one drawn number; 0 leaves the patient out, so that a failing chart shrinks to the patients
it needs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from random import Random

from hypothesis import strategies as st
from tests.generate.days import COUNTS, SUMMED, WINDOWS
from tests.spec.small import Tables

from caseseries.chart.tables import (
    Chart,
    Course,
    Ends,
    Fact,
    Measurement,
    Observed,
    Person,
    UnreadCourse,
    day_number,
)
from caseseries.protocol.amount import SIDES
from caseseries.protocol.case import FirstExposure, NominalDay
from caseseries.protocol.drug_uses import local_form
from caseseries.protocol.eligibility import ObservedBefore
from caseseries.protocol.intercurrent import restart_gaps
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import plan, time_plan
from caseseries.protocol.tree import Leaf
from caseseries.protocol.window import Window

PATIENTS = 40
STUDY_DRUG = "mycophenolate mofetil"
GLUCOCORTICOIDS = [
    "prednisone",
    "prednisone",
    "prednisone",
    "prednisolone",
    "methylprednisolone",
    "vamorolone",
    "vamorolone",
]
OTHERS = ["methotrexate", "methotrexate", "azathioprine", "IVIG", "rituximab"]
STRENGTHS = [Fraction(50), Fraction(54), Fraction(60), Fraction("47.5")]
VALUES = {
    "strength": STRENGTHS,
    "vas": [Fraction(5), Fraction("2.5"), Fraction("4.5"), Fraction(8)],
    "enzyme": [Fraction(0), Fraction(-10), Fraction(150), Fraction(200), Fraction("2.3")],
    "dose": [Fraction(0), Fraction(10), Fraction(20), Fraction("7.5")],
    "weight": [Fraction(20), Fraction(25), Fraction(40)],
    "improved": [Fraction(0), Fraction(1)],
    "cells": [Fraction(0), Fraction(1), Fraction(3), Fraction(5)],
}


#: What a day of a diary says.
VALUES_OF_DAYS = [Fraction(0), Fraction(0), Fraction(1), Fraction("2.5"), Fraction(4)]


def _values(measure: str) -> list[Fraction]:
    return VALUES_OF_DAYS if measure == SUMMED else VALUES[measure]


#: What was done with the study drug because of an event: nothing written, known words, and one that nobody knows.
ACTIONS = ("", "DRUG WITHDRAWN", "drug interrupted", "unknown", "stopped", "seen by a nurse", "dose not changed")
#: The limits of normal that stand with values of the enzyme.
LIMITS = {"lower": [Fraction(0), Fraction("2.3")], "upper": [Fraction(150), Fraction(150), Fraction(100), Fraction(0)]}


@st.composite
def charts(draw: st.DrawFn, protocol: Protocol, patients: int = PATIENTS) -> Chart:
    """A chart in which the protocol's ties, duplicates, edges and thresholds occur; a third of them have observed time."""
    asked = any(isinstance(criterion, ObservedBefore) for criterion in protocol.include)
    observed = draw(st.integers(0, 2)) == 2 or asked
    numbers = draw(st.lists(st.integers(0, 2**32 - 1), min_size=patients, max_size=patients))
    tables, leaves = Tables(), _leaves(protocol)
    for place, number in enumerate(numbers):
        if number:
            story = Story(protocol, leaves, f"p{place:02}", Random(PATIENTS * number + place), tables)
            story.tell()
            if observed:
                story.tell_observed()
    return tables.chart(dated=not isinstance(protocol.case.index_date, NominalDay))


def _leaves(protocol: Protocol) -> dict[str, list[Leaf]]:
    """The comparisons of the rules as written, by measure."""
    leaves: dict[str, list[Leaf]] = {}
    for name in protocol.verdicts:
        for node in plan(protocol, name).primary.tree.leaves:
            if node.leaf is not None and node.leaf.kind != "is":
                leaves.setdefault(node.leaf.after.measure, []).append(node.leaf)
    for name in protocol.times:
        for held in time_plan(protocol, name).held:
            for node in held.tree.leaves:
                if node.leaf is not None and node.leaf.kind != "is":
                    leaves.setdefault(node.leaf.after.measure, []).append(node.leaf)
    return leaves


class Story:
    """One invented patient."""

    def __init__(
        self, protocol: Protocol, leaves: dict[str, list[Leaf]], patient: str, random: Random, tables: Tables
    ) -> None:
        self.leaves = leaves
        self.protocol, self.patient, self.random, self.tables = protocol, patient, random, tables
        self.dated = not isinstance(protocol.case.index_date, NominalDay)
        self.index = self._index()
        self.visits = sorted({day for window in protocol.windows.values() for day in self._visit_days(window)})
        self.assessed = [day for day in self.visits if day > 0] or [90]

    def tell(self) -> None:
        """Add the patient's rows to the tables."""
        self._person()
        self._study_drug()
        self._glucocorticoids()
        self._other_drugs()
        if self.often(0.03):
            self._unread()
        self._measurements()
        self._facts()

    def tell_observed(self) -> None:
        """Add the patient's observed periods: at and beside the index date, the ends of windows, and each other."""
        if self.often(0.04):
            return
        windows = self.protocol.windows.values()
        reach = [
            criterion.observed_before for criterion in self.protocol.include if isinstance(criterion, ObservedBefore)
        ]
        starts = [0, 1, *(-days + shift for days in reach for shift in (-1, 0, 1))]
        starts += [window.from_ + shift for window in windows for shift in (0, 1) if window.from_ < 0]
        ends = [0, -1, *self.assessed, *(window.to - shift for window in windows for shift in (0, 1) if window.to > 0)]
        start = self.random.choice([-500, -500, -500, self.random.choice(starts)])
        end = self.random.choice([500, 500, self.random.choice(ends)])
        if end < start:
            return
        self._period(start, end)
        if self.often(0.3):
            self._period(end + self.random.choice([-5, 0, 1, 2, 2, 20]), end + 300)
        if self.often(0.2):
            self._period(start - 400, start - self.random.choice([-5, 0, 1, 2, 2, 20]))

    def _period(self, start: int, end: int) -> None:
        self.tables.observed.append(Observed(self.patient, self.index + start, self.index + end))

    def often(self, part: float) -> bool:
        """Yes in about this part of the stories."""
        return self.random.random() < part

    def _index(self) -> int:
        if not self.dated:
            return 0
        ends = [dt.date(2005, 1, 1), dt.date(2005, 12, 31)]
        if self.often(0.15):
            return day_number(self.random.choice(ends)) + self.random.choice([-1, 0, 1])
        return day_number(ends[0]) + self.random.randrange(5, 330)

    def _visit_days(self, window: Window) -> Iterator[int]:
        """Visit days of one window: its ends, just beyond them, ties around the target, and any day."""
        if window.target is None:  # every visit of it is read
            edges = [0, 0, window.from_, window.to, *(self.random.randint(window.from_, window.to) for _ in range(4))]
            yield from self.random.sample(edges, self.random.randint(0, 5))
            return
        kind = self.random.choice(["none", "any", "any", "any", "ends", "beyond", "tie", "tie", "several"])
        if kind in {"any", "several"}:
            for _ in range(1 if kind == "any" else 3):
                yield self.random.randint(window.from_, window.to)
        if kind == "ends":
            yield self.random.choice([window.from_, window.to])
        if kind == "beyond":
            yield self.random.choice([window.from_ - 1, window.to + 1])
        if kind == "tie":
            apart = self.random.randint(1, 5)
            yield window.target - apart
            yield window.target + apart

    def _person(self) -> None:
        kind = self.random.choice(["day", "day", "month", "age", "none"])
        low = high = age = None
        index = dt.date(1970, 1, 1) + dt.timedelta(days=self.index)
        if self.dated and kind in {"day", "month"}:
            years = self.random.choice([18, 18, 10, 10, 2])
            birthday = min(index.day, 28) if self.often(0.8) else 1
            born = dt.date(index.year - years, index.month, birthday) + dt.timedelta(self.random.choice([-1, 0, 0, 1]))
            if self.often(0.1):
                born = dt.date(1988, 2, 29)
            low = high = day_number(born)
            if kind == "month":
                low = day_number(born.replace(day=1))
                high = low + 27
        elif kind == "age":
            age = self.random.choice([Fraction(18), Fraction("17.9"), Fraction(5)])
        course = self.random.choice(["acute", "Acute ", "chronic", "relapsing", "", "unknown"])
        attributes = (("course", course),) if self.often(0.9) else ()
        sex = self.random.choice(["F", "M", ""])
        self.tables.people.append(Person(self.patient, 0, sex, low, high, age, attributes))

    def _course(
        self, drug: str, start: int, end: int | None, amount: Fraction | None, per_day: Fraction | None = Fraction(1),
        unit: str = "mg", route: str = "oral", pulse: bool = False,
    ) -> None:  # fmt: skip
        if end is not None and end < start:
            return
        last = None if end is None else self.index + end
        systemic = route != "topical"
        key = drug if systemic else local_form(drug)
        first = self.index + start
        possible = self._possible(first, last) if self.often(0.1) else None
        if possible is not None and drug == STUDY_DRUG and self.often(0.8):  # else its index date is not known
            latest = possible.last_low if possible.last_low is None else max(first, possible.last_low)
            possible = Ends(first, first, latest, possible.last_high)
        self.tables.courses.append(
            Course(
                0, 0, self.patient, key, first, last, amount, unit, per_day, route, systemic, pulse, possible=possible
            )
        )

    def _possible(self, first: int, last: int | None) -> Ends:
        """Days about those of a course on which it may have begun and ended."""
        low, high = first - self.random.choice([0, 0, 1, 20]), first + self.random.choice([0, 0, 1, 20])
        if last is None:
            return Ends(low, high, *self.random.choice([(None, None), (low, None), (high + 20, None)]))
        latest = last + self.random.choice([0, 1, 20])
        return Ends(low, min(high, latest), max(low, last - self.random.choice([0, 1, 20])), latest)

    def _unread(self) -> None:
        """Drug rows that became no course."""
        drug = self.random.choice([None, None, "prednisone", "azathioprine", STUDY_DRUG])
        first = self.random.choice([None, self._change_day(), self._change_day()])
        last = self.random.choice([None, self._change_day() if first is None else first + self.random.choice([0, 20])])
        self.tables.unread.append(
            UnreadCourse(
                self.patient,
                drug,
                None if first is None else self.index + first,
                None if last is None else self.index + last,
            )
        )

    def _study_drug(self) -> None:
        if self.often(0.05):
            return
        index_date = self.protocol.case.index_date
        restart = (index_date.restart_after or 0) if isinstance(index_date, FirstExposure) else 30
        near_end = self.random.choice(self.assessed) + self.random.choice([-3, -2, -1, 0, 1])
        kind = self.random.choice(["ongoing"] * 4 + ["stopped", "stopped", "pause", "restart", "overlap", "washout"])
        dose = Fraction(500)
        if kind == "ongoing":
            self._course(STUDY_DRUG, 0, None, dose)
        if kind == "stopped":
            self._course(STUDY_DRUG, 0, near_end, dose)
        if kind == "overlap":
            self._course(STUDY_DRUG, 0, 50, dose)
            self._course(STUDY_DRUG, 20, self.random.choice([None, 40, 70]), dose)
            self._course(STUDY_DRUG, 51, near_end, dose)
        if kind in {"pause", "restart", "washout"}:
            first_end = self.random.choice([10, 30])
            free = {"pause": restart, "restart": restart + 1, "washout": self.random.choice([89, 90, 91])}[kind]
            self._course(STUDY_DRUG, 0, first_end, dose)
            self._course(STUDY_DRUG, first_end + free + 1, self.random.choice([None, 400]), dose)

    def _change_day(self) -> int:
        """A day on which a dose may change: about the index date, a visit, or any."""
        around = self.random.choice([0, *self.visits, *self.visits])
        return self.random.choice([around - 1, around, around, around + 1, self.random.randint(-80, 180)])

    def _glucocorticoids(self) -> None:
        if self.often(0.08):
            if self.often(0.5):
                self._fact("never", self.random.choice(["Systemic Glucocorticoids", "prednisone", "biologics"]), None)
            return
        days = sorted(
            {self.random.choice([-100, -75, -30]), *(self._change_day() for _ in range(self.random.randint(0, 4)))}
        )
        amount = self.random.choice([Fraction(20), Fraction(10), Fraction(40)])
        for place, start in enumerate(days):
            last = days[place + 1] - 1 if place + 1 < len(days) else self.random.choice([None, None, 200])
            drug = self.random.choice(GLUCOCORTICOIDS) if self.often(0.2) else "prednisone"
            unit = self.random.choice(["mg/kg", "mg/m2"]) if self.often(0.06) else "mg"
            per_day = self.random.choice(
                [Fraction(1), Fraction(1), Fraction(2), Fraction(1, 2), Fraction(1, 7), Fraction(3, 7)]
            )
            route = "topical" if self.often(0.04) else "oral"
            if not self.often(0.08):  # else a gap
                self._course(drug, start, last, None if self.often(0.04) else amount, per_day, unit, route)
            amount *= self.random.choice([1, Fraction(4, 5), Fraction(17, 20), Fraction(1, 2), Fraction(3, 2), 0])
            amount = amount or Fraction(5)
            if amount.denominator > 1000:
                amount = Fraction(10)
        if self.often(0.15):
            within = self.protocol.intercurrent.pulse.within or 0
            end = self.random.choice(self.assessed) - within + self.random.choice([-1, 0, 0, 1, within, within + 1])
            self._course("methylprednisolone", end - 2, end, Fraction(1000), route="intravenous", pulse=True)

    def _other_drugs(self) -> None:
        for _ in range(self.random.choice([0, 0, 1, 2])):
            drug = self.random.choice(OTHERS)
            assessed = self.random.choice(self.assessed)
            edge = self.protocol.windows["after"].to
            start = self.random.choice([-200, -31, -30, -1, 0, 1, assessed - 1, assessed, edge, edge + 1])
            end = self.random.choice([None, start, start + 30, -31, -30, -1, 0])
            self._course(drug, start, end, Fraction(10))
            if self.often(0.3):
                self._course(drug, self._again(end), None, Fraction(10))

    def _again(self, end: int | None) -> int:
        """A day on which a drug is given once more: any, or after a gap of exactly what is no restart yet, or a day more."""
        rescue = self.protocol.intercurrent.rescue
        if end is None or self.often(0.3):
            return self.random.choice([20, 40])
        return end + 1 + self.random.choice([gap + more for gap in restart_gaps(rescue) for more in (0, 1)])

    def _measurements(self) -> None:
        for measure in VALUES:
            if measure == "weight" or self.protocol.measures.get(measure) is None:
                continue
            if measure == "dose" and self.protocol.doses["dose"].source == "courses":
                continue
            start = self.random.choice(VALUES[measure])
            for day in self.visits:
                if self.often(0.8):
                    self._row(measure, day, start if day <= 0 or self.often(0.1) else self._later(measure, start))
        for day in self.visits:
            if self.often(0.5):
                self._plain(
                    "weight", day + self.random.choice([0, 0, -7, 7, 8, -30, 31]), self.random.choice(VALUES["weight"])
                )
                if self.often(0.2):
                    self._plain("weight", day + 7, Fraction(30))

        if SUMMED in self.protocol.measures:
            self._diary()

    def _diary(self) -> None:
        """Entries of the days that are added up, and of the days beside them: of every day, of most, of few or of none."""
        for window in (self.protocol.windows[name] for name in WINDOWS):
            kept = self.random.choice([1.0, 0.9, 0.9, 0.5, 0.1, 0.0])
            for day in range(window.from_ - 1, window.to + 2):
                if self.often(kept):
                    self._row(SUMMED, day, self.random.choice(VALUES_OF_DAYS), rare=0.15)

    def _later(self, measure: str, start: Fraction) -> Fraction:
        """A value after the start: at a threshold of the rule, beside it, or any."""
        leaves = self.leaves.get(measure)
        if not leaves or self.often(0.3):
            return self.random.choice(VALUES[measure])
        leaf = self.random.choice(leaves)
        if leaf.grades:
            near = leaf.threshold if leaf.kind == "value" else start + leaf.sign * leaf.threshold
            return min(max(near + self.random.choice([0, 0, 0, 1, -1]), Fraction(0)), Fraction(len(leaf.grades) - 1))
        width = leaf.width or Fraction(10)
        if leaf.basis in SIDES:
            exact = leaf.threshold * self.random.choice(LIMITS[SIDES[leaf.basis]])
        elif leaf.kind == "value":
            exact = leaf.threshold if leaf.basis == "points" else (leaf.minimum or 0) + leaf.threshold * width / 100
        else:
            unit = {"points": Fraction(1), "baseline": start / 100, "range": width / 100}[leaf.basis]
            exact = start + leaf.sign * leaf.threshold * unit
        exact += self.random.choice([0, 0, 0, Fraction("0.000001"), -Fraction("0.000001"), 1])
        return exact if (exact * 10**6).denominator == 1 else start

    def _row(self, measure: str, day: int, value: Fraction, rare: float = 1) -> None:
        """One visit's rows of a measure: a value, and sometimes a duplicate, another value, a code, a bound, or a partial date."""
        kind = self.random.choice(
            ["plain"] * 12 + ["twice", "other", "other", "code", "both", "bound", "bound beside", "partial"]
        )
        if rare < 1 and not self.often(rare):
            kind = "plain"
        if kind == "code" or kind == "both":
            self._plain(measure, day, None, missing="ND")
        if kind == "bound" and measure not in {"improved", "dose", "cells"}:
            self._plain(measure, day, value, censor=self.random.choice(["<", "<=", ">", ">="]))
        elif kind == "partial":
            self._partial(measure, day, value)
        elif kind != "code":
            self._plain(measure, day, value)
        if kind == "twice":
            self._plain(measure, day, value)
        if kind == "other":
            self._plain(measure, day, self.random.choice(_values(measure)))
        if kind == "bound beside" and measure not in {"improved", "dose", "cells"}:
            near = self.random.choice([value, self.random.choice(_values(measure))])
            self._plain(measure, day, near, censor=self.random.choice(["<", "<=", ">", ">="]))

    def _partial(self, measure: str, day: int, value: Fraction) -> None:
        ends = [end for window in self.protocol.windows.values() for end in (window.from_, window.to)]
        reach = self.random.choice([1, 3, *(abs(day - end) for end in ends if abs(day - end) < 40)])
        self._plain(
            measure, day, value, spread=(self.random.choice([0, reach]), self.random.choice([0, reach, reach + 1]))
        )

    def _plain(
        self,
        measure: str,
        day: int,
        value: Fraction | None,
        censor: str = "",
        missing: str = "",
        spread: tuple[int, int] = (0, 0),
    ) -> None:
        when = self.index + day
        ends: list[Fraction | None] = [None, None]
        if measure == "enzyme" and value is not None and self.often(0.7):
            ends = [self.random.choice([None, *LIMITS["lower"]]), self.random.choice([None, *LIMITS["upper"] * 3])]
        self.tables.measurements.append(
            Measurement(
                0, 0, "", self.patient, measure, when, when - spread[0], when + spread[1], value, censor, missing, *ends,
            )
        )  # fmt: skip

    def _fact(self, kind: str, term: str, day: int | None, spread: int = 0) -> None:
        when = None if day is None else self.index + day
        low, high = (None, None) if when is None else (when - spread, when + spread)
        action = ACTIONS[len(self.tables.facts) % len(ACTIONS)] if kind == "event" else ""
        kept = (("action", action),) if action else ()
        self.tables.facts.append(Fact(0, 0, self.patient, kind, term, when, low, high, attributes=kept))

    def _facts(self) -> None:
        if self.often(0.9):
            day = self.random.choice([-400, -400, -30, -30, -1, 0, 1, None])
            spread = self.random.choice([0, 0, 0, 15])
            self._fact("diagnosis", self.random.choice(["juvenile dermatomyositis"] * 5 + ["lupus"]), day, spread)
        if self.often(0.9):
            self._fact(self.random.choice(["event", "diagnosis"]), "Biopsy", 0, self.random.choice([0] * 12 + [10]))
        if self.often(0.2):
            self._fact("event", "fever", self.random.choice([None, 10, 200]))
        moves = any(window.moves for window in self.protocol.windows.values())
        if moves and self.often(0.8):
            begun = self.random.choice([-100, -99, -60])
            for day in (begun, begun + self.random.choice([0, 11, 20, 28, 40]), -1)[: self.random.choice([1, 2, 2, 3])]:
                self._fact("event", "fever", day, self.random.choice([0] * 12 + [2]))
            if self.often(0.3):
                self._fact("event", "fever", self.random.choice([3, 20, 40]), self.random.choice([2, 15]))
        if moves or any(name in self.protocol.measures for name in COUNTS) or self.protocol.event_counts:
            edges = [end for window in self.protocol.windows.values() for end in (window.from_, window.to)]
            days = [day + shift for day in edges for shift in (-1, 0, 0, 0, 1)]
            for _ in range(self.random.choice([0, 1, 2, 3, 5])):
                self._fact("event", "fever", self.random.choice([0, 5, *days]), self.random.choice([0] * 7 + [2]))
        if self.often(0.6):
            self._fact("visit", "", self.random.choice([29, 30, 300, 39, 40]), self.random.choice([0] * 8 + [1, 15]))
        if self.often(0.12):
            window = self.protocol.windows["after"]
            day = self.random.choice(
                [*self.assessed, *(day + 1 for day in self.assessed), window.to, window.to + 1, 20]
            )
            self._fact("death", "", None if self.often(0.1) else day, self.random.choice([0, 0, 0, 1, 15]))
