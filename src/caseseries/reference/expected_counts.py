"""What the engine counts, counted in plain Python from the answers of the oracle, one case at a time: for every small run to be compared with.

The keys are those that the rooms from ``cohort`` to ``safety`` state. Every section of a tally is compared but those of :data:`NOT_COUNTED`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseseries.chart.tables import Chart
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import plan
from caseseries.reference.case import CaseAnswer
from caseseries.reference.expected_answers import Verdicts, count_answers
from caseseries.reference.expected_drugs import count_drugs
from caseseries.reference.expected_people import count_people
from caseseries.reference.expected_safety import count_safety
from caseseries.reference.expected_source import count_source
from caseseries.reference.record import indexed
from caseseries.stats.tally import Key, Tally

#: What of a tally is not counted here, by how its keys begin, with why. A key that begins otherwise is compared.
NOT_COUNTED: Mapping[Key, str] = {
    ("finding", "warning", "empty window"): "made after the cases are found, in plain Python, and in no number",
    ("finding", "warning", "next course"): "made after the cases are found, in plain Python, and in no number",
}
#: The sections of which the further cells of the robustness grid are not counted here: as many verdicts again, compared in the tests.
OF_SPECS = frozenset(("answer", "why", "decided", "occurred", "flip"))


def tally(protocol: Protocol, chart: Chart, answers: Sequence[CaseAnswer], verdicts: Verdicts) -> Tally:
    """Count what was read, who was found, what the cases are like and took, their answers and values, and adverse events over time at risk."""
    counts, study = Tally(), indexed(protocol, chart)
    included = [one for one in answers if one.included]
    count_source(counts, study, included)
    count_people(counts, study, answers, included)
    count_drugs(counts, study, included)
    count_answers(counts, study, included, verdicts)
    count_safety(counts, study, included)
    return counts


def compared(counts: Tally, protocol: Protocol) -> Tally:
    """Of a run's counts those that are compared: without what is not counted here, and without the further cells of the robustness grid."""
    grids = {
        (name, spec.number) for name in protocol.verdicts for spec in plan(protocol, name).specs if spec.role == "grid"
    }
    kept = Tally()
    for key, n in counts.counts.items():
        of_grid = key[0] in OF_SPECS and key[1:3] in grids
        if not of_grid and not any(key[: len(left_out)] == left_out for left_out in NOT_COUNTED):
            kept.add(key, n)
    return kept
