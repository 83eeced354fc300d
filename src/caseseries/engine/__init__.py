"""Connections, dialect hooks, loading of rows: the engine knows no study."""

from caseseries.engine.connection import Engine, connect, connect_postgres, connect_spark

__all__ = ["Engine", "connect", "connect_postgres", "connect_spark"]
