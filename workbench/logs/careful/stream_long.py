"""Long logs (a row a tag and instant) larger than memory: every tag is a series of its own on disk, merged by time at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs.careful.cell_numbers import read_column
from workbench.logs.careful.feed import CHUNK_ROWS, STRETCH_CELLS, Copies, Counted, StreamLog, Stretch, count_backward, read_rows
from workbench.logs.careful.numbers import FinishedColumn, NumberColumn, UnitSource, finish_numbers
from workbench.logs.careful.order import OrderedRows, Refuse, Rows
from workbench.logs.careful.scratch import SparseCodes
from workbench.logs.careful.stream_table import StreamTable
from workbench.logs.careful.stream_times import Series, TimePlan, read_block, settle_zone
from workbench.logs.careful.texts import TextColumn, Texts, as_cells
from workbench.logs.parse import MIN_GOOD_TIMES
from workbench.logs.recordings.conflicts import conflicting_values
from workbench.logs.summary import LeftOut, Question
from workbench.logs.tables.cell_quality import find_scheme, good_rows
from workbench.logs.tables.cells import Cells, Decimal
from workbench.logs.tables.columns import Column, cannot_be_states, states_of, take_rows
from workbench.logs.tables.label_like import NAMED_WHY, is_label_name
from workbench.logs.tables.long import (
    MAX_TAGS,
    SYSTEM_TAG,
    concerns_value,
    once,
    quality_kind,
    tag_names,
    value_assumptions,
)
from workbench.logs.tables.long_assets import LongAssets, find_assets
from workbench.logs.tables.roles import LongRoles
from workbench.logs.tables.wide import mark_columns, unit_rows_of
from workbench.logs.text.decode import clean_text
from workbench.logs.times.instants import Instants
from workbench.logs.times.timing import TimeChoices

Say = Callable[[float, str], None]
_WAITING_ROWS = 4_000_000
"""Rows of all tags together that are in memory while they are merged."""


@dataclass(slots=True)
class _Tag:
    """One tag's rows on disk: instants, numbers, what its quality and units say."""

    series: Series
    numbers: NumberColumn
    is_bad: SparseCodes
    units: SparseCodes
    text: str


