"""Who the invented patients are: a handful of facts of each, computed from (seed, number) alone."""

from __future__ import annotations

#: Days of the eight visits around the anchor (the first dose, or the day a patient without the drug entered the clinic).
VISITS = (-170, -60, -12, 45, 91, 183, 274, 365)
#: Each visit lies at most so many days to either side of it.
WANDER = (20, 25, 11, 15, 24, 24, 25, 35)


def macros(seed: int) -> tuple[str, ...]:
    """SQL macros: `draw(a, b)` is a hash, `unit` a number in [0, 1) from it, `bell` one of mean 0 and deviation 1.

    Only sums, products and roundings follow: the same numbers on every machine.
    """
    return (
        f"CREATE OR REPLACE TEMP MACRO draw(a, b) AS hash(a::BIGINT, b::BIGINT, {seed}::BIGINT)",
        "CREATE OR REPLACE TEMP MACRO unit(h) AS (h >> 11)::DOUBLE / 9007199254740992",
        "CREATE OR REPLACE TEMP MACRO chance(a, b) AS unit(draw(a, b))",
        "CREATE OR REPLACE TEMP MACRO between_days(low, high, x) AS (low + floor((high - low + 1) * x))::INTEGER",
        # Four sums of 16 bits: near enough to a normal deviate.
        "CREATE OR REPLACE TEMP MACRO bell(h) AS ((h & 65535)::DOUBLE + ((h >> 16) & 65535)::DOUBLE"
        " + ((h >> 32) & 65535)::DOUBLE + (h >> 48)::DOUBLE - 131070) / 37837.2",
        f"CREATE OR REPLACE TEMP MACRO visit_day(p, v) AS "
        f"{list(VISITS)}[v + 1] + between_days(-{list(WANDER)}[v + 1], {list(WANDER)}[v + 1], chance(p, 500 + v))",
    )


def patients(first: int, last: int, share: float) -> str:
    """SQL for the patients first..last, in that order; `share` of them get the study drug.

    Columns: p; treated; anchor day; severity, luck (how well a patient does) in [0, 1); kilograms; male; born;
    observed_first, observed_last; died (or NULL); diagnosed (or NULL); stops (after how many prescriptions of 90 days the study drug stops).
    """
    return f"""
    SELECT p, treated, anchor, severity, luck, kilograms, male, born, observed_first,
           CASE WHEN died IS NULL THEN planned_last ELSE least(planned_last, died) END AS observed_last,
           CASE WHEN died > planned_last + 20 THEN NULL ELSE died END AS died,
           CASE WHEN chance(p, 16) < 0.03 THEN NULL
                WHEN chance(p, 16) < 0.07 THEN anchor + between_days(5, 200, chance(p, 17))
                ELSE anchor - between_days(20, 1500, chance(p, 17)) END AS diagnosed,
           CASE WHEN chance(p, 18) < 0.15 THEN between_days(1, 3, chance(p, 19)) ELSE 5 END AS stops
    FROM (
      SELECT p, treated, anchor, severity, luck,
             round(48 + 45 * chance(p, 5) + 6 * bell(draw(p, 6)), 1) AS kilograms,
             chance(p, 7) < 0.35 AS male,
             anchor - between_days(16 * 365, 85 * 365, chance(p, 8)) AS born,
             anchor - CASE WHEN chance(p, 9) < 0.08 THEN between_days(20, 180, chance(p, 10))
                           ELSE between_days(190, 1800, chance(p, 10)) END AS observed_first,
             anchor + CASE WHEN chance(p, 11) < 0.14 THEN between_days(5, 400, chance(p, 12))
                           ELSE between_days(420, 1600, chance(p, 12)) END AS planned_last,
             CASE WHEN chance(p, 13) < 0.03 THEN anchor + between_days(1, 900, chance(p, 14)) END AS died
      FROM (
        SELECT p, chance(p, 1) < {share} AS treated,
               DATE '2012-01-01' + between_days(0, 3650, chance(p, 2)) AS anchor,
               chance(p, 3) AS severity, chance(p, 4) AS luck
        FROM (SELECT range AS p FROM range({first}, {last} + 1)) AS number
      ) AS drawn
    ) AS person
    """
