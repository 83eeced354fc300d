"""The locks leave nothing to be resolved: what a locked package needs is locked, for every Python and system."""

from __future__ import annotations

import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

RUNNING, DEVELOPING, DOCUMENTING = "requirements.lock", "requirements-dev.lock", "requirements-docs.lock"
#: Where a lock is used: versions of Python by systems.
PLACES = {
    f"{python} on {system}": {
        "python_version": python,
        "python_full_version": f"{python}.9",
        "sys_platform": system,
        "platform_system": {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}[system],
        "os_name": "nt" if system == "win32" else "posix",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    for python in ("3.11", "3.12", "3.13")
    for system in ("linux", "darwin", "win32")
}
#: The place whose packages are installed here.
HERE = f"{sys.version_info.major}.{sys.version_info.minor} on {sys.platform}"


def locked(text: str) -> list[Requirement]:
    """Each locked package with its version and the places it is for."""
    return [Requirement(line.removesuffix("\\").strip()) for line in text.splitlines() if re.match(r"[a-z0-9]", line)]


def applies(requirement: Requirement, place: Mapping[str, str], extras: Iterable[str] = ("",)) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({**place, "extra": extra}) for extra in extras)


def unlocked(wanted: Iterable[Requirement], lock: Iterable[Requirement], place: Mapping[str, str]) -> list[str]:
    """What is needed in a place, by those wanted or by what they need, and is not locked in a version that will do.

    Needs are read from the packages that are installed here. Of one that is not, or in another version, nothing is known: it is
    for another system or another Python, under which these tests look at it.
    """
    versions = {canonicalize_name(one.name): next(iter(one.specifier)).version for one in lock if applies(one, place)}
    missing: set[str] = set()
    seen: set[tuple[str, str]] = set()
    waiting = [(one, "the project") for one in wanted if applies(one, place)]
    while waiting:
        need, asked_by = waiting.pop()
        name = canonicalize_name(need.name)
        if name not in versions:
            missing.add(f"{asked_by} needs {name}, which is not locked")
            continue
        if not need.specifier.contains(versions[name], prereleases=True):
            missing.add(f"{asked_by} needs {name}{need.specifier}, locked is {versions[name]}")
        for extra in {"", *need.extras}:
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            waiting += [(line, name) for line in needs(name, versions[name]) if applies(line, place, ("", extra))]
    return sorted(missing)


def needs(name: str, version: str) -> list[Requirement]:
    """What a package asks for, where this version of it is installed."""
    try:
        installed = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return []
    return [Requirement(line) for line in installed.requires or []] if installed.version == version else []


@pytest.fixture(scope="module")
def locks(project_root: Path) -> dict[str, list[Requirement]]:
    return {
        name: locked((project_root / name).read_text(encoding="utf-8")) for name in (RUNNING, DEVELOPING, DOCUMENTING)
    }


@pytest.fixture(scope="module")
def declared(project_root: Path) -> dict[str, list[Requirement]]:
    """What the project itself asks for: to run and to be installed; to be developed; for its manual as pages."""
    settings = tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))
    runs = [*settings["project"]["dependencies"], *settings["dependency-groups"]["build"]]
    extras = settings["project"]["optional-dependencies"]
    develops = [*settings["dependency-groups"]["dev"], *(line for name in extras for line in extras[name])]
    documents = settings["dependency-groups"]["docs"]
    return {
        name: [*map(Requirement, asked)]
        for name, asked in ((RUNNING, runs), (DEVELOPING, develops), (DOCUMENTING, documents))
    }


@pytest.mark.parametrize("place", PLACES)
def test_running_needs_nothing_that_is_not_locked(place: str, locks, declared) -> None:
    assert [] == unlocked(declared[RUNNING], locks[RUNNING], PLACES[place])


@pytest.mark.parametrize("place", PLACES)
def test_developing_needs_nothing_that_is_not_locked(place: str, locks, declared) -> None:
    everything = [*locks[RUNNING], *locks[DEVELOPING]]
    assert [] == unlocked([*declared[RUNNING], *declared[DEVELOPING]], everything, PLACES[place])


@pytest.mark.parametrize("place", PLACES)
def test_the_manual_as_pages_needs_nothing_that_is_not_locked(place: str, locks, declared) -> None:
    assert [] == unlocked(declared[DOCUMENTING], [*locks[RUNNING], *locks[DOCUMENTING]], PLACES[place])


def test_no_version_differs_between_locks(locks) -> None:
    shared = {one.name for one in locks[DEVELOPING]} & {one.name for one in locks[DOCUMENTING]}
    assert shared
    developing, documenting = (
        {str(one) for one in locks[name] if one.name in shared} for name in (DEVELOPING, DOCUMENTING)
    )
    assert developing == documenting
    assert set() == {one.name for one in locks[RUNNING]} & {one.name for one in locks[DOCUMENTING]}


@pytest.mark.parametrize(
    ("without", "asked_by"),
    [("kiwisolver", "matplotlib"), ("tzdata", "the project"), ("pydantic-core", "pydantic"), ("py4j", "pyspark"),
     ("optype", "scipy-stubs"), ("psycopg-binary", "psycopg"), ("jsonschema-specifications", "jsonschema")],
)  # fmt: skip
def test_a_package_missing_from_a_lock_is_noticed(without: str, asked_by: str, locks, declared) -> None:
    everything = [*locks[RUNNING], *locks[DEVELOPING]]
    fewer = [one for one in everything if one.name != without]
    if fewer == everything:
        pytest.fail(f"{without} is no longer locked; name another package here")
    wanted = [*declared[RUNNING], *declared[DEVELOPING], *(Requirement("tzdata") for _ in "1" if without == "tzdata")]
    found = unlocked(wanted, fewer, PLACES[HERE])
    assert f"{asked_by} needs {without}, which is not locked" in found


def test_a_version_that_will_not_do_is_noticed(locks, declared) -> None:
    older = [Requirement("duckdb==1.1.3") if one.name == "duckdb" else one for one in locks[RUNNING]]
    (wrong,) = unlocked(declared[RUNNING], older, PLACES["3.11 on linux"])
    assert ("the project needs duckdb", "locked is 1.1.3") == (wrong[:24], wrong[-15:])


def test_the_second_lock_repeats_nothing_of_the_first(locks) -> None:
    twice = {str(one) for one in locks[RUNNING]} & {str(one) for one in locks[DEVELOPING]}
    assert set() == twice
    names = [{one.name for one in locks[name]} for name in (RUNNING, DEVELOPING)]
    assert set() == names[0] & names[1]


def test_running_needs_no_heavy_tool(locks) -> None:
    heavy = {"pyspark", "ipykernel", "nbconvert", "mypy", "pandas", "polars", "pytest", "hypothesis", "coverage"}
    assert set() == heavy & {one.name for one in locks[RUNNING]}


@pytest.mark.parametrize("name", [RUNNING, DEVELOPING, DOCUMENTING])
def test_a_lock_holds_hashes_and_no_address(name: str, project_root: Path) -> None:
    lock = (project_root / name).read_text(encoding="utf-8")
    assert [] == re.findall(r"https?://\S+|file:\S+", lock)
    pinned = re.findall(r"^[a-z0-9][^\s=]*==\S+", lock, re.MULTILINE)
    assert pinned
    assert len(pinned) == len(re.findall(r"^[a-z0-9][^\n]*\\\n    --hash=sha256:", lock, re.MULTILINE))
