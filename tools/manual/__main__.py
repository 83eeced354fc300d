"""`python -m tools.manual`: write the pages anew; with `--check` only say which are out of date."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.manual.pages import DEFINITIONS, ROOT, RULES, pages


def out_of_date() -> dict[Path, str | None]:
    """The pages that are not as they would be printed now, with that text; None for one that is no longer printed."""
    made = pages()
    found: dict[Path, str | None] = {
        path: text
        for path, text in made.items()
        if not (ROOT / path).is_file() or (ROOT / path).read_text(encoding="utf-8") != text
    }
    there = [path.relative_to(ROOT) for folder in (RULES, DEFINITIONS) for path in sorted((ROOT / folder).glob("*.md"))]
    return found | {path: None for path in there if path not in made}


def main() -> int:
    """Write, or check."""
    found = out_of_date()
    for path, text in found.items():
        if "--check" in sys.argv:
            print(f"out of date: {path.as_posix()}")
        elif text is None:
            (ROOT / path).unlink()
            print(f"removed {path.as_posix()}")
        else:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {path.as_posix()}")
    return 1 if found and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
