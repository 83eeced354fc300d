"""Charts of several tables, tabs, workbooks, or rows per patient. Every patient is invented; expected numbers are worked out by hand beside them."""

from __future__ import annotations

from pathlib import Path

from tests.clinics.by_eye import table, texts
from tests.form.started import Rows, folder, workbook


def german(path: Path) -> Path:
    """Juvenile arthritis on etanercept in German: four files with semicolons and decimal commas.

    CHAQ at visit 1 (first day of etanercept), 2 (month 3), 3 (month 6): 11 1.5, 1, 0.5; 12 2, 1.875, 1.75; 13 0.75, 0.25, 0; 14 1.25, -, 1.5.
    At least 0.5 less at month 6: 11 (-1) yes, 12 (-0.25) no, 13 (-0.75) yes, 14 (+0.25) no. Change at month 3: -0.5, -0.125, -0.5, mean -0.375;
    at month 6 -1, -0.25, -0.75, 0.25, mean -0.4375. Height 132.5, 133, 134; 150, 150, 151; 118, 119, 120; 140, -, 142: at month 3 mean 1.5 / 3,
    at month 6 (1.5 + 1 + 2 + 2) / 4 = 1.625. Events: 11 Kopfschmerz, 13 Rötung; 12 says that there were none.
    """
    return folder(
        path, ";", encoding="cp1252",
        Patienten=texts("""
            Patienten-Nr. | Geschlecht | Geburtsdatum | Diagnose
            11            | w          | 05.06.2004   | JIA
            12            | m          | 17.10.2001   | JIA
            13            | w          | 28.02.2006   | JIA
            14            | m          | 03.03.2003   | JIA
        """),
        Besuche=texts("""
            Patienten-Nr. | Besuch | Datum      | CHAQ  | Größe (cm) | Gewicht (kg)
            11            | 1      | 07.01.2014 | 1,5   | 132,5      | 30,5
            11            | 2      | 08.04.2014 | 1     | 133        | 31
            11            | 3      | 08.07.2014 | 0,5   | 134        | 32,5
            12            | 1      | 11.02.2014 | 2     | 150        | 41
            12            | 2      | 13.05.2014 | 1,875 | 150        | 42
            12            | 3      | 12.08.2014 | 1,75  | 151        | 43
            13            | 1      | 25.03.2014 | 0,75  | 118        | 21,5
            13            | 2      | 24.06.2014 | 0,25  | 119        | 22
            13            | 3      | 23.09.2014 | 0     | 120        | 22,5
            14            | 1      | 15.04.2014 | 1,25  | 140        | 35
            14            | 3      | 14.10.2014 | 1,5   | 142        | 37
        """),
        Medikamente=texts("""
            Patienten-Nr. | Medikament  | Dosis | Einheit  | Beginn     | Ende
            11            | Etanercept  | 25    | mg/Woche | 07.01.2014 |
            11            | Prednisolon | 10    | mg/Tag   | 01.12.2013 | 31.01.2014
            11            | Prednisolon | 5     | mg/Tag   | 01.02.2014 |
            12            | Etanercept  | 50    | mg/Woche | 11.02.2014 |
            12            | Prednisolon | 7,5   | mg/Tag   | 01.01.2014 |
            13            | Etanercept  | 25    | mg/Woche | 25.03.2014 | 30.09.2014
            14            | Etanercept  | 25    | mg/Woche | 15.04.2014 |
        """),
        Nebenwirkungen=texts("""
            Patienten-Nr. | Nebenwirkung | Beginn     | Ende
            11            | Kopfschmerz  | 20.01.2014 | 22.01.2014
            12            | keine        |            |
            13            | Rötung       | 02.04.2014 | 05.04.2014
        """),
    )  # fmt: skip


