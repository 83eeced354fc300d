"""The choices a protocol makes, those it leaves until the data raise them, and those that were only suggested.

Choices are of three kinds. Some are always required, and a protocol without them is refused when it is read. Some are
required once the data raise them; :func:`undeclared` lists those that are left open, and a protocol with one cannot be
locked. The others have printed defaults; :func:`defaults` lists those in force.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from caseseries.protocol.case import FirstExposure
from caseseries.protocol.counted import Counted
from caseseries.protocol.derived import Derived
from caseseries.protocol.drug_uses import drug_uses
from caseseries.protocol.every_rule import every_rule
from caseseries.protocol.extremes import EXTREMES
from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.protocol.items import NOT_COUNTED, Items
from caseseries.protocol.measure import Custom, DailyDose, Graded, Instrument, Judgement
from caseseries.protocol.measures import forms, ingredient, measure_facts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.rule import Change, every_part
from caseseries.protocol.window import VALUE_TAKES, Window
from caseseries.protocol.written import decimal_text, in_words
from caseseries.protocol.yaml import Document, Loc
from caseseries.protocol.zero_baseline import MEANS

#: Between the names that lead to a field.
ARROW = " > "

#: Written behind or above a line by `caseseries new`; the author deletes it once the choice is theirs.
SUGGESTED = re.compile(r"(?:^|\s)#\s*suggested\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: the names that lead to it, its value ('' where none is made), and what it means or decides."""

    name: str
    value: str
    words: str


def undeclared(protocol: Protocol) -> tuple[Choice, ...]:
    """Choices left open until the data raise them, each with what would raise it."""
    found = []
    index = protocol.case.index_date
    if isinstance(index, FirstExposure) and index.restart_after is None:
        found.append(("case > index_date > restart_after", "a patient stopped the drug and took it again"))
    for name, window in protocol.windows.items():
        if window.tie is None and "nearest" in _takes(protocol, name, window):
            found.append((f"windows > {name} > tie", "two days lie equally near the target"))
        if window.same_day is None:
            found.append((f"windows > {name} > same_day", "a measure has different values on one day"))
    rescue = protocol.intercurrent.rescue
    if rescue.drugs and rescue.verdict != "as observed" and rescue.restart_after is None:
        found.append(
            ("intercurrent > rescue added > restart_after", "a rescue drug was taken again after a gap of a few days")
        )
    if protocol.partial_dates is None:
        found.append(("partial_dates", "a date lacks its day or month"))
    percents = in_percent(protocol)
    for name, measure in protocol.doses.items():
        if measure.if_zero_baseline is None and name in percents:
            found.append(
                (f"measures > {name} > if_zero_baseline", "a dose before is 0, so that its percent is undefined")
            )
        if measure.source == "courses" and measure.outside_courses is None:
            found.append((f"measures > {name} > outside_courses", "a dose is asked for on a day outside the courses"))
    return tuple(Choice(name, "", f"needed once {words}") for name, words in found)


def defaults(protocol: Protocol) -> tuple[Choice, ...]:
    """Choices in force because nothing else was written, or because this software knows no other way."""
    found = [
        Choice("index date", "day 0", "a value of the index date counts in every window that holds day 0"),
        Choice("months and years", "30.4375 and 365.25 days", "turned into days once, a half away from zero"),
        Choice("age", "by calendar birthday", "a 29 February birthday falls on 1 March in other years"),
        Choice("intercurrent events", "; ".join(EVENT_WORDS.values()), "of several, the first in this order decides"),
    ]
    for name, window in protocol.windows.items():
        if "components" not in window.model_fields_set:
            found.append(
                Choice(
                    f"windows > {name} > components",
                    window.components,
                    "all measures come from one visit of the window",
                )
            )
    percents = in_percent(protocol)
    for name, measure in protocol.measures.items():
        found += _of_measure(name, measure)
        if name in percents and name not in protocol.doses and measure_facts(protocol, name).if_zero is None:
            found.append(Choice(f"measures > {name} > if_zero_baseline", "not evaluable", MEANS["not evaluable"]))
    found += _forms(protocol)
    written = protocol.reporting.model_fields_set
    if "p_values" not in written:
        found.append(Choice("reporting > p_values", "no", "p values are not printed"))
    if "level" not in written:
        found.append(Choice("reporting > level", protocol.reporting.level, "percent confidence of every interval"))
    if protocol.safety is not None and "grading" not in protocol.safety.model_fields_set:
        found.append(Choice("safety > grading", protocol.safety.grading, "no scale of severity was declared"))
    return tuple(found)


