"""The outcomes of a protocol, compiled once for a run."""

from __future__ import annotations

from dataclasses import dataclass

from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, change_plan, plan


@dataclass(frozen=True, slots=True)
class Plans:
    """The outcomes of a protocol compiled, verdicts before changes."""

    verdicts: tuple[OutcomePlan, ...]
    changes: tuple[OutcomePlan, ...]

    @property
    def all(self) -> tuple[OutcomePlan, ...]:
        """Verdicts and changes."""
        return (*self.verdicts, *self.changes)


def plans_of(protocol: Protocol) -> Plans:
    """Compile every outcome that is evaluated."""
    return Plans(
        tuple(plan(protocol, name) for name in protocol.verdicts),
        tuple(change_plan(protocol, name) for name in protocol.changes),
    )