# Arthritis on adalimumab. JADAS10 at month 0, 3, 6: Anna 18, 9, 4; Ben 12, 12.5, 11; Carla 22.5, 10, 8; Dora 15, -, 3; Emil 9, 6, 7.
# At least half less at month 6: Anna (-78 %) yes, Ben (-8 %) no, Carla (-64 %) yes, Dora (-80 %) yes, Emil (-22 %) no.
# Change at month 3: -9, 0.5, -12.5, -3, mean -6; at month 6: -14, -1, -14.5, -12, -2, mean -8.7.
# CRP (mg/L) at month 0, 3, 6: Anna 30, 12, 4; Ben 8, 9, 10; Carla 55, 20, 6; Dora 16, -, 5; Emil 5, 4, 4:
# at month 3 -18, 1, -35, -1, mean -13.25; at month 6 -26, 2, -49, -11, -1, mean -17.
# Carla and Emil were seen a week before their first injection: day 0 is that of the injection.
CHILDREN = {
    "Anna": """
        Sex              | F
        Date of birth    | 2005-04-18
        Adalimumab start | 2015-03-02

        Date       | JADAS10 | CRP (mg/L) | Remarks
        2015-03-02 | 18      | 30         |
        2015-06-01 | 9       | 12         |
        2015-09-01 | 4       | 4          | plays football""",
    "Ben": """
        Sex              | M
        Date of birth    | 2003-08-09
        Adalimumab start | 2015-04-13

        Date       | JADAS10 | CRP (mg/L) | Remarks
        2015-04-13 | 12      | 8          |
        2015-07-14 | 12.5    | 9          |
        2015-10-12 | 11      | 10         |""",
    "Carla": """
        Sex              | F
        Date of birth    | 2008-12-01
        Adalimumab start | 2015-05-18

        Date       | JADAS10 | CRP (mg/L) | Remarks
        2015-05-11 | 22.5    | 55         | TB test
        2015-08-17 | 10      | 20         |
        2015-11-16 | 8       | 6          |""",
    "Dora": """
        Sex              | F
        Date of birth    | 2006-06-06
        Adalimumab start | 2015-09-07

        Date       | JADAS10 | CRP (mg/L) | Remarks
        2015-09-07 | 15      | 16         |
        2016-03-07 | 3       | 5          |""",
    "Emil": """
        Sex              | M
        Date of birth    | 2004-02-28
        Adalimumab start | 2016-01-11

        Date       | JADAS10 | CRP (mg/L) | Remarks
        2016-01-04 | 9       | 5          |
        2016-04-11 | 6       | 4          |
        2016-07-11 | 7       | 4          |""",
}


def tab_per_child(path: Path) -> Path:
    """The chart of the five children, a tab for each."""
    return workbook(path, **{name: table(page) for name, page in CHILDREN.items()})


def workbook_per_child(path: Path) -> Path:
    """The same chart, a workbook for each."""
    for name, page in CHILDREN.items():
        workbook(path / f"{name}.xlsx", Chart=table(page))
    return path


def long_export(path: Path) -> Path:
    """A registry's export with a row per value, the id on the first row of each block only; lupus on belimumab.

    SLEDAI at month 0 and 6: L1 12, 4; L2 8, 8; L3 10, 4; L4 6, 2. At least 4 less: L1 (-8) yes, L2 (0) no, L3 (-6) yes, L4 (-4) yes; mean -4.5.
    C3 in mg/dL: L1 50, 90; L2 70, 65; L3 60 (written so), 100; L4 80, -. Mean change (40 - 5 + 40) / 3 = 25.
    """
    values = texts("""
        Patient | Sample date | Test   | Result | Unit
        L1      | 2018-01-15  | SLEDAI | 12     |
                | 2018-01-15  | C3     | 0.5    | g/L
                | 2018-07-16  | SLEDAI | 4      |
                | 2018-07-16  | C3     | 0.9    | g/L
        L2      | 2018-02-12  | SLEDAI | 8      |
                | 2018-02-12  | C3     | 0.7    | g/L
                | 2018-08-13  | SLEDAI | 8      |
                | 2018-08-13  | C3     | 0.65   | g/L
        L3      | 2018-03-19  | SLEDAI | 10     |
                | 2018-03-19  | C3     | 60     | mg/dL
                | 2018-09-17  | SLEDAI | 4      |
                | 2018-09-17  | C3     | 1.0    | g/L
        L4      | 2018-04-16  | SLEDAI | 6      |
                | 2018-04-16  | C3     | 0.8    | g/L
                | 2018-10-15  | SLEDAI | 2      |
    """)
    drugs = texts("""
        Patient | Drug      | First day  | Last day
        L1      | belimumab | 2018-01-15 |
        L2      | belimumab | 2018-02-12 | 2018-12-31
        L3      | belimumab | 2018-03-19 |
        L4      | belimumab | 2018-04-16 |
    """)
    people = texts("""
        Patient | Sex | Birth date
        L1      | F   | 1990-05-06
        L2      | F   | 1985-07-08
        L3      | M   | 1979-09-10
        L4      | F   | 2001-11-12
    """)
    return folder(path, labs=values, drugs=drugs, patients=people)


