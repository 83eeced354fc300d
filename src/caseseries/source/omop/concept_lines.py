"""What was found in a vocabulary as lines for `concepts:` of a protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseseries.form.quote import quoted
from caseseries.protocol.written import folded
from caseseries.source.omop.vocabulary import FoundConcept

#: Where rows of a domain usually stand, as `table` of a concept set says it.
_USUAL: Mapping[str, str] = {
    "drug": "drug", "condition": "condition", "measurement": "measurement", "observation": "observation",
    "procedure": "procedure",
}  # fmt: skip
#: Domains of which a name is looked for in the usual table without a word.
_UNSAID = ("condition", "measurement")


def place_of(one: FoundConcept) -> str:
    """Where the rows of a concept stand: in this database, or else by its domain."""
    domain = one.domain.lower()
    if domain == "drug":
        return "drug"  # a drug is looked for nowhere else
    held = [count.place for count in one.carried if count.place != "drug"]
    return held[0] if held else _USUAL.get(domain, "condition")


def concept_set(one: FoundConcept) -> str:
    """The concept set of one concept: its id, or, where it is no standard one, the code that the vocabulary maps.

    >>> concept_set(FoundConcept(3004249, "Systolic", "Measurement", "LOINC", "Lab Test", "8480-6", "standard"))
    '{ids: [3004249]}'
    >>> one = FoundConcept(1, "JDM", "Condition", "ICD10CM", "code", "M33.00", "not standard", maps_to=((80182, "Dermatomyositis"),))
    >>> concept_set(one)
    '{codes: {ICD10CM: ["M33.00"]}}'
    """
    place, domain = place_of(one), one.domain.lower()
    parts = [f"ids: [{one.id}]"]
    if one.maps_to and one.vocabulary and one.code:
        parts = [f"codes: {{{quoted(one.vocabulary)}: [{_text(one.code)}]}}"]
    if place != "drug" and not (domain in _UNSAID and place == domain):
        parts.append(f"table: {place}")
    return f"{{{', '.join(parts)}}}"


def _text(code: str) -> str:
    plain = quoted(code)
    return plain if plain.startswith('"') else f'"{plain}"'


def concept_lines(concepts: Sequence[FoundConcept]) -> list[tuple[FoundConcept, str]]:
    """Each concept with its line; names are those of the vocabulary, with the id behind one that another has already."""
    lines, taken = [], set[str]()
    for one in concepts:
        name = one.name or str(one.id)
        if folded(name) in taken:
            name = f"{name} ({one.id})"
        taken.add(folded(name))
        lines.append((one, f"{quoted(name)}: {concept_set(one)}"))
    return lines
