"""Lines of a chart description to start from: a field with its column, and where a table is."""

from __future__ import annotations

from caseseries.form.found import TableGuess
from caseseries.form.quote import listed, quoted

SUGGESTED = "# suggested"


def line(key: str, column: str, read: set[str]) -> str:
    """A field and its column."""
    read.add(column)
    return f"    {key}: {quoted(column)}   {SUGGESTED}"


def day_line(key: str, one: TableGuess, name: str, read: set[str]) -> str:
    """A field and its column of dates, or of the numbers under which a spreadsheet keeps them."""
    column = one.looked.column(name)
    if column is None or column.kind != "number":
        return line(key, name, read)
    read.add(name)
    return f"    {key}: {{column: {quoted(name)}, serials: yes}}   {SUGGESTED}: the numbers under which a spreadsheet keeps dates"


def roles_lines(one: TableGuess, read: set[str], *names: str) -> list[str]:
    """The fields that are called as the roles are."""
    return [line(name, one.roles[name], read) for name in names if one.roles.get(name)]


def place_lines(one: TableGuess) -> list[str]:
    """Where the table is: a sheet, a file, or the same on several."""
    looked, lines = one.looked, []
    for key, several in (("files", looked.files), ("sheets", looked.sheets)):
        if several:
            lines.append(f"    {key}: all   {SUGGESTED}: {len(several)} of them look alike, one for each patient")
            if others := [name for name in looked.book if name not in several]:
                lines.append(f"    except_{key}: {listed(others)}   {SUGGESTED}")
    if not looked.files and not looked.sheets and (not looked.sheet or looked.file in looked.book):
        lines.append(f"    file: {quoted(looked.file)}")
    if looked.sheet and not looked.sheets:
        lines.append(f"    sheet: {quoted(looked.sheet)}")
    if looked.one_row:
        lines.append(f"    one_row: yes   {SUGGESTED}: made of the cells named below alone")
    if looked.fixed:
        lines.append(
            f"    cells: {{{', '.join(f'{quoted(name)}: {at}' for name, at in looked.fixed.items())}}}   {SUGGESTED}"
        )
    if looked.same_as_above:
        lines.append(
            f"    same_as_above: {listed(list(looked.same_as_above))}   {SUGGESTED}: a blank means the id above it"
        )
    if one.several_rows:
        lines.append(f"    rows_per_patient: several   {SUGGESTED}: what stands in a patient's rows adds up to one")
    return lines
