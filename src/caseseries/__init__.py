"""A retrospective chart review turned into a treatment case series."""

__version__ = "0.1.0"
