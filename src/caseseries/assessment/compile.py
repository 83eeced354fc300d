"""The protocol's windows, measures and specs as rows of the engine: nothing a user wrote becomes SQL text."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.drug_uses import drugs_of, whole_drug
from caseseries.protocol.extremes import BEGINS, Stretch, ends_at
from caseseries.protocol.measure import DailyDose
from caseseries.protocol.measures import all_measures, dose_factor, ingredient
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, Spec, visit_measure
from caseseries.protocol.tree import Slot
from caseseries.protocol.window import Window
from caseseries.protocol.written import folded


@dataclass(frozen=True, slots=True)
class Extreme:
    """A choice that is the lowest or highest value of some days, and the choices on whose days they begin and end.

    Up to a visit day of a held rule these are none: its days begin and end as whoever reads the rule says.
    """

    choice: int
    measure: str
    since: int | None
    until: int | None


@dataclass(frozen=True, slots=True)
class Compiled:
    """Where the rows of one outcome stand in the engine.

    ``variants`` numbers every (window name, window in force); ``choices`` every (variant, measure, unit of a dose). `whole` are the choices
    of a sheet (``caseseries.assessment.outcome_sheet``) whose values are whole millionths; None where there is no sheet. `extremes` are the choices
    that are a nadir or a peak.
    """

    plan: OutcomePlan
    variants: Mapping[tuple[str, Window], int]
    choices: Mapping[tuple[int, str, str], int]
    whole: frozenset[int] | None = None
    extremes: tuple[Extreme, ...] = ()

    @property
    def laid(self) -> bool:
        """Whether the values stand on a sheet, one row per case."""
        return self.whole is not None

    def variant(self, spec: Spec, window: str) -> int:
        """The number of a window as one spec has it."""
        return self.variants[window, spec.windows[window]]

    def choice(self, protocol: Protocol, spec: Spec, slot: Slot) -> int:
        """The number of the choice that fills a slot under one spec."""
        return self.choices[self.variant(spec, slot.window), slot.measure, dose_unit(protocol, spec, slot.measure)]


def dose_unit(protocol: Protocol, spec: Spec, measure: str) -> str:
    """The unit in which a dose is asked under this spec; empty for other measures."""
    written = protocol.measures[measure]
    return (spec.dose or written.as_) if isinstance(written, DailyDose) else ""


def dose_number(protocol: Protocol, measure: str, unit: str) -> int:
    """The number of a dose measure in the engine: odd for plain amounts, even for prednisone equivalents; 0 for others."""
    if measure not in protocol.doses:
        return 0
    return 2 * list(protocol.doses).index(measure) + (2 if unit.startswith("prednisone") else 1)


def kind_of(plan: OutcomePlan, name: str, window: Window) -> str:
    """How the days of a window are found: by a visit, by each measure, fixed (a dose alone), or not at all."""
    if not plan.visit_measures.get(name, ()):
        return "fixed" if any(slot.window == name for slot in plan.slots) else "none"
    return "visit" if window.components == "same visit" else "each"


def _row(window: Window) -> tuple[int, int, int | None, str, str | None, str | None]:
    return window.from_, window.to, window.target, window.take, window.tie, window.same_day


def fixed_day(window: Window) -> int:
    """The day on which a dose is asked for where the outcome has no visit measure in the window."""
    if window.take == "nearest" and window.target is not None:
        return window.target
    return window.from_ if window.take == "first" else window.to


def compile_outcome(engine: Engine, protocol: Protocol, numbers: Numbers, plan: OutcomePlan) -> Compiled:
    """Write the tables ``variant`` and ``choice`` for one outcome, and those of the daily doses.

    A choice carries what its window says, so that statements need one table for both.
    """
    measures = all_measures(protocol)
    windows = tuple(dict.fromkeys([*plan.visit_measures, *(slot.window for slot in plan.slots)]))
    variants: dict[tuple[str, Window], int] = {}
    choices: dict[tuple[int, str, str], int] = {}
    for spec in plan.specs:
        for window in windows:
            variants.setdefault((window, spec.windows[window]), len(variants) + 1)
        for slot in plan.slots:
            variant = variants[slot.window, spec.windows[slot.window]]
            choices.setdefault((variant, slot.measure, dose_unit(protocol, spec, slot.measure)), len(choices) + 1)
    text = engine.dialect.text
    window_columns = [
        ("low", "INT"),
        ("high", "INT"),
        ("target", "INT"),
        ("take", text),
        ("tie", text),
        ("same_day", text),
    ]
    engine.table(
        "variant",
        [("variant", "INT"), ("kind", text), *window_columns, ("fixed_day", "INT")],
        [
            (number, kind_of(plan, name, window), *_row(window), fixed_day(window))
            for (name, window), number in variants.items()
        ],
    )
    window_of = {number: pair for pair, number in variants.items()}
    engine.table(
        "choice",
        [
            ("choice", "INT"),
            ("variant", "INT"),
            ("measure", "INT"),
            ("sign", "INT"),
            ("bound_counts", "BOOLEAN"),
            ("bounds", "BOOLEAN"),
            ("kind", text),
            ("dose", "INT"),
            ("per_kg", "BOOLEAN"),
            ("window_kind", text),
            *window_columns,
        ],
        [
            (
                number,
                variant,
                numbers.measures.get(measure, 0),
                measures[measure].sign or 1,
                measures[measure].censored == "limit",
                measures[measure].bounds,
                "count" if measures[measure].counted else "value" if visit_measure(protocol, measure) else "dose",
                dose_number(protocol, measure, unit),
                unit.endswith("/kg/day") and not (visit_measure(protocol, measure) and protocol.doses[measure].per_kg),
                kind_of(plan, *window_of[variant]),
                *_row(window_of[variant][1]),
            )
            for (variant, measure, unit), number in choices.items()
        ],
    )
    compile_doses(engine, protocol, numbers)
    return Compiled(plan, variants, choices, None, tuple(_extremes(protocol, variants, choices)))


def _extremes(
    protocol: Protocol, variants: Mapping[tuple[str, Window], int], choices: Mapping[tuple[int, str, str], int]
) -> Iterator[Extreme]:
    window_of = {number: pair for pair, number in variants.items()}
    for (variant, measure, unit), choice in choices.items():
        name, window = window_of[variant]
        if not isinstance(window, Stretch):
            continue
        ends = [
            choices.get((variants.get((end, of), 0), measure, unit))
            for end, of in ((BEGINS, window.since), (ends_at(name), window.up_to))
        ]
        yield Extreme(choice, measure, *ends)


def compile_doses(engine: Engine, protocol: Protocol, numbers: Numbers) -> None:
    """Write ``dose_rule``, ``dose_drug`` and ``dose_never``: each daily dose, as plain amounts and as equivalents."""
    rules, drugs, never = [], [], []
    for name, unit in itertools.product(protocol.doses, ("mg/day", "prednisone mg/day")):
        number, written = dose_number(protocol, name, unit), protocol.doses[name]
        group = frozenset(key for key in drugs_of(protocol, written.daily_dose) if whole_drug(key) == key)
        weight = numbers.measures.get(written.weight or "", 0)
        rules.append(
            (
                number,
                written.pulses == "included",
                written.outside_courses == "zero",
                weight,
                written.weight_within or 0,
            )
        )
        for key in sorted(group & set(numbers.drugs)):
            factor = dose_factor(protocol, written, unit, key)
            known = (None, None) if factor is None else (factor.numerator, factor.denominator)
            drugs.append((number, numbers.drugs[key], *known))
        for (kind, word), term in sorted(numbers.terms.items()):
            if kind == "never" and (word == folded(written.daily_dose) or ingredient(protocol, word) in group):
                never.append((number, term))
    wide = engine.dialect.wide
    engine.table(
        "dose_rule",
        [
            ("dose", "INT"),
            ("pulses", "BOOLEAN"),
            ("zero_outside", "BOOLEAN"),
            ("weight", "INT"),
            ("within", "INT"),
        ],
        rules,
    )
    engine.table("dose_drug", [("dose", "INT"), ("drug", "INT"), ("factor_num", wide), ("factor_den", wide)], drugs)
    engine.table("dose_never", [("dose", "INT"), ("term", "INT")], never)
