"""Whatever stands in the place of a piece, a protocol is refused with sentences and never with a traceback."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from caseseries.errors import ProtocolError
from caseseries.protocol.load import parse
from caseseries.protocol.yaml import read

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "jdm-mmf" / "protocol.yaml"
ODD: tuple[Any, ...] = (None, "", "x", [], {}, ["x"], {"x": "y"}, [{"x": ["y"]}], "-1", "0 % of range")


def odd_texts(odd: Any) -> list[str]:
    """The example with each value in turn replaced by something else."""
    whole = read(EXAMPLE)
    texts = []
    for path in list(whole.spots)[1:]:
        data = copy.deepcopy(whole.data)
        inner: Any = data
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = odd
        texts.append(json.dumps(data, indent=1).replace("null", "~"))  # YAML reads JSON
    return texts


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_an_odd_value_anywhere_is_refused_in_words(odd: Any) -> None:
    for text in odd_texts(odd)[::6]:
        try:
            parse(text)
        except ProtocolError as error:
            assert error.problems
