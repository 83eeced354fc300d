"""From pydantic's errors to sentences with a line: what is wrong, what was written, what is allowed, the nearest word.

A model may refuse a value by ``ValueError("text")``, or by ``PydanticCustomError`` whose context says more:

- ``allowed`` and ``do``: what may be written, and what to do;
- ``at``: names that lead on from the refused value to the piece meant, when a whole mapping was looked at;
- ``secret``: what was written is not repeated;
- ``several``: a list of such contexts, each with its ``message``, when one look finds more than one mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from caseseries.errors import InputError, Problem, ProtocolError, in_numbers
from caseseries.protocol.yaml import Document, Loc

Model = TypeVar("Model", bound=BaseModel)
Schema = Mapping[str, Any]


def validate(model: type[Model], document: Document, *, error: type[InputError] = ProtocolError) -> Model:
    """The document as a model; every mistake is raised together, in the order of lines.

    >>> from caseseries.protocol.yaml import read
    >>> class Window(BaseModel, extra="forbid"):
    ...     take: str
    >>> validate(Window, read("take: last")).take
    'last'
    >>> validate(Window, read("tak: last", file="p.yaml"))
    Traceback (most recent call last):
    caseseries.errors.ProtocolError: p.yaml has 1 mistake.
      p.yaml:1, column 1: `tak` is not known; did you mean `take`? (found 'tak'; allowed: take)
    Nothing was run.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as wrong:
        problems = from_validation_error(wrong, document, model)
    raise error(f"{document.file} has {in_numbers(problems)}.", problems, do="Nothing was run.")


def from_validation_error(
    error: ValidationError, document: Document, model: type[BaseModel] | None = None
) -> list[Problem]:
    """Each mistake in the user's words with its line, in the order of lines.

    Where a value may have several forms, only the form that fits best is spoken of. This, and which names are
    permitted, is read from `model`; without it the errors of every form and no permitted names are listed.
    """
    schema: Schema | None = model.__pydantic_core_schema__ if model is not None else None
    found = [one for raw in error.errors(include_url=False) for one in _errors(raw, document, schema)]
    found = _merged(_without_misspelt(_best_forms(found)))
    problems = [one.problem(document) for one in found]
    return sorted(problems, key=lambda problem: (problem.place.line or 0, int(problem.place.column or 0)))


# --- Following an error's address through the data and the model ------------------------------------------------

#: What is wrapped around a schema without adding to an error's address.
_WRAPPERS = {
    **dict.fromkeys(("definitions", "nullable", "default", "model", "dataclass"), "schema"),
    **dict.fromkeys(("function-before", "function-after", "function-wrap"), "schema"),
    "json-or-python": "python_schema",
    "lax-or-strict": "lax_schema",
}


