"""What the engine counts, counted in plain Python from the answers of the oracle, one case at a time: for every small run to be compared with.

The keys are those that the rooms from ``cohort`` to ``safety`` state. Every section of a tally is compared, one that nobody counts here too, but for
:data:`NOT_COUNTED`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseseries.chart.tables import Chart
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import plan
from caseseries.reference.case import CaseAnswer
from caseseries.reference.expected_answers import Verdicts, count_answers
from caseseries.reference.expected_drugs import count_drugs
from caseseries.reference.expected_findings import EMPTY_WINDOW, NEXT_COURSE, OTHER_TOTAL, count_findings
from caseseries.reference.expected_people import count_people
from caseseries.reference.expected_safety import count_safety
from caseseries.reference.expected_source import count_source
from caseseries.reference.record import indexed
from caseseries.stats.tally import Tally

#: What is not counted here: of which sections, and why.
NOT_COUNTED: Mapping[str, str] = dict.fromkeys(
    ("answer", "why", "decided", "occurred", "flip"),
    "of the further cells of the robustness grid: as many verdicts again, by the same SQL, and compared in the tests on drawn studies",
)
#: Findings of which the number is compared, and not the words: those that rest on the cases.
#: What is told of rows.
_OF_ROWS = ("rows", "finding")
_WORDLESS = (EMPTY_WINDOW, NEXT_COURSE, OTHER_TOTAL)


def tally(protocol: Protocol, chart: Chart, answers: Sequence[CaseAnswer], verdicts: Verdicts) -> Tally:
    """Count what was read, who was found, what the cases are like and took, their answers and values, and adverse events over time at risk."""
    counts, study = Tally(), indexed(protocol, chart)
    included = [one for one in answers if one.included]
    count_source(counts, study, included)
    count_people(counts, study, answers, included)
    count_drugs(counts, study, included)
    count_answers(counts, study, included, verdicts)
    count_safety(counts, study, included)
    count_findings(counts, study, included)
    return counts


def compared(counts: Tally, protocol: Protocol, *, of_rows: bool = True) -> Tally:
    """Of a run's counts those that are compared: without the further cells of the robustness grid, some findings without their words,
    and without `of_rows` what is told of rows."""
    grids = {
        (name, spec.number) for name in protocol.verdicts for spec in plan(protocol, name).specs if spec.role == "grid"
    }
    kept = Tally()
    for key, n in counts.counts.items():
        if key[:3] in _WORDLESS:
            kept.add(key[:3], n)
        elif (key[0] not in NOT_COUNTED or key[1:3] not in grids) and (of_rows or key[0] not in _OF_ROWS):
            kept.add(key, n)
    return kept
