"""`caseseries run`: the study from chart to report."""

from __future__ import annotations

import argparse
import importlib
import threading
from pathlib import Path
from typing import Any

from caseseries.chart.description import load_description
from caseseries.cli.files import load_study
from caseseries.cli.screen import Screen
from caseseries.study import Results


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """Run one study, write its report, print the headline."""
    study_and_report(arguments.protocol, arguments.chart, arguments, screen)
    return 0


def study_and_report(protocol: str | Path, chart: str | Path, arguments: argparse.Namespace, screen: Screen) -> Results:
    """Run, write to ``arguments.out``, and say what was found; also used by `demo`."""
    from caseseries import report

    _load_ahead()
    out, described = Path(arguments.out), Path(chart)
    report.refuse(out, inputs=[Path(protocol), described])
    study = load_study(protocol)
    report.refuse(out, inputs=[described.parent / load_description(described).source])
    screen.warn(study.warnings)
    results = study.run(chart, memory_limit=arguments.memory_limit, threads=arguments.threads, progress=screen.progress)
    screen.progress("writing the report")
    results.write(out)
    screen.say(results.headline())
    screen.advise(f"Report: {out / 'report.html'}")
    screen.answer(out=str(out), **_found(results))
    return results


def _load_ahead() -> None:
    """Load what the end of a run needs while the database is at work; nothing depends on whether this is done in time."""

    def load() -> None:
        for name in ("scipy.special", "matplotlib.backends.backend_agg"):
            importlib.import_module(name)

    threading.Thread(target=load, daemon=True).start()


def _found(results: Results) -> dict[str, Any]:
    """What `--json` says of a run; everything else is in results.json."""
    summary = results.summary
    return {
        "headline": results.headline(),
        "included": len(summary.included),
        "outcomes": {
            name: [
                {
                    "reading": counted.reading,
                    "responders": counted.yes,
                    "non_responders": counted.no,
                    "not_evaluable": counted.not_evaluable,
                    "outside": counted.outside,
                }
                for counted in outcome.responders
            ]
            for name, outcome in summary.outcomes.items()
        },
        "findings": len(summary.findings),
        "warnings": sum(finding.severity == "warning" for finding in summary.findings),
        "invented": summary.invented,
    }
