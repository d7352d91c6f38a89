"""Which rows of a log on disk are one recording: files that continue each other, machines that share a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from workbench.logs.careful.feed import CHUNK_ROWS, STRETCH_CELLS, Chosen, Span, WideFeed
from workbench.logs.careful.order import OrderedRows, Rows, stretches
from workbench.logs.careful.scratch import ScratchArray
from workbench.logs.careful.stream_table import StreamTable
from workbench.logs.careful.stream_times import GOOD, Series
from workbench.logs.summary import LeftOut
from workbench.logs.tables.join import MAX_ASSETS, MAX_DISTINCT_INSTANTS, MAX_OVERLAP, MIN_DISTINCT_PAIRS, continues_after
from workbench.logs.text.decode import clean_text
from workbench.logs.units import find_unit

Ordered = Sequence[tuple[int, Span]]
Machine = tuple[str, Chosen, LeftOut]


def group_sources(feed: WideFeed, spans: Ordered) -> list[list[tuple[int, Span]]]:
    """Sources in order that continue or repeat each other, as `join.split_by_source` groups them in memory."""
    ranges = [_range(feed.series, span) for _, span in spans]
    longest_ns = max(high - low for low, high in ranges)
    groups: list[list[int]] = []
    for number in range(len(spans)):
        home = next((group for group in reversed(groups) if _continues(feed, spans, ranges, group, number, longest_ns)), None)
        if home is None:
            groups.append([number])
        else:
            home.append(number)
    return [[spans[number] for number in group] for group in groups]


def _range(series: Series, span: Span) -> tuple[int, int]:
    lows, highs = [], []
    for _, ns, flags in series.pieces(*span):
        good = ns[flags & GOOD > 0]
        if good.size:
            lows.append(int(good.min()))
            highs.append(int(good.max()))
    return min(lows), max(highs)


def _continues(
    feed: WideFeed, spans: Ordered, ranges: Sequence[tuple[int, int]], group: Sequence[int], number: int, longest_ns: int
) -> bool:
    end_ns = max(ranges[other][1] for other in group)
    start_ns = ranges[number][0]
    if start_ns > end_ns:
        return continues_after(start_ns - end_ns, longest_ns)
    n_rows = n_inside = 0
    for _, ns, flags in feed.series.pieces(*spans[number][1]):
        good = ns[flags & GOOD > 0]
        n_rows += good.size
        n_inside += int(np.count_nonzero(good <= end_ns))
    if n_inside <= max(3, MAX_OVERLAP * n_rows):
        return True
    return _count_repeated(feed, [spans[other][1] for other in group], spans[number][1], end_ns) >= 0.5 * n_inside


def _count_repeated(feed: WideFeed, before: Sequence[Span], mine: Span, end_ns: int) -> int:
    """How many rows up to `end_ns` stand in the files before with equal instant and equal values."""
    chunk_rows = max(STRETCH_CELLS // max(len(feed.columns), 1) // 4, 16)
    old = OrderedRows(feed.series, before, chunk_rows, feed.refuse)
    new = OrderedRows(feed.series, [mine], chunk_rows, feed.refuse)
    n_repeated = 0
    while not new.is_done and not old.is_done:
        until_ns = min(old.watermark(), new.watermark(), end_ns + 1)
        (old_rows, old_times), (new_rows, new_times) = old.take_until(until_ns), new.take_until(until_ns)
        n_repeated += _count_equal(feed, (old_rows, old_times), (new_rows, new_times))
        if until_ns > end_ns:
            break
    return n_repeated


def _count_equal(feed: WideFeed, old: tuple[Rows, Rows], new: tuple[Rows, Rows]) -> int:
    if not old[0].size or not new[0].size:
        return 0
    order = np.argsort(old[1], kind="stable")
    rows, times = old[0][order], old[1][order]
    at = np.clip(np.searchsorted(times, new[1]), 0, times.size - 1)
    is_same = times[at] == new[1]
    for column in feed.columns:
        first, second = column.numbers.values.take(rows[at]), column.numbers.values.take(new[0])
        is_same &= (first == second) | (np.isnan(first) & np.isnan(second))
    return int(np.count_nonzero(is_same))


def find_machines(log: StreamTable, feed: WideFeed, folder: Path) -> list[Machine]:
    """(machine, its rows, the column that names it) where most instants occur once for each of several machines."""
    n_rows, n_instants = _count_instants(feed)
    if n_rows < 4 or n_instants > MAX_DISTINCT_INSTANTS * n_rows:
        return []
    for index, header in enumerate(log.table.headers):
        if log.is_numeric(index):
            continue
        tally = log.tally(index)
        n_texts = len(tally.texts)
        if not 2 <= n_texts <= MAX_ASSETS or find_unit(header.name) or tally.is_many:
            continue
        if n_instants * n_texts > 2 * n_rows or int(tally.counts().sum()) < tally.n_rows:
            continue
        codes = _write_codes(log, index, folder)
        if _count_pairs(feed, codes) >= MIN_DISTINCT_PAIRS * n_rows:
            left = LeftOut(channel=header.name, why="equipment")
            return [(clean_text(text), Chosen(codes, code), left) for code, text in enumerate(tally.texts)]
    return []


def _count_instants(feed: WideFeed) -> tuple[int, int]:
    n_rows = n_instants = 0
    for _, times in stretches(OrderedRows(feed.series, feed.spans, CHUNK_ROWS, feed.refuse)):
        n_rows += times.size
        n_instants += np.unique(times).size
    return n_rows, n_instants


def _write_codes(log: StreamTable, index: int, folder: Path) -> ScratchArray[np.int16]:
    code_of = {text: code for code, text in enumerate(log.tally(index).texts)}
    codes: ScratchArray[np.int16] = ScratchArray(folder / f"machine-{index:04d}", np.dtype(np.int16))
    for block in log.blocks:
        cells = log.cells(index, block)
        codes.append(np.array([*(code_of[text] for text in cells.texts), -1], np.int16)[cells.codes])
    return codes


def _count_pairs(feed: WideFeed, codes: ScratchArray[np.int16]) -> int:
    n_pairs = 0
    for rows, times in stretches(OrderedRows(feed.series, feed.spans, CHUNK_ROWS, feed.refuse)):
        order = np.lexsort((codes.take(rows), times))
        both = np.stack([times[order], codes.take(rows)[order].astype(np.int64)])
        n_pairs += 1 + int(np.count_nonzero((np.diff(both, axis=1) != 0).any(axis=0)))
    return n_pairs
