"""`caseseries compare`: a finished series beside published ones."""

from __future__ import annotations

import argparse
from pathlib import Path

from caseseries.cli.screen import Screen


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """Compare, print what was found, write the page where that is asked for."""
    from caseseries.evidence import compare
    from caseseries.evidence.compare_numbers import numbers
    from caseseries.evidence.evidence_page import refuse
    from caseseries.verdict.number_style import in_style, style_named

    out = None if arguments.out is None else Path(arguments.out)
    inputs = [Path(one) for one in (*arguments.results, *([arguments.series] if arguments.series else []))]
    if out is not None:
        refuse(out, "compare", inputs)
    found = compare(
        arguments.results,
        outcome=arguments.outcome,
        series=arguments.series,
        disease=arguments.disease,
        drug=arguments.drug,
        only=arguments.only,
        pool_own=arguments.pool_own,
    )
    if out is not None:
        found.write(out, style=arguments.style)
    with in_style(style_named(arguments.style)):
        screen.say(found.headline())
    if out is not None:
        screen.advise(f"Comparison: {out / 'compare.html'}")
    screen.answer(out=None if out is None else str(out), comparison=numbers(found))
    return 0
