"""A small study whose files a test may spoil one cell at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from caseseries.chart.tables import Chart, Finding
from caseseries.protocol.load import parse
from caseseries.protocol.protocol import Protocol
from caseseries.source import read

PROTOCOL = """
study: Small
period: {data_cutoff: 2010-12-31}
case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 60 days}, per: patient}
measures:
  cmas: {instrument: CMAS}
  ck: {instrument: CK}
  improved: {judgement: physician global improvement, since: index date}
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, if_zero_baseline: not evaluable}
windows:
  baseline: {from: -20 days, to: 0 days, take: last}
  month 3: {from: 75 days, to: 105 days, target: 91 days, take: nearest, tie: earlier}
intercurrent:
  drug stopped: as observed
  rescue added: as observed
  steroid raised above baseline: as observed
  pulse: {within: 14 days, verdict: as observed}
  death: non-responder
  lost: not evaluable
outcomes:
  good response: {at: month 3, rule: {all: [{is: improved}, {gain: cmas, at_least: 4 points}]}}
"""

CHART = """
source: data
dates: year-month-day
missing: {ND: not done, UNK: unknown}
tables:
  patients:
    kind: patients
    file: patients.csv
    patient: id
    sex: sex
    birth: born
    diagnoses: [{diagnosis: diagnosis, date: diagnosed}]
  visits:
    kind: visits
    file: visits.csv
    patient: id
    date: date
    measures: {cmas: cmas, ck: {column: ck, unit: U/L}, improved: better, steroid: pred}
  drugs:
    kind: drugs
    file: drugs.csv
    patient: id
    drug: drug
    start: start
    stop: stop
    stop_means: last day taken
    blank_stop: ongoing
    dose: dose
    unit: unit
    frequency: often
    route: route
"""

FILES = {
    "patients.csv": """id,sex,born,diagnosis,diagnosed
P1,F,2000-05-01,JDM,2007-01-02
P2,M,1999-02,JDM,2007-03-04
""",
    "visits.csv": """id,date,cmas,ck,better,pred
P1,2008-01-01,30,200,,20
P1,2008-04-01,40,150,yes,10
P2,2008-02-01,35,ND,,
P2,2008-05-01,36,<50,no,
""",
    "drugs.csv": """id,drug,start,stop,dose,unit,often,route
P1,MMF,2008-01-02,,500,mg,twice daily,oral
P1,prednisone,2007-12-01,2008-02-01,20,mg,once daily,oral
P1,prednisone,2008-02-02,,10,mg,once daily,oral
P2,MMF,2008-02-02,2008-12-31,500,mg,bd,po
""",
}


@pytest.fixture
def small_protocol() -> Protocol:
    return parse(PROTOCOL).protocol


Spoil = Callable[..., Chart]


@pytest.fixture
def chart_of(tmp_path: Path) -> Spoil:
    """Read the small study, with texts replaced: {file: (old, new)}; `chart` and `protocol` likewise, `add` appends files."""

    def made(
        spoil: Mapping[str, tuple[str, str]] | None = None,
        chart: tuple[str, str] = ("", ""),
        protocol: tuple[str, str] = ("", ""),
        add: Mapping[str, str | bytes] | None = None,
    ) -> Chart:
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        for name, text in FILES.items():
            old, new = (spoil or {}).get(name, ("", ""))
            assert old in text
            (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        for name, content in (add or {}).items():
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        assert chart[0] in CHART
        assert protocol[0] in PROTOCOL
        (tmp_path / "chart.yaml").write_text(
            CHART.replace(*chart, 1) if chart[0] else CHART + chart[1], encoding="utf-8"
        )
        declared = parse(PROTOCOL.replace(*protocol, 1) if protocol[0] else PROTOCOL + protocol[1]).protocol
        return read(declared, tmp_path / "chart.yaml")

    return made


def errors(chart: Chart) -> list[Finding]:
    return [finding for finding in chart.findings if finding.severity == "error"]


def address(finding: Finding) -> tuple[str, int | None, str, str]:
    """File, row, column and what was found there."""
    return finding.place.file, finding.place.row, finding.place.column, finding.value


@pytest.fixture
def errors_of() -> Callable[[Chart], list[Finding]]:
    return errors


@pytest.fixture
def address_of() -> Callable[[Finding], tuple[str, int | None, str, str]]:
    return address
