"""The study object: a protocol that is ready to run."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from caseseries import __version__
from caseseries.chart.findings import stop_on_errors
from caseseries.chart.tables import Chart
from caseseries.cohort import select
from caseseries.engine.connection import connect
from caseseries.engine.machine import Machine
from caseseries.errors import CaseSeriesError, ChartError, InputError, Place, Problem, shortened
from caseseries.protocol.changed_threshold import changed_threshold
from caseseries.protocol.choices import in_force, suggested
from caseseries.protocol.fingerprint import fingerprint, short
from caseseries.protocol.load import load, made
from caseseries.protocol.lock import lock_file, status
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.shown import record_shown, unnoted
from caseseries.protocol.yaml import read
from caseseries.response import answer_criteria
from caseseries.source.in_memory import read_frames
from caseseries.source.omop import is_omop, read_omop
from caseseries.source.omop.cited import first_cited
from caseseries.source.omop.left_out import left_out
from caseseries.source.omop.needed import nobody, unmatched
from caseseries.source.omop.opened import Opened
from caseseries.source.omop.opening import opened_omop
from caseseries.source.omop.read import chart_of
from caseseries.source.omop.source import OmopSource, open_omop
from caseseries.source.read import read as read_chart
from caseseries.study import empty_windows, next_courses
from caseseries.study.checked import Checked
from caseseries.study.counted_check import CountedCheck, count_check, counted_names
from caseseries.study.line import Progress, analyse, included_days, unwatched
from caseseries.study.population import count_others, count_ranges, require_readable
from caseseries.study.population_results import PopulationResults
from caseseries.study.ranges import in_ranges, memory_of_range, within_memory
from caseseries.study.results import COMPARED, Results
from caseseries.study.work import Work, open_work
from caseseries.summary.compare import compare
from caseseries.summary.population import population
from caseseries.summary.population_model import CitedRow

#: What a study is run on: the path of a description, one in Python (with `frames`), or a chart that was read.
Described = str | Path | Chart | Mapping[str, Any]
#: Data frames by the names of their tables.
Frames = Mapping[str, object] | None


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

    def __repr__(self) -> str:
        told = [f"fingerprint {short(self.fingerprint)}", *([self.locked] if self.locked else [])]
        told += [f"{len(self.warnings)} warnings"] if self.warnings else []
        return f"<Study {shortened(self.protocol.study)!r}: {'; '.join(told)}>"

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

    def with_threshold(
        self,
        outcome: str,
        measure: str | None = None,
        *,
        at_least: Any = None,
        more_than: Any = None,
        at_most: Any = None,
        less_than: Any = None,
        was: Any = None,
        reading: str | None = None,
    ) -> Study:
        """The study with another threshold of one measure in the rule of an outcome, checked as a written protocol is.

        One comparison is given, as it is written: ``at_least="30 % of baseline"``. `measure` may be left out where the rule has one
        threshold; `was` says which is meant where it has several of the measure. `reading` changes a reading in place of the rule. The
        new study has a fingerprint of its own, and neither file nor lock.

        Raises:
            ProtocolError: there is no such outcome or threshold, or several; or the new one does not fit the measure.
        """
        bound = {"at_least": at_least, "more_than": more_than, "at_most": at_most, "less_than": less_than}
        return Study(changed_threshold(self.protocol, outcome, measure, bound, was=was, reading=reading))

    def read(self, chart: Described, *, frames: Frames = None) -> Chart:
        """The chart that a chart.yaml describes, as tables.

        With `frames` the rows come from memory in place of files: data frames of pandas, polars or Arrow, or lists of dicts, each under
        the name of a table of the description, or of the file or sheet that it names. The description may then be a mapping.

        Raises:
            ChartError: cells cannot be read as declared, or rows do not fit together; all of them are listed.
            ChoiceNeeded: the chart raises a choice that the protocol does not make.
        """
        return stop_on_errors(self._chart(chart, frames))

    def read_patient(self, chart: str | Path, patient: str) -> Chart:
        """What is needed to explain one patient: of a database that patient alone, of a chart everything.

        `patient` is the patient's id or a case's, such as `17/2`.

        Raises:
            ChartError, ChoiceNeeded: as :meth:`read`; the id is no person_id.
        """
        if not is_omop(Path(chart)):
            return self.read(chart)
        written = patient.split("/")[0].strip()
        if not re.fullmatch(r"-?\d{1,19}", written):
            wrong = Problem("a person_id is a whole number", found=patient, private=True)
            raise ChartError("The database has nobody of that id.", [wrong])
        return stop_on_errors(read_omop(self.protocol, Path(chart), only=int(written)))

    def _chart(self, chart: Described, frames: Frames = None) -> Chart:
        """The chart as it was read, cells in error included."""
        if frames is not None:
            return read_frames(self.protocol, _description(chart), frames)
        if isinstance(chart, Chart):
            return chart
        if isinstance(chart, Mapping):
            what = "A description in Python describes frames, and there are none."
            raise CaseSeriesError(what, do="Give them: frames={'visits': frame, ...}.")
        if not is_omop(Path(chart)):
            return read_chart(self.protocol, Path(chart))
        with opened_omop(Path(chart)) as opened:
            return chart_of(self._opened(opened)[0])

    def _opened(self, opened: Opened) -> tuple[OmopSource, int]:
        """The database with the protocol's names found in it, and how many persons can be cases.

        Raises:
            ChartError: there is nobody.
        """
        source = open_omop(opened, self.protocol, self._line)
        indexed = source.find_events()
        if not indexed:
            raise nobody(source, self._line)
        return source, indexed

    def _line(self, *keys: str) -> Place:
        """Where the value at these keys stands in the protocol."""
        if self.file is None:
            return Place("protocol")
        found = read(self.file).locate(keys)
        return Place(found.file, line=found.line)

    def check(self, chart: Described, *, frames: Frames = None, memory_limit: str = "1GB", threads: int = 2) -> Checked:
        """What became of every row, who is a case, who is not and why, and what keeps the study from running.

        It gives no outcome. Where cells are in error there are no cases yet; :attr:`Checked.stops` says so. A database is taken
        patient by patient here; :meth:`check_database` also takes those that are too large for that. `frames` are as for :meth:`read`.

        Raises:
            ChartError: the chart description or one of its files cannot be read at all.
        """
        return self._checked(self._chart(chart, frames), memory_limit, threads)

    def check_database(
        self,
        omop: str | Path,
        *,
        memory_limit: str = "1GB",
        threads: int = 2,
        progress: Progress = unwatched,
        most: int = COMPARED,
        master: str | None = None,
    ) -> Checked | CountedCheck:
        """The same of a database that an `omop.yaml` describes; no outcome is looked at.

        With up to `most` persons who have an index event this is :meth:`check`. With more they are counted where they are.

        Raises:
            ChartError: the database cannot be opened or read.
            EngineError: the engine ran out of memory or disk, or the connection was lost.
        """
        progress("opening the database", None)
        with opened_omop(Path(omop), Machine(memory_limit, threads, None, master)) as opened:
            opened.engine.narrow(memory_of_range(memory_limit))
            source, indexed = within_memory(opened.engine, lambda: self._opened(opened))
            if indexed > most:
                return count_check(self, source, in_ranges(source, memory_limit), progress=progress)
            progress("reading the patients", None)
            opened.engine.widen()
            read = chart_of(source)
        return self._checked(read, memory_limit, threads, progress)

    def _checked(self, read: Chart, memory_limit: str, threads: int, progress: Progress = unwatched) -> Checked:
        cohort = None
        try:
            stop_on_errors(read)
            with connect(memory_limit=memory_limit, threads=threads) as engine:
                cohort = select(engine, self.protocol, read, answer_criteria)
            read = next_courses.told(
                self.protocol, empty_windows.told(self.protocol, read, included_days(cohort)), cohort
            )
            analyse(self.protocol, read, memory_limit=memory_limit, threads=threads, progress=progress)
        except InputError as stops:
            return Checked(self, read, cohort, stops)
        return Checked(self, read, cohort)

    def run(
        self,
        chart: Described,
        *,
        frames: Frames = None,
        memory_limit: str = "1GB",
        threads: int = 2,
        progress: Progress = unwatched,
    ) -> Results:
        """Run the study; with up to 2000 patients the answers are compared with the reference.

        That outcomes of patients (not of invented ones) were shown is noted beside the protocol, for its lock.
        `memory_limit` and `threads` are the database engine's; no result depends on them. A database (`omop.yaml`) is taken
        patient by patient here; :meth:`run_database` also takes those that are too large for that. `frames` are as for :meth:`read`.

        Raises:
            ChartError, ChoiceNeeded: as :meth:`check`.
            EngineError: the database engine ran out of memory or disk.
            Disagreement: the stages and the reference differ, a defect of this software.
        """
        progress("reading the chart", None)
        return self._run(self.read(chart, frames=frames), memory_limit, threads, progress)

    def _run(self, read: Chart, memory_limit: str, threads: int, progress: Progress) -> Results:
        summary = analyse(self.protocol, read, memory_limit=memory_limit, threads=threads, progress=progress)
        summary = replace(
            summary,
            fingerprints={"protocol": self.fingerprint, "chart": digest(read.inputs)},
            locked=self.locked,
            deviations=self.deviations,
            suggested=self.suggested,
            choices=in_force(self.protocol),
        )
        if len(read.people) <= COMPARED:
            progress(f"comparing {len(read.people):,} patients with the reference", None)
            compare(self.protocol, read, summary)
        return Results(self, read, replace(summary, unnoted=self._shown(invented=summary.invented)))

    def run_database(
        self,
        omop: str | Path,
        *,
        memory_limit: str = "1GB",
        threads: int = 2,
        progress: Progress = unwatched,
        work: str | Path | None = None,
        most: int = COMPARED,
        master: str | None = None,
    ) -> Results | PopulationResults:
        """Run the study on a database that an `omop.yaml` describes.

        With up to `most` persons who have an index event this is :meth:`run`. With more the patients stay in the database: they are
        counted range by range where they are stored by patient, and the result holds counts. `work` is a folder for finished
        ranges; the same call goes on from them. `master` is the URL of a Spark master, for a database that Spark reads.

        Raises:
            ChartError, ChoiceNeeded: as :meth:`check`; choices are told by the number of cases that raise them.
            EngineError: the engine ran out of memory or disk, or the connection was lost.
            OutputError: `work` cannot be used, or belongs to another run.
        """
        with ExitStack() as open_until_done:
            folder = open_until_done.enter_context(open_work(None if work is None else Path(work)))
            progress("opening the database", None)
            opened = open_until_done.enter_context(
                opened_omop(Path(omop), Machine(memory_limit, threads, folder.folder, master))
            )
            opened.engine.narrow(memory_of_range(memory_limit))  # to count a few million persons takes no more
            source, indexed = within_memory(opened.engine, lambda: self._opened(opened))
            if indexed <= most:
                opened.engine.widen()
                chart = stop_on_errors(chart_of(source))
                opened.close()  # its memory is wanted for the study
                return self._run(chart, memory_limit, threads, progress)
            found = self._count(source, folder, memory_limit, progress)
            opened.close()
            open_until_done.pop_all()  # the patients of the finished ranges are still to be written
            return found

    def _count(self, source: OmopSource, work: Work, memory_limit: str, progress: Progress) -> PopulationResults:
        ranges = in_ranges(source, memory_limit)
        inputs = dict(source.opened.inputs)
        prints = {"protocol": self.fingerprint, "chart": digest(inputs)}
        ranges = work.claim({**prints, "version": __version__}, ranges)
        tally = count_ranges(source.engine, self.protocol, source, ranges, work, progress=progress)
        tally.merge(count_others(self.protocol, source, tally))
        work.all_finished()
        tally.merge(source.findings + unmatched(source, counted_names(tally)) + left_out(source))
        tally.merge(source.unasked(tally))
        tally, cited = first_cited(empty_windows.told_counts(self.protocol, tally))
        require_readable(tally)
        source.opened.close()  # its memory is wanted for the summary
        progress("summarising", None)
        found = replace(
            population(
                self.protocol, tally, dated=True, invented=source.described.invented, found="Persons in the database"
            ),
            fingerprints=prints,
            locked=self.locked,
            deviations=self.deviations,
            suggested=self.suggested,
            choices=in_force(self.protocol),
            cited=tuple(CitedRow(*one) for one in cited),
        )
        found = replace(found, unnoted=self._shown(invented=found.invented))
        parts = [work.parquet(part) for part in ranges]
        return PopulationResults(
            self, found, tally, inputs, source.engine.dialect.name, work, parts, memory_limit=memory_limit
        )

    def _shown(self, *, invented: bool) -> str:
        """Note that outcomes are shown; what must be said where the note cannot stand beside the protocol."""
        if self.file is None or invented:
            return ""
        return unnoted(record_shown(self.file, today=dt.datetime.now().astimezone().date(), under=self.fingerprint))


def _description(chart: Described) -> Path | Mapping[str, Any]:
    if isinstance(chart, Chart):
        raise CaseSeriesError("A chart that was read has no frames.", do="Name its description, or leave out `frames`.")
    if isinstance(chart, Mapping):
        return chart
    if is_omop(Path(chart)):
        raise CaseSeriesError("A database has no frames.", where=str(chart), do="Name a chart description.")
    return Path(chart)


def digest(inputs: Mapping[str, str]) -> str:
    """The SHA-256 of everything that was read: each file's name and hash, by name."""
    lines = "".join(f"{name} {found}\n" for name, found in sorted(inputs.items()))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()
