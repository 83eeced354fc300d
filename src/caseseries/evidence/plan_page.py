"""The page of a plan: the designs, the size across the interval of the series, precision, what the series makes likely, the paragraph."""

from __future__ import annotations

from caseseries.evidence.evidence_page import EvidencePage, figure_of, fingerprint_of, sections_of
from caseseries.evidence.plan_figure import sizes_alt, sizes_scene
from caseseries.evidence.plan_numbers import numbers as plan_numbers
from caseseries.evidence.plan_words import (
    IN_SHORT,
    across_words,
    boundaries,
    kind_of,
    name_of,
    paragraph,
    percent_of,
    prior_lines,
    question,
    rate,
    seen_words,
)
from caseseries.evidence.planned import Across, Planned
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
from caseseries.report.exhibits.printed_numbers import exact, number, plain, span, whole
from caseseries.report.exhibits.words import capital
from caseseries.report.figures.scene import NARROW
from caseseries.report.page.render import Front
from caseseries.stats import (
    NoDesign,
    PrecisionSize,
    SingleArm,
    TwoStage,
    TwoStages,
)
from caseseries.verdict.number_style import with_percent

Method = SingleArm | TwoStage | PrecisionSize

TITLES = {
    "designs": "Designs",
    "paragraph": "For the grant",
    "across": "The size across the interval of this series",
    "likely": "What this series makes likely",
    "precision": "Precision",
    "methods": "Methods",
}


def plan_report(found: Planned) -> EvidencePage:
    """The page with its tables, figure and numbers."""
    parts: dict[str, list[Block | None]] = {
        "designs": [designs_table(found)],
        "paragraph": [Paragraph(paragraph(found))],
        "across": [Paragraph(across_words(found)), sizes_figure(found), across_table(found)],
        "likely": [*(Paragraph(line) for line in prior_lines(found)), likely_table(found)],
        "precision": [precision_table(found)],
        "methods": [methods(found)],
    }
    asked = plan_numbers(found)
    return EvidencePage(
        "plan",
        _front(
            found,
            fingerprint_of(
                {key: asked[key] for key in ("series", "null", "cite", "alternative", "alpha", "power", "prior")}
            ),
        ),
        sections_of(parts, TITLES),
        asked,
        {"paragraph.txt": f"{paragraph(found)}\n"},
        found.series.invented,
    )


def _front(found: Planned, fingerprint: str) -> Front:
    series = found.series
    heads = tuple((f"{capital(name_of(design))}", boundaries(design)) for design in found.designs[:2])
    defined = (
        f"Response: {series.rule}."
        if series.rule
        else "The definition of response is not known here; name it in the application."
    )
    return Front(
        study=f"The next study after: {series.name}" if series.outcome else "The next study",
        citation="",
        kind="Plan of a study in one arm",
        heads=heads,
        abstract=(
            Paragraph(f"{seen_words(found)}. {defined}", "This series"),
            Paragraph(f"{question(found)}.", "Question"),
            *((Paragraph(f"{_no_two(found)}.", "Two stages"),) if isinstance(found.two, NoDesign) else ()),
        ),
        in_short=IN_SHORT,
        invented=INVENTED if series.invented else "",
        prints=(("plan", fingerprint), *series.prints),
        print_note="Numbers of patients are of those whose response can be judged.",
        made_from="the numbers asked for" + (" and the results" if series.outcome else ""),
    )


def _no_two(found: Planned) -> str:
    assert isinstance(found.two, NoDesign)
    return f"No design of two stages: {found.two.because}"


def designs_table(found: Planned) -> Table:
    """One stage and two at the planned alternative."""
    rows = [_design(design, kind_of(design) == found.told) for design in found.designs]
    notes = [
        f"Null {percent_of(found.null)}: {found.cite}.",
        "Alpha and power are exact sums of the binomial distribution, alpha one-sided. Promising: worth further study.",
        "In the notation of Simon the treatment is rejected with at most r1 of n1, or at most r of n: r is one less than what is called "
        "promising here.",
    ]
    if isinstance(found.two, NoDesign):
        notes.append(f"{_no_two(found)}.")
    return Table(
        "designs",
        "Designs at the planned alternative",
        (
            Column("Design"),
            *numbers("stops if at most", "of n1", over=("First stage",)),
            *numbers("promising if at least", "of n", over=("In all",)),
            *numbers("Alpha", "Power"),
            *numbers("stops early", "patients expected", over=("Under the null",)),
            *numbers("stops early", "patients expected", over=("Under the alternative",)),
        ),
        tuple(rows),
        tuple(notes),
    )


def _design(design: SingleArm | TwoStage, strong: bool) -> Row:
    name = Cell(capital(name_of(design)), None, strong)
    rates = (Cell(rate(design.actual_alpha), design.actual_alpha), Cell(rate(design.actual_power), design.actual_power))
    if isinstance(design, SingleArm):
        return row(
            name,
            "",
            "",
            Cell(whole(design.r), design.r),
            Cell(whole(design.n), design.n),
            *rates,
            "",
            Cell(whole(design.n), design.n),
            "",
            Cell(whole(design.n), design.n),
        )
    return row(
        name,
        Cell(whole(design.r1), design.r1),
        Cell(whole(design.n1), design.n1),
        Cell(whole(design.r + 1), design.r + 1),
        Cell(whole(design.n), design.n),
        *rates,
        Cell(rate(design.early, 1), design.early),
        Cell(number(design.expected), design.expected),
        Cell(rate(design.early_alternative, 1), design.early_alternative),
        Cell(number(design.expected_alternative), design.expected_alternative),
    )


