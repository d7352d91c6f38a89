"""The time column of a log larger than memory: notation, day or month and epoch decided over all rows, then read in blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_DAY, NS_PER_S
from workbench.logs import questions
from workbench.logs.careful.scratch import READ_ROWS, ScratchArray
from workbench.logs.careful.spool import Block, block_times, read_instants
from workbench.logs.careful.stamp_columns import read_stamp_column, scaled_column
from workbench.logs.careful.texts import TextColumn, Texts, as_cells
from workbench.logs.readers.table import TimeColumns
from workbench.logs.summary import Question
from workbench.logs.tables.cells import Cells
from workbench.logs.tables.segments import time_of_all
from workbench.logs.times.elapsed import counted_ns, relative_scale, relative_start
from workbench.logs.times.instants import DayOrder, Instants, parse_clock
from workbench.logs.times.scales import CLOCK_EPOCHS, SCALES, scaled
from workbench.logs.times.stamp_dialects import PLAIN, StampDialect
from workbench.logs.times.stamp_shapes import read_many_stamps
from workbench.logs.times.timing import (
    TimeChoices,
    day_order,
    elapsed_start,
    excel_epoch,
    spread,
    stamp_dialect,
    zone_in_cells,
    zone_of,
)
from workbench.logs.times.zones import ZoneTable, load_zone, tell_doubled, usual_step, zone_table

GOOD, ABSOLUTE = 1, 2
_NO_INSTANT = np.iinfo(np.int64).min
_FIRST_TEXTS = 1000
_DATE_CHARS = 10
_LONG_DATE_CHARS = 14
_MAX_DOUBLED_ROWS = 30_000_000


@dataclass(slots=True, kw_only=True)
class TimePlan:
    """How printed times become instants: decided, but not yet read."""

    time: TimeColumns
    notation: str
    asked: list[Question]
    order: DayOrder = "dmy"
    dialect: StampDialect = PLAIN
    scale_ns: int = NS_PER_S
    period_ns: Fraction = Fraction(NS_PER_S)
    """Time between rows that have none of their own."""
    zero_ns: int = 0
    is_absolute: bool = True
    zone: str = "printed"
    shift_ns: int | None = None
    """A fixed offset of clock times, ns; None where `zone` (or nothing) says it."""
    n_clock_days: int = 0
    last_clock_ns: int = -1


def plan_times(blocks: Sequence[Block], choices: TimeChoices, dates: Cells | None) -> TimePlan:
    """Decide over all rows, of which `dates_of` gave the dates. Raises RequestError for an answer that is none."""
    time = time_of_all(blocks)
    if blocks[0].has_times:
        return TimePlan(time=time, notation="stored", asked=[], is_absolute=blocks[0].is_absolute)
    if time.kind == "none":
        start_ns, period_ns, asked = relative_start(choices, "There is no time column", asks_step=True)
        return TimePlan(time=time, notation="row number", asked=asked, period_ns=period_ns, zero_ns=start_ns)
    if time.kind == "relative":
        if time.epoch == "clock":
            start_ns, _, asked = relative_start(choices, f"'{time.header}' gives times of day without a date")
        else:
            start_ns, asked = elapsed_start(time, choices)
        notation = "time of day" if time.epoch == "clock" else "elapsed time"
        return TimePlan(time=time, notation=notation, asked=asked, scale_ns=relative_scale(time.header), zero_ns=start_ns)
    if time.kind == "epoch":
        return _plan_epoch(blocks, time, choices)
    printed = dates or Cells.of(())
    dialect, unsure = stamp_dialect(printed, time, choices, lambda dialect: _largest_step(blocks, "dmy", dialect))
    evidence = Cells(tuple(dialect.read(printed.texts)), printed.codes)
    order, asked, notation = day_order(evidence, choices, lambda order: _largest_step(blocks, order, dialect), time.header)
    named = _zone_in_all(blocks, evidence)
    time = replace(time, header=f"{time.header} ({named})") if named else time
    return TimePlan(time=time, notation=notation, asked=[*unsure, *asked], order=order, dialect=dialect, is_absolute=False)


def _plan_epoch(blocks: Sequence[Block], time: TimeColumns, choices: TimeChoices) -> TimePlan:
    epoch, asked = time.epoch, list[Question]()
    if epoch == "excel":
        cells = (cells for block in blocks if (cells := _time_cells(block)) is not None and cells.texts)
        ends = [text for one in cells for text in (one.texts[0], max(one.texts, key=_as_number))]
        epoch, asked = excel_epoch(Cells.of(dict.fromkeys(ends)), choices)
    scale_ns, zero_ns = SCALES[epoch]
    return TimePlan(
        time=time, notation=questions.EPOCH_WORDS[epoch], asked=asked, scale_ns=scale_ns, zero_ns=zero_ns,
        is_absolute=epoch not in CLOCK_EPOCHS,
    )  # fmt: skip


def first_times(blocks: Sequence[Block]) -> Cells | None:
    """Printed times of the first block, where times are printed."""
    return None if blocks[0].has_times or blocks[0].time.kind == "none" else _time_cells(blocks[0])


def dates_of(blocks: Sequence[Block]) -> Cells | None:
    """One printed time of each date at least, where times are printed as dates."""
    is_printed = not blocks[0].has_times and time_of_all(blocks).kind in ("stamp", "date+clock")
    return _gather_dates(blocks) if is_printed else None


def _time_cells(block: Block) -> Cells | None:
    times = block_times(block)
    return None if times is None else as_cells(times)


def _as_number(text: str) -> float:
    found = scaled([text], 1_000_000, 0, is_absolute=True)
    return float(found.ns[0]) if found.is_good[0] else float("-inf")


def _gather_dates(blocks: Sequence[Block]) -> Cells:
    """The first texts and one text of each date, in order of appearance: as much as the order of day and month depends on."""
    index: dict[str, None] = {}
    dates: set[str] = set()
    for block in blocks:
        times = block_times(block)
        if isinstance(times, TextColumn):
            times = times.first_of_each(_DATE_CHARS, _LONG_DATE_CHARS) if len(index) >= _FIRST_TEXTS else times.cells()
        for text in times.texts if times is not None else ():
            key = text[: _DATE_CHARS if text[:1].isdigit() else _LONG_DATE_CHARS]
            if key not in dates or len(index) < _FIRST_TEXTS:
                dates.add(key)
                index.setdefault(text)
    return Cells.of(index)


def _zone_in_all(blocks: Sequence[Block], evidence: Cells) -> str | None:
    named = zone_in_cells(evidence)
    if named is None:
        return None
    times = (block_times(block) for block in blocks)
    return named if all(_all_hold(one, named) for one in times if one is not None) else None


def _all_hold(times: Texts, word: str) -> bool:
    return times.all_hold(word) if isinstance(times, TextColumn) else all(word in text for text in times.texts)


def _largest_step(blocks: Sequence[Block], order: DayOrder, dialect: StampDialect) -> float:
    largest, last = 0.0, np.zeros(0, np.int64)
    for block in blocks:
        cells = _time_cells(block)
        if cells is not None:
            found = spread(read_many_stamps(dialect.read(cells.texts), order), cells)
            good = np.concatenate([last, found.ns[found.is_good]])
            steps = np.abs(np.diff(good))
            largest, last = max(largest, float(steps.max()) if steps.size else 0.0), good[-1:]
    return largest


def read_block(plan: TimePlan, block: Block) -> Instants:
    """Instants of a block's rows [n]; blocks in their order, as times of day go on from the block before."""
    kind = plan.time.kind
    if block.has_times:
        ns = read_instants(block)
        is_good = ns != _NO_INSTANT
        return Instants(np.where(is_good, ns, 0), np.full(ns.size, block.is_absolute), is_good)
    if kind == "none":
        rows_ns = counted_ns(block.first_row, block.first_row + block.n_rows, plan.period_ns)
        everything = np.ones(block.n_rows, np.bool_)
        return Instants(plan.zero_ns + rows_ns, everything, everything)
    times = block_times(block)
    if isinstance(times, TextColumn) and plan.dialect.rewrites:
        times = times.cells()
    if isinstance(times, TextColumn) and kind not in ("relative", "epoch"):
        return read_stamp_column(times, plan.order)
    if isinstance(times, TextColumn) and plan.time.epoch not in ("clock", "excel", "excel1900", "excel1904", "matlab"):
        return scaled_column(times, plan.scale_ns, plan.zero_ns, is_absolute=plan.is_absolute, is_unix=_is_unix(plan.time))
    cells = None if times is None else as_cells(times)
    if cells is None:
        nothing = np.zeros(block.n_rows, np.bool_)
        return Instants(np.zeros(block.n_rows, np.int64), nothing, nothing)
    if kind == "relative" and plan.time.epoch == "clock":
        return _read_clock(plan, cells)
    if kind in ("relative", "epoch"):
        found = scaled(cells.texts, plan.scale_ns, plan.zero_ns, is_absolute=plan.is_absolute, is_unix=_is_unix(plan.time))
        return spread(found, cells)
    return spread(read_many_stamps(plan.dialect.read(cells.texts), plan.order), cells)


