"""Strata of an outcome: its answers by sex, or by an attribute that the chart keeps."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from caseseries.protocol.patient_is import Words, check_name, check_words
from caseseries.protocol.written import Written, YesNo, mistake

SEX = "sex"


class Strata(Written):
    """By what the answers of an outcome are told apart: `sex`, or an attribute of the table of patients (`{attribute: course, of: [acute, late]}`).

    Without `of` every word of the attribute is a stratum; with it the words named are, and all others together are one more.
    """

    attribute: str | None = None
    sex: YesNo = False
    of: Words = ()

    @model_validator(mode="after")
    def _one(self) -> Strata:
        if (self.attribute is None) is not self.sex:
            raise mistake(
                "by what the answers are told apart, is said in one way",
                "sex, ATTRIBUTE, {attribute: course, of: [acute, late]}",
            )
        if self.sex and self.of:
            raise mistake("`of` names words of an attribute", do="leave `of` out", at=("of",))
        if self.attribute is not None:
            check_name(self.attribute)
        check_words(self.of, "of")
        return self

    @property
    def name(self) -> str:
        """By what: `sex`, or the attribute."""
        return SEX if self.attribute is None else self.attribute


def _by(value: Any) -> Any:
    if value == SEX:
        return {"sex": True}
    return {"attribute": value} if isinstance(value, str) else value


#: `by: sex`, `by: ATTRIBUTE`, or with `of`.
By = Annotated[Strata, BeforeValidator(_by)]
