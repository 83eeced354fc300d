"""A chart as counts: rows, findings, who was screened and has no chart, and the attributes of the included cases.

Sections rows, finding, screened (of those without a chart by reason, and everybody under the empty one), attribute (place in the chart
description, name, word as written; of included cases); persons, and cases without an index date, of those whom the source counted only.
"""

from __future__ import annotations

from caseseries.chart.personal_words import WITH_THE_PATIENTS, private_attributes, without_dates
from caseseries.chart.store import Numbers
from caseseries.chart.tables import Chart, Fact
from caseseries.engine.connection import Engine
from caseseries.stats.tally import Tally


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
    counts, private = Tally(), private_attributes(chart.people)
    names = dict.fromkeys(name for person in chart.people for name, _ in person.attributes)
    if not names:
        return counts
    place = {name: number for number, name in enumerate(names)}
    people = {number: person for person in chart.people if (number := numbers.number_of(person.patient)) is not None}
    for patient, n in engine.rows("SELECT patient, count(*) FROM included_case GROUP BY patient"):
        of_patient = dict(people[patient].attributes)
        for name in names:
            word = WITH_THE_PATIENTS if name in private else of_patient.get(name, "")
            counts.add(("attribute", place[name], name, word), int(n))
    return counts
