"""One reader per kind of source: a folder of CSV files, or a workbook."""

from caseseries.source.read import read

__all__ = ["read"]
