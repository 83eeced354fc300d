"""Drawn protocols and charts on a Postgres server and on Spark: the answers of the reference, and the counts of embedded DuckDB."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.generate.charts import charts
from tests.generate.comparing import Answer, compare, disagreements, reference, stages
from tests.generate.protocols import protocols
from tests.generate.stacking import for_all, stacked, unstacked
from tests.generate.test_generate_stages import settle
from tests.spec.stages import one_engine

from caseseries.chart.tables import Chart
from caseseries.engine import Engine, connect
from caseseries.errors import ChoiceNeeded
from caseseries.protocol.protocol import Protocol
from caseseries.study.count_range import count_ranges
from caseseries.study.sources import ChartSource
from caseseries.study.work import Range, Work

#: Charts of about forty patients in one stack.
STACK = 6


def agree(data: st.DataObject) -> None:
    protocol = data.draw(protocols())
    assert [] == disagreements(protocol, data.draw(charts(protocol)), "postgres")


@settle(6)
@given(st.data())
def test_a_few_drawn_studies_agree_on_postgres(data: st.DataObject) -> None:
    agree(data)


@pytest.mark.long
@settle(40)
@given(st.data())
def test_many_drawn_studies_agree_on_postgres(data: st.DataObject) -> None:
    agree(data)


def one_stack(data: st.DataObject) -> tuple[Protocol, list[Chart], list[Answer]]:
    """Drawn charts of one drawn protocol that leave no choice open, and what the reference answers about each."""
    protocol = data.draw(protocols())
    drawn = [data.draw(charts(protocol)) for _ in range(STACK)]
    kept, answers = [], []
    for chart in drawn:
        if (chart.observed is None) == (drawn[0].observed is None):
            try:
                answer = reference(protocol, chart)
            except ChoiceNeeded:
                continue
            if chart.people:  # the first that is drawn is empty
                kept.append(chart)
                answers.append(answer)
    return protocol, kept, answers


def stacks_agree(data: st.DataObject, engine: str) -> None:
    protocol, kept, expected = one_stack(data)
    assume(kept)
    found = stages(for_all(protocol, len(kept)), stacked(kept), engine)
    for chart, right, left in zip(kept, unstacked(found, len(kept)), expected, strict=True):
        assert [] == compare(protocol, chart, lambda *_, one=left: one, lambda *_, one=right: one)


@settle(3)
@given(st.data())
def test_a_stack_is_answered_as_its_charts_are(data: st.DataObject) -> None:
    stacks_agree(data, "duckdb")


@pytest.mark.long
@pytest.mark.xdist_group("spark")
@settle(3)
@given(st.data())
def test_a_few_stacks_of_drawn_charts_agree_on_spark(data: st.DataObject) -> None:
    stacks_agree(data, "spark")


def counted(engine: Engine, protocol: Protocol, chart: Chart, folder: Path) -> tuple[list[str], bytes]:
    """The counts of a chart as text, and its table of patients as bytes."""
    work, part = Work(folder / engine.dialect.name, kept=True), Range(1, None, None)
    work.folder.mkdir(parents=True)
    source = ChartSource(engine, protocol, chart)
    tally = count_ranges(protocol, source, [part], work, exact=False, progress=lambda *_: None)
    return list(tally.lines()), work.parquet(part).read_bytes()


@pytest.mark.long
@pytest.mark.xdist_group("spark")
@settle(3)
@given(data=st.data())
def test_counts_and_patients_are_the_same_bytes_on_postgres_and_spark(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    protocol, kept, _ = one_stack(data)
    assume(kept and kept[0].dated)
    study, chart, folder = for_all(protocol, len(kept)), stacked(kept), tmp_path_factory.mktemp("counts")
    with connect(writable=folder) as embedded:
        expected = counted(embedded, study, chart, folder)
    for engine in ("postgres", "spark"):
        assert expected == counted(one_engine(engine), study, chart, folder)
