"""One row per included case and outcome under the protocol as written, for those who keep rows of many patients.

patient, episode, outcome, answer, decided by, events, why, assessment day, and per value: its number, day and reason
"""

from __future__ import annotations

from dataclasses import dataclass

from caseseries.assessment.absent import CODES, words
from caseseries.assessment.compile import Compiled
from caseseries.chart.store import MILLIONTH
from caseseries.engine.connection import Engine
from caseseries.engine.dialect import Dialect
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.tree import Slot
from caseseries.response.settle import event_names, reason_words, why_not_evaluable
from caseseries.response.tally import ANSWERS

_ANSWER = """
SELECT k.patient, k.episode, o.answer, o.decided_by, o.events, o.why, v.day AS assessment_day{columns}
FROM verdict AS v
JOIN included_case AS k ON k.case_no = v.case_no
JOIN told_pattern AS o ON o.inside = CASE WHEN v.inside THEN 1 WHEN v.inside IS NULL THEN 2 ELSE 0 END
    AND o.truth = CASE WHEN v.truth THEN 1 WHEN v.truth IS NULL THEN 2 ELSE 0 END
    AND o.decided = v.decided AND o.happened = v.events AND o.open_leaves = v.why AND o.among_leaves = v.among_why
{joins}
WHERE v.spec = 0
"""

_PATTERNS = """
SELECT DISTINCT CASE WHEN inside THEN 1 WHEN inside IS NULL THEN 2 ELSE 0 END AS inside_code,
    CASE WHEN truth THEN 1 WHEN truth IS NULL THEN 2 ELSE 0 END AS truth_code, decided, events, why, among_why
FROM verdict WHERE spec = 0
"""

_TRUTHS = {1: True, 2: None, 0: False}


@dataclass(frozen=True, slots=True)
class PatientRows:
    """A query and what its columns are called; values are text: a decimal number, or a quotient where it has no end."""

    columns: tuple[str, ...]
    query: str


def patient_rows(engine: Engine, protocol: Protocol, compiled: Compiled) -> PatientRows:
    """The query of all rows of the outcome that was settled last, without an order. Needs ``verdict`` and ``quantity``.

    A case outside the denominator has the answer `outside` and, where that is unknown, what was absent.
    """
    plan, text = compiled.plan, engine.dialect.text
    told = []
    for inside, truth, decided, events, why, among_why in engine.rows(_PATTERNS):
        answer = ANSWERS[_TRUTHS[truth]] if inside == 1 else "outside"
        reason = reason_words(plan.slots, among_why) if inside == 2 else ""
        if inside == 1 and truth == 2:
            reason = why_not_evaluable(plan, decided, why)
        deciding = event_names(1 << decided - 1)[0] if decided else ""
        told.append(
            (inside, truth, decided, events, why, among_why, answer, deciding, "; ".join(event_names(events)), reason)
        )
    engine.table(
        "told_pattern",
        [
            ("inside", "INT"), ("truth", "INT"), ("decided", "INT"), ("happened", "INT"), ("open_leaves", text), ("among_leaves", text),
            ("answer", text), ("decided_by", text), ("events", text), ("why", text),
        ],
        told,
    )  # fmt: skip
    names, columns, joins = _values(engine.dialect, protocol, compiled, plan.slots)
    return PatientRows(
        ("patient", "episode", "answer", "decided by", "events", "why", "assessment day", *names),
        _ANSWER.format(columns=columns, joins=joins),
    )


def change_rows(engine: Engine, protocol: Protocol, compiled: Compiled) -> PatientRows:
    """The same for an outcome that asks for a change and has no rule: only its two values. Needs ``quantity``."""
    names, columns, joins = _values(engine.dialect, protocol, compiled, compiled.plan.slots)
    query = f"SELECT v.patient, v.episode{columns}\nFROM included_case AS v\n{joins}"
    return PatientRows(("patient", "episode", *names), query)


def _values(
    dialect: Dialect, protocol: Protocol, compiled: Compiled, slots: tuple[Slot, ...]
) -> tuple[list[str], str, str]:
    names, columns, joins = [], [], []
    reasons = " ".join(f"WHEN {code} THEN '{words(code)}'" for code in sorted(CODES.values()))
    for place, slot in enumerate(slots):
        one, choice = f"q{place}", compiled.choice(protocol, compiled.plan.primary, slot)
        joins.append(f"JOIN quantity AS {one} ON {one}.case_no = v.case_no AND {one}.choice = {choice}")
        columns += [
            f", {number_text(dialect, f'{one}.num', f'{one}.den')} AS value_{place}, {one}.day AS day_{place}",
            f", CASE {one}.absent {reasons} END AS absent_{place}",
        ]
        named = f"{slot.window} {slot.measure}"
        names += [named, f"{named}, day", f"{named}, absent"]
    return names, "".join(columns), "\n".join(joins)


def number_text(dialect: Dialect, num: str, den: str) -> str:
    """SQL for num/den as text: a decimal number where millionths are enough, else the quotient; `den` above 0."""
    scaled = f"(abs({num}) * CAST({MILLIONTH} AS {dialect.wide}))"
    whole = dialect.divide(f"({scaled} - mod({scaled}, {den}))", den)
    units = dialect.divide(
        f"({whole} - mod({whole}, CAST({MILLIONTH} AS {dialect.wide})))", f"CAST({MILLIONTH} AS {dialect.wide})"
    )
    text = f"CAST({{}} AS {dialect.text})"
    places = f"lpad({text.format(f'mod({whole}, CAST({MILLIONTH} AS {dialect.wide}))')}, 6, '0')"
    decimals = f"TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {text.format(units)} || '.' || {places}))"
    sign = f"CASE WHEN {num} < 0 THEN '-' ELSE '' END"
    quotient = f"{text.format(num)} || '/' || {text.format(den)}"
    return f"CASE WHEN mod({scaled}, {den}) = 0 THEN {sign} || {decimals} ELSE {quotient} END"
