"""Which figures a run has, each with title, caption and words for those who cannot see it."""

from __future__ import annotations

from collections.abc import Callable

from caseseries.chart.natural import natural
from caseseries.report.exhibits.change import dose_days_words
from caseseries.report.exhibits.included import MOST_DRAWN
from caseseries.report.exhibits.levels import in_order
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import capital, planned
from caseseries.report.figures import changes, levels, reasons, responders
from caseseries.report.figures.drawing import PAPERS, Drawing, drawn
from caseseries.report.figures.flow import flow_alt, flow_scene
from caseseries.report.figures.lasting import AS_RECORDED, lasting, lasting_alt, lasting_scene
from caseseries.report.figures.scene import Scene
from caseseries.report.figures.slopes import Panel, panels, slopes_alt, slopes_scene
from caseseries.report.figures.specification_curve import specification_curve
from caseseries.report.figures.spells import spells
from caseseries.report.figures.swimmer import swimmer_alt, swimmer_scene
from caseseries.report.figures.taper import drawn_dose, taper_alt, taper_scene
from caseseries.report.figures.threshold_map import threshold_map
from caseseries.report.figures.time_to import times
from caseseries.report.figures.timeline import timeline_alt, timeline_scene
from caseseries.report.figures.waterfall import (
    Bars,
    bars,
    first_in_order,
    narrow_waterfall,
    waterfall_alt,
    waterfall_scene,
)
from caseseries.summary.cases import CaseRow
from caseseries.summary.model import Summary
from caseseries.verdict.names import short_name
from caseseries.verdict.summed_days import summed_days


def drawings(summary: Summary) -> tuple[Drawing, ...]:
    """Every figure of the run, in the order of the report: cases one by one to about 60 of them, distributions above."""
    shown, n = summary.cases, summary.included
    found: list[Drawing | None] = []
    if len(summary.flow) > 1 or shown is not None:
        scenes = flow_scene(summary), flow_scene(summary, narrow=True)
        found.append(drawn(summary, "flow", "From case finding to analysis", "", flow_alt(summary), *scenes))
    one_by_one = shown is not None and n <= MOST_DRAWN
    for declared, outcome, of_levels in in_order(summary):
        name = declared if of_levels is None else outcome.plan.name
        if of_levels is not None:
            found.append(levels.levels(summary, declared))
        if one_by_one:
            found += _outcome(summary, name)
        else:
            found += [
                responders.readings(summary, name),
                responders.years(summary, name),
                *(
                    reasons.not_evaluable(summary, verdict)
                    for verdict in ([plan.name for plan in of_levels.at_least] if of_levels is not None else [name])
                ),
                changes.changes_behind(summary, name),
            ]
    if not one_by_one:
        found.append(changes.change_outcomes(summary))
    for name in summary.outcomes:
        found += [specification_curve(summary, name), threshold_map(summary, name)]
    found += [times(summary, name) for name in summary.times]
    if one_by_one:
        found += [spells(summary, name) for name in summary.spells]
    found += _of_time(summary) if one_by_one else [_lengths(summary)]
    if shown is not None and one_by_one:
        found += [_timeline(summary, case, place) for place, case in enumerate(shown.included, 1)]
    return tuple(drawing for drawing in found if drawing is not None)


def _of_time(summary: Summary) -> list[Drawing | None]:
    """Doses and follow-up of every case."""
    undated = "".join(f" {note}" for note in planned(summary))
    caption = (
        "The case named above each panel is drawn in colour, the others in grey. "
        "The dashed line is the index date; marks are the doses that the verdict rests on."
    )
    narrow = taper_scene(summary, narrow=True)
    dose = drawn_dose(summary)
    title = f"Daily dose of {dose.daily_dose} over time" if dose is not None else ""
    found = [_drawn(summary, "taper", title, caption + undated, taper_alt, taper_scene, narrow)]
    caption = (
        "From the index date to the last day observed, the longest on top; the verdict stands on its assessment day. Beside a lane "
        "stands why the study drug was stopped."
    )
    title = "Follow-up, study drug, response and events"
    return [*found, _drawn(summary, "swimmer", title, caption + undated, swimmer_alt, swimmer_scene)]


