"""Rare charts under rare protocols, on every implementation."""

from __future__ import annotations

from tests.spec.small import Spec, on_every_engine
from tests.spec.test_spec_dose import dose
from tests.spec.test_spec_events import MMF, PERHAPS_RAISED, RAISED, SEEN, event, raised

VISITED = ", source: visits"

SPECS = [
    event("the dose that was raised may be named", SEEN + "1 | prednisone | -30..40 20 mg; 41.. 40 mg", RAISED,
          raised="{dose: steroid, verdict: non-responder}"),
    raised("without a baseline visit nothing can be above it", MMF + "1 | mmt | 90:54\n1 | prednisone | -30..40 20 mg; 41.. 40 mg",
           "decided by the rule"),
    raised("without any course before, a pulse that counts as a dose may be a rise",
           SEEN + "1 | methylprednisolone | 68..70 1000 mg x1 intravenous pulse", PERHAPS_RAISED, dose=", pulses: included"),
    raised("written at visits, a missing code is a dose not known", SEEN + "1 | steroid | 0:20, 30:ND, 40:20", PERHAPS_RAISED, dose=VISITED),
    raised("written at visits, beside a missing code", SEEN + "1 | steroid | 0:20, 30:ND, 40:21", RAISED, dose=VISITED),
    raised("written at visits, a missing code and a dose on one day", SEEN + "1 | steroid | 0:20, 40:ND, 40:25", RAISED, dose=VISITED),
    raised("written at visits, above each of different values at baseline", SEEN + "1 | steroid | 0:20, 0:25, 40:30", RAISED, dose=VISITED),
    raised("written at visits, between different values at baseline", SEEN + "1 | steroid | 0:20, 0:25, 40:22", PERHAPS_RAISED, dose=VISITED),
]  # fmt: skip

DOSES = [
    dose("a dose per kg where no measure is the weight", "1 | prednisone | -30.. 20 mg\n1 | weight | 0:50, 90:50",
         "baseline steroid no weight @0; after steroid no weight @90", unit="prednisone mg/kg/day"),
]  # fmt: skip


@on_every_engine(SPECS)
def test_rare_events(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@on_every_engine(DOSES)
def test_rare_doses(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)
