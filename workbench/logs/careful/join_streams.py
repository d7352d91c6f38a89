"""Which rows of a log on disk are one recording: files that continue each other, machines that share a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from workbench.core.errors import LogFormatError
from workbench.logs.careful.feed import CHUNK_ROWS, Chosen, Span, WideFeed
from workbench.logs.careful.order import OrderedRows, stretches
from workbench.logs.careful.scratch import ScratchArray
from workbench.logs.careful.stream_table import StreamTable
from workbench.logs.careful.stream_times import GOOD, Series
from workbench.logs.join import MAX_ASSETS, MAX_DISTINCT_INSTANTS, MAX_GAP_DURATIONS, MAX_OVERLAP, MIN_DISTINCT_PAIRS
from workbench.logs.summary import LeftOut
from workbench.logs.text import clean_text
from workbench.logs.units import find_unit

Ordered = Sequence[tuple[int, Span]]
Machine = tuple[str, Chosen, LeftOut]


def group_sources(series: Series, spans: Ordered, names: Sequence[str]) -> list[list[tuple[int, Span]]]:
    """Sources in order that continue each other. Raises LogFormatError where two overlap so much that a person must say."""
    ranges = [_range(series, span) for _, span in spans]
    longest_ns = max(high - low for low, high in ranges)
    groups: list[list[int]] = []
    for number, (low, _) in enumerate(ranges):
        home = next((group for group in reversed(groups) if _continues(series, spans, ranges, group, number, longest_ns)), None)
        if home is not None:
            home.append(number)
            continue
        if groups and any(ranges[other][0] <= low <= ranges[other][1] for group in groups for other in group):
            raise LogFormatError(
                f"{names[spans[number][0]]} overlaps the files before it; whether they are one log or several can't be told.",
                "Say it: --join puts them into one recording, --separate keeps each for itself.", path=names[spans[number][0]],
            )  # fmt: skip
        groups.append([number])
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
    series: Series, spans: Ordered, ranges: Sequence[tuple[int, int]], group: Sequence[int], number: int, longest_ns: int
) -> bool:
    end_ns = max(ranges[other][1] for other in group)
    start_ns = ranges[number][0]
    if start_ns > end_ns:
        return start_ns - end_ns <= MAX_GAP_DURATIONS * max(longest_ns, 1)
    n_rows = n_inside = 0
    for _, ns, flags in series.pieces(*spans[number][1]):
        good = ns[flags & GOOD > 0]
        n_rows += good.size
        n_inside += int(np.count_nonzero(good <= end_ns))
    return n_inside <= max(3, MAX_OVERLAP * n_rows)


def find_machines(log: StreamTable, feed: WideFeed, folder: Path) -> list[Machine]:
    """(machine, its rows, the column that names it) where most instants occur once for each of several machines."""
    n_rows, n_instants = _count_instants(feed)
    if n_rows < 4 or n_instants > MAX_DISTINCT_INSTANTS * n_rows:
        return []
    for index, header in enumerate(log.table.headers):
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
