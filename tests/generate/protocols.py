"""Drawn protocols: few measures and windows, every choice that the page on meaning gives a name."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.rule import parse
from caseseries.protocol.tree import grow
from caseseries.protocol.window import DAY_TAKES, VALUE_TAKES

EFFECTS = ["as observed", "as observed", "responder", "non-responder", "not evaluable"]
COMPARISONS = ["at_least", "more_than", "at_most", "less_than"]
SAME_DAYS = ["best", "worst", "highest", "lowest", "mean", "not evaluable"]

#: What may be measured. `strength` and `vas` have a range, `enzyme` may be zero or negative and has no direction.
NUMBERS = ("strength", "vas", "enzyme")


def _clean(written: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in written.items() if value is not None}


@st.composite
def measures(draw: st.DrawFn) -> dict[str, Any]:
    """Three numbers, a judgement, a daily dose and the weight."""
    unit = draw(st.sampled_from(["prednisone mg/day", "prednisone mg/day", "prednisone mg/kg/day", "mg/day"]))
    source = draw(st.sampled_from(["courses", "courses", "courses", "visits"]))
    # milligrams of different drugs are not added up, except by whoever wrote them at a visit
    of_one = unit == "mg/day" and source == "courses"
    dose: dict[str, Any] = {
        "daily_dose": draw(st.sampled_from(["systemic glucocorticoids"] * (not of_one) + ["prednisone"])),
        "as": unit,
        "source": source,
        "outside_courses": draw(st.sampled_from(["zero", "zero", "not evaluable", None])),
        "pulses": draw(st.sampled_from(["apart", "apart", "included"])),
        "if_zero_baseline": draw(st.sampled_from(["not evaluable", "not met"])),
        "weight": "weight",
        "weight_within": draw(st.sampled_from(["30 days", "7 days", "0 days"])),
    }
    limit = st.sampled_from(["not evaluable", "limit"])
    strength = {
        "quantity": "strength",
        "unit": "points",
        "range": ["0", "80"],
        "better": "high",
        "censored": draw(limit),
    }
    vas = {"quantity": "global activity", "unit": "cm", "range": ["2", "10"], "better": "low", "censored": draw(limit)}
    return {
        "strength": strength,
        "vas": vas,
        "enzyme": {"quantity": "enzyme", "unit": "U/L", "better": "none"},
        "improved": {"judgement": "improved", "since": "index date", "better": draw(st.sampled_from(["yes", "no"]))},
        "dose": dose,
        "weight": {"quantity": "weight", "unit": "kg", "better": "none"},
    }


@st.composite
def window(draw: st.DrawFn, start: int, end: int) -> dict[str, Any]:
    """A window of at most so many days, with its target, take, tie, same-day rule and components."""
    first = draw(st.integers(start, start + 5))
    last = draw(st.integers(end - 5, end))
    each = draw(st.booleans())
    take = draw(st.sampled_from([*DAY_TAKES, "nearest", "nearest", *VALUE_TAKES * each]))
    ties = ["earlier", "later"] + ["better", "worse", "mean"] * (2 * each)
    return {
        "from": f"{first} days",
        "to": f"{last} days",
        "target": f"{draw(st.integers(first + 5, last - 5))} days",
        "take": take,
        "tie": draw(st.sampled_from(ties)),
        "same_day": draw(st.sampled_from(SAME_DAYS)),
        "components": "nearest each" if each else "same visit",
    }


#: Thresholds of a change and of a value; {dose} is the unit of the daily dose.
CHANGES = {
    "strength": ["4 points", "0.5 points", "20 % of range", "25% of range"],
    "vas": ["1 cm", "0.4 cm", "20 % of range", "25% of range"],
    "enzyme": ["10 U/L", "2.3 U/L"],
    "dose": ["5 {dose}", "2.5 {dose}"],
}
VALUES = {
    "strength": ["54 points", "78 points", "20 % of range", "25% of range"],
    "vas": ["3 cm", "4.5 cm", "20 % of range", "25% of range"],
    "enzyme": ["150 U/L", "0 U/L"],
    "dose": ["7.5 {dose}", "0 {dose}"],
}
OF_BASELINE = ["20 % of baseline", "15 % of baseline"]
#: No change at all is a threshold of `at_most` alone, and of a dose, which is never below it, of two comparisons.
NO_CHANGE = ["0 {unit}"]
OF_NO_DOSE = ["more_than", "at_most"]


def _threshold(measure: str, comparison: str, dose: str, *, change: bool) -> st.SearchStrategy[str]:
    """A threshold that the comparison can meet and miss, with its unit."""
    unit = {"strength": "points", "vas": "cm", "enzyme": "U/L", "dose": dose}[measure]
    if change:
        options = [*CHANGES[measure], *OF_BASELINE, *NO_CHANGE * (comparison == "at_most")]
    else:
        fits = measure != "dose" or comparison in OF_NO_DOSE
        options = [one for one in VALUES[measure] if fits or not one.startswith("0 ")]
    return st.sampled_from([one.format(dose=dose, unit=unit) for one in options])


@st.composite
def leaf(draw: st.DrawFn, windows: list[str], dose: str) -> dict[str, Any]:
    """A comparison of one measure, sometimes in another window than the outcome's."""
    kind = draw(st.sampled_from(["is", "value", "change", "change", "change"]))
    elsewhere = {"at": draw(st.sampled_from(windows[1:]))} if draw(st.integers(0, 4)) == 4 else {}
    if kind == "is":
        return {"is": "improved"} | elsewhere
    measure = draw(st.sampled_from([*NUMBERS, "dose", "dose"]))
    comparison = draw(st.sampled_from([*COMPARISONS, "at_least", "more_than"]))
    if kind == "value":
        return {"value": measure, comparison: draw(_threshold(measure, comparison, dose, change=False))} | elsewhere
    if "later" in windows and draw(st.integers(0, 4)) == 4:
        elsewhere = {"from": "after", "at": "later"}
    words = ["gain", "decrease", "rises", "falls"] + ["improves", "worsens"] * (2 * (measure != "enzyme"))
    threshold = draw(_threshold(measure, comparison, dose, change=True))
    return {draw(st.sampled_from(words)): measure, comparison: threshold} | elsewhere


