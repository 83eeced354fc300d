"""The sentence of each child of the example, letter by letter, and of cases made to be difficult."""

from __future__ import annotations

from types import SimpleNamespace
from typing import get_args

import pytest

from caseseries.protocol.measures import all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import Spec
from caseseries.verdict.narrator import sentence
from caseseries.verdict.trace import Absent, Verdict
from caseseries.verdict.trace_lines import trace_lines

ABSENT_CMAS = "not recorded at this visit"

#: The expected table of the example: after and before day, MMT, CMAS, prednisone before and after, the judgement.
CHILDREN = {
    "P1": (91, -7, "51", "72", "27", "38", "40", "20", "1"),
    "P2": (92, -13, "58", "74", "33", "42", "20", "15", "1"),
    "P3": (88, -3, "62", "76", "36", "44", "25", "20", "1"),
    "P4": (93, -18, "60", "72", "34", "42", "10", "10", "1"),
    "P5": (99, -6, "66", "76", "38", "45", "25", "22", "1"),
    "P6": (84, 0, "74", "74", "45", "48", "30", "24", "1"),
    "P7": (95, -10, "64", "72", "35", "41", "15", "15", "0"),
    "P8": (81, -20, "70", "74", "41", "45", "50", "41.5", "0"),
    # Invented beyond the table: no CMAS while the dose stood, or fell; a ceiling; everything worse; nobody came.
    "no CMAS": (90, -5, "60", "70", "41", ABSENT_CMAS, "50", "50", "1"),
    "no CMAS, lower dose": (90, -5, "60", "70", "41", ABSENT_CMAS, "50", "40", "1"),
    "ceiling": (90, -5, "78", "80", "50", "52", "50", "50", "1"),
    "worse": (90, -5, "60", "58", "41", "40", "50", "60", "0"),
    "nobody came": (
        None,
        -5,
        "60",
        "no visit in window",
        "41",
        "no visit in window",
        "50",
        "no visit in window",
        "no visit in window",
    ),
}

SENTENCES = {
    "P1": "Good response at day 91: physician judged improved; MMT 51 → 72 (+21) and CMAS 27 → 38 (+11), at least 4 points "
    "needed on each; prednisone 40 → 20 mg/day, 50 % lower (more than 15 % needed). Scores alone or the dose alone would "
    "have sufficed.",
    "P2": "Good response at day 92: physician judged improved; MMT 58 → 74 (+16) and CMAS 33 → 42 (+9), at least 4 points "
    "needed on each; prednisone 20 → 15 mg/day, 25 % lower (more than 15 % needed). Scores alone or the dose alone would "
    "have sufficed.",
    "P3": "Good response at day 88: physician judged improved; MMT 62 → 76 (+14) and CMAS 36 → 44 (+8), at least 4 points "
    "needed on each; prednisone 25 → 20 mg/day, 20 % lower (more than 15 % needed). Scores alone or the dose alone would "
    "have sufficed.",
    "P4": "Good response at day 93: physician judged improved; MMT 60 → 72 (+12) and CMAS 34 → 42 (+8), at least 4 points "
    "needed on each. The dose alone would not have sufficed: prednisone unchanged at 10 mg/day.",
    "P5": "Good response at day 99: physician judged improved; MMT 66 → 76 (+10) and CMAS 38 → 45 (+7), at least 4 points "
    "needed on each. The dose alone would not have sufficed: prednisone 25 → 22 mg/day, 12 % lower.",
    "P6": "Good response at day 84: physician judged improved; prednisone 30 → 24 mg/day, 20 % lower (more than 15 % needed). "
    "Scores alone would not have sufficed: MMT +0, CMAS +3.",
    "P7": "No good response at day 95: MMT +8 and CMAS +6 would have sufficed; the physician did not judge improved.",
    "P8": "No good response at day 81: MMT +4 and CMAS +4 would have sufficed, as would prednisone 50 → 41.5 mg/day, 17 % lower; "
    "the physician did not judge improved.",
    "no CMAS": "Good response not evaluable at day 90: CMAS not recorded at the visit of day 90. Known: physician judged improved; "
    "MMT +10 (met); prednisone unchanged at 50 mg/day (not met). The verdict hangs on CMAS.",
    "no CMAS, lower dose": "Good response at day 90: physician judged improved; prednisone 50 → 40 mg/day, 20 % lower (more than "
    "15 % needed). Scores alone could not be judged: CMAS not recorded at the visit of day 90.",
    "ceiling": "No good response at day 90: MMT 78 → 80 (+2, out of reach from 78 of 80) and CMAS 50 → 52 (+2, out of reach from "
    "50 of 52), at least 4 points needed on each; prednisone unchanged at 50 mg/day (a decrease of more than 15 % of baseline needed). "
    "Met: physician judged improved.",
    "worse": "No good response at day 90: the physician did not judge improved; MMT 60 → 58 (−2) and CMAS 41 → 40 (−1), a gain of "
    "at least 4 points needed on each; prednisone 50 → 60 mg/day, 20 % higher (a decrease of more than 15 % of baseline needed).",
    "nobody came": "Good response not evaluable: no visit in the window month 3 (days 75 to 105).",
}


