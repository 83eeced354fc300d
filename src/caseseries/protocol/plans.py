"""The outcomes of a protocol, compiled once for a run."""

from __future__ import annotations

from dataclasses import dataclass

from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, plan, time_plan, trajectory_plans, valued_plan
from caseseries.protocol.spell_plan import spell_plan


@dataclass(frozen=True, slots=True)
class Plans:
    """The outcomes of a protocol compiled, verdicts before changes and values at one time, then times to an event, spells and trajectories."""

    verdicts: tuple[OutcomePlan, ...]
    valued: tuple[OutcomePlan, ...]
    times: tuple[OutcomePlan, ...]
    spells: tuple[OutcomePlan, ...]
    trajectories: tuple[OutcomePlan, ...]

    @property
    def at_windows(self) -> tuple[OutcomePlan, ...]:
        """Those whose values are taken from windows: verdicts, changes and values."""
        return (*self.verdicts, *self.valued)

    @property
    def all(self) -> tuple[OutcomePlan, ...]:
        """Verdicts, changes and values, times, spells, trajectories (each window)."""
        return (*self.verdicts, *self.valued, *self.times, *self.spells, *self.trajectories)


def plans_of(protocol: Protocol) -> Plans:
    """Compile every outcome that is evaluated."""
    return Plans(
        tuple(plan(protocol, name) for name in protocol.verdicts),
        tuple(valued_plan(protocol, name) for name in protocol.valued),
        tuple(time_plan(protocol, name) for name in protocol.times),
        tuple(spell_plan(protocol, name) for name in protocol.spells),
        tuple(one for name in protocol.trajectories for one in trajectory_plans(protocol, name)),
    )
