"""Small charts and protocols written as text, and what an implementation answers about them.

A chart is one line per patient and thing, `patient | what | rows`, with days as whole numbers (day 0 is 1970-01-01) or
as dates:

    1 | mmt | -40:60, -5:62, 85:72          values of a measure: day:value; <62 (<=, >, >=) is a bound, ND a missing code
    1 | ck | 0:210[30..190], 90:80[..190]   the same with the limits of normal of the row
    1 | cells | 0:2+, 90:0.5+               grades of a graded measure
    1 | mmt | 70~80@75:66                   the same with a partial date: earliest~latest@taken as
    1 | mycophenolate mofetil | 0.. 500 mg x2; -60..-30 500 mg x2     courses: start..end amount unit times-per-day
    1 | methylprednisolone | 3..5 1000 mg x1 intravenous pulse
    1 | prednisone | 70~80..90~120 20 mg    begun on some day from 70 to 80, last taken on some day from 90 to 120
    1 | prednisone | 70..90~ 20 mg          taken to day 90, and perhaps on; 70..? to day 70, and perhaps on
    1 | unread | 70..90; 95..; ..10         a drug row that became no course: of any drug; unread: prednisone, of this one
    1 | diagnosis: juvenile dermatomyositis | -100      also event:, visit, death, screening:, never:
    1 | event: fever | 20 [drug withdrawn], 30      an event with the action taken with the study drug; [drug withdrawn] alone: undated
    1 | death | 70~80                       the same with a partial date; 70~80@75 says the day it is shown on
    1 | born | 2000-02-29                   or the earliest and latest day: 2000-01-01~2000-12-31
    1 | age | 7.5
    1 | sex | F
    1 | attribute: course | polyarticular       a word of the patient that the chart description keeps
    1 | observed | -100..200; 300..400      periods; with one such line the chart has observed time, for all patients
    1 | known from | -100                   the history is declared since a day for each patient; with `unknown` it is not known
      | history | open                      what the history covers: complete, or open (the chart does not say)
    - | not charted | deaths, other drugs   kinds of fact that the chart could not tell; it tells the others
    - | only adverse events | flare, relapse     the fixed names of a table: of other names nothing could be told
    - | only other drugs | IVIG, rituximab   the fixed words of tables of drugs: of other drugs nothing could be told

Records are numbered by content, so the order of the lines does not matter.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from typing import Any, get_args

import pytest
from ruamel.yaml import YAML
from tests.spec.stages import by_stages

from caseseries.chart.tables import (
    Chart,
    Course,
    Ends,
    Fact,
    FactKind,
    History,
    Kind,
    Measurement,
    Observed,
    Person,
    UnreadCourse,
    day_number,
)
from caseseries.errors import CaseSeriesError
from caseseries.protocol.case import NominalDay
from caseseries.protocol.drug_uses import local_form
from caseseries.protocol.measure import Graded
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import plan
from caseseries.protocol.written import decimal_text
from caseseries.reference.case import CaseAnswer
from caseseries.reference.open_choices import NeededChoice, choices_needed
from caseseries.reference.oracle import among, cases, verdict
from caseseries.study.line import analyse as analyse_with_counts
from caseseries.summary.model import Summary
from caseseries.verdict.trace import Truth, Verdict

#: Who answers. A further engine is added by one entry.
IMPLEMENTATIONS = ["reference", "duckdb", "postgres"]

BASE = """
study: a spec
case: {index_date: {nominal_day: 0 days}, per: patient}
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  after: {from: 46 days, to: 134 days, target: 90 days, take: nearest}
intercurrent:
  death: as observed
  lost: as observed
  rescue added: as observed
  drug stopped: as observed
  steroid raised above baseline: as observed
  pulse: as observed
outcomes:
  response: {at: after, rule: {gain: mmt, at_least: 4 points}}
