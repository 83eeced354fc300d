"""The words of a table with a value per row: which measure each is, and in which unit its values stand."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.chart.sheet import blank, shown
from caseseries.form.column_look import MANY, column_profile
from caseseries.form.found import MeasureGuess
from caseseries.form.heading import plain
from caseseries.form.measure_names import MOST_OWN, measures_of
from caseseries.form.profile import Looked


def long_words(looked: Looked, roles: Mapping[str, str]) -> dict[str, MeasureGuess | None]:
    """Each word of the column of measures and what it probably is.

    None stands for words that hold no numbers, and for unknown ones beyond the first few.
    """
    column = looked.column(roles["measure"])
    if column is None:
        return {}
    words = looked.cells[roles["measure"]]
    values = looked.cells[roles["value"]]
    units = looked.cells.get(roles.get("unit", ""), (None,) * len(words))
    found: dict[str, MeasureGuess | None] = {}
    taken: set[str] = set()
    own = 0
    at_rows: dict[str, list[int]] = {}
    for at, cell in enumerate(words):
        if not blank(cell):
            at_rows.setdefault(shown(cell), []).append(at)
    for word in sorted(at_rows)[:MANY]:
        rows = at_rows[word]
        held = column_profile(word, [values[at] for at in rows if not blank(values[at])])
        written = sorted({shown(units[at]) for at in rows if not blank(units[at])})
        guessed = measures_of(held)
        one = guessed[0] if len(guessed) == 1 else None
        own += one is not None and one.kind == "quantity"
        if one is None or (one.kind == "quantity" and own > MOST_OWN):
            found[word] = None
            continue
        unit = one.unit or (written[0] if len(written) == 1 else "")
        name = one.measure if one.measure not in taken or one.instrument else plain(word)
        taken.add(name)
        found[word] = MeasureGuess(
            name,
            word,
            one.kind,
            one.instrument,
            one.choices,
            unit,
            one.needs_unit and not roles.get("unit") and not unit,
            better=one.better,
            label=one.label,
            seen=held.seen,
            ends=None if roles.get("unit") else one.ends,
            grades=one.grades,
        )
    return found
