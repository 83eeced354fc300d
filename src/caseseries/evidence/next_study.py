"""The next study: a plan that can be read, shown and written."""

from __future__ import annotations

from dataclasses import dataclass, fields
from html import escape
from pathlib import Path

from caseseries.evidence import plan_words
from caseseries.evidence.evidence_page import styled
from caseseries.evidence.plan_page import plan_report
from caseseries.evidence.planned import Planned, Told, planned
from caseseries.verdict.number_style import Style, style_named


@dataclass(frozen=True, slots=True)
class NextStudy(Planned):
    """A plan with its words and its page: what was asked, the designs that answer it, and what the series makes likely."""

    @property
    def paragraph(self) -> str:
        """A paragraph for the grant, to be pasted."""
        return plan_words.paragraph(self)

    def headline(self) -> str:
        """The plan in a few lines, for the terminal."""
        return plan_words.headline(self)

    def html(self, style: str | Style = "plain") -> str:
        """The whole plan as one self-contained HTML page."""
        return styled(lambda: plan_report(self), style_named(style)).page()

    def write(self, out: str | Path, style: str | Style = "plain") -> Path:
        """Write the folder: page, tables, figure, paragraph, plan.json; whole or not at all. An earlier plan's folder is replaced.

        Numbers are printed in `style`, as :meth:`caseseries.Results.write` has it; no file for programs follows it.

        Raises:
            CaseSeriesError: there is no such style.
            OutputError: the folder cannot be written, or holds something that no plan wrote.
        """
        return styled(lambda: plan_report(self), style_named(style)).write(Path(out))

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.headline())}</pre>"


def plan(
    results: str | Path | None = None,
    *,
    null: str | float,
    cite: str,
    alternative: str | float,
    outcome: str | None = None,
    responders: int | None = None,
    of: int | None = None,
    alpha: str | float = "0.05",
    power: str | float = "0.80",
    half_width: str | float | None = None,
    prior: tuple[str | int, str | int] = (1, 1),
    design: Told = "optimal",
) -> NextStudy:
    """Plan the next study in one arm from this series: its folder of results and an outcome by name, or `responders` and `of`.

    `null` is the share of responders that would be no news, `cite` where it is published; `alternative` the share that the study must not
    miss. `alpha` is one-sided. `half_width` is that of the interval which the study should end with. `prior` are the parameters of a beta
    distribution, (1, 1) where every share is equally likely beforehand. `design` is the one that the paragraph describes: optimal or minimax
    of two stages, or one stage.

    Raises:
        CaseSeriesError: no citation; shares, rates or a prior that are none; an alternative that is not above the null; a series whose count
            is not known exactly; more than 5000 patients.
    """
    found = planned(
        results,
        outcome,
        (responders, of),
        {"null": null, "alternative": alternative, "alpha": alpha, "power": power},
        cite=cite,
        half_width=half_width,
        prior=prior,
        design=design,
    )
    return NextStudy(*(getattr(found, each.name) for each in fields(found)))
