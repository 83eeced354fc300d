"""openpyxl without lxml: with it, which other packages bring along, openpyxl would read entities as nothing and name errors otherwise."""

from __future__ import annotations

import os
import zipfile
from io import BytesIO
from typing import Any

from caseseries.errors import ensure


def openpyxl_module() -> Any:
    """The module. Where nobody imported it before, it reads XML by defusedxml alone, whether or not lxml is installed."""
    os.environ.setdefault("OPENPYXL_LXML", "False")  # read by openpyxl when it is first imported
    import openpyxl

    ensure(openpyxl.DEFUSEDXML, "openpyxl must read XML through defusedxml")
    return openpyxl


def refuse_entities(content: bytes) -> None:
    """Read every part of a workbook by defusedxml first where openpyxl was imported with lxml before; else openpyxl itself does so.

    Raises:
        DefusedXmlException: a part declares entities. ParseError: a part is no XML.
    """
    if not openpyxl_module().LXML:
        return
    from defusedxml.ElementTree import fromstring

    with zipfile.ZipFile(BytesIO(content)) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                fromstring(parts.read(name))
