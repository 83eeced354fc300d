"""Where the facts stand: every kind of table and every shape that the chart language knows.

A layout makes grids of cells that are not spelt yet, and states for each line the records that it says. `declare` of a grid
gives its part of chart.yaml, once the columns know how they are spelt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.readers.choosing import Chooser
from tests.readers.facts import LABELS, Code, Course, Event, Facts, Nominal, Number, Patient, Value, Visit, When

#: One record as the chart must hold it; compared as it stands.
Record = tuple[Any, ...]
Said = Any

LAYOUTS = {
    "values": ("a visit a row", "a visit a row, two tables", "a value a row", "a value a row with its unit", "side by side"),
    "pressure": ("two columns", "one cell"),
    "id": ("one column", "two columns"),
    "dates": ("one column", "three columns"),
    "nominal": ("whole numbers", "labels", "fixed"),
    "diagnoses": ("on the patient's row", "a table", "one for all"),
    "deaths": ("on the patient's row", "a table"),
    "patients": ("alone", "with the visits side by side"),
    "screening": ("none", "a table"),
    "strangers": ("none", "out of scope"),
    "columns": ("as read", "shuffled, with others"),
    "rows": ("in order", "shuffled"),
    "header": ("first row", "title above", "two rows", "by letter", "a row of explanations below"),
    "around": ("nothing", "a note below", "a row left out", "blank rows between"),
    "sheets": ("one table each", "below each other"),
    "a code that says the patient was seen": ("none", "not done"),
}  # fmt: skip

#: Factors to the measure's own unit, from their definitions: 1 kat is 6e7 U, a pound is 0.45359237 kg.
UNITS: dict[str, dict[str, Fraction]] = {
    "ck": {"U/L": Fraction(1), "IU/L": Fraction(1), "ukat/L": Fraction(60), "µkat/L": Fraction(60), "nkat/L": Fraction(6, 100)},
    "weight": {"kg": Fraction(1), "g": Fraction(1, 1000), "lb": Fraction(45359237, 10**8)},
    "score": {"points": Fraction(1)},
    "systolic": {"mmHg": Fraction(1)},
    "diastolic": {"mmHg": Fraction(1)},
}  # fmt: skip
NUMBERS = ("cmas", "ck", "weight", "score")


@dataclass
class Column:
    """A column: what its cells are (`kind`), its header, and what chart.yaml says of it beyond the name (`said`)."""

    key: str
    header: tuple[str, ...]
    kind: str
    measure: str = ""
    unit: str = ""
    said: dict[str, Any] = field(default_factory=dict)
    spelt: dict[str, str] = field(default_factory=dict)
    read: bool = True


@dataclass
class Line:
    """A row: its cells by column, the records it says, and the patient it is about."""

    cells: dict[str, Said]
    records: list[Record]
    patient: str
    status: str = "used"
    #: The record that rests on the cell of a column, where it is one.
    of: dict[str, Record] = field(default_factory=dict)


@dataclass
class Grid:
    """One table of chart.yaml, not placed on a sheet yet."""

    name: str
    columns: list[Column]
    lines: list[Line]
    declare: Callable[[Callable[[str], Any]], dict[str, Any]]
    ignore: list[str] = field(default_factory=list)
    #: Whether the file or sheet is that of another grid, so that it is written once.
    shares: str = ""

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)


class Layout:
    """Lays facts out, with the choices of one drawn chart."""

    def __init__(self, choose: Chooser, facts: Facts) -> None:
        self.choose, self.facts = choose, facts
        two = facts.patients[0].id.startswith("S1-")
        self.two_ids = two and choose.aspect("id", LAYOUTS["id"]) == "two columns"
        self.parts = facts.dated and choose.aspect("dates", LAYOUTS["dates"]) == "three columns"
        fits_fixed = not facts.dated
        self.values = choose.aspect("values", LAYOUTS["values"])
        nominal = ("whole numbers", "labels", "fixed") if self.values == "side by side" else ("whole numbers", "labels")
        self.nominal = choose.aspect("nominal", nominal) if fits_fixed else ""
        self.pressure = choose.aspect("pressure", LAYOUTS["pressure"]) if not self.values.startswith("a value") else ""
        self.seen = choose.aspect(
            "a code that says the patient was seen", LAYOUTS["a code that says the patient was seen"]
        )
        self.grids: list[Grid] = []

    def _visit_records(self, patient: str, visit: Visit, name: str) -> list[Record]:
        """The visit itself, if anything observed the patient: a value, a code that says so, or a visit of which nothing was kept.

        Where days are planned and not dated, a visit of which nothing was kept did not take place.
        """
        kept = [value for value in visit.values.values() if value is not None]
        seen = any(not isinstance(value, Code) or value.meaning == self.seen for value in kept)
        if seen or (not kept and self.facts.dated):
            return [fact_record(patient, "visit", name, visit.day)]
        return []

    def lay_out(self) -> list[Grid]:
        """Every grid; lines and columns in their drawn order."""
        choose, facts = self.choose, self.facts
        self._patients()
        {"side by side": self._side_by_side}.get(
            self.values, self._long if self.values.startswith("a value") else self._visits
        )()
        self._courses()
        self._events()
        if facts.dated and choose.aspect("screening", LAYOUTS["screening"]) == "a table":
            self._screening()
        if choose.aspect("strangers", LAYOUTS["strangers"]) == "out of scope":
            self._strangers()
        if choose.aspect("rows", LAYOUTS["rows"]) == "shuffled":
            for grid in self.grids:
                grid.lines = choose.shuffled(grid.lines)
        if choose.aspect("columns", LAYOUTS["columns"]) == "shuffled, with others":
            for grid in self.grids:
                grid.columns.append(Column("other", ("seen by",), "note", read=False))
                for line in grid.lines:
                    line.cells["other"] = choose.one(["", "Dr A", "Dr B, ward 3"])
                grid.ignore = ["other"] if choose.yes() else []
                grid.columns = choose.shuffled(grid.columns)
        return [grid for grid in self.grids if grid.lines]

    # --- Parts that tables have in common ---------------------------------------------------------------------------

    def _id(self) -> list[Column]:
        if self.two_ids:
            return [Column("id", ("site no",), "id"), Column("id2", ("subject",), "id")]
        return [Column("id", ("id",), "id")]

    def _ids(self, patient: str) -> dict[str, Said]:
        site, _, number = patient.partition("-")
        return {"id": site, "id2": number} if self.two_ids else {"id": patient}

    def _declared_id(self, name: Callable[[str], Any]) -> Any:
        return [name("id"), name("id2")] if self.two_ids else name("id")

    def _when(self, key: str, header: str, *, visit: bool = False) -> list[Column]:
        """The column, or the three, of a date."""
        if not self.facts.dated:
            column = Column(key, (header,), "nominal")
            if visit and self.nominal == "labels":
                column.kind = "label"
                column.said["days"] = {label: f"{day} days" for day, label in LABELS.items()}
            return [column]
        if self.parts:
            return [Column(f"{key}.{part}", (f"{header} {part}",), "part") for part in ("year", "month", "day")]
        return [Column(key, (header,), "when")]

    def _date(self, key: str, day: When | Nominal | None) -> dict[str, Said]:
        if not (self.facts.dated and self.parts):
            return {key: day}
        parts = (day.year, day.month, day.day) if isinstance(day, When) else (0, 0, 0)
        return {f"{key}.{part}": number or None for part, number in zip(("year", "month", "day"), parts, strict=True)}

    def _declared_date(self, key: str, name: Callable[[str], Any]) -> Any:
        if self.facts.dated and self.parts:
            named = {part: name(f"{key}.{part}") for part in ("year", "month", "day")}
            plain = {part: one["column"] if isinstance(one, dict) else one for part, one in named.items()}
            missing = [one["missing"] for one in named.values() if isinstance(one, dict)]
            return {**plain, **({"missing": missing[0]} if missing else {})}
        return name(key)

    def _numbers(self, suffix: str = "", header: str = "") -> list[Column]:
        """The columns of a visit's values."""
        columns = []
        for measure in NUMBERS:
            column = Column(measure + suffix, (header + measure.upper(),), "number", measure)
            if measure in UNITS:
                self._give_unit(column)
            columns.append(column)
        if self.pressure == "one cell":
            columns.append(Column("pressure" + suffix, (f"{header}BP",), "pair"))
        else:
            for measure in ("systolic", "diastolic"):
                column = Column(measure + suffix, (header + measure,), "number", measure)
                column.said["unit"] = column.unit = "mmHg"
                columns.append(column)
        columns.append(Column("improved" + suffix, (f"{header}better",), "yes or no", "improved"))
        return columns

    def _give_unit(self, column: Column) -> None:
        unit = self.choose.aspect(f"unit of {column.measure}", tuple(UNITS[column.measure]))
        column.unit = column.said["unit"] = unit

    def _value_cells(self, visit: Visit, columns: list[Column], suffix: str = "") -> dict[str, Said]:
        cells: dict[str, Said] = {}
        for column in columns:
            if column.kind == "number":
                cells[column.key] = written(
                    column, visit.values[column.key.removesuffix(suffix) if suffix else column.key]
                )
            elif column.kind == "pair":
                cells[column.key] = (visit.values["systolic"], visit.values["diastolic"])
            elif column.kind == "yes or no":
                cells[column.key] = visit.values["improved"]
        return cells

    def _value_records(self, patient: str, visit: Visit, columns: list[Column]) -> dict[str, Record]:
        """The records of a visit's values by the column they stand in, or by the measure where a column holds two."""
        column_of = {column.measure: column for column in columns if column.kind in ("number", "yes or no")}
        found = {}
        for measure, value in visit.values.items():
            if value is not None:
                column = column_of.get(measure)
                meant = measured(column, value) if column is not None else value
                found[column.key if column else measure] = value_record(patient, measure, visit.day, meant)
        return found

    def _declared_values(self, columns: list[Column], name: Callable[[str], Any], suffix: str = "") -> dict[str, Any]:
        declared = {}
        for column in columns:
            if column.kind in ("number", "yes or no"):
                declared[column.measure] = name(column.key)
            elif column.kind == "pair":
                both = name(column.key)
                both = both if isinstance(both, dict) else {"column": both}
                for place, measure in enumerate(("systolic", "diastolic"), 1):
                    declared[measure] = {**both, "unit": "mmHg", "split": "/", "part": place}
        return declared

    # --- The tables -------------------------------------------------------------------------------------------------

    def _patients(self) -> None:
        choose, facts = self.choose, self.facts
        diagnoses, deaths = choose.aspect("diagnoses", LAYOUTS["diagnoses"]), choose.aspect("deaths", LAYOUTS["deaths"])
        columns = [
            *self._id(), Column("sex", ("sex",), "words"), Column("site", ("centre",), "text"), Column("never", ("MTX never",), "yes or no"),
        ]  # fmt: skip
        if facts.dated:
            columns += self._when("birth", "born")
        if diagnoses != "a table":
            columns += [Column("diagnosis", ("diagnosis",), "text")] * (diagnoses != "one for all")
            columns += self._when("diagnosed", "diagnosed")
        if deaths != "a table":
            columns += self._when("death", "died")
        lines = []
        for one in facts.patients:
            cells = {**self._ids(one.id), "sex": one.sex or None, "site": one.site or None, "never": one.never}
            cells |= self._date("birth", one.birth)
            records = [person_record(one)]
            if one.never:
                records.append(fact_record(one.id, "never", "methotrexate", None))
            if diagnoses != "a table":
                cells |= {"diagnosis": one.diagnosis, **self._date("diagnosed", one.diagnosed)}
                records.append(fact_record(one.id, "diagnosis", one.diagnosis, one.diagnosed))
            if deaths != "a table":
                cells |= self._date("death", one.death)
                if one.death is not None:
                    records.append(fact_record(one.id, "death", "death", one.death))
            lines.append(Line(cells, records, one.id))

        def declare(name: Callable[[str], Any]) -> dict[str, Any]:
            declared: dict[str, Any] = {
                "kind": "patients", "patient": self._declared_id(name), "sex": name("sex"), "attributes": {"site": name("site")},
                "never": {"methotrexate": name("never")},
            }  # fmt: skip
            if facts.dated:
                declared["birth"] = self._declared_date("birth", name)
            if diagnoses != "a table":
                term = {"value": "juvenile dermatomyositis"} if diagnoses == "one for all" else name("diagnosis")
                declared["diagnoses"] = [{"diagnosis": term, "date": self._declared_date("diagnosed", name)}]
            if deaths != "a table":
                declared["death"] = self._declared_date("death", name)
            return declared

        self.grids.append(Grid("patients", columns, lines, declare))
        if diagnoses == "a table":
            self._diagnoses()
        if deaths == "a table":
            self._deaths()

    def _diagnoses(self) -> None:
        columns = [*self._id(), Column("diagnosis", ("what",), "text"), *self._when("day", "when")]
        lines = [
            Line({**self._ids(one.id), "diagnosis": one.diagnosis, **self._date("day", one.diagnosed)},
                 [fact_record(one.id, "diagnosis", one.diagnosis, one.diagnosed)], one.id)
            for one in self.facts.patients
        ]  # fmt: skip
        self.grids.append(
            Grid("diagnoses", columns, lines, lambda name: {
                "kind": "diagnoses", "patient": self._declared_id(name), "diagnosis": name("diagnosis"), "date": self._declared_date("day", name)})
        )  # fmt: skip

    def _deaths(self) -> None:
        columns = [*self._id(), *self._when("day", "died on"), Column("cause", ("cause",), "text")]
        lines = []
        for one in self.facts.patients:
            if one.death is not None:
                cells = {**self._ids(one.id), **self._date("day", one.death), "cause": "infection"}
                lines.append(Line(cells, [fact_record(one.id, "death", "death", one.death, cause="infection")], one.id))
        self.grids.append(
            Grid("deaths", columns, lines, lambda name: {
                "kind": "deaths", "patient": self._declared_id(name), "date": self._declared_date("day", name), "cause": name("cause")})
        )  # fmt: skip

    def _visits(self) -> None:
        visits = [(one.id, visit) for one in self.facts.patients for visit in one.visits]
        cut = len(visits) // 2 if self.values.endswith("two tables") else len(visits)
        for part, name_ in ((visits[:cut], "visits"), (visits[cut:], "later visits")):
            columns = [*self._id(), *self._when("day", "seen", visit=True), *(numbers := self._numbers())]
            lines = []
            for patient, visit in part:
                cells = {**self._ids(patient), **self._date("day", visit.day), **self._value_cells(visit, numbers)}
                records = self._value_records(patient, visit, numbers)
                lines.append(
                    Line(cells, [*records.values(), *self._visit_records(patient, visit, "visit")], patient, of=records)
                )

            def declare(name: Callable[[str], Any], numbers: list[Column] = numbers) -> dict[str, Any]:
                return {"kind": "visits", "patient": self._declared_id(name), "date": self._declared_date("day", name),
                        "measures": self._declared_values(numbers, name)}  # fmt: skip

            self.grids.append(Grid(name_, columns, lines, declare))

    def _side_by_side(self) -> None:
        choose, facts = self.choose, self.facts
        most = max((len(one.visits) for one in facts.patients), default=0)
        if not most:
            return
        with_patients = choose.aspect("patients", LAYOUTS["patients"]) == "with the visits side by side"
        fixed = self.nominal == "fixed"
        names, blocks, columns = (
            [f"visit {number}" for number in range(1, most + 1)],
            [],
            [] if with_patients else self._id(),
        )
        for place in range(most):
            suffix, header = f" {place}", f"V{place + 1} "
            date = [] if fixed else self._when(f"day{suffix}", f"{header}day", visit=True)
            numbers = self._numbers(suffix, header)
            blocks.append((suffix, numbers))
            columns += [*date, *numbers]
        lines = []
        for one in facts.patients:
            cells: dict[str, Said] = self._ids(one.id)
            records, of = list[Record](), dict[str, Record]()
            for place, (suffix, numbers) in enumerate(blocks):
                visit = one.visits[place] if place < len(one.visits) else None
                if visit is None:
                    cells |= {column.key: (None, None) if column.kind == "pair" else None for column in numbers}
                    cells |= {} if fixed else self._date(f"day{suffix}", None)
                    continue
                cells |= self._value_cells(visit, numbers, suffix)
                cells |= {} if fixed else self._date(f"day{suffix}", visit.day)
                of |= (own := self._value_records(one.id, visit, numbers))
                records += [*own.values(), *self._visit_records(one.id, visit, names[place])]
            lines.append(Line(cells, records, one.id, of=of))

        def declare(name: Callable[[str], Any]) -> dict[str, Any]:
            days = sorted(LABELS)
            return {"kind": "side by side", "patient": self._declared_id(name), "visits": {
                names[place]: {
                    "date": {"nominal_day": f"{days[place]} days"} if fixed else self._declared_date(f"day{suffix}", name),
                    "measures": self._declared_values(numbers, name, suffix),
                } for place, (suffix, numbers) in enumerate(blocks)
            }}  # fmt: skip

        grid = Grid("side by side", columns, lines, declare)
        if with_patients:
            patients = self.grids[0]
            patients.columns += columns
            for line, more in zip(patients.lines, lines, strict=True):
                line.cells |= more.cells
                line.of |= more.of
            grid.shares, grid.columns = "patients", patients.columns
        self.grids.append(grid)

    def _long(self) -> None:
        with_unit = self.values.endswith("with its unit")
        words = {
            "cmas": "CMAS",
            "ck": "CK",
            "weight": "Weight",
            "score": "Score",
            "systolic": "SBP",
            "diastolic": "DBP",
            "improved": "Better?",
        }
        columns = [
            *self._id(),
            *self._when("day", "date", visit=True),
            Column("what", ("test",), "text"),
            Column("value", ("result",), "any"),
        ]
        columns += [Column("unit", ("unit",), "text")] * with_unit
        lines = []
        for one in self.facts.patients:
            for visit in one.visits:
                for measure, value in visit.values.items():
                    if value is None:
                        continue
                    cell, meant, unit = value, value, ""
                    if with_unit and measure in UNITS:
                        column = Column("value", (), "number", measure)
                        self._give_unit(column)
                        cell, meant, unit = written(column, value), measured(column, value), column.unit
                    cells = {
                        **self._ids(one.id),
                        **self._date("day", visit.day),
                        "what": words[measure],
                        "value": cell,
                        "unit": unit or None,
                    }
                    record = value_record(one.id, measure, visit.day, meant)
                    seen = isinstance(value, Code) and value.meaning == self.seen
                    visit_itself = [fact_record(one.id, "visit", "visit", visit.day)] * seen
                    lines.append(Line(cells, [record, *visit_itself], one.id, of={"value": record}))
            if one.visits:
                cells = {
                    **self._ids(one.id),
                    **self._date("day", one.visits[0].day),
                    "what": "mood",
                    "value": None,
                    "unit": None,
                }
                lines.append(Line(cells, [], one.id, "out of scope"))

        def declare(name: Callable[[str], Any]) -> dict[str, Any]:
            declared = {
                "kind": "long", "patient": self._declared_id(name), "date": self._declared_date("day", name), "measure": name("what"),
                "value": name("value"), "measures": {word: measure for measure, word in words.items()}, "other": ["mood"],
            }  # fmt: skip
            return {**declared, "unit": name("unit")} if with_unit else declared

        self.grids.append(Grid("values", columns, lines, declare))

    def _courses(self) -> None:
        choose = self.choose
        names = {
            "mycophenolate mofetil": ["MMF", "mycophenolate mofetil", "CellCept"], "prednisone": ["prednisone", "Prednisone", "our prednisone"],
            "methotrexate": ["MTX", "methotrexate"], "prednisolone": ["prednisolone", "Orapred"],
        }  # fmt: skip
        often = {
            Fraction(1): ["once daily", "qd", "1x/day"],
            Fraction(2): ["twice daily", "BD", "2"],
            Fraction(1, 2): ["alternate days"],
            Fraction(1, 7): ["weekly", "once a week"],
        }
        routes = {"oral": ["oral", "PO", "by mouth"], "intravenous": ["IV", "intravenous"]}
        columns = [
            *self._id(), Column("drug", ("drug",), "text"), *self._when("start", "start"), *self._when("stop", "stop"),
            Column("dose", ("dose",), "number", "dose"), Column("unit", ("dose unit",), "text"), Column("often", ("how often",), "text"),
            Column("route", ("route",), "text"), Column("reason", ("why stopped",), "text"),
        ]  # fmt: skip
        last_day = choose.yes()
        lines = []
        for one in self.facts.patients:
            for course in one.courses:
                unit, per_day, frequency = (
                    course.unit,
                    course.per_day,
                    choose.one(often[course.per_day]) if course.per_day else None,
                )
                if course.amount is not None and choose.yes():
                    unit, per_day = f"{unit}/day", Fraction(1)
                stop = course.stop
                ends = None if stop is None else (stop.low, stop.high)
                if stop is not None and ends is not None and not last_day:
                    if stop.low == stop.high:
                        stop = next_day(stop)
                    else:
                        ends = (stop.low - 1, stop.high - 1)
                cells = {
                    **self._ids(one.id),
                    "drug": choose.one(names[course.drug]),
                    **self._date("start", course.start),
                    **self._date("stop", stop),
                }
                cells |= {
                    "dose": None if course.amount is None else Number(course.amount),
                    "unit": unit or None,
                    "often": frequency,
                }
                cells |= {
                    "route": choose.one(routes[course.route]) if course.route else None,
                    "reason": course.reason or None,
                }
                record = course_record(one.id, course, ends, per_day)
                lines.append(
                    Line(cells, [record], one.id, of=dict.fromkeys(("dose", "drug", "unit", "often", "route"), record))
                )

        def declare(name: Callable[[str], Any]) -> dict[str, Any]:
            return {
                "kind": "drugs", "patient": self._declared_id(name), "drug": name("drug"), "start": self._declared_date("start", name),
                "stop": self._declared_date("stop", name), "stop_means": "last day taken" if last_day else "first day without",
                "blank_stop": "ongoing", "dose": name("dose"), "unit": name("unit"), "frequency": name("often"), "route": name("route"),
                "stop_reason": name("reason"), "drugs": {"our prednisone": "prednisone"}, "frequencies": {"2": "2"},
            }  # fmt: skip

        self.grids.append(Grid("drugs", columns, lines, declare))

    def _events(self) -> None:
        columns = [
            *self._id(), Column("event", ("event",), "text"), *self._when("day", "began"), *self._when("until", "ended"),
            Column("grade", ("grade",), "text"), Column("outcome", ("outcome",), "text"),
        ]  # fmt: skip
        lines = []
        for one in self.facts.patients:
            for event in one.events:
                cells = {
                    **self._ids(one.id),
                    "event": event.term,
                    **self._date("day", event.day),
                    **self._date("until", event.until),
                }
                cells |= {"grade": event.grade or None, "outcome": event.outcome or None}
                lines.append(Line(cells, [event_record(one.id, event)], one.id))
        self.grids.append(
            Grid("events", columns, lines, lambda name: {
                "kind": "events", "patient": self._declared_id(name), "event": name("event"), "date": self._declared_date("day", name),
                "until": self._declared_date("until", name), "grade": name("grade"), "outcome": name("outcome")})
        )  # fmt: skip

    def _screening(self) -> None:
        columns = [*self._id(), Column("result", ("chart",), "text"), Column("why", ("why not",), "text")]
        lines = [
            Line(
                {**self._ids(one.id), "result": "yes", "why": None},
                [fact_record(one.id, "screening", "found", None)],
                one.id,
            )
            for one in self.facts.patients
        ]
        for other, term, why in self.facts.others:
            word = {"chart missing": "not found", "excluded": "not JDM"}[term]
            reason = {"reason": why or word} if term == "excluded" else {"reason": why} if why else {}
            record = fact_record(other, "screening", term, None, **reason)
            lines.append(Line({**self._ids(other), "result": word, "why": why or None}, [record], other))
        self.grids.append(
            Grid("screening", columns, lines, lambda name: {
                "kind": "screening", "patient": self._declared_id(name), "result": name("result"), "reason": name("why"),
                "found": ["yes"], "chart_missing": ["not found"], "excluded": ["not JDM"]})
        )  # fmt: skip

    def _strangers(self) -> None:
        """Rows about people who are not among the patients, left out by declaration."""
        grid = next((grid for grid in self.grids if grid.name in ("drugs", "events") and grid.lines), None)
        if grid is None:
            return
        model = grid.lines[0]
        other = self.facts.others[0][0]
        grid.lines.append(Line({**model.cells, **self._ids(other)}, [], other, "out of scope"))
        declare = grid.declare
        grid.declare = lambda name: {**declare(name), "other_patients": "out of scope"}


