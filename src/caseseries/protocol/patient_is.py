"""Facts of a patient on which a limit may depend: sex, age at the index date, and attributes that the chart keeps."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from caseseries.protocol.unknown_words import says_unknown
from caseseries.protocol.written import Written, Years, folded, mistake


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


#: One word of an attribute or several.
Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class AgeBounds(Written):
    """Age in whole years by calendar birthday."""

    below: Years | None = None
    at_least: Years | None = None

    @model_validator(mode="after")
    def _some(self) -> AgeBounds:
        if self.below is None and self.at_least is None:
            raise mistake("no bound of age is given", "below, at_least")
        return self


class PatientFact(Written):
    """One fact of the patient: `{sex: female}`, `{age: {below: 6 years}}` or `{attribute: course, is: [acute, chronic]}`.

    An attribute is one that the chart description keeps (`attributes` of the table of patients); `is` names one of its words or several,
    case and spacing ignored.
    """

    sex: Literal["female", "male"] | None = None
    age: AgeBounds | None = None
    attribute: str | None = None
    is_: Words = Field((), alias="is")

    @model_validator(mode="after")
    def _one(self) -> PatientFact:
        if [self.sex, self.age, self.attribute].count(None) != 2:
            allowed = "sex: female, sex: male, age: {below: 6 years}, {attribute: course, is: acute}"
            raise mistake("one fact of the patient is asked for", allowed)
        if (self.attribute is None) is not (not self.is_):
            what = "an attribute is asked for with the words that it must be"
            raise mistake(what, "{attribute: course, is: acute}, {attribute: course, is: [acute, chronic]}")
        if self.attribute is not None:
            check_name(self.attribute)
        check_words(self.is_, "is")
        return self


def check_name(attribute: str) -> None:
    """Refuse what cannot be the name of an attribute."""
    if not attribute.strip() or set(attribute) & set(":;"):
        raise mistake("not the name of an attribute", "a name without : and ;", at=("attribute",))


def check_words(words: tuple[str, ...], field: str) -> None:
    """Refuse words of an attribute that say nothing, or of which two are one."""
    plain = [folded(word) for word in words]
    for place, word in enumerate(plain):
        if not word or says_unknown(word):
            what = "this says no more than a blank: a patient of whom it is not known is neither"
            raise mistake(what, "a word of the attribute", at=(field, str(place)))
        if plain.index(word) < place:
            raise mistake("this word stands twice", "each word once", at=(field, str(place)))
