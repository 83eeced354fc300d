"""The study as an ibis plan on DuckDB: the same joins and picks as plain.sql, written as expressions."""

import sys
from pathlib import Path

import ibis
import job
from ibis import _

con = ibis.duckdb.connect(threads=2)


def keep(expression: ibis.Table, name: str) -> ibis.Table:
    """Compute once: an ibis expression is a query each time it is used."""
    return con.create_table(name, expression, temp=True, overwrite=True)


def day(column: ibis.Column) -> ibis.Column:
    return column.cast("date").delta(ibis.date("1970-01-01"), unit="day")


def rows_of(columns: list[str], rows: list[tuple]) -> ibis.Table:
    return ibis.memtable(rows, columns=columns)


def main(folder: Path) -> None:
    def read(table: str) -> ibis.Table:
        return con.read_parquet(f"{folder / table}.parquet", table_name=table)

    drug = read("drug_exposure").join(read("drug_strength"), "drug_concept_id")
    drug = drug.select(
        "person_id",
        "quantity",
        "amount_value",
        ingredient=_.ingredient_concept_id,
        systemic=_.route_concept_id.fill_null(0) != job.EYE,
        began=day(_.drug_exposure_start_date),
        ended=ibis.coalesce(day(_.drug_exposure_end_date), day(_.drug_exposure_start_date) + _.days_supply - 1),
        refused=(day(_.drug_exposure_end_date) < day(_.drug_exposure_start_date)).fill_null(False),
    )
    refused = drug.filter(_.refused)
    drug = drug.filter(_.ended.isnull() | (_.ended >= _.began))

    start = drug.filter(_.ingredient == job.STUDY_DRUG).group_by("person_id").agg(index_date=_.began.min())
    period = read("observation_period").select(
        "person_id", a=day(_.observation_period_start_date), b=day(_.observation_period_end_date)
    )
    before = ibis.window(group_by="person_id", order_by=["a", "b"], preceding=(None, 1))
    upto = ibis.window(group_by="person_id", order_by=["a", "b"], preceding=None, following=0)
    period = (
        period.mutate(latest=_.b.max().over(before))
        .mutate(opens=(_.latest.isnull() | (_.a > _.latest + 1)).cast("int64"))
        .mutate(number=_.opens.sum().over(upto))
        .group_by("person_id", "number")
        .agg(observed_first=_.a.min(), observed_last=_.b.max())
    )
    within = (
        start.join(period, "person_id")
        .filter(_.index_date.between(_.observed_first, _.observed_last))
        .select("person_id", "observed_first", "observed_last")
    )
    death = read("death").group_by("person_id").agg(death=day(_.death_date).min())
    case = (
        start.left_join(within, "person_id")
        .drop("person_id_right")
        .left_join(death, "person_id")
        .drop("person_id_right")
    )
    case = keep(case.mutate(follow_end=ibis.least(_.observed_last, _.death.fill_null(_.observed_last))), "index_case")

    measured = read("measurement").select(
        "person_id",
        concept=_.measurement_concept_id,
        unit=_.unit_concept_id.fill_null(0),
        date=day(_.measurement_date),
        value=_.value_as_number,
    )
    assessed = read("observation").select(
        "person_id",
        concept=_.observation_concept_id,
        unit=ibis.literal(0, "int32"),
        date=day(_.observation_date),
        value=_.value_as_number,
    )
    wanted = rows_of(
        ["measure", "concept", "unit", "better"],
        [(name, concept, unit, better) for name, (concept, units, better) in job.MEASURES.items() for unit in units]
        + [(name, concept, 0, False) for name, concept in job.ASSESSMENTS.items()],
    )
    every = ibis.union(measured, assessed).filter(_.value.notnull(), ~_.value.isnan())
    every = every.join(wanted, ["concept", "unit"]).join(case, "person_id")
    every = every.filter(_.date.between(_.observed_first, _.observed_last))
    pounds = (_.measure == "weight") & (_.unit == job.POUND)
    every = every.mutate(value=ibis.ifelse(pounds, (_.value * job.POUND_IN_KG).round(6), _.value))
    every = every.select(
        "person_id",
        "measure",
        "value",
        day=_.date - _.index_date,
        worst=ibis.ifelse(_.better, _.value, -_.value),
    )
    every = keep(every, "candidate")

    below = read("concept_ancestor").filter(_.ancestor_concept_id == job.DISEASE)
    condition = read("condition_occurrence")
    diagnosed = (
        condition.semi_join(below, condition.condition_concept_id == below.descendant_concept_id)
        .group_by("person_id")
        .agg(diagnosed=day(_.condition_start_date).min())
    )
    month = _.month_of_birth.fill_null(12)
    first = ibis.date(_.year_of_birth, month, 1)
    long = day(first + ibis.interval(months=1)) - day(first)
    person = read("person")
    adult = person.select(
        "person_id",
        adult=day(ibis.date(_.year_of_birth + 18, month, 1))
        + ibis.ifelse(_.month_of_birth.isnull(), 31, ibis.coalesce(_.day_of_birth, long))
        - 1,
    )
    strong = every.filter(_.measure == "strength", _.day.between(-90, 0)).select("person_id").distinct()
    judged = case.left_join(diagnosed, "person_id").drop("person_id_right")
    judged = judged.left_join(adult, "person_id").drop("person_id_right")
    judged = judged.left_join(strong.mutate(strong=True), "person_id").drop("person_id_right")
    low, high = day(ibis.date("2012-01-01")), day(ibis.date("2021-12-31"))
    judged = keep(
        judged.mutate(
            status=ibis.cases(
                (~_.index_date.between(low, high), "1 index date outside the study period"),
                (_.observed_first.isnull(), "2 index date outside observed time"),
                (_.diagnosed.isnull() | (_.diagnosed > _.index_date), "3 diagnosis"),
                (_.adult > _.index_date, "4 age"),
                (_.index_date - _.observed_first < 180, "5 observed before"),
                (_.strong.isnull(), "6 strength in baseline"),
                else_="0 included",
            )
        ),
        "judged",
    )
    included = keep(judged.filter(_.status == "0 included").select("person_id", "index_date", "follow_end"), "included")
    rows = every.semi_join(included, "person_id")

    windows = rows_of(["window", "low", "high", "target"], list(job.WINDOWS))
    near = rows.filter(_.measure != "neutrophils").join(windows, [rows.day >= windows.low, rows.day <= windows.high])
    order = ibis.window(
        group_by=["person_id", "measure", "window"], order_by=[(_.day - _.target).abs(), _.day, _.worst]
    )
    picked = near.mutate(place=ibis.row_number().over(order)).filter(_.place == 0)
    picked = keep(picked.select("person_id", "measure", "window", "day", "value"), "picked")

    # A course lasts until the next of the same product begins; without any end it may last for ever, and its amount a day is not known.
    later = ibis.window(group_by=["person_id", "ingredient", "amount_value"], order_by="began", range=(1, None))
    given = drug.filter(_.ingredient.isin(list(job.STEROIDS)), _.systemic).mutate(next=_.began.min().over(later))
    steroid = given.select(
        "person_id",
        began=_.began.cast("int64"),
        ended=ibis.least(_.ended.fill_null(job.EVER), _.next.fill_null(job.EVER) - 1).cast("int64"),
        daily=(_.amount_value * _.quantity / (_.ended - _.began + 1)).round(6)
        * ibis.cases(*((_.ingredient == one, factor) for one, factor in job.STEROIDS.items())),
    )
    # A row whose end lies before its start may have covered any day.
    unknown = refused.filter(_.ingredient.isin(list(job.STEROIDS)), _.systemic).select(
        "person_id",
        began=ibis.literal(-job.EVER, "int64"),
        ended=ibis.literal(job.EVER, "int64"),
        daily=ibis.null("float64"),
    )
    steroid = keep(ibis.union(steroid.cast({"daily": "float64"}), unknown), "steroid")
    fixed = included.cross_join(windows).select(
        "person_id", "index_date", "follow_end", "window", kind=ibis.literal("fixed"), day=_.target
    )
    fixed = fixed.filter(_.index_date + _.day <= _.follow_end).drop("follow_end")
    visit = (
        picked.filter(_.measure.isin(["strength", "skin"]), _.window.isin([0, 6]))
        .group_by("person_id", "window")
        .agg(day=_.day.max())
        .join(included, "person_id")
        .select("person_id", "index_date", "window", kind=ibis.literal("visit"), day=_.day)
    )
    columns = ["person_id", "index_date", "kind", "window", "day"]
    casts = {"window": "int64", "day": "int64", "index_date": "int64"}
    asked = keep(ibis.union(fixed.select(columns).cast(casts), visit.select(columns).cast(casts)), "asked")
    key = ["person_id", "kind", "window"]
    run = asked.join(steroid, "person_id").filter(_.began < _.index_date + _.day, _.ended >= _.index_date + _.day - 1)
    total = run.group_by(key).agg(total=ibis.ifelse(_.daily.count() == _.count(), _.daily.sum(), None))
    weight = (
        rows.filter(_.measure == "weight", _.value > 0)
        .select("person_id", "value", weighed=_.day)
        .distinct()
        .group_by("person_id", "weighed")
        .agg(kg=_.value.mean())
    )
    kilograms = (
        asked.join(weight, "person_id")
        .mutate(far=(_.weighed - _.day).abs())
        .filter(_.far <= 90)
        .group_by(key)
        .agg(kg=_.kg.argmin(_.far * 4096 + _.weighed))
    )
    ever = steroid.select("person_id").distinct().mutate(ever=True)
    dosed = asked.left_join(total.mutate(running=True), key).drop("person_id_right", "kind_right", "window_right")
    dosed = dosed.left_join(kilograms, key).drop("person_id_right", "kind_right", "window_right")
    dosed = dosed.left_join(ever, "person_id").drop("person_id_right")
    dosed = dosed.mutate(dose=ibis.cases((_.ever.isnull(), None), (_.running.isnull(), 0.0), else_=_.total / _.kg))
    dosed = keep(dosed.select("person_id", "kind", "window", "dose"), "dosed")

    inputs = ["strength", "skin", "ck", "crp", *job.ASSESSMENTS]
    wide = picked.group_by("person_id").agg(
        **{
            f"{measure} {window}": _.value.max(where=(_.measure == measure) & (_.window == window))
            for measure in inputs
            for window, *_rest in job.WINDOWS
        }
    )
    wide = included.select("person_id").left_join(wide, "person_id").drop("person_id_right")
    taken = dosed.filter(_.kind == "visit").group_by("person_id")
    taken = taken.agg(**{f"dose {window}": _.dose.max(where=_.window == window) for window in (0, 6)})
    wide = keep(wide.left_join(taken, "person_id").drop("person_id_right"), "wide")

    def v(measure: str, window: int) -> ibis.Column:
        return wide[f"{measure} {window}"]

    def improves(measure: str, high: bool) -> ibis.Column:
        was, now = v(measure, 0), v(measure, 12)
        change = (now - was if high else was - now).round(6)
        return ibis.ifelse(was > 0, (100 * change).round(6) >= (20 * was).round(6), None)

    parts = [improves(measure, high) for measure, high in job.CORE]
    yes = sum(part.fill_null(False).cast("int64") for part in parts)
    unknown = sum(part.isnull().cast("int64") for part in parts)
    less = ibis.ifelse(v("dose", 0) > 0, 100 * (v("dose", 0) - v("dose", 6)) > 20 * v("dose", 0), None)
    gained = (v("strength", 6) - v("strength", 0) >= 8) | ((v("skin", 0) - v("skin", 6)).round(6) >= 5)
    rules = wide.select(
        good=gained & less,
        core=ibis.cases((yes >= 3, True), (yes + unknown < 3, False)),
        quiet=(v("physician global", 3) <= 3)
        & ((v("skin", 3) <= 14) | (v("strength", 3) >= 70) | (v("ck", 3) <= 150))
        & ~((v("crp", 3) - v("crp", 0)).round(6) > 5),
    )

    answers: dict[str, tuple[int, float | None]] = {}

    def answer(what: str, table: ibis.Table) -> None:
        for row in table.to_pyarrow().to_pylist():
            *words, n, amount = row.values()
            answers[
                " ".join(
                    [
                        what,
                        *("unknown" if w is None else str(w).lower() if isinstance(w, bool) else str(w) for w in words),
                    ]
                )
            ] = (
                n,
                amount,
            )

    nothing = ibis.null("float64")
    answer("persons", person.agg(n=_.count(), total=nothing))
    answer("with an index date", case.agg(n=_.count(), total=nothing))
    answer("status", judged.group_by("status").agg(n=_.count(), total=nothing))
    answer("value", picked.group_by("measure", "window").agg(n=_.count(), total=_.value.sum()))
    base = picked.filter(_.window == 0).select("person_id", "measure", base=_.value)
    pairs = picked.filter(_.window > 0).join(base, ["person_id", "measure"])
    answer("pair", pairs.group_by("measure", "window").agg(n=_.count(), total=(_.value - _.base).sum()))
    answer("dose", dosed.filter(_.kind == "fixed").group_by("window").agg(n=_.dose.count(), total=_.dose.sum()))
    for name in ("good", "core", "quiet"):
        answer(f"rule {name}", rules.group_by(name).agg(n=_.count(), total=nothing))
    low_counts = rows.filter(_.measure == "neutrophils", _.day > 0, _.value < 1.5)
    answer("neutrophils below 1.5", low_counts.agg(n=_.person_id.nunique(), total=nothing))
    job.show(answers)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
