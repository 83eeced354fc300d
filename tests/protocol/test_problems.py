"""Mistakes in a protocol: one sentence each, on the line where it was written, with the nearest word."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from caseseries.errors import ChartError, Problem, ProtocolError
from caseseries.protocol.load import load
from caseseries.protocol.problems import _shown, from_validation_error, validate
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.yaml import read


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Per(Enum):
    PATIENT = "patient"
    COURSE = "course"


class Window(Strict):
    from_: int = Field(alias="from")
    to: int
    take: Literal["nearest", "last"] = "last"

    @model_validator(mode="after")
    def _check(self) -> Window:
        if self.from_ > self.to:
            raise ValueError("the window ends before it begins")
        return self


class All(Strict):
    all: list[Rule] = Field(min_length=1)


class Is(Strict):
    is_: str = Field(alias="is")


class Gain(Strict):
    gain: str
    at_least: str
    unit: str | None = None


class Fall(Strict):
    decrease: str
    more_than: str
    unit: str | None = None


Rule = All | Is | Gain | Fall
All.model_rebuild()


class Shape(Strict):
    kind: Literal["one"]
    size: int


class Other(Strict):
    kind: Literal["two"]


def _head(value: Any) -> str | None:
    return next((name for name in ("gain", "decrease") if isinstance(value, dict) and name in value), None)


class Narrow(Strict):
    inner: Gain | Fall


class Wide(Strict):
    inner: Wanting


class Wanting(Strict):
    gain: str
    one: str
    two: str
    three: str


class Study(Strict):
    study: str = ""
    per: Per = Per.PATIENT
    windows: dict[str, Window] = {}
    rule: Rule | None = None
    shape: Annotated[Shape | Other, Field(discriminator="kind")] | None = None
    headed: Annotated[Annotated[Gain, Tag("gain")] | Annotated[Fall, Tag("decrease")], Discriminator(_head)] | None = (
        None
    )
    drugs: tuple[str, ...] = Field(default=(), min_length=1)
    either: Literal["none"] | Window | list[Window] | None = None
    amount: Literal["all"] | int | None = None
    nested: Narrow | Wide | None = None
    limit: int = Field(default=1, gt=0)
    note: str | None = None
    outcome: str | None = None

    @field_validator("note")
    @classmethod
    def _no_code(cls, note: str | None) -> str | None:
        if note and "{" in note:
            raise PydanticCustomError("code", "no templates", {"allowed": "text, numbers", "do": "write it out"})
        return note

    @model_validator(mode="after")
    def _known_windows(self) -> Study:
        missing = [name for name in (self.outcome or "").split(", ") if name and name not in self.windows]
        if missing:
            several = [
                {"message": f"no window is called {name}", "allowed": ", ".join(self.windows), "at": ("outcome",)}
                for name in missing
            ]
            raise PydanticCustomError("links", "dangling names", {"several": several})
        return self


def problems(text: str, model: type[BaseModel] = Study) -> tuple[Problem, ...]:
    with pytest.raises(ProtocolError) as caught:
        validate(model, read(text, file="p.yaml"))
    return caught.value.problems


def sentences(text: str) -> list[str]:
    return [problem.describe() for problem in problems(text)]


def test_a_clean_document_becomes_the_model() -> None:
    text = "study: MMF\nwindows: {baseline: {from: -20, to: 0}}\nrule: {all: [{is: improved}]}\ndrugs: [MMF]"
    assert {"baseline": Window.model_validate({"from": -20, "to": 0})} == validate(Study, read(text)).windows


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("windows:\n  baseline: {from: 1}", "p.yaml:2, column 13: `to` is missing in window `baseline`"),
        ("windows:\n  baseline:\n    from: 1", "p.yaml:2, column 3: `to` is missing in window `baseline`"),
        (
            "windows:\n  month 3: {from: 1, to: 2,\n    take: nearst}",
            "p.yaml:3, column 11: not a possible `take` in window `month 3`; did you mean `nearest`? "
            "(found 'nearst'; allowed: nearest, last)",
        ),
        (
            "study: a\nper: Pateint",
            "p.yaml:2, column 6: not a possible `per`; did you mean `patient`? "
            "(found 'Pateint'; allowed: patient, course)",
        ),
        ("per:", "p.yaml:1, column 1: `per` is empty (allowed: patient, course)"),
        (
            "windows: {a: {from: 1, to: 2, tke: last}}",
            "p.yaml:1, column 31: `tke` is not known in window `a`; did you mean `take`? "
            "(found 'tke'; allowed: from, to, take)",
        ),
        (
            "windows: {a: {frm: 1, to: 2}}",  # a misspelt name is not missing as well
            "p.yaml:1, column 15: `frm` is not known in window `a`; did you mean `from`? "
            "(found 'frm'; allowed: from, to, take)",
        ),
        (
            "windows: {a: {from: 1, to: 2, take:last}}",
            "p.yaml:1, column 31: `take:last` is not known in window `a` (found 'take:last'; allowed: from, to, take). "
            "Write a space after the colon.",
        ),
        (
            "windows: {a: {from: one, to: 2}}",
            "p.yaml:1, column 21: not a possible `from` in window `a` (found 'one'; allowed: a whole number)",
        ),
        (
            "windows: [a, b]",
            "p.yaml:1, column 10: not a possible `windows` (found 'a list of 2'; allowed: a mapping of `name: value`)",
        ),
        ("study: [a]", "p.yaml:1, column 8: not a possible `study` (found 'a list of 1'; allowed: a text)"),
        ("drugs: MMF", "p.yaml:1, column 8: not a possible `drugs` (found 'MMF'; allowed: a list such as [one two])"),
        ("drugs: []", "p.yaml:1, column 8: `drugs`: too few items (found 'a list of 0'; allowed: at least 1)"),
        ("drugs: [MMF, {a: b}]", "p.yaml:1, column 14: not a possible item 2 of `drugs` (found 'a: b'; allowed: a text)"),
        ("drugs: [{a: b}]", "p.yaml:1, column 9: not a possible item 1 of `drugs` (found 'a: b'; allowed: a text)"),
        ("limit: 0", "p.yaml:1, column 8: `limit`: it should be greater than 0 (found '0')"),
        (
            "windows:\n\n  a: {from: 2, to: 1}",
            "p.yaml:3, column 6: window `a`: the window ends before it begins (found 'from: 2, to: 1')",
        ),
        (
            "note: '{x}'",
            "p.yaml:1, column 7: `note`: no templates (found '{x}'; allowed: text, numbers). Write it out.",
        ),
        (
            "windows: {baseline: {from: 1, to: 2}}\noutcome: baselin",
            "p.yaml:2, column 10: `outcome`: no window is called baselin; did you mean `baseline`? "
            "(found 'baselin'; allowed: baseline)",
        ),
    ],
)  # fmt: skip
def test_one_mistake_is_one_sentence(text: str, sentence: str) -> None:
    assert [sentence] == sentences(text)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        # The form whose names fit is the one meant, however many errors lie deeper in it.
        ("{gain: mmt}", "p.yaml:1, column 7: `at_least` is missing in `rule`"),
        (
            "{gian: mmt, at_least: 4}",
            "p.yaml:1, column 8: `gian` is not known in `rule`; did you mean `gain`? "
            "(found 'gian'; allowed: gain, at_least, unit)",
        ),
        (
            "{decrease: cmas, morethan: 4}",
            "p.yaml:1, column 24: `morethan` is not known in `rule`; did you mean `more_than`? "
            "(found 'morethan'; allowed: decrease, more_than, unit)",
        ),
        (
            "{all: [{is: improved}, {all: [{gain: mmt, at_last: 4}]}]}",
            "p.yaml:1, column 49: `at_last` is not known in item 1 of `all` in item 2 of `all` in `rule`; "
            "did you mean `at_least`? (found 'at_last'; allowed: gain, at_least, unit)",
        ),
        (
            "{iss: improved}",  # a form lacks as much as another, but here it is a slip of the pen
            "p.yaml:1, column 8: `iss` is not known in `rule`; did you mean `is`? (found 'iss'; allowed: is)",
        ),
        # No form fits better than the others: the names of all that could be meant.
        ("{}", "p.yaml:1, column 7: `all` or `is` is missing in `rule`"),
        (
            "{foo: 1}",
            "p.yaml:1, column 8: `foo` is not known in `rule` (found 'foo'; allowed: all, is)",
        ),
        (
            "improved",
            "p.yaml:1, column 7: not a possible `rule` (found 'improved'; allowed: a mapping of `name: value`)",
        ),
        ("{all: []}", "p.yaml:1, column 13: `all` in `rule`: too few items (found 'a list of 0'; allowed: at least 1)"),
    ],
)  # fmt: skip
def test_of_several_forms_only_the_one_meant_is_spoken_of(rule: str, sentence: str) -> None:
    assert [sentence] == sentences(f"rule: {rule}")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "shape: {kind: on, size: 1}",
            "p.yaml:1, column 8: `shape`: which kind it is, is not said (found 'kind: on, size: 1'; allowed: one, two)",
        ),
        ("shape: {kind: one}", "p.yaml:1, column 8: `size` is missing in `shape`"),
        ("headed: {gain: mmt}", "p.yaml:1, column 9: `at_least` is missing in `headed`"),
        (
            "headed: {gain: mmt, at_least: 1, unt: x}",
            "p.yaml:1, column 34: `unt` is not known in `headed`; did you mean `unit`? "
            "(found 'unt'; allowed: gain, at_least, unit)",
        ),
        (
            "either: non",
            "p.yaml:1, column 9: not a possible `either`; did you mean `none`? (found 'non'; allowed: none)",
        ),
        ("either: {from: 1}", "p.yaml:1, column 9: `to` is missing in `either`"),
        (
            "either: [{from: 1, to: 2, takes: last}]",
            "p.yaml:1, column 27: `takes` is not known in item 1 of `either`; did you mean `take`? "
            "(found 'takes'; allowed: from, to, take)",
        ),
        # Inner forms are settled first, or their many errors would count against the outer form.
        ("nested: {inner: {gain: mmt}}", "p.yaml:1, column 17: `at_least` is missing in `inner` in `nested`"),
        (
            "amount: some",
            "p.yaml:1, column 9: not a possible `amount` (found 'some'; allowed: all, a whole number)",
        ),
    ],
)  # fmt: skip
def test_tags_and_mixed_forms(text: str, sentence: str) -> None:
    assert [sentence] == sentences(text)


def test_all_mistakes_come_together_in_the_order_of_lines() -> None:
    text = "limit: 0\nwindows:\n  b: {to: x, from: 1, tke: 1}\n  a: {}\nper: nobody\nstudi: a\n"
    assert [(1, "8"), (3, "11"), (3, "23"), (4, "6"), (4, "6"), (5, "6"), (6, "1")] == [
        (problem.place.line, problem.place.column) for problem in problems(text)
    ]


def test_one_look_may_find_several_mistakes() -> None:
    text = "windows: {baseline: {from: 1, to: 2}}\noutcome: month 3, month 6"
    assert [(2, "`outcome`: no window is called month 3"), (2, "`outcome`: no window is called month 6")] == [
        (problem.place.line, problem.what) for problem in problems(text)
    ]


def test_the_message_counts_the_mistakes_and_is_the_error_asked_for() -> None:
    with pytest.raises(ChartError) as caught:
        validate(Study, read("limit: 0\nper: x", file="chart.yaml"), error=ChartError)
    assert str(caught.value).startswith("chart.yaml has 2 mistakes.\n  chart.yaml:1")
    assert str(caught.value).endswith("\nNothing was run.")


def test_without_the_model_every_form_is_listed_but_the_lines_are_right() -> None:
    document = read("study: a\nrule:\n  all:\n    - {gain: mmt}\nlimit: 0", file="p.yaml")
    with pytest.raises(ValidationError) as caught:
        Study.model_validate(document.data)
    found = from_validation_error(caught.value, document)
    assert {2, 3, 4, 5} >= {problem.place.line for problem in found} >= {4, 5}
    assert "`at_least` is missing in item 1 of `all` in `rule`" in [problem.what for problem in found]


def test_long_texts_are_cut_and_not_compared() -> None:
    (found,) = problems(f"per: {'patient ' * 1000}")
    assert (60, "not a possible `per`") == (len(found.found), found.what)


LEAVES = st.none() | st.sampled_from(["1", "x", "last", "gain", "one", "none", "{"])
NAMES = st.sampled_from([*Study.model_fields, "from", "to", "take", "all", "is", "gain", "at_least", "kind", "x", "1"])
TREES = st.recursive(LEAVES, lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=4))


def written(tree: Any) -> str:
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{name}: {written(value)}" for name, value in tree.items()) + "}"
    return "[" + ", ".join(map(written, tree)) + "]" if isinstance(tree, list) else "~" if tree is None else f"'{tree}'"


@given(st.dictionaries(NAMES, TREES, min_size=1, max_size=5))
def test_any_data_is_a_model_or_a_list_of_placed_problems(tree: dict[str, Any]) -> None:
    document = read("\n".join(f"{name}: {written(value)}" for name, value in tree.items()), file="p.yaml")
    try:
        validate(Study, document)
    except ProtocolError as refused:
        assert refused.problems
        for problem in refused.problems:
            assert problem.place.line is not None
            assert 1 <= problem.place.line <= len(tree)
        assert len(refused.problems) == len({problem.describe() for problem in refused.problems})


def test_a_misspelt_name_anywhere_in_a_real_protocol_is_found_on_its_line(project_root: Path) -> None:
    text = (project_root / "examples" / "jdm-mmf" / "protocol.yaml").read_text(encoding="utf-8")
    document = read(text)
    validate(Protocol, document)
    free = {("windows",), ("measures",), ("outcomes",), ("outcomes", "good response", "readings")}  # names of one's own
    asked = 0
    for path, (_, (row, column)) in document.spots.items():
        if not path or isinstance(path[-1], int) or path[:-1] in free or "robustness" in path[:-1]:
            continue
        lines = text.split("\n")
        lines[row - 1] = f"{lines[row - 1][: column - 1]}qq{lines[row - 1][column - 1 :]}"
        with pytest.raises(ProtocolError) as caught:
            validate(Protocol, read("\n".join(lines)))
        assert row in [problem.place.line for problem in caught.value.problems], path
        assert 2 >= len(caught.value.problems), path
        asked += 1
    assert 80 < asked


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (
            "    target: 300 days",
            "line 4, column 13: `target` in window `month 3`: the target lies outside the window "
            "(found '300 days'; allowed: 75 days to 105 days)",
        ),
        (
            "    take: nearest",
            "line 4, column 11: `take` in window `month 3`: `take: nearest` needs a `target` (found 'nearest'; "
            "allowed: target: a day inside the window, such as 91 days)",
        ),
    ],
)
def test_a_mistake_names_the_value_and_its_line_and_not_the_names_around_it(
    tmp_path: Path, written: str, sentence: str
) -> None:
    """The message was `found 'from, to, target, take'`, at the line of the window."""
    file = tmp_path / "protocol.yaml"
    lines = "study: x\nwindows:\n  month 3:\n{}\n    from: 75 days\n    to: 105 days\n{}"
    file.write_text(lines.format(written, "    take: last\n" if "take" not in written else ""), encoding="utf-8")
    with pytest.raises(ProtocolError) as caught:
        load(file)
    told = [problem.describe().replace("protocol.yaml:4, ", "line 4, ") for problem in caught.value.problems]
    assert any(sentence in one for one in told), told


def test_the_cells_under_accept_and_the_way_to_a_server_are_not_repeated() -> None:
    assert "value, row" == _shown({"value": "P1 secret", "row": 3}, private=True)
    assert "value: 5, row: 3" == _shown({"value": 5, "row": 3})
