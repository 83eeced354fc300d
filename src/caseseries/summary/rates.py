"""Safety from counts: events over person-time, by term, and how they were looked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from caseseries import stats
from caseseries.errors import ensure
from caseseries.protocol.naming import beyond_words
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import DAYS_PER_UNIT, folded
from caseseries.safety.follow import NO_DATE, POSSIBLE
from caseseries.stats.tally import Key
from caseseries.summary.coarsen import OTHER_EVENTS
from caseseries.summary.model import NotCharted
from caseseries.summary.result import NONE, Count, Result
from caseseries.summary.result_rows import of_estimate
from caseseries.summary.safety_summary import LookedForAlone, Monitoring, SafetySummary, Term
from caseseries.summary.shares import INEXACT, RANGED, rate, reasons, share
from caseseries.summary.tally_reader import TallyReader
from caseseries.summary.told_of_events import told_of_events

#: Why a number of adverse events is absent.
NOT_CHARTED = "adverse events were not charted"


@dataclass(frozen=True, slots=True)
class _Possible:
    """A number of events or patients: for certain, and at most with those of which it is not known whether they are on treatment."""

    certain: Count
    perhaps: Count

    @property
    def count(self) -> Count:
        """From the certain to the most."""
        return Count(self.certain.low, self.certain.high + self.perhaps.high)

    @property
    def why(self) -> str:
        """Why it is a range, where it is one."""
        return INEXACT if self.certain.exact is not None else RANGED


def safety(
    protocol: Protocol, reader: TallyReader, people: Count, lacking: NotCharted | None, level: Fraction
) -> SafetySummary | None:
    """Events on treatment and beside it, and rates over the time at risk; None where safety was not declared.

    `people` are all patients, `lacking` those of sources that could not tell any event: they and their time count in no rate.
    """
    if protocol.safety is None:
        return None
    days = _days(reader)
    all_days = reader.exact("days at risk")
    all_years = Fraction(all_days) / DAYS_PER_UNIT["year"]
    every, asked = people, people
    if lacking is not None:
        asked = Count(people.low - lacking.patients.low, people.high - lacking.patients.high)
        if lacking.cases == reader.exact("cases", "", ""):
            return _nothing(protocol, reader, all_years, every)
    by_term: dict[str, dict[Key, Count]] = {}
    beside: dict[Key, Count] = {}
    certain = NONE
    for (term, why_not), n in reader.under("adverse").items():
        by_term.setdefault(str(term), {})[why_not,] = n
        if why_not:
            beside[why_not,] = beside.get((why_not,), NONE) + n
        else:
            certain += n
    events = _Possible(certain, beside.get((POSSIBLE,), NONE))
    patients = {str(term): n for (term,), n in reader.under("adverse patients").items()}
    with_event = _Possible(patients.pop("", NONE), reader.count("adverse patients perhaps", ""))
    terms = []
    for term, found in by_term.items():
        own = _Possible(found.pop(("",), NONE), found.get((POSSIBLE,), NONE))
        in_patients = _Possible(patients.pop(term, NONE), reader.count("adverse patients perhaps", term))
        ensure(in_patients.certain.low <= own.certain.high, "a patient with an event has at least one")
        name, unasked = f"safety/rate/{term}", _unasked(reader, term)
        asked_for = Count(asked.low - unasked["patients"].low, asked.high - unasked["patients"].high)
        ensure(in_patients.certain.low <= asked_for.high, "an event was looked for in whoever had one")
        own_days = Count(
            days.low - unasked["days"].low, days.high - unasked["days"].high - unasked["days perhaps"].high
        )
        own_rate = rate(name, term, own.count, own_days, level, why=own.why)
        own_share = share(
            f"safety/with_event/{term}", f"with {term}", in_patients.count, asked_for, level, why=in_patients.why
        )
        terms.append(Term(term, own.count, in_patients.count, asked_for, own_share, own_rate, reasons(found)))
    ensure(not any(n.low for n in patients.values()), "a patient with an event has one")
    ensure(with_event.certain.low <= min(asked.high, certain.high))
    label = "with at least one adverse event on treatment"
    return SafetySummary(
        events=events.count,
        charted=certain + _sum(beside.values()),
        not_counted=reasons(beside),
        patient_years=Fraction(days.low) / DAYS_PER_UNIT["year"],
        most_patient_years=Fraction(days.high) / DAYS_PER_UNIT["year"],
        all_patient_years=all_years,
        people=asked,
        rate=rate("safety/rate", "adverse events on treatment", events.count, days, level, why=events.why),
        with_event=share("safety/with_event", label, with_event.count, asked, level, why=with_event.why),
        with_any=share(
            "safety/with_any_event",
            "with any charted adverse event",
            reader.count("adverse patients any"),
            asked,
            level,
        ),
        undated=beside.get((NO_DATE,), NONE),
        terms=tuple(sorted(terms, key=lambda one: (-one.events.high, one.term))),
        monitoring=_monitoring(protocol, reader, all_years, every),
        alone=looked_for_alone(reader),
        limits=tuple(_limits(protocol, reader, (asked, days), level)),
        told=tuple(told_of_events(protocol, reader, asked, level)),
    )


def _limits(
    protocol: Protocol,
    reader: TallyReader,
    all_events: tuple[Count, Count],
    level: Fraction,
) -> Iterator[Result]:
    """Where no adverse event, or none of a name that was looked for, may be on treatment: how frequent it may be at most, one-sided.

    An undated event, or a source that could not tell it, leaves it open, and so do patients or days that are known as a range. Single names
    are told where every source was asked for events by name: free words of a chart may mean the same.
    """

    seen = {term for (term, why), n in reader.under("adverse").items() if why in {"", POSSIBLE, NO_DATE} and n.high}
    names = dict.fromkeys(map(folded, protocol.safety.events if protocol.safety is not None else ()))
    asked: list[tuple[str, str, Count, Count]] = [] if seen else [("", "adverse events on treatment", *all_events)]
    by_name = sum((one.patients for one in looked_for_alone(reader)), NONE) == all_events[0]
    for name in names if by_name else ():
        if name not in seen and not reader.under("not charted", f"adverse events: {name}"):
            people, days = all_events
            unasked = _unasked(reader, name)
            people = Count(people.low - unasked["patients"].low, people.high - unasked["patients"].high)
            asked.append((f"/{name}", name, people, Count(days.low - unasked["days"].low, days.high)))
    for at, label, people, days in asked:
        if people.exact and days.low:
            found = stats.clopper_pearson_upper(0, people.exact, level=level)
            share_id = f"safety/with_event{at}/upper limit"
            yield of_estimate(share_id, f"with {label}, upper limit", found, total=people.exact, unit="proportion")
            years, unit = Fraction(days.low) / DAYS_PER_UNIT["year"], "events per 100 patient-years"
            of_time = stats.poisson_rate_upper(0, years, per=100, level=level, unit=unit)
            yield of_estimate(f"safety/rate{at}/upper limit", f"{label}, upper limit", of_time)


def _sum(counts: Iterable[Count]) -> Count:
    return sum(counts, NONE)


def _days(reader: TallyReader) -> Count:
    """The days at risk, for certain to at most, without those of sources that could not tell adverse events."""
    lacking = ("not charted", "adverse events")
    least = reader.exact("days at risk") - reader.exact(*lacking, "days")
    return Count(least, least + reader.exact("days perhaps at risk") - reader.exact(*lacking, "days perhaps"))


def _unasked(reader: TallyReader, term: str) -> dict[str, Count]:
    """The patients and days at risk of sources that looked for certain events alone, this one not among them.

    Of events that sites pooled, because each was too rare to be told, nobody knows which were looked for.
    """
    found = dict.fromkeys(("patients", "days", "days perhaps"), NONE)
    for (names, part), n in reader.under("looked for alone").items():
        if term != OTHER_EVENTS and term not in json.loads(str(names)):
            found[str(part)] += n
    return found


def looked_for_alone(reader: TallyReader) -> tuple[LookedForAlone, ...]:
    """The sources that looked for certain events alone, by these events."""
    found = reader.under("looked for alone").items()
    return tuple(LookedForAlone(tuple(json.loads(str(names))), n) for (names, part), n in found if part == "patients")


def _nothing(protocol: Protocol, reader: TallyReader, years: Fraction, people: Count) -> SafetySummary:
    """Where no source charted adverse events: how counts were looked for, and no number of events."""

    def unknown(name: str, label: str, unit: str) -> Result:
        return Result(name, label, None, unit=unit, absent_because=NOT_CHARTED)

    return SafetySummary(
        events=NONE,
        charted=NONE,
        not_counted=(),
        patient_years=Fraction(0),
        most_patient_years=Fraction(0),
        all_patient_years=years,
        people=NONE,
        rate=unknown("safety/rate", "adverse events on treatment", "events per 100 patient-years"),
        with_event=unknown("safety/with_event", "with at least one adverse event on treatment", "proportion"),
        with_any=unknown("safety/with_any_event", "with any charted adverse event", "proportion"),
        undated=NONE,
        terms=(),
        monitoring=_monitoring(protocol, reader, years, people),
    )


def _monitoring(protocol: Protocol, reader: TallyReader, years: Fraction, people: Count) -> tuple[Monitoring, ...]:
    assert protocol.safety is not None
    rows = []
    for declared in protocol.safety.monitored:
        measure, bound = declared.measure, beyond_words(declared)
        values, patients = (
            _Possible(
                reader.count("monitored", measure, part), reader.count("monitored", measure, f"{part} perhaps")
            ).count
            for part in ("values", "patients")
        )
        beyond = _Possible(
            reader.count("monitored", measure, f"beyond {bound}"),
            reader.count("monitored", measure, f"perhaps {bound}"),
        ).count
        ensure(patients.low <= min(values.high, people.high) and beyond.low <= values.high)
        per_year = values.exact / years if years and values.exact is not None else None
        rows.append(Monitoring(measure, values, patients, beyond, per_year, bound))
    return tuple(rows)
