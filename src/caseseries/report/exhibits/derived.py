"""How derived measures are computed, in words."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from caseseries import catalogue
from caseseries.protocol.derived import CHARTED_TOTAL, Derived, Difference, PerKg, Ratio, Weighted, charted_words
from caseseries.protocol.items import Items
from caseseries.protocol.written import decimal_text
from caseseries.report.exhibits.count_words import count_text
from caseseries.report.exhibits.words import capital, listed, measure_name
from caseseries.summary.coarsen import AT_THE_SITE
from caseseries.summary.model import Summary
from caseseries.summary.result import NONE


def derived_words(summary: Summary, used: Collection[str]) -> str:
    """A sentence for each derived measure that is used, and for those that they are made of; empty where there is none."""
    measures = {name: one for name, one in summary.protocol.measures.items() if isinstance(one, Derived)}
    asked = [name for name in measures if name in used]
    for name in asked:  # grows while it is gone through
        asked += [part for part in measures[name].parts if part in measures and part not in asked]
    told = [f"{measure_name(summary.measures, name)} is {_computed(summary, measures[name])}" for name in asked]
    if not told:
        return ""
    told[0] = capital(told[0])
    means = [isinstance(one, Items) and one.has_domains for one in map(measures.__getitem__, asked)]
    limits = "" if len(told) > 1 or any(means) else ", and with a part that is not recorded it is not evaluable"
    more = "" if limits or all(means) else " With a part that is not recorded they are not evaluable."
    if any(means):
        more = more.replace("they are", "the others are" if means.count(False) > 1 else "the other is")
        more = (
            f" A mean of domains is not evaluable where an item or an aid that is not recorded could change it.{more}"
        )
    notes = [
        f" {instrument.key}: {note.words}."
        for name in asked
        if isinstance(one := measures[name], Items) and (instrument := one.instrument) is not None
        for note in instrument.notes
        if note.kind == "ceiling"
    ]
    charted = [_charted(summary, name, measures[name].charted_total) for name in asked if measures[name].charted_total]
    return (
        f"{'; '.join(told)}, computed of values of one day{limits}.{more}{''.join(dict.fromkeys((*notes, *charted)))}"
    )


def _charted(summary: Summary, name: str, charted: str) -> str:
    """That the total was charted too, and how often it was another one than that computed, which is used."""
    of_rule = [one for one in summary.findings if one.rule == CHARTED_TOTAL]
    found = [one.n for one in of_rule if one.message == charted_words(name, charted)]
    both = [measure_name(summary.measures, one) for one in (charted, name)]
    told = f" {capital(both[0])} is compared with {both[1]} where both stand on one day"
    if any(one.message == AT_THE_SITE for one in of_rule):
        return f"{told}; how many differ is told at each site."
    if not found:
        return f"{told}; no day on which they differ was found."
    n = sum(found, NONE)
    times = "value differs" if n.exact == 1 else "values differ"
    return f"{told}; {count_text(n)} {times}, and the computed one is used."


def _computed(summary: Summary, measure: Derived) -> str:
    names = [measure_name(summary.measures, part) for part in measure.parts]
    if isinstance(measure, Ratio | PerKg):
        return f"{names[0]} divided by {names[1]}"
    if isinstance(measure, Difference):
        return f"{names[0]} less {names[1]}"
    if isinstance(measure, Weighted):
        terms = [
            name if weight == 1 else f"{decimal_text(weight, 9)} times {name}"
            for name, weight in zip(names, measure.weighted.values(), strict=True)
        ]
        return terms[0] if len(terms) == 1 else f"the sum of {listed(terms)}"
    if isinstance(measure, Items) and measure.has_domains:
        return _mean(summary, measure)
    of = f"the {len(names)} items of {measure.items}: " if isinstance(measure, Items) else ""
    return f"the sum of {of}{listed(names)}"


def _mean(summary: Summary, measure: Items) -> str:
    """The mean of domains: what each is made of, what aids do, and which may be missing."""
    key, n = measure.key, len(measure.of)
    domains = [
        domain if len(parts) == 1 else f"{domain} ({', '.join(measure_name(summary.measures, one) for one in parts)})"
        for domain, parts in measure.of.items()
    ]
    how = "the highest answered item" if measure.missing_items else "its highest item"
    single = [domain for domain, parts in measure.of.items() if len(parts) == 1]
    told = f"the mean of the {n} domains of {key}, each {how}: {listed(domains)}; "
    if single:
        told += f"{listed(single)} {'was' if len(single) == 1 else 'were'} recorded as one score each; "
    raised = [domain for domain in measure.of if domain in measure.aids_of]
    if not raised:
        told += "aids, devices and help from another person do not count"
    else:
        aided = decimal_text(catalogue.constant(f"score of a {key} domain with an aid").value or Fraction(0))
        told += f"an aid, a device or help from another person raises {listed(raised)} to {aided}"
        if len(raised) < n:
            told += " and does not count in the other domains"
    if measure.missing is not None:
        told += f"; domains of which no item was answered are left out, where at least {measure.missing} remain"
        published = catalogue.constant(f"answered domains of a {key} total").value
        if published != measure.missing and published is not None:
            told += f" (in place of the published {decimal_text(published)})"
    return told


def is_part(summary: Summary, name: str) -> bool:
    """Whether a measure is a part of a derived one."""
    return any(name in facts.parts for facts in summary.measures.values())
