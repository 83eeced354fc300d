"""What the words of a drug row mean: frequency, unit, route, pulse."""

from __future__ import annotations

from fractions import Fraction

from caseseries import catalogue
from caseseries.catalogue import words_of
from caseseries.chart.cells import NumberReader, Quantity
from caseseries.chart.described import DrugsTable
from caseseries.chart.findings import DEPOTS
from caseseries.chart.header import place_of
from caseseries.protocol.drug_uses import drug_uses, drugs_of, local_only
from caseseries.source.drug_names import ReadName
from caseseries.source.records import Records
from caseseries.source.row import Row
from caseseries.source.table import TableReading


class DrugWords:
    """What the words of a drug row mean; each word that nothing knows is said once per row it stands in."""

    def __init__(self, reading: TableReading, records: Records, table: DrugsTable) -> None:
        self.reading, self.records, self.table = reading, records, table
        self.times = self._declared_times()
        self.glucocorticoids = drugs_of(records.protocol, "systemic glucocorticoids")
        self.no_route = False
        added_up = [dose.daily_dose for dose in records.protocol.doses.values() if dose.source == "courses"]
        self.dosed = frozenset[str]().union(*(drugs_of(records.protocol, group) for group in added_up))
        self.of_a_class = local_only([drugs_of(records.protocol, name) for _, name in drug_uses(records.protocol)])

    def _declared_times(self) -> dict[str, Fraction]:
        times, reader = {}, NumberReader({})
        for word, written in self.table.frequencies.items():
            read = reader.read(written) if "/" not in written else None
            if "/" in written:
                above, _, below = written.partition("/")
                parts = [reader.read(part) for part in (above, below)]
                if all(isinstance(part, Quantity) and part.value > 0 for part in parts):
                    first, second = parts
                    assert isinstance(first, Quantity) and isinstance(second, Quantity)
                    read = Quantity(first.value / second.value)
            if not isinstance(read, Quantity) or read.censor or read.value < 0:
                place = place_of(self.reading.sheet, None)
                self.reading.findings.add(
                    "error",
                    "frequency",
                    "not a number of administrations per day",
                    place,
                    field=word,
                    allowed="a number or a fraction, such as 2 or 1/7",
                )
                continue
            times[" ".join(word.split()).casefold()] = read.value
        return times

    def per_day(self, row: Row, written: str) -> Fraction | None:
        """Administrations per day; None where none is recorded or known."""
        if not written:
            return None
        if written.casefold() in self.times:
            return self.times[written.casefold()]
        try:
            return catalogue.frequency(written)
        except catalogue.CatalogueMiss as miss:
            column = self.table.frequency.column if self.table.frequency is not None else None
            self.reading.look(
                row,
                "frequency",
                "not a known frequency, so the daily dose is not known",
                column,
                field="frequency",
                allowed=miss.expected or "words such as once daily; `frequencies` of this table declares others",
            )
            return None

    def unit(self, written: str) -> tuple[Fraction, str, Fraction | None]:
        """What an amount is multiplied by, the plain unit, and how often it is a day where the unit says so."""
        if not written:
            return Fraction(1), "", None
        try:
            known = catalogue.dose_unit(written)
        except catalogue.CatalogueMiss:
            return Fraction(1), written, None
        per = f"/{known.per}" if known.per else ""
        return known.mg, f"mg{per}", known.per_day

    def route(self, row: Row, written: str, meant: ReadName, *, pulse: bool) -> tuple[str, bool]:
        """The route and whether the dose counts as systemic; a form in the drug's name says it where no route is written, and so does a pulse."""
        column = self.table.route.column if self.table.route is not None else None
        counts = meant.key in self.glucocorticoids
        if not written:
            if meant.route:
                return meant.route, catalogue.route(meant.route).systemic
            if counts and meant.maybe_local and not pulse:
                return "", self._depot(row, meant)
            if counts and not self.no_route:
                self.no_route = True
                self.reading.findings.add(
                    "note",
                    "route",
                    "where no route is recorded, a drug counts as systemic",
                    place_of(self.reading.sheet, None),
                    field="route",
                )
            return "", True
        try:
            found = catalogue.route(written)
        except catalogue.CatalogueMiss as miss:
            if counts:
                self.reading.refuse(
                    row,
                    "route",
                    "not a known route, so it is not known whether the glucocorticoid counts",
                    column,
                    field="route",
                    allowed=miss.expected or "oral, intravenous, topical, ...",
                )
            else:
                what = "not a known route; the drug counts as systemic"
                self.reading.look(row, "route", what, column, field="route", allowed=miss.expected)
            return written, True
        if counts and meant.route and catalogue.route(meant.route).systemic != found.systemic:
            decision = self.reading.decided(row, column) if column else None
            if decision is None or not decision.as_found:
                what = f"the drug's name says a form that is {meant.route}, the route another"
                self.reading.refuse(
                    row, "route", what, column, field="route", allowed=f"{meant.route}, or the drug without its form"
                )
        return found.key, found.systemic

    def _depot(self, row: Row, meant: ReadName) -> bool:
        """Whether a depot, an injection or a salt of eye drops counts as systemic without a route; asked where a daily dose is made of it."""
        column, said = self.table.drug.column, self.table.depot_without_route
        decision = self.reading.decided(row, column) if column else None
        if said is not None or (decision is not None and decision.as_found):
            return said != "local"
        kind = meant.maybe_local if " " in meant.maybe_local else "a salt of depots, joint injections and eye drops"
        what = f"a glucocorticoid that is {kind} and has no route may be local"
        if meant.key in self.dosed:
            allowed = "a route, or `drugs` of this table with one (such as triamcinolone intra-articular); `depot_without_route`"
            self.reading.refuse(row, DEPOTS, what, column, field="route", allowed=allowed)
        else:
            what += "; it counts as systemic"
            self.reading.look(row, "route", what, column, field="route", allowed="a route")
        return True

    def tell(
        self,
        row: Row,
        per_day: Fraction | None,
        mg: Fraction,
        plain: str,
        of_unit: Fraction | None,
        route: str,
        *,
        systemic: bool,
    ) -> None:
        """Keep what the words of frequency, unit and route were taken for."""
        table, reading = self.table, self.reading
        if table.frequency is not None:
            reading.means(
                row, table.frequency.column, "no daily amount" if per_day is None else f"{words_of(per_day)} a day"
            )
        if table.unit is not None:
            times = "" if of_unit is None else f", {words_of(of_unit)} a day"
            known = plain in {"mg", "mg/kg", "mg/m2"}
            reading.means(row, table.unit.column, f"{words_of(mg)} {plain}{times}" if known else "no unit of dose")
        if table.route is not None:
            reading.means(row, table.route.column, f"{route}, {'systemic' if systemic else 'not systemic'}")

    def says_pulse(self, written: str, schedule: str, name: str) -> bool:
        """Whether the words of a row say that it is a pulse; those of a column of pulses alone where something stands there."""
        if written:
            return written.casefold() in self.reading.yes_no_reader().yes or "pulse" in written.casefold()
        return any("pulse" in words.casefold() for words in (schedule, name))

    def pulse(
        self,
        row: Row,
        drug: str,
        amount: Fraction | None,
        unit: str,
        route: str,
        written: str,
        schedule: str,
        name: str,
    ) -> bool:
        """Whether the course is an intravenous glucocorticoid pulse: by its words, or by the catalogue's threshold."""
        if drug not in self.glucocorticoids:
            return False
        if written or self.says_pulse(written, schedule, name):
            return self.says_pulse(written, schedule, name)
        limits = next((one for one in catalogue.pulses() if one.ingredient == drug and route in one.routes), None)
        if limits is None or amount is None:
            return False
        pulse = (unit == "mg" and amount >= limits.mg) or (unit == "mg/kg" and amount >= limits.mg_per_kg)
        if pulse:
            self.reading.look(
                row,
                "pulse",
                "the dose is a pulse by the catalogue's threshold",
                self.table.dose.column if self.table.dose else None,
                field="dose",
                severity="note",
            )
        return pulse
