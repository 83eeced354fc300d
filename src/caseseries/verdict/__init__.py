"""Three-valued answers, what they rest on, and the sentence that says so."""

from caseseries.verdict.leaf import Seen, beyond_reach, brief, full, seen, unreachable
from caseseries.verdict.logic import answer
from caseseries.verdict.names import event_words, judged, long_name, short_name, unit_text, why_absent, window_days
from caseseries.verdict.narrator import sentence, trace_lines
from caseseries.verdict.numbers import day_text, listed, shown, signed
from caseseries.verdict.pivot import answer_with, rests_on_judgement, rests_on_judgement_alone
from caseseries.verdict.trace import Absent, NodeTruth, Quantity, Truth, Verdict
from caseseries.verdict.words import describe_rule, describe_window

__all__ = [
    "Absent",
    "NodeTruth",
    "Quantity",
    "Seen",
    "Truth",
    "Verdict",
    "answer",
    "answer_with",
    "beyond_reach",
    "brief",
    "day_text",
    "describe_rule",
    "describe_window",
    "event_words",
    "full",
    "judged",
    "listed",
    "long_name",
    "rests_on_judgement",
    "rests_on_judgement_alone",
    "seen",
    "sentence",
    "short_name",
    "shown",
    "signed",
    "trace_lines",
    "unit_text",
    "unreachable",
    "why_absent",
    "window_days",
]
