"""Gathering what is wrong or odd in a protocol, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from caseseries.catalogue import nearest
from caseseries.errors import Place, Problem
from caseseries.protocol.yaml import Loc

#: How many allowed names a message lists before it stops.
LISTED = 12

#: Where the value at a path stands; the second argument asks for its name instead.
Locate = Callable[[Loc, bool], Place]


@dataclass(slots=True)
class Notes:
    """Errors refuse the protocol; warnings are printed and the protocol runs.

    `missing` are the sections not written; `made` says that the protocol was made in Python, where `gain(mmt) >= 4` are points.
    """

    locate: Locate
    missing: frozenset[str] = frozenset()
    made: bool = False
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def wrong(
        self, loc: Loc, what: str, found: str = "", allowed: str = "", do: str = "", *, key: bool = False
    ) -> None:
        """A mistake at a place; `key=True` when the name there is wrong, not its value."""
        self.errors.append(Problem(what, self.locate(loc, key), found, allowed, do))

    def warn(self, loc: Loc, what: str, found: str = "", do: str = "", *, key: bool = False) -> None:
        """Something that may be meant, and that a reader would ask about."""
        self.warnings.append(Problem(what, self.locate(loc, key), found, do=do))

    def unknown(self, loc: Loc, kind: str, written: object, names: Iterable[str], *, key: bool = False) -> None:
        """A name that was not declared, with the declared ones and the nearest spelling.

        Nothing is said where the section that would declare it is missing: that is one mistake, reported by itself.
        """
        if f"{kind}s" in self.missing:
            return
        known = list(names)
        near = nearest(str(written), known, 1)
        listed = ", ".join(known[:LISTED]) + (", ..." if len(known) > LISTED else "")
        do = f"write {near[0]}" if near else "" if known else f"declare a {kind} first"
        self.wrong(loc, f"no {kind} has this name", str(written), listed, do, key=key)
