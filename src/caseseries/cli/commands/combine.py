"""`caseseries combine`: the exported counts of several sites as one report."""

from __future__ import annotations

import argparse
from pathlib import Path

from caseseries.cli.commands.run import answer_of
from caseseries.cli.files import load_study
from caseseries.cli.places import advise_replaced, how, refuse_template
from caseseries.cli.screen import Screen
from caseseries.report.exhibits.words import seen
from caseseries.report.files.run_file import study_of
from caseseries.study.combined import combine
from caseseries.verdict.number_style import in_style, style_named


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """Add up the counts, write the report, print the headline."""
    from caseseries import report

    out, files = Path(arguments.out), [Path(name) for name in arguments.sites]
    report.refuse(out, inputs=[Path(arguments.protocol), *files])
    refuse_template(arguments)
    study, earlier = load_study(arguments.protocol), study_of(out)
    screen.warn(study.warnings)
    reason = seen(" ".join((arguments.same_site_twice or "").split()))
    results = combine(study, files, same_site_twice=reason)
    summary = results.summary
    for words in summary.deviations[len(study.deviations) :]:
        screen.advise(words)
    screen.progress("writing the report")
    results.write(out, **how(arguments))
    with in_style(style_named(arguments.style)):
        screen.say(results.headline())
    if summary.unnoted:
        screen.advise(summary.unnoted)
    screen.advise(f"Report: {out / 'report.html'}")
    advise_replaced(earlier, study.protocol.study, out, screen)
    screen.answer(out=str(out), sites=[site.label for site in summary.sites], **answer_of(summary))
    return 0
