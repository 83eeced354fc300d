"""The page of a comparison: forest plot, every series with its definition and source, the pooled share, printed means that were checked."""

from __future__ import annotations

from caseseries.evidence.compare_numbers import numbers as compare_numbers
from caseseries.evidence.compare_words import (
    IN_SHORT,
    LEVEL,
    definitions_words,
    ends_words,
    interval_words,
    mean_words,
    over_words,
    pooled_lines,
    row_words,
    tau_words,
    test_words,
)
from caseseries.evidence.evidence_page import EvidencePage, figure_of, fingerprint_of, sections_of
from caseseries.evidence.forest_figure import comparison_alt, comparison_scene
from caseseries.evidence.plan_words import percent_of
from caseseries.evidence.series_file import PublishedSeries
from caseseries.evidence.side_by_side import Compared
from caseseries.report.exhibits.included import INVENTED
from caseseries.report.exhibits.printed_blocks import (
    Block,
    Cell,
    Column,
    Figure,
    Paragraph,
    Points,
    Row,
    Table,
    numbers,
    row,
    words,
)
from caseseries.report.exhibits.printed_numbers import ci_text, ci_title, exact, number, whole
from caseseries.report.exhibits.words import capital, counted
from caseseries.report.figures.scene import NARROW
from caseseries.report.page.render import Front
from caseseries.stats import clopper_pearson
from caseseries.verdict.number_style import style_in_force, with_percent

TITLES = {
    "forest": "Side by side",
    "series": "The series",
    "pooled": "Pooled share",
    "means": "Printed means",
    "sources": "Sources",
    "methods": "Methods",
}


def compare_report(found: Compared) -> EvidencePage:
    """The page with its tables, figure and numbers."""
    told = compare_numbers(found)
    parts: dict[str, list[Block | None]] = {
        "forest": [forest(found)],
        "series": [series_table(found), uncounted(found)],
        "pooled": [*(Paragraph(line) for line in pooled_lines(found)), pooled_table(found)],
        "means": [means_table(found)],
        "sources": [Points(tuple(f"{one.label}: {one.source}." for one in found.published.values()))],
        "methods": [methods(found)],
    }
    return EvidencePage(
        "compare", _front(found, fingerprint_of(told)), sections_of(parts, TITLES), told, {}, found.invented
    )


def _front(found: Compared, fingerprint: str) -> Front:
    own = [one for one in found.rows if one.own]
    heads = [(f"{one.label} (this run)", row_words(one)) for one in own]
    pooled = found.pooled.pooled
    if pooled.estimate is not None:
        told = f"{percent_of(exact(pooled.estimate))} ({ci_text(LEVEL, ends_words(pooled))})"
        heads.append(
            (f"Pooled share {over_words(found)}{', whose definitions differ' if found.rules > 1 else ''}", told)
        )
    abstract = [
        Paragraph(definitions_words(found) if pooled.estimate is not None else next(pooled_lines(found)), "Pooled")
    ]
    recalled = [one.label for one in found.published.values() if one.recalled or one.mark.startswith("recalled")]
    if recalled:
        abstract.append(
            Paragraph(
                f"Parts of the entries of {', '.join(recalled)} are recalled and not read in the paper; check them.",
                "Recalled",
            )
        )
    prints = [("comparison", fingerprint)]
    for place, one in enumerate(found.own, 1):
        prints += [(f"{name} {place}" if len(found.own) > 1 else name, value) for name, value in one.prints]
    return Front(
        study=f"{own[0].label}, beside published series" if own else "Published series side by side",
        citation="",
        kind="Comparison with published series",
        heads=tuple(heads),
        abstract=tuple(abstract),
        in_short=IN_SHORT,
        invented=INVENTED if found.invented else "",
        prints=tuple(prints),
        print_note=f"Intervals are exact {with_percent(LEVEL)} intervals of one series each.",
        made_from="published numbers and the results",
    )


def forest(found: Compared) -> Figure:
    """The forest plot."""
    pooled = " Diamond: pooled share with its interval" if found.pooled.pooled.estimate is not None else ""
    ahead = ", dashed: prediction interval for a further series" if found.pooled.prediction.lower is not None else ""
    return figure_of(
        "forest",
        "Responders of each series, each by its own definition",
        f"Exact {with_percent(LEVEL)} intervals; below each series what it called a response. Squares: this run.{pooled}{ahead}",
        comparison_alt(found),
        (comparison_scene(found), comparison_scene(found, NARROW)),
        found.invented,
    )


