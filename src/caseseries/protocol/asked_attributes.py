"""The attributes of patients that a protocol asks for, with the words it names."""

from __future__ import annotations

from dataclasses import dataclass, replace

from caseseries.protocol.every_rule import every_rule
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.rule import OfPatient, every_part
from caseseries.protocol.written import folded
from caseseries.protocol.yaml import Loc


@dataclass(frozen=True, slots=True)
class AskedAttribute:
    """One attribute, every word that is asked for, by the word as it is compared, and where it is asked for first; whether every word of the chart is
    a stratum of an outcome."""

    name: str
    words: dict[str, str]
    loc: Loc
    every: bool = False


def asked_attributes(protocol: Protocol) -> tuple[AskedAttribute, ...]:
    """Each attribute that any rule, or the strata of an outcome, ask for, in order of appearance."""
    found: dict[str, AskedAttribute] = {}
    for loc, rule in every_rule(protocol):
        for part in every_part(rule):
            if isinstance(part, OfPatient) and part.patient.attribute is not None:
                name = part.patient.attribute
                one = found.setdefault(name, AskedAttribute(name, {}, loc))
                for word in part.patient.is_:
                    one.words.setdefault(folded(word), word)
    for name, outcome in protocol.outcomes.items():
        by = getattr(outcome, "by", None)
        if by is not None and by.attribute is not None:
            one = found.setdefault(by.attribute, AskedAttribute(by.attribute, {}, ("outcomes", name, "by")))
            for word in by.of:
                one.words.setdefault(folded(word), word)
            if not by.of:
                found[by.attribute] = replace(one, every=True)
    return tuple(found.values())


def asks_for_sex(protocol: Protocol) -> bool:
    """Whether any rule, any limit of normal, or a stratum is of one sex."""
    rules = (part for _, rule in every_rule(protocol) for part in every_part(rule))
    limits = (one for measure in protocol.measures.values() for one in getattr(measure, "limits", ()))
    strata = (getattr(outcome, "by", None) for outcome in protocol.outcomes.values())
    return (
        any(isinstance(one, OfPatient) and one.patient.sex for one in rules)
        or any(one.sex for one in limits)
        or any(by is not None and by.sex for by in strata)
    )
