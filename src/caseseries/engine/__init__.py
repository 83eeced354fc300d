"""Connections, dialect hooks, loading of rows: the engine knows no study."""

from caseseries.engine.connecting import connect, connect_postgres, connect_spark
from caseseries.engine.connection import Engine

__all__ = ["Engine", "connect", "connect_postgres", "connect_spark"]
