"""Cells of text columns: dictionary-encoded, read as numbers, states, units or reasons why they are none.

A column keeps each distinct text once and a code per row, so that careful reading costs per distinct text and not per
row. Decimal marks are weighed over all cells before any cell is read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.logs.tables.words import EMPTY_WORDS, INFINITE_WORDS, STATES, without_accents
from workbench.logs.text.decode import clean_text
from workbench.logs.units import find_unit

Decimal = Literal[".", ","]
ABSENT = -1
MAX_REASON_CHARS = 60
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_SIGN_APART = re.compile(r"(?<=^[+-])\s+(?=[\d.,])")
"""Recorders with columns of a fixed width print the sign in front of the blanks."""
_ODD_SIGN = re.compile(r"\((?P<bracket>[\d.,' ’\u00a0\u202f]+)\)|(?P<minus>[\d.,' ’\u00a0\u202f]*\d)-")
_WITHOUT_MARK = re.compile(r"-?\d+e-?\d+")
_FORTRAN = re.compile(r"^([+-]?\d+(?:[.,]\d*)?)[dD]([+-]?\d{1,3})$")
_NOT_PLAIN = {".": re.compile(r"[^0-9.+\-e\n]"), ",": re.compile(r"[^0-9,+\-e\n]")}
_SHORT_NUMBERS = re.compile(r"(?:(?:[+-]?\d{1,5}(?:[.,]\d+)?)?\n)+")
COMMA_NUMBER = re.compile(r"[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d{1,3})?")
_GROUPED = {
    ".": re.compile(
        r"([+-]?\d{1,3}(?:,\d{3})+(?!\d)|[+-]?\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|[+-]?\d{1,3}(?:[' ’]\d{3})+(?!\d))(\.\d*)?"
    ),
    ",": re.compile(r"([+-]?\d{1,3}(?:\.\d{3})+(?!\d)|[+-]?\d{1,3}(?:[' ’]\d{3})+(?!\d))(,\d*)?"),
}
BRACED = re.compile(r"(?P<value>[+-]?[\d.,' ]*\d(?:[eE][+-]?\d+)?)\s*\{(?P<status>[a-zA-Z][a-zA-Z, _-]{0,60})\}")
"""252.7 {ok}, 0.0 {fault,down}: a value with its status, as building automation prints it."""
_MARKED = re.compile(r"[+-]?(\d*)([.,])(\d+)([eE][+-]?\d+)?(?=$|[\s%°A-Za-z])")
_CLEARLY_MARKED = re.compile(r"[+-]?\d*([.,])(?:\d{1,2}|\d{4,})")
"""By far the most cells: one mark, and no group of three behind it."""
_MANY_GROUPS = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3}){2,}(?=$|[\s%°A-Za-z])")
_INDIAN = re.compile(r"[+-]?\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d*)?(?=$|[\s%°A-Za-z])")
"""12,34,567.8: lakh and crore."""
_SPACED = re.compile(r"[+-]?\d{1,3}(?:[ '’\u00a0\u2009\u202f]\d{3})+")
_MIXED = re.compile(r"[+-]?\d{1,3}(?:([.,' ’])\d{3})+([.,])\d+(?=$|[\s%°A-Za-z])")


@dataclass(frozen=True, slots=True)
class Cells:
    """A column of text: distinct `texts` and `codes` int32 [n] into them; -1 where no cell was ever written."""

    texts: tuple[str, ...]
    codes: NDArray[np.int32]

    @classmethod
    def of(cls, values: Iterable[str]) -> Cells:
        """Encode texts."""
        index: dict[str, int] = {}
        codes = np.fromiter((index.setdefault(value, len(index)) for value in values), dtype=np.int32)
        return cls(tuple(index), codes)

    @property
    def n_rows(self) -> int:
        """Rows, those without a cell included."""
        return int(self.codes.size)

    def counts(self) -> NDArray[np.intp]:
        """How often each text occurs."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.texts))

    def alternation(self) -> float:
        """Share of rows (0..1) whose cell differs from the one before."""
        return float(np.mean(np.diff(self.codes) != 0)) if self.codes.size > 1 else 0.0

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Cells:
        """The cells of these rows."""
        return Cells(self.texts, self.codes[rows])

    def used(self, limit: int | None = None) -> tuple[str, ...]:
        """The distinct texts that occur (the first `limit` of them)."""
        is_used = self.counts() > 0
        if is_used.all():
            return self.texts[:limit]
        return tuple(self.texts[index] for index in np.flatnonzero(is_used)[:limit].tolist())

    def compact(self) -> Cells:
        """The same cells with only those texts that occur."""
        is_used = np.bincount(self.codes[self.codes >= 0], minlength=len(self.texts)) > 0
        mapping = np.append(np.cumsum(is_used) - 1, ABSENT).astype(np.int32)
        texts = tuple(text for text, keep in zip(self.texts, is_used.tolist(), strict=True) if keep)
        return Cells(texts, mapping[self.codes])

    def rows(self, limit: int | None = None) -> list[str]:
        """The texts row by row ('' where absent)."""
        codes = self.codes[:limit] if limit is not None else self.codes
        return [self.texts[code] if code >= 0 else "" for code in codes.tolist()]