"""


@cache
def protocol(changes: str = "", base: str = BASE) -> Protocol:
    """The base protocol with changes, both written as YAML; read once, because reading takes longer than the oracle."""
    return protocol_of(merged(_read(base), _read(changes)))


@cache
def _read(text: str) -> dict[str, Any]:
    return YAML(typ="base").load(text) or {}


def protocol_of(written: dict[str, Any]) -> Protocol:
    """A protocol from its sections as text."""
    return Protocol.model_validate(written)


def merged(written: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Sections are merged key by key, anything deeper is replaced; `~` removes a key."""
    sections = dict(written)
    for section, change in changes.items():
        if isinstance(change, dict) and isinstance(sections.get(section), dict) and section != "case":
            together = sections[section] | change
            sections[section] = {name: value for name, value in together.items() if value != "~"}
        else:
            sections[section] = change
    return sections


@dataclass(frozen=True)
class Tables:
    """Rows on their way to a chart; records are given when all are there."""

    people: list[Person] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    observed: list[Observed] = field(default_factory=list)
    unread: list[UnreadCourse] = field(default_factory=list)
    history: list[History] = field(default_factory=list)
    not_charted: dict[Kind, str] = field(default_factory=dict)
    only: dict[Kind, tuple[str, ...]] = field(default_factory=dict)

    def chart(self, dated: bool = True) -> Chart:
        """The chart, its records numbered by content; it has observed time where somebody was observed."""
        return Chart(
            dated=dated,
            invented=True,
            rows=(),
            people=tuple(_numbered(self.people, "row_id")),
            measurements=tuple(_numbered(self.measurements, "record", "row_id")),
            courses=tuple(_numbered(self.courses, "record", "row_id")),
            facts=tuple(_numbered(self.facts, "record", "row_id")),
            observed=tuple(self.observed) or None,
            unread=tuple(sorted(self.unread, key=repr)),
            history=next(iter(self.history), ""),
            not_charted=self.not_charted,
            only=self.only,
        )


def _numbered(rows: list[Any], *fields: str) -> list[Any]:
    ordered = sorted(rows, key=repr)
    return [replace(row, **dict.fromkeys(fields, number)) for number, row in enumerate(ordered, start=1)]


def chart(rows: str, study: Protocol) -> Chart:
    """The chart written as lines of `patient | what | rows`."""
    tables, born, ages, known, sexes = Tables(), {}, {}, {}, {}
    attributes: dict[str, dict[str, str]] = {}
    patients: dict[str, None] = {}
    for line in rows.strip().splitlines():
        if not line.strip():
            continue
        patient, what, written = (part.strip() for part in (line.strip() + " |  | ").split("|")[:3])
        if what == "history":
            tables.history.extend(one for one in get_args(History) if one == written)
            continue
        if what == "not charted":
            tables.not_charted.update({kind: "nobody looked" for kind in get_args(Kind) if kind in written})
            continue
        if what.startswith("only ") and (kind := what.removeprefix("only ")) in get_args(Kind):
            tables.only[kind] = tuple(one.strip() for one in written.split(","))
            continue
        patients[patient] = None
        kind, _, term = (part.strip() for part in what.partition(":"))
        if kind == "attribute":
            attributes.setdefault(patient, {})[term] = written
            continue
        if what == "sex":
            sexes[patient] = written
            continue
        if what == "born":
            low, _, high = written.partition("~")
            born[patient] = (_day(low), _day(high or low))
        elif what == "known from":
            tables.history.append("since")
            known[patient] = None if written == "unknown" else _day(written)
        elif what == "age":
            ages[patient] = Fraction(written)
        elif what == "observed":
            for period in written.split(";"):
                start, _, end = period.strip().partition("..")
                tables.observed.append(Observed(patient, _day(start), _day(end)))
        elif kind == "unread":
            for row in written.split(";"):
                start, _, end = row.strip().partition("..")
                days = (_day(start) if start else None, _day(end) if end else None)
                tables.unread.append(UnreadCourse(patient, term or None, *days))
        elif what in study.measures:
            measure = study.measures[what]
            grades = measure.grades if isinstance(measure, Graded) else ()
            tables.measurements.extend(_measurement(patient, what, cell.strip(), grades) for cell in written.split(","))
        elif kind in get_args(FactKind):
            tables.facts.extend(_fact(patient, kind, term, cell.strip()) for cell in written.split(","))
        elif written:
            tables.courses.extend(_course(patient, what, cell.strip()) for cell in written.split(";"))
    tables.people.extend(
        Person(
            patient,
            0,
            sexes.get(patient, ""),
            *born.get(patient, (None, None)),
            ages.get(patient),
            tuple(sorted(attributes.get(patient, {}).items())),
            known_from=known.get(patient),
        )
        for patient in patients
    )
    return tables.chart(dated=not isinstance(study.case.index_date, NominalDay))


