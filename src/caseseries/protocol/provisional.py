"""What of an unfinished file can be used already: with some answer in place of each question, and without what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from caseseries.protocol.notes import Notes
from caseseries.protocol.problems import from_validation_error
from caseseries.protocol.undecided import Undecided, undecided, with_questions
from caseseries.protocol.yaml import Document, Loc, Spot

Model = TypeVar("Model", bound=BaseModel)

#: Rounds of leaving out what is refused; what is left after them is refused as a whole.
_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Provisional(Generic[Model]):
    """A file as far as it can be used. `left_out` are the places that had to be left out; the answers themselves are no one's."""

    model: Model
    data: Mapping[str, Any]
    left_out: tuple[Loc, ...]


def provisional(
    document: Document,
    model: type[Model],
    answers: Mapping[Loc, str],
    *,
    check: Callable[[Document], Notes] | None = None,
    otherwise: Mapping[str, Any] | None = None,
) -> Provisional[Model] | None:
    """The file with `answers` where it asks, and without what is then still refused; None where too little is left.

    `otherwise` stands in for sections that are lost as a whole.

    >>> from caseseries.protocol.yaml import read
    >>> class Window(BaseModel, extra="forbid"):
    ...     take: str
    ...     at: int = 0
    >>> written = read("{take: TO DECIDE, at: noon, tie: TO DECIDE}")
    >>> found = provisional(written, Window, {("take",): "last"})
    >>> found.model.take, found.left_out
    ('last', (('tie',), ('at',)))
    """
    data: dict[str, Any] = deepcopy(dict(document.data))
    lost: list[Loc] = []
    for one in sorted(undecided(document), key=lambda one: -len(one.loc)):
        if one.key or one.loc not in answers:
            lost.append(_without(data, one.loc))
        else:
            _put(data, one.loc, answers[one.loc])
    for _ in range(_ROUNDS):
        for section, value in (otherwise or {}).items():
            data.setdefault(section, deepcopy(value))
        whole, places = _numbered(data)
        notes = check(whole).errors if check is not None else []
        try:
            made = model.model_validate(data)
            wrong = notes
        except ValidationError as error:
            wrong = [*from_validation_error(error, whole, model), *notes]
        if not wrong:
            return Provisional(made, data, tuple(lost))
        found = {places[problem.place.line or 0] for problem in wrong}
        if () in found:  # a section without which there is nothing
            return None
        lost += [_without(data, loc) for loc in sorted(found, key=lambda loc: (-len(loc), str(loc)))]
    return None


def words_allowed(
    document: Document, model: type[BaseModel], left: tuple[Undecided, ...]
) -> dict[Loc, tuple[str, ...]]:
    """Of each open question the words that its field allows; none where they cannot be listed."""
    try:
        model.model_validate(document.data)
        wrong = []
    except ValidationError as error:
        wrong = from_validation_error(error, document, model)
    asked = {one.place: one for one in with_questions(document, wrong) if one.question}
    at = {one.loc: document.locate(one.loc, key=one.key) for one in left}
    return {loc: tuple(answer for answer, _ in asked[place].answers) for loc, place in at.items() if place in asked}


def _numbered(data: dict[str, Any]) -> tuple[Document, dict[int, Loc]]:
    """The data as a file in which every value stands on a line of its own, so that a mistake's line says which value it is about."""
    spots: dict[Loc, tuple[Spot, Spot]] = {}
    places: dict[int, Loc] = {0: ()}

    def walk(value: Any, loc: Loc) -> None:
        number = len(places)
        places[number], spots[loc] = loc, ((number, 1), (number, 2))
        entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for name, inside in entries:
            walk(inside, (*loc, name))

    walk(data, ())
    return Document("", data, spots), places


def _at(data: Any, loc: Loc) -> Any:
    for part in loc:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _put(data: Any, loc: Loc, value: Any) -> None:
    above = _at(data, loc[:-1])
    if isinstance(above, dict):
        above[loc[-1]] = value
    elif isinstance(above, list) and int(loc[-1]) < len(above):
        above[int(loc[-1])] = value


def _without(data: Any, loc: Loc) -> Loc:
    above = _at(data, loc[:-1])
    if isinstance(above, dict):
        above.pop(loc[-1], None)
    elif isinstance(above, list) and int(loc[-1]) < len(above):
        del above[int(loc[-1])]
    return loc
