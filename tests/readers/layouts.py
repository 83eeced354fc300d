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
from tests.readers.facts import (
    LABELS,
    Code,
    Course,
    Day,
    Event,
    Facts,
    FromIndex,
    Nominal,
    Number,
    Patient,
    Value,
    Visit,
    When,
    Word,
)

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
    "ids of rows": ("in every row", "once per block"),
    "header": ("first row", "title above", "two rows", "by letter", "a row of explanations below"),
    "around": ("nothing", "a note below", "a row left out", "blank rows between"),
    "sheets": ("one table each", "below each other"),
    "a code that says the patient was seen": ("none", "not done"),
    "days of visits": ("dates", "study days", "planned days", "labels", "fixed"),
    "history": ("not said", "complete", "since a date", "since the first entry"),
    "charted": ("not said", "yes"),
    "in order": ("not said", "one pressure below the other"),
    "age": ("none", "a column"),
    "a diagnosis": ("as asked for", "by terms", "none of these"),
    "a course that goes on": ("blank", "a word", "a day far ahead"),
}  # fmt: skip

#: Factors to the measure's own unit, from their definitions: 1 kat is 6e7 U, a pound is 0.45359237 kg.
UNITS: dict[str, dict[str, Fraction]] = {
    "ck": {"U/L": Fraction(1), "IU/L": Fraction(1), "ukat/L": Fraction(60), "µkat/L": Fraction(60), "nkat/L": Fraction(6, 100)},
    "weight": {"kg": Fraction(1), "g": Fraction(1, 1000), "lb": Fraction(45359237, 10**8)},
    "score": {"points": Fraction(1)},
    "dose": {"mg/day": Fraction(1), "mg/d": Fraction(1), "mg": Fraction(1)},
    "systolic": {"mmHg": Fraction(1)},
    "diastolic": {"mmHg": Fraction(1)},
}  # fmt: skip
NUMBERS = ("cmas", "ck", "weight", "score")
#: In place of the index day of a patient who has none.
NO_INDEX = -(10**6)


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
        #: What chart.yaml says beside the tables.
        self.said: dict[str, Any] = {}
        fits_fixed = not facts.dated
        self.values = choose.aspect("values", LAYOUTS["values"])
        nominal = ("whole numbers", "labels", "fixed") if self.values == "side by side" else ("whole numbers", "labels")
        self.nominal = choose.aspect("nominal", nominal) if fits_fixed else ""
        self.counted = self._count_from_index() if facts.dated else "dates"
        self.terms = choose.aspect("a diagnosis", LAYOUTS["a diagnosis"])
        endless = LAYOUTS["a course that goes on"][: 1 if self.parts else 3 if facts.dated else 2]
        self.endless = choose.aspect("a course that goes on", endless)
        self.history = choose.aspect(
            "history", [one for one in LAYOUTS["history"] if facts.dated or one != "since a date"]
        )
        if self.history in ("complete", "since the first entry"):
            self.said["history"] = "complete" if self.history == "complete" else {"since": "first entry"}
        if choose.aspect("in order", LAYOUTS["in order"]) != "not said":
            self.said["in_order"] = [["diastolic", "systolic"]]
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
        if isinstance(visit.day, FromIndex) and visit.day.index == NO_INDEX:
            return []
        if seen or (not kept and self.facts.dated and self.counted in ("dates", "study days")):
            return [fact_record(patient, "visit", name, visit.day)]
        return []

    def _count_from_index(self) -> str:
        """Put the visits of a dated chart on days counted from the index date, where they stand so."""
        ways = LAYOUTS["days of visits"][: 5 if self.values == "side by side" else 4]
        way = self.choose.aspect("days of visits", ways)
        for one in self.facts.patients if way != "dates" else ():
            starts = [course.start.low for course in one.courses if course.drug == "mycophenolate mofetil"]
            index = min(starts, default=NO_INDEX)
            days = sorted(LABELS) if way in ("labels", "fixed") else [-30, 5, 91]
            one.visits = [
                Visit(FromIndex(day, index), visit.values) for day, visit in zip(days, one.visits, strict=False)
            ]
        return way

    def _counts(self, patient: str) -> bool:
        """Whether rows on days counted from the index date have a day at all."""
        visits = next(one.visits for one in self.facts.patients if one.id == patient)
        return not any(isinstance(visit.day, FromIndex) and visit.day.index == NO_INDEX for visit in visits)

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
        grids = [grid for grid in self.grids if grid.lines]
        self._chart_kinds({grid.name for grid in grids})
        return grids

    def _chart_kinds(self, tables: set[str]) -> None:
        """Which kinds of fact the chart says were looked for, and which it then does not tell."""
        patients = self.facts.patients
        could = {
            "adverse events": "events" in tables, "other drugs": "drugs" in tables,
            "deaths": "deaths" in tables or self.deaths != "a table", "diagnoses": True,
        }  # fmt: skip
        held = {
            "adverse events": any(one.events for one in patients),
            "other drugs": any(course.drug != "mycophenolate mofetil" for one in patients for course in one.courses),
            "deaths": any(one.death is not None for one in patients)
            or (
                self.facts.fatal == "death"
                and any(event.outcome == "fatal" for one in patients for event in one.events)
            ),
            "diagnoses": True,
        }
        said = self.choose.aspect("charted", LAYOUTS["charted"]) == "yes"
        if said:
            self.said["charted"] = {kind: "yes" for kind, there in could.items() if there}
        complete = self.history == "complete"
        self.not_charted = {
            kind for kind in could
            if not held[kind] and not (could[kind] and (said or (complete and kind in ("other drugs", "diagnoses"))))
        }  # fmt: skip

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
        if visit and self.counted != "dates":
            column = Column(key, (header,), "label" if self.counted == "labels" else "nominal")
            if self.counted == "labels":
                column.said["days"] = {label: f"{day} days" for day, label in LABELS.items()}
            else:
                column.said["counted"] = self.counted
            return [column]
        if not self.facts.dated:
            column = Column(key, (header,), "nominal")
            if visit and self.nominal == "labels":
                column.kind = "label"
                column.said["days"] = {label: f"{day} days" for day, label in LABELS.items()}
            return [column]
        if self.parts:
            return [Column(f"{key}.{part}", (f"{header} {part}",), "part") for part in ("year", "month", "day")]
        return [Column(key, (header,), "when")]

    def _date(self, key: str, day: Day | Word | None) -> dict[str, Said]:
        if not (self.facts.dated and self.parts) or isinstance(day, FromIndex):
            return {key: day}
        parts = (day.year, day.month, day.day) if isinstance(day, When) else (0, 0, 0)
        return {f"{key}.{part}": number or None for part, number in zip(("year", "month", "day"), parts, strict=True)}

    def _declared_date(self, key: str, name: Callable[[str], Any], *, visit: bool = False) -> Any:
        if self.facts.dated and self.parts and not (visit and self.counted != "dates"):
            named = {part: name(f"{key}.{part}") for part in ("year", "month", "day")}
            plain = {part: one["column"] if isinstance(one, dict) else one for part, one in named.items()}
            missing = [one["missing"] for one in named.values() if isinstance(one, dict)]
            return {**plain, **({"missing": missing[0]} if missing else {})}
        return name(key)

    def _numbers(self, suffix: str = "", header: str = "") -> list[Column]:
        """The columns of a visit's values."""
        columns = []
        for measure in (*NUMBERS, *["dose"] * (self.facts.dose != "none")):
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
        if isinstance(visit.day, FromIndex) and visit.day.index == NO_INDEX:
            return {}
        for measure, value in visit.values.items():
            if value is not None and not self._compared(measure):
                column = column_of.get(measure)
                meant = measured(column, value) if column is not None else value
                found[column.key if column else measure] = value_record(patient, measure, visit.day, meant)
        return found

    def _compared(self, measure: str) -> bool:
        """Whether a dose at a visit is only held against the courses, and is no value."""
        return measure == "dose" and self.facts.dose == "compared with courses"

    def _declared_values(self, columns: list[Column], name: Callable[[str], Any], suffix: str = "") -> dict[str, Any]:
        declared = {}
        for column in columns:
            if column.kind in ("number", "yes or no"):
                said = name(column.key)
                if column.measure == "dose" and not self._compared("dose"):
                    said = {**(said if isinstance(said, dict) else {"column": said}), "drug": "prednisone"}
                declared[column.measure] = said
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
        self.deaths = deaths
        aged = not facts.dated and choose.aspect("age", LAYOUTS["age"]) == "a column"
        since = self.history == "since a date"
        columns = [
            *self._id(), Column("sex", ("sex",), "words"), Column("site", ("centre",), "text"), Column("never", ("MTX never",), "yes or no"),
        ]  # fmt: skip
        if facts.dated:
            columns += self._when("birth", "born")
        columns += [Column("age", ("years",), "number")] * aged
        columns += self._when("known", "known since") if since else []
        if diagnoses != "a table":
            columns += [Column("diagnosis", ("diagnosis",), "text")] * (diagnoses != "one for all")
            columns += self._when("diagnosed", "diagnosed")
        if deaths != "a table":
            columns += self._when("death", "died")
        lines = []
        for one in facts.patients:
            cells = {**self._ids(one.id), "sex": one.sex or None, "site": one.site or None, "never": one.never}
            cells |= self._date("birth", one.birth)
            age = Number(Fraction(choose.number(2, 16))) if aged and choose.yes() else None
            known = choose.one([None, When(2004, 5, 6), When(2004, 5), When(2004)]) if since else None
            cells |= {"age": age} if aged else {}
            cells |= self._date("known", known) if since else {}
            records = [person_record(one, age, known)]
            if one.never:
                records.append(fact_record(one.id, "never", "methotrexate", None))
            if diagnoses != "a table":
                written, meant = (one.diagnosis,) * 2 if diagnoses == "one for all" else self._diagnosis(one.diagnosis)
                cells |= {"diagnosis": written, **self._date("diagnosed", one.diagnosed)}
                records.append(fact_record(one.id, "diagnosis", meant, one.diagnosed))
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
            if aged:
                declared["age"] = name("age")
            if since:
                self.said["history"] = {"since": self._declared_date("known", name)}
            if diagnoses != "a table":
                term = {"value": "juvenile dermatomyositis"} if diagnoses == "one for all" else name("diagnosis")
                declared["diagnoses"] = [{"diagnosis": term, "date": self._declared_date("diagnosed", name)}]
                declared |= self._declared_terms()
            if deaths != "a table":
                declared["death"] = self._declared_date("death", name)
            return declared

        self.grids.append(Grid("patients", columns, lines, declare))
        if diagnoses == "a table":
            self._diagnoses()
        if deaths == "a table":
            self._deaths()

    def _diagnosis(self, term: str) -> tuple[str, str]:
        """A diagnosis as it is written, and what it then means."""
        return {"by terms": ("JDM", term), "none of these": ("JDM", "JDM")}.get(self.terms, (term, term))

    def _declared_terms(self) -> dict[str, Any]:
        meanings = {"by terms": "juvenile dermatomyositis", "none of these": "none of these"}
        return {"terms": {"JDM": meanings[self.terms]}} if self.terms in meanings else {}

    def _diagnoses(self) -> None:
        columns = [*self._id(), Column("diagnosis", ("what",), "text"), *self._when("day", "when")]
        lines = [
            Line({**self._ids(one.id), "diagnosis": self._diagnosis(one.diagnosis)[0], **self._date("day", one.diagnosed)},
                 [fact_record(one.id, "diagnosis", self._diagnosis(one.diagnosis)[1], one.diagnosed)], one.id)
            for one in self.facts.patients
        ]  # fmt: skip
        self.grids.append(
            Grid("diagnoses", columns, lines, lambda name: {
                "kind": "diagnoses", "patient": self._declared_id(name), "diagnosis": name("diagnosis"), "date": self._declared_date("day", name),
                **self._declared_terms()})
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
                said = [*records.values(), *self._visit_records(patient, visit, "visit")]
                lines.append(Line(cells, said, patient, self._status([visit]), of=records))

            def declare(name: Callable[[str], Any], numbers: list[Column] = numbers) -> dict[str, Any]:
                return {"kind": "visits", "patient": self._declared_id(name), "date": self._declared_date("day", name, visit=True),
                        "measures": self._declared_values(numbers, name)}  # fmt: skip

            self.grids.append(Grid(name_, columns, lines, declare))

    def _status(self, visits: list[Visit]) -> str:
        """A row on days counted from the index date is out of scope without one, unless it is a row for planned visits with nothing in it."""
        for visit in visits:
            empty = all(value is None for value in visit.values.values())
            without = isinstance(visit.day, FromIndex) and visit.day.index == NO_INDEX
            if without and (not empty or self.counted == "study days"):
                return "out of scope"
        return "used"

    def _side_by_side(self) -> None:
        choose, facts = self.choose, self.facts
        most = max((len(one.visits) for one in facts.patients), default=0)
        if not most:
            return
        with_patients = choose.aspect("patients", LAYOUTS["patients"]) == "with the visits side by side"
        fixed = "fixed" in (self.nominal, self.counted)
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
            lines.append(Line(cells, records, one.id, self._status(one.visits), of=of))

        def declare(name: Callable[[str], Any]) -> dict[str, Any]:
            days = sorted(LABELS)
            return {"kind": "side by side", "patient": self._declared_id(name), "visits": {
                names[place]: {
                    "date": {"nominal_day": f"{days[place]} days"} if fixed else self._declared_date(f"day{suffix}", name, visit=True),
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
        } | ({} if self.facts.dose == "none" else {"dose": "Dose"})
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
                    records = [] if self._compared(measure) else [value_record(one.id, measure, visit.day, meant)]
                    seen = isinstance(value, Code) and value.meaning == self.seen
                    visit_itself = [fact_record(one.id, "visit", "visit", visit.day)] * seen
                    status = self._status([visit])
                    said = [*records, *visit_itself] if status == "used" else []
                    lines.append(
                        Line(cells, said, one.id, status, of={"value": records[0]} if said and records else {})
                    )
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
                "kind": "long", "patient": self._declared_id(name), "date": self._declared_date("day", name, visit=True), "measure": name("what"),
                "value": name("value"), "measures": {word: measure for measure, word in words.items()}, "other": ["mood"],
            }  # fmt: skip
            if "dose" in words and not self._compared("dose"):
                said = declared["value"]
                declared["value"] = {**(said if isinstance(said, dict) else {"column": said}), "drug": "prednisone"}
            return {**declared, "unit": name("unit")} if with_unit else declared

        self.grids.append(Grid("values", columns, lines, declare))

    def _courses(self) -> None:
        choose = self.choose
        names = {
            "mycophenolate mofetil": ["MMF", "mycophenolate mofetil", "CellCept"], "prednisone": ["prednisone", "Prednisone", "our prednisone"],
            "methotrexate": ["MTX", "methotrexate"], "prednisolone": ["prednisolone", "Orapred"],
            "wundersaft": ["Wundersaft"], "unnamed biologics": ["study biologic"],
        }  # fmt: skip
        often = {
            Fraction(1): ["once daily", "qd", "1x/day"],
            Fraction(2): ["twice daily", "BD", "2"],
            Fraction(1, 2): ["alternate days"],
            Fraction(1, 7): ["weekly", "once a week", "on Mondays"],
        }
        routes = {"oral": ["oral", "PO", "by mouth"], "intravenous": ["IV", "intravenous"]}
        columns = [
            *self._id(), Column("drug", ("drug",), "text"), *self._when("start", "start"), *self._when("stop", "stop"),
            Column("dose", ("dose",), "number", "dose"), Column("unit", ("dose unit",), "text"), Column("often", ("how often",), "text"),
            Column("route", ("route",), "text"), Column("reason", ("why stopped",), "text"),
        ]  # fmt: skip
        last_day = choose.yes()
        goes_on: dict[str, Word | None] = {
            "blank": None,
            "a word": Word("still on it"),
            "a day far ahead": Word("2099-12-31"),
        }
        lines = []
        for one in self.facts.patients:
            made: list[tuple[dict[str, Said], Record]] = []
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
                    **self._date("stop", goes_on[self.endless] if stop is None else stop),
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
                made.append((cells, course_record(one.id, course, ends, per_day)))
            records = [record for _, record in made]
            if self.facts.overlaps == "replace":
                records = replaced(records)
            for (cells, _), record in zip(made, records, strict=True):
                lines.append(
                    Line(cells, [record], one.id, of=dict.fromkeys(("dose", "drug", "unit", "often", "route"), record))
                )

        def declare(name: Callable[[str], Any]) -> dict[str, Any]:
            said = {} if self.facts.overlaps == "not said" else {"overlaps": self.facts.overlaps}
            word = goes_on[self.endless]
            return said | ({} if word is None else {"ongoing": [word.text]}) | {
                "kind": "drugs", "patient": self._declared_id(name), "drug": name("drug"), "start": self._declared_date("start", name),
                "stop": self._declared_date("stop", name), "stop_means": "last day taken" if last_day else "first day without",
                "blank_stop": "ongoing" if word is None else "refused", "dose": name("dose"), "unit": name("unit"),
                "frequency": name("often"), "route": name("route"), "stop_reason": name("reason"),
                "frequencies": {"2": "2", "on Mondays": "1/7"},
                "drugs": {"our prednisone": "prednisone", "Wundersaft": "none of these", "study biologic": "biologics"},
            }  # fmt: skip

        self.grids.append(Grid("drugs", columns, lines, declare))

    def _events(self) -> None:
        columns = [
            *self._id(), Column("event", ("event",), "text"), *self._when("day", "began"), *self._when("until", "ended"),
            Column("grade", ("grade",), "text"), Column("outcome", ("outcome",), "text"), Column("serious", ("serious",), "text"),
            Column("due", ("due to",), "text"),
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
                cells |= {"serious": event.serious or None, "due": event.due_to or None}
                records = [event_record(one.id, event)]
                if event.outcome == "fatal" and self.facts.fatal == "death":
                    day = event.until or event.day
                    records.append(fact_record(one.id, "death", "death", day, cause="adverse event"))
                lines.append(Line(cells, records, one.id))
        self.grids.append(
            Grid("events", columns, lines, lambda name: {
                "kind": "events", "patient": self._declared_id(name), "event": name("event"), "date": self._declared_date("day", name),
                "until": self._declared_date("until", name), "grade": name("grade"), "outcome": name("outcome"), "serious": name("serious"),
                "attributed_to": name("due"), **({} if self.facts.fatal == "none" else {"fatal": self.facts.fatal})})
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


def value_record(patient: str, measure: str, day: Day, value: Value) -> Record:
    number = Number(Fraction(int(value))) if isinstance(value, bool) else value
    if isinstance(number, Code):
        return ("value", patient, measure, day.low, day.high, None, "", number.meaning)
    assert isinstance(number, Number)
    return ("value", patient, measure, day.low, day.high, number.value, number.bound, "")


def person_record(one: Patient, age: Number | None = None, known: When | None = None) -> Record:
    birth = (None, None) if one.birth is None else (one.birth.low, one.birth.high)
    years, since = None if age is None else age.value, None if known is None else known.high
    return ("person", one.id, one.sex, *birth, years, (("site", one.site),) if one.site else (), since)


def fact_record(
    patient: str, kind: str, term: str, day: Day | None, until: Day | None = None, **attributes: str
) -> Record:  # fmt: skip
    days = (None, None) if day is None else (day.low, day.high)
    ends = (None, None) if until is None else (until.low, until.high)
    return ("fact", patient, kind, " ".join(term.split()), *days, *ends, tuple(sorted(attributes.items())))


def event_record(patient: str, event: Event) -> Record:
    words = {"grade": event.grade, "outcome": event.outcome, "serious": event.serious, "attributed_to": event.due_to}
    kept = {name: word for name, word in words.items() if word}
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


def replaced(courses: list[Record]) -> list[Record]:
    """Courses of which each ends on the day before the next of its drug and route begins, as `overlaps: replace` says.

    Of one within a longer one nobody knows what was taken after it: its last day is any up to that of the longer one.
    """
    found = list(courses)
    drug, first_low, first_high, last_low, last_high, route = 2, 3, 4, 5, 6, 10

    def pairs() -> list[tuple[int, int]]:
        return [
            (place, other)
            for place, earlier in enumerate(courses)
            for other, later in enumerate(courses)
            if earlier[drug] == later[drug] and earlier[first_high] < later[first_low]
            if earlier[route] == later[route] or not earlier[route] or not later[route]
        ]

    for place, other in pairs():
        reach, now = courses[place][last_high], found[other]
        if now[last_high] is not None and (
            reach is None or reach > now[last_high]
        ):  # then it may run as that one begins
            found[other] = (*now[:last_high], reach, *now[last_high + 1 :])
    for place, other in pairs():
        now, later = found[place], courses[other]
        if now[last_high] is not None and now[last_high] < later[first_low]:
            continue
        ends = [
            day - 1 if now[at] is None else min(now[at], day - 1)
            for at, day in ((last_low, later[first_low]), (last_high, later[first_high]))
        ]
        found[place] = (*now[:last_low], *ends, *now[last_high + 1 :])
    return found
