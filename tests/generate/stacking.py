"""Many drawn charts of one protocol as one chart, for an engine that takes seconds to begin.

A chart's patients keep their order behind a prefix, and its records theirs beside those of the other charts, so that every
answer about a stacked chart is the answer about the chart alone, under other names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.generate.comparing import Answer
from tests.spec.small import Answers, Spec, chart, protocol
from tests.spec.stages import by_stages

from caseseries.chart.tables import Chart
from caseseries.protocol.eligibility import Patients
from caseseries.protocol.protocol import Protocol

#: More records than one drawn chart has.
APART = 1_000_000


#: What a line says of the whole chart: such charts only stand together with charts that say the same.
_SEX = re.compile(r"\| *sex *\| *(\w+)")
_OF_ALL = re.compile(r"^\s*-\s*\||\| (history) \|")


def stacks(specs: Sequence[Spec]) -> list[list[Spec]]:
    """Specs under one protocol whose charts say the same of themselves, the largest stacks first."""
    together: dict[tuple[Any, ...], list[Spec]] = {}
    for spec in specs:
        told = sorted({" ".join(line.split()) for line in spec.rows.splitlines() if _OF_ALL.search(line)})
        marks: list[Any] = [mark in spec.rows for mark in ("| observed |", "| known from |")]
        marks.append(
            tuple(sorted(set(_SEX.findall(spec.rows))))
        )  # what a word of sex means hangs on the others of its chart
        together.setdefault((spec.base, spec.changes, *marks, *told), []).append(spec)
    return sorted(together.values(), key=len, reverse=True)


def prefix(place: int) -> str:
    """What stands before the ids of the chart at this place."""
    return f"{place:03} "


def stacked(charts: Sequence[Chart]) -> Chart:
    """All charts in one; they are of one protocol, and all or none tell when a patient was observed."""

    def renamed(rows: Sequence[Any], place: int) -> list[Any]:
        changes = ["record"] if rows and hasattr(rows[0], "record") else []
        return [
            replace(
                row,
                patient=prefix(place) + row.patient,
                **{name: getattr(row, name) + APART * place for name in changes},
            )
            for row in rows
        ]

    tables: dict[str, Any] = {
        name: tuple(row for place, chart in enumerate(charts) for row in renamed(getattr(chart, name) or (), place))
        for name in ("people", "measurements", "courses", "facts", "observed", "unread")
    }
    if charts[0].observed is None:
        tables["observed"] = None
    return replace(charts[0], rows=(), **tables)


def answered_together(specs: Sequence[Spec], engine: str) -> Answers:
    """What an engine answers about the charts of specs under one protocol, all in one."""
    study = protocol(specs[0].changes, specs[0].base)
    charts = [chart(spec.rows, study) for spec in specs]
    return Answers(*by_stages(for_all(study, len(charts)), stacked(charts), engine))


def of_one(found: Answers, place: int) -> Answers:
    """What is answered about the chart at one place of a stack, under its own names."""
    start = prefix(place)

    def own(told: Mapping[tuple[str, str, int], Any]) -> dict[tuple[str, str, int], Any]:
        return {(name.removeprefix(start), *rest): one for (name, *rest), one in told.items() if name.startswith(start)}

    cases = {name.removeprefix(start): case for name, case in found.cases.items() if name.startswith(start)}
    return Answers(cases, own(found.verdicts), own(found.among), [])


def for_all(study: Protocol, charts: int) -> Protocol:
    """The protocol with every listed patient listed under each prefix."""

    def listed(criterion: Any) -> Any:
        if not isinstance(criterion, Patients):
            return criterion
        names = [prefix(place) + name for place in range(charts) for name in criterion.patients]
        return criterion.model_copy(update={"patients": type(criterion.patients)(names)})

    changed = {
        name: type(written)(listed(criterion) for criterion in written)
        for name, written in (("include", study.include), ("exclude", study.exclude))
    }
    return study.model_copy(update=changed)


def unstacked(answer: Answer, charts: int) -> list[Answer]:
    """The answers of each chart, under the names they have there."""
    cases, verdicts = answer
    found = []
    for place in range(charts):
        start = prefix(place)
        own = tuple(
            replace(case, case_id=case.case_id.removeprefix(start), patient=case.patient.removeprefix(start))
            for case in cases
            if case.patient.startswith(start)
        )
        told = {
            (case_id.removeprefix(start), outcome, number): replace(
                verdict,
                case_id=case_id.removeprefix(start),
                quantities=tuple(
                    replace(one, record=None if one.record is None else one.record - APART * place)
                    for one in verdict.quantities
                ),
            )
            for (case_id, outcome, number), verdict in verdicts.items()
            if case_id.startswith(start)
        }
        found.append((own, told))
    return found
