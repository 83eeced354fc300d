"""Names of events and drugs without the dates that a chart may have written into them, for counts that leave a site."""

from __future__ import annotations

from caseseries.chart.personal_words import without_dates
from caseseries.stats.tally import Tally

#: The sections whose second part is a name as the chart writes it.
_NAMED = frozenset({"adverse", "adverse patients", "adverse patients perhaps", "drug"})


def dateless(tally: Tally) -> Tally:
    """The counts under names without dates; names that differ in their dates alone stay apart, with a number.

    >>> list(dateless(Tally({("adverse", "rash 2009-03-14", ""): 1, ("adverse", "rash 2010-01-02", ""): 2})).lines())
    ['["adverse","rash [date]","",1]', '["adverse","rash [date] 2","",2]']
    """
    names = sorted({str(key[1]) for key in tally.counts if key[0] in _NAMED})
    dated = [name for name in names if without_dates(name) != name]
    if not dated:
        return tally
    taken, told = set(names) - set(dated), dict[str, str]()
    for name in dated:
        plain = new = without_dates(name)
        number = 1
        while new in taken:
            number += 1
            new = f"{plain} {number}"
        taken.add(new)
        told[name] = new
    found = Tally()
    for key, n in tally.counts.items():
        named = key[0] in _NAMED and key[1] in told
        found.add((key[0], told[str(key[1])], *key[2:]) if named else key, n)
    return found
