"""One chart of 1,000 to 50,000 patients with five visits each: CPU seconds and peak memory of reading, stages and summary, and the answers.

    python benchmarks/bench_chart.py                    1,000, 5,000 and 20,000 patients
    BENCH=full python benchmarks/bench_chart.py         50,000 as well, held against 60 times the CPU time of 1,000, and 1 GB
    python benchmarks/bench_chart.py --patients 2000

Every size is a process of its own; the peak is the most memory that it had held by the end of a part. The answer and the values of
every patient are compared with those of drawn_chart.py, which shares nothing with caseseries. Imports are part of what comes first.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import drawn_chart

SIZES = (1_000, 5_000, 20_000)
LARGEST = 50_000
#: 50,000 patients may take so many times the CPU time of 1,000, and so much memory.
MOST_TIMES, MOST_MEGABYTES = 60, 1024
PARTS = ("reading", "stages", "summary")


def run(folder: Path) -> dict[str, Any]:
    """Read and run the chart of a folder in this process: CPU seconds and peak megabytes by part, and how many answers are wrong."""
    from caseseries import Study

    spent: dict[str, list[float]] = {}
    now = "reading"

    def measure(part: str) -> None:
        nonlocal now
        spent[now] = [time.process_time() - sum(seconds for seconds, _ in spent.values()), _peak()]
        now = part

    def progress(stage: str, _: int | None = None) -> None:
        if stage == "summarising":
            measure("summary")
        elif stage.startswith("comparing"):
            measure("comparison")

    study = Study.load(folder / "protocol.yaml")
    chart = study.read(folder / "chart.yaml")
    measure("stages")
    results = study.run(chart, progress=progress)
    measure("")
    expected = drawn_chart.expected(folder)
    return {"parts": spent, "wrong": _wrong(results, expected), "patients": len(expected)}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


#: What the study calls the words of drawn_chart.py on who is not included.
WHY_NOT = {
    "age": "Age below 18 years at the index date",
    "diagnosis": "Diagnosis of juvenile dermatomyositis by the index date",
}
TRUTHS = {"yes": True, "no": False, "not evaluable": None}
WINDOWS = ("baseline", "month 3")


def _wrong(results: Any, expected: dict[str, drawn_chart.Answer]) -> int:
    """How many patients have another answer or value than worked out in plain Python, and how many cases more or less failed a criterion."""
    included = {patient: (one.good, *map(_number, one.values)) for patient, one in expected.items() if not one.failed}
    found = _counted(results) if results.cases is None else _shown(results.cases)
    wrong = sum(found.get(patient) != included.get(patient) for patient in found.keys() | included.keys())
    failed: Counter[str] = Counter()
    for (why, _), n in results.tally.section("cases"):
        failed[why] += n if why else 0
    failed.subtract(WHY_NOT[one.failed] for one in expected.values() if one.failed)
    return wrong + sum(map(abs, failed.values()))


def _number(value: object) -> float | None:
    """A value as patients.parquet has it."""
    return None if value is None else float(Fraction(str(value)))


def _shown(cases: Any) -> dict[str, tuple[object, ...]]:
    """The answer and the values of every included case that is shown."""
    (answers,) = cases.outcomes.values()
    found = {}
    for verdict in answers.verdicts[0]:
        values = {(one.slot.window, one.slot.measure): one.value for one in verdict.quantities}
        of_windows = (values[window, measure] for window in WINDOWS for measure in drawn_chart.MEASURES)
        found[verdict.case_id] = (verdict.truth, *map(_number, of_windows))
    return found


def _counted(results: Any) -> dict[str, tuple[object, ...]]:
    """The same of counted cases, from patients.parquet."""
    import duckdb

    columns = ", ".join(
        f'"good_response_{window.replace(" ", "_")}_{measure}"'
        for window in WINDOWS
        for measure in drawn_chart.MEASURES
    )
    with results.patients_kept.joined(None) as files, duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT patient, good_response, {columns} FROM read_parquet(?)", [str(files["patients.parquet"])]
        ).fetchall()
    return {str(patient): (TRUTHS[answer], *values) for patient, answer, *values in rows}


def measured(patients: int) -> dict[str, Any]:
    """The same in a process of its own, on a chart that is drawn for it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "study"
        drawn_chart.draw(folder, patients)
        command = [sys.executable, __file__, "--folder", str(folder)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, nargs="*")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.folder is not None:
        print(json.dumps(run(asked.folder)))
        return
    sizes = asked.patients or [*SIZES, *([LARGEST] if os.environ.get("BENCH") == "full" else [])]
    first: float | None = None
    failed = []
    for patients in sizes:
        found = measured(patients)
        parts = {part: found["parts"][part] for part in PARTS if part in found["parts"]}
        seconds, peak = sum(cpu for cpu, _ in parts.values()), max(held for _, held in parts.values())
        first = first or seconds
        told = "; ".join(f"{part} {cpu:6.2f} s, {held:5.0f} MB" for part, (cpu, held) in parts.items())
        print(
            f"{patients:7,} patients: {told}; CPU {seconds:6.2f} s, {seconds / first:5.1f} x; {found['wrong']} answers differ",
            flush=True,
        )
        if found["wrong"]:
            failed.append(f"{found['wrong']} of {found['patients']:,} answers differ from those in plain Python")
        if patients >= LARGEST and sizes[0] == SIZES[0] and seconds > MOST_TIMES * first:
            failed.append(f"{patients:,} patients take more than {MOST_TIMES} times the CPU time of {sizes[0]:,}")
        if peak > MOST_MEGABYTES:
            failed.append(f"{patients:,} patients need {peak:.0f} MB, more than {MOST_MEGABYTES}")
    if failed:
        sys.exit("; ".join(failed))


if __name__ == "__main__":
    main()
