"""The invented OMOP study by this package and by others, in one interleaved run: CPU seconds against a bare scan, and peak memory.

    python benchmarks/bench_omop.py                       10,000 and 100,000 patients: a few minutes
    BENCH=full python benchmarks/bench_omop.py            up to 5 million: hours, and 20 GB of disk
    python benchmarks/bench_omop.py --patients 1000000 --layout shuffled --share 0.42 --only scan caseseries

Every run is a process of its own; what it costs is its user and system time with that of its children, and the most memory that
its tree of processes held at once. The least of several rounds counts, for other work on the machine can only add. Databases and the others'
environments lie in a cache outside the repository: CASESERIES_BENCH, or ~/.cache/caseseries-bench. Results go to benchmarks/omop.json and from there
into benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import omop_report

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
CACHE = Path(os.environ.get("CASESERIES_BENCH") or Path.home() / ".cache" / "caseseries-bench")
STUDY = ROOT / "examples" / "omop-demo"

#: Other people's tools: the environment's packages, and the Python it needs ("" is ours).
ENVIRONMENTS = {
    "pandas": (("pandas", "pyarrow"), ""),
    "polars": (("polars",), ""),
    # With sqlglot 30.18 and later ibis 12.0.0 writes DROP TABLE without a name.
    "ibis": (("ibis-framework[duckdb]", "sqlglot<30.18"), ""),
    "phenex": (("phenex",), "3.12"),
}
#: Runs that need more than a share of the memory of a small machine, or hours, beyond these sizes.
LARGEST = {"phenex": 100_000, "pandas": 1_000_000, "ibis": 1_000_000, "polars": 1_000_000, "plain": 1_000_000}
ROUNDS = {"phenex": 1, "plain": 1}


#: One more outcome beside the others: a rule on every visit of a year with a dose read on every day, and a time with a competing event.
YEAR = "\nwindows:\n  first year: {from: 1 day, to: 365 days, same_day: worst, components: nearest each, take: last, overlap: yes}\n"
QUIET = "{all: [{value: physician global, at_most: 3 cm}, {value: strength, at_least: 60 points}"
HELD = f"""  quiet for a year:
    good: yes
    at: month 12
    rule: {{held: {QUIET}, {{value: steroid, at_most: 0.5 mg/kg/day}}]}}, in: first year, on: every visit}}
"""
TIME = f"""  time to quiet: {{time_to: {QUIET}]}}, in: first year, competing: [death], times: [6 months, 1 year]}}
"""

#: Our counts with other words in the protocol; the default word for `components` is `same visit`.
WORDED = {
    "visit": {"components: nearest each": "components: same visit"},
    "mean": {"same_day: worst": "same_day: mean"},
    "visit-mean": {"components: nearest each": "components: same visit", "same_day: worst": "same_day: mean"},
    "held": {"\nsafety:\n": HELD + "\nsafety:\n", "\nwindows:\n": YEAR},
    "time": {"\nsafety:\n": TIME + "\nsafety:\n", "\nwindows:\n": YEAR},
}


@dataclass(frozen=True)
class Data:
    """One invented database."""

    patients: int
    layout: str = "sorted"
    share: float = 0.42
    peers: bool = True

    @property
    def folder(self) -> Path:
        return CACHE / "data" / f"{self.patients}-{self.layout}-{self.share}"


MODERATE = (
    Data(10_000),
    Data(100_000),
    Data(100_000, "shuffled", peers=False),
    Data(100_000, share=0.005, peers=False),
)
FULL = (
    *MODERATE,
    Data(1_000_000),
    Data(1_000_000, "shuffled", peers=False),
    Data(1_000_000, "clustered", peers=False),
    Data(1_000_000, share=0.005, peers=False),
    Data(5_000_000, peers=False),
)


def make(data: Data) -> None:
    """Write the database unless the cache has it."""
    if data.folder.exists():
        return
    data.folder.parent.mkdir(parents=True, exist_ok=True)
    code = (
        "import sys; from pathlib import Path; from caseseries.invent import write;"
        "write(Path(sys.argv[1]), patients=int(sys.argv[2]), layout=sys.argv[3], share=float(sys.argv[4]))"
    )
    print(f"writing {data.folder.name} ...", flush=True)
    command = [sys.executable, "-c", code, str(data.folder), str(data.patients), data.layout, str(data.share)]
    subprocess.run(command, check=True)


def environment(name: str) -> tuple[Path, dict[str, str]] | None:
    """The Python of a tool's own environment, made when it is not there, and the versions in it; None without that Python."""
    packages, version = ENVIRONMENTS[name]
    place = CACHE / "environments" / name
    python = place / "bin" / "python"
    if not (place / "ready").exists():
        base = _python(version)
        if base is None:
            return None
        print(f"installing {name} ...", flush=True)
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([base, "-m", "venv", str(place)], check=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *packages], check=True
        )
        (place / "ready").touch()
    listed = subprocess.run(
        [str(python), "-m", "pip", "list", "--format=json", "--disable-pip-version-check"],
        check=True,
        capture_output=True,
        text=True,
    )
    shown = {"pandas", "pyarrow", "polars", "ibis-framework", "duckdb", "sqlglot", "phenex"}
    return python, {one["name"]: one["version"] for one in json.loads(listed.stdout) if one["name"] in shown}


