"""Where a table ends although the sheet goes on: rows of means, legends and signatures under it, which are about no patient."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Literal

from caseseries.chart.sheet import Raw, blank, shown

#: Words that begin a line of summary or a legend, in the languages that clinics write in. They are said, never left out.
SUMMARY_WORDS = frozenset(
    [
        "mean", "median", "avg", "sd", "s.d.", "se", "sem", "iqr", "range", "total",
        "sum", "average", "n", "count", "number", "minimum", "maximum", "std", "stdev", "stddev",
        "legend", "note", "notes", "abbreviations", "abbreviation", "source", "signature", "signed", "updated",
        "mittelwert", "durchschnitt", "mw", "standardabweichung", "summe", "gesamt", "anzahl", "legende", "quelle", "stand",
        "moyenne", "somme", "effectif", "légende", "totale", "media", "mediana", "suma", "promedio",
        "leyenda", "nota", "notas",
    ]
)  # fmt: skip
#: Words of a summary that are names as well: a patient where they stand among others, or beside words.
NAMES_TOO = frozenset(["max", "min"])
_NUMBER = re.compile(r"\d[\d./_-]*[^\W\d_]{0,2}")

_Kind = Literal["number", "mixed", "word", "phrase"]


def _kind(text: str) -> _Kind:
    if _NUMBER.fullmatch(text):
        return "number"
    if re.search(r"\s", text):
        return "phrase"
    return "mixed" if re.search(r"\d", text) else "word"


def says_summary(text: str, words: Collection[str] = SUMMARY_WORDS) -> bool:
    """Whether a text begins as a summary or a legend does.

    >>> says_summary("Total 2016"), says_summary("P1")
    (True, False)
    """
    first = re.split(r"[\s:=±(,;*]+", text.strip("* "), maxsplit=1)[0]
    return first.rstrip(".").casefold() in words or first.casefold() in words


def strange_ids(
    ids: Sequence[str], filled: Sequence[int] | None = None, worded: Sequence[bool] | None = None
) -> dict[int, str]:
    """The places of texts in a column of ids that are probably no ids, and why; in the order of the rows.

    Text among numbers is strange wherever it stands; sentences among ids with digits only behind the last of these, and single words
    there only where the row has fewer cells `filled` than all of those. `Max` and `Min` are names too: they are strange below all other
    ids, unless another cell of their row is `worded`, as that of a patient is and that of a summary is not.

    >>> strange_ids(["1", "2", "Mean"]), strange_ids(["P1", "P2", "* moved"])
    ({2: 'the id begins as a summary or a legend does'}, {2: 'the id is text where the others hold digits'})
    >>> strange_ids(["Anna", "Bob", "Max"]), strange_ids(["P1", "EF", "P2"]), strange_ids(["1", "2b", "P3", "4"])
    ({}, {}, {2: 'the id is text where the others are numbers'})
    >>> strange_ids(["Anna", "Bob", "Max"], worded=[False] * 3), strange_ids(["Max", "Bob", "Anna"], worded=[False] * 3)
    ({2: 'the id may be a name, or the word of a summary'}, {})
    """
    found = _strange(ids, filled)
    if worded is not None:
        named = {text for text in set(ids) if says_summary(text, NAMES_TOO)}
        names = {place for place, text in enumerate(ids) if place not in found and text in named}
        last = max((place for place in range(len(ids)) if place not in found and place not in names), default=-1)
        found |= {
            place: "the id may be a name, or the word of a summary"
            for place in names
            if place > last >= 0 and not worded[place]
        }
    return dict(sorted(found.items()))


def _strange(ids: Sequence[str], filled: Sequence[int] | None) -> dict[int, str]:
    summaries = {text for text in set(ids) if says_summary(text)}
    kind_of = {text: _kind(text) for text in set(ids) - summaries}
    found = {
        place: "the id begins as a summary or a legend does" for place, text in enumerate(ids) if text in summaries
    }
    kinds = {place: kind_of[text] for place, text in enumerate(ids) if place not in found}
    if not kinds or len(found) > len(kinds):
        return {} if not kinds else found
    counted = Counter(kinds.values())
    usual = max(counted, key=lambda kind: (counted[kind], kind == next(iter(kinds.values()))))
    if usual in ("word", "phrase") or counted[usual] < 2:
        first = next(iter(kinds.values()))
        if first in ("word", "phrase") or counted[first] < 2:
            return found | _remarks({place: ids[place] for place in kinds}, filled)
        usual = first
    last = max(place for place, kind in kinds.items() if kind == usual)
    least = min(filled[place] for place, kind in kinds.items() if kind == usual) if filled else None
    other = {"number": {"mixed", "word", "phrase"}, "mixed": {"word", "phrase"}}[usual]
    for place, kind in kinds.items():
        if usual == "mixed" and kind == "word" and (least is None or filled is None or filled[place] >= least):
            continue
        if kind in other and (place > last or (usual == "number" and counted[kind] < counted[usual])):
            found[place] = f"the id is text where the others {'are numbers' if usual == 'number' else 'hold digits'}"
    return found


#: Why a text among names is probably no id.
NO_NAME = "the id reads as a remark where the others are names"


def _remarks(ids: Mapping[int, str], filled: Sequence[int] | None) -> dict[int, str]:
    """Texts below a list of names that are no names, in rows that hold less than those of names, or in a list of nothing but ids.

    >>> sorted(_remarks(dict(enumerate(["Anna", "Bob", "Eva Maria", "6 patients", "*lost", "last seen by KM"])), None))
    [3, 4, 5]
    >>> _remarks(dict(enumerate(["Anna", "Bob 2", "Eva Maria"])), None), _remarks(dict(enumerate(["Case 1", "Case 2"])), None)
    ({}, {})
    """
    names = [place for place, text in ids.items() if not _is_remark(text)]
    if len(names) < max(2, len(ids) - len(names)):
        return {}
    last, least = names[-1], min(filled[place] for place in names) if filled else 0
    alone = filled is None or max(filled[place] for place in ids) == 1
    return {
        place: NO_NAME for place in ids if place > last and (alone or (filled is not None and filled[place] < least))
    }


def _is_remark(text: str) -> bool:
    """Whether a text is no name: it holds a digit or a sign that names have not, begins small, or is a sentence."""
    words = text.split()
    return (
        re.search(r"[\d:=*†‡#;?!<>]", text) is not None
        or not text[:1].isalpha()
        or (len(words) > 1 and text[:1].islower())
        or len(words) > LONGEST_NAME
    )


#: Words that the name of a person has at most.
LONGEST_NAME = 3


def like_most(ids: Iterable[str]) -> Callable[[str], bool]:
    """What tells whether a text is written as most ids are: as a number, with digits, or as one word; a sentence is no id.

    >>> like_most(["P1", "P2"])("P9"), like_most(["Anna", "Bob"])("Mean"), like_most(["P1"])("see below")
    (True, False, False)
    """
    usual = Counter(map(_kind, ids)).most_common(1)
    return lambda text: bool(usual) and not says_summary(text) and _kind(text) == usual[0][0] != "phrase"


def repeats_heading(cells: Sequence[Raw], heading: Sequence[Raw], positions: Sequence[int]) -> bool:
    """Whether a row is the heading once more, as where pages were put one behind the other; `positions` are those of the ids.

    >>> repeats_heading(["id", "mmt"], ["ID", "MMT"], [0]), repeats_heading(["id", "3"], ["id", "mmt"], [0])
    (True, False)
    """
    if any(position >= len(cells) or position >= len(heading) for position in positions):
        return False
    if any(shown(cells[position]).casefold() != shown(heading[position]).casefold() for position in positions):
        return False  # as nearly every row
    alike = [
        position
        for position, (cell, name) in enumerate(zip(cells, heading, strict=False))
        if not blank(cell) and shown(cell).casefold() == shown(name).casefold()
    ]
    return set(positions) <= set(alike) and 2 * len(alike) > filled_cells(cells)


def only_ids(rows: Sequence[Sequence[Raw]], positions: Sequence[int]) -> set[int]:
    """The places of rows that hold nothing but an id, where most rows of the table hold more.

    >>> sorted(only_ids([["P1", 3], ["P2", 4], ["see below", None]], [0])), only_ids([["P1"], ["P2"]], [0])
    ([2], set())
    """
    alone = {
        place
        for place, cells in enumerate(rows)
        if all(blank(cell) for position, cell in enumerate(cells) if position not in positions)
    }
    return alone if 2 * len(alone) < len(rows) else set()


def filled_cells(cells: Sequence[Raw]) -> int:
    """How many cells of a row hold something."""
    return sum(not blank(cell) for cell in cells)


def has_words(cells: Sequence[Raw], positions: Sequence[int]) -> bool:
    """Whether a cell of a row, other than its id, holds letters.

    >>> has_words(["Max", "F", "3"], [0]), has_words(["Max", "", "3.5"], [0])
    (True, False)
    """
    others = (cell for position, cell in enumerate(cells) if position not in positions)
    return any(isinstance(cell, str) and re.search(r"[^\W\d_]", cell) is not None for cell in others)


def table_end(rows: Mapping[int, Sequence[Raw]], position: int) -> int | None:
    """The last row of a table, by the ids in a column, where only rows follow that are about nobody; None where it ends with the sheet.

    >>> table_end({2: ["P1", 3], 3: ["P2", 4], 5: ["Mean", 3.5], 7: ["F = female"]}, 0)
    3
    """
    numbers = sorted(rows)
    ids = {number: shown(rows[number][position]) if position < len(rows[number]) else "" for number in numbers}
    named = [number for number in numbers if ids[number]]  # an id may stand once for several rows
    strange = {
        named[place]
        for place in strange_ids(
            [ids[number] for number in named],
            [filled_cells(rows[number]) for number in named],
            [has_words(rows[number], [position]) for number in named],
        )
    }
    strange |= {named[place] for place in only_ids([rows[number] for number in named], [position])}
    good = [number for number in named if number not in strange]
    if not good or good[-1] == named[-1]:
        return None
    return max(number for number in numbers if number < min(one for one in strange if one > good[-1]))
