"""The published criteria that the rules name: where each is published, what measured its domains, and what its text leaves open."""

from __future__ import annotations

from fractions import Fraction

from caseseries import catalogue
from caseseries.protocol.by_name import Published, used
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import decimal_text
from caseseries.report.exhibits.words import listed
from caseseries.summary.model import Summary
from caseseries.verdict.names import short_name


def criteria_words(summary: Summary) -> str:
    """One passage per criterion; empty where no rule names one."""
    return " ".join(_told(one, summary) for one in named(summary.protocol))


def named(protocol: Protocol) -> tuple[Published, ...]:
    """The published criteria that rules of the protocol name, each once."""
    rules = [
        rule
        for outcome in protocol.verdicts.values()
        for rule in (outcome.rule, *outcome.readings.values(), outcome.among)
        if rule is not None
    ]
    return used(rules)


def _told(one: Published, summary: Summary) -> str:
    entry = one.entry
    measured = listed([f"{domain} ({short_name(summary.measures[name])})" for domain, name in one.with_.items()])
    told = f"{entry.key} is the {entry.name} ({entry.source.text}{_doi(entry.source)}). Its domains, and what measured them: {measured}."
    if one.ranges:
        over = [
            f"{decimal_text(width)} {summary.measures[one.with_[domain]].unit} for {domain}"
            for domain, width in one.ranges.items()
        ]
        told += f" Percents of a range were counted over {listed(over)}."
    numbers = [catalogue.constant(name, one.constants) for name in entry.constants]
    if numbers:
        listing = "; ".join(
            f"{found.words}: {decimal_text(found.value or Fraction(0))} {found.unit} ({found.source.reliability})"
            for found in numbers
        )
        told += f" Numbers of it that the study may replace: {listing}."
    if entry.unresolved:
        told += f" Its published text leaves open, or the catalogue has not read: {'; '.join(entry.unresolved)}."
    return told


def _doi(source: catalogue.Source) -> str:
    return f", doi {source.doi}" if source.doi else ""
