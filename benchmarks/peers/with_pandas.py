"""The study with pandas, vectorised: merges, sorts and group-bys over whole tables, no loop over patients."""

import sys
from pathlib import Path

import job
import numpy as np
import pandas as pd

KEYS = ["person_id", "index_date", "observed_first", "observed_last", "follow_end"]


def read(folder: Path, table: str, columns: str) -> pd.DataFrame:
    return pd.read_parquet(folder / f"{table}.parquet", columns=columns.split())


def days(dates: pd.Series) -> pd.Series:
    """Days since 1970; empty stays empty."""
    return pd.to_datetime(dates, errors="coerce").astype("datetime64[s]").astype("int64").where(dates.notna()) // 86400


def courses(folder: Path) -> pd.DataFrame:
    drug = read(
        folder,
        "drug_exposure",
        "drug_exposure_id person_id drug_concept_id drug_exposure_start_date drug_exposure_end_date quantity days_supply"
        " route_concept_id",
    )
    strength = read(folder, "drug_strength", "drug_concept_id ingredient_concept_id amount_value")
    drug = drug.merge(strength, on="drug_concept_id")
    drug["began"] = days(drug.drug_exposure_start_date)
    end = days(drug.drug_exposure_end_date)
    drug["ended"], drug["refused"] = end.fillna(drug.began + drug.days_supply - 1), end < drug.began
    return drug


def taken(drug: pd.DataFrame) -> pd.DataFrame:
    return drug[~(drug.ended < drug.began)]


def periods(folder: Path) -> pd.DataFrame:
    """Periods that overlap or touch are one."""
    table = read(folder, "observation_period", "person_id observation_period_start_date observation_period_end_date")
    table["began"], table["ended"] = days(table.observation_period_start_date), days(table.observation_period_end_date)
    table = table.sort_values(["person_id", "began", "ended"])
    latest = table.groupby("person_id").ended.cummax().groupby(table.person_id).shift()
    number = (latest.isna() | (table.began > latest + 1)).cumsum()
    return table.groupby(["person_id", number], as_index=False).agg(
        observed_first=("began", "min"), observed_last=("ended", "max")
    )


def index_cases(folder: Path, drug: pd.DataFrame) -> pd.DataFrame:
    study = taken(drug[drug.ingredient_concept_id == job.STUDY_DRUG])
    case = study.groupby("person_id", as_index=False).began.min().rename(columns={"began": "index_date"})
    period = case.merge(periods(folder), on="person_id")
    period = period[period.index_date.between(period.observed_first, period.observed_last)]
    case = case.merge(period.drop(columns="index_date"), on="person_id", how="left")
    death = read(folder, "death", "person_id death_date")
    death["death"] = days(death.death_date)
    case = case.merge(death.groupby("person_id", as_index=False).death.min(), on="person_id", how="left")
    case["follow_end"] = case[["observed_last", "death"]].min(axis=1)
    return case


def candidates(folder: Path, case: pd.DataFrame) -> pd.DataFrame:
    columns = "measurement_id person_id measurement_concept_id measurement_date value_as_number unit_concept_id"
    rows = read(folder, "measurement", columns)
    rows = rows[rows.value_as_number.notna() & rows.person_id.isin(case.person_id)]
    parts = []
    for name, (concept, units, better) in job.MEASURES.items():
        one = rows[(rows.measurement_concept_id == concept) & rows.unit_concept_id.fillna(0).isin(units)]
        value = one.value_as_number
        if name == "weight":
            value = value.where(one.unit_concept_id != job.POUND, (value * job.POUND_IN_KG).round(6))
        parts.append(
            pd.DataFrame(
                {
                    "person_id": one.person_id,
                    "measure": name,
                    "date": days(one.measurement_date),
                    "value": value,
                    "worst_first": value if better else -value,
                }
            )
        )
    rows = read(
        folder, "observation", "observation_id person_id observation_concept_id observation_date value_as_number"
    )
    rows = rows[rows.value_as_number.notna()]
    for name, concept in job.ASSESSMENTS.items():
        one = rows[rows.observation_concept_id == concept]
        parts.append(
            pd.DataFrame(
                {
                    "person_id": one.person_id,
                    "measure": name,
                    "date": days(one.observation_date),
                    "value": one.value_as_number,
                    "worst_first": -one.value_as_number,
                }
            )
        )
    every = pd.concat(parts, ignore_index=True).merge(case[KEYS], on="person_id")
    every = every[every.date.between(every.observed_first, every.observed_last)]
    every["day"] = every.date - every.index_date
    return every[["person_id", "measure", "day", "value", "worst_first"]]


