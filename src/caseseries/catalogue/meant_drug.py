"""What a drug's name that nobody knows may mean: the same word spelt otherwise, a drug among other words, one of several."""

from __future__ import annotations

import re
from collections.abc import Iterable

from caseseries.catalogue.drug import any_index, drug, drug_index
from caseseries.catalogue.drug_name import drug_class, other_medicine, plain_name, written_drug
from caseseries.catalogue.lookup import LONGEST_COMPARED, SUGGESTED, CatalogueMiss, fold, slips_allowed, slips_between

__all__ = ["meant_drugs", "names_several", "spelt_groups"]

#: Letters that a shortened name has at least.
SHORTENED = 4

#: Words of the longest name that is looked for among other words.
LONGEST_RUN = 4

_PART = re.compile(r"[^\s,;()\[\]/+&]+")


def meant_drugs(word: str, more: Iterable[str] = ()) -> tuple[str, ...]:
    """The drugs that an unknown name says in another spelling, shortened, or among other words; none where it is another drug.

    ``more`` are names that the study knows beside the catalogue. A name that only resembles another drug's is no spelling of it.

    >>> meant_drugs("azathioprin"), meant_drugs("pred"), meant_drugs("steroids"), meant_drugs("omeprazole")
    (('azathioprine',), ('prednisone', 'prednisolone'), ('one of the systemic glucocorticoids',), ())
    >>> meant_drugs("tralokinumab"), meant_drugs("ICVY"), meant_drugs("MTX and folic acid")
    ((), ('IVCY',), ('methotrexate',))
    """
    try:
        return (written_drug(word).drug.key,)
    except CatalogueMiss as miss:
        if group := drug_class(word):
            return (f"one of the {group}",)
        if miss.suggestions and fold(miss.word) in drug_index().unclear:
            return miss.suggestions
    if other_medicine(word):
        return ()
    known = (*more, *drug_index().shown)
    inside, plain = _inside(word, known), plain_name(word)[0]
    if len(inside) > 1 or any(letter.isdecimal() for letter in word):
        return inside or _spelt(plain, known)
    # `hydrocortisone butyrat` is no hydrocortisone
    return _spelt(word, known) or inside or _spelt(plain, known)


def names_several(word: str) -> bool:
    """Whether a name, without its salt or form, stands for several drugs or is that of a class.

    >>> names_several("TAC"), names_several("TAC ointment"), names_several("steroids"), names_several("azathioprin")
    (True, True, True, False)
    """
    names = (word, plain_name(word)[0])
    return any(fold(name) in drug_index().unclear or bool(drug_class(name)) for name in names)


def spelt_groups(word: str, more: Iterable[str] = ()) -> tuple[str, ...]:
    """Names of drugs and classes that are the same word as a misspelt one in a protocol; none where it is another drug.

    >>> spelt_groups("biologicz"), spelt_groups("tralokinumab")
    (('biologic', 'biologics'), ())
    """
    names = (*more, *any_index().shown)
    return () if other_medicine(word) else _spellings(" ".join(word.split()), names)


def _inside(word: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Drugs that stand whole among other words, such as two in one cell; of an unclear name all that it may mean."""
    parts = _PART.findall(word[:LONGEST_COMPARED])
    names = {fold(name): name for name in known}
    found: list[str] = []
    place = 0
    while len(parts) > 1 and place < len(parts):
        size = min(LONGEST_RUN, len(parts) - place)
        while size and not (meant := _whole(" ".join(parts[place : place + size]), names)):
            size -= 1
        found += meant
        place += size or 1
    return tuple(dict.fromkeys(found))


def _whole(run: str, names: dict[str, str]) -> tuple[str, ...]:
    folded = fold(run)
    if folded in drug_index().keys:
        return (drug(run).key,)
    if folded in drug_index().unclear:
        return drug_index().unclear[folded]
    if group := drug_class(run):
        return (f"one of the {group}",)
    return (names[folded],) if folded in names else ()


def _spelt(word: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The best spelling of each drug whose name is the same word as this one, all equally near."""
    best: dict[str, str] = {}
    for name in _spellings(word, known, limit=len(known)):
        best.setdefault(drug_index().keys.get(fold(name), name), name)
    return tuple(best.values())[:SUGGESTED]


def _spellings(word: str, known: tuple[str, ...], limit: int = SUGGESTED) -> tuple[str, ...]:
    wanted = fold(word[:LONGEST_COMPARED])
    scored = []
    for place, name in enumerate(known):
        target = fold(name)
        if len(wanted) >= SHORTENED and target.startswith(wanted) and target != wanted:
            scored.append((0, len(target), place, name))
            continue
        slips = slips_between(wanted, target, slips_allowed(wanted, target))
        if slips is not None:
            scored.append((slips, len(target), place, name))
    # a shortened name is no nearer than one with a slip
    best = max(1, min((slips for slips, *_ in scored), default=1))
    return tuple(name for slips, *_, name in sorted(scored) if slips <= best)[:limit]
