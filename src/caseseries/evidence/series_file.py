"""Published series as a file: the catalogue's own and the user's, read and refused in the same way."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from pkgutil import get_data
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from caseseries.catalogue.citation import SURE, Reliability
from caseseries.errors import InputError
from caseseries.protocol.problems import validate
from caseseries.protocol.written import Count, Written, mistake
from caseseries.protocol.yaml import Document, read
from caseseries.stats.grim import printed


def _plain(text: str) -> str:
    try:
        printed(text)
    except ValueError:
        raise mistake("not a printed number", "digits and a point, such as 10.6", "write it as it is printed") from None
    return text


Printed = Annotated[str, AfterValidator(_plain)]
Said = Annotated[str, Field(min_length=1)]


class PrintedMean(Written):
    """A mean of whole numbers as it is printed: of what, of how many patients, with the range that is possible."""

    of: Said
    n: Count
    mean: Printed
    sd: Printed | None = None
    items: Count = 1
    least: int
    most: int
    note: str = ""

    @model_validator(mode="after")
    def _possible(self) -> PrintedMean:
        if self.n < 1 or self.items < 1:
            raise mistake("a mean is of at least one number", "n and items of 1 or more", at=("n",))
        if self.least > self.most:
            raise mistake("the range ends before it begins", "least, then most", at=("most",))
        return self


class PublishedSeries(Written):
    """One series: who, treated with what, how many, how many responded by which definition, and where that is printed.

    `mark` says how it is known: read, read weak, derived, or recalled H, M, L; `recalled` what of the citation is from memory.
    """

    label: str = ""
    paper: Said
    doi: str = ""
    disease: Said
    drug: Said
    n: Count
    responders: Count | None = None
    evaluable: Count | None = None
    response: Said
    from_: Annotated[str, Field(alias="from", min_length=1)]
    mark: Reliability | Literal["declared by the study"]
    recalled: str = ""
    note: str = ""
    means: tuple[PrintedMean, ...] = ()

    @model_validator(mode="after")
    def _counted(self) -> PublishedSeries:
        if self.n < 1:
            raise mistake("a series has at least one patient", "a whole number of 1 or more", at=("n",))
        for name in ("responders", "evaluable"):
            count = getattr(self, name)
            if count is not None and count > self.n:
                raise mistake(f"more than the {self.n} patients of the series", f"0 to {self.n}", at=(name,))
        if self.responders is not None and self.evaluable is not None and self.responders > self.evaluable:
            raise mistake("more than could be judged", f"0 to {self.evaluable}", at=("responders",))
        return self

    @property
    def known(self) -> str:
        """Where it was taken from, and what of it is from memory: `abstract [read]`."""
        sure = self.mark if self.mark in SURE or self.mark.startswith("read") else "recalled"
        return f"{self.from_} [{sure}]{f'; [recalled]: {self.recalled}' if self.recalled else ''}"

    @property
    def source(self) -> str:
        """The citation with its DOI."""
        return f"{self.paper}{f'. doi:{self.doi}' if self.doi else ''}"


class SeriesFile(Written):
    """A file of series, each under a name of its own."""

    series: dict[str, PublishedSeries]


def read_series(path: str | Path) -> Mapping[str, PublishedSeries]:
    """The series of a user's file.

    Raises:
        InputError: with every mistake and its line.
    """
    return _series(read(Path(path), error=InputError))


@cache
def catalogue_series() -> Mapping[str, PublishedSeries]:
    """The series of the catalogue.

    >>> catalogue_series()["dagher2012"].responders
    6
    """
    content = get_data("caseseries.catalogue", "data/series.yaml")
    assert content is not None
    return _series(read(content, file="series.yaml", error=InputError))


def _series(document: Document) -> Mapping[str, PublishedSeries]:
    found = validate(SeriesFile, document, error=InputError).series
    return {name: one if one.label else one.model_copy(update={"label": name}) for name, one in found.items()}
