"""A database that answers: for a range of patients it makes the tables of the chart in the engine, and counts what it did not use.

    person, observed, course, fact      by `history`, for patients of the range
    measurement, and visits in fact     by `values`, for patients of a table, near their index dates

Tables that begin with `omop_` are its own. Every row read is counted once: used, out of scope or refused, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from caseseries.chart.derived import with_derived
from caseseries.chart.store import Numbers, columns, numbered
from caseseries.cohort.look_back import look_backs
from caseseries.cohort.unseen import NO_PULSES
from caseseries.errors import ChartError, Problem
from caseseries.protocol.asked_attributes import asked_attributes
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.concepts import Meant
from caseseries.protocol.drug_uses import local_form
from caseseries.protocol.every_rule import unchanged_drugs
from caseseries.protocol.lab_grades import graded_measures, units_of_edges
from caseseries.protocol.meant import meant
from caseseries.protocol.measures import all_measures, ingredients, measure_facts
from caseseries.protocol.protocol import Protocol
from caseseries.source.attached import attached_files
from caseseries.source.omop.attached import keep_attached
from caseseries.source.omop.cdm_tables import PLACES
from caseseries.source.omop.charted import uncharted, untold_groups
from caseseries.source.omop.counts import found
from caseseries.source.omop.database import NOTHING, Database
from caseseries.source.omop.everybody import COUNTED, count_everybody, count_rows, count_unasked
from caseseries.source.omop.history import WITH_EVENT, index_persons, make_history
from caseseries.source.omop.known_persons import find_people
from caseseries.source.omop.left_out import left_out
from caseseries.source.omop.needed import Locate, need_rights, nowhere
from caseseries.source.omop.opened import Opened
from caseseries.source.omop.set_tables import write_sets
from caseseries.source.omop.sets import resolve
from caseseries.source.omop.stored_order import LARGE, sorted_by_patient
from caseseries.source.omop.told_deaths import fatal_concepts
from caseseries.source.omop.unread_diagnoses import asked_diagnoses
from caseseries.source.omop.values import keep_values, make_values
from caseseries.stats.tally import Tally

_NO_ID = "rows without an id, or with that of another row"
#: Rows of facts, each once: one may stand for several names of the protocol. The id of a death is its person's.
_FACT_IDS = "SELECT DISTINCT source, record, patient, concept, day FROM omop_fact WHERE why = '' AND kind <> 'death'"


@dataclass(slots=True)
class OmopSource(Database):
    """A database that makes the tables of the chart for one protocol, of a range of patients at a time."""

    _where: str = field(default="TRUE")
    #: What was counted of the whole database, which nobody asks for twice; and what the last history counted.
    _everybody: Tally | None = None
    _left_out: Tally | None = None
    _rows: dict[frozenset[str], Mapping[str, tuple[int, int, int, int]]] = field(default_factory=dict)
    history_counts: Tally = field(default_factory=Tally)

    # --- How patients are divided ------------------------------------------------------------------------------------

    def find_events(self) -> int:
        """Look once through the whole database for everyone with a row of the index drug or event, and say how many they are."""
        if self.with_event is None:
            self.engine.keep(WITH_EVENT, index_persons(self))
            ((count,),) = self.engine.rows(f"SELECT count(*) FROM {WITH_EVENT}")
            self.with_event = int(count)
        return self.with_event

    def divided(self, persons: int) -> list[int]:
        """The first person_id of every further range when so many persons with the index drug or event make one range."""
        self.find_events()
        rows = self.engine.rows(
            f"SELECT patient FROM (SELECT patient, row_number() OVER (ORDER BY patient) - 1 AS place FROM {WITH_EVENT}) AS placed "
            f"WHERE mod(place, {int(persons)}) = 0 AND place > 0 ORDER BY patient"
        )
        return [int(row[0]) for row in rows]

    def sorted_by_patient(self) -> bool:
        """Whether the rows of the large tables stand by patient, so that a range of patients is a part of each file."""
        return sorted_by_patient(self.opened, [name for name in LARGE if self._asked(name)])

    def _asked(self, table: str) -> bool:
        return table in self.sets.tables and self.opened.has(table)

    # --- Tables of the chart ---------------------------------------------------------------------------------------------

    def history(self, low: int | None = None, high: int | None = None) -> Tally:
        """Make person, observed, course and fact (without visits) of patients with low <= person_id <= high; None is no bound.

        Only of those who have a row of the index drug or event. `measurement` is left empty. Rows without a person_id belong to the range
        without a lower bound.

        Raises:
            ChartError: a file is damaged.
        """
        for name, declared in columns(self.engine.dialect.text).items():
            if name == "measurement":  # it becomes a view, which cannot take the place of a table
                self.engine.table("omop_nothing", declared, [])
                self.recorded = NOTHING
                self.engine.view("measurement", NOTHING)
            else:
                self.engine.table(name, declared, [])
        write_sets(self)
        self._where = _range(low, high)
        self.history_counts = make_history(self, self._where)
        return Tally() + self.history_counts

    # --- Values ----------------------------------------------------------------------------------------------------------

    def values(self, of: str | None = None, *, ever: bool = False, repeated: bool = False) -> Tally:
        """Make `measurement`, and add visits to `fact`, for the patients of a table (patient, index_day), near their index dates.

        Without `of` the patients are those who have a course of the study drug or the index event. The days are those that any
        window, distance or monitoring of the protocol can look at; without observed periods, or with `ever`, all days. With `repeated`
        equal rows stand in `measurement` as often as they were found, without their ids; they are counted either way.
        """
        return make_values(self, self._where, of, ever=ever, repeated=repeated)

    def release(self, measures: Collection[str]) -> None:
        """Keep of `measurement` only the rows of these measures: what is done with the others needs room no longer."""
        keep_values(self, measures)

    def ids(self) -> Tally:
        """What is wrong with the ids of the rows that were read: a row is cited by its id."""
        tally = Tally()
        for table, kept in (("drug_exposure", "omop_exposure"),):
            if self._asked(table):
                ((rows, different),) = self.engine.rows(
                    f"SELECT count(*), count(DISTINCT record) FROM {kept} WHERE why = ''"
                )
                found(tally, "warning", "id", f"{table}: {_NO_ID}", int(rows) - int(different))
        for table, rows, different in self.engine.rows(
            f"SELECT source, count(*), count(DISTINCT record) FROM ({_FACT_IDS}) AS f GROUP BY source ORDER BY source"
        ):
            found(tally, "warning", "id", f"{table}: {_NO_ID}", int(rows) - int(different))
        return tally

    def value_ids(self) -> Tally:
        """What is wrong with the ids of the rows of values; needs them one by one, with their ids."""
        tally = Tally()
        for name in ("measurement", "observation"):
            sets = [ids for _, one, ids in self.sets.within("measure", name) if one.table == name]
            if self.opened.has(name) and any(sets):
                ((doubled,),) = self.engine.rows(
                    f"SELECT coalesce(sum(n), 0) FROM (SELECT count(*) - count(DISTINCT measure) AS n FROM omop_values_{name} "
                    "WHERE code < 10 AND record IS NOT NULL GROUP BY record) AS doubled"
                )
                ((nameless,),) = self.engine.rows(
                    f"SELECT count(*) FROM omop_values_{name} WHERE code < 10 AND record IS NULL"
                )
                found(tally, "warning", "id", f"{name}: {_NO_ID}", int(doubled) + int(nameless))
        return tally

    # --- Everybody -------------------------------------------------------------------------------------------------------

    def everybody(self, low: int | None = None, high: int | None = None) -> Tally:
        """The rows of person and observation_period with low <= person_id <= high, and what is wrong with them."""
        if low is not None or high is not None:
            return count_everybody(self, _range(low, high))
        if self._everybody is None:
            self._everybody = count_everybody(self, _range(None, None))
        return Tally() + self._everybody

    def unasked(self, tally: Tally, counted_whole: Collection[str] = COUNTED) -> Tally:
        """The rows of each table of the database that are not among the counts of a run; of the tables `counted_whole` all are."""
        whole = frozenset(counted_whole)
        if whole not in self._rows:
            self._rows[whole] = count_rows(self, whole)
        return count_unasked(self._rows[whole], tally)

    def left_out(self) -> Tally:
        """A finding for each class asked for with rows of drugs that stand in no set of the protocol."""
        if self._left_out is None:
            self._left_out = left_out(self)
        return Tally() + self._left_out


def open_omop(opened: Opened, protocol: Protocol, locate: Locate = nowhere) -> OmopSource:
    """Find the protocol's names in the database: concept sets, tables, observed time. No patient's row is read yet.

    `locate` gives the line of the protocol at which a value stands.

    Raises:
        ChartError: a measure, the study drug or the index event has no concept set, and the catalogue knows none.
    """
    names = meant(protocol)
    _need_sets(protocol, names, locate)
    need_rights(opened, names)
    sets, findings = resolve(opened, names)
    tables = [("observation_period", "observed time is not known"), ("death", "no death is known")]
    tables += [(PLACES[one].table, "nothing of it is found") for one in dict.fromkeys(one.table for one in names)]
    if any(dose.source == "courses" for dose in protocol.doses.values()) or unchanged_drugs(protocol):
        tables.append(("drug_strength", "no daily dose is known"))
    observed, lacking = False, dict[str, str]()
    for table, then in tables:
        there = opened.has(table)
        if there:
            with opened.reading(table):
                there = bool(opened.engine.rows(f"SELECT 1 FROM {opened.relations[table].sql} LIMIT 1"))
        observed = observed or (there and table == "observation_period")
        if not there:
            how = lacking[table] = "is empty" if opened.has(table) else "is missing"
            findings.add(
                ("finding", "note" if table == "death" else "warning", "table", f"the table {table} {how}: {then}")
            )
    if protocol.intercurrent.pulse.verdict != "as observed":
        message = f"{NO_PULSES}: none is found"
        findings.add(("finding", "warning", "pulse", message))
    files = attached_files(protocol)
    words: list[tuple[str, str]] = [(one.kind, one.key) for one in names if one.kind in ("diagnosis", "event")]
    words += [("cohort", line.sha256) for line in files]
    words += [("unread diagnosis", key) for key in asked_diagnoses(protocol)]
    fatal = fatal_concepts(opened, sets)
    vocabulary = opened.has("concept") and bool(
        opened.engine.rows(f"SELECT 1 FROM {opened.relations['concept'].sql} LIMIT 1")
    )
    not_charted, only = uncharted(protocol, sets, lacking, vocabulary=vocabulary)
    if opened.description.unlisted_drugs is not None:
        only.pop("other drugs", None)
    findings += untold_groups(protocol, only)
    if opened.description.fatal == "death" and fatal:
        not_charted.pop("deaths", None)
    drugs = numbered([one.key for one in names if one.kind == "drug"])
    numbers = with_derived(
        protocol,
        Numbers(
            None,
            numbered([one.key for one in names if one.kind == "measure"]),
            drugs | {local_form(name): number + len(drugs) for name, number in drugs.items()},
            {pair: place for place, pair in enumerate(sorted({*words, ("death", "death"), ("visit", "visit")}), 1)},
            observed,
            "complete" if opened.description.history else "" if observed else "since",
            not_charted,
            only,
            database=True,
            pulses_untold=NO_PULSES,
        ),
    )
    findings += _unlimited(protocol, numbers)
    findings += _two_edges(protocol, names)
    findings += _version(opened)
    findings += keep_attached(opened, protocol, files, numbers.terms)
    return OmopSource(opened, protocol, sets, numbers, findings, find_people(opened), fatal)


def _version(opened: Opened) -> Tally:
    """Whether the database calls itself another version than the description does."""
    findings = Tally()
    if opened.has("cdm_source"):
        query = opened.query("cdm_source", "cdm_version")
        with opened.reading("cdm_source"):
            written = opened.engine.rows(f"SELECT DISTINCT cdm_version FROM ({query}) AS s ORDER BY cdm_version")
        for (version,) in written:
            number = re.search(r"[0-9]+[.][0-9]+", version or "")
            if number is not None and number[0] != opened.description.cdm:
                message = f"cdm_source says version {number[0]} of the model, and the description says {opened.description.cdm}"
                findings.add(("finding", "warning", "version", message))
    return findings


def _two_edges(protocol: Protocol, names: Sequence[Meant]) -> Tally:
    """Values in another unit of a measure whose grades CTCAE prints in both: a few are graded by the edge of the unit that they are not in."""
    findings = Tally()
    for one in names:
        if one.kind != "measure" or one.key not in graded_measures(protocol):
            continue
        own = measure_facts(protocol, one.key).unit
        for unit, worth in units_of_edges(protocol, one.key).items():
            for number, factor in one.units.items():
                # A study may have rounded the factor; two units are further apart than that.
                if factor != 1 and abs(factor / worth - 1) < Fraction(1, 50):
                    what = f"{one.name}: rows in unit {number} ({unit}) are converted and graded by the edges in {own}; CTCAE prints them in both, "
                    what += f"and a value between has another grade there; a measure in {unit} would grade these rows by its own"
                    findings.add(("finding", "warning", "edge", what))
    return findings


def _unlimited(protocol: Protocol, numbers: Numbers) -> Tally:
    """Look-backs without a limit: a database knows nobody's whole history unless it is declared."""
    findings = Tally()
    for one in look_backs(protocol) if numbers.history != "complete" else ():
        if one.days is None and one.place is not None and one.place >= len(protocol.include):
            what = "looks back without limit, and a database observes few since birth: where nothing is recorded the answer is undetermined"
            do = "write `within:`, `observed_before:` under include, or `history: complete` in omop.yaml where the rows are all there ever was"
            findings.add(("finding", "warning", "look-back", f"{one.words}: {what}; {do}"))
    return findings


