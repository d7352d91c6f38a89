"""Long tables (a row a tag and instant) become wide: a channel a tag, nothing filled in where a tag was not due."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs import questions
from workbench.logs.readers.table import NumberCells
from workbench.logs.recordings.conflicts import Conflicts, conflicting_values
from workbench.logs.summary import Finding, LeftOut, Question
from workbench.logs.tables.cell_quality import assumed_good, find_scheme, good_rows, split_quality_name
from workbench.logs.tables.cells import Cells, Decimal
from workbench.logs.tables.columns import Column, UnitRows, finish_column, read_cells, take_rows, unique_names
from workbench.logs.tables.label_like import NAMED_WHY, is_label_name
from workbench.logs.tables.long_assets import find_assets
from workbench.logs.tables.roles import LongRoles
from workbench.logs.tables.segments import Table
from workbench.logs.tables.wide import LogRows, mark_columns, quality_assumed, source_of_rows, unit_rows_of
from workbench.logs.text.decode import clean_text
from workbench.logs.units import split_unit

MAX_TAGS = 4096
MAX_CELLS = 500_000_000
SYSTEM_TAG = re.compile(r"\$[A-Z_]{2,30}\$")


def read_long_logs(
    table: Table, roles: LongRoles, times_ns: NDArray[np.int64], rows: NDArray[np.intp], answers: questions.AnswerBook
) -> list[LogRows]:  # fmt: skip
    """Pivot a long table, each machine that it names for itself; `rows` are those to keep, in the order of the files."""
    tags, column = table.columns[roles.tag], None if roles.asset is None else table.columns[roles.asset]
    if not isinstance(tags, Cells) or not isinstance(column, Cells):
        return [read_long(table, roles, times_ns, rows, answers)]
    assets = find_assets(table.headers, roles, column, [(column, tags)])
    if assets is None:
        return [read_long(table, roles, times_ns, rows, answers)]
    rows = _without_system_rows(tags, rows)
    machines = assets.of_rows(column)[rows]
    logs = []
    for number in np.unique(machines).tolist():
        log = read_long(table, replace(roles, left_out=assets.left_out(roles)), times_ns, rows[machines == number], answers)
        logs.append(replace(log, sources=assets.sources(log.sources, number), machine=assets.names[number]))
    return logs


def read_long(
    table: Table, roles: LongRoles, times_ns: NDArray[np.int64], rows: NDArray[np.intp], answers: questions.AnswerBook
) -> LogRows:  # fmt: skip
    """Pivot a long table; `rows` are those to keep, in the order of the files."""
    tags = table.columns[roles.tag]
    assert isinstance(tags, Cells)
    marks = mark_columns(table, answers)
    is_good = _good(table, roles)
    rows = _without_system_rows(tags, rows)
    instants = np.unique(times_ns[rows])
    if len(tags.texts) > MAX_TAGS or len(tags.texts) * instants.size > MAX_CELLS:
        raise LogFormatError(
            f"{table.sources[0]} has {len(tags.texts)} tags at {instants.size} instants: too many for one table.",
            "Export fewer tags at a time.",
            path=table.sources[0],
        )
    columns: list[Column] = []
    n_duplicates = n_backward = 0
    conflicts = Conflicts()
    names, units = tag_names(tags)
    for code, (name, unit) in enumerate(zip(names, units, strict=True)):
        mine = rows[tags.codes[rows] == code]
        if mine.size == 0:
            continue
        column = _read_tag(table, roles, mine, name, unit, marks.marks[roles.value], is_good, answers)
        column = replace(column, hint=clean_text(f"{tags.texts[code]} {table.headers[roles.value].printed}"))
        kept, is_copy, lost_ns = once(column, times_ns[mine])
        conflicts.add(lost_ns)
        n_duplicates += int(is_copy.sum())
        n_backward += int(np.count_nonzero(np.diff(times_ns[mine][~is_copy]) < 0))
        columns.append(_scatter(column, times_ns[mine], kept, instants))
    labels = [column for column in columns if is_label_name(column.name)]
    left = [LeftOut(channel=column.name, why=NAMED_WHY) for column in labels]
    lost = (conflicting_values(conflicts, n_backward),) if conflicts.n else ()
    return LogRows(
        sources=table.sources, source_of_row=_source_at(table, times_ns, rows, instants), times_ns=instants,
        columns=tuple(column for column in columns if column not in labels), labels=tuple(labels),
        left_out=(*roles.left_out, *left), questions=marks.questions if concerns_value(table, roles, marks.questions) else (),
        marks=marks, n_duplicates=n_duplicates, n_backward=n_backward, is_sorted=True,
        findings=(*value_assumptions(table, roles), *lost),
    )  # fmt: skip


def _without_system_rows(tags: Cells, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Rows that a panel writes about itself ('$RT_OFF$' when its runtime ends) are no values of a tag."""
    is_system = np.array([bool(SYSTEM_TAG.fullmatch(text.strip())) for text in tags.texts] + [False])
    kept = rows[~is_system[tags.codes[rows]]]
    return kept if kept.size else rows