# --- Records as the chart must hold them ----------------------------------------------------------------------------


def next_day(day: When | Nominal) -> When | Nominal:
    import datetime as dt

    if isinstance(day, Nominal):
        return Nominal(day.low + 1)
    date = day.first + dt.timedelta(days=1)
    return When(date.year, date.month, date.day)


def millionths(value: Fraction) -> Fraction:
    """The nearest whole number of millionths, a half away from zero."""
    scaled = abs(value) * 10**6
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**6)


def written(column: Column, value: Value) -> Value:
    """What is written in the unit of the column."""
    if not isinstance(value, Number) or not column.unit:
        return value
    factor = UNITS[column.measure][column.unit]
    return Number(millionths(value.value / factor), value.bound)


def measured(column: Column, value: Value) -> Value:
    """What the written number means in the measure's own unit."""
    back = written(column, value)
    if not isinstance(back, Number) or not column.unit:
        return back
    return Number(millionths(back.value * UNITS[column.measure][column.unit]), back.bound)


def value_record(patient: str, measure: str, day: When | Nominal, value: Value) -> Record:
    number = Number(Fraction(int(value))) if isinstance(value, bool) else value
    if isinstance(number, Code):
        return ("value", patient, measure, day.low, day.high, None, "", number.meaning)
    assert isinstance(number, Number)
    return ("value", patient, measure, day.low, day.high, number.value, number.bound, "")


