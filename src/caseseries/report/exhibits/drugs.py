"""Other drugs: taken before the index date, on it, or begun after it; and why they were stopped."""

from __future__ import annotations

from caseseries.chart.personal_words import without_dates
from caseseries.protocol.measures import ingredients
from caseseries.report.exhibits.charted import none_words, nowhere_words, some_words
from caseseries.report.exhibits.count_words import count_text, percent_text
from caseseries.report.exhibits.printed_blocks import Cell, Column, Paragraph, Row, Table, heading, numbers
from caseseries.report.exhibits.printed_numbers import whole
from caseseries.report.exhibits.words import capital, counted, day, listed, planned
from caseseries.summary.cases import DrugUse, StudyDrug
from caseseries.summary.model import Kept, Summary

_ROLES = {
    "earlier": "Earlier: ended before the index date",
    "background": "Background: taken on the index date",
    "added": "Added: begun after the index date",
    "unclear": "Not known: before the index date, on it or after it, because its days are not known",
}


#: What could be seen of drugs that the protocol does not name, by where the cases come from.
_ONLY_NAMED: dict[Kept, str] = {
    "chart": "",
    "database": " Only drugs that the protocol names are looked for.",
    "both": " In a database only drugs that the protocol names are looked for, so that of any other some of the cases could show nothing.",
}

#: So many drugs stand in the table of all cases.
MOST_DRUGS = 60


def drugs_words(summary: Summary) -> Paragraph | None:
    """That other drugs were not charted, or that none was recorded; nothing where a table tells this, or each case."""
    if summary.cases is not None:
        return None
    if summary.nowhere("other drugs"):
        return Paragraph(nowhere_words(summary, "other drugs"))
    if summary.drugs or not summary.included:
        return None
    told = "No course of another drug that the protocol names was recorded, which is not the same as none."
    return Paragraph(f"{told} {some_words(summary, 'other drugs')}".strip())


def drugs_table(summary: Summary) -> Table | None:
    """Other drugs of the included cases, the most frequent first."""
    if not summary.drugs:
        return None
    total, shown = summary.charted("other drugs"), summary.drugs[:MOST_DRUGS]
    unclear = any(one.unclear.high for one in summary.drugs)
    rows = []
    for one in shown:
        counts = (one.earlier, one.background, one.added, *([one.unclear] * unclear))
        cells = (Cell(f"{count_text(n)} ({percent_text(n, total)})", n.exact) for n in counts)
        rows.append(Row((Cell(capital(one.name)), Cell(", ".join(one.groups) or "–"), *cells)))
    columns = (
        Column("Drug"),
        Column("Group"),
        *numbers(
            "Earlier", "At the index date", "Added later", *(("Not known",) if unclear else ()), over=("Cases, n (%)",)
        ),
    )
    notes = [
        "Courses of a drug without a longer gap are one: earlier where they ended before the index date, added where they began after it. A case "
        f"stands once in each column that fits.{_ONLY_NAMED[summary.kept]}"
    ]
    notes += ["Not known: it depends on days that were not recorded."] if unclear else []
    notes += [some] if (some := some_words(summary, "other drugs")) else []
    if len(summary.drugs) > len(shown):
        notes.append(f"The {len(shown)} most frequent of {whole(len(summary.drugs))} drugs.")
    return Table("drugs", "Other drugs of the included cases", columns, tuple(rows), tuple(notes))


def cases_table(summary: Summary) -> Table | None:
    """One row per drug of a case, grouped by its place relative to the index date; nothing where cases are only counted."""
    if summary.cases is None:
        return None
    order = {case.case_id: place for place, case in enumerate(summary.cases.included)}
    rows: list[Row] = []
    for role, words in _ROLES.items():
        found = [use for use in summary.cases.drugs if use.role == role and use.case_id in order]
        if role == "unclear" and not found:
            continue
        rows.append(heading(words))
        if not found:
            none = capital(none_words(summary, "other drugs"))
            rows.append(Row((Cell(none), *(Cell("") for _ in range(5))), 1))
        for use in sorted(found, key=lambda use: (order[use.case_id], use.start, use.name)):
            rows.append(_row(use))
    columns = (
        Column("Case"),
        Column("Drug"),
        Column("Group"),
        Column("First day", "number"),
        Column("Last day", "number"),
        Column("Why stopped"),
    )
    notes = (
        "Days are relative to the index date, day 0; one row per drug, from its first to its last day. Ongoing: no end recorded.",
        *planned(summary),
    )
    if summary.nowhere("other drugs"):
        notes = (nowhere_words(summary, "other drugs"),)
    notes += doses_without_course(summary)
    return Table("drugs-cases", "Earlier, background and added drugs", columns, tuple(rows), notes)


