"""What chart.yaml says of the whole chart, missing or contradicting what stands in the files: asked again, never decided in silence."""

from __future__ import annotations

from typing import Any

from tests.readers.book import Book
from tests.readers.choosing import Chooser
from tests.readers.defects import Spoilt, Where, cells, defect, pick
from tests.readers.defects_rows import rows_of
from tests.readers.facts import FromIndex


def _everywhere(book: Book, spoilt: Book) -> Spoilt:
    """A defect that concerns every row."""
    at: list[Where] = [(name, None, None) for name in book.sheets]
    at += [(name, row, None) for name, sheet in book.sheets.items() for row in sheet.rows]
    return Spoilt(spoilt, at, patients=[row.patient for sheet in book.sheets.values() for row in sheet.rows.values()])


def _without(book: Book, *names: str) -> Book:
    """The book without something that chart.yaml says, of the chart or of a table or column."""

    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: walk(part) for key, part in node.items() if key not in names}
        return [walk(part) for part in node] if isinstance(node, list) else node

    spoilt = book.copy()
    spoilt.declared = walk(spoilt.declared)
    return spoilt


@defect("not said: that dates were moved", dates_moved="yes", patients="alone")
def moved(choose: Chooser, book: Book) -> Spoilt | None:
    """All days lie in the future."""
    if not book.shifted:
        return None
    spoilt = _without(book, "shifted_dates")
    spoilt.cut_off = False  # a data cut-off that is still to come would allow them
    return _everywhere(book, spoilt)


@defect("not said: whether courses replace each other", a_dose_at_visits="compared with courses",
        courses_of_one_drug_at_one_time="add")  # fmt: skip
def overlapping(choose: Chooser, book: Book) -> Spoilt | None:
    """Two courses of a drug that runs into a daily dose, at one time."""
    at: list[Where] = [(name, row, None) for name, row in rows_of(book, "drugs")]
    takers = [
        record
        for name, row, _ in at
        for record in book.sheets[name].rows[row or 0].records
        if record[2] == "prednisone"
    ]
    together = [
        one for one in takers for other in takers
        if one is not other and one[1] == other[1] and one[3] <= other[4] and one[4] <= other[3] and (one[5] is None or one[5] >= other[4])
    ]  # fmt: skip
    return Spoilt(_without(book, "overlaps"), at) if together else None


@defect("not said: whether a fatal event is a death", a_fatal_event="death")
def fatal(choose: Chooser, book: Book) -> Spoilt | None:
    """An event of which the patient died, and no death."""
    at: list[Where] = [
        (name, row, None) for name, row in rows_of(book, "events")
        if any(("outcome", "fatal") in record[-1] for record in book.sheets[name].rows[row].records)
    ]  # fmt: skip
    return Spoilt(_without(book, "fatal"), at) if at else None


@defect("not said: that a word means still taken", a_course_that_goes_on="a word")
def still_on_it(choose: Chooser, book: Book) -> Spoilt | None:
    """`still on it` in place of a last day."""
    at: list[Where] = list(cells(book, lambda spot: spot.key == "stop" and getattr(spot.said, "text", "") != ""))
    return Spoilt(_without(book, "ongoing"), at) if at else None


@defect("not said: that days are counted", days_of_visits="study days")
def not_counted(choose: Chooser, book: Book) -> Spoilt | None:
    """Small numbers where dates belong."""
    at = cells(book, lambda spot: isinstance(spot.said, FromIndex))
    if not at or book.counted != "study days":
        return None
    rows = [book.sheets[name].rows[row] for name, row, _ in at]
    return Spoilt(_without(book, "counted"), [*at, *[(name, row, None) for name, row, _ in at]],
                  patients=[row.patient for row in rows if row.table == "patients"], rows=_values(book))  # fmt: skip


def _values(book: Book) -> list[tuple[str, int]]:
    tables = ("visits", "later visits", "values", "side by side", "patients")
    return [
        (name, number)
        for name, sheet in book.sheets.items()
        for number, row in sheet.rows.items()
        if row.table in tables
    ]


@defect("not said: what a word of a diagnosis means", a_diagnosis="by terms")
def no_terms(choose: Chooser, book: Book) -> Spoilt | None:
    """JDM, and juvenile dermatomyositis is asked for."""
    at: list[Where] = list(cells(book, lambda spot: spot.key == "diagnosis" and spot.said == "JDM"))
    return Spoilt(_without(book, "terms"), at) if at else None


@defect("not said: which drug a name means", a_drug_nobody_knows="in a group")
def no_drugs(choose: Chooser, book: Book) -> Spoilt | None:
    """A name that neither protocol nor catalogue knows."""
    at: list[Where] = list(cells(book, lambda spot: spot.key == "drug" and spot.said == "study biologic"))
    if not at:
        return None
    spoilt = book.copy()
    del spoilt.declared["tables"]["drugs"]["drugs"]
    return Spoilt(spoilt, [*at, *[(name, row, None) for name, row in rows_of(book, "drugs")]])


@defect("contradiction: not charted, and rows of it")
def charted_all_the_same(choose: Chooser, book: Book) -> Spoilt | None:
    """`charted: no` beside rows of adverse events."""
    rows = rows_of(book, "events")
    if not rows:
        return None
    spoilt = book.copy()
    spoilt.declared["charted"] = {**spoilt.declared.get("charted", {}), "adverse events": "no"}
    return Spoilt(spoilt, [(rows[0][0], None, None)])


@defect("decision: about another text than was found", a_decision_about_a_cell="read as")
def no_longer(choose: Chooser, book: Book) -> Spoilt | None:
    """The cell was changed after somebody decided on it."""
    if "accept" not in book.declared:
        return None
    spoilt = book.copy()
    said = spoilt.declared["accept"][0]
    said["found"] = "10"
    name = said.get("file") or said["sheet"]
    row = int(said["row"])
    concerned = book.sheets[name].rows[row]
    return Spoilt(spoilt, [(name, row, None)], patients=[concerned.patient] * (concerned.table == "patients"))


@defect("contradiction: a pressure below the other", in_order="one pressure below the other", pressure="two columns")
def pressures(choose: Chooser, book: Book) -> Spoilt | None:
    """The two pressures exchanged."""
    pairs = []
    for name, row, place in cells(book, lambda spot: spot.measure == "systolic" and spot.record is not None):
        spots = book.sheets[name].spots
        suffix = spots[row, place].key.removeprefix("systolic")
        other = next(at for at, one in spots.items() if at[0] == row and one.key == f"diastolic{suffix}")
        if (
            spots[other].record is not None
            and other in book.sheets[name].cells
            and getattr(spots[row, place].said, "value", None)
        ):
            pairs.append((name, (row, place), other))
    found = pick(choose, pairs)
    if found is None:
        return None
    name, one, other = found
    spoilt = book.copy()
    sheet = spoilt.sheets[name]
    sheet.cells[one], sheet.cells[other] = sheet.cells[other], sheet.cells[one]
    row = sheet.rows[one[0]]
    return Spoilt(spoilt, [(name, *other), (name, one[0], None)], patients=[row.patient] * (row.table == "patients"))