def person_record(one: Patient) -> Record:
    birth = (None, None) if one.birth is None else (one.birth.low, one.birth.high)
    return ("person", one.id, one.sex, *birth, None, (("site", one.site),) if one.site else ())


def fact_record(
    patient: str, kind: str, term: str, day: When | Nominal | None, until: When | Nominal | None = None, **attributes: str
) -> Record:  # fmt: skip
    days = (None, None) if day is None else (day.low, day.high)
    ends = (None, None) if until is None else (until.low, until.high)
    return ("fact", patient, kind, " ".join(term.split()), *days, *ends, tuple(sorted(attributes.items())))


def event_record(patient: str, event: Event) -> Record:
    kept = {name: word for name, word in (("grade", event.grade), ("outcome", event.outcome)) if word}
    return fact_record(patient, "event", event.term, event.day, event.until, **kept)


def course_record(patient: str, course: Course, ends: tuple[int, int] | None, per_day: Fraction | None) -> Record:
    """The days on which it may have begun and ended; no course ends before it begins."""
    first, last = (course.start.low, course.start.high), (None, None)
    if ends is not None:
        first, last = (first[0], min(first[1], ends[1])), (max(first[0], ends[0]), ends[1])
    return (
        "course",
        patient,
        course.drug,
        *first,
        *last,
        course.amount,
        course.unit,
        per_day,
        course.route,
        False,
        course.reason,
    )
