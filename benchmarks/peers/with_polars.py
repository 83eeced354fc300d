"""The study with Polars: lazy frames and its streaming engine."""

import sys
from pathlib import Path

import job
import polars as pl

DAY = pl.Int32


def scan(folder: Path, table: str) -> pl.LazyFrame:
    return pl.scan_parquet(folder / f"{table}.parquet")


def on_day(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Date).to_physical().cast(DAY)


def courses(folder: Path) -> pl.LazyFrame:
    drug = scan(folder, "drug_exposure").select(
        "person_id",
        "drug_concept_id",
        "quantity",
        "route_concept_id",
        "days_supply",
        began=on_day("drug_exposure_start_date"),
        end=on_day("drug_exposure_end_date"),
    )
    strength = scan(folder, "drug_strength").select("drug_concept_id", "ingredient_concept_id", "amount_value")
    ended = pl.coalesce("end", pl.col("began") + pl.col("days_supply") - 1)
    return drug.join(strength, on="drug_concept_id").with_columns(
        ended=ended, refused=(pl.col("end") < pl.col("began")).fill_null(False)
    )


def taken(drug: pl.LazyFrame) -> pl.LazyFrame:
    return drug.filter(pl.col("ended").is_null() | (pl.col("ended") >= pl.col("began")))


def index_cases(folder: Path, drug: pl.LazyFrame) -> pl.DataFrame:
    study = taken(drug).filter(pl.col("ingredient_concept_id") == job.STUDY_DRUG)
    case = study.group_by("person_id").agg(index_date=pl.col("began").min())
    period = (
        scan(folder, "observation_period")
        .select("person_id", a=on_day("observation_period_start_date"), b=on_day("observation_period_end_date"))
        .join(case, on="person_id")
        .sort("person_id", "a", "b")
        .with_columns(latest=pl.col("b").cum_max().over("person_id").shift().over("person_id"))
        .with_columns(number=(pl.col("latest").is_null() | (pl.col("a") > pl.col("latest") + 1)).cum_sum())
        .group_by("person_id", "index_date", "number")
        .agg(observed_first=pl.col("a").min(), observed_last=pl.col("b").max())
        .filter(pl.col("index_date").is_between("observed_first", "observed_last"))
        .select("person_id", "observed_first", "observed_last")
    )
    death = scan(folder, "death").group_by("person_id").agg(death=on_day("death_date").min())
    return (
        case.join(period, on="person_id", how="left")
        .join(death, on="person_id", how="left")
        .with_columns(follow_end=pl.min_horizontal("observed_last", "death"))
        .collect(engine="streaming")
    )


def candidates(folder: Path, case: pl.DataFrame) -> pl.LazyFrame:
    wanted = pl.LazyFrame(
        [(name, concept, unit, better) for name, (concept, units, better) in job.MEASURES.items() for unit in units],
        schema={"measure": pl.String, "concept": pl.Int32, "unit": pl.Int32, "better": pl.Boolean},
        orient="row",
    )
    pounds = (pl.col("measure") == "weight") & (pl.col("unit") == job.POUND)
    measured = (
        scan(folder, "measurement")
        .select(
            "person_id",
            concept="measurement_concept_id",
            unit=pl.col("unit_concept_id").fill_null(0),
            date=on_day("measurement_date"),
            value=pl.col("value_as_number").fill_nan(None),
        )
        .filter(pl.col("value").is_not_null())
        .join(wanted, on=["concept", "unit"])
        .with_columns(value=pl.when(pounds).then((pl.col("value") * job.POUND_IN_KG).round(6)).otherwise("value"))
    )
    assessed = (
        scan(folder, "observation")
        .select(
            "person_id",
            concept="observation_concept_id",
            date=on_day("observation_date"),
            value=pl.col("value_as_number").fill_nan(None),
        )
        .filter(pl.col("value").is_not_null())
        .join(
            pl.LazyFrame(
                [(name, concept, False) for name, concept in job.ASSESSMENTS.items()],
                schema={"measure": pl.String, "concept": pl.Int32, "better": pl.Boolean},
                orient="row",
            ),
            on="concept",
        )
    )
    columns = ["person_id", "measure", "date", "value", "better"]
    return (
        pl.concat([measured.select(columns), assessed.select(columns)])
        .join(case.lazy().select("person_id", "index_date", "observed_first", "observed_last"), on="person_id")
        .filter(pl.col("date").is_between("observed_first", "observed_last"))
        .select(
            "person_id",
            pl.col("measure").cast(pl.Enum([*job.MEASURES, *job.ASSESSMENTS])),
            "value",
            day=pl.col("date") - pl.col("index_date"),
            worst=pl.when("better").then("value").otherwise(-pl.col("value")),
        )
    )


