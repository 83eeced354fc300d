"""Rows that may be a diagnosis asked for: of its concept without a day that is known, or without a concept in the table it stands in.

    omop_unread_diagnosis(patient, term, day)     facts of kind `unread diagnosis` are made of these

Where nothing else is on record, a criterion that asks for the diagnosis is undetermined over the days that such a row may have.
"""

from __future__ import annotations

from caseseries.protocol.eligibility import Diagnosis
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import folded
from caseseries.source.omop import rules
from caseseries.source.omop.cdm_tables import PLACES
from caseseries.source.omop.counts import found
from caseseries.source.omop.database import Database
from caseseries.source.omop.kept import keep, of_index_persons
from caseseries.stats.tally import Tally

_COLUMNS = [("patient", "BIGINT"), ("term", "INT"), ("day", "INT")]


def asked_diagnoses(protocol: Protocol) -> frozenset[str]:
    """The diagnoses that a line of `include` or `exclude` asks for."""
    return frozenset(
        folded(line.diagnosis) for line in (*protocol.include, *protocol.exclude) if isinstance(line, Diagnosis)
    )


def make_unread_diagnoses(source: Database, where: str, tally: Tally) -> None:
    """Make `omop_unread_diagnosis`; reads `omop_fact`."""
    engine, terms = source.engine, source.numbers.terms
    asked = asked_diagnoses(source.protocol)
    named = [
        (terms["diagnosis", one.key], terms["unread diagnosis", one.key], one.table)
        for one in source.sets.meant
        if one.kind == "diagnosis" and one.key in asked
    ]
    if not named:
        engine.table("omop_unread_diagnosis", _COLUMNS, [])
        return
    columns = [("known", "INT"), ("term", "INT"), ("source", engine.dialect.text)]
    engine.table("omop_unread_term", columns, sorted(set(named)))
    parts = [rules.UNDATED_DIAGNOSES]
    for name in sorted({table for _, _, table in named}) if source.described.unmapped_diagnoses is None else ():
        place = PLACES[name]
        if source.opened.has(place.table):
            query = source.opened.query(place.table, "person_id", place.concept, place.day)
            wanted = f"coalesce({place.concept}, 0) = 0 AND {where.format('person_id')}"
            rows = f"SELECT person_id AS patient, {place.day} AS day FROM ({of_index_persons(query, wanted)}) AS s WHERE person_id IS NOT NULL"
            keep(source, place.table, f"omop_unmapped_{name}", rows)
            _count(source, name, tally)
            parts.append(
                f"SELECT u.patient, t.term, u.day FROM omop_unmapped_{name} AS u CROSS JOIN omop_unread_term AS t WHERE t.source = '{name}'"
            )
    engine.keep(
        "omop_unread_diagnosis",
        f"SELECT DISTINCT patient, CAST(term AS INT) AS term, CAST(day AS INT) AS day FROM ({' UNION ALL '.join(parts)}) AS u",
    )


def _count(source: Database, name: str, tally: Tally) -> None:
    ((rows,),) = source.engine.rows(f"SELECT count(*) FROM omop_unmapped_{name}")
    then = (
        "in their persons a diagnosis asked for that is not on record may be one of them, and is undetermined; "
        "`unmapped_diagnoses` may say that none is a diagnosis of the study"
    )
    found(tally, "warning", "unmapped", f"{PLACES[name].table}: {rules.UNMAPPED}; {then}", int(rows))