def child(told: SimpleNamespace, spec: Spec, name: str, **more: object) -> Verdict:
    day, before, mmt, mmt_after, cmas, cmas_after, dose, dose_after, judged = CHILDREN[name]
    values = {
        ("mmt", "baseline"): (mmt, before),
        ("mmt", "month 3"): (mmt_after, day),
        ("cmas", "baseline"): (cmas, before),
        ("cmas", "month 3"): (cmas_after, day),
        ("steroid", "baseline"): (dose, before),
        ("steroid", "month 3"): (dose_after, day),
        ("improved", "month 3"): (judged, day),
    }
    made: Verdict = told.verdict(spec, values, day, **more)
    return made


@pytest.mark.parametrize("name", list(CHILDREN))
def test_each_child_is_told_in_full(told: SimpleNamespace, name: str) -> None:
    protocol: Protocol = told.example()
    spec = told.primary(protocol)
    assert SENTENCES[name] == told.say(protocol, spec, child(told, spec, name))


@pytest.mark.parametrize(
    ("reading", "name", "expected"),
    [
        (
            "scores and dose both needed", "P4",
            "No good response at day 93: prednisone unchanged at 10 mg/day (a decrease of more than 15 % of baseline needed). "
            "Met: physician judged improved; MMT +12; CMAS +8.",
        ),
        (
            "scores and dose both needed", "P8",
            "No good response at day 81: MMT +4, CMAS +4 and prednisone 50 → 41.5 mg/day, 17 % lower would have sufficed; "
            "the physician did not judge improved.",
        ),
        (
            "dose alone suffices", "P7",
            "No good response at day 95: MMT +8 and CMAS +6 would have sufficed, but the physician did not judge improved; "
            "prednisone unchanged at 15 mg/day (a decrease of more than 15 % of baseline needed).",
        ),
        (
            "dose alone suffices", "P8",
            "Good response at day 81: prednisone 50 → 41.5 mg/day, 17 % lower (more than 15 % needed). Judgement and scores "
            "together would not have sufficed: the physician did not judge improved, MMT +4, CMAS +4.",
        ),
        (
            "scores and dose both needed", "no CMAS",
            "No good response at day 90: prednisone unchanged at 50 mg/day (a decrease of more than 15 % of baseline needed). Met: physician "
            "judged improved; MMT +10. CMAS not recorded at the visit of day 90; this could not change the verdict.",
        ),
        (
            "judgement not asked", "P7",
            "Good response at day 95: MMT 64 → 72 (+8) and CMAS 35 → 41 (+6), at least 4 points needed on each. The dose alone "
            "would not have sufficed: prednisone unchanged at 15 mg/day.",
        ),
    ],
)  # fmt: skip
def test_other_readings_of_the_rule(told: SimpleNamespace, reading: str, name: str, expected: str) -> None:
    protocol = told.example()
    spec = told.primary(protocol, reading)
    assert expected == told.say(protocol, spec, child(told, spec, name))


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        (
            "P6", {"decided": "rescue added", "truth": False},
            "No good response at day 84: rescue drug added before the assessment, which counts as non-responder. The rule alone "
            "says good response: physician judged improved; prednisone 30 → 24 mg/day, 20 % lower (more than 15 % needed).",
        ),
        (
            "P6", {"decided": "pulse", "truth": None},
            "Good response not evaluable at day 84: pulse within 14 days of the assessment, which counts as not evaluable. The rule "
            "alone says good response: physician judged improved; prednisone 30 → 24 mg/day, 20 % lower (more than 15 % needed).",
        ),
        (
            "nobody came", {"decided": "death", "truth": False},
            "No good response: died by the assessment, which counts as non-responder. The rule alone says not evaluable: no visit "
            "in the window month 3 (days 75 to 105).",
        ),
        (
            "P7", {"decided": "death", "truth": False, "events": ("death", "drug stopped")},
            "No good response at day 95: died by the assessment, which counts as non-responder. The rule alone also says no good "
            "response: MMT +8 and CMAS +6 would have sufficed; the physician did not judge improved. Study drug stopped before the "
            "assessment; this decided nothing.",
        ),
        (
            "P7", {"events": ("drug stopped", "pulse")},
            "No good response at day 95: MMT +8 and CMAS +6 would have sufficed; the physician did not judge improved. Study drug "
            "stopped before the assessment; pulse within 14 days of the assessment; these decided nothing.",
        ),
        (
            "P7", {"events": ("drug stopped",)},
            "No good response at day 95: MMT +8 and CMAS +6 would have sufficed; the physician did not judge improved. Study drug "
            "stopped before the assessment; this decided nothing.",
        ),
    ],
)  # fmt: skip
def test_intercurrent_events(told: SimpleNamespace, name: str, more: dict[str, object], expected: str) -> None:
    protocol = told.example()
    spec = told.primary(protocol)
    assert expected == told.say(protocol, spec, child(told, spec, name, **more))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("no visit in window", "no visit in the window month 3 (days 75 to 105)"),
        ("no value in window", "no CMAS in the window month 3 (days 75 to 105)"),
        ("not recorded at this visit", "CMAS not recorded at the visit of day 90"),
        ("recorded without a number", "CMAS noted without a number at the visit of day 90"),
        ("censored", "CMAS known only as above or below a limit at the visit of day 90"),
        ("different values on one day", "CMAS with different values on one day, at the visit of day 90"),
        (
            "partial date at the edge of the window",
            "CMAS with a date known only in part, at the edge of the window month 3 (days 75 to 105)",
        ),
    ],
)
def test_why_a_score_is_absent(told: SimpleNamespace, code: str, expected: str) -> None:
    text = _with_after(told, "cmas", code)
    assert text.startswith(f"Good response not evaluable at day 90: {expected}. Known: ")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("no course recorded", "no course of systemic glucocorticoids recorded, and no note that none was ever given"),
        ("between courses", "prednisone dose not known outside the recorded courses at the visit of day 90"),
        ("dose not recorded", "prednisone dose not recorded in a course running at the visit of day 90"),
        (
            "days of a course not known",
            "prednisone dose not known at the visit of day 90, because the days on which a course began or ended are not",
        ),
        (
            "a drug row not used",
            "prednisone dose not known at the visit of day 90, because a drug row that may belong to it could not be used",
        ),
        (
            "supply before observation not known",
            "prednisone dose not known at the visit of day 90, because a supply from before observation may still be taken",
        ),
        ("no equivalence", "a drug taken at the visit of day 90 has no prednisone equivalent"),
        ("no weight", "no weight near enough for prednisone dose per kg at the visit of day 90"),
        ("after the end of follow-up", "follow-up ended before the day of prednisone dose for month 3"),
    ],
)
def test_why_a_dose_is_absent(told: SimpleNamespace, code: str, expected: str) -> None:
    text = _with_after(told, "steroid", code)
    assert text.startswith(f"Good response not evaluable at day 90: {expected}. Known: ")


