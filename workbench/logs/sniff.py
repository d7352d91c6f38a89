"""Guesses how a text table is laid out, from a sample of its lines: delimiter, time columns, header rows.

Every guess is made from how well the cells read under it, not from the file's name or a fixed list of products.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from workbench.logs.bad_words import is_bad_word
from workbench.logs.instants import parse_clock, parse_stamp, unix_ns
from workbench.logs.readers.table import TimeColumns
from workbench.logs.text import clean_text
from workbench.logs.time_parts import find_parts
from workbench.logs.units import find_unit, is_no_unit
from workbench.logs.words import (
    EMPTY_WORDS,
    INDEX_NAMES,
    INFINITE_WORDS,
    MILLISECOND_NAMES,
    RELATIVE_NAMES,
    TAG_NAMES,
    TIME_NAMES,
    TYPE_WORDS,
    UNIT_NAMES,
    ZONE_OFFSETS_MIN,
)

DELIMITERS = (";", "\t", ",", "|")
WHITESPACE = " "
_NUMBER_LIKE = re.compile(
    r"[-+−]?\(?\d+(?:['’ \u00a0\u2009\u202f]\d{3}(?!\d)|[.,]\d+)*[.,]?(?:[eEdD][+-]?\d+)?\)?-?"
    r"(?:\s*(?P<unit>[^\d\s](?:\D{0,11}|\D{0,8}\d\D{0,6})))?"
    r"|[-+−]?[.,]\d+"
)
_QUOTED_WORD = re.compile(r'"([^"]*)"|([^\s"]+)')
_HEX = re.compile(r"0[xX][0-9a-fA-F]{1,16}")
_OFFSET = re.compile(r"(?:UTC|GMT)?[+-]\d{1,2}:\d{2}|(?:UTC|GMT)[+-]\d{1,2}", re.IGNORECASE)
_DATE_LIKE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b")
_PLAIN_NUMBER = re.compile(r"[+-]?\d{1,30}(?:\.\d{0,30})?(?:[eE][+-]?\d{1,2})?")
_COMMENT = re.compile(r"\s*(#|//|%|!|\*\*|;;)")
_COMMENT_MARKS = frozenset({"#", "//", "%", "!", "**", ";;"})
_MAX_HEADER_ROWS = 60


def split_line(line: str, delimiter: str) -> list[str]:
    """The cells of one line; quotes are honoured."""
    if delimiter == WHITESPACE:
        return line.split() if '"' not in line else [quoted or bare for quoted, bare in _QUOTED_WORD.findall(line)]
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def cell_kind(text: str) -> str:
    """One letter: t time, n number, e empty or a known word for bad, x other text."""
    text = text.strip()
    folded = text.casefold()
    if folded in EMPTY_WORDS or folded in INFINITE_WORDS:
        return "e"
    if _DATE_LIKE.match(text) and parse_stamp(text) is not None:
        return "t"
    if text[0].isdigit() or text[0] in "+-−.(,":
        if _HEX.fullmatch(text):
            return "n"
        match = _NUMBER_LIKE.fullmatch(text) if len(text) <= 60 else None
        if match and (not match["unit"] or find_unit(match["unit"])):
            return "n"
    if parse_stamp(text) is not None or parse_clock(text) is not None:
        return "t"
    return "e" if is_bad_word(text) else "x"


@dataclass(frozen=True, slots=True, kw_only=True)
class DelimiterGuess:
    """The best delimiter, the usual number of cells, and how far it leads (0..1)."""

    delimiter: str
    n_cells: int
    confidence: float


def find_delimiter(lines: Sequence[str]) -> DelimiterGuess:
    """Weigh the delimiters on sample lines: cells a line must agree, and cells must read as times, numbers or known words."""
    scores = {delimiter: _score(lines, delimiter) for delimiter in DELIMITERS}
    if max(score for score, _ in scores.values()) < 0.6 and not _is_ruled(lines):
        score, n_cells = _score(lines, WHITESPACE)
        scores[WHITESPACE] = (0.9 * score, n_cells)
    ranked = sorted(scores, key=lambda delimiter: -scores[delimiter][0])
    first, n_cells = scores[ranked[0]]
    if first <= 0:
        return DelimiterGuess(delimiter="", n_cells=1, confidence=0.5)
    lead = first - scores[ranked[1]][0]
    return DelimiterGuess(delimiter=ranked[0], n_cells=n_cells, confidence=max(0.5, min(1.0, 0.5 + lead)))


def _is_ruled(lines: Sequence[str]) -> bool:
    """Whether a mark that nothing else is written with stands equally often in all lines; blanks are no delimiter then."""
    for delimiter in (";", "\t", "|"):
        for count, n_lines in Counter(line.count(delimiter) for line in lines).most_common(1):
            if count >= 2 and n_lines >= 0.95 * len(lines):
                return True
    return False


def _score(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    rows = [split_line(line, delimiter) for line in lines]
    rows = [row for row in rows if len(row) > 1]
    if not rows:
        return 0.0, 1
    counts = Counter(len(row) for row in rows)
    n_cells, n_rows = counts.most_common(1)[0]
    # a trailing delimiter or pairs of names and values make lines of different lengths: agreement only weighs half
    agreement = 0.5 + 0.5 * n_rows / len(lines)
    body = rows[len(rows) // 4 :]
    kinds = Counter(cell_kind(cell) for row in body for cell in row[:64])
    total = sum(kinds.values())
    read = (kinds["t"] + kinds["n"] + 0.8 * kinds["e"]) / total
    return agreement * (read + 0.02) * (len(rows) / len(lines)), n_cells


def fold_name(text: str) -> str:
    """A header for comparing with word lists: lower case, letters and digits only, no trailing unit bracket."""
    text = (re.sub(r"\s*[\[(].*$", "", clean_text(text)) or text).replace("№", "no")
    text = re.sub(r"\b[nN][°º]", "no", text)
    return re.sub(r"[^\w#]|_", "", text.casefold())


def is_time_name(text: str) -> bool:
    """Whether a header names a time axis."""
    folded = fold_name(text)
    return (
        folded in TIME_NAMES
        or folded.startswith(("timestamp", "datetime", "zeitst"))
        or folded.endswith(("timestamp", "datetime"))
    )


def find_time(rows: Sequence[Sequence[str]], header: Sequence[str] | None, notes: str = "") -> TimeColumns:
    """The time columns of sample data rows; `header` is the name row where there is one."""
    n_columns = min(max((len(row) for row in rows), default=0), 40)
    shapes = [_shape([row[index] for row in rows if index < len(row)]) for index in range(n_columns)]
    title = [clean_text(header[index]) if header and index < len(header) else "" for index in range(n_columns)]
    full = [index for index, shape in enumerate(shapes) if shape == "stamp"]
    if full:
        best = min(full, key=lambda index: _rank_time([row[index] for row in rows if index < len(row)], title[index], index))
        return _with_more(TimeColumns(kind="stamp", indexes=(best,), header=title[best], notes=notes), rows, title)
    dates = [index for index, shape in enumerate(shapes) if shape == "date"]
    clocks = [index for index, shape in enumerate(shapes) if shape == "clock"]
    parts = find_parts(rows, list(map(fold_name, title)), dates[0] if dates and not clocks else None) if header else None
    if parts:
        named = " ".join(title[index] for index in parts[0])
        return TimeColumns(kind="date+clock", indexes=parts[0], parts=parts[1], header=named, notes=notes)
    if dates and clocks:
        header_text = f"{title[dates[0]]} {title[clocks[0]]}".strip()
        return _with_more(
            TimeColumns(kind="date+clock", indexes=(dates[0], clocks[0]), header=header_text, notes=notes), rows, title
        )
    numeric = _find_numeric_time(rows, title, notes)
    if numeric and (not dates or numeric.kind == "epoch"):
        return numeric
    if dates:
        return TimeColumns(kind="stamp", indexes=(dates[0],), header=title[dates[0]], notes=notes)
    if numeric is None and clocks:
        return TimeColumns(
            kind="relative", indexes=(clocks[0],), epoch="clock", header=title[clocks[0]], notes=notes, confidence=0.6
        )
    return numeric or TimeColumns(kind="none", notes=notes, confidence=0.5)


def _with_more(time: TimeColumns, rows: Sequence[Sequence[str]], title: Sequence[str]) -> TimeColumns:
    """The time with the column right of it, where that holds its zone or its milliseconds."""
    after = time.indexes[-1] + 1
    zone = _find_zone_column(rows, time.indexes[-1])
    if zone:
        return replace(time, indexes=(*time.indexes, *zone))
    if after < len(title) and fold_name(title[after]) in MILLISECOND_NAMES:
        cells = [row[after].strip() for row in rows if after < len(row)]
        if cells and all(cell.isdigit() and len(cell) <= 3 for cell in cells):
            return replace(time, indexes=(*time.indexes, after), has_milliseconds=True)
    return time


def _find_zone_column(rows: Sequence[Sequence[str]], after: int) -> tuple[int, ...]:
    """The column right of the time, where it holds nothing but zones: CET, +01:00."""
    cells = [row[after + 1].strip() for row in rows if after + 1 < len(row)]
    is_zone = bool(cells) and all(cell.lower() in ZONE_OFFSETS_MIN or _OFFSET.fullmatch(cell) for cell in cells)
    return (after + 1,) if is_zone else ()


def _shape(cells: Sequence[str]) -> str:
    written = [cell for cell in cells if cell.strip()]
    if len(written) < max(1, 0.5 * len(cells)):
        return ""
    stamps = [stamp for stamp in map(parse_stamp, written) if stamp is not None]
    n_counts = sum(unix_ns(cell) is not None for cell in written) if stamps else 0
    if stamps and len(stamps) + n_counts >= 0.7 * len(written):
        # eight digits may be a date, a number or a serial: only with a time of day is it certain
        if all(cell.strip().isdigit() for cell in written[:50]) and not stamps[0].has_clock:
            return "date"
        return "stamp" if sum(stamp.has_clock for stamp in stamps) >= 0.5 * len(stamps) else "date"
    clocks = sum(parse_clock(cell) is not None for cell in written)
    return "clock" if clocks >= 0.7 * len(written) else ""


def _rank_time(cells: Sequence[str], title: str, index: int) -> tuple[bool, bool, int]:
    """Of several columns of stamps: one that goes on from row to row (no start of a query), one that says its zone, the first."""
    return len(set(cells)) == 1 and len(cells) > 1, not _is_absolute(cells, title), index


def _is_absolute(cells: Sequence[str], title: str) -> bool:
    if re.search(r"utc|gmt", title, re.IGNORECASE):
        return True
    stamps = [stamp for stamp in map(parse_stamp, cells[:20]) if stamp is not None]
    return bool(stamps) and all(stamp.offset_ns is not None for stamp in stamps)


_EPOCHS = (
    ("unix_s", 3.15e8, 2.21e9),
    ("labview", 2.4e9, 4.29e9),
    ("unix_ms", 3.15e11, 2.21e12),
    ("unix_us", 3.15e14, 2.21e15),
    ("filetime", 1.1e17, 1.6e17),
    ("ticks", 6.1e17, 6.7e17),
    ("unix_ns", 7e17, 2.21e18),
    ("excel", 2.0e4, 7.5e4),
    ("matlab", 7.0e5, 7.7e5),
)
_NAMED_ONLY = frozenset({"excel", "matlab", "labview"})


def _find_numeric_time(rows: Sequence[Sequence[str]], title: Sequence[str], notes: str) -> TimeColumns | None:
    for index in sorted(range(len(title)), key=lambda index: (not is_time_name(title[index]), index)):
        named = is_time_name(title[index])
        if not named and index > 1:
            break
        numbers = _numbers([row[index] for row in rows if index < len(row)])
        if numbers is None or not _rises(numbers):
            continue
        middle = numbers[len(numbers) // 2]
        for epoch, low, high in _EPOCHS:
            is_plausible = sum(low <= number <= high for number in numbers) >= 0.9 * len(numbers)
            if is_plausible and (
                named or (epoch not in _NAMED_ONLY and index == 0) or (epoch == "excel" and index == 0 and middle % 1)
            ):
                return TimeColumns(kind="epoch", indexes=(index,), epoch=epoch, header=title[index], notes=notes, confidence=0.9)
        if named or any(word in title[index].casefold() for word in RELATIVE_NAMES):
            return TimeColumns(kind="relative", indexes=(index,), header=title[index], notes=notes, confidence=0.7)
    return None


def _numbers(cells: Sequence[str]) -> list[float] | None:
    """The cells as numbers; None when more than one in ten is none. A damaged cell does not change what a column is."""
    written = [cell.strip().replace(",", ".") for cell in cells if cell.strip()]
    numbers = [float(cell) for cell in written if _PLAIN_NUMBER.fullmatch(cell)]
    return numbers if numbers and len(numbers) >= 0.9 * len(written) else None


def _rises(numbers: Sequence[float]) -> bool:
    steps = [later - earlier for earlier, later in pairwise(numbers)]
    return not steps or (sum(step >= 0 for step in steps) >= 0.8 * len(steps) and (numbers[0] != numbers[-1] or len(numbers) < 3))


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
    n_data = len(strip_trailing(data[0]))
    block: list[tuple[str, ...]] = []
    for row in map(_aligner(n_data, time_indexes), reversed(above[-_MAX_HEADER_ROWS:])):
        names_time = any(index < len(row) and is_time_name(row[index]) for index in time_indexes)
        if _is_numeric_row(row) and not names_time:
            continue
        is_header = (_fits(row, n_data) or (names_time and not block and len(row) == n_data)) and not (
            _COMMENT.match(row[0]) and not block and _is_prose(row)
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
    names = next((row for row in rest if any(index < len(row) and is_time_name(row[index]) for index in time_indexes)), None)
    if names and not any(cell.strip() for index, cell in enumerate(names) if index not in time_indexes):
        names = _with_tags(names, rest, time_indexes)  # Date, Time, and nothing else: the tags stand above
    names = names or max(rest, key=_name_worth)
    others = [row for row in rest if row is not names and names in rest and rest.index(row) > rest.index(names)]
    cleaned = tuple(re.sub(r"^\s*#\s*", "", names[0]) if index == 0 else cell for index, cell in enumerate(names))
    return HeaderGuess(names=cleaned, units=units, description=others[0] if others else None, block=tuple(block), notes=notes)


def _aligner(n_data: int, time_indexes: Sequence[int]) -> Callable[[Sequence[str]], Sequence[str]]:
    """Brings header rows under the columns where they have one cell for date and time, or none."""
    n_time = len(time_indexes)

    def align(row: Sequence[str]) -> Sequence[str]:
        is_front = list(time_indexes) == list(range(n_time))
        if is_front and len(row) == n_data + 1 and row[0].strip() in _COMMENT_MARKS:
            return row[1:]
        # a row that merely lacks its last cell must not move: only one that begins with a unit has no cell for the time
        if is_front and len(row) == n_data - n_time and find_unit(row[0]) and is_unit_row(row, ()):
            return [*[""] * n_time, *row]
        is_labelled = bool(row) and bool(row[0].strip()) and cell_kind(row[0]) in "xe" and not is_time_name(row[0])
        if is_front and n_time > 1 and is_labelled and len(row) == n_data - n_time + 1 and len(strip_trailing(row)) > 1:
            return [row[0], *[""] * (n_time - 1), *row[1:]]
        return row

    return align


def _with_tags(names: tuple[str, ...], rest: Sequence[tuple[str, ...]], time_indexes: Sequence[int]) -> tuple[str, ...] | None:
    """A row that names only the time, with the names of the row that is called tags, else of the one that tells most apart."""
    others = [row for row in rest if row is not names]
    if not others:
        return names
    tags = next((row for row in others if fold_name(row[0]) in TAG_NAMES), None) or max(others, key=_name_worth)
    return tuple(names[index] if index in time_indexes else cell for index, cell in enumerate(tags))


def strip_trailing(row: Sequence[str]) -> list[str]:
    """The row without empty cells at its end."""
    end = len(row)
    while end and not row[end - 1].strip():
        end -= 1
    return list(row[:end])


def _fits(row: Sequence[str], n_data: int) -> bool:
    n_cells = len(strip_trailing(row))
    return (n_cells >= 2 and n_data - 1 <= len(row) <= n_data + 2 and n_cells >= 0.4 * n_data) or (
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
    return all(kind in TYPE_WORDS for kind in kinds) and any(kind not in INDEX_NAMES and kind not in TIME_NAMES for kind in kinds)


def _name_worth(row: Sequence[str]) -> tuple[int, int]:
    written = [cell.strip() for cell in row if cell.strip()]
    return len(set(written)), -sum(map(len, written))
