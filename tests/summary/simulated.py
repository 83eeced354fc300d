"""Invented patients of one protocol, counted one by one: a tally of any size, with rare things in it."""

from __future__ import annotations

import random

from tests.spec.small import protocol

from caseseries.protocol.protocol import Protocol
from caseseries.stats.tally import Tally

CHANGES = """
case: {index_date: {first_exposure: lisinopril}, per: patient}
include: [{minimum_follow_up: 80 days, flagged: looks into the future}]
drugs:
  lisinopril: {groups: [ACE inhibitors]}
  amlodipine: {groups: [others]}
prior_groups: [others]
measures:
  ki67: {quantity: Ki-67, unit: points, range: [0, 100], better: low}
outcomes:
  proliferation: {describe: ki67, at: baseline}
  response:
    at: after
    rule: {gain: mmt, at_least: 4 points}
    readings: {more: {gain: mmt, at_least: 8 points}}
  strength: {change: mmt, at: after}
safety: {until_after_last_dose: 30 days, monitored: [{measure: mmt, below: 20}]}
robustness: {missing: [not met]}
"""
WORDS = {"yes": "responder", "no": "non-responder", "not evaluable": "not evaluable"}


def study() -> Protocol:
    return protocol(CHANGES)


def simulated(persons: int, seed: int, *, unknown: float = 0.2) -> Tally:
    """Counts of so many persons, about half of them cases."""
    draw, also, found = random.Random(seed), random.Random(seed + 1_000), Tally()
    found.add(("persons",), persons)
    excluded = (
        "no first exposure",
        "index date outside the study period",
        "Followed for at least 80 days after the index date",
    )
    for _ in range(persons):
        if draw.random() < 0.5:
            why = draw.choices(excluded, (100, 8, draw.choice((1, 8))))[0]
            found.add(("cases", why, ""))
            continue
        _case(draw, also, found, unknown)
    found.add(("rows", "measurement", "used", ""), 3 * persons)
    found.add(("rows", "measurement", "refused", "a date"), 2)
    found.add(("finding", "warning", "a date", "rows without a date"), 2)
    return found


def _case(draw: random.Random, also: random.Random, found: Tally, unknown: float) -> None:
    """One case; what is drawn from `also` leaves the numbers of everything else as they were before it was there."""
    found.add(("cases", "", ""))
    found.add(("age", draw.choices((draw.randint(20, 90), -1), (99, 1))[0]))
    found.add(("sex", draw.choices(("F", "M", ""), (60, 40, 1))[0]))
    observed = draw.randint(80, 2000)
    found.add(("observed", observed))
    found.add(("on drug", draw.randint(0, observed)))
    found.add(("duration", draw.choices((draw.randint(0, 4000), -1), (20, 1))[0]))
    found.add(("patients",))
    if draw.random() >= 0.06:
        found.add(("no death",))
    else:
        day = draw.randint(0, observed + 60)
        found.add(("deaths", day))
        found.add(("deaths within",), int(day <= observed))
    before = draw.randint(20, 70)
    change = max(-before, min(80 - before, round(draw.gauss(4, 6))))
    missing = draw.random() < unknown
    answers = {
        0: "not evaluable" if missing else "yes" if change >= 4 else "no",
        1: "not evaluable" if missing else "yes" if change >= 8 else "no",
        2: "no" if missing else "yes" if change >= 4 else "no",
        3: "no" if missing else "yes" if change >= 8 else "no",
    }
    reason = draw.choices(("no visit in window", "censored", "recorded without a number"), (50, 5, 1))[0]
    for spec, answer in answers.items():
        year = draw.choices(range(2010, 2016), (1, 10, 10, 10, 10, 2))[0] if not spec else 0
        found.add(("answer", "response", spec, year, answer))
        if answer == "not evaluable":
            found.add(("why", "response", spec, f"after mmt: {reason}"))
        if answer != answers[0]:
            found.add(("flip", "response", spec, WORDS[answers[0]], WORDS[answer]))
    if also.random() < unknown / 2:
        found.add(
            (
                "described absent",
                "proliferation",
                answers[0],
                also.choices(("no value in window", "censored"), (20, 1))[0],
            )
        )
    else:
        found.add(("described", "proliferation", answers[0], "ki67", also.randint(0, 100) * 1_000_000))
    for outcome in ("response", "strength"):
        if missing:
            found.add(("absent", outcome, "mmt", "after", reason))
            continue
        for part, value in (("before", before), ("after", before + change), ("change", change)):
            found.add(("value", outcome, "mmt", part, value * 1_000_000))
    if draw.random() < 0.02:
        found.add(("occurred", "response", 0, "death"))
    harmed = False
    for term, chance in (("cough", 0.1), ("angioedema", 0.004), ("rash", 0.003)):
        if draw.random() < chance:
            why_not = draw.choices(("", "no date"), (20, 1))[0]
            found.add(("adverse", term, why_not))
            found.add(("adverse patients", term), int(not why_not))
            harmed |= not why_not
    found.add(("adverse patients", ""), int(harmed))
    found.add(("days at risk",), observed)
    found.add(("monitored", "mmt", "values"), 2)
    found.add(("monitored", "mmt", "patients"))
    found.add(("monitored", "mmt", "beyond"), int(before < 21))
    if draw.random() < 0.3:
        found.add(("drug", "amlodipine", draw.choices(("earlier", "background", "added"), (20, 20, 1))[0]))
        found.add(("prior", "others"))
