"""Guesses how a text table is laid out, from a sample of its lines: delimiter and time columns.

Every guess is made from how well the cells read under it, not from the file's name or a fixed list of products.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import lt

from workbench.logs.readers.table import TimeColumns
from workbench.logs.tables.bad_words import is_bad_word
from workbench.logs.tables.cells import BRACED, unwrapped
from workbench.logs.tables.words import (
    CLOCK_NAMES,
    DATE_NAMES,
    EMPTY_WORDS,
    FRACTION_NAMES,
    INFINITE_WORDS,
    LOCAL_WORDS,
    RELATIVE_NAMES,
    TAG_NAME_ENDINGS,
    TAG_NAMES,
    TIME_JOINTS,
    TIME_NAMES,
    ZONE_OFFSETS_MIN,
)
from workbench.logs.text.decode import clean_text
from workbench.logs.text.recall import recalled
from workbench.logs.times.instants import parse_clock, parse_stamp, unix_ns
from workbench.logs.times.parts import find_parts
from workbench.logs.units import find_unit

DELIMITERS = (";", "\t", ",", "|")
WHITESPACE = " "
_NUMBER_LIKE = re.compile(
    r"[-+−–]?\(?\d+(?:['’ \u00a0\u2009\u202f]\d{3}(?!\d)|[.,]\d+)*[.,]?(?:[eEdD][+-]?\d+)?\)?-?"
    r"(?:\s*(?P<unit>[^\d\s](?:\D{0,11}|\D{0,8}\d\D{0,6})))?"
    r"|[-+−]?[.,]\d+"
)
_QUOTED_WORD = re.compile(r'"([^"]*)"|([^\s"]+)')
_DOTTED_CLOCK = re.compile(r"(?:[01]?\d|2[0-4])\.[0-5]\d\.[0-5]\d(?:[.,]\d{1,6})?")
_HEX = re.compile(r"0[xX][0-9a-fA-F]{1,16}")
_BETWEEN_WORDS = re.compile(r"[\s/_&,.()+-]+")
_TIME_WORDS = TIME_NAMES | DATE_NAMES | CLOCK_NAMES
_OFFSET = re.compile(r"(?:UTC|GMT)?[+-]\d{1,2}:\d{2}|(?:UTC|GMT)[+-]\d{1,2}", re.IGNORECASE)
_HALF_OF_DAY = re.compile(r"[ap]\.? ?m\.?", re.IGNORECASE)
_DATE_LIKE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b")
_PLAIN_NUMBER = re.compile(r"[+-]?\d{1,30}(?:\.\d{0,30})?(?:[eE][+-]?\d{1,2})?")


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


@recalled
def cell_kind(text: str) -> str:
    """One letter: t time, n number, e empty or a known word for bad, x other text."""
    text = unwrapped(text.strip())
    if text[-1:] == "}" and BRACED.fullmatch(text):
        return "n"
    folded = text.casefold()
    if folded in EMPTY_WORDS or folded in INFINITE_WORDS:
        return "e"
    if _DATE_LIKE.match(text) and parse_stamp(text) is not None:
        return "t"
    if text[0].isdigit() or text[0] in "+-−–.(,":
        if _HEX.fullmatch(text):
            return "n"
        match = _NUMBER_LIKE.fullmatch(text) if len(text) <= 60 else None
        if match and (not match["unit"] or find_unit(match["unit"])):
            return "n"
    if parse_stamp(text) is not None or parse_clock(text) is not None:
        return "t"
    return "e" if is_bad_word(text) else "x"


def may_be_name(text: str) -> bool:
    """Whether a text may name a signal: words, 'Sensor 3' too, though 'sensor' by itself speaks of a bad value."""
    kind, folded = cell_kind(text), text.strip().casefold()
    return kind == "x" or (kind == "e" and folded not in EMPTY_WORDS and folded not in INFINITE_WORDS)


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
    """Whether one mark stands equally often in all lines; blanks are no delimiter then.

    Numbers are written with commas too: these rule a table where a line of words has as many as the rows have.
    """
    for delimiter in (";", "\t", "|", ","):
        for count, n_lines in Counter(line.count(delimiter) for line in lines).most_common(1):
            is_regular = count >= 2 and n_lines >= 0.95 * len(lines)
            if is_regular and (delimiter != "," or any(_is_words(line.split(",")) for line in lines if line.count(",") == count)):
                return True
    return False


def _is_words(cells: Sequence[str]) -> bool:
    return all(cell_kind(cell) == "x" for cell in cells)


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


@recalled
def fold_name(text: str) -> str:
    """A header for comparing with word lists: lower case, letters and digits only, no trailing unit bracket."""
    text = (re.sub(r"\s*[\[(].*$", "", clean_text(text)) or text).replace("№", "no")
    text = re.sub(r"\b[nN]\.?[°º]|^\s*[nN]\.\s*$", "no", text)
    return re.sub(r"[^\w#]|_", "", text.casefold())


_COUNTED = re.compile(r"(.+?)[_ ](?:us|ms|msec|s|sec|min|h)", re.IGNORECASE)
"""A time with what it is counted in at its end: 'time_s', 'Zeit_ms'."""


@recalled
def is_time_name(text: str) -> bool:
    """Whether a header names a time axis."""
    folded = fold_name(text)
    counted = _COUNTED.fullmatch(text.strip())
    return (
        folded in TIME_NAMES
        or (counted is not None and fold_name(counted[1]) in TIME_NAMES)
        or folded.startswith(("timestamp", "datetime", "zeitst"))
        or folded.endswith(("timestamp", "datetime"))
        or _is_date_and_clock(text)
    )


def _is_date_and_clock(text: str) -> bool:
    """Whether all words of a name say date or time, in whatever language: 'Datum/Zeit', 'Data i godzina', 'Hora local'."""
    words = [fold_name(word) for word in _BETWEEN_WORDS.split(clean_text(text)) if word]
    telling = [word for word in words if word not in TIME_JOINTS | LOCAL_WORDS]
    is_pair = len(telling) > 1 or (len(telling) == 1 and not LOCAL_WORDS.isdisjoint(words))
    return is_pair and all(word in _TIME_WORDS for word in telling)


def is_tag_name(folded: str) -> bool:
    """Whether a folded header names a column of tags."""
    return folded in TAG_NAMES or any(folded.endswith(end) and folded.removesuffix(end) in TAG_NAMES for end in TAG_NAME_ENDINGS)


def find_time(rows: Sequence[Sequence[str]], header: Sequence[str] | None, notes: str = "") -> TimeColumns:
    """The time columns of sample data rows; `header` is the name row where there is one."""
    n_columns = min(max((len(row) for row in rows), default=0), 40)
    shapes = [_shape([row[index] for row in rows if index < len(row)]) for index in range(n_columns)]
    title = [clean_text(header[index]) if header and index < len(header) else "" for index in range(n_columns)]
    full = [index for index, shape in enumerate(shapes) if shape == "stamp"]
    if full:
        best = min(full, key=lambda index: _rank_time([row[index] for row in rows if index < len(row)], title[index], index))
        counted = _find_numeric_time(rows, title, notes)
        if counted and counted.epoch.startswith("unix") and _tells_more(rows, title, counted.indexes[0], best):
            return _with_fraction(counted, rows, title)
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
    beside = [*dates[1:], *clocks, *(index + 1 for index in dates[:1] if index + 1 < n_columns)]
    dotted = next((index for index in beside if dates and _is_dotted_clock(rows, dates[0], index, title[index])), None)
    if dates and dotted is not None:
        header_text = f"{title[dates[0]]} {title[dotted]}".strip()
        return _with_more(
            TimeColumns(kind="date+clock", indexes=(dates[0], dotted), header=header_text, notes=notes), rows, title
        )
    numeric = _find_numeric_time(rows, title, notes)
    if numeric and (not dates or numeric.kind == "epoch"):
        return _with_fraction(numeric, rows, title)
    if dates:
        return TimeColumns(kind="stamp", indexes=(dates[0],), header=title[dates[0]], notes=notes)
    if numeric is None and clocks:
        return TimeColumns(
            kind="relative", indexes=(clocks[0],), epoch="clock", header=title[clocks[0]], notes=notes, confidence=0.6
        )
    return numeric or TimeColumns(kind="none", notes=notes, confidence=0.5)


def _tells_more(rows: Sequence[Sequence[str]], title: Sequence[str], counts: int, stamps: int) -> bool:
    """Whether counts since 1970 say the instants that stamps of an unknown zone say, and as finely."""
    both = [(row[counts], row[stamps]) for row in rows if max(counts, stamps) < len(row)]
    is_as_fine = len({count for count, _ in both}) >= len({stamp for _, stamp in both})
    return is_time_name(title[counts]) and is_as_fine and not _is_absolute([stamp for _, stamp in both], title[stamps])


def _is_dotted_clock(rows: Sequence[Sequence[str]], date: int, index: int, title: str) -> bool:
    """Whether a column beside a date holds times of day as 06.30.00, which could be dates too: its name says so, or it goes on
    while the date stands."""
    pairs = [(row[date].strip(), row[index].strip()) for row in rows if max(date, index) < len(row) and row[index].strip()]
    n_dates, n_clocks = (len(set(cells)) for cells in zip(*pairs, strict=True)) if pairs else (0, 0)
    is_told = fold_name(title) in CLOCK_NAMES or n_clocks >= max(3, 3 * n_dates)
    return is_told and all(_DOTTED_CLOCK.fullmatch(clock) for _, clock in pairs)


def _with_more(time: TimeColumns, rows: Sequence[Sequence[str]], title: Sequence[str]) -> TimeColumns:
    """The time with the column right of it, where that holds its half of the day, its zone or its milliseconds."""
    zone = _find_zone_column(rows, time.indexes[-1])
    if zone:
        return replace(time, indexes=(*time.indexes, *zone))
    return _with_fraction(time, rows, title)


def _with_fraction(time: TimeColumns, rows: Sequence[Sequence[str]], title: Sequence[str]) -> TimeColumns:
    """The time with the column right of it, where that holds the second's fraction."""
    after = time.indexes[-1] + 1
    if after >= len(title) or (time.kind == "epoch" and time.epoch != "unix_s"):
        return time
    called = {fold_name(title[after]), re.split(r"[\W_]+", title[after].casefold())[-1]}
    n_digits = next((count for count, names in FRACTION_NAMES if not called.isdisjoint(names)), 0)
    cells = [row[after].strip() for row in rows if after < len(row)]
    if n_digits and cells and all(cell.isdigit() and len(cell) <= n_digits for cell in cells):
        return replace(time, indexes=(*time.indexes, after), n_fraction=n_digits)
    return time


