"""Rows that were not used, or not as a whole, one by one: findings of a small study carry their ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from caseseries.chart.tables import Finding
from caseseries.errors import Place
from caseseries.source.omop import rules, value_rules
from caseseries.source.omop.courses import dose_drugs
from caseseries.source.omop.model import PLACES
from caseseries.source.omop.sets import within
from caseseries.source.omop.supply import overlaps

if TYPE_CHECKING:
    from caseseries.source.omop.source import OmopSource

#: Of each reason so many rows are listed.
LISTED = 20


def cited(source: OmopSource) -> list[Finding]:
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


def _queries(source: OmopSource) -> Iterator[tuple[str, str, str]]:
    """(table, reason, query for the record and patient of each row)."""
    reasons = (
        rules.NO_PATIENT, rules.NOBODY, rules.UNMAPPED, rules.NOT_A_DATE, rules.NO_DATE, rules.END_BEFORE_START, rules.BEFORE_INDEX,
        rules.FUTURE,
    )  # fmt: skip
    engine = source.engine
    if source.opened.has("drug_exposure") and any(ids for _, _, ids in source.sets.within("drug", "drug_exposure")):
        ignored = source.described.unmapped_drugs is not None
        for why in reasons:
            if why != rules.UNMAPPED or not ignored:
                yield "drug_exposure", why, f"SELECT record, patient FROM omop_exposure WHERE why = '{why}'"
        used = "SELECT record, patient FROM omop_exposure WHERE why = ''"
        if source.described.end_and_supply is None:
            yield "drug_exposure", "the end and the days of supply differ by more than a day", f"{used} AND conflict"
        yield "drug_exposure", "neither end nor days of supply", f"{used} AND last_high IS NULL"
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
                str(table), why,
                f"SELECT DISTINCT record, patient FROM omop_fact WHERE source = '{table}' AND why = '{why}'",
            )  # fmt: skip
    for name in ("measurement", "observation"):
        place = PLACES[name]
        asked_for = [ids for _, one, ids in source.sets.within("measure", place.table) if one.table == name]
        if source.opened.has(place.table) and any(asked_for):
            for code, why in value_rules.CODES.items():
                if why not in rules.OUT_OF_SCOPE:
                    yield name, why, f"SELECT DISTINCT record, patient FROM omop_values_{name} WHERE code = {code}"
