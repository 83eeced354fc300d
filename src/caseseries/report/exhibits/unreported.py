"""What the protocol declares and the report does not show as a change: named, each with its reason."""

from __future__ import annotations

from caseseries.protocol.eligibility import OfValue, Recorded
from caseseries.protocol.lab_grades import graded_measures
from caseseries.protocol.specs import pairs_of
from caseseries.report.exhibits.derived import is_part
from caseseries.report.exhibits.printed_blocks import Paragraph
from caseseries.report.exhibits.words import listed, value_name
from caseseries.summary.model import Summary
from caseseries.verdict.leaf import BASELINE


def reported(summary: Summary) -> set[str]:
    """The measures of which the report shows something: asked for by an outcome, declared as a change, monitored for safety, graded, or added up."""
    shown = _asked(summary) | _timed(summary) | summary.valued_measures
    monitored = summary.protocol.safety.monitored if summary.protocol.safety else ()
    return shown | {one.measure for one in monitored} | graded_measures(summary.protocol) | _added_up(summary)


def _added_up(summary: Summary) -> frozenset[str]:
    return summary.protocol.safety.added_up if summary.protocol.safety is not None else frozenset()


def _asked(summary: Summary) -> set[str]:
    return {slot.measure for outcome in summary.outcomes.values() for slot in outcome.plan.measured}


def _timed(summary: Summary) -> set[str]:
    return summary.measures_by_day


def unreported(summary: Summary) -> dict[str, str]:
    """Each declared measure without a change in this report, and the kind of reason, in the order declared."""
    with_change = {*summary.valued_measures}
    for outcome in summary.outcomes.values():
        with_change |= {*pairs_of(outcome.plan.slots, outcome.plan.at, BASELINE)}
    asked = _asked(summary)
    found = {}
    for name, facts in summary.measures.items():
        if (
            name not in summary.protocol.measures
            or name in with_change
            or (name in asked and facts.kind == "judgement")
        ):
            continue
        found[name] = _why(summary, name, name in asked)
    return found


#: Why a measure has no change, as it is said of one and of several.
_REASONS = {
    "one window": ("a rule asks for it in one window only", "a rule asks for them in one window only"),
    "time": ("a time to an event reads it at every visit", "times to an event read them at every visit"),
    "weight": ("it only converts doses by weight", "they only convert doses by weight"),
    "monitored": ("it is monitored for safety and reported there", "they are monitored for safety and reported there"),
    "graded": (
        "it is graded as an adverse event and reported there",
        "they are graded as adverse events and reported there",
    ),
    "added up": ("its cumulative dose is reported under safety", "their cumulative doses are reported under safety"),
    "eligibility": ("it only decides who is included", "they only decide who is included"),
    "part": ("a derived measure is computed from it", "derived measures are computed from them"),
    "nothing": ("no outcome asks for it", "no outcome asks for them"),
}


def _why(summary: Summary, name: str, asked: bool) -> str:
    protocol = summary.protocol
    if asked:
        return "one window"
    if name in _timed(summary):
        return "time"
    if any(dose.weight == name for dose in protocol.doses.values()):
        return "weight"
    if is_part(summary, name):
        return "part"
    if protocol.safety and any(one.measure == name for one in protocol.safety.monitored):
        return "monitored"
    if name in graded_measures(protocol):
        return "graded"
    if name in _added_up(summary):
        return "added up"
    criteria = (*protocol.include, *protocol.exclude)
    decides = {one.recorded for one in criteria if isinstance(one, Recorded)}
    decides |= {measure for one in criteria if isinstance(one, OfValue) for measure in one.measures}
    if name in decides:
        return "eligibility"
    return "nothing"


def unreported_words(summary: Summary) -> Paragraph | None:
    """The sentence under the response; nothing where every measure has its change."""
    names: dict[str, list[str]] = {}
    for name, why in unreported(summary).items():
        names.setdefault(why, []).append(value_name(summary.measures, name))
    if not names:
        return None
    parts = [f"{listed(found)} ({_REASONS[why][len(found) > 1]})" for why, found in names.items()]
    if sum(len(found) for found in names.values()) == 1:
        return Paragraph(f"One measure that the protocol declares has no change in this report: {parts[0]}.")
    return Paragraph(
        f"Measures that the protocol declares and that have no change in this report are {'; '.join(parts)}."
    )
