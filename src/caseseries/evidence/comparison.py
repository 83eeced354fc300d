"""Published series beside this one: a comparison that can be read, shown and written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from html import escape
from pathlib import Path

from caseseries.evidence import compare_words
from caseseries.evidence.compare_page import compare_report
from caseseries.evidence.evidence_page import styled
from caseseries.evidence.side_by_side import Compared, compared
from caseseries.verdict.number_style import Style, style_named


@dataclass(frozen=True, slots=True)
class Comparison(Compared):
    """A comparison with its words and its page."""

    def headline(self) -> str:
        """The comparison in a few lines, for the terminal."""
        return compare_words.headline(self)

    def html(self, style: str | Style = "plain") -> str:
        """The whole comparison as one self-contained HTML page."""
        return styled(lambda: compare_report(self), style_named(style)).page()

    def write(self, out: str | Path, style: str | Style = "plain") -> Path:
        """Write the folder: page, tables, forest plot, compare.json; whole or not at all. An earlier comparison's folder is replaced.

        Numbers are printed in `style`, as :meth:`caseseries.Results.write` has it; no file for programs follows it.

        Raises:
            CaseSeriesError: there is no such style.
            OutputError: the folder cannot be written, or holds something that no comparison wrote.
        """
        return styled(lambda: compare_report(self), style_named(style)).write(Path(out))

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.headline())}</pre>"


def compare(
    results: str | Path | Sequence[str | Path] = (),
    *,
    outcome: str | None = None,
    series: str | Path | None = None,
    disease: str | None = None,
    drug: str | None = None,
    only: Iterable[str] = (),
    pool_own: bool = False,
) -> Comparison:
    """Put runs beside published series: those of the catalogue with this disease and drug, or named by `only`, and all of the file `series`.

    `results` are folders of earlier runs, `outcome` whose responders where a run has several. The pooled share is over the published series;
    with `pool_own` over these runs too.

    Raises:
        CaseSeriesError: no published series is named or found; a run that cannot be read, or whose count is not known exactly.
        InputError: mistakes in the file of series, each with its line.
    """
    folders = [results] if isinstance(results, str | Path) else list(results)
    found = compared(folders, outcome=outcome, series=series, disease=disease, drug=drug, only=only, pool_own=pool_own)
    return Comparison(*(getattr(found, each.name) for each in fields(found)))