def concat_cells(parts: Sequence[Cells]) -> Cells:
    """The parts one below the other."""
    if len(parts) == 1:
        return parts[0]
    index: dict[str, int] = {}
    codes: list[NDArray[np.int32]] = []
    for part in parts:
        mapping = np.fromiter((index.setdefault(text, len(index)) for text in part.texts), dtype=np.int32, count=len(part.texts))
        mapping = np.append(mapping, np.int32(ABSENT)).astype(np.int32)
        codes.append(mapping[part.codes])
    return Cells(tuple(index), np.concatenate(codes) if codes else np.zeros(0, np.int32))


def absent_cells(n_rows: int) -> Cells:
    """A column that was never written in these rows."""
    return Cells((), np.full(n_rows, ABSENT, np.int32))


@dataclass(frozen=True, slots=True)
class Reading:
    """One cell: a finite `value`, else the `reason` why there is none; `unit` where the cell prints one."""

    value: float = math.nan
    reason: str = ""
    unit: str | None = None


def read_cell(text: str, decimal: Decimal) -> Reading:
    """Read one cell with this decimal mark: number with or without thousands and unit, else a reason."""
    plain = unwrapped(text.strip())
    if plain[-1:] == "}" and (braced := BRACED.fullmatch(plain)):
        return read_cell(braced["value"], decimal) if braced["status"].strip() == "ok" else Reading(reason="quality")
    if decimal == "." and NUMBER.fullmatch(plain):
        return _finite(plain)
    folded = plain.casefold()
    if folded in EMPTY_WORDS:
        return Reading(reason="empty")
    if folded in INFINITE_WORDS:
        return Reading(reason="inf")
    if len(plain) <= 60 and any(char.isdigit() for char in plain):
        number, rest = _leading_number(_plain_sign(plain), decimal)
        if number and not rest:
            return _finite(number)
        if number:
            unit = find_unit(rest) if rest != "k" else None  # 5.2k are thousands, and no Kelvin
            if unit:
                reading = _finite(number)
                return Reading(reading.value, reading.reason, unit)
    return Reading(reason=clean_text(plain.casefold(), MAX_REASON_CHARS) or "empty")


def without_mark(text: str) -> str:
    """A printed float (4.184) as its digits and an exponent (4184e-3): the same number whatever the decimal mark is."""
    whole, _, fraction = text.partition(".")
    if fraction.isdigit() and fraction[-1] != "0":  # as nearly all are
        return f"{whole}{fraction}e-{len(fraction)}"
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    if not fraction.strip("0"):
        return f"{whole}e{exponent}" if exponent else whole
    return f"{whole}{fraction}e{int(exponent or 0) - len(fraction)}"


def with_mark(text: str) -> str:
    """What `without_mark` made of a printed float (4184e-3), as people read it (4.184); other texts as they are."""
    return f"{float(text):.15g}" if _WITHOUT_MARK.fullmatch(text) else text


def unwrapped(text: str) -> str:
    """A cell without what makes a spreadsheet take it as text: ="5.2" is 5.2, and so is '5.2'; and + 5.2."""
    if text[:1] == "'" and text[-1] == "'" and len(text) > 2:
        return text[1:-1].strip()
    if text[:2] == '="' and text[-1] == '"' and len(text) > 3:
        return text[2:-1].strip()
    return _SIGN_APART.sub("", text) if text[:1] in ("+", "-") else text


def state_of(text: str) -> bool | None:
    """Whether a word says on (True) or off (False); None for all else."""
    folded = "_".join(text.casefold().split())
    found = STATES.get(folded)
    return STATES.get(without_accents(folded)) if found is None else found


def _plain_sign(text: str) -> str:
    """The sign in front and the exponent as E, where spreadsheets and old systems write (5.2), 5.2-, '5.2 or 5.2D+01."""
    text = text.replace("−", "-").replace("–", "-").removeprefix("'")
    odd = _ODD_SIGN.fullmatch(text)
    if odd:
        text = f"-{odd['bracket'] or odd['minus']}"
    return _FORTRAN.sub(r"\1E\2", text)


def _finite(number: str) -> Reading:
    value = float(number)
    return Reading(value) if math.isfinite(value) else Reading(reason="inf")