class _Walk:
    """Where an error's address leads, one entry after the other.

    `steps` pairs each entry that stands in the file with its kind: `field`, `name` (chosen by the author) or `item`.
    `forms` holds each choice among the forms of a value: the address of the value and the form's label.
    """

    def __init__(self, document: Document, schema: Schema | None) -> None:
        self.document, self.schema = document, schema
        self.definitions = {one["ref"]: one for one in schema.get("definitions", ())} if schema else {}
        self.data: Any = document.data
        self.loc: Loc = ()
        self.path: Loc = ()
        self.steps: tuple[tuple[str | int, str], ...] = ()
        self.forms: tuple[tuple[Loc, str], ...] = ()
        self.names: tuple[str, ...] = ()

    def step(self, entry: str | int) -> None:
        """One entry further; `names` become those permitted beside it."""
        kind, self.schema = self._below(entry)
        if kind == "form":
            self.forms = (*self.forms, (self.loc, str(entry)))
        elif (*self.path, entry) in self.document.spots:
            self.path, self.data = (*self.path, entry), self.data[entry]
            self.steps = (*self.steps, (entry, kind))
        self.loc = (*self.loc, entry)

    def _below(self, entry: str | int) -> tuple[str, Schema | None]:
        schema = self._bare(self.schema) or {"type": "unknown"}
        self.names = ()
        match schema["type"]:
            case "model-fields" | "typed-dict":
                fields = {_alias(name, field): field["schema"] for name, field in schema["fields"].items()}
                self.names = tuple(fields)
                return "field", fields.get(str(entry))
            case "dict":
                return "name", schema.get("values_schema")
            case "list" | "set" | "frozenset":
                return "item", schema.get("items_schema")
            case "tuple":
                items = schema["items_schema"]
                return "item", items[min(int(entry), len(items) - 1)] if items else None
            case "tagged-union":
                return "form", next((one for tag, one in schema["choices"].items() if str(tag) == str(entry)), None)
            case "union":
                choices = [one[0] if isinstance(one, tuple) else one for one in schema["choices"]]
                return "form", next((one for one in choices if str(entry).split("[")[0] in self._labels(one)), None)
        # Nothing is known of the model here: what stands in the data is a step, anything else is passed over.
        return ("item" if isinstance(entry, int) else "field"), None

    def _bare(self, schema: Schema | None, upto: str = "") -> Schema | None:
        while schema is not None and schema["type"] != upto:
            if schema["type"] == "definition-ref":
                schema = self.definitions.get(schema["schema_ref"])
            elif schema["type"] in _WRAPPERS:
                schema = schema[_WRAPPERS[schema["type"]]]
            else:
                break
        return schema

    def _labels(self, choice: Schema) -> set[str]:
        model, bare = self._bare(choice, upto="model"), self._bare(choice)
        name = model["cls"].__name__ if model and model["type"] == "model" else choice["type"]
        return {name, choice["type"], bare["type"] if bare else ""}


def _alias(name: str, field: Schema) -> str:
    alias = field.get("validation_alias", name)
    return alias if isinstance(alias, str) else name


# --- One error --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Error:
    """One of pydantic's errors in its place. `names` are those missing, or those permitted beside an unknown name."""

    type: str
    loc: Loc
    path: Loc
    steps: tuple[tuple[str | int, str], ...]
    forms: tuple[tuple[Loc, str], ...]
    written: Any
    names: tuple[str, ...]
    message: str
    allowed: tuple[str, ...]
    do: str

    @property
    def family(self) -> str:
        """Whether a name is missing, a name is unknown, or a value is refused."""
        return {"missing": "missing", "extra_forbidden": "unknown"}.get(self.type, "value")

    def problem(self, document: Document) -> Problem:
        """The mistake as a sentence."""
        if self.family == "missing":
            names = " or ".join(f"`{name}`" for name in self.names)
            return Problem(f"{names} is missing{_inside(self.steps)}", document.locate(self.path), do=self.do)
        if self.family == "unknown":
            name = str(self.path[-1])
            _, meant = _meant([name], self.names)
            what = f"`{_shown(name)}` is not known{_inside(self.steps[:-1])}{meant}"
            do = "write a space after the colon" if ":" in name and self.written is None and not meant else ""
            names = (
                "" if meant and len(self.names) > _NAMES_LISTED else ", ".join(self.names)
            )  # the one that was meant is enough
            return Problem(what, document.locate(self.path, key=True), _shown(name), names, do)
        subject = _called(self.steps)
        if self.written is None:
            what = f"{subject} is empty"
        elif self.message:
            what = f"{subject}: {self.message}" if subject else self.message
        else:
            what = f"not a possible {subject or 'file'}"
        mapping = isinstance(self.written, dict)
        word, meant = _meant(self.written if mapping else [self.written], self.allowed)
        at_word = mapping and (*self.path, word) in document.spots
        place = document.locate((*self.path, word), key=True) if at_word else document.locate(self.path)
        found = _shown(word if at_word else self.written, private=bool(_PRIVATE & {*map(str, self.path)}))
        return Problem(what + meant, place, found, ", ".join(self.allowed), self.do)


