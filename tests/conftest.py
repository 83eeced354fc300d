"""What every test may use: the shared data folder and the Hypothesis profiles."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

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
