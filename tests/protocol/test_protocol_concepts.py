"""Mistakes in concept sets are told at the value that is meant."""

from __future__ import annotations

import pytest
from tests.source.omop.conftest import PROTOCOL

from caseseries.errors import ProtocolError
from caseseries.protocol.load import parse


@pytest.mark.parametrize(
    ("units", "what", "found"),
    [
        ("{8876: 1, pound: 2}", "`pound` is no id of a unit", "2"),
        ("{8876: 1, 9529: 0}", "the factor of unit 9529 is not more than 0", "0"),
        ("{8876: kg}", "not a number", "kg"),
    ],
)
def test_a_unit_is_refused_at_its_factor(units: str, what: str, found: str) -> None:
    text = PROTOCOL.format(measures="", concepts=f"  sbp: {{units: {units}}}\n")
    with pytest.raises(ProtocolError) as wrong:
        parse(text)
    (problem,) = wrong.value.problems
    assert what in problem.what and found == problem.found
    line = text.splitlines()[(problem.place.line or 0) - 1]
    assert found == line[int(problem.place.column) - 1 :][: len(found)]
