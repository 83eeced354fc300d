"""patients.parquet: one row per included case, for whoever wants the patients themselves.

Columns: patient, episode, then for each outcome with a rule its answer, why it is not evaluable, which event decided, the assessment
day, and the values it rests on under the protocol as written. An outcome with levels has its verdicts on at least and on exactly each level.
Of a time to an event how it ended (or why there is none), the day, for a rule the last day before it on which it surely did not hold, and
whether it was not known on some day between. Days are relative to the index date. The file is always written by the embedded engine, so that it is
the same whichever engine found the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from caseseries.assessment.compile import Compiled
from caseseries.engine.connecting import connect
from caseseries.engine.connection import Engine, path_text, quoted
from caseseries.errors import EngineError, OutputError
from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, counted_from
from caseseries.protocol.time_to import ENDINGS
from caseseries.protocol.tree import Slot
from caseseries.response.settle import why_not_evaluable
from caseseries.response.verdict_counts import ANSWERS, OUTSIDE, millionths
from caseseries.study.work import unwritten
from caseseries.verdict.time_to import TIMELESS

#: The answer of a case of which it is not known whether it belongs to the denominator.
NOT_PLACED = "denominator not known"

#: Cases of one row group of the file.
ROW_GROUP = 100_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file, and its type there."""

    name: str
    kind: str


#: What stands behind the name of an outcome in the columns it always has, and their types.
_OF_OUTCOME = (("", "VARCHAR"), ("_because", "VARCHAR"), ("_decided_by", "VARCHAR"), ("_day", "INTEGER"))
_OF_TIME = (("", "VARCHAR"), ("_day", "INTEGER"), ("_since", "INTEGER"), ("_unread", "BOOLEAN"))
_OF_TIME_FROM = (*_OF_TIME, ("_start", "INTEGER"), ("_unclear", "BOOLEAN"))


def slug(name: str, taken: Iterable[str] = (), endings: Sequence[str] = ("",)) -> str:
    """A name as a column: small letters, digits and _ alone, and with each of the endings different from those taken.

    >>> slug("Good response, month 3"), slug("50 %", ["c_50"]), slug("response", ["response_day"], ["", "_day"])
    ('good_response_month_3', 'c_50_2', 'response_2')
    """
    plain = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
    plain = plain if plain[:1].isalpha() else f"c_{plain}".rstrip("_")
    found, number, used = plain[:55], 1, set(taken)
    while any(f"{found}{ending}" in used for ending in endings):
        number += 1
        found = f"{plain[:55]}_{number}"
    return found


def _named(plan: OutcomePlan, of: Sequence[tuple[str, str]], taken: Iterable[str]) -> list[Column]:
    name = slug(plan.name, taken, [ending for ending, _ in of])
    return [Column(f"{name}{ending}", kind) for ending, kind in of]


def outcome_columns(plans: Sequence[OutcomePlan]) -> list[list[Column]]:
    """The columns of each outcome, in the order of the file."""
    taken = {"patient", "episode"}
    found = []
    for plan in plans:
        columns = _named(plan, _OF_OUTCOME, taken)
        for slot in _slots(plan):
            taken |= {column.name for column in columns}
            columns.append(Column(slug(f"{columns[0].name} {_words(slot)}", taken), "DOUBLE"))
        taken |= {column.name for column in columns}
        found.append(columns)
    return found


def time_columns(plans: Sequence[OutcomePlan], taken: Iterable[str]) -> list[list[Column]]:
    """The columns of each time to an event, behind those `taken`."""
    used, found = set(taken), []
    for plan in plans:
        columns = _named(plan, _OF_TIME if counted_from(plan.primary.tree) is None else _OF_TIME_FROM, used)
        used |= {column.name for column in columns}
        found.append(columns)
    return found


def keep_times(engine: Engine, place: int) -> None:
    """Keep the rows of the times found last, as table ``patient_time_<place>``."""
    text = engine.dialect.text
    engine.table("ending_words", [("ending", "INT"), ("words", text)], list(enumerate(ENDINGS)))
    engine.table("timeless_words", [("why", "INT"), ("words", text)], list(enumerate(TIMELESS, start=1)))
    engine.keep(
        f"patient_time_{place}",
        "SELECT t.case_no, coalesce(e.words, w.words) AS ended, t.day, t.since, t.unread, t.start, t.unclear FROM time_case AS t "
        "LEFT JOIN ending_words AS e ON e.ending = t.ending LEFT JOIN timeless_words AS w ON w.why = t.why",
    )


def _words(slot: Slot) -> str:
    return f"{slot.window} {slot.measure}"


