"""An invented tally of a database with many patients, drawn by a fixed rule: no row of any real source."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

from caseseries.protocol.load import parse
from caseseries.protocol.protocol import Protocol
from caseseries.stats.tally import Tally

OUTCOME, CHANGE = "pressure response", "pressure change"
PROTOCOL = """
study: Lisinopril and systolic blood pressure in routine data
invented: yes
period: {from: 2008-01-01, to: 2019-12-31, data_cutoff: 2020-06-30}
case:
  index_date: {first_exposure: lisinopril, restart_after: 60 days, washout: 365 days}
  per: patient
include:
  - {diagnosis: hypertension, by: index date}
  - {age: {at_least: 18 years}, at: index date}
measures:
  sbp: {quantity: systolic blood pressure, unit: mmHg, better: low, range: [40, 300]}
  dbp: {quantity: diastolic blood pressure, unit: mmHg, better: low, range: [20, 200]}
windows:
  baseline: {from: -180 days, to: 0 days, take: last, same_day: mean}
  month 6: {from: 120 days, to: 240 days, target: 180 days, take: nearest, tie: earlier, same_day: mean}
drugs:
  lisinopril: {groups: [ACE inhibitors]}
  metoprolol: {groups: [other antihypertensives]}
  amlodipine: {groups: [other antihypertensives]}
  hydrochlorothiazide: {groups: [other antihypertensives]}
prior_groups: [other antihypertensives]
intercurrent:
  drug stopped: as observed
  rescue added: {drugs: [other antihypertensives], verdict: as observed}
  steroid raised above baseline: as observed
  pulse: as observed
  death: non-responder
  lost: not evaluable
outcomes:
  pressure response:
    at: month 6
    rule: {falls: sbp, at_least: 10 mmHg}
    readings:
      by a tenth of baseline: {falls: sbp, at_least: 10 % of baseline}
      both pressures: {all: [{falls: sbp, at_least: 10 mmHg}, {falls: dbp, at_least: 5 mmHg}]}
  pressure change: {change: sbp, at: month 6}
safety:
  until_after_last_dose: 30 days
  ascertainment: diagnoses coded at visits
  events: [angioedema, acute kidney injury]
concepts:
  sbp: {ids: [3004249], units: {"8876": 1}}
  dbp: {ids: [3012888], units: {"8876": 1}}
  lisinopril: {ids: [1308216]}
  metoprolol: {ids: [1307046]}
  amlodipine: {ids: [1332418]}
  hydrochlorothiazide: {ids: [974166]}
  hypertension: {ids: [320128]}
  angioedema: {ids: [432791]}
  acute kidney injury: {ids: [197320]}
