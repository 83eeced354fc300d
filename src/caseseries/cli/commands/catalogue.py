"""`caseseries catalogue`: what is known, and where that comes from."""

from __future__ import annotations

import argparse
from fractions import Fraction
from typing import Any

from caseseries import catalogue
from caseseries.catalogue import Entry, Instrument, words_of
from caseseries.cli.screen import Screen, columns
from caseseries.errors import CaseSeriesError

#: Of a long list, a kind's entries are counted instead of printed when no word is given.
LISTED = ("instrument", "drug class", "response criterion")


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """List everything, show one entry in full, or search."""
    entries = catalogue.entries()
    word: str | None = arguments.word
    if word is None:
        screen.answer(entries=[_as_json(entry) for entry in entries])
        _list(entries, screen)
        return 0
    found = _named(entries, word) or _mentioning(entries, word)
    if not found:
        near = catalogue.nearest(word, [name for entry in entries for name in (entry.key, *entry.aliases)])
        meant = f"Near it: {', '.join(near)}." if near else "caseseries catalogue lists everything."
        raise CaseSeriesError(f"The catalogue has no entry that is called {word!r} or mentions it.", do=meant)
    screen.answer(entries=[_as_json(entry) for entry in found])
    if len(found) > 3:
        screen.say(columns([(entry.key, entry.kind, _short(entry.says)) for entry in found]))
        screen.advise("Give one of these names to see it in full.")
        return 0
    for entry in found:
        screen.say(_in_full(entry))
        screen.say()
    return 0


def _named(entries: tuple[Entry, ...], word: str) -> list[Entry]:
    """Entries whose key or alias is the word."""
    wanted = catalogue.fold(word)
    return [entry for entry in entries if wanted in {catalogue.fold(name) for name in (entry.key, *entry.aliases)}]


def _mentioning(entries: tuple[Entry, ...], word: str) -> list[Entry]:
    """Entries that hold the word in a name or in what they say."""
    wanted = catalogue.fold(word)
    if not wanted:
        return []
    texts = {entry: (entry.key, *entry.aliases, entry.says) for entry in entries}
    return [entry for entry in entries if any(wanted in catalogue.fold(text) for text in texts[entry])]


def _list(entries: tuple[Entry, ...], screen: Screen) -> None:
    for kind in dict.fromkeys(entry.kind for entry in entries):
        of_kind = [entry for entry in entries if entry.kind == kind]
        screen.say(f"{kind} ({len(of_kind)})")
        if kind in LISTED:
            screen.say(columns([(entry.key, _short(entry.says)) for entry in of_kind]))
        else:
            screen.say(f"  {_short(', '.join(entry.key for entry in of_kind))}")
        screen.say()
    screen.advise("caseseries catalogue NAME shows one entry in full, with its source.")


def _short(text: str, most: int = 90) -> str:
    return text if len(text) <= most else f"{text[: most - 4].rsplit(' ', 1)[0]} ..."


def _in_full(entry: Entry) -> str:
    rows = [(name, text) for name, text in _fields(entry) if text]
    return f"{entry.key}: {entry.kind}\n" + columns(rows)


def _fields(entry: Entry) -> list[tuple[str, str]]:
    """What is printed of an entry, name and text; several lines may have one name."""
    fields = [("says", entry.says), ("also called", ", ".join(entry.aliases))]
    measure = _instrument(entry)
    if measure is not None:
        fields += [("units taken", ", ".join(measure.accepted_units))]
        fields += [("domain", f"{one.name} ({one.items} items)") for one in measure.domains]
        fields += [("step", words_of(measure.step) if measure.step is not None else "")]
        fields += [("important difference", f"{mid.words} ({mid.source})") for mid in measure.mids]
        fields += [("cut-point", f"{words_of(cut.value)}: {cut.words} ({cut.source})") for cut in measure.cuts]
        fields += [(note.kind, f"{note.words} ({note.source})") for note in measure.notes]
        fields += [("LOINC", f"{code.code} ({code.source})") for code in measure.loinc]
    elif entry.kind == "response criterion":
        fields += _of_criterion(catalogue.criterion(entry.key))
    elif entry.kind == "drug":
        fields += [(code.system, f"{code.code} ({code.source})") for code in catalogue.drug(entry.key).codes]
    fields += [("source", entry.source.text), ("doi", entry.source.doi), ("reliability", entry.source.reliability)]
    return fields


def _of_criterion(found: catalogue.Criterion) -> list[tuple[str, str]]:
    """The domains that a study names measures for, the rule over them, and what no text settled."""
    fields = [
        ("domain", one.domain + (f" ({', '.join(one.instruments)})" if one.instruments else ""))
        for one in found.measures
    ]
    rule = found.written()
    if found.kind == "points":
        for part in rule["score"]:
            bands = ", ".join(f"{points} for {band.replace('_', ' ')}" for band, points in part["points"].items())
            fields.append(("points", f"improves {part['improves']}: {bands}"))
        for category in found.categories:
            limits = ", ".join(f"{name} from {words_of(limit)}" for name, limit in category.at_least.items())
            fields.append(("category", f"{category.population}: {limits}"))
    else:
        fields.append(("rule", _written(rule)))
    fields += [("constant", f"{name} ({catalogue.constant(name).source.reliability})") for name in found.constants]
    return fields + [("left open", text) for text in found.unresolved]


def _written(rule: Any) -> str:
    """A rule as a protocol writes it, on one line.

    >>> _written({"any": [{"gain": "mmt", "at_least": "4 points"}, {"is": "better"}]})
    '{any: [{gain: mmt, at_least: 4 points}, {is: better}]}'
    """
    if isinstance(rule, dict):
        return "{" + ", ".join(f"{key}: {_written(value)}" for key, value in rule.items()) + "}"
    return "[" + ", ".join(map(_written, rule)) + "]" if isinstance(rule, list) else str(rule)


def _instrument(entry: Entry) -> Instrument | None:
    return catalogue.instrument(entry.key) if entry.kind == "instrument" else None


def _as_json(entry: Entry) -> dict[str, Any]:
    content: dict[str, Any] = {
        "kind": entry.kind,
        "key": entry.key,
        "says": entry.says,
        "aliases": list(entry.aliases),
        "source": {"text": entry.source.text, "doi": entry.source.doi, "reliability": entry.source.reliability},
    }
    measure = _instrument(entry)
    if measure is not None:
        content |= {
            "unit": measure.unit,
            "minimum": _exact(measure.minimum),
            "maximum": _exact(measure.maximum),
            "limits": measure.limits,
            "better": measure.better,
            "important_differences": [
                {
                    "kind": mid.kind,
                    "low": _exact(mid.low),
                    "high": _exact(mid.high),
                    "unit": mid.unit,
                    "words": mid.words,
                    "source": str(mid.source),
                }
                for mid in measure.mids
            ],
        }
    return content


def _exact(number: Fraction | None) -> str | None:
    return None if number is None else words_of(number)
