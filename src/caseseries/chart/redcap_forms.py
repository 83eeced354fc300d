"""The forms of a REDCap export as the sheets that a chart description names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from caseseries.chart.described_redcap import RedcapProject
from caseseries.chart.description import Description, measured_columns, missing_codes, texts_of
from caseseries.chart.limits import Limits
from caseseries.chart.redcap_dictionary import read_dictionary
from caseseries.chart.redcap_export import forms_of_export
from caseseries.chart.redcap_rows import Told
from caseseries.chart.sheet import Sheet
from caseseries.chart.wanted_sheets import missing_sheets, with_unread
from caseseries.errors import Problem

#: How many times as many columns as a table an export may have, in which all forms and boxes of a project stand beside each other.
WIDER = 10


def read_forms(
    contents: Mapping[str, bytes],
    declared: Description,
    project: RedcapProject,
    wanted: tuple[str, ...] | None,
    limits: Limits,
) -> tuple[dict[str, Sheet], list[Problem]]:
    """The wanted forms (None: all) by name, and a problem for each that is not there.

    Raises:
        ChartError: the dictionary or the export cannot be read.
    """
    limits = replace(limits, columns=WIDER * limits.columns)
    dictionary, noticed = read_dictionary(
        contents[project.dictionary], project.dictionary, encoding=declared.encoding, limits=limits
    )
    every, found = forms_of_export(
        contents[project.data],
        project.data,
        project,
        dictionary,
        Told(missing_codes(declared), declared.yes[0], declared.no[0], texts_of(declared), measured_columns(declared)),
        encoding=declared.encoding,
        delimiter=declared.delimiter,
        limits=limits,
    )
    names = list(every)
    sheets = {name: sheet for name, sheet in every.items() if wanted is None or name in wanted}
    if sheets:
        first = next(iter(sheets))
        sheets[first] = replace(sheets[first], findings=(*noticed, *found))
    return with_unread(sheets, wanted, names, project.data), missing_sheets(wanted, names, project.data)
