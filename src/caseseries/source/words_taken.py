"""The words of the columns that are read: how often each stands there, and what it was taken for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from caseseries.chart.cells import NumberReader, Quantity, TextReader, YesNoReader
from caseseries.chart.refusal import Missing
from caseseries.chart.sheet import Raw, shown
from caseseries.chart.tables import TakenWord
from caseseries.protocol.written import decimal_text


def _worded(reader: NumberReader, raw: Raw) -> bool:
    """Whether a cell is a number because `words` of its column says which one."""
    return " ".join(shown(raw).split()).casefold() in reader.words


@dataclass(slots=True)
class WordsTaken:
    """Words of one table by column and cell; numbers that stand there as such, dates and ids of patients are no words."""

    found: dict[tuple[str, str], TakenWord] = field(default_factory=dict)

    def count(self, table: str, column: str, name: str, reader: Any, raw: Raw, value: Any) -> None:
        """Count a cell with what its reader made of it, until :meth:`means` says more."""
        if isinstance(value, Missing):
            meaning = f"missing: {value.meaning}"
        elif isinstance(reader, YesNoReader) and value is not None:
            meaning = "yes" if getattr(value, "value", 0) == 1 else "no"
        elif isinstance(reader, TextReader) and isinstance(value, str) and name != "patient":
            meaning = value
        elif isinstance(reader, NumberReader) and isinstance(value, Quantity) and _worded(reader, raw):
            meaning = f"{value.censor}{decimal_text(value.value)}"
        else:
            return
        word = shown(raw)
        known = self.found.get((column, word))
        counted = (
            TakenWord(table, column, name, word, meaning, 1) if known is None else replace(known, count=known.count + 1)
        )
        self.found[column, word] = counted

    def means(self, column: str, raw: Raw, meaning: str) -> None:
        """Say what the word of a cell is taken for, where the text alone does not."""
        key = (column, shown(raw))
        if key in self.found and self.found[key].meaning != meaning:
            self.found[key] = replace(self.found[key], meaning=meaning)
