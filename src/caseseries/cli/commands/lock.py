"""`caseseries lock`: fix the protocol, or say whether it is as it was fixed."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import Any

from caseseries.cli.screen import Screen
from caseseries.errors import CaseSeriesError
from caseseries.protocol.fingerprint import short
from caseseries.protocol.lock import LockStatus, lock, lock_file, status


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """Lock with a reason, or tell the status; a protocol that changed since its lock ends with 1."""
    if arguments.status == (arguments.reason is not None):
        raise CaseSeriesError(
            "Either a reason or --status is needed.",
            do='Write for example: caseseries lock protocol.yaml --reason "before the charts were read"',
        )
    if arguments.status:
        return _tell(status(arguments.protocol), screen)
    made = lock(arguments.protocol, reason=arguments.reason, today=dt.datetime.now().astimezone().date())
    screen.say(f"Fixed on {made.words} (fingerprint {short(made.fingerprint)}).")
    screen.advise(f"Keep {lock_file(arguments.protocol)} beside the protocol; reports print what it says.")
    screen.answer(state="locked", fingerprint=made.fingerprint, date=made.date.isoformat(), outcomes=made.outcomes)
    return 0


def _tell(found: LockStatus, screen: Screen) -> int:
    changed = found.state == "changed since"
    screen.say(
        {"unlocked": "Not locked.", "locked": "As it was locked.", "changed since": "Changed since."}[found.state]
    )
    if found.words:
        screen.say(f"The protocol was {found.words}.")
    for line in found.amendments:
        screen.say(f"  amended {line}")
    for line in found.deviations:
        screen.say(f"  not in the lock: {line}")
    if found.shown is not None:
        screen.say(f"This software first showed outcomes of it on {found.shown.isoformat()}.")
    screen.answer(not changed, **_as_json(found))
    return 1 if changed else 0


def _as_json(found: LockStatus) -> dict[str, Any]:
    last = found.locks[-1] if found.locks else None
    return {
        "state": found.state,
        "fingerprint": last.fingerprint if last else None,
        "date": last.date.isoformat() if last else None,
        "outcomes": last.outcomes if last else None,
        "amendments": list(found.amendments),
        "deviations": list(found.deviations),
        "outcomes_shown": found.shown.isoformat() if found.shown else None,
    }
