"""`caseseries plan`: the next study in one arm, from a finished series."""

from __future__ import annotations

import argparse
from pathlib import Path

from caseseries.cli.screen import Screen
from caseseries.errors import CaseSeriesError


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """Plan, print the plan and its paragraph, write the page where that is asked for."""
    from caseseries.evidence import plan
    from caseseries.evidence.evidence_page import refuse
    from caseseries.evidence.plan_numbers import numbers
    from caseseries.verdict.number_style import in_style, style_named

    out = None if arguments.out is None else Path(arguments.out)
    inputs = [Path(arguments.results)] if arguments.results is not None else []
    if out is not None:
        refuse(out, "plan", inputs)
    found = plan(
        arguments.results,
        null=arguments.null,
        cite=arguments.cite,
        alternative=arguments.alternative,
        outcome=arguments.outcome,
        responders=arguments.responders,
        of=arguments.of,
        alpha=arguments.alpha,
        power=arguments.power,
        half_width=arguments.half_width,
        prior=_prior(arguments.prior),
        design=arguments.design.replace("-", " "),
    )
    if out is not None:
        found.write(out, style=arguments.style)
    with in_style(style_named(arguments.style)):
        screen.say(found.headline())
    if out is not None:
        screen.advise(f"Plan: {out / 'plan.html'}")
    screen.answer(out=None if out is None else str(out), plan=numbers(found))
    return 0


def _prior(text: str) -> tuple[str, str]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 2:
        raise CaseSeriesError("A prior has two parameters.", expected="two numbers and a comma, such as 1,1 or 0.5,0.5")
    return parts[0], parts[1]
