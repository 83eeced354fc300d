"""Plain rows as data frames, where a package for them is installed; caseseries needs none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from caseseries.errors import CaseSeriesError

if TYPE_CHECKING:
    import pandas
    import polars


def as_pandas(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pandas.DataFrame:
    """Rows as a pandas data frame with these columns, whether or not there are rows.

    Raises:
        CaseSeriesError: pandas is not installed.
    """
    try:
        import pandas
    except ImportError as missing:
        raise _not_installed("pandas") from missing
    return pandas.DataFrame(list(rows), columns=list(columns))


def as_polars(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> polars.DataFrame:
    """Rows as a polars data frame with these columns, whether or not there are rows.

    Raises:
        CaseSeriesError: polars is not installed.
    """
    try:
        import polars
    except ImportError as missing:
        raise _not_installed("polars") from missing
    return polars.DataFrame(list(rows), schema=list(columns), infer_schema_length=None)


def known(kind: str, name: str | None, names: Iterable[str]) -> None:
    """Refuse a name that is not there; list those that are, and the one that was probably meant."""
    listed = list(names)
    if name is not None and name not in listed:
        near = get_close_matches(str(name), listed, 1)
        raise CaseSeriesError(
            f"There is no {kind} {name!r}.",
            expected=f"There are: {', '.join(listed) or 'none'}.",
            do=f"Did you mean {near[0]!r}?" if near else "",
        )


def _not_installed(package: str) -> CaseSeriesError:
    return CaseSeriesError(
        f"{package} is not installed; caseseries needs it for nothing else.",
        do=f'Install it with: pip install "caseseries[{package}]"',
    )
