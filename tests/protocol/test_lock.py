"""Locking: what is recorded, what is refused, and every later change in words."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from caseseries.errors import CaseSeriesError, OutputError, ProtocolError
from caseseries.protocol.fingerprint import fingerprint
from caseseries.protocol.load import load
from caseseries.protocol.lock import lock, lock_file, status
from caseseries.protocol.shown import outcomes_shown, record_shown, shown_file

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "jdm-mmf" / "protocol.yaml"
MAY, JUNE, JULY = dt.date(2024, 5, 1), dt.date(2024, 6, 1), dt.date(2024, 7, 1)
REASON = "before the charts were read"
BEFORE = "before this software showed outcomes, as far as is recorded beside the protocol"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The example with no choice left open."""
    path = tmp_path / "protocol.yaml"
    path.write_text(
        EXAMPLE.read_text(encoding="utf-8").replace("not evaluable, components", "mean, components"), encoding="utf-8"
    )
    change(path, "take: last, same_day: not evaluable}", "take: last, same_day: mean}")
    return path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_protocol_nobody_locked(written: Path) -> None:
    found = status(written)
    assert ("unlocked", "", (), ()) == (found.state, found.words, found.locks, found.deviations)


def test_a_lock_says_when_and_whether_outcomes_had_been_shown(written: Path) -> None:
    made = lock(written, reason=f"  {REASON}\n", today=MAY)
    assert (fingerprint(load(written).protocol), MAY, REASON, "before") == (
        made.fingerprint,
        made.date,
        made.reason,
        made.outcomes,
    )
    assert "The published totals were known when this protocol was written." == made.authors_knew
    found = status(written)
    assert ("locked", f"fixed on 2024-05-01, {BEFORE}") == (found.state, found.words)
    assert made == found.locks[0]


def test_after_outcomes_were_shown(written: Path) -> None:
    assert None is outcomes_shown(written)
    assert record_shown(written, today=MAY)
    assert record_shown(written, today=JUNE)  # the first day stays
    assert MAY == outcomes_shown(written)
    lock(written, reason=REASON, today=JUNE)
    assert "fixed on 2024-06-01, after this software showed outcomes" == status(written).words
    assert MAY == status(written).shown


def test_the_author_may_say_that_outcomes_were_seen_elsewhere(written: Path) -> None:
    assert "after" == lock(written, reason=REASON, today=MAY, outcomes_seen=True).outcomes


def test_the_author_may_not_deny_what_the_note_says(written: Path) -> None:
    record_shown(written, today=MAY)
    with pytest.raises(ProtocolError, match="showed outcomes of this study before"):
        lock(written, reason=REASON, today=JUNE, outcomes_seen=False)
    assert not lock_file(written).exists()


def test_open_choices_are_refused_all_at_once(tmp_path: Path) -> None:
    path = tmp_path / "protocol.yaml"
    path.write_text(EXAMPLE.read_text(encoding="utf-8").replace(", same_day: not evaluable", ""), encoding="utf-8")
    change(path, ", restart_after: 60 days", "")
    change(path, "partial_dates: refuse\n\n", "")
    with pytest.raises(ProtocolError) as caught:
        lock(path, reason=REASON, today=MAY)
    assert [
        "case > index_date > restart_after is not declared (needed once a patient stopped the drug and took it again)",
        "windows > baseline > same_day is not declared (needed once a measure has different values on one day)",
        "windows > month 3 > same_day is not declared (needed once a measure has different values on one day)",
        "partial_dates is not declared (needed once a date lacks its day or month)",
    ] == [problem.what for problem in caught.value.problems]
    assert not lock_file(path).exists()


@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_lock_needs_a_reason(written: Path, reason: str) -> None:
    with pytest.raises(CaseSeriesError, match="needs a reason"):
        lock(written, reason=reason, today=MAY)


