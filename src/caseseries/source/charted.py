"""Which kinds of fact a chart could tell: not read is not none.

A kind is charted where a row of it was read, or where the description says under `charted` that it was looked for in every chart.
A table, or a column of deaths, that holds nothing of it shows neither that there was none nor that anybody looked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseseries.chart.described import DeathsTable, DiagnosesTable, DrugsTable, EventsTable, PatientsTable
from caseseries.chart.description import Description
from caseseries.chart.findings import Findings
from caseseries.chart.header import place_of
from caseseries.chart.tables import KINDS, Course, Kind
from caseseries.cohort.unseen import NO_ROUTES, untold_members
from caseseries.errors import Place
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.drug_uses import PRIOR_USES, drug_uses, drugs_of
from caseseries.protocol.measures import ingredient
from caseseries.protocol.protocol import Protocol
from caseseries.source.fatal import SAYS_NO_DIAGNOSIS, SAYS_NO_DRUG, SAYS_NONE
from caseseries.source.records import Records
from caseseries.source.table import TableReading
from caseseries.source.terms import meant

#: Kinds of fact that a declared history covers.
_HISTORY: tuple[Kind, ...] = ("other drugs", "diagnoses")
#: Drugs that a finding lists.
_LISTED = 5


def uncharted(
    protocol: Protocol, declared: Description, readings: Sequence[TableReading], records: Records
) -> dict[Kind, str]:
    """The kinds of fact that the chart does not tell, each with why.

    A table that is there and holds none of it is a finding, with the line that would make it mean none; so is what contradicts `charted`.
    """
    found: dict[Kind, str] = {}
    held = _held(protocol, readings, records)
    for kind in KINDS:
        tables = [reading for reading in readings if _could_hold(protocol, reading, kind)]
        said = declared.charted.get(kind)
        if said is None and kind in _HISTORY and declared.history is not None and declared.history.since is None:
            said = True if tables else None  # a history that is complete was looked for
        place = place_of(tables[0].sheet, None) if tables else Place()
        if kind in held:
            if said is False:
                records.findings.add(
                    "error",
                    "not charted",
                    f"`charted` says that {kind} were not charted, but rows of them were read",
                    place,
                    allowed=f"`charted: {{{kind}: yes}}`, or no table of them",
                )
            continue
        if said and tables:
            continue
        if said:
            records.findings.add(
                "error",
                "not charted",
                f"`charted` says that {kind} were charted, but no table could hold them",
                allowed="a table of them, with or without rows",
            )
        why = _why(kind, len(tables), said=said)
        found[kind] = why
        if tables and said is None:
            what = f"{kind}: {why}, so that nothing is known of them; if they were looked for in every chart and there were none, say so"
            records.findings.add("note", "not charted", what, place, proposal=f"charted: {{{kind}: yes}}")
    return found


def _why(kind: Kind, tables: int, *, said: bool | None) -> str:
    if said is False:
        return "the chart description says that they were not charted"
    if not tables:
        return f"no table of the chart could hold {kind}"
    return f"the tables that could hold {kind} hold none of anybody"


#: What a row says that there was none of, which shows that it was looked for.
_NONE_OF_A_KIND: dict[str, Kind] = {
    SAYS_NONE: "adverse events",
    SAYS_NO_DRUG: "other drugs",
    SAYS_NO_DIAGNOSIS: "diagnoses",
}


def _held(protocol: Protocol, readings: Sequence[TableReading], records: Records) -> set[Kind]:
    """The kinds of which a row was read, used or not."""
    kinds = {fact.kind for fact in records.facts}
    named: dict[str, Kind] = {"event": "adverse events", "death": "deaths", "diagnosis": "diagnoses"}
    held = {name for kind, name in named.items() if kind in kinds}
    studied = _studied(protocol)
    if any(course.drug not in studied for course in records.courses):
        held.add("other drugs")
    if any(one.rule == "cut-off" and one.message.startswith("the death ") for one in records.findings.found):
        held.add("deaths")
    said = {row.reason for reading in readings for row in reading.rows}
    held |= {kind for reason, kind in _NONE_OF_A_KIND.items() if reason in said}
    for reading in readings:
        # A row that is out of scope, such as after the data cut-off, was charted all the same.
        if any(row.status == "out of scope" and row.reason == "after the data cut-off" for row in reading.rows):
            if isinstance(reading.table, EventsTable):
                held.add("adverse events")
            elif isinstance(reading.table, DeathsTable):
                held.add("deaths")
            elif isinstance(reading.table, DiagnosesTable):
                held.add("diagnoses")
    return held


def _studied(protocol: Protocol) -> frozenset[str]:
    index = protocol.case.index_date
    return drugs_of(protocol, index.first_exposure) if isinstance(index, FirstExposure) else frozenset()


def _could_hold(protocol: Protocol, reading: TableReading, kind: Kind) -> bool:
    """Whether rows of the table can be of this kind. A table whose drug is one word for every row holds no other."""
    table = reading.table
    match kind:
        case "adverse events":
            return isinstance(table, EventsTable)
        case "other drugs":
            if not isinstance(table, DrugsTable):
                return False
            fixed = None if table.drug.value is None else ingredient(protocol, table.drug.value)
            return table.drug.column is not None or fixed not in _studied(protocol)
        case "deaths":
            return isinstance(table, DeathsTable) or (isinstance(table, PatientsTable) and table.death is not None)
        case "diagnoses":
            return isinstance(table, DiagnosesTable) or (isinstance(table, PatientsTable) and bool(table.diagnoses))


def pulses_untold(readings: Sequence[TableReading], courses: Sequence[Course]) -> str:
    """Why nobody could tell a pulse from other doses of the chart: no table of drugs holds routes or pulses, and no row names one."""
    tables = [reading.table for reading in readings if isinstance(reading.table, DrugsTable)]
    told = any(table.route is not None or table.pulse is not None for table in tables)
    named = any(course.pulse or course.route for course in courses)
    return "" if told or named else NO_ROUTES


def fixed_words(readings: Sequence[TableReading], declared: Description) -> dict[Kind, tuple[str, ...]]:
    """Of a kind whose tables all have one word for every row: those words, for nothing else could be charted there.

    Other drugs that the description says were charted had no row because nobody took them.
    """
    words: dict[Kind, list[str | None]] = {}
    for reading in readings:
        table = reading.table
        if isinstance(table, DrugsTable):
            words.setdefault("other drugs", []).append(table.drug.value)
        elif isinstance(table, EventsTable):
            words.setdefault("adverse events", []).append(_meant(table, table.event.value))
        elif isinstance(table, DiagnosesTable):
            words.setdefault("diagnoses", []).append(_meant(table, table.diagnosis.value))
        elif isinstance(table, PatientsTable):
            for one in table.diagnoses:
                words.setdefault("diagnoses", []).append(_meant(table, one.diagnosis.value))
    return {
        kind: tuple(dict.fromkeys(word for word in found if word is not None))
        for kind, found in words.items()
        if None not in found and not (kind == "other drugs" and declared.charted.get(kind))
    }


def _meant(table: PatientsTable | EventsTable | DiagnosesTable, word: str | None) -> str | None:
    return None if word is None else meant(table, word)


def tell_untold(protocol: Protocol, only: Mapping[Kind, tuple[str, ...]], findings: Findings) -> None:
    """A warning for each drug or group that a criterion, or a count of earlier drugs, asks for and of which only some could be charted."""
    words = only.get("other drugs")
    for about, name in drug_uses(protocol) if words is not None else ():
        others = untold_members(protocol, {}, only, name) if about in PRIOR_USES else frozenset[str]()
        if others and words is not None:
            listed = ", ".join(sorted(others)[:_LISTED]) + (
                f" and {len(others) - _LISTED} more" if len(others) > _LISTED else ""
            )
            held = f"{about} ({name}): the tables hold {', '.join(words)} and could hold no {listed}"
            what = f"{held}: who has none of those is not known to have had none"
            findings.add("warning", "not charted", what, Place(), proposal="charted: {other drugs: yes}")
