"""Exhibits and how they are rendered; the only place that knows a format."""