def concerns_value(table: Table, roles: LongRoles, asked: tuple[Question, ...]) -> bool:
    """Whether a question is about the column of values."""
    return any(question.channel in (None, table.headers[roles.value].name) for question in asked)


def tag_names(tags: Cells) -> tuple[list[str], list[str | None]]:
    """(channel, unit) of each tag."""
    split = [split_unit(clean_text(text)) for text in tags.texts]
    names, _ = unique_names([name or "no tag" for name, _ in split])
    return names, [unit for _, unit in split]


def _read_tag(
    table: Table, roles: LongRoles, rows: NDArray[np.intp], name: str, unit: str | None, mark: Decimal,
    is_good: NDArray[np.bool_] | None, answers: questions.AnswerBook,
) -> Column:  # fmt: skip
    value = table.columns[roles.value].take(rows)
    if isinstance(value, Cells):
        value = value.compact()
    units = UnitRows.constant(unit or table.headers[roles.value].unit, rows.size)
    column = table.columns[roles.unit] if roles.unit is not None else None
    if isinstance(column, Cells):
        units = unit_rows_of(column.take(rows))
    return finish_column(name, read_cells(value, mark), units, None if is_good is None else is_good[rows], "", answers)


def _good(table: Table, roles: LongRoles) -> NDArray[np.bool_] | None:
    if not roles.quality:
        return None
    verdict = np.ones(table.n_rows, np.bool_)
    for index in roles.quality:
        column = table.columns[index]
        cells = column if isinstance(column, Cells) else _as_text(column)
        kind = quality_kind(table, index)
        verdict &= good_rows(cells, find_scheme(cells, (), kind), kind)
    return verdict


def quality_kind(table: Table, index: int) -> str:
    """The word for quality in a column's name."""
    found = split_quality_name(table.headers[index].name)
    return found[1] if found else ""


def value_assumptions(table: Table, roles: LongRoles) -> tuple[Finding, ...]:
    """Words of a quality column that nobody here knows."""
    found = []
    for index in roles.quality:
        column = table.columns[index]
        word = assumed_good(column, quality_kind(table, index)) if isinstance(column, Cells) else ""
        if word:
            found.append(quality_assumed(table.headers[index].name, word))
    return tuple(found)


def _as_text(column: NumberCells) -> Cells:
    return Cells.of("" if np.isnan(value) else f"{value:.0f}" for value in column.values.tolist())


def once(column: Column, times_ns: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.int64]]:
    """Rows of a tag to keep (one an instant), which of all [n] are equal copies, instants of good values lost to others."""
    order = np.argsort(times_ns, kind="stable")
    same = np.concatenate([[False], np.diff(times_ns[order]) == 0]) if times_ns.size else np.zeros(0, np.bool_)
    if not same.any():
        return np.arange(times_ns.size), np.zeros(times_ns.size, np.bool_), np.zeros(0, np.int64)
    copies = np.zeros(times_ns.size, np.bool_)
    later = np.zeros(times_ns.size, np.bool_)
    keys: set[tuple[int, int, float]] = set()
    best: dict[int, int] = {}
    lost_ns: list[int] = []
    shared = np.isin(times_ns, times_ns[order][same])
    for row in np.flatnonzero(shared).tolist():
        instant = int(times_ns[row])
        key = (instant, int(column.codes[row]), float(np.nan_to_num(column.values[row])))
        copies[row] = key in keys
        keys.add(key)
        if copies[row]:
            continue
        first = best.setdefault(instant, row)
        if first != row and column.codes[first] != 0 and column.codes[row] == 0:
            later[first], best[instant] = True, row
        elif first != row:
            later[row] = True
            lost_ns += [instant] if column.codes[row] == 0 else []
    return np.flatnonzero(~copies & ~later), copies, np.array(lost_ns, np.int64)


def _scatter(column: Column, times_ns: NDArray[np.int64], kept: NDArray[np.intp], instants: NDArray[np.int64]) -> Column:
    where = np.full(instants.size, -1, np.intp)
    where[np.searchsorted(instants, times_ns[kept])] = kept
    return take_rows(column, where)


def _source_at(
    table: Table, times_ns: NDArray[np.int64], rows: NDArray[np.intp], instants: NDArray[np.int64]
) -> NDArray[np.int32]:
    result = np.zeros(instants.size, np.int32)
    result[np.searchsorted(instants, times_ns[rows])] = source_of_rows(table)[rows]
    return result
