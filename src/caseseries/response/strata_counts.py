"""Answers of one outcome by its strata, counted under the protocol as written.

Section `stratum`, with the outcome first, then what the stratum is (`is` a word, `other` words, or `not known`), the word, and the answer: yes, no,
not evaluable, outside, or `denominator not known`.
"""

from __future__ import annotations

from caseseries.chart.store import SEX, Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.outcome import VerdictOutcome
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.strata import Strata
from caseseries.protocol.written import folded
from caseseries.stats.tally import Tally

IS, OTHERS, NOT_KNOWN = "is", "other", "not known"

_ANSWERS = """
SELECT stratum, answer, count(*)
FROM (
    SELECT {stratum} AS stratum, CASE WHEN NOT v.inside THEN 'outside' WHEN v.inside IS NULL THEN 'denominator not known' WHEN v.truth THEN 'yes'
        WHEN NOT v.truth THEN 'no' ELSE 'not evaluable' END AS answer
    FROM verdict AS v JOIN included_case AS k ON k.case_no = v.case_no JOIN person AS p ON p.patient = k.patient{joined}
    WHERE v.spec = 0
) AS told
GROUP BY stratum, answer
"""
_SEXES = {1: "female", 2: "male"}


def told_apart(outcome: VerdictOutcome) -> Strata | None:
    """By what the answers of a verdict are counted; of levels those on at least each."""
    return outcome.by if outcome.part is None or outcome.part.kind == "at least" else None


def count_strata(engine: Engine, protocol: Protocol, numbers: Numbers, outcome: str) -> Tally:
    """Count the outcome that was settled last by its strata, where it has any."""
    counts, by = Tally(), told_apart(protocol.verdicts[outcome])
    if by is None:
        return counts
    joined, words = "", dict[int, str]()
    if by.attribute is None:
        stratum, words = f"CASE {SEX} WHEN 'F' THEN 1 WHEN 'M' THEN 2 END", dict(_SEXES)
    else:
        stratum = "a.word"
        joined = (
            f" LEFT JOIN attribute AS a ON a.patient = p.patient AND a.attribute = {numbers.attribute(by.attribute)}"
        )
        spelt = dict(numbers.spelt.get(by.attribute, {})) | {folded(word): word for word in by.of}
        named = {folded(word) for word in by.of}
        held = numbers.attributes.get(by.attribute, {})
        words = {number: spelt[word] for word, number in held.items() if not named or word in named}
    for found, answer, n in engine.rows(_ANSWERS.format(stratum=stratum, joined=joined)):
        kind = NOT_KNOWN if found is None else IS if found in words else OTHERS
        counts.add(("stratum", outcome, kind, words.get(found, ""), answer), int(n))
    return counts
