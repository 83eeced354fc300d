"""Courses: what the rows of drug_exposure supply, day by day, and what keeps a daily dose from being known.

course, unread_course            of the persons who can be cases
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

from caseseries import catalogue
from caseseries.chart.store import MILLIONTH
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.drug_uses import LOCAL_ROWS, OTHER_ROUTE, drug_uses, drugs_of, local_only
from caseseries.protocol.every_rule import unchanged_drugs
from caseseries.protocol.measures import equivalence, ingredients
from caseseries.source.omop import rules, supply
from caseseries.source.omop.counts import counted, found
from caseseries.source.omop.database import Database
from caseseries.source.omop.kept import keep, of_index_persons
from caseseries.source.omop.sets import within
from caseseries.stats.tally import Tally

if TYPE_CHECKING:
    from caseseries.source.omop.description import Omop

#: The rule of a finding whose count is of persons.
REFUSED_INDEX = "refused study drug"

_COURSE = """
SELECT record, patient, CASE WHEN systemic THEN drug ELSE drug + {drugs} END AS drug, first,
    last_high AS last, amount, CAST('mg' AS {text}) AS unit, CAST(1 AS BIGINT) AS per_day_num,
    CAST(1 AS BIGINT) AS per_day_den, systemic, FALSE AS pulse, first AS first_low, first AS first_high, last_low, last_high
FROM omop_course
"""

_ROWS = """
SELECT why, sum(n), sum(n - 1), sum(CASE WHEN conflict THEN n ELSE 0 END), sum(CASE WHEN last_high IS NULL AND NOT brief THEN n ELSE 0 END),
    sum(CASE WHEN odd THEN n ELSE 0 END), sum(CASE WHEN brief THEN n ELSE 0 END)
