"""Names of events and drugs without the dates that a chart may have written into them, for counts that leave a site."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from caseseries.chart.personal_words import without_dates
from caseseries.stats.tally import Tally

#: The sections whose second part is a name as the chart writes it.
_NAMED = frozenset({"adverse", "adverse patients", "adverse patients perhaps", "drug"})
#: The section whose second part is the JSON list of such names.
_LISTED = "looked for alone"


def dateless(tally: Tally) -> Tally:
    """The counts under names without dates; names that differ in their dates alone stay apart, with a number.

    >>> list(dateless(Tally({("adverse", "rash 2009-03-14", ""): 1, ("adverse", "rash 2010-01-02", ""): 2})).lines())
    ['["adverse","rash [date]","",1]', '["adverse","rash [date] 2","",2]']
    >>> list(dateless(Tally({("looked for alone", '["cough", "rash 2009-03-14"]', "patients"): 2})).counts)
    [('looked for alone', '["cough", "rash [date]"]', 'patients')]
    """
    lists = {str(key[1]): json.loads(str(key[1])) for key in tally.counts if key[0] == _LISTED}
    listed = [one for names in lists.values() for one in names]
    told = dateless_names([*listed, *(str(key[1]) for key in tally.counts if key[0] in _NAMED)])
    found = Tally()
    for key, n in tally.counts.items():
        name = key[1] if len(key) > 1 else ""
        if key[0] in _NAMED:
            name = told[str(name)]
        elif key[0] == _LISTED:
            name = json.dumps(sorted(told[one] for one in lists[str(name)]), ensure_ascii=False)
        found.add((key[0], name, *key[2:]) if len(key) > 1 else key, n)
    return found


def dateless_names(names: Iterable[str]) -> Mapping[str, str]:
    """By name, the name without dates; those that differ in their dates alone have a number.

    >>> dateless_names(["rash 2009-03-14", "rash 2010-01-02", "cough"])
    {'cough': 'cough', 'rash 2009-03-14': 'rash [date]', 'rash 2010-01-02': 'rash [date] 2'}
    """
    every = sorted(set(names))
    told = {name: name for name in every if without_dates(name) == name}
    taken = set(told)
    for name in every:
        if name not in told:
            plain = new = without_dates(name)
            number = 1
            while new in taken:
                number += 1
                new = f"{plain} {number}"
            taken.add(new)
            told[name] = new
    return told
