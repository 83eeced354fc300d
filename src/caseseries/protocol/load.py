"""Loading a protocol: read, validated, cross-checked; every mistake at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from caseseries.errors import Problem, ProtocolError, in_numbers
from caseseries.protocol.check import check, check_made, in_order
from caseseries.protocol.choices import suggested
from caseseries.protocol.fingerprint import fingerprint
from caseseries.protocol.misspelt import respelt
from caseseries.protocol.not_varied import not_varied, not_varied_words
from caseseries.protocol.notes import Notes
from caseseries.protocol.problems import from_validation_error
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.undecided import with_questions
from caseseries.protocol.yaml import Document, read

#: The sections of a protocol, as they are written.
SECTIONS = tuple(field.alias or name for name, field in Protocol.model_fields.items())


@dataclass(frozen=True, slots=True)
class Loaded:
    """A protocol that holds together, the text it was read from, and its fingerprint.

    `warnings` are oddities that may be meant; they are printed and stop nothing. `suggested` are the fields still marked
    as suggested by `caseseries new`, with what is written there.
    """

    protocol: Protocol
    document: Document
    file: str
    fingerprint: str
    warnings: tuple[Problem, ...] = ()
    suggested: tuple[str, ...] = ()


def load(path: Path | str) -> Loaded:
    """The protocol in a file.

    Raises:
        ProtocolError: with every mistake of spelling, of form and of reference, each with its line.
    """
    raw = Path(path)
    document = read(raw)
    return _loaded(document, raw.read_text(encoding="utf-8-sig"), raw.parent)


def parse(text: str, file: str = "protocol.yaml") -> Loaded:
    """The protocol in a text; `file` is what messages call it.

    >>> parse("study: A study\\nwindows: {}\\noutcomes: {}\\nmeasures: {mmt: {instrument: MTM8}}", file="p.yaml")
    Traceback (most recent call last):
    caseseries.errors.ProtocolError: p.yaml has 3 mistakes.
      p.yaml:1, column 1: `case` is missing
      p.yaml:1, column 1: `intercurrent` is missing
      p.yaml:4, column 30: not an instrument in the catalogue (found 'MTM8'; allowed: nearest: MMT8)...
    Nothing was run.
    """
    return _loaded(read(text, file=file), text)


def made(protocol: Protocol) -> tuple[Problem, ...]:
    """Cross-check a protocol made in Python; returns the warnings.

    Raises:
        ProtocolError: where its parts do not fit together.
    """
    notes = check_made(protocol)
    _refuse("The protocol", in_order(notes.errors))
    _unvaried(protocol, notes)
    return in_order(notes.warnings)


def _unvaried(protocol: Protocol, notes: Notes) -> None:
    for field, name in not_varied(protocol):
        do = "leave it out, or name a window that a rule reads"
        notes.warn(("robustness", field, name), not_varied_words(field), do=do, key=True)


def _loaded(written: Document, text: str, folder: Path | None = None) -> Loaded:
    document, misspelt = respelt(written, SECTIONS)
    notes, protocol, wrong = check(document), None, misspelt
    try:
        protocol = Protocol.model_validate(document.data, context={"folder": folder})
    except ValidationError as error:
        wrong = [*misspelt, *from_validation_error(error, document, Protocol)]
    _refuse(document.file, in_order(with_questions(document, [*wrong, *notes.errors])))
    assert protocol is not None  # a refused protocol has a reason
    _unvaried(protocol, notes)
    left = suggested(document, text)
    return Loaded(protocol, document, document.file, fingerprint(protocol), in_order(notes.warnings), left)


def _refuse(file: str, problems: tuple[Problem, ...]) -> None:
    if problems:
        raise ProtocolError(f"{file} has {in_numbers(problems)}.", problems, do="Nothing was run.")
