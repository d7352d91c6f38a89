"""Quality columns: which they are, which channel they speak about, and which rows they call good.

Only Good is good. OPC DA (OPC Data Access 3.0, section 6.8): the two high bits of the low byte are 11, so 192 to 255. OPC UA
(Part 4, 7.39): the two high bits of 32 are 00. Historians with codes of their own: 0 is good. Words: Good, OK.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.logs.cells import Cells
from workbench.logs.words import EMPTY_WORDS, GOOD_WORD_PATTERN, QUALITY_NAMES, QUALITY_WORD_PATTERN

Scheme = Literal["da", "ua", "zero", "one"]
_NUMBER = re.compile(r"(0x[0-9a-f]{1,8}|\d{1,10})(\.0*)?", re.IGNORECASE)
_WORD = re.compile(QUALITY_WORD_PATTERN, re.IGNORECASE)
_GOOD = re.compile(GOOD_WORD_PATTERN, re.IGNORECASE)
_TOKENS = re.compile(r"[\s._:;/\\|\-]+|(?<=[a-zäöü0-9])(?=[A-Z])")
_VALUE_TAIL = re.compile(r"[\s._:/\-]*(?:value|wert|val|pv)$", re.IGNORECASE)
WEAK_NAMES = frozenset({"status", "state", "flag", "flags", "valid", "good", "q", "sts", "stat", "confidence", "isgood"})
_MAX_DISTINCT = 200
_MAX_CODES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityColumn:
    """Column `index` says how good the columns `targets` are."""

    index: int
    targets: tuple[int, ...]
    kind: str


def value_name(name: str) -> str:
    """The channel's name where a quality column stands beside it: 'FT.Value' gives 'FT'."""
    return _VALUE_TAIL.sub("", name) or name


def split_quality_name(name: str) -> tuple[str, str] | None:
    """(stem, quality word) of a name such as 'FT.Quality'; ('', word) for 'Quality' alone; None for other names."""
    folded = re.sub(r"[\s._\-]+", "", name).casefold()
    if folded in QUALITY_NAMES:
        return "", folded
    parts = _TOKENS.split(name.strip())
    for count in (2, 1):
        tail = "".join(parts[-count:]).casefold()
        if len(parts) > count and tail in QUALITY_NAMES:
            stem = name.strip()[: _tail_start(name.strip(), parts[-count:])]
            return stem.rstrip(" ._:;/\\|-"), tail
    return None


def _tail_start(name: str, tail: Sequence[str]) -> int:
    at = len(name)
    for part in reversed(tail):
        at = name.rindex(part, 0, at)
    return at


def has_quality_content(cells: Cells) -> bool:
    """Whether a column's cells are quality codes or words."""
    texts = [text.strip() for text in cells.used()]
    texts = [text for text in texts if text.casefold() not in EMPTY_WORDS]
    if not texts or len(texts) > _MAX_DISTINCT:
        return False
    return all(_NUMBER.fullmatch(text) or _WORD.search(text) for text in texts)


def is_clearly_quality(cells: Cells) -> bool:
    """Whether the cells alone say that this is a quality: mostly the word good, or mostly a code of OPC.

    A column 'Status' may be a machine's state, a column 'Q' a flow of some 200.
    """
    counts = cells.counts()
    if counts.size == 0 or np.count_nonzero(counts) > _MAX_CODES:
        return False
    commonest = cells.texts[int(np.argmax(counts))].strip()
    return bool(re.match(r"good|gut\b", commonest, re.IGNORECASE)) or _code(commonest) == 192 or commonest.lower() == "0x00000000"


def find_quality_columns(names: Sequence[str], columns: Sequence[Cells | None]) -> list[QualityColumn]:
    """Quality columns of a wide table; `columns` has None for what can't be one (time, numbers by type)."""
    split = {
        index: found
        for index, (name, column) in enumerate(zip(names, columns, strict=True))
        if column is not None and (found := split_quality_name(name)) and has_quality_content(column)
    }
    bare = {value_name(name).casefold(): index for index, name in reversed(list(enumerate(names))) if index not in split}
    values = [index for index in range(len(names)) if index not in split and columns[index] is not None]
    result = []
    for index, (stem, kind) in split.items():
        column = columns[index]
        is_clear = column is not None and is_clearly_quality(column)
        targets = _targets(index, stem, kind, bare, values, sum(not other for other, _ in split.values()), is_clear=is_clear)
        if targets:
            result.append(QualityColumn(index=index, targets=targets, kind=kind))
    return result


def _targets(
    index: int, stem: str, kind: str, bare: dict[str, int], values: list[int], n_unnamed: int, *, is_clear: bool
) -> tuple[int, ...]:  # fmt: skip
    if stem:
        target = bare.get(value_name(stem).casefold())
        return () if target is None else (target,)
    left = [value for value in values if value < index]
    if kind in WEAK_NAMES and not is_clear:
        return ()
    if n_unnamed == 1 and len(values) > 1:
        return tuple(values)
    return (left[-1],) if left else tuple(values[:1])


def good_rows(cells: Cells, scheme: Scheme) -> NDArray[np.bool_]:
    """Which rows [n] a quality column calls good; absent cells are not judged (True)."""
    verdicts = np.array([_is_good(text.strip(), scheme) for text in cells.texts] + [True])
    return np.asarray(verdicts[cells.codes], np.bool_)


def find_scheme(cells: Cells, siblings: Sequence[Cells]) -> Scheme:
    """How the numbers of a quality column are to be read: by its own codes, else by columns of the same kind."""
    own = _scheme_of(cells)
    if own:
        return own
    for sibling in siblings:
        found = _scheme_of(sibling)
        if found:
            return found
    return _majority(cells)


def _scheme_of(cells: Cells) -> Scheme | None:
    codes = [code for text in cells.used() if (code := _code(text.strip())) is not None]
    if any(192 <= code <= 255 for code in codes):
        return "da"
    if any(code >= 1 << 30 for code in codes) or any(
        re.fullmatch(r"0x[0-9a-f]{8}", text.strip(), re.IGNORECASE) for text in cells.used()
    ):
        return "ua"
    return None


def _majority(cells: Cells) -> Scheme:
    """Without codes of a standard: 0 is good, unless the column is a mere flag that is mostly 1."""
    codes = np.array([-1 if (code := _code(text.strip())) is None else code for text in cells.texts], np.int64)
    counts = np.where(codes >= 0, cells.counts(), 0)
    n_numbers = int(counts.sum())
    if n_numbers and codes[counts > 0].max() <= 1 and float(codes @ counts) / n_numbers > 0.5:
        return "one"
    return "zero"


def _code(text: str) -> int | None:
    match = _NUMBER.fullmatch(text)
    return int(match[1], 0 if match[1].lower().startswith("0x") else 10) if match else None


def _is_good(text: str, scheme: Scheme) -> bool:
    code = _code(text)
    if code is None:
        return bool(_GOOD.match(text)) and not re.match(r"not\b", text, re.IGNORECASE)
    if scheme == "da":
        return 192 <= code <= 255
    if scheme == "ua":
        return code >> 30 == 0
    return code == (1 if scheme == "one" else 0)
