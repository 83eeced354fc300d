"""Who was found and what the included cases are like, counted case by case: cases, ages, lengths of time, attributes, deaths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseseries.chart.personal_words import WITH_THE_PATIENTS, private_attributes
from caseseries.chart.tables import Fact, Person, calendar_date
from caseseries.protocol.case import FirstEvent
from caseseries.protocol.eligibility import Diagnosis
from caseseries.reference.case import NO_EVENT, NO_EXPOSURE, CaseAnswer
from caseseries.reference.follow_up import death_days, earliest, latest
from caseseries.reference.record import Indexed, folded
from caseseries.stats.tally import Tally


def count_people(counts: Tally, study: Indexed, answers: Sequence[CaseAnswer], included: Sequence[CaseAnswer]) -> None:
    """Count persons, every case by the reason against it, and the included cases and their patients; what is unknown of a case counts as -1."""
    no_index = NO_EVENT if isinstance(study.protocol.case.index_date, FirstEvent) else NO_EXPOSURE
    counts.add(("persons",), len(study.patients) + study.chart.unlisted)
    counts.add(("cases", no_index, ""), study.chart.unlisted)
    counts.add(("patients",), len({one.patient for one in included}))
    for one in answers:
        counts.add(("cases", one.failed, "undetermined" if one.undetermined else ""))
    for one in included:
        assert one.index is not None and one.follow_end is not None
        counts.add(("observed", one.follow_end - one.index))
        counts.add(("on drug", -1 if one.on_drug_end is None else one.on_drug_end - one.index))
    count_like(counts, study, included)
    if "deaths" not in study.chart.unknown():
        _deaths(counts, study, included)


def count_like(counts: Tally, study: Indexed, cases: Sequence[CaseAnswer]) -> None:
    """Count what these cases are like at the index date: age, sex, time since diagnosis, attributes."""
    for one in cases:
        assert one.index is not None
        rows = study.patients[one.patient]
        age = _age(rows.person, one.index, dated=study.chart.dated)
        counts.add(("age", -1 if age is None else age))
        counts.add(("sex", rows.person.sex))
        since = _since(_asked_for(study, rows.facts_of("diagnosis")), one.index)
        counts.add(("duration", -1 if since is None else since))
    _attributes(counts, study, cases)


def of_patients(included: Sequence[CaseAnswer]) -> Mapping[str, Sequence[CaseAnswer]]:
    """The included cases of each patient who has one, in the order of their index dates."""
    found: dict[str, list[CaseAnswer]] = {}
    for one in included:
        found.setdefault(one.patient, []).append(one)
    return {patient: sorted(cases, key=lambda one: one.index or 0) for patient, cases in found.items()}


def _age(person: Person, index: int, *, dated: bool) -> int | None:
    """Completed years at the index date, where all possible birth days agree; else what was recorded."""
    if not dated or person.birth_low is None or person.birth_high is None:
        return None if person.age is None else int(person.age)
    then = calendar_date(index)
    ages = set()
    for born in map(calendar_date, (person.birth_low, person.birth_high)):
        ages.add(then.year - born.year - ((then.month, then.day) < (born.month, born.day)))
    return ages.pop() if len(ages) == 1 else None


def _asked_for(study: Indexed, diagnoses: Sequence[Fact]) -> list[Fact]:
    """The diagnoses of the disease that `include` names; all of them where it names none."""
    asked = {folded(one.diagnosis) for one in study.protocol.include if isinstance(one, Diagnosis)}
    return [one for one in diagnoses if not asked or folded(one.term) in asked]


def _since(diagnoses: Sequence[Fact], index: int) -> int | None:
    """Days from the first diagnosis to the index date; None where its day is not known, or lies after it."""
    dated = [one for one in diagnoses if one.start is not None]
    if not dated:
        return None
    first = min(map(earliest, dated))
    return index - first if first == min(map(latest, dated)) and first <= index else None


def _attributes(counts: Tally, study: Indexed, included: Sequence[CaseAnswer]) -> None:
    """Each column that the chart description keeps, by its place there; of every case its patient's word, empty where there is none.

    Of a column that tells who a patient is only that.
    """
    names: list[str] = []
    private = private_attributes(study.chart.people)
    for person in study.chart.people:
        names += [name for name, _ in person.attributes if name not in names]
    for one in included:
        written = study.patients[one.patient].person.attributes
        for place, name in enumerate(names):
            words = [word for column, word in written if column == name]
            word = words[-1] if words else ""
            counts.add(("attribute", place, name, WITH_THE_PATIENTS if name in private else word))


def _deaths(counts: Tally, study: Indexed, included: Sequence[CaseAnswer]) -> None:
    """Each patient once: the days from the last case begun by the death, or before all of them from the first (then below 0).

    A death whose day is not known has no such days. It is within follow-up where the patient's last case was followed to its earliest possible day.
    """
    for patient, cases in of_patients(included).items():
        died = death_days(study.patients[patient])
        if died is None:
            counts.add(("no death",))
            continue
        low, high = died
        index_days = [one.index for one in cases if one.index is not None]
        if low == high:
            before = [day for day in index_days if day <= low]
            counts.add(("deaths", low - (before[-1] if before else index_days[0])))
        else:
            counts.add(("deaths between two days",))
        last = cases[-1].follow_end
        assert last is not None
        counts.add(("deaths within",), int(low <= last))
