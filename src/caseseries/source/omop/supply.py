"""What a row of drug_exposure supplies, as queries: its days, how much it holds, the amount a day, and the days it may cover if it cannot be used."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries import catalogue
from caseseries.engine.dialect import Dialect
from caseseries.source.omop.description import Omop
from caseseries.source.omop.rules import (
    AFTER_CUTOFF,
    END_BEFORE_START,
    FUTURE,
    NO_DATE,
    NO_PATIENT,
    NOBODY,
    NOT_A_DATE,
    UNMAPPED,
    millionths,
    truncated,
)

#: The largest number that enters a dose: pieces, milligrams of one piece, milligrams a day.
_MOST = 1_000_000

#: The last day of a supply that nothing bounds: after every study.
_NEVER = 10_000_000


def exposure(query: str, cutoff: int, latest: int, described: Omop, doses: str) -> str:
    """`omop_exposure(record, n, patient, concept, first, given, supply, quantity, route, why, last_low, last_high, days, spread,
    conflict, loose, brief)`.

    Rows of drug_exposure, equal ones once: `n` is how many were equal, `given` the recorded end. The last day is one of last_low..last_high
    (NULL: nothing bounds it); `days` is their number where it is known, and `spread` the days that the quantity was meant for. `conflict` says that
    end and days of supply differ, `odd` that the days of supply cannot be, so that they count as not recorded, `brief` that the only end is the
    first day, of a row of a dose (`doses`) with more or less than one piece: many databases write that where they know no end (`loose`: it would be
    none if it were the first day).
    """
    ends = "r.first + r.supply - 1"
    given = "CASE WHEN r.brief THEN NULL ELSE r.given END" if described.end_on_first_day != "one day" else "r.given"
    #: An end on the day after the supply is that of databases which write the first day without.
    differ = "(r.given IS NOT NULL AND r.supply IS NOT NULL AND r.given - r.first + 1 NOT IN (r.supply, r.supply + 1))"
    length = described.no_duration
    alone = "NULL" if length is None else f"r.first + {int(length) - 1}"
    known = f"CASE WHEN r.supply IS NOT NULL THEN {ends} ELSE coalesce({given}, {alone}) END"
    low = f"coalesce({known}, r.first)"
    high = known
    spread = days = f"{known} - r.first + 1"
    match described.end_and_supply:
        case "end":
            low, high, days = (
                f"CASE WHEN {differ} THEN {inside} ELSE {usual} END"
                for inside, usual in (("r.given", low), ("r.given", high), ("r.given - r.first + 1", days))
            )
        case None:
            low = f"CASE WHEN {differ} THEN least(r.given, {ends}) ELSE {low} END"
            high = f"CASE WHEN {differ} THEN greatest(r.given, {ends}) ELSE {high} END"
            spread = days = f"CASE WHEN {differ} THEN NULL ELSE {days} END"
    return f"""
SELECT r.*, CAST({low} AS INT) AS last_low, CAST({high} AS INT) AS last_high, CAST({days} AS INT) AS days,
    CAST({spread} AS INT) AS spread, {differ} AS conflict,
    CASE
        WHEN r.patient IS NULL THEN '{NO_PATIENT}'
        WHEN p.patient IS NULL THEN '{NOBODY}'
        WHEN coalesce(r.concept, 0) = 0 THEN '{UNMAPPED}'
        WHEN r.bad THEN '{NOT_A_DATE}'
        WHEN r.first IS NULL THEN '{NO_DATE}'
        WHEN r.given < r.first THEN '{END_BEFORE_START}'
        WHEN r.first > {cutoff} THEN '{AFTER_CUTOFF}'
        WHEN r.first > {latest} OR r.given > {latest} THEN '{FUTURE}'
        ELSE ''
    END AS why