def _with_after(told: SimpleNamespace, measure: str, code: str) -> str:
    protocol = told.example()
    spec = told.primary(protocol)
    values = {
        **dict.fromkeys((("mmt", "baseline"), ("cmas", "baseline"), ("steroid", "baseline")), ("40", -5)),
        **dict.fromkeys((("mmt", "month 3"), ("cmas", "month 3"), ("steroid", "month 3")), ("41", 90)),
        ("improved", "month 3"): ("1", 90),
    }
    values |= {("mmt", "month 3"): ("44", 90), (measure, "month 3"): (code, None)}
    text: str = told.say(protocol, spec, told.verdict(spec, values, 90))
    return text


#: No code of a value: none at all, and those of what is asked besides values.
OF_QUESTIONS = {
    "", "not known on some day", "too few visits", "not recorded", "not charted", "before the known history", "date not exact",
    "last day of the window not known", "length of the window not known", "fewer than two events before", "longer than the window may be",
}  # fmt: skip


def test_every_code_of_absence_has_words() -> None:
    from caseseries.protocol.measures import MeasureFacts
    from caseseries.verdict import short_name, why_absent

    facts = MeasureFacts("ck", "number", "Creatine kinase", "U/L", None, None, -1)
    assert "CK" == short_name(facts)
    unworded = [
        code
        for code in get_args(Absent)
        if code not in OF_QUESTIONS
        and f"absent in the window baseline: {code}" in why_absent(code, facts, "baseline", {}, None)
    ]
    assert [] == unworded


