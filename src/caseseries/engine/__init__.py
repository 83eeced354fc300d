"""Connections, dialect hooks, patient ranges, progress and cancellation; knows no study."""
