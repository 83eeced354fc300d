"""A study from one end to the other: protocol and chart in, results out."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caseseries import report, response
from caseseries.assessment import assess, dose_steps, open_choices
from caseseries.chart.findings import stop_on_errors
from caseseries.chart.tables import Chart
from caseseries.cohort import Cohort, other_drugs, prior_use, select
from caseseries.engine.connection import connect
from caseseries.errors import CaseSeriesError, ChartError, InputError, Problem
from caseseries.protocol.choices import in_force, suggested
from caseseries.protocol.fingerprint import fingerprint
from caseseries.protocol.load import load, made
from caseseries.protocol.lock import lock_file, record_shown, status
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import AS_WRITTEN, change_plan, plan
from caseseries.response import among, chosen_values, respond, uncovered_days, zero_baselines
from caseseries.safety import follow
from caseseries.source.read import read as read_chart
from caseseries.summary import Answered, Changed, summarise
from caseseries.summary.compare import compare
from caseseries.summary.explain import Explanation, explain
from caseseries.summary.frames import TABLES, table
from caseseries.summary.model import CaseRow, Responders, Summary

if TYPE_CHECKING:
    import pandas
    import polars

#: Up to so many patients every run is compared with the reference, which takes them one at a time.
COMPARED = 2000

#: Told each stage as it begins, with the number of rows it works on where that is known.
Progress = Callable[[str, int | None], None]


def _unwatched(stage: str, rows: int | None = None) -> None:
    """Progress that nobody watches."""


def analyse(
    protocol: Protocol,
    chart: Chart,
    *,
    memory_limit: str = "1GB",
    threads: int = 2,
    progress: Progress = _unwatched,
) -> Summary:
    """The line: chart, cohort, assessment, response and safety, summary.

    Raises:
        ChoiceNeeded: the data raise a choice that the protocol does not make; nothing is decided then.
        EngineError: the database engine ran out of memory or disk.
    """
    with connect(memory_limit=memory_limit, threads=threads) as engine:
        progress("selecting the cohort", len(chart.people))
        cohort = select(engine, protocol, chart)
        answered, changed, needed = [], [], []
        for name in protocol.verdicts:
            progress(f"assessing {name}", len(cohort.included))
            outcome = plan(protocol, name)
            assessments = assess(engine, protocol, cohort, outcome)
            verdicts = respond(engine, protocol, cohort, assessments)
            needed += [*open_choices(engine, protocol, cohort, assessments.compiled)]
            needed += [*zero_baselines(protocol, outcome, verdicts), *uncovered_days(protocol, verdicts[0])]
            answered.append(Answered(outcome, verdicts, among(engine, protocol, outcome, verdicts, cohort)))
        for name in protocol.changes:
            assessments = assess(engine, protocol, cohort, change_plan(protocol, name))
            needed += [*open_choices(engine, protocol, cohort, assessments.compiled)]
            values = chosen_values(engine, protocol, cohort, assessments)
            changed.append(Changed(assessments.compiled.plan, values))
        response.require_choices(needed)
        progress("safety and other drugs", len(cohort.included))
        safety = follow(engine, protocol, cohort)
        drugs, prior = other_drugs(engine, cohort), prior_use(engine, protocol, cohort)
        steps = dose_steps(engine, protocol, cohort)
    progress("summarising", None)
    return summarise(protocol, chart, cohort, answered, changed, safety, drugs, prior, steps)


@dataclass(frozen=True, slots=True)
class Study:
    """A protocol that is ready to run, from protocol.yaml by :meth:`load` or made in Python.

    `warnings` are oddities that may be meant. Where it was loaded, `file` is the protocol.yaml, `locked` and `deviations`
    are what its lock file says, and `suggested` the choices still marked as suggested by the software.

    Raises:
        ProtocolError: the parts of a protocol made in Python do not fit together.
    """

    protocol: Protocol
    warnings: tuple[Problem, ...] = ()
    file: Path | None = None
    locked: str = ""
    deviations: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.file is None:
            object.__setattr__(self, "warnings", made(self.protocol))

    @classmethod
    def load(cls, path: str | Path) -> Study:
        """The study of a protocol.yaml, with what its lock file says.

        Raises:
            ProtocolError: with every mistake and its line.
        """
        file = Path(path)
        loaded = load(file)
        marked = suggested(loaded.document, file.read_text(encoding="utf-8-sig"))
        if not lock_file(file).exists():
            return cls(loaded.protocol, loaded.warnings, file, suggested=marked)
        locked = status(file)
        deviations = (*(f"amended {change}" for change in locked.amendments), *locked.deviations)
        return cls(loaded.protocol, loaded.warnings, file, locked.words, deviations, marked)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of what the protocol means; layout and comments do not count."""
        return fingerprint(self.protocol)

    def read(self, chart: str | Path | Chart) -> Chart:
        """The chart that a chart.yaml describes, as tables.

        Raises:
            ChartError: cells cannot be read as declared, or rows do not fit together; all of them are listed.
            ChoiceNeeded: the chart raises a choice that the protocol does not make.
        """
        return stop_on_errors(self._chart(chart))

    def _chart(self, chart: str | Path | Chart) -> Chart:
        """The chart as it was read, cells in error included."""
        return chart if isinstance(chart, Chart) else read_chart(self.protocol, Path(chart))

    def check(self, chart: str | Path | Chart, *, memory_limit: str = "1GB", threads: int = 2) -> Checked:
        """What became of every row, who is a case, who is not and why, and what keeps the study from running.

        It gives no outcome. Where cells are in error there are no cases yet; :attr:`Checked.stops` says so.

        Raises:
            ChartError: the chart description or one of its files cannot be read at all.
        """
        read = self._chart(chart)
        cohort = None
        try:
            stop_on_errors(read)
            with connect(memory_limit=memory_limit, threads=threads) as engine:
                cohort = select(engine, self.protocol, read)
            analyse(self.protocol, read, memory_limit=memory_limit, threads=threads)
        except InputError as stops:
            return Checked(self, read, cohort, stops)
        return Checked(self, read, cohort)

    def run(
        self,
        chart: str | Path | Chart,
        *,
        memory_limit: str = "1GB",
        threads: int = 2,
        progress: Progress = _unwatched,
    ) -> Results:
        """Run the study; with up to 2000 patients the answers are compared with the reference.

        That outcomes of patients (not of invented ones) were shown is noted beside the protocol, for its lock.
        `memory_limit` and `threads` are the database engine's; no result depends on them.

        Raises:
            ChartError, ChoiceNeeded: as :meth:`check`.
            EngineError: the database engine ran out of memory or disk.
            Disagreement: the stages and the reference differ, a defect of this software.
        """
        progress("reading the chart", None)
        read = self.read(chart)
        summary = analyse(self.protocol, read, memory_limit=memory_limit, threads=threads, progress=progress)
        summary = replace(
            summary,
            fingerprints={"protocol": self.fingerprint, "chart": _digest(read)},
            locked=self.locked,
            deviations=self.deviations,
            suggested=self.suggested,
            choices=in_force(self.protocol),
        )
        if len(read.people) <= COMPARED:
            progress("comparing with the reference", len(read.people))
            compare(self.protocol, read, summary)
        if self.file is not None and not summary.invented:
            record_shown(self.file, today=dt.datetime.now().astimezone().date(), under=self.fingerprint)
        return Results(self, read, summary)


