"""Courses of drugs: which, from when to when, how much, how often, by which route."""

from __future__ import annotations

from fractions import Fraction

from caseseries import catalogue
from caseseries.catalogue import words_of
from caseseries.chart.cells import NumberReader, Quantity
from caseseries.chart.columns import TextColumn
from caseseries.chart.dates import Span
from caseseries.chart.described import DrugsTable
from caseseries.chart.findings import DEPOTS, REASON_ALONE
from caseseries.chart.header import place_of
from caseseries.chart.tables import Course, Ends
from caseseries.protocol.drug_uses import LOCAL_ROWS, drug_uses, drugs_of, local_form, local_only
from caseseries.source.daily_dose import DailyDoses, in_its_unit
from caseseries.source.drug_names import DrugNames, ReadName
from caseseries.source.fatal import SAYS_NO_DRUG, FatalRow, means_death, says_none, tells_no_stop
from caseseries.source.people import belongs
from caseseries.source.records import Records
from caseseries.source.table import Row, TableReading


def read_drugs(reading: TableReading, records: Records) -> None:
    """Every course of a drugs table."""
    table = reading.table
    assert isinstance(table, DrugsTable)
    drug, route = reading.texts(table.drug, "drug"), reading.texts(table.route, "route")
    unit, frequency = reading.texts(table.unit, "unit"), reading.texts(table.frequency, "frequency")
    reason, pulse = reading.texts(table.stop_reason, "stop reason"), reading.texts(table.pulse, "pulse")
    start = reading.dates(table.start, "start")
    dose = reading.number_reader(table.dose) if table.dose is not None and reading.has(table.dose.column) else None
    stop = _Stops(reading, records, table)
    words, doses = _Words(reading, records, table), DailyDoses(reading, records, table)
    names = DrugNames.open(reading, records, table)
    start_header = table.start.columns[0] if table.start.columns else None
    for row in reading.rows:
        if not belongs(reading, records, row):
            continue
        name, begun, unit_ = drug(row), start(row), unit(row)
        amount = None
        if dose is not None and table.dose is not None:
            amount = reading.take(
                row, table.dose.column, in_its_unit(dose, reading.raw(row, table.dose.column), unit_), "dose"
            )
        schedule, route_, reason_, pulse_ = frequency(row), route(row), reason(row), pulse(row)
        ended = stop.read(row)
        value = amount if isinstance(amount, Quantity) else None
        if value is not None and (value.censor or value.value < 0) and not says_none(name):
            assert table.dose is not None
            reading.refuse(row, "dose", "not a dose", table.dose.column, field="dose", allowed="a number of 0 or more")
        if not row.is_used():
            if name and not says_none(name):
                names.read(row, name)  # what else is wrong with the row is told in the same run
            stop.look_backwards(row, begun, ended)
            continue
        if says_none(name) and not names.told(name):
            row.status, row.reason = "out of scope", SAYS_NO_DRUG
            continue
        if not name:
            what = "a course without a drug"
            reading.refuse(row, "drug", what, table.drug.column, field="drug", allowed="the name of the drug")
            continue
        if begun is None:
            what = "a course without a first day"
            reading.refuse(row, "date", what, start_header, field="start", allowed="the first day taken")
            continue
        meant = names.read(row, name)
        reading.means(row, table.drug.column, meant.key)
        key = meant.key
        if not row.is_used():
            continue
        first = stop.settle(row, start_header, begun)
        if first is None or not records.in_scope(row, first) or not records.alive(reading, row, start_header, first):
            continue
        last = None if ended is None else stop.settle(row, stop.header, ended)
        if not row.is_used():
            continue
        unknown = ended is None and (stop.unknown(row) or stop.reason_alone(row, reason_))
        if not row.is_used():
            continue
        ends = stop.ends(first, last, within=stop.within(begun, ended), unknown=unknown)
        if ends is None:
            stop.refuse_backwards(row)
            continue
        per_day, (mg, plain, of_unit) = words.per_day(row, schedule), words.unit(unit_)
        route_key, systemic = words.route(row, route_, meant, pulse=words.says_pulse(pulse_, schedule, name))
        words.tell(row, per_day, mg, plain, of_unit, route_key, systemic=systemic)
        times = per_day if of_unit is None else of_unit
        given = None if value is None else value.value * mg
        if not row.is_used():
            continue
        words_of_row = (("drug", table.drug, name), ("frequency", table.frequency, schedule), ("route", table.route, route_))  # fmt: skip
        for field, column, word in words_of_row:
            _doubt(reading, row, field, column, word)
        if means_death(reason_):
            said_in = table.stop_reason.column if table.stop_reason is not None else None
            records.fatal.append(FatalRow(reading, row, said_in, last))
        day, end = _shown(ends)
        course = Course(
            0, row.row_id, row.patient, key if systemic else local_form(key), day, end, given, plain, times, route_key, systemic,
            words.pulse(row, key, given, plain, route_key, pulse_, schedule, name), schedule if of_unit is None else _times(of_unit), reason_,
            None if ends == Ends(day, day, end, end) else ends,
        )  # fmt: skip
        if given is not None:
            records.units.setdefault(
                (f"the drug {key}", (table.unit.column if table.unit is not None else None) or ""), {}
            ).setdefault(" ".join(unit_.split()), (reading, row))
        if not course.taken and key not in words.dosed:
            reading.look(
                row, "dose", "a dose of 0: the drug was not taken", table.dose.column if table.dose else None,
                field="dose", severity="note",
            )  # fmt: skip
        if not systemic and key in words.of_a_class:
            at = table.route.column if table.route is not None and route_ else table.drug.column
            reading.look(row, "route", LOCAL_ROWS, at, field="route", severity="note")
        doses.check(row, course, schedule)
        records.courses.append(course)


