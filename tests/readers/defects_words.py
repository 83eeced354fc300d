"""Ids of nobody or of a twin, and words that nobody declared."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from fractions import Fraction

from tests.readers.book import Book, Spot
from tests.readers.choosing import Chooser
from tests.readers.defects import Spoilt, as_text, cannot_hold, cells, defect, instead, pick, row_of, spoil_cell, spot
from tests.readers.defects_numbers import FULL_WIDTH
from tests.readers.layouts import UNITS, Record
from tests.readers.reading import stated

_LOOKS = str.maketrans({"P": "Р", "S": "Ѕ", "A": "А", "0": "O", "1": "l"})
IDS: list[tuple[str, Callable[[str], str], bool]] = [
    ("id: other letters", lambda one: one.swapcase() if one.swapcase() != one else f"{one}a", False),
    (
        "id: letters that look alike",
        lambda one: one.translate(_LOOKS) if one.translate(_LOOKS) != one else f"{one}О",
        False,
    ),
    ("id: a zero more", lambda one: f"0{one}", False),
    ("id: a tab behind", lambda one: f"{one}\t", True),
    ("id: a mark of direction", lambda one: f"\u200f{one}", True),
    ("id: in brackets", lambda one: f"({one})", False),
    ("id: with a title", lambda one: f"Patient {one}", False),
    ("id: with a raised sign", lambda one: f"{one}¹", False),
    ("id: a comma behind", lambda one: f"{one},", False),
    ("id: a point zero behind", lambda one: f"{one}.0", False),
    ("id: a hyphen more", lambda one: f"{one[0]}-{one[1:]}" if len(one) > 1 else f"-{one}", False),
    (
        "id: full width",
        lambda one: one.translate(FULL_WIDTH) if one.translate(FULL_WIDTH) != one else f"{one}１",
        False,
    ),
    ("id: a space of no width", lambda one: f"{one}\u200b", True),
    ("id: a no-break space", lambda one: f"\xa0{one}", True),
    ("id: with a question mark", lambda one: f"{one}?", False),
    ("id: two of them", lambda one: f"{one}/{one}", False),
    ("id: with an exponent", lambda one: "1E+05", False),
    ("id: nobody's", lambda one: "777", False),
    ("id: none", lambda one: "", False),
]


def _id_defect(name: str, text: Callable[[str], str], same: bool, **wishes: str) -> None:
    @defect(name, merged_ids="no", strangers="none", **wishes)
    def spoil(choose: Chooser, book: Book) -> Spoilt | None:
        last_id = (
            "id2" if any(here.key == "id2" for sheet in book.sheets.values() for here in sheet.spots.values()) else "id"
        )
        merged = {row for sheet in book.sheets.values() for one in sheet.merged for row in range(one[0], one[1] + 1)}
        # the row of a drug that belongs to nobody, or to somebody else, is refused; among the patients it may be another patient
        where = pick(
            choose,
            [
                at
                for at in cells(book, lambda spot: spot.key == last_id and spot.table not in ("patients", "screening"))
                if at[1] not in merged
            ],
        )
        if where is None:
            return None
        written = text(str(spot(book, where).said))
        if cannot_hold(book, written) or written == spot(book, where).said:
            return None
        cell = as_text(book, written) if written or book.medium == "csv" else None
        spoilt = spoil_cell(book, where, cell, silent=[stated(book)] if same else [])
        spoilt.at.append((where[0], where[1], None))  # an id in two columns is said at the first of them
        return spoilt


for _three in IDS:
    _id_defect(*_three)
_id_defect("id: its zeros lost", lambda one: str(int(one)) if one.isdigit() else one, same=False, ids="leading zeros")


def _word_defect(
    name: str,
    wanted: Callable[[Spot], bool],
    words: tuple[str, ...],
    told: Callable[[Record, str], list[Record]] | None = None,
    **wishes: str,
) -> None:
    @defect(name, **wishes)
    def spoil(choose: Chooser, book: Book) -> Spoilt | None:
        where = pick(choose, cells(book, wanted))
        word = choose.one(words)
        if where is None or cannot_hold(book, word):
            return None
        record = spot(book, where).record
        if any(one[0] == "value" and word in UNITS.get(one[2], ()) for one in row_of(book, where).records):
            return None  # of this measure it is known: a dose a day in mg
        said = [instead(book, where, record, one) for one in told(record, word)] if told and record is not None else []
        # what changes nothing of its record, as a frequency beside the total of a day, need not be told
        harmless = [one for one in said if one == stated(book)]
        spoilt = spoil_cell(book, where, as_text(book, word), told=said, silent=harmless)
        spoilt.at.append((where[0], where[1], None))  # what a word of a row means may be said at another of its cells
        return spoilt


def _other_drug(record: Record, word: str) -> list[Record]:
    return [(*record[:2], word.casefold(), *record[3:])]


def _no_dose(record: Record, word: str) -> list[Record]:
    """A dose that nobody can tell: in an unknown unit, or of an unknown number of times a day."""
    times = (None, Fraction(1), Fraction(2), Fraction(1, 2), Fraction(1, 7))
    return [(*record[:8], word, per_day, *record[10:]) for per_day in times]


def _no_times(record: Record, word: str) -> list[Record]:
    """Without the number of times a day; what is written as the total of a day needs none."""
    return [(*record[:9], None, *record[10:]), *[record] * (record[9] == 1)]


_word_defect(
    "word: neither yes nor no",
    lambda spot: isinstance(spot.said, bool),
    ("maybe", "yes?", "y e s", "2", "0.5", "ye", "+", "wahr", "1.5"),
)
_word_defect("word: an unknown sex", lambda spot: spot.kind == "words", ("fem", "Z", "f/m", "girl"), sex="words")
_word_defect("name: a drug nobody knows", lambda spot: spot.key == "drug", ("Wundermittel", "xyzzy"), _other_drug)
_word_defect(
    "name: nearly a drug", lambda spot: spot.key == "drug", ("predisone", "mycofenolate mofetil", "pred", "steroids")
)
_word_defect(
    "name: nearly a diagnosis that is asked for",
    lambda spot: spot.key == "diagnosis",
    ("juvenile dermatomyosits", "dermatomyositis juvenile", "juvenile dermatomyositis (amyopathic)"),
)
_word_defect(
    "name: a drug in letters that look alike", lambda spot: spot.key == "drug", ("МMF", "рrednisone"), _other_drug
)
_word_defect("name: two drugs", lambda spot: spot.key == "drug", ("MTX + prednisone", "MMF/prednisone"), _other_drug)
_word_defect(
    "name: a test nobody declared",
    lambda spot: spot.key == "what" and spot.said != "mood",
    ("CMAS total", "CKMB", "Score 2", "МMF"),
    values="a value a row",
)
_word_defect(
    "unit: unknown in its column",
    lambda spot: spot.key == "unit" and spot.table == "values",
    ("furlong", "mg", "U/mL", "stone", "U/l?"),
    values="a value a row with its unit",
)
_word_defect(
    "unit: of a dose, unknown",
    lambda spot: (
        spot.key == "unit" and spot.table == "drugs" and spot.record is not None and spot.record[2].startswith("pred")
    ),
    ("tablets", "mL", "IU", "mgs?"),
    _no_dose,
)
_word_defect(
    "name: a frequency nobody knows",
    lambda spot: spot.key == "often" and spot.record is not None and spot.record[2].startswith("pred"),
    ("when needed", "2/d?", "ad lib", "daily or weekly"),
    _no_times,
)
_word_defect(
    "name: a route nobody knows",
    lambda spot: spot.key == "route" and spot.record is not None and spot.record[2].startswith("pred"),
    ("somehow", "via pump", "iv/po"),
)
_word_defect(
    "name: an event that is a number",
    lambda spot: spot.key == "event",
    ("5", "2009", "3.5", "05/03/2009", "2009-03-05"),
)
_word_defect("yes and no: a tick", lambda spot: isinstance(spot.said, bool), ("✓", "✗", "☑"))
_word_defect(
    "name: a result of screening nobody declared",
    lambda spot: spot.key == "result",
    ("perhaps", "found", "not JDM?"),
    screening="a table",
)


def _lost(name: str, word: str, medium: str = "") -> None:
    @defect(name, medium=medium)
    def spoil(choose: Chooser, book: Book) -> Spoilt | None:
        """A term that lost a letter is another term, counted apart: told."""
        where = pick(choose, cells(book, lambda spot: spot.key == "event"))
        if where is None or cannot_hold(book, word) or (book.medium == "csv" and book.made["encoding"] != "utf-8"):
            return None
        record = row_of(book, where).records[0]
        said = instead(book, where, record, (*record[:3], word, *record[4:]))
        return spoil_cell(book, where, as_text(book, word), told=[said])


_lost("word: letters of another encoding", "FiÃ¨vre aprÃ¨s perfusion")
_lost("word: a letter that was lost", "Fi\ufffdvre")


@defect("word: letters in parts")
def decomposed(choose: Chooser, book: Book) -> Spoilt | None:
    """`è` as e and a mark, as some programs write it, is the same letter: one term, not two."""
    where = pick(choose, cells(book, lambda spot: spot.key == "event"))
    apart = unicodedata.normalize("NFD", "Fièvre")
    if where is None or cannot_hold(book, apart):
        return None
    record = row_of(book, where).records[0]
    return spoil_cell(
        book, where, as_text(book, apart), silent=[instead(book, where, record, (*record[:3], "Fièvre", *record[4:]))]
    )


@defect("about: a question mark behind a word of a course")
def doubt(choose: Chooser, book: Book) -> Spoilt | None:
    """`MMF?` is MMF, but told; where the word is no longer known it is refused, or its dose is not known."""
    where = pick(
        choose,
        cells(book, lambda spot: spot.key in ("drug", "often", "route") and not str(spot.said).startswith("our")),
    )
    if where is None:
        return None
    here = spot(book, where)
    record = here.record
    assert record is not None
    unknown = [instead(book, where, record, one) for one in _no_times(record, "")]
    return spoil_cell(book, where, as_text(book, f"{here.said}?"), told=[stated(book), *unknown])


@defect("unit: none where one is needed", values="a value a row with its unit")
def no_unit(choose: Chooser, book: Book) -> Spoilt | None:
    """A value of a laboratory without its unit, in a table that has a column for it."""
    units = cells(
        book, lambda spot: spot.key == "unit" and spot.table == "values" and spot.said not in ("points", "mmHg")
    )
    numbers = [
        at for at in units if any(record[0] == "value" and record[5] is not None for record in row_of(book, at).records)
    ]
    where = pick(choose, numbers)
    if where is None:
        return None
    spoilt = spoil_cell(book, where, as_text(book, "") if book.medium == "csv" else None)
    spoilt.at.append((where[0], where[1], None))
    return spoilt
