"""What leaves a site of values: before, after and change, and values at one time, in bins of enough cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import valued_plan
from caseseries.stats.tally import Key, Tally
from caseseries.summary.coarsen import pooled, small, width_for
from caseseries.summary.tally_reader import EVERY, OTHER


@dataclass(frozen=True, slots=True)
class ValuesForOthers:
    """The values of a site on their way out.

    `tables` are its tables of values by key, `of` what it counted under a prefix; `table` tells one table in bins, all else goes to `out`.
    """

    protocol: Protocol
    included: int
    smallest: int
    tables: Mapping[Key, Mapping[int, int]]
    of: Callable[..., Mapping[Key, int]]
    table: Callable[[Key, Mapping[int, int], int, int], None]
    out: Tally

    def changes(self, name: str, held: set[str]) -> None:
        """Before, after and change of each measure of an outcome, and why values are absent; nothing of measures whose numbers are `held` back."""
        measures = {str(key[2]) for key in self.tables if key[:2] == ("value", name)}
        measures |= {str(key[0]) for key in self.of("absent", name)}
        if name in self.protocol.changes:
            measures |= {valued_plan(self.protocol, name).values[0].measure}
        for measure in sorted(measures):
            absent = self.of("absent", name, measure)
            missing = sum(absent.values())
            parts = {
                part: self.tables.get(("value", name, measure, part), {}) for part in ("before", "after", "change")
            }
            n = sum(parts["change"].values())
            if measure in held or small(n, self.smallest) or small(missing, self.smallest):
                limited = (self.protocol.verdicts | self.protocol.changes)[name].among is not None
                withheld = self.included if limited and measure in held else n + missing
                self.out.add(("withheld", "value", name, measure), withheld)
                continue
            percent = self.tables.get(("value", name, measure, "percent"), {})
            left = n - sum(percent.values()) if percent else 0
            for part, table in parts.items():
                self.table(("value", name, measure, part), table, 0, width_for(table) if table else 1)
            if percent:
                self.table(("value", name, measure, "percent"), percent, left, width_for(percent))
            self._reasons(("absent", name, measure), absent, "")

    def values_at(self, name: str, held: set[str]) -> None:
        """The values of an outcome that describes a measure, of all cases together: by a verdict they are small groups, and stay at the site.

        Nothing is told of a judgement, the sum of which is a count, nor of a measure of which other values leave the site: of two tables of
        nearly the same cases the difference would be told too.
        """
        (slot,) = valued_plan(self.protocol, name).values
        values: dict[int, int] = {}
        for key, table in self.tables.items():
            for value, n in table.items() if key[:2] == ("described", name) else ():
                values[value] = values.get(value, 0) + n
        reasons: dict[Key, int] = {}
        for (_, reason), n in self.of("described absent", name).items():
            reasons[(reason,)] = reasons.get((reason,), 0) + n
        n, missing = sum(values.values()), sum(reasons.values())
        others = {str(key[2]) for key in self.tables if key[0] == "value"}
        others |= {str(key[1]) for key in self.tables if key[0] == "baseline"}
        others |= {str(key[3]) for key in self.tables if key[0] == "described" and key[1] != name}
        hidden = slot.measure in held | others or slot.measure in self.protocol.judgements
        if hidden or small(n, self.smallest) or small(missing, self.smallest):
            limited = self.protocol.described[name].among is not None
            self.out.add(
                ("withheld", "described", name), self.included if limited and slot.measure in held else n + missing
            )
            return
        self.table(("described", name, EVERY, slot.measure), values, 0, width_for(values) if values else 1)
        self._reasons(("described absent", name, EVERY), reasons)

    def _reasons(self, prefix: Key, absent: Mapping[Key, int], *before: str) -> None:
        """Why values are absent, what is too rare pooled; `before` stands in front of the words for those."""
        kept, pool = pooled(absent, self.smallest)
        for key, count in kept.items():
            self.out.add((*prefix, *key), count)
        self.out.add((*prefix, *before, OTHER), pool)
