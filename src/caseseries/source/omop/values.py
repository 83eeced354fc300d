"""Values near the index dates, and visits: one pass over each table, everything else is decided on what it brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caseseries.protocol.case import FirstExposure
from caseseries.protocol.concepts import folded
from caseseries.protocol.measures import ingredients
from caseseries.source.omop import rules
from caseseries.source.omop.counts import counted, found
from caseseries.source.omop.history import keep
from caseseries.source.omop.model import PLACES, Rows
from caseseries.source.omop.reach import visits
from caseseries.source.omop.sets import within
from caseseries.stats.tally import Tally

if TYPE_CHECKING:
    from caseseries.source.omop.source import OmopSource

#: Days that no patient's rows lie beyond.
_FAR = 10_000_000


def make_values(source: OmopSource, where: str, of: str | None, *, ever: bool) -> Tally:
    """Make `measurement` and add visits to `fact`; see :meth:`OmopSource.values`."""
    engine, tally = source.engine, Tally()
    _span(source, of, ever=ever)
    everywhen = ever or not source.numbers.observed
    reaches = f"-{_FAR} AS low, {_FAR} AS high" if everywhen else "low, high"
    parts, asked, used = [], set(), 0
    for name in ("measurement", "observation"):
        place = PLACES[name]
        sets = [numbers for _, one, numbers in source.sets.within("measure", place.table) if one.table == name]
        ids = set().union(*sets)
        if not ids or not source.opened.has(place.table):
            continue
        engine.keep(
            "omop_measure",
            f"SELECT concept, measure, {reaches}, judgement FROM omop_measures WHERE source = '{name}'",
        )
        kept = f"omop_values_{name}"
        keep(source, place.table, kept, _value_query(source, place, ids, where))
        used += _value_counts(source, place.table, kept, tally, shared=len(ids) < sum(map(len, sets)))
        parts.append(f"SELECT record, patient, measure, day, value, censor, missing, why FROM {kept}")
        asked.add(place.table)
    if parts:
        engine.view("omop_value", " UNION ALL ".join(parts))
        engine.keep("measurement", rules.MEASUREMENT)
        ((left,),) = engine.rows("SELECT count(*) FROM measurement")
        found(tally, "note", "duplicates", f"{' and '.join(sorted(asked))}: equal rows, read once", used - int(left))
    _visits(source, where, tally)
    return tally


def _span(source: OmopSource, of: str | None, *, ever: bool) -> None:
    """`omop_span(patient, first, last, low, high)`: each patient's first and last index day, and the days around them of visits."""
    everywhen = ever or not source.numbers.observed
    low, high = (-_FAR, _FAR) if everywhen else visits(source.protocol) or (1, 0)
    chosen = of or f"({candidates(source)})"
    source.engine.keep(
        "omop_span",
        f"SELECT patient, min(index_day) AS first, max(index_day) AS last, CAST({low} AS INT) AS low, CAST({high} AS INT) AS high "
        f"FROM {chosen} AS c WHERE index_day IS NOT NULL GROUP BY patient",
    )


def candidates(source: OmopSource) -> str:
    """A query for every day that may become an index date: the first of a patient, or all where courses are cases."""
    index, per_course = source.protocol.case.index_date, source.protocol.case.per == "course"
    if isinstance(index, FirstExposure):
        keys = ingredients(source.protocol, index.first_exposure) & set(source.numbers.drugs)
        drugs = ", ".join(str(source.numbers.drugs[key]) for key in sorted(keys)) or "0"
        days = f"SELECT patient, first AS index_day FROM course WHERE drug IN ({drugs})"
    else:
        name = folded(getattr(index, "first_event", ""))
        terms = [source.numbers.terms.get((kind, name), 0) for kind in ("diagnosis", "event")]
        days = f"SELECT patient, day AS index_day FROM fact WHERE term IN ({', '.join(map(str, terms))})"
    return days if per_course else f"SELECT patient, min(index_day) AS index_day FROM ({days}) AS d GROUP BY patient"


