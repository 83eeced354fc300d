"""What a heading measures: an instrument of the catalogue, a quantity of its own, a judgement, or a dose of a glucocorticoid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from caseseries import catalogue
from caseseries.chart.two_numbers import holds_two_numbers
from caseseries.form.column_look import GRADE_SIGN, Column
from caseseries.form.dose_names import is_dose
from caseseries.form.found import MeasureGuess
from caseseries.form.heading import plain, words

#: Names of the catalogue's instruments in other languages, as headings write them.
_ALSO: dict[str, str] = {
    "weight": "gewicht|korpergewicht|kg kg|poids|peso|wt|bw",
    "height": "grosse|korpergrosse|groesse|taille|talla|estatura|altura|ht",
    "ESR": "bsg|blutsenkung|vs|vsg|vitesse de sedimentation|velocidad de sedimentacion",
    "CRP": "c reaktives protein|proteine c reactive|pcr|proteina c reactiva",
    "haemoglobin": "hamoglobin|hemoglobine|hemoglobina",
    "leukocytes": "leukozyten|leuko|leucocytes|globules blancs|leucocitos",
    "platelets": "thrombozyten|plaquettes|plaquetas",
    "neutrophils": "neutrophile|neutrophiles|polynucleaires neutrophiles|neutrofilos",
    "lymphocytes": "lymphozyten|lymphocytes|linfocitos",
    "creatinine": "kreatinin|creatinina",
    "CK": "creatine kinase|kreatinkinase|creatinkinase|creatina kinasa|cpk",
    "blood pressure": "blutdruck|rr|tension( arterielle)?|pression arterielle|presion arterial|ta",
}
_SCORE = re.compile(r"\b(scores?|index|scale|skala|punkte?|points?|puntos?|puntuacion|punktzahl|vas|eva|nrs)\b")
_LOW = re.compile(
    r"\b(pain|schmerz(en)?|douleur|dolor|severity|schweregrad|severite|gravedad|activity|aktivitat|activite|actividad|disability|damage|itch|pruritus|juckreiz|fatigue)\b"
)
#: Yes or no that somebody judged; other columns of yes and no (a catheter, an antibody) are none.
_JUDGED = re.compile(
    r"improv|better|respon|remission|flare|relapse|success|inactive|global|worse|besser|gebessert|anspr[eo]ch|schub|rezidiv|erfolg|ameliorat|mieux|repon|"
    r"poussee|rechute|succes|mejor|respuesta|brote|recaida|exito|recur"
)
_BETTER = words(
    "better improved improvement besser gebessert verbessert mieux ameliore amelioration mejor mejorado mejoria"
)
_NOT_BETTER = words(
    "same unchanged stable worse worsened gleich unverandert stabil schlechter verschlechtert inchange pire aggrave igual estable peor empeorado "
    "identique"
)
_ABOVE = words("ng ug mcg mg g pg u iu ui miu mu kiu mmol umol nmol pmol ukat kat cells ml l")
_BELOW = words("ml l dl ul mm3 h hr min kg d day m2")
_ALONE = {
    "%": "%", "kg": "kg", "g": "g", "cm": "cm", "mm": "mm", "m": "m",
    "points": "points", "punkte": "points", "puntos": "points", "pts": "points", "mmhg": "mmHg",
    "min": "min", "sec": "s", "bpm": "beats/min",
}  # fmt: skip
_GRADE = re.compile(r"[0-9](\.[0-9])? ?\+?")
_BRACKET = re.compile(r"[(\[]\s*([^)\]]+?)\s*[)\]]")


def slug(name: str) -> str:
    """The name of a measure in the protocol.

    >>> slug("CRP (mg/L)"), slug("Größe")
    ('crp mg l', 'grosse')
    """
    made = plain(name) or "measure"
    return f"{made} value" if _WINDOW.fullmatch(made) else made


def measures_of(column: Column, stem: str | None = None) -> tuple[MeasureGuess, ...]:
    """The measures that one column probably holds: none, one, or two where a cell holds two numbers.

    `stem` is what is left of the heading without the visit that it names.
    """
    name = plain(column.name.split(" / ")[-1]) if stem is None else stem
    if column.kind == "yes or no":
        if not _JUDGED.search(name):
            return ()
        return (MeasureGuess(slug(name or "judgement"), column.name, "judgement", label=name),)
    if column.kind in {"words", "text"} and is_dose(name) and _mostly_doses(column.names):
        two = [text for text in column.names if holds_two_numbers(text)]
        return (MeasureGuess("steroid", column.name, "dose", words=tuple((text, "") for text in two)),)
    if column.kind in {"words", "text"} and (meant := judged(column.names)):
        return (MeasureGuess(slug(name or "judgement"), column.name, "judgement", label=name, words=meant),)
    if column.kind == "pair":
        return tuple(_parts(column, name))
    if column.kind not in {"number", "empty"} or not name:
        return ()
    if column.in_cell == GRADE_SIGN and (grades := graded(column.names)):
        return (MeasureGuess(slug(name), column.name, "grades", label=name, grades=grades),)
    if is_dose(name):
        return (MeasureGuess("steroid", column.name, "dose", seen=column.seen),)
    found = known(name, column) or _quantity(name, column)
    return () if found is None else (found,)


#: Quantities without a unit that one table is proposed to hold: each asks something.
MOST_OWN = 4
_WINDOW = re.compile(r"baseline|after|last visit|first visit after|(day|week|month|year) \d+")


def few_own(measures: tuple[MeasureGuess, ...]) -> tuple[MeasureGuess, ...]:
    """The measures without those quantities of unknown unit that stand behind the first few; they are left unread."""
    own = [one.measure for one in measures if one.kind == "quantity" and not one.unit]
    return tuple(one for one in measures if one.measure not in own[MOST_OWN:])


def judged(written: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The words of a judgement with yes for better and no for the rest; none where a word is none of a judgement.

    >>> judged(["better", "same", "worse"]), judged(["besser", "gleich"]), judged(["same", "worse"]), judged(["better", "dead"])
    ((('better', 'yes'), ('same', 'no'), ('worse', 'no')), (('besser', 'yes'), ('gleich', 'no')), (), ())
    """
    folded = [plain(word) for word in written]
    if not _BETTER.intersection(folded) or not set(folded) <= _BETTER | _NOT_BETTER:
        return ()
    return tuple((word, "yes" if fold in _BETTER else "no") for word, fold in zip(written, folded, strict=True))


