"""An invented chart of any number of patients with five visits each, and what its study must answer, worked out in plain Python.

Nothing of caseseries is used here: the files are written and read with the csv module, and the answers follow the words of docs/meaning.md
for this one protocol.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

PROTOCOL = """\
study: Mycophenolate mofetil in invented juvenile dermatomyositis
invented: yes
case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 60 days}, per: patient}
include:
  - {diagnosis: juvenile dermatomyositis, by: index date}
  - {age: {below: 18 years}, at: index date}
measures:
  mmt: {instrument: MMT8}
  cmas: {instrument: CMAS}
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, source: visits, if_zero_baseline: not evaluable}
windows:
  baseline: {from: -30 days, to: 0 days, take: last, same_day: not evaluable}
  month 3: {from: 61 days, to: 121 days, target: 91 days, take: nearest, tie: earlier, same_day: not evaluable}
partial_dates: refuse
intercurrent:
  drug stopped: as observed
  rescue added: as observed
  steroid raised above baseline: non-responder
  pulse: as observed
  death: non-responder
  lost: not evaluable
outcomes:
  good response:
    good: yes
    at: month 3
    rule:
      all:
        - any:
            - {gain: mmt, at_least: 4 points}
            - {gain: cmas, at_least: 4 points}
        - {decrease: steroid, more_than: 15 % of baseline}
"""

DESCRIPTION = """\
source: chart
invented: yes
dates: year-month-day
decimal: point
missing: {}
tables:
  patients:
    kind: patients
    file: patients.csv
    patient: patient_id
    sex: {column: sex, words: {F: female, M: male}}
    birth: birth_date
    death: death_date
    diagnoses:
      - {diagnosis: {value: juvenile dermatomyositis}, date: diagnosis_date}
  drugs:
    kind: drugs
    file: patients.csv
    patient: patient_id
    drug: {value: mycophenolate mofetil}
    start: mmf_start
    stop: mmf_stop
    stop_means: last day taken
    blank_stop: ongoing
  visits:
    kind: visits
    file: visits.csv
    patient: patient_id
    date: visit_date
    measures:
      mmt: mmt
      cmas: cmas
      steroid: {column: prednisone_mg_per_day, unit: mg/day, drug: prednisone}
