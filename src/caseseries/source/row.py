"""One row of a table while it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from caseseries.chart.sheet import Raw
from caseseries.chart.tables import RowStatus

#: Of nearly every row no cell stands in another one.
_IN_ITS_PLACE: Mapping[int, int] = {}


@dataclass(slots=True)
class Row:
    """One row while it is read. `status` and `reason` say in the end what became of it; `strange` why its id is probably none.

    `cells` are those of the sheet where nothing was added and no cell is taken from another row.
    `origin` names the row, by the position of a cell, in which a cell stands that was taken from another one. `sheet` is the sheet or
    the file of the row, for messages about rows of several.
    """

    number: int
    cells: list[Raw]
    patient: str = ""
    row_id: int = 0
    status: RowStatus = "used"
    reason: str = ""
    strange: str = ""
    origin: Mapping[int, int] = field(default_factory=lambda: _IN_ITS_PLACE)
    sheet: str = ""

    def is_used(self) -> bool:
        """Whether nothing has taken the row out so far."""
        return self.status == "used"

    def is_refused(self) -> bool:
        """Whether one of its cells was refused."""
        return self.status == "refused"

    def named(self, beside: Row) -> str:
        """The row as a message about another row names it; what a sheet is called may be a patient's name, and is no part of a message.

        >>> Row(3, [], sheet="Anna").named(Row(5, [], sheet="Ben")), Row(3, []).named(Row(5, []))
        ('row 3 of another sheet', 'row 3')
        """
        return f"row {self.number}" + (" of another sheet" if self.sheet != beside.sheet else "")
