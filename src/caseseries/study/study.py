"""The study object: a protocol that is ready to run."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from caseseries import __version__
from caseseries.chart.findings import stop_on_errors
from caseseries.chart.of_patient import of_patient
from caseseries.chart.tables import Chart
from caseseries.cohort import select
from caseseries.cohort import tally as cohort_tally
from caseseries.engine.connecting import connect
from caseseries.engine.connection import Engine
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
from caseseries.source.omop.needed import nobody
from caseseries.source.omop.opened import Opened
from caseseries.source.omop.opening import opened_omop
from caseseries.source.omop.read import chart_of
from caseseries.source.omop.source import OmopSource, open_omop
from caseseries.source.read import read as read_chart
from caseseries.stats.tally import Tally
from caseseries.study import charted_totals, empty_windows, next_courses
from caseseries.study.account import Account, counted_names, of_chart, of_database
from caseseries.study.check_ranges import check_ranges, stops_of, without_undecided_cases
from caseseries.study.checked import Checked
from caseseries.study.count_range import count_ranges, require_readable
from caseseries.study.inputs import Described, Frames, decimals_words, description_of, digest, is_database, read_only
from caseseries.study.kept_patients import KeptPatients
from caseseries.study.line import Progress, analyse, included_days, unwatched
from caseseries.study.ranges import WHOLE, in_ranges, memory_of_range, within_memory
from caseseries.study.results import Results
from caseseries.study.sources import ChartSource, DatabaseSource, Source
from caseseries.study.work import Range, Work, open_work
from caseseries.summary.compare import compare
from caseseries.summary.model import CitedRow, Summary
from caseseries.summary.summarise import summarise

#: Up to so many patients are shown one by one, each compared with the reference; and doses are counted as the exact fractions they are.
SHOWN = 2000


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
        """What is needed to explain one patient: that patient alone, as far as the source lists patients.

        `patient` is the patient's id or a case's, such as `17/2`.

        Raises:
            ChartError, ChoiceNeeded: as :meth:`read`; the id is no person_id.
        """
        if not is_omop(Path(chart)):
            return of_patient(self.read(chart), patient)
        written = patient.split("/")[0].strip()
        if not re.fullmatch(r"-?\d{1,19}", written):
            wrong = Problem("a person_id is a whole number", found=patient, private=True)
            raise ChartError("The database has nobody of that id.", [wrong])
        return stop_on_errors(read_omop(self.protocol, Path(chart), only=int(written)))

    def _chart(self, chart: Described, frames: Frames = None) -> Chart:
        """The chart as it was read, cells in error included."""
        if frames is not None:
            return read_frames(self.protocol, description_of(chart), frames)
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

    def check(
        self,
        source: Described,
        *,
        frames: Frames = None,
        memory_limit: str = "1GB",
        threads: int = 2,
        progress: Progress = unwatched,
        show: int = SHOWN,
        master: str | None = None,
    ) -> Checked:
        """What became of every row, who is a case, who is not and why, and what keeps the study from running; no outcome.

        Where cells are in error there are no cases yet; :attr:`Checked.stops` says so. The parameters are those of :meth:`run`.

        Raises:
            ChartError: the description, the database or one of the files cannot be read at all.
            EngineError: the engine ran out of memory or disk, or the connection was lost.
        """
        if frames is None and is_database(source):
            with self._opening(source, Machine(memory_limit, threads, None, master), show, progress) as (omop, indexed):
                if indexed > show:
                    database = DatabaseSource(omop)
                    return self._check_counted(database, in_ranges(omop, memory_limit), progress)
                progress("reading the patients", None)
                omop.engine.widen()
                account = of_database(omop, checked=True)
                return self._check_shown(chart_of(omop), memory_limit, threads, progress, account)
        read = self._chart(source, frames)
        if len(read.people) > show:
            with connect(memory_limit=memory_limit, threads=threads) as engine:
                return self._check_charts(engine, read, progress)
        return self._check_shown(read, memory_limit, threads, progress)

    def _check_charts(self, engine: Engine, read: Chart, progress: Progress) -> Checked:
        try:
            stop_on_errors(read)
        except InputError as found:
            return Checked(self.protocol, read_only(read), found, read)
        checked = self._check_counted(ChartSource(engine, self.protocol, read), WHOLE, progress)
        return replace(checked, chart=empty_windows.told_again(read, checked.tally))

    def _check_counted(self, source: Source, ranges: Sequence[Range], progress: Progress) -> Checked:
        total = check_ranges(self.protocol, source, ranges, progress=progress)
        total.merge(source.rest(total, None))
        total, _ = first_cited(empty_windows.told_counts(self.protocol, total))
        return Checked(self.protocol, without_undecided_cases(total), stops_of(total))

    def _check_shown(
        self, read: Chart, memory_limit: str, threads: int, progress: Progress, account: Account = of_chart
    ) -> Checked:
        cohort, stops, counts, rest = None, None, Tally(), None
        try:
            stop_on_errors(read)
            with connect(memory_limit=memory_limit, threads=threads) as engine:
                cohort = select(engine, self.protocol, read, answer_criteria)
                counts = cohort_tally(engine, self.protocol, cohort.numbers, dated=read.dated)
                read = charted_totals.told(engine, self.protocol, cohort.numbers, read)
            read = next_courses.told(
                self.protocol, empty_windows.told(self.protocol, read, included_days(cohort)), cohort
            )
            rest = account(self.protocol, read, cohort, counts)
            analyse(self.protocol, read, memory_limit=memory_limit, threads=threads, progress=progress)
        except InputError as found:
            stops = found
        return Checked(self.protocol, counts + (read_only(read) if rest is None else rest), stops, read, cohort)

    def run(
        self,
        source: Described,
        *,
        frames: Frames = None,
        memory_limit: str = "1GB",
        threads: int = 2,
        progress: Progress = unwatched,
        work: str | Path | None = None,
        show: int = SHOWN,
        master: str | None = None,
    ) -> Results:
        """Run the study on a chart (`chart.yaml`) or a database (`omop.yaml`).

        With up to `show` patients (of a database: persons who have an index event) the cases are shown one by one, and their answers are
        compared with the reference. With more they stay in the engine, range by range where they are stored by patient, and the result holds
        counts. Every number that both can tell is the same.

        That outcomes of patients (not of invented ones) were shown is noted beside the protocol, for its lock. `memory_limit` and `threads` are
        the database engine's; no result depends on them. `frames` are as for :meth:`read`. Of a database, `work` is a folder for finished
        ranges, from which the same call goes on; `master` is the URL of a Spark master.

        Raises:
            ChartError, ChoiceNeeded: as :meth:`check`; where cases are counted, choices are told by the number that raise them.
            EngineError: the engine ran out of memory or disk, or the connection was lost.
            OutputError: `work` cannot be used, or belongs to another run.
            Disagreement: the stages and the reference differ, a defect of this software.
        """
        if frames is None and is_database(source):
            return self._run_database(source, Machine(memory_limit, threads, None, master), progress, work, show)
        progress("reading the chart", None)
        read = self.read(source, frames=frames)
        if len(read.people) <= show:
            return self._run_shown(read, memory_limit, threads, progress)
        with ExitStack() as until_done:
            folder = until_done.enter_context(open_work(None))
            with connect(memory_limit=memory_limit, threads=threads, writable=folder.folder) as engine:
                charted = ChartSource(engine, self.protocol, read)
                found = self._run_counted(charted, WHOLE, len(read.people), read.inputs, folder, memory_limit, progress)
            until_done.pop_all()  # the patients of the finished ranges are still to be written
        return found

    def _run_database(
        self, omop: str | Path, machine: Machine, progress: Progress, work: str | Path | None, show: int
    ) -> Results:
        with ExitStack() as until_done:
            folder = until_done.enter_context(open_work(None if work is None else Path(work)))
            machine = replace(machine, writable=folder.folder)
            source, indexed = until_done.enter_context(self._opening(omop, machine, show, progress))
            if indexed <= show:
                source.engine.widen()
                chart = stop_on_errors(chart_of(source))
                return self._run_shown(chart, machine.memory_limit, machine.threads, progress, of_database(source))
            ranges, inputs = in_ranges(source, machine.memory_limit), dict(source.opened.inputs)
            found = self._run_counted(
                DatabaseSource(source), ranges, indexed, inputs, folder, machine.memory_limit, progress
            )
            source.opened.close()
            until_done.pop_all()  # the patients of the finished ranges are still to be written
        return found

    @contextmanager
    def _opening(
        self, omop: str | Path, machine: Machine, show: int, progress: Progress
    ) -> Iterator[tuple[OmopSource, int]]:
        """The database opened, and how many can be cases; counting stops above those that decide how it is taken."""
        progress("opening the database", None)
        with opened_omop(Path(omop), machine) as opened:
            opened.engine.narrow(memory_of_range(machine.memory_limit))  # to count a few million persons takes no more
            yield within_memory(opened.engine, lambda: self._opened(opened))

    def _run_shown(
        self, read: Chart, memory_limit: str, threads: int, progress: Progress, account: Account = of_chart
    ) -> Results:
        tally, summary = analyse(
            self.protocol, read, memory_limit=memory_limit, threads=threads, progress=progress, account=account
        )
        progress(f"comparing {len(read.people):,} patients with the reference", None)
        compare(self.protocol, read, summary.shown, tally, of_rows=account is of_chart)
        told = {"compared with the reference": "yes", "doses counted": decimals_words(exact=True)}
        return self._results(tally, summary, read.inputs, told, chart=read)

    def _run_counted(
        self,
        source: Source,
        ranges: Sequence[Range],
        indexed: int,
        inputs: Mapping[str, str],
        work: Work,
        memory_limit: str,
        progress: Progress,
    ) -> Results:
        ranges = work.claim({"protocol": self.fingerprint, "chart": digest(inputs), "version": __version__}, ranges)
        tally = count_ranges(self.protocol, source, ranges, work, exact=indexed <= SHOWN, progress=progress)
        work.all_finished()
        tally.merge(source.rest(tally, counted_names(tally)))
        tally, cited = first_cited(empty_windows.told_counts(self.protocol, tally))
        require_readable(tally)
        engine = source.engine.dialect.name
        source.engine.close()  # its memory is wanted for the summary
        progress("summarising", None)
        summary = summarise(
            self.protocol,
            tally,
            kept=source.kept,
            dated=source.dated,
            invented=source.invented,
            relative=source.relative,
            only=source.only,
        )
        exact = indexed <= SHOWN
        summary = replace(summary, cited=tuple(CitedRow(*one) for one in cited), rounded=not exact)
        kept = KeptPatients(work, [work.parquet(part) for part in ranges], memory_limit)
        told = {"engine": engine, "doses counted": decimals_words(exact=exact)}
        return self._results(tally, summary, inputs, told, patients_kept=kept)

    def _results(
        self, tally: Tally, summary: Summary, inputs: Mapping[str, str], told: Mapping[str, str], **more: Any
    ) -> Results:
        """The finished run, with what the study knows of it."""
        summary = replace(
            summary,
            fingerprints={"protocol": self.fingerprint, "chart": digest(inputs)},
            locked=self.locked,
            deviations=self.deviations,
            suggested=self.suggested,
            choices=in_force(self.protocol),
            unnoted=self.note_shown(invented=summary.invented),
        )
        return Results(self.protocol, self.fingerprint, summary, tally, inputs, told, **more)

    def note_shown(self, *, invented: bool) -> str:
        """Note beside the protocol that outcomes are shown; what must be said where the note cannot stand beside the protocol."""
        if self.file is None or invented:
            return ""
        return unnoted(record_shown(self.file, today=dt.datetime.now().astimezone().date(), under=self.fingerprint))
