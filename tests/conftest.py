"""What every test may use: the shared data folder and the Hypothesis profiles; and how tests are spread over processes."""

from __future__ import annotations

import os
import signal
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.engine.servers import Postgres
    from xdist.scheduler import LoadScopeScheduling

    from caseseries.engine import Engine

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # What a shell starts in the background ignores Ctrl-C, and so would every process that a test starts and stops.
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nor would it end with its terminal under nohup
os.environ.setdefault("MPLBACKEND", "Agg")  # no test opens a window, whatever the machine's default

ROOT = Path(__file__).resolve().parents[1]

# `ci`: few examples, the same on every run and machine. `default`: new ones each time, for a person hunting.
# A slow generative test states its own max_examples. A deadline would make a busy machine a failing test.
settings.register_profile(
    "ci",
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("default", max_examples=150, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


#: Groups of tests that take longest, the longest first, so that no process is left with one of them at the end.
LONGEST = (
    "spark",
    "tests/docs/test_documentation_runs.py",
    "tests/generate/test_generate_stages.py",
    "tests/spec/test_spec_tally.py",
    "tests/summary/test_shown_and_counted.py",
)


def group(nodeid: str) -> str:
    """Tests that stay together in one process: those on Spark, of which a process has one session, and those of a file.

    A test on Spark has the word in its name or in that of its parameters. (The mark `xdist_group` alone does nothing: with
    pytest 9.2 the process that distributes the tests is not told of it, see pytest-xdist issue 1386.)
    """
    file, _, name = nodeid.partition("::")
    return "spark" if "spark" in name.casefold() else file


@pytest.hookimpl(optionalhook=True)  # pytest-xdist may be absent
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Spread groups over the processes, in the order in which the tests stand."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    config.option.loadscopereorder = False
    return Groups(config, log)


#: Where each test reads a database or starts the program: of a test with several parameters one in three stays in `make test`.
COSTLY = ("tests/cli/", "tests/published/", "tests/readers_omop/", "tests/source/omop/", "tests/study/")


#: What runs studies, reads databases or whole charts, starts the program or draws many: left out of `make check`.
SLOW = (
    *COSTLY,
    "tests/clinics/",
    "tests/docs/",
    "tests/engine/test_engine_failures.py",
    "tests/form/test_cases_from_new.py",
    "tests/form/test_started_studies.py",
    "tests/form/test_whatever_is_written_loads.py",
    "tests/generate/",
    "tests/invent/",
    "tests/protocol/test_check_anything.py",
    "tests/protocol/test_shown.py",
    "tests/protocol/test_yaml_bombs.py",
    "tests/readers/",
    "tests/report/test_eligible_value_words.py",
    "tests/report/test_report_of_counts.py",
    "tests/report/test_report_files.py",
    "tests/report/test_report_page.py",
    "tests/repository/test_installing.py",
    "tests/repository/test_without_asserts.py",
    "tests/safety/",
    "tests/source/test_any_input.py",
    "tests/source/test_chart_history.py",
    "tests/source/test_circe_study.py",
    "tests/source/test_clinic_layouts.py",
    "tests/source/test_days_from_index.py",
    "tests/source/test_overlapping_courses.py",
    "tests/source/test_privacy.py",
    "tests/spec/test_mutants.py",
    "tests/spec/test_spec_adverse.py",
    "tests/spec/test_spec_candidates.py",
    "tests/spec/test_spec_published.py",
    "tests/spec/test_spec_sheet.py",
    "tests/spec/test_spec_spark.py",
    "tests/spec/test_spec_tally.py",
    "tests/stats/test_stats_frequency.py",
    "tests/summary/",
)
#: But these run one example from chart to report, and print the manual.
QUICK = (
    "tests/published/test_published_jdm_mmf.py",
    "tests/published/test_published_report.py",
    "tests/docs/test_manual.py",
)
#: Of a test with several parameters here, `make check` takes one in three.
MANY = ("tests/catalogue/", "tests/protocol/", "tests/report/", "tests/source/", "tests/stats/")
#: Test functions that last, and one in how many of their parameters `make test` runs: written by `make measure`, which leaves the list aside.
LASTING = ROOT / "tests" / "lasting.txt"
#: Of a test that asks each engine in turn, one in so many of its parameters stay in `make test`; a spec is spread by its stack (tests/spec/small.py).
ENGINES = {"duckdb": 3, "postgres": 8}
#: What `make check` asks for.
CHECK = "not slow and not long"


def slow(nodeid: str) -> bool:
    """Whether a test, or every test of a file, is slow by what it needs."""
    return nodeid.startswith(SLOW) and not nodeid.startswith(QUICK)


def needs_engine(item: pytest.Item) -> bool:
    """Whether a test starts a server, or asks DuckDB on its own what a stack of specs (`spec`) asks with others."""
    if "postgres" in item.nodeid or "postgres" in getattr(item, "fixturenames", ()):
        return True
    drawn = getattr(item, "callspec", None)
    engines = [drawn.params[name] for name in ("implementation", "engine") if name in drawn.params] if drawn else []
    return "duckdb" in engines and "spec" not in drawn.params


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What `make check` leaves out as a whole is not even imported: that takes as long as half of what it runs."""
    if config.option.markexpr != CHECK or not collection_path.is_relative_to(ROOT):
        return None
    return slow(collection_path.relative_to(ROOT).as_posix()) or None


def thinned(items: list[pytest.Item], costly: tuple[str, ...]) -> list[pytest.Item]:
    """Items of costly tests beyond one in three of their parameters, where nothing else is said."""
    seen: Counter[str] = Counter()
    found = []
    for item in items:
        test, _, parameters = item.nodeid.partition("[")
        if not parameters or not item.nodeid.startswith(costly) or item.get_closest_marker("long") is not None:
            continue
        if seen[test] % 3:
            found.append(item)
        seen[test] += 1
    return found


def kept_of_long(items: list[pytest.Item]) -> list[pytest.Item]:
    """Items of tests marked `long(but_every=n)` that stay in `make test`: of each test one in n."""
    seen: Counter[str] = Counter()
    kept = []
    for item in items:
        mark = item.get_closest_marker("long")
        if mark is not None and "but_every" in mark.kwargs:
            test = item.nodeid.partition("[")[0]
            if seen[test] % mark.kwargs["but_every"] == 0:
                kept.append(item)
            seen[test] += 1
    return kept


def beyond(items: list[pytest.Item]) -> list[pytest.Item]:
    """Items that `make test` leaves out because their test function lasts, or because the oracle and one engine in turn are asked the same."""
    lines = (line.split() for line in LASTING.read_text(encoding="utf-8").splitlines())
    one_in = {name: int(n) for name, n in lines} if not os.environ.get("MEASURE") else {}
    seen: Counter[str] = Counter()
    found = []
    for item in items:
        test = item.nodeid.partition("[")[0]
        drawn = getattr(item, "callspec", None)
        stacked = drawn is not None and type(drawn.params.get("spec")).__name__ == "Spec"
        engine = drawn.params.get("implementation", "") if drawn and not stacked else ""
        stays = ENGINES.get(engine, one_in.get(test, 1))
        key = f"{test} {engine}"
        if stays == 0 or seen[key] % stays:
            found.append(item)
        seen[key] += 1
    return found


def of_part(item: pytest.Item, part: str) -> bool:
    """Whether a test belongs to a part such as `2/3` of the long ones: by its name, so that all parameters of a test stay together."""
    place, parts = map(int, part.split("/"))
    return zlib.crc32(item.nodeid.partition("[")[0].encode()) % parts == place - 1


@pytest.hookimpl(tryfirst=True, specname="pytest_collection_modifyitems")
def pytest_some_of_the_long_ones_stay(items: list[pytest.Item]) -> None:
    """Before `-m` chooses: what needs Spark is long, one in n of a test marked `long(but_every=n)` is not, some are slow by what they need."""
    for item in items:
        if group(item.nodeid) == "spark":  # it takes half a minute to begin with
            item.add_marker(pytest.mark.long)
    for item in thinned(items, COSTLY):
        item.add_marker(pytest.mark.long)
    for item in kept_of_long(items):
        item.own_markers = [mark for mark in item.own_markers if mark.name != "long"]
    for item in beyond([item for item in items if item.get_closest_marker("long") is None]):
        item.add_marker(pytest.mark.long)
    for item in (*thinned(items, MANY), *(item for item in items if slow(item.nodeid) or needs_engine(item))):
        item.add_marker(pytest.mark.slow)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes run, the longest groups first; a test on Spark that does not say so is refused; a part where one is asked for."""
    part = os.environ.get("PART")
    if part:
        left_out = [item for item in items if not of_part(item, part)]
        items[:] = [item for item in items if of_part(item, part)]
        config.hook.pytest_deselected(items=left_out)
    on_spark = [
        item for item in items if item.get_closest_marker("xdist_group") or "spark" in getattr(item, "fixturenames", ())
    ]
    nameless = [item.nodeid for item in on_spark if group(item.nodeid) != "spark"]
    if nameless:
        raise pytest.UsageError(f"a test on Spark must have the word in its name: {', '.join(nameless)}")
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: (*LONGEST, group(item.nodeid)).index(group(item.nodeid)))


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The repository's top folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Published tables and sample exports kept beside the repository; absent on most machines."""
    folder = ROOT.parent / "shared" / "data"
    if folder.is_dir():
        return folder
    reason = "the shared data folder is not beside the repository (../shared/data)"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; with CI=true its tests may not be skipped")
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def servers_are_stopped() -> Iterator[None]:
    """Whatever a test started is stopped with the test process; engines close before the server they talk to."""
    yield
    for name in ("tests.spec.stages", "tests.engine.servers"):
        if name in sys.modules:
            sys.modules[name].stop()


@pytest.fixture(scope="session")
def postgres(servers_are_stopped: None) -> Postgres:
    """A Postgres server on a socket of its own, with an empty schema `cdm` that `reader` may read."""
    from tests.engine import servers

    return servers.postgres()


@pytest.fixture(scope="session")
def spark(servers_are_stopped: None) -> Engine:
    """A Spark session on this machine; tests that ask for it carry `pytest.mark.xdist_group("spark")`."""
    from tests.engine import servers

    return servers.spark()
