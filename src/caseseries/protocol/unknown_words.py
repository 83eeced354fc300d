"""Words of a chart that say no more than a blank, in the languages that charts are kept in."""

from __future__ import annotations

import unicodedata
from typing import Final

#: Without accents, case and a full stop. What may as well be a finding (none, indeterminate, unclear) or a name (NA, ND) is not among them.
UNKNOWN_WORDS: Final = frozenset(
    (
        "unknown", "not known", "not recorded", "not documented", "not available", "not reported", "not stated", "not specified", "no information",
        "no data", "not charted", "not noted", "unbekannt", "nicht bekannt", "nicht dokumentiert", "nicht erfasst", "nicht angegeben",
        "nicht vermerkt",
        "keine angabe", "keine angaben", "ohne angabe", "k.a", "k. a", "inconnu", "inconnue", "non connu", "non connue", "non renseigne",
        "non renseignee", "non precise", "non precisee", "non documente", "non documentee", "non disponible", "desconocido", "desconocida",
        "no conocido", "no conocida", "se desconoce", "no se sabe", "no consta", "no registrado", "no registrada", "no disponible", "sin datos",
        "sconosciuto", "sconosciuta", "ignoto", "ignota", "non noto", "non nota", "non registrato", "non registrata", "non disponibile",
        "non riportato", "non riportata", "desconhecido", "desconhecida", "nao informado", "nao informada", "nao registrado", "nao registrada",
        "nao disponivel", "ignorado", "ignorada", "onbekend", "niet bekend", "niet geregistreerd", "niet vermeld", "niet beschikbaar", "okand",
        "okant", "ukjent", "ukendt", "ikke kendt", "ikke kjent", "tuntematon", "ei tiedossa", "nieznany", "nieznana", "nieznane", "brak danych",
        "neznamy", "neznamo", "ismeretlen", "bilinmiyor", "αγνωστο", "неизвестно", "不明", "未知", "不详", "미상",
    )
)  # fmt: skip


def says_unknown(word: str) -> bool:
    """Whether a word says that nothing is known, or nothing was recorded.

    >>> [says_unknown(one) for one in ("Not  known", "non renseigné", "K. A.", "unbekannt", "none", "unknown primary", "NA")]
    [True, True, True, True, False, False, False]
    """
    letters = unicodedata.normalize("NFKD", " ".join(word.split()).casefold().strip(" .()[]-?"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", plain) in UNKNOWN_WORDS
