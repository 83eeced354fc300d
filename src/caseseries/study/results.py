"""A finished run: every number, the report, the patients behind it, and why each of them has their verdict."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, get_args

from caseseries import report
from caseseries.brief import Rows, on_screen
from caseseries.chart.tables import Chart
from caseseries.errors import CaseSeriesError, ChartError, Problem, shortened
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import AS_WRITTEN
from caseseries.report.documents.word_styles import Template
from caseseries.report.formats import Figures, Format
from caseseries.stats.tally import Tally
from caseseries.study.data_frames import as_pandas, as_polars, known
from caseseries.study.kept_patients import KeptPatients
from caseseries.study.patients_file import replaceable_patients
from caseseries.summary.audience import SMALLEST_TOLD, for_readers
from caseseries.summary.behind import Traced
from caseseries.summary.cases import CaseRow, Cases
from caseseries.summary.explain import (
    Explanation,
    explain,
    explain_events,
    explain_line,
    explain_spells,
    explain_time,
    explain_values,
)
from caseseries.summary.explain_grades import GradeExplained, explain_grades
from caseseries.summary.frames import OF_CASES, TABLES, columns, table
from caseseries.summary.model import ReadBy, Responders, Summary
from caseseries.summary.result import Result
from caseseries.summary.trace_number import HOW_TO_LIST, near_ids, numbers_behind, trace_number
from caseseries.verdict.number_style import Style, style_named

if TYPE_CHECKING:
    import pandas
    import polars


@dataclass(frozen=True, slots=True)
class Results:
    """A finished run: `summary` holds every number, `write` makes the report.

    `tally` are the counts that the numbers come from, `inputs` the files read with their hashes. Where cases are few enough to be shown
    `cases` holds them, and `explain` tells one patient's verdict. Where they are counted, the patients wait in a folder for temporary files
    (or in the `work` of the run) until `write` joins them to patients.parquet; `close`, or the end of a `with`, removes what is not kept.
    """

    protocol: Protocol
    fingerprint: str
    summary: Summary
    tally: Tally = field(repr=False)
    inputs: Mapping[str, str] = field(repr=False)
    run_info: Mapping[str, str] = field(repr=False, default_factory=dict)
    chart: Chart | None = None
    patients_kept: KeptPatients | None = None

    def __repr__(self) -> str:
        """The headline, no longer than a screen."""
        return on_screen(f"Results of {shortened(self.protocol.study)!r}\n{self.headline()}")

    def headline(self) -> str:
        """The main result in a few lines."""
        return report.headline(self.summary)

    @property
    def cases(self) -> Cases | None:
        """The cases one by one; None where they are only counted."""
        return self.summary.cases

    @property
    def responders(self) -> Mapping[str, tuple[Responders, ...]]:
        """By outcome: counts under every reading, with exact intervals; the rule as written first. Without readings whose counts are ranges."""
        return {name: outcome.responders for name, outcome in self.summary.outcomes.items()}

    @property
    def patients(self) -> tuple[CaseRow, ...]:
        """Every case, the excluded ones too.

        Raises:
            CaseSeriesError: this run counted its cases.
        """
        return Rows(self._shown().rows)

    def _shown(self) -> Cases:
        if self.cases is None:
            raise CaseSeriesError(
                "This run counted its cases: none is held one by one.",
                do="Look into patients.parquet, which `write` makes, or run on fewer patients.",
            )
        return self.cases

    def explain(
        self, patient: str, *, outcome: str | None = None, reading: str = AS_WRITTEN
    ) -> tuple[Explanation, ...]:
        """Why each case of this patient has its verdict; computed by the stages and by the reference.

        `patient` is the patient's id or a case's id. Without `outcome` every outcome is explained.

        Raises:
            ChartError: no such patient. CaseSeriesError: no such outcome or reading; this run counted its cases.
            Disagreement: the two computations differ, a defect of this software.
        """
        shown, cases, chart = self._of(patient)
        verdicts = self.summary.outcomes
        # An outcome with levels is one, told by its verdict on any level but the last.
        outcomes = {one.plan.outcome: one for one in verdicts.values() if one.plan.part is None or one.plan.part.widest}
        times, spells, events = self.summary.times, self.summary.spells, self.summary.event_counts
        values, lines = self.protocol.valued, self.protocol.trajectories
        known("outcome", outcome, {**outcomes, **times, **spells, **events, **values, **lines})
        explained = []
        for found in outcomes.values() if outcome is None else [outcomes[outcome]] if outcome in outcomes else []:
            specs = {spec.reading: spec for spec in found.plan.specs if spec.role != "grid"}
            known("reading", reading, specs)
            explained += [explain(self.summary, shown, chart, case, found.plan, specs[reading]) for case in cases]
        for name in times if outcome is None else [outcome] if outcome in times else []:
            explained += [explain_time(self.summary, shown, chart, case, name) for case in cases]
        for name in spells if outcome is None else [outcome] if outcome in spells else []:
            explained += [explain_spells(self.summary, shown, chart, case, name) for case in cases]
        for name in events if outcome is None else [outcome] if outcome in events else []:
            explained += [explain_events(self.summary, chart, case, name) for case in cases]
        for name in values if outcome is None else [outcome] if outcome in values else []:
            explained += [explain_values(self.summary, chart, case, name) for case in cases]
        for name in lines if outcome is None else [outcome] if outcome in lines else []:
            explained += [explain_line(self.summary, case, name) for case in cases]
        return Rows(explained)

    def explain_grades(self, patient: str) -> tuple[GradeExplained, ...]:
        """Why each case of this patient has its laboratory grades: the value, its limits and the value before, with their cells.

        `patient` is the patient's id or a case's id; what is raised is as in :meth:`explain`.
        """
        shown, cases, chart = self._of(patient)
        return Rows(one for case in cases for one in explain_grades(self.summary, shown, chart, case))

    @property
    def numbers(self) -> Mapping[str, Result]:
        """Every number that :meth:`trace` can be asked for, by its id: those of results.json, and of each cell of the robustness grid."""
        return {named: behind.result for named, behind in numbers_behind(self.summary).items()}

    def trace(self, number: str) -> Traced:
        """What stands behind one number of the report: what it was computed from, each case with its part in it, and the cells of the chart.

        `number` is the id of the number, as results.json and the page name it. It is counted again from the cases, and a number that
        they do not make is refused. Where cases were only counted, or it is computed from other numbers, the answer says so and what can be done.

        Raises:
            CaseSeriesError: no number has this id. Disagreement: the cases do not make the number, a defect of this software.
        """
        found = numbers_behind(self.summary)
        if number not in found:
            raise CaseSeriesError("There is no number of this id.", do=f"{near_ids(number, list(found))}{HOW_TO_LIST}")
        return trace_number(self.summary, self.chart, found[number])

    def _of(self, patient: str) -> tuple[Cases, list[CaseRow], Chart]:
        shown = self._shown()
        cases = [case for case in shown.rows if patient in {case.patient, case.case_id}]
        if not cases or self.chart is None:
            nobody = Problem("neither a patient nor a case", found=patient, private=True)
            raise ChartError("The chart has nobody of that id.", [nobody], do="Ids are compared letter by letter.")
        return shown, cases, self.chart

    def write(
        self,
        out: str | Path,
        *,
        patients_out: str | Path | None = None,
        readable: bool = False,
        figures: Figures = "svg",
        formats: Collection[Format] = (),
        template: str | Path | None = None,
        audience: ReadBy = "internal",
        smallest: int = SMALLEST_TOLD,
        style: str | Style = "plain",
    ) -> Path:
        """Write the report folder, whole or not at all; an earlier run's folder is replaced.

        It is its owner's alone; with `readable` others of the machine may read it, but for the patients and findings.csv. `patients_out` is
        where patients.parquet goes instead of into the folder. Figures are SVG, with `figures` "print" PDF, PNG and TIFF too, at 600 dots an inch.
        With `formats` "word" and "pdf" article and supplement are such files too, Word in the styles of the document `template` where one is named;
        with "excel" the tables are a workbook.

        For another `audience` than "internal" less is told: a "journal" has single cases under new numbers, with ages in bands and without free
        text; the "public" sees counts alone, none of 1 to `smallest` - 1. The report lists what was changed, and no patients.parquet is written.

        Percents, intervals, ranges and P values are printed in `style`: "plain", or as journals do in "jama", "nejm", "annals", "rheum", or an own
        :class:`caseseries.types.Style`. No file for programs follows it.

        Raises:
            OutputError: the folder cannot be written, or holds something that is no earlier run.
            CaseSeriesError: `patients_out` of a run that has no patients.parquet; `figures`, `style` or one of `formats` is none; the template
                cannot be read, or there is no Word document to take its styles.
        """
        printed = style_named(style)
        for name in formats:
            known("format", name, get_args(Format))
        if template is not None and "word" not in formats:
            raise CaseSeriesError("A template is for Word documents.", do='Add "word" to the formats, or leave it out.')
        known("audience", audience, get_args(ReadBy))
        told = for_readers(self.summary, self.tally, audience, smallest)
        look = None if template is None else report.read_template(Path(template))
        known("kind of figures", figures, get_args(Figures))
        place = None if patients_out is None else Path(patients_out)
        if self.patients_kept is None:
            if place is not None:
                raise CaseSeriesError(
                    "This run shows its cases: patients.csv stands in the report folder.",
                    do="Leave `patients_out` away.",
                )
            self._write(told, Path(out), {}, readable, figures, formats, look, printed)
            return Path(out)
        report.refuse(Path(out))
        if audience != "internal":
            if place is not None:
                raise CaseSeriesError(
                    "The patients one by one are for those who hold the data alone.",
                    do="Leave `patients_out` away, or write the report for `internal`.",
                )
            self._write(told, Path(out), {}, readable, figures, formats, look, printed)
            return Path(out)
        if place is not None:
            replaceable_patients(place)
        with self.patients_kept.joined(place) as inside:
            self._write(told, Path(out), inside, readable, figures, formats, look, printed)
        return Path(out)

    def _write(
        self,
        told: Summary,
        out: Path,
        patients: Mapping[str, Path],
        readable: bool,
        figures: Figures,
        formats: Collection[Format],
        template: Template | None,
        style: Style,
    ) -> None:
        report.write(
            told,
            out,
            patients=patients,
            inputs=self.inputs,
            run_info=self.run_info,
            readable=readable,
            figures=figures,
            formats=formats,
            template=template,
            style=style,
        )

    def table(self, name: str) -> list[dict[str, Any]]:
        """A table of the results as plain rows: numbers are floats, what is undefined is None.

        The names are in :data:`caseseries.summary.frames.TABLES`; `verdicts` has a row per included case and reading.

        Raises:
            CaseSeriesError: no such table; a table of cases, which this run only counted.
        """
        known("table", name, TABLES)
        if name in OF_CASES:
            self._shown()
        return table(self.summary, name)

    def to_pandas(self, name: str = "verdicts") -> pandas.DataFrame:
        """One of the tables as a pandas data frame, where pandas is installed; one without rows has its columns."""
        return as_pandas(self.table(name), columns(self.summary, name))

    def to_polars(self, name: str = "verdicts") -> polars.DataFrame:
        """One of the tables as a polars data frame, where polars is installed; one without rows has its columns."""
        return as_polars(self.table(name), columns(self.summary, name))

    def close(self) -> None:
        """Remove what was kept only for `write`."""
        if self.patients_kept is not None:
            self.patients_kept.close()

    def __enter__(self) -> Results:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _repr_html_(self) -> str:
        return report.notebook_html(self.summary)
