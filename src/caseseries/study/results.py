"""A finished run: numbers, report, explanations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caseseries import report
from caseseries.chart.tables import Chart
from caseseries.errors import CaseSeriesError, ChartError, Problem
from caseseries.protocol.specs import AS_WRITTEN
from caseseries.summary.explain import Explanation, explain
from caseseries.summary.frames import TABLES, columns, table
from caseseries.summary.model import CaseRow, Responders, Summary

if TYPE_CHECKING:
    import pandas
    import polars

    from caseseries.study.study import Study

#: Up to so many patients every run is compared with the reference, which takes them one at a time.
COMPARED = 2000


@dataclass(frozen=True, slots=True)
class Results:
    """A finished run: `summary` holds every number, `write` makes the report, `explain` tells one patient's verdict."""

    study: Study
    chart: Chart
    summary: Summary

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
        return self.summary.cases

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
        _known("outcome", outcome, outcomes)
        explained = []
        for found in [outcomes[outcome]] if outcome is not None else outcomes.values():
            specs = {spec.reading: spec for spec in found.plan.specs if spec.role != "grid"}
            _known("reading", reading, specs)
            explained += [explain(self.summary, self.chart, case, found, specs[reading]) for case in cases]
        return tuple(explained)

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
        _known("table", name, TABLES)
        return table(self.summary, name)

    def to_pandas(self, name: str = "verdicts") -> pandas.DataFrame:
        """One of the tables as a pandas data frame, where pandas is installed."""
        try:
            import pandas
        except ImportError as missing:
            raise _not_installed("pandas") from missing
        rows = self.table(name)
        return pandas.DataFrame(rows, columns=None if rows else columns(name))

    def to_polars(self, name: str = "verdicts") -> polars.DataFrame:
        """One of the tables as a polars data frame, where polars is installed."""
        try:
            import polars
        except ImportError as missing:
            raise _not_installed("polars") from missing
        rows = self.table(name)
        return polars.DataFrame(rows, schema=None if rows else columns(name), infer_schema_length=None)

    def _repr_html_(self) -> str:
        return report.notebook_html(self.summary)


def _known(kind: str, name: str | None, names: Iterable[str]) -> None:
    """Refuse a name that is not there, and list those that are."""
    listed = list(names)
    if name is not None and name not in listed:
        raise CaseSeriesError(f"There is no {kind} {name!r}.", expected=f"There are: {', '.join(listed) or 'none'}.")


def _not_installed(package: str) -> CaseSeriesError:
    return CaseSeriesError(
        f"{package} is not installed; caseseries needs it for nothing else.",
        do=f'Install it with: pip install "caseseries[{package}]"',
    )
