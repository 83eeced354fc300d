"""Drawn facts are read as the same facts in every layout and spelling, and with a defect never as another number in silence.

That every layout, spelling and defect is reached is counted: the test that counts fails where one never stood in a file.
"""

from __future__ import annotations

import random
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.readers.choosing import Chooser
from tests.readers.placing import draw_book
from tests.readers.reached import Reached, reach_everything

CI = settings.get_current_profile_name() == "ci"


def say(capsys: pytest.CaptureFixture[str], reached: Reached) -> None:
    """The counts, for whoever reads the output of the tests."""
    with capsys.disabled():
        sys.stdout.write(f"\n{reached.said()}\n")


@settings(max_examples=15 if CI else 100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_drawn_facts_are_read_as_they_are_and_defects_are_seen(data: Any) -> None:
    choose = Chooser(data)
    Reached().hold(choose, draw_book(choose), again=2, new=False)


@pytest.mark.long
def test_every_layout_spelling_and_defect_is_reached_and_judged(capsys: pytest.CaptureFixture[str]) -> None:
    reached = reach_everything(first=0 if CI else random.randrange(10**9), again=0)
    say(capsys, reached)
    assert [] == reached.missing
    assert [] == reached.closed(), "these gaps are closed: take them off the list"


@pytest.mark.long
def test_many_books_hold_every_defect_beside_many_layouts_and_spellings(capsys: pytest.CaptureFixture[str]) -> None:
    reached = reach_everything(first=1000 if CI else random.randrange(10**9), again=12, least=3)
    say(capsys, reached)
    assert [] == reached.missing
    assert [] == reached.closed(), "these gaps are closed: take them off the list"
