"""From a chart as a clinic keeps it to the numbers a person works out by hand: `new`, its few questions answered, `check` and `run`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests.form.started import Rows, Started, folder, started, workbook

from caseseries.chart.description import load_description

D = dt.date
#: Answers that a study of a score needs, whatever the chart.
USUAL = {
    "study": "A study", "authors_knew": "nothing", "lost": "not evaluable", "drug_stopped": "as observed", "ascertainment": "as in the notes",
    "stop_means": "last day taken", "blank_stop": "ongoing", "at_least": "50 % of baseline",
}  # fmt: skip


def answered(source: Path, tmp_path: Path, most: int, **more: str | list[str]) -> Started:
    """The study with its questions answered, of which there are at most so many, and no answer is left over."""
    study = started(source, tmp_path / "study")
    assert len(study.asked) <= most, study.asked
    return study.answer(**{**USUAL, **more})


def lines(text: str) -> list[str]:
    return [line.split("   #")[0].strip() for line in text.split("\n")]


ENGLISH: Rows = [
    ["id", "Sex", "Birth date", "MMF start", "MMF stop", "XSI M0", "XSI M3", "XSI M6", "CRP M0 (mg/L)", "CRP M3 (mg/L)", "CRP M6 (mg/L)",
     "side effects", "notes"],
    ["P1", "F", D(2001, 2, 3), D(2010, 1, 10), None, 20, 10, 5, 30, 10, 5, "nausea", "well"],
    ["P2", "M", D(2002, 2, 3), D(2011, 3, 1), D(2011, 9, 1), 30, 28, 29, 12, 11, 14, None, "moved"],
    ["P3", "F", D(2003, 2, 3), D(2012, 3, 1), None, 16, 8, 4, 4, 5, 4, None, None],
    ["P4", "F", D(2004, 2, 3), D(2013, 3, 1), None, 40, None, 10, 44, 5, 4, "rash, fever", "x y"],
]  # fmt: skip


def test_one_sheet_with_three_visits_beside_each_other(tmp_path: Path):
    study = answered(workbook(tmp_path / "chart.xlsx", Sheet1=ENGLISH), tmp_path, 12, unit="points", better="low")
    assert (3, 1, 0) == study.counts()
    # XSI: -15, -1, -12, -30 at month 6; -10, -2, -8 at month 3. CRP: -25, 2, 0, -40 and -20, -1, 1, -39.
    assert {
        ("xsi", "month 3"): (3, pytest.approx(-20 / 3)), ("xsi", "month 6"): (4, -14.5),
        ("crp", "month 3"): (4, -14.75), ("crp", "month 6"): (4, -15.75),
    } == study.changes()  # fmt: skip
    events = sorted((fact.patient, fact.term) for fact in study.results.chart.facts if fact.kind == "event")
    assert [("P1", "nausea"), ("P4", "fever"), ("P4", "rash")] == events
    text = lines(study.chart_text)
    assert "drug: {value: MMF}" in text and "start: MMF start" in text and "stop: MMF stop" in text
    assert "ignore: [notes]" in text


def test_a_measure_and_the_drug_are_not_asked_where_the_file_says_them(tmp_path: Path):
    study = started(workbook(tmp_path / "chart.xlsx", Sheet1=ENGLISH), tmp_path / "study")
    assert {
        "study", "authors_knew", "unit", "better", "drug stopped", "lost", "at_least", "ascertainment", "stop_means", "blank_stop",
    } == set(study.asked)  # fmt: skip
    for event in ("rescue added", "steroid raised above baseline", "pulse", "death"):
        assert f"  {event}: as observed   # suggested: no" in study.protocol_text
    assert "first_exposure: mycophenolate mofetil   # suggested: 4 of 4 patients took it" in study.protocol_text
    assert "  per: patient   # suggested: nobody took it again after a longer gap" in study.protocol_text


GERMAN: Rows = [
    ["Patient", "Geschlecht", "Geb.-Dat.", "Diagnose", "Beginn Methotrexat", "Ende Methotrexat", "Datum V1", "QSI V1", "Größe (cm) V1",
     "Datum V2", "QSI V2", "Datum V3", "QSI V3", "Nebenwirkungen"],
    ["1", "m", "03.02.1990", "Psoriasis", "10.01.2015", "", "05.01.2015", "20,5", "180", "13.04.2015", "8", "13.07.2015", "4", "Übelkeit"],
    ["2", "w", "13.02.1980", "Psoriasis", "10.02.2015", "20.12.2015", "05.02.2015", "16", "165,5", "13.05.2015", "15", "13.08.2015", "9", "keine"],
    ["3", "w", "14.02.1980", "Psoriasis", "10.02.2015", "20.12.2015", "05.02.2015", "16", "170", "", "", "13.08.2015", "15", ""],
]  # fmt: skip
FRENCH: Rows = [
    ["N° dossier", "Sexe", "Date de naissance", "Début rituximab", "Fin rituximab", "Date avant", "QSI avant", "Poids (kg) avant",
     "Date après", "QSI après", "Poids (kg) après", "Effets indésirables", "Remarques"],
    ["A1", "femme", "03/02/1990", "10/01/2015", "", "05/01/2015", "20", "60,5", "13/04/2015", "8", "61", "urticaire", "ok"],
    ["A2", "homme", "13/02/1980", "10/02/2015", "20/12/2015", "05/02/2015", "16", "80,5", "13/05/2015", "15", "81", "", "ok"],
]  # fmt: skip
SPANISH: Rows = [
    ["Historia", "Sexo", "Fecha de nacimiento", "Inicio tocilizumab", "Fin tocilizumab", "PCR basal (mg/L)", "PCR 3 meses (mg/L)",
     "PCR 6 meses (mg/L)", "Talla (cm) basal", "Efectos adversos"],
    ["101", "mujer", "03/02/1990", "05/01/2016", "", "80", "20", "4", "160", "cefalea"],
    ["102", "hombre", "13/02/1991", "05/02/2016", "01/09/2016", "90", "80", "70", "180", ""],
    ["103", "mujer", "14/02/1991", "05/03/2016", "01/09/2016", "40", "8,5", "3", "158", ""],
]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "counts", "change", "said"),
    [
        (GERMAN, (1, 2, 0), {("qsi", "month 3"): (2, -6.75), ("qsi", "month 6"): (3, pytest.approx(-24.5 / 3))},
         ["decimal: comma", "dates: day-month-year", "sex: {column: Geschlecht, words: {m: male, w: female}}", "birth: Geb.-Dat.",
          "diagnoses: [{diagnosis: Diagnose}]", "date: Datum V2", "start: Beginn Methotrexat", "event: Nebenwirkungen"]),
        (FRENCH, (1, 1, 0), {("qsi", "month 3"): (2, -6.5), ("poids", "month 3"): (2, 0.5)},
         ["sex: {column: Sexe, words: {femme: female, homme: male}}", "birth: Date de naissance", "date: Date avant", 'start: "Début rituximab"',
          "stop: Fin rituximab", 'event: "Effets indésirables"', "ignore: [Remarques]", 'poids: {column: "Poids (kg) après", unit: kg}']),
        (SPANISH, (2, 1, 0), {("pcr", "month 3"): (3, pytest.approx(-101.5 / 3)), ("pcr", "month 6"): (3, pytest.approx(-133 / 3))},
         ["sex: {column: Sexo, words: {hombre: male, mujer: female}}", "birth: Fecha de nacimiento", "date: {nominal_day: 3 months}",
          "start: Inicio tocilizumab", "stop: Fin tocilizumab", "event: Efectos adversos"]),
    ],
)  # fmt: skip
def test_headings_in_german_french_and_spanish(tmp_path: Path, rows, counts, change, said):
    study = answered(folder(tmp_path / "data", ";", chart=rows), tmp_path, 12, unit="points", better="low")
    for line in (*said, 'delimiter: ";"'):
        assert line in lines(study.chart_text), line
    assert counts == study.counts()
    assert change == study.changes()


def test_before_and_after_without_dates_of_visits(tmp_path: Path):
    rows: Rows = [
        ["id", "gender", "dob", "score_before", "score_after", "pain score initial", "pain score last"],
        ["P1", "F", D(2001, 2, 3), 20, 8, 7, 3], ["P2", "M", D(2002, 2, 3), 18, 17, 6, 6], ["P3", "M", D(2002, 3, 3), 10, 5, 5, 4],
    ]  # fmt: skip
    study = answered(workbook(tmp_path / "chart.xlsx", A=rows), tmp_path, 7, better="low", nominal_day="90 days")
    assert "dated: no" in lines(study.chart_text) and "birth:" not in study.chart_text
    assert 1 == study.chart_text.count("dates of birth, diagnosis and death are left out")
    assert (2, 1, 0) == study.counts()
    assert {("score", "after"): (3, -6.0), ("pain score", "after"): (3, pytest.approx(-5 / 3))} == study.changes()


def test_each_measure_may_have_its_own_date(tmp_path: Path):
    rows: Rows = [
        ["id", "age", "start", "crp0date", "crp0", "crp3date", "crp3"],
        ["A", 30, D(2018, 1, 9), D(2018, 1, 5), 90, D(2018, 4, 10), 5], ["B", 40, D(2018, 3, 2), D(2018, 3, 1), 80, D(2018, 6, 4), 60],
    ]  # fmt: skip
    study = answered(workbook(tmp_path / "chart.xlsx", Tocilizumab=rows), tmp_path, 12, unit="mg/L")
    assert "drug: {value: tocilizumab}   # suggested" in study.chart_text  # the tab names it
    assert (1, 1, 0) == study.counts()
    assert {("crp", "month 3"): (2, -52.5)} == study.changes()


def test_drugs_in_columns_beside_each_other(tmp_path: Path):
    rows: Rows = [
        [
            "id",
            "score_before",
            "date_before",
            "score_6m",
            "date_6m",
            "MTX start",
            "MTX stop",
            "IVIG start",
            "IVIG stop",
        ],
        ["P1", "60", "2020-01-10", "30", "2020-07-10", "2020-01-15", "", "", ""],
        ["P2", "50", "2020-01-10", "48", "2020-07-13", "2020-01-15", "2020-12-01", "2019-03-01", "2019-09-01"],
        ["P3", "70", "2020-01-10", "30", "2020-07-13", "2020-01-15", "", "2020-03-01", ""],
    ]
    study = answered(
        folder(tmp_path / "data", chart=rows), tmp_path, 12, better="low", first_exposure="methotrexate", per="patient",
        rescue_added="{drugs: [IVIG], restart_after: 30 days, verdict: non-responder}",
    )  # fmt: skip
    assert {"kind: drugs side by side", "blank_start: not taken"} <= set(lines(study.chart_text))
    assert (1, 2, 0) == study.counts()


def test_a_long_export_with_its_units(tmp_path: Path):
    labs: Rows = [["patient_id", "collected date", "test", "result", "unit"]]
    for patient, first in (("P1", D(2010, 1, 1)), ("P2", D(2011, 1, 1)), ("P3", D(2012, 1, 1))):
        for day, ck, crp, neurofilament in (
            (0, 500, 30, 800),
            (95, 100, 10, 300),
            (185, 90, 20 if patient == "P3" else 4, 100),
        ):
            when = (first + dt.timedelta(days=day)).isoformat()
            labs += [[patient, when, "Creatine kinase", ck, "U/L"], [patient, when, "CRP", crp, "mg/L"]]
            labs += [
                [patient, when, "Neurofilament", neurofilament, "ng/mL"],
                [patient, when, "remark", "haemolysed", ""],
            ]
    patients: Rows = [["patient_id", "sex", "date of birth"], *([f"P{n}", "F", "2000-01-02"] for n in (1, 2, 3))]
    drugs: Rows = [["patient_id", "drug", "start", "stop", "dose", "unit", "frequency", "route", "reason for stopping"]]
    drugs += [
        [f"P{n}", "tocilizumab", f"201{n - 1}-01-03", "", "162", "mg", "once weekly", "sc", ""] for n in (1, 2, 3)
    ]
    drugs.append(["P1", "methotrexate", "2009-01-03", "2012-01-03", "15", "mg", "once weekly", "po", ""])
    events: Rows = [["patient_id", "adverse event", "date", "grade"], ["P1", "infection", "2010-03-02", "2"]]
    source = folder(tmp_path / "data", labs=labs, patients=patients, drugs=drugs, events=events)
    study = answered(source, tmp_path, 15, rescue_added="as observed", death="non-responder", grading="CTCAE v5.0")
    assert {
        "CRP: crp",
        "Creatine kinase: creatine kinase",
        "Neurofilament: neurofilament",
        "other: [remark]",
        "unit: unit",
    } <= set(lines(study.chart_text))
    assert (2, 1, 0) == study.counts()
    assert (3, -410.0) == study.changes()["creatine kinase", "month 6"]
    assert (3, -700.0) == study.changes()["neurofilament", "month 6"]
    assert "neurofilament: {quantity: neurofilament, unit: ng/mL, better: none}   # suggested" in study.protocol_text
    assert (
        "first_exposure: tocilizumab   # suggested: 3 of 3 patients took it; or a group that holds it: "
        in study.protocol_text
    )


def test_headings_that_stand_several_times_are_visits(tmp_path: Path):
    rows: Rows = [
        ["A study of mycophenolate"], [],
        ["id", "MMF start", "date", "MMT8", "CK (U/L)", "date", "MMT8", "CK (U/L)"],
        ["P1", D(2010, 1, 5), D(2010, 1, 1), 50, 500, D(2010, 4, 5), 70, 100], ["P2", D(2011, 1, 5), D(2011, 1, 1), 50, 500, D(2011, 4, 5), 52, 100],
    ]  # fmt: skip
    study = answered(workbook(tmp_path / "chart.xlsx", S=rows), tmp_path, 8, at_least="10 points")
    assert "names: {F: date 2, G: MMT8 2, H: CK (U/L) 2}" in lines(study.chart_text)
    assert (1, 1, 0) == study.counts()
    assert {("mmt8", "month 3"): (2, 11.0), ("ck", "month 3"): (2, -400.0)} == study.changes()


def test_sheets_that_are_called_by_their_visit(tmp_path: Path):
    first: Rows = [
        ["id", "sex", "birth date", "MMT8", "CRP mg/L"],
        ["P1", "F", D(2001, 1, 1), 50, 30],
        ["P2", "M", D(2001, 1, 1), 60, 30],
    ]
    later: Rows = [["id", "MMT8", "CRP mg/L"], ["P1", 70, 10], ["P2", 61, 20]]
    source = workbook(tmp_path / "chart.xlsx", Baseline=first, Month_3=later, Month_6=later)
    study = answered(source, tmp_path, 6, at_least="10 points")
    assert ["patients", "visits", "month 3", "month 6"] == list(load_description(study.chart).tables)
    assert (1, 1, 0) == study.counts()
    assert (2, -15.0) == study.changes()["crp", "month 6"]


def tab(sex: str, born: dt.date, *visits: tuple[dt.date, int, int]) -> Rows:
    return [["Sex", sex], ["Born", born], ["Diagnosis", "JDM"], [], ["date", "XSI", "CRP (mg/L)"], *map(list, visits)]


TABS = {
    "P1": tab("F", D(2001, 2, 3), (D(2010, 1, 1), 20, 30), (D(2010, 4, 1), 10, 10)),
    "P2": tab("M", D(2002, 2, 3), (D(2011, 1, 1), 22, 33), (D(2011, 4, 1), 20, 20)),
    "P3": tab("F", D(2003, 2, 3), (D(2012, 1, 1), 30, 40), (D(2012, 4, 1), 5, 10)),
}
TAKEN: Rows = [["patient", "drug", "start", "stop"], *([f"P{n}", "MMF", D(2009 + n, 1, 5), None] for n in (1, 2, 3))]


@pytest.mark.parametrize("layout", ["tabs", "workbooks"])
def test_a_tab_or_a_workbook_for_each_patient(tmp_path: Path, layout: str):
    if layout == "tabs":
        source = workbook(tmp_path / "chart.xlsx", **TABS, Drugs=TAKEN, Legend=[["F = female"]])
    else:
        source = tmp_path / "charts"
        for name, rows in TABS.items():
            workbook(source / f"{name}.xlsx", Chart=rows)
        workbook(source / "Drugs.xlsx", Drugs=TAKEN)
    study = answered(source, tmp_path, 10, unit="points", better="low")
    one = {"tabs": "sheets: all", "workbooks": "files: all"}[layout]
    name = {"tabs": "sheet name", "workbooks": "file name"}[layout]
    assert {one, "one_row: yes", f"cells: {{id: {name}, Sex: B1, Born: B2, Diagnosis: B3}}"} <= set(
        lines(study.chart_text)
    )
    assert (2, 1, 0) == study.counts()
    assert {("xsi", "month 3"): (3, pytest.approx(-37 / 3)), ("crp", "month 3"): (3, -21.0)} == study.changes()
    assert ["female", "male", "female"] == [person.sex for person in study.results.chart.people]


def test_an_id_that_stands_once_for_several_rows(tmp_path: Path):
    visits: Rows = [
        ["ID", "Geschlecht", "Geburtsdatum", "Besuch", "Datum", "Gewicht (kg)", "Punktzahl"],
        ["P1", "w", "03.02.2001", "V1", "15.01.2010", "30,5", "20"], ["", "", "", "V2", "16.04.2010", "31", "10"],
        ["P2", "m", "13.02.2001", "V1", "15.01.2011", "30,5", "20"], ["", "", "", "V2", "16.04.2011", "31", "18"],
    ]  # fmt: skip
    drugs: Rows = [
        ["Pat-Nr", "Medikament", "Beginn", "Ende", "Dosis", "Einheit"],
        ["P1", "MMF", "16.01.2010", "", "1000", "mg"], ["P2", "MMF", "16.01.2011", "20.05.2011", "1000", "mg"],
    ]  # fmt: skip
    study = answered(folder(tmp_path / "data", ";", Visiten=visits, Medikamente=drugs), tmp_path, 10, better="low")
    assert {"same_as_above: [ID]", "rows_per_patient: several", "decimal: comma"} <= set(lines(study.chart_text))
    assert (1, 1, 0) == study.counts()
    assert {("punktzahl", "month 3"): (2, -6.0), ("gewicht", "month 3"): (2, 0.5)} == study.changes()


def test_a_registry_export_with_the_demographics_on_the_first_row(tmp_path: Path):
    export: Rows = [
        ["record_id", "redcap_event_name", "birth_date", "sex", "visit_date", "score"],
        ["R1", "baseline_arm_1", "1980-05-01", "F", "2019-12-20", 60], ["R1", "month_6_arm_1", "", "", "2020-06-28", 20],
        ["R2", "baseline_arm_1", "1975-02-11", "M", "2019-12-22", 50], ["R2", "month_6_arm_1", "", "", "2020-06-29", 48],
    ]  # fmt: skip
    drugs: Rows = [
        ["id", "drug", "start", "stop"],
        ["R1", "methotrexate", "2020-01-15", ""],
        ["R2", "methotrexate", "2020-01-15", ""],
    ]
    study = answered(folder(tmp_path / "data", drugs=drugs, export=export), tmp_path, 8, better="low")
    assert (1, 1, 0) == study.counts()
    assert {("score", "month 6"): (2, -21.0)} == study.changes()


def test_years_of_two_digits_ask_for_their_hundred_years(tmp_path: Path):
    rows: Rows = [
        [
            "id",
            "FEV1 % baseline",
            "PFT date baseline",
            "FEV1 % follow-up",
            "PFT date follow-up",
            "Treatment start",
            "Treatment end",
        ],
        ["N1", 60, "7/7/06 4:00", 80, "2/14/08 13:04", "10/11/06 0:00", "7/9/07 0:00"],
        ["N2", 70, "12/7/05 4:00", 73, "3/24/08 20:25", "1/3/06 0:00", "1/3/06 0:00"],
    ]
    study = answered(
        folder(tmp_path / "data", chart=rows),
        tmp_path,
        12,
        better="high",
        two_digit_years_from="1950",
        at_least="10 points",
    )
    assert "dates: month-day-year" in lines(study.chart_text)
    assert 'fev1 %: {quantity: FEV1 %, unit: "%", better: high}' in study.protocol_text.replace('"', "").replace(
        "unit: %", 'unit: "%"'
    )
    assert (1, 1, 0) == study.counts()
    assert [(2, 11.5)] == list(study.changes().values())


def test_several_earlier_drugs_in_one_cell(tmp_path: Path):
    rows: Rows = [
        ["id", "sex", "Previous treatment", "IVIG start", "MMT8 pre", "MMT8 post 3 months"],
        ["P1", "F", "MTX 2006-2007, prednisone", D(2010, 1, 5), 50, 70], ["P2", "M", "none", D(2010, 1, 5), 50, 52],
        ["P3", "M", "azathioprine", D(2010, 1, 5), 50, 58],
    ]  # fmt: skip
    study = answered(workbook(tmp_path / "chart.xlsx", S=rows), tmp_path, 8, at_least="10 points")
    assert 'drug: {column: Previous treatment, separated_by: [","]}' in lines(study.chart_text)
    assert "missing: {}" in lines(study.chart_text)  # `none` says that there was no drug
    assert (1, 2, 0) == study.counts()
    assert {"IVIG", "azathioprine", "methotrexate", "prednisone"} == {one.drug for one in study.results.chart.courses}


def test_a_judgement_in_words(tmp_path: Path):
    rows: Rows = [
        ["id", "MMF start", "MMF stop", "CRP M0 (mg/L)", "CRP M3 (mg/L)", "global M3"],
        *(
            [f"P{n}", D(2010, 1, n), D(2011, 1, n), 30, 10, ["better", "same", "worse", "better"][n - 1]]
            for n in (1, 2, 3, 4)
        ),
    ]
    study = started(workbook(tmp_path / "chart.xlsx", S=rows), tmp_path / "study")
    assert "global: {column: global M3, words: {better: yes, same: no, worse: no}}   # suggested" in study.chart_text
    study.answer(**USUAL, since="index date")
    assert (4, 0, 0) == study.counts()


def test_units_that_the_numbers_leave_possible_are_not_asked(tmp_path: Path):
    rows: Rows = [
        ["id", "MMF start", "height M0", "height M3", "weight M0", "weight M3", "PGA M0", "PGA M3"],
        ["P1", D(2010, 1, 1), 121, 122, 30, 31, 70, 20], ["P2", D(2010, 1, 2), 140, 141, 40, 41, 55, 50],
    ]  # fmt: skip
    study = answered(workbook(tmp_path / "chart.xlsx", S=rows), tmp_path, 8, unit="kg", at_least="2 cm")
    text = lines(study.chart_text)
    assert {"height: {column: height M0, unit: cm}", "pga: {column: PGA M0, unit: mm}", "weight: weight M0"} <= set(
        text
    )
    assert "weight: {instrument: weight, unit: kg}" in study.protocol_text  # kg or lb: asked once for both columns
    assert (1, 1, 0) == study.counts()
    assert (2, pytest.approx(-2.75)) == study.changes()["pga", "month 3"]


@pytest.mark.parametrize(
    ("dates", "asked"), [(("03/04/2010", "05/07/2010"), True), (("03/04/2010", "25/07/2010"), False), (("03 APR 2010", "5JUL2010"), False)]
)  # fmt: skip
def test_the_order_of_dates_is_asked_only_where_two_readings_are_possible(
    tmp_path: Path, dates: tuple[str, str], asked: bool
):
    rows: Rows = [["id", "visit date", "XSI"], ["P1", dates[0], 20], ["P1", dates[1], 10]]
    study = started(folder(tmp_path / "data", visits=rows), tmp_path / "study")
    assert asked == ("dates" in study.asked)


def test_no_column_that_repeats_itself_is_an_id_and_no_key_stands_twice(tmp_path: Path):
    rows: Rows = [
        ["Race", "Gender", "Weight Baseline", "Weight Follow-up", "CK Baseline", "CK Follow-up"],
        ["A", "Female", 60, 61, 900, 100], ["A", "Male", 70, 71, 800, 120], ["B", "Female", 50, 52, 700, 90], ["A", "Male", 80, 81, 650, 80],
    ]  # fmt: skip
    study = started(folder(tmp_path / "data", chart=rows), tmp_path / "study")
    assert 2 == study.asked.count("patient")
    assert "    patient: TO DECIDE   # the column of the ids" in study.chart_text
    assert 2 == study.chart_text.count("          weight: ")  # one for each of the two visits


@pytest.mark.parametrize("heading", ["glucose PRE", "FEV1 % pred", "pred %", "steroid-free months", "FVC pred %"])
def test_what_is_no_dose_is_not_taken_for_one(tmp_path: Path, heading: str):
    rows: Rows = [["id", "visit date", heading], ["P1", "2008-01-02", 70], ["P1", "2008-02-02", 80]]
    study = started(folder(tmp_path / "data", visits=rows), tmp_path / "study")
    assert "daily_dose" not in study.protocol_text


def test_notes_below_an_empty_row_are_left_out(tmp_path: Path):
    rows: Rows = [
        ["pat_id", "XSI pre", "XSI post"],
        [1, 20, 10],
        [2, 18, 16],
        [],
        [None, "1 = white"],
        [None, "2 = black"],
    ]
    study = answered(
        workbook(tmp_path / "chart.xlsx", S=rows), tmp_path, 8, unit="points", better="low", nominal_day="3 months"
    )
    assert 2 == study.chart_text.count("    last_row: 3   # suggested")
    assert (1, 1, 0) == study.counts()


@pytest.mark.parametrize(
    ("heading", "belongs"),
    [("date before", True), ("admission date", False), ("date of first symptom", False), ("XSI date before", True), ("last contact date", False)],
)  # fmt: skip
def test_a_date_belongs_to_a_visit_only_where_its_heading_says_so(tmp_path: Path, heading: str, belongs: bool):
    rows: Rows = [
        ["id", "MMF start", heading, "XSI before", "XSI after"],
        ["P1", D(2010, 1, 1), D(2009, 12, 1), 20, 10],
        ["P2", D(2011, 1, 1), D(2010, 12, 1), 20, 18],
    ]
    study = started(workbook(tmp_path / "chart.xlsx", S=rows), tmp_path / "study")
    assert belongs == (f"date: {heading}" in lines(study.chart_text))


def test_a_first_visit_by_its_number_and_a_year_of_birth(tmp_path: Path):
    rows: Rows = [["id", "Sex", "DOB", "Visit", "XSI"]]
    rows += [[f"P{patient}", "f", 1990 + patient, visit, 20 - 5 * visit] for patient in (1, 2) for visit in (1, 2, 3)]
    study = started(workbook(tmp_path / "chart.xlsx", S=rows), tmp_path / "study")
    assert 'date: {column: Visit, days: {"1": 0 days, "2": TO DECIDE, "3": TO DECIDE}}' in study.chart_text
    rows = [["id", "Sex", "DOB", "diagnosis date"], ["P1", "f", 1990, D(2010, 1, 1)], ["P2", "f", 1991, D(2010, 1, 1)]]
    study = started(workbook(tmp_path / "other.xlsx", S=rows), tmp_path / "other")
    assert "birth: {year: DOB}" in lines(study.chart_text)


def test_a_comma_in_a_heading_beside_semicolons(tmp_path: Path):
    rows: Rows = [
        ["ID", "Gewicht, kg", "Punktzahl vorher", "Punktzahl nachher"],
        ["P1", "30,5", "20", "10"],
        ["P2", "41", "20", "18,5"],
    ]
    study = answered(folder(tmp_path / "data", ";", chart=rows), tmp_path, 7, better="low", nominal_day="3 months")
    assert 'delimiter: ";"' in lines(study.chart_text)
    assert (1, 1, 0) == study.counts()


def test_files_of_which_each_shows_its_own_delimiter_declare_none(tmp_path: Path):
    folder(tmp_path / "data", ";", visits=[["id", "visit date", "XSI"], ["P1", "2010-01-02", "20,5"]])
    folder(tmp_path / "data", ",", patients=[["id", "sex"], ["P1", "F"]])
    assert "delimiter" not in started(tmp_path / "data", tmp_path / "study").chart_text


def test_dated_visits_without_any_drug_ask_when_it_was_started(tmp_path: Path):
    rows: Rows = [["id", "visit date", "XSI"]]
    rows += [
        [f"P{n}", D(2010, month, n), xsi]
        for n, values in ((1, (20, 10)), (2, (20, 18)))
        for month, xsi in zip((1, 4), values, strict=True)
    ]
    study = started(workbook(tmp_path / "chart.xlsx", Visits=rows), tmp_path / "study")
    assert (
        "    start: TO DECIDE   # no column says when the study drug was started; visit date where that is"
        in study.chart_text
    )
    assert "first_exposure: study drug   # suggested" in study.protocol_text
    study.answer(**{**USUAL, "unit": "points", "better": "low", "start": "visit date"})
    assert (1, 1, 0) == study.counts()


def test_events_whose_days_are_called_as_those_of_drugs(tmp_path: Path):
    visits: Rows = [["id", "date", "XSI"], ["P1", D(2010, 1, 1), 20], ["P1", D(2010, 4, 3), 10]]
    events: Rows = [
        ["id", "adverse event", "suspected drug", "onset", "end", "grade"],
        ["P1", "rash", "MMF", D(2010, 2, 1), D(2010, 2, 5), 2],
    ]
    given: Rows = [["id", "drug", "date"], ["P1", "rituximab", D(2010, 1, 1)], ["P1", "rituximab", D(2010, 1, 15)]]
    source = workbook(tmp_path / "chart.xlsx", Patients=[["id"], ["P1"]], Visits=visits, AE=events, Given=given)
    study = answered(source, tmp_path, 12, unit="points", better="low", death="non-responder", grading="CTCAE v5.0")
    assert {"date: onset", "until: end", "attributed_to: suspected drug", "start: date"} <= set(lines(study.chart_text))
    assert (1, 0, 0) == study.counts()
    assert [("rash", dt.date(2010, 2, 1))] == [
        (fact.term, dt.date(1970, 1, 1) + dt.timedelta(days=fact.start))
        for fact in study.results.chart.facts
        if fact.kind == "event"
    ]


def test_only_what_somebody_judged_is_a_judgement(tmp_path: Path):
    rows: Rows = [["id", "date", "XSI", "improved", "catheter", "steroids"]]
    rows += [["P1", D(2010, month, 1), 20 - month, *answers] for month, answers in ((1, "nyn"), (4, "yny"))]
    study = started(workbook(tmp_path / "chart.xlsx", S=rows), tmp_path / "study")
    assert 1 == study.protocol_text.count("judgement:") and "improved: {judgement: improved" in study.protocol_text
    assert "yes: [yes, true, y]" in lines(study.chart_text)


def test_several_drugs_in_one_cell_of_a_table_of_drugs(tmp_path: Path):
    visits: Rows = [["id", "date", "XSI"], ["P1", D(2010, 1, 1), 20], ["P1", D(2010, 4, 3), 10]]
    drugs: Rows = [
        ["id", "drug", "start", "stop"],
        ["P1", "MTX + IVIG", D(2010, 1, 2), D(2011, 1, 2)],
        ["P1", "MTX", D(2011, 1, 3), D(2012, 1, 2)],
    ]
    source = workbook(
        tmp_path / "chart.xlsx",
        Patients=[["id", "Other drugs"], ["P1", "prednisone, azathioprine"]],
        Visits=visits,
        Drugs=drugs,
    )
    study = started(source, tmp_path / "study")
    assert {'drug: {column: drug, separated_by: ["+"]}', 'drug: {column: Other drugs, separated_by: [","]}'} <= set(
        lines(study.chart_text)
    )
    assert 2 == len(
        [field for field in study.asked if field in ("blank_start", "blank_stop")]
    )  # the other drugs have no days
    study.answer(
        **{**USUAL, "unit": "points", "better": "low", "first_exposure": "methotrexate", "per": "patient", "rescue_added": "as observed"},
        blank_start="before index date",
    )  # fmt: skip
    assert (1, 0, 0) == study.counts()


def test_side_effects_in_columns_of_yes_and_no(tmp_path: Path):
    rows: Rows = [
        ["id", "MMF start", "XSI M0", "XSI M3", "AE rash", "AE nausea", "AE any"],
        ["P1", D(2010, 1, 1), 20, 10, "yes", "no", "yes"], ["P2", D(2010, 1, 2), 20, 18, "no", None, "no"],
    ]  # fmt: skip
    study = answered(
        workbook(tmp_path / "chart.xlsx", S=rows), tmp_path, 10, unit="points", better="low", blank_event="never"
    )
    assert {"kind: events side by side", "rash: {event: {value: rash}, happened: AE rash}"} <= set(
        lines(study.chart_text)
    )
    assert (1, 1, 0) == study.counts()
    assert [("P1", "rash")] == [(fact.patient, fact.term) for fact in study.results.chart.facts if fact.kind == "event"]


def test_ids_that_are_missing_make_no_blocks(tmp_path: Path):
    few: Rows = [["id", "visit date", "XSI"], *([f"P{n}" if n != 3 else None, D(2010, 1, n), 20] for n in range(1, 9))]
    sexes: Rows = [
        ["id", "sex", "visit date", "XSI"],
        *([f"P{n}" if n % 2 else None, "F", D(2010, 1, n), 20] for n in range(1, 9)),
    ]
    for name, rows in (("few", few), ("sexes", sexes)):
        study = started(workbook(tmp_path / f"{name}.xlsx", S=rows), tmp_path / name)
        assert "same_as_above" not in study.chart_text


def test_stays_in_hospital_are_no_drugs_beside_one_that_is_known(tmp_path: Path):
    rows: Rows = [["id", "MMF start", "MMF stop", "Isolation start", "Isolation stop", "XSI M0", "XSI M3"]]
    rows += [[f"P{n}", D(2010, 1, n), D(2011, 1, n), D(2010, 2, n), D(2010, 3, n), 20, 10] for n in (1, 2, 3)]
    study = started(workbook(tmp_path / "chart.xlsx", S=rows), tmp_path / "study")
    assert "drug: {value: MMF}" in lines(study.chart_text)
    assert "ignore: [Isolation start, Isolation stop]" in lines(study.chart_text)


def test_a_row_of_units_below_the_heading(tmp_path: Path):
    rows: Rows = [
        ["id", "MMF start", "CRP M0", "CRP M3", "neurofilament M0", "neurofilament M3"], [None, None, "mg/L", "mg/L", "(ng/mL)", "ng/mL"],
        ["P1", D(2010, 1, 1), 30, 10, 500, 100], ["P2", D(2010, 1, 2), 20, 18, 400, 300],
    ]  # fmt: skip
    study = answered(workbook(tmp_path / "chart.xlsx", S=rows), tmp_path, 8)
    assert 3 == lines(study.chart_text).count("first_row: 3")
    assert "neurofilament: {quantity: neurofilament, unit: ng/mL, better: none}" in study.protocol_text
    assert (1, 1, 0) == study.counts()
    assert {("crp", "month 3"): (2, -11.0), ("neurofilament", "month 3"): (2, -250.0)} == study.changes()


def test_dates_of_death_have_no_place_in_an_undated_chart(tmp_path: Path):
    rows: Rows = [["id", "XSI pre", "XSI 3 months"], ["P1", 20, 10], ["P2", 20, 18]]
    died: Rows = [["id", "date of death"], ["P2", D(2012, 1, 1)]]
    study = answered(workbook(tmp_path / "chart.xlsx", S=rows, Died=died), tmp_path, 8, unit="points", better="low")
    assert "kind: deaths" not in study.chart_text and "# Left out: Died" in study.chart_text
    assert (1, 1, 0) == study.counts()


@pytest.mark.parametrize(
    ("drug", "route", "asked"),
    [
        ("prednisone", "oral", False),
        ("methylprednisolone", "i.v.", True),
        ("prednisone pulse", "", True),
        ("IVIG", "i.v.", False),
    ],
)
def test_pulses_are_asked_where_there_may_be_one(tmp_path: Path, drug: str, route: str, asked: bool):
    drugs: Rows = [
        ["id", "drug", "start", "stop", "route"],
        ["P1", "MMF", D(2010, 1, 1), None, "oral"],
        ["P1", drug, D(2010, 2, 1), D(2010, 2, 3), route],
    ]
    visits: Rows = [["id", "date", "XSI"], ["P1", D(2010, 1, 1), 20], ["P1", D(2010, 4, 3), 10]]
    study = started(workbook(tmp_path / "chart.xlsx", Visits=visits, Drugs=drugs), tmp_path / "study")
    assert asked == ("pulse" in study.asked)


def test_a_column_that_counts_months(tmp_path: Path):
    rows: Rows = [["id", "month", "score"], ["P1", "0", "50"], ["P1", "6", "20"], ["P2", "0", "50"], ["P2", "6", "40"]]
    study = answered(folder(tmp_path / "data", chart=rows), tmp_path, 6, better="low")
    assert "date: {column: month, in: months}" in lines(study.chart_text)
    assert (1, 1, 0) == study.counts()
    assert {("score", "month 6"): (2, -20.0)} == study.changes()


def test_a_number_of_nines_far_beyond_the_others_is_asked_as_a_code(tmp_path: Path):
    rows: Rows = [
        ["ID", "MTX start", "score M0", "score M3"], ["P1", D(2008, 1, 1), 20, 5], ["P2", D(2008, 1, 1), 999, 7], ["P3", D(2008, 1, 1), 21, 8],
    ]  # fmt: skip
    study = started(workbook(tmp_path / "chart.xlsx", A=rows), tmp_path / "study")
    assert "999" in study.asked


def test_haemoglobin_that_may_stand_in_two_units_is_asked(tmp_path: Path):
    rows: Rows = [
        ["ID", "MTX start", "Hb M0", "Hb M3"], ["P1", D(2008, 1, 1), 12.1, 11.5], ["P2", D(2008, 1, 1), 121, 118],
    ]  # fmt: skip
    study = started(workbook(tmp_path / "chart.xlsx", A=rows), tmp_path / "study")
    assert "unit" in study.asked


@pytest.mark.parametrize(
    "heading", ["score -3 months", "score 3 months before", "score first follow-up", "score 1.5 months"]
)
def test_a_time_before_the_drug_is_no_visit_after_it(tmp_path: Path, heading: str):
    rows: Rows = [
        ["ID", "MTX start", heading, "score M0", "score M3"], ["P1", D(2008, 1, 1), 30, 20, 5], ["P2", D(2008, 1, 1), 31, 21, 7],
    ]  # fmt: skip
    study = started(workbook(tmp_path / "chart.xlsx", A=rows), tmp_path / "study")
    assert f"score: {heading}" not in study.chart_text and f'score: "{heading}"' not in study.chart_text
    assert "score: score M0" in study.chart_text and "score: score M3" in study.chart_text
