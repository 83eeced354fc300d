"""The oracle on the invented chart whose totals are those of Dagher 2012: 6 of 8, and the other readings."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tests.reference.reconstruction import reconstruction

from caseseries.chart.tables import Chart
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import plan
from caseseries.protocol.tree import Slot
from caseseries.reference.open_choices import choices_needed
from caseseries.reference.oracle import cases, verdict
from caseseries.verdict.trace import Verdict

# As printed in the README beside the data: before day, after day, MMT, CMAS, prednisone mg/day, good response.
EXPECTED = {
    "P1": (-7, 91, (51, 72), (27, 38), ("40", "20"), True),
    "P2": (-13, 92, (58, 74), (33, 42), ("20", "15"), True),
    "P3": (-3, 88, (62, 76), (36, 44), ("25", "20"), True),
    "P4": (-18, 93, (60, 72), (34, 42), ("10", "10"), True),
    "P5": (-6, 99, (66, 76), (38, 45), ("25", "22"), True),
    "P6": (0, 84, (74, 74), (45, 48), ("30", "24"), True),
    "P7": (-10, 95, (64, 72), (35, 41), ("15", "15"), False),
    "P8": (-20, 81, (70, 74), (41, 45), ("50", "41.5"), False),
}


@pytest.fixture(scope="module")
def protocol(project_root: Path) -> Protocol:
    written = (project_root / "examples" / "jdm-mmf" / "protocol.yaml").read_text(encoding="utf-8")
    return Protocol.model_validate(YAML(typ="base").load(written))


@pytest.fixture(scope="module")
def chart(shared_data: Path) -> Chart:
    return reconstruction(shared_data / "jdm-mmf-reconstruction")


def verdicts(protocol: Protocol, chart: Chart, number: int) -> dict[str, Verdict]:
    outcome = plan(protocol, "good response")
    return {
        case.case_id: verdict(protocol, chart, case, outcome, outcome.specs[number]) for case in cases(protocol, chart)
    }


def number_of(protocol: Protocol, varied: tuple[str, ...], reading: str) -> int:
    outcome = plan(protocol, "good response")
    (found,) = [spec.number for spec in outcome.specs if spec.varied == varied and spec.reading == reading]
    return found


def test_no_choice_is_open(protocol: Protocol, chart: Chart) -> None:
    assert [] == choices_needed(protocol, chart)


def test_all_eight_are_included(protocol: Protocol, chart: Chart) -> None:
    assert list(EXPECTED) == [case.case_id for case in cases(protocol, chart) if case.included]


@pytest.mark.parametrize("patient", EXPECTED)
def test_values_and_verdict_of_each_patient(protocol: Protocol, chart: Chart, patient: str) -> None:
    found = verdicts(protocol, chart, 0)[patient]
    values = {quantity.slot: quantity for quantity in found.quantities}

    def pair(measure: str) -> tuple[Fraction | None, ...]:
        return tuple(values[Slot(measure, window)].value for window in ("baseline", "month 3"))

    before, after, mmt, cmas, steroid, good = EXPECTED[patient]
    assert before == values[Slot("mmt", "baseline")].day
    assert after == values[Slot("mmt", "month 3")].day == found.day
    assert mmt == pair("mmt")
    assert cmas == pair("cmas")
    assert tuple(map(Fraction, steroid)) == pair("steroid")
    assert good == found.truth == found.rule_truth
    assert () == found.events


@pytest.mark.parametrize(
    ("reading", "responders"),
    [
        ("as written", "P1 P2 P3 P4 P5 P6"),
        ("scores and dose both needed", "P1 P2 P3"),
        ("dose alone suffices", "P1 P2 P3 P4 P5 P6 P8"),
        ("judgement not asked", "P1 P2 P3 P4 P5 P6 P7 P8"),
    ],
)
def test_readings(protocol: Protocol, chart: Chart, reading: str, responders: str) -> None:
    varied = () if reading == "as written" else ("reading",)
    found = verdicts(protocol, chart, number_of(protocol, varied, reading))
    assert responders.split() == [patient for patient, answer in found.items() if answer.truth]


@pytest.mark.parametrize(
    ("window", "take", "mmt", "cmas", "taper"),
    [
        ("", "", "10.625", "7", "18"),
        ("month 3", "first", "10.125", "6.75", "16.4375"),
        ("month 3", "last", "10.75", "7.25", "19.25"),
        ("baseline", "first", "10.875", "7.25", "18"),
    ],
)
def test_mean_changes(
    protocol: Protocol, chart: Chart, window: str, take: str, mmt: str, cmas: str, taper: str
) -> None:
    outcome = plan(protocol, "good response")
    varied = (f"window {window}",) if window else ()
    (spec,) = [
        spec
        for spec in outcome.specs
        if spec.varied == varied and (not window or spec.windows[window].take == take)
        if all(spec.windows[name].from_ == protocol.windows[name].from_ for name in spec.windows)
    ]
    found = [verdict(protocol, chart, case, outcome, spec) for case in cases(protocol, chart)]

    def mean(measure: str, percent: bool) -> Fraction:
        total = Fraction(0)
        for answer in found:
            values = {quantity.slot: quantity.value for quantity in answer.quantities}
            before, after = (values[Slot(measure, name)] for name in ("baseline", "month 3"))
            assert before is not None and after is not None
            total += 100 * (before - after) / before if percent else after - before
        return total / len(found)

    assert Fraction(mmt) == mean("mmt", percent=False)
    assert Fraction(cmas) == mean("cmas", percent=False)
    assert Fraction(taper) == mean("steroid", percent=True)


def test_the_dose_per_kilogram_names_the_same_responders(protocol: Protocol, chart: Chart) -> None:
    found = verdicts(protocol, chart, number_of(protocol, ("dose",), "as written"))
    assert ["P1", "P2", "P3", "P4", "P5", "P6"] == [patient for patient, answer in found.items() if answer.truth]
    values = {quantity.slot: quantity.value for quantity in found["P1"].quantities}
    assert Fraction(40) / Fraction("27.4") == values[Slot("steroid", "baseline")]


def test_follow_up_is_observed_and_on_drug(protocol: Protocol, chart: Chart) -> None:
    (first, *_) = cases(protocol, chart)
    assert first.index is not None and first.follow_end is not None
    assert 792 == first.follow_end - first.index
    assert first.follow_end == first.on_drug_end
