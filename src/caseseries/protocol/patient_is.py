"""Facts of a patient on which a limit may depend: sex, and age at the index date."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from caseseries.protocol.written import Written, Years, mistake


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
    """One fact of the patient: `{sex: female}` or `{age: {below: 6 years}}`."""

    sex: Literal["female", "male"] | None = None
    age: AgeBounds | None = None

    @model_validator(mode="after")
    def _one(self) -> PatientFact:
        if (self.sex is None) is (self.age is None):
            raise mistake("one fact of the patient is asked for", "sex: female, sex: male, age: {below: 6 years}")
        return self
