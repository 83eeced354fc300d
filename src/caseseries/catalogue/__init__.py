"""Cited constants as raw data: instruments, drugs, equivalents, criteria."""
