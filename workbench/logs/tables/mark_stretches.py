"""Logs whose decimal mark changes on the way: files of programs in two languages, or a program that got another language.

Rows are told by cells that are clear (5,2 and 5.25); a stretch of them has one mark, and those with commas are brought to points,
so that all later rules meet one mark. Single cells with the other mark are no stretch. What nothing tells is refused.

Works on a log in memory and on one in blocks alike: `cells_of(part, key)` gives one column of a part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs.readers.table import Segment
from workbench.logs.tables.cells import Cells, clear_mark

Key = tuple[str, int]
Span = tuple[int, int]
Part = TypeVar("Part", bound=Segment)
_COMMA, _POINT, _EITHER = 1, -1, 2
_SIGNS = {",": _COMMA, ".": _POINT, "either": _EITHER, "": 0}
_FEWEST_ROWS = 5
"""Fewer clear rows with another mark are slips of a pen."""
_MOST_STRETCHES = 50
_MOST_WRONG = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class CommaRows:
    """What has decimal commas where other rows have points: spans (first, end) of each part's rows; all but some columns."""

    spans: tuple[tuple[Span, ...], ...]
    as_printed: frozenset[Key]
    """Columns that have one mark throughout."""


@dataclass(slots=True)
class _Run:
    """Rows in a row whose clear cells have one mark."""

    sign: int
    first: int
    last: int
    n_clear: int


@dataclass(slots=True)
class _File:
    """The runs of a file, and its rows with cells that may be of either mark."""

    part: Segment
    first: int
    end: int
    runs: list[_Run] = field(default_factory=list)
    either: list[NDArray[np.intp]] = field(default_factory=list)

    def add(self, first: int, signs: NDArray[np.int8], either: NDArray[np.bool_]) -> None:
        clear = np.flatnonzero(signs)
        self.end = first + signs.size
        self.either.append(first + np.flatnonzero(either))
        if not clear.size:
            return
        starts = np.flatnonzero(np.diff(signs[clear], prepend=0))
        for start, end in zip(starts, [*starts[1:], clear.size], strict=True):
            sign, rows = int(signs[clear[start]]), first + clear[start:end]
            if self.runs and self.runs[-1].sign == sign:
                self.runs[-1].last, self.runs[-1].n_clear = int(rows[-1]), self.runs[-1].n_clear + rows.size
            elif len(self.runs) < 100 * _MOST_STRETCHES:
                self.runs.append(_Run(sign, int(rows[0]), int(rows[-1]), rows.size))

    def stretches(self) -> list[_Run]:
        """The runs that are more than slips; none where marks stand all over each other."""
        found: list[_Run] = []
        for run in self.runs if len(self.runs) == 1 else [run for run in self.runs if run.n_clear >= _FEWEST_ROWS]:
            if found and found[-1].sign == run.sign:
                found[-1] = _Run(run.sign, found[-1].first, run.last, found[-1].n_clear + run.n_clear)
            else:
                found.append(run)
        return found if len(found) <= _MOST_STRETCHES else []

    def has_either(self, first: int, end: int) -> bool:
        """Whether a row of these may be read in two ways."""
        return any(bool(((rows >= first) & (rows < end)).any()) for rows in self.either)


@dataclass(slots=True)
class _Log(Generic[Part]):
    parts: Sequence[Part]
    cells_of: Callable[[Part, Key], Cells | None]

    def signs(self, part: Part, keys: Iterable[Key]) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
        """(which mark the clear cells of each row have, whether it has cells of either)."""
        total = np.zeros(part.n_rows, np.int32)
        either = np.zeros(part.n_rows, np.bool_)
        for key in keys:
            signs = self.cell_signs(part, key)
            if signs is not None:
                either |= signs == _EITHER
                total += np.where(signs == _EITHER, 0, signs)
        return np.sign(total).astype(np.int8), either

    def cell_signs(self, part: Part, key: Key) -> NDArray[np.int8] | None:
        cells = self.cells_of(part, key)
        if cells is None:
            return None
        signs: NDArray[np.int8] = np.array([*(_SIGNS[clear_mark(text)] for text in cells.texts), 0], np.int8)[cells.codes]
        return signs


