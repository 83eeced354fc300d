"""An invented OMOP database: for a first look without data of one's own, for tests, for benchmarks."""

from caseseries.invent.write import LAYOUTS, Invented, write

__all__ = ["LAYOUTS", "Invented", "write"]