def graded(written: Sequence[str]) -> tuple[str, ...]:
    """The grades among what a column of numbers and plus signs holds, from the lowest to the highest; fewer than two are none.

    >>> graded(["2+", "0", "0.5+", "1+", "trace"]), graded(["1+"])
    (('0', '0.5+', '1+', '2+'), ())
    """
    found = [text for text in written if _GRADE.fullmatch(text)]
    return tuple(sorted(found, key=lambda text: (Fraction(text.rstrip("+ ")), text))) if len(found) > 1 else ()


def _mostly_doses(written: Sequence[str]) -> bool:
    """Whether half of what stands in a column of doses, or more, is a number or two; `check` then lists the cells that are neither.

    >>> _mostly_doses(["15 -> 12.5", "10", "stopped"]), _mostly_doses(["10 -> 5", "tapering", "unknown"])
    (True, False)
    """
    numbers = sum(
        re.match(r"\d+([.,]\d+)?( ?mg\b.*)?$", text) is not None or holds_two_numbers(text) for text in written
    )
    return 0 < len(written) <= 2 * numbers


def _parts(column: Column, name: str) -> list[MeasureGuess]:
    meant = _choices(name)
    if len(meant) != 2:
        return []
    return [
        MeasureGuess(
            slug(one),
            column.name,
            "instrument",
            one,
            split="/",
            part=part,
            needs_unit=catalogue.instrument(one).kind != "scale",
            seen=column.seen,
            ends=column.ends[part - 1] if column.ends else None,
        )
        for part, one in enumerate(meant, 1)
    ]


def known(name: str, column: Column, unit: str = "") -> MeasureGuess | None:
    """The instrument of the catalogue that a heading begins or ends with, or those among which it leaves the choice; None where it names none."""
    words = name.split()
    for length in range(len(words), 0, -1):
        for at in sorted({0, len(words) - length}):
            part = " ".join(words[at : at + length])
            rest = [*words[:at], *words[at + length :]]
            entry = _entry(part)
            if entry is not None and length == 1 and len(part) == 1:
                continue
            if entry is not None:
                *most, end = part.split()
                if end in _ALONE and most and _entry(" ".join(most)) == entry:  # `weight kg` is called weight
                    part, rest = " ".join(most), [*rest, end]
                return _instrument(entry, slug(part), column, unit, rest)
            if choices := _choices(part):
                narrowed = _narrowed(choices, name, column)
                if len(narrowed) == 1:
                    return _instrument(catalogue.instrument(narrowed[0]), slug(part), column, unit, rest)
                ends = column.ends[0] if column.ends else None
                return MeasureGuess(slug(part), column.name, "instrument", "", narrowed, seen=column.seen, ends=ends)
    return None