def _drawn(
    summary: Summary,
    key: str,
    title: str,
    caption: str,
    alt: Callable[[Summary], str],
    draw: Callable[[Summary], Scene | None],
    narrow: Scene | None = None,
) -> Drawing | None:
    """A figure of the whole run, where there is something to draw."""
    scene = draw(summary)
    return None if scene is None else drawn(summary, key, title, caption, alt(summary), scene, narrow)


def _lengths(summary: Summary) -> Drawing | None:
    curves = lasting(summary)
    if not curves:
        return None
    scenes = [lasting_scene(curves, "months from the index date", paper) for paper in PAPERS]
    return drawn(summary, "follow-up", "Length of follow-up", AS_RECORDED, lasting_alt(curves, "months"), *scenes)


def _timeline(summary: Summary, case: CaseRow, place: int) -> Drawing | None:
    scene = timeline_scene(summary, case)
    if scene is None:
        return None
    undated = " ".join(planned(summary))
    title = f"Timeline of case {case.case_id}"
    return drawn(summary, f"timeline-{place:02d}", title, undated, timeline_alt(summary, case), scene)


def _summed(summary: Summary, name: str, shown: tuple[Panel, ...]) -> list[str]:
    """Over how many days the values of a panel were added up, where that is told with no change of the outcome, as of one from another window."""
    outcome = summary.outcomes[name]
    told = {(change.measure, change.before_window, change.after_window) for change in outcome.changes}
    found = dict.fromkeys((panel.facts.name, *panel.windows) for panel in shown)
    return [
        f"{capital(short_name(summary.measures[measure]))}: {days}."
        for measure, *windows in found
        if (measure, *windows) not in told and (days := summed_days(summary.protocol, outcome.plan, measure, windows))
    ]


def _dotted(falls: tuple[Bars, ...]) -> str:
    return ", a dotted one the published important difference" if any(panel.important[1] for panel in falls) else ""


def _outcome(summary: Summary, name: str) -> list[Drawing | None]:
    """The changes of every case behind one verdict outcome."""
    stem = slug(name)
    found: list[Drawing | None] = []
    shown = panels(summary, name)
    words = [dose_days_words(summary, summary.outcomes[name].changes), *_summed(summary, name, shown)]
    doses = "".join(f" {one}" for one in words if one)
    if shown:
        caption = (
            "One line a case; colour, mark and dashes tell the verdict. The thick line joins the medians of the cases in the denominator with both "
            f"values. Axes need not begin at zero.{doses}"
        )
        title = f"Values before and after, by {name}"
        scenes = [slopes_scene(shown, paper) for paper in PAPERS]
        found.append(drawn(summary, f"slopes-{stem}", title, caption, slopes_alt(summary, shown), *scenes))
    falls = bars(summary, name)
    if falls:
        groups = [pair.group for pair in shown[0].pairs] if shown else []
        missing = sorted({case for panel in falls for case in panel.missing}, key=natural)
        caption = (
            f"One bar a case, {first_in_order(falls, summary.outcomes[name].plan.good)}; a mark on the zero line is a change of zero. "
            f"The dashed line is what the rule asks for{_dotted(falls)}.{doses}"
        )
        caption += f" Without a value in at least one panel: {', '.join(missing)}." if missing else ""
        title = f"Change of every case against the thresholds of {name}"
        found.append(
            drawn(
                summary,
                f"waterfall-{stem}",
                title,
                caption,
                waterfall_alt(falls, summary.outcomes[name].plan.good),
                waterfall_scene(falls, groups),
                narrow_waterfall(falls, groups),
            )
        )
    return found
