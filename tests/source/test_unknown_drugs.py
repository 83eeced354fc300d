"""A drug that nobody knows decides nothing in silence: it is asked once, with its rows, wherever the protocol asks for drugs."""

from fractions import Fraction

import pytest
from tests.source.conftest import PROTOCOL

from caseseries.chart.findings import DRUG_NAMES, stop_on_errors
from caseseries.errors import ChartError, ChoiceNeeded
from caseseries.protocol.drug_uses import drugs_of

ROUTE = "    route: route"
#: Rows of drugs that nobody knows, one of them in two spellings of case and spacing.
STRANGE = {
    "drugs.csv": (
        "P2,MMF",
        "P1,Kortizolex,2007-11-01,2008-03-01,30,mg,once daily,oral\n"
        "P2,Xyzimab,2008-03-01,2008-06-01,10,mg,weekly,IV\n"
        "P2, kortizolex ,2008-04-01,2008-06-01,30,mg,once daily,oral\nP2,MMF",
    )
}
NO_DRUGS = (
    "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 60 days}, per: patient}",
    "case: {index_date: {first_event: JDM}, per: patient}",
)
DOSE = "  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, if_zero_baseline: not evaluable}\n"


def meaning(words: str) -> tuple[str, str]:
    return ROUTE, f"{ROUTE}\n    drugs: {{{words}}}"


def asked(chart):
    return [(f.severity, f.value, f.place.row, f.message) for f in chart.findings if f.rule == DRUG_NAMES]


def drugs(chart, patient):
    return [course.drug for course in chart.courses if course.patient == patient]


def test_each_name_is_asked_once_with_all_its_rows(chart_of):
    known = "neither the protocol nor the catalogue knows this drug; it stands in "
    uses = ", and could be meant by the index date, the daily dose steroid"
    assert [
        ("error", "Kortizolex", 5, f"{known}2 rows: 5, 7{uses}"),
        ("error", "Xyzimab", 6, f"{known}1 row: 6{uses}"),
    ] == asked(chart_of(STRANGE))


def test_the_run_stops_once_for_a_choice_and_names_no_cell(chart_of):
    with pytest.raises(ChoiceNeeded) as stopped:
        stop_on_errors(chart_of(STRANGE))
    assert 2 == len(stopped.value.problems)
    assert "or none of these" in str(stopped.value) and "drugs` of its table" in stopped.value.do
    assert "ortizolex" not in str(stopped.value) and "Kortizolex" in stopped.value.describe(values=True)


def test_two_kinds_of_choice_are_asked_together_and_a_mistake_goes_before_them(chart_of):
    partial = {**STRANGE, "visits.csv": ("P1,2008-04-01", "P1,2008-04")}
    with pytest.raises(ChoiceNeeded) as stopped:
        stop_on_errors(chart_of(partial))
    assert "only the month or the year" in stopped.value.what and "nobody knows" in stopped.value.what
    with pytest.raises(ChartError):
        stop_on_errors(chart_of({**STRANGE, "visits.csv": ("P1,2008-04-01,40", "P1,2008-04-01,x")}))


@pytest.mark.parametrize(
    ("words", "kortizolex", "xyzimab"),
    [
        ("Kortizolex: prednisolone, Xyzimab: none of these", "prednisolone", "xyzimab"),
        ("kortizolex: none of these, xyzimab: biologics", "kortizolex", "unnamed biologics"),
        ("Kortizolex: steroids, Xyzimab: rituximab", "unnamed systemic glucocorticoids", "rituximab"),
        ("Kortizolex: Kortizolex, Xyzimab: none", "kortizolex", "xyzimab"),
    ],
)
def test_the_table_says_what_a_name_is(chart_of, errors_of, words, kortizolex, xyzimab):
    chart = chart_of(STRANGE, chart=meaning(words))
    assert [] == errors_of(chart)
    assert [kortizolex] == [one for one in drugs(chart, "P1") if one not in {"mycophenolate mofetil", "prednisone"}]
    assert sorted([xyzimab, kortizolex]) == sorted(one for one in drugs(chart, "P2") if one != "mycophenolate mofetil")


