"""Connections, dialect hooks, loading of rows: the engine knows no study."""

from caseseries.engine.connection import Engine, connect

__all__ = ["Engine", "connect"]
