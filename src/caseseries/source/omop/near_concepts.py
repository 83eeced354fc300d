"""Concepts that are called nearly what was asked for."""

from __future__ import annotations

import re
from difflib import get_close_matches

from caseseries.protocol.written import folded
from caseseries.source.omop.opened import Opened

#: Names of concepts that are compared with a misspelt one.
COMPARED = 50_000
#: Of how many concepts a message tells.
_MOST = 4


def has_names(opened: Opened) -> bool:
    """Whether the database has a table concept with names."""
    return opened.has("concept") and "concept_name" in opened.relations["concept"].columns


def near_concepts(opened: Opened, name: str) -> list[tuple[int, str]]:
    """Concepts (id, name in small letters) whose names hold the name, or are spelt much like it; none without a vocabulary."""
    if not has_names(opened):
        return []
    query = opened.query("concept", "concept_id", "concept_name")
    word = folded(name)
    named = f"SELECT concept_id, lower(concept_name) AS called FROM ({query}) AS c WHERE concept_name IS NOT NULL"
    with opened.reading("concept"):
        rows = opened.engine.rows(
            f"SELECT concept_id, called FROM ({named}) AS n WHERE called LIKE ? ORDER BY length(called), concept_id LIMIT {_MOST}",
            [f"%{word.replace('%', '').replace('_', '')}%"],
        )
        if not rows:
            rows = _beginning(opened, named, word)
            close = get_close_matches(word, [str(row[1]) for row in rows], _MOST, 0.75)
            rows = [row for row in rows if row[1] in close]
    return [(int(number), str(called)) for number, called in rows[:_MOST]]


def near_words(opened: Opened, word: str) -> list[str]:
    """Words of names of concepts that begin like a word and are spelt much like it."""
    if not has_names(opened):
        return []
    query = opened.query("concept", "concept_id", "concept_name")
    begins = _bare(folded(word)[:2])
    named = f"SELECT concept_id, lower(concept_name) AS called FROM ({query}) AS c WHERE concept_name IS NOT NULL"
    with opened.reading("concept"):
        rows = opened.engine.rows(
            f"SELECT called FROM ({named}) AS n WHERE called LIKE ? OR called LIKE ? ORDER BY length(called), concept_id LIMIT {COMPARED}",
            [f"{begins}%", f"% {begins}%"],
        )
    words = {part for (called,) in rows for part in re.findall(r"\w[\w'-]*", str(called))}
    return get_close_matches(folded(word), sorted(words), _MOST, 0.75)


def _beginning(opened: Opened, named: str, word: str) -> list[tuple[int, str]]:
    rows = opened.engine.rows(
        f"SELECT concept_id, called FROM ({named}) AS n WHERE called LIKE ? ORDER BY length(called), concept_id LIMIT {COMPARED}",
        [f"{_bare(word[:2])}%"],
    )
    return [(int(number), str(called)) for number, called in rows]


def _bare(text: str) -> str:
    return text.replace("%", "").replace("_", "")