def _day(text: str) -> int:
    return day_number(dt.date.fromisoformat(text)) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else int(text)


def _days(text: str) -> tuple[int, int, int]:
    """The day, and the earliest and latest it may have been."""
    found = re.fullmatch(r"(.+)~([^@]+)(?:@(.+))?", text)
    if found:
        low, high = _day(found[1]), _day(found[2])
        return _day(found[3]) if found[3] else (low + high) // 2, low, high
    return (_day(text),) * 3


def _measurement(patient: str, measure: str, cell: str, grades: Sequence[str] = ()) -> Measurement:
    when, _, what = cell.rpartition(":")
    day, low, high = _days(when)
    what = str(grades.index(what)) if what in grades else what  # a grade is its place
    what, _, normal = what.partition("[")
    lower, upper = (Fraction(end) if end else None for end in (normal.rstrip("]") or "..").split(".."))
    words = {"yes": "1", "no": "0"}
    censor = next((sign for sign in ("<=", ">=", "<", ">") if what.startswith(sign)), "")
    number = words.get(what, what[len(censor) :])
    value = Fraction(number) if re.fullmatch(r"-?\d+(\.\d+)?", number) else None
    missing = "" if value is not None else what
    return Measurement(0, 0, "", patient, measure, day, low, high, value, censor, missing, lower, upper)


def _course(patient: str, drug: str, cell: str) -> Course:
    when, *words = cell.split()
    start, _, end = when.partition("..")
    amount, unit, times, route = None, "mg", Fraction(1), "oral"
    pulse = "pulse" in words
    for word in words:
        if re.fullmatch(r"\d+(\.\d+)?", word):
            amount = Fraction(word)
        elif re.fullmatch(r"x\d+(/\d+)?", word):
            times = Fraction(word[1:])
        elif word in {"mg", "mg/kg", "mg/m2", "unit"}:
            unit = word
        elif word != "pulse":
            route = word
    systemic = route not in {"topical", "inhaled", "intra-articular"}
    first, ends = _ends(start, end)
    last = None if ends.last_low is None or ends.last_high is None else (ends.last_low + ends.last_high) // 2
    exact = ends.first_low == ends.first_high and ends.last_low == ends.last_high
    key = drug if systemic else local_form(drug)
    return Course(
        0, 0, patient, key, first, last, amount, unit, times, route, systemic, pulse, possible=None if exact else ends
    )


def _ends(start: str, end: str) -> tuple[int, Ends]:
    """The day a course is shown to begin on, and the days on which it may have begun and ended."""
    first, low, high = _days(start)
    if not end:
        return first, Ends(low, high, None, None)
    if end == "?":
        return first, Ends(low, high, low, None)
    if end.endswith("~"):
        return first, Ends(low, high, _day(end[:-1]), None)
    return first, Ends(low, high, *_days(end)[1:])