FROM (
    SELECT u.*, (u.loose AND coalesce(u.given = u.first, FALSE)) AS brief
    FROM (
    SELECT min(record) AS record, count(*) AS n, patient, concept, first, given, supply, quantity, route, bad, odd,
        coalesce(supply IS NULL AND coalesce(quantity, 0) <> 1 AND {doses}, FALSE) AS loose
    FROM (
        SELECT drug_exposure_id AS record, person_id AS patient, drug_concept_id AS concept, drug_exposure_start_date AS first,
            drug_exposure_end_date AS given, CAST(CASE WHEN days_supply BETWEEN 1 AND 36500 THEN days_supply END AS INT) AS supply,
            quantity, coalesce(route_concept_id, 0) AS route,
            coalesce(days_supply NOT BETWEEN 1 AND 36500, FALSE) AS odd,
            (coalesce(drug_exposure_start_date_refused, FALSE) OR coalesce(drug_exposure_end_date_refused, FALSE)) AS bad
        FROM ({query}) AS source
    ) AS read
    GROUP BY patient, concept, first, given, supply, quantity, route, bad, odd
    ) AS u
) AS r
LEFT JOIN person AS p ON p.patient = r.patient
"""


def strength(query: str, concepts: str) -> str:
    """`omop_strength(concept, amount, per, content)`: what a product of one ingredient holds.

    `amount` are millionths of a mg in `per` millionths of what its quantity counts: pieces, mL of a solution, g, actuations. `content` is how many
    of these (in millionths) one package holds; NULL where the product is not packaged.
    """
    unit = {
        key: catalogue.meaning(key).id
        for key in ("milligram", "gram", "microgram", "milliliter", "liter", "percent", "actuation")
    }

    def milligrams(value: str, name: str) -> str:
        return (
            f"CASE {name} WHEN {unit['milligram']} THEN {value} WHEN {unit['gram']} THEN {value} * 1000 "
            f"WHEN {unit['microgram']} THEN {value} / 1000 END"
        )

    def held(value: str) -> str:
        return f"CASE WHEN {value} > 0 AND {value} <= {_MOST} THEN {value} ELSE 0 END"

    percent = f"numerator_unit_concept_id = {unit['percent']}"
    volume = "coalesce(denominator_value, 1)"
    products = f"""
    SELECT DISTINCT drug_concept_id AS concept, ingredient_concept_id,
        CASE WHEN amount_value IS NOT NULL THEN coalesce({milligrams("amount_value", "amount_unit_concept_id")}, 0) END AS solid,
        CASE WHEN {percent} THEN CASE WHEN coalesce(denominator_unit_concept_id, 0) = 0 THEN numerator_value * 10 END
             ELSE {milligrams("numerator_value", "numerator_unit_concept_id")} END AS dissolved,
        CASE WHEN {percent} THEN 1 WHEN denominator_unit_concept_id = {unit["liter"]} THEN {volume} * 1000
             WHEN denominator_unit_concept_id IN ({unit["milliliter"]}, {unit["gram"]}, {unit["actuation"]}) THEN {volume} END AS volume,
        coalesce(denominator_value, 1) <> 1 AS bottled, CASE WHEN box_size BETWEEN 2 AND 100000 THEN box_size ELSE 1 END AS boxed
    FROM ({query}) AS source
    WHERE {concepts} AND coalesce(invalid_reason, '') = ''
    """
    limited = f"""
    SELECT concept, boxed, bottled, {held("coalesce(solid, dissolved)")} AS held,
        CASE WHEN solid IS NOT NULL THEN 1 ELSE {held("volume")} END AS volume, solid IS NOT NULL AS solid
    FROM ({products}) AS products
    """
    return f"""
SELECT concept, max({millionths("held")}) AS amount, max({millionths("volume")}) AS per,
    max(CASE WHEN boxed > 1 OR (bottled AND NOT solid) THEN boxed * ({millionths("volume")}) END) AS content
