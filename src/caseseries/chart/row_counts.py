"""A chart as counts: rows, findings, who was screened and has no chart, and the attributes of the included cases.

Sections rows, finding, screened (of those without a chart by reason, and everybody under the empty one), attribute (place in the chart
description, name, word as written; of included cases); persons, and cases without an index date, of those whom the source counted only.
"""

from __future__ import annotations

from collections.abc import Iterator

from caseseries.chart.personal_words import WITH_THE_PATIENTS, private_attributes, without_dates
from caseseries.chart.store import Numbers
from caseseries.chart.tables import Chart, Fact
from caseseries.engine.connection import Engine
from caseseries.stats.tally import Key, Tally


def tally(chart: Chart, no_index: str) -> Tally:
    """Everything that is counted before there are cases; `no_index` says why persons who are not in the chart are no cases.

    >>> list(tally(Chart(True, True, (), (), (), (), (), counted={"person": {"out of scope": 4}}, unlisted=3), "no event").lines())
    ['["cases","no event","",3]', '["persons",3]', '["rows","person","out of scope","",4]']
    """
    counts = Tally()
    for row in chart.rows:
        counts.add(("rows", row.table, row.status, row.reason))
    for table, statuses in chart.counted.items():
        for status, n in statuses.items():
            counts.add(("rows", table, status, ""), n)
    for finding in chart.findings:
        counts.add(("finding", finding.severity, finding.rule, finding.message))
    found = {person.patient for person in chart.people}
    counts.add(("persons",), chart.unlisted)
    counts.add(("cases", no_index, ""), chart.unlisted)
    screened = {fact.patient: fact for fact in chart.facts if fact.kind == "screening"}
    if screened:
        counts.add(("screened", ""), len(screened.keys() | found))
        for patient, fact in screened.items():
            if patient not in found:
                counts.add(("screened", _why_no_chart(fact)))
    return counts


def _why_no_chart(fact: Fact) -> str:
    """What the screening log says of a person without a chart."""
    if fact.term == "excluded":
        return without_dates(fact.attribute("reason")) or "excluded at screening, reason not recorded"
    return "chart missing"


def count_attributes(engine: Engine, chart: Chart, numbers: Numbers) -> Tally:
    """The attributes of the cases of ``included_case``, of each case its patient's; without the words of those that tell who a patient is."""
    counts, keys = Tally(), _attribute_keys(chart, numbers)
    for patient, n in engine.rows("SELECT patient, count(*) FROM included_case GROUP BY patient") if keys else ():
        for key in keys[patient]:
            counts.add(key, int(n))
    return counts


def count_attributes_by(engine: Engine, chart: Chart, numbers: Numbers, groups: str) -> Iterator[tuple[str, Key, int]]:
    """The attributes of the included cases by the answer that the table `groups` holds of a case: the answer, the key as of all cases, how often."""
    keys = _attribute_keys(chart, numbers)
    joined = f"FROM included_case AS k JOIN {groups} AS g ON g.case_no = k.case_no GROUP BY k.patient, g.answer"
    for patient, answer, n in engine.rows(f"SELECT k.patient, g.answer, count(*) {joined}") if keys else ():
        yield from ((answer, key, int(n)) for key in keys[patient])


def _attribute_keys(chart: Chart, numbers: Numbers) -> dict[int, list[Key]]:
    """What a case of each patient, by number, counts under; nothing where the chart keeps no attribute."""
    private = private_attributes(chart.people)
    names = dict.fromkeys(name for person in chart.people for name, _ in person.attributes)
    found: dict[int, list[Key]] = {}
    for person in chart.people if names else ():
        if (number := numbers.number_of(person.patient)) is not None:
            own = dict(person.attributes)
            found[number] = [
                ("attribute", place, name, WITH_THE_PATIENTS if name in private else own.get(name, ""))
                for place, name in enumerate(names)
            ]
    return found
