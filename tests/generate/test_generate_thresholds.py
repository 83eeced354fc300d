"""Other thresholds of drawn rules: the counts of the stages are those of the reference, cell by cell."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.generate.charts import charts
from tests.generate.protocols import protocols
from tests.generate.thresholds import differing
from tests.spec.small import analyse, chart, protocol

from caseseries.errors import ChoiceNeeded, ProtocolError


@settings(
    max_examples=3 if settings.get_current_profile_name() == "ci" else 60,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_drawn_rules_at_other_thresholds_are_counted_as_the_reference_does(data: st.DataObject) -> None:
    study = data.draw(protocols())
    read = data.draw(charts(study))
    try:
        run = analyse(study, read)
    except (ChoiceNeeded, ProtocolError):
        return
    assert run.cases is not None
    counted = {name: one.thresholds for name, one in run.cases.outcomes.items()}
    assert [] == differing(study, read, counted, every=9)
    for name, counts in counted.items():
        if counts is not None:
            answers = run.outcomes[name].answers[0]
            assert (answers.yes.exact, answers.not_evaluable.exact) == counts.cells[counts.primary]


def test_a_wrong_count_is_noticed() -> None:
    study = protocol()
    read = chart("1 | mmt | -3:60, 90:70", study)
    run = analyse(study, read)
    assert run.cases is not None
    found = run.cases.outcomes["response"].thresholds
    assert found is not None and not differing(study, read, {"response": found})
    wrong = replace(found, cells=tuple((yes + 1, unknown) for yes, unknown in found.cells))
    assert differing(study, read, {"response": wrong})
