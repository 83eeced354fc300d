"""What observes a patient: a value, a visit that took place, an event; never a code for a missing value."""

from __future__ import annotations

from tests.spec.small import Spec, on_every_engine

LOST = "intercurrent: {lost: not evaluable}"

SPECS = [
    Spec(
        "a missing code does not make its day observed",
        LOST,
        """
        1 | mmt | -5:62, 90:dropped out
        2 | mmt | -5:62, 40:60, 90:dropped out
        3 | mmt | -5:62, 40:60, 300:dropped out
        """,
        {
            "1": "not evaluable: event: lost; event lost; not assessed",
            "2": "not evaluable: event: lost; event lost",
            "3": "not evaluable: event: lost; event lost",
        },
    ),
    Spec(
        "a value, a bound, a visit or an event observes",
        LOST,
        """
        1 | mmt | -5:62, 90:ND, 50:60
        2 | mmt | -5:62, 90:ND, 300:<60
        3 | mmt | -5:62, 90:ND
        3 | visit | 90
        4 | mmt | -5:62, 90:ND
        4 | event: rash | 46
        """,
        {
            "1": "no; decided by the rule",
            "2": "not evaluable: after mmt: no visit in window; decided by the rule",
            "3": "not evaluable: after mmt: recorded without a number; decided by the rule",
            "4": "not evaluable: after mmt: no visit in window; decided by the rule",
        },
    ),
]


@on_every_engine(SPECS)
def test_what_observes_a_patient(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)
