"""Quality columns: which they are, which channel they speak about, and which rows they call good.

Only Good is good. OPC DA (OPC Data Access 3.0, section 6.8): the two high bits of the low byte are 11, so 192 to 255. OPC UA
(Part 4, 7.39): the two high bits of 32 are 00. Confidences: 100. Historians with codes of their own: 0 is good. Words: good
and OK in the languages of `quality_words`; a column that is called a quality in words that nobody here knows counts as good
what it says most of the time, and a finding says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.logs.tables import world_words
from workbench.logs.tables.cells import Cells, state_of
from workbench.logs.tables.quality_words import (
    INVERTED_NAMES,
    PERCENT_NAMES,
    STRONG_NAMES,
    WEAK_NAMES,
    YES_NO_NAMES,
    code_beside,
    code_of,
    verdict,
)
from workbench.logs.tables.words import EMPTY_WORDS, VALUE_NAMES, as_words

Scheme = Literal["da", "ua", "zero", "one", "percent"]
_TOKENS = re.compile(r"[\s._:;/\\|\-()\[\]]+|(?<=[a-zäöü0-9])(?=[A-Z])")
_BRACKETS = re.compile(r"(?P<stem>.*\S)\s*[\[(]\s*(?P<kind>[^\[\]()]{1,30}?)\s*[\])]")
_JOINTS = frozenset({"of", "de", "von", "av", "du", "di", "do", "van", "for", "der", "des", "del", "af"})
_TRUE, _FALSE = (
    frozenset({"true", "wahr", "vrai", "yes", "ja", "oui", "y", "t"}) | as_words(world_words.YES),
    frozenset({"false", "falsch", "faux", "no", "nein", "non", "n", "f"}) | as_words(world_words.NO),
)
_MAX_DISTINCT = 200
_MAX_CODES = 12
_MIN_MAJORITY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityColumn:
    """Column `index` says how good the columns `targets` are."""

    index: int
    targets: tuple[int, ...]
    kind: str


def value_name(name: str) -> str:
    """The channel's name where a quality column stands beside it: 'FT.Value' and 'FT (Value)' give 'FT'."""
    bracket = _BRACKETS.fullmatch(name)
    if bracket and _fold(bracket["kind"]) in VALUE_NAMES:
        return bracket["stem"]
    parts = _TOKENS.split(name.strip())
    tail = parts[-1]
    if len(parts) > 1 and tail.casefold() in VALUE_NAMES:
        return name.strip()[: name.strip().rindex(tail)].rstrip(" ._:;/\\|-") or name
    return name