def series_table(found: Compared) -> Table:
    """Every series with its count, its definition and how it is known."""
    published = {one.label: one for one in found.published.values()}
    several = len({one.disease for one in published.values()}) > 1
    rows: list[Row] = []
    for one in found.rows:
        entry = None if one.own else published[one.label]
        treated = one.drug if entry is None or not several else f"{one.drug}; {entry.disease}"
        rows.append(
            row(
                Cell(f"{one.label}{' (this run)' if one.own else ''}", None, one.own),
                treated,
                Cell(whole(one.responders), one.responders),
                Cell(whole(one.n), one.n),
                f"{percent_of(exact(one.interval.estimate or 0))} ({ends_words(one.interval)})",
                "results.json" if entry is None else entry.known,
                one.rule if entry is None else _defined(entry),
            )
        )
    disease = next(iter(published.values())).disease
    return Table(
        "series",
        f"The series and their definitions of response{'' if several else f': {disease}'}",
        (
            Column("Series"),
            Column("Treatment; disease" if several else "Treatment"),
            *numbers("Responders", "Patients", f"Share ({ci_title(LEVEL)})"),
            Column("Known from"),
            Column("Response", "sentences"),
        ),
        tuple(rows),
        (
            "Patients are those whom the definition is about; who could not be judged counts as a non-responder, also where a paper leaves them out.",
            "[read]: the text with the number was read; [derived]: counted or computed from it; [recalled]: from memory, to be checked before it "
            "is cited.",
            "Below each series what it called a response.",
        ),
        below=True,
    )


def _defined(entry: PublishedSeries) -> str:
    judged = "" if entry.evaluable is None else f"{counted(entry.evaluable, 'patient')} could be judged"
    return f"{'. '.join(capital(part) for part in (entry.response, judged, entry.note) if part)}."


def uncounted(found: Compared) -> Points | None:
    """Series that print no responders."""
    if not found.uncounted:
        return None
    return Points(
        tuple(f"{one.label}, {one.drug}, {counted(one.n, 'patient')}: {one.response}." for one in found.uncounted),
        "Published without a number of responders, so neither drawn nor pooled",
    )


def pooled_table(found: Compared) -> Table | None:
    """The model in numbers."""
    pooled = found.pooled
    if pooled.tau2.value is None or pooled.log_odds.value is None or pooled.standard_error.value is None:
        return None
    share = exact(pooled.pooled.estimate or 0)
    ahead = interval_words(pooled.prediction)
    rows = [
        row("Series; patients", f"{pooled.series}; {whole(pooled.pooled.n)}"),
        row(
            f"Pooled share, % ({ci_title(LEVEL)})",
            Cell(f"{number(share * 100)} ({interval_words(pooled.pooled)})", share * 100),
        ),
        row(
            "Log odds (standard error)",
            f"{number(exact(pooled.log_odds.value), 3)} ({number(exact(pooled.standard_error.value), 3)})",
        ),
        row("Variance between series, τ²", Cell(tau_words(pooled), exact(pooled.tau2.value))),
        row("Heterogeneity, likelihood ratio test", test_words(pooled.likelihood_ratio)),
        row("Heterogeneity, Wald test", test_words(pooled.wald)),
        row(
            f"Share in a further series, % ({with_percent(LEVEL)} prediction interval)",
            ahead or f"absent ({pooled.prediction.interval_absent_because})",
        ),
    ]
    return Table(
        "pooled",
        f"Pooled share {over_words(found)}{': definitions of response differ' if found.rules > 1 else ''}",
        (Column("Quantity", "sentences"), Column("Value")),
        tuple(rows),
        (
            f"{definitions_words(found)}",
            f"The tests have little power with few series: a large {style_in_force().p} is no evidence that series agree.",
        ),
    )


def means_table(found: Compared) -> Table | None:
    """Printed means of whole numbers, and whether they can be."""
    if not found.means:
        return None
    return Table(
        "means",
        "Printed means of whole numbers, checked",
        (
            *words("Series", "Mean of"),
            *numbers("n", "Mean", "SD", "Range"),
            Column("GRIM, and SPRITE where an SD is printed", "sentences"),
        ),
        tuple(
            row(
                one.label,
                one.printed.of,
                Cell(whole(one.printed.n), one.printed.n),
                one.printed.mean,
                one.printed.sd or "",
                f"{one.printed.least} to {one.printed.most}",
                f"{mean_words(one)}{f' ({one.printed.note})' if one.printed.note else ''}",
            )
            for one in found.means
        ),
        (
            "A mean that is not possible may be a misprint, a mean of fewer patients than stated, or of scores that are no whole numbers.",
        ),
    )


def methods(found: Compared) -> Points:
    """How each number was found, with its source."""
    one = clopper_pearson(1, 2)
    pooled = found.pooled
    told = [f"Intervals of single series: {one.method}. {one.source}."]
    told.append(f"Pooled share: {pooled.pooled.method}; {pooled.pooled.convention}. {pooled.pooled.source}.")
    if pooled.prediction.lower is not None:
        told.append(
            f"Interval for a further series: {pooled.prediction.convention}. Higgins, Thompson & Spiegelhalter, J R Stat Soc A 2009;172:137-159."
        )
    sources = dict.fromkeys(
        source for mean in found.means for source in (mean.grim.source, *((mean.sprite.source,) if mean.sprite else ()))
    )
    told += [f"Printed means: {source}." for source in sources]
    return Points(tuple(told))
