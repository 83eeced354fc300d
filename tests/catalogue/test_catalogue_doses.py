"""Drugs, classes, prednisone equivalents, routes, schedules, units of dose."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from caseseries.catalogue import (
    CatalogueMiss,
    constant,
    dose_unit,
    drug,
    drug_classes,
    drugs,
    drugs_in,
    fold,
    frequency,
    prednisone_factor,
    pulse,
    pulses,
    route,
    routes,
    schedule,
    schedules,
)
from caseseries.catalogue.raw import read

# ------------------------------------------------------------------------------------------------- the factor table

EQUIVALENTS = {  # mg equal to prednisone 5 mg; None: no value that could be used unasked
    "prednisone": "5",
    "prednisolone": "5",
    "methylprednisolone": "4",
    "triamcinolone": "4",
    "hydrocortisone": "20",
    "cortisone": "25",
    "dexamethasone": "0.75",
    "betamethasone": None,
    "deflazacort": "6",
    "vamorolone": None,
    "fluocortolone": None,
    "cloprednol": None,
    "paramethasone": None,
    "meprednisone": None,
    "prednylidene": None,
    "rimexolone": None,
    "cortivazol": None,
}


def test_the_factor_table_is_the_published_one() -> None:
    found = {key: prednisone_factor(key).mg for key in drugs_in("systemic glucocorticoids")}
    assert {key: None if mg is None else Fraction(mg) for key, mg in EQUIVALENTS.items()} == found


def test_factors_are_exact() -> None:
    factors = {key: prednisone_factor(key).factor for key in EQUIVALENTS}
    found = {key: factor for key, factor in factors.items() if factor is not None}
    assert {
        "prednisone": Fraction(1),
        "prednisolone": Fraction(1),
        "methylprednisolone": Fraction(5, 4),
        "triamcinolone": Fraction(5, 4),
        "hydrocortisone": Fraction(1, 4),
        "cortisone": Fraction(1, 5),
        "dexamethasone": Fraction(20, 3),
        "deflazacort": Fraction(5, 6),
    } == found


def test_every_systemic_glucocorticoid_has_a_row_and_nothing_else_has() -> None:
    rows = [row["ingredient"] for row in read("glucocorticoids")["equivalent"]]
    assert sorted(drugs_in("systemic glucocorticoids")) == sorted(rows)


def test_disagreement_is_kept_beside_the_value() -> None:
    assert [Fraction("0.6")] == [mg for mg, _ in prednisone_factor("dexamethasone").others]
    beta = prednisone_factor("betamethasone")
    assert [Fraction("0.6"), Fraction("0.75"), Fraction("0.75")] == [mg for mg, _ in beta.others]
    assert "disagree" in beta.note
    assert "no agreed equivalence" in prednisone_factor("vamorolone").note


def test_weak_and_recalled_equivalents_are_flagged() -> None:
    flagged = {key for key in EQUIVALENTS if prednisone_factor(key).source.recalled}
    without = {
        "fluocortolone",
        "cloprednol",
        "paramethasone",
        "meprednisone",
        "prednylidene",
        "rimexolone",
        "cortivazol",
    }
    assert without | {"vamorolone"} == flagged
    assert ["read weak"] == [source.reliability for _, source in prednisone_factor("deflazacort").others]


def test_the_study_can_declare_an_equivalent() -> None:
    declared = prednisone_factor("vamorolone", {"prednisone equivalent of vamorolone": Fraction(6)})
    assert (declared.factor, declared.source.reliability) == (Fraction(5, 6), "declared by the study")


@pytest.mark.parametrize("word", ["methotrexate", "budesonide"])
def test_no_equivalent_for_what_is_no_systemic_glucocorticoid(word: str) -> None:
    with pytest.raises(CatalogueMiss, match="systemic glucocorticoid"):
        prednisone_factor(word)


def test_pulse_is_intravenous_methylprednisolone_at_a_named_threshold() -> None:
    found = pulse()
    assert (found.ingredient, found.routes) == ("methylprednisolone", ("intravenous",))
    assert route(found.routes[0]).key == found.routes[0]
    factor = prednisone_factor("methylprednisolone").factor
    assert factor is not None and found.mg * factor == 250  # mg of prednisone
    assert found.mg_per_kg == constant("pulse threshold by weight").value
    assert found.source.recalled


def test_a_pulse_of_dexamethasone_has_thresholds_of_its_own() -> None:
    found = pulses()[1]
    assert ("dexamethasone", ("intravenous",), Fraction(50), Fraction(2)) == (
        found.ingredient, found.routes, found.mg, found.mg_per_kg,
    )  # fmt: skip
    assert pulses()[0] == pulse()


# ------------------------------------------------------------------------------------------------------------ drugs


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("MMF", "mycophenolate mofetil"),
        ("mycophenolate", "mycophenolate mofetil"),
        ("CellCept", "mycophenolate mofetil"),
        ("mtx", "methotrexate"),
        ("cyclosporine", "ciclosporin"),
        ("CsA", "ciclosporin"),
        ("CYA", "ciclosporin"),
        ("Solu Medrol", "methylprednisolone"),
        ("RTX", "rituximab"),
        ("intravenous immunoglobulin", "IVIG"),
        ("IVIg", "IVIG"),
        ("IVCY", "cyclophosphamide"),
        ("PE", "plasma exchange"),
        ("AZA", "azathioprine"),
        ("HCQ", "hydroxychloroquine"),
    ],
)
def test_drug_by_any_name(word: str, key: str) -> None:
    assert drug(word).key == key
    assert drugs_in(word) == {key}


def test_aliases_are_unique_over_drugs_and_classes() -> None:
    owner: dict[str, str] = {}
    for entry in (*drugs(), *drug_classes()):
        for name in (entry.key, *entry.aliases):
            assert owner.setdefault(fold(name), entry.key) == entry.key, name


def test_names_of_a_drug_start_with_its_key_and_all_lead_back() -> None:
    for entry in drugs():
        assert {drug(name).key for name in (entry.key, *entry.aliases)} == {entry.key}


def test_every_class_has_members() -> None:
    assert all(drugs_in(group.key) for group in drug_classes())


@pytest.mark.parametrize(
    ("group", "inside", "outside"),
    [
        ("conventional immunosuppressants", "methotrexate", "hydroxychloroquine"),
        ("conventional immunosuppressants", "ciclosporin", "rituximab"),
        ("conventional immunosuppressants", "mycophenolate mofetil", "prednisone"),
        ("conventional immunosuppressants", "cyclophosphamide", "tofacitinib"),
        ("antimalarials", "hydroxychloroquine", "methotrexate"),
        ("csDMARDs", "hydroxychloroquine", "azathioprine"),
        ("biologics", "rituximab", "IVIG"),
        ("JAK inhibitors", "ruxolitinib", "infliximab"),
        ("steroids", "deflazacort", "budesonide"),
        ("IVIG", "IVIG", "SCIG"),
    ],
)
def test_class_members(group: str, inside: str, outside: str) -> None:
    assert inside in drugs_in(group)
    assert outside not in drugs_in(group)


def test_pred_stands_for_two_drugs() -> None:
    with pytest.raises(CatalogueMiss) as caught:
        drug("PRED")
    assert caught.value.suggestions == ("prednisone", "prednisolone")


def test_a_misspelt_class_is_suggested() -> None:
    with pytest.raises(CatalogueMiss) as caught:
        drugs_in("conventional imunosuppressants")
    assert caught.value.suggestions[0] == "conventional immunosuppressants"


def test_seven_of_eight_had_a_conventional_immunosuppressant_before(shared_data: Path) -> None:
    group = drugs_in("conventional immunosuppressants") - {"mycophenolate mofetil"}
    with (shared_data / "jdm-mmf-reconstruction" / "drugs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    start = {
        patient: min(r["start_date"] for r in rows if r["patient_id"] == patient and drug(r["drug"]) == drug("MMF"))
        for patient in {row["patient_id"] for row in rows}
    }
    before = {
        r["patient_id"] for r in rows if drug(r["drug"]).key in group and r["start_date"] < start[r["patient_id"]]
    }
    assert set(start) - before == {"P4"}


def test_every_word_of_the_reconstructed_drug_chart_is_known(shared_data: Path) -> None:
    with (shared_data / "jdm-mmf-reconstruction" / "drugs.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert drug(row["drug"]).key
            assert frequency(row["frequency"]) or row["frequency"] == "single dose"
            assert route(row["route"]).systemic
            assert dose_unit(row["unit"]).mg


# ----------------------------------------------------------------------------------------------------------- routes


@pytest.mark.parametrize(
    ("text", "key", "systemic", "equivalent"),
    [
        ("PO", "oral", True, True),
        ("by mouth", "oral", True, True),
        ("i.v.", "intravenous", True, True),
        ("SC", "subcutaneous", True, False),
        ("IM", "intramuscular", True, False),
        ("cream", "topical", False, False),
        ("inhaled", "inhaled", False, False),
        ("Intraarticular", "intra-articular", False, False),
        ("intralesional", "intralesional", False, False),
        ("eye drops", "ophthalmic", False, False),
        ("intranasal", "nasal", False, False),
        ("IN", "nasal", False, False),
        ("neb", "inhaled", False, False),
        ("subQ", "subcutaneous", True, False),
        ("TD", "transdermal", True, False),
        ("IVPB", "intravenous", True, True),
        ("IV drip", "intravenous", True, True),
        ("mouthwash", "mouth and teeth", False, False),
        ("subconjunctival", "ophthalmic", False, False),
        ("periocular", "ophthalmic", False, False),
        ("sub-Tenon", "ophthalmic", False, False),
        ("IT", "epidural", False, False),
        ("intravesical", "bladder", False, False),
        ("infiltration", "local injection", False, False),
    ],
)
def test_route(text: str, key: str, systemic: bool, equivalent: bool) -> None:
    found = route(text)
    assert (found.key, found.systemic, found.equivalent) == (key, systemic, equivalent)


def test_equivalents_hold_by_mouth_and_vein_only() -> None:
    assert [found.key for found in routes() if found.equivalent] == ["oral", "intravenous"]
    assert all(found.systemic for found in routes() if found.equivalent)


@pytest.mark.parametrize("word", ["buccal", "oromucosal", "injection", "inj."])
def test_a_route_that_stands_for_several_is_asked(word: str) -> None:
    with pytest.raises(CatalogueMiss, match="stands for more than one"):
        route(word)


def test_an_unknown_route_is_refused_without_repeating_it() -> None:
    with pytest.raises(CatalogueMiss) as caught:
        route("intravenus")
    assert caught.value.suggestions[0] == "intravenous"
    assert "intravenus\n" not in f"{caught.value}\n".replace("intravenous", "")


# -------------------------------------------------------------------------------------------------------- schedules


@pytest.mark.parametrize(
    ("text", "per_day"),
    [
        ("once daily", "1"),
        ("OD", "1"),
        ("q.d.", "1"),
        ("1/day", "1"),
        ("24 hourly", "1"),
        ("twice daily", "2"),
        ("BD", "2"),
        ("b.i.d.", "2"),
        ("2x/day", "2"),
        ("2 times a day", "2"),
        ("2 daily", "2"),
        ("q12h", "2"),
        ("every 12 hours", "2"),
        ("three times daily", "3"),
        ("tds", "3"),
        ("q8h.", "3"),
        ("QID", "4"),
        ("alternate days", "1/2"),
        ("every other day", "1/2"),
        ("qod", "1/2"),
        ("every 2 days", "1/2"),
        ("once weekly", "1/7"),
        ("Weekly", "1/7"),
        ("1/week", "1/7"),
        ("twice weekly", "2/7"),
        ("2x weekly", "2/7"),
        ("3 times per week", "3/7"),
        ("3 days a week", "3/7"),
        ("5 days out of 7", "5/7"),
        ("fortnightly", "1/14"),
        ("every 2 weeks", "1/14"),
        ("q2w", "1/14"),
        ("every 4 weeks", "1/28"),
        ("4-weekly", "1/28"),
        ("every 10 days", "1/10"),
        ("every 5 weeks", "1/35"),
        ("monthly", "16/487"),
        ("every 6 months", "8/1461"),
        ("q6mo", "8/1461"),
        ("twice monthly", "32/487"),
        ("quarterly", "16/1461"),
        ("yearly", "4/1461"),
        ("nightly", "1"),
        ("noct", "1"),
        ("om", "1"),
        ("alt days", "1/2"),
        ("twice per day", "2"),
        ("three times/day", "3"),
        ("once/day", "1"),
        ("qwk", "1/7"),
        ("wkly", "1/7"),
        ("5 days/week", "5/7"),
        ("five days a week", "5/7"),
        ("mon/wed/fri", "3/7"),
        ("Monday, Wednesday and Friday", "3/7"),
        ("MWF", "3/7"),
        ("1-0-1", "2"),
        ("1-1-1-1", "4"),
        ("in two divided doses", "1"),
        *(
            (text, "1")
            for text in (
                "1x tägl.",
                "1 x tgl",
                "tgl.",
                "täglich",
                "ta\u0308glich",
                "taeglich",
                "pro Tag",
                "morgens",
                "abends",
                "zur Nacht",
            )
        ),
        *(
            (text, "1")
            for text in (
                "1 fois/j",
                "par jour",
                "le matin",
                "au coucher",
                "1 vez al día",
                "diario",
                "cada 24 h",
                "por la noche",
            )
        ),
        *(
            (text, "2")
            for text in (
                "2x tgl.",
                "2 mal am Tag",
                "zweimal täglich",
                "morgens und abends",
                "morgens/abends",
                "alle 12 Std.",
                "1-0-1-0",
            )
        ),
        *(
            (text, "2")
            for text in (
                "2 fois/j",
                "2 fois par jour",
                "matin et soir",
                "2 veces al día",
                "dos veces al dia",
                "c/12h",
                "1 – 0 – 1",
            )
        ),
        *(
            (text, "3")
            for text in (
                "3x täglich",
                "8-stündlich",
                "morgens, mittags, abends",
                "toutes les 8 h",
                "cada 8 h",
                "cada 8 horas",
                "1-1-1",
            )
        ),
        *(
            (text, "1/2")
            for text in (
                "jeden 2. Tag",
                "alle 2 Tage",
                "un jour sur deux",
                "tous les 2 jours",
                "días alternos",
                "cada 48 h",
            )
        ),
        *(
            (text, "1/7")
            for text in (
                "wöchentlich",
                "1x/Woche",
                "1x pro Woche",
                "hebdomadaire",
                "1 fois par semaine",
                "semanal",
                "1 vez por semana",
            )
        ),
        *((text, "1/14") for text in ("alle 2 Wochen", "14-tägig", "toutes les deux semaines", "cada 2 semanas")),
        *((text, "16/487") for text in ("monatlich", "1x/Monat", "1 fois par mois", "mensual", "1x/mo")),
    ],
)
def test_frequency(text: str, per_day: str) -> None:
    assert frequency(text) == Fraction(per_day)


@pytest.mark.parametrize(
    "text",
    [
        "as needed",
        "PRN",
        "p.r.n.",
        "single dose",
        "once only",
        "x1",
        "d0 and d14",
        "stat",
        "bei Bedarf",
        "si besoin",
        "einmalig",
    ],
)
def test_no_defined_daily_amount(text: str) -> None:
    assert frequency(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "bi-weekly",
            "2 weekly",
            "3 weekly",
            "3 days",
            "twice",
            "every 0 days",
            "1.5 daily",
            "0.5 weekly",
            "0/day",
            "once",
            "on",
            "5/7",
            "two days",
            "two weekly",
            "2-0-1",
            "0-0-0",
            "mon/mon",
        ),
        *("-2/day", "every -2 days", "2 tablets", "every 2 blue moons", "every ２ days", "2 times every 3 weeks"),
        # A year in German, a day in French; Monday or a month; tablets or times; every fifteen days or twice a month.
        *(
            "1x/J",
            "2x/j",
            "1/j",
            "1x Mo",
            "2 tgl",
            "2 au coucher",
            "1 die",
            "quincenal",
            "3 Tage",
            "1/2-0-1/2",
            "einmal",
            "3x stündlich",
        ),
    ],
)
def test_no_guess_about_a_schedule(text: str) -> None:
    with pytest.raises(CatalogueMiss):
        frequency(text)


def test_named_schedules_agree_with_the_counted_forms() -> None:
    for days, word in ((2, "alternate days"), (7, "once weekly"), (14, "fortnightly"), (28, "every 4 weeks")):
        assert frequency(f"every {days} days") == frequency(word)


def test_a_month_is_an_assumption_and_arithmetic_is_not() -> None:
    assert schedule("monthly").source.reliability == schedule("every 3 months").source.reliability == "assumption"
    assert schedule("every 3 weeks").source.reliability == schedule("every 5 weeks").source.reliability == "derived"


def test_schedule_names_lead_back() -> None:
    for found in schedules():
        assert {schedule(name).key for name in (found.key, *found.aliases)} == {found.key}


@pytest.mark.parametrize(
    ("text", "mg", "per", "per_day"),
    [
        ("mg/day", "1", "", "1"),
        ("mg/kg/day", "1", "kg", "1"),
        ("mg / kg / d", "1", "kg", "1"),
        ("mg daily", "1", "", "1"),
        ("µg/24 h", "0.001", "", "1"),
        ("mg/m²/d", "1", "m2", "1"),
        ("g/week", "1000", "", "1/7"),
        ("mg/wk", "1", "", "1/7"),
        ("mg/dose", "1", "", None),
        ("mg", "1", "", None),
    ],
)
def test_a_unit_may_say_of_what_time_the_amount_is(text: str, mg: str, per: str, per_day: str | None) -> None:
    found = dose_unit(text)
    expected = (Fraction(mg), per, None if per_day is None else Fraction(per_day))
    assert expected == (found.mg, found.per, found.per_day)


@pytest.mark.parametrize("text", ["IU", "tablets", "/day", "d", "mL"])
def test_what_is_no_amount_of_a_drug_is_no_unit_of_dose(text: str) -> None:
    with pytest.raises(CatalogueMiss):
        dose_unit(text)


@pytest.mark.parametrize(
    ("text", "mg", "per"),
    [
        ("mg", "1", ""),
        ("G", "1000", ""),
        ("mcg", "0.001", ""),
        ("µg", "0.001", ""),
        ("g/kg", "1000", "kg"),
        ("mg/m²", "1", "m2"),
        ("mg / m2", "1", "m2"),
    ],
)
def test_dose_unit(text: str, mg: str, per: str) -> None:
    assert (dose_unit(text).mg, dose_unit(text).per) == (Fraction(mg), per)


def test_an_unknown_dose_unit_lists_the_accepted_ones() -> None:
    with pytest.raises(CatalogueMiss, match="accepted: mg, g, ug, mg/kg"):
        dose_unit("tablet")
