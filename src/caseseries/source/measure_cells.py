"""The cells of one measure: read, converted to the measure's unit, and held against the range of the instrument."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from caseseries import catalogue
from caseseries.chart.cells import GradeReader, NumberReader, Quantity, YesNoReader, numbers_of
from caseseries.chart.columns import NumberColumn
from caseseries.chart.described import LongTable
from caseseries.chart.findings import DOSE_DRUG
from caseseries.chart.header import place_of
from caseseries.chart.refusal import Missing
from caseseries.protocol.counted import Counted
from caseseries.protocol.derived import Derived, formula, recorded_parts
from caseseries.protocol.grades import grade_place
from caseseries.protocol.lab_grades import edges_in_both
from caseseries.protocol.measure import Custom, DailyDose, Graded, Instrument, Judgement, Measure
from caseseries.protocol.measures import equivalence, ingredient, ingredients
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import visit_measure
from caseseries.protocol.written import decimal_text, round_half_up
from caseseries.protocol.written import folded as folded_word
from caseseries.source.row import Row
from caseseries.source.table import TableReading

_PLACES = 10**6
_PER_DAY = {"mg/day", "mg/d", "mg", "prednisonemg/day", "mgprednisone/day"}
_PER_KG = {"mg/kg/day", "mg/kg/d", "mg/kg", "prednisonemg/kg/day", "mgprednisone/kg/day"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """The values a measure can have, in the measure's unit; `hard` says that others cannot exist, not only that none was thought plausible."""

    low: Fraction | None = None
    high: Fraction | None = None
    step: Fraction | None = None
    hard: bool = True
    zero: bool = False

    @property
    def words(self) -> str:
        """As it is printed beside a value outside."""
        low = "" if self.low is None else decimal_text(self.low)
        high = "" if self.high is None else decimal_text(self.high)
        return f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}" if high else ""

    def outside(self, value: Fraction) -> bool:
        """Whether the value lies outside."""
        if self.zero and value == 0:
            return False
        return (self.low is not None and value < self.low) or (self.high is not None and value > self.high)

    def nothing_beyond(self, value: Fraction, censor: str) -> bool:
        """Whether a bound says that the value lies outside a scale that ends there, such as >52 on 0 to 52."""
        return self.hard and ((censor == ">" and value == self.high) or (censor == "<" and value == self.low))

    def off_step(self, value: Fraction) -> bool:
        """Whether the value lies between two steps of the scale."""
        return self.step is not None and ((value - (self.low or 0)) / self.step).denominator != 1


