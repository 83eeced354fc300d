"""A small study counted in the engine, as large ones are: without a case in sight."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from caseseries.chart.tables import Chart
from caseseries.cohort.unseen import unseen_events
from caseseries.engine import connect
from caseseries.protocol.protocol import Protocol
from caseseries.stats.tally import Tally
from caseseries.study.count_range import OPEN, count_ranges
from caseseries.study.empty_windows import told_counts
from caseseries.study.line import unwatched
from caseseries.study.ranges import WHOLE
from caseseries.study.sources import ChartSource
from caseseries.study.work import open_work
from caseseries.summary.model import Summary
from caseseries.summary.summarise import summarise


def tally_of(study: Protocol, read: Chart, patients: frozenset[str] | None = None, *, exact: bool = True) -> Tally:
    """The tally of these patients of a chart, all of them by default; rows and findings go with all."""
    source = read if patients is None else of_patients(read, patients)
    with open_work(None) as work, connect(writable=Path(work.folder)) as engine:
        charted = ChartSource(engine, study, source)
        counts = count_ranges(study, charted, WHOLE, work, exact=exact, progress=unwatched)
        if patients is None:
            counts.merge(charted.rest(counts, None))
            counts = told_counts(study, counts)
    return Tally({key: n for key, n in counts.counts.items() if key[0] not in {OPEN, "window with values"}})


def of_patients(read: Chart, patients: frozenset[str]) -> Chart:
    """The chart of some of its patients, which could tell what the whole could."""
    return replace(
        read,
        people=tuple(row for row in read.people if row.patient in patients),
        measurements=tuple(row for row in read.measurements if row.patient in patients),
        courses=tuple(row for row in read.courses if row.patient in patients),
        facts=tuple(row for row in read.facts if row.patient in patients),
        unread=tuple(row for row in read.unread if row.patient in patients),
        observed=None if read.observed is None else tuple(row for row in read.observed if row.patient in patients),
        not_charted=read.unknown(),
    )


def counted(study: Protocol, read: Chart, tally: Tally | None = None) -> Summary:
    """The summary of counts alone."""
    counts = tally_of(study, read) if tally is None else tally
    kept = "database" if "person" in read.counted else "chart"
    return summarise(
        study, counts, kept=kept, dated=read.dated, invented=read.invented, relative=read.relative, only=read.only
    )


def without_cases(shown: Summary) -> Summary:
    """What counts can tell of a run whose cases are shown."""
    return replace(shown, cases=None)


def count_deaths(tally: Tally, summary: Summary, mine: set[str]) -> None:
    """Each patient once, by the last case before the death; of several cases the last says how long the patient was followed."""
    cases = {
        case.patient: [one for one in summary.shown.included if one.patient == case.patient]
        for case in summary.shown.included
    }
    for found in cases.values():
        if found[0].case_id not in mine:
            continue
        tally.add(("patients",))
        if summary.nowhere("deaths"):
            continue
        if found[0].death_day is None:
            tally.add(("no death",))
            continue
        if any(case.death_latest != case.death_day for case in found):
            tally.add(("deaths between two days",))
            last = found[-1]
            assert last.death_day is not None and last.observed_days is not None
            tally.add(("deaths within",), int(last.death_day <= last.observed_days))
            continue
        days = [case.death_day for case in found if case.death_day is not None]
        before = [day for day in days if day >= 0]
        tally.add(("deaths", min(before) if before else max(days)))
        assert found[-1].death_day is not None and found[-1].observed_days is not None
        tally.add(("deaths within",), int(found[-1].death_day <= found[-1].observed_days))


def count_not_charted(tally: Tally, study: Protocol, read: Chart, summary: Summary) -> None:
    """The kinds of fact that the chart could not tell, with how many cases and patients it has."""
    cases = summary.shown.included
    events = unseen_events(study, read.unknown(), read.only, pulses_untold=read.pulses_untold)
    for kind, why in {**read.unknown(), **{f"event: {event}": why for event, why in events.items()}}.items():
        tally.add(("not charted", kind, "cases"), len(cases))
        tally.add(("not charted", kind, "patients"), len({case.patient for case in cases}))
        tally.add(("not charted because", kind, why), len(cases))
