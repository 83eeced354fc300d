"""What a source that does not chart a kind of fact could not show: intercurrent events, and drugs of a group."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.catalogue import CatalogueMiss
from caseseries.chart.tables import Kind
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.protocol.measures import ingredients
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import folded

#: Why nothing follows from loss to follow-up where deaths were not charted.
AMONG_THE_LOST = "whoever died stands among those lost to follow-up"

#: Why no pulse could be told in a database, and in a chart whose tables of drugs have no column for it.
NO_PULSES = "a database does not tell an intravenous pulse from other doses"
NO_ROUTES = "no table of drugs has a route or says which rows are pulses"

#: What makes a pulse; the study drug's own courses can be pulses too.
_PULSED = "systemic glucocorticoids"


def untold_drugs(
    protocol: Protocol, not_charted: Mapping[Kind, str], only: Mapping[Kind, tuple[str, ...]], *names: str
) -> str:
    """Why none of these drugs and groups could be seen in anybody; empty where one could, or where the study drug alone is meant.

    `only` holds the words of tables whose drug is one word for every row: of other drugs nothing is known there.
    """
    members = frozenset[str]().union(*(drugs_of(protocol, name) for name in names))
    index = protocol.case.index_date
    others = members - (drugs_of(protocol, index.first_exposure) if isinstance(index, FirstExposure) else frozenset())
    if not others:
        return ""
    if "other drugs" in not_charted:
        return f"other drugs were not charted: {not_charted['other drugs']}"
    words = only.get("other drugs")
    if words is None or any(others & _held(protocol, word) for word in words):
        return ""
    return f"of drugs only {', '.join(words)} could be charted"


def untold_members(
    protocol: Protocol, not_charted: Mapping[Kind, str], only: Mapping[Kind, tuple[str, ...]], name: str
) -> frozenset[str]:
    """The ingredients of a drug or group that could be seen in nobody, the study drug left out: who has no other of it may have had one."""
    index = protocol.case.index_date
    studied = drugs_of(protocol, index.first_exposure) if isinstance(index, FirstExposure) else frozenset[str]()
    others = ingredients(protocol, name) - studied
    if "other drugs" in not_charted:
        return others
    if "other drugs" not in only:
        return frozenset()
    return others - frozenset[str]().union(*(_held(protocol, word) for word in only["other drugs"]))


def _held(protocol: Protocol, word: str) -> frozenset[str]:
    try:
        return drugs_of(protocol, word)
    except CatalogueMiss:
        return frozenset({folded(word)})


def unseen_events(
    protocol: Protocol, not_charted: Mapping[Kind, str], only: Mapping[Kind, tuple[str, ...]], *, pulses_untold: str
) -> dict[str, str]:
    """The intercurrent events that decide something and could be seen in nobody, each with why; without a verdict outcome, none.

    `pulses_untold` says why no pulse could be told from other doses; empty where one could.
    `lost` is among them where deaths were not charted and the two are not treated alike: the dead cannot be told from the lost.
    """
    events, why = protocol.intercurrent, dict[str, str]()
    if not protocol.verdicts:
        return {}
    if "deaths" in not_charted:
        why["death"] = f"deaths were not charted: {not_charted['deaths']}"
        if events.lost.verdict != events.death.verdict:
            why["lost"] = f"{AMONG_THE_LOST}: {why['death']}"
    why["rescue"] = untold_drugs(protocol, not_charted, only, *events.rescue.drugs)
    name = events.raised.dose or (next(iter(protocol.doses)) if len(protocol.doses) == 1 else "")
    if name and protocol.doses[name].source == "courses":
        why["raised"] = untold_drugs(protocol, not_charted, only, protocol.doses[name].daily_dose)
    of_charts = "" if pulses_untold == NO_PULSES else untold_drugs(protocol, not_charted, only, _PULSED)
    why["pulse"] = of_charts or pulses_untold
    return {
        words: why[field]
        for field, words in EVENT_WORDS.items()
        if why.get(field) and getattr(events, field).verdict != "as observed"
    }
