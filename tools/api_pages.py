"""The pages of the Python names, from their docstrings: a page for the package, one for `parts`, one for `types`.

What is public is what `__all__` names; of a class also its public methods and properties that have a docstring of their own. Nothing is
written by hand here, so that a page cannot say what the code does not.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import caseseries
from caseseries import parts, types

#: Where the pages stand among those of the manual.
FOLDER = Path("docs/api")
_PAGES = {
    "caseseries": (caseseries, "The package"),
    "parts": (parts, "Parts of a protocol"),
    "types": (types, "Types of what is returned"),
}
#: The headings of a docstring, and how they are printed.
_SECTION = re.compile(r"^(Raises|Returns|Args):$", re.MULTILINE)


def api_pages() -> dict[Path, str]:
    """Every page by its place."""
    made = {FOLDER / f"{name}.md": _page(module, title) for name, (module, title) in _PAGES.items()}
    lines = [f"- [{title}]({name}.md): `{module.__name__}`" for name, (module, title) in _PAGES.items()]
    intro = "How they are used together is told in [Python and notebooks](../python.md)."
    made[FOLDER / "README.md"] = "\n".join(["# Every name of Python", "", intro, "", *lines, ""])
    return made


def _page(module: ModuleType, title: str) -> str:
    first = markdown(inspect.getdoc(module) or "")
    names = [name for name in module.__all__ if not name.startswith("__")]
    return "\n".join([f"# {title}", "", f"`{module.__name__}`: {first}", "", *(_entry(module, name) for name in names)])


def _entry(module: ModuleType, name: str) -> str:
    thing = getattr(module, name)
    lines = [f"## {name}", "", *_signature(name, thing), markdown(inspect.getdoc(thing) or ""), ""]
    for member, held in _members(thing):
        if isinstance(held, property):
            lines += [f"### {name}.{member}", "", markdown(inspect.getdoc(held) or ""), ""]
        else:
            lines += [f"### {name}.{member}()", "", *_signature(f"{name}.{member}", getattr(thing, member))]
            lines += [markdown(inspect.getdoc(held) or ""), ""]
    return "\n".join(lines)


def _members(thing: Any) -> Iterator[tuple[str, Any]]:
    """The public methods and properties of a class that it has of its own, in the order of the code."""
    if not inspect.isclass(thing):
        return
    for name, held in vars(thing).items():
        function = held.__func__ if isinstance(held, classmethod | staticmethod) else held
        public = not name.startswith("_") and (inspect.isfunction(function) or isinstance(function, property))
        if public and inspect.getdoc(function) and not re.search(r"(validator|serializer)", repr(held)):
            yield name, function


def _signature(name: str, thing: Any) -> list[str]:
    """How it is called, as code; of a part of a protocol its fields."""
    fields = getattr(thing, "model_fields", None)
    if fields is not None:
        told = [f"{field}: {_annotation(thing, field)}" + ("" if one.is_required() else f" = {_default(one.default)}")
                for field, one in fields.items()]  # fmt: skip
        call = f"{name}({', '.join(told)})"
    else:
        try:
            call = name + _plain(inspect.signature(thing))
        except (TypeError, ValueError):
            return []
    if len(call) > 88:
        opened, _, rest = call.partition("(")
        inside, _, behind = rest.rpartition(")")
        call = "\n".join([f"{opened}(", *(f"    {part}," for part in _split(inside)), f"){behind}"])
    return ["```python", call, "```", ""]


def _annotation(model: Any, field: str) -> str:
    """The type of a field as the code writes it, also of one that a class below it declares."""
    for cls in model.__mro__:
        written = vars(cls).get("__annotations__", {}).get(field)
        if written is not None:
            return written if isinstance(written, str) else getattr(written, "__name__", str(written))
    return "Any"


def _plain(signature: inspect.Signature) -> str:
    """A signature without quotes around its types, `self`, and addresses of functions."""
    kept = [
        one.replace(default=_Named(one.default)) if callable(one.default) and one.default is not one.empty else one
        for one in signature.parameters.values()
        if one.name != "self"
    ]
    text = str(signature.replace(parameters=kept)).replace("<factory>", "...")
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", re.sub(r'(: |-> )"([^"]*)"', r"\1\2", text))


class _Named:
    """A default that is shown by the name of the function or class it is."""

    def __init__(self, thing: Any) -> None:
        self.name = getattr(thing, "__name__", "...")

    def __repr__(self) -> str:
        return self.name


def _default(value: Any) -> str:
    return "..." if " at 0x" in repr(value) or repr(value) == "PydanticUndefined" else repr(value)


def _split(inside: str) -> list[str]:
    """Parameters one by one: at the commas that stand in no bracket."""
    depth, part, found = 0, "", []
    for sign in inside:
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            found.append(part.strip())
            part = ""
        else:
            part += sign
    return [*found, part.strip()] if part.strip() else found


def markdown(docstring: str) -> str:
    """A docstring as Markdown: names as code, examples as code blocks, what is raised as a list.

    >>> print(markdown("Of :meth:`~a.B.read`.\\n\\nRaises:\\n    KeyError: none of\\n        that name."))
    Of `read`.
    <BLANKLINE>
    **Raises**
    <BLANKLINE>
    - `KeyError`: none of that name.
    """
    text = re.sub(r":\w+:`~?([^`]+)`", lambda found: f"`{found[1].rpartition('.')[2]}`", docstring.strip())
    text = text.replace("``", "`")
    blocks = re.split(r"\n\s*\n", text)
    return "\n\n".join(_block(block) for block in blocks)


def _block(block: str) -> str:
    lines = block.split("\n")
    if lines[0].lstrip().startswith(">>>") or all(line.startswith("    ") for line in lines):
        return "\n".join(["```python", textwrap.dedent(block), "```"])
    heading = _SECTION.match(lines[0])
    if heading:
        items: list[str] = []
        for line in textwrap.dedent("\n".join(lines[1:])).split("\n"):
            if line.startswith(" ") and items:
                items[-1] += f" {line.strip()}"
            else:
                items.append(line)
        told = [re.sub(r"^([\w, ]+): ", lambda found: f"`{found[1]}`: ", item) for item in items]
        return "\n".join([f"**{heading[1]}**", "", *(f"- {item}" for item in told)])
    return block
