"""Finished ranges on disk: whole or absent, and never mixed with another study's."""

from __future__ import annotations

import gc
import json
import os
from pathlib import Path

import pytest

from caseseries.errors import OutputError
from caseseries.stats.tally import Tally
from caseseries.study.work import Range, open_work

RANGES = (Range(1, None, 10), Range(2, 11, None))
STUDY = {"protocol": "a", "source": "b", "version": "0"}


def finish(folder: Path | None, part: Range, tally: Tally) -> None:
    with open_work(folder) as work:
        work.claim(STUDY, RANGES)
        work.unfinished_parquet(part).write_bytes(b"rows")
        work.finish(part, tally)


def test_a_finished_range_is_found_again(tmp_path: Path) -> None:
    finish(tmp_path / "work", RANGES[0], Tally({("persons",): 3}))
    with open_work(tmp_path / "work") as work:
        work.claim(STUDY, RANGES)
        assert Tally({("persons",): 3}) == work.finished(RANGES[0])
        assert work.finished(RANGES[1]) is None
        assert b"rows" == work.parquet(RANGES[0]).read_bytes()


def test_what_a_stopped_range_left_is_removed_and_does_not_count(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), open_work(tmp_path / "work") as work:
        work.claim(STUDY, RANGES)
        work.unfinished_parquet(RANGES[0]).write_bytes(b"half")
        raise KeyboardInterrupt
    with open_work(tmp_path / "work") as work:
        assert work.finished(RANGES[0]) is None
    assert ["plan.json"] == [path.name for path in (tmp_path / "work").iterdir()]


SPOILT = {
    "an empty plan": ("plan.json", lambda data: b""),
    "a cut plan": ("plan.json", lambda data: data[:20]),
    "a plan that is a list": ("plan.json", lambda data: b"[]"),
    "empty counts": ("range-00001.tally", lambda data: b""),
    "counts cut inside a line": ("range-00001.tally", lambda data: data[:-4]),
    "counts cut between two lines": ("range-00001.tally", lambda data: b"".join(data.splitlines(keepends=True)[:-1])),
    "a count changed": ("range-00001.tally", lambda data: data.replace(b",3]", b",4]")),
    "cut patients": ("range-00001.parquet", lambda data: data[:-1]),
    "empty patients": ("range-00001.parquet", lambda data: b""),
    "patients of another range": ("range-00001.parquet", lambda data: b"ROWS"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_range_that_was_cut_or_changed_is_refused_with_its_file(tmp_path: Path, name: str) -> None:
    finish(tmp_path / "work", RANGES[0], Tally({("persons",): 3, ("sex", "F"): 2}))
    file, spoil = SPOILT[name]
    data = (tmp_path / "work" / file).read_bytes()
    (tmp_path / "work" / file).write_bytes(spoil(data))
    assert data != (tmp_path / "work" / file).read_bytes()
    with pytest.raises(OutputError, match="cannot be gone on from") as wrong, open_work(tmp_path / "work") as work:
        work.claim(STUDY, RANGES)
        work.finished(RANGES[0])
    blamed = "range-00001.tally" if file.startswith("range") else file
    assert blamed == Path(wrong.value.where).name


def test_a_plan_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match="No space"), open_work(tmp_path / "work") as work:
            work.claim(STUDY, RANGES)
    assert [] == list((tmp_path / "work").iterdir())


def test_a_private_folder_is_removed_and_readable_by_its_owner_alone() -> None:
    with open_work(None) as work:
        folder = work.folder
        assert 0o700 == folder.stat().st_mode & 0o777
    assert not folder.exists()


@pytest.mark.parametrize("changed", [{"protocol": "c"}, {"source": "c"}, {"version": "1"}])
def test_ranges_of_another_run_are_refused(tmp_path: Path, changed: dict[str, str]) -> None:
    finish(tmp_path / "work", RANGES[0], Tally())
    with pytest.raises(OutputError, match=f"different {next(iter(changed))}"):
        open_work(tmp_path / "work").claim(STUDY | changed, RANGES)


def test_a_run_with_other_memory_goes_on_with_the_ranges_that_were_begun(tmp_path: Path) -> None:
    finish(tmp_path / "work", RANGES[0], Tally({("persons",): 3}))
    with open_work(tmp_path / "work") as work:
        assert RANGES == work.claim(STUDY, (Range(1, None, None),))
        assert Tally({("persons",): 3}) == work.finished(RANGES[0])


def test_counts_of_everybody_in_a_range_are_not_gone_on_from(tmp_path: Path) -> None:
    finish(tmp_path / "work", RANGES[0], Tally())
    plan = tmp_path / "work" / "plan.json"
    plan.write_text(plan.read_text().replace('"counts": "2",', ""))
    with pytest.raises(OutputError, match="different counts"):
        open_work(tmp_path / "work").claim(STUDY, RANGES)


@pytest.mark.parametrize(
    "ranges",
    [
        "[[null, 10], [12, null]]",
        "[[null, 10], [10, null]]",
        "[[1, 10], [11, null]]",
        "[[null, 10], [11, 20]]",
        "[[null]]",
        "[]",
        "7",
    ],
)
def test_a_plan_whose_ranges_are_not_every_patient_once_is_refused(tmp_path: Path, ranges: str) -> None:
    finish(tmp_path / "work", RANGES[0], Tally())
    file = tmp_path / "work" / "plan.json"
    plan = json.loads(file.read_text())
    file.write_text(json.dumps({**plan, "ranges": json.loads(ranges)}))
    with pytest.raises(OutputError, match="cannot be gone on from"):
        open_work(tmp_path / "work").claim(STUDY, RANGES)


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(OutputError, match="no run of caseseries"):
        open_work(tmp_path)
    assert "dear" == (tmp_path / "letter.txt").read_text()


def test_two_runs_do_not_work_in_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    with open_work(folder) as work:
        with pytest.raises(OutputError, match=rf"The work folder is being used by process {os.getpid()}\."):
            open_work(folder)
        work.claim(STUDY, RANGES)
        work.unfinished_parquet(RANGES[1]).write_bytes(b"another's")
        work.all_finished()
        assert ["plan.json"] == [path.name for path in folder.iterdir()]
        with open_work(folder) as other:  # it may go on, and keeps what it has begun
            other.unfinished_parquet(RANGES[0]).write_bytes(b"begun")
            work.close()
            assert other.unfinished_parquet(RANGES[0]).exists()
    assert ["plan.json"] == [path.name for path in folder.iterdir()]


def test_a_run_that_was_killed_before_it_had_a_plan_keeps_nobody_out(tmp_path: Path) -> None:
    for name in (".held", ".plan.json.4711.part"):
        (tmp_path / name).write_text("4711\n")
    with open_work(tmp_path) as work:
        work.claim(STUDY, RANGES)
    assert ["plan.json"] == [path.name for path in tmp_path.iterdir()]


def test_a_private_folder_goes_with_its_object() -> None:
    work = open_work(None)
    folder = work.folder
    (folder / "range-00001.parquet").write_bytes(b"patients")
    del work
    gc.collect()
    assert not folder.exists()
