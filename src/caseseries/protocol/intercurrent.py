"""Intercurrent events: what happened between the index date and the assessment, and what it does to the verdict."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from caseseries import catalogue
from caseseries.protocol.written import Days, Written

Effect = Literal["as observed", "responder", "non-responder", "not evaluable"]


class Intercurrent(Written):
    """An event that only needs its effect."""

    verdict: Effect


class Rescue(Intercurrent):
    """Drugs begun after the index date and by the assessment day.

    Courses of a drug with at most `restart_after` days between them are one; a drug given on the index date and again after a longer gap is
    begun anew. It must be declared once it depends on it.
    """

    drugs: tuple[str, ...] = ()
    restart_after: Days | None = None


def restart_gaps(rescue: Rescue) -> tuple[int, int]:
    """The shortest and the longest gap, in days, that may still be no restart of a rescue drug: the declared one, or 0 and the catalogue's.

    >>> restart_gaps(Rescue(verdict="non-responder")), restart_gaps(Rescue(verdict="non-responder", restart_after="1 week"))
    ((0, 30), (7, 7))
    """
    if rescue.restart_after is not None:
        return int(rescue.restart_after), int(rescue.restart_after)
    longest = catalogue.constant("longest gap of a drug that may be no restart").value
    assert longest is not None, "the catalogue gives this number"
    return 0, int(longest)


class Raised(Intercurrent):
    """The daily dose on any day after the baseline visit, up to the assessment, above the baseline dose."""

    dose: str | None = None


class Pulse(Intercurrent):
    """An intravenous glucocorticoid pulse on the assessment day or at most so many days before it."""

    within: Days | None = None


def _short(value: Any) -> Any:
    return {"verdict": value} if isinstance(value, str) else value


class Events(Written):
    """What each intercurrent event does to the verdict; all six must be decided.

    Where several apply to one case, the first in this order decides: death, lost, rescue added, drug stopped,
    steroid raised above baseline, pulse. `as observed` decides nothing.
    """

    death: Annotated[Intercurrent, BeforeValidator(_short)]
    lost: Annotated[Intercurrent, BeforeValidator(_short)]
    rescue: Annotated[Rescue, BeforeValidator(_short)] = Field(alias="rescue added")
    stopped: Annotated[Intercurrent, BeforeValidator(_short)] = Field(alias="drug stopped")
    raised: Annotated[Raised, BeforeValidator(_short)] = Field(alias="steroid raised above baseline")
    pulse: Annotated[Pulse, BeforeValidator(_short)]


def effect_answer(effect: str, good: bool | None) -> bool | None:
    """What an effect makes of an outcome: a responder has what is wanted, so an unwanted outcome is not met.

    >>> effect_answer("non-responder", True), effect_answer("non-responder", None), effect_answer("non-responder", False)
    (False, False, True)
    """
    if effect == "not evaluable":
        return None
    return (effect == "responder") is (good is not False)


#: Field name -> the words used in protocols, reasons and reports, in the order in which they decide.
EVENT_WORDS = {
    "death": "death",
    "lost": "lost",
    "rescue": "rescue added",
    "stopped": "drug stopped",
    "raised": "steroid raised above baseline",
    "pulse": "pulse",
}
