"""The hand-made runs, by name."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from caseseries.summary.model import Summary


def _sample() -> ModuleType:
    name = "report_sample"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("sample.py"))
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


SAMPLE = _sample()


@pytest.fixture(scope="session")
def series() -> Summary:
    """The invented eight-patient series."""
    found: Summary = SAMPLE.series()
    return found


@pytest.fixture(scope="session", params=list(SAMPLE.SAMPLES))
def any_run(request: pytest.FixtureRequest) -> Summary:
    """Each of the hand-made runs: ordinary, empty, all not evaluable, one class, one case, many, hostile."""
    found: Summary = SAMPLE.SAMPLES[request.param]()
    return found


@pytest.fixture(scope="session")
def runs() -> ModuleType:
    """The module of the hand-made runs."""
    return SAMPLE
