"""CPU time until `caseseries --help` has answered; the limit is 100 ms."""

import resource
import statistics
import subprocess
import sys

RUNS = 15


def cpu(command: list[str]) -> float:
    """Milliseconds of CPU, user and system, that one cold run takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def main() -> None:
    base = [sys.executable, "-c"]
    for name, code in {
        "python alone": "pass",
        "caseseries --help": "import sys; sys.argv = ['caseseries', '--help']; "
        "from caseseries.cli.main import main; sys.exit(main())",
    }.items():
        times = [cpu([*base, code]) for _ in range(RUNS)]
        print(f"{name:20} median {statistics.median(times):4.0f} ms, worst {max(times):4.0f} ms CPU")


if __name__ == "__main__":
    main()
