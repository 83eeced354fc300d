"""The chart's rows as tables of the engine, under numbers instead of names.

    person(patient, birth_low, birth_high, age_years, sex, known_from, known_sex)
    attribute(patient, attribute, word)     of each attribute the word of the patient; no row where it is not known
    observed(patient, first, last)          periods of one patient neither overlap nor touch; empty where the source has none
    measurement(record, patient, measure, day, low, high, value, censor, missing, lower, upper, source_row)
    course(record, patient, drug, first, last, amount, unit, per_day_num, per_day_den, systemic, pulse,
        first_low, first_high, last_low, last_high)
    unread_course(patient, drug, first, last)
    fact(record, patient, kind, term, day, low, high, last, last_low, last_high)
    event_told(record, question, answer)    what is written of an adverse event (`chart.event_questions`: led to stopping, serious, grade 3 or
        more): yes, no, not known; no row where nothing is written

Values, amounts and limits of normal (lower, upper) are whole millionths. A course began on some day in first_low..first_high, and its
last day is some day in last_low..last_high; decisions rest on these four, while first and last are for lists. An exact course has first = first_low =
first_high and last = last_low = last_high; last_low and last_high NULL: it goes on, for certain; last_high alone NULL: it may still go on.
Where only the first day is known, last_low is that day and last_high NULL. unread_course holds drug rows that became no course (refused, or of
a drug nobody knows): any day of first..last may have been covered; first or last NULL: no bound on that side; drug NULL: it may be any.

A source that makes these tables itself makes them empty by :func:`make_tables`, and gives each patient and each name the number it says
in :class:`Numbers`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from caseseries.brief import brief
from caseseries.chart.event_questions import EVENT_QUESTIONS
from caseseries.chart.known_words import known_attributes, known_words, spellings
from caseseries.chart.natural import natural
from caseseries.chart.sexes import meaning
from caseseries.chart.tables import Chart, History, Kind, Observed
from caseseries.engine.connection import Engine
from caseseries.errors import EngineError, ensure
from caseseries.protocol.written import folded

#: Values have at most six decimals; the engine holds them as whole millionths.
MILLIONTH = 1_000_000
#: Of a row `c` of ``course``: the drug was taken. A row of a dose of 0 says that it was not; only the daily dose looks at it.
TAKEN = "coalesce(c.amount > 0, TRUE)"
#: The sex of a person `p` that rules rest on: F or M, as a database has it or the words of a chart say it; NULL where it is not recorded, another
#: word, or one that may be either.
SEX = "p.known_sex"
#: What a 64-bit whole number holds.
_LARGEST = 2**63 - 1

Columns = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Patients, measures, drugs and terms by the number they have in the engine.

    `patients` are in the order of their ids, the first is number 1; None where the numbers are the ids. `observed` says that the
    source tells when each patient was observed, `history` what its rows before an index date cover. `not_charted` holds the kinds of
    fact that it cannot tell, with why, and `only` the names of a kind that it could hold, where it could not hold every one. `database`
    says that the rows are those of a database, whether they are numbered here or there; `pulses_untold` why no
    pulse could be told. `attributes` holds, by name, the words of patients as they
    are compared, and `spelt` how each is written.
    """

    patients: tuple[str, ...] | None
    measures: Mapping[str, int]
    drugs: Mapping[str, int]
    terms: Mapping[tuple[str, str], int]
    observed: bool = False
    history: History = ""
    not_charted: Mapping[Kind, str] = field(default_factory=dict)
    only: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    database: bool = False
    pulses_untold: str = ""
    attributes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    spelt: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    __repr__ = brief

    def attribute(self, name: str) -> int:
        """The number of an attribute; that of none where the source has none of the name.

        >>> Numbers(None, {}, {}, {}, attributes={"course": {"acute": 1}}).attribute("course")
        1
        """
        return list(self.attributes).index(name) + 1 if name in self.attributes else 0

    def tells(self, kind: Kind, name: str) -> bool:
        """Whether the source could hold a fact of this kind under this name, so that none means no.

        >>> Numbers(None, {}, {}, {}, only={"diagnoses": ("JDM",)}).tells("diagnoses", "malignancy")
        False
        """
        return kind not in self.not_charted and (
            kind not in self.only or folded(name) in {folded(one) for one in self.only[kind]}
        )

    def patient(self, number: int) -> str:
        """The id of a patient.

        >>> Numbers(("a", "b"), {}, {}, {}).patient(2), Numbers(None, {}, {}, {}).patient(2)
        ('b', '2')
        """
        return str(number) if self.patients is None else self.patients[number - 1]

    def number_of(self, patient: str) -> int | None:
        """The number of a patient by id; None for nobody's id.

        >>> Numbers(("a", "b"), {}, {}, {}).number_of("b"), Numbers(None, {}, {}, {}).number_of("x")
        (2, None)
        """
        if self.patients is None:
            digits = patient.removeprefix("-")
            written = int(patient) if digits.isdecimal() and digits.isascii() else None
            return written if str(written) == patient and abs(int(patient)) <= _LARGEST else None
        place = bisect_left(self.patients, natural(patient), key=natural)
        return place + 1 if self.patients[place : place + 1] == (patient,) else None


