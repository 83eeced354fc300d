"""What an earlier run found, read from the results.json of its folder: the responders of one outcome under the rule as written."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caseseries.errors import CaseSeriesError, shortened

_AGAIN = "Name the folder that `caseseries run` or `caseseries combine` wrote."


@dataclass(frozen=True, slots=True)
class SeenSeries:
    """A series of which is known who responded: `responders` of `n`, those who were not evaluable among the n.

    `rule` is the definition of response in words, empty where it is not known; `prints` are fingerprints by name.
    """

    name: str
    responders: int
    n: int
    outcome: str = ""
    rule: str = ""
    not_evaluable: int = 0
    denominator: str = ""
    invented: bool = False
    prints: tuple[tuple[str, str], ...] = ()


def seen_counts(responders: int, of: int) -> SeenSeries:
    """A series of which two numbers are known.

    Raises:
        CaseSeriesError: they are no count and its total.

    >>> seen_counts(6, 8).n
    8
    """
    if not 0 <= responders <= of or of < 1:
        raise CaseSeriesError(
            f"{responders} of {of} is no series.",
            do="Give responders from 0 to the number of patients, which is 1 or more.",
        )
    return SeenSeries("This series", responders, of)


def read_run(folder: str | Path, outcome: str | None = None) -> SeenSeries:
    """The responders of one outcome of an earlier run, of its headline's denominator; the one outcome where there is one.

    Raises:
        CaseSeriesError: no results.json of a run is there; no such outcome, or several of which none is named; one that is not wanted; its
            count is a range, or of nobody.
    """
    path = Path(folder)
    path = path / "results.json" if path.is_dir() else path
    content, data = _content(path)
    named = [str(one["outcome"]) for one in content["outcomes"]]
    name = _chosen(named, outcome, path)
    told = next(one for one in content["outcomes"] if one["outcome"] == name)
    answers = told["answers"][0]
    counts = {key: answers[key] for key in ("yes", "no", "not_evaluable")}
    if any(isinstance(count, list) for count in counts.values()):
        low, high = (_ends(answers["yes"])[side] for side in (0, 1))
        raise CaseSeriesError(
            f"How many responded is not known exactly: {low} to {high}.",
            where=f"{path}, outcome {name}",
            do="Small counts of a site were hidden, so no size can rest on it. Use the results of the site itself, or name the counts.",
        )
    exact: dict[str, Any] = next(
        (one for one in content["responders"] if one["outcome"] == name and one["spec"] == 0), {}
    )
    if exact.get("good") is False:
        raise CaseSeriesError(
            "This outcome is declared as not wanted, so nobody who has it is a responder.",
            where=f"{path}, outcome {name}",
            do="Name an outcome that is wanted.",
        )
    n = sum(counts.values())
    if not n:
        raise CaseSeriesError("Nobody stands in the denominator of this outcome.", where=f"{path}, outcome {name}")
    return SeenSeries(
        str(content["study"]),
        counts["yes"],
        n,
        name,
        str(told.get("rule", "")),
        counts["not_evaluable"],
        str(exact.get("denominator", "")),
        bool(content["invented"]),
        (
            *((str(key), str(value)) for key, value in content["fingerprints"].items()),
            ("results", hashlib.sha256(data).hexdigest()),
        ),
    )


def _ends(count: Any) -> tuple[Any, Any]:
    return (count[0], count[1]) if isinstance(count, list) else (count, count)


def _content(path: Path) -> tuple[dict[str, Any], bytes]:
    try:
        data = path.read_bytes()
        content = json.loads(data)
    except OSError as failed:
        raise CaseSeriesError(
            f"The results of an earlier run cannot be read: {failed.strerror or type(failed).__name__}.",
            where=str(path),
            do=_AGAIN,
        ) from None
    except (ValueError, RecursionError):
        raise CaseSeriesError(
            "This is no results.json of a run: it cannot be read as JSON.", where=str(path), do=_AGAIN
        ) from None
    if not isinstance(content, dict) or not str(content.get("schema", "")).startswith("caseseries.results/"):
        raise CaseSeriesError("This is no results.json of a run.", where=str(path), do=_AGAIN)
    missing = [key for key in ("study", "invented", "fingerprints", "responders", "outcomes") if key not in content]
    if missing:
        raise CaseSeriesError(f"The results lack {', '.join(missing)}.", where=str(path), do="Run the study again.")
    return content, data


def _chosen(named: list[str], outcome: str | None, path: Path) -> str:
    if outcome is None and len(named) == 1:
        return named[0]
    if outcome in named:
        return str(outcome)
    if not named:
        raise CaseSeriesError(
            "This run has no outcome with responders.", where=str(path), do="Declare one, and run again."
        )
    what = "There are several outcomes." if outcome is None else f"There is no outcome {shortened(outcome)!r}."
    raise CaseSeriesError(what, where=str(path), expected=f"one of: {', '.join(named)}", do="Name it with --outcome.")
