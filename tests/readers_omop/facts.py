"""Drawn persons of an OMOP database: the rows that tell of them, and what a reader must have understood.

Rows are in the words of the common data model, with Python's own numbers and dates; how they are written is somebody else's
(:mod:`tests.readers_omop.layouts`). What they say is worked out here, by hand and not by the product.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

Row = dict[str, Any]
Tables = dict[str, list[Row]]

STUDY_DRUG, OTHER_DRUG = 100, 1305058
DISEASE, CHILD_OF_DISEASE, BLEEDING = 300, 301, 310
SBP, WEIGHT, SCORE, JUDGED, BETTER, WORSE = 3004249, 3025315, 2000000010, 2000000011, 2000000012, 2000000013
ORAL, INTO_A_JOINT = 4132161, 4006860
MG, GRAM, MICROGRAM, ML, LITRE, PERCENT = 8576, 8504, 9655, 8587, 8519, 8554
MMHG, KPA, KG, POUND = 8876, 44777602, 9529, 8739

#: Products of prednisone: what drug_strength says, and the milligrams in one unit of quantity.
PRODUCTS: dict[int, tuple[Row, Fraction]] = {
    400: ({"amount_value": 5, "amount_unit_concept_id": MG}, Fraction(5)),
    401: ({"amount_value": 0.02, "amount_unit_concept_id": GRAM}, Fraction(20)),
    402: ({"amount_value": 2500, "amount_unit_concept_id": MICROGRAM}, Fraction("2.5")),
    403: ({"numerator_value": 3, "numerator_unit_concept_id": MG, "denominator_unit_concept_id": ML}, Fraction(3)),
    404: (
        {"numerator_value": 5, "numerator_unit_concept_id": MG, "denominator_value": 5, "denominator_unit_concept_id": ML},
        Fraction(1),
    ),
    405: (
        {"numerator_value": 4, "numerator_unit_concept_id": GRAM, "denominator_value": 1, "denominator_unit_concept_id": LITRE},
        Fraction(4),
    ),
    406: ({"numerator_value": 0.6, "numerator_unit_concept_id": PERCENT}, Fraction(6)),
    407: ({"amount_value": 1, "amount_unit_concept_id": MG, "box_size": 30}, Fraction(1)),
}  # fmt: skip
#: How a supply tells how long it lasts.
LASTS = (
    "end and days", "end alone", "days alone", "end on the day after", "neither", "end on the first day of many", "end on the first day alone",
)  # fmt: skip
BIRTHS = ("a day", "a month", "a year", "nothing")
OPERATORS = {"below": (4171756, "<"), "above": (4172704, ">"), "at most": (4171754, "<="), "at least": (4171755, ">=")}
VALUES = (
    "plain",
    "other unit",
    "below",
    "above",
    "at most",
    "at least",
    "without a value",
    "many decimals",
    "equal rows",
)
#: Every kind of fact: what must be reached.
KINDS = {
    "product": tuple(str(one) for one in PRODUCTS), "lasts": LASTS, "birth": BIRTHS, "value": VALUES,
    "route": ("by mouth", "into a joint", "none"), "period": ("one", "two that touch", "two apart"), "death": ("none", "one"),
    "diagnosis": ("of the concept", "of a concept below"), "sex": ("M", "F", ""),
}  # fmt: skip

EPOCH = dt.date(1970, 1, 1)
#: The least and the most of prednisone in mg a day that is plausible.
LEAST, MOST = Fraction("0.1"), Fraction(500)


def number(day: dt.date) -> int:
    return (day - EPOCH).days


def millionths(value: Fraction) -> Fraction:
    """To the nearest millionth, a half away from zero."""
    whole = abs(value) * 1_000_000
    rounded = Fraction(int(whole + Fraction(1, 2)), 1_000_000)
    return rounded if value >= 0 else -rounded


@dataclass
class Told:
    """What a reader must have understood, as bags of plain tuples."""

    people: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    observed: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    values: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    courses: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    facts: Counter[tuple[Any, ...]] = field(default_factory=Counter)


@dataclass
class Drawn:
    """Rows, what they say, and which kinds of fact they hold."""

    tables: Tables
    told: Told
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)


class _Drawing:
    def __init__(self, random: Random, wide: bool, wishes: dict[str, str]) -> None:
        self.random, self.wide, self.wishes = random, wide, dict(wishes)
        self.told, self.kinds = Told(), Counter[tuple[str, str]]()
        self.tables: Tables = {
            "person": [], "observation_period": [], "drug_exposure": [], "measurement": [], "observation": [],
            "condition_occurrence": [], "visit_occurrence": [], "death": [],
        }  # fmt: skip

    def choose(self, kind: str) -> str:
        option = self.wishes.pop(kind, None) or self.random.choice(KINDS[kind])
        self.kinds[kind, option] += 1
        return option

    def add(self, table: str, row: Row) -> None:
        key = {"death": None}.get(table, f"{table}_id")
        if key is not None and table != "person":
            row = {key: (2**40 if self.wide else 0) + len(self.tables[table]) + 1, **row}
        self.tables[table].append(row)

    def person(self, place: int) -> None:
        random = self.random
        who = (2**33 if self.wide else 0) + 7 * place
        patient = str(who)
        index = dt.date(2015, 3, 10) + dt.timedelta(days=random.randrange(700))
        sex = self.choose("sex")
        born: Row = {"year_of_birth": 1980 + place % 9, "month_of_birth": 2, "day_of_birth": 28}
        low = high = dt.date(born["year_of_birth"], 2, 28)
        match self.choose("birth"):
            case "a month":
                born["day_of_birth"] = None
                low = low.replace(day=1)
                high = dt.date(low.year, 3, 1) - dt.timedelta(days=1)
            case "a year":
                born["day_of_birth"] = born["month_of_birth"] = None
                low, high = dt.date(low.year, 1, 1), dt.date(low.year, 12, 31)
            case "nothing":
                born = dict.fromkeys(born)
        gender = {"M": 8507, "F": 8532, "": 0}[sex]
        self.add("person", {"person_id": who, "gender_concept_id": gender, **born})
        known = born["year_of_birth"] is not None
        self.told.people[patient, sex, number(low) if known else None, number(high) if known else None] += 1
        self._periods(who, index)
        self._study_drug(who, index)
        self._steroid(who, index)
        self._values(who, index)
        self._facts(who, index)

    def _periods(self, who: int, index: dt.date) -> None:
        first, last = index - dt.timedelta(days=800), index + dt.timedelta(days=800)
        parts = {
            "one": [(first, last)],
            "two that touch": [(first, index - dt.timedelta(days=200)), (index - dt.timedelta(days=199), last)],
            "two apart": [(first, index - dt.timedelta(days=600)), (index - dt.timedelta(days=500), last)],
        }[self.choose("period")]  # fmt: skip
        for start, end in parts:
            self.add("observation_period", {
                "person_id": who, "observation_period_start_date": start, "observation_period_end_date": end,
            })  # fmt: skip
        if len(parts) == 2 and parts[1][0] - parts[0][1] == dt.timedelta(days=1):
            parts = [(first, last)]
        for start, end in parts:
            self.told.observed[str(who), number(start), number(end)] += 1

    def _supply(
        self, who: int, concept: int, start: dt.date, days: int, quantity: Any, route: Any
    ) -> tuple[int, int | None, int | None]:
        """Add a row of drug_exposure; the bounds of its last day, and its length where that is known."""
        lasts = self.choose("lasts")
        end = start + dt.timedelta(days=days - 1)
        row: Row = {
            "person_id": who,
            "drug_concept_id": concept,
            "drug_exposure_start_date": start,
            "quantity": quantity,
        }
        written = {
            "end and days": (end, days), "end alone": (end, None), "days alone": (None, days),
            "end on the day after": (end + dt.timedelta(days=1), days), "neither": (None, None),
            "end on the first day of many": (start, days), "end on the first day alone": (start, None),
        }[lasts]  # fmt: skip
        row |= {"drug_exposure_end_date": written[0], "days_supply": written[1], "route_concept_id": route}
        self.add("drug_exposure", row)
        if lasts == "neither":
            return number(start), None, None
        if lasts == "end on the first day of many":
            return number(start), number(end), None
        if lasts == "end on the first day alone":
            # Of a dose by mouth nobody knows that it was an end.
            open_end = concept in PRODUCTS and route != INTO_A_JOINT
            return (number(start), None, None) if open_end else (number(start), number(start), 1)
        return number(end), number(end), days

    def _study_drug(self, who: int, index: dt.date) -> None:
        low, high, _ = self._supply(who, STUDY_DRUG, index, 60, 60, ORAL)
        self.told.courses[str(who), "drug x", number(index), low, high, None, True] += 1

    def _steroid(self, who: int, index: dt.date) -> None:
        start = index - dt.timedelta(days=40)
        for _ in range(self.random.choice((0, 2, 3))):
            concept = int(self.choose("product"))
            days, held = 60, PRODUCTS[concept][1]
            quantity = self.random.choice((60, 90, 120))
            where = self.choose("route")
            route = {"by mouth": ORAL, "into a joint": INTO_A_JOINT, "none": None}[where]
            low, high, length = self._supply(who, concept, start, days, quantity, route)
            amount = None if length is None else millionths(held * quantity / length)
            if amount is not None and not LEAST <= amount <= MOST:
                amount = None
            self.told.courses[str(who), "prednisone", number(start), low, high, amount, where != "into a joint"] += 1
            start += dt.timedelta(days=days + self.random.choice((0, 5)))

    def _values(self, who: int, index: dt.date) -> None:
        seen: set[tuple[str, dt.date]] = set()
        for _ in range(6):
            name = self.random.choice(("pressure", "weight", "score"))
            day = index + dt.timedelta(days=self.random.choice((-30, -7, 0, 60, 91, 120)))
            if (name, day) in seen:
                continue
            seen.add((name, day))
            self._value(who, name, day)
        day = index + dt.timedelta(days=90)
        better = self.random.random() < 0.5
        self.add("observation", {
            "person_id": who, "observation_concept_id": JUDGED, "observation_date": day, "value_as_number": None,
            "value_as_concept_id": BETTER if better else WORSE, "unit_concept_id": None,
        })  # fmt: skip
        self.told.values[str(who), "improved", number(day), Fraction(int(better)), "", ""] += 1

    def _value(self, who: int, name: str, day: dt.date) -> None:
        how = self.choose("value")
        concept = {"pressure": SBP, "weight": WEIGHT, "score": SCORE}[name]
        unit: Any = {"pressure": MMHG, "weight": KG, "score": None}[name]
        value: Any = self.random.choice((100, 120.5, 64, 88.25))
        said, censor = Fraction(str(value)), ""
        operator = None
        if how == "other unit" and name == "pressure":
            unit, value = KPA, 15
            said = millionths(Fraction(15) * Fraction("7.50061683"))
        elif how == "other unit" and name == "weight":
            unit, value = POUND, 100
            said = Fraction("45.359237")
        elif how in OPERATORS:
            operator, censor = OPERATORS[how]
        elif how == "many decimals":
            value = 66.66666666
            said = Fraction("66.666667")
        row = {
            "person_id": who, "measurement_concept_id": concept, "measurement_date": day,
            "value_as_number": None if how == "without a value" else value, "value_as_concept_id": None, "unit_concept_id": unit,
            "operator_concept_id": operator,
        }  # fmt: skip
        for _ in range(2 if how == "equal rows" else 1):
            self.add("measurement", row)
        missing = how == "without a value"
        self.told.values[
            str(who),
            name,
            number(day),
            None if missing else said,
            "" if missing else censor,
            "no value" if missing else "",
        ] += 1

    def _facts(self, who: int, index: dt.date) -> None:
        day = index - dt.timedelta(days=90)
        concept = CHILD_OF_DISEASE if self.choose("diagnosis") == "of a concept below" else DISEASE
        self.add(
            "condition_occurrence", {"person_id": who, "condition_concept_id": concept, "condition_start_date": day}
        )
        self.told.facts[str(who), "diagnosis", "disease", number(day)] += 1
        if self.random.random() < 0.4:
            day = index + dt.timedelta(days=self.random.randrange(1, 300))
            self.add(
                "condition_occurrence",
                {"person_id": who, "condition_concept_id": BLEEDING, "condition_start_date": day},
            )
            self.told.facts[str(who), "event", "bleeding", number(day)] += 1
        for days in self.random.sample((-30, 0, 60, 120), 2):
            day = index + dt.timedelta(days=days)
            self.add("visit_occurrence", {"person_id": who, "visit_start_date": day})
            self.told.facts[str(who), "visit", "visit", number(day)] += 1
        if self.choose("death") == "one":
            day = index + dt.timedelta(days=self.random.randrange(400, 800))
            self.add("death", {"person_id": who, "death_date": day})
            self.told.facts[str(who), "death", "death", number(day)] += 1


def draw(random: Random, persons: int, *, wide: bool = False, wishes: dict[str, str] | None = None) -> Drawn:
    """So many persons; `wide` ids need 64 bits, `wishes` are options that must occur."""
    drawing = _Drawing(random, wide, wishes or {})
    for place in range(1, persons + 1):
        drawing.person(place)
    tables = drawing.tables
    tables["concept"] = [
        {"concept_id": one, "vocabulary_id": "RxNorm" if one < 1000 else "LOINC", "concept_code": f"c{one}", "concept_name": f"name {one}"}
        for one in (STUDY_DRUG, *PRODUCTS, DISEASE, CHILD_OF_DISEASE, BLEEDING, 1551099, SBP, WEIGHT, SCORE, JUDGED)
    ]  # fmt: skip
    below = [(1551099, one) for one in (1551099, *PRODUCTS)] + [(DISEASE, CHILD_OF_DISEASE)]
    below += [(one, one) for one in (STUDY_DRUG, DISEASE, BLEEDING, SBP, WEIGHT, SCORE, JUDGED)]
    tables["concept_ancestor"] = [{"ancestor_concept_id": one, "descendant_concept_id": other} for one, other in below]
    columns = (
        "amount_value", "amount_unit_concept_id", "numerator_value", "numerator_unit_concept_id", "denominator_value",
        "denominator_unit_concept_id", "box_size", "invalid_reason",
    )  # fmt: skip
    tables["drug_strength"] = [
        {"drug_concept_id": one, "ingredient_concept_id": 1551099, **dict.fromkeys(columns), **row}
        for one, (row, _) in PRODUCTS.items()
    ]
    return Drawn(tables, drawing.told, drawing.kinds)
