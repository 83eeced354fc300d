"""What the included cases are like: Table 1, follow-up, deaths, from counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caseseries.errors import ensure
from caseseries.protocol.measures import MeasureFacts, all_measures
from caseseries.protocol.plans import plans_of
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import DAYS_PER_UNIT
from caseseries.response.baseline import baselines
from caseseries.summary.attributes import attribute_results
from caseseries.summary.grade_results import PLACE, of_grades
from caseseries.summary.model import Deaths, NotCharted
from caseseries.summary.result import NONE, Count, Result
from caseseries.summary.sexes import sexes
from caseseries.summary.shares import RANGED, share
from caseseries.summary.spread import Spread, described
from caseseries.summary.tally_reader import TallyReader
from caseseries.verdict.names import short_name
from caseseries.verdict.summed_days import summed_days

_PARTS = {
    "age": Fraction(1),
    "duration": DAYS_PER_UNIT["year"],
    "observed": DAYS_PER_UNIT["month"],
    "on drug": DAYS_PER_UNIT["month"],
}


def spreads(
    counts: TallyReader, included: int, names: Iterable[str] = tuple(_PARTS)
) -> tuple[dict[str, Spread], dict[str, int]]:
    """Age in years, time since diagnosis in years, observed time and time on the drug in months; and how many are not known."""
    found, unknown = {}, {}
    for name in names:
        found[name], unknown[name] = counts.spread(name, parts=_PARTS[name])
        ensure(
            found[name].n + unknown[name] + found[name].withheld == included, f"every included case counts in {name!r}"
        )
    return found, unknown


def table_one(
    counts: TallyReader,
    baselines: Sequence[BaselineMeasure],
    included: int,
    level: Fraction,
    whole: TallyReader | None = None,
) -> tuple[Result, ...]:
    """Age, sex, time since diagnosis, baselines and attributes of the included cases, with what is unknown.

    `baselines` are the measures that an outcome compares; of one of which nothing was told there is no row. Where `counts` are those of a group
    of the cases, `whole` are those of all of them, which say what rows there are.
    """
    rows: list[Result] = []
    whole = whole or counts
    found, unknown = spreads(counts, included, ("age", "duration"))

    def numbers(key: str, label: str, name: str) -> None:
        rows.extend(described(f"table1/{key}", label, found[name], "years").values())
        if unknown[name] or whole.spread(name, parts=_PARTS[name])[1]:
            rows.append(_unknown(f"table1/{key}/unknown", f"{label}, unknown", unknown[name], included))

    numbers("age", "Age at index", "age")
    words = [str(sex) for (sex,) in whole.under("sex")]
    counted = sexes({str(sex): n for (sex,), n in counts.under("sex").items()}, words)
    ensure(sum(n.low for n in counted.values()) <= included <= sum(n.high for n in counted.values()))
    nobody = counted.get("", NONE)
    known = Count(max(0, included - nobody.high), included - nobody.low)
    for sex, n in counted.items():
        if sex:
            rows.append(share(f"table1/sex/{sex}", f"Sex {sex}", n, known, level))
    if nobody.exact or ("" in words and not nobody.high):
        rows.append(_unknown("table1/sex/unknown", "Sex, unknown", nobody.low, included))
    elif nobody.high:
        low, high = Fraction(nobody.low), Fraction(nobody.high)
        rows.append(Result("table1/sex/unknown", "Sex, unknown", None, low, high, None, included, "count", "", RANGED))
    if whole.spread("duration", parts=_PARTS["duration"])[0].n:
        numbers("disease_duration", "Time since diagnosis", "duration")
    for measure in baselines:
        rows.extend(_baseline(counts, whole, measure, included))
    return (*rows, *attribute_results(counts, included - counts.withheld("attribute"), level, whole))


@dataclass(frozen=True, slots=True)
class BaselineMeasure:
    """A measure whose baseline is told, and over how many days its values are added up; empty where they are not."""

    facts: MeasureFacts
    days: str


def baseline_measures(protocol: Protocol) -> tuple[BaselineMeasure, ...]:
    """The measures of which outcomes compare a value at baseline, in the order declared."""
    measures, plans = all_measures(protocol), plans_of(protocol).all
    slots = baselines(protocol, plans)
    days = {
        slot.measure: summed_days(protocol, plan, slot.measure, [slot.window])
        for plan in plans
        for slot in slots[plan.name]
    }
    return tuple(BaselineMeasure(facts, days[name]) for name, facts in measures.items() if name in days)


def _baseline(counts: TallyReader, whole: TallyReader, measure: BaselineMeasure, included: int) -> list[Result]:
    """The values of one measure at baseline, of every included case whatever became of it later."""
    facts = measure.facts
    before, _ = counts.spread("baseline", facts.name)
    without, of_all = (sum(n.low for n in one.under("baseline absent", facts.name).values()) for one in (counts, whole))
    if not of_all and not whole.spread("baseline", facts.name)[0].n:
        return []
    ensure(before.n + without + before.withheld == included, "every included case has a baseline or a reason")
    key, label = (
        f"table1/baseline/{facts.name}",
        ", ".join(filter(None, (f"{short_name(facts)} at baseline", measure.days))),
    )
    told = described(key, label, before, PLACE if facts.grades else facts.unit)
    rows = list((of_grades(told, before, facts.grades) if facts.grades else told).values())
    if without or of_all:
        rows.append(_unknown(f"{key}/unknown", f"{label}, unknown", without, included))
    return rows


def _unknown(result_id: str, label: str, n: int, total: int) -> Result:
    return Result(result_id, label, Fraction(n), n=n, total=total, unit="count")


def follow_up(found: dict[str, Spread]) -> dict[str, Result]:
    """Observed and on-drug follow-up of the included cases in months, with the keys and ids of the small study."""
    results = described("follow_up/observed", "Follow-up, observed", found["observed"], "months")
    on_drug = described("follow_up/on_drug", "Follow-up, on drug", found["on drug"], "months")
    return {f"observed/{key}": one for key, one in results.items()} | {
        f"on_drug/{key}": one for key, one in on_drug.items()
    }


def deaths(counts: TallyReader, patients: Count, lacking: NotCharted | None, level: Fraction) -> Deaths | None:
    """How many of the included patients died and how long after the index date; None where no site tells. `lacking` are the sources
    without deaths, whose patients count in nothing."""
    found, _ = counts.spread("deaths", parts=Fraction(1))
    between = counts.count("deaths between two days")
    ensure(between.exact is not None, "deaths are told exactly or not at all")
    died = found.n + between.low
    people = died + counts.exact("no death")
    if (found.withheld or lacking is not None) and not people:
        return None
    untold = NONE if lacking is None else lacking.patients
    ensure(people + untold.low <= patients.high, "a patient has died or has not")
    ensure(found.withheld or patients.low <= people + untold.high, "a patient has died or has not")
    within = counts.count("deaths within")
    ensure(within.low <= died, "who died within follow-up has died")
    return Deaths(
        people,
        died,
        within,
        share("deaths/died", "died", Count.of(died), Count.of(people), level),
        described("deaths/days", "Days from the index date to the death", found, "days"),
        found,
        between.low,
    )
