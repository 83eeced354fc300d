"""Measures: what is read before and after the drug."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema, model_validator

from caseseries.protocol.counted import Counted
from caseseries.protocol.derived import Better, Difference, PerKg, Ratio, Sum, Weighted
from caseseries.protocol.grades import grade_key, grade_place
from caseseries.protocol.items import Items
from caseseries.protocol.normal_limits import NormalLimits, check_limits, one_or_several
from caseseries.protocol.written import Days, Number, Written, YesNo, folded, known_kind, mistake
from caseseries.protocol.zero_baseline import IfZero, no_percent

BetterAnswer = Annotated[
    Literal["yes", "no"],
    BeforeValidator(lambda written: ("yes" if written else "no") if isinstance(written, bool) else written),
]
DoseUnit = Literal["prednisone mg/day", "prednisone mg/kg/day", "mg/day", "mg/kg/day"]


def _grade(written: Any) -> str:
    text = " ".join(str(written).split()) if isinstance(written, str | int) and not isinstance(written, bool) else ""
    try:
        if text and text.isprintable():
            grade_key(text)
            return text
    except ValueError:
        pass
    raise mistake("not a grade", 'a short word or sign, such as "0", "0.5+" or mild; no percent')


Limits = Annotated[
    tuple[NormalLimits, ...],
    BeforeValidator(one_or_several, json_schema_input_type=NormalLimits | tuple[NormalLimits, ...]),
]

#: One of the ordered words of a measure, as it is printed.
Grade = Annotated[str, BeforeValidator(_grade), WithJsonSchema({"type": "string", "examples": ["0.5+"]})]


class Instrument(Written):
    """A measure of the catalogue, such as `MMT8`; unit, range and direction come from there.

    `range`, `unit`, `better` override the catalogue for this study, and the report says so. `label` is how the report calls it. `limits` are
    limits of normal for values whose row has none of its own. `blank_days: zero` says that an observed day without an entry was one of 0, where days
    are added up or averaged. `if_zero_baseline` says what a percent of a value of 0 before is; without it, not evaluable.
    """

    instrument: str
    label: str = ""
    unit: str | None = None
    range: tuple[Number, Number] | None = None
    better: Better | None = None
    censored: Literal["not evaluable", "limit"] = "not evaluable"
    limits: Limits = ()
    blank_days: Literal["zero"] | None = None
    if_zero_baseline: IfZero | None = None

    @model_validator(mode="after")
    def _limits_apart(self) -> Self:
        check_limits(self.limits)
        return self


class Custom(Written):
    """A measure that the catalogue does not know, described here; `label` is how the report calls it, in place of its name.

    `limits` are limits of normal for values whose row has none of its own. `blank_days: zero` says of a diary in which only days with something are
    written down that an observed day without an entry was one of 0, where days are added up or averaged. `if_zero_baseline` is as of an instrument.
    """

    quantity: str
    label: str = ""
    unit: str
    range: tuple[Number, Number] | None = None
    better: Better
    source: str = ""
    censored: Literal["not evaluable", "limit"] = "not evaluable"
    limits: Limits = ()
    blank_days: Literal["zero"] | None = None
    if_zero_baseline: IfZero | None = None

    @model_validator(mode="after")
    def _limits_apart(self) -> Self:
        check_limits(self.limits)
        return self


class Graded(Written):
    """Ordered words, such as the grades of cells in the anterior chamber; only their order and the steps between them exist.

    `grades` stand from the lowest to the highest, and `better` says at which end it is better. `words` says which grade another
    spelling of the chart means (`{trace: 0.5+}`). `label` is how the report calls the measure.
    """

    grades: tuple[Grade, ...]
    better: Literal["high", "low"]
    words: dict[str, Grade] = {}
    label: str = ""

    @model_validator(mode="before")
    @classmethod
    def _no_percent(cls, written: Any) -> Any:
        return no_percent(written, "grades")

    @model_validator(mode="after")
    def _check(self) -> Graded:
        if len(self.grades) < 2:
            raise mistake(
                "a measure with grades has at least two", "the grades from the lowest to the highest", at=("grades",)
            )
        for place, grade in enumerate(self.grades):
            if grade_place(self.grades[:place], grade) is not None:
                raise mistake(
                    "two grades look the same",
                    "each grade once, from the lowest to the highest",
                    at=("grades", str(place)),
                )
        for word, meaning in self.words.items():
            if grade_place(self.grades, meaning) is None:
                raise mistake(
                    "a word means a grade that the measure has not", ", ".join(self.grades), at=("words", word)
                )
            own = [grade for grade in self.grades if folded(grade) == folded(word)]
            if own and grade_place(self.grades, meaning) != grade_place(self.grades, own[0]):
                raise mistake(
                    f"`{word}` is a grade itself, and means another one here", do="leave it out", at=("words", word)
                )
        return self


class Judgement(Written):
    """A physician's opinion, yes or no, since a stated moment.

    `better` says whether yes is the better answer (improved: yes) or the worse (flare: no); best and worst need it.
    """

    judgement: str
    since: Literal["index date", "last visit"]
    better: BetterAnswer | None = None
    judged_by: str = "not stated"
    recorded: Literal["contemporaneous", "inferred from notes", "not stated"] = "not stated"
    blinded: Literal["yes", "no", "not stated"] = "not stated"

    @model_validator(mode="before")
    @classmethod
    def _no_percent(cls, written: Any) -> Any:
        return no_percent(written, "a judgement")


class DailyDose(Written):
    """What the patient took per day of a group of drugs, on arrival at the visit.

    `source: courses` adds up the courses active on that day, each times its prednisone equivalent where `as`
    begins with prednisone; `source: visits` takes the dose written at the visit. `if_zero_baseline` is needed
    once a percent of a zero dose is asked for. A day outside the recorded courses of a patient who has some counts as 0 with
    `outside_courses: zero`; it is needed once a dose is asked for on such a day. A patient with no course of the group at all
    is "not recorded", never 0. `label` is how the report calls it.
    """

    daily_dose: str
    label: str = ""
    as_: DoseUnit = Field(alias="as")
    source: Literal["courses", "visits"] = "courses"
    outside_courses: Literal["zero", "not evaluable"] | None = None
    pulses: Literal["apart", "included"] = "apart"
    if_zero_baseline: IfZero | None = None
    weight: str | None = None
    weight_within: Days | None = None

    @property
    def per_kg(self) -> bool:
        """Whether the dose is per kilogram of body weight."""
        return self.as_.endswith("mg/kg/day")

    @property
    def equivalents(self) -> bool:
        """Whether doses are added up as prednisone equivalents."""
        return self.as_.startswith("prednisone")


_KEYS = {
    "instrument": "instrument",
    "judgement": "judgement",
    "daily_dose": "daily_dose",
    "quantity": "quantity",
    "grades": "grades",
    "count": "count",
    "sum": "sum",
    "weighted": "weighted",
    "difference": "difference",
    "ratio": "ratio",
    "per_kg": "per_kg",
    "items": "items",
}


def _kind(value: Any) -> str | None:
    if isinstance(value, Written):
        fields = type(value).model_fields
        return next((key for key in _KEYS if key in fields), None)
    return next((key for key in _KEYS if isinstance(value, dict) and key in value), None)


Measure = Annotated[
    Annotated[Instrument, Tag("instrument")]
    | Annotated[Judgement, Tag("judgement")]
    | Annotated[DailyDose, Tag("daily_dose")]
    | Annotated[Custom, Tag("quantity")]
    | Annotated[Graded, Tag("grades")]
    | Annotated[Counted, Tag("count")]
    | Annotated[Sum, Tag("sum")]
    | Annotated[Weighted, Tag("weighted")]
    | Annotated[Difference, Tag("difference")]
    | Annotated[Ratio, Tag("ratio")]
    | Annotated[PerKg, Tag("per_kg")]
    | Annotated[Items, Tag("items")],
    Discriminator(_kind),
    known_kind(
        _kind,
        "what kind of measure this is, is not said",
        "instrument, judgement, daily_dose, quantity, grades, count, sum, weighted, difference, ratio, per_kg, items",
        "begin with one of these, such as {instrument: CMAS}",
    ),
]


def limits_of(measure: Measure) -> tuple[NormalLimits, ...]:
    """The limits of normal that the protocol gives a measure; none of one that is no number."""
    return measure.limits if isinstance(measure, Instrument | Custom) else ()


class Monitored(Written):
    """A count that tells how safety was looked for, such as neutrophil counts per patient-year."""

    measure: str
    below: Number | None = None
    above: Number | None = None
    report: YesNo = True
