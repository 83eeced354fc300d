"""How a cell is written: every order of dates, decimal mark, unit, code, word, number format and text that the declaration covers.

Each column is spelt in one way, or in several where the declaration allows several; the column is told what chart.yaml must say.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from tests.readers.book import Cell, X
from tests.readers.choosing import Chooser
from tests.readers.facts import LABELS, Code, FromIndex, Nominal, Number, When, Word
from tests.readers.layouts import Column

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

MONTHS_IN = {
    "English": MONTHS,
    "German": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"),
    "French": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    "Spanish": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
}  # fmt: skip

#: Spellings of any kind of file.
SPELLINGS = {
    "order of dates": ("year-month-day", "day-month-year", "month-day-year"),
    "order declared": ("for the chart", "for the table", "for the column"),
    "a date as text": ("numbers", "unpadded", "dots", "name of the month", "with a midnight", "two digits of the year", "run together"),
    "a month": ("numbers", "name of the month"),
    "months in words": ("English", "German", "French", "Spanish"),
    "a number in words": ("no", "one of them"),
    "yes and no in words": ("no", "words of the column"),
    "decimal mark": ("point", "comma"),
    "decimal declared": ("for the chart", "for the column"),
    "a number as text": ("plain", "zeros behind", "a plus", "zeros before", "spaces around"),
    "a bound": ("close", "with a space"),
    "unit in the cell": ("no", "some cells"),
    "rounded": ("no", "to two decimals"),
    "codes": ("for the chart", "for the table", "for the column"),
    "a code": ("as declared", "in other letters"),
    "code words": ("ND, UNK, RF", "n/a, ?, -999", "x, -, ."),
    "nothing": ("blank", "spaces", "a code"),
    "yes and no": ("yes, no", "true, false", "ja, nein", "1, 0"),
    "sex": ("as it is", "words"),
    "a space": ("a space", "two spaces", "a line break", "a no-break space"),
    "a header": ("plain", "spaces in it", "a line break", "a twin in other letters"),
    "a label": ("as declared", "in other letters"),
    "a nominal day": ("plain", "a plus"),
}  # fmt: skip
CSV = {
    "delimiter": (",", ";", "tab", "|"),
    "delimiter declared": ("yes", "no"),
    "encoding": ("utf-8", "utf-8 with a mark", "cp1252", "latin-1"),
    "line end": ("line feed", "carriage return and line feed", "carriage return"),
    "quotation": ("where needed", "everywhere"),
    "last line": ("ended", "open"),
    "an id": ("as text", "spaces around"),
}
XLSX = {
    "a date": ("a date cell", "as text", "an ISO cell", "a plain number", "a time of day behind it"),
    "date format": (
        "dd/mm/yyyy",
        "mm-dd-yy",
        "d-mmm-yy",
        "yyyy\\-mm\\-dd;@",
        "[$-407]d\\. mmmm yyyy;@",
        '"on" dd.mm.yyyy',
        "m/d/yy h:mm",
        "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy",
    ),
    "a mixture of dates": ("no", "as they stand", "day and month swapped"),
    "formatted": ("not said", "as shown", "as stored"),
    "epoch": ("1900", "1904"),
    "a number": (
        "a number", "as text", "a formula", "with more digits than meant", "with an exponent", "shared text", "rich text",
    ),
    "number format": ("General", "0.00", "#,##0", "#,##0.00", "@", '0.0" kg"', "[Red]-0.0;0.0", "0.00E+00", "# ?/?"),
    "a text": ("shared", "inline", "rich text", "with a reading", "a formula"),
    "yes and no in a cell": ("text", "a truth value", "a number"),
    "an id in a cell": ("as text", "a number", "a number shown with zeros", "a number with a point"),
    "a sheet": ("visible", "hidden", "veryHidden"),
    "rows of a sheet": ("all shown", "some hidden", "filtered"),
    "columns of a sheet": ("all shown", "some hidden"),
    "targets": ("beside", "from the root"),
    "references": ("written", "left out"),
    "dimension": ("right", "wrong"),
    "merged heading": ("no", "yes"),
    "merged ids": ("no", "yes"),
    "an empty styled cell": ("no", "yes"),
    "other sheets": ("no", "yes"),
}  # fmt: skip
CODES = {
    "ND, UNK, RF": ("ND", "UNK", "RF"), "n/a, ?, -999": ("n/a", "?", "-999"), "x, -, .": ("x", "-", "."),
}  # fmt: skip
WORDS = {"yes, no": ("yes", "no"), "true, false": ("true", "false"), "ja, nein": ("ja", "nein"), "1, 0": ("1", "0")}
MEANT = ("not done", "unknown", "refused follow-up")


class Speller:
    """Spells the cells of one chart; its choices for the whole chart are made once."""

    def __init__(self, choose: Chooser, medium: str, dated: bool, seen: str, moved: int = 0) -> None:
        self.choose, self.medium, self.dated, self.seen, self.moved = choose, medium, dated, seen, moved
        self.order = choose.aspect("order of dates", SPELLINGS["order of dates"])
        self.order_at = choose.aspect("order declared", SPELLINGS["order declared"])
        self.mark = choose.aspect("decimal mark", SPELLINGS["decimal mark"])
        self.mark_at = choose.aspect("decimal declared", SPELLINGS["decimal declared"])
        self.codes_at = choose.aspect("codes", SPELLINGS["codes"])
        self.words = CODES[choose.aspect("code words", SPELLINGS["code words"])]
        self.codes = dict(zip(self.words, MEANT, strict=True))
        self.yes_no = WORDS[choose.aspect("yes and no", SPELLINGS["yes and no"])]
        self.epoch = choose.aspect("epoch", XLSX["epoch"]) if medium == "xlsx" else ""

    def chart(self) -> dict[str, Any]:
        """What chart.yaml says for the whole chart."""
        declared: dict[str, Any] = {} if self.dated else {"dated": "no"}
        declared |= {"shifted_dates": "yes"} if self.moved else {}
        if self.dated and self.order_at == "for the chart":
            declared["dates"] = self.order
        if self.mark_at == "for the chart":
            declared["decimal"] = self.mark
        if self.codes_at == "for the chart":
            declared["missing"] = self.codes
        if self.seen in MEANT:
            declared["seen"] = [self.words[MEANT.index(self.seen)]]
        if self.yes_no not in (("yes", "no"), ("true", "false")):
            declared["yes"], declared["no"] = [self.yes_no[0]], [self.yes_no[1]]
        return declared

    def table(self) -> dict[str, Any]:
        """What chart.yaml says for each table."""
        declared: dict[str, Any] = {}
        if self.dated and self.order_at == "for the table":
            declared["dates"] = self.order
        if self.codes_at == "for the table":
            declared["missing"] = self.codes
        return declared

    def prepare(self, column: Column, cells: list[Any]) -> None:
        """Choose how the column is spelt, knowing all its cells, and what chart.yaml then says of it."""
        if column.read and self.codes_at == "for the column":
            column.said["missing"] = self.codes
        if column.kind == "when":
            self._prepare_dates(column, cells)
        if column.kind in ("number", "pair", "any"):
            self._prepare_numbers(column, cells)
        if column.kind == "yes or no" and column.measure:
            self._prepare_yes_no(column)
        if column.kind == "words":
            column.spelt["sex"] = self.choose.aspect("sex", SPELLINGS["sex"])
            if column.spelt["sex"] == "words":
                column.said["words"] = {"female": "F", "male": "M"}

    def _prepare_dates(self, column: Column, cells: list[Any]) -> None:
        choose, spelt, said = self.choose, column.spelt, column.said
        if self.order_at == "for the column":
            said["dates"] = self.order
        spelt["a date as text"] = choose.aspect("a date as text", self._dresses())
        if spelt["a date as text"] == "two digits of the year":
            said["two_digit_years_from"] = "2000" if self.moved else "1950"
        spelt["language"] = choose.aspect("months in words", SPELLINGS["months in words"])
        # one form in a column: where a part of a column has another form, a spreadsheet may have changed it
        spelt["sign"] = choose.one(["/", "-"])
        if self.medium == "xlsx":
            whole = [cell for cell in cells if isinstance(cell, When) and cell.day]
            ways = (
                XLSX["a date"]
                if self.epoch == "1900"
                else tuple(way for way in XLSX["a date"] if way != "a plain number")
            )
            spelt["a date"] = choose.aspect("a date", ways if whole else ("as text",))
            spelt["date format"] = choose.aspect("date format", XLSX["date format"])
            if spelt["a date"] == "a plain number":
                said["serials"] = "yes"
            mixtures = XLSX["a mixture of dates"] if self.order == "day-month-year" and whole else ("no",)
            spelt["mixture"] = choose.aspect("a mixture of dates", mixtures)
            if spelt["mixture"] != "no":
                said["date_cells"] = spelt["mixture"]

    def _prepare_numbers(self, column: Column, cells: list[Any]) -> None:
        choose, spelt, said = self.choose, column.spelt, column.said
        if self.mark_at == "for the column":
            said["decimal"] = self.mark
        numbers = [cell for cell in cells if isinstance(cell, Number)]
        if column.kind == "number" and column.unit and numbers:
            spelt["unit"] = choose.aspect("unit in the cell", SPELLINGS["unit in the cell"])
            if spelt["unit"] == "some cells":
                said["unit_in_cell"] = "yes"
        if column.kind == "number" and numbers and all((cell.value * 100).denominator == 1 for cell in numbers):
            spelt["rounded"] = choose.aspect("rounded", SPELLINGS["rounded"])
            if spelt["rounded"] == "to two decimals":
                said["round_to"] = "2"
        whole = [cell for cell in numbers if not cell.bound]
        plainly = (
            column.kind == "number"
            and column.measure not in ("dose", "systolic", "diastolic")
            and not {"unit_in_cell", "round_to"} & set(said)
        )
        ways = SPELLINGS["a number in words"] if plainly and whole else ("no",)
        if choose.aspect("a number in words", ways) != "no":
            spelt["word"] = digits(choose.one(whole).value)
            said["words"] = {"As Before": spelt["word"]}
        if self.medium == "xlsx":
            fits = tuple(shape for shape in XLSX["number format"] if '"' not in shape or column.unit == "kg")
            spelt["number format"] = choose.aspect("number format", fits)
            plain = column.kind == "number" and "unit_in_cell" not in said and "round_to" not in said and numbers
            spelt["formatted"] = choose.aspect("formatted", XLSX["formatted"] if plain else ("not said",))
            if spelt["formatted"] != "not said":
                said["formatted"] = spelt["formatted"]

    def _prepare_yes_no(self, column: Column) -> None:
        choose, spelt, said = self.choose, column.spelt, column.said
        spelt["yes and no"] = choose.aspect("yes and no in words", SPELLINGS["yes and no in words"])
        if spelt["yes and no"] != "no":
            said["words"] = {"Better": "yes", "the Same": "no", "worse": "no"}

    def _dresses(self) -> tuple[str, ...]:
        return {
            "year-month-day": ("numbers", "with a midnight", "run together"),
            "day-month-year": (
                "numbers",
                "unpadded",
                "dots",
                "name of the month",
                "two digits of the year",
                "run together",
            ),
            "month-day-year": (
                "numbers",
                "unpadded",
                "dots",
                "name of the month",
                "two digits of the year",
                "run together",
            ),
        }[self.order]

    # --- Cells ------------------------------------------------------------------------------------------------------

    def spell(self, column: Column, said: Any) -> Cell:
        """One cell of a column."""
        kind = column.kind
        if kind == "pair":
            return self._pair(column, said)
        if said is None:
            return self._nothing(column)
        if isinstance(said, Code):
            return self._code(said.meaning)
        if isinstance(said, Word):
            return self._text(said.text)
        if kind == "id":
            return self._id(said)
        if kind == "when":
            return self._when(column, said)
        if kind in ("nominal", "part"):
            number = said.count if isinstance(said, FromIndex) else said.low if isinstance(said, Nominal) else said
            plus = (
                kind == "nominal"
                and number > 0
                and self.choose.aspect("a nominal day", SPELLINGS["a nominal day"]) == "a plus"
            )
            text = f"+{number}" if plus else str(number)
            return text if self.medium == "csv" else X("s" if plus else "n", text)
        if kind == "label":
            label = LABELS[said.count if isinstance(said, FromIndex) else said.low]
            return self._text(
                label if self.choose.aspect("a label", SPELLINGS["a label"]) == "as declared" else label.upper()
            )
        if isinstance(said, bool):
            if column.spelt.get("yes and no", "no") != "no":
                return self._text("better" if said else self.choose.one(["the same", "Worse"]))
            return self._yes_no(said)
        if isinstance(said, Number):
            if not said.bound and column.spelt.get("word") == digits(said.value):
                return self._text("as before")
            return self._number(column, said)
        if kind == "words":
            return self._text({"F": "female", "M": "male"}[said] if column.spelt["sex"] == "words" else said)
        return self._text(self._spaced(str(said)))

    def _nothing(self, column: Column) -> Cell:
        """A blank, or in a column where it changes nothing a code without a value."""
        harmless = (
            column.read and column.kind in ("text", "words") and not column.key.startswith(("what", "drug", "event"))
        )
        ways = SPELLINGS["nothing"] if harmless else ("blank", "spaces")
        way = self.choose.aspect("nothing", ways)
        if way == "a code":
            return self._code(self.choose.one(MEANT))
        if self.medium == "csv":
            return "  " if way == "spaces" else ""
        styled = self.choose.aspect("an empty styled cell", XLSX["an empty styled cell"]) == "yes"
        return X("s", "  ") if way == "spaces" else X("blank", format="dd/mm/yyyy") if styled else None

    def _code(self, meaning: str) -> Cell:
        word = self.words[MEANT.index(meaning)]
        if self.choose.aspect("a code", SPELLINGS["a code"]) == "in other letters":
            word = word.swapcase()
        if self.medium == "csv":
            return word
        return X("n", word) if word == "-999" and self.choose.yes() else self._text(word)

    def _id(self, patient: str) -> Cell:
        if self.medium == "csv":
            around = self.choose.aspect("an id", CSV["an id"]) == "spaces around"
            return f" {patient} " if around else patient
        ways = ["as text"]
        if patient.isdigit():
            ways += ["a number shown with zeros"] if patient.startswith("0") else ["a number", "a number with a point"]
        way = self.choose.aspect("an id in a cell", tuple(ways))
        if way == "a number shown with zeros":
            return X("n", str(int(patient)), "0" * len(patient))
        if way == "a number":
            return X("n", patient)
        return X("n", f"{patient}.0") if way == "a number with a point" else self._text(patient)

    def _yes_no(self, answer: bool) -> Cell:
        word = self.yes_no[0 if answer else 1]
        if self.medium == "csv":
            return word.upper() if self.choose.yes() else word
        ways = ["text"] + ["a truth value"] * (word in ("true", "false")) + ["a number"] * word.isdigit()
        way = self.choose.aspect("yes and no in a cell", tuple(ways))
        if way == "a truth value":
            return X("b", "1" if answer else "0")
        return X("n", word) if way == "a number" else self._text(word)

    def _spaced(self, text: str) -> str:
        if " " not in text:
            return text
        way = self.choose.aspect("a space", SPELLINGS["a space"])
        space = {"a space": " ", "two spaces": "  ", "a line break": "\n", "a no-break space": "\xa0"}[way]
        return text.replace(" ", space)

    def _text(self, text: str) -> Cell:
        if self.medium == "csv":
            return text
        way = self.choose.aspect("a text", XLSX["a text"])
        kind = {
            "shared": "s",
            "inline": "inline",
            "rich text": "rich",
            "with a reading": "phonetic",
            "a formula": "str",
        }[way]
        return X(kind, text, formula="A1" if kind == "str" else "")

    # --- Numbers ----------------------------------------------------------------------------------------------------

    def _pair(self, column: Column, said: Any) -> Cell:
        if said[0] is None:
            return self._nothing(column)
        if isinstance(said[0], Code):
            return self._code(said[0].meaning)
        slash = self.choose.one(["/", " / "])
        return self._text(f"{digits(said[0].value)}{slash}{digits(said[1].value)}")

    def _number(self, column: Column, said: Number) -> Cell:
        choose, value = self.choose, said.value
        with_unit = column.spelt.get("unit") == "some cells" and choose.yes()
        if self.medium == "xlsx" and not said.bound and not with_unit:
            way = choose.aspect("a number", XLSX["a number"])
            cell = self._number_cell(column, value, way)
            if cell is not None:
                return cell
        text = self._number_text(column, said)
        if with_unit:
            text += choose.one([" ", ""]) + column.unit
        elif choose.aspect("a number as text", SPELLINGS["a number as text"]) == "spaces around":
            text = f"  {text} "
        return text if self.medium == "csv" else X("s", text)

    def _number_text(self, column: Column, said: Number) -> str:
        value = said.value
        sign, plain = "-" if value < 0 else "", digits(abs(value))
        if column.spelt.get("rounded") == "to two decimals":
            whole, _, decimals = plain.partition(".")
            plain = f"{whole}.{decimals:0<2}0000001"
        elif not said.bound:
            dress = self.choose.aspect("a number as text", SPELLINGS["a number as text"])
            if dress == "zeros behind":
                plain += "00" if "." in plain else ".00"
            elif dress == "zeros before":
                plain = "00" + plain
            elif dress == "a plus" and not sign:
                sign = "+"
        bound = said.bound
        if bound and self.choose.aspect("a bound", SPELLINGS["a bound"]) == "with a space":
            bound += " "
        return bound + sign + (plain.replace(".", ",") if self.mark == "comma" else plain)

    def _number_cell(self, column: Column, value: Fraction, way: str) -> X | None:
        stored, shape = float(value), column.spelt.get("number format", "General")
        if column.spelt.get("formatted", "not said") != "not said":
            return self._formatted(value, column.spelt["formatted"])
        if column.spelt.get("rounded") == "to two decimals":
            return X("n", repr(stored + 1e-9 * (1 if value >= 0 else -1)), shape)
        if way == "a number":
            return X("n", repr(stored) if value.denominator > 1 else str(int(value)), shape)
        if way == "a formula":
            return X("n", repr(stored), shape, formula="B2*1")
        if way == "with more digits than meant" and value.denominator > 1:
            return X("n", repr(stored * (1 + 2e-16)), shape)
        if way == "with an exponent":
            return X("n", f"{stored:.16e}".replace("e", "E"), shape)
        if way == "rich text":
            return X("rich", self._number_text(column, Number(value)))
        if way == "shared text":
            return X("s", self._number_text(column, Number(value)))
        return None

    def _formatted(self, value: Fraction, way: str) -> X:
        """A number that its format shows otherwise than it is kept."""
        shape, factor = self.choose.one(
            [("0.0%", Fraction(1, 100)), ("0.0,", Fraction(1000)), ("0.00%", Fraction(1, 100))]
        )
        return X("n", repr(float(value * factor if way == "as shown" else value)), shape)

    # --- Dates ------------------------------------------------------------------------------------------------------

    def _when(self, column: Column, day: When) -> Cell:
        if self.medium == "csv":
            return self.date_text(column, day)
        way, mixture = column.spelt["a date"], column.spelt["mixture"]
        if mixture != "no" and day.day:
            if day.day > 12:
                return X("s", f"{day.day:02}/{day.month:02}/{day.year}")
            turned = day.first.replace(month=day.day, day=day.month) if mixture != "as they stand" else day.first
            return X("n", str(serial(turned, self.epoch)), "dd/mm/yyyy")
        if not day.day or way == "as text":
            return self._text(self.date_text(column, day))
        if way == "an ISO cell":
            return X("d", day.first.isoformat(), column.spelt["date format"])
        number = str(serial(day.first, self.epoch))
        if way == "a plain number":
            return X("n", number)
        if way == "a time of day behind it":
            number += self.choose.one([".5", ".000011574074074", ".9999884259259259", ".25"])
        return X("n", number, column.spelt["date format"])

    def _shortened(self, name: str) -> str:
        """The beginning of a month's name that no other month shares in any of the languages."""
        return name[: 4 if name.startswith("jui") else 3]

    def date_text(self, column: Column, day: When) -> str:
        """A date as text, in the order of the chart."""
        order, dress = self.order, column.spelt["a date as text"]
        year, month, date = day.year, day.month, day.day
        if not month:
            return str(year)
        name = MONTHS_IN[column.spelt["language"]][month - 1]
        if not date:
            if self.choose.aspect("a month", SPELLINGS["a month"]) == "name of the month":
                return f"{self.choose.one([name, self._shortened(name)])} {year}"
            return f"{year}-{month:02}" if order == "year-month-day" else f"{month:02}/{year}"
        if dress == "run together":
            return f"{date:02}{self._shortened(name).upper()}{year}"
        if order == "year-month-day":
            return f"{year}-{month:02}-{date:02}" + (
                self.choose.one([" 00:00", "T00:00:00"]) if dress == "with a midnight" else ""
            )
        day_first = order == "day-month-year"
        if dress == "name of the month":
            short = self.choose.one([name, self._shortened(name)])
            space = {"/": " ", "-": "-"}[column.spelt["sign"]]
            return f"{date}{space}{short}{space}{year}" if day_first else f"{short} {date}, {year}"
        one, other = (date, month) if day_first else (month, date)
        if dress == "unpadded":
            return f"{one}/{other}/{year}"
        if dress == "two digits of the year":
            return f"{one}/{other}/{year % 100:02}"
        sign = "." if dress == "dots" else column.spelt["sign"]
        return f"{one:02}{sign}{other:02}{sign}{year}"


def digits(value: Fraction) -> str:
    """A decimal with up to six places, exactly."""
    scaled = value * 10**6
    assert scaled.denominator == 1, value
    whole, decimals = divmod(abs(int(scaled)), 10**6)
    text = f"{whole}.{decimals:06}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 else text


def serial(date: dt.date, epoch: str) -> int:
    """The number under which a workbook keeps a date after February 1900."""
    first = dt.date(1904, 1, 1) if epoch == "1904" else dt.date(1899, 12, 30)
    return (date - first).days