def rules(windows: list[str], dose: str) -> st.SearchStrategy[dict[str, Any]]:
    """Nested rules of a few leaves."""

    def inner(parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
        several = st.lists(parts, min_size=1, max_size=3)
        return st.one_of(
            several.map(lambda chosen: {"all": chosen}),
            several.map(lambda chosen: {"any": chosen}),
            parts.map(lambda chosen: {"not": chosen}),
            st.lists(parts, min_size=2, max_size=3).flatmap(_counted),
        )

    return st.recursive(leaf(windows, dose), inner, max_leaves=5)


def _counted(parts: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    bounds = st.sampled_from(["at_least", "at_most", "exactly"])
    return st.tuples(bounds, st.integers(0, len(parts))).map(lambda drawn: {drawn[0]: str(drawn[1]), "of": parts})


@st.composite
def outcome(draw: st.DrawFn, windows: list[str], dose: str) -> dict[str, Any]:
    """A verdict with up to two readings and sometimes a denominator of its own."""
    readings = draw(st.lists(rules(windows, dose), max_size=2))
    among = {"value": "strength", "at": "baseline", "less_than": "54 points"} if draw(st.integers(0, 3)) == 3 else None
    return _clean(
        {
            "at": draw(st.sampled_from(windows[1:])),
            "rule": draw(rules(windows, dose)),
            "readings": {f"reading {place}": rule for place, rule in enumerate(readings, start=1)},
            "among": among,
        }
    )


@st.composite
def levels(draw: st.DrawFn, windows: list[str], dose: str, verdict: dict[str, Any]) -> dict[str, Any]:
    """A verdict as an outcome with two or three levels, the rule as its first; a reading has other rules for the same ones."""
    names = draw(st.sampled_from([["good", "none"], ["good", "moderate", "none"], ["good", "moderate", "none"]]))

    def way(first: dict[str, Any]) -> dict[str, Any]:
        rest = [draw(rules(windows, dose)) for _ in names[1:-1]]
        return dict(zip(names, [first, *rest, "otherwise"], strict=True))

    made = {name: part for name, part in verdict.items() if name not in {"rule", "readings"}}
    readings = {name: way(rule) for name, rule in verdict["readings"].items()}
    return made | {"levels": way(verdict["rule"]), "readings": readings}


@st.composite
def intercurrent(draw: st.DrawFn) -> dict[str, Any]:
    """An effect for each event."""
    effect = st.sampled_from(EFFECTS)
    drugs = draw(st.sampled_from([["IVIG"], ["conventional immunosuppressants", "IVIG"], ["methotrexate"]]))
    return {
        "death": draw(effect),
        "lost": draw(effect),
        "rescue added": _clean(
            {
                "drugs": drugs,
                "verdict": draw(effect),
                "restart_after": draw(st.sampled_from(["0 days", "14 days", "30 days", "60 days", None, None])),
            }
        ),
        "drug stopped": draw(effect),
        "steroid raised above baseline": draw(effect),
        "pulse": {"within": f"{draw(st.sampled_from([0, 7, 14]))} days", "verdict": draw(effect)},
    }


INCLUDE: list[dict[str, Any]] = [
    {"diagnosis": "Juvenile dermatomyositis", "by": "index date"},
    {"diagnosis": "juvenile  Dermatomyositis", "by": "any time"},
    {"age": {"below": "18 years"}, "at": "index date"},
    {"age": {"at_least": "2 years", "below": "18 years"}, "at": "diagnosis"},
    {"prior_drug": "conventional immunosuppressants"},
    {"concurrent_drug": "systemic glucocorticoids"},
    {"recorded": "strength", "in": "baseline"},
    {"observed_before": "60 days"},
    {"minimum_follow_up": "30 days", "flagged": "looks into the future"},
]
EXCLUDE: list[dict[str, Any]] = [
    {"patients": ["p01", "p02"], "reason": "withdrew"},
    {"prior_drug": "methotrexate", "within": "30 days"},
    {"concurrent_drug": "methotrexate"},
    {"diagnosis": "lupus", "by": "index date"},
    {"age": {"at_least": "18 years"}, "at": "index date"},
]


@st.composite
def value_criterion(draw: st.DrawFn, windows: list[str], dose: str) -> dict[str, Any]:
    """A line that asks for the value of a measure, mostly before the index date; of one number for a range."""
    within = {"in": draw(st.sampled_from(["baseline", "baseline", "baseline", *windows[1:]]))}
    kind = draw(st.sampled_from(["is", "range", *["value"] * 6]))
    if kind == "is":
        return {"is": "improved"} | within
    if kind == "range":
        lower, upper = draw(st.sampled_from(["at_least", "more_than"])), draw(st.sampled_from(["at_most", "less_than"]))
        return {"value": "strength", lower: "25% of range", upper: "78 points"} | within
    measure = draw(st.sampled_from([*NUMBERS, "dose", "dose"]))
    comparison = draw(st.sampled_from(COMPARISONS))
    return {"value": measure, comparison: draw(_threshold(measure, comparison, dose, change=False))} | within


@st.composite
def criteria(draw: st.DrawFn, windows: list[str], dose: str) -> dict[str, list[dict[str, Any]]]:
    """What is included and excluded; one study in three asks for a value, anywhere among the lines."""
    found = {
        "include": draw(st.lists(st.sampled_from(INCLUDE), max_size=2, unique_by=str)),
        "exclude": draw(st.lists(st.sampled_from(EXCLUDE), max_size=1, unique_by=str)),
    }
    if draw(st.integers(0, 2)) == 2:
        lines = found[draw(st.sampled_from(["include", "include", "exclude"]))]
        lines.insert(draw(st.integers(0, len(lines))), draw(value_criterion(windows, dose)))
    return found


@st.composite
def case(draw: st.DrawFn) -> dict[str, Any]:
    """The index date: mostly the first exposure, with restarts and washout."""
    kind = draw(st.sampled_from(["exposure"] * 5 + ["event", "nominal"]))
    if kind == "event":
        return {"index_date": {"first_event": "biopsy"}, "per": "patient"}
    if kind == "nominal":
        return {"index_date": {"nominal_day": "0 days"}, "per": "patient"}
    restart = draw(st.sampled_from([0, 30, 60]))
    washout = draw(st.sampled_from([None, None, 90]))
    index = {
        "first_exposure": "mycophenolate mofetil",
        "restart_after": f"{restart} days",
        "washout": None if washout is None else f"{washout} days",
    }
    return {"index_date": _clean(index), "per": draw(st.sampled_from(["patient", "course"]))}


@st.composite
def robustness(draw: st.DrawFn, windows: dict[str, Any], per_kg: str) -> dict[str, Any]:
    """Up to three of: another width, another take, missing as not met, the dose per kilogram."""
    parts = draw(st.lists(st.sampled_from(["width", "take", "missing", "dose", "readings"]), max_size=3, unique=True))
    grid: dict[str, Any] = {}
    name = draw(st.sampled_from(list(windows)))
    written = windows[name]
    if "width" in parts:
        first, last = (int(written[end].split()[0]) for end in ("from", "to"))
        grid["windows"] = {name: [{"from": f"{first - 10} days", "to": f"{last + 10} days"}]}
    if "take" in parts:
        takes = DAY_TAKES + (VALUE_TAKES if written["components"] == "nearest each" else ())
        grid["take"] = {name: [draw(st.sampled_from([take for take in takes if take != written["take"]]))]}
    if "missing" in parts:
        grid["missing"] = ["not met"]
    if "dose" in parts:
        grid["dose"] = [per_kg]
    if "readings" in parts:
        grid["readings"] = "no"
    return grid


@st.composite
def protocols(draw: st.DrawFn) -> Protocol:
    """A whole protocol that the cross-checks accept; nearly half leave one choice open."""
    windows = {"baseline": draw(window(-60, 0)), "after": draw(window(40, 100))}
    if draw(st.integers(0, 2)) == 2:
        windows["later"] = draw(window(120, 170))
        if draw(st.integers(0, 3)) == 3:  # one value may then serve both
            windows["later"] |= {"from": f"{draw(st.integers(80, 110))} days", "overlap": "yes"}
    declared = draw(measures())
    outcomes = {"response": draw(outcome(list(windows), declared["dose"]["as"]))}
    if draw(st.integers(0, 3)) == 3:
        second = draw(outcome(list(windows), declared["dose"]["as"]))
        outcomes["second"] = (
            draw(levels(list(windows), declared["dose"]["as"], second)) if draw(st.booleans()) else second
        )
    lines = draw(criteria(list(windows), declared["dose"]["as"]))
    if declared["dose"]["source"] == "courses":
        _name_a_day(windows, declared, outcomes, [*lines["include"], *lines["exclude"]])
    index_case = draw(case())
    left_open = draw(
        st.sampled_from([""] * 6 + ["tie", "same_day", *["if_zero_baseline"] * 3, "restart_after", "grid"])
    )
    for part in [*windows.values(), declared["dose"], index_case["index_date"]]:
        part.pop(left_open, None)
    equivalents = declared["dose"]["as"].startswith("prednisone")
    written = {
        "study": "drawn",
        "invented": "yes",
        "case": index_case,
        **lines,
        "measures": declared,
        "windows": windows,
        "intercurrent": draw(intercurrent()),
        "outcomes": outcomes,
        "robustness": draw(robustness(windows, "prednisone mg/kg/day" if equivalents else "mg/kg/day")),
    }
    if left_open == "grid":  # a choice that only another cell of the grid would need
        windows["after"] |= {"take": "last"}
        del windows["after"]["tie"]
        written["robustness"] |= {"take": {"after": ["nearest"]}}
    if draw(st.integers(0, 2)) == 2:
        written["partial_dates"] = "bounds"
    if draw(st.integers(0, 1)) == 1:
        written["period"] = {"from": "2005-01-01", "to": "2005-12-31", "data_cutoff": "2006-06-30"}
    return Protocol.model_validate(written)


def _name_a_day(
    windows: dict[str, Any], declared: dict[str, Any], outcomes: dict[str, Any], lines: list[dict[str, Any]]
) -> None:
    """Where a dose from courses stands alone in a window of an outcome or a criterion, the window has to name a day."""
    for line in lines:
        if line.get("value") == "dose" and windows[line["in"]]["take"] in VALUE_TAKES:
            windows[line["in"]]["take"] = "nearest"
    facts = {name: MeasureFacts(name, "number", "", "", None, None, 1) for name in declared}
    for written in outcomes.values():
        ways = [written.get("levels", written.get("rule")), *written["readings"].values()]
        rules = [rule for way in ways for rule in ([*way.values()][:-1] if "levels" in written else [way])]
        rules += [written["among"]] if "among" in written else []
        slots = {slot for rule in rules for slot in grow(parse(rule), written["at"], facts).slots}
        for name, window in windows.items():
            if window["take"] in VALUE_TAKES and {slot.measure for slot in slots if slot.window == name} == {"dose"}:
                window["take"] = "nearest"
