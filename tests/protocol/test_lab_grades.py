"""Laboratory values to be graded: what is read, and what is said of mistakes."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.spec.small import BASE, merged

from caseseries import parts
from caseseries.errors import ProtocolError
from caseseries.protocol.load import parse
from caseseries.protocol.safety import Safety, version_of

MEASURES = """
measures:
  alt: {instrument: ALT}
  ck: {instrument: CK}
  cmas: {instrument: CMAS}
  hb: {quantity: haemoglobin, unit: points, better: none}
  own: {quantity: own, unit: fold, better: none}
  both: {sum: [alt, ck], unit: U/L, better: low}
  dose: {daily_dose: prednisone, as: mg/day}
"""


def mistakes(*graded: str) -> list[str]:
    yaml = YAML(typ="base")
    written: dict[str, Any] = merged(yaml.load(BASE), yaml.load(MEASURES))
    written["safety"] = {"until_after_last_dose": "30 days", "graded": [yaml.load(one) for one in graded]}
    text = StringIO()
    YAML().dump(written, text)
    try:
        parse(text.getvalue())
    except ProtocolError as wrong:
        return [f"{one.what} ({one.allowed}); {one.do}".rstrip("; ") for one in wrong.problems]
    return []


def line(measure: str, by: str = "CTCAE 5.0", within: str = "90 days", term: str = "") -> str:
    return f"{{measure: {measure}, by: {by}, baseline_within: {within}{f', term: {term}' if term else ''}}}"


def test_what_is_written_right_is_read() -> None:
    assert [] == mistakes(line("alt"), line("alt", "ctcae v6"), line("ck"), line("own", term="CPK increased"))
    assert [] == mistakes(line("alt", within="0 days"), line("own", term="ALT"))


@pytest.mark.parametrize(
    ("graded", "said"),
    [
        ([line("atl")], "no measure has this name (mmt, alt, ck, cmas, hb, own, both, dose); write alt"),
        ([line("alt", "CTCAE 4.03")], "`by` in item 1 of `graded` in `safety`: no version of CTCAE that values are graded by (CTCAE 5.0, CTCAE 6.0)"),
        ([line("alt", within="-90 days")], "the value before lies so many days before the index date (0 days or more)"),
        ([line("both")], "a derived measure is not graded (); name a value that a laboratory measures"),
        ([line("dose")], "only a measured number can be graded (); name a value that a laboratory measures"),
        ([line("alt"), line("alt", within="7 days")], "alt is graded by this version already (); leave one of them out"),
        ([line("ck", "CTCAE 6.0")], "CTCAE 6.0, as the catalogue has it, grades no such value (not in the version 6.0 table that was read; "
         "removed or renamed is unresolved)"),
        ([line("alt", term="CPK increased")], "CPK increased is graded by CK (); write `term:`, such as Platelet count decreased"),
        ([line("own")], "the catalogue does not know this measure, so the adverse event must be named (); "
         "write `term:`, such as Platelet count decreased"),
        ([line("hb", term="Anemia")], "not a unit of haemoglobin in the catalogue (accepted: g/dL, g/L, g%, gm/dL, g/100 mL, mmol/L)"),
    ],
)  # fmt: skip
def test_mistakes_are_told(graded: list[str], said: str) -> None:
    assert [said] == mistakes(*graded)


def test_a_scale_is_not_graded() -> None:
    (said,) = mistakes(line("cmas"))
    assert said.startswith("CTCAE 5.0, as the catalogue has it, grades no such value")


def test_they_are_made_in_python() -> None:
    made = parts.LabGrades(measure="alt", by="CTCAE 5.0", baseline_within="90 days")  # type: ignore[arg-type]
    assert ("5.0", 90, "") == (made.by, made.baseline_within, made.term)
    asked = parts.Safety(until_after_last_dose=30, graded=(made,))
    assert asked == Safety.model_validate(asked.model_dump(mode="json")) and version_of("6") == "6.0"
