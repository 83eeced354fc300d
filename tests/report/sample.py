# ruff: noqa: E501  (the invented tables read better with one case a line)
"""Finished runs made by hand: the invented eight-patient series, and nasty ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from caseseries.chart.tables import Finding, SourceRow
from caseseries.errors import Place
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import AS_WRITTEN, Spec, plan
from caseseries.protocol.tree import Slot
from caseseries.response.verdict_counts import ANSWERS, FLIPS
from caseseries.stats.tally import Tally, value_key
from caseseries.summary.cases import (
    AdverseEvent,
    Beyond,
    CaseRow,
    Cases,
    DrugUse,
    MonitoredValue,
    OutcomeCases,
    Pivotal,
    Point,
    StudyDrug,
)
from caseseries.summary.model import Summary
from caseseries.summary.result import FlowStep
from caseseries.summary.summarise import summarise
from caseseries.verdict.trace import NodeTruth, Quantity, Truth, Verdict

OUTCOME = "good response"
IMPROVED = {"is": "improved"}
SCORES = {"all": [{"gain": "mmt", "at_least": "4 points"}, {"gain": "cmas", "at_least": "4 points"}]}
DOSE = {"decrease": "steroid", "more_than": "15 % of baseline"}
RULES: dict[str, Any] = {
    AS_WRITTEN: {"all": [IMPROVED, {"any": [SCORES, DOSE]}]},
    "scores and dose both needed": {"all": [IMPROVED, *SCORES["all"], DOSE]},
    "dose alone suffices": {"any": [{"all": [IMPROVED, *SCORES["all"]]}, DOSE]},
    "judgement not asked": {"any": [SCORES, DOSE]},
}
BASELINE = {"from": "-20 days", "to": "0 days", "take": "last"}
MONTH_3 = {"from": "75 days", "to": "105 days", "target": "91 days", "take": "nearest", "tie": "earlier"}
PROTOCOL: dict[str, Any] = {
    "study": "Mycophenolate mofetil in juvenile dermatomyositis",
    "invented": "yes",
    "citation": "Question and response rule: Dagher R et al. Rheumatol Int 2012;32:711-6, doi 10.1007/s00296-010-1653-5",
    "authors_knew": "The published totals were known when this protocol was written.",
    "period": {"from": "2005-01-01", "to": "2009-12-31", "data_cutoff": "2010-06-30"},
    "case_finding": {"sources": ["pharmacy list", "clinic register"], "consecutive": "yes"},
    "case": {
        "index_date": {"first_exposure": "mycophenolate mofetil", "restart_after": "60 days"},
        "per": "patient",
    },
    "include": [
        {"diagnosis": "juvenile dermatomyositis", "by": "index date"},
        {"age": {"below": "18 years"}, "at": "index date"},
    ],
    "measures": {
        "mmt": {"instrument": "MMT8"},
        "cmas": {"instrument": "CMAS"},
        "improved": {
            "judgement": "physician global improvement",
            "since": "index date",
            "recorded": "contemporaneous",
        },
        "steroid": {
            "daily_dose": "systemic glucocorticoids",
            "as": "prednisone mg/day",
            "if_zero_baseline": "not evaluable",
        },
        "neutrophils": {"instrument": "neutrophils"},
    },
    "windows": {"baseline": BASELINE, "month 3": MONTH_3},
    "prior_groups": ["conventional immunosuppressants", "IVIG"],
    "intercurrent": {
        "drug stopped": "as observed",
        "rescue added": {
            "drugs": ["conventional immunosuppressants", "biologics", "IVIG"],
            "verdict": "non-responder",
        },
        "steroid raised above baseline": "non-responder",
        "pulse": {"within": "14 days", "verdict": "not evaluable"},
        "death": "non-responder",
        "lost": "not evaluable",
    },
    "outcomes": {
        OUTCOME: {
            "good": "yes",
            "at": "month 3",
            "rule": RULES[AS_WRITTEN],
            "readings": {name: rule for name, rule in RULES.items() if name != AS_WRITTEN},
        }
    },
    "safety": {
        "until_after_last_dose": "30 days",
        "grading": "CTCAE v5.0",
        "ascertainment": "neutrophil counts at visits; other events as written in the notes",
        "monitored": [{"measure": "neutrophils", "below": "1.5"}],
    },
    "robustness": {
        "windows": {"month 3": [{"from": "61 days", "to": "121 days"}]},
        "take": {"baseline": ["first"], "month 3": ["first", "last"]},
        "missing": ["not met"],
        "dose": ["prednisone mg/kg/day"],
    },
}
# patient, sex, age, duration, observed, on drug, ongoing; before day, after day; mmt, cmas, dose before and after; judged
ROWS: tuple[tuple[Any, ...], ...] = (
    ("P1", "F", 8, 174, 792, 792, True, -7, 91, (51, 72), (27, 38), ("40", "20"), True, "MMT +21 and CMAS +11 (at least 4 each needed); prednisone 40 → 20 mg/day, 50 % lower (more than 15 % needed)."),
    ("P2", "M", 11, 784, 351, 351, True, -13, 92, (58, 74), (33, 42), ("20", "15"), True, "MMT +16 and CMAS +9 (at least 4 each needed); prednisone 20 → 15 mg/day, 25 % lower (more than 15 % needed)."),
    ("P3", "F", 6, 413, 423, 423, True, -3, 88, (62, 76), (36, 44), ("25", "20"), True, "MMT +14 and CMAS +8 (at least 4 each needed); prednisone 25 → 20 mg/day, 20 % lower (more than 15 % needed)."),
    ("P4", "F", 14, 153, 190, 190, True, -18, 93, (60, 72), (34, 42), ("10", "10"), True, "MMT +12 and CMAS +8 (at least 4 each needed). The dose alone would not have sufficed: prednisone 10 → 10 mg/day."),
    ("P5", "M", 9, 629, 182, 182, True, -6, 99, (66, 76), (38, 45), ("25", "22"), True, "MMT +10 and CMAS +7 (at least 4 each needed). The dose alone would not have sufficed: prednisone 25 → 22 mg/day, 12 % lower."),
    ("P6", "F", 8, 748, 262, 262, True, 0, 84, (74, 74), (45, 48), ("30", "24"), True, "prednisone 30 → 24 mg/day, 20 % lower (more than 15 % needed). Scores alone would not have sufficed: MMT +0, CMAS +3."),
    ("P7", "F", 4, 587, 186, 186, False, -10, 95, (64, 72), (35, 41), ("15", "15"), False, "the physician did not judge improved, although MMT rose by 8 and CMAS by 6."),
    ("P8", "M", 16, 329, 301, 301, True, -20, 81, (70, 74), (41, 45), ("50", "41.5"), False, "the physician did not judge improved, although MMT and CMAS each rose by 4 and prednisone fell by 17 %."),
)  # fmt: skip
DOSES: dict[str, tuple[tuple[int, str], ...]] = {
    "P1": ((-173, "60"), (-70, "50"), (-59, "40"), (14, "30"), (61, "20"), (98, "15"), (151, "10"), (261, "5"), (562, "0")),
    "P2": ((-783, "60"), (-693, "40"), (-511, "30"), (-238, "20"), (30, "17.5"), (78, "15"), (121, "10"), (171, "7.5"), (261, "5")),
    "P3": ((-412, "40"), (-308, "30"), (-203, "20"), (-14, "25"), (28, "22.5"), (57, "20"), (96, "17.5"), (151, "15"), (200, "10"), (331, "5")),
    "P4": ((-152, "30"), (-91, "20"), (-44, "10"), (151, "7.5")),
    "P5": ((-628, "50"), (-514, "30"), (-333, "20"), (-27, "25"), (42, "22"), (113, "20"), (151, "17.5")),
    "P6": ((-747, "50"), (-610, "40"), (-367, "30"), (14, "27"), (70, "24"), (141, "20"), (201, "15")),
    "P7": ((-586, "40"), (-431, "25"), (-247, "15")),
    "P8": ((-328, "60"), (-137, "50"), (21, "46"), (51, "41.5"), (98, "37.5"), (151, "30"), (221, "20")),
}  # fmt: skip
VISITS: dict[str, tuple[tuple[int, int, int, str], ...]] = {
    "P1": ((-62, 50, 26, "6.8"), (-7, 51, 27, "6.1"), (43, 62, 33, "5.2"), (91, 72, 38, "4.9"), (184, 76, 44, "4.1"), (371, 79, 48, "3.8"), (792, 80, 51, "3.6")),
    "P2": ((-13, 58, 33, "4.4"), (29, 63, 36, "1.1"), (50, 66, 38, "2.6"), (77, 70, 40, "3"), (92, 74, 42, "3.3"), (203, 78, 48, "3.5"), (351, 79, 50, "3.2")),
    "P3": ((-90, 65, 38, "7"), (-3, 62, 36, "6.4"), (88, 76, 44, "5"), (102, 77, 46, "4.9"), (240, 79, 49, "4.4"), (423, 80, 51, "4")),
    "P4": ((-18, 60, 34, "5.6"), (49, 66, 38, "5.1"), (93, 72, 42, "4.7"), (190, 75, 45, "4.5")),
    "P5": ((-47, 67, 39, "5.9"), (-6, 66, 38, "6.2"), (30, 69, 40, "5.4"), (99, 76, 45, "4.8"), (182, 77, 47, "4.5")),
    "P6": ((-19, 72, 43, "7.2"), (0, 74, 45, "6.9"), (56, 74, 46, "6"), (84, 74, 48, "5.5"), (112, 75, 48, "5.2"), (262, 77, 50, "4.6")),
    "P7": ((-10, 64, 35, "4.9"), (95, 72, 41, "4.2"), (186, 71, 40, "4.4")),
    "P8": ((-20, 70, 41, "8.1"), (35, 71, 42, "7.7"), (81, 74, 45, "6.6"), (126, 75, 45, "6.1"), (301, 76, 47, "5")),
}  # fmt: skip
FIRST: tuple[tuple[Any, ...], ...] = (
    ("P1", "methotrexate", -166, -13, "earlier", "insufficient effect"),
    ("P1", "IVIG", -119, -35, "earlier", "insufficient effect"),
    ("P2", "methotrexate", -770, 203, "background", "no longer needed"),
    ("P3", "methotrexate", -399, -21, "earlier", "nausea"),
    ("P3", "hydroxychloroquine", -259, -1, "earlier", "replaced"),
    ("P5", "methotrexate", -616, -350, "earlier", "nausea"),
    ("P5", "ciclosporin", -343, -7, "earlier", "insufficient effect"),
    ("P6", "hydroxychloroquine", -732, -338, "earlier", "insufficient effect"),
    ("P6", "methotrexate", -721, -14, "earlier", "insufficient effect"),
    ("P7", "ciclosporin", -552, -7, "earlier", "insufficient effect"),
    ("P8", "methotrexate", -315, -14, "earlier", "refused injections, 2008-09-01"),
    ("P8", "IVIG", -189, -77, "earlier", ""),
)


def answer(reading: str, judged: bool | None, mmt: Any, cmas: Any, dose: Any) -> bool | None:
    scores = None if mmt[1] is None or cmas[1] is None else mmt[1] - mmt[0] >= 4 and cmas[1] - cmas[0] >= 4
    before, after = (None if part is None else Fraction(part) for part in dose)
    taper = None if before is None or after is None or not before else 100 * (before - after) > 15 * before
    if judged is None or scores is None or taper is None:
        return None
    return {
        AS_WRITTEN: judged and (scores or taper),
        "scores and dose both needed": judged and scores and taper,
        "dose alone suffices": (judged and scores) or taper,
        "judgement not asked": scores or taper,
    }[reading]


EXCLUDED = (
    CaseRow("P9", "P9", "excluded", "Age below 18 years at the index date", False, "F", 19, 100, None, None, False),
    CaseRow("P10", "P10", "excluded", "Diagnosis of juvenile dermatomyositis by the index date", True, "M", None, None, None, None, False),
)  # fmt: skip
FINDINGS = (
    Finding("note", "dose raised shortly before the index date", "see the table of pivotal components", Place("chart.xlsx", "drugs", 34, "start_date"), "P3", "start_date", "2006-11-06", "", ""),
    Finding("warning", "two sources of one dose disagree", "the course and the visit differ", Place("chart.xlsx", "visits", 12, "prednisone"), "P2", "prednisone", "=cmd|'x'!A0", "one value", "use the course"),
)  # fmt: skip


def series(
    rows: Sequence[tuple[Any, ...]] = ROWS,
    *,
    excluded: Sequence[CaseRow] = EXCLUDED,
    findings: Sequence[Finding] = FINDINGS,
    declared: Mapping[str, Any] = {},
) -> Summary:
    """A finished run for the given rows; every number is counted from them, and summarised as those of any run.

    `declared` stands in place of those parts of the protocol.
    """
    protocol = Protocol.model_validate({**PROTOCOL, **declared})
    compiled = plan(protocol, OUTCOME)
    cases = _cases(protocol, rows, excluded, findings)
    summary = summarise(protocol, _tally(protocol, rows, cases), kept="chart", dated=True, invented=True, cases=cases)
    assert [spec.number for spec in compiled.specs] == [cell.spec for cell in summary.outcomes[OUTCOME].grid]
    return replace(
        summary,
        suggested=("same_day at month 3: worst",),
        choices=(("index date", "first day of mycophenolate mofetil"), ("partial dates", "refuse")),
        fingerprints={
            "protocol": "8f14e45fceea167a5a36dedd4bea2543" * 2,
            "chart": "c9f0f895fb98ab9159f51fd0297e236d" * 2,
        },
        locked="fixed on 2026-11-22, after this software showed outcomes",
    )


def with_cases(summary: Summary, **changes: Any) -> Summary:
    """The same run with other cases."""
    return replace(summary, cases=replace(summary.shown, **changes))


def _cases(
    protocol: Protocol, rows: Sequence[tuple[Any, ...]], excluded: Sequence[CaseRow], findings: Sequence[Finding]
) -> Cases:
    specs = plan(protocol, OUTCOME).specs
    verdicts = {spec.number: tuple(_verdict(spec, row) for row in rows) for spec in specs}
    n, known = len(rows), {row[0] for row in rows}
    before = {verdict.case_id: verdict.truth for verdict in verdicts[0]}
    included = tuple(
        CaseRow(row[0], row[0], "included", "", False, row[1], row[2], row[3], row[4], row[5], row[6], (("onset", "rash first, 2004-05"), ("antibody", "NXP2" if place % 2 else "negative")))
        for place, row in enumerate(rows)
    )  # fmt: skip
    return Cases(
        rows=(*included, *excluded),
        outcomes={
            OUTCOME: OutcomeCases(
                verdicts=verdicts,
                flips={
                    number: tuple(
                        (one.case_id, f"{FLIPS[before[one.case_id]]} → {FLIPS[one.truth]}")
                        for one in found
                        if one.truth != before[one.case_id]
                    )
                    for number, found in verdicts.items()
                },
                mean_changes={spec.number: _means(spec, rows) for spec in specs},
                pivotal=_pivotal(rows),
                sentences={row[0]: f"{_start(row)}{row[13]}" for row in rows},
            )
        },
        without_change={
            (OUTCOME, measure): tuple((row[0], f"month 3 {measure}: no visit in window") for row in rows if None in row[place])
            for measure, place in VALUES.items()
        },
        drugs=tuple(
            DrugUse(case, drug, drug, ("conventional immunosuppressants",) if drug not in {"IVIG", "hydroxychloroquine"} else ("IVIG",) if drug == "IVIG" else ("antimalarials",), role, start, end, why)
            for case, drug, start, end, role, why in FIRST
            if case in known
        ),
        study_drug=tuple(
            course
            for course in (
                StudyDrug("P1", 0, 13, "250 mg twice daily"), StudyDrug("P1", 14, None, "500 mg twice daily"),
                StudyDrug("P2", 0, None, "750 mg twice daily"), StudyDrug("P3", 0, None, "400 mg twice daily"),
                StudyDrug("P4", 0, None, "1000 mg twice daily"), StudyDrug("P5", 0, None, "600 mg twice daily"),
                StudyDrug("P6", 0, None, "500 mg twice daily"), StudyDrug("P7", 0, 186, "400 mg twice daily"),
                StudyDrug("P8", 0, None, "1000 mg twice daily"),
            )
            if course.case_id in known
        ),
        events=tuple(
            event
            for event in (
                AdverseEvent("P2", 29, 50, "neutropenia", "2", "no", "resolved", "methotrexate or mycophenolate mofetil", ("methotrexate", "prednisone"), True, ""),
                AdverseEvent("P1", -119, -117, "headache", "1", "no", "resolved", "IVIG", ("IVIG", "methotrexate"), False, "before the index date"),
                AdverseEvent("P5", -379, -344, "nausea", "2", "no", "resolved", "methotrexate", ("methotrexate",), False, "before the index date"),
            )
            if event.case_id in known
        ),
        beyond=(Beyond("neutrophils", "below 1.5", (MonitoredValue("P2", 29, 29, Fraction(11, 10)),) if n else ()),),
        pre_index=(
            ("mmt", "two or more values in the 90 days before the index date in P1, P3, P5 and P6: rising in P1 and P6, falling in P3 and P5."),
        ) if n else (),
        points=tuple(_points(rows)),
        doses=tuple((case, tuple((day, Fraction(dose)) for day, dose in steps)) for case, steps in DOSES.items() if case in known),
        findings=tuple(findings),
        source_rows=(SourceRow(1, "chart.xlsx", "visits", 2, "measurement", "P1", "used"),),
    )  # fmt: skip


#: The measures that the rules compare, with the place of their values in a row.
VALUES = {"mmt": 9, "cmas": 10, "steroid": 11}


def _tally(protocol: Protocol, rows: Sequence[tuple[Any, ...]], cases: Cases) -> Tally:
    """The counts of these cases, as the stages would hand them on."""
    n, found = len(rows), Tally()
    found.add(("persons",), len(cases.rows))
    for case in cases.rows:
        found.add(("cases", case.failed_criterion, "undetermined" if case.undetermined else ""))
    for key in ("patients",), ("no death",):
        found.add(key, n)
    for case in cases.included:
        for place, (name, word) in enumerate(case.attributes):
            found.add(("attribute", place, name, word))
    for row in rows:
        found.add(("sex", row[1] or ""))
        for name, place in (("age", 2), ("duration", 3), ("observed", 4), ("on drug", 5)):
            found.add((name, -1 if row[place] is None else row[place]))
        found.add(("baseline", "steroid", value_key(Fraction(row[11][0]))))
        for measure, place in VALUES.items():
            _count_change(found, measure, row[place])
    _count_verdicts(found, cases.outcomes[OUTCOME])
    for event in cases.events:
        found.add(("adverse", event.term, event.why_not))
        if event.on_treatment:
            found.add(("adverse patients", event.term))
    found.add(("adverse patients", ""), len({event.case_id for event in cases.events if event.on_treatment}))
    found.add(("adverse patients any",), len({event.case_id for event in cases.events}))
    found.add(("days at risk",), sum(row[5] for row in rows))
    found.add(("monitored", "neutrophils", "values"), 33 if n else 0)
    found.add(("monitored", "neutrophils", "patients"), min(n, 8))
    found.add(("monitored", "neutrophils", "beyond below 1.5"), len(cases.beyond[0].values))
    for drug, role in Counter(
        {(one.case_id, one.drug, one.role): (one.drug, one.role) for one in cases.drugs}.values()
    ).elements():
        found.add(("drug", drug, role))
    for group in protocol.prior_groups:
        found.add(("prior", group), len({one.case_id for one in cases.drugs if group in one.groups}))
    for table, read in (("measurement", 43), ("course", 77), ("person", 10)):
        found.add(("rows", table, "used", ""), read)
    for finding in cases.findings:
        found.add(("finding", finding.severity, finding.rule, finding.message))
    return found  # fmt: skip


def _count_change(found: Tally, measure: str, pair: tuple[Any, Any]) -> None:
    if None in pair:
        found.add(("absent", OUTCOME, measure, "month 3", "no visit in window"))
        return
    before, after = map(Fraction, pair)
    parts = {"before": before, "after": after, "change": after - before}
    if measure == "steroid" and before:
        parts["percent"] = 100 * (before - after) / before
    for part, value in parts.items():
        found.add(("value", OUTCOME, measure, part, value_key(value)))


def _count_verdicts(found: Tally, outcome: OutcomeCases) -> None:
    """Answers by spec, those of the protocol as written by year too: three cases in each, from 2006 on."""
    primary = outcome.verdicts[0]
    for spec, verdicts in outcome.verdicts.items():
        for place, (verdict, written) in enumerate(zip(verdicts, primary, strict=True)):
            year = 0 if spec else 2006 + place // 3
            found.add(("answer", OUTCOME, spec, year, ANSWERS[verdict.truth]))
            if verdict.truth is None:
                found.add(("why", OUTCOME, spec, verdict.absent))
            if verdict.truth is not written.truth:
                found.add(("flip", OUTCOME, spec, FLIPS[written.truth], FLIPS[verdict.truth]))


def _start(row: tuple[Any, ...]) -> str:
    word = {True: "Good response", False: "No good response", None: "Not evaluable"}[
        answer(AS_WRITTEN, row[12], row[9], row[10], row[11])
    ]
    return f"{word} at day {row[8]}: " if row[8] is not None else f"{word}: "


def _truth(spec: Spec, row: tuple[Any, ...]) -> Truth:
    # Not a real evaluation of the other windows: one case moves where the baseline is the first value and the window is wide.
    if row[0] == "P5" and spec.windows["baseline"].take == "first" and spec.windows["month 3"].from_ == 61:
        return False if spec.missing == "not met" else None
    return answer(spec.reading, row[12], row[9], row[10], row[11])


def _verdict(spec: Spec, row: tuple[Any, ...]) -> Verdict:
    case, before, after = row[0], row[7], row[8]
    truth = _truth(spec, row)
    values = []
    for measure, place in VALUES.items():
        for window, day, value in (("baseline", before, row[place][0]), ("month 3", after, row[place][1])):
            amount = None if value is None else Fraction(value)
            why, on = ("no visit in window", None) if amount is None else ("", day)
            values.append(Quantity(Slot(measure, window), amount, on, 1, why))
    judged = None if row[12] is None else Fraction(int(row[12]))
    why = "" if judged is not None else "no visit in window"
    values.append(Quantity(Slot("improved", "month 3"), judged, after, 1, why))
    absent = "" if truth is not None else "month 3 mmt: no visit in window"
    return Verdict(
        case, OUTCOME, spec.number, truth, truth, absent, "", (), after, tuple(values), (NodeTruth("1", truth),)
    )


def _means(spec: Spec, rows: Sequence[tuple[Any, ...]]) -> dict[str, Fraction | None]:
    # Not of the values of the other windows either.
    if not rows:
        return {"mmt change": None, "steroid percent decrease": None}
    first = spec.windows["month 3"].take == "first"
    taper = Fraction("19.4") if (spec.dose or "").endswith("kg/day") else Fraction("16.4") if first else Fraction(18)
    return {"mmt change": Fraction("10.125" if first else "10.625"), "steroid percent decrease": taper}


def _pivotal(rows: Sequence[tuple[Any, ...]]) -> tuple[Pivotal, ...]:
    known = {row[0] for row in rows}
    items = (
        Pivotal("judgement alone", "P7", "scores rose by 8 and 6; judged not improved"),
        Pivotal("judgement alone", "P8", "scores rose by 4 each, dose fell by 17 %; judged not improved"),
        Pivotal("raised before index", "P3", "20 → 25 mg/day on day −14"),
        Pivotal("raised before index", "P5", "20 → 25 mg/day on day −27"),
    )
    return tuple(item for item in items if item.case_id in known)


def _points(rows: Sequence[tuple[Any, ...]]) -> list[Point]:
    found = []
    chosen = {row[0]: {row[7]: "baseline", row[8]: "month 3"} for row in rows}
    for case, visits in VISITS.items():
        for day, mmt, cmas, count in visits if case in chosen else ():
            mark = chosen[case].get(day, "")
            found.append(Point(case, "mmt", day, Fraction(mmt), mark))
            found.append(Point(case, "cmas", day, Fraction(cmas), mark))
            found.append(Point(case, "neutrophils", day, Fraction(count), ""))
    return found


def empty() -> Summary:
    """Nobody was included."""
    return series(())


def not_evaluable() -> Summary:
    """Three cases, none of which has a value after the index date."""
    rows = [
        (
            *row[:8],
            None,
            (row[9][0], None),
            (row[10][0], None),
            (row[11][0], None),
            None,
            "no visit in the window of month 3.",
        )
        for row in ROWS[:3]
    ]
    return series(rows)


def one_class() -> Summary:
    """Nobody fails: the class of non-responders is empty."""
    return series(ROWS[:6])


def one_case() -> Summary:
    """A single case."""
    return series(ROWS[:1])


def many(n: int = 30) -> Summary:
    """So many cases, with every class present."""
    rows = []
    for place in range(n):
        row = ROWS[place % 8]
        case = f"P{place + 1}"
        if place % 11 == 10:
            rows.append(
                (
                    case,
                    *row[1:8],
                    None,
                    (row[9][0], None),
                    (row[10][0], None),
                    (row[11][0], None),
                    None,
                    "no visit in the window of month 3.",
                )
            )
        else:
            shift = place // 8
            rows.append(
                (
                    case,
                    *row[1:4],
                    row[4] + 17 * shift,
                    row[5] + 11 * shift,
                    *row[6:9],
                    (row[9][0] - shift, row[9][1] - 2 * shift),
                    *row[10:],
                )
            )
    summary = series(rows)
    doses = tuple((row[0], summary_steps(place)) for place, row in enumerate(rows))
    drugs = tuple(StudyDrug(row[0], 0, None if row[6] else row[5], "as written") for row in rows)
    return with_cases(summary, doses=doses, study_drug=drugs)


def summary_steps(place: int) -> tuple[tuple[int, Fraction], ...]:
    return tuple((day, Fraction(dose) + place // 8) for day, dose in DOSES[f"P{place % 8 + 1}"])


NASTY = "<script>alert(1)</script>"


def hostile() -> Summary:
    """Markup, control and direction characters, other scripts, formulas and very long names where users write."""
    names = {
        "P1": NASTY,
        "P2": "P\u202e2\x07",
        "P3": "患者三号",
        "P4": "=HYPERLINK(0)",
        "P5": "A patient with an identifier that is longer than anyone would wish, 0123456789-0123456789",
        "P6": "🙂 & \"quotes\" 'n' {{ 7*7 }} {% raw %}",
        "P7": "مريض ٧",
        "P8": "-8",
    }
    rows = [(names[row[0]], *row[1:13], f"{row[13]} {NASTY} \u202enote") for row in ROWS]
    global VISITS, DOSES, FIRST
    kept = VISITS, DOSES, FIRST
    VISITS = {names[case]: found for case, found in VISITS.items()}
    DOSES = {names[case]: found for case, found in DOSES.items()}
    FIRST = tuple((names[item[0]], *item[1:]) for item in FIRST)
    try:
        summary = series(rows)
    finally:
        VISITS, DOSES, FIRST = kept
    long = "a very long name of a criterion that goes on and on so that it must be broken over several lines " * 2
    protocol = summary.protocol.model_copy(update={"study": f"{NASTY} ‘study’ \u202e & Co", "authors_knew": NASTY})
    flow = (FlowStep(f"{long}{NASTY}", 10, ((long, 1), ("Unbreakable" * 20, 1))), FlowStep("Included", 8))
    courses = tuple(StudyDrug(name, 0, None, NASTY) for name in names.values())
    event = AdverseEvent(names["P5"], 40, None, f"{long}\x00", "", "", "", "", (), True, "")
    return replace(
        with_cases(summary, events=(event,), study_drug=courses),
        protocol=protocol,
        flow=flow,
        locked="",
        invented=False,
    )


SAMPLES: dict[str, Callable[[], Summary]] = {
    "series": series,
    "empty": empty,
    "not evaluable": not_evaluable,
    "one class": one_class,
    "one case": one_case,
    "many": many,
    "hostile": hostile,
}