FROM ({limited}) AS limited
GROUP BY concept
HAVING count(*) = 1 AND min(held) > 0 AND min(volume) > 0 AND min(volume) * {_MOST} >= min(held)
"""


def course(
    dialect: Dialect, local: str, no_route: str, described: Omop, plausible: Mapping[int, tuple[int, int]]
) -> str:
    """`omop_course`: one row for each drug of a usable exposure, with the columns of `course`, its strength and why its amount is not known.

    The amount a day is strength x quantity / days that it was meant for, to the nearest millionth of a mg, a half up. `plausible` are the least
    and the most of a drug: of a row outside something is wrong, so that its amount is not known (`implausible`).
    """
    packages = described.quantity_counts == "packages"
    pieces = "e.quantity" if not packages else "e.quantity * coalesce(s.content, 1000000) / 1000000.0"
    quantity = millionths(f"({pieces})")
    wide = [f"CAST({part} AS {dialect.wide})" for part in ("s.amount", quantity, "e.spread", "s.per")]
    half = f"(CAST(2 AS {dialect.wide}) * {wide[3]} * {wide[2]})"
    exact = truncated(dialect, f"(CAST(2 AS {dialect.wide}) * {wide[0]} * {wide[1]} + {wide[3]} * {wide[2]})", half)
    # Up to 1000 mg a piece and 1000 pieces 64 bits are wide enough, and a great deal faster.
    small = truncated(
        dialect,
        f"(2 * s.amount * ({quantity}) + s.per * CAST(e.spread AS BIGINT))",
        "(2 * s.per * CAST(e.spread AS BIGINT))",
    )
    amount = f"CASE WHEN s.amount <= 1000000000 AND {pieces} <= 1000 THEN CAST({small} AS BIGINT) ELSE CAST({exact} AS BIGINT) END"
    daily = f"(CAST(s.amount AS {dialect.double}) / s.per * {pieces} / nullif(e.spread, 0))"
    # Less than one package of a product that comes in packages: the quantity may count packages.
    unsure = "FALSE" if described.quantity_counts else "coalesce(e.quantity * 1000000 < s.content, FALSE)"
    outside = " ".join(
        f"WHEN {drug} THEN amount > CAST({high} AS BIGINT) OR (amount > 0 AND amount < CAST({low} AS BIGINT))"
        for drug, (low, high) in sorted(plausible.items())
    )
    wrong = f"coalesce(CASE drug {outside} END, FALSE)" if outside else "FALSE"
    return f"""
SELECT record, n, patient, drug, first, last_low, last_high, days, conflict, route, held, per, systemic, unsure,
    {wrong} AS implausible, CASE WHEN {wrong} THEN NULL ELSE amount END AS amount
FROM (
SELECT e.record, e.n, e.patient, d.drug, e.first, e.last_low, e.last_high, e.days, e.conflict, e.route, s.amount AS held, s.per,
    CASE WHEN e.route = 0 THEN {no_route} WHEN {local} THEN FALSE ELSE TRUE END AS systemic, {unsure} AS unsure,
    CASE WHEN s.amount IS NOT NULL AND e.spread >= 1 AND e.quantity > 0 AND {pieces} <= {_MOST} AND {daily} <= {_MOST} AND NOT ({unsure})
        THEN {amount} END AS amount
FROM omop_exposure AS e
JOIN omop_drug AS d ON d.concept = e.concept
LEFT JOIN omop_strength AS s ON s.concept = e.concept
WHERE e.why = ''
) AS dosed
"""


def _product(dialect: Dialect) -> str:
    """Rows of one product: the same ingredient of the same strength, whatever its brand and however it is written (15 mg/5 mL is 3 mg/mL)."""
    return f"patient, drug, CAST(held AS {dialect.double}) / per"


def overlaps(dialect: Dialect, names: str) -> str:
    """Rows of a product that begin while an earlier one certainly lasts, of the drugs that enter a dose: record, n, patient."""
    return f"""