FROM omop_exposure GROUP BY why ORDER BY why
"""


def make_courses(source: Database, where: str, tally: Tally) -> None:
    """Make `course` and `unread_course`, and count the rows of drug_exposure."""
    engine, described = source.engine, source.described
    concepts = {number for _, _, ids in source.sets.within("drug", "drug_exposure") for number in ids}
    if not concepts or not source.opened.has("drug_exposure"):
        return
    query = source.opened.query(
        "drug_exposure",
        "drug_exposure_id",
        "person_id",
        "drug_concept_id",
        "drug_exposure_start_date",
        "drug_exposure_end_date",
        "days_supply",
        "quantity",
        "route_concept_id",
        "drug_exposure_start_date!",
        "drug_exposure_end_date!",
    )
    wanted = (
        f"({within('drug_concept_id', concepts)} OR coalesce(drug_concept_id, 0) = 0) AND {where.format('person_id')}"
    )
    local = described.local_routes
    local = local if local is not None else tuple(one.id for one in catalogue.local_routes())
    routes = within("e.route", local)
    no_route = "FALSE" if described.no_route == "local" else "TRUE"
    asked = dose_drugs(source)
    # A row without a concept may be one of a dose.
    dosed = f"(coalesce(concept, 0) = 0 OR concept IN (SELECT concept FROM omop_drug WHERE {within('drug', asked)}))"
    dosed = f"({dosed} AND NOT {within('route', local)})" if asked else "FALSE"
    rows = supply.exposure(of_index_persons(query, wanted), source.cutoff, source.latest, described, dosed)
    keep(source, "drug_exposure", "omop_exposure", rows)
    _strengths(source, concepts)
    engine.keep("omop_course", supply.course(engine.dialect, routes, no_route, described, _plausible(source, asked)))
    if asked and described.refills in ("replace", "extend"):
        made = supply.replaced if described.refills == "replace" else supply.extended
        engine.keep("omop_stocked", made(source.engine.dialect, within("drug", asked)))
        engine.keep("omop_course", "SELECT * FROM omop_stocked")
    _local(source, tally)
    engine.keep("course", _COURSE.format(text=engine.dialect.text, drugs=len(source.numbers.drugs) // 2))
    engine.keep("unread_course", supply.unread(routes, described))
    _count(source, tally)
    _refused_index(source, tally)
    if asked:
        _doses(source, asked, tally)


def _count(source: Database, tally: Tally) -> None:
    described = source.described
    ignored = described.unmapped_drugs is not None
    for why, rows, equal, differing, endless, odd, brief in source.engine.rows(_ROWS):
        if why == rules.UNMAPPED:
            tally.add(("rows", "drug_exposure", "out of scope" if ignored else "refused", why), int(rows))
            if ignored:
                then = "`unmapped_drugs` says that none is a drug of the study"
                found(tally, "note", "unmapped", f"drug_exposure: {why}; {then}", int(rows))
            else:
                then = "over the days they may cover no daily dose of the person is known; `unmapped_drugs` may say that none is a drug of the study"
                found(tally, "warning", "unmapped", f"drug_exposure: {why}; {then}", int(rows))
            continue
        counted(tally, "drug_exposure", why, int(rows))
        if why != "":
            continue
        found(tally, "note", "duplicates", "drug_exposure: equal rows, read once", int(equal))
        conflict = "the end and the days of supply differ by more than a day"
        if described.end_and_supply is None:
            then = "so the last day and the dose are not known; `end_and_supply` may say which counts"
            found(tally, "warning", "end and supply", f"drug_exposure: {conflict}, {then}", int(differing))
        else:
            then = (
                "the end is the last day, and the amount a day that of the supply"
                if described.end_and_supply == "end"
                else "the supply counts"
            )
            then += ", as declared"
            found(tally, "note", "end and supply", f"drug_exposure: {conflict}; {then}", int(differing))
        found(
            tally,
            "note",
            "days of supply",
            "drug_exposure: days of supply of zero, below, or of a hundred years, read as not recorded",
            int(odd),
        )
        _brief(described, int(brief), tally)
        missing = "neither end nor days of supply, so the last day and the dose are not known; `no_duration` may say how long one lasts"
        found(tally, "warning", "no duration", f"drug_exposure: {missing}", int(endless))


def _local(source: Database, tally: Tally) -> None:
    """Rows of a local route, which count among no drugs of a class."""
    numbers, protocol = source.numbers.drugs, source.protocol
    asked = [drugs_of(protocol, name) for _, name in drug_uses(protocol)]
    names = within("drug", [numbers[key] for key in local_only(asked) if key in numbers])
    ((rows,),) = source.engine.rows(f"SELECT sum(n) FROM omop_course WHERE NOT systemic AND {names}")
    found(tally, "note", "route", f"drug_exposure: {LOCAL_ROWS}", int(rows or 0))


def _refused_index(source: Database, tally: Tally) -> None:
    """Persons who may have begun the study drug with a row that was refused."""
    index = source.protocol.case.index_date
    if not isinstance(index, FirstExposure):
        return
    keys = drugs_of(source.protocol, index.first_exposure) & set(source.numbers.drugs)
    drugs = within("drug", [source.numbers.drugs[key] for key in keys])
    refused = f"e.why IN ('{rules.NOT_A_DATE}', '{rules.NO_DATE}', '{rules.END_BEFORE_START}')"
    ((persons,),) = source.engine.rows(
        "SELECT count(DISTINCT e.patient) FROM omop_exposure AS e JOIN omop_drug AS d ON d.concept = e.concept "
        f"JOIN (SELECT patient, min(first) AS first FROM course WHERE {drugs} GROUP BY patient) AS c ON c.patient = e.patient "
        f"WHERE d.{drugs} AND {refused} AND coalesce(e.given < e.first OR e.first < c.first, TRUE)"
    )
    message = (
        "drug_exposure: persons of whom a row of the study drug was refused that may be earlier than their index date"
    )
    found(tally, "warning", REFUSED_INDEX, message, int(persons))


def _brief(described: Omop, rows: int, tally: Tally) -> None:
    """Rows of a dose that end on their first day, without days of supply and of another quantity than one."""
    what = "drug_exposure: no days of supply, and the end is the first day although the quantity is not one"
    if described.end_on_first_day == "one day":
        found(tally, "note", "end on first day", f"{what}; the supply of one day, as declared", rows)
    elif described.end_on_first_day == "no end":
        found(tally, "note", "end on first day", f"{what}; no end, as declared", rows)
    else:
        then = (
            "so it is not taken for an end; `end_on_first_day` may say whether it is (`one day`) or is not (`no end`)"
        )
        found(tally, "warning", "end on first day", f"{what}, {then}", rows)


def _strengths(source: Database, concepts: set[int]) -> None:
    columns = [("concept", "BIGINT"), ("amount", "BIGINT"), ("per", "BIGINT"), ("content", "BIGINT")]
    if not dose_drugs(source) or not source.opened.has("drug_strength"):
        source.engine.table("omop_strength", columns, [])
        return
    query = source.opened.query(
        "drug_strength",
        "drug_concept_id",
        "ingredient_concept_id",
        "amount_value",
        "amount_unit_concept_id",
        "numerator_value",
        "numerator_unit_concept_id",
        "denominator_value",
        "denominator_unit_concept_id",
        "box_size",
        "invalid_reason",
    )
    keep(source, "drug_strength", "omop_strength", supply.strength(query, within("drug_concept_id", concepts)))


def _doses(source: Database, asked: list[int], tally: Tally) -> None:
    """What keeps a dose from being known, among the drugs that enter one."""
    names = within("drug", asked)
    ((unrecorded, unsure, implausible),) = source.engine.rows(
        "SELECT sum(CASE WHEN amount IS NULL AND NOT unsure AND NOT implausible THEN n ELSE 0 END), sum(CASE WHEN unsure THEN n ELSE 0 END), "
        "sum(CASE WHEN implausible THEN n ELSE 0 END) "
        f"FROM omop_course WHERE systemic AND {names}"
    )
    message = "drug_exposure: no daily dose, because strength, quantity or days are not recorded"
    found(tally, "warning", "dose", message, int(unrecorded or 0))
    message = (
        "drug_exposure: no daily dose, because the quantity is less than one package and may count packages; "
        "`quantity_counts` says what it counts"
    )
    found(tally, "warning", "dose", message, int(unsure or 0))
    message = "drug_exposure: no daily dose, because strength x quantity / days is more or less than is plausible"
    found(tally, "warning", "dose", message, int(implausible or 0))
    routes = [one.id for one in catalogue.converted_routes()]
    counts = f"systemic AND amount > 0 AND {within('drug', dose_drugs(source, equivalents=True))} AND {within('route', routes)}"
    ((converted,),) = source.engine.rows(f"SELECT sum(n) FROM omop_course WHERE {counts}")
    found(tally, "warning", "route", f"drug_exposure: {OTHER_ROUTE}", int(converted or 0))
    if source.described.refills is None:
        ((early,),) = source.engine.rows(
            f"SELECT sum(n) FROM ({supply.overlaps(source.engine.dialect, names)}) AS early"
        )
        message = "drug_exposure: rows of one product overlap (collected early, or together), and `refills` does not say what becomes of the rest"
        found(tally, "error", "choice: refills", message, int(early or 0))
    if source.described.no_route is None:
        ((unknown,),) = source.engine.rows(f"SELECT sum(n) FROM omop_course WHERE route = 0 AND {names}")
        message = "drug_exposure: no route, and `no_route` does not say whether that is systemic"
        found(tally, "error", "choice: no_route", message, int(unknown or 0))


def _plausible(source: Database, asked: list[int]) -> dict[int, tuple[int, int]]:
    """The least and the most plausible amount a day of each drug that enters a dose, in millionths of a mg."""
    names = {number: key for key, number in source.numbers.drugs.items()}
    found = {}
    for number in asked:
        limits = catalogue.plausible_dose(names[number], factor=equivalence(source.protocol, names[number]))
        if limits is not None:
            found[number] = (ceil(limits[0] * MILLIONTH), floor(limits[1] * MILLIONTH))
    return found


def dose_drugs(source: Database, *, equivalents: bool = False) -> list[int]:
    """The drugs, by number, of which a daily dose is added up or compared; with `equivalents` those that count as prednisone."""
    keys = {
        key
        for dose in source.protocol.doses.values()
        if dose.source == "courses" and (dose.equivalents or not equivalents)
        for key in ingredients(source.protocol, dose.daily_dose)
    }
    if not equivalents:
        keys |= {key for name in unchanged_drugs(source.protocol) for key in ingredients(source.protocol, name)}
    return sorted(source.numbers.drugs[key] for key in keys if key in source.numbers.drugs)
