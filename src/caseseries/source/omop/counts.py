"""Counting: every row that was read once, and every finding with the number of rows it is about."""

from __future__ import annotations

from caseseries.source.omop import rules
from caseseries.stats.tally import Tally


def counted(tally: Tally, table: str, why: str, rows: int, *, told: bool = True) -> None:
    """Count rows of a table as used (`why` is empty), out of scope or refused; and as a finding unless told elsewhere."""
    status = "used" if why == "" else "out of scope" if why in rules.OUT_OF_SCOPE else "refused"
    tally.add(("rows", table, status, why), rows)
    if status != "used" and told and why not in (rules.NO_UNIT, rules.OTHER_UNIT):
        severity = "note" if status == "out of scope" else "error" if why == rules.FUTURE else "warning"
        found(tally, severity, "rows", f"{table}: {why}", rows)


def found(tally: Tally, severity: str, rule: str, message: str, rows: int) -> None:
    """Count a finding, where there is any row of it."""
    if rows > 0:
        tally.add(("finding", severity, rule, message), rows)