def test_percent_of_nothing(told: SimpleNamespace) -> None:
    protocol = told.example()
    spec = told.primary(protocol)
    values = {
        ("mmt", "baseline"): ("60", -5), ("mmt", "month 3"): ("62", 90), ("cmas", "baseline"): ("40", -5), ("cmas", "month 3"): ("41", 90),
        ("steroid", "baseline"): ("0", -5), ("steroid", "month 3"): ("0", 90), ("improved", "month 3"): ("1", 90),
    }  # fmt: skip
    assert (
        "Good response not evaluable at day 90: prednisone dose 0 before, and percent of 0 is undefined. Known: physician judged "
        "improved; MMT +2 (not met); CMAS +1 (not met). The verdict hangs on the prednisone dose."
    ) == told.say(protocol, spec, told.verdict(spec, values, 90))


def test_missing_counted_as_not_met(told: SimpleNamespace) -> None:
    protocol = told.example()
    from caseseries.protocol.specs import plan

    spec = next(
        one for one in plan(protocol, "good response").specs if one.missing == "not met" and one.varied == ("missing",)
    )
    assert (
        "No good response at day 90: CMAS not known, counted as not met; prednisone unchanged at 50 mg/day (a decrease of more than "
        "15 % of baseline needed). Met: physician judged improved."
    ) == told.say(protocol, spec, child(told, spec, "no CMAS"))


def test_the_unit_of_the_spec_is_the_one_told(told: SimpleNamespace) -> None:
    protocol = told.example()
    from caseseries.protocol.specs import plan

    spec = next(one for one in plan(protocol, "good response").specs if one.varied == ("dose",))
    values = {
        ("mmt", "baseline"): ("74", 0), ("mmt", "month 3"): ("74", 84), ("cmas", "baseline"): ("45", 0), ("cmas", "month 3"): ("48", 84),
        ("steroid", "baseline"): ("60/59", 0), ("steroid", "month 3"): ("4/5", 84), ("improved", "month 3"): ("1", 84),
    }  # fmt: skip
    assert (
        "Good response at day 84: physician judged improved; prednisone 1.02 → 0.8 mg/kg/day, 21.3 % lower (more than 15 % needed). "
        "Scores alone would not have sufficed: MMT +0, CMAS +3."
    ) == told.say(protocol, spec, told.verdict(spec, values, 84))