@pytest.mark.parametrize(
    ("own", "open_"),
    [
        ("drugs: {kortizolex: {groups: [systemic glucocorticoids]}, xyzimab: {}}\nequivalences: {kortizolex: 5}\n", []),
        ("drugs: {prednisolone: {aliases: [Kortizolex]}}\n", ["Xyzimab"]),
    ],
)
def test_the_protocol_says_what_a_name_is(chart_of, own, open_):
    assert open_ == [value for _, value, *_ in asked(chart_of(STRANGE, protocol=("", own)))]


def test_a_cell_accepted_as_found_is_not_asked_again(chart_of):
    accept = "accept:\n  - {file: drugs.csv, row: 6, column: drug, found: Xyzimab, as_found: yes, by: A. B., on: 2020-01-01, because: why}\n"
    assert ["Kortizolex"] == [value for _, value, *_ in asked(chart_of(STRANGE, chart=("", accept)))]


#: The small study with an index date that is a diagnosis, and without a daily dose: it asks for no drug at all.
UNASKED = PROTOCOL.replace(*NO_DRUGS).replace(DOSE, "")
NO_DOSES = ", steroid: pred}", "}"
AS_OBSERVED = "rescue added: as observed", "pulse: {within: 14 days, verdict: as observed}"
RESCUE = "rescue added: {{drugs: [TNF inhibitors], verdict: {}}}"


@pytest.mark.parametrize(
    ("old", "new", "use", "group"),
    [
        (AS_OBSERVED[0], RESCUE.format("non-responder"), "a rescue drug", "TNF inhibitors"),
        (AS_OBSERVED[0], RESCUE.format("as observed"), "a rescue drug", "TNF inhibitors"),
        (AS_OBSERVED[1], "pulse: {within: 14 days, verdict: non-responder}", "a pulse", "systemic glucocorticoids"),
        ("measures:", "prior_groups: [biologics]\nmeasures:", "earlier drugs of a group", "biologics"),
        ("measures:", "include: [{prior_drug: rituximab}]\nmeasures:", "an earlier drug", "rituximab"),
        ("measures:", "exclude: [{prior_drug: biologics}]\nmeasures:", "an earlier drug", "biologics"),
        ("measures:", "include: [{concurrent_drug: methotrexate}]\nmeasures:", "a concurrent drug", "methotrexate"),
        ("measures:", "exclude: [{concurrent_drug: MTX}]\nmeasures:", "a concurrent drug", "MTX"),
    ],
    ids=["rescue", "rescue as observed", "pulse", "prior groups", "include prior", "exclude prior", "include concurrent",
         "exclude concurrent"],
)  # fmt: skip
def test_a_name_that_nobody_knows_stops_the_run_once_under(chart_of, old, new, use, group):
    assert old in UNASKED
    chart = chart_of(STRANGE, chart=NO_DOSES, protocol=(PROTOCOL, UNASKED.replace(old, new, 1)))
    known = "neither the protocol nor the catalogue knows this drug; it stands in "
    meant = f", and could be meant by {use}"
    assert [
        ("error", "Kortizolex", 5, f"{known}2 rows: 5, 7{meant}"),
        ("error", "Xyzimab", 6, f"{known}1 row: 6{meant}"),
    ] == asked(chart)
    with pytest.raises(ChoiceNeeded) as stopped:
        stop_on_errors(chart)
    told = stopped.value.describe(values=True)
    assert (2, 1, 1) == (len(stopped.value.problems), told.count("Kortizolex"), told.count("Xyzimab"))
    assert f"a group ({group})" in told and "2 rows: 5, 7" in told


def test_a_name_that_nobody_knows_stops_nothing_where_no_drug_is_asked_for(chart_of, errors_of):
    chart = chart_of(STRANGE, chart=NO_DOSES, protocol=(PROTOCOL, UNASKED))
    stop_on_errors(chart)
    assert ([], []) == (errors_of(chart), asked(chart))
    kept = "it is kept under its own name, for nothing is asked of drugs"
    told = [(one.severity, one.value, kept in one.message) for one in chart.findings if one.rule == "drug"]
    assert [("warning", "Kortizolex", True), ("warning", "Xyzimab", True)] == told
    assert {"kortizolex", "xyzimab"} <= set(drugs(chart, "P2"))


