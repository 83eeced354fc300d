"""The numbers of the study that every peer needs: concepts, windows, thresholds. See examples/omop-demo/protocol.yaml.

The job: patients with an index date, eligibility in order, one value per (case, measure, window) for ten measures in four windows, the
dose of glucocorticoid per kg in four windows and on the days of the first outcome, three composite rules in three-valued logic,
neutrophils below a limit. Each peer prints JSON {what: [count, total]}, which must agree with plain.sql.
"""

import json
import math

#: name -> (concept, units accepted; 0 stands for none, whether higher is better)
MEASURES = {
    "strength": (2000000001, (0,), True),
    "skin": (2000000002, (0,), False),
    "ck": (3007220, (8645,), False),
    "alt": (3006923, (8645,), False),
    "ast": (3013721, (8645,), False),
    "crp": (3020460, (8751,), False),
    "weight": (3025315, (9529, 8739), True),
    "neutrophils": (3013650, (9444,), True),
}
ASSESSMENTS = {"physician global": 2000000011, "patient global": 2000000012, "extramuscular": 2000000013}
POUND, POUND_IN_KG = 8739, 0.45359237
#: (window, from, to, target)
WINDOWS = ((0, -90, 0, 0), (3, 45, 137, 91), (6, 138, 228, 183), (12, 305, 425, 365))
STUDY_DRUG, DISEASE = 19003999, 80182
STEROIDS = {1551099: 1.0, 1550557: 1.0, 1506270: 1.25}
EYE = 4184451
#: A day that no study reaches, from 1970.
EVER = 400_000
#: The six parts of the second rule, and whether higher is better.
CORE = (
    ("strength", True),
    ("skin", False),
    ("ck", False),
    ("physician global", False),
    ("patient global", False),
    ("extramuscular", False),
)


def show(answers: dict[str, tuple[int, float | None]]) -> None:
    """Print what was counted."""
    plain = {
        what: [int(n), None if total is None or math.isnan(total) else float(total)]
        for what, (n, total) in answers.items()
    }
    print(json.dumps(dict(sorted(plain.items()))))
