"""Styles of printed numbers: what each prints, that nothing a reader sees is in another, and that no file for programs follows one."""

from __future__ import annotations

import html
import json
import re
import shutil
import threading
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

import caseseries as cs
from caseseries import report
from caseseries.cli.main import main
from caseseries.errors import CaseSeriesError
from caseseries.report.documents.printed_text import printed
from caseseries.report.exhibits.p_values import p_words
from caseseries.report.exhibits.printed_numbers import (
    ci_text,
    ci_title,
    percent_ends,
    percent_range,
    rate_text,
    share,
    share_in_words,
    span,
)
from caseseries.report.exhibits.words import days_range
from caseseries.report.files.csv_file import guarded
from caseseries.report.folder import files
from caseseries.summary.model import Summary
from caseseries.summary.result import Result
from caseseries.types import Style, Window
from caseseries.verdict.number_style import PLAIN, STYLES, in_style, style_in_force, style_named, with_percent

EXAMPLES = Path(__file__).parents[2] / "examples"
SIX = Result("x", "", Fraction(3, 4), 0.349141, 0.968146, 6, 8, "proportion")
SEVEN = Result("x", "", Fraction(7, 8), 0.473490, 0.996840, 7, 8, "proportion")
RATE = Result("x", "", 12.4, 0.3, 69.6)


def _told() -> list[str]:
    """One number of every kind, in the style in force."""
    return [
        f"{share_in_words(6, 8)}, {ci_text('95', percent_ends(SIX))}",
        percent_range(SIX),
        percent_range(SEVEN),
        f"{ci_title('95')}; {share(25, 150)}; {share_in_words(25, 250)}",
        f"{share_in_words(1, 9000)}; {share_in_words(8999, 9000)}",
        "; ".join(p_words(Result("x", "", p)) for p in (0.0312, 0.0078, 0.047, 0.1994, 0.5, 0.0001, 0.996)),
        p_words(Result("x", "", None, absent_because="no pairs")),
        rate_text(RATE, "95"),
        f"{span('3', '11')}; {span('−4', '12')}",
    ]


#: What each style prints, letter by letter.
PRINTED = {
    "plain": [
        "6 of 8 (75 %), 95 % CI 34.9–96.8",
        "34.9–96.8 %",
        "47.3–99.7 %",
        "95 % CI; 25/150 (16.7); 25 of 250 (10.0 %)",
        "1 of 9000 (<0.1 %); 8999 of 9000 (>99.9 %)",
        "P = .03; P = .008; P = .05; P = .20; P = .50; P < .001; P > .99",
        "P not estimable (no pairs)",
        "12.4 per 100 patient-years, 95 % CI 0.3–69.6",
        "3–11; −4 to 12",
    ],
    "jama": [
        "6 of 8 (75%), 95% CI, 34.9%-96.8%",
        "34.9%-96.8%",
        "47.3%-99.7%",
        "95% CI; 25/150 (16.7); 25 of 250 (10.0%)",
        "1 of 9000 (<0.1%); 8999 of 9000 (>99.9%)",
        "P = .03; P = .008; P = .047; P = .20; P = .50; P < .001; P > .99",
        "P not estimable (no pairs)",
        "12.4 per 100 patient-years, 95% CI, 0.3-69.6",
        "3-11; −4 to 12",
    ],
    "nejm": [
        "6 of 8 (75%), 95% CI, 34.9 to 96.8",
        "34.9 to 96.8%",
        "47.3 to 99.7%",
        "95% CI; 25/150 (16.7); 25 of 250 (10.0%)",
        "1 of 9000 (<0.1%); 8999 of 9000 (>99.9%)",
        "P=0.03; P=0.008; P=0.05; P=0.20; P=0.50; P<0.001; P>0.99",
        "P not estimable (no pairs)",
        "12.4 per 100 patient-years, 95% CI, 0.3 to 69.6",
        "3 to 11; −4 to 12",
    ],
    "annals": [
        "6 of 8 (75%), 95% CI, 35% to 97%",
        "35% to 97%",
        "47.3% to 99.7%",  # not to 100 %, which it is not
        "95% CI; 25/150 (17); 25 of 250 (10.0%)",
        "1 of 9000 (<0.1%); 8999 of 9000 (>99.9%)",
        "P=0.031; P=0.008; P=0.047; P=0.199; P=0.50; P<0.001; P>0.99",
        "P not estimable (no pairs)",
        "12.4 per 100 patient-years, 95% CI, 0.3 to 69.6",
        "3 to 11; −4 to 12",
    ],
    "rheum": [
        "6 of 8 (75%), 95% CI 34.9% to 96.8%",
        "34.9% to 96.8%",
        "47.3% to 99.7%",
        "95% CI; 25/150 (16.7); 25 of 250 (10.0%)",
        "1 of 9000 (<0.1%); 8999 of 9000 (>99.9%)",
        "p=0.03; p=0.008; p=0.05; p=0.20; p=0.50; p<0.001; p>0.99",
        "p not estimable (no pairs)",
        "12.4 per 100 patient-years, 95% CI 0.3 to 69.6",
        "3 to 11; −4 to 12",
    ],
}

