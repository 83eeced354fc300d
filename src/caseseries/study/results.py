"""A finished run: numbers, report, explanations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caseseries import report
from caseseries.brief import Rows, on_screen
from caseseries.chart.tables import Chart
from caseseries.errors import ChartError, Problem, shortened
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import AS_WRITTEN
from caseseries.study.data_frames import as_pandas, as_polars, known
from caseseries.summary.explain import Explanation, explain
from caseseries.summary.frames import TABLES, columns, table
from caseseries.summary.model import CaseRow, Responders, Summary

if TYPE_CHECKING:
    import pandas
    import polars

#: Up to so many patients every run is compared with the reference, which takes them one at a time.
COMPARED = 2000


@dataclass(frozen=True, slots=True)
class Results:
    """A finished run: `summary` holds every number, `write` makes the report, `explain` tells one patient's verdict."""

    protocol: Protocol
    chart: Chart
    summary: Summary

    def __repr__(self) -> str:
        """The headline, no longer than a screen."""
        return on_screen(f"Results of {shortened(self.protocol.study)!r}\n{self.headline()}")

    def headline(self) -> str:
        """The main result in a few lines."""
        return report.headline(self.summary)

    @property
    def responders(self) -> Mapping[str, tuple[Responders, ...]]:
        """By outcome: counts under every reading, with exact intervals; the rule as written first."""
        return {name: outcome.responders for name, outcome in self.summary.outcomes.items()}

    @property
    def patients(self) -> tuple[CaseRow, ...]:
        """Every case, the excluded ones too."""
        return Rows(self.summary.cases)

    def explain(
        self, patient: str, *, outcome: str | None = None, reading: str = AS_WRITTEN
    ) -> tuple[Explanation, ...]:
        """Why each case of this patient has its verdict; computed by the stages and by the reference.

        `patient` is the patient's id or a case's id. Without `outcome` every outcome is explained.

        Raises:
            ChartError: no such patient. CaseSeriesError: no such outcome or reading.
            Disagreement: the two computations differ, a defect of this software.
        """
        cases = [case for case in self.summary.cases if patient in {case.patient, case.case_id}]
        if not cases:
            nobody = Problem("neither a patient nor a case", found=patient, private=True)
            raise ChartError("The chart has nobody of that id.", [nobody], do="Ids are compared letter by letter.")
        outcomes = self.summary.outcomes
        known("outcome", outcome, outcomes)
        explained = []
        for found in [outcomes[outcome]] if outcome is not None else outcomes.values():
            specs = {spec.reading: spec for spec in found.plan.specs if spec.role != "grid"}
            known("reading", reading, specs)
            explained += [explain(self.summary, self.chart, case, found, specs[reading]) for case in cases]
        return Rows(explained)

    def write(self, out: str | Path, *, readable: bool = False) -> Path:
        """Write the report folder, whole or not at all; an earlier run's folder is replaced.

        It is its owner's alone; with `readable` others of the machine may read it, but for patients.csv and findings.csv.

        Raises:
            OutputError: the folder cannot be written, or holds something that is no earlier run.
        """
        compared = "yes" if len(self.chart.people) <= COMPARED else f"no, more than {COMPARED} patients"
        told = {"compared with the reference": compared}
        report.write(self.summary, Path(out), inputs=self.chart.inputs, run_info=told, readable=readable)
        return Path(out)

    def table(self, name: str) -> list[dict[str, Any]]:
        """A table of the results as plain rows: numbers are floats, what is undefined is None.

        The names are in :data:`caseseries.summary.frames.TABLES`; `verdicts` has a row per included case and reading.
        """
        known("table", name, TABLES)
        return table(self.summary, name)

    def to_pandas(self, name: str = "verdicts") -> pandas.DataFrame:
        """One of the tables as a pandas data frame, where pandas is installed; one without rows has its columns."""
        known("table", name, TABLES)
        return as_pandas(table(self.summary, name), columns(self.summary, name))

    def to_polars(self, name: str = "verdicts") -> polars.DataFrame:
        """One of the tables as a polars data frame, where polars is installed; one without rows has its columns."""
        known("table", name, TABLES)
        return as_polars(table(self.summary, name), columns(self.summary, name))

    def _repr_html_(self) -> str:
        return report.notebook_html(self.summary)
