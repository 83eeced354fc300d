"""Wall time and peak memory of `caseseries run` on eight patients, report included; the limits are 3 s and 400 MB.

Each figure is also given as a ratio to a Python that only imports the three large libraries a report needs. Other work on
the machine can only add to a wall time, so the least one is held against the limit.
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


def measured(command: list[str]) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak resident megabytes of one cold process."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command} ended with {process.returncode}")
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "three libraries": [sys.executable, "-c", "import duckdb, scipy.special, matplotlib.figure"],
            "caseseries run": [
                *[sys.executable, "-m", "caseseries", "run", str(STUDY / "protocol.yaml"), str(STUDY / "chart.yaml")],
                *["--out", str(Path(folder) / "results")],
            ],
        }
        least = {}
        for name, command in commands.items():
            measured(command)  # the first run compiles and fills the disk cache
            wall, cpu, memory = zip(*[measured(command) for _ in range(RUNS)], strict=True)
            least[name] = (min(wall), min(cpu), max(memory))
            print(
                f"{name:16} wall {min(wall):5.2f} s least, {statistics.median(wall):5.2f} s median; "
                f"CPU {min(cpu):5.2f} s least; {max(memory):4.0f} MB peak"
            )
    libraries, run = least.values()
    print("ratio            " + ", ".join(f"{ours / theirs:.2f}" for ours, theirs in zip(run, libraries, strict=True)))
    if run[0] > MOST_SECONDS or run[2] > MOST_MEGABYTES:
        sys.exit(f"beyond the limits of {MOST_SECONDS} s and {MOST_MEGABYTES} MB")


if __name__ == "__main__":
    main()
