"""A protocol is loaded whole or refused with every mistake, each with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseseries.errors import ProtocolError
from caseseries.protocol.fingerprint import fingerprint
from caseseries.protocol.load import load, made, parse
from caseseries.protocol.outcome import VerdictOutcome
from caseseries.protocol.rule_form import decrease, gain, judged, measure, pct

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "jdm-mmf" / "protocol.yaml"

BROKEN = """\
study: A broken study
period: {from: 2009-01-01, to: 2008-01-01}
case: {index_date: {first_exposure: mycofenolate mofetil}, per: patient}
measures:
  mmt: {instrument: MMT}
  cmas: {instrument: CMAS}
  improved: {judgement: physician global improvement, since: index date}
windows:
  baseline: {from: -20 days, to: 0 days, take: last}
  month 3: {from: 75 days, to: 105 days, target: 91 days, take: nearst}
intercurrent:
  drug stopped: as observed
  rescue added: as observed
  steroid raised above baseline: as observed
  pulse: not evaluable
  death: non-responder
outcomes:
  good response:
    at: month3
    rule:
      all:
        - {is: imprved}
        - {gain: cmas, at_least: 4 points, at_most: 9 points}
robustness:
  windows: {month four: [{from: 1 day, to: 3 days}]}
"""


def test_every_mistake_of_form_and_of_reference_in_one_run() -> None:
    with pytest.raises(ProtocolError) as caught:
        parse(BROKEN, file="p.yaml")
    assert "p.yaml has 10 mistakes." == caught.value.what
    assert [
        (2, "`to` lies before `from`", "2008-01-01"),
        (3, "no drug or group of drugs has this name", "mycofenolate mofetil"),
        (5, "not an instrument in the catalogue", "MMT"),
        (10, "not a possible `take` in window `month 3`; did you mean `nearest`?", "nearst"),
        (11, "`lost` is missing in `intercurrent`", ""),
        (15, "how long before the assessment a pulse counts is not said", "not evaluable"),
        (19, "no window has this name", "month3"),
        (22, "no measure has this name", "imprved"),
        (25, "no window has this name", "month four"),
    ] == [
        (problem.place.line, problem.what, problem.found)
        for problem in caught.value.problems
        if problem.place.line != 23  # the words of the schema's own messages are tested with it
    ]
    assert 23 in {problem.place.line for problem in caught.value.problems}


def test_the_mistake_of_a_name_says_which_were_allowed_and_which_was_meant() -> None:
    with pytest.raises(ProtocolError) as caught:
        parse(BROKEN, file="p.yaml")
    (window,) = [problem for problem in caught.value.problems if problem.found == "month3"]
    assert (
        "p.yaml:19, column 9: no window has this name (found 'month3'; allowed: baseline, month 3). Write month 3."
        == (window.describe())
    )


def test_the_example_is_loaded_without_a_word() -> None:
    loaded = load(EXAMPLE)
    assert () == loaded.warnings
    assert ("protocol.yaml", fingerprint(loaded.protocol)) == (loaded.file, loaded.fingerprint)
    assert ["good response"] == list(loaded.protocol.verdicts)
    assert loaded.protocol == parse(EXAMPLE.read_text(encoding="utf-8")).protocol


def test_comments_and_layout_do_not_change_the_fingerprint() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert load(EXAMPLE).fingerprint == parse(text.replace("take: last}", "take:   'last'}  # suggested")).fingerprint
    assert load(EXAMPLE).fingerprint != parse(text.replace("take: last", "take: first")).fingerprint


def test_a_protocol_made_in_python_is_checked_too() -> None:
    protocol = load(EXAMPLE).protocol
    assert () == made(protocol)
    mmt, cmas, steroid = measure("mmt"), measure("cmsa"), measure("steroid")
    rule = judged("improved") & ((gain(mmt) >= 4) & (gain(cmas) >= 4) | (decrease(steroid) > pct(15)))
    wrong = protocol.model_copy(update={"outcomes": {"good response": VerdictOutcome(at="month 3", rule=rule)}})
    with pytest.raises(ProtocolError) as caught:
        made(wrong)
    (problem,) = caught.value.problems
    assert ("outcomes > good response > rule > all > 1 > any > 0 > all > 1 > gain", "cmsa", "write cmas") == (
        str(problem.place),
        problem.found,
        problem.do,
    )


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match="cannot be opened"):
        load(tmp_path / "no.yaml")


def test_what_is_still_to_be_decided_is_never_taken_for_an_answer() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    for old in (
        "CTCAE v5.0",
        "Mycophenolate mofetil in juvenile dermatomyositis",
        "{instrument: CK}",
        "death: non-responder",
        "15 % of baseline",
    ):
        assert old in text
        new = f"{old.partition(':')[0]}: TO DECIDE" + ("}" if "}" in old else "") if ":" in old else "TO DECIDE"
        with pytest.raises(ProtocolError) as caught:
            parse(text.replace(old, new, 1))
        (problem,) = caught.value.problems
        assert problem.question and " is TO DECIDE: " in problem.what
        assert str(caught.value).startswith("protocol.yaml has 1 question.")


def test_a_name_still_to_be_decided() -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace("  ck: {instrument: CK}", "  TO DECIDE: {instrument: CK}")
    with pytest.raises(ProtocolError, match="a name of `measures` is TO DECIDE"):
        parse(text)


def mistakes(text: str) -> list[tuple[str, str]]:
    with pytest.raises(ProtocolError) as caught:
        parse(text, file="p.yaml")
    return [(problem.what, problem.found) for problem in caught.value.problems]


def test_a_misspelt_section_is_one_mistake_and_hides_none_of_its_own() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    typo = ("`windoes` is not known; did you mean `windows`?", "windoes")
    assert [typo] == mistakes(text.replace("\nwindows:", "\nwindoes:"))
    inside = text.replace("\nwindows:", "\nwindoes:").replace("take: last,", "take: lats,", 1)
    assert [typo, ("not a possible `take` in window `baseline`; did you mean `last`?", "lats")] == mistakes(inside)


@pytest.mark.parametrize("section", ["measures", "windows", "intercurrent", "outcomes", "case", "drug_groups"])
def test_a_mistake_inside_a_misspelt_section_is_found(section: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    wrong = {
        "measures": ("{instrument: CK}", "{instrument: CKK}"),
        "windows": ("take: last,", "take: lats,"),
        "intercurrent": ("death: non-responder", "death: no-responder"),
        "outcomes": ("    at: month 3", "    at: month3"),
        "case": ("first_exposure: mycophenolate mofetil", "first_exposure: mycofenolate mofetil"),
        "drug_groups": ("\nwindows:", "\ndrug_groups: {mine: [mycofenolate mofetil]}\nwindows:"),
    }[section]
    text = text.replace(*wrong, 1)
    own = mistakes(text)
    assert 1 == len(own)
    misspelt = f"{section[:-2]}{section[-1]}{section[-2]}"
    both = mistakes(text.replace(f"\n{section}:", f"\n{misspelt}:", 1))
    assert sorted([*own, (f"`{misspelt}` is not known; did you mean `{section}`?", misspelt)]) == sorted(both)


def test_a_section_under_a_name_far_from_any_is_missing_and_its_names_are_not_asked_for() -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace("\nwindows:", "\nfenster:")
    assert [("`windows` is missing", ""), ("`fenster` is not known", "fenster")] == mistakes(text)


def test_a_section_written_twice_is_not_read_under_the_name_that_is_there() -> None:
    text = EXAMPLE.read_text(encoding="utf-8") + "\nwindoes: {month 9: {take: lats}}\n"
    assert [("`windoes` is not known; did you mean `windows`?", "windoes")] == mistakes(text)