def keep_outcome(engine: Engine, protocol: Protocol, compiled: Compiled, place: int) -> None:
    """Keep the rows of the outcome that was settled last, as table ``patient_<place>``.

    A case outside the denominator has the answer `outside` and no event that decided; where it is not known whether it belongs to the
    denominator the answer is `denominator not known`, with what was absent.
    """
    plan = compiled.plan
    told = engine.rows(
        f"SELECT DISTINCT {_DECIDED} AS decided, {_WHY} AS why FROM verdict AS v WHERE v.spec = 0 AND {_UNKNOWN} ORDER BY decided, why"
    )
    reasons = [(decided, why, why_not_evaluable(plan, decided, why)) for decided, why in told]
    text = engine.dialect.text
    engine.table("why_words", [("decided", "INT"), ("why", text), ("because", text)], reasons)
    engine.table("event_words", [("decided", "INT"), ("words", text)], list(enumerate(EVENT_WORDS.values(), start=1)))
    engine.keep(
        f"patient_{place}",
        f"""
SELECT v.case_no, CASE WHEN NOT v.inside THEN '{OUTSIDE}' WHEN v.inside IS NULL THEN '{NOT_PLACED}' WHEN v.truth THEN '{ANSWERS[True]}'
    WHEN NOT v.truth THEN '{ANSWERS[False]}' ELSE '{ANSWERS[None]}' END AS answer, y.because, e.words AS decided_by, v.day{_values(plan)}
FROM verdict AS v
JOIN ({_of_cases(engine, protocol, compiled)}) AS w ON w.case_no = v.case_no
LEFT JOIN why_words AS y ON {_UNKNOWN} AND y.decided = {_DECIDED} AND y.why = {_WHY}
LEFT JOIN event_words AS e ON v.inside AND e.decided = v.decided
WHERE v.spec = 0
""",
    )


#: Whether an answer of ``v`` is unknown, in the denominator or about it, and what that rests on.
_UNKNOWN = "(v.inside IS NULL OR (v.inside AND v.truth IS NULL))"
_DECIDED = "CASE WHEN v.inside THEN v.decided ELSE 0 END"
_WHY = "CASE WHEN v.inside THEN v.why ELSE v.among_why END"


def _values(plan: OutcomePlan) -> str:
    return "".join(f", w.v{number}" for number in range(len(_slots(plan))))


def _slots(plan: OutcomePlan) -> tuple[Slot, ...]:
    """The values told beside an answer: of an outcome with levels beside that of the verdict on any level but the last."""
    return plan.slots if plan.part is None or plan.part.widest else ()


def _of_cases(engine: Engine, protocol: Protocol, compiled: Compiled) -> str:
    """The query of the values of each case in whole millionths: case_no, v0, v1, ... in the order of the slots."""
    choices = [compiled.choice(protocol, compiled.plan.primary, slot) for slot in compiled.plan.slots]
    columns = ["case_no"]
    if not choices:  # a rule of what is asked besides values
        return "SELECT case_no FROM included_case"
    if compiled.whole is not None:
        for number, choice in enumerate(choices):
            exact = f"n{choice}"
            if choice not in compiled.whole:
                exact = millionths(engine.dialect, f"n{choice}", f"d{choice}")
            columns.append(f"CASE WHEN a{choice} = 0 THEN CAST({exact} AS BIGINT) END AS v{number}")
        return f"SELECT {', '.join(columns)} FROM case_sheet"
    rounded = f"CAST({millionths(engine.dialect, 'num', 'den')} AS BIGINT)"
    for number, choice in enumerate(choices):
        columns.append(f"max(CASE WHEN choice = {choice} AND absent = 0 THEN {rounded} END) AS v{number}")
    return f"SELECT {', '.join(columns)} FROM quantity GROUP BY case_no"


