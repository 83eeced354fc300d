"""Free text, and words that tell who a patient is, leave findings.csv, patients.csv and the user's own terminal on no way."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

import caseseries as cs
from caseseries.chart.personal_words import private_attributes
from caseseries.chart.tables import Person
from caseseries.cli.main import main

Capture = pytest.CaptureFixture[str]
EXAMPLE = Path(__file__).parents[2] / "examples/jdm-mmf"
NAME = "Ada Quux"
DECIDED = f"""
accept:
  - {{file: visits.csv, row: 2, column: mmt, found: "50", as_found: yes, by: Dr Zork, on: 2026-03-01, because: asked {NAME} again}}
doubtful:
  - {{file: visits.csv, row: 3, column: mmt, found: "51", could_be: "57", because: the sheet of {NAME} was wet}}
"""


def copied(tmp_path: Path, *, more: str = "", column: Sequence[str] = ()) -> Path:
    """The example with more in its chart description, and a column `extra` of its patients that is kept as an attribute."""
    (tmp_path / "chart").mkdir()
    for file in (*(EXAMPLE / "chart").glob("*.csv"), EXAMPLE / "protocol.yaml"):
        target = tmp_path / (file.name if file.suffix == ".yaml" else f"chart/{file.name}")
        target.write_bytes(file.read_bytes())
    description = (EXAMPLE / "chart.yaml").read_text(encoding="utf-8") + more
    if column:
        patients = tmp_path / "chart" / "patients.csv"
        head, *rows = patients.read_text(encoding="utf-8").splitlines()
        lines = [f"{head},extra", *(f'{row},"{word}"' for row, word in zip(rows, column, strict=True))]
        patients.write_text("\n".join(lines) + "\n", encoding="utf-8")
        assert "  patients:\n    kind: patients\n" in description
        description = description.replace(
            "  patients:\n    kind: patients\n",
            "  patients:\n    kind: patients\n    attributes: {first sign: extra}\n",
        )
    (tmp_path / "chart.yaml").write_text(description, encoding="utf-8")
    return tmp_path


def run(study: Path, site: str = "site") -> dict[str, str]:
    """The files of the report and the counts for another site, as text."""
    files = [str(study / "protocol.yaml"), str(study / "chart.yaml")]
    asked = ["--out", str(study / "out"), "--export", str(study / "site.counts"), "--export-for", "own-site"]
    assert 0 == main(["run", *files, *asked, "--site", site, "-q"])
    written = [path for path in (study / "out").rglob("*") if path.is_file() and path.suffix != ".png"]
    return {path.name: path.read_text(encoding="utf-8") for path in (*written, study / "site.counts")}


def test_what_was_written_about_a_cell_stands_in_the_findings_file_alone(tmp_path: Path) -> None:
    written = run(copied(tmp_path, more=DECIDED))
    assert {"findings.csv"} == {name for name, text in written.items() if NAME in text or "Zork" in text}
    rows = list(csv.DictReader(written["findings.csv"].splitlines()))
    assert {
        ("accepted cell", f"accepted by Dr Zork on 2026-03-01: asked {NAME} again"),
        ("doubtful cell", f"the sheet of {NAME} was wet"),
    } == {(row["rule"], row["because"]) for row in rows if row["because"]}
    told = {one["rule"]: one["message"] for one in json.loads(written["results.json"])["findings"]}
    assert "in doubt, read as it stands" == told["doubtful cell"]
    assert "a person decided about this cell, under `accept`" == told["accepted cell"]


def test_what_was_written_about_a_cell_is_shown_with_the_values_only(tmp_path: Path, capsys: Capture) -> None:
    study = copied(tmp_path, more=DECIDED)
    files = ["check", str(study / "protocol.yaml"), str(study / "chart.yaml")]
    for how in ([], ["--json"]):
        assert 0 == main([*files, "--values", *how])
        assert NAME in capsys.readouterr().out
        assert 0 == main([*files, "--no-values", *how])
        assert NAME not in capsys.readouterr().out


DATES = ("2008-01-31", "2008-02-28", "2008-03-31", "2008-04-30", "2008-01-31", "2008-02-28", "2008-03-31", "2008-04-30")
PEOPLE = ("Quux, Ada", "Zork, Bo", "Blaf, Cy", "Frob, Di", "Gnip, Ed", "Hort, Fay", "Ikel, Gus", "Jorn, Hal")
TEXT = ("since the move", "limp", "rash", "weak", "cough", "tired", "fell off a horse", "fever")


@pytest.mark.parametrize(("words", "held"), [(DATES, 8), (PEOPLE, 8), (("acute", *DATES[:1], *["acute"] * 6), 1)])
def test_an_attribute_that_tells_who_a_patient_is_has_no_levels_and_is_told(
    tmp_path: Path, words: Sequence[str], held: int
) -> None:
    written = run(copied(tmp_path, column=words))
    secret = [word for word in words if word != "acute"]
    for name in written.keys() - {"findings.csv", "patients.csv"}:
        assert not [word for word in secret if word in written[name]], name
    assert all(word in written["patients.csv"] for word in secret)
    assert "first sign" not in json.dumps(json.loads(written["results.json"])["results"])
    (told,) = [one for one in json.loads(written["results.json"])["findings"] if one["rule"] == "attribute"]
    cells = "1 cell holds" if held == 1 else f"{held} cells hold"
    assert told["message"].startswith(f"{cells} a date, or what looks like the identifier of a person")
    (row,) = [row for row in csv.DictReader(written["findings.csv"].splitlines()) if row["rule"] == "attribute"]
    assert ("patients.csv", "extra", "first sign") == (row["file"], row["column"], row["field"])
    assert '["withheld","attribute","first sign",8]' in written["site.counts"].splitlines()


def test_free_text_stays_at_the_site(tmp_path: Path) -> None:
    written = run(copied(tmp_path, column=TEXT))
    assert not [word for word in TEXT if word in written["site.counts"] or word in written["results.json"]]
    assert '["withheld","attribute","first sign",8]' in written["site.counts"].splitlines()
    assert not [one for one in json.loads(written["results.json"])["findings"] if one["rule"] == "attribute"]


def test_levels_of_a_site_leave_it_and_those_withheld_are_in_no_denominator(tmp_path: Path) -> None:
    counts = []
    for site, words in (("here", ("acute", "slow") * 4), ("there", TEXT)):
        (tmp_path / site).mkdir()
        run(copied(tmp_path / site, column=words), site)
        counts.append(tmp_path / site / "site.counts")
    together = cs.combine(tmp_path / "here" / "protocol.yaml", counts, same_site_twice="a test")
    told = {
        one.label: (one.n, one.total) for one in together.summary.table_one if one.id.startswith("table1/attribute/")
    }
    assert {"first sign acute": (4, 8), "first sign slow": (4, 8)} == told
    assert "Of 8 included cases sites told nothing of: attribute first sign." in together.summary.limits


def test_a_date_in_the_name_of_an_event_leaves_neither_in_results_nor_in_counts(tmp_path: Path) -> None:
    study = copied(tmp_path)
    events = study / "chart" / "events.csv"
    text = events.read_text(encoding="utf-8")
    assert "headache" in text
    events.write_text(text.replace("headache", "headache since 14.3.2009"), encoding="utf-8")
    written = run(study)
    for name in ("results.json", "site.counts", "report.html"):
        assert "headache since [date]" in written[name].lower() and "14.3.2009" not in written[name]


def people(words: Sequence[str], ids: Sequence[str] = ()) -> list[Person]:
    names = ids or [f"P{number}" for number in range(1, len(words) + 1)]
    return [
        Person(name, row, attributes=(("extra", word),))
        for row, (name, word) in enumerate(zip(names, words, strict=True))
    ]


@pytest.mark.parametrize(
    "words",
    [
        ("14.3.09",), ("since May 2007", "acute"), ("a@b.org", "none"), ("010180-1234",), ("123-45-6789", ""), ("040 123 45 67",),
        ("MRN 12345", "unknown"), ("1234567", "7654321"), ("Dr. Zork", "acute"), ("Quux, Ada", "Zork, Bo"), ("P2", "acute"),
    ],
)  # fmt: skip
def test_words_that_tell_who_a_patient_is(words: Sequence[str]) -> None:
    assert words[0] in private_attributes(people(words))["extra"]


def test_a_column_that_repeats_the_ids_or_is_called_a_name() -> None:
    ids = ("1", "2", "3")
    assert {"extra": ids} == private_attributes(people(ids, ids))
    named = [Person("P1", 1, attributes=(("First_Name", "Ada"),))]
    assert {"First_Name": ("Ada",)} == private_attributes(named)


@pytest.mark.parametrize(
    "words",
    [
        ("acute", "slow"), ("1", "2"), ("2008", "2009"), ("250000", "90000"), ("1200000", "90000"), ("1:160", "<5"), ("2001-2005", "IIB"),
        ("HLA-B27", "CD25"), ("10-5 mg", "1.2345678"), ("Rash, fever", "Limp, cough"), ("M33.0", "anti-Jo-1"), ("", " "),
    ],
)  # fmt: skip
def test_words_that_describe(words: Sequence[str]) -> None:
    assert {} == private_attributes(people(words))


def test_two_patients_may_have_numbers_that_are_their_ids_by_chance() -> None:
    assert {} == private_attributes(people(("1", "2"), ("1", "2")))
