"""Why a value is absent: small numbers in the engine, words everywhere else.

The words are those of :data:`caseseries.verdict.trace.Absent`. Statements name a code as ``{different}``; 0 is a value that is present.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from caseseries.chart.tables import Bound
from caseseries.verdict.trace import Absent

#: By the name a statement uses: code and words.
_TABLE: Final[Mapping[str, tuple[int, Absent]]] = {
    "present": (0, ""),
    "different": (1, "different values on one day"),
    "tied": (2, "two days equally near"),
    "edge": (3, "partial date at the edge of the window"),
    "no_visit": (4, "no visit in window"),
    "no_number": (5, "recorded without a number"),
    "not_at_visit": (6, "not recorded at this visit"),
    "no_value": (7, "no value in window"),
    "censored": (8, "censored"),
    "unobserved": (9, "window leaves observed time"),
    "no_weight": (10, "no weight"),
    "after_end": (11, "after the end of follow-up"),
    "no_course": (12, "no course recorded"),
    "between": (13, "between courses"),
    "no_dose": (14, "dose not recorded"),
    "no_equivalence": (15, "no equivalence"),
    "zero": (16, "zero baseline"),
    "negative": (17, "negative baseline"),
    "unsure": (18, "days of a course not known"),
    "unread": (19, "a drug row not used"),
    "unsupplied": (22, "supply before observation not known"),
    "unanswered": (25, "not known on some day"),
    "few": (26, "too few visits"),
    "unrecorded": (27, "not recorded"),
    "uncharted": (28, "not charted"),
    "no_history": (29, "before the known history"),
    "not_exact": (30, "date not exact"),
    "no_lower": (31, "no lower limit of normal"),
    "no_upper": (32, "no upper limit of normal"),
    "limits_differ": (33, "different limits of normal"),
    "limit_by_sex": (40, "limit of normal by a sex that is not known"),
    "limit_by_age": (41, "limit of normal by an age that is not known"),
    "limit_by_both": (42, "limit of normal by a sex and an age that are not known"),
    "other_unit": (35, "doses in different units"),
    "few_days": (34, "too few days recorded"),
    "open_end": (36, "last day of the window not known"),
    "no_length": (37, "length of the window not known"),
    "no_interval": (38, "fewer than two events before"),
    "too_long": (39, "longer than the window may be"),
    # Known only as below or above a limit: the limit stands beside the reason. `censored` are bounds of both kinds in one mean.
    "below": (20, "censored"),
    "above": (21, "censored"),
    "at_most": (23, "censored"),
    "at_least": (24, "censored"),
}

#: Codes by name, for the text of statements.
CODES: Final[Mapping[str, int]] = {name: code for name, (code, _) in _TABLE.items()}
_WORDS: Final[Mapping[int, Absent]] = dict(_TABLE.values())

#: What a number is by its code of censoring. The bits are 1 for an upper limit, 2 for a lower one and 4 for a limit that is not reached itself,
#: so that those of a mean are those of its numbers together; 1 and 2 in one mean: nothing is known of it.
CENSORED: Final[Mapping[int, Bound]] = {0: "", 1: "<=", 2: ">=", 5: "<", 6: ">"}

#: SQL for the code of censoring of a row ``m`` of the table ``measurement``.
CENSOR_CODE: Final = (
    "CASE m.censor " + " ".join(f"WHEN '{sign}' THEN {code}" for code, sign in CENSORED.items() if sign) + " ELSE 0 END"
)

#: The codes of absence of a value known only as a bound, and what it is.
BOUNDS: Final[Mapping[int, Bound]] = {20: "<", 21: ">", 23: "<=", 24: ">="}

#: The code of absence for each code of censoring.
OF_CENSOR: Final[Mapping[int, int]] = {
    code: absent for code, sign in CENSORED.items() for absent, bound in BOUNDS.items() if sign == bound
}

#: SQL list of the codes with which a value has a number: it is present, or known as a bound.
NUMBERED: Final = ", ".join(map(str, (0, *BOUNDS)))


def words(code: int) -> Absent:
    """The reason a code stands for.

    >>> words(CODES["censored"]), words(0)
    ('censored', '')
    """
    return _WORDS[code]