def _errors(raw: Mapping[str, Any], document: Document, schema: Schema | None) -> Iterator[_Error]:
    """The error, or each of the `several` that a validator found in one look."""
    kind, context, written = raw["type"], raw.get("ctx", {}), raw["input"]
    if kind == "too_short" and isinstance(written, list) and len(written) >= context["min_length"]:
        return  # a consequence: the list is long enough, its items were refused
    for part in context.get("several", (context,)):
        loc, missing = (*raw["loc"], *part.get("at", ())), kind == "missing"
        walk = _Walk(document, schema)
        for entry in loc[:-1] if missing else loc:
            walk.step(entry)
        message, allowed = _said(kind, part.get("message", raw["msg"]), part)
        yield _Error(
            type=kind,
            loc=loc,
            path=walk.path,
            steps=walk.steps,
            forms=walk.forms,
            written="" if part.get("secret") else walk.data if part.get("at") else written,
            names=(str(loc[-1]),) if missing else walk.names,
            message=message,
            allowed=allowed,
            do=part.get("do", ""),
        )


#: So many names are listed beside the one that was probably meant.
_NAMES_LISTED = 12

#: What a value must be, by a pattern of pydantic's error type.
_KINDS = (
    ("(model|dict|mapping|dataclass)_", "a mapping of `name: value`"),
    ("(list|tuple|set|frozen_set|iterable)_type", "a list such as [one two]"),
    ("string_(type|sub_type|unicode)", "a text"),
    ("int_", "a whole number"),
    ("bool_", "yes, no"),
    ("(decimal|float)_(type|parsing)", "a number"),
    ("date_", "a date as year-month-day"),
)


