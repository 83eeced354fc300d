"""Free text that may tell who a patient is: dates, and what looks like the identifier of a person; by signs, so a name alone is not known as one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Protocol

_DATE = re.compile(
    r"\b(?:(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:0?[1-9]|[12]\d|3[01]))?"
    r"|(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:(?:19|20)?\d\d))\b"
    r"|\b(?:\d{1,2}\.? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? (?:\d{1,2}, )?(?:19|20)\d\d\b",
    re.IGNORECASE,
)
#: An address of mail; a national number such as 010180-1234 or 123-45-6789; a telephone number; letters and a long number; a name with a title.
_PERSON = re.compile(
    r"\S@\S+\.\S"
    r"|\b\d{6}[-+]\d{3,4}[0-9A-Z]?\b|\b\d{3}-\d{2}-\d{4}\b"
    r"|\b\d{2,5}(?:[ /-]\d{2,5}){3,}\b"
    r"|\b[A-Za-z]{1,4}[-_# ]?\d{5,}\b"
    r"|\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|Mme|Mlle|Sra?|Sig|Dhr|Mevr)\b\.? ?(?=[^\W\d_a-z])"
)
#: So many digits are the number of a person, unless all patients have numbers and these differ in length, as counts do.
_LONG_NUMBER = re.compile(r"(?<![\d.,])\d{7,}(?![\d.,])")
#: `Name, Given name`.
_NAMED = re.compile(r"[^\W\d_a-z][^\W\d_]+(?:[-' ][^\W\d_]+)*, [^\W\d_a-z][^\W\d_]*\.?(?:[ -][^\W\d_]+\.?)*")
#: Attributes that are a person's by their own name.
_IDENTIFYING = frozenset(
    (
        "name", "names", "surname", "initials", "mrn", "ssn", "phone", "telephone", "address", "email", "mail", "e-mail", "patient name",
        "name of patient", "full name", "family name", "last name", "first name", "given name", "hospital number",
        "patient number", "case number", "kis", "fallnummer",
        "patientennummer", "nachname", "vorname", "telefon",
        "initialen", "nom", "prénom", "prenom", "apellido", "apellidos", "nombre", "cognome", "nome", "naam",
    )
)  # fmt: skip
#: Counted in place of the words of an attribute that tells who a patient is.
WITH_THE_PATIENTS = "told with the patients only"


class Attributed(Protocol):
    """A patient, or one of their cases, with the attributes of the patient."""

    @property
    def patient(self) -> str:
        """The patient's id."""

    @property
    def attributes(self) -> tuple[tuple[str, str], ...]:
        """Name and word of each column that the chart description keeps."""


def without_dates(text: str) -> str:
    """Free text of a chart without calendar dates: a report shows ages and study days only.

    >>> without_dates("stopped 2009-03-14 (rash)"), without_dates("10-5 mg"), without_dates("since May 2007")
    ('stopped [date] (rash)', '10-5 mg', 'since [date]')
    """
    return _DATE.sub("[date]", text)


def private_attributes(people: Iterable[Attributed]) -> Mapping[str, tuple[str, ...]]:
    """The attributes of patients that hold a date, or what looks like the identifier of a person, each with these words.

    Such an attribute has no levels: it stands with the patients alone.

    >>> from caseseries.chart.tables import Person
    >>> told = [("onset", "acute"), ("seen", "2009-03-14")]
    >>> private_attributes([Person("P1", 1, attributes=tuple(told))])
    {'seen': ('2009-03-14',)}
    """
    words: dict[str, dict[str, str]] = {}
    for person in people:
        for name, word in person.attributes:
            if word.strip():
                words.setdefault(name, {})[person.patient] = word.strip()
    return {name: found for name, of_patient in words.items() if (found := _private(name, of_patient))}


def _private(name: str, of_patient: Mapping[str, str]) -> tuple[str, ...]:
    """The words of an attribute, by patient, that tell who the patient is."""
    every = tuple(dict.fromkeys(of_patient.values()))
    if " ".join(name.casefold().replace("_", " ").split()) in _IDENTIFYING:
        return every
    distinct = len(every) == len(of_patient)
    own = all(patient.casefold() == word.casefold() for patient, word in of_patient.items())
    if own and (len(of_patient) > 2 or not all(word.isdecimal() for word in every)):
        return every
    if distinct and len(every) > 1 and all(_NAMED.fullmatch(word) for word in every):
        return every
    counts = all(word.isdecimal() for word in every) and len({len(word) for word in every}) > 1
    ids = {patient.casefold() for patient in of_patient if not patient.isdecimal()}
    return tuple(
        word
        for word in every
        if _DATE.search(word)
        or _PERSON.search(word)
        or (_LONG_NUMBER.search(word) and not counts)
        or (word.casefold() in ids and any(sign.isdecimal() for sign in word))
    )
