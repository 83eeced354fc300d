"""A clinician's answers to what `new` asks, and what she may look up afterwards."""

from __future__ import annotations

from pathlib import Path

from tests.form.started import Started, started

#: Her answers to what every study is asked.
USUAL = {
    "study": "A study", "authors_knew": "nothing", "lost": "not evaluable", "drug_stopped": "as observed", "rescue_added": "as observed",
    "steroid_raised_above_baseline": "non-responder", "ascertainment": "as in the notes", "stop_means": "last day taken", "blank_stop": "ongoing",
}  # fmt: skip


def answered(source: Path, tmp_path: Path, asked: int, **more: str | list[str]) -> Started:
    """The study that `new` starts from a chart, with its questions answered, of which there are exactly so many."""
    study = started(source, tmp_path / "study")
    assert asked == len(study.asked), study.asked
    return study.answer(**{**USUAL, **more})


def changed(study: Started, file: str, *pairs: tuple[str, str]) -> Started:
    """The study with lines of one of its files written otherwise; each stands there exactly once."""
    path = {"protocol": study.protocol, "chart": study.chart}[file]
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert text.count(old) == 1, (text.count(old), old)
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return study


def verdicts(study: Started, outcome: str = "response") -> dict[str, str]:
    """The verdict of each included patient: yes, no, or not evaluable."""
    rows = study.results.table("verdicts")
    return {
        row["case_id"]: row["verdict"] for row in rows if row["outcome"] == outcome and row["reading"] == "as written"
    }
