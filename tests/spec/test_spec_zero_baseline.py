"""A percent of 0 before: not evaluable, not met, or any rise counts; of values known in part only where all that they may be agree."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from tests.spec.mutating import break_it
from tests.spec.small import IMPLEMENTATIONS, Spec, analyse, answers, chart, on_every_engine, protocol

from caseseries.protocol.check import check_made
from caseseries.protocol.choices import defaults, in_force
from caseseries.protocol.leaf import Leaf, Slot
from caseseries.protocol.zero_baseline import IfZero
from caseseries.report.exhibits.methods import methods
from caseseries.verdict.bounds import decided
from caseseries.verdict.trace import Quantity

STUDY = """
measures:
  x: {{quantity: CRP, unit: mg/L, better: low{range}{choice}}}
outcomes: {{response: {{at: after, rule: {rule}}}}}
"""
ZERO, NEGATIVE = "not evaluable: baseline x: zero baseline", "not evaluable: baseline x: negative baseline"
BEFORE, AFTER = "not evaluable: baseline x: censored", "not evaluable: after x: censored"
#: A measure that is never below 0, and one that may be.
NEVER_BELOW, MAYBE_BELOW = ", range: [0, 500]", ""
RISE, FALL = "{worsens: x, more_than: 30 % of baseline}", "{improves: x, at_least: 30 % of baseline}"
LITTLE_RISE, LITTLE_FALL = "{rises: x, at_most: 30 % of baseline}", "{falls: x, less_than: 30 % of baseline}"


def of(choice: str, rule: str, told: str, range_: str = NEVER_BELOW, name: str = "") -> Spec:
    """Pairs of values, each with its answer: `0 5 yes; 0 0 no`."""
    rows, expected = [], {}
    for n, case in enumerate(told.split(";"), 1):
        before, after, answer = case.split(maxsplit=2)
        rows.append(f"{n} | x | 0:{before}, 90:{after}")
        expected[str(n)] = {"ZERO": ZERO, "NEGATIVE": NEGATIVE, "BEFORE": BEFORE, "AFTER": AFTER}.get(answer, answer)
    declared = f", if_zero_baseline: {choice}" if choice else ""
    changes = STUDY.format(rule=rule, range=range_, choice=declared)
    return Spec(name or f"{choice or 'undeclared'}: {rule}{range_}", changes, "\n".join(rows), expected)


ANY, NOT_MET = "any rise counts", "not met"
EXACT = [
    *(of(choice, rule, "0 5 ZERO; 0 0 ZERO; 10 20 yes; 10 10 no") for choice in ("", "not evaluable") for rule in [RISE]),
    of("", FALL, "0 5 ZERO; 0 0 ZERO; 10 5 yes"),
    of(NOT_MET, RISE, "0 5 no; 0 0 no; 10 14 yes; 10 13 no"),
    of(NOT_MET, FALL, "0 5 no; 0 0 no; 10 7 yes; 10 7.1 no"),
    of(NOT_MET, LITTLE_RISE, "0 5 no; 0 0 no; 10 13 yes"),
    of(NOT_MET, FALL, "0 5 no; 0 0 no; 0 -1 no; -1 -2 NEGATIVE", MAYBE_BELOW),
    of(ANY, RISE, "0 5 yes; 0 0.000001 yes; 0 0 no; 10 13 no; 10 13.1 yes"),
    of(ANY, "{rises: x, at_least: 1000 % of baseline}", "0 0.000001 yes; 0 0 no; 1 11 yes; 1 10.9 no"),
    of(ANY, FALL, "0 5 no; 0 0 no; 10 7 yes"),
    of(ANY, LITTLE_RISE, "0 5 no; 0 0 yes; 10 13 yes; 10 13.1 no"),
    of(ANY, "{rises: x, less_than: 30 % of baseline}", "0 5 no; 0 0 yes; 10 13 no"),
    of(ANY, LITTLE_FALL, "0 5 yes; 0 0 yes; 10 7 no"),
    # of a value that may be below 0 nobody can tell by what percent it fell from 0; that it did not rise is known
    of(ANY, RISE, "0 5 yes; 0 0 no; 0 -1 no; -1 5 NEGATIVE", MAYBE_BELOW),
    of(ANY, FALL, "0 5 no; 0 0 no; 0 -1 ZERO; -1 -2 NEGATIVE", MAYBE_BELOW),
    of(ANY, LITTLE_RISE, "0 5 no; 0 0 yes; 0 -1 yes", MAYBE_BELOW),
    of(ANY, LITTLE_FALL, "0 5 yes; 0 0 yes; 0 -1 ZERO", MAYBE_BELOW),
    of(ANY, "{not: {worsens: x, more_than: 30 % of baseline}}", "0 5 no; 0 0 yes"),
    of(ANY, "{all: [{worsens: x, more_than: 30 % of baseline}, {rises: x, at_least: 2 mg/L}]}", "0 1 no; 0 2 yes; 0 0 no"),
    of(ANY, "{rises: x, at_least: 20 % of range}", "0 5 no; 0 100 yes", name="a percent of the range has no zero"),
]  # fmt: skip

BOUNDS = [
    # from 0 to a bound
    of(ANY, RISE, "0 >0 yes; 0 >=0 AFTER; 0 <5 AFTER; 0 <=0 no; 0 >=1 yes; 0 >7 yes", name="a bound after, rises"),
    of(ANY, FALL, "0 >0 no; 0 >=0 no; 0 <5 no; 0 <=0 no", name="a bound after, falls"),
    of(ANY, LITTLE_RISE, "0 >0 no; 0 >=0 AFTER; 0 <5 AFTER; 0 <=0 yes", name="a bound after, little rise"),
    of(ANY, LITTLE_FALL, "0 >0 yes; 0 >=0 yes; 0 <5 yes; 0 <=0 yes", name="a bound after, little fall"),
    of(ANY, FALL, "0 >0 no; 0 >=0 no; 0 <5 AFTER; 0 >-1 AFTER", MAYBE_BELOW, name="a bound after that may be below 0, falls"),
    of(ANY, RISE, "0 >0 yes; 0 <0 no; 0 <=0 no; 0 <5 AFTER", MAYBE_BELOW, name="a bound after that may be below 0, rises"),
    of(NOT_MET, RISE, "0 >0 no; 0 <5 no", name="a bound after, not met"),
    of("", RISE, "0 >0 AFTER; 0 <5 AFTER", name="a bound after, undeclared"),
    # from what may be 0 or more
    of(ANY, RISE, "<5 7 yes; <5 6.5 yes; <5 6 BEFORE; <=5 6.5 BEFORE; <5 0 no; <=0 5 yes; <=0 0 no; >0 5 BEFORE; >=0 5 BEFORE; >=0 0 no",
       name="a bound before, rises"),
    of(ANY, FALL, "<5 7 no; <5 5 no; <5 3 BEFORE; <5 0 BEFORE; <=0 0 no; >0 0 yes; >=0 0 BEFORE; >=0 500 no; >=0 5 BEFORE",
       name="a bound before, falls"),
    of(NOT_MET, RISE, "<5 7 BEFORE; <5 0 no; <=0 5 no; >=0 0 no", name="a bound before, rises, not met"),
    of(NOT_MET, FALL, "<5 7 no; <5 0 BEFORE; >0 0 yes; >=0 0 BEFORE; >=10 0 yes", name="a bound before, falls, not met"),
    of(NOT_MET, LITTLE_FALL, "<5 7 BEFORE; <5 0 no; <=0 0 no", name="a bound before, little fall, not met"),
    of("not evaluable", RISE, "<5 7 BEFORE; <5 0 BEFORE; >0 0 no", name="a bound before, not evaluable"),
    of(ANY, "{improves: x, at_least: 100 % of baseline}", "<=0 <=0 no; <=0 5 no; <5 0 BEFORE; 0 <5 no", name="a bound before that is 0"),
    of(ANY, RISE, "<5 7 BEFORE; <=0 5 BEFORE; >0 0 no", MAYBE_BELOW, name="a bound before that may be below 0"),
    # both
    of(ANY, RISE, "<5 >7 yes; <5 <9 BEFORE; <=0 >0 yes; <=0 <9 BEFORE; <=0 <=0 no", name="bounds before and after, rises"),
    of(ANY, FALL, "<5 >7 no; <5 <9 BEFORE; <=0 <9 no", name="bounds before and after, falls"),
]  # fmt: skip


def other(name: str, measure: str, rows: str, answer: str, rule: str = "", more: str = "") -> Spec:
    rule = rule or "{worsens: x, more_than: 30 % of baseline}"
    measures = measure if measure.startswith("\n") else f"\n  x: {measure}"
    return Spec(
        name, f"measures:{measures}\noutcomes: {{response: {{at: after, rule: {rule}}}}}\n{more}", rows, {"1": answer}
    )


PARTS = """
  a: {quantity: a, unit: n, better: low, range: [0, 50]}
  b: {quantity: b, unit: n, better: low, range: [0, 50]}
