"""Values near the index dates, and visits: one pass over each table, everything else is decided on what it brought."""

from __future__ import annotations

from collections.abc import Collection

from caseseries.protocol.case import FirstExposure
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.lab_grades import limits_read
from caseseries.protocol.written import folded
from caseseries.source.omop import rules, value_rules
from caseseries.source.omop.cdm_tables import PLACES, Rows
from caseseries.source.omop.counts import counted, found
from caseseries.source.omop.database import Database
from caseseries.source.omop.kept import keep
from caseseries.source.omop.reach import visits
from caseseries.source.omop.refused_values import count_refused
from caseseries.source.omop.sets import within
from caseseries.source.omop.units import look_up_units, unread_unit
from caseseries.stats.tally import Tally

#: Rows that are looked through for equal ones at once, and into how many parts at most.
_AT_ONCE, _MOST_PARTS = 300_000, 8

#: Days that no patient's rows lie beyond.
_FAR = 10_000_000


def make_values(source: Database, where: str, of: str | None, *, ever: bool, repeated: bool) -> Tally:
    """Make `measurement` and add visits to `fact`; see :meth:`OmopSource.values`."""
    engine, tally = source.engine, Tally()
    _span(source, of, ever=ever)
    everywhen = ever or not source.numbers.observed
    reaches = f"-{_FAR} AS low, {_FAR} AS high" if everywhen else "low, high"
    outside = _outside(source, of, everywhen=everywhen)
    parts = []
    for name in ("measurement", "observation"):
        place = PLACES[name]
        sets = [numbers for _, one, numbers in source.sets.within("measure", place.table) if one.table == name]
        ids = set().union(*sets)
        if not ids or not source.opened.has(place.table):
            continue
        reached = f"SELECT DISTINCT concept, measure, {reaches}, judgement FROM omop_measures WHERE source = '{name}'"
        engine.keep("omop_measure", reached)
        kept = f"omop_values_{name}"
        shared = len(ids) < sum(map(len, sets))
        once = not repeated or shared
        keep(source, place.table, kept, _value_query(source, place, ids, where, outside, once=once))
        _value_counts(source, place, kept, tally, shared=shared, once=once)
        if limited(source, place):
            _contrary(source, kept, tally, once=once)
        count_refused(source, kept, of or f"({candidates(source)})", tally)
        record = "record" if once else "CAST(0 AS BIGINT) AS record"
        ends = (
            "lower, upper" if limited(source, place) else "CAST(NULL AS BIGINT) AS lower, CAST(NULL AS BIGINT) AS upper"
        )
        parts.append(f"SELECT {record}, patient, measure, day, value, code, {ends} FROM {kept}")
    if parts:
        engine.view("omop_value", " UNION ALL ".join(parts))
        source.recorded = value_rules.MEASUREMENT
        engine.view("measurement", source.recorded)
    _visits(source, where, outside, tally)
    return tally


def keep_values(source: Database, measures: Collection[str]) -> None:
    """Keep of `measurement` only the rows of these measures; see :meth:`OmopSource.release`."""
    engine = source.engine
    wanted = sorted({source.numbers.measures.get(name, 0) for name in measures}) or [0]
    engine.keep("omop_rest", f"SELECT * FROM measurement WHERE measure IN ({', '.join(map(str, wanted))})")
    engine.view("measurement", "SELECT * FROM omop_rest")
    engine.forget("omop_value", "derived_row", *(f"omop_values_{name}" for name in ("measurement", "observation")))


def limited(source: Database, place: Rows) -> bool:
    """Whether limits of normal are read with the values of a table: where a rule or a grade asks for them, and the table can hold them."""
    return place.table == "measurement" and bool(limits_read(source.protocol))


def _outside(source: Database, of: str | None, *, everywhen: bool) -> str:
    """SQL for: the day of a row is not observed. Near one index date its own period decides, which saves looking at the others."""
    if not source.numbers.observed:
        return "FALSE"
    return (
        value_rules.NO_PERIOD if everywhen or source.protocol.case.per == "course" else value_rules.NOT_IN_INDEX_PERIOD
    )


def _span(source: Database, of: str | None, *, ever: bool) -> None:
    """`omop_span(patient, first, last, low, high, seen_first, seen_last, dead)`: index days, days of visits around them, period, death."""
    everywhen = ever or not source.numbers.observed
    low, high = (-_FAR, _FAR) if everywhen else visits(source.protocol) or (1, 0)
    chosen = of or f"({candidates(source)})"
    days = f"SELECT patient, min(index_day) AS first, max(index_day) AS last FROM {chosen} AS c WHERE index_day IS NOT NULL GROUP BY patient"
    dead = "SELECT patient, min(day) AS day FROM fact WHERE kind = 'death' GROUP BY patient"
    source.engine.keep(
        "omop_span",
        f"SELECT d.patient, d.first, d.last, CAST({low} AS INT) AS low, CAST({high} AS INT) AS high, o.first AS seen_first, o.last AS seen_last, "
        f"x.day AS dead FROM ({days}) AS d LEFT JOIN observed AS o ON o.patient = d.patient AND d.first BETWEEN o.first AND o.last "
        f"LEFT JOIN ({dead}) AS x ON x.patient = d.patient",
    )


def candidates(source: Database) -> str:
    """A query for every day that may become an index date: the first of a patient, or all where courses are cases."""
    index, per_course = source.protocol.case.index_date, source.protocol.case.per == "course"
    if isinstance(index, FirstExposure):
        keys = drugs_of(source.protocol, index.first_exposure) & set(source.numbers.drugs)
        drugs = ", ".join(str(source.numbers.drugs[key]) for key in sorted(keys)) or "0"
        days = f"SELECT patient, first AS index_day FROM course WHERE drug IN ({drugs})"
    else:
        name = folded(getattr(index, "first_event", ""))
        terms = [source.numbers.terms.get((kind, name), 0) for kind in ("diagnosis", "event")]
        days = f"SELECT patient, day AS index_day FROM fact WHERE term IN ({', '.join(map(str, terms))})"
    return days if per_course else f"SELECT patient, min(index_day) AS index_day FROM ({days}) AS d GROUP BY patient"