@dataclass(frozen=True, slots=True)
class Checked:
    """A chart as it was read, who is a case in it, and what must be settled before the study can run.

    `cohort` is None where that must be settled before there are cases.
    """

    study: Study
    chart: Chart
    cohort: Cohort | None
    stops: InputError | None = None


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

    def write(self, out: str | Path) -> Path:
        """Write the report folder, whole or not at all; an earlier run's folder is replaced.

        Raises:
            OutputError: the folder cannot be written, or holds something that is no earlier run.
        """
        compared = "yes" if len(self.chart.people) <= COMPARED else f"no, more than {COMPARED} patients"
        told = {"compared with the reference": compared}
        report.write(self.summary, Path(out), inputs=self.chart.inputs, run_info=told)
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
        return pandas.DataFrame(self.table(name))

    def to_polars(self, name: str = "verdicts") -> polars.DataFrame:
        """One of the tables as a polars data frame, where polars is installed."""
        try:
            import polars
        except ImportError as missing:
            raise _not_installed("polars") from missing
        return polars.DataFrame(self.table(name), infer_schema_length=None)

    def _repr_html_(self) -> str:
        return report.notebook_html(self.summary)


def _digest(chart: Chart) -> str:
    """The SHA-256 of everything that was read: each file's name and hash, by name."""
    lines = "".join(f"{name} {digest}\n" for name, digest in sorted(chart.inputs.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


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
