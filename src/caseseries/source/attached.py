"""Who is in the lists and cohorts that a protocol names, as facts of a chart.

A fact of kind `cohort` says: this patient has an entry in the file with this SHA-256, from `start` to `end` (no days where the file
is a list of patients).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace

from caseseries.chart.findings import Findings
from caseseries.chart.tables import Chart, Fact
from caseseries.errors import Place, Problem, ProtocolError
from caseseries.protocol.attached import patient_ids
from caseseries.protocol.eligibility import Attached, InCohort, Patients, PatientsFile
from caseseries.protocol.protocol import Protocol

#: Entries of one cohort: patient, first and last day.
Entries = Iterable[tuple[str, int, int]]


def attached_files(protocol: Protocol) -> tuple[Attached, ...]:
    """The lines of `include` and `exclude` that name a file, each file once, in order of appearance.

    Raises:
        ProtocolError: the protocol was made in Python and not read from a folder, so that no file was read.
    """
    lines = [line for line in (*protocol.include, *protocol.exclude) if isinstance(line, InCohort | PatientsFile)]
    unread = [
        Problem(f"{line.file} was not read", do="load the protocol from its file")
        for line in lines
        if line.content is None
    ]
    if unread:
        raise ProtocolError("The protocol names files that were not read.", unread, do="Nothing was run.")
    return tuple({line.sha256: line for line in reversed(lines)}.values())[::-1]


def listed_patients(line: PatientsFile) -> tuple[str, ...]:
    """The ids in a list of patients that :func:`attached_files` gave."""
    assert line.content is not None
    return patient_ids(line.content)


def attach(chart: Chart, protocol: Protocol, cohorts: Mapping[str, Entries] | None = None) -> Chart:
    """The chart with a fact for each entry of its patients; the files stand among its inputs.

    `cohorts` gives the entries of each cohort definition by SHA-256; a source that is no database has none. Ids of a list that the
    source does not know are counted in a finding; a database, whose chart holds only some of its patients, counts them itself.

    Raises:
        ProtocolError: a cohort definition is asked of a source that is no database.
    """
    files = attached_files(protocol)
    known = {person.patient for person in chart.people}
    findings = Findings(dict.fromkeys(chart.findings))
    if cohorts is None:
        for part in ("include", "exclude"):
            for line in getattr(protocol, part):
                if isinstance(line, Patients):
                    _tell_strangers(findings, line.patients, known, f"`patients` under `{part}`", Place())
    if not files:
        return replace(chart, findings=findings.sorted())
    definitions = [line.file for line in files if isinstance(line, InCohort)]
    if definitions and cohorts is None:
        problems = [
            Problem("a cohort definition needs a database of the OMOP common data model", Place(name))
            for name in definitions
        ]
        do = "name the patients in a file instead: {patients_file: ids.csv, reason: ...}"
        raise ProtocolError("The chart cannot answer a line of the protocol.", problems, do=do)
    facts = list(chart.facts)
    record = max((fact.record for fact in facts), default=0)
    for line in files:
        if isinstance(line, PatientsFile):
            if cohorts is None:
                _tell_strangers(findings, listed_patients(line), known, "the list", Place(line.file))
            rows: Iterator[tuple[str, int | None, int | None]] = ((one, None, None) for one in listed_patients(line))
        else:
            rows = iter(sorted((cohorts or {}).get(line.sha256, ())))
        for patient, first, last in rows:
            if patient in known:
                record += 1
                facts.append(Fact(record, 0, patient, "cohort", line.sha256, first, first, first, last))
    inputs = {**chart.inputs, **{line.file: line.sha256 for line in files}}
    return replace(chart, facts=tuple(facts), findings=findings.sorted(), inputs=dict(sorted(inputs.items())))


def _tell_strangers(findings: Findings, listed: Iterable[str], known: Container[str], where: str, place: Place) -> None:
    """Say how many ids of a list nobody has; which they are, where values are shown."""
    strangers = [one for one in listed if one not in known]
    if strangers:
        what = f"1 id of {where} is" if len(strangers) == 1 else f"{len(strangers)} ids of {where} are"
        told = f"{what} nobody's in this source."
        findings.add("warning", "listed patients that are not there", told, place, value=", ".join(strangers))
