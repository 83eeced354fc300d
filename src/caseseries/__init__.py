"""A retrospective chart review turned into a treatment case series.

    import caseseries as cs
    results = cs.Study.load("protocol.yaml").run("chart.yaml")
    results.write("results")

The names below are the public ones, with the types in :mod:`caseseries.types` and the parts of a protocol in :mod:`caseseries.parts`; everything
else may move. Each is loaded when it is first used, because importing
the package must stay light; `__init__.pyi` tells type checkers where they live.
"""

from __future__ import annotations

TYPE_CHECKING = False  # the name alone is enough for type checkers; typing would be most of what importing takes
if TYPE_CHECKING:
    from typing import Any

__version__ = "0.2.0"

#: Public name -> the module that holds it.
_HOMES = {
    **dict.fromkeys(("Study", "Results", "Checked"), "caseseries.study"),
    "combine": "caseseries.study.combined",
    **dict.fromkeys(("Comparison", "NextStudy", "compare", "plan"), "caseseries.evidence"),
    "Cases": "caseseries.summary.cases",
    "Explanation": "caseseries.summary.explain",
    "Summary": "caseseries.summary.model",
    "Protocol": "caseseries.protocol.protocol",
    **dict.fromkeys(
        (
            "measure",
            "judged",
            "gain",
            "decrease",
            "improves",
            "worsens",
            "held",
            "pct",
            "when",
            "each",
            "if_measured",
            "score",
            "by_name",
        ),
        "caseseries.protocol.rule_form",
    ),
    **dict.fromkeys(
        (
            "CaseSeriesError",
            "InputError",
            "ProtocolError",
            "ChartError",
            "ChoiceNeeded",
            "OutputError",
            "EngineError",
            "Disagreement",
        ),
        "caseseries.errors",
    ),
}

__all__ = [
    "CaseSeriesError",
    "Cases",
    "ChartError",
    "Checked",
    "ChoiceNeeded",
    "Comparison",
    "Disagreement",
    "EngineError",
    "Explanation",
    "InputError",
    "NextStudy",
    "OutputError",
    "Protocol",
    "ProtocolError",
    "Results",
    "Study",
    "Summary",
    "__version__",
    "by_name",
    "combine",
    "compare",
    "decrease",
    "each",
    "gain",
    "held",
    "if_measured",
    "improves",
    "judged",
    "measure",
    "pct",
    "plan",
    "score",
    "when",
    "worsens",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'caseseries' has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
