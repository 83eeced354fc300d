"""Keep what bench_omop.py measured in omop.json, and write it into RESULTS.md between two marks."""

from __future__ import annotations

import datetime
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path

START, STOP = "<!-- omop: written by bench_omop.py -->", "<!-- /omop -->"

NAMES = {
    "scan": "bare scan of the columns (DuckDB, 2 threads)",
    "counted": "caseseries, every count (no report)",
    "visit": "the same, `components: same visit`",
    "mean": "the same, `same_day: mean`",
    "visit-mean": "the same, both",
    "held": "the same and a rule `held` on every visit and every day of a year",
    "time": "the same and a `time_to` with a competing event over a year",
    "caseseries": "`caseseries run`, report included",
    "plain": "plain SQL written for this one study",
    "pandas": "pandas, vectorised",
    "polars": "Polars, streaming",
    "ibis": "ibis plan on DuckDB",
    "phenex": "PhenEx (no nearest value, no doses, no unknown: less work)",
}


def keep(done: dict, folder: Path) -> None:
    """Add the runs on one database to omop.json, newer in place of older ones, and write RESULTS.md again."""
    file = folder / "omop.json"
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    key = f"{done['patients']} {done['layout']} {done['share']}"
    done |= {"machine": machine(), "date": f"{datetime.datetime.now(tz=datetime.UTC):%Y-%m-%d}"}
    kept[key] = done
    file.write_text(json.dumps(dict(sorted(kept.items(), key=_order)), indent=1) + "\n", encoding="utf-8")
    results = folder / "RESULTS.md"
    text = results.read_text(encoding="utf-8")
    section = f"{START}\n{report(kept)}\n{STOP}"
    if START in text:
        before, rest = text.split(START, 1)
        text = before + section + rest.split(STOP, 1)[1]
    else:
        text = f"{text.rstrip()}\n\n{section}\n"
    results.write_text(text, encoding="utf-8")


def _order(item: tuple[str, dict]) -> tuple:
    one = item[1]
    return one["patients"], ("sorted", "shuffled", "clustered").index(one["layout"]), -one["share"]


def machine() -> str:
    """Processors, memory, system and versions; no name of the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} shared cores (load {load:.0f}), {memory:.0f} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, caseseries {version('caseseries')}, duckdb {version('duckdb')}"
    )


def report(kept: dict) -> str:
    """The section of RESULTS.md."""
    lines = [
        "## One protocol, many patients",
        "",
        "The study of `examples/omop-demo/protocol.yaml` on invented databases: six laboratory values and scores and the weight in four",
        "windows, three global assessments, glucocorticoid per kg, three composite responses, neutrophils. Each run is a process of its own; CPU is",
        "user and system time of it and its children, the least of the rounds; the runs of one table were interleaved. Again:",
        "`make bench`, or `BENCH=full make bench` for all sizes.",
    ]
    for _, one in sorted(kept.items(), key=_order):
        runs = one["runs"]
        scan = runs.get("scan", {}).get("cpu")
        order = {"sorted": "sorted by patient", "shuffled": "shuffled", "clustered": "clustered by concept"}[
            one["layout"]
        ]
        lines += [
            "",
            f"### {one['patients']:,} patients, {order}, {100 * one['share']:g} % with the study drug",
            "",
            "| run | CPU s | ÷ scan | peak MB | |",
            "|---|---|---|---|---|",
        ]
        for name in sorted(runs, key=list(NAMES).index):
            run = runs[name]
            if "cpu" not in run:
                lines.append(f"| {NAMES[name]} | | | | {run['note']} |")
                continue
            ratio = f"{run['cpu'] / scan:.2f}" if scan else ""
            lines.append(f"| {NAMES[name]} | {run['cpu']:.2f} | {ratio} | {run['peak']:,} | {run['note']} |")
        packages = ", ".join(
            f"{name.split(': ')[1]} {number} ({name.split(': ')[0]})" for name, number in one["versions"].items()
        )
        lines += ["", f"{one['date']}; {one['machine']}" + (f"; {packages}." if packages else ".")]
    return "\n".join(lines)