"""
EVENTS = """
windows:
  baseline: {from: -30 days, to: -1 days, take: sum, components: nearest each}
  after: {from: 0 days, to: 29 days, take: sum, components: nearest each}
safety: {until_after_last_dose: 30 days, events: [flare]}
"""
FLARES = "{count: flare, better: low, if_zero_baseline: %s}"
SEEN = "1 | visit | 29\n"
VISITS = (
    "windows: {baseline: {from: -90 days, to: 0 days, take: last}, after: {from: 20 days, to: 134 days, take: last}}"
)
DOSE = "{daily_dose: prednisone, as: mg/day, source: visits, if_zero_baseline: any rise counts}"
KINDS = [
    other("an instrument", "{instrument: CRP, if_zero_baseline: any rise counts}", "1 | x | 0:0, 90:5", "yes"),
    other("a sum", PARTS + "  x: {sum: [a, b], unit: n, better: low, if_zero_baseline: any rise counts}",
          "1 | a | 0:0, 90:5\n1 | b | 0:0, 90:0", "yes"),
    other("a ratio, not met", PARTS + "  x: {ratio: [a, b], unit: n, better: low, if_zero_baseline: not met}",
          "1 | a | 0:0, 90:5\n1 | b | 0:2, 90:2", "no"),
    other("a difference that falls below 0", PARTS + "  x: {difference: [a, b], unit: n, better: low, if_zero_baseline: any rise counts}",
          "1 | a | 0:3, 90:3\n1 | b | 0:3, 90:5", ZERO, "{improves: x, at_least: 30 % of baseline}"),
    other("a dose, risen", DOSE, "1 | x | 0:0, 90:5", "yes"),
    other("a dose that cannot fall", DOSE, "1 | x | 0:0, 90:5", "no", "{decrease: x, at_least: 30 % of baseline}"),
    other("a dose that stays 0", DOSE, "1 | x | 0:0, 90:0", "no"),
    other("events, none before and one after", FLARES % ANY, f"{SEEN}1 | event: flare | 4", "yes", more=EVENTS),
    other("events, none at all", FLARES % ANY, SEEN, "no", more=EVENTS),
    other("events, perhaps one before", FLARES % ANY, f"{SEEN}1 | event: flare | -4~9, 4, 5", "yes", more=EVENTS),
    other("events, perhaps one before and as many after", FLARES % ANY, f"{SEEN}1 | event: flare | -4~9, 4",
          "not evaluable: baseline x: date not exact; baseline x date not exact", more=EVENTS),
    other("events, perhaps one before and none after", FLARES % NOT_MET, f"{SEEN}1 | event: flare | -40~-4",
          "no", more=EVENTS),
    other("events, perhaps none before to fall from", FLARES % NOT_MET, f"{SEEN}1 | event: flare | -40~-4",
          "not evaluable: baseline x: date not exact", "{improves: x, at_least: 50 % of baseline}", EVENTS),
    other("from a nadir of 0", f"{{quantity: size, unit: mm, better: low, if_zero_baseline: {ANY}}}", "1 | x | 0:10, 30:0, 90:1", "yes",
          "{rises: x, from: nadir, at_least: 20 % of nadir}", VISITS),
    other("from a nadir of 0, undeclared", "{quantity: size, unit: mm, better: low}", "1 | x | 0:10, 30:0, 90:1",
          "not evaluable: nadir up to after x: zero baseline", "{rises: x, from: nadir, at_least: 20 % of nadir}", VISITS),
    other("at every visit", f"{{quantity: size, unit: mm, better: low, range: [0, 90], if_zero_baseline: {ANY}}}", "1 | x | 0:0, 30:1, 90:2", "yes",
          "{held: {rises: x, at_least: 20 % of baseline}, in: after, on: every visit}", VISITS),
    other("at every visit, once not", f"{{quantity: size, unit: mm, better: low, range: [0, 90], if_zero_baseline: {ANY}}}",
          "1 | x | 0:0, 30:0, 90:2",
          "no", "{held: {rises: x, at_least: 20 % of baseline}, in: after, on: every visit}", VISITS),
    other("a value that was not recorded after", f"{{quantity: size, unit: mm, better: low, if_zero_baseline: {NOT_MET}}}", "1 | x | 0:0",
          "not evaluable: after x: no visit in window"),
    Spec("a fall from 0 that nobody can tell, counted as not met",
         STUDY.format(rule=FALL, range="", choice=f", if_zero_baseline: {ANY}") + "robustness: {missing: [not met]}",
         "1 | x | 0:0, 90:-1", {"1": "no"}, cell=1),
]  # fmt: skip
SPECS = [*EXACT, *BOUNDS, *KINDS]


@on_every_engine(SPECS)
def test_a_percent_of_zero(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


B, A = Slot("x", "baseline"), Slot("x", "after")
#: What may be written, and values that it may be; each that it may be at or next to one of its ends, and between.
WRITTEN = ["0", "1", "2", "<1", "<=1", ">0", ">=0", ">1", "<=0", ">=2", "<2"]
GRID = [Fraction(n, 100) for n in (*range(420), 49_999, 50_000)]


def may_be(written: str) -> list[Fraction]:
    sign, number = written.rstrip("0123456789"), Fraction(written.lstrip("<>="))
    holds = {
        "": lambda value: value == number,
        "<": lambda value: value < number,
        "<=": lambda value: value <= number,
        ">": lambda value: value > number,
        ">=": lambda value: value >= number,
    }[sign]
    fits = [value for value in GRID if holds(value)]
    return [*fits[:12], *fits[12:-12:25], *fits[-12:]] if len(fits) > 24 else fits


def quantity(slot: Slot, written: str) -> Quantity:
    sign, number = written.rstrip("0123456789"), Fraction(written.lstrip("<>="))
    if not sign:
        return Quantity(slot, number, 0, 1)
    return Quantity(slot, None, 0, 1, "censored", sign, number)


@pytest.mark.parametrize("if_zero", ["not evaluable", "not met", "any rise counts"])
def test_values_known_in_part_answer_where_every_way_of_filling_in_agrees(if_zero: IfZero) -> None:
    from caseseries.reference.rule import leaf_truth

    told = 0
    for sign, comparison, (before, after) in itertools.product(
        (1, -1), ("at_least", "more_than", "at_most", "less_than"), itertools.product(WRITTEN, repeat=2)
    ):
        leaf = Leaf(
            "change", "gain", A, B, sign, comparison, Fraction(50), "baseline", low=Fraction(0), high=Fraction(500),
            bounds=True, if_zero=if_zero,
        )  # fmt: skip
        found = decided(leaf, [quantity(B, before), quantity(A, after)])
        filled = {
            leaf_truth(leaf, {B: Quantity(B, one, 0, 1), A: Quantity(A, other, 0, 1)})[0]
            for one in may_be(before)
            for other in may_be(after)
        }
        if found is not None:
            told += 1
            assert {found} == filled, (sign, comparison, before, after)
        else:
            assert len(filled) > 1 or None in filled, (sign, comparison, before, after)
    assert told > 100


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_the_sentence_says_that_the_choice_may_be_declared(implementation: str) -> None:
    study = protocol(STUDY.format(rule=RISE, range="", choice=""))
    found = answers(study, "1 | x | 0:0, 90:5", implementation).verdicts["1", "response", 0]
    assert "baseline x: zero baseline" == found.absent


def test_the_choice_is_among_those_in_force_and_in_the_methods() -> None:
    plain = protocol(STUDY.format(rule=RISE, range="", choice=""))
    (default,) = [one for one in defaults(plain) if "if_zero" in one.name]
    assert ("measures > x > if_zero_baseline", "not evaluable") == (default.name, default.value)
    assert "zero before" not in str(methods(analyse(plain, chart("1 | x | 0:0, 90:5", plain))))
    for choice, told in (
        (ANY, "Any rise from zero before, for x, counted as one of more than any percentage"),
        (NOT_MET, "A percentage of zero before, for x, counted as not met."),
        ("not evaluable", "A percentage of zero before, for x, counted as not evaluable."),
    ):
        study = protocol(STUDY.format(rule=RISE, range="", choice=f", if_zero_baseline: {choice}"))
        assert not [one for one in defaults(study) if "if_zero" in one.name]
        (value,) = [value for name, value in in_force(study) if name == "measures > x > if_zero_baseline"]
        assert value.startswith(f"{choice}: ")
        assert told in str(methods(analyse(study, chart("1 | x | 0:0, 90:5", study))))


def test_no_value_of_a_range_above_zero_is_zero() -> None:
    study = protocol(STUDY.format(rule=RISE, range=", range: [2, 10]", choice=f", if_zero_baseline: {ANY}"))
    assert ["no value of x is 0: its range is 2 to 10"] == [problem.what for problem in check_made(study).errors]


LEAF, WORDS = "caseseries.response.leaf_sql", "caseseries.reference.rule"
BY_NAME = {spec.name: spec for spec in SPECS}
RISES, FALLS = f"{ANY}: {RISE}", f"{ANY}: {FALL}"
#: Module, name, what is broken, what it becomes, the spec that holds it.
MUTANTS = [
    (LEAF, "_from_zero", "{after} > 0", "{after} >= 0", f"{RISES}{NEVER_BELOW}"),
    (LEAF, "_from_zero", "{after} >= 0", "TRUE", f"{FALLS}"),
    (LEAF, "_from_zero", 'return "FALSE"', 'return "TRUE"', f"{NOT_MET}: {RISE}{NEVER_BELOW}"),
    (LEAF, "_from_zero", "if leaf.little", "if False", f"{ANY}: {LITTLE_RISE}{NEVER_BELOW}"),
    (LEAF, "_rise", "low.num} >= 0", "low.num} >= -9000000", "a bound after that may be below 0, falls"),
    (LEAF, "_rise", "'>=' if low.open_ else '>'", "'>='", "a bound after, rises"),
    (LEAF, "_rise", "{high.num} <= 0", "{high.num} < 0", "a bound after, rises"),
    (LEAF, "_rise", "if leaf.little", "if False", "a bound after, little rise"),
    (LEAF, "_of_percent", "AND ({alone} OR {sure})", "", "a bound before, rises"),
    (LEAF, "_of_percent", "AND ({alone} OR {never})", "", "a bound before, falls"),
    (LEAF, "_of_percent", "{high.num} = 0", "FALSE", "a bound before that is 0"),
    (LEAF, "_of_percent", "{held} AND", "", "a bound before, rises, not met"),
    ("caseseries.response.respond", "_from_zero", "and not falls", "", "a difference that falls below 0"),
    (WORDS, "_from_zero", "if after < 0 and leaf.sign < 0", "if False", f"{FALLS}"),
    (WORDS, "_from_zero", "and leaf.sign > 0", "", f"{FALLS}{NEVER_BELOW}"),
    ("caseseries.verdict.bounds", "_of_zero", "if _above(after.low, Fraction(0)) else None", "", "a bound after that may be below 0, falls"),
    ("caseseries.verdict.bounds", "decided", "or of_zero is answer", "", "a bound before, falls"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "name", "old", "new", "spec"), MUTANTS, ids=[f"{one[1]}: {one[2]} {one[3]}" for one in MUTANTS]
)
def test_what_is_broken_turns_red(
    module: str, name: str, old: str, new: str, spec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "or of_zero is answer" in old:
        old, new = "if above.empty or of_zero is answer else None", ""
    break_it(monkeypatch, module, name, old, new)
    try:
        BY_NAME[spec].holds("duckdb" if ".response." in module else "reference", alone=True)
    except Exception:  # also a query that no engine takes is red
        return
    pytest.fail(f"{spec} still holds")