def test_locking_twice_the_same_is_refused(written: Path) -> None:
    lock(written, reason=REASON, today=MAY)
    with pytest.raises(CaseSeriesError, match="locked already, on 2024-05-01"):
        lock(written, reason=REASON, today=JUNE)


def test_a_later_lock_is_not_dated_before_an_earlier_one(written: Path) -> None:
    lock(written, reason=REASON, today=JUNE)
    change(written, "take: last,", "take: first,")
    with pytest.raises(CaseSeriesError, match="later day than today's 2024-05-01"):
        lock(written, reason=REASON, today=MAY)


def test_two_locks_on_one_day(written: Path) -> None:
    lock(written, reason=REASON, today=MAY)
    change(written, "take: last,", "take: first,")
    lock(written, reason="the same afternoon", today=MAY)
    assert [REASON, "the same afternoon"] == [one.reason for one in status(written).locks]


def test_every_later_change_is_a_deviation_with_before_and_after(written: Path) -> None:
    lock(written, reason=REASON, today=MAY)
    change(written, "to: 0 days, take: last, same_day: mean}", "to: 5 days, take: first, same_day: mean, tie: earlier}")
    change(written, "more_than: 15 % of baseline", "more_than: 20 % of baseline")
    change(written, "biologics, IVIG]", "biologics]")
    change(written, "  - {age: {below: 18 years}, at: index date}\n", "")
    found = status(written)
    assert "changed since" == found.state
    assert (
        "include: without {age: {below: 18}, at: index date}",
        "windows > baseline > to: 0 days → 5 days",
        "windows > baseline > take: last → first",
        "windows > baseline > tie: not there → earlier",
        "intercurrent > rescue added > drugs: without IVIG",
        "outcomes > good response > rule > all > 2 > any > 2 > more_than: 15 % of baseline → 20 % of baseline",
    ) == found.deviations
    assert f"fixed on 2024-05-01, {BEFORE}; changed since in 6 places, {BEFORE}" == found.words


def test_layout_comments_and_recorded_amendments_are_no_deviation(written: Path) -> None:
    lock(written, reason=REASON, today=MAY)
    change(written, "study:", "# a comment\nstudy:")
    with written.open("a", encoding="utf-8") as file:
        file.write("amendments: [{date: 2024-06-01, what: nothing, reason: none}]\n")
    assert ("locked", ()) == (status(written).state, status(written).deviations)


def test_another_primary_outcome_is_a_deviation(written: Path) -> None:
    second = "  other: {at: month 3, rule: {is: improved}}\n"
    change(written, "\nsafety:", f"{second}\nsafety:")
    lock(written, reason=REASON, today=MAY)
    change(written, second, "")
    change(written, "outcomes:\n", f"outcomes:\n{second}")
    assert ("outcomes, of which the first is the primary one: good response, other → other, good response",) == status(
        written
    ).deviations


def test_a_change_locked_again_is_an_amendment_with_its_reason(written: Path) -> None:
    lock(written, reason=REASON, today=MAY)
    change(written, "to: 0 days, take: last", "to: 0 days, take: first")
    record_shown(written, today=JUNE)
    lock(written, reason="the first visit is the one before the drug", today=JULY)
    found = status(written)
    assert ("locked", ()) == (found.state, found.deviations)
    assert (
        "2024-07-01, the first visit is the one before the drug: windows > baseline > take: last → first",
    ) == found.amendments
    assert (
        f"fixed on 2024-05-01, {BEFORE}; fixed again on 2024-07-01, after this software showed outcomes, "
        "because: the first visit is the one before the drug"
    ) == found.words


def test_no_text_claims_more_than_a_file_can_show(written: Path) -> None:
    lock(written, reason=REASON, today=MAY)
    assert "prespecified" not in status(written).words + lock_file(written).read_text(encoding="utf-8")