def find_comma_rows(
    parts: Sequence[Part], mixed: Iterable[Key], keys: Iterable[Key], cells_of: Callable[[Part, Key], Cells | None]
) -> CommaRows | None:
    """The rows with decimal commas of a log that has points elsewhere; None where it has one mark.

    Parameters
    ----------
    parts : sequence of Segment
        In the order of their rows; those of one file follow each other.
    mixed, keys : iterable of (name, number)
        Columns in which both marks occur, and all columns.
    cells_of : callable (part, key)
        One column of a part as texts; None where it has no such column, or numbers.

    Raises
    ------
    LogFormatError
        Naming the file whose mark nothing tells.
    """
    mixed = list(mixed)
    if not mixed:
        return None
    log = _Log(parts, cells_of)
    files: list[_File] = []
    row, last_source = 0, -1
    for part in parts:
        if part.source_index != last_source:
            files.append(_File(part, row, row))
            last_source = part.source_index
        files[-1].add(row, *log.signs(part, mixed))
        row += part.n_rows
    stretches = [file.stretches() for file in files]
    if len({run.sign for runs in stretches for run in runs}) < 2:
        return None
    is_comma = np.zeros(row, np.bool_)
    marks = {number: runs[0].sign for number, runs in enumerate(stretches) if runs}
    for file, runs in zip(files, stretches, strict=True):
        for first, end, sign in _spans(file, runs) if runs else _of_kin(file, files, marks):
            is_comma[first:end] = sign == _COMMA
    return CommaRows(spans=tuple(_by_part(parts, is_comma)), as_printed=_with_one_mark(log, keys, is_comma))


def _spans(file: _File, runs: Sequence[_Run]) -> list[tuple[int, int, int]]:
    found = []
    for number, run in enumerate(runs):
        first = run.first if number else file.first
        end = runs[number + 1].first if number + 1 < len(runs) else file.end
        if number + 1 < len(runs) and file.has_either(run.last + 1, end):
            raise _untold(file.part, "where it changes from one to the other")
        found.append((first, end, run.sign))
    return found


def _of_kin(file: _File, files: Sequence[_File], marks: Mapping[int, int]) -> list[tuple[int, int, int]]:
    """A file without clear cells has the mark of the files with its delimiter."""
    if not file.has_either(file.first, file.end):
        return []
    kin = {sign for number, sign in marks.items() if files[number].part.delimiter == file.part.delimiter}
    if len(kin) != 1:
        raise _untold(file.part, "as its numbers have three digits behind their mark")
    return [(file.first, file.end, kin.pop())]


def _untold(part: Segment, where: str) -> LogFormatError:
    return LogFormatError(
        f"Some numbers of this log have decimal commas and some points, and nothing tells which {part.source} has, {where}.",
        "Import it by itself, and answer which mark it has; or export all with one mark.", path=part.source,
    )  # fmt: skip


def _by_part(parts: Sequence[Segment], is_comma: NDArray[np.bool_]) -> Iterable[tuple[Span, ...]]:
    row = 0
    for part in parts:
        mine = np.concatenate([[False], is_comma[row : row + part.n_rows], [False]])
        edges = np.flatnonzero(np.diff(mine.astype(np.int8)))
        yield tuple(zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True))
        row += part.n_rows


def _with_one_mark(log: _Log[Part], keys: Iterable[Key], is_comma: NDArray[np.bool_]) -> frozenset[Key]:
    """Columns whose clear cells do not change their mark with the rows."""
    found = set()
    for key in keys:
        counts = {(sign, at): 0 for sign in (_COMMA, _POINT) for at in (_COMMA, _POINT)}
        row = 0
        for part in log.parts:
            signs = log.cell_signs(part, key)
            rows = is_comma[row : row + part.n_rows]
            row += part.n_rows
            for sign, at in counts if signs is not None else ():
                counts[sign, at] += int(np.count_nonzero((signs == sign) & (rows == (at == _COMMA))))
        if any(counts[-at, at] > _MOST_WRONG * (counts[at, at] + counts[-at, at]) for at in (_COMMA, _POINT)):
            found.add(key)
    return frozenset(found)
