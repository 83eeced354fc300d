"""A cell of doses that holds a taper in words in place of a number."""

from __future__ import annotations

from dataclasses import dataclass

from caseseries.catalogue import Taper, UnclearTaper, like_taper, taper, taper_forms
from caseseries.chart.cells import NumberReader
from caseseries.chart.refusal import Refusal
from caseseries.chart.sheet import Raw, shown


@dataclass(frozen=True, slots=True)
class TaperReader:
    """Reads the steps of a taper; `comma` is the decimal mark of the column."""

    comma: bool = False

    def read(self, raw: Raw) -> Taper | Refusal:
        """The steps, or why they are not read.

        >>> TaperReader().read("40 mg 2 wk, then 30 mg").told(), TaperReader().read("taper over 6 weeks").rule
        ('40 mg for 14 days, 30 mg', 'taper')
        """
        try:
            return taper(shown(raw), comma=self.comma)
        except UnclearTaper as why:
            return Refusal(
                f"words of a taper that are not read as doses: {why}", f"a number, or {taper_forms()}", rule="taper"
            )


def reads_taper(reader: NumberReader, raw: Raw) -> bool:
    """Whether a text that is no number of the column is to be read as a taper.

    >>> [reads_taper(NumberReader({}), cell) for cell in ("40", "40 mg 2 wk, then 30 mg", "40 mg", 40)]
    [False, True, False, False]
    """
    return isinstance(raw, str) and reader.split is None and isinstance(reader.read(raw), Refusal) and like_taper(raw)
