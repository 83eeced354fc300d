"""The pages: one a concept, one a published definition, and an index of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tests.spec.small import BASE
from tests.spec.spec_file import CONCEPTS, PUBLISHED, read
from tools.manual.answers import answer_table, reasons
from tools.manual.chart_table import chart_tables
from tools.manual.in_words import in_words
from tools.manual.markdown import fenced, paragraphs, prose, table
from tools.manual.reported import reported
from tools.manual.spec_text import SpecText, spec_text
from tools.manual.told import all_told, days_counted

from caseseries.protocol.measures import all_measures

ROOT = Path(__file__).resolve().parents[2]
RULES, DEFINITIONS = Path("docs/rules"), Path("docs/definitions")

#: The groups of concepts, in the order of the index, and what each is about.
GROUPS = {
    "Which value": "A protocol never says *the* value: it says of which days, and which one where there are several.",
    "What is asked of it": "A value by itself, a change, a dose, a grade, a judgement; each compared with a limit that has a unit.",
    "Joining parts": "Parts of a rule are yes, no or not evaluable, and so is what is made of them.",
    "Over time": "A rule on many visits, an event, and how long it took.",
    "Outcomes": "What is made of a rule: a responder, a level, a change, and of whom it is counted.",
    "Safety": "Adverse events and the time over which they are counted.",
    "Who is a case": "The index date, who is included, and what happens in between.",
}
#: Where a definition stands that names no field of medicine.
OTHER = "Other"

_PRINTED = "<!-- Printed by `make manual` from {}; change that file, not this one. -->"
_INVENTED = "The rows are invented to stand at the limits; they describe nobody."


def _own(name: str) -> str:
    """The prose of an index, which stands beside this module."""
    return Path(__file__).with_name(f"{name}.md").read_text(encoding="utf-8")


def pages() -> dict[Path, str]:
    """Every page by its place below the top of the repository."""
    concepts = sorted((spec_text(path) for path in CONCEPTS), key=_place)
    definitions = [spec_text(path) for path in PUBLISHED]
    made = {RULES / f"{one.name}.md": _concept(one, definitions) for one in concepts}
    made |= {DEFINITIONS / f"{one.name}.md": _definition(one, concepts) for one in definitions}
    made[RULES / "README.md"] = _index_of_rules(concepts)
    made[DEFINITIONS / "README.md"] = _index_of_definitions(definitions)
    return {path: f"{text}\n" for path, text in made.items()}


def _place(one: SpecText) -> tuple[int, int, str]:
    return list(GROUPS).index(one.written["group"]), int(one.written.get("place", 99)), one.name


# --- A concept ----------------------------------------------------------------------------------------------------


def _concept(one: SpecText, definitions: Sequence[SpecText]) -> str:
    written = one.written
    sections = tuple(written.get("show", ()))
    users = [definition for definition in definitions if _uses(definition, one)]
    return paragraphs(
        _PRINTED.format(one.path.relative_to(ROOT).as_posix()),
        f"# {written['title']}",
        f"*{written['says'].strip()}*",
        prose(written["manual"]),
        "## In the protocol",
        fenced(one.protocol(sections), "yaml"),
        in_words(one),
        "## The patients",
        chart_tables(written["chart"], dict(all_measures(one.declared))),
        days_counted(one),
        _answers(one, trace=written.get("trace") != "no"),
        paragraphs("## What the report says", reported(one, written["report"])) if "report" in written else "",
        "## If something is missing, late or below a limit",
        prose(written["missing"]),
        "## Pitfalls" if "pitfalls" in written else "",
        prose(written.get("pitfalls", "")),
        "## Where it is used, and what it means exactly",
        _used_by(users),
        f"Exactly: {', '.join(f'[{_called(where)}](../{where})' for where in written['exactly'])}.",
        "[All concepts](README.md)",
    )


def _answers(one: SpecText, *, trace: bool = False) -> str:
    """The answers with their reasons; nothing for a protocol that asks nothing of single cases."""
    told = all_told(one)
    if not any(case.answers for case in told):
        return ""
    said = "Why, as `caseseries explain` says it:"
    return paragraphs("## The answers", answer_table(told, one.remarks), said, reasons(told, trace=trace))


def _called(where: str) -> str:
    """What a link to a place on another page is called."""
    page, _, anchor = where.partition("#")
    return f"{page.removesuffix('.md')}, {anchor.replace('-', ' ')}" if anchor else page.removesuffix(".md")


def _used_by(users: Sequence[SpecText]) -> str:
    if not users:
        return "No [published definition](../definitions/README.md) of this collection uses it."
    fields: dict[str, list[str]] = {}
    for one in sorted(users, key=lambda one: (one.written.get("field", OTHER), name_of(one).casefold())):
        fields.setdefault(one.written.get("field", OTHER), []).append(f"[{name_of(one)}](../definitions/{one.name}.md)")
    return paragraphs(
        "Published definitions with it:", "\n".join(f"- {name}: {'; '.join(found)}" for name, found in fields.items())
    )


def _uses(definition: SpecText, concept: SpecText) -> bool:
    text = definition.all_of_protocol
    return any(re.search(pattern, text) for pattern in concept.written.get("used", ()))


# --- A published definition ---------------------------------------------------------------------------------------


def name_of(definition: SpecText) -> str:
    """What a published definition is called in a list."""
    return str(definition.written.get("name", definition.first_comment.rstrip(".").partition(":")[0]))


def _definition(one: SpecText, concepts: Sequence[SpecText]) -> str:
    written = one.written
    used = [f"[{concept.written['title']}](../rules/{concept.name}.md)" for concept in concepts if _uses(one, concept)]
    return paragraphs(
        _PRINTED.format(one.path.relative_to(ROOT).as_posix()),
        f"# {name_of(one)}",
        one.first_comment,
        prose(f"**What it says.** {written['says'].strip()}"),
        prose(f"**Source.** {written['source'].strip()}"),
        "## In the protocol",
        fenced(one.protocol(), "yaml"),
        "The other sections of a protocol (`study`, `case`, `intercurrent`) are those of your study; "
        "[the frame](../rules/README.md#the-frame-of-every-page) shows them.",
        in_words(one),
        "## The patients",
        chart_tables(written["chart"], dict(all_measures(one.declared))),
        paragraphs(days_counted(one), _INVENTED),
        _answers(one),
        f"**Concepts it uses.** {', '.join(used)}." if used else "",
        "[All definitions](README.md)",
    )


# --- The indexes --------------------------------------------------------------------------------------------------


def _index_of_rules(concepts: Sequence[SpecText]) -> str:
    parts = []
    for group, about in GROUPS.items():
        rows = [
            [f"[{one.written['title']}]({one.name}.md)", one.written["says"].strip()]
            for one in concepts
            if one.written["group"] == group
        ]
        parts += [f"## {group}", about, table(["concept", "what it says"], rows)] if rows else []
    return paragraphs(
        _PRINTED.format("tests/spec/concepts"), _own("rules_intro"), *parts, _own("frame"), fenced(BASE.strip(), "yaml")
    )


def _index_of_definitions(definitions: Sequence[SpecText]) -> str:
    fields: dict[str, list[SpecText]] = {}
    for one in definitions:
        fields.setdefault(one.written.get("field", OTHER), []).append(one)
    parts, order = [], sorted(fields, key=lambda one: (one == OTHER, one))
    jump = " · ".join(f"[{name}](#{re.sub('[^a-z ]', '', name.lower()).replace(' ', '-')})" for name in order)
    for name in order:
        rows = [
            [f"[{name_of(one)}]({one.name}.md)", " ".join(one.written["says"].split()), _cited(one)]
            for one in sorted(fields[name], key=lambda one: name_of(one).casefold())
        ]
        parts += [f"## {name}", table(["definition", "what it says", "source"], rows)]
    waiting = [
        [one["name"], one["missing"], " ".join(one["source"].split())]
        for one in read(PUBLISHED[0].with_name("pending.yaml"))
    ]
    missing = (
        "## What cannot be said yet",
        "A test holds that each of these is still refused. Others may be missing that nobody looked for.",
        table(["notion", "what is missing", "source"], waiting),
    )
    return paragraphs(
        _PRINTED.format("tests/spec/published"),
        _own("definitions_intro"),
        jump,
        *parts,
        *(missing if waiting else ()),
    )


def _cited(one: SpecText) -> str:
    """The first author and the year of a source, or its beginning."""
    source = " ".join(one.written["source"].split())
    found = re.match(r"(?P<author>[A-Z][\w-]+(?: [a-z]+ [A-Z]\w+)?) [A-Z]{1,3} .*?(?P<year>(?:19|20)\d\d)", source)
    short = f"{found['author']} {found['year']}" if found else source.partition(":")[0].partition("(")[0].strip()
    return f"{short} (recalled)" if "recalled" in source else short