def write_range(
    engine: Engine,
    plans: Sequence[OutcomePlan],
    file: Path,
    names: Sequence[str] | None = None,
    times: Sequence[OutcomePlan] = (),
) -> None:
    """Write the included cases of this range to a Parquet file, by patient and episode; `names` are the ids of patients that are not their
    numbers, in the order of these."""
    of_outcomes = outcome_columns(plans)
    columns = [Column("patient", "BIGINT" if names is None else "VARCHAR"), Column("episode", "INTEGER")]
    asked, joins = ["k.patient", "k.episode"], list[str]()
    if names is not None:
        text = engine.dialect.text
        engine.table("patient_id", [("patient", "BIGINT"), ("id", text)], list(enumerate(names, start=1)))
        asked[0] = "i.id"
        joins.append("JOIN patient_id AS i ON i.patient = k.patient")
    for place, of_outcome in enumerate(of_outcomes):
        joins.append(f"JOIN patient_{place} AS p{place} ON p{place}.case_no = k.case_no")
        parts = ["answer", "because", "decided_by", "day"]
        parts += [f"v{number}" for number in range(len(of_outcome) - len(parts))]
        asked += [f"p{place}.{part}" for part in parts]
        columns += of_outcome
    of_times = time_columns(
        times, {"patient", "episode", *(one.name for of_outcome in of_outcomes for one in of_outcome)}
    )
    for place, of_time in enumerate(of_times):
        joins.append(f"JOIN patient_time_{place} AS t{place} ON t{place}.case_no = k.case_no")
        asked += [
            f"t{place}.{part}" for part in ("ended", "day", "since", "unread", "start", "unclear")[: len(of_time)]
        ]
        columns += of_time
    # Columns have numbers until the file is written: a name that somebody gave may be a word of SQL.
    selected = ", ".join(f"{sql} AS c{number}" for number, (sql, _) in enumerate(zip(asked, columns, strict=True)))
    query = (
        f"SELECT k.patient AS place, {selected} FROM included_case AS k {' '.join(joins)} ORDER BY k.patient, k.episode"
    )
    if engine.dialect.name == "duckdb":
        _copy(engine, query, columns, file)
        return
    with connect(writable=file.parent) as writer:
        kinds = ["BIGINT" if column.kind == "DOUBLE" else column.kind for column in columns]
        tables, declared = (
            list[str](),
            [("place", "BIGINT"), *((f"c{number}", kind) for number, kind in enumerate(kinds))],
        )
        for rows in engine.batches(query, ROW_GROUP):
            tables.append(f"found_{len(tables)}")
            writer.table(tables[-1], declared, rows)
        if not tables:
            tables.append("found_0")
            writer.table("found_0", declared, [])
        _copy(writer, " UNION ALL ".join(f"SELECT * FROM {table}" for table in tables), columns, file)


def _copy(engine: Engine, query: str, columns: Sequence[Column], file: Path) -> None:
    """Write the rows of a query (place, c0, c1, ...) under the names of the columns; values were whole millionths."""
    told = ", ".join(
        f"{f'CAST(c{number} AS DOUBLE) / 1e6' if column.kind == 'DOUBLE' else f'c{number}'} AS {quoted(column.name)}"
        for number, column in enumerate(columns)
    )
    try:
        engine.run(
            f"COPY (SELECT {told} FROM ({query}) AS cases ORDER BY place, c1) TO {path_text(file)} {_AS_PARQUET}"
        )
    except EngineError as failed:
        if str(file.parent) not in str(failed.__cause__):  # not this file, but what was put aside, has no room
            raise
        raise unwritten(file.parent, "no space is left on the device") from failed


def replaceable_patients(place: Path) -> None:
    """Refuse a place for the patients that could not be written, or is taken by something that no run wrote.

    Raises:
        OutputError: the folder is not there, or a file without these first columns is.
    """
    if not place.parent.is_dir():
        raise OutputError(
            "The patients could not be written: there is no such folder.",
            where=str(place.parent),
            do="Make it, or give another name.",
        )
    if (place.exists() or place.is_symlink()) and _first_columns(place) != ["patient", "episode"]:
        raise OutputError(
            "A file of another kind stands where the patients should go.",
            where=str(place),
            do="Give another name, or move it away.",
        )


def _first_columns(file: Path) -> list[str]:
    """The first two columns of a Parquet file; none where it is something else, or leads elsewhere."""
    if file.is_symlink() or not file.is_file():
        return []
    try:
        with connect(readable=[file], threads=1) as engine:
            rows = engine.rows(f"SELECT name FROM parquet_schema({path_text(file)}) WHERE num_children IS NULL LIMIT 2")
    except Exception:  # whatever an engine says of a file that is no Parquet
        return []
    return [str(name) for (name,) in rows]


_AS_PARQUET = f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"


def join_ranges(parts: Sequence[Path], file: Path, *, memory_limit: str) -> None:
    """One file of all ranges, in their order: the same bytes however the patients were divided."""
    with connect(readable=parts, writable=file.parent, memory_limit=memory_limit, threads=1) as engine:
        listed = ", ".join(path_text(part) for part in parts)
        # Through a table: pages of the file are cut as the rows arrive, and must not tell where a range ended.
        engine.keep("joined", f"SELECT * FROM read_parquet([{listed}])")
        engine.run(f"COPY joined TO {path_text(file)} {_AS_PARQUET}")
