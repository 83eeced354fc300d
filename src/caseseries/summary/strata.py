"""The answers of an outcome by its strata: how many of each, with exact intervals, and those whose stratum is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caseseries.brief import brief
from caseseries.chart.natural import natural
from caseseries.errors import ensure
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.strata import Strata
from caseseries.protocol.written import folded
from caseseries.response.strata_counts import IS, told_apart
from caseseries.response.strata_counts import NOT_KNOWN as NOT_KNOWN
from caseseries.response.strata_counts import OTHERS as OTHERS
from caseseries.stats.fisher import fisher
from caseseries.stats.tally import Key
from caseseries.summary.result import Count, Result
from caseseries.summary.result_rows import proportion
from caseseries.summary.tally_reader import TallyReader

#: A stratum: what it is, and its word.
_Of = tuple[str, str]

_ANSWERS = ("yes", "no", "not evaluable", "outside", "denominator not known")


@dataclass(frozen=True, slots=True)
class Stratum:
    """One stratum: a word, `other` words, or `not known`; how it is called, its cases by their answers, and the share of yes of those in the
    denominator, and of the evaluable among them."""

    kind: str
    word: str
    name: str
    yes: int
    no: int
    not_evaluable: int
    outside: int
    unplaced: int
    of_included: Result
    of_evaluable: Result

    @property
    def inside(self) -> int:
        """The cases of the stratum in the denominator."""
        return self.yes + self.no + self.not_evaluable


@dataclass(frozen=True, slots=True)
class StrataSummary:
    """Every stratum of a verdict, in order; those of whom it is not known last. The test compares the known ones, where P values are asked for."""

    outcome: str
    by: Strata
    strata: tuple[Stratum, ...]
    test: Result | None

    __repr__ = brief

    @property
    def results(self) -> tuple[Result, ...]:
        """Every number with its interval."""
        every = tuple(result for one in self.strata for result in (one.of_included, one.of_evaluable))
        return every if self.test is None else (*every, self.test)


def strata(
    protocol: Protocol, reader: TallyReader, answered: Mapping[str, object], level: Fraction
) -> dict[str, StrataSummary]:
    """The strata of every verdict that has any, by its name; of one that sites did not tell, none."""
    found = {}
    for name in answered:
        by = told_apart(protocol.verdicts[name])
        counts = reader.under("stratum", name)
        if by is not None and (counts or not reader.withheld("stratum")):
            found[name] = _strata(name, by, counts, level, tested=protocol.reporting.p_values)
    return found


def _strata(name: str, by: Strata, counts: Mapping[Key, Count], level: Fraction, *, tested: bool) -> StrataSummary:
    cells: dict[tuple[str, str], dict[str, int]] = {}
    spelt = _spelt(counts)
    for word in ("female", "male") if by.sex else by.of:
        cells[IS, spelt.setdefault(folded(word), word)] = {}
    for (kind, one, answer), n in counts.items():
        ensure(n.exact is not None, "answers by strata are told exactly or not at all")
        of = cells.setdefault((str(kind), spelt.get(folded(str(one)), "")), {})
        of[str(answer)] = of.get(str(answer), 0) + n.high
    fixed = [key for key in cells if by.sex or by.of]
    order = {key: place for place, key in enumerate(fixed)}
    kinds = (IS, OTHERS, NOT_KNOWN)
    keys = sorted(cells, key=lambda key: (kinds.index(key[0]), order.get(key, 0), natural(key[1])))
    called, ids = _called(keys), _ids(keys)
    every = tuple(_stratum(name, by, key, called[key], ids[key], cells[key], level) for key in keys)
    return StrataSummary(name, by, every, _test(name, by, every) if tested else None)


def _spelt(counts: Mapping[Key, Count]) -> dict[str, str]:
    """One spelling for each word, as sites write it most often."""
    often: dict[str, dict[str, int]] = {}
    for (kind, word, _), n in counts.items():
        if kind == IS:
            written = often.setdefault(folded(str(word)), {})
            written[str(word)] = written.get(str(word), 0) + n.high
    return {word: min(written, key=lambda one: (-written[one], one)) for word, written in often.items()}


def _called(keys: Sequence[_Of]) -> dict[_Of, str]:
    """How each stratum is called; all others together are not `other` where that is the word of one."""
    words = {folded(word) for kind, word in keys if kind == IS}
    others = next((one for one in ("other", "any other word") if one not in words), "any word but these")
    return {key: {OTHERS: others, NOT_KNOWN: "not known"}.get(key[0], key[1]) for key in keys}


def _ids(keys: Sequence[_Of]) -> dict[_Of, str]:
    """What the id of each stratum holds; two words that come to the same are numbered."""
    fixed = {OTHERS: "other words", NOT_KNOWN: "not known"}
    taken, found = set(fixed.values()), dict[_Of, str]()
    for key in keys:
        plain = fixed.get(key[0], key[1].replace("/", " or "))
        told, number = plain, 2
        while key[0] == IS and folded(told) in taken:
            told, number = f"{plain} ({number})", number + 1
        taken.add(folded(told))
        found[key] = told
    return found


def _stratum(
    name: str, by: Strata, key: _Of, called: str, told: str, cells: Mapping[str, int], level: Fraction
) -> Stratum:
    yes, no, unknown, outside, unplaced = (cells.get(answer, 0) for answer in _ANSWERS)
    kind, word = key
    at = f"{name}/by {by.name}/{told}"
    label = f"{name}, {by.name} {'other words' if called == 'other' and kind == OTHERS else called}"
    return Stratum(
        kind,
        word,
        called,
        yes,
        no,
        unknown,
        outside,
        unplaced,
        proportion(f"{at}/of_included", f"{label}, of all included", yes, yes + no + unknown, level),
        proportion(f"{at}/of_evaluable", f"{label}, of the evaluable", yes, yes + no, level),
    )


def _test(name: str, by: Strata, every: tuple[Stratum, ...]) -> Result:
    """Whether the strata that are known differ in the share of yes of the evaluable."""
    groups = [(one.yes, one.yes + one.no) for one in every if one.kind != NOT_KNOWN]
    found = fisher(groups)
    return Result(
        f"{name}/by {by.name}/fisher",
        f"{name} by {by.name}, exploratory",
        found.p,
        n=found.n,
        unit="p",
        method=found.method,
        absent_because=found.absent_because,
    )
