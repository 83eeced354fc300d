"""The rules that docs/protocol.md prints, and what it says that they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.spec.small import answers, protocol

from caseseries.protocol.measures import all_measures
from caseseries.protocol.specs import plan
from caseseries.verdict.narrator import sentence
from caseseries.verdict.trace_lines import trace_lines

PAGE = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"
PRINTED = re.findall(
    r"```yaml\n([^`]*)```\n<!-- printed: ([^\n]*) -->\n```text\n([^`]*)```", PAGE.read_text(encoding="utf-8")
)
STUDY = """
measures:
  mmt: {instrument: MMT8}
  cmas: {instrument: CMAS}
  chaq: {instrument: CHAQ}
  improved: {judgement: physician judged improved, since: index date}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  after: {from: 46 days, to: 134 days, take: last}
outcomes: {response: {at: after, rule: {%s}}}
"""


def rows(printed: str) -> str:
    """The chart of a line such as `MMT 50 → 54, improved`."""
    found = ""
    for part in printed.split(", "):
        name, *values = part.replace(" → ", " ").split()
        days = f"0:{values[0]}, 90:{values[1]}" if values else "90:yes"
        found += f"1 | {name.lower()} | {days}\n"
    return found


def test_some_are_printed() -> None:
    assert len(PRINTED) == 4


@pytest.mark.parametrize(("rule", "printed", "said"), PRINTED)
def test_what_the_page_prints(rule: str, printed: str, said: str) -> None:
    study = protocol(STUDY % ", ".join(rule.strip().splitlines()))
    spec, measures = plan(study, "response").primary, all_measures(study)
    verdict = answers(study, rows(printed), "reference").verdicts["1", "response", 0]
    told = "\n".join(trace_lines(spec.tree, verdict, measures, study, spec))
    assert said.strip() == (
        sentence(spec.tree, verdict, measures, study, spec) if "day 90:" in said.split("(")[0] else told
    )
