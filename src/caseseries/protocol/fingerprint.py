"""The fingerprint of a protocol or chart description: equal meaning, equal fingerprint, on every machine.

It is taken from the checked model and not from the file, so that comments, quotes, line breaks and the order of names
do not count, while every default does: a default changed by a later version shows. The order of lists counts, and of the mappings that a
model names in `order_counts`, since it may decide (the first level that holds). Renaming a model or a field changes every fingerprint.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Set
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from pydantic import BaseModel

SHORT = 12


def fingerprint(model: BaseModel) -> str:
    """SHA-256, in hexadecimal, of the model's :func:`canonical` text.

    >>> class Window(BaseModel):
    ...     take: str = "last"
    >>> fingerprint(Window()) == fingerprint(Window(take="last")) != fingerprint(Window(take="first"))
    True
    """
    return hashlib.sha256(canonical(model).encode("utf-8")).hexdigest()


def short(full: str) -> str:
    """The first 12 digits of a fingerprint, as printed in reports.

    >>> short("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    '9f86d081884c'
    """
    return full[:SHORT]


def canonical(model: BaseModel) -> str:
    """The model as JSON with sorted names, no spaces, every field, and the kind of each model under `$model`.

    Exact numbers are text in lowest terms (`1/3`, `0.25`); dates are year-month-day. Raises TypeError for a value of
    another kind, and ValueError for a float that is no number, rather than guess how it should be written.

    >>> class Threshold(BaseModel, arbitrary_types_allowed=True):
    ...     at_least: Fraction
    ...     unit: str | None = None
    >>> canonical(Threshold(at_least=Fraction(2, 6)))
    '{"$model":"Threshold","at_least":"1/3","unit":null}'
    """
    return json.dumps(_plain(model), sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    match value:
        case BaseModel():
            fields = {name: getattr(value, name) for name in type(value).model_fields} | (value.model_extra or {})
            told = {name: _plain(one) for name, one in fields.items()}
            told |= {name: list(told[name].items()) for name in getattr(type(value), "order_counts", ())}
            return {"$model": type(value).__name__} | told
        case Enum():
            return _plain(value.value)
        case None | bool() | int() | float() | str():
            return value
        case Fraction():
            return str(value)
        case Decimal():
            return _decimal(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case Mapping():
            return {_name(name): _plain(one) for name, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case Set():
            return sorted((_plain(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
    raise TypeError(f"a fingerprint has no way to write a {type(value).__name__}")


def _name(name: Any) -> str:
    # Only texts: the number 1 and the text "1" as two names of one mapping would become one.
    if not isinstance(name, str):
        raise TypeError(f"a fingerprint needs names that are text, not {type(name).__name__}")
    return str(name)


def _decimal(value: Decimal) -> str:
    """A number as text, one for 1.5 and 1.50; exact, whatever the decimal context rounds to."""
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError("a fingerprint is made of numbers only, not of infinity or not-a-number")
    bare = "".join(map(str, digits)).lstrip("0")
    kept = bare.rstrip("0")
    exponent += len(bare) - len(kept)
    if not kept:
        return "0"
    if -20 <= exponent <= 20:
        return format(Decimal((sign, tuple(map(int, kept)), exponent)), "f")
    return f"{'-' if sign else ''}{kept}E{exponent}"
