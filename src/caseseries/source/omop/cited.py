"""Rows that were not used, or not as a whole, one by one: findings of a small study carry their ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, islice

from caseseries.chart.tables import Finding
from caseseries.errors import Place
from caseseries.source.omop import rules, value_rules
from caseseries.source.omop.cdm_tables import PLACES
from caseseries.source.omop.courses import dose_drugs
from caseseries.source.omop.database import Database
from caseseries.source.omop.sets import within
from caseseries.source.omop.supply import overlaps
from caseseries.stats.tally import Tally

#: Of each reason so many rows are listed.
LISTED = 20
#: The section of refused rows while counts are made.
_CITED = "refused row"


def cited(source: Database) -> list[Finding]:
    """A note for each refused row, and for each whose dose is not known, with its table and id; the first of each reason, and how many more.

    Rows out of scope are counted only.
    """
    found = []
    for table, why, query in _queries(source):
        rows = source.engine.rows(
            f"SELECT record, patient FROM ({query}) AS r ORDER BY record NULLS LAST, patient NULLS LAST"
        )
        for record, patient in rows[:LISTED]:
            person = "" if patient is None else str(patient)
            found.append(Finding("note", "row", why, Place(table, row=record), person))
        if len(rows) > LISTED:
            found.append(Finding("note", "row", f"{why}: {len(rows) - LISTED} more rows", Place(table)))
    return found


def cite_history(source: Database) -> Tally:
    """The first refused rows of drugs, facts and deaths of a range, by reason, for :func:`first_cited`."""
    tally = Tally()
    if source.opened.has("drug_exposure") and any(ids for _, _, ids in source.sets.within("drug", "drug_exposure")):
        told = rules.OUT_OF_SCOPE if source.described.unmapped_drugs is None else (*rules.OUT_OF_SCOPE, rules.UNMAPPED)
        _add(
            source,
            tally,
            f"SELECT 'drug_exposure' AS source, why, record, patient FROM omop_exposure WHERE {_refused(told)}",
        )
    _add(
        source,
        tally,
        f"SELECT DISTINCT source, why, record, patient FROM omop_fact WHERE {_refused(rules.OUT_OF_SCOPE)}",
    )
    return tally


def cite_values(source: Database) -> Tally:
    """The first refused rows of values of a range, by reason, for :func:`first_cited`."""
    tally = Tally()
    for name in _value_tables(source):
        cases = " ".join(
            f"WHEN {code} THEN '{why}'" for code, why in value_rules.CODES.items() if why not in rules.OUT_OF_SCOPE
        )
        reasons = f"SELECT DISTINCT record, patient, CASE code {cases} END AS why FROM omop_values_{name} WHERE code >= {value_rules.REFUSED}"
        _add(
            source,
            tally,
            f"SELECT '{name}' AS source, why, record, patient FROM ({reasons}) AS r WHERE why IS NOT NULL",
        )
    return tally


def _refused(others: Sequence[str]) -> str:
    return f"why NOT IN ({', '.join(repr(why) for why in ('', *others))})"


def _add(source: Database, tally: Tally, query: str) -> None:
    """Add the first rows (source, why, record, patient) of each table and reason."""
    first = "row_number() OVER (PARTITION BY source, why ORDER BY record NULLS LAST, patient NULLS LAST) AS place"
    for table, why, record, patient in source.engine.rows(
        f"SELECT source, why, record, patient FROM (SELECT r.*, {first} FROM ({query}) AS r) AS placed WHERE place <= {LISTED} "
        "ORDER BY source, why, place"
    ):
        tally.add(
            (
                _CITED,
                str(table),
                str(why),
                "" if record is None else int(record),
                "" if patient is None else int(patient),
            )
        )


def first_cited(tally: Tally) -> tuple[Tally, list[tuple[str, str, int | None, str]]]:
    """The counts of all ranges without the rows cited; and of these the first of each table and reason: table, reason, id, person."""
    rest = tally.without(_CITED)
    rows = sorted(
        (
            (str(table), str(why), record == "", record or 0, str(patient))
            for (table, why, record, patient), _ in tally.section(_CITED)
        ),
    )
    found = []
    for (table, why), group in groupby(rows, key=lambda row: row[:2]):
        found += [
            (table, why, None if absent else int(record), patient)
            for _, _, absent, record, patient in islice(group, LISTED)
        ]
    return rest, found


def _value_tables(source: Database) -> list[str]:
    return [
        name
        for name in ("measurement", "observation")
        if source.opened.has(PLACES[name].table)
        and any(ids for _, one, ids in source.sets.within("measure", PLACES[name].table) if one.table == name)
    ]


def _queries(source: Database) -> Iterator[tuple[str, str, str]]:
    """(table, reason, query for the record and patient of each row)."""
    reasons = (
        rules.NO_PATIENT,
        rules.NOBODY,
        rules.UNMAPPED,
        rules.NOT_A_DATE,
        rules.NO_DATE,
        rules.END_BEFORE_START,
        rules.BEFORE_INDEX,
        rules.FUTURE,
    )
    engine = source.engine
    if source.opened.has("drug_exposure") and any(ids for _, _, ids in source.sets.within("drug", "drug_exposure")):
        ignored = source.described.unmapped_drugs is not None
        for why in reasons:
            if why != rules.UNMAPPED or not ignored:
                yield "drug_exposure", why, f"SELECT record, patient FROM omop_exposure WHERE why = '{why}'"
        used = "SELECT record, patient FROM omop_exposure WHERE why = ''"
        if source.described.end_and_supply is None:
            yield "drug_exposure", "the end and the days of supply differ by more than a day", f"{used} AND conflict"
        yield "drug_exposure", "neither end nor days of supply", f"{used} AND last_high IS NULL AND NOT brief"
        if source.described.end_on_first_day is None:
            yield "drug_exposure", "no days of supply, and an end on the first day", f"{used} AND brief"
        asked = dose_drugs(source)
        if asked:
            systemic = f"FROM omop_course WHERE systemic AND {within('drug', asked)}"
            yield "drug_exposure", "no daily dose", f"SELECT record, patient {systemic} AND amount IS NULL"
            if source.described.refills is None:
                yield (
                    "drug_exposure",
                    "it overlaps an earlier row of its product",
                    overlaps(source.engine.dialect, within("drug", asked)),
                )
    for (table,) in engine.rows("SELECT DISTINCT source FROM omop_fact ORDER BY source"):
        for why in reasons:
            yield (
                str(table),
                why,
                f"SELECT DISTINCT record, patient FROM omop_fact WHERE source = '{table}' AND why = '{why}'",
            )
    for name in _value_tables(source):
        for code, why in value_rules.CODES.items():
            if why not in rules.OUT_OF_SCOPE:
                yield name, why, f"SELECT DISTINCT record, patient FROM omop_values_{name} WHERE code = {code}"
