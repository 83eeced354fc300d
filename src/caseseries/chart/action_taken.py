"""What was done with the study drug because of an adverse event, as its words say it: whether the event led to stopping the drug."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from caseseries.protocol.unknown_words import says_unknown
from caseseries.protocol.written import folded

ActionAnswer = Literal["stopped", "not stopped", "not known", "not recorded"]

#: The words of an action by what they say of stopping. Those in the first line of each are the terms of CDISC (codelist C66767, `AEACN` of
#: SDTM); the others are what charts in English write for them. CDISC's UNKNOWN is among the words for unknown (`protocol.unknown_words`). An
#: interruption is no stop. `Yes` is no action: which one it is says `words` of the column.
ACTION_WORDS: Mapping[ActionAnswer, frozenset[str]] = MappingProxyType(
    {
        "stopped": frozenset(
            (
                *("drug withdrawn",),
                *("withdrawn", "stopped", "drug stopped", "study drug stopped", "study drug withdrawn", "permanently stopped"),
                *("discontinued", "drug discontinued", "study drug discontinued", "permanently discontinued", "treatment stopped"),
                *("treatment discontinued", "treatment withdrawn"),
            )
        ),
        "not stopped": frozenset(
            (
                *("dose reduced", "dose increased", "dose not changed", "dose rate reduced", "drug interrupted", "not applicable"),
                *("reduced", "dose decreased", "decreased", "increased", "not changed", "unchanged", "no change", "dose unchanged"),
                *("interrupted", "dose interrupted", "treatment interrupted", "temporarily interrupted", "temporarily stopped"),
                *("temporarily discontinued", "stopped temporarily", "paused", "held", "dose held", "drug held", "dose delayed", "delayed"),
                *("none", "no", "no action", "no action taken", "continued", "drug continued", "treatment continued", "not stopped"),
            )
        ),
    }
)  # fmt: skip


def action_of(written: str) -> ActionAnswer | None:
    """What the action written for an event says of stopping the study drug; None of words that say neither.

    >>> [action_of(one) for one in ("DRUG WITHDRAWN", "Drug  interrupted", "UNKNOWN", "", "seen by a nurse")]
    ['stopped', 'not stopped', 'not known', 'not recorded', None]
    """
    name = folded(written)
    if not name:
        return "not recorded"
    if says_unknown(name):
        return "not known"
    return next((answer for answer, words in ACTION_WORDS.items() if name in words), None)
