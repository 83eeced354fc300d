"""How the protocol was fixed, which choices were left as suggested, and what was changed later."""

from __future__ import annotations

from caseseries.report.exhibits.printed_blocks import Block, Cell, Column, Paragraph, Points, Row, Table
from caseseries.report.exhibits.words import capital, typeset
from caseseries.summary.model import Summary


def fixed(summary: Summary) -> str:
    """When the protocol was fixed relative to outcomes, as one sentence; never a word more than is known.

    The word for it is `fixed`: what the authors knew before is their statement, which is quoted beside it.
    """
    if not summary.locked:
        return "The protocol was not locked: nothing shows whether it was fixed before or after outcomes were seen."
    told = summary.locked.strip().rstrip(".")
    if told.casefold().startswith("the protocol"):
        return f"{capital(told)}."
    return f"The protocol was {told[:1].lower()}{told[1:]}."


def knew(summary: Summary) -> str:
    """What the authors state they knew when they wrote the protocol."""
    stated = summary.protocol.authors_knew.strip()
    return (
        f"The authors state: “{stated}”"
        if stated
        else "The authors do not state what they knew of the results when they wrote it."
    )


def history(summary: Summary) -> tuple[Block, ...]:
    """Locking, amendments, deviations, suggested and data-driven choices, outcomes that wait."""
    blocks: list[Block] = [
        Paragraph(f"{fixed(summary)} {knew(summary)}{f' {summary.unnoted}' if summary.unnoted else ''}")
    ]
    if summary.protocol.amendments:
        rows = tuple(
            Row((Cell(amendment.date.isoformat()), Cell(amendment.what), Cell(amendment.reason)))
            for amendment in sorted(summary.protocol.amendments, key=lambda found: (found.date, found.what))
        )
        blocks.append(
            Table("amendments", "Amendments after locking", (Column("Date"), Column("Change"), Column("Reason")), rows)
        )
    lists = (
        ("Deviations from the locked protocol", summary.deviations or ("None.",)),
        ("Choices left as the software suggested them", summary.suggested or ("None.",)),
        ("Declared and not computed yet", summary.pending),
    )
    blocks += [Points(tuple(items), label) for label, items in lists if items]
    return tuple(blocks)


def choices_table(summary: Summary) -> Table | None:
    """Every choice in force, in words."""
    if not summary.choices:
        return None
    rows = tuple(
        Row((Cell(capital(name.replace("_", " ").replace(" > ", " › "))), Cell(typeset(value))))
        for name, value in summary.choices
    )
    return Table("choices", "Choices in force", (Column("Choice"), Column("As declared", "sentences")), rows)
