"""Reading a YAML file as plain text values, each with the line it stands on.

A protocol is read as it is written. Every scalar arrives as text, quoted or not (`010`, `3_000`, `1:30`, `no` stay
what they are), and an empty value or `~` as None; what a text means is said by the field that takes it. Of YAML only
mappings, lists and texts are accepted: anchors, aliases, merge keys, tags, directives and further documents are
refused, so nothing can be repeated in secret, nothing is built from a tag, and a small file stays small.

Only the event layer of ruamel.yaml is used (YAML 1.2); its import takes about 0.03 s and waits for the first
:func:`read`. The tree is built here, without recursion and within :class:`Limits`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from caseseries.errors import InputError, Place, Problem, ProtocolError
from caseseries.protocol.yaml_text import decode, forbidden, oddities, syntax_problem

if TYPE_CHECKING:
    from ruamel.yaml.events import Event, NodeEvent
