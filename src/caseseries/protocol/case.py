"""Who a case is: the index date, patient or course, and how cases were found."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from caseseries.protocol.written import Date, Days, Written, YesNo, known_kind


class Period(Written):
    """The study period: index dates lie within it, and nothing after the data cut-off is known."""

    from_: Date | None = None
    to: Date | None = None
    data_cutoff: Date | None = None

    model_config = Written.model_config | {"alias_generator": lambda name: name.rstrip("_")}


class CaseFinding(Written):
    """Where candidates were looked for, and whether every one met was taken."""

    sources: tuple[str, ...] = ()
    consecutive: YesNo | None = None


class FirstExposure(Written):
    """The index date is the first day of the first episode of a drug.

    Courses of the drug separated by at most `restart_after` days are one episode; a longer gap begins another. It must be
    declared once the data hold a gap. `washout` asks that many days without the drug before the index date.
    """

    first_exposure: str
    restart_after: Days | None = None
    washout: Days | None = None


class FirstEvent(Written):
    """The index date is the first recorded event or diagnosis with this name."""

    first_event: str


class NominalDay(Written):
    """The data carry no dates: visits stand on nominal days and day 0 is the index visit."""

    nominal_day: Days


def _kind(value: Any) -> str | None:
    for key in ("first_exposure", "first_event", "nominal_day"):
        if (isinstance(value, dict) and key in value) or hasattr(value, key):
            return key
    return None


IndexDate = Annotated[
    Annotated[FirstExposure, Tag("first_exposure")]
    | Annotated[FirstEvent, Tag("first_event")]
    | Annotated[NominalDay, Tag("nominal_day")],
    Discriminator(_kind),
    known_kind(
        _kind,
        "what the index date is, is not said",
        "first_exposure, first_event, nominal_day",
        "write for example {first_exposure: mycophenolate mofetil}",
    ),
]


class Case(Written):
    """One case per patient (its first episode) or per course (every episode)."""

    index_date: IndexDate
    per: Literal["patient", "course"]