def _find_zone_column(rows: Sequence[Sequence[str]], after: int) -> tuple[int, ...]:
    """The column right of the time, where it holds nothing but zones (CET, +01:00) or halves of the day (AM, p. m.)."""
    cells = [row[after + 1].strip() for row in rows if after + 1 < len(row)]
    is_half = bool(cells) and all(map(_HALF_OF_DAY.fullmatch, cells))
    is_zone = bool(cells) and all(cell.lower() in ZONE_OFFSETS_MIN or _OFFSET.fullmatch(cell) for cell in cells)
    return (after + 1,) if is_zone or is_half else ()


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


def _rank_time(cells: Sequence[str], title: str, index: int) -> tuple[bool, bool, bool, int]:
    """Of several columns of stamps: one that goes on from row to row (no start of a query), one that says its zone, the first.

    Of those that don't, one that is called local is of the zone that a person gives.
    """
    is_local = title.casefold().startswith(("local", "lokal"))
    return len(set(cells)) == 1 and len(cells) > 1, not _is_absolute(cells, title), not is_local, index


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
_SAYS_COUNT = re.compile(r"\bsince\b|\bseit\b|\bdepuis\b|\bdesde\b|date_?num|\bepoch|\bserial (date|time)", re.IGNORECASE)
"""A header that says from when it counts: 'Seconds since 1904-01-01', 'MATLAB datenum'."""
_ELAPSED = re.compile(r"[\[(]\s*(?:us|µs|ms|msec|s|sec)\s*[\])]\s*$", re.IGNORECASE)
"""A first column in seconds that rises all through is the time, whatever it is called."""
_NAMED_ONLY = frozenset({"excel", "matlab", "labview"})