SELECT record, n, patient
FROM (
    SELECT record, n, patient, first, max(last_low) OVER (
        PARTITION BY {_product(dialect)} ORDER BY first, last_low, record ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS until
    FROM omop_course WHERE systemic AND held IS NOT NULL AND {names}
) AS placed
WHERE first <= until
"""


def replaced(dialect: Dialect, names: str) -> str:
    """`omop_course`, a row of a dose ended by the next of its product; rows that begin on one day were collected together and add up.

    After a row that is used up before the one that it replaces certainly would have been, nobody knows whether the rest of that one was taken:
    the last day of the row is any up to that one's, or the next row.
    """
    counts = f"systemic AND held IS NOT NULL AND {names}"
    reached = f"greatest(coalesce(last_high, {_NEVER}), coalesce(reached, first))"
    before, after = (
        "record, n, patient, drug, first",
        "days, conflict, route, held, per, systemic, unsure, implausible, amount",
    )
    return f"""
SELECT {before}, least(last_low, coalesce(next - 1, last_low)) AS last_low,
    nullif(least({reached}, coalesce(next - 1, {_NEVER})), {_NEVER}) AS last_high, {after}
FROM (
    SELECT c.*, min(first) OVER (
        PARTITION BY {_product(dialect)} ORDER BY first RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS next, max(last_low) OVER (
        PARTITION BY {_product(dialect)} ORDER BY first RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reached
    FROM omop_course AS c WHERE {counts}
) AS followed
UNION ALL
SELECT {before}, last_low, last_high, {after} FROM omop_course WHERE NOT coalesce({counts}, FALSE)
"""


def extended(dialect: Dialect, names: str) -> str:
    """`omop_course`, a row of a dose put off until the supply of its product is used up."""
    return f"""
SELECT record, n, patient, drug, CASE WHEN stocked THEN CAST(used + opened - days AS INT) ELSE first END AS first,
    CASE WHEN stocked THEN CAST(used + opened - 1 AS INT) ELSE last_low END AS last_low,
    CASE WHEN stocked THEN CAST(used + opened - 1 AS INT) ELSE last_high END AS last_high,
    days, conflict, route, held, per, systemic, unsure, implausible, amount
FROM (
    SELECT s.*, max(first - (used - days)) OVER (
        PARTITION BY {_product(dialect)}, stocked ORDER BY first, record ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS opened
    FROM (
        SELECT t.*, sum(days) OVER (
            PARTITION BY {_product(dialect)}, stocked ORDER BY first, record ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS used
        FROM (SELECT c.*, systemic AND held IS NOT NULL AND days IS NOT NULL AND {names} AS stocked FROM omop_course AS c) AS t
    ) AS s
) AS placed
"""


def unread(local: str, described: Omop) -> str:
    """`unread_course`: the days that rows which became no course may cover.

    Where the first day is known, those that a course of the row would have, one without an end for an end that is no date. Of an end before its start
    one is wrong, so that any day may be covered. Where only the end is known it is as little believed as that of a course: it may be the first day,
    from which the days of supply count, or nothing where there are none. A row of a local route adds to no systemic dose.
    """
    declared = "FALSE" if described.unmapped_drugs is not None else "TRUE"
    supplied = "e.given" if described.end_and_supply == "end" else "e.given + e.supply - 1"
    length = described.no_duration
    alone = "NULL" if length is None else f"e.given + {int(length) - 1}"
    loose = "FALSE" if described.end_on_first_day == "one day" else "e.loose"
    only_end = f"CASE WHEN e.supply IS NOT NULL THEN {supplied} WHEN {loose} THEN {alone} ELSE e.given END"
    return f"""
SELECT DISTINCT e.patient, CASE WHEN e.why = '{UNMAPPED}' THEN NULL ELSE d.drug END AS drug,
    CASE WHEN e.given < e.first THEN NULL ELSE e.first END AS first,
    CAST(CASE
        WHEN e.given < e.first OR (e.bad AND e.given IS NULL) THEN NULL
        WHEN e.first IS NULL THEN {only_end}
        ELSE e.last_high
    END AS INT) AS last
FROM omop_exposure AS e
LEFT JOIN omop_drug AS d ON d.concept = e.concept
WHERE NOT coalesce({local}, FALSE)
  AND CASE WHEN e.why = '{UNMAPPED}' THEN {declared} ELSE e.why IN ('{NOT_A_DATE}', '{NO_DATE}', '{END_BEFORE_START}') AND d.drug IS NOT NULL END
"""
