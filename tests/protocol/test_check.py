"""Each way in which the parts of a protocol may not fit together; the example with one thing changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseseries.errors import Problem, ProtocolError
from caseseries.protocol.load import parse

EXAMPLE = (Path(__file__).resolve().parents[2] / "examples" / "jdm-mmf" / "protocol.yaml").read_text(encoding="utf-8")
#: The same with the choices left out that only some data raise, so that each test adds what it is about.
EXAMPLE = EXAMPLE.replace("month 3:\n    {", "month 3: {").replace(", same_day: not evaluable", "")
EXAMPLE = EXAMPLE.replace("partial_dates: refuse\n\n", "")
RULE = "- {is: improved}\n        - any:"


def problems(*changes: tuple[str, str]) -> tuple[Problem, ...]:
    try:
        parse(_changed(*changes), file="p.yaml")
    except ProtocolError as error:
        return error.problems
    return ()


def warnings(*changes: tuple[str, str]) -> tuple[Problem, ...]:
    return parse(_changed(*changes), file="p.yaml").warnings


def _changed(*changes: tuple[str, str]) -> str:
    text = EXAMPLE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


#: What is changed, and the one mistake it makes: words, what was found, what to do.
MISTAKES = {
    # measures
    "unknown instrument": (
        ("{instrument: CMAS}", "{instrument: CMSA}"),
        "not an instrument in the catalogue", "CMSA",
        "write CMAS, or describe your own with `quantity:`, `unit:` and `better:`",
    ),
    "range upside down": (
        ("{instrument: CMAS}", "{instrument: CMAS, range: [52, 0]}"),
        "the range ends before it begins", "52 to 0", "",
    ),
    "unit changed without its range": (
        ("{instrument: CMAS}", "{instrument: CMAS, unit: steps}"),
        "the range of CMAS is known in points only", "steps", "give the `range:` in the new unit",
    ),
    "dose of no drug": (
        ("daily_dose: systemic glucocorticoids", "daily_dose: systemic glucocorticoidz"),
        "no drug or group of drugs has this name", "systemic glucocorticoidz",
        "write systemic glucocorticoid, or declare it under `drugs:` or `drug_groups:`",
    ),
    "prednisone equivalents of another drug": (
        ("daily_dose: systemic glucocorticoids", "daily_dose: methotrexate"),
        "methotrexate: no glucocorticoid, so no prednisone equivalent", "prednisone mg/day", "",
    ),
    "weight that is no weight": (
        ("    weight: weight\n", "    weight: ck\n"),
        "the weight must be a measure in kg", "ck", "for example {instrument: weight}",
    ),
    "weight without its distance": (
        ("    weight_within: 30 days\n", ""),
        "how far from the day of the dose a weight may have been taken is not said", "", "add `weight_within:`, such as 30 days",
    ),
    # windows
    "the best of a visit": (
        ("take: last}", "take: best}"),
        "with `components: same visit` a whole visit is chosen, not the best of single values", "best",
        "write `components: nearest each`, or take nearest, last or first",
    ),
    "the better of two visits": (
        ("tie: earlier", "tie: better"),
        "with `components: same visit` a tie between visits is settled by their days", "better", "",
    ),
    "a measure called like a window": (
        ("  ck: {instrument: CK}", "  ck: {instrument: CK}\n  month 3: {instrument: CHAQ}"),
        "a measure and a window have the same name", "month 3", "rename one",
    ),
    "two names that look the same": (
        ("  ck: {instrument: CK}", "  ck: {instrument: CK}\n  CK: {instrument: CK}"),
        "two measures have names that look the same", "CK", "",
    ),
    "a colon in a name": (
        ("  ck: {instrument: CK}", "  'c:k': {instrument: CK}"),
        "the name of a measure holds no colon and no semicolon", "c:k", "",
    ),
    # case and eligibility
    "unknown study drug": (
        ("first_exposure: mycophenolate mofetil", "first_exposure: mycofenolate mofetil"),
        "no drug or group of drugs has this name", "mycofenolate mofetil",
        "write mycophenolate mofetil, or declare it under `drugs:` or `drug_groups:`",
    ),
    "courses of an event": (
        ("case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 60 days}, per: patient}",
         "case: {index_date: {first_event: flare}, per: course}"),
        "only an index date by first exposure has courses to count", "course", "",
    ),
    "negative restart": (
        ("restart_after: 60 days", "restart_after: -60 days"),
        "a length of time is not negative here", "-60 days", "",
    ),
    "cut-off before the end": (
        ("data_cutoff: 2010-06-30", "data_cutoff: 2009-06-30"),
        "`data_cutoff` lies before `to`", "2009-06-30", "",
    ),
    "impossible age": (
        ("{below: 18 years}", "{at_least: 18 years, below: 18 years}"),
        "nobody has such an age", "at least 18, below 18", "",
    ),
    "criterion on an unknown measure": (
        ("  - {age: {below: 18 years}, at: index date}", "  - {recorded: mtt, in: baseline}"),
        "no measure has this name", "mtt", "write mmt",
    ),
    "criterion in an unknown window": (
        ("  - {age: {below: 18 years}, at: index date}", "  - {recorded: mmt, in: baselin}"),
        "no window has this name", "baselin", "write baseline",
    ),
    "earlier drug unknown": (
        ("  - {age: {below: 18 years}, at: index date}", "  - {prior_drug: methotrexat}"),
        "no drug or group of drugs has this name", "methotrexat",
        "write methotrexate, or declare it under `drugs:` or `drug_groups:`",
    ),
    "the same line twice": (
        ("  - {age: {below: 18 years}, at: index date}", "  - {diagnosis: juvenile dermatomyositis, by: index date}"),
        "two lines of the flow diagram have the same words", "", "give one another `label:`, or delete it",
    ),
    # intercurrent events
    "pulse without days": (
        ("pulse: {within: 14 days, verdict: not evaluable}", "pulse: not evaluable"),
        "how long before the assessment a pulse counts is not said", "not evaluable",
        "write {within: 14 days, verdict: ...}, or `as observed`",
    ),
    "rescue without drugs": (
        ("{drugs: [conventional immunosuppressants, biologics, IVIG], restart_after: 30 days, verdict: non-responder}", "non-responder"),
        "which drugs count as rescue is not said", "non-responder",
        "write {drugs: [biologics, IVIG], verdict: ...}, or `as observed`",
    ),
    "unknown rescue drug": (
        ("biologics, IVIG]", "biologicals, IVIG, cortizone]"),
        "no drug or group of drugs has this name", "cortizone", "write cortisone, or declare it under `drugs:` or `drug_groups:`",
    ),
    "dose that is none": (
        ("steroid raised above baseline: non-responder", "steroid raised above baseline: {dose: ck, verdict: non-responder}"),
        "no daily dose has this name", "ck", "",
    ),
    # outcomes
    "unknown window": (("    at: month 3\n", "    at: month3\n"), "no window has this name", "month3", "write month 3"),
    "unknown measure": ((RULE, RULE.replace("improved", "imprved")), "no measure has this name", "imprved", "write improved"),
    "a score judged": (
        (RULE, RULE.replace("improved", "cmas")),
        "`is` asks for a judgement, and this measure is a number", "cmas", "use value, gain or decrease",
    ),
    "a judgement compared": (
        ("{gain: mmt, at_least: 4 points}", "{gain: improved, at_least: 4 points}"),
        "a judgement is yes or no: `gain` does not apply", "improved", "write {is: improved}",
    ),
    "another unit": (
        ("{gain: mmt, at_least: 4 points}", "{gain: mmt, at_least: 4 kg}"),
        "mmt is not measured in this unit", "kg", "",
    ),
    "range of a laboratory value": (
        ("{gain: mmt, at_least: 4 points}", "{decrease: ck, at_least: 20 % of range}"),
        "ck has no range, so percent of range says nothing", "20 % of range", "give the measure a `range:`",
    ),
    "better of what has no better": (
        ("{gain: mmt, at_least: 4 points}", "{improves: weight, at_least: 4 kg}"),
        "neither higher nor lower weight is better, so `improves` says nothing", "weight",
        "write gain or decrease, or give the measure `better:`",
    ),
    "change from an unknown window": (
        ("{gain: mmt, at_least: 4 points}", "{gain: mmt, at_least: 4 points, from: baselin}"),
        "no window has this name", "baselin", "write baseline",
    ),
    "change from a window to itself": (
        ("{gain: mmt, at_least: 4 points}", "{gain: mmt, at_least: 4 points, from: month 3}"),
        "a change from a window to itself is always 0", "month 3", "name two different windows",
    ),
    "a reading called like the rule": (
        ("      dose alone suffices:", "      as written:"), "this is the name of the rule itself", "as written", "name the reading",
    ),
    "change of a judgement": (
        ("safety:\n", "  judged:\n    {change: improved, at: month 3}\n\nsafety:\n"), "a judgement has no change", "improved", "",
    ),
    "a value of no measure": (
        ("safety:\n", "  one:\n    {describe: mmtt, at: month 3}\n\nsafety:\n"), "no measure has this name", "mmtt", "write mmt",
    ),
    "a value in no window": (
        ("safety:\n", "  one:\n    {describe: mmt, at: month 33}\n\nsafety:\n"), "no window has this name", "month 33", "write month 3",
    ),
    "kind of outcome that waits": (
        ("safety:\n", "  flare:\n    {time_to: flare, pending: no}\n\nsafety:\n"),
        "this kind of outcome is not computed yet", "no", "write `pending: yes`",
    ),
    # safety and drugs
    "monitored judgement": (
        ("{measure: neutrophils, below: 1.5}", "{measure: improved}"), "only a measured number can be monitored", "improved", "",
    ),
    "monitored unknown": (
        ("{measure: neutrophils, below: 1.5}", "{measure: neutrophil}"), "no measure has this name", "neutrophil", "write neutrophils",
    ),
    "unknown group of earlier drugs": (
        ("IVIG, antimalarials", "IVIG, antimalarialz"), "no drug or group of drugs has this name", "antimalarialz",
        "write antimalarial, or declare it under `drugs:` or `drug_groups:`",
    ),
    "group in a circle": (
        ("prior_groups:", "drug_groups: {ours: [theirs], theirs: [OURS, methotrexate]}\nprior_groups:"),
        "the group holds itself", "ours", "name its drugs",
    ),
    "group of nothing": (
        ("prior_groups:", "drug_groups: {ours: []}\nprior_groups:"), "the group holds no drug", "ours", "name its drugs",
    ),
    "two drugs of one name": (
        ("prior_groups:", "drugs: {newdrug: {aliases: [ND]}, nextdrug: {aliases: [nd]}}\nprior_groups:"),
        "two drugs are called nd", "nextdrug", "leave it to newdrug or to nextdrug",
    ),
    "equal to nothing": (
        ("prior_groups:", "equivalences: {deflazacort: 0}\nprior_groups:"),
        "the milligrams equal to prednisone 5 mg are more than 0", "0", "",
    ),
    # robustness
    "grid of an unknown window": (
        ("    month 3: [{from: 61 days, to: 121 days}]", "    month three: [{from: 61 days, to: 121 days}]"),
        "no window has this name", "month three", "",
    ),
    "grid width without the target": (
        ("{from: 61 days, to: 121 days}", "{from: 100 days, to: 121 days}"),
        "the target lies outside this width", "100 days to 121 days", "",
    ),
    "grid width upside down": (
        ("{from: 61 days, to: 121 days}", "{from: 121 days, to: 61 days}"), "the window ends before it begins", "121 days to 61 days", "",
    ),
    "grid take by value": (
        ("    month 3: [first, last]", "    month 3: [first, best]"),
        "with `components: same visit` a whole visit is chosen, not the best of single values", "best", "",
    ),
    "grid take without a target": (
        ("    baseline: [first]", "    baseline: [nearest]"),
        "`nearest` needs a `target` in the window itself", "nearest", "add a target to the window",
    ),
    "grid that turns equivalents off": (
        ("dose: [prednisone mg/kg/day]", "dose: [mg/day]"),
        "the measure steroid is in prednisone mg/day; a grid does not turn equivalents on or off", "mg/day", "",
    ),
    "no title": (
        ("study: Mycophenolate mofetil in juvenile dermatomyositis", "study: ''"),
        "the study has no title", "", "write `study:` with its title",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(MISTAKES))
def test_one_mistake(name: str) -> None:
    change, what, found, do = MISTAKES[name]
    said = {(problem.what, problem.found, problem.do) for problem in problems(change)}
    assert (what, found, do) in said


@pytest.mark.parametrize(
    "name", [name for name in MISTAKES if name not in {"group in a circle", "unknown rescue drug"}]
)
def test_one_mistake_is_one_message(name: str) -> None:
    assert 1 == len(problems(MISTAKES[name][0])), [problem.describe() for problem in problems(MISTAKES[name][0])]


@pytest.mark.parametrize("written", ["1e3 points", "4,5 points", "1_000", "4 4 points"])
def test_a_number_written_otherwise_is_no_threshold(written: str) -> None:
    assert problems(("{gain: mmt, at_least: 4 points}", f"{{gain: mmt, at_least: '{written}'}}"))


def test_a_dose_per_kg_needs_a_weight() -> None:
    no_weight = ("    weight: weight\n    weight_within: 30 days\n", "")
    (in_the_grid,) = problems(no_weight)
    assert ("prednisone mg/kg/day", "add `weight:` and `weight_within:` to the measure steroid") == (
        in_the_grid.found,
        in_the_grid.do,
    )
    (in_the_measure,) = problems(
        no_weight, ("as: prednisone mg/day", "as: prednisone mg/kg/day"), ("  dose: [prednisone mg/kg/day]\n", "")
    )
    assert ("a dose per kg needs to know which measure is the weight", "prednisone mg/kg/day") == (
        in_the_measure.what,
        in_the_measure.found,
    )


@pytest.mark.parametrize(
    ("written", "do"),
    [("tralokinumab", ""), ("MPA", "write mycophenolic acid, or "), ("rituxmab", "write rituximab, or ")],
)
def test_an_unknown_drug_is_no_spelling_of_another(written: str, do: str) -> None:
    found = problems(("first_exposure: mycophenolate mofetil", f"first_exposure: {written}"))
    assert [f"{do}declare it under `drugs:` or `drug_groups:`"] == [one.do for one in found]


@pytest.mark.parametrize(
    ("written", "said"), [("PGA", 1), ("PGA VAS", 0), ("DAS28", 1), ("DAS28-CRP", 0), ("PGA, range: [0, 3]", 0)]
)
def test_a_name_that_scales_share_is_pointed_out(written: str, said: int) -> None:
    found = warnings(("measures:\n", f"measures:\n  other: {{instrument: {written}}}\n"))
    assert said == sum("is a name of several scales" in one.what for one in found)


@pytest.mark.parametrize(
    ("rescue", "own", "said"),
    [
        ("mycophenolic acid", "", 1),
        ("CellCept", "", 1),
        ("methotrexate", "", 0),
        ("mycophenolic acid", "drugs: {mycophenolic acid: {alone: yes}}\n\n", 0),
    ],
)
def test_a_rescue_drug_that_is_a_form_of_the_study_drug_is_pointed_out(rescue: str, own: str, said: int) -> None:
    found = warnings(
        ("[conventional immunosuppressants, biologics, IVIG]", f"[{rescue}]"), ("measures:\n", f"{own}measures:\n")
    )
    assert said == sum("its start is never a rescue" in one.what for one in found)


@pytest.mark.parametrize("unit", ["mg/day", "mg/kg/day"])
@pytest.mark.parametrize(
    ("group", "members", "do"),
    [
        ("systemic glucocorticoids", "betamethasone, cloprednol, cortisone, cortivazol and 13 more", "write `as: prednisone {}`, or "),
        ("immunoglobulins", "IVIG, SCIG", ""),
        ("Ours", "methotrexate, newdrug", ""),
        ("outer", "methotrexate, newdrug", ""),
        ("our tablets", "newdrug, other", ""),
    ],
)  # fmt: skip
def test_milligrams_of_different_drugs_are_not_added_up(group: str, members: str, do: str, unit: str) -> None:
    dose = (
        f"  amount: {{daily_dose: {group}, as: {unit}, weight: weight, weight_within: 9 days, outside_courses: zero}}"
    )
    own = (
        "drugs: {newdrug: {groups: [our tablets]}, other: {groups: [our tablets]}}\n"
        "drug_groups: {ours: [newdrug, methotrexate], outer: [ours]}\n\n"
    )
    found = problems(("measures:\n", f"{own}measures:\n{dose}\n"))
    about = [one for one in found if one.what.startswith("milligrams of different drugs cannot be added up: ")]
    assert [group] == [one.found for one in about]
    assert members in about[0].what
    assert do.format(unit) + "name one drug, with a measure for each" == about[0].do


@pytest.mark.parametrize(
    "dose", ["{daily_dose: newdrug, as: mg/day}", "{daily_dose: immunoglobulins, as: mg/day, source: visits}"]
)
def test_milligrams_of_one_drug_or_as_written_at_the_visit_are_no_sum(dose: str) -> None:
    own = "drugs: {newdrug: {groups: [our tablets]}}\n\n"
    found = problems(("measures:\n", f"{own}measures:\n  amount: {dose}\n"))
    assert not [one for one in found if one.what.startswith("milligrams")]


def test_which_of_two_doses_was_raised_must_be_said() -> None:
    second = (
        "  weight: {instrument: weight}",
        "  other: {daily_dose: prednisone, as: prednisone mg/day, weight: weight, weight_within: 9 days}\n  weight: {instrument: weight}",
    )
    (problem,) = problems(second)
    assert "which of the daily doses is meant is not said" == problem.what
    assert "write {dose: steroid, verdict: ...}" == problem.do
    named = (
        "steroid raised above baseline: non-responder",
        "steroid raised above baseline: {dose: other, verdict: non-responder}",
    )
    assert () == problems(second, named)


def test_without_a_window_called_baseline_a_change_must_say_from_where() -> None:
    found = problems(
        ("  baseline: {from", "  before: {from"),
        ("    baseline: [first]", "    before: [first]"),
    )
    assert {"the change starts from the window 'baseline', which is not declared"} == {
        problem.what for problem in found
    }
    assert 12 == len(found)  # every change of the rule and its readings


def test_own_drugs_and_groups_are_known() -> None:
    own = (
        "drugs: {newdrug: {aliases: [ND-1], groups: [our tablets]}}\n"
        "drug_groups: {ours: [ND-1, methotrexate]}\n"
        "prior_groups: [newdrug, nd-1, our tablets, ours, "
    )
    assert () == problems(("prior_groups: [", own))


def test_what_is_wrong_elsewhere_hides_no_mistake() -> None:
    found = problems(
        ("take: last}", "take: lst}"),
        (RULE, RULE.replace("improved", "imprved")),
        ("{instrument: CK}", "{instrumnt: CK}"),
    )
    assert ["CK", "lst", "imprved"] == [
        problem.found.replace("instrumnt: ", "").replace("instrumnt", "CK") for problem in found
    ]


WARNINGS = {
    "next to nothing": (("more_than: 15 % of baseline", "more_than: 0.2 % of baseline"), "less than 1 % is next to nothing", "0.2 % of baseline"),
    "many times as much": (
        ("{gain: mmt, at_least: 4 points}", "{gain: mmt, at_least: 2000 % of baseline}"), "more than 200 % is 21 times as much", "2000 % of baseline",
    ),
    "beyond what is plausible": (
        ("{gain: mmt, at_least: 4 points}", "{value: ck, at_least: 100000000 U/L}"),
        "ck is plausible from 0 to 300000, and this lies beyond", "100000000 U/L",
    ),
    "baseline after the index date": (
        ("baseline: {from: -20 days, to: 0 days", "baseline: {from: -20 days, to: 5 days"),
        "values up to 5 days after the index date count as before", "",
    ),
    "washout shorter than a gap": (
        ("restart_after: 60 days", "restart_after: 60 days, washout: 30 days"),
        "a gap of more than 60 days begins a new episode, so a washout of 30 days removes nobody", "",
    ),
    "own group of a known name": (
        ("prior_groups:", "drug_groups: {biologics: [rituximab]}\nprior_groups:"),
        "this replaces the group of that name in the catalogue", "biologics",
    ),
    "a denominator that looks ahead": (
        ("    readings:\n", "    among: {value: cmas, less_than: 48 points}\n    readings:\n"),
        "who is in the denominator depends on something after the index date", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(WARNINGS))
def test_one_warning(name: str) -> None:
    change, what, found = WARNINGS[name]
    assert (what, found) in {(problem.what, problem.found) for problem in warnings(change)}


def test_an_unknown_unit_says_nothing_of_the_reach() -> None:
    (problem,) = problems(("{gain: mmt, at_least: 4 points}", "{gain: mmt, at_least: 400 kg}"))
    assert "points, % of baseline, % of range" == problem.allowed


def test_the_best_of_courses_names_no_day() -> None:
    only_dose = EXAMPLE[EXAMPLE.index("    rule:\n") : EXAMPLE.index("\nsafety:")]
    rule = "    rule: {decrease: steroid, more_than: 15 % of baseline}\n"
    best = ("take: last}", "take: best, components: nearest each}")
    (problem,) = problems((only_dose, rule), best)
    assert "in the window 'baseline' only a dose from courses is taken, so `take: best` names no day" == problem.what
    assert () == problems((only_dose, rule), ("take: last}", "take: first, components: nearest each}"))
    assert () == problems((only_dose, rule.replace("steroid", "mmt")), best)
    assert () == problems(best)  # scores are taken there too


def test_a_width_needs_the_target_only_where_the_nearest_is_taken() -> None:
    width = ("{from: 61 days, to: 121 days}", "{from: 100 days, to: 121 days}")
    assert 1 == len(problems(width))
    assert () == problems(width, ("take: nearest", "take: last"), (", tie: earlier", ""))


@pytest.mark.parametrize(
    ("rule", "refused"),
    [
        ("{value: mmt, at_least: 1 points}", False),
        ("{value: mmt, at_least: 0 points}", True),
        ("{value: mmt, at_least: 80 points}", False),
        ("{value: mmt, at_least: 81 points}", True),
        ("{value: mmt, more_than: 0 points}", False),
        ("{value: mmt, more_than: -1 points}", True),
        ("{value: mmt, more_than: 79 points}", False),
        ("{value: mmt, more_than: 80 points}", True),
        ("{value: mmt, at_most: 0 points}", False),
        ("{value: mmt, at_most: -1 points}", True),
        ("{value: mmt, at_most: 79 points}", False),
        ("{value: mmt, at_most: 80 points}", True),
        ("{value: mmt, less_than: 1 points}", False),
        ("{value: mmt, less_than: 0 points}", True),
        ("{value: mmt, less_than: 80 points}", False),
        ("{value: mmt, less_than: 81 points}", True),
        ("{value: mmt, at_least: 101 % of range}", True),
        ("{gain: mmt, at_least: 100 % of range}", False),
        ("{gain: mmt, more_than: 100 % of range}", True),
        ("{gain: mmt, at_least: 200 % of baseline}", False),
        ("{decrease: mmt, at_least: 100 % of baseline}", False),
        ("{decrease: mmt, at_least: 101 % of baseline}", True),
        ("{worsens: mmt, at_least: 101 % of baseline}", True),
        ("{improves: mmt, at_least: 101 % of baseline}", False),
        (
            "{improves: ck, at_least: 101 % of baseline}",
            True,
        ),  # whatever its highest value: nothing falls by more than all
        ("{rises: ck, at_least: 101 % of baseline}", False),
        ("{value: ck, at_least: 100000000 U/L}", False),  # its limits are only plausible ones: told, not refused
    ],
)
def test_a_threshold_that_always_or_never_holds_is_refused(rule: str, refused: bool) -> None:
    assert refused is bool(problems(("{gain: mmt, at_least: 4 points}", rule)))


@pytest.mark.parametrize(
    ("threshold", "what"),
    [
        ("gain: mmt, at_least: 0 points", "a gain of nothing: a threshold is more than 0"),
        ("gain: mmt, more_than: 0 points", "a gain of nothing: a threshold is more than 0"),
        ("worsens: mmt, more_than: 0 % of baseline", "a worsening of nothing: a threshold is more than 0"),
        ("gain: mmt, at_least: -4 points", "a gain of less than nothing: a threshold is more than 0"),
        ("decrease: mmt, at_least: -15 % of baseline", "a decrease of less than nothing: a threshold is more than 0"),
        (
            "improves: mmt, at_least: -5 % of range",
            "a change to the better of less than nothing: a threshold is more than 0",
        ),
        ("rises: mmt, less_than: 0 points", "a rise of less than nothing: a threshold is more than 0"),
        ("falls: mmt, at_most: -1 points", "a fall of less than nothing: a threshold is more than 0"),
    ],
)
def test_a_change_of_nothing_is_no_threshold(threshold: str, what: str) -> None:
    (problem,) = problems(("{gain: mmt, at_least: 4 points}", f"{{{threshold}}}"))
    assert what == problem.what


@pytest.mark.parametrize(
    "threshold", ["rises: mmt, at_most: 0 points", "falls: mmt, less_than: 1 points", "value: mmt, at_most: 0 points"]
)
def test_a_change_of_nothing_may_be_the_most_that_is_allowed(threshold: str) -> None:
    assert () == problems(("{gain: mmt, at_least: 4 points}", f"{{{threshold}}}"))


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        ("{gain: mmt, at_least: 20}", "20 points, 20 % of baseline, 20 % of range"),
        ("{value: mmt, at_least: 20}", "20 points, 20 % of range"),
        ("{improves: ck, at_least: 20}", "20 U/L, 20 points, 20 % of baseline"),
        ("{value: steroid, at_most: 7.5}", "7.5 mg/day, 7.5 points"),
    ],
)
def test_a_threshold_has_its_unit(rule: str, allowed: str) -> None:
    (problem,) = problems(("{gain: mmt, at_least: 4 points}", rule))
    assert allowed == problem.allowed
    assert problem.what.endswith("has no unit")


def test_a_denominator_and_a_reading_have_thresholds_too() -> None:
    among = ("    readings:\n", "    among: {value: cmas, at: baseline, less_than: 48}\n    readings:\n")
    assert ["the threshold for cmas has no unit"] == [problem.what for problem in problems(among)]
    reading = ("    readings:\n", "    readings:\n      more: {gain: mmt, at_least: 0 points}\n")
    assert ["a gain of nothing: a threshold is more than 0"] == [problem.what for problem in problems(reading)]


OVERLAP = "the windows 'baseline' and 'month 3' of 'good response' overlap: one value may count in both"


def test_windows_of_one_outcome_that_share_days_are_refused_unless_that_is_written() -> None:
    shared = ("month 3:\n    {from: 75 days", "month 3:\n    {from: 0 days")
    shared = shared if shared[0] in EXAMPLE else ("month 3: {from: 75 days", "month 3: {from: 0 days")
    (problem,) = problems(shared)
    assert (OVERLAP, "0 days to 0 days") == (problem.what, problem.found)
    assert () == problems(shared, ("components: same visit}", "components: same visit, overlap: yes}"))
    assert () == problems(shared, ("take: last}", "take: last, overlap: yes}"))
    assert () == problems((shared[0], shared[1].replace("0 days", "1 day")))


def test_two_later_windows_of_one_outcome_may_not_share_days_either() -> None:
    later = (
        "  month 3: {from: 75 days",
        "  month 4: {from: 105 days, to: 135 days, take: last}\n  month 3: {from: 75 days",
    )
    confirmed = ("{gain: mmt, at_least: 4 points}", "{gain: mmt, at: month 4, at_least: 4 points}")
    (problem,) = problems(later, confirmed, ("    month 3: [{from: 61 days, to: 121 days}]\n", "    month 3: []\n"))
    assert ("105 days to 105 days", True) == (problem.found, "'month 3' and 'month 4'" in problem.what)
    assert () == problems(later)  # no outcome uses it


def test_a_wider_window_of_the_grid_may_not_share_days_either() -> None:
    (problem,) = problems(("{from: 61 days, to: 121 days}", "{from: -5 days, to: 121 days}"))
    assert (OVERLAP, "-5 days to 0 days") == (problem.what, problem.found)


@pytest.mark.parametrize(
    "written",
    [
        ("take: last}", "take: best, components: nearest each}"),
        ("take: last}", "take: worst, components: nearest each}"),
        ("take: last}", "take: last, same_day: best}"),
        ("take: last}", "take: last, same_day: worst}"),
        ("take: last}", "take: nearest, target: -5 days, tie: better, components: nearest each}"),
        ("take: last}", "take: nearest, target: -5 days, tie: worse, components: nearest each}"),
    ],
)
def test_best_and_worst_of_a_judgement_need_to_know_which_answer_is_better(written: tuple[str, str]) -> None:
    before = ("{gain: mmt, at_least: 4 points}", "{not: {is: improved, at: baseline}}")
    (problem,) = problems(before, written)
    assert problem.what.endswith("says nothing of improved: whether yes is the better answer is not declared")
    for answer in ("yes", "no"):
        declared = ("recorded: contemporaneous}", f"recorded: contemporaneous, better: {answer}}}")
        assert () == problems(before, written, declared)


def test_the_best_of_a_grid_needs_a_direction_too() -> None:
    each = ("components: same visit}", "components: nearest each}")
    (problem,) = problems(each, ("    month 3: [first, last]\n", "    month 3: [first, worst]\n"))
    assert ("`worst` says nothing of improved: whether yes is the better answer is not declared", "worst") == (
        problem.what,
        problem.found,
    )


def test_the_best_of_a_measure_without_direction_is_told() -> None:
    heavier = ("{gain: mmt, at_least: 4 points}", "{gain: weight, at_least: 4 kg}")
    told = warnings(heavier, ("take: last}", "take: best, components: nearest each}"))
    assert ["neither higher nor lower weight is better: `best` takes higher as better"] == [one.what for one in told]


def test_thresholds_at_their_bounds_are_silent() -> None:
    assert () == warnings(("{gain: mmt, at_least: 4 points}", "{gain: mmt, at_least: 80 points}"))
    assert () == warnings(("more_than: 15 % of baseline", "at_least: 100 % of baseline"))
    assert () == warnings(("{gain: mmt, at_least: 4 points}", "{value: mmt, at_most: 0 points}"))


def test_a_reading_that_is_the_rule_is_pointed_out() -> None:
    rule = EXAMPLE[EXAMPLE.index("    rule:\n") : EXAMPLE.index("    readings:\n")]
    same = "".join(f"    {line}\n" for line in rule.splitlines()).replace("        rule:", "      the rule again:")
    (warning,) = warnings(("      scores and dose both needed:", f"{same}      scores and dose both needed:"))
    assert ("this reading is the same as the rule", "the rule again") == (warning.what, warning.found)


def test_a_unit_that_a_laboratory_value_or_a_weight_cannot_have_is_refused_in_the_protocol() -> None:
    """Before any chart is read: a column in another unit could not be converted to it."""
    with pytest.raises(ProtocolError, match="not a unit of weight"):
        parse(
            EXAMPLE.replace(
                "weight: {instrument: weight}",
                "weight: {instrument: weight}\n  heavy: {instrument: weight, unit: points}",
                1,
            )
        )
    parse(
        EXAMPLE.replace(
            "weight: {instrument: weight}", "weight: {instrument: weight}\n  heavy: {instrument: weight, unit: lb}", 1
        )
    )
