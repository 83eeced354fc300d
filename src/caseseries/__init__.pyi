"""The public names and where they live, for type checkers and editors; the package itself loads them when first used."""

from caseseries.errors import CaseSeriesError as CaseSeriesError
from caseseries.errors import ChartError as ChartError
from caseseries.errors import ChoiceNeeded as ChoiceNeeded
from caseseries.errors import Disagreement as Disagreement
from caseseries.errors import EngineError as EngineError
from caseseries.errors import InputError as InputError
from caseseries.errors import OutputError as OutputError
from caseseries.errors import ProtocolError as ProtocolError
from caseseries.evidence import Comparison as Comparison
from caseseries.evidence import NextStudy as NextStudy
from caseseries.evidence import compare as compare
from caseseries.evidence import plan as plan
from caseseries.protocol.protocol import Protocol as Protocol
from caseseries.protocol.rule_form import by_name as by_name
from caseseries.protocol.rule_form import decrease as decrease
from caseseries.protocol.rule_form import each as each
from caseseries.protocol.rule_form import gain as gain
from caseseries.protocol.rule_form import held as held
from caseseries.protocol.rule_form import if_measured as if_measured
from caseseries.protocol.rule_form import improves as improves
from caseseries.protocol.rule_form import judged as judged
from caseseries.protocol.rule_form import measure as measure
from caseseries.protocol.rule_form import pct as pct
from caseseries.protocol.rule_form import score as score
from caseseries.protocol.rule_form import when as when
from caseseries.protocol.rule_form import worsens as worsens
from caseseries.study import Checked as Checked
from caseseries.study import Results as Results
from caseseries.study import Study as Study
from caseseries.study.combined import combine as combine
from caseseries.summary.cases import Cases as Cases
from caseseries.summary.explain import Explanation as Explanation
from caseseries.summary.model import Summary as Summary

__version__: str
