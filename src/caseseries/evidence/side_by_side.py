"""Published series beside this one: exact intervals, a pooled share, printed means that can be checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from caseseries import stats
from caseseries.errors import CaseSeriesError
from caseseries.evidence.earlier_run import SeenSeries, read_run
from caseseries.evidence.series_file import PrintedMean, PublishedSeries, catalogue_series, read_series
from caseseries.protocol.written import folded
from caseseries.stats import Estimate, Grim, PooledShare, Sprite


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One series of the forest plot: `own` where it is this run's; `rule` is its definition of response, empty where it is not known."""

    label: str
    drug: str
    responders: int
    n: int
    interval: Estimate
    rule: str
    own: bool
    invented: bool = False


@dataclass(frozen=True, slots=True)
class CheckedMean:
    """A printed mean of a series with what GRIM and, where an SD is printed, SPRITE say of it."""

    label: str
    printed: PrintedMean
    grim: Grim
    sprite: Sprite | None


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared: `rows` in the order of the plot, this run first; `uncounted` the series that print no responders.

    `pooled` is over the published series, and over this run too where `pool_own`; `rules` is in how many ways response is defined among those pooled.
    """

    rows: tuple[SeriesRow, ...]
    published: Mapping[str, PublishedSeries]
    own: tuple[SeenSeries, ...]
    uncounted: tuple[PublishedSeries, ...]
    pooled: PooledShare
    pool_own: bool
    rules: int
    means: tuple[CheckedMean, ...]

    @property
    def pooled_rows(self) -> tuple[SeriesRow, ...]:
        """The series that the pooled share is over."""
        return tuple(row for row in self.rows if self.pool_own or not row.own)

    @property
    def invented(self) -> bool:
        """Whether a run of this comparison read invented data."""
        return any(one.invented for one in self.own)


def compared(
    results: Sequence[str | Path],
    *,
    outcome: str | None,
    series: str | Path | None,
    disease: str | None,
    drug: str | None,
    only: Iterable[str],
    pool_own: bool,
) -> Compared:
    """Read, select and compute.

    Raises:
        CaseSeriesError: as :func:`caseseries.evidence.compare`.
    """
    chosen = _chosen(series, disease, drug, tuple(only))
    own = tuple(read_run(folder, outcome) for folder in results)
    _each_once(own, chosen, pool_own=pool_own)
    rows = [
        SeriesRow(
            one.name,
            "",
            one.responders,
            one.n,
            stats.clopper_pearson(one.responders, one.n),
            one.rule,
            True,
            one.invented,
        )
        for one in own
    ]
    for one in chosen.values():
        if one.responders is not None:
            interval = stats.clopper_pearson(one.responders, one.n)
            rows.append(SeriesRow(one.label, one.drug, one.responders, one.n, interval, one.response, False))
    if not rows:
        raise CaseSeriesError("None of these series prints how many responded.", do="Choose others.")
    pooled = [row for row in rows if pool_own or not row.own]
    return Compared(
        tuple(rows),
        chosen,
        own,
        tuple(one for one in chosen.values() if one.responders is None),
        stats.pooled_share([(row.responders, row.n) for row in pooled]),
        pool_own,
        len({folded(row.rule) for row in pooled}),
        tuple(_checked(one.label, mean) for one in chosen.values() for mean in one.means),
    )


def _each_once(own: Sequence[SeenSeries], chosen: Mapping[str, PublishedSeries], *, pool_own: bool) -> None:
    """Refuse a run or a series of a paper that stands twice, and the patients of one chart twice in a pooled share."""
    left_out = {"protocol", "results"} if pool_own else set[str]()
    runs = [tuple(one for one in seen.prints if one[0] not in left_out) for seen in own]
    if len(set(runs)) < len(runs):
        what = "Two of these runs read the same data" if pool_own else "A run is named twice"
        raise CaseSeriesError(f"{what}: its patients would count twice.", do="Name each series once.")
    papers: dict[tuple[str, str, int, int | None], str] = {}
    for name, one in chosen.items():  # two arms of one paper have other drugs, or other numbers
        key = folded(one.doi or one.paper), folded(one.drug), one.n, one.responders
        if key in papers:
            raise CaseSeriesError(
                f"{papers[key]} and {name} are of the same paper: its patients would count twice.",
                do="Leave one of them out, or choose from the catalogue by `only`.",
            )
        papers[key] = name


def _chosen(
    file: str | Path | None, disease: str | None, drug: str | None, only: tuple[str, ...]
) -> Mapping[str, PublishedSeries]:
    """The user's series, all of them, and those of the catalogue that are asked for."""
    own = dict(read_series(file)) if file is not None else {}
    every = dict(catalogue_series())
    unknown = [name for name in only if name not in every and name not in own]
    if unknown:
        raise CaseSeriesError(
            f"There is no series {', '.join(unknown)}.",
            expected=f"of: {', '.join([*own, *every])}",
            do="Name one of these.",
        )
    twice = [name for name in own if name in every]
    if twice:
        raise CaseSeriesError(
            f"{', '.join(twice)}: the catalogue has series of that name.",
            where=str(file),
            do="Give yours another name.",
        )
    asked = [name for name, one in every.items() if _is(one, disease, drug)] if disease or drug else []
    found = own | {name: every[name] for name in every if name in asked or name in only}
    if not found:
        kinds = sorted({one.disease for one in every.values()})
        what = "No published series is named." if not (disease or drug) else "The catalogue has no such series."
        raise CaseSeriesError(
            what,
            expected=f"diseases: {'; '.join(kinds)}",
            do="Name a disease, a drug or series, or give a file of yours with --series.",
        )
    return found


def _is(one: PublishedSeries, disease: str | None, drug: str | None) -> bool:
    return all(
        wanted is None or folded(wanted) in folded(text) for wanted, text in ((disease, one.disease), (drug, one.drug))
    )


def _checked(label: str, mean: PrintedMean) -> CheckedMean:
    found = stats.grim(mean.mean, mean.n, items=mean.items)
    whole = mean.sd is not None and mean.items == 1 and mean.n > 1
    sd = mean.sd or ""
    return CheckedMean(
        label, mean, found, stats.sprite(mean.mean, sd, mean.n, least=mean.least, most=mean.most) if whole else None
    )
