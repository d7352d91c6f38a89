"""Tells the rows above the data apart: names, units, descriptions, types; all else is a note."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.logs.tables.quality_words import STRONG_NAMES, WEAK_NAMES
from workbench.logs.tables.sniff import cell_kind, fold_name, is_tag_name, is_time_name
from workbench.logs.tables.words import (
    CLOCK_NAMES,
    DATE_NAMES,
    INDEX_NAMES,
    MILLISECOND_NAMES,
    TAG_NAMES,
    TIME_NAMES,
    TYPE_WORDS,
    UNIT_NAMES,
    VALUE_NAMES,
)
from workbench.logs.units import find_unit, is_no_unit

COMMENT = re.compile(r"\s*(#|//|%|!|\*\*|;;)")
_COMMENT_MARKS = frozenset({"#", "//", "%", "!", "**", ";;"})
_ADDRESS = re.compile(
    r"(?:%?(?:D|DT|DM|EM|FD|ZR|ZF|MW|MD|MF|VW|VD|IW|ID|QW|QD|DB\d+\.DB[BWD])\d+|%[A-Z]{1,2}\d+|[NFBL]\d+:\d+|\d{5,6})(?:\.\d+)?"
)
_PROMPT = re.compile(r"^.*>\s*(?:[@:/-]\w+\s+)?")
_MAX_HEADER_ROWS = 60
_UNIT_SAID = re.compile(r"(?:units?|einheit|unité|unidad|unità|eenheid|enhet)\s*[:=]\s*(?P<unit>\S{1,12})", re.IGNORECASE)
_MAX_LINES_BETWEEN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderGuess:
    """Rows of the head that are the header: names, units, descriptions; `n_rows` lines in all come before the data."""

    names: tuple[str, ...] | None
    units: tuple[str, ...] | None = None
    description: tuple[str, ...] | None = None
    block: tuple[tuple[str, ...], ...] = ()
    notes: str = ""


def find_header(above: Sequence[Sequence[str]], data: Sequence[Sequence[str]], time_indexes: Sequence[int]) -> HeaderGuess:
    """Tell names, units and descriptions apart in the rows above the data; other lines are notes."""
    n_data, n_raw = len(strip_trailing(data[0])), len(data[0])
    block: list[tuple[str, ...]] = []
    for row in map(aligner(n_data, time_indexes), reversed(above[-_MAX_HEADER_ROWS:])):
        names_time = _names_time(row, time_indexes)
        is_remark = not block and _is_prose(row) and COMMENT.match(row[0])
        if (_is_numeric_row(row) and not names_time) or is_remark or (len(row) > 1 and not strip_trailing(row)):
            continue
        is_header = (_fits(row, n_data, n_raw) or (names_time and not block and len(row) == n_data)) and not (
            COMMENT.match(row[0]) and not block and _is_prose(row)
        )
        if not is_header:
            break
        block.insert(0, tuple(row))
    notes = " ".join(" ".join(row) for row in above[: len(above) - len(block)])[:2000]
    if not block:
        return HeaderGuess(names=None, notes=notes)
    # a row of units stands below the names: 'a' and 'V' alone in one row are names
    below = block[1:] if fold_name(block[0][0]) not in UNIT_NAMES else block
    units = next((row for row in below if is_unit_row(row, time_indexes)), None)
    rest = [row for row in block if row is not units and not _is_type_row(row)] or [row for row in block if row is not units]
    names = next((row for row in rest if _names_time(row, time_indexes)), None)
    numbered = names and _named_below_numbers(names, rest, time_indexes)
    if numbered:
        names, rest = numbered, [numbered if row is names else row for row in rest]
    elif names and all(_is_bare(cell) for index, cell in enumerate(names) if index not in time_indexes):
        names = _with_tags(names, rest, time_indexes)  # Date, Time, and nothing else: the tags stand above
    names = names or max(rest, key=_name_worth)
    names = _with_tags_above(_with_groups(names, rest, time_indexes), rest, time_indexes)
    others = [row for row in rest[rest.index(names) + 1 :] if not _says_values(row, time_indexes)] if names in rest else []
    units = units or _units_said(above[: len(above) - len(block)], names)
    cleaned = (_without_prompt(re.sub(r"^\s*#\s*", "", names[0])), *names[1:])
    return HeaderGuess(names=cleaned, units=units, description=others[0] if others else None, block=tuple(block), notes=notes)


def _units_said(above: Sequence[Sequence[str]], names: Sequence[str]) -> tuple[str, ...] | None:
    """Units that the preamble gives below each name: 'LEVEL', 'UNIT: m'. None where it gives none."""
    said: dict[str, str] = {}
    named = {fold_name(name) for name in names if fold_name(name)}
    last, since = "", 0
    for row in above:
        text = " ".join(cell.strip() for cell in row if cell.strip())
        match = _UNIT_SAID.fullmatch(text)
        if fold_name(text) in named:
            last, since = fold_name(text), 0
        elif match and last and since < _MAX_LINES_BETWEEN:
            said.setdefault(last, match["unit"])
        since += 1
    units = tuple(said.get(fold_name(name), "") for name in names)
    return units if any(map(find_unit, units)) else None


def _names_time(row: Sequence[str], time_indexes: Sequence[int]) -> bool:
    """Whether a row has a name of the time over it, or a date's and a clock's."""
    over = [row[index] for index in time_indexes if index < len(row)]
    folded = [fold_name(cell) for cell in over]
    return any(map(is_time_name, over)) or (len(folded) == 2 and folded[0] in DATE_NAMES and folded[1] in CLOCK_NAMES)


def aligner(n_data: int, time_indexes: Sequence[int]) -> Callable[[Sequence[str]], Sequence[str]]:
    """Brings header rows under the columns where they have one cell for date and time, or none."""
    n_time = len(time_indexes)

    def align(row: Sequence[str]) -> Sequence[str]:
        is_front = list(time_indexes) == list(range(n_time))
        if is_front and len(row) == n_data + 1 and row[0].strip() in _COMMENT_MARKS:
            return without_mark(row)
        # a row that merely lacks its last cell must not move: only one that begins with a unit has no cell for the time
        names = strip_trailing(row)
        if is_front and n_time == 2 and 2 <= len(names) == n_data - 1 and is_time_name(names[0]) and not is_time_name(names[1]):
            return [names[0], "", *names[1:]]  # one name for date and clock, which blanks tear apart
        if is_front and len(row) == n_data - n_time and find_unit(row[0]) and is_unit_row(row, ()):
            return [*[""] * n_time, *row]
        is_labelled = bool(row) and bool(row[0].strip()) and cell_kind(row[0]) in "xe" and not is_time_name(row[0])
        if is_front and n_time > 1 and is_labelled and len(row) == n_data - n_time + 1 and len(strip_trailing(row)) > 1:
            return [row[0], *[""] * (n_time - 1), *row[1:]]
        return row

    return align


def without_mark(row: Sequence[str]) -> list[str]:
    """A header in a comment without the mark in front of it: '# time flow' as 'time flow'."""
    if row and row[0].strip() in _COMMENT_MARKS:
        return list(row[1:])
    return [COMMENT.sub("", row[0], count=1).strip() if COMMENT.match(row[0]) else row[0], *row[1:]] if row else []


def _without_prompt(cell: str) -> str:
    """The first name without the prompt of a console that was recorded with it: '* (Ls - PIARC) PIconfig> @ostr tag'."""
    name = _PROMPT.sub("", cell)
    return name if is_tag_name(fold_name(name)) or is_time_name(name) else cell


def _is_bare(cell: str) -> bool:
    """Whether a cell says nothing, or only that it holds the milliseconds of the time."""
    return not cell.strip() or fold_name(cell) in MILLISECOND_NAMES


def _with_groups(names: tuple[str, ...], rest: Sequence[tuple[str, ...]], time_indexes: Sequence[int]) -> tuple[str, ...]:
    """Names of groups, each over several columns that the row below names: 'P-101' over 'Flow' and 'Pressure'."""
    at = rest.index(names) + 1 if names in rest else len(rest)
    below = rest[at] if at < len(rest) else ()
    columns = [index for index in range(len(strip_trailing(below))) if index not in time_indexes]
    is_group = any(index >= len(names) or not names[index].strip() for index in columns)
    if len(columns) < 2 or not is_group or not all(below[index].strip() for index in columns):
        return names
    if _says_values(below, time_indexes) or not (columns[0] < len(names) and names[columns[0]].strip()):
        return names
    joined, group = [*names[: columns[0]]], ""
    inner = [below[index].strip() for index in columns]
    for index in range(columns[0], columns[-1] + 1):
        group = (names[index].strip() if index < len(names) else "") or group
        joined.append(below[index].strip() if len(set(inner)) == len(inner) else f"{group} {below[index].strip()}")
    return tuple(joined)


def _with_tags(names: tuple[str, ...], rest: Sequence[tuple[str, ...]], time_indexes: Sequence[int]) -> tuple[str, ...] | None:
    """A row that names only the time, with the names of the row that is called tags, else of the one that tells most apart."""
    others = [row for row in rest if row is not names]
    if not others:
        return names
    tags = min((row for row in others if is_tag_name(fold_name(row[0]))), key=_rank_tags, default=None) or max(
        others, key=_name_worth
    )
    above = next((row for row in others if row is not tags and _tells_apart(row, tags, time_indexes)), None)
    if above is not None:
        upper, lower = sorted((above, tags), key=others.index)
        tags = tuple(f"{one.strip()} {other.strip()}".strip() for one, other in zip(upper, lower, strict=False))
    return tuple(
        names[index] if index in time_indexes or (index < len(names) and fold_name(names[index]) in MILLISECOND_NAMES) else cell
        for index, cell in enumerate(tags)
    )


def _rank_tags(row: Sequence[str]) -> tuple[bool, bool]:
    """A row that is called tag goes before one of channels' numbers."""
    folded = fold_name(row[0])
    return not folded.startswith("tag"), folded not in TAG_NAMES


