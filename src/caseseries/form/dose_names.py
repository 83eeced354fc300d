"""Which headings name the daily dose of a glucocorticoid written at a visit, and what they tell of it."""

from __future__ import annotations

import re

from caseseries import catalogue
from caseseries.form.heading import plain, words

_STEROID = re.compile(
    r"(methyl)?predniso\w*|methylpred|hydrocort\w*|dexameth\w*|[ck]ortison\w*|[gc]?lu[ck]o[ck]orti[ck]o\w*|[ck]orti[ck]o(id|ster)\w*|steroid\w*|pdn|pdl|decortin"
)
#: Short names that are a glucocorticoid only beside a dose.
_SHORT = frozenset(["pred", "cs", "gc", "ocs"])
_DOSE = frozenset(["dose", "dosis", "dosage", "mg", "daily"])
#: What is about a glucocorticoid, or a predicted value, and no daily dose.
_OTHER = words(
    "% predicted soll duration dauer duree duracion cumulative kumulativ cumulee acumulada total months weeks years "
    "date free resistant dependent response"
)


def is_dose(name: str) -> bool:
    """Whether a heading names the dose of a glucocorticoid.

    >>> [is_dose(name) for name in ("prednisone_mg_per_day", "CS dose", "Kortison mg", "pred mg/d")]
    [True, True, True, True]
    >>> [is_dose(name) for name in ("glucose PRE", "FEV1 % pred", "pred %", "pred", "FVC pred", "cumulative steroid dose")]
    [False, False, False, False, False, False]
    """
    words = plain(name).split()
    if _OTHER.intersection(words):
        return False
    if any(_STEROID.fullmatch(word) for word in words):
        return True
    return bool(_SHORT.intersection(words)) and bool(_DOSE.intersection(words))


def dose_written(name: str) -> tuple[str, str]:
    """The unit and the glucocorticoid that the name of a dose column tells; each empty where it does not.

    >>> dose_written("prednisone_mg_per_day"), dose_written("cs dose (mg/kg/d)"), dose_written("steroid dose")
    (('mg/day', 'prednisone'), ('mg/kg/day', ''), ('', ''))
    >>> dose_written("methotrexate mg")  # a drug, but no glucocorticoid
    ('mg/day', '')
    """
    words = re.findall(r"[a-z]+", name.casefold())
    unit = "" if "mg" not in words else "mg/kg/day" if "kg" in words else "mg/day"
    for word in words:
        try:
            drug = catalogue.drug(word)
        except catalogue.CatalogueMiss:
            continue
        if drug.key in catalogue.drugs_in("systemic glucocorticoids"):
            return unit, drug.key
    return unit, ""