def millionths(value: Fraction | None) -> int | None:
    """A value as whole millionths; readers refuse more than six decimals.

    Raises:
        EngineError: the value does not fit into 64 bits; its size is not told.

    >>> millionths(Fraction("2.5"))
    2500000
    """
    if value is None:
        return None
    whole, rest = divmod(value.numerator * MILLIONTH, value.denominator)
    ensure(rest == 0, "a value with more than six decimals passed the reader")
    return _fits(whole)


def _fits(number: int) -> int:
    if abs(number) > _LARGEST:
        raise EngineError(
            f"A value of the chart is too large to be held exactly: beyond {_LARGEST // MILLIONTH} either way.",
            do="Look for a value with far too many digits; nothing was decided.",
        )
    return number


def numbered(names: Sequence[str]) -> dict[str, int]:
    """Names in their order, numbered from 1."""
    return {name: place for place, name in enumerate(sorted(set(names)), start=1)}


def columns(text: str) -> dict[str, Columns]:
    """The columns (name, type) of each table; `text` is the engine's type of character strings."""
    return {
        "person": (
            ("patient", "BIGINT"),
            ("birth_low", "INT"),
            ("birth_high", "INT"),
            ("age_years", "INT"),
            ("sex", text),
            ("known_from", "INT"),
            ("known_sex", text),
        ),
        "attribute": (("patient", "BIGINT"), ("attribute", "INT"), ("word", "INT")),
        "observed": (("patient", "BIGINT"), ("first", "INT"), ("last", "INT")),
        "measurement": (
            ("record", "BIGINT"),
            ("patient", "BIGINT"),
            ("measure", "INT"),
            ("day", "INT"),
            ("low", "INT"),
            ("high", "INT"),
            ("value", "BIGINT"),
            ("censor", text),
            ("missing", text),
            ("lower", "BIGINT"),
            ("upper", "BIGINT"),
            ("source_row", "BIGINT"),
        ),
        "course": (
            ("record", "BIGINT"),
            ("patient", "BIGINT"),
            ("drug", "INT"),
            ("first", "INT"),
            ("last", "INT"),
            ("amount", "BIGINT"),
            ("unit", text),
            ("per_day_num", "BIGINT"),
            ("per_day_den", "BIGINT"),
            ("systemic", "BOOLEAN"),
            ("pulse", "BOOLEAN"),
            ("first_low", "INT"),
            ("first_high", "INT"),
            ("last_low", "INT"),
            ("last_high", "INT"),
        ),
        "unread_course": (("patient", "BIGINT"), ("drug", "INT"), ("first", "INT"), ("last", "INT")),
        "fact": (
            ("record", "BIGINT"),
            ("patient", "BIGINT"),
            ("kind", text),
            ("term", "INT"),
            ("day", "INT"),
            ("low", "INT"),
            ("high", "INT"),
            ("last", "INT"),
            ("last_low", "INT"),
            ("last_high", "INT"),
        ),
        "event_told": (("record", "BIGINT"), ("question", text), ("answer", text)),
    }


def make_tables(engine: Engine, rows: Mapping[str, Iterable[Sequence[Any]]] | None = None) -> None:
    """Make every table of the chart with these rows, empty where there are none, replacing those of an earlier chart."""
    for name, declared in columns(engine.dialect.text).items():
        engine.table(name, declared, (rows or {}).get(name, ()))