def test_a_group_is_not_enough_where_a_narrower_one_is_asked_for(chart_of):
    rescue = "rescue added: as observed", "rescue added: {drugs: [TNF inhibitors], verdict: non-responder}"
    chart = chart_of(STRANGE, chart=meaning("Kortizolex: none of these, Xyzimab: biologics"), protocol=rescue)
    ((_, value, row, message),) = asked(chart)
    assert ("Xyzimab", 6, True) == (
        value,
        row,
        message.startswith("of this drug only a group is known, and TNF inhibitors are asked"),
    )


def test_nothing_is_asked_where_the_protocol_asks_for_no_drug(chart_of, errors_of):
    chart = chart_of(STRANGE, protocol=NO_DRUGS)
    assert [DRUG_NAMES] * 2 == [one.rule for one in errors_of(chart)]  # the daily dose asks still
    without = chart_of(STRANGE, protocol=(DOSE, DOSE.replace("if_zero", "source: visits, if_zero")))
    rules = [one.rule for one in errors_of(without)]
    assert ["choice: drug of the doses", *[DRUG_NAMES] * 2] == sorted(rules)  # the index date asks still


def test_without_any_use_a_name_stays_a_finding(chart_of, errors_of, small_protocol):
    from caseseries.protocol.drug_uses import drug_uses

    assert [
        ("the index date", "mycophenolate mofetil"),
        ("the daily dose steroid", "systemic glucocorticoids"),
    ] == list(drug_uses(small_protocol))
    visits = small_protocol.model_copy(
        update={
            "measures": {name: one for name, one in small_protocol.measures.items() if name != "steroid"},
            "case": small_protocol.case.model_copy(update={"index_date": _event()}),
        }
    )
    assert () == drug_uses(visits)


def _event():
    from caseseries.protocol.case import FirstEvent

    return FirstEvent(first_event="JDM")


def test_a_medicine_of_no_group_is_known_and_silent(chart_of, errors_of):
    chart = chart_of({"drugs.csv": ("P2,MMF", "P2,Omeprazole,2008-03-01,,20,mg,once daily,oral\nP2,MMF")})
    assert ([], []) == (errors_of(chart), asked(chart))
    assert "omeprazole" in drugs(chart, "P2")


def test_an_unnamed_drug_belongs_where_all_of_its_group_do(small_protocol):
    assert "unnamed tnf inhibitors" in drugs_of(small_protocol, "biologics")
    assert "unnamed biologics" not in drugs_of(small_protocol, "TNF inhibitors")
    assert "unnamed biologics" in drugs_of(small_protocol, "biologic agents")
    assert not [one for one in drugs_of(small_protocol, "methotrexate") if one.startswith("unnamed")]


@pytest.mark.parametrize(
    ("name", "route", "expected"),
    [
        ("prednisolone sodium phosphate", "oral", ("prednisolone", "oral", True)),
        ("methylprednisolone sodium succinate", "IV", ("methylprednisolone", "intravenous", True)),
        ("hydrocortisone cream", "", ("hydrocortisone (local)", "topical", False)),
        ("prednisolone acetate eye drops", "", ("prednisolone (local)", "ophthalmic", False)),
        ("prednisolone tablets", "", ("prednisolone", "oral", True)),
        ("mycophenolate sodium", "oral", ("mycophenolic acid", "oral", True)),
    ],
)
def test_a_salt_or_form_behind_a_name_is_set_aside_and_says_the_route(chart_of, errors_of, name, route, expected):
    row = f"P2,{name},2008-03-01,2008-06-01,30,mg,once daily,{route}\nP2,MMF"
    chart = chart_of({"drugs.csv": ("P2,MMF", row)})
    assert [] == errors_of(chart)
    assert expected in [(one.drug, one.route, one.systemic) for one in chart.courses if one.patient == "P2"]


def test_a_form_against_the_route_is_refused_and_a_depot_salt_without_one_asks(chart_of, errors_of):
    row = "P2,hydrocortisone cream,2008-03-01,2008-06-01,30,mg,once daily,oral\nP2,MMF"
    (wrong,) = errors_of(chart_of({"drugs.csv": ("P2,MMF", row)}))
    assert ("route", 5) == (wrong.rule, wrong.place.row)
    bare = "P2,methylprednisolone acetate,2008-03-01,2008-06-01,30,mg,once daily,\nP2,MMF"
    said = [one for one in chart_of({"drugs.csv": ("P2,MMF", bare)}).findings if "without a route" in one.rule]
    assert ["error"] == [one.severity for one in said] and "depots" in said[0].message


