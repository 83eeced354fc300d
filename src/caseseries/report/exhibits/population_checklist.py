"""Which items of RECORD are answered, and where; honest where nothing is stated.

Items are paraphrased. RECORD extends STROBE to routinely collected data: Benchimol EI et al. PLoS Med 2015;12:e1001885.
"""

from __future__ import annotations

from caseseries.chart.tables import KINDS
from caseseries.report.exhibits.checklist import criteria_stated
from caseseries.report.exhibits.model import Cell, Column, Row, Table
from caseseries.report.exhibits.numbers import whole
from caseseries.report.exhibits.words import counted, listed
from caseseries.summary.model import Summary

_AUTHORS = "Not stated here: for the authors"


def checklist_table(population: Summary, sections: dict[str, str]) -> Table:
    """The items that add to STROBE for routinely collected data; `sections` gives the printed title of each section."""
    protocol = population.protocol
    period = "Study period stated" if protocol.period.from_ or protocol.period.to else "Study period not stated"
    judged = "; p values printed, unadjusted" if protocol.reporting.p_values else "; no p values"
    kinds = counted(len(population.findings), "kind of finding", "kinds of finding")
    nowhere = [kind for kind in KINDS if population.nowhere(kind)]
    lacking = f"; not charted: {listed(nowhere)}" if nowhere else ""
    items = (
        ("1.1 Type of data and name of the databases", "Routine data; the name of the database is for the authors", "methods"),
        ("1.2 Region and time frame", f"{period}; region not stated", "methods"),
        ("1.3 Linkage between databases", "None was done here; linkage within the source is for the authors", ""),
        ("6.1 How the population was selected: codes and algorithms", f"{criteria_stated(population)}; codes are in the protocol", "methods"),
        ("6.2 Validation of the codes", _AUTHORS, ""),
        ("6.3 Flow of linked data", "Flow from the persons of the source", "patients"),
        ("7.1 Complete list of codes for exposures, outcomes, confounders", f"In the protocol; no adjustment for confounders{lacking}", "protocol"),
        ("12.1 Access to the population behind the database", f"{population.flow[0].label}: {whole(population.flow[0].n)}", "patients"),
        ("12.2 Data cleaning", f"Rows not used are counted with reason; {kinds}", "data"),
        ("12.3 Level and quality of linkage", _AUTHORS, ""),
        ("13.1 Selection of persons, by data quality, availability, linkage", "Flow with reasons", "patients"),
        ("16 Main results with precision (STROBE)", f"Intervals with method{judged}", "response"),
        ("19.1 Data not made for this question", "Limits stated; responders by year", "cannot-show"),
        ("22.1 Access to protocol, raw data, program", "Protocol by fingerprint, software by version; raw data are for the authors", "protocol"),
    )  # fmt: skip
    rows = tuple(Row((Cell(item), Cell(told), Cell(sections.get(where, "–")))) for item, told, where in items)
    columns = (Column("Item"), Column("Answer", "sentences"), Column("Section"))
    notes = (
        "Items are paraphrased; an item marked as stated says where to look, not that a reader will be satisfied.",
        "Source: Benchimol EI et al. PLoS Med 2015;12:e1001885 (RECORD, an extension of STROBE).",
    )
    return Table("checklist", "Reporting checklist for routinely collected data (RECORD)", columns, rows, notes)
