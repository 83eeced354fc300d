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

#: What Python and its libraries take of the memory of a run, in MB, and what is left to the engine at least, if the limit is not below that.
OWN, LEAST = 160, 90

#: Persons with the index event of a range for each megabyte of the engine, so that hardly anything of a range is put aside on disk.
PER_MEGABYTE = 90

#: With little memory a range holds more than fits, and something is put aside: so many for each megabyte, up to a number, and at least a few
#: thousand, for a range costs some tenths of a second whatever its size.
OF_LITTLE, MOST_OF_LITTLE, FEWEST = 200, 20_000, 4_000


def persons_of_range(memory_limit: str, indexed: int) -> int:
    """How many of so many persons with the index event make a range under a memory limit. Nobody else takes room.

    >>> persons_of_range("1GB", 5_000), persons_of_range("1GB", 420_000), persons_of_range("256MB", 420_000)
    (5000, 70000, 19091)
    """
    megabytes = kibibytes(memory_of_range(memory_limit)) // 1024
    most = max(FEWEST, min(MOST_OF_LITTLE, OF_LITTLE * megabytes), PER_MEGABYTE * megabytes)
    parts = max(1, -(-indexed // most))
    return max(1, -(-indexed // parts))


def memory_of_range(memory_limit: str) -> str:
    """What the engine is given at first, so that the whole of a run stays within the limit.

    >>> memory_of_range("4GB"), memory_of_range("1GB"), memory_of_range("200MB"), memory_of_range("64MB")
    ('3936MiB', '864MiB', '90MiB', '64MiB')
    """
    megabytes = kibibytes(memory_limit) // 1024
    return f"{max(megabytes - OWN, min(LEAST, megabytes), 1)}MiB"


#: Tables that nobody looks into once the history of a range is made.
READ = ("omop_exposure", "omop_person", "omop_period")

#: Tables of a range that the next one would otherwise hold beside its own.
LARGE = (
    *READ, "omop_values_measurement", "omop_values_observation", "omop_rest", "omop_fact", "omop_span",
    "course", "fact", "person", "observed", "episode", "case_sheet", "value_case", "case_day", "verdict", "dose_answer",
    "sheet_packed", "sheet_mean", "case_visit",
    "raised_answer", "raised_ask", "dose_series", "raised_dose", "taken", "quantity", "normal_limit", "day_value", "candidate", "case_like",
)  # fmt: skip


#: All patients of a source at once.
WHOLE = (Range(1, None, None),)


def in_ranges(source: OmopSource, memory_limit: str) -> tuple[Range, ...]:
    """The ranges in which a source is taken."""
    indexed = within_memory(source.engine, source.find_events)
    return within_memory(source.engine, lambda: divide(source, persons_of_range(memory_limit, indexed)))


def divide(source: OmopSource, persons: int) -> tuple[Range, ...]:
    """Ranges of so many persons with the index event where rows stand by patient, so that each is a part of the files; else one."""
    firsts = source.divided(persons) if source.find_events() > persons and source.sorted_by_patient() else []
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