def judge(folder: Path, case: pl.DataFrame, rows: pl.LazyFrame) -> pl.DataFrame:
    below = scan(folder, "concept_ancestor").filter(pl.col("ancestor_concept_id") == job.DISEASE)
    diagnosed = (
        scan(folder, "condition_occurrence")
        .join(below, left_on="condition_concept_id", right_on="descendant_concept_id", how="semi")
        .group_by("person_id")
        .agg(diagnosed=on_day("condition_start_date").min())
    )
    month = pl.col("month_of_birth").fill_null(12)
    birth = pl.date(pl.col("year_of_birth"), month, 1)
    day = (
        pl.when(pl.col("month_of_birth").is_null())
        .then(31)
        .otherwise(pl.coalesce("day_of_birth", birth.dt.month_end().dt.day()))
    )
    adult = pl.date(pl.col("year_of_birth") + 18, month, 1).to_physical().cast(DAY) + day - 1
    strong = (
        rows.filter((pl.col("measure") == "strength") & pl.col("day").is_between(-90, 0)).select("person_id").unique()
    )
    index = pl.col("index_date")
    low, high = pl.date(2012, 1, 1).to_physical(), pl.date(2021, 12, 31).to_physical()
    return (
        case.lazy()
        .join(diagnosed, on="person_id", how="left")
        .join(scan(folder, "person").select("person_id", adult=adult), on="person_id", how="left")
        .join(strong.with_columns(strong=True), on="person_id", how="left")
        .with_columns(
            status=pl.when(~index.is_between(low, high))
            .then(pl.lit("1 index date outside the study period"))
            .when(pl.col("observed_first").is_null())
            .then(pl.lit("2 index date outside observed time"))
            .when((pl.col("diagnosed").is_null()) | (pl.col("diagnosed") > index))
            .then(pl.lit("3 diagnosis"))
            .when(pl.col("adult") > index)
            .then(pl.lit("4 age"))
            .when(index - pl.col("observed_first") < 180)
            .then(pl.lit("5 observed before"))
            .when(pl.col("strong").is_null())
            .then(pl.lit("6 strength in baseline"))
            .otherwise(pl.lit("0 included"))
        )
        .collect(engine="streaming")
    )


def pick(rows: pl.LazyFrame) -> pl.DataFrame:
    far = (pl.col("day") - pl.col("target")).abs().cast(pl.Int64)
    windows = pl.LazyFrame(job.WINDOWS, schema={"window": DAY, "low": DAY, "high": DAY, "target": DAY}, orient="row")
    return (
        rows.filter(pl.col("measure") != "neutrophils")
        .join(windows, how="cross")
        .filter(pl.col("day").is_between("low", "high"))
        .with_columns(key=(far * 1024 + pl.col("day") + 512) * 2**36 + (pl.col("worst") * 1e6).round().cast(pl.Int64))
        .group_by("person_id", "measure", "window")
        .agg(pl.col("day").min_by("key"), pl.col("value").min_by("key"))
        .collect(engine="streaming")
    )