def read_long_stream(
    log: StreamTable, roles: LongRoles, plan: TimePlan, choices: TimeChoices, folder: Path, say: Say
) -> tuple[list[StreamLog], int]:  # fmt: skip
    """Part a long log into its machines and tags; also how many rows have a time.

    Raises LogFormatError where there are too many, or hardly any row has a time.
    """
    table, answers = log.table, choices.answers
    tally = log.tally(roles.tag)
    if tally.is_many or len(tally.texts) > MAX_TAGS:
        raise LogFormatError(
            f"{table.sources[0]} has {len(tally.texts):,} tags or more; at most {MAX_TAGS:,} are read.",
            "Export fewer tags at a time.", path=table.sources[0],
        )  # fmt: skip
    marks = mark_columns(table, answers)
    assets = _find_assets(log, roles)
    if assets is not None:
        roles = replace(roles, left_out=assets.left_out(roles))
    reader = _Reader(log, roles, plan, folder, marks.marks[roles.value], assets)
    tags = reader.read(say)
    settle_zone(plan, [tag.series for tag in tags.values()], choices)
    names, units = tag_names(tally)
    columns: list[FinishedColumn] = []
    for code in sorted(tags):
        name, unit = names[code % len(names)], units[code % len(names)]
        say(0.7 + 0.3 * len(columns) / len(tags), name)
        columns.append(_finish(log, roles, tags[code], name, reader.units_of(tags[code], unit), choices))
    asked = marks.questions if concerns_value(table, roles, marks.questions) else ()
    machines = [code // len(names) for code in sorted(tags)]
    series = [tags[code].series for code in sorted(tags)]
    parts = []
    for number in sorted(set(machines)):
        mine = [(column, one) for column, one, of in zip(columns, series, machines, strict=True) if of == number]
        parts.append(_part(log, roles, mine, asked, (assets, number)))
    return parts, reader.n_timed


def _find_assets(log: StreamTable, roles: LongRoles) -> LongAssets | None:
    if roles.asset is None:
        return None
    asset, tag = roles.asset, roles.tag
    pairs = ((block_cells(log, asset, number), block_cells(log, tag, number)) for number in range(len(log.blocks)))
    return find_assets(log.table.headers, roles, log.tally(asset), pairs)


def _part(
    log: StreamTable, roles: LongRoles, mine: Sequence[tuple[FinishedColumn, Series]], asked: tuple[Question, ...],
    machine: tuple[LongAssets | None, int],
) -> StreamLog:  # fmt: skip
    """The log of one machine; of the whole table where it names none."""
    assets, number = machine
    table = log.table
    columns = [column for column, _ in mine]
    labels = [column for column in columns if is_label_name(column.name)]
    channels = [column for column in columns if column not in labels]
    left = [LeftOut(channel=column.name, why=NAMED_WHY) for column in labels]
    series = {id(column): one for column, one in mine}
    feed = LongFeed([(column, series[id(column)]) for column in (*channels, *labels)], _refuse(log))
    sources = table.sources
    if assets is not None:
        present = sorted({source for _, one in mine for source, _, _ in one.spans})
        sources = assets.sources([sources[source] for source in present], number)
    return StreamLog(
        sources=sources, columns=channels, labels=labels, feed=feed, n_rows=sum(len(one.ns) for _, one in mine),
        left_out=(*roles.left_out, *left), questions=asked, findings=value_assumptions(table, roles),
        conflicts=conflicting_values, machine="" if assets is None else assets.names[number],
    )  # fmt: skip


def _refuse(log: StreamTable) -> Refuse:
    def refuse(_row: int) -> LogFormatError:
        return LogFormatError(
            f"{log.blocks[0].source}: the rows of one tag lie millions of rows out of order of time.",
            "Sort the file by tag and time, or by time.", path=log.blocks[0].source,
        )  # fmt: skip

    return refuse


def _finish(
    log: StreamTable, roles: LongRoles, tag: _Tag, name: str, units: UnitSource, choices: TimeChoices
) -> FinishedColumn:  # fmt: skip
    def bad(first: int, end: int) -> NDArray[np.bool_]:
        return tag.is_bad.read(first, end) > 0

    is_judged = bad if roles.quality and not tag.is_bad.is_constant else None
    finished = finish_numbers(name, tag.numbers, units, "", choices.answers, is_judged)
    return replace(finished, hint=clean_text(f"{tag.text} {log.table.headers[roles.value].printed}"))


class _Reader:
    """Takes the blocks apart by tag."""

    def __init__(
        self, log: StreamTable, roles: LongRoles, plan: TimePlan, folder: Path, mark: Decimal, assets: LongAssets | None
    ) -> None:  # fmt: skip
        self._log = log
        self._roles = roles
        self._plan = plan
        self._folder = folder
        self._mark = mark
        self._assets = assets
        tally = log.tally(roles.tag)
        self._code_of = {text: code for code, text in enumerate(tally.texts)}
        is_system = [bool(SYSTEM_TAG.fullmatch(text.strip())) for text in tally.texts]
        self._is_left_out = is_system if not all(is_system) else [False] * len(is_system)
        self._verdicts = [self._verdicts_of(index) for index in roles.quality]
        self._unit_names: tuple[str, ...] = ()
        self._unit_of: dict[str, int] = {}
        if roles.unit is not None:
            units = unit_rows_of(log.tally(roles.unit))
            self._unit_names = units.names
            self._unit_of = dict(zip(log.tally(roles.unit).texts, units.codes.tolist(), strict=True))
        self.n_good = self.n_timed = 0

    def _verdicts_of(self, index: int) -> tuple[int, dict[str, bool]]:
        cells, kind = self._log.tally(index), quality_kind(self._log.table, index)
        return index, dict(zip(cells.texts, good_rows(cells, find_scheme(cells, (), kind), kind).tolist(), strict=True))

    def units_of(self, tag: _Tag, unit: str | None) -> UnitSource:
        """Units of a tag's rows: of the unit column, else the one in its name, else that of the column of values."""
        if self._roles.unit is not None:
            return UnitSource(names=self._unit_names, read=tag.units.read)
        unit = unit or self._log.table.headers[self._roles.value].unit
        return UnitSource(names=(unit,) if unit else ())

    def read(self, say: Say) -> dict[int, _Tag]:
        """All tags that have rows."""
        states = self._find_states()
        tags: dict[int, _Tag] = {}
        for number in self._in_order():
            block, source = self._log.blocks[number], self._log.source_numbers[number]
            say(0.7 * self.n_good / self._log.table.n_rows, f"{self.n_good:,} rows")
            found = read_block(self._plan, block)
            self.n_timed += int(found.is_good.sum())
            codes, rows_of = self._by_tag(number, found.is_good)
            append = self._appender(self._log.texts(self._roles.value, block))
            is_bad, units = self._bad_rows(number), self._units(number)
            for code in codes:
                rows = rows_of[code]
                tag = tags.get(code) or tags.setdefault(code, self._new_tag(code, states.get(code)))
                tag.series.append(source, Instants(found.ns[rows], found.is_absolute[rows], found.is_good[rows]))
                append(tag.numbers, rows)
                tag.is_bad.append(is_bad[rows])
                tag.units.append(units[rows])
                self.n_good += rows.size
        if self.n_timed < max(1, MIN_GOOD_TIMES * self._log.table.n_rows):
            name = self._log.table.sources[0]
            raise LogFormatError(
                f"Only {self.n_timed} of {self._log.table.n_rows} rows of {name} have a time that can be read.",
                "Check the time column, or export it with ISO 8601 times.", path=name,
            )  # fmt: skip
        return tags

    def _appender(self, column: Texts) -> Callable[[NumberColumn, NDArray[np.intp]], None]:
        """Gives rows of a block's values to a tag; plain numbers are read once for all tags."""
        values, others = read_column(column, self._mark) if isinstance(column, TextColumn) else (np.zeros(0), None)

        def append(numbers: NumberColumn, rows: NDArray[np.intp]) -> None:
            if others is not None and not numbers.is_state:
                numbers.append_read(values[rows], others.among(rows, values.size))
            else:
                numbers.append(as_cells(column.take(rows)).compact())

        return append

    def _in_order(self) -> list[int]:
        """Blocks, the sources in the order of their first instants."""
        first_ns: dict[int, int] = {}
        if len(self._log.table.sources) > 1:
            for block, source in zip(self._log.blocks, self._log.source_numbers, strict=True):
                if source not in first_ns:
                    found = read_block(replace(self._plan), block)
                    if found.is_good.any():
                        first_ns[source] = int(found.ns[found.is_good][0])
        numbers = range(len(self._log.blocks))
        return sorted(numbers, key=lambda number: (first_ns.get(self._log.source_numbers[number], 0), number))

    def _new_tag(self, code: int, states: Mapping[str, float] | None) -> _Tag:
        texts = self._log.tally(self._roles.tag).texts
        name = f"t{code:04d}"
        return _Tag(
            series=Series(self._folder, name), numbers=NumberColumn(self._folder, name, self._mark, states),
            is_bad=SparseCodes(self._folder / f"{name}.bad", 0), units=SparseCodes(self._folder / f"{name}.unit", -1),
            text=texts[code % len(texts)],
        )  # fmt: skip

    def _by_tag(self, number: int, is_good: NDArray[np.bool_]) -> tuple[list[int], dict[int, NDArray[np.intp]]]:
        """Codes (machine times tags, plus tag) that a block has, and the rows of each."""
        tags = block_cells(self._log, self._roles.tag, number)
        local = np.array([*(self._code_of[text] for text in tags.texts), -1], np.int64)[tags.codes]
        if self._assets is not None:
            machines = self._assets.of_rows(block_cells(self._log, self._assets.column, number)).astype(np.int64)
            local = np.where(local < 0, -1, machines * len(self._is_left_out) + local)
        local[~is_good] = -1
        order = np.argsort(local, kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(local[order])) + 1)
        found = {int(local[part[0]]): part for part in parts if part.size}
        return [code for code in found if code >= 0 and not self._is_left_out[code % len(self._is_left_out)]], found

    def _bad_rows(self, number: int) -> NDArray[np.int16]:
        bad = np.zeros(self._log.blocks[number].n_rows, np.int16)
        for index, verdicts in self._verdicts:
            cells = block_cells(self._log, index, number)
            bad |= ~np.array([*(verdicts[text] for text in cells.texts), True], np.bool_)[cells.codes]
        return bad

    def _units(self, number: int) -> NDArray[np.int16]:
        if self._roles.unit is None:
            return np.full(self._log.blocks[number].n_rows, -1, np.int16)
        cells = block_cells(self._log, self._roles.unit, number)
        return np.array([*(self._unit_of.get(text, -1) for text in cells.texts), -1], np.int16)[cells.codes]

    def _find_states(self) -> dict[int, dict[str, float]]:
        """The words of the tags that say on and off."""
        if not _may_hold_states(self._log.tally(self._roles.value)):
            return {}
        texts_of: dict[int, set[str]] = {}
        others: set[int] = set()
        for number, block in enumerate(self._log.blocks):
            codes, rows_of = self._by_tag(number, np.ones(block.n_rows, np.bool_))
            open_ = [code for code in codes if code not in others]
            if not open_:
                continue
            value = self._log.cells(self._roles.value, block)
            for code in open_:
                texts = texts_of.setdefault(code, set())
                texts.update(value.take(rows_of[code]).used())
                if cannot_be_states(texts):
                    others.add(code)
        found = {code: states_of(texts) for code, texts in texts_of.items() if code not in others}
        return {code: states for code, states in found.items() if states}


