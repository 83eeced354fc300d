"""Loading a protocol: read, validated, cross-checked; every mistake at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from caseseries.errors import Problem, ProtocolError
from caseseries.protocol.check import check, check_made, in_order
from caseseries.protocol.fingerprint import fingerprint
from caseseries.protocol.problems import from_validation_error
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.yaml import Document, read


@dataclass(frozen=True, slots=True)
class Loaded:
    """A protocol that holds together, the text it was read from, and its fingerprint.

    `warnings` are oddities that may be meant; they are printed and stop nothing.
    """

    protocol: Protocol
    document: Document
    file: str
    fingerprint: str
    warnings: tuple[Problem, ...] = ()


def load(path: Path | str) -> Loaded:
    """The protocol in a file.

    Raises:
        ProtocolError: with every mistake of spelling, of form and of reference, each with its line.
    """
    return _loaded(read(Path(path)))


def parse(text: str, file: str = "protocol.yaml") -> Loaded:
    """The protocol in a text; `file` is what messages call it.

    >>> parse("study: A study\\nwindows: {baseline: {from: -20 days, to: 0 days, take: lst}}", file="p.yaml")
    Traceback (most recent call last):
    caseseries.errors.ProtocolError: p.yaml has 2 mistakes.
    ...
    """
    return _loaded(read(text, file=file))


def made(protocol: Protocol) -> tuple[Problem, ...]:
    """Cross-check a protocol made in Python; returns the warnings.

    Raises:
        ProtocolError: where its parts do not fit together.
    """
    notes = check_made(protocol)
    _refuse("The protocol", in_order(notes.errors))
    return in_order(notes.warnings)


def _loaded(document: Document) -> Loaded:
    notes = check(document)
    try:
        protocol = Protocol.model_validate(document.data)
    except ValidationError as wrong:
        _refuse(document.file, in_order([*from_validation_error(wrong, document, Protocol), *notes.errors]))
        raise AssertionError("a refused protocol has a reason") from wrong
    _refuse(document.file, in_order(notes.errors))
    return Loaded(protocol, document, document.file, fingerprint(protocol), in_order(notes.warnings))


def _refuse(file: str, problems: tuple[Problem, ...]) -> None:
    if problems:
        count = "1 mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
        raise ProtocolError(f"{file} has {count}.", problems, do="Nothing was run.")
