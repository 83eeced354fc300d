"""A file is named for what it holds: where two folders have a file of one name, it is one concept in both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

#: Names that stand in several rooms for one concept, and what it is. A file of cli/commands has the name of its command and is left out.
ONE_CONCEPT = {
    "agreement": "two verdicts side by side: counted, and printed",
    "asked_attributes": "attributes of patients that a protocol asks for: gathered, and looked for in a chart",
    "attached": "lists of patients and cohorts beside a protocol: declared, read for a chart, read for a database",
    "by_answer": "the cases by their answer to one outcome: counted, summarised",
    "case": "who is a case: declared, and found by the reference",
    "charted": "which kinds of fact a source could tell: of a chart, of a database, printed",
    "choices": "the choices a protocol makes: gathered, and printed; what it leaves to the data are open_choices",
    "csv_file": "a CSV file: read as a sheet, and written",
    "contenders": "rows that a window may take where dates are known in part: by the stage, and by the reference",
    "counted": "measures that count events of a window: declared, counted, counted by the reference",
    "derived": "measures made of others on one day: declared, made as rows, made again by the reference, told with their parts",
    "describe": "a described quantity: computed, and printed",
    "description": "what a user writes of a source: chart.yaml, omop.yaml",
    "dose": "the daily dose on a day: by the stage, and by the reference",
    "eligibility": "criteria of eligibility: declared, applied, applied by the reference",
    "exposure": "cumulative doses: added up, by the reference, in words, described, printed",
    "extremes": "the nadir and the peak: declared, taken, taken by the reference",
    "findings": "what was noticed while a source was read: gathered, and printed",
    "follow_up": "how long a case was followed: by the stage, by the reference, printed",
    "event_count": "an outcome that counts events: declared, counted, counted by the reference, made into rates, reported",
    "free_of": "a stretch of a window without an event: by the stage, and by the reference",
    "held_rule": "a rule read on visit days: declared, applied, applied by the reference",
    "over_time": "an outcome at several time points: of one case, counted, printed",
    "patient_is": "facts of the patient in a rule: declared, and answered",
    "questions": "what a rule asks besides values: answered by the stage, and by the reference",
    "intercurrent": "intercurrent events: declared, applied, applied by the reference",
    "lab_grades": "laboratory values graded by CTCAE: declared, graded, graded by the reference, in words, counted, printed",
    "leaf": "one comparison of a rule: what it rests on, and how it is told",
    "levels": "the levels of an outcome: their rules, counted, printed, drawn",
    "look_back": "how far back a history must be known: by the stage, and by the reference",
    "normal_limits": "limits of normal: declared, found for a value, found by the reference, printed",
    "occurrence": "events of a name in some days: found, answered in a rule, found by the reference",
    "open_choices": "choices that the data raise and the protocol does not make: of values, of verdicts, in the reference",
    "opened": "a source while it is open: the files of a chart, a database",
    "pivotal": "components that decide a verdict alone: computed, and printed",
    "raised": "whether the daily dose was raised above that of baseline: by the stage, and by the reference",
    "read": "from a source to the chart: from files, from a database",
    "responders": "who responded: counted, and printed",
    "robustness": "the other choices under which the headline is shown: declared, and printed",
    "rule": "the rule of an outcome: declared, and walked by the reference",
    "safety": "adverse events on treatment: declared, and printed",
    "schema": "the JSON Schema of a file that a user writes: protocol.yaml, chart.yaml",
    "seen": "which days of a window were seen of a case: by the stage, and by the reference",
    "sexes": "the words for the sexes: what they mean in a chart, and counted",
    "spells": "spells in states: declared, found, found by the reference, told of one case, counted, printed, drawn",
    "strata": "the strata of an outcome: declared, summarised, printed",
    "time_days": "the days on which the rules of a time to an event are read: by the stage, and by the reference",
    "time_to": "the time to an event: declared, found, found by the reference, told of one case, counted, printed, drawn",
    "trajectory": "slopes over the days of a window: declared, counted, counted by the reference, summarised, printed",
    "value_at": "a value at one time by the first verdict: counted, summarised, printed",
    "unchanged": "drugs taken as before in a window: by the stage, and by the reference",
    "window_end": "where a window ends that has not the same days in every case: declared, found, asked for, by the reference",
    "window": "a window: declared, applied, applied by the reference",
}


def names_of_several(files: Iterable[Path]) -> dict[str, list[str]]:
    """The names that stand in more than one folder, with the folders."""
    folders: dict[str, list[str]] = defaultdict(list)
    for file in sorted(files):
        if file.stem not in {"__init__", "__main__"} and file.parts[-3:-1] != ("cli", "commands"):
            folders[file.stem].append(file.parent.as_posix())
    return {name: found for name, found in folders.items() if len(found) > 1}


def test_two_folders_with_a_file_of_one_name_are_found() -> None:
    files = map(
        Path,
        [
            "chart/words.py",
            "protocol/words.py",
            "chart/cells.py",
            "cli/commands/cells.py",
            "chart/__init__.py",
            "__init__.py",
        ],
    )
    assert {"words": ["chart", "protocol"]} == names_of_several(files)


def test_a_name_stands_for_one_thing(project_root: Path) -> None:
    package = project_root / "src" / "caseseries"
    several = names_of_several(path.relative_to(package) for path in package.rglob("*.py"))
    assert {} == {name: rooms for name, rooms in several.items() if name not in ONE_CONCEPT}
    assert set() == ONE_CONCEPT.keys() - several.keys()
