"""In a browser: nothing wider than a phone, no message from the content policy."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from caseseries import report
from caseseries.summary.model import Site
from caseseries.summary.summarise import summarise

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]

# The page itself allows no script, so it is measured from a frame around it.
FRAME = """<!doctype html><body><iframe id="f" srcdoc="" style="width:{width}px;height:900px"></iframe><p id="told"></p>
<script>
const frame = document.getElementById("f");
frame.onload = () => {{
  const page = frame.contentDocument.documentElement;
  const wide = [...page.querySelectorAll("body *")].filter(e => !e.closest(".scroll") && e.getBoundingClientRect().right > {width} + 1);
  const told = document.getElementById("told");
  told.textContent = "scroll " + page.scrollWidth + " wide " + wide.length + " " + (wide[0] ? wide[0].outerHTML.slice(0, 200) : "");
}};
frame.src = "page.html";
frame.removeAttribute("srcdoc");
</script>"""


def measured(page: str, folder: Path, width: int) -> re.Match[str]:
    """How wide the page is in a frame of this width, and how many of its parts reach beyond it."""
    (folder / "page.html").write_text(page, encoding="utf-8")
    (folder / "frame.html").write_text(FRAME.format(width=width), encoding="utf-8")
    assert CHROMIUM is not None
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", f"--user-data-dir={folder / 'profile'}",
         "--virtual-time-budget=4000", "--dump-dom", (folder / "frame.html").as_uri()],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    told = re.search(r"scroll (\d+) wide (\d+)([^<]*)", done.stdout)
    assert told is not None, done.stdout[-500:]
    return told


@pytest.mark.parametrize("sample", ["series", "hostile"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_never_scrolls_sideways(runs: ModuleType, tmp_path: Path, sample: str, width: int) -> None:
    told = measured(report.html(runs.SAMPLES[sample]()), tmp_path, width)
    assert int(told[1]) <= width and told[2] == "0", told[0]


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_of_a_population_never_scrolls_sideways(tmp_path: Path, width: int) -> None:
    spec = importlib.util.spec_from_file_location("sample_of_counts", Path(__file__).with_name("sample_of_counts.py"))
    assert spec is not None and spec.loader is not None
    sample = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sample)
    sites = (Site("a site with a very long name of its own", "network", 12, 5, "database"),)
    found = summarise(sample.protocol(), sample.tally(), kept="database", dated=True, invented=True)
    told = measured(report.html(replace(found, sites=sites)), tmp_path, width)
    assert int(told[1]) <= width and told[2] == "0", told[0]
