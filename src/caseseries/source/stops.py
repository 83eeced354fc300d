"""The last day of a course: a date, or a blank, a code or a word and what they mean."""

from __future__ import annotations

from caseseries.chart.dates import Span
from caseseries.chart.described import DrugsTable
from caseseries.chart.findings import REASON_ALONE
from caseseries.chart.tables import Ends
from caseseries.source.dates_of_rows import dates_of_rows
from caseseries.source.fatal import tells_no_stop
from caseseries.source.records import Records
from caseseries.source.row import Row
from caseseries.source.table import TableReading


class Stops:
    """The last day of a course: a date, or a blank or a word that means it goes on."""

    def __init__(self, reading: TableReading, records: Records, table: DrugsTable) -> None:
        self.reading, self.records, self.table = reading, records, table
        self.column = table.stop.column if table.stop is not None else None
        self.header = table.stop.columns[0] if table.stop is not None and table.stop.columns else None
        self.dates = dates_of_rows(reading, table.stop, "stop")
        self.ongoing = {" ".join(word.split()).casefold() for word in table.ongoing}

    @property
    def shift(self) -> int:
        """How many days the written day lies behind the last one on which the drug was taken."""
        return 1 if self.table.stop_means == "first day without" else 0

    def read(self, row: Row) -> Span | None:
        """The written end; None where none is written."""
        return None if self.says_ongoing(row) else self.dates(row)

    def blank(self, row: Row) -> bool:
        """Whether a course without a last day may stand so; otherwise its row is refused."""
        if self.table.blank_stop != "refused" or self.says_ongoing(row):
            return True
        self.reading.refuse(
            row,
            "course",
            "the last day is blank",
            self.header,
            field="stop",
            allowed="a date, or a word that `ongoing` lists; `blank_stop` says what a blank means",
        )
        return False

    def says_ongoing(self, row: Row) -> bool:
        """Whether a word, or a date, that `ongoing` lists stands in place of the last day."""
        written = self.reading.shown(row, self.header).casefold()
        decision = self.reading.decided(row, self.header) if self.header else None
        return written in self.ongoing and decision is None

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
        self.reading.look(
            row,
            "course",
            what,
            self.header,
            field="stop",
            allowed="a date; `ongoing` lists words that mean still taken",
        )
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

    def says_stopped(self, row: Row, reason: str) -> bool:
        """Whether a code stands in place of the last day, or a reason for stopping beside a blank one."""
        written = self.reading.shown(row, self.header) if self.header else ""
        return bool(written) or not (tells_no_stop(reason) or self.table.reason_without_stop == "ongoing")

    def ends(
        self, first: Span, last: Span | None, *, within: bool, unknown: bool, before: int | None = None
    ) -> Ends | None:
        """The days on which a course may have begun and ended; None where it ends before it begins.

        `unknown`: nobody knows the last day. `before`: an unknown last day lies before this one. `within`: the dates overlap, so that one day
        before the other is an effect of partial dates.
        """
        if last is None and before is not None:
            return None if first.low >= before else Ends(first.low, min(first.high, before - 1), first.low, before - 1)
        if last is None:
            # a code for a missing value is no blank: taken on the first day for certain, and nobody knows until when
            return Ends(first.low, first.high, first.low if unknown else None, None)
        low, high = last.low - self.shift, last.high - self.shift
        if high < first.low and not within:
            return None
        high = max(high, first.low)
        return Ends(first.low, min(first.high, high), max(low, first.low), high)

    def refuse_backwards(self, row: Row) -> None:
        """Refuse a course that ends before it begins."""
        what = "the course ends before it begins"
        self.reading.refuse(row, "course", what, self.header, field="stop", allowed="the first day or later")

    def look_backwards(self, row: Row, begun: Span | None, ended: Span | None) -> None:
        """Refuse also for ending before it begins a course whose row is refused already, as far as its days were read."""
        if (
            begun is not None
            and ended is not None
            and self.ends(begun, ended, within=self.within(begun, ended), unknown=False) is None
        ):
            self.refuse_backwards(row)

    def within(self, begun: Span | None, ended: Span | None) -> bool:
        """Whether an end before the start is only an effect of partial dates."""
        return begun is not None and ended is not None and (begun.partial or ended.partial) and ended.high >= begun.low
