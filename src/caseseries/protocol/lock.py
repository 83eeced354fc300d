"""Fixing a protocol: when, why, and whether this software had shown outcomes before.

The lock file stands beside the protocol (`protocol.lock.json` for `protocol.yaml`) and holds one entry per locking: the
fingerprint, the date, the reason, the authors' statement, and the protocol itself, so that later changes can be listed.
Whether outcomes were shown is known from a second file, `protocol.shown.json`, which the first run writes. Both are plain
files that their owner can change; they are a record, not a proof, and a report says no more than they do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from caseseries import __version__
from caseseries.errors import CaseSeriesError, Place, Problem, ProtocolError
from caseseries.protocol.choices import undeclared
from caseseries.protocol.differences import differences, plain
from caseseries.protocol.fingerprint import fingerprint
from caseseries.protocol.json_file import alone, read_record, unreadable, write_record
from caseseries.protocol.load import Loaded, load
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.shown import outcomes_shown, shown_file, shown_to_this_user, shown_under

LOCK_SCHEMA = "caseseries.lock/1"

Seen = Literal["before", "after", "not known"]

#: A run of a copied protocol, or of an invented chart, leaves no note here: `before` is only what the note allows.
_WHEN = {
    "before": "before this software showed outcomes, as far as is recorded beside the protocol",
    "partly after": "at least in part after this software showed outcomes",
    "after": "after this software showed outcomes",
}
_NOT_KNOWN = "whether this software had shown outcomes by then is not known"


@dataclass(frozen=True, slots=True)
class Lock:
    """One locking: `outcomes` says whether it was before or after this software showed outcomes of the study.

    `authors_knew` is the authors' own statement in the protocol; `chart` the fingerprint of the chart description,
    where one was given.
    """

    fingerprint: str
    date: dt.date
    reason: str
    outcomes: Seen
    authors_knew: str
    chart: str
    version: str
    protocol: Protocol

    @property
    def words(self) -> str:
        """The locking as a report says it.

        The word is `fixed`: a file can show a date, not what its authors had in mind.
        """
        if self.outcomes == "not known":
            return f"{self.date.isoformat()}; {_NOT_KNOWN}"
        return f"{self.date.isoformat()}, {_WHEN[self.outcomes]}"


@dataclass(frozen=True, slots=True)
class LockStatus:
    """What the lock file says of the protocol as it is now.

    `amendments` are the changes between one locking and the next, each with the date and reason of the later one;
    `deviations` the changes since the last locking. Both give every field with its value before and after. `changed`
    says whether the deviations were made before or after outcomes were shown.
    """

    state: Literal["unlocked", "locked", "changed since"]
    locks: tuple[Lock, ...]
    amendments: tuple[str, ...]
    deviations: tuple[str, ...]
    shown: dt.date | None
    changed: Seen | Literal["partly after"] = "not known"

    @property
    def words(self) -> str:
        """`fixed on 2024-05-01, before this software showed outcomes ...`, and what came later; empty without a lock."""
        if not self.locks:
            return ""
        first, *later = self.locks
        said = f"fixed on {first.words}"
        for lock in later:
            said += f"; fixed again on {lock.words}, because: {lock.reason}"
        if self.state == "changed since":
            count = len(self.deviations)
            when = _NOT_KNOWN if self.changed == "not known" else _WHEN[self.changed]
            said += f"; changed since in {count} place{'' if count == 1 else 's'}, {when}"
        return said


def lock_file(path: Path | str) -> Path:
    """Where the lock of a protocol stands.

    >>> lock_file("study/protocol.yaml").as_posix()
    'study/protocol.lock.json'
    """
    return Path(path).with_suffix(".lock.json")


def lock(path: Path | str, *, reason: str, today: dt.date, outcomes_seen: bool | None = None, chart: str = "") -> Lock:
    """Fix the protocol in this file as it is now, with a reason; a further lock records an amendment.

    `outcomes_seen` is what the author says about this software having shown outcomes; without it the note of
    :func:`record_shown` decides: beside the protocol, outcomes were shown; with this user only, it is not known; nowhere,
    nothing was shown from this folder.

    Raises:
        ProtocolError: mistakes in the protocol; choices left open; a lock file that cannot be read; the author says that
            no outcomes were shown, and the note says they were.
        CaseSeriesError: no reason; nothing changed since the last lock; a date before it; another process is locking.
        OutputError: the lock file cannot be written.
    """
    loaded = load(path)
    if not reason.strip():
        raise CaseSeriesError("A lock needs a reason.", do='Give one, such as --reason "before the charts were read".')
    _refuse_open_choices(loaded.protocol, loaded.file)
    with alone(lock_file(path)):
        return _locked(path, loaded, reason, today, outcomes_seen, chart)


def _locked(
    path: Path | str, loaded: Loaded, reason: str, today: dt.date, outcomes_seen: bool | None, chart: str
) -> Lock:
    earlier, shown = _locks(lock_file(path)), outcomes_shown(path)
    if earlier:
        _refuse_again(earlier[-1], loaded.protocol, today)
    if outcomes_seen is False and shown is not None:
        what = "this software showed outcomes of this study before"
        problem = Problem(
            what, Place(shown_file(path).name), shown.isoformat(), do="lock it as after outcomes were shown"
        )
        raise ProtocolError("The protocol was not locked.", [problem])
    after = outcomes_seen if outcomes_seen is not None else shown is not None
    unsure = outcomes_seen is None and shown is None and shown_to_this_user(path) is not None
    made = Lock(
        loaded.fingerprint,
        today,
        " ".join(reason.split()),
        "not known" if unsure else "after" if after else "before",
        loaded.protocol.authors_knew,
        chart,
        __version__,
        loaded.protocol,
    )
    write_record(lock_file(path), {"schema": LOCK_SCHEMA, "locks": [_entry(one) for one in (*earlier, made)]})
    return made


def status(path: Path | str) -> LockStatus:
    """Whether the protocol in this file is locked, and every change since.

    Raises:
        ProtocolError: mistakes in the protocol, or a lock file that cannot be read.
    """
    loaded = load(path)
    protocol = loaded.protocol
    locks, shown = _locks(lock_file(path)), outcomes_shown(path)
    if not locks:
        return LockStatus("unlocked", (), (), (), shown)
    amendments = tuple(
        f"{later.date.isoformat()}, {later.reason}: {line}"
        for earlier, later in pairwise(locks)
        for line in differences(earlier.protocol, later.protocol)
    )
    deviations = differences(locks[-1].protocol, protocol)
    state: Literal["changed since", "locked"] = "changed since" if deviations else "locked"
    changed = _changed(locks[-1], shown, shown_under(path), loaded.fingerprint)
    return LockStatus(state, locks, amendments, deviations, shown, changed)


def _changed(last: Lock, shown: dt.date | None, under: str, now: str) -> Seen | Literal["partly after"]:
    """Whether changes since the last locking were made before outcomes were shown `under` some protocol, or after."""
    if last.outcomes == "after" or (shown is not None and shown < last.date):
        return "after"
    if shown is None:
        return last.outcomes
    if under == now:
        return "before"
    if under == last.fingerprint:
        return "after"
    return "partly after" if under else "not known"


def _refuse_open_choices(protocol: Protocol, file: str) -> None:
    problems = [
        Problem(f"{choice.name} is not declared ({choice.words})", Place(file), do="declare it")
        for choice in undeclared(protocol)
    ]
    if problems:
        raise ProtocolError("The protocol leaves choices open and was not locked.", problems)


def _refuse_again(last: Lock, protocol: Protocol, today: dt.date) -> None:
    if last.protocol == protocol and not differences(last.protocol, protocol):
        raise CaseSeriesError(f"The protocol is locked already, on {last.date.isoformat()}, and has not changed since.")
    if today < last.date:
        raise CaseSeriesError(
            f"The last lock is of {last.date.isoformat()}, a later day than today's {today.isoformat()}.",
            do="Check the computer's date.",
        )


def _entry(lock: Lock) -> dict[str, Any]:
    return {
        "fingerprint": lock.fingerprint,
        "date": lock.date.isoformat(),
        "reason": lock.reason,
        "outcomes": lock.outcomes,
        "authors_knew": lock.authors_knew,
        "chart": lock.chart,
        "version": lock.version,
        "protocol": plain(lock.protocol),
    }


def _locks(file: Path) -> tuple[Lock, ...]:
    """The lockings in the order they were made."""
    content = read_record(file, LOCK_SCHEMA)
    if content is None:
        return ()
    entries = content.get("locks")
    if not isinstance(entries, list) or not entries:
        raise unreadable(file, "it holds no lock, and this software never writes one without")
    try:
        return tuple(_lock(entry, file) for entry in entries)
    except (KeyError, TypeError, ValueError) as wrong:
        raise unreadable(file, f"an entry is not as this software writes it ({type(wrong).__name__})") from None


def _lock(entry: Mapping[str, Any], file: Path) -> Lock:
    try:
        protocol = Protocol.model_validate(entry["protocol"])
    except ValidationError:
        raise unreadable(
            file, f"the protocol locked by version {entry['version']} is not one of this version"
        ) from None
    if entry["outcomes"] not in {"before", "after", "not known"}:
        raise ValueError("outcomes")
    if entry["version"] == __version__ and entry["fingerprint"] != fingerprint(protocol):
        raise unreadable(
            file, "the fingerprint does not fit the protocol beside it, so one of them was changed by hand"
        )
    return Lock(
        entry["fingerprint"],
        dt.date.fromisoformat(entry["date"]),
        str(entry["reason"]),
        entry["outcomes"],
        str(entry["authors_knew"]),
        str(entry["chart"]),
        str(entry["version"]),
        protocol,
    )
