"""The answers about the patients of a spec: a table, and the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tools.manual.markdown import fenced, paragraphs, prose, table
from tools.manual.told import Answer, CaseTold


def answer_table(told: Sequence[CaseTold], remarks: Mapping[str, str]) -> str:
    """A line for each case: the answer of every outcome and reading, and what the case is there to show."""
    columns = list(dict.fromkeys(answer.called for case in told for answer in case.answers if answer.called))
    rows = []
    for case in told:
        by = {answer.called: f"**{answer.word}**" for answer in case.answers}
        cells = [by.get(column, by.get("", "")) for column in columns] or [by.get("", "")]
        rows.append([case.case_id, *cells, *([remarks.get(case.case_id, "")] if remarks else [])])
    head = ["patient", *(columns or ["answer"]), *(["remark"] if remarks else [])]
    return table(head, rows)


def reasons(told: Sequence[CaseTold], *, trace: bool = False) -> str:
    """The sentence on each answer; with `trace` also the rule part by part, where it has several."""
    return paragraphs(*(_of_case(case, trace=trace) for case in told))


def _of_case(case: CaseTold, *, trace: bool) -> str:
    parts = _parts(case) if trace else ""
    if len(case.answers) == 1:
        return paragraphs(prose(f"**Patient {case.case_id}.** {case.answers[0].sentence}"), parts)
    said = "\n".join(f"- {_reading(one)}{one.sentence}" for one in case.answers)
    return paragraphs(f"**Patient {case.case_id}**", prose(said), parts)


def _reading(answer: Answer) -> str:
    return f"*{answer.reading}*: " if answer.reading else ""


def _parts(case: CaseTold) -> str:
    """Each rule of several parts, part by part, folded away where the page can be folded."""
    told = [one for one in case.answers if len(one.trace) > 1]
    if not told:
        return ""
    named = len(case.answers) > 1
    blocks = [
        "\n".join([f"{one.called}:", *(f"  {line}" for line in one.trace)] if named else one.trace) for one in told
    ]
    return paragraphs("<details><summary>part by part</summary>", fenced("\n\n".join(blocks)), "</details>")
