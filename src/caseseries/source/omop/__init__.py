"""A database of the OMOP common data model as the tables of a chart, for a range of patients or for all of them."""

from caseseries.source.omop.description import OmopDescription, is_omop, load_omop
from caseseries.source.omop.opened import Opened
from caseseries.source.omop.opening import opened_omop
from caseseries.source.omop.read import read_omop
from caseseries.source.omop.source import OmopSource, open_omop

__all__ = [
    "OmopDescription",
    "OmopSource",
    "Opened",
    "is_omop",
    "load_omop",
    "open_omop",
    "opened_omop",
    "read_omop",
]
