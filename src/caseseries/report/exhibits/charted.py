"""Three states of a kind of fact, told apart wherever one is printed: recorded, none recorded, and not charted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseseries.cohort.unseen import AMONG_THE_LOST
from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.report.exhibits.printed_numbers import whole
from caseseries.report.exhibits.words import capital, listed
from caseseries.summary.model import Summary

#: Events between the index date and the assessment, by their field of the protocol, as a sentence names them.
EVENTS = {
    "death": "death",
    "lost": "loss to follow-up",
    "rescue": "an added rescue drug",
    "stopped": "stopping the study drug",
    "raised": "a glucocorticoid dose raised above baseline",
    "pulse": "a pulse near the assessment",
}
_FIELDS = {words: field for field, words in EVENT_WORDS.items()}

#: What a cell holds in place of a number of something that was not charted.
NOT_CHARTED = "not charted"

#: What it holds where nobody wrote any down of one case, which is not the same as none.
NONE_RECORDED = "none recorded"


def none_words(summary: Summary, kind: str) -> str:
    """What stands where no row is shown: `none recorded`, of which names alone, or that the kind was not charted."""
    if summary.nowhere(kind):
        return NOT_CHARTED
    only = _only(summary, kind)
    return f"{NONE_RECORDED}; only {listed(only)} could be charted" if only else NONE_RECORDED


def _only(summary: Summary, kind: str) -> Sequence[str]:
    """The names that alone could be charted of a kind; empty where any could."""
    return next((names for known, names in summary.only.items() if known == kind), ())


def only_words(summary: Summary, kind: str) -> str:
    """Which of a kind alone could be charted, below a table that says `none recorded` many times; empty where any could."""
    only = _only(summary, kind)
    return f" Of {kind} only {listed(only)} could be charted." if only else ""


def nowhere_words(summary: Summary, kind: str) -> str:
    """A sentence in place of every number of a kind of fact that no source could tell; empty where one could."""
    if not summary.nowhere(kind):
        return ""
    because = "; ".join(summary.not_charted[kind].because)
    return f"{capital(kind)} were not charted ({because}): nothing is known of them, and no number is given."


def some_words(summary: Summary, kind: str) -> str:
    """That some sites could not tell a kind of fact, so that it is told of the others alone; empty where all could, or none."""
    lacking = summary.not_charted.get(kind)
    if lacking is None or summary.nowhere(kind):
        return ""
    return (
        f"{capital(kind)} were not charted for {whole(lacking.cases)} of the {whole(summary.included)} cases "
        f"({'; '.join(lacking.because)}), who count in no number of them."
    )


def why_not_charted(summary: Summary, kind: str) -> str:
    """Why a kind of fact, or `event: NAME`, could not be told, and for how many cases where that is some; empty where it could be told."""
    lacking = summary.not_charted.get(kind)
    if lacking is None:
        return ""
    some = "" if summary.nowhere(kind) else f"for {whole(lacking.cases)} of {whole(summary.included)} cases: "
    return some + "; ".join(lacking.because)


def unseen(summary: Summary) -> dict[str, str]:
    """The intercurrent events that decide something and could be seen in nobody, or in some sources in nobody, each with why."""
    found = {event: why_not_charted(summary, f"event: {event}") for event in EVENT_WORDS.values()}
    return {event: why for event, why in found.items() if why}


def unseen_words(summary: Summary) -> str:
    """Of which events the verdicts take no account, because nobody could be seen to have had them, with why; empty where there is none."""
    return _no_account(unseen(summary))


def _no_account(events: Mapping[str, str]) -> str:
    """Those of one reason stand together; that the dead are among the lost, whom verdicts do take account of, stands with the death.

    >>> told = _no_account({"death": "A", "lost": f"{AMONG_THE_LOST}: A", "rescue added": "B", "pulse": "B"}).split(", nor of ")
    >>> told[0]
    'Verdicts take no account of death (A; whoever died stands among those lost to follow-up)'
    >>> told[1]
    'an added rescue drug or a pulse near the assessment (B)'
    >>> _no_account({"lost": f"{AMONG_THE_LOST}: A"})
    'A; whoever died stands among those lost to follow-up'
    >>> _no_account({})
    ''
    """
    found: dict[str, list[str]] = {}
    apart = []
    for event, why in events.items():
        if AMONG_THE_LOST not in why:
            found.setdefault(why, []).append(EVENTS[_FIELDS[event]])
    for why in events.values():
        if AMONG_THE_LOST in why:
            of_death = why.replace(f"{AMONG_THE_LOST}: ", "")
            if of_death in found:
                found = {
                    f"{known}; {AMONG_THE_LOST}" if known == of_death else known: one for known, one in found.items()
                }
            else:
                apart.append(f"{capital(of_death)}; {AMONG_THE_LOST}")
    told = [f"{listed(one, 'or')} ({why})" for why, one in found.items()]
    account = [f"Verdicts take no account of {', nor of '.join(told)}"] if told else []
    return ". ".join([*account, *apart])
