"""What a study declares: measures, windows, rules and outcomes; read, checked, locked.

A protocol comes from a file (:func:`load`), a text (:func:`parse`), or is made in Python, where a rule reads as it is said:

>>> mmt, cmas, steroid, improved = measure("mmt"), measure("cmas"), measure("steroid"), judged("improved")
>>> improved & ((gain(mmt) >= 4) & (gain(cmas) >= 4) | (decrease(steroid) > pct(15)))
All(...)
"""

from caseseries.protocol.amount import Amount
from caseseries.protocol.choices import Choice, defaults, in_force, suggested, undeclared
from caseseries.protocol.fingerprint import fingerprint
from caseseries.protocol.load import Loaded, load, made, parse
from caseseries.protocol.lock import Lock, LockStatus, lock, status
from caseseries.protocol.measures import MeasureFacts, all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.rule import (
    All,
    AnyOf,
    Change,
    CountOf,
    CountOfMeasured,
    Each,
    Held,
    Is,
    Not,
    Rule,
    Value,
    When,
)
from caseseries.protocol.rule_form import (
    by_name,
    decrease,
    each,
    gain,
    held,
    if_measured,
    improves,
    judged,
    measure,
    pct,
    score,
    when,
    worsens,
)
from caseseries.protocol.schema import protocol_schema
from caseseries.protocol.shown import outcomes_shown, record_shown
from caseseries.protocol.window import Window

__all__ = [
    "All",
    "Amount",
    "AnyOf",
    "Change",
    "Choice",
    "CountOf",
    "CountOfMeasured",
    "Each",
    "Held",
    "Is",
    "Loaded",
    "Lock",
    "LockStatus",
    "MeasureFacts",
    "Not",
    "Protocol",
    "Rule",
    "Value",
    "When",
    "Window",
    "all_measures",
    "by_name",
    "decrease",
    "defaults",
    "each",
    "fingerprint",
    "gain",
    "held",
    "if_measured",
    "improves",
    "in_force",
    "judged",
    "load",
    "lock",
    "made",
    "measure",
    "outcomes_shown",
    "parse",
    "pct",
    "protocol_schema",
    "record_shown",
    "score",
    "status",
    "suggested",
    "undeclared",
    "when",
    "worsens",
]
