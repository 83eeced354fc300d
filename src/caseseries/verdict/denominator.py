"""The denominator of an outcome in words, and why a case stands outside it."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.specs import OutcomePlan
from caseseries.protocol.window import Window
from caseseries.verdict.names import why_absent
from caseseries.verdict.question_words import question_absent
from caseseries.verdict.rule_text import describe_rule
from caseseries.verdict.trace import Verdict


def among_words(plan: OutcomePlan, measures: Mapping[str, MeasureFacts]) -> str:
    """Whom the denominator is limited to: `with MMT less than 60 points at baseline`; empty where all included count."""
    return "" if plan.among is None else f"with {describe_rule(plan.among, measures, at=plan.at)}"


def denominator_words(plan: OutcomePlan, measures: Mapping[str, MeasureFacts], of: str = "the included cases") -> str:
    """`the included cases`, or those of them that the outcome's rule `among` leaves."""
    among = among_words(plan, measures)
    return f"{of} {among}" if among else of


def outside_words(verdict: Verdict, plan: OutcomePlan, measures: Mapping[str, MeasureFacts]) -> str:
    """Why a case stands outside the denominator, or that this is not known; empty for one inside."""
    if verdict.inside is True:
        return ""
    cases = f"among cases {among_words(plan, measures)}"
    return f"outside: not {cases}" if verdict.inside is False else f"not known whether {cases}"


def absent_words(because: str, measures: Mapping[str, MeasureFacts], windows: Mapping[str, Window]) -> str:
    """Reasons of absence (`window measure: code`, joined by semicolons) in words."""
    return "; ".join(_reason(one, measures, windows) for one in because.split("; ") if one)


def _reason(reason: str, measures: Mapping[str, MeasureFacts], windows: Mapping[str, Window]) -> str:
    where, _, code = reason.rpartition(": ")
    for window in windows:
        name = where.removeprefix(f"{window} ")
        if where.startswith(f"{window} ") and name in measures:
            return why_absent(code, measures[name], window, windows, None)
    return question_absent(reason, windows) or reason
