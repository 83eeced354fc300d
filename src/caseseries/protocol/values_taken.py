"""What is taken in which window as a protocol is written: every comparison, change and described value, at every time point."""

from __future__ import annotations

from collections.abc import Iterator

from caseseries.protocol.check_windows import BASELINE
from caseseries.protocol.draft import Draft, LeafDraft, leaves, listed, mapping, read_by_day, rules_by_day, rules_of
from caseseries.protocol.extremes import BEGINS, EXTREMES
from caseseries.protocol.rule import DIRECTIONS
from caseseries.protocol.yaml import Loc


def comparisons(draft: Draft) -> Iterator[tuple[LeafDraft, str]]:
    """Every comparison, with the window of its outcome or line, of which there may be several: it is asked at each time point."""
    for name, outcome in mapping(draft.data, "outcomes").items():
        written, loc = mapping(outcome), ("outcomes", name)
        time = read_by_day(written)
        home = str(written.get("in")) if time else ""
        points = [BASELINE] if time else [str(one) for one in (written.get("at"), *listed(written, "also_at"))]
        read = [(at, rule, home) for at, rule in (rules_by_day if time else rules_of)(written, loc)]
        for rule_loc, rule, day in [*read, ((*loc, "among"), written.get("among"), "")]:
            for leaf in leaves(rule, rule_loc, day):
                alone = "at" in leaf.written or leaf.home
                yield from ((leaf, point) for point in (points[:1] if alone else points))
    for side in ("include", "exclude"):
        for place, line in enumerate(listed(draft.data, side)):
            for leaf in leaves(mapping(line), (side, place)):
                yield leaf, str(mapping(line).get("in"))


def read_daily(leaf: LeafDraft) -> bool:
    """Whether its value is that of each visit day."""
    return bool(leaf.home) and "at" not in leaf.written


def changes(draft: Draft) -> Iterator[tuple[str, str, str, Loc]]:
    """Every change outcome: measure, from, at, place."""
    for name, outcome in mapping(draft.data, "outcomes").items():
        written = mapping(outcome)
        if "change" in written:
            yield (
                str(written["change"]),
                str(written.get("from", BASELINE)),
                str(written.get("at")),
                ("outcomes", name, "change"),
            )


def begins(leaf: LeafDraft) -> str:
    """The window that a change starts from; of a nadir or peak the one from which it is looked for."""
    since = str(leaf.written.get("from", BASELINE))
    return BEGINS if since in EXTREMES else since


def taken(draft: Draft) -> Iterator[tuple[str, str, Loc]]:
    """Every window and measure that is taken in it as the window says."""
    for leaf, at in comparisons(draft):
        if not read_daily(leaf):
            yield leaf.window(at), leaf.measure, leaf.measure_loc
        if leaf.word in DIRECTIONS:
            yield begins(leaf), leaf.measure, leaf.measure_loc
    for measure, before, after, loc in changes(draft):
        yield before, measure, loc
        yield after, measure, loc
    for name, outcome in mapping(draft.data, "outcomes").items():
        if "describe" in mapping(outcome):
            yield str(mapping(outcome).get("at")), str(mapping(outcome)["describe"]), ("outcomes", name, "describe")


def pairs(draft: Draft) -> Iterator[tuple[Loc, str, str, str]]:
    """Every change: place, measure, from, at; empty where the value after is that of each visit day."""
    for leaf, at in comparisons(draft):
        if leaf.word in DIRECTIONS:
            after = "" if read_daily(leaf) else leaf.window(at)
            yield leaf.loc, leaf.measure, str(leaf.written.get("from", BASELINE)), after
    for measure, before, after, loc in changes(draft):
        yield loc, measure, before, after
