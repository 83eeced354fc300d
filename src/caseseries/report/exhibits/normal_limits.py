"""Against which limits of normal values were held, as the Methods say it."""

from __future__ import annotations

from caseseries.protocol.limited import limited_measures
from caseseries.protocol.measure import limits_of
from caseseries.protocol.normal_limits import NormalLimits
from caseseries.report.exhibits.words import measure_name, unit_of
from caseseries.summary.model import Summary
from caseseries.verdict.numbers import listed, shown


def normal_words(summary: Summary) -> str:
    """Where the limits of normal come from, with those that the protocol gives; nothing where no rule asks for them."""
    limited = [name for name in summary.protocol.measures if name in limited_measures(summary.protocol)]
    if not limited:
        return ""
    names = listed([measure_name(summary.measures, name) for name in limited])
    told = f" {names} {'was' if len(limited) == 1 else 'were'} compared with the limits of normal that stand with each value"
    declared = [part for name in limited if (part := _declared(summary, name))]
    if not declared:
        return f"{told}; a value without one was not evaluable."
    return f"{told}; where a value has none, with those of this protocol ({'; '.join(declared)}), by sex and age on its day."


def _declared(summary: Summary, name: str) -> str:
    unit = unit_of(summary.measures[name])
    lines = [_line(one, unit) for one in limits_of(summary.protocol.measures[name])]
    return f"{measure_name(summary.measures, name)}: {', '.join(lines)}" if lines else ""


def _line(one: NormalLimits, unit: str) -> str:
    whom = [str(one.sex)] if one.sex else []
    if one.age is not None:
        whom += [f"from {one.age.at_least} years"] if one.age.at_least is not None else []
        whom += [f"below {one.age.below} years"] if one.age.below is not None else []
    limits = " and ".join(
        f"{side} {shown(end, 6)}" for side, end in (("lower", one.lower), ("upper", one.upper)) if end is not None
    )
    source = f" ({one.source})" if one.source else ""
    return f"{' '.join([*whom, limits])} {unit}{source}".strip()