def _need_sets(protocol: Protocol, names: Sequence[Meant], locate: Locate = nowhere) -> None:
    index = protocol.case.index_date
    problems = [
        Problem(
            f"the {one.kind} has no concept set, and the catalogue knows none",
            locate("measures", one.name) if one.kind == "measure" else locate("concepts"),
            one.name,
            do="add it under `concepts:`",
        )
        for one in names
        if not one.known and one.kind != "drug"
    ]
    problems += [
        Problem(
            f"a database keeps no attributes of patients, and the protocol asks for {asked.name}",
            locate(*map(str, asked.loc)),
            asked.name,
            do="ask for a diagnosis with `occurs`, or list the patients by `among` with a cohort under `include`",
        )
        for asked in asked_attributes(protocol)
    ]
    problems += [
        Problem(
            "a database keeps no diary: a day without a row, or with a row that is refused, is not known to be one of 0",
            locate("measures", facts.name, "blank_days"),
            facts.name,
            do="leave `blank_days` out, and ask with `recorded` for so many days with a value",
        )
        for facts in all_measures(protocol).values()
        if facts.blank_zero
    ]
    from caseseries.protocol.case import NominalDay

    if isinstance(index, FirstExposure):
        keys = ingredients(protocol, index.first_exposure)
        if not any(one.known for one in names if one.kind == "drug" and one.key in keys):
            what = "the study drug has no concept set, and the catalogue knows none"
            place = locate("case", "index_date", "first_exposure")
            problems.append(Problem(what, place, index.first_exposure, do="add it under `concepts:`"))
    if isinstance(index, NominalDay):
        problems.append(
            Problem(
                "a database has dates, so its cases cannot have a nominal day",
                locate("case", "index_date"),
                do="use first_exposure or first_event",
            )
        )
    if problems:
        raise ChartError(
            "The protocol does not say what its names are called in a database.", problems, do="Nothing was run."
        )


def _range(low: int | None, high: int | None) -> str:
    """A condition on a patient's number, to be filled with its name."""
    bounds = [f"{{0}} >= {int(low)}"] if low is not None else []
    bounds += [f"{{0}} <= {int(high)}"] if high is not None else []
    if not bounds:
        return "TRUE"
    return f"({' AND '.join(bounds)}{' OR {0} IS NULL' if low is None else ''})"