def judge(folder: Path, case: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    condition = read(folder, "condition_occurrence", "person_id condition_concept_id condition_start_date")
    below = read(folder, "concept_ancestor", "ancestor_concept_id descendant_concept_id")
    below = below[below.ancestor_concept_id == job.DISEASE].descendant_concept_id
    condition = condition[condition.condition_concept_id.isin(below)]
    diagnosed = days(condition.condition_start_date).groupby(condition.person_id).min()
    person = read(folder, "person", "person_id year_of_birth month_of_birth day_of_birth").set_index("person_id")
    month = person.month_of_birth.fillna(12)
    first = pd.to_datetime(pd.DataFrame({"year": person.year_of_birth + 18, "month": month, "day": 1}))
    long = pd.to_datetime(pd.DataFrame({"year": person.year_of_birth, "month": month, "day": 1})).dt.days_in_month
    adult = first + pd.to_timedelta(
        np.where(month.eq(person.month_of_birth), person.day_of_birth.fillna(long), 31) - 1, unit="D"
    )
    adult = days(adult)
    strong = rows[(rows.measure == "strength") & rows.day.between(-90, 0)].person_id.unique()
    at = case.person_id
    low, high = (pd.Timestamp(day).toordinal() - 719163 for day in ("2012-01-01", "2021-12-31"))
    return pd.Series(
        np.select(
            [
                ~case.index_date.between(low, high),
                case.observed_first.isna(),
                ~(at.map(diagnosed) <= case.index_date),
                ~(at.map(adult) <= case.index_date),
                case.index_date - case.observed_first < 180,
                ~at.isin(strong),
            ],
            [
                "1 index date outside the study period",
                "2 index date outside observed time",
                "3 diagnosis",
                "4 age",
                "5 observed before",
                "6 strength in baseline",
            ],
            "0 included",
        ),
        index=case.index,
    )


def pick(rows: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for window, low, high, target in job.WINDOWS:
        one = rows[rows.day.between(low, high) & (rows.measure != "neutrophils")].assign(window=window)
        one["far"] = (one.day - target).abs()
        one = one.sort_values(["person_id", "measure", "far", "day", "worst_first"])
        parts.append(one.drop_duplicates(["person_id", "measure"]))
    return pd.concat(parts)[["person_id", "measure", "window", "day", "value"]]


def doses(asked: pd.DataFrame, drug: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """mg of prednisone per kg for each row of `asked` (person_id, index_date, day)."""
    asked = asked.reset_index(drop=True)
    given = drug[drug.ingredient_concept_id.isin(list(job.STEROIDS)) & (drug.route_concept_id.fillna(0) != job.EYE)]
    product = ["person_id", "ingredient_concept_id", "amount_value"]
    starts = taken(given)[[*product, "began"]].drop_duplicates().sort_values("began")
    starts["next"] = starts.groupby(product, dropna=False).began.shift(-1)
    steroid = taken(given).merge(starts, on=[*product, "began"], how="left")
    steroid["daily"] = (steroid.amount_value * steroid.quantity / (steroid.ended - steroid.began + 1)).round(6)
    steroid["daily"] *= steroid.ingredient_concept_id.map(job.STEROIDS)
    # A course lasts until the next of the same product begins; without any end it may last for ever, and its amount a day is not known.
    steroid["ended"] = np.minimum(steroid.ended.fillna(job.EVER), steroid.next.fillna(job.EVER) - 1)
    # A row whose end lies before its start may have covered any day.
    unknown = given[given.refused].assign(began=-job.EVER, ended=job.EVER, daily=np.nan)
    steroid = pd.concat([one[["person_id", "began", "ended", "daily"]] for one in (steroid, unknown)])
    slot = asked.assign(slot=asked.index)
    run = slot.merge(steroid, on="person_id")
    on = run.index_date + run.day
    run = run[(run.began < on) & (run.ended >= on - 1)]
    total = run.groupby("slot").daily.agg(lambda amounts: amounts.sum(skipna=False))
    weight = rows[(rows.measure == "weight") & (rows.value > 0)].drop_duplicates(["person_id", "day", "value"])
    weight = weight.groupby(["person_id", "day"], as_index=False).value.mean().rename(columns={"day": "weighed"})
    near = slot.merge(weight, on="person_id")
    near["far"] = (near.weighed - near.day).abs()
    near = near[near.far <= 90].sort_values(["slot", "far", "weighed"]).drop_duplicates("slot").set_index("slot").value
    ever = asked.person_id.isin(steroid.person_id.unique())
    running = asked.index.isin(total.index)
    dose = pd.Series(np.where(running, asked.index.map(total) / asked.index.map(near), 0.0), index=asked.index)
    return dose.where(ever & asked.day.notna())


def known(condition: pd.Series, *needed: pd.Series) -> pd.Series:
    """A truth of three values: <NA> where a number that is compared is not there."""
    answer = condition.astype("boolean")
    for one in needed:
        answer = answer.mask(one.isna())
    return answer


def main(folder: Path) -> None:
    drug = courses(folder)
    case = index_cases(folder, drug)
    rows = candidates(folder, case)
    status = judge(folder, case, rows)
    answers: dict[str, tuple[int, float | None]] = {
        "persons": (len(read(folder, "person", "person_id")), None),
        "with an index date": (len(case), None),
    }
    answers |= {f"status {why}": (n, None) for why, n in status.value_counts().items()}
    case = case[status == "0 included"]
    rows = rows[rows.person_id.isin(case.person_id)]
    picked = pick(rows)
    for (measure, window), one in picked.groupby(["measure", "window"]).value:
        answers[f"value {measure} {window}"] = (len(one), one.sum())
    values = picked.pivot(index="person_id", columns=["measure", "window"], values="value").reindex(case.person_id)
    seen = picked.pivot(index="person_id", columns=["measure", "window"], values="day").reindex(case.person_id)
    for measure, window in values.columns:
        if window:
            change = (values[measure, window] - values[measure, 0]).dropna()
            answers[f"pair {measure} {window}"] = (len(change), change.sum())

    at = case.set_index("person_id")
    fixed = pd.concat([case.assign(window=window, day=target) for window, _, _, target in job.WINDOWS])
    fixed = fixed[fixed.index_date + fixed.day <= fixed.follow_end].reset_index(drop=True)
    fixed["dose"] = doses(fixed[["person_id", "index_date", "day"]], drug, rows)
    for window, one in fixed.groupby("window").dose:
        answers[f"dose {window}"] = (one.count(), one.sum())
    before, after = (
        doses(
            pd.DataFrame(
                {
                    "person_id": seen.index,
                    "index_date": at.index_date.reindex(seen.index).to_numpy(),
                    "day": seen[[("strength", window), ("skin", window)]].max(axis=1).to_numpy(),
                }
            ),
            drug,
            rows,
        ).set_axis(seen.index)
        for window in (0, 6)
    )
    v = values
    stronger = known(v["strength", 6] - v["strength", 0] >= 8, v["strength", 6], v["strength", 0])
    clearer = known((v["skin", 0] - v["skin", 6]).round(6) >= 5, v["skin", 0], v["skin", 6])
    less = known(100 * (before - after) > 20 * before, before, after).mask(~(before > 0))
    good = (stronger | clearer) & less
    yes, unknown = 0, 0
    for measure, high in job.CORE:
        change = (v[measure, 12] - v[measure, 0] if high else v[measure, 0] - v[measure, 12]).round(6)
        part = known((100 * change).round(6) >= (20 * v[measure, 0]).round(6), change).mask(~(v[measure, 0] > 0))
        yes, unknown = yes + part.fillna(False).astype(int), unknown + part.isna().astype(int)
    core = pd.Series(pd.NA, index=v.index, dtype="boolean").mask(yes + unknown < 3, False).mask(yes >= 3, True)
    quiet = (
        known(v["physician global", 3] <= 3, v["physician global", 3])
        & (
            known(v["skin", 3] <= 14, v["skin", 3])
            | known(v["strength", 3] >= 70, v["strength", 3])
            | known(v["ck", 3] <= 150, v["ck", 3])
        )
        & ~known((v["crp", 3] - v["crp", 0]).round(6) > 5, v["crp", 3], v["crp", 0])
    )
    for name, truth in (("good", good), ("core", core), ("quiet", quiet)):
        for word, n in (
            truth.astype("object").map({True: "true", False: "false"}).fillna("unknown").value_counts().items()
        ):
            answers[f"rule {name} {word}"] = (n, None)
    low = rows[(rows.measure == "neutrophils") & (rows.day > 0) & (rows.value < 1.5)]
    answers["neutrophils below 1.5"] = (low.person_id.nunique(), None)
    job.show(answers)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
