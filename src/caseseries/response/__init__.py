"""The rule compiled and evaluated: intercurrent events, verdicts, traces."""

from caseseries.response.respond import among, respond

__all__ = ["among", "respond"]