def doses(asked: pl.DataFrame, drug: pl.LazyFrame, rows: pl.LazyFrame) -> pl.DataFrame:
    """`asked` (person_id, index_date, day) with a column `dose`, mg of prednisone per kg."""
    asked = asked.with_row_index("slot")
    factor = pl.col("ingredient_concept_id").replace_strict(job.STEROIDS, return_dtype=pl.Float64)
    given = drug.filter(
        pl.col("ingredient_concept_id").is_in(list(job.STEROIDS)) & (pl.col("route_concept_id").fill_null(0) != job.EYE)
    )
    product = ["person_id", "ingredient_concept_id", "amount_value"]
    starts = taken(given).select(*product, "began").unique().sort(*product, "began")
    starts = starts.with_columns(next=pl.col("began").shift(-1).over(product))
    # A course lasts until the next of the same product begins; without any end it may last for ever, and its amount a day is not known.
    steroid = (
        taken(given)
        .join(starts, on=[*product, "began"], how="left", nulls_equal=True)
        .select(
            "person_id",
            "began",
            ended=pl.min_horizontal(pl.col("ended").fill_null(job.EVER), pl.col("next").fill_null(job.EVER) - 1),
            daily=(pl.col("amount_value") * pl.col("quantity") / (pl.col("ended") - pl.col("began") + 1)).round(6)
            * factor,
        )
    )
    # A row whose end lies before its start may have covered any day.
    unknown = given.filter("refused").select(
        "person_id",
        began=pl.lit(-job.EVER, DAY),
        ended=pl.lit(job.EVER, DAY),
        daily=pl.lit(None, pl.Float64),
    )
    steroid = pl.concat([steroid.with_columns(pl.col("ended").cast(DAY)), unknown])
    on = pl.col("index_date") + pl.col("day")
    total = (
        asked.lazy()
        .join(steroid, on="person_id")
        .filter((pl.col("began") < on) & (pl.col("ended") >= on - 1))
        .group_by("slot")
        .agg(total=pl.when(pl.col("daily").null_count() == 0).then(pl.col("daily").sum()), running=pl.lit(True))
    )
    weight = (
        rows.filter((pl.col("measure") == "weight") & (pl.col("value") > 0))
        .select("person_id", pl.col("day").alias("weighed"), "value")
        .unique()
        .group_by("person_id", "weighed")
        .agg(kg=pl.col("value").mean())
    )
    near = (
        asked.lazy()
        .join(weight, on="person_id")
        .with_columns(far=(pl.col("weighed") - pl.col("day")).abs())
        .filter(pl.col("far") <= 90)
        .group_by("slot")
        .agg(pl.col("kg").min_by(pl.col("far") * 4096 + pl.col("weighed")))
    )
    ever = steroid.select("person_id").unique().with_columns(ever=True)
    dose = pl.when(pl.col("running")).then(pl.col("total") / pl.col("kg")).otherwise(0.0)
    return (
        asked.lazy()
        .join(total, on="slot", how="left")
        .join(near, on="slot", how="left")
        .join(ever, on="person_id", how="left")
        .with_columns(running=pl.col("running").fill_null(False))
        .with_columns(dose=pl.when(pl.col("ever") & pl.col("day").is_not_null()).then(dose))
        .collect(engine="streaming")
    )


