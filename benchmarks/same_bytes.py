"""One study of an invented database on two engines: every file of the results must be the same, to the byte.

    python benchmarks/same_bytes.py --patients 1000000 --engines duckdb spark

What a run says about itself (run.json: engine, versions, what was read and its fingerprint) differs and is left out. The database lies in the
cache of bench_omop.py. Spark needs Java 17 or 21, and at a million patients about 40 GB of disk where temporary files go.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bench_omop import CACHE, STUDY, Data, make

from caseseries import Study
from caseseries.study import Results

SOURCES = {"duckdb": "{{parquet: {cdm}}}", "spark": "{{spark: {{parquet: {cdm}}}}}"}


def run(engine: str, data: Data, out: Path, memory_limit: str) -> dict[str, str]:
    """The SHA-256 of every file of the results but run.json."""
    study = out.with_name(f"{out.name}-study")
    shutil.copytree(STUDY, study)
    (study / "cdm").symlink_to(data.folder)
    described = study / "omop.yaml"
    described.write_text(
        described.read_text(encoding="utf-8").replace("{parquet: cdm}", SOURCES[engine].format(cdm="cdm")),
        encoding="utf-8",
    )
    began, last = time.monotonic(), ""

    def progress(what: str, n: int | None) -> None:
        nonlocal last
        if what != last:
            print(f"{engine:8} {time.monotonic() - began:7.0f} s  {what}", file=sys.stderr, flush=True)
        last = what

    found = Study.load(study / "protocol.yaml").run(described, show=0, memory_limit=memory_limit, progress=progress)
    assert isinstance(found, Results)
    # The fingerprints of what was read are those of files here and of tables there.
    replace(found, summary=replace(found.summary, fingerprints={})).write(out)
    print(f"{engine:8} {time.monotonic() - began:7.0f} s  written", file=sys.stderr, flush=True)
    files = sorted(path for path in out.rglob("*") if path.is_file() and path.name != "run.json")
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--engines", nargs=2, default=["duckdb", "spark"], choices=sorted(SOURCES))
    parser.add_argument("--memory-limit", default="8GB", help="of each engine")
    chosen = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    data = Data(chosen.patients)
    make(data)
    with tempfile.TemporaryDirectory(prefix="caseseries-same-", dir=CACHE) as scratch:
        one, other = (
            run(engine, data, Path(scratch) / f"{place} {engine}", chosen.memory_limit)
            for place, engine in enumerate(chosen.engines)
        )
    different = sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
    print(f"{len(one)} files of {chosen.engines[0]}, {len(other)} of {chosen.engines[1]}: {len(different)} differ")
    for name in different:
        print(f"  {name}")
    return bool(different)


if __name__ == "__main__":
    sys.exit(main())
