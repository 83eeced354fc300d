"""Three-valued answers, what they rest on, and the sentence that says so."""

from caseseries.verdict.denominator import absent_words, among_words, denominator_words, outside_words
from caseseries.verdict.leaf import Seen, beyond_reach, brief, full, seen, unreachable
from caseseries.verdict.logic import answer
from caseseries.verdict.names import event_words, judged, long_name, short_name, unit_text, why_absent, window_days
from caseseries.verdict.narrator import sentence
from caseseries.verdict.numbers import day_text, listed, shown, signed
from caseseries.verdict.pivot import answer_with, rests_on_judgement, rests_on_judgement_alone
from caseseries.verdict.rule_text import describe_rule, describe_window
from caseseries.verdict.trace import Absent, NodeTruth, Quantity, Truth, Verdict
from caseseries.verdict.trace_lines import trace_lines

__all__ = [
    "Absent",
    "NodeTruth",
    "Quantity",
    "Seen",
    "Truth",
    "Verdict",
    "absent_words",
    "among_words",
    "answer",
    "answer_with",
    "beyond_reach",
    "brief",
    "day_text",
    "denominator_words",
    "describe_rule",
    "describe_window",
    "event_words",
    "full",
    "judged",
    "listed",
    "long_name",
    "outside_words",
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