def doses_without_course(summary: Summary) -> tuple[str, ...]:
    """Drugs that were taken by the doses written at visits and have no course: the table cannot show them."""
    told = []
    for name, dose in summary.protocol.doses.items():
        if dose.source != "visits":
            continue
        members = ingredients(summary.protocol, dose.daily_dose)
        listed_for = {use.case_id for use in summary.shown.drugs if use.drug in members}
        taken = dict.fromkeys(
            point.case_id for point in summary.shown.points if point.measure == name and point.value > 0
        )
        cases = [case for case in taken if case not in listed_for]
        if cases:
            told.append(
                f"By the doses written at their visits {counted(len(cases), 'case')} took {dose.daily_dose} without a course of them in the "
                f"drug tables (case {listed(cases)}); the table does not show these drugs."
            )
    return tuple(told)


def first_day(course: DrugUse | StudyDrug) -> str:
    """The first day, or the days between which it lies."""
    ends = course.possible
    if ends is None or ends.first_low == ends.first_high:
        return day(course.start)
    return f"{day(ends.first_low)} to {day(ends.first_high)}"


def last_day(course: DrugUse | StudyDrug) -> str:
    """The last day, the days between which it lies, or that it goes on or is not known.

    >>> from caseseries.chart.tables import Ends
    >>> last_day(StudyDrug("a", 0, None, "")), last_day(StudyDrug("a", 0, None, "", "", Ends(0, 0, 0, None)))
    ('ongoing', 'not known')
    >>> last_day(StudyDrug("a", 0, 25, "", "", Ends(0, 0, 20, 30)))
    '20 to 30'
    """
    ends = course.possible
    if ends is None or ends.last_low is None or ends.last_low == ends.last_high:
        return "ongoing" if course.end is None else day(course.end)
    return "not known" if ends.last_high is None else f"{day(ends.last_low)} to {day(ends.last_high)}"


def _row(use: DrugUse) -> Row:
    cells = (
        Cell(use.case_id),
        Cell(capital(use.name)),
        Cell(", ".join(use.groups) or "–"),
        Cell(first_day(use), use.start if use.possible is None else None),
        Cell(last_day(use), use.end if use.possible is None else None),
        Cell(_stopped(use)),
    )
    return Row(cells, 1)


def study_drug_table(summary: Summary) -> Table | None:
    """The courses of the study drug, doses as written; nothing where cases are only counted."""
    if summary.cases is None or not summary.cases.study_drug:
        return None
    order = {case.case_id: place for place, case in enumerate(summary.cases.included)}
    courses = sorted(
        (course for course in summary.cases.study_drug if course.case_id in order),
        key=lambda found: (order[found.case_id], found.start),
    )
    columns = (
        Column("Case"),
        Column("First day", "number"),
        Column("Last day", "number"),
        Column("Dose, as written"),
        Column("Why stopped"),
    )
    rows = tuple(_course(course) for course in courses)
    notes = ("Days are relative to the index date, day 0.", *planned(summary))
    return Table("study-drug", "Courses of the study drug", columns, rows, notes)


def _course(course: StudyDrug) -> Row:
    dose = without_dates(course.dose_text) or "not recorded"
    cells = (
        Cell(course.case_id),
        Cell(first_day(course), course.start if course.possible is None else None),
        Cell(last_day(course), course.end if course.possible is None else None),
        Cell(dose),
        Cell(_stopped(course)),
    )
    return Row(cells)


def _stopped(course: StudyDrug | DrugUse) -> str:
    goes_on = course.end is None and (course.possible is None or course.possible.last_low is None)
    return without_dates(course.stop_reason) or ("–" if goes_on else "not recorded")