def _doubt(reading: TableReading, row: Row, field: str, column: TextColumn | None, word: str) -> None:
    """A question mark that the catalogue does not look at when it knows the word; one that the table declares is meant so."""
    table = reading.table
    assert isinstance(table, DrugsTable)
    declared = {" ".join(one.split()).casefold() for one in (*table.drugs, *table.frequencies)}
    if "?" not in word or column is None or column.column is None or word.casefold() in declared:
        return
    if reading.decided(row, column.column) is None:
        what = "a question mark stands in this word, which is read as if it were certain"
        reading.look(
            row, "doubt", what, column.column, field=field, allowed="the word without it, or a decision under `accept`"
        )


def _times(per_day: Fraction) -> str:
    """How often an amount is taken that has its time in the unit, as lists say it.

    >>> _times(Fraction(1)), _times(Fraction(1, 7)), _times(Fraction(1, 28))
    ('a day', 'a week', 'every 28 days')
    """
    days = 1 / per_day
    return {Fraction(1): "a day", Fraction(7): "a week"}.get(days, f"every {words_of(days)} days")


def _shown(ends: Ends) -> tuple[int, int | None]:
    """The days on which a list or a drawing shows a course to begin and to end: halfway between the possible ones."""
    last = None if ends.last_low is None or ends.last_high is None else (ends.last_low + ends.last_high) // 2
    first = (ends.first_low + ends.first_high) // 2
    return first, None if last is None else max(first, last)


