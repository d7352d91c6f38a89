"""A block of samples that comes again later: what a historian, a buffer or a person filled a hole with.

No measured signal repeats itself to the last digit over dozens of samples. Two dozen samples about each row (of a long log: about
each peak) are held against those about all others: a block that is there twice shares them, and is then compared one by one.
Must not import anything but numpy and this domain.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from workbench.logs.checks.flat_runs import BUCKET_ROWS, Samples
from workbench.logs.checks.phrases import format_instant, format_span
from workbench.logs.checks.survey import Floats64, Survey
from workbench.logs.recordings.pyramid import Floats
from workbench.logs.recordings.time_axis import Int64s
from workbench.logs.summary import Finding, Remedy

_GOVERNED = frozenset({"speed", "frequency"})
"""A schedule of set points may well come again."""
_ALL_ROWS = 1 << 18
_MOST_PLACES = 16384
_ABOUT = np.arange(-8, 16)
"""Samples about a row that are compared at once."""
_MOST_ALIKE = 8
_MOST_SHIFTS = 12
_LEAST_ROWS, _LEAST_SHORT = 80, 36
"""A block of fewer rows counts where its steps are as manifold as its values: a ramp that comes again tells nothing."""
_LEAST_BITS = 150.0
"""What is told again by chance: a change between two of 24 levels tells 4.6 bits."""
_LEAST_LEVELS = 3
_LEAST_MOVES, _FEW_MOVES_BITS = 0.3, 400.0
_MAX_ROWS = 1 << 17
_MOST_TRIES, _MOST_SAID = 6, 3
_Block = tuple[int, int, int]
"""Rows, the first one, and how many rows later they are there again."""
_HASH = np.uint64(0x9E3779B97F4A7C15)


def find_repeats(name: str, survey: Survey, extremes: Floats) -> list[Finding]:
    """The longest block of a channel that is there twice; `extremes` as `flat_runs.bucket_extremes` gives them."""
    if survey.roles.quantities[name] in _GOVERNED or len(extremes) < 2 * _LEAST_SHORT // BUCKET_ROWS:
        return []
    values = survey.columns[name]
    found = sorted(
        (block for rows, shift in _alike(*_places(values, np.asarray(extremes[:, 1], np.float64)))
         for block in _blocks(values, rows, shift)), reverse=True,
    )  # fmt: skip
    apart = [one for number, one in enumerate(found) if not any(_overlap(one, other) for other in found[:number])]
    if not apart:
        return []
    n_rows, first, shift = apart[0]
    start_ns, end_ns = survey.instant(first + shift), survey.instant(first + shift + n_rows - 1)
    text = (
        f"{n_rows} samples from {format_instant(start_ns)} UTC, {format_span(end_ns - start_ns)}, are those from "
        f"{format_instant(survey.instant(first))} again: a hole that was filled with a copy, or a recording that was played back"
    )
    others = [survey.instant(one[1] + one[2]) for one in apart[1:]]
    text += f"; so are those from {', '.join(map(format_instant, sorted(others)[:_MOST_SAID]))}" if others else ""
    text += f" and {len(others) - _MOST_SAID} more" if len(others) > _MOST_SAID else ""
    return [
        Finding(
            code="REPEATED_BLOCK", text=text, channel=name, start_ns=start_ns, end_ns=end_ns, severity="failure",
            remedy=Remedy(action="exclude"),
        )
    ]  # fmt: skip


def _places(values: Samples, high: Floats64) -> tuple[Int64s, NDArray[np.uint64]]:
    """Rows and a hash of the samples about each: all rows of a log of up to a quarter of a million, else where peaks are.

    Of many those with the lowest hash: chosen by value, so that both copies of a block keep the same ones.
    """
    if len(values) <= _ALL_ROWS:
        rows = np.arange(-_ABOUT[0], len(values) - _ABOUT[-1])
        whole = np.asarray(values[0 : len(values)], np.float64)
        codes = _hashed(whole[about : about + len(rows)] for about in range(len(_ABOUT)))
        lowest = np.sort(np.argpartition(codes, _MOST_PLACES)[:_MOST_PLACES]) if len(codes) > _MOST_PLACES else slice(None)
        return rows[lowest], codes[lowest]
    padded = np.pad(np.where(np.isnan(high), -np.inf, high), 1, constant_values=-np.inf)
    at = np.flatnonzero(high > np.maximum(padded[:-2], padded[2:]))
    at = at[(at > 0) & (at < len(values) // BUCKET_ROWS - len(_ABOUT) // BUCKET_ROWS - 1)]
    if len(at) > _MOST_PLACES:
        at = np.sort(at[np.argpartition(_hashed([high[at]]), _MOST_PLACES)[:_MOST_PLACES]])
    # a bucket with what may be about its peak, in one reading
    first = at * BUCKET_ROWS + _ABOUT[0]
    beside = _rows_of(values, first[:, None] + np.arange(BUCKET_ROWS + len(_ABOUT)))
    peak = np.argmax(beside[:, -_ABOUT[0] : BUCKET_ROWS - _ABOUT[0]] == high[at][:, None], axis=1)
    about = np.take_along_axis(beside, peak[:, None] + np.arange(len(_ABOUT)), axis=1)
    return first - _ABOUT[0] + peak, _hashed(about.T)


def _rows_of(values: Samples, rows: Int64s) -> Floats64:
    return np.asarray(values[rows.ravel()], np.float64).reshape(rows.shape)


def _hashed(columns: Iterable[Floats64]) -> NDArray[np.uint64]:
    """A number for each place from columns [n] of values, the same for the same values."""
    code = np.zeros(1, np.uint64)
    for column in columns:
        code = (code ^ np.ascontiguousarray(column).view(np.uint64)) * _HASH
        code ^= code >> np.uint64(29)
    return code


def _alike(rows: Int64s, codes: NDArray[np.uint64]) -> list[tuple[Int64s, int]]:
    """(rows in order, shift to their likes) for each of the shifts that most pairs of equal places share."""
    order = np.argsort(codes, kind="stable")
    rows, codes = rows[order], codes[order]
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
    sizes = np.diff(np.append(starts, len(codes)))
    firsts: list[Int64s] = []
    shifts: list[Int64s] = []
    for lag in range(1, _MOST_ALIKE):
        at = np.flatnonzero(np.repeat(sizes <= _MOST_ALIKE, sizes)[: max(len(codes) - lag, 0)])
        at = at[codes[at] == codes[at + lag]]
        firsts.append(rows[at])  # equal ones stand in the order of time
        shifts.append(rows[at + lag] - rows[at])
    first, shift = np.concatenate(firsts), np.concatenate(shifts)
    told, counts = np.unique(shift, return_counts=True)
    chosen = told[np.argsort(-counts, kind="stable")[:_MOST_SHIFTS]]
    return [(np.unique(first[shift == one]), int(one)) for one in chosen]


def _blocks(values: Samples, rows: Int64s, shift: int) -> list[_Block]:
    """The blocks about `rows` that are there again after `shift`; the middle one of the rows that are left tells of the next."""
    found: list[_Block] = []
    for _ in range(_MOST_TRIES):
        if not len(rows):
            break
        row = int(rows[len(rows) // 2])
        block = _block(values, row, shift)
        found += [block] if block[0] else []
        start, end = (block[1], block[1] + block[0]) if block[0] else (row - _LEAST_SHORT, row + _LEAST_SHORT)
        rows = rows[(rows < start) | (rows >= end)]
    return found


def _overlap(one: _Block, other: _Block) -> bool:
    """Whether two copies share rows."""
    starts = one[1] + one[2], other[1] + other[2]
    return starts[0] < starts[1] + other[0] and starts[1] < starts[0] + one[0]


def _block(values: Samples, row: int, shift: int) -> _Block:
    """(rows, first row, shift) of the block about a row that is there again; (0, 0, 0) where it is no copy."""
    ahead = _equal(values, row, shift, 1)
    back = _equal(values, row - 1, shift, -1)
    start, n_rows = row - back, min(ahead + back, shift)
    if n_rows < _LEAST_SHORT:
        return 0, 0, 0
    block = np.asarray(values[start : start + min(n_rows, _MAX_ROWS)], np.float64)
    block = block[np.isfinite(block)]
    n_levels, n_moves = len(np.unique(block)), int(np.count_nonzero(np.diff(block)))
    steps = np.diff(block)
    is_told = n_levels >= _LEAST_LEVELS and n_moves * np.log2(n_levels) >= _LEAST_BITS
    if n_rows < _LEAST_ROWS:
        is_told &= n_moves * _bits(steps[steps != 0]) >= _LEAST_BITS
    if n_moves < _LEAST_MOVES * len(block):  # a pump that mostly stands
        is_told &= n_moves * _bits(steps[steps != 0]) >= _FEW_MOVES_BITS
    return (ahead + back, start, shift) if is_told else (0, 0, 0)


def _bits(steps: Floats64) -> float:
    """What a step tells, in bits, by how often each of them occurs (Shannon 1948)."""
    counts = np.unique(np.round(steps, 9), return_counts=True)[1]
    share = counts / counts.sum()
    return float(-np.sum(share * np.log2(share)))


def _equal(values: Samples, row: int, shift: int, step: int) -> int:
    """How many samples from a row on (or back) are those `shift` rows later again."""
    found, size = 0, 256
    while found < _MAX_ROWS:
        if step > 0:
            low, high = row + found, min(row + found + size, len(values) - shift)
        else:
            low, high = max(row - found - size + 1, 0), row - found + 1
        if high <= low:
            return found
        a, b = np.asarray(values[low:high]), np.asarray(values[low + shift : high + shift])
        same: NDArray[np.bool_] = (a == b) | (np.isnan(a) & np.isnan(b))
        other = np.flatnonzero(~(same if step > 0 else same[::-1]))
        if len(other):
            return found + int(other[0])
        found, size = found + (high - low), size * 2
    return found