def _value_query(source: OmopSource, place: Rows, ids: set[int], where: str) -> str:
    names = [
        place.id,
        "person_id",
        place.concept,
        place.day,
        f"{place.day}!",
        "value_as_number",
        "value_as_number!",
    ]
    names += ["value_as_concept_id", "unit_concept_id", "unit_concept_id!"]
    operator = "operator_concept_id AS operator" if place.table == "measurement" else "CAST(NULL AS BIGINT) AS operator"
    if place.table == "measurement":
        names.append("operator_concept_id")
    query = f"SELECT *, {operator} FROM ({source.opened.query(place.table, *names)}) AS stored"
    judged = any(one.judgement for one in source.sets.meant)
    return rules.value(
        query, place.id, place.concept, place.day, f"{within(place.concept, ids)} AND {where.format('person_id')}",
        span=True, observed=source.numbers.observed, judged=judged, dialect=source.engine.dialect,
    )  # fmt: skip


def _value_counts(source: OmopSource, table: str, name: str, tally: Tally, *, shared: bool) -> int:
    """How many values were used; where measures share a concept (`shared`), a row that is a value of two is one row."""
    used = 0
    measures = {number: measure for measure, number in source.numbers.measures.items()}
    for measure, why, unit, missing, rows, rounded in source.engine.rows(
        f"SELECT measure, why, CASE WHEN why = '{rules.OTHER_UNIT}' THEN unit ELSE 0 END AS odd_unit, missing, count(*), "
        f"sum(CASE WHEN rounded AND why = '' THEN 1 ELSE 0 END) FROM {name} "
        "GROUP BY measure, why, odd_unit, missing ORDER BY measure, why, odd_unit, missing"
    ):
        called = measures[measure]
        used += int(rows) if why == "" else 0
        if not shared:
            counted(tally, table, why, int(rows))
        if why == rules.OTHER_UNIT:
            message = f"{called}: rows in unit {unit}, to which the concept set gives no factor, were refused"
            found(tally, "warning", "unit", message, int(rows))
        elif why == rules.NO_UNIT:
            message = (
                f"{called}: rows without a unit were refused; `no_unit: accept` in the concept set would read them"
            )
            found(tally, "warning", "unit", message, int(rows))
        elif why == "" and missing:
            found(tally, "note", "no value", f"{called}: rows without a value", int(rows))
        found(tally, "note", "rounded", f"{called}: values rounded to a millionth", int(rounded or 0))
    if shared:
        each = f"SELECT record, patient, day, min(why) AS why FROM {name} GROUP BY record, patient, day"
        for why, rows in source.engine.rows(f"SELECT why, count(*) FROM ({each}) AS r GROUP BY why ORDER BY why"):
            counted(tally, table, why, int(rows))
    return used


def _visits(source: OmopSource, where: str, tally: Tally) -> None:
    engine = source.engine
    if not source.opened.has("visit_occurrence") or (visits(source.protocol) is None and source.numbers.observed):
        return
    query = source.opened.query(
        "visit_occurrence", "visit_occurrence_id", "person_id", "visit_start_date", "visit_start_date!"
    )
    number = source.numbers.terms["visit", "visit"]
    made = rules.visit(
        query,
        where.format("person_id"),
        number,
        span=True,
        observed=source.numbers.observed,
        dialect=engine.dialect,
    )
    keep(source, "visit_occurrence", "omop_visit", made)
    kept = "SELECT record, patient, kind, term, day, day AS low, day AS high, CAST(NULL AS INT) AS last FROM omop_visit WHERE why = ''"
    engine.keep("fact", f"{rules.FACT} UNION ALL {kept}")
    for why, rows, equal in engine.rows("SELECT why, sum(n), sum(n - 1) FROM omop_visit GROUP BY why ORDER BY why"):
        counted(tally, "visit_occurrence", why, int(rows))
        if why == "":
            found(
                tally,
                "note",
                "duplicates",
                "visit_occurrence: several visits begin on one day, read once",
                int(equal),
            )
