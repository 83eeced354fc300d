"""Drawn protocols and charts: the SQL stages and the reference must give the same cases, values, traces and verdicts.

The drawn studies reach what they were built to reach.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.generate.charts import charts
from tests.generate.comparing import disagreements
from tests.generate.protocols import protocols
from tests.generate.reached import EXPECTED, reached
from tests.generate.studies import every_study
from tests.spec.test_spec_candidates import rows_used_agree

from caseseries.chart.tables import Chart
from caseseries.errors import ChoiceNeeded
from caseseries.protocol.protocol import Protocol


def settle(examples: int) -> Any:
    return settings(
        max_examples=examples,
        deadline=None,
        print_blob=True,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def agree(data: st.DataObject) -> None:
    protocol = data.draw(protocols())
    chart = data.draw(charts(protocol))
    assert [] == disagreements(protocol, chart)


@settle(8 if settings.get_current_profile_name() == "ci" else 150)
@given(st.data())
def test_drawn_studies_agree(data: st.DataObject) -> None:
    agree(data)


#: Ten studies a run, and more of them while something expected has not happened: what is drawn hangs on the packages at hand.
RUNS, MOST_RUNS = 15, 40
#: Every third study is also asked for the rows that were passed over, and that were not.
PASSED_OVER = 3
#: Each expected thing happens in at least this many of the studies.
FLOOR = 2
#: What drawn charts meet too seldom to be counted on; specs hold it (tests/spec/test_spec_supply.py, test_spec_questions.py, test_spec_windows.py,
#: test_spec_unchanged.py, test_spec_counted.py, test_spec_sums.py, test_spec_window_end.py, test_spec_since.py).
SELDOM = {
    "choice outside_courses",  # what a held rule and a time to an event need is declared
    "absent: supply before observation not known",
    "absent: not charted",
    "absent: a drug row not used",
    "absent: doses in different units",
    "lost: days without an entry not known",
    "lost: days with an entry not known",
    "a count of at least some",
    "absent: before the known history",
    "absent: last day of the window not known",
    "absent: longer than the window may be",
    "lost: tie: not the better value",
    "lost: tie: not the worse value",
    *(f"an event looked back for: {truth}" for truth in (True, False, None)),
}


@pytest.mark.long
def test_many_drawn_studies_reach_every_boundary_and_agree() -> None:
    happened: Counter[str] = Counter()
    studies = count()

    def held(protocol: Protocol, chart: Chart) -> None:
        happened.update(reached(protocol, chart))
        assert [] == disagreements(protocol, chart)
        if next(studies) % PASSED_OVER == 0:
            with suppress(ChoiceNeeded):
                rows_used_agree(protocol, chart)

    def few() -> dict[str, int]:
        return {what: happened[what] for what in EXPECTED if happened[what] < FLOOR and what not in SELDOM}

    every_study(held, RUNS)
    for more in range(RUNS, MOST_RUNS):
        if not few():
            break
        every_study(held, 1, first=more)
    assert {} == few()
    assert set() == set(happened) - set(EXPECTED), "something happens that is not counted"
