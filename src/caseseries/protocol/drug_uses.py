"""Where a protocol's drugs and groups of drugs decide something, and what belongs to each of them."""

from __future__ import annotations

from collections.abc import Iterable

from caseseries import catalogue
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.eligibility import ConcurrentDrug, PriorDrug
from caseseries.protocol.every_rule import unchanged_drugs
from caseseries.protocol.measures import forms, ingredients
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import folded

_LOCAL = " (local)"

#: What is told of courses of a local route.
LOCAL_ROWS = (
    "a local route (a cream, drops, a joint ...): such a row counts among no drugs of a class, and in no daily dose"
)

#: What is told of a dose in prednisone equivalents by another route.
OTHER_ROUTE = (
    "prednisone equivalents are stated for doses by mouth or into a vein; by another systemic route (a depot lasts longer than "
    "its day) the amount counts with them on the days of the course"
)

#: The uses of drugs that conclude from no row that nobody took one.
PRIOR_USES = ("an earlier drug", "a concurrent drug", "an unchanged drug", "earlier drugs of a group")


def drug_uses(protocol: Protocol) -> tuple[tuple[str, str], ...]:
    """What is asked of drugs, in words, and the drug or group that is named there; a drug that nobody knows may be in any of them.

    A dose that is written at visits asks no drug row.
    """
    found: dict[tuple[str, str], None] = {}
    index = protocol.case.index_date
    if isinstance(index, FirstExposure):
        found["the index date", index.first_exposure] = None
    for criterion in (*protocol.include, *protocol.exclude):
        if isinstance(criterion, PriorDrug):
            found["an earlier drug", criterion.prior_drug] = None
        if isinstance(criterion, ConcurrentDrug):
            found["a concurrent drug", criterion.concurrent_drug] = None
    for name, dose in protocol.doses.items():
        if dose.source == "courses":
            found[f"the daily dose {name}", dose.daily_dose] = None
    for drug in unchanged_drugs(protocol):
        found["an unchanged drug", drug] = None
    for drug in protocol.intercurrent.rescue.drugs:
        found["a rescue drug", drug] = None
    if protocol.intercurrent.pulse.verdict != "as observed":
        found["a pulse", "systemic glucocorticoids"] = None
    for group in protocol.prior_groups:
        found["earlier drugs of a group", group] = None
    return tuple(found)


def unnamed(group: str) -> str:
    """The name under which a course of a drug is kept of which only the group is known.

    >>> unnamed("Biologics ")
    'unnamed biologics'
    """
    return f"unnamed {' '.join(group.split()).casefold()}"


def local_form(drug: str) -> str:
    """The name under which a course of a drug is kept that is given where it acts: a cream, eye drops, an injection into a joint.

    Classes of drugs are of what reaches the whole body, so that it belongs to the drug of that name and to no class.

    >>> local_form("triamcinolone")
    'triamcinolone (local)'
    """
    return f"{drug}{_LOCAL}"


def whole_drug(drug: str) -> str:
    """The drug itself, of a course that is given locally or not.

    >>> whole_drug("triamcinolone (local)"), whole_drug("triamcinolone")
    ('triamcinolone', 'triamcinolone')
    """
    return drug.removesuffix(_LOCAL)


def local_only(asked: Iterable[frozenset[str]]) -> frozenset[str]:
    """The drugs that something is asked of as of a class, so that a course of a local route is none of it.

    >>> sorted(local_only([frozenset({"prednisone", "prednisolone"}), frozenset({"cortisone", "cortisone (local)"})]))
    ['prednisolone', 'prednisone']
    """
    return frozenset(
        drug for group in asked for drug in group if whole_drug(drug) == drug and local_form(drug) not in group
    )


def group_of(protocol: Protocol, name: str) -> str:
    """The group that a name stands for, of the protocol or of the catalogue; empty where it is none."""
    wanted = folded(name)
    own = [*protocol.drug_groups, *(group for drug in protocol.drugs.values() for group in drug.groups)]
    found = next((group for group in own if folded(group) == wanted), "")
    return found or catalogue.drug_class(name)


def drugs_of(protocol: Protocol, drug_or_group: str) -> frozenset[str]:
    """Every name of a drug in a chart that belongs to a drug or group: its ingredients, and drugs of which only a group is known.

    A course of an unnamed drug belongs where every drug of its group does; one of a local route where the drug itself is named,
    not where its class is.
    """
    members = ingredients(protocol, drug_or_group)
    groups = {*protocol.drug_groups, *(group for drug in protocol.drugs.values() for group in drug.groups)}
    groups |= {group.key for group in catalogue.drug_classes()}
    within = {unnamed(group) for group in groups if (held := _held(protocol, group)) and held <= members}
    asked = group_of(protocol, drug_or_group)
    return members | within | ({unnamed(asked)} if asked else set()) | _local_forms(protocol, drug_or_group)


def _local_forms(protocol: Protocol, drug_or_group: str) -> frozenset[str]:
    wanted = folded(drug_or_group)
    own = [one for group, members in protocol.drug_groups.items() if group.casefold() == wanted for one in members]
    if own:
        return frozenset[str]().union(*(_local_forms(protocol, one) for one in own))
    named = any(
        wanted in {name.casefold(), *(alias.casefold() for alias in drug.aliases)}
        for name, drug in protocol.drugs.items()
    )
    if not named and group_of(protocol, drug_or_group):
        return frozenset()
    return frozenset(map(local_form, ingredients(protocol, drug_or_group)))


def substance(protocol: Protocol, drug: str) -> str:
    """One name for all forms of the same drug, so that a change of form is no other drug."""
    return min(forms(protocol, whole_drug(drug)))


def too_wide(protocol: Protocol, group: str) -> str:
    """A narrower group that the protocol asks for, of which a drug known only as one of `group` may be or not; empty where none is.

    A drug that is asked for by its own name is not meant by the name of a group.
    """
    held = _held(protocol, group)
    for _, asked in drug_uses(protocol):
        members = ingredients(protocol, asked)
        if len({frozenset(forms(protocol, one)) for one in members}) > 1 and held & members and not held <= members:
            return asked
    return ""


def _held(protocol: Protocol, group: str) -> frozenset[str]:
    try:
        return ingredients(protocol, group)
    except catalogue.CatalogueMiss:
        return frozenset()
