"""The study that drawn databases are read for, what was read as plain bags, and what the study answers of each person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random

from tests.readers_omop.facts import Tables, Told
from tests.readers_omop.layouts import Layout, write

from caseseries.chart.tables import Chart
from caseseries.errors import InputError
from caseseries.protocol.drug_uses import whole_drug
from caseseries.protocol.load import parse
from caseseries.source.omop import read_omop
from caseseries.study import Study

PROTOCOL = parse("""
study: Drawn databases
case: {index_date: {first_exposure: drug x, restart_after: 3650 days}, per: patient}
measures:
  pressure: {instrument: systolic blood pressure}
  weight: {instrument: weight}
  score: {quantity: a score, unit: points, better: low}
  improved: {judgement: improved, since: index date, recorded: contemporaneous}
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, outside_courses: zero, if_zero_baseline: not evaluable}
windows:
  before: {from: -90 days, to: 0 days, take: last, same_day: mean, components: nearest each}
  after: {from: 46 days, to: 134 days, take: nearest, target: 91 days, tie: earlier, same_day: mean, components: nearest each}
  together: {from: -90 days, to: 134 days, take: last, same_day: mean, components: same visit}
intercurrent:
  {death: as observed, lost: as observed, rescue added: as observed, drug stopped: as observed,
   steroid raised above baseline: as observed, pulse: as observed}
outcomes:
  lower: {at: after, rule: {decrease: pressure, from: before, at_least: 10 mmHg}}
  lighter: {at: after, rule: {decrease: weight, from: before, at_least: 1 kg}}
  fewer: {at: after, rule: {decrease: score, from: before, at_least: 1 point}}
  better: {at: after, rule: {is: improved}}
  tapered: {at: after, rule: {decrease: steroid, from: before, more_than: 15 % of baseline}}
safety: {until_after_last_dose: 30 days, events: [bleeding]}
drugs: {drug x: {}}
include: [{diagnosis: disease, by: index date}]
concepts:
  drug x: {ids: [100]}
  prednisone: {ids: [1551099]}
  disease: {ids: [300]}
  bleeding: {ids: [310]}
  pressure: {ids: [3004249], units: {8876: 1, 44777602: 7.50061683}}
  weight: {ids: [3025315], units: {9529: 1, 8739: 0.45359237}}
  score: {ids: [2000000010], no_unit: accept}
  improved: {ids: [2000000011], table: observation, yes: [2000000012], no: [2000000013]}
""").protocol


def written(tables: Tables, layout: Layout, folder: Path, random: Random) -> Path:
    """The description of a database that holds the tables."""
    source = write(tables, layout, folder, random)
    path = folder / "omop.yaml"
    version = "5.3" if layout["further columns"] == "of 5.3" else "5.4"
    path.write_text(
        f'omop: {{cdm: "{version}", from: {source}, invented: yes, no_route: systemic, history: complete}}\n',
        encoding="utf-8",
    )
    return path


def read(path: Path) -> Chart:
    return read_omop(PROTOCOL, path, memory_limit="500MB", threads=1)


def told_of(chart: Chart) -> Told:
    """What was read, in the words of :class:`Told`."""
    return Told(
        Counter((one.patient, one.sex, one.birth_low, one.birth_high) for one in chart.people),
        Counter((one.patient, one.start, one.end) for one in chart.observed or ()),
        Counter((one.patient, one.measure, one.day, one.value, one.censor, one.missing) for one in chart.measurements),
        Counter(
            (
                one.patient,
                whole_drug(one.drug),
                one.start,
                one.ends.last_low,
                one.ends.last_high,
                one.amount,
                one.systemic,
            )
            for one in chart.courses
        ),
        Counter((one.patient, one.kind, one.term, one.start) for one in chart.facts),
    )


#: A value, its sign where it is a bound alone; a verdict.
Said = tuple[Fraction, str] | bool | None


@dataclass(frozen=True)
class Answers:
    """What the study says: each value and verdict of each person by (person, outcome, slot), who is out, and the findings."""

    values: Mapping[tuple[str, str, str], Said]
    out: Mapping[str, str]
    said: Counter[tuple[str, str]]


def answered(path: Path) -> Answers | InputError:
    """The answers, or why there are none."""
    try:
        study = Study(PROTOCOL)
        chart = study.read(path)
        summary = study.run(chart, threads=1).summary
    except InputError as stopped:
        return stopped
    values: dict[tuple[str, str, str], Said] = {}
    for name, answers in summary.shown.outcomes.items():
        for verdict in answers.verdicts[0]:
            values[verdict.case_id, name, "verdict"] = verdict.truth
            for quantity in verdict.quantities:
                number = quantity.limit if quantity.value is None else quantity.value
                said = None if number is None else (number, quantity.bound)
                values[verdict.case_id, name, f"{quantity.slot.window} {quantity.slot.measure}"] = said
    out = {case.case_id: case.failed_criterion for case in summary.shown.rows if case.status == "excluded"}
    return Answers(values, out, Counter((one.severity, one.message) for one in chart.findings))