def registry(path: Path, *, repeated: bool = False) -> Path:
    """A registry's export with SAS dates, demographics on the first row only (or `repeated` on every row); psoriasis on secukinumab.

    PASI at week 0, 4, 12: S1 20, 11, 4; S2 15, 13, 9; S3 30.5, -, 3.05; S4 12, 10, -. 75 % less at week 12: S1 (-80 %) yes, S2 (-40 %) no,
    S3 (-90 %) yes, S4 not evaluable. Mean change at week 12 (-16 - 6 - 27.45) / 3 = -16.48333; at week 4 (-9 - 2 - 2) / 3 = -13/3.
    Age on the first day: S1 39, S2 47, S3 29, S4 53.
    """
    rows = texts("""
        SUBJID | SEX | BRTHDTC   | TRTSDT    | VISIT    | VISITDT   | PASI
        S1     | F   | 14FEB1970 | 05MAR2009 | BASELINE | 05MAR2009 | 20
        S1     |     |           |           | WEEK 4   | 02APR2009 | 11
        S1     |     |           |           | WEEK 12  | 28MAY2009 | 4
        S2     | M   | 30NOV1961 | 12MAR2009 | BASELINE | 12MAR2009 | 15
        S2     |     |           |           | WEEK 4   | 09APR2009 | 13
        S2     |     |           |           | WEEK 12  | 04JUN2009 | 9
        S3     | M   | 01JAN1980 | 19MAR2009 | BASELINE | 19MAR2009 | 30.5
        S3     |     |           |           | WEEK 12  | 11JUN2009 | 3.05
        S4     | F   | 09SEP1955 | 26MAR2009 | BASELINE | 26MAR2009 | 12
        S4     |     |           |           | WEEK 4   | 23APR2009 | 10
    """)
    first: dict[str, list[str]] = {}
    for row in rows[1:] if repeated else []:
        row[1:4] = first.setdefault(row[0], row[1:4])
    return folder(path, export=rows)


def still(path: Path) -> Path:
    """Still's disease on tocilizumab. Response at month 3: CRP below 10 mg/L and the dose of prednisone halved.

    | patient | CRP 0, 3 | below 10 | prednisone 0, 3 | halved       | both          | ferritin 0, 3 |
    | ST1     | 120, 4   | yes      | 40, 20          | -50 % yes    | yes           | 5000, 300     |
    | ST2     | 80, 9.9  | yes      | 30, 17.5        | -41.7 % no   | no            | 1200, 400     |
    | ST3     | 65, 10   | no       | 20, 5           | -75 % yes    | no            | 800, 150      |
    | ST4     | 200, 2   | yes      | 60, 15          | -75 % yes    | yes           | 12000, 90     |
    | ST5     | 95, <5   | yes      | 25, -           | not recorded | not evaluable | 3000, 200     |
    | ST6     | 45, 30   | no       | 10, -           | not recorded | no            | 600, 500      |

    2 yes, 3 no, 1 not evaluable. Means: CRP (-116 - 70.1 - 55 - 198 - 15) / 5 = -90.82 (`<5` is no number); prednisone
    (-20 - 12.5 - 15 - 45) / 4 = -23.125; ferritin -(4700 + 800 + 650 + 11910 + 2800 + 100) / 6 = -20960 / 6.
    """
    visits: Rows = table("""
        Patient | Date       | CRP (mg/L) | Ferritin (ug/L) | Prednisone dose (mg/day)
        ST1     | 2017-01-09 | 120        | 5000            | 40
        ST1     | 2017-04-10 | 4          | 300             | 20
        ST2     | 2017-02-06 | 80         | 1200            | 30
        ST2     | 2017-05-08 | 9.9        | 400             | 17.5
        ST3     | 2017-03-06 | 65         | 800             | 20
        ST3     | 2017-06-05 | 10         | 150             | 5
        ST4     | 2017-04-03 | 200        | 12000           | 60
        ST4     | 2017-07-03 | 2          | 90              | 15
        ST5     | 2017-05-01 | 95         | 3000            | 25
        ST5     | 2017-07-31 | <5         | 200             |
        ST6     | 2017-06-12 | 45         | 600             | 10
        ST6     | 2017-09-11 | 30         | 500             |
    """)
    people = table("""
        Patient | Sex | Date of birth | Diagnosis       | Tocilizumab start
        ST1     | F   | 2005-03-03    | Still's disease | 2017-01-09
        ST2     | M   | 2007-08-21    | Still's disease | 2017-02-06
        ST3     | F   | 2010-01-15    | Still's disease | 2017-03-06
        ST4     | M   | 2003-12-02    | Still's disease | 2017-04-03
        ST5     | F   | 2008-05-30    | Still's disease | 2017-05-01
        ST6     | M   | 2006-10-10    | Still's disease | 2017-06-12
    """)
    return workbook(path, Patients=people, Visits=visits)