def _said(kind: str, message: str, context: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The message without pydantic's manner of speaking, and what is allowed."""
    if {"message", "allowed", "do"} & set(context):
        return message, tuple(part for part in str(context.get("allowed", "")).split(", ") if part)
    if kind in {"value_error", "assertion_error"}:
        return str(context.get("error", message)), ()
    if kind in {"literal_error", "enum"}:
        return "", _quoted(context["expected"])
    if kind.startswith("union_tag"):
        return "which kind it is, is not said", _quoted(context.get("expected_tags", ""))
    if kind == "too_short":
        return "too few items", (f"at least {context['min_length']}",)
    if kind == "too_long":
        return "too many items", (f"at most {context['max_length']}",)
    allowed = tuple(words for pattern, words in _KINDS if re.match(pattern, kind))
    return ("", allowed) if allowed else (re.sub(r"^[A-Z][a-z]+( input)? should", "it should", message), ())


def _quoted(expected: str) -> tuple[str, ...]:
    """The words in pydantic's list "'a', 'b' or 'c'"."""
    return tuple(one or two for one, two in re.findall(r"'([^']*)'|\"([^\"]*)\"", expected))


# --- Fewer and better errors ------------------------------------------------------------------------------------


def _best_forms(found: list[_Error]) -> list[_Error]:
    """For each value with several forms, innermost first, the errors of the form that fits best."""
    values = {value for one in found for value, _ in one.forms}
    for value in sorted(values, key=lambda loc: (-len(loc), str(loc))):
        forms: dict[str, list[_Error]] = {}
        for one in found:
            if (label := dict(one.forms).get(value)) is not None:
                forms.setdefault(label, []).append(one)
        if len(forms) > 1:
            dropped = {id(one) for form in forms.values() for one in form}
            best = _best(value, forms)
            found = [one for one in found if id(one) not in dropped] + best
    return found


def _best(value: Loc, forms: Mapping[str, list[_Error]]) -> list[_Error]:
    """The errors of the fitting form; of forms that fit equally, what is written is blamed before what is missing."""

    def misfit(label: str) -> tuple[int, int, int]:
        errors, top = forms[label], (*value, label)
        refused = [one for one in errors if one.loc == top and not one.message]
        wrong_kind = sum(one.type.endswith("_type") or isinstance(one.written, dict | list) for one in refused)
        wrong_names = [one for one in errors if one.family != "value" and one.loc[:-1] == top]
        return wrong_kind, len(_without_misspelt(wrong_names)), len(errors)

    least = min(map(misfit, forms))
    fitting = [one for label in forms if misfit(label) == least for one in forms[label]]
    written = [one for one in fitting if one.family != "missing"]
    if written and len({one.forms for one in fitting}) > 1:
        return written
    if len({one.forms for one in fitting}) > 1:
        return [replace(fitting[0], names=tuple(dict.fromkeys(name for one in fitting for name in one.names)))]
    return fitting


def _without_misspelt(found: list[_Error]) -> list[_Error]:
    """Without the missing names of which an unknown name in the same mapping is a misspelling."""
    misspelt = set()
    for one in found:
        if one.family == "unknown":
            missing = [two for two in found if two.family == "missing" and two.path == one.path[:-1]]
            near = _near(str(one.path[-1]), [name for two in missing for name in two.names])
            misspelt |= {id(two) for two in missing if near in two.names}
    return [one for one in found if id(one) not in misspelt]


def _merged(found: list[_Error]) -> list[_Error]:
    """One error where several forms refuse the same value."""
    merged: dict[tuple[Loc, str], list[_Error]] = {}
    for one in found:
        same = merged.setdefault((one.path, one.family), [])
        twin = next((at for at, two in enumerate(same) if two.forms != one.forms and one.family != "missing"), None)
        if twin is None:
            same.append(one)
        else:
            two = same[twin]
            same[twin] = replace(
                two,
                names=tuple(dict.fromkeys(two.names + one.names)),
                allowed=tuple(dict.fromkeys(two.allowed + one.allowed)),
                message=two.message if two.message == one.message else "",
                do=two.do or one.do,
            )
    return [one for same in merged.values() for one in same]


# --- Words ------------------------------------------------------------------------------------------------------


#: What one of these is called, where that is another word.
_SINGULAR = {"series": "series", "spells": "state"}


def _called(steps: Sequence[tuple[str | int, str]]) -> str:
    """What a place is called, from the inside out; of many around it, the next and the last the author named.

    >>> _called((("windows", "field"), ("month 3", "name"), ("take", "field")))
    '`take` in window `month 3`'
    """
    parts: list[tuple[str, str]] = []
    for entry, kind in steps:
        before = parts.pop()[0] if parts and kind != "field" else ""
        if kind == "item":
            parts.append((f"item {int(entry) + 1} of {before}", kind))
        elif kind == "name" and re.fullmatch(r"`.*[^s]s`", before):
            plain = before.strip("`")
            plain = plain if plain == "series" else re.sub(r"ies$", "y", plain).removesuffix("s")
            singular = _SINGULAR.get(before.strip("`"), plain)
            parts.append((f"{singular} `{_shown(entry)}`", kind))
        else:
            parts += [(before, "field")] if before else []
            parts.append((f"`{_shown(entry)}`", kind))
    if len(parts) > 3:
        parts = [*[part for part in parts[:-2] if part[1] == "name"][-1:], *parts[-2:]]
    return " in ".join(words for words, _ in reversed(parts))


def _inside(steps: Sequence[tuple[str | int, str]]) -> str:
    called = _called(steps)
    return f" in {called}" if called else ""


#: Where values are not repeated: cells of a chart, and how a server is reached.
_PRIVATE = {"accept", "from", "connection"}


def _shown(written: Any, *, private: bool = False) -> str:
    """What was written, on one line: of several entries each with its value, and only their names where the values are `private`."""
    if written is None:
        return ""
    if isinstance(written, list):
        return f"a list of {len(written)}"
    if isinstance(written, dict):
        plain = {str(name): value for name, value in written.items()}
        written = ", ".join(plain if private else (f"{name}: {_shown(value)}" for name, value in plain.items()))
    text = " ".join(str(written).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def _near(word: str, candidates: Sequence[str]) -> str:
    """The candidate spelt most like the word, or nothing."""
    lower = {candidate.lower(): candidate for candidate in reversed(candidates)}
    near = get_close_matches(word.lower(), lower, n=1, cutoff=0.65) if len(word) <= 60 else []
    return lower[near[0]] if near else ""


def _meant(words: Sequence[Any] | Mapping[str, Any], allowed: Sequence[str]) -> tuple[str, str]:
    """The first word for which an allowed one is spelt almost alike, and the question; examples are no spellings."""
    spellings = [one for one in allowed if not re.search(r"\d", one)]
    for word in words:
        if isinstance(word, str) and word not in allowed and (near := _near(word, spellings)):
            return word, f"; did you mean `{near}`?"
    return "", ""
