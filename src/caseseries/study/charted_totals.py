"""Totals that a chart holds beside their items, where the two differ on one day."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from caseseries.chart.derived import parted
from caseseries.chart.findings import Findings
from caseseries.chart.store import MILLIONTH, Numbers
from caseseries.chart.tables import Chart
from caseseries.engine.connection import Engine
from caseseries.protocol.derived import CHARTED_TOTAL, charted_totals, charted_words
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import decimal_text
from caseseries.stats.tally import Tally
from caseseries.summary.explain import cell

#: A charted total and the computed values of its day. A limit is no number to compare, and of a day that is not known nobody knows the other's.
_BOTH = """
FROM measurement AS c JOIN measurement AS d ON d.patient = c.patient AND d.day = c.day
WHERE c.measure = {charted} AND d.measure = {computed} AND c.value IS NOT NULL AND d.value IS NOT NULL
    AND c.censor = '' AND d.censor = '' AND c.low = c.high AND d.low = d.high
"""
#: Half of the last decimal that a charted value has, in millionths: as much may a computed one be rounded. A whole number is not taken as rounded.
_ROUNDED = (
    "CASE WHEN c.value % 1000000 = 0 THEN 0 "
    + " ".join(f"WHEN c.value % {10**places} = 0 THEN {5 * 10 ** (places - 1)}" for places in (5, 4, 3, 2, 1))
    + " ELSE 0 END"
)
#: Each charted value of a day that is none of those computed, nor one of them rounded.
_DIFFERENT = """
SELECT c.patient, c.day, c.value, min(c.record) AS record, min(d.value) AS low, max(d.value) AS high, max({den}) AS den
{both}
GROUP BY c.patient, c.day, c.value HAVING sum(CASE WHEN abs(d.value - CAST(c.value AS {wide}) * {den}) <= {rounded} * {den} THEN 1 ELSE 0 END) = 0
"""


def told(engine: Engine, protocol: Protocol, numbers: Numbers, chart: Chart) -> Chart:
    """The chart with a warning for every cell whose total is not the one computed of its day; reads ``measurement``."""
    findings, several = Findings(dict.fromkeys(chart.findings)), len(chart.findings)
    for name, charted, query in _queries(engine, protocol, numbers):
        for patient, _, value, record, low, high, den in engine.rows(f"{query} ORDER BY 1, 2, 3"):
            ends = [decimal_text(Fraction(int(end), int(den) * MILLIONTH)) for end in dict.fromkeys((low, high))]
            findings.add(
                "warning",
                CHARTED_TOTAL,
                charted_words(name, charted),
                cell(chart, int(record)),
                patient=numbers.patient(patient),
                field=charted,
                value=decimal_text(Fraction(int(value), MILLIONTH)),
                allowed="the total of its items, or items that add up to it",
                because=f"computed: {' to '.join(ends)}",
            )
    return replace(chart, findings=findings.sorted()) if len(findings.found) > several else chart


def count_different(engine: Engine, protocol: Protocol, numbers: Numbers) -> Tally:
    """What :func:`told` warns of, counted; reads ``measurement``."""
    counts = Tally()
    for name, charted, query in _queries(engine, protocol, numbers):
        ((n,),) = engine.rows(f"SELECT count(*) FROM ({query}) AS different")
        if n:
            counts.add(("finding", "warning", CHARTED_TOTAL, charted_words(name, charted)), int(n))
    return counts


def _queries(engine: Engine, protocol: Protocol, numbers: Numbers) -> list[tuple[str, str, str]]:
    """The derived measure, the charted one, and the query of the charted values that differ."""
    den, wide = "d.den" if parted(protocol) else "1", engine.dialect.wide
    found = []
    for name, charted in charted_totals(protocol.measures).items():
        both = _BOTH.format(charted=numbers.measures.get(charted, 0), computed=numbers.measures[name])
        found.append((name, charted, _DIFFERENT.format(both=both, den=den, wide=wide, rounded=_ROUNDED)))
    return found