def periods(observed: Iterable[Observed]) -> list[Observed]:
    """Each patient's periods in order; those that overlap or touch (the next begins at most a day after) are one.

    >>> periods([Observed("a", 11, 20), Observed("a", 0, 10), Observed("a", 22, 30)])
    [Observed(patient='a', start=0, end=20), Observed(patient='a', start=22, end=30)]
    """
    joined: list[Observed] = []
    for period in sorted(observed, key=lambda one: (one.patient, one.start, one.end)):
        before = joined[-1] if joined else None
        if before is not None and before.patient == period.patient and period.start <= before.end + 1:
            joined[-1] = Observed(period.patient, before.start, max(before.end, period.end))
        else:
            joined.append(period)
    return joined


def store(engine: Engine, chart: Chart) -> Numbers:
    """Load the chart into its tables; patients are numbered in the natural order of their ids.

    Raises:
        EngineError: a value does not fit.
    """
    patients = tuple(sorted((person.patient for person in chart.people), key=natural))
    patient = {name: place for place, name in enumerate(patients, start=1)}
    measures = numbered([row.measure for row in chart.measurements])
    unread = [row.drug for row in chart.unread if row.drug is not None]
    drugs = numbered([*(row.drug for row in chart.courses), *unread])
    written: set[tuple[str, str]] = {(row.kind, row.term) for row in chart.facts}
    plainly = {term: folded(term) for _, term in written}
    named = {(kind, plainly[term]) for kind, term in written}
    terms = {pair: place for place, pair in enumerate(sorted(named), start=1)}
    said = {row.sex for row in chart.people}
    sexes = {word: {"female": "F", "male": "M"}.get(meaning(word, said)) for word in said}
    attributes = known_words(chart.people)
    places = {name: place for place, name in enumerate(attributes, start=1)}
    rows: dict[str, Iterable[Sequence[Any]]] = {  # one row at a time: none of the tables is held a second time
        "person": (
            (
                patient[row.patient],
                row.birth_low,
                row.birth_high,
                None if row.age is None else int(row.age),
                row.sex,
                row.known_from,
                sexes[row.sex],
            )
            for row in chart.people
        ),
        "attribute": (
            (patient[row.patient], places[name], attributes[name][word])
            for row in chart.people
            for name, word in known_attributes(row).items()
        ),
        "observed": (
            (patient[row.patient], row.start, row.end)
            for row in periods(chart.observed or ())
            if row.patient in patient
        ),
        "measurement": (
            (
                row.record,
                patient[row.patient],
                measures[row.measure],
                row.day,
                row.low,
                row.high,
                millionths(row.value),
                row.censor,
                row.missing,
                millionths(row.lower),
                millionths(row.upper),
                row.row_id,
            )
            for row in chart.measurements
            if row.patient in patient
        ),
        "course": (
            (
                row.record,
                patient[row.patient],
                drugs[row.drug],
                row.start,
                row.end,
                millionths(row.amount),
                row.unit,
                None if row.per_day is None else _fits(row.per_day.numerator),
                None if row.per_day is None else _fits(row.per_day.denominator),
                row.systemic,
                row.pulse,
                row.ends.first_low,
                row.ends.first_high,
                row.ends.last_low,
                row.ends.last_high,
            )
            for row in chart.courses
            if row.patient in patient
        ),
        "unread_course": (
            (patient[row.patient], None if row.drug is None else drugs[row.drug], row.first, row.last)
            for row in chart.unread
            if row.patient in patient
        ),
        "fact": (
            (
                row.record,
                patient[row.patient],
                row.kind,
                terms[row.kind, plainly[row.term]],
                row.start,
                row.low,
                row.high,
                row.end,
                row.last_low,
                row.last_high,
            )
            for row in chart.facts
            if row.patient in patient
        ),
        "event_told": (
            (row.record, question.name, question.answer(answered))
            for row in chart.facts
            for question in EVENT_QUESTIONS
            if row.kind == "event" and (answered := row.attribute(question.attribute))
        ),
    }
    make_tables(engine, rows)
    return Numbers(
        patients,
        measures,
        drugs,
        terms,
        chart.observed is not None,
        chart.history,
        chart.unknown(),
        chart.only,
        database="person" in chart.counted,
        pulses_untold=chart.pulses_untold,
        attributes=attributes,
        spelt=spellings(chart.people),
    )