"""


def protocol(**changes: str) -> Protocol:
    """The protocol of the sample; `changes` replace pieces of its text."""
    text = PROTOCOL
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return parse(text).protocol


#: Persons of the source, and why they are no case, by index date and criterion.
PERSONS = 1_204_331
EXCLUDED = (
    ("no first exposure", 771_006, ""),
    ("index date outside the study period", 10_112, ""),
    ("index date outside observed time", 4_870, ""),
    ("washout", 21_904, ""),
    ("Diagnosis of hypertension by the index date", 12_388, ""),
    ("Age at least 18 years at the index date", 1_210, ""),
    ("Age at least 18 years at the index date", 3, "undetermined"),
)
ABSENT = (
    ("month 6 sbp: no value in window", 0.62),
    ("baseline sbp: no value in window", 0.21),
    ("month 6 sbp: window leaves observed time", 0.1),
    ("baseline sbp: no value in window; month 6 sbp: no value in window", 0.05),
    ("event: lost", 0.019),
    ("month 6 sbp: recorded without a number", 0.001),
)
YEARS = (*range(2008, 2020),)


def tally(scale: float = 1.0, seed: int = 3) -> Tally:
    """The counts of the sample; `scale` makes a smaller source with the same shares."""
    draw, found = random.Random(seed), Tally()

    def n(count: float) -> int:
        return round(count * scale)

    persons = n(PERSONS)
    found.add(("persons",), persons)
    excluded = [(why, n(count), undetermined) for why, count, undetermined in EXCLUDED]
    for why, count, undetermined in excluded:
        found.add(("cases", why, undetermined), count)
    included = persons - sum(count for _, count, _ in excluded)
    found.add(("cases", "", ""), included)
    _spread(found, included, ("age",), lambda: min(max(round(draw.gauss(61, 14)), 18), 99))
    _spread(found, included, ("observed",), lambda: round(draw.expovariate(1 / 900)))
    _spread(found, included, ("on drug",), lambda: round(draw.expovariate(1 / 420)))
    _spread(found, included, ("duration",), lambda: -1 if draw.random() < 0.1 else round(draw.expovariate(1 / 1500)))
    died = included // 21
    found.add(("patients",), included)
    found.add(("no death",), included - died)
    _spread(found, died, ("deaths",), lambda: round(draw.expovariate(1 / 800)))
    found.add(("deaths within",), died - died // 30)
    women = round(included * 0.5137)
    for sex, count in (("F", women), ("M", included - women - included // 900), ("", included // 900)):
        found.add(("sex", sex), count)
    _answers(found, included, draw)
    _values(found, included, draw)
    _harm(found, included)
    _drugs(found, included)
    _rows(found, persons)
    return found


def _spread(found: Tally, total: int, key: tuple[str | int, ...], one: Callable[[], int]) -> None:
    """Add `total` values by drawing at most 3000 and giving each an equal share."""
    drawn = [one() for _ in range(min(total, 3000))]
    for place, value in enumerate(drawn):
        found.add((*key, value), total * (place + 1) // len(drawn) - total * place // len(drawn))


def _answers(found: Tally, included: int, draw: random.Random) -> None:
    unknown = included * 41 // 100
    shares = {0: 0.583, 1: 0.512, 2: 0.401}
    for spec, share in shares.items():
        evaluable = included - unknown - (spec == 2) * included // 50
        yes = round(evaluable * share)
        counts = {"yes": yes, "no": evaluable - yes, "not evaluable": included - evaluable}
        if spec:
            for answer, count in counts.items():
                found.add(("answer", OUTCOME, spec, 0, answer), count)
            changed = counts["yes"] - round((included - unknown) * shares[0])
            found.add(("flip", OUTCOME, spec, "responder", "non-responder"), max(-changed, 0))
            continue
        weights = [0.2 + place if place < 8 else 8 for place in range(len(YEARS))]
        weights[0], weights[-1] = 0.0003, 1.5
        for answer, count in counts.items():
            left = count
            for year, weight in zip(YEARS[:-1], weights, strict=False):
                drift = 1 + (0.02 * (year - 2014) if answer == "yes" else 0)
                part = min(left, round(count * weight / sum(weights) * drift))
                found.add(("answer", OUTCOME, 0, year, answer), part)
                left -= part
            found.add(("answer", OUTCOME, 0, YEARS[-1], answer), left)
    for spec in shares:
        wanted = found.total("answer", OUTCOME, spec) - sum(
            count for key, count in found.section("answer", OUTCOME, spec) if key[-1] != "not evaluable"
        )
        left = wanted
        for text, share in ABSENT[1:]:
            part = round(wanted * share)
            found.add(("why", OUTCOME, spec, text), part)
            left -= part
        found.add(("why", OUTCOME, spec, ABSENT[0][0]), left)
    found.add(("decided", OUTCOME, 0, "died by the assessment"), included // 190)
    found.add(("occurred", OUTCOME, 0, "died by the assessment"), included // 190)
    found.add(("occurred", OUTCOME, 0, "study drug stopped"), included // 4)


def _values(found: Tally, included: int, draw: random.Random) -> None:
    n = included - included * 41 // 100
    pairs = []
    for _ in range(min(n, 6000)):
        before = min(max(round(draw.gauss(151, 17)), 96), 238)
        pairs.append((before, min(max(round(before - draw.gauss(13, 15) - 0.3 * (before - 151)), 80), 230)))
    low = [(before * 6 // 10, after * 6 // 10) for before, after in pairs]
    for outcome, measure, drawn in ((OUTCOME, "sbp", pairs), (CHANGE, "sbp", pairs), (OUTCOME, "dbp", low)):
        for place, (before, after) in enumerate(drawn):
            count = n * (place + 1) // len(drawn) - n * place // len(drawn)
            for part, value in (("before", before), ("after", after), ("change", after - before)):
                found.add(("value", outcome, measure, part, value * 1_000_000), count)
        before, left = (included - n) // 4, included // 30
        found.add(("absent", outcome, measure, "baseline", "no value in window"), before)
        found.add(("absent", outcome, measure, "month 6", "window leaves observed time"), left)
        found.add(("absent", outcome, measure, "month 6", "no value in window"), included - n - before - left)


def _harm(found: Tally, included: int) -> None:
    angioedema, kidney = included // 710, included // 88
    found.add(("adverse", "angioedema", ""), angioedema)
    found.add(("adverse", "acute kidney injury", ""), kidney)
    found.add(("adverse", "acute kidney injury", "before the index date"), kidney // 3)
    found.add(("adverse", "angioedema", "after the last dose and its lag"), angioedema // 5)
    found.add(("adverse patients", "angioedema"), angioedema - angioedema // 9)
    found.add(("adverse patients", "acute kidney injury"), kidney - kidney // 12)
    found.add(("adverse patients", ""), angioedema + kidney - angioedema // 9 - kidney // 12 - kidney // 200)
    found.add(("days at risk",), included * 431)


def _drugs(found: Tally, included: int) -> None:
    for drug, role, share in (
        ("hydrochlorothiazide", "background", 0.31), ("metoprolol", "earlier", 0.18), ("amlodipine", "added", 0.22),
        ("metoprolol", "background", 0.11), ("lisinopril", "earlier", 0.0),
    ):  # fmt: skip
        found.add(("drug", drug, role), math.floor(included * share))
    found.add(("prior", "other antihypertensives"), math.floor(included * 0.44))


def _rows(found: Tally, persons: int) -> None:
    for table, status, reason, each in (
        ("person", "used", "", 1.0), ("measurement", "used", "", 21.4), ("measurement", "out of scope", "outside observed time", 1.1),
        ("measurement", "refused", "a unit without a factor", 0.02), ("drug_exposure", "used", "", 4.9),
        ("drug_exposure", "refused", "the end lies before the start", 0.0004), ("condition_occurrence", "used", "", 3.2),
        ("condition_occurrence", "out of scope", "outside observed time", 0.3), ("death", "used", "", 0.03),
    ):  # fmt: skip
        found.add(("rows", table, status, reason), round(persons * each))
    for severity, rule, message, count in (
        ("warning", "a unit without a factor", "measurement: rows of sbp in a unit that the concept set gives no factor for", round(persons * 0.02)),
        ("warning", "the end lies before the start", "drug_exposure: rows whose end lies before their start", round(persons * 0.0004)),
        ("note", "duplicates", "measurement: rows that agree in everything that is read", persons // 90),
        ("warning", "table missing", "the source has no table observation", 1),
    ):  # fmt: skip
        found.add(("finding", severity, rule, message), count)


def small(**changes: Any) -> Tally:
    """The same source with few persons, so that years, readings and reasons have a handful of cases."""
    return tally(0.0001, **changes)