def test_a_lock_file_changed_by_hand_is_refused(written: Path) -> None:
    lock(written, reason=REASON, today=MAY)
    content = json.loads(lock_file(written).read_text(encoding="utf-8"))
    content["locks"][0]["protocol"]["windows"]["baseline"]["take"] = "first"
    lock_file(written).write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ProtocolError, match="the fingerprint does not fit the protocol beside it"):
        status(written)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"schema": "caseseries.lock/2"}', '{"schema": "caseseries.lock/1", "locks": [{}]}',
                                     '{"schema": "caseseries.lock/1", "locks": [3]}', '{"schema": "caseseries.lock/1"}', "[" * 100_000])  # fmt: skip
def test_an_unreadable_lock_file_is_said_to_be_so(written: Path, content: str) -> None:
    lock_file(written).write_text(content, encoding="utf-8")
    with pytest.raises(ProtocolError, match=r"protocol\.lock\.json"):
        status(written)


@pytest.mark.parametrize(
    "content", ["", "[]", '{"schema": "caseseries.shown/1"}', '{"schema": "caseseries.shown/1", "first": 3}']
)
def test_an_unreadable_note_is_said_to_be_so(written: Path, content: str) -> None:
    shown_file(written).write_text(content, encoding="utf-8")
    with pytest.raises(ProtocolError, match=r"protocol\.shown\.json"):
        status(written)


def test_a_folder_that_cannot_be_written(written: Path) -> None:
    lock_file(written).with_name(".protocol.lock.json.held").mkdir()  # nobody can write a file there, root neither
    with pytest.raises(OutputError, match="cannot be written"):
        lock(written, reason=REASON, today=MAY)


def changed_words(written: Path) -> str:
    fixed, changed, when = status(written).words.partition("; changed since in 1 place, ")
    assert fixed and changed
    return when


def test_a_change_says_whether_outcomes_had_been_shown_by_then(written: Path) -> None:
    lock(written, reason=REASON, today=MAY)
    change(written, "to: 0 days, take: last", "to: 0 days, take: first")
    assert BEFORE == changed_words(written)
    assert record_shown(written, today=JUNE)
    assert BEFORE == changed_words(written)  # outcomes were shown under the protocol as it is now
    change(written, "to: 0 days, take: first", "to: -1 days, take: last")
    assert "at least in part after this software showed outcomes" == changed_words(written)


@pytest.mark.parametrize("under", ["", "locked"])
def test_a_change_after_outcomes_were_shown_says_so(written: Path, under: str) -> None:
    made = lock(written, reason=REASON, today=MAY)
    assert record_shown(written, today=MAY, under=made.fingerprint if under else "")
    change(written, "to: 0 days, take: last", "to: 0 days, take: first")
    assert "after this software showed outcomes" == changed_words(written)


def test_a_change_of_a_protocol_fixed_after_outcomes_were_shown_came_after_them(written: Path) -> None:
    assert record_shown(written, today=MAY)
    lock(written, reason=REASON, today=JUNE)
    change(written, "to: 0 days, take: last", "to: 0 days, take: first")
    assert "after this software showed outcomes" == changed_words(written)


def test_a_note_without_the_protocol_does_not_say_when_a_change_came(written: Path) -> None:
    lock(written, reason=REASON, today=MAY)
    shown_file(written).write_text('{"schema": "caseseries.shown/1", "first": "2024-06-01"}', encoding="utf-8")
    change(written, "to: 0 days, take: last", "to: 0 days, take: first")
    assert "whether this software had shown outcomes by then is not known" == changed_words(written)


def test_outcomes_shown_under_a_protocol_that_cannot_be_read_now(written: Path) -> None:
    lock(written, reason=REASON, today=MAY)
    text = written.read_text(encoding="utf-8")
    written.write_text("study: broken", encoding="utf-8")
    assert record_shown(written, today=JUNE)
    written.write_text(text.replace("to: 0 days, take: last", "to: 0 days, take: first"), encoding="utf-8")
    assert "whether this software had shown outcomes by then is not known" == changed_words(written)
