"""Who was looked at and who did not become a case, in words: the screening log, and reasons that read as reasons."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from caseseries.chart.personal_words import without_dates
from caseseries.cohort.look_back import look_backs
from caseseries.protocol.eligibility import AnyCriterion, Patients, Recorded, RuleIn, ValueIn
from caseseries.protocol.measures import measure_facts
from caseseries.protocol.naming import criterion_words
from caseseries.report.exhibits.count_words import count_text
from caseseries.report.exhibits.printed_numbers import whole
from caseseries.report.exhibits.words import capital, counted, listed, small
from caseseries.summary.flow_steps import UNDETERMINED
from caseseries.summary.model import Summary
from caseseries.summary.result import FlowStep
from caseseries.verdict.names import short_name
from caseseries.verdict.rule_text import describe_rule


def boxes(summary: Summary) -> tuple[FlowStep, ...]:
    """The boxes of the flow before the included; none where sites did not tell who was looked at."""
    return tuple(itertools.takewhile(lambda step: step.label != "Included", summary.flow))


def screening(summary: Summary) -> FlowStep | None:
    """The first box of the flow where a screening log was read; its side boxes are those without a chart."""
    first = next(iter(boxes(summary)), None)
    return first if first is not None and first.label == "Screened" else None


def of_charts(summary: Summary) -> bool:
    """Whether all cases come from charts, of one place or of several sites."""
    return summary.kept == "chart"


def of_database(summary: Summary) -> bool:
    """Whether all cases come from databases, of one place or of several sites."""
    return summary.kept == "database"


def removed(summary: Summary) -> tuple[tuple[str, int], ...]:
    """Why cases were found and not included, in the order of the flow; of databases those without an index date are persons, not cases."""
    found = boxes(summary) if of_charts(summary) else boxes(summary)[-1:]
    return tuple(one for step in found if step.label != "Screened" for one in step.removed)


def persons_words(summary: Summary) -> str:
    """How many persons the databases hold, with the charts of other sites, and how many have no index date; empty where all are charts."""
    found = boxes(summary)
    if of_charts(summary) or not found:
        return ""
    persons = [step for step in found if step.label != "Screened"]
    gone = [
        f"{in_sentence(reason_words(summary, why))}, n = {whole(n)}" for step in persons[:-1] for why, n in step.removed
    ]
    sources = "databases" if of_database(summary) else "charts and databases"
    told = f"The {sources} of the sites hold" if summary.sites else "The database holds"
    return f"{told} {counted(persons[0].n, 'person')}" + (f" ({'; '.join(gone)})." if gone else ".")


def not_taken(step: FlowStep) -> str:
    """Those who were screened and have no chart: `3 did not go further (chart missing, n = 1; another disease, n = 2)`."""
    gone = sum(n for _, n in step.removed)
    if not gone:
        return "all went further"
    return (
        f"{gone} did not go further ({'; '.join(f'{without_dates(why)}, n = {whole(n)}' for why, n in step.removed)})"
    )


def screening_words(summary: Summary) -> str:
    """How many were screened and who fell out there; empty without a screening log."""
    step = screening(summary)
    return "" if step is None else f"{counted(step.n, 'person was', 'persons were')} screened; {not_taken(step)}."


def criterion_answer(summary: Summary, criterion: str) -> str:
    """`not met` for an include criterion, `met` for an exclude criterion; empty for a reason that is no criterion."""
    protocol = summary.protocol
    if _known(criterion, protocol.include):
        return "not met"
    listed = [found for found in protocol.exclude if not isinstance(found, Patients) or found.label]
    return "met" if _known(criterion, listed) else ""


def in_sentence(reason: str) -> str:
    """A reason of :func:`reason_words` inside a sentence: its criterion begins small.

    >>> in_sentence("not met: Age below 18 years"), in_sentence("No first exposure")
    ('not met: age below 18 years', 'no first exposure')
    """
    answer, colon, criterion = reason.partition(": ")
    return f"{answer}: {small(criterion)}" if colon and answer in {"met", "not met", "not recorded"} else small(reason)


def _known(criterion: str, among: Iterable[AnyCriterion]) -> bool:
    return criterion.casefold() in {criterion_words(found).casefold() for found in among}


def called(summary: Summary, criterion: AnyCriterion) -> str:
    """A criterion as the report calls it: its measure by the name that it has everywhere else, not by its key in the protocol."""
    words = criterion_words(criterion)
    if not criterion.label and isinstance(criterion, RuleIn):
        told = describe_rule(criterion.rule, summary.measures, at=criterion.in_)
        return f"{capital(told)} in the window {criterion.in_}"
    measure = (
        criterion.value
        if isinstance(criterion, ValueIn)
        else criterion.recorded
        if isinstance(criterion, Recorded)
        else ""
    )
    if criterion.label or measure not in summary.protocol.measures:
        return words
    facts = measure_facts(summary.protocol, measure)
    if facts.kind == "dose":
        return words.replace(f"A value of {measure} ", "A daily dose ", 1)
    return words.replace(f"A value of {measure} ", f"A value of {short_name(facts)} ", 1)


def criterion_called(summary: Summary, reason: str) -> str:
    """A reason that is a criterion of the protocol, as the report calls it; any other as it stands."""
    every = (*summary.protocol.include, *summary.protocol.exclude)
    found = next((one for one in every if criterion_words(one).casefold() == reason.casefold()), None)
    return reason if found is None else called(summary, found)


def reason_words(summary: Summary, reason: str) -> str:
    """Why cases left, so that it reads as a reason: `not met: Age below 18 years at the index date`.

    What is no criterion of the protocol, such as a missing chart, stands as it is.
    """
    criterion = reason.removesuffix(UNDETERMINED)
    answer = criterion_answer(summary, criterion)
    if answer and criterion != reason:
        answer = "not recorded"
    return without_dates(f"{answer}: {criterion_called(summary, criterion)}" if answer else reason)


def people_words(summary: Summary) -> str:
    """`9 courses in 7 patients` for the included cases of a study per course; empty where a case is a patient."""
    if summary.protocol.case.per != "course":
        return ""
    patients = f"{count_text(summary.patients)} patient{'' if summary.patients.exact == 1 else 's'}"
    told = f"{counted(summary.included, 'course')} in {patients}"
    return told if several_courses(summary) or summary.included < 2 else f"{told}, one each"


def several_courses(summary: Summary) -> bool:
    """Whether some patient may be included with more than one course, so that the cases are not independent."""
    return summary.protocol.case.per == "course" and summary.patients.exact != summary.included


def courses_words(summary: Summary, which: str) -> str:
    """What the Methods say where a case is a course; `which` intervals take cases as independent. Empty where a case is a patient."""
    if summary.protocol.case.per != "course":
        return ""
    told = "A case is a course of treatment, and a patient may have several"
    if not several_courses(summary):
        return f"{told}; no patient is included with more than one."
    return (
        f"{told}: courses of one patient are not independent, and the {which} take them as if they were, so they are too narrow "
        "where courses of a patient resemble each other."
    )


def nobody_words(summary: Summary) -> str:
    """Why there is no denominator at all: that no case was included, and of how many that could not be decided, by what; else empty.

    What is not recorded before the index date is absent only where the history of a case reaches back far enough.
    """
    if summary.included:
        return ""
    every = [one for step in summary.flow if not step.outcome for one in step.removed]
    open_ = {why.removesuffix(UNDETERMINED): n for why, n in every if why.endswith(UNDETERMINED)}
    if not open_:
        return "no case was included"
    back = {one.words.casefold() for one in look_backs(summary.protocol)}
    history = [why.casefold() in back for why in open_]
    so_far = "too little is known of the time before the index date"
    why = f", because {so_far}" if all(history) else f"; where these look back, {so_far}" if any(history) else ""
    told = "; ".join(f"{small(without_dates(criterion))}, n = {whole(n)}" for criterion, n in open_.items())
    many = counted(sum(open_.values()), "case")
    belong = "it belongs" if sum(open_.values()) == 1 else "they belong"
    return f"no case was included; of {many} it could not be decided whether {belong} ({told}){why}"


def looked_for_in(summary: Summary) -> str:
    """Where candidates were looked for, and whether they were taken consecutively; empty where neither is declared."""
    finding, told = summary.protocol.case_finding, []
    if finding.sources:
        told.append(f"Candidates were looked for in these sources: {listed(finding.sources)}.")
    if finding.consecutive is not None:
        told.append(
            "The protocol declares that candidates were taken consecutively."
            if finding.consecutive
            else "Candidates were not taken consecutively."
        )
    return " ".join(told)


def studied(summary: Summary) -> str:
    """The period of index dates and the data cut-off; empty where neither is declared."""
    period, told = summary.protocol.period, []
    if period.from_ and period.to:
        told.append(f"Index dates lie from {period.from_.isoformat()} to {period.to.isoformat()}.")
    if period.data_cutoff:
        told.append(f"Nothing after {period.data_cutoff.isoformat()} was used.")
    return " ".join(told)
