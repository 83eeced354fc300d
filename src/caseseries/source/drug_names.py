"""The names of drugs in a chart: which ingredient each is, and those nobody knows, asked once where they could decide something."""

from __future__ import annotations

from dataclasses import dataclass, field

from caseseries import catalogue
from caseseries.chart.described import DrugsTable
from caseseries.chart.findings import DRUG_NAMES
from caseseries.protocol.drug_uses import drug_uses, group_of, too_wide, unnamed
from caseseries.protocol.measures import ingredient
from caseseries.protocol.written import folded
from caseseries.source.records import Records
from caseseries.source.row import Row
from caseseries.source.table import TableReading

#: The meaning that `drugs` of a table gives a name that is in none of the groups asked for.
NONE_OF_THESE = "none of these"

#: Rows that a finding lists.
ROWS_LISTED = 12


@dataclass(frozen=True, slots=True)
class ReadName:
    """The drug of a row: its ingredient, the route that its name says, and what in it may be local (a salt, an injection, a depot)."""

    key: str
    route: str = ""
    maybe_local: str = ""


@dataclass(slots=True)
class DrugNames:
    """Reads the names of one drugs table; what nobody knows is kept in `records.unknown_drugs` until all tables are read."""

    reading: TableReading
    records: Records
    table: DrugsTable
    named: dict[str, str] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    before: dict[str, ReadName] = field(default_factory=dict)

    @classmethod
    def open(cls, reading: TableReading, records: Records, table: DrugsTable) -> DrugNames:
        """The names with what the description of the table says they mean."""
        named = {folded(word): meaning for word, meaning in table.drugs.items()}
        known = tuple(one for key, drug in records.protocol.drugs.items() for one in (key, *drug.aliases))
        return cls(reading, records, table, named, known)

    def read(self, row: Row, written: str) -> ReadName:
        """The drug of a row; under its own name where nobody knows it.

        A name spelt nearly as a known one, or one that stands for several, refuses the row, for the dose or the rescue drug would
        silently be missed. A person may accept the cell as found, or say under `drugs` of the table what the name means.
        """
        name = self.named.get(folded(written), written)
        if name in self.before:
            return self.before[name]
        if folded(name) in {folded(NONE_OF_THESE), "none"}:
            return ReadName(folded(written))
        protocol = self.records.protocol
        key = ingredient(protocol, name)
        if key is not None:
            self.before[name] = ReadName(key, *self._form(name))
            return self.before[name]
        if folded(written) in self.named and (group := group_of(protocol, name)):
            if narrower := too_wide(protocol, group):
                self.records.unknown_drugs.setdefault((folded(written), narrower), []).append(
                    (self.reading, row, self.table.drug.column or "")
                )
            return ReadName(unnamed(group))
        if folded(written) in self.named and folded(name) == folded(written):
            return ReadName(folded(name))  # the name itself is its meaning
        self._unknown(row, name)
        return ReadName(folded(name))

    def told(self, written: str) -> bool:
        """Whether `drugs` of the table says what this name means."""
        return folded(written) in self.named

    def _form(self, name: str) -> tuple[str, str]:
        try:
            found = catalogue.written_drug(name)
        except catalogue.CatalogueMiss:
            return catalogue.plain_name(name)[1:]
        return found.route, found.maybe_local

    def _unknown(self, row: Row, name: str) -> None:
        column = self.table.drug.column
        decision = self.reading.decided(row, column) if column else None
        if decision is not None and decision.as_found:
            return
        near = catalogue.meant_drugs(name, self.known)
        if near:
            several = catalogue.names_several(name)
            what = (
                "this name stands for several drugs"
                if several
                else "no drug has this name, but others are spelt nearly so"
            )
            nearest = f"which of them: {', '.join(near)}" if several else f"nearest: {', '.join(near)}"
            allowed = f"{nearest}; `drugs` of the protocol or of this table declares other names"
            # where the name says a form, the drug alone would count by every route
            proposal = "" if several or len(near) > 1 or catalogue.says_local(name) else near[0]
            self.reading.refuse(
                row,
                "drug",
                what,
                column,
                field="drug",
                allowed=allowed,
                proposal=proposal,
            )
        elif not catalogue.other_medicine(name):
            self.records.unknown_drugs.setdefault((folded(name), ""), []).append((self.reading, row, column or ""))


def ask_for_drugs(records: Records) -> None:
    """One finding for each name that nobody knows, with its rows: a choice where the protocol asks for drugs, else a warning."""
    uses = drug_uses(records.protocol)
    for (_, narrower), found in records.unknown_drugs.items():
        # a row that is refused for another reason will be asked about once that is mended
        rows = [(reading, row, column) for reading, row, column in found if row.status != "out of scope"]
        if not rows:
            continue
        reading, row, column = rows[0]
        what = f"neither the protocol nor the catalogue knows this drug; it stands in {rows_told(rows)}"
        if narrower:
            what = f"of this drug only a group is known, and {narrower} are asked for; it stands in {rows_told(rows)}"
        if uses:
            groups = ", ".join(dict.fromkeys(group for _, group in uses))
            asked = ", ".join(dict.fromkeys(use for use, _ in uses))
            what += f", and could be meant by {asked}"
            allowed = f"an ingredient, a group ({groups}), or {NONE_OF_THESE}, under `drugs` of this table; or `drugs` of the protocol"
        else:
            what += "; it is kept under its own name, for nothing is asked of drugs"
            allowed = "`drugs` of the protocol or of this table declares other names"
        reading.findings.add(
            "error" if uses else "warning",
            DRUG_NAMES if uses else "drug",
            what,
            reading.place(row, column),
            field="drug",
            value=reading.shown(row, column),
            allowed=allowed,
        )


def rows_told(rows: list[tuple[TableReading, Row, str]]) -> str:
    """How many rows, and which, table by table."""
    by_table: dict[str, list[int]] = {}
    for reading, row, _ in rows:
        by_table.setdefault(reading.sheet.name or reading.sheet.file, []).append(row.number)
    listed = []
    for name, numbers in by_table.items():
        shown = ", ".join(map(str, numbers[:ROWS_LISTED]))
        more = f" and {len(numbers) - ROWS_LISTED} more" if len(numbers) > ROWS_LISTED else ""
        listed.append(f"{shown}{more}" if len(by_table) == 1 else f"{name} {shown}{more}")
    return f"{len(rows)} row{'s' * (len(rows) != 1)}: {'; '.join(listed)}"
