"""Table 1: who the included cases are, each row with its true denominator and what is unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from caseseries.chart.personal_words import without_dates
from caseseries.protocol.eligibility import Diagnosis
from caseseries.protocol.measures import MeasureFacts
from caseseries.report.exhibits.count_words import share_text
from caseseries.report.exhibits.describe import PARTS, binned_note, count, full_range, mean_sd, median_iqr, places
from caseseries.report.exhibits.finer_shares import adds_up, share_finely
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table, heading, numbers
from caseseries.report.exhibits.printed_numbers import (
    EN_DASH,
    absent,
    alike,
    percent_range,
    plain,
    share,
    span,
    whole,
)
from caseseries.report.exhibits.selection import people_words, several_courses
from caseseries.report.exhibits.table_one_by import (
    count_of_group,
    group_columns,
    group_notes,
    groups_of,
    median_of_group,
    with_groups,
)
from caseseries.report.exhibits.words import capital, listed, with_unit
from caseseries.summary.model import Summary
from caseseries.summary.result import Count, Result
from caseseries.verdict.names import short_name
from caseseries.verdict.number_style import style_in_force

_COUNTS = (
    "IQR, interquartile range; SD, standard deviation; n, cases for which the item is known, which is the N of n/N (of the unknown, all cases{of}); "
    "percentages are rounded: to whole ones, or to one decimal where N is {tenths} or more, or where the whole ones of a characteristic would not "
    "add up to 100; with one decimal they may still not."
)

#: An age that the chart records itself stands where it holds no date of birth.
_AGES = "Ages are whole years, by birthday where the date of birth is charted, else as recorded."
_UNDATED_AGES = "Ages are whole years as recorded."
_AGES_OF_BOTH = (
    "Ages are whole years, by birthday where the date of birth is known, else as recorded; where only the month or year of birth is recorded, an "
    "age is given where it is certain."
)
_AGES_OF_A_DATABASE = "Ages are whole years by birthday; where only the month or year of birth is recorded, an age is given where it is certain."

#: A baseline does not hang on what became of the case later.
_BASELINE = (
    "At baseline: the value from which the first outcome that compares it counts, in all included cases that have one."
)

#: Of which diagnosis.
_SINCE = "Time since diagnosis: from the first recorded diagnosis"

#: What stands for no treatment is that none is on record; the study drug's own earlier courses are no other treatment.
_PRIOR = (
    "Treated before the index date: by the recorded courses of other drugs than the study drug, begun before it. Who has none on record counts as "
    "not treated, however much of the time before was observed; who may have begun one before it or after it is not known."
)

#: A row of the patients says no day.
_ATTRIBUTES = "Other attributes are as recorded of the patients, without a day."


#: What stands in the cells.
_VALUES = "n/N (%) or median (IQR)"


def table_one(summary: Summary) -> Table:
    """Characteristics at the index date, and earlier treatment."""
    rows = list(_described(summary))
    if summary.prior:
        rows.append(heading("Treated before the index date with"))
        for result in summary.prior:
            row = _count(result, capital(_before(result.label)), 1)
            rows.append(with_groups(summary, row, {"": result}, count_of_group))
    of_all = ("All included",) * bool(groups_of(summary))
    columns = (
        Column("Characteristic"),
        *numbers("n", _VALUES, "Mean (SD)", "Range", over=of_all),
        *group_columns(summary, _VALUES),
    )
    title = f"Included cases at the index date (n = {whole(summary.included)})"
    if of_all and summary.table_one_by is not None:
        title += f", all and by {summary.table_one_by.outcome}"
    return Table("table-1", title, columns, tuple(rows), tuple(_notes(summary)))


def _notes(summary: Summary) -> Iterator[str]:
    yield _COUNTS.format(tenths=style_in_force().tenths_from, of=" of the column" * bool(groups_of(summary)))
    if several_courses(summary):
        yield f"The table counts {people_words(summary)}: a patient stands in it once for each course, so that the sexes are those of courses."
    if summary.spreads["age"].n:
        charted = _AGES if summary.dated else _UNDATED_AGES
        yield {"database": _AGES_OF_A_DATABASE, "both": _AGES_OF_BOTH}.get(summary.kept, charted)
    if any(result.id.startswith("table1/disease_duration/") for result in summary.table_one):
        asked = [one.diagnosis for one in summary.protocol.include if isinstance(one, Diagnosis)]
        yield (
            f"{_SINCE} of {listed(asked, 'or')}."
            if asked
            else f"{_SINCE} of any disease, because no criterion names one."
        )
    if any(result.id.startswith(_AT_BASELINE) for result in summary.table_one):
        yield _BASELINE
    if any(result.estimate is not None or result.lower is not None for result in summary.prior):
        yield _PRIOR
    if any(result.id.startswith("table1/attribute/") for result in summary.table_one):
        yield _ATTRIBUTES
    if any(result.estimate is None and result.lower is not None for result in summary.table_one):
        yield binned_note()
    yield from group_notes(summary)


def _described(summary: Summary) -> list[Row]:
    """Rows of results whose ids end in `quantity/part`: descriptions are joined in one, counts stand one a row."""
    gathered: dict[str, dict[str, Result]] = {}
    for result in summary.table_one:
        quantity, _, part = result.id.rpartition("/")
        gathered.setdefault(quantity or part, {})[part] = result
    rows: list[Row] = []
    for quantity, found in gathered.items():
        if set(found) & set(PARTS):
            measure = quantity.removeprefix(_AT_BASELINE) if quantity.startswith(_AT_BASELINE) else ""
            rows += _description(summary, found, summary.measures.get(measure))
            continue
        attribute = quantity.removeprefix(_ATTRIBUTE) if quantity.startswith(_ATTRIBUTE) else ""
        name = without_dates(capital(attribute) or _group(next(iter(found.items()))))
        rows += [heading(name)] * bool(name)
        alike = [
            found,
            *({level: group.results[one.id] for level, one in found.items()} for group in groups_of(summary)),
        ]
        finely = not all(map(_adds_up, alike))
        for word, result in zip(_words(attribute, found), found.values(), strict=True):
            row = _count(result, word, bool(name), finely=finely)
            rows.append(with_groups(summary, row, {"": result}, partial(count_of_group, finely=finely)))
    return rows


def _adds_up(found: Mapping[str, Result]) -> bool:
    """Whether the whole percentages of the levels that the known cases are divided among add up; the unknown are of all cases. Ranges have no sum."""
    levels = [result for level, result in found.items() if level != "unknown"]
    parts, totals = [one.n for one in levels if one.n is not None], {one.total for one in levels}
    total = totals.pop() if len(totals) == 1 else None
    return total is None or len(parts) < len(levels) or adds_up(parts, total)


#: What the ids of an attribute and of a measure at baseline begin with.
_ATTRIBUTE, _AT_BASELINE = "table1/attribute/", "table1/baseline/"


def _words(attribute: str, found: Mapping[str, Result]) -> list[str]:
    """What each level is called: of an attribute the word as it is written, for its id has no slash; `boston` beside `Boston` stays small."""
    words = {
        level: result.label.removeprefix(f"{attribute} ") if attribute and level != "unknown" else level
        for level, result in found.items()
    }
    large = [capital(word) for word in words.values()]
    return [
        _LEVELS.get(level) or without_dates(word if large.count(capital(word)) > 1 else capital(word))
        for level, word in words.items()
    ]


_LEVELS = {"F": "Female", "M": "Male", "unknown": "Unknown"}


def _group(first: tuple[str, Result]) -> str:
    """`Sex F` with the id `.../sex/F` belongs to the group `Sex`."""
    level, result = first
    return capital(result.label.removesuffix(level).rstrip(" ,:")) if result.label.endswith(level) else ""


def _before(label: str) -> str:
    return label.removesuffix(" before the index date")


def _count(result: Result, label: str, indent: int | bool, *, finely: bool = False) -> Row:
    """A row of one count; `finely` with one decimal of its percentage, as all rows of its group have."""
    if result.n is not None and result.total is not None:
        known, told = None if result.id.endswith("/unknown") else result.total, share_finely if finely else share
        return _row(label, known, Cell(told(result.n, result.total)).naming(result), indent)
    if result.estimate is None:
        return _row(label, None, Cell(_ends(result) or absent(result.absent_because)).naming(result), indent)
    text = plain(result.estimate)
    if result.lower is not None and result.upper is not None:
        text, low, high = alike([result.estimate, result.lower, result.upper])
        text += f" ({span(low, high)})"
    named = f"{label}, {result.unit}" if result.unit else label
    return _row(named, None, Cell(text, result.estimate).naming(result), indent)


def _row(label: str, n: int | None, told: Cell, indent: int | bool = 0, *more: Cell) -> Row:
    """A row of the table; `more` are mean and range of what is described."""
    known = Cell("") if n is None else Cell(whole(n), n)
    return Row((Cell(label), known, told, *(more or (Cell(""), Cell("")))), int(indent))


def _ends(result: Result) -> str:
    """Between what a count or a share lies that sites told only as a range; empty where it is not known."""
    if result.lower is None or result.upper is None:
        return ""
    if result.unit == "count" and result.total is not None:
        return share_text(Count(int(result.lower), int(result.upper)), result.total)
    return percent_range(result)


_WORDS = ("mean", "SD", "median", "lower quartile", "upper quartile", "minimum", "maximum")


def _description(summary: Summary, found: Mapping[str, Result], facts: MeasureFacts | None) -> list[Row]:
    """One row, and one for those of whom it is not known; `facts` are of a measure, whose name has its unit and scale."""
    first = next(result for part, result in found.items() if part in PARTS)
    label = first.label
    for word in _WORDS:
        label = label.removesuffix(f", {word}")
    if facts is None:
        label = f"{label}, {first.unit}" if first.unit else label
    else:
        name = f"{short_name(facts)} at baseline"
        days = label.removeprefix(name).removeprefix(", ")
        label = ", ".join(filter(None, (with_unit(facts, scale=not days).replace(short_name(facts), name, 1), days)))
    label, decimals = capital(without_dates(label)), places(found)
    n = count({part: result for part, result in found.items() if part in PARTS})
    told = median_iqr(found, decimals)
    if all(result.estimate is None and not result.words for part, result in found.items() if part in PARTS):
        shown = median_iqr(found, decimals) if first.lower is not None else Cell(absent(first.absent_because))
        described = (result for part, result in found.items() if part in PARTS)
        row = _row(label, n, shown.naming(*described))
    else:
        mean = Cell(EN_DASH) if facts is not None and facts.grades else mean_sd(found, decimals)
        row = _row(label, n, told, 0, mean, full_range(found, decimals))
    parts = {part: result for part, result in found.items() if part in PARTS}
    rows = [with_groups(summary, row, parts, lambda of_group: median_of_group(of_group, decimals))]
    unknown = found.get("unknown")
    if unknown is not None and unknown.n is not None and unknown.total is not None:
        row = _row("Unknown", None, Cell(share(unknown.n, unknown.total)).naming(unknown), 1)
        rows.append(with_groups(summary, row, {"": unknown}, count_of_group))
    return rows
