"""The study object: a protocol that is ready to run."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from caseseries.chart.findings import stop_on_errors
from caseseries.chart.tables import Chart
from caseseries.cohort import Cohort, select
from caseseries.engine.connection import connect
from caseseries.errors import InputError, Problem
from caseseries.protocol.choices import in_force, suggested
from caseseries.protocol.fingerprint import fingerprint
from caseseries.protocol.load import load, made
from caseseries.protocol.lock import lock_file, record_shown, status
from caseseries.protocol.protocol import Protocol
from caseseries.source.omop import is_omop, read_omop
from caseseries.source.read import read as read_chart
from caseseries.study.line import Progress, analyse, unwatched
from caseseries.study.results import COMPARED, Results
from caseseries.summary.compare import compare


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
        if isinstance(chart, Chart):
            return chart
        return read_omop(self.protocol, Path(chart)) if is_omop(Path(chart)) else read_chart(self.protocol, Path(chart))

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
        progress: Progress = unwatched,
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


def _digest(chart: Chart) -> str:
    """The SHA-256 of everything that was read: each file's name and hash, by name."""
    lines = "".join(f"{name} {digest}\n" for name, digest in sorted(chart.inputs.items()))
    return hashlib.sha256(lines.encode()).hexdigest()
