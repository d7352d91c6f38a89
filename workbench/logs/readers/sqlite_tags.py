"""Long tables of a database that name their tags by number: the numbers become names, from the table that knows them.

Left as numbers they would be read as a channel of their own, and the values of all tags as one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from workbench.logs.readers.arrays import NamedArray
from workbench.logs.readers.lazy import Guard, LazyTexts
from workbench.logs.tables.sniff import fold_name
from workbench.logs.tables.words import TAG_NAMES, UNIT_NAMES, VALUE_NAMES
from workbench.logs.text.decode import clean_text

MAX_TAGS = 4096
_ID_ENDINGS = ("id", "nr", "no", "num", "idx", "index", "key", "ref")
Layouts = Mapping[str, Sequence[str]]


def name_tags(
    database: sqlite3.Connection, table: str, arrays: tuple[NamedArray, ...], layouts: Layouts, guard: Guard
) -> tuple[NamedArray, ...]:  # fmt: skip
    """The arrays of a table with its column of tag numbers as names; as they are where it has none."""
    found = _tag_column(database, table, arrays)
    if found is None:
        return arrays
    number, distinct = found
    plain = arrays[number].name
    names = _names_of(database, table, plain, distinct, layouts)
    texts = {one: names.get(one) or f"{plain} {one}" for one in distinct}
    ids = arrays[number].numbers

    def read(first: int, end: int) -> list[str]:
        return [texts[one] for one in ids[first:end].tolist()]

    tags = NamedArray(name="tag", values=LazyTexts(len(ids), read, guard))
    return tuple(tags if index == number else array for index, array in enumerate(arrays))


def _tag_column(
    database: sqlite3.Connection, table: str, arrays: Sequence[NamedArray]
) -> tuple[int, set[int]] | None:  # fmt: skip
    """The column of whole numbers that is called so, beside one of values, with each number many times; and its numbers."""
    if not any(fold_name(array.name) in VALUE_NAMES for array in arrays):
        return None
    for index, array in enumerate(arrays):
        folded = fold_name(array.name)
        is_called = folded in TAG_NAMES or (folded.endswith(_ID_ENDINGS) and folded not in _ID_ENDINGS)
        if not is_called or array.is_text or array.numbers.dtype.kind not in "iu":
            continue
        query = f"SELECT DISTINCT {quoted(array.name)} FROM {quoted(table)} LIMIT {MAX_TAGS + 1}"  # noqa: S608 - quoted
        distinct = {int(one) for (one,) in database.execute(query).fetchall()}
        if 0 < len(distinct) <= min(MAX_TAGS, len(array.values) // 2):
            return index, distinct
    return None


def _names_of(
    database: sqlite3.Connection, table: str, column: str, ids: set[int], layouts: Layouts
) -> dict[int, str]:  # fmt: skip
    """Names by number: from the table that the column refers to, else from the only one that knows all the numbers."""
    for row in database.execute(f"PRAGMA foreign_key_list({quoted(table)})").fetchall():
        if str(row[3]).casefold() == column.casefold() and str(row[2]) in layouts:
            key = str(row[4]) if row[4] else _key_of(layouts[str(row[2])], column)
            found = _read_names(database, str(row[2]), key, layouts[str(row[2])])
            if found:
                return found
    told = [
        found
        for other, columns in layouts.items()
        if other != table
        and (key := _key_of(columns, column))
        and ids <= (found := _read_names(database, other, key, columns)).keys()
    ]
    return told[0] if len(told) == 1 else {}


def _key_of(columns: Sequence[str], column: str) -> str:
    """The column of another table that holds the same numbers: of the same name, else its own id."""
    by_fold = {fold_name(name): name for name in columns}
    return by_fold.get(fold_name(column)) or by_fold.get("id") or ""


def _read_names(database: sqlite3.Connection, table: str, key: str, columns: Sequence[str]) -> dict[int, str]:
    """Name, with its unit where a column has it, by number; {} where the table has no names."""
    named = [name for name in columns if fold_name(name) in TAG_NAMES and name != key]
    units = [name for name in columns if fold_name(name) in UNIT_NAMES]
    if not named or not key:
        return {}
    wanted = ", ".join(map(quoted, (key, named[0], *units[:1])))
    rows = database.execute(f"SELECT {wanted} FROM {quoted(table)} LIMIT {MAX_TAGS + 1}").fetchall()  # noqa: S608 - quoted
    found: dict[int, str] = {}
    for one, name, *unit in rows:
        if isinstance(one, int) and isinstance(name, str) and name.strip():
            printed = clean_text(str(unit[0])).strip() if unit and unit[0] else ""
            found[one] = f"{clean_text(name)} [{printed}]" if printed else clean_text(name)
    return found if len(found) == len(rows) and len(rows) <= MAX_TAGS else {}


def quoted(name: str) -> str:
    """A name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'
