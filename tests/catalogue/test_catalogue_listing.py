"""The list of everything, near spellings, and how long loading takes."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

import caseseries.catalogue as catalogue
from caseseries.catalogue import CatalogueMiss, entries, fold, nearest, words_of
from caseseries.errors import CaseSeriesError, Place


def test_entries_are_unique_by_kind_and_key() -> None:
    listed = [(entry.kind, entry.key) for entry in entries()]
    assert len(set(listed)) == len(listed)


def test_entries_cover_every_kind() -> None:
    kinds = "instrument|drug class|drug|same drug|constant|route|schedule|response criterion|graded term"
    assert set(kinds.split("|")) == {entry.kind for entry in entries()}


def test_public_names_exist_and_are_sorted() -> None:
    assert sorted(catalogue.__all__) == catalogue.__all__
    assert all(hasattr(catalogue, name) for name in catalogue.__all__)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("0.125", "0.125"),
        ("-3/2", "-1.5"),
        ("1/28", "1/28"),
        ("105", "105"),
        ("0", "0"),
        ("0.05", "0.05"),
        ("30", "30"),
    ],
)
def test_numbers_in_words(number: str, words: str) -> None:
    assert words_of(Fraction(number)) == words


@pytest.mark.parametrize(
    ("word", "allowed", "expected"),
    [
        ("improvment", ["improvement", "worsening"], ("improvement",)),
        ("NEAREST ", ["last", "nearest"], ("nearest",)),
        ("xyz", ["nearest", "last"], ()),
        ("", ["nearest"], ()),
        ("---", ["nearest"], ()),
        ("base", ["baseline", "month 3"], ("baseline",)),
        ("aab", ["aaa", "aac"], ("aaa", "aac")),  # equally near: the order given
        ("aab", ["aac", "aaa"], ("aac", "aaa")),
    ],
)
def test_nearest(word: str, allowed: list[str], expected: tuple[str, ...]) -> None:
    assert nearest(word, allowed) == expected


def test_a_pasted_note_is_refused_as_a_name_and_not_kept() -> None:
    kept = fold.cache_info().currsize
    with pytest.raises(CatalogueMiss, match="at most 200 characters"):
        catalogue.drug("methotrexate" + " " * 200)
    assert fold.cache_info().currsize == kept
    assert catalogue.drug("methotrexate" + " " * 188).key == "methotrexate"


def test_a_miss_is_a_case_series_error_and_a_problem_with_an_address() -> None:
    with pytest.raises(CaseSeriesError) as caught:
        catalogue.drug("methotrexat")
    miss = caught.value
    assert isinstance(miss, CatalogueMiss)
    public = miss.problem(Place("p.yaml", line=3))
    assert (
        public.describe()
        == "p.yaml:3: not a drug in the catalogue (found 'methotrexat'; allowed: nearest: methotrexate)"
    )
    private = miss.problem(Place("drugs.csv", row=7), private=True)
    assert "'methotrexat'" not in private.describe()
    assert "'methotrexat'" in private.describe(values=True)


FILES = sorted(Path(catalogue.__file__).with_name("data").glob("*.toml"))
#: What is read where the catalogue is: all but the papers, which only a report asks for.
DATA = [one.read_text(encoding="utf-8") for one in FILES if one.stem != "literature"]


def test_loading_everything_takes_hardly_longer_than_parsing_its_files() -> None:
    """Processor time in a fresh interpreter, best of five, against that of the parser alone beside it: a busy machine slows down both."""
    script = (
        "import json, sys, time, tomllib, caseseries.catalogue as c\n"
        "files = json.load(sys.stdin)\n"
        "start = time.process_time()\n[tomllib.loads(one) for one in files]\n"
        "half = time.process_time()\nc.entries()\n"
        "print((time.process_time() - half) / (half - start))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", script], input=json.dumps(DATA).encode(), capture_output=True, check=True)
        for _ in range(5)
    ]
    assert min(float(run.stdout) for run in runs) < 1.5


def test_the_papers_are_read_only_where_a_report_asks_for_them() -> None:
    script = (
        "import tomllib, caseseries.catalogue as c\n"
        "read, parse = [], tomllib.loads\ntomllib.loads = lambda text: read.append('[paper.' in text) or parse(text)\n"
        "c.entries()\nassert read and not any(read)\nc.papers()\nassert read.count(True) == 1"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    assert len(FILES) == len(DATA) + 1


def test_the_data_files_are_parsed_within_a_blink() -> None:
    """At 150,000 letters, about 35 ms at rest; beyond it a quicker form than TOML is due."""
    assert sum(map(len, DATA)) < 170_000
