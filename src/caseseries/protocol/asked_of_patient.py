"""What a rule asks of a patient besides comparisons of values: events, facts of the patient, and drugs taken as before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from caseseries.protocol.leaf import EACH_VISIT

#: What stands in place of a window where a fact of the patient is not known.
INDEX_DATE = "index date"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event or diagnosis of this name that begins in a window, at least so many times."""

    name: str
    window: str
    times: int = 1

    @property
    def named(self) -> str:
        """What stands in place of a measure where it is not evaluable."""
        return self.name

    @property
    def slots(self) -> tuple[()]:
        """It rests on no value."""
        return ()


@dataclass(frozen=True, slots=True)
class LookedBack:
    """On a visit day on which a rule is read: an event or diagnosis of this name begins on it or in so many days before, at least so many times."""

    name: str
    days: int
    times: int = 1

    @property
    def window(self) -> str:
        """In place of a window."""
        return EACH_VISIT

    @property
    def named(self) -> str:
        """What stands in place of a measure where it is not evaluable."""
        return self.name

    @property
    def slots(self) -> tuple[()]:
        """It rests on no value."""
        return ()


@dataclass(frozen=True, slots=True)
class FreeOfEvent:
    """Somewhere in a window a stretch of so many days, all seen, on which no event or diagnosis of this name begins."""

    name: str
    window: str
    days: int

    @property
    def named(self) -> str:
        """What stands in place of a measure where it is not evaluable."""
        return self.name

    @property
    def slots(self) -> tuple[()]:
        """It rests on no value."""
        return ()


@dataclass(frozen=True, slots=True)
class UnchangedDrug:
    """No course of a drug or group began, ended or changed its dose in a window."""

    drug: str
    window: str

    @property
    def named(self) -> str:
        """What stands in place of a measure where it is not evaluable."""
        return self.drug

    @property
    def slots(self) -> tuple[()]:
        """It rests on no value."""
        return ()


@dataclass(frozen=True, slots=True)
class PatientIs:
    """A fact of the patient: the sex, the age in whole years at the index date, from `least` and below `below`, or an attribute with its words."""

    sex: Literal["", "F", "M"] = ""
    least: int | None = None
    below: int | None = None
    attribute: str = ""
    words: tuple[str, ...] = ()

    @property
    def window(self) -> str:
        """In place of a window."""
        return INDEX_DATE

    @property
    def named(self) -> str:
        """What stands in place of a measure where it is not known."""
        return self.attribute or ("sex" if self.sex else "age")

    @property
    def slots(self) -> tuple[()]:
        """It rests on no value."""
        return ()