def _python(version: str) -> str | None:
    if not version:
        return sys.executable
    found = [
        shutil.which(f"python{version}"),
        *(str(path) for path in Path.home().glob(f".pyenv/versions/{version}*/bin/python")),
    ]
    for candidate in reversed([one for one in found if one]):
        if subprocess.run([candidate, "--version"], capture_output=True, check=False).returncode == 0:
            return candidate
    return None


def measured(command: list[str], *, cwd: Path) -> dict[str, object]:
    """Run a command; its CPU seconds, peak MB of its tree, and what it printed (or why it failed)."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        peak = 0
        process = subprocess.Popen(command, stdout=out, stderr=err, cwd=cwd)
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, _resident(process.pid))
            time.sleep(0.05)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        said = err.read().strip().splitlines()
        return {
            "cpu": used.ru_utime + used.ru_stime,
            "peak": max(peak / 1024, used.ru_maxrss / 1024),
            "out": out.read(),
            "failed": "" if process.returncode == 0 else (said or ["no message"])[-1][:200],
        }


def _resident(process: int) -> int:
    """Kilobytes that a process and its descendants hold now."""
    here = Path("/proc", str(process))
    try:
        held = int((here / "statm").read_text().split()[1]) * (os.sysconf("SC_PAGE_SIZE") // 1024)
        children = [
            int(child) for task in (here / "task").iterdir() for child in (task / "children").read_text().split()
        ]
    except (OSError, IndexError):
        return 0  # it has just ended
    return held + sum(_resident(child) for child in children)


def ours(name: str, data: Data, out: Path) -> list[str]:
    """Our own command on a database, or the same up to the results; the study folder with the database linked into it."""
    study = out / "study"
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(STUDY, study)
    (study / "cdm").symlink_to(data.folder)
    files = [str(study / "protocol.yaml"), str(study / "omop.yaml")]
    for written, other in WORDED.get(name, {}).items():
        text = (study / "protocol.yaml").read_text(encoding="utf-8")
        if written not in text:
            raise SystemExit(f"protocol.yaml has no {written!r}")
        (study / "protocol.yaml").write_text(text.replace(written, other), encoding="utf-8")
    if name == "counted" or name in WORDED:
        code = "import sys; from caseseries import Study; Study.load(sys.argv[1]).run(sys.argv[2], show=0).close()"
        return [sys.executable, "-c", code, *files]
    return [str(Path(sys.executable).with_name("caseseries")), "run", *files, "--out", str(out / "report")]


def disagreements(expected: dict[str, list], found: dict[str, list]) -> list[str]:
    """Names of the counts of a peer that are not those of plain SQL; sums of binary floats may differ in the third decimal."""
    return [
        what
        for what, (n, total) in found.items()
        if what in expected
        and (
            n != expected[what][0]
            or (total is not None and abs(total - (expected[what][1] or 0)) > 0.01 + 1e-9 * abs(total))
        )
    ]


def bench(data: Data, only: list[str], asked: int | None = None) -> dict[str, object]:
    """All runs on one database, interleaved."""
    make(data)
    commands: dict[str, list[str]] = {}
    versions: dict[str, str] = {}
    notes: dict[str, str] = {}
    peers = HERE / "peers"
    with tempfile.TemporaryDirectory(prefix="caseseries-bench-", dir=CACHE) as scratch:
        wanted = only or ["scan", "counted", *WORDED, "caseseries", *(["plain", *ENVIRONMENTS] if data.peers else [])]
        for name in wanted:
            if data.patients > LARGEST.get(name, data.patients):
                continue
            if name == "scan":
                commands[name] = [sys.executable, str(peers / "scan.py"), str(data.folder)]
            elif name == "plain":
                commands[name] = [sys.executable, str(peers / "plain.py"), str(data.folder)]
            elif name in ("counted", "caseseries", *WORDED):
                commands[name] = []
            else:
                made = environment(name)
                if made is None:
                    notes[name] = f"not run: needs Python {ENVIRONMENTS[name][1]}"
                    continue
                commands[name] = [str(made[0]), str(peers / f"with_{name}.py"), str(data.folder)]
                versions.update({f"{name}: {package}": version for package, version in made[1].items()})
        rounds = asked or (3 if data.patients <= 100_000 else 2 if data.patients <= 1_000_000 else 1)
        runs: dict[str, list[dict]] = {name: [] for name in commands}
        for number in range(rounds):
            for name, command in commands.items():
                if number >= ROUNDS.get(name, rounds) or (runs[name] and runs[name][-1]["failed"]):
                    continue
                ready = command or ours(name, data, Path(scratch) / "ours")
                one = measured(ready, cwd=Path(scratch))
                runs[name].append(one)
                print(
                    f"{data.folder.name:24} {name:11} {one['cpu']:8.2f} s CPU {one['peak']:7.0f} MB {one['failed']}",
                    flush=True,
                )
    return {
        "patients": data.patients,
        "layout": data.layout,
        "share": data.share,
        "runs": _summary(data, runs, notes),
        "versions": versions,
    }


def _summary(data: Data, runs: dict[str, list[dict]], notes: dict[str, str]) -> dict[str, dict[str, object]]:
    plain = json.loads(runs["plain"][0]["out"]) if runs.get("plain") and not runs["plain"][0]["failed"] else None
    summary: dict[str, dict[str, object]] = {name: {"note": note} for name, note in notes.items()}
    for name, several in runs.items():
        several = [one for one in several if not one["failed"]]
        if not several:
            summary[name] = {"note": "failed"}
            continue
        least = min(several, key=lambda one: one["cpu"])
        note = ""
        if name in ENVIRONMENTS:
            found, expected = json.loads(least["out"]), plain
            if name == "phenex":
                expected = _checked(data)
            wrong = disagreements(expected, found) if expected else []
            compared = len(set(found) & set(expected or {}))
            note = (
                f"{len(wrong)} of {compared} counts differ from plain SQL: {', '.join(wrong[:5])}"
                if wrong
                else (f"{compared} counts as plain SQL" if expected else "")
            )
        summary[name] = {
            "cpu": round(least["cpu"], 2),
            "peak": round(max(one["peak"] for one in several)),
            "rounds": len(several),
            "note": note,
        }
    return summary


def _checked(data: Data) -> dict[str, list]:
    made = environment("phenex")
    if made is None:
        return {}
    command = [str(made[0]), str(HERE / "peers" / "with_phenex.py"), str(data.folder), "--check"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, nargs="+")
    parser.add_argument("--layout", default="sorted")
    parser.add_argument("--share", type=float, default=0.42)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--rounds", type=int, help="3 up to 100,000 patients, 2 up to a million, else 1")
    parser.add_argument("--dry", action="store_true", help="print, but leave RESULTS.md alone")
    chosen = parser.parse_args()
    full = os.environ.get("BENCH") == "full"
    databases = [Data(n, chosen.layout, chosen.share) for n in chosen.patients or ()] or (FULL if full else MODERATE)
    CACHE.mkdir(parents=True, exist_ok=True)
    for data in databases:
        done = bench(data, chosen.only, chosen.rounds)
        if not chosen.dry:
            omop_report.keep(done, HERE)


if __name__ == "__main__":
    main()
