"""Table 1: who the included cases are, each row with its true denominator and what is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from caseseries.chart.personal_words import without_dates
from caseseries.protocol.eligibility import Diagnosis
from caseseries.report.exhibits.count_words import share_text
from caseseries.report.exhibits.describe import BINNED_NOTE, PARTS, full_range, mean_sd, median_iqr, places
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table, heading
from caseseries.report.exhibits.printed_numbers import absent, alike, percent_interval, plain, share, span, whole
from caseseries.report.exhibits.selection import people_words, several_courses
from caseseries.report.exhibits.words import capital, listed
from caseseries.summary.model import Summary
from caseseries.summary.result import Count, Result

_COUNTS = (
    "IQR, interquartile range; SD, standard deviation. Counts are n/N (%) with N the cases for which the item is known; "
    "percentages are rounded and may not add up to 100."
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
_DOSE = "Glucocorticoid before: the daily dose at baseline, in all included cases of which it is known."

#: Of which diagnosis.
_SINCE = "Time since diagnosis: from the first recorded diagnosis"

#: What stands for no treatment is that none is on record; the study drug's own earlier courses are no other treatment.
_PRIOR = (
    "Treated before the index date: by the recorded courses of other drugs than the study drug, begun before it. Who has none on record counts as "
    "not treated, however much of the time before was observed; who may have begun one before it or after it is not known."
)

#: A row of the patients says no day.
_ATTRIBUTES = "Other attributes are as recorded of the patients, without a day."


def table_one(summary: Summary) -> Table:
    """Characteristics at the index date, and earlier treatment."""
    rows = list(_described(summary.table_one))
    if summary.prior:
        rows.append(heading("Treated before the index date with"))
        rows += [_count(result, capital(_before(result.label)), 1) for result in summary.prior]
    columns = (Column("Characteristic"), Column(f"All included (n = {whole(summary.included)})", "number"))
    return Table("table-1", "Included cases at the index date", columns, tuple(rows), tuple(_notes(summary)))


def _notes(summary: Summary) -> Iterator[str]:
    yield _COUNTS
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
    if any(result.id.startswith("table1/dose/") for result in summary.table_one):
        yield _DOSE
    if any(result.estimate is not None or result.lower is not None for result in summary.prior):
        yield _PRIOR
    if any(result.id.startswith("table1/attribute/") for result in summary.table_one):
        yield _ATTRIBUTES
    if any(result.estimate is None and result.lower is not None for result in summary.table_one):
        yield BINNED_NOTE


def _described(results: Iterable[Result]) -> list[Row]:
    """Rows of results whose ids end in `quantity/part`: descriptions are joined, counts stand one a row."""
    gathered: dict[str, dict[str, Result]] = {}
    for result in results:
        quantity, _, part = result.id.rpartition("/")
        gathered.setdefault(quantity or part, {})[part] = result
    rows: list[Row] = []
    for quantity, found in gathered.items():
        if set(found) & set(PARTS):
            rows += _description(found)
            continue
        attribute = quantity.removeprefix(_ATTRIBUTE) if quantity.startswith(_ATTRIBUTE) else ""
        name = without_dates(capital(attribute) or _group(next(iter(found.items()))))
        rows += [heading(name)] * bool(name)
        rows += [
            _count(result, word, bool(name))
            for word, result in zip(_words(attribute, found), found.values(), strict=True)
        ]
    return rows


#: What the id of an attribute begins with.
_ATTRIBUTE = "table1/attribute/"


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


def _count(result: Result, label: str, indent: int | bool) -> Row:
    if result.n is not None and result.total is not None:
        return Row((Cell(label), Cell(share(result.n, result.total))), int(indent))
    if result.estimate is None:
        return Row((Cell(label), Cell(_ends(result) or absent(result.absent_because))), int(indent))
    text = plain(result.estimate)
    if result.lower is not None and result.upper is not None:
        text, low, high = alike([result.estimate, result.lower, result.upper])
        text += f" ({span(low, high)})"
    return Row((Cell(f"{label}, {result.unit}" if result.unit else label), Cell(text, result.estimate)), int(indent))


def _ends(result: Result) -> str:
    """Between what a count or a share lies that sites told only as a range; empty where it is not known."""
    if result.lower is None or result.upper is None:
        return ""
    if result.unit == "count" and result.total is not None:
        return share_text(Count(int(result.lower), int(result.upper)), result.total)
    return f"{percent_interval(result)} %"


_WORDS = ("mean", "SD", "median", "lower quartile", "upper quartile", "minimum", "maximum")


def _description(found: Mapping[str, Result]) -> list[Row]:
    first = next(result for part, result in found.items() if part in PARTS)
    label = first.label
    for word in _WORDS:
        label = label.removesuffix(f", {word}")
    label = capital(without_dates(label))
    decimals = places(found)
    rows = [heading(f"{label}, {first.unit}" if first.unit else label)]
    if all(result.estimate is None for part, result in found.items() if part in PARTS):
        rows.append(Row((Cell("Median (IQR)"), Cell(absent(first.absent_because))), 1))
    else:
        rows.append(Row((Cell("Median (IQR)"), median_iqr(found, decimals)), 1))
        rows.append(Row((Cell("Mean (SD)"), mean_sd(found, decimals)), 1))
        rows.append(Row((Cell("Range"), full_range(found, decimals)), 1))
    unknown = found.get("unknown")
    if unknown is not None and unknown.n is not None and unknown.total is not None:
        rows.append(Row((Cell("Unknown"), Cell(share(unknown.n, unknown.total))), 1))
    return rows
