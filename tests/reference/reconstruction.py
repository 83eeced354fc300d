"""The invented eight-patient chart of the shared data folder, as chart tables."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from caseseries import catalogue
from caseseries.chart.tables import Chart, Course, Fact, Measurement, Person, day_number
from caseseries.protocol.drug_uses import local_form

COLUMNS = {
    "mmt": "mmt",
    "cmas": "cmas",
    "physician_global_improvement": "improved",
    "weight_kg": "weight",
    "ck": "ck",
    "neutrophils_10e9_per_L": "neutrophils",
}


def reconstruction(folder: Path) -> Chart:
    """Read the four files as they stand; blank cells are not rows."""
    people, diagnoses = [], []
    for record, row in enumerate(_rows(folder / "patients.csv"), start=1):
        born, found = _day(row["birth_date"]), _day(row["diagnosis_date"])
        people.append(Person(row["patient_id"], record, row["sex"], born, born))
        fact = Fact(record, record, row["patient_id"], "diagnosis", row["diagnosis"], found, found, found)
        diagnoses.append(fact)
    measurements = []
    for row_id, row in enumerate(_rows(folder / "visits.csv"), start=1):
        day = _day(row["visit_date"])
        for column, measure in COLUMNS.items():
            if row[column]:
                value = {"yes": Fraction(1), "no": Fraction(0)}.get(row[column])
                value = Fraction(row[column]) if value is None else value
                record = len(measurements) + 1
                measurements.append(
                    Measurement(record, row_id, column, row["patient_id"], measure, day, day, day, value)
                )
    courses = []
    for record, row in enumerate(_rows(folder / "drugs.csv"), start=1):
        drug, route = catalogue.drug(row["drug"]).key, catalogue.route(row["route"])
        end = _day(row["stop_date"]) if row["stop_date"] else None
        per_day = catalogue.frequency(row["frequency"])
        courses.append(
            Course(
                record, record, row["patient_id"], drug if route.systemic else local_form(drug), _day(row["start_date"]), end, Fraction(row["dose"]),
                row["unit"], per_day, route.key, route.systemic,
            )
        )  # fmt: skip
    events = [
        Fact(len(diagnoses) + place, place, row["patient_id"], "event", row["event"], day, day, day)
        for place, row in enumerate(_rows(folder / "events.csv"), start=1)
        for day in [_day(row["date"])]
    ]
    return Chart(
        True, True, (), tuple(people), tuple(measurements), tuple(courses), (*diagnoses, *events)
    )  # fmt: skip


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _day(text: str) -> int:
    return day_number(dt.date.fromisoformat(text))
