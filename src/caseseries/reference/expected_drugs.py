"""What else the included cases took, counted case by case: each other drug in each role that it had, and earlier drugs of the declared groups."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.chart.tables import Ends
from caseseries.protocol.intercurrent import restart_gaps
from caseseries.reference.case import CaseAnswer, gap, next_course
from caseseries.reference.days import begun_by
from caseseries.reference.look_back import supply_known
from caseseries.reference.record import Indexed
from caseseries.stats.tally import Tally


def count_drugs(counts: Tally, study: Indexed, included: Sequence[CaseAnswer]) -> None:
    """Count a case once under each ingredient and role, and its earlier treatment."""
    for one in included:
        for drug, roles in _roles(study, one).items():
            for role in roles:
                counts.add(("drug", drug, role))
    count_prior(counts, study, included)


def count_prior(counts: Tally, study: Indexed, cases: Sequence[CaseAnswer]) -> None:
    """Count each of these cases once under each group of which it had begun a drug before the index date, for certain or perhaps."""
    groups = {group: study.drugs(group) for group in study.protocol.prior_groups}
    for one in cases:
        assert one.index is not None
        begun: dict[bool | None, set[str]] = {True: set(), None: set(), False: set()}
        for course in study.patients[one.patient].courses:
            if course.taken:
                begun[begun_by(course, one.index - 1)].add(course.drug)
        for group, members in groups.items():
            certain, perhaps = (bool(begun[answer] & (members - study.study_drug)) for answer in (True, None))
            counts.add(("prior", group), int(certain))
            counts.add(("prior not known", group), int(perhaps and not certain))


def _roles(study: Indexed, case: CaseAnswer) -> dict[str, set[str]]:
    """The roles of each other ingredient that was begun by the end of follow-up and before the patient's next course."""
    last, following = case.follow_end, next_course(study, case)
    assert last is not None
    if following is not None:
        last = min(last, following - 1)
    taken: dict[str, list[Ends]] = {}
    for course in study.patients[case.patient].courses:
        if course.taken and course.drug not in study.study_drug and course.ends.first_low <= last:
            taken.setdefault(course.drug, []).append(course.ends)
    longest = restart_gaps(study.protocol.intercurrent.rescue)[1]
    return {
        drug: {_role(study, case, episode, last) for episode in _episodes(courses, longest)}
        for drug, courses in taken.items()
    }


def _episodes(courses: Sequence[Ends], longest: int) -> list[list[Ends]]:
    """Courses that may be one episode: no gap between them is for certain longer than `longest` days."""
    found: list[list[Ends]] = []
    for ends in sorted(courses, key=lambda one: one.first_low):
        reached = [gap(before.last_high, ends.first_low) for before in (found[-1] if found else ())]
        if reached and min(reached) <= longest:
            found[-1].append(ends)
        else:
            found.append([ends])
    return found


def _role(study: Indexed, case: CaseAnswer, episode: Sequence[Ends], last: int) -> str:
    """When the drug was taken, whichever of their possible days its courses had; unclear where that depends on them."""
    assert case.index is not None
    index, first_low = case.index, min(one.first_low for one in episode)
    if all(one.last_high is not None and one.last_high < index for one in episode):
        return "earlier"
    if any(one.first_high <= index for one in episode) and any(
        one.last_low is None or one.last_low >= index for one in episode
    ):
        return "background"
    begun_in_time = first_low > index and any(one.first_high <= last for one in episode)
    if begun_in_time and supply_known(study, study.patients[case.patient], index, first_low):
        return "added"
    return "unclear"