def sizes_figure(found: Planned) -> Figure:
    """The sizes across the interval of the series."""
    return figure_of(
        "sizes",
        "Patients that the next study needs, by the true share of responders",
        f"Over the exact {with_percent('95')} interval of this series; grey: at or below the null, where there is no such study",
        sizes_alt(found),
        (sizes_scene(found), sizes_scene(found, NARROW)),
        found.series.invented,
    )


def across_table(found: Planned) -> Table:
    """Alternatives with a name, and every twentieth, with their sizes."""
    return Table(
        "across",
        "Sizes across the exact interval of this series",
        (
            Column("Alternative"),
            Column(""),
            *numbers("at least", "of n", over=("One stage",)),
            *numbers("r1/n1", "r/n", "expected under the null", over=("Two stages, optimal",)),
            *numbers("r1/n1", "r/n", over=("Two stages, minimax",)),
        ),
        tuple(_sizes(each) for each in found.across if each.two is not None),
        (
            "Same null, alpha and power throughout. r1/n1 and r/n in the notation of Simon: rejected with at most so many.",
        ),
    )


def _sizes(each: Across) -> Row:
    strong = each.why == "planned"
    why = [each.why, each.one.because if isinstance(each.one, NoDesign) else ""]
    told = [Cell(percent_of(each.alternative), each.alternative * 100, strong), Cell("; ".join(filter(None, why)))]
    if isinstance(each.one, NoDesign):
        return row(*told, *[""] * 7)
    told += [Cell(whole(each.one.r), each.one.r), Cell(whole(each.one.n), each.one.n, strong)]
    if not isinstance(each.two, TwoStages):
        return row(*told, "" if each.two is None else each.two.because, *[""] * 4)
    best, least = each.two.optimal, each.two.minimax
    return row(
        *told,
        f"{best.r1}/{best.n1}",
        f"{best.r}/{best.n}",
        Cell(number(best.expected), best.expected),
        f"{least.r1}/{least.n1}",
        f"{least.r}/{least.n}",
    )


def likely_table(found: Planned) -> Table:
    """Posterior of the share, and the predictive probability of each design."""
    posterior = found.posterior
    assert posterior.lower is not None and posterior.upper is not None and posterior.estimate is not None
    a, b = (plain(part) for part in found.prior)
    ends = span(number(exact(posterior.lower) * 100), number(exact(posterior.upper) * 100))
    even = ", every share equally likely beforehand" if a == b == "1" else ""
    above = exact(found.above_null.value or 0)
    rows = [
        row(
            f"Share of responders, posterior mean ({with_percent('95')} credible interval)",
            f"{percent_of(posterior.estimate)} ({ends})",
        ),
        row(f"Probability that the share is above {percent_of(found.null)}", Cell(rate(above, 1), above)),
        *(
            row(
                f"Predictive probability that a study succeeds: {name_of(design)}",
                Cell(rate(exact(chance.value or 0), 1), exact(chance.value or 0)),
            )
            for design, chance in zip(found.designs, found.success, strict=True)
        ),
    ]
    return Table(
        "likely",
        "What this series makes likely",
        (Column("Quantity", "sentences"), *numbers("Value")),
        tuple(rows),
        (
            f"Beta({a}, {b}) prior{even}. Success: the treatment is called promising.",
            "As if the patients of the next study came from the same population as those of the series and were judged by the same rule; "
            "selection and regression to the mean are not taken off.",
        ),
    )


def precision_table(found: Planned) -> Table:
    """How many patients an interval of a given half width needs."""
    return Table(
        "precision",
        f"Patients by the half width of the exact {with_percent('95')} interval",
        (
            *words("Half width, percentage points"),
            *numbers("n", "interval", over=(f"{percent_of(found.alternative)} respond",)),
            *numbers("n", "interval", over=(f"{with_percent('50')} respond (widest)",)),
        ),
        tuple(
            row(Cell(plain(half * 100, 2), half * 100, half == found.half_width), *_width(size), *_width(widest))
            for half, size, widest in found.precision
        ),
        (
            "The number from which on the interval is no wider, for the whole number of responders nearest to the expected share.",
        ),
    )


def _width(size: PrecisionSize | NoDesign) -> tuple[Cell | str, Cell | str]:
    if isinstance(size, NoDesign):
        return size.because, ""
    ends = span(number(exact(size.lower) * 100), number(exact(size.upper) * 100))
    return Cell(whole(size.n), size.n), f"{whole(size.count)} of {whole(size.n)}: {ends}"


def methods(found: Planned) -> Points:
    """How each number was found, with its source."""
    sized = [size for line in found.precision for size in line[1:] if isinstance(size, PrecisionSize)]
    ways: dict[str, Method] = {"One stage": found.one}
    ways |= {"Two stages": found.two.optimal} if isinstance(found.two, TwoStages) else {}
    ways |= {"Precision": sized[0]} if sized else {}
    return Points(
        (
            *(f"{name}: {how.method}; {how.convention}. {how.source}." for name, how in ways.items()),
            f"Posterior and predictive probability: beta-binomial, exact. {found.posterior.source}.",
            f"Interval of this series: {found.interval.method}. {found.interval.source}.",
            "Numbers of patients are of those whose response can be judged; if some cannot, the boundaries belong to another number and are "
            "to be computed again.",
        )
    )
