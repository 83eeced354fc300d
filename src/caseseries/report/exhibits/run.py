"""What every finished run has, whether its cases are held one by one or only counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from caseseries.protocol import protocol as declared
from caseseries.protocol.measures import MeasureFacts


class Finished(Protocol):
    """A run that an exhibit can speak of without looking at single cases."""

    @property
    def protocol(self) -> declared.Protocol:
        """The study as declared."""

    @property
    def measures(self) -> Mapping[str, MeasureFacts]:
        """Measures with what is known of them."""

    @property
    def invented(self) -> bool:
        """Whether the data describe nobody."""

    @property
    def dated(self) -> bool:
        """Whether days are days of a calendar."""

    @property
    def relative(self) -> tuple[str, ...]:
        """On which days counted from the index date rows stand: `planned days`, `study days`, both or none."""

    @property
    def fingerprints(self) -> Mapping[str, str]:
        """SHA-256 of what the run was made from, by name."""

    @property
    def locked(self) -> str:
        """When the protocol was fixed, in words; empty where it was not."""

    @property
    def deviations(self) -> tuple[str, ...]:
        """What differs from the locked protocol."""

    @property
    def suggested(self) -> tuple[str, ...]:
        """Choices left as the software suggested them."""

    @property
    def unnoted(self) -> str:
        """What must be said where it could not be noted that outcomes were shown; empty where it was."""

    @property
    def pending(self) -> tuple[str, ...]:
        """Outcomes declared and not computed yet."""

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """Every choice in force, in words."""
