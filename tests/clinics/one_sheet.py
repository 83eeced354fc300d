"""Charts of one sheet, as clinics keep them. Every patient is invented; what follows from the cells is worked out by hand beside them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from tests.clinics.by_eye import table
from tests.form.started import Rows, workbook

RED, YELLOW = PatternFill("solid", "FFFF9999"), PatternFill("solid", "FFFFFF99")


def _sheet(book: openpyxl.Workbook, title: str, rows: Rows, *merged: str) -> Worksheet:
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for area in merged:
        sheet.merge_cells(area)
    return sheet


def coloured(path: Path) -> Path:
    """Myositis on mycophenolate: a title, merged headings, colours, decimal commas as text, `?`, `>1000`, means and a legend below.

    Age on the first day of MMF: JDM01 8, JDM02 10, JDM03 9, JDM04 8, JDM05 6, JDM06 20 years: five are below 18.

    | patient | MMT8 0, 3, 6 | CMAS       | CK                | prednisone   | MMT8 at month 6: at least 8 points more |
    | JDM01   | 50, 60, 70   | 30, 38, 44 | 850, 300, 120     | 12.5, 10, 7.5 | +20 yes         |
    | JDM02   | 62, 62, 64   | 41, 40, 43 | >1000, 900, >1000 | 20, 20, 15   | +2 no            |
    | JDM03   | 45, 58, 66   | ?, 35, 40  | 400, 200, 150     | 30, 22.5, 15 | +21 yes          |
    | JDM04   | 70, -, 76    | 48, -, 50  | 90, -, 80         | 5, -, 2.5    | +6 no            |
    | JDM05   | ?, 40, 55    | 20, 28, 33 | 2000, 700, 300    | 40, 30, 20   | not evaluable    |
    | JDM06   | 56, 59, 57   | 36, 39, 37 | 150, 140, 160     | 10, 10, 10   | +1 no, an adult  |

    All six: 2 yes, 3 no, 1 not evaluable. Means: MMT8 month 3 (10 + 0 + 13 + 3) / 4 = 6.5, month 6 (20 + 2 + 21 + 6 + 1) / 5 = 10;
    CMAS (8 - 1 + 8 + 3) / 4 = 4.5, (14 + 2 + 2 + 13 + 1) / 5 = 6.4; CK (-550 - 200 - 1300 - 10) / 4 = -515,
    (-730 - 250 - 10 - 1700 + 10) / 5 = -536 (JDM02 above 1000 is no number); prednisone (-2.5 + 0 - 7.5 - 10 + 0) / 5 = -4,
    (-5 - 5 - 15 - 2.5 - 20 + 0) / 6 = -47.5 / 6.
    The five below 18: 2 yes, 2 no, 1 not evaluable; MMT8 23 / 3 at month 3, 49 / 4 at month 6.
    """
    book = openpyxl.Workbook()
    rows: Rows = [
        ["JDM and MMF, our clinic 2010-2014"],
        [*[None] * 4, "before MMF", *[None] * 3, "3 months", *[None] * 3, "6 months"],
    ]
    rows += table("""
        Pat.  | Sex | DOB  | MMF start | MMT8 | CMAS | CK (U/l) | Prednisone (mg/d) | MMT8 | CMAS | CK (U/l) | Prednisone (mg/d)
    """)  # fmt: skip
    rows[-1] += ["MMT8", "CMAS", "CK (U/l)", "Prednisone (mg/d)", "Side effects", "Comments"]
    rows += table("""
        JDM01 | F | 2001-02-03 | 2010-01-10 | 50 | 30 | 850   | 12,5 | 60 | 38 | 300 | 10   | 70 | 44 | 120   | 7,5 | nausea      | back at school
        JDM02 | M | 2000-05-14 | 2010-06-01 | 62 | 41 | >1000 | 20   | 62 | 40 | 900 | 20   | 64 | 43 | >1000 | 15  |             | second opinion
        JDM03 | F | 2001-11-30 | 2011-03-15 | 45 | ?  | 400   | 30   | 58 | 35 | 200 | 22,5 | 66 | 40 | 150   | 15  | neutropenia |
        JDM04 | F | 2003-07-07 | 2012-02-20 | 70 | 48 | 90    | 5    |    |    |     |      | 76 | 50 | 80    | 2,5 |             | not seen in May
        JDM05 | M | 2006-04-02 | 2012-09-05 | ?  | 20 | 2000  | 40   | 40 | 28 | 700 | 30   | 55 | 33 | 300   | 20  |             |
        JDM06 | F | 1992-12-24 | 2013-05-06 | 56 | 36 | 150   | 10   | 59 | 39 | 140 | 10   | 57 | 37 | 160   | 10  |             | adult clinic now
    """)
    rows += [
        [],
        ["Mean", *[None] * 3, 56.6, 35, 698, 19.6, 55.8, 36, 448, 18.5, 64.7, 41.2, 162, 11.7],
        ["red = flare"],
        ["? = not found in the notes"],
    ]
    sheet = _sheet(book, "JDM MMF", rows, "A1:R1", "E2:H2", "I2:L2", "M2:P2")
    for cell in (*sheet[1], *sheet[2], *sheet[3]):
        cell.font = Font(bold=True)
    for address, fill in (("E5", RED), ("I5", RED), ("G8", YELLOW), ("A13", RED)):
        sheet[address].fill = fill
    sheet["H4"].comment = Comment("checked with the mother", "resident")
    book.save(path)
    return path


def doses_with_arrows(path: Path) -> Path:
    """Myositis on mycophenolate, a row per visit; `15 -> 12.5` is the dose on arrival and the one that the doctor wrote up.

    The dose on arrival at month 0 and 3: A 15, 12.5; B 20, 15; C 10, 10; D 30, 20. It fell by 16.7, 25, 0 and 33.3 %:
    at least 20 % less in B and D of 4; mean change (-2.5 - 5 + 0 - 10) / 4 = -4.375. MMT8: (6 + 10 + 1 + 12) / 4 = 7.25.
    """
    visits = table("""
        ID | visit date | MMT8 | prednisone (mg/day)
        A  | 2015-01-12 | 60   | 15 -> 12.5
        A  | 2015-04-13 | 66   | 12.5
        B  | 2015-02-16 | 50   | 20 → 15
        B  | 2015-05-18 | 60   | '15'
        C  | 2015-03-09 | 70   | 10
        C  | 2015-06-08 | 71   | '10'
        D  | 2015-04-20 | 40   | 30->20
        D  | 2015-07-20 | 52   | 20 - 17.5
    """)
    drugs = table("""
        ID | drug | start
        A  | MMF  | 2015-01-12
        B  | MMF  | 2015-02-16
        C  | MMF  | 2015-03-09
        D  | MMF  | 2015-04-20
    """)
    return workbook(path, Visits=visits, Drugs=drugs)


def french(path: Path) -> Path:
    """Juvenile arthritis on adalimumab, in French; days are text.

    Active joints at month 0, 3, 6: 001 10, 4, 2; 002 8, 8, 6; 003 6, 2, 0; 004 12, 10, -. At least half less at month 6: 001 (-80 %) yes,
    002 (-25 %) no, 003 (-100 %) yes, 004 not evaluable. Change at month 3: -6, 0, -4, -2, mean -3; at month 6: -8, -2, -6, mean -16/3.
    ESR 40, 20, 10; 30, 32, 28; 25, 12.5, 8; 60, 55, -: month 3 (-20 + 2 - 12.5 - 5) / 4 = -8.875; month 6 (-30 - 2 - 17) / 3 = -49/3.
    """
    rows = table("""
        N° patient | Nom       | Sexe | Date de naissance | Diagnostic | Début adalimumab | Fin adalimumab | Date M0    | Articulations actives M0
        '001'      | DUPONT A. | F    | 14/03/2005        | AJI        | 20/01/2014       |                | 20/01/2014 | '10'
        '002'      | MARTIN B. | G    | 02/11/2003        | AJI        | 03/02/2014       | 15/12/2014     | 03/02/2014 | '8'
        '003'      | PETIT C.  | F    | 25/06/2007        | AJI        | 10/03/2014       |                | 10/03/2014 | '6'
        '004'      | ROUX D.   | G    | 09/09/2001        | AJI        | 07/04/2014       |                | 07/04/2014 | '12'
    """)
    later = table("""
        VS (mm/h) M0 | Date M3 | Articulations actives M3 | VS (mm/h) M3 | Date M6 | Articulations actives M6 | VS (mm/h) M6 | Effets secondaires
        '40' | 22/04/2014 | '4'  | '20'   | 21/07/2014 | '2' | '10' | douleur au point d'injection
        '30' | 05/05/2014 | '8'  | '32'   | 04/08/2014 | '6' | '28' | aucun
        '25' | 11/06/2014 | '2'  | '12,5' | 08/09/2014 | '0' | '8'  |
        '60' | 07/07/2014 | '10' | '55'   |            |     |      | rhinite
    """)
    notes = ["Commentaires", "va bien", None, "sport ok", "perdu de vue"]
    return workbook(path, Patients=[[*one, *two, note] for one, two, note in zip(rows, later, notes, strict=True)])


def mixed(path: Path) -> Path:
    """Uveitis on methotrexate: two rows of headings, some days are text, a hidden row, a total in the middle.

    Cells in the worse eye (0 to 4) before and at month 3: U1 3, 1; U2 2, 2; U3 4, 1; U4 3, 0; U5 1, 1. At least 2 fewer: U1 (-2) yes, U2 (0) no,
    U3 (-3) yes, U4 (-3) yes, U5 (0) no. Mean change (-2 + 0 - 3 - 3 + 0) / 5 = -1.6. U3 stands in the hidden row. Girls U1, U2, U4; boys U3, U5.
    """
    book = openpyxl.Workbook()
    rows = table("""
        Patient    |     |            | MTX        |            | before     |          | month 3    |          | remarks
        ID         | sex | born       | start      | stop       | date       | AC cells | date       | AC cells |
        U1         | f   | 2008-05-17 | 2016-02-15 |            | 2016-02-15 | 3        | 2016-05-20 | 1        | left eye
        U2         | f   | 23.09.2009 | 21.03.2016 | 30.11.2016 | 21.03.2016 | 2        | 24.06.2016 | 2        |
        U3         | m   | 2007-01-30 | 2016-04-18 |            | 2016-04-18 | 4        | 2016-07-19 | 1        |
        Total 2016 |     |            | 3          |            |            |          |            |          |
        U4         | f   | 2010-08-08 | 2017-01-16 |            | 2017-01-16 | 3        | 18.04.2017 | 0        |
        U5         | m   | 19.12.2006 | 14.02.2017 |            | 14.02.2017 | 1        | 2017-05-16 | 1        | both eyes
    """)
    sheet = _sheet(book, "Tabelle1", rows, "A1:C1", "D1:E1", "F1:G1", "H1:I1")
    sheet.row_dimensions[5].hidden = True
    book.save(path)
    return path


def eczema(path: Path) -> Path:
    """Eczema on dupilumab; no steroid by mouth, nothing by vein. Eligible: EASI at least 16 at baseline.

    | patient | EASI 0, week 16 | change         | EASI-75       | IGA  | IGA 0/1       | DLQI  |
    | D01     | 32, 8           | -24, -75 %     | yes           | 4, 1 | yes           | 20, 5 |
    | D02     | 24, 6.5         | -17.5, -72.9 % | no            | 3, 2 | no            | 15, 8 |
    | D03     | 16, 3           | -13, -81.3 %   | yes           | 3, 2 | no            | 12, 2 |
    | D04     | 12, 1           | not eligible   |               | 3, 0 |               | 9, 1  |
    | D05     | 40, -           |                | not evaluable | 4, - | not evaluable | 25, - |
    | D06     | 20.4, 5.1       | -15.3, -75 %   | yes           | 4, 1 | yes           | 18, 6 |

    Included 5: EASI-75 3 yes, 1 no, 1 not evaluable; IGA 0/1 2 yes, 2 no, 1 not evaluable.
    Mean change of the included: EASI (-24 - 17.5 - 13 - 15.3) / 4 = -17.45; DLQI (-15 - 7 - 10 - 12) / 4 = -11; IGA (-3 - 1 - 1 - 3) / 4 = -2.
    """
    rows = table("""
        Subject|Sex|Age|Dupilumab start|EASI baseline|IGA baseline|DLQI baseline|EASI week 16|IGA week 16|DLQI week 16|AEs
        D01    |F  |34 |2019-03-04     |32           |4           |20           |8           |1          |5           |conjunctivitis
        D02    |M  |51 |2019-04-15     |24           |3           |15           |6.5         |2          |8           |
        D03    |M  |28 |2019-05-20     |16           |3           |12           |3           |2          |2           |
        D04    |F  |45 |2019-06-11     |12           |3           |9            |1           |0          |1           |none
        D05    |F  |62 |2019-09-02     |40           |4           |25           |            |           |            |
        D06    |M  |39 |2019-10-14     |20.4         |4           |18           |5.1         |1          |6           |rash; conjunctivitis
    """)
    return workbook(path, Eczema=rows)
