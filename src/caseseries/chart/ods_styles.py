"""The styles of an OpenDocument spreadsheet, as far as they change what a reader sees: hidden sheets, and how much of a date is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_NUMBER = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"
_PARTS = {_NUMBER + "year": "yyyy", _NUMBER + "month": "mm", _NUMBER + "day": "dd"}


@dataclass(slots=True)
class Styles:
    """What was seen of the styles so far: `hidden` are those of sheets that are not shown."""

    hidden: set[str] = field(default_factory=set)
    formats: dict[str, str] = field(default_factory=dict)
    of_cells: dict[str, tuple[str, str]] = field(default_factory=dict)
    booleans: set[str] = field(default_factory=set)
    current: str = ""
    date: str | None = None

    def see(self, event: str, element: Any) -> None:
        """Take in one event of the XML."""
        tag = element.tag
        if tag == _NUMBER + "date-style":
            if event == "start":
                self.date = element.get(_STYLE + "name", "")
                self.formats[self.date] = ""
            else:
                self.date = None
        elif event == "start" and tag == _NUMBER + "boolean-style":
            self.booleans.add(element.get(_STYLE + "name", ""))
        elif event == "start" and tag == _STYLE + "style":
            self.current = element.get(_STYLE + "name", "")
            self.of_cells[self.current] = (
                element.get(_STYLE + "data-style-name", ""),
                element.get(_STYLE + "parent-style-name", ""),
            )
        elif event == "start" and tag == _STYLE + "table-properties" and element.get(_TABLE + "display") == "false":
            self.hidden.add(self.current)
        elif event == "start" and self.date is not None and tag in _PARTS:
            self.formats[self.date] += f"{_PARTS[tag]}-"

    def date_format(self, style: str) -> str:
        """The parts of a date that a cell of the style shows, as a number format; all of them where that is not said."""
        return self.formats.get(self._data(style), "") or "yyyy-mm-dd"

    def says_yes_or_no(self, style: str) -> bool:
        """Whether a cell of the style shows its number as TRUE or FALSE."""
        return self._data(style) in self.booleans

    def _data(self, style: str) -> str:
        for _ in range(20):  # a style may have a parent; a circle of them ends here
            data, parent = self.of_cells.get(style, ("", ""))
            if data:
                return data
            style = parent
        return ""