def in_force(protocol: Protocol) -> tuple[tuple[str, str], ...]:
    """Every choice of windows, doses and defaults with its value, for printing; open ones say so."""
    found: list[tuple[str, str]] = []
    index = protocol.case.index_date
    if isinstance(index, FirstExposure):
        found.append(("case > index_date", f"first exposure to {index.first_exposure}"))
        if index.restart_after is not None:
            found.append(("case > index_date > restart_after", in_words(index.restart_after)))
        if index.washout is not None:
            found.append(("case > index_date > washout", in_words(index.washout)))
    for name, window in protocol.windows.items():
        days = f"{in_words(window.from_)} to {in_words(window.to)}"
        target = "" if window.target is None else f", target {in_words(window.target)}"
        found.append((f"windows > {name}", f"{days}{target}"))
        if window.until is not None:
            found.append((f"windows > {name} > until", f"the first {window.until} in it"))
        if (length := window.length) is not None:
            least = "" if length.at_least is None else f", at least {in_words(length.at_least)}"
            told = f"{decimal_text(length.times, 9)} times the longest time between two events called {length.longest_between} in {length.in_}"
            found.append((f"windows > {name} > length", f"{told}{least}"))
        for field in ("take", "tie", "same_day", "components"):
            if (value := getattr(window, field)) is not None:
                found.append((f"windows > {name} > {field}", value))
        if window.least is not None and window.take in VALUE_TAKES:
            every = "every day has a value, or no sum"
            told = every if window.recorded is None else f"at least {in_words(window.recorded)} with a value"
            found.append((f"windows > {name} > recorded", told))
        if window.overlap:
            found.append((f"windows > {name} > overlap", "yes: a value may count in another window of the outcome too"))
    for name, measure in protocol.measures.items():
        if isinstance(measure, Items) and measure.has_domains:
            least = "every domain is known" if measure.missing is None else f"at least {measure.missing} domains"
            found.append((f"measures > {name} > missing", least))
            found.append(
                (f"measures > {name} > missing_items", measure.missing_items or "each may have been the highest")
            )
            raised = [domain for domain in measure.of if domain in measure.aids_of]
            found.append((f"measures > {name} > aids", f"raise {', '.join(raised)}" if raised else NOT_COUNTED))
        if isinstance(measure, Instrument | Custom) and measure.blank_days is not None:
            told = "zero: an observed day without an entry is one of 0, where days are added up or averaged"
            found.append((f"measures > {name} > blank_days", told))
        if (declared := measure_facts(protocol, name).if_zero) is not None:
            found.append((f"measures > {name} > if_zero_baseline", f"{declared}: {MEANS[declared]}"))
    if protocol.partial_dates is not None:
        found.append(("partial_dates", protocol.partial_dates))
    for field, event in EVENT_WORDS.items():
        found.append((f"intercurrent > {event}", getattr(protocol.intercurrent, field).verdict))
    named = {name for name, _ in found}
    found += [(one.name, f"{one.value}: {one.words}") for one in defaults(protocol) if one.name not in named]
    found += [(one.name, f"not declared; {one.words}") for one in undeclared(protocol)]
    return tuple(found)


def suggested(document: Document, text: str) -> tuple[str, ...]:
    """The fields whose line still carries the comment `# suggested`, or stands below one, with what is written there.

    >>> from caseseries.protocol.yaml import read
    >>> written = "windows:\\n  baseline:\\n    take: last  # suggested\\n    # suggested\\n    tie: earlier\\n"
    >>> suggested(read(written), written)
    ('windows > baseline > take: last', 'windows > baseline > tie: earlier')
    """
    starts: dict[int, tuple[int, Loc]] = {}
    for loc, (_, (row, column)) in document.spots.items():
        if loc and (row not in starts or (column, len(loc)) < (starts[row][0], len(starts[row][1]))):
            starts[row] = (column, loc)
    found, pending = [], False
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        here = SUGGESTED.search(line)
        if number in starts:
            if here or pending:
                column, loc = starts[number]
                written = (line[: here.start()] if here else line)[column - 1 :]
                value = written.partition(":")[2].strip() if isinstance(loc[-1], str) else written.strip()
                names = ARROW.join(str(part + 1) if isinstance(part, int) else part for part in loc)
                found.append(f"{names}: {value}" if value else names)
            pending = False
        elif here:
            pending = True
    return tuple(found)


def _of_measure(name: str, measure: Any) -> list[Choice]:
    written = measure.model_fields_set
    if isinstance(measure, DailyDose):
        found = [
            Choice(
                f"measures > {name} > day of the dose",
                "as taken on arrival",
                "a dose changed on a day counts from the next day; alternate-day and weekly doses are averaged",
            ),
            Choice(f"measures > {name} > routes", "systemic", "topical, inhaled and intra-articular doses never count"),
        ]
        fields = {
            "source": "where the dose is read",
            "pulses": "whether pulses enter the daily dose",
        }
    elif isinstance(measure, Judgement):
        found = []
        fields = {
            "judged_by": "who judged",
            "recorded": "when the judgement was written",
            "blinded": "whether it was blinded",
        }
    elif isinstance(measure, Graded | Derived | Counted):
        found, fields = [], {}
    else:
        found = []
        fields = {"censored": "a value known only as above or below a limit"}
    return found + [
        Choice(f"measures > {name} > {field}", str(getattr(measure, field)), words)
        for field, words in fields.items()
        if field not in written
    ]


def _forms(protocol: Protocol) -> list[Choice]:
    """Drugs of several forms that the protocol asks for by one of them: a change of form is no other drug."""
    found: dict[str, Choice] = {}
    for _, asked in drug_uses(protocol):
        named = ingredient(protocol, asked)
        worth = forms(protocol, named) if named is not None else {}
        if named is not None and len(worth) > 1:
            others = [f"{decimal_text(mg)} mg of {form}" for form, mg in worth.items() if form != named]
            words = f"a change of form stops and begins nothing; {' or '.join(others)} counts as {decimal_text(worth[named])} mg"
            found[named] = Choice(f"drugs > {named} > alone", "no", f"{words}, unless `alone: yes` keeps them apart")
    return list(found.values())


def _takes(protocol: Protocol, name: str, window: Window) -> tuple[str, ...]:
    return (window.take, *protocol.robustness.take.get(name, ()))


def in_percent(protocol: Protocol) -> frozenset[str]:
    """The measures of which some rule asks a change in percent of the value before, or of the nadir or peak."""
    parts = (part for _, rule in every_rule(protocol) for part in every_part(rule))
    return frozenset(
        part.measure for part in parts if isinstance(part, Change) and part.threshold.basis in {"baseline", *EXTREMES}
    )
