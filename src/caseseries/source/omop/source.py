"""A database that answers: for a range of patients it makes the tables of the chart in the engine, and counts what it did not use.

    person, observed, course, fact      by `history`, for patients of the range
    measurement, and visits in fact     by `values`, for patients of a table, near their index dates

Tables that begin with `omop_` are its own. Every row read is counted once: used, out of scope or refused, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from caseseries import catalogue
from caseseries.chart.store import Numbers, make_tables, plain
from caseseries.engine.connection import Engine
from caseseries.errors import ChartError, Place, Problem
from caseseries.protocol.case import FirstEvent, FirstExposure
from caseseries.protocol.concepts import Meant
from caseseries.protocol.meant import meant
from caseseries.protocol.measures import ingredients
from caseseries.protocol.protocol import Protocol
from caseseries.source.attached import attached_files
from caseseries.source.omop import rules
from caseseries.source.omop.attached import keep_attached
from caseseries.source.omop.description import Omop
from caseseries.source.omop.model import PLACES, Rows
from caseseries.source.omop.opened import Opened
from caseseries.source.omop.reach import EVER, reach, visits
from caseseries.source.omop.sets import Sets, resolve, within
from caseseries.stats.tally import Tally

#: Days that no patient's rows lie beyond.
_FAR = 10_000_000


@dataclass(slots=True)
class OmopSource:
    """A database opened for one protocol.

    `numbers` are the protocol's measures, drugs and terms by number (patients are their own numbers); `findings` what opening it
    showed; `people` the rows of person.
    """

    opened: Opened
    protocol: Protocol
    sets: Sets
    numbers: Numbers
    findings: Tally
    people: int
    _spans: bool = field(default=False)
    _where: str = field(default="TRUE")
    _told: Tally = field(default_factory=Tally)

    @property
    def engine(self) -> Engine:
        """The engine the tables are made in."""
        return self.opened.engine

    @property
    def described(self) -> Omop:
        """What `omop.yaml` says."""
        return self.opened.description

    # --- How patients are divided ------------------------------------------------------------------------------------

    def bounds(self) -> tuple[int, int, int]:
        """The lowest and the highest person_id, and how many there are; (0, -1, 0) where there is nobody."""
        query = self.opened.query("person", "person_id")
        with self.opened.reading("person"):
            ((low, high, count),) = self.engine.rows(
                f"SELECT min(person_id), max(person_id), count(DISTINCT person_id) FROM ({query}) AS p"
            )
        return (0, -1, 0) if low is None else (int(low), int(high), int(count))

    def indexed(self, most: int) -> int:
        """How many persons have a row of the index drug or event; counting stops above `most`."""
        index = self.protocol.case.index_date
        if isinstance(index, FirstExposure):
            keys, kinds = ingredients(self.protocol, index.first_exposure), {"drug"}
        else:
            assert isinstance(index, FirstEvent)
            keys, kinds = frozenset({plain(index.first_event)}), {"diagnosis", "event"}
        parts = []
        for one, ids in zip(self.sets.meant, self.sets.concepts, strict=True):
            place = PLACES[one.table]
            if one.kind in kinds and one.key in keys and ids and self.opened.has(place.table):
                query = self.opened.query(place.table, "person_id", place.concept)
                parts.append(f"SELECT person_id FROM ({query}) AS r WHERE {within(place.concept, ids)}")
        if not parts:
            return 0
        ((found,),) = self.engine.rows(
            f"SELECT count(*) FROM (SELECT DISTINCT person_id FROM ({' UNION ALL '.join(parts)}) AS r LIMIT {int(most) + 1}) AS few"
        )
        return int(found)

    def divided(self, patients: int) -> list[int]:
        """The first person_id of every further range when so many patients make one range."""
        query = self.opened.query("person", "person_id")
        rows = self.engine.rows(
            "SELECT person_id FROM (SELECT person_id, row_number() OVER (ORDER BY person_id) - 1 AS place "
            f"FROM (SELECT DISTINCT person_id FROM ({query}) AS p WHERE person_id IS NOT NULL) AS people) AS placed "
            f"WHERE mod(place, {int(patients)}) = 0 AND place > 0 ORDER BY person_id"
        )
        return [int(row[0]) for row in rows]

    def sorted_by_patient(self) -> bool:
        """Whether the rows of the large tables stand by patient, so that a range of patients is a part of each file.

        Known of Parquet (ranges of person_id of its row groups hardly overlap) and Postgres (physical order of the column).
        """
        tables = [table for table in ("measurement", "observation", "drug_exposure") if self._asked(table)]
        if self.described.from_.kind == "postgres":
            return self._sorted_in_postgres(tables)
        if self.described.from_.kind != "parquet" or not tables:
            return False
        return all(self._sorted_in_parquet(table) for table in tables)

    def _asked(self, table: str) -> bool:
        return table in self.sets.tables and self.opened.has(table)

    def _sorted_in_parquet(self, table: str) -> bool:
        files = self.opened.relations[table].sql.removeprefix("read_parquet(").removesuffix(")")
        quoted, _ = self.opened.relations[table].columns["person_id"]
        rows = self.engine.rows(
            f"SELECT stats_min_value, stats_max_value FROM parquet_metadata({files}) WHERE path_in_schema = ?",
            [quoted.strip('"')],
        )
        try:
            spans = sorted((int(low), int(high)) for low, high in rows)
        except (TypeError, ValueError):
            return False
        if len(spans) < 2:
            return True
        overlap = sum(max(0, min(last, high) - low) for (_, last), (low, high) in pairwise(spans))
        return overlap * 20 <= spans[-1][1] - spans[0][0]

    def _sorted_in_postgres(self, tables: Sequence[str]) -> bool:
        schema = self.described.from_.schema_ or "public"
        rows = self.engine.rows(
            f"SELECT lower(tablename), correlation FROM pg_stats WHERE schemaname = '{schema}' AND lower(attname) = 'person_id'"
        )
        order = {str(table): float(found or 0) for table, found in rows}
        return bool(tables) and all(abs(order.get(table, 0.0)) > 0.99 for table in tables)

    # --- Tables of the chart ---------------------------------------------------------------------------------------------

    def history(self, low: int | None = None, high: int | None = None) -> Tally:
        """Make person, observed, course and fact (without visits) of patients with low <= person_id <= high; None is no bound.

        `measurement` is left empty. Rows without a person_id belong to the range without a lower bound.

        Raises:
            ChartError: a file is damaged.
        """
        make_tables(self.engine)
        self._write_sets()
        tally = Tally()
        where = self._where = _range(low, high)
        self._people(where, tally)
        self._periods(where, tally)
        self._courses(where, tally)
        self._facts(where, tally)
        self._told = Tally(tally.counts)
        return tally

    def told(self) -> Tally:
        """What `history` and `values` counted for the range that was made last: sections rows and finding."""
        return Tally(self._told.counts)

    def _keep(self, table: str, name: str, query: str) -> None:
        with self.opened.reading(table):
            self.engine.keep(name, query)

    def _write_sets(self) -> None:
        engine, numbers = self.engine, self.numbers
        measures, drugs, terms = [], [], []
        for one, ids in zip(self.sets.meant, self.sets.concepts, strict=True):
            if one.kind == "measure":
                low, high = reach(self.protocol)[one.key] if numbers.observed else EVER
                measures += [
                    (number, numbers.measures[one.key], low, high, one.judgement, one.table) for number in sorted(ids)
                ]
            elif one.kind == "drug":
                drugs += [(number, numbers.drugs[one.key]) for number in sorted(ids)]
            else:
                terms += [(number, one.kind, numbers.terms[one.kind, one.key], one.table) for number in sorted(ids)]
        text = engine.dialect.text
        engine.table("omop_drug", [("concept", "BIGINT"), ("drug", "INT")], drugs)
        engine.table("omop_terms", [("concept", "BIGINT"), ("kind", text), ("term", "INT"), ("source", text)], terms)
        engine.table(
            "omop_measures",
            [
                ("concept", "BIGINT"),
                ("measure", "INT"),
                ("low", "INT"),
                ("high", "INT"),
                ("judgement", "BOOLEAN"),
                ("source", text),
            ],
            measures,
        )
        units, answers = [], []
        for one in self.sets.meant:
            if one.kind != "measure":
                continue
            number = numbers.measures[one.key]
            factors: dict[int, Fraction] = {unit: factor for unit, factor in one.units.items() if unit != 0}
            if one.no_unit == "accept" or 0 in one.units:
                factors[0] = one.units.get(0, Fraction(1))
            units += [(number, unit, factor.numerator, factor.denominator) for unit, factor in sorted(factors.items())]
            answers += [(number, concept, value) for value, ids in ((1, one.yes), (0, one.no)) for concept in ids]
        engine.table("omop_unit", [("measure", "INT"), ("unit", "BIGINT"), ("num", "BIGINT"), ("den", "BIGINT")], units)
        engine.table("omop_answer", [("measure", "INT"), ("concept", "BIGINT"), ("value", "BIGINT")],
                     [(measure, concept, value * 1_000_000) for measure, concept, value in answers])  # fmt: skip

    def _people(self, where: str, tally: Tally) -> None:
        names = ("person_id", "gender_concept_id", "year_of_birth", "month_of_birth", "day_of_birth")
        dialect = self.engine.dialect
        self._keep(
            "person", "omop_person", rules.person(self.opened.query("person", *names), dialect, where.format("patient"))
        )
        self.engine.keep("person", rules.PEOPLE)
        ((rows, nobody, odd, unborn),) = self.engine.rows(
            "SELECT count(*), coalesce(sum(CASE WHEN patient IS NULL THEN 1 ELSE 0 END), 0), "
            "coalesce(sum(CASE WHEN odd AND patient IS NOT NULL THEN 1 ELSE 0 END), 0), "
            "coalesce(sum(CASE WHEN low IS NULL AND patient IS NOT NULL THEN 1 ELSE 0 END), 0) FROM omop_person"
        )
        ((people,),) = self.engine.rows("SELECT count(*) FROM person")
        tally.add(("rows", "person", "used", ""), int(rows) - int(nobody))
        _refused(tally, "person", rules.NO_PATIENT, int(nobody))
        _found(
            tally, "warning", "person", "person: several rows of one person_id", int(rows) - int(nobody) - int(people)
        )
        _found(tally, "warning", "person", "person: a year, month or day of birth that cannot be", int(odd))
        _found(tally, "note", "person", "person: no year of birth", int(unborn))

    def _periods(self, where: str, tally: Tally) -> None:
        if not self.opened.has("observation_period"):
            return
        query = self.opened.query(
            "observation_period", "person_id", "observation_period_start_date", "observation_period_end_date",
            "observation_period_start_date!", "observation_period_end_date!",
        )  # fmt: skip
        self._keep("observation_period", "omop_period", rules.period(query, where.format("patient")))
        for why, rows in self.engine.rows("SELECT why, count(*) FROM omop_period GROUP BY why ORDER BY why"):
            _counted(tally, "observation_period", why, int(rows))
        if self.numbers.observed:
            self.engine.keep("observed", rules.PERIODS)

    def _courses(self, where: str, tally: Tally) -> None:
        engine, dialect = self.engine, self.engine.dialect
        concepts = {number for _, _, ids in self.sets.within("drug", "drug_exposure") for number in ids}
        if not concepts or not self.opened.has("drug_exposure"):
            return
        query = self.opened.query(
            "drug_exposure", "drug_exposure_id", "person_id", "drug_concept_id", "drug_exposure_start_date", "drug_exposure_end_date",
            "days_supply", "quantity", "route_concept_id", "drug_exposure_start_date!", "drug_exposure_end_date!",
        )  # fmt: skip
        wanted = f"{within('drug_concept_id', concepts)} AND {where.format('person_id')}"
        self._keep("drug_exposure", "omop_exposure", rules.exposure(query, wanted))
        self._strengths(concepts)
        local = self.described.local_routes
        routes = local if local is not None else tuple(one.id for one in catalogue.local_routes())
        no_route = "FALSE" if self.described.no_route == "local" else "TRUE"
        engine.keep("course", rules.course(dialect, within("e.route", routes), no_route))
        for why, rows, equal, short in engine.rows(
            "SELECT why, sum(n), sum(n - 1), sum(CASE WHEN days IS NULL THEN 1 ELSE 0 END) FROM omop_exposure GROUP BY why ORDER BY why"
        ):
            _counted(tally, "drug_exposure", why, int(rows))
            if why == "":
                _found(tally, "note", "duplicates", "drug_exposure: equal rows, read once", int(equal))
                _found(
                    tally,
                    "note",
                    "one day",
                    "drug_exposure: neither end nor days of supply, taken as one day",
                    int(short),
                )
        self._routes(tally)
        self._ids("drug_exposure", "omop_exposure", tally)

    def _strengths(self, concepts: set[int]) -> None:
        columns = [("concept", "BIGINT"), ("amount", "BIGINT")]
        if not _adds_doses(self.protocol) or not self.opened.has("drug_strength"):
            self.engine.table("omop_strength", columns, [])
            return
        query = self.opened.query("drug_strength", "drug_concept_id", "amount_value", "amount_unit_concept_id")
        self._keep("drug_strength", "omop_strength", rules.strength(query, within("drug_concept_id", concepts)))

    def _routes(self, tally: Tally) -> None:
        if not _adds_doses(self.protocol):
            return
        asked = self._dose_drugs()
        if not asked:
            return
        names = ", ".join(str(number) for number in asked)
        ((unknown, unrecorded),) = self.engine.rows(
            "SELECT coalesce(sum(CASE WHEN e.route = 0 THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN c.amount IS NULL THEN 1 ELSE 0 END), 0) "
            f"FROM omop_exposure AS e JOIN course AS c ON c.record = e.record AND c.patient = e.patient WHERE e.why = '' AND c.drug IN ({names})"
        )
        if self.described.no_route is None:
            message = "drug_exposure: no route, and `no_route` does not say whether that is systemic"
            _found(tally, "error", "choice: no_route", message, int(unknown))
        _found(
            tally,
            "warning",
            "dose",
            "drug_exposure: no daily dose, because strength, quantity or days are not recorded",
            int(unrecorded),
        )

    def _dose_drugs(self) -> list[int]:
        from caseseries.protocol.measures import ingredients

        keys = {
            key
            for dose in self.protocol.doses.values()
            if dose.source == "courses"
            for key in ingredients(self.protocol, dose.daily_dose)
        }
        return sorted(self.numbers.drugs[key] for key in keys if key in self.numbers.drugs)

    def _facts(self, where: str, tally: Tally) -> None:
        engine, dialect = self.engine, self.engine.dialect
        parts = []
        for source, place in PLACES.items():
            ids = {
                number
                for kind in ("diagnosis", "event")
                for _, one, numbers in self.sets.within(kind, place.table)
                if one.table == source
                for number in numbers
            }
            if not ids or not self.opened.has(place.table):
                continue
            engine.keep("omop_term", f"SELECT concept, kind, term FROM omop_terms WHERE source = '{source}'")
            query = self.opened.query(place.table, place.id, "person_id", place.concept, place.day, f"{place.day}!")
            wanted = f"{within(place.concept, ids)} AND {where.format('person_id')}"
            name = f"omop_rows_{source}"
            self._keep(place.table, name, rules.term(query, place.id, place.concept, place.day, wanted, dialect))
            parts.append(f"SELECT *, '{place.table}' AS source FROM {name}")
        if self.opened.has("death"):
            query = self.opened.query("death", "person_id", "death_date", "death_date!")
            number = self.numbers.terms["death", "death"]
            self._keep("death", "omop_rows_death", rules.death(query, where.format("person_id"), number, dialect))
            parts.append("SELECT *, 'death' AS source FROM omop_rows_death")
        if parts:
            engine.keep("omop_fact", rules.fact(" UNION ALL ".join(parts), observed=self.numbers.observed))
        else:
            text = dialect.text
            engine.table(
                "omop_fact",
                [("record", "BIGINT"), ("n", "BIGINT"), ("patient", "BIGINT"), ("concept", "BIGINT"), ("kind", text), ("term", "INT"), ("day", "INT"),
                 ("source", text), ("why", text)],
                [],
            )  # fmt: skip
        engine.keep("fact", rules.FACT)
        for source, why, rows, equal in engine.rows(rules.FACT_ROWS):
            _counted(tally, source, why, int(rows), told=source == "death" or why != rules.OUTSIDE)
            if why == "":
                _found(tally, "note", "duplicates", f"{source}: equal rows, read once", int(equal))
        for source, rows in engine.rows(
            f"SELECT source, sum(n) FROM omop_fact WHERE kind = 'event' AND why = '{rules.OUTSIDE}' GROUP BY source ORDER BY source"
        ):
            _found(tally, "note", "rows", f"{source}: adverse events {rules.OUTSIDE}, which do not count", int(rows))
        ((several,),) = engine.rows(
            "SELECT count(*) FROM (SELECT patient FROM omop_fact WHERE kind = 'death' AND why = '' GROUP BY patient HAVING count(*) > 1) AS d"
        )
        _found(
            tally, "warning", "death", "death: several days of death of one person; the earliest counts", int(several)
        )

    # --- Values ----------------------------------------------------------------------------------------------------------

    def values(self, of: str | None = None, *, ever: bool = False) -> Tally:
        """Make `measurement`, and add visits to `fact`, for the patients of a table (patient, index_day), near their index dates.

        The days are those that any window, distance or monitoring of the protocol can look at. Without observed periods, or with
        `ever`, they are all days; without `of`, it is for all patients of the range.
        """
        engine, tally = self.engine, Tally()
        self._span(of, ever=ever)
        parts, asked, used = [], set(), 0
        for source in ("measurement", "observation"):
            place = PLACES[source]
            sets = [numbers for _, one, numbers in self.sets.within("measure", place.table) if one.table == source]
            ids = set().union(*sets)
            if not ids or not self.opened.has(place.table):
                continue
            engine.keep(
                "omop_measure",
                f"SELECT concept, measure, low, high, judgement FROM omop_measures WHERE source = '{source}'",
            )
            name = f"omop_values_{source}"
            self._keep(place.table, name, self._value_query(place, ids, ever=ever))
            used += self._value_counts(place.table, name, tally, shared=len(ids) < sum(map(len, sets)))
            parts.append(f"SELECT record, patient, measure, day, value, censor, missing, why FROM {name}")
            asked.add(place.table)
        if parts:
            engine.view("omop_value", " UNION ALL ".join(parts))
            engine.keep("measurement", rules.MEASUREMENT)
            ((kept,),) = engine.rows("SELECT count(*) FROM measurement")
            _found(
                tally, "note", "duplicates", f"{' and '.join(sorted(asked))}: equal rows, read once", used - int(kept)
            )
        self._visits(tally)
        self._told.merge(tally)
        return tally

    def _span(self, of: str | None, *, ever: bool) -> None:
        near = visits(self.protocol)
        if ever or not self.numbers.observed:
            near = (-_FAR, _FAR)
        low, high = near if near is not None else (1, 0)
        everyone = "SELECT patient, 0 AS first, 0 AS last FROM person"
        chosen = everyone
        if of is not None:
            chosen = f"SELECT patient, min(index_day) AS first, max(index_day) AS last FROM {of} WHERE index_day IS NOT NULL GROUP BY patient"
        if of is None:
            low, high = -_FAR, _FAR
        self.engine.keep(
            "omop_span",
            f"SELECT patient, first, last, CAST({low} AS INT) AS low, CAST({high} AS INT) AS high FROM ({chosen}) AS c",
        )
        self._spans = of is not None and not ever and self.numbers.observed

    def _value_query(self, place: Rows, ids: set[int], *, ever: bool) -> str:
        names = [
            place.id,
            "person_id",
            place.concept,
            place.day,
            f"{place.day}!",
            "value_as_number",
            "value_as_number!",
        ]
        names += ["value_as_concept_id", "unit_concept_id", "unit_concept_id!"]
        operator = (
            "operator_concept_id AS operator" if place.table == "measurement" else "CAST(NULL AS BIGINT) AS operator"
        )
        if place.table == "measurement":
            names.append("operator_concept_id")
        query = f"SELECT *, {operator} FROM ({self.opened.query(place.table, *names)}) AS stored"
        if not self._spans:
            self.engine.keep("omop_measure", "SELECT concept, measure, -10000000 AS low, 10000000 AS high, judgement FROM omop_measures "
                             f"WHERE source = '{next(name for name, one in PLACES.items() if one == place)}'")  # fmt: skip
        judged = any(one.judgement for one in self.sets.meant)
        return rules.value(
            query, place.id, place.concept, place.day, f"{within(place.concept, ids)} AND {self._where.format('person_id')}",
            span=True, observed=self.numbers.observed, judged=judged, dialect=self.engine.dialect,
        )  # fmt: skip

    def _value_counts(self, table: str, name: str, tally: Tally, *, shared: bool) -> int:
        """How many values were used; where measures share a concept (`shared`), a row that is a value of two is one row."""
        used = 0
        measures = {number: measure for measure, number in self.numbers.measures.items()}
        for measure, why, unit, missing, rows, rounded in self.engine.rows(
            f"SELECT measure, why, CASE WHEN why = '{rules.OTHER_UNIT}' THEN unit ELSE 0 END AS odd_unit, missing, count(*), "
            f"sum(CASE WHEN rounded AND why = '' THEN 1 ELSE 0 END) FROM {name} "
            "GROUP BY measure, why, odd_unit, missing ORDER BY measure, why, odd_unit, missing"
        ):
            called = measures[measure]
            used += int(rows) if why == "" else 0
            if not shared:
                _counted(tally, table, why, int(rows))
            if why == rules.OTHER_UNIT:
                message = f"{called}: rows in unit {unit}, to which the concept set gives no factor, were refused"
                _found(tally, "warning", "unit", message, int(rows))
            elif why == rules.NO_UNIT:
                message = (
                    f"{called}: rows without a unit were refused; `no_unit: accept` in the concept set would read them"
                )
                _found(tally, "warning", "unit", message, int(rows))
            elif why == "" and missing:
                _found(tally, "note", "no value", f"{called}: rows without a value", int(rows))
            _found(tally, "note", "rounded", f"{called}: values rounded to a millionth", int(rounded or 0))
        if shared:
            each = f"SELECT record, patient, day, min(why) AS why FROM {name} GROUP BY record, patient, day"
            for why, rows in self.engine.rows(f"SELECT why, count(*) FROM ({each}) AS r GROUP BY why ORDER BY why"):
                _counted(tally, table, why, int(rows))
        return used

    def _visits(self, tally: Tally) -> None:
        engine = self.engine
        if not self.opened.has("visit_occurrence") or (visits(self.protocol) is None and self.numbers.observed):
            return
        query = self.opened.query(
            "visit_occurrence", "visit_occurrence_id", "person_id", "visit_start_date", "visit_start_date!"
        )
        number = self.numbers.terms["visit", "visit"]
        made = rules.visit(
            query,
            self._where.format("person_id"),
            number,
            span=True,
            observed=self.numbers.observed,
            dialect=engine.dialect,
        )
        self._keep("visit_occurrence", "omop_visit", made)
        kept = "SELECT record, patient, kind, term, day, day AS low, day AS high, CAST(NULL AS INT) AS last FROM omop_visit WHERE why = ''"
        engine.keep("fact", f"{rules.FACT} UNION ALL {kept}")
        for why, rows, equal in engine.rows("SELECT why, sum(n), sum(n - 1) FROM omop_visit GROUP BY why ORDER BY why"):
            _counted(tally, "visit_occurrence", why, int(rows))
            if why == "":
                _found(
                    tally,
                    "note",
                    "duplicates",
                    "visit_occurrence: several visits begin on one day, read once",
                    int(equal),
                )

    def _ids(self, table: str, kept: str, tally: Tally) -> None:
        ((rows, different),) = self.engine.rows(f"SELECT count(*), count(DISTINCT record) FROM {kept} WHERE why = ''")
        _found(
            tally,
            "warning",
            "id",
            f"{table}: rows without an id, or with that of another row",
            int(rows) - int(different),
        )

    # --- Rows that nobody asked for --------------------------------------------------------------------------------------

    def totals(self) -> Mapping[str, int]:
        """All rows of each table that the protocol asks anything of."""
        wanted = ["person", "observation_period", "death", "visit_occurrence", *self.sets.tables]
        found = {}
        for table in dict.fromkeys(wanted):
            if self.opened.has(table):
                with self.opened.reading(table):
                    ((rows,),) = self.engine.rows(f"SELECT count(*) FROM {self.opened.relations[table].sql}")
                found[table] = int(rows)
        return found

    def balanced(self, tally: Tally) -> Tally:
        """The counts of all ranges together, with the rows that nothing asked for added to those out of scope."""
        rest = Tally()
        for table, rows in self.totals().items():
            counted = tally.total("rows", table)
            # A row that stands for two names of the protocol was counted for each.
            rest.add(("rows", table, "out of scope", "nothing in the protocol asks for it"), max(0, rows - counted))
        return tally + rest


def open_omop(opened: Opened, protocol: Protocol) -> OmopSource:
    """Find the protocol's names in the database: concept sets, tables, observed time. No patient's row is read yet.

    Raises:
        ChartError: a measure, the study drug or the index event has no concept set, and the catalogue knows none.
    """
    names = meant(protocol)
    _need_sets(protocol, names)
    sets, findings = resolve(opened, names)
    tables = [("observation_period", "observed time is not known"), ("death", "no death is known")]
    tables += [(PLACES[one].table, "nothing of it is found") for one in dict.fromkeys(one.table for one in names)]
    if _adds_doses(protocol):
        tables.append(("drug_strength", "no daily dose is known"))
    observed = False
    for table, then in tables:
        there = opened.has(table)
        if there:
            with opened.reading(table):
                there = bool(opened.engine.rows(f"SELECT 1 FROM {opened.relations[table].sql} LIMIT 1"))
        observed = observed or (there and table == "observation_period")
        if not there:
            how = "is empty" if opened.has(table) else "is missing"
            findings.add(
                ("finding", "note" if table == "death" else "warning", "table", f"the table {table} {how}: {then}")
            )
    if protocol.intercurrent.pulse.verdict != "as observed":
        message = "a database does not tell an intravenous pulse from other doses: none is found"
        findings.add(("finding", "warning", "pulse", message))
    files = attached_files(protocol)
    words: list[tuple[str, str]] = [(one.kind, one.key) for one in names if one.kind in ("diagnosis", "event")]
    words += [("cohort", line.sha256) for line in files]
    numbers = Numbers(
        None,
        _numbered([one.key for one in names if one.kind == "measure"]),
        _numbered([one.key for one in names if one.kind == "drug"]),
        {pair: place for place, pair in enumerate(sorted({*words, ("death", "death"), ("visit", "visit")}), 1)},
        observed,
    )
    findings += keep_attached(opened, files, numbers.terms)
    query = opened.query("person", "person_id")
    with opened.reading("person"):
        ((people,),) = opened.engine.rows(f"SELECT count(DISTINCT person_id) FROM ({query}) AS p")
    return OmopSource(opened, protocol, sets, numbers, findings, int(people))


def _need_sets(protocol: Protocol, names: Sequence[Meant]) -> None:
    index = protocol.case.index_date
    problems = [
        Problem(f"the {one.kind} has no concept set, and the catalogue knows none", Place("protocol"), one.name,
                do="add it under `concepts:`")
        for one in names
        if not one.known and one.kind != "drug"
    ]  # fmt: skip
    from caseseries.protocol.case import FirstExposure, NominalDay
    from caseseries.protocol.measures import ingredients

    if isinstance(index, FirstExposure):
        keys = ingredients(protocol, index.first_exposure)
        if not any(one.known for one in names if one.kind == "drug" and one.key in keys):
            what = "the study drug has no concept set, and the catalogue knows none"
            problems.append(Problem(what, Place("protocol"), index.first_exposure, do="add it under `concepts:`"))
    if isinstance(index, NominalDay):
        problems.append(
            Problem(
                "a database has dates, so its cases cannot have a nominal day",
                Place("protocol"),
                do="use first_exposure or first_event",
            )
        )
    if problems:
        raise ChartError(
            "The protocol does not say what its names are called in a database.", problems, do="Nothing was run."
        )


def _adds_doses(protocol: Protocol) -> bool:
    return any(dose.source == "courses" for dose in protocol.doses.values())


def _numbered(names: Sequence[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(sorted(set(names)), start=1)}


def _range(low: int | None, high: int | None) -> str:
    """A condition on a patient's number, to be filled with its name."""
    bounds = [f"{{0}} >= {int(low)}"] if low is not None else []
    bounds += [f"{{0}} <= {int(high)}"] if high is not None else []
    if not bounds:
        return "TRUE"
    return f"({' AND '.join(bounds)}{' OR {0} IS NULL' if low is None else ''})"


def _counted(tally: Tally, table: str, why: str, rows: int, *, told: bool = True) -> None:
    status = "used" if why == "" else "out of scope" if why in rules.OUT_OF_SCOPE else "refused"
    tally.add(("rows", table, status, why), rows)
    if status != "used" and told and why not in (rules.NO_UNIT, rules.OTHER_UNIT):
        severity = "note" if status == "out of scope" else "warning"
        _found(tally, severity, "rows", f"{table}: {why}", rows)


def _refused(tally: Tally, table: str, why: str, rows: int) -> None:
    if rows:
        _counted(tally, table, why, rows)


def _found(tally: Tally, severity: str, rule: str, message: str, rows: int) -> None:
    if rows > 0:
        tally.add(("finding", severity, rule, message), rows)
