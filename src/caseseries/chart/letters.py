"""Letters as they were meant: in one piece, and not those that another encoding makes of them."""

from __future__ import annotations

import unicodedata

#: What is said of a word that another encoding has changed.
SPOILT = "letters of this word were lost, or are those that another encoding makes of them: type it anew, or save the file as CSV UTF-8"


def composed(text: str) -> str:
    """Letters with their marks in one piece, so that a word is the same whichever program wrote it.

    >>> len("Fie\\u0300vre"), len(composed("Fie\\u0300vre"))
    (7, 6)
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def spoilt(text: str) -> bool:
    """Whether letters were lost, or written in UTF-8 and read as two others each.

    >>> spoilt("FiÃ¨vre"), spoilt("Fi\\ufffdvre"), spoilt("Fièvre"), spoilt("fever")
    (True, True, False, False)
    """
    if text.isascii():
        return False
    return "\ufffd" in text or _is_utf_8(text, "cp1252") or _is_utf_8(text, "latin-1")


def _is_utf_8(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding).decode("utf-8")
    except UnicodeError:
        return False
    return True
