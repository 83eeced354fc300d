"""Which files of a folder or ZIP are which table."""

from __future__ import annotations

import re
import shutil
import zipfile
import zlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from caseseries.disk.hashes import digest_of_file
from caseseries.errors import ChartError, Place, Problem
from caseseries.source.omop.cdm_tables import READ

#: What a ZIP may unpack to, in bytes; only the tables that are read are unpacked.
UNPACKED = 50_000_000_000
#: Files together beyond this size are known by name and size alone, not by their content.
HASHED = 2_000_000_000

_ENDINGS = {"parquet": (".parquet",), "csv": (".csv", ".csv.gz", ".tsv", ".tsv.gz")}
#: `2b_concept.csv` is how one distribution names its own concepts.
_PREFIX = re.compile(r"[0-9]+[a-z]?_")


class Unreadable(ChartError):
    """The database cannot be read as its description says; `about` leads to the value of the description that says it."""

    def __init__(self, problem: Problem, about: Sequence[str] = ()) -> None:
        self.about = tuple(about)
        super().__init__("The database cannot be read.", [problem], do="Nothing was run.")

    def at(self, place: Place) -> Unreadable:
        """The error with its line in the description; the file that was looked at stands as what was found."""
        (told,) = self.problems
        return Unreadable(replace(told, place=place, found=told.found or told.place.file), self.about)


def stop(what: str, file: str = "", do: str = "", allowed: str = "", *, about: Sequence[str] = ("from",)) -> Unreadable:
    """The database cannot be read at all."""
    return Unreadable(Problem(what, Place(file), allowed=allowed, do=do), about)


def table_of(name: str, kind: str, tables: Collection[str] = READ) -> str | None:
    """The one of the tables that a file is, by its name, whatever its case.

    >>> table_of("PERSON.csv.gz", "csv"), table_of("2b_concept.csv", "csv"), table_of("._person.parquet", "parquet")
    ('person', 'concept', None)
    """
    lower = name.lower()
    ending = next((one for one in sorted(_ENDINGS[kind], key=len, reverse=True) if lower.endswith(one)), None)
    if ending is None or lower.startswith("."):
        return None
    bare = lower.removesuffix(ending)
    if bare in tables:
        return bare
    bare = _PREFIX.sub("", bare, count=1)
    return bare if bare in tables else None


def tables_in(folder: Path, kind: str, tables: Collection[str] = READ) -> dict[str, list[Path]]:
    """The files of each table: `person.parquet`, or every file in a folder `person/`; a plain name goes before a prefixed one."""
    found: dict[str, list[Path]] = {}
    plain: set[str] = set()
    for entry in sorted(folder.iterdir(), key=lambda path: path.name):
        if entry.is_dir() and entry.name.lower() in tables:
            parts = [
                file for file in sorted(entry.rglob("*")) if file.is_file() and not file.name.startswith((".", "_"))
            ]
            parts = [file for file in parts if file.name.lower().endswith(_ENDINGS[kind])]
            if parts:
                _once(found, entry.name.lower(), parts, entry)
                plain.add(entry.name.lower())
        elif entry.is_file() and (table := table_of(entry.name, kind, tables)) is not None:
            exact = entry.name.lower().split(".", 1)[0] == table
            if exact and table in found and table not in plain:
                del found[table]
            if exact or table not in plain:
                _once(found, table, [entry], entry)
            plain |= {table} if exact else set()
    return found


def _once(found: dict[str, list[Path]], table: str, files: list[Path], entry: Path) -> None:
    if table in found:
        raise stop(f"two files are both the table {table}", entry.name, "leave one of them in the folder")
    found[table] = files


def unpack(archive: Path, kind: str, into: Path, tables: Collection[str] = READ) -> dict[str, list[Path]]:
    """Unpack the tables of a ZIP under names of our own; strays such as `__MACOSX` stay where they are.

    Raises:
        ChartError: it is no ZIP, is damaged, is locked, or would unpack to far too much.
    """
    found: dict[str, list[Path]] = {}
    try:
        with zipfile.ZipFile(archive) as packed:
            for member in sorted(packed.infolist(), key=lambda one: one.filename):
                parts = member.filename.split("/")
                if member.is_dir() or "__MACOSX" in parts:
                    continue
                table = table_of(parts[-1], kind, tables)
                if table is None:
                    continue
                if member.flag_bits & 1:
                    raise stop("the ZIP is locked with a password", archive.name, "save a copy without one")
                target = into / f"{table}{_ending(parts[-1], kind)}"
                _once(found, table, [target], Path(parts[-1]))
                _copy(packed, member, target, archive.name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise stop("the file is no ZIP, or it is damaged", archive.name) from None
    return found


def _ending(name: str, kind: str) -> str:
    return next(one for one in sorted(_ENDINGS[kind], key=len, reverse=True) if name.lower().endswith(one))


def _copy(packed: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, archive: str) -> None:
    if member.file_size > min(UNPACKED, shutil.disk_usage(target.parent).free):
        raise stop("the ZIP would unpack to more than there is room for", archive, "unpack it, and name the folder")
    left = member.file_size
    with packed.open(member) as source, target.open("wb") as copy:
        while chunk := source.read(1 << 20):
            left -= len(chunk)
            if left < 0:
                raise stop("the ZIP unpacks to more than it declares", archive)
            copy.write(chunk)


def digests(files: dict[str, list[Path]]) -> dict[str, str]:
    """SHA-256 of every file by table and name; the size alone where they are too large together to be read twice."""
    every = [(table, path) for table, paths in sorted(files.items()) for path in paths]
    small = sum(path.stat().st_size for _, path in every) <= HASHED
    return {
        table if len(files[table]) == 1 else f"{table}/{path.name}": digest_of_file(path)
        if small
        else f"{path.stat().st_size} bytes"
        for table, path in every
    }


def stage(files: dict[str, list[Path]], kind: str, into: Path) -> dict[str, list[Path]]:
    """Links under names of our own, so that nothing of a user's path becomes SQL text."""
    staged: dict[str, list[Path]] = {}
    for table, paths in files.items():
        staged[table] = []
        for number, path in enumerate(paths):
            link = into / f"{table}-{number}{_ending(path.name, kind)}"
            link.symlink_to(path.resolve())
            staged[table].append(link)
    return staged
