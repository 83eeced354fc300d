"""`caseseries combine`: the exported counts of several sites as one report."""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from caseseries import __version__
from caseseries.chart.natural import natural
from caseseries.cli.commands.run import counted
from caseseries.cli.files import load_study
from caseseries.cli.places import advise_replaced
from caseseries.cli.screen import Screen
from caseseries.disk.hashes import digest_of_file
from caseseries.errors import Defect, InputError, Place, Problem
from caseseries.protocol.choices import in_force
from caseseries.protocol.shown import record_shown, unnoted
from caseseries.report.exhibits.words import seen
from caseseries.report.files.run_file import study_of
from caseseries.report.population import Site
from caseseries.study import Study
from caseseries.summary.population import population
from caseseries.summary.population_model import Population
from caseseries.summary.sites import SiteCounts, combine, doubled

#: What the first box of the flow is called where several databases were counted.
FOUND = "Persons in the databases"


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """Add up the counts, write the report, print the headline."""
    from caseseries import report
    from caseseries.report import population as many

    out, files = Path(arguments.out), [Path(name) for name in arguments.sites]
    report.refuse(out, inputs=[Path(arguments.protocol), *files])
    study, earlier = load_study(arguments.protocol), study_of(out)
    screen.warn(study.warnings)
    sites = read_sites(study, files)
    same = doubled(sites)
    reason = seen(" ".join((arguments.same_site_twice or "").split()))
    found = together(study, sites, files, reason=reason)
    for words in same:
        screen.advise(f"{words}; combined all the same, because: {reason}")
    if study.file is not None and not found.invented:
        noted = record_shown(study.file, today=dt.datetime.now().astimezone().date(), under=study.fingerprint)
        found = replace(found, unnoted=unnoted(noted))
    screen.progress("writing the report")
    inputs = {path.name: digest_of_file(path) for path in files}
    many.write(
        found, out, sites=listed(sites), inputs=inputs, run_info={"sites": str(len(sites))}, readable=arguments.readable
    )
    screen.say(many.headline(found))
    if found.unnoted:
        screen.advise(found.unnoted)
    screen.advise(f"Report: {out / 'report.html'}")
    advise_replaced(earlier, study.protocol.study, out, screen)
    screen.answer(out=str(out), sites=[site.site for site in sites], **counted(found))
    return 0


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


def together(study: Study, sites: Sequence[SiteCounts], files: Sequence[Path], *, reason: str = "") -> Population:
    """The population of all sites; with a `reason` also of sites that seem to hold the same patients, which the report then says.

    Raises:
        InputError: one site twice, or sites that do not belong together.
    """
    added = combine(sites, twice=bool(reason))
    digests = sorted(digest_of_file(path) for path in files)
    prints = {"protocol": study.fingerprint, "sites": hashlib.sha256("\n".join(digests).encode()).hexdigest()}
    try:
        found = population(study.protocol, added.tally, dated=added.dated, invented=added.invented, found=FOUND)
    except Defect:  # of counts that this software did not write, the accounts need not agree
        raise InputError(
            "The counts of the sites do not add up.",
            [],
            do="A file was changed after it was written; ask the site for it again. Nothing was written.",
        ) from None
    return replace(
        found,
        fingerprints=prints,
        locked=study.locked,
        deviations=(
            *study.deviations,
            *(f"{words}; they were combined all the same, because: {reason}" for words in doubled(sites)),
        ),
        suggested=study.suggested,
        choices=in_force(study.protocol),
    )


def listed(sites: Sequence[SiteCounts]) -> tuple[Site, ...]:
    """The sites as the report lists them."""
    return tuple(Site(one.site, one.audience, one.tally.total("cases", "", ""), _smallest(one)) for one in sites)


def _smallest(one: SiteCounts) -> int:
    """The least count that the site told; 1 where it told every count."""
    return 1 if one.audience == "own site" else one.smallest
