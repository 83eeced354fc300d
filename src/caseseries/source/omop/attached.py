"""Lists of patients and cohort definitions beside the protocol, as entries of the database's patients.

    omop_entry(patient, term, first, last)      no days where the file is a list of patients

Grain: entry. `term` is the number of the file; the facts of kind `cohort` are made of these rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseseries.errors import Place, Problem, ProtocolError
from caseseries.protocol.attached import text_of
from caseseries.protocol.eligibility import Attached, InCohort, Patients, PatientsFile
from caseseries.protocol.protocol import Protocol
from caseseries.source.attached import listed_patients
from caseseries.source.circe import keep_entries
from caseseries.source.circe_words import cohort_definition
from caseseries.source.omop.opened import Opened
from caseseries.stats.tally import Tally


def keep_attached(
    opened: Opened, protocol: Protocol, files: Sequence[Attached], terms: Mapping[tuple[str, str], int]
) -> Tally:
    """Keep `omop_entry` for all patients; what was noticed.

    Raises:
        ProtocolError: a cohort definition that is not read, or that this database cannot answer.
        CaseSeriesError: the package that reads cohort definitions is not installed.
    """
    findings, listed = Tally(), []
    parts = ["SELECT patient, term, CAST(NULL AS INT) AS first, CAST(NULL AS INT) AS last FROM omop_listed"]
    for line in files:
        term = terms["cohort", line.sha256]
        opened.inputs = {**opened.inputs, line.file: line.sha256}
        if isinstance(line, PatientsFile):
            ids = listed_patients(line)
            numbers = [int(one) for one in ids if _is_id(one)]
            listed += [(number, term) for number in numbers]
            _count(findings, line.file, "no person_id", len(ids) - len(numbers))
        elif isinstance(line, InCohort):
            assert line.content is not None
            name = f"omop_cohort_{term}"
            definition = cohort_definition(text_of(line.content), line.file)
            for finding in keep_entries(opened.engine, name, definition, _tables(opened, line.file), line.file):
                findings.add(("finding", finding.severity, "cohort", f"{line.file}: {finding.message}"))
            parts.append(f"SELECT patient, CAST({term} AS INT) AS term, first, last FROM {name}")
    opened.engine.table("omop_listed", [("patient", "BIGINT"), ("term", "INT")], sorted(set(listed)))
    opened.engine.keep("omop_entry", " UNION ALL ".join(parts))
    _strangers(opened, files, terms, findings)
    _named(opened, protocol, findings)
    return findings


def _is_id(text: str) -> bool:
    digits = text.removeprefix("-")
    return (
        digits.isascii()
        and digits.isdecimal()
        and len(digits) <= 19
        and abs(int(text)) < 2**63
        and str(int(text)) == text
    )


def _strangers(
    opened: Opened, files: Sequence[Attached], terms: Mapping[tuple[str, str], int], findings: Tally
) -> None:
    if not any(isinstance(line, PatientsFile) for line in files):
        return
    query = opened.query("person", "person_id")
    with opened.reading("person"):
        rows = opened.engine.rows(
            f"SELECT l.term, count(*) FROM omop_listed AS l LEFT JOIN ({query}) AS p ON p.person_id = l.patient "
            "WHERE p.person_id IS NULL GROUP BY l.term ORDER BY l.term"
        )
    names = {terms["cohort", line.sha256]: line.file for line in files}
    for term, count in rows:
        _count(findings, names[term], "nobody's in this database", int(count))


def _named(opened: Opened, protocol: Protocol, findings: Tally) -> None:
    """Count the ids in lines of `include` and `exclude` that are nobody's here."""
    for part in ("include", "exclude"):
        for line in getattr(protocol, part):
            if isinstance(line, Patients):
                numbers = sorted({int(one) for one in line.patients if _is_id(one)})
                query = opened.query("person", "person_id")
                listed = ", ".join(map(str, numbers)) or "NULL"
                with opened.reading("person"):
                    ((known,),) = opened.engine.rows(
                        f"SELECT count(DISTINCT person_id) FROM ({query}) AS p WHERE person_id IN ({listed})"
                    )
                _count(
                    findings,
                    f"`patients` under `{part}`",
                    "nobody's in this database",
                    len(set(line.patients)) - int(known),
                )


def _count(findings: Tally, file: str, what: str, count: int) -> None:
    if count:
        told = "1 id of the list is" if count == 1 else f"{count} ids of the list are"
        findings.add(("finding", "warning", "listed patients that are not there", f"{file}: {told} {what}"))


def _tables(opened: Opened, file: str) -> Mapping[str, str]:
    """Tables with all their columns, as SQL; of CSV files every column is text, which no cohort definition expects."""
    if opened.description.from_.kind == "csv":
        what = "a cohort definition needs columns with types, and CSV files have none"
        do = "write the tables as Parquet or into DuckDB, or list the patients in a file: {patients_file: ids.csv, reason: ...}"
        raise ProtocolError(
            f"{file} cannot be used with this source.", [Problem(what, Place(file), do=do)], do="Nothing was run."
        )
    return {name: relation.sql for name, relation in opened.relations.items()}
