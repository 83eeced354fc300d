"""Derived measures of one patient: what each was on every day on which a part of it was recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import Final

from caseseries.chart.tables import Bound, Measurement
from caseseries.protocol.derived import (
    Derived,
    Divided,
    Formula,
    Highest,
    Mean,
    Part,
    derived_measures,
    recorded_parts,
    required_parts,
)
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.protocol import Protocol

#: A day on which the parts have more different values together is not used.
MOST: Final = 1000

_TURNED: Final[Mapping[Bound, Bound]] = {"": "", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

#: A value as it is known: a number, or the limit that it is below or above.
Known = tuple[Fraction, Bound]
#: What was recorded of each part; None of one that a value may do without.
Parts = Mapping[str, Known | None]
Rows = Mapping[str, Sequence[Measurement]]


class _Why(Exception):
    """Why nothing can be computed, in words."""


def with_derived(protocol: Protocol, facts: Mapping[str, MeasureFacts], rows: Rows) -> dict[str, Sequence[Measurement]]:
    """The rows of a patient by measure, with those of each derived measure.

    They have records below 0, which cite nothing: a derived value rests on the rows of its parts.
    """
    found = dict(rows)
    for name, of in derived_measures(protocol.measures).items():
        parts = recorded_parts(of)
        made = [
            row
            for moment, of_moment in _moments(protocol, rows, parts).items()
            for row in _rows(protocol, facts, name, of, moment, of_moment)
        ]
        if made:
            found[name] = tuple(
                Measurement(-number, row_id, "", patient, name, day, low, high, value, censor, missing)
                for number, (patient, day, low, high, row_id, value, censor, missing) in enumerate(made, 1)
            )
    return found


#: Patient, day, earliest and latest day, row of the source where the day is not known.
Moment = tuple[str, int, int, int, int]
Made = tuple[str, int, int, int, int, Fraction | None, Bound, str]


def _moments(protocol: Protocol, rows: Rows, parts: Sequence[str]) -> dict[Moment, dict[str, list[Measurement]]]:
    """The rows of the parts by moment: one day; of a day that is not known, one row of the source."""
    found: dict[Moment, dict[str, list[Measurement]]] = {}
    for part in parts:
        for row in rows.get(part, ()):
            moment: Moment = (row.patient, row.day, row.day, row.day, 0)
            if protocol.partial_dates == "bounds":
                moment = (row.patient, row.day, row.low, row.high, row.row_id if row.low != row.high else 0)
            found.setdefault(moment, {}).setdefault(part, []).append(row)
    return dict(sorted(found.items()))


def _rows(
    protocol: Protocol,
    facts: Mapping[str, MeasureFacts],
    name: str,
    of: Formula,
    moment: Moment,
    rows: Mapping[str, Sequence[Measurement]],
) -> Iterator[Made]:
    """The different values of one moment, or one row without a value that says why."""
    options: dict[str, list[Known | None]] = {
        part: [*_known(rows.get(part, ()), facts[part])] for part in recorded_parts(of)
    }
    lacking = [part for part in required_parts(of) if not options[part]]
    if lacking:
        yield (*moment, None, "", f"{' and '.join(lacking)} not recorded")
        return
    options = {part: known or [None] for part, known in options.items()}
    if prod(len(known) for known in options.values()) > MOST:
        yield (*moment, None, "", "too many different values of the parts")
        return
    try:
        values = {
            _in_range(protocol, name, _value(of, dict(zip(options, chosen, strict=True))))
            for chosen in product(*options.values())
        }
    except _Why as why:
        yield (*moment, None, "", str(why))
        return
    yield from ((*moment, value, censor, "") for value, censor in sorted(values))


def _known(rows: Sequence[Measurement], facts: MeasureFacts) -> list[Known]:
    """The different values of a part; where its limits count as values, a limit is one."""
    found = {(row.value, "" if facts.censored == "limit" else row.censor) for row in rows if row.value is not None}
    return sorted(found)


def _value(of: Formula, parts: Parts) -> Known:
    """What is known of a value, given those of the parts that are recorded.

    >>> from caseseries.protocol.derived import Added
    >>> _value(Added(((Fraction(1), Part("a")), (Fraction(-2), Part("b")))), {"a": (Fraction(5), "<"), "b": (Fraction(1), "")})
    (Fraction(3, 1), '<')
    """
    if isinstance(of, Part):
        known = parts[of.measure]
        assert known is not None, "a day without it has no value"
        return known
    if isinstance(of, Mean):
        return _mean(of, parts), ""
    if isinstance(of, Divided):
        return _ratio(_value(of.above, parts), _value(of.below, parts))
    total, bounds = Fraction(0), []
    for weight, one in of.terms:
        value, bound = _value(one, parts)
        total += weight * value
        bounds.append(bound if weight > 0 else _TURNED[bound])
    return total, _of_sum([bound for bound in bounds if bound])


def _mean(of: Mean, parts: Parts) -> Fraction:
    """The mean of the scores of which an item was recorded, where each of them is known and there are enough."""
    answered = [one for one in of.of if any(parts[item] is not None for item in one.items)]
    if len(answered) < of.least:
        without = [one.name for one in of.of if one not in answered]
        raise _Why(f"no item of {', '.join(without)} recorded")
    scores = [_score(one, parts) for one in answered]
    return sum(scores, Fraction(0)) / len(scores)


def _score(of: Highest, parts: Parts) -> Fraction:
    """The score of one domain: every number is tried that an item or an aid may have been, and all have to give the same."""
    possible = {Fraction(score) for score in range(int(of.top) + 1)}
    scores: list[set[Fraction]] = []
    for item in of.items:
        known = parts[item]
        if known is not None:
            value, bound = known
            scores.append(possible if bound or value not in possible else {value})
        elif not of.answered:
            scores.append(possible)
    highest = {max(chosen) for chosen in product(*scores)}
    used = {known[0] > 0 if (known := parts[aid]) is not None else None for aid in of.aids}
    raised = {max(score, of.aided) for score in highest}
    found = raised if True in used else highest | raised if None in used else highest
    if len(found) > 1:
        unknown = [one for one in (*of.items, *of.aids) if parts[one] is None]
        raise _Why(f"{of.name} not known" + (f": {', '.join(unknown)} not recorded" if unknown else ""))
    return found.pop()


def _of_sum(bounds: Sequence[Bound]) -> Bound:
    """The limit of a sum: it is not reached where one of the parts does not reach its own."""
    if any(bound.startswith("<") for bound in bounds) and any(bound.startswith(">") for bound in bounds):
        raise _Why("limits of the parts in both directions")
    strict: list[Bound] = [bound for bound in bounds if bound in ("<", ">")]
    return next(iter((*strict, *bounds)), "")


def _ratio(above: Known, below: Known) -> Known:
    if below[0] == 0:
        raise _Why("a ratio over zero")
    if below[1]:
        raise _Why("a ratio over a limit")
    return above[0] / below[0], above[1] if below[0] > 0 else _TURNED[above[1]]


def _in_range(protocol: Protocol, name: str, known: Known) -> Known:
    """The value, unless it is a number beyond the range that the measure declares."""
    measure = protocol.measures[name]
    assert isinstance(measure, Derived)
    if measure.range is not None and not known[1] and not measure.range[0] <= known[0] <= measure.range[1]:
        raise _Why("beyond the range of the measure")
    return known