def _is_unix(time: TimeColumns) -> bool:
    return time.kind == "epoch" and time.epoch.startswith("unix_")


def _read_clock(plan: TimePlan, cells: Cells) -> Instants:
    read = [parse_clock(text) for text in cells.texts]
    of_row = np.array([found[0] if found else -1 for found in read] + [-1], np.int64)[cells.codes]
    is_good = of_row >= 0
    good = of_row[is_good]
    days = np.zeros(of_row.size, np.int64)
    if good.size:
        before = good[0] if plan.last_clock_ns < 0 else plan.last_clock_ns
        days[is_good] = plan.n_clock_days + np.cumsum(np.diff(good, prepend=before) < -NS_PER_DAY // 2)
        plan.n_clock_days, plan.last_clock_ns = int(days[is_good][-1]), int(good[-1])
    return Instants(np.where(is_good, plan.zero_ns + days * NS_PER_DAY + of_row, 0), np.ones(of_row.size, np.bool_), is_good)


class Series:
    """Instants of rows that keep their own order: of a table, or of one tag of a long one. `flags` are GOOD and ABSOLUTE."""

    def __init__(self, folder: Path, name: str) -> None:
        self.ns: ScratchArray[np.int64] = ScratchArray(folder / f"{name}.ns", np.dtype(np.int64))
        self.flags: ScratchArray[np.uint8] = ScratchArray(folder / f"{name}.flags", np.dtype(np.uint8))
        self.spans: list[tuple[int, int, int]] = []
        """(source, first row, end row)."""

    def append(self, source: int, instants: Instants) -> None:
        """The next rows, of this source."""
        first = len(self.ns)
        self.ns.append(instants.ns)
        self.flags.append((instants.is_good * GOOD + instants.is_absolute * ABSOLUTE).astype(np.uint8))
        end = len(self.ns)
        if self.spans and self.spans[-1][0] == source and self.spans[-1][2] == first:
            self.spans[-1] = (source, self.spans[-1][1], end)
        elif end > first:
            self.spans.append((source, first, end))

    def pieces(self, first: int, end: int) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.uint8]]]:
        """(first row, instants, flags)."""
        for start, ns in self.ns.pieces(first, end):
            yield start, ns, self.flags.read(start, start + len(ns))

    def is_naive(self) -> bool:
        """Whether any instant is a clock's that still needs a zone."""
        return any(_naive(flags).any() for _, _, flags in self.pieces(0, len(self.ns)))


