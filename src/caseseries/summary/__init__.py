"""Responders, change, time and robustness over the series."""