@pytest.mark.parametrize(
    ("unit", "amount", "times"),
    [("mg/week", 14, Fraction(1, 7)), ("mg per day", 14, Fraction(1)), ("mg/dose", 14, Fraction(2))],
)
def test_a_unit_may_say_of_what_time_the_amount_is(chart_of, unit, amount, times):
    chart = chart_of(
        {"drugs.csv": ("P2,MMF,2008-02-02,2008-12-31,500,mg,bd", f"P2,MMF,2008-02-02,2008-12-31,{amount},{unit},bd")}
    )
    (course,) = [one for one in chart.courses if one.patient == "P2"]
    assert (Fraction(amount), "mg", times) == (course.amount, course.unit, course.per_day)


@pytest.mark.parametrize(
    ("name", "wrong"), [("systemic glucocorticoids", 0), ("prednisone", 0), ("steriods", 1), ("Kortizolex", 1)]
)
def test_what_was_never_taken_is_a_drug_or_group_that_somebody_knows(chart_of, errors_of, name, wrong):
    sex = "    sex: sex\n"
    chart = chart_of(
        chart=(sex, f"{sex}    never: {{{name}: nothing}}\n"), spoil={"patients.csv": ("id,sex", "id,nothing,sex")}
    )
    said = [one for one in errors_of(chart) if one.rule == "drug"]
    assert wrong == len(said)


def test_a_dose_that_is_not_known_is_told_of_every_drug_of_which_a_dose_is_made(chart_of):
    spoil = {"drugs.csv": ("P2,MMF,2008-02-02,2008-12-31,500,mg,bd,po", "P2,MMF,2008-02-02,2008-12-31,2,tablets,bd,po")}
    asked = ("daily_dose: systemic glucocorticoids, as: prednisone mg/day", "daily_dose: MMF, as: mg/day")
    told = [
        one.message for one in chart_of(spoil, protocol=asked).findings if one.rule == "dose" and one.place.row == 5
    ]
    assert ["not a known unit of dose, so the daily dose is not known while this course lasts"] == told
    assert [] == [one for one in chart_of(spoil).findings if one.rule == "dose" and one.place.row == 5]


@pytest.mark.parametrize(
    ("name", "meanings"),
    [
        ("TAC", ("tacrolimus", "triamcinolone")),
        ("MPA", ("mycophenolic acid", "methylprednisolone", "medroxyprogesterone")),
        ("MP", ("methylprednisolone", "mercaptopurine")),
        ("ctx", ("cyclophosphamide", "ceftriaxone", "cetuximab")),
        ("steroids", ("one of the systemic glucocorticoids",)),
    ],
)
def test_a_cell_with_a_name_of_several_drugs_stops_the_run_with_all_its_meanings(chart_of, errors_of, name, meanings):
    chart = chart_of({"drugs.csv": ("P2,MMF", f"P2,{name},2008-03-01,2008-06-01,30,mg,once daily,oral\nP2,MMF")})
    (wrong,) = errors_of(chart)
    assert ("drug", name, 5, "drug", "") == (
        wrong.rule,
        wrong.value,
        wrong.place.row,
        wrong.place.column,
        wrong.proposal,
    )
    assert "this name stands for several drugs" == wrong.message
    assert wrong.allowed.startswith(f"which of them: {', '.join(meanings)}; `drugs` of the protocol or of this table")
    with pytest.raises(ChartError) as stopped:
        stop_on_errors(chart)
    assert "Nothing was run." == stopped.value.do and ", ".join(meanings) in str(stopped.value)
    assert not {*meanings, name.casefold()} & set(drugs(chart, "P2"))  # none was chosen


@pytest.mark.parametrize(
    ("name", "meant"), [("TAC", "tacrolimus"), ("CTX", "cyclophosphamide"), ("MP", "mercaptopurine")]
)
def test_a_name_of_several_drugs_is_the_one_that_the_table_says(chart_of, errors_of, name, meant):
    row = f"P2,{name},2008-03-01,2008-06-01,30,mg,once daily,oral\nP2,MMF"
    chart = chart_of({"drugs.csv": ("P2,MMF", row)}, chart=meaning(f"{name}: {meant}"))
    assert ([], True) == (errors_of(chart), meant in drugs(chart, "P2"))
