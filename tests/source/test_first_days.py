"""Planned days count from the first day of an episode, found while rows are read: the days that the cohort will have for its cases."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from caseseries.chart.tables import Course, Ends
from caseseries.reference.case import episodes
from caseseries.source.from_index import first_days

SHORT = st.integers(0, 6)


@st.composite
def ends(draw: st.DrawFn) -> Ends:
    """The possible days of a course, near enough to those of others for every gap about 0 to 4 days; some go on."""
    low = draw(st.integers(0, 25))
    high = low + draw(st.sampled_from([0, 0, 3, 8]))
    last_low = low + draw(SHORT)
    last_high = max(high, last_low) + draw(st.sampled_from([0, 0, 4]))
    return Ends(low, high, *draw(st.sampled_from([(last_low, last_high)] * 6 + [(last_low, None), (None, None)])))


@given(st.lists(ends(), max_size=6), st.integers(0, 4))
def test_they_are_those_of_the_episodes(drawn: list[Ends], restart_after: int) -> None:
    courses = tuple(
        Course(number, 0, "a", "x", one.first_low, None, None, "mg", None, "", True, possible=one)
        for number, one in enumerate(drawn)
    )
    assert [one.start for one in episodes(courses, restart_after)] == first_days(drawn, restart_after)