def main(folder: Path) -> None:
    drug = courses(folder)
    case = index_cases(folder, drug)
    rows = candidates(folder, case).collect(engine="streaming").lazy()
    judged = judge(folder, case, rows)
    answers: dict[str, tuple[int, float | None]] = {
        "persons": (scan(folder, "person").select(pl.len()).collect().item(), None),
        "with an index date": (len(case), None),
    }
    answers |= {f"status {why}": (n, None) for why, n in judged["status"].value_counts().iter_rows()}
    case = judged.filter(pl.col("status") == "0 included")
    rows = rows.join(case.lazy().select("person_id"), on="person_id", how="semi")
    picked = pick(rows)
    for measure, window, n, total in (
        picked.group_by("measure", "window").agg(n=pl.len(), total=pl.col("value").sum()).iter_rows()
    ):
        answers[f"value {measure} {window}"] = (n, total)
    pairs = picked.filter(pl.col("window") > 0).join(
        picked.filter(pl.col("window") == 0), on=["person_id", "measure"], suffix="_0"
    )
    change = pl.col("value") - pl.col("value_0")
    for measure, window, n, total in (
        pairs.group_by("measure", "window").agg(n=pl.len(), total=change.sum()).iter_rows()
    ):
        answers[f"pair {measure} {window}"] = (n, total)

    fixed = pl.concat(
        [
            case.select("person_id", "index_date", "follow_end", window=pl.lit(window), day=pl.lit(target, DAY))
            for window, _, _, target in job.WINDOWS
        ]
    ).filter(pl.col("index_date") + pl.col("day") <= pl.col("follow_end"))
    fixed = doses(fixed, drug, rows)
    for window, n, total in (
        fixed.group_by("window").agg(n=pl.col("dose").count(), total=pl.col("dose").sum()).iter_rows()
    ):
        answers[f"dose {window}"] = (n, total)

    slot = (pl.col("measure").cast(pl.String) + " " + pl.col("window").cast(pl.String)).alias("slot")
    needed = {"strength", "skin", "ck", "crp", *job.ASSESSMENTS}
    inputs = picked.filter(pl.col("measure").is_in(list(needed))).with_columns(slot)
    values = inputs.pivot(on="slot", index="person_id", values="value")
    visits = (
        inputs.filter(pl.col("measure").is_in(["strength", "skin"]) & pl.col("window").is_in([0, 6]))
        .group_by("person_id", "window")
        .agg(day=pl.col("day").max())
    )
    asked = visits.join(case.select("person_id", "index_date"), on="person_id").select(
        "person_id", "index_date", "day", "window"
    )
    taken = doses(asked, drug, rows)
    v = case.select("person_id").join(values, on="person_id", how="left")
    for window in (0, 6):
        one = taken.filter(pl.col("window") == window).select("person_id", pl.col("dose").alias(f"dose {window}"))
        v = v.join(one, on="person_id", how="left")

    def c(measure: str, window: int) -> pl.Expr:
        return pl.col(f"{measure} {window}")

    def improves(measure: str, high: bool) -> pl.Expr:
        before, after = c(measure, 0), c(measure, 12)
        change = (after - before if high else before - after).round(6)
        return pl.when(before > 0).then((100 * change).round(6) >= (20 * before).round(6))

    less = pl.when(c("dose", 0) > 0).then(100 * (c("dose", 0) - c("dose", 6)) > 20 * c("dose", 0))
    parts = [improves(measure, high) for measure, high in job.CORE]
    yes = pl.sum_horizontal(*(part.fill_null(False).cast(DAY) for part in parts))
    unknown = pl.sum_horizontal(*(part.is_null().cast(DAY) for part in parts))
    rules = v.select(
        good=((c("strength", 6) - c("strength", 0) >= 8) | ((c("skin", 0) - c("skin", 6)).round(6) >= 5)) & less,
        core=pl.when(yes >= 3).then(True).when(yes + unknown < 3).then(False),
        quiet=(c("physician global", 3) <= 3)
        & ((c("skin", 3) <= 14) | (c("strength", 3) >= 70) | (c("ck", 3) <= 150))
        & ~((c("crp", 3) - c("crp", 0)).round(6) > 5),
    )
    for name in rules.columns:
        for truth, n in rules[name].value_counts().iter_rows():
            answers[f"rule {name} {'unknown' if truth is None else str(truth).lower()}"] = (n, None)
    low = (pl.col("measure") == "neutrophils") & (pl.col("day") > 0) & (pl.col("value") < 1.5)
    answers["neutrophils below 1.5"] = (rows.filter(low).select(pl.col("person_id").n_unique()).collect().item(), None)
    job.show(answers)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
