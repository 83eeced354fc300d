"""The figures of a run over very many patients, each with title, caption and words for those who cannot see it."""

from __future__ import annotations

from caseseries.report.figures import changes, not_evaluable, responders
from caseseries.report.figures.drawing import PAPERS, Drawing, drawn
from caseseries.report.figures.flow import flow_alt, flow_scene
from caseseries.report.figures.lasting import AS_RECORDED, lasting, lasting_alt, lasting_scene
from caseseries.summary.model import Summary


def drawings(population: Summary) -> tuple[Drawing, ...]:
    """Every figure of the run, in the order of the report."""
    found = [_flow(population)]
    for name in population.outcomes:
        found += [
            responders.readings(population, name),
            responders.years(population, name),
            not_evaluable.not_evaluable(population, name),
            changes.changes_behind(population, name),
        ]
    found.append(changes.change_outcomes(population))
    found.append(_follow_up(population))
    return tuple(drawing for drawing in found if drawing is not None)


def _flow(population: Summary) -> Drawing | None:
    if len(population.flow) < 2:
        return None
    scenes = flow_scene(population), flow_scene(population, narrow=True)
    return drawn(population, "flow", "From case finding to analysis", "", flow_alt(population), *scenes)


def _follow_up(population: Summary) -> Drawing | None:
    curves = lasting(population)
    if not curves:
        return None
    scenes = [lasting_scene(curves, "months from the index date", paper) for paper in PAPERS]
    return drawn(population, "follow-up", "Length of follow-up", AS_RECORDED, lasting_alt(curves, "months"), *scenes)
