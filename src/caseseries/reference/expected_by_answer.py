"""What the included cases are like by their answer to the outcome that Table 1 is asked for by, counted case by case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseseries.reference.case import CaseAnswer
from caseseries.reference.expected_drugs import count_prior
from caseseries.reference.expected_people import count_like
from caseseries.reference.expected_source import untold_kinds
from caseseries.reference.record import Indexed
from caseseries.stats.tally import Key, Tally, value_key
from caseseries.verdict.trace import Quantity

#: The baseline of each measure, by case: of the first outcome that compares it.
Owned = dict[str, Mapping[str, Quantity]]


def count_by_answer(
    counts: Tally, study: Indexed, included: Sequence[CaseAnswer], answers: Mapping[str, str], owned: Owned
) -> None:
    """Count every group by itself as all cases are counted, each key behind the answer of its group."""
    untold = [kind for kind in untold_kinds(study) if kind.split(":")[0] == "other drugs"]
    for answer in sorted(set(answers.values())):
        group, own = [one for one in included if answers[one.case_id] == answer], Tally()
        own.add(("cases",), len(group))
        count_like(own, study, group)
        count_prior(own, study, group)
        for kind in untold:
            own.add(("not charted", kind), len(group))
        for measure, values in owned.items():
            for one in group:
                own.add(baseline_key(measure, values[one.case_id]))
        for key, n in own.counts.items():
            counts.add(("characteristics by answer", answer, *key), n)


def baseline_key(measure: str, found: Quantity) -> Key:
    """What a case with this baseline of a measure counts under."""
    return (
        ("baseline absent", measure, found.absent)
        if found.value is None
        else ("baseline", measure, value_key(found.value))
    )
