"""Events of a name in days around the index date: the rows that may begin there, and how many surely and perhaps do.

    occurrence_found(case_no, day, sure, exact, unread, low, high)                   one row per event that may begin there
    occurrence_counted(case_no, surely, perhaps, leaves, ended, uncovered)           grain: included case

What a rule asks of them is answered in ``caseseries.response.occurrence``; a measure that counts them is in ``caseseries.assessment.counted``.
"""

from __future__ import annotations

from caseseries.assessment.window import leaves, seen
from caseseries.chart.store import Numbers
from caseseries.cohort.look_back import uncovered, with_history
from caseseries.engine.connection import Engine
from caseseries.protocol.concepts import kinds_of
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.window import Window
from caseseries.protocol.written import folded

#: Rows of that name which may begin in the window; `sure` where each of their days lies in it.
_FOUND = """
SELECT k.case_no, f.day - k.index_day AS day, f.kind <> 'unread diagnosis' AND coalesce(coalesce(f.low, f.day) - k.index_day >= {low}
    AND coalesce(f.high, f.day) - k.index_day <= {high}, FALSE) AS sure, coalesce(coalesce(f.low, f.day) = coalesce(f.high, f.day), FALSE) AS exact,
    f.kind = 'unread diagnosis' AS unread, coalesce(f.low, f.day) - k.index_day AS low, coalesce(f.high, f.day) - k.index_day AS high
FROM included_case AS k
JOIN fact AS f ON f.patient = k.patient
JOIN occurrence_term AS t ON t.term = f.term{days}
WHERE f.kind IN ('event', 'diagnosis', 'unread diagnosis') AND (f.day IS NULL
    OR coalesce(f.low, f.day) - k.index_day <= {high} AND coalesce(f.high, f.day) - k.index_day >= {low}{seen})
"""

#: Two rows of one day are one event. A row whose day is not known may be one more, and is certainly one where there is no other.
_COUNTED = """
SELECT k.case_no, greatest(coalesce(c.on_days, 0), coalesce(c.some, 0)) AS surely, coalesce(c.on_days, 0) + coalesce(c.more, 0) AS perhaps,
    coalesce({leaves}, FALSE) AS leaves, {ended} AS ended, {uncovered} AS uncovered
FROM included_case AS k
{days}
{history}
LEFT JOIN (
    SELECT case_no, count(DISTINCT CASE WHEN sure AND exact THEN day END) AS on_days, max(CASE WHEN sure THEN 1 ELSE 0 END) AS some,
        sum(CASE WHEN sure AND exact THEN 0 ELSE 1 END) AS more
    FROM occurrence_found GROUP BY case_no
) AS c ON c.case_no = k.case_no
"""


def find_occurrences(
    engine: Engine, protocol: Protocol, numbers: Numbers, name: str, window: Window, days: str = ""
) -> bool:
    """Keep ``occurrence_found``, the rows of an event or diagnosis that begin, or may begin, in a window; whether the source could tell it.

    `days` is a table with the days of each case (case_no, low, high) in place of those of the window.
    """
    kinds = kinds_of(protocol, name)
    named = [kind for kind in ("event", "diagnosis", "unread diagnosis") if kind.removeprefix("unread ") in kinds]
    numbered = (numbers.terms.get((kind, folded(name))) for kind in named)
    engine.table(
        "occurrence_term", [("term", "INT")], [(term,) for term in dict.fromkeys(numbered) if term is not None]
    )
    said = {"low": str(window.from_), "high": str(window.to), "days": ""}
    if days:
        said = {"low": "w.low", "high": "w.high", "days": f"\nJOIN {days} AS w ON w.case_no = k.case_no"}
    engine.keep("occurrence_found", _FOUND.format(seen=seen(numbers, "f"), **said))
    return all(numbers.tells("diagnoses" if kind == "diagnosis" else "adverse events", name) for kind in kinds)


def count_occurrences(
    engine: Engine,
    protocol: Protocol,
    numbers: Numbers,
    name: str,
    window: Window,
    days: str = "",
    *,
    of_case: bool = False,
) -> bool:
    """Keep ``occurrence_found`` and ``occurrence_counted``; whether the source could tell the event. `days` is as for :func:`find_occurrences`.

    Whether all days were seen is said of those of the window, or of the days `of_case`: those in `days`.
    """
    of_window = f"CROSS JOIN (SELECT CAST({window.from_} AS INT) AS low, CAST({window.to} AS INT) AS high) AS v"
    told = find_occurrences(engine, protocol, numbers, name, window, days)
    engine.keep(
        "occurrence_counted",
        _COUNTED.format(
            leaves=leaves(numbers, "v"),
            ended="FALSE" if numbers.observed else "k.seen_end - k.index_day < v.high",
            uncovered=uncovered(numbers, "v.low"),
            history=with_history(numbers, "k"),
            days=f"JOIN {days} AS v ON v.case_no = k.case_no" if of_case else of_window,
        ),
    )
    return told
