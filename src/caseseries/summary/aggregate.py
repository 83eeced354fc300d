"""A site's counts for others: a declared audience, and small cells handled.

Who gets a file of the audience `own site` sees every count, but no free text about patients. In one for the `network` no count of 1 to
`smallest` - 1 cases is told or follows from the others: see :mod:`caseseries.summary.coarsen`. Not hidden are small differences between two
readings of one rule whose own counts are all large, nor between deaths by an assessment and deaths within some months.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from caseseries.chart.event_questions import EVENT_QUESTIONS
from caseseries.errors import CaseSeriesError
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, plan, valued_plan
from caseseries.response.by_answer import SECTION as BY_ANSWER
from caseseries.response.verdict_counts import ANSWERS, OUTSIDE, UNPLACED
from caseseries.safety.follow import POSSIBLE
from caseseries.stats.tally import Key, Tally
from caseseries.summary.aggregate_by_answer import groups_for_own_site
from caseseries.summary.aggregate_levels import levels_for_others
from caseseries.summary.aggregate_values import ValuesForOthers
from caseseries.summary.attributes import attributes_for_others
from caseseries.summary.co_medication import of_drugs
from caseseries.summary.coarsen import (
    AT_THE_SITE,
    OTHER_EVENTS,
    OTHER_FLIPS,
    Ends,
    apart,
    bins,
    near,
    partition,
    pool_rare,
    pooled,
    rounded,
    small,
    width_for,
)
from caseseries.summary.dateless_names import dateless
from caseseries.summary.tally_reader import OTHER, TABLES, UNKNOWN

Audience = Literal["own site", "network"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)

_ANSWERS = (*ANSWERS.values(), OUTSIDE)
#: Widths of bins of whole years and days.
_WIDTHS = {"age": 5, "observed": 30, "on drug": 30, "duration": 365, "deaths": 30}
#: The sections that this module knows how to protect.
_KNOWN = {
    "persons", "cases", "age", "sex", "observed", "on drug", "duration", "answer", "why", "decided", "occurred", "flip", "value", "absent",
    "baseline", "baseline absent", "described", "described absent", "trajectory", "trajectory absent",
    "screened", "attribute", "patients", "no death", "deaths", "deaths within", "deaths between two days",
    "time", "no time", "time unread", "time unclear", "time again", "no time again", "agreement", "over time", "stratum",
    BY_ANSWER, "graded", "exposure", *(f"{question.name}{of}" for question in EVENT_QUESTIONS for of in ("", " patients", " patients perhaps")),
    "spells", "no spells", "spell", "spell then", "event count", "event pair", "event not charted",
    "adverse", "adverse patients", "adverse patients any", "adverse patients perhaps", "days at risk", "days perhaps at risk",
    "not charted", "not charted because", "looked for alone", "monitored", "drug", "prior", "prior not known", "rows", "finding",
}  # fmt: skip


def aggregate(protocol: Protocol, tally: Tally, *, audience: Audience, smallest: int = 5) -> Tally:
    """The tally as the audience may see it; ``summarise`` reads that of a run and that of sites alike.

    Raises:
        CaseSeriesError: fewer than 4 x `smallest` cases are included: too few to tell anything of them to others.

    ValueError for another audience, a `smallest` below 2, or a section that this function does not know how to protect.
    """
    if audience not in AUDIENCES:
        raise ValueError(f"an audience is one of: {', '.join(AUDIENCES)}")
    if smallest < 2:
        raise ValueError("counts of 1 are the least that can be hidden: smallest is 2 or more")
    unknown = {str(key[0]) for key in tally.counts} - _KNOWN
    if unknown:
        raise ValueError(f"no way to protect the sections {', '.join(sorted(unknown))}")
    tally = dateless(tally)
    if audience == "own site":
        own, doses = Tally(), frozenset(protocol.doses)
        for key, n in tally.counts.items():
            if key[0] not in {"attribute", BY_ANSWER}:
                own.add((*key[:-1], rounded(key, doses)) if key[0] in TABLES else key, n)
        attributes = attributes_for_others(tally)
        own.merge(attributes + groups_for_own_site(tally, attributes, doses))
        return own
    included = tally.counts.get(("cases", "", ""), 0)
    if included < 4 * smallest:
        raise CaseSeriesError(
            f"Fewer than {4 * smallest} cases are included: too few to tell other sites anything of them.",
            expected=f"Counts below {smallest} may not leave the site.",
            do="Lower the smallest count that may be told, if the site's rules allow it.",
        )
    return _Network(protocol, tally, included, smallest).made()


class _Network:
    """One tally on its way out; each method tells the sections of its name."""

    def __init__(self, protocol: Protocol, tally: Tally, included: int, smallest: int) -> None:
        self.protocol, self.included, self.smallest = protocol, included, smallest
        self.patients = tally.counts.get(("patients",), 0)
        # How many cases are further ones of a patient follows from both.
        self.people: Ends = apart(self.patients, included, smallest)
        self.out = Tally()
        self.tables: dict[Key, dict[int, int]] = {}
        self.under: dict[Key, dict[Key, int]] = {}
        doses = frozenset(protocol.doses)
        for key, n in tally.counts.items():
            if key[0] in TABLES:
                table = self.tables.setdefault(key[:-1], {})
                value = rounded(key, doses)
                table[value] = table.get(value, 0) + n
            for depth in (1, 2, 3):
                if key[0] not in TABLES and len(key) >= depth:
                    self.under.setdefault(key[:depth], {})[key[depth:]] = n

    def made(self) -> Tally:
        """Every section, coarsened."""
        self.cases()
        for section in ("age", "observed", "on drug", "duration"):
            self.whole_numbers(section)
        self.told("sex", partition(self.of("sex"), self.smallest))
        plans = {name: plan(self.protocol, name) for name in self.protocol.verdicts}
        held = set().union(*(self.outcome(one) for one in plans.values() if one.part is None))
        for name in self.protocol.levels:
            together = [one for one in plans.values() if one.part is not None and one.outcome == name]
            held |= levels_for_others(together, self.of, self.tell, self.smallest, self.included)
        for name in self.protocol.valued:
            held |= self.denominator(valued_plan(self.protocol, name))
        told = ValuesForOthers(self.protocol, self.included, self.smallest, self.tables, self.of, self.table, self.out)
        for name in self.protocol.verdicts | self.protocol.changes:
            told.changes(name, held)
        for name in self.protocol.described:
            told.values_at(name, held)
        self.baselines(held)
        self.at_the_site()
        self.tell(("patients",), self.people)
        self.not_charted()
        self.safety()
        self.deaths()
        self.told("drug", {key: apart(n, self.included, self.smallest) for key, n in self.of("drug").items()})
        self.prior()
        self.told("rows", {key: self.alone(n) for key, n in self.of("rows").items()})
        for (measure, part), n in self.of("monitored").items():
            # Who was looked at says who was not.
            ends = self.of_patients(n) if part in {"patients", "patients perhaps"} else self.alone(n)
            self.tell(("monitored", measure, part), ends)
        self.findings()
        return self.out

    def of(self, *prefix: str | int) -> dict[Key, int]:
        """What the site counted under a prefix."""
        return self.under.get(prefix, {})

    def alone(self, n: int) -> Ends:
        """A count of no known total."""
        return (1, self.smallest - 1) if small(n, self.smallest) else (n, n)

    def of_patients(self, n: int) -> Ends:
        """A count of patients: anything from none to all of them where their own number is a range."""
        low, high = self.people
        return apart(n, self.patients, self.smallest) if low == high else (0, high)

    def tell(self, key: Key, ends: Ends) -> None:
        """One count, exact or as a range."""
        low, high = ends
        if low == high:
            self.out.add(key, low)
        else:
            self.out.add(("range", low, high, *key))

    def told(self, section: str, cells: Mapping[Key, Ends]) -> None:
        """Counts under a section."""
        for key, ends in cells.items():
            self.tell((section, *key), ends)

    def cases(self) -> None:
        """Why persons are no cases: reasons that are too rare are pooled, or all of them withheld."""
        found = self.of("cases")
        kept, pool = pooled({key: n for key, n in found.items() if key[0]}, self.smallest)
        self.out.add(("cases", "", ""), self.included)
        if small(pool, self.smallest):
            self.out.add(("withheld", "cases"), self.included)
            return
        self.out.add(("persons",), self.of("persons").get((), 0))
        for key, n in kept.items():
            self.out.add(("cases", *key), n)
        self.out.add(("cases", OTHER, ""), pool)

    def whole_numbers(self, section: str) -> None:
        """Ages, and lengths of time in days."""
        table = dict(self.tables.get((section,), {}))
        unknown = table.pop(UNKNOWN, 0)
        self.table((section,), table, unknown, _WIDTHS[section], whole=True)
        if not self.out.counts.get(("withheld", section)):
            self.out.add((section, UNKNOWN), unknown)

    def table(self, prefix: Key, table: Mapping[int, int], unknown: int, width: int, *, whole: bool = False) -> None:
        """One table of values in bins with exact sums; withheld where too few have a value, or too few have none."""
        n = sum(table.values())
        if small(n, self.smallest) or small(unknown, self.smallest):
            self.out.add(("withheld", *prefix), n + unknown)
            return
        if not n:
            return
        for (low, high), count in bins(table, self.smallest, width, whole=whole).items():
            self.out.add(("binned", low, high, *prefix), count)
        total = sum(value * count for value, count in table.items())
        self.out.add(("sum", "above" if total > 0 else "below", *prefix), abs(total))
        self.out.add(("squares", *prefix), sum(value * value * count for value, count in table.items()))

    def outcome(self, compiled: OutcomePlan) -> set[str]:
        """Answers, reasons, events, flips; returns the measures whose number of values would give a small answer away."""
        name = compiled.name
        ranged: dict[int, dict[str, Ends]] = {}
        for spec in compiled.specs:
            cells = dict.fromkeys((*_ANSWERS, *(UNPLACED.values() if compiled.among is not None else ())), 0)
            for (_, given), n in self.of("answer", name, spec.number).items():
                cells[str(given)] += n
            found = partition(cells, self.smallest, last=("not evaluable", OUTSIDE))
            ranged[spec.number] = {answer: ends for answer, ends in found.items() if ends[0] != ends[1]}
            self.answers(name, spec.number, found)
            self.why(name, spec.number, found["not evaluable"])
            for section in ("decided", "occurred"):
                for key, n in self.of(section, name, spec.number).items():
                    self.tell((section, name, spec.number, *key), apart(n, self.included, self.smallest))
            self.flips(name, spec.number, bool(ranged[0] or ranged[spec.number]))
        hidden = "not evaluable" in ranged[0] or (compiled.among is not None and ranged[0])
        return {slot.measure for slot in compiled.slots} if hidden else set()

    def denominator(self, compiled: OutcomePlan) -> set[str]:
        """Who belongs to the denominator of a change outcome; returns its measure where the number of its values would give a small count away."""
        if compiled.among is None:
            return set()
        cells = {str(given): n for (_, given), n in self.of("answer", compiled.name, 0).items()}
        found = partition(
            dict.fromkeys((ANSWERS[True], OUTSIDE, *UNPLACED.values()), 0) | cells, self.smallest, last=(OUTSIDE,)
        )
        for given, ends in found.items():
            self.tell(("answer", compiled.name, 0, 0, given), ends)
        return {slot.measure for slot in compiled.slots} if any(low != high for low, high in found.values()) else set()

    def answers(self, name: str, spec: int, found: Mapping[str, Ends]) -> None:
        """Answers of one spec; by year where every year can be told, years that cannot standing together under 0."""
        if spec or any(low != high for low, high in found.values()):
            for answer, ends in found.items():
                self.tell(("answer", name, spec, 0, answer), ends)
            return
        years: dict[int, dict[str, int]] = {}
        for (year, given), n in self.of("answer", name, 0).items():
            assert isinstance(year, int)
            years.setdefault(year, {})[str(given)] = n
        together = years.pop(0, {})
        for year in sorted(years, key=lambda one: (not self.few(years[one]), sum(years[one].values()), one)):
            if self.few(years[year]) or self.few(together):
                for answer, n in years.pop(year).items():
                    together[answer] = together.get(answer, 0) + n
        for year, cells in {0: together, **years}.items():
            for answer, n in cells.items():
                self.out.add(("answer", name, 0, year, answer), n)

    def few(self, cells: Mapping[str, int]) -> bool:
        """Whether one of these may not be told."""
        return any(small(n, self.smallest) for n in cells.values())

    def why(self, name: str, spec: int, unknown: Ends) -> None:
        """Reasons of the not evaluable; only their sum where that is a range."""
        if unknown[0] != unknown[1]:
            self.tell(("why", name, spec, OTHER), unknown)
            return
        kept, pool = pooled(self.of("why", name, spec), self.smallest)
        for key, n in kept.items():
            self.out.add(("why", name, spec, *key), n)
        self.out.add(("why", name, spec, OTHER), pool)

    def flips(self, name: str, spec: int, ranged: bool) -> None:
        """Who answers otherwise: from and to, or only how many, or nothing but that it is not told."""
        cells = self.of("flip", name, spec)
        if ranged and spec:
            self.tell(("flip", name, spec, OTHER_FLIPS), (0, self.included))
        elif any(small(n, self.smallest) for n in cells.values()):
            self.tell(("flip", name, spec, OTHER_FLIPS), apart(sum(cells.values()), self.included, self.smallest))
        else:
            self.told("flip", {(name, spec, *key): (n, n) for key, n in cells.items()})

    def baselines(self, held: set[str]) -> None:
        """The baseline of each measure, and why it is absent; withheld where a small count would follow from it."""
        measures = {str(key[1]) for key in self.tables if key[0] == "baseline"}
        for measure in sorted(measures | {str(key[0]) for key in self.of("baseline absent")}):
            table, absent = self.tables.get(("baseline", measure), {}), self.of("baseline absent", measure)
            missing = sum(absent.values())
            if measure in held or small(sum(table.values()), self.smallest) or small(missing, self.smallest):
                self.out.add(("withheld", "baseline", measure), self.included)
                continue
            self.table(("baseline", measure), table, missing, width_for(table) if table else 1)
            kept, pool = pooled(absent, self.smallest)
            self.told("baseline absent", {(measure, *key): (count, count) for key, count in kept.items()})
            self.out.add(("baseline absent", measure, OTHER), pool)

    def at_the_site(self) -> None:
        """What never leaves a site: free text, lists of people, tables of two answers, of grades or of strata, why a drug was
        stopped, and times and spells, each of one case."""
        held: list[Key] = [
            (one,)
            for one in (
                "attribute",
                "screened",
                "agreement",
                "over time",
                "stratum",
                BY_ANSWER,
                "graded",
                "exposure",
                *(question.name for question in EVENT_QUESTIONS),
            )
            if self.of(one)
        ]
        held += [("time", name) for name in self.protocol.times]
        held += [("spells", name) for name in self.protocol.spells]
        held += [("trajectory", name) for name in self.protocol.trajectories]
        held += [("event count", name) for name in self.protocol.event_counts]
        for key in held:
            self.out.add(("withheld", *key), self.included)

    def not_charted(self) -> None:
        """What the source could not tell, of all its cases: nothing of any one of them."""
        for section in ("not charted", "looked for alone"):
            self.told(
                section, {key: self.people if key[-1] == "patients" else (n, n) for key, n in self.of(section).items()}
            )
        # of all persons, the excluded among them: their number is told elsewhere or not at all
        self.told("not charted because", dict.fromkeys(self.of("not charted because"), (self.included, self.included)))

    def prior(self) -> None:
        """Earlier treatment: of each group those treated and those of whom it is not known, with the others a partition of the cases."""
        for key in self.of("prior") | self.of("prior not known"):
            cells = {section: self.of(section).get(key, 0) for section in ("prior", "prior not known")}
            found = partition(cells | {"": self.included - sum(cells.values())}, self.smallest, last=("",))
            beside = of_drugs(self.protocol, str(key[0]), self.of("drug"))
            found |= {one: (0, self.included) for one, n in cells.items() if near(n, beside, self.smallest)}
            self.told("prior", {key: found["prior"]})
            self.told("prior not known", {key: found["prior not known"]})

    def deaths(self) -> None:
        """Deaths by their day; withheld where few died, where few did not, or where an outcome tells nearly as many of them."""
        table = self.tables.get(("deaths",), {})
        if self.of("not charted", "deaths"):
            return
        between = self.of("deaths between two days").get((), 0)
        within, died, alive = self.of("deaths within").get((), 0), sum(table.values()), self.of("no death").get((), 0)
        counted = {n for key, n in self.of("occurred").items() if key[-1] == "death"}
        beside = near(died, counted, self.smallest) or near(within, counted, self.smallest)
        hidden = self.people[0] != self.people[1]
        if beside or hidden or between or small(died, self.smallest) or small(alive, self.smallest):
            self.out.add(("withheld", "deaths"), self.included)
            return
        self.out.add(("no death",), alive)
        self.table(("deaths",), table, alive, _WIDTHS["deaths"], whole=True)
        self.tell(("deaths within",), apart(within, died, self.smallest))

    def findings(self) -> None:
        """Findings by rule; their words stay at the site, because they may name a file or a number."""
        rules: dict[Key, int] = {}
        for key, n in self.of("finding").items():
            rules[key[:2]] = rules.get(key[:2], 0) + n
        for key, n in rules.items():
            self.tell(("finding", *key, AT_THE_SITE), self.alone(n))

    def safety(self) -> None:
        """Adverse events: terms too rare on treatment, or in too few patients, are pooled; so are rare reasons beside it."""
        for section in ("days at risk", "days perhaps at risk"):
            self.out.add((section,), self.of(section).get((), 0))
        patients = {str(term): n for (term,), n in self.of("adverse patients").items()}
        with_any = self.of("adverse patients any").get((), 0)
        terms: dict[str, dict[str, int]] = {}
        for (term, why_not), n in self.of("adverse").items():
            terms.setdefault(str(term), {})[str(why_not)] = n
        pool = pool_rare(terms, patients, self.smallest)
        for term, found in terms.items():
            for why_not, n in found.items():
                self.out.add(("adverse", term, why_not), n)
        for why_not, n in pool.items():
            self.tell(("adverse", OTHER_EVENTS, why_not), self.alone(n))
        single = [n for term, n in patients.items() if term]
        for term, n in patients.items():
            # Those who have other events alone would be told by the difference.
            beside = not term and near(n, single, self.smallest)
            self.tell(("adverse patients", term), (max(single), self.people[1]) if beside else self.of_patients(n))
        for (term,), n in self.of("adverse patients perhaps").items():
            told = term in patients or term == "" or (term in terms and not pool.get(POSSIBLE))
            ends = self.of_patients(n) if told else (0, self.people[1])
            self.tell(("adverse patients perhaps", term if told else OTHER_EVENTS), ends)
        if with_any:
            # With both known, those whose events are all beside treatment would be told by the difference.
            beside = near(with_any, (patients.get("", 0), *single), self.smallest)
            self.tell(("adverse patients any",), (0, self.people[1]) if beside else self.of_patients(with_any))
        if pool.get(""):
            most = self.alone(pool[""])[1]
            self.tell(("adverse patients", OTHER_EVENTS), (1, max(2, min(most, self.people[1]))))
