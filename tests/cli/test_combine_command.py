"""`caseseries combine`: sites added up, and every mistake told before anything is written."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from caseseries import __version__
from caseseries.cli.commands.run import database_print
from caseseries.cli.main import main
from caseseries.protocol.fingerprint import fingerprint
from caseseries.summary.aggregate import aggregate
from caseseries.summary.sites import SiteCounts, seal

Capture = pytest.CaptureFixture[str]


def _sample() -> ModuleType:
    name = "sample_of_counts"
    if name not in sys.modules:
        place = Path(__file__).parents[1] / "report" / "sample_of_counts.py"
        spec = importlib.util.spec_from_file_location(name, place)
        assert spec is not None and spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


SAMPLE = _sample()


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """The files of two sites."""
    made = {}
    for site, scale, seed in (("north", 0.0006, 3), ("south", 0.0004, 5)):
        protocol = SAMPLE.protocol()
        told = aggregate(protocol, SAMPLE.tally(scale, seed), audience="network", smallest=5)
        counts = SiteCounts(site, fingerprint(protocol), __version__, "network", 5, True, True, told, "database")
        made[site] = "".join(f"{line}\n" for line in counts.lines())
    return made


@pytest.fixture
def study(tmp_path: Path, texts: dict[str, str]) -> Path:
    """A folder with the protocol and the files of both sites."""
    (tmp_path / "protocol.yaml").write_text(SAMPLE.PROTOCOL, encoding="utf-8")
    for site, text in texts.items():
        (tmp_path / f"{site}.counts").write_text(text, encoding="utf-8")
    return tmp_path


def combine(study: Path, *names: str, more: tuple[str, ...] = ()) -> int:
    files = [str(study / name) for name in names]
    return main(["combine", str(study / "protocol.yaml"), *files, "--out", str(study / "results"), "-q", *more])


def test_two_sites_are_one_report_without_patients(study: Path, capsys: Capture) -> None:
    assert 0 == combine(study, "south.counts", "north.counts", more=("--json",))
    told = json.loads(capsys.readouterr().out)
    assert ["north", "south"] == told["sites"]
    found = json.loads((study / "results" / "results.json").read_text(encoding="utf-8"))
    assert told["included"] == found["included"] == sum(site["included"] for site in found["sites"])
    assert [("north", "network", 5), ("south", "network", 5)] == [
        (site["label"], site["audience"], site["smallest"]) for site in found["sites"]
    ]
    assert not list((study / "results").glob("patients*"))
    assert "Counts of 2 sites were added up" in (study / "results" / "report.html").read_text(encoding="utf-8")


def test_the_order_of_the_files_changes_nothing(study: Path, tmp_path: Path) -> None:
    written = []
    for names in (("south.counts", "north.counts"), ("north.counts", "south.counts")):
        assert 0 == combine(study, *names)
        written.append({path.name: path.read_bytes() for path in (study / "results").rglob("*") if path.is_file()})
    assert written[0] == written[1]


def sealed(text: str) -> str:
    """A file that was changed, and its last line with it."""
    *above, last = text.splitlines()
    return "".join(f"{line}\n" for line in [*above, seal(above) if last.startswith("end ") else last])


#: How a line begins, and what in it becomes what.
DAMAGED = {
    "a digit of a sum": ('["squares",', "1", "3"),
    "a letter of a reason": ('["absent",', "window", "windov"),
}


@pytest.mark.parametrize("way", DAMAGED)
def test_a_file_that_was_damaged_on_its_way_is_refused(
    study: Path, texts: dict[str, str], way: str, capsys: Capture
) -> None:
    """The mean of a value was another one without a word."""
    lines = texts["north"].splitlines()
    begins, old, new = DAMAGED[way]
    at = next(place for place, line in enumerate(lines) if line.startswith(begins) and old in line)
    lines[at] = lines[at].replace(old, new, 1)
    (study / "north.counts").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert 1 == combine(study, "south.counts", "north.counts")
    assert "north.counts: the file was changed, or damaged on its way" in capsys.readouterr().err
    assert not (study / "results").exists()


def test_line_ends_of_another_system_change_nothing(study: Path, texts: dict[str, str]) -> None:
    (study / "north.counts").write_bytes(texts["north"].replace("\n", "\r\n").encode())
    assert SiteCounts.read(texts["north"].splitlines()) == SiteCounts.read(
        (study / "north.counts").read_text(encoding="utf-8").splitlines()
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("protocol: ", 'protocol: "0123456789abcdef"\nx', "no line `package"),
        (f'package: "{__version__}"', 'package: "0.0.1"', "another version of caseseries"),
        ("caseseries counts, format 6", "something else", "not a file of counts"),
        (
            "caseseries counts, format 6",
            "caseseries counts, format 4",
            "in the format of another version of caseseries",
        ),
        ('kept: "database"', 'kept: "sites"', "no line `kept"),
        ("\nend ", "\nno ", "cut short"),
        ('site: "north"', 'site: "south"', "two files of one site"),
    ],
)
def test_a_file_that_does_not_belong_stops_everything(
    study: Path, texts: dict[str, str], old: str, new: str, said: str, capsys: Capture
) -> None:
    assert old in texts["north"]
    (study / "north.counts").write_text(sealed(texts["north"].replace(old, new, 1)), encoding="utf-8")
    assert 1 == combine(study, "north.counts", "south.counts")
    printed = capsys.readouterr().err
    assert said in printed and "Traceback" not in printed
    assert not (study / "results").exists()


def test_counts_of_another_protocol_are_refused(study: Path, capsys: Capture) -> None:
    changed = SAMPLE.PROTOCOL.replace("at_least: 10 mmHg", "at_least: 12 mmHg")
    (study / "protocol.yaml").write_text(changed, encoding="utf-8")
    assert 1 == combine(study, "north.counts", "south.counts")
    printed = capsys.readouterr().err
    assert 2 == printed.count("counts made by another protocol")


def test_every_file_with_a_mistake_is_listed(study: Path, capsys: Capture) -> None:
    (study / "north.counts").write_text("x", encoding="utf-8")
    (study / "south.counts").write_bytes(b"\xff\xfe")
    assert 1 == combine(study, "north.counts", "south.counts", "west.counts")
    printed = capsys.readouterr().err
    assert all(name in printed for name in ("north.counts", "south.counts", "west.counts"))


def test_a_file_whose_counts_do_not_add_up_is_refused(study: Path, texts: dict[str, str], capsys: Capture) -> None:
    line = next(line for line in texts["north"].splitlines() if line.startswith('["cases","","",'))
    count = int(line.rstrip("]").rsplit(",", 1)[1])
    changed = texts["north"].replace(line, f'["cases","","",{count + 1}]')
    (study / "north.counts").write_text(sealed(changed), encoding="utf-8")
    assert 1 == combine(study, "south.counts", "north.counts")
    assert "do not add up" in capsys.readouterr().err
    assert not (study / "results").exists()


def test_the_same_file_twice_is_one_site_twice(study: Path, capsys: Capture) -> None:
    assert 1 == combine(study, "north.counts", "north.counts")
    assert "two files of one site" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--export", "x.counts"], "--export and --export-for go together"),
        (["--export-for", "network"], "--export and --export-for go together"),
        (["--smallest", "7"], "--smallest is about what is told to the network or the public"),
        (["--engine", "spark"], "read by duckdb, not by spark"),
    ],
)
def test_options_of_databases_that_do_not_go_together(
    tmp_path: Path, options: list[str], said: str, capsys: Capture
) -> None:
    (tmp_path / "protocol.yaml").write_text(SAMPLE.PROTOCOL, encoding="utf-8")
    (tmp_path / "omop.yaml").write_text('omop:\n  cdm: "5.4"\n  from: {parquet: nowhere}\n', encoding="utf-8")
    given = ["run", str(tmp_path / "protocol.yaml"), str(tmp_path / "omop.yaml"), "--out", str(tmp_path / "results")]
    assert 1 == main([*given, *options])
    assert said in capsys.readouterr().err


def test_options_of_databases_are_refused_for_a_chart(project_root: Path, tmp_path: Path, capsys: Capture) -> None:
    study = project_root / "examples" / "jdm-mmf"
    given = ["run", str(study / "protocol.yaml"), str(study / "chart.yaml"), "--out", str(tmp_path / "results")]
    assert 1 == main([*given, "--work", str(tmp_path / "work")])
    assert "--work: only for databases" in capsys.readouterr().err


def copied(study: Path, label: str = "west", **changes: object) -> None:
    """The file of the northern site under another name and label, as an export made twice or a copy would be."""
    counts = SiteCounts.read((study / "north.counts").read_text(encoding="utf-8").splitlines())
    lines = replace(counts, site=label, **changes).lines()
    (study / f"{label}.counts").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def test_one_site_under_two_labels_is_refused(study: Path, capsys: Capture) -> None:
    """The counts were added up twice without a word."""
    copied(study)
    assert 1 == combine(study, "north.counts", "south.counts", "west.counts")
    told = capsys.readouterr().err
    assert "north and west hold the same counts" in told and "--same-site-twice REASON" in told
    assert not (study / "results").exists()


def test_one_database_for_two_audiences_is_refused(study: Path, capsys: Capture) -> None:
    protocol = SAMPLE.protocol()
    whole = aggregate(protocol, SAMPLE.tally(0.0006, 3), audience="own site", smallest=5)
    copied(study, "east", tally=whole, audience="own site")
    assert 1 == combine(study, "north.counts", "east.counts")
    assert "east and north hold nearly the same counts" in capsys.readouterr().err


def test_two_files_of_one_database_are_refused_whatever_they_count(study: Path, capsys: Capture) -> None:
    for name in ("north", "south"):
        file = study / f"{name}.counts"
        counts = SiteCounts.read(file.read_text(encoding="utf-8").splitlines())
        file.write_text("".join(f"{line}\n" for line in replace(counts, database="ab12").lines()), encoding="utf-8")
    assert 1 == combine(study, "north.counts", "south.counts")
    assert "north and south counted the same database" in capsys.readouterr().err


def test_labels_that_differ_in_case_or_spaces_are_one_site(study: Path, capsys: Capture) -> None:
    copied(study, " North")
    assert 1 == combine(study, "north.counts", " North.counts")
    assert "two files of one site" in capsys.readouterr().err


def test_the_same_counts_are_combined_with_a_reason_that_the_report_prints(study: Path, capsys: Capture) -> None:
    copied(study)
    reason = "two wards\x1b[31m with separate patients"
    assert 0 == combine(study, "north.counts", "west.counts", more=("--same-site-twice", reason))
    page = (study / "results" / "report.html").read_text(encoding="utf-8")
    assert "north and west hold the same counts; they were combined all the same, because: two wards" in page
    found = json.loads((study / "results" / "results.json").read_text(encoding="utf-8"))
    assert any("because: two wards" in line for line in found["deviations"]) and "\x1b" not in page


def test_an_empty_reason_is_none(study: Path) -> None:
    copied(study)
    assert 1 == combine(study, "north.counts", "west.counts", more=("--same-site-twice", "  "))


def test_the_fingerprint_of_a_database_follows_its_files_and_not_their_names_or_description() -> None:
    one = database_print({"omop.yaml": "11", "a/person.parquet": "22"}, "omop.yaml")
    assert one == database_print({"other.yaml": "33", "copy/person.parquet": "22"}, "other.yaml")
    assert one != database_print({"omop.yaml": "11", "a/person.parquet": "23"}, "omop.yaml")


def test_the_report_of_charts_speaks_of_charts(tmp_path: Path, project_root: Path) -> None:
    example = shutil.copytree(project_root / "examples" / "jdm-mmf", tmp_path / "study")
    files, written = [str(example / "protocol.yaml"), str(example / "chart.yaml")], tmp_path / "clinic.counts"
    asked = ["--out", str(tmp_path / "own"), "--export", str(written), "--export-for", "own-site", "-q"]
    assert 0 == main(["run", *files, *asked])
    assert 'kept: "chart"' in written.read_text(encoding="utf-8").splitlines()
    assert 0 == main(["combine", files[0], str(written), "--out", str(tmp_path / "all"), "-q"])
    page = (tmp_path / "all" / "report.html").read_text(encoding="utf-8")
    assert "JBI critical appraisal checklist" in page and "Charts found at the sites" in page
    for words in ("atabase", "rescription", "RECORD,", "routine data"):
        assert words not in page
    found = json.loads((tmp_path / "all" / "results.json").read_text(encoding="utf-8"))
    assert ("chart", ["chart"]) == (found["kept"], [site["kept"] for site in found["sites"]])


def test_charts_and_databases_combined_are_both_named(study: Path, texts: dict[str, str]) -> None:
    charted = texts["north"].replace('kept: "database"', 'kept: "chart"', 1)
    (study / "north.counts").write_text(sealed(charted), encoding="utf-8")
    assert 0 == combine(study, "north.counts", "south.counts")
    page = (study / "results" / "report.html").read_text(encoding="utf-8")
    assert "Charts were read at north, a database at south" in page
    assert "retrospective chart review and routine data · several sites" in page
    assert "Persons in charts and databases" in page