#: What no text of the program has in a style: signs of another one.
FOREIGN = {
    "jama": (r"\d %", r"\d–\d", r"\b[Pp][=<>]", r"\bp [=<>]", r"\bP [=<>] 0", r"% CI \d", r"CI from"),
    "nejm": (r"\d %", r"\d–\d", r"\bP [=<>]", r"\bp ?[=<>]", r"\bP[=<>]\.", r"% CI \d", r"\d%?-\d+(?:\.\d+)?%"),
    "annals": (r"\d %", r"\d–\d", r"\bP [=<>]", r"\bp ?[=<>]", r"\bP[=<>]\.", r"% CI \d", r"\d%?-\d+(?:\.\d+)?%"),
    "rheum": (r"\d %", r"\d–\d", r"\bP ?[=<>]", r"\bp [=<>]", r"\bp[=<>]\.", r"% CI, [\d+−]", r"\d%?-\d+(?:\.\d+)?%"),
}
JOURNALS = list(FOREIGN)


def _page_text(page: str) -> str:
    """The words of a page, titles in figures too, without its style sheet and without the references and sources, which print pages of papers."""
    page = re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL)
    page = re.sub(r'<section[^>]*id="(?:references|sources)".*?</section>', "", page, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", " | ", page)).replace("\u00a0", " ")
    return re.sub(r"\b(?:19|20)\d\d;\d+:\d+–\d+", "", text)


def _foreign(style: str, text: str) -> list[str]:
    return [
        text[max(0, found.start() - 30) : found.end() + 20]
        for pattern in FOREIGN[style]
        for found in re.finditer(pattern, text)
    ]


@pytest.fixture(scope="module")
def summaries() -> Mapping[str, Summary]:
    """A series with doses, readings and adverse events, one with P values, and one of so few cases that intervals are absent."""
    return {
        name: cs.Study.load(EXAMPLES / name / "protocol.yaml").run(EXAMPLES / name / "chart.yaml").summary
        for name in ("jdm-mmf", "adhesions-cells", "still-rtx")
    }


@pytest.mark.parametrize("name", PRINTED)
def test_each_style_prints_its_own_strings(name: str) -> None:
    with in_style(STYLES[name]):
        assert PRINTED[name] == _told()
    assert PRINTED["plain"] == _told(), "outside nothing changed"
    assert list(STYLES) == list(PRINTED)


@pytest.mark.parametrize("example", ["jdm-mmf", "adhesions-cells", "still-rtx"])
@pytest.mark.parametrize("name", JOURNALS)
def test_nothing_on_the_page_is_in_another_style(summaries: Mapping[str, Summary], name: str, example: str) -> None:
    told = _page_text(report.html(summaries[example], STYLES[name]))
    assert [] == _foreign(name, told)
    assert "75%" in told if example == "jdm-mmf" else "%" in told
    plain = _page_text(report.html(summaries[example]))
    assert len(_foreign(name, plain)) > 3, "the scan finds what it looks for"


def test_a_p_value_just_below_05_is_never_printed_as_05_in_jama() -> None:
    with in_style(STYLES["jama"]):
        told = [p_words(Result("p", "", value)) for value in (0.0449, 0.0494, 0.0496, 0.04999, 0.05, 0.0501)]
    assert ["P = .04", "P = .049", "P = .0496", "P = .04999", "P = .05", "P = .05"] == told


@pytest.mark.parametrize("name", JOURNALS)
def test_p_values_are_those_of_the_results(summaries: Mapping[str, Summary], name: str) -> None:
    run = summaries["adhesions-cells"]
    p = next(test for change in run.changes for test in change.tests if test.estimate is not None)
    with in_style(STYLES[name]):
        told = p_words(p)
    page = _page_text(report.html(run, STYLES[name]))
    assert told in page or told.split(STYLES[name].p)[1].strip("= ") in page


@pytest.mark.parametrize("name", JOURNALS)
def test_numbers_read_back_are_those_of_results_json(summaries: Mapping[str, Summary], name: str) -> None:
    made = files(summaries["jdm-mmf"], style=STYLES[name])
    found = _ids(json.loads(made["results.json"]))["good response/0/of_included"]
    page = _page_text(made["report.html"].decode())
    separator = re.escape(STYLES[name].before_ends)
    told = re.search(rf"6 of 8 \((\d+)%, 95% CI{separator}([\d.]+)%?(?:-| to )([\d.]+)%?\)", page)
    assert told is not None
    for text, value in zip(told.groups(), (found["estimate"], found["lower"], found["upper"]), strict=True):
        step = Decimal(1).scaleb(-len(text.partition(".")[2]))
        assert abs(Decimal(text) - 100 * Decimal(str(value))) <= step / 2


def _ids(content: object) -> dict[str, dict[str, object]]:
    """Every number of results.json by its id."""
    found: dict[str, dict[str, object]] = {}
    if isinstance(content, dict):
        if "id" in content and "estimate" in content:
            found[content["id"]] = content
        for value in content.values():
            found |= _ids(value)
    elif isinstance(content, list):
        for value in content:
            found |= _ids(value)
    return found


@pytest.mark.parametrize("name", JOURNALS)
def test_files_for_programs_are_the_same_in_every_style(summaries: Mapping[str, Summary], name: str) -> None:
    plain, other = (files(summaries["jdm-mmf"], style=style) for style in (PLAIN, STYLES[name]))
    assert list(plain) == list(other)
    machine = [file for file in plain if file.endswith((".csv", ".json", ".bib", ".ris"))]
    assert len(machine) > 20 and "patients.csv" in machine
    assert [] == [file for file in machine if plain[file] != other[file]]
    assert plain["report.html"] != other["report.html"]


def test_one_style_leaves_nothing_for_the_next(summaries: Mapping[str, Summary]) -> None:
    run = summaries["jdm-mmf"]
    first = {name: report.html(run, style) for name, style in STYLES.items()}
    for name in ("nejm", "jama", "plain", "annals", "rheum", "nejm"):
        assert first[name] == report.html(run, STYLES[name])
    assert PLAIN == style_in_force()
    assert len(set(first.values())) == len(STYLES)


def test_the_days_of_a_window_are_kept_by_style() -> None:
    window = Window.model_validate({"from": "70 days", "to": "98 days", "take": "last"})
    told = []
    for name in ("plain", "jama", "nejm", "plain"):
        with in_style(STYLES[name]):
            told.append(days_range(window))
    assert ["days 70–98", "days 70-98", "days 70 to 98", "days 70–98"] == told


def test_a_style_is_of_its_thread_and_ends_with_an_error() -> None:
    seen = []
    with in_style(STYLES["jama"]):
        thread = threading.Thread(target=lambda: seen.append(with_percent("75")))
        thread.start()
        thread.join()
        assert "75%" == with_percent("75")
    assert ["75 %"] == seen
    with pytest.raises(ValueError, match="stop"), in_style(STYLES["nejm"]):
        raise ValueError("stop")
    assert PLAIN == style_in_force()


def test_what_the_user_wrote_stays_as_written(tmp_path: Path) -> None:
    study = tmp_path / "study"
    shutil.copytree(EXAMPLES / "jdm-mmf", study)
    title, outcome, reason, event = (
        "Of 50 % of them P = 0.05, 95 % CI 1–2",
        "10–20 % better",
        "p=.04, 5 % of 3-4",
        "rash of 9 % (1–2)",
    )
    protocol = study / "protocol.yaml"
    text = protocol.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^study: .*$", f'study: "{title}"', text).replace("good response:", f'"{outcome}":')
    protocol.write_text(text, encoding="utf-8")
    for file, old, new in (
        ("drugs.csv", "insufficient response", f'"{reason}"'),
        ("events.csv", "headache", f'"{event}"'),
    ):
        chart = study / "chart" / file
        rows = chart.read_text(encoding="utf-8")
        assert old in rows
        chart.write_text(rows.replace(old, new), encoding="utf-8")
    run = cs.Study.load(protocol).run(study / "chart.yaml").summary
    for style in STYLES.values():
        page = html.unescape(report.html(run, style)).replace("\u00a0", " ")
        for written in (title, outcome, reason, event):
            assert written in page, (style, written)
            assert page.count(written) == html.unescape(report.html(run)).replace("\u00a0", " ").count(written)


def test_the_sentence_of_a_case_follows_the_page_and_not_patients_csv(
    summaries: Mapping[str, Summary], tmp_path: Path
) -> None:
    made = files(summaries["jdm-mmf"], style=STYLES["jama"])
    assert "20% lower" in made["report.html"].decode() and "20 % lower" in made["patients.csv"].decode()
    example = EXAMPLES / "jdm-mmf"
    with cs.Study.load(example / "protocol.yaml").run(example / "chart.yaml") as results:
        results.write(tmp_path / "journal", audience="journal", style="jama")
    told = (tmp_path / "journal" / "report.html").read_text(encoding="utf-8")
    assert "20% lower" in told and "2-11" in told and "2–11" not in told
    kept = (tmp_path / "journal" / "patients.csv").read_text(encoding="utf-8")
    assert "20 % lower" in kept and "2–11" in kept


def test_the_workbook_prints_the_style_and_keeps_numbers(summaries: Mapping[str, Summary]) -> None:
    from openpyxl import load_workbook

    def cells(style: Style) -> tuple[list[object], str]:
        book = load_workbook(BytesIO(files(summaries["jdm-mmf"], formats=["excel"], style=style)["tables.xlsx"]))
        values = [cell.value for sheet in book.worksheets[1:] for row in sheet.iter_rows() for cell in row]
        numbers: list[object] = [one for one in values if isinstance(one, int | float)]
        return numbers, " | ".join(f"{one}" for one in values if isinstance(one, str))

    plain, jama = cells(PLAIN), cells(STYLES["jama"])
    assert plain[0] == jama[0] and len(plain[0]) > 100
    assert "95 % CI" in plain[1] and "95% CI" in jama[1] and "95 % CI" not in jama[1]


def test_word_prints_the_style(summaries: Mapping[str, Summary]) -> None:
    made = files(summaries["jdm-mmf"], formats=["word"], style=STYLES["nejm"])
    with ZipFile(BytesIO(made["article.docx"])) as document:
        told = re.sub(r"<[^>]+>", "", document.read("word/document.xml").decode()).replace("\u00a0", " ")
    assert "6 of 8 (75%, 95% CI, 34.9 to 96.8)" in told and " % CI" not in told


@pytest.mark.parametrize("name", JOURNALS)
def test_plans_and_comparisons_are_printed_in_a_style(tmp_path: Path, name: str) -> None:
    planned = cs.plan(responders=6, of=8, null="0.30", cite="A 50 % paper", alternative="0.60")
    series = tmp_path / "series.yaml"
    entry = "{label: %s, paper: A paper, disease: x, drug: y, n: %d, responders: %d, response: better by any rule, from: abstract, mark: read}"
    entries = "".join(f"  s{n}: {entry % (f'Series {n}', n, n // 2)}\n" for n in (8, 12, 30))
    series.write_text(f"series:\n{entries}", encoding="utf-8")
    compared = cs.compare(series=series)
    for found, page in ((planned, "plan"), (compared, "compare")):
        plain, other = tmp_path / f"{page}-plain", tmp_path / page
        found.write(plain)
        found.write(other, style=name)
        text = _page_text((other / f"{page}.html").read_text(encoding="utf-8"))
        told = text.replace("A 50 % paper", "")
        assert len(told) > 3000
        assert [] == _foreign(name, told) and "%" in told
        assert ("A 50 % paper" in text) is (page == "plan")
        for file in (*(plain / "tables").iterdir(), plain / f"{page}.json"):
            assert file.read_bytes() == (other / file.relative_to(plain)).read_bytes()
        assert found.html() == (plain / f"{page}.html").read_text(encoding="utf-8")


def test_the_command_line_hands_the_style_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example, out = EXAMPLES / "jdm-mmf", tmp_path / "out"
    assert 0 == main(
        ["run", f"{example / 'protocol.yaml'}", f"{example / 'chart.yaml'}", "--out", f"{out}", "--style", "rheum"]
    )
    assert "6 of 8 (75%, 95% CI 34.9% to 96.8%)" in capsys.readouterr().out
    assert "6 of 8 (75%, 95% CI 34.9% to 96.8%)" in _page_text((out / "report.html").read_text(encoding="utf-8"))
    assert 0 == main(["plan", f"{out}", "--null", "0.3", "--cite", "x", "--alternative", "0.6", "--style", "jama"])
    assert "95% CI, 34.9%-96.8%" in capsys.readouterr().out


def test_what_belongs_together_stays_on_a_line() -> None:
    told = printed("6 of 8 (75%, 95% CI, 34.9%-96.8%)").replace("\u00a0", "~")
    assert "6 of 8 (75%, 95%~CI, 34.9%-96.8%)" == told
    assert "+10.6 (3.0-8.0)" == guarded("+10.6 (3.0-8.0)") and "'+1-1" == guarded("+1-1")


def test_an_unknown_style_is_refused_with_those_that_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CaseSeriesError, match="Did you mean 'jama'"):
        style_named("jamma")
    example = EXAMPLES / "jdm-mmf"
    out = tmp_path / "out"
    asked = ["run", f"{example / 'protocol.yaml'}", f"{example / 'chart.yaml'}", "--out", f"{out}", "--style", "anals"]
    with pytest.raises(SystemExit):
        raise SystemExit(main(asked))
    told = capsys.readouterr().err
    assert "plain, jama, nejm, annals, rheum" in told and "did you mean 'annals'?" in told
    assert not out.exists()


def test_own_styles_are_checked() -> None:
    own = Style(percent="\u202f%", to=" to ", p="p")
    with in_style(own):
        assert "75\u202f%" == with_percent("75") and "3 to 11" == span("3", "11")
    assert own == style_named(own)
    wrong: list[dict[str, object]] = [{"percent": ""}, {"to": ""}, {"p": "Q"}, {"tenths_from": -1}]
    wrong += [{"p_three_to": Decimal("0.001")}, {"before_ends": ""}]
    for fields in wrong:
        with pytest.raises(CaseSeriesError, match="cannot be read"):
            Style(**fields)  # type: ignore[arg-type]
