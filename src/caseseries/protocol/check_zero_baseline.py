"""Whether a value of 0 before can be: a measure whose range begins above 0 has none."""

from __future__ import annotations

from caseseries.protocol.draft import Draft
from caseseries.protocol.notes import Notes
from caseseries.protocol.written import decimal_text


def check_zero_baseline(draft: Draft, notes: Notes) -> None:
    """Every measure that says what a percent of 0 is."""
    for name, facts in draft.facts.items():
        low, high = facts.ends
        if facts.if_zero is None or not ((low is not None and low > 0) or (high is not None and high < 0)):
            continue
        ends = " to ".join(decimal_text(end) for end in (low, high) if end is not None)
        what = f"no value of {name} is 0: its range is {ends}"
        do = "mend the range, or leave `if_zero_baseline` out"
        notes.wrong(("measures", name, "if_zero_baseline"), what, facts.if_zero, do=do)