"""

#: The days of the visits as planned, counted from the index date, and how far from them they lie at most.
PLANNED = ((-10, 9), (30, 12), (91, 28), (180, 20), (365, 30))
BASELINE, MONTH_3, TARGET = (-30, 0), (61, 121), 91
MEASURES = ("mmt", "cmas", "steroid")
COLUMNS = ("mmt", "cmas", "prednisone_mg_per_day")


def draw(folder: Path, patients: int, seed: int = 1) -> None:
    """Write protocol.yaml, chart.yaml and the two tables of so many patients into a folder."""
    lots = random.Random(seed)
    (folder / "chart").mkdir(parents=True)
    (folder / "protocol.yaml").write_text(PROTOCOL, encoding="utf-8")
    (folder / "chart.yaml").write_text(DESCRIPTION, encoding="utf-8")
    with (
        (folder / "chart" / "patients.csv").open("w", encoding="utf-8", newline="") as of_patients,
        (folder / "chart" / "visits.csv").open("w", encoding="utf-8", newline="") as of_visits,
    ):
        people, visits = csv.writer(of_patients), csv.writer(of_visits)
        people.writerow(
            ["patient_id", "sex", "birth_date", "diagnosis_date", "mmf_start", "mmf_stop", "death_date"],
        )
        visits.writerow(["patient_id", "visit_date", *COLUMNS])
        for number in range(1, patients + 1):
            person, seen = _patient(f"P{number}", lots)
            people.writerow(person)
            visits.writerows(seen)


def _patient(patient: str, lots: random.Random) -> tuple[list[object], list[list[object]]]:
    start = dt.date(2005, 1, 1) + dt.timedelta(lots.randrange(3650))
    born = start - dt.timedelta(lots.randrange(2 * 365, 19 * 365))
    diagnosed = start - dt.timedelta(lots.randrange(20, 600) if lots.random() < 0.97 else -lots.randrange(1, 20))
    last = lots.randrange(20, 150) if lots.random() < 0.05 else None
    dies = last is not None and lots.random() < 0.5
    stop = min(lots.randrange(10, 500), last or 1000) if lots.random() < 0.4 else None
    strength, function, dose = lots.randrange(20, 78), lots.randrange(8, 48), lots.choice((0, 5, 10, 20, 25, 40))
    visits: list[list[object]] = []
    for number, (planned, near) in enumerate(PLANNED):
        day = planned + lots.randint(-near, near)
        if last is not None and day > last:
            break
        if number:
            strength, function = (
                min(top, max(0, value + lots.randint(-4, 8))) for top, value in ((80, strength), (52, function))
            )
            dose = max(0.0, dose * lots.choice((0.5, 0.75, 0.85, 0.9, 1, 1, 1.25)))
        cells = [strength, function, f"{dose:.2f}".rstrip("0").rstrip(".")]
        visits.append([patient, start + dt.timedelta(day), *(cell if lots.random() > 0.06 else "" for cell in cells)])
    person = [
        *(patient, lots.choice("FM"), born, diagnosed, start),
        "" if stop is None else start + dt.timedelta(stop),
        start + dt.timedelta(last) if dies and last is not None else "",
    ]
    return person, visits


@dataclass(frozen=True)
class Answer:
    """What is expected of one patient: the criterion that failed, or the answer and the values at baseline and at month 3."""

    failed: str
    good: bool | None = None
    values: tuple[Decimal | None, ...] = ()


def expected(folder: Path) -> dict[str, Answer]:
    """The answer of each patient, by id, in the order of the file."""
    seen: dict[str, list[tuple[dt.date, tuple[Decimal | None, ...]]]] = defaultdict(list)
    with (folder / "chart" / "visits.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            values = tuple(Decimal(row[column]) if row[column] else None for column in COLUMNS)
            seen[row["patient_id"]].append((dt.date.fromisoformat(row["visit_date"]), values))
    with (folder / "chart" / "patients.csv").open(encoding="utf-8", newline="") as file:
        return {row["patient_id"]: _expected(row, seen[row["patient_id"]]) for row in csv.DictReader(file)}


def _expected(person: dict[str, str], seen: list[tuple[dt.date, tuple[Decimal | None, ...]]]) -> Answer:
    start, born = dt.date.fromisoformat(person["mmf_start"]), dt.date.fromisoformat(person["birth_date"])
    if dt.date.fromisoformat(person["diagnosis_date"]) > start:
        return Answer("diagnosis")
    # Whole years: those born on 29 February have their birthday on 1 March of other years.
    if start.year - born.year - ((start.month, start.day) < (born.month, born.day)) >= 18:
        return Answer("age")
    visits = {(day - start).days: values for day, values in seen}
    died = (dt.date.fromisoformat(person["death_date"]) - start).days if person["death_date"] else None
    before, after = _visit(visits, BASELINE, 0), _visit(visits, MONTH_3, TARGET)
    nothing = (None,) * len(MEASURES)
    first = nothing if before is None else visits[before]
    second = nothing if after is None else visits[after]
    rule = _all([_any([_gain(first[0], second[0]), _gain(first[1], second[1])]), _less(first[2], second[2])])
    horizon = MONTH_3[1] if after is None else after
    good = rule
    if died is not None and died <= horizon:
        good = False
    elif after is None and (max(visits, default=0) if died is None else died) < MONTH_3[0]:
        good = None
    else:
        raised = _raised(visits, before, horizon)
        if raised is True:
            good = False
        elif raised is None and rule is True:
            good = None
    return Answer("", good, (*first, *second))


def _visit(visits: dict[int, tuple[Decimal | None, ...]], window: tuple[int, int], target: int) -> int | None:
    """The visit of a window nearest to a day, the earlier of two; one at which nothing was written down only where there is no other."""
    inside = [day for day in visits if window[0] <= day <= window[1]]
    filled = [day for day in inside if any(value is not None for value in visits[day])]
    return min(filled or inside, key=lambda day: (abs(day - target), day), default=None)


def _gain(first: Decimal | None, second: Decimal | None) -> bool | None:
    return None if first is None or second is None else second - first >= 4


def _less(first: Decimal | None, second: Decimal | None) -> bool | None:
    """Whether a dose fell by more than 15 %; of none at the beginning no part can be said."""
    return None if first is None or second is None or first == 0 else 100 * (first - second) > 15 * first


def _raised(visits: dict[int, tuple[Decimal | None, ...]], before: int | None, until: int) -> bool | None:
    """Whether a dose after the baseline visit is above that of it; not known without that, or without a dose in the window of month 3."""
    since = BASELINE[0] if before is None else before
    doses = {day: values[2] for day, values in visits.items() if values[2] is not None and since < day <= until}
    first = None if before is None else visits[before][2]
    if first is None:
        return None if any(doses.values()) or not any(day >= MONTH_3[0] for day in doses) else False
    if any(dose > first for dose in doses.values()):
        return True
    return False if any(day >= MONTH_3[0] for day in doses) else None


def _all(parts: list[bool | None]) -> bool | None:
    return False if False in parts else None if None in parts else True


def _any(parts: list[bool | None]) -> bool | None:
    return True if True in parts else None if None in parts else False
