"""Who is in the table person of a database: how many, and whether their ids have gaps."""

from __future__ import annotations

from dataclasses import dataclass

from caseseries.source.omop.opened import Opened

#: The table of all person_id, where they are not simply every number between two.
_KNOWN = "omop_known"


@dataclass(frozen=True, slots=True)
class People:
    """How many persons the table person holds, and their lowest and highest id (0 and -1 where there is nobody)."""

    count: int
    low: int
    high: int

    @property
    def every_number(self) -> bool:
        """Whether every whole number from the lowest to the highest id is somebody's.

        >>> People(3, 7, 9).every_number, People(3, 7, 10).every_number
        (True, False)
        """
        return self.count == self.high - self.low + 1

    def stranger(self, patient: str) -> tuple[str, str]:
        """SQL that joins what is needed, and SQL for: the person is not in the table person. Not for a person that is not named.

        >>> People(3, 7, 9).stranger("r.patient")
        ('', 'r.patient NOT BETWEEN 7 AND 9')
        """
        if self.every_number and self.count:
            return "", f"{patient} NOT BETWEEN {self.low} AND {self.high}"
        return f"LEFT JOIN {_KNOWN} AS p ON p.patient = {patient}", "p.patient IS NULL"


def find_people(opened: Opened) -> People:
    """Look who is in the table person; where the ids have gaps they are kept."""
    query = opened.query("person", "person_id")
    with opened.reading("person"):
        ((low, high, count),) = opened.engine.rows(
            f"SELECT min(person_id), max(person_id), count(DISTINCT person_id) FROM ({query}) AS p"
        )
        people = People(0, 0, -1) if low is None else People(int(count), int(low), int(high))
        if not people.every_number or not people.count:
            opened.engine.keep(
                _KNOWN, f"SELECT DISTINCT person_id AS patient FROM ({query}) AS p WHERE person_id IS NOT NULL"
            )
    return people
