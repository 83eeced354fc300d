"""What the words of a column of sex mean, in English, German, French and Spanish."""

from __future__ import annotations

from caseseries.form.column_look import Column
from caseseries.form.heading import plain, words

_FEMALE = words("f female fem w weiblich weibl frau madchen femme feminin fille mujer femenino hembra nina girl woman")
_MALE = words("m male mannlich mannl mann junge homme masculin garcon hombre masculino varon nino boy man h v")
#: Beside these an `m` is no man: hombre and mujer, varon and mujer.
_MAN_OTHERWISE = words("h v hombre varon")
#: A `v` beside an `m` is a man in Spanish (varon and mujer), and a woman in Dutch (vrouw and man): only a Spanish heading tells which.
_SPANISH = ("sexo", "genero")


def sex_words(column: Column) -> dict[str, str] | None:
    """Each word with female or male, empty where nobody can tell; None where they are written out in English already.

    >>> from caseseries.form.column_look import column_profile
    >>> sex_words(column_profile("Geschlecht", ["m", "w", "w", "m"]))
    {'m': 'male', 'w': 'female'}
    >>> sex_words(column_profile("sexo", ["H", "M", "M", "H"])), sex_words(column_profile("sex", [1, 2, 2, 1]))
    ({'H': 'male', 'M': 'female'}, {'1': '', '2': ''})
    >>> sex_words(column_profile("sexo", ["V", "M"])), sex_words(column_profile("geslacht", ["V", "M"]))
    ({'M': 'female', 'V': 'male'}, {'M': '', 'V': ''})
    >>> sex_words(column_profile("Sexe", ["F", "G", "G", "F"])), sex_words(column_profile("sex", ["B", "G", "G", "B"]))
    ({'F': 'female', 'G': 'male'}, {'B': 'male', 'G': 'female'})
    """
    words = column.names or column.words or tuple(text for text in column.seen.split(", ") if text)
    folded = {plain(word) for word in words}
    if folded <= {"female", "male"}:  # an empty column too
        return None
    found: dict[str, str] = {}
    for word in {word.casefold(): word for word in reversed(words)}.values():
        name = plain(word)
        meaning = "female" if name in _FEMALE else "male" if name in _MALE else ""
        if name == "g":  # garçon beside fille, girl beside boy
            meaning = "male" if folded & {"f", "fille"} else "female" if folded & {"b", "boy"} else ""
        if name == "b" and "g" in folded:
            meaning = "male"
        if name == "m" and folded & _MAN_OTHERWISE:
            meaning = "female"
        if name == "m" and not folded & (_FEMALE | _MALE - {"m"}):
            meaning = ""
        if name in {"v", "m"} and "v" in folded and not plain(column.name).startswith(_SPANISH):
            meaning = ""
        found[word] = meaning
    return dict(sorted(found.items()))
