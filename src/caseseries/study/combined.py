"""The exported counts of several sites as one finished run, without a patient row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from caseseries import __version__
from caseseries.chart.natural import natural
from caseseries.errors import Defect, InputError, Place, Problem
from caseseries.protocol.choices import in_force
from caseseries.study.inputs import decimals_words
from caseseries.study.results import Results
from caseseries.study.study import Study
from caseseries.summary.model import Kept, Site
from caseseries.summary.sites import SiteCounts, add_sites, doubled
from caseseries.summary.summarise import summarise


def combine(protocol: str | Path | Study, files: Sequence[str | Path], *, same_site_twice: str = "") -> Results:
    """Add up the counts that sites exported (`caseseries run --export`) with one protocol, in the order of their labels.

    Two files that seem to hold the same patients are refused, unless `same_site_twice` says why they are different ones; the report says so
    then. That outcomes of patients (not of invented ones) were shown is noted beside the protocol.

    Raises:
        InputError: a file cannot be read, was made by another protocol or another version, or for a site named twice; sites that do not belong
            together. All mistakes are listed.
    """
    study = protocol if isinstance(protocol, Study) else Study.load(protocol)
    paths = [Path(file) for file in files]
    sites = read_sites(study, paths)
    same = doubled(sites)
    tally, dated, invented = add_sites(sites, twice=bool(same_site_twice))
    digests = {path.name: _digest(path) for path in paths}
    prints = {
        "protocol": study.fingerprint,
        "sites": hashlib.sha256("\n".join(sorted(digests.values())).encode()).hexdigest(),
    }
    try:
        summary = summarise(
            study.protocol, tally, kept=_kept(sites), dated=dated, invented=invented, sites=tuple(map(_told, sites))
        )
    except Defect:  # of counts that this software did not write, the accounts need not agree
        raise InputError(
            "The counts of the sites do not add up.",
            [],
            do="A file was changed after it was written; ask the site for it again. Nothing was written.",
        ) from None
    twice = tuple(f"{words}; they were combined all the same, because: {same_site_twice}" for words in same)
    summary = replace(
        summary,
        fingerprints=prints,
        locked=study.locked,
        deviations=(*study.deviations, *twice),
        rounded=True,
        suggested=study.suggested,
        choices=in_force(study.protocol),
        unnoted=study.note_shown(invented=summary.invented),
    )
    return Results(
        study.protocol,
        study.fingerprint,
        summary,
        tally,
        digests,
        {"sites": str(len(sites)), "doses counted": decimals_words(exact=False)},
    )


def read_sites(study: Study, files: Sequence[Path]) -> list[SiteCounts]:
    """The counts in the files, in the order of their labels.

    Raises:
        InputError: a file cannot be read, or was made by another protocol, another version, or for a site named twice; all are listed.
    """
    found: list[SiteCounts] = []
    problems: list[Problem] = []
    for path in files:
        if path.exists() and not path.is_file():  # a device may have no end, a pipe can be read once
            problems.append(Problem("this is a folder or a device, not a file", Place(str(path)), do="name the file"))
            continue
        try:
            text = path.read_text(encoding="utf-8")
            found.append(SiteCounts.read(text.splitlines(), file=str(path)))
        except InputError as error:
            problems += error.problems
        except UnicodeDecodeError:
            problems.append(Problem("not a file of counts", Place(str(path)), allowed="what `run --export` wrote"))
        except OSError as error:
            problems.append(Problem(f"cannot be read: {error.strerror or type(error).__name__}", Place(str(path))))
        else:
            problems += _foreign(study, found[-1], path)
    if problems:
        do = "Nothing was combined. Ask the site for what `caseseries run --export` writes with this protocol and this version."
        raise InputError("The counts of the sites cannot be combined.", problems, do=do)
    return sorted(found, key=lambda one: natural(one.site))


def _foreign(study: Study, counts: SiteCounts, path: Path) -> list[Problem]:
    """What keeps one file from belonging to this protocol and this software."""
    problems = []
    if counts.protocol != study.fingerprint:
        found, wanted = counts.protocol[:16], study.fingerprint[:16]
        problems.append(Problem("counts made by another protocol", Place(str(path)), f"fingerprint {found}", wanted))
    if counts.package != __version__:
        problems.append(
            Problem("counts made by another version of caseseries", Place(str(path)), counts.package, __version__)
        )
    return problems


def _kept(sites: Sequence[SiteCounts]) -> Kept:
    """What the sites read: all of them charts, all of them databases, or some the one and some the other."""
    kinds = {one.kept for one in sites}
    return kinds.pop() if len(kinds) == 1 else "both"


def _told(one: SiteCounts) -> Site:
    """The site as the report lists it; the least count that it told is 1 where it told every count."""
    smallest = 1 if one.audience == "own site" else one.smallest
    return Site(one.site, one.audience, one.tally.total("cases", "", ""), smallest, one.kept)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