def _may_hold_states(values: Cells) -> bool:
    """Whether any word among the values can be a state at all."""
    return any(any(char.isalpha() for char in text) for text in values.texts)


def block_cells(log: StreamTable, index: int, number: int) -> Cells:
    """A block's cells of a column."""
    return log.cells(index, log.blocks[number])


@dataclass(slots=True)
class LongFeed:
    """Tags merged by time: every instant of any tag is a row, nothing is filled in."""

    tags: Sequence[tuple[FinishedColumn, Series]]
    refuse: Refuse
    counted: Counted = field(default_factory=Counted)

    def stretches(self) -> Iterator[Stretch]:
        """One stretch after the other."""
        n_tags = max(len(self.tags), 1)
        chunk_rows = max(min(_WAITING_ROWS // n_tags, CHUNK_ROWS), 16)
        spans = [[(first, end) for _, first, end in series.spans] for _, series in self.tags]
        ordered = [OrderedRows(series, mine, chunk_rows, self.refuse) for (_, series), mine in zip(self.tags, spans, strict=True)]
        copies = [Copies(len(series.ns)) for _, series in self.tags]
        while waiting := [one for one in ordered if not one.is_done]:
            end_ns = min(one.watermark() for one in waiting)
            found = [one.take_until(end_ns) for one in ordered]
            if any(times.size for _, times in found):
                yield from self._merge(found, copies)
        for (_, series), mine, copied in zip(self.tags, spans, copies, strict=True):
            self.counted.n_backward += count_backward(series, mine, copied)

    def _merge(self, found: Sequence[tuple[Rows, Rows]], copies: Sequence[Copies]) -> Iterator[Stretch]:
        """Each tag's rows are read once, then put side by side a few instants at a time."""
        instants = np.unique(np.concatenate([times for _, times in found]))
        kept = []
        for (column, _), (rows, times), copied in zip(self.tags, found, copies, strict=True):
            cells = read_rows(column, rows)
            first, is_copy, lost_ns = once(cells, times)
            self.counted.conflicts.add(lost_ns)
            copied.add(rows[is_copy])
            self.counted.n_duplicates += int(is_copy.sum())
            by_time = first[np.argsort(times[first], kind="stable")]
            kept.append((take_rows(cells, by_time), np.searchsorted(instants, times[by_time])))
        limit = max(STRETCH_CELLS // max(len(self.tags), 1), 16)
        for start in range(0, instants.size, limit):
            part = instants[start : start + limit]
            yield Stretch(part, [_scatter(cells, places, start, part.size) for cells, places in kept])


def _scatter(column: Column, places: NDArray[np.intp], start: int, count: int) -> Column:
    """A tag's cells at instants `start` to `start + count`; `places` [n] are those of its rows, rising."""
    first, end = np.searchsorted(places, (start, start + count))
    where = np.full(count, -1, np.intp)
    where[places[first:end] - start] = np.arange(first, end)
    return take_rows(column, where)