def _tells_apart(row: Sequence[str], tags: Sequence[str], time_indexes: Sequence[int]) -> bool:
    """Whether tags that repeat are told apart by another row: 'P-101' and 'P-102' over 'Flow', 'Pressure', 'Flow', 'Pressure'."""
    columns = [index for index in range(min(len(row), len(tags))) if index not in time_indexes]
    written = [(row[index].strip(), tags[index].strip()) for index in columns]
    is_repeated = len({tag for _, tag in written}) < len(written)
    return is_repeated and len(written) > 1 and all(all(pair) for pair in written) and len(set(written)) == len(written)


def _named_below_numbers(
    names: tuple[str, ...], rest: Sequence[tuple[str, ...]], time_indexes: Sequence[int]
) -> tuple[str, ...] | None:
    """Names that only number the channels, with those of the first row below that tells the channels apart in words."""

    def of_channels(row: Sequence[str]) -> list[str]:
        return [cell.strip() for index, cell in enumerate(row) if index not in time_indexes]

    numbers = of_channels(names)
    if not numbers or not all(cell.isdecimal() for cell in numbers):
        return None
    for row in rest[rest.index(names) + 1 :]:
        words = of_channels(row)
        if len(words) == len(numbers) == len(set(words)) and all(any(map(str.isalpha, word)) for word in words):
            return tuple(names[index] if index in time_indexes else cell for index, cell in enumerate(row))
    return None


