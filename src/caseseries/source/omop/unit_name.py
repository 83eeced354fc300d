"""How a database names a unit of measurement."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnitName:
    """What the table concept calls a unit: its name, and its code where that is one of UCUM; empty where it does not say."""

    name: str = ""
    code: str = ""

    @property
    def words(self) -> str:
        """The name and the code in brackets, as a finding tells them.

        >>> UnitName("per minute", "/min").words, UnitName().words
        (' (per minute, /min)', '')
        """
        told = [one for one in dict.fromkeys((self.name, self.code)) if one]
        return f" ({', '.join(told)})" if told else ""