def _fact(patient: str, kind: str, term: str, cell: str) -> Fact:
    when, _, told = (part.strip() for part in cell.rstrip("]").partition("["))
    day, low, high = _days(when) if when else (None, None, None)
    named = [
        one.rpartition(": ") for one in told.split("; ") if one
    ]  # `[serious: yes; grade: 3]`; without a name the action
    attributes = tuple((name or "action", word.strip()) for name, _, word in named)
    return Fact(0, 0, patient, kind, term, day, low, high, attributes=attributes)


@dataclass(frozen=True)
class Answers:
    """What one implementation says: the cases, every verdict of an included case, and the choices still open."""

    cases: dict[str, CaseAnswer]
    verdicts: dict[tuple[str, str, int], Verdict]
    among: dict[tuple[str, str, int], tuple[Truth, str]]
    needed: list[NeededChoice]

    def story(self, case_id: str, outcome: str = "response", spec: int = 0) -> list[str]:
        """Everything said of one case in short pieces, such as `yes`, `baseline mmt 62 @-5`, `assessed @85`."""
        case = self.cases[case_id]
        if not case.included:
            return [f"excluded{' undetermined' if case.undetermined else ''}: {case.failed}"]
        told = [f"{name} {_between(*ends)}" for name, ends in _ends_of(case).items()]
        if (case_id, outcome, spec) not in self.verdicts:
            return ["included", *told]
        found = self.verdicts[case_id, outcome, spec]
        pieces = [{True: "yes", False: "no", None: f"not evaluable: {found.absent}"}[found.truth]]
        pieces.append(f"rule {({True: 'yes', False: 'no', None: 'not evaluable'})[found.rule_truth]}")
        pieces.append("not assessed" if found.day is None else f"assessed @{found.day}")
        pieces.extend(f"event {event}" for event in found.events)
        pieces.extend(f"not known: {event}" for event in found.unsure)
        pieces.append(f"decided by {found.decided_by or 'the rule'}")
        for quantity in found.quantities:
            value = quantity.absent if quantity.value is None else decimal_text(quantity.value)
            day = "" if quantity.day is None else f" @{quantity.day}"
            pieces.append(f"{quantity.slot.window} {quantity.slot.measure} {value}{day}")
        return ["included", *pieces, *told]


def _ends_of(case: CaseAnswer) -> dict[str, tuple[int | None, int | None]]:
    """The days that may be the last of the drug, of follow-up and on the drug."""
    return {
        "last dose": (case.end_low, case.end_high),
        "followed to": (case.follow_end, case.follow_high),
        "on drug to": (case.on_drug_low, case.on_drug_high),
    }


def _between(low: int | None, high: int | None) -> str:
    return f"{low}" if low == high else f"{low}~{'' if high is None else high}"


def answers(study: Protocol, rows: str | Chart, implementation: str = "reference") -> Answers:
    """Ask one implementation about a protocol and a chart; verdicts are left out while a choice is open."""
    table = rows if isinstance(rows, Chart) else chart(rows, study)
    if implementation != "reference":
        found, told, inside, asked = by_stages(study, table, implementation)
        return Answers({}, {}, {}, asked) if asked else Answers(found, told, inside, [])
    needed = choices_needed(study, table)
    if needed:
        return Answers({}, {}, {}, needed)
    every = {case.case_id: case for case in cases(study, table)}
    verdicts, within = {}, {}
    for outcome in study.verdicts:
        outcome_plan = plan(study, outcome)
        for case in every.values():
            for spec in outcome_plan.specs if case.included else ():
                verdicts[case.case_id, outcome, spec.number] = verdict(study, table, case, outcome_plan, spec)
                within[case.case_id, outcome, spec.number] = among(study, table, case, outcome_plan, spec)
    return Answers(every, verdicts, within, needed)


def check(study: Protocol, rows: str, expected: dict[str, str], implementation: str, spec: int = 0) -> None:
    """Each expected piece (separated by `;`) must be said of its case; nothing may be left open."""
    check_answers(study, answers(study, rows, implementation), expected, spec)


