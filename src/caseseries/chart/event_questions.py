"""What is asked of every adverse event beside its name and day: whether it led to stopping the study drug, was serious, was of grade 3 or more."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from caseseries.chart.action_taken import action_of
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.safety import AS_RECORDED, bare_grade, grade_number, names_ctcae
from caseseries.protocol.unknown_words import says_unknown
from caseseries.protocol.written import folded

Answer = Literal["yes", "no", "not known", "not recorded"]

#: The words of a column of seriousness by what they say. CDISC has Y and N (`AESER` of SDTM); the criteria of ICH E2A make an event serious.
SERIOUS_WORDS: Mapping[Answer, frozenset[str]] = MappingProxyType(
    {
        "yes": frozenset(
            (
                *("y", "yes", "true", "1", "x", "ja", "j", "oui", "o", "si", "sí", "s", "sim", "wahr", "vrai", "verdadero"),
                *("serious", "sae", "serious adverse event", "schwerwiegend", "grave", "sérieux", "serio"),
                *("death", "fatal", "died", "life-threatening", "life threatening", "hospitalisation", "hospitalization", "hospitalised"),
                *("hospitalized", "prolonged hospitalisation", "prolonged hospitalization", "disability", "congenital anomaly"),
                *("medically important", "important medical event"),
            )
        ),
        "no": frozenset(
            (
                *("n", "no", "false", "0", "nein", "non", "não", "nee", "falsch", "faux", "falso", "none"),
                *("not serious", "non-serious", "non serious", "nonserious", "nicht schwerwiegend", "non grave", "no grave"),
            )
        ),
    }
)  # fmt: skip
#: Grades of an event between two, or from one on: `2-3`, `3/4`, `>=3`.
_BETWEEN = re.compile(r"([0-9]{1,2}) ?(?:-|–|/|to) ?([0-9]{1,2})", re.IGNORECASE)
_FROM = re.compile(r"(?:>=|≥) ?([0-9]{1,2})")
_UP_TO = re.compile(r"(?:<=|≤) ?([0-9]{1,2})")
#: From this grade of CTCAE on an event is severe.
SEVERE = 3


def serious_of(written: str) -> Answer | None:
    """Whether what is written says that an event was serious; None of words that say neither.

    >>> [serious_of(one) for one in ("Y", "Hospitalisation", "non-serious", "", "unknown", "seen by a nurse")]
    ['yes', 'yes', 'no', 'not recorded', 'not known', None]
    """
    name = folded(written)
    if not name:
        return "not recorded"
    if says_unknown(name):
        return "not known"
    return next((answer for answer, words in SERIOUS_WORDS.items() if name in words), None)


def severe_of(written: str) -> Answer | None:
    """Whether what is written is a grade of 3 or more; None of what is no grade in numbers.

    >>> [severe_of(one) for one in ("Grade 3", "2", "2-3", "3/4", ">= 3", "<=2", "", "severe")]
    ['yes', 'no', 'not known', 'yes', 'yes', 'no', 'not recorded', None]
    """
    text = " ".join(written.split())
    if not text:
        return "not recorded"
    if says_unknown(text):
        return "not known"
    if (grade := grade_number(text)) is not None:
        return "yes" if grade >= SEVERE else "no"
    text = bare_grade(text)
    if (found := _BETWEEN.fullmatch(text)) is not None:
        ends = (int(found[1]), int(found[2]))
    elif (found := _FROM.fullmatch(text)) is not None:
        ends = (int(found[1]), max(SEVERE, int(found[1])))
    elif (found := _UP_TO.fullmatch(text)) is not None:
        ends = (0, int(found[1]))
    else:
        return None
    said = {grade >= SEVERE for grade in ends}
    return "not known" if len(said) > 1 else "yes" if True in said else "no"


def _stopped(written: str) -> Answer | None:
    """Whether what was done says that the study drug was stopped."""
    answer = action_of(written)
    return "yes" if answer == "stopped" else "no" if answer == "not stopped" else answer


@dataclass(frozen=True, slots=True)
class EventQuestion:
    """A question to each event: the attribute in which it is answered, how that is read, and what an event is of which the answer is yes.

    `name` is the section of its counts; `one` and `several` are said of events, and `title` heads a row of a table.
    """

    name: str
    attribute: str
    read: Callable[[str], Answer | None]
    title: str
    one: str
    several: str

    def asked(self, protocol: Protocol) -> bool:
        """Whether a study asks it: stopping where a drug is studied, the grade where grades are CTCAE's or those of no other scale."""
        if protocol.safety is None:
            return False
        if self.attribute == "action":
            return isinstance(protocol.case.index_date, FirstExposure)
        grading = protocol.safety.grading
        return self.attribute != "grade" or grading == AS_RECORDED or names_ctcae(grading)

    def answer(self, written: str) -> Answer:
        """What an attribute says; words that say neither are not known, and nothing written is not recorded."""
        return self.read(written) or "not known"


STOPPING = EventQuestion(
    "led to stopping",
    "action",
    _stopped,
    "Led to stopping the study drug",
    "led to stopping the study drug",
    "led to stopping the study drug",
)
SERIOUS = EventQuestion("serious", "serious", serious_of, "Serious", "was serious", "were serious")
GRADE_3 = EventQuestion(
    "grade 3 or more", "grade", severe_of, "Grade 3 or more", "was of grade 3 or more", "were of grade 3 or more"
)
#: In the order in which they are told.
EVENT_QUESTIONS = (STOPPING, SERIOUS, GRADE_3)


def asked_of_events(protocol: Protocol) -> tuple[EventQuestion, ...]:
    """The questions that a study asks of its adverse events."""
    return tuple(one for one in EVENT_QUESTIONS if one.asked(protocol))