@dataclass(slots=True)
class MeasureCells:
    """One column of one measure.

    `at_visits` is false for a dose that the drug rows count for: its cells are compared with them, and are no measurements.
    `needs_unit` says that its numbers mean nothing without a unit, and that the table has a column for it. `edges`
    are those of grades that are published in both units.
    """

    reading: TableReading
    measure: str
    column: NumberColumn
    reader: NumberReader | YesNoReader | GradeReader
    bounds: Bounds
    factor: Fraction
    is_dose: bool = False
    at_visits: bool = True
    unit: str = ""
    needs_unit: bool = False
    edges: tuple[tuple[Fraction, Fraction], ...] = ()
    judged: dict[Quantity, tuple[Quantity, str]] = field(default_factory=dict)
    limit_readers: dict[str, NumberReader] = field(default_factory=dict)
    rounds: bool = False

    @property
    def per_kg(self) -> bool:
        """Whether a dose of the column is per kilogram, which need not be so of its measure."""
        return "".join(self.unit.split()).casefold() in _PER_KG

    @classmethod
    def open(cls, reading: TableReading, protocol: Protocol, measure: str, column: NumberColumn) -> MeasureCells | None:
        """The column, ready to be read; None, with the reason among the findings, where it cannot be read as declared."""
        findings, header = reading.findings, place_of(reading.sheet, reading.table.header[-1])
        if measure not in protocol.measures:
            near = catalogue.nearest(measure, protocol.measures)
            allowed = f"nearest: {', '.join(near)}" if near else ", ".join(protocol.measures)
            what = f"table {reading.name!r} has a column of the measure {measure!r}, which the protocol does not have"
            proposal = f"{near[0]}: {column.column}" if near else ""
            findings.add("error", "measure", what, header, field=measure, allowed=allowed, proposal=proposal)
            return None
        if isinstance(protocol.measures[measure], Derived):
            parts = ", ".join(recorded_parts(formula(protocol.measures, measure)))
            what = f"table {reading.name!r} has a column of the derived measure {measure!r}, which is computed from its parts"
            findings.add("error", "measure", what, header, field=measure, allowed=f"columns of the parts: {parts}")
            return None
        if isinstance(protocol.measures[measure], Counted):
            what = f"table {reading.name!r} has a column of the measure {measure!r}, which is counted from events"
            findings.add("error", "measure", what, header, field=measure, allowed="a table of events with their days")
            return None
        if not reading.has(column.column):
            return None
        place = place_of(reading.sheet, reading.table.header[-1], reading.positions[column.column], column.column)
        written = protocol.measures[measure]
        if not _words_fit(reading, measure, column, written):
            return None
        if isinstance(written, Judgement):
            return cls(
                reading, measure, column, reading.yes_no_reader(column.missing, column.words), Bounds(), Fraction(1)
            )
        if isinstance(written, Graded):
            grades = reading.grade_reader(column, written)
            both = sorted(grades.codes.keys() & grades.places.keys())
            for code in both:
                what = f"the missing code {code} is also a grade of this measure, or a word for one"
                findings.add("error", "code", what, place, field=measure, allowed="another code for what is missing")
            return None if both else cls(reading, measure, column, grades, Bounds(), Fraction(1))
        try:
            factor, unit = _factor(protocol, measure, column)
        except catalogue.CatalogueMiss as miss:
            where = f"in table {reading.name!r} the `unit` of {measure!r} is "
            in_cells = isinstance(reading.table, LongTable) and reading.table.unit is not None
            said = ("" if in_cells else where) + miss.what.removesuffix(" in the catalogue")
            findings.add("error", "unit", said, place, field=measure, value="", allowed=miss.expected)
            return None
        undeclared = column.unit is None and has_unit(protocol, measure)
        with_column = isinstance(reading.table, LongTable) and reading.table.unit is not None
        if undeclared and not with_column:
            message = f"the unit of the column is not declared; its numbers are read as {unit}"
            findings.add("warning", "unit", message, place, field=measure, proposal=f"unit: {unit}")
        bounds = _bounds(protocol, measure)
        if isinstance(written, DailyDose):
            bounds = _dose_bounds(protocol, written, per_kg="".join(unit.split()).casefold() in _PER_KG)
        is_dose, at_visits = isinstance(written, DailyDose), visit_measure(protocol, measure)
        cells = cls(
            reading,
            measure,
            column,
            reading.number_reader(column, unit),
            bounds,
            factor,
            is_dose,
            at_visits,
            unit,
            undeclared and with_column,
            () if factor == 1 else edges_in_both(protocol, measure, unit),
        )
        cells._codes_that_are_values()
        if at_visits and isinstance(written, DailyDose) and _of_any_drug(protocol, written, column):
            what = "the column does not say of which drug its doses are, and they count as prednisone equivalents"
            allowed = (
                "`drug: prednisone` (also where the doses are its equivalents already), or the drug that they are of"
            )
            findings.add("error", DOSE_DRUG, what, place, field=measure, allowed=allowed)
        return cells

    def _codes_that_are_values(self) -> None:
        reading, own = self.reading, {code.strip().casefold() for code in self.column.missing}
        plain = NumberReader({})
        for code in reading.codes():
            read = plain.read(code)
            if code in own or not isinstance(read, Quantity) or read.censor or self.bounds.words == "":
                continue
            if not self.bounds.outside(read.value * self.factor):
                place = place_of(
                    reading.sheet, reading.table.header[-1], reading.positions[self.column.column], self.column.column
                )
                reading.findings.add(
                    "error",
                    "code",
                    f"the missing code {code} is also a possible value of this measure",
                    place,
                    field=self.measure,
                    allowed="declare the code under `missing` of this column, where it is meant",
                )

    def take(self, row: Row) -> Quantity | Missing | None:
        """The value in the measure's unit, a missing code, or nothing; what cannot be right is among the findings."""
        read = self.reading.take(row, self.column.column, self.reader, self.measure)
        if not isinstance(read, Quantity) or not isinstance(self.reader, NumberReader):
            return read
        judged = self.judged.get(read)
        if judged is None:
            judged = self.judged[read] = self._judge(read)
        value, wrong = judged
        if wrong:
            self._say(row, wrong)
        return value

    def limits(self, row: Row) -> tuple[Fraction | None, Fraction | None]:
        """The laboratory's limits of normal that stand with the value, in the measure's unit; limits that contradict each other refuse the row."""
        if self.column.lower is None and self.column.upper is None:
            return None, None
        found: list[Fraction | None] = []
        for header in (self.column.lower, self.column.upper):
            if header is None or not self.reading.has(header) or not isinstance(self.reader, NumberReader):
                found.append(None)
                continue
            if header not in self.limit_readers:  # a reader looks at its whole column
                own = self.column.model_copy(update={"column": header, "words": {}})
                self.limit_readers[header] = self.reading.number_reader(own)
            read = self.reading.take(row, header, self.limit_readers[header], f"limit of {self.measure}")
            if isinstance(read, Quantity) and read.censor:
                what = "a limit of normal is a number"
                self.reading.refuse(
                    row,
                    "limit",
                    what,
                    header,
                    field=self.measure,
                    allowed="a number, or blank where there is no such limit",
                )
            plain = isinstance(read, Quantity) and not read.censor
            found.append(self._judge(read)[0].value if plain and isinstance(read, Quantity) else None)
        lower, upper = found
        if lower is not None and upper is not None and lower > upper:
            what = "the lower limit of normal is above the upper one"
            self.reading.refuse(
                row, "limit", what, self.column.lower, field=self.measure, allowed="the lower limit, then the upper"
            )
        return lower, upper

    def _judge(self, read: Quantity) -> tuple[Quantity, str]:
        """The converted value, and what is wrong with it: `range`, `step`, `edge` or nothing."""
        exact = read.value * self.factor
        value = Fraction(round_half_up(exact * _PLACES), _PLACES)
        if value != exact and not self.rounds:
            self._say_that_it_rounds()
        beyond = self.bounds.outside(value) or self.bounds.nothing_beyond(value, read.censor)
        wrong = "range" if beyond else "step" if not read.censor and self.bounds.off_step(value) else ""
        if not wrong and any((read.value < there) != (value < here) for there, here in self.edges):
            wrong = "edge"
        return Quantity(value, read.censor), wrong

    def _say_that_it_rounds(self) -> None:
        """Once for a column: a half of a rounded number is not always the rounded half."""
        self.rounds, reading, header = True, self.reading, self.column.column
        place = place_of(reading.sheet, reading.table.header[-1], reading.positions[header], header)
        message = (
            f"{self.measure}: numbers of a column are converted and rounded to a millionth: a change in percent, a multiple of a limit of normal "
            "or a mean that is exactly at a threshold may fall on its other side"
        )
        allowed = f"the measure in {self.unit} in the protocol, so that its numbers are those of the column"
        reading.findings.add("warning", "rounded", message, place, field=self.measure, allowed=allowed)

    def _say(self, row: Row, wrong: str) -> None:
        reading, header = self.reading, self.column.column
        decision = reading.decided(row, header)
        if decision is not None and decision.as_found:
            return
        if wrong == "step":
            assert self.bounds.step is not None
            allowed = f"steps of {decimal_text(self.bounds.step)}"
            reading.look(row, "step", "between two steps of the scale", header, field=self.measure, allowed=allowed)
        elif wrong == "edge":
            what = "CTCAE prints the edges of its grades in both units, and this number has another grade in the unit of the measure"
            allowed = f"the measure in {self.unit} in the protocol, so that it is graded by the edge in that unit"
            reading.refuse(row, "edge", what, header, field=self.measure, allowed=allowed)
        else:
            what = "outside the range of the measure" if self.bounds.hard else "outside the plausible limits"
            reading.refuse(row, "range", what, header, field=self.measure, allowed=self.bounds.words)


