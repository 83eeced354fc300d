"""Adverse events, grades and person-time."""