def _fold(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def split_quality_name(name: str) -> tuple[str, str] | None:
    """(stem, quality word) of a name such as 'FT.Quality', 'Quality of FT', 'FT (Quality)'; ('', word) for 'Quality' alone."""
    plain = name.strip()
    folded = _fold(plain)
    if _is_quality_word(folded):
        return "", folded
    bracket = _BRACKETS.fullmatch(plain)
    if bracket and _is_quality_word(_fold(bracket["kind"])):
        return bracket["stem"], _fold(bracket["kind"])
    parts = [part for part in _TOKENS.split(plain) if part]
    for count in (2, 1):
        tail = "".join(parts[-count:]).casefold()
        if len(parts) > count and _is_quality_word(tail):
            return plain[: _tail_start(plain, parts[-count:])].rstrip(" ._:;/\\|-([") or plain, tail
    for count in (2, 1):
        front = "".join(parts[:count]).casefold()
        if len(parts) > count and _is_quality_word(front):
            rest = parts[count:]
            rest = rest[1:] if len(rest) > 1 and rest[0].casefold() in _JOINTS else rest
            return plain[plain.index(rest[0], sum(map(len, parts[:count]))) :].rstrip(" )]"), front
    return None


def _is_quality_word(folded: str) -> bool:
    return folded in STRONG_NAMES or folded in WEAK_NAMES


def _tail_start(name: str, tail: Sequence[str]) -> int:
    at = len(name)
    for part in reversed(tail):
        at = name.rindex(part, 0, at)
    return at


def _said(cells: Cells, most: int | None = None) -> list[str]:
    """The distinct texts that say anything; of more than `most` only one more."""
    said = (text for text in cells.used() if text.strip().casefold() not in EMPTY_WORDS)
    return list(islice(said, None if most is None else most + 1))


def _commonest(cells: Cells) -> tuple[str, float]:
    """The commonest text that says anything, and its share of such cells."""
    counts = cells.counts().astype(float)
    counts[[index for index, text in enumerate(cells.texts) if text.strip().casefold() in EMPTY_WORDS]] = 0
    if counts.size == 0 or counts.sum() == 0:
        return "", 0.0
    return cells.texts[int(np.argmax(counts))].strip(), float(counts.max() / counts.sum())


def _is_known(text: str) -> bool:
    return code_of(text) is not None or verdict(text) is not None


def has_quality_content(cells: Cells) -> bool:
    """Whether all of a column's cells are quality codes or words."""
    texts = _said(cells, _MAX_DISTINCT)
    return bool(texts) and len(texts) <= _MAX_DISTINCT and all(map(_is_known, texts))


def _may_be_quality(cells: Cells) -> bool:
    """Whether the cells of a column that is called a quality can be one: codes, known words, or few words of any kind."""
    texts = _said(cells, _MAX_DISTINCT)
    if not texts or len(texts) > _MAX_DISTINCT:
        return False
    if all(_is_known(text) or text.strip().casefold() in _TRUE | _FALSE for text in texts):
        return True
    is_worded = all(not re.match(r"[+-]?[\d.,]+$", text.strip()) or code_of(text) is not None for text in texts)
    return is_worded and len(texts) <= _MAX_CODES and _commonest(cells)[1] >= _MIN_MAJORITY


def is_clearly_quality(cells: Cells) -> bool:
    """Whether the cells alone say that this is a quality: mostly the word good, or mostly a code of OPC.

    A column 'Status' may be a machine's state, a column 'Q' a flow of some 200.
    """
    texts = _said(cells, _MAX_CODES)
    if not texts or len(texts) > _MAX_CODES:
        return False
    commonest, _ = _commonest(cells)
    if verdict(commonest) and state_of(commonest) is None:
        return all(map(_is_known, texts))
    return code_of(commonest) == 192 or bool(re.fullmatch(r"0x0{8}", commonest, re.IGNORECASE))


def speaks_of_quality(cells: Cells) -> bool:
    """Whether a column of any name is a quality by its words: mostly good, all else known, more than single letters.

    A remark 'calibrated, ok' here and there says nothing of the rows without one.
    """
    texts = _said(cells)
    counts = dict(zip(cells.texts, cells.counts().tolist(), strict=True))
    if sum(counts[text] for text in texts) < 0.5 * cells.n_rows or not is_clearly_quality(cells):
        return False
    return all(code_of(text) is None or text.strip().lower().startswith("0x") for text in texts) and all(
        len(text.strip()) > 1 for text in texts
    )


def is_quality_column(name: str, cells: Cells) -> bool:
    """Whether name and cells together say that a column is a quality."""
    found = split_quality_name(name)
    if found is None:
        return speaks_of_quality(cells)
    if found[1] in STRONG_NAMES:
        return _may_be_quality(cells)
    is_yes_no = found[1] in YES_NO_NAMES and all(text.strip().casefold() in _TRUE | _FALSE | {"0", "1"} for text in _said(cells))
    return is_clearly_quality(cells) or is_yes_no


def is_quality_of_rows(name: str, cells: Cells) -> bool:
    """Whether a column of a long table is the quality of its rows: there 'q' with TRUE and FALSE is no output of a controller."""
    is_yes_no = _fold(name) == "q" and {text.strip().casefold() for text in _said(cells)} <= _TRUE | _FALSE
    return is_yes_no or is_quality_column(name, cells)


def find_quality_columns(names: Sequence[str], columns: Sequence[Cells | None]) -> list[QualityColumn]:
    """Quality columns of a wide table; `columns` has None for what can't be one (time, numbers by type)."""
    known = {_fold(value_name(name)) for name in names}
    split = {
        index: split_quality_name(name) or ("", "quality")
        for index, (name, column) in enumerate(zip(names, columns, strict=True))
        if column is not None and (is_quality_column(name, column) or _is_status_of(name, column, known))
    }
    split |= _statuses_beside(names, columns)
    called = {_fold(names[index]) for index, (stem, _) in split.items() if not stem}
    for index, (name, column) in enumerate(zip(names, columns, strict=True)):
        # of several columns 'Q' that one knows by its words, the others are qualities too
        if index not in split and _fold(name) in called and column is not None and _may_be_quality(column):
            split[index] = split_quality_name(name) or ("", "quality")
    split = dict(sorted(split.items()))
    bare = {_fold(value_name(name)): index for index, name in reversed(list(enumerate(names))) if index not in split}
    values = [index for index in range(len(names)) if index not in split and columns[index] is not None]
    for index, (stem, kind) in split.items():  # 'Estado del dato': the state of what no column is called
        column = columns[index]
        if stem and column is not None and _fold(value_name(stem)) not in bare and speaks_of_quality(column):
            split[index] = "", kind
    unnamed = [index for index, (stem, _) in split.items() if not stem]
    stand_before = len(unnamed) > 1 and bool(values) and unnamed[0] < values[0] and unnamed[-1] < values[-1]
    result = []
    for index, (stem, kind) in split.items():
        beside = (
            [value for value in values if value > index][:1]
            if stand_before
            else [value for value in values if value < index][-1:]
        )
        targets = _targets(stem, bare, values, beside or values[:1], is_single=len(unnamed) == 1)
        if targets:
            result.append(QualityColumn(index=index, targets=targets, kind=kind))
    return result


def _statuses_beside(names: Sequence[str], columns: Sequence[Cells | None]) -> dict[int, tuple[str, str]]:
    """Columns that all are called 'Status', one right of each value, and mostly say good: what else they say is not good."""
    alike: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        if _fold(name) in WEAK_NAMES:
            alike.setdefault(_fold(name), []).append(index)
    found: dict[int, tuple[str, str]] = {}
    for kind, indexes in alike.items():
        is_apart = len(indexes) > 1 and indexes[0] > 0 and all(later - first > 1 for first, later in pairwise(indexes))
        if is_apart and all((cells := columns[index]) is not None and _is_mostly_good(cells) for index in indexes):
            found |= dict.fromkeys(indexes, ("", kind))
    return found


def _is_mostly_good(cells: Cells) -> bool:
    texts = _said(cells)
    counts = dict(zip(cells.texts, cells.counts().tolist(), strict=True))
    n_good = sum(counts[text] for text in texts if verdict(text) and state_of(text) is None)
    return len(texts) <= _MAX_CODES and n_good > _MIN_MAJORITY * sum(counts[text] for text in texts)


def _is_status_of(name: str, cells: Cells, known: set[str]) -> bool:
    """A status beside the very signal it is called after ('FT-1', 'FT-1 status'): mostly one small number, or mostly good."""
    found = split_quality_name(name)
    if found is None or not found[0] or _fold(value_name(found[0])) not in known:
        return False
    texts = _said(cells)
    if len(texts) > _MAX_CODES:
        return False
    if _is_mostly_good(cells):
        return True  # whatever else such a column says is not good
    commonest, share = _commonest(cells)
    if share <= _MIN_MAJORITY:
        return False
    if code_of(commonest) is None:  # in words of its own, of which the others are known to be bad
        others = [text for text in texts if text.strip() != commonest]
        return state_of(commonest) is None and bool(others) and all(verdict(text) is False for text in others)
    return code_of(commonest) in (0, 1) and all(code_of(text) is not None for text in texts)


def _targets(
    stem: str, bare: dict[str, int], values: list[int], beside: list[int], *, is_single: bool
) -> tuple[int, ...]:  # fmt: skip
    """The columns that a quality speaks about: the one it is named after, all of the row, or the one `beside` it."""
    if stem:
        target = bare.get(_fold(value_name(stem)))
        return () if target is None else (target,)
    return tuple(values if is_single and len(values) > 1 else beside)


def good_rows(cells: Cells, scheme: Scheme, kind: str = "") -> NDArray[np.bool_]:
    """Which rows [n] a quality column called `kind` calls good; absent cells are not judged (True)."""
    assumed = assumed_good(cells, kind)
    verdicts = [text.strip() == assumed if assumed else _is_good(text.strip(), scheme, kind) for text in cells.texts]
    return np.asarray(np.array([*verdicts, True], np.bool_)[cells.codes], np.bool_)


def assumed_good(cells: Cells, kind: str) -> str:
    """The commonest word of a quality column in words that nobody here knows; '' where something is known."""
    texts = _said(cells)
    if any(_is_good(text.strip(), "zero", kind) or code_of(text) is not None or code_beside(text) is not None for text in texts):
        return ""
    commonest, share = _commonest(cells)
    return (
        commonest if share >= _MIN_MAJORITY and verdict(commonest) is None and commonest.casefold() not in _TRUE | _FALSE else ""
    )


def find_scheme(cells: Cells, siblings: Sequence[Cells], kind: str = "") -> Scheme:
    """How the numbers of a quality column are to be read: by its own codes, else by columns of the same kind."""
    if kind in PERCENT_NAMES:
        return "percent"
    for column in (cells, *siblings):
        found = _scheme_of(column)
        if found:
            return found
    return _majority(cells)


def _codes(texts: Sequence[str]) -> list[int | None]:
    return [code_beside(text) if code_of(text) is None else code_of(text) for text in texts]


def _scheme_of(cells: Cells) -> Scheme | None:
    texts = [text.strip() for text in cells.used()]
    codes = [code for code in _codes(texts) if code is not None]
    if any(192 <= code <= 255 for code in codes):
        return "da"
    if any(code >= 1 << 30 for code in codes) or any(re.search(r"0x[0-9a-f]{8}\b", text, re.IGNORECASE) for text in texts):
        return "ua"
    return None


def _majority(cells: Cells) -> Scheme:
    """Without codes of a standard: 0 is good, unless the column is mostly 100, or a few flags and mostly 1."""
    codes = np.array([-1 if code is None else code for code in _codes(cells.texts)], np.int64)
    counts = np.where(codes >= 0, cells.counts(), 0)
    n_numbers = int(counts.sum())
    if n_numbers == 0:
        return "zero"
    highest = int(codes[counts > 0].max())
    if highest <= 3 and counts[codes == 1].sum() > 0.5 * n_numbers:
        return "one"
    return "percent" if highest == 100 and counts[codes == 100].sum() > 0.5 * n_numbers else "zero"


def _is_good(text: str, scheme: Scheme, kind: str) -> bool:
    said = verdict(text)
    is_inverted = kind in INVERTED_NAMES
    folded = text.casefold()
    if folded in _TRUE or folded in _FALSE:
        return (folded in _TRUE) != is_inverted
    if said is not None:
        return said
    code = code_beside(text)
    if code is None:
        return False
    if is_inverted:
        return code == 0
    if scheme == "da":
        return 192 <= code <= 255
    if scheme == "ua":
        return code >> 30 == 0
    return code == {"one": 1, "percent": 100, "zero": 0}[scheme]
