"""Counts for others: nothing small is told or follows, what is told is true, and sites add up."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.spec.small import protocol
from tests.summary.simulated import simulated, study

from caseseries.errors import CaseSeriesError, Defect, InputError
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.naming import criterion_words
from caseseries.report.exhibits.deaths import deaths_words
from caseseries.stats.tally import Tally
from caseseries.summary.aggregate import aggregate
from caseseries.summary.characteristics import table_one
from caseseries.summary.coarsen import apart, bins, partition, pooled, small
from caseseries.summary.flow_steps import flow, not_told_of_minimum_follow_up, removed_by_minimum_follow_up
from caseseries.summary.model import Summary
from caseseries.summary.result import Count, Result
from caseseries.summary.shares import RANGED
from caseseries.summary.sites import SiteCounts, add_sites
from caseseries.summary.summarise import summarise
from caseseries.summary.tally_reader import OTHER, TallyReader

SIZES = st.sampled_from([60, 150, 400])
SEEDS = st.integers(0, 10_000)


def results(tally: Tally) -> Summary:
    return summarise(study(), tally, kept="database", dated=True, invented=True)


def site(label: str, tally: Tally, audience: str = "network") -> SiteCounts:
    told = aggregate(study(), tally, audience=audience)
    return SiteCounts(label, "9f86", "0.1.0", audience, 5, True, True, told, "database")


def holds(told: Count, true: Count) -> bool:
    assert true.exact is not None
    return told.low <= true.exact <= told.high


def true_of(told: Result, true: Result) -> bool:
    """Whether an exact result is told as it is, and a range holds it."""
    if told.estimate is not None or true.estimate is None:
        return told.estimate == true.estimate and (told.lower, told.upper) == (true.lower, true.upper)
    if told.lower is None or told.upper is None:
        return bool(told.absent_because)
    return told.lower <= true.estimate <= told.upper


@settings(max_examples=12)
@given(SIZES, SEEDS, st.sampled_from([0.0, 0.02, 0.3]))
def test_no_small_count_is_told(persons: int, seed: int, unknown: float) -> None:
    counted = simulated(persons, seed, unknown=unknown)
    if counted.total("cases", "", "") < 20:
        return
    told = aggregate(study(), counted, audience="network")
    for key, n in told.counts.items():
        if key[0] in {"range", "withheld", "sum", "squares"}:
            assert n == 1 or key[0] != "range"
        else:
            assert n >= 5, key
    for key in told.counts:
        if key[0] == "range":
            low, high = key[1], key[2]
            assert isinstance(low, int) and isinstance(high, int) and high > low, "a range of one number is no range"


@settings(max_examples=12)
@given(SIZES, SEEDS, st.sampled_from([0.0, 0.02, 0.3]))
def test_what_is_told_is_true(persons: int, seed: int, unknown: float) -> None:
    counted = simulated(persons, seed, unknown=unknown)
    if counted.total("cases", "", "") < 20:
        return
    true, told = results(counted), results(aggregate(study(), counted, audience="network"))
    assert true.included == told.included
    for one, other in zip(told.outcomes["response"].answers, true.outcomes["response"].answers, strict=True):
        for part in ("yes", "no", "not_evaluable", "outside"):
            assert holds(getattr(one, part), getattr(other, part))
        assert true_of(one.of_included, other.of_included) and true_of(one.of_evaluable, other.of_evaluable)
    for changes in zip(
        (*told.outcomes["response"].changes, *told.change_outcomes),
        (*true.outcomes["response"].changes, *true.change_outcomes),
        strict=True,
    ):
        assert changes[0].withheld in (0, true.included)
        if not changes[0].withheld:
            assert changes[0].n == changes[1].n
            for part in ("before", "after", "change"):
                one, other = getattr(changes[0], part), getattr(changes[1], part)
                assert all(true_of(one[key], other[key]) for key in one)
                assert one["mean"] == other["mean"] and one["sd"] == other["sd"]
    _values_at(told, true)
    for name in true.spreads:
        if not told.spreads[name].withheld:
            assert told.spreads[name].moments == true.spreads[name].moments
    for rows in (told.table_one, told.prior, tuple(told.follow_up.values())):
        by_id = {row.id: row for row in (*true.table_one, *true.prior, *true.follow_up.values())}
        assert all(true_of(row, by_id[row.id]) for row in rows if row.n or row.id.startswith(("table1/sex", "prior")))
    assert told.safety is not None and true.safety is not None
    assert holds(told.safety.events, true.safety.events)
    assert true_of(told.safety.rate, true.safety.rate) and true_of(told.safety.with_event, true.safety.with_event)


def _values_at(told: Summary, true: Summary) -> None:
    """Of values at one time all cases are told together, or nothing is."""
    (one,), (other,) = told.values_at, true.values_at
    assert ["", "yes", "no", "not evaluable"] == [group.answer for group in other.groups] and 1 == len(one.groups)
    assert other.all.total == true.included == one.all.total + one.all.withheld
    if not one.all.withheld:
        assert one.all.n == other.all.n and one.not_apart == true.included
        assert all(true_of(one.all.results[key], other.all.results[key]) for key in one.all.results)
        assert one.all.results["mean"] == other.all.results["mean"]


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 30), min_size=2), st.integers(2, 6))
def test_a_small_cell_does_not_follow_from_the_total(cells: dict[str, int], smallest: int) -> None:
    found, total = partition(cells, smallest), sum(cells.values())
    assert all(low <= cells[name] <= high for name, (low, high) in found.items())
    rare = [name for name, n in cells.items() if small(n, smallest)]
    if not any(n >= smallest for n in cells.values()):
        assert not rare or set(found.values()) == {(0, total)}
        return
    names = list(cells)
    spans = [range(found[name][0], found[name][1] + 1) for name in names]
    possible = [one for one in product(*spans) if sum(one) == total]
    for name in rare:
        assert set(range(1, smallest)) == {one[names.index(name)] for one in possible}, (
            "each small count stays possible"
        )
    for place, span in enumerate(spans):
        assert {span[0], span[-1]} <= {one[place] for one in possible}, "no range is wider than what is left for it"


@given(st.dictionaries(st.integers(-40, 40), st.integers(1, 12), min_size=1), st.integers(2, 6), st.booleans())
def test_bins_hold_enough_and_every_value(table: dict[int, int], smallest: int, whole: bool) -> None:
    if sum(table.values()) < smallest:
        return
    found = bins(table, smallest, 7, whole=whole)
    assert sum(table.values()) == sum(found.values())
    assert all(n >= smallest for n in found.values())
    lows = sorted(low for (low, _), n in found.items() for _ in range(n))
    highs = sorted(high for (_, high), n in found.items() for _ in range(n))
    values = sorted(value for value, n in table.items() for _ in range(n))
    assert all(low <= value <= high for low, value, high in zip(lows, values, highs, strict=True))
    # a bin of one value is a value seen often enough
    assert all(table.get(low, 0) >= smallest for low, high in found if low == high)


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 12)))
def test_pools_hold_enough(cells: dict[str, int]) -> None:
    kept, pool = pooled(cells, 5)
    assert sum(cells.values()) == sum(kept.values()) + pool
    assert all(n >= 5 for n in kept.values())
    assert not small(pool, 5) or not kept


def test_counts_of_a_known_total() -> None:
    assert [(0, 0), (1, 4), (5, 5), (95, 95), (96, 99), (100, 100)] == [
        apart(n, 100, 5) for n in (0, 1, 5, 95, 96, 100)
    ]


def test_sites_add_up_to_the_whole() -> None:
    parts = [simulated(persons, seed) for persons, seed in ((300, 1), (200, 2), (400, 3))]
    whole = Tally()
    for part in parts:
        whole.merge(part)
    together = add_sites([site(label, part, "own site") for label, part in zip("CAB", parts, strict=True)])
    assert whole == together[0]
    assert results(whole) == results(together[0])


def test_sites_of_the_network_add_up_as_ranges_that_hold_the_truth() -> None:
    parts = [simulated(persons, seed) for persons, seed in ((300, 1), (120, 2), (400, 3))]
    whole = Tally()
    for part in parts:
        whole.merge(part)
    together = add_sites([site("A", parts[0], "own site"), site("B", parts[1]), site("C", parts[2])])
    told = results(together[0])
    true = results(whole)
    for one, other in zip(told.outcomes["response"].answers, true.outcomes["response"].answers, strict=True):
        assert holds(one.yes, other.yes) and holds(one.not_evaluable, other.not_evaluable)
    change, known = told.change_outcomes[0], true.change_outcomes[0]
    assert change.n + change.withheld + sum(n for _, _, n in change.absent) == told.included == true.included
    if not change.withheld:
        assert change.change["mean"] == known.change["mean"]
        assert true_of(change.change["median"], known.change["median"])
    assert any("only as ranges" in sentence for sentence in told.limits)
    (values,), (all_values,) = told.values_at, true.values_at
    assert values.all.total + values.all.withheld == told.included and values.not_apart + values.all.withheld == sum(
        part.total("cases", "", "") for part in parts[1:]
    )
    assert values.all.withheld or values.all.results["mean"] == all_values.all.results["mean"]


def test_a_median_from_bins_is_a_range() -> None:
    counted = simulated(150, 4)
    found = results(aggregate(study(), counted, audience="network")).follow_up["observed/median"]
    assert found.estimate is None and found.lower is not None and found.upper is not None and found.lower < found.upper
    assert "known only as a range, from binned values" == found.absent_because
    estimate = results(counted).follow_up["observed/median"].estimate
    assert estimate is not None and found.lower <= estimate <= found.upper


def test_too_few_unknown_ages_withhold_the_ages() -> None:
    counted = simulated(400, 1)
    ages = dict(counted.section("age"))
    counted.add(("age", 40), ages.get((-1,), 0))
    counted.counts.pop(("age", -1), None)
    counted.counts["age", 40] -= 2
    counted.add(("age", -1), 2)
    told = aggregate(study(), counted, audience="network")
    assert told.counts["withheld", "age"] == counted.counts["cases", "", ""]
    assert "withheld" not in {key[0] for key in told.counts if key[1:] == ("observed",)}
    found = results(told)
    assert any("sites told nothing of: age" in sentence for sentence in found.limits)
    assert found.spreads["age"].n == 0


def test_too_few_absent_values_withhold_the_values() -> None:
    counted = simulated(400, 1, unknown=0.0)
    for part in ("before", "after", "change"):
        key = next(
            key for key in counted.counts if key[:4] == ("value", "strength", "mmt", part) and counted.counts[key] > 2
        )
        counted.counts[key] -= 2
    counted.add(("absent", "strength", "mmt", "after", "censored"), 2)
    told = aggregate(study(), counted, audience="network")
    assert told.counts["withheld", "value", "strength", "mmt"] == counted.counts["cases", "", ""]
    assert ("withheld", "value", "response", "mmt") not in told.counts
    found = results(told)
    assert (0, found.included) == (found.change_outcomes[0].n, found.change_outcomes[0].withheld)


def test_a_small_answer_hides_the_reasons_and_the_number_of_values() -> None:
    counted = simulated(400, 1, unknown=0.0)
    moved = [("answer", "response", spec, year) for spec in (0, 1) for year in (0, 2011, 2012)]
    for key in moved:
        if counted.counts.get((*key, "no"), 0) > 1:
            counted.counts[(*key, "no")] -= 1
            counted.add((*key, "not evaluable"))
            counted.add(("why", "response", key[2], "event: lost"))
    told = aggregate(study(), counted, audience="network")
    assert [1, 4] == [
        key[n] for key in told.counts if key[3:] == ("answer", "response", 0, 0, "not evaluable") for n in (1, 2)
    ]
    assert ("withheld", "value", "response", "mmt") in told.counts
    assert not [key for key in told.counts if key[:2] == ("why", "response")]
    assert () == results(told).outcomes["response"].years
    # With the flips, the exact answers of another reading would give the hidden ones away.
    included = counted.counts["cases", "", ""]
    assert {("range", 0, included)} == {key[:3] for key in told.counts if "flip" in (key[0], key[3:4] and key[3])}


def test_what_cannot_be_protected_is_refused() -> None:
    counted = simulated(200, 1)
    with pytest.raises(ValueError, match="own site, network"):
        aggregate(study(), counted, audience="world")
    with pytest.raises(ValueError, match="2 or more"):
        aggregate(study(), counted, audience="network", smallest=1)
    with pytest.raises(ValueError, match="sections other"):
        aggregate(study(), counted + Tally({("other", 1): 3}), audience="network")
    with pytest.raises(CaseSeriesError, match="Fewer than 20 cases"):
        aggregate(study(), simulated(20, 1), audience="network")


def test_a_file_that_was_changed_is_refused() -> None:
    lines = list(site("A", simulated(200, 1)).lines())
    assert SiteCounts.read(lines) == site("A", simulated(200, 1))
    for place, text in (
        (0, "counts"), (1, "site: A"), (1, 'site: ""'), (2, 'protocol: 4'), (4, 'audience: "world"'), (5, "smallest: 1"),
        (6, "dated: 1"), (8, "x"), (8, 'kept: "sites"'), (9, "x"), (10, '["age",1,0]'), (10, "nothing"), (10, '["age", 1, 2]'),
    ):  # fmt: skip
        changed = [*lines]
        changed[place] = text
        with pytest.raises(InputError) as refused:
            SiteCounts.read(changed, file="A.counts")
        assert f"A.counts:{place + 1}" in str(refused.value)
    for wrong in ([], lines[:4], [*lines, lines[-1]], [*lines[:10], *reversed(lines[10:])]):
        with pytest.raises(InputError):
            SiteCounts.read(wrong)


def test_sites_that_do_not_belong_together_are_refused() -> None:
    counted = simulated(200, 1)
    one = site("A", counted)
    for name, value in (("protocol", "abcd"), ("package", "0.2.0"), ("dated", False), ("site", "A")):
        header = {field: getattr(one, field) for field in one.__dataclass_fields__} | {"site": "B", name: value}
        with pytest.raises(InputError, match="do not belong together"):
            add_sites([one, SiteCounts(**header)])
    with pytest.raises(InputError):
        add_sites([])


def test_nothing_is_told_of_small_sites_by_their_sums() -> None:
    told = aggregate(study(), simulated(150, 9), audience="network")
    assert not [
        key for key in told.counts if key[0] in {"age", "observed", "on drug", "duration", "value"} and key[-1] != -1
    ]
    found = results(told)
    assert isinstance(found.spreads["observed"].moments.mean().value, Fraction)


def test_rare_events_are_pooled_until_they_can_be_told() -> None:
    counted = simulated(400, 1)
    for key in [key for key in counted.counts if str(key[0]).startswith("adverse")]:
        del counted.counts[key]
    for term, events, cases in (("rash", 2, 2), ("cough", 7, 6), ("headache", 30, 20), ("", 0, 25)):
        counted.add(("adverse", term, ""), events)
        counted.add(("adverse patients", term), cases)
    found = results(aggregate(study(), counted, audience="network")).safety
    assert found is not None
    assert [("headache", "30", "20"), ("other events", "9", "1–9")] == [
        (one.term, str(one.events), str(one.patients)) for one in found.terms
    ]
    assert (39, 25) == (found.rate.n, found.with_event.n)


def test_the_words_of_findings_stay_at_the_site() -> None:
    counted = simulated(200, 1)
    counted.add(("finding", "note", "listed", "list.csv: 3 patients are not there"), 7)
    told = results(aggregate(study(), counted, audience="network")).findings
    assert [("warning", "a date", "1–4"), ("note", "listed", "7")] == [
        (one.severity, one.rule, str(one.n)) for one in told
    ]
    assert {"told at the site only"} == {one.message for one in told}


def deaths(died: dict[int, int], within: int, occurred: int = 0) -> tuple[Tally, int]:
    """What the network is told of deaths by their day, and how many cases are included."""
    counted = simulated(400, 1)
    for key in [key for key in counted.counts if key[0] in {"no death", "deaths", "deaths within", "occurred"}]:
        del counted.counts[key]
    counted.counts["no death",] = counted.total("patients") - sum(died.values())
    for day, n in died.items():
        counted.add(("deaths", day), n)
    counted.add(("deaths within",), within)
    counted.add(("occurred", "response", 0, "death"), occurred)
    return aggregate(study(), counted, audience="network"), counted.total("cases", "", "")


@pytest.mark.parametrize(
    ("died", "within", "occurred"),
    [
        ({3: 4}, 4, 4),  # too few died
        ({3: 10}, 10, 6),  # too few died later than an outcome looks
        ({3: 10, 400: 10}, 10, 14),  # or within follow-up
        (dict.fromkeys(range(185), 1), 180, 0),  # or not at all
    ],
)
def test_deaths_are_withheld_where_a_small_count_would_follow(died: dict[int, int], within: int, occurred: int) -> None:
    told, included = deaths(died, within, occurred)
    assert included == 187
    assert included == told.counts["withheld", "deaths"]
    assert not [key for key in told.counts if {"deaths", "no death", "deaths within"} & {*key[:1], *key[3:4]}]
    found = results(told)
    assert found.deaths is None and deaths_words(found) == ""
    assert any(sentence.endswith("sites told nothing of: deaths.") for sentence in found.limits)


def test_deaths_of_the_network_are_in_bins_with_exact_sums() -> None:
    told, included = deaths(dict.fromkeys(range(0, 90, 6), 1), 13)
    found = results(told).deaths
    assert found is not None
    assert (included, 15, Count(11, 14)) == (found.patients, found.died, found.within)
    assert Fraction(42) == found.days["mean"].estimate
    assert (None, Fraction(30), Fraction(59)) == (
        found.days["median"].estimate, found.days["median"].lower, found.days["median"].upper,
    )  # fmt: skip
    words = f"15 of {included} included patients died, a median of 30–59 days after the index date"
    assert deaths_words(results(told)).startswith(words)
    assert deaths_words(results(told)).endswith("; 11–14 of the deaths lie within follow-up.")


def test_deaths_of_a_site_that_withholds_them_are_not_counted_as_survivors() -> None:
    one, included = deaths(dict.fromkeys(range(0, 90, 6), 1), 15)
    other, _ = deaths({3: 4}, 4, 4)
    found = results(one + other)
    assert found.deaths is not None
    assert (2 * included, included, 15) == (found.included, found.deaths.patients, found.deaths.died)


@pytest.mark.parametrize(("further", "told"), [(4, "183–186"), (5, "182")])
def test_how_many_cases_are_further_ones_does_not_follow(further: int, told: str) -> None:
    counted = simulated(400, 1)
    for key in (("patients",), ("no death",), ("monitored", "mmt", "patients")):
        counted.counts[key] -= further
    for key in [key for key in counted.counts if key[0] == "occurred"]:
        del counted.counts[key]
    assert 187 == counted.total("cases", "", "")
    per_course = study().model_copy(update={"case": study().case.model_copy(update={"per": "course"})})
    found = summarise(
        per_course, aggregate(per_course, counted, audience="network"), kept="database", dated=True, invented=True
    )
    assert told == str(found.patients)
    assert found.safety is not None and (found.deaths is None) is (further < 5)
    if further < 5:
        assert Count(0, 186) == found.safety.monitoring[0].patients
        assert RANGED == found.safety.with_event.absent_because


@pytest.mark.parametrize(("unseen", "told"), [(0, None), (1, (-4, -1)), (4, (-4, -1)), (5, None)])
def test_who_was_not_monitored_does_not_follow(unseen: int, told: tuple[int, int] | None) -> None:
    counted = simulated(400, 1)
    included = counted.total("cases", "", "")
    counted.counts["monitored", "mmt", "patients"] = included - unseen
    counts = aggregate(study(), counted, audience="network").counts
    looked_at = [key for key in counts if key[-3:] == ("monitored", "mmt", "patients")]
    if told is None:
        assert [("monitored", "mmt", "patients")] == looked_at and counts[looked_at[0]] == included - unseen
    else:
        assert [("range", included + told[0], included + told[1], "monitored", "mmt", "patients")] == looked_at


WAITED = protocol("include: [{minimum_follow_up: 60 days, flagged: looks into the future}]")
WAITING = criterion_words(WAITED.include[0])


@pytest.mark.parametrize(
    ("hidden", "removed"),
    [({}, 6), ({("withheld", "cases"): 40}, 0), ({("cases", OTHER, ""): 5}, 0)],
    ids=["told", "withheld", "pooled"],
)
def test_who_was_excluded_by_follow_up_alone_is_counted_where_every_site_told_it(
    hidden: dict[tuple[str | int, ...], int], removed: int
) -> None:
    reader = TallyReader(Tally({("cases", "", ""): 80, ("cases", WAITING, ""): 6, **hidden}))
    assert removed == removed_by_minimum_follow_up(WAITED, reader)
    assert bool(hidden) is bool(not_told_of_minimum_follow_up(WAITED, reader))
    assert not not_told_of_minimum_follow_up(protocol(""), reader)


@pytest.mark.parametrize(("before", "unclear", "told"), [
    (30, 10, (30, 10)), (30, 2, ((28, 31), (1, 4))), (55, 2, ((52, 58), (1, 4))), (30, 28, ((28, 31), 28)), (2, 10, ((1, 4), (8, 11))),
])  # fmt: skip
def test_who_was_not_treated_before_does_not_follow(before: int, unclear: int, told: tuple[object, object]) -> None:
    """Those treated before, those of whom it is not known and the others are all of the included."""
    counts = simulated(150, 3)
    included = counts.total("cases", "", "")
    fewer = included - 60
    for key in [key for key in counts.counts if key[0] in {"prior", "prior not known", "drug"}]:
        del counts.counts[key]
    counts.add(("prior", "others"), before + fewer if before >= 5 else before)
    counts.add(("prior not known", "others"), unclear)
    reader = TallyReader(aggregate(study(), counts, audience="network"))
    for section, expected in zip(("prior", "prior not known"), told, strict=True):
        found, more = reader.count(section, "others"), fewer if section == "prior" and before >= 5 else 0
        low, high = expected if isinstance(expected, tuple) else (expected, expected)
        assert (found.low - more, found.high - more) == (low, high)


def test_attributes_are_unknown_of_those_alone_of_whom_they_were_asked() -> None:
    counts = Tally(
        {("attribute", 1, "onset", "early"): 20, ("attribute", 1, "onset", "late"): 9, ("attribute", 1, "onset", ""): 1}
    )
    counts.add(("withheld", "attribute"), 40)
    for key in (("sex", "female"), ("age", -1), ("duration", -1)):
        counts.add(key, 70)
    told = table_one(TallyReader(counts), (), 70, Fraction(95, 100))
    (unknown,) = (one for one in told if one.id.endswith("onset/unknown"))
    assert (1, 30) == (unknown.n, unknown.total)


def test_a_screening_log_of_some_sites_is_none_of_all() -> None:
    counts = Tally({("screened", ""): 12, ("screened", "chart missing"): 2, ("persons",): 10, ("cases", "", ""): 10})
    step, *_ = flow(protocol(""), TallyReader(counts), (), "Persons", sites=True)
    assert ("Screened", 12) == (step.label, step.n)
    both = counts + Tally({("persons",): 50, ("cases", "", ""): 50})
    first, *_ = flow(protocol(""), TallyReader(both), (), "Persons", sites=True)
    assert ("Persons", 60) == (first.label, first.n)
    with pytest.raises(Defect):
        flow(protocol(""), TallyReader(both), (), "Persons")


def test_patients_with_other_events_alone_do_not_follow() -> None:
    """33 with any event less 30 with a headache would tell of 3 that they had another one only."""
    counted = simulated(400, 1)
    for key in [key for key in counted.counts if str(key[0]).startswith("adverse")]:
        del counted.counts[key]
    for term, events, cases in (("rash", 2, 2), ("cough", 7, 6), ("headache", 40, 30), ("", 0, 33)):
        counted.add(("adverse", term, ""), events)
        counted.add(("adverse patients", term), cases)
    counted.add(("adverse patients any",), 34)
    reader = TallyReader(aggregate(study(), counted, audience="network"))
    everybody = reader.count("patients").high
    assert Count(30, everybody) == reader.count("adverse patients", "")
    assert Count(0, everybody) == reader.count("adverse patients any")
    assert Count.of(30) == reader.count("adverse patients", "headache")


def test_who_was_treated_before_does_not_follow_from_a_drug_of_the_group() -> None:
    """33 with a drug of the group less 30 with the only one of them told, and 8 of whom its role is not known less 5."""
    counts = simulated(150, 3)
    drug = sorted(drugs_of(study(), "others"))[0]
    for key in [key for key in counts.counts if key[0] in {"prior", "prior not known", "drug"}]:
        del counts.counts[key]
    for key, n in {
        ("drug", drug, "earlier"): 30,
        ("drug", drug, "unclear"): 8,
        ("prior", "others"): 33,
        ("prior not known", "others"): 5,
    }.items():
        counts.add(key, n)
    reader = TallyReader(aggregate(study(), counts, audience="network"))
    included = reader.exact("cases", "", "")
    for section in ("prior", "prior not known"):
        assert Count(0, included) == reader.count(section, "others")
    assert Count.of(30) == reader.count("drug", drug, "earlier")
