"""Text as documents print it: one line, nothing that cannot be seen, and what belongs together on one line."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from caseseries.report.exhibits.words import seen

#: The day on which every document was made: equal runs give equal bytes.
DAY = datetime(2000, 1, 1, tzinfo=UTC)

_SPACES = re.compile(r"[ \t\r\n]+")
#: A number and its unit or percent sign, `n = 8`, `95 % CI`, `Table 3`.
_TOGETHER = re.compile(
    r"(?<=\d) (?=%|mg\b|kg\b|µg\b|points?\b|days?\b|months?\b|years?\b|CI\b)|(?<=%) (?=CI\b)|(?<=\d) (?=→)|(?<=→) (?=\d)"
    r"|(?<=\bn) (?== ?\d)|(?<=\bn =) (?=\d)|(?<=\bTable) (?=S?\d)|(?<=\bFigure) (?=S?\d)"
)


def printed(text: str) -> str:
    """The text as it is printed: the same words and numbers.

    >>> printed("6 of 8 (75 %, 95 % CI 35\\n to 97; n = 8)").replace("\\xa0", "~")
    '6 of 8 (75~%, 95~%~CI 35 to 97; n~=~8)'
    >>> printed("a\\x07b")
    'a�b'
    """
    return _TOGETHER.sub("\u00a0", _SPACES.sub(" ", seen(text)))


def plain_again(text: str) -> str:
    """What :func:`printed` was made from, with single spaces: to compare files with what was declared.

    >>> plain_again(printed("75 %")), plain_again("a  b ")
    ('75 %', 'a b')
    """
    return " ".join(seen(text).replace("\u00a0", " ").split())
