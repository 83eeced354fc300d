"""The figures of a run over very many patients, each with title, caption and words for those who cannot see it."""

from __future__ import annotations

from caseseries.report.figures import changes, not_evaluable, responders
from caseseries.report.figures.drawing import PAPERS, Drawing, drawn
from caseseries.report.figures.flow import steps_alt, steps_scene
from caseseries.report.figures.lasting import Lasting, lasting_alt, lasting_scene
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
    alt, steps = steps_alt(population, population.flow), population.flow
    title = "From the persons of the source to the cases analysed"
    return drawn(
        population, "flow", title, "", alt, steps_scene(population, steps), steps_scene(population, steps, narrow=True)
    )


def _follow_up(population: Summary) -> Drawing | None:
    curves = [
        Lasting(label, spread.counts(), population.included - spread.n)
        for key, label in (("observed", "Observed"), ("on drug", "On the study drug"))
        if (spread := population.spreads.get(key)) is not None and spread.n
    ]
    if not curves:
        return None
    caption = (
        "Percent of the included cases observed, and on the study drug, for at least so long. These are lengths as they were recorded, not "
        "estimates of persistence: those still observed at the end of the data had no chance to be followed longer."
    )
    scenes = [lasting_scene(curves, "months from the index date", paper) for paper in PAPERS]
    return drawn(population, "follow-up", "Length of follow-up", caption, lasting_alt(curves, "months"), *scenes)