def _value_query(source: Database, place: Rows, ids: set[int], where: str, outside: str, *, once: bool) -> str:
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
    limits = limited(source, place)
    if limits:
        names += ["range_low", "range_high"]
    query = f"SELECT *, {operator} FROM ({source.opened.query(place.table, *names)}) AS stored"
    here = [one for one in source.sets.meant if one.kind == "measure" and PLACES[one.table] == place]
    plain = all(factor == 1 for one in here for factor in one.units.values())
    return value_rules.value(
        query,
        place.id,
        place.concept,
        place.day,
        f"{within(place.concept, ids)} AND {where.format('person_id')}",
        outside,
        source.cutoff,
        source.latest,
        judged=any(one.judgement for one in here),
        plain=plain,
        once=once,
        limits=limits,
        dialect=source.engine.dialect,
    )


def _value_counts(source: Database, place: Rows, name: str, tally: Tally, *, shared: bool, once: bool) -> None:
    """Count rows and findings; where measures share a concept (`shared`), a row that is a value of two is one row.

    `once` says that equal rows were already made one, with their number.
    """
    table, limits = place.table, limited(source, place)
    measures = {number: measure for measure, number in source.numbers.measures.items()}
    other = next(code for code, why in value_rules.CODES.items() if why == rules.OTHER_UNIT)
    equal = used = 0
    sums = "sum(n), sum(n - 1), sum(n * rounded)" if once else "count(*), 0, sum(rounded)"
    read = source.engine.rows(
        f"SELECT measure, code, CASE WHEN code = {other} THEN value ELSE 0 END AS unit, {sums} FROM {name} "
        f"GROUP BY measure, code, CASE WHEN code = {other} THEN value ELSE 0 END ORDER BY measure, code, unit"
    )
    look_up_units(source, {int(unit) for _, code, unit, *_ in read if code == other})
    for measure, code, unit, rows, again, rounded in read:
        called, why = measures[measure], value_rules.CODES.get(code, "")
        if not shared:
            counted(tally, table, why, int(rows))
        equal += int(again) if why == "" else 0
        used += int(rows) if why == "" else 0
        if why == rules.OTHER_UNIT:
            found(tally, "warning", "unit", unread_unit(source, called, int(unit)), int(rows))
        elif why == rules.NO_UNIT:
            message = (
                f"{called}: rows without a unit were refused; `no_unit: accept` in the concept set would read them"
            )
            found(tally, "warning", "unit", message, int(rows))
        elif code == value_rules.WITHOUT:
            found(tally, "note", "no value", f"{called}: rows without a value", int(rows))
        found(tally, "note", "rounded", f"{called}: values rounded to a millionth", int(rounded))
    if not once:
        equal = _equal_rows(source, name, used, limits=limits)
    found(tally, "note", "duplicates", f"{table}: equal rows, read once", equal)
    if shared:
        each = f"SELECT record, patient, day, max(n) AS n, min(code) AS code FROM {name} GROUP BY record, patient, day"
        for code, rows in source.engine.rows(f"SELECT code, sum(n) FROM ({each}) AS r GROUP BY code ORDER BY code"):
            counted(tally, table, value_rules.CODES.get(code, ""), int(rows))


def _contrary(source: Database, name: str, tally: Tally, *, once: bool) -> None:
    """Count the values whose limits of normal contradict each other and are not used."""
    measures = {number: measure for measure, number in source.numbers.measures.items()}
    times = "n * contrary" if once else "contrary"
    for number, rows in source.engine.rows(
        f"SELECT measure, sum({times}) FROM {name} GROUP BY measure ORDER BY measure"
    ):
        what = f"{measures[number]}: the lower limit of normal is above the upper one, and neither is used"
        found(tally, "warning", "limit", what, int(rows))


def _equal_rows(source: Database, name: str, used: int, *, limits: bool) -> int:
    """How many of so many used rows repeat another; a part of the patients at a time, for all at once would take more memory than anything else."""
    parts, ends = min(_MOST_PARTS, 1 + used // _AT_ONCE), ", lower, upper" if limits else ""
    equal = 0
    for part in range(parts):
        ((more,),) = source.engine.rows(
            f"SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM {name} WHERE code < {value_rules.REFUSED} "
            f"AND mod(abs(patient), {parts}) = {part} GROUP BY patient, measure, day, value, code{ends} HAVING count(*) > 1) AS again"
        )
        equal += int(more)
    return equal


def _visits(source: Database, where: str, outside: str, tally: Tally) -> None:
    engine = source.engine
    if not source.opened.has("visit_occurrence") or (visits(source.protocol) is None and source.numbers.observed):
        return
    query = source.opened.query(
        "visit_occurrence", "visit_occurrence_id", "person_id", "visit_start_date", "visit_start_date!"
    )
    number = source.numbers.terms["visit", "visit"]
    made = value_rules.visit(
        query, where.format("person_id"), number, outside, source.cutoff, source.latest, engine.dialect
    )
    keep(source, "visit_occurrence", "omop_visit", made)
    nothing = ", ".join(f"CAST(NULL AS INT) AS {name}" for name in ("last", "last_low", "last_high"))
    kept = f"SELECT record, patient, kind, term, day, day AS low, day AS high, {nothing} FROM omop_visit WHERE why = ''"
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