def _find_numeric_time(rows: Sequence[Sequence[str]], title: Sequence[str], notes: str) -> TimeColumns | None:
    for index in sorted(range(len(title)), key=lambda index: (not is_time_name(title[index]), index)):
        named = is_time_name(title[index]) or _SAYS_COUNT.search(title[index]) is not None or _counts_unix(rows, title, index)
        if not named and index > 1:
            continue
        numbers = _numbers([row[index] for row in rows if index < len(row)])
        if numbers is None or not _rises(numbers):
            continue
        middle = numbers[len(numbers) // 2]
        if (named or index == 0) and _changes_unit([row[index].strip() for row in rows if index < len(row)]):
            return TimeColumns(kind="stamp", indexes=(index,), header=title[index], notes=notes, confidence=0.8)
        for epoch, low, high in _EPOCHS:
            is_plausible = sum(low <= number <= high for number in numbers) >= 0.9 * len(numbers)
            if is_plausible and (
                named or (epoch not in _NAMED_ONLY and index == 0) or (epoch == "excel" and index == 0 and middle % 1)
            ):
                return TimeColumns(kind="epoch", indexes=(index,), epoch=epoch, header=title[index], notes=notes, confidence=0.9)
        is_elapsed = index == 0 and _ELAPSED.search(title[index]) is not None and all(map(lt, numbers, numbers[1:]))
        if named or is_elapsed or any(word in title[index].casefold() for word in RELATIVE_NAMES):
            return TimeColumns(kind="relative", indexes=(index,), header=title[index], notes=notes, confidence=0.7)
    return None


def _counts_unix(rows: Sequence[Sequence[str]], title: Sequence[str], index: int) -> bool:
    """Whether a column that is called a clock counts since 1970."""
    is_clock = fold_name(title[index]) in CLOCK_NAMES
    return is_clock and all(unix_ns(row[index]) is not None for row in rows if index < len(row) and row[index].strip())


def _changes_unit(cells: Sequence[str]) -> bool:
    """Whether counts since 1970 go over from one unit to another (s to ms)."""
    counts = [cell for cell in cells if unix_ns(cell) is not None]
    lengths = Counter(len(cell.partition(".")[0]) for cell in counts)
    return len(counts) >= 0.9 * len(cells) and len(lengths) > 1 and min(lengths.values()) > 2


def _numbers(cells: Sequence[str]) -> list[float] | None:
    """The cells as numbers; None when more than one in ten is none. A damaged cell does not change what a column is."""
    written = [cell.strip().replace(",", ".") for cell in cells if cell.strip()]
    numbers = [float(cell) for cell in written if _PLAIN_NUMBER.fullmatch(cell)]
    return numbers if numbers and len(numbers) >= 0.9 * len(written) else None


def _rises(numbers: Sequence[float]) -> bool:
    steps = [later - earlier for earlier, later in pairwise(numbers)]
    return not steps or (sum(step >= 0 for step in steps) >= 0.8 * len(steps) and (numbers[0] != numbers[-1] or len(numbers) < 3))
