"""How far the headline depends on choices, in a sentence: what the rule as written gives in every way, and what other readings give."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.protocol.specs import AS_WRITTEN
from caseseries.report.exhibits.printed_blocks import Paragraph
from caseseries.report.exhibits.printed_numbers import whole
from caseseries.report.exhibits.robustness import NOT_RECORDED, choices_of, ordered, same_verdicts, varied
from caseseries.report.exhibits.words import capital, listed
from caseseries.summary.model import Cell as GridCell
from caseseries.summary.model import OutcomeSummary, Summary


def robustness_words(summary: Summary, name: str) -> Paragraph | None:
    """How far the headline depends on choices, with how many verdicts stay; None where nothing else is declared or a count is a range."""
    told = spread_words(summary, name)
    if not told:
        return None
    grid = ordered(summary.outcomes[name])
    same = sum(same_verdicts(cell) for cell in grid[1:])
    return Paragraph(
        f"{told} In {same} of the {len(grid) - 1} ways other than the protocol as written every case has the same verdict. These cells "
        "share the same cases and are not probabilities."
    )


def spread_words(summary: Summary, name: str) -> str:
    """Between how many and how many of the denominator meet an outcome: with the rule as written, and with the rule itself read otherwise.

    Empty where nothing else is declared or a count is a range.
    """
    outcome = summary.outcomes[name]
    grid = ordered(outcome)
    if len(grid) < 2 or any(cell.answers.yes.exact is None or cell.answers.inside.exact is None for cell in grid):
        return ""
    written = [cell for cell in grid if cell.reading == AS_WRITTEN]
    read = [cell for cell in grid if cell.reading != AS_WRITTEN]
    kinds = _varied_words(outcome)
    told = f"{capital(name)}: {_ends(written)}"
    if len(written) > 1:
        told += (
            f" in {'all' if _alike(written) else 'the'} {len(written)} combinations of {kinds} with the rule as written"
        )
    else:
        told += " as written"
    if read:
        told += f"; {_ends(read)} in the {len(read)} in which" if len(read) > 1 else f"; {_ends(read)} where"
        told += " the rule itself is read otherwise"
    return f"{told}."


def _alike(cells: Sequence[GridCell]) -> bool:
    return len({(cell.answers.yes, cell.answers.inside) for cell in cells}) == 1


def _ends(cells: Sequence[GridCell]) -> str:
    """`6 of 8`, or from the least to the most."""
    counts = [cell.answers.yes.low for cell in cells]
    totals = sorted({cell.answers.inside.low for cell in cells})
    of = whole(totals[0]) if len(totals) == 1 else f"{whole(totals[0])} to {whole(totals[-1])}"
    low, high = min(counts), max(counts)
    told = f"{whole(low)} of {of}" if low == high else f"{whole(low)} to {whole(high)} of {of}"
    lost = max(cell.answers.not_evaluable.low for cell in cells)
    return f"{told} (up to {whole(lost)} not evaluable)" if lost else told


def _varied_words(outcome: OutcomeSummary) -> str:
    """The kinds of choice that differ between cells, but for the reading."""
    kinds = dict[str, None]()
    for key in varied(choices_of(outcome).values()):
        if key != "reading":
            kinds[_KINDS.get(key, "the value taken" if key.endswith(", take") else "the window")] = None
    return listed(kinds)


_KINDS = {NOT_RECORDED: "what is not recorded", "doses in": "the unit of the dose"}
