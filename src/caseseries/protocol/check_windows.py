"""Whether the windows fit the way values are taken in them: visits, best and worst, windows that share days."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from caseseries.protocol.check_extremes import check_names
from caseseries.protocol.check_grades import check_means
from caseseries.protocol.draft import Draft, LeafDraft, leaves, listed, mapping, read_by_day, rules_by_day, rules_of
from caseseries.protocol.notes import Notes
from caseseries.protocol.outcome import name_at
from caseseries.protocol.rule import DIRECTIONS
from caseseries.protocol.window import DAY_TAKES
from caseseries.protocol.written import days, in_words
from caseseries.protocol.yaml import Loc

#: The window a change starts from where nothing else is written.
BASELINE = "baseline"

#: Words that choose by what is better, so that they say nothing of a measure without a direction.
BY_DIRECTION = ("best", "worst", "better", "worse")

NEAREST_EACH = "write `components: nearest each`, or take nearest, last or first"


def check_windows(draft: Draft, notes: Notes) -> None:
    """Every window: whether its `take` and `tie` fit the way components are taken, and what its days mean."""
    check_names(draft, notes)
    starts = {before for before, _, _ in _pairs(draft)}
    for name, window in draft.windows.items():
        loc: Loc = ("windows", name)
        if window is None:
            continue
        if window.components == "same visit":
            if window.take not in DAY_TAKES:
                what = "with `components: same visit` a whole visit is chosen, not the best of single values"
                notes.wrong((*loc, "take"), what, window.take, ", ".join(DAY_TAKES), NEAREST_EACH)
            if window.tie not in {None, "earlier", "later"}:
                what = "with `components: same visit` a tie between visits is settled by their days"
                notes.wrong((*loc, "tie"), what, str(window.tie), "earlier, later")
        if name in starts and window.to > 0:
            notes.warn(
                (*loc, "to"), f"values up to {day_count(window.to)} after the index date count as before", do="check"
            )
    for before, after, loc in _pairs(draft):
        if before == after:
            notes.wrong(loc, "a change from a window to itself is always 0", after, do="name two different windows")
    _directions(draft, notes)
    check_means(draft, notes, _measures_of(draft))
    _overlaps(draft, notes)


def _directions(draft: Draft, notes: Notes) -> None:
    """Best and worst say nothing of a judgement or a measure of which nobody said what is better."""
    told = set()
    for name, measures in _measures_of(draft).items():
        window = draft.windows.get(name)
        if window is None:
            continue
        chosen: list[tuple[Loc, object]] = [
            (("windows", name, field), getattr(window, field)) for field in ("take", "tie", "same_day")
        ]
        takes = listed(draft.data, "robustness", "take", name)
        chosen += [(("robustness", "take", name, place), take) for place, take in enumerate(takes)]
        for loc, word in chosen:
            if word not in BY_DIRECTION or (loc[-1] != "same_day" and window.components == "same visit"):
                continue  # a visit is chosen by its day: said where that is checked
            for facts in (draft.facts[measure] for measure in measures if measure in draft.facts):
                if facts.sign:
                    continue
                if facts.kind == "judgement":
                    what = f"`{word}` says nothing of {facts.name}: whether yes is the better answer is not declared"
                    do = f"give the measure {facts.name} `better: yes` or `better: no`, or write highest or lowest"
                    notes.wrong(loc, what, str(word), do=do)
                elif (facts.name, word) not in told:
                    told.add((facts.name, word))
                    what = f"neither higher nor lower {facts.name} is better: `{word}` takes higher as better"
                    notes.warn(loc, what, str(word), do="write highest or lowest, or give the measure `better:`")


def _overlaps(draft: Draft, notes: Notes) -> None:
    """Two windows of one outcome that share days: one value may serve both, which only `overlap: yes` allows."""
    told = set()
    for outcome, names in _windows_of(draft).items():
        for one, other in combinations(names, 2):
            first, second = draft.windows.get(one), draft.windows.get(other)
            if first is None or second is None or frozenset((one, other)) in told:
                continue
            if first.overlap or second.overlap:
                continue
            for widths, loc in _widths(draft, one, other):
                (start, end), (from_, to) = widths
                if start <= to and from_ <= end:
                    told.add(frozenset((one, other)))
                    days_ = f"{in_words(max(start, from_))} to {in_words(min(end, to))}"
                    what = f"the windows {one!r} and {other!r} of {outcome!r} overlap: one value may count in both"
                    notes.wrong(loc, what, days_, do="move one of them apart, or write `overlap: yes` in it", key=True)
                    break


def _widths(draft: Draft, one: str, other: str) -> Iterator[tuple[tuple[tuple[int, int], tuple[int, int]], Loc]]:
    """The days of two windows as declared, then in every width of the robustness grid; with the place that says so."""
    every: list[list[tuple[int, int, Loc]]] = []
    for name in (one, other):
        window = draft.windows[name]
        assert window is not None
        spans: list[tuple[int, int, Loc]] = [(window.from_, window.to, ("windows", name))]
        for place, width in enumerate(listed(draft.data, "robustness", "windows", name)):
            start, end = days_of(mapping(width).get("from")), days_of(mapping(width).get("to"))
            if start is not None and end is not None:
                spans.append((start, end, ("robustness", "windows", name, place)))
        every.append(spans)
    for start, end, loc in every[0]:
        for from_, to, beside in every[1]:
            yield ((start, end), (from_, to)), loc if loc[0] == "robustness" else beside


def _uses(draft: Draft) -> Iterator[tuple[str, str, str, Loc]]:
    """Every value that an outcome rests on: outcome, measure, window, place; its own window also without a measure."""
    for name, outcome in mapping(draft.data, "outcomes").items():
        written, loc = mapping(outcome), ("outcomes", name)
        at = str(written.get("at"))
        if "change" in written:
            measure = str(written["change"])
            yield name, measure, str(written.get("from", BASELINE)), (*loc, "change")
            yield name, measure, at, (*loc, "change")
        if "describe" in written:
            yield name, str(written["describe"]), at, (*loc, "describe")
        rules = [*rules_of(written, loc), ((*loc, "among"), written.get("among"))]
        if read_by_day(written):
            at, rules = BASELINE, rules[-1:]
        points = {name: at} | {name_at(name, str(one)): str(one) for one in listed(written, "also_at")}
        for point, window in points.items():
            for rule_loc, rule in rules:
                for leaf in leaves(rule, rule_loc):
                    if leaf.word in DIRECTIONS:
                        yield point, leaf.measure, str(leaf.written.get("from", BASELINE)), leaf.loc
                    yield point, leaf.measure, leaf.window(window), leaf.loc
            if {"rule", "levels", "categories"} & written.keys():
                yield point, "", window, (*loc, "at")


def _windows_of(draft: Draft) -> dict[str, list[str]]:
    """The windows that each outcome uses, the earlier ones first."""
    found: dict[str, dict[str, None]] = {}
    for outcome, _, window, _ in _uses(draft):
        found.setdefault(outcome, {})[window] = None

    def first_day(name: str) -> int:
        window = draft.windows.get(name)
        return 0 if window is None else window.from_

    return {outcome: sorted(names, key=first_day) for outcome, names in found.items()}


def _measures_of(draft: Draft) -> dict[str, list[str]]:
    """The measures that are taken in each window."""
    found: dict[str, dict[str, None]] = {}
    for _, measure, window, _ in _uses(draft):
        if measure:
            found.setdefault(window, {})[measure] = None
    for leaf in _read_by_day(draft):
        found.setdefault(leaf.window(""), {})[leaf.measure] = None
        if leaf.word in DIRECTIONS:
            found.setdefault(str(leaf.written.get("from", BASELINE)), {})[leaf.measure] = None
    for side in ("include", "exclude"):
        for criterion in map(mapping, listed(draft.data, side)):
            for leaf in leaves(criterion, (side,)):
                found.setdefault(str(criterion.get("in")), {})[leaf.measure] = None
    return {window: list(measures) for window, measures in found.items()}


def _read_by_day(draft: Draft) -> Iterator[LeafDraft]:
    """The comparisons of times to an event and of spells, each at home in the window whose visits are read."""
    for name, outcome in mapping(draft.data, "outcomes").items():
        written = mapping(outcome)
        if read_by_day(written):
            for loc, rule in rules_by_day(written, ("outcomes", name)):
                yield from leaves(rule, loc, str(written.get("in")))


def _pairs(draft: Draft) -> list[tuple[str, str, Loc]]:
    """Every (before, after) window pair that a change is taken over, with the first place that says so."""
    found: dict[tuple[str, str], Loc] = {}
    for name, outcome in mapping(draft.data, "outcomes").items():
        at, loc = mapping(outcome).get("at"), ("outcomes", name)
        if "change" in mapping(outcome):
            found.setdefault((str(mapping(outcome).get("from", BASELINE)), str(at)), (*loc, "at"))
        rules = [*rules_of(mapping(outcome), loc), ((*loc, "among"), mapping(outcome).get("among"))]
        if read_by_day(mapping(outcome)):
            at, rules = BASELINE, rules[-1:]
        for rule_loc, rule in rules:
            for leaf in leaves(rule, rule_loc):
                for window in (at, *listed(outcome, "also_at")) if leaf.word in DIRECTIONS else ():
                    pair = (str(leaf.written.get("from", BASELINE)), leaf.window(window))
                    found.setdefault(pair, leaf.loc)
    for leaf in _read_by_day(draft):
        if leaf.word in DIRECTIONS:
            found.setdefault((str(leaf.written.get("from", BASELINE)), leaf.window("")), leaf.loc)
    return [(before, after, loc) for (before, after), loc in found.items()]


def days_of(written: Any) -> int | None:
    """A length of time as written; None where it is none."""
    try:
        return days(written) if isinstance(written, str | int) else None
    except ValueError:
        return None


def day_count(count: int) -> str:
    """`1 day`, `-20 days`."""
    return "1 day" if count == 1 else f"{count} days"
