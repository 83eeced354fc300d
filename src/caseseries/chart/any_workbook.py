"""A workbook by what it is, whatever its name says: .xlsx, the old .xls, or an OpenDocument spreadsheet."""

from __future__ import annotations

from caseseries.chart.kind_of_file import insist, what_it_is
from caseseries.chart.limits import Limits
from caseseries.chart.sheet import Sheet
from caseseries.errors import Problem

#: How the names of workbooks end.
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


def read_any_workbook(
    content: bytes, file: str, wanted: tuple[str, ...] | None, limits: Limits
) -> tuple[dict[str, Sheet], list[Problem]]:
    """The wanted sheets (None: all) by name, and a problem for each that is not there.

    Raises:
        ChartError: it is no workbook, is damaged, or holds more than the limits allow.
    """
    what, _ = what_it_is(content)
    if what == "an old workbook (.xls)":
        from caseseries.chart.xls_reader import read_xls

        return read_xls(content, file, wanted, limits)
    if what == "an OpenDocument spreadsheet (.ods)":
        from caseseries.chart.ods_reader import read_ods

        return read_ods(content, file, wanted, limits)
    from caseseries.chart.workbook import read_workbook

    insist(content, file, "xlsx")
    return read_workbook(content, file, wanted, limits)
