"""Whether this software has shown outcomes of a study: a note beside its protocol, which a later lock looks at.

Where the folder of the protocol cannot be written, as on a drive that is shared for reading, the note goes to this user's own
folder for the state of programs. It then says less: a lock that finds it says that it is not known.
"""

from __future__ import annotations

import datetime as dt
import os
from hashlib import sha256
from pathlib import Path
from typing import Literal

from caseseries import __version__
from caseseries.disk.modes import make_folder
from caseseries.errors import OutputError, ProtocolError
from caseseries.protocol.json_file import read_record, unreadable, write_record
from caseseries.protocol.load import load

SHOWN_SCHEMA = "caseseries.shown/1"

Noted = Literal["beside the protocol", "for this user only", "nowhere"]


def shown_file(path: Path | str) -> Path:
    """Where the first showing of outcomes is noted.

    >>> shown_file("study/protocol.yaml").as_posix()
    'study/protocol.shown.json'
    """
    return Path(path).with_suffix(".shown.json")


def record_shown(path: Path | str, *, today: dt.date, under: str = "") -> Noted:
    """Note that outcomes were shown; the first date stays. The answer says where it stands.

    A run calls this before it prints or writes any outcome. A chart marked as invented shows outcomes of nobody, and
    needs no note. `under` is the fingerprint of the protocol they were computed by; without it, of the file as it is.
    """
    if outcomes_shown(path) is not None:
        return "beside the protocol"
    note = {"schema": SHOWN_SCHEMA, "first": today.isoformat(), "version": __version__}
    note["protocol"] = under or _fingerprint(path)
    try:
        write_record(shown_file(path), note)
        return "beside the protocol"
    except OutputError:
        pass
    own = _own_note(path)
    if own is None:
        return "nowhere"
    try:
        if _first(own) is None:
            make_folder(own.parent, exist_ok=True)
            write_record(own, note)
        return "for this user only"
    except (OSError, OutputError, ProtocolError):
        return "nowhere"


def unnoted(noted: Noted) -> str:
    """What a run and its report say of a note that could not stand beside the protocol; nothing where it does.

    >>> unnoted("beside the protocol")
    ''
    """
    if noted == "beside the protocol":
        return ""
    kept = "it is noted for this user only" if noted == "for this user only" else "it is noted nowhere"
    return (
        f"That this software showed outcomes could not be noted beside the protocol, whose folder is read-only; {kept}. "
        "Whether a later lock comes before or after outcomes is then not known."
    )


def outcomes_shown(path: Path | str) -> dt.date | None:
    """The first day on which a run noted, beside this protocol, that it showed outcomes; None where none did.

    Raises:
        ProtocolError: the note cannot be read.
    """
    return _first(shown_file(path))


def shown_to_this_user(path: Path | str) -> dt.date | None:
    """The first day on which a run noted that it showed outcomes, where the note could not stand beside the protocol; only the user
    who ran the study has it.

    Raises:
        ProtocolError: the note cannot be read.
    """
    own = _own_note(path)
    return None if own is None else _first(own)


def shown_under(path: Path | str) -> str:
    """The fingerprint of the protocol under which outcomes were first shown; empty where it was not noted."""
    note = read_record(shown_file(path), SHOWN_SCHEMA) or {}
    return str(note.get("protocol", ""))


def _first(file: Path) -> dt.date | None:
    note = read_record(file, SHOWN_SCHEMA)
    if note is None:
        return None
    try:
        return dt.date.fromisoformat(note["first"])
    except (KeyError, TypeError, ValueError):
        raise unreadable(file, "it holds no date") from None


def _own_note(path: Path | str) -> Path | None:
    """The note of this user about the protocol at this place; its name tells nobody which. None for a user without a home."""
    state = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        folder = Path(state) if state else Path.home() / ".local" / "state"
    except RuntimeError:  # a number that the system has no name for, as in a container
        return None
    name = sha256(str(Path(path).resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return folder / "caseseries" / f"{name}.shown.json"


def _fingerprint(path: Path | str) -> str:
    try:
        return load(path).fingerprint
    except ProtocolError:
        return ""