def _leading_number(text: str, decimal: Decimal) -> tuple[str, str]:
    text = _SPACES.sub(" ", text)
    grouped = _GROUPED[decimal].match(text)
    if grouped and grouped.end() > 0:
        digits = re.sub(r"[^\d+-]", "", grouped[1]) + (grouped[2] or "").replace(",", ".")
        return digits, text[grouped.end() :].strip()
    # with a decimal comma a dot that is no thousands mark is foreign: "3.45" must not become a number in silence
    match = (COMMA_NUMBER if decimal == "," else NUMBER).match(text)
    if not match:
        return "", text
    return match[0].replace(",", "."), text[match.end() :].strip()


@dataclass(slots=True)
class MarkEvidence:
    """Cells that speak for a decimal comma, for a decimal dot, and cells that may be either (one group of three digits)."""

    n_comma: int = 0
    n_dot: int = 0
    n_either_comma: int = 0
    n_either_dot: int = 0
    n_spaced: int = 0
    """Whole numbers whose thousands stand apart: 12 345, 12'345."""

    def __iadd__(self, other: MarkEvidence) -> MarkEvidence:
        self.n_comma += other.n_comma
        self.n_dot += other.n_dot
        self.n_either_comma += other.n_either_comma
        self.n_either_dot += other.n_either_dot
        self.n_spaced += other.n_spaced
        return self

    @property
    def decided(self) -> Decimal | None:
        """The mark, when the clear cells agree (nine in ten)."""
        if self.n_comma > 9 * self.n_dot:
            return ","
        if self.n_dot > 9 * self.n_comma:
            return "."
        return None

    @property
    def n_either(self) -> int:
        """Cells that could be read both ways."""
        return self.n_either_comma + self.n_either_dot


def weigh_marks(texts: Iterable[str], enough: int = 500) -> MarkEvidence:
    """Count what distinct texts say about the decimal mark, until `enough` of them were clear."""
    found = MarkEvidence()
    for raw in texts:
        if "," not in raw and "." not in raw:
            found.n_spaced += _SPACED.fullmatch(raw.strip()) is not None
            continue
        if clear := _CLEARLY_MARKED.fullmatch(raw):
            found.n_comma += clear[1] == ","
            found.n_dot += clear[1] == "."
        else:
            _weigh_one(_SPACES.sub(" ", unwrapped(raw.strip())), found)
        if found.n_comma + found.n_dot >= enough and found.decided:
            break
    return found


def clear_mark(text: str) -> Literal[",", ".", "either", ""]:
    """The decimal mark that a cell shows; 'either' where its mark may part thousands, '' for all else."""
    if "," not in text and "." not in text:
        return ""
    if clear := _CLEARLY_MARKED.fullmatch(text):
        return "," if clear[1] == "," else "."
    found = MarkEvidence()
    _weigh_one(_SPACES.sub(" ", unwrapped(text.strip())), found)
    return "," if found.n_comma else "." if found.n_dot else "either" if found.n_either else ""


def are_numbers(texts: Sequence[str]) -> bool:
    """Whether texts are numbers that can be nothing else (no date, no clock, no word), with either mark, or empty. Fast.

    By far the most columns are told by this alone; False says nothing.
    """
    return any(texts) and _SHORT_NUMBERS.fullmatch("\n".join(texts) + "\n") is not None


def read_plain(texts: Sequence[str], decimal: Decimal) -> NDArray[np.float64] | None:
    """All texts as numbers with this decimal mark or none [n]; None when any is of another kind. Fast."""
    if not texts or _NOT_PLAIN[decimal].search("\n".join(texts)) is not None:
        return None
    dotted = texts if decimal == "." else [text.replace(",", ".") for text in texts]
    try:
        values = np.array(list(map(float, dotted)))
    except ValueError:  # an empty cell, a bare sign, a date: the slow way says what it is
        return None
    return values if np.isfinite(values).all() else None


def _weigh_one(text: str, found: MarkEvidence) -> None:
    mixed = _MIXED.match(text)
    if mixed and mixed[1] != mixed[2]:
        found.n_comma += mixed[2] == ","
        found.n_dot += mixed[2] == "."
        return
    if _INDIAN.match(text):
        found.n_dot += 1
        return
    many = _MANY_GROUPS.match(text)
    if many:
        found.n_comma += many[1] == "."
        found.n_dot += many[1] == ","
        return
    match = _MARKED.match(text)
    if not match:
        return
    before, mark, after, exponent = match.groups()
    is_either = not exponent and len(after) == 3 and 1 <= len(before) <= 3 and not before.startswith("0")
    if mark == ",":
        found.n_either_comma += is_either
        found.n_comma += not is_either
    else:
        found.n_either_dot += is_either
        found.n_dot += not is_either
