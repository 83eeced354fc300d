"""The words of the columns that are read: how often each stands there, and what it was taken for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from caseseries.catalogue import Taper
from caseseries.chart.cells import GradeReader, NumberReader, Quantity, TextReader, YesNoReader
from caseseries.chart.refusal import Missing
from caseseries.chart.sheet import Raw, shown
from caseseries.chart.tables import TakenWord
from caseseries.protocol.written import decimal_text


def _worded(reader: NumberReader, raw: Raw) -> bool:
    """Whether a cell is a number because `words` of its column says which one."""
    return bool(reader.words) and " ".join(shown(raw).split()).casefold() in reader.words


@dataclass(slots=True)
class WordsTaken:
    """Words of one table by column and cell; numbers that stand there as such, dates and ids of patients are no words."""

    taken: dict[tuple[str, str], TakenWord] = field(default_factory=dict)
    often: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def found(self) -> dict[tuple[str, str], TakenWord]:
        """The words by column and cell, in the order in which they were met."""
        return {key: replace(one, count=self.often[key]) for key, one in self.taken.items()}

    def count(self, table: str, column: str, name: str, reader: Any, raw: Raw, value: Any) -> None:
        """Count a cell with what its reader made of it, until :meth:`means` says more."""
        if isinstance(value, Missing):
            meaning = f"missing: {value.meaning}"
        elif value is None:
            return
        elif isinstance(value, Taper):
            meaning = value.told()
        elif isinstance(reader, NumberReader):
            if not isinstance(value, Quantity) or not _worded(reader, raw):
                return
            meaning = f"{value.censor}{decimal_text(value.value)}"
        elif isinstance(reader, TextReader) and isinstance(value, str) and name != "patient":
            meaning = value
        elif isinstance(reader, YesNoReader):
            meaning = "yes" if getattr(value, "value", 0) == 1 else "no"
        elif isinstance(reader, GradeReader) and isinstance(value, Quantity):
            meaning = reader.grades[int(value.value)]
        else:
            return
        key = (column, shown(raw))
        self.often[key] = self.often.get(key, 0) + 1
        if key not in self.taken:
            self.taken[key] = TakenWord(table, column, name, key[1], meaning, 1)

    def means(self, column: str, raw: Raw, meaning: str) -> None:
        """Say what the word of a cell is taken for, where the text alone does not."""
        key = (column, shown(raw))
        if key in self.taken and self.taken[key].meaning != meaning:
            self.taken[key] = replace(self.taken[key], meaning=meaning)
