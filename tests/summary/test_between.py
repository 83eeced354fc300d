"""The facts of intercurrent events in words: the drug, the dose, the day."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest
from tests.spec.small import Spec, analyse, chart
from tests.spec.small import protocol as made
from tests.spec.test_spec_events import MMF, SEEN, SPECS, VISITS, effects

from caseseries.cohort.select import select
from caseseries.engine.connecting import connect
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import plan
from caseseries.reference.oracle import cases
from caseseries.summary.between import of_case
from caseseries.verdict.narrator import sentence
from caseseries.verdict.trace_lines import trace_lines


def facts(study: Protocol, rows: str) -> Mapping[str, str]:
    read = chart(rows, study)
    found = analyse(study, read)
    (verdict,) = found.shown.outcomes["response"].verdicts[0]
    steps = dict(found.shown.doses).get("1", ())
    with connect() as engine:
        cohort = select(engine, study, read)
    (own,) = (one for one in cohort.included if one.case_id == verdict.case_id)
    told = of_case(study, read, own, verdict, steps)
    (case,) = cases(study, read)
    assert told == of_case(study, read, case, verdict, steps, plan(study, "response").primary)
    assert set(told) <= set(verdict.events)
    return told


GIVEN = {
    "death": (SEEN + "1 | death | 60", {"death": "on day 60"}),
    "lost": (MMF + "1 | mmt | 0:50\n1 | visit | 45", {"lost": "follow-up ended on day 45"}),
    "rescue": (SEEN + "1 | azathioprine | 40.. 50 mg", {"rescue added": "azathioprine on day 40"}),
    "rescue of which the first day is not known to the day": (
        SEEN + "1 | azathioprine | 40~69.. 50 mg",
        {"rescue added": "azathioprine between day 40 and day 69"},
    ),
    "two rescue drugs, one begun twice, by day": (
        SEEN + "1 | methotrexate | 50..60 10 mg; 70.. 10 mg\n1 | azathioprine | 60.. 50 mg",
        {"rescue added": "methotrexate on day 50 and azathioprine on day 60"},
    ),
    "rescue on the day before and of the assessment": (
        SEEN + "1 | azathioprine | 89.. 50 mg\n1 | methotrexate | 90.. 10 mg",
        {"rescue added": "azathioprine on day 89"},
    ),
    "a background drug is no rescue": (
        SEEN + "1 | azathioprine | 40.. 50 mg\n1 | methotrexate | -5..0 10 mg; 30.. 10 mg",
        {"rescue added": "azathioprine on day 40"},
    ),
    "rescue on the last day of a window without assessment": (
        MMF + "1 | mmt | 0:50\n1 | azathioprine | 134.. 50 mg\n1 | methotrexate | 135.. 10 mg\n1 | visit | 200",
        {"rescue added": "azathioprine on day 134"},
    ),
    "stopped": (VISITS + "1 | mycophenolate mofetil | 0..60 500 mg", {"drug stopped": "last taken on day 60"}),
    "raised": (
        SEEN + "1 | prednisone | -30..20 20 mg; 21..40 25 mg; 41.. 10 mg",
        {"steroid raised above baseline": "from 20 to 25 mg/day on day 21"},
    ),
    "raised on the baseline day": (
        SEEN + "1 | prednisone | -30..-1 20 mg; 0.. 22.5 mg",
        {"steroid raised above baseline": "from 20 to 22.5 mg/day on day 0"},
    ),
    "raised after it was lowered": (
        SEEN + "1 | prednisone | -30..9 20 mg; 10..29 5 mg; 30..49 10 mg; 50..89 30 mg; 90.. 60 mg",
        {"steroid raised above baseline": "from 20 to 30 mg/day on day 50"},
    ),
    "raised from nothing": (
        SEEN + "1 | prednisone | 30.. 10 mg",
        {"steroid raised above baseline": "from 0 to 10 mg/day on day 30"},
    ),
    "pulse": (SEEN + "1 | methylprednisolone | 80..80 1000 mg pulse", {"pulse": "methylprednisolone on day 80"}),
    "pulses of which one is too early": (
        SEEN + "1 | methylprednisolone | 10..12 1000 mg pulse; 75..77 1000 mg pulse; 90.. 1000 mg pulse",
        {"pulse": "methylprednisolone on days 75 to 77 and methylprednisolone from day 90 on"},
    ),
    "two at once": (
        VISITS + "1 | mycophenolate mofetil | 0..60 500 mg\n1 | azathioprine | 40.. 50 mg",
        {"rescue added": "azathioprine on day 40", "drug stopped": "last taken on day 60"},
    ),
    "nothing": (SEEN, {}),
}


@pytest.mark.long(but_every=3)
@pytest.mark.parametrize("name", list(GIVEN))
def test_each_event_with_its_facts(name: str) -> None:
    rows, expected = GIVEN[name]
    assert expected == facts(made(effects()), rows)


def test_a_dose_written_at_visits_is_raised_at_a_visit() -> None:
    study = made(effects(dose=", source: visits", before=", same_day: highest"))
    expected = {"steroid raised above baseline": "from 22 to 25 mg/day on day 40"}
    assert expected == facts(study, SEEN + "1 | steroid | 0:20, 0:22, 20:21, 40:25, 60:<90, 90:10")
    both = {"steroid raised above baseline": "from 22 to between 30 and 40 mg/day on day 10"}
    assert both == facts(study, SEEN + "1 | steroid | 0:22, 10:30, 10:40, 40:25")


def test_the_dose_of_another_measure_is_not_told_by_the_steps_of_the_first() -> None:
    second = "  other: {daily_dose: azathioprine, as: mg/day, if_zero_baseline: not evaluable, outside_courses: zero}"
    study = made(
        effects()
        .replace("  weight:", f"{second}\n  weight:")
        .replace("above baseline: as observed", "above baseline: {dose: other, verdict: as observed}")
    )
    rows = SEEN + "1 | azathioprine | 40.. 50 mg"
    (verdict,) = analyse(study, chart(rows, study)).shown.outcomes["response"].verdicts[0]
    assert ("rescue added", "steroid raised above baseline") == verdict.events
    assert {"rescue added": "azathioprine on day 40"} == facts(study, rows)


@pytest.mark.long(but_every=6)
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_event_of_the_specification_has_its_facts(spec: Spec) -> None:
    study = made(spec.changes, spec.base)
    read = chart(spec.rows, study)
    found = analyse(study, read)
    steps = dict(found.shown.doses)
    for verdict in found.shown.outcomes["response"].verdicts[0]:
        (case,) = (one for one in cases(study, read) if one.case_id == verdict.case_id)
        assert list(verdict.events) == list(of_case(study, read, case, verdict, steps.get(verdict.case_id, ())))


def test_the_sentence_and_the_trace_say_them() -> None:
    study = made(effects(rescue="non-responder"))
    read = chart(SEEN + "1 | azathioprine | 40.. 50 mg", study)
    found = analyse(study, read)
    (verdict,), spec = found.shown.outcomes["response"].verdicts[0], plan(study, "response").primary
    (case,) = cases(study, read)
    between = of_case(study, read, case, verdict, ((0, Fraction(1)),))
    assert "rescue drug added: azathioprine on day 40, which counts as not met." in sentence(
        spec.tree, verdict, found.measures, study, spec, between
    )
    assert (
        "! rescue drug added: azathioprine on day 40, decides: not met"
        == trace_lines(spec.tree, verdict, found.measures, study, spec, between)[-1]
    )


def noted(rows: str, changes: str = "") -> str:
    study = made(changes)
    found = analyse(study, chart(rows, study))
    return found.shown.outcomes["response"].sentences["1"]


def test_a_missing_code_is_told_in_its_own_words():
    told = noted("1 | mmt | -5:62, 90:refused follow-up\n1 | visit | 90")
    assert "without a number (“refused follow-up”)" in told
    assert "noted without a number" not in told
    each = "windows: {after: {from: 46 days, to: 134 days, target: 90 days, take: nearest, components: nearest each}}"
    assert "(“UNK, refused”)" in noted("1 | mmt | -5:62, 90:UNK, 100:refused, 200:other", each)


def test_a_measure_is_called_by_its_label():
    label = 'measures: {mmt: {quantity: strength, label: "UPDRS III, off", unit: points, range: [0, 80], better: high}}'
    told = noted("1 | mmt | -5:62, 90:70", label)
    assert "UPDRS III, off" in told
    assert "mmt" not in told.casefold()


def test_a_last_day_after_observation_is_recorded_and_not_taken() -> None:
    study = made(effects())
    rows = "1 | mycophenolate mofetil | 0..100 500 mg\n1 | mmt | 0:50\n1 | visit | 40"
    assert {
        "lost": "follow-up ended on day 40",
        "drug stopped": "recorded until day 100, and observed until day 40",
    } == facts(study, rows)
