"""Wide logs larger than memory: the steps of `wide`, column by column on disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs import questions
from workbench.logs.careful.feed import Chosen, Span, StreamLog, WideFeed
from workbench.logs.careful.join_streams import find_machines, group_sources
from workbench.logs.careful.numbers import FinishedColumn, NumberColumn, UnitSource, finish_numbers, states_of_column
from workbench.logs.careful.stream_table import StreamTable
from workbench.logs.careful.stream_times import GOOD, Series, TimePlan, first_times, read_block, settle_zone
from workbench.logs.parse import MIN_GOOD_TIMES
from workbench.logs.summary import LeftOut
from workbench.logs.tables.cell_quality import QualityColumn, find_scheme, good_rows
from workbench.logs.tables.cells import Cells
from workbench.logs.tables.columns import unique_names
from workbench.logs.tables.roles import Roles, assign_roles
from workbench.logs.tables.spoiled_times import StepCounts, check_steps
from workbench.logs.tables.wide import (
    channel_name,
    mark_columns,
    quality_assumptions,
    relevant_questions,
    second_times,
    set_aside,
    unit_rows_of,
)
from workbench.logs.text.decode import clean_text
from workbench.logs.times.timing import TimeChoices

Say = Callable[[float, str], None]


def read_wide_stream(
    log: StreamTable, plan: TimePlan, choices: TimeChoices, folder: Path, say: Say, *, join: bool | None
) -> tuple[list[StreamLog], int]:  # fmt: skip
    """Read a wide log into columns on disk; several where files don't continue each other or rows name machines.

    Returns the logs, and how many rows have a time.
    """
    table, answers = log.table, choices.answers
    marks = mark_columns(table, answers)
    numbers = [
        NumberColumn(folder, f"c{index:04d}", mark, None if log.is_numeric(index) else states_of_column(log.tally(index)))
        for index, mark in enumerate(marks.marks)
    ]
    series = _read_blocks(log, plan, numbers, folder, say)
    settle_zone(plan, [series], choices)
    check_steps(table, first_times(log.blocks), count_steps(series))
    spans, n_good = order_sources(series, table.sources, table.n_rows)
    roles = assign_roles(table.headers, table.columns, numbers)
    names, doubled = unique_names([channel_name(table, roles, index) for index in roles.channels])
    units = _units_by_target(log, roles)
    finished = []
    for number, (index, name) in enumerate(zip(roles.channels, names, strict=True)):
        say(0.75 + 0.25 * number / len(names), name)
        finished.append(_finish(log, numbers, roles, (index, name), units.get(index, log.units[index]), choices))
    labels = [finish_numbers(table.headers[index].name, numbers[index], log.units[index], "", answers) for index in roles.labels]
    columns, more_labels, left = set_aside(finished)
    asked = [questions.duplicate_channel(name, kept) for name, kept in doubled.items()]
    everything = StreamLog(
        sources=table.sources, columns=columns, labels=[*labels, *more_labels], n_rows=table.n_rows,
        feed=WideFeed(series, [span for _, span in spans], (*columns, *labels, *more_labels), lambda row: too_late(log, row)),
        left_out=(*roles.left_out, *left), questions=(*relevant_questions(marks, roles, table), *asked),
        findings=(*second_times(table, roles), *quality_assumptions(table, roles)),
    )  # fmt: skip
    return _split(everything, log, spans, folder, join=join), n_good


def too_late(log: StreamTable, row: int) -> LogFormatError:
    """The refusal of a row that lies further out of order than memory reaches."""
    return LogFormatError(
        f"{log.where(row)}: this row is dated before millions of rows that stand elsewhere, and so are others all over the file. "
        "Too much of it would have to be held in memory to sort it.",
        "Sort the file by time, or import its parts as files of their own.", path=log.blocks[0].source,
    )  # fmt: skip


def _read_blocks(log: StreamTable, plan: TimePlan, numbers: Sequence[NumberColumn], folder: Path, say: Say) -> Series:
    series = Series(folder, "rows")
    for number, (block, source) in enumerate(zip(log.blocks, log.source_numbers, strict=True)):
        say(0.75 * number / len(log.blocks), f"{series.ns.n_rows:,} rows")
        series.append(source, read_block(plan, block))
        for index, column in enumerate(numbers):
            if log.is_numeric(index):
                column.append_numbers(log.numbers(index, block))
            else:
                column.append(log.texts(index, block))
    return series


def count_steps(series: Series) -> StepCounts:
    """Steps between rows, file by file."""
    counts = StepCounts()
    for _, first, end in series.spans:
        last = np.zeros(0, np.int64)
        for _, ns, flags in series.pieces(first, end):
            good = ns[flags & GOOD > 0]
            counts.add(np.concatenate([last, good]))
            counts.n_rows -= last.size
            last = good[-1:] if good.size else last
    return counts


def order_sources(series: Series, names: Sequence[str], n_rows: int) -> tuple[list[tuple[int, Span]], int]:
    """(source, its rows) in the order of their first instants, and how many rows have a time.

    Raises LogFormatError where hardly any row has a time.
    """
    found: list[tuple[int, int, Span]] = []
    n_good = 0
    for source, first, end in series.spans:
        first_ns: int | None = None
        for _, ns, flags in series.pieces(first, end):
            good = ns[flags & GOOD > 0]
            n_good += good.size
            first_ns = int(good[0]) if first_ns is None and good.size else first_ns
        if first_ns is not None:
            found.append((first_ns, source, (first, end)))
    if n_good < max(1, MIN_GOOD_TIMES * n_rows):
        raise LogFormatError(
            f"Only {n_good} of {n_rows} rows of {names[0]} have a time that can be read.",
            "Check the time column, or export it with ISO 8601 times.", path=names[0],
        )  # fmt: skip
    return [(source, span) for _, source, span in sorted(found, key=lambda item: item[0])], n_good


def _finish(
    log: StreamTable, numbers: Sequence[NumberColumn], roles: Roles, which: tuple[int, str], units: UnitSource,
    choices: TimeChoices,
) -> FinishedColumn:  # fmt: skip
    index, name = which
    header = log.table.headers[index]
    judges = [_judge(log, roles, item) for item in roles.quality if index in item.targets]
    bad = _bad_rows(log, index, judges) if judges else None
    finished = finish_numbers(name, numbers[index], units, header.description, choices.answers, bad)
    return replace(finished, hint=clean_text(f"{header.printed} {header.description}"))


def _judge(log: StreamTable, roles: Roles, item: QualityColumn) -> tuple[int, dict[str, bool]]:
    """(quality column, whether each of its texts is good)."""
    mine = log.tally(item.index)
    siblings = [log.tally(other.index) for other in roles.quality if other.kind == item.kind]
    verdicts = good_rows(mine, find_scheme(mine, siblings, item.kind), item.kind)
    return item.index, dict(zip(mine.texts, verdicts.tolist(), strict=True))


def _bad_rows(
    log: StreamTable, index: int, judges: Sequence[tuple[int, dict[str, bool]]]
) -> Callable[[int, int], NDArray[np.bool_]]:
    """Which rows of a range a channel's quality columns don't call good; where nothing was written, nothing is said."""

    def read(first: int, end: int) -> NDArray[np.bool_]:
        bad = np.zeros(end - first, np.bool_)
        for quality, verdicts in judges:
            value_blocks = log.rows_of_texts(index, first, end)
            for (where, mine), (_, value) in zip(log.rows_of_texts(quality, first, end), value_blocks, strict=True):
                good = np.array([verdicts[text] for text in mine.texts] + [True], np.bool_)[mine.codes]
                bad[where] |= ~good & ~(_is_blank(value) & _is_blank(mine))
        return bad

    return read


def _is_blank(cells: Cells) -> NDArray[np.bool_]:
    blank = np.array([not text.strip() for text in cells.texts] + [True], np.bool_)
    return np.asarray(blank[cells.codes])


def _units_by_target(log: StreamTable, roles: Roles) -> dict[int, UnitSource]:
    return {target: unit_source(log, index) for index, target in roles.units}


def unit_source(log: StreamTable, index: int) -> UnitSource:
    """Units that a unit column gives to rows."""
    whole = unit_rows_of(log.tally(index))
    code_of = dict(zip(log.tally(index).texts, whole.codes.tolist(), strict=True))

    def read(first: int, end: int) -> NDArray[np.int16]:
        codes = np.full(end - first, -1, np.int16)
        for where, cells in log.rows_of_texts(index, first, end):
            codes[where] = np.array([*(code_of.get(text, -1) for text in cells.texts), -1], np.int16)[cells.codes]
        return codes

    return UnitSource(names=whole.names, read=read)


def _split(
    whole: StreamLog, log: StreamTable, spans: Sequence[tuple[int, Span]], folder: Path, *, join: bool | None
) -> list[StreamLog]:  # fmt: skip
    """Machines that share a table come apart, then files that do not continue each other."""
    feed = whole.feed
    assert isinstance(feed, WideFeed)
    machines: list[tuple[str, Chosen | None, LeftOut | None]] = [*find_machines(log, feed, folder)]
    groups = [list(spans)] if join else group_sources(feed, spans)
    everything = machines or [("", None, None)]
    return [_part(whole, feed, group, log.table.sources, machine) for machine in everything for group in groups]


def _part(
    whole: StreamLog, feed: WideFeed, group: Sequence[tuple[int, Span]], names: Sequence[str],
    machine: tuple[str, Chosen | None, LeftOut | None],
) -> StreamLog:  # fmt: skip
    name, chosen, left = machine
    columns = [column for column in whole.columns if left is None or column.name != left.channel]
    sources = tuple(f"{names[source]}: {name}" if name else names[source] for source, _ in group)
    left_out = whole.left_out if left is None else (*(one for one in whole.left_out if one.channel != left.channel), left)
    rows = WideFeed(feed.series, [span for _, span in group], (*columns, *whole.labels), feed.refuse, chosen)
    return replace(
        whole, sources=sources, columns=columns, feed=rows, left_out=left_out,
        n_rows=sum(end - start for _, (start, end) in group), machine=name,
    )  # fmt: skip
