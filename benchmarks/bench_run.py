"""Wall time and peak memory of `caseseries run` on eight patients, report included; the limits are 3 s and 400 MB.

Each figure is also given as a ratio to a Python that only imports the three large libraries a report needs.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 7
STUDY = Path(__file__).resolve().parents[1] / "examples" / "jdm-mmf"
MOST_SECONDS, MOST_MEGABYTES = 3.0, 400.0


def measured(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak resident megabytes of one cold process."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command} ended with {process.returncode}")
    return seconds, used.ru_maxrss / 1024


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "three libraries": [sys.executable, "-c", "import duckdb, scipy.stats, matplotlib.figure"],
            "caseseries run": [
                *[sys.executable, "-m", "caseseries", "run", str(STUDY / "protocol.yaml"), str(STUDY / "chart.yaml")],
                *["--out", str(Path(folder) / "results")],
            ],
        }
        medians = {}
        for name, command in commands.items():
            measured(command)  # the first run compiles and fills the disk cache
            figures = [measured(command) for _ in range(RUNS)]
            seconds, megabytes = (statistics.median(column) for column in zip(*figures, strict=True))
            medians[name] = (seconds, megabytes)
            print(f"{name:16} median {seconds:5.2f} s wall, {megabytes:4.0f} MB peak")
    libraries, run = medians.values()
    print(f"ratio            {run[0] / libraries[0]:5.2f}        {run[1] / libraries[1]:5.2f}")
    if run[0] > MOST_SECONDS or run[1] > MOST_MEGABYTES:
        sys.exit(f"beyond the limits of {MOST_SECONDS} s and {MOST_MEGABYTES} MB")


if __name__ == "__main__":
    main()
