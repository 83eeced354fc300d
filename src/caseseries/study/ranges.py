"""Ranges of patients: how many at a time, within which memory, and what is dropped between two of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from caseseries.engine.connection import Engine
from caseseries.engine.memory import kibibytes
from caseseries.errors import OutOfMemory
from caseseries.source.omop.source import OmopSource
from caseseries.study.work import Range

Answer = TypeVar("Answer")

#: Memory of the engine, and persons with the index event of a range, with which a run stays below 256 MB however many patients there are.
FLAT, WITH_EVENT = "90MB", 20_000

#: Of everybody else only the row of person and the periods are looked at: so many times as many persons make a range at most.
EVERYBODY = 5

#: With the usual memory limit or less a run stays flat; with more, so many persons with the event of a range for each megabyte.
USUAL, PER_MEGABYTE = kibibytes("1GB"), 100

#: The fewest of a range, and how many for each megabyte of a small limit: a range costs about half a second whatever its size.
FEWEST, OF_FEW = 4_000, 200


def patients_of_range(memory_limit: str, people: int, indexed: int) -> int:
    """How many of so many people make a range under a memory limit, where `indexed` of them have the index event.

    >>> patients_of_range("1GB", 1_000_000, 420_000), patients_of_range("1GB", 1_000_000, 5_000)
    (47620, 100000)
    >>> patients_of_range("4GB", 1_000_000, 420_000), patients_of_range("64MB", 1_000_000, 420_000)
    (500000, 30304)
    """
    kilobytes = kibibytes(memory_limit)
    most = kilobytes // 1000 * PER_MEGABYTE
    if kilobytes <= USUAL:
        most = min(WITH_EVENT, max(FEWEST, kilobytes // 1000 * OF_FEW))
    parts = max(1, -(-indexed // most), -(-people // (most * EVERYBODY)))
    return -(-people // parts)


def memory_of_range(memory_limit: str) -> str:
    """What the engine is given for one range of several.

    >>> memory_of_range("4GB"), memory_of_range("1GB"), memory_of_range("64MB")
    ('4GB', '90MB', '64MB')
    """
    return FLAT if kibibytes(FLAT) < kibibytes(memory_limit) <= USUAL else memory_limit


#: Tables that nobody looks into once the history of a range is made.
READ = ("omop_exposure", "omop_person", "omop_period")

#: Tables of a range that the next one would otherwise hold beside its own.
LARGE = (
    *READ, "omop_values_measurement", "omop_values_observation", "omop_rest", "omop_fact", "omop_span",
    "course", "fact", "person", "observed", "episode", "case_sheet", "value_case", "case_day", "verdict", "dose_answer",
    "sheet_packed", "sheet_mean", "case_visit",
    "raised_answer", "raised_ask", "dose_series", "raised_dose", "taken", "quantity", "day_value", "candidate", "case_like",
)  # fmt: skip


#: All patients of a source at once.
WHOLE = (Range(1, None, None),)


def in_ranges(source: OmopSource, memory_limit: str) -> tuple[Range, ...]:
    """The ranges in which a source is taken; where they are several, its engine works within the memory of one."""
    size = patients_of_range(
        memory_limit, source.people, within_memory(source.engine, lambda: source.indexed(source.people))
    )
    ranges = within_memory(source.engine, lambda: divide(source, size))
    if len(ranges) > 1:
        source.engine.narrow(memory_of_range(memory_limit))
    else:
        source.engine.widen()
    return ranges


def divide(source: OmopSource, patients: int) -> tuple[Range, ...]:
    """Ranges of so many patients where their rows stand together, so that memory stays as it is however many there are; else one."""
    firsts = source.divided(patients) if source.people > patients and source.sorted_by_patient() else []
    lows: list[int | None] = [None, *firsts]
    highs: list[int | None] = [*(first - 1 for first in firsts), None]
    return tuple(Range(number, low, high) for number, (low, high) in enumerate(zip(lows, highs, strict=True), 1))


def within_memory(engine: Engine, count: Callable[[], Answer]) -> Answer:
    """Count one range, say. Where the memory of a range is too little for it, once more with all that the run may use, and so from then on.

    Raises:
        OutOfMemory: that was too little as well.
    """
    try:
        return count()
    except OutOfMemory:
        if not engine.widen():
            raise
    engine.forget(*READ, *LARGE)
    return count()