def test_a_number_is_never_rounded_onto_its_threshold(told: SimpleNamespace) -> None:
    protocol = told.example()
    spec = told.primary(protocol, "judgement not asked")
    values = {
        ("mmt", "baseline"): ("74", 0), ("mmt", "month 3"): ("77.999", 84), ("cmas", "baseline"): ("45", 0), ("cmas", "month 3"): ("48", 84),
        ("steroid", "baseline"): ("1000", 0), ("steroid", "month 3"): ("849.9", 84),
    }  # fmt: skip
    assert (
        "Good response at day 84: prednisone 1000 → 849.9 mg/day, 15.01 % lower (more than 15 % needed). "
        "Scores alone would not have sufficed: MMT +3.999, CMAS +3."
    ) == told.say(protocol, spec, told.verdict(spec, values, 84))


RULES = {
    "count": (
        {"at_least": "2", "of": [
            {"gain": "mmt", "at_least": "4 points"},
            {"improves": "ck", "more_than": "20 % of baseline"},
            {"gain": "cmas", "at_least": "10 % of range"},
        ]},
        {("mmt", "baseline"): ("60", 0), ("mmt", "month 3"): ("62", 90), ("ck", "baseline"): ("400", 0), ("ck", "month 3"): ("300", 90),
         ("cmas", "baseline"): ("30", 0), ("cmas", "month 3"): ("36.5", 90)},
        "Good response at day 90: 2 of 3 met, at least 2 needed (met: CK 400 → 300 U/L, 25 % lower, CMAS +6.5 (12.5 % of the range); "
        "not met: MMT +2).",
    ),
    "not, and it happened": (
        {"all": [{"gain": "mmt", "at_least": "4 points"}, {"not": {"worsens": "ck", "more_than": "20 % of baseline"}}]},
        {("mmt", "baseline"): ("60", 0), ("mmt", "month 3"): ("70", 90), ("ck", "baseline"): ("400", 0), ("ck", "month 3"): ("600", 90)},
        "No good response at day 90: CK 400 → 600 U/L, 50 % higher (a worsening of more than 20 % of baseline not allowed). Met: MMT +10.",
    ),
    "not, and it did not": (
        {"all": [{"gain": "mmt", "at_least": "4 points"}, {"not": {"worsens": "ck", "more_than": "20 % of baseline"}}]},
        {("mmt", "baseline"): ("60", 0), ("mmt", "month 3"): ("70", 90), ("ck", "baseline"): ("400", 0), ("ck", "month 3"): ("380", 90)},
        "Good response at day 90: MMT 60 → 70 (+10; at least 4 points needed); CK 400 → 380 U/L, 5 % lower (a worsening of more than "
        "20 % of baseline not allowed).",
    ),
    "a value": (
        {"any": [{"value": "cmas", "at_least": "48 points"}, {"is": "improved"}]},
        {("cmas", "month 3"): ("47", 90), ("improved", "month 3"): ("1", 90)},
        "Good response at day 90: physician judged improved. CMAS alone would not have sufficed: CMAS 47. The verdict rests on the "
        "judgement alone.",
    ),
    "another window": (
        {"all": [{"is": "improved", "at": "baseline"}, {"value": "ck", "less_than": "150 U/L", "at": "baseline"},
                 {"value": "mmt", "at_least": "70"}]},
        {("improved", "baseline"): ("1", 0), ("ck", "baseline"): ("149", 0), ("mmt", "month 3"): ("70", 90)},
        "Good response at day 90: physician judged improved (at baseline); CK (at baseline) 149 U/L (less than 150 U/L needed); MMT 70 "
        "(at least 70 points needed).",
    ),
    "said once": (
        {"any": [{"is": "improved"}, {"all": [{"is": "improved"}, {"gain": "mmt", "at_least": "4"}]}]},
        {("improved", "month 3"): ("0", 90), ("mmt", "baseline"): ("70", 0), ("mmt", "month 3"): ("71", 90)},
        "No good response at day 90: the physician did not judge improved; MMT 70 → 71 (+1; at least 4 points needed).",
    ),
    "a count beside something that fails": (
        {"all": [{"at_least": "2", "of": [
            {"gain": "mmt", "at_least": "4 points"}, {"gain": "cmas", "at_least": "4 points"}, {"decrease": "ck", "at_least": "50 % of baseline"},
        ]}, {"is": "improved"}, {"value": "mmt", "at_least": "80 points"}]},
        {("mmt", "baseline"): ("60", 0), ("mmt", "month 3"): ("70", 90), ("cmas", "baseline"): ("30", 0), ("cmas", "month 3"): ("38", 90),
         ("ck", "baseline"): ("40", 0), ("ck", "month 3"): ("41", 90), ("improved", "month 3"): ("1", 90)},
        "No good response at day 90: MMT 70 (at least 80 points needed). Met: 2 of 3 (MMT +10, CMAS +8); physician judged improved.",
    ),
    "neither of two was enough": (
        {"any": [{"gain": "mmt", "at_least": "4 points"}, {"gain": "cmas", "at_least": "4 points"}]},
        {("mmt", "baseline"): ("60", 0), ("mmt", "month 3"): ("61", 90), ("cmas", "baseline"): ("30", 0), ("cmas", "month 3"): ("31", 90)},
        "No good response at day 90: MMT 60 → 61 (+1) and CMAS 30 → 31 (+1), at least 4 points needed on either.",
    ),
    "two branches on one measure": (
        {"any": [{"decrease": "ck", "at_least": "50 % of baseline"}, {"value": "ck", "at_most": "150 U/L"}]},
        {("ck", "baseline"): ("200", 0), ("ck", "month 3"): ("140", 90)},
        "Good response at day 90: CK 140 U/L (at most 150 U/L needed). A decrease of at least 50 % of baseline in CK would not have sufficed: "
        "CK 200 → 140 U/L, 30 % lower.",
    ),
    "one of two, told as met": (
        {"all": [{"any": [{"is": "improved"}, {"gain": "mmt", "at_least": "4 points"}]}, {"gain": "cmas", "at_least": "4 points"}]},
        {("mmt", "baseline"): ("60", 0), ("mmt", "month 3"): ("61", 90), ("cmas", "baseline"): ("30", 0), ("cmas", "month 3"): ("31", 90),
         ("improved", "month 3"): ("1", 90)},
        "No good response at day 90: CMAS 30 → 31 (+1; at least 4 points needed). Met: physician judged improved.",
    ),
    "a value below a limit": (
        {"value": "ck", "at_most": "150 U/L"}, {("ck", "month 3"): ("<20", 90)},
        "Good response at day 90: CK <20 U/L (at most 150 U/L needed).",
    ),
    "a change to below a limit": (
        {"decrease": "ck", "at_least": "50 % of baseline"}, {("ck", "baseline"): ("100", 0), ("ck", "month 3"): ("<20", 90)},
        "Good response at day 90: CK 100 → <20 U/L (at least 50 % of baseline needed).",
    ),
    "a limit that does not decide": (
        {"value": "ck", "at_most": "150 U/L"}, {("ck", "month 3"): ("<200", 90)},
        "Good response not evaluable at day 90: CK known only as <200 U/L at the visit of day 90.",
    ),
    "only the judgement": (
        {"is": "improved"}, {("improved", "month 3"): ("0", 90)}, "No good response at day 90: the physician did not judge improved.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(RULES))
def test_other_rules(told: SimpleNamespace, name: str) -> None:
    rule, values, expected = RULES[name]
    protocol = told.example(outcomes={"good response": {"at": "month 3", "rule": rule}})
    spec = told.primary(protocol)
    assert expected == told.say(protocol, spec, told.verdict(spec, values, 90))


def test_outcomes_named_in_the_negative(told: SimpleNamespace) -> None:
    protocol = told.example(outcomes={"no flare": {"at": "month 3", "rule": {"is": "improved"}}})
    spec = told.primary(protocol)
    made = told.verdict(spec, {("improved", "month 3"): ("0", 90)}, 90)
    assert "No flare not met at day 90: the physician did not judge improved." == told.say(protocol, spec, made)


def test_the_trace_of_a_child(told: SimpleNamespace) -> None:
    protocol = told.example()
    spec = told.primary(protocol)
    assert [
        "✓ all of",
        "  ✓ physician global improvement: yes (day 84)",
        "  ✓ any of",
        "    ✗ all of",
        "      ✗ gain of at least 4 points on MMT: 74 → 74, +0 (day 0 → day 84)",
        "      ✗ gain of at least 4 points on CMAS: 45 → 48, +3 (day 0 → day 84)",
        "    ✓ decrease of more than 15 % of baseline in prednisone: 30 → 24 mg/day, 20 % lower (day 0 → day 84)",
        "! rescue drug added before the assessment, decides: non-responder",
        "! pulse within 14 days of the assessment, decides nothing",
    ] == told.lines(
        protocol, spec, child(told, spec, "P6", decided="rescue added", truth=False, events=("rescue added", "pulse"))
    )


FACTS = {
    "death": ("on day 60", "Died on day 60"),
    "lost": ("follow-up ended on day 45", "Lost to follow-up before month 3: follow-up ended on day 45"),
    "rescue added": ("azathioprine on day 40", "Rescue drug added: azathioprine on day 40"),
    "drug stopped": ("last taken on day 60", "Study drug stopped: last taken on day 60"),
    "steroid raised above baseline": (
        "from 20 to 25 mg/day on day 21",
        "Daily dose raised above baseline: from 20 to 25 mg/day on day 21",
    ),
    "pulse": ("methylprednisolone on day 80", "Pulse within 14 days of the assessment: methylprednisolone on day 80"),
}


@pytest.mark.parametrize("event", list(FACTS))
def test_an_event_with_its_facts(told: SimpleNamespace, event: str) -> None:
    protocol = told.example()
    spec, (fact, words) = told.primary(protocol), FACTS[event]
    made = child(told, spec, "P7", events=(event,))
    between = {event: fact, "another event": "told nowhere"}
    said = sentence(spec.tree, made, all_measures(protocol), protocol, spec, between)
    assert said.endswith(f"improved. {words}; this decided nothing.")
    traced = trace_lines(spec.tree, made, all_measures(protocol), protocol, spec, between)
    assert f"! {words[0].lower()}{words[1:]}, decides nothing" == traced[-1]


def test_the_facts_of_the_event_that_decided(told: SimpleNamespace) -> None:
    protocol = told.example()
    spec = told.primary(protocol)
    made = child(told, spec, "P6", decided="rescue added", truth=False)
    between = {"rescue added": "azathioprine on day 40"}
    assert sentence(spec.tree, made, all_measures(protocol), protocol, spec, between).startswith(
        "No good response at day 84: rescue drug added: azathioprine on day 40, which counts as non-responder. The rule"
    )


def test_the_trace_of_an_absent_value(told: SimpleNamespace) -> None:
    protocol = told.example()
    spec = told.primary(protocol)
    assert "      ? gain of at least 4 points on CMAS: CMAS not recorded at the visit of day 90" in told.lines(
        protocol, spec, child(told, spec, "no CMAS")
    )
