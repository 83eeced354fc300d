"""What leaves a site of its cases by their answer to an outcome: all of it for those who see every count, and nothing for others.

In a network groups are small, and what all cases have less one group would tell the other.
"""

from __future__ import annotations

from collections.abc import Collection

from caseseries.response.by_answer import SECTION
from caseseries.stats.tally import Tally
from caseseries.summary.coarsen import rounded
from caseseries.summary.tally_reader import TABLES


def groups_for_own_site(tally: Tally, attributes: Tally, doses: Collection[str]) -> Tally:
    """The groups with values as they leave a site, and of attributes those that are told of all cases (`attributes`); the others are withheld.

    >>> told = Tally({("withheld", "attribute", "note"): 1})
    >>> list(groups_for_own_site(Tally({(SECTION, "yes", "attribute", 0, "note", "since the move"): 1}), told, ()).lines())
    ['["characteristics by answer","yes","withheld","attribute","note",1]']
    """
    kept, held = Tally(), {key[2] for key in attributes.counts if key[0] == "withheld"}
    for rest, n in tally.section(SECTION):
        answer, key = rest[0], rest[1:]
        if key[0] == "attribute" and key[2] in held:
            key = ("withheld", "attribute", key[2])
        elif key[0] in TABLES:
            key = (*key[:-1], rounded(key, doses))
        kept.add((SECTION, answer, *key), n)
    return kept