def _instrument(entry: catalogue.Instrument, measure: str, column: Column, unit: str, rest: list[str]) -> MeasureGuess:
    said = unit or column.in_cell or column.below or ("%" if column.percent else "")
    found = next(filter(None, (_unit(entry, one) for one in (said, *written_units(column.name), " ".join(rest)))), "")
    needed = entry.kind != "scale" and not found
    if entry.unit == "%" and "%" in plain(column.name):
        found, needed = "%", False
    return MeasureGuess(
        measure,
        column.name,
        "instrument",
        entry.key,
        unit=found,
        needs_unit=needed,
        seen=column.seen,
        in_cell=bool(column.in_cell),
        ends=column.ends[0] if column.ends else None,
    )


def _narrowed(choices: tuple[str, ...], name: str, column: Column) -> tuple[str, ...]:
    """The choices that a percent sign, or a unit in the heading, leaves."""
    percent = "%" in name.split() or "pred" in name.split() or column.percent
    percent = percent or column.below == "%"
    units = [unit for unit in (*written_units(column.name), column.below) if unit and unit != "%"]
    fits = []
    for one in choices:
        entry = catalogue.instrument(one)
        if (percent and entry.unit == "%") or (
            not percent and any(_unit(entry, unit) and entry.unit != "points" for unit in units)
        ):
            fits.append(one)
    return tuple(fits) if len(fits) == 1 else choices


def _entry(words: str) -> catalogue.Instrument | None:
    for name, others in _ALSO.items():
        if re.fullmatch(others, words):
            words = name
    try:
        return catalogue.instrument(words)
    except catalogue.CatalogueMiss:
        return None


def _choices(words: str) -> tuple[str, ...]:
    """What words that stand for several instruments may mean."""
    words = next((name for name, others in _ALSO.items() if re.fullmatch(others, words)), words)
    try:
        return (catalogue.instrument(words).key,)
    except catalogue.CatalogueMiss as miss:
        return miss.suggestions if "more than one" in miss.expected else ()


def _unit(entry: catalogue.Instrument, written: str) -> str:
    wanted = _fold(written)
    return next((unit for unit in entry.accepted_units if wanted and _fold(unit) == wanted), "")


def _fold(unit: str) -> str:
    return re.sub(r"[^a-z0-9%]", "", unit.replace("µ", "u").replace("μ", "u").replace("⁹", "9").casefold()).replace(
        "per", ""
    )


def written_units(name: str) -> list[str]:
    """The units that a heading writes, the surest first.

    >>> written_units("ferritin (ng/mL)"), written_units("ferritin_ng_ml"), written_units("FEV1 % pred"), written_units("EASI (0-72)")
    (['ng/mL'], ['ng/mL'], ['%'], [])
    """
    found = []
    for inside in _BRACKET.findall(name):
        words = plain(inside).split()
        if "/" in inside or "^" in inside or (len(words) == 1 and words[0] in _ALONE):
            found.append(_ALONE.get(words[0], inside) if len(words) == 1 else inside)
    tokens = plain(name).split()
    for above, below in pairwise(tokens):
        if above in _ABOVE and below in _BELOW and not found:
            found.append(f"{above}/{below.replace('ml', 'mL') if below != 'l' else 'L'}")
    if "%" in tokens and "%" not in found:
        found.append("%")
    if not found and len(tokens) > 1 and tokens[-1] in _ALONE:
        found.append(_ALONE[tokens[-1]])
    return found


def _as_written(name: str, heading: str) -> str:
    """The words of a name in the letters of its heading, where these are more than a capital at the beginning.

    >>> _as_written("easi", "EASI week 16"), _as_written("ac cells", "AC cells M3"), _as_written("ferritin", "Ferritin (ug/L)")
    ('EASI', 'AC cells', 'ferritin')
    """
    wanted = set(name.split())
    kept = [word for word in re.split(r"[\s_()\[\],;:]+", heading.split(" / ")[-1]) if word]
    kept = [word for word in kept if plain(word) and set(plain(word).split()) <= wanted]
    meant = plain(" ".join(kept)) == name and any(letter.isupper() for word in kept for letter in word[1:])
    return " ".join(kept) if meant else name


def _quantity(name: str, column: Column) -> MeasureGuess | None:
    """A measure that the catalogue does not know, with the unit and the direction that its heading tells."""
    if column.kind != "number":
        return None
    written = written_units(column.name)
    unit = column.in_cell or column.below or (written[0] if written else "") or ("%" if column.percent else "")
    if not unit and _SCORE.search(name):
        unit = "points"
    better = "low" if _LOW.search(name) else ""
    if written and unit == written[0] != "%":
        name = f"{name} ".replace(f" {plain(unit)} ", " ").strip()
    return MeasureGuess(
        slug(name),
        column.name,
        "quantity",
        unit=unit,
        better=better,
        label=_as_written(name, column.name),
        seen=column.seen,
        in_cell=bool(column.in_cell),
    )
