"""The stratum of one patient, as an outcome tells its answers apart."""

from __future__ import annotations

from caseseries.chart.tables import Person
from caseseries.protocol.strata import Strata
from caseseries.protocol.unknown_words import says_unknown
from caseseries.reference.record import Indexed, folded, sex_of


def stratum_of(study: Indexed, by: Strata, person: Person) -> tuple[str, str]:
    """What the stratum is (`is`, `other`, `not known`), and its word as the protocol or most patients of the chart write it."""
    if by.attribute is None:
        sex = sex_of(study, person)
        return ("is", "female" if sex == "F" else "male") if sex else ("not known", "")
    said = folded(dict(person.attributes).get(by.attribute, ""))
    if not said or says_unknown(said):
        return "not known", ""
    named = {folded(word): word for word in by.of}
    if named:
        return ("is", named[said]) if said in named else ("other", "")
    every = [
        " ".join(word.split())
        for one in study.chart.people
        for name, word in one.attributes
        if name == by.attribute and folded(word) == said
    ]
    return "is", min(every, key=lambda word: (-every.count(word), word))