def _with_tags_above(
    names: tuple[str, ...], rest: Sequence[tuple[str, ...]], time_indexes: Sequence[int]
) -> tuple[str, ...]:  # fmt: skip
    """Names where a row says nothing but value, time and quality: the tags of a row above, each over its value or its time."""
    beside = next((row for row in rest[rest.index(names) :] if _says_values(row, time_indexes)), None) if names in rest else None
    above = [row for row in rest[: rest.index(beside)] if row is not beside] if beside else []
    if beside is None or not above:
        return names
    tags = next((row for row in above if row and is_tag_name(fold_name(row[0]))), above[-1])
    found = [*beside]
    last = ""
    for index, cell in enumerate(beside):
        folded = fold_name(cell)
        if index in time_indexes or not folded or is_time_name(cell):
            found[index] = names[index] if index < len(names) and is_time_name(names[index]) else cell
        elif folded in VALUE_NAMES:
            last = next((tags[at].strip() for at in (index, index - 1) if 0 <= at < len(tags) and tags[at].strip()), "")
            found[index] = last
        else:
            found[index] = f"{last} {cell}" if last else cell
    called = [found[index] for index, cell in enumerate(beside) if fold_name(cell) in VALUE_NAMES and index not in time_indexes]
    return tuple(found) if all(called) and len(set(called)) == len(called) else names


