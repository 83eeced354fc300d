"""Counts made by the engine are those of the small path, counted patient by patient."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from tests.generate.studies import every_study
from tests.spec.small import analyse, chart, protocol
from tests.spec.stages import one_engine
from tests.summary.counting import count_deaths, count_not_charted, tally_of

from caseseries import cohort, safety
from caseseries.chart.action_taken import action_of
from caseseries.chart.event_questions import serious_of, severe_of
from caseseries.chart.store import Numbers, make_tables
from caseseries.chart.tables import Chart, Ends
from caseseries.errors import ChoiceNeeded
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.measure import Monitored
from caseseries.protocol.naming import beyond_words
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.safety import Safety
from caseseries.protocol.specs import plan
from caseseries.protocol.written import DAYS_PER_UNIT, folded
from caseseries.reference import oracle
from caseseries.reference.expected_counts import tally
from caseseries.response import answer_criteria
from caseseries.stats.tally import Tally
from caseseries.study import Study
from caseseries.summary.cases import AdverseEvent
from caseseries.summary.model import Summary
from caseseries.summary.result import Count
from caseseries.summary.safety_summary import LookedForAlone
from caseseries.summary.summarise import summarise

SAFETY = Safety.model_validate(
    {"until_after_last_dose": "30 days", "monitored": [{"measure": "strength", "below": "54", "above": "60"}]}
)
EXAMPLES = Path(__file__).parents[2] / "examples"


def of_engine(study: Protocol, read: Chart) -> Tally:
    """The counts that the stages make."""
    found = cohort.select(one_engine(), study, read, answer_criteria)
    counts = cohort.tally(one_engine(), study, found.numbers, dated=read.dated)
    return counts + safety.tally(one_engine(), study, found.numbers)


def of_patients(study: Protocol, read: Chart, summary: Summary) -> Tally:
    """The same from the cases one by one."""
    shown = summary.shown
    counts = Tally({("persons",): len({case.patient for case in shown.rows})})
    for case in shown.rows:
        counts.add(("cases", case.failed_criterion, "undetermined" if case.undetermined else ""))
    for case in shown.included:
        numbers = {
            "age": case.age_years, "observed": case.observed_days, "on drug": case.on_drug_days,
            "duration": case.disease_duration_days,
        }  # fmt: skip
        for section, value in numbers.items():
            counts.add((section, -1 if value is None else value))
        counts.add(("sex", case.sex))
    count_deaths(counts, summary, {case.case_id for case in shown.included})
    count_not_charted(counts, study, read, summary)
    for use in shown.drugs:
        counts.add(("drug", use.drug, use.role))
    for group in study.prior_groups:
        own = [
            (use.case_id, use.possible or Ends(use.start, use.start, use.start, None))
            for use in shown.drugs
            if group in use.groups
        ]
        before = {case_id for case_id, ends in own if ends.first_high < 0}
        counts.add(("prior", group), len(before))
        counts.add(("prior not known", group), len({case_id for case_id, ends in own if ends.first_low < 0} - before))
    if study.safety is None:
        return counts
    patient_of = {case.case_id: case.patient for case in shown.included}
    days, most = (expected(study, read).total(section) for section in ("days at risk", "days perhaps at risk"))
    counts.add(("days at risk",), days)
    counts.add(("days perhaps at risk",), most)
    if summary.nowhere("adverse events"):
        counts.add(("not charted", "adverse events", "days"), days)
        counts.add(("not charted", "adverse events", "days perhaps"), most)
    else:
        certain: dict[str, set[str]] = {}
        at_most: dict[str, set[str]] = {}
        for event in shown.events:
            counts.add(("adverse", folded(event.term), event.why_not))
            for term in ("", folded(event.term)) if event.on_treatment else ():
                certain.setdefault(term, set()).add(patient_of[event.case_id])
            for term in ("", folded(event.term)) if event.on_treatment or event.status.startswith("possibly") else ():
                at_most.setdefault(term, set()).add(patient_of[event.case_id])
        for term, ids in at_most.items():
            counts.add(("adverse patients", term), len(certain.get(term, ())))
            counts.add(("adverse patients perhaps", term), len(ids) - len(certain.get(term, ())))
        counts.add(("adverse patients any",), len({patient_of[event.case_id] for event in shown.events}))
        near = [one for one in shown.events if "on treatment" == one.status or one.status.startswith("possibly")]
        if isinstance(study.case.index_date, FirstExposure):
            count_told(counts, "led to stopping", [(one, STOPPED[action_of(one.action)]) for one in near], patient_of)
        for question, answers in (("serious", [serious_of(one.serious) for one in near]),
                                  ("grade 3 or more", [severe_of(one.grade) for one in near])):  # fmt: skip
            told = [(one, answer or "not known") for one, answer in zip(near, answers, strict=True)]
            count_told(counts, question, told, patient_of)
    assert summary.safety is not None
    for seen, values in zip(summary.safety.monitoring, shown.beyond, strict=True):
        parts = {
            f"{what}{more}": n
            for what, of in (("values", seen.values), ("patients", seen.patients))
            for more, n in (("", of.low), (" perhaps", of.high - of.low))
        }
        if seen.bound:
            parts |= {f"beyond {seen.bound}": len(values.values), f"perhaps {seen.bound}": len(values.perhaps)}
        for part, n in parts.items():
            counts.add(("monitored", seen.measure, part), n)
    return counts


#: What an action says of stopping, as the counts say it.
STOPPED = {
    "stopped": "yes",
    "not stopped": "no",
    "not known": "not known",
    "not recorded": "not recorded",
    None: "not known",
}


def count_told(
    counts: Tally, question: str, events: list[tuple[AdverseEvent, str]], patient_of: dict[str, str]
) -> None:
    """Count what the events of a report answer to one question."""
    said = [(patient_of[one.case_id], answer, one.why_not) for one, answer in events]
    for _, answer, why_not in said:
        counts.add((question, answer, why_not))
    certain = {patient for patient, answer, why_not in said if answer == "yes" and not why_not}
    counts.add((f"{question} patients",), len(certain))
    at_most = {patient for patient, answer, _ in said if answer != "no"}
    counts.add((f"{question} patients perhaps",), len(at_most - certain))


def expected(study: Protocol, read: Chart) -> Tally:
    """What the reference counts."""
    answers = oracle.cases(study, read)
    verdicts = {
        name: {
            0: {
                one.case_id: oracle.verdict(study, read, one, plan(study, name), plan(study, name).primary)
                for one in answers
                if one.included
            }
        }
        for name in study.verdicts
    }
    return tally(study, read, answers, verdicts)


def test_the_example_study() -> None:
    study = Study.load(EXAMPLES / "jdm-mmf" / "protocol.yaml")
    read = study.read(EXAMPLES / "jdm-mmf" / "chart.yaml")
    counts = of_engine(study.protocol, read)
    assert of_patients(study.protocol, read, analyse(study.protocol, read)) == counts
    assert counts.total("persons") == counts.total("cases") == counts.total("cases", "") == counts.total("sex") == 8
    assert counts.total("drug") and counts.total("prior") and counts.total("days at risk")


def test_an_earlier_drug_of_which_the_first_day_is_not_known() -> None:
    """Who may have begun it before the index date or after it is neither treated before nor not treated."""
    case = "case: {index_date: {first_exposure: rituximab}, per: patient}"
    study = protocol(f"{case}\nprior_groups: [biologics, antimalarials]")
    text = """
        a | rituximab | 0..
        a | infliximab | -60~305..300~310
        b | rituximab | 0..
        b | infliximab | -60~305..300~310; -400..-300
        c | rituximab | 0..
        c | infliximab | 0~20..30
        d | rituximab | 0..
        d | hydroxychloroquine | -60~-30..
        """
    read = chart(text, study)
    told = {one.id: (one.n, one.total) for one in analyse(study, read).prior}
    assert {"prior/biologics": (1, 3), "prior/antimalarials": (1, 4)} == told
    counts = of_engine(study, read)
    assert of_patients(study, read, analyse(study, read)) == counts
    assert 1 == counts.total("prior not known", "biologics") == counts.total("prior not known")


def test_an_event_that_a_site_did_not_look_for_has_no_rate_over_its_patients() -> None:
    """A database looks for the events that the protocol names, a chart lists whatever happened."""
    study = protocol("case: {index_date: {first_exposure: rituximab}, per: patient}").model_copy(
        update={"safety": Safety.model_validate({"until_after_last_dose": "30 days", "events": ["rash"]})}
    )
    listed = chart("a | rituximab | 0..10\na | event: rash | 5\na | event: Zoster | 6\na | mmt | 0:50, 100:60", study)
    asked = chart(
        "b | rituximab | 0..10\nb | event: rash | 5\nb | mmt | 0:50, 200:60\nc | rituximab | 0..60\nc | mmt | 0:50, 200:60",
        study,
    )
    alone = tally_of(study, replace(asked, only={"adverse events": ("Rash",)}))
    assert {"patients": 2, "days": 130} == {key[-1]: n for key, n in alone.section("looked for alone") if n}
    both = summarise(study, tally_of(study, listed) + alone, kept="both", dated=True, invented=True).safety
    assert both is not None
    terms = {one.term: (one.people.exact, one.rate.estimate) for one in both.terms}
    years = Fraction(40) / DAYS_PER_UNIT["year"], Fraction(170) / DAYS_PER_UNIT["year"]
    assert {"zoster": (1, 100 / years[0]), "rash": (3, 200 / years[1])} == terms
    assert (LookedForAlone(("rash",), Count(2, 2)),) == both.alone
    one = summarise(study, alone, kept="database", dated=True, invented=True).safety
    assert one is not None and [found.people.exact for found in one.terms] == [2]


def test_time_since_the_disease_that_is_asked_for() -> None:
    """Another disease, diagnosed long before, is not what the drug was given for."""
    case = "case: {index_date: {first_exposure: rituximab}, per: patient}"
    text = """
        a | rituximab | 0..
        a | diagnosis: asthma | -4000
        a | diagnosis: JDM | -300
        b | rituximab | 0..
        b | diagnosis: jdm |
        b | diagnosis: asthma | -2000
        """
    for include, expected in (("[{diagnosis: JDM, by: any time}]", {300: 1, -1: 1}), ("[]", {4000: 1, 2000: 1})):
        study = protocol(f"{case}\ninclude: {include}")
        read = chart(text, study)
        found = analyse(study, read)
        counts = of_engine(study, read)
        assert expected == {key[0]: n for key, n in counts.section("duration")}
        assert of_patients(study, read, found) == counts


def hold(study: Protocol, read: Chart) -> None:
    asked = study.model_copy(
        update={"safety": SAFETY, "prior_groups": ("conventional immunosuppressants", "biologics")}
    )
    try:
        summary = analyse(asked, read)
    except ChoiceNeeded:
        return
    assert of_patients(asked, read, summary) == of_engine(asked, read)


def test_a_few_drawn_studies() -> None:
    every_study(hold, runs=1, studies_per_run=4)


@pytest.mark.long
def test_many_drawn_studies() -> None:
    every_study(hold, runs=5, first=2)


@pytest.mark.parametrize(
    ("bounds", "values", "beyond", "perhaps"),
    [
        ({"below": "45"}, "1:44.999999, 2:45, 3:<45, 4:>45, 5:>44, 6:<50", 2, 2),
        ({"above": "45"}, "1:45.000001, 2:45, 3:<45, 4:>45, 5:<46, 6:>40", 2, 2),
        ({"below": "45.0000005"}, "1:45, 2:45.000001, 3:<45", 2, 0),
        ({"above": "45.0000005"}, "1:45, 2:45.000001, 3:>45", 1, 1),
        ({"below": "-1"}, "1:-2, 2:-1, 3:0", 1, 0),
        ({"below": "45", "above": "50"}, "1:44, 2:45, 3:50, 4:51", 2, 0),
        ({}, "1:44", 0, 0),
    ],
)
def test_values_beyond_a_bound(bounds: dict[str, str], values: str, beyond: int, perhaps: int) -> None:
    written = SAFETY.model_copy(update={"monitored": (Monitored.model_validate({"measure": "mmt"} | bounds),)})
    study = protocol().model_copy(update={"safety": written})
    counts = of_engine(study, chart(f"1 | mmt | {values}", study))
    bound = beyond_words(written.monitored[0])
    parts = ("values", "patients", f"beyond {bound}", f"perhaps {bound}")
    found = tuple(counts.total("monitored", "mmt", part) for part in parts)
    assert (len(values.split(",")), 1, beyond, perhaps) == found


MMF = "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 60 days}, per: patient}\n"


def test_a_measure_monitored_twice_counts_its_values_once_and_each_bound_by_itself() -> None:
    study = protocol(
        MMF
        + "safety: {until_after_last_dose: 30 days, monitored: [{measure: mmt, below: 45}, {measure: mmt, above: 50}]}"
    )
    counts = of_engine(study, chart("a | mycophenolate mofetil | 0..\na | mmt | 1:44, 2:47, 3:51", study))
    parts = ("values", "patients", "beyond below 45", "beyond above 50")
    assert [3, 1, 1, 1] == [counts.total("monitored", "mmt", part) for part in parts]


def test_a_death_counts_once_by_the_last_case_before_it() -> None:
    study = protocol("case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 30 days}, per: course}")
    rows = """
    a | mycophenolate mofetil | 0..10
    a | mycophenolate mofetil | 100..110
    a | death | 120
    b | mycophenolate mofetil | 0..10
    b | mycophenolate mofetil | 100..110
    b | death | 99
    c | mycophenolate mofetil | 5..10
    c | death | 3
    d | mycophenolate mofetil | 0..10
    """
    read = chart(rows, study)
    counts = of_engine(study, read)
    assert of_patients(study, read, analyse(study, read)) == counts
    assert [((-2,), 1), ((20,), 1), ((99,), 1)] == list(counts.section("deaths"))
    assert (4, 3) == (counts.total("patients"), counts.total("deaths within"))


def test_patients_with_an_event_or_a_value_count_once_however_many_their_courses() -> None:
    study = protocol(
        "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 30 days}, per: course}\n"
        "safety: {until_after_last_dose: 30 days, monitored: [{measure: mmt, below: 45}]}"
    )
    rows = """
    a | mycophenolate mofetil | 0..10
    a | mycophenolate mofetil | 100..110
    a | event: fever | 5, 105
    a | mmt | 5:40, 105:50
    b | mycophenolate mofetil | 0..10
    b | mmt | 6:50
    """
    read = chart(rows, study)
    counts, small = of_engine(study, read), analyse(study, read)
    assert of_patients(study, read, small) == counts
    assert (3, 2) == (counts.total("cases", ""), counts.total("patients"))
    assert [(("",), 1), (("fever",), 1)] == list(counts.section("adverse patients"))
    assert [3, 2, 1] == [counts.total("monitored", "mmt", part) for part in ("values", "patients", "beyond below 45")]
    assert small.safety is not None
    assert (1, 2) == (small.safety.with_event.n, small.safety.with_event.total)
    assert 2 == small.safety.monitoring[0].patients.low


def test_ranges_of_patients_add_up() -> None:
    study = protocol(MMF + "safety: {until_after_last_dose: 30 days}\nexclude: [{patients: [d], reason: withdrew}]")
    rows = {
        "a": "a | mycophenolate mofetil | 0..50 500 mg x2\na | event: fever | 20, 21, 90\na | mmt | 0:50, 200:60\n",
        "b": "b | mycophenolate mofetil | 0.. 500 mg x2\nb | event: fever | 5\nb | methotrexate | -9.. 10 mg\nb | mmt | 90:9\n",
        "c": "c | methotrexate | 0..",
        "d": "d | mycophenolate mofetil | 0..",
    }
    whole = of_engine(study, chart("\n".join(rows.values()), study))
    parts = [of_engine(study, chart(one, study)) for one in rows.values()]
    assert sum(parts, Tally()) == whole
    assert Tally(
        {
            ("persons",): 4, ("cases", "", ""): 2, ("cases", "no first exposure", ""): 1,
            ("cases", "Listed patients: withdrew", ""): 1, ("age", -1): 2, ("sex", ""): 2, ("duration", -1): 2,
            ("observed", 200): 1, ("observed", 90): 1, ("on drug", 50): 1, ("on drug", 90): 1,
            ("patients",): 2, ("no death",): 2, ("drug", "methotrexate", "background"): 1, ("adverse", "fever", ""): 3,
            ("adverse", "fever", "more than 30 days after the last dose"): 1, ("adverse patients", ""): 2,
            ("adverse patients", "fever"): 2, ("adverse patients any",): 2, ("days at risk",): 170,
            ("led to stopping", "not recorded", ""): 3, ("led to stopping patients perhaps",): 2,
            ("serious", "not recorded", ""): 3, ("serious patients perhaps",): 2,
            ("grade 3 or more", "not recorded", ""): 3, ("grade 3 or more patients perhaps",): 2,
        }
    ) == whole  # fmt: skip


def test_with_observed_time_the_cohort_is_found_without_any_measurement() -> None:
    study = protocol(
        MMF + "include: [{observed_before: 90 days}]\nexclude: [{patients: [-7, P1, 007], reason: withdrew}]"
    )
    assert not cohort.needs_values(study)
    engine = one_engine()
    never = (None,) * 5
    course = ("mg", None, None, True, False, 0, 0, None, None)
    make_tables(
        engine,
        {
            "person": [(patient, *never[:3], "F", None, "F") for patient in (-7, 7, 2**60, 11)],
            "observed": [(-7, -90, 9), (7, -90, 9), (2**60, -89, 9)],
            "course": [(record, patient, 3, 0, None, None, *course) for record, patient in enumerate((-7, 7, 2**60))],
        },
    )
    engine.keep("measurement", "SELECT 1 AS nothing")
    numbers = Numbers(None, {}, {"mycophenolate mofetil": 3}, {}, observed=True)
    cohort.find(engine, study, numbers, dated=True)
    judged = "SELECT patient, failed FROM followed JOIN judged USING (case_no) ORDER BY patient"
    assert [
        (-7, "Listed patients: withdrew"),
        (7, ""),
        (2**60, "Observed for at least 90 days before the index date"),
    ] == [(patient, cohort.reason(study, code)) for patient, code in engine.rows(judged)]
    assert 0 == cohort.count_gaps(engine, study)
    counts = cohort.tally(engine, study, numbers, dated=True)
    assert {"": 1, "no first exposure": 1} == {
        key[0]: n for key, n in counts.section("cases") if key[0] in ("", "no first exposure")
    }


def test_gaps_are_counted_while_their_rule_is_open() -> None:
    study = protocol("case: {index_date: {first_exposure: mycophenolate mofetil}, per: patient}")
    rows = "a | mycophenolate mofetil | 0..10; 12..\nb | mycophenolate mofetil | 0..10; 11..\nc | mycophenolate mofetil | 0..1; 9.."
    with pytest.raises(ChoiceNeeded) as stopped:
        cohort.select(one_engine(), study, chart(rows, study))
    assert cohort.count_gaps(one_engine(), study) == len(stopped.value.problems) == 2
    assert [1, 3] == cohort.patients_with_gaps(one_engine(), study)