def _naive(flags: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray(flags & (GOOD | ABSOLUTE) == GOOD)


def settle_zone(plan: TimePlan, series: Sequence[Series], choices: TimeChoices) -> None:
    """Clock times to UTC in place, each series and source in its own order; asks where nobody knows the zone."""
    if not any(one.is_naive() for one in series):
        return
    zone, shift_ns = zone_of(plan.time, choices)
    plan.zone = zone or "UTC (not known)"
    if zone == "":
        plan.asked.append(questions.zone_unknown(plan.time.header))
    for one in series:
        for _, first, end in one.spans:
            if shift_ns is not None:
                _shift(one, first, end, shift_ns)
            elif zone:
                _apply_zone(one, first, end, zone)


def _shift(series: Series, first: int, end: int, shift_ns: int) -> None:
    for start, ns, flags in series.pieces(first, end):
        series.ns.write(start, ns - np.where(_naive(flags), shift_ns, 0))


def _apply_zone(series: Series, first: int, end: int, zone: str) -> None:
    lows, highs = [], []
    for _, ns, flags in series.pieces(first, end):
        naive = ns[_naive(flags)]
        if naive.size:
            lows.append(int(naive.min()))
            highs.append(int(naive.max()))
    table = zone_table(min(lows), max(highs), load_zone(zone)) if lows else None
    if table is None:
        return
    doubled = _doubled_rows(series, first, end, table)
    for start, ns, flags in series.pieces(first, end):
        series.ns.write(start, np.where(_naive(flags), table.shift(ns), ns))
    for rows, utc in doubled:
        for part in np.split(np.arange(rows.size), np.flatnonzero(np.diff(rows) > 1) + 1):
            series.ns.write(int(rows[part[0]]), utc[part])


def _doubled_rows(series: Series, first: int, end: int, table: ZoneTable) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """(rows, UTC instants) around each hour that occurs twice: told apart by the rows beside them, before anything is changed."""
    found = []
    step: int | None = None
    for hour in table.doubled():
        hits = []
        for start, ns, flags in series.pieces(first, end):
            inside = _naive(flags) & (ns >= hour.start_ns) & (ns < hour.start_ns + hour.length_ns)
            hits.append(start + np.flatnonzero(inside))
        rows = np.concatenate(hits) if hits else np.zeros(0, np.int64)
        if not rows.size:
            continue
        low, high = _with_neighbours(series, first, end, int(rows[0]), int(rows[-1]))
        if high - low > _MAX_DOUBLED_ROWS:
            continue  # rows of one hour all over a file of that size: their order tells nothing
        flags = series.flags.read(low, high)
        there = low + np.flatnonzero(_naive(flags))
        local = series.ns.read(low, high)[there - low]
        step = _typical(series, first, end) if step is None else step
        utc = table.shift(local)
        tell_doubled(local, utc, hour, step)
        inside = (local >= hour.start_ns) & (local < hour.start_ns + hour.length_ns)
        found.append((there[inside], utc[inside]))
    return found


def _with_neighbours(series: Series, first: int, end: int, low: int, high: int) -> tuple[int, int]:
    """The rows from the clock time before `low` to the one after `high`."""
    for start in range(low, first - 1, -READ_ROWS):
        begin = max(first, start - READ_ROWS)
        there = np.flatnonzero(_naive(series.flags.read(begin, start)))
        if there.size:
            low = begin + int(there[-1])
            break
    for start in range(high + 1, end, READ_ROWS):
        there = np.flatnonzero(_naive(series.flags.read(start, min(start + READ_ROWS, end))))
        if there.size:
            return low, start + int(there[0]) + 1
    return low, high + 1


def _typical(series: Series, first: int, end: int) -> int:
    """The usual step of clock times, over 64 evenly placed stretches of a long log."""
    stretch = 4096
    if end - first <= 64 * stretch:
        starts = [first]
        stretch = end - first
    else:
        starts = np.linspace(first, end - stretch, 64).astype(np.int64).tolist()
    steps = []
    for start in starts:
        ns = series.ns.read(start, start + stretch)[_naive(series.flags.read(start, start + stretch))]
        steps.append(np.diff(ns))
    return usual_step(np.concatenate(steps))