class _Stops:
    """The last day of a course: a date, or a blank or a word that means it goes on."""

    def __init__(self, reading: TableReading, records: Records, table: DrugsTable) -> None:
        self.reading, self.records, self.table = reading, records, table
        self.column = table.stop.column if table.stop is not None else None
        self.header = table.stop.columns[0] if table.stop is not None and table.stop.columns else None
        self.dates = reading.dates(table.stop, "stop")
        self.ongoing = {" ".join(word.split()).casefold() for word in table.ongoing}

    def read(self, row: Row) -> Span | None:
        """The written end; None where the course goes on."""
        written = self.reading.shown(row, self.header).casefold()
        decision = self.reading.decided(row, self.header) if self.header else None
        if written in self.ongoing and decision is None:
            return None
        ended = self.dates(row)
        if ended is None and row.is_used() and self.table.blank_stop == "refused":
            self.reading.refuse(row, "course", "the last day is blank", self.header, field="stop",
                                allowed="a date, or a word that `ongoing` lists; `blank_stop: ongoing` reads blank as still taken")  # fmt: skip
        return ended

    def settle(self, row: Row, header: str | None, span: Span) -> Span | None:
        """The days that a written date stands for; None refuses the row."""
        settled = self.records.settle(self.reading, row, header, span)
        if settled is None or not settled.partial:
            return settled
        what = "only the month or the year is known; on days that depend on it the dose is not known"
        self.reading.look(row, "partial date", what, header, field="date", severity="note")
        return settled

    def unknown(self, row: Row) -> bool:
        """Whether a code for a missing value stands in place of the last day; said, for doses after the first day are not known."""
        if self.header is None or self.column is None:
            return False
        column = self.table.stop
        codes = self.reading.codes(column.missing if column is not None else {})
        written, decision = self.reading.shown(row, self.header), self.reading.decided(row, self.header)
        coded = written.casefold() in codes and written.casefold() not in self.ongoing
        if not ((coded and decision is None) or (decision is not None and decision.not_evaluable is not None)):
            return False
        what = "the last day is recorded as missing, so that the course may have ended on any day from its first on"
        self.reading.look(row, "course", what, self.header, field="stop",
                          allowed="a date; `ongoing` lists words that mean still taken")  # fmt: skip
        return True

    def reason_alone(self, row: Row, reason: str) -> bool:
        """Whether a reason for stopping stands beside a blank last day, and means that the drug was stopped on some day; else a choice."""
        column = self.table.stop_reason.column if self.table.stop_reason is not None else None
        written = self.reading.shown(row, self.header) if self.header else ""
        if column is None or written or tells_no_stop(reason) or self.table.reason_without_stop == "ongoing":
            return False
        decisions = [self.reading.decided(row, one) for one in (column, self.header) if one]
        if any(decision is not None and decision.as_found for decision in decisions):
            return False
        if self.table.reason_without_stop is None:
            what = "it is written why the drug was stopped, and the last day is blank"
            allowed = (
                "the last day; `reason_without_stop: not known`, or `ongoing`; `as_found: yes` for a row that went on"
            )
            self.reading.refuse(row, REASON_ALONE, what, column, field="stop reason", allowed=allowed)
        return True

    def ends(self, first: Span, last: Span | None, *, within: bool, unknown: bool) -> Ends | None:
        """The days on which a course may have begun and ended; None where it ends before it begins.

        `unknown`: the last day is noted as missing. `within`: the dates overlap, so that one day before the other is an effect of partial dates.
        """
        if last is None:
            # a code for a missing value is no blank: taken on the first day for certain, and nobody knows until when
            return Ends(first.low, first.high, first.low if unknown else None, None)
        shift = 1 if self.table.stop_means == "first day without" else 0
        low, high = last.low - shift, last.high - shift
        if high < first.low and not within:
            return None
        high = max(high, first.low)
        return Ends(first.low, min(first.high, high), max(low, first.low), high)

    def refuse_backwards(self, row: Row) -> None:
        """Refuse a course that ends before it begins."""
        what = "the course ends before it begins"
        self.reading.refuse(row, "course", what, self.header, field="stop", allowed="the first day or later")

    def look_backwards(self, row: Row, begun: Span | None, ended: Span | None) -> None:
        """The same of a row that is refused already, as far as its days were read."""
        if (
            begun is not None
            and ended is not None
            and self.ends(begun, ended, within=self.within(begun, ended), unknown=False) is None
        ):
            self.refuse_backwards(row)

    def within(self, begun: Span | None, ended: Span | None) -> bool:
        """Whether an end before the start is only an effect of partial dates."""
        return begun is not None and ended is not None and (begun.partial or ended.partial) and ended.high >= begun.low


class _Words:
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
                self.reading.findings.add("error", "frequency", "not a number of administrations per day", place, field=word,
                                          allowed="a number or a fraction, such as 2 or 1/7")  # fmt: skip
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
            self.reading.look(row, "frequency", "not a known frequency, so the daily dose is not known", column, field="frequency",
                              allowed=miss.expected or "words such as once daily; `frequencies` of this table declares others")  # fmt: skip
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
                self.reading.findings.add("note", "route", "where no route is recorded, a drug counts as systemic",
                                          place_of(self.reading.sheet, None), field="route")  # fmt: skip
            return "", True
        try:
            found = catalogue.route(written)
        except catalogue.CatalogueMiss as miss:
            if counts:
                self.reading.refuse(row, "route", "not a known route, so it is not known whether the glucocorticoid counts", column,
                                    field="route", allowed=miss.expected or "oral, intravenous, topical, ...")  # fmt: skip
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
        self, row: Row, per_day: Fraction | None, mg: Fraction, plain: str, of_unit: Fraction | None, route: str, *, systemic: bool
    ) -> None:  # fmt: skip
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
            self.reading.look(row, "pulse", "the dose is a pulse by the catalogue's threshold", self.table.dose.column if self.table.dose else None,
                              field="dose", severity="note")  # fmt: skip
        return pulse