def _says_values(row: Sequence[str], time_indexes: Sequence[int]) -> bool:
    """Whether a row of names says nothing but value, time and quality, and value at least."""
    folded = [fold_name(cell) for index, cell in enumerate(row) if index not in time_indexes and cell.strip()]
    is_mere = all(name in VALUE_NAMES | STRONG_NAMES | WEAK_NAMES or name in TIME_NAMES for name in folded)
    return is_mere and any(name in VALUE_NAMES for name in folded)


def strip_trailing(row: Sequence[str]) -> list[str]:
    """The row without empty cells at its end."""
    end = len(row)
    while end and not row[end - 1].strip():
        end -= 1
    return list(row[:end])


def _fits(row: Sequence[str], n_data: int, n_raw: int) -> bool:
    """Whether a row may head rows of `n_data` written cells, or of `n_raw` with the empty ones at their end."""
    n_cells = len(strip_trailing(row))
    return (n_cells >= 2 and n_data - 1 <= len(row) and n_cells <= max(n_data + 2, n_raw) and n_cells >= 0.4 * n_data) or (
        n_data <= 2 and len(row) == n_data
    )


def _is_numeric_row(row: Sequence[str]) -> bool:
    """Whether a row above the data is one that merely lacks its time."""
    kinds = [cell_kind(cell) for cell in row[:64] if cell.strip()]
    return len(kinds) > 1 and kinds.count("n") > 0.5 * len(kinds)


def _is_prose(row: Sequence[str]) -> bool:
    return len(strip_trailing(row)) < 2


def is_unit_row(row: Sequence[str], time_indexes: Sequence[int]) -> bool:
    """Whether a row holds units, at least in half of what is written beside the time."""
    cells = [cell.strip() for index, cell in enumerate(row) if index not in time_indexes and cell.strip()]
    known = [cell for cell in cells if find_unit(cell) or is_no_unit(cell.strip("[]()"))]
    return bool(cells) and len(known) >= 0.5 * len(cells) and any(find_unit(cell) for cell in cells)


def _is_type_row(row: Sequence[str]) -> bool:
    """Whether a row says how the columns are stored: DATETIME[YYYY/MM/DD hh:mm:ss], INDEX, FLOAT[DEC.3]."""
    kinds = [re.split(r"[\[(:_]", cell.strip(), maxsplit=1)[0].strip().casefold() for cell in row if cell.strip()]
    kinds = [kind.rstrip("0123456789") for kind in kinds]
    known = [kind for kind in kinds if kind in TYPE_WORDS]
    return len(known) >= 0.75 * len(kinds) and any(kind not in INDEX_NAMES and kind not in TIME_NAMES for kind in known)


def _name_worth(row: Sequence[str]) -> tuple[int, bool, int]:
    """Names tell columns apart, and are shorter than descriptions; addresses in a controller do so too, but are no names."""
    written = [cell.strip() for cell in row if cell.strip()]
    n_addresses = sum(map(bool, map(_ADDRESS.fullmatch, written)))
    return len(set(written)), 2 * n_addresses < len(written), -sum(map(len, written))
