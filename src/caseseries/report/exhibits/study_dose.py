"""The dose of the study drug in the abstract, where an outcome of the protocol describes it: `{describe: mmf, at: month 3}`.

Which dose is meant, on which day, and which weight divides it, the protocol says; nothing is chosen here but the first that is per kg.
"""

from __future__ import annotations

from caseseries.protocol.case import FirstExposure
from caseseries.protocol.measures import ingredients
from caseseries.report.exhibits.describe import known, places
from caseseries.report.exhibits.printed_numbers import number, range_words, whole
from caseseries.report.exhibits.words import unit_of
from caseseries.summary.model import Summary
from caseseries.summary.value_at import ValueSummary


def study_dose(summary: Summary) -> ValueSummary | None:
    """The described value that is the daily dose of the study drug in all included cases after the index date; one per kg before one that is not.

    None where there is none, or nobody has a dose. On the index date and before it nobody has taken the drug yet.
    """
    found = [one for one in summary.values_at if _is_of_study_drug(summary, one) and not one.among and one.all.n]
    found = [one for one in found if summary.protocol.windows[one.window].to > 0]
    found = [one for one in found if one.all.results["median"].estimate is not None]
    return next((one for one in found if summary.protocol.doses[one.measure].per_kg), found[0] if found else None)


def _is_of_study_drug(summary: Summary, found: ValueSummary) -> bool:
    protocol = summary.protocol
    index, measure = protocol.case.index_date, protocol.doses.get(found.measure)
    if measure is None or not isinstance(index, FirstExposure):
        return False
    return ingredients(protocol, measure.daily_dose) == ingredients(protocol, index.first_exposure)


def study_dose_words(summary: Summary, found: ValueSummary) -> str:
    """`median 36.3 mg/kg/day, range 33.3–39.3, at month 3, on day 91`, and of how many where it is not known of all."""
    results, decimals, group = found.all.results, places(found.all.results), found.all
    told = [f"{known(results['median'], decimals)} {unit_of(summary.measures[found.measure])}"]
    told[0] = told[0] if group.n == 1 else f"median {told[0]}"
    low, high = results["minimum"].estimate, results["maximum"].estimate
    if low is not None and high is not None:
        told.append(range_words(number(low, decimals), number(high, decimals), group.n))
    told += [f"at {found.window}", found.days]
    if group.n < summary.included:
        told.append(f"known of {whole(group.n)} of {whole(summary.included)}")
    return ", ".join(filter(None, told))