def _words_fit(reading: TableReading, measure: str, column: NumberColumn, written: Measure) -> bool:
    """Whether every word of a column means what its measure can be, and none of them is a code for a missing value too."""
    codes, numbers = reading.codes(column.missing), numbers_of(column.words)
    wrong = []
    for word, meaning in column.words.items():
        folded = " ".join(word.split()).casefold()
        if folded in codes:
            wrong.append(
                (word, "the word is a code for a missing value, and means a value too", "another code, or another word")
            )
        elif isinstance(reading.table, LongTable):
            continue  # its words are those of several measures
        elif isinstance(written, Graded):
            wrong += [(word, what, ", ".join(written.grades)) for what in _not_of_grades(written, folded, meaning)]
        elif isinstance(written, Judgement) and meaning.strip().casefold() not in ("yes", "no", "true", "false"):
            wrong.append((word, "a word of a judgement means neither yes nor no", "yes, no"))
        elif not isinstance(written, Judgement) and folded not in numbers:
            wrong.append((word, "a word of a measure means no number", "digits with a decimal point"))
    place = place_of(reading.sheet, reading.table.header[-1], reading.positions[column.column], column.column)
    for word, what, allowed in wrong:
        reading.findings.add("error", "words", what, place, field=f"{measure} {word}", allowed=allowed)
    return not wrong


def _not_of_grades(measure: Graded, word: str, meaning: str) -> list[str]:
    """What is wrong with a word of a graded measure, folded: it means none of its grades, or is another one itself."""
    means = grade_place(measure.grades, meaning)
    if means is None:
        return ["a word of a graded measure means none of its grades"]
    own = next((place for place, grade in enumerate(measure.grades) if folded_word(grade) == word), means)
    return [] if own == means else ["a word is a grade of the measure itself, and means another one"]


