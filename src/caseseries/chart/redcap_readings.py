"""Records that two people typed in (`id--1`, `id--2`): which reading counts, and where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseseries.chart.described_redcap import RedcapProject
from caseseries.chart.sheet import Bad, Raw, shown
from caseseries.chart.tables import Finding
from caseseries.errors import ChartError, Place, Problem

_FIRST, _SECOND = "--1", "--2"


def one_reading(
    rows: Mapping[int, list[Raw]], record: int, keys: Sequence[int], declared: RedcapProject, file: str
) -> tuple[dict[int, list[Raw]], list[Finding]]:
    """The rows of one reading of each record, under the id without its ending, and what was noticed.

    `record` and `keys` are the positions of the id and of what tells the rows of one record apart. A record that was merged (its id without
    an ending is there too) counts as merged.

    Raises:
        ChartError: there are two readings, and it is not said which counts.
    """
    ids = {row: shown(cells[record]) for row, cells in rows.items()}
    there = set(ids.values())
    both = {text[:-3] for text in there if text.endswith((_FIRST, _SECOND))}
    paired = {base for base in both if base + _FIRST in there and base + _SECOND in there}
    if not paired and not (both and declared.double_entry):
        return dict(rows), []
    if declared.double_entry is None:
        what = f"{len(paired)} records were entered twice (ids that end in --1 and --2)"
        do = "say under `redcap` which reading counts: `double_entry: first`, `second`, or `both` (cells that differ are then refused)"
        raise ChartError(
            f"{file} cannot be read.", [Problem(what, Place(file), do=do, question=True)], do="Nothing was run."
        )
    merged = both & there
    kept: dict[int, list[Raw]] = {}
    other: dict[tuple[str, ...], int] = {}
    left = _SECOND if declared.double_entry in ("first", "both") else _FIRST
    alone = both - paired - merged
    for row, cells in rows.items():
        text = ids[row]
        base = text[:-3] if text.endswith((_FIRST, _SECOND)) else text
        if base != text and base in merged:
            continue
        if base != text and base not in alone and text.endswith(left):
            other[(base, *(shown(cells[at]) for at in keys))] = row
            continue
        kept[row] = [*cells[:record], base, *cells[record + 1 :]]
    findings = [_counted(len(paired - merged), len(merged), len(alone), declared, file)]
    if declared.double_entry == "both":
        findings += _differences(rows, kept, other, record, keys, file)
    return kept, findings


def _counted(paired: int, merged: int, alone: int, declared: RedcapProject, file: str) -> Finding:
    which = {"first": "the first counts", "second": "the second counts", "both": "what both say counts"}
    said = f"{paired} records with two readings, of which {which[declared.double_entry or 'first']}"
    said += f"; {merged} merged ones" * bool(merged) + f"; {alone} with one reading alone" * bool(alone)
    return Finding("warning" if alone else "note", "double entry", said, Place(file))


def _differences(
    rows: Mapping[int, list[Raw]],
    kept: dict[int, list[Raw]],
    other: Mapping[tuple[str, ...], int],
    record: int,
    keys: Sequence[int],
    file: str,
) -> list[Finding]:
    """Break the cells of which two readings differ, and tell the rows that one reading has alone."""
    findings, met = [], set[int]()
    for row, cells in kept.items():
        if not shown(rows[row][record]).endswith((_FIRST, _SECOND)):
            continue
        again = other.get((shown(cells[record]), *(shown(cells[at]) for at in keys)))
        if again is None:
            findings.append(_alone(row, cells, record, file))
            continue
        met.add(again)
        for at, cell in enumerate(cells):
            one, two = shown(cell), shown(rows[again][at])
            if at != record and one != two:
                what = f"the two readings differ (rows {row} and {again})"
                cells[at] = Bad(f"{one} | {two}", what, "one value in both, or a decision under `accept`")
    return findings + [_alone(row, rows[row], record, file) for row in sorted(set(other.values()) - met)]


def _alone(row: int, cells: Sequence[Raw], record: int, file: str) -> Finding:
    what = "a row that only one of the two readings has"
    return Finding("error", "double entry", what, Place(file, row=row), patient=shown(cells[record]))