def check_answers(study: Protocol, found: Answers, expected: dict[str, str], spec: int = 0) -> None:
    """Each expected piece must be said of its case."""
    assert [] == found.needed
    for case_id, pieces in expected.items():
        outcome = next(iter(study.verdicts), "")
        story = found.story(case_id, outcome, spec)
        for piece in pieces.split(";"):
            assert piece.strip() in story, f"case {case_id}: {piece.strip()!r} is not in {story}"


@dataclass(frozen=True)
class Spec:
    """One thing the page on meaning says: changes to the base protocol, a chart, and what must be said of each case."""

    name: str
    changes: str
    rows: str
    expected: dict[str, str]
    cell: int = 0
    base: str = BASE

    def holds(self, implementation: str, *, alone: bool = False) -> None:
        """Ask the implementation and compare.

        An engine is asked about all charts of a page that stand under one protocol at once: a run takes as long for many
        patients as for one, and is not asked twice. Where that cannot be, or with `alone`, it is asked about this chart only.
        """
        study, together = protocol(self.changes, self.base), _TOGETHER.get(id(self), ())
        found = (
            None if alone or implementation == "reference" or len(together) < 2 else _answered(implementation, together)
        )
        if found is None:
            check(study, self.rows, self.expected, implementation, self.cell)
        else:
            place = next(place for place, one in enumerate(together) if one is self)
            check_answers(study, found[place], self.expected, self.cell)


#: Protocols of a page, that of the most specs first, under which `make check` asks DuckDB; the reference it asks of every spec.
IN_CHECK = 1
#: One in how many protocols of a page `make test` asks engines about.
IN_TEST = {"duckdb": 3, "postgres": 8}

#: The specs of one page under one protocol, by the spec.
_TOGETHER: dict[int, tuple[Spec, ...]] = {}
_FOUND: dict[tuple[str, int], list[Answers] | None] = {}


def _answered(implementation: str, together: tuple[Spec, ...]) -> list[Answers] | None:
    """The answers about each chart; None where all together raise a choice or are more than an engine takes at once."""
    from tests.generate.stacking import answered_together, of_one

    key = (implementation, id(together))
    if key not in _FOUND:
        try:
            found = answered_together(together, implementation)
            _FOUND[key] = None if found.needed else [of_one(found, place) for place in range(len(together))]
        except CaseSeriesError:
            _FOUND[key] = None
    return _FOUND[key]


def on_every_engine(specs: list[Spec]) -> Any:
    """Run each spec on every implementation."""
    from tests.generate.stacking import stacks

    later, beyond = set[tuple[str, int]](), set[int]()
    for number, together in enumerate(map(tuple, stacks(specs))):
        _TOGETHER.update({id(spec): together for spec in together})
        # The reference is asked of every spec, engines of some in `make test`: the specs of a stack cost what one of them does.
        for engine, one_in in IN_TEST.items():
            if number % one_in:
                later.update((engine, id(spec)) for spec in together)
        if number >= IN_CHECK:
            beyond.update(id(spec) for spec in together)
    return pytest.mark.parametrize(
        ("spec", "implementation"),
        [
            pytest.param(
                spec,
                implementation,
                id=f"{spec.name}-{implementation}",
                marks=[
                    *([pytest.mark.long] if (implementation, id(spec)) in later else []),
                    *([pytest.mark.slow] if implementation == "duckdb" and id(spec) in beyond else []),
                ],
            )
            for spec in specs
            for implementation in IMPLEMENTATIONS
        ],
    )


def open_choices(study: Protocol, rows: str, implementation: str) -> list[str]:
    """The choices the data raise, as `choice case: where`."""
    return [f"{need.choice} {need.id}: {need.where}" for need in answers(study, rows, implementation).needed]


def analyse(study: Protocol, read: Chart) -> Summary:
    """The summary of a small chart, its cases shown."""
    return analyse_with_counts(study, read)[1]