def _of_any_drug(protocol: Protocol, dose: DailyDose, column: NumberColumn) -> bool:
    """Whether the doses of a column count as prednisone equivalents, and nothing says which glucocorticoid they are of."""
    said = column.drug is not None or "prednisone" in (column.unit or "").casefold()
    return dose.equivalents and not said and ingredients(protocol, dose.daily_dose) != {"prednisone"}


def has_unit(protocol: Protocol, measure: str) -> bool:
    """Whether a number of the measure says nothing without its unit, as of a laboratory value, a weight or a dose (per kg or not)."""
    written = protocol.measures[measure]
    if isinstance(written, Instrument):
        return catalogue.instrument(written.instrument).kind != "scale"
    return isinstance(written, DailyDose)


def units_of(protocol: Protocol, measure: str) -> tuple[str, ...]:
    """The units that a column of a measure may have, each by the first of its names; none of a measure that the protocol does not have."""
    written = protocol.measures.get(measure)
    if isinstance(written, Instrument):
        entry = catalogue.instrument(written.instrument)
        worth = {entry.convert(Fraction(1), name): name for name in reversed(entry.accepted_units)}
        return tuple(name for name in entry.accepted_units if name in worth.values())
    if isinstance(written, Custom):
        return (written.unit,) if written.unit else ()
    if isinstance(written, DailyDose):
        both = not visit_measure(protocol, measure)
        return ("mg/day", "mg/kg/day") if both else ("mg/kg/day" if written.per_kg else "mg/day",)
    return ()


def _factor(protocol: Protocol, measure: str, column: NumberColumn) -> tuple[Fraction, str]:
    """What a number of the column is multiplied by, and the unit it is taken to be in."""
    written = protocol.measures[measure]
    if isinstance(written, Instrument):
        entry = catalogue.instrument(written.instrument)
        own = written.unit or entry.unit
        unit = column.unit or own
        if unit == own:
            return Fraction(1), unit
        return entry.convert(Fraction(1), unit) / entry.convert(Fraction(1), own), unit
    if isinstance(written, Custom):
        if (
            column.unit is not None
            and "".join(column.unit.split()).casefold() != "".join(written.unit.split()).casefold()
        ):
            raise catalogue.CatalogueMiss("unit of this measure", column.unit, expected=f"accepted: {written.unit}")
        return Fraction(1), written.unit
    assert isinstance(written, DailyDose)
    unit = "".join((column.unit or written.as_).split()).casefold()
    # a column that is only compared with the drug rows stands in its own unit
    units = _PER_KG | _PER_DAY if not visit_measure(protocol, measure) else _PER_KG if written.per_kg else _PER_DAY
    if unit not in units:
        own = "mg/kg/day" if written.per_kg else "mg/day"
        either = "mg/day or mg/kg/day" if len(units) > len(_PER_KG) else own
        way = f"; or change `as` of the measure in the protocol, which says {written.as_}" if either == own else ""
        raise catalogue.CatalogueMiss("unit of this dose", column.unit or "", expected=f"{either}{way}")
    factor: Fraction | None = Fraction(1)
    if column.drug is not None and written.equivalents:
        key = ingredient(protocol, column.drug)
        factor = None if key is None else equivalence(protocol, key)
        if factor is None:
            raise catalogue.CatalogueMiss(
                "drug with a prednisone equivalent", column.drug, expected="declare `equivalences` in the protocol"
            )
    return factor or Fraction(1), column.unit or written.as_


def _bounds(protocol: Protocol, measure: str) -> Bounds:
    written = protocol.measures[measure]
    if isinstance(written, Instrument):
        entry = catalogue.instrument(written.instrument)
        if written.range is not None:
            return Bounds(*written.range, entry.step)
        low, high, step = entry.minimum, entry.maximum, entry.step
        if written.unit is not None and written.unit != entry.unit:
            one = entry.convert(Fraction(1), written.unit)
            low, high, step = (None if number is None else number / one for number in (low, high, step))
        return Bounds(low, high, step, entry.limits == "scale")
    if isinstance(written, Custom):
        return Bounds(*(written.range or (None, None)))
    return Bounds()


def _dose_bounds(protocol: Protocol, written: DailyDose, *, per_kg: bool) -> Bounds:
    """The plausible doses of a measure, in the unit of the column: of the one drug that it names, or of glucocorticoids; 0 is always one."""
    members = ingredients(protocol, written.daily_dose)
    named = ingredient(protocol, written.daily_dose)
    glucocorticoids = members <= catalogue.drugs_in("systemic glucocorticoids")
    of = "prednisone" if glucocorticoids and (written.equivalents or named is None) else named
    factor = None if of is None or written.equivalents else equivalence(protocol, of)
    limits = None if of is None else catalogue.plausible_dose(of, per_kg=per_kg, factor=factor)
    return Bounds(Fraction(0)) if limits is None else Bounds(*limits, hard=False, zero=True)
